"""The find bar of the chart: words, how many rows hold them, and the way to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from ui.model.find import DHCP, FAILOVER, Finder

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from ui.view.chart import ChartView

WIDTH: Final = 280
INSET: Final = 10
LEAST: Final = 120
NARROW: Final = 480
"""A narrower chart has no room for the choice of protocols."""
SLICE_MS: Final = 8
ROWS: Final = 16
"""So many rows are read between two looks at the clock."""


class FindBar(QWidget):
    """A strip at the foot of the chart, below its playhead; it reads the run while it is open."""

    def __init__(self, view: ChartView) -> None:
        super().__init__(view)
        self.view = view
        self.finder = Finder(view.model)
        self._way = 0
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = QLineEdit()
        self.field.setPlaceholderText("message, client, address, server, rule")
        self.field.setAccessibleName("Find in the messages")
        self.words = QLabel()
        self.words.setProperty("role", "note")
        line = QHBoxLayout(self)
        line.setContentsMargins(INSET, 4, INSET, 4)
        line.setSpacing(4)
        line.addWidget(self.field, 2)
        line.addWidget(self._button("▴", "Previous (Shift+Enter, Shift+F3)", lambda: self.go(-1)))
        line.addWidget(self._button("▾", "Next (Enter, F3)", lambda: self.go(1)))
        line.addWidget(self.words)
        line.addStretch(1)
        self.kinds = {}
        for text, kinds in (("DHCP", DHCP), ("Failover", FAILOVER)):
            box = self.kinds[kinds] = QCheckBox(text)
            box.setChecked(True)
            box.setToolTip(f"Find {text} messages too")
            box.toggled.connect(lambda: self._ask(self.field.text()))
            line.addWidget(box)
        line.addWidget(self._button("✕", "Close (Esc)", self.close_bar))
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._read)
        self.field.textChanged.connect(self._ask)
        view.model.moved.connect(self.refresh)
        view.look.changed.connect(self.place)
        self.hide()

    def _button(self, text: str, words: str, deed: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: deed())
        return button

    # -- open and closed

    def open_bar(self) -> None:
        """Show the bar with its words selected, ready to type."""
        self.place()
        self.show()
        self.raise_()
        self.view.update()
        self.field.setFocus()
        self.field.selectAll()
        self.refresh()

    def close_bar(self) -> None:
        """Hide the bar; the keyboard goes back to the chart, what was found stays selected."""
        self._timer.stop()
        self._way = 0
        self.hide()
        self.view.update()
        self.view.setFocus()

    def place(self) -> None:
        """Stand at the foot of the view, as wide as it."""
        view = self.view
        high = self.sizeHint().height()
        self.field.setMaximumWidth(view.theme.px(WIDTH))
        self.field.setMinimumWidth(min(view.theme.px(LEAST), view.width() // 3))
        narrow = view.width() < view.theme.px(NARROW)
        for box in self.kinds.values():
            if narrow:  # what can't be seen leaves nothing out
                box.setChecked(True)
            box.setVisible(not narrow)
        self.setGeometry(0, view.height() - high, view.width(), high)

    # -- searching

    def _ask(self, query: str) -> None:
        self._way = 0
        left_out = [kinds for kinds, box in self.kinds.items() if not box.isChecked()]
        self.finder.ask(query, frozenset().union(*left_out))
        self.refresh()

    def refresh(self) -> None:
        """The run, the position or the words changed."""
        if not self.isVisible():
            return
        self.finder.sync()
        if not self.finder.done and not self._timer.isActive():
            self._timer.start()
        self._say()

    def _read(self) -> None:
        """Read rows for a few milliseconds."""
        clock = QElapsedTimer()
        clock.start()
        self.finder.sync()
        while not self.finder.read(ROWS) and clock.elapsed() < SLICE_MS:
            pass
        if self.finder.done:
            self._timer.stop()
        if self._way:
            self.go(self._way)
        self._say()

    def _say(self) -> None:
        words = self.finder.words()
        room = max(60, self.width() // 4)
        self.words.setToolTip(words)
        self.words.setText(self.view.theme.elide(words, room, 10))

    def go(self, direction: int) -> None:
        """Go to the next match, or the one before; if need be as soon as it was read."""
        if not self.isVisible():
            self.open_bar()
        record = self.finder.next(direction)
        self._way = 0 if record is not None or self.finder.done else direction
        if record is not None:
            self.view.model.seek_record(record)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, with Shift back; Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.go(-1 if back else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)
