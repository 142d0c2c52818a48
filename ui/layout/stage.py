"""Where servers, links and segments stand on the stage (VISUAL §5–7, DESIGN §11.27).

Servers stand in a row, segments as bars in a row below them, clients hang from the bars. All
of this depends on size and wiring alone: a client that is added moves none of it. Rectangles
and lines are in logical pixels; *scale* is the user's font scale.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from ui.layout.stage_wires import join_lines
from ui.layout.window import Rect
from ui.view import metrics

Point = tuple[float, float]
Line = tuple[Point, ...]

MARGIN = 20
MARGIN_NARROW = 12
NARROW_BELOW = 640
"""Below this width of the stage server boxes are small (DESIGN §11.27)."""
BOX_LOW = 28
"""Height of a server box that has room for one line only."""
BOX_LEAST = 96
NARROW_BELOW_HIGH = 604
"""The same for a stage higher than ``HIGH``, where a link's words may be short."""
HIGH = 320
GAP_WORDS = 100
"""Distance of two boxes that leaves room for a link's words on both its sides."""
GAP_LEAST = 40
BRIDGE = 72
"""Distance of two bars: the length of a bridge."""
DROP_IN = 24
"""How far inside its box a server's drop starts."""
WORDS = 11
"""Height of a line of small words."""
NOMINAL = 171
"""Height of the stage in *Learn* at 1440 × 900, title row excluded."""


class Join(NamedTuple):
    """Something that joins two nodes, by its name."""

    name: str
    a: str
    b: str


@dataclass(frozen=True)
class Topology:
    """The wiring without clients. Servers from left to right, as far as they may be chosen.

    ``drops`` join a segment (``a``) with a server (``b``), ``feet`` a segment with a relay,
    ``bridges`` two segments, ``wires`` two servers; ``pairs`` are partners that have no wire
    of their own.
    """

    servers: tuple[str, ...]
    segments: tuple[str, ...]
    drops: tuple[Join, ...] = ()
    bridges: tuple[Join, ...] = ()
    wires: tuple[Join, ...] = ()
    pairs: tuple[Join, ...] = ()
    relays: tuple[str, ...] = ()
    feet: tuple[Join, ...] = ()


class Bar(NamedTuple):
    """A segment: a level bar from x1 to x2, its middle at y."""

    x1: int
    x2: int
    y: int


class Heights(NamedTuple):
    """What stands how high: top and height of the boxes, the bars (0: there is no room)."""

    top: int
    box: int
    bar: int


@dataclass(frozen=True)
class Stage:
    """Where everything but the clients stands.

    ``lines`` has every link as the node it starts at and its points: drops from the server to
    the bar, bridges from bar to bar, wires and pairs from box to box. ``words`` is the room of
    a link's words, ``notes`` that of the words below a box, ``labels`` that of a segment's
    name. A rectangle without width says that there is no room. ``relays`` are the boxes of
    relays (``ui/layout/stage_tiers.py``).
    """

    boxes: dict[str, Rect]
    bars: dict[str, Bar]
    lines: dict[str, tuple[str, Line]]
    words: dict[str, Rect]
    notes: dict[str, Rect]
    labels: dict[str, Rect]
    heights: Heights
    narrow: bool
    relays: dict[str, Rect] = field(default_factory=dict)

    @property
    def tall(self) -> bool:
        """Whether a box of the upper row has room for two lines."""
        return self.heights.box > BOX_LOW * 1.5


