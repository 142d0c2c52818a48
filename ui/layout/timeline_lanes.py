"""Branches as lanes and records as bars, along the story axis (VISUAL §6, Timeline)."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

from ui.layout.axis import MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ui.layout.axis import StoryAxis

BAR: Final = 2
PITCH: Final = 3
"""Bars of records: their width, and from one to the next."""
QUIET: Final = 6
FULL: Final = 400
"""So many records in a bar's share of true time are mere keep-alives; so many fill the row."""


# -- branches ----------------------------------------------------------------------------


class BranchPlace(NamedTuple):
    """A branch as the layout sees it: its name, its parent's, fork and end in pixels."""

    name: str
    parent: str
    fork: float
    end: float
    words: float
    """Width of its name and title."""


class Lane(NamedTuple):
    """A branch's lane: which branch (by place), its row, its parent's row or −1.

    The line runs from *x0* to *x1*; *corner* is where its 45° piece comes down. Words begin
    at *label* (−1: there is no room); *plate* says that they stand on the line.
    """

    number: int
    row: int
    parent: int
    x0: float
    corner: float
    x1: float
    label: float
    plate: bool


def chosen_lanes(branches: Sequence[BranchPlace], present: str, room: int) -> list[int]:
    """Return the places of the branches shown in *room* lanes, in the order they were made.

    The present one, its parent, its brothers, its children, then the latest others.
    """
    by_name = {branch.name: branch for branch in branches}
    here = by_name.get(present)
    parent = here.parent if here is not None else ""

    def rank(place: int) -> tuple[int, int]:
        branch = branches[place]
        if branch.name == present:
            near = 0
        elif branch.name == parent:
            near = 1
        elif branch.parent == parent and parent:
            near = 2
        elif branch.parent == present:
            near = 3
        else:
            near = 4
        return near, -place

    return sorted(sorted(range(len(branches)), key=rank)[: max(0, room)])


def branch_lanes(
    branches: Sequence[BranchPlace],
    shown: Sequence[int],
    present: str,
    left: float,
    right: float,
    middles: Sequence[float],
    across: float,
) -> list[Lane]:
    """Place the lanes of the shown branches; *middles* are the middles of the rows."""
    rows = {branches[place].name: row for row, place in enumerate(shown)}
    lanes: list[Lane] = []
    for row, place in enumerate(shown):
        branch = branches[place]
        parent = rows.get(branch.parent, -1)
        x0 = max(left, branch.fork) if branch.parent else left
        drop = abs(middles[row] - middles[parent]) if parent >= 0 else 0.0
        corner = x0 + drop
        x1 = max(corner, branch.end)
        beside = x1 + 8
        plate = branch.name == present or beside + branch.words > right
        if not plate and beside - 4 < across < beside + branch.words + 4:
            plate = True
        label = beside
        if plate:
            label = _on_line(corner, x1, branch.words, across, at_start=not branch.parent)
            free = not beside - 4 < across < beside + branch.words + 4
            if label < 0 and free and beside + branch.words <= right:
                label, plate = beside, False
        lanes.append(Lane(place, row, parent, x0, corner, x1, label, plate))
    return lanes


def _on_line(x0: float, x1: float, words: float, across: float, *, at_start: bool) -> float:
    """Return where words stand on a line, clear of the playhead; −1 without room."""
    first = x0 if at_start else x0 + 10
    for x in (first, across + 8):
        if x0 <= x and x + words + 6 <= x1 and not x - 6 < across < x + words + 6:
            return x
    return -1.0


# -- records -----------------------------------------------------------------------------


class Density:
    """How many records there are, bar by bar, along one axis; counted once per bar."""

    def __init__(self, axis: StoryAxis) -> None:
        count = int((axis.right - axis.left) / PITCH)
        self._edges = [axis.us_of(axis.left + place * PITCH) for place in range(count + 1)]
        self._shares: list[float] = []
        self._before = -1
        # A bar counts as if it stood for as much time as one in a window does.
        self._nominal = PITCH / axis.scale * MINUTE

    def shares(self, until: int, count_until: Callable[[int], int]) -> list[float]:
        """Return the heights of the bars, 0 … 1, up to a moment.

        *count_until* counts the records at or before a moment. Bars that lie wholly before
        *until* are counted once and kept.
        """
        edges, shares = self._edges, self._shares
        if self._before < 0:
            self._before = count_until(edges[0] - 1)
        while len(shares) + 1 < len(edges) and edges[len(shares) + 1] <= until:
            count = count_until(edges[len(shares) + 1])
            shares.append(self._share(len(shares), count))
            self._before = count
        place = len(shares)
        if place + 1 < len(edges) and edges[place] < until:
            return [*shares, self._share(place, count_until(until))]
        return shares

    def _share(self, place: int, count: int) -> float:
        if count <= self._before:
            return 0.0
        whole = self._edges[place + 1] - self._edges[place]
        rate = (count - self._before) * self._nominal / max(1, whole)
        return min(1.0, log(1 + rate / QUIET) / _FULL_LOG)


_FULL_LOG: Final = log(1 + FULL / QUIET)
