"""Painting the maps of a pool: rows of cells, their titles and words, bars, and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF

from foviz import clock_text, weekday_text
from ui.layout import pool as layout
from ui.view import forms, metrics
from ui.view.pool_facts import DARK, NOBODY, STATUSES, cell_form

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from ui.layout.pool import Plan
    from ui.theme import Theme, Who
    from ui.view.cells import Status
    from ui.view.pool_facts import MapFacts, PoolFacts

_MARGIN: Final = 4
"""How far outlines reach beyond a row of cells."""

_DOWN: Final = {"crash": "crashed", "kill": "was killed", "stop": "was stopped"}


_KEY_ORDER: Final[tuple[Status, ...]] = (
    "ACTIVE",
    "EXPIRED",
    "RELEASED",
    "RESET",
    "ABANDONED",
    "FREE",
    "BACKUP",
)
"""Leased addresses first, then free ones."""


# -- cells


def paint_cells(
    painter: QPainter, theme: Theme, plan: Plan, slot: int, cells: bytes, differing: int
) -> None:
    """Paint a map: rows of cells, each painted once and then copied; then the outlines."""
    x, wide = plan.slots[slot].x, plan.columns * plan.pitch
    mask = (1 << plan.columns) - 1
    outlined = plan.cell >= metrics.CELL_MARK
    for row in range(plan.rows):
        start = row * plan.columns
        part = cells[start : start + plan.columns]
        if outlined:
            part = part.translate(_WITHOUT_DARK)
        y = plan.top + row * plan.pitch
        args = (part, plan.cell, plan.pitch)
        forms.stamp(painter, theme, x, y, wide, plan.pitch, _row, *args)
    if not outlined or not differing:
        return
    for row in range(plan.rows):
        differs = differing >> row * plan.columns & mask
        if differs:
            y = plan.top + row * plan.pitch - _MARGIN
            side = 2 * _MARGIN
            forms.stamp(
                painter, theme, x - _MARGIN, y, wide + side, plan.pitch + side,
                _outlines, differs, plan.cell, plan.pitch,
            )  # fmt: skip


_WITHOUT_DARK: Final = bytes(octet if octet == NOBODY else octet & ~DARK for octet in range(256))


def _row(painter: QPainter, theme: Theme, cells: bytes, size: int, pitch: int) -> None:
    for column, octet in enumerate(cells):
        if octet != NOBODY:
            status, who, hatched, dark = cell_form(octet)
            forms.draw_pool_cell(
                painter, theme, column * pitch, 0, size, status, who,
                hatched=hatched, differs=dark and size < metrics.CELL_MARK,
            )  # fmt: skip


def _outlines(painter: QPainter, theme: Theme, differs: int, size: int, pitch: int) -> None:
    column = 0
    while differs:
        if differs & 1:
            forms.draw_cell_outline(
                painter, theme, _MARGIN + column * pitch, _MARGIN, size, differs=True
            )
        differs >>= 1
        column += 1


def paint_rows(painter: QPainter, theme: Theme, plan: Plan, facts: PoolFacts) -> None:
    """Paint the address at the left of rows, and above columns where there is room."""
    slots = plan.slots if plan.labels_each else plan.slots[:1]
    for slot in slots:
        for row in range(0, plan.rows, plan.labels):
            y = plan.top + row * plan.pitch + plan.cell / 2
            text = facts.label(row * plan.columns)
            x = slot.x - theme.px(6)
            forms.draw_text(painter, theme, x, y, text, theme.ink3, 10, mono=True, align="right")
        if not plan.heads_y:
            continue
        for column in range(0, min(plan.columns, plan.addresses), 5):
            x = slot.x + column * plan.pitch + plan.cell / 2
            forms.draw_text(
                painter, theme, x, plan.heads_y, f"+{column}", theme.ink3, 10, align="centre"
            )


# -- titles


def paint_title(
    painter: QPainter, theme: Theme, plan: Plan, slot: int, each: MapFacts, facts: PoolFacts
) -> QRectF:
    """Paint disc, name and since when a map stands still; return the box of disc and name."""
    area, y = plan.slots[slot], plan.title_y
    large = plan.heads_y > 0
    x = area.x
    if large and each.server.number:
        digit = str(each.server.number)
        token = forms.draw_token(painter, theme, x + theme.px(10), y, digit, each.who, on=each.on)
        x = token.right() + theme.px(7)
    else:
        forms.draw_server_disc(painter, theme, x + 4.5, y, each.who, on=each.on)
        x += theme.px(15)
    px = metrics.TYPE_NAME if large else metrics.TYPE_BASE
    name = f"{each.server.name} {'believes' if each.on else 'believed'}"
    start = area.x
    x += forms.draw_text(painter, theme, x, y, name, theme.ink, px, bold=True, room=area.right - x)
    box = QRectF(start, y - theme.px(9), x - start, theme.px(18))
    x += theme.px(8)
    wide, note = plan.columns * plan.pitch, metrics.TYPE_BASE if large else metrics.TYPE_NOTE
    # Words may run on into the space before the next map.
    right = area.x + wide if large else area.right + theme.px(layout.BETWEEN - 6)
    right = min(right, plan.w - theme.px(6))
    if large:
        counts = count_words(each)
        room = right - theme.width(counts) - theme.px(12)
        if x + theme.width(when_words(each, large=True)) <= room:
            forms.draw_text(painter, theme, right, y, counts, theme.ink2, align="right")
            right = room
    words = next(
        (
            text
            for text in (when_words(each, large=large), when_words(each, large=False))
            if x + theme.width(text, note) <= right
        ),
        "",
    )
    forms.draw_text(painter, theme, x, y, words, theme.ink3, note)
    return box


def when_words(each: MapFacts, *, large: bool) -> str:
    """Return for when a belief holds: ``now``, or until when it did."""
    if each.on:
        return "now"
    if not each.until:
        return "never started"
    moment = f"{weekday_text(each.until)} {clock_text(each.until)[: 8 if large else 5]}"
    why = _DOWN.get(each.server.down_why, "")
    return f"until it {why}, {moment}" if large and why else f"until {moment}"


def count_words(each: MapFacts) -> str:
    """Return how many addresses are what: ``free 189 · backup 10 · active 1``."""
    return " · ".join(
        f"{status.lower()} {each.counts[status]:,}" for status in STATUSES if each.counts[status]
    )


# -- spans: whose the rows are


def paint_spans(painter: QPainter, theme: Theme, plan: Plan, slot: int, facts: PoolFacts) -> None:
    """Paint a bracket below the reserve, and one below what is left of the last row."""
    found = facts.reserve()
    row = (plan.rows - 1) * plan.columns
    if not plan.spans_y or len(found) != 1 or found[0][0] < row:
        return
    first, last = found[0][0] - row, found[0][1] - row
    end = facts.count - 1 - row
    count = found[0][1] - found[0][0] + 1
    owner = facts.owner_name("BACKUP")
    words = f"reserve of {owner}: {count} addresses"
    if facts.count * facts.reserve_percent == count * 100:
        words = f"reserve of {owner}: {facts.reserve_percent}\u00a0% of {facts.count} = {count}"
    spans: list[tuple[int, int, Who, str]] = [(first, last, "s2", words)]
    if first and last == end and plan.rows > 1:
        spans.append((0, first - 1, "s1", f"and all above: {facts.owner_name('FREE')}"))
    for start, stop, who, text in spans:
        left = plan.slots[slot].x + start * plan.pitch
        right = plan.slots[slot].x + stop * plan.pitch + plan.cell
        hue = theme.hue(who)
        forms.draw_span(painter, theme, left, right, plan.spans_y, hue.stroke)
        if theme.width(text) <= right - left + plan.pitch:
            y = plan.spans_y + theme.px(12)
            middle = (left + right) / 2
            forms.draw_text(painter, theme, middle, y, text, hue.text, align="centre")


# -- bars of counts


def paint_bar(
    painter: QPainter, theme: Theme, plan: Plan, slot: int, facts: PoolFacts
) -> tuple[QRectF, list[tuple[QRectF, str]]]:
    """Paint a server's counts as one bar; return the name's box, and each part's with words."""
    left = theme.px(layout.EDGE)
    right = plan.w - theme.px(layout.EDGE)
    each = facts.maps[slot]
    name = each.server.name
    y = plan.bar(slot, left, right).y + theme.px(layout.BAR) / 2
    forms.draw_server_disc(painter, theme, left + 4.5, y, each.who, on=each.on)
    x = left + theme.px(15)
    forms.draw_text(painter, theme, x, y, name, theme.ink, bold=True)
    start = x + max(theme.width(name, bold=True), theme.px(40)) + theme.px(10)
    named = QRectF(left, y - theme.px(9), start - left - theme.px(8), theme.px(18))
    # All bars end at one place, so that their parts can be compared.
    beside = max(theme.width(leased_words(other)) for other in facts.maps) + theme.px(10)
    end = right
    if right - start - beside > theme.px(120):
        words = leased_words(each)
        forms.draw_text(painter, theme, right, y, words, theme.ink2, align="right")
        end = right - beside
    bar = plan.bar(slot, start, end)
    parts = bar_parts(each)
    boxes = forms.draw_count_bar(painter, theme, *bar, parts)
    for box, (status, who, count) in zip(boxes, parts, strict=True):
        text = f"free {count:,}"
        if status == "FREE" and theme.width(text, 10) + theme.px(8) < box.width():
            middle, colour = box.center(), theme.hue(who).text
            forms.draw_text(
                painter, theme, middle.x(), middle.y(), text, colour, 10, align="centre"
            )
    told = [
        (box, f"{each.server.name}: {count:,} {status}")
        for box, (status, _, count) in zip(boxes, parts, strict=True)
        if count
    ]
    return named, told


