"""The plots of the charts, drawn by pyqtgraph; imported when the view is first shown.

A plot's x is the pixel in the view, so that every plot stands over the timeline's axis to the
pixel; its y is the value. Grounds, areas and words are painted in pixels, because stripes and
text must not be stretched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from ui.view import metrics
from ui.view.forms import draw_plate, fill, line
from ui.view.story_axis import unseen_ground
from ui.view.strokes import prepare, stripes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from ui.layout.axis import StoryAxis
    from ui.panel.charts_data import Points, Runs
    from ui.theme import Theme

pg.setConfigOptions(antialias=False)
NOTE: Final = metrics.TYPE_NOTE
TEAR: Final = 6


class Area(NamedTuple):
    """Bars side by side, their ground, and stripes of another colour over it if it has some."""

    runs: Runs
    ground: QColor
    striped: QColor | None


class Curve(NamedTuple):
    """A line: its points, colour, width and dash."""

    points: Points
    colour: QColor
    width: float
    dash: tuple[float, ...] = ()


class Word(NamedTuple):
    """A word beside the playhead: its corner and middle in the plot's pixels."""

    x: float
    y: float
    text: str
    colour: QColor


class Scale(NamedTuple):
    """The upright axis: its ends, its numbers, and whether it is cut off above."""

    low: float
    top: float
    ticks: tuple[int, ...]
    cut: bool = False


class _Painted(pg.GraphicsObject):
    """An item that covers its plot and is painted in pixels of the view."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self.plot = plot

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The whole plot."""
        return QRectF(self.plot.box.viewRect())

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Paint with a painter whose x is the view's and whose y 0 is the plot's top."""
        corner = self.plot.box.mapRectToScene(self.plot.box.boundingRect())
        painter.save()
        painter.resetTransform()
        painter.setWorldTransform(self.plot.viewportTransform())
        painter.translate(corner.x() - self.plot.left, corner.y())
        prepare(painter)
        self.draw(painter, self.plot, corner.height())
        painter.restore()

    def draw(self, painter: QPainter, plot: Plot, h: float) -> None:
        """Paint; to be written by each item."""
        raise NotImplementedError


class _Ground(_Painted):
    """Folds, what was not played yet, lines at the numbers, and the areas."""

    def draw(self, painter: QPainter, plot: Plot, h: float) -> None:
        """Paint the ground."""
        theme = plot.theme
        if theme is None or plot.axis is None:
            return
        for fold in plot.axis.folds:
            fill(painter, theme, fold.x0, 0, fold.x1 - fold.x0, h, theme.sunken)
        fill(painter, theme, plot.seen, 0, plot.right - plot.seen, h, unseen_ground(theme))
        # Bars end at whole pixels: smoothing them would only take time.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(Qt.PenStyle.NoPen)
        for area in plot.areas:
            bars = _bars(plot, area.runs, h)
            painter.setBrush(area.ground)
            painter.drawRects(bars)
            if area.striped is not None:
                tile = stripes(theme, area.striped, metrics.STRIPE_PERIOD, metrics.STRIPE)
                painter.setBrush(tile)
                painter.drawRects(bars)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for value in plot.scale.ticks:
            y = theme.snap(plot.y_of(value, h)) - 0.5
            line(painter, theme, plot.left, y, plot.right, y, theme.hair)
        if plot.scale.cut:
            _tear(painter, theme, plot.left, plot.seen)


class _Words(_Painted):
    """The words at the playhead, which name the lines and areas there."""

    def draw(self, painter: QPainter, plot: Plot, h: float) -> None:
        """Paint the words on plates."""
        if plot.theme is None:
            return
        for word in plot.words:
            draw_plate(
                painter, plot.theme, word.x, word.y, word.text, word.colour, NOTE,
                align="left", height=plot.theme.px(11),
            )  # fmt: skip


class Plot(pg.PlotWidget):
    """One plot. It lets the mouse through to the view, which knows what a click means."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.theme: Theme | None = None
        self.axis: StoryAxis | None = None
        self.scale = Scale(0, 1, (0, 1))
        self.areas: Sequence[Area] = ()
        self.words: Sequence[Word] = ()
        self.left, self.right, self.seen = 0.0, 1.0, 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.layout.setContentsMargins(0, 0, 0, 0)
        item.layout.setSpacing(0)
        item.hideButtons()
        item.setMenuEnabled(False)
        # Numbers are written into the gutter by the view: pyqtgraph leaves out those at the ends.
        item.hideAxis("bottom")
        item.hideAxis("left")
        self.box = item.getViewBox()
        self.box.setMouseEnabled(False, False)
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self._ground = _Ground(self)
        self._words = _Words(self)
        self._words.setZValue(20)
        self.playhead = pg.InfiniteLine(angle=90, movable=False)
        self.playhead.setZValue(15)
        for each in (self._ground, self.playhead, self._words):
            self.addItem(each, ignoreBounds=True)
        self._curves: list[Any] = []

    def dress(self, theme: Theme) -> None:
        """Take colours and fonts from the theme."""
        if theme is self.theme:
            return
        self.theme = theme
        self.setBackground(theme.panel)
        pen = QPen(theme.pen(theme.ink, metrics.STROKE))
        pen.setCosmetic(True)
        self.playhead.setPen(pen)

    def place(self, axis: StoryAxis, left: float, right: float, seen: float, now: float) -> None:
        """Say which stretch of the view this plot covers, and where it was seen and is."""
        self.axis, self.left, self.right, self.seen = axis, left, right, seen
        self.playhead.setValue(now)

    def show_values(
        self,
        scale: Scale,
        areas: Sequence[Area],
        curves: Sequence[Curve],
        words: Sequence[Word],
    ) -> None:
        """Draw values: areas below, curves above them, words on top."""
        assert self.theme is not None
        self.scale, self.areas, self.words = scale, areas, words
        self.box.setRange(
            xRange=(self.left, self.right), yRange=(scale.low, scale.top), padding=0, update=True
        )
        while len(self._curves) < len(curves):
            item = pg.PlotCurveItem()
            item.setZValue(10)
            self.addItem(item, ignoreBounds=True)
            self._curves.append(item)
        for place, item in enumerate(self._curves):
            if place < len(curves):
                curve = curves[place]
                item.setData(curve.points.x, curve.points.y, connect="finite")
                pen = QPen(self.theme.pen(curve.colour, curve.width, curve.dash))
                pen.setCosmetic(True)  # a value is not as wide as a pixel
                item.setPen(pen)
            item.setVisible(place < len(curves))
        for each in (self._ground, self._words):
            each.prepareGeometryChange()
            each.update()

    def y_of(self, value: float, h: float) -> float:
        """Return where a value stands, in pixels from the plot's top."""
        span = self.scale.top - self.scale.low
        return h - (value - self.scale.low) / span * h


