"""Settings of a scope on one server: how they drift apart, and how one side is replicated (F16).

Windows never replicates of its own accord; whoever starts it overwrites the partner (§9.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.address import ip_text
from foviz.base.errors import FovizError
from foviz.dhcp.scope import ScopeConfig
from foviz.sim.admin import Check, first_reason, note, reaches, refused, server_named, sides_of
from foviz.sim.host import ServerHost
from foviz.sim.plans import option_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foviz.sim.host import Host
    from foviz.sim.world import World


# -- what a scope is set to on one server


def against_scope_setting(world: World, what: str, server: str, *args: object) -> str:
    """Return why a setting of a scope can't be changed on a server, or ``""``."""
    host = server_named(world, server)
    if what == "option":
        scope, key, text = (str(arg) for arg in args)
        if scope and scope not in host.scopes:
            return f"{server} has no scope {scope}"
        try:
            option_value(key, text)
        except FovizError as error:
            return error.message
        return "" if host.scopes else f"{server} has no scope"
    address = args[0]
    assert isinstance(address, int)
    config = _holding(host, address)
    if config is None:
        return f"{ip_text(address)} is in no range of {server}"
    if what == "reserve":
        hardware = _hardware(world, str(args[1]))
        for other, reserved in config.reservations:
            if reserved == address or other == hardware:
                return f"{server} has a reservation for {ip_text(reserved)} already"
    if what == "unreserve" and address not in [found for _, found in config.reservations]:
        return f"{ip_text(address)} is not reserved on {server}"
    if what == "exclude" and address in config.excluded:
        return f"{ip_text(address)} is excluded on {server} already"
    if what == "include" and address not in config.excluded:
        return f"{ip_text(address)} is not excluded on {server}"
    return ""


def set_scope_setting(world: World, cause: int, what: str, server: str, *args: object) -> None:
    """Change a setting of a scope on one server; its partner learns nothing of it (F16)."""
    host = server_named(world, server)
    if what == "option":
        scope, key, text = (str(arg) for arg in args)
        code, data = option_value(key, text)
        for name, config in list(host.scopes.items()):
            if scope in ("", name):
                others = [option for option in config.options if option[0] != code]
                options = tuple(sorted([*others, (code, data)]))
                _configure(world, host, cause, config._replace(options=options), f"option {code}")
        return
    address = args[0]
    assert isinstance(address, int)
    found = _holding(host, address)
    assert found is not None
    detail = f"{what} {ip_text(address)}"
    _configure(world, host, cause, _CHANGES[what](world, found, *args), detail)


def _reserve(world: World, config: ScopeConfig, *args: object) -> ScopeConfig:
    pair = (_hardware(world, str(args[1])), _address(args))
    return config._replace(reservations=(*config.reservations, pair))


def _unreserve(world: World, config: ScopeConfig, *args: object) -> ScopeConfig:
    left = tuple(found for found in config.reservations if found[1] != _address(args))
    return config._replace(reservations=left)


def _exclude(world: World, config: ScopeConfig, *args: object) -> ScopeConfig:
    return config._replace(excluded=tuple(sorted((*config.excluded, _address(args)))))


def _include(world: World, config: ScopeConfig, *args: object) -> ScopeConfig:
    left = tuple(found for found in config.excluded if found != _address(args))
    return config._replace(excluded=left)


_CHANGES: Final[dict[str, Callable[..., ScopeConfig]]] = {
    "reserve": _reserve,
    "unreserve": _unreserve,
    "exclude": _exclude,
    "include": _include,
}


def configure_lease(world: World, cause: int, server: str, name: str, lease_s: int) -> None:
    """Set the lease time of a scope, or of all, on one server."""
    host = server_named(world, server)
    for key, config in list(host.scopes.items()):
        if name in ("", key):
            changed = config._replace(lease_s=lease_s)
            _configure(world, host, cause, changed, f"lease {lease_s}")


def _configure(
    world: World, host: ServerHost, cause: int, config: ScopeConfig, detail: str
) -> None:
    record = note(world, host, cause, "scope setting", f"{config.name}: {detail}")
    _take(world, host, config)
    for name, found in host.relationships.items():
        if config.name in found.scopes and _drifts(world, name, config.name):
            world.monitors.on_misfortune("settings", record, name)


def _take(world: World, host: ServerHost, config: ScopeConfig) -> None:
    host.scopes[config.name] = config
    world.touched[host.index] = None
    if host.server is not None:
        host.server.scopes[config.name].configure(config)


def _drifts(world: World, name: str, scope: str) -> bool:
    one, other = sides_of(world, name)
    return one.scopes[scope] != other.scopes[scope]


# -- replication


def against_replicating(world: World, what: str, name: str, server: str) -> str:
    """Return why nothing can be replicated from the server, or ``""``."""
    return first_reason(checks_of_replicating(world, what, name, server))


def checks_of_replicating(world: World, what: str, name: str, server: str) -> Iterator[Check]:
    """Yield what is checked before a server overwrites its partner's settings."""
    pairs = _pairs(world, what, name, server)
    about = {"scope": f"scope {name}", "relationship": name}.get(what, "any relationship")
    why = ""
    if not pairs:
        error = "FO_SCOPE_NOT_IN_RELATIONSHIP" if what == "scope" else ""
        error = error or "FO_RELATIONSHIP_DOES_NOT_EXIST"
        why = refused(error, f"{server} has no part in {about}")
    yield Check(f"{server} has a part in {about}", why)
    for partner in dict.fromkeys(partner for partner, _ in pairs):
        why = f"the service of {partner} is not running"
        running = server_named(world, partner).running
        reason = "" if running else refused("SERVER_NOT_RUNNING", why)
        yield Check(f"the service of {partner} is running", reason)
        why = f"{server} can't reach {partner}"
        reached = reaches(world, server, partner)
        reason = "" if reached else refused("SERVER_NOT_REACHABLE", why)
        yield Check(f"{server} reaches {partner}", reason)


def replicate(world: World, cause: int, what: str, name: str, server: str) -> None:
    """Overwrite the partner's settings of a scope, of a relationship's, or of all, with ours."""
    host = server_named(world, server)
    for partner, scope in _pairs(world, what, name, server):
        target = server_named(world, partner)
        note(world, target, cause, "replicated", f"{scope} from {server}")
        _take(world, target, host.scopes[scope])


def _pairs(world: World, what: str, name: str, server: str) -> list[tuple[str, str]]:
    """Return (partner, scope) for all that is meant."""
    return [
        (found.partner_name, scope)
        for key, found in server_named(world, server).relationships.items()
        for scope in found.scopes
        if what == "server" or name == (scope if what == "scope" else key)
    ]


# -- helpers


def _holding(host: ServerHost, address: int) -> ScopeConfig | None:
    found = host.scopes.values()
    return next((config for config in found if config.first <= address <= config.last), None)


def _hardware(world: World, client: str) -> bytes:
    host: Host | None = world.host_named(client)
    assert host is not None, client
    return host.hardware


def _address(args: tuple[object, ...]) -> int:
    assert isinstance(args[0], int)
    return args[0]
