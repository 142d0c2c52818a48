"""Where the lifelines of the message chart stand (VISUAL §6, §7).

Clients of the selection, server 1, server 2, other clients. Lifelines stand at least
``LEAST`` apart as long as there is room; extra width goes to the gaps in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

Px = Callable[[float], int]

FIRST_AT = 128
FIRST_LEAST = 118
STEP_AT = 88
STEP_BEFORE = 37
"""The first lifeline: right of times, steps and the letters T1 and T2."""
GUTTER = 102
LAST_IN = 30
LAST_IN_LEAST = 14
NOTES = 100
"""Room right of the last server for words, when there is more than the gaps need."""
LEAST = 104
ROOM_FOR_GUTTER = 440
"""A narrower view has no brackets."""
ROOM_FOR_STEPS = 300

_COMFORT = {
    ("client", "server"): 178,
    ("server", "server"): 146,
    ("server", "client"): LEAST,
    ("client", "client"): LEAST,
}
HALF = {"server": 4.0, "client": 1.5}


class Column(NamedTuple):
    """A lifeline: whose it is, what sort it is (server or client), its middle, half its width."""

    host: int
    kind: str
    x: float
    half: float


class Columns(NamedTuple):
    """All lifelines, and the limits of what may stand between them.

    ``gutter`` is the back of the brackets, 0 without them.
    """

    columns: tuple[Column, ...]
    left: float
    right: float
    gutter: float
    width: int

    def of(self, host: int) -> Column | None:
        """Return the lifeline of a host."""
        return next((column for column in self.columns if column.host == host), None)


def capacity(width: int, px: Px) -> int:
    """Return how many lifelines find room without coming closer than ``LEAST``."""
    room = _last(width, px, LAST_IN_LEAST) - px(_first(width, FIRST_LEAST))
    return max(2, 1 + int(room // px(LEAST)))


def place_columns(hosts: Sequence[tuple[int, str]], width: int, px: Px) -> Columns:
    """Return the lifelines of hosts (index, kind) from left to right."""
    gutter = _gutter(width, px)
    kinds = [kind for _, kind in hosts]
    comfort = [px(_COMFORT[pair]) for pair in pairwise(kinds)]
    first, last = px(_first(width, FIRST_AT)), _last(width, px, LAST_IN)
    wanted, least = sum(comfort), px(LEAST) * len(comfort)
    if kinds and kinds[-1] == "server":
        spare = max(0, last - first - wanted)
        last -= min(spare, px(NOTES - LAST_IN))
    if last - first < least:
        first = px(_first(width, FIRST_LEAST))
        last = _last(width, px, LAST_IN_LEAST)
    gaps = _share(comfort, last - first, px(LEAST))
    columns: list[Column] = []
    at = float(first)
    for place, (host, kind) in enumerate(hosts):
        columns.append(Column(host, kind, float(round(at)), px(2 * HALF[kind]) / 2))
        at += gaps[place] if place < len(gaps) else 0
    limit = gutter - px(6) if gutter else width - px(6)
    return Columns(tuple(columns), px(_first(width, FIRST_LEAST)) - px(14), limit, gutter, width)


def _share(comfort: list[int], room: float, least: int) -> list[float]:
    """Share the room among the gaps: first the least, then comfort, then in proportion."""
    if not comfort:
        return []
    wanted, smallest = sum(comfort), least * len(comfort)
    if room >= wanted:
        return [gap * room / wanted for gap in comfort]
    if room <= smallest:
        return [max(8.0, room / len(comfort))] * len(comfort)
    part = (room - smallest) / (wanted - smallest) if wanted > smallest else 0.0
    return [least + (gap - least) * part for gap in comfort]


def step_at(columns: Columns, px: Px) -> int:
    """Return the middle of the steps: between the times and the letters T1 and T2."""
    first = columns.columns[0].x if columns.columns else px(FIRST_AT)
    return min(px(STEP_AT), int(first) - px(STEP_BEFORE))


def has_steps(width: int, px: Px) -> bool:
    """Whether the view is wide enough for times and steps."""
    return width >= px(ROOM_FOR_STEPS)


def _first(width: int, wide: int) -> int:
    return wide if width >= ROOM_FOR_STEPS else 24


def _gutter(width: int, px: Px) -> float:
    return width - px(GUTTER) if width >= px(ROOM_FOR_GUTTER) else 0


def _last(width: int, px: Px, inside: int) -> int:
    if width >= px(ROOM_FOR_GUTTER):
        return width - px(GUTTER) - px(inside)
    return width - px(LAST_IN)
