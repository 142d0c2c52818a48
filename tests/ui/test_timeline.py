"""The timeline: rows that never overlap, squares that merge, a playhead that can be dragged."""

from __future__ import annotations

import random
from bisect import bisect_right
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter

from foviz import HOUR, MINUTE, STORY_START, Session
from ui.layout.axis import Span, story_axis
from ui.layout.timeline import fault_lines, flags, timeline_rows
from ui.layout.timeline_lanes import PITCH, BranchPlace, Density, branch_lanes, chosen_lanes
from ui.layout.timeline_steps import StepPlace, step_boxes
from ui.look import Look
from ui.model.axis import AxisModel, shared_axis
from ui.model.run import RunModel
from ui.view.timeline import TimelineView

T0 = STORY_START


def rows_of(found):
    rows = [found.axis, found.steps, *found.bands, found.faults, found.records, *found.lanes]
    return [row for row in rows if row is not None]


# -- rows --------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1.25])
@pytest.mark.parametrize("branches", [1, 2, 3, 9])
def test_rows_follow_one_another_inside_the_view(scale, branches):
    for h in range(60, 320):
        rows = rows_of(timeline_rows(round(h * scale), 2, branches, scale))
        assert rows[0].y == 0
        assert rows[-1].bottom <= round(h * scale), h
        for a, b in pairwise(rows):
            assert a.bottom <= b.y


def test_rows_go_one_by_one_when_the_view_gets_low():
    full, low = timeline_rows(129, 2, 2), timeline_rows(100, 2, 2)
    assert full.records is not None
    assert len(full.lanes) == 2
    assert low.records is None
    assert len(low.lanes) == 2
    tiny = timeline_rows(55, 2, 2)
    assert tiny.steps is None
    assert len(tiny.bands) == 2, "states stay to the last"


def test_in_learn_every_row_has_room_and_bands_are_not_too_low():
    for h in (100, 129):
        rows = timeline_rows(h, 2, 1)
        assert len(rows_of(rows)) == 7
        assert all(row.h >= 15 for row in rows.bands)


# -- steps -------------------------------------------------------------------------------


def width(text):
    return max(16.0, len(text) * 6.5 + 8)


def test_squares_never_overlap_and_show_each_step_once():
    rng = random.Random(7)
    for _ in range(300):
        places = sorted(rng.choice([120.0, 121.0, rng.uniform(120, 900)]) for _ in range(21))
        steps = [StepPlace(n + 1, x) for n, x in enumerate(places)]
        behind = rng.randrange(22)
        playhead = max([120.0, *(x for x in places[:behind])])
        boxes = step_boxes(steps, behind, behind or -1, playhead, 112, 960, width)
        assert [n for box in boxes for n in box.numbers] == list(range(1, 22))
        assert all(a.right < b.x for a, b in pairwise(boxes))
        assert all(box.x >= 112 for box in boxes)
        assert boxes[-1].right <= 960


def test_close_steps_are_a_range_and_the_present_one_stands_alone_left_of_the_playhead():
    steps = [StepPlace(n, x) for n, x in ((1, 120), (2, 120), (3, 200), (15, 470), (16, 470))]
    boxes = step_boxes(steps, 5, 16, 470.0, 112, 960, width)
    assert [box.text for box in boxes] == ["1–2", "3", "15", "16"]
    assert boxes[-1].present
    assert boxes[-1].right <= 467


# -- faults, flags, lanes, records -------------------------------------------------------


def test_words_of_faults_touch_neither_each_other_nor_the_playhead():
    rng = random.Random(11)
    for _ in range(200):
        starts = sorted(rng.uniform(120, 700) for _ in range(6))
        spans = [(x, min(900.0, x + rng.choice([0, 30, 300]))) for x in starts]
        words = [rng.uniform(60, 120) for _ in spans]
        across = rng.uniform(120, 900)
        lines = fault_lines(spans, words, across, 112, 960)
        placed = sorted(
            (line.label, line.label + words[line.number]) for line in lines if line.label >= 0
        )
        assert all(a[1] < b[0] for a, b in pairwise(placed))
        assert all(a >= 112 and b <= 960 for a, b in placed)
        assert not any(a < across < b for a, b in placed)
        for a in lines:
            for b in lines:
                overlap = a.number < b.number and a.lane == b.lane and a.x1 >= b.x0
                assert not overlap, "faults at the same time lie in lanes"


