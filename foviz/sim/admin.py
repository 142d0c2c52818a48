"""What an administrator does with relationships and scopes while the servers run.

Relationships are created and deleted, scopes added to them and removed, free addresses shared
out, databases reconciled (PROTOCOL §9.1–9.3). What Windows refuses is refused with its error's
name and number (MS-DHCPM §3.2.4.90–101). Settings of scopes are in :mod:`foviz.sim.drift`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.dhcp.scope import Scope
from foviz.failover.endpoint import Endpoint
from foviz.failover.relationship import Mode, Relationship, Role
from foviz.failover.states import NORMAL
from foviz.lease.binding import AVAILABLE, ENDED, FREE, Binding, freed
from foviz.lease.port import StandAlone
from foviz.sim.host import ServerHost, new_store
from foviz.sim.plans import LONGEST_NAME
from foviz.sim.population import failover_addresses
from foviz.sim.scenario import MOST_RELATIONSHIPS
from foviz.sim.snapshot import belief_of
from foviz.wire.failover import state_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foviz.lease.store import LeaseStore
    from foviz.sim.world import World

ERRORS: Final[dict[str, int]] = {
    "FO_SCOPE_ALREADY_IN_RELATIONSHIP": 0x4E90,
    "FO_RELATIONSHIP_EXISTS": 0x4E91,
    "FO_RELATIONSHIP_DOES_NOT_EXIST": 0x4E92,
    "FO_SCOPE_NOT_IN_RELATIONSHIP": 0x4E93,
    "FO_RELATION_IS_SECONDARY": 0x4E94,
    "FO_TIME_OUT_OF_SYNC": 0x4E96,
    "FO_STATE_NOT_NORMAL": 0x4E98,
    "SERVER_NOT_REACHABLE": 0x4E9A,
    "SERVER_NOT_RUNNING": 0x4E9B,
    "FO_RELATIONSHIP_NAME_TOO_LONG": 0x4E9D,
    "FO_MAX_RELATIONSHIPS": 0x4EA0,
    "FO_SCOPE_SYNC_IN_PROGRESS": 0x4EA5,
}
"""Windows' errors (ERROR_DHCP_…) that an administrator's deed can meet here."""

CLOCKS_S: Final = 60
"""How far two clocks may be apart for a relationship to be created (MS-Req)."""
SWITCHOVER_S: Final = 3600
"""The state switchover interval when automatic transition is switched on (MS-Settings)."""


class Check(NamedTuple):
    """One thing that is checked before a deed: what has to be so, and why it is not."""

    words: str
    reason: str


def refused(error: str, why: str) -> str:
    """Return why a deed is refused, with Windows' word for it."""
    return f"{why} (ERROR_DHCP_{error}, 0x{ERRORS[error]:X})"


# -- creating and deleting a relationship


def first_reason(checks: Iterator[Check]) -> str:
    """Return why the first check that fails does so, or ``""``; the ones behind it are not made."""
    return next((check.reason for check in checks if check.reason), "")


def against_relating(
    world: World, one: str, other: str, mode: str, scopes: tuple[str, ...], name: str = ""
) -> str:
    """Return why the relationship can't be created, or ``""``."""
    return first_reason(checks_of_relating(world, one, other, mode, scopes, name))


def checks_of_relating(
    world: World, one: str, other: str, mode: str, scopes: tuple[str, ...], name: str = ""
) -> Iterator[Check]:
    """Yield what Windows checks before it creates a relationship, in its order (§9.2)."""
    name = name or f"{one}-{other}"
    words = f"{other} is another server"
    yield Check(words, "a relationship needs two different servers" if one == other else "")
    why = ""
    if len(name) > LONGEST_NAME:
        why = f"the name has more than {LONGEST_NAME} characters"
        why = refused("FO_RELATIONSHIP_NAME_TOO_LONG", why)
    yield Check(f"the name has at most {LONGEST_NAME} characters", why)
    for server in (one, other):
        yield from _checks_of_host(server_named(world, server), name)
    why = "" if reaches(world, one, other) else f"{one} can't reach {other}"
    yield Check(f"{one} reaches {other}", refused("SERVER_NOT_REACHABLE", why) if why else "")
    apart = abs(server_named(world, one).skew - server_named(world, other).skew) // US
    why = f"the clocks differ by {apart} s" if apart > CLOCKS_S else ""
    words = f"the clocks differ by at most {CLOCKS_S} s"
    yield Check(words, refused("FO_TIME_OUT_OF_SYNC", why) if why else "")
    for scope in scopes:
        words = f"scope {scope} is in no relationship, and {other} has none of that name"
        yield Check(words, _against_scope(world, one, other, scope))


