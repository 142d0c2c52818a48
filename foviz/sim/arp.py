"""ARP where it matters: is this address in use? (RFC 5227)

Resolution is assumed to work. A probe and an announcement reach only the hosts that hold
the address, by an index, so that a thousand clients cost a thousand probes and not a
million deliveries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import AnnounceAddress, ProbeAddress
from foviz.base.kinds import Kind
from foviz.sim.events import ARP
from foviz.sim.host import ClientHost

if TYPE_CHECKING:
    from foviz.sim.host import Host
    from foviz.sim.world import World

_ALL_ONES = b"\xff" * 6


def probe(world: World, host: Host, engine: str, action: ProbeAddress, cause: int) -> None:
    """Ask the segment whether anybody uses the address."""
    _send(world, host, action.address, 0, cause, "probe")


def announce(world: World, host: Host, engine: str, action: AnnounceAddress, cause: int) -> None:
    """Tell the segment that the address is now in use here."""
    _send(world, host, action.address, action.address, cause, "announce")


def meet(world: World, cause: int, link: str) -> None:
    """Hosts that a cut kept apart hear each other again: who has an address speaks of it.

    Resolution is not simulated, and any of its ARP packets names the sender's own address. So
    the first holder of an address that others hold too stands for all: it announces itself, and
    whoever hears that gives the address up at once (RFC 5227 §2.4 a).
    """
    for address in world.network.shared_addresses():
        for index in world.network.holders(address):
            host = world.hosts[index]
            if isinstance(host, ClientHost) and host.running:
                _send(world, host, address, address, cause, "announce")
                break


def _send(world: World, host: Host, address: int, source: int, cause: int, what: str) -> None:
    network = world.network
    interface = network.interface_for(host.index, 0, address)
    if interface is None:
        return
    others: list[tuple[int, int]] = []
    for other in network.holders(address):
        way = network.way(interface, other) if other != host.index else None
        if way is not None and not network.cut_on(way) and world.hosts[other].powered:
            others.append((other, world.now + network.latency(way)))
    data = (
        "arp",
        interface.link,
        source,
        address,
        0,
        0,
        what.encode(),
        tuple(others),
        0,
        host.hardware,
        _ALL_ONES,
    )
    record = world.record(host.index, Kind.SEND, cause, data)
    for other, at in others:
        args = (other, record, address, host.index, what)
        world.push(at, ARP, other, args, network.links[interface.link].index)


def arrive(world: World, target: int, record: int, address: int, sender: int, what: str) -> None:
    """A holder of the address hears of the other one: it defends, or both learn of it."""
    host, other = world.hosts[target], world.hosts[sender]
    if not host.powered or target not in world.network.holders(address):
        return
    received = world.record(target, Kind.RECEIVE, record, (record,))
    if what == "probe":
        _send_defence(world, host, address, other, received)
    elif isinstance(host, ClientHost) and host.client is not None:
        actions = host.client.on_conflict(host.clock(world.now), address, other.hardware)
        world.carry_out(host, "client", actions, received)


def _send_defence(world: World, host: Host, address: int, prober: Host, cause: int) -> None:
    """Answer a probe: the address is in use here (RFC 5227 §2.1.1)."""
    interface = world.network.interface_for(host.index, 0, address)
    assert interface is not None
    way = world.network.way(interface, prober.index) or ()
    at = world.now + world.network.latency(way)
    data = (
        "arp",
        interface.link,
        address,
        address,
        0,
        0,
        b"defence",
        ((prober.index, at),),
        0,
        host.hardware,
        prober.hardware,
    )
    record = world.record(host.index, Kind.SEND, cause, data)
    args = (prober.index, record, address, host.index, "defence")
    world.push(at, ARP, prober.index, args, world.network.links[interface.link].index)
