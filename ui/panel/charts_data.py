"""Steps and rates brought down to the pixels that show them (numpy; loaded with the plots).

A column of pixels shows the least and the most of what happened in it, so no spike is lost and
a million steps cost as much to paint as a thousand. What was worked out is kept until the
series grow or the axis changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from foviz import MINUTE

if TYPE_CHECKING:
    from array import array

    from foviz import Moments, Steps
    from ui.layout.axis import StoryAxis

_KEPT: Final = 64


class Columns(NamedTuple):
    """What each column of pixels shows: before it, least, most, and after it."""

    before: Any
    least: Any
    most: Any
    after: Any


class Points(NamedTuple):
    """A line in pixels and values."""

    x: Any
    y: Any


class Grid:
    """The columns of pixels of an axis, as moments."""

    def __init__(self, axis: StoryAxis, left: int, right: int) -> None:
        self.axis = axis
        self.left, self.right = left, right
        self.xs = np.arange(left, right)
        # The moments between two columns; an axis is asked, since it folds silences.
        self.edges = np.array([axis.us_of(x) for x in range(left, right + 1)], dtype=np.int64)

    def shows(self, axis: StoryAxis, left: int, right: int) -> bool:
        """Whether this is the grid of an axis at a place."""
        return self.axis is axis and (self.left, self.right) == (left, right)


class Reducer:
    """Brings series down to a grid, and keeps the outcome."""

    def __init__(self) -> None:
        self.grid: Grid | None = None
        self._age = 0
        self._kept: dict[object, tuple[int, Columns]] = {}
        self._rates: dict[object, Any] = {}

    def use(self, axis: StoryAxis, left: int, right: int, age: object) -> Grid:
        """Say for which axis and which reading of the series the outcome is wanted."""
        if age != self._age:
            self._age = age  # type: ignore[assignment]
            self._kept.clear()
            self._rates.clear()
        if self.grid is None or not self.grid.shows(axis, left, right):
            self.grid = Grid(axis, left, right)
            self._kept.clear()
        return self.grid

    def steps(self, key: object, steps: Steps, count: int) -> Columns:
        """Return the columns of the first *count* steps."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] == count:
            return kept[1]
        values = _numbers(steps.value, count, np.int32)
        found = self._columns(_numbers(steps.at, count, np.int64), values)
        return self._keep(key, count, found)

    def rate(self, key: object, moments: Moments | None, count: int) -> Columns:
        """Return how many of the first *count* messages passed in the minute before."""
        assert self.grid is not None
        kept = self._kept.get(key)
        if kept is not None and kept[0] == count:
            return kept[1]
        edges = self.grid.edges
        if moments is None or not count:
            zero = np.zeros(len(edges) - 1, dtype=np.int64)
            return Columns(zero, zero, zero, zero)
        at = _numbers(moments.at, count, np.int64)
        peaks = self._peaks(key, at)
        ends = np.searchsorted(at, edges, "right") - np.searchsorted(at, edges - MINUTE, "right")
        least = np.minimum(ends[:-1], ends[1:])
        most = np.maximum(ends[:-1], ends[1:])
        places = np.searchsorted(at, edges, "right")
        busy = np.nonzero(places[1:] > places[:-1])[0]
        if len(busy):
            most[busy] = np.maximum(most[busy], _reduced(np.maximum, peaks, places, busy))
        return self._keep(key, count, Columns(ends[:-1], least, most, ends[1:]))

    def _peaks(self, key: object, at: Any) -> Any:
        """Return the rate just after each message; only that of new ones is worked out."""
        known = self._rates.get(key, np.zeros(0, dtype=np.int64))
        if len(known) < len(at):
            new = at[len(known) :]
            counts = np.arange(len(known) + 1, len(at) + 1)
            rates = counts - np.searchsorted(at, new - MINUTE, "right")
            known = self._rates[key] = np.concatenate((known, rates))
        return known[: len(at)]

    def _columns(self, at: Any, values: Any) -> Columns:
        assert self.grid is not None
        places = np.searchsorted(at, self.grid.edges, "right")
        ends = values[np.maximum(places - 1, 0)]
        least = np.minimum(ends[:-1], ends[1:])
        most = np.maximum(ends[:-1], ends[1:])
        busy = np.nonzero(places[1:] > places[:-1])[0]
        if len(busy):
            least[busy] = np.minimum(least[busy], _reduced(np.minimum, values, places, busy))
            most[busy] = np.maximum(most[busy], _reduced(np.maximum, values, places, busy))
        return Columns(ends[:-1], least, most, ends[1:])

    def _keep(self, key: object, count: int, found: Columns) -> Columns:
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[key] = (count, found)
        return found


