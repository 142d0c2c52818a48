"""The failover codec: goldens of the digest and of ISC's wire, round trips, and nonsense."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_strategies import damaged, failover_messages, failover_octets, outcome

from foviz.base.errors import WireError
from foviz.wire import failover as wire
from foviz.wire.failover import (
    BindingStatus,
    FailoverMessage,
    FailoverOption,
    FailoverType,
    RejectReason,
    ServerState,
)

T = 0x65000000
ISC = 0x6B046F50
NAME = b"rel1"
ADDRESS = wire.u32(2, 0x0A000033)
MAC = bytes.fromhex("020000000001")
VENDOR = b"isc-4.4.3-P1"
ISC_PROPERTIES = (
    (22, b"fo"),
    wire.u32(14, 10),
    wire.u32(19, 10),
    (28, VENDOR),
    wire.u8(20, 1),
)
ISC_PROPERTIES_HEX = (
    "00160002666f000e00040000000a001300040000000a001c000c6973632d342e342e332d50310014000101"
)

# name, octets, message: PROTOCOL §1.9
DIGEST = [
    ("CONTACT", "000c0b0c6500000000000007", FailoverMessage(11, T, 7)),
    (
        "STATE",
        "001e0a0c6500000000000008 0018000102 0017000100 0019000464fff1f0",
        FailoverMessage(10, T, 8, (wire.u8(24, 2), wire.u8(23, 0), wire.u32(25, T - 3600))),
    ),
    (
        "BNDUPD",
        "004f030c6500000000000009 000200040a000033 0003000102 0004000701020000000001"
        "0005000701020000000001 000d000465000e10 0012000465007788 0019000465000000"
        "0006000465000000",
        FailoverMessage(
            3,
            T,
            9,
            (
                ADDRESS,
                wire.u8(3, 2),
                wire.octets(4, b"\x01" + MAC),
                wire.octets(5, b"\x01" + MAC),
                wire.u32(13, T + 3600),
                wire.u32(18, T + 30600),
                wire.u32(25, T),
                wire.u32(6, T),
            ),
        ),
    ),
    (
        "BNDACK",
        "0014040c6500000100000009 000200040a000033",
        FailoverMessage(4, T + 1, 9, (ADDRESS,)),
    ),
    (
        "BNDACK reject",
        "002d040c6500000100000009 000200040a000033 001500010f 00100010" + b"Outdated binding".hex(),
        FailoverMessage(4, T + 1, 9, (ADDRESS, wire.u8(21, 15), wire.text(16, "Outdated binding"))),
    ),
    (
        "BNDUPD BACKUP",
        "0021030c650000000000000c 000200040a000097 0003000107 0019000465000000",
        FailoverMessage(3, T, 12, (wire.u32(2, 0x0A000097), wire.u8(3, 7), wire.u32(25, T))),
    ),
    (
        "POOLRESP",
        "0014020c650000000000000a 0001000400000002",
        FailoverMessage(2, T, 10, (wire.u32(1, 2),)),
    ),
    (
        "DISCONNECT",
        "00110c0c650000000000000b 0015000111",
        FailoverMessage(12, T, 11, (wire.u8(21, 17),)),
    ),
    (
        "CONNECT",
        "0062050c6500000000000001 0016000472656c31 000e00040000000a 001300040000003c"
        "001c000464656d6f 0014000101 001b000100 000f000400000e10 000b0020" + "00" * 16 + "ff" * 16,
        FailoverMessage(
            5,
            T,
            1,
            (
                (22, NAME),
                wire.u32(14, 10),
                wire.u32(19, 60),
                wire.text(28, "demo"),
                wire.u8(20, 1),
                wire.u8(27, 0),
                wire.u32(15, 3600),
                (11, bytes(16) + b"\xff" * 16),
            ),
        ),
    ),
    (
        "CONNECTACK",
        "0036060c6500000000000001 0016000472656c31 000e00040000000a 001300040000003c"
        "001c000464656d6f 0014000101 001a000100",
        FailoverMessage(
            6,
            T,
            1,
            (
                (22, NAME),
                wire.u32(14, 10),
                wire.u32(19, 60),
                wire.text(28, "demo"),
                wire.u8(20, 1),
                wire.u8(26, 0),
            ),
        ),
    ),
]

# OBSERVED-ISC §1
OBSERVED = [
    (
        "CONNECT",
        "0068050c6b046f5000000000" + ISC_PROPERTIES_HEX + "001b000100 000f00040000003c"
        "000b0020" + "ff" * 16 + "00" * 16,
        FailoverMessage(
            5,
            ISC,
            0,
            (
                *ISC_PROPERTIES,
                wire.u8(27, 0),
                wire.u32(15, 60),
                (11, b"\xff" * 16 + bytes(16)),
            ),
        ),
    ),
    (
        "CONNECTACK",
        "003c060c6b046f5000000000" + ISC_PROPERTIES_HEX + "001a000100",
        FailoverMessage(6, ISC, 0, (*ISC_PROPERTIES, wire.u8(26, 0))),
    ),
    (
        "STATE",
        "001e0a0c6b046f5000000001 0018000106 0017000101 001900046b046f50",
        FailoverMessage(10, ISC, 1, (wire.u8(24, 6), wire.u8(23, 1), wire.u32(25, ISC))),
    ),
    ("UPDREQALL", "000c070c6b046f5000000003", FailoverMessage(7, ISC, 3)),
    ("POOLREQ", "000c010c6b04725300000025", FailoverMessage(1, 0x6B047253, 0x25)),
    (
        "POOLRESP",
        "0014020c6b04725300000025 0001000400000005",
        FailoverMessage(2, 0x6B047253, 0x25, (wire.u32(1, 5),)),
    ),
    (
        "BNDUPD",
        "0050030c6b04700f0000002c 000200040a000072 0003000102 00040008006369642d702d31"
        "000500070102c100009901 000d00046b04704b 001200046b047159 001900046b04700f"
        "000600046b04700f",
        FailoverMessage(
            3,
            0x6B04700F,
            0x2C,
            (
                wire.u32(2, 0x0A000072),
                wire.u8(3, 2),
                (4, b"\0cid-p-1"),
                (5, bytes.fromhex("0102c100009901")),
                wire.u32(13, 0x6B04704B),
                wire.u32(18, 0x6B047159),
                wire.u32(25, 0x6B04700F),
                wire.u32(6, 0x6B04700F),
            ),
        ),
    ),
    (
        "CONNECTACK reject",
        "005a060c6b04733b00000000" + ISC_PROPERTIES_HEX + "001a000100 0015000104"
        "0010001574696d65206f666673657420746f6f206c61726765",
        FailoverMessage(
            6,
            0x6B04733B,
            0,
            (
                *ISC_PROPERTIES,
                wire.u8(26, 0),
                wire.u8(21, 4),
                wire.text(16, "time offset too large"),
            ),
        ),
    ),
]


@pytest.mark.parametrize(("name", "octets", "message"), DIGEST + OBSERVED)
def test_goldens(name, octets, message):
    raw = bytes.fromhex(octets)
    assert wire.decode(raw) == message
    assert wire.encode(message) == raw
    assert FailoverType(message.type).name == name.split()[0]


def message_of(options: str, kind: int = 11, offset: int = 12, length: int | None = None) -> bytes:
    body = bytes.fromhex(options)
    size = 12 + len(body) if length is None else length
    return size.to_bytes(2, "big") + bytes((kind, offset)) + bytes(8) + body


@pytest.mark.parametrize(
    ("octets", "offset", "words"),
    [
        (b"", 0, "two octets"),
        (b"\0", 1, "two octets"),
        (b"\x00\x0c\x0b", 3, "12 octets"),
        (message_of("", length=11), 0, "12 to 2048"),
        (message_of("", length=2049), 0, "12 to 2048"),
        (message_of("", length=13), 0, "13 octets, 12 are there"),
        (message_of("00")[:13], 12, "too few"),
        (message_of("", offset=13), 3, "beyond"),
        (message_of("000100040000000000"), 20, "too few"),
        (message_of("00010005000000ff"), 14, "said to have 5 octets, 4"),
        (message_of("001400020101"), 14, "2 octets instead of 1"),
        (message_of("000f00020101"), 14, "MCLT has 2 octets instead of 4"),
        (message_of("0014000101 0014000101"), 17, "twice"),
        (message_of("00c80000 00c80000"), 16, "twice"),
        (message_of("000200040a000001 0003000102 0003000102", kind=3), 25, "twice"),
        (message_of("0003000102 000200040a000001 0003000102", kind=3), 25, "twice"),
        (message_of("000200040a000001 000200040a000002", kind=10), 20, "twice"),
    ],
)
def test_octets_that_are_no_message(octets, offset, words):
    with pytest.raises(WireError) as caught:
        wire.decode(octets)
    assert caught.value.offset == offset
    assert words in caught.value.message


@pytest.mark.parametrize("offset", [0, 8, 11, 12, 16, 20])
def test_payload_offset_is_obeyed_and_kept(offset):
    gap = b"\xab" * max(0, offset - 12)
    head = message_of("", length=17 + len(gap), offset=offset)
    octets = head + gap + bytes.fromhex("0018000102")
    message = wire.decode(octets)
    assert message.u8(24) == 2
    assert (message.payload_offset, message.gap) == (offset, gap)
    assert wire.encode(message) == octets


def test_unknown_options_and_types_are_kept():
    octets = message_of("00c80003616263 0018000102", kind=200)
    message = wire.decode(octets)
    assert message.get(200) == b"abc"
    assert message.type == 200
    assert wire.encode(message) == octets


def test_which_unknown_types_close_the_connection():
    closing = [kind for kind in range(256) if wire.unknown_type_closes(kind)]
    assert closing == [0, *range(13, 128)]


def test_both_lengths_of_ip_flags_are_read():
    assert wire.decode(message_of("000c00020001")).u16(12) == 1
    assert wire.decode(message_of("000c000101")).u8(12) == 1
    with pytest.raises(WireError):
        wire.decode(message_of("000c0003000001"))


def test_a_batch_is_split_at_each_address():
    first = (ADDRESS, wire.u8(3, 2), wire.u32(25, T))
    second = (wire.u32(2, 0x0A000034), wire.u8(3, 1))
    batch = FailoverMessage(3, T, 1, (*first, *second))
    assert wire.decode(wire.encode(batch)).transactions() == [first, second]
    assert FailoverMessage(3, T, 1).transactions() == []
    assert FailoverMessage(3, T, 1, (wire.u8(3, 2),)).transactions() == [(wire.u8(3, 2),)]


def test_what_stands_before_the_first_address_belongs_to_it():
    digest = (17, b"\1" + bytes(16))
    options = (digest, wire.u8(3, 2), ADDRESS, wire.u32(25, T), wire.u32(2, 1), wire.u8(3, 1))
    message = wire.decode(wire.encode(FailoverMessage(3, T, 1, options)))
    assert message.transactions() == [options[:4], options[4:]]


def test_numbers_are_read_only_at_their_length():
    message = FailoverMessage(10, T, 1, (wire.u8(24, 254), wire.u16(12, 3), wire.u32(25, T)))
    assert (message.u8(24), message.u16(12), message.u32(25)) == (254, 3, T)
    assert (message.u32(24), message.u8(12), message.u16(25)) == (None, None, None)
    assert message.get(23) is None
    assert message.u8(23) is None


def test_a_time_wraps_in_2106():
    assert wire.decode(wire.encode(FailoverMessage(11, 2**32 + 5, 1))).time == 5


def test_numbers_are_those_of_the_draft():
    assert [(kind.value, kind.name) for kind in FailoverType][6:9] == [
        (7, "UPDREQALL"),
        (8, "UPDDONE"),
        (9, "UPDREQ"),
    ]
    assert " ".join(status.name for status in sorted(BindingStatus)) == (
        "FREE ACTIVE EXPIRED RELEASED ABANDONED RESET BACKUP"
    )
    states = " ".join(wire.state_text(number) for number in (*range(1, 12), 254))
    assert states == (
        "STARTUP NORMAL COMMUNICATION-INTERRUPTED PARTNER-DOWN POTENTIAL-CONFLICT RECOVER PAUSED "
        "SHUTDOWN RECOVER-DONE RESOLUTION-INTERRUPTED CONFLICT-DONE RECOVER-WAIT"
    )
    assert ServerState.RECOVER_WAIT == 254


def test_each_reject_reason_has_words_of_its_own():
    texts = [wire.reject_text(reason) for reason in RejectReason]
    assert sorted(RejectReason) == [*range(1, 22), 254]
    assert len(dict.fromkeys(texts)) == len(texts)
    assert wire.reject_text(99) == "reason 99"


def test_option_table_is_complete():
    assert list(wire.OPTIONS) == list(range(1, 42))
    for code, spec in wire.OPTIONS.items():
        member = spec.name.upper().replace("-", "_")
        assert FailoverOption[member] == code == spec.code
        assert spec.meaning


@given(failover_messages())
def test_round_trip(message):
    octets = wire.encode(message)
    decoded = wire.decode(octets)
    assert decoded == message
    assert wire.encode(decoded) == octets
    assert pickle.loads(pickle.dumps(decoded)) == message
    assert [option for group in message.transactions() for option in group] == list(message.options)


@pytest.mark.parametrize(("name", "octets", "message"), DIGEST + OBSERVED)
def test_every_cut_is_refused(name, octets, message):
    raw = bytes.fromhex(octets)
    for size in range(len(raw)):
        with pytest.raises(WireError) as caught:
            wire.decode(raw[:size])
        assert 0 <= caught.value.offset <= size
        if size >= 12:  # and where the length field agrees with the cut
            shorter = size.to_bytes(2, "big") + raw[2:size]
            decoded, offset = outcome(wire.decode, shorter)
            if decoded is None:
                assert 12 <= offset <= size
            else:
                assert decoded.options == message.options[: len(decoded.options)]


@given(damaged(failover_octets) | st.binary(max_size=120))
def test_damage_raises_nothing_but_wire_error(octets):
    message, offset = outcome(wire.decode, octets)
    if message is None:
        assert 0 <= offset <= len(octets)
    else:
        assert wire.encode(message) == octets


@given(st.binary(max_size=60), st.sampled_from([2, 3, 4, 5, 10, 77, 200]), st.integers(0, 20))
def test_damaged_options_raise_nothing_but_wire_error(body, kind, offset):
    octets = (12 + len(body)).to_bytes(2, "big") + bytes((kind, offset)) + bytes(8) + body
    message, offset = outcome(wire.decode, octets)
    if message is None:
        assert 0 <= offset <= len(octets)
    else:
        assert wire.encode(message) == octets
