"""UDP datagrams: unicast along one way, broadcast to every host that listens on the port."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from foviz.base.action import Datagram, SendDatagram
from foviz.base.address import BROADCAST
from foviz.base.kinds import Kind
from foviz.sim.events import DATAGRAM
from foviz.sim.host import ServerHost
from foviz.sim.passage import CLEAR, Passage, ordered, passage
from foviz.wire.dhcp import CLIENT_PORT

if TYPE_CHECKING:
    from foviz.sim.host import Host
    from foviz.sim.network import Hop, Interface
    from foviz.sim.world import World

_ALL_ONES = b"\xff" * 6


def send(world: World, host: Host, engine: str, action: SendDatagram, cause: int) -> None:
    """Put a datagram on the wire; whatever is lost is on record."""
    network = world.network
    interface = network.interface_for(host.index, action.source, action.destination)
    if interface is None:
        return
    targets = _targets(world, interface, action)
    broadcast = action.destination == BROADCAST
    find = network.way if broadcast else network.route
    ways = [(target, way) for target in targets if (way := find(interface, target))]
    if ways and not broadcast:
        # A routed packet leaves by the foot that its route begins with.
        interface = network.interface_on(host.index, ways[0][1][0][0]) or interface
    order = CLEAR
    if world.message_faults:
        order = ordered(world, host, [way for _, way in ways], "dhcp", action.octets)
    planned: list[Passage] = []
    arrivals: list[tuple[int, int]] = []
    for target, way in ways:
        found = passage(world, way, order)
        planned.append(found)
        arrivals.append((target, world.now + network.latency(way) + found.delay))
    hardware = _ALL_ONES
    if not broadcast:
        hardware = action.hardware or _hardware_on(world, ways)
    data = (
        "dhcp",
        interface.link,
        action.source,
        action.destination,
        action.source_port,
        action.destination_port,
        action.octets,
        tuple(arrivals),
        0,
        interface.hardware,
        hardware,
    )
    record = world.record(host.index, Kind.SEND, cause, data)
    if isinstance(host, ServerHost):
        world.monitors.hearings.on_answer(world, host, record)
    if not ways and not broadcast:
        world.record(host.index, Kind.LOST, record, (record, "no-route", interface.link))
    for found, (target, at) in zip(planned, arrivals, strict=True):
        if found.lost_at:
            # One record a hearer: each of the planned arrivals has to come to an end.
            world.record(target, Kind.LOST, record, (record, found.why, found.lost_at))
            continue
        args = (target, record, action, host.index)
        link = network.links[interface.link].index
        world.push(at, DATAGRAM, target, args, link)
        if found.twice:
            world.push(at + 1, DATAGRAM, target, args, link)


def _hardware_on(world: World, ways: list[tuple[int, tuple[Hop, ...]]]) -> bytes:
    """Return the hardware address a frame is sent to: the next router's, or the target's."""
    if not ways:
        return _ALL_ONES
    target, way = ways[0]
    hop = world.network.next_hop(way) if world.network.routers else None
    return hop.hardware if hop is not None else world.hosts[target].hardware


def _targets(world: World, interface: Interface, action: SendDatagram) -> list[int]:
    """Return the hosts that would hear the datagram if nothing were cut."""
    network = world.network
    if action.destination == BROADCAST:
        if action.destination_port == CLIENT_PORT:
            # Every client would hear it and drop what is not its own: deliver it to the owner.
            owner = network.host_of_hardware(_chaddr(action.octets))
            return [] if owner is None else [owner]
        listeners = network.listeners.get(action.destination_port, [])
        return [host for host in listeners if host != interface.host]
    if action.hardware:
        owner = network.host_of_hardware(action.hardware)
        return [] if owner is None else [owner]
    found: list[tuple[bool, int]] = []
    for host in network.holders(action.destination):
        way = network.route(interface, host) if host != interface.host else None
        if way is not None:
            found.append((bool(network.cut_on(way)), host))
    # Two holders of one address: whoever is not cut off answers the resolution.
    return [min(found)[1]] if found else []


@lru_cache(maxsize=64)
def _chaddr(octets: bytes) -> bytes:
    return octets[28 : 28 + octets[2]]


def arrive(world: World, target: int, record: int, action: SendDatagram, sender: int) -> None:
    """Deliver a datagram, unless a cut or a dead host is in the way now."""
    host = world.hosts[target]
    network = world.network
    interface = network.interface_for(sender, action.source, action.destination)
    assert interface is not None
    way = network.route(interface, target) or ()
    where, reason = network.stopped_on(way)
    if where:
        world.record(target, Kind.LOST, record, (record, reason, where))
        return
    if not host.powered or not host.running:
        why = "no-service" if host.powered else "off"
        world.record(target, Kind.LOST, record, (record, why, host.name))
        return
    received = world.record(target, Kind.RECEIVE, record, (record,))
    foot, own = way[-1][0], 0
    for entrance in network.interfaces[target]:
        if entrance.link == foot:
            own = entrance.address
            break
    delivered = Datagram(
        action.source,
        action.destination,
        action.source_port,
        action.destination_port,
        action.octets,
        own,
    )
    if not isinstance(host, ServerHost):
        world.carry_out(host, *host.on_datagram(host.clock(world.now), delivered), received)
        return
    hearings = world.monitors.hearings
    hearings.begin(world, host, received, action.octets, own)
    world.carry_out(host, *host.on_datagram(host.clock(world.now), delivered), received)
    hearings.end(world, host)
