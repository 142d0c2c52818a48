"""Lessons tell the truth: all steps pass with witnesses of their own, and a broken engine fails."""

from itertools import pairwise
from pathlib import Path

import pytest

from foviz.base.kinds import Kind
from foviz.base.time import DAY
from foviz.failover import balance, service, updates
from foviz.failover.states import NORMAL
from foviz.lease.port import Verdict
from foviz.library import lesson_names
from foviz.report.check import NO_LESSON, check
from foviz.report.narrate import narrate
from foviz.session import Session

HOT_STANDBY = Path(__file__).parent.parent.parent / "lessons" / "hot-standby.md"


@pytest.fixture(scope="module")
def session():
    found = Session.open("hot-standby")
    found.finish_story()
    return found


@pytest.fixture(scope="module")
def report():
    return check("hot-standby")


# -- the lesson holds


def test_all_21_steps_of_hot_standby_pass_under_two_hash_seeds(report):
    assert report.failures == []
    assert (report.passed, report.total) == (21, 21)
    assert (report.sections, report.questions) == (8, 8)
    assert [step["step"] for step in report.steps] == list(range(1, 22))
    assert all(step["passed"] for step in report.steps)


@pytest.mark.parametrize("name", lesson_names())
def test_each_lesson_holds(name):
    found = check(name, other_seed=False)
    assert found.failures == []
    assert found.passed == found.total


def test_every_step_has_a_witness_that_no_other_step_cites(report):
    witnesses = [w["record"] for step in report.steps for w in step["witnesses"]]
    assert all(step["witnesses"] for step in report.steps)
    assert len(dict.fromkeys(witnesses)) == len(witnesses)


def test_steps_follow_one_another_in_time(report):
    first = [step["witnesses"][0]["at"] for step in report.steps]
    assert first == sorted(first)


def test_the_witnesses_show_what_the_steps_say(session):
    """The reference's own numbers: which message, from whom, for how long."""
    steps = {step.number: step for step in session.story.steps}

    def told(number):
        return [session.sentence(index) for index in steps[number].witnesses]

    assert told(1) == ["C1 broadcasts DISCOVER"]
    assert told(4) == ["DHCP1 sends ACK 1\xa0h to C1"]
    assert told(8) == ["DHCP1 sends ACK 8\xa0d to C1"]
    assert "DHCP2 sends ACK 1\xa0h to C1" in told(16)
    assert "DHCP1 sends UPDREQ to DHCP2" in told(17)
    assert "DHCP1 sends ACK 8\xa0d to C1" in told(21)


def test_each_question_has_exactly_the_answers_that_the_engine_makes_true(session):
    for asked in session.story.questions:
        assert asked.holds == tuple(answer.right for answer in asked.question.answers)
        for holds, answer, witness in zip(
            asked.holds, asked.question.answers, asked.witnesses, strict=True
        ):
            if holds:
                assert (witness < 0) is answer.expect.startswith("expect no ")


def test_sections_follow_one_another_without_a_gap(session):
    marks = session.story.sections
    assert len(marks) == 8
    for mark, after in pairwise(marks):
        assert (mark.end_event, mark.end_at) == (after.event, after.at)
    assert marks[-1].end_event == session.branch.end


def test_no_invariant_is_broken(session):
    trace = session.branch.trace
    assert [n for n in range(len(trace)) if trace.kind(n) == Kind.BREACH] == []


# -- a broken engine makes it fail


def failing(report):
    """The numbers of the steps that did not pass."""
    return [step["step"] for step in report.steps if not step["passed"]]


def without_the_mclt(monkeypatch):
    monkeypatch.setattr(service, "lease_to_give", lambda desired_s, *_: desired_s)
    monkeypatch.setattr(
        service, "_lease", lambda found, desired_s, *_: (desired_s, "full-lease", "")
    )


def with_a_standby_that_answers(monkeypatch):
    def in_normal(endpoint, now, query, facts, store):
        return Verdict(True, "active", facts)

    monkeypatch.setattr(service, "_in_normal", in_normal)


def without_a_reserve(monkeypatch):
    monkeypatch.setattr(balance, "backup_target", lambda free, backup, percent: 0)


def without_updreq(monkeypatch):
    """Only in NORMAL: without it in RECOVER the pair would never begin."""
    ask = updates.ask

    def ask_unless_normal(endpoint, now, *, everything):
        return [] if endpoint.state is NORMAL else ask(endpoint, now, everything=everything)

    monkeypatch.setattr(updates, "ask", ask_unless_normal)


@pytest.mark.parametrize(
    ("mutation", "step", "words"),
    [
        (without_the_mclt, 4, "not so: C1 leases 10.0.0.51 from DHCP1 for 1h"),
        (with_a_standby_that_answers, 2, "not so: C1 unanswered by DHCP2 because standby"),
        (without_a_reserve, 16, "not so: C2 leases 10.0.0.241 from DHCP2 for 1h"),
        (without_updreq, 17, "not so: UPDREQ from DHCP1 to DHCP2"),
    ],
)
def test_a_mutated_engine_makes_the_check_fail(mutation, step, words, monkeypatch):
    mutation(monkeypatch)
    monkeypatch.setattr("foviz.script.runner.PATIENCE", 4 * DAY)  # nothing is waited for longer
    found = check("hot-standby", other_seed=False)
    assert not found.ok
    assert found.passed < found.total
    where = next((failure for failure in found.failures if words in failure), "")
    assert where.startswith("lessons/hot-standby.md:"), found.failures
    line = int(where.split(":")[1])
    assert words.partition(": ")[2] in HOT_STANDBY.read_text().splitlines()[line - 1]
    assert step in failing(found)


