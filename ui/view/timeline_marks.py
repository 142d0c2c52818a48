"""Bookmarks on the timeline, and the span that is being drawn by hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

from foviz import clock_text, moment_text
from ui.layout.timeline import Row, flags
from ui.model.selection import Selection
from ui.view import metrics
from ui.view.forms import draw_plate, draw_text, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from foviz import Bookmark
    from ui.layout.axis import StoryAxis
    from ui.theme import Theme
    from ui.view.timeline_strip import Strip

NOTE: Final = metrics.TYPE_NOTE
WIDTH, HEIGHT, NOTCH = 7.0, 11.0, 3.0


def bookmark_words(mark: Bookmark) -> str:
    """Return a bookmark's note, or that it has none."""
    return mark.note or "bookmark"


def paint_bookmarks(strip: Strip, row: Row, marks: Sequence[Bookmark]) -> None:
    """Paint the bookmarks as ribbons with their notes; a click goes there."""
    theme = strip.theme
    shown = [mark for mark in marks if mark.at <= strip.seen_at]
    places = [strip.axis.x_of(mark.at) for mark in shown]
    widths = [strip.width(bookmark_words(mark)) for mark in shown]
    for flag in flags(places, widths, strip.first_x, strip.right):
        group = shown[flag.first : flag.first + flag.size]
        _ribbon(strip, flag.x, row)
        label, wide = flag.label, widths[flag.first]
        if label >= 0 and not label - 3 < strip.now < label + wide + 3:
            words = bookmark_words(group[0])
            draw_text(strip.painter, theme, label, row.middle, words, theme.ink, NOTE)
        said = "\n".join(f"{bookmark_words(mark)}, {moment_text(mark.at)}" for mark in group)
        left = min(flag.x - 5, label) if label >= 0 else flag.x - 5
        right = max(flag.x + 6, label + wide) if label >= 0 else flag.x + 6
        strip.view.hit(
            QRectF(left, row.y, right - left, row.h),
            Selection("bookmark", group[0].number),
            f"bookmark: {said}",
            partial(strip.view.model.go_bookmark, group[0].number),
        )


def _ribbon(strip: Strip, x: float, row: Row) -> None:
    """A ribbon with a notch, whose middle is the moment."""
    theme, painter = strip.theme, strip.painter
    wide, high = theme.grown(WIDTH), min(theme.grown(HEIGHT), row.h - 1)
    left, top = theme.snap(x - wide / 2), theme.snap(row.middle - high / 2)
    right, foot, notch = left + wide, top + high, theme.grown(NOTCH)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.brush(theme.ink))
    corners = [(left, top), (right, top), (right, foot), ((left + right) / 2, foot - notch),
               (left, foot)]  # fmt: skip
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def paint_span(
    painter: QPainter, theme: Theme, axis: StoryAxis, span: tuple[float, float], h: int
) -> None:
    """Paint the stretch that a hand draws over the timeline for a fault, with its moments."""
    x0, x1 = sorted(span)
    colour = theme.bad
    painter.save()
    painter.setOpacity(0.14)
    painter.fillRect(QRectF(x0, 0, x1 - x0, h), colour)
    painter.restore()
    for x in (x0, x1):
        line(painter, theme, x, 0, x, h, colour, metrics.STROKE)
    # Outside the stretch, where the two never meet.
    y = h - theme.px(10)
    for x, side in ((x0 - 6, "right"), (x1 + 6, "left")):
        at = axis.us_of(x0 if side == "right" else x1)
        draw_plate(
            painter, theme, x, y, clock_text(at), colour, NOTE, bold=True,
            align="right" if side == "right" else "left",
        )  # fmt: skip
