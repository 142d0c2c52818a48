"""Small marks: what happened at a point (VISUAL 4). Each is centred on its x and y.

Red marks are the shapes of damage; nothing else here is red (VISUAL 2, 9).
"""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from ui.icons import paint_icon
from ui.view import metrics
from ui.view.strokes import box, disc, line, stamp
from ui.view.text import draw_plate, draw_text

if TYPE_CHECKING:
    from ui.theme import Theme, Who

Level = Literal["error", "warning", "information"]
Event = Literal["cut", "link", "message", "timer", "operator"]


def draw_cross(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    *,
    half: float = metrics.CROSS_HALF,
    disc_ground: QColor | None = None,
) -> None:
    """Draw the cross of a loss on a disc of the ground."""
    ground = theme.panel if disc_ground is None else disc_ground
    far = half * metrics.CROSS_DISC / metrics.CROSS_HALF
    disc(painter, theme, cx, cy, far, ground=ground)
    painter.setPen(theme.pen(theme.bad, metrics.STROKE_STRONG, rounded=True))
    painter.drawLine(QLineF(cx - half, cy - half, cx + half, cy + half))
    painter.drawLine(QLineF(cx - half, cy + half, cx + half, cy - half))


def draw_ignored(
    painter: QPainter, theme: Theme, cx: float, cy: float, colour: QColor | None = None
) -> None:
    """Draw ⊘: heard, and left unanswered by a rule."""
    ink = theme.cli if colour is None else colour
    r = metrics.IGNORED_RADIUS
    edge = theme.stroke_px(metrics.STROKE)
    disc(
        painter,
        theme,
        cx,
        cy,
        r + edge / 2,
        ground=theme.panel,
        frame=ink,
        width=metrics.STROKE,
    )
    reach = r * 0.7
    painter.drawLine(QLineF(cx - reach, cy + reach, cx + reach, cy - reach))


def draw_timer(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    *,
    radius: float = metrics.TIMER_RADIUS,
    colour: QColor | None = None,
) -> None:
    """Draw a clock, its hands at twelve and three: a timer is over."""
    ink = theme.ink if colour is None else colour
    edge = theme.stroke_px(metrics.STROKE)
    cx, cy = theme.snap(cx - radius) + radius, theme.snap(cy - radius) + radius
    disc(
        painter,
        theme,
        cx,
        cy,
        radius + edge / 2,
        ground=theme.panel,
        frame=ink,
        width=metrics.STROKE,
    )
    painter.setPen(theme.pen(ink, metrics.STROKE, rounded=True))
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(cx, cy - radius * 0.55),
                QPointF(cx, cy),
                QPointF(cx + radius * 0.45, cy),
            ]
        )
    )


def draw_bolt(painter: QPainter, theme: Theme, cx: float, cy: float) -> None:
    """Draw the bolt of a crash on a disc of the panel."""
    side = metrics.BOLT
    disc(painter, theme, cx, cy, metrics.BOLT_DISC, ground=theme.panel)
    _icon(painter, theme, "crash", cx, cy, side, theme.bad)


def draw_disk(painter: QPainter, theme: Theme, cx: float, cy: float) -> None:
    """Draw the small store: a binding was written to disk."""
    side, core = metrics.DISK, metrics.DISK_CORE
    left, top = theme.snap(cx - side / 2), theme.snap(cy - side / 2)
    box(
        painter,
        theme,
        left,
        top,
        side,
        side,
        ground=theme.panel,
        frame=theme.ink,
        width=metrics.STROKE,
        radius=1.0,
    )
    inset = (side - core) / 2
    painter.fillRect(QRectF(left + inset, top + inset, core, core), theme.ink)


def draw_breach(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    *,
    radius: float = metrics.BREACH_RADIUS,
) -> None:
    """Draw the filled octagon of a broken invariant, ringed by the panel."""
    for reach, colour in ((radius + metrics.CAPSULE_RING, theme.panel), (radius, theme.bad)):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.brush(colour))
        corner = reach / cos(pi / 8)
        turns = [pi / 8 + k * pi / 4 for k in range(8)]
        painter.drawPolygon(
            QPolygonF([QPointF(cx + corner * cos(t), cy + corner * sin(t)) for t in turns])
        )
    painter.setBrush(theme.brush(theme.onhue))
    thick = max(2.0, radius * 0.26)
    painter.drawRoundedRect(
        QRectF(cx - thick / 2, cy - radius * 0.58, thick, radius * 0.72), thick / 4, thick / 4
    )
    painter.drawEllipse(QPointF(cx, cy + radius * 0.48), thick * 0.55, thick * 0.55)


def draw_unequal(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    *,
    radius: float = metrics.UNEQUAL_RADIUS,
) -> None:
    """Draw the dark disc with ≠: here two branches differ."""
    cx, cy = theme.snap(cx - radius) + radius, theme.snap(cy - radius) + radius
    disc(painter, theme, cx, cy, radius, ground=theme.ink)
    reach, apart = radius * 0.5, radius * 0.22
    painter.setPen(theme.pen(theme.panel, metrics.STROKE))
    for y in (cy - apart, cy + apart):
        painter.drawLine(QLineF(cx - reach, y, cx + reach, y))
    painter.drawLine(
        QLineF(cx - reach * 0.6, cy + reach * 1.05, cx + reach * 0.6, cy - reach * 1.05)
    )


