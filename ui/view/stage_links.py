"""Segments, drops, bridges and failover links of the stage, with their words."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from ui.layout.stage_wires import part_of, point_at
from ui.model.selection import NOTHING, Selection
from ui.view import metrics
from ui.view.forms import disc, draw_cross, draw_cut_stroke, draw_text, line
from ui.view.stage_scene import RELATION
from ui.view.stage_words import bridge_words, link_tip, link_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QColor, QPen

    from ui.layout.stage import Join, Line
    from ui.layout.window import Rect
    from ui.theme import Theme
    from ui.view.stage_scene import Scene

    HitFunction = Callable[[QRectF, Selection, str], None]

CROSS_IN = 12
"""How far from a box the cross of its failure stands."""
HIT_WIRE = 12
"""A link between boxes is easier to hit than a drop: cutting it is the obvious act."""


def paint_links(
    painter: QPainter, scene: Scene, capsules: Sequence[QRectF], hit: HitFunction
) -> None:
    """Paint the structure: bars, bridges, drops, links between servers."""
    theme = scene.theme
    for segment, bar in scene.stage.bars.items():
        if not bar.y:
            continue
        network = scene.network_of(segment)
        words = f"segment {segment} {network}".strip()
        hit(QRectF(bar.x1, bar.y - 5, bar.x2 - bar.x1, 10), NOTHING, words)
    for join in scene.topology.bridges:
        _paint_bridge(painter, scene, join, capsules, hit)
    for join in (*scene.topology.drops, *scene.topology.feet):
        _paint_drop(painter, scene, join, hit)
    for segment in scene.groups:
        _paint_client_drops(painter, scene, segment, hit)
    for join in (*scene.topology.wires, *scene.topology.pairs):
        _paint_wire(painter, scene, join, hit)
    for bar in scene.stage.bars.values():
        if bar.y:
            half = metrics.SEGMENT / 2
            line(
                painter,
                theme,
                bar.x1 + half,
                bar.y,
                bar.x2 - half,
                bar.y,
                theme.strong,
                metrics.SEGMENT,
                rounded=True,
            )


# -- lines


def _polyline(painter: QPainter, theme: Theme, points: Line, pen: QPen) -> None:
    half = pen.widthF() / 2
    snapped = [QPointF(theme.snap(x - half) + half, theme.snap(y - half) + half) for x, y in points]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(snapped))


def _paint_halo(painter: QPainter, scene: Scene, name: str, points: Line) -> None:
    """Paint the violet outline of the selected link, under the link."""
    if scene.model.focus.link != name:
        return
    theme = scene.theme
    # Two strokes of one line: the wider one is left as an outline. Its round ends stay off
    # the box and the bar.
    points = part_of(points[::-1], sum(_lengths(points)) - 8)
    points = part_of(points[::-1], sum(_lengths(points)) - 8)
    _polyline(painter, theme, points, theme.pen(theme.sel, 13.0, rounded=True))
    _polyline(painter, theme, points, theme.pen(theme.selw, 9.0, rounded=True))


def _hit_line(
    points: Line, selection: Selection, words: str, hit: HitFunction, reach: float
) -> None:
    for (x1, y1), (x2, y2) in pairwise(points):
        area = QRectF(QPointF(min(x1, x2), min(y1, y2)), QPointF(max(x1, x2), max(y1, y2)))
        hit(area.adjusted(-reach, -reach, reach, reach), selection, words)


def _paint_drop(painter: QPainter, scene: Scene, join: Join, hit: HitFunction) -> None:
    if join.name not in scene.stage.lines:
        return
    theme = scene.theme
    _, points = scene.stage.lines[join.name]
    _paint_halo(painter, scene, join.name, points)
    _draw_drop(painter, theme, points, theme.strong, scene.is_on(join.b))
    _mark_cut(painter, scene, join.name, points)
    tip = link_tip(scene, scene.links[join.name])
    _hit_line(points, Selection("link", join.name), tip, hit, metrics.HIT_LINE)


def _draw_drop(painter: QPainter, theme: Theme, points: Line, colour: QColor, on: bool) -> None:
    if len(points) == 2:
        dash = () if on else metrics.DASH_HOST_LINE
        width = metrics.STROKE_STRONG
        line(painter, theme, *points[0], *points[1], colour, width, dash)
        return
    # A line that may cross others passes over them with a gap on both sides.
    _polyline(painter, theme, points, theme.pen(theme.panel, 6.0))
    dash = () if on else metrics.DASH_HOST_LINE
    _polyline(painter, theme, points, theme.pen(colour, metrics.STROKE_STRONG, dash, whole=True))


def _mark_cut(painter: QPainter, scene: Scene, name: str, points: Line) -> None:
    """Draw the oblique cut through the middle of a link, if it is cut."""
    link = scene.links.get(name)
    if link is None or not link.cut:
        return
    (x1, y1), (x2, y2) = points[0], points[-1]
    if len(points) == 2:
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
    else:
        x, y = point_at(points, sum(_lengths(points)) / 2)
    if x1 == x2 and len(points) == 2:
        _cut_across(painter, scene.theme, x, y)
    else:
        draw_cut_stroke(painter, scene.theme, x, y)


def _cut_across(painter: QPainter, theme: Theme, x: float, y: float) -> None:
    """Draw the cut of an upright link: the same stroke, turned."""
    painter.save()
    painter.translate(x, y)
    painter.rotate(90)
    draw_cut_stroke(painter, theme, 0, 0)
    painter.restore()


def _lengths(points: Line) -> list[float]:
    return [abs(x2 - x1) + abs(y2 - y1) for (x1, y1), (x2, y2) in pairwise(points)]


def _paint_client_drops(painter: QPainter, scene: Scene, segment: str, hit: HitFunction) -> None:
    theme, plan = scene.theme, scene.groups[segment]
    if plan.form in ("rings", "cells"):
        for stem in plan.stems:
            line(painter, theme, *stem[0], *stem[1], theme.line, metrics.STROKE_HAIR)
    if plan.form in ("cells", "none"):
        return
    chosen = scene.model.focus.link
    for seat in scene.seats:
        if seat.client.segment != segment or seat.client.name not in scene.feet:
            continue
        name = scene.feet[seat.client.name][0]
        link = scene.links[name]
        if plan.form == "rings" and name != chosen and not link.cut:
            continue
        _paint_halo(painter, scene, name, seat.drop)
        if plan.form in ("rows", "row"):
            width = metrics.STROKE
            _polyline(painter, theme, seat.drop, theme.pen(theme.line, width, whole=True))
        else:
            _draw_drop(painter, theme, seat.drop, theme.strong, seat.client.powered)
        _mark_cut(painter, scene, name, seat.drop)
        if plan.form != "rings":
            tip = link_tip(scene, link)
            _hit_line(seat.drop, Selection("link", name), tip, hit, metrics.HIT_LINE)


def _paint_bridge(
    painter: QPainter, scene: Scene, join: Join, capsules: Sequence[QRectF], hit: HitFunction
) -> None:
    if join.name not in scene.stage.lines:
        return
    theme, link = scene.theme, scene.links[join.name]
    _, points = scene.stage.lines[join.name]
    _paint_halo(painter, scene, join.name, points)
    dash = metrics.DASH_LINK if link.cut else ()
    pen = theme.pen(theme.strong, metrics.STROKE_STRONG, dash, whole=True)
    _polyline(painter, theme, points, pen)
    _mark_cut(painter, scene, join.name, points)
    room = scene.stage.words.get(join.name)
    if room is not None and room.w > 0 and not _is_covered(room, capsules):
        colour = theme.bad if link.cut else theme.ink2
        _write(painter, theme, bridge_words(link), room, room.y + room.h / 2, colour)
    tip = link_tip(scene, link)
    _hit_line(points, Selection("link", join.name), tip, hit, metrics.HIT_LINE + 5)


def _is_covered(room: Rect, capsules: Sequence[QRectF]) -> bool:
    area = QRectF(room.x, room.y + room.h / 2 - 4.5, room.w, 9)
    return any(area.intersects(other) for other in capsules)


# -- failover


def _paint_wire(painter: QPainter, scene: Scene, join: Join, hit: HitFunction) -> None:
    """Paint a failover link: each half solid when the end it belongs to has contact."""
    if join.name not in scene.stage.lines:
        return  # partners in different rows: the badges' words tell of their contact
    theme = scene.theme
    begins, points = scene.stage.lines[join.name]
    if begins != join.a:
        points = points[::-1]
    ends = scene.ends_of(join)
    relation = join.name.startswith(RELATION)
    _paint_halo(painter, scene, join.name, points)
    contacts = [side is not None and side.contact for _, side in ends]
    width = metrics.STROKE_FOLDED if relation else metrics.STROKE_STRONG
    _paint_halves(painter, theme, points, contacts, width)
    if relation:
        for (x, y), contact in zip((points[0], points[-1]), contacts, strict=True):
            _end_dot(painter, theme, x, y, contact)
    _mark_cut(painter, scene, join.name, points)
    total = sum(_lengths(points))
    for place, (server, _) in enumerate(ends):
        if not server.running:
            far = min(CROSS_IN * scene.scale, total / 4)
            draw_cross(painter, theme, *point_at(points, total - far if place else far))
    room = scene.stage.words.get(join.name)
    if room is not None and room.w > 0:
        _paint_words(painter, scene, join, room)
    if not relation:
        tip = link_tip(scene, scene.links[join.name])
        _hit_line(points, Selection("link", join.name), tip, hit, HIT_WIRE)
    elif room is not None and room.w > 0:
        words = link_words(scene, join)
        area = QRectF(room.x, room.y, room.w, room.h)
        hit(area, NOTHING, f"{words.above}\n{words.below[0]}")


def _paint_halves(
    painter: QPainter, theme: Theme, points: Line, contacts: Sequence[bool], width: float
) -> None:
    if len(points) > 2:
        dash = () if all(contacts) else metrics.DASH_LINK
        _polyline(painter, theme, points, theme.pen(theme.strong, width, dash, whole=True))
        return
    (x1, y1), (x2, y2) = points
    middle = (x1 + x2) / 2
    if contacts[0] == contacts[1]:
        dash = () if contacts[0] else metrics.DASH_LINK
        line(painter, theme, min(x1, x2), y1, max(x1, x2), y2, theme.strong, width, dash)
        return
    for start, contact in ((x1, contacts[0]), (x2, contacts[1])):
        dash = () if contact else metrics.DASH_LINK
        line(painter, theme, start, y1, middle, y2, theme.strong, width, dash)


def _end_dot(painter: QPainter, theme: Theme, x: float, y: float, contact: bool) -> None:
    """Draw the end of a connection without a wire: filled with contact, hollow without."""
    ground = theme.strong if contact else theme.panel
    radius = metrics.CONNECTION_RADIUS
    disc(painter, theme, x, y, radius, ground=ground, frame=theme.strong, width=metrics.STROKE)


def _paint_words(painter: QPainter, scene: Scene, join: Join, room: Rect) -> None:
    theme, words = scene.theme, link_words(scene, join)
    middle = room.y + room.h / 2
    low = theme.bad if words.bad else theme.ink3
    if not scene.stage.tall:
        if words.bad:
            _write(painter, theme, (words.below[-1],), room, room.y + 3, low, bold=True)
        return
    if scene.stage.relays:
        # The name of the hub stands below: there is one line of room.
        _write(painter, theme, words.below, room, middle + 12 * scene.scale, low, words.bad)
        return
    far = 20 * scene.scale
    short = (words.above, words.above.removesuffix(" link"), "")
    if not scene.stage.narrow and room.w >= 100 * scene.scale:
        _write(painter, theme, short, room, middle - far, theme.ink2)
        _write(painter, theme, words.below, room, middle + far, low, bold=words.bad)
        return
    # DESIGN §11.27: on a narrow stage the words stand under the link.
    if theme.width(words.below[0], metrics.TYPE_NOTE, words.bad) <= room.w - 6:
        _write(painter, theme, short, room, middle + 18 * scene.scale, theme.ink2)
        below = middle + 29 * scene.scale
        _write(painter, theme, words.below[:1], room, below, low, words.bad)
    elif not _write_two(painter, scene, words.below[0], room, middle, low, words.bad):
        _write(painter, theme, words.below[1:], room, middle + 18 * scene.scale, low, words.bad)


def _write(
    painter: QPainter,
    theme: Theme,
    choices: tuple[str, ...],
    room: Rect,
    cy: float,
    colour: QColor,
    bold: bool = False,
) -> bool:
    """Write the first of the choices that fits into the middle of a room."""
    px = metrics.TYPE_NOTE
    for text in choices:
        if theme.width(text, px, bold) <= room.w - 6:
            middle = room.x + room.w / 2
            draw_text(painter, theme, middle, cy, text, colour, px, bold=bold, align="centre")
            return bool(text)
    return False


def _write_two(
    painter: QPainter,
    scene: Scene,
    text: str,
    room: Rect,
    middle: float,
    colour: QColor,
    bold: bool,
) -> bool:
    """Write words in two lines under the link, when each fits."""
    theme, px = scene.theme, metrics.TYPE_NOTE
    words = text.split(" ")
    half = (len(words) + 1) // 2
    rows = (" ".join(words[:half]), " ".join(words[half:]))
    if any(theme.width(row, px, bold) > room.w for row in rows):
        return False
    for row, cy in zip(rows, (18, 29), strict=True):
        at = middle + cy * scene.scale
        centre = room.x + room.w / 2
        draw_text(painter, theme, centre, at, row, colour, px, bold=bold, align="centre")
    return True
