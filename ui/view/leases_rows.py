"""The compact lanes: a row a party, painted along the story axis (VISUAL §6, Leases)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QRectF

from foviz import US, duration_text, moment_text
from ui.layout.area import Area
from ui.layout.leases import Placer, promise_words, tick_sides
from ui.model.selection import Selection
from ui.model.tenure_words import when_text
from ui.view import metrics
from ui.view.forms import (
    box,
    draw_band,
    draw_diamond,
    draw_lease_tick,
    draw_mclt,
    draw_plate,
    draw_promise,
    draw_text,
)
from ui.view.story_axis import paint_cuts

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter

    from ui.layout.axis import StoryAxis
    from ui.layout.leases_facts import Belief, Grant, Tenure
    from ui.layout.timeline import Row
    from ui.theme import Theme, Who
    from ui.view.bands import BandTone
    from ui.view.painted import PaintedView
    from ui.view.story_axis import AxisPlace

NOTE: Final = metrics.TYPE_NOTE
DIAMOND: Final = metrics.DIAMOND_HALF


@dataclass
class Lanes:
    """What the rows are painted with."""

    view: PaintedView
    painter: QPainter
    theme: Theme
    axis: StoryAxis
    place: AxisPlace
    placer: Placer
    now: float
    now_at: int
    address: int

    def x(self, at: int) -> float:
        """Return the place of a moment."""
        return self.axis.x_of(at)

    def px(self, size: float) -> int:
        """Return a size at the user's scale."""
        return self.theme.px(size)

    @property
    def bar(self) -> int:
        """Height of a lease's bar."""
        return self.theme.px(metrics.BAND_LEASE)

    @property
    def band(self) -> int:
        """Height of a band of the MCLT."""
        return self.theme.px(metrics.BAND_MCLT)

    def width(self, text: str, *, bold: bool = False) -> float:
        """Return the width of a note."""
        return self.theme.width(text, NOTE, bold)


def grant_words(grant: Grant) -> str:
    """Return a grant in a few words: ``ACK 1 h``, and what became of it."""
    words = f"ACK {duration_text(grant.lease_s * US)}"
    return {"arrived": words, "flying": f"{words}, on its way", "lost": f"{words}, lost"}[grant.way]


def who(name: str) -> Who:
    """Return a hue's name as a hue."""
    return cast("Who", name)


def paint_name(lanes: Lanes, row: Row, name: str, word: str) -> None:
    """Write a row's name and what it says."""
    theme, x = lanes.theme, metrics.PANEL_PADDING
    room = lanes.place.gutter - x - 2
    wide = draw_text(lanes.painter, theme, x, row.middle, name, theme.ink, bold=True, room=room)
    if wide + 6 + lanes.width(word) <= room:
        draw_text(lanes.painter, theme, x + wide + 6, row.middle, word, theme.ink3, NOTE)


# -- the client's row --------------------------------------------------------------------


def paint_told(lanes: Lanes, cy: float, tenure: Tenure) -> None:
    """Paint what the client was told: one bar, its timers, and what is on its way."""
    painter, theme, axis = lanes.painter, lanes.theme, lanes.axis
    chosen = lanes.view.model.selection
    marked: tuple[float, float] | None = None
    for told in tenure.told:
        x0, x1 = lanes.x(told.start), lanes.x(told.end)
        draw_band(
            painter, theme, x0, cy - lanes.bar / 2, x1 - x0, lanes.bar, "full", who(told.grant.who)
        )
        lanes.placer.keep(Area(x0, cy - lanes.bar / 2, x1 - x0, lanes.bar))
        words = f"{grant_words(told.grant)}, {moment_text(told.start)} to {moment_text(told.end)}"
        area = QRectF(x0, cy - 7, max(2.0, x1 - x0), 14)
        lanes.view.hit(area, Selection("record", told.grant.record), words)
        if chosen == Selection("record", told.grant.record):
            marked = (x0, x1)
    for told in tenure.told:
        x0, x1 = lanes.x(told.start), lanes.x(told.end)
        paint_cuts(painter, theme, axis, x0, x1, cy - lanes.bar / 2, lanes.bar)
    present = tenure.present
    flying = tenure.flying
    if flying is not None:
        _flying(lanes, cy, flying, tenure.mclt)
    runs = present is not None and tenure.told[-1].end > lanes.now_at
    if present is not None and runs:
        _timers(lanes, cy, present)
    if flying is not None:
        ticks = (present.t1, present.t2) if present is not None and runs else ()
        ends = tenure.told[-1].end if tenure.told else flying.start
        _flying_words(lanes, cy, flying, ends, ticks)
    if marked is not None:
        x0, x1 = marked
        box(
            painter, theme, x0 - 3, cy - lanes.bar / 2 - 3, x1 - x0 + 6, lanes.bar + 6,
            frame=theme.sel, width=metrics.STROKE_STRONG, radius=2,
        )  # fmt: skip
    if tenure.told:
        _end_words(lanes, cy, tenure)
    elif flying is None:
        _note(lanes, cy, "nothing yet")


