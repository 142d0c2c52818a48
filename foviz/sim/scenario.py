"""Scenarios: a laboratory described in TOML, read and checked.

A scenario sets what exists when a run begins: places, links, servers, clients, scopes,
relationships, profile. After that only interventions change the world.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foviz.base.address import ip_to_int, mask_of
from foviz.base.time import DAY, MINUTE, STORY_START, US
from foviz.dhcp.scope import ScopeConfig
from foviz.failover.profile import MICROSOFT, Profile, profile_named, with_switch
from foviz.failover.relationship import Mode
from foviz.sim.tables import read_tables

if TYPE_CHECKING:
    from foviz.sim.tables import Table

LAN_LATENCY: Final = 500
"""µs from a host to its segment; a millisecond from host to host."""
LINK_LATENCY: Final = 1000
PAIR_STARTS: Final = 10 * MINUTE
"""How long before the story the servers are switched on."""
MOST_SERVERS: Final = 64
MOST_ADDRESSES: Final = 1 << 16
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
class ScopePlan:
    """A scope, and the servers that have it."""

    config: ScopeConfig
    servers: tuple[str, ...]


@dataclass(frozen=True)
class RelationshipPlan:
    """A failover relationship between two servers."""

    name: str
    mode: Mode
    primary: str
    secondary: str
    scopes: tuple[str, ...]
    mclt_s: int
    reserve_percent: int
    local_percent: int
    switchover_s: int


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
    first_delay: int = 4 * US
    fuzz: int = 0
    source: str = field(default="", compare=False)
    file: str = field(default="", compare=False)


def client_hardware(number: int) -> bytes:
    """Return the hardware address of client C*number*: 02:00:00:00:00:01 for C1."""
    return b"\x02" + number.to_bytes(5)


def server_hardware(place: int, foot: int) -> bytes:
    """Return the hardware address of a server's foot on a link."""
    return b"\x02\x00\x00\x01" + bytes((place + 1, foot))


def parse_scenario(text: str, name: str, filename: str = "") -> Scenario:
    """Return the scenario that TOML text describes; raise ScenarioError naming file and line."""
    root = read_tables(text, filename or name)
    root.only(
        "title", "about", "profile", "switches", "segments", "servers", "links",
        "clients", "scopes", "relationships", "client",
    )  # fmt: skip
    segments = tuple((key, *_network_of(table)) for key, table in root.tables("segments"))
    _check_names(root)
    servers = _servers(root, {key: (network, prefix) for key, network, prefix in segments})
    links = tuple(_link(root, key, table) for key, table in root.tables("links"))
    relationships = tuple(
        _relationship(root, key, table) for key, table in root.tables("relationships")
    )
    for plan in relationships:
        _check_reach(root, plan, segments, servers, links)
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
            _scope(root, key, table, relationships) for key, table in root.tables("scopes")
        ),
        relationships=relationships,
        first_delay=client.duration("first-discover", 4 * US),
        fuzz=client.duration("fuzz", 0),
        source=text,
        file=filename,
    )


def _check_names(root: Table) -> None:
    """Names are words of the lab language, and no two things have the same one."""
    taken: dict[str, str] = {}
    for kind in ("segments", "servers", "clients"):
        for name in root.names(kind):
            table = root.table(kind)
            if not _NAME.fullmatch(name):
                table.fail(name, f"“{name}” is no name: letters, digits, “-”, “_” and “.” make one")
            if name.lower() in taken:
                table.fail(name, f"the name {name} is taken already, in {taken[name.lower()]}")
            taken[name.lower()] = kind
    if len(root.names("servers")) > MOST_SERVERS:
        root.fail("servers", f"more than {MOST_SERVERS} servers are too many")


def _profile(root: Table) -> Profile:
    profile = root.checked("profile", lambda: profile_named(root.text("profile", "microsoft")))
    switches = root.table("switches")
    for key in switches.entries:
        profile = _switched(switches, key, profile)
    return profile


def _switched(switches: Table, key: str, profile: Profile) -> Profile:
    value, name = switches.entries[key], key.replace("-", "_")
    changed = switches.checked(key, lambda: with_switch(profile, name, value))
    usual = getattr(profile, name)
    if type(value) is not type(usual):
        kind = {bool: "true or false", int: "a whole number", str: "text"}[type(usual)]
        switches.fail(key, f"{key} has to be {kind}")
    if type(value) is int and value < (0 if name == "clock_limit_s" else 1):
        switches.fail(key, f"{key} has to be at least 1")  # 0 s would stop the clock
    return changed


def _network_of(table: Table) -> tuple[int, int]:
    table.only("network")
    return table.network("network")


