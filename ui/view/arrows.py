"""Lines that lead somewhere: message arrows, edges of the state chart, brackets, the playhead.

A line stops 0.8 of a head's length before its end, so that the point of the head is sharp.
"""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from ui.view import metrics
from ui.view.strokes import fill, line, stamp
from ui.view.text import draw_text

if TYPE_CHECKING:
    from ui.theme import Theme, Who

Point = tuple[float, float]


def draw_head(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    dx: float,
    dy: float,
    colour: QColor,
    length: float = metrics.HEAD,
) -> None:
    """Draw a filled arrow head with its point at (x, y), pointing along (dx, dy)."""
    far = hypot(dx, dy) or 1.0
    ux, uy = dx / far, dy / far
    half = length * metrics.HEAD_HALF_WIDTH
    bx, by = x - ux * length, y - uy * length
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.brush(colour))
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(x, y),
                QPointF(bx - uy * half, by + ux * half),
                QPointF(bx + uy * half, by - ux * half),
            ]
        )
    )


def draw_arrow(
    painter: QPainter,
    theme: Theme,
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    colour: QColor,
    *,
    width: float = metrics.STROKE,
    head: float = metrics.HEAD,
    both: bool = False,
    in_flight: bool = False,
) -> None:
    """Draw a line with a head at its end (*both*: also at its start), dashed while in flight."""
    dx, dy = x2 - x1, y2 - y1
    far = hypot(dx, dy)
    if far == 0.0:
        return
    # A head keeps its proportion to a scaled stroke.
    length = head * max(1.0, theme.stroke)
    stop = metrics.HEAD_LINE_STOPS * length / far
    ex, ey = x2 - dx * stop, y2 - dy * stop
    sx, sy = (x1 + dx * stop, y1 + dy * stop) if both else (x1, y1)
    dash = metrics.DASH_FLIGHT if in_flight else ()
    painter.setPen(theme.pen(colour, width, dash))
    painter.drawLine(QLineF(sx, sy, ex, ey))
    draw_head(painter, theme, x2, y2, dx, dy, colour, length)
    if both:
        draw_head(painter, theme, x1, y1, -dx, -dy, colour, length)


def draw_pile_line(
    painter: QPainter, theme: Theme, x1: float, x2: float, y: float, who: Who
) -> None:
    """Draw the level line of a pile, with small heads at both ends."""
    far = metrics.HEAD_SMALL * max(1.0, theme.stroke)
    if any(theme.snap(at) != at for at in (x1, x2, y, far)):
        _pile_line(painter, theme, x1, x2, y, who)
        return
    wide, high = x2 - x1, 2 * far
    stamp(painter, theme, x1, y - far, wide, high, _pile_line, 0.0, wide, far, who)


def _pile_line(painter: QPainter, theme: Theme, x1: float, x2: float, y: float, who: Who) -> None:
    draw_arrow(
        painter, theme, x1, y, x2, y, theme.hue(who).stroke,
        width=metrics.STROKE_FOLDED, head=metrics.HEAD_SMALL, both=True,
    )  # fmt: skip


def draw_broadcast(
    painter: QPainter,
    theme: Theme,
    x1: float,
    y1: float,
    stops: list[Point],
    colour: QColor,
    *,
    in_flight: bool = False,
) -> None:
    """Draw one line through every lifeline that hears it, with a head at each stop."""
    if not stops:
        return
    for x, y in stops[:-1]:
        draw_head(painter, theme, x, y, x - x1, y - y1, colour, metrics.HEAD)
    draw_arrow(painter, theme, x1, y1, *stops[-1], colour, in_flight=in_flight)


