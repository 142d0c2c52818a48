"""The rows of the timeline, and what stands in them (VISUAL §6, Timeline).

Numbers only. Rows give way to each other when the dock is low: records go first, bands stay
to the last; nothing is ever drawn lower than VISUAL §7 allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.layout.axis import StoryAxis

GUTTER: Final = 112
"""Width of the row names, at 100 %."""
INSET: Final = 8
"""The axis begins this far right of the gutter and ends this far from the edge."""


class Row(NamedTuple):
    """A row: its top and its height."""

    y: int
    h: int

    @property
    def middle(self) -> float:
        """Its middle."""
        return self.y + self.h / 2

    @property
    def bottom(self) -> int:
        """The first line below it."""
        return self.y + self.h


@dataclass(frozen=True)
class Rows:
    """Every row of the timeline; None for one that has no room."""

    axis: Row
    steps: Row | None
    bands: tuple[Row, ...]
    faults: Row | None
    records: Row | None
    lanes: tuple[Row, ...]
    bookmarks: Row | None = None


class _Want(NamedTuple):
    """What a row wants at 100 %: at least, in the pictures, at most."""

    name: str
    least: float
    ideal: float
    most: float


_AXIS = _Want("axis", 19, 22, 22)
_STEPS = _Want("steps", 16, 21, 24)
_BAND = _Want("band", 15, 17, 24)
_BOOKMARKS = _Want("bookmarks", 12, 14, 17)
_FAULTS = _Want("faults", 12, 14, 26)
_RECORDS = _Want("records", 9, 13, 36)
_LANE = _Want("lane", 11, 12, 17)
_FOOT = _Want("foot", 1, 3, 6)
BAND_LEAST: Final = 11
MOST_LANES: Final = 8


def timeline_rows(
    h: int, servers: int, branches: int, scale: float = 1.0, *, bookmarks: bool = False
) -> Rows:
    """Return the rows of a timeline of some height."""
    room = h / scale
    for wants in _choices(servers, branches, bookmarks=bookmarks):
        if sum(want.least for want in wants) <= room:
            return _placed(wants, room, scale)
    few = [_AXIS, *[_BAND._replace(least=BAND_LEAST)] * servers]
    while len(few) > 1 and sum(want.least for want in few) > room:
        few.pop()
    return _placed(few, room, scale)


def _choices(servers: int, branches: int, *, bookmarks: bool = False) -> list[list[_Want]]:
    """Return the sets of rows from the fullest to the barest."""
    lanes = max(1, min(branches, MOST_LANES))
    bands = [_BAND] * servers
    found = [
        [_AXIS, _STEPS, *bands, _FAULTS, _RECORDS, *[_LANE] * count, _FOOT]
        for count in range(lanes, min(lanes, 2) - 1, -1)
    ]
    if lanes > 1:
        found.append([_AXIS, _STEPS, *bands, _FAULTS, *[_LANE._replace(least=10)] * 2, _FOOT])
    found.append([_AXIS, _STEPS, *bands, _FAULTS, _LANE, _FOOT])
    found.append([_AXIS, _STEPS, *bands, _FAULTS, _FOOT])
    found.append([_AXIS, _STEPS, *bands, _FOOT])
    found.append([_AXIS, *bands, _FOOT])
    if bookmarks:
        # Below the steps; only the barest timeline goes without them.
        found = [[*wants[:2], _BOOKMARKS, *wants[2:]] for wants in found[:-1]] + found[-1:]
    return found


def _placed(wants: Sequence[_Want], room: float, scale: float) -> Rows:
    heights = _heights(wants, room)
    y = 0.0
    rows: dict[str, list[Row]] = {}
    for want, height in zip(wants, heights, strict=True):
        top, foot = round(y * scale), round((y + height) * scale)
        rows.setdefault(want.name, []).append(Row(top, foot - top))
        y += height

    def one(name: str) -> Row | None:
        found = rows.get(name)
        return found[0] if found else None

    return Rows(
        axis=rows["axis"][0],
        steps=one("steps"),
        bands=tuple(rows.get("band", ())),
        faults=one("faults"),
        records=one("records"),
        lanes=tuple(rows.get("lane", ())),
        bookmarks=one("bookmarks"),
    )


def _heights(wants: Sequence[_Want], room: float) -> list[float]:
    """Share the room out: up to what each wants, then up to what each can use."""
    least = sum(want.least for want in wants)
    ideal = sum(want.ideal for want in wants)
    most = sum(want.most for want in wants)
    if room <= least or ideal == least:
        return [want.least for want in wants]
    if room <= ideal:
        share = (room - least) / (ideal - least)
        return [want.least + share * (want.ideal - want.least) for want in wants]
    share = min(1.0, (room - ideal) / (most - ideal))
    return [want.ideal + share * (want.most - want.ideal) for want in wants]


# -- bands -------------------------------------------------------------------------------


class Band(NamedTuple):
    """A stretch of a server's band: its place, its state, its time."""

    x0: float
    x1: float
    state: int
    start: int
    end: int


