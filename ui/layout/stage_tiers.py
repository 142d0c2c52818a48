"""The stage with relays: a hub segment above, the other segments below, relays between them.

A relay hangs between two segments, so a second row of bars shows at a glance what reaches a
server only through it. The segment with most relays is the hub and spans the stage; each other
one has a column below, with its relays and its own servers between the bars. Nothing crosses.
Partners in different rows have no line of their own: their failover takes the relays' way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ui.layout.stage import (
    BOX_LOW,
    MARGIN_NARROW,
    NARROW_BELOW,
    Bar,
    Heights,
    Line,
    Stage,
    Topology,
    arrange_stage,
    box_width,
    bridge_line,
    bridge_words,
    chain_order,
    drop_x,
)
from ui.layout.stage_wires import join_lines
from ui.layout.window import Rect
from ui.view import metrics

BETWEEN = 24
"""Distance of two columns."""
ASIDE = 8
"""Distance of words from a line, and of two hosts in a column."""
RELAY_WIDE = 188
RELAY_LEAST = 52
SERVER_LEAST = 150
"""A server's box in a column gets so much before a relay's grows."""
LABEL = 11
LEAST = 110
"""A lower stage has room for server boxes only."""


class Tiers(NamedTuple):
    """Tops, heights and bars from above: servers, the hub, the row between, the lower bars."""

    top: int
    box: int
    hub: int
    row: int
    high: int
    bar: int


class Column(NamedTuple):
    """A lower segment: its bar, and the hosts between it and the hub from left to right."""

    segment: str
    bar: Bar
    relays: tuple[str, ...]
    servers: tuple[str, ...]


def arrange(topology: Topology, width: int, height: int, scale: float = 1.0) -> Stage:
    """Return where everything but the clients stands, with relays or without."""
    if topology.relays and height < LEAST * scale:
        bare = replace(topology, segments=(), drops=(), bridges=(), relays=(), feet=())
        return arrange_stage(bare, width, height, scale)
    if not topology.relays:
        return arrange_stage(topology, width, height, scale)
    return _arrange_tiers(topology, width, height, scale)


def _arrange_tiers(topology: Topology, width: int, height: int, scale: float) -> Stage:
    hub = _hub(topology)
    above = tuple(s for s in topology.servers if _stands_at(topology, s, hub))
    tiers = _tiers(height / scale, bool(above), len(above) < len(topology.servers), scale)
    margin = round(MARGIN_NARROW * scale)
    top = Bar(margin, width - margin, tiers.hub)
    columns = _columns(topology, hub, above, top, tiers.bar, scale)
    boxes = _upper_boxes(topology, above, top, tiers, scale)
    relays: dict[str, Rect] = {}
    for column in columns:
        _fill_column(column, tiers, scale, boxes, relays)
    bars = {hub: top} | {column.segment: column.bar for column in columns}
    lines = _feet(topology, hub, bars, boxes, relays, scale)
    words: dict[str, Rect] = {}
    row = {name: boxes[name] for name in above}
    joins = [*topology.wires, *topology.pairs]
    lines |= join_lines(joins, row, tiers.top, scale, words)
    lines |= _wires_down(topology, boxes, above, tiers, scale)
    _bridges(topology, hub, bars, lines, words, scale)
    labels = {c.segment: _label(c, lines, topology, scale) for c in columns}
    labels[hub] = _hub_label(top, list(row.values()), scale)
    notes = {name: _note(boxes[name], top, name in row, len(row) == 1, scale) for name in boxes}
    heights = Heights(tiers.top, tiers.box, tiers.hub)
    return Stage(boxes, bars, lines, words, notes, labels, heights, True, relays)


def _hub(topology: Topology) -> str:
    """Return the segment that most relays, then most servers stand at."""
    feet = [join.a for join in topology.feet]
    drops = [join.a for join in topology.drops]
    return max(topology.segments, key=lambda name: (feet.count(name), drops.count(name)))


def _stands_at(topology: Topology, host: str, segment: str) -> bool:
    return any(
        join.b == host and join.a == segment for join in (*topology.drops, *topology.feet)
    ) or not any(join.b == host for join in (*topology.drops, *topology.feet))


# -- upright


def _tiers(free: float, above: bool, below: bool, scale: float) -> Tiers:
    """Return the heights; *above* and *below*: whether servers stand over and under the hub.

    Boxes of two lines come when the clients have their room; what is left widens the gaps.
    """
    large = metrics.SERVER_BOX[1]
    if below:
        box, high, gaps = BOX_LOW, BOX_LOW, (12.0, 8.0, 17.0)
        if free >= 195:
            box = large
        if free >= 240:
            high = large
    else:
        box, high, gaps = (large if free >= 165 else BOX_LOW), 22, (10.0, 6.0, 17.0)
        if free >= 200:
            high = BOX_LOW
    box = box if above else 0
    top = 4.0 if above else 10.0
    spare = max(0.0, free - (top + box + high + sum(gaps)) - 74)
    wider = [gap + min(26.0, spare * 0.16) for gap in gaps]
    hub = top + box + wider[0]
    row = hub + wider[1]
    bar = row + high + wider[2]
    return Tiers(*(round(value * scale) for value in (top, box, hub, row, high, bar)))


# -- along


def _columns(
    topology: Topology,
    hub: str,
    above: tuple[str, ...],
    top: Bar,
    y: int,
    scale: float,
) -> tuple[Column, ...]:
    """Share the width among the lower segments evenly."""
    lower = tuple(name for name in topology.segments if name != hub)
    lower = chain_order(lower, topology.bridges)
    wide = top.x2 - top.x1
    between = round(min(BETWEEN * scale, wide / (6 * max(1, len(lower)))))
    share = (wide - between * (len(lower) - 1)) / max(1, len(lower))
    homes = _homes(topology, lower)
    columns = []
    for place, name in enumerate(lower):
        x1 = top.x1 + round(place * (share + between))
        bar = Bar(x1, top.x1 + round(place * (share + between) + share), y)
        relays = tuple(each for each in topology.relays if homes.get(each) == name)
        own = tuple(s for s in topology.servers if s not in above and homes.get(s) == name)
        columns.append(Column(name, bar, relays, own))
    return tuple(columns)


def _homes(topology: Topology, lower: tuple[str, ...]) -> dict[str, str]:
    """Return the lower segment above which a host stands: its first."""
    homes: dict[str, str] = {}
    for join in (*topology.drops, *topology.feet):
        if join.a in lower:
            homes.setdefault(join.b, join.a)
    return homes


def _upper_boxes(
    topology: Topology, above: tuple[str, ...], top: Bar, tiers: Tiers, scale: float
) -> dict[str, Rect]:
    order = [s for s in chain_order(topology.servers, topology.wires) if s in above]
    if not order:
        return {}
    narrow = top.x2 - top.x1 < (NARROW_BELOW - 2 * MARGIN_NARROW) * scale
    wide = box_width(top, len(order), narrow, scale)
    if len(order) == 1:
        # Room for the badge and the name of every partner.
        partners = sum(order[0] in (join.a, join.b) for join in (*topology.wires, *topology.pairs))
        most = round((top.x2 - top.x1) * 0.74)
        wide = min(most, round((metrics.SERVER_BOX[0] + 96 * max(0, partners - 1)) * scale))
        return {order[0]: Rect(top.x1, tiers.top, wide, tiers.box)}
    step = (top.x2 - top.x1 - wide) / (len(order) - 1)
    return {
        name: Rect(top.x1 + round(step * place), tiers.top, wide, tiers.box)
        for place, name in enumerate(order)
    }


def _fill_column(
    column: Column, tiers: Tiers, scale: float, boxes: dict[str, Rect], relays: dict[str, Rect]
) -> None:
    """Place a column's relays, then its servers: side by side, relays alone in the middle."""
    bar, gap = column.bar, round(ASIDE * scale)
    count, servers = len(column.relays), len(column.servers)
    if not count + servers:
        return
    room = bar.x2 - bar.x1 - gap * (count + servers - 1)
    relay_wide = 0
    if count:
        spare = (room - servers * SERVER_LEAST * scale) / count
        relay_wide = round(min(RELAY_WIDE * scale, max(RELAY_LEAST * scale, spare)))
        relay_wide = min(relay_wide, room // (count + servers))
    server_wide = 0
    if servers:
        left = (room - count * relay_wide) // servers
        server_wide = min(left, round(metrics.SERVER_BOX[0] * scale))
    x = bar.x1
    if not servers:
        x += (room - count * relay_wide) // 2
    for name in column.relays:
        relays[name] = Rect(x, tiers.row, relay_wide, tiers.high)
        x += relay_wide + gap
    for name in column.servers:
        boxes[name] = Rect(x, tiers.row, server_wide, tiers.high)
        x += server_wide + gap


# -- lines


def _feet(
    topology: Topology,
    hub: str,
    bars: dict[str, Bar],
    boxes: dict[str, Rect],
    relays: dict[str, Rect],
    scale: float,
) -> dict[str, tuple[str, Line]]:
    """Return the lines from hosts to their segments: straight up or down, else along a lane."""
    lines: dict[str, tuple[str, Line]] = {}
    homes: dict[str, str] = {}
    alone = sum(box.y < bars[hub].y for box in boxes.values()) == 1
    lane = 0
    for join in (*topology.drops, *topology.feet):
        rect = relays.get(join.b) or boxes.get(join.b)
        if rect is None or join.a not in bars:
            continue
        bar = bars[join.a]
        x: float = rect.x + rect.w // 2
        upper = rect.y < bars[hub].y
        if join.b in boxes and not upper:
            x = _right_foot(rect, scale)
        elif join.b in boxes and not alone:
            x = drop_x(rect, bar, scale)
        if join.a == hub:
            ends = (rect.bottom if upper else rect.y, bar.y)
            lines[join.name] = (join.b, ((x, ends[0]), (x, ends[1])))
        elif not upper and homes.setdefault(join.b, join.a) == join.a and _is_over(rect, bar):
            lines[join.name] = (join.b, ((x, rect.bottom), (x, bar.y)))
        else:
            lane += 1
            lines[join.name] = (join.b, _along_lane(rect, bar, x, lane, scale))
    return lines


def _right_foot(rect: Rect, scale: float) -> int:
    """Return where a box in a column stands on its bar: right, to leave room for the name."""
    return rect.right - min(round(24 * scale), rect.w // 4)


def _is_over(rect: Rect, bar: Bar) -> bool:
    return bar.x1 <= rect.x + rect.w / 2 <= bar.x2


def _along_lane(rect: Rect, bar: Bar, x: float, lane: int, scale: float) -> Line:
    """Return the line of a further foot, to the near end of a bar that is elsewhere."""
    right = bar.x1 > x
    start = x + round((8 if right else -8) * scale)
    y = bar.y - round((2 + 4 * lane) * scale)
    inside = round(10 * scale) * lane
    end = bar.x1 + inside if right else bar.x2 - inside
    return ((start, rect.bottom), (start, y), (end, y), (end, bar.y))


def _wires_down(
    topology: Topology,
    boxes: dict[str, Rect],
    above: tuple[str, ...],
    tiers: Tiers,
    scale: float,
) -> dict[str, tuple[str, Line]]:
    """Return the lines of wires that lead to a server below the hub."""
    lines: dict[str, tuple[str, Line]] = {}
    for number, (name, a, b) in enumerate(topology.wires):
        if a not in boxes or b not in boxes or (a in above and b in above):
            continue
        lane = tiers.row - round((2 + 3 * number) * scale)
        points = []
        for end in (a, b):
            box = boxes[end]
            x = box.x + box.w // 2 + round(10 * scale)
            points.append((x, box.bottom if end in above else box.y))
        (x1, y1), (x2, y2) = points
        lines[name] = (a, ((x1, y1), (x1, lane), (x2, lane), (x2, y2)))
    return lines


def _bridges(
    topology: Topology,
    hub: str,
    bars: dict[str, Bar],
    lines: dict[str, tuple[str, Line]],
    words: dict[str, Rect],
    scale: float,
) -> None:
    """Put the lines of bridges: level between lower segments, upright to the hub."""
    for bridge in topology.bridges:
        a, b = bars[bridge.a], bars[bridge.b]
        if hub not in (bridge.a, bridge.b):
            lines[bridge.name] = (bridge.a, bridge_line(a, b, scale))
            words[bridge.name] = bridge_words(a, b, scale)
            continue
        over, under = (a, b) if bridge.a == hub else (b, a)
        x = under.x2 - round(4 * scale)
        line: Line = ((x, over.y), (x, under.y))
        lines[bridge.name] = (bridge.a, line if over is a else line[::-1])
        words[bridge.name] = Rect(x, under.y, 0, 0)


# -- room for words


def _label(
    column: Column, lines: dict[str, tuple[str, Line]], topology: Topology, scale: float
) -> Rect:
    """Return the room of a lower segment's name: the widest between what reaches its bar."""
    bar = column.bar
    feet = sorted(
        lines[join.name][1][-1][0]
        for join in (*topology.drops, *topology.feet)
        if join.a == column.segment and join.name in lines
    )
    aside = round(ASIDE * scale)
    left, room = bar.x1, Rect(bar.x1, bar.y, 0, 0)
    for stop in (*feet, bar.x2 + aside):
        wide = round(stop) - aside - left
        if wide > room.w + (round(12 * scale) if room.w else 0):
            room = Rect(left, bar.y - round(14 * scale), wide, round(LABEL * scale))
        left = round(stop) + aside
    return room


def _hub_label(bar: Bar, row: list[Rect], scale: float) -> Rect:
    """Return the room of the hub's name, above its bar: between or beside the servers' boxes."""
    aside, high = round(ASIDE * scale), round(LABEL * scale)
    y = bar.y - round(15 * scale)
    if not row:
        return Rect(bar.x1, max(0, y), bar.x2 - bar.x1, min(high, bar.y - 3))
    ordered = sorted(row, key=lambda box: box.x)
    right = ordered[1].x - aside if len(ordered) > 1 else bar.x2
    left = ordered[0].right + aside
    return Rect(left, y, max(0, right - left), high)


def _note(box: Rect, hub: Bar, upper: bool, alone: bool, scale: float) -> Rect:
    """Return the room of a box's words: below it beside its drop, or right of a lone one."""
    if upper and alone:
        left = box.right + round(ASIDE * scale)
        high = min(round(LABEL * scale), hub.y - round(15 * scale) - box.y)
        return Rect(left, box.y, max(0, hub.x2 - left), high) if high > 0 else Rect(left, 0, 0, 0)
    if not upper or hub.y - box.bottom < 26 * scale:
        return Rect(box.x, box.bottom, 0, 0)
    foot = drop_x(box, hub, scale)
    aside, y = round(10 * scale), box.bottom + round(4 * scale)
    left, right = box.x, box.right
    if foot - left <= right - foot:
        left = foot + aside
    else:
        right = foot - aside
    return Rect(left, y, max(0, right - left), round(LABEL * scale))
