"""Monitors: invariants watched after every event, on what the event touched.

A breach is a record too; its culprits are the records that led to it. Monitors compare
true time and the client's own end of lease, counted from the sending of its REQUEST.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.lease.binding import ACTIVE, Binding
from foviz.sim.host import ClientHost, Host, ServerHost

if TYPE_CHECKING:
    from foviz.base.action import Fact, Persist
    from foviz.sim.world import World

MONITORS = ("duplicate-address", "beyond-lead-time")
"""The monitors by their ids, which are rule ids too."""

GRAIN = US
"""The wire carries whole seconds; no promise is finer than that."""


class Monitors:
    """The monitors' memory: which record gave each client its lease."""

    def __init__(self) -> None:
        self.enabled = True
        self.breaches = 0
        self._lease_records: dict[int, int] = {}

    def on_persist(self, world: World, host: Host, index: int, action: Persist) -> None:
        """Look at what was written: a client's new lease, a server's new binding."""
        if not self.enabled or action.value is None:
            return
        if action.table == "client" and isinstance(host, ClientHost):
            self._lease_records[host.index] = index
            self._duplicate_address(world, host, index, action.value.address)
        elif action.table == "leases" and isinstance(host, ServerHost):
            binding = action.value
            if binding.status is ACTIVE and binding.granter == host.name and not binding.known:
                self._lead_time(world, host, index, action.key[0], binding)

    def _breach(
        self,
        world: World,
        host: Host,
        monitor: str,
        address: int,
        facts: tuple[Fact, ...],
        culprits: tuple[int, ...],
    ) -> None:
        self.breaches += 1
        data = (monitor, address, facts, culprits)
        world.record(host.index, Kind.BREACH, culprits[0], data)

    def _duplicate_address(self, world: World, host: ClientHost, index: int, address: int) -> None:
        """PROTOCOL §14.4: no two clients hold the same address at the same time."""
        for other in world.network.holders(address):
            user = world.hosts[other]
            if other == host.index or not isinstance(user, ClientHost) or user.client is None:
                continue
            lease = user.client.lease
            if lease is None or lease.expires - user.skew <= world.now:
                continue
            facts: tuple[Fact, ...] = (
                ("first holder", user.name, ""),
                ("its lease ends", lease.expires - user.skew, "t"),
                ("second holder", host.name, ""),
            )
            culprits = (index, self._lease_records.get(other, index))
            self._breach(world, host, "duplicate-address", address, facts, culprits)

    def _lead_time(
        self, world: World, host: ServerHost, index: int, scope: str, binding: Binding
    ) -> None:
        """PROTOCOL §14.1: no lease beyond what the partner knows plus the MCLT."""
        relationship = next((r for r in host.relationships.values() if scope in r.scopes), None)
        partner = world.host_named(relationship.partner_name) if relationship else None
        if relationship is None or not isinstance(partner, ServerHost):
            return
        theirs = partner.disk.get("leases", {}).get((scope, binding.address))
        known = 0
        if theirs is not None and theirs.client == binding.client:
            known = theirs.furthest - partner.skew
        if partner.ever_lost_storage:
            # It did know, and has to be told again before it may serve: the promise was good.
            known = max(known, binding.acked_pet - host.skew, binding.received_pet - host.skew)
        limit = max(world.now, known) + relationship.mclt_s * US
        ends = binding.expires - host.skew
        if ends <= limit + GRAIN:
            return
        facts: tuple[Fact, ...] = (
            ("lease ends", ends, "t"),
            ("the partner knows of", known, "t"),
            ("MCLT", relationship.mclt_s, "s"),
            ("latest end allowed", limit, "t"),
        )
        self._breach(world, host, "beyond-lead-time", binding.address, facts, (index,))
