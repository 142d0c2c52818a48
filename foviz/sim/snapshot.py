"""What a world looks like at one moment: frozen values for views, queries and tests.

A snapshot is read off a world and shares nothing mutable with it, but for the pools, which
are read when first asked for; ask before the world moves on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from foviz.base.address import ip_text
from foviz.base.time import US
from foviz.failover.relationship import Mode
from foviz.failover.service import takeover_at
from foviz.failover.states import STATES, Service
from foviz.lease.binding import AVAILABLE, ENDED, Binding
from foviz.sim.console import RelationshipView, ScopeView, relationship_views, scope_views
from foviz.sim.host import ClientHost, RelayHost, ServerHost, new_store, timer_words
from foviz.sim.sharing import sharings
from foviz.wire.failover import BindingStatus, ServerState, state_text

if TYPE_CHECKING:
    from foviz.failover.endpoint import Durable
    from foviz.failover.relationship import Relationship
    from foviz.lease.store import LeaseStore, Mask
    from foviz.sim.console import RelationshipView, ScopeView
    from foviz.sim.sharing import Sharing
    from foviz.sim.world import World


class TimerView(NamedTuple):
    """A timer that runs: whose, its name, and the true moment at which it fires."""

    engine: str
    name: str
    at: int


class EndpointView(NamedTuple):
    """One side of a relationship as it stands. Moments are true time in µs, 0 = never."""

    relationship: str
    partner: str
    primary: bool
    role: str
    mode: str
    state: int
    letters: str
    service: str
    since: int
    partner_state: int
    partner_starting: bool
    contact: bool
    last_heard: int
    pending: int
    mclt_s: int
    switchover_s: int
    duty: str = ""
    """What this side does now where its role alone does not say so: "active now"."""
    takeover_at: int = 0
    """In PARTNER-DOWN: from when on the partner's free addresses are usable."""

    @property
    def state_text(self) -> str:
        """The state's name as people read it."""
        return state_text(self.state)


@dataclass(frozen=True)
class ServerView:
    """A server. ``number`` is 1 or 2 in the shown relationship, 0 when it has no part in it.

    Of its ``endpoints`` the shown relationship's stands first. ``duty`` says what it does there
    now if that differs from its role: "active now".
    """

    name: str
    index: int
    number: int
    address: str
    powered: bool
    running: bool
    skew: int
    down_since: int
    down_why: str
    duty: str
    endpoints: tuple[EndpointView, ...]
    timers: tuple[TimerView, ...]

    @property
    def endpoint(self) -> EndpointView | None:
        """The shown relationship's side, else its first, or None without a partner."""
        return self.endpoints[0] if self.endpoints else None


@dataclass(frozen=True)
class ClientView:
    """A client. ``granter`` is the index of the server its lease is from, or −1.

    Under load balance ``bucket`` is the hash of its identifier (RFC 3074), ``bucket_server``
    the index of the server that owns the bucket; else both are −1.
    """

    name: str
    index: int
    hardware: bytes
    segment: str
    powered: bool
    ever_started: bool
    state: str
    address: int
    granter: int
    base: int
    lease_s: int
    t1: int
    t2: int
    expires: int
    bucket: int = -1
    bucket_server: int = -1

    @property
    def address_text(self) -> str:
        """The address it holds, or ``""``."""
        return ip_text(self.address) if self.address else ""


@dataclass(frozen=True)
class RelayView:
    """A relay. ``helpers`` are the addresses it sends requests to, ``segments`` where it stands."""

    name: str
    index: int
    address: str
    segments: tuple[str, ...]
    helpers: tuple[int, ...]
    powered: bool
    running: bool
    down_since: int
    down_why: str
    ever_started: bool


class LinkView(NamedTuple):
    """A link. ``cut`` is ``""``, ``"both"`` or the end towards which nothing passes.

    ``kind``: ``drop`` from a segment to a host, ``bridge`` between segments, ``wire``
    between hosts.
    """

    name: str
    a: str
    b: str
    kind: str
    cut: str
    latency: int


@dataclass(frozen=True)
class Belief:
    """What one server believes of a scope. ``present`` is false for a server that is off."""

    server: int
    present: bool
    until: int
    store: LeaseStore

    def binding(self, address: int) -> Binding:
        """Return the server's record of an address."""
        return self.store.get(address)

    def mask(self, status: BindingStatus) -> Mask:
        """Return the addresses in a binding status as a bit mask from the scope's first."""
        return self.store.mask(status)

    def counts(self) -> dict[str, int]:
        """Return how many addresses are in each binding status, by its name.

        Addresses that are excluded and leased to nobody are in none.
        """
        store = self.store
        return {
            status.name: (
                store.mask(status) & ~(store.excluded if status in AVAILABLE else 0)
            ).bit_count()
            for status in BindingStatus
        }