def _checks_of_host(host: ServerHost, name: str) -> Iterator[Check]:
    server, why = host.name, ""
    if not host.running:
        why = refused("SERVER_NOT_RUNNING", f"the service of {server} is not running")
    yield Check(f"the service of {server} is running", why)
    why = ""
    if name in host.relationships:
        why = refused("FO_RELATIONSHIP_EXISTS", f"{server} has a relationship {name} already")
    yield Check(f"{server} has no relationship {name}", why)
    why = ""
    if len(host.relationships) >= MOST_RELATIONSHIPS:
        why = f"{server} has {MOST_RELATIONSHIPS} relationships already"
        why = refused("FO_MAX_RELATIONSHIPS", why)
    yield Check(f"{server} has fewer than {MOST_RELATIONSHIPS} relationships", why)


def _against_scope(world: World, one: str, other: str, scope: str) -> str:
    if scope not in server_named(world, one).scopes:
        return f"{one} has no scope {scope}"
    for host in world.servers():
        for key, found in host.relationships.items():
            if scope in found.scopes:
                why = f"scope {scope} is in relationship {key}"
                return refused("FO_SCOPE_ALREADY_IN_RELATIONSHIP", why)
    if scope in server_named(world, other).scopes:
        return f"{other} has a scope {scope} already; it must not exist on the partner"
    return ""


def relate(
    world: World,
    cause: int,
    one: str,
    other: str,
    mode: str,
    scopes: tuple[str, ...],
    name: str = "",
) -> None:
    """Create a relationship; the first server is its primary, and the active one."""
    name = name or f"{one}-{other}"
    hosts = server_named(world, one), server_named(world, other)
    for wanted in scopes:
        _copy_scope(world, hosts[0], hosts[1], wanted)
    detail = f"{name} {mode}"
    for role, host, partner in (
        (Role.PRIMARY, hosts[0], hosts[1]),
        (Role.SECONDARY, hosts[1], hosts[0]),
    ):
        own_address, partner_address = failover_addresses(world, host.name, partner.name)
        host.relationships[name] = Relationship(
            name,
            Mode(mode),
            role,
            host.name,
            own_address,
            partner.name,
            partner_address,
            scopes=scopes,
        )
        record = note(world, host, cause, "relationship created", detail)
        _begin(world, host, name, record)


def _begin(world: World, host: ServerHost, name: str, cause: int) -> None:
    """Start the endpoint of a relationship that was just configured."""
    assert host.server is not None
    assert host.failover is not None
    relationship = host.relationships[name]
    stores = {scope: host.server.scopes[scope].store for scope in relationship.scopes}
    networks = {key: (config.network, config.prefix) for key, config in host.scopes.items()}
    endpoint = Endpoint(relationship, host.profile, stores, None, networks=networks)
    for scope in relationship.scopes:
        host.server.scopes[scope].port = endpoint
        _forget_what_is_known(host, stores[scope])
    world.carry_out(host, "failover", host.failover.begin(host.clock(world.now), endpoint), cause)


def _forget_what_is_known(host: ServerHost, store: LeaseStore) -> None:
    """A new partner knows nothing yet: whatever is not simply FREE has to be told."""
    for binding in store.touched():
        if binding.status is not FREE:
            _write(host, store, binding._replace(known=False, acked_pet=0, told=0))


def _write(host: ServerHost, store: LeaseStore, binding: Binding) -> None:
    store.put(binding)
    host.persist("leases", (store.scope, binding.address), binding)


def _copy_scope(world: World, source: ServerHost, target: ServerHost, scope: str) -> None:
    """The scope with its properties, options and reservations goes to the partner."""
    assert target.server is not None
    config = target.scopes[scope] = source.scopes[scope]
    target.server.scopes[scope] = Scope(config, new_store(config), StandAlone())
    world.touched[target.index] = None