def _servers(root: Table, segments: dict[str, tuple[int, int]]) -> tuple[ServerPlan, ...]:
    taken: dict[int, str] = {}
    plans: list[ServerPlan] = []
    for name, table in root.tables("servers"):
        table.only(*segments, "skew")
        addresses: list[tuple[str, int]] = []
        for segment, (network, prefix) in segments.items():
            if segment not in table.entries:
                continue
            address = table.address(segment)
            if address & mask_of(prefix) != network:
                table.fail(segment, f"the address of {name} is not in the network of {segment}")
            if address in taken:
                table.fail(segment, f"{taken[address]} has this address already")
            taken[address] = name
            addresses.append((segment, address))
        if not addresses:
            table.fail("", f'server {name} needs an address on a segment: LAN = "10.0.0.1"')
        plans.append(ServerPlan(name, tuple(addresses), table.offset("skew")))
    return tuple(plans)


def _link(root: Table, name: str, table: Table) -> LinkPlan:
    table.only("between", "latency", "network")
    ends = table.texts("between") or name.split("-")
    segments, servers = root.names("segments"), root.names("servers")
    if len(ends) != 2 or ends[0] == ends[1]:
        table.fail("between", f'link {name} needs two ends: between = ["LAN1", "LAN2"]')
    for end in ends:
        table.known("between", end, (*segments, *servers), "segment or server")
    feet = [
        f"{segment}-{host}" for host, entry in root.tables("servers") for segment in entry.entries
    ]
    if name in feet or not _NAME.fullmatch(name):
        table.fail(
            "", f"a link can't be called {name}" + (": there is one" if name in feet else "")
        )
    network = None
    if "network" in table.entries:
        network = table.network("network")
        if ends[0] in segments or ends[1] in segments:
            table.fail("network", "only a link between two servers has a network of its own")
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


def _scope(
    root: Table, name: str, table: Table, relationships: tuple[RelationshipPlan, ...]
) -> ScopePlan:
    table.only("network", "range", "lease", "servers", "excluded")
    network, prefix = table.network("network")
    first, last = _range(table)
    if not network < first <= last < network | ~mask_of(prefix) & 0xFFFFFFFF:
        table.fail("range", f"the range of scope {name} is not within {table.text('network')}")
    if last - first >= MOST_ADDRESSES:
        table.fail("range", f"the range of scope {name} has more than {MOST_ADDRESSES} addresses")
    servers, given = root.names("servers"), table.texts("servers")
    for server in given:
        table.known("servers", server, servers, "server")
    owners = [plan for plan in relationships if name in plan.scopes]
    if len(owners) > 1:
        table.fail("", f"scope {name} is in two relationships; it can be in one only")
    pair = (owners[0].primary, owners[0].secondary) if owners else tuple(given or servers)
    lease_s = table.duration("lease", 8 * DAY, least=US) // US
    excluded = table.addresses("excluded")
    config = ScopeConfig(name, network, prefix, first, last, lease_s, excluded=excluded)
    return ScopePlan(config, pair)


def _range(table: Table) -> tuple[int, int]:
    text = table.text("range")
    first, dash, last = text.replace("–", "-").partition("-")
    if not dash:
        table.fail("range", f"“{text}” is no range; write it like 10.0.0.51-10.0.0.250")
    return table.checked("range", lambda: (ip_to_int(first), ip_to_int(last)))


def _relationship(root: Table, name: str, table: Table) -> RelationshipPlan:
    table.only("mode", "primary", "secondary", "scopes", "mclt", "reserve", "balance", "switchover")
    modes = {mode.value: mode for mode in Mode}
    mode = table.text("mode", "load balance").replace("-", " ")
    table.known("mode", mode, modes, "mode")
    pair = table.text("primary"), table.text("secondary")
    for role, server in zip(("primary", "secondary"), pair, strict=True):
        if not server:
            table.fail(role, f"relationship {name} lacks its {role}")
        table.known(role, server, root.names("servers"), "server")
    if pair[0] == pair[1]:
        table.fail("secondary", f"relationship {name} needs two different servers")
    scopes = tuple(table.texts("scopes"))
    for scope in scopes:
        table.known("scopes", scope, root.names("scopes"), "scope")
    return RelationshipPlan(
        name,
        modes[mode],
        *pair,
        scopes,
        table.duration("mclt", 3600 * US, least=US) // US,
        table.percent("reserve", 5),
        table.percent("balance", 50),
        table.duration("switchover", 0) // US,
    )


def _check_reach(
    root: Table,
    plan: RelationshipPlan,
    segments: tuple[tuple[str, int, int], ...],
    servers: tuple[ServerPlan, ...],
    links: tuple[LinkPlan, ...],
) -> None:
    """Two partners need a network in common, or they would never meet."""
    networks = {name: (network, prefix) for name, network, prefix in segments}
    feet = {server.name: [networks[name] for name, _ in server.addresses] for server in servers}
    for link in links:
        if link.network is not None:
            for end in (link.a, link.b):
                feet[end].append(link.network)
    if not any(network in feet[plan.secondary] for network in feet[plan.primary]):
        message = f"{plan.primary} and {plan.secondary} have no network in common"
        root.table("relationships").fail(plan.name, message)
