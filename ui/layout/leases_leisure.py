"""The lease lanes at leisure: each grant in a row of its own, with its number.

Below the client's bar lies the track of what could be told; below the client, what each
server has on its books (the picture ``lease-lanes``). Numbers only.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ui.layout.leases import SENTENCE
from ui.layout.timeline import Row

AXIS: Final = 22
PITCH_LEAST: Final = 16
PITCH_MOST: Final = 26
AXIS_FROM: Final = 18
"""The axis is repeated above the lanes when lines are this far apart."""
PAD: Final = 7
"""Room at the top and the foot of a section."""


class LeisureRows(NamedTuple):
    """Where everything stands.

    ``told`` are the middles of bar and track of each shown grant; ``kept`` the middles of
    each server's lines. ``sections`` are client and servers; ``skipped`` counts the earlier
    grants that found no room.
    """

    axis: Row | None
    sections: tuple[Row, ...]
    told: tuple[tuple[float, float], ...]
    kept: tuple[tuple[float, ...], ...]
    sentence: Row | None
    skipped: int
    pitch: float


def leisure_rows(h: int, grants: int, known: list[list[bool]], scale: float = 1.0) -> LeisureRows:
    """Return the rows; *known* says for each server which of the grants it has on its books.

    The latest grants are shown; a server without any keeps one empty line.
    """
    room = h / scale - SENTENCE - 2 * PAD * (1 + len(known))
    shown = grants
    while shown > 1 and room / _lines(shown, grants, known) < PITCH_LEAST:
        shown -= 1
    lines = max(1, _lines(shown, grants, known))
    with_axis = (room - AXIS) / lines >= AXIS_FROM
    pitch = min(PITCH_MOST, (room - (AXIS if with_axis else 0)) / lines)
    y = float(AXIS if with_axis else 0)
    sections: list[Row] = []
    told: list[tuple[float, float]] = []
    kept: list[tuple[float, ...]] = []

    def section(count: int) -> list[float]:
        nonlocal y
        top = y
        middles = [top + PAD + pitch * (line + 0.5) for line in range(count)]
        y = top + 2 * PAD + pitch * count
        sections.append(Row(round(top * scale), round(y * scale) - round(top * scale)))
        return [middle * scale for middle in middles]

    middles = section(2 * max(1, shown))
    # Bar and track of one grant stand closer to each other than to the next grant.
    near = pitch * scale * 0.12
    told = [(middles[2 * n] + near, middles[2 * n + 1] - near) for n in range(shown)]
    for server in known:
        count = sum(server[grants - shown :])
        kept.append(tuple(section(max(1, count))))
    axis = Row(0, round(AXIS * scale)) if with_axis else None
    sentence = Row(round(y * scale), round(SENTENCE * scale))
    return LeisureRows(
        axis, tuple(sections), tuple(told), tuple(kept), sentence, grants - shown, pitch * scale
    )


def _lines(shown: int, grants: int, known: list[list[bool]]) -> int:
    """How many lines the last *shown* grants take."""
    lines = 2 * max(1, shown)
    for server in known:
        lines += max(1, sum(server[grants - shown :]))
    return lines
