"""The state machine of an endpoint: takes the table's rows and carries out entry actions.

A chain of transitions within one event is announced by one STATE message, that of the last
state: so a RECOVER-WAIT of no length is passed silently, and a starting server that finds
its partner goes to NORMAL in one step of the partner's view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.action import Action, CancelTimer, ExitProcess, Note, Persist, SetTimer
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import balance, messages, startup, updates
from foviz.failover.states import (
    COMMUNICATION_INTERRUPTED,
    CONFLICT_DONE,
    NORMAL,
    PARTNER_DOWN,
    PAUSED,
    POTENTIAL_CONFLICT,
    RECOVER,
    RECOVER_DONE,
    RECOVER_WAIT,
    SHUTDOWN,
    STARTUP,
    Event,
)
from foviz.failover.table import Row, has_row, rows_for
from foviz.wire.failover import ServerState, state_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.failover.endpoint import Endpoint

STATE_TIMERS: Final = {
    STARTUP: "startup",
    RECOVER: "updates",
    RECOVER_WAIT: "recover-wait",
    COMMUNICATION_INTERRUPTED: "safe-period",
    PARTNER_DOWN: "takeover",
    NORMAL: "rebalance",
    SHUTDOWN: "linger",
}
"""The timer that belongs to a state; leaving the state cancels it."""

LINGER: Final = 3 * US
"""How long SHUTDOWN listens for the partner's PARTNER-DOWN: "a few seconds" (§9.14.2)."""

GUARDS: Final[dict[str, Callable[[Endpoint], bool]]] = {
    "": lambda endpoint: True,
    "primary": lambda endpoint: endpoint.is_primary,
    "secondary": lambda endpoint: not endpoint.is_primary,
    "partner is starting": lambda endpoint: endpoint.partner_starting,
    "partner was comparing": lambda endpoint: endpoint.partner_before == POTENTIAL_CONFLICT,
    "the partner heard us long after our last operation": startup.is_old_copy,
    "partner took over after our last operation": (
        lambda endpoint: startup.may_have_served(endpoint) and startup.taken_over_since(endpoint)
    ),
    "partner took over before our last operation": (
        lambda endpoint: (
            startup.may_have_served(endpoint) and not startup.taken_over_since(endpoint)
        )
    ),
    "NORMAL is stored": lambda endpoint: endpoint.durable.state is NORMAL,
    "no stored state": lambda endpoint: endpoint.durable.virgin,
    "a request is unanswered": lambda endpoint: endpoint.unanswered,
    "partner has been recovering since before": lambda endpoint: endpoint.partner_recovering,
}


def find_row(endpoint: Endpoint, event: Event) -> Row | None:
    """Return the first row that fits the state, the event and the partner's state."""
    partner = endpoint.durable.partner_state
    for row in rows_for(endpoint.state, event, endpoint.profile):
        if (not row.partners or partner in row.partners) and GUARDS[row.guard](endpoint):
            return row
    return None


def fire(endpoint: Endpoint, now: int, event: Event) -> list[Action]:
    """Let an event happen: take the row that the table has for it, if it has one."""
    row = find_row(endpoint, event)
    if event is Event.CONTACT:
        endpoint.met_since_start = True
    if row is None:
        return []
    target = startup.resumed(endpoint, event) if row.to is None else row.to
    if target is endpoint.state:
        return _stay(endpoint, row)
    actions = _enter(endpoint, now, target, row)
    if event is Event.CONTACT and row.to is None:
        # §9.3.2 step 4: the stored state is resumed, then its own edge is taken.
        actions.extend(_partner_edge(endpoint, now))
    return actions


def partner_changed(endpoint: Endpoint, now: int) -> list[Action]:
    """The partner announced another state while contact lasted (§9.2)."""
    failed: list[Action] = []
    first = endpoint.profile.partner_change == "failed-first"
    known = find_row(endpoint, Event.PARTNER) is not None
    if first and not known and has_row(endpoint.state, Event.FAILED, endpoint.profile):
        failed = fire(endpoint, now, Event.FAILED)
        endpoint.asked = 0  # whoever compares asks again
    return [*failed, *_partner_edge(endpoint, now)]


def _partner_edge(endpoint: Endpoint, now: int) -> list[Action]:
    heard = find_row(endpoint, Event.PARTNER) is not None
    return fire(endpoint, now, Event.PARTNER if heard else Event.CONTACT)


def update_done(endpoint: Endpoint, now: int) -> list[Action]:
    """The partner has sent all that was asked for (§7.5)."""
    endpoint.asked = 0
    endpoint.unanswered = False
    endpoint.durable = endpoint.durable._replace(incomplete=False)
    return [
        Persist("failover", endpoint.name, endpoint.durable, quiet=True),
        CancelTimer("updates"),
        *fire(endpoint, now, Event.UPDATE_DONE),
    ]


def update_heard(endpoint: Endpoint) -> list[Action]:
    """A BNDUPD came: a RECOVER that is being served has patience (§9.5.2)."""
    patience = endpoint.profile.updates_patience_s
    waiting = endpoint.state is RECOVER and endpoint.asked and patience
    return [SetTimer("updates", patience * US)] if waiting else []