def _bars(plot: Plot, runs: Runs, h: float) -> list[QRectF]:
    """Return bars in pixels, their edges whole; a share is never so low that it vanishes."""
    assert plot.theme is not None
    snap, found = plot.theme.snap, []
    for x0, x1, low, high in zip(*(each.tolist() for each in runs), strict=True):
        left, right = snap(x0), snap(x1)
        top = snap(max(-1.0, plot.y_of(high, h)))
        foot = max(top + 1, snap(min(h + 1, plot.y_of(low, h))))
        if right > left and top < h + 1:
            found.append(QRectF(left, top, right - left, foot - top))
    return found


def _tear(painter: QPainter, theme: Theme, left: float, right: float) -> None:
    """Tear the upper edge off: what stands there is not drawn to its end."""
    step, deep = theme.px(TEAR), theme.px(TEAR) / 2
    count = max(2, int((right - left) / step))
    corners = [QPointF(left, -2.0)]
    corners += [
        QPointF(min(right, left + place * step), deep if place % 2 else 0.0)
        for place in range(count + 2)
    ]
    corners.append(QPointF(right, -2.0))
    path = QPainterPath()
    path.addPolygon(QPolygonF(corners))
    painter.fillPath(path, QBrush(theme.panel))
    painter.setPen(theme.pen(theme.strong))
    painter.drawPolyline(QPolygonF(corners[1:-1]))
