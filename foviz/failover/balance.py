"""Sharing the free addresses out: who gives, when, and by which messages.

Microsoft (MS-DHCPF §3.2.2.1): the primary moves addresses on entering NORMAL and from time
to time, by BNDUPD. The draft (§5.4, §7.6): the secondary asks by POOLREQ as well, and the
primary looks when the counts change. ISC: either gives what it has too many of, and asks
only in need. Everything happens in NORMAL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.action import Action, Fact, Note, SetTimer
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import messages, pools, updates
from foviz.failover.pools import backup_target
from foviz.failover.service import allocatable
from foviz.failover.states import NORMAL
from foviz.lease.binding import BACKUP, FREE, Binding, freed
from foviz.lease.transitions import Event, change
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverMessage, FailoverOption, FailoverType

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint
    from foviz.lease.store import LeaseStore

SOON: Final = US
"""How long after a change of the counts the primary looks at the balance."""


# -- when


def on_normal(endpoint: Endpoint, now: int) -> list[Action]:
    """Both are in NORMAL now: share out, or ask the primary to (§9.8.1)."""
    endpoint.balance_at = 0
    if endpoint.profile.pool_rule == "isc":
        return [*_give_by_isc(endpoint, now), *look(endpoint, now)]
    asks = endpoint.profile.pool_messages == "secondary"
    if endpoint.is_primary:
        # Where the secondary asks, the primary waits for that.
        actions = [] if asks else redistribute(endpoint, now)
        return [*_claim_reserved(endpoint, now), *actions, _next_run(endpoint, now)]
    actions = _claim_reserved(endpoint, now)
    return [*actions, *_ask(endpoint, now), _next_run(endpoint, now)] if asks else actions


def on_timer(endpoint: Endpoint, now: int) -> list[Action]:
    """The time has come to look at the balance."""
    endpoint.balance_at = 0
    if endpoint.state is not NORMAL:
        return []
    if endpoint.profile.pool_rule == "isc":
        panic = any(pools.balance_of(endpoint, store).is_panic for store in _stores(endpoint))
        actions = _give_by_isc(endpoint, now)
        if panic and endpoint.profile.pool_messages == "both":
            actions.extend(_ask(endpoint, now))
        return [*actions, *look(endpoint, now)]
    if endpoint.is_primary:
        actions = redistribute(endpoint, now)
    else:
        asks = endpoint.profile.pool_messages == "secondary"
        actions = _ask(endpoint, now) if asks else []
    return [*actions, _next_run(endpoint, now)]


def look(endpoint: Endpoint, now: int) -> list[Action]:
    """A binding changed, by whatever: bring the next run forward if that is called for."""
    if endpoint.state is not NORMAL or not endpoint.contact:
        return []
    if endpoint.profile.pool_rule == "isc":
        counts = tuple(store.free_counts() for store in _stores(endpoint))
        if counts == endpoint.balanced and endpoint.balance_at:
            return []
        endpoint.balanced = counts
        return _schedule(endpoint, now, _isc_run(endpoint, now))
    if not endpoint.is_primary or not endpoint.profile.misbalance_percent:
        return []
    off = any(_is_off_balance(endpoint, store) for store in _stores(endpoint))
    return _schedule(endpoint, now, now + SOON) if off else []


def _schedule(endpoint: Endpoint, now: int, at: int) -> list[Action]:
    """Set the timer, but never put it off."""
    if 0 < endpoint.balance_at <= at:
        return []
    endpoint.balance_at = at
    return [SetTimer("rebalance", max(0, at - now))]


def _next_run(endpoint: Endpoint, now: int) -> SetTimer:
    period = endpoint.profile.rebalance_s * US
    endpoint.balance_at = now + period
    return SetTimer("rebalance", period)


def _isc_run(endpoint: Endpoint, now: int) -> int:
    """Return when ISC looks again (dhcp_failover_pool_check), without its 0–4 s of chance.

    A pool runs dry no sooner than in the age of its oldest address: so a share of that age.
    """
    profile = endpoint.profile
    longest: int = profile.rebalance_longest_s
    waits = [longest]
    for store in _stores(endpoint):
        for status in (FREE, BACKUP):
            age_s = _oldest_age_s(store, store.pool(status), now, longest)
            mine = status is pools.owned_status(primary=endpoint.is_primary)
            wait = pools.share(age_s, profile.misbalance_percent)
            waits.append(wait * 2 if mine else wait)
    at = now + min(waits) * US
    if endpoint.last_balance:
        at = max(at, endpoint.last_balance + profile.rebalance_s * US)
    return at


def _oldest_age_s(store: LeaseStore, mask: int, now: int, never: int) -> int:
    """Return how long the longest unused address of a set has been so; 0 for an empty set."""
    if not mask:
        return 0
    starts = [store.get(address) for address in store.addresses(mask)]
    oldest = min(found.start if found.hardware else 0 for found in starts)
    return (now - oldest) // US if oldest else never * 100


def _stores(endpoint: Endpoint) -> list[LeaseStore]:
    return list(endpoint.stores.values())


# -- by the ratio


def _missing(endpoint: Endpoint, store: LeaseStore) -> int:
    """How many addresses the secondary lacks; negative: has too many."""
    free, backup = store.free_counts()
    return backup_target(free, backup, endpoint.relationship.partner_percent) - backup


def _is_off_balance(endpoint: Endpoint, store: LeaseStore) -> bool:
    slack = pools.share(sum(store.free_counts()), endpoint.profile.misbalance_percent)
    waiting = sum(1 for scope, _ in endpoint.claims if scope == store.scope)
    missing = _missing(endpoint, store)
    return abs(missing + waiting if missing < 0 else missing) > slack


def redistribute(endpoint: Endpoint, now: int, *, asked: bool = False) -> list[Action]:
    """Give addresses to the secondary or take them back; the primary's deed, in NORMAL.

    Of its own accord it does so only when the misbalance is worth it, asked always.
    """
    _, actions = _share_out(endpoint, now, asked=asked)
    return [*actions, *updates.pump(endpoint, now)]


def _share_out(endpoint: Endpoint, now: int, *, asked: bool) -> tuple[int, list[Action]]:
    actions: list[Action] = []
    given = 0
    for store in _stores(endpoint):
        missing = _missing(endpoint, store)
        if not missing or not (asked or _is_off_balance(endpoint, store)):
            continue
        if missing > 0:
            mask = store.pool(FREE)
            picks = pools.ratio_picks(endpoint, store, mask, missing, highest=True)
            actions.extend(_give(endpoint, now, store, picks, BACKUP))
            given += len(picks)
        elif not asked:
            actions.extend(_take_back(endpoint, store, -missing))
    return given, actions


def _give(
    endpoint: Endpoint, now: int, store: LeaseStore, addresses: list[int], status: int
) -> list[Action]:
    """From the moment the update is sent the giver must not use the addresses (§7.6)."""
    if not addresses:
        return []
    actions: list[Action] = []
    to = BACKUP if status == BACKUP else FREE
    for address in addresses:
        new = freed(store.get(address), now, to, known=False)
        actions.extend(change(store, new, Event.GIVEN))
        endpoint.queue[store.scope, address] = None
    free, backup = store.free_counts()
    data = (endpoint.name, store.scope, "given", len(addresses), free, backup)
    return [Note(Kind.POOL, data), *actions]


def _take_back(endpoint: Endpoint, store: LeaseStore, count: int) -> list[Action]:
    """Ask for addresses; they are ours again only when the secondary has agreed (§4.2)."""
    waiting = [address for scope, address in endpoint.claims if scope == store.scope]
    mask = store.pool(BACKUP)
    for address in waiting:
        mask &= ~store.bit(address)
    picks = pools.ratio_picks(endpoint, store, mask, count - len(waiting), highest=False)
    for address in picks if count > len(waiting) else []:
        endpoint.claims[store.scope, address] = FREE
        endpoint.queue[store.scope, address] = None
    free, backup = store.free_counts()
    return [Note(Kind.POOL, (endpoint.name, store.scope, "taken", count, free, backup))]


# -- by ISC's rule


def _give_by_isc(endpoint: Endpoint, now: int) -> list[Action]:
    _, actions = _share_isc(endpoint, now)
    return [*actions, *updates.pump(endpoint, now)]


def _share_isc(endpoint: Endpoint, now: int) -> tuple[int, list[Action]]:
    actions: list[Action] = []
    given = 0
    theirs = BACKUP if endpoint.is_primary else FREE
    for store in _stores(endpoint):
        picks = pools.isc_picks(endpoint, store)
        actions.extend(_give(endpoint, now, store, picks, theirs))
        given += len(picks)
    endpoint.last_balance = now
    return given, actions


# -- POOLREQ and POOLRESP (§7.6, §7.7)


def _ask(endpoint: Endpoint, now: int) -> list[Action]:
    endpoint.pool_asked = endpoint.new_xid()
    return messages.send(endpoint, now, FailoverType.POOLREQ, (), endpoint.pool_asked)


def on_message(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """POOLREQ: give what is missing and say how many; POOLRESP: ask again if any came."""
    use = endpoint.profile.pool_messages
    request = message.type == FailoverType.POOLREQ
    wanted = use == "both" or (use == "secondary" and request is endpoint.is_primary)
    if not wanted or endpoint.state is not NORMAL:
        facts: tuple[Fact, ...] = (("message", wire.type_text(message.type), ""),)
        return [Note(Kind.DECISION, ("ignored", "message-not-used", b"", 0, facts))]
    if request:
        return _on_pool_request(endpoint, now, message.xid)
    if message.xid != endpoint.pool_asked:
        return []
    endpoint.pool_asked = 0
    more = bool(message.u32(FailoverOption.ADDRESSES_TRANSFERRED)) and use == "secondary"
    return _ask(endpoint, now) if more else []


def _on_pool_request(endpoint: Endpoint, now: int, xid: int) -> list[Action]:
    """POOLRESP comes before the updates (fig. 9.9.3-1)."""
    by_isc = endpoint.profile.pool_rule == "isc"
    given, actions = _share_isc(endpoint, now) if by_isc else _share_out(endpoint, now, asked=True)
    count = wire.u32(FailoverOption.ADDRESSES_TRANSFERRED, given)
    response = messages.send(endpoint, now, FailoverType.POOLRESP, (count,), xid)
    return [*actions, *response, *updates.pump(endpoint, now), *look(endpoint, now)]


# -- reservations


def may_give_reserved(endpoint: Endpoint, now: int, binding: Binding, store: LeaseStore) -> bool:
    """Say whether the client that an available address is reserved for may get it here.

    Nobody else ever gets it, so at Microsoft's servers either may lease it; in the draft it
    has to be in the server's own pool.
    """
    sets = allocatable(endpoint, now, store)
    if endpoint.profile.reserved_lease == "either":
        return bool(sets)
    return any(mask & store.bit(binding.address) for mask in sets)


def _claim_reserved(endpoint: Endpoint, now: int) -> list[Action]:
    """A secondary claims what is reserved for clients that it answers: BACKUP with R (§5.11).

    It may lease them when the primary has agreed, which has to have the same reservations.
    """
    if endpoint.is_primary or endpoint.profile.reserved_lease == "either":
        return []
    for store in _stores(endpoint):
        for address, hardware in sorted(store.reservations.items()):
            old = store.get(address)
            client = Binding(address, old.status, old.client_id, hardware)
            if old.status is FREE and pools.is_secondarys(endpoint, client):
                endpoint.claims[store.scope, address] = BACKUP
                endpoint.queue[store.scope, address] = None
    return updates.pump(endpoint, now)