@dataclass(frozen=True)
class PoolView:
    """One scope in the eyes of its servers; ``differing`` is a bit mask."""

    scope: str
    first: int
    last: int
    relationship: str
    lease_s: int
    reserve_percent: int
    mode: str
    beliefs: tuple[Belief, ...]
    differing: Mask


class Snapshot:
    """A world at one moment; with more than two servers one relationship is *shown* (§11.9)."""

    def __init__(self, world: World, shown: str = "") -> None:
        self.at = world.now
        self.relationships = tuple(
            dict.fromkeys(name for host in world.servers() for name in host.relationships)
        )
        self.shown = shown if shown in self.relationships else next(iter(self.relationships), "")
        self.cursor = world.executed
        self.records = world.records
        self._world = world
        self.host_names = tuple(host.name for host in world.hosts)
        self.segments = tuple(world.network.segments)
        self.servers = tuple(_server(world, host, self.shown) for host in world.servers())
        self.relays = tuple(_relay(world, host) for host in world.relays())
        self.links = tuple(_link(world, name) for name in world.network.links)

    @property
    def is_current(self) -> bool:
        """Whether the world still stands where it was read off, so that the rest can be read."""
        return self._world.executed == self.cursor

    @cached_property
    def console(self) -> tuple[tuple[RelationshipView, ...], tuple[ScopeView, ...]]:
        """What an administrator's console shows: relationships with their settings, and scopes."""
        assert self.is_current, "the world has moved on"
        return relationship_views(self._world), scope_views(self._world)

    @cached_property
    def clients(self) -> tuple[ClientView, ...]:
        """The clients in order."""
        assert self.is_current, "the world has moved on"
        world = self._world
        feet = {i[0].host: i[0].link for i in world.network.interfaces if i}
        owners = {
            interface.address: interface.host
            for interfaces in world.network.interfaces
            for interface in interfaces
            if interface.address
        }
        shared = sharings(world)
        return tuple(
            _client(world, host, feet.get(host.index, ""), owners, shared)
            for host in world.clients()
        )

    @cached_property
    def pools(self) -> tuple[PoolView, ...]:
        """The scopes in order, those of the shown relationship first, with each server's belief."""
        assert self.is_current, "the world has moved on"
        found = [_pool(self._world, name) for name in _scope_names(self._world)]
        return tuple(sorted(found, key=lambda pool: pool.relationship != self.shown))

    def server(self, index: int) -> ServerView | None:
        """Return the server with a host index, or None."""
        return next((server for server in self.servers if server.index == index), None)

    def relay(self, index: int) -> RelayView | None:
        """Return the relay with a host index, or None."""
        return next((relay for relay in self.relays if relay.index == index), None)

    def client(self, index: int) -> ClientView | None:
        """Return the client with a host index, or None."""
        return next((client for client in self.clients if client.index == index), None)


def _server(world: World, host: ServerHost, shown: str) -> ServerView:
    names = sorted(host.relationships, key=lambda name: name != shown)
    endpoints = tuple(_with_duty(_endpoint(host, name), host.running) for name in names)
    timers = [TimerView(*timer_words(name), at) for name, at in host.timers.items()]
    interfaces = world.network.interfaces[host.index]
    number = 0
    if shown in host.relationships:
        number = 1 if endpoints[0].primary else 2
    return ServerView(
        name=host.name,
        index=host.index,
        number=number,
        address=ip_text(interfaces[0].address) if interfaces else "",
        powered=host.powered,
        running=host.running,
        skew=host.skew,
        down_since=host.down_since,
        down_why=host.down_why,
        duty=endpoints[0].duty if endpoints else "",
        endpoints=endpoints,
        timers=tuple(sorted(timers, key=lambda timer: (timer.at, timer.name))),
    )


def _with_duty(endpoint: EndpointView, running: bool) -> EndpointView:
    if not running or endpoint.mode != Mode.HOT_STANDBY.value or endpoint.primary:
        return endpoint
    serving = endpoint.service in (Service.ALONE.value, Service.TAKEOVER.value)
    return endpoint._replace(duty="active now") if serving else endpoint


def _relay(world: World, host: RelayHost) -> RelayView:
    feet = world.network.interfaces[host.index]
    nodes = [world.network.links[foot.link].other(host.name) for foot in feet]
    return RelayView(
        name=host.name,
        index=host.index,
        address=ip_text(feet[0].address) if feet else "",
        segments=tuple(node for node in nodes if node in world.network.segments),
        helpers=host.config.helpers,
        powered=host.powered,
        running=host.running,
        down_since=host.down_since,
        down_why=host.down_why,
        ever_started=host.ever_started,
    )


