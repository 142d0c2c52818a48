"""The palette: lab lines with completion, and every action of the window, in one field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from foviz import DEEDS, QUESTIONS, RUNS, FovizError
from ui.actions import ACTIONS, keys_of

if TYPE_CHECKING:
    from ui.actions import Actions
    from ui.model.run import RunModel

WIDTH = 520
MOST = 12
_ROLE = Qt.ItemDataRole.UserRole


class Palette(QDialog):
    """Type a lab line or the words of an action; Tab completes, Return does it."""

    def __init__(self, model: RunModel, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.model = model
        self.actions_ = actions
        self.setAccessibleName("Command or search")
        self.field = QLineEdit()
        self.field.setPlaceholderText("crash DHCP1 · run until C1 bound · theme …")
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("role", "second")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self.words)
        self.field.textChanged.connect(self._suggest)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._take)

    def open_at(self, corner: QPoint, text: str) -> None:
        """Open below a point with a text to begin with."""
        self.setFixedWidth(WIDTH)
        self.field.setText(text)
        self._suggest(text)
        self.move(corner)
        self.show()
        self.field.setFocus()
        self.field.end(False)

    # -- suggestions

    def _suggest(self, text: str) -> None:
        self._say("")
        self.list.clear()
        for words in self.model.session.complete(text)[:MOST] if text else ():
            line = f"{text.rpartition(' ')[0]} {words}".strip()
            self._add(line, "", ("line", line))
        needle = text.lower().strip()
        for spec in ACTIONS:
            if needle and needle in f"{spec.text} {spec.group}".lower():
                self._add(spec.text.removesuffix(" …"), keys_of(spec), ("action", spec.id))
        if not text:
            for form in (*DEEDS[:6], *RUNS[:3], *QUESTIONS[3:6]):
                self._add(form.example, form.meaning, ("line", form.example))
        shown = min(self.list.count(), MOST)
        self.list.setVisible(shown > 0)
        self.list.setFixedHeight(shown * 24 + 2)
        self.adjustSize()

    def _add(self, words: str, note: str, what: tuple[str, str]) -> None:
        if self.list.count() >= MOST:
            return
        item = QListWidgetItem(f"{words}    {note}" if note else words)
        item.setData(_ROLE, what)
        self.list.addItem(item)

    # -- keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows choose, Tab completes, Return does it."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            count = max(1, self.list.count())
            self.list.setCurrentRow((self.list.currentRow() + step) % count)
            return True
        if key == Qt.Key.Key_Tab:
            self._complete()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            chosen = self.list.currentItem()
            if chosen is not None and self.list.currentRow() >= 0:
                self._take(chosen)
            else:
                self._do(self.field.text())
            return True
        return super().eventFilter(watched, event)

    def _complete(self) -> None:
        item = self.list.currentItem() or self.list.item(0)
        what = item.data(_ROLE) if item is not None else None
        if what is not None and what[0] == "line":
            self.field.setText(what[1] + " ")

    def _take(self, item: QListWidgetItem) -> None:
        kind, value = item.data(_ROLE)
        if kind == "action":
            self.close()
            self.actions_[value].trigger()
        else:
            self._do(value)

    def _do(self, line: str) -> None:
        """Carry a line out; what is wrong with it is said here, and the line stays."""
        if not line.strip():
            return
        try:
            reply = self.model.session.do(line)
        except FovizError as error:
            self.field.setText(line)
            self._say(error.message if not error.where else str(error), bad=True)
            return
        self.model.after_line(line)
        if reply.lines and not line.startswith("run"):
            self.list.hide()
            self._say("\n".join(reply.lines[:40]))
        else:
            self.close()

    def _say(self, words: str, *, bad: bool = False) -> None:
        self.words.setText(words)
        self.words.setProperty("role", "bad" if bad else "second")
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
        self.words.setVisible(bool(words))
        self.adjustSize()
