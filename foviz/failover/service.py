"""What a failover state allows a DHCP server to do for clients (draft-12 §9, §5.4, §7.1.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.time import US, whole_seconds
from foviz.failover import loadbalance, updates
from foviz.failover.leadtime import lease_to_give, potential_expiration
from foviz.failover.relationship import Mode
from foviz.failover.states import (
    CONFLICT_DONE,
    PARTNER_DOWN,
    POTENTIAL_CONFLICT,
    RECOVER_DONE,
    RESOLUTION_INTERRUPTED,
    STATES,
    Service,
)
from foviz.lease.binding import AVAILABLE, BACKUP, FREE, Binding
from foviz.lease.port import Grant, Query, Request, Verdict
from foviz.wire.failover import BindingStatus, state_text

if TYPE_CHECKING:
    from foviz.base.action import Fact
    from foviz.failover.endpoint import Endpoint
    from foviz.lease.store import LeaseStore, Mask

_EXTENDING = (Request.RENEWING, Request.REBINDING)
_ALWAYS = (Request.RELEASE, Request.DECLINE, Request.INFORM)
_BY_OWNER = (Request.SELECTING, Request.INIT_REBOOT)

SILENT_IN_SOME: Final = (RESOLUTION_INTERRUPTED, CONFLICT_DONE, RECOVER_DONE)
"""States that serve by the draft's text and are silent by ISC's code (``conflict_service``)."""
CONFLICTING: Final = (PARTNER_DOWN, POTENTIAL_CONFLICT, CONFLICT_DONE, RESOLUTION_INTERRUPTED)
MOST_SIGHTINGS: Final = 1024
"""How many clients that were left to the partner are remembered for their delayed service."""


def service_of(endpoint: Endpoint) -> Service:
    """Return what the endpoint's state does for clients, by the switches about it."""
    state = endpoint.state
    if state in SILENT_IN_SOME and endpoint.profile.conflict_service == "silent":
        return Service.SILENT
    if _partner_demands_silence(endpoint):
        return Service.SILENT
    return STATES[state].service


def _partner_demands_silence(endpoint: Endpoint) -> bool:
    heard = endpoint.durable.partner_state
    return bool(endpoint.profile.silent_with_partner_in_conflict) and heard in CONFLICTING


def may_answer(endpoint: Endpoint, now: int, query: Query, store: LeaseStore) -> Verdict:
    """Say whether this server answers a client's message, by which rule."""
    service = service_of(endpoint)
    facts = situation(endpoint, query)
    if service is Service.SILENT:
        return _silent(endpoint, facts)
    if query.request in _ALWAYS:
        return Verdict(True, "own-word", facts)
    if service is Service.RENEW:
        return Verdict(query.request in _EXTENDING, "renewals-only", facts)
    if service is Service.ALONE:
        return _alone(endpoint, query, facts)
    if service is Service.TAKEOVER:
        return Verdict(True, "partner-down", facts)
    if endpoint.state is CONFLICT_DONE:
        return Verdict(True, "conflict-done", facts)
    return _in_normal(endpoint, now, query, facts, store)


def _silent(endpoint: Endpoint, facts: tuple[Fact, ...]) -> Verdict:
    switch: tuple[Fact, ...] = ()
    if STATES[endpoint.state].service is Service.SILENT:
        return Verdict(False, "silent-state", facts)
    if endpoint.state in SILENT_IN_SOME and endpoint.profile.conflict_service == "silent":
        switch = (endpoint.profile.fact("conflict_service"),)
        return Verdict(False, "silent-state", (*switch, *facts))
    switch = (endpoint.profile.fact("silent_with_partner_in_conflict"),)
    heard: Fact = ("partner, as last heard", state_text(endpoint.durable.partner_state), "")
    return Verdict(False, "partner-in-conflict", (*switch, *facts, heard))


def _alone(endpoint: Endpoint, query: Query, facts: tuple[Fact, ...]) -> Verdict:
    """Row 4 of the disagreements: a unicast renewal belongs to the server that granted it."""
    partners = query.granter == endpoint.relationship.partner_name
    if query.request is Request.RENEWING and partners:
        switch = endpoint.profile.fact("interrupted_renewals")
        facts = (switch, *facts, ("granted by", query.granter, ""))
        if endpoint.profile.interrupted_renewals == "rebinding-only":
            return Verdict(False, "partners-lease", facts)
    return Verdict(True, "alone", facts)


