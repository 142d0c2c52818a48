"""What a world's end is called: what excuses a breach, and how ISC's pairs may end.

The monitors excuse breaches themselves; :func:`situations_of` finds the same conditions of
PROTOCOL §14.4 once more from the records alone, so that no monitor excuses too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.conflict import DUELS
from foviz.failover.states import (
    CONFLICT_DONE,
    PARTNER_DOWN,
    RECOVER_DONE,
    SHUTDOWN,
    STATES,
    Service,
)
from foviz.failover.table import OPERATOR_STATES
from foviz.sim.invariants import EXCUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foviz.sim.trace import Record, Trace
    from foviz.sim.world import World

_ENDS = ("crash", "kill", "stop")
_IDS = {words: name for name, words in EXCUSES.items()}
_CROSSING = 60 * US

CROSSED = "isc: updates crossed, each took the other's"
REFUSED = "isc: an update was refused and never sent again"
LEFT_OUT = "isc: stuck in RECOVER-DONE"
SHUT = "isc: a server shut itself down"
ENDED = "isc: a process ended"

OUTCOMES = {
    CROSSED: "OBSERVED-ISC §4: databases can diverge for good",
    REFUSED: "OBSERVED-ISC §1, §5: reject 2 and 16; PROTOCOL §6.3: not sent again",
    LEFT_OUT: "PROTOCOL §3.5: who waits is ignored; RECOVER-DONE heeds changes only",
    SHUT: "OBSERVED-ISC §5: STATE 5, 10, 11 to a server in NORMAL",
    ENDED: "PROTOCOL §3.5: CONFLICT-DONE, process exits",
}
"""How an isc pair may end, each with where real dhcpd was seen, or is known, to do so."""


def situations_of(world: World, trace: Trace) -> tuple[str, ...]:
    """Return the ids of the excuses that the records of hosts, states and decisions give."""
    found: dict[str, None] = {}
    states = {server.index: 0 for server in world.servers()}
    alive = dict.fromkeys(states, True)
    for record in _of_kinds(trace, Kind.STATE, Kind.HOST):
        if record.host not in states:
            if record.kind == Kind.HOST and record.value("what") in ("crash", "skew"):
                found["past-its-end"] = None
            continue
        if record.kind == Kind.STATE:
            new = record.value("new")
            # A halt hides what the server did before, and ends nothing of it.
            hidden = states[record.host] == PARTNER_DOWN and new in OPERATOR_STATES
            states[record.host] = states[record.host] if hidden else new
        else:
            what = record.value("what")
            alive[record.host] = what == "boot" or (alive[record.host] and what not in _ENDS)
            if what == "skew" and record.value("detail") != "0":
                found["clocks"] = None
            if what in ("lose-disk", "restore"):
                found["storage-lost"] = None
        _of_states(found, states, alive)
    if _crossings(trace):
        found["crossed-updates"] = None
    return tuple(found)


def _of_states(found: dict[str, None], states: dict[int, int], alive: dict[int, bool]) -> None:
    down = [host for host, state in states.items() if state == PARTNER_DOWN]
    if len(down) == len(states):
        found["dual-partner-down"] = None
    for host in down:
        (other,) = [h for h in states if h != host]
        serving = states[other] and STATES[states[other]].service is not Service.SILENT
        if alive[other] and serving and states[other] != CONFLICT_DONE:
            found["living-partner"] = None


def _of_kinds(trace: Trace, *kinds: Kind) -> Iterator[Record]:
    return (trace[place] for place in range(len(trace)) if trace.kind(place) in kinds)


def _crossings(trace: Trace) -> set[int]:
    """Return the addresses about which each server once gave in to the other's update."""
    found: set[int] = set()
    gave_in: dict[int, tuple[int, int]] = {}
    for record in _of_kinds(trace, Kind.DECISION):
        if record.value("rule") != "update-accepted":
            continue
        if not any(value in DUELS for _, value, _ in record.value("facts")):
            continue
        address = record.value("address")
        host, at = gave_in.get(address, (record.host, 0))
        if host != record.host and record.at - at <= _CROSSING:
            found.add(address)
        gave_in[address] = (record.host, record.at)
    return found


class Breach:
    """A breach: its monitor, and the ids of what its monitor says excuses it."""

    def __init__(self, record: Record) -> None:
        self.monitor = record.value("monitor")
        facts = record.value("facts")
        self.excuses = tuple(_IDS[text] for name, text, _ in facts if name == "excused")

    def is_excused(self, situations: tuple[str, ...]) -> bool:
        """Whether the records confirm one of its excuses."""
        return any(excuse in situations for excuse in self.excuses)


def breaches_of(trace: Trace) -> list[Breach]:
    """Return what the monitors noticed."""
    return [Breach(trace[n]) for n in range(len(trace)) if trace.kind(n) == Kind.BREACH]


def isc_outcome(world: World, trace: Trace, address: int) -> str:
    """Return the name of an end other than NORMAL with equal databases, or ``""``.

    *address* is one of which the two believe different things, 0 if the states are wrong.
    """
    if address:
        return _why_unequal(trace, address)
    if any(server.failover is None for server in world.servers()):
        ends = [found for found in _of_kinds(trace, Kind.HOST) if found.value("what") == "kill"]
        return ENDED if ends and ends[-1].value("detail") else ""
    endpoints = [one for server in world.servers() for one in server.failover.endpoints.values()]
    states = {one.state: one for one in endpoints}
    if RECOVER_DONE in states:
        return LEFT_OUT if all(one.contact for one in endpoints) else ""
    if SHUTDOWN in states:
        own_name = states[SHUTDOWN].relationship.own_name
        rows = [found for found in _of_kinds(trace, Kind.STATE) if found.value("new") == SHUTDOWN]
        last = rows[-1]
        itself = world.hosts[last.host].name == own_name and last.value("event") != "shutdown"
        return SHUT if itself else ""
    return ""


def _why_unequal(trace: Trace, address: int) -> str:
    if address in _crossings(trace):
        return CROSSED
    refused = any(
        record.value("rule") == "update-refused" and record.value("address") == address
        for record in _of_kinds(trace, Kind.DECISION)
    )
    return REFUSED if refused else ""
