"""The settings of failover relationships, as Windows' console has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.dialog.parts import LabLines, SettingsForm, align, carry_out, frame_buttons, label, say
from ui.model.orders import Settings, quoted, settings_lines

if TYPE_CHECKING:
    from foviz import RelationshipView
    from ui.model.run import RunModel

FIXED = "To change it, delete the relationship and create it again (MS-Settings)."


class RelationshipDialog(QDialog):
    """One relationship of a server at a time; what was changed in each is carried out by OK."""

    def __init__(self, model: RunModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Failover relationship")
        self.model = model
        relationships, self.scope_views = model.snapshot.console
        self.views = {view.name: view for view in relationships}
        self.drafts = {name: Settings.of(view) for name, view in self.views.items()}
        self.begun = dict(self.drafts)
        self.ticked = {name: set(view.scopes) for name, view in self.views.items()}
        self.server, self.names = QComboBox(), QComboBox()
        self.server.setAccessibleName("Server")
        self.names.setAccessibleName("Relationship")
        self.partner, self.role, self.state = label(""), label(""), label("")
        self.role.setToolTip(FIXED)
        self.partner.setToolTip(FIXED)
        self.form = SettingsForm()
        self.scopes = QListWidget()
        self.scopes.setAccessibleName("Scopes")
        self.scopes.setFixedHeight(76)
        self.lines = LabLines()
        self.note = label("")
        self._lay_out()
        servers = dict.fromkeys(name for view in relationships for name in view.servers)
        self.server.addItems(list(servers))
        self.server.currentTextChanged.connect(self._show_server)
        self.names.currentTextChanged.connect(self._show_relationship)
        self.form.changed.connect(self._take_draft)
        self.scopes.itemChanged.connect(self._take_scope)
        self._show_server(self.server.currentText())

    def _lay_out(self) -> None:
        top = QFormLayout()
        top.addRow("Ser&ver", self.server)
        top.addRow("Relationship &name", self.names)
        top.addRow("Partner server", self.partner)
        top.addRow("Role of this server", self.role)
        top.addRow("State", self.state)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = QPushButton("&OK")
        self.ok.setProperty("role", "primary")
        self.ok.setDefault(True)
        buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._do)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.form)
        align(top, self.form.form)
        title = label("Scop&es of the relationship", "title")
        title.setBuddy(self.scopes)
        column.addWidget(title)
        column.addWidget(self.scopes)
        column.addStretch(1)
        for widget in (self.lines, self.note, buttons):
            column.addWidget(widget)
        frame_buttons(buttons)
        self.resize(560, 660)

    # -- showing

    @property
    def view(self) -> RelationshipView:
        """The relationship that is shown."""
        return self.views[self.names.currentText()]

    def _show_server(self, server: str) -> None:
        found = [name for name, view in self.views.items() if server in view.servers]
        self.names.blockSignals(True)
        self.names.clear()
        self.names.addItems(found)
        self.names.blockSignals(False)
        self._show_relationship(self.names.currentText())

    def _show_relationship(self, name: str) -> None:
        view, server = self.views[name], self.server.currentText()
        place = view.servers.index(server)
        self.partner.setText(view.servers[1 - place])
        self.role.setText(view.role_of(server))
        self.state.setText(f"{view.states[place]}; partner {view.states[1 - place]}")
        self.form.show_settings(self.drafts[name])
        self._fill_scopes()
        self._refresh()

    def _fill_scopes(self) -> None:
        """List the pair's scopes; one that can't join or leave now is disabled and says why."""
        view = self.view
        self.scopes.blockSignals(True)
        self.scopes.clear()
        for scope in self.scope_views:
            inside = scope.name in view.scopes
            if not inside and not set(scope.servers) & set(view.servers):
                continue
            line = self._scope_line(scope.name, view.name, inside=inside)
            reason = self.model.session.reason_against(line)
            words = f"{scope.name}   {scope.range}" + (f"   – {reason}" if reason else "")
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, scope.name)
            item.setToolTip(reason or line)
            ticked = scope.name in self.ticked[view.name]
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            flags = item.flags()
            item.setFlags(flags & ~Qt.ItemFlag.ItemIsEnabled if reason else flags)
            self.scopes.addItem(item)
        self.scopes.blockSignals(False)

    @staticmethod
    def _scope_line(scope: str, name: str, *, inside: bool) -> str:
        verb, to = ("remove", "from") if inside else ("add", "to")
        return f"{verb} scope {quoted(scope)} {to} {quoted(name)}"

    # -- changing

    def _take_draft(self) -> None:
        self.drafts[self.view.name] = self.form.settings()
        self._refresh()

    def _take_scope(self, item: QListWidgetItem) -> None:
        name, ticked = item.data(Qt.ItemDataRole.UserRole), self.ticked[self.view.name]
        if item.checkState() is Qt.CheckState.Checked:
            ticked.add(name)
        else:
            ticked.discard(name)
        self._refresh()

    def lab_lines(self) -> list[str]:
        """Return the lines that OK carries out, of every relationship that was changed."""
        found: list[str] = []
        for name, view in self.views.items():
            found += settings_lines(self.begun[name], self.drafts[name], name)
            for scope in self.scope_views:
                inside = scope.name in view.scopes
                if inside != (scope.name in self.ticked[name]):
                    found.append(self._scope_line(scope.name, name, inside=inside))
        return found

    def _refresh(self) -> None:
        wrong = next((why for d in self.drafts.values() if (why := d.mistake())), "")
        lines = [] if wrong else self.lab_lines()
        self.lines.show_lines(lines)
        secrets = self.view.secrets
        differs = "The two servers have different secrets now." if len(set(secrets)) > 1 else ""
        say(self.note, wrong or differs, bad=bool(wrong))
        self.ok.setEnabled(bool(lines))
        self.ok.setToolTip(wrong or ("" if lines else "Nothing is changed yet."))

    def _do(self) -> None:
        wrong = carry_out(self.model, self.lab_lines())
        if wrong:
            say(self.note, wrong)
            return
        self.accept()
