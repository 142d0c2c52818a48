"""The run in the window: moving, selecting, doing."""

from __future__ import annotations

import pytest

from foviz import Kind, Session
from ui.model.run import RunModel
from ui.model.selection import Selection


@pytest.fixture
def story(qapp) -> RunModel:
    session = Session.open("hot-standby")
    session.finish_story()
    return RunModel(session)


@pytest.fixture
def free(qapp) -> RunModel:
    return RunModel(Session.open_scenario("hot-standby"))


def test_the_steps_of_the_lesson_are_stops_in_order(story: RunModel) -> None:
    numbers, moments = [], []
    for _ in range(21):
        story.go_step(1)
        step = story.present_step()
        assert step is not None
        numbers.append(step.number)
        moments.append(story.playhead)
    assert numbers == list(range(1, 22))
    assert moments == sorted(moments)
    for number in range(20, 0, -1):
        story.go_step(-1)
        step = story.present_step()
        assert step is not None
        assert step.number == number


def test_at_a_step_its_message_is_half_way(story: RunModel) -> None:
    step = story.steps()[15]
    story.seek_time(step.at)
    (flight,) = story.flights()
    (arrival,) = [at for _, at in flight.arrivals]
    assert story.session.reader.message(flight.record) == "ACK 1\u00a0h"
    assert flight.progress(story.playhead, arrival) == pytest.approx(0.5)


def test_nothing_selected_marks_the_present_record(story: RunModel) -> None:
    story.seek_time(story.steps()[15].at)
    focus = story.focus
    assert focus.record == story.present_record
    assert focus.address == 0x0A000033
    assert story.session.reader.name(focus.client) == "C1"


def test_selecting_a_client_marks_its_address(story: RunModel) -> None:
    story.seek_time(story.session.end_at)
    story.select(Selection("host", story.session.reader.names.index("C2")))
    assert story.focus.address == 0x0A0000F1


def test_selecting_an_address_marks_its_holder(story: RunModel) -> None:
    story.seek_time(story.session.end_at)
    story.select(Selection("address", 0x0A0000F1))
    assert story.session.reader.name(story.focus.client) == "C2"


def test_a_deed_in_the_story_makes_a_branch_and_the_story_stays(story: RunModel) -> None:
    story.seek_time(story.steps()[3].at)
    story.do("crash DHCP1")
    assert [branch.name for branch in story.session.branches()] == ["A", "B"]
    assert not story.session.on_story
    assert not story.snapshot.servers[0].powered
    assert story.present_step() is None
    story.session.return_to_story()
    story.seek_time(story.session.end_at)
    assert story.present_step().number == 21
    assert story.snapshot.servers[0].powered


def test_an_impossible_deed_is_told_and_changes_nothing(free: RunModel, qtbot) -> None:
    version = free.session.branch.end
    with qtbot.waitSignal(free.failed) as told:
        assert free.do("heal DHCP1-DHCP2") is None
    assert "not cut" in told.args[0]
    assert free.session.branch.end == version


def test_undo_goes_back_and_redo_returns(free: RunModel) -> None:
    before = free.session.position
    free.do("crash DHCP1")
    after = free.session.position
    free.undo()
    assert free.session.position == before
    assert free.snapshot.servers[0].powered
    free.redo()
    assert free.session.position == after
    assert not free.snapshot.servers[0].powered


def test_causes_lead_back_to_the_timer_and_forth_again(story: RunModel) -> None:
    story.seek_time(story.steps()[15].at)
    start = story.focus.record
    kinds = []
    for _ in range(10):
        record = story.session.record(story.focus.record)
        kinds.append(record.kind)
        if record.cause < 0:
            break
        story.go_along_causes(-1)
    assert kinds[0] is Kind.SEND
    assert kinds[-1] is Kind.TIMER
    assert story.focus.record < start
    story.go_along_causes(1)
    assert story.session.record(story.focus.record).kind is Kind.CLIENT


def test_the_same_host_is_followed(story: RunModel) -> None:
    story.seek_time(story.steps()[15].at)
    host = story.session.record(story.focus.record).host
    for direction in (1, 1, -1, -1, -1):
        story.go_same_host(direction)
        assert story.session.record(story.focus.record).host == host


def test_rows_can_be_stepped_in_free_play(free: RunModel) -> None:
    free.do("start C1")
    seen = []
    for _ in range(6):
        free.go_row(1)
        record = free.session.record(free.present_record)
        assert record.kind is Kind.SEND
        seen.append(free.session.reader.message_name(record))
    assert seen == ["DISCOVER", "OFFER", "REQUEST", "ACK", "BNDUPD", "BNDACK"]
    free.go_row(-1)
    record = free.session.record(free.present_record)
    assert free.session.reader.message_name(record) == "BNDUPD"


def test_every_view_is_told_once_a_move(story: RunModel, qtbot) -> None:
    for move in (
        lambda: story.step(1),
        lambda: story.go_step(1),
        lambda: story.select(Selection("host", 0)),
        story.go_start,
        story.go_end,
    ):
        count = []
        story.moved.connect(lambda count=count: count.append(1))
        move()
        assert len(count) == 1
        story.moved.disconnect()
