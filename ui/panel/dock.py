"""A dock: a title row with tabs, words at its right, and one view a tab below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from ui.look import Look

TITLE_ROW = 28


class Dock(QWidget):
    """Views as tabs under one title row; a single view's tab is its title."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.names: list[str] = []
        self._controls: list[tuple[QWidget, str]] = []
        self._row = QWidget(self)
        self.tabs = QTabBar(self._row)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.words = QLabel(self._row)
        self.words.setProperty("role", "note")
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._line = QHBoxLayout(self._row)
        self._line.setContentsMargins(3, 0, 12, 0)
        self._line.setSpacing(8)
        self._line.addWidget(self.tabs)
        self._line.addStretch(1)
        self._line.addWidget(self.words)
        self.stack = QStackedWidget(self)
        self._hair = QFrame(self)
        self._hair.setProperty("role", "hair")
        self._hair.setFixedHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._row)
        column.addWidget(self._hair)
        column.addWidget(self.stack, 1)
        self.tabs.currentChanged.connect(self._show_tab)
        look.changed.connect(self._scale)
        self._scale()

    def add(self, name: str, title: str, view: QWidget) -> None:
        """Add a view as a tab."""
        self.names.append(name)
        self.stack.addWidget(view)
        self.tabs.addTab(title)

    def set_views(self, views: list[tuple[str, str, QWidget]]) -> None:
        """Show these views (name, title, widget), keeping the present one if it is among them."""
        if [name for name, _, _ in views] == self.names:
            return
        shown = self.names[self.tabs.currentIndex()] if self.names else ""
        blocked = self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        self.names = []
        for name, title, view in views:
            self.add(name, title, view)
        self._give_title(views)
        self.tabs.blockSignals(blocked)
        # A title that nothing can be chosen beside is not underlined.
        self.tabs.setProperty("role", "title" if len(views) == 1 else "tabs")
        self.tabs.style().unpolish(self.tabs)
        self.tabs.style().polish(self.tabs)
        self.show_view(shown if shown in self.names else (self.names[0] if self.names else ""))

    def _give_title(self, views: list[tuple[str, str, QWidget]]) -> None:
        """Let a view that stands alone carry its title itself, if it can."""
        alone = len(views) == 1
        for _, _, view in views:
            if hasattr(view, "titled"):
                view.titled = alone
        bare = alone and hasattr(views[0][2], "titled")
        self._row.setVisible(not bare)
        self._hair.setVisible(not bare)

    def _show_tab(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        shown = self.names[place] if 0 <= place < len(self.names) else ""
        for control, view in self._controls:
            control.setVisible(not view or view == shown or view not in self.names)

    def show_view(self, name: str) -> None:
        """Bring a view to the front."""
        if name in self.names:
            place = self.names.index(name)
            self.tabs.setCurrentIndex(place)
            self.stack.setCurrentIndex(place)

    def add_control(self, control: QWidget, view: str = "") -> None:
        """Put a control at the right end of the title row, or beside the tabs if it says so.

        A control of one of the views is there while that view is.
        """
        self._controls.append((control, view))
        if control.property("place") == "left":
            self._line.insertWidget(1, control)
        else:
            self._line.addWidget(control)

    def say(self, words: str) -> None:
        """Show some words at the right of the title row."""
        if words != self.words.text():
            self.words.setText(words)

    def _scale(self) -> None:
        self._row.setFixedHeight(round(TITLE_ROW * self.look.font_scale))
