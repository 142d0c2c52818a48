"""What a failover state allows a DHCP server to do for clients (draft-12 §9, §5.4, §7.1.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.time import US, whole_seconds
from foviz.failover.leadtime import (
    lease_to_give,
    potential_expiration,
    usable_in_partner_down,
)
from foviz.failover.loadbalance import bucket_of, primary_buckets
from foviz.failover.relationship import Mode
from foviz.failover.states import (
    CONFLICT_DONE,
    PARTNER_DOWN,
    RECOVER_DONE,
    STATES,
    Service,
)
from foviz.lease.binding import AVAILABLE, BACKUP, ENDED, FREE, Binding
from foviz.lease.port import Grant, Query, Request, Verdict
from foviz.wire.failover import state_text

if TYPE_CHECKING:
    from foviz.base.action import Fact
    from foviz.failover.endpoint import Endpoint
    from foviz.lease.store import LeaseStore, Mask

_EXTENDING = (Request.RENEWING, Request.REBINDING)
_ALWAYS = (Request.RELEASE, Request.DECLINE, Request.INFORM)


def may_answer(endpoint: Endpoint, now: int, query: Query) -> Verdict:
    """Say whether this server answers a client's message, by which rule."""
    service = STATES[endpoint.state].service
    facts = situation(endpoint, query)
    if service is Service.SILENT:
        return Verdict(False, "silent-state", facts)
    if query.request in _ALWAYS:
        return Verdict(True, "own-word", facts)
    if service is Service.RENEW:
        return Verdict(query.request in _EXTENDING, "renewals-only", facts)
    if service is Service.ALONE:
        return Verdict(True, "alone", facts)
    if service is Service.TAKEOVER:
        return Verdict(True, "partner-down", facts)
    if endpoint.state is CONFLICT_DONE:
        return Verdict(True, "conflict-done", facts)
    return _in_normal(endpoint, query, facts)


def _in_normal(endpoint: Endpoint, query: Query, facts: tuple[Fact, ...]) -> Verdict:
    if query.request in _EXTENDING and endpoint.profile.renew_in_normal == "both":
        return Verdict(True, "renews-all", facts)
    if endpoint.relationship.mode is Mode.HOT_STANDBY:
        active = endpoint.is_primary
        return Verdict(active, "active" if active else "standby", facts)
    bucket = bucket_of(query.client_id, query.hardware)
    limit = primary_buckets(endpoint.relationship)
    mine = (bucket < limit) is endpoint.is_primary
    facts = (*facts, ("bucket", bucket, ""), ("buckets of the primary", f"0–{limit - 1}", ""))
    return Verdict(mine, "own-bucket" if mine else "other-bucket", facts)


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


def own_status(endpoint: Endpoint) -> tuple[int, int]:
    """The status of free addresses that are ours, and of those that are the partner's."""
    return (FREE, BACKUP) if endpoint.is_primary else (BACKUP, FREE)


def allocatable(endpoint: Endpoint, now: int, store: LeaseStore) -> tuple[Mask, ...]:
    """The sets a new client may get an address from; in PARTNER-DOWN theirs and ended ones too."""
    service = STATES[endpoint.state].service
    if service in (Service.SILENT, Service.RENEW):
        return ()
    own, partners = (FREE, BACKUP) if endpoint.is_primary else (BACKUP, FREE)
    sets = [store.mask(own)]
    if endpoint.state is PARTNER_DOWN and now >= takeover_at(endpoint):
        sets.append(store.mask(partners))
        sets.append(_over(endpoint, now, store))
    return tuple(sets)


def _over(endpoint: Endpoint, now: int, store: LeaseStore) -> Mask:
    """The ended addresses that by no promise of either server anybody can still use (§9.4.2)."""
    mclt = endpoint.relationship.mclt_s * US
    over = 0
    for status in ENDED:
        for address in store.addresses(store.mask(status)):
            binding = store.get(address)
            furthest = max(binding.furthest, binding.start)
            if usable_in_partner_down(endpoint.durable.since, mclt, furthest) <= now:
                over |= store.bit(address)
    return over


def takeover_at(endpoint: Endpoint) -> int:
    """From when the partner's free addresses are usable: entry of PARTNER-DOWN + MCLT."""
    return endpoint.durable.since + endpoint.relationship.mclt_s * US


def may_reuse(endpoint: Endpoint, now: int, binding: Binding, store: LeaseStore) -> bool:
    """Say whether the last client of an ended or free binding may have it again.

    An ended one as long as the partner was told nothing (§5.11), a free one only if a new
    client could get it here as well.
    """
    if binding.status in AVAILABLE:
        bit = store.bit(binding.address)
        return any(mask & bit for mask in allocatable(endpoint, now, store))
    return not endpoint.contact and not binding.known


def grant(endpoint: Endpoint, now: int, binding: Binding, desired_s: int) -> Grant:
    """Return for how long a client may have an address, and what the partner is to be told."""
    now_s = whole_seconds(now)
    mclt_s = endpoint.relationship.mclt_s
    acked_s, received_s = binding.acked_pet // US, binding.received_pet // US
    lease_s, rule = _lease(endpoint, desired_s, now_s, mclt_s, acked_s, received_s)
    pet_s = potential_expiration(now_s, lease_s, desired_s)
    facts: tuple[Fact, ...] = (
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
) -> tuple[int, str]:
    by_rule = lease_to_give(desired_s, now_s, mclt_s, acked_s, received_s)
    service = STATES[endpoint.state].service
    if service is Service.ALONE and endpoint.profile.survivor_lease == "mclt":
        return min(desired_s, mclt_s), "survivor-lease"
    if endpoint.state is PARTNER_DOWN and endpoint.profile.partner_down_lease == "mclt":
        return min(desired_s, mclt_s), "partner-down-lease"
    if by_rule == desired_s:
        return by_rule, "full-lease"
    return by_rule, "first-lease" if max(acked_s, received_s) <= now_s else "lead-time"


def may_adopt(endpoint: Endpoint, binding: Binding) -> bool:
    """Believe a client that renews an address which nobody is on record for (§3.1.2)."""
    if endpoint.state is RECOVER_DONE:
        return False  # RFC 8156 §8.7.1: only leases on record
    return endpoint.profile.adopt_renewing and binding.status in AVAILABLE
