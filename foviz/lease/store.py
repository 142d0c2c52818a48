"""The bindings of one scope as one server knows them, with indexes that allocation needs.

The store is the server process's memory. What a crash leaves is what was persisted: the
host keeps that and fills a new store from it (:meth:`LeaseStore.load`).
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from foviz.lease.binding import ACTIVE, BACKUP, FREE, Binding
from foviz.lease.ledger import Ledger
from foviz.wire.failover import BindingStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Mask = int
"""A set of addresses as a bit mask: bit *i* is ``first + i``. Ordered, small, exact."""


class LeaseStore:
    """Every address of a scope's range, each with its binding.

    Addresses never touched are FREE and take no memory. Sets of addresses are bit masks, so
    that "lowest FREE address" and "how many BACKUP" cost the same for eight addresses and
    for four thousand.
    """

    def __init__(self, scope: str, first: int, last: int, excluded: Mask = 0) -> None:
        self.scope = scope
        self.first = first
        self.last = last
        self.excluded: Mask = excluded
        self.whole: Mask = ((1 << (last - first + 1)) - 1) & ~excluded
        self._bindings: Ledger[int] = Ledger()
        self._masks: dict[BindingStatus, Mask] = dict.fromkeys(BindingStatus, 0)
        self._masks[FREE] = self.whole
        self._unknown: Mask = 0
        self._by_client: dict[bytes, tuple[int, ...]] = {}
        self._endings: list[tuple[int, int]] = []
        self.reservations: dict[int, bytes] = {}
        self.reserved: Mask = 0

    def __contains__(self, address: object) -> bool:
        return (
            isinstance(address, int)
            and self.first <= address <= self.last
            and bool(self.whole >> (address - self.first) & 1)
        )

    def __len__(self) -> int:
        return self.whole.bit_count()

    def get(self, address: int) -> Binding:
        """Return the binding of an address of this scope."""
        return self._bindings.get(address) or Binding(address)

    def put(self, binding: Binding) -> Binding:
        """Store a binding and return the one it replaces."""
        address = binding.address
        assert address in self, f"{address:#x} is not in scope {self.scope}"
        bit = 1 << (address - self.first)
        old = self.get(address)
        if old.status is not binding.status:
            self._masks[old.status] &= ~bit
            self._masks[binding.status] |= bit
        if binding.known:
            self._unknown &= ~bit
        else:
            self._unknown |= bit
        if old.client != binding.client:
            self._unlink(old)
            if binding.client:
                self._by_client[binding.client] = (
                    *self._by_client.get(binding.client, ()),
                    address,
                )
        self._bindings[address] = binding
        if (
            binding.status is ACTIVE
            and binding.expires
            and (old.status is not ACTIVE or old.expires != binding.expires)
        ):
            heapq.heappush(self._endings, (binding.expires, address))
        return old

    def reserve(self, pairs: Iterable[tuple[bytes, int]]) -> None:
        """Set which addresses are reserved for which hardware address.

        A reserved address is of the scope even if it is excluded, but nobody else's to get.
        """
        self.reservations = {
            address: hardware for hardware, address in pairs if self.first <= address <= self.last
        }
        self.reserved = sum(self.bit(address) for address in self.reservations)
        self._admit(self.reserved)

    def exclude(self, addresses: Iterable[int]) -> None:
        """Set which addresses no new client gets; those that a client has stay in the scope."""
        every = (1 << (self.last - self.first + 1)) - 1
        mask = 0
        for address in addresses:
            if self.first <= address <= self.last:
                mask |= self.bit(address)
        self.excluded = mask
        self._admit(every & ~mask)

    def _admit(self, mask: Mask) -> None:
        """Count addresses to the scope that were excluded from it."""
        added = mask & ~self.whole
        self.whole |= added
        self._masks[FREE] |= added

    def load(self, bindings: Iterable[Binding]) -> None:
        """Fill the store from durable storage; what was excluded since is still there."""
        for binding in bindings:
            self._admit(self.bit(binding.address))
            self.put(binding)

    def mask(self, status: BindingStatus) -> Mask:
        """Return the set of addresses in a binding status."""
        return self._masks[status]

    @property
    def unknown(self) -> Mask:
        """The addresses whose binding the partner has not acknowledged as it stands."""
        return self._unknown

    def count(self, status: BindingStatus) -> int:
        """Return how many addresses are in a binding status."""
        return self._masks[status].bit_count()

    def lowest(self, mask: Mask) -> int | None:
        """Return the lowest address of a set, or None of an empty one."""
        return self.first + (mask & -mask).bit_length() - 1 if mask else None

    def highest(self, mask: Mask) -> int | None:
        """Return the highest address of a set, or None of an empty one."""
        return self.first + mask.bit_length() - 1 if mask else None

    def bit(self, address: int) -> Mask:
        """Return the set that holds just this address."""
        return 1 << (address - self.first)

    def addresses(self, mask: Mask) -> Iterator[int]:
        """Yield the addresses of a set, lowest first."""
        while mask:
            low = mask & -mask
            yield self.first + low.bit_length() - 1
            mask ^= low

    def of_client(self, client: bytes) -> tuple[Binding, ...]:
        """Return every binding that names this client, in the order they came about."""
        return tuple(self._bindings[address] for address in self._by_client.get(client, ()))

    def lease_of(self, client: bytes) -> Binding | None:
        """Return the client's running lease, else the latest binding that names it, else None."""
        bindings = self.of_client(client)
        if len(bindings) < 2:
            return bindings[0] if bindings else None
        return max(bindings, key=lambda found: (found.status is ACTIVE, found.cltt, found.start))

    def touched(self) -> list[Binding]:
        """Return every binding that was ever stored, lowest address first."""
        return [self._bindings[address] for address in sorted(self._bindings)]

    def next_ending(self) -> int:
        """Return the moment (µs) at which the next lease ends, or 0 when none runs."""
        while self._endings:
            expires, address = self._endings[0]
            binding = self._bindings[address]
            if binding.status is ACTIVE and binding.expires == expires:
                return expires
            heapq.heappop(self._endings)
        return 0

    def pop_ended(self, now: int) -> list[Binding]:
        """Return the leases whose end has come, earliest first, and stop watching them."""
        ended: dict[int, Binding] = {}  # the same end may stand in the heap twice
        while 0 < self.next_ending() <= now:
            address = heapq.heappop(self._endings)[1]
            ended[address] = self.get(address)
        return list(ended.values())

    def free_counts(self) -> tuple[int, int]:
        """Return how many addresses are FREE (the primary's) and BACKUP (the secondary's).

        Reserved ones are not counted: no new client can get them.
        """
        return self.pool(FREE).bit_count(), self.pool(BACKUP).bit_count()

    def pool(self, status: BindingStatus) -> Mask:
        """Return the addresses in a binding status that are reserved for nobody."""
        return self._masks[status] & ~self.withheld

    @property
    def withheld(self) -> Mask:
        """The addresses that no new client may get: reserved, or excluded and yet there."""
        return self.reserved | self.excluded

    def _unlink(self, binding: Binding) -> None:
        if not binding.client:
            return
        left = tuple(a for a in self._by_client[binding.client] if a != binding.address)
        if left:
            self._by_client[binding.client] = left
        else:
            del self._by_client[binding.client]