def against_deleting(world: World, name: str, keeper: str = "") -> str:
    """Return why the relationship can't be deleted, or ``""``."""
    return first_reason(checks_of_deleting(world, name, keeper))


def checks_of_deleting(world: World, name: str, keeper: str = "") -> Iterator[Check]:
    """Yield what is checked before a relationship is deleted."""
    if keeper:
        why = ""
        if name not in server_named(world, keeper).relationships:
            why = f"{keeper} has no relationship {name}"
            why = refused("FO_RELATIONSHIP_DOES_NOT_EXIST", why)
        yield Check(f"{keeper} has a relationship {name}", why)
    yield from _both_run(sides_of(world, name))


def delete(world: World, cause: int, name: str, keeper: str = "") -> None:
    """Delete a relationship on both servers; its scopes stay on one and vanish from the other."""
    hosts = sides_of(world, name)
    keeper = keeper or next(h.name for h in hosts if h.relationships[name].role.is_primary)
    for host in hosts:
        scopes = host.relationships[name].scopes
        record = note(world, host, cause, "relationship deleted", name)
        assert host.failover is not None
        actions = host.failover.end(host.clock(world.now), name)
        world.carry_out(host, "failover", actions, record)
        for timer in [timer for timer in host.timers if timer.startswith(f"failover:{name}/")]:
            del host.timers[timer]
        host.persist("failover", name, None)
        del host.relationships[name]
        for scope in scopes:
            _leave(world, host, scope, record, stays=host.name == keeper)
    world.monitors.forget_relationship(name)


def _leave(world: World, host: ServerHost, scope: str, cause: int, *, stays: bool) -> None:
    """A scope leaves its relationship: here it stays with all its addresses, or is deleted."""
    assert host.server is not None
    world.touched[host.index] = None
    if not stays:
        del host.scopes[scope]
        del host.server.scopes[scope]
        leases = host.disk.get("leases", {})
        for key in [key for key in leases if key[0] == scope]:
            del leases[key]
    else:
        found = host.server.scopes[scope]
        found.port = StandAlone()
        now = host.clock(world.now)
        for binding in found.store.touched():
            over = binding.status in AVAILABLE or binding.status in ENDED
            alone = freed(binding, now, FREE, known=True) if over else binding._replace(known=True)
            _write(host, found.store, alone)
    host.server.wakeup = 0
    actions = host.server.watch_endings(host.clock(world.now))
    world.carry_out(host, "dhcp", actions, cause)


# -- scopes of a relationship


def against_adding(world: World, scope: str, name: str) -> str:
    """Return why the scope can't be added to the relationship, or ``""``."""
    return first_reason(checks_of_adding(world, scope, name))


def checks_of_adding(world: World, scope: str, name: str) -> Iterator[Check]:
    """Yield what is checked before a scope joins a relationship that exists."""
    yield Check(f"both servers of {name} are in NORMAL and have compared", _not_normal(world, name))
    owners = [host for host in sides_of(world, name) if scope in host.scopes]
    why = "" if owners else f"neither server of {name} has a scope {scope}"
    yield Check(f"a server of {name} has scope {scope}", why)
    if owners:
        partner = next(host for host in sides_of(world, name) if host is not owners[0])
        words = f"scope {scope} is in no relationship, and {partner.name} has none of that name"
        yield Check(words, _against_scope(world, owners[0].name, partner.name, scope))


def add_scope(world: World, cause: int, scope: str, name: str) -> None:
    """Add a scope to a relationship; the partner gets a copy, and what is leased is told."""
    one, other = sides_of(world, name)
    source, target = (one, other) if scope in one.scopes else (other, one)
    _copy_scope(world, source, target, scope)
    records: list[tuple[ServerHost, int]] = []
    for host in (source, target):
        relationship = host.relationships[name]
        changed = relationship._replace(scopes=(*relationship.scopes, scope))
        host.relationships[name] = changed
        assert host.failover is not None
        assert host.server is not None
        endpoint = host.failover.endpoints[name]
        endpoint.relationship = changed
        found = host.server.scopes[scope]
        endpoint.stores[scope] = found.store
        endpoint.networks[scope] = (found.config.network, found.config.prefix)
        found.port = endpoint
        _forget_what_is_known(host, found.store)
        records.append((host, note(world, host, cause, "scope added", f"{scope} to {name}")))
    for host, record in records:
        assert host.failover is not None
        now = host.clock(world.now)
        for binding in host.failover.endpoints[name].stores[scope].touched():
            actions = host.failover.on_binding(now, scope, binding.address)
            world.carry_out(host, "failover", actions, record)
        if host.relationships[name].role.is_primary:
            _share_out(world, host, name, record)


