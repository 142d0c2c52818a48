"""The pool: one cell an address, one map a server, differences outlined (VISUAL §6, §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip

from foviz import ip_text
from ui.layout import pool as layout
from ui.layout.pool_words import note_words, record_words, who_may_give
from ui.model.selection import Selection
from ui.view import forms, metrics, pool_paint
from ui.view.painted import Hit, PaintedView
from ui.view.pool_card import CardText, GiveCard
from ui.view.pool_facts import MapKeeper, PoolFacts, pool_facts, sides_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from foviz import Snapshot
    from ui.layout.pool import Plan
    from ui.layout.pool_words import Side
    from ui.look import Look
    from ui.model.run import RunModel

TITLE_ASIDE = 64
"""What the dock's title and its edges take of the title row."""
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PoolView(PaintedView):
    """The addresses of one scope in the eyes of its servers."""

    title = "Pool"

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(model, look, parent)
        self.scope = 0
        """Which scope is shown: a setting of the view."""
        self._known: tuple[Snapshot, int, PoolFacts | None] | None = None
        self._maps = MapKeeper()
        self._plan: Plan | None = None
        self._cursor = -1
        self._card: GiveCard | None = None
        self._carded = (-1, -1)
        model.moved.connect(self._renew_card)
        model.opened.connect(self._forget)

    # -- what is shown

    def facts(self) -> PoolFacts | None:
        """Return the scope at the model's position, copied once for each snapshot."""
        snapshot = self.model.session.snapshot()
        if self._known is None or self._known[:2] != (snapshot, self.scope):
            self._known = (snapshot, self.scope, pool_facts(snapshot, self.scope, self._maps))
        return self._known[2]

    def plan(self, facts: PoolFacts) -> Plan:
        """Return where everything stands at the view's size."""
        octets = len(facts.label(facts.count - 1))
        maps = len(facts.maps)
        return layout.arrange(
            self.width(), self.height(), self.theme.font_scale, facts.count, maps, max(4, octets)
        )

    def status_words(self) -> str:
        """Return what changes hands, else range and reserve, for the title row."""
        facts = self.facts()
        if facts is None:
            return ""
        room = self.width() - self.theme.px(TITLE_ASIDE)
        fitting = (t for t in facts.takeover_words() if self.theme.width(t) <= room)
        return next(fitting, facts.title_words())

    def _forget(self) -> None:
        self._cursor, self.scope = -1, 0
        self._hide_card()

    # -- painting

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint maps or bars, the selected address in words, and the key."""
        facts = self.facts()
        self._plan = None
        if facts is None:
            text = "This run has no scope."
            forms.draw_text(
                painter, self.theme, w / 2, h / 2, text, self.theme.ink3, align="centre"
            )
            return
        plan = self._plan = self.plan(facts)
        if plan.pitch:
            self._paint_maps(painter, plan, facts)
        else:
            self._paint_bars(painter, plan, facts)
        if plan.words_y:
            self._paint_words(painter, plan, facts)
        if plan.key_y:
            pool_paint.paint_key(painter, self.theme, plan, facts)

    def _paint_maps(self, painter: QPainter, plan: Plan, facts: PoolFacts) -> None:
        theme = self.theme
        pool_paint.paint_rows(painter, theme, plan, facts)
        for slot, each in enumerate(facts.maps):
            box = pool_paint.paint_title(painter, theme, plan, slot, each, facts)
            self.hit(box, Selection("host", each.server.index), f"{each.server.name}’s belief")
            pool_paint.paint_cells(painter, theme, plan, slot, each.cells, facts.differing)
            pool_paint.paint_spans(painter, theme, plan, slot, facts)
        address = self.model.focus.address
        if facts.holds(address):
            place = address - facts.first
            differs = bool(facts.differing >> place & 1)
            for slot in range(len(facts.maps)):
                cell = plan.cell_at(place, slot)
                forms.draw_cell_outline(
                    painter, theme, cell.x, cell.y, plan.cell, differs=differs, selected=True
                )
        if self.hasFocus() and 0 <= self._cursor < facts.count:
            for slot in range(len(facts.maps)):
                cell = plan.cell_at(self._cursor, slot)
                self._paint_focus(painter, QRectF(*cell))

    def _paint_bars(self, painter: QPainter, plan: Plan, facts: PoolFacts) -> None:
        for slot, each in enumerate(facts.maps):
            box, parts = pool_paint.paint_bar(painter, self.theme, plan, slot, facts)
            self.hit(box, Selection("host", each.server.index), f"{each.server.name}’s belief")
            for part, words in parts:
                self.hit(part, words=words)

    def _paint_words(self, painter: QPainter, plan: Plan, facts: PoolFacts) -> None:
        """Paint what each server has on record of the selected address, else its counts."""
        theme, y = self.theme, plan.words_y
        px = metrics.TYPE_BASE if plan.heads_y else metrics.TYPE_NOTE
        address = self.model.focus.address
        chosen = facts.holds(address)
        if chosen:
            text = facts.label(address - facts.first)
            x = plan.slots[0].x - theme.px(6)
            forms.draw_text(
                painter, theme, x, y, text, theme.sel, 10, bold=True, mono=True, align="right"
            )
        elif plan.heads_y or not plan.pitch:
            return
        sides = sides_of(self.model.session, facts, address) if chosen else ()
        for slot, each in enumerate(facts.maps):
            area = plan.slots[slot]
            if chosen:
                texts: tuple[str, ...] = self._record(facts, sides[slot])
            else:
                texts = (pool_paint.count_words(each),)
            # Words may run on below the space before the next map.
            after = plan.slots[slot + 1].x if slot + 1 < len(plan.slots) else plan.w + theme.px(6)
            room = after - area.x - theme.px(12)
            words = next((text for text in texts if theme.width(text, px) <= room), texts[-1])
            colour = theme.ink2 if chosen else theme.ink3
            forms.draw_text(painter, theme, area.x, y, words, colour, px, room=room)

    def _record(self, facts: PoolFacts, side: Side) -> tuple[str, ...]:
        return record_words(side, facts.owner_name(side.status), self.model.playhead)

    # -- who may give it now?

    def card_text(self, place: int, slot: int) -> CardText | None:
        """Return what the card of a cell says, or None off the range."""
        facts = self.facts()
        if facts is None or not 0 <= place < facts.count or slot >= len(facts.maps):
            return None
        address = facts.first + place
        sides = sides_of(self.model.session, facts, address)
        now = self.model.playhead
        note = note_words(sides[slot], facts.owner_name(sides[slot].status), now)
        return CardText(ip_text(address), who_may_give(sides, now), note)

    def _show_card(self, place: int, slot: int) -> None:
        text, plan = self.card_text(place, slot), self._plan
        if text is None or plan is None:
            self._hide_card()
            return
        if self._card is None or self._card.parentWidget() is not self.window():
            self._card = GiveCard(self.look, self.window())
        self._carded = (place, slot)
        cell = QRectF(*plan.cell_at(place, slot))
        offset = QPointF(self.mapTo(self.window(), cell.topLeft().toPoint()))
        self._card.show_beside(QRectF(offset, cell.size()), text)

    def _renew_card(self) -> None:
        if self._card is not None and self._card.text is not None:
            self._show_card(*self._carded)

    def _hide_card(self) -> None:
        self._carded = (-1, -1)
        if self._card is not None:
            self._card.hide()

    # -- pointing

    def hit_at(self, point: QPointF) -> Hit | None:
        """Return the cell at a point, by arithmetic, else what was named while painting."""
        place, slot = self._cell_at(point)
        facts = self.facts()
        if place < 0 or facts is None or self._plan is None:
            return super().hit_at(point)
        area = QRectF(*self._plan.cell_at(place, slot))
        return Hit(area, Selection("address", facts.first + place), "", None)

    def _cell_at(self, point: QPointF) -> tuple[int, int]:
        facts = self.facts()
        if self._plan is None or facts is None:
            return (-1, -1)
        place, slot = self._plan.place_at(point.x(), point.y())
        return (place, slot) if place < facts.count else (-1, -1)

    def event(self, event: QEvent) -> bool:
        """Answer a request for a tooltip on a cell with the card."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place, slot = self._cell_at(QPointF(event.pos()))
            if place >= 0:
                QToolTip.hideText()
                self._show_card(place, slot)
                return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """An open card goes along with the pointer from cell to cell."""
        super().mouseMoveEvent(event)
        found = self._cell_at(event.position())
        if self._card is None or self._card.text is None or found == self._carded:
            return
        if found[0] >= 0:
            self._show_card(*found)
        else:
            self._hide_card()

    def leaveEvent(self, event: QEvent) -> None:
        """Close the card."""
        self._hide_card()

    def hideEvent(self, event: QHideEvent) -> None:
        """Close the card."""
        self._hide_card()
        super().hideEvent(event)

    # -- the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go from row to row, with Shift from address to address; Return selects."""
        facts, plan = self.facts(), self._plan
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if facts is None or plan is None or not plan.pitch:
            super().keyPressEvent(event)
        elif event.key() in moves:
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            step = 1 if shifted else plan.columns
            self._move_cursor(facts, moves[Qt.Key(event.key())] * step)
        elif event.key() in _TAKE and 0 <= self._cursor < facts.count:
            self.model.select(Selection("address", facts.first + self._cursor))
        else:
            super().keyPressEvent(event)

    def _move_cursor(self, facts: PoolFacts, by: int) -> None:
        focus = self.model.focus.address
        if self._cursor < 0:
            self._cursor = focus - facts.first if facts.holds(focus) else 0
        elif 0 <= self._cursor + by < facts.count:
            self._cursor += by
        text = self.card_text(self._cursor, 0)
        self.setAccessibleDescription(text.words() if text is not None else "")
        self.update()

    # -- the table twin

    def table(self) -> list[list[str]]:
        """Return a row an address, or a run of addresses that are alike and leased to nobody."""
        facts = self.facts()
        if facts is None:
            return [["addresses"]]
        names = [each.server.name for each in facts.maps]
        rows = [["addresses", *names, "a new client may get it from", "beliefs"]]
        start = 0
        while start < facts.count:
            end = self._alike(facts, start)
            rows.append(self._table_row(facts, start, end))
            start = end + 1
        return rows

    def _alike(self, facts: PoolFacts, start: int) -> int:
        """Return the last place of a run like its first; a lease is a run of its own."""
        first = tuple(each.cells[start] for each in facts.maps)
        if any(facts.first + start in each.bindings and each.counts["BACKUP"] == 0
               for each in facts.maps):  # fmt: skip
            return start
        leaseless = all((octet & 7) in (0, 1) for octet in first)
        end = start
        while (
            leaseless
            and end + 1 < facts.count
            and tuple(each.cells[end + 1] for each in facts.maps) == first
        ):
            end += 1
        return end

    def _table_row(self, facts: PoolFacts, start: int, end: int) -> list[str]:
        address = facts.first + start
        sides = sides_of(self.model.session, facts, address)
        now = self.model.playhead
        texts = [self._record(facts, side)[0] for side in sides]
        giving = who_may_give(sides, now).new_client
        name = ip_text(address)
        if end > start:
            name = f"{name}–{ip_text(facts.first + end)}"
        differs = "differ" if facts.differing >> start & 1 else ""
        return [name, *texts, giving, differs]
