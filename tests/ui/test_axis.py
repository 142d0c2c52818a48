"""The story axis: every instant has a place, an hour is equally wide, nothing overlaps."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from foviz import DAY, HOUR, MINUTE, STORY_START
from ui.layout.axis import FOLD, LEAST_SCALE, PAD, Span, Windows, merged, story_axis
from ui.layout.axis_labels import axis_labels, length_text, tick_step

T0 = STORY_START
LEFT, RIGHT = 120.0, 960.0
STORY = [T0, T0 + 30 * MINUTE, T0 + 29 * HOUR, T0 + 4 * DAY, T0 + 7 * DAY, T0 + 7 * DAY + HOUR]


def windows_of(instants):
    windows = Windows()
    for at in instants:
        windows.add(at)
    return windows


def axis_of(instants, *, needed=(), left=LEFT, right=RIGHT, fold=FOLD):
    spans = windows_of(instants).spans()
    return story_axis(spans, needed, left, right, first=T0, fold=fold)


def measure(text, bold):
    return len(text) * (7.0 if bold else 6.3)


# -- windows -----------------------------------------------------------------------------


def test_instants_are_padded_and_merged_when_close():
    spans = windows_of([T0, T0 + 30 * MINUTE, T0 + 3 * HOUR]).spans()
    assert spans == (
        Span(T0 - PAD, T0 + 30 * MINUTE + PAD),
        Span(T0 + 3 * HOUR - PAD, T0 + 3 * HOUR + PAD),
    )


def test_the_order_of_adding_does_not_matter():
    rng = random.Random(3)
    instants = [T0 + rng.randrange(9 * DAY) for _ in range(400)]
    expected = windows_of(sorted(instants)).spans()
    for _ in range(3):
        rng.shuffle(instants)
        assert windows_of(instants).spans() == expected


def test_a_hundred_thousand_instants_within_an_hour_are_one_window():
    windows = Windows()
    for n in range(100_000):
        windows.add(T0 + n * 36_000)
    assert len(windows.spans()) == 1
    assert windows.version <= 61, "it changes with the minute, not with each instant"


def test_merging_more_equals_adding_it():
    more = [Span(T0 + 2 * DAY, T0 + 2 * DAY + HOUR), Span(T0 + 50 * MINUTE, T0 + 50 * MINUTE)]
    windows = windows_of(STORY)
    both = merged(windows.spans(), more)
    for span in more:
        windows.add(span.start, span.end)
    assert both == windows.spans()


# -- places ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [120, 400, 840, 1800])
def test_places_are_monotone_continuous_and_can_be_inverted(width):
    axis = axis_of(STORY, right=LEFT + width)
    assert axis.pieces[0].x0 == LEFT
    assert axis.pieces[-1].x1 == pytest.approx(LEFT + width)
    for a, b in pairwise(axis.pieces):
        assert (a.end, a.x1) == (b.start, b.x0)
        assert a.folded != b.folded
    rng = random.Random(1)
    instants = sorted(rng.randrange(axis.start, axis.end) for _ in range(500))
    places = [axis.x_of(at) for at in instants]
    assert all(a <= b for a, b in pairwise(places))
    for at, x in zip(instants, places, strict=True):
        assert axis.x_of(axis.us_of(x)) == pytest.approx(x, abs=1e-3), at


def test_what_lies_outside_stands_at_the_ends():
    axis = axis_of(STORY)
    assert axis.x_of(axis.start - DAY) == LEFT
    assert axis.x_of(axis.end + DAY) == pytest.approx(RIGHT)
    assert axis.us_of(0) == axis.start == T0, "nothing is shown before the story"
    assert axis.us_of(5000) == axis.end


def test_an_hour_is_equally_wide_in_every_window():
    axis = axis_of([T0, T0 + 30 * MINUTE, T0 + HOUR, *STORY[2:5], T0 + 7 * DAY + HOUR // 2])
    for window in axis.windows:
        minutes = window.length / MINUTE
        assert (window.x1 - window.x0) / minutes == pytest.approx(axis.scale)
    assert all(fold.x1 - fold.x0 == pytest.approx(FOLD) for fold in axis.folds)


def test_windows_that_tell_nothing_are_dropped_oldest_first():
    instants = [T0 + n * 4 * HOUR for n in range(24)]
    needed = [instants[2], instants[-1]]
    axis = axis_of(instants, needed=needed)
    kept = [w for w in axis.windows if not w.folded]
    starts = [w.start + PAD for w in kept]
    assert axis.scale >= LEAST_SCALE
    assert needed[0] in starts
    assert instants[1] not in starts
    others = [at for at in instants if at in starts and at not in needed and at != T0]
    assert others == instants[len(instants) - len(others) - 1 : -1], "the latest ones stay"


def test_one_long_window_does_not_cost_the_others_their_place():
    instants = [T0, *(T0 + DAY + n * 10 * MINUTE for n in range(4000))]
    axis = axis_of(instants, needed=[T0])
    assert len(axis.windows) == 2
    assert 0 < axis.scale < LEAST_SCALE


@pytest.mark.parametrize("width", [1, 30, 90, 300])
def test_a_narrow_axis_still_has_room_for_time(width):
    axis = axis_of([T0 + n * DAY for n in range(200)], right=LEFT + width)
    assert axis.scale > 0
    assert axis.pieces[-1].x1 == pytest.approx(LEFT + width)


# -- words -------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 300, 840, 1800])
def test_labels_touch_neither_each_other_nor_the_ends(width):
    rng = random.Random(width)
    for _ in range(20):
        instants = sorted(T0 + rng.randrange(20 * DAY) for _ in range(rng.randrange(1, 20)))
        axis = axis_of(instants, right=LEFT + width)
        found = axis_labels(axis, measure, LEFT + width + 4)
        for a, b in pairwise(found.labels):
            assert a.right + 3 <= b.x + 0.01, (a, b)
        assert all(n.x >= LEFT - 2.1 and n.right <= LEFT + width + 4.1 for n in found.labels)


def test_each_window_of_another_day_is_named():
    found = axis_labels(axis_of(STORY), measure, RIGHT)
    days = [label.text for label in found.labels if label.kind == "day"]
    assert days == ["Mon 1", "Tue 2", "Fri 5", "Mon 8"]


def test_the_length_of_a_silence_is_rounded_to_what_matters():
    assert length_text(28 * HOUR + 3 * MINUTE) == "1\u00a0d 4\u00a0h"
    assert length_text(2 * DAY + 23 * HOUR + 50 * MINUTE) == "3\u00a0d"
    assert length_text(42 * MINUTE + 20_000_000) == "42\u00a0min"
    assert length_text(3 * DAY + 23 * HOUR, short=True) == "4\u00a0d"


def test_ticks_are_as_dense_as_their_words_allow():
    assert tick_step(1.9, 52, 60) == 30 * MINUTE
    assert tick_step(5.3, 52, 60) == 10 * MINUTE
    assert tick_step(0.01, 52, 60) == 7 * DAY
