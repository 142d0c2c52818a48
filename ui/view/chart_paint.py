"""The ground of the chart and what frames its rows: lifelines, folds, heads, times, brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

from foviz import STATES, clock_text, date_text
from ui.layout.chart_columns import has_steps, step_at
from ui.layout.chart_folds import place_fold
from ui.layout.chart_items import CLIENTS
from ui.view import metrics
from ui.view.forms import (
    badge_width,
    draw_badge,
    draw_band,
    draw_bracket,
    draw_client_line,
    draw_fold,
    draw_folded_lifeline,
    draw_off_line,
    draw_step,
    draw_text,
    fill,
    line,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from ui.layout.chart import Bracket, Row, Strand
    from ui.layout.chart_columns import Column
    from ui.layout.chart_items import Form, Outcome
    from ui.theme import Theme, Who
    from ui.view.badges import Service
    from ui.view.bands import ClientForm
    from ui.view.chart_parts import Strokes

NOTE = metrics.TYPE_NOTE
TIME_AT = metrics.PANEL_PADDING
OUTCOME_AT = 8
HEAD_GAP = 6
SERVICE_OF = {spec.letters: spec.service.value for spec in STATES.values()}
STRIPES = 7
"""The level distance of two stripes, in whole pixels: stripes keep their place on the rows."""


class StepMark(NamedTuple):
    """The steps that stand at a row: their numbers, and whether the present one is among them."""

    text: str
    present: bool
    words: str
    at: int


# -- ground and lifelines


def paint_ground(strokes: Strokes) -> None:
    """Paint the ground of what belongs together with the selected record."""
    scene, layout = strokes.scene, strokes.scene.layout
    for bracket in layout.brackets:
        if bracket.group == scene.group:
            rows = [r for r in layout.rows if r.item.form == "row" and r.item.group == scene.group]
            top = max(layout.top, min(row.y for row in rows if row.foot > bracket.y1))
            foot = min(layout.foot, max(row.foot for row in rows if row.y < bracket.y2))
            w = layout.columns.width
            fill(strokes.painter, strokes.theme, 0, top, w, foot - top, strokes.theme.present)


def paint_lifelines(strokes: Strokes) -> None:
    """Paint every lifeline outside the folds."""
    layout = strokes.scene.layout
    anchor = layout.rows[0].y if layout.rows else layout.top
    for strand in layout.strands:
        if not strand.folded:
            _strand(strokes.painter, strokes.theme, strand, layout.top, anchor)


def _strand(painter: QPainter, theme: Theme, strand: Strand, top: float, anchor: float) -> None:
    column, form = strand.column, strand.form
    y, h = strand.y, strand.h
    if form.form == "off":
        draw_off_line(painter, theme, column.x, y, column.x, y + h)
    elif column.kind == "client":
        kind = cast("ClientForm", form.form if form.form in ("lease", "on") else "on")
        draw_client_line(painter, theme, column.x, y, h, kind, cast("Who", form.who))
    else:
        half = column.half + (1 if form.form == "takeover" else 0)
        if y <= top:  # it goes on above: its stripes move with the rows
            above = (y - anchor) % STRIPES
            y, h = y - above, h + above
        draw_band(
            painter, theme, column.x - half, y, 2 * half, h, cast("Service", form.form),
            cast("Who", form.who), upright=True,
        )  # fmt: skip


def paint_folds(strokes: Strokes) -> None:
    """Paint the folded silences: length in the middle, a new day at the left."""
    painter, theme, layout = strokes.painter, strokes.theme, strokes.scene.layout
    w = layout.columns.width
    for row in layout.rows:
        if row.item.form != "fold":
            continue
        draw_fold(painter, theme, 0, row.y, w, row.h)
        words = place_fold(row.item.text, layout.columns, strokes.scene.measure)
        middle = row.y + row.h / 2
        if words is not None:
            x = theme.snap(words.x - words.w / 2)
            draw_text(painter, theme, x, middle, words.text, theme.ink2, NOTE)
        if row.item.day:
            _day(painter, theme, layout.columns.columns, row.item.day, middle)
    for strand in layout.strands:
        if strand.folded:
            _folded(painter, theme, strand)


def _folded(painter: QPainter, theme: Theme, strand: Strand) -> None:
    form, x = strand.form, strand.column.x
    if form.form == "off":
        draw_off_line(painter, theme, x, strand.y, x, strand.y + strand.h)
        return
    idle = strand.column.kind == "client" and form.form != "lease"
    colour = theme.strong if idle else theme.hue(cast("Who", form.who)).stroke
    draw_folded_lifeline(painter, theme, x, strand.y, strand.h, colour)


def _day(painter: QPainter, theme: Theme, columns: tuple[Column, ...], day: str, cy: float) -> None:
    """Write a day, or its first words, left of the first lifeline."""
    room = (columns[0].x if columns else 1e9) - theme.px(TIME_AT) - theme.px(8)
    words = day.split(" ")
    for count in range(len(words), 0, -1):
        text = " ".join(words[:count])
        if theme.width(text, NOTE, bold=True) <= room:
            draw_text(painter, theme, theme.px(TIME_AT), cy, text, theme.ink, NOTE, bold=True)
            return


# -- heads


def paint_heads(strokes: Strokes, names: dict[int, str]) -> list[tuple[Column, QRectF]]:
    """Paint names and the states at the foot of the view; return the heads' areas."""
    painter, theme, layout = strokes.painter, strokes.theme, strokes.scene.layout
    w, top = layout.columns.width, layout.top
    fill(painter, theme, 0, 0, w, top, theme.panel)
    line(painter, theme, 0, top - 0.5, w, top - 0.5, theme.hair)
    middle = top / 2
    first = next((row.item for row in layout.rows), None)
    if first is not None and has_steps(w, theme.px):
        _day(painter, theme, layout.columns.columns, date_text(first.at), middle)
    placed = layout.columns.columns
    edges = [column.x for column in placed]
    areas: list[tuple[Column, QRectF]] = []
    for place, column in enumerate(placed):
        left = (edges[place - 1] + column.x) / 2 if place else 0.0
        right = (edges[place + 1] + column.x) / 2 if place + 1 < len(placed) else float(w)
        reach = min(column.x - left, right - column.x)
        form = layout.last_forms.get(column.host)
        name = names.get(column.host, "clients")
        area = _head(painter, theme, column, name, form, reach, middle)
        areas.append((column, area))
    return areas


