"""The digest of a trace: the records that tell the story, with what was left out counted.

Keep-alives, repeated tries, disk writes and the bookkeeping of TCP are left out unless
something happened to them. The digest grows with the trace, a record at a time, and is a
function of the trace alone.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.kinds import Kind
from foviz.sim.faults import message_name
from foviz.wire import dhcp

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.explain.history import LeaseGrant
    from foviz.sim.trace import Record, Trace


class RowKind(IntEnum):
    """What a row of the story is."""

    DHCP = 0
    FAILOVER = 1
    CONNECT = 2
    STATE = 3
    HOST = 4
    LINK = 5
    POOL = 6
    CONFLICT = 7
    BREACH = 8
    ARP = 9


MESSAGES: Final = (RowKind.DHCP, RowKind.FAILOVER, RowKind.CONNECT, RowKind.ARP)


class Row(NamedTuple):
    """A row: its record, what it is, and its exchange (the index of its first message)."""

    record: int
    kind: RowKind
    exchange: int


class End(NamedTuple):
    """What became of a message at one host: ``heard``, ``lost`` or ``ignored``.

    ``detail`` is the rule of an ignored message, the reason of a lost one; ``where`` the
    place of loss.
    """

    host: int
    what: str
    at: int
    record: int
    detail: str = ""
    where: str = ""


class Granted(NamedTuple):
    """What an ACK says in seconds, None for what it leaves out; and its last planned arrival."""

    address: int
    lease_s: int | None
    t1_s: int | None
    t2_s: int | None
    last: int


Key = tuple[object, ...]

_HIDDEN_FAILOVER: Final = ("CONTACT",)
_ANSWERS: Final = {"BNDACK": "BNDUPD", "CONNECTACK": "CONNECT", "UPDDONE": "UPDREQ"}
_WATCHED_HOST: Final = ("crash", "kill", "stop", "lose-disk", "skew", "boot")
_LAST_OF_EXCHANGE: Final = ("ACK", "NAK", "BNDACK", "CONNECTACK", "UPDDONE")
_FURTHEST_MEMBER: Final = 256
_KINDS: Final = tuple(RowKind)


class Digest:
    """The story's rows of one branch, kept up to date by :meth:`update`."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._clear()

    def _clear(self) -> None:
        self._read = 0
        self._mark = 0
        self._rows = array("i")
        self._kinds = array("B")
        self._exchanges = array("i")
        self._tries = {kind: array("i") for kind in MESSAGES}
        self._open: dict[Key, int] = {}
        self._trying: dict[Key, int] = {}
        self._acks: dict[bytes, array[int]] = {}
        self._granted: dict[int, Granted] = {}
        self._hardware: dict[int, bytes] = {}
        self._queued: dict[int, None] = {}
        """Written to a stalled stream and not sent yet."""
        self._missing: dict[int, None] = {}
        """First sendings of segments that were lost and did not pass yet."""
        self._unsent: dict[int, int] = {}
        """Queued messages that never were sent, and the records that say so."""
        self._ends: dict[int, tuple[End, ...]] = {}
        self.heard_grants: dict[int, tuple[int, LeaseGrant]] = {}
        """Grants that arrived, with the record that says so; :mod:`foviz.explain.history`'s."""

    def update(self) -> None:
        """Read the records that are new since the last call; start over after a cut back.

        After a cut back the trace may have grown beyond its old length: the fingerprint tells.
        """
        length = len(self.trace)
        if length < self._read or self.trace.fingerprint(self._read) != self._mark:
            self._clear()
        kind_of = self.trace.kind
        for index in range(self._read, len(self.trace)):
            reader = _READERS.get(kind_of(index))
            if reader is not None:
                reader(self, self.trace[index])
        self._read = length
        self._mark = self.trace.fingerprint(length)

    # -- asking

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, place: int) -> Row:
        """Return a row by its place."""
        return Row(self._rows[place], _KINDS[self._kinds[place]], self._exchanges[place])

    def count_until(self, records: int) -> int:
        """Return how many rows stand among the first *records* records."""
        return bisect_left(self._rows, records)

    def place_of(self, record: int) -> int:
        """Return the place of the last row at or before a record, or −1."""
        return bisect_right(self._rows, record) - 1

    def has(self, record: int) -> bool:
        """Whether a record is a row of the story."""
        place = self.place_of(record)
        return place >= 0 and self._rows[place] == record

    def ends(self, record: int) -> tuple[End, ...]:
        """Return what became of a message at each host that it reached or was meant for."""
        unsent = self._unsent.get(record)
        if unsent is not None:
            return (_end_of_loss(self.trace[unsent]),)
        found = self._ends.get(record)
        if found is None:
            granted = self._granted.get(record)
            last = granted.last if granted is not None else _last_arrival(self.trace, record)
            found, final = ends_of(self.trace, record, last)
            if final:
                self._ends[record] = found
        return found

    def members(self, exchange: int) -> tuple[int, ...]:
        """Return the messages of an exchange in order."""
        place = self.place_of(exchange)
        last = min(len(self._rows), place + _FURTHEST_MEMBER)
        return tuple(self._rows[n] for n in range(place, last) if self._exchanges[n] == exchange)

    def acks_to(self, hardware: bytes, records: int) -> tuple[int, ...]:
        """Return the ACKs sent to a client among the first *records* records."""
        found = self._acks.get(hardware)
        return tuple(found[: bisect_left(found, records)]) if found is not None else ()

    def granted(self, ack: int) -> Granted:
        """Return what an ACK says, without reading its record again."""
        return self._granted[ack]

    def tries_between(self, start: int, end: int, kind: RowKind) -> int:
        """Return how many repeated tries of a kind were left out between two records."""
        tries = self._tries[kind]
        return bisect_left(tries, end) - bisect_right(tries, start)

    # -- reading

    def _add(self, record: int, kind: RowKind, exchange: int = -1) -> None:
        first = record if exchange < 0 else exchange
        place = bisect_right(self._rows, record)
        self._rows.insert(place, record)
        self._kinds.insert(place, kind)
        self._exchanges.insert(place, first)

    def _send(self, record: Record) -> None:
        protocol = record.value("protocol")
        if protocol == "dhcp":
            self._dhcp(record)
        elif protocol == "failover":
            self._failover(record)

    def _dhcp(self, record: Record) -> None:
        message = dhcp.decode(record.value("octets"))
        kind = message.message_type
        key: Key = ("dhcp", message.chaddr, message.xid)
        if message.op == dhcp.BOOTREQUEST:
            self._hardware[record.host] = message.chaddr
            trying = (message.chaddr, kind, message.ciaddr, record.value("destination"))
            repeated = kind in _REPEATED and self._trying.get(trying, 0) != 0
            self._trying[trying] = record.index
            if repeated:
                self._tries[RowKind.DHCP].append(record.index)
                return
        elif kind in _SETTLING:
            self._forget(message.chaddr)
        self._add(record.index, RowKind.DHCP, self._join(record.index, key))
        if kind == dhcp.MessageType.ACK and record.value("destination_port") == dhcp.CLIENT_PORT:
            self._acks.setdefault(message.chaddr, array("i")).append(record.index)
            last = max((at for _, at in record.value("arrivals")), default=record.at)
            times = message.u32(51), message.u32(58), message.u32(59)
            self._granted[record.index] = Granted(message.yiaddr, *times, last)
        if kind in (dhcp.MessageType.ACK, dhcp.MessageType.NAK):
            self._open.pop(key, None)

    def _failover(self, record: Record) -> None:
        octets = record.value("octets")
        if not record.value("arrivals"):
            self._queued[record.index] = None
            return
        name = message_name("failover", octets)
        first = self._first_sending(record)
        if first in self._queued:
            del self._queued[first]
        elif first != record.index and not self._passes(first, record.index):
            self._tries[RowKind.FAILOVER].append(record.index)
            return
        if name not in _HIDDEN_FAILOVER:
            self._add_failover(record, name)

    def _add_failover(self, record: Record, name: str) -> None:
        asked = _ANSWERS.get(name, name).removesuffix("ALL")
        asker = record.value("destination" if name in _ANSWERS else "source")
        xid = record.value("octets")[8:12]
        key: Key = ("failover", record.value("stream"), asked, asker, xid)
        self._add(record.index, RowKind.FAILOVER, self._join(record.index, key))
        if name in _LAST_OF_EXCHANGE:
            self._open.pop(key, None)

    def _first_sending(self, record: Record) -> int:
        """Return the record of a segment's first sending: its cause, when it is sent again."""
        again = record.cause >= 0 and self.trace.kind(record.cause) == Kind.SEND
        return record.cause if again else record.index

    def _passes(self, first: int, index: int) -> bool:
        """Whether a try brings over what was lost before: that is worth showing again."""
        after = index + 1
        lost_again = (
            after < len(self.trace)
            and self.trace.kind(after) == Kind.LOST
            and self.trace.cause(after) == index
        )
        if first not in self._missing or lost_again:
            return False
        del self._missing[first]
        return True

    def _join(self, record: int, key: Key) -> int:
        return self._open.setdefault(key, record)

    def _forget(self, first: object) -> None:
        """A series of tries has come to its end: the next one is worth showing again."""
        for trying in [t for t in self._trying if t[0] == first]:
            del self._trying[trying]

    def _lost(self, record: Record) -> None:
        """A keep-alive or an attempt to connect is shown when it comes to nothing."""
        sent = self.trace[record.value("message")]
        protocol = sent.value("protocol")
        name = message_name(protocol, sent.value("octets"))
        if protocol == "failover" and not self._is_shown_lost(record, sent, name):
            return
        if protocol == "failover":
            key: Key = ("contact", sent.host, sent.value("stream"))
            kind = RowKind.FAILOVER
        elif protocol == "tcp" and name == "SYN":
            key = ("connect", sent.host, sent.value("destination"))
            kind = RowKind.CONNECT
        else:
            return
        if sent.cause >= 0 and self.trace.kind(sent.cause) == Kind.SEND:
            return
        if key in self._trying:
            self._tries[kind].append(record.index)
            return
        self._trying[key] = sent.index
        self._add(sent.index, kind)

    def _is_shown_lost(self, record: Record, sent: Record, name: str) -> bool:
        """Whether a lost segment has to be looked at further: a keep-alive is."""
        if sent.index in self._queued:
            del self._queued[sent.index]
            self._unsent[sent.index] = record.index
            if name not in _HIDDEN_FAILOVER:
                self._add_failover(sent, name)
        elif name not in _HIDDEN_FAILOVER:
            self._missing[self._first_sending(sent)] = None
        return name in _HIDDEN_FAILOVER

    def _state(self, record: Record) -> None:
        self._add(record.index, RowKind.STATE)

    def _host(self, record: Record) -> None:
        self._forget(self._hardware.get(record.host))
        if record.value("what") in _WATCHED_HOST:
            self._add(record.index, RowKind.HOST)

    def _link(self, record: Record) -> None:
        self._add(record.index, RowKind.LINK)

    def _connection(self, record: Record) -> None:
        if record.value("what") == "contact":
            self._forget("connect")
            self._forget("contact")

    def _pool(self, record: Record) -> None:
        if record.value("what") == "usable":
            self._add(record.index, RowKind.POOL)

    def _conflict(self, record: Record) -> None:
        self._add(record.index, RowKind.CONFLICT)

    def _breach(self, record: Record) -> None:
        self._add(record.index, RowKind.BREACH)


