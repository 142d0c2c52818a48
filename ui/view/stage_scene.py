"""What the stage shows at the playhead: who stands where, in whose hue, and what flies.

A scene is read off the model for one frame; nothing of it is kept. Layouts are cached by what
they are computed from.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from foviz import ip_text
from ui.layout.stage import Join, Topology
from ui.layout.stage_clients import Clients, Spot, arrange_clients
from ui.layout.stage_tiers import arrange
from ui.layout.stage_wires import Way, find_links, make_way
from ui.layout.window import Rect
from ui.model.silence import Silence, silence_about

if TYPE_CHECKING:
    from foviz import ClientView, EndpointView, LinkView, ServerView, Snapshot
    from ui.layout.stage import Line
    from ui.model.run import Flight, RunModel
    from ui.theme import Theme, Who

_stage = lru_cache(maxsize=64)(arrange)
_clients = lru_cache(maxsize=64)(arrange_clients)

UNREAD = Silence(-1, 0, -1, -1)
"""Stands for what a scene has not looked up yet."""

RELATION = "relation:"
"""Begins the name of a pair's connection that has no wire of its own."""


class Seat(NamedTuple):
    """A client and where it stands."""

    client: ClientView
    spot: Spot
    drop: Line


class Scene:
    """The stage at one moment, in one size."""

    def __init__(self, model: RunModel, theme: Theme, w: int, h: int) -> None:
        self.model = model
        self.theme = theme
        self.at = model.playhead
        self.w, self.h = w, h
        self.scale = theme.font_scale
        snapshot = model.snapshot
        self.snapshot = snapshot
        self.names = snapshot.host_names
        self.servers = {server.name: server for server in snapshot.servers}
        self.relays = {relay.name: relay for relay in snapshot.relays}
        self.links = {link.name: link for link in snapshot.links}
        self.who = _hues(snapshot)
        self.topology = topology_of(snapshot)
        self.stage = _stage(self.topology, w, h, self.scale)
        self.groups: dict[str, Clients] = {}
        self.seats: list[Seat] = []
        self.feet: dict[str, tuple[str, str, Line]] = {}
        """By a client's name: its link, its segment, the line from it to the bar."""
        self._silence: Silence | None = UNREAD
        self._seat_clients()
        self.flights = model.flights()

    def _seat_clients(self) -> None:
        groups: dict[str, list[ClientView]] = {name: [] for name in self.stage.bars}
        for client in self.snapshot.clients:
            if client.segment in groups:
                groups[client.segment].append(client)
        # A link of kind drop leads from its segment to its host.
        feet = {link.b: link for link in self.snapshot.links if link.kind == "drop"}
        for segment, members in groups.items():
            bar = self.stage.bars[segment]
            plan = self.groups[segment] = _clients(len(members), bar, self.h, self.scale)
            for client, spot, drop in zip(members, plan.spots, plan.drops, strict=False):
                self.seats.append(Seat(client, spot, drop))
                if client.name in feet:
                    self.feet[client.name] = (feet[client.name].name, segment, drop)

    # -- asking

    def hue(self, host: int) -> Who:
        """Return whose hue a host has, by its index."""
        return self.who.get(host, "client")

    def is_on(self, name: str) -> bool:
        """Whether a server serves, or a relay has power: its foot on a segment carries."""
        server, relay = self.servers.get(name), self.relays.get(name)
        return relay.powered if relay is not None else server is not None and server.running

    def ends_of(self, join: Join) -> tuple[tuple[ServerView, EndpointView | None], ...]:
        """Return the servers at both ends of a wire, with their sides of the relationship."""
        found = []
        for own, other in ((join.a, join.b), (join.b, join.a)):
            server = self.servers[own]
            side = next((each for each in server.endpoints if each.partner == other), None)
            found.append((server, side))
        return tuple(found)

    def hops_between(self, start: str, goal: str) -> tuple[tuple[str, str], ...]:
        """Return the way between two partners as (link, node): their own wire, if they have one."""
        near = _near(self.topology)
        direct = next((hop for hop in near.get(start, ()) if hop[1] == goal), None)
        return (direct,) if direct else find_links(near, start, "", goal) or ()

    def network_of(self, segment: str) -> str:
        """Return a segment's subnet: ``10.0.0.0/24``, or ``""``."""
        for name, network, prefix in self.model.session.scenario.segments:
            if name == segment:
                return f"{ip_text(network)}/{prefix}"
        return ""

    def selected_host(self) -> int:
        """Return the host that the user has selected, also by its address, or −1."""
        selection, focus = self.model.selection, self.model.focus
        if selection.kind == "host":
            return focus.host
        return focus.client if selection.kind == "address" else -1

    def silence(self) -> Silence | None:
        """Return which server is silent about the client in focus, by its bucket.

        Of a message in focus the silence has to belong to its exchange.
        """
        if self._silence is UNREAD:
            focus = self.model.focus
            client = self.snapshot.client(focus.client) if focus.client >= 0 else None
            found = None
            if client is not None and client.bucket >= 0:
                found = silence_about(self.model.session, client.index)
            if found is not None and focus.record >= 0 and focus.exchange != found.exchange:
                found = None
            self._silence = found
        return self._silence

    # -- ways

    def ways(self, flight: Flight) -> list[tuple[int, int, Way]]:
        """Return the ways of a message as (receiver, arrival, way), the longest first."""
        record = flight.record
        start, first = self.names[record.host], record.value("link")
        found = []
        for host, arrival in flight.arrivals:
            way = self._way(start, first, self.names[host]) if host < len(self.names) else None
            if way is not None:
                found.append((host, arrival, way))
        return sorted(found, key=lambda each: -each[2].length)

    def _way(self, start: str, first: str, goal: str) -> Way | None:
        lines = dict(self.stage.lines)
        hops: list[tuple[str, str]] = []
        node, end, tail = start, goal, []
        if start in self.feet:
            link, node, line = self.feet[start]
            lines[link] = (start, line)
            hops.append((link, node))
        if goal in self.feet:
            link, end, line = self.feet[goal]
            lines[link] = (goal, line)
            tail = [(link, goal)]
        if node != end:
            between = find_links(_near(self.topology), node, first, end)
            if between is None:
                return None
            hops.extend(between)
        return make_way(start, [*hops, *tail], lines)


