"""Which profile a run plays under, and every switch of it: choosing makes a new run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from foviz import PROFILE_NAMES, SWITCHES, FovizError, profile_named, with_switch

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz import Profile, Switch

COLUMNS = ("Switch", "Value", "What it says", "Source")
_WORDS = {True: "yes", False: "no"}


class ProfileDialog(QDialog):
    """A profile by name, and a table of its switches; ``chosen`` is called with the result."""

    def __init__(
        self, profile: Profile, chosen: Callable[[Profile], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Profile and switches")
        self.resize(980, 620)
        self.chosen = chosen
        self.names = QComboBox()
        self.names.addItems(list(PROFILE_NAMES))
        self.names.setAccessibleName("Profile")
        self.names.setCurrentText(profile.name)
        self.names.currentTextChanged.connect(lambda name: self._fill(profile_named(name)))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a switch")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._hide_others)
        self.fields: dict[str, QComboBox | QLineEdit] = {}
        self.table = QTableWidget(len(SWITCHES), len(COLUMNS))
        self.table.setAccessibleName("Switches")
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.verticalHeader().hide()
        self.table.setWordWrap(True)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.note = QLabel()
        self.note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start = QPushButton("Start a new run")
        buttons.addButton(self.start, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        top = QHBoxLayout()
        top.addWidget(QLabel("Profile"))
        top.addWidget(self.names)
        top.addStretch(1)
        top.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.table)
        column.addWidget(self.note)
        column.addWidget(buttons)
        self._fill(profile)

    def _fill(self, profile: Profile) -> None:
        for row, (name, switch) in enumerate(SWITCHES.items()):
            label = QTableWidgetItem(name.replace("_", "-"))
            label.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.table.setItem(row, 0, label)
            field = self.fields[name] = _field(switch, profile.value(name))
            field.setAccessibleName(name)
            self.table.setCellWidget(row, 1, field)
            self.table.setItem(row, 2, QTableWidgetItem(switch.words))
            self.table.setItem(row, 3, QTableWidgetItem(switch.source))
        for place, width in enumerate((230, 190, 330)):
            self.table.setColumnWidth(place, width)
        self.table.resizeRowsToContents()
        self.note.setText(
            "A run begins with its profile. Choosing another one starts a new run of the same "
            "laboratory; what you have now stays in its file or lesson."
        )

    def _hide_others(self, text: str) -> None:
        wanted = text.strip().lower().replace("-", "_").replace(" ", "_")
        for row, (name, switch) in enumerate(SWITCHES.items()):
            found = wanted in name or text.strip().lower() in switch.words.lower()
            self.table.setRowHidden(row, not found)

    def profile(self) -> Profile:
        """Return what the fields say; raise FovizError for a value that can't be."""
        profile = profile_named(self.names.currentText())
        for name, field in self.fields.items():
            text = field.currentText() if isinstance(field, QComboBox) else field.text()
            if text != _text(profile.value(name)):
                profile = with_switch(profile, name.replace("_", "-"), text)
        return profile

    def _take(self) -> None:
        try:
            profile = self.profile()
        except FovizError as error:
            self.note.setText(error.message)
            return
        self.accept()
        self.chosen(profile)


def _text(value: object) -> str:
    return _WORDS[value] if isinstance(value, bool) else str(value)


def _field(switch: Switch, value: object) -> QComboBox | QLineEdit:
    """Return a field for a switch: a choice of words, or a number with its unit."""
    choices = list(_WORDS.values()) if isinstance(value, bool) else list(switch.values)
    if choices:
        box = QComboBox()
        box.addItems(choices)
        box.setCurrentText(_text(value))
        return box
    line = QLineEdit(_text(value))
    line.setToolTip(f"in {switch.unit}" if switch.unit else "a number")
    return line