# -- a lesson that lies makes it fail


def changed(tmp_path, old, new, count=1):
    text = HOT_STANDBY.read_text(encoding="utf-8")
    assert old in text, old
    path = tmp_path / "changed.md"
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    return check(str(path), other_seed=False), text.replace(old, new, count).splitlines()


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        (
            "expect C1 leases 10.0.0.51 from DHCP1 for 1h\nstep 5",
            "expect C1 leases 10.0.0.51 from DHCP1 for 2h\nstep 5",
            "for 2h",
            "not so: C1 leases 10.0.0.51 from DHCP1 for 2h (at Mon 1 Jan 09:00:05)",
        ),
        (
            "- [x] eight days",
            "- [ ] eight days",
            "```ask",
            "a question needs at least two answers, one of them marked [x]",
        ),
        (
            "- [ ] another hour",
            "- [x] another hour",
            "- [x] another hour",
            "the engine makes this answer wrong: another hour",
        ),
        (
            "- [ ] neither `expect C1 unanswered by DHCP1 and DHCP2`",
            "- [ ] neither `expect C1 unanswered by DHCP2`",
            "- [ ] neither",
            "the engine makes this answer right: neither",
        ),
        (
            "expect no BNDUPD from DHCP2",
            "expect no BNDUPD from DHCP2\nstep 30 \"twice\"\nexpect C2 leases 10.0.0.241",
            'step 30 "twice"',
            "step 30 has no record of its own as a witness",
        ),
        ('step 6 "DHCP2', 'step 5 "DHCP2', 'step 5 "DHCP2', "step 5 stands twice"),
        (
            "step 17 \"DHCP1 comes back\"",
            "step 17 \"DHCP1 comes back\"\nexpect DHCP2 in COMMUNICATION-INTERRUPTED",
            "expect DHCP2 in COMMUNICATION-INTERRUPTED",
            "it was so before the section began, so it proves nothing",
        ),
        ("glossary:mclt", "glossary:mcltt", "glossary:mcltt", "the glossary has no “mcltt”"),
        ("crash DHCP1", "crush DHCP1", "crush DHCP1", "unknown word “crush”. Nearest: crash"),
        ("restart DHCP1", "restart DHPC1", "restart DHPC1", "no host is called “DHPC1”"),
        ("crash DHCP1\n", "start DHCP1\n", "start DHCP1", "can't start DHCP1: DHCP1 is running"),
    ],
)  # fmt: skip
def test_a_lesson_that_lies_is_told_so_with_its_line(old, new, at, words, tmp_path):
    report, lines = changed(tmp_path, old, new)
    matching = [failure for failure in report.failures if words in failure]
    assert len(matching) == 1, report.failures
    line = int(matching[0].split("changed.md:")[1].split(":")[0])
    wanted = [n for n, text in enumerate(lines, 1) if at in text]
    if at == "```ask":
        wanted = [n + 1 for n in wanted]
    assert line in wanted
    assert "\n" not in matching[0]


def test_a_question_without_a_block_to_decide_it(tmp_path):
    path = tmp_path / "x.md"
    path.write_text(
        '+++\ntitle = "x"\nscenario = "hot-standby"\n+++\n## A\n```ask\nWho?\n'
        "- [x] a `expect C1 bound`\n- [ ] b `expect C2 bound`\n```\n",
        encoding="utf-8",
    )
    (failure,) = check(str(path), other_seed=False).failures
    assert failure.endswith("x.md:7: no lab block follows this question in its section")


def test_another_hash_seed_that_tells_another_story_is_a_failure(monkeypatch):
    from foviz.report import check as module

    class Result:
        stdout, stderr = "0badc0de\n", ""

    monkeypatch.setattr(module.subprocess, "run", lambda *_, **__: Result)
    report = check("hot-standby")
    (failure,) = report.failures
    assert "the run differs under another hash seed" in failure
    assert "0badc0de" in failure


def test_a_scenario_is_no_lesson():
    path = str(HOT_STANDBY.parent / "scenarios" / "hot-standby.toml")
    assert check(path).failures == [NO_LESSON.format(path)]


# -- told in the terminal


def test_the_story_is_told_with_its_steps_in_order(session):
    lines = list(narrate(session))
    numbers = [
        int(line.split(".")[0])
        for line in (text.strip() for text in lines)
        if line[:1].isdigit() and line.split(".")[0].isdigit() and ". " in line[:4]
    ]
    assert numbers == list(range(1, 22))
    text = "\n".join(lines)
    assert "DHCP2 leaves C1 unanswered: standby: silent" in text
    assert text.count("✓") == 8
    assert "](glossary:" not in text
