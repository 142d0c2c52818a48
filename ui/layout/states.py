"""Where the state chart's nodes, edges, names and tokens stand (VISUAL §8): numbers only.

Nodes are placed by hand, in two forms: compact (472 × 188) and large (1440 × 800). The places
are stretched to the view; nodes, text and the ends of edges at their nodes keep their size, so
an arrow always touches its node.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import hypot
from typing import Final, NamedTuple

from ui.layout.area import Area

Point = tuple[float, float]


class Path(NamedTuple):
    """An edge as it is drawn: straight, or one cubic with two control points."""

    start: Point
    end: Point
    control: tuple[Point, Point] | None = None

    def at(self, t: float) -> Point:
        """Return the point at a share of the way."""
        (x0, y0), (x3, y3) = self.start, self.end
        if self.control is None:
            return (x0 + (x3 - x0) * t, y0 + (y3 - y0) * t)
        (x1, y1), (x2, y2) = self.control
        u = 1 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        return (a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3)

    def points(self) -> tuple[Point, ...]:
        """Return the path as a polyline."""
        if self.control is None:
            return (self.start, self.end)
        return tuple(self.at(step / PIECES) for step in range(PIECES + 1))

    def distance(self, x: float, y: float) -> float:
        """Return how far a point lies from the path."""
        line = self.points()
        return min(_to_segment(x, y, a, b) for a, b in pairwise(line))

    def meets(self, rect: Area) -> bool:
        """Whether the path touches a rectangle."""
        line = self.points()
        return any(_crosses(rect, a, b) for a, b in pairwise(line))


PIECES: Final = 24
COMPACT_SIZE: Final = (472, 188)
LARGE_SIZE: Final = (1440, 800)
LETTERS_ONLY_BELOW: Final = 440
LARGE_FROM: Final = (940, 330)
"""From this size on, at 100 %, the large form has room for its nodes."""

COMPACT: Final[dict[str, Point]] = {
    "S": (40, 40), "R": (140, 40), "RW": (222, 40), "RD": (304, 40), "PA": (374, 40),
    "SD": (432, 40), "PC": (140, 100), "CD": (222, 100), "N": (304, 100), "CI": (412, 100),
    "RI": (140, 160), "PD": (412, 160),
}  # fmt: skip
LARGE: Final[dict[str, Point]] = {
    "S": (138, 168), "R": (404, 168), "RW": (668, 168), "RD": (932, 168), "PA": (1182, 168),
    "SD": (1332, 168), "PC": (404, 408), "CD": (668, 408), "N": (932, 408), "CI": (1302, 408),
    "RI": (404, 648), "PD": (1302, 648),
}  # fmt: skip

_COMPACT_NODE: Final = (34, 20)
_LARGE_NODE: Final = (196, 60)

# The last three of each table have no place in VISUAL §8: straight lines (DESIGN §11.28), two
# that leave STARTUP at its foot, clear of RECOVER, and one between the rows.
COMPACT_PATHS: Final[dict[str, Path]] = {
    "S>R": Path((58, 40), (122, 40)),
    "R>RW": Path((158, 40), (204, 40)),
    "RW>RD": Path((240, 40), (286, 40)),
    "R>PC": Path((140, 52), (140, 88)),
    "RD>N": Path((307, 52), (307, 88)),
    "RD>CI": Path((322, 45), (394, 93), ((346, 50), (360, 84))),
    "RD>PC": Path((296, 52), (150, 88), ((282, 70), (180, 64))),
    "PC>N": Path((159, 93), (285, 93), ((196, 74), (248, 74))),
    "PC>CD": Path((158, 100), (204, 100)),
    "CD>N": Path((240, 100), (286, 100)),
    "PC>RI": Path((135, 112), (135, 148)),
    "RI>PC": Path((145, 148), (145, 112)),
    "RI>PD": Path((158, 163), (394, 164), ((230, 171), (322, 171))),
    "PD>PC": Path((394, 156), (152, 113), ((292, 157), (224, 164))),
    "CI>PC": Path((393, 109), (158, 111), ((320, 154), (232, 154))),
    "N>PD": Path((323, 109), (400, 148)),
    "PD>N": Path((393, 152), (314, 112)),
    "CI>N": Path((394, 105), (322, 105)),
    "CI>PD": Path((412, 112), (412, 148)),
    "N>CI": Path((322, 96), (394, 96)),
    "S>CI": Path((54, 52), (394, 93)),
    "S>PC": Path((46, 52), (126, 88)),
    "CI>R": Path((394, 95), (152, 52)),
}
LARGE_PATHS: Final[dict[str, Path]] = {
    "S>R": Path((239, 168), (303, 168)),
    "R>RW": Path((505, 168), (567, 168)),
    "RW>RD": Path((769, 168), (831, 168)),
    "R>PC": Path((404, 200), (404, 376)),
    "RD>N": Path((944, 200), (944, 376)),
    "RD>CI": Path((1030, 192), (1253, 376), ((1084, 224), (1190, 300))),
    "RD>PC": Path((883, 200), (453, 376), ((850, 276), (560, 232))),
    "PC>N": Path((478, 377), (861, 376), ((520, 334), (790, 334))),
    "PC>CD": Path((505, 408), (567, 408)),
    "CD>N": Path((769, 408), (831, 408)),
    "PC>RI": Path((392, 440), (392, 616)),
    "RI>PC": Path((416, 616), (416, 440)),
    "RI>PD": Path((505, 662), (1201, 662), ((620, 682), (1060, 682))),
    "PD>PC": Path((1201, 642), (453, 440), ((1060, 632), (640, 632))),
    "CI>PC": Path((1224, 440), (492, 440), ((1080, 552), (700, 558))),
    "N>PD": Path((1008, 440), (1241, 616)),
    "PD>N": Path((1220, 616), (983, 440)),
    "CI>N": Path((1201, 420), (1033, 420)),
    "CI>PD": Path((1302, 440), (1302, 616)),
    "N>CI": Path((1033, 396), (1201, 396)),
    "S>CI": Path((212, 200), (1253, 376)),
    "S>PC": Path((170, 200), (340, 376)),
    "CI>R": Path((1202, 392), (446, 200)),
}

NAME_PLACES: Final[dict[str, str]] = {
    "S": "above", "R": "above", "RW": "above", "RD": "above", "PA": "above", "SD": "above",
    "PC": "left", "CD": "below", "N": "above right", "CI": "above", "RI": "left", "PD": "below",
}  # fmt: skip
NAME_LINES: Final[dict[str, tuple[str, ...]]] = {
    "S": ("STARTUP",), "R": ("RECOVER",), "RW": ("RECOVER-", "WAIT"), "RD": ("RECOVER-", "DONE"),
    "PA": ("PAUSED",), "SD": ("SHUTDOWN",), "PC": ("POTENTIAL-", "CONFLICT"),
    "CD": ("CONFLICT-DONE",), "N": ("NORMAL",), "CI": ("COMMUNICATION-", "INTERRUPTED"),
    "RI": ("RESOLUTION-", "INTERRUPTED"), "PD": ("PARTNER-DOWN",),
}  # fmt: skip

# Where the tokens hang at a node, for one and for two: (share of half the node's size, px
# beyond it) in x and in y. Each place is free of names and of the heads of edges.
_AT_FOOT: Final = (((-1, -2), (1, 4)), ((-1, 15), (1, 8)))
_TOKENS: Final[dict[str, tuple[tuple[Point, Point], tuple[Point, Point]]]] = {
    "CI": (((1, 13), (0, 0)), ((1, 30), (0, 0))),
    "PD": (((1, 13), (0, 0)), ((1, 30), (0, 0))),
    "RD": (((-1, -8), (-1, 1)), ((1, 8), (-1, 1))),
    "PA": (((-1, -8), (0, 0)), ((1, 8), (0, 0))),
    "SD": (((-1, -9), (0, 0)), ((1, 10), (0, 0))),
    "RI": (((-1, 4), (1, 6)), ((-1, 21), (1, 6))),
    "PC": (((-1, -21), (1, 9)), ((-1, -4), (1, 9))),
    "CD": (((-1, -2), (-1, -2)), ((-1, 15), (-1, -6))),
}
_ALONE_SECOND: Final = ("PC", "RD", "SD")
"""Where a single token takes the second place."""

NAME_PITCH: Final = 11
NAME_ABOVE: Final = 9
NAME_BELOW: Final = 9
NAME_BESIDE: Final = 6
NAME_HALF: Final = 5


class Chart(NamedTuple):
    """The chart at a size: the form, node boxes by letters, the scale of its fixed sizes."""

    form: str
    w: float
    h: float
    unit: float
    nodes: dict[str, Area]
    badge: int
    """Nominal height of the compact form's nodes."""

    @property
    def crowded(self) -> bool:
        """Whether rows stand too close for tokens, and for edges that do not matter now."""
        return self.nodes["PC"].y - self.nodes["S"].y < 30 * self.unit

    def paths(self, name: str) -> Path:
        """Return an edge's path by the letters of its states: ``CI>N``."""
        start, _, end = name.partition(">")
        table, centres = _tables(self.form)
        base = table.get(name)
        if base is None:
            return _straight(self.nodes[start], self.nodes[end], 2 * self.unit)
        return self._moved(base, start, end, centres)

    def _moved(self, base: Path, start: str, end: str, centres: dict[str, Point]) -> Path:
        first = self._tied(base.start, start, centres)
        last = self._tied(base.end, end, centres)
        if base.control is None:
            return Path(first, last)
        wide, high = self._stretch(centres)
        (ax, ay), (bx, by) = base.control
        one = (first[0] + (ax - base.start[0]) * wide, first[1] + (ay - base.start[1]) * high)
        two = (last[0] + (bx - base.end[0]) * wide, last[1] + (by - base.end[1]) * high)
        return Path(first, last, (one, two))

    def _tied(self, point: Point, node: str, centres: dict[str, Point]) -> Point:
        """Return where an edge's end stands: as far from its node as in the drawing."""
        box, (cx, cy) = self.nodes[node], centres[node]
        full = _LARGE_NODE if self.form == "large" else _COMPACT_NODE
        along = (point[0] - cx, point[1] - cy)
        middle = box.centre
        return (
            middle[0] + _fitted(along[0], full[0] / 2, box.w / 2, self.unit),
            middle[1] + _fitted(along[1], full[1] / 2, box.h / 2, self.unit),
        )

    def _stretch(self, centres: dict[str, Point]) -> Point:
        (x0, y0), (x1, y1) = centres["S"], centres["PD"]
        (u0, v0), (u1, v1) = self.nodes["S"].centre, self.nodes["PD"].centre
        return ((u1 - u0) / (x1 - x0), (v1 - v0) / (y1 - y0))


