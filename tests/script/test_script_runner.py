"""Lines carried out: runs, waits, expectations that fail and say why, steps and witnesses."""

import pytest
from laboratory import PAIR, Lab

from foviz.base.errors import ExpectationError, ScriptError
from foviz.base.kinds import Kind
from foviz.base.time import DAY, HOUR, MINUTE, US
from foviz.script.runner import Runner


def failed(lab, line, kind=ExpectationError):
    with pytest.raises(kind) as caught:
        lab.run(line)
    assert "\n" not in str(caught.value)
    return str(caught.value)


BOUND = "start C1\nrun until C1 bound\nrun 1s"


# -- runs


def test_run_lets_silence_pass():
    lab = Lab(PAIR)
    start = lab.now
    lab.run("run 7s")
    assert lab.now - start == 7 * US
    lab.run("run until 09:40")
    assert lab.now - start == 40 * MINUTE


def test_run_events_and_run_to_event():
    lab = Lab(PAIR)
    end = lab.timeline.branch.end
    lab.run("run 10 events")
    assert lab.timeline.branch.end == end + 10
    lab.run(f"run to event {end + 25}")
    assert lab.timeline.branch.end == end + 25
    assert failed(lab, "run to event 3", ScriptError) == "test:1: event 3 is over already"


def test_run_until_stops_at_the_event_that_makes_it_so():
    lab = Lab(PAIR, lines="start C1\nrun until ACK from DHCP1 to C1")
    assert lab.trace[len(lab.trace) - 1].event == lab.sent("ACK")[0].event


def test_run_until_something_that_is_so_does_nothing():
    lab = Lab(PAIR, lines=BOUND)
    end = lab.timeline.branch.end
    lab.run("run until C1 bound")
    assert lab.timeline.branch.end == end


def test_run_until_something_that_was_so_waits_for_the_next_time():
    lab = Lab(PAIR, lines=BOUND)
    before = len(lab.sent("CONTACT", "DHCP1"))
    lab.run("run until CONTACT from DHCP1")
    assert len(lab.sent("CONTACT", "DHCP1")) == before + 1


def test_run_until_gives_up():
    lab = Lab(PAIR, lines="run 1m")
    text = failed(lab, "\nrun until C1 bound within 10m", ScriptError)
    assert text == "test:2: “C1 bound” did not happen within 10\xa0min"
    lab.run("crash DHCP1\ncrash DHCP2")
    text = failed(lab, "run until C1 bound", ScriptError)
    assert text == "test:1: “C1 bound” did not happen within 30\xa0d"


def test_the_clock_of_the_laboratory_ends():
    lab = Lab(PAIR, lines="crash DHCP1\ncrash DHCP2")
    text = failed(lab, "run 3650d\n" * 6, ScriptError)
    assert text == "test:6: the laboratory's clock ends in 2080"


def test_a_question_is_no_deed_here():
    lab = Lab(PAIR)
    assert "is a question, not a deed" in failed(lab, "show leases", ScriptError)


def test_an_impossible_deed_names_its_line():
    lab = Lab(PAIR)
    text = failed(lab, "crash DHCP1\n\ncrash DHCP1", ScriptError)
    assert text == "test:3: can't crash DHCP1: DHCP1 is off already"


# -- expectations: each fact, so and not so

FACTS = [
    (BOUND, "C1 bound", "C2 bound"),
    (BOUND, "DHCP2 in NORMAL", "DHCP2 in PARTNER-DOWN"),
    (BOUND, "C1 leases", "C2 leases"),
    (BOUND, "C1 leases 10.0.0.51 from DHCP1 for 1h", "C1 leases 10.0.0.51 from DHCP1 for 2h"),
    (BOUND, "C1 leases from DHCP1", "C1 leases from DHCP2"),
    (BOUND, "C1 leases 10.0.0.51", "C1 leases 10.0.0.52"),
    (BOUND, "C1 unanswered by DHCP2", "C1 unanswered by DHCP1"),
    (
        BOUND,
        "C1 unanswered by DHCP2 because standby",
        "C1 unanswered by DHCP2 because other-bucket",
    ),
    (BOUND, "DISCOVER from C1 heard by DHCP1 and DHCP2", "ACK from DHCP1 heard by DHCP2"),
    (BOUND, "BNDUPD from DHCP1 to DHCP2 about C1", "BNDUPD from DHCP1 to DHCP2 about C2"),
    (BOUND, "BNDACK from DHCP2 to DHCP1 about C1", "BNDACK from DHCP1"),
    (BOUND, "DHCP1 believes 10.0.0.51 ACTIVE for C1", "DHCP1 believes 10.0.0.51 ACTIVE for C2"),
    (BOUND, "DHCP2 believes 10.0.0.51 ACTIVE", "DHCP2 believes 10.0.0.51 FREE"),
    (BOUND, "DHCP2 owns 2 free addresses", "DHCP2 owns 3 free addresses"),
    (BOUND, "start of C1 fires", "T1 of C1 fires"),
    ("crash DHCP2\nrun 5m", "DHCP2 off", "DHCP1 off"),
    ("crash DHCP2\nrun 5m", "DHCP1 loses contact", "DHCP2 loses contact"),
    ("crash DHCP2\nrun 5m", "DHCP1 fails to connect", "DHCP2 fails to connect"),
    (
        'set secret "a" on DHCP1\nrun 5m',
        "DHCP1 refuses because digest-missing",
        "DHCP1 refuses because digest-wrong",
    ),
    ('set secret "a" on DHCP1\nrun 5m', "DHCP2 refuses", "DHCP2 refuses because clocks-differ"),
    ("crash DHCP2\nrun 5m", "SYN from DHCP1 lost", "CONNECT from DHCP1 lost"),
    ("crash DHCP2\nrun 5m", "SYN from DHCP1 lost at DHCP2", "SYN from DHCP1 lost at DHCP1"),
    (
        "crash DHCP1\nstart C1\nrun 10s",
        "C1 unanswered by DHCP1 because off",
        "C1 unanswered by DHCP1 because cut",
    ),
]


