"""Hypothesis strategies for messages, and damage to octets."""

from hypothesis import strategies as st

from foviz.base.errors import WireError
from foviz.wire import dhcp, failover
from foviz.wire.dhcp import DhcpMessage
from foviz.wire.failover import FailoverMessage, FailoverOption, FailoverType

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)


def outcome(decode, octets):
    """What *decode* makes of octets and None, or None and the offset of its WireError."""
    try:
        return decode(octets), None
    except WireError as error:
        return None, error.offset


def stripped(longest):
    return st.binary(max_size=longest).map(lambda octets: octets.rstrip(b"\0"))


dhcp_options = st.lists(
    st.tuples(st.integers(1, 254).filter(lambda code: code != 52), st.binary(max_size=40))
    | st.tuples(st.sampled_from([43, 82, 125]), st.binary(min_size=250, max_size=600)),
    max_size=12,
    unique_by=lambda option: option[0],
).map(tuple)


@st.composite
def dhcp_messages(draw):
    hlen = draw(st.integers(0, 16))
    return DhcpMessage(
        draw(st.sampled_from([1, 2])),
        draw(u8),
        hlen,
        draw(u8),
        draw(u32),
        draw(u16),
        draw(u16),
        *(draw(u32) for _ in range(4)),
        draw(st.binary(min_size=hlen, max_size=hlen)),
        draw(stripped(64)),
        draw(stripped(128)),
        draw(dhcp_options),
    )


def option_data(code):
    spec = failover.OPTIONS.get(code)
    length = spec.length if spec else None
    if length is None:
        return st.binary(max_size=30)
    lengths = [length]
    if code in failover.ALSO_LENGTH:
        lengths.append(failover.ALSO_LENGTH[code])
    return st.sampled_from(lengths).flatmap(lambda n: st.binary(min_size=n, max_size=n))


@st.composite
def option_lists(draw, without=()):
    codes = st.sampled_from([*range(1, 42), 200, 65535]).filter(lambda code: code not in without)
    chosen = draw(st.lists(codes, unique=True, max_size=8))
    return tuple((code, draw(option_data(code))) for code in chosen)


@st.composite
def failover_messages(draw):
    kind = draw(u8)
    if draw(st.booleans()):
        kind = draw(st.sampled_from([int(FailoverType.BNDUPD), int(FailoverType.BNDACK)]))
        options = ()
        address = FailoverOption.ASSIGNED_IP_ADDRESS
        for number in draw(st.lists(u32, max_size=5)):
            rest = draw(option_lists(without=(int(address),)))
            options += (failover.u32(int(address), number), *rest)
    else:
        options = draw(option_lists())
    offset = draw(st.sampled_from([0, 8, 12, 12, 12, 16, 40]))
    gap = draw(st.binary(min_size=max(0, offset - 12), max_size=max(0, offset - 12)))
    return FailoverMessage(kind, draw(u32), draw(u32), options, offset, gap)


@st.composite
def damaged(draw, octets_of):
    """Octets of a message with some of them changed, cut off, or put in."""
    octets = bytearray(draw(octets_of))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(octets) - 1)))
        what = draw(st.sampled_from(["flip", "set", "cut", "insert"]))
        if what == "flip" and octets:
            octets[at] ^= 1 << draw(st.integers(0, 7))
        elif what == "set" and octets:
            octets[at] = draw(u8)
        elif what == "cut":
            del octets[at:]
        else:
            octets[at:at] = draw(st.binary(max_size=4))
    return bytes(octets)


dhcp_octets = dhcp_messages().map(dhcp.encode)
failover_octets = failover_messages().map(failover.encode)
