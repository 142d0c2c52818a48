"""The campaign of random worlds notices what it is there for."""

import pytest

from foviz.failover import machine, service, updates
from foviz.failover.profile import NAMES
from foviz.failover.states import NORMAL

from .chance import describe
from .world_figures import Figures
from .worlds import MOST_EVENTS, Verdict, play, script_of

CRASH = ["start C1", "run 1m", "crash DHCP1", "run 20m"]


def test_a_world_is_a_function_of_its_number():
    assert describe(7) == describe(7)
    assert describe(7) != describe(10)
    assert [describe(n)[0] for n in range(3)] == list(NAMES)
    assert play(7) == play(7)


def test_halts_are_tried_where_they_exist_and_copies_everywhere():
    lines = {name: "".join(str(describe(n, name)[2]) for n in range(60)) for name in NAMES}
    for deed in ("pause", "shut down", "resume"):
        assert [deed in lines[name] for name in NAMES] == [False, True, True]
    for deed in ("back up", "restore", "lose disk"):
        assert all(deed in found for found in lines.values())


@pytest.mark.parametrize("profile", NAMES)
def test_a_world_heals_and_counts_its_events(profile):
    found = play(7, profile, CRASH)
    assert (found.outcome, found.failed, found.breaches) == ("healed", False, ())
    assert 100 < found.events < MOST_EVENTS


def test_a_breach_that_nothing_excuses_fails_a_world(monkeypatch):
    monkeypatch.setattr(service, "lease_to_give", lambda desired_s, *_: desired_s)
    found = play(7, "draft", CRASH)
    assert (found.outcome, found.detail, found.failed) == ("breach", "beyond-lead-time", True)


def test_lost_updates_fail_a_world(monkeypatch):
    monkeypatch.setattr(updates, "_send_update", lambda endpoint, now, key: [])
    found = play(7, "draft", CRASH)
    assert (found.outcome, found.failed) == ("diverged", True)


def test_a_pair_that_stays_apart_fails_a_world(monkeypatch):
    enter = machine._enter

    def reluctant(endpoint, now, target, row):
        known = target is not NORMAL or endpoint.durable.virgin
        return enter(endpoint, now, target, row) if known else []

    monkeypatch.setattr(machine, "_enter", reluctant)
    found = play(7, "draft", CRASH)
    assert (found.outcome, found.failed) == ("not normal", True)


def test_whatever_is_raised_is_told(monkeypatch):
    def broken(*_):
        raise RuntimeError("out of order")

    monkeypatch.setattr(updates, "on_bndack", broken)
    found = play(7, "draft", CRASH)
    assert (found.outcome, found.failed) == ("exception", True)
    assert "out of order" in found.detail


def test_an_end_of_isc_s_has_a_name():
    """NORMAL ignores a partner in RECOVER-WAIT, and RECOVER-DONE waits for a change."""
    found = play(7, "isc", ["pause DHCP2", "lose disk DHCP1", "crash DHCP1"])
    assert (found.outcome, found.failed) == ("isc: stuck in RECOVER-DONE", False)


def test_the_figures_add_up():
    figures = Figures()
    figures.add(
        Verdict(1, "draft", events=10, breaches=(("owned-twice", ("clocks", "storage-lost")),))
    )
    figures.add(Verdict(2, "isc", outcome="diverged", events=20))
    text = "\n".join(figures.lines(3.0))
    assert [found.number for found in figures.failures] == [2]
    for words in ("2 worlds, 1 failed, 3 s", "ends: healed", "owned-twice", "excused by clocks"):
        assert words in text


def test_a_failed_world_is_written_as_a_script():
    text = script_of(Verdict(7, "draft", "diverged", lines=CRASH))
    assert text.startswith("# world 7, profile draft: diverged\n# profile")
    assert text.endswith("\n".join(CRASH) + "\n")