@pytest.mark.parametrize(("before", "so", "not_so"), FACTS)
def test_an_expectation_holds_or_says_what_is_not_so_and_when(before, so, not_so):
    lab = Lab(PAIR, lines=before)
    lab.run(f"expect {so}\nexpect still {so}\nexpect no {not_so}")
    moment = "Mon 1 Jan 09:"
    text = failed(lab, f"\nexpect {not_so}")
    assert text.startswith(f"test:2: not so: {not_so} (at {moment}")
    text = failed(lab, f"expect no {so}")
    assert text.startswith(f"test:1: it is so: {so} (at {moment}")


@pytest.mark.parametrize(("before", "so", "not_so"), FACTS)
def test_run_until_and_expect_agree(before, so, not_so):
    """What ``run until`` waited for is so; what it would wait for is not so yet."""
    deeds = [line for line in before.splitlines() if not line.startswith("run")]
    lab = Lab(PAIR, lines="\n".join(deeds))
    lab.run(f"run until {so} within 1h\nexpect {so}")
    assert lab.timeline.branch.end > 0


def test_breaches_are_expected_by_their_monitor(monkeypatch):
    from foviz.failover import service

    monkeypatch.setattr(service, "lease_to_give", lambda desired_s, *_: desired_s)
    lab = Lab(PAIR, lines=BOUND)
    lab.run("expect breach\nexpect breach of beyond-lead-time\nexpect no duplicate addresses")
    assert "not so: breach of duplicate-address" in failed(
        lab, "expect breach of duplicate-address"
    )
    assert "it is so: breach" in failed(lab, "expect no breach")


def test_expectations_look_at_nothing_before_their_section():
    lab = Lab(PAIR, lines=BOUND)
    lab.run("expect OFFER from DHCP1")
    lab.runner.begin_section()
    assert "not so: OFFER from DHCP1" in failed(lab, "expect OFFER from DHCP1")
    lab.run("expect no OFFER from DHCP1\nexpect C1 bound")


# -- steps


def test_each_step_cites_a_record_that_no_other_step_has():
    lab = Lab(PAIR, lines="start C1\nrun 5d")
    lab.run(
        'step 1 "first"\nexpect REQUEST from C1\nstep 2 "second"\nexpect REQUEST from C1\n'
        'step 3 "third"\nexpect REQUEST from C1'
    )
    witnesses = [step.witnesses for step in lab.runner.steps]
    assert [len(found) for found in witnesses] == [1, 1, 1]
    assert [found[0] for found in witnesses] == [r.index for r in lab.sent("REQUEST")[:3]]


def test_a_step_without_a_record_of_its_own_has_no_witness():
    lab = Lab(PAIR, lines=BOUND)
    lab.run('step 1 "first"\nexpect OFFER from DHCP1\nstep 2 "again"\nexpect OFFER from DHCP1')
    first, second = lab.runner.steps
    assert len(first.witnesses) == 1
    assert second.witnesses == ()


def test_a_step_never_goes_back_before_the_one_ahead_of_it():
    lab = Lab(PAIR, lines=BOUND)
    lab.run('step 1 "late"\nexpect ACK from DHCP1\nstep 2 "early"\nexpect DISCOVER from C1')
    assert lab.runner.steps[1].witnesses == ()


def test_what_is_expected_not_to_be_or_to_be_still_is_no_witness():
    lab = Lab(PAIR, lines=BOUND)
    lab.run('step 1 "x"\nexpect no NAK from DHCP1\nexpect still C1 bound')
    assert lab.runner.steps[0].witnesses == ()


def test_a_step_remembers_where_it_stands():
    lab = Lab(PAIR, lines='start C1\nrun 5s\nstep 4 "words"')
    (step,) = lab.runner.steps
    assert (step.number, step.words, step.at) == (4, "words", lab.now)
    assert (step.event, step.place.line) == (lab.timeline.branch.end, 3)


# -- slices


def test_a_run_in_slices_pauses_after_each_event():
    lab = Lab(PAIR)
    from foviz.script.parser import parse

    command = parse("run 1h", lab.runner.vocabulary())
    events = [lab.timeline.branch.end for _ in lab.runner.execute_in_slices(command)]
    assert events == list(range(events[0], events[0] + len(events)))
    assert len(events) > 60


def test_two_runners_on_one_timeline_see_the_same():
    lab = Lab(PAIR, lines=BOUND)
    other = Runner(lab.timeline)
    assert other.now == lab.now
    assert other.records == len(lab.trace)
    assert other.vocabulary() == lab.runner.vocabulary()


def test_new_clients_are_new_words():
    lab = Lab(PAIR, lines="start 5 clients\nrun 10s")
    assert lab.runner.vocabulary().clients == ("C1", "C2", "C3", "C4", "C5")
    lab.run("expect C5 bound")


def test_durations_of_the_story():
    assert (DAY, HOUR) == (24 * HOUR, 60 * MINUTE)
    lab = Lab(PAIR, lines=BOUND)
    client = lab.records(Kind.CLIENT, "C1", new="BOUND")[0]
    assert client.value("expires") - lab.sent("REQUEST", "C1")[0].at == HOUR