def arrange_stage(topology: Topology, width: int, height: int, scale: float = 1.0) -> Stage:
    """Return where everything but the clients stands."""
    narrow = width < (NARROW_BELOW if height < HIGH * scale else NARROW_BELOW_HIGH) * scale
    heights = _heights(height, scale)
    homes = _homes(topology)
    segments = _chain(topology.segments, topology.bridges, topology, homes)
    bars = _bars(segments, homes, width, heights.bar, narrow, scale)
    boxes = _boxes(topology, segments, homes, bars, width, heights, narrow, scale)
    lines = _drop_lines(topology, homes, boxes, bars, heights, scale) if heights.bar else {}
    words: dict[str, Rect] = {}
    joins = [*topology.wires, *topology.pairs]
    lines |= join_lines(joins, boxes, heights.top, scale, words)
    if heights.bar:
        for bridge in topology.bridges:
            lines[bridge.name] = (bridge.a, bridge_line(bars[bridge.a], bars[bridge.b], scale))
            words[bridge.name] = bridge_words(bars[bridge.a], bars[bridge.b], scale)
    notes = {name: _note(name, boxes[name], lines, topology, heights, scale) for name in boxes}
    labels = {
        name: _label(name, bars[name], homes, boxes, lines, topology, narrow, scale)
        for name in bars
    }
    return Stage(boxes, bars, lines, words, notes, labels, heights, narrow)


# -- upright


def _heights(height: int, scale: float) -> Heights:
    """Return the heights for the whole stage; what does not fit becomes smaller, then goes."""
    free = height / scale
    rest = free - NOMINAL
    box = metrics.SERVER_BOX[1]
    if rest >= 0:
        top = 10 + min(14.0, 0.08 * rest)
        gap = 40 + min(70.0, 0.2 * rest)
    elif free >= 122:
        top, gap = max(4.0, 10 + 0.2 * rest), max(22.0, 40 + 0.45 * rest)
    elif free >= 96:
        box, top, gap = BOX_LOW, 4.0, 20.0
    elif free >= 66:
        box, top, gap = BOX_LOW, 4.0, 12.0
    else:
        low = min(BOX_LOW, max(16, int(free) - 4))
        return Heights(round((free - low) / 2 * scale), round(low * scale), 0)
    y, high = round(top * scale), round(box * scale)
    return Heights(y, high, y + high + round(gap * scale))


# -- order


def _homes(topology: Topology) -> dict[str, str]:
    """Return the segment that each server stands above: of its own ones the least crowded."""
    homes: dict[str, str] = {}
    crowd = dict.fromkeys(topology.segments, 0)
    for server in topology.servers:
        own = [drop.a for drop in topology.drops if drop.b == server and drop.a in crowd]
        if own:
            homes[server] = min(own, key=lambda segment: crowd[segment])
            crowd[homes[server]] += 1
    return homes


def _chain(
    names: tuple[str, ...], joins: tuple[Join, ...], topology: Topology, homes: dict[str, str]
) -> tuple[str, ...]:
    """Return names so that joined ones are neighbours; the first server's segment at the left."""
    chained = chain_order(names, joins)
    first = next((homes[server] for server in topology.servers if server in homes), "")
    last = next((homes[s] for s in reversed(topology.servers) if s in homes), "")
    if first in chained and last in chained and chained.index(first) > chained.index(last):
        return chained[::-1]
    return chained


def chain_order(names: tuple[str, ...], joins: tuple[Join, ...]) -> tuple[str, ...]:
    """Return names with joined ones side by side, where the joins make a chain.

    Of the chain's two directions the one is taken that keeps the first name before the second.
    """
    near: dict[str, list[str]] = {name: [] for name in names}
    for _, a, b in joins:
        if a in near and b in near and b not in near[a]:
            near[a].append(b)
            near[b].append(a)
    ordered: list[str] = []
    for name in names:
        if name in ordered:
            continue
        group = _reach(name, near)
        ends = [each for each in group if len(near[each]) == 1]
        if len(group) < 3 or len(ends) != 2 or any(len(near[each]) > 2 for each in group):
            ordered.extend(each for each in names if each in group)
            continue
        path = [ends[0]]
        while len(path) < len(group):
            path.append(next(each for each in near[path[-1]] if each not in path))
        first, second = [each for each in names if each in group][:2]
        ordered.extend(path if path.index(first) < path.index(second) else path[::-1])
    return tuple(ordered)


def _reach(start: str, near: dict[str, list[str]]) -> list[str]:
    found = [start]
    for name in found:
        found.extend(each for each in near[name] if each not in found)
    return found


