"""From send records to Ethernet frames: ARP, UDP, and TCP with its numbers and ACKs.

The simulation knows messages, SYN, FIN and RST; sequence numbers, the handshake's last ACK
and pure ACKs are written here. The capture point is the sender's interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import dpkt

from foviz.base.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foviz.sim.trace import Record, Trace

_TTL = 64
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


class _Side:
    """One end of a connection: its next sequence number and the next it expects."""

    def __init__(self, initial: int) -> None:
        self.next = initial
        self.expects = 0


class FrameWriter:
    """Turns records into frames in the order of the trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._sides: dict[tuple[int, int], _Side] = {}
        self._numbers: dict[int, int] = {}
        self._identification = 0

    def frames(self, start: int, end: int) -> Iterator[Frame]:
        """Yield the frames of the records from *start* up to *end*."""
        for index in range(start, end):
            kind = self.trace.kind(index)
            if kind == Kind.SEND:
                yield from self._sent(self.trace[index])
            elif kind == Kind.RECEIVE:
                yield from self._received(self.trace[index])

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
        """The receiver of a segment acknowledges it: a pure ACK from its own interface."""
        sent = self.trace[record.value("message")]
        octets = sent.value("octets")
        if not sent.value("stream") or octets in (b"SYN", b"RST"):
            return
        own, other = self._pair(sent.value("stream"), sent.value("destination_port"))
        length = 1 if sent.value("protocol") == "tcp" else len(octets)
        number = self._numbers[sent.index]
        own.expects = max(own.expects, number + length)
        tcp = dpkt.tcp.TCP(
            sport=sent.value("destination_port"),
            dport=sent.value("source_port"),
            seq=own.next,
            ack=own.expects,
            flags=dpkt.tcp.TH_ACK,
            win=_WINDOW,
        )
        packet = self._ip(
            sent.value("destination"), sent.value("source"), dpkt.ip.IP_PROTO_TCP, tcp
        )
        frame = dpkt.ethernet.Ethernet(
            src=sent.value("target"),
            dst=sent.value("hardware"),
            type=dpkt.ethernet.ETH_TYPE_IP,
            data=packet,
        )
        assert other is not own
        yield Frame(record.at, sent.value("link"), bytes(frame), -1)

    def _segment(self, record: Record) -> dpkt.tcp.TCP:
        octets = record.value("octets")
        own, _ = self._pair(record.value("stream"), record.value("source_port"))
        sign = record.value("protocol") == "tcp"
        first = self._numbers.get(record.cause)
        again = first is not None and not sign and self.trace.kind(record.cause) == Kind.SEND
        number = first if again and first is not None else own.next
        self._numbers[record.index] = number
        if not again:
            own.next += 1 if sign else len(octets)
        flags = _SIGNS[octets] if sign else dpkt.tcp.TH_PUSH | dpkt.tcp.TH_ACK
        return dpkt.tcp.TCP(
            sport=record.value("source_port"),
            dport=record.value("destination_port"),
            seq=number,
            ack=own.expects,
            flags=flags,
            win=_WINDOW,
            data=b"" if sign else octets,
        )

    def _pair(self, stream: int, port: int) -> tuple[_Side, _Side]:
        """Return the side that uses a port, and the other one."""
        if not any(key[0] == stream for key in ((stream, port),) if key in self._sides):
            self._sides.setdefault(
                (stream, port), _Side(1 + (stream * 2 + (port == 647)) * 100_000)
            )
        own = self._sides[stream, port]
        others = [side for key, side in self._sides.items() if key[0] == stream and side is not own]
        return own, others[0] if others else _Side(0)

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
