"""A scope: what the administrator sets, and the scope at work in one server."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.base.address import mask_of
from foviz.dhcp.allocation import Offers

if TYPE_CHECKING:
    from foviz.lease.port import ScopePort
    from foviz.lease.store import LeaseStore


class ScopeConfig(NamedTuple):
    """A scope as the administrator sets it. Addresses as int, lease time in seconds."""

    name: str
    network: int
    prefix: int
    first: int
    last: int
    lease_s: int
    options: tuple[tuple[int, bytes], ...] = ()
    excluded: tuple[int, ...] = ()
    reservations: tuple[tuple[bytes, int], ...] = ()

    def holds(self, address: int) -> bool:
        """Whether the address is in the scope's subnet."""
        return address & mask_of(self.prefix) == self.network


class Scope:
    """A scope at work: its settings, its bindings, who answers for it, and offers held."""

    def __init__(self, config: ScopeConfig, store: LeaseStore, port: ScopePort) -> None:
        self.store = store
        self.configure(config)
        self.port = port
        self.offers = Offers()

    def configure(self, config: ScopeConfig) -> None:
        """Take new settings; they are in force at once."""
        self.config = config
        self.store.exclude(config.excluded)
        self.store.reserve(config.reservations)

    def reserved_for(self, hardware: bytes) -> int | None:
        """Return the address reserved for a client, or None."""
        for reserved, address in self.config.reservations:
            if reserved == hardware:
                return address
        return None
