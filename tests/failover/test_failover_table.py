"""The transition table: well-formed, without dead rows, and the matrix of PROTOCOL §3.5."""

import re

import pytest
from failover_pair import Pair

from foviz.failover.machine import GUARDS, STATE_TIMERS, find_row
from foviz.failover.states import (
    NORMAL,
    PARTNER_DOWN,
    RECOVER,
    RECOVER_DONE,
    RECOVER_WAIT,
    STARTUP,
    STATES,
    Event,
    Service,
)
from foviz.failover.table import OPERATOR_STATES, STORED, TABLE, Row
from foviz.wire.failover import STARTUP_FLAG, FailoverOption, FailoverType
from foviz.wire.failover import u8 as octet
from foviz.wire.failover import u32 as word

SECTION = re.compile(r"(draft-12|RFC 8156|MS-DHCPF) §\d+(\.\d+)*")
OF_THE_PARTNER = (Event.CONTACT, Event.PARTNER)

# -- form


def test_every_row_has_a_name_of_its_own():
    assert len({row.id for row in TABLE}) == len(TABLE)


def test_every_guard_is_used():
    assert {row.guard for row in TABLE} == set(GUARDS)


def partners_of(row):
    return row.partners or tuple(state for state in STATES if state is not STARTUP)


def rivals():
    """Two rows of one state and event, the first before the second."""
    for place, first in enumerate(TABLE):
        for second in TABLE[place + 1 :]:
            if (first.state, first.event) == (second.state, second.event):
                yield first, second


# -- the graph


def targets(row):
    """A new endpoint's stored state is RECOVER; others store what they reached."""
    return RECOVER if row.to is STORED else row.to


def test_every_state_can_be_reached():
    reached, found = set(), {STARTUP}
    while found:
        state = found.pop()
        reached.add(state)
        found |= {targets(row) for row in TABLE if row.state is state} - reached
    assert reached == set(STATES)


def test_every_state_has_a_way_out():
    for state in STATES:
        out = {targets(row) for row in TABLE if row.state is state} - {state}
        assert out or state in OPERATOR_STATES, state  # those two end with a restart


def test_every_state_that_is_silent_with_contact_has_a_way_to_normal_without_an_operator():
    quiet = {Event.PAUSE, Event.SHUT_DOWN, Event.PARTNER_DOWN, Event.FAILED}
    ways = {}
    for row in TABLE:
        if row.event not in quiet:
            ways.setdefault(row.state, set()).add(targets(row))
    for state, spec in STATES.items():
        if spec.service is not Service.SILENT or state in OPERATOR_STATES:
            continue
        found, reached = {state}, set()
        while found:
            now = found.pop()
            reached.add(now)
            found |= ways.get(now, set()) - reached
        assert NORMAL in reached, state


def test_a_timer_belongs_to_each_waiting_state():
    assert set(STATE_TIMERS) <= set(STATES)
    assert len(set(STATE_TIMERS.values())) == len(STATE_TIMERS)
    for event, timer in (
        (Event.STARTUP_OVER, "startup"),
        (Event.WAIT_OVER, "recover-wait"),
        (Event.SAFE_PERIOD, "safe-period"),
    ):
        states = {row.state for row in TABLE if row.event is event}
        assert states == {state for state, name in STATE_TIMERS.items() if name == timer}


@pytest.mark.parametrize(
    ("states", "service"),
    [
        ("STARTUP RECOVER RECOVER_WAIT POTENTIAL_CONFLICT PAUSED SHUTDOWN", Service.SILENT),
        ("RECOVER_DONE", Service.RENEW),
        ("NORMAL CONFLICT_DONE", Service.FULL),
        ("COMMUNICATION_INTERRUPTED RESOLUTION_INTERRUPTED", Service.ALONE),
        ("PARTNER_DOWN", Service.TAKEOVER),
    ],
)
def test_what_a_state_does_for_clients(states, service):
    # draft-12 §9.3–9.14, PROTOCOL §3.2
    assert {state.name for state, spec in STATES.items() if spec.service is service} == set(
        states.split()
    )


# -- the matrix

