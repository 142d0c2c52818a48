"""What the user can do to the world: every intervention, checked and carried out.

``crash`` takes power away and nobody is told; ``kill service`` ends the process and the
system resets its connections; ``stop service`` ends it in order (DESIGN §11.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foviz.base.address import ip_text
from foviz.base.errors import ScriptError
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.endpoint import COMMANDS
from foviz.failover.states import STATES, Event
from foviz.failover.table import OPERATOR_STATES, has_row
from foviz.lease.binding import AVAILABLE
from foviz.sim import admin, drift, settings, transport
from foviz.sim.admin import Check
from foviz.sim.events import NOBODY
from foviz.sim.host import ClientHost, Host, ServerHost
from foviz.sim.population import idle_clients
from foviz.wire import dhcp, failover
from foviz.wire.failover import state_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foviz.base.action import ExitProcess
    from foviz.sim.network import Link
    from foviz.sim.world import World


MOST_HOSTS = 10_000

MEET_AFTER = US
"""How long after a link was mended the first ARP packet crosses it, in µs."""


class Intervention(NamedTuple):
    """One deed of the user: the verb, its arguments, and the lab line that says it."""

    verb: str
    args: tuple[Any, ...]
    line: str


class MessageFault:
    """A fault that waits for messages: drop, withhold, delay or duplicate the next ones of a kind.

    ``message`` is the message's name without DHCP (``BNDACK``, ``OFFER``), empty for any;
    ``sender`` a host's name, empty for any. ``delay`` in µs.
    """

    def __init__(self, what: str, message: str, sender: str, left: int, delay: int = 0) -> None:
        self.what = what
        self.message = message
        self.sender = sender
        self.left = left
        self.delay = delay

    def matches(self, sender: str, protocol: str, octets: bytes) -> bool:
        """Whether the fault befalls this message."""
        if self.sender and self.sender != sender:
            return False
        return not self.message or message_name(protocol, octets) == self.message


def message_name(protocol: str, octets: bytes) -> str:
    """Return a message's name: ``DISCOVER``, ``BNDUPD``, ``SYN``, ``probe``."""
    if protocol == "dhcp":
        kind = dhcp.decode(octets).message_type
        return dhcp.MessageType(kind).name if 1 <= kind <= 8 else "BOOTP"
    if protocol == "failover":
        kind = octets[2]
        return failover.FailoverType(kind).name if 1 <= kind <= 12 else f"type {kind}"
    return octets.decode("ascii")


# -- what can't be done now


def reason_against(world: World, intervention: Intervention) -> str:
    """Return why the intervention is impossible now, or ``""``."""
    check = _CHECKS.get(intervention.verb)
    return check(world, *intervention.args) if check else ""


def checks_of(world: World, intervention: Intervention) -> tuple[Check, ...]:
    """Return what is checked before a deed, in order, up to and with the first that fails."""
    listed = _LISTED.get(intervention.verb)
    if listed is None:
        reason = reason_against(world, intervention)
        return (Check("this can be done now", reason),)
    found: list[Check] = []
    for made in listed(world, *intervention.args):
        found.append(made)
        if made.reason:
            break
    return tuple(found)


def _needs_off(world: World, name: str) -> str:
    host = _host(world, name)
    return f"{name} is running already" if host.running else ""


def _needs_running(world: World, name: str, *rest: Any) -> str:
    host = _host(world, name)
    if not host.powered:
        return f"{name} is off"
    return "" if host.running else f"the service of {name} is not running"


def _needs_power(world: World, name: str) -> str:
    return "" if _host(world, name).powered else f"{name} is off already"


def _may_start_many(world: World, count: int, over: int, segment: str = "") -> str:
    if not count:
        return "nobody would start"
    if not world.network.segments:
        return "there is no segment for them"
    return (
        f"more than {MOST_HOSTS} hosts are too many"
        if (len(world.hosts) + count > MOST_HOSTS)
        else ""
    )


def _has_no_endpoint(world: World, name: str, relationship: str) -> str:
    reason = _needs_running(world, name)
    if reason:
        return reason
    host = _host(world, name)
    assert isinstance(host, ServerHost)
    if relationship and relationship not in host.relationships:
        return f"{name} has no part in {relationship}"
    if not host.relationships:
        return f"{name} has no failover partner"
    if not relationship and len(host.relationships) > 1:
        names = ", ".join(host.relationships)
        return f"{name} has several relationships; say which, with “in”: {names}"
    return ""


