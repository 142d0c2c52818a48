"""Scenarios: a laboratory described in TOML, read and checked.

A scenario sets what exists when a run begins: places, links, servers, clients, scopes,
relationships, profile. After that only interventions change the world.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from foviz.base.address import ip_to_int, mask_of, network_to_ints
from foviz.base.errors import FovizError, ScenarioError, nearest
from foviz.base.time import DAY, MINUTE, STORY_START, US, parse_duration
from foviz.dhcp.scope import ScopeConfig
from foviz.failover.profile import MICROSOFT, Profile, profile_named, with_switch
from foviz.failover.relationship import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

_Value = TypeVar("_Value")

LAN_LATENCY: Final = 500
"""µs from a host to its segment; a millisecond from host to host."""
LINK_LATENCY: Final = 1000
PAIR_STARTS: Final = 10 * MINUTE
"""How long before the story the servers are switched on."""


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


def client_hardware(number: int) -> bytes:
    """Return the hardware address of client C*number*: 02:00:00:00:00:01 for C1."""
    return b"\x02" + number.to_bytes(5)


def server_hardware(place: int, foot: int) -> bytes:
    """Return the hardware address of a server's foot on a link."""
    return b"\x02\x00\x00\x01" + bytes((place + 1, foot))


def parse_scenario(text: str, name: str, filename: str = "") -> Scenario:
    """Return the scenario that TOML text describes; raise ScenarioError naming file and line."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"this is no TOML: {error}", filename or name) from None
    return _Reader(text, filename or name).scenario(table, name)


class _Reader:
    """Turns the tables into plans; knows the line of a key for the error message."""

    def __init__(self, text: str, filename: str) -> None:
        self.lines = text.splitlines()
        self.filename = filename

    def scenario(self, table: dict[str, Any], name: str) -> Scenario:
        known = (
            "title", "about", "profile", "switches", "segments", "servers", "links",
            "clients", "scopes", "relationships", "story", "client",
        )  # fmt: skip
        self._only(table, known, "")
        profile = self._checked("profile", lambda: profile_named(table.get("profile", "microsoft")))
        for switch, value in table.get("switches", {}).items():
            profile = self._checked(switch, self._switcher(profile, switch, value))
        segments = tuple(
            (segment, *self._network(entry, "network"))
            for segment, entry in table.get("segments", {}).items()
        )
        names = [segment for segment, _, _ in segments]
        servers = tuple(
            self._server(server, entry, names) for server, entry in table.get("servers", {}).items()
        )
        server_names = [server.name for server in servers]
        links = tuple(
            self._link(link, entry, names, server_names)
            for link, entry in table.get("links", {}).items()
        )
        relationships = tuple(
            self._relationship(key, entry, server_names, list(table.get("scopes", {})))
            for key, entry in table.get("relationships", {}).items()
        )
        scopes = tuple(
            self._scope(scope, entry, relationships, server_names)
            for scope, entry in table.get("scopes", {}).items()
        )
        client = table.get("client", {})
        self._only(client, ("first-discover", "fuzz"), "client")
        return Scenario(
            name=name,
            title=str(table.get("title", name)),
            profile=profile,
            segments=segments,
            servers=servers,
            links=links,
            clients=self._clients(table.get("clients", {}), names),
            scopes=scopes,
            relationships=relationships,
            first_delay=self._duration(client, "first-discover", 4 * US),
            fuzz=self._duration(client, "fuzz", 0),
            source="\n".join(self.lines),
        )

    def _switcher(self, profile: Profile, switch: str, value: Any) -> Callable[[], Profile]:
        return lambda: with_switch(profile, switch.replace("-", "_"), value)

    def _server(self, name: str, entry: dict[str, Any], segments: list[str]) -> ServerPlan:
        self._only(entry, (*segments, "skew"), name)
        addresses = tuple(
            (segment, self._address(segment, text))
            for segment, text in entry.items()
            if segment != "skew"
        )
        return ServerPlan(name, addresses, self._duration(entry, "skew", 0))

    def _link(
        self, name: str, entry: dict[str, Any], segments: list[str], servers: list[str]
    ) -> LinkPlan:
        self._only(entry, ("between", "latency", "network"), name)
        ends = entry.get("between") or name.split("-")
        if len(ends) != 2:
            self._fail(name, f'link {name} needs two ends: between = ["LAN1", "LAN2"]')
        for end in ends:
            self._known(name, end, (*segments, *servers), "segment or server")
        network = self._network(entry, "network") if "network" in entry else None
        latency = self._duration(entry, "latency", LINK_LATENCY)
        return LinkPlan(name, ends[0], ends[1], latency, network)

    def _clients(self, entry: dict[str, Any], segments: list[str]) -> tuple[ClientPlan, ...]:
        plans: list[ClientPlan] = []
        for name, segment in entry.items():
            self._known(name, segment, segments, "segment")
            number = name[1:]
            if name[:1] != "C" or not number.isdigit() or not 0 < int(number) < 1 << 24:
                self._fail(name, f"“{name}” is no client's name; call it C1, C2, …")
            plans.append(ClientPlan(name, segment, client_hardware(int(number))))
        return tuple(plans)

    def _scope(
        self,
        name: str,
        entry: dict[str, Any],
        relationships: tuple[RelationshipPlan, ...],
        servers: list[str],
    ) -> ScopePlan:
        self._only(entry, ("network", "range", "lease", "servers", "excluded"), name)
        network, prefix = self._network(entry, "network")
        first, last = self._range(entry.get("range", ""))
        if not network < first <= last < network | ~mask_of(prefix) & 0xFFFFFFFF:
            self._fail("range", f"the range of scope {name} is not within {entry.get('network')}")
        owners = [r for r in relationships if name in r.scopes]
        given = entry.get("servers", [])
        for server in given:
            self._known("servers", server, servers, "server")
        pair = (owners[0].primary, owners[0].secondary) if owners else tuple(given or servers)
        if len(owners) > 1:
            self._fail(name, f"scope {name} is in two relationships; it can be in one only")
        excluded = tuple(self._address("excluded", text) for text in entry.get("excluded", []))
        lease_s = self._duration(entry, "lease", 8 * DAY) // US
        config = ScopeConfig(name, network, prefix, first, last, lease_s, excluded=excluded)
        return ScopePlan(config, pair)

    def _relationship(
        self, name: str, entry: dict[str, Any], servers: list[str], scopes: list[str]
    ) -> RelationshipPlan:
        known = (
            "mode", "primary", "secondary", "scopes", "mclt", "reserve", "balance", "switchover",
        )  # fmt: skip
        self._only(entry, known, name)
        modes = {mode.value: mode for mode in Mode}
        mode = str(entry.get("mode", "load balance")).replace("-", " ")
        self._known("mode", mode, modes, "mode")
        for role in ("primary", "secondary"):
            self._known(role, entry.get(role, ""), servers, "server")
        if entry["primary"] == entry["secondary"]:
            self._fail("secondary", f"relationship {name} needs two different servers")
        for scope in entry.get("scopes", []):
            self._known("scopes", scope, scopes, "scope")
        mclt = self._duration(entry, "mclt", 3600 * US) // US
        if mclt <= 0:
            self._fail("mclt", "the MCLT must be longer than nothing")
        return RelationshipPlan(
            name,
            modes[mode],
            entry["primary"],
            entry["secondary"],
            tuple(entry.get("scopes", [])),
            mclt,
            self._percent(entry, "reserve", 5),
            self._percent(entry, "balance", 50),
            self._duration(entry, "switchover", 0) // US,
        )

    # -- values

    def _address(self, key: str, text: object) -> int:
        return self._checked(key, lambda: ip_to_int(str(text)))

    def _network(self, entry: dict[str, Any], key: str) -> tuple[int, int]:
        return self._checked(key, lambda: network_to_ints(str(entry.get(key, ""))))

    def _range(self, text: str) -> tuple[int, int]:
        first, dash, last = str(text).replace("–", "-").partition("-")
        if not dash:
            self._fail("range", f"“{text}” is no range; write it like 10.0.0.51-10.0.0.250")
        return self._checked("range", lambda: (ip_to_int(first), ip_to_int(last)))

    def _duration(self, entry: dict[str, Any], key: str, default: int) -> int:
        if key not in entry:
            return default
        return self._checked(key, lambda: parse_duration(str(entry[key])))

    def _percent(self, entry: dict[str, Any], key: str, default: int) -> int:
        value = entry.get(key, default)
        if not isinstance(value, int) or not 0 <= value <= 100:
            self._fail(key, f"{key} is a percentage: a whole number from 0 to 100")
        return int(value)

    # -- checks

    def _checked(self, key: str, read: Callable[[], _Value]) -> _Value:
        try:
            return read()
        except FovizError as error:
            raise self._failure(key, error.message) from None

    def _known(self, key: str, word: str, known: Any, what: str) -> None:
        if word not in known:
            near = nearest(word, known)
            hint = f"; nearest: {near}" if near else ""
            self._fail(key, f"no {what} is called “{word}”{hint}")

    def _only(self, entry: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in entry:
            if key not in known:
                near = nearest(key, known)
                hint = f"; nearest: {near}" if near else ""
                self._fail(key, f"“{key}” is not known here{hint}")

    def _fail(self, key: str, message: str) -> NoReturn:
        raise self._failure(key, message)

    def _failure(self, key: str, message: str) -> ScenarioError:
        line = next((n for n, text in enumerate(self.lines, 1) if key and key in text), 1)
        return ScenarioError(message, f"{self.filename}:{line}")
