"""The DHCP codec: goldens of RFC 2131's layout, round trips, and octets that are no message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_strategies import damaged, dhcp_messages, dhcp_octets, outcome

from foviz.base.address import ip_to_int
from foviz.base.errors import WireError
from foviz.wire import dhcp
from foviz.wire.dhcp import DhcpMessage, MessageType

MAC = bytes.fromhex("020000000001")
CLIENT_ID = bytes.fromhex("01020000000001")

DISCOVER = DhcpMessage(
    op=1,
    htype=1,
    hlen=6,
    hops=0,
    xid=0x3903F326,
    secs=4,
    flags=0x8000,
    ciaddr=0,
    yiaddr=0,
    siaddr=0,
    giaddr=0,
    chaddr=MAC,
    sname=b"",
    file=b"",
    options=((53, b"\x01"), (61, CLIENT_ID), (55, bytes((1, 3, 6, 15)))),
)
DISCOVER_HEX = (
    "010106003903f32600048000"
    + "00" * 16
    + "020000000001"
    + "00" * 10
    + "00" * 192
    + "63825363"
    + "350101"
    + "3d0701020000000001"
    + "37040103060f"
    + "ff"
    + "00" * 41
)

ACK = DISCOVER._replace(
    op=2,
    secs=0,
    flags=0,
    yiaddr=ip_to_int("10.0.0.51"),
    sname=b"dhcp1",
    file=b"boot",
    options=(
        (53, b"\x05"),
        (54, bytes((10, 0, 0, 1))),
        (51, (3600).to_bytes(4, "big")),
        (58, (1800).to_bytes(4, "big")),
        (59, (3150).to_bytes(4, "big")),
        (1, bytes((255, 255, 255, 0))),
        (3, bytes((10, 0, 0, 254))),
        (61, CLIENT_ID),
    ),
)


def raw(options: bytes, sname: bytes = b"", file: bytes = b"", **head: int) -> bytes:
    """A message with these octets after the cookie; head: op, hlen."""
    fixed = bytes((head.get("op", 1), 1, head.get("hlen", 6), 0)) + bytes(24)
    fixed += MAC.ljust(16, b"\0") + sname.ljust(64, b"\0") + file.ljust(128, b"\0")
    return fixed + dhcp.MAGIC + options


def test_discover_is_encoded_as_rfc_2131_draws_it():
    octets = dhcp.encode(DISCOVER)
    assert octets.hex() == DISCOVER_HEX
    assert len(octets) == 300


def test_ack_stands_where_rfc_2131_says():
    octets = dhcp.encode(ACK)
    assert octets[0] == 2
    assert octets[16:20] == bytes((10, 0, 0, 51))
    assert octets[44:50] == b"dhcp1\0"
    assert octets[108:113] == b"boot\0"
    assert octets[240:243] == b"\x35\x01\x05"
    assert dhcp.decode(octets) == ACK


def test_accessors():
    assert ACK.message_type == MessageType.ACK
    assert ACK.u32(51) == 3600
    assert ACK.option(54) == bytes((10, 0, 0, 1))
    assert ACK.option(50) is None
    assert ACK.u32(50) is None
    assert ACK.u32(61) is None, "seven octets are no u32"
    assert DISCOVER._replace(options=()).message_type == 0
    assert DISCOVER._replace(options=((53, b""),)).message_type == 0
    assert DISCOVER._replace(options=((53, b"\1\2"),)).message_type == 0


def test_a_long_option_is_split_and_joined():
    data = bytes(range(256)) * 2 + b"end"
    octets = dhcp.encode(DISCOVER._replace(options=((43, data), (53, b"\x01"))))
    assert octets[240:242] == b"\x2b\xff"
    assert octets[497:499] == b"\x2b\xff"
    assert octets[754:756] == bytes((43, 515 - 510))
    assert dhcp.decode(octets).options == ((43, data), (53, b"\x01"))


def test_repeated_options_are_joined_where_the_first_one_stood():
    message = dhcp.decode(raw(b"\x3c\x02ab" + b"\x35\x01\x01" + b"\x3c\x01c" + b"\xff"))
    assert message.options == ((60, b"abc"), (53, b"\x01"))


def test_pads_are_skipped_and_octets_after_the_end_don_t_matter():
    message = dhcp.decode(raw(b"\0\0\x35\x01\x03\0\xff\x35\x01\x01junk"))
    assert message.options == ((53, b"\x03"),)


@pytest.mark.parametrize(
    ("value", "codes", "file", "sname"),
    [
        (1, (53, 51), b"", b"\x0c\x01b\xff"),
        (2, (53, 12), b"\x33\x04\0\0\0\x3c\xff", b""),
        (3, (53, 51, 12), b"", b""),
    ],
)
def test_overload_reads_file_before_sname(value, codes, file, sname):
    octets = raw(
        bytes((52, 1, value)) + b"\x35\x01\x02\xff",
        sname=b"\x0c\x01b\xff",
        file=b"\x33\x04\0\0\0\x3c\xff",
    )
    message = dhcp.decode(octets)
    assert tuple(code for code, _ in message.options) == codes
    assert message.file == file
    assert message.sname == sname


def test_an_option_may_go_on_in_an_overloaded_field():
    octets = raw(b"\x34\x01\x03\x3c\x01a\xff", sname=b"\x3c\x01c\xff", file=b"\x3c\x01b\xff")
    assert dhcp.decode(octets).option(60) == b"abc"


def test_overload_means_nothing_inside_an_overloaded_field():
    octets = raw(b"\x34\x01\x01\xff", file=b"\x34\x01\x02\x0c\x01b\xff", sname=b"name")
    message = dhcp.decode(octets)
    assert message.options == ((12, b"b"),)
    assert message.sname == b"name"


@pytest.mark.parametrize("size", [0, 1, 254, 255, 256, 257, 510, 511])
def test_options_of_any_length(size):
    message = DISCOVER._replace(options=((43, b"x" * size), (53, b"\x01")))
    assert dhcp.decode(dhcp.encode(message)) == message


@pytest.mark.parametrize(
    ("octets", "offset", "words"),
    [
        (b"", 0, "240 octets"),
        (raw(b"\xff")[:239], 239, "240 octets"),
        (raw(b"\xff", op=3), 0, "op is 3"),
        (raw(b"\xff", hlen=17), 2, "hlen is 17"),
        (raw(b"\xff")[:236] + b"abcd\xff", 236, "cookie"),
        (raw(b""), 240, "no end"),
        (raw(b"\x35\x01\x01"), 243, "no end"),
        (raw(b"\x35"), 241, "option 53 has no length"),
        (raw(b"\x35\x02\x01"), 241, "said to have 2 octets, 1 are left"),
        (raw(b"\x35\x01\x01\x3d\xff\x01"), 244, "said to have 255"),
        (raw(b"\x0c\x01\x34\x34\x01\x04\xff"), 243, "overload"),
        (raw(b"\x34\x02\x01\x01\xff"), 240, "overload"),
        (raw(b"\x34\x01\x01\xff"), 236, "no end"),
        (raw(b"\x34\x01\x02\xff", sname=b"\x0c\x40"), 45, "said to have 64 octets, 62"),
    ],
)
def test_octets_that_are_no_message(octets, offset, words):
    with pytest.raises(WireError) as caught:
        dhcp.decode(octets)
    assert caught.value.offset == offset
    assert words in caught.value.message


@given(dhcp_messages())
def test_round_trip(message):
    octets = dhcp.encode(message)
    assert dhcp.decode(octets) == message
    assert len(octets) >= 300
    assert dhcp.encode(dhcp.decode(octets)) == octets


@pytest.mark.parametrize("message", [DISCOVER, ACK])
def test_a_message_cut_short_of_its_end_mark_is_none(message):
    octets = dhcp.encode(message)
    end = len(octets.rstrip(b"\0"))
    for size in range(end):
        with pytest.raises(WireError) as caught:
            dhcp.decode(octets[:size])
        assert 0 <= caught.value.offset <= size
    for size in range(end, len(octets)):
        assert dhcp.decode(octets[:size]) == message


@given(damaged(dhcp_octets) | st.binary(max_size=400))
def test_damage_raises_nothing_but_wire_error(octets):
    message, offset = outcome(dhcp.decode, octets)
    if message is None:
        assert 0 <= offset <= len(octets)
    else:
        assert dhcp.decode(dhcp.encode(message)) == message


@given(st.binary(max_size=80), st.binary(max_size=64), st.binary(max_size=128), st.integers(0, 3))
def test_damaged_options_raise_nothing_but_wire_error(options, sname, file, overload):
    octets = raw(bytes((52, 1, overload)) + options, sname, file)
    message, offset = outcome(dhcp.decode, octets)
    if message is None:
        assert 0 <= offset <= len(octets)
    else:
        assert message.option(52) is None
        assert dhcp.decode(dhcp.encode(message)) == message
