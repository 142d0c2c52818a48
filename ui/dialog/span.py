"""A fault from here to there: a link that is cut or a host that is down, and the two moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from foviz import MINUTE, FovizError, moment_text, parse_moment

if TYPE_CHECKING:
    from foviz import Snapshot
    from ui.model.run import RunModel

SPAN: Final = 5 * MINUTE
"""How long a fault lasts unless its end is given."""
NOTE: Final = (
    "What was seen stays as it is: the fault makes a branch at its start, which then runs to "
    "the end of the fault. One step back undoes all of it."
)


class Fault(NamedTuple):
    """A fault: its words, the lab line that begins it, the one that ends it."""

    words: str
    begin: str
    end: str


def faults(snapshot: Snapshot) -> list[Fault]:
    """Return the faults that can last: servers, relays, links, then clients."""
    wires = [link.name for link in snapshot.links if link.kind != "drop"]
    drops = [link.name for link in snapshot.links if link.kind == "drop"]
    servers = [server.name for server in snapshot.servers]
    servers += [relay.name for relay in snapshot.relays]
    clients = [each.name for each in snapshot.clients]
    return [*map(_cut, wires), *map(_crash, servers), *map(_cut, drops), *map(_crash, clients)]


def _cut(link: str) -> Fault:
    return Fault(f"Link {link} is cut", f"cut {link}", f"heal {link}")


def _crash(host: str) -> Fault:
    return Fault(f"{host} has crashed", f"crash {host}", f"restart {host}")


class SpanDialog(QDialog):
    """Asks what fails, from when, to when; what is wrong is said here and nothing is lost."""

    def __init__(self, model: RunModel, start: int, end: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Fault over a time span")
        self.model = model
        self.faults = faults(model.snapshot)
        self.what = QComboBox()
        self.what.setAccessibleName("What fails")
        self.what.addItems([fault.words for fault in self.faults])
        self.start = QLineEdit(moment_text(start, 3))
        self.start.setAccessibleName("From")
        self.end = QLineEdit(moment_text(end if end > start else start + SPAN, 3))
        self.end.setAccessibleName("To")
        form = QFormLayout()
        for label, field in (("Fault", self.what), ("From", self.start), ("To", self.end)):
            field.setMinimumWidth(260)
            form.addRow(label, field)
        self.words = QLabel(NOTE)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "second")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.make = QPushButton("Let it happen")
        self.make.setDefault(True)
        buttons.addButton(self.make, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.take)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.words)
        column.addWidget(buttons)

    def take(self) -> None:
        """Carry the fault out."""
        fault = self.faults[self.what.currentIndex()]
        session = self.model.session
        try:
            begin = parse_moment(self.start.text(), session.origin.playhead)
            end = parse_moment(self.end.text(), begin)
            reply = session.do_between(fault.begin, begin, fault.end, end)
        except FovizError as error:
            self.model.moved.emit()
            self.words.setText(error.message)
            self.words.setProperty("role", "bad")
            self.words.style().unpolish(self.words)
            self.words.style().polish(self.words)
            return
        self.model.after_line(f"{fault.begin} … {fault.end}", reply)
        self.accept()
