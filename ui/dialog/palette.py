"""The palette: lab lines with completion, and every action of the window, in one field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from foviz import DEEDS, QUESTIONS, RUNS, FovizError
from ui.actions import ACTIONS
from ui.model.lab_line import completed_lines
from ui.view.forms import draw_text, prepare

if TYPE_CHECKING:
    from ui.actions import Actions, ActionSpec
    from ui.look import Look
    from ui.model.run import RunModel

WIDTH = 520
MOST = 12
ROW = 24
_ROLE = Qt.ItemDataRole.UserRole
_NOTE = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex


class Suggestion(QStyledItemDelegate):
    """A row of the list: a lab line in mono and what it means, or an action and its keys."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self.look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are equally high."""
        return QSize(0, self.look.theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the style's ground, then the words and the note."""
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        widget = ground.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, widget)
        painter.save()
        prepare(painter)
        theme, area = self.look.theme, ground.rect
        words, note = str(index.data()), str(index.data(_NOTE))
        line = index.data(_ROLE)[0] == "line"
        x, right, y = area.left() + 8, area.right() - 8, area.center().y() + 0.5
        x += round(draw_text(painter, theme, x, y, words, theme.ink, mono=line, room=right - x))
        room = right - x - 16
        if note and line:
            draw_text(painter, theme, x + 16, y, note, theme.ink3, 10, room=room)
        elif note and theme.width(note, 10) <= room:
            draw_text(painter, theme, right, y, note, theme.ink3, 10, align="right")
        painter.restore()


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
        self.list.setItemDelegate(Suggestion(actions.look, self.list))
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
        for line in completed_lines(self.model.session, text)[:MOST]:
            self._add(line, "", ("line", line))
        needle = text.lower().strip()
        found = [spec for spec in ACTIONS if needle and needle in _words_of(spec)]
        # Words that begin as typed come before those that only hold it.
        for spec in sorted(found, key=lambda spec: f" {needle}" not in f" {_words_of(spec)}"):
            self._add(
                spec.text.removesuffix(" …"), self.actions_.shown_keys(spec.id), ("action", spec.id)
            )
        if not text:
            for form in (*DEEDS[:6], *RUNS[:3], *QUESTIONS[3:6]):
                self._add(form.example, form.meaning, ("line", form.example))
        shown = min(self.list.count(), MOST)
        self.list.setVisible(shown > 0)
        self.list.setFixedHeight(shown * self.actions_.look.theme.px(ROW) + 2)
        self.adjustSize()

    def _add(self, words: str, note: str, what: tuple[str, str]) -> None:
        if self.list.count() >= MOST:
            return
        item = QListWidgetItem(words)
        item.setData(_ROLE, what)
        item.setData(_NOTE, note)
        item.setToolTip(note)
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
        self.model.after_line(line, reply)
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


def _words_of(spec: ActionSpec) -> str:
    """Return the words an action is found by."""
    return f"{spec.text} {spec.group}".lower()
