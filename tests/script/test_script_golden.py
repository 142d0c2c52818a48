"""Short stories in the lab language, played line by line; each expectation has to hold.

Together with the lessons they are a coverage test: every row of the transition table, and of
the tables that judge updates, is taken by some story or by a partner that breaks the rules.
"""

import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
from failover import foreign_partner

from foviz import saved
from foviz.base.errors import ExpectationError
from foviz.failover import conflict, machine, updates
from foviz.failover.table import TABLE
from foviz.library import lesson_names
from foviz.script.tokens import Place
from foviz.session import Session

FOLDER = Path(__file__).parent.parent / "scripts"
SCRIPTS = sorted(FOLDER.glob("*.lab"))
FORM = re.compile("expect (no |still )?(.*)")


@pytest.fixture(autouse=True)
def beside_the_scripts(monkeypatch):
    """Scripts name the scenarios that stand beside them."""
    monkeypatch.chdir(FOLDER)


# -- which rows are taken


class Taken(NamedTuple):
    """The ids of the rows of the transition table and of the conflict tables."""

    states: set
    updates: set


@contextmanager
def rows_taken():
    """Collect the ids of all rows that are taken meanwhile.

    Rows that change no state leave no record, so the engine itself is listened to.
    """
    taken = Taken(set(), set())
    fire, decide = machine.fire, updates.decide

    def listened(endpoint, now, event):
        row = machine.find_row(endpoint, event)
        if row is not None:
            taken.states.add(row.id)
        return fire(endpoint, now, event)

    def judged(table, case):
        outcome = decide(table, case)
        taken.updates.add(outcome.row)
        return outcome

    with patch.object(machine, "fire", listened), patch.object(updates, "decide", judged):
        yield taken


# -- playing


class Tale(NamedTuple):
    """What is left of a story when it has been played, so that it need not be played again."""

    text: str
    fingerprint: tuple
    records: int
    position: object
    lines: str
    taken: Taken
    turned: ExpectationError | None
    """What its last expectation says when it is turned round."""
    last: int


def session_of(text, name):
    scenario, seed, offset = saved.read_lab_line(text, name)
    return Session(scenario, seed), text.splitlines()[offset:], offset


def play(text, name):
    session, lines, offset = session_of(text, name)
    for number, line in enumerate(lines, offset + 1):
        session.do(line, Place(name, number))
    return session


def fingerprint(session):
    count = session.record_count
    return count, session.branch.trace.fingerprint(count)


def turned_round(session, line, place):
    """Reverse an expectation; nothing happened since, and asking changes nothing."""
    no, fact = FORM.fullmatch(line).groups()
    try:
        session.do(f"expect {fact}" if no == "no " else f"expect no {fact}", place)
    except ExpectationError as error:
        return error
    return None


@cache
def tale(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    with rows_taken() as taken:
        session = play(text, path.name)
    print_, lab, position = fingerprint(session), session.lab_lines(), session.position
    turned = turned_round(session, lines[-1], Place(path.name, len(lines)))
    return Tale(text, print_, session.record_count, position, lab, taken, turned, len(lines))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_story_goes_as_it_is_told(path):
    found = tale(path)
    assert found.text.startswith("# ")
    assert found.text.count("\nexpect ") >= 5
    assert found.records > 200


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_story_saved_and_played_again_is_the_same(path):
    found = tale(path)
    again = play(found.lines, "saved.lab")
    assert fingerprint(again) == found.fingerprint
    assert again.position == found.position
    assert again.lab_lines() == found.lines


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_an_expectation_turned_round_fails(path):
    """Else the story would prove nothing: it ends with an expectation that can't be reversed."""
    found = tale(path)
    assert found.text.splitlines()[-1].startswith("expect ")
    assert found.turned is not None
    assert found.turned.where == f"{path.name}:{found.last}"


# -- coverage

TOLD = ("F17", "F19", "F27", "F28", "F30")
"""Cases without a story: a fault of one product, BOOTP, mixed versions, DNS, moved servers."""


FAILURES = [path for path in SCRIPTS if re.match(r"f\d\d-", path.name)]


def test_each_failure_case_has_a_story():
    numbers = {f"F{int(path.stem[1:3])}" for path in FAILURES}
    assert numbers == {f"F{number}" for number in range(1, 32)} - set(TOLD)


@pytest.mark.parametrize("path", FAILURES, ids=lambda path: path.stem)
def test_the_story_of_a_failure_case_names_the_case_and_its_source(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = [line for line in lines[:4] if line.startswith("# ")]
    assert comment[0].startswith(f"# F{int(path.stem[1:3])}")
    assert comment[-1].startswith("# Source: ")


@cache
def taken_by_stories():
    found = [tale(path).taken for path in SCRIPTS]
    with rows_taken() as taken:
        for name in lesson_names():
            Session.open(name).finish_story()
    found.append(taken)
    return Taken(*(set().union(*ids) for ids in zip(*found, strict=True)))


@cache
def taken_from_a_foreign_partner():
    with rows_taken() as taken:
        foreign_partner.play_all()
    return taken


def missing(table, taken):
    return [row.id for row in table if row.id not in taken]


FOREIGN = ["PC update done CD primary shutdown"]
"""Only a primary enters CONFLICT-DONE; no server of ours is a secondary that says it is in it."""


def test_every_transition_is_taken_in_a_story():
    assert missing(TABLE, taken_by_stories().states) == FOREIGN
    assert missing(TABLE, taken_by_stories().states | taken_from_a_foreign_partner().states) == []


@pytest.mark.parametrize("table", conflict.ROWS)
def test_every_row_that_judges_an_update_is_taken(table):
    rows = conflict.ROWS[table]
    taken = taken_by_stories().updates | taken_from_a_foreign_partner().updates
    assert missing(rows, taken) == []
