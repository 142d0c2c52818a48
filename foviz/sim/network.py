"""The network: hosts and segments joined by links, with latency, loss and cuts.

A link joins two nodes; a node is a host or a segment. A segment carries a frame to every
link it has, and a link between two segments is a bridge. A *way* is what a frame takes: it
crosses bridges and ends at a host. A *route* is what an IP packet takes: it goes on through
routers, which are the relays. What travels is decided when it is sent and looked at again
when it arrives, so that a cut takes what is on its way.
"""

from __future__ import annotations

from typing import NamedTuple

from foviz.base.address import mask_of


class Interface(NamedTuple):
    """A host's foot on a link: its addresses. ``address`` is 0 for a client's card."""

    host: int
    link: str
    address: int
    prefix: int
    hardware: bytes

    def reaches(self, address: int) -> bool:
        """Whether the address is in this interface's subnet."""
        mask = mask_of(self.prefix)
        return bool(self.address) and address & mask == self.address & mask


class Link:
    """One link. Directions: ``a`` to ``b`` and back. Latency in µs, probabilities 0 … 1."""

    def __init__(self, index: int, name: str, a: str, b: str, latency: int) -> None:
        self.index = index
        self.name = name
        self.a = a
        self.b = b
        self.latency = latency
        self.loss = 0.0
        self.duplication = 0.0
        self.reordering = 0.0
        self.cut_ab = False
        self.cut_ba = False
        self.travelled = 0

    def is_cut(self, towards: str) -> bool:
        """Whether nothing passes towards that end."""
        return self.cut_ab if towards == self.b else self.cut_ba

    def other(self, node: str) -> str:
        """Return the node at the other end."""
        return self.b if node == self.a else self.a

    @property
    def cut(self) -> str:
        """``""``, ``"both"``, or the end towards which nothing passes."""
        if self.cut_ab and self.cut_ba:
            return "both"
        if self.cut_ab:
            return self.b
        return self.a if self.cut_ba else ""


Hop = tuple[str, str]
"""(link name, node it leads to)"""


