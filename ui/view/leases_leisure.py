"""The lease lanes at leisure: a row a grant, and under it the track of what could be told.

The bar never ends to the right of the track; the picture is ``lease-lanes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF

from foviz import MINUTE, US, duration_text, moment_text
from ui.layout.area import Area
from ui.layout.leases_leisure import LeisureRows, leisure_rows
from ui.model.ledger import Entry
from ui.model.selection import Selection
from ui.model.tenure_words import belief_words, when_text
from ui.view import metrics
from ui.view.forms import (
    box,
    disc,
    draw_band,
    draw_cross,
    draw_diamond,
    draw_lease_tick,
    draw_mclt,
    draw_promise,
    draw_text,
    line,
)
from ui.view.leases_rows import DIAMOND, NOTE, grant_words, who
from ui.view.story_axis import paint_cuts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.layout.leases_facts import Belief, Tenure
    from ui.theme import Who
    from ui.view.badges import Service
    from ui.view.bands import BandTone
    from ui.view.leases_rows import Lanes

Disc = tuple[float, float, Entry]
"""A grant's number and its place."""

DISC: Final = 7.5
BAR: Final = 8
MCLT: Final = 8


def leisure_of(entries: Sequence[Entry], tenure: Tenure, h: int, scale: float) -> LeisureRows:
    """Return the rows of the leisurely lanes."""
    known = [[belief.server in entry.known for entry in entries] for belief in tenure.beliefs]
    return leisure_rows(h, len(entries), known, scale)


def paint_leisure(
    lanes: Lanes, tenure: Tenure, entries: Sequence[Entry], rows: LeisureRows, w: int
) -> list[Disc]:
    """Paint client and servers, each with a row for every grant it knows of.

    The numbers are returned: they lie above the playhead (:func:`paint_discs`).
    """
    discs: list[Disc] = []
    theme, painter = lanes.theme, lanes.painter
    for section in rows.sections:
        edge = section.bottom - 0.5
        line(painter, theme, 0, edge, w, edge, theme.hair)
    shown = entries[rows.skipped :]
    more = f"+{rows.skipped} earlier" if rows.skipped else ""
    words = ("was told", "could be told", more)
    _heading(lanes, rows.sections[0].y, tenure.client_name or "client", words)
    for entry, (bar, track) in zip(shown, rows.told, strict=True):
        _told(lanes, bar, entry)
        _track(lanes, track, entry, tenure)
        discs.append((lanes.x(entry.grant.start), bar, entry))
    if not shown:
        _empty(lanes, rows.sections[0].middle, "nothing yet")
    named = False
    for place, belief in enumerate(tenure.beliefs):
        section = rows.sections[place + 1]
        _heading(lanes, section.y, belief.name, (belief_words(belief),))
        kept = [entry for entry in shown if belief.server in entry.known]
        for entry, y in zip(kept, rows.kept[place], strict=False):
            last = entry is kept[-1]
            named |= _books(lanes, y, entry, belief, last=last, named=named)
            discs.append((lanes.x(entry.grant.start), y, entry))
        if not kept:
            _empty(lanes, section.middle, belief.note or "nothing yet")
    return discs


def _heading(lanes: Lanes, top: float, name: str, words: Sequence[str]) -> None:
    """Write a section's name and, below it, what its rows are."""
    theme, x = lanes.theme, metrics.PANEL_PADDING
    room = lanes.place.gutter - x - 2
    y = top + lanes.px(15)
    draw_text(lanes.painter, theme, x, y, name, theme.ink, metrics.TYPE_NAME, bold=True, room=room)
    for word in words:
        y += lanes.px(15)
        draw_text(lanes.painter, theme, x, y, word, theme.ink3, NOTE, room=room)


def _empty(lanes: Lanes, y: float, text: str) -> None:
    wide = lanes.width(text)
    places = [Area(x, y - 6, wide, 12) for x in (lanes.axis.left, lanes.now + 8)]
    found = lanes.placer.place(places)
    if found is not None:
        draw_text(lanes.painter, lanes.theme, found.x, y, text, lanes.theme.ink3, NOTE)


