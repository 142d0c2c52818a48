"""The state machine of an endpoint: takes the table's rows and carries out entry actions.

A chain of transitions within one event is announced by one STATE message, that of the last
state: so a RECOVER-WAIT of no length is passed silently, and a starting server that finds
its partner goes to NORMAL in one step of the partner's view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.action import Action, CancelTimer, Note, Persist, SetTimer
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import balance, messages, updates
from foviz.failover.states import (
    COMMUNICATION_INTERRUPTED,
    CONFLICT_DONE,
    NORMAL,
    PARTNER_DOWN,
    POTENTIAL_CONFLICT,
    RECOVER,
    RECOVER_DONE,
    RECOVER_WAIT,
    RESOLUTION_INTERRUPTED,
    STARTUP,
    Event,
)
from foviz.failover.table import Row, has_row, rows_for
from foviz.wire.failover import ServerState

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.failover.endpoint import Endpoint

FAILED_STATE: Final = {
    NORMAL: COMMUNICATION_INTERRUPTED,
    POTENTIAL_CONFLICT: RESOLUTION_INTERRUPTED,
}
"""What a stored state becomes at start, its link taken as failed (§9.3.2 step 2)."""

STATE_TIMERS: Final = {
    STARTUP: "startup",
    RECOVER_WAIT: "recover-wait",
    COMMUNICATION_INTERRUPTED: "safe-period",
    PARTNER_DOWN: "takeover",
    NORMAL: "rebalance",
}
"""The timer that belongs to a state; leaving the state cancels it."""

GUARDS: Final[dict[str, Callable[[Endpoint], bool]]] = {
    "": lambda endpoint: True,
    "primary": lambda endpoint: endpoint.is_primary,
    "secondary": lambda endpoint: not endpoint.is_primary,
    "partner is starting": lambda endpoint: endpoint.partner_starting,
    "partner took over after our last operation": (
        lambda endpoint: endpoint.durable.partner_since > endpoint.went_down
    ),
    "partner took over before our last operation": (
        lambda endpoint: endpoint.durable.partner_since <= endpoint.went_down
    ),
    "no stored state": (
        lambda endpoint: (
            not endpoint.had_stored_state
            and endpoint.profile.startup_timeout == "communication-interrupted"
        )
    ),
    "partner has been recovering since before": lambda endpoint: endpoint.partner_recovering,
}


def find_row(endpoint: Endpoint, event: Event) -> Row | None:
    """Return the first row that fits the state, the event and the partner's state."""
    partner = endpoint.durable.partner_state
    for row in rows_for(endpoint.state, event):
        if (not row.partners or partner in row.partners) and GUARDS[row.guard](endpoint):
            return row
    return None


def fire(endpoint: Endpoint, now: int, event: Event) -> list[Action]:
    """Let an event happen: take the row that the table has for it, if it has one."""
    row = find_row(endpoint, event)
    if row is None:
        return []
    target = endpoint.stored if row.to is None else row.to
    if target is endpoint.state:
        return _stay(endpoint, row)
    actions = _enter(endpoint, now, target, row)
    if row.state is STARTUP and event is Event.CONTACT and row.to is None:
        # §9.3.2 step 4: the stored state is resumed, then its own edge is taken.
        actions.extend(fire(endpoint, now, Event.CONTACT))
    return actions


def partner_changed(endpoint: Endpoint, now: int) -> list[Action]:
    """The partner announced another state while contact lasted (§9.2)."""
    if find_row(endpoint, Event.PARTNER) is not None:
        return fire(endpoint, now, Event.PARTNER)
    failed: list[Action] = []
    if has_row(endpoint.state, Event.FAILED):
        failed = fire(endpoint, now, Event.FAILED)
    return [*failed, *fire(endpoint, now, Event.CONTACT)]


def _stay(endpoint: Endpoint, row: Row) -> list[Action]:
    asks = row.state is RECOVER and row.event is Event.CONTACT
    asks = asks or (row.state is POTENTIAL_CONFLICT and row.guard == "secondary")
    if asks:
        endpoint.wants_updates = True
    return []


