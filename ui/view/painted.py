"""A painted view: one widget, painted whole from the model; what it painted can be pointed at.

A view keeps nothing of the run. :meth:`paint` is a function of the model, the theme and the
size, so jumping anywhere shows what playing there shows. While painting, a view names the
areas that stand for something with :meth:`hit`; clicks, tooltips, keys and the table twin
come from these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from ui.model.selection import NOTHING, Selection
from ui.view.strokes import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.look import Look
    from ui.model.run import RunModel
    from ui.theme import Theme


_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Hit(NamedTuple):
    """An area that stands for something: selected by a click, explained by its words.

    ``deed`` is called by a click instead of selecting, when it is given.
    """

    area: QRectF
    selection: Selection
    words: str
    deed: Callable[[], None] | None


class PaintedView(QWidget):
    """Base of the painted views."""

    title = ""

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.look = look
        self.hits: list[Hit] = []
        self._at = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.title)
        model.moved.connect(self.refresh)
        look.changed.connect(self.refresh)

    @property
    def theme(self) -> Theme:
        """The theme to paint with."""
        return self.look.theme

    def refresh(self) -> None:
        """Repaint, when anybody can see it."""
        if self.isVisible():
            self.update()

    # -- painting

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the view into a rectangle at the origin; to be written by each view."""
        raise NotImplementedError

    def hit(
        self,
        area: QRectF,
        selection: Selection = NOTHING,
        words: str = "",
        deed: Callable[[], None] | None = None,
    ) -> None:
        """Say what an area stands for; later ones lie above earlier ones."""
        self.hits.append(Hit(area, selection, words, deed))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the view."""
        painter = QPainter(self)
        try:
            self.render_view(painter)
        finally:
            painter.end()  # a painter that outlives its widget takes the program with it

    def render_view(self, painter: QPainter) -> None:
        """Paint everything with a painter: the screen's, a picture's or a printer's."""
        prepare(painter)
        painter.fillRect(self.rect(), self.theme.panel)
        self.hits.clear()
        self.paint(painter, self.width(), self.height())
        if self.hasFocus() and 0 <= self._at < len(self.hits):
            self._paint_focus(painter, self.hits[self._at].area)

    def _paint_focus(self, painter: QPainter, area: QRectF) -> None:
        """The keyboard's ring: 2-px ink, 2 px outside."""
        painter.setPen(self.theme.pen(self.theme.ink, 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area.adjusted(-3, -3, 3, 3), 4, 4)

    # -- pointing

    def hit_at(self, point: QPointF) -> Hit | None:
        """Return the topmost area at a point."""
        for found in reversed(self.hits):
            if found.area.contains(point):
                return found
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what was clicked, or do its deed."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self.hit_at(event.position())
        if found is not None:
            self._take(found)
        else:
            self.model.select(NOTHING)

    def _take(self, found: Hit) -> None:
        if found.deed is not None:
            found.deed()
        elif found.selection is not NOTHING:
            self.model.select(found.selection)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show by the cursor's form what can be clicked."""
        found = self.hit_at(event.position())
        clickable = found is not None and (found.deed or found.selection is not NOTHING)
        shape = Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def contextMenuEvent(self, event: object) -> None:
        """Open the menu of what was clicked, if it has one."""
        position = event.pos()  # type: ignore[attr-defined]
        found = self.hit_at(QPointF(position))
        menu = self.menu_for(found.selection) if found is not None else None
        if menu is not None:
            menu.exec(self.mapToGlobal(position))

    def menu_for(self, selection: Selection) -> QMenu | None:
        """Return the menu of a selected thing; views with deeds write this."""
        return None

    def event(self, event: QEvent) -> bool:
        """Answer a request for a tooltip with the words of what is pointed at."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.hit_at(QPointF(event.pos()))
            if found is not None and found.words:
                QToolTip.showText(event.globalPos(), found.words, self, found.area.toRect())
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    # -- the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk over the areas, Return takes one."""
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in moves and self.hits:
            self._at = (self._at + moves[Qt.Key(event.key())]) % len(self.hits)
            self.update()
        elif event.key() in _TAKE and 0 <= self._at < len(self.hits):
            self._take(self.hits[self._at])
        else:
            super().keyPressEvent(event)

    # -- the table twin

    def table(self) -> list[list[str]]:
        """Return what the view shows as rows of text, the heading first."""
        return [["what"], *([hit.words] for hit in self.hits if hit.words)]