# -- the client --------------------------------------------------------------------------


def _told(lanes: Lanes, y: float, entry: Entry) -> None:
    """The bar of one grant: solid while it counted, a wash once another replaced it."""
    painter, theme, grant = lanes.painter, lanes.theme, entry.grant
    hue = who(grant.who)
    high = lanes.px(BAR)
    top = y - high / 2
    x0, x1 = lanes.x(grant.start), lanes.x(grant.end)
    middle = lanes.x(entry.replaced) if entry.replaced else x1
    if grant.way == "arrived":
        draw_band(painter, theme, x0, top, middle - x0, high, "full", hue)
        draw_band(painter, theme, middle, top, x1 - middle, high, "full", hue, tone="replaced")
        paint_cuts(painter, theme, lanes.axis, x0, x1, top, high)
    else:
        stroke = theme.hue(hue).stroke
        box(
            painter, theme, x0, top - 2, x1 - x0, high + 4,
            frame=stroke, width=metrics.STROKE_STRONG, dash=metrics.DASH_HOST_BOX,
        )  # fmt: skip
    if grant.way == "lost":
        draw_cross(painter, theme, min(x1, x0 + 18), y)
    chosen = Selection("record", grant.record)
    if lanes.view.model.selection == chosen:
        box(
            painter, theme, x0 - 3, top - 3, x1 - x0 + 6, high + 6,
            frame=theme.sel, width=metrics.STROKE_STRONG, radius=2,
        )  # fmt: skip
    words = f"{grant_words(grant)}, {moment_text(grant.start)} to {moment_text(grant.end)}"
    lanes.view.hit(QRectF(x0, top - 3, x1 - x0, high + 6), chosen, words)
    lanes.placer.keep(Area(x0 - DISC, top - 2, x1 - x0 + DISC, high + 4))
    if grant.way == "arrived":
        _ticks(lanes, y, entry)
    _length(lanes, y, x1, entry, hue)


def _ticks(lanes: Lanes, y: float, entry: Entry) -> None:
    """T1 and T2, as far as the grant counted."""
    theme, grant = lanes.theme, entry.grant
    x0 = lanes.x(grant.start)
    for text, at in (("T1", grant.t1), ("T2", grant.t2)):
        x = lanes.x(at)
        if (entry.replaced and at > entry.replaced) or x - x0 < 2 * DISC:
            continue
        draw_lease_tick(lanes.painter, theme, x, y)
        wide = lanes.width(text, bold=True)
        middle = y - lanes.px(metrics.TICK_LEASE / 2 + 2)
        low, high = middle - lanes.px(4), lanes.px(8)
        sides = (x + 3, x - 3 - wide) if text == "T1" else (x - 3 - wide, x + 3)
        found = lanes.placer.place([Area(left, low, wide, high) for left in sides])
        if found is not None:
            draw_text(lanes.painter, theme, found.x, middle, text, theme.ink, NOTE, bold=True)
        lanes.view.hit(
            QRectF(x - 6, y - 9, 12, 18),
            Selection("record", grant.record),
            f"{text} {moment_text(at)}",
        )


def _length(lanes: Lanes, y: float, x: float, entry: Entry, hue: Who) -> None:
    """How long the grant is, and until when if it still counts."""
    grant = entry.grant
    text = duration_text(grant.lease_s * US)
    if not entry.replaced and grant.way == "arrived":
        text = f"{text}, until {when_text(grant.end, lanes.now_at)}"
    elif grant.way != "arrived":
        text = f"{text}, {'lost' if grant.way == 'lost' else 'on its way'}"
    wide = lanes.width(text, bold=True)
    low, high = y - lanes.px(5), lanes.px(10)
    found = lanes.placer.place((Area(x + 7, low, wide, high), Area(lanes.now + 6, low, wide, high)))
    if found is not None:
        colour = lanes.theme.hue(hue).text
        draw_text(lanes.painter, lanes.theme, found.x, y, text, colour, NOTE, bold=True)


