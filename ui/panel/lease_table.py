"""The lease table: each address that is not free, as both servers have it (twin of the pool)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QRectF, Qt

from foviz import PoolView
from ui.model.lease_rows import (
    ACKED,
    ACKED_TO,
    ADDRESS,
    CLIENT,
    EXPIRES,
    FIRST,
    GRANTER,
    KINDS,
    POTENTIAL,
    SECOND,
    UNEQUAL,
    LeaseReader,
    LeaseRow,
    chosen_rows,
)
from ui.model.selection import Selection
from ui.model.tenure import who_of
from ui.panel.filtered import NO_INDEX, Cells, FilteredPanel, Index
from ui.view.forms import box, draw_pool_cell, draw_server_disc, draw_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QResizeEvent

    from foviz import Snapshot
    from ui.look import Look
    from ui.model.run import RunModel
    from ui.theme import Who
    from ui.view.cells import Status

_ROLE = Qt.ItemDataRole
_PAD = 6
_CELL = 12
_MONO = (ADDRESS, EXPIRES, POTENTIAL, ACKED_TO)
_GO: Final = (POTENTIAL, ACKED_TO, GRANTER, ACKED)
"""Columns that go, first to last, where a dock is too narrow for all."""
_MEANINGS: Final = {
    ADDRESS: "The address.",
    CLIENT: "Who has the address, or had it last.",
    UNEQUAL: "≠: the two servers have different things written down.",
    GRANTER: "The server that granted the lease.",
    EXPIRES: "When the lease ends; two times where the servers differ.",
    POTENTIAL: "The potential expiration: how far the partner is asked to let the lease go.",
    ACKED_TO: "The potential expiration that both servers know: the acknowledged or received one.",
    ACKED: "Whether the partner has acknowledged the record as it stands.",
}


class LeaseRows(QAbstractTableModel):
    """The rows, filtered and in order."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[LeaseRow] = []
        self.servers = ("", "")
        self.column, self.descending = ADDRESS, False

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """How many addresses are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Address to acknowledged."""
        return 0 if parent.isValid() else ACKED + 1

    def headerData(self, section: int, way: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Return a column's name, or its meaning as a tooltip."""
        if way != Qt.Orientation.Horizontal:
            return None
        one, other = self.servers
        if role == _ROLE.DisplayRole:
            names = ("Address", "Client", one, "≠", other, "Granter")
            return (*names, "Expires", "Potential", "Acknowledged to", "Acknowledged")[section]
        if role == _ROLE.ToolTipRole:
            server = one if section == FIRST else other
            return _MEANINGS.get(section, f"The status of the address as {server} has it.")
        return None

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return a cell's words."""
        row = self.rows[index.row()]
        if role == _ROLE.AccessibleTextRole and index.column() == UNEQUAL:
            return "the servers differ" if row.differs else "the servers agree"
        if role in (_ROLE.DisplayRole, _ROLE.AccessibleTextRole):
            return row.texts[index.column()]
        if role == _ROLE.ToolTipRole:
            heads = [self.headerData(n, Qt.Orientation.Horizontal) for n in range(ACKED + 1)]
            pairs = [
                f"{head}: {text}"
                for n, (head, text) in enumerate(zip(heads, row.texts, strict=True))
                if n != UNEQUAL
            ]
            return "\n".join([*pairs, *(["The servers differ."] if row.differs else [])])
        return None

    def show_rows(self, rows: list[LeaseRow]) -> bool:
        """Show rows; True when they are of other addresses than before."""
        if [row.address for row in rows] == [row.address for row in self.rows]:
            before, self.rows = self.rows, rows
            for place, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old is not new:
                    self.dataChanged.emit(self.index(place, 0), self.index(place, ACKED))
            return False
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        return True

    def place_of(self, address: int) -> int:
        """Return the row of an address, or −1."""
        return next((n for n, row in enumerate(self.rows) if row.address == address), -1)


class LeaseCells(Cells):
    """The pool map's cell before each status; an outline where the servers differ."""

    def __init__(self, panel: LeaseTablePanel) -> None:
        super().__init__(panel.look, panel)
        self.panel = panel

    def cell(self, painter: QPainter, area: QRectF, index: Index) -> None:
        """Paint one cell."""
        theme, column = self.look.theme, index.column()
        row = self.panel.table.rows[index.row()]
        y, x, room = area.center().y(), area.left() + _PAD, area.width() - 2 * _PAD
        colour = theme.ink
        if column in (FIRST, SECOND):
            place = 0 if column == FIRST else 1
            if place >= len(row.sides):
                return
            side = row.sides[place]
            size = theme.px(_CELL)
            who = self.panel.owner(side.status, side.granter)
            status: Status = side.status  # type: ignore[assignment]
            top = round(y - size / 2)
            draw_pool_cell(painter, theme, x, top, size, status, who, hatched=not side.known)
            x, room = x + size + 6, room - size - 6
            if row.differs:
                frame = area.adjusted(1, 2, -1, -3)
                box(
                    painter, theme, frame.x(), frame.y(), frame.width(), frame.height(),
                    frame=theme.ink, radius=3,
                )  # fmt: skip
        elif column == GRANTER and row.granter:
            step = theme.px(14)
            who = self.panel.who_named(row.granter)
            draw_server_disc(painter, theme, x + step / 2 - 2, y, who)
            x, room = x + step, room - step
        elif column == UNEQUAL:
            x, room = area.center().x() - theme.width("≠", bold=True) / 2, area.width()
        words = row.texts[column]
        if words == "–" or (column == ACKED and row.known):
            colour = theme.ink2
        bold = column in (ADDRESS, UNEQUAL) or (column == ACKED and not row.known)
        bold = bold or (column == EXPIRES and "≠" in words)
        draw_text(painter, theme, x, y, words, colour, bold=bold, mono=column in _MONO, room=room)


class LeaseTablePanel(FilteredPanel):
    """The lease table."""

    title = "Lease table"

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__(model, look)
        self.reader = LeaseReader()
        self.table = LeaseRows()
        self.scope = self.add_choice("Scope and its relationship", [])
        self.kind = self.add_choice("Which addresses", KINDS)
        self.finish(self.table)
        self.view.setItemDelegate(LeaseCells(self))
        head = self.view.horizontalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(True)
        head.setSortIndicator(ADDRESS, Qt.SortOrder.AscendingOrder)
        head.sortIndicatorChanged.connect(self._sort)
        self.scope.currentIndexChanged.connect(self.pulse.beat)
        self.kind.currentIndexChanged.connect(self.pulse.beat)
        self.words.textChanged.connect(self.pulse.beat)
        self.view.selectionModel().selectionChanged.connect(self._take)
        self._numbers: dict[str, Who] = {}
        self._followed: object = None
        self._quiet = False

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self.table.column = column
        self.table.descending = order == Qt.SortOrder.DescendingOrder
        self.pulse.beat()

    # -- who

    def who_named(self, name: str) -> Who:
        """Return the hue of a server."""
        return self._numbers.get(name, "client")

    def owner(self, status: str, granter: int) -> Who:
        """Return the hue of an address: of its granter, or whose it is to give."""
        if status == "BACKUP":
            return "s2"
        if status == "ABANDONED":
            return "client"
        if status == "FREE":
            return "s1"
        return self.who_named(self.model.session.reader.name(granter))

    # -- showing

    def refresh(self) -> None:
        """Show the addresses at the cursor."""
        snapshot = self.model.snapshot
        self._fill_scopes(snapshot)
        self._numbers = {s.name: who_of(s) for s in snapshot.servers}  # type: ignore[misc]
        pool = self._pool(snapshot)
        rows = self.reader.read(self.model.session, pool) if pool is not None else []
        shown = chosen_rows(
            rows, self.kind.currentText(), self.words.text().strip().lower(),
            self.table.column, descending=self.table.descending,
        )  # fmt: skip
        self._name_servers(snapshot, pool)
        self._quiet = True
        if self.table.show_rows(shown):
            self._followed = None
        self._fit()
        self._follow()
        self._quiet = False
        self.words_changed.emit()
        self.say_empty("" if shown else self._no_rows(pool, bool(rows)))

    def _fill_scopes(self, snapshot: Snapshot) -> None:
        """List the scopes; the one of the selected address comes to the front."""
        several = len(snapshot.relationships) > 1
        texts = [
            f"{pool.scope} · {pool.relationship}" if several and pool.relationship else pool.scope
            for pool in snapshot.pools
        ]
        names = [pool.scope for pool in snapshot.pools]
        blocked = self.scope.blockSignals(True)
        if names != [self.scope.itemData(n) for n in range(self.scope.count())]:
            before = self.scope.currentData()
            self.scope.clear()
            for name, text in zip(names, texts, strict=True):
                self.scope.addItem(text, name)
            self.scope.setCurrentIndex(max(0, self.scope.findData(before)))
        if self.model.selection != self._followed:
            address = self._address()
            for place, pool in enumerate(snapshot.pools):
                if pool.first <= address <= pool.last:
                    self.scope.setCurrentIndex(place)
        self.scope.blockSignals(blocked)
        self.scope.setVisible(len(names) > 1)

    def _pool(self, snapshot: Snapshot) -> PoolView | None:
        name = self.scope.currentData()
        return next((pool for pool in snapshot.pools if pool.scope == name), None)

    def _name_servers(self, snapshot: Snapshot, pool: PoolView | None) -> None:
        beliefs = pool.beliefs if pool is not None else ()
        names = [
            snapshot.host_names[belief.server] + ("" if belief.present else " (off)")
            for belief in beliefs
        ]
        one, other = [*names, "–", "–"][:2]
        if self.table.servers != (one, other):
            self.table.servers = (one, other)
            self.table.headerDataChanged.emit(Qt.Orientation.Horizontal, FIRST, SECOND)

    def _no_rows(self, pool: PoolView | None, any_rows: bool) -> str:
        if pool is None:
            return "This run has no scope."
        if any_rows:
            return "No address passes the filter."
        return "Every address is free. One that a client gets or a server keeps will stand here."

    # -- selecting

    def _address(self) -> int:
        chosen = self.model.selection.kind != "none"
        return self.model.focus.address if chosen else 0

    def _follow(self) -> None:
        """Select the address that is selected anywhere."""
        self._followed = self.model.selection
        place = self.table.place_of(self._address())
        selection = self.view.selectionModel()
        if place == (selection.currentIndex().row() if selection.hasSelection() else -1):
            return
        if place < 0:
            selection.clear()
            return
        flags = QItemSelectionModel.SelectionFlag
        index = self.table.index(place, 0)
        selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.view.scrollTo(index)

    def _take(self) -> None:
        """Select the address of a row everywhere."""
        rows = self.view.selectionModel().selectedRows()
        if rows and not self._quiet:
            self.model.select(Selection("address", self.table.rows[rows[0].row()].address))

    # -- words

    def dress(self) -> None:
        """Take the sizes of the theme."""
        super().dress()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns go where there is no room for them (VISUAL §7)."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give each column its width; what finds no room goes, the least needed first."""
        theme = self.look.theme
        # The bold font may be the narrower one, where there is no bold face of the mono.
        moment = max(theme.width("Wed 30 09:00:00", bold=b, mono=True) for b in (True, False)) + 2
        both = any("≠" in row.texts[EXPIRES] for row in self.table.rows)
        until = moment + theme.width(" ≠ Wed 30 09:00:00", bold=True, mono=True) * both
        name = theme.width("ABANDONED") + theme.px(_CELL) + 6
        widths = {
            ADDRESS: theme.width("255.255.255.255", bold=True, mono=True),
            CLIENT: theme.width("C100000"),
            FIRST: name,
            UNEQUAL: theme.px(10),
            SECOND: name,
            GRANTER: theme.width("DHCP2 ") + theme.px(14),
            EXPIRES: until,
            POTENTIAL: moment,
            ACKED_TO: max(moment, theme.width("Acknowledged to", bold=True)),
            ACKED: theme.width("Acknowledged", bold=True),
        }
        sizes = {column: round(width) + 2 * _PAD for column, width in widths.items()}
        room = self.view.width() - self.view.verticalScrollBar().sizeHint().width()
        gone: set[int] = set()
        for column in _GO:
            if sum(size for place, size in sizes.items() if place not in gone) <= room:
                break
            if column == ACKED and both:
                # Rather the second of two times than the last word.
                sizes[EXPIRES] = round(moment) + 2 * _PAD
                if sum(size for place, size in sizes.items() if place not in gone) <= room:
                    break
            gone.add(column)
        for column, size in sizes.items():
            self.view.setColumnWidth(column, size)
            self.view.setColumnHidden(column, column in gone)
        self.view.horizontalHeader().setStretchLastSection(True)

    def status_words(self) -> str:
        """Return how many addresses are shown and on how many the servers differ."""
        rows = self.table.rows
        leased = sum(row.leased for row in rows)
        differing = sum(row.differs for row in rows)
        words = f"{len(rows)} shown, {leased} leased"
        return f"{words}, {differing} ≠" if differing else words