def chosen_relationship(snapshot: Snapshot) -> str:
    """Return the relationship whose servers have the two hues: the first (DESIGN §11.9)."""
    for server in snapshot.servers:
        if server.endpoints:
            return server.endpoints[0].relationship
    return ""


def _hues(snapshot: Snapshot) -> dict[int, Who]:
    chosen = chosen_relationship(snapshot)
    hues: dict[int, Who] = {}
    for server in snapshot.servers:
        hues[server.index] = "client"
        for side in server.endpoints:
            if side.relationship == chosen:
                hues[server.index] = "s1" if side.primary else "s2"
    if not chosen and snapshot.servers:
        hues[snapshot.servers[0].index] = "s1"  # servers without a partner: the first is number 1
    return hues


def topology_of(snapshot: Snapshot) -> Topology:
    """Return a snapshot's wiring without the clients."""
    servers = _in_order(snapshot)
    known = dict.fromkeys(servers)
    relays = tuple(relay.name for relay in snapshot.relays)
    feet: list[Join] = []
    by_kind: dict[str, list[Join]] = {"drop": [], "bridge": [], "wire": []}
    for link in snapshot.links:
        join = _join_of(link)
        if link.kind == "drop" and link.b in relays:
            feet.append(join)
        elif link.kind != "drop" or link.b in known:
            by_kind[link.kind].append(join)
    wired = {frozenset((join.a, join.b)) for join in by_kind["wire"]}
    pairs: dict[str, Join] = {}
    for server in snapshot.servers:
        for side in server.endpoints:
            if frozenset((server.name, side.partner)) not in wired and side.primary:
                name = RELATION + side.relationship
                pairs[name] = Join(name, server.name, side.partner)
    return Topology(
        servers,
        snapshot.segments,
        tuple(by_kind["drop"]),
        tuple(by_kind["bridge"]),
        tuple(join for join in by_kind["wire"] if join.a in known and join.b in known),
        tuple(pairs.values()),
        relays,
        tuple(feet),
    )


def _in_order(snapshot: Snapshot) -> tuple[str, ...]:
    """Server 1 left, server 2 right of it, others after them (VISUAL §2, 12)."""
    hues = _hues(snapshot)
    rank = {"s1": 0, "s2": 1, "client": 2}
    ordered = sorted(snapshot.servers, key=lambda server: rank[hues[server.index]])
    return tuple(server.name for server in ordered)


def _join_of(link: LinkView) -> Join:
    return Join(link.name, link.a, link.b)


@lru_cache(maxsize=16)
def _near(topology: Topology) -> dict[str, list[tuple[str, str]]]:
    """Return the (link, other node) of each node but clients."""
    near: dict[str, list[tuple[str, str]]] = {}
    for name, a, b in (*topology.drops, *topology.feet, *topology.bridges, *topology.wires):
        near.setdefault(a, []).append((name, b))
        near.setdefault(b, []).append((name, a))
    return near


def cell_rect(spot: Spot) -> Rect:
    """Return the cell of a client that is shown as one."""
    size = 2 * spot.r
    return Rect(spot.x - spot.r, spot.y - spot.r, size, size)
