"""Where the measure stands in the chart: its two heights, its place across, its words.

An end that is not in view lies at the edge of the view and points out of it. The words stand
where nothing else does, when there is such a place.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ui.layout.chart import label_boxes
from ui.layout.chart_folds import place_fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ui.layout.chart import Row, Scene
    from ui.layout.chart_room import Measure

ARM = 10
APART = 8
"""The words stand this far from the arm."""
HIGH = 17
EDGE = 3
PITCH = 8
"""The words look for a place in steps of this height."""

Box = tuple[float, float, float, float]


class Height(NamedTuple):
    """The height of an end; ``out`` is −1 above the view, 1 below it, 0 in it."""

    y: float
    out: int = 0


class Bar(NamedTuple):
    """The bracket: its middle across, its ends from above, and the middle of its words."""

    x: float
    top: Height
    foot: Height
    words_x: float
    words_y: float
    words_w: float
    crowded: bool = False
    """The words cover something: fewer words may not."""


def height_of(scene: Scene, at: int, record: int, *, scrolled: bool) -> Height:
    """Return the height of a moment, or of the row that tells a record (−1: of none).

    What was folded stands in its pile or in the middle of its silence.
    """
    rows = scene.rows
    row = next((row for row in rows if record >= 0 and record in row.item.records), None)
    if row is not None:
        return _clamped(row.line, scene)
    if not rows or at < rows[0].item.at:
        if scene.full and rows:
            return Height(scene.top + EDGE, -1)
        return Height(scene.top + EDGE)
    last = max(place for place, row in enumerate(rows) if row.item.at <= at)
    if record < 0 and last == len(rows) - 1:
        if scrolled:
            return Height(scene.foot - EDGE, 1)
        fold = rows[-1].item.form == "fold"
        return Height(rows[-1].line if fold else scene.foot)
    if record >= 0 and last == len(rows) - 1:
        return Height(scene.foot - EDGE, 1)
    found = rows[last]
    if found.item.form == "fold" or record >= 0:
        return _clamped(found.line, scene)
    return _clamped(found.foot, scene)


def _clamped(y: float, scene: Scene) -> Height:
    if y < scene.top:
        return Height(scene.top + EDGE, -1)
    if y > scene.foot:
        return Height(scene.foot - EDGE, 1)
    return Height(y)


def place_bar(scene: Scene, measure: Measure, one: Height, other: Height, width: float) -> Bar:
    """Return the bracket between two heights, with words of a width."""
    top, foot = sorted((one, other), key=lambda height: (height.y, height.out))
    boxes = _boxes(scene, measure, top.y, foot.y)
    arm, columns = measure.px(ARM), scene.columns

    def crossed(x: float) -> int:
        return sum(x + 2 > left and x - 2 < right for left, _, right, _ in boxes)

    places = list(_places(scene, arm + 2))
    x = min(places, key=crossed) if places else columns.width - arm - 2.0
    edges = [edge for c in columns.columns for edge in (c.x - c.half - 2, c.x + c.half + 2)]
    half, high = width / 2, measure.px(HIGH)
    limit = columns.right if columns.gutter else columns.width - 2.0
    least, most = scene.top + high / 2, scene.foot - high / 2
    middles = [
        x + arm + APART + half,
        x - arm - APART - half,
        _middle_of_gap([*edges, limit], x),
        x,
    ]
    heights = list(_heights(top.y, foot.y, least, most)) or [(least + most) / 2]

    def cost(at: tuple[float, float]) -> float:
        left, right = at[0] - half, at[0] + half
        box = (left, at[1] - high / 2, right, at[1] + high / 2)
        outside = left < 2 or right > limit
        lines = sum(left < edge < right for edge in edges)
        covered = sum(_touch(box, other) for other in boxes)
        return 100 * outside + 10 * covered + 2 * lines

    words_x, words_y = min(((mid, y) for mid in middles for y in heights), key=cost)
    crowded = cost((words_x, words_y)) > 0
    words_x = max(half + 2, min(columns.width - half - 2, words_x))
    return Bar(x, top, foot, words_x, words_y, width, crowded)


def _boxes(scene: Scene, measure: Measure, top: float, foot: float) -> list[Box]:
    """Return what stands in the rows between two heights."""
    boxes: list[Box] = []
    for row in _between(scene, top, foot):
        words = place_fold(row.item.text, scene.columns, measure) if row.item.text else None
        if words is not None:
            half = words.w / 2
            boxes.append((words.x - half, row.y + 2, words.x + half, row.foot - 2))
        boxes.extend(label_boxes(row, measure))
    return boxes


def _middle_of_gap(edges: Sequence[float], x: float) -> float:
    """Return the middle between the lifelines at both sides of a place."""
    left = max((edge for edge in edges if edge <= x), default=x)
    right = min((edge for edge in edges if edge > x), default=x)
    return (left + right) / 2 if left < x < right else x


def _between(scene: Scene, top: float, foot: float) -> Sequence[Row]:
    return [row for row in scene.rows if row.foot >= top - HIGH and row.y <= foot + HIGH]


def _places(scene: Scene, arm: float) -> Iterator[float]:
    """Return where the bracket may stand: right of all lifelines first, then beside each."""
    columns = scene.columns
    end = columns.gutter or float(columns.width)
    edges = [(c.x - c.half, c.x + c.half) for c in columns.columns]
    if edges and end - edges[-1][1] >= 2 * arm:
        yield max(edges[-1][1] + arm, end - 1.5 * arm)
    for (_, a), (b, _) in reversed(list(pairwise(edges))):
        if b - a >= 4 * arm:
            yield a + arm + 3
            yield b - arm - 3


def _heights(top: float, foot: float, least: float, most: float) -> Iterator[float]:
    """Return heights for the words from the middle outwards, then just outside the ends."""
    middle = (top + foot) / 2
    steps = int((foot - top) / 2 // PITCH) + 3
    for step in range(steps):
        for y in (middle + step * PITCH, middle - step * PITCH):
            if least <= y <= most:
                yield y


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] + 2 and a[2] > b[0] - 2 and a[1] < b[3] + 1 and a[3] > b[1] - 1
