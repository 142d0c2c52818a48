"""Two branches beside each other: the first difference, the courses by time, what differs."""

from __future__ import annotations

import random

import pytest

from foviz import STORY_START, US, ScriptError, Session
from foviz.explain.compare import CourseRow, aligned, common_records, shared_records
from foviz.sim.fingerprint import fingerprint
from foviz.sim.trace import Kind, Trace


def parted(*lines):
    """A: a client gets a lease. B: the same, but that DHCP1 crashes after 5 seconds."""
    session = Session.open_scenario("hot-standby")
    for line in ("start C1", "run 60s"):
        session.do(line)
    session.seek_time(STORY_START + 5 * US)
    for line in ("crash DHCP1", "run 20s", *lines):
        session.do(line)
    return session


def brute(a, b):
    """Return the number of equal records at the start, one by one."""
    for n in range(min(len(a), len(b))):
        if a[n] != b[n]:
            return n
    return min(len(a), len(b))


def trace_of(values, parent=None, shared=0):
    trace = Trace(parent, shared)
    for value in values:
        trace.append(value, 0, Kind.TIMER, -1, value, ("t1", value))
    return trace


# -- the first difference


def test_the_first_difference_is_the_one_that_a_walk_finds():
    rng = random.Random(3)
    for _ in range(60):
        length = rng.randrange(1, 4000)
        base = list(range(length))
        other = list(base)
        if rng.random() < 0.8:
            place = rng.randrange(length)
            other[place:] = [value + 7 for value in other[place:]]
        other = other[: rng.randrange(1, length + 1)]
        shared = rng.randrange(0, length)
        a, b = trace_of(base), trace_of(other)
        assert common_records(a, b) == common_records(b, a) == brute(a, b)
        child = trace_of([value + 1 for value in base[shared:]], a, shared)
        assert shared_records(a, child) == shared_records(child, a) == shared
        assert common_records(a, child) == brute(a, child)


def test_brothers_share_what_their_parent_had_at_the_earlier_fork():
    parent = trace_of(range(2000))
    one = trace_of(range(1500, 3000), parent, 1500)
    two = trace_of([9999], parent, 700)
    assert shared_records(one, two) == 700
    assert common_records(one, two) == brute(one, two) == 700
    # A child that goes on as its parent did parts from it where the records do.
    again = trace_of([*range(700, 1900), 5, 6], parent, 700)
    assert common_records(parent, again) == brute(parent, again) == 1900


def test_a_run_and_its_branch_part_at_the_deed():
    session = parted()
    traces = [session.timeline.branches[name].trace for name in "AB"]
    found = session.compare("A", "B")
    assert found.common == brute(*traces)
    first = found.first
    assert first.record == found.common
    assert first.at == min(first.at_a, first.at_b) == STORY_START + 5 * US
    assert "crash DHCP1" in first.b
    assert not found.same_course


def test_a_branch_does_not_differ_from_itself():
    session = parted()
    for name in "AB":
        found = session.compare(name, name)
        assert found.first is None
        assert found.same_course
        assert not found.differing
        assert all(line.same for line in found.course)
        assert session.compare(name, name, STORY_START + 20 * US).same_leases


def test_before_the_fork_nothing_differs():
    session = parted()
    found = session.compare("A", "B", STORY_START + 4 * US)
    assert found.first is not None
    assert found.same_course
    assert not found.differing


# -- without disturbing


def test_comparing_moves_nothing():
    session = parted("run 2m")
    session.seek_time(STORY_START + 9 * US)
    before = (session.position, session.seen, session.version, len(session.branches()))
    world = fingerprint(session.timeline.world_at(session.cursor))
    for at in (STORY_START, STORY_START + 50 * US, STORY_START + 5 * US):
        session.compare("A", "B", at)
    assert (session.position, session.seen, session.version, len(session.branches())) == before
    assert fingerprint(session.timeline.world_at(session.cursor)) == world
    assert session.timeline.branch.name == "B"


@pytest.mark.parametrize("name", ["A", "B"])
def test_a_world_seen_from_aside_is_the_one_that_one_would_go_to(name):
    session = parted("run 2m")
    ats = [STORY_START + n * 7 * US for n in (0, 1, 3, 2, 8)]
    aside = [fingerprint(session.timeline.world_aside(name, at)) for at in ats]
    session.switch(name)
    for at, seen in zip(ats, aside, strict=True):
        session.seek_time(at)
        assert fingerprint(session.timeline.world_at(session.cursor)) == seen


def test_a_branch_that_was_cut_back_is_compared_anew():
    session = parted()
    session.compare("A", "B")
    session.look_ahead(20, 5000)
    session.compare("A", "B", session.branch.end_at)
    session.do("restart DHCP1")
    session.do("run 60s")
    found = session.compare("A", "B")
    rows = [line.b for line in found.course if line.b is not None]
    assert rows
    assert all(row.words == session.sentence(row.record) for row in rows)


# -- facts and courses


def test_states_and_leases_tell_what_differs():
    session = parted("run until DHCP2 in COMMUNICATION-INTERRUPTED", "start C2", "run 10s")
    found = session.compare("A", "B", STORY_START + 40 * US)
    states = {line.what: line for line in found.states}
    assert states["DHCP1"].a.startswith("NORMAL")
    assert states["DHCP1"].b.startswith("off")
    assert states["DHCP1"].differs
    assert all("C1" in line.a for line in found.leases if "ACTIVE" in line.a)


def test_a_branch_that_ends_earlier_says_so():
    session = parted()
    found = session.compare("A", "B", STORY_START + 40 * US)
    assert found.b.ended
    assert found.b.at == STORY_START + 25 * US
    assert not found.a.ended


def test_rows_that_agree_stand_in_one_line():
    a = [CourseRow(1, 10, "x"), CourseRow(2, 20, "y"), CourseRow(3, 20, "z")]
    b = [CourseRow(1, 10, "x"), CourseRow(2, 15, "w"), CourseRow(3, 20, "z"), CourseRow(4, 20, "v")]
    lines = list(aligned(a, b))
    shown = [(line.a and line.a.words, line.b and line.b.words, line.same) for line in lines]
    assert shown == [
        ("x", "x", True),
        (None, "w", False),
        ("y", None, False),
        ("z", "z", True),
        (None, "v", False),
    ]


def test_alignment_loses_nothing_and_keeps_the_order():
    rng = random.Random(5)
    for _ in range(200):
        sides = [
            sorted(
                (
                    CourseRow(0, rng.randrange(5), rng.choice("abc"))
                    for _ in range(rng.randrange(9))
                ),
                key=lambda row: row.at,
            )
            for _ in range(2)
        ]
        lines = list(aligned(*sides))
        key = lambda row: (row.at, row.words)  # noqa: E731
        assert sorted((line.a for line in lines if line.a), key=key) == sorted(sides[0], key=key)
        assert sorted((line.b for line in lines if line.b), key=key) == sorted(sides[1], key=key)
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        assert all((line.a.words == line.b.words) for line in lines if line.same)


# -- the lab line


def test_the_line_says_what_differs():
    session = parted()
    lines = session.do("compare A").lines
    assert lines[0].startswith("A run and B crash DHCP1 at ")
    assert any("first difference" in line for line in lines)
    assert "states: DHCP1" in lines
    assert session.do("compare a with run").lines == ("A run and A run are the same branch",)


def test_a_branch_that_is_not_there_is_named():
    session = parted()
    with pytest.raises(ScriptError, match="no branch is called “Q”; there are: A, B"):
        session.do("compare Q")