def draw_diamond(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    who: Who,
    *,
    filled: bool = True,
    half: float = metrics.DIAMOND_HALF,
) -> None:
    """Draw the diamond of a potential expiration: filled when acked or received."""
    colour = theme.hue(who).stroke
    if filled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.brush(colour))
        reach = half
    else:
        painter.setPen(theme.pen(colour, metrics.STROKE))
        painter.setBrush(theme.brush(theme.panel))
        # A slanted stroke reaches √2 of its half beyond the corner.
        reach = half - theme.stroke_px(metrics.STROKE) * 0.7
    points = ((cx, cy - reach), (cx + reach, cy), (cx, cy + reach), (cx - reach, cy))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def draw_link_event(
    painter: QPainter, theme: Theme, x1: float, x2: float, y: float, *, cut: bool
) -> None:
    """Draw that the link between two lifelines was cut, or healed."""
    colour = theme.bad if cut else theme.ink2
    middle, half = theme.snap((x1 + x2) / 2), metrics.GLYPH / 2
    rule = theme.bad if cut else theme.strong
    line(painter, theme, x1, y, middle - half - 3, y, rule, metrics.STROKE_HAIR)
    line(painter, theme, middle + half + 3, y, x2, y, rule, metrics.STROKE_HAIR)
    _icon(painter, theme, "cut" if cut else "heal", middle, y, metrics.GLYPH, colour)


def draw_cut_stroke(painter: QPainter, theme: Theme, cx: float, cy: float) -> None:
    """Draw the oblique red cut through a link on the stage."""
    painter.setPen(theme.pen(theme.panel, metrics.STROKE_CUT + 4, rounded=True))
    painter.drawLine(QLineF(cx - 2.5, cy + 8, cx + 2.5, cy - 8))
    painter.setPen(theme.pen(theme.bad, metrics.STROKE_CUT, rounded=True))
    painter.drawLine(QLineF(cx - 2.5, cy + 8, cx + 2.5, cy - 8))


def draw_connection(
    painter: QPainter,
    theme: Theme,
    x1: float,
    x2: float,
    y: float,
    text: str = "",
    *,
    opened: bool,
) -> None:
    """Draw a connection opened (filled ends) or closed (hollow ends) between two servers."""
    dash = () if opened else metrics.DASH_HOST_BOX
    line(painter, theme, x1, y, x2, y, theme.cli, metrics.STROKE, dash)
    r = metrics.CONNECTION_RADIUS
    edge = theme.stroke_px(metrics.STROKE)
    ground = theme.cli if opened else theme.panel
    for x in (x1, x2):
        disc(
            painter,
            theme,
            x,
            y,
            r + edge / 2,
            ground=ground,
            frame=theme.cli,
            width=metrics.STROKE,
        )
    if text:
        draw_plate(painter, theme, (x1 + x2) / 2, y, text, theme.ink2)


def draw_server_disc(
    painter: QPainter, theme: Theme, cx: float, cy: float, who: Who, *, on: bool = True
) -> None:
    """Draw the small disc that stands before a server's name; hollow when its host is off."""
    colour = theme.hue(who).fill
    cx, cy = theme.snap(cx - 4.5) + 4.5, theme.snap(cy - 4.5) + 4.5
    if on:
        disc(painter, theme, cx, cy, 4.5, ground=colour)
    else:
        disc(
            painter,
            theme,
            cx,
            cy,
            5.0,
            ground=theme.panel,
            frame=colour,
            width=metrics.STROKE,
        )


def draw_level(painter: QPainter, theme: Theme, cx: float, cy: float, level: Level) -> None:
    """Draw the level of an event: E, W, or a small dot for information."""
    if level == "information":
        disc(painter, theme, theme.snap(cx), theme.snap(cy), 2.0, ground=theme.ink3)
        return
    side = theme.px(14)
    stamp(painter, theme, cx - side / 2, cy - side / 2, side, side, _level, level, side)


def _level(painter: QPainter, theme: Theme, level: Level, side: int) -> None:
    error = level == "error"
    colour = theme.bad if error else theme.ink2
    box(
        painter,
        theme,
        0,
        0,
        side,
        side,
        ground=theme.badw if error else theme.cliw,
        frame=colour if error else theme.strong,
        radius=metrics.RADIUS_BADGE,
    )
    text = "E" if error else "W"
    draw_text(painter, theme, side / 2, side / 2, text, colour, 10, bold=True, align="centre")


def draw_tick(painter: QPainter, theme: Theme, cx: float, cy: float) -> None:
    """Draw the tick of what happened; it is ink, for nothing turns green or red."""
    painter.setPen(theme.pen(theme.ink, metrics.STROKE_STRONG, rounded=True))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = ((cx - 4, cy + 0.5), (cx - 1.5, cy + 3), (cx + 4, cy - 3.5))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in corners]))


def draw_event_glyph(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    event: Event,
    colour: QColor | None = None,
) -> None:
    """Draw what makes an edge of the state chart be taken: 16 wide, in ``ink2``."""
    ink = theme.ink2 if colour is None else colour
    if event == "message":
        left, top = theme.snap(cx - 7), theme.snap(cy - 4)
        box(
            painter,
            theme,
            left,
            top,
            14,
            8,
            frame=ink,
            width=metrics.STROKE,
            radius=4,
        )
    elif event == "timer":
        draw_timer(painter, theme, cx, cy, radius=6.0, colour=ink)
    else:
        _icon(painter, theme, event, cx, cy, metrics.GLYPH, ink)


def _icon(
    painter: QPainter, theme: Theme, name: str, cx: float, cy: float, side: int, colour: QColor
) -> None:
    left, top = theme.snap(cx - side / 2), theme.snap(cy - side / 2)
    paint_icon(painter, name, QRectF(left, top, side, side), colour, theme)
