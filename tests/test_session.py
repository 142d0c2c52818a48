"""One open run: positions, deeds and branches, the story run ahead, questions, saving."""

import pytest

from foviz import saved
from foviz.base.errors import ExpectationError, FovizError, ScriptError
from foviz.base.kinds import Kind
from foviz.base.time import HOUR, MINUTE, STORY_START, US
from foviz.script.tokens import Place
from foviz.session import Session
from foviz.sim.fingerprint import fingerprint


def free(*lines):
    session = Session.open_scenario("hot-standby")
    for line in lines:
        session.do(line)
    return session


@pytest.fixture(scope="module")
def told():
    """The lesson, played to its end; tests of this fixture only look."""
    session = Session.open("hot-standby")
    session.finish_story()
    return session


@pytest.fixture
def lesson():
    session = Session.open("hot-standby")
    session.work(400)
    return session


# -- opening


def test_a_session_stands_where_the_story_begins():
    session = free()
    assert session.playhead == STORY_START
    assert session.position == session.origin
    assert session.title == "Hot standby"
    states = [e.state_text for s in session.snapshot().servers for e in s.endpoints]
    assert states == ["NORMAL", "NORMAL"]


def test_a_lesson_by_name_and_by_file(told):
    import foviz

    path = foviz.share_directory() / "lessons" / "hot-standby.md"
    session = Session.open(str(path))
    assert session.title == told.title == "Hot standby: the active server fails"
    assert session.on_story


def test_a_scenario_file_opens_for_free_play(tmp_path):
    import foviz

    source = foviz.share_directory() / "lessons" / "scenarios" / "hot-standby.toml"
    path = tmp_path / "mine.toml"
    path.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    session = Session.open(str(path))
    assert session.story is None
    session.do("start C1")
    assert session.lab_lines().startswith(f"lab {path} seed 1 profile microsoft\n")


# -- positions


def test_seeking_stays_within_what_exists():
    session = free("start C1", "run 10s")
    session.seek_event(-5)
    assert session.cursor == 0
    session.seek_event(10**6)
    assert session.cursor == session.branch.end


def test_a_moment_is_after_every_event_at_or_before_it():
    session = free("start C1", "run 10s")
    trace = session.branch.trace
    for index in range(0, len(trace), 7):
        at = trace.at(index)
        session.seek_time(at)
        assert session.playhead == at
        assert session.record_count == trace.count_until_time(at)
        session.seek_time(at + 1)
        assert session.record_count == trace.count_until_time(at + 1)


def test_a_moment_in_silence_keeps_the_playhead():
    session = free("start C1", "run 10s")
    session.seek_time(STORY_START + 7 * US + 123)
    assert session.playhead == STORY_START + 7 * US + 123


def test_seeking_a_record_goes_to_its_event():
    session = free("start C1", "run 10s")
    ack = next(
        n
        for n in range(len(session.branch.trace))
        if session.record(n).kind is Kind.SEND
        and session.sentence(n) == "DHCP1 sends ACK 1\xa0h to C1"
    )
    session.seek_record(ack)
    assert session.cursor == session.record(ack).event
    assert session.record_count > ack


def test_stepping_forward_and_back_shows_the_same():
    session = free("start C1", "run 10s")
    start = session.cursor
    forward = []
    for _ in range(10):
        assert session.step()
        forward.append(fingerprint(session.timeline.world_at(session.cursor)))
    session.seek_event(start)
    again = []
    for _ in range(10):
        session.step()
        again.append(fingerprint(session.timeline.world_at(session.cursor)))
    assert again == forward
    session.step(-10)
    assert session.cursor == start


def test_the_version_tells_views_that_something_changed():
    session = free()
    before = session.version
    session.step()
    assert session.version > before


def test_a_snapshot_is_of_the_cursor():
    session = free("start C1", "run until C1 bound")
    bound = session.position
    client = session.snapshot().clients[0]
    assert client.name == "C1"
    session.seek(session.origin)
    assert session.snapshot().cursor == session.cursor
    session.seek(bound)
    assert session.snapshot().cursor == bound.cursor


# -- deeds


def test_a_deed_at_the_end_goes_on_and_elsewhere_forks():
    session = free("start C1", "run until C1 bound")
    assert session.do("crash DHCP1").lines == ()
    session.seek(session.origin)
    assert session.do("start C2").lines == ("this makes branch B",)
    assert session.position.branch == "B"
    views = session.branches()
    assert [(v.name, v.parent, v.title) for v in views] == [
        ("A", "", "run"),
        ("B", "A", "start C2"),
    ]
    assert [line for _, line in views[0].interventions] == ["start C1", "crash DHCP1"]
    assert [line for _, line in views[1].interventions] == ["start C2"]


def test_what_was_computed_ahead_and_never_seen_is_dropped_by_a_deed():
    session = free("start C1", "run 2s")
    session.look_ahead(rows=20, events=5000)
    assert session.branch.end > session.cursor
    session.do("crash DHCP1")
    assert [b.name for b in session.branches()] == ["A"]
    assert session.branch.end == session.cursor