def _in_normal(
    endpoint: Endpoint, now: int, query: Query, facts: tuple[Fact, ...], store: LeaseStore
) -> Verdict:
    profile = endpoint.profile
    switch: tuple[Fact, ...] = ()
    if query.request in _EXTENDING:
        switch = (profile.fact("renew_in_normal"),)
        if profile.renew_in_normal == "both":
            return Verdict(True, "renews-all", (*switch, *facts))
    if endpoint.relationship.mode is Mode.HOT_STANDBY:
        if endpoint.is_primary:
            return Verdict(True, "active", facts)
        return Verdict(False, "standby", (*switch, *facts))
    if query.request in _BY_OWNER and profile.server_identifier == "ownership":
        # ISC balances DISCOVER only; whose address it is decides about a REQUEST.
        return Verdict(True, "by-ownership", (profile.fact("server_identifier"), *facts))
    mine = loadbalance.is_primarys(endpoint, query.client_id, query.hardware) is endpoint.is_primary
    balance = balance_facts(endpoint, query, mine=mine)
    rule, more = ("own-bucket", ()) if mine else _although(endpoint, now, query, store)
    if rule == "other-bucket":
        return Verdict(False, rule, (*switch, *more, *facts, *balance))
    return Verdict(True, rule, (*more, *facts, *balance), (*more, *balance))


def _although(
    endpoint: Endpoint, now: int, query: Query, store: LeaseStore
) -> tuple[str, tuple[Fact, ...]]:
    """Return the rule by which a client of the partner's is answered after all, if one is."""
    profile = endpoint.profile
    if query.request is Request.SELECTING and query.chosen:
        return "chosen", ()
    if query.request is not Request.DISCOVER:
        return "other-bucket", ()
    limit = profile.secs_limit_s
    if limit:
        waited = _tried_for_s(endpoint, now, query)
        more: tuple[Fact, ...] = (profile.fact("secs_limit_s"), ("trying for", waited, "s"))
        if waited > limit:
            return "delayed-service", more
    else:
        more = ()
    if profile.answer_when_partner_is_empty and not store.mask(own_status(endpoint)[1]):
        return "partner-empty", (profile.fact("answer_when_partner_is_empty"),)
    return "other-bucket", more


def _tried_for_s(endpoint: Endpoint, now: int, query: Query) -> int:
    """For how long a client has been trying: by its secs, else since its xid was first seen.

    RFC 3074 §5.3. What is remembered of a client that was not answered is this alone.
    """
    if query.secs:
        return query.secs
    seen = endpoint.sightings
    xid, first = seen.get(query.client, (-1, now))
    if xid != query.xid:
        seen.pop(query.client, None)
        seen[query.client] = (query.xid, now)
        while len(seen) > MOST_SIGHTINGS:
            del seen[next(iter(seen))]  # the oldest stands first
        return 0
    return (now - first) // US


def balance_facts(endpoint: Endpoint, query: Query, *, mine: bool) -> tuple[Fact, ...]:
    """What the hash says of a client: both servers show the same, each from its own view."""
    relationship, kind = endpoint.relationship, endpoint.profile.hash_key
    key = loadbalance.hash_key(query.client_id, query.hardware, kind)
    bucket = loadbalance.pearson(key)
    owner = relationship.own_name if mine else relationship.partner_name
    return (
        ("hash_key", kind, ""),
        ("hash key", key.hex(":"), ""),
        ("hash", bucket, ""),
        ("bucket", bucket, ""),
        (
            "buckets of the primary",
            loadbalance.ranges_of_primary(loadbalance.assignment_of(endpoint)),
            "",
        ),
        ("responsible", owner, ""),
    )


def situation(endpoint: Endpoint, query: Query) -> tuple[Fact, ...]:
    """The facts that each decision about who answers looks at."""
    relationship = endpoint.relationship
    return (
        ("mode", relationship.mode.value, ""),
        ("role", relationship.windows_role, ""),
        ("state", state_text(endpoint.state), ""),
        ("since", endpoint.durable.since, "t"),
        ("request", query.request.value, ""),
    )


