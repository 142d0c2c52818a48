"""Where the docks stand: inside the window, without overlap, at every size."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.layout.window import LEASES_TABS, Plan, Rect, Sizes, arrange_learn, drag

SIZES = st.builds(
    Sizes,
    lesson=st.integers(200, 500),
    right=st.just(0) | st.integers(300, 700),
    stage=st.integers(84, 400),
    leases=st.integers(84, 300),
    timeline=st.integers(84, 300),
    states=st.integers(84, 300),
    pool=st.integers(84, 300),
)


def overlaps(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )


def check(plan: Plan, width: int, height: int) -> None:
    for name, rect in plan.docks.items():
        assert rect.w > 0, name
        assert rect.h > 0, name
        assert rect.x >= 0, name
        assert rect.y >= 0, name
        assert rect.right <= width, name
        assert rect.bottom <= height, name
    for (one, a), (other, b) in combinations(plan.docks.items(), 2):
        assert not overlaps(a, b), (one, other)
    area = sum(rect.w * rect.h for rect in plan.docks.values())
    assert area == width * height


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
@pytest.mark.parametrize("size", [(1280, 800), (1440, 900), (1920, 1080), (2560, 1440)])
def test_docks_tile_the_window(size: tuple[int, int], scale: float) -> None:
    check(arrange_learn(*size, scale, Sizes()), *size)


@given(st.integers(960, 3000), st.integers(760, 2000), SIZES)
def test_docks_tile_the_window_whatever_was_dragged(w: int, h: int, sizes: Sizes) -> None:
    check(arrange_learn(w, h, 1.0, sizes), w, h)


def test_the_learn_layout_stands_where_the_design_puts_it() -> None:
    docks = arrange_learn(1440, 900, 1.0, Sizes()).docks
    assert docks["transport"] == (0, 0, 1440, 48)
    assert docks["lesson"] == (0, 48, 280, 572)
    assert docks["stage"] == (280, 48, 688, 200)
    assert docks["messages"] == (280, 248, 688, 372)
    assert docks["leases"] == (0, 620, 968, 126)
    assert docks["timeline"] == (0, 746, 968, 130)
    assert docks["inspector"] == (968, 48, 472, 418)
    assert docks["states"] == (968, 466, 472, 216)
    assert docks["pool"] == (968, 682, 472, 194)
    assert docks["status"] == (0, 876, 1440, 24)


def test_extra_room_goes_to_the_messages() -> None:
    small = arrange_learn(1440, 900, 1.0, Sizes()).docks
    large = arrange_learn(1440, 1100, 1.0, Sizes()).docks
    assert large["messages"].h - small["messages"].h == 200
    assert large["timeline"].h == small["timeline"].h


def test_a_narrow_window_makes_the_lesson_a_tab() -> None:
    plan = arrange_learn(1200, 900, 1.0, Sizes())
    assert "lesson" not in plan.docks
    assert "lesson" in plan.tabs["inspector"]


def test_a_low_window_shares_one_dock_between_states_and_pool() -> None:
    plan = arrange_learn(1440, 780, 1.0, Sizes())
    assert plan.tabs["states"] == ("states", "pool")
    assert "pool" not in plan.docks


def test_a_tiny_window_keeps_stage_and_messages_and_one_dock() -> None:
    plan = arrange_learn(800, 560, 1.0, Sizes())
    assert set(plan.docks) == {"transport", "status", "stage", "messages", "inspector"}
    check(plan, 800, 560)


def test_larger_text_counts_as_a_smaller_window() -> None:
    assert "lesson" not in arrange_learn(1440, 900, 1.25, Sizes()).docks


def test_dragging_a_border_moves_it_and_nothing_vanishes() -> None:
    sizes = Sizes()
    plan = arrange_learn(1440, 900, 1.0, sizes)
    for handle in plan.handles:
        for by in (-40, 40, -4000):
            moved = drag(sizes, plan, handle, by, 1.0)
            check(arrange_learn(1440, 900, 1.0, moved), 1440, 900)
        grown = drag(sizes, plan, handle, handle.sign * 20, 1.0)
        assert getattr(grown, handle.name) == (getattr(sizes, handle.name) or 472) + 20


def test_a_very_low_window_gives_the_messages_room_before_leases_and_timeline_both() -> None:
    plan = arrange_learn(1440, 900, 1.5, Sizes())
    assert plan.tabs["timeline"] == ("timeline", *LEASES_TABS)
    assert "leases" not in plan.docks
    assert plan.docks["messages"].h >= 150 * 1.5
    check(plan, 1440, 900)
