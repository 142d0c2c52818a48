"""Travel in time: every moment is the same however one gets there."""

import os
import subprocess
import sys
from itertools import pairwise

import pytest
from laboratory import PAIR, STORY, Lab

from foviz.script.parser import parse
from foviz.session import Session
from foviz.sim import checkpoint
from foviz.sim.fingerprint import fingerprint, first_difference
from foviz.sim.timeline import APART, NEAR_APART, walk_causes
from foviz.sim.trace import NullRecorder, Trace

EACH = 97
"""The lesson is looked at after every so many events."""


def played(timeline, story, each=1):
    """Let a story run, and return the fingerprint after every *each* events."""
    found = {}
    for _ in story:
        world = timeline.frontier
        if world.executed % each == 0:
            found.setdefault(world.executed, fingerprint(world))
    return found


def short_story():
    """The short story's timeline and the fingerprint after each of its events."""
    lab = Lab(PAIR)
    timeline = lab.timeline
    found = {timeline.frontier.executed: fingerprint(timeline.frontier)}
    for line in STORY.splitlines():
        command = parse(line, lab.runner.vocabulary())
        if command is not None:
            found |= played(timeline, lab.runner.execute_in_slices(command))
            found.setdefault(timeline.frontier.executed, fingerprint(timeline.frontier))
    return lab, found


@pytest.fixture(scope="module")
def story():
    return short_story()


@pytest.fixture(scope="module")
def lesson():
    """The hot-standby lesson and its fingerprint at every 97th event, on the way forward."""
    session = Session.open("hot-standby")
    found = played(session.timeline, session.story.play(), EACH)
    assert session.story.finished
    return session.timeline, found


# -- back to the start and forward again


def test_the_short_story_is_looked_at_after_each_event(story):
    lab, found = story
    events = list(found)
    assert events == list(range(events[0], lab.timeline.branch.end + 1))
    assert len(events) > 150
    assert len(dict.fromkeys(found.values())) == len(events), "each event changes something"


def test_each_event_again_from_the_start(story):
    lab, found = story
    lab.timeline.world_at(0)
    assert {n: fingerprint(lab.timeline.world_at(n)) for n in found} == found


def test_each_event_backwards(story):
    lab, found = story
    backwards = {n: fingerprint(lab.timeline.world_at(n)) for n in reversed(found)}
    assert backwards == found


def test_jumping_about(story):
    lab, found = story
    events = list(found)
    for place in range(len(events)):
        event = events[place * 89 % len(events)]
        assert fingerprint(lab.timeline.world_at(event)) == found[event], event


def test_the_lesson_again_from_the_start(lesson):
    timeline, found = lesson
    assert len(found) > 100
    timeline.world_at(0)
    assert {n: fingerprint(timeline.world_at(n)) for n in found} == found


def test_the_lesson_backwards(lesson):
    timeline, found = lesson
    for event in list(reversed(found))[::9]:
        assert fingerprint(timeline.world_at(event)) == found[event], event


def test_playing_it_once_more_gives_the_same_trace(story):
    lab, _ = story
    other = Lab(PAIR, lines=STORY)
    assert len(other.trace) == len(lab.trace)
    assert other.trace.fingerprint(len(other.trace)) == lab.trace.fingerprint(len(lab.trace))
    assert first_difference(other.world, lab.world) == ""


UNDER_A_HASH_SEED = """
import sys
sys.path.insert(0, {tests!r})
sys.path.insert(0, {sim!r})
from test_sim_timeline import EACH, played, short_story
from foviz.session import Session
_, found = short_story()
print(*found.values())
session = Session.open("hot-standby")
print(*played(session.timeline, session.story.play(), EACH).values())
"""


def test_the_same_under_other_hash_seeds(story, lesson):
    here = os.path.dirname(__file__)
    code = UNDER_A_HASH_SEED.format(tests=os.path.dirname(here), sim=here)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=dict(os.environ, PYTHONHASHSEED=seed),
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "4242")
    ]
    wanted = [list(story[1].values()), list(lesson[1].values())]
    for child in children:
        out, _ = child.communicate()
        assert child.returncode == 0
        assert [line.split() for line in out.splitlines()] == wanted


# -- checkpoints


def test_restore_and_continue_equals_continue():
    whole = Lab(PAIR, lines="start C1\nrun until C1 bound\ncrash DHCP1\nrun 5m")
    start = whole.world.executed
    taken = checkpoint.take(whole.world)
    kept = len(whole.trace)
    whole.timeline.run_until(whole.now + 3_600_000_000)
    end = whole.world.executed
    assert end - start > 50
    other = checkpoint.restore(taken, Trace(whole.trace, kept))
    while other.executed < end:
        assert other.step()
    other.recorder = NullRecorder()
    assert first_difference(whole.world, other) == ""
    assert fingerprint(whole.world) == fingerprint(other)


