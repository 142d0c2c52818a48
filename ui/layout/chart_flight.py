"""Messages that are on their way at the playhead: how far they are, and the way so far.

The head of such a message lies exactly on the playhead. It moves from just beyond the capsule
to the receiver, so that neither the capsule nor the head is ever hidden by the other.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ui.layout.chart_arrows import PlacedArrow, Stop

AHEAD = 9
"""How far the head is beyond the capsule, or beyond a host that it has passed, at least."""

Point = tuple[float, float]


class Flight(NamedTuple):
    """The way of a message so far: its corners, the last one being its head."""

    points: tuple[Point, ...]

    @property
    def head(self) -> Point:
        """Where the message is."""
        return self.points[-1]

    def y_at(self, x: float) -> float:
        """Return the height at which the way passes an x."""
        for (x1, y1), (x2, y2) in pairwise(self.points):
            if min(x1, x2) <= x <= max(x1, x2):
                return y1 + (y2 - y1) * (x - x1) / (x2 - x1) if x2 != x1 else y2
        return self.points[-1][1]

    def has_passed(self, x: float) -> bool:
        """Whether the head lies beyond an x."""
        start, end = self.points[0][0], self.points[-1][0]
        return (x - start) * (end - x) >= 0


def is_flying(path: tuple[Stop, ...]) -> bool:
    """Whether a message is still on its way to the last host of a path."""
    return path[-1].fate.what == "flying"


def fly(placed: PlacedArrow, path: tuple[Stop, ...], now: int, foot: float) -> Flight:
    """Return the way so far along a path at a moment; the bend lies under the capsule."""
    label, target = placed.label, path[-1].x
    start: Point = (placed.x, placed.y)
    if placed.kink is not None:
        start = (placed.kink[0], placed.kink[2])
    way = 1 if target > start[0] else -1
    on_path = (label.x - start[0]) * way > 0 and (target - label.x) * way > 0
    near = start[0] + way * AHEAD
    if on_path:
        near = label.x + way * (label.w / 2 + AHEAD)
    for stop in path[:-1]:
        if stop.fate.what != "flying":
            near = max(near * way, (stop.column + way * AHEAD) * way) * way
    if (target - near) * way < 0:
        near = target
    sent, arrival = placed.arrow.sent, path[-1].fate.at
    part = min(1.0, max(0.0, (now - sent) / max(1, arrival - sent)))
    head = (near + (target - near) * part, foot)
    return Flight((start, (label.x, label.y), head) if on_path else (start, head))
