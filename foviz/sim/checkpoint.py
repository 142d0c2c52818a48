"""Checkpoints: the world as octets, host by host. Only a cache; they never touch the disk.

Hosts that nothing touched since the last checkpoint share its octets, and so does the
network; so a checkpoint costs what changed, not what exists.
"""

from __future__ import annotations

import copyreg
import pickle
import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foviz.dhcp.client import ClientConfig, DhcpClient
from foviz.lease.binding import Binding
from foviz.sim.host import ClientHost
from foviz.sim.network import Interface
from foviz.sim.world import World

if TYPE_CHECKING:
    from foviz.sim.host import Host
    from foviz.sim.trace import Recorder

_APART = ("hosts", "network", "recorder", "touched", "blobs")

KEPT: Final = 1
PASSING: Final = 0
"""Levels of compression: for a checkpoint that is kept for good, and for one of a few."""

NOWHERE: Final = -1
"""Number of executed events of a world that was given away."""

_ALONE: Final = 4096
"""A host with more octets is compressed alone, so that a bundle keeps nothing big alive."""


class Blob(NamedTuple):
    """A host as octets: where it stands in a bundle of hosts that were packed together."""

    bundle: Bundle
    start: int
    end: int


class Bundle:
    """Some hosts, compressed: many small ones cost a tenth of the time and room together."""

    def __init__(self, octets: bytes, level: int) -> None:
        self.packed = zlib.compress(octets, level)


class Checkpoint(NamedTuple):
    """The world after ``executed`` events."""

    executed: int
    at: int
    core: bytes
    network: bytes
    network_changes: int
    hosts: tuple[Blob, ...]


def take(world: World, last: Checkpoint | None = None, level: int = KEPT) -> Checkpoint:
    """Return the world as it is; *last* lends the network's octets if it did not change."""
    _pack_hosts(world, level)
    changes = world.network.changes
    if last is not None and last.network_changes == changes:
        network = last.network
    else:
        network = _pack(world.network, level)
    core = {name: value for name, value in vars(world).items() if name not in _APART}
    hosts = tuple([world.blobs[host.index] for host in world.hosts])
    return Checkpoint(world.executed, world.now, _pack(core, level), network, changes, hosts)


def _pack_hosts(world: World, level: int) -> None:
    """Pack the hosts that were touched since the last time, and those that never were packed."""
    blobs = world.blobs
    for host in world.hosts:
        if host.index not in blobs:
            world.touched[host.index] = None
    small: list[tuple[int, bytes]] = []
    for index in world.touched:
        octets = _octets(world.hosts[index])
        if len(octets) > _ALONE:
            blobs[index] = Blob(Bundle(octets, level), 0, len(octets))
        else:
            small.append((index, octets))
    world.touched.clear()
    bundle, start = Bundle(b"".join([octets for _, octets in small]), level), 0
    for index, octets in small:
        end = start + len(octets)
        blobs[index] = Blob(bundle, start, end)
        start = end


def restore(checkpoint: Checkpoint, recorder: Recorder, donor: World | None = None) -> World:
    """Return the world of a checkpoint; its records go to *recorder*.

    A *donor* is a world of the same course that nobody wants any more: what is the same in it
    is taken over, and it stands nowhere afterwards.
    """
    world = World.__new__(World)
    vars(world).update(_unpack(checkpoint.core))
    world.recorder = recorder
    world.touched = {}
    world.blobs = dict(enumerate(checkpoint.hosts))
    alike = _alike(checkpoint, donor)
    if donor is not None and donor.network.changes == checkpoint.network_changes:
        world.network = donor.network
    else:
        world.network = _unpack(checkpoint.network)
    unpacked: dict[Bundle, bytes] = {}
    world.hosts = []
    for index, (bundle, start, end) in enumerate(checkpoint.hosts):
        host = alike.get(index)
        if host is None:
            if bundle not in unpacked:
                unpacked[bundle] = zlib.decompress(bundle.packed)
            host = pickle.loads(unpacked[bundle][start:end])
        world.hosts.append(host)
    if donor is not None:
        donor.executed = NOWHERE
    return world


def _alike(checkpoint: Checkpoint, donor: World | None) -> dict[int, Host]:
    """Return the hosts of a donor that are as they were when the checkpoint was taken."""
    if donor is None:
        return {}
    return {
        index: host
        for index, (host, blob) in enumerate(zip(donor.hosts, checkpoint.hosts, strict=False))
        if donor.blobs.get(index) is blob and index not in donor.touched
    }


def _by_values(value: tuple[Any, ...]) -> tuple[type, tuple[Any, ...]]:
    return type(value), tuple(value)


for _named in (Binding, Interface):
    # There are hundreds of them, and a NamedTuple's own way of being pickled is twice as slow.
    copyreg.pickle(_named, _by_values)


_NOBODY: Final = ClientConfig("", b"", 0)
_NAMES: Final[dict[type, tuple[str, ...]]] = {
    ClientHost: tuple(vars(ClientHost(0, _NOBODY))),
    DhcpClient: tuple(vars(DhcpClient(_NOBODY, {}))),
}
"""The attributes of what there are hundreds of, in their order."""


def _without_names(value: Any) -> tuple[Any, ...]:
    return _named_again, (type(value), *vars(value).values())


def _named_again(kind: type, *values: Any) -> Any:
    new: Any = object.__new__(kind)
    vars(new).update(zip(_NAMES[kind], values, strict=True))
    return new


for _many in _NAMES:
    copyreg.pickle(_many, _without_names)


def _pack(value: Any, level: int) -> bytes:
    return zlib.compress(_octets(value), level)


def _octets(value: Any) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _unpack(octets: bytes) -> Any:
    return pickle.loads(zlib.decompress(octets))
