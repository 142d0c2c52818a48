"""The operator's settings of relationships and scopes, changed on both partners at once.

Windows changes a setting on the partner as well; it is in force at once and on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foviz.base.errors import nearest
from foviz.base.time import US
from foviz.failover.relationship import Mode

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

MODE_OF_SETTING: Final = {"reserve": Mode.HOT_STANDBY, "balance": Mode.LOAD_BALANCE}
"""Settings that only one mode has."""


def reason_against(world: World, setting: str, value: int, name: str = "") -> str:
    """Return why a setting can't be changed so, or ``""``."""
    if setting in ("mclt", "lease") and value < US:
        return f"{setting} has to be at least a second"
    if setting == "lease":
        names = dict.fromkeys(scope for host in world.servers() for scope in host.scopes)
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


def change(world: World, cause: int, setting: str, value: int, name: str = "") -> None:
    """Set a setting of every relationship (or the one named), or the lease time of every scope."""
    for host in world.servers():
        world.touched[host.index] = None
        if setting == "lease":
            _set_lease(host, value // US, name)
        else:
            _set_relationship(host, setting, value, name)


def _set_relationship(host: ServerHost, setting: str, value: int, name: str) -> None:
    for key, relationship in host.relationships.items():
        if name and key != name:
            continue
        changed = RELATIONSHIP_SETTINGS[setting](relationship, value)
        host.relationships[key] = changed
        if host.failover is not None:
            host.failover.endpoints[key].relationship = changed


def _set_lease(host: ServerHost, lease_s: int, name: str) -> None:
    for key, config in host.scopes.items():
        if name and key != name:
            continue
        host.scopes[key] = config._replace(lease_s=lease_s)
        if host.server is not None:
            host.server.scopes[key].config = host.scopes[key]
