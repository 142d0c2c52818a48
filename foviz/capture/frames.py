"""From send records to Ethernet frames: ARP, UDP, and TCP with its numbers and ACKs.

The simulation knows messages, SYN, FIN and RST; sequence numbers, the handshake's last ACK,
pure ACKs and the answer to a FIN are written here. The capture point is the sender's interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import dpkt

from foviz.base.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foviz.sim.trace import Record, Trace

FAILOVER_PORT = 647
_TTL = 64
_NUMBERS = 1 << 32
_NUMBERS_APART = 100_000
_WINDOW = 65535
_SIGNS = {
    b"SYN": dpkt.tcp.TH_SYN,
    b"SYN-ACK": dpkt.tcp.TH_SYN | dpkt.tcp.TH_ACK,
    b"FIN": dpkt.tcp.TH_FIN | dpkt.tcp.TH_ACK,
    b"RST": dpkt.tcp.TH_RST | dpkt.tcp.TH_ACK,
}


class Frame(NamedTuple):
    """One frame: its moment (µs), the link it was sent on, its octets, its record or −1."""

    at: int
    link: str
    octets: bytes
    record: int


def _length(record: Record) -> int:
    """How many sequence numbers a segment takes up."""
    octets: bytes = record.value("octets")
    if record.value("protocol") == "tcp":
        return 0 if octets == b"RST" else 1
    return len(octets)


class _Side:
    """One end of a connection: the next number it sends and the next it expects."""

    def __init__(self, stream: int, port: int) -> None:
        self.port = port
        self.next = (1 + (stream * 2 + (port == FAILOVER_PORT)) * _NUMBERS_APART) % _NUMBERS
        self.expects = 0
        self.link = ""
        self.over = False

    def take(self, number: int, length: int) -> None:
        """Octets arrived; they count if what stands before them had arrived already."""
        ahead = (number - self.expects) % _NUMBERS
        if self.expects and 0 < ahead < _NUMBERS // 2:
            return
        after = (number + length) % _NUMBERS
        if (after - self.expects) % _NUMBERS < _NUMBERS // 2 or not self.expects:
            self.expects = after


class FrameWriter:
    """Turns records into frames in the order of time."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._streams: dict[int, dict[int, _Side]] = {}
        self._numbers: dict[int, int] = {}
        self._identification = 0
        self._later: list[Frame] = []
        """Frames that are written here and whose time has not come yet."""

    def frames(self, start: int, end: int) -> Iterator[Frame]:
        """Yield the frames of the records from *start* up to *end*."""
        for index in range(start, end):
            kind = self.trace.kind(index)
            if kind not in (Kind.SEND, Kind.RECEIVE):
                continue
            record = self.trace[index]
            while self._later and self._later[0].at <= record.at:
                yield self._later.pop(0)
            yield from self._sent(record) if kind == Kind.SEND else self._received(record)
        yield from self._later

    def _sent(self, record: Record) -> Iterator[Frame]:
        protocol = record.value("protocol")
        if protocol == "arp":
            yield self._frame(record, dpkt.ethernet.ETH_TYPE_ARP, self._arp(record))
        elif protocol == "dhcp":
            octets = record.value("octets")
            udp = dpkt.udp.UDP(
                sport=record.value("source_port"),
                dport=record.value("destination_port"),
                data=octets,
                ulen=8 + len(octets),
            )
            yield self._ip_frame(record, dpkt.ip.IP_PROTO_UDP, udp)
        elif record.value("arrivals") or protocol == "tcp":
            yield self._ip_frame(record, dpkt.ip.IP_PROTO_TCP, self._segment(record))

    def _received(self, record: Record) -> Iterator[Frame]:
        """The receiver of a segment acknowledges it, from its own interface."""
        sent = self.trace[record.value("message")]
        octets = sent.value("octets")
        if not sent.value("stream") or octets == b"RST":
            return
        own = self._side(sent.value("stream"), sent.value("destination_port"))
        own.take(self._numbers[self._first(sent)], _length(sent))
        own.link = own.link or sent.value("link")
        if octets == b"SYN":
            return  # answered by SYN-ACK or RST, which the simulation sends
        if octets == b"FIN" and not own.over:
            own.over = True
            yield self._bare(record.at, sent, own, _SIGNS[b"FIN"])
            own.next = (own.next + 1) % _NUMBERS
            other = self._side(sent.value("stream"), sent.value("source_port"))
            other.take(own.next - 1, 1)
            arrival = record.at + record.at - sent.at
            self._later.append(self._bare(arrival, sent, other, dpkt.tcp.TH_ACK))
            self._later.sort()
        else:
            yield self._bare(record.at, sent, own, dpkt.tcp.TH_ACK)

    def _bare(self, at: int, sent: Record, side: _Side, flags: int) -> Frame:
        """Return a segment without data from a side of the connection that *sent* belongs to."""
        forwards = side.port == sent.value("source_port")
        names = ("source", "destination", "hardware", "target", "destination_port")
        own, other, from_card, to_card, port = (sent.value(name) for name in names)
        if not forwards:
            own, other, from_card, to_card = other, own, to_card, from_card
            port = sent.value("source_port")
        tcp = dpkt.tcp.TCP(
            sport=side.port,
            dport=port,
            seq=side.next,
            ack=side.expects,
            flags=flags,
            win=_WINDOW,
        )
        frame = dpkt.ethernet.Ethernet(
            src=from_card,
            dst=to_card,
            type=dpkt.ethernet.ETH_TYPE_IP,
            data=self._ip(own, other, dpkt.ip.IP_PROTO_TCP, tcp),
        )
        return Frame(at, side.link, bytes(frame), -1)

    def _segment(self, record: Record) -> dpkt.tcp.TCP:
        octets = record.value("octets")
        own = self._side(record.value("stream"), record.value("source_port"))
        own.link = record.value("link")
        sign = record.value("protocol") == "tcp"
        first = self._first(record)
        number = self._numbers.setdefault(first, own.next)
        if number == own.next:  # else it is sent again
            own.next = (own.next + _length(record)) % _NUMBERS
        own.over = own.over or octets in (b"FIN", b"RST")
        return dpkt.tcp.TCP(
            sport=record.value("source_port"),
            dport=record.value("destination_port"),
            seq=number,
            ack=own.expects,
            flags=_SIGNS[octets] if sign else dpkt.tcp.TH_PUSH | dpkt.tcp.TH_ACK,
            win=_WINDOW,
            data=b"" if sign else octets,
        )

    def _first(self, record: Record) -> int:
        """Return the record of a segment's first sending: its cause, when it is sent again."""
        cause = record.cause
        if cause < 0 or record.value("protocol") != "failover":
            return record.index
        return cause if self.trace.kind(cause) == Kind.SEND else record.index

    def _side(self, stream: int, port: int) -> _Side:
        sides = self._streams.setdefault(stream, {})
        if port not in sides:
            sides[port] = _Side(stream, port)
        return sides[port]

    def _arp(self, record: Record) -> dpkt.arp.ARP:
        defence = record.value("octets") == b"defence"
        return dpkt.arp.ARP(
            op=dpkt.arp.ARP_OP_REPLY if defence else dpkt.arp.ARP_OP_REQUEST,
            sha=record.value("hardware"),
            spa=record.value("source").to_bytes(4),
            tha=record.value("target") if defence else b"\0" * 6,
            tpa=record.value("destination").to_bytes(4),
        )

    def _ip_frame(self, record: Record, protocol: int, data: object) -> Frame:
        packet = self._ip(record.value("source"), record.value("destination"), protocol, data)
        return self._frame(record, dpkt.ethernet.ETH_TYPE_IP, packet)

    def _ip(self, source: int, destination: int, protocol: int, data: object) -> dpkt.ip.IP:
        self._identification = self._identification % 0xFFFF + 1
        return dpkt.ip.IP(
            src=source.to_bytes(4),
            dst=destination.to_bytes(4),
            p=protocol,
            id=self._identification,
            ttl=_TTL,
            data=data,
            len=20 + len(bytes(data)),  # type: ignore[call-overload]
        )

    def _frame(self, record: Record, kind: int, data: object) -> Frame:
        frame = dpkt.ethernet.Ethernet(
            src=record.value("hardware"), dst=record.value("target"), type=kind, data=data
        )
        return Frame(record.at, record.value("link"), bytes(frame), record.index)