# -- along


def _bars(
    segments: tuple[str, ...],
    homes: dict[str, str],
    width: int,
    y: int,
    narrow: bool,
    scale: float,
) -> dict[str, Bar]:
    """Share the width among the segments; more to those with more servers."""
    if not segments:
        return {}
    margin = round((MARGIN_NARROW if narrow else MARGIN) * scale)
    between = round(min(BRIDGE * scale, width / (3 * len(segments))))
    crowd = [max(1, sum(home == name for home in homes.values())) for name in segments]
    room = width - 2 * margin - between * (len(segments) - 1)
    bars: dict[str, Bar] = {}
    shared = 0
    for place, name in enumerate(segments):
        x1 = margin + round(room * shared / sum(crowd)) + place * between
        shared += crowd[place]
        x2 = margin + round(room * shared / sum(crowd)) + place * between
        bars[name] = Bar(x1, x2, y)
    return bars


def _boxes(
    topology: Topology,
    segments: tuple[str, ...],
    homes: dict[str, str],
    bars: dict[str, Bar],
    width: int,
    heights: Heights,
    narrow: bool,
    scale: float,
) -> dict[str, Rect]:
    margin = round((MARGIN_NARROW if narrow else MARGIN) * scale)
    order = chain_order(topology.servers, (*topology.wires, *topology.pairs))
    rows: list[tuple[Bar, list[str]]] = [
        (bars[segment], [name for name in order if homes.get(name) == segment])
        for segment in segments
    ]
    homeless = [name for name in order if name not in homes]
    if homeless:  # no segment is theirs: they share the whole width with the rest
        rows = [(Bar(margin, width - margin, 0), list(order))]
    wide = min((box_width(bar, len(row), narrow, scale) for bar, row in rows if row), default=0)
    boxes: dict[str, Rect] = {}
    for place, (bar, row) in enumerate(rows):
        for number, name in enumerate(row):
            if len(row) > 1:
                x = bar.x1 + round((bar.x2 - bar.x1 - wide) * number / (len(row) - 1))
            else:
                x = _alone(bar, wide, place, len(rows))
            boxes[name] = Rect(x, heights.top, wide, heights.box)
    return boxes


def box_width(bar: Bar, count: int, narrow: bool, scale: float) -> int:
    """Return how wide the boxes above a bar are; a link's words between them come first."""
    room = (bar.x2 - bar.x1) / scale
    large, small = metrics.SERVER_BOX[0], metrics.SERVER_BOX_NARROW[0]
    if not narrow and count * large + (count - 1) * GAP_WORDS <= room:
        return round(large * scale)
    if count * small + (count - 1) * 1.5 * GAP_LEAST <= room:
        return round(small * scale)
    least = min(BOX_LEAST, room / count - 8)
    return round(max(least, (room - (count - 1) * GAP_LEAST) / count) * scale)


def _alone(bar: Bar, wide: int, place: int, count: int) -> int:
    """Return where the only server above a bar stands: outside in a row of bars."""
    if count > 1 and place == 0:
        return bar.x1
    if count > 1 and place == count - 1:
        return bar.x2 - wide
    return (bar.x1 + bar.x2 - wide) // 2


# -- links


def _drop_lines(
    topology: Topology,
    homes: dict[str, str],
    boxes: dict[str, Rect],
    bars: dict[str, Bar],
    heights: Heights,
    scale: float,
) -> dict[str, tuple[str, Line]]:
    lines: dict[str, tuple[str, Line]] = {}
    lane = 0
    for name, segment, server in topology.drops:
        if segment not in bars or server not in boxes:
            continue
        box, bar = boxes[server], bars[segment]
        x = drop_x(box, bars[homes[server]], scale)
        if segment == homes[server]:
            lines[name] = (server, ((x, box.bottom), (x, bar.y)))
            continue
        # A second foot of the same server, in another segment: along a lane above the bars.
        lane += 1
        y = bar.y - round((4 + 5 * lane) * scale)
        right = bar.x1 > x
        start = x + round((12 if right else -12) * scale)
        in_bar = round(10 * scale) * lane
        end = bar.x1 + in_bar if right else bar.x2 - in_bar
        lines[name] = (server, ((start, box.bottom), (start, y), (end, y), (end, bar.y)))
    return lines


