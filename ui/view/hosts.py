"""Hosts: a server's box and token, a client's ring (VISUAL 4, 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from ui.icons import paint_icon
from ui.view import metrics
from ui.view.bands import draw_band
from ui.view.strokes import box, disc, stamp
from ui.view.text import draw_text

if TYPE_CHECKING:
    from ui.theme import Theme, Who
    from ui.view.badges import Service


def draw_server_box(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    service: Service,
    who: Who,
    *,
    selected: bool = False,
) -> None:
    """Draw the box of a server with its service as a band inside the left edge.

    With service ``off`` the box is dashed and empty. What is written in it is the view's.
    """
    edge, radius = metrics.STROKE, metrics.RADIUS_CARD
    x, y = theme.snap(x), theme.snap(y)
    if service == "off":
        dash = metrics.DASH_HOST_BOX
        frame = theme.strong
        box(painter, theme, x, y, w, h, frame=frame, width=edge, radius=radius, dash=dash)
    else:
        _served(painter, theme, x, y, w, h, service, who)
    if selected:
        far = metrics.CAPSULE_HALO
        wide, high, around = w + 2 * far, h + 2 * far, radius + far
        halo = theme.sel
        box(painter, theme, x - far, y - far, wide, high, frame=halo, width=2, radius=around)


def _served(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    service: Service,
    who: Who,
) -> None:
    edge, radius = metrics.STROKE, metrics.RADIUS_CARD
    box(painter, theme, x, y, w, h, ground=theme.raised, radius=radius)
    # The box's own outline covers the band's left edge, 2 px of it.
    draw_band(painter, theme, x, y, metrics.BAND_SERVER_BOX + 2, h, service, who, upright=True)
    # No clip: it is slow on screen, and SVG files lose it.
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.brush(theme.panel))
    for corner_y, turn in ((y, 90.0), (y + h, 180.0)):
        outside = QPainterPath(QPointF(x, corner_y))
        ring = QRectF(x, corner_y if turn == 90 else corner_y - 2 * radius, 2 * radius, 2 * radius)
        outside.arcTo(ring, turn, 90)
        painter.drawPath(outside)
    box(painter, theme, x, y, w, h, frame=theme.hue(who).stroke, width=edge, radius=radius)


def draw_token(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    digit: str,
    who: Who,
    *,
    on: bool = True,
    large: bool = False,
) -> QRectF:
    """Draw a server's token: a disc with its digit; hollow and dashed when its host is off."""
    nominal = metrics.TOKEN_RADIUS_LARGE if large else metrics.TOKEN_RADIUS
    side = theme.px(2 * nominal)
    room = 2
    left, top = theme.snap(cx - side / 2), theme.snap(cy - side / 2)
    whole = side + 2 * room
    args = (digit, who, on, large, side)
    stamp(painter, theme, left - room, top - room, whole, whole, _token, *args)
    return QRectF(left, top, side, side)


def _token(
    painter: QPainter, theme: Theme, digit: str, who: Who, on: bool, large: bool, side: int
) -> None:
    hue = theme.hue(who)
    centre, r = 2 + side / 2, side / 2
    disc(painter, theme, centre, centre, r + metrics.CAPSULE_RING, ground=theme.panel)
    if on:
        disc(painter, theme, centre, centre, r, ground=hue.fill)
    else:
        stroke = metrics.STROKE
        dash = metrics.DASH_TOKEN
        disc(painter, theme, centre, centre, r, frame=hue.stroke, width=stroke, dash=dash)
    px = metrics.TYPE_NAME if large else metrics.TYPE_NOTE
    colour = theme.onhue if on else hue.text
    draw_text(painter, theme, centre, centre, digit, colour, px, bold=True, align="centre")


def draw_ring(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    left_share: float,
    who: Who,
    *,
    radius: float = metrics.RING_RADIUS,
    on: bool = True,
    unanswered: bool = False,
) -> None:
    """Draw a client: a track, an arc clockwise from twelve for what is left of its lease.

    *left_share* is 0 to 1 in the granter's hue. *unanswered*: dashed red, nobody answers.
    """
    many = radius < metrics.RING_RADIUS
    width = metrics.RING_WIDTH_MANY if many else metrics.RING_WIDTH
    # The diameter is whole, so the ring touches whole pixels at its four poles.
    cx, cy = theme.snap(cx), theme.snap(cy)
    rect = QRectF(cx - radius, cy - radius, 2 * radius, 2 * radius)
    disc(painter, theme, cx, cy, radius, ground=theme.panel)
    if unanswered:
        edge = metrics.STROKE
        dash = metrics.DASH_UNANSWERED
        disc(painter, theme, cx, cy, radius + 1, frame=theme.bad, width=edge, dash=dash)
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.pen(theme.cliw, width, whole=True))
        painter.drawEllipse(rect)
        if on and left_share > 0:
            painter.setPen(theme.pen(theme.hue(who).stroke, width, whole=True))
            # Qt counts sixteenths of a degree, from three o'clock, the other way round.
            painter.drawArc(rect, 90 * 16, -round(min(1.0, left_share) * 360 * 16))
    if not many:
        side = theme.px(metrics.RING_ICON)
        colour = (theme.bad if unanswered else theme.ink2) if on else theme.inkoff
        paint_icon(
            painter, "client", QRectF(cx - side / 2, cy - side / 2, side, side), colour, theme
        )
