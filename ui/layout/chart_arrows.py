"""Where messages and piles stand in a row of the message chart: lines, ends, labels, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ui.layout.chart_columns import Column, Columns, Px
from ui.layout.chart_items import Arrow, Fate, Pile
from ui.layout.chart_room import (
    CAPSULE,
    DOT,
    SPARE,
    SPARE_AT_CROSS,
    SPARE_OF_PILE,
    Label,
    Measure,
    Note,
    Room,
    fit_label,
    segments,
)

SLOPE = 10
START = 7
MIDDLE = 11
CROSS_BEFORE = 14
EDGE = 1
STUB = 60
WORDS_LEAST = 15
"""Words stand no lower in a row, so that they keep clear of a fold below."""
KINK = 40
HEIGHTS = {"plain": 22, "twice": 34, "held": 46, "refused": 42}


class Stop(NamedTuple):
    """Where a line meets the lifeline of a host, and what became of the message there."""

    fate: Fate
    x: float
    y: float
    column: float
    passed: bool
    """The line goes on behind it."""


class PlacedArrow(NamedTuple):
    """A message: one path or two from the sender; each path's last stop is its end.

    ``kink`` is where a message that was held back went on: x, y above, y below.
    """

    arrow: Arrow
    x: float
    y: float
    paths: tuple[tuple[Stop, ...], ...]
    label: Label
    notes: tuple[Note, ...]
    tick: float | None = None
    tick_note: Note | None = None
    kink: tuple[float, float, float] | None = None
    tag: Label | None = None
    second: tuple[float, float, float, float] | None = None


class PlacedPile(NamedTuple):
    """A pile on its line, with heads at both ends."""

    pile: Pile
    x1: float
    x2: float
    y: float
    label: Label


def arrow_height(arrow: Arrow) -> int:
    """Return the height of a message's row at 100 %."""
    return HEIGHTS[arrow.form]


def place_arrow(arrow: Arrow, room: Room, top: float, height: float) -> PlacedArrow | None:
    """Place a message; None when its sender has no lifeline."""
    columns, px = room.columns, room.measure.px
    sender = columns.of(arrow.host)
    if sender is None:
        return None
    y, slope = top + px(START), float(px(SLOPE))
    kink = None
    if arrow.form == "held":
        kink, y_line = _kink(arrow, sender, columns, px(KINK), y, height - px(21)), y
        y = kink[2] if kink else y_line
    sides = _sides(arrow, sender, columns)
    paths = tuple(_path(sender, side, columns, y, slope, px) for side in sides)
    if not paths:
        paths = (_stub(sender, columns, y, slope, px(STUB)),)
    label = _label(arrow, kink[0] if kink else sender.x, y, slope, paths, room, top)
    for path in paths:
        room.take(sender.x, path[-1].x)
    box = label.box
    room.take(box[0] - 2, box[2] + 2)
    tick, tick_note = _tick(arrow, sender, room, y, 1 if paths[0][-1].x > sender.x else -1)
    notes = _notes(arrow, sender, paths, room, label, top + px(WORDS_LEAST))
    start = y
    if kink is not None:
        start = kink[1] - px(2)
        notes += _held_words(arrow, kink, sender, paths, room)
    second = None
    if arrow.form == "twice":
        end = paths[0][-1]
        second = (sender.x, y + px(2), end.x, min(end.y + px(12), top + height - 3))
    tag = _tag(arrow, label, room, top + height - px(11)) if arrow.form == "refused" else None
    return PlacedArrow(
        arrow, sender.x, start, paths, label, tuple(notes), tick, tick_note, kink, tag, second
    )


def _kink(
    arrow: Arrow, sender: Column, columns: Columns, reach: int, y: float, down: float
) -> tuple[float, float, float] | None:
    """Return where a message that was held back waited."""
    targets = [c.x for f in arrow.fates if (c := columns.of(f.host)) is not None]
    if not targets:
        return None
    way = 1 if targets[0] > sender.x else -1
    return sender.x + way * reach, y + 2, y + down