def test_an_impossible_deed_changes_nothing_and_says_where():
    session = free("start C1", "run 5s")
    position = session.position
    with pytest.raises(ScriptError) as caught:
        session.do("start C1", Place("x.lab", 4))
    assert str(caught.value) == "x.lab:4: can't start C1: C1 is running already"
    assert session.position == position
    assert [b.name for b in session.branches()] == ["A"]


def test_reasons_against_a_deed():
    session = free()
    assert session.reason_against("crash DHCP1") == ""
    assert session.reason_against("start DHCP1") == "DHCP1 is running already"
    assert session.reason_against("show leases") == "this is no deed"
    assert session.reason_against("crush DHCP1").startswith("unknown word “crush”")


def test_branches_are_left_and_found_again_where_they_were():
    session = free("start C1", "run until C1 bound")
    there = session.position
    session.seek(session.origin)
    session.do("start C2")
    session.do("run 20s")
    here = session.position
    session.switch("A")
    assert session.position == session.origin, "where A was left"
    session.seek(there)
    session.switch("B")
    assert session.position == here
    session.switch("A")
    assert session.position == there


def test_many_branches_are_kept():
    session = free("start C1", "run until C1 bound")
    for n in range(32):
        session.seek(session.origin)
        session.do(f"start {n + 1} clients")
    assert len(session.branches()) == 33
    for view in session.branches():
        session.switch(view.name)
        assert session.position.branch == view.name


# -- the story


def test_a_story_is_run_ahead_in_pieces():
    session = Session.open("hot-standby")
    assert session.telling
    end = session.branch.end
    assert session.work(100)
    assert session.branch.end - end >= 90
    assert session.cursor == session.origin.cursor, "nobody moved"
    session.finish_story()
    assert not session.telling
    assert session.story.finished
    assert len(session.story.steps) == 21


def test_a_story_run_ahead_in_pieces_is_the_same_story(told):
    session = Session.open("hot-standby")
    while session.work(777):
        pass
    one, other = session.branch.trace, told.branch.trace
    assert one.fingerprint(len(one)) == other.fingerprint(len(other))


def test_a_deed_in_a_lesson_makes_a_branch_and_the_story_stays(lesson):
    lesson.do("run until C1 bound")
    there, records = lesson.position, len(lesson.branch.trace)
    assert lesson.do("crash DHCP1").lines == ("this makes branch B",)
    assert not lesson.on_story
    lesson.do("run 5m")
    lesson.return_to_story()
    assert lesson.on_story
    assert lesson.position == there
    assert len(lesson.branch.trace) == records
    lesson.finish_story()
    assert lesson.story.finished
    assert lesson.story.failures == []


def test_a_lesson_ends_where_its_story_ends(told):
    session = Session.open("hot-standby")
    session.finish_story()
    with pytest.raises(ScriptError, match=r"the story ends on Mon 8 Jan .*a branch"):
        session.do("run 9d")
    assert session.position == session.origin
    session.do("run 8h")
    assert session.playhead == STORY_START + 8 * HOUR
    assert not session.look_ahead(10, 10) or session.branch.end == told.branch.end


def test_a_step_is_seen_with_its_message_half_way(told):
    for step in told.story.steps:
        at = told.step_moment(step)
        sends = [w for w in step.witnesses if told.record(w).kind is Kind.SEND]
        if sends:
            record = told.record(max(sends))
            assert record.at < at < record.value("arrivals")[0][1]
        else:
            assert at == max(told.record(w).at for w in step.witnesses)


# -- runs and expectations


def test_run_until_a_fact_and_within_a_limit():
    session = free("start C1", "run until C1 bound")
    assert session.playhead - STORY_START < 10 * US
    with pytest.raises(ScriptError, match="“C2 bound” did not happen within 5\xa0min"):
        session.do("run until C2 bound within 5m")


def test_run_to_an_event_goes_back_too():
    session = free("start C1", "run 10s")
    session.do("run to event 30")
    assert session.cursor == 30
    session.do("run 5 events")
    assert session.cursor == 35


def test_run_replies_with_the_moment():
    assert free().do("run 90s").lines == ("Mon 1 Jan 09:01:30.000",)


def test_expectations_are_of_the_position():
    session = free("start C1", "run until C1 bound")
    assert session.do("expect C1 bound").lines == ("holds",)
    session.seek(session.origin)
    with pytest.raises(ExpectationError, match="not so: C1 bound"):
        session.do("expect C1 bound")
    session.do("expect no C1 bound")


# -- questions


