"""The operator's settings of relationships and scopes, changed on both partners at once.

Windows changes a setting on the partner as well; it is in force at once and on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foviz.base.errors import nearest
from foviz.base.time import US
from foviz.failover.relationship import Mode
from foviz.sim import drift
from foviz.sim.admin import note

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.failover.relationship import Relationship
    from foviz.sim.host import ServerHost
    from foviz.sim.world import World

RELATIONSHIP_SETTINGS: Final[dict[str, Callable[[Relationship, int], Relationship]]] = {
    "mclt": lambda relationship, us: relationship._replace(mclt_s=us // US),
    "switchover": lambda relationship, us: relationship._replace(switchover_s=us // US),
    "reserve": lambda relationship, percent: relationship._replace(reserve_percent=percent),
    "balance": lambda relationship, percent: relationship._replace(local_percent=percent),
}
"""Settings of a relationship by their lab word; durations come in µs."""

TIMES: Final = ("mclt", "switchover")

LONGEST_SECRET: Final = 255

MODE_OF_SETTING: Final = {"reserve": Mode.HOT_STANDBY, "balance": Mode.LOAD_BALANCE}
"""Settings that only one mode has."""


def reason_against(world: World, setting: str, value: int, name: str = "", server: str = "") -> str:
    """Return why a setting can't be changed so, or ``""``."""
    if server and setting != "lease":
        return f"{setting} belongs to the relationship; it is set on both servers"
    if setting in ("mclt", "lease") and value < US:
        return f"{setting} has to be at least a second"
    if setting == "lease":
        names = dict.fromkeys(
            scope for host in world.servers() for scope in host.scopes if server in ("", host.name)
        )
        return _unknown("scope", name, names)
    sides = {key: side for host in world.servers() for key, side in host.relationships.items()}
    mode = MODE_OF_SETTING.get(setting)
    meant = [side for key, side in sides.items() if name in ("", key)]
    if meant and mode is not None and all(side.mode is not mode for side in meant):
        return f"{setting} is a setting of {mode.value}"
    return _unknown("relationship", name, sides)


def _unknown(what: str, name: str, known: dict[str, Any]) -> str:
    if not known:
        return f"there is no {what}"
    if not name or name in known:
        return ""
    near = nearest(name, known)
    return f"no {what} is called “{name}”" + (f". Nearest: {near}" if near else "")


def change(
    world: World, cause: int, setting: str, value: int, name: str = "", server: str = ""
) -> None:
    """Set a setting of every relationship (or the one named), or the lease time of every scope.

    The lease time is the only one of them that a server can have for itself.
    """
    for host in world.servers():
        if server not in ("", host.name):
            continue
        if setting == "lease":
            drift.configure_lease(world, cause, host.name, name, value // US)
        else:
            _set_relationship(world, host, cause, setting, value, name)


def _set_relationship(
    world: World, host: ServerHost, cause: int, setting: str, value: int, name: str
) -> None:
    number = value // US if setting in TIMES else value
    for key, relationship in host.relationships.items():
        if name in ("", key):
            _use(host, key, RELATIONSHIP_SETTINGS[setting](relationship, value))
            note(world, host, cause, "setting", f"{setting} {number} in {key}")


def reason_against_mode(world: World, mode: str, name: str = "") -> str:
    """Return why the mode can't be changed so, or ``""``."""
    sides = {key: side for host in world.servers() for key, side in host.relationships.items()}
    meant = [side for key, side in sides.items() if name in ("", key)]
    if meant and all(side.mode.value == mode for side in meant):
        return f"the mode is {mode} already"
    return _unknown("relationship", name, sides)


def change_mode(world: World, cause: int, mode: str, name: str = "") -> None:
    """Let the servers share the clients, or one stand by: the primary is the active one."""
    for host in world.servers():
        for key, relationship in list(host.relationships.items()):
            if name in ("", key) and relationship.mode.value != mode:
                _use(host, key, relationship._replace(mode=Mode(mode)))
                note(world, host, cause, "mode", f"{mode} in {key}")


def reason_against_secret(world: World, secret: str, server: str = "", name: str = "") -> str:
    """Return why a shared secret can't be set so, or ``""``."""
    if secret and len(secret.encode()) > LONGEST_SECRET:
        return f"a secret has at most {LONGEST_SECRET} octets"
    hosts = [host for host in world.servers() if server in ("", host.name)]
    sides = {key: side for host in hosts for key, side in host.relationships.items()}
    if server and not sides:
        return f"{server} has no failover partner"
    return _unknown("relationship", name, sides)


def change_secret(world: World, cause: int, secret: str, server: str = "", name: str = "") -> None:
    """Set the shared secret, empty for none: of both partners, or of one server alone."""
    for host in world.servers():
        if server not in ("", host.name):
            continue
        world.touched[host.index] = None
        for key, relationship in host.relationships.items():
            if name in ("", key):
                what = "secret" if relationship.secret and secret else "authentication"
                note(world, host, cause, what, f"{'on' if secret else 'off'} in {key}")
                _use(host, key, relationship._replace(secret=secret))


def _use(host: ServerHost, key: str, relationship: Relationship) -> None:
    """Put a server's side of a relationship into force."""
    host.relationships[key] = relationship
    if host.failover is not None:
        host.failover.endpoints[key].relationship = relationship
