"""Configure failover: scopes, partner, relationship, then the checks and the deed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from foviz import FovizError
from ui.dialog.parts import (
    CHECK_MS,
    CheckList,
    LabLines,
    SettingsForm,
    align,
    carry_out,
    label,
    say,
)
from ui.model.orders import creation_lines, name_mistake, quoted

if TYPE_CHECKING:
    from foviz import Check, RelationshipView
    from ui.model.run import RunModel

PAGES = ("Scopes", "Partner server", "Relationship", "Summary")
HINTS = (
    "Choose the server that has the scopes. They are copied to its partner with their options "
    "and reservations. In hot standby this server becomes the active one.",
    "The partner has to run, to be in reach, and to have no scope of the same name; "
    "the clocks of both may differ by a minute at most. Two servers share a scope, never three.",
    "Both servers get the same settings. They can be changed later; the name can't.",
    "What Windows checks, one after the other. Nothing is changed before you finish.",
)
NEW = "Create a new relationship"
_NAME = Qt.ItemDataRole.UserRole


class ConfigureDialog(QDialog):
    """The assistant. Only what can't be written holds a page up; the rest the checks tell."""

    def __init__(self, model: RunModel, parent: QWidget, interval: int = CHECK_MS) -> None:
        super().__init__(parent)
        self.setWindowTitle("Configure failover")
        self.model = model
        self.relationships, self.scope_views = model.snapshot.console
        self.server, self.partner, self.existing = QComboBox(), QComboBox(), QComboBox()
        self.scopes, self.name, self.form = QListWidget(), QLineEdit(), SettingsForm()
        for field, name in (
            (self.server, "Server"),
            (self.partner, "Partner server"),
            (self.existing, "New or existing relationship"),
            (self.scopes, "Scopes"),
            (self.name, "Relationship name"),
        ):
            field.setAccessibleName(name)
        self.name.setToolTip("At most 126 characters, unique on both servers (MS-DHCPM 3.2.4.90).")
        self.server.setToolTip("In hot standby this server is the active one, else the primary.")
        self.checks, self.lines, self.note = CheckList(interval), LabLines(), label("")
        self.head, self.hint = label("", "section"), label("", "second")
        self.stack = QStackedWidget()
        self._add_pages()
        self._lay_out()
        self.server.addItems([server.name for server in model.snapshot.servers])
        self.server.currentTextChanged.connect(self._show_server)
        self.partner.currentTextChanged.connect(self._show_partner)
        self.existing.currentTextChanged.connect(self._show_existing)
        self.scopes.itemChanged.connect(self._refresh)
        self.name.textChanged.connect(self._refresh)
        self.form.changed.connect(self._refresh)
        self.checks.finished.connect(self._allow_finish)
        self._show_server(self.server.currentText())
        self._go(0)

    # -- building

    def _add_pages(self) -> None:
        for rows, tall in (
            ((("&Server", self.server), ("S&copes", self.scopes)), None),
            ((("&Partner server", self.partner),), None),
            (
                (("Relations&hip", self.existing), ("Relationship n&ame", self.name)),
                self.form,
            ),
        ):
            page, form = QWidget(), QFormLayout()
            for words, field in rows:
                form.addRow(words, field)
            align(form, *([tall.form] if tall is not None else []))
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.addLayout(form)
            if tall is not None:
                column.addWidget(tall)
            column.addStretch(1)
            self.stack.addWidget(page)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.checks)
        column.addStretch(1)
        column.addWidget(self.lines)
        self.stack.addWidget(page)

    def _lay_out(self) -> None:
        self.back, self.next = QPushButton("< &Back"), QPushButton("&Next >")
        cancel = QPushButton("Cancel")
        self.next.setDefault(True)
        self.next.setProperty("role", "primary")
        for button in (self.back, cancel):
            button.setProperty("role", "frame")
            button.setAutoDefault(False)
        self.back.clicked.connect(lambda: self._go(self.stack.currentIndex() - 1))
        self.next.clicked.connect(self._forward)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.back, self.next, cancel):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.head)
        column.addWidget(self.hint)
        column.addWidget(self.stack, 1)
        column.addWidget(self.note)
        column.addLayout(row)
        self.resize(600, 520)

    # -- pages

    def _show_server(self, server: str) -> None:
        self.scopes.blockSignals(True)
        self.scopes.clear()
        for scope in self.scope_views:
            if server not in scope.servers:
                continue
            taken = f"in relationship {scope.relationship} already (0x4E90)"
            why = f"   – {taken}" if scope.relationship else ""
            item = QListWidgetItem(f"{scope.name}   {scope.range}{why}")
            item.setData(_NAME, scope.name)
            item.setCheckState(Qt.CheckState.Unchecked if why else Qt.CheckState.Checked)
            if why:
                item.setToolTip(taken)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.scopes.addItem(item)
        self.scopes.blockSignals(False)
        others = [each.name for each in self.model.snapshot.servers if each.name != server]
        self.partner.clear()
        self.partner.addItems(others)
        self._show_partner(self.partner.currentText())

    def _show_partner(self, partner: str) -> None:
        pair = {self.server.currentText(), partner}
        shared = [view.name for view in self.relationships if set(view.servers) == pair]
        self.existing.clear()
        self.existing.addItems([NEW, *shared])
        self.name.setText(f"{self.server.currentText()}-{partner}")
        self._refresh()

    def _show_existing(self, name: str) -> None:
        found = self._chosen()
        self.form.setEnabled(found is None)
        self.name.setEnabled(found is None)
        why = "An existing relationship keeps its settings." if found else ""
        self.form.setToolTip(why)
        self._refresh()

    def _chosen(self) -> RelationshipView | None:
        name, place = self.existing.currentText(), self.existing.currentIndex()
        return next((v for v in self.relationships if place > 0 and v.name == name), None)

    def wanted_scopes(self) -> tuple[str, ...]:
        """Return the scopes that are ticked."""
        items = [self.scopes.item(row) for row in range(self.scopes.count())]
        ticked = [item for item in items if item.checkState() is Qt.CheckState.Checked]
        return tuple(item.data(_NAME) for item in ticked)

    def mistake(self) -> str:
        """Return what holds the present page up, or ``""``."""
        page = self.stack.currentIndex()
        if page == 0 and not self.wanted_scopes() and self._scopes_free():
            return "Choose at least one scope."
        if page == 1 and not self.partner.currentText():
            return "There is no other server in this laboratory."
        if page < 2:
            return ""
        chosen = self._chosen()
        if chosen is not None:
            return "" if self.wanted_scopes() else "There is no scope to add."
        return name_mistake(self.name.text()) or self.form.settings().mistake()

    def _scopes_free(self) -> bool:
        items = [self.scopes.item(row) for row in range(self.scopes.count())]
        return any(item.flags() & Qt.ItemFlag.ItemIsEnabled for item in items)

    def lab_lines(self) -> list[str]:
        """Return the lines that the last page carries out."""
        chosen, scopes = self._chosen(), self.wanted_scopes()
        if chosen is not None:
            return [f"add scope {quoted(scope)} to {quoted(chosen.name)}" for scope in scopes]
        pair = self.server.currentText(), self.partner.currentText()
        return creation_lines(*pair, scopes, self.name.text().strip(), self.form.settings())

    # -- going on

    def _go(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        self.head.setText(f"{page + 1} of {len(PAGES)}   {PAGES[page]}")
        self.hint.setText(HINTS[page])
        self.back.setEnabled(page > 0)
        self.next.setText("&Finish" if page == len(PAGES) - 1 else "&Next >")
        self._refresh()
        if page == len(PAGES) - 1:
            self.next.setEnabled(False)
            self.lines.show_lines(self.lab_lines())
            self.checks.run(checks_of(self.model, self.lab_lines()))

    def _forward(self) -> None:
        if self.stack.currentIndex() < len(PAGES) - 1:
            self._go(self.stack.currentIndex() + 1)
            return
        wrong = carry_out(self.model, self.lab_lines())
        if wrong:
            say(self.note, wrong)
        else:
            self.accept()

    def _refresh(self) -> None:
        wrong = self.mistake()
        say(self.note, wrong)
        self.next.setEnabled(not wrong)
        self.next.setToolTip(wrong)

    def _allow_finish(self, well: bool) -> None:
        if self.stack.currentIndex() < len(PAGES) - 1:
            return  # gone back while the checks were still being made
        self.next.setEnabled(well)
        self.next.setToolTip("" if well else "A check failed; go back and mend it.")


def checks_of(model: RunModel, lines: list[str]) -> list[Check]:
    """Return the checks of the lines that create, join, leave or replicate, up to a failure."""
    found: list[Check] = []
    for line in lines:
        if line.startswith("set "):
            continue  # settings of what the line before creates
        try:
            found += model.session.checks(line)
        except FovizError as error:
            return [*found, _failed(error.message)]
        if found[-1].reason:
            break
    return found


def _failed(reason: str) -> Check:
    from foviz import Check

    return Check(reason, reason)
