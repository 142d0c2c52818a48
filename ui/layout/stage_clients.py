"""Where clients hang below a segment, and in which form: the more, the smaller (VISUAL §7)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal, NamedTuple

from ui.layout.window import Rect
from ui.view import metrics

if TYPE_CHECKING:
    from ui.layout.stage import Bar, Line

Form = Literal["words", "rows", "row", "rings", "cells", "none"]
"""Ring with words beside it; rows of seven with two lines below; one such row; small rings;
cells; nothing."""

WORDS = 3
ROW = 7
ROWS = 14
RINGS = 60
WORDS_LEAST = 118
"""A client with words beside its ring needs this much of the bar."""
ROW_PITCH_LEAST = 37
RING_PITCHES = (24, 22, 20)
CELL_SIZES = ((8, 10), (7, 8), (5, 6), (4, 5))
"""Size of a cell and distance of two."""
OUTSIDE = 2
"""Half the stroke of a ring: how far it reaches beyond its radius."""
KEY_FROM = 380
"""Height of a stage that has room for the key below the clients."""
KEY = 40


class Spot(NamedTuple):
    """A client: middle and radius of its ring, or middle and half size of its cell.

    ``words`` is the room of its words: beside the ring, below it, or nothing.
    """

    x: int
    y: int
    r: int
    words: Rect

    @property
    def area(self) -> Rect:
        """Ring and words together."""
        left, top = self.x - self.r - OUTSIDE, self.y - self.r - OUTSIDE
        own = Rect(left, top, 2 * (self.r + OUTSIDE), 2 * (self.r + OUTSIDE))
        if not self.words.w:
            return own
        x, y = min(own.x, self.words.x), min(own.y, self.words.y)
        right, bottom = max(own.right, self.words.right), max(own.bottom, self.words.bottom)
        return Rect(x, y, right - x, bottom - y)


@dataclass(frozen=True)
class Clients:
    """The clients of one segment: their form, their spots in order, and how each is joined.

    ``drops`` has the line from each client to the bar. ``stems`` are the lines to paint when
    clients share them. ``hidden`` counts the clients for which there is no room.
    """

    form: Form
    spots: tuple[Spot, ...]
    drops: tuple[Line, ...]
    stems: tuple[Line, ...] = ()
    hidden: int = 0


def arrange_clients(count: int, bar: Bar, height: int, scale: float = 1.0) -> Clients:
    """Return where the clients of a segment stand, below its bar, on a stage of some height."""
    if not count or not bar.y:
        return Clients("none", (), (), (), count)
    foot = height - round((KEY if has_key(height, scale) else 2) * scale)
    for form in (_words, _rows, _row, _rings, _cells):
        found = form(count, bar, foot, scale)
        if found is not None:
            return found
    return Clients("none", (), (), (), count)


def has_key(height: int, scale: float) -> bool:
    """Whether the stage is high enough for a key at its foot."""
    return height >= KEY_FROM * scale


def _below(bar: Bar) -> int:
    """The first row of pixels below a bar."""
    return bar.y + round(metrics.SEGMENT / 2)


def _words(count: int, bar: Bar, foot: int, scale: float) -> Clients | None:
    """Up to three clients, each with its words beside it; on a short bar up to two."""
    wide = bar.x2 - bar.x1
    places = next((n for n in (WORDS, WORDS - 1) if wide / n >= WORDS_LEAST * scale), 0)
    if not places or count > places:
        return None
    pitch = wide / places
    r = round(metrics.RING_RADIUS * scale)
    room = foot - _below(bar)
    drop = min(60 * scale, max(4 * scale, (room - 2 * r) * 0.36))
    y = _below(bar) + round(drop) + r + OUTSIDE
    if y + r + OUTSIDE > foot:
        return None
    inside = round(min(52 * scale, max(r + OUTSIDE, pitch * 0.24)))
    spots = []
    for place in range(count):
        x = bar.x1 + round(pitch * place) + inside
        left = x + r + round(8 * scale)
        wide = x + round(pitch) - r - round(8 * scale) - left
        if place == places - 1:
            wide = bar.x2 - left
        high = round(40 * scale)
        spots.append(Spot(x, y, r, Rect(left, y - high // 2, wide, high)))
    return Clients("words", tuple(spots), tuple(_upright(spot, bar) for spot in spots))


def _rows(count: int, bar: Bar, foot: int, scale: float) -> Clients | None:
    """Rows of seven; a line to the second row passes between the clients of the first."""
    rows = ceil(count / ROW)
    pitch = (bar.x2 - bar.x1) / ROW
    r = round(metrics.RING_RADIUS_ROWS * scale)
    text = round(28 * scale)
    body = 2 * (r + OUTSIDE) + text
    room = foot - _below(bar)
    least = round(12 * scale)
    if count > ROWS or pitch < 2 * r + 20 * scale or room < rows * (body + least):
        return None
    spare = min((room - rows * body) // rows, round(44 * scale))
    spots, drops = [], []
    for place in range(count):
        row, column = divmod(place, ROW)
        x = bar.x1 + round(pitch * (column + 0.5))
        y = _below(bar) + row * (body + spare) + spare + r + OUTSIDE
        wide = round(pitch) - 4
        words = Rect(x - wide // 2, y + r + OUTSIDE + 1, wide, text)
        spot = Spot(x, y, r, words)
        spots.append(spot)
        drops.append(_upright(spot, bar) if row == 0 else _elbow(spot, bar, pitch, spare))
    return Clients("rows", tuple(spots), tuple(drops))


def _elbow(spot: Spot, bar: Bar, pitch: float, spare: int) -> Line:
    """Return the line to a client of the second row."""
    aside = max(bar.x1 + 2, spot.x - round(pitch / 2))
    top = spot.y - spot.r - OUTSIDE
    turn = top - spare // 2
    return ((spot.x, top), (spot.x, turn), (aside, turn), (aside, bar.y))


def _row(count: int, bar: Bar, foot: int, scale: float) -> Clients | None:
    """One row of up to fourteen, for a stage too low for two rows."""
    wide = bar.x2 - bar.x1
    roomy = count <= ROW and wide / ROW >= ROW_PITCH_LEAST * scale
    pitch = wide / (ROW if roomy else count)
    r = round(metrics.RING_RADIUS * scale)
    text = round(24 * scale)
    room = foot - _below(bar) - 2 * (r + OUTSIDE) - round(3 * scale)
    if count > ROWS or pitch < ROW_PITCH_LEAST * scale or room < round(13 * scale):
        return None
    if room < text:
        text = round(13 * scale)
    drop = round(3 * scale) + min(round(24 * scale), (room - text) // 2)
    spots = []
    for place in range(count):
        x = bar.x1 + round(pitch * (place + 0.5))
        y = _below(bar) + drop + r + OUTSIDE
        wide = round(pitch) - 2
        spots.append(Spot(x, y, r, Rect(x - wide // 2, y + r + OUTSIDE, wide, text)))
    return Clients("row", tuple(spots), tuple(_upright(spot, bar) for spot in spots))


def _rings(count: int, bar: Bar, foot: int, scale: float) -> Clients | None:
    """Small rings in columns, without words; those of a column hang from one line."""
    if count > RINGS:
        return None
    r = round(metrics.RING_RADIUS_MANY * scale)
    room = foot - _below(bar) - round(4 * scale)
    for each in RING_PITCHES:
        pitch = round(each * scale)
        columns = max(1, (bar.x2 - bar.x1) // pitch)
        rows = ceil(count / columns)
        if rows * pitch <= room:
            break
    else:
        return None
    spread = (bar.x2 - bar.x1) / columns
    top = _below(bar) + round(4 * scale) + min(round(20 * scale), (room - rows * pitch) // 3)
    spots = []
    for place in range(count):
        row, column = divmod(place, columns)
        x = bar.x1 + round(spread * (column + 0.5))
        y = top + row * pitch + pitch // 2
        spots.append(Spot(x, y, r, Rect(x, y, 0, 0)))
    drops = tuple(_upright(spot, bar) for spot in spots)
    last = spots[max(0, len(spots) - columns) :]
    return Clients("rings", tuple(spots), drops, tuple(_upright(spot, bar) for spot in last))


def _cells(count: int, bar: Bar, foot: int, scale: float) -> Clients | None:
    """A cell a client, in rows; clients without room are counted."""
    room = foot - _below(bar) - round(8 * scale)
    wide = bar.x2 - bar.x1
    for each in CELL_SIZES:
        size, pitch = each
        columns, rows = wide // pitch, room // pitch
        if columns * rows >= count:
            break
    if columns < 1 or rows < 1:
        return None
    shown = min(count, columns * rows)
    top = _below(bar) + round(8 * scale)
    if shown == count:
        top += min(round(16 * scale), (room - ceil(shown / columns) * pitch) // 3)
    left = bar.x1 + (wide - columns * pitch) // 2
    spots = []
    for place in range(shown):
        row, column = divmod(place, columns)
        x, y = left + column * pitch, top + row * pitch
        spots.append(Spot(x + size // 2, y + size // 2, size // 2, Rect(x, y, 0, 0)))
    middle = (bar.x1 + bar.x2) // 2
    stem: Line = ((middle, top), (middle, bar.y))
    drops = tuple(((spot.x, top), (spot.x, bar.y)) for spot in spots)
    return Clients("cells", tuple(spots), drops, (stem,), count - shown)


def _upright(spot: Spot, bar: Bar) -> Line:
    return ((spot.x, spot.y - spot.r - OUTSIDE), (spot.x, bar.y))
