"""What an administrator's console shows: relationships with all their settings, and scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.base.address import ip_text
from foviz.wire.failover import state_text

if TYPE_CHECKING:
    from foviz.sim.host import ServerHost
    from foviz.sim.world import World


class RelationshipView(NamedTuple):
    """A relationship as it is set; what each server has of its own comes primary first."""

    name: str
    mode: str
    servers: tuple[str, str]
    mclt_s: int
    switchover_s: int
    reserve_percent: int
    local_percent: int
    secrets: tuple[str, str]
    scopes: tuple[str, ...]
    states: tuple[str, str]

    def role_of(self, server: str) -> str:
        """Return Microsoft's word for what a server is in this relationship."""
        first = server == self.servers[0]
        if self.mode == "hot standby":
            return "active" if first else "standby"
        return "primary" if first else "secondary"


class ScopeView(NamedTuple):
    """A scope, the servers that have it, and the relationship it is in, ``""`` for none."""

    name: str
    range: str
    servers: tuple[str, ...]
    relationship: str


def relationship_views(world: World) -> tuple[RelationshipView, ...]:
    """Return every relationship of a world."""
    names = dict.fromkeys(name for host in world.servers() for name in host.relationships)
    return tuple(_relationship(world, name) for name in names)


def _relationship(world: World, name: str) -> RelationshipView:
    sides = [host for host in world.servers() if name in host.relationships]
    sides.sort(key=lambda host: not host.relationships[name].role.is_primary)
    one, other = sides
    set_so = one.relationships[name]
    return RelationshipView(
        name,
        set_so.mode.value,
        (one.name, other.name),
        set_so.mclt_s,
        set_so.switchover_s,
        set_so.reserve_percent,
        set_so.local_percent,
        (set_so.secret, other.relationships[name].secret),
        set_so.scopes,
        (_state(one, name), _state(other, name)),
    )


def _state(host: ServerHost, name: str) -> str:
    side = host.failover.endpoints.get(name) if host.failover is not None else None
    return state_text(side.state) if side is not None else "no state"


def scope_views(world: World) -> tuple[ScopeView, ...]:
    """Return every scope of a world."""
    servers: dict[str, list[ServerHost]] = {}
    for host in world.servers():
        for name in host.scopes:
            servers.setdefault(name, []).append(host)
    return tuple(_scope(name, hosts) for name, hosts in servers.items())


def _scope(name: str, hosts: list[ServerHost]) -> ScopeView:
    config = hosts[0].scopes[name]
    owners = [key for host in hosts for key, side in host.relationships.items()
              if name in side.scopes]  # fmt: skip
    return ScopeView(
        name,
        f"{ip_text(config.first)}-{ip_text(config.last)}",
        tuple(host.name for host in hosts),
        owners[0] if owners else "",
    )
