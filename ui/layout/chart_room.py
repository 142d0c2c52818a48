"""Room in one row of the message chart: what stands where, and where words still fit.

Nothing is placed over another thing or over a lifeline; what finds no place is left out and
told on pointing. That labels never overlap is so by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from ui.layout.chart_columns import Columns

SPARE = 28
"""A label needs the distance of the lifelines less this much (VISUAL §7)."""
SPARE_AT_CROSS = 22
SPARE_OF_PILE = 20
"""Its line needs no more than its two small heads."""
CAPSULE = 15
DOT = 8
CLEAR = 3.0


class Measure(Protocol):
    """How large things are in a theme; texts are 10 px."""

    def px(self, size: float) -> int:
        """Return a size at the user's scale."""
        ...

    def capsule(self, text: str) -> float:
        """Return the width of a capsule."""
        ...

    def pile(self, text: str) -> float:
        """Return the width of a pile."""
        ...

    def badge(self, letters: str, service: str) -> float:
        """Return the width of a badge."""
        ...

    def text(self, text: str, bold: bool = False) -> float:
        """Return the width of a text."""
        ...


class Label(NamedTuple):
    """A capsule, a pile or a dot, by its middle; ``text`` is empty for a dot."""

    text: str
    x: float
    y: float
    w: float
    h: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return (
            self.x - self.w / 2,
            self.y - self.h / 2,
            self.x + self.w / 2,
            self.y + self.h / 2,
        )


class Note(NamedTuple):
    """Words beside a line or a mark, from their left end; ``role`` names the colour.

    ``record`` is what the words tell, when that is another record than the line's.
    """

    text: str
    x: float
    y: float
    w: float
    role: str = "ink2"
    bold: bool = False
    record: int = -1


Span = tuple[float, float]


@dataclass
class Room:
    """One row: what is taken, from left to right."""

    columns: Columns
    measure: Measure
    taken: list[Span] = field(default_factory=list)

    def take(self, start: float, end: float) -> None:
        """Mark a stretch as taken."""
        self.taken.append((min(start, end), max(start, end)))

    def is_free(self, start: float, end: float) -> bool:
        """Whether a stretch is inside the chart, off all lifelines, and taken by nobody."""
        if start < self.columns.left or end > self.columns.right:
            return False
        for column in self.columns.columns:
            edge = column.half + CLEAR
            if start < column.x + edge and end > column.x - edge:
                return False
        return all(start >= b + CLEAR or end <= a - CLEAR for a, b in self.taken)

    def note(
        self,
        text: str,
        y: float,
        places: Sequence[tuple[float, str]],
        role: str = "ink2",
        bold: bool = False,
    ) -> Note | None:
        """Place words at the first of some places (x, ``left`` or ``right`` end) that is free."""
        if not text:
            return None
        width = self.measure.text(text, bold)
        for x, end in places:
            start = x if end == "left" else x - width
            if self.is_free(start, start + width):
                self.take(start, start + width)
                return Note(text, start, y, width, role, bold)
        return None


def segments(columns: Columns, start: float, end: float) -> list[Span]:
    """Return the gaps between lifelines on the way from *start* to *end*, in that order."""
    low, high = min(start, end), max(start, end)
    stops = [c.x for c in columns.columns if low + 1 < c.x < high - 1]
    stops.sort(reverse=end < start)
    points = [start, *stops, end]
    return list(pairwise(points))


def fit_label(
    labels: Sequence[str],
    gaps: Sequence[Span],
    width_of: Callable[[str], float],
    spare: Sequence[float],
) -> tuple[str, float, float]:
    """Return the fullest label that fits a gap, its middle and width; a dot when none does.

    The gap next to the sender comes first. *spare* is what each gap must leave free.
    """
    for label in labels:
        width = width_of(label)
        for (a, b), free in zip(gaps, spare, strict=True):
            if width + free <= abs(b - a):
                return label, (a + b) / 2, width
    widest = max(gaps, key=lambda gap: abs(gap[1] - gap[0]))
    return "", (widest[0] + widest[1]) / 2, float(DOT)