def test_show_leases_pool_and_states():
    session = free("start C1", "run until C1 bound", "run 1s")
    (line,) = session.do("show leases").lines
    assert line.split()[:4] == ["10.0.0.51", "DHCP1", "ACTIVE", "C1"]
    assert session.do("show pool").lines == (
        "LAN  DHCP1: 189 FREE · 1 ACTIVE · 10 BACKUP",
        "LAN  DHCP2: 189 FREE · 1 ACTIVE · 10 BACKUP",
    )
    first, second = session.do("show states").lines
    assert first.startswith("DHCP1  NORMAL since Mon 1 Jan 08:50:00, active")
    assert "standby" in second


def test_help_answers_with_forms():
    lines = free().do("help cut").lines
    assert lines[0].startswith("cut <link:link> [one-way]")
    with pytest.raises(ScriptError, match="no line begins with “cutt”"):
        free().do("help cutt")


def test_a_step_line_only_makes_sense_in_a_lesson():
    with pytest.raises(ScriptError, match="only makes sense in a lesson"):
        free().do('step 1 "x"')


def test_an_empty_line_answers_nothing():
    assert free().do("   # nothing").lines == ()


def test_completion_at_the_position():
    session = free("start 5 clients")
    assert "C5" in session.complete("crash ")


def test_the_history_of_a_clients_leases(told):
    told.seek_event(told.branch.end)
    host = next(c.index for c in told.snapshot().clients if c.name == "C1")
    grants = told.lease_history(host)
    assert [g.lease_s for g in grants if g.arrived][:2] == [3600, 691200]
    for grant in grants:
        assert grant.t1 - grant.base == grant.lease_s // 2 * US
        assert grant.expires - grant.base == grant.lease_s * US
        assert grant.base <= grant.at


def test_octets_are_dissected_for_messages_only(told):
    trace = told.branch.trace
    kinds = {}
    for n in range(len(trace)):
        if trace.kind(n) == Kind.SEND:
            kinds.setdefault(told.record(n).value("protocol"), n)
    assert told.dissect(kinds["dhcp"]) is not None
    assert told.dissect(kinds["failover"]) is not None
    assert told.dissect(kinds["tcp"]) is None
    assert told.dissect(kinds["arp"]) is None


def test_every_record_has_a_sentence(told):
    for index in range(0, len(told.branch.trace), 41):
        text = told.sentence(index)
        assert text
        assert not text.endswith(".")


# -- saving


def replayed(text):
    scenario, seed, offset = saved.read_lab_line(text, "saved.lab")
    session = Session(scenario, seed)
    for line in text.splitlines()[offset:]:
        session.do(line)
    return session


def test_a_run_as_lines_makes_the_same_run():
    session = free(
        "start C1", "run until C1 bound", "run 3s", "cut DHCP1-DHCP2", "run 10m",
        "start C2", "run 7777 events", "heal DHCP1-DHCP2", "run 90s",
    )  # fmt: skip
    again = replayed(session.lab_lines())
    assert again.position == session.position
    count = session.record_count
    assert again.branch.trace.fingerprint(count) == session.branch.trace.fingerprint(count)


def test_a_branch_of_a_lesson_as_lines_makes_the_same_branch(lesson):
    lesson.do("run until C1 bound")
    lesson.do("crash DHCP1")
    lesson.do("run 5m")
    text = lesson.lab_lines()
    assert text.splitlines()[0] == "lab hot-standby seed 1 profile microsoft"
    again = replayed(text)
    count = lesson.record_count
    assert again.record_count == count
    assert again.branch.trace.fingerprint(count) == lesson.branch.trace.fingerprint(count)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("lab", "x.lab:1: the line reads: lab SCENARIO seed N profile NAME"),
        ("lab hot-standby seed", "x.lab:1: the line reads: lab SCENARIO seed N profile NAME"),
        ("lab hot-stanby", "x.lab:1:5: no scenario is called “hot-stanby”; nearest: hot-standby"),
        ("lab hot-standby seed x", "x.lab:1:22: “x” is not a whole number"),
        ("lab hot-standby sed 1", "x.lab:1:17: “sed” is not known here. Nearest: seed"),
        ("lab hot-standby seed 1 seed 2", "x.lab:1:24: “seed” stands twice; the line reads: "),
        ("lab hot-standby profile microsofts", "x.lab:1:25: no profile is called “microsofts”"),
        ("", "x.lab: this script has no lines"),
        ("# only a comment", "x.lab: this script has no lines"),
    ],
)
def test_a_lab_line_with_a_mistake(line, message):
    with pytest.raises(FovizError) as caught:
        saved.read_lab_line(line, "x.lab")
    assert str(caught.value).startswith(message)


def test_a_script_without_a_lab_line_is_free_play():
    scenario, seed, offset = saved.read_lab_line("start C1", "x.lab")
    assert (scenario.name, seed, offset) == ("hot-standby", 1, 0)


def test_a_moment_of_silence_is_saved_too():
    session = free("run 90s")
    assert session.lab_lines().splitlines()[-1] == "run until Mon 1 Jan 09:01:30.000000"
    assert replayed(session.lab_lines()).playhead == STORY_START + 90 * US
    assert MINUTE == 60 * US
