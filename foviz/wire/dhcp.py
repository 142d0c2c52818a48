"""The DHCP message: octets to fields and back (RFC 2131 §2, RFC 2132 §2 and §9.3, RFC 3396).

Not here: what an option means (:mod:`foviz.wire.options`), who answers whom, UDP and IP.
``decode`` and ``encode`` are pure, and raise nothing but WireError about a peer's octets.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from foviz.base.errors import WireError
from foviz.base.numbered import Numbered

BOOTREQUEST: Final = 1
BOOTREPLY: Final = 2
SERVER_PORT: Final = 67
CLIENT_PORT: Final = 68
BROADCAST_FLAG: Final = 0x8000
MAGIC: Final = b"\x63\x82\x53\x63"

PAD: Final = 0
OVERLOAD: Final = 52
MESSAGE_TYPE: Final = 53
END: Final = 255

OPTIONS_START: Final = 240
"""First octet after the fixed fields (236) and the cookie (4)."""

MINIMUM_LENGTH: Final = 300
"""BOOTP messages had 300 octets, and relays drop shorter ones (RFC 1542 §2.1)."""

SNAME: Final = (44, 108)
FILE: Final = (108, 236)
"""Where the two fields stand that option 52 can turn into room for options."""

_HEAD: Final = Struct("!BBBBIHHIIII16s64s128s4s")
_LONGEST_ADDRESS: Final = 16


class MessageType(Numbered):
    """Option 53 (RFC 2132 §9.6)."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8


class DhcpMessage(NamedTuple):
    """One DHCP message; addresses are int, ``chaddr`` has hlen octets.

    ``options`` keeps the wire's order without pad, end and overload: what stood in an
    overloaded *file* or *sname* is among the options, and that field is empty. Parts of an
    option that came in pieces are joined where the first one stood.
    """

    op: int
    htype: int
    hlen: int
    hops: int
    xid: int
    secs: int
    flags: int
    ciaddr: int
    yiaddr: int
    siaddr: int
    giaddr: int
    chaddr: bytes
    sname: bytes
    file: bytes
    options: tuple[tuple[int, bytes], ...]

    def option(self, code: int) -> bytes | None:
        """The data of an option, or None when it is absent."""
        for found, data in self.options:
            if found == code:
                return data
        return None

    @property
    def message_type(self) -> int:
        """Option 53, or 0 when it is absent or not one octet long."""
        for code, data in self.options:
            if code == MESSAGE_TYPE:
                return data[0] if len(data) == 1 else 0
        return 0

    def u32(self, code: int) -> int | None:
        """An option of four octets as a number; None when absent or of another length."""
        data = self.option(code)
        return int.from_bytes(data, "big") if data is not None and len(data) == 4 else None


def encode(message: DhcpMessage) -> bytes:
    """Return the octets of *message*, padded to 300; an option over 255 octets is split."""
    op, htype, hlen, hops, xid, secs, flags, *addresses, chaddr, sname, file, options = message
    assert len(chaddr) == hlen <= _LONGEST_ADDRESS, "chaddr is not hlen octets long"
    assert len(sname) <= 64, "sname is too long"
    assert len(file) <= 128, "file is too long"
    octets = bytearray(
        _HEAD.pack(op, htype, hlen, hops, xid, secs, flags, *addresses, chaddr, sname, file, MAGIC)
    )
    for code, data in options:
        size = len(data)
        if size > 255:
            _append_parts(octets, code, data)
            continue
        octets.append(code)
        octets.append(size)
        octets += data
    octets.append(END)
    if len(octets) < MINIMUM_LENGTH:
        return bytes(octets.ljust(MINIMUM_LENGTH, b"\0"))
    return bytes(octets)


def _append_parts(octets: bytearray, code: int, data: bytes) -> None:
    # RFC 3396 §5: consecutive options of the same code, all but the last one full.
    for start in range(0, len(data), 255):
        part = data[start : start + 255]
        octets += bytes((code, len(part)))
        octets += part


def decode(octets: bytes) -> DhcpMessage:
    """Return the message that *octets* are; raise WireError when they are none."""
    size = len(octets)
    if size < OPTIONS_START:
        raise WireError(f"a DHCP message has at least 240 octets, this has {size}", size)
    (
        op,
        htype,
        hlen,
        hops,
        xid,
        secs,
        flags,
        ciaddr,
        yiaddr,
        siaddr,
        giaddr,
        chaddr,
        sname,
        file,
        magic,
    ) = _HEAD.unpack_from(octets)
    if op != BOOTREQUEST and op != BOOTREPLY:
        raise WireError(f"op is {op}, neither a request (1) nor a reply (2)", 0)
    if hlen > _LONGEST_ADDRESS:
        raise WireError(f"hlen is {hlen}, but chaddr has room for {_LONGEST_ADDRESS}", 2)
    if magic != MAGIC:
        raise WireError("the magic cookie 99.130.83.99 is missing", 236)
    options: dict[int, bytes] = {}
    _read_options(octets, OPTIONS_START, size, options)
    if OVERLOAD in options:
        sname, file = _read_overload(octets, options, sname, file)
    return DhcpMessage(
        op,
        htype,
        hlen,
        hops,
        xid,
        secs,
        flags,
        ciaddr,
        yiaddr,
        siaddr,
        giaddr,
        chaddr[:hlen],
        sname.rstrip(b"\0"),
        file.rstrip(b"\0"),
        tuple(options.items()),
    )


def _read_options(octets: bytes, at: int, end: int, options: dict[int, bytes]) -> None:
    """Read the options from *at* to their end mark, which has to stand before *end*."""
    while at < end:
        code = octets[at]
        if code == END:
            return
        if code == PAD:
            at += 1
            continue
        data_at = at + 2
        if data_at > end:
            raise WireError(f"option {code} has no length", at + 1)
        at = data_at + octets[data_at - 1]
        if at > end:
            raise WireError(
                f"option {code} is said to have {at - data_at} octets, {end - data_at} are left",
                data_at - 1,
            )
        if code in options:
            options[code] += octets[data_at:at]  # RFC 3396 §7
        else:
            options[code] = octets[data_at:at]
    raise WireError("the options have no end mark (255)", end)


def _read_overload(
    octets: bytes, options: dict[int, bytes], sname: bytes, file: bytes
) -> tuple[bytes, bytes]:
    """Read the options in *file*, then those in *sname* (RFC 2131 §4.1); return what is left."""
    value = options.pop(OVERLOAD)
    if value not in (b"\x01", b"\x02", b"\x03"):
        where = _find(octets, OVERLOAD)
        raise WireError(f"option overload is {value.hex() or 'empty'}, not 1, 2 or 3", where)
    if value[0] & 1:
        _read_options(octets, *FILE, options)
        file = b""
    if value[0] & 2:
        _read_options(octets, *SNAME, options)
        sname = b""
    options.pop(OVERLOAD, None)  # it has no meaning inside the overloaded fields
    return sname, file


def _find(octets: bytes, code: int) -> int:
    """Return where the first option *code* stands in well-formed options."""
    at = OPTIONS_START
    while octets[at] != code:
        at += 2 + octets[at + 1] if octets[at] != PAD else 1
    return at
