"""Tables of the window: a filter beside the rows, refreshed seldom and only when seen."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.view.strokes import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent

    from ui.look import Look
    from ui.model.run import RunModel

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
ROW = 22
PAUSE_MS = 100
"""Tables are refreshed at most ten times a second (DESIGN §5)."""
LOW, WIDE = 190, 640
"""In a low and wide dock the filter stands at the right: rows are what it is short of."""
SIDE = 148
_SCROLLS = (Qt.Key.Key_Home, Qt.Key.Key_End)


class Pulse:
    """Calls a refresh at once, or as soon as the pause since the last one is over."""

    def __init__(self, widget: QWidget, refresh: Callable[[], None]) -> None:
        self._widget = widget
        self._refresh = refresh
        self._last = 0.0
        self._timer = QTimer(widget)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.beat)

    def ask(self) -> None:
        """Something changed."""
        if not self._widget.isVisible() or self._timer.isActive():
            return
        left = PAUSE_MS - round((monotonic() - self._last) * 1000)
        if left <= 0:
            self.beat()
        else:
            self._timer.start(left)

    def ask_again(self) -> None:
        """There is more to do than one refresh did."""
        if self._widget.isVisible():
            self._timer.start(PAUSE_MS // 5)

    def stop(self) -> None:
        """Nobody looks any more."""
        self._timer.stop()

    def beat(self) -> None:
        """Refresh now."""
        self._timer.stop()
        if self._widget.isVisible():
            self._refresh()
            self._last = monotonic()


class RowsView(QTableView):
    """A table whose rows are selected whole; Home and End go to its first and last row."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that scroll from the window, where they move in time."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in _SCROLLS:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End go to a row, not to a column."""
        model = self.model()
        if event.key() in _SCROLLS and model is not None and model.rowCount():
            row = 0 if event.key() == Qt.Key.Key_Home else model.rowCount() - 1
            self.setCurrentIndex(model.index(row, 0))
            return
        super().keyPressEvent(event)


class Cells(QStyledItemDelegate):
    """Paints each cell by the theme, upon the style's ground."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground and the cell."""
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        # The row is chosen as a whole; no cell of it has a frame of its own.
        ground.state &= ~QStyle.StateFlag.State_HasFocus
        ground.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, ground, painter, ground.widget
        )
        painter.save()
        prepare(painter)
        self.cell(painter, QRectF(ground.rect), index)
        painter.restore()

    def cell(self, painter: QPainter, area: QRectF, index: Index) -> None:
        """Paint one cell's content; to be written by each table."""
        raise NotImplementedError


class FilteredPanel(QWidget):
    """A filter, a table, and words where there are no rows."""

    title = ""
    words_changed = Signal()
    """What :meth:`status_words` returns may be other words now."""

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__()
        self.model = model
        self.look = look
        self.pulse = Pulse(self, self.refresh)
        self.view = RowsView(self.title, self)
        self.empty = QLabel(self.view)
        self.empty.setProperty("role", "second")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = QLineEdit()
        self.words.setAccessibleName(f"Words to look for in the {self.title.lower()}")
        self.words.setClearButtonEnabled(True)
        self.words.setPlaceholderText("Filter …")
        self._side = QWidget(self)
        self.controls = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._side)
        self.controls.setSpacing(4)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self._side)
        self._box.addWidget(self.view, 1)
        model.moved.connect(self.pulse.ask)
        look.changed.connect(self.dress)

    def refresh(self) -> None:
        """Show what stands at the position; to be written by each panel."""
        raise NotImplementedError

    def add_choice(self, name: str, texts: Sequence[str]) -> QComboBox:
        """Add a choice to the filter."""
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.addItems(list(texts))
        box.setProperty("role", "filter")
        self.controls.addWidget(box)
        return box

    def finish(self, table: QAbstractTableModel) -> None:
        """The filter is complete: put the words last, and show the rows."""
        self.words.setProperty("role", "filter")
        self.controls.addWidget(self.words)
        self.controls.addStretch(1)
        self.view.setModel(table)
        self.dress()

    def dress(self) -> None:
        """Take the sizes of the theme."""
        theme = self.look.theme
        self.view.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.view.verticalHeader().setMinimumSectionSize(theme.px(ROW))
        self.view.horizontalHeader().setFixedHeight(theme.px(ROW))
        self._arrange()
        self.view.viewport().update()

    def say_empty(self, words: str) -> None:
        """Show words instead of rows; none when there are rows."""
        self.empty.setText(words)
        self.empty.setVisible(bool(words))

    def _arrange(self) -> None:
        theme = self.look.theme
        way = QBoxLayout.Direction
        side = self.height() < theme.px(LOW) and self.width() >= theme.px(WIDE)
        self._box.setDirection(way.RightToLeft if side else way.TopToBottom)
        self.controls.setDirection(way.TopToBottom if side else way.LeftToRight)
        self.controls.setContentsMargins(8, 3 if side else 4, 8, 3 if side else 4)
        if side:
            self._side.setFixedWidth(theme.px(SIDE) + 16)
        else:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(16777215)
        self.words.setMaximumWidth(theme.px(SIDE if side else 260))
        top = theme.px(ROW)
        self.empty.setGeometry(0, top, self.view.width(), max(0, self.view.height() - top))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the filter where there is room for it."""
        super().resizeEvent(event)
        self._arrange()
        self._box.activate()
        self._arrange()

    def hideEvent(self, event: QHideEvent) -> None:
        """Read no further while nobody looks."""
        super().hideEvent(event)
        self.pulse.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        self.pulse.beat()
