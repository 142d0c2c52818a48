"""The strokes and fills under every form: crisp at any device ratio, scaled by the theme.

Fills lie on whole pixels, upright and level lines fill whole pixels, a stroked box is inset
by half its stroke so that its outside is whole (VISUAL 3.4). Oblique lines and curves keep
their nominal width. Nothing here knows what a form means.
"""

from __future__ import annotations

from math import ceil, floor, pi, sqrt
from typing import TYPE_CHECKING, TypeVarTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from ui.theme import make_room
from ui.view import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.theme import Theme

_KEPT_STAMPS = 2048
_TILE_LEAST = 64


_ORIGIN = QPointF(0.0, 0.0)
_Args = TypeVarTuple("_Args")


def prepare(painter: QPainter) -> None:
    """Set the hints that every form counts on; call it once a frame."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)


def fill(
    painter: QPainter, theme: Theme, x: float, y: float, w: float, h: float, colour: QColor
) -> None:
    """Fill a rectangle whose edges are moved to whole pixels."""
    left, top = theme.snap(x), theme.snap(y)
    painter.fillRect(QRectF(left, top, theme.snap(x + w) - left, theme.snap(y + h) - top), colour)


def line(
    painter: QPainter,
    theme: Theme,
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    colour: QColor,
    width: float = 1.0,
    dash: tuple[float, ...] = (),
    *,
    rounded: bool = False,
) -> None:
    """Draw a straight line; an upright or level one fills whole pixels."""
    level, upright = y1 == y2, x1 == x2
    if not (level or upright):
        painter.setPen(theme.pen(colour, width, dash, rounded=rounded))
        painter.drawLine(QLineF(x1, y1, x2, y2))
        return
    drawn = theme.stroke_px(width, whole=True)
    if dash or rounded:
        if dash:
            dash = tuple(max(1.0, float(floor(length + 0.5))) for length in dash)
        middle = theme.snap((y1 if level else x1) - drawn / 2) + drawn / 2
        painter.setPen(theme.pen(colour, width, dash, rounded=rounded, whole=True))
        if level:
            painter.drawLine(QLineF(theme.snap(x1), middle, theme.snap(x2), middle))
        else:
            painter.drawLine(QLineF(middle, theme.snap(y1), middle, theme.snap(y2)))
    elif level:
        left, right = theme.snap(min(x1, x2)), theme.snap(max(x1, x2))
        painter.fillRect(QRectF(left, theme.snap(y1 - drawn / 2), right - left, drawn), colour)
    else:
        top, foot = theme.snap(min(y1, y2)), theme.snap(max(y1, y2))
        painter.fillRect(QRectF(theme.snap(x1 - drawn / 2), top, drawn, foot - top), colour)


def box(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    ground: QColor | None = None,
    frame: QColor | None = None,
    width: float = 1.0,
    radius: float = 0.0,
    dash: tuple[float, ...] = (),
) -> None:
    """Draw a box whose outside, frame included, is exactly the given rectangle, snapped."""
    left, top = theme.snap(x), theme.snap(y)
    right, foot = theme.snap(x + w), theme.snap(y + h)
    inset = 0.0
    if frame is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        inset = theme.stroke_px(width) / 2
        pen = theme.pen(frame, width, dash)
        around = 2 * (right - left + foot - top) - 8 * inset - (8 - 2 * pi) * max(0, radius - inset)
        painter.setPen(_seamless(pen, dash, around) if dash else pen)
    painter.setBrush(Qt.BrushStyle.NoBrush if ground is None else theme.brush(ground))
    rect = QRectF(left + inset, top + inset, right - left - 2 * inset, foot - top - 2 * inset)
    if radius > 0:
        painter.drawRoundedRect(rect, max(0.0, radius - inset), max(0.0, radius - inset))
    else:
        painter.drawRect(rect)


def disc(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    radius: float,
    *,
    ground: QColor | None = None,
    frame: QColor | None = None,
    width: float = 1.0,
    dash: tuple[float, ...] = (),
) -> None:
    """Draw a disc or a circle with its stroke inside *radius*; dashes close without a seam."""
    inset = 0.0
    if frame is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        inset = theme.stroke_px(width) / 2
        pen = theme.pen(frame, width, dash)
        painter.setPen(_seamless(pen, dash, 2 * pi * (radius - inset)) if dash else pen)
    painter.setBrush(Qt.BrushStyle.NoBrush if ground is None else theme.brush(ground))
    painter.drawEllipse(QPointF(cx, cy), radius - inset, radius - inset)


def _seamless(pen: QPen, dash: tuple[float, ...], length: float) -> QPen:
    """Return the pen with its dashes stretched so that a whole number of them fits."""
    whole = QPen(pen)
    drawn = pen.widthF()
    count = max(3, round(length / sum(dash)))
    stretch = length / (count * sum(dash))
    whole.setDashPattern([each * stretch / drawn for each in dash])
    return whole


def draw_focus(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    radius: float = metrics.RADIUS_CONTROL,
) -> None:
    """Draw the keyboard's focus ring: 2 px of ink, 2 px outside the place of the halo."""
    stroke = metrics.FOCUS_STROKE
    far = metrics.CAPSULE_HALO + metrics.FOCUS_GAP + theme.stroke_px(stroke)
    left, top, wide, high = x - far, y - far, w + 2 * far, h + 2 * far
    box(painter, theme, left, top, wide, high, frame=theme.ink, width=stroke, radius=radius + far)