def test_flags_that_stand_close_are_one_and_words_are_free():
    found = flags([200, 202, 300, 310], [40, 40, 40, 50], 112, 960)
    assert [(flag.first, flag.size) for flag in found] == [(0, 2), (2, 1), (3, 1)]
    assert found[0].label == 208
    assert found[1].label == 300 - 4 - 40, "no room at the right: at the left"
    assert found[2].label == 318


def test_words_of_a_flag_that_steps_cover_stand_behind_the_steps():
    (flag,) = flags([118], [70], 150, 960)
    assert flag.x < 150 <= flag.label


def test_a_short_branch_has_its_name_behind_its_end():
    branches = [BranchPlace("A", "", 112, 300, 40), BranchPlace("B", "A", 120, 200, 80)]
    lane = branch_lanes(branches, [0, 1], "B", 112, 960, [100, 112], 200)[1]
    assert lane.label > lane.x1
    assert not lane.plate


def test_many_branches_show_the_present_its_parent_and_its_brothers():
    branches = [BranchPlace("A", "", 0, 500, 20)]
    branches += [BranchPlace(name, "A", 200, 400, 20) for name in "BCDE"]
    branches.append(BranchPlace("F", "C", 300, 450, 20))
    assert chosen_lanes(branches, "F", 2) == [2, 5]
    assert chosen_lanes(branches, "D", 3) == [0, 3, 4]
    lanes = branch_lanes(branches, [2, 5], "F", 112, 960, [100, 112], 450)
    assert lanes[1].parent == 0
    assert lanes[1].corner == lanes[1].x0 + 12, "the fork is a 45° piece"


def test_density_counts_each_record_once_and_never_recounts():
    axis = story_axis([Span(T0, T0 + HOUR)], (), 120, 420, first=T0)
    rng = random.Random(2)
    records = sorted(T0 + rng.randrange(HOUR) for _ in range(500))
    asked = []

    def count_until(at):
        asked.append(at)
        return bisect_right(records, at)

    density = Density(axis)
    half = list(density.shares(T0 + 30 * MINUTE, count_until))
    calls = len(asked)
    assert 0 < len(half) <= 150 / PITCH + 1
    again = density.shares(T0 + 30 * MINUTE, count_until)
    assert list(again) == half
    assert len(asked) <= calls + 1
    whole = density.shares(T0 + HOUR, count_until)
    assert whole[: len(half) - 1] == half[:-1]
    first_bar = bisect_right(records, axis.us_of(123)) - bisect_right(records, T0 - 1)
    assert (whole[0] > 0) == (first_bar > 0)
    assert all(0 <= share <= 1 for share in whole)


# -- the view ----------------------------------------------------------------------------


def told():
    session = Session.open("hot-standby")
    session.finish_story()
    return session


@pytest.fixture
def view(qapp):
    view = TimelineView(RunModel(told()), Look("light"))
    view.resize(968, 129)
    yield view
    view.deleteLater()


def go(view, number):
    step = next(step for step in view.model.steps() if step.number == number)
    view.model.seek_time(step.at)
    return step


def shot(view):
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view.render_view(painter)
    painter.end()
    return image


def words(view):
    shot(view)
    return [hit.words for hit in view.hits if hit.words]


def hit(view, start):
    shot(view)
    return next(hit for hit in view.hits if hit.words.startswith(start))


def test_steps_states_and_faults_appear_when_they_are_played(view):
    go(view, 8)
    early = "\n".join(words(view))
    assert "step 8:" in early
    assert "step 11:" not in early
    assert "crash" not in early
    go(view, 16)
    later = words(view)
    assert any(w.startswith("crash DHCP1, from Tue 2 Jan 14:12:00") for w in later)
    assert "DHCP2: COMMUNICATION-INTERRUPTED from Tue 2 Jan 14:14:04" in later
    assert any(w.startswith("DHCP1: off from Tue 2 Jan 14:12:00") for w in later)
    assert not any(w.startswith("step 17") for w in later)


def test_what_was_seen_stays_when_the_playhead_goes_back(view):
    go(view, 16)
    go(view, 8)
    found = words(view)
    assert any(w.startswith("step 16:") for w in found)
    assert len(found) == len({*found}), "each area is named once, on one side of the playhead"
    assert view.status_words() == "played to Mon 8 Jan 09:30:04"


