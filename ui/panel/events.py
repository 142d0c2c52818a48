"""The event log: what Windows' event viewer would show of this run up to now (PROTOCOL §9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QRectF, Qt

from foviz import ERROR, LOG_EVENTS, WARNING, LogEntry, clock_text, date_text, moment_text
from ui.model.event_log import EVERY_EVENT, LEVELS, NO_KEEP_ALIVES, LogFilter, LogReader
from ui.model.selection import Selection
from ui.model.tenure import who_of
from ui.panel.filtered import NO_INDEX, Cells, FilteredPanel, Index
from ui.view.forms import draw_level, draw_server_disc, draw_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QResizeEvent

    from ui.look import Look
    from ui.model.run import RunModel

HEAD: Final = ("Level", "Time", "Id", "Server", "Channel", "Event")
LEVEL, TIME, ID, SERVER, CHANNEL, EVENT = range(6)
ALL_SERVERS = "All servers"
CHANNELS: Final = (NO_KEEP_ALIVES, EVERY_EVENT, "Admin", "Operational", "Audit", "System")
_ROLE = Qt.ItemDataRole
_PAD = 6


class LogTable(QAbstractTableModel):
    """The rows that stand at the cursor; they grow and shrink at the end."""

    def __init__(self, model: RunModel, reader: LogReader) -> None:
        super().__init__()
        self.run = model
        self.reader = reader
        self._rows = 0

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """How many events are shown."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Level, time, id, server, channel, words."""
        return 0 if parent.isValid() else len(HEAD)

    def headerData(self, section: int, way: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Return a column's name."""
        if role == _ROLE.DisplayRole and way == Qt.Orientation.Horizontal:
            return HEAD[section]
        return None

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return a cell's words, or what its event means as a tooltip."""
        if role == _ROLE.ToolTipRole:
            entry = self.reader.entry(index.row())
            return f"{entry.id}: {LOG_EVENTS[entry.id].meaning}\n{entry.text}"
        if role not in (_ROLE.DisplayRole, _ROLE.AccessibleTextRole):
            return None
        return self.text(self.reader.entry(index.row()), index.column())

    def text(self, entry: LogEntry, column: int) -> str:
        """Return a cell's words."""
        if column == TIME:
            return moment_text(entry.at, 3)
        if column == SERVER:
            return self.run.session.reader.name(entry.host)
        if column == EVENT:
            return f"{entry.text[:1].upper()}{entry.text[1:]}"
        return str((entry.level, "", entry.id, "", entry.channel)[column])

    def show_rows(self, rows: int, *, anew: bool) -> None:
        """Show so many rows; *anew* when those shown before are others."""
        if anew:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows > self._rows:
            self.beginInsertRows(NO_INDEX, self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        elif rows < self._rows:
            self.beginRemoveRows(NO_INDEX, rows, self._rows - 1)
            self._rows = rows
            self.endRemoveRows()


class LogCells(Cells):
    """Level as a mark, times and ids in mono, the server's disc before its name."""

    def __init__(self, panel: EventsPanel) -> None:
        super().__init__(panel.look, panel)
        self.panel = panel

    def cell(self, painter: QPainter, area: QRectF, index: Index) -> None:
        """Paint one cell."""
        theme, column = self.look.theme, index.column()
        entry = self.panel.reader.entry(index.row())
        y, x, room = area.center().y(), area.left() + _PAD, area.width() - 2 * _PAD
        bad = entry.level == ERROR
        if column == LEVEL:
            level = "error" if bad else "warning" if entry.level == WARNING else "information"
            draw_level(painter, theme, area.left() + theme.px(16), y, level)  # type: ignore[arg-type]
            return
        if column == TIME:
            date = date_text(entry.at) + " "
            wide = draw_text(painter, theme, x, y, date, theme.ink2, mono=True)
            clock = clock_text(entry.at, 3)
            draw_text(painter, theme, x + wide, y, clock, theme.ink, mono=True)
            return
        if column == SERVER:
            server = self.panel.model.snapshot.server(entry.host)
            step = theme.px(14)
            draw_server_disc(painter, theme, x + step / 2 - 2, y, who_of(server))  # type: ignore[arg-type]
            x, room = x + step, room - step
        words = index.data()
        colour = theme.ink2 if column == CHANNEL else theme.ink
        bold = column == ID or (column == EVENT and bad)
        draw_text(painter, theme, x, y, words, colour, bold=bold, mono=column == ID, room=room)


class EventsPanel(FilteredPanel):
    """The event log."""

    title = "Event log"

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__(model, look)
        self.reader = LogReader()
        self.table = LogTable(model, self.reader)
        self.server = self.add_choice("Server", [ALL_SERVERS])
        self.level = self.add_choice("Level", list(LEVELS))
        self.channel = self.add_choice("Channel", CHANNELS)
        self.finish(self.table)
        self.view.setItemDelegate(LogCells(self))
        self._quiet = False
        self._anew = True
        for box in (self.server, self.level, self.channel):
            box.currentIndexChanged.connect(self._filter)
        self.words.textChanged.connect(self._filter)
        self.view.selectionModel().selectionChanged.connect(self._take)
        self.view.activated.connect(self._go)
        model.opened.connect(self._open)
        self._fill_servers()

    # -- the filter

    def _open(self) -> None:
        self.reader.forget()
        self._anew = True
        self._fill_servers()
        self.pulse.ask()

    def _fill_servers(self) -> None:
        blocked = self.server.blockSignals(True)
        self.server.clear()
        self.server.addItem(ALL_SERVERS, -1)
        for server in self.model.snapshot.servers:
            self.server.addItem(server.name, server.index)
        self.server.blockSignals(blocked)
        self._filter()

    def _filter(self) -> None:
        chosen = LogFilter(
            int(self.server.currentData() if self.server.currentData() is not None else -1),
            LEVELS[self.level.currentText()],
            self.channel.currentText(),
            self.words.text().strip().lower(),
        )
        self.reader.use(chosen)
        self._anew = True
        self.pulse.beat()

    # -- showing

    def refresh(self) -> None:
        """Show the events up to the cursor; stay at the newest if that is where we were."""
        session, bar = self.model.session, self.view.verticalScrollBar()
        last = bar.value() >= bar.maximum()
        anew = self.reader.read(session) or self._anew
        rows = self.reader.rows_until(session.record_count)
        self._quiet = True
        self.table.show_rows(rows, anew=anew)
        self._anew = False
        self.say_empty("" if rows else self._no_rows())
        if last or anew:
            self.view.scrollToBottom()
        self._follow()
        self._quiet = False
        self.words_changed.emit()
        if self.reader.behind:
            self.pulse.ask_again()

    def read_all(self) -> None:
        """Read the whole run at once: for pictures."""
        self.refresh()
        while self.reader.behind:
            self.refresh()

    def _no_rows(self) -> str:
        if self.reader.behind:
            return "The log is being read …"
        if self.reader.filter != LogFilter():
            return "No event up to now passes the filter."
        return (
            "No event yet. Changes of state, contact lost and found, and updates will stand here."
        )

    def _follow(self) -> None:
        """Select the row of the record that is selected anywhere, if it has one."""
        chosen = self.model.selection
        row = self.reader.row_of(int(chosen.value)) if chosen.kind == "record" else -1
        if row >= self.table.rowCount():
            row = -1
        selection = self.view.selectionModel()
        if row == (selection.currentIndex().row() if selection.hasSelection() else -1):
            return
        if row < 0:
            selection.clear()
            return
        flags = QItemSelectionModel.SelectionFlag
        index = self.table.index(row, 0)
        selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.view.scrollTo(index)

    # -- doing

    def _take(self) -> None:
        """Select the record of a row; the playhead stays."""
        rows = self.view.selectionModel().selectedRows()
        if rows and not self._quiet:
            self.model.select(Selection("record", self.reader.entry(rows[0].row()).record))

    def _go(self, index: Index) -> None:
        """Go to the moment of a row."""
        self.model.seek_record(self.reader.entry(index.row()).record)

    # -- words

    def dress(self) -> None:
        """Take the sizes of the theme."""
        super().dress()
        theme = self.look.theme
        moment = theme.width("Wed 30 Sep 09:00:00.000", mono=True)
        widths = (44, moment + 2 * _PAD, 0, 0, 0)
        for column, wide in enumerate(widths):
            sample = ("", "", "20252 ", "DHCP1 ", "audit log file")[column]
            width = wide if column == TIME else theme.width(sample, bold=True) + theme.px(20)
            self.view.setColumnWidth(column, round(max(width, theme.px(wide) if not column else 0)))
        self.view.horizontalHeader().setStretchLastSection(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow dock the words need the room of the channel."""
        super().resizeEvent(event)
        self.view.setColumnHidden(CHANNEL, self.view.width() < self.look.theme.px(760))

    def status_words(self) -> str:
        """Return how many events are shown, and whether the selected one is hidden."""
        rows = self.table.rowCount()
        words = "1 event" if rows == 1 else f"{rows:,} events"
        chosen = self.model.selection
        if self.reader.behind:
            return f"{words}, {self.reader.behind:,} records to be read"
        row = self.view.selectionModel().hasSelection()
        hidden = chosen.kind == "record" and not row and self.reader.has(int(chosen.value))
        return f"{words} · the filter hides the selected one" if hidden else words