def test_a_restored_world_makes_the_same_records():
    lab = Lab(PAIR, lines="start C1\nrun 3s")
    taken, kept = checkpoint.take(lab.world), len(lab.trace)
    lab.timeline.run_until(lab.now + 600_000_000)
    again = Trace(lab.trace, kept)
    world = checkpoint.restore(taken, again)
    while world.executed < lab.world.executed:
        assert world.step()
    assert len(again) == len(lab.trace) > kept + 20
    assert again.fingerprint(len(again)) == lab.trace.fingerprint(len(lab.trace))
    assert [again[n] for n in range(kept, len(again))] == [
        lab.trace[n] for n in range(kept, len(again))
    ]


def test_taking_a_checkpoint_changes_nothing():
    lab = Lab(PAIR, lines="start C1\nrun until C1 bound")
    before = fingerprint(lab.world)
    first = checkpoint.take(lab.world)
    second = checkpoint.take(lab.world, first)
    assert fingerprint(lab.world) == before
    assert second.network is first.network, "an untouched network is not written again"
    assert all(a is b for a, b in zip(first.hosts, second.hosts, strict=True))
    assert fingerprint(checkpoint.restore(second, NullRecorder())) == before


def test_a_checkpoint_does_not_share_with_the_world_that_goes_on():
    lab = Lab(PAIR, lines="start C1\nrun until C1 bound")
    taken = checkpoint.take(lab.world)
    before = fingerprint(checkpoint.restore(taken, NullRecorder()))
    lab.run("crash DHCP1\ncut DHCP1-DHCP2\nlose disk DHCP2\nskew C1 +90s\nrun 10m")
    assert fingerprint(checkpoint.restore(taken, NullRecorder())) == before
    assert fingerprint(lab.world) != before


def test_checkpoints_stay_close_enough(lesson):
    timeline, _ = lesson
    events = [found.executed for found in timeline.branch.checkpoints]
    gaps = [b - a for a, b in pairwise(events)]
    assert events[0] == 0
    assert len(gaps) > 5
    assert min(gaps) == max(gaps) == APART
    assert timeline.branch.end - events[-1] <= APART


def test_stepping_back_replays_little(lesson):
    """Close to the cursor a checkpoint stands every few events (DESIGN §11.4)."""
    timeline, _ = lesson
    timeline.world_at(timeline.branch.end - APART)
    middle = 4 * APART + 300
    timeline.world_at(middle)
    for cursor in range(middle - 1, middle - 100, -1):
        start = timeline._nearest(cursor)
        assert cursor - start.executed < NEAR_APART
        timeline.world_at(cursor)


def test_a_fingerprint_walks_every_field():
    lab = Lab(PAIR, lines="start C1\nrun until C1 bound")
    before = fingerprint(lab.world)

    def changed(change):
        world = checkpoint.restore(checkpoint.take(lab.world), NullRecorder())
        change(world)
        return fingerprint(world)

    changes = [
        lambda world: setattr(world, "seed", 2),
        lambda world: setattr(world.hosts[0], "skew", 1),
        lambda world: world.hosts[0].timers.update({"dhcp:x": 1}),
        lambda world: world.hosts[0].disk["leases"].popitem(),
        lambda world: setattr(world.network.links["DHCP1-DHCP2"], "cut_ab", True),
        lambda world: world.queue.pop(),
        lambda world: setattr(world.hosts[-1], "powered", True),
    ]
    prints = [changed(change) for change in changes]
    assert before not in prints
    assert len(dict.fromkeys(prints)) == len(prints)


def test_the_first_difference_says_where():
    lab = Lab(PAIR)
    other = checkpoint.restore(checkpoint.take(lab.world), NullRecorder())
    other.recorder = lab.world.recorder
    assert first_difference(lab.world, other) == ""
    other.hosts[1].skew = 5
    assert first_difference(lab.world, other) == "world['hosts'][1]['skew']: 0 and 5"
    other.hosts[1].skew = 0
    other.hosts[1].timers["x"] = 1
    assert "only in one of them" in first_difference(lab.world, other)


# -- branches


def fork_lab():
    lab = Lab(PAIR, lines="start C1\nrun until C1 bound\nrun 5m")
    return lab, lab.timeline


def test_a_fork_keeps_the_old_branch_and_its_trace():
    lab, timeline = fork_lab()
    old = timeline.branch
    length, end = len(old.trace), old.end
    print_ = old.trace.fingerprint(length)
    before = fingerprint(timeline.frontier)
    branch = timeline.fork(end - 20)
    assert (branch.name, branch.parent, branch.fork, branch.end) == ("B", old, end - 20, end - 20)
    assert branch.trace.shared == len(branch.trace) == old.trace.count_until_event(end - 20)
    lab.run("crash DHCP1\nrun 10m")
    assert len(branch.trace) > branch.trace.shared
    assert (len(old.trace), old.end, old.trace.fingerprint(length)) == (length, end, print_)
    timeline.switch("A")
    assert fingerprint(timeline.frontier) == before
    timeline.switch("B")
    assert not timeline.frontier.host_named("DHCP1").powered


