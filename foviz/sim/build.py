"""From a scenario to a world whose hosts are all switched off but about to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.dhcp.relay import RelayConfig
from foviz.failover.relationship import Relationship, Role
from foviz.sim.events import NOBODY
from foviz.sim.host import RelayHost, ServerHost
from foviz.sim.network import Interface
from foviz.sim.population import add_client, failover_addresses
from foviz.sim.scenario import (
    LAN_LATENCY,
    PAIR_STARTS,
    Scenario,
    relay_hardware,
    server_hardware,
)
from foviz.sim.world import World

if TYPE_CHECKING:
    from foviz.sim.network import Link
    from foviz.sim.plans import RelationshipPlan

WIRE_FOOT = 0x99
"""Number of a host's first foot on a link between two hosts; those on segments are 0, 1 …"""


def build(scenario: Scenario, seed: int) -> World:
    """Return the world of a scenario: servers start 10 minutes before the story."""
    world = World(seed, scenario.story - PAIR_STARTS)
    world.first_delay, world.fuzz = scenario.first_delay, scenario.fuzz
    for name, _, _ in scenario.segments:
        world.network.add_segment(name)
    for place in range(len(scenario.servers)):
        _add_server(world, scenario, place)
    for place in range(len(scenario.relays)):
        _add_relay(world, scenario, place)
    for plan in scenario.links:
        link = world.network.add_link(plan.name, plan.a, plan.b, plan.latency)
        if plan.network is not None:
            _give_addresses(world, link, *plan.network)
    for client in scenario.clients:
        add_client(world, client.name, client.segment)
    _relate(world, scenario)
    for host in (*world.relays(), *world.servers()):  # first the ways, then who uses them
        world.schedule(world.now, "boot", (host.index,), NOBODY)
    world.clear_queue()
    return world


def _add_server(world: World, scenario: Scenario, place: int) -> None:
    plan = scenario.servers[place]
    index = world.network.add_host(plan.name)
    scopes = {
        scope.config.name: scope.on(plan.name)
        for scope in scenario.scopes
        if plan.name in scope.servers
    }
    hardware = server_hardware(place, 0)
    host = ServerHost(index, plan.name, hardware, scenario.profile, scopes, {})
    host.skew = plan.skew
    if plan.skew:
        world.monitors.on_misfortune("clocks", NOBODY)
    world.hosts.append(host)
    prefixes = {name: prefix for name, _, prefix in scenario.segments}
    for foot, (segment, address) in enumerate(plan.addresses):
        link = f"{segment}-{plan.name}"
        world.network.add_link(link, segment, plan.name, LAN_LATENCY)
        mac = server_hardware(place, foot)
        world.network.add_interface(Interface(index, link, address, prefixes[segment], mac))
    world.network.listen(67, index)


def _add_relay(world: World, scenario: Scenario, place: int) -> None:
    plan = scenario.relays[place]
    index = world.network.add_host(plan.name)
    addresses = tuple(address for _, address in plan.addresses)
    config = RelayConfig(plan.name, plan.helpers, plan.hops)
    world.hosts.append(RelayHost(index, relay_hardware(place, 0), config, addresses))
    prefixes = {name: prefix for name, _, prefix in scenario.segments}
    for foot, (segment, address) in enumerate(plan.addresses):
        link = f"{segment}-{plan.name}"
        world.network.add_link(link, segment, plan.name, LAN_LATENCY)
        mac = relay_hardware(place, foot)
        world.network.add_interface(Interface(index, link, address, prefixes[segment], mac))
    world.network.add_router(index)
    world.network.listen(67, index)


def _give_addresses(world: World, link: Link, network: int, prefix: int) -> None:
    """Number the two ends of a point-to-point link .1 and .2."""
    for place, name in enumerate((link.a, link.b)):
        host = world.host_named(name)
        if host is not None:
            feet = world.network.interfaces[host.index]
            on_wires = sum(not _on_segment(world, foot) for foot in feet)
            make = relay_hardware if isinstance(host, RelayHost) else server_hardware
            mac = make(host.index, WIRE_FOOT + on_wires)
            interface = Interface(host.index, link.name, network + 1 + place, prefix, mac)
            world.network.add_interface(interface)
            if isinstance(host, RelayHost):
                host.addresses = (*host.addresses, interface.address)


def _on_segment(world: World, interface: Interface) -> bool:
    link = world.network.links[interface.link]
    return link.a in world.network.segments or link.b in world.network.segments


def _relate(world: World, scenario: Scenario) -> None:
    for plan in scenario.relationships:
        for role, own, partner in (
            (Role.PRIMARY, plan.primary, plan.secondary),
            (Role.SECONDARY, plan.secondary, plan.primary),
        ):
            host = world.host_named(own)
            assert isinstance(host, ServerHost)
            host.relationships[plan.name] = _side(world, plan, role, own, partner)


def _side(world: World, plan: RelationshipPlan, role: Role, own: str, partner: str) -> Relationship:
    own_address, partner_address = failover_addresses(world, own, partner)
    return Relationship(
        name=plan.name,
        mode=plan.mode,
        role=role,
        own_name=own,
        own_address=own_address,
        partner_name=partner,
        partner_address=partner_address,
        mclt_s=plan.mclt_s,
        reserve_percent=plan.reserve_percent,
        local_percent=plan.local_percent,
        switchover_s=plan.switchover_s,
        port=plan.port,
        scopes=plan.scopes,
        secret=plan.secret,
    )
