"""Painting the rows of a thing's page: names and values, moves, two servers' beliefs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ui.layout import inspector as layout
from ui.view import metrics
from ui.view.forms import fill
from ui.view.inspector_glyphs import draw_glyph, glyph_width
from ui.view.inspector_page import Caption, Glyph, Move, Pair, Row, Twin
from ui.view.inspector_parts import BASE, GAP, NOTE, Canvas, draw_pair
from ui.view.paragraph import wrap

if TYPE_CHECKING:
    from ui.layout.inspector import Plan
    from ui.theme import Theme

EVENT_AT = 12
PARTNERS_AT = 108
TARGET_AT = 192
WHY_AT = 230
TWIN_AT = 88
LONGEST_VALUE = 3
"""A long value is written on at most so many lines."""
THUMB = 3


def value_x(theme: Theme, w: int, rows: tuple[Row, ...]) -> int:
    """Return where the values of the rows start."""
    names = (row.name for row in rows if isinstance(row, Pair))
    widest = max((theme.width(name, NOTE) for name in names), default=0.0)
    return layout.value_column(widest, w, theme.font_scale)


def spread(theme: Theme, w: int, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows with long texts broken over several."""
    column = value_x(theme, w, rows)
    edge = w - theme.px(layout.PADDING)
    found: list[Row] = []
    for row in rows:
        if isinstance(row, Move):
            lines = wrap(theme, row.why, edge - theme.px(WHY_AT), NOTE, lines=LONGEST_VALUE)
            found.append(replace(row, why=lines[0]))
            rest = replace(row, event="", partners="", target=Glyph("none"))
            found += [replace(rest, why=each) for each in lines[1:]]
        elif isinstance(row, Pair) and row.glyph is None and not row.line:
            room = edge - column
            lines = wrap(theme, row.value, room, BASE, bold=row.strong, lines=LONGEST_VALUE)
            words = row.words or row.value
            found.append(replace(row, value=lines[0], words=words))
            found += [replace(row, name="", value=each, words=words) for each in lines[1:]]
        else:
            found.append(row)
    return tuple(found)


def draw_rows(canvas: Canvas, plan: Plan, rows: tuple[Row, ...], top: int) -> None:
    """Draw the rows that fit, from the *top*-th."""
    column = value_x(canvas.theme, canvas.w, rows)
    edge = canvas.w - canvas.px(layout.PADDING)
    for place, row in enumerate(rows[top : top + plan.rows]):
        y = plan.body.y + (place + 0.5) * plan.row
        if isinstance(row, Pair):
            draw_pair(canvas, row, y, column, edge, pitch=plan.row)
        elif isinstance(row, Move):
            _draw_move(canvas, row, y, edge, plan.row)
        elif isinstance(row, Caption):
            for name, x in zip(row.names, (EVENT_AT, PARTNERS_AT, TARGET_AT, WHY_AT), strict=True):
                canvas.text(canvas.px(x), y, name, canvas.theme.ink3, NOTE)
        else:
            _draw_twin(canvas, row, y, edge, plan.row)
    if plan.rows < len(rows):
        draw_thumb(canvas, canvas.w - canvas.px(6), plan, top, len(rows), plan.rows)


def draw_thumb(
    canvas: Canvas, x: float, plan: Plan, top: int, total: int, shown: int, spare: int = 0
) -> None:
    """Draw the slim mark that says which part is seen."""
    y, height = plan.body.y + spare, plan.body.h - 2 * spare
    at, long = layout.thumb(y, height, top, total, shown)
    fill(canvas.painter, canvas.theme, x, at, THUMB, long, canvas.theme.line)


def _draw_move(canvas: Canvas, row: Move, y: float, edge: float, pitch: float) -> None:
    theme, scale = canvas.theme, canvas.px
    canvas.text(
        scale(EVENT_AT), y, row.event, theme.ink, bold=True, room=scale(PARTNERS_AT - EVENT_AT - 6)
    )
    room = scale(TARGET_AT - PARTNERS_AT - 20)
    canvas.text(scale(PARTNERS_AT), y, row.partners, theme.ink3, NOTE, room=room)
    if row.event:
        canvas.text(scale(TARGET_AT - 8), y, "→", theme.ink3, align="right")
    if row.target.kind == "none":
        canvas.text(scale(TARGET_AT), y, row.target.name, theme.ink3, NOTE)
    else:
        wide = glyph_width(theme, row.target)
        draw_glyph(canvas.painter, theme, scale(TARGET_AT) + wide / 2, y, row.target)
    canvas.text(scale(WHY_AT), y, row.why, theme.ink2, NOTE, room=edge - scale(WHY_AT))
    left = scale(EVENT_AT) - 4
    canvas.hit(left, y - pitch / 2, edge + 4 - left, pitch, row.words, row.selection)


def _draw_twin(canvas: Canvas, row: Twin, y: float, edge: float, pitch: float) -> None:
    theme = canvas.theme
    left = canvas.px(layout.PADDING)
    start = canvas.px(TWIN_AT)
    canvas.text(left, y, row.name, theme.ink3, NOTE, room=start - left - canvas.px(4))
    column = (edge - start) / max(1, len(row.values))
    for place, value in enumerate(row.values):
        x = start + place * column
        room = column - canvas.px(GAP)
        if row.head and row.glyphs:
            glyph = row.glyphs[place]
            if glyph is not None:
                draw_glyph(canvas.painter, theme, x + metrics.TYPE_NOTE / 2, y, glyph)
                x += canvas.px(14)
                room -= canvas.px(14)
        bold = row.head or row.differ
        canvas.text(x, y, value, theme.ink, NOTE if row.head else BASE, bold=bold, room=room)
    words = f"{row.name}: {' · '.join(row.values)}".removeprefix(": ")
    if row.differ:
        words += "\nThe servers differ."
    canvas.hit(left, y - pitch / 2, edge - left, pitch, words)