def draw_edge(
    painter: QPainter,
    theme: Theme,
    start: Point,
    end: Point,
    colour: QColor,
    *,
    control: tuple[Point, Point] | None = None,
    width: float = 1.0,
    head: float = metrics.HEAD_SMALL,
) -> None:
    """Draw an edge of the state chart: straight, or one cubic; the head turns with its end."""
    lx, ly = control[1] if control else start
    dx, dy = end[0] - lx, end[1] - ly
    far = hypot(dx, dy) or 1.0
    stop = metrics.HEAD_LINE_STOPS * head / far
    last = QPointF(end[0] - dx * stop, end[1] - dy * stop)
    if control is None:
        line(painter, theme, *start, last.x(), last.y(), colour, width)
    else:
        path = QPainterPath(QPointF(*start))
        path.cubicTo(QPointF(*control[0]), QPointF(*control[1]), last)
        painter.setPen(theme.pen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
    draw_head(painter, theme, *end, dx, dy, colour, head)


def draw_bow(
    painter: QPainter, theme: Theme, x: float, y_effect: float, y_cause: float, reach: float = 9.0
) -> None:
    """Draw the violet bow right of a lifeline, from an effect to its cause."""
    path = QPainterPath(QPointF(x, y_effect))
    path.cubicTo(
        QPointF(x + reach * 1.3, y_effect - 2), QPointF(x + reach * 1.3, y_cause + 2),
        QPointF(x + 4, y_cause + 1),
    )  # fmt: skip
    painter.setPen(theme.pen(theme.sel, metrics.STROKE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    draw_head(painter, theme, x, y_cause, -2.5, -1, theme.sel, metrics.HEAD_SMALL)


def draw_bracket(
    painter: QPainter,
    theme: Theme,
    x: float,
    y1: float,
    y2: float,
    *,
    present: bool = False,
    arm: float = metrics.BRACKET_ARM,
) -> None:
    """Draw the bracket of an exchange, open to the left, its back at *x*."""
    colour = theme.sel if present else theme.strong
    width = metrics.STROKE_STRONG if present else metrics.STROKE_HAIR
    drawn = theme.stroke_px(width, whole=True)
    right = theme.snap(x - drawn / 2) + drawn
    top, foot = theme.snap(y1), theme.snap(y2)
    fill(painter, theme, right - drawn, top, drawn, foot - top, colour)
    fill(painter, theme, right - drawn - arm, top, arm, drawn, colour)
    fill(painter, theme, right - drawn - arm, foot - drawn, arm, drawn, colour)


def draw_span(
    painter: QPainter, theme: Theme, x1: float, x2: float, y: float, colour: QColor
) -> None:
    """Draw a bracket below a stretch of cells, its back at *y*, its arms upwards."""
    drawn = theme.stroke_px(metrics.STROKE, whole=True)
    top = theme.snap(y - drawn / 2)
    left, right = theme.snap(x1), theme.snap(x2)
    fill(painter, theme, left, top, right - left, drawn, colour)
    for at in (left, right - drawn):
        fill(painter, theme, at, top - metrics.SPAN_ARM, drawn, metrics.SPAN_ARM, colour)


def draw_playhead(
    painter: QPainter,
    theme: Theme,
    at: float,
    start: float,
    end: float,
    *,
    upright: bool = False,
) -> None:
    """Draw the playhead from *start* to *end*, with its triangle at the start.

    Level (at the height *at*) in the chart, upright (at the x *at*) where time runs right.
    """
    drawn = theme.stroke_px(metrics.STROKE, whole=True)
    first = theme.snap(at - drawn / 2)
    middle = first + drawn / 2
    begin, stop = theme.snap(start), theme.snap(end)
    far, half = metrics.PLAYHEAD_LENGTH, metrics.PLAYHEAD_HALF
    if upright:
        painter.fillRect(QRectF(first, begin, drawn, stop - begin), theme.ink)
        corners = [(middle - half, begin), (middle + half, begin), (middle, begin + far)]
    else:
        painter.fillRect(QRectF(begin, first, stop - begin, drawn), theme.ink)
        corners = [(begin, middle - half), (begin, middle + half), (begin + far, middle)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.brush(theme.ink))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))


def draw_measure(
    painter: QPainter,
    theme: Theme,
    x: float,
    y1: float,
    y2: float,
    text: str = "",
    *,
    above: bool = False,
    below: bool = False,
) -> None:
    """Draw the measure between two selections, one above the other, and its length in words.

    An end that lies *above* or *below* the view has no arm: the head alone points out.
    """
    top, foot = min(y1, y2), max(y1, y2)
    arm = metrics.MEASURE_ARM
    for y, out in ((top, above), (foot, below)):
        if not out:
            line(painter, theme, x - arm, y, x + arm, y, theme.sel, metrics.STROKE)
    line(painter, theme, x, top + 1, x, foot - 1, theme.sel, metrics.STROKE)
    if foot - top > 2 * metrics.HEAD:
        draw_head(painter, theme, x, top + 1, 0, -1, theme.sel, metrics.HEAD)
        draw_head(painter, theme, x, foot - 1, 0, 1, theme.sel, metrics.HEAD)
    if text:
        draw_text(painter, theme, x + arm + 8, (top + foot) / 2, text, theme.sel, bold=True)