@lru_cache(maxsize=8)
def arrange(w: float, h: float, unit: float = 1.0) -> Chart:
    """Return the chart at a size; *unit* is the user's font scale."""
    if w >= LARGE_FROM[0] * unit and h >= LARGE_FROM[1] * unit:
        return _large(w, h, unit)
    named = w >= LETTERS_ONLY_BELOW * unit and h >= 160 * unit
    return _compact(w, h, unit, named)


def _compact(w: float, h: float, unit: float, named: bool) -> Chart:
    """Place the nodes between margins that hold the names, or just the nodes."""
    bw, bh = COMPACT_SIZE
    if named:
        left, right = 40 * max(unit, w / bw), 60 * max(unit, w / bw)
        top, foot = 40 * max(unit, h / bh), 28 * max(unit, h / bh)
    else:
        left, right = 30 * unit, 46 * unit
        top = foot = min(24 * unit, max(10 * unit, h * 0.16))
    badge = 20 if (h - top - foot) / 2 >= 26 * unit else 16
    width, height = (34 if badge == 20 else 24) * unit, badge * unit
    (x0, y0), (x1, y1) = COMPACT["S"], COMPACT["PD"]
    wide, high = (w - left - right) / (x1 - x0), (h - top - foot) / (y1 - y0)
    nodes = {
        name: _box(left + (x - x0) * wide, top + (y - y0) * high, width, height)
        for name, (x, y) in COMPACT.items()
    }
    return Chart("compact" if named else "letters", w, h, unit, nodes, badge)


