"""Where the maps of a pool stand: cell sizes from the room, rows, titles, words and key.

Numbers only. One map a server, side by side, so the same address has the same place in each;
20 cells a row as long as they can be told apart, more when there are very many (VISUAL §6, §7).
"""

from __future__ import annotations

from math import ceil
from typing import Final, NamedTuple

from ui.layout.area import Area

LEAST_CELL: Final = 4
LETTER_CELL: Final = 20
LARGEST_PITCH: Final = 28
COLUMNS: Final = 20

GUTTER: Final = 40
EDGE: Final = 12
RIGHT: Final = 11
"""With the line at the right of the dock, 12."""
BETWEEN: Final = 20
TITLE: Final = 26
HEADS: Final = 14
SPANS: Final = 34
WORDS: Final = 22
KEY: Final = 16
BAR: Final = 14
BAR_PITCH: Final = 24


class Plan(NamedTuple):
    """The view's parts. Heights of 0 say that a part is left out.

    ``slots`` are the maps' parts of the view from the title down to the words; the cells of a
    map start at the slot's left edge, at ``top``. ``pitch`` 0: bars of counts take the place
    of cells.
    """

    w: float
    h: float
    unit: float
    addresses: int
    columns: int
    rows: int
    pitch: int
    cell: int
    top: int
    slots: tuple[Area, ...]
    title_y: float
    heads_y: float
    spans_y: float
    words_y: float
    key_y: float
    labels: int
    """A row's address stands at every so many rows; 0 for none."""
    labels_each: bool
    """Whether every map has its own row labels."""

    @property
    def lettered(self) -> bool:
        """Whether cells are large enough for letters."""
        return self.cell >= LETTER_CELL

    def cell_at(self, place: int, slot: int) -> Area:
        """Return the box of an address (by its place in the range) on a map."""
        row, column = divmod(place, self.columns)
        x, y = self.slots[slot].x + column * self.pitch, self.top + row * self.pitch
        return Area(x, y, self.cell, self.cell)

    def place_at(self, x: float, y: float) -> tuple[int, int]:
        """Return (place, slot) of the cell at a point, or (−1, −1)."""
        if not self.pitch:
            return (-1, -1)
        for number, slot in enumerate(self.slots):
            column, row = int((x - slot.x) // self.pitch), int((y - self.top) // self.pitch)
            if 0 <= column < self.columns and 0 <= row < self.rows:
                place = row * self.columns + column
                if place < self.addresses:
                    return (place, number)
        return (-1, -1)

    def bar(self, slot: int, left: float, right: float) -> Area:
        """Return the bar of counts of a map, between the words at its sides."""
        y = self.top + slot * BAR_PITCH * self.unit
        return Area(left, round(y), right - left, round(BAR * self.unit))


def arrange(w: float, h: float, unit: float, count: int, maps: int, octets: int = 4) -> Plan:
    """Return the plan for *count* addresses on *maps* maps; *octets*: digits of a row's label."""
    maps, count = max(1, maps), max(1, count)
    gutter = round((GUTTER + (octets - 4) * 7) * unit)
    edge, between = round(RIGHT * unit), round(BETWEEN * unit)
    top = round(min(TITLE * unit, max(20 * unit, h * 0.25)))
    words = WORDS * unit if h >= 96 * unit else 0.0
    key = KEY * unit if h >= 124 * unit else 0.0
    room = h - top - words - key - (5 * unit if not words else 0)
    columns, pitch = _cells(count, (w - gutter - edge - between * (maps - 1)) / maps, room)
    heads = spans = 0.0
    wider = _wider_gutters(w, gutter, edge, between, maps)
    if pitch - 2 >= LETTER_CELL:
        extra = (HEADS + SPANS) * unit
        other = _cells(count, wider, room - extra)
        if other[1] - 2 >= LETTER_CELL:
            columns, pitch = other
            heads, spans = HEADS * unit, SPANS * unit
    labels_each = heads > 0
    if pitch - 1 < LEAST_CELL:
        pitch, top = 0, round(12 * unit)
    cell = pitch - (2 if pitch - 2 >= LETTER_CELL else 1) if pitch else 0
    rows = ceil(count / columns)
    slots = _slots(w, h, gutter, edge, between, maps, labels_each=labels_each)
    grid = rows * pitch if pitch else maps * BAR_PITCH * unit
    below = top + heads + grid + spans
    # What stands below the maps keeps near them, and never nearer to the foot than its height.
    words_y = min(below + 12 * unit, h - key - words / 2 + 1) if words else 0.0
    return Plan(
        w, h, unit, count, columns, rows, pitch, cell,
        top=round(top + heads),
        slots=slots,
        title_y=round(top / 2),
        heads_y=top + heads / 2 - unit if heads else 0.0,
        spans_y=top + heads + grid + 8 * unit if spans else 0.0,
        words_y=words_y,
        key_y=words_y + 17 * unit if key else 0.0,
        labels=_label_step(pitch, unit),
        labels_each=labels_each,
    )  # fmt: skip


def _cells(count: int, width: float, height: float) -> tuple[int, int]:
    """Return columns and pitch: the largest pitch, with 20 columns where that is as good."""
    best, pitch = COLUMNS, 0
    for columns in _choices(count):
        rows = ceil(count / columns)
        own = int(min(width / columns, height / rows, LARGEST_PITCH))
        if own > pitch:
            best, pitch = columns, own
    return best, max(0, pitch)


def _choices(count: int) -> list[int]:
    """Return the numbers of columns worth trying, 20 first."""
    few = [columns for columns in (10, 5, count) if count <= 2 * columns and columns < COLUMNS]
    many = list(range(2 * COLUMNS, 13 * COLUMNS, COLUMNS))
    return [COLUMNS, *few, *(columns for columns in many if columns < 2 * count)]


def _wider_gutters(w: float, gutter: float, edge: float, between: float, maps: int) -> float:
    """Return the room of a map when every map has row labels of its own."""
    return (w - edge - maps * gutter - between * (maps - 1)) / maps


def _slots(
    w: float, h: float, gutter: float, edge: float, between: float, maps: int, *, labels_each: bool
) -> tuple[Area, ...]:
    if labels_each:
        width = _wider_gutters(w, gutter, edge, between, maps)
        step = gutter + width + between
    else:
        width = (w - gutter - edge - between * (maps - 1)) / maps
        step = width + between
    return tuple(Area(round(gutter + n * step), 0, int(width), h) for n in range(maps))


def _label_step(pitch: int, unit: float) -> int:
    """Return at every how many rows a label has room."""
    if not pitch:
        return 0
    return max(1, ceil(13 * unit / pitch))


class KeyPlace(NamedTuple):
    """An entry of the key: which, and the left edge of its swatch."""

    name: str
    x: float


def place_key(
    entries: list[tuple[str, float]], left: float, right: float, unit: float
) -> tuple[KeyPlace, ...]:
    """Return where entries (name, width) stand; one that has no room is left out."""
    gap = 16 * unit
    places, x = [], left
    for name, width in entries:
        if x + width > right:
            break
        places.append(KeyPlace(name, x))
        x += width + gap
    return tuple(places)


def near_box(
    cell: Area, w: float, h: float, bounds: Area, gap: float
) -> tuple[Area, tuple[float, float]]:
    """Return where a card of w × h stands beside a cell within bounds, and where its tail starts.

    Above the cell if there is room, else below, else wherever it stays inside.
    """
    middle = cell.x + cell.w / 2
    x = max(bounds.x, min(middle - 2.5 * gap, bounds.right - w))
    y = cell.y - h - gap
    if y < bounds.y:
        y = cell.bottom + gap
    y = max(bounds.y, min(y, bounds.bottom - h))
    box = Area(round(x), round(y), w, h)
    root = min(max(middle, box.x + 1.2 * gap), box.right - 1.2 * gap)
    return box, (root, box.bottom if box.y < cell.y else box.y)
