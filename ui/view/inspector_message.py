"""Painting a message: the tree of its fields and its octets, one field marked in both."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from ui.layout import inspector as layout
from ui.layout.inspector_octets import OctetRow, outlines, spans
from ui.view import metrics
from ui.view.forms import box, draw_text, stamp
from ui.view.inspector_fields import FieldRow, Key
from ui.view.inspector_parts import BASE, NOTE, Canvas
from ui.view.inspector_rows import THUMB, draw_thumb

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from ui.layout.inspector import Columns, Plan
    from ui.theme import Theme

TRIANGLE_AT = 17
TRIANGLE = 8
GROUP_NAME_AT = 27
VALUE_GAP = 10
MORE_GAP = 10
FOLD_MARK = "··· "


class Shown(NamedTuple):
    """What of a message is painted: rows and octets, where each starts, and the marks."""

    rows: tuple[FieldRow, ...]
    octets: bytes
    octet_rows: tuple[OctetRow, ...]
    top: int
    octets_top: int
    marked: Key
    marked_row: int
    hovered: Key | None
    hovered_row: int


class Deeds(NamedTuple):
    """What a click on a row does."""

    pick: Callable[[Key], None]
    toggle: Callable[[str], None]
    everything: Callable[[], None]


def draw_message(canvas: Canvas, plan: Plan, shown: Shown, deeds: Deeds) -> None:
    """Draw tree and octets."""
    if not plan.rows:
        return
    columns = layout.body_columns(canvas.w, canvas.theme.font_scale, octets=True)
    _draw_tree(canvas, plan, columns, shown, deeds)
    if columns.octets_w:
        _draw_octets(canvas, plan, columns, shown)


# -- the tree


def _draw_tree(canvas: Canvas, plan: Plan, columns: Columns, shown: Shown, deeds: Deeds) -> None:
    rows = shown.rows[shown.top : shown.top + plan.rows]
    for place, row in enumerate(rows, shown.top):
        top = plan.body.y + (place - shown.top) * plan.row
        _draw_mark(canvas, plan, columns, top, place, shown)
        _draw_field(canvas, plan, columns, top, row, marked=place == shown.marked_row)
        wide = columns.mark_right - columns.mark_left
        key = row.key
        canvas.hit(columns.mark_left, top, wide, plan.row, row.words, deed=partial(deeds.pick, key))
        if row.group:
            name = key.name
            words = f"{'Close' if row.group == 'open' else 'Open'} {name}"
            left = columns.mark_left + _indent(canvas, row)
            high = plan.row
            canvas.hit(left, top, canvas.px(18), high, words, deed=partial(deeds.toggle, name))
        if row.more:
            _draw_more(canvas, plan, top, row, deeds)
    if plan.rows < len(shown.rows):
        x = columns.mark_right + canvas.px(3)
        draw_thumb(canvas, x, plan, shown.top, len(shown.rows), plan.rows)


def _draw_mark(
    canvas: Canvas, plan: Plan, columns: Columns, top: float, place: int, shown: Shown
) -> None:
    """The marked row is outlined on a wash, the pointed-at one is outlined."""
    marked, hovered = place == shown.marked_row, place == shown.hovered_row
    if not (marked or hovered):
        return
    theme = canvas.theme
    wide = columns.mark_right - columns.mark_left
    box(
        canvas.painter,
        theme,
        columns.mark_left,
        top,
        wide,
        plan.row,
        ground=theme.selw if marked else None,
        frame=theme.sel,
        width=metrics.STROKE if marked else metrics.STROKE_HAIR,
        radius=metrics.RADIUS_TAG,
    )


def _indent(canvas: Canvas, row: FieldRow) -> int:
    return canvas.px(layout.INDENT) * max(0, row.depth - 1) + (
        canvas.px(layout.NAME_AT - GROUP_NAME_AT) if row.depth else 0
    )


def _draw_field(
    canvas: Canvas, plan: Plan, columns: Columns, top: float, row: FieldRow, *, marked: bool
) -> None:
    theme = canvas.theme
    cy = top + plan.row / 2
    nested = canvas.px(layout.INDENT) * max(0, row.depth - 1)
    if row.group:
        _draw_triangle(canvas, canvas.px(TRIANGLE_AT) + _indent(canvas, row), cy, row.group)
    if not row.depth:
        canvas.text(canvas.px(GROUP_NAME_AT), cy, row.name, theme.ink, bold=True)
        canvas.text(columns.value_right, cy, row.value, theme.ink3, align="right")
        return
    if row.code and not row.group:
        right = columns.code_right + nested
        canvas.text(right, cy, row.code, theme.ink3, NOTE, mono=True, align="right")
    name_x = columns.name_x + nested
    room = columns.value_right - name_x
    wanted = theme.width(row.name, BASE, marked)
    value_room = max(room * 0.45, room - wanted - canvas.px(VALUE_GAP))
    value = theme.elide(row.value, value_room, NOTE, marked, True)
    width = canvas.text(
        columns.value_right, cy, value, theme.ink, NOTE, bold=marked, mono=True, align="right"
    )
    name_room = room - width - canvas.px(VALUE_GAP)
    canvas.text(name_x, cy, row.name, theme.ink, bold=marked, room=name_room)


def _draw_triangle(canvas: Canvas, cx: float, cy: float, group: str) -> None:
    theme, half = canvas.theme, canvas.px(TRIANGLE) / 2
    cx, cy = theme.snap(cx), theme.snap(cy)
    if group == "open":
        points = ((cx - half, cy - half / 2), (cx + half, cy - half / 2), (cx, cy + half * 0.6))
    else:
        points = ((cx - half / 2, cy - half), (cx + half * 0.6, cy), (cx - half / 2, cy + half))
    canvas.painter.setPen(Qt.PenStyle.NoPen)
    canvas.painter.setBrush(theme.brush(theme.ink2))
    canvas.painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _draw_more(canvas: Canvas, plan: Plan, top: float, row: FieldRow, deeds: Deeds) -> None:
    """Offer the fields that are left out, beside the group's name."""
    theme = canvas.theme
    start = canvas.px(GROUP_NAME_AT) + theme.width(row.name, BASE, bold=True)
    x = start + canvas.px(MORE_GAP)
    width = canvas.text(x, top + plan.row / 2, row.more, theme.sel, NOTE)
    fewer = row.more == "fewer"
    words = "Show only what tells something here" if fewer else "Show every field of the header"
    canvas.hit(x - 4, top, width + 8, plan.row, words, deed=deeds.everything)