def drop_x(box: Rect, bar: Bar, scale: float) -> int:
    """Return where a server's drop leaves its box: outside, so that words have room inside."""
    middle, own = (bar.x1 + bar.x2) / 2, box.x + box.w / 2
    inside = min(round(DROP_IN * scale), box.w // 4)
    if abs(middle - own) < 2:
        return round(own)
    return box.x + inside if own < middle else box.right - inside


def bridge_line(a: Bar, b: Bar, scale: float) -> Line:
    """Return a bridge from bar to bar; around what lies between them."""
    left, right = (a, b) if a.x1 < b.x1 else (b, a)
    if right.x1 - left.x2 <= round(BRIDGE * scale) + 1:
        line: Line = ((left.x2, left.y), (right.x1, right.y))
    else:
        inside, over = 8 * scale, left.y - 10 * scale
        x1, x2 = left.x2 - inside, right.x1 + inside
        line = ((x1, left.y), (x1, over), (x2, over), (x2, right.y))
    return line if left is a else line[::-1]


def bridge_words(a: Bar, b: Bar, scale: float) -> Rect:
    """Return the room of a bridge's words, between its bars and above it."""
    left, right = (a, b) if a.x1 < b.x1 else (b, a)
    high = round(WORDS * scale)
    return Rect(left.x2 + 2, left.y - round(25 * scale), right.x1 - left.x2 - 4, high)


# -- room for words


def _note(
    name: str,
    box: Rect,
    lines: dict[str, tuple[str, Line]],
    topology: Topology,
    heights: Heights,
    scale: float,
) -> Rect:
    """Return the room of the words below a box, beside its drop."""
    if not heights.bar or heights.bar - box.bottom < 30 * scale:
        return Rect(box.x, box.bottom, 0, 0)
    feet = [lines[drop.name][1][0][0] for drop in topology.drops if drop.b == name]
    high, aside = round(WORDS * scale), round(10 * scale)
    y = box.bottom + round(4 * scale)
    left, right = box.x, box.right
    for x in feet:
        if x - box.x <= box.right - x:
            left = max(left, round(x) + aside)
        else:
            right = min(right, round(x) - aside)
    return Rect(left, y, max(0, right - left), high)


def _label(
    name: str,
    bar: Bar,
    homes: dict[str, str],
    boxes: dict[str, Rect],
    lines: dict[str, tuple[str, Line]],
    topology: Topology,
    narrow: bool,
    scale: float,
) -> Rect:
    """Return the room of a segment's name, above its bar: between its servers, beside drops."""
    high = round(WORDS * scale)
    y = bar.y - round(25 * scale)
    own = [boxes[server] for server, home in homes.items() if home == name and server in boxes]
    feet = sorted(
        end[0]
        for drop in topology.drops
        if drop.a == name and drop.name in lines
        for end in lines[drop.name][1][-1:]
    )
    aside = round(12 * scale)
    if not bar.y or any(bar.y - box.bottom < 26 * scale for box in boxes.values()):
        return Rect(bar.x1, bar.y, 0, 0)
    if len(own) > 1:
        # On a narrow stage the link's words stand between the boxes: keep away from them.
        left = (round(feet[0]) if narrow and feet else min(box.right for box in own)) + aside
        right = min((round(x) for x in feet if x > left), default=bar.x2) - aside
        return Rect(left, y, max(0, right - left), high)
    stops = [bar.x1, *feet, bar.x2]
    start, end = max(pairwise(stops), key=lambda pair: pair[1] - pair[0])
    left, right = round(start) + aside, round(end) - aside
    return Rect(left, y, max(0, right - left), high)
