"""What an engine wants done.

Client, server, relay and failover endpoint are state machines that return lists of these
values; the host that carries them out is the only one who touches network, timers and disk.
The order of a list is the order of the deeds: an ACK that stands before its ``Persist`` is
an ACK sent before the disk write, and a crash between the two loses the lease.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from foviz.base.kinds import Kind


class SendDatagram(NamedTuple):
    """One UDP datagram. Addresses are IPv4 as int; ``hardware`` overrides address resolution."""

    source: int
    destination: int
    source_port: int
    destination_port: int
    octets: bytes
    hardware: bytes = b""


class Datagram(NamedTuple):
    """A datagram as it reaches an engine; ``interface`` is the address it came in by."""

    source: int
    destination: int
    source_port: int
    destination_port: int
    octets: bytes
    interface: int


class ProbeAddress(NamedTuple):
    """An ARP probe: does anybody on my segment use this address? (RFC 5227 §2.1.1)."""

    address: int


class AnnounceAddress(NamedTuple):
    """An ARP announcement: from now on this address is mine (RFC 5227 §2.3)."""

    address: int


class OpenStream(NamedTuple):
    """Open a TCP connection. ``handle`` is the engine's own name for it, never used twice."""

    handle: str
    source: int
    destination: int
    port: int


class SendStream(NamedTuple):
    """Octets for the stream ``handle``; one failover message a call."""

    handle: str
    octets: bytes


class CloseStream(NamedTuple):
    """Close a stream in order (FIN), or at once with a reset."""

    handle: str
    reset: bool = False


class SetTimer(NamedTuple):
    """Set or move the named timer to ``after`` µs from now."""

    name: str
    after: int


class CancelTimer(NamedTuple):
    """Forget the named timer; no effect when it is not set."""

    name: str


class Persist(NamedTuple):
    """Write ``value`` durably under ``table`` / ``key``; ``None`` deletes.

    Everything that was not persisted is gone after a crash. ``quiet`` writes are too
    frequent to be worth a record of their own (the time of last operation).
    """

    table: str
    key: Any
    value: Any
    quiet: bool = False


class Note(NamedTuple):
    """What the engine meant: a record for the trace, its data in the order of the kind's keys."""

    kind: Kind
    data: tuple[Any, ...]


class BindingChanged(NamedTuple):
    """A binding was changed by a client's message or by time; the partner has to be told."""

    scope: str
    address: int


class ExitProcess(NamedTuple):
    """The engine can't go on: its process ends, as when the service is killed."""

    why: str


Action: TypeAlias = (
    SendDatagram
    | ProbeAddress
    | AnnounceAddress
    | OpenStream
    | SendStream
    | CloseStream
    | SetTimer
    | CancelTimer
    | Persist
    | Note
    | BindingChanged
    | ExitProcess
)

Fact: TypeAlias = tuple[str, Any, str]
"""(name, value, unit): a fact that a decision looked at.

Units: ``""`` text or plain number, ``s`` seconds, ``us`` microseconds of duration,
``t`` a moment in µs, ``ip`` an address, ``%`` per cent.
"""
