"""Text on a line, on a plate, in a tag or a step: centred by cap height (VISUAL 3.3, 4, 9)."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QStaticText, QTransform

from ui.theme import make_room
from ui.view import metrics
from ui.view.strokes import box, stamp

if TYPE_CHECKING:
    from ui.theme import Theme

Align = Literal["left", "centre", "right"]
StepState = Literal["done", "present", "to come"]


def draw_text(
    painter: QPainter,
    theme: Theme,
    x: float,
    cy: float,
    text: str,
    colour: QColor,
    px: int = metrics.TYPE_BASE,
    *,
    bold: bool = False,
    mono: bool = False,
    align: Align = "left",
    room: float | None = None,
) -> float:
    """Draw one line of text centred by cap height on *cy*; return its width.

    *x* is the left end, the middle or the right end, by *align*. With *room* the text is
    elided to that width.
    """
    if room is not None:
        text = theme.elide(text, room, px, bold, mono)
    width = theme.width(text, px, bold, mono)
    # Centred text keeps its fraction of a pixel: a letter in a badge shows half a pixel.
    if align == "centre":
        x -= width / 2
    else:
        x = theme.snap(x - width if align == "right" else x)
    draw_text_at(painter, theme, x, theme.baseline(cy, px), text, colour, px, bold, mono)
    return width


def draw_text_at(
    painter: QPainter,
    theme: Theme,
    x: float,
    baseline: float,
    text: str,
    colour: QColor,
    px: int = metrics.TYPE_BASE,
    bold: bool = False,
    mono: bool = False,
) -> None:
    """Draw one line of text from *x* on a baseline."""
    painter.setFont(theme.font(px, bold, mono))
    painter.setPen(theme.pen(colour))
    kept = theme.cache.statics.get((text, px, bold, mono))
    if kept is None:
        make_room(theme.cache.statics)
        static = QStaticText(text)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        static.prepare(QTransform(), theme.font(px, bold, mono))
        kept = (static, theme.metrics(px, bold, mono).ascent())
        theme.cache.statics[text, px, bold, mono] = kept
    static, ascent = kept
    painter.drawStaticText(QPointF(x, baseline - ascent), static)


def draw_plate(
    painter: QPainter,
    theme: Theme,
    x: float,
    cy: float,
    text: str,
    colour: QColor,
    px: int = metrics.TYPE_NOTE,
    *,
    bold: bool = False,
    mono: bool = False,
    ground: QColor | None = None,
    align: Align = "centre",
    height: float | None = None,
) -> QRectF:
    """Draw text on a plate of the ground, 3 px wider than the text on both sides.

    *x* is where the text starts, has its middle, or ends. Returns the plate.
    """
    width = theme.width(text, px, bold, mono)
    start = x if align == "left" else x - width / 2 if align == "centre" else x - width
    # The plate of a band is 9 high; elsewhere it covers the letters with a pixel to spare.
    high = height if height is not None else theme.font_px(px) + 2
    left = theme.snap(start - metrics.PLATE_WIDER)
    plate = QRectF(left, theme.snap(cy - high / 2), 0.0, high)
    plate.setRight(theme.snap(start + width + metrics.PLATE_WIDER))
    painter.fillRect(plate, ground if ground is not None else theme.panel)
    draw_text_at(painter, theme, start, theme.baseline(cy, px), text, colour, px, bold, mono)
    return plate


def draw_tag(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    text: str,
    *,
    bad: bool = False,
    mono: bool = False,
    width: float | None = None,
    px: int = metrics.TYPE_NOTE,
) -> QRectF:
    """Draw a tag (a rule's id; red for a refusal and its reason); return its box."""
    wide = width
    if wide is None:
        wide = theme.width(text, px, mono=mono) + 2 * theme.px(metrics.TAG_PADDING)
    high = theme.px(metrics.TAG_HEIGHT)
    left, top = theme.snap(cx - wide / 2), theme.snap(cy - high / 2)
    right = theme.snap(cx + wide / 2)
    ground, frame = (theme.badw, theme.bad) if bad else (theme.sunken, theme.line)
    box(
        painter,
        theme,
        left,
        top,
        right - left,
        high,
        ground=ground,
        frame=frame,
        radius=metrics.RADIUS_TAG,
    )
    colour = theme.bad if bad else theme.ink2
    middle = (left + right) / 2
    draw_text(painter, theme, middle, top + high / 2, text, colour, px, mono=mono, align="centre")
    return QRectF(left, top, right - left, high)


def step_width(theme: Theme, text: str, height: int = metrics.STEP_HEIGHT) -> int:
    """Return the width of a step's square; a range (``7–10``) is wider than high."""
    text_width = theme.width(text, metrics.TYPE_NOTE, bold=True)
    return max(theme.px(height), ceil(text_width + 2 * theme.px(metrics.STEP_PADDING)))


def draw_step(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    text: str,
    state: StepState = "done",
    *,
    height: int = metrics.STEP_HEIGHT,
) -> QRectF:
    """Draw the square of a step, or of a range of steps; return its box."""
    w, h = step_width(theme, text, height), theme.px(height)
    left, top = theme.snap(cx - w / 2), theme.snap(cy - h / 2)
    stamp(painter, theme, left, top, w, h, _step, text, state, w, h)
    return QRectF(left, top, w, h)


def _step(painter: QPainter, theme: Theme, text: str, state: StepState, w: int, h: int) -> None:
    radius = metrics.RADIUS_BADGE
    if state == "present":
        box(painter, theme, 0, 0, w, h, ground=theme.sel, radius=radius)
        colour = theme.onhue
    else:
        done = state == "done"
        ground = theme.sunken if done else theme.panel
        box(painter, theme, 0, 0, w, h, ground=ground, frame=theme.line, radius=radius)
        colour = theme.ink2 if done else theme.ink3
    px = metrics.TYPE_NOTE
    draw_text(painter, theme, w / 2, h / 2, text, colour, px, bold=True, align="centre")
