"""The message chart as numbers: items from the foot upwards become rows, strands, brackets.

The playhead lies below the last row. Rows are stacked upwards from it until the view is full;
with little history they start under the heads and the playhead follows them. Which items
there are is the business of a producer, one a scale; nothing here reads a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ui.layout.chart_arrows import (
    PlacedArrow,
    PlacedPile,
    arrow_boxes,
    arrow_height,
    note_box,
    place_arrow,
    place_pile,
)
from ui.layout.chart_columns import Column, Columns, Px
from ui.layout.chart_items import Arrow, Change, Effect, Form, Item, LinkMark, Mark, Pile
from ui.layout.chart_marks import (
    PlacedChange,
    PlacedLink,
    PlacedMark,
    place_change,
    place_link,
    place_mark,
)
from ui.layout.chart_room import Measure, Room

HEADS = 28
FOOT = 7
"""Room below the playhead."""
ROW = 22
ROW_MARK = 18
ROW_BREACH = 24
ROW_FOLD = 14
TOP = 2
BRACKET_INSET = 4

Placed = PlacedArrow | PlacedPile | PlacedChange | PlacedMark | PlacedLink


class Row(NamedTuple):
    """An item with its place; ``line`` is the height of its time and its step."""

    item: Item
    y: float
    h: float
    line: float
    parts: tuple[Placed, ...]

    @property
    def foot(self) -> float:
        """The lower edge."""
        return self.y + self.h


class Strand(NamedTuple):
    """A stretch of a lifeline that does not change."""

    column: Column
    y: float
    h: float
    form: Form
    folded: bool


class Bracket(NamedTuple):
    """Rows of one group that follow one another."""

    group: int
    y1: float
    y2: float
    rows: int
    item: Item


@dataclass
class Scene:
    """All that is painted below the heads. ``foot`` is the playhead, or the view's edge."""

    columns: Columns
    rows: list[Row]
    top: float
    foot: float
    strands: list[Strand] = field(default_factory=list)
    brackets: list[Bracket] = field(default_factory=list)
    last_forms: dict[int, Form] = field(default_factory=dict)
    full: bool = False
    """There is more above than the view shows."""

    def visible(self) -> list[Row]:
        """Return the rows of which something can be seen."""
        return [row for row in self.rows if row.foot > self.top and row.y < self.foot]


def item_height(item: Item, px: Px) -> int:
    """Return the height of an item's row."""
    if item.form == "fold":
        return px(ROW_FOLD)
    high = ROW_MARK
    for part in item.parts:
        if isinstance(part, Arrow):
            high = max(high, arrow_height(part))
        elif isinstance(part, Pile):
            high = max(high, ROW)
        elif isinstance(part, LinkMark) or (isinstance(part, Mark) and part.form == "breach"):
            high = max(high, ROW_BREACH)
    return px(high)


def stack(
    items: Sequence[Item], measure: Measure, top: float, foot: float, below: float = 0.0
) -> tuple[list[tuple[Item, float, int]], float, bool]:
    """Give heights to items (lowest first): (item, y, height) from above, the foot, fullness.

    *below* is how much of the lowest items lies below the view. Items that do not fit are
    left out whole, unless the view is scrolled.
    """
    px = measure.px
    heights = [item_height(item, px) for item in items]
    total = sum(heights) - below
    room = foot - top - px(TOP)
    if total <= room:
        start = top + px(TOP)
        foot = start + sum(heights) if below <= 0 else foot
        at = start + sum(heights)
        full = False
    else:
        at = foot + below
        full = True
    placed: list[tuple[Item, float, int]] = []
    for item, height in zip(items, heights, strict=True):
        at -= height
        if at < top and below <= 0 and full:
            break
        placed.append((item, at, height))
        if at < top:
            break
    return placed[::-1], foot, full


def arrange(
    items: Sequence[Item],
    columns: Columns,
    measure: Measure,
    before: Mapping[int, Form],
    top: float,
    foot: float,
    below: float = 0.0,
    last: Scene | None = None,
) -> Scene:
    """Return the scene of some items, the lowest first.

    *before* are the lifelines above the highest of them. Rows that stand in the *last* scene
    where they stand now are taken from it; it must have been arranged with the same measure.
    """
    placed, foot, full = stack(items, measure, top, foot, below)
    same = last is not None and last.columns == columns
    known = {id(row.item): row for row in last.rows} if last is not None and same else {}
    rows: list[Row] = []
    for item, y, h in placed:
        row = known.get(id(item))
        if row is None or row.y != y or row.h != h:
            row = _row(item, y, h, columns, measure)
        rows.append(row)
    scene = Scene(columns, rows, top, foot, full=full)
    if items and len(placed) < len(items):
        scene.full = True
    _strands(scene, before, measure)
    scene.brackets = _brackets(rows, measure)
    return scene


