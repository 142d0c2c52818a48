"""Short stories in the lab language, played line by line; each expectation has to hold."""

from pathlib import Path

import pytest

from foviz import saved
from foviz.base.errors import ExpectationError
from foviz.script.tokens import Place
from foviz.session import Session

SCRIPTS = sorted((Path(__file__).parent.parent / "scripts").glob("*.lab"))


@pytest.fixture(autouse=True)
def beside_the_scripts(monkeypatch):
    """Scripts name the scenarios that stand beside them."""
    monkeypatch.chdir(SCRIPTS[0].parent)


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


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_story_goes_as_it_is_told(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\nexpect ") >= 5
    session = play(text, path.name)
    assert session.record_count > 200


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_story_saved_and_played_again_is_the_same(path):
    text = path.read_text(encoding="utf-8")
    session = play(text, path.name)
    again = play(session.lab_lines(), "saved.lab")
    assert fingerprint(again) == fingerprint(session)
    assert again.position == session.position
    assert again.lab_lines() == session.lab_lines()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_an_expectation_turned_round_fails(path):
    """Else the story would prove nothing: the last expectation cannot be reversed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    last = max(n for n, line in enumerate(lines) if line.startswith("expect "))
    if lines[last].startswith("expect no "):
        lines[last] = lines[last].replace("expect no ", "expect ")
    else:
        lines[last] = lines[last].replace("expect ", "expect no ")
    with pytest.raises(ExpectationError) as caught:
        play("\n".join(lines), path.name)
    assert caught.value.where == f"{path.name}:{last + 1}"
