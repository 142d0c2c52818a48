"""What the rows of the timeline are painted with: one strip of time, up to what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    from ui.layout.axis import StoryAxis
    from ui.layout.timeline import Rows
    from ui.layout.timeline_lanes import Lane
    from ui.theme import Theme
    from ui.view.painted import PaintedView


@dataclass(frozen=True)
class Strip:
    """A strip of the timeline: the axis, the playhead, the end of what was seen.

    ``fills`` is the theme of strokes and fills, pale for what lies after the playhead;
    ``theme`` is that of words. ``first`` is set for the one strip that names the areas.
    """

    view: PaintedView
    painter: QPainter
    theme: Theme
    fills: Theme
    axis: StoryAxis
    rows: Rows
    now: float
    seen: float
    now_at: int
    seen_at: int
    first_x: float
    """Where the gutter ends, a little left of the axis."""
    right: float
    first: bool = True
    bars: list[QRectF] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)

    def shows(self, x0: float, x1: float) -> bool:
        """Whether any of a stretch lies on this side of the playhead."""
        if self.now >= self.seen:
            return True
        return x0 <= self.now if self.first else x1 >= self.now

    def width(self, text: str, *, bold: bool = False) -> float:
        """Return how wide a note is."""
        return self.theme.width(text, 10, bold)