def _note(lanes: Lanes, cy: float, text: str) -> None:
    """Say in a row why it is empty, beside the playhead."""
    wide = lanes.width(text)
    places = [
        Area(x, cy - lanes.px(6), wide, lanes.px(12)) for x in (lanes.axis.left, lanes.now + 8)
    ]
    found = lanes.placer.place(places)
    if found is not None:
        draw_text(lanes.painter, lanes.theme, found.x, cy, text, lanes.theme.ink3, NOTE)


def _flying(lanes: Lanes, cy: float, grant: Grant, mclt: int) -> None:
    """A dashed outline over the bars of its MCLT: not there yet."""
    painter, theme = lanes.painter, lanes.theme
    x0, x1 = lanes.x(grant.start), lanes.x(grant.end)
    high = lanes.band + 2
    if grant.lease_s * US == mclt:
        draw_mclt(painter, theme, x0, cy - lanes.band / 2, x1 - x0, lanes.band, closed=False)
    hue = theme.hue(who(grant.who))
    box(
        painter, theme, x0, cy - high / 2, x1 - x0, high,
        frame=hue.stroke, width=metrics.STROKE_STRONG, dash=metrics.DASH_HOST_BOX,
    )  # fmt: skip
    lanes.placer.keep(Area(x0, cy - high / 2, x1 - x0, high))
    area = QRectF(x0, cy - high / 2, x1 - x0, high)
    lanes.view.hit(area, Selection("record", grant.record), grant_words(grant))


def _flying_words(
    lanes: Lanes, cy: float, grant: Grant, told_end: int, ticks: tuple[int, ...]
) -> None:
    """Name the ACK inside its outline, clear of folds and ticks."""
    theme = lanes.theme
    text = f"ACK {duration_text(grant.lease_s * US)}"
    wide = lanes.width(text, bold=True) + 8
    x0, x1 = lanes.x(grant.start) + 3, lanes.x(grant.end) - 3
    high = lanes.px(5)
    inside = Placer(Area(x0, cy - high, x1 - x0, 2 * high))
    for at in ticks:
        inside.keep(Area(lanes.x(at) - 3, cy - high, 6, 2 * high))
    beyond = max(x0, lanes.x(told_end))
    parts = [*lanes.axis.clear_within(beyond, x1), *lanes.axis.clear_within(x0, x1)]
    if not lanes.axis.folds_within(x0, x1):
        parts.reverse()
    places = [Area((a + b - wide) / 2, cy - high, wide, 2 * high) for a, b in parts]
    places += [Area(x, cy - high, wide, 2 * high) for a, b in parts for x in (a + 4, b - wide - 4)]
    found = inside.place(places)
    if found is not None:
        colour = theme.hue(who(grant.who)).text
        draw_plate(
            lanes.painter,
            theme,
            found.x + wide / 2,
            cy,
            text,
            colour,
            NOTE,
            bold=True,
            height=2 * high,
        )