def leased_words(each: MapFacts) -> str:
    """Return all counts but that of FREE, which stands in the bar: ``active 1, backup 10``."""
    return ", ".join(
        f"{status.lower()} {each.counts[status]:,}"
        for status in _KEY_ORDER
        if status != "FREE" and each.counts[status]
    )


def bar_parts(each: MapFacts) -> list[tuple[Status, Who, int]]:
    """Return what a bar shows: leased addresses first, then free ones, each by whose it is."""
    counts: dict[tuple[Status, Who], int] = {}
    for octet in set(each.cells):
        if octet != NOBODY:
            status, who, _, _ = cell_form(octet)
            number = each.cells.count(octet)
            counts[status, who] = counts.get((status, who), 0) + number
    return [
        (status, who, counts[status, who])
        for status, who in sorted(counts, key=lambda key: (_KEY_ORDER.index(key[0]), key[1]))
    ]


# -- the key


def key_entries(facts: PoolFacts) -> list[tuple[str, tuple[Status, Who] | None]]:
    """Return the entries of the key: what always stands there, then what occurs."""
    seen = _seen(facts)
    owner: Who = "s1" if facts.mode else "client"
    entries: list[tuple[str, tuple[Status, Who] | None]] = [
        ("active", ("ACTIVE", seen.get("ACTIVE", owner))),
        ("free", ("FREE", owner)),
    ]
    entries.extend(
        (status.lower(), (status, seen[status]))
        for status in STATUSES
        if status not in ("ACTIVE", "FREE") and status in seen
    )
    # A leased cell shows the hatch best.
    hatched = sorted(
        (_KEY_ORDER.index(form[0]), form[1])
        for each in facts.maps
        for octet in set(each.cells)
        if octet != NOBODY and (form := cell_form(octet))[2]
    )
    if hatched:
        entries.append(("not acked", (_KEY_ORDER[hatched[0][0]], hatched[0][1])))
    if facts.differing:
        entries.append(("beliefs differ", ("FREE", owner)))
    if facts.mode:
        entries.append(("owner", None))
    return entries