def test_each_part_of_a_range_leads_to_its_own_step(view, qtbot):
    go(view, 16)
    area = hit(view, "step 9:").area
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=area.center().toPoint())
    step = next(s for s in view.model.steps() if s.number == 9)
    assert view.model.playhead == step.at


def test_dragging_moves_the_playhead_and_the_time_under_the_hand_stays(view, qtbot):
    go(view, 16)
    shot(view)
    axis = shared_axis(view.model).axis(120, 960, 58)
    y = 11
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(130, y))
    qtbot.mouseMove(view, QPoint(260, y))
    qtbot.waitUntil(lambda: abs(view.model.playhead - axis.us_of(260)) < 2 * MINUTE)
    assert shared_axis(view.model).axis(120, 960, 58) is axis, "held while the hand is down"
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(260, y))
    assert not shared_axis(view.model).held


def test_a_drag_seeks_once_for_many_moves(view, qtbot, monkeypatch):
    go(view, 16)
    shot(view)
    sought = []
    monkeypatch.setattr(view.model, "seek_time", sought.append)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 11))
    for x in range(200, 300, 2):
        view._scrub(x)
    qtbot.waitUntil(lambda: bool(sought))
    assert len(sought) == 1
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(298, 11))


def test_nothing_not_yet_played_can_be_reached_by_dragging(view, qtbot):
    step = go(view, 8)
    shot(view)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(900, 11))
    assert view.model.playhead == step.at


def test_a_server_name_selects_the_server(view, qtbot):
    go(view, 16)
    shot(view)
    area = next(found.area for found in view.hits if found.words == "DHCP2")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=area.center().toPoint())
    assert (view.model.selection.kind, view.model.selection.value) == ("host", 1)


def test_a_fork_is_a_lane_and_a_click_goes_there(view, qtbot):
    go(view, 13)
    view.model.do("partner-down DHCP2")
    view.model.session.do("run 1h")
    assert view.model.session.branch.name == "B"
    found = words(view)
    assert any(w.startswith("partner-down DHCP2, ") for w in found), "the deed is a flag"
    lane = hit(view, "branch A story")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPointF(lane.area.left() + 20,
                     lane.area.center().y()).toPoint())  # fmt: skip
    assert view.model.session.branch.name == "A"
    assert any(w.startswith("branch B partner-down DHCP2") for w in words(view))


def test_the_same_position_gives_the_same_picture_however_it_was_reached(view):
    go(view, 16)
    go(view, 8)
    first = shot(view)
    for number in (13, 4, 16, 12, 8):
        go(view, number)
        shot(view)
    assert shot(view) == first


def test_the_axis_does_not_depend_on_how_far_the_engine_ran():
    whole, part = told(), Session.open("hot-standby")
    step = next(s for s in RunModel(whole).steps() if s.number == 8)
    while part.end_at < step.at:
        part.work(64)
    axes = []
    for session in (whole, part):
        model = RunModel(session)
        model.seek_time(step.at)
        axes.append(AxisModel(model).axis(120, 960, 58))
    assert axes[0] == axes[1]


def test_the_axis_is_computed_once_for_a_position(view):
    go(view, 16)
    model = shared_axis(view.model)
    first = model.axis(120, 960, 58)
    assert model.axis(120, 960, 58) is first
    view.model.seek_time(view.model.playhead - 1)
    assert model.axis(120, 960, 58) is first, "a moment later it is the same axis"


def test_free_play_shows_interventions_and_faults_at_the_same_time(qapp):
    session = Session.open_scenario("hot-standby")
    for deed in ("start C1", "run 10m", "cut DHCP1-DHCP2", "run 10m", "crash DHCP2", "run 10m"):
        session.do(deed)
    view = TimelineView(RunModel(session), Look("dark"))
    view.resize(968, 129)
    found = "\n".join(words(view))
    for what in ("start C1, ", "cut DHCP1-DHCP2, from ", "crash DHCP2, from "):
        assert what in found
    kinds = {row[1] for row in view.table()[1:]}
    assert {"intervention", "fault", "DHCP1", "DHCP2"} <= kinds
    view.deleteLater()


@pytest.mark.parametrize("size", [(60, 20), (200, 60), (640, 100), (1920, 176)])
def test_any_size_can_be_painted_and_named_areas_lie_inside(view, size):
    go(view, 21)
    view.resize(*size)
    shot(view)
    for found in view.hits:
        assert found.area.top() >= -4
        assert found.area.bottom() <= size[1] + 4