TOP_OF_LARGE: Final = 84
FOOT_OF_LARGE: Final = 706
KEY_HEIGHT: Final = 84
KEY_FROM: Final = 640
"""The large form has its key below it from this height on."""


def _large(w: float, h: float, unit: float) -> Chart:
    bw, _ = LARGE_SIZE
    wide = w / bw
    room = h - (KEY_HEIGHT * unit if h >= KEY_FROM * unit else 0)
    high = room / (FOOT_OF_LARGE - TOP_OF_LARGE)
    pitch = LARGE["RW"][0] - LARGE["R"][0]
    width = min(196 * unit, pitch * wide - 34 * unit)
    height = min(60 * unit, 0.36 * 240 * high)
    height = max(height, 40 * unit)
    operator = min(140 * unit, 150 * wide - 8 * unit)
    nodes = {}
    for name, (x, y) in LARGE.items():
        own = operator if name in ("PA", "SD") else width
        nodes[name] = _box(x * wide, (y - TOP_OF_LARGE) * high, own, height)
    return Chart("large", w, h, unit, nodes, 26)


def _box(cx: float, cy: float, w: float, h: float) -> Area:
    return Area(round(cx - w / 2), round(cy - h / 2), round(w), round(h))


def _tables(form: str) -> tuple[dict[str, Path], dict[str, Point]]:
    return (LARGE_PATHS, LARGE) if form == "large" else (COMPACT_PATHS, COMPACT)


