"""Scenarios: a laboratory described in TOML, read and checked.

A scenario sets what exists when a run begins: places, links, servers, relays, clients,
scopes, relationships, profile. After that only interventions change the world. What scopes
and relationships are set to is read in :mod:`foviz.sim.plans`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foviz.base.address import ip_to_int, mask_of
from foviz.base.errors import FovizError
from foviz.base.time import MINUTE, STORY_START, US
from foviz.dhcp.relay import MOST_HOPS, USUAL_HOPS
from foviz.failover.profile import MICROSOFT, Profile, profile_named, with_switch
from foviz.sim.plans import (
    RelationshipPlan,
    ScopePlan,
    client_hardware,
    read_relationship,
    read_scope,
)
from foviz.sim.tables import read_tables

if TYPE_CHECKING:
    from foviz.sim.tables import Table

LAN_LATENCY: Final = 500
"""µs from a host to its segment; a millisecond from host to host."""
LINK_LATENCY: Final = 1000
PAIR_STARTS: Final = 10 * MINUTE
"""How long before the story the servers are switched on."""
MOST_SERVERS: Final = 64
MOST_RELATIONSHIPS: Final = 31
"""How many a Windows server has at most (MS-DHCPM §3.2.4.90)."""
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_CLIENT_NAME: Final = re.compile(r"C[1-9][0-9]{0,6}")


@dataclass(frozen=True)
class LinkPlan:
    """A link between two segments (a bridge) or two hosts; ``network`` only between hosts."""

    name: str
    a: str
    b: str
    latency: int
    network: tuple[int, int] | None = None


@dataclass(frozen=True)
class ServerPlan:
    """A server and its address on each segment."""

    name: str
    addresses: tuple[tuple[str, int], ...]
    skew: int = 0


@dataclass(frozen=True)
class ClientPlan:
    """A client on a segment."""

    name: str
    segment: str
    hardware: bytes


@dataclass(frozen=True)
class RelayPlan:
    """A relay: its address on each segment, and where it sends requests."""

    name: str
    addresses: tuple[tuple[str, int], ...]
    helpers: tuple[int, ...]
    hops: int = USUAL_HOPS


@dataclass(frozen=True)
class Scenario:
    """A laboratory before anything happened."""

    name: str
    title: str
    profile: Profile = MICROSOFT
    story: int = STORY_START
    segments: tuple[tuple[str, int, int], ...] = ()
    servers: tuple[ServerPlan, ...] = ()
    links: tuple[LinkPlan, ...] = ()
    clients: tuple[ClientPlan, ...] = ()
    scopes: tuple[ScopePlan, ...] = ()
    relationships: tuple[RelationshipPlan, ...] = ()
    relays: tuple[RelayPlan, ...] = ()
    first_delay: int = 4 * US
    fuzz: int = 0
    source: str = field(default="", compare=False)
    file: str = field(default="", compare=False)


def server_hardware(place: int, foot: int) -> bytes:
    """Return the hardware address of a server's foot on a link."""
    return b"\x02\x00\x00\x01" + bytes((place + 1, foot))


def relay_hardware(place: int, foot: int) -> bytes:
    """Return the hardware address of a relay's foot on a link."""
    return b"\x02\x00\x00\x02" + bytes((place + 1, foot))


