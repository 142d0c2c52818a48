"""Series along a run: what each server counts, who is served, what waits, what is said.

Like the digest, the series grow with the trace, a record at a time, and are a function of it
alone: standing anywhere shows what playing there shows. Every value carries the record that
changed it, so a position within a moment is told apart as well.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.kinds import Kind
from foviz.base.time import MINUTE
from foviz.lease.binding import ACTIVE, AVAILABLE, ENDED, FREE
from foviz.sim.faults import message_name
from foviz.wire import failover
from foviz.wire.failover import BindingStatus, FailoverOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.sim.snapshot import Snapshot
    from foviz.sim.trace import Record, Trace


class Part(NamedTuple):
    """A share of a scope's addresses: a status, and whose it is (1, 2, or 0 for nobody's).

    ``ENDED`` stands for EXPIRED, RELEASED and RESET: leases that are over and wait for the
    partner's BNDACK.
    """

    status: str
    owner: int


PARTS: Final = (
    *(Part("ACTIVE", owner) for owner in (1, 2, 0)),
    *(Part("ENDED", owner) for owner in (1, 2, 0)),
    Part("ABANDONED", 0),
    Part("BACKUP", 2),
    Part("FREE", 1),
)
"""The shares in the order in which they are stacked: what is used below, what is free above."""

SENT: Final = "sent"
RECEIVED: Final = "received"

_PLACES: Final = {part: place for place, part in enumerate(PARTS)}
_FREE: Final = _PLACES[Part("FREE", 1)]
_HOLDING: Final = ("BOUND", "RENEWING", "REBINDING")
_ASKING: Final = ("SELECTING", "REQUESTING", "INIT-REBOOT", "REBOOTING")
_COUNTED: Final = ("dhcp", "failover")


class Steps:
    """A value that changes in steps: from moment ``at[n]`` and record ``record[n]`` on."""

    __slots__ = ("at", "record", "value")

    def __init__(self, value: int = 0) -> None:
        self.at = array("q", (0,))
        self.record = array("i", (-1,))
        self.value = array("i", (value,))

    def __len__(self) -> int:
        return len(self.at)

    def set(self, record: int, at: int, value: int) -> None:
        """Take a new value; one that changes nothing is no step."""
        if self.value[-1] == value:
            return
        self.at.append(at)
        self.record.append(record)
        self.value.append(value)

    def count_until(self, records: int) -> int:
        """Return how many steps stand among the first *records* records, the first one included."""
        return bisect_left(self.record, records)

    def after(self, records: int) -> int:
        """Return the value after the first *records* records."""
        return self.value[max(1, self.count_until(records)) - 1]


class Moments:
    """When messages of one kind passed; a rate is read off a sliding minute."""

    __slots__ = ("at", "record")

    def __init__(self) -> None:
        self.at = array("q")
        self.record = array("i")

    def __len__(self) -> int:
        return len(self.at)

    def add(self, record: int, at: int) -> None:
        """Take one more."""
        self.at.append(at)
        self.record.append(record)

    def count_until(self, records: int) -> int:
        """Return how many passed among the first *records* records."""
        return bisect_left(self.record, records)

    def in_last_minute(self, records: int, at: int) -> int:
        """Return how many passed in the minute up to *at*, among the first records."""
        count = self.count_until(records)
        return max(0, count - bisect_right(self.at, at - MINUTE, 0, count))


class _Memory:
    """What one server has in its process, on its disk, and in the operator's backup."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.now: dict[int, _Held] = {}
        self.disk: dict[int, _Held] = {}
        self.backup: dict[int, _Held] = {}
        self.lost = False
        self.running = False
        self.sent: dict[int, int] = {}
        """Addresses of the BNDUPDs that no BNDACK came for, by transaction."""
        self.waits: dict[int, int] = {}
        """For how many reasons an address waits for the partner."""
        self.steps = tuple(Steps(size if place == _FREE else 0) for place in range(len(PARTS)))
        self.waiting = Steps()


class _Held(NamedTuple):
    """A binding: the place of its share (−1: it is not counted), and what the partner knows."""

    place: int
    known: bool


