"""Where the plots of the charts stand, how high their axes go, and where their words lie.

Numbers only. With little height one kind of plot is shown at a time; with more, all that are
chosen stand one above the other, over the axis that the timeline has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ui.layout.timeline import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

ADDRESSES, CLIENTS, UPDATES, MESSAGES = "addresses", "clients", "updates", "messages"
KINDS: Final = (ADDRESSES, CLIENTS, UPDATES, MESSAGES)

LOW_BELOW: Final = 190
"""Below this height one kind of plot is shown at a time."""
HEAD_LOW: Final = 22
TOOLS: Final = 28
AXIS: Final = 18
BAND: Final = 10
BANDS_PAD: Final = 4
GAP: Final = 6
LEAST_PLOT: Final = 34
MOST_PLOT: Final = 150
SCALE: Final = 34
"""Width of the numbers at the left of a plot, part of the gutter."""
CUT_FROM: Final = 0.6
"""Free addresses that take more than this share of a plot are cut off above."""


class PlotPlace(NamedTuple):
    """A plot: its kind, the server it is about (−1: both), and its row."""

    kind: str
    server: int
    row: Row


class Mark(NamedTuple):
    """A number beside a plot: its middle and its text."""

    y: float
    text: str


class Plan(NamedTuple):
    """Where everything stands; ``axis`` and ``tools`` are missing when the view is low."""

    low: bool
    tools: Row | None
    axis: Row | None
    bands: tuple[Row, ...]
    plots: tuple[PlotPlace, ...]


def is_low(height: int, scale: float) -> bool:
    """Whether there is room for one kind of plot only."""
    return height < LOW_BELOW * scale


def charts_plan(
    height: int, scale: float, chosen: Sequence[str], front: str, servers: Sequence[int]
) -> Plan:
    """Return the plan for a view's height: *chosen* kinds, or *front* alone when it is low."""

    def px(size: float) -> int:
        return round(size * scale)

    low = is_low(height, scale)
    tools = axis = None
    if low:
        head = px(HEAD_LOW)
        # The bands share the row of the chooser.
        high = (head - 2) // max(1, len(servers))
        bands = tuple(Row(1 + place * high, max(3, high - 1)) for place in range(len(servers)))
        top = head
    else:
        tools, axis = Row(0, px(TOOLS)), Row(px(TOOLS), px(AXIS))
        top = axis.bottom + px(BANDS_PAD)
        bands = tuple(Row(top + place * px(BAND + 3), px(BAND)) for place in range(len(servers)))
        top += len(servers) * px(BAND + 3)
    kinds = [kind for kind in KINDS if kind in chosen] if not low else [front]
    wanted = [
        (kind, server) for kind in kinds for server in (servers if kind == ADDRESSES else (-1,))
    ]
    room = height - top - px(2 if low else GAP)
    plots = _stacked(wanted, top, room, px(2 if low else GAP), px(LEAST_PLOT), px(MOST_PLOT))
    return Plan(low, tools, axis, bands, plots)


def _stacked(
    wanted: Sequence[tuple[str, int]], top: int, room: int, gap: int, least: int, most: int
) -> tuple[PlotPlace, ...]:
    """Share the room out equally; those at the end that have none are left out."""
    count = len(wanted)
    while count > 1 and (room - count * gap) // count < least:
        count -= 1
    if not count:
        return ()
    high = min(most * (2 if count < 3 else 1), (room - count * gap) // count)
    found = []
    y = top + gap
    for kind, server in wanted[:count]:
        found.append(PlotPlace(kind, server, Row(y, max(1, high))))
        y += high + gap
    return tuple(found)


# -- the upright axis --------------------------------------------------------------------


def top_of(most: int) -> int:
    """Return where an axis for values up to *most* ends: 1, 2, 4, 5, 8 or 10 times a power."""
    power = 1
    while True:
        for step in (1, 2, 4, 5, 8):
            if step * power >= most:
                return step * power
        power *= 10


def cut(total: int, used: int) -> tuple[int, bool]:
    """Return the end of the axis of addresses, and whether free ones are cut off above it.

    One lease of two hundred addresses is no pixel high; so a large rest is not drawn to scale.
    """
    top = top_of(max(4, used + used // 3 + 1))
    if total and top < total * (1 - CUT_FROM):
        return top, True
    return max(1, total), False


def ticks(low: int, top: int, height: float, line: float) -> tuple[int, ...]:
    """Return the numbers along an axis: its ends, zero, and the middle if there is room."""
    found = {low: None, 0: None, top: None}
    if not low and top > 1 and top % 2 == 0 and height >= 4 * line:
        found[top // 2] = None
    if low and height < 4 * line:
        found = {low: None, top: None}
    return tuple(sorted(found))


def marks(values: Sequence[int], low: float, top: float, row: Row, line: float) -> list[Mark]:
    """Return the numbers beside a plot, those at the ends moved inside."""
    found = []
    for value in values:
        y = row.bottom - (value - low) / (top - low) * row.h
        y = max(row.y + line / 2, min(row.bottom - line / 2, y))
        found.append(Mark(y, f"{abs(value):,}"))
    return found


# -- words -------------------------------------------------------------------------------


def spread(wanted: Sequence[float], line: float, top: float, bottom: float) -> list[float]:
    """Return where lines of words stand, given their wanted middles: none touches another.

    They keep their order. When there is not room for all between *top* and *bottom*, the last
    ones are left out: their place is −1.
    """
    fits = max(0, int((bottom - top) // line))
    shown = sorted(range(min(fits, len(wanted))), key=lambda place: (wanted[place], -place))
    found = [-1.0] * len(wanted)
    reached = top - line / 2
    for place in shown:
        reached = max(reached + line, min(wanted[place], bottom - line / 2))
        found[place] = reached
    limit = bottom + line / 2
    for place in reversed(shown):
        limit = found[place] = min(limit - line, found[place])
    return found


def beside(now: float, wide: float, left: float, right: float) -> tuple[float, bool]:
    """Return where words start at the playhead, and whether they stand right of it."""
    if now + 8 + wide <= right:
        return now + 8, True
    return max(left, now - 8 - wide), False
