"""New lab: begin with a scenario or an empty LAN, add parts, and open what the text says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from foviz import FovizError, Session, load_scenario, parse_scenario, scenario_names
from ui.dialog.parts import frame_buttons, label, say
from ui.model.blueprint import EMPTY, PARTS, added

if TYPE_CHECKING:
    from collections.abc import Callable, Sized

OWN = "a lab of your own"


class LabDialog(QDialog):
    """A scenario as text that is checked as one types; ``opened`` is called with the session."""

    def __init__(self, opened: Callable[[Session], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("New lab")
        self.opened = opened
        self.file = ""
        self.start = QComboBox()
        self.start.setAccessibleName("Start from")
        self.start.addItems([*scenario_names(), OWN])
        self.text = QPlainTextEdit()
        self.text.setProperty("role", "console")
        self.text.setAccessibleName("Scenario as TOML")
        self.text.setTabChangesFocus(True)
        self.note = label("")
        self.add_buttons: dict[str, QPushButton] = {}
        self._lay_out()
        self.start.currentTextChanged.connect(self._begin)
        self.text.textChanged.connect(self._check)
        self._begin(self.start.currentText())

    def _lay_out(self) -> None:
        top, parts = QHBoxLayout(), QHBoxLayout()
        title = QLabel("Start &from")
        title.setBuddy(self.start)
        top.addWidget(title)
        top.addWidget(self.start, 1)
        parts.addWidget(QLabel("Add"))
        for part in PARTS:
            button = self.add_buttons[part] = QPushButton(part)
            button.setProperty("role", "frame")
            button.setAccessibleName(f"Add a {part}")
            button.setAutoDefault(False)
            button.clicked.connect(_Adder(self, part))
            parts.addWidget(button)
        parts.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok, save = QPushButton("&Open the lab"), QPushButton("&Save as …")
        self.ok.setProperty("role", "primary")
        save.clicked.connect(self._save)
        buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(save, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.accepted.connect(self._open)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(parts)
        for widget in (self.text, self.note, buttons):
            column.addWidget(widget)
        frame_buttons(buttons)
        self.resize(680, 640)

    def _begin(self, name: str) -> None:
        self.text.setPlainText(EMPTY if name == OWN else load_scenario(name).source)

    def add(self, part: str) -> None:
        """Add a part with sensible defaults, and say so when there is nothing to join it to."""
        before = self.text.toPlainText()
        after = added(before, part)
        if after == before:
            say(self.note, f"No {part} can be added yet: what it belongs to is missing or has one.")
            return
        self.text.setPlainText(after)

    def _check(self) -> None:
        try:
            found = parse_scenario(self.text.toPlainText(), "lab", "line")
        except FovizError as error:
            say(self.note, str(error))
            self.ok.setEnabled(False)
            return
        self.ok.setEnabled(bool(found.servers))
        counted = f"{_many(found.servers, 'server')}, {_many(found.clients, 'client')}"
        scopes, related = _many(found.scopes, "scope"), _many(found.relationships, "relationship")
        hint = "" if found.servers else " – add a server"
        say(self.note, f"{counted}, {scopes}, {related}{hint}", bad=False)

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the scenario", "lab.toml")
        if not name:
            return
        try:
            Path(name).write_text(self.text.toPlainText(), encoding="utf-8")
        except OSError as error:
            say(self.note, f"{name} can't be written: {error.strerror}")
        else:
            self.file = name
            say(self.note, f"written to {name}", bad=False)

    def _open(self) -> None:
        name, text = self.start.currentText(), self.text.toPlainText()
        try:
            if name != OWN and text == load_scenario(name).source:
                session = Session.open_scenario(name)
            else:
                session = Session.open_text(text, Path(self.file).stem or "lab", self.file)
        except FovizError as error:
            say(self.note, str(error))
            return
        self.accept()
        self.opened(session)


def _many(things: Sized, word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


class _Adder:
    def __init__(self, dialog: LabDialog, part: str) -> None:
        self.dialog, self.part = dialog, part

    def __call__(self, checked: bool = False) -> None:
        self.dialog.add(self.part)