def _seen(facts: PoolFacts) -> dict[Status, Who]:
    """Return each status that occurs, with a hue in which it occurs: the last map's."""
    found: dict[Status, Who] = {}
    for each in facts.maps:
        for octet in sorted(set(each.cells)):
            if octet != NOBODY:
                status, who, _, _ = cell_form(octet)
                found[status] = who
    return found


def paint_key(painter: QPainter, theme: Theme, plan: Plan, facts: PoolFacts) -> None:
    """Paint the entries that fit, each a swatch and a word."""
    side, gap = theme.px(metrics.CELL), theme.px(6)
    entries = dict(key_entries(facts))
    widths = [
        (name, (side if form is not None else 2 * side) + gap + theme.width(name, 10))
        for name, form in entries.items()
    ]
    edge = theme.px(layout.EDGE)
    places = layout.place_key(widths, edge, plan.w - edge, theme.font_scale)
    y = plan.key_y
    for name, x in places:
        form, top = entries[name], y - side / 2
        if form is None:
            forms.disc(painter, theme, theme.snap(x) + side / 2, y, side / 2, ground=theme.s1f)
            middle = theme.snap(x) + side * 1.5
            forms.disc(painter, theme, middle, y, side / 2, ground=theme.s2f)
            at = x + 2 * side + gap
        else:
            hatched, differs = name == "not acked", name == "beliefs differ"
            size = max(side, metrics.CELL_MARK)
            forms.draw_pool_cell(painter, theme, x, top, size, *form, hatched=hatched)
            if differs:
                forms.draw_cell_outline(painter, theme, x, top, size, differs=True)
            at = x + side + gap
        forms.draw_text(painter, theme, at, y, name, theme.ink3, 10)
