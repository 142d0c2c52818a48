"""Lifelines, timeline bands, lease bars: what a party was or promised along time (VISUAL 2, 4).

Give a band its true corner, even when that lies outside the view: its stripes start there,
and only so do they stand still while the view scrolls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter

from ui.view import metrics
from ui.view.strokes import fill, fill_bars, fill_stripes, line
from ui.view.text import draw_plate, draw_text

if TYPE_CHECKING:
    from ui.theme import Theme, Who
    from ui.view.badges import Service

BandTone = Literal["live", "memory", "replaced"]
"""A party that runs; what a host that is off still has; what a later grant replaced."""

ClientForm = Literal["lease", "on", "off"]


def band_colour(theme: Theme, who: Who, tone: BandTone = "live") -> QColor:
    """Return the colour of a band."""
    hue = theme.hue(who)
    if tone == "live":
        return hue.stroke
    return hue.memory if tone == "memory" else hue.wash


def draw_band(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    service: Service,
    who: Who,
    *,
    upright: bool = False,
    tone: BandTone = "live",
) -> None:
    """Draw a band in one of the six forms; *upright* for a lifeline, else time runs right."""
    colour = band_colour(theme, who, tone)
    left, top = theme.snap(x), theme.snap(y)
    w, h = theme.snap(x + w) - left, theme.snap(y + h) - top
    if w <= 0 or h <= 0:
        return
    if service == "full":
        painter.fillRect(QRectF(left, top, w, h), colour)
    elif service == "takeover":
        _double(painter, theme, left, top, w, h, colour, upright)
    elif service == "off":
        if upright:
            draw_off_line(painter, theme, left + w / 2, top, left + w / 2, top + h)
        else:
            draw_off_line(painter, theme, left, top + h / 2, left + w, top + h / 2)
    else:
        painter.fillRect(QRectF(left, top, w, h), theme.panel)
        if service == "alone":
            fill_stripes(painter, theme, left, top, w, h, colour)
        elif service == "renew":
            # The filled half lies where time has no say: left of a lifeline, below a band.
            half = theme.snap((w if upright else h) / 2)
            if upright:
                painter.fillRect(QRectF(left, top, half, h), colour)
            else:
                painter.fillRect(QRectF(left, top + h - half, w, half), colour)
        draw_frame(painter, theme, left, top, w, h, colour)


def _double(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    colour: QColor,
    upright: bool,
) -> None:
    across = w if upright else h
    gap = metrics.DOUBLE_BAR_GAP
    # Both bars are equally wide: an odd width gets an odd gap.
    bar = theme.snap((across - gap) / 2 - 0.25)
    if upright:
        painter.fillRect(QRectF(x, y, bar, h), colour)
        painter.fillRect(QRectF(x + w - bar, y, bar, h), colour)
    else:
        painter.fillRect(QRectF(x, y, w, bar), colour)
        painter.fillRect(QRectF(x, y + h - bar, w, bar), colour)


def draw_frame(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    colour: QColor,
    width: float = metrics.STROKE_HAIR,
) -> None:
    """Draw a square-cornered frame inside a snapped rectangle, in whole pixels."""
    edge = min(theme.stroke_px(width, whole=True), w / 2, h / 2)
    painter.fillRect(QRectF(x, y, w, edge), colour)
    painter.fillRect(QRectF(x, y + h - edge, w, edge), colour)
    painter.fillRect(QRectF(x, y + edge, edge, h - 2 * edge), colour)
    painter.fillRect(QRectF(x + w - edge, y + edge, edge, h - 2 * edge), colour)


def draw_band_label(
    painter: QPainter, theme: Theme, cx: float, cy: float, text: str, who: Who
) -> QRectF:
    """Draw the name of a state on a plate inside a timeline band."""
    colour = theme.hue(who).text
    high = theme.px(metrics.PLATE_HEIGHT)
    return draw_plate(painter, theme, cx, cy, text, colour, bold=True, height=high)


def draw_off_line(
    painter: QPainter, theme: Theme, x1: float, y1: float, x2: float, y2: float
) -> None:
    """Draw the dotted grey line of a host that is off."""
    line(painter, theme, x1, y1, x2, y2, theme.strong, metrics.STROKE, metrics.DASH_HOST_LINE)


def draw_folded_lifeline(
    painter: QPainter, theme: Theme, cx: float, y: float, h: float, colour: QColor
) -> None:
    """Draw a lifeline across a fold: dotted, in the colour it has outside."""
    dash = metrics.DASH_FOLDED
    # Starting one pixel down, the dots of a 14-px fold lie in the middle of it.
    line(painter, theme, cx, y + 1, cx, y + h, colour, metrics.LIFELINE_FOLDED, dash)


def draw_client_line(
    painter: QPainter,
    theme: Theme,
    cx: float,
    y: float,
    h: float,
    form: ClientForm,
    who: Who = "client",
) -> None:
    """Draw a client's lifeline: 3 px in the granter's hue, thin grey without lease, or dotted."""
    if form == "off":
        draw_off_line(painter, theme, cx, y, cx, y + h)
        return
    lease = form == "lease"
    wide = metrics.LIFELINE_CLIENT if lease else metrics.LIFELINE_CLIENT_IDLE
    colour = theme.hue(who).stroke if lease else theme.strong
    line(painter, theme, cx, y, cx, y + h, colour, wide)


def draw_fold(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    text: str = "",
    cx: float | None = None,
) -> None:
    """Draw the ground of a folded silence and, centred on *cx*, how long it was."""
    fill(painter, theme, x, y, w, h, theme.sunken)
    if text:
        centre = x + w / 2 if cx is None else cx
        draw_text(painter, theme, centre, y + h / 2, f"⋯ {text}", theme.ink2, 10, align="centre")


def draw_fold_cut(
    painter: QPainter,
    theme: Theme,
    cx: float,
    y: float,
    h: float,
    ground: QColor | None = None,
) -> None:
    """Draw the two oblique cuts of a fold across a bar, in the colour of the ground behind it."""
    colour = theme.sunken if ground is None else ground
    over, lean = metrics.FOLD_CUT_OVER, metrics.FOLD_CUT_LEAN / 2
    painter.setPen(theme.pen(colour, metrics.FOLD_CUT))
    for at in (cx - metrics.FOLD_CUT_APART / 2, cx + metrics.FOLD_CUT_APART / 2):
        painter.drawLine(QLineF(at + lean, y - over, at - lean, y + h + over))


def draw_mclt(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    closed: bool = True,
    faint: bool = False,
) -> None:
    """Draw the MCLT: upright bars, closed at its end by a line 2 px taller on both sides.

    *faint* is an MCLT that another profile would count.
    """
    colour, ground = theme.lead, theme.leadw
    if faint:
        colour = theme.mix(theme.lead, theme.panel, 0.35)
        ground = theme.mix(theme.leadw, theme.panel, 0.6)
    fill_bars(painter, theme, x, y, w, h, colour, ground)
    if closed:
        taller = metrics.MCLT_TALLER
        end = theme.snap(x + w)
        thick = theme.stroke_px(metrics.STROKE, whole=True)
        fill(painter, theme, end - thick, y - taller, thick, h + 2 * taller, colour)


def draw_promise(
    painter: QPainter,
    theme: Theme,
    x1: float,
    x2: float,
    y: float,
    who: Who,
    *,
    acked: bool = True,
) -> None:
    """Draw the thin line from the end of a lease to its potential expiration; dotted unacked."""
    dash = () if acked else metrics.DASH_PET
    colour = theme.hue(who).stroke
    line(painter, theme, x1, y, x2, y, colour, metrics.STROKE_STRONG, dash)


def draw_lease_tick(
    painter: QPainter, theme: Theme, x: float, cy: float, text: str = "", *, left: bool = False
) -> None:
    """Draw T1 or T2 across a lease bar, its letters above (*left*: at its left)."""
    half = metrics.TICK_LEASE / 2
    line(painter, theme, x, cy - half, x, cy + half, theme.ink, metrics.STROKE)
    if text:
        side = x - 4 if left else x + 4
        align: Literal["left", "right"] = "right" if left else "left"
        draw_text(painter, theme, side, cy - half - 3, text, theme.ink, 10, bold=True, align=align)


def draw_timer_tick(painter: QPainter, theme: Theme, cx: float, y: float, text: str = "") -> None:
    """Draw T1 or T2 across a client's lifeline, its letters at the left."""
    half = theme.grown(metrics.TICK_HALF)
    line(painter, theme, cx - half, y, cx + half, y, theme.ink, metrics.STROKE)
    if text:
        draw_text(painter, theme, cx - half - 3, y, text, theme.ink, 10, bold=True, align="right")
