"""Small marks: what happened at a point (VISUAL 4). Each is centred on its x and y.

Sizes are those at 100 %; every mark grows with the text, and is never smaller than in the pictures.

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
    half = theme.grown(half)
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
    r = theme.grown(metrics.IGNORED_RADIUS)
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
    edge, radius = theme.stroke_px(metrics.STROKE), theme.grown(radius)
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
    disc(painter, theme, cx, cy, theme.grown(metrics.BOLT_DISC), ground=theme.panel)
    paint_mark_icon(painter, theme, "crash", cx, cy, theme.bad, metrics.BOLT)


def draw_disk(painter: QPainter, theme: Theme, cx: float, cy: float) -> None:
    """Draw the small store: a binding was written to disk."""
    half = round(theme.grown(metrics.DISK_CORE) / 2)
    side, core = 4 * half, 2 * half
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
    radius = theme.grown(radius)
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
    radius = theme.grown(radius)
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
    colour, half = theme.hue(who).stroke, theme.grown(half)
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
    middle, half = theme.snap((x1 + x2) / 2), theme.grown(metrics.GLYPH) / 2
    rule = theme.bad if cut else theme.strong
    line(painter, theme, x1, y, middle - half - 3, y, rule, metrics.STROKE_HAIR)
    line(painter, theme, middle + half + 3, y, x2, y, rule, metrics.STROKE_HAIR)
    paint_mark_icon(painter, theme, "cut" if cut else "heal", middle, y, colour)


def draw_cut_stroke(painter: QPainter, theme: Theme, cx: float, cy: float) -> None:
    """Draw the oblique red cut through a link on the stage."""
    lean, reach = theme.grown(2.5), theme.grown(8)
    stroke = QLineF(cx - lean, cy + reach, cx + lean, cy - reach)
    for colour, width in ((theme.panel, metrics.STROKE_CUT + 4), (theme.bad, metrics.STROKE_CUT)):
        painter.setPen(theme.pen(colour, width, rounded=True))
        painter.drawLine(stroke)


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
    r = theme.grown(metrics.CONNECTION_RADIUS)
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
    r = theme.grown(4.5)
    cx, cy = theme.snap(cx - r) + r, theme.snap(cy - r) + r
    if on:
        disc(painter, theme, cx, cy, r, ground=colour)
    else:
        disc(
            painter,
            theme,
            cx,
            cy,
            r + 0.5,
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
    unit = theme.grown(1.0)
    corners = ((-4, 0.5), (-1.5, 3), (4, -3.5))
    painter.drawPolyline(QPolygonF([QPointF(cx + x * unit, cy + y * unit) for x, y in corners]))


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
        wide, high = theme.px(14), theme.px(8)
        left, top = cx - wide / 2, cy - high / 2
        box(
            painter,
            theme,
            left,
            top,
            wide,
            high,
            frame=ink,
            width=metrics.STROKE,
            radius=high / 2,
        )
    elif event == "timer":
        draw_timer(painter, theme, cx, cy, radius=6.0, colour=ink)
    else:
        paint_mark_icon(painter, theme, event, cx, cy, ink)


def paint_mark_icon(
    painter: QPainter,
    theme: Theme,
    name: str,
    cx: float,
    cy: float,
    colour: QColor,
    side: float = metrics.GLYPH,
) -> None:
    """Paint an icon about its centre, grown with the text to whole pixels."""
    side = round(theme.grown(side))
    left, top = theme.snap(cx - side / 2), theme.snap(cy - side / 2)
    paint_icon(painter, name, QRectF(left, top, side, side), colour, theme)
