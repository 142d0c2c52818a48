"""Names of branches, bookmarks, faults over a span; undo and redo across all of it."""

from __future__ import annotations

import pytest

from foviz import MINUTE, STORY_START, US, FovizError, Session
from foviz.sim.fingerprint import fingerprint

T0 = STORY_START


def free(*lines):
    session = Session.open_scenario("hot-standby")
    for line in ("start C1", "run 60s", *lines):
        session.do(line)
    return session


def replayed(session):
    """Return a session made by the saved lines, and check that it is the same run."""
    first, *lines = session.lab_lines().splitlines()
    assert first.startswith("lab hot-standby ")
    again = Session.open_scenario("hot-standby")
    for line in lines:
        again.do(line)
    assert len(again.branches()) == 1, "no line may step back"
    trace, other = session.branch.trace, again.branch.trace
    count = trace.count_until_event(session.seen.cursor)
    assert again.record_count == count
    assert other.fingerprint(count) == trace.fingerprint(count)
    return again


def world(session):
    return fingerprint(session.timeline.world_at(session.cursor))


# -- names, deletion


def test_a_branch_gets_another_title():
    session = free()
    session.seek_time(T0 + 5 * US)
    session.do("crash DHCP1")
    session.rename_branch("B", ' a "night"\n shift ')
    assert session.branches()[1].title == "a 'night' shift"
    assert session.branch_named("A 'NIGHT' SHIFT") == session.branch_named("b") == "B"


def test_only_a_branch_that_nobody_needs_can_be_deleted():
    session = free()
    for line in ("crash DHCP1", "crash DHCP2", "cut DHCP1-DHCP2"):
        session.seek_time(T0 + 5 * US)
        session.do(line)
    names = [branch.name for branch in session.branches()]
    assert session.reason_to_keep(session.branch.name) == "you are on it"
    for name in names:
        if any(branch.parent == name for branch in session.branches()):
            assert session.reason_to_keep(name)
    with pytest.raises(FovizError, match="can't be deleted"):
        session.delete_branch("A")


def test_deleting_forgets_the_branch_and_its_steps_back():
    session = free()
    home = session.position
    session.seek_time(T0 + 5 * US)
    session.do("crash DHCP1")
    session.add_bookmark("on B")
    session.switch("A")
    session.seek_time(T0 + 4 * US)
    session.do("crash DHCP2")
    after = session.position
    assert after.branch == "C"
    session.switch("A")
    session.delete_branch("B")
    assert [branch.name for branch in session.branches()] == ["A", "C"]
    while session.can_undo:
        session.undo()
        assert session.branch.name in ("A", "C")
    while session.redo():
        assert session.branch.name in ("A", "C")
    assert session.position == after
    session.seek(home)
    session.seek_time(T0 + 3 * US)
    session.do("crash DHCP1")
    assert session.branch.name == "D", "the name of a deleted branch is not given again"
    session.compare("A", "D")


# -- bookmarks


def test_a_bookmark_stays_after_a_step_back_and_is_shared_with_branches_after_it():
    session = free()
    session.seek_time(T0 + 5 * US)
    early = session.add_bookmark("early")
    session.seek_time(T0 + 40 * US)
    session.add_bookmark("late")
    session.seek_time(T0 + 20 * US)
    session.do("crash DHCP1")
    assert [mark.note for mark in session.bookmarks()] == ["early"]
    session.add_bookmark("on B")
    session.undo()
    assert [mark.note for mark in session.bookmarks()] == ["early", "late"]
    session.redo()
    assert session.go_bookmark(early.number)
    assert session.branch.name == "B", "the present branch passes there"
    assert session.playhead == T0 + 5 * US


def test_next_and_previous_walk_over_the_bookmarks():
    session = free()
    for second in (30, 10, 20):
        session.seek_time(T0 + second * US)
        session.add_bookmark(str(second))
    session.seek_time(T0)
    notes = []
    while (mark := session.next_bookmark(1)) is not None:
        session.go_bookmark(mark.number)
        notes.append(mark.note)
    while (mark := session.next_bookmark(-1)) is not None:
        session.go_bookmark(mark.number)
        notes.append(mark.note)
    assert notes == ["10", "20", "30", "20", "10"]


