"""The three ways in which failover messages are encoded: isc, draft, microsoft.

Engines speak one form, the draft's with a set bit of hash-bucket-assignment meaning the
secondary (§12.11); this module is where the others turn into it and out of it. ``isc`` only
means that bit the other way round. ``microsoft`` writes payload offset 8, names in UTF-16LE,
the scope before a hardware address, its own binding status and IP-flags, and options 30–36
(MS-DHCPF §2.2, §3.1.4.2; Wireshark). RECOVER-WAIT is 254 in all three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.errors import WireError
from foviz.wire import failover as wire
from foviz.wire.failover import (
    HEADER_LENGTH,
    BindingStatus,
    FailoverMessage,
    FailoverOption,
    FailoverType,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DIALECTS: Final = ("isc", "draft", "microsoft")
MICROSOFT_OFFSET: Final = 8
"""What stands as payload offset in a Microsoft server's header, and means 12 (Wireshark)."""

Options = tuple[tuple[int, bytes], ...]

NAMES: Final = (FailoverOption.RELATIONSHIP_NAME, FailoverOption.VENDOR_CLASS_IDENTIFIER)
MICROSOFT_ONLY: Final = range(FailoverOption.SCOPE_ID_LIST, FailoverOption.CLIENT_ADDRESS_STATE + 1)
_TLS: Final = (FailoverOption.TLS_REQUEST, FailoverOption.TLS_REPLY)
_GREETINGS: Final = (FailoverType.CONNECT, FailoverType.CONNECTACK)
_HTYPE: Final = b"\x01"

OFFERED, LEASED, DECLINED, DOOMED = range(4)
"""Bits 0–1 of Microsoft's binding status when the record names a client (MS-DHCPF §3.1.4.2)."""
SHARE_FREE: Final = (1, 4, 5)
SHARE_BACKUP: Final = (2, 6)
"""The same option when it names none: FREE, RECONCILE, FREE_UPDATE; BACKUP, BACKUP_UPDATE."""
DELETED, FREED_BY_CLIENT, FREED_WHILE_ALONE = 0x1, 0x2, 0x4
"""Microsoft's IP-flags."""

CLIENT_IS_DHCP: Final = 1

MICROSOFT_STATUS_WORDS: Final = {
    0: "offered",
    1: "active, or FREE without a client",
    2: "declined, or BACKUP without a client",
    3: "doomed",
    4: "RECONCILE",
    5: "FREE_UPDATE",
    6: "BACKUP_UPDATE",
}
"""Microsoft's binding status in words; it takes the rest of the record to know which."""


class About(NamedTuple):
    """What a Microsoft server says of an address besides: its subnet, who leased it."""

    network: int
    mask: int
    server: int
    server_name: str


def encode(
    message: FailoverMessage, dialect: str, about: Callable[[int], About] | None = None
) -> bytes:
    """Return the octets of an engine's message in a dialect."""
    return wire.encode(to_dialect(message, dialect, about))


def to_dialect(
    message: FailoverMessage, dialect: str, about: Callable[[int], About] | None = None
) -> FailoverMessage:
    """Return an engine's message as the dialect writes it; *about* is microsoft's only."""
    if dialect == "draft":
        return message
    if dialect == "isc":
        return _turned(message)
    return _to_microsoft(message, about)


def decode(octets: bytes, dialect: str) -> FailoverMessage:
    """Return the octets as a message of the engines; raise WireError when they are none."""
    return from_dialect(wire.decode(octets), dialect)


def from_dialect(message: FailoverMessage, dialect: str) -> FailoverMessage:
    """Return what was decoded as the engines have it."""
    if dialect == "isc":
        if message.payload_offset < HEADER_LENGTH:  # dhcpd closes the connection on it
            raise WireError(f"payload offset {message.payload_offset} is inside the header", 3)
        return _turned(message)
    return message if dialect == "draft" else _from_microsoft(message)


def read(octets: bytes) -> FailoverMessage:
    """Return octets as the draft would say them, the dialect known by the payload offset."""
    message = wire.decode(octets)
    return _from_microsoft(message) if message.payload_offset == MICROSOFT_OFFSET else message


def hardware_of(message: FailoverMessage, option: bytes | None = None) -> bytes:
    """Return the client's hardware address in a decoded message, by its payload offset.

    *option* is the data of client-hardware-address if it is another than the message's first.
    """
    data = message.get(FailoverOption.CLIENT_HARDWARE_ADDRESS) if option is None else option
    skip = 5 if message.payload_offset == MICROSOFT_OFFSET else 1
    return (data or b"")[skip:]


def _turned(message: FailoverMessage) -> FailoverMessage:
    """In ISC's bitmap a set bit is the primary's, in the draft's the secondary's."""
    if message.type != FailoverType.CONNECT:
        return message
    options = tuple(
        (code, bytes(octet ^ 0xFF for octet in data))
        if code == FailoverOption.HASH_BUCKET_ASSIGNMENT
        else (code, data)
        for code, data in message.options
    )
    return message._replace(options=options)


# -- microsoft


def _wide(text: bytes) -> bytes:
    return text.decode("utf-8", "replace").encode("utf-16-le")


def _narrow(text: bytes) -> bytes:
    return text.decode("utf-16-le", "replace").rstrip("\0").encode()


