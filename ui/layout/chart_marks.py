"""Where state changes, faults and links stand in a row of the message chart."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from ui.layout.chart_columns import Column
from ui.layout.chart_items import Change, LinkMark, Mark
from ui.layout.chart_room import CLEAR, Note, Room

BESIDE = 10
GLYPH = 16
ARROW = 24
MARK_HALF = 9
BADGE_HEIGHT = 16


class PlacedChange(NamedTuple):
    """State badges beside a lifeline; each badge is (left edge, letters, service)."""

    change: Change
    x: float
    y: float
    badges: tuple[tuple[float, str, str], ...]
    end: float
    glyph: float | None
    note: Note | None


class PlacedMark(NamedTuple):
    """A mark on a lifeline, its words, and a badge's left edge."""

    mark: Mark
    x: float
    y: float
    note: Note | None
    badge: float | None


class PlacedLink(NamedTuple):
    """A link's event across two lifelines, or from one lifeline into the open."""

    link: LinkMark
    x1: float
    x2: float
    y: float
    note: Note | None


def place_change(change: Change, room: Room, y: float) -> PlacedChange | None:
    """Place old and new badges beside the lifeline, the timer's words on the other side."""
    column = room.columns.of(change.host)
    if column is None:
        return None
    px = room.measure.px
    if change.glyph == "timer":
        room.take(column.x - px(MARK_HALF), column.x + px(MARK_HALF))
    ends = (change.states[0], change.states[-1])
    for states in dict.fromkeys((change.states, ends, change.states[-1:])):
        for way in (1, -1):
            placed = _badges(change, states, column, way, room, y)
            if placed is not None:
                return placed
    note = _beside(change.text, column, room, y)
    return PlacedChange(change, column.x, y, (), column.x, None, note)


def _badges(
    change: Change,
    states: tuple[tuple[str, str], ...],
    column: Column,
    way: int,
    room: Room,
    y: float,
) -> PlacedChange | None:
    px = room.measure.px
    widths = [room.measure.badge(*state) for state in states]
    operator = change.glyph == "operator"
    lead = px(GLYPH + 6) if operator else 0
    total = lead + sum(widths) + px(ARROW) * (len(states) - 1)
    start = column.x + way * (column.half + px(BESIDE))
    if way < 0:
        start -= total
    if not room.is_free(start, start + total):
        return None
    room.take(start, start + total)
    at = start + lead
    badges: list[tuple[float, str, str]] = []
    for (letters, service), width in zip(states, widths, strict=True):
        badges.append((at, letters, service))
        at += width + px(ARROW)
    glyph = start + px(GLYPH) / 2 if operator else None
    note = _beside(change.text, column, room, y, -way)
    return PlacedChange(change, column.x, y, tuple(badges), start + total, glyph, note)


def _beside(
    text: str,
    column: Column,
    room: Room,
    y: float,
    first: int = -1,
    role: str = "ink2",
    bold: bool = False,
) -> Note | None:
    """Place words beside a mark on a lifeline, on one side or the other."""
    reach = room.measure.px(MARK_HALF) + room.measure.px(5)
    places = [(column.x + way * reach, "left" if way > 0 else "right") for way in (first, -first)]
    return room.note(text, y, places, role, bold)


def place_mark(mark: Mark, room: Room, y: float) -> PlacedMark | None:
    """Place a mark on its lifeline, or between the servers when it concerns the pair."""
    px = room.measure.px
    role = "bad" if mark.bad else "ink2"
    column = room.columns.of(mark.host)
    if column is None:
        return _place_between(mark, room, y) if mark.host == -1 else None
    room.take(column.x - px(MARK_HALF), column.x + px(MARK_HALF))
    badge = None
    if mark.state is not None:
        width = room.measure.badge(*mark.state)
        for way in (1, -1):
            start = column.x + way * (px(MARK_HALF) + px(5)) - (width if way < 0 else 0)
            if room.is_free(start, start + width):
                room.take(start, start + width)
                badge = start
                break
    note = _beside(mark.text, column, room, y, -1, role, mark.bad)
    return PlacedMark(mark, column.x, y, note, badge)


def _place_between(mark: Mark, room: Room, y: float) -> PlacedMark:
    """Place the octagon of a breach in the widest gap, its words at its right."""
    px = room.measure.px
    columns = room.columns.columns
    xs = [room.columns.left, *(c.x for c in columns), room.columns.right]
    width = room.measure.text(mark.text, True)
    gaps = sorted(pairwise(xs), key=lambda gap: gap[0] - gap[1])
    a, b = gaps[0]
    whole = px(20) + px(6) + width
    x = (a + b - whole) / 2 + px(10) if whole + px(16) <= b - a else (a + b) / 2
    room.take(x - px(11), x + px(11))
    note = room.note(mark.text, y, [(x + px(16), "left"), (x - px(16), "right")], "bad", True)
    return PlacedMark(mark, x, y, note, None)


def place_link(link: LinkMark, room: Room, y: float) -> PlacedLink | None:
    """Place the event of a link: between two lifelines, or beside the only host at it."""
    px = room.measure.px
    found = [c for c in (room.columns.of(link.a), room.columns.of(link.b)) if c is not None]
    columns = room.columns.columns
    if not columns:
        return None
    if not found:  # a link between segments: it concerns everybody
        one, other = columns[0], columns[-1]
        x1, x2 = one.x + one.half, other.x - other.half
    elif len(found) == 2:
        one, other = sorted(found, key=lambda c: c.x)
        x1, x2 = one.x + one.half + px(4), other.x - other.half - px(4)
    else:
        x1, x2 = _open_end(found[0], room)
    room.take(min(x1, x2), max(x1, x2))
    places = []
    for x, way in ((max(x1, x2), 1), (min(x1, x2), -1)):
        near = [c for c in columns if abs(c.x - x) <= c.half + px(6)]
        edge = near[0].half + px(BESIDE) if near else CLEAR + px(4)
        base = near[0].x if near else x
        places.append((base + way * edge, "left" if way > 0 else "right"))
    role = "bad" if link.cut else "ink2"
    note = room.note(link.text, y, places, role, link.cut)
    return PlacedLink(link, x1, x2, y, note)


def _open_end(column: Column, room: Room) -> tuple[float, float]:
    """Return a short stretch beside a lifeline, on the side with more room."""
    px = room.measure.px
    xs = [room.columns.left, *(c.x for c in room.columns.columns), room.columns.right]
    right = min((x for x in xs if x > column.x), default=room.columns.right) - column.x
    left = column.x - max((x for x in xs if x < column.x), default=room.columns.left)
    way = 1 if right >= left else -1
    reach = min(px(70), max(right, left) - px(12))
    start = column.x + way * (column.half + px(3))
    return start, column.x + way * reach
