"""What the data of a failover option says, as people read it (draft-12 §12, MS-DHCPF §2.2).

Not here: the octets of a message, and what a value means for the state machine. Data that
has not the form it should is shown as hex, never refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.address import ip_text, mac_text
from foviz.wire import words
from foviz.wire.dhcp import MAGIC
from foviz.wire.dialect import MICROSOFT_OFFSET, MICROSOFT_STATUS_WORDS
from foviz.wire.failover import (
    IP_BOOTP,
    IP_RESERVED,
    OPTIONS,
    STARTUP_FLAG,
    FailoverOption,
    reject_text,
    state_text,
    status_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.wire.failover import OptionKind

DDNS_BITS: Final = {
    0x01: "C forward update done",
    0x02: "A server owns the address record",
    0x04: "D reverse update done",
    0x08: "P server owns the pointer record",
}
"""Flags of the DDNS option (§12.9)."""

_BITS: Final[dict[int, dict[int, str]]] = {
    FailoverOption.IP_FLAGS: {IP_RESERVED: "RESERVED", IP_BOOTP: "BOOTP"},
    FailoverOption.SERVER_FLAGS: {STARTUP_FLAG: "STARTUP"},
    FailoverOption.CLIENT_ADDRESS_STATE: {0x1: "no pointer record"},
}
_MICROSOFT_IP_FLAGS: Final = {
    0x1: "record deleted",
    0x2: "released by the client",
    0x4: "deleted while communication was down",
}
_TLS: Final[dict[int, tuple[str, ...]]] = {
    FailoverOption.TLS_REPLY: ("no TLS", "TLS"),
    FailoverOption.TLS_REQUEST: ("no TLS", "TLS desired", "TLS required"),
}
_DIGESTS: Final = {1: "1 HMAC-MD5", 2: "2 HMAC-SHA-256"}


def option_value(code: int, data: bytes, payload_offset: int = 12) -> str:
    """Return an option's data as people read it: ``10.0.0.51``, ``2 ACTIVE``.

    *payload_offset* tells the dialect: a Microsoft server (8) means other things by the
    client-hardware-address, the binding-status and the IP-flags.
    """
    spec = OPTIONS.get(code)
    if spec is None:
        return words.octets_text(data)
    if payload_offset == MICROSOFT_OFFSET:
        if code == FailoverOption.CLIENT_HARDWARE_ADDRESS and len(data) > 5:
            return f"{_hardware(data[4:])}, scope {ip_text(int.from_bytes(data[:4], 'little'))}"
        if code == FailoverOption.IP_FLAGS:
            return words.bits_text(data, _MICROSOFT_IP_FLAGS)
        if code == FailoverOption.BINDING_STATUS and len(data) == 1:
            return f"{data[0]} {MICROSOFT_STATUS_WORDS.get(data[0], f'status {data[0]}')}"
    if spec.kind == "bits":
        return words.bits_text(data, _BITS[code])
    if spec.kind == "tls":
        return _tls(code, data)
    return _FORM[spec.kind](data) or words.octets_text(data)


# A form returns "" for data that it does not fit.


def _single(words_for: Callable[[int], str]) -> Callable[[bytes], str]:
    return lambda data: f"{data[0]} {words_for(data[0])}" if len(data) == 1 else ""


def _ip(data: bytes) -> str:
    return words.addresses_text(data) if len(data) == 4 else ""


def _count(data: bytes) -> str:
    return f"{words.number(data):,}" if data else ""


def _duration(data: bytes) -> str:
    return words.duration_value(words.number(data)) if data else ""


def _time(data: bytes) -> str:
    return words.moment_value(words.number(data)) if len(data) == 4 else ""


def _hardware(data: bytes) -> str:
    if len(data) < 2:
        return ""
    return f"{mac_text(data[1:])} ({words.hardware_type_text(data[0])})"


def _text(data: bytes) -> str:
    return words.wide_text(data) if words.is_wide(data) else words.printable(data)


def _tls(code: int, data: bytes) -> str:
    known = _TLS[code]
    if len(data) != 1 or data[0] >= len(known):
        return words.octets_text(data)
    return f"{data[0]} {known[data[0]]}"


def _dhcp(data: bytes) -> str:
    return words.count_text(len(data), "octet") if data.startswith(MAGIC) else ""


def _ddns(data: bytes) -> str:
    if len(data) < 2:
        return ""
    found = words.domain_name(data, 2)
    name = found[0] if found else words.octets_text(data[2:])
    return f"{name}; flags {words.bits_text(data[:2], DDNS_BITS)}"


def _digest(data: bytes) -> str:
    if not data:
        return ""
    return f"{_DIGESTS.get(data[0], str(data[0]))} {words.octets_text(data[1:])}"


def _scopes(data: bytes) -> str:
    """Microsoft sends these addresses in the byte order of its processor."""
    if len(data) % 4:
        return ""
    starts = range(0, len(data), 4)
    return ", ".join(ip_text(int.from_bytes(data[at : at + 4], "little")) for at in starts)


_FORM: Final[dict[OptionKind, Callable[[bytes], str]]] = {
    "bitmap": words.ranges_text,
    "count": _count,
    "ddns": _ddns,
    "dhcp": _dhcp,
    "digest": _digest,
    "duration": _duration,
    "hardware": _hardware,
    "ip": _ip,
    "number": _count,
    "octets": words.octets_text,
    "reject": _single(reject_text),
    "scopes": _scopes,
    "state": _single(state_text),
    "status": _single(status_text),
    "text": _text,
    "time": _time,
    "tlv": words.octets_text,
    "utf16": words.wide_text,
}
