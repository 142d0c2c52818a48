"""What a server makes of its storage when it starts, and of a halt (draft-12 §5.16, §9.3.2).

Which state to go on from, when this server stopped to operate, from when RECOVER-WAIT counts,
and whether its database, or its partner's, turns out to be an old copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.action import Action, Persist
from foviz.base.time import US
from foviz.failover.states import (
    COMMUNICATION_INTERRUPTED,
    NORMAL,
    POTENTIAL_CONFLICT,
    RECOVER,
    RECOVER_DONE,
    RECOVER_WAIT,
    RESOLUTION_INTERRUPTED,
    SHUTDOWN,
    STARTUP,
    Event,
)
from foviz.failover.table import OPERATOR_STATES, Row
from foviz.wire.failover import ServerState

if TYPE_CHECKING:
    from foviz.failover.endpoint import Durable, Endpoint
    from foviz.failover.profile import Profile

FAILED_STATE: Final = {
    NORMAL: COMMUNICATION_INTERRUPTED,
    POTENTIAL_CONFLICT: RESOLUTION_INTERRUPTED,
}
"""What a stored state becomes at start, its link taken as failed (§9.3.2 step 2)."""

UNSET: Final = -1
"""No time of failure is known yet."""

CLOCKS: Final = 60
"""Seconds by which two clocks that are right may differ."""

_RECOVERY: Final = (RECOVER, RECOVER_WAIT, RECOVER_DONE)


def loaded(durable: Durable, profile: Profile) -> Durable:
    """Return what is stored as a starting server takes it.

    A halt ends with a restart: the state before it is the one to go on from (§9.13.2, §9.14.3).
    """
    if durable.state in OPERATOR_STATES and not profile.operator_states_last:
        return before_halt(durable)
    return durable


def before_halt(durable: Durable) -> Durable:
    """Return the record with the state that the halt interrupted."""
    return durable._replace(state=ServerState(durable.previous or RECOVER), previous=0)


def last_operation(endpoint: Endpoint) -> int:
    """Return until when this server has operated, as far as its disk tells.

    The time of the last failover message, or of the last lease that it granted alone.
    """
    latest = endpoint.durable.last_operation
    own = endpoint.relationship.own_name
    for store in endpoint.stores.values():
        for binding in store.touched():
            if binding.granter == own:
                latest = max(latest, binding.cltt)
    return latest


def begin(endpoint: Endpoint, now: int, *, told_down: int) -> list[Action]:
    """Settle what nothing in storage tells: when this server failed (§9.3.2 step 1)."""
    endpoint.went_down = last_operation(endpoint)
    if not endpoint.fresh:
        return []
    failed_at = _first_failure(endpoint, now, told_down)
    endpoint.durable = endpoint.durable._replace(failed_at=failed_at)
    return [Persist("failover", endpoint.name, endpoint.durable, quiet=True)]


def _first_failure(endpoint: Endpoint, now: int, told_down: int) -> int:
    base = endpoint.profile.recover_wait_base
    if base == "entered-recover":
        return UNSET
    if base == "saved-state":  # there is none, and nobody can tell ISC when it went down
        return now
    if endpoint.durable.incomplete:
        return told_down or now
    return now if endpoint.profile.new_pair_wait else 0


def resumed(endpoint: Endpoint, event: Event) -> ServerState:
    """Return the state that the storage leads to: in contact, or with its link failed."""
    if event is Event.CONTACT and endpoint.profile.partner_change == "direct":
        return endpoint.durable.state
    return FAILED_STATE.get(endpoint.durable.state, endpoint.durable.state)


def shown(endpoint: Endpoint) -> ServerState:
    """Return the state that a STATE message names; while starting, the one to go on from."""
    return resumed(endpoint, Event.CONTACT) if endpoint.state is STARTUP else endpoint.state


def entered(endpoint: Endpoint, now: int, target: ServerState, row: Row) -> Durable:
    """Return the record of a state that is entered by a row of the table."""
    durable = endpoint.durable
    if target is STARTUP:  # never stored: what the halt interrupted is (§9.13.2)
        return _after_halt(endpoint)
    kept = row.to is None
    since = now
    if kept:  # a start-up that changes nothing is no new state (ISC dhcp_failover_set_state)
        since = durable.since if target is durable.state else endpoint.went_down
        since = since or now  # nothing is stored: it begins here
    record = durable._replace(
        state=target,
        since=since,
        virgin=durable.virgin and target in (RECOVER, RECOVER_WAIT, *OPERATOR_STATES),
        incomplete=durable.incomplete or row.does == "all",
    )
    if target in OPERATOR_STATES and not kept:
        # Halted once more before it went on: what the first halt interrupted counts.
        again = durable.state in OPERATOR_STATES
        return record._replace(previous=durable.previous if again else int(durable.state))
    if target is RECOVER and not (kept and durable.failed_at != UNSET):
        return record._replace(failed_at=_failure(endpoint, now, row))
    return record


def _failure(endpoint: Endpoint, now: int, row: Row) -> int:
    """Return from when RECOVER-WAIT will count (§9.6.2)."""
    base = endpoint.profile.recover_wait_base
    if row.state is not STARTUP or base == "entered-recover":
        return now
    if row.does == "all":  # this server went down when its partner lost it, not when it says
        return endpoint.durable.partner_since
    return endpoint.durable.since if base == "saved-state" else endpoint.went_down


def _after_halt(endpoint: Endpoint) -> Durable:
    durable = before_halt(endpoint.durable)
    orderly = endpoint.state is SHUTDOWN and durable.state is RECOVER
    told_all = not any(store.unknown for store in endpoint.stores.values())
    if orderly and told_all and not endpoint.profile.wait_after_shutdown:
        return durable._replace(failed_at=0)
    return durable


def recover_next(endpoint: Endpoint) -> list[Action]:
    """The partner took over while this server is SHUTDOWN: it will recover (§9.14.2)."""
    if endpoint.durable.previous == RECOVER:
        return []
    endpoint.durable = endpoint.durable._replace(
        previous=int(RECOVER), failed_at=endpoint.durable.since
    )
    return [Persist("failover", endpoint.name, endpoint.durable, quiet=True)]


def recovers_together(endpoint: Endpoint) -> bool:
    """Whether RECOVER-WAIT is skipped because the partner recovers as well."""
    profile, durable = endpoint.profile, endpoint.durable
    if profile.recover_wait_with_recovering_partner or (durable.virgin and profile.new_pair_wait):
        return False
    return durable.partner_state in (RECOVER, RECOVER_DONE)


def may_have_served(endpoint: Endpoint) -> bool:
    """Whether the stored state is one in which this server may have given leases to anybody."""
    return endpoint.durable.state not in _RECOVERY


def taken_over_since(endpoint: Endpoint) -> bool:
    """Whether the partner's state began later than our last operation; the wire has seconds."""
    return endpoint.durable.partner_since // US >= endpoint.went_down // US


