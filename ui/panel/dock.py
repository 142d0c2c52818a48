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
        self._bare = self._untitled = False
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
        self.controls: dict[str, list[QWidget]] = {}
        """What belongs into the title row while a view is shown, by the view's name."""
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.tabs.currentChanged.connect(self._show_controls)
        look.changed.connect(self._scale)
        self._scale()

    def add(self, name: str, title: str, view: QWidget) -> None:
        """Add a view as a tab."""
        self.names.append(name)
        self.stack.addWidget(view)
        self.tabs.addTab(title)

    def set_views(
        self, views: list[tuple[str, str, QWidget]], controls: dict[str, list[QWidget]]
    ) -> None:
        """Show these views (name, title, widget), keeping the present one if it is among them.

        *controls* are what the views have for the title row. A view that has been in another
        dock meanwhile, and its controls, come back.
        """
        names = [name for name, _, _ in views]
        if names == self.names and all(view.parent() is self.stack for _, _, view in views):
            return
        shown = self.names[self.tabs.currentIndex()] if self.names else ""
        blocked = self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        while (view := self.stack.widget(0)) is not None:
            self.stack.removeWidget(view)
        self.names = []
        for name, title, view in views:
            self.add(name, title, view)
        self._give_title(views)
        self.tabs.blockSignals(blocked)
        # A title that nothing can be chosen beside is not underlined.
        self.tabs.setProperty("role", "title" if len(views) == 1 else "tabs")
        self.tabs.style().unpolish(self.tabs)
        self.tabs.style().polish(self.tabs)
        self._take_controls({name: controls[name] for name in names if name in controls})
        self.show_view(shown if shown in self.names else (self.names[0] if self.names else ""))
        self._show_controls()

    def _take_controls(self, controls: dict[str, list[QWidget]]) -> None:
        for control in (control for held in self.controls.values() for control in held):
            # Another dock may have taken it meanwhile.
            if control.parentWidget() is self._row:
                self._line.removeWidget(control)
                control.hide()
        self.controls = controls
        for control in (control for held in controls.values() for control in held):
            self.add_control(control)

    def _show_controls(self) -> None:
        """Show what belongs to the view in front, and nothing else."""
        shown = self.shown
        for name, held in self.controls.items():
            for control in held:
                if control.parentWidget() is self._row:
                    control.setVisible(name == shown)

    @property
    def shown(self) -> str:
        """The name of the view in front."""
        return self.names[self.tabs.currentIndex()] if self.names else ""

    def set_bare(self, bare: bool) -> None:
        """Take the title row away, as *Lecture* wants it, or give it back."""
        self._bare = bare
        self._row.setVisible(not (bare or self._untitled))
        self._hair.setVisible(not (bare or self._untitled))

    def _give_title(self, views: list[tuple[str, str, QWidget]]) -> None:
        """Let a view that stands alone carry its title itself, if it can."""
        alone = len(views) == 1
        for _, _, view in views:
            if hasattr(view, "titled"):
                view.titled = alone
        self._untitled = alone and hasattr(views[0][2], "titled")
        self.set_bare(self._bare)

    def show_view(self, name: str) -> None:
        """Bring a view to the front."""
        if name in self.names:
            place = self.names.index(name)
            self.tabs.setCurrentIndex(place)
            self.stack.setCurrentIndex(place)

    def add_control(self, control: QWidget) -> None:
        """Put a control at the right end of the title row, or beside the tabs if it says so."""
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