class Series:
    """The series of one branch, for the scopes of the relationship that a snapshot shows."""

    def __init__(self, trace: Trace, snapshot: Snapshot) -> None:
        self.trace = trace
        self.servers = {server.index: server.number for server in snapshot.servers}
        self.names = {server.index: server.name for server in snapshot.servers}
        self._owners = {server.name: server.number for server in snapshot.servers}
        self._ranges: dict[str, tuple[int, int]] = {}
        self._left_out: dict[int, int] = {}
        self._sizes = dict.fromkeys(self.servers, 0)
        for pool in snapshot.pools:
            if pool.relationship != snapshot.shown:
                continue
            self._ranges[pool.scope] = (pool.first, pool.last)
            for belief in pool.beliefs:
                left_out = belief.store.excluded
                self._left_out[pool.first] = left_out
                self._sizes[belief.server] += (belief.store.whole & ~left_out).bit_count()
        self.key = shape_of(snapshot)
        self._clear()

    def _clear(self) -> None:
        self._read = 0
        self._mark = 0
        self.memories = {host: _Memory(size) for host, size in self._sizes.items()}
        self.served = Steps()
        self.asking = Steps()
        self._clients: dict[int, str] = {}
        self.messages: dict[tuple[int, str, str], Moments] = {}
        """Messages that a server sent or received: (host, name, ``sent`` or ``received``)."""
        self.age = getattr(self, "age", 0) + 1
        """Changes when everything was read anew: what was drawn before is void."""

    # -- reading

    def update(self, until: int = 1 << 30, most: int = 1 << 30) -> bool:
        """Read on to record *until*, at most *most* records; whether all up to there are read.

        After a cut back the trace may have grown beyond its old length: the fingerprint tells.
        """
        length = len(self.trace)
        if length < self._read or self.trace.fingerprint(self._read) != self._mark:
            self._clear()
        wanted = min(length, until)
        end = max(self._read, min(wanted, self._read + most))
        kind_of = self.trace.kind
        for index in range(self._read, end):
            reader = _READERS.get(kind_of(index))
            if reader is not None:
                reader(self, self.trace[index])
        if end != self._read:
            self._read = end
            self._mark = self.trace.fingerprint(end)
        return end >= wanted

    @property
    def read(self) -> int:
        """How many records were read."""
        return self._read

    # -- asking

    def parts(self, host: int) -> tuple[Steps, ...]:
        """Return the addresses in each of :data:`PARTS`, as a server believes."""
        return self.memories[host].steps

    def waiting(self, host: int) -> Steps:
        """Return how many of a server's updates wait for the partner's BNDACK."""
        return self.memories[host].waiting

    def counts(self, host: int, records: int) -> dict[Part, int]:
        """Return the addresses in each share after some records, without the empty ones."""
        found = (steps.after(records) for steps in self.memories[host].steps)
        return {part: value for part, value in zip(PARTS, found, strict=True) if value}

    # -- from records to values

    def _binding(self, record: Record) -> None:
        memory = self.memories.get(record.host)
        span = self._ranges.get(record.value("scope"))
        if memory is None or span is None:
            return
        address = record.value("address")
        place = self._place(address, span[0], record.value("new"), record.value("granter"))
        old = memory.now.get(address)
        held = memory.now[address] = _Held(place, record.value("known"))
        if old is None or old.place != place:
            counted = _left_out(self._left_out.get(span[0], 0), address - span[0])
            self._move(memory, record, (old.place if old else -1 if counted else _FREE), place)
        if (old is not None and not old.known) is held.known:
            self._wait(memory, record, address, -1 if held.known else 1)

    def _place(self, address: int, first: int, status: int, granter: str) -> int:
        """Return the place of an address's share; what is excluded and free is in none."""
        found = BindingStatus(status)
        if found in AVAILABLE:
            if _left_out(self._left_out.get(first, 0), address - first):
                return -1
            return _PLACES[Part("FREE", 1) if found is FREE else Part("BACKUP", 2)]
        owner = self._owners.get(granter, 0)
        if found is ACTIVE:
            return _PLACES[Part("ACTIVE", owner)]
        return _PLACES[Part("ENDED", owner) if found in ENDED else Part("ABANDONED", 0)]

    def _move(self, memory: _Memory, record: Record, old: int, new: int) -> None:
        for place, by in ((old, -1), (new, 1)):
            if place >= 0:
                steps = memory.steps[place]
                steps.set(record.index, record.at, steps.value[-1] + by)

    def _wait(self, memory: _Memory, record: Record, address: int, by: int) -> None:
        reasons = memory.waits.get(address, 0) + by
        if reasons > 0:
            memory.waits[address] = reasons
        else:
            memory.waits.pop(address, None)
        memory.waiting.set(record.index, record.at, len(memory.waits) if memory.running else 0)

    def _persist(self, record: Record) -> None:
        memory = self.memories.get(record.host)
        if memory is None or record.value("table") != "leases":
            return
        scope, _, address = record.value("key").rpartition(" ")
        if scope in self._ranges and int(address) in memory.now:
            memory.disk[int(address)] = memory.now[int(address)]

    def _host(self, record: Record) -> None:
        what = record.value("what")
        memory = self.memories.get(record.host)
        if memory is None:
            if what in ("crash", "kill", "stop"):
                self._clients.pop(record.host, None)
                self._count_clients(record)
            return
        if what in ("crash", "kill", "stop"):
            memory.running = False
            self._load(memory, record)
        elif what == "boot":
            memory.running = True
            if memory.lost:
                memory.disk, memory.lost = {}, False
            self._load(memory, record)
        elif what == "lose-disk":
            memory.disk, memory.lost = {}, True
            if not memory.running:
                self._load(memory, record)
        elif what == "back-up":
            memory.backup = dict(memory.disk)
        elif what == "restore":
            memory.disk = dict(memory.backup)
            self._load(memory, record)

    def _load(self, memory: _Memory, record: Record) -> None:
        """What the process knew is gone: count anew from the disk."""
        memory.now = dict(memory.disk)
        memory.sent = {}
        memory.waits = {address: 1 for address, held in memory.now.items() if not held.known}
        counts = [0] * len(PARTS)
        counts[_FREE] = memory.size
        for address, held in memory.now.items():
            counts[_FREE] -= not self._is_left_out(address)
            if held.place >= 0:
                counts[held.place] += 1
        for steps, count in zip(memory.steps, counts, strict=True):
            steps.set(record.index, record.at, count)
        memory.waiting.set(record.index, record.at, len(memory.waits) if memory.running else 0)

    def _is_left_out(self, address: int) -> bool:
        for first, last in self._ranges.values():
            if first <= address <= last:
                return _left_out(self._left_out.get(first, 0), address - first)
        return False

    def _connection(self, record: Record) -> None:
        """What was sent and not answered is sent again on the next connection."""
        memory = self.memories.get(record.host)
        if memory is not None and record.value("what") == "closed":
            sent, memory.sent = memory.sent, {}
            for address in sent.values():
                self._wait(memory, record, address, -1)

    def _client(self, record: Record) -> None:
        self._clients[record.host] = record.value("new")
        self._count_clients(record)

    def _count_clients(self, record: Record) -> None:
        states = self._clients.values()
        self.served.set(record.index, record.at, sum(state in _HOLDING for state in states))
        self.asking.set(record.index, record.at, sum(state in _ASKING for state in states))

    def _send(self, record: Record) -> None:
        if record.host not in self.memories:
            return
        protocol = record.value("protocol")
        again = record.cause >= 0 and self.trace.kind(record.cause) == Kind.SEND
        if protocol not in _COUNTED or again:
            return
        name = message_name(protocol, record.value("octets"))
        self._count(record, name, SENT)
        if name == "BNDUPD":
            self._updating(record)

    def _updating(self, record: Record) -> None:
        message = failover.decode(record.value("octets"))
        address = message.u32(FailoverOption.ASSIGNED_IP_ADDRESS) or 0
        memory = self.memories[record.host]
        inside = any(first <= address <= last for first, last in self._ranges.values())
        if inside and message.xid not in memory.sent:
            memory.sent[message.xid] = address
            self._wait(memory, record, address, 1)

    def _receive(self, record: Record) -> None:
        if record.host not in self.memories:
            return
        sent = self.trace[record.value("message")]
        protocol = sent.value("protocol")
        if protocol not in _COUNTED:
            return
        octets = sent.value("octets")
        name = message_name(protocol, octets)
        self._count(record, name, RECEIVED)
        if name == "UPDREQALL" and self.servers.get(sent.host):
            self._take_back(record)
        if name == "BNDACK":
            memory = self.memories[record.host]
            address = memory.sent.pop(failover.decode(octets).xid, None)
            if address is not None:
                self._wait(memory, record, address, -1)

    def _take_back(self, record: Record) -> None:
        """UPDREQALL takes every acknowledgement back, for good, and no record says so (§5.17)."""
        memory = self.memories[record.host]
        for address, held in memory.now.items():
            if held.known:
                memory.now[address] = memory.disk[address] = held._replace(known=False)
                self._wait(memory, record, address, 1)

    def _count(self, record: Record, name: str, way: str) -> None:
        key = (record.host, name, way)
        moments = self.messages.get(key)
        if moments is None:
            moments = self.messages[key] = Moments()
        moments.add(record.index, record.at)


_READERS: Final[dict[int, Callable[[Series, Record], None]]] = {
    Kind.BINDING: Series._binding,
    Kind.PERSIST: Series._persist,
    Kind.HOST: Series._host,
    Kind.CONNECTION: Series._connection,
    Kind.CLIENT: Series._client,
    Kind.SEND: Series._send,
    Kind.RECEIVE: Series._receive,
}


def _left_out(mask: int, place: int) -> bool:
    return bool(mask >> place & 1)


def shape_of(snapshot: Snapshot) -> tuple[object, ...]:
    """Return what series depend on besides the trace: servers, scopes, the relationship shown."""
    return (
        snapshot.shown,
        tuple((server.index, server.name, server.number) for server in snapshot.servers),
        tuple(
            (pool.scope, pool.first, pool.last, tuple(b.store.excluded for b in pool.beliefs))
            for pool in snapshot.pools
            if pool.relationship == snapshot.shown
        ),
    )