def _sides(arrow: Arrow, sender: Column, columns: Columns) -> list[list[tuple[Column, Fate]]]:
    """Return the hosts right and left of the sender, the nearest first."""
    found: list[tuple[Column, Fate]] = []
    for fate in arrow.fates:
        column = columns.of(fate.host)
        if column is not None and column.x != sender.x:
            found.append((column, fate))
    right = sorted((f for f in found if f[0].x > sender.x), key=lambda f: f[0].x)
    left = sorted((f for f in found if f[0].x < sender.x), key=lambda f: -f[0].x)
    return [side for side in (right, left) if side]


def _path(
    sender: Column,
    side: Sequence[tuple[Column, Fate]],
    columns: Columns,
    y: float,
    slope: float,
    px: Px,
) -> tuple[Stop, ...]:
    """Return the stops of a line, the last one being its end."""
    ends: list[tuple[Fate, float, float]] = []
    for place, (column, fate) in enumerate(side):
        last = place == len(side) - 1
        ends.append((fate, _end_x(sender, column, columns, fate, last, px), column.x))
    way = 1 if side[0][0].x > sender.x else -1
    far = ends[-1][1] - sender.x
    return tuple(
        Stop(fate, x, y + slope * (x - sender.x) / far, column, (ends[-1][1] - x) * way > 1)
        for fate, x, column in ends
    )


def _end_x(
    sender: Column, column: Column, columns: Columns, fate: Fate, last: bool, px: Px
) -> float:
    """Return where a message ends at a host: at its edge, or where it died."""
    way = 1 if column.x > sender.x else -1
    if fate.what != "lost":
        edge = column.half + (0 if fate.what == "ignored" else EDGE)
        return column.x - way * edge
    if not last:
        return column.x
    if fate.near == "middle":
        return (sender.x + column.x) / 2 + way * px(CROSS_BEFORE)
    if fate.near == "sender":
        first = segments(columns, sender.x, column.x)[0]
        return first[1] - way * px(CROSS_BEFORE + 6)
    return column.x - way * px(CROSS_BEFORE)


def _stub(sender: Column, columns: Columns, y: float, slope: float, reach: int) -> tuple[Stop, ...]:
    """A message that nobody was there to hear: a short line away from the edge of the chart."""
    last = columns.columns[-1].x
    way = -1 if sender.x == last and len(columns.columns) > 1 else 1
    x = sender.x + way * reach
    return (Stop(Fate(-1, "nobody", 0), x, y + slope / 2, x, False),)


def _label(
    arrow: Arrow,
    start: float,
    y: float,
    slope: float,
    paths: tuple[tuple[Stop, ...], ...],
    room: Room,
    top: float,
) -> Label:
    """Place the capsule in a gap between lifelines, on the line, inside the row."""
    px = room.measure.px
    path = max(paths, key=lambda p: abs(p[-1].x - start))
    end = path[-1]
    # A message that died in the middle has its capsule on the part that it did go.
    gaps = segments(room.columns, start, end.x if _is_cut_short(end) else end.column)
    spare = [float(px(SPARE))] * len(gaps)
    if _is_cut_short(end):
        spare[-1] = float(px(SPARE_AT_CROSS))
    text, x, w = fit_label(arrow.labels, gaps, room.measure.capsule, spare)
    far = end.x - start
    line_y = y + slope * (x - start) / far if far else y
    h = float(px(CAPSULE)) if text else float(px(DOT))
    low = top + (px(START) if not arrow.extra else 0) + 1
    # The halo of a capsule in flight stays above the playhead.
    high = top + px(10) if arrow.flying and not arrow.extra else y + px(8)
    return Label(text, x, min(max(line_y, low + 1), high), w, h)


def _is_cut_short(end: Stop) -> bool:
    return end.fate.what in ("lost", "nobody")


def _tick(
    arrow: Arrow, sender: Column, room: Room, y: float, way: int
) -> tuple[float | None, Note | None]:
    """Place T1 or T2 behind the sender's lifeline; beside the times there is always room for it."""
    if not arrow.tick:
        return None, None
    px, width = room.measure.px, room.measure.text(arrow.tick, True)
    x = sender.x - way * px(10) - (width if way > 0 else 0)
    free = room.is_free(x, x + width) or (way > 0 and x + width <= room.columns.left + px(16))
    if not free:
        return y, None
    room.take(x, x + width)
    return y, Note(arrow.tick, x, y, width, "ink", True)


