"""Messages on their way over the stage: how far they are, and the capsule on the way.

The head is where the playhead is on each receiver's way. One capsule rides behind it on the
longest way; where capsules would cover one another the later ones become dots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from foviz import RowKind
from ui.layout.stage_wires import Way, heading, part_of, point_at
from ui.model.selection import Selection
from ui.view import metrics
from ui.view.forms import capsule_width, draw_capsule, draw_capsule_dot, draw_cross, draw_head

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz import End
    from ui.layout.stage import Line, Point
    from ui.model.run import Flight
    from ui.theme import Theme, Who
    from ui.view.stage_scene import Scene

FAILOVER = (RowKind.FAILOVER, RowKind.CONNECT)
HEAD_CLEAR = 20
"""How far the head's point is ahead of the capsule at least, so that it can be seen."""

CROSS_CLEAR = 10
"""The same for the cross of a loss."""

EDGE = 5


class Trail(NamedTuple):
    """The way of a message to one receiver, up to where it is; stopped by a loss or not."""

    way: Way
    far: float
    lost: bool


class Passing(NamedTuple):
    """A message as it is painted: trails, the capsule's body, or the middle of a dot."""

    flight: Flight
    text: str
    who: Who
    failover: bool
    selected: bool
    trails: tuple[Trail, ...]
    middle: Point
    body: QRectF
    dot: bool


def passings(scene: Scene) -> list[Passing]:
    """Return the messages on their way; those with a capsule first, the selected one before."""
    focus = scene.model.focus.record
    flights = sorted(
        scene.flights, key=lambda each: (each.record.index != focus, -each.record.index)
    )
    found: list[Passing] = []
    taken: list[QRectF] = []
    for flight in flights:
        passing = _passing(scene, flight, flight.record.index == focus, taken)
        if passing is not None:
            found.append(passing)
            taken.append(passing.body)
    return found


def _passing(scene: Scene, flight: Flight, selected: bool, taken: list[QRectF]) -> Passing | None:
    ways = scene.ways(flight)
    if not ways:
        return None
    ends = {end.host: end for end in _ends(scene, flight)}
    trails = []
    for host, arrival, way in ways:
        end = ends.get(host)
        if arrival <= scene.at and (end is None or end.what != "lost"):
            continue  # here it has come to its end
        far = way.length * flight.progress(scene.at, arrival)
        stop = _stop(way, end)
        lost = stop is not None and far >= stop
        trails.append(Trail(way, stop if lost and stop is not None else far, lost))
    if not trails:
        return None
    theme, reader = scene.theme, scene.model.session.reader
    failover = flight.kind in FAILOVER
    high = theme.px(metrics.CAPSULES["stage"].height)
    for text in (reader.message(flight.record), reader.message_name(flight.record)):
        # A label that does not fit gives way to the message's name, and that to a dot.
        wide = capsule_width(theme, text, "stage")
        middle, trail, dot = _place(scene, trails[0], wide, high)
        if not dot:
            break
    trails[0] = trail
    body = _body(scene, middle, wide, high)
    around = body.adjusted(-3, -1, 3, 1)
    if dot or any(around.intersects(other) for other in taken):
        dot = True
        half = metrics.CAPSULE_DOT / 2
        behind = half + CROSS_CLEAR if trail.lost else half
        middle = point_at(trail.way.points, trail.far - behind)
        body = QRectF(middle[0] - half, middle[1] - half, 2 * half, 2 * half)
    who = scene.hue(flight.record.host)
    return Passing(flight, text, who, failover, selected, tuple(trails), middle, body, dot)


def _ends(scene: Scene, flight: Flight) -> list[End]:
    """Return what became of the message, as far as that has happened."""
    session = scene.model.session
    ends = session.digest.ends(flight.record.index)
    return [end for end in ends if end.at <= scene.at and end.record < session.record_count]


def _stop(way: Way, end: End | None) -> float | None:
    """Return the distance at which a message dies, None when it does not."""
    if end is None or end.what != "lost":
        return None
    middle = way.middle_of(end.where)
    return way.length if middle is None else middle