def _row(item: Item, y: float, h: int, columns: Columns, measure: Measure) -> Row:
    px = measure.px
    line = y + h / 2
    room = Room(columns, measure)
    parts: list[Placed] = []
    for part in item.parts:
        placed: Placed | None
        if isinstance(part, Arrow):
            line = y + px(12)
            placed = place_arrow(part, room, y, h)
        elif isinstance(part, Pile):
            line = y + px(12)
            placed = place_pile(part, room, y)
        elif isinstance(part, Change):
            placed = place_change(part, room, line)
        elif isinstance(part, Mark):
            placed = place_mark(part, room, line)
        else:
            placed = place_link(part, room, line)
        if placed is not None:
            parts.append(placed)
    return Row(item, y, h, line, tuple(parts))


# -- lifelines


def _strands(scene: Scene, before: Mapping[int, Form], measure: Measure) -> None:
    for column in scene.columns.columns:
        form = before.get(column.host, Form("off"))
        at = scene.top
        for row in scene.rows:
            if row.item.form == "fold":
                _add(scene, column, at, row.y, form)
                _add(scene, column, row.y, row.foot, form, folded=True)
                at = row.foot
                continue
            if form.expires and form.expires < row.item.at:
                _add(scene, column, at, row.y, form)
                at, form = row.y, Form("on")
            for effect in row.item.effects:
                if effect.host != column.host:
                    continue
                changed = _changed(form, effect)
                if changed != form:
                    y = _where(row, effect, measure)
                    _add(scene, column, at, y, form)
                    at, form = max(at, y), changed
        _add(scene, column, at, scene.foot, form)
        scene.last_forms[column.host] = form


def _changed(form: Form, effect: Effect) -> Form:
    """Return what a lifeline becomes."""
    if effect.form == "awake":
        return Form("on") if form.form == "off" else form
    if effect.form == "off":
        return Form("off", effect.who, form.letters)
    letters = effect.letters or form.letters
    return Form(effect.form, effect.who, letters, effect.expires)


def _where(row: Row, effect: Effect, measure: Measure) -> float:
    """Return the height at which an effect changes its lifeline."""
    px = measure.px
    if effect.where == "top":
        return row.y
    for part in row.parts:
        if isinstance(part, PlacedArrow):
            if effect.where == "start":
                return part.y
            if effect.where == "end":
                return part.paths[0][-1].y
        if isinstance(part, PlacedPile) and effect.where == "middle":
            return part.y + px(4)
    return row.line


def _add(
    scene: Scene, column: Column, y1: float, y2: float, form: Form, *, folded: bool = False
) -> None:
    y1, y2 = max(y1, scene.top), min(y2, scene.foot)
    if y2 > y1:
        scene.strands.append(Strand(column, y1, y2 - y1, form, folded))


# -- brackets


def _brackets(rows: Sequence[Row], measure: Measure) -> list[Bracket]:
    """Join rows of one group; a fold or another group ends a bracket."""
    px = measure.px
    found: list[Bracket] = []
    run: list[Row] = []

    def close() -> None:
        if run:
            y1, y2 = run[0].y + px(BRACKET_INSET), run[-1].foot - px(BRACKET_INSET)
            found.append(Bracket(run[0].item.group, y1, y2, len(run), run[-1].item))
            run.clear()

    for row in rows:
        if row.item.form != "row" or row.item.group < 0:
            close()
            continue
        if run and run[-1].item.group != row.item.group:
            close()
        run.append(row)
    close()
    return found


def label_boxes(row: Row, measure: Measure) -> list[tuple[float, float, float, float]]:
    """Return the boxes of all labels, words and badges of a row: left, top, right, bottom."""
    boxes: list[tuple[float, float, float, float]] = []
    half = measure.px(16) / 2
    for part in row.parts:
        if isinstance(part, PlacedArrow):
            boxes.extend(arrow_boxes(measure, part))
            continue
        if isinstance(part, PlacedPile):
            boxes.append(part.label.box)
            continue
        if part.note is not None:
            boxes.append(note_box(measure, part.note))
        if isinstance(part, PlacedChange):
            boxes.extend(
                (x, part.y - half, x + measure.badge(letters, service), part.y + half)
                for x, letters, service in part.badges
            )
        elif isinstance(part, PlacedMark) and part.badge is not None and part.mark.state:
            width = measure.badge(*part.mark.state)
            boxes.append((part.badge, part.y - half, part.badge + width, part.y + half))
    return boxes
