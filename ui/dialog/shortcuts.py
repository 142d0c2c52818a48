"""The shortcuts: every action with its keys, to be changed and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.actions import ACTIONS, SPECS

if TYPE_CHECKING:
    from ui.actions import Actions

COLUMNS = ("Action", "Where", "Keys")


class ShortcutDialog(QDialog):
    """A table of actions; below it the keys of the chosen one. A change holds at once."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.actions_ = actions
        self.setWindowTitle("Shortcuts")
        px = actions.look.theme.px
        self.resize(px(640), px(560))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find an action or keys")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._hide_others)
        self.table = QTableWidget(len(ACTIONS), len(COLUMNS))
        self._build_table()
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName("New keys")
        self.edit.editingFinished.connect(self._take)
        self.name = QLabel()
        self.name.setProperty("role", "question")
        self.none = _button("No keys", self._clear)
        self.one = _button("Reset", self._reset_one)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(px(34))
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.edit)
        row.addWidget(self.none)
        row.addWidget(self.one)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.all = _button("Reset all", self._reset_all)
        buttons.addButton(self.all, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(buttons)
        self.table.selectRow(0)

    def _build_table(self) -> None:
        table, px = self.table, self.actions_.look.theme.px
        table.setAccessibleName("Actions")
        table.setHorizontalHeaderLabels(COLUMNS)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(px(24))
        table.setShowGrid(False)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        for place, width in enumerate((290, 90)):
            table.setColumnWidth(place, px(width))
        for row, spec in enumerate(ACTIONS):
            table.setItem(row, 0, QTableWidgetItem(spec.text.removesuffix(" …")))
            table.setItem(row, 1, QTableWidgetItem(spec.group))
            table.setItem(row, 2, QTableWidgetItem(self.actions_.shown_keys(spec.id)))
        table.currentCellChanged.connect(self._show)
        table.cellDoubleClicked.connect(lambda *_: self.edit.setFocus())

    # -- choosing

    @property
    def chosen(self) -> str:
        """The id of the action whose keys are shown."""
        return ACTIONS[max(0, self.table.currentRow())].id

    def choose(self, name: str) -> None:
        """Show the keys of an action."""
        self.table.selectRow(next(row for row, spec in enumerate(ACTIONS) if spec.id == name))

    def _show(self) -> None:
        name = self.chosen
        self.name.setText(SPECS[name].text.removesuffix(" …"))
        self._refill()
        self.note.setText("Press the new keys in the field; what is typed there takes effect.")

    def _refill(self) -> None:
        keys = self.actions_.keys(self.chosen)
        blocked = self.edit.blockSignals(True)
        self.edit.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())
        self.edit.blockSignals(blocked)
        changed = keys != _normal(SPECS[self.chosen].keys)
        self.one.setEnabled(changed)
        self.none.setEnabled(bool(keys))

    def _hide_others(self, text: str) -> None:
        needle = text.strip().lower()
        for row in range(self.table.rowCount()):
            items = (self.table.item(row, column) for column in range(len(COLUMNS)))
            words = " ".join(item.text() for item in items if item is not None).lower()
            self.table.setRowHidden(row, needle not in words)

    # -- changing

    def _take(self) -> None:
        keys = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        present = self.actions_.keys(self.chosen)
        if not keys or (present and keys == present[0]):
            return
        self.give(self.chosen, keys)

    def give(self, name: str, keys: str) -> bool:
        """Give an action other keys; say in a sentence why not, if somebody else has them."""
        objection = self.actions_.objection(name, keys)
        if objection:
            self._refill()
            self.note.setText(objection)
            return False
        self._set(name, (keys,))
        return True

    def _set(self, name: str, keys: tuple[str, ...]) -> None:
        self.actions_.give(name, keys)
        row = next(row for row, spec in enumerate(ACTIONS) if spec.id == name)
        item = self.table.item(row, 2)
        assert item is not None
        item.setText(self.actions_.shown_keys(name))
        if name == self.chosen:
            self._refill()
        words = SPECS[name].text.removesuffix(" …")
        shown = self.actions_.shown_keys(name)
        self.note.setText(f"“{words}” is {shown} now." if shown else f"“{words}” has no keys now.")

    def _clear(self) -> None:
        self._set(self.chosen, ())

    def _reset_one(self) -> None:
        """Give an action its first keys back, but for those that somebody else has by now."""
        name, kept, objections = self.chosen, [], []
        for keys in SPECS[name].keys:
            objection = self.actions_.objection(name, keys)
            if objection:
                objections.append(objection)
            else:
                kept.append(keys)
        self._set(name, tuple(kept))
        if objections:
            self.note.setText(" ".join(objections))

    def _reset_all(self) -> None:
        for spec in ACTIONS:
            self.actions_.give(spec.id, ())
        for spec in ACTIONS:
            self._set(spec.id, spec.keys)
        self.note.setText("Every action has its first keys again.")


def _normal(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return shortcuts as Qt writes them."""
    portable = QKeySequence.SequenceFormat.PortableText
    return tuple(QKeySequence(each).toString(portable) for each in keys)


def _button(words: str, deed: object) -> QPushButton:
    button = QPushButton(words)
    button.setProperty("role", "frame")
    button.setAutoDefault(False)
    button.clicked.connect(deed)
    return button
