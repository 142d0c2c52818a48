"""Parts that the administrator's dialogs share: fields of settings, lab lines, a list of checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from foviz import FovizError
from ui.model.orders import MODES, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foviz import Check
    from ui.model.run import RunModel

CHECK_MS = 120
"""So long one check stands before the next: they are made one after the other."""
LINES_SHOWN = 4

TIPS = {
    "mode": "Load balance: both serve. Hot standby: one serves, the other stands by (MS-Modes).",
    "mclt": "Maximum client lead time, more than 0, usually 1 hour (MS-Settings; PROTOCOL §9.1).",
    "automatic": "Automatic state transition: to PARTNER-DOWN by itself. Off unless asked for "
    "(MS-Settings).",
    "switchover": "State switchover interval: how long after contact was lost; usually 60 min "
    "(PS Add-DhcpServerv4Failover).",
    "balance": "Load balance percentage: the primary's share of the clients, 0–100, usually 50 "
    "(MS-Settings).",
    "reserve": "Reserve percentage: the standby's share of the free addresses, 0–100, usually 5 "
    "(MS-Settings).",
    "secret": "Shared secret of the message authentication (SHA-256); empty for none "
    "(MS-Settings).",
}
"""What each setting is and where Windows says so."""


def label(text: str, role: str = "") -> QLabel:
    """Return a label that wraps and has a role of the style sheet."""
    made = QLabel(text)
    made.setWordWrap(True)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    if role:
        made.setProperty("role", role)
    return made


def say(note: QLabel, words: str, *, bad: bool = True) -> None:
    """Show words in a label that takes no room when there are none."""
    note.setProperty("role", "bad" if bad else "second")
    note.style().unpolish(note)
    note.style().polish(note)
    note.setText(words)
    note.setVisible(bool(words))


def align(*forms: QFormLayout) -> None:
    """Let the fields of several forms begin at one edge, and labels stand at their middle."""
    middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    found: list[QWidget] = []
    for form in forms:
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        form.setLabelAlignment(middle)
        for row in range(form.rowCount()):
            item = form.itemAt(row, QFormLayout.ItemRole.LabelRole)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.ensurePolished()
                found.append(widget)
                field = form.itemAt(row, QFormLayout.ItemRole.FieldRole)
                beside = field.widget() if field is not None else None
                if isinstance(beside, QLineEdit | QComboBox | QSpinBox):
                    widget.setMinimumHeight(beside.sizeHint().height())
    wide = max((widget.sizeHint().width() for widget in found), default=0)
    for widget in found:
        widget.setMinimumWidth(wide)


def frame_buttons(buttons: QDialogButtonBox) -> None:
    """Frame the buttons that are not the one that does it."""
    for button in buttons.buttons():
        if button.property("role") != "primary":
            button.setProperty("role", "frame")
            button.style().unpolish(button)
            button.style().polish(button)


class SettingsForm(QWidget):
    """The settings of one relationship as fields, under Windows' names."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mode = QComboBox()
        self.mode.addItems(list(MODES))
        self.mclt, self.switchover, self.secret = QLineEdit(), QLineEdit(), QLineEdit()
        self.secret.setPlaceholderText("none: messages are not signed")
        self.automatic = QCheckBox("State &switchover interval")
        self.balance, self.reserve = QSpinBox(), QSpinBox()
        for box in (self.balance, self.reserve):
            box.setRange(0, 100)
            box.setSuffix(" %")
            box.valueChanged.connect(self._refresh)
        form = self.form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        for words, field, name in (
            ("&Mode", self.mode, "mode"),
            ("Maximum client &lead time", self.mclt, "mclt"),
            ("Load balance &percentage", self.balance, "balance"),
            ("&Reserve percentage", self.reserve, "reserve"),
            (self.automatic, self.switchover, "switchover"),
            ("Shared se&cret", self.secret, "secret"),
        ):
            form.addRow(words, field)
            spoken = words.text() if isinstance(words, QCheckBox) else words
            field.setAccessibleName(spoken.replace("&", ""))
            field.setToolTip(TIPS[name])
        self.automatic.setToolTip(TIPS["automatic"])
        self.mode.currentTextChanged.connect(self._refresh)
        self.automatic.toggled.connect(self._refresh)
        for line in (self.mclt, self.switchover, self.secret):
            line.textChanged.connect(self._refresh)
        self.show_settings(Settings())

    def show_settings(self, settings: Settings) -> None:
        """Fill the fields."""
        self.blockSignals(True)
        self.mode.setCurrentText(settings.mode)
        self.mclt.setText(settings.mclt)
        self.automatic.setChecked(settings.automatic)
        self.switchover.setText(settings.switchover)
        self.balance.setValue(settings.balance)
        self.reserve.setValue(settings.reserve)
        self.secret.setText(settings.secret)
        self.blockSignals(False)
        self._refresh()

    def settings(self) -> Settings:
        """Return what the fields say."""
        return Settings(
            self.mode.currentText(),
            self.mclt.text().strip(),
            self.automatic.isChecked(),
            self.switchover.text().strip(),
            self.balance.value(),
            self.reserve.value(),
            self.secret.text(),
        )

    def _refresh(self) -> None:
        """A share that the mode does not have can't be set, and says why."""
        standby = self.mode.currentText() == "hot standby"
        for field, name, possible, why in (
            (self.balance, "balance", not standby, "Only load balance has it."),
            (self.reserve, "reserve", standby, "Only hot standby has it."),
            (
                self.switchover,
                "switchover",
                self.automatic.isChecked(),
                "Switch automatic transition on first.",
            ),
        ):
            field.setEnabled(possible)
            field.setToolTip(TIPS[name] if possible else f"{why} {TIPS[name]}")
        self.changed.emit()