def _timers(lanes: Lanes, cy: float, grant: Grant) -> None:
    """T1 and T2 of the lease that the client goes by."""
    theme = lanes.theme
    x1, x2 = lanes.x(grant.t1), lanes.x(grant.t2)
    widths = [lanes.width(text, bold=True) for text in ("T1", "T2")]
    sides = tick_sides(x1, x2, *widths)
    half = metrics.TICK_LEASE / 2
    for text, x, at, left, wide in zip(
        ("T1", "T2"), (x1, x2), (grant.t1, grant.t2), sides, widths, strict=True
    ):
        # Beside the playhead the letters change sides.
        start = x - 4 - wide if left else x + 4
        if start - 2 < lanes.now < start + wide + 2:
            left = not left
            start = x - 4 - wide if left else x + 4
        middle = cy - lanes.px(metrics.TICK_LEASE / 2 + 3)
        letters = Area(start, middle - lanes.px(4), wide, lanes.px(8))
        draw_lease_tick(lanes.painter, theme, x, cy)
        if lanes.placer.free(letters):
            draw_text(lanes.painter, theme, start, middle, text, theme.ink, NOTE, bold=True)
        lanes.placer.keep(letters)
        lanes.placer.keep(Area(x - 1, cy - half, 2, 2 * half))
        area = QRectF(min(x, start) - 6, cy - half - 8, wide + 16, 2 * half + 8)
        words = f"{text} {moment_text(at)}"
        lanes.view.hit(area, Selection("record", grant.record), words)


def _end_words(lanes: Lanes, cy: float, tenure: Tenure) -> None:
    """When the present lease ends, or ended."""
    told = tenure.told[-1]
    over = told.end <= lanes.now_at
    verb = "ends" if not over else "ended" if told.end == told.grant.end else "given up"
    text = f"{verb} {when_text(told.end, lanes.now_at)}"
    wide = lanes.width(text)
    x, above = lanes.x(told.end), cy - lanes.px(17)
    found = lanes.placer.place(
        (
            Area(x + 6, cy - lanes.px(6), wide, lanes.px(12)),
            Area(x - wide, above, wide, lanes.px(11)),
            Area(x + 6, above, wide, lanes.px(11)),
        )
    )
    if found is not None:
        middle = found.y + found.h / 2
        draw_text(lanes.painter, lanes.theme, found.x, middle, text, lanes.theme.ink2, NOTE)


# -- a server's row ----------------------------------------------------------------------


def paint_belief_bars(lanes: Lanes, cy: float, belief: Belief) -> None:
    """Paint how long a server has leased the address, and how far it may promise."""
    painter, theme = lanes.painter, lanes.theme
    if not belief.leased:
        _note(lanes, cy, belief.note)
        return
    hue = who(belief.who)
    x0, x1 = lanes.x(belief.start), lanes.x(belief.end)
    top = cy - lanes.bar / 2
    knows = lanes.x(belief.striped) if belief.striped else x1
    tone: BandTone = "live" if belief.running else "memory"
    # The MCLT lies behind the bar: where the bar covers it, its edges still show.
    far = _limit(lanes, cy, belief, x1)
    draw_band(painter, theme, x0, top, knows - x0, lanes.bar, "full", hue, tone=tone)
    draw_band(painter, theme, knows, top, x1 - knows, lanes.bar, "alone", hue, tone=tone)
    paint_cuts(painter, theme, lanes.axis, x0, x1, top, lanes.bar)
    lanes.placer.keep(Area(x0, top, x1 - x0, lanes.bar))
    chosen = Selection("record", belief.record) if belief.record >= 0 else Selection()
    known = "" if not belief.striped else ", the partner does not know"
    words = f"{belief.name}: leased until {moment_text(belief.end)}{known}"
    lanes.view.hit(QRectF(x0, cy - 7, x1 - x0, 14), chosen, words)
    if _limit_counts(lanes, belief) and belief.limit + US > belief.end:
        x = lanes.x(belief.limit)
        draw_diamond(painter, theme, x, cy, hue)
        _name_diamond(lanes, x, cy, belief.limit_word, belief.limit)
    if belief.pending:
        x = lanes.x(belief.pending)
        if far < x - DIAMOND:
            draw_promise(painter, theme, far, x - DIAMOND, cy, hue, acked=False)
        draw_diamond(painter, theme, x, cy, hue, filled=False)
        _name_diamond(lanes, x, cy, belief.pending_word, belief.pending)


