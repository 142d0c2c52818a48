"""What stands in the rows of the chart: lines first, then capsules, then marks and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QLineF, QRectF

from ui.layout.chart_arrows import PlacedArrow, PlacedPile
from ui.layout.chart_flight import fly, is_flying
from ui.layout.chart_marks import PlacedChange, PlacedLink, PlacedMark
from ui.view import metrics
from ui.view.forms import (
    box,
    disc,
    draw_arrow,
    draw_badge,
    draw_bolt,
    draw_bow,
    draw_breach,
    draw_capsule,
    draw_capsule_dot,
    draw_cross,
    draw_disk,
    draw_head,
    draw_ignored,
    draw_link_event,
    draw_pile,
    draw_pile_line,
    draw_tag,
    draw_text,
    draw_timer,
    draw_timer_tick,
    line,
    paint_mark_icon,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter

    from ui.layout.chart import Row
    from ui.layout.chart_arrows import Stop
    from ui.layout.chart_flight import Flight, Point
    from ui.layout.chart_items import Mark
    from ui.layout.chart_room import Label, Note
    from ui.theme import Theme, Who
    from ui.view.badges import Service
    from ui.view.chart_scene import ChartScene

NOTE = metrics.TYPE_NOTE
_ICONS = {"stop": "stop", "restart": "restart", "skew": "skew-clock", "disk": "lose-disk"}


@dataclass
class Strokes:
    """One frame of the chart while it is painted.

    ``lines`` are the painted lines of messages with their records, to be pointed at.
    """

    painter: QPainter
    theme: Theme
    scene: ChartScene
    lines: list[tuple[QLineF, PlacedArrow]] = field(default_factory=list)

    def colour(self, who: str) -> QColor:
        """Return the colour of a line in the hue of who sent it."""
        return self.theme.hue(cast("Who", who)).stroke

    def note(self, note: Note | None) -> None:
        """Write words beside a line or a mark."""
        if note is not None:
            ink: QColor = getattr(self.theme, note.role)
            draw_text(
                self.painter, self.theme, note.x, note.y, note.text, ink, NOTE, bold=note.bold
            )


# -- lines


def paint_lines(strokes: Strokes, row: Row) -> None:
    """Paint the lines of a row."""
    painter, theme = strokes.painter, strokes.theme
    for part in row.parts:
        if isinstance(part, PlacedArrow):
            _paint_ways(strokes, part)
        elif isinstance(part, PlacedPile):
            who = cast("Who", part.pile.who)
            draw_pile_line(painter, theme, part.x1, part.x2, part.y, who)


def _paint_ways(strokes: Strokes, placed: PlacedArrow) -> None:
    colour = strokes.colour(placed.arrow.who)
    start = (placed.x, placed.y)
    if placed.kink is not None:
        x, above, below = placed.kink
        _line(strokes, placed, start, (x, above), colour)
        _line(strokes, placed, (x, above), (x, below), colour)
        start = (x, below)
    if placed.second is not None:
        draw_arrow(strokes.painter, strokes.theme, *placed.second, colour)
    for path in placed.paths:
        if is_flying(path):
            _paint_flight(strokes, placed, path, colour)
        else:
            _paint_path(strokes, placed, start, path, colour)


def _paint_path(
    strokes: Strokes, placed: PlacedArrow, start: Point, path: tuple[Stop, ...], colour: QColor
) -> None:
    """Paint a message that has come to its end, a head at each host that heard it."""
    theme, end = strokes.theme, path[-1]
    _line(strokes, placed, start, (end.x, end.y), colour, head=end.fate.what in ("heard", "nobody"))
    for stop in path[:-1]:
        if stop.fate.what == "heard":
            dx, dy = stop.x - start[0], stop.y - start[1]
            length = metrics.HEAD * max(1.0, theme.stroke)
            draw_head(strokes.painter, theme, stop.x, stop.y, dx, dy, colour, length)


def _paint_flight(
    strokes: Strokes, placed: PlacedArrow, path: tuple[Stop, ...], colour: QColor
) -> None:
    """Paint a message on its way: dashed, its head on the playhead."""
    painter, theme = strokes.painter, strokes.theme
    flight = flight_of(strokes.scene, placed, path)
    points = flight.points
    for start, end in pairwise(points[:-1]):
        painter.setPen(theme.pen(colour, metrics.STROKE, metrics.DASH_FLIGHT))
        painter.drawLine(QLineF(*start, *end))
        strokes.lines.append((QLineF(*start, *end), placed))
    draw_arrow(painter, theme, *points[-2], *points[-1], colour, in_flight=True)
    strokes.lines.append((QLineF(*points[-2], *points[-1]), placed))
    for stop in path[:-1]:
        if stop.fate.what == "heard" and flight.has_passed(stop.x):
            dx, dy = points[-1][0] - points[0][0], points[-1][1] - points[0][1]
            draw_head(painter, theme, stop.x, flight.y_at(stop.x), dx, dy, colour)


def flight_of(scene: ChartScene, placed: PlacedArrow, path: tuple[Stop, ...]) -> Flight:
    """Return the way of a flying message in a scene."""
    return fly(placed, path, scene.now, scene.layout.foot)


def _line(
    strokes: Strokes,
    placed: PlacedArrow,
    start: Point,
    end: Point,
    colour: QColor,
    *,
    head: bool = False,
) -> None:
    painter, theme = strokes.painter, strokes.theme
    if head:
        draw_arrow(painter, theme, *start, *end, colour)
    else:
        line(painter, theme, *start, *end, colour, metrics.STROKE)
    strokes.lines.append((QLineF(*start, *end), placed))


# -- capsules


def paint_capsules(strokes: Strokes, row: Row) -> list[tuple[PlacedArrow | PlacedPile, QRectF]]:
    """Paint the capsules and piles of a row; return where they stand."""
    found: list[tuple[PlacedArrow | PlacedPile, QRectF]] = []
    for part in row.parts:
        if isinstance(part, PlacedArrow):
            selected = part.arrow.record == strokes.scene.record
            arrow = part.arrow
            found.append((part, _capsule(strokes, part.label, arrow.who, arrow.failover, selected)))
        elif isinstance(part, PlacedPile):
            found.append((part, _pile(strokes, part)))
    return found


def _capsule(strokes: Strokes, label: Label, who: str, failover: bool, selected: bool) -> QRectF:
    hue = cast("Who", who)
    painter, theme = strokes.painter, strokes.theme
    if not label.text:
        return draw_capsule_dot(
            painter, theme, label.x, label.y, hue, failover=failover, selected=selected
        )
    return draw_capsule(
        painter, theme, label.x, label.y, label.text, hue, failover=failover, selected=selected
    )


def _pile(strokes: Strokes, placed: PlacedPile) -> QRectF:
    pile, label = placed.pile, placed.label
    selected = strokes.scene.record in pile.records
    if not label.text:
        return _capsule(strokes, label, pile.who, pile.failover, selected)
    # The outline behind the pile is part of its width.
    x = label.x - metrics.PILE_BEHIND / 2
    return draw_pile(
        strokes.painter, strokes.theme, x, label.y, label.text, cast("Who", pile.who),
        failover=pile.failover, selected=selected,
    )  # fmt: skip


# -- marks


def paint_marks(strokes: Strokes, row: Row) -> None:
    """Paint crosses, clocks, badges and all words of a row."""
    for part in row.parts:
        if isinstance(part, PlacedArrow):
            _paint_fates(strokes, part)
        elif isinstance(part, PlacedChange):
            _paint_change(strokes, part)
        elif isinstance(part, PlacedMark):
            _paint_mark(strokes, part)
        elif isinstance(part, PlacedLink):
            draw_link_event(
                strokes.painter, strokes.theme, min(part.x1, part.x2), max(part.x1, part.x2),
                part.y, cut=part.link.cut,
            )  # fmt: skip
            strokes.note(part.note)


def _paint_fates(strokes: Strokes, placed: PlacedArrow) -> None:
    """Paint what became of a message at each host, and the words about it."""
    painter, theme = strokes.painter, strokes.theme
    colour = strokes.colour(placed.arrow.who)
    for path in placed.paths:
        flight = flight_of(strokes.scene, placed, path) if is_flying(path) else None
        for stop in path:
            if flight is not None and not flight.has_passed(stop.x):
                continue
            y = stop.y if flight is None else flight.y_at(stop.x)
            if stop.fate.what == "lost":
                draw_cross(painter, theme, stop.x, y)
            elif stop.fate.what == "ignored":
                draw_ignored(painter, theme, stop.x, y, colour)
    if placed.tick is not None:
        draw_timer_tick(painter, theme, placed.x, placed.tick)
        strokes.note(placed.tick_note)
    if placed.kink is not None:
        x, above, below = placed.kink
        draw_timer(painter, theme, x, (above + below) / 2 - 2, radius=6.0)
    if placed.tag is not None:
        tag = placed.tag
        draw_tag(painter, theme, tag.x, tag.y, tag.text, bad=True, width=tag.w)
    for note in placed.notes:
        strokes.note(note)


def change_box(strokes: Strokes, placed: PlacedChange) -> QRectF:
    """Return what a state change covers, its lifeline included."""
    far = strokes.theme.grown(metrics.TIMER_RADIUS + 2)
    area = QRectF(placed.x - far, placed.y - far, 2 * far, 2 * far)
    if placed.badges:
        left, high = placed.badges[0][0], strokes.theme.px(16)
        badges = QRectF(left, placed.y - high / 2, placed.end - left, high)
        area = area.united(badges) if placed.change.glyph == "timer" else badges
    return area


def _paint_change(strokes: Strokes, placed: PlacedChange) -> None:
    """Paint old and new badges with arrows between, and what made the change."""
    painter, theme, change = strokes.painter, strokes.theme, placed.change
    if change.record == strokes.scene.record and placed.badges:
        left = placed.badges[0][0]
        high = theme.px(16)
        _halo(strokes, QRectF(left, placed.y - high / 2, placed.end - left, high))
    if change.glyph == "timer":
        draw_timer(painter, theme, placed.x, placed.y)
    if placed.glyph is not None:
        paint_mark_icon(painter, theme, "operator", placed.glyph, placed.y, theme.ink2)
    last = 0.0
    for place, (x, letters, service) in enumerate(placed.badges):
        if place:
            gap = x - last
            draw_arrow(
                painter, theme, last + gap * 0.2, placed.y, last + gap * 0.8, placed.y,
                theme.ink2, head=metrics.HEAD_SMALL,
            )  # fmt: skip
        who = cast("Who", change.who)
        rect = draw_badge(painter, theme, x, placed.y, letters, cast("Service", service), who)
        last = rect.right()
    strokes.note(placed.note)


def _paint_mark(strokes: Strokes, placed: PlacedMark) -> None:
    painter, theme, mark = strokes.painter, strokes.theme, placed.mark
    if mark.record == strokes.scene.record:
        far = strokes.theme.grown(metrics.BOLT_DISC)
        _halo(strokes, QRectF(placed.x - far, placed.y - far, 2 * far, 2 * far), far)
    _glyph(painter, theme, mark, placed.x, placed.y)
    if placed.badge is not None and mark.state is not None:
        letters, service = mark.state
        who = cast("Who", mark.who)
        draw_badge(painter, theme, placed.badge, placed.y, letters, cast("Service", service), who)
    strokes.note(placed.note)


def _glyph(painter: QPainter, theme: Theme, mark: Mark, x: float, y: float) -> None:
    if mark.form == "bolt":
        draw_bolt(painter, theme, x, y)
    elif mark.form == "timer":
        draw_timer(painter, theme, x, y)
    elif mark.form == "breach":
        draw_breach(painter, theme, x, y)
    elif mark.form == "written":
        draw_disk(painter, theme, x, y)
    elif mark.form in _ICONS:
        disc(painter, theme, x, y, theme.grown(metrics.BOLT_DISC), ground=theme.panel)
        colour = theme.bad if mark.bad else theme.ink
        paint_mark_icon(painter, theme, _ICONS[mark.form], x, y, colour)
    else:  # a conflict: damage is said in red words, this only says where
        disc(
            painter, theme, x, y, theme.grown(metrics.TIMER_RADIUS), ground=theme.panel,
            frame=theme.bad, width=metrics.STROKE_STRONG,
        )  # fmt: skip


def _halo(strokes: Strokes, area: QRectF, radius: float = metrics.RADIUS_BADGE) -> None:
    """Paint the halo of the selection, 3 px out."""
    far = metrics.CAPSULE_HALO
    box(
        strokes.painter, strokes.theme, area.x() - far, area.y() - far,
        area.width() + 2 * far, area.height() + 2 * far,
        ground=strokes.theme.selw, frame=strokes.theme.sel, width=metrics.STROKE_STRONG,
        radius=radius + far,
    )  # fmt: skip


def paint_bow(strokes: Strokes, effect: PlacedArrow, cause: PlacedArrow) -> None:
    """Paint the violet bow from a selected message to the one that its sender answered."""
    column = strokes.scene.layout.columns.of(effect.arrow.host)
    stops = [stop for path in cause.paths for stop in path if stop.fate.host == effect.arrow.host]
    if column is None or not stops:
        return
    edge = column.x + column.half + 2
    draw_bow(strokes.painter, strokes.theme, edge, effect.y, stops[0].y)
