"""Inspector and *why*: what is selected, octet by octet, and what led to it (VISUAL 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QMenu

from foviz import Field
from ui.layout import inspector as layout
from ui.layout.inspector_octets import octet_at, spans
from ui.view.inspector_fields import Key, field_at, field_rows, key_of, matters, place_of
from ui.view.inspector_kept import Message, Messages, Painted, Settings
from ui.view.inspector_message import Deeds, Shown, draw_message
from ui.view.inspector_page import Page
from ui.view.inspector_parts import (
    Canvas,
    draw_causes,
    draw_head,
    draw_story,
    draw_why,
    fact_rows,
    head_lines,
    question_lines,
    text_lines,
)
from ui.view.inspector_record import Memory, record_page
from ui.view.inspector_rows import draw_rows, spread
from ui.view.inspector_table import page_table
from ui.view.inspector_things import (
    address_page,
    host_page,
    link_page,
    nothing_page,
    state_page,
)
from ui.view.painted import Hit, PaintedView

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from ui.look import Look
    from ui.model.run import RunModel


class InspectorView(PaintedView):
    """Inspector."""

    title = "Inspector"

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__(model, look)
        self._memory = Memory()
        self._messages = Messages()
        self._settings = Settings()
        self._toggled: frozenset[str] = frozenset()
        self._everything = False
        self._pointed: Key | None = None
        self._painted: Painted | None = None
        model.opened.connect(self._forget)

    def _forget(self) -> None:
        self._memory.clear()
        self._messages.clear()

    # -- what is shown

    def page(self) -> Page:
        """Return what the focus is, in words."""
        session, focus = self.model.session, self.model.focus
        kind = self.model.selection.kind
        last = self._last_decision
        if focus.record >= 0:
            return record_page(session, self._memory, focus.record)
        if kind == "host":
            return host_page(session, self._memory, focus.host, last)
        if kind == "address":
            return address_page(session, self._memory, focus.address, focus.client, last)
        if kind == "link":
            return link_page(session, focus.link)
        if kind == "state":
            return state_page(session, focus.state)
        return nothing_page(coming=kind == "record")

    def _last_decision(self, host: int) -> int:
        return self._memory.last_decision(self.model.session, host)

    def _about(self) -> object:
        """What the settings belong to: they end when something else is shown."""
        focus, selection = self.model.focus, self.model.selection
        return (self.model.session.branch.name, focus.record, selection)

    def _settled(self) -> Settings:
        about = self._about()
        return self._settings if self._settings.about == about else Settings(about)

    def _message(self, record: int) -> Message | None:
        """Return the message of a send record, its groups open and closed as the user wants."""
        found = self._messages.get(self.model.session, record)
        if found is None:
            return None
        tree, octets, rows = found
        fields = field_rows(tree, self._toggled, self._everything)
        return Message(record, tree, octets, fields, rows)

    def status_words(self) -> str:
        """Return which record is shown."""
        record = self.model.focus.record
        count = self.model.session.record_count
        return f"record {record + 1:,} of {count:,}" if record >= 0 else ""

    # -- painting

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the page of the focus."""
        page = self.page()
        message = self._message(page.message) if page.message >= 0 else None
        rows = spread(self.theme, w, page.rows)
        plan = layout.plan_inspector(
            w, h, self.theme.font_scale, self._wants(w, page, message, len(rows))
        )
        canvas = Canvas(self, painter, w)
        draw_head(canvas, plan, page.head)
        shown, top = None, 0
        if message is not None:
            shown = self._shown(message, plan)
            draw_message(canvas, plan, shown, Deeds(self._pick, self._toggle, self._show_all))
        elif plan.rows:
            top = layout.clamp_top(self._settled().top or 0, len(rows), plan.rows)
            draw_rows(canvas, plan, rows, top)
        if page.asked is not None:
            draw_why(canvas, plan, page.asked)
            draw_story(canvas, plan, page.nodes)
        draw_causes(canvas, plan, page.nodes)
        self._painted = Painted(page, plan, message, shown, rows, top)

    def _wants(self, w: int, page: Page, message: Message | None, body: int) -> layout.Wants:
        theme, asked = self.theme, page.asked
        if message is not None:
            body = max(len(message.rows), layout.rows_for_octets(len(message.octet_rows)))
        head = 1 if page.head.capsule else len(head_lines(theme, w, page.head))
        wants = layout.Wants(
            head=head,
            body=body,
            row=layout.ROW_WITH_BADGE if page.badges else layout.ROW,
            tree=message is not None,
            causes=len(page.nodes) > 1,
        )
        if asked is None:
            return wants
        return wants._replace(
            question=len(question_lines(theme, w, asked)),
            text=len(text_lines(theme, w, asked.text)),
            source=bool(asked.source),
            facts=len(fact_rows(theme, w, asked.facts)),
            result=asked.result is not None,
            story=min(layout.MOST_STORY, max(0, len(page.nodes) - 1)),
        )

    def _shown(self, message: Message, plan: layout.Plan) -> Shown:
        settings = self._settled()
        marked = settings.picked or matters(message.tree)
        row = place_of(message.rows, marked)
        total, octets_total = len(message.rows), len(message.octet_rows)
        fitting = layout.octet_rows_fitting(plan, self.theme.font_scale)
        top = settings.top
        if top is None:
            top = layout.reveal(0, max(0, row), total, plan.rows)
        octets_top = settings.octets_top
        if octets_top is None:
            found = spans(message.octet_rows, marked.start, marked.end)
            first = found[0].row if found else 0
            octets_top = layout.reveal(0, first, octets_total, fitting)
        pointed = self._pointed
        return Shown(
            rows=message.rows,
            octets=message.octets,
            octet_rows=message.octet_rows,
            top=layout.clamp_top(top, total, plan.rows),
            octets_top=layout.clamp_top(octets_top, octets_total, fitting),
            marked=marked,
            marked_row=row,
            hovered=pointed,
            hovered_row=place_of(message.rows, pointed) if pointed is not None else -1,
        )

    # -- fields

    def _pick(self, key: Key) -> None:
        """Mark a field in tree and octets; both scroll no further than they must."""
        painted = self._painted
        if painted is None or painted.shown is None or painted.message is None:
            return
        message, shown = painted.message, painted.shown
        if place_of(message.rows, key) < 0:
            # A field of the header that is left out: show them all, then it has a row.
            self._everything = True
            message = self._message(message.record) or message
        row = max(0, place_of(message.rows, key))
        fitting = layout.octet_rows_fitting(painted.plan, self.theme.font_scale)
        found = spans(message.octet_rows, key.start, key.end)
        first = found[0].row if found else shown.octets_top
        top = layout.reveal(shown.top, row, len(message.rows), painted.plan.rows)
        octets = layout.reveal(shown.octets_top, first, len(message.octet_rows), fitting)
        self._settings = Settings(self._about(), key, top, octets)
        self._at = -1
        self.update()

    def _toggle(self, name: str) -> None:
        """Open or close a group, in every message."""
        self._toggled ^= {name}
        self.update()

    def _show_all(self) -> None:
        """Show every field of the header, or only those that tell something."""
        self._everything = not self._everything
        self.update()

    def _field_under(self, point: QPointF) -> Field | None:
        """Return the field whose octet is pointed at."""
        painted = self._painted
        if painted is None or painted.message is None or painted.shown is None:
            return None
        scale, body = self.theme.font_scale, painted.plan.body
        columns = layout.body_columns(self.width(), scale, octets=True)
        if not columns.octets_w or not body.y <= point.y() < body.bottom:
            return None
        row_h = layout.OCTET_ROW * scale
        fitting = layout.octet_rows_fitting(painted.plan, scale)
        first = body.y + (body.h - fitting * row_h) / 2
        place = int((point.y() - first) // row_h)
        if not 0 <= place < fitting:
            return None
        spare = (columns.pitch - self.theme.width("00", 10, mono=True)) / 2
        column = int((point.x() - columns.octet_x + spare) // columns.pitch)
        offset = octet_at(painted.message.octet_rows, place + painted.shown.octets_top, column)
        return field_at(painted.message.tree, offset) if offset >= 0 else None

    # -- pointing

    def hit_at(self, point: QPointF) -> Hit | None:
        """Return what lies at a point; octets stand for their fields."""
        field = self._field_under(point)
        if field is None:
            return super().hit_at(point)
        key = key_of(field)
        words = f"{field.name}: {field.value}"
        area = QRectF(point.x() - 4, point.y() - 4, 8, 8)
        return Hit(area, self.model.selection, words, lambda: self._pick(key))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take what was clicked; a click beside everything changes no selection."""
        found = self.hit_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._take(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Outline the field that is pointed at in tree and octets."""
        super().mouseMoveEvent(event)
        self._point(self._key_at(event.position()))

    def leaveEvent(self, event: object) -> None:
        """Nothing is pointed at any more."""
        self._point(None)

    def _point(self, key: Key | None) -> None:
        if key != self._pointed:
            self._pointed = key
            self.update()

    def _key_at(self, point: QPointF) -> Key | None:
        field = self._field_under(point)
        if field is not None:
            return key_of(field)
        painted = self._painted
        if painted is None or painted.shown is None or not painted.plan.rows:
            return None
        columns = layout.body_columns(self.width(), self.theme.font_scale, octets=True)
        body = painted.plan.body
        place = int((point.y() - body.y) // painted.plan.row)
        inside = columns.mark_left <= point.x() < columns.mark_right
        if not inside or not 0 <= place < painted.plan.rows:
            return None
        rows = painted.shown.rows[painted.shown.top :]
        return rows[place].key if place < len(rows) else None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the tree, the octets, or a thing's rows, by whole rows."""
        painted = self._painted
        step = event.angleDelta().y()
        if painted is None or not step or not painted.plan.rows:
            return
        by = -3 if step > 0 else 3
        settings = self._settled()
        point = event.position()
        if not painted.plan.body.y <= point.y() < painted.plan.body.bottom:
            return
        if painted.message is None or painted.shown is None:
            top = layout.clamp_top(painted.top + by, len(painted.rows), painted.plan.rows)
            self._settings = replace(settings, top=top)
        else:
            self._scroll_message(settings, painted, point.x(), by)
        event.accept()
        self.update()

    def _scroll_message(self, settings: Settings, painted: Painted, x: float, by: int) -> None:
        message, shown = painted.message, painted.shown
        assert message is not None
        assert shown is not None
        scale = self.theme.font_scale
        columns = layout.body_columns(self.width(), scale, octets=True)
        top, octets_top = shown.top, shown.octets_top
        if columns.octets_w and x >= columns.octets_x:
            fitting = layout.octet_rows_fitting(painted.plan, scale)
            octets_top = layout.clamp_top(octets_top + by, len(message.octet_rows), fitting)
        else:
            top = layout.clamp_top(top + by, len(message.rows), painted.plan.rows)
        self._settings = replace(settings, top=top, octets_top=octets_top)

    # -- the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk over the fields and then the rest; Ctrl+C copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in steps and self._walk(steps[Qt.Key(event.key())]):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._open_marked():
            return
        super().keyPressEvent(event)

    def _walk(self, step: int) -> bool:
        """Mark the next field; beyond the last one ring the areas below, in a circle."""
        painted = self._painted
        if painted is None or painted.shown is None or not painted.plan.rows:
            return False
        rows = painted.shown.rows
        below = [
            place
            for place, hit in enumerate(self.hits)
            if hit.area.top() >= painted.plan.body.bottom
        ]
        fields = len(rows)
        here = fields + below.index(self._at) if self._at in below else painted.shown.marked_row
        place = (here + step) % (fields + len(below))
        if place < fields:
            self._pick(rows[place].key)
        else:
            self._at = below[place - fields]
            self.update()
        return True

    def _open_marked(self) -> bool:
        painted = self._painted
        if painted is None or painted.shown is None or self._at >= 0:
            return False
        row = painted.shown.rows[max(0, painted.shown.marked_row)]
        if row.more:
            self._show_all()
        elif row.group:
            self._toggle(row.key.name)
        return bool(row.more or row.group)

    # -- taking it along

    def copy(self) -> None:
        """Copy the picked field's value; with none picked the octets in hex, or the page."""
        painted = self._painted
        if painted is None:
            return
        picked = self._settled().picked
        if painted.message is None:
            text = "\n".join(": ".join(filter(None, row[1:])) for row in self.table()[1:])
        elif picked is not None:
            text = self._value_of(painted.message, picked)
        else:
            text = painted.message.octets.hex(" ")
        self._copy_text(text)

    def _value_of(self, message: Message, key: Key) -> str:
        row = message.rows[max(0, place_of(message.rows, key))]
        return row.full

    def _copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def contextMenuEvent(self, event: object) -> None:
        """Offer what can be copied of a message."""
        painted = self._painted
        if painted is None or painted.message is None or painted.shown is None:
            return
        message, marked = painted.message, painted.shown.marked
        part = message.octets[marked.start : marked.end].hex(" ")
        menu = QMenu(self)
        choices = (
            (f"Copy the value of {marked.name}", self._value_of(message, marked)),
            (f"Copy the octets of {marked.name}", part),
            ("Copy all octets", message.octets.hex(" ")),
        )
        for words, text in choices:
            menu.addAction(words).triggered.connect(lambda _=False, t=text: self._copy_text(t))
        menu.exec(event.globalPos())  # type: ignore[attr-defined]

    # -- the table twin

    def table(self) -> list[list[str]]:
        """Return the page as rows of text: the head, the fields, *why*, the causes."""
        page = self.page()
        message = self._message(page.message) if page.message >= 0 else None
        return page_table(page, message.tree if message is not None else None)