def _numbers(values: array[int], count: int, kind: Any) -> Any:
    """Copy an array that goes on growing: numpy would forbid it to."""
    return np.frombuffer(values[:count], dtype=kind)


def _reduced(how: Any, values: Any, places: Any, busy: Any) -> Any:
    """Return the least or the most within each busy column.

    Between two busy columns nothing happens, so each stretch ends where the next begins.
    """
    last = places[busy[-1] + 1]
    return how.reduceat(values[:last], places[busy])


def line_of(grid: Grid, columns: Columns, end: float) -> Points:
    """Return the line of steps through the columns, up to the place *end*."""
    changed = (columns.least != columns.most) | (columns.before != columns.after)
    places = np.nonzero(changed & (grid.xs <= end))[0]
    x = np.repeat(grid.xs[places].astype(float), 4)
    parts = (columns.before, columns.least, columns.most, columns.after)
    y = np.stack([part[places] for part in parts], axis=1).ravel().astype(float)
    first = float(columns.before[0]) if len(columns.before) else 0.0
    last = y[-1] if len(y) else first
    return Points(
        np.concatenate(([float(grid.left)], x, [max(end, float(grid.left))])),
        np.concatenate(([first], y, [last])),
    )


def parted(points: Points, now: float, value: float) -> tuple[Points, Points]:
    """Part a line at the playhead, where it has a value."""
    place = int(np.searchsorted(points.x, now, "right"))
    behind = Points(np.append(points.x[:place], now), np.append(points.y[:place], value))
    ahead = Points(
        np.concatenate(([now], points.x[place:])), np.concatenate(([value], points.y[place:]))
    )
    return behind, ahead


class Layer(NamedTuple):
    """A stacked area as its lower and upper edge, at the left of each column."""

    place: int
    low: Any
    high: Any


def layers_of(columns: list[tuple[int, Columns]]) -> list[Layer]:
    """Stack shares, given by their places, from the lowest up; the empty ones are left out."""
    found: list[Layer] = []
    reached = None
    for place, each in columns:
        low = np.zeros(len(each.after)) if reached is None else reached
        reached = low + each.after
        if each.after.any():
            found.append(Layer(place, low, reached))
    return found


class Runs(NamedTuple):
    """An area as bars side by side: from, to, lower and upper value of each."""

    x0: Any
    x1: Any
    low: Any
    high: Any


def runs_of(grid: Grid, layer: Layer, start: float, end: float) -> Runs:
    """Return an area between two places as few bars: one for each stretch without a step."""
    inside = np.nonzero((grid.xs + 1 > start) & (grid.xs < end))[0]
    low, high = layer.low[inside], layer.high[inside]
    if not len(inside):
        return Runs(low, low, low, high)
    steps = np.nonzero((np.diff(low) != 0) | (np.diff(high) != 0))[0] + 1
    first = np.concatenate(([0], steps))
    xs = np.maximum(grid.xs[inside].astype(float), start)
    x0 = xs[first]
    x1 = np.append(x0[1:], end)
    full = high[first] > low[first]
    return Runs(x0[full], x1[full], low[first][full], high[first][full])


def upper_edge(grid: Grid, layer: Layer, start: float, end: float) -> Points:
    """Return the upper edge of an area between two places; NaN where the area is empty."""
    inside = (grid.xs + 1 > start) & (grid.xs < end)
    xs, high = grid.xs[inside].astype(float), layer.high[inside].astype(float)
    high = np.where(high > layer.low[inside], high, np.nan)
    edges = np.append(xs, end)
    return Points(np.repeat(edges, 2)[1:-1], np.repeat(high, 2))