def _endpoint(host: ServerHost, name: str) -> EndpointView:
    relationship: Relationship = host.relationships[name]
    live = host.failover.endpoints[name] if host.failover is not None else None
    stored = host.disk.get("failover", {}).get(name)
    durable: Durable | None
    if live is not None:
        state, durable = live.state, live.durable
        pending = len(live.queue) + len(live.outstanding)
        pending = max(pending, sum(store.unknown.bit_count() for store in live.stores.values()))
    else:
        durable = stored
        state = stored.state if stored is not None else ServerState.RECOVER
        pending = 0
    spec = STATES[ServerState(state)]
    since = durable.since if durable is not None else 0
    down = live is not None and state is ServerState.PARTNER_DOWN
    return EndpointView(
        relationship=name,
        partner=relationship.partner_name,
        primary=relationship.role.is_primary,
        role=relationship.windows_role,
        mode=relationship.mode.value,
        state=int(state),
        letters=spec.letters,
        service=(live.service if live is not None else spec.service).value,
        since=since - host.skew if since else 0,
        partner_state=durable.partner_state if durable is not None else 0,
        partner_starting=live.partner_starting if live is not None else False,
        contact=live.contact if live is not None else False,
        last_heard=live.last_heard - host.skew if live is not None and live.last_heard else 0,
        pending=pending,
        mclt_s=relationship.mclt_s if live is None else live.mclt_s,
        switchover_s=relationship.switchover_s,
        takeover_at=takeover_at(live) - host.skew if live is not None and down else 0,
    )


def _client(
    world: World, host: ClientHost, link: str, owners: dict[int, int], shared: dict[str, Sharing]
) -> ClientView:
    client = host.client
    segment = world.network.links[link].other(host.name) if link else ""
    bucket, bucket_server = shared[segment].place(host) if segment in shared else (-1, -1)
    lease = client.lease if client is not None else host.disk.get("client", {}).get("lease")
    skew = host.skew
    return ClientView(
        name=host.name,
        index=host.index,
        hardware=host.hardware,
        segment=segment,
        powered=host.powered,
        ever_started=host.ever_started,
        state=client.state.value if client is not None else "off",
        address=lease.address if lease is not None else 0,
        granter=owners.get(lease.server, -1) if lease is not None else -1,
        base=lease.base - skew if lease is not None else 0,
        lease_s=lease.lease_s if lease is not None else 0,
        t1=lease.t1 - skew if lease is not None else 0,
        t2=lease.t2 - skew if lease is not None else 0,
        expires=lease.expires - skew if lease is not None else 0,
        bucket=bucket,
        bucket_server=bucket_server,
    )


def _link(world: World, name: str) -> LinkView:
    link = world.network.links[name]
    segments = world.network.segments
    ends = (link.a in segments) + (link.b in segments)
    kind = ("wire", "drop", "bridge")[ends]
    return LinkView(name, link.a, link.b, kind, link.cut, link.latency)


def _scope_names(world: World) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for host in world.servers() for name in host.scopes))


def _pool(world: World, scope: str) -> PoolView:
    beliefs: list[Belief] = []
    relationship: Relationship | None = None
    config = None
    for host in world.servers():
        if scope not in host.scopes:
            continue
        config = config or host.scopes[scope]
        relationship = relationship or next(
            (r for r in host.relationships.values() if scope in r.scopes), None
        )
        beliefs.append(_belief(host, scope))
    assert config is not None
    return PoolView(
        scope=scope,
        first=config.first,
        last=config.last,
        relationship=relationship.name if relationship is not None else "",
        lease_s=config.lease_s,
        reserve_percent=relationship.reserve_percent if relationship is not None else 0,
        mode=relationship.mode.value if relationship is not None else "",
        beliefs=tuple(beliefs),
        differing=_differing(beliefs),
    )


def _belief(host: ServerHost, scope: str) -> Belief:
    if host.server is not None:
        return Belief(host.index, True, 0, host.server.scopes[scope].store)
    store = new_store(host.scopes[scope])
    leases = host.disk.get("leases", {})
    store.load(binding for (name, _), binding in leases.items() if name == scope)
    return Belief(host.index, False, host.down_since, store)


def _differing(beliefs: list[Belief]) -> Mask:
    """Return the addresses of which the servers believe different things."""
    if len(beliefs) != 2:
        return 0
    one, other = beliefs[0].store, beliefs[1].store
    mask = 0
    for address in dict.fromkeys(
        (*(b.address for b in one.touched()), *(b.address for b in other.touched()))
    ):
        if address in one and address in other:
            a, b = one.get(address), other.get(address)
            if belief_of(a) != belief_of(b):
                mask |= one.bit(address)
    return mask


def belief_of(binding: Binding) -> tuple[int, bytes, int]:
    """Return what two servers have to agree on: status, client, end of the lease in seconds."""
    if binding.status in AVAILABLE or binding.status in ENDED:
        return (int(binding.status), b"", 0)
    return (int(binding.status), binding.client, binding.expires // US)