def _may_declare_down(world: World, name: str, relationship: str = "") -> str:
    reason = _has_no_endpoint(world, name, relationship)
    if reason:
        return reason
    endpoint = _endpoint(world, name, relationship)
    return _not_in_state(endpoint, name, Event.PARTNER_DOWN)


def _not_in_state(endpoint: Any, name: str, event: Event) -> str:
    """Say that the event has no row in the present state, and in which states it has."""
    if has_row(endpoint.state, event, endpoint.profile):
        return ""
    possible = [state_text(s) for s in STATES if has_row(s, event, endpoint.profile)]
    return f"{name} is in {state_text(endpoint.state)}; it is possible in {', '.join(possible)}"


def _may_command(world: World, command: str, name: str, relationship: str = "") -> str:
    reason = _has_no_endpoint(world, name, relationship)
    if reason:
        return reason
    endpoint = _endpoint(world, name, relationship)
    if not endpoint.profile.operator_states:
        return (
            f"profile {endpoint.profile.name} has no state for it; "
            f"“stop service {name}” or “crash {name}” takes the server away"
        )
    if command != "resume" and endpoint.state in OPERATOR_STATES:
        return f"{name} is in {state_text(endpoint.state)} already; “resume {name}” ends it"
    return _not_in_state(endpoint, name, COMMANDS[command])


def _may_restore(world: World, name: str, how: str) -> str:
    host = _host(world, name)
    assert isinstance(host, ServerHost)
    return "" if host.backup is not None else f"{name} has no backup; first: back up {name}"


def _may_reset(world: World, name: str, address: int) -> str:
    reason = _needs_running(world, name)
    host = _host(world, name)
    if reason or not isinstance(host, ServerHost) or host.server is None:
        return reason
    for scope in host.server.scopes.values():
        if address in scope.store:
            status = scope.store.get(address).status
            return f"{ip_text(address)} is {status.name} already" if status in AVAILABLE else ""
    return f"{ip_text(address)} is in no scope of {name}"


def _needs_lease(world: World, name: str) -> str:
    host = _host(world, name)
    if not isinstance(host, ClientHost) or host.client is None:
        return f"{name} is off"
    return "" if host.client.lease is not None else f"{name} has no lease"


def _link_can_be_cut(world: World, name: str, towards: str) -> str:
    link = world.network.links[name]
    done = link.cut == "both" or (towards and link.is_cut(towards))
    return f"{name} is cut already" if done else ""


def _link_can_be_healed(world: World, name: str) -> str:
    return "" if world.network.links[name].cut else f"{name} is not cut"


def _message_can_fail(
    world: World, what: str, message: str, sender: str, count: int, delay: int = 0
) -> str:
    if not count:
        return "no message would be meant"
    if what == "duplicate" and (message == "SYN" or message in failover.FailoverType.__members__):
        return f"TCP never delivers a {message} twice"
    return ""


_CHECKS: Final[dict[str, Callable[..., str]]] = {
    "start": _needs_off,
    "crash": _needs_power,
    "kill service": _needs_running,
    "stop service": _needs_running,
    "partner-down": _may_declare_down,
    "halt": _may_command,
    "restore": _may_restore,
    "reset": _may_reset,
    "release": _needs_lease,
    "renew": _needs_lease,
    "decline": _needs_lease,
    "cut": _link_can_be_cut,
    "heal": _link_can_be_healed,
    "start many": _may_start_many,
    "message": _message_can_fail,
    "set": settings.reason_against,
    "set mode": settings.reason_against_mode,
    "relate": admin.against_relating,
    "delete relationship": admin.against_deleting,
    "add scope": admin.against_adding,
    "remove scope": admin.against_removing,
    "scope setting": drift.against_scope_setting,
    "replicate": drift.against_replicating,
    "rebalance": admin.against_sharing,
    "reconcile": admin.against_reconciling,
    "set secret": settings.reason_against_secret,
}


_LISTED: Final[dict[str, Callable[..., Iterator[Check]]]] = {
    "relate": admin.checks_of_relating,
    "delete relationship": admin.checks_of_deleting,
    "add scope": admin.checks_of_adding,
    "remove scope": admin.checks_of_removing,
    "replicate": drift.checks_of_replicating,
}
"""Deeds that make several checks, which people may want to see one by one."""


