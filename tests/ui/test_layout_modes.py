"""Every layout at every size: inside the window, without overlap, nothing too small."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.layout.area import Area
from ui.layout.callout import place_callout
from ui.layout.caption import plan_caption
from ui.layout.modes import FIRST, MODES, arrange, lecture_zoom
from ui.layout.window import ALL_VIEWS, LEAST_DOCK, LESSON_TABS, Plan, Rect, Sizes, drag

WINDOWS = [(1280, 800), (1440, 900), (1920, 1080), (1366, 768)]
SCALES = [1.0, 1.5]
NEWER = frozenset(("lease-table", "events", "charts", "console"))
BARS = ("transport", "status", "head")
every_size = pytest.mark.parametrize("size", WINDOWS, ids=lambda size: f"{size[0]}x{size[1]}")
every_scale = pytest.mark.parametrize("scale", SCALES)
every_mode = pytest.mark.parametrize("mode", MODES)


def apart(one: Rect, other: Rect) -> bool:
    return (
        one.right <= other.x
        or other.right <= one.x
        or one.bottom <= other.y
        or other.bottom <= one.y
    )


def shown(plan: Plan) -> Counter[str]:
    """How often each view stands in a plan."""
    bars = {*BARS, "caption"}
    return Counter(
        view for dock in plan.docks if dock not in bars for view in plan.tabs.get(dock, (dock,))
    )


def check(plan: Plan, width: int, height: int) -> None:
    for name, rect in plan.docks.items():
        assert rect.w > 0, name
        assert rect.h > 0, name
        assert min(rect.x, rect.y) >= 0, name
        assert rect.right <= width, name
        assert rect.bottom <= height, name
    for (one, a), (other, b) in combinations(plan.docks.items(), 2):
        assert apart(a, b), (one, other)
    assert sum(rect.w * rect.h for rect in plan.docks.values()) == width * height
    assert all(count == 1 for count in shown(plan).values()), shown(plan)


@every_scale
@every_size
@every_mode
@pytest.mark.parametrize("views", [ALL_VIEWS, ALL_VIEWS - NEWER], ids=["all", "without newer"])
def test_docks_tile_the_window(mode, size, scale, views):
    plan = arrange(mode, *size, scale, FIRST[mode], views)
    check(plan, *size)
    assert set(shown(plan)) <= views
    for name, rect in plan.docks.items():
        assert plan.tabs.get(name, (name,)), f"{name} is a dock without any view"
        if name not in BARS:
            assert rect.h >= LEAST_DOCK * scale, name
            assert rect.w >= 200 * scale or mode == "lecture", name


@every_scale
@every_size
@pytest.mark.parametrize("mode", ["explore", "debug"])
def test_every_view_but_the_lesson_can_be_reached(mode, size, scale):
    plan = arrange(mode, *size, scale, FIRST[mode])
    assert set(shown(plan)) == ALL_VIEWS - set(LESSON_TABS)


@given(
    st.sampled_from(MODES),
    st.integers(700, 3000),
    st.integers(500, 2000),
    st.sampled_from([0.8, 1.0, 1.5, 2.0]),
    st.builds(
        Sizes,
        **{name: st.just(0) | st.integers(84, 1500) for name in ("left", "right", "lower")},
        **{name: st.integers(84, 1500) for name in ("lesson", "stage", "leases", "timeline")},
    ),
)
def test_docks_tile_the_window_whatever_was_dragged(mode, width, height, scale, sizes):
    check(arrange(mode, width, height, scale, sizes), width, height)


@every_mode
def test_each_border_moves_what_it_borders(mode):
    sizes = FIRST[mode]
    plan = arrange(mode, 1920, 1080, 1.0, sizes)
    for handle in plan.handles:
        moved = arrange(mode, 1920, 1080, 1.0, drag(sizes, plan, handle, handle.sign * 20, 1.0))
        before, after = plan.docks[handle.dock], moved.docks[handle.dock]
        grown = after.h - before.h if handle.horizontal else after.w - before.w
        assert grown == 20, handle


def test_lecture_stands_where_the_design_puts_it():
    docks = arrange("lecture", 1920, 1080, 1.0, Sizes()).docks
    assert docks == {
        "head": (0, 0, 1920, 76),
        "stage": (0, 76, 952, 724),
        "messages": (952, 76, 968, 724),
        "caption": (0, 800, 1920, 280),
    }


def test_the_smallest_type_of_lecture_is_24_px_on_a_projector():
    assert round(10 * lecture_zoom(1920, 1080, 1.0)) == 24
    assert lecture_zoom(1280, 720, 1.0) == pytest.approx(1.6)


@pytest.mark.parametrize("size", WINDOWS)
def test_in_lecture_stage_and_messages_keep_the_room_that_they_need(size):
    for scale in (1.0, 1.5, 2.0):
        docks = arrange("lecture", *size, scale, Sizes()).docks
        zoom = lecture_zoom(*size, scale)
        assert docks["stage"].w / zoom >= 375
        assert docks["messages"].w / zoom >= 375


def test_without_a_lesson_lecture_has_no_caption():
    docks = arrange("lecture", 1920, 1080, 1.0, Sizes(), story=False).docks
    assert "caption" not in docks
    assert docks["stage"].bottom == 1080


def test_explore_has_tables_log_and_console_in_a_row_where_there_is_room():
    docks = arrange("explore", 1920, 1080, 1.0, FIRST["explore"]).docks
    row = [docks[name] for name in ("leases", "events", "console", "pool")]
    assert len({rect.y for rect in row}) == 1
    assert [rect.right for rect in row[:-1]] == [rect.x for rect in row[1:]]


def test_debug_gives_the_inspector_more_than_any_other_layout():
    wide = {
        mode: arrange(mode, 1440, 900, 1.0, FIRST[mode]).docks["inspector"].w
        for mode in ("learn", "explore", "debug")
    }
    assert wide["debug"] > 1.3 * max(wide["learn"], wide["explore"])


@every_mode
def test_large_text_on_a_small_window_leaves_tabs(mode):
    plan = arrange(mode, 1280, 800, 1.5, FIRST[mode])
    if mode != "lecture":
        assert set(plan.docks) == {"transport", "status", "stage", "messages", "inspector"}
        assert len(plan.tabs["inspector"]) >= 9


@pytest.mark.parametrize("count", range(1, 9))
@pytest.mark.parametrize("share", [0.6, 1.0])
def test_the_answers_are_equal_boxes_inside_the_caption(count, share):
    w, h = 1920 * share, 280 * share
    plan = plan_caption(w, h, count, share)
    assert len(plan.boxes) == count
    assert len({(round(at.box.w, 6), round(at.box.h, 6)) for at in plan.boxes}) == 1
    for at in plan.boxes:
        assert at.box.holds(at.square)
        assert Area(0, 0, w, h).holds(at.box)
        assert at.words_x + at.words_w <= at.box.right
    for one, other in combinations(plan.boxes, 2):
        assert not one.box.meets(other.box)


def test_four_answers_stand_where_the_design_puts_them():
    boxes = plan_caption(1920, 280, 4, 1.0).boxes
    assert boxes[0].box.h == 122
    assert boxes[0].square.w == 62
    assert boxes[-1].box.right == 1880


@given(
    st.floats(0, 1270),
    st.floats(0, 790),
    st.floats(1, 1280),
    st.floats(1, 800),
)
def test_a_callout_stands_inside_the_window_and_its_point_on_it(x, y, w, h):
    target = Area(x, y, min(w, 1280 - x), min(h, 800 - y))
    placed = place_callout(target, (268, 110), (1280, 800))
    assert Area(0, 0, 1280, 800).holds(placed.area)
    length = placed.area.w if placed.side in ("top", "bottom") else placed.area.h
    assert 0 < placed.at < length


def test_a_callout_does_not_cover_what_it_speaks_of():
    for target in (Area(160, 8, 32, 32), Area(0, 640, 800, 130), Area(0, 50, 280, 740)):
        placed = place_callout(target, (268, 110), (1280, 800))
        assert not placed.area.meets(target)