def stripes(theme: Theme, colour: QColor, period: float, width: float) -> QBrush:
    """Return a cached brush of 45° stripes; the gaps are clear.

    A tile must be whole, so the level distance of two stripes is the whole number of device
    pixels nearest to period × √2: 7 for a period of 5, 6 for 4.
    """
    key = ("stripes", colour.rgb(), period, width)
    brush = theme.cache.tiles.get(key)
    if brush is None:
        side = max(3, round(period * sqrt(2) * theme.ratio))
        image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        # Polygons, for Qt draws a line of one pixel thinner than it is when it is oblique.
        half = width * theme.ratio / sqrt(2)
        for start in (0, side, 2 * side):
            corners = ((start - half, 0), (start + half, 0))
            feet = ((start + half - side, side), (start - half - side, side))
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in (*corners, *feet)]))
        painter.end()
        brush = theme.cache.tiles[key] = _tile(image, theme.ratio)
    return brush


def bars(theme: Theme, colour: QColor, ground: QColor, period: int, width: int) -> QBrush:
    """Return a cached brush of upright bars on a ground."""
    key = ("bars", colour.rgb(), ground.rgb(), period, width)
    brush = theme.cache.tiles.get(key)
    if brush is None:
        side = max(2, round(period * theme.ratio))
        bar = max(1, round(width * theme.ratio))
        image = QImage(side, 1, QImage.Format.Format_RGB32)
        image.fill(ground)
        for column in range(bar):
            image.setPixelColor(side // 2 - bar // 2 + column, 0, colour)
        brush = theme.cache.tiles[key] = _tile(image, theme.ratio)
    return brush


def _tile(image: QImage, ratio: float) -> QBrush:
    """Return a brush of the image, repeated until a fill needs few copies of it."""
    times = ceil(_TILE_LEAST / image.width())
    whole = QPixmap(image.width() * times, ceil(_TILE_LEAST / image.height()) * image.height())
    whole.fill(Qt.GlobalColor.transparent)
    painter = QPainter(whole)
    painter.fillRect(whole.rect(), QBrush(image))
    painter.end()
    whole.setDevicePixelRatio(ratio)
    return QBrush(whole)


def fill_stripes(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    colour: QColor,
    period: float = metrics.STRIPE_PERIOD,
    width: float = metrics.STRIPE,
) -> None:
    """Draw stripes over a snapped rectangle; they start in its own upper left corner."""
    left, top = theme.snap(x), theme.snap(y)
    rect = QRectF(left, top, theme.snap(x + w) - left, theme.snap(y + h) - top)
    if theme.stamps:
        texture = stripes(theme, colour, period, width).texture()
        painter.drawTiledPixmap(rect, texture, _ORIGIN)
        return
    # On paper as lines that end at the rectangle: no clip is needed.
    apart = round(period * sqrt(2))
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    for far in range(0, ceil(rect.width() + rect.height()), apart):
        start, end = max(0.0, far - rect.height()), min(float(far), rect.width())
        if end > start:
            painter.drawLine(QLineF(left + start, top + far - start, left + end, top + far - end))


def fill_bars(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    colour: QColor,
    ground: QColor,
) -> None:
    """Fill a snapped rectangle with the upright bars of the MCLT."""
    left, top = theme.snap(x), theme.snap(y)
    rect = QRectF(left, top, theme.snap(x + w) - left, theme.snap(y + h) - top)
    period, bar = metrics.MCLT_PERIOD, metrics.MCLT_BAR
    if theme.stamps:
        texture = bars(theme, colour, ground, period, bar).texture()
        painter.drawTiledPixmap(rect, texture, _ORIGIN)
        return
    painter.fillRect(rect, ground)
    for at in range(period // 2, ceil(rect.width()) - bar + 1, period):
        painter.fillRect(QRectF(left + at, top, bar, rect.height()), colour)


def stamp(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    form: Callable[[QPainter, Theme, *_Args], None],
    *args: *_Args,
) -> None:
    """Paint a form of w × h at a snapped place; the second time it is only copied.

    *form* paints with its upper left corner at the origin. *args* must be hashable and say
    all that it looks at besides the theme.
    """
    left, top = theme.snap(x), theme.snap(y)
    if not theme.stamps:
        painter.save()
        painter.translate(left, top)
        form(painter, theme, *args)
        painter.restore()
        return
    key = (form, w, h, args)
    pixmap = theme.cache.stamps.get(key)
    if pixmap is None:
        make_room(theme.cache.stamps, _KEPT_STAMPS)
        pixmap = QPixmap(ceil(w * theme.ratio), ceil(h * theme.ratio))
        pixmap.setDevicePixelRatio(theme.ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        under = QPainter(pixmap)
        prepare(under)
        form(under, theme, *args)
        under.end()
        theme.cache.stamps[key] = pixmap
    painter.drawPixmap(QPointF(left, top), pixmap)