def _limit_counts(lanes: Lanes, belief: Belief) -> bool:
    """Whether a server may still promise something by what both know."""
    return belief.limit > 0 and belief.limit + belief.mclt > max(lanes.now_at, belief.end)


def _limit(lanes: Lanes, cy: float, belief: Belief, x1: float) -> float:
    """Paint the promise that both know and the MCLT behind it; return where they end."""
    if not _limit_counts(lanes, belief):
        return x1
    painter, theme = lanes.painter, lanes.theme
    far_at = belief.limit + belief.mclt
    x, end = lanes.x(belief.limit), lanes.x(far_at)
    if x > x1:
        draw_promise(painter, theme, x1, x, cy, who(belief.who))
    band = lanes.band
    top = cy - band / 2
    draw_mclt(painter, theme, x, top, end - x, band)
    paint_cuts(painter, theme, lanes.axis, x, end, top, band)
    lanes.placer.keep(Area(x, top - 2, end - x, band + 4))
    words = f"MCLT {duration_text(belief.mclt)}: to {moment_text(far_at)}"
    lanes.view.hit(QRectF(x, top, end - x, band), Selection(), words)
    return end + 4


def _name_diamond(lanes: Lanes, x: float, cy: float, word: str, at: int) -> None:
    lanes.placer.keep(Area(x - DIAMOND, cy - DIAMOND, 2 * DIAMOND, 2 * DIAMOND))
    area = QRectF(x - 8, cy - 8, 16, 16)
    lanes.view.hit(area, Selection("address", lanes.address), f"{word} {moment_text(at)}")


def paint_belief_words(lanes: Lanes, cy: float, belief: Belief, banded: bool) -> bool:
    """Write what the lines and bands are; return whether the MCLT has its name now."""
    if not belief.leased:
        return False
    colour = lanes.theme.hue(who(belief.who)).text
    start, y = lanes.x(belief.end), cy - lanes.px(16)
    named = False
    if _limit_counts(lanes, belief):
        x, end = lanes.x(belief.limit), lanes.x(belief.limit + belief.mclt)
        if not banded:
            named = _mclt_words(lanes, cy, x, end, belief.mclt)
        if belief.limit + US > belief.end:
            _promise_words(lanes, start, x, y, belief.limit_word, colour)
        start = end
    if belief.pending:
        _promise_words(lanes, start, lanes.x(belief.pending), y, belief.pending_word, colour)
    return named


def _mclt_words(lanes: Lanes, cy: float, x0: float, x1: float, mclt: int) -> bool:
    """Name the first band of the MCLT, above it or behind it."""
    text = f"MCLT {duration_text(mclt)}"
    wide = lanes.width(text, bold=True) + 2 * metrics.PLATE_WIDER
    over = Area((x0 + x1 - wide) / 2, cy - lanes.px(21), wide, lanes.px(11))
    found = lanes.placer.place((over, Area(x1 + 4, cy - lanes.px(6), wide, lanes.px(12))))
    if found is None:
        return False
    middle, theme = found.y + found.h / 2, lanes.theme
    draw_plate(
        lanes.painter, theme, found.x + wide / 2, middle, text, theme.ink2, NOTE, bold=True,
        ground=_ground(lanes, found),
    )  # fmt: skip
    return True


def _promise_words(lanes: Lanes, x0: float, x1: float, y: float, text: str, colour: QColor) -> None:
    wide = lanes.width(text)
    found = lanes.placer.place(promise_words(x0, x1, y, wide, lanes.px(10), lanes.now))
    if found is not None:
        draw_text(lanes.painter, lanes.theme, found.x, found.y + found.h / 2, text, colour, NOTE)


def _ground(lanes: Lanes, found: Area) -> QColor:
    """The ground behind words: that of a fold when they stand in one."""
    middle = found.x + found.w / 2
    folded = any(fold.x0 <= middle <= fold.x1 for fold in lanes.axis.folds)
    return lanes.theme.sunken if folded else lanes.theme.panel
