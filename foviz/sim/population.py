"""Adding clients to a world, at its building and while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.dhcp.client import ClientConfig
from foviz.sim.host import ClientHost
from foviz.sim.network import Interface
from foviz.sim.scenario import LAN_LATENCY, client_hardware

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


def idle_clients(world: World, count: int) -> list[ClientHost]:
    """Return *count* clients that were never switched on; add the ones that are missing."""
    clients = world.clients()
    idle = [client for client in clients if not client.ever_started][:count]
    segment = world.network.segments[0]
    if clients:
        link = world.network.interfaces[clients[0].index][0].link
        segment = world.network.links[link].other(clients[0].name)
    number = max((int(client.name[1:]) for client in clients), default=0)
    while len(idle) < count:
        number += 1
        idle.append(add_client(world, f"C{number}", segment))
    return idle
