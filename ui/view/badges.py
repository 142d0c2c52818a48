"""State badges: letters of a failover state on the form of its service (VISUAL 2, 4, 8)."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from ui.view import metrics
from ui.view.arrows import draw_arrow
from ui.view.strokes import box, fill_stripes, stamp
from ui.view.text import draw_text_at

if TYPE_CHECKING:
    from ui.theme import Theme, Who

Service = Literal["full", "alone", "takeover", "renew", "silent", "off"]
"""What a server does for clients: the six forms of badge, band, lifeline and node."""

Tone = Literal["live", "off", "vacant", "absent"]
"""Whose badge: a running server's, a host's that is off, nobody's, not in this profile."""

SERVICES: tuple[Service, ...] = ("full", "alone", "takeover", "renew", "silent", "off")


def badge_width(theme: Theme, letters: str, height: int = 16, service: Service = "silent") -> int:
    """Return the width of a badge of nominal height 16, 20, 26 or 44."""
    size = metrics.BADGES[height]
    text = theme.width(letters, size.type, bold=True)
    # The smallest striped badge needs room for its stripes beside the letters.
    spare = 2 if service == "alone" and height == 16 else 0
    return max(theme.px(size.width), ceil(text + 2 * theme.px(size.padding) + spare))


def draw_badge(
    painter: QPainter,
    theme: Theme,
    x: float,
    cy: float,
    letters: str,
    service: Service,
    who: Who = "client",
    *,
    height: int = 16,
    tone: Tone = "live",
) -> QRectF:
    """Draw a badge with its left edge at *x*, centred on *cy*; return its box."""
    w, h = badge_width(theme, letters, height, service), theme.px(height)
    left, top = theme.snap(x), theme.snap(cy - h / 2)
    stamp(painter, theme, left, top, w, h, _badge, letters, service, who, height, tone, w, h)
    return QRectF(left, top, w, h)


def draw_state_change(
    painter: QPainter,
    theme: Theme,
    x: float,
    cy: float,
    old: tuple[str, Service],
    new: tuple[str, Service],
    who: Who,
) -> QRectF:
    """Draw old badge, arrow, new badge; each is given as letters and service."""
    first = draw_badge(painter, theme, x, cy, *old, who)
    gap = theme.px(metrics.STATE_CHANGE_GAP)
    start = first.right() + gap * 0.2
    draw_arrow(painter, theme, start, cy, first.right() + gap * 0.8, cy, theme.ink2, head=6.0)
    second = draw_badge(painter, theme, first.right() + gap, cy, *new, who)
    return first.united(second)


def _badge(
    painter: QPainter,
    theme: Theme,
    letters: str,
    service: Service,
    who: Who,
    height: int,
    tone: Tone,
    w: int,
    h: int,
) -> None:
    frame, solid, text = _colours(theme, who, tone)
    if service == "full" and tone not in ("vacant", "absent"):
        box(painter, theme, 0, 0, w, h, ground=solid, radius=metrics.RADIUS_BADGE)
        text = theme.panel if tone == "off" else theme.onhue
    elif service == "off":
        _off(painter, theme, w, h)
        text = theme.ink3
    else:
        _body(painter, theme, letters, service, height, frame, solid, w, h)
        if service == "takeover" and tone not in ("vacant", "absent"):
            text = theme.panel if tone == "off" else theme.onhue
    size = metrics.BADGES[height]
    left = (w - theme.width(letters, size.type, bold=True)) / 2
    # Letters of the half badge stand above its fill, not across it.
    middle = (h - _renew_height(h)) / 2 + 1 if service == "renew" else h / 2
    baseline = theme.baseline(middle, size.type)
    draw_text_at(painter, theme, left, baseline, letters, text, size.type, bold=True)


def _colours(theme: Theme, who: Who, tone: Tone) -> tuple[QColor, QColor, QColor]:
    """Return frame, fill and letters."""
    if tone == "live":
        hue = theme.hue(who)
        return hue.stroke, hue.fill, hue.text
    if tone == "vacant":
        return theme.ink2, theme.vacant, theme.ink2
    if tone == "absent":
        return theme.inkoff, theme.mix(theme.inkoff, theme.panel, 0.34), theme.inkoff
    return theme.inkoff, theme.inkoff, theme.inkoff


def _renew_height(h: int) -> int:
    """Return the height of the filled part: a third, or what letters leave of 16 px."""
    return round(h / 3) if h >= 20 else h // 4


def _off(painter: QPainter, theme: Theme, w: int, h: int) -> None:
    box(
        painter,
        theme,
        0,
        0,
        w,
        h,
        ground=theme.panel,
        frame=theme.strong,
        width=metrics.STROKE,
        radius=metrics.RADIUS_BADGE,
        dash=(1.5, 2.0),
    )


def _body(
    painter: QPainter,
    theme: Theme,
    letters: str,
    service: Service,
    height: int,
    frame: QColor,
    solid: QColor,
    w: int,
    h: int,
) -> None:
    """Paint ground, pattern and frame of every form that has a frame."""
    edge = theme.stroke_px(metrics.STROKE)
    radius = metrics.RADIUS_BADGE
    box(painter, theme, 0, 0, w, h, ground=theme.panel, radius=radius)
    if service == "full":
        box(painter, theme, 0, 0, w, h, ground=solid, radius=radius)
    elif service == "alone":
        shade = frame if solid != theme.vacant else solid
        _striped(painter, theme, letters, height, shade, w, h)
    elif service == "takeover":
        inner = theme.px(metrics.BADGE_INNER)
        box(
            painter,
            theme,
            inner,
            inner,
            w - 2 * inner,
            h - 2 * inner,
            ground=solid,
            radius=radius - 1,
        )
    elif service == "renew":
        part = _renew_height(h)
        whole, lower = QPainterPath(), QPainterPath()
        whole.addRoundedRect(QRectF(0, 0, w, h), radius, radius)
        lower.addRect(QRectF(0, h - part, w, part))
        painter.fillPath(whole.intersected(lower), theme.brush(solid))
    painter.setPen(theme.pen(frame, metrics.STROKE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inside = QRectF(edge / 2, edge / 2, w - edge, h - edge)
    painter.drawRoundedRect(inside, radius - edge / 2, radius - edge / 2)


def _striped(
    painter: QPainter, theme: Theme, letters: str, height: int, shade: QColor, w: int, h: int
) -> None:
    """Paint stripes inside the frame, and a plate so that the letters stand on clear ground."""
    # One pixel in, square corners stay inside the round ones of the frame.
    period, width = metrics.STRIPE_PERIOD_BADGE, metrics.STRIPE_BADGE
    fill_stripes(painter, theme, 1, 1, w - 2, h - 2, shade, period, width)
    size = metrics.BADGES[height]
    text = theme.width(letters, size.type, bold=True)
    around = 1 if height == 16 else metrics.BADGE_PLATE
    wide = ceil(text + 2 * around)
    wide += (w - wide) % 2
    # In the smallest badge stripes above and below the letters would fray the frame.
    high = h - 4 if height == 16 else theme.font_px(size.type) + 2
    left, top = theme.snap((w - wide) / 2), theme.snap((h - high) / 2)
    painter.fillRect(QRectF(left, top, wide, high), theme.panel)