def _place(scene: Scene, trail: Trail, wide: int, high: int) -> tuple[Point, Trail, bool]:
    """Return the capsule's middle, the trail with its head in sight, and whether it is a dot."""
    way, far = trail.way, trail.far
    first, last = way.pieces[0], way.pieces[-1]
    clear = wide / 2 + (CROSS_CLEAR if trail.lost else HEAD_CLEAR) * scene.scale
    if first is last:
        # A wire: the capsule stays between the boxes, and its head ahead of it.
        edge = wide / 2 + 6 * scene.scale
        if 2 * edge > way.length or (trail.lost and edge + clear > far):
            return (0.0, 0.0), trail, True
        middle = edge + (way.length - 2 * edge) * far / way.length
        if trail.lost:
            middle = min(middle, far - clear)
        else:
            far = min(way.length, max(far, middle + clear))
        return point_at(way.points, middle), Trail(way, far, trail.lost), False
    # The drops of clients are too short for a capsule; below a server it keeps off the box.
    low = _foot(scene, way.points[0], first.end - first.start, high)
    top = way.length - _foot(scene, way.points[-1], last.end - last.start, high)
    middle = min(max(far - max(metrics.FLYING_HEAD_AHEAD * scene.scale, clear), low), top)
    return point_at(way.points, middle), trail, False


def _foot(scene: Scene, foot: Point, length: float, high: int) -> float:
    """Return how far from a way's end a capsule stays: the whole drop, if it is a client's."""
    at_server = any(
        abs(box.bottom - foot[1]) < 1 and box.x <= foot[0] <= box.right
        for box in scene.stage.boxes.values()
    )
    return min(length, high / 2 + 6 * scene.scale) if at_server else length


def _body(scene: Scene, middle: Point, wide: int, high: int) -> QRectF:
    """Return the capsule's body; like all else on the stage it keeps within its edges."""
    theme, bars = scene.theme, scene.stage.bars.values()
    first = min((bar.x1 for bar in bars), default=EDGE)
    last = max((bar.x2 for bar in bars), default=scene.w - EDGE)
    left = max(first, min(last - wide, middle[0] - wide / 2))
    return QRectF(theme.snap(left), theme.snap(middle[1] - high / 2), wide, high)


# -- painting


def paint_trails(painter: QPainter, scene: Scene, found: list[Passing]) -> None:
    """Paint the ways so far, 3 px in the sender's hue, with their heads."""
    theme = scene.theme
    for passing in reversed(found):
        colour = theme.hue(passing.who).stroke
        pen = theme.pen(colour, metrics.STROKE_HEAVY, whole=True)
        for trail in passing.trails:
            head = metrics.HEAD_STAGE * max(1.0, theme.stroke)
            end = trail.far - (0 if trail.lost else metrics.HEAD_LINE_STOPS * head)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            if end > 0:
                painter.drawPolyline(_polygon(theme, part_of(trail.way.points, end)))
            if not trail.lost and trail.far > 4:
                x, y = _crisp(theme, point_at(trail.way.points, trail.far))
                dx, dy = heading(trail.way.points, trail.far)
                draw_head(painter, theme, x, y, dx, dy, colour, min(head, trail.far))


def _polygon(theme: Theme, line: Line) -> QPolygonF:
    return QPolygonF([QPointF(*_crisp(theme, point)) for point in line])


def _crisp(theme: Theme, point: Point) -> Point:
    """Return where a line of odd width covers whole pixels, as the drops below it do."""
    drawn = theme.stroke_px(metrics.STROKE_HEAVY, whole=True)
    return (
        theme.snap(point[0] - drawn / 2) + drawn / 2,
        theme.snap(point[1] - drawn / 2) + drawn / 2,
    )


def paint_passings(
    painter: QPainter,
    scene: Scene,
    found: list[Passing],
    hit: Callable[[QRectF, Selection, str], None],
) -> None:
    """Paint capsules, dots and crosses, the first of the list on top."""
    theme = scene.theme
    for passing in reversed(found):
        if passing.dot:
            body = draw_capsule_dot(
                painter,
                theme,
                *passing.middle,
                passing.who,
                failover=passing.failover,
                selected=passing.selected,
            )
        else:
            centre = passing.body.center()
            body = draw_capsule(
                painter,
                theme,
                centre.x(),
                centre.y(),
                passing.text,
                passing.who,
                failover=passing.failover,
                selected=passing.selected,
                size="stage",
            )
        for trail in passing.trails:
            if trail.lost:
                draw_cross(painter, theme, *point_at(trail.way.points, trail.far))
        room = metrics.HIT_CAPSULE
        index = passing.flight.record.index
        area = body.adjusted(-room, -room, room, room)
        hit(area, Selection("record", index), flight_words(scene, passing))


def flight_words(scene: Scene, passing: Passing) -> str:
    """Return a message in flight in words."""
    record = passing.flight.record
    names = [scene.names[host] for host, _ in passing.flight.arrivals if host < len(scene.names)]
    lost = ", lost" if all(trail.lost for trail in passing.trails) else ", in flight"
    return f"{passing.text} from {scene.names[record.host]} to {' and '.join(names)}{lost}"