class LabLines(QWidget):
    """The lab lines that a dialog will carry out, to be read and learnt before."""

    def __init__(self) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("role", "console")
        self.text.setAccessibleName("Lab lines that will be carried out")
        self.text.setTabChangesFocus(True)
        self.title = label("In the lab language", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.text)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show lines, or that there are none."""
        self.text.ensurePolished()
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * LINES_SHOWN + 14)
        self.text.setPlainText("\n".join(lines) or "# nothing is changed yet")


class CheckList(QWidget):
    """Checks that are made one after the other, each with ✓ or with ✗ and Windows' words."""

    finished = Signal(bool)
    """All checks that can be made were made; whether all went well."""

    def __init__(self, interval: int = CHECK_MS) -> None:
        super().__init__()
        self.setAccessibleName("Checks")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.waiting: list[Check] = []
        self.shown: list[Check] = []
        self.timer = QTimer(self)
        self.timer.setInterval(interval)
        self.timer.timeout.connect(self._next)

    def run(self, checks: Sequence[Check]) -> None:
        """Begin anew with these checks."""
        self.timer.stop()
        while (item := self.column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.waiting, self.shown = list(checks), []
        self.timer.start()

    def finish(self) -> None:
        """Make all checks that are left at once."""
        while self.timer.isActive():
            self._next()

    def words(self) -> list[str]:
        """Return the lines as they stand."""
        return [_row_words(check) for check in self.shown]

    def _next(self) -> None:
        if self.waiting:
            check = self.waiting.pop(0)
            self.shown.append(check)
            self.column.addWidget(_check_row(check))
        if not self.waiting:
            self.timer.stop()
            self.finished.emit(not any(check.reason for check in self.shown))


def _row_words(check: Check) -> str:
    return f"✗ {check.reason}" if check.reason else f"✓ {check.words}"


def _check_row(check: Check) -> QWidget:
    row = QWidget()
    row.setAccessibleName(_row_words(check))
    mark = QLabel("✗" if check.reason else "✓")
    mark.setProperty("role", "bad" if check.reason else "title")
    mark.setFixedWidth(16)
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(mark)
    line.addWidget(label(check.reason or check.words, "bad" if check.reason else ""), 1)
    return row


def carry_out(model: RunModel, lines: Sequence[str]) -> str:
    """Carry lines out at the playhead as one deed; return what went wrong, or ``""``."""
    try:
        replies = model.session.do_all(lines)
    except FovizError as error:
        return error.message
    for line, reply in zip(lines[:-1], replies, strict=False):
        model.carried_out.emit(line, reply)
    model.after_line(lines[-1], replies[-1])
    return ""
