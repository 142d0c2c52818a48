"""Monitors: the invariants of PROTOCOL §14, watched after every event on what it touched.

A breach is a record too; its culprits are the records that led to it, and where a message is
missing it is named. Monitors compare true time and the client's own end of lease, counted
from the sending of its REQUEST. They keep their own memory and never read the trace, since
a replay has none. This module watches leases, :mod:`foviz.sim.hearings` messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.address import ip_text
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.clock import JUMP_S
from foviz.failover.conflict import DUELS
from foviz.failover.states import NORMAL, PARTNER_DOWN, STATES, Service
from foviz.failover.table import OPERATOR_STATES
from foviz.lease.binding import ABANDONED, ACTIVE, AVAILABLE, BACKUP, FREE, Binding
from foviz.sim.hearings import Hearings, owner_of
from foviz.sim.host import ClientHost, Host, ServerHost
from foviz.sim.invariants import EXCUSES, INVARIANTS, watched
from foviz.wire.failover import BindingStatus

if TYPE_CHECKING:
    from foviz.base.action import Fact, Note, Persist
    from foviz.failover.endpoint import Endpoint
    from foviz.sim.world import World

MONITORS: Final = tuple(INVARIANTS)
"""The monitors by their ids, which are rule ids too."""

GRAIN = US
"""The wire carries whole seconds; no promise is finer than that."""

CROSSING: Final = 60 * US
"""Within what time two updates about one address can have crossed: a receive timer."""

_NO_ALLOCATION: Final = (Service.SILENT, Service.RENEW)


class Tenant:
    """Who had an address last, from which record, and whether both servers know of the end."""

    __slots__ = ("client", "known", "record")

    def __init__(self, client: bytes, record: int) -> None:
        self.client = client
        self.record = record
        self.known = False


class Monitors:
    """The monitors' memory."""

    def __init__(self) -> None:
        self.enabled = True
        self.breaches = 0
        self.excused = 0
        self.situations: dict[str, dict[str, int]] = {}
        """For each relationship, or ``""`` for all, the excuses that there are, with a record."""
        self.hearings = Hearings()
        self._lease_records: dict[int, int] = {}
        self._tenants: dict[tuple[str, int], Tenant] = {}
        self._duels: dict[int, tuple[int, int]] = {}
        """Who gave in last when two updates about an address crossed, and when."""

    def holds(self, host: ServerHost) -> tuple[str, ...]:
        """Return the monitors that are promised under a server's profile."""
        return watched(host.profile.name, vars(host.profile))

    # -- what the world tells

    def on_note(self, world: World, host: Host, index: int, note: Note) -> None:
        """Look at a record an engine made."""
        if not self.enabled or not isinstance(host, ServerHost):
            return
        if note.kind is Kind.BINDING:
            self._on_binding(world, host, index, note)
        elif note.kind is Kind.STATE:
            self._on_state(world, host, index, note.data[0])
        elif note.kind is Kind.DECISION:
            self.hearings.on_decision(host, index, note)
            if note.data[1] == "update-accepted":
                self._on_accepted(world, host, index, note)

    def on_persist(self, world: World, host: Host, index: int, action: Persist) -> None:
        """Look at what was written: a client's new lease, a server's new binding."""
        if not self.enabled or action.value is None:
            return
        if action.table == "client" and isinstance(host, ClientHost):
            self._lease_records[host.index] = index
            self._duplicate_address(world, host, index, action.value.address)
        elif action.table == "leases" and isinstance(host, ServerHost):
            binding = action.value
            self.hearings.on_change(world, host, index, binding.address)
            if binding.status is ACTIVE and binding.granter == host.name and not binding.known:
                self._lead_time(world, host, index, action.key[0], binding)

    def on_misfortune(self, excuse: str, record: int, relationship: str = "") -> None:
        """Remember what explains a breach that may come of it."""
        self.situations.setdefault(relationship, {}).setdefault(excuse, record)

    def forget_relationship(self, name: str) -> None:
        """A relationship is gone; another one of this name begins anew."""
        self.situations.pop(name, None)

    def on_ack(self, world: World, scope: str, address: int, status: int) -> None:
        """A server acknowledges an update: unless it is of a lease, both know of an end."""
        tenant = self._tenants.get((scope, address))
        if tenant is not None and status != ACTIVE:
            tenant.known = True

    # -- breaches

    def breach(
        self,
        world: World,
        host: Host,
        monitor: str,
        address: int,
        facts: tuple[Fact, ...],
        culprits: tuple[int, ...],
        relationship: str = "",
    ) -> None:
        """Record a breach, with what excuses it if anything does."""
        found = {**self.situations.get("", {}), **self.situations.get(relationship, {})}
        excuses = [name for name in INVARIANTS[monitor].unless if name in found]
        if excuses:
            self.excused += 1
            facts = (*facts, *(("excused", EXCUSES[name], "") for name in excuses))
            known = (found[name] for name in excuses if found[name] >= 0)
            culprits = tuple(dict.fromkeys((*culprits, *known)))
        else:
            self.breaches += 1
        world.record(host.index, Kind.BREACH, culprits[0], (monitor, address, facts, culprits))

    # -- §14.4

    def _duplicate_address(self, world: World, host: ClientHost, index: int, address: int) -> None:
        for other in world.network.holders(address):
            user = world.hosts[other]
            if other == host.index or not isinstance(user, ClientHost) or user.client is None:
                continue
            lease = user.client.lease
            if lease is None or lease.expires - user.skew <= world.now:
                continue
            mine = host.client.lease if host.client is not None else None
            first = _server_at(world, lease.server)
            second = _server_at(world, mine.server) if mine is not None else None
            facts: tuple[Fact, ...] = (
                ("first holder", user.name, ""),
                ("its lease ends", lease.expires - user.skew, "t"),
                ("second holder", host.name, ""),
            )
            name = ""
            if first is not None and second is not None and first is not second:
                told = f"BNDUPD from {first.name} to {second.name} about {ip_text(address)}"
                facts = (*facts, ("missing", told, ""))
            for server in (first, second):
                endpoint = owner_of(server, address)[1] if server is not None else None
                name = endpoint.name if endpoint is not None else name
            culprits = (index, self._lease_records.get(other, index))
            self.breach(world, host, "duplicate-address", address, facts, culprits, name)

    # -- §14.1

    def _lead_time(
        self, world: World, host: ServerHost, index: int, scope: str, binding: Binding
    ) -> None:
        relationship = next((r for r in host.relationships.values() if scope in r.scopes), None)
        partner = world.host_named(relationship.partner_name) if relationship else None
        if relationship is None or not isinstance(partner, ServerHost):
            return
        theirs = partner.disk.get("leases", {}).get((scope, binding.address))
        known = 0
        if theirs is not None and theirs.client == binding.client:
            known = theirs.furthest - partner.skew
        set_aside = theirs is not None and theirs.status is ABANDONED
        if partner.ever_lost_storage or set_aside:
            # It did know: it has to be told again before it may serve, or gives it to nobody.
            known = max(known, binding.acked_pet - host.skew, binding.received_pet - host.skew)
        # The secondary may be bound to the MCLT that the primary told it (draft-12 §7.8.2).
        endpoints = host.failover.endpoints if host.failover is not None else {}
        side = endpoints.get(relationship.name)
        mclt_s = relationship.mclt_s if side is None else side.mclt_s
        limit = max(world.now, known) + mclt_s * US
        if host.profile.clock_check == "corrected":
            # A message that was delayed made the partner's clock look late (draft-12 §5.10).
            limit += JUMP_S * US
        ends = binding.expires - host.skew
        if ends <= limit + GRAIN or "beyond-lead-time" not in self.holds(host):
            return
        told = f"BNDUPD from {host.name} to {partner.name} about {ip_text(binding.address)}"
        facts: tuple[Fact, ...] = (
            ("lease ends", ends, "t"),
            ("the partner knows of", known, "t"),
            ("MCLT", mclt_s, "s"),
            ("latest end allowed", limit, "t"),
            ("missing", told, ""),
        )
        name = relationship.name
        self.breach(world, host, "beyond-lead-time", binding.address, facts, (index,), name)

    # -- §14.2 and §14.3

    def _on_binding(self, world: World, host: ServerHost, index: int, note: Note) -> None:
        scope, address, old, new, client, granter, *_ = note.data
        endpoint = _endpoint_of(host, scope)
        if endpoint is None:
            return
        if new in AVAILABLE:
            bit = endpoint.stores[scope].bit(address)
            self._owned_twice(world, host, index, endpoint, scope, bit)
            if old == ACTIVE and granter == host.name and endpoint.profile.rewind:
                self._tenants.pop((scope, address), None)
        elif new == ACTIVE and granter == host.name:
            self._on_lease(world, host, index, endpoint, scope, address, old, client)

    def _on_lease(
        self,
        world: World,
        host: ServerHost,
        index: int,
        endpoint: Endpoint,
        scope: str,
        address: int,
        old: int,
        client: bytes,
    ) -> None:
        tenant = self._tenants.get((scope, address))
        alone = endpoint.state is not PARTNER_DOWN
        if old != ACTIVE and alone:
            stolen = self._not_its_own(world, host, index, endpoint, scope, address, old)
            if tenant is not None and tenant.client != client and not tenant.known and not stolen:
                self._handed_on(world, host, index, endpoint, address, tenant)
        if tenant is None or tenant.client != client:
            self._tenants[scope, address] = Tenant(client, index)
        else:
            tenant.known = False
            tenant.record = index

    def _handed_on(
        self,
        world: World,
        host: ServerHost,
        index: int,
        endpoint: Endpoint,
        address: int,
        tenant: Tenant,
    ) -> None:
        if "handed-on" not in self.holds(host):
            return
        partner = endpoint.relationship.partner_name
        facts: tuple[Fact, ...] = (
            ("first client", tenant.client.hex(":"), ""),
            ("missing", f"BNDACK about the end at {ip_text(address)}, from {partner}", ""),
        )
        culprits = (index, tenant.record)
        self.breach(world, host, "handed-on", address, facts, culprits, endpoint.name)

    def _not_its_own(
        self,
        world: World,
        host: ServerHost,
        index: int,
        endpoint: Endpoint,
        scope: str,
        address: int,
        old: int,
    ) -> bool:
        """A server leases an address that is its partner's to give, by its own record."""
        theirs = BACKUP if endpoint.is_primary else FREE
        reserved = address in endpoint.stores[scope].reservations
        if old != theirs or self.hearings.extends(host) or reserved:
            return False
        partner = endpoint.relationship.partner_name
        facts: tuple[Fact, ...] = (
            ("its status", BindingStatus(old).name, ""),
            ("whose it is", partner, ""),
            ("missing", f"BNDACK to {partner} about {ip_text(address)}", ""),
        )
        self.breach(world, host, "owned-twice", address, facts, (index,), endpoint.name)
        return True

    def _owned_twice(
        self, world: World, host: ServerHost, index: int, endpoint: Endpoint, scope: str, mask: int
    ) -> None:
        """Both servers may give one of these addresses."""
        partner = world.host_named(endpoint.relationship.partner_name)
        if not isinstance(partner, ServerHost) or partner.failover is None:
            return
        other = partner.failover.endpoints.get(endpoint.name)
        if other is None or scope not in other.stores:
            return
        own, theirs = endpoint.stores[scope], other.stores[scope]
        first, second = (own, theirs) if endpoint.is_primary else (theirs, own)
        both = mask & first.mask(FREE) & second.mask(BACKUP)
        if not both or not (_allocates(endpoint) and _allocates(other)):
            return
        address = own.lowest(both)
        assert address is not None
        facts: tuple[Fact, ...] = (
            ("addresses", both.bit_count(), ""),
            (host.name, own.get(address).status.name, ""),
            (partner.name, theirs.get(address).status.name, ""),
            ("missing", f"BNDUPD from {host.name} to {partner.name} about {ip_text(address)}", ""),
        )
        self.breach(world, host, "owned-twice", address, facts, (index,), endpoint.name)

    # -- what excuses breaches

    def _on_accepted(self, world: World, host: ServerHost, index: int, note: Note) -> None:
        """A server takes an update: in ISC's duels both servers can give in (OBSERVED-ISC §4)."""
        _, _, _, address, facts = note.data
        if not any(value in DUELS for _, value, _ in facts):
            return
        first, at = self._duels.get(address, (host.index, 0))
        self._duels[address] = (host.index, world.now)
        endpoint = owner_of(host, address)[1]
        if first != host.index and world.now - at <= CROSSING and endpoint is not None:
            self.on_misfortune("crossed-updates", index, endpoint.name)

    def _on_state(self, world: World, host: ServerHost, index: int, name: str) -> None:
        endpoint = host.failover.endpoints.get(name) if host.failover is not None else None
        if endpoint is None:
            return
        if endpoint.state is PARTNER_DOWN:
            self._on_partner_down(world, host, index, endpoint)
        elif _allocates(endpoint):
            self._on_serving(world, index, endpoint)
            for scope, store in endpoint.stores.items():
                self._owned_twice(world, host, index, endpoint, scope, store.whole)

    def _on_serving(self, world: World, index: int, endpoint: Endpoint) -> None:
        """A server begins to serve alone, and its partner is, or was last, in PARTNER-DOWN (F3).

        A partner that is halted says so, and nothing of what it did before.
        """
        partner = world.host_named(endpoint.relationship.partner_name)
        if not isinstance(partner, ServerHost):
            return
        stored = partner.disk.get("failover", {}).get(endpoint.name)
        if stored is None:
            return
        halted = stored.state in OPERATOR_STATES
        last = stored.previous if halted else stored.state
        if last == PARTNER_DOWN and (halted or not endpoint.contact):
            self.on_misfortune("living-partner", index, endpoint.name)

    def _on_partner_down(
        self, world: World, host: ServerHost, index: int, endpoint: Endpoint
    ) -> None:
        """Two servers that each take the other for dead are an excuse (§14.4), also in turn."""
        partner = world.host_named(endpoint.relationship.partner_name)
        if not isinstance(partner, ServerHost):
            return
        stored = partner.disk.get("failover", {}).get(endpoint.name)
        if partner.failover is not None and endpoint.name in partner.failover.endpoints:
            self.on_misfortune("living-partner", index, endpoint.name)
        if stored is not None and stored.state is PARTNER_DOWN:
            self.on_misfortune("dual-partner-down", index, endpoint.name)


def _allocates(endpoint: Endpoint) -> bool:
    """Whether the state lets a server give addresses from its own pool alone."""
    if endpoint.state is PARTNER_DOWN:
        return False
    if endpoint.state is not NORMAL and endpoint.service is Service.SILENT:
        return False
    return STATES[endpoint.state].service not in _NO_ALLOCATION


def _endpoint_of(host: ServerHost, scope: str) -> Endpoint | None:
    endpoints = host.failover.endpoints if host.failover is not None else {}
    return next((found for found in endpoints.values() if scope in found.stores), None)


def _server_at(world: World, address: int) -> ServerHost | None:
    for index in world.network.holders(address):
        host = world.hosts[index]
        if isinstance(host, ServerHost):
            return host
    return None