def _head(
    painter: QPainter,
    theme: Theme,
    column: Column,
    name: str,
    form: Form | None,
    reach: float,
    middle: float,
) -> QRectF:
    off = form is not None and form.form == "off"
    bold = column.host != CLIENTS and not off
    ink = theme.ink2 if off or column.host == CLIENTS else theme.ink
    base = metrics.TYPE_BASE
    letters = form.letters if form is not None and column.kind == "server" else ""
    service = _service_of(letters, form)
    badge = badge_width(theme, letters, 16, service) + theme.px(HEAD_GAP) if letters else 0
    if theme.width(name, base, bold) + badge > 2 * reach - 8:
        badge, letters = 0, ""
    name = theme.elide(name, 2 * reach - 8, base, bold)
    wide = theme.width(name, base, bold) + badge
    x = theme.snap(column.x - wide / 2)
    draw_text(painter, theme, x, middle, name, ink, base, bold=bold)
    if letters:
        draw_badge(
            painter, theme, x + wide - badge + theme.px(HEAD_GAP), middle, letters, service,
            cast("Who", form.who if form is not None else "client"),
            tone="off" if off else "live",
        )  # fmt: skip
    high = theme.px(20)
    return QRectF(x - 4, middle - high / 2, wide + 8, high)


def _service_of(letters: str, form: Form | None) -> Service:
    """Return the form of a head's badge: a host that is off keeps the state that it stored."""
    if form is None or not letters:
        return "off"
    if form.form != "off":
        return cast("Service", form.form)
    return cast("Service", SERVICE_OF.get(letters, "silent"))


# -- the gutters


def paint_times(
    strokes: Strokes, steps: dict[int, StepMark]
) -> list[tuple[Row, QRectF, StepMark | None, QRectF | None]]:
    """Write times and steps; return their areas. *steps* go by the place of the row."""
    painter, theme, scene = strokes.painter, strokes.theme, strokes.scene
    layout = scene.layout
    found: list[tuple[Row, QRectF, StepMark | None, QRectF | None]] = []
    if not has_steps(layout.columns.width, theme.px):
        return found
    for place, row in enumerate(layout.rows):
        if row.item.form != "row" or row.foot <= layout.top:
            continue
        present = scene.present in row.item.records
        ink = theme.ink if present else theme.ink3
        text = clock_text(row.item.at)
        x = theme.px(TIME_AT)
        wide = draw_text(painter, theme, x, row.line, text, ink, NOTE, bold=present, mono=True)
        high = theme.px(16)
        area = QRectF(x - 4, row.line - high / 2, wide + 8, high)
        step = steps.get(place)
        square = None
        if step is not None:
            state = "present" if step.present else "done"
            at = step_at(layout.columns, theme.px)
            square = draw_step(painter, theme, at, row.line, step.text, state)  # type: ignore[arg-type]
        found.append((row, area, step, square))
    return found


def paint_bracket(
    strokes: Strokes, bracket: Bracket, outcome: Outcome, *, opened: bool
) -> QRectF | None:
    """Paint a bracket and what came of it; return its area."""
    painter, theme, layout = strokes.painter, strokes.theme, strokes.scene.layout
    columns = layout.columns
    y1, y2 = max(bracket.y1, layout.top + 2), min(bracket.y2, layout.foot - 2)
    if not columns.gutter or y2 - y1 < 4:
        return None
    present = bracket.group == strokes.scene.group
    draw_bracket(painter, theme, columns.gutter, y1, y2, present=present)
    x = columns.gutter + theme.px(OUTCOME_AT)
    room = columns.width - x - theme.px(4)
    middle = (y1 + y2) / 2
    title, detail = outcome.title, outcome.detail
    if not detail or y2 - y1 < theme.px(28):
        title, detail = outcome.line or outcome.title, ""
    if opened:
        _triangle(painter, theme, x, middle - (theme.px(6.5) if detail else 0))
        x, room = x + theme.px(10), room - theme.px(10)
    ink = theme.bad if outcome.bad else theme.ink
    shift = theme.px(6.5) if detail else 0
    draw_text(
        painter, theme, x, middle - shift, title, ink, NOTE, bold=present or outcome.bad, room=room
    )
    if detail:
        draw_text(painter, theme, x, middle + shift, detail, theme.ink3, NOTE, room=room)
    top, foot = min(y1, middle - theme.px(12)), max(y2, middle + theme.px(12))
    return QRectF(columns.gutter - 6, top, columns.width - columns.gutter + 6, foot - top)


def _triangle(painter: QPainter, theme: Theme, x: float, cy: float) -> None:
    """Paint the triangle of what the user unfolded; a click folds it again."""
    side = theme.px(6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.brush(theme.ink2))
    top = cy - side * 0.35
    corners = ((x, top), (x + side, top), (x + side / 2, top + side * 0.8))
    painter.drawPolygon(QPolygonF([QPointF(a, b) for a, b in corners]))