def _fitted(along: float, half: float, own: float, unit: float) -> float:
    """Return an offset from a node's middle for a node of another size: the gap stays."""
    beyond = abs(along) - half
    far = own + beyond * unit if beyond > 0 else abs(along) * own / half
    return far if along >= 0 else -far


def _straight(start: Area, end: Area, gap: float) -> Path:
    """Return the line from border to border along the line of the middles."""
    return Path(_leave(start, end.centre, gap), _leave(end, start.centre, gap))


def _leave(box: Area, towards: Point, gap: float) -> Point:
    cx, cy = box.centre
    dx, dy = towards[0] - cx, towards[1] - cy
    far = hypot(dx, dy) or 1.0
    reach = min(
        (box.w / 2 + gap) / abs(dx) if dx else float("inf"),
        (box.h / 2 + gap) / abs(dy) if dy else float("inf"),
    )
    reach = min(reach, 1.0) if far > 1.0 else 0.0
    return (cx + dx * reach, cy + dy * reach)


# -- names and tokens of the compact form


class NamePlace(NamedTuple):
    """A line of a node's name: x of its left end, middle or right end, and its middle's y."""

    text: str
    x: float
    y: float
    align: str


def name_places(chart: Chart, name: str, place: str = "") -> tuple[NamePlace, ...]:
    """Return the lines of a node's name."""
    lines, box, u = NAME_LINES[name], chart.nodes[name], chart.unit
    cx, cy = box.centre
    place = place or NAME_PLACES[name]
    last = len(lines) - 1
    if place == "left":
        x, align = box.x - NAME_BESIDE * u, "right"
        y = cy - last * NAME_PITCH * u / 2
    elif place == "below":
        x, align = cx, "centre"
        y = box.bottom + NAME_BELOW * u
    else:
        x, align = cx, "centre"
        if place == "above right":
            # Right of the edge from RECOVER-DONE that comes down there.
            x, align = chart.paths("RD>N").end[0] + 6 * u, "left"
        y = box.y - (NAME_ABOVE + last * NAME_PITCH) * u
    return tuple(
        NamePlace(text, x, y + row * NAME_PITCH * u, align) for row, text in enumerate(lines)
    )


def token_places(chart: Chart, name: str, count: int) -> tuple[Point, ...]:
    """Return the middles of one or two tokens at a node."""
    box, u = chart.nodes[name], chart.unit
    cx, cy = box.centre
    if chart.form == "large":
        right, y = box.right - 2 * u, box.y - 2 * u
        return tuple((right - 26 * u * (count - 1 - n), y) for n in range(count))
    first, second = _TOKENS.get(name, _AT_FOOT)
    slots = (first, second)[:count]
    if count == 1 and name in _ALONE_SECOND:
        slots = (second,)
    return tuple(
        (cx + ax * box.w / 2 + ox * u, cy + ay * box.h / 2 + oy * u) for (ax, ox), (ay, oy) in slots
    )


def _to_segment(x: float, y: float, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    t = max(0.0, min(1.0, ((x - a[0]) * dx + (y - a[1]) * dy) / square)) if square else 0.0
    return hypot(x - a[0] - t * dx, y - a[1] - t * dy)


def _crosses(rect: Area, a: Point, b: Point) -> bool:
    """Whether a segment touches a rectangle (Liang and Barsky's clipping)."""
    low, high = 0.0, 1.0
    for start, delta, least, most in (
        (a[0], b[0] - a[0], rect.x, rect.right),
        (a[1], b[1] - a[1], rect.y, rect.bottom),
    ):
        if delta == 0:
            if not least <= start <= most:
                return False
            continue
        near, far = sorted(((least - start) / delta, (most - start) / delta))
        low, high = max(low, near), min(high, far)
        if low > high:
            return False
    return True
