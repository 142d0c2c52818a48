"""How many free addresses each server should own, and which ones change hands: arithmetic.

draft-12 §5.4 and MS-DHCPF §3.2.2.1 share by a ratio; ISC (dhcp_failover_pool_dobalance)
aims at half and half, prefers to keep an address with its last client's server, and
tolerates some misbalance for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.failover.loadbalance import is_primarys
from foviz.failover.relationship import Mode
from foviz.lease.binding import BACKUP, FREE

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint
    from foviz.lease.binding import Binding
    from foviz.lease.store import LeaseStore, Mask
    from foviz.wire.failover import BindingStatus


def share(total: int, percent: int) -> int:
    """Return a percentage of a number of addresses, half up."""
    return (total * percent + 50) // 100


def backup_target(free: int, backup: int, percent: int) -> int:
    """Return how many of the available addresses the secondary should own.

    Half up, and at least one when it is to have any and there is more than one.
    """
    total = free + backup
    target = share(total, percent)
    if percent > 0 and total > 1:
        target = max(target, 1)
    return target


class Balance(NamedTuple):
    """ISC's numbers: how many to send to be even, what is gross, what is tolerated."""

    to_send: int
    threshold: int
    hold: int

    @property
    def is_panic(self) -> bool:
        """Whether so many are missing that the partner is asked for some."""
        return self.to_send < (-2 * self.threshold or -1)


def isc_balance(mine: int, theirs: int, misbalance_percent: int, ownership_percent: int) -> Balance:
    """Return ISC's numbers for what each server owns; C's division cuts towards zero."""
    total, apart = mine + theirs, mine - theirs
    to_send = apart // 2 if apart >= 0 else -(-apart // 2)
    return Balance(to_send, share(total, misbalance_percent), share(total, ownership_percent))


def owned_status(*, primary: bool) -> BindingStatus:
    """Return the status of the available addresses that a server owns."""
    return FREE if primary else BACKUP


def balance_of(endpoint: Endpoint, store: LeaseStore) -> Balance:
    """Return ISC's numbers for one scope at this endpoint."""
    free, backup = store.free_counts()
    mine, theirs = (free, backup) if endpoint.is_primary else (backup, free)
    profile = endpoint.profile
    return isc_balance(mine, theirs, profile.misbalance_percent, profile.ownership_percent)


def is_secondarys(endpoint: Endpoint, binding: Binding) -> bool:
    """Whether the last client of an address would be answered by the secondary in NORMAL."""
    if not binding.hardware or endpoint.relationship.mode is Mode.HOT_STANDBY:
        return False
    return not is_primarys(endpoint, binding.client_id, binding.hardware)


def is_partners(endpoint: Endpoint, binding: Binding) -> bool:
    """Whether the last client of an address is the partner's; nobody's address is not."""
    return bool(binding.hardware) and is_secondarys(endpoint, binding) is endpoint.is_primary


def isc_picks(endpoint: Endpoint, store: LeaseStore) -> list[int]:
    """Return the addresses this server gives away now, by ISC's two passes.

    Never used ones first, the highest address of them; then the longest unused.
    """
    found = [
        store.get(address)
        for address in store.addresses(store.pool(owned_status(primary=endpoint.is_primary)))
    ]
    ordered = sorted(
        found,
        key=lambda b: (b.start, b.address) if b.hardware else (0, -b.address),
    )
    to_send, _, hold = balance_of(endpoint, store)
    picks: list[int] = []
    for binding in ordered:  # pass 1: to whom the last client belongs
        if to_send <= -hold:
            break
        if is_partners(endpoint, binding):
            picks.append(binding.address)
            to_send -= 1
    taken = dict.fromkeys(picks)
    for binding in ordered:  # pass 2: whatever is left
        if to_send <= (hold if binding.hardware else 0):
            break
        if binding.address not in taken:
            picks.append(binding.address)
            to_send -= 1
    return picks


def ratio_picks(
    endpoint: Endpoint, store: LeaseStore, mask: Mask, count: int, *, highest: bool
) -> list[int]:
    """Return the addresses of a set that change hands by the ratio.

    The highest FREE ones go to the secondary, the lowest BACKUP ones come back; where the
    profile says so, those first whose last client belongs to the server that gets them.
    """
    addresses = list(store.addresses(mask))
    if highest:
        addresses.reverse()
    if endpoint.profile.pool_preference == "clients":
        addresses.sort(key=lambda address: _suits(endpoint, store.get(address)) is not highest)
    return addresses[:count]


def _suits(endpoint: Endpoint, binding: Binding) -> bool | None:
    """Whether the last client is the secondary's; None for an address that nobody had."""
    return is_secondarys(endpoint, binding) if binding.hardware else None


def status_when_freed(endpoint: Endpoint, store: LeaseStore, binding: Binding) -> BindingStatus:
    """Return FREE, or BACKUP for a client of the secondary's while it does not hoard (ISC)."""
    if not (endpoint.profile.affinity and endpoint.is_primary and endpoint.contact):
        return FREE
    to_send, _, hold = balance_of(endpoint, store)
    return BACKUP if is_secondarys(endpoint, binding) and to_send > -hold else FREE
