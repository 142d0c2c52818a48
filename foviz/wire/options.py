"""The DHCP options: their numbers, names and values as people read them.

Names are those of RFC 2132, of RFC 3046 for the relay's sub-options, and of the RFC that
defines the option elsewhere (3004, 4702, 3011, 3397, 3442, 3925, 2563, 4578 …), in lower
case but for acronyms. Not here: octets of a whole message (:mod:`foviz.wire.dhcp`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from foviz.base.address import ip_text
from foviz.wire import words
from foviz.wire.dhcp import MessageType

if TYPE_CHECKING:
    from collections.abc import Callable

ValueKind: TypeAlias = Literal[
    "addresses", "address", "pairs", "text", "number", "seconds", "offset", "flag", "message",
    "codes", "overload", "client-id", "fqdn", "relay", "classes", "domains", "routes",
    "enterprises", "vendor", "node", "auto", "octets",
]  # fmt: skip


class OptionEntry(NamedTuple):
    """One row of the table."""

    code: int
    name: str
    kind: ValueKind


_ROWS: Final[tuple[tuple[int, str, ValueKind], ...]] = (
    (0, "pad", "octets"),
    (1, "subnet mask", "address"),
    (2, "time offset", "offset"),
    (3, "router", "addresses"),
    (4, "time server", "addresses"),
    (5, "name server", "addresses"),
    (6, "domain name server", "addresses"),
    (7, "log server", "addresses"),
    (12, "host name", "text"),
    (13, "boot file size", "number"),
    (15, "domain name", "text"),
    (17, "root path", "text"),
    (19, "IP forwarding", "flag"),
    (23, "default IP time-to-live", "number"),
    (26, "interface MTU", "number"),
    (28, "broadcast address", "address"),
    (31, "perform router discovery", "flag"),
    (33, "static route", "pairs"),
    (40, "network information service domain", "text"),
    (42, "network time protocol servers", "addresses"),
    (43, "vendor specific information", "vendor"),
    (44, "NetBIOS over TCP/IP name server", "addresses"),
    (46, "NetBIOS over TCP/IP node type", "node"),
    (47, "NetBIOS over TCP/IP scope", "text"),
    (50, "requested IP address", "address"),
    (51, "IP address lease time", "seconds"),
    (52, "option overload", "overload"),
    (53, "DHCP message type", "message"),
    (54, "server identifier", "address"),
    (55, "parameter request list", "codes"),
    (56, "message", "text"),
    (57, "maximum DHCP message size", "number"),
    (58, "renewal (T1) time value", "seconds"),
    (59, "rebinding (T2) time value", "seconds"),
    (60, "vendor class identifier", "text"),
    (61, "client-identifier", "client-id"),
    (66, "TFTP server name", "text"),
    (67, "bootfile name", "text"),
    (77, "user class", "classes"),
    (80, "rapid commit", "octets"),
    (81, "client FQDN", "fqdn"),
    (82, "relay agent information", "relay"),
    (91, "client-last-transaction-time", "seconds"),
    (92, "associated-ip", "addresses"),
    (93, "client system architecture type", "number"),
    (94, "client network interface identifier", "octets"),
    (97, "client machine identifier", "octets"),
    (108, "IPv6-only preferred", "seconds"),
    (116, "auto-configure", "auto"),
    (118, "subnet selection", "address"),
    (119, "domain search", "domains"),
    (121, "classless static route", "routes"),
    (124, "vendor-identifying vendor class", "enterprises"),
    (125, "vendor-identifying vendor-specific information", "enterprises"),
    (255, "end", "octets"),
)

OPTIONS: Final[dict[int, OptionEntry]] = {row[0]: OptionEntry(*row) for row in _ROWS}

_RELAY: Final[dict[int, tuple[str, ValueKind]]] = {
    1: ("agent circuit ID", "text"),
    2: ("agent remote ID", "text"),
    5: ("link selection", "address"),
    6: ("subscriber-ID", "text"),
    9: ("vendor-specific information", "octets"),
    11: ("server identifier override", "address"),
    12: ("relay agent identifier", "octets"),
    151: ("virtual subnet selection", "octets"),
}

_OVERLOAD: Final = {1: "1 file", 2: "2 sname", 3: "3 file and sname"}
_NODES: Final = {1: "1 B-node", 2: "2 P-node", 4: "4 M-node", 8: "8 H-node"}
_AUTO: Final = {0: "0 do not auto-configure", 1: "1 auto-configure"}
_FLAGS: Final = {0: "0 off", 1: "1 on"}

FQDN_FLAGS: Final = {
    0x01: "S server updates A",
    0x02: "O overridden",
    0x04: "E encoded",
    0x08: "N no updates",
}
"""Flags of option 81 (RFC 4702 §2.1)."""


def option_name(code: int) -> str:
    """Return the name of an option: ``subnet mask``."""
    entry = OPTIONS.get(code)
    return entry.name if entry else f"option {code}"


def value_text(code: int, data: bytes) -> str:
    """Return an option's data as people read it; as hex when it has not the form it should."""
    entry = OPTIONS.get(code)
    return _shown(entry.kind, data) if entry else words.octets_text(data)


def sub_option_name(code: int, sub: int) -> str:
    """Return the name of a sub-option of option *code*: ``agent circuit ID``."""
    return _RELAY[sub][0] if code == 82 and sub in _RELAY else f"sub-option {sub}"


def sub_value_text(code: int, sub: int, data: bytes) -> str:
    """Return a sub-option's data as people read it."""
    return _shown(_RELAY[sub][1] if code == 82 and sub in _RELAY else "octets", data)


