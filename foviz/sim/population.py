"""Adding clients to a world, at its building and while it runs; where partners meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.dhcp.client import ClientConfig
from foviz.sim.host import ClientHost
from foviz.sim.network import Interface
from foviz.sim.plans import client_hardware
from foviz.sim.scenario import LAN_LATENCY

if TYPE_CHECKING:
    from foviz.sim.world import World


def add_client(world: World, name: str, segment: str) -> ClientHost:
    """Add a client that is switched off; its number makes its hardware address."""
    hardware = client_hardware(int(name[1:]))
    index = world.network.add_host(name)
    config = ClientConfig(
        name, hardware, world.seed, first_delay=world.first_delay, fuzz=world.fuzz
    )
    host = ClientHost(index, config)
    world.hosts.append(host)
    link = f"{segment}-{name}"
    world.network.add_link(link, segment, name, LAN_LATENCY)
    world.network.add_interface(Interface(index, link, 0, 32, hardware))
    return host


def idle_clients(world: World, count: int, segment: str = "") -> list[ClientHost]:
    """Return *count* clients that were never switched on; add the ones that are missing.

    Of all segments, or of one; the ones that are added stand where the first client stands.
    """
    clients = world.clients()
    idle = [
        client
        for client in clients
        if not client.ever_started and segment in ("", segment_of(world, client))
    ][:count]
    where = segment or (segment_of(world, clients[0]) if clients else world.network.segments[0])
    number = max((int(client.name[1:]) for client in clients), default=0)
    while len(idle) < count:
        number += 1
        idle.append(add_client(world, f"C{number}", where))
    return idle


def segment_of(world: World, client: ClientHost) -> str:
    """Return the segment that a client stands on."""
    link = world.network.interfaces[client.index][0].link
    return world.network.links[link].other(client.name)


def failover_addresses(world: World, own: str, partner: str) -> tuple[int, int]:
    """Return the addresses of the failover link: a link of their own, else a shared segment."""
    one, other = world.host_named(own), world.host_named(partner)
    assert one is not None
    assert other is not None
    ours = world.network.interfaces[one.index]
    theirs = world.network.interfaces[other.index]
    for interface in ours:
        for opposite in theirs:
            if interface.link == opposite.link:
                return interface.address, opposite.address
    for interface in ours:
        for opposite in theirs:
            if interface.reaches(opposite.address):
                return interface.address, opposite.address
    return ours[0].address, theirs[0].address
