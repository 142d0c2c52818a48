"""How a binding may change: draft-12 fig. 5.11-1 (PROTOCOL §4.2), row by row."""

import ast
from pathlib import Path

import pytest

from foviz.base.action import Note, Persist
from foviz.base.kinds import Kind
from foviz.lease.binding import Binding
from foviz.lease.store import LeaseStore
from foviz.lease.transitions import (
    TRANSITIONS,
    Event,
    IllegalTransitionError,
    allowed,
    change,
)
from foviz.wire.failover import BindingStatus

ROOT = Path(__file__).parent.parent.parent

EVERY = "FREE ACTIVE EXPIRED RELEASED ABANDONED RESET BACKUP"
TABLE = f"""
FREE BACKUP               leased        ACTIVE
ACTIVE                    leased        ACTIVE
EXPIRED RELEASED RESET    leased        ACTIVE
ACTIVE                    expired       EXPIRED FREE
ACTIVE                    released      RELEASED FREE
ACTIVE                    rewound       FREE BACKUP
{EVERY}                   declined      ABANDONED
ACTIVE EXPIRED RELEASED RESET ABANDONED reset RESET FREE
ABANDONED                 recycled      RESET FREE
EXPIRED RELEASED RESET    acknowledged  FREE BACKUP
EXPIRED RELEASED RESET    outwaited     FREE BACKUP
FREE                      given         BACKUP
BACKUP                    given         FREE
FREE                      claimed       BACKUP
BACKUP                    taken_back    FREE
{EVERY}                   told          {EVERY}
"""
"""Without a partner a lease that ends is FREE at once; the rest is the draft's, and ISC's."""

EVENTS = {event.value.replace(" ", "_"): event for event in Event}


def expected():
    found = []
    for line in TABLE.strip().splitlines():
        words = line.split()
        place = next(n for n, word in enumerate(words) if word in EVENTS)
        found.extend(
            (EVENTS[words[place]], BindingStatus[old], BindingStatus[new])
            for old in words[:place]
            for new in words[place + 1 :]
        )
    found.extend((Event.CONFIRMED, status, status) for status in BindingStatus)
    return found


def test_the_table_has_these_changes_and_no_other():
    really = [
        (event, old, new)
        for event in Event
        for old in BindingStatus
        for new in BindingStatus
        if allowed(event, old, new)
    ]
    assert sorted(really, key=repr) == sorted(dict.fromkeys(expected()), key=repr)


def test_every_row_says_why_and_where():
    assert all(row.source and row.why.endswith(".") for row in TRANSITIONS)
    assert [event for event in Event if all(row.event is not event for row in TRANSITIONS)] == []


@pytest.mark.parametrize(("event", "old", "new"), expected(), ids=lambda value: value.name)
def test_a_change_is_stored_recorded_and_written(event, old, new):
    store = LeaseStore("LAN", 10, 19)
    store.put(Binding(12, old, start=1))
    binding = Binding(12, new, start=5)
    note, write = change(store, binding, event)
    assert store.get(12) == binding
    assert isinstance(note, Note)
    assert note.kind is Kind.BINDING
    assert note.data[1:4] == (12, old, new)
    assert write == Persist("leases", ("LAN", 12), binding)


@pytest.mark.parametrize(
    ("event", "old", "new"),
    [
        (Event.LEASED, "ABANDONED", "ACTIVE"),
        (Event.EXPIRED, "FREE", "EXPIRED"),
        (Event.ACKNOWLEDGED, "ACTIVE", "FREE"),
        (Event.OUTWAITED, "ABANDONED", "FREE"),
        (Event.TAKEN_BACK, "ACTIVE", "FREE"),
        (Event.GIVEN, "ACTIVE", "BACKUP"),
        (Event.RESET, "FREE", "RESET"),
    ],
)
def test_an_illegal_change_is_an_error_and_changes_nothing(event, old, new):
    store = LeaseStore("LAN", 10, 19)
    before = Binding(12, BindingStatus[old])
    store.put(before)
    with pytest.raises(IllegalTransitionError, match=f"{old} to {new} is no transition"):
        change(store, Binding(12, BindingStatus[new]), event)
    assert store.get(12) == before


def test_nobody_goes_round_the_table():
    """Only the change itself, marks that change no status, loading, and administration write."""
    writers = [
        (path.name, function.name)
        for path in sorted((ROOT / "foviz").rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr, ast.unparse(node.func.value)) in (("put", "store"), ("put", "self"))
    ]
    assert writers == [
        ("startup.py", "partner_went_back"),
        ("updates.py", "_mark"),
        ("store.py", "load"),
        ("transitions.py", "change"),
        ("admin.py", "_write"),
    ]