def test_a_second_bookmark_at_a_position_only_changes_its_note():
    session = free()
    session.add_bookmark("one")
    session.add_bookmark("two")
    assert [mark.note for mark in session.bookmarks()] == ["two"]
    session.remove_bookmark(session.bookmarks()[0].number)
    assert session.bookmarks() == ()


def test_the_run_is_saved_with_its_bookmarks():
    session = free()
    session.seek_time(T0 + 5 * US)
    session.add_bookmark('before the "crash"')
    session.do("crash DHCP1")
    session.add_bookmark()
    session.do("run 90s")
    session.add_bookmark("silence # or not")
    again = replayed(session)
    assert [mark.note for mark in again.bookmarks()] == [
        "before the 'crash'",
        "",
        "silence # or not",
    ]
    assert [mark.position[1:] for mark in again.bookmarks()] == [
        mark.position[1:] for mark in session.bookmarks()
    ]


def test_a_bookmark_in_silence_is_not_cut_off():
    session = free()
    quiet = session.playhead
    session.add_bookmark("before")
    # Nothing happens within a hundredth of a second.
    session.do("run until " + moment(quiet + 10_000))
    session.add_bookmark("in the silence")
    session.seek_time(quiet)
    session.do("crash DHCP1")
    assert [branch.name for branch in session.branches()] == ["A", "B"]
    assert [mark.note for mark in session.bookmarks()] == ["before"]
    replayed(session)
    session.switch("A")
    assert len(session.bookmarks()) == 2
    replayed(session)


def moment(at):
    from foviz import moment_text

    return moment_text(at, 6)


# -- a fault from here to there


@pytest.mark.parametrize(
    ("first", "last"),
    [("cut DHCP1-DHCP2", "heal DHCP1-DHCP2"), ("crash DHCP1", "restart DHCP1")],
)
@pytest.mark.parametrize(("start", "end"), [(5, 20), (30, 200), (90, 150)])
def test_a_fault_over_a_span_is_one_step(first, last, start, end):
    session = free()
    home = session.position
    session.do_between(first, T0 + start * US, last, T0 + end * US)
    lines = session.lab_lines()
    assert first in lines
    assert last in lines
    assert session.playhead == T0 + end * US
    after, here = session.position, world(session)
    replayed(session)
    assert session.undo()
    assert session.playhead == T0 + start * US
    assert not {line for _, line in session.branches()[0].interventions} - {"start C1", first, last}
    assert session.redo()
    assert (session.position, world(session)) == (after, here)
    session.undo()
    session.undo()
    assert not session.can_undo
    assert session.branches()[0].seen >= home.playhead


def test_a_fault_over_a_span_that_is_impossible_changes_nothing():
    session = free()
    before = (session.position, len(session.branches()), session.can_redo)
    with pytest.raises(FovizError):
        session.do_between("cut nothing", T0 + 5 * US, "heal nothing", T0 + 9 * US)
    with pytest.raises(FovizError):
        session.do_between("cut DHCP1-DHCP2", T0 + 5 * US, "heal nothing", T0 + 9 * US)
    with pytest.raises(FovizError):
        session.do_between("cut DHCP1-DHCP2", T0 + 60 * US, "heal nothing", T0 + 90 * US)
    assert "cut" not in session.lab_lines()
    with pytest.raises(FovizError, match="later than the start"):
        session.do_between("cut DHCP1-DHCP2", T0 + 9 * US, "heal DHCP1-DHCP2", T0 + 5 * US)
    assert (session.position, len(session.branches()), session.can_redo) == before
    session.undo()
    assert not session.can_undo, "there was one intervention"


def test_a_span_in_a_story_makes_a_branch_of_it():
    session = Session.open("hot-standby")
    session.finish_story()
    session.seek_time(session.origin.playhead + 2 * MINUTE)
    start = session.origin.playhead + MINUTE
    reply = session.do_between("cut DHCP1-DHCP2", start, "heal DHCP1-DHCP2", start + MINUTE)
    assert reply.lines == ("this makes branch B",)
    found = session.compare("A", "B")
    assert found.first.at == start
    session.undo()
    assert session.on_story
