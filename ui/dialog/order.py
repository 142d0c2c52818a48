"""Deconfigure and replicate: choose what, see the checks and the lab line, do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.dialog.configure import checks_of
from ui.dialog.parts import (
    CHECK_MS,
    CheckList,
    LabLines,
    align,
    carry_out,
    frame_buttons,
    label,
    say,
)
from ui.model.orders import quoted

if TYPE_CHECKING:
    from ui.model.run import RunModel

WORDS = {
    "deconfigure": (
        "Deconfigure failover",
        "&Keep on",
        "It stays on this server and is deleted on the partner.",
    ),
    "replicate": (
        "Replicate settings",
        "&From",
        "The partner's settings of its scopes are overwritten. Leases are not touched.",
    ),
}


class OrderDialog(QDialog):
    """One deed about a scope or a relationship, from one of its two servers."""

    def __init__(
        self, model: RunModel, deed: str, parent: QWidget, interval: int = CHECK_MS
    ) -> None:
        super().__init__(parent)
        self.model, self.deed = model, deed
        title, server, words = WORDS[deed]
        self.setWindowTitle(title)
        self.what, self.server = QComboBox(), QComboBox()
        self.what.setAccessibleName("Scope or relationship")
        self.server.setAccessibleName(server.replace("&", ""))
        self.checks, self.lines, self.note = CheckList(interval), LabLines(), label("", "bad")
        self.choices: list[tuple[str, str, tuple[str, str]]] = []
        for view in model.snapshot.console[0]:
            for scope in view.scopes:
                self.choices.append((scope, view.name, view.servers))
            self.choices.append(("", view.name, view.servers))
        form = QFormLayout()
        form.addRow("&What", self.what)
        form.addRow(server, self.server)
        align(form)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = QPushButton(title)
        self.ok.setProperty("role", "primary")
        buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._do)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(label(words, "second"))
        column.addWidget(label("Checks", "title"))
        column.addWidget(self.checks)
        column.addStretch(1)
        for widget in (self.lines, self.note, buttons):
            column.addWidget(widget)
        frame_buttons(buttons)
        self.note.hide()
        self.resize(560, 420)
        self.checks.finished.connect(self.ok.setEnabled)
        self.server.currentTextChanged.connect(self._check)
        self.what.currentIndexChanged.connect(self._show)
        for scope, name, _ in self.choices:
            self.what.addItem(f"Scope {scope} in {name}" if scope else f"Relationship {name}")

    def _show(self, place: int) -> None:
        self.server.clear()
        self.server.addItems(list(self.choices[place][2]))

    def line(self) -> str:
        """Return the lab line."""
        scope, name, _ = self.choices[self.what.currentIndex()]
        server = self.server.currentText()
        if self.deed == "deconfigure":
            what = f"remove scope {quoted(scope)} from" if scope else "delete relationship"
            return f"{what} {quoted(name)} on {server}"
        what = quoted(scope) if scope else f"relationship {quoted(name)}"
        return f"replicate {what} from {server}"

    def _check(self, server: str) -> None:
        if server:
            self.ok.setEnabled(False)
            self.lines.show_lines([self.line()])
            self.checks.run(checks_of(self.model, [self.line()]))

    def _do(self) -> None:
        wrong = carry_out(self.model, [self.line()])
        say(self.note, wrong)
        if not wrong:
            self.accept()