def _stay(endpoint: Endpoint, row: Row) -> list[Action]:
    """Carry out a row that changes no state."""
    if row.does == "ask":
        endpoint.wants_updates = True
    elif row.does == "recover next":
        return startup.recover_next(endpoint)
    elif row.does == "exit":
        partner = ServerState(endpoint.durable.partner_state)
        return [ExitProcess(f"its partner can't be in {state_text(partner)} now")]
    return []


def _enter(endpoint: Endpoint, now: int, target: ServerState, row: Row) -> list[Action]:
    """Change the state: write it, say so, start what the new state brings with it."""
    old = endpoint.state
    actions: list[Action] = []
    if old in STATE_TIMERS:
        actions.append(CancelTimer(STATE_TIMERS[old]))
    endpoint.durable = startup.entered(endpoint, now, target, row)
    endpoint.state = target
    endpoint.partner_recovering = False
    endpoint.announce = True
    endpoint.wants_updates = endpoint.wants_push = endpoint.wants_balance = False
    data = (
        endpoint.name,
        int(old),
        int(target),
        row.event.value,
        endpoint.durable.partner_state,
        row.section,
        row.id,
    )
    actions.append(Note(Kind.STATE, data))
    actions.append(Persist("failover", endpoint.name, endpoint.durable))
    actions.extend(_ENTRY.get(target, _no_entry)(endpoint, now, old))
    return actions


# -- entry actions (§9.4.1 … §9.14.1)


def _no_entry(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    return []


def _enter_startup(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """The operator ends a halt: as after a restart (§9.13.2)."""
    return endpoint.begin_again(now)


def _enter_normal(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    interrupted = old is COMMUNICATION_INTERRUPTED
    endpoint.wants_updates = interrupted and endpoint.profile.updreq_on_normal
    # Where both were interrupted the partner asks; else this server tells what only it knows.
    asked = interrupted and endpoint.durable.partner_state != RECOVER_DONE
    endpoint.wants_push = endpoint.profile.push_unacked_on_normal or not asked
    endpoint.wants_balance = True
    return []


def _enter_interrupted(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """Start the state switchover interval, when automatic transition is on (§9.9.1)."""
    period = endpoint.relationship.switchover_s
    return [SetTimer("safe-period", period * US)] if period else []


def _enter_partner_down(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """One MCLT after its start the partner's free addresses are usable (§9.4.2)."""
    usable = endpoint.durable.since + endpoint.mclt_s * US
    return [SetTimer("takeover", max(0, usable - now)), *updates.free_ended(endpoint, now)]


def _enter_recover(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    endpoint.unanswered = False
    endpoint.wants_updates = endpoint.contact
    return []


def _enter_recover_wait(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """Wait until one MCLT after this server went down (§9.6.2); no wait when that is past."""
    until = endpoint.durable.failed_at + endpoint.mclt_s * US
    together = old is RECOVER and startup.recovers_together(endpoint)
    if until <= now or together:
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


def _enter_halt(endpoint: Endpoint, now: int, old: ServerState) -> list[Action]:
    """Say it, then close; SHUTDOWN listens a little before (§9.13, §9.14.2)."""
    if endpoint.profile.halted_link == "keep":
        return []
    if endpoint.state is SHUTDOWN and endpoint.contact:
        return [SetTimer("linger", LINGER)]
    endpoint.hangs_up = True
    return []


_ENTRY: Final[dict[ServerState, Callable[[Endpoint, int, ServerState], list[Action]]]] = {
    STARTUP: _enter_startup,
    NORMAL: _enter_normal,
    COMMUNICATION_INTERRUPTED: _enter_interrupted,
    PARTNER_DOWN: _enter_partner_down,
    RECOVER: _enter_recover,
    RECOVER_WAIT: _enter_recover_wait,
    RECOVER_DONE: _enter_recover_done,
    POTENTIAL_CONFLICT: _enter_conflict,
    PAUSED: _enter_halt,
    SHUTDOWN: _enter_halt,
}


def flush(endpoint: Endpoint, now: int) -> list[Action]:
    """Say and do what the transitions of this event decided: STATE first, then the rest."""
    actions: list[Action] = []
    if endpoint.announce and endpoint.greeted:
        actions.extend(messages.state(endpoint, now))
    endpoint.announce = False
    if endpoint.hangs_up:
        endpoint.hangs_up = False
        actions.extend(endpoint.hang_up(now))
    if not endpoint.contact:
        endpoint.wants_updates = endpoint.wants_push = endpoint.wants_balance = False
        return actions
    if endpoint.wants_updates:
        actions.extend(_ask(endpoint, now))
    if endpoint.wants_push:
        updates.push_all(endpoint, now)
        actions.extend(updates.pump(endpoint, now))
    if endpoint.wants_balance:
        actions.extend(balance.on_normal(endpoint, now))
    endpoint.wants_updates = endpoint.wants_push = endpoint.wants_balance = False
    return actions


def _ask(endpoint: Endpoint, now: int) -> list[Action]:
    """Ask for what was missed; for all without a database, or where RECOVER always does."""
    recovering = endpoint.state is RECOVER
    always = recovering and endpoint.profile.recover_request == "updreqall"
    asked = updates.ask(endpoint, now, everything=endpoint.durable.incomplete or always)
    if recovering and asked:
        endpoint.unanswered = True
    return [*asked, *update_heard(endpoint)] if asked else []
