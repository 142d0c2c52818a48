"""The operator's settings of relationships and scopes, changed on both partners at once.

Windows changes a setting on the partner as well; it is in force at once and on disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.time import US

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
