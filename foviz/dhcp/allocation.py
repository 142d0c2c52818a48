"""Which address a client is offered (RFC 2131 §4.3.1), and offers held for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.time import US
from foviz.lease.binding import ABANDONED, ACTIVE, AVAILABLE, ENDED, Binding

if TYPE_CHECKING:
    from foviz.lease.port import ScopePort
    from foviz.lease.store import LeaseStore, Mask

OFFER_HELD = 120 * US
"""How long an offered address is offered to nobody else, in µs."""


class Offers:
    """Addresses offered and not yet requested. Volatile: a crash forgets them."""

    def __init__(self) -> None:
        self._by_client: dict[bytes, tuple[int, int]] = {}
        self.mask: Mask = 0

    def hold(self, now: int, client: bytes, address: int, store: LeaseStore) -> None:
        """Hold the address for the client from now on."""
        self.drop(client, store)
        self._by_client[client] = (address, now + OFFER_HELD)
        self.mask |= store.bit(address)

    def drop(self, client: bytes, store: LeaseStore) -> None:
        """Hold nothing for the client any more."""
        held = self._by_client.pop(client, None)
        if held is not None:
            self.mask &= ~store.bit(held[0])

    def of(self, now: int, client: bytes) -> int | None:
        """Return the address held for the client, or None."""
        held = self._by_client.get(client)
        return held[0] if held is not None and held[1] > now else None

    def purge(self, now: int, store: LeaseStore) -> None:
        """Forget the offers whose time is over. The oldest stand first."""
        while self._by_client:
            client, (_, until) = next(iter(self._by_client.items()))
            if until > now:
                break
            self.drop(client, store)


def choose_address(
    now: int,
    store: LeaseStore,
    port: ScopePort,
    offers: Offers,
    client: bytes,
    requested: int,
    reserved: int | None,
) -> Binding | None:
    """Return the binding to offer: the reserved one, the client's, the requested, the lowest.

    None when this server has nothing that it may give.
    """
    offers.purge(now, store)
    own = port.allocatable(now, store)
    held = offers.of(now, client)
    if held is not None and reserved in (None, held):
        binding = store.get(held)
        # An address on offer may have gone to the partner, or to its client, meanwhile.
        if any(mask & store.bit(held) for mask in own) or may_have_again(
            now, port, store, binding, client
        ):
            return binding
    if reserved is not None:
        # Its own address or none: another one would change with the server that answers.
        return reserved_binding(now, port, store, store.get(reserved), client)
    last = store.lease_of(client)
    if last is not None and may_have_again(now, port, store, last, client):
        return last
    away = offers.mask | store.withheld
    sets = [mask & ~away for mask in own]
    if requested in store and any(mask & store.bit(requested) for mask in sets):
        return store.get(requested)
    for mask in sets:
        address = store.lowest(mask)
        if address is not None:
            return store.get(address)
    return None


def reserved_binding(
    now: int, port: ScopePort, store: LeaseStore, binding: Binding, client: bytes
) -> Binding | None:
    """Return the binding of the address reserved for the client, if it may have it now."""
    if may_have_again(now, port, store, binding, client):
        return binding
    available = binding.status in AVAILABLE
    return binding if available and port.may_give_reserved(now, binding, store) else None


def reserved_for_another(store: LeaseStore, address: int, hardware: bytes) -> bool:
    """Say whether the address is reserved, and not for this client."""
    return store.reservations.get(address, hardware) != hardware


def oldest_abandoned(now: int, store: LeaseStore, port: ScopePort) -> Binding | None:
    """Return the address that was set aside first and may be tried again, or None."""
    found = [store.get(address) for address in store.addresses(store.pool(ABANDONED))]
    return min(
        (binding for binding in found if port.may_recycle(now, binding)),
        key=lambda binding: (binding.start, binding.address),
        default=None,
    )


def may_have_again(
    now: int, port: ScopePort, store: LeaseStore, binding: Binding, client: bytes
) -> bool:
    """Say whether the client named in the binding may have the address again."""
    if binding.client != client or reserved_for_another(store, binding.address, binding.hardware):
        return False
    if binding.status is ACTIVE:
        return True
    return binding.status in (*ENDED, *AVAILABLE) and port.may_reuse(now, binding, store)