def _enter(endpoint: Endpoint, now: int, target: ServerState, row: Row) -> list[Action]:
    """Change the state: write it, say so, start what the new state brings with it."""
    old = endpoint.state
    actions: list[Action] = []
    if old in STATE_TIMERS:
        actions.append(CancelTimer(STATE_TIMERS[old]))
    endpoint.state = target
    endpoint.partner_recovering = False
    endpoint.durable = endpoint.durable._replace(state=target, since=now)
    endpoint.announce = True
    data = (
        endpoint.name,
        int(old),
        int(target),
        row.event.value,
        endpoint.durable.partner_state,
        row.section,
    )
    actions.append(Note(Kind.STATE, data))
    actions.append(Persist("failover", endpoint.name, endpoint.durable))
    actions.extend(_ENTRY.get(target, _no_entry)(endpoint, now, old))
    return actions


# -- entry actions (§9.4.1 … §9.12.1)


def _no_entry(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    return []


def _enter_normal(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    interrupted = old is COMMUNICATION_INTERRUPTED
    endpoint.wants_updates = interrupted and endpoint.profile.updreq_on_normal
    # Who recovered has asked and is not asked: what only it knows it tells of itself (§9.8.1).
    endpoint.wants_push = endpoint.profile.push_unacked_on_normal or old is RECOVER_DONE
    if not endpoint.is_primary:
        return []
    endpoint.wants_balance = True
    return [SetTimer("rebalance", endpoint.profile.rebalance_s * US)]


def _enter_interrupted(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """Start the state switchover interval, when automatic transition is on (§9.9.1)."""
    period = endpoint.relationship.switchover_s
    return [SetTimer("safe-period", period * US)] if period else []


def _enter_partner_down(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """One MCLT from now the partner's free addresses are usable (§9.4.2)."""
    return [SetTimer("takeover", endpoint.relationship.mclt_s * US)]


def _enter_recover(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    endpoint.wants_updates = endpoint.contact
    return []


def _enter_recover_wait(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """Wait until one MCLT after this server went down (§9.6.2); no wait when that is past."""
    until = endpoint.went_down + endpoint.relationship.mclt_s * US
    if until <= now:
        return fire(endpoint, now, Event.WAIT_OVER)
    return [SetTimer("recover-wait", until - now)]


def _enter_recover_done(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    endpoint.partner_recovering = endpoint.durable.partner_state in (RECOVER, RECOVER_WAIT)
    return []


def _enter_conflict(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """The primary asks first; the secondary when the primary is done (§9.10.1)."""
    done = endpoint.durable.partner_state == CONFLICT_DONE
    endpoint.wants_updates = endpoint.is_primary or done
    return []


_ENTRY: Final[dict[ServerState, Callable[[Endpoint, int, ServerState], list[Action]]]] = {
    NORMAL: _enter_normal,
    COMMUNICATION_INTERRUPTED: _enter_interrupted,
    PARTNER_DOWN: _enter_partner_down,
    RECOVER: _enter_recover,
    RECOVER_WAIT: _enter_recover_wait,
    RECOVER_DONE: _enter_recover_done,
    POTENTIAL_CONFLICT: _enter_conflict,
}


def flush(endpoint: Endpoint, now: int) -> list[Action]:
    """Say and do what the transitions of this event decided: STATE first, then the rest."""
    actions: list[Action] = []
    if endpoint.announce and endpoint.greeted:
        actions.extend(messages.state(endpoint, now))
    endpoint.announce = False
    if not endpoint.contact:
        endpoint.wants_updates = endpoint.wants_push = endpoint.wants_balance = False
        return actions
    if endpoint.wants_updates:
        everything = endpoint.storage_lost or endpoint.profile.recover_request == "updreqall"
        actions.extend(updates.ask(endpoint, now, everything=everything))
    if endpoint.wants_push:
        updates.push_all(endpoint, now)
        actions.extend(updates.pump(endpoint, now))
    if endpoint.wants_balance:
        actions.extend(balance.redistribute(endpoint, now))
    endpoint.wants_updates = endpoint.wants_push = endpoint.wants_balance = False
    return actions