def against_removing(world: World, scope: str, name: str, keeper: str = "", force: str = "") -> str:
    """Return why the scope can't be removed from the relationship, or ``""``."""
    return first_reason(checks_of_removing(world, scope, name, keeper, force))


def checks_of_removing(
    world: World, scope: str, name: str, keeper: str = "", force: str = ""
) -> Iterator[Check]:
    """Yield what is checked before failover is deconfigured for a scope."""
    hosts = sides_of(world, name)
    why = ""
    if scope not in hosts[0].relationships[name].scopes:
        why = refused("FO_SCOPE_NOT_IN_RELATIONSHIP", f"scope {scope} is not in {name}")
    yield Check(f"scope {scope} is in {name}", why)
    if keeper and keeper not in [host.name for host in hosts]:
        yield Check(f"{keeper} has a part in {name}", f"{keeper} has no part in {name}")
    yield from _both_run(hosts)
    if not force:
        yield Check("both servers are in NORMAL and have compared", _not_normal(world, name))


def _both_run(hosts: list[ServerHost]) -> Iterator[Check]:
    for host in hosts:
        why = f"the service of {host.name} is not running"
        reason = "" if host.running else refused("SERVER_NOT_RUNNING", why)
        yield Check(f"the service of {host.name} is running", reason)


def remove_scope(
    world: World, cause: int, scope: str, name: str, keeper: str = "", force: str = ""
) -> None:
    """Deconfigure failover for a scope: it stays here and is deleted on the partner."""
    hosts = sides_of(world, name)
    keeper = keeper or next(h.name for h in hosts if h.relationships[name].role.is_primary)
    for host in hosts:
        relationship = host.relationships[name]
        rest = tuple(other for other in relationship.scopes if other != scope)
        host.relationships[name] = relationship._replace(scopes=rest)
        if host.failover is not None:
            endpoint = host.failover.endpoints[name]
            endpoint.relationship = host.relationships[name]
            _forget_scope(endpoint, scope)
        record = note(world, host, cause, "scope removed", f"{scope} from {name}")
        _leave(world, host, scope, record, stays=host.name == keeper)


def _forget_scope(endpoint: Endpoint, scope: str) -> None:
    """Nothing of the scope waits for the partner any more."""
    endpoint.stores.pop(scope, None)
    endpoint.networks.pop(scope, None)
    waits: tuple[dict[Any, Any], ...] = (
        endpoint.queue,
        endpoint.busy,
        endpoint.claims,
        endpoint.late,
    )
    for waiting in waits:
        for key in [key for key in waiting if key[0] == scope]:
            del waiting[key]
    for xid in [xid for xid, (name, _) in endpoint.outstanding.items() if name == scope]:
        del endpoint.outstanding[xid]
    if endpoint.request is not None:
        for key in [key for key in endpoint.request[1] if key[0] == scope]:
            del endpoint.request[1][key]


def _not_normal(world: World, name: str) -> str:
    for host in sides_of(world, name):
        side = host.failover.endpoints.get(name) if host.failover is not None else None
        if side is None:
            return refused("SERVER_NOT_RUNNING", f"the service of {host.name} is not running")
        if side.state is not NORMAL:
            why = f"{host.name} is in {state_text(side.state)}, not in NORMAL"
            return refused("FO_STATE_NOT_NORMAL", why)
        if side.asked or side.request is not None:
            why = f"{host.name} and its partner are still comparing their databases"
            return refused("FO_SCOPE_SYNC_IN_PROGRESS", why)
    return ""


# -- addresses and records