def paint_discs(lanes: Lanes, discs: Sequence[Disc]) -> None:
    """Paint the numbers of the grants, in the hue of who granted them."""
    theme, radius = lanes.theme, lanes.px(DISC)
    for x, y, entry in discs:
        hue = theme.hue(who(entry.grant.who))
        cx, cy = theme.snap(x), theme.snap(y)
        disc(
            lanes.painter, theme, cx, cy, radius,
            ground=theme.panel, frame=hue.stroke, width=metrics.STROKE,
        )  # fmt: skip
        number = str(entry.number)
        draw_text(lanes.painter, theme, cx, cy, number, hue.text, NOTE, bold=True, align="centre")
        area = QRectF(cx - radius, cy - radius, 2 * radius, 2 * radius)
        words = f"grant {entry.number}: {grant_words(entry.grant)}"
        lanes.view.hit(area, Selection("record", entry.grant.record), words)


def _track(lanes: Lanes, y: float, entry: Entry, tenure: Tenure) -> None:
    """What could be told: known to the partner, then the MCLT."""
    painter, theme, grant = lanes.painter, lanes.theme, entry.grant
    partner = next((b for b in tenure.beliefs if b.server != grant.server), None)
    if not entry.mclt or partner is None:
        return
    high = lanes.px(MCLT)
    top = y - high / 2
    hue = who(partner.who)
    x0 = lanes.x(grant.start)
    beyond = entry.limit > grant.start
    start = entry.limit if beyond and entry.counted else grant.start
    x = lanes.x(start)
    far = lanes.x(start + entry.mclt)
    if start == entry.limit and beyond:
        draw_promise(painter, theme, x0, x, y, hue)
    draw_mclt(painter, theme, x, top, far - x, high)
    paint_cuts(painter, theme, lanes.axis, x, far, top, high)
    lanes.placer.keep(Area(x0, top - 2, far - x0, high + 4))
    if start == entry.limit and beyond:
        draw_diamond(painter, theme, x, y, hue, half=DIAMOND - 1)
        words = f"{partner.name} knew of {moment_text(entry.limit)}"
        lanes.view.hit(QRectF(x - 8, y - 8, 16, 16), Selection(), words)
    text = f"{_whole(start + entry.mclt - grant.start)} could be told"
    lanes.view.hit(QRectF(x0, top, far - x0, high), Selection(), text)
    if beyond and not entry.counted:
        _uncounted(lanes, y, entry, far, hue)