# -- old copies of a database (§5.16)


def is_old_copy(endpoint: Endpoint) -> bool:
    """Whether the partner was in contact with us long after the operation that we started from.

    Asked at the first contact since the start; later this server knows better.

    No message carries the time of last contact. But COMMUNICATION-INTERRUPTED begins at most
    a receive timer after it, so that state's start tells.
    """
    met = endpoint.partner_before != 0 and not endpoint.met_since_start
    lost_us = endpoint.durable.partner_since
    return met and may_have_served(endpoint) and lost_us > endpoint.went_down + _far(endpoint)


def _far(endpoint: Endpoint) -> int:
    return (2 * int(endpoint.profile.receive_timer_s) + CLOCKS) * US


def partner_went_back(endpoint: Endpoint, since: int) -> list[Action]:
    """Forget what the partner acknowledged if its state is one from before what we heard.

    States only begin later and later; one that began earlier than the last one heard comes
    from an old copy, whose owner has lost what it had acknowledged since.
    """
    heard = endpoint.durable.partner_since
    if not endpoint.profile.compare_last_contact or since + _far(endpoint) >= heard:
        return []
    actions: list[Action] = []
    for scope, store in endpoint.stores.items():
        for binding in store.touched():
            if binding.known or binding.acked_pet:
                forgotten = binding._replace(known=False, acked_pet=0, refused=False)
                store.put(forgotten)
                key = (scope, binding.address)
                actions.append(Persist("leases", key, forgotten, quiet=True))
    return actions
