"""Links between server boxes, and ways over links: lines as points, no Qt."""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

from ui.layout.window import Rect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ui.layout.stage import Join, Line, Point

_APART = 14
"""Distance of two links between the same boxes."""
_OVER = 5
"""How far above the boxes a link passes that leads over another box."""


def join_lines(
    joins: Sequence[Join],
    boxes: Mapping[str, Rect],
    top: int,
    scale: float,
    words: dict[str, Rect],
) -> dict[str, tuple[str, Line]]:
    """Return the lines between boxes: level between neighbours, else over the boxes.

    Puts the room of each link's words into *words*.
    """
    order = sorted(boxes, key=lambda name: boxes[name].x)
    lines: dict[str, tuple[str, Line]] = {}
    used: dict[tuple[int, int], int] = {}
    for name, a, b in joins:
        if a not in boxes or b not in boxes:
            continue
        first, last = sorted((order.index(a), order.index(b)))
        left, right = boxes[order[first]], boxes[order[last]]
        number = used.get((first, last), 0)
        used[first, last] = number + 1
        if last - first == 1:
            y = left.y + left.h // 2 + round(number * _APART * scale)
            line: Line = ((left.right, y), (right.x, y))
            # Several links between two boxes leave room for the words of the last one only.
            words[name] = Rect(left.right + 2, left.y, right.x - left.right - 4, left.h)
        else:
            over = max(1, top - round(_OVER * scale))
            x1, x2 = left.x + 2 * left.w // 3, right.x + right.w // 3
            line = ((x1, left.y), (x1, over), (x2, over), (x2, right.y))
            words[name] = Rect(x1, over, 0, 0)
        lines[name] = (a, line if order[first] == a else line[::-1])
    return lines


# -- ways


class Piece(NamedTuple):
    """A link as a part of a way: from and to which distance."""

    link: str
    start: float
    end: float


class Way(NamedTuple):
    """The way of a message: its points, and the links it takes."""

    points: Line
    pieces: tuple[Piece, ...]

    @property
    def length(self) -> float:
        """How long the way is."""
        return self.pieces[-1].end if self.pieces else 0.0

    def middle_of(self, link: str) -> float | None:
        """Return the distance at which the middle of a link lies, None when it is not on it."""
        for piece in self.pieces:
            if piece.link == link:
                return (piece.start + piece.end) / 2
        return None


def find_links(
    near: Mapping[str, Sequence[tuple[str, str]]], start: str, first: str, goal: str
) -> tuple[tuple[str, str], ...] | None:
    """Return the links from a host to another as (link, node it leads to), None without a way.

    *near* has the (link, other node) of every node. The way begins with the link *first*, if
    that is one of the host's.
    """
    begun = [hop for hop in near.get(start, ()) if hop[0] == first] or list(near.get(start, ()))
    ways: list[tuple[tuple[str, str], ...]] = [(hop,) for hop in begun]
    seen = {start, *(node for _, node in begun)}
    for way in ways:
        node = way[-1][1]
        if node == goal:
            return way
        for hop in near.get(node, ()):
            if hop[1] not in seen:
                seen.add(hop[1])
                ways.append((*way, hop))
    return None


def make_way(
    start: str, hops: Iterable[tuple[str, str]], lines: Mapping[str, tuple[str, Line]]
) -> Way | None:
    """Return the way over links; between two links it runs along the bar."""
    points: list[Point] = []
    pieces: list[Piece] = []
    node, far = start, 0.0
    for link, towards in hops:
        if link not in lines:
            return None
        begins, line = lines[link]
        if begins != node:
            line = line[::-1]
        if points:
            far += _distance(points[-1], line[0])
        end = far + sum(_distance(p, q) for p, q in pairwise(line))
        pieces.append(Piece(link, far, end))
        points.extend(line if not points or points[-1] != line[0] else line[1:])
        node, far = towards, end
    return Way(tuple(points), tuple(pieces)) if pieces else None


def part_of(points: Line, far: float) -> Line:
    """Return the points of a line up to a distance from its start."""
    part = [points[0]]
    for p, q in pairwise(points):
        length = _distance(p, q)
        if length >= far:
            if far > 0:
                share = far / length
                part.append((p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share))
            break
        part.append(q)
        far -= length
    return tuple(part)


def point_at(points: Line, far: float) -> Point:
    """Return the point at a distance from a line's start."""
    return part_of(points, max(0.0, far))[-1]


def heading(points: Line, far: float) -> Point:
    """Return the direction of a line at a distance from its start, of length one."""
    last: Point = (1.0, 0.0)
    for p, q in pairwise(points):
        length = _distance(p, q)
        if not length:
            continue
        last = ((q[0] - p[0]) / length, (q[1] - p[1]) / length)
        if far <= length:
            break
        far -= length
    return last


def _distance(p: Point, q: Point) -> float:
    return hypot(q[0] - p[0], q[1] - p[1])