def _notes(
    arrow: Arrow,
    sender: Column,
    paths: tuple[tuple[Stop, ...], ...],
    room: Room,
    label: Label,
    lowest: float,
) -> tuple[Note, ...]:
    """Place the words of what became of it, beyond the host; then what stands at the sender."""
    px = room.measure.px
    found: list[Note] = []
    for path in paths:
        for stop in reversed(path):
            if stop.fate.what not in ("ignored", "lost") or not stop.fate.words:
                continue
            note = room.note(stop.fate.words, min(stop.y, lowest), _beyond(stop, sender, px(14)))
            if note is not None:
                found.append(note._replace(record=stop.fate.record))
    if arrow.note:
        way = 1 if paths[0][-1].x > sender.x else -1
        reach = sender.half + px(10)
        places = [(sender.x - way * reach, "right" if way > 0 else "left")]
        for path in paths:
            places += _beyond(path[-1], sender, px(14))
        note = room.note(arrow.note, label.y, places)
        if note is not None:
            found.append(note)
    return tuple(found)


def _beyond(stop: Stop, sender: Column, reach: int) -> list[tuple[float, str]]:
    """Return the places for words behind a stop, as seen from the sender."""
    way = 1 if stop.column > sender.x else -1
    end = "left" if way > 0 else "right"
    places = [(stop.column + way * reach, end)]
    if stop.fate.what == "lost" and not stop.passed:
        places.append((stop.x + way * reach, end))
    return places


def _held_words(
    arrow: Arrow,
    kink: tuple[float, float, float],
    sender: Column,
    paths: tuple[tuple[Stop, ...], ...],
    room: Room,
) -> tuple[Note, ...]:
    """The words beside the clock stand above the capsule, so only lifelines limit them."""
    px = room.measure.px
    way = 1 if kink[0] > sender.x else -1
    above = Room(room.columns, room.measure)
    side = (kink[0] + way * px(12), "left" if way > 0 else "right")
    note = above.note(arrow.extra[0], (kink[1] + kink[2]) / 2 - px(2), [side])
    return (note,) if note is not None else ()


def _tag(arrow: Arrow, label: Label, room: Room, y: float) -> Label | None:
    """Place the red tag of a refusal under the capsule, in the same gap."""
    px = room.measure.px
    left = max((c.x for c in room.columns.columns if c.x < label.x), default=room.columns.left)
    right = min((c.x for c in room.columns.columns if c.x > label.x), default=room.columns.right)
    for text in arrow.extra:
        width = room.measure.text(text) + px(14)
        if width + px(16) <= right - left:
            x = min(max(label.x, left + px(8) + width / 2), right - px(8) - width / 2)
            return Label(text, x, y, width, float(px(16)))
    return None


def place_pile(pile: Pile, room: Room, top: float) -> PlacedPile | None:
    """Place a pile between the lifelines of its two hosts."""
    px = room.measure.px
    a, b = room.columns.of(pile.a), room.columns.of(pile.b)
    if a is None or b is None or a.x == b.x:
        return None
    if a.x > b.x:
        a, b = b, a
    y = top + px(MIDDLE)
    x1 = a.x + a.half + px(2 if a.kind == "server" else 4)
    x2 = b.x - b.half - px(2 if b.kind == "server" else 4)
    gaps = segments(room.columns, a.x, b.x)
    spare = [float(px(SPARE_OF_PILE))] * len(gaps)
    text, x, w = fit_label(pile.shown, gaps, room.measure.pile, spare)
    h = float(px(CAPSULE)) if text else float(px(DOT))
    room.take(x1, x2)
    return PlacedPile(pile, x1, x2, y, Label(text, x, y, w, h))


def arrow_boxes(measure: Measure, placed: PlacedArrow) -> list[tuple[float, float, float, float]]:
    """Return the boxes of all labels and words of a message: left, top, right, bottom."""
    boxes = [placed.label.box]
    if placed.tag is not None:
        boxes.append(placed.tag.box)
    notes = [*placed.notes, *([placed.tick_note] if placed.tick_note else [])]
    boxes.extend(note_box(measure, note) for note in notes)
    return boxes


def note_box(measure: Measure, note: Note) -> tuple[float, float, float, float]:
    """Return the box of words."""
    half = measure.px(10) / 2
    return (note.x, note.y - half, note.x + note.w, note.y + half)