def test_a_fork_shares_the_records_before_it():
    lab, timeline = fork_lab()
    old = timeline.branch.trace
    branch = timeline.fork(timeline.branch.end - 20)
    shared = branch.trace.shared
    assert [branch.trace[n] for n in range(shared)] == [old[n] for n in range(shared)]
    assert branch.trace.fingerprint(shared) == old.fingerprint(shared)
    lab.run("crash DHCP1")
    assert branch.trace[shared].value("line") == "crash DHCP1"
    assert old[shared] != branch.trace[shared]


def test_a_branch_without_a_deed_is_its_parent_again():
    timeline = fork_lab()[1]
    end, before = timeline.branch.end, fingerprint(timeline.frontier)
    old = timeline.branch.trace
    branch = timeline.fork(end - 30)
    while branch.end < end:
        assert timeline.advance()
    assert fingerprint(timeline.frontier) == before
    assert branch.trace.fingerprint(len(branch.trace)) == old.fingerprint(len(old))


def test_a_fork_of_a_fork_and_its_interventions():
    lab, timeline = fork_lab()
    first = timeline.fork(timeline.branch.end - 10)
    lab.run("start C2\nrun 1m")
    start_c2 = first.interventions[-1].event
    early = timeline.fork(start_c2 - 1)
    assert [p.intervention.line for p in early.interventions] == ["start C1"]
    timeline.switch("B")
    late = timeline.fork(start_c2)
    assert [p.intervention.line for p in late.interventions] == ["start C1", "start C2"]
    assert list(timeline.branches) == ["A", "B", "C", "D"]
    timeline.switch("C")
    assert not timeline.frontier.host_named("C2").running
    timeline.switch("D")
    assert timeline.frontier.host_named("C2").running


def test_the_28th_branch_has_two_letters():
    timeline = fork_lab()[1]
    for _ in range(27):
        timeline.switch("A")
        timeline.fork(timeline.branch.end)
    assert list(timeline.branches)[-3:] == ["Z", "AA", "AB"]


def test_a_view_replays_the_interventions(story):
    lab, _ = story
    timeline = lab.timeline
    crash = next(p for p in timeline.branch.interventions if p.intervention.verb == "crash")
    assert timeline.world_at(crash.event - 1).host_named("DHCP1").powered
    assert not timeline.world_at(crash.event).host_named("DHCP1").powered
    assert timeline.world_at(crash.event).now == crash.at


def test_cutting_back_drops_what_was_never_seen():
    lab, timeline = fork_lab()
    branch = timeline.branch
    cursor = branch.end - 15
    records = branch.trace.count_until_event(cursor)
    wanted = fingerprint(timeline.world_at(cursor))
    timeline.cut_back(cursor)
    assert (branch.end, len(branch.trace)) == (cursor, records)
    assert fingerprint(timeline.frontier) == wanted
    lab.run("crash DHCP1")
    assert branch.trace[records].value("line") == "crash DHCP1"
    assert list(timeline.branches) == ["A"]


def test_causes_lead_back_to_the_beginning(story):
    lab, _ = story
    ack = lab.sent("ACK", "DHCP1")[0]
    chain = list(walk_causes(lab.trace, ack.index))
    assert chain[0] == ack.index
    assert chain == sorted(chain, reverse=True)
    kinds = [lab.trace[n].kind.word for n in chain]
    assert kinds == [
        *("send", "decision", "receive"),  # DHCP1 answers the REQUEST
        *("send", "client", "decision", "receive"),  # C1 takes the OFFER
        *("send", "decision", "receive"),  # DHCP1 answers the DISCOVER
        *("send", "client", "timer"),  # C1 begins
    ]


# -- undo and redo, by a session


def test_undo_and_redo_go_to_both_sides_of_a_deed():
    session = Session.open_scenario("hot-standby")
    session.do("start C1")
    session.do("run until C1 bound")
    before = session.position
    session.do("crash DHCP1")
    after = session.position
    crashed = fingerprint(session.timeline.world_at(session.cursor))
    assert session.can_undo
    assert session.undo()
    assert session.position == before
    assert session.timeline.world_at(session.cursor).host_named("DHCP1").powered
    assert session.can_redo
    assert session.redo()
    assert session.position == after
    assert fingerprint(session.timeline.world_at(session.cursor)) == crashed
    assert session.undo()
    assert session.undo(), "the start of C1 is undone too"
    assert not session.undo()
    assert session.cursor == session.origin.cursor


def test_undo_deletes_nothing_and_another_deed_makes_a_branch():
    session = Session.open_scenario("hot-standby")
    session.do("start C1")
    session.do("run until C1 bound")
    session.do("crash DHCP1")
    records = len(session.branch.trace)
    session.undo()
    assert len(session.branch.trace) == records
    reply = session.do("crash DHCP2")
    assert reply.lines == ("this makes branch B",)
    assert not session.can_redo
    assert [b.name for b in session.branches()] == ["A", "B"]
    session.undo()
    assert session.position.branch == "A"
    session.redo()
    assert session.position.branch == "B"