LETTERS = {spec.letters: state for state, spec in STATES.items()}
MATRIX = """
own    N   CI  PD  PC  RI  CD  R   RW  RD
N      N   N   PC  PC  PC  PC  CI  CI  N
CI     N   N   PC  PC  PC  PC  CI  CI  N
PD     PC  PC  PC  PC  PC  PC  PD  PD  N
R      R   R   R   PC  PC  PC  R   R   R
RW     RW  RW  RW  RW  RW  RW  RW  RW  RW
RD     N   RD  RD  PC  RD  RD  CI  CI  N
PC     PC  PC  PC  PC  PC  PC  PC  PC  PC
RI     PC  PC  PC  PC  PC  PC  PC  PC  PC
CD     N   CD  CD  CD  CD  CD  CD  CD  CD
"""
"""Microsoft's figure 7; where it lacks a cell, and in the rows N, RW and PC, the draft's."""

CELLS = [
    (row.split()[0], partner, cell)
    for row in MATRIX.strip().splitlines()[1:]
    for partner, cell in zip(MATRIX.split()[1:10], row.split()[1:], strict=True)
]


def state_options(partner, since=0, flags=0):
    return (
        octet(FailoverOption.SERVER_STATE, partner),
        octet(FailoverOption.SERVER_FLAGS, flags),
        word(FailoverOption.START_TIME_OF_STATE, since),
    )


def placed(name, own, partner=None, contact=True):
    """A server put into a state by hand; *partner* is what it heard of its partner last."""
    pair = Pair()
    pair.cut()
    endpoint = pair.endpoint(name)
    endpoint.state, endpoint.contact = own, contact
    endpoint.durable = endpoint.durable._replace(state=own, partner_state=partner or 0)
    return pair, endpoint


@pytest.mark.parametrize("name", ["A", "B"])
@pytest.mark.parametrize("contact", [True, False], ids=["while-in-contact", "at-contact"])
@pytest.mark.parametrize(("own", "partner", "cell"), CELLS)
def test_the_matrix(name, contact, own, partner, cell):
    if own in ("N", "PC") and not contact:
        own = {"N": "CI", "PC": "RI"}[own]  # those two states end with the contact
    pair, endpoint = placed(name, LETTERS[own], contact=contact)
    pair.hear(name, FailoverType.STATE, state_options(LETTERS[partner]))
    assert STATES[endpoint.state].letters == cell


@pytest.mark.parametrize("partner", ["N", "CI", "PD", "PC", "RI", "CD", "R", "RW", "RD"])
def test_in_partner_down_a_starting_partner_decides_nothing(partner):
    pair, endpoint = placed("A", PARTNER_DOWN, contact=False)
    options = state_options(LETTERS[partner], flags=STARTUP_FLAG)
    pair.hear("A", FailoverType.STATE, options)
    assert endpoint.state is PARTNER_DOWN


@pytest.mark.parametrize("partner", ["R", "RW"])
def test_recover_done_waits_for_a_partner_that_has_been_recovering_all_along(partner):
    # DESIGN §11.15; a partner that begins to recover only now has lost its bindings
    pair, endpoint = placed("A", RECOVER_WAIT, partner=RECOVER)
    pair.fire("A", "failover:pair/recover-wait")
    assert endpoint.state is RECOVER_DONE
    pair.hear("A", FailoverType.STATE, state_options(LETTERS[partner], since=1))
    assert endpoint.state is RECOVER_DONE
    pair.hear("A", FailoverType.STATE, state_options(RECOVER_DONE, since=2))
    assert endpoint.state is NORMAL


@pytest.mark.parametrize(("own", "to"), [("N", "CI"), ("PC", "RI")])
def test_two_states_end_when_contact_is_lost(own, to):
    pair, endpoint = placed("A", LETTERS[own])
    pair.run(200)
    assert STATES[endpoint.state].letters == to


@pytest.mark.parametrize("own", ["CI", "PD", "R", "RW", "RD", "RI", "CD"])
def test_the_others_stay(own):
    pair, endpoint = placed("A", LETTERS[own])
    pair.run(200)
    assert not endpoint.contact
    assert STATES[endpoint.state].letters == own


@pytest.mark.parametrize(
    ("own", "to"),
    [("N", "PD"), ("CI", "PD"), ("RI", "PD"), ("R", "R"), ("RW", "RW"), ("RD", "RD"), ("PC", "PC")],
)
def test_from_where_the_operator_can_declare_the_partner_down(own, to):
    pair, endpoint = placed("A", LETTERS[own])
    pair.command("A", "partner-down")
    assert STATES[endpoint.state].letters == to


def test_the_first_row_that_fits_is_taken():
    _, endpoint = placed("A", PARTNER_DOWN, partner=NORMAL)
    endpoint.partner_starting = True
    row = find_row(endpoint, Event.CONTACT)
    assert isinstance(row, Row)
    assert row.guard == "partner is starting"
