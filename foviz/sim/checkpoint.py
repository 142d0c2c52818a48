"""Checkpoints: the world as octets, host by host. Only a cache; they never touch the disk.

Hosts that nothing touched since the last checkpoint share its octets, and so does the
network; so a checkpoint costs what changed, not what exists.
"""

from __future__ import annotations

import pickle
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from foviz.sim.world import World

if TYPE_CHECKING:
    from foviz.sim.trace import Recorder

_APART = ("hosts", "network", "recorder", "touched", "blobs")
_NETWORK = -1


class Checkpoint(NamedTuple):
    """The world after ``executed`` events."""

    executed: int
    at: int
    core: bytes
    network: bytes
    network_changes: int
    hosts: tuple[bytes, ...]


def take(world: World, last: Checkpoint | None = None) -> Checkpoint:
    """Return the world as it is; *last* lends the network's octets if it did not change."""
    for index in world.touched:
        world.blobs[index] = _pack(world.hosts[index])
    world.touched.clear()
    for host in world.hosts:
        if host.index not in world.blobs:
            world.blobs[host.index] = _pack(host)
    changes = world.network.changes
    if last is not None and last.network_changes == changes:
        network = last.network
    else:
        network = _pack(world.network)
    core = {name: value for name, value in vars(world).items() if name not in _APART}
    hosts = tuple(world.blobs[host.index] for host in world.hosts)
    return Checkpoint(world.executed, world.now, _pack(core), network, changes, hosts)


def restore(checkpoint: Checkpoint, recorder: Recorder) -> World:
    """Return the world of a checkpoint; its records go to *recorder*."""
    world = World.__new__(World)
    vars(world).update(_unpack(checkpoint.core))
    world.network = _unpack(checkpoint.network)
    world.hosts = [_unpack(blob) for blob in checkpoint.hosts]
    world.blobs = dict(enumerate(checkpoint.hosts))
    world.touched = {}
    world.recorder = recorder
    return world


def _pack(value: Any) -> bytes:
    return zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), 1)


def _unpack(octets: bytes) -> Any:
    return pickle.loads(zlib.decompress(octets))