class Network:
    """Topology, addresses, and paths between hosts."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}
        self.segments: list[str] = []
        self.host_names: list[str] = []
        self.interfaces: list[list[Interface]] = []
        self.listeners: dict[int, list[int]] = {}
        self.routers: dict[int, None] = {}
        self.dead_routers: dict[str, None] = {}
        self._links_of: dict[str, list[str]] = {}
        self._by_address: dict[int, list[int]] = {}
        self._by_hardware: dict[bytes, int] = {}
        self._ways: dict[str, dict[int, tuple[Hop, ...]]] = {}
        self._routes: dict[tuple[Interface, int], tuple[Hop, ...] | None] = {}
        self.changes = 0
        """Counts changes, so that a checkpoint knows whether it has to write this again."""

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "_routes": {}}

    # -- building

    def add_segment(self, name: str) -> None:
        """Add a segment."""
        self.segments.append(name)
        self._links_of[name] = []

    def add_host(self, name: str) -> int:
        """Add a host and return its index."""
        self.host_names.append(name)
        self.interfaces.append([])
        self._links_of[name] = []
        return len(self.host_names) - 1

    def add_link(self, name: str, a: str, b: str, latency: int) -> Link:
        """Join two nodes."""
        link = Link(len(self.links), name, a, b, latency)
        self.links[name] = link
        self._links_of[a].append(name)
        self._links_of[b].append(name)
        self._ways.clear()
        self._routes.clear()
        self.changes += 1
        return link

    def add_interface(self, interface: Interface) -> None:
        """Give a host an interface."""
        self.interfaces[interface.host].append(interface)
        self._routes.clear()
        self._by_hardware[interface.hardware] = interface.host
        if interface.address:
            self.hold(interface.address, interface.host)

    def add_router(self, host: int) -> None:
        """Let IP packets pass through a host; it has no power yet."""
        self.routers[host] = None
        self._routes.clear()
        self.dead_routers[self.host_names[host]] = None

    def set_power(self, host: int, *, on: bool) -> None:
        """Note whether a host has power: a router without it passes nothing on."""
        name = self.host_names[host]
        if host in self.routers and on is (name in self.dead_routers):
            if on:
                del self.dead_routers[name]
            else:
                self.dead_routers[name] = None
            self.changes += 1

    def listen(self, port: int, host: int) -> None:
        """Let a host hear broadcasts to a UDP port."""
        self.listeners.setdefault(port, []).append(host)

    # -- addresses

    def hold(self, address: int, host: int) -> None:
        """Note that a host uses an address."""
        holders = self._by_address.setdefault(address, [])
        if host not in holders:
            holders.append(host)
            holders.sort()
            self.changes += 1

    def let_go(self, address: int, host: int) -> None:
        """Note that a host no longer uses an address."""
        holders = self._by_address.get(address, [])
        if host in holders:
            holders.remove(host)
            self.changes += 1
            if not holders:
                del self._by_address[address]

    def holders(self, address: int) -> tuple[int, ...]:
        """Return the hosts that use an address, in order."""
        return tuple(self._by_address.get(address, ()))

    def shared_addresses(self) -> list[int]:
        """Return the addresses that several hosts use, lowest first."""
        return sorted(address for address, hosts in self._by_address.items() if len(hosts) > 1)

    def host_of_hardware(self, hardware: bytes) -> int | None:
        """Return the host with a hardware address, or None."""
        return self._by_hardware.get(hardware)

    def interface_for(self, host: int, source: int, destination: int) -> Interface | None:
        """Return the interface by which a host sends: by source, by subnet, else the first."""
        interfaces = self.interfaces[host]
        if len(interfaces) == 1:
            return interfaces[0]
        for interface in interfaces:
            if source and interface.address == source:
                return interface
        for interface in interfaces:
            if interface.reaches(destination):
                return interface
        return interfaces[0] if interfaces else None

    def interface_on(self, host: int, link: str) -> Interface | None:
        """Return a host's interface on a link, or None."""
        return next((found for found in self.interfaces[host] if found.link == link), None)

    # -- paths

    def route(self, interface: Interface, host: int) -> tuple[Hop, ...] | None:
        """Return the way of an IP packet: bridged if it can be, else through routers."""
        key = interface, host
        if key not in self._routes:
            self._routes[key] = self._find_route(interface, host)
        return self._routes[key]

    def _find_route(self, interface: Interface, host: int) -> tuple[Hop, ...] | None:
        way = self.way(interface, host)
        if way is not None or not self.routers or interface.host == host:
            return way
        found = [
            self._routed(foot, host) for foot in self.interfaces[interface.host] if foot.address
        ] or [self._routed(interface, host)]
        return min((way for way in found if way is not None), key=len, default=None)

    def next_hop(self, way: tuple[Hop, ...]) -> Interface | None:
        """Return the interface that a frame on this way is sent to: a router's, or the target's."""
        for link, node in way:
            if node in self.host_names:
                return self.interface_on(self.host_names.index(node), link)
        return None

    def _routed(self, interface: Interface, host: int) -> tuple[Hop, ...] | None:
        first = self.links[interface.link].other(self.host_names[interface.host])
        key = f"{first} routed"  # no name has a space in it
        if key not in self._ways:
            self._ways[key] = self._spread(first, routed=True)
        beyond = self._ways[key].get(host)
        return None if beyond is None else ((interface.link, first), *beyond)

    def way(self, interface: Interface, host: int) -> tuple[Hop, ...] | None:
        """Return the way of a frame from an interface to a host, or None if there is none."""
        name = interface.link
        first = self.links[name].other(self.host_names[interface.host])
        if first == self.host_names[host]:
            return ((name, first),)
        beyond = self._ways_from(first).get(host)
        return None if beyond is None else ((name, first), *beyond)

    def _ways_from(self, segment: str) -> dict[int, tuple[Hop, ...]]:
        """Return the ways from a segment to every host; one search a segment, not a host."""
        ways = self._ways.get(segment)
        if ways is None:
            ways = self._ways[segment] = self._spread(segment)
        return ways

    def _spread(self, start: str, *, routed: bool = False) -> dict[int, tuple[Hop, ...]]:
        hosts = {name: index for index, name in enumerate(self.host_names)}
        if hosts.get(start, -1) not in self.routers and start not in self.segments:
            return {}
        reached: dict[int, tuple[Hop, ...]] = {}
        ways: list[tuple[str, tuple[Hop, ...]]] = [(start, ())]
        seen: dict[str, None] = {start: None}
        for node, way in ways:
            if node in hosts:
                reached[hosts[node]] = way
                if not (routed and hosts[node] in self.routers):
                    continue
            for name in self._links_of[node]:
                beyond = self.links[name].other(node)
                if beyond not in seen:
                    seen[beyond] = None
                    ways.append((beyond, (*way, (name, beyond))))
        return reached

    def latency(self, way: tuple[Hop, ...]) -> int:
        """Return how long a frame takes along a way, in µs."""
        links, total = self.links, 0
        for name, _ in way:
            total += links[name].latency
        return total

    def cut_on(self, way: tuple[Hop, ...]) -> str:
        """Return where a way ends now: a link that is cut, a router without power; or ``""``."""
        return self.stopped_on(way)[0]

    def stopped_on(self, way: tuple[Hop, ...]) -> tuple[str, str]:
        """Return where a way ends now and why, ``cut`` or ``off``; empty when it is clear."""
        links, dead = self.links, self.dead_routers
        for place, (name, towards) in enumerate(way):
            link = links[name]
            if (link.cut_ab or link.cut_ba) and link.is_cut(towards):
                return name, "cut"
            if dead and towards in dead and place < len(way) - 1:
                return towards, "off"
        return "", ""

    def back(self, way: tuple[Hop, ...], start: str) -> tuple[Hop, ...]:
        """Return the way back to *start*."""
        nodes = [start, *(node for _, node in way)]
        return tuple((way[place][0], nodes[place]) for place in range(len(way) - 1, -1, -1))
