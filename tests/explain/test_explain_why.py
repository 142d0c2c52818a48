"""Why? The rule, its source, the facts, what followed, and the chain of causes."""

import pytest
from laboratory import PAIR, STORY, Lab

from foviz.base.kinds import Kind
from foviz.base.rules import RULES
from foviz.explain.glossary import GLOSSARY
from foviz.explain.reader import Reader, fact_text
from foviz.explain.sentences import HOSTS, LOSSES, TIMERS, sentence
from foviz.explain.subject import subject_of
from foviz.explain.why import why
from foviz.failover.table import TABLE
from foviz.script.vocabulary import TIMERS as TIMER_WORDS
from foviz.session import Session
from foviz.wire.failover import ServerState


@pytest.fixture(scope="module")
def told():
    session = Session.open("hot-standby")
    session.finish_story()
    return session


@pytest.fixture(scope="module")
def story():
    return Lab(PAIR, lines=STORY)


def records(session, kind, host="", **values):
    trace = session.branch.trace
    return [
        record
        for n in range(len(trace))
        if trace.kind(n) == kind
        for record in [trace[n]]
        if host in ("", session.reader.name(record.host))
        if all(record.value(key) == value for key, value in values.items())
    ]


# -- the standby's silence


def test_why_c1s_broadcast_was_not_answered_by_dhcp2(told):
    first = records(told, Kind.DECISION, "DHCP2", outcome="ignored")[0]
    found = told.why(first.index)
    assert found.question == "Why did DHCP2 not answer C1?"
    assert found.rule == "standby"
    assert found.tag == "standby", "the switch about renewals decided nothing about a DISCOVER"
    assert found.text == RULES["standby"].text
    assert found.source == "DHCP Failover Examples, hot standby, steps 2, 19 and 21"
    facts = dict(found.facts)
    assert facts["mode"] == "hot standby"
    assert facts["role"] == "standby"
    assert facts["state"] == "NORMAL"
    assert facts["request"] == "discover"
    assert facts["since"] == "Mon 1 08:50:00"
    assert [(node.title, node.detail) for node in found.chain] == [
        ("start", "C1"),
        ("SELECTING", "C1"),
        ("DISCOVER", "C1"),
        ("heard", "DHCP2"),
        ("ignored", "DHCP2"),
    ]
    assert [node.record for node in found.chain] == sorted(node.record for node in found.chain)
    assert found.chain[-1].record == first.index


def test_why_a_renewal_is_not_answered_names_the_switch_that_decided(told):
    renewal = next(
        record
        for record in records(told, Kind.DECISION, "DHCP2", rule="standby")
        if {name: value for name, value, _ in record.value("facts")}["request"] == "renewing"
    )
    assert told.why(renewal.index).tag == "renew_in_normal = owner-only"


def test_show_why_says_the_same_in_lines():
    session = Session.open_scenario("hot-standby")
    session.do("start C1")
    session.do("run until DISCOVER from C1 heard by DHCP2")
    lines = session.do("show why C1").lines
    assert lines[0] == "Why did DHCP2 not answer C1?"
    text = "\n".join(lines)
    for words in (
        "rule    ",
        "source  DHCP Failover Examples, hot standby, steps 2, 19 and 21",
        "mode: hot standby",
        "role: standby",
        "state: NORMAL",
        "DISCOVER (C1) → heard (DHCP2) → ignored (DHCP2)",
    ):
        assert words in text


def test_other_profiles_would_answer_a_renewal(told):
    ignored = records(told, Kind.DECISION, "DHCP2", outcome="ignored")
    renewal = next(r for r in ignored if ("request", "renewing", "") in r.value("facts"))
    assert told.why(renewal.index).others == "draft and isc: answers renewals too"
    assert told.why(ignored[0].index).others == ""


def test_nothing_decided_yet():
    session = Session.open_scenario("hot-standby")
    assert session.do("show why C1").lines == ("nothing has been decided about C1 yet",)


# -- lease times


@pytest.mark.parametrize(
    ("place", "rule", "question", "result"),
    [
        (0, "first-lease", "Why 1\xa0h?", "lease 1\xa0h"),
        (1, "full-lease", "Why 8\xa0d?", "lease 8\xa0d"),
    ],
)
def test_why_a_lease_is_so_long(told, place, rule, question, result):
    acks = [
        r for r in records(told, Kind.SEND, "DHCP1") if told.reader.message(r).startswith("ACK")
    ]
    found = told.why(acks[place].index)
    assert (found.rule, found.question, found.result) == (rule, question, result)
    facts = dict(found.facts)
    assert facts["MCLT"] == "1\xa0h"
    assert facts["scope lease"] == "8\xa0d"
    assert "lease" not in facts, "it is the result"


def test_why_a_survivor_gives_the_mclt_and_what_others_would_give(told):
    acks = [
        r
        for r in records(told, Kind.SEND, "DHCP2")
        if told.reader.message(r).startswith("ACK") and r.cause >= 0
    ]
    found = told.why(acks[-1].index)
    assert found.rule == "survivor-lease"
    assert found.tag == "survivor-lease = mclt"
    assert found.others.startswith("draft and isc: ")


# -- states


