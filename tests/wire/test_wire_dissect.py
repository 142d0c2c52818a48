"""The tree of fields: values, exact ranges, tiling, and no exception on any octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_strategies import damaged, dhcp_octets, failover_octets

from foviz.base.address import ip_to_int
from foviz.wire import dhcp, failover
from foviz.wire.dhcp import DhcpMessage
from foviz.wire.dissect import Field, dissect_dhcp, dissect_failover, leaves, summary
from foviz.wire.failover import FailoverMessage, FailoverType, text, u8, u32

NB = "\u00a0"
T = 1704706204  # Mon 8 Jan 2024 09:30:04 UTC
LEASE = (51, (3600).to_bytes(4, "big"))
ADDRESS = u32(2, ip_to_int("10.0.0.51"))


def dhcp_message(kind: int, *options: tuple[int, bytes], op: int = 1, **fields) -> bytes:
    head = (op, 1, 6, 0, 0x3903F326, 4, 0x8000, 0, 0, 0, 0, bytes.fromhex("020000000001"))
    message = DhcpMessage(*head, b"", b"", ((53, bytes((kind,))), *options))
    return dhcp.encode(message._replace(**fields))


def bndupd(*options: tuple[int, bytes], kind: int = FailoverType.BNDUPD) -> bytes:
    return failover.encode(FailoverMessage(kind, T, 9, options))


def path(root: Field, *names: str) -> Field:
    for name in names:
        root = next(child for child in root.children if child.name == name)
    return root


def check_tiles(field: Field) -> None:
    """Children inside their parent, in order, one after the other."""
    at = field.start
    for child in field.children:
        assert at <= child.start <= child.end <= field.end
        at = child.end
        check_tiles(child)


def check_contiguous(fields: tuple[Field, ...], start: int, end: int) -> None:
    for field in fields:
        assert field.start == start
        start = field.end
    assert start == end


def test_dhcp_tree():
    octets = dhcp_message(1, LEASE, (61, bytes.fromhex("01020000000001")))
    root = dissect_dhcp(octets)
    assert (root.code, root.name, root.value) == (None, "BOOTREQUEST", "300 octets")
    assert (root.start, root.end) == (0, 300)
    assert path(root, "op").value == "1 BOOTREQUEST"
    assert path(root, "xid") == Field(None, "xid", "0x3903f326", 4, 8)
    assert path(root, "secs").value == f"4{NB}s"
    assert path(root, "flags") == Field(None, "flags", "0x8000 BROADCAST", 10, 12)
    assert path(root, "yiaddr").value == "0.0.0.0"
    assert path(root, "chaddr").value == "02:00:00:00:00:01"
    assert path(root, "chaddr", "hardware address").end == 34
    assert path(root, "magic cookie").value == "99.130.83.99"
    options = path(root, "Options")
    assert options.value == "3 options"
    assert [(child.code, child.start, child.end) for child in options.children] == [
        (53, 240, 243),
        (51, 243, 249),
        (61, 249, 258),
        (255, 258, 259),
    ]
    assert options.children[0].value == "1 DISCOVER"
    assert options.children[1].value == f"3,600{NB}s = 1{NB}h"
    assert path(root, "padding") == Field(None, "padding", "41 octets", 259, 300)


def test_relay_sub_options_are_nested_at_their_octets():
    relay = bytes.fromhex("0103657468 05040a000100")
    octets = dhcp_message(1, (82, relay))
    field = path(dissect_dhcp(octets), "Options", "relay agent information")
    circuit, link = field.children
    assert (circuit.code, circuit.name, circuit.value) == (1, "agent circuit ID", "eth")
    assert octets[circuit.start : circuit.end] == relay[:5]
    assert (link.code, link.value) == (5, "10.0.1.0")
    assert octets[link.start : link.end] == relay[5:]


def test_overloaded_fields_hold_options():
    octets = bytearray(dhcp_message(2, (52, b"\x03"), op=2))
    octets[44:48] = b"\x0c\x01b\xff"
    octets[108:115] = b"\x33\x04\0\0\0\x3c\xff"
    root = dissect_dhcp(bytes(octets))
    assert path(root, "sname", "host name") == Field(12, "host name", "b", 44, 47)
    assert path(root, "file", "IP address lease time").value == f"60{NB}s = 1{NB}min"
    assert path(root, "file", "padding").end == 236
    check_tiles(root)


@pytest.mark.parametrize(("overload", "inside"), [(1, (False, True)), (2, (True, False))])
def test_only_the_overloaded_field_holds_options(overload, inside):
    octets = bytearray(dhcp_message(2, (52, bytes((overload,))), op=2))
    octets[44:48] = octets[108:112] = b"\x0c\x01b\xff"
    root = dissect_dhcp(bytes(octets))
    assert (bool(path(root, "sname").children), bool(path(root, "file").children)) == inside


def test_parts_of_an_option_are_not_read_alone():
    octets = dhcp_message(1, (12, b"x" * 300))
    parts = [child for child in path(dissect_dhcp(octets), "Options").children if child.code == 12]
    assert [part.end - part.start for part in parts] == [257, 47]
    assert parts[1].value.startswith("part: 78:78")


def test_failover_tree():
    octets = bndupd(ADDRESS, u8(3, 2), u32(13, T + 3600))
    root = dissect_failover(octets)
    assert root[:5] == (None, "BNDUPD", "33 octets", 0, 33)
    assert [child.name for child in root.children] == [
        "length",
        "type",
        "payload offset",
        "time",
        "xid",
        "Options",
    ]
    assert path(root, "type").value == "3 BNDUPD"
    assert path(root, "time").value == "Mon 8 Jan 09:30:04 UTC (1704706204)"
    assert path(root, "xid").value == "9"
    assert path(root, "Options").value == "3 options"
    assert path(root, "Options", "assigned-IP-address") == Field(
        2, "assigned-IP-address", "10.0.0.51", 12, 20
    )
    assert path(root, "Options", "binding-status").value == "2 ACTIVE"
    expiry = path(root, "Options", "lease-expiration-time")
    assert (expiry.value, expiry.end) == ("Mon 8 Jan 10:30:04 UTC (1704709804)", 33)


def test_failover_connect_values():
    octets = bndupd((11, b"\xff" * 16 + bytes(16)), u32(15, 3600), kind=FailoverType.CONNECT)
    root = dissect_failover(octets)
    assert path(root, "Options", "hash-bucket-assignment").value == "hashes 0–127"
    assert path(root, "Options", "MCLT").value == f"3,600{NB}s = 1{NB}h"


def test_client_options_are_nested_in_failover_messages():
    data = dhcp.MAGIC + b"\x0c\x02pc\xff"
    vendor = bytes.fromhex("00010002abcd")
    octets = bndupd(ADDRESS, (8, data), (29, vendor))
    root = dissect_failover(octets)
    field = path(root, "Options", "client-request-options", "host name")
    assert (field.value, octets[field.start : field.end]) == ("pc", b"\x0c\x02pc")
    inner = path(root, "Options", "vendor-specific-options", "vendor option 1")
    assert octets[inner.start : inner.end] == vendor
    check_tiles(root)


def test_skipped_octets_are_a_field():
    octets = failover.encode(FailoverMessage(11, T, 1, (), 16, b"\0\0\0\1"))
    root = dissect_failover(octets)
    assert path(root, "skipped") == Field(None, "skipped", "4 octets, not all zero", 12, 16)
    check_contiguous(root.children, 0, 16)


@pytest.mark.parametrize(
    ("octets", "start", "end", "words"),
    [
        (bndupd(ADDRESS)[:-1], 0, 2, "length says 20"),
        (b"", 0, 0, "two octets"),
        (bytes.fromhex("000d0b0c0000000000000001ff"), 12, 13, "too few"),
        (bytes.fromhex("001100120000000000000001ff"), 0, 2, "length says 17"),
        (bndupd(ADDRESS, u8(3, 2), u8(3, 2)), 25, 30, "twice"),
        (bndupd((3, b"\1\2")), 14, 18, "2 octets instead of 1"),
    ],
)
def test_malformed_failover_ends_with_the_decoder_s_sentence(octets, start, end, words):
    last = dissect_failover(octets).children[-1]
    assert (last.name, last.start, last.end) == ("malformed", start, end)
    assert words in last.value


def test_malformed_dhcp_keeps_what_can_be_read():
    octets = dhcp_message(1, LEASE)[:247]
    root = dissect_dhcp(octets)
    assert path(root, "Options", "DHCP message type").value == "1 DISCOVER"
    last = root.children[-1]
    assert (last.name, last.start, last.end) == ("malformed", 244, 247)
    assert "IP address lease time" not in [child.name for child in path(root, "Options").children]
    assert dissect_dhcp(b"\x02\x01").children[-1].name == "malformed"
    assert dissect_dhcp(b"").children[-1].value


@given(dhcp_octets)
def test_dhcp_leaves_tile(octets):
    root = dissect_dhcp(octets)
    assert "malformed" not in [child.name for child in root.children]
    check_contiguous(root.children, 0, len(octets))
    options = path(root, "Options")
    check_contiguous(options.children, 240, options.end)
    check_tiles(root)


@given(failover_octets)
def test_failover_leaves_tile(octets):
    root = dissect_failover(octets)
    assert "malformed" not in [child.name for child in root.children]
    check_contiguous(root.children, 0, len(octets))
    options = path(root, "Options")
    check_contiguous(options.children, options.start, len(octets))
    check_tiles(root)
    codes = [code for code, _ in failover.decode(octets).options]
    assert [child.code for child in options.children] == codes


@given(
    st.binary(max_size=300) | damaged(failover_octets) | damaged(dhcp_octets),
    st.sampled_from([dissect_dhcp, dissect_failover]),
)
def test_no_octets_raise(octets, dissect):
    root = dissect(octets)
    assert all(0 <= leaf.start <= leaf.end <= len(octets) for leaf in leaves((root,)))
    assert summary(octets, "dhcp")
    assert summary(octets, "failover")


def test_every_cut_gives_a_tree():
    octets = bndupd(ADDRESS, u8(3, 2), text(22, "rel1"))
    for size in range(len(octets)):
        assert dissect_failover(octets[:size]).children[-1].name == "malformed"
    octets = dhcp_message(1, LEASE)
    for size in range(250):
        last = dissect_dhcp(octets[:size]).children[-1]
        assert (last.name == "malformed") == (size < 250)


@pytest.mark.parametrize(
    ("octets", "protocol", "label"),
    [
        (dhcp_message(1), "dhcp", "DISCOVER"),
        (dhcp_message(3, LEASE), "dhcp", "REQUEST"),
        (dhcp_message(2, LEASE, op=2), "dhcp", f"OFFER 1{NB}h"),
        (dhcp_message(5, LEASE, op=2), "dhcp", f"ACK 1{NB}h"),
        (dhcp_message(5, op=2), "dhcp", "ACK"),
        (dhcp_message(5, (51, b"\xff" * 4), op=2), "dhcp", "ACK infinite"),
        (dhcp_message(6, op=2), "dhcp", "NAK"),
        (dhcp_message(13), "dhcp", "type 13"),
        (dhcp_message(1, options=()), "dhcp", "BOOTREQUEST"),
        (b"", "dhcp", "malformed"),
        (bndupd(ADDRESS, u8(3, 2)), "failover", "BNDUPD .51 ACTIVE"),
        (bndupd(ADDRESS, u8(3, 2), u32(2, 1), u8(3, 1)), "failover", "BNDUPD .51 ACTIVE +1"),
        (bndupd(), "failover", "BNDUPD"),
        (bndupd(ADDRESS, kind=4), "failover", "BNDACK .51"),
        (bndupd(ADDRESS, u8(21, 15), kind=4), "failover", "BNDACK .51 reject 15"),
        (bndupd(u32(2, 1), ADDRESS, u8(21, 2), kind=4), "failover", "BNDACK .51 reject 2 +1"),
        (bndupd(u8(24, 3), kind=10), "failover", "STATE COMMUNICATION-INTERRUPTED"),
        (bndupd(u8(24, 254), kind=10), "failover", "STATE RECOVER-WAIT"),
        (bndupd(u32(1, 5), kind=2), "failover", "POOLRESP 5"),
        (bndupd(kind=7), "failover", "UPDREQALL"),
        (bndupd(kind=200), "failover", "type 200"),
        (bndupd(kind=11)[:-1], "failover", "malformed"),
        (b"SYN", "tcp", "TCP"),
    ],
)
def test_summary(octets, protocol, label):
    assert summary(octets, protocol) == label
