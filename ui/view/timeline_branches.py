"""Rows of the timeline: how many records there are, and the branches as lanes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt

from foviz import moment_text
from ui.layout.timeline import Row
from ui.layout.timeline_lanes import (
    BAR,
    PITCH,
    BranchPlace,
    Lane,
    branch_lanes,
    chosen_lanes,
)
from ui.model.selection import Selection
from ui.view import metrics
from ui.view.forms import disc, draw_plate, draw_text, line
from ui.view.timeline_rows import name_flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foviz import BranchView
    from ui.layout.timeline_lanes import Density
    from ui.view.timeline_strip import Strip

NOTE: Final = metrics.TYPE_NOTE
DOT: Final = 3.0
FORK: Final = 4.0
DEED: Final = 5.0
_DEEDS_SHOWN: Final = 100
_LONGEST: Final = 28
"""Letters of a branch's title."""


def record_bars(strip: Strip, row: Row, density: Density) -> list[QRectF]:
    """Return the bars of the records' density."""
    trace = strip.view.model.session.branch.trace
    shares = density.shares(strip.seen_at, trace.count_until_time)
    room, foot = row.h - 2, row.bottom
    left = strip.theme.snap(strip.axis.left)
    return [
        QRectF(left + place * PITCH, foot - high, BAR, high)
        for place, share in enumerate(shares)
        if share > 0 and (high := max(1, round(share * room)))
    ]


def paint_records(strip: Strip, bars: list[QRectF]) -> None:
    """Paint the density of records."""
    painter = strip.painter
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(strip.fills.brush(strip.fills.strong))
    painter.drawRects(bars)


def lanes_of(strip: Strip, branches: Sequence[BranchView], present: str) -> list[Lane]:
    """Return the lanes that have room."""
    axis = strip.axis
    places: list[BranchPlace] = []
    for branch in branches:
        end = strip.seen_at if branch.name == present else branch.seen
        bold = branch.name == present
        words = strip.width(branch_words(branch), bold=bold)
        fork, last = axis.x_of(branch.fork_at), axis.x_of(end)
        places.append(BranchPlace(branch.name, branch.parent, fork, last, words))
    shown = chosen_lanes(places, present, len(strip.rows.lanes))
    middles = [row.middle for row in strip.rows.lanes]
    return branch_lanes(places, shown, present, strip.first_x, strip.right, middles, strip.now)


def paint_lanes(
    strip: Strip, lanes: Sequence[Lane], branches: Sequence[BranchView], present: str
) -> None:
    """Paint the branches: lines, forks, ends, names, and the flags of what was done on them."""
    # The present branch is painted last: its line lies on top.
    for lane in sorted(lanes, key=lambda found: branches[found.number].name == present):
        _paint_lane(strip, lane, branches[lane.number], branches[lane.number].name == present)
    for lane in lanes:
        branch = branches[lane.number]
        here = branch.name == present
        if branch.parent:
            _paint_fork(strip, lane)
        if lane.label >= 0:
            _paint_words(strip, lane, branch, here)
        _paint_deeds(strip, lane, branch)


def branch_words(branch: BranchView) -> str:
    """Return a branch's name and title: ``B partner-down DHCP2``."""
    title = branch.title if len(branch.title) <= _LONGEST else branch.title[: _LONGEST - 1] + "…"
    return f"{branch.name} {title}".rstrip()


def _paint_deeds(strip: Strip, lane: Lane, branch: BranchView) -> None:
    """A tick on the line for each thing the user did; the first is the fork itself."""
    row = strip.rows.lanes[lane.row]
    y, theme = row.middle, strip.fills
    words = (lane.label - 3, lane.label + strip.width(branch_words(branch)) + 9)
    reached = lane.corner
    for at, deed in branch.interventions[-_DEEDS_SHOWN:] if branch.parent else ():
        x = strip.axis.x_of(at)
        hidden = lane.plate and words[0] <= x <= words[1]
        if at > branch.seen or x < reached + 3 or x > lane.x1 or hidden:
            continue
        reached = x
        line(strip.painter, theme, x, y - DEED, x, y, theme.ink, metrics.STROKE)
        name_flags(strip, x, row, [(at, deed)])


def _middle(strip: Strip, row: int) -> float:
    return strip.rows.lanes[row].middle


def _paint_lane(strip: Strip, lane: Lane, branch: BranchView, here: bool) -> None:
    theme, painter = strip.fills, strip.painter
    colour = theme.ink if here else strip.theme.ink3
    width = metrics.STROKE_CUT if here else metrics.STROKE
    y = _middle(strip, lane.row)
    if lane.parent >= 0:
        line(painter, theme, lane.x0, _middle(strip, lane.parent), lane.corner, y, colour, width)
    line(painter, theme, lane.corner, y, lane.x1, y, colour, width)
    disc(painter, theme, lane.x1, theme.snap(y), DOT, ground=colour)
    if strip.first:
        _name_lane(strip, lane, branch, here)


def _name_lane(strip: Strip, lane: Lane, branch: BranchView, here: bool) -> None:
    row, words = strip.rows.lanes[lane.row], branch_words(branch)
    end = lane.x1 + 8
    if lane.label >= 0 and not lane.plate:
        end = lane.label + strip.width(words)
    area = QRectF(lane.x0, row.y, end - lane.x0, row.h)
    deed = None if here else partial(strip.view.model.switch, branch.name)
    said = f"branch {words}, played to {moment_text(branch.seen)}"
    strip.view.hit(area, Selection("branch", branch.name), said, deed)


def _paint_fork(strip: Strip, lane: Lane) -> None:
    """A hollow dot where a branch leaves its parent."""
    theme = strip.theme
    y = _middle(strip, lane.parent if lane.parent >= 0 else lane.row)
    disc(
        strip.painter,
        theme,
        lane.x0,
        theme.snap(y),
        FORK,
        ground=theme.panel,
        frame=theme.ink,
        width=metrics.STROKE,
    )


def _paint_words(strip: Strip, lane: Lane, branch: BranchView, here: bool) -> None:
    theme, words = strip.theme, branch_words(branch)
    colour = theme.ink if here else theme.ink2
    y = _middle(strip, lane.row)
    if lane.plate:
        draw_plate(
            strip.painter, theme, lane.label + 3, y, words, colour, NOTE, bold=here, align="left"
        )
    else:
        draw_text(strip.painter, theme, lane.label, y, words, colour, NOTE, bold=here)