def _whole(us: int) -> str:
    """Return a length to the minute: what flies for a millisecond is no part of it."""
    return duration_text((us + MINUTE // 2) // MINUTE * MINUTE)


def _uncounted(lanes: Lanes, y: float, entry: Entry, x0: float, hue: Who) -> None:
    """What other profiles would count too: faint."""
    x = lanes.x(entry.limit)
    far = lanes.x(entry.limit + entry.mclt)
    if x <= x0:
        return
    painter, theme = lanes.painter, lanes.theme
    high = lanes.px(MCLT)
    draw_promise(painter, theme, x0 + 4, x - DIAMOND, y, hue, acked=False)
    draw_mclt(painter, theme, x, y - high / 2, far - x, high, faint=True)
    draw_diamond(painter, theme, x, y, hue, filled=False, half=DIAMOND - 1)
    lanes.placer.keep(Area(x - DIAMOND, y - DIAMOND, far - x + DIAMOND, 2 * DIAMOND))
    text = f"if counted: {_whole(entry.limit + entry.mclt - entry.grant.start)}"
    wide = lanes.width(text)
    low, tall = y - lanes.px(5), lanes.px(10)
    above = low - lanes.px(11)
    places = (
        Area(far + 6, low, wide, tall), Area(far - wide, above, wide, tall),
        Area(x - DIAMOND - 6 - wide, above, wide, tall),
    )  # fmt: skip
    found = lanes.placer.place(places)
    if found is not None:
        draw_text(painter, theme, found.x, found.y + found.h / 2, text, theme.ink3, NOTE)


# -- a server ----------------------------------------------------------------------------


def _books(
    lanes: Lanes, y: float, entry: Entry, belief: Belief, *, last: bool, named: bool
) -> bool:
    """What a server has on its books of one grant; return whether the MCLT got its name."""
    painter, theme, grant = lanes.painter, lanes.theme, entry.grant
    hue = who(belief.who)
    own = belief.server == grant.server
    high = lanes.px(BAR)
    top = y - high / 2
    x0, x1 = lanes.x(grant.start), lanes.x(grant.end)
    tone: BandTone = "live" if belief.running else "memory"
    form: Service = "alone" if last and belief.striped and own else "full"
    draw_band(painter, theme, x0, top, x1 - x0, high, form, hue, tone=tone)
    paint_cuts(painter, theme, lanes.axis, x0, x1, top, high)
    lanes.placer.keep(Area(x0 - DISC, top, x1 - x0 + DISC, high))
    words = f"{belief.name}: grant {entry.number}, until {moment_text(grant.end)}"
    area = QRectF(x0, top - 2, x1 - x0, high + 4)
    lanes.view.hit(area, Selection("record", grant.record), words)
    if entry.pet > grant.end:
        return _promise(lanes, y, entry, belief, x1, named=named)
    return False


def _promise(
    lanes: Lanes, y: float, entry: Entry, belief: Belief, x1: float, *, named: bool
) -> bool:
    """The line to the potential expiration that went with a grant, and the MCLT behind it."""
    painter, theme = lanes.painter, lanes.theme
    hue = who(belief.who)
    own = belief.server == entry.grant.server
    settled = entry.acked or not own
    x = lanes.x(entry.pet)
    draw_promise(painter, theme, x1, x if settled else x - DIAMOND, y, hue, acked=settled)
    named_now = False
    furthest = settled and belief.limit == entry.pet
    right = x + DIAMOND + 5
    if furthest and belief.mclt:
        far = lanes.x(entry.pet + belief.mclt)
        high = lanes.px(MCLT)
        draw_mclt(painter, theme, x, y - high / 2, far - x, high)
        paint_cuts(painter, theme, lanes.axis, x, far, y - high / 2, high)
        lanes.placer.keep(Area(x, y - high / 2 - 2, far - x, high + 4))
        words = f"MCLT {duration_text(belief.mclt)}: to {moment_text(entry.pet + belief.mclt)}"
        lanes.view.hit(QRectF(x, y - high / 2, far - x, high), Selection(), words)
        right = far + 6
        if not named:
            named_now = _words(lanes, right, x, y, f"MCLT {duration_text(belief.mclt)}", None)
    draw_diamond(painter, theme, x, y, hue, filled=settled, half=DIAMOND - 1)
    lanes.placer.keep(Area(x - DIAMOND, y - DIAMOND, 2 * DIAMOND, 2 * DIAMOND))
    word = "acked PET" if own and settled else belief.pending_word if own else "received PET"
    word = word or "to send"
    area = QRectF(x - 8, y - 8, 16, 16)
    chosen = Selection("address", lanes.address)
    lanes.view.hit(area, chosen, f"{word} {moment_text(entry.pet)}")
    _words(lanes, right, x, y, word, hue, above_first=bool(furthest and belief.mclt))
    return named_now


def _words(
    lanes: Lanes,
    right: float,
    x: float,
    y: float,
    text: str,
    hue: Who | None,
    *,
    above_first: bool = False,
) -> bool:
    """Words behind a promise or above its line."""
    theme = lanes.theme
    wide = lanes.width(text, bold=hue is None)
    low, tall = y - lanes.px(5), lanes.px(10)
    above = low - lanes.px(10)
    behind = Area(right, low, wide, tall)
    over = (Area(x - DIAMOND - 2 - wide, above, wide, tall), Area(x + DIAMOND, above, wide, tall))
    found = lanes.placer.place((*over, behind) if above_first else (behind, *over))
    if found is None:
        return False
    colour = theme.hue(hue).text if hue is not None else theme.ink2
    middle = found.y + found.h / 2
    draw_text(lanes.painter, theme, found.x, middle, text, colour, NOTE, bold=hue is None)
    return True
