"""Whose client is it? The bucket of every client, where two servers share a segment's clients.

Read off settings alone: the bucket is a property of the client, and stays its own while one
server serves for both.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from foviz.failover.loadbalance import bitmap, bucket_of, holds
from foviz.failover.relationship import Mode

if TYPE_CHECKING:
    from foviz.failover.relationship import Relationship
    from foviz.sim.host import ClientHost, ServerHost
    from foviz.sim.world import World

_bucket = lru_cache(maxsize=4096)(bucket_of)


class Sharing(NamedTuple):
    """How a relationship shares clients: the secondary's buckets, both servers, what is hashed."""

    assignment: bytes
    primary: int
    secondary: int
    hash_key: str

    def place(self, host: ClientHost) -> tuple[int, int]:
        """Return a client's bucket and the server (host index) that the bucket belongs to."""
        bucket = _bucket(host.config.identifier, host.hardware, self.hash_key)
        return bucket, self.secondary if holds(self.assignment, bucket) else self.primary


def sharings(world: World) -> dict[str, Sharing]:
    """Return how the clients of each segment are shared; only segments under load balance."""
    servers = tuple(world.servers())
    network = world.network
    found: dict[str, Sharing] = {}
    for host in (*servers, *world.relays()):
        for foot in network.interfaces[host.index]:
            segment = network.links[foot.link].other(host.name)
            if segment in network.segments and segment not in found:
                sharing = _sharing_at(foot.address, servers)
                if sharing is not None:
                    found[segment] = sharing
    return found


def _sharing_at(address: int, servers: tuple[ServerHost, ...]) -> Sharing | None:
    """Return how the clients of a subnet are shared, by an address in it."""
    for server in servers:
        for relationship in server.relationships.values():
            balanced = relationship.mode is Mode.LOAD_BALANCE and relationship.role.is_primary
            if balanced and _serves(server, relationship, address):
                return _sharing_of(server, relationship, servers)
    return None


def _serves(server: ServerHost, relationship: Relationship, address: int) -> bool:
    return any(
        server.scopes[name].holds(address) for name in relationship.scopes if name in server.scopes
    )


def _sharing_of(
    server: ServerHost, relationship: Relationship, servers: tuple[ServerHost, ...]
) -> Sharing | None:
    partner = next((each for each in servers if each.name == relationship.partner_name), None)
    if partner is None:
        return None
    kind = server.profile.hash_key
    return Sharing(bitmap(relationship), server.index, partner.index, kind)