def against_sharing(world: World, server: str, name: str = "") -> str:
    """Return why a server can't share out addresses now, or ``""``."""
    host = server_named(world, server)
    if not host.running or host.failover is None:
        return refused("SERVER_NOT_RUNNING", f"the service of {server} is not running")
    sides = [found for key, found in host.relationships.items() if name in ("", key)]
    if not sides:
        return refused("FO_RELATIONSHIP_DOES_NOT_EXIST", f"{server} has no such relationship")
    if not any(found.role.is_primary for found in sides):
        return refused("FO_RELATION_IS_SECONDARY", f"{server} is the secondary")
    states = [host.failover.endpoints[found.name].state for found in sides]
    if not any(state is NORMAL for state in states):
        return refused("FO_STATE_NOT_NORMAL", f"{server} is in {state_text(states[0])}")
    return ""


def share_out(world: World, cause: int, server: str, name: str = "") -> None:
    """Share the free addresses out now, and not at the next turn of the timer."""
    host = server_named(world, server)
    for key, found in host.relationships.items():
        if name in ("", key) and found.role.is_primary:
            record = note(world, host, cause, "rebalance", key)
            _share_out(world, host, key, record)


def _share_out(world: World, host: ServerHost, name: str, cause: int) -> None:
    assert host.failover is not None
    actions = host.failover.on_timer(host.clock(world.now), f"{name}/rebalance")
    world.carry_out(host, "failover", actions, cause)


def against_reconciling(world: World, scope: str, server: str, report: str = "") -> str:
    """Return why a server can't compare its records of a scope, or ``""``."""
    host = server_named(world, server)
    if not host.running:
        return refused("SERVER_NOT_RUNNING", f"the service of {server} is not running")
    if scope not in host.scopes:
        return f"{server} has no scope {scope}"
    partner = _partner_in(world, host, scope)
    if partner is None:
        why = f"scope {scope} is in no relationship"
        return refused("FO_SCOPE_NOT_IN_RELATIONSHIP", why)
    if partner.server is None:
        return refused("SERVER_NOT_RUNNING", f"the service of {partner.name} is not running")
    return ""


def reconcile(world: World, cause: int, scope: str, server: str, report: str = "") -> None:
    """Compare a server's records with its partner's; unless only a report is asked for, resend."""
    host = server_named(world, server)
    partner = _partner_in(world, host, scope)
    assert host.server is not None
    assert host.failover is not None
    assert partner is not None
    assert partner.server is not None
    own, theirs = host.server.scopes[scope].store, partner.server.scopes[scope].store
    addresses = dict.fromkeys(b.address for store in (own, theirs) for b in store.touched())
    differing = [
        address
        for address in sorted(addresses)
        if address in own
        and address in theirs
        and belief_of(own.get(address)) != belief_of(theirs.get(address))
    ]
    detail = f"{scope}: {len(differing)} differ" + (", reported only" if report else "")
    record = note(world, host, cause, "reconciled", detail)
    if report:
        return
    now = host.clock(world.now)
    for address in differing:
        _write(host, own, own.get(address)._replace(known=False, refused=False))
        actions = host.failover.on_binding(now, scope, address)
        world.carry_out(host, "failover", actions, record)


# -- helpers


def server_named(world: World, name: str) -> ServerHost:
    """Return the server with a name."""
    host = world.host_named(name)
    assert isinstance(host, ServerHost), name
    return host


def sides_of(world: World, name: str) -> list[ServerHost]:
    """Return the two servers of a relationship."""
    return [host for host in world.servers() if name in host.relationships]


def _partner_in(world: World, host: ServerHost, scope: str) -> ServerHost | None:
    for found in host.relationships.values():
        if scope in found.scopes:
            return server_named(world, found.partner_name)
    return None


def reaches(world: World, one: str, other: str) -> bool:
    """Whether a packet gets from one server to the other now."""
    own, partner = failover_addresses(world, one, other)
    network = world.network
    interface = network.interface_for(server_named(world, one).index, own, partner)
    if interface is None:
        return False
    way = network.route(interface, server_named(world, other).index)
    return way is not None and not network.cut_on(way)


def note(world: World, host: ServerHost, cause: int, what: str, detail: str) -> int:
    """Record what an administrator did to a server, and return the record."""
    world.touched[host.index] = None
    return world.record(host.index, Kind.HOST, cause, (what, detail))