def parse_scenario(text: str, name: str, filename: str = "") -> Scenario:
    """Return the scenario that TOML text describes; raise ScenarioError naming file and line."""
    root = read_tables(text, filename or name)
    root.only(
        "title", "about", "profile", "switches", "segments", "servers", "links",
        "relays", "clients", "scopes", "relationships", "client",
    )  # fmt: skip
    segments = tuple((key, *_network_of(table)) for key, table in root.tables("segments"))
    _check_names(root)
    networks = {key: (network, prefix) for key, network, prefix in segments}
    taken: dict[int, str] = {}
    servers = _servers(root, networks, taken)
    relays = _relays(root, networks, taken, servers)
    links = tuple(_link(root, key, table) for key, table in root.tables("links"))
    relationships = tuple(
        read_relationship(root, key, table) for key, table in root.tables("relationships")
    )
    _check_counts(root, relationships)
    reach = _Reach(networks, servers, relays, links)
    for plan in relationships:
        if not reach.meets(plan.primary, plan.secondary):
            message = f"{plan.primary} and {plan.secondary} have no network in common"
            root.table("relationships").fail(plan.name, message)
    client = root.table("client")
    client.only("first-discover", "fuzz")
    root.text("about")
    return Scenario(
        name=name,
        title=root.text("title", name),
        profile=_profile(root),
        segments=segments,
        servers=servers,
        links=links,
        clients=_clients(root),
        scopes=tuple(
            read_scope(root, key, table, relationships) for key, table in root.tables("scopes")
        ),
        relationships=relationships,
        relays=relays,
        first_delay=client.duration("first-discover", 4 * US),
        fuzz=client.duration("fuzz", 0),
        source=text,
        file=filename,
    )


def _check_names(root: Table) -> None:
    """Names are words of the lab language, and no two things have the same one."""
    taken: dict[str, str] = {}
    for kind in ("segments", "servers", "relays", "clients"):
        for name in root.names(kind):
            table = root.table(kind)
            if not _NAME.fullmatch(name):
                table.fail(name, f"“{name}” is no name: letters, digits, “-”, “_” and “.” make one")
            if name.lower() in taken:
                table.fail(name, f"the name {name} is taken already, in {taken[name.lower()]}")
            taken[name.lower()] = kind
    for kind in ("servers", "relays"):
        if len(root.names(kind)) > MOST_SERVERS:
            root.fail(kind, f"more than {MOST_SERVERS} {kind} are too many")


def _check_counts(root: Table, relationships: tuple[RelationshipPlan, ...]) -> None:
    count: dict[str, int] = {}
    for plan in relationships:
        for server in (plan.primary, plan.secondary):
            count[server] = count.get(server, 0) + 1
            if count[server] > MOST_RELATIONSHIPS:
                message = f"{server} has more than {MOST_RELATIONSHIPS} relationships"
                root.table("relationships").fail(plan.name, message)


def _profile(root: Table) -> Profile:
    profile = root.checked("profile", lambda: profile_named(root.text("profile", "microsoft")))
    switches = root.table("switches")
    for key, value in switches.entries.items():
        profile = _switched(switches, key, profile, value)
    return profile


def _switched(switches: Table, key: str, profile: Profile, value: object) -> Profile:
    return switches.checked(key, lambda: with_switch(profile, key, value))


def _network_of(table: Table) -> tuple[int, int]:
    table.only("network")
    return table.network("network")


def _servers(
    root: Table, segments: dict[str, tuple[int, int]], taken: dict[int, str]
) -> tuple[ServerPlan, ...]:
    plans: list[ServerPlan] = []
    for name, table in root.tables("servers"):
        table.only(*segments, "skew")
        addresses = _addresses(name, table, segments, taken)
        if not addresses:
            table.fail("", f'server {name} needs an address on a segment: LAN = "10.0.0.1"')
        plans.append(ServerPlan(name, addresses, table.offset("skew")))
    return tuple(plans)


def _addresses(
    name: str, table: Table, segments: dict[str, tuple[int, int]], taken: dict[int, str]
) -> tuple[tuple[str, int], ...]:
    """Read a host's address on each segment that its table names."""
    found: list[tuple[str, int]] = []
    for segment, (network, prefix) in segments.items():
        if segment not in table.entries:
            continue
        address = table.address(segment)
        if address & mask_of(prefix) != network:
            table.fail(segment, f"the address of {name} is not in the network of {segment}")
        if address in taken:
            table.fail(segment, f"{taken[address]} has this address already")
        taken[address] = name
        found.append((segment, address))
    return tuple(found)


