"""The lease lanes in their compact form: a row a party, and where words find room.

Numbers only (VISUAL §6, Leases).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from ui.layout.area import Area
from ui.layout.timeline import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TOP: Final = 10
"""Room above the first row: the letters of T1 and T2 and the playhead's triangle."""
ROW_LEAST: Final = 21
ROW_MOST: Final = 34
SENTENCE: Final = 24
SENTENCE_FROM: Final = 120
"""Height of the view from which the moment is read aloud below the rows."""
LEISURE_FROM: Final = 270
"""Height of the view from which each grant has a row of its own."""


class LaneRows(NamedTuple):
    """The rows of the parties, and the one of the sentence or None."""

    parties: tuple[Row, ...]
    sentence: Row | None


def lane_rows(h: int, parties: int, scale: float = 1.0) -> LaneRows:
    """Return the rows for a view of some height; rows that find no room are left out."""
    room = h / scale
    talks = room >= max(SENTENCE_FROM, TOP + parties * ROW_LEAST + SENTENCE)
    free = room - TOP - (SENTENCE if talks else 0)
    shown = max(1, min(parties, int(free // ROW_LEAST)))
    pitch = min(ROW_MOST, free / shown)
    edges = [round((TOP + pitch * place) * scale) for place in range(shown + 1)]
    rows = [Row(a, b - a) for a, b in pairwise(edges)]
    sentence = Row(edges[-1], round(SENTENCE * scale)) if talks else None
    return LaneRows(tuple(rows), sentence)


class Placer:
    """Finds places for words that touch nothing else: the first free candidate is taken."""

    def __init__(self, bounds: Area) -> None:
        self.bounds = bounds
        self.taken: list[Area] = []

    def keep(self, box: Area) -> None:
        """Say that something stands in a box."""
        self.taken.append(box)

    def free(self, box: Area) -> bool:
        """Whether a box is inside the bounds and touches nothing."""
        bounds = self.bounds
        inside = (
            box.x >= bounds.x
            and box.y >= bounds.y
            and box.x + box.w <= bounds.x + bounds.w
            and box.y + box.h <= bounds.y + bounds.h
        )
        return inside and not any(box.meets(other) for other in self.taken)

    def place(self, candidates: Iterable[Area]) -> Area | None:
        """Take the first candidate that is free, or None."""
        for box in candidates:
            if self.free(box):
                self.keep(box)
                return box
        return None


def tick_sides(x1: float, x2: float, w1: float, w2: float) -> tuple[bool, bool]:
    """Return for T1 and T2 whether their letters stand at the left of their ticks.

    As a rule T1's stand right and T2's left, towards each other; when they would meet, the
    other way round.
    """
    towards = x1 + 4 + w1 + 4 <= x2 - 4 - w2
    return (False, True) if towards else (True, False)


def promise_words(
    x0: float, x1: float, y: float, w: float, h: float, playhead: float
) -> Sequence[Area]:
    """Return places for the words above the line of a promise, the best first."""
    return (
        Area(x1 - 8 - w, y, w, h),
        Area(x0 + 6, y, w, h),
        Area(max(x0, playhead) + 6, y, w, h),
        Area(x1 - w / 2, y, w, h),
        Area(x1 + 6, y, w, h),
    )
