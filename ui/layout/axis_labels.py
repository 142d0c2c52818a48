"""What is written along the story axis: days, clock times, the length of each fold.

A day stands bold at its window's start, clock times where there is room, and the length of
a silence in the middle of its fold; nothing overlaps (VISUAL §6).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from foviz import DAY, HOUR, as_datetime, clock_text, date_text, duration_text
from ui.layout.axis import MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.layout.axis import Piece, StoryAxis

Kind = Literal["day", "clock", "fold"]

FREE: Final = 20
"""Pixels free beside a clock time."""
GAP: Final = 5
"""Pixels between any two labels."""

_STEPS: Final = (
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 7, 14, 28, 56, 112, 224, 448)),
)


class Label(NamedTuple):
    """A label: its left end, its width, its words."""

    x: float
    w: float
    text: str
    kind: Kind

    @property
    def right(self) -> float:
        """Its right end."""
        return self.x + self.w


class AxisLabels(NamedTuple):
    """Labels from left to right, and the places of the ticks."""

    labels: tuple[Label, ...]
    ticks: tuple[float, ...]


class _Row:
    """Labels that never overlap, kept in order."""

    def __init__(self, left: float, right: float) -> None:
        self.left, self.right = left, right
        self.labels: list[Label] = []
        self._starts: list[float] = []

    def place(self, x: float, w: float, text: str, kind: Kind, gap: float = GAP) -> bool:
        """Add a label if it is free of the others and inside the axis."""
        if x < self.left - 0.01 or x + w > self.right + 0.01:
            return False
        at = bisect_right(self._starts, x)
        if at and self.labels[at - 1].right + gap > x:
            return False
        if at < len(self.labels) and x + w + gap > self.labels[at].x:
            return False
        self._starts.insert(at, x)
        self.labels.insert(at, Label(x, w, text, kind))
        return True


def axis_labels(
    axis: StoryAxis,
    measure: Callable[[str, bool], float],
    right: float,
    *,
    months: bool = False,
) -> AxisLabels:
    """Return what is written along an axis; *right* is as far as words may reach.

    *measure* gives the width of a text, bold or not; *months* writes days with their month.
    """
    row = _Row(axis.left - 2, right)
    clock = measure("00:00", False)
    step = tick_step(axis.scale, clock + FREE, measure("Wed 30", True) + FREE)
    _place_days(row, axis, measure, months)
    for fold in axis.folds:
        _place_length(row, fold, measure)
    ticks: list[float] = []
    for window in axis.windows:
        for at in _multiples(window.start, window.end, step):
            x = axis.x_of(at)
            ticks.append(x)
            if at % DAY:
                row.place(x - clock / 2, clock, clock_text(at)[:5], "clock", FREE / 2)
            elif x > window.x0 + 1:
                text = day_text(at, months)
                w = measure(text, True)
                row.place(x - w / 2, w, text, "day")
    return AxisLabels(tuple(row.labels), tuple(ticks))


def day_text(at: int, month: bool = False) -> str:
    """Return a day: ``Mon 1`` or ``Mon 1 Jan``."""
    return date_text(at) if month else date_text(at).rpartition(" ")[0]


def _place_days(
    row: _Row, axis: StoryAxis, measure: Callable[[str, bool], float], months: bool
) -> None:
    """Name the day at the start of each window that begins another one."""
    last = ""
    for window in axis.windows:
        text = day_text(window.start, months)
        if text == last:
            continue
        w = measure(text, True)
        x = window.x0 if w <= window.x1 - window.x0 else window.middle - w / 2
        x = max(row.left, min(x, row.right - w))
        if row.place(x, w, text, "day"):
            last = text


def _place_length(row: _Row, fold: Piece, measure: Callable[[str, bool], float]) -> None:
    """Write the length of a silence into its fold, as exactly as there is room for."""
    for text in (length_text(fold.length), length_text(fold.length, short=True)):
        w = measure(text, False)
        if w <= fold.x1 - fold.x0 and row.place(fold.middle - w / 2, w, text, "fold", 6):
            return


def length_text(us: int, *, short: bool = False) -> str:
    """Return the length of a silence: to the minute below ten hours, else to the hour.

    *short* keeps the largest unit only.
    """
    if short:
        unit = next((u for u in (DAY, HOUR) if us >= u), MINUTE)
    else:
        unit = HOUR if us >= 10 * HOUR else MINUTE
    return duration_text((us + unit // 2) // unit * unit)


def tick_step(scale: float, clock: float, day: float) -> int:
    """Return the time between two ticks, so that their words have room."""
    for step in _STEPS:
        room = clock if step < DAY else day
        if step / MINUTE * scale >= room:
            return step
    return _STEPS[-1]


def _multiples(start: int, end: int, step: int) -> range:
    """Return the multiples of a step in a window; days are counted from the month's first."""
    if step <= DAY:
        return range(start + -start % step, end + 1, step)
    midnight = start + -start % DAY
    first = midnight - (as_datetime(midnight).day - 1) * DAY
    first += max(0, -(-(start - first) // step)) * step
    return range(first, end + 1, step)