def _relays(
    root: Table,
    segments: dict[str, tuple[int, int]],
    taken: dict[int, str],
    servers: tuple[ServerPlan, ...],
) -> tuple[RelayPlan, ...]:
    plans: list[RelayPlan] = []
    for name, table in root.tables("relays"):
        table.only(*segments, "helpers", "hops")
        addresses = _addresses(name, table, segments, taken)
        if not addresses:
            table.fail("", f'relay {name} needs an address on a segment: BRANCH = "10.1.0.1"')
        first = {server.name: server.addresses[0][1] for server in servers}
        helpers = tuple(_helper(table, word, first) for word in table.texts("helpers"))
        hops = table.number("hops", USUAL_HOPS, least=0, most=MOST_HOPS)
        plans.append(RelayPlan(name, addresses, helpers, hops))
    return tuple(plans)


def _helper(table: Table, word: str, servers: dict[str, int]) -> int:
    """A helper is a server by its name (its first address) or an address."""
    if word in servers:
        return servers[word]
    try:
        return ip_to_int(word)
    except FovizError:
        table.known("helpers", word, servers, "server")
        raise


def _link(root: Table, name: str, table: Table) -> LinkPlan:
    table.only("between", "latency", "network")
    ends = table.texts("between") or name.split("-")
    segments = root.names("segments")
    hosts = [*root.names("servers"), *root.names("relays")]
    if len(ends) != 2 or ends[0] == ends[1]:
        table.fail("between", f'link {name} needs two ends: between = ["LAN1", "LAN2"]')
    for end in ends:
        table.known("between", end, (*segments, *hosts), "segment or server")
    feet = [
        f"{segment}-{host}"
        for kind in ("servers", "relays")
        for host, entry in root.tables(kind)
        for segment in entry.entries
    ]
    if name in feet or name in hosts or not _NAME.fullmatch(name):
        taken = name in feet or name in hosts
        table.fail("", f"a link can't be called {name}" + (": there is one" if taken else ""))
    network = None
    if "network" in table.entries:
        network = table.network("network")
        if ends[0] in segments or ends[1] in segments:
            table.fail("network", "only a link between two hosts has a network of its own")
        if network[1] > 30:
            table.fail("network", "the network has no room for two addresses; write a /30")
    return LinkPlan(name, ends[0], ends[1], table.duration("latency", LINK_LATENCY), network)


def _clients(root: Table) -> tuple[ClientPlan, ...]:
    table, plans = root.table("clients"), []
    for name in table.entries:
        segment = table.text(name)
        table.known(name, segment, root.names("segments"), "segment")
        if not _CLIENT_NAME.fullmatch(name):
            table.fail(name, f"“{name}” is no client's name; call it C1, C2, …")
        plans.append(ClientPlan(name, segment, client_hardware(int(name[1:]))))
    return tuple(plans)


class _Reach:
    """Who can reach whom: along links, across segments, through relays."""

    def __init__(
        self,
        networks: dict[str, tuple[int, int]],
        servers: tuple[ServerPlan, ...],
        relays: tuple[RelayPlan, ...],
        links: tuple[LinkPlan, ...],
    ) -> None:
        hosts: tuple[ServerPlan | RelayPlan, ...] = (*servers, *relays)
        self.networks = {
            host.name: [networks[name] for name, _ in host.addresses] for host in hosts
        }
        self.through = (*networks, *(relay.name for relay in relays))
        self.joined: dict[str, list[str]] = {name: [] for name in (*networks, *self.networks)}
        feet = [(host.name, segment) for host in hosts for segment, _ in host.addresses]
        for a, b in (*feet, *((link.a, link.b) for link in links)):
            self.joined[a].append(b)
            self.joined[b].append(a)

    def meets(self, one: str, other: str) -> bool:
        """Whether two servers have a network in common, or a way from one to the other."""
        if any(network in self.networks[other] for network in self.networks[one]):
            return True
        seen, ways = {one: None}, [one]
        for node in ways:
            if node != one and node not in self.through:
                continue
            for beyond in self.joined[node]:
                if beyond not in seen:
                    seen[beyond] = None
                    ways.append(beyond)
        return other in seen