def band(axis: StoryAxis, state: int, start: int, end: int, first: float) -> Band | None:
    """Return a stretch of a band, or None for one too short to see.

    What began before the axis does is drawn from *first*, a little left of it.
    """
    if end < axis.start:
        return None
    x0 = axis.x_of(start) if start > axis.start else first
    x1 = axis.x_of(end)
    return Band(x0, x1, state, start, end) if round(x1) > round(x0) else None


def clear_room(axis: StoryAxis, x0: float, x1: float, across: float) -> tuple[float, float]:
    """Return the widest part between two places without a fold and without the playhead."""
    best = (x0, x0)
    for left, right in axis.clear_within(x0, x1):
        parts = [(left, right)]
        if left < across < right:
            parts = [(left, across - 3), (across + 3, right)]
        for part in parts:
            if part[1] - part[0] > best[1] - best[0]:
                best = part
    return best


# -- faults ------------------------------------------------------------------------------


class FaultLine(NamedTuple):
    """A fault's line: its place, its lane from 0, and where its words begin (−1: nowhere)."""

    x0: float
    x1: float
    lane: int
    label: float
    number: int


def fault_lines(
    spans: Sequence[tuple[float, float]],
    words: Sequence[float],
    across: float,
    left: float,
    right: float,
) -> list[FaultLine]:
    """Place faults, given by their ends and the widths of their words, oldest first.

    Faults at the same time lie in lanes. Words stand on the line near its start, beside a
    short one; they never touch each other nor the playhead.
    """
    ends: list[float] = []
    # Words of one fault never cover the start or the end of another.
    edges = {edge: None for span in spans for edge in span}
    taken = [(across - 4, across + 4), *((edge - 3, edge + 3) for edge in edges)]
    lines: list[FaultLine] = []
    for number, ((x0, x1), wide) in enumerate(zip(spans, words, strict=True)):
        lane = next((n for n, end in enumerate(ends) if end < x0 - 2), len(ends))
        if lane == len(ends):
            ends.append(0.0)
        ends[lane] = x1
        label = _label_place(x0, x1, wide, taken, left, right)
        if label >= 0:
            taken.append((label - 5, label + wide + 5))
        lines.append(FaultLine(x0, x1, lane, label, number))
    return lines


def _label_place(
    x0: float,
    x1: float,
    wide: float,
    taken: Sequence[tuple[float, float]],
    left: float,
    right: float,
) -> float:
    def free(x: float) -> bool:
        inside = x + wide <= right
        return inside and all(x + wide <= a or x >= b for a, b in taken)

    on_line = [x0 + 12, *(b + 2 for _, b in taken if x0 + 6 <= b <= x1), x1 - wide - 12]
    for x in on_line:
        if x0 + 6 <= x and x + wide <= x1 - 6 and free(x):
            return x
    beside = (x0 - wide - 7, x1 + 7)
    return next((x for x in beside if x >= left and free(x)), -1.0)


# -- interventions -----------------------------------------------------------------------


class Flag(NamedTuple):
    """A flag: where it stands, where its words begin (−1: nowhere), how many it stands for."""

    x: float
    label: float
    first: int
    size: int


def flags(
    places: Sequence[float],
    words: Sequence[float],
    left: float,
    right: float,
    near: float = 5.0,
) -> list[Flag]:
    """Place flags, given by their places and the widths of their words, from left to right.

    Flags closer than *near* become one. Words stand at the right of a flag if the next one
    leaves them room, else at its left, else nowhere; all between *left* and *right*. A flag
    that something else covers, left of *left*, has its words beyond that.
    """
    groups: list[tuple[float, int, int]] = []
    for number, x in enumerate(places):
        if groups and x - groups[-1][0] < near:
            groups[-1] = (groups[-1][0], groups[-1][1], groups[-1][2] + 1)
        else:
            groups.append((x, number, 1))
    found: list[Flag] = []
    reached = left
    for place, (x, first, size) in enumerate(groups):
        ahead = groups[place + 1][0] - 3 if place + 1 < len(groups) else right
        wide = words[first]
        label = -1.0
        beside = x + 8 if x >= left else left + 4
        if beside + wide <= ahead:
            label = beside
        elif x - 4 - wide >= reached:
            label = x - 4 - wide
        found.append(Flag(x, label, first, size))
        reached = max(x + 8, label + wide + 4)
    return found
