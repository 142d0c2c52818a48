"""Where plots, numbers and words of the charts stand, and what a column of pixels shows."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from foviz import MINUTE, STORY_START, Moments, Steps
from ui.layout.axis import Span, story_axis
from ui.layout.charts import (
    ADDRESSES,
    KINDS,
    LEAST_PLOT,
    LOW_BELOW,
    MESSAGES,
    beside,
    charts_plan,
    cut,
    marks,
    spread,
    ticks,
    top_of,
)
from ui.layout.timeline import Row
from ui.panel.charts_data import Reducer, layers_of, line_of, parted, runs_of

T0 = STORY_START


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("chosen", [KINDS, KINDS[:2], (MESSAGES,), (ADDRESSES,)])
def test_plots_follow_one_another_inside_the_view(scale, chosen):
    for height in range(90, 700, 7):
        plan = charts_plan(round(height * scale), scale, chosen, chosen[0], (0, 1))
        assert plan.plots, "something is always shown"
        rows = [*plan.bands, *(plot.row for plot in plan.plots)]
        assert all(a.bottom <= b.y for a, b in pairwise(rows)), height
        assert rows[-1].bottom <= round(height * scale)
        if len(plan.plots) > 2:
            assert all(plot.row.h >= round(LEAST_PLOT * scale) for plot in plan.plots)


def test_a_low_view_shows_the_front_kind_alone():
    plan = charts_plan(LOW_BELOW - 1, 1.0, KINDS, MESSAGES, (0, 1))
    assert [plot.kind for plot in plan.plots] == [MESSAGES]
    assert plan.low
    assert plan.axis is None
    tall = charts_plan(600, 1.0, KINDS, MESSAGES, (0, 1))
    assert [plot.kind for plot in tall.plots] == [ADDRESSES, *KINDS]
    assert [plot.server for plot in tall.plots] == [0, 1, -1, -1, -1]


def test_axes_end_at_round_numbers_not_far_above():
    for most in range(1, 3000):
        top = top_of(most)
        assert most <= top <= 2 * most
        assert str(top).rstrip("0") in ("1", "2", "4", "5", "8")


def test_a_large_rest_is_cut_off_and_a_small_one_is_not():
    top, torn = cut(200, 11)
    assert torn
    assert 11 < top <= 20
    assert cut(200, 101) == (200, False)
    assert cut(20, 11) == (20, False)
    assert cut(0, 0) == (1, False)


def test_numbers_beside_a_plot_stay_inside_it():
    row = Row(40, 34)
    values = ticks(0, 20, row.h, 11)
    assert values == (0, 20), "there is no room for the middle"
    assert ticks(0, 20, 100, 11) == (0, 10, 20)
    assert ticks(-5, 5, 100, 11) == (-5, 0, 5)
    found = marks(values, 0, 20, row, 11)
    assert [mark.text for mark in found] == ["0", "20"]
    assert all(row.y + 5 <= mark.y <= row.bottom - 5 for mark in found)


def test_words_never_touch_and_keep_their_order():
    rng = random.Random(3)
    for _ in range(500):
        wanted = [rng.choice([0.0, 5.0, rng.uniform(-5, 60)]) for _ in range(rng.randrange(1, 7))]
        places = spread(wanted, 11, 0, 50)
        shown = [(want, y) for want, y in zip(wanted, places, strict=True) if y >= 0]
        assert len(shown) == min(len(wanted), 4), "as many as have room"
        assert places[len(shown) :] == [-1.0] * (len(wanted) - len(shown)), "the last go first"
        ys = sorted(y for _, y in shown)
        assert ys[0] >= 5.5 - 1e-9
        assert ys[-1] <= 44.5 + 1e-9
        assert all(b - a >= 11 - 1e-9 for a, b in pairwise(ys))
        by_wish = [y for _, y in sorted(shown, key=lambda each: each[0])]
        for (want_a, a), (want_b, b) in pairwise(sorted(shown)):
            assert want_a == want_b or a < b, by_wish


def test_words_stand_right_of_the_playhead_while_there_is_room():
    assert beside(100, 80, 10, 300) == (108, True)
    assert beside(250, 80, 10, 300) == (162, False)
    assert beside(40, 80, 10, 100) == (10, False)


# -- columns -----------------------------------------------------------------------------


def grid_of(width=200, hours=2):
    axis = story_axis([Span(T0, T0 + hours * 60 * MINUTE)], (), 0, width, first=T0)
    reducer = Reducer()
    return reducer, reducer.use(axis, 0, width, 1)


def steps_of(pairs):
    steps = Steps()
    for record, (at, value) in enumerate(pairs):
        steps.set(record, at, value)
    return steps


def test_a_column_shows_the_least_and_the_most_of_what_happened_in_it():
    reducer, grid = grid_of()
    rng = random.Random(11)
    span = 120 * MINUTE
    for size in (1, 7, 200, 5000):
        moments = sorted(T0 + rng.randrange(span) for _ in range(size))
        steps = steps_of([(at, rng.randrange(30)) for at in moments])
        columns = reducer.steps(("random", size), steps, len(steps))
        at, value = np.array(steps.at), np.array(steps.value)
        for x in range(200):
            low, high = grid.edges[x], grid.edges[x + 1]
            before, after = value[at <= low][-1], value[at <= high][-1]
            inside = value[(at > low) & (at <= high)].tolist()
            assert columns.before[x] == before
            assert columns.after[x] == after
            assert columns.least[x] == min([before, after, *inside])
            assert columns.most[x] == max([before, after, *inside])


def test_a_spike_shorter_than_a_pixel_is_seen_in_the_line():
    reducer, grid = grid_of()
    at = T0 + 60 * MINUTE
    steps = steps_of([(at, 7), (at + 1000, 0)])
    line = line_of(grid, reducer.steps("spike", steps, len(steps)), 150.0)
    assert line.y.max() == 7
    assert line.x[np.argmax(line.y)] == pytest.approx(100, abs=1)
    assert (line.x[-1], line.y[-1]) == (150.0, 0)
    assert len(line.x) < 12, "nothing is drawn where nothing happens"


def test_a_million_steps_become_a_few_points_a_column():
    reducer, grid = grid_of()
    steps = Steps()
    for n in range(1_000_000):
        steps.at.append(T0 + n * 7000)
        steps.record.append(n)
        steps.value.append(n % 50)
    columns = reducer.steps("many", steps, len(steps))
    assert len(line_of(grid, columns, 200.0).x) <= 4 * 200 + 2
    assert reducer.steps("many", steps, len(steps)) is columns, "kept until something changes"
    assert reducer.steps("many", steps, len(steps) - 1) is not columns


def test_a_line_is_parted_where_the_playhead_stands():
    reducer, grid = grid_of()
    steps = steps_of([(T0 + 30 * MINUTE, 2), (T0 + 90 * MINUTE, 5)])
    line = line_of(grid, reducer.steps("parted", steps, len(steps)), 200.0)
    behind, ahead = parted(line, 100.0, 2)
    assert (behind.x[-1], behind.y[-1]) == (ahead.x[0], ahead.y[0]) == (100.0, 2)
    assert behind.y.max() == 2
    assert ahead.y.max() == 5


def test_rates_are_those_of_the_minute_before_each_moment():
    reducer, grid = grid_of(width=240)
    rng = random.Random(2)
    moments = Moments()
    for n, at in enumerate(sorted(T0 + rng.randrange(100 * MINUTE) for _ in range(400))):
        moments.add(n, at)
    half = reducer.rate("rate", moments, 200)
    assert int(half.most.max()) >= 1
    whole = reducer.rate("rate", moments, 400)

    def rate(at):
        return sum(at - MINUTE < each <= at for each in moments.at)

    for x in range(240):
        low, high = int(grid.edges[x]), int(grid.edges[x + 1])
        inside = [at for at in moments.at if low < at <= high]
        assert whole.most[x] == max(rate(at) for at in (low, high, *inside))
        assert (whole.before[x], whole.after[x]) == (rate(low), rate(high))
    assert not reducer.rate("none", None, 0).most.any()


def test_stacked_areas_are_bars_without_gaps_and_empty_ones_are_left_out():
    reducer, grid = grid_of()
    first = steps_of([(T0 + 30 * MINUTE, 2), (T0 + 90 * MINUTE, 0)])
    second = steps_of([(T0 + 60 * MINUTE, 3)])
    never = Steps()
    columns = [
        (place, reducer.steps(place, steps, len(steps)))
        for place, steps in enumerate((first, never, second))
    ]
    layers = layers_of(columns)
    assert [layer.place for layer in layers] == [0, 2]
    runs = runs_of(grid, layers[1], 0.0, 180.0)
    assert list(runs.low) == [2, 0]
    assert list(runs.high) == [5, 3]
    assert runs.x0[1] == runs.x1[0]
    assert runs.x1[-1] == 180.0
    assert runs.x0[0] == pytest.approx(100, abs=1)
    assert not len(runs_of(grid, layers[1], 10.0, 10.0).x0)