def test_why_a_server_is_in_its_state(told):
    (interrupted,) = records(told, Kind.STATE, "DHCP2", new=3)
    found = told.why(interrupted.index)
    assert found.question == "Why is DHCP2 in COMMUNICATION-INTERRUPTED?"
    assert found.source == "draft-12 §9.8.3"
    assert found.text.startswith("Contact is lost, and the partner may still be serving.")
    assert dict(found.facts)["before"] == "NORMAL"
    assert dict(found.facts)["event"] == "failed"
    assert found.result == "COMMUNICATION-INTERRUPTED"
    assert found.chain[0].title == "tReceive"


def test_every_change_of_state_is_a_row_of_the_table(story):
    reader = Reader(story.trace, story.world)
    ids = [row.id for row in TABLE]
    for record in story.records(Kind.STATE):
        found = why(reader, record, story.scenario.profile)
        if record.value("new") == ServerState.STARTUP:
            assert found.tag == "start"
        else:
            assert found.tag in ids
        assert found.source.startswith(("draft-12 §", "MS-DHCPF §"))


def test_the_operators_word_is_the_beginning_of_the_chain():
    lab = Lab(PAIR, lines="crash DHCP1\nrun 4m\npartner-down DHCP2")
    reader = Reader(lab.trace, lab.world)
    record = lab.records(Kind.STATE, "DHCP2")[-1]
    found = why(reader, record, lab.scenario.profile)
    assert (found.chain[0].glyph, found.chain[0].detail) == ("operator", "partner-down DHCP2")
    assert found.result == "PARTNER-DOWN"


# -- losses, sendings, breaches


def test_why_a_message_did_not_arrive(story):
    reader = Reader(story.trace, story.world)
    for record in story.records(Kind.LOST):
        found = why(reader, record, story.scenario.profile)
        assert found.question.startswith("Why did ")
        assert found.question.endswith(" not arrive?")
        assert LOSSES[record.value("why")].capitalize() in found.text


def test_why_an_acknowledgement_was_sent(story):
    reader = Reader(story.trace, story.world)
    record = story.sent("BNDACK", "DHCP2")[-1]
    found = why(reader, record, story.scenario.profile)
    assert found.rule == "update-accepted"
    assert found.source == "draft-12 §7.1.3"
    titles = [node.title for node in found.chain]
    assert any(title.startswith("BNDUPD") for title in titles)


def test_why_of_a_breach(monkeypatch):
    from foviz.failover import service

    monkeypatch.setattr(service, "lease_to_give", lambda desired_s, *_: desired_s)
    lab = Lab(PAIR, lines="start C1\nrun 10s")
    record = lab.records(Kind.BREACH)[0]
    found = why(Reader(lab.trace, lab.world), record, lab.scenario.profile)
    assert (found.question, found.rule) == ("What went wrong?", "beyond-lead-time")
    assert dict(found.facts)["MCLT"] == "1\xa0h"


def test_everything_can_be_asked_about(story):
    """No record of the story is without an explanation and a sentence."""
    reader = Reader(story.trace, story.world)
    for n in range(len(story.trace)):
        record = story.trace[n]
        found = why(reader, record, story.scenario.profile)
        assert found.question.endswith("?")
        assert found.text.endswith(".")
        if record.kind is not Kind.PERSIST:
            assert found.chain[-1].record == n
        assert sentence(reader, record)


# -- words that stand in for numbers


def test_every_decision_names_a_rule_that_is_registered(story):
    for record in story.records(Kind.DECISION):
        rule = RULES[record.value("rule")]
        assert rule.short
        assert rule.text.endswith(".")
        assert rule.source


def test_every_rule_has_a_source_and_its_switch_exists():
    from foviz.failover.profile import MICROSOFT

    for name, rule in RULES.items():
        assert rule.source.startswith(("draft-12", "RFC ", "DHCP Failover", "MS-DHCPF", "ISC")), (
            name
        )
        assert not rule.switch or hasattr(MICROSOFT, rule.switch), name


def test_every_timer_a_line_can_name_has_words():
    known = {name.lower() for name in TIMERS}
    assert [name for name in TIMER_WORDS if name.lower() not in known] == []


def test_every_reason_and_host_event_has_words(story):
    for record in story.records(Kind.LOST):
        assert record.value("why") in LOSSES
    for record in story.records(Kind.HOST):
        assert record.value("what") in HOSTS


def test_the_glossary_explains_states_and_statuses():
    assert all(term.meaning.endswith(".") and term.source for term in GLOSSARY.values())
    assert {"mclt", "t1", "t2", "reserve", "contact"} <= set(GLOSSARY)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (3600, "s", "1\xa0h"),
        (90_000_000, "us", "1\xa0min 30\xa0s"),
        (0, "t", "–"),
        (0x0A000033, "ip", "10.0.0.51"),
        (5, "%", "5\xa0%"),
        ("NORMAL", "", "NORMAL"),
    ],
)
def test_facts_as_people_read_them(value, unit, text):
    assert fact_text(value, unit) == text


def test_what_a_message_is_about(story):
    reader = Reader(story.trace, story.world)
    client = story.host("C1").index
    for message in ("OFFER", "REQUEST", "ACK"):
        assert subject_of(reader, story.sent(message)[0]) == (0x0A000033, client)
    update = next(r for r in story.sent("BNDUPD") if subject_of(reader, r)[1] == client)
    assert subject_of(reader, update) == (0x0A000033, client)
    assert subject_of(reader, story.sent("SYN")[0]) == (0, -1)