def own_status(endpoint: Endpoint) -> tuple[BindingStatus, BindingStatus]:
    """The status of free addresses that are ours, and of those that are the partner's."""
    return (FREE, BACKUP) if endpoint.is_primary else (BACKUP, FREE)


def allocatable(endpoint: Endpoint, now: int, store: LeaseStore) -> tuple[Mask, ...]:
    """The sets a new client may get an address from: ours, then in PARTNER-DOWN theirs.

    What ended there long enough ago is made FREE by :func:`foviz.failover.updates.free_ended`.
    """
    service = service_of(endpoint)
    if service in (Service.SILENT, Service.RENEW):
        return ()
    own, partners = own_status(endpoint)
    sets = [store.mask(own)]
    if endpoint.state is PARTNER_DOWN and now >= takeover_at(endpoint):
        sets.append(store.mask(partners))
    return tuple(sets)


def takeover_at(endpoint: Endpoint) -> int:
    """From when the partner's free addresses are usable: entry of PARTNER-DOWN + MCLT."""
    return endpoint.durable.since + endpoint.mclt_s * US


def may_reuse(endpoint: Endpoint, now: int, binding: Binding, store: LeaseStore) -> bool:
    """Say whether the last client of an ended or free binding may have it again.

    An ended one as long as the partner was told nothing (§5.11), a free one only if a new
    client could get it here as well.
    """
    if binding.status in AVAILABLE:
        bit = store.bit(binding.address)
        return any(mask & bit for mask in allocatable(endpoint, now, store))
    return updates.may_reuse_ended(binding)


def grant(endpoint: Endpoint, now: int, binding: Binding, desired_s: int) -> Grant:
    """Return for how long a client may have an address, and what the partner is to be told."""
    now_s = whole_seconds(now)
    mclt_s, own_s = endpoint.mclt_s, endpoint.relationship.mclt_s
    acked_s, received_s = binding.acked_pet // US, binding.received_pet // US
    lease_s, rule, switch = _lease(endpoint, desired_s, now_s, mclt_s, acked_s, received_s)
    pet_s = potential_expiration(now_s, lease_s, desired_s)
    facts: tuple[Fact, ...] = (
        *((endpoint.profile.fact(switch),) if switch else ()),
        *((endpoint.profile.fact("mclt_source"),) if mclt_s != own_s else ()),
        ("state", state_text(endpoint.state), ""),
        ("scope lease", desired_s, "s"),
        ("MCLT", mclt_s, "s"),
        ("acknowledged potential expiration", binding.acked_pet, "t"),
        ("received potential expiration", binding.received_pet, "t"),
        ("lease", lease_s, "s"),
    )
    return Grant(lease_s, pet_s * US, rule, facts)


def _lease(
    endpoint: Endpoint, desired_s: int, now_s: int, mclt_s: int, acked_s: int, received_s: int
) -> tuple[int, str, str]:
    """Return the lease in seconds, its rule, and the switch that decided, if one did."""
    by_rule = lease_to_give(desired_s, now_s, mclt_s, acked_s, received_s)
    switch, value = "", ""
    if STATES[endpoint.state].service is Service.ALONE:
        switch = "survivor_lease"
        value = endpoint.profile.survivor_lease
    elif endpoint.state is PARTNER_DOWN:
        switch = "partner_down_lease"
        value = endpoint.profile.partner_down_lease
    if value == "mclt":
        rule = "survivor-lease" if switch == "survivor_lease" else "partner-down-lease"
        return min(desired_s, mclt_s), rule, switch
    if value == "unrestricted":
        return desired_s, "partner-down-unrestricted", switch
    if by_rule == desired_s:
        return by_rule, "full-lease", switch
    return by_rule, "first-lease" if max(acked_s, received_s) <= now_s else "lead-time", switch


def may_adopt(endpoint: Endpoint, binding: Binding) -> bool:
    """Believe a client that renews an address which nobody is on record for (§3.1.2)."""
    if endpoint.state is RECOVER_DONE:
        return False  # RFC 8156 §8.7.1: only leases on record
    return endpoint.profile.adopt_renewing and binding.status in AVAILABLE


def minds_choice(endpoint: Endpoint) -> bool:
    """Whether a REQUEST that names another server is left to that one (RFC 2131 §4.3.2)."""
    return bool(endpoint.profile.server_identifier == "respect")