_REPEATED: Final = (dhcp.MessageType.DISCOVER, dhcp.MessageType.REQUEST)
_SETTLING: Final = (dhcp.MessageType.ACK, dhcp.MessageType.OFFER, dhcp.MessageType.NAK)

_READERS: Final[dict[int, Callable[[Digest, Record], None]]] = {
    Kind.SEND: Digest._send,
    Kind.LOST: Digest._lost,
    Kind.STATE: Digest._state,
    Kind.HOST: Digest._host,
    Kind.LINK: Digest._link,
    Kind.CONNECTION: Digest._connection,
    Kind.POOL: Digest._pool,
    Kind.CONFLICT: Digest._conflict,
    Kind.BREACH: Digest._breach,
}


def _end_of_loss(lost: Record) -> End:
    return End(lost.host, "lost", lost.at, lost.index, lost.value("why"), lost.value("where"))


def _last_arrival(trace: Trace, record: int) -> int:
    return max((at for _, at in trace[record].value("arrivals")), default=trace.at(record))


def ends_of(trace: Trace, record: int, last: int) -> tuple[tuple[End, ...], bool]:
    """Read what became of a message, and whether that is all that will ever be said of it.

    Its ends stand soon after it, up to its *last* planned arrival, and name it as their cause.
    """
    found: dict[int, End] = {}
    heard: dict[int, int] = {}
    for index in range(record + 1, len(trace)):
        if trace.at(index) > last:
            return tuple(found.values()), True
        kind, cause = trace.kind(index), trace.cause(index)
        if cause == record and kind == Kind.RECEIVE:
            host = trace.host(index)
            found[host] = End(host, "heard", trace.at(index), index)
            heard[index] = host
        elif cause == record and kind == Kind.LOST:
            lost = _end_of_loss(trace[index])
            found[lost.host] = lost
        elif cause in heard and kind == Kind.DECISION:
            decided = trace[index]
            if decided.value("outcome") == "ignored":
                host = heard[cause]
                rule = decided.value("rule")
                found[host] = End(host, "ignored", decided.at, index, rule)
    return tuple(found.values()), False