def split_sub_options(data: bytes) -> list[tuple[int, int, int]]:
    """Return (code, start, end) of each sub-option; empty when the data is not made of them.

    The range includes the two octets of code and length. Option 43 may end with 255 and
    zeros (RFC 2132 §8.4).
    """
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < len(data):
        if data[at] == 255 and not any(data[at + 1 :]):
            break
        if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
            return []
        found.append((data[at], at, at + 2 + data[at + 1]))
        at = found[-1][2]
    return found


def _shown(kind: ValueKind, data: bytes) -> str:
    return _FORM[kind](data) or words.octets_text(data)


# A form returns "" for data that it does not fit.


def _address(data: bytes) -> str:
    return words.addresses_text(data) if len(data) == 4 else ""


def _addresses(data: bytes) -> str:
    return words.addresses_text(data) if len(data) % 4 == 0 else ""


def _pairs(data: bytes) -> str:
    if len(data) % 8:
        return ""
    starts = range(0, len(data), 8)
    return ", ".join(words.addresses_text(data[at : at + 8], " via ") for at in starts)


def _text(data: bytes) -> str:
    """Text where it is text: a circuit ID may as well be a number."""
    shown = words.printable(data)
    return "" if "·" in shown or "\ufffd" in shown else shown


def _number(data: bytes) -> str:
    return f"{words.number(data):,}" if len(data) in (1, 2, 4) else ""


def _seconds(data: bytes) -> str:
    return words.seconds_text(words.number(data)) if len(data) == 4 else ""


def _offset(data: bytes) -> str:
    if len(data) != 4:
        return ""
    return f"{int.from_bytes(data, 'big', signed=True):,}\u00a0s".replace("-", "−")


def _one_of(names: dict[int, str]) -> Callable[[bytes], str]:
    return lambda data: names.get(data[0], str(data[0])) if len(data) == 1 else ""


def _codes(data: bytes) -> str:
    return ", ".join(
        f"{code} {OPTIONS[code].name}" if code in OPTIONS else str(code) for code in data
    )


def _client_id(data: bytes) -> str:
    """Hex; a type 0 identifier that is text (RFC 2132 §9.14) is shown as text, too."""
    shown = words.octets_text(data)
    text = _text(data[1:]) if data[:1] == b"\0" else ""
    return f"{shown} “{text}”" if text else shown


def _fqdn(data: bytes) -> str:
    if len(data) < 3:
        return ""
    name = _text(data[3:])
    if data[0] & 0x04:
        found = words.domain_name(data, 3)
        name = found[0] if found and found[1] == len(data) else ""
    if not name and len(data) > 3:
        return ""
    return f"{name or 'no name'}; flags {words.bits_text(data[:1], FQDN_FLAGS)}"


def _relay(data: bytes) -> str:
    return "; ".join(
        f"{sub_option_name(82, sub)} {sub_value_text(82, sub, data[start + 2 : end])}"
        for sub, start, end in split_sub_options(data)
    )


def _vendor(data: bytes) -> str:
    return "; ".join(
        f"{sub}: {words.octets_text(data[start + 2 : end])}"
        for sub, start, end in split_sub_options(data)
    )


def _classes(data: bytes) -> str:
    """RFC 3004 §4: each class behind its length; Windows sends one class without a length."""
    classes: list[str] = []
    at = 0
    while at < len(data):
        end = at + 1 + data[at]
        if data[at] == 0 or end > len(data):
            return _text(data)
        classes.append(words.printable(data[at + 1 : end]))
        at = end
    return ", ".join(classes)


def _domains(data: bytes) -> str:
    names: list[str] = []
    at = 0
    while at < len(data):
        found = words.domain_name(data, at)
        if found is None:
            return ""
        names.append(found[0])
        at = found[1]
    return ", ".join(names)


def _routes(data: bytes) -> str:
    """RFC 3442: prefix length, as many octets of the network as it needs, router."""
    routes: list[str] = []
    at = 0
    while at < len(data):
        prefix = data[at]
        needed = (prefix + 7) // 8
        end = at + 5 + needed
        if prefix > 32 or end > len(data):
            return ""
        network = words.number(data[at + 1 : at + 1 + needed].ljust(4, b"\0"))
        router = words.addresses_text(data[end - 4 : end])
        routes.append(f"{ip_text(network)}/{prefix} via {router}")
        at = end
    return ", ".join(routes)


def _enterprises(data: bytes) -> str:
    """RFC 3925: enterprise number, length, that many octets."""
    found: list[str] = []
    at = 0
    while at < len(data):
        end = at + 5 + data[at + 4] if at + 5 <= len(data) else len(data) + 1
        if end > len(data):
            return ""
        enterprise = words.number(data[at : at + 4])
        found.append(f"enterprise {enterprise}: {words.octets_text(data[at + 5 : end])}")
        at = end
    return "; ".join(found)


_MESSAGES: Final = {int(kind): f"{int(kind)} {kind.name}" for kind in MessageType}

_FORM: Final[dict[ValueKind, Callable[[bytes], str]]] = {
    "address": _address,
    "addresses": _addresses,
    "pairs": _pairs,
    "text": _text,
    "number": _number,
    "seconds": _seconds,
    "offset": _offset,
    "flag": _one_of(_FLAGS),
    "message": _one_of(_MESSAGES),
    "codes": _codes,
    "overload": _one_of(_OVERLOAD),
    "client-id": _client_id,
    "fqdn": _fqdn,
    "relay": _relay,
    "classes": _classes,
    "domains": _domains,
    "routes": _routes,
    "enterprises": _enterprises,
    "vendor": _vendor,
    "node": _one_of(_NODES),
    "auto": _one_of(_AUTO),
    "octets": words.octets_text,
}