# -- the octets


def _draw_octets(canvas: Canvas, plan: Plan, columns: Columns, shown: Shown) -> None:
    theme, painter = canvas.theme, canvas.painter
    scale = theme.font_scale
    body, row_h = plan.body, layout.OCTET_ROW * scale
    fitting = layout.octet_rows_fitting(plan, scale)
    box(
        painter,
        theme,
        columns.octets_x,
        body.y,
        columns.octets_w,
        body.h,
        ground=theme.sunken,
        radius=metrics.RADIUS_CONTROL,
    )
    first = body.y + (body.h - fitting * row_h) / 2
    top = shown.octets_top
    rows = shown.octet_rows[top : top + fitting]
    _outline(canvas, columns, shown, rows, first, row_h)
    for place, row in enumerate(rows):
        _draw_octet_row(canvas, columns, shown, row, first + (place + 0.5) * row_h, row_h)
    if fitting < len(shown.octet_rows):
        x = columns.octets_x + columns.octets_w - THUMB - 1
        total = len(shown.octet_rows)
        draw_thumb(canvas, x, plan, top, total, fitting, spare=canvas.px(metrics.GRID))


def _outline(
    canvas: Canvas,
    columns: Columns,
    shown: Shown,
    rows: tuple[OctetRow, ...],
    first: float,
    row_h: float,
) -> None:
    theme, painter = canvas.theme, canvas.painter
    x = columns.octet_x - (columns.pitch - theme.width("00", NOTE, mono=True)) / 2
    keys = [(shown.marked, True)]
    if shown.hovered is not None and shown.hovered != shown.marked:
        keys.append((shown.hovered, False))
    for key, marked in keys:
        found = spans(rows, key.start, key.end)
        width = metrics.STROKE if marked else metrics.STROKE_HAIR
        painter.setPen(theme.pen(theme.sel, width))
        painter.setBrush(theme.brush(theme.selw) if marked else Qt.BrushStyle.NoBrush)
        for shape in outlines(found, x, first, columns.pitch, row_h):
            points = [QPointF(theme.snap(px) + 0.5, theme.snap(py) + 0.5) for px, py in shape]
            painter.drawPolygon(QPolygonF(points))


def _draw_octet_row(
    canvas: Canvas, columns: Columns, shown: Shown, row: OctetRow, cy: float, row_h: float
) -> None:
    theme = canvas.theme
    if row.folded:
        text = f"{FOLD_MARK}{row.end - row.start} octets of zero"
        canvas.text(columns.octet_x, cy, text, theme.ink3, NOTE)
        return
    first = max(row.start, shown.marked.start) - row.start
    last = min(row.end, shown.marked.end) - row.start
    marked = (first, last) if first < last else (0, 0)
    octets = shown.octets[row.start : row.end]
    wide = columns.octets_x + columns.octets_w - columns.offset_x
    args = (row.start, octets, marked, columns.octet_x - columns.offset_x, columns.pitch, row_h)
    top = theme.baseline(cy, NOTE) - theme.baseline(row_h / 2, NOTE)
    stamp(canvas.painter, theme, columns.offset_x, top, wide, row_h + 2, _octet_line, *args)


def _octet_line(
    painter: QPainter,
    theme: Theme,
    start: int,
    octets: bytes,
    marked: tuple[int, int],
    at: int,
    pitch: float,
    row_h: float,
) -> None:
    """Paint a row once: its offset, its octets, zeros fainter, the marked ones bold."""
    cy = row_h / 2
    draw_text(painter, theme, 0, cy, f"{start:03x}", theme.ink3, NOTE, mono=True)
    for column, octet in enumerate(octets):
        bold = marked[0] <= column < marked[1]
        colour: QColor = theme.ink if bold else theme.ink2 if octet else theme.ink3
        x = at + column * pitch
        draw_text(painter, theme, x, cy, f"{octet:02x}", colour, NOTE, bold=bold, mono=True)