# -- doing it


def check(world: World, intervention: Intervention) -> None:
    """Raise ScriptError when the intervention is impossible now."""
    reason = reason_against(world, intervention)
    if reason:
        raise ScriptError(f"can't {intervention.line}: {reason}")


def carry_out(world: World, intervention: Intervention, cause: int) -> None:
    """Do what was checked."""
    _DEEDS[intervention.verb](world, cause, *intervention.args)


def boot(world: World, cause: int, index: int) -> None:
    """Give a host power, if it has none, and start what runs on it."""
    host = world.hosts[index]
    if host.running:
        return
    host.powered = True
    host.running = True
    host.ever_started = True
    world.network.set_power(index, on=True)
    record = world.record(index, Kind.HOST, cause, ("boot", ""))
    for engine, actions in host.boot(host.clock(world.now)):
        world.carry_out(host, engine, actions, record)
    if isinstance(host, ClientHost) and host.client is not None:
        # What it remembers may be over: then it holds the address no longer.
        world.hold_address(host, host.client.lease)


def _start(world: World, cause: int, name: str) -> None:
    boot(world, cause, _host(world, name).index)


def _start_many(world: World, cause: int, count: int, over: int, segment: str = "") -> None:
    for place, client in enumerate(idle_clients(world, count, segment)):
        client.ever_started = True
        world.touched[client.index] = None
        world.schedule(world.now + over * place // count, "boot", (client.index,), cause)


def _down(world: World, host: Host, what: str, cause: int, why: str = "") -> int:
    host.running = False
    host.down_since = world.now
    host.down_why = what
    host.forget()
    world.touched[host.index] = None
    return world.record(host.index, Kind.HOST, cause, (what, why))


def _crash(world: World, cause: int, name: str) -> None:
    host = _host(world, name)
    _down(world, host, "crash", cause)
    host.powered = False
    world.network.set_power(host.index, on=False)
    transport.vanish(world, host.index)


def _kill(world: World, cause: int, name: str) -> None:
    host = _host(world, name)
    record = _down(world, host, "kill", cause)
    transport.reset_all(world, host.index, record)


def exit_process(world: World, host: Host, engine: str, action: ExitProcess, cause: int) -> None:
    """A process ends of its own accord; its system resets the connections."""
    record = _down(world, host, "kill", cause, action.why)
    transport.reset_all(world, host.index, record)


def _stop(world: World, cause: int, name: str, *, again: bool = False) -> None:
    host = _host(world, name)
    for engine, actions in host.stop(host.clock(world.now), again=again):
        world.carry_out(host, engine, actions, cause)
    _down(world, host, "stop", cause)
    if isinstance(host, ClientHost):
        host.powered = False


def _restart(world: World, cause: int, name: str) -> None:
    host = _host(world, name)
    if host.running:
        _stop(world, cause, name, again=True)
    boot(world, cause, host.index)


def _lose_disk(world: World, cause: int, name: str) -> None:
    host = _host(world, name)
    host.disk.clear()
    world.touched[host.index] = None
    if isinstance(host, ServerHost):
        host.storage_lost = host.ever_lost_storage = True
    record = world.record(host.index, Kind.HOST, cause, ("lose-disk", ""))
    if isinstance(host, ServerHost):
        world.monitors.on_misfortune("storage-lost", record)


def _back_up(world: World, cause: int, name: str) -> None:
    host = _host(world, name)
    assert isinstance(host, ServerHost)
    host.back_up()
    world.touched[host.index] = None
    world.record(host.index, Kind.HOST, cause, ("back-up", ""))


def _restore(world: World, cause: int, name: str, how: str) -> None:
    """The service is not running while its database is replaced."""
    host = _host(world, name)
    assert isinstance(host, ServerHost)
    running = host.running
    if running:
        _stop(world, cause, name, again=True)
    host.restore(host.clock(world.now), told=how != "raw")
    host.ever_lost_storage = True
    world.touched[host.index] = None
    record = world.record(host.index, Kind.HOST, cause, ("restore", how))
    world.monitors.on_misfortune("storage-lost", record)
    if running:
        boot(world, record, host.index)


def _skew(world: World, cause: int, name: str, skew: int) -> None:
    host = _host(world, name)
    host.skew = skew
    world.touched[host.index] = None
    record = world.record(host.index, Kind.HOST, cause, ("skew", str(skew)))
    excuse = "clocks" if isinstance(host, ServerHost) else "past-its-end"
    world.monitors.on_misfortune(excuse, record)
    if isinstance(host, ServerHost) and host.server is not None:
        host.server.wakeup = 0
        world.carry_out(host, "dhcp", host.server.watch_endings(host.clock(world.now)), record)


def _partner_down(world: World, cause: int, name: str, relationship: str = "") -> None:
    _command(world, cause, "partner-down", name, relationship)


def _command(world: World, cause: int, command: str, name: str, relationship: str = "") -> None:
    host = _host(world, name)
    assert isinstance(host, ServerHost)
    assert host.failover is not None
    endpoint = _endpoint(world, name, relationship)
    actions = host.failover.on_command(host.clock(world.now), endpoint.name, command)
    world.carry_out(host, "failover", actions, cause)


def _reset(world: World, cause: int, name: str, address: int) -> None:
    host = _host(world, name)
    assert isinstance(host, ServerHost)
    assert host.server is not None
    world.carry_out(host, "dhcp", host.server.reset(host.clock(world.now), address), cause)


def _client_command(world: World, cause: int, name: str, command: str) -> None:
    host = _host(world, name)
    assert isinstance(host, ClientHost)
    assert host.client is not None
    actions = host.client.on_command(host.clock(world.now), command)
    world.carry_out(host, "client", actions, cause)


def _cut(world: World, cause: int, name: str, towards: str) -> None:
    link = world.network.links[name]
    _set_cut(world, link, towards, cause, cut=True)


def _heal(world: World, cause: int, name: str) -> None:
    _set_cut(world, world.network.links[name], "", cause, cut=False)


def heal_scheduled(world: World, cause: int, name: str) -> None:
    """Heal a link whose time of being cut is over; nothing when it was healed before."""
    if world.network.links[name].cut:
        _heal(world, cause, name)


def _set_cut(world: World, link: Link, towards: str, cause: int, *, cut: bool) -> None:
    if towards in ("", link.b):
        link.cut_ab = cut
    if towards in ("", link.a):
        link.cut_ba = cut
    world.network.changes += 1
    data = (link.name, "cut" if cut else "heal", towards)
    record = world.record(NOBODY, Kind.LINK, cause, data)
    if not cut and world.network.shared_addresses():
        world.schedule(world.now + MEET_AFTER, "meet", (link.name,), record)


def _message_fault(
    world: World, cause: int, what: str, message: str, sender: str, count: int, delay: int = 0
) -> None:
    world.message_faults.append(MessageFault(what, message, sender, count, delay))


_DEEDS: Final[dict[str, Callable[..., None]]] = {
    "start": _start,
    "start many": _start_many,
    "crash": _crash,
    "kill service": _kill,
    "stop service": _stop,
    "restart": _restart,
    "lose disk": _lose_disk,
    "skew": _skew,
    "partner-down": _partner_down,
    "halt": _command,
    "back up": _back_up,
    "restore": _restore,
    "reset": _reset,
    "release": lambda world, cause, name: _client_command(world, cause, name, "release"),
    "renew": lambda world, cause, name: _client_command(world, cause, name, "renew"),
    "decline": lambda world, cause, name: _client_command(world, cause, name, "decline"),
    "cut": _cut,
    "heal": _heal,
    "message": _message_fault,
    "set": settings.change,
    "set mode": settings.change_mode,
    "relate": admin.relate,
    "delete relationship": admin.delete,
    "add scope": admin.add_scope,
    "remove scope": admin.remove_scope,
    "scope setting": drift.set_scope_setting,
    "replicate": drift.replicate,
    "rebalance": admin.share_out,
    "reconcile": admin.reconcile,
    "set secret": settings.change_secret,
}


def _host(world: World, name: str) -> Host:
    host = world.host_named(name)
    assert host is not None, name
    return host


def _endpoint(world: World, name: str, relationship: str) -> Any:
    host = _host(world, name)
    assert isinstance(host, ServerHost)
    assert host.failover is not None
    endpoints = host.failover.endpoints
    return endpoints[relationship] if relationship else next(iter(endpoints.values()))