def _to_microsoft(
    message: FailoverMessage, about: Callable[[int], About] | None
) -> FailoverMessage:
    if message.type == FailoverType.BNDUPD:
        options: list[tuple[int, bytes]] = []
        for transaction in message.transactions():
            options.extend(_microsoft_binding(transaction, about))
    else:
        options = [
            (code, _wide(data)) if code in NAMES else (code, data)
            for code, data in message.options
            if code not in _TLS or message.type not in _GREETINGS
        ]
    kind, time, xid, *_ = message
    return FailoverMessage(kind, time, xid, tuple(options), MICROSOFT_OFFSET)


def _microsoft_binding(options: Options, about: Callable[[int], About] | None) -> Options:
    fields = dict(options)
    address = int.from_bytes(fields.get(FailoverOption.ASSIGNED_IP_ADDRESS, b""), "big")
    number = fields.get(FailoverOption.BINDING_STATUS, b"")
    if about is None or len(number) != 1 or not 1 <= number[0] <= 7:
        return options
    facts = about(address)
    status = BindingStatus(number[0])
    shared = status in (BindingStatus.FREE, BindingStatus.BACKUP)
    kind, flags = _MICROSOFT_STATUS[status]
    left = () if not shared else _NEVER_OF_A_SHARE
    found: list[tuple[int, bytes]] = []
    for code, data in options:
        if code in left or code in _REPLACED:
            continue
        if code == FailoverOption.BINDING_STATUS:
            found.append(wire.u8(code, kind))
            found.append(wire.u8(FailoverOption.IP_FLAGS, flags))
            if not shared:
                hardware = fields.get(FailoverOption.CLIENT_HARDWARE_ADDRESS, _HTYPE)
                scope = facts.network.to_bytes(4, "little")
                found.append((FailoverOption.CLIENT_HARDWARE_ADDRESS, scope + hardware))
        else:
            found.append((code, data))
    found.append(wire.u32(FailoverOption.CLIENT_SUBNET_MASK, facts.mask))
    if not shared:
        found.append(wire.u32(FailoverOption.SERVER_IP_ADDRESS, facts.server))
        name = f"{facts.server_name}\0".encode("utf-16-le")
        found.append((FailoverOption.SERVER_NAME, name))
        found.append(wire.u8(FailoverOption.CLIENT_TYPE, CLIENT_IS_DHCP))
    return tuple(found)


_MICROSOFT_STATUS: Final[dict[BindingStatus, tuple[int, int]]] = {
    BindingStatus.FREE: (SHARE_FREE[0], 0),
    BindingStatus.BACKUP: (SHARE_BACKUP[0], 0),
    BindingStatus.ACTIVE: (LEASED, 0),
    BindingStatus.EXPIRED: (DOOMED, 0),
    BindingStatus.RELEASED: (DOOMED, FREED_BY_CLIENT),
    BindingStatus.ABANDONED: (DECLINED, 0),
    BindingStatus.RESET: (DOOMED, DELETED),
}

_REPLACED: Final = (FailoverOption.IP_FLAGS, FailoverOption.CLIENT_HARDWARE_ADDRESS)
_NEVER_OF_A_SHARE: Final = (
    FailoverOption.CLIENT_IDENTIFIER,
    FailoverOption.LEASE_EXPIRATION_TIME,
    FailoverOption.POTENTIAL_EXPIRATION_TIME,
    FailoverOption.CLIENT_LAST_TRANSACTION_TIME,
)
"""What a redistribution of free addresses must not carry (MS-DHCPF §3.1.5.2)."""


def _from_microsoft(message: FailoverMessage) -> FailoverMessage:
    options: list[tuple[int, bytes]] = []
    if message.type == FailoverType.BNDUPD:
        for transaction in message.transactions():
            options.extend(_drafts_binding(transaction))
    else:
        options.extend(
            (code, _narrow(data)) if code in NAMES else (code, data)
            for code, data in message.options
            if code not in MICROSOFT_ONLY or code == FailoverOption.SCOPE_ID_LIST
        )
    kind, time, xid, *_ = message
    return FailoverMessage(kind, time, xid, tuple(options))


def _drafts_binding(options: Options) -> Options:
    fields = dict(options)
    found: list[tuple[int, bytes]] = []
    for code, data in options:
        if code in MICROSOFT_ONLY or code == FailoverOption.IP_FLAGS:
            continue
        if code == FailoverOption.BINDING_STATUS and len(data) == 1:
            found.append(wire.u8(code, drafts_status(fields)))
        elif code == FailoverOption.CLIENT_HARDWARE_ADDRESS:
            if len(data) > 5:
                found.append((code, data[4:]))
        else:
            found.append((code, data))
    return tuple(found)


def drafts_status(fields: dict[int, bytes]) -> int:
    """Return the draft's binding status for Microsoft's options, or 0 (MS-DHCPF §3.1.4.2).

    A declined address is ABANDONED as in the option table there. The text makes it EXPIRED,
    which would hand a bad address out again.
    """
    value = fields[FailoverOption.BINDING_STATUS][0]
    if FailoverOption.CLIENT_HARDWARE_ADDRESS not in fields:
        if value in SHARE_FREE:
            return BindingStatus.FREE
        return BindingStatus.BACKUP if value in SHARE_BACKUP else 0
    flags = int.from_bytes(fields.get(FailoverOption.IP_FLAGS, b""), "big")
    if flags & FREED_BY_CLIENT:
        return BindingStatus.RELEASED
    return {DOOMED: BindingStatus.EXPIRED, DECLINED: BindingStatus.ABANDONED}.get(
        value & 3, BindingStatus.ACTIVE
    )
