"""A message as a tree of named fields, each with its exact range of octets.

:func:`dissect_dhcp` and :func:`dissect_failover` never raise: octets that are no message
give the part that can be read, and a last field *malformed* with the decoder's own sentence.
The leaves of a valid message follow one another and never overlap; bits of one octet are
therefore named in the value of its field. Not here: explanations, and anything that needs
more than this one message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.address import ip_text, mac_text
from foviz.base.errors import WireError
from foviz.base.time import US, duration_text
from foviz.wire import dhcp, dialect, failover, options, values, words
from foviz.wire.dhcp import MessageType
from foviz.wire.failover import HEADER_LENGTH, FailoverOption, FailoverType

if TYPE_CHECKING:
    from collections.abc import Callable


class Field(NamedTuple):
    """One named piece: ``octets[start:end]`` of the message, and what is inside it.

    ``code`` is the number of an option or sub-option, else None.
    """

    code: int | None
    name: str
    value: str
    start: int
    end: int
    children: tuple[Field, ...] = ()


# -- DHCP


def _ip(octets: bytes) -> str:
    return ip_text(words.number(octets))


def _flags(octets: bytes) -> str:
    return words.bits_text(octets, {dhcp.BROADCAST_FLAG: "BROADCAST"})


def _zeros_or_text(octets: bytes) -> str:
    return words.printable(octets) or "not given"


def _op(octets: bytes) -> str:
    name = _OPS.get(octets[0])
    return f"{octets[0]} {name}" if name else str(octets[0])


_OPS: Final = {dhcp.BOOTREQUEST: "BOOTREQUEST", dhcp.BOOTREPLY: "BOOTREPLY"}

_DHCP_HEADER: Final[tuple[tuple[str, int, int, Callable[[bytes], str]], ...]] = (
    ("op", 0, 1, _op),
    ("htype", 1, 2, lambda octets: words.hardware_type_text(octets[0])),
    ("hlen", 2, 3, lambda octets: str(octets[0])),
    ("hops", 3, 4, lambda octets: str(octets[0])),
    ("xid", 4, 8, lambda octets: f"0x{octets.hex()}"),
    ("secs", 8, 10, lambda octets: words.seconds_text(words.number(octets))),
    ("flags", 10, 12, _flags),
    ("ciaddr", 12, 16, _ip),
    ("yiaddr", 16, 20, _ip),
    ("siaddr", 20, 24, _ip),
    ("giaddr", 24, 28, _ip),
    ("chaddr", 28, 44, mac_text),
    ("sname", *dhcp.SNAME, _zeros_or_text),
    ("file", *dhcp.FILE, _zeros_or_text),
    ("magic cookie", 236, 240, lambda octets: ".".join(str(octet) for octet in octets)),
)


def dissect_dhcp(octets: bytes) -> Field:
    """Return the tree of a DHCP message; its root is named BOOTREQUEST or BOOTREPLY."""
    size = len(octets)
    overload = 0
    children: list[Field] = []
    if octets[236:240] == dhcp.MAGIC:
        at, found = _dhcp_options(octets, dhcp.OPTIONS_START, size)
        overload = next((octets[f.start + 2] for f in found if _is_overload(f)), 0)
        value = words.count_text(sum(f.code not in (dhcp.PAD, dhcp.END) for f in found), "option")
        children.append(Field(None, "Options", value, dhcp.OPTIONS_START, at, tuple(found)))
        if found and found[-1].code == dhcp.END and at < size:
            children.append(_filling("padding", octets, at, size))
    children[:0] = [
        _dhcp_field(octets, name, start, end, form, overload)
        for name, start, end, form in _DHCP_HEADER
        if end <= size
    ]
    name = _OPS.get(octets[0], f"op {octets[0]}") if octets else "BOOTREQUEST"
    return _root(name, octets, children, dhcp.decode)


def _is_overload(field: Field) -> bool:
    return field.code == dhcp.OVERLOAD and field.end == field.start + 3


def _dhcp_field(
    octets: bytes,
    name: str,
    start: int,
    end: int,
    form: Callable[[bytes], str],
    overload: int,
) -> Field:
    inside: tuple[Field, ...] = ()
    value = form(octets[start:end])
    if name == "chaddr":
        used = start + min(octets[2], 16)
        value = mac_text(octets[start:used]) or "none"
        if start < used < end:
            inside = (
                Field(None, "hardware address", value, start, used),
                _filling("unused", octets, used, end),
            )
    elif (name == "file" and overload in (1, 3)) or (name == "sname" and overload in (2, 3)):
        at, found = _dhcp_options(octets, start, end)
        if at < end:
            found.append(_filling("padding", octets, at, end))
        value, inside = "holds options", tuple(found)
    return Field(None, name, value, start, end, inside)


def _dhcp_options(octets: bytes, at: int, end: int) -> tuple[int, list[Field]]:
    """Return where the options from *at* end, and their fields, as far as they can be read."""
    ranges: list[tuple[int, int, int]] = []
    times: dict[int, int] = {}
    while at < end:
        code = octets[at]
        if code == dhcp.PAD and ranges and ranges[-1][0] == dhcp.PAD:
            ranges[-1] = (code, ranges[-1][1], at + 1)
            at += 1
            continue
        single = code in (dhcp.PAD, dhcp.END)
        if not single and at + 2 > end:
            break
        stop = at + 1 if single else at + 2 + octets[at + 1]
        if stop > end:
            break
        ranges.append((code, at, stop))
        times[code] = times.get(code, 0) + 1
        at = stop
        if code == dhcp.END:
            break
    return at, [_dhcp_option(octets, *found, times[found[0]]) for found in ranges]


def _dhcp_option(octets: bytes, code: int, start: int, end: int, times: int) -> Field:
    name = options.option_name(code)
    if code in (dhcp.PAD, dhcp.END):
        return Field(code, name, words.count_text(end - start, "octet"), start, end)
    data = octets[start + 2 : end]
    if times > 1:  # a piece of an option makes sense only with the others (RFC 3396)
        return Field(code, name, f"part: {words.octets_text(data)}", start, end)
    value = options.value_text(code, data)
    entry = options.OPTIONS.get(code)
    if entry and entry.kind == "seconds" and len(data) == 4:
        value = words.duration_value(words.number(data))
    if entry is None or entry.kind not in ("relay", "vendor"):
        return Field(code, name, value, start, end)
    inside = tuple(
        Field(
            sub,
            options.sub_option_name(code, sub),
            options.sub_value_text(code, sub, data[first + 2 : last]),
            start + 2 + first,
            start + 2 + last,
        )
        for sub, first, last in options.split_sub_options(data)
    )
    return Field(code, name, value, start, end, inside)


# -- failover


def dissect_failover(octets: bytes) -> Field:
    """Return the tree of a failover message; its root is named by its type."""
    size = len(octets)
    children = [
        Field(None, name, form(octets[start:end]), start, end)
        for name, start, end, form in _FAILOVER_HEADER
        if end <= size
    ]
    if size >= HEADER_LENGTH:
        at = max(octets[3], HEADER_LENGTH)
        if HEADER_LENGTH < at <= size:
            children.append(_filling("skipped", octets, HEADER_LENGTH, at))
        if at <= size:
            stop, found = _failover_options(octets, at)
            value = words.count_text(len(found), "option")
            children.append(Field(None, "Options", value, at, stop, tuple(found)))
    name = failover.type_text(octets[2]) if size > 2 else "failover message"
    return _root(name, octets, children, failover.decode)


def _type(octets: bytes) -> str:
    kind = octets[0]
    name = failover.type_text(kind)
    return f"{kind} unknown" if name.startswith("type") else f"{kind} {name}"


_FAILOVER_HEADER: Final[tuple[tuple[str, int, int, Callable[[bytes], str]], ...]] = (
    ("length", 0, 2, lambda octets: words.count_text(words.number(octets), "octet")),
    ("type", 2, 3, _type),
    ("payload offset", 3, 4, lambda octets: str(octets[0])),
    ("time", 4, 8, lambda octets: words.moment_value(words.number(octets))),
    ("xid", 8, 12, lambda octets: str(words.number(octets))),
)


def _failover_options(octets: bytes, at: int) -> tuple[int, list[Field]]:
    found: list[Field] = []
    while at + 4 <= len(octets):
        stop = at + 4 + words.number(octets[at + 2 : at + 4])
        if stop > len(octets):
            break
        found.append(_failover_option(octets, at, stop))
        at = stop
    return at, found


def _failover_option(octets: bytes, start: int, end: int) -> Field:
    code = words.number(octets[start : start + 2])
    data = octets[start + 4 : end]
    value = values.option_value(code, data, octets[3])
    spec = failover.OPTIONS.get(code)
    inside: tuple[Field, ...] = ()
    if spec and spec.kind == "dhcp" and data.startswith(dhcp.MAGIC):
        inside = _embedded(octets, start + 4, end)
    elif spec and spec.kind == "tlv":
        inside = _vendor_options(octets, start + 4, end)
    return Field(code, failover.option_name(code), value, start, end, inside)


def _embedded(octets: bytes, start: int, end: int) -> tuple[Field, ...]:
    """The DHCP options that client-request-options and client-reply-options carry (§12.7)."""
    at, found = _dhcp_options(octets, start + 4, end)
    found.insert(0, Field(None, "magic cookie", "99.130.83.99", start, start + 4))
    if at < end:
        found.append(_filling("rest", octets, at, end))
    return tuple(found)


def _vendor_options(octets: bytes, at: int, end: int) -> tuple[Field, ...]:
    """Vendor-specific options have the form of the others (§12.29); none if these have not."""
    found: list[Field] = []
    while at < end:
        stop = at + 4 + words.number(octets[at + 2 : at + 4])
        if stop > end:
            return ()
        code = words.number(octets[at : at + 2])
        value = words.octets_text(octets[at + 4 : stop])
        found.append(Field(code, f"vendor option {code}", value, at, stop))
        at = stop
    return tuple(found)


# -- common


def _filling(name: str, octets: bytes, start: int, end: int) -> Field:
    value = words.count_text(end - start, "octet")
    if any(octets[start:end]):
        value = f"{value}, not all zero"
    return Field(None, name, value, start, end)


def _root(
    name: str, octets: bytes, children: list[Field], decode: Callable[[bytes], object]
) -> Field:
    """Return the root; what the decoder says against the octets becomes the last field."""
    size = len(octets)
    try:
        decode(octets)
    except WireError as error:
        start = min(error.offset, size)
        hit = [leaf for leaf in leaves(tuple(children)) if leaf.start <= start < leaf.end]
        end = hit[0].end if hit else size
        children.append(Field(None, "malformed", error.message, start, end))
    return Field(None, name, words.count_text(size, "octet"), 0, size, tuple(children))


def leaves(fields: tuple[Field, ...]) -> list[Field]:
    """Return the fields without children, in the order of the tree."""
    found: list[Field] = []
    for field in fields:
        found.extend(leaves(field.children) if field.children else [field])
    return found


def summary(octets: bytes, protocol: str) -> str:
    """Return the short label of a message: ``ACK 1 h``, ``BNDUPD .51 ACTIVE``.

    *protocol* is ``dhcp`` or ``failover``, as in a send record; another one is its own label.
    """
    if protocol not in ("dhcp", "failover"):
        return protocol.upper()
    try:
        return _dhcp_summary(octets) if protocol == "dhcp" else _failover_summary(octets)
    except WireError:
        return "malformed"


def _dhcp_summary(octets: bytes) -> str:
    message = dhcp.decode(octets)
    kind = message.message_type
    if kind not in MessageType._value2member_map_:
        return f"type {kind}" if kind else _OPS[message.op]
    name = MessageType(kind).name
    lease = message.u32(51)
    if lease is None or kind not in (MessageType.OFFER, MessageType.ACK):
        return name
    return f"{name} {'infinite' if lease == words.INFINITE else duration_text(lease * US)}"


def _failover_summary(octets: bytes) -> str:
    message = dialect.read(octets)
    kind = message.type
    name = failover.type_text(kind)
    if kind in (FailoverType.BNDUPD, FailoverType.BNDACK):
        return " ".join([name, *_binding_words(message)])
    if kind == FailoverType.STATE:
        state = message.u8(FailoverOption.SERVER_STATE)
        return name if state is None else f"{name} {failover.state_text(state)}"
    if kind == FailoverType.POOLRESP:
        count = message.u32(FailoverOption.ADDRESSES_TRANSFERRED)
        return name if count is None else f"{name} {count:,}"
    return name


def _binding_words(message: failover.FailoverMessage) -> list[str]:
    """``.51``, ``ACTIVE`` or ``reject 15``, and how many bindings more there are.

    Of several it is the first that was rejected, else the first.
    """
    bindings = [dict(binding) for binding in message.transactions()]
    if not bindings:
        return []
    refused = [binding for binding in bindings if FailoverOption.REJECT_REASON in binding]
    shown = (refused or bindings)[0]
    found: list[str] = []
    if address := shown.get(FailoverOption.ASSIGNED_IP_ADDRESS):
        found.append(f".{address[-1]}")
    if message.type == FailoverType.BNDUPD and (status := shown.get(FailoverOption.BINDING_STATUS)):
        found.append(failover.status_text(status[0]))
    if message.type == FailoverType.BNDACK and refused:
        found.append(f"reject {shown[FailoverOption.REJECT_REASON][0]}")
    if len(bindings) > 1:
        found.append(f"+{len(bindings) - 1}")
    return found
