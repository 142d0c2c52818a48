"""The three encodings of one message, and what of it survives the way there and back."""

import pytest

from foviz.base.errors import WireError
from foviz.wire import dialect
from foviz.wire import failover as wire
from foviz.wire.dialect import About, hardware_of
from foviz.wire.dissect import dissect_failover, leaves, summary
from foviz.wire.failover import (
    BindingStatus,
    FailoverMessage,
    FailoverOption,
    FailoverType,
    ServerState,
)

T = 0x65000000
MAC = bytes.fromhex("020000000001")
ADDRESS = 0x0A000033
BUCKETS = bytes(16) + b"\xff" * 16
ABOUT = About(0x0A000000, 0xFFFFFF00, 0xC0A86301, "DHCP1")

CONNECT = FailoverMessage(
    FailoverType.CONNECT,
    T,
    1,
    (
        wire.text(FailoverOption.RELATIONSHIP_NAME, "büro"),
        wire.u32(FailoverOption.MAX_UNACKED_BNDUPD, 10),
        wire.u32(FailoverOption.RECEIVE_TIMER, 60),
        wire.text(FailoverOption.VENDOR_CLASS_IDENTIFIER, "foviz"),
        wire.u8(FailoverOption.PROTOCOL_VERSION, 1),
        wire.u8(FailoverOption.TLS_REQUEST, 0),
        wire.u32(FailoverOption.MCLT, 3600),
        (FailoverOption.HASH_BUCKET_ASSIGNMENT, BUCKETS),
    ),
)


def update(status, *, hardware=MAC, times=True):
    options = [wire.u32(FailoverOption.ASSIGNED_IP_ADDRESS, ADDRESS), wire.u8(3, status)]
    if hardware:
        options.append((FailoverOption.CLIENT_IDENTIFIER, b"\x01" + hardware))
        options.append((FailoverOption.CLIENT_HARDWARE_ADDRESS, b"\x01" + hardware))
    if times:
        options.append(wire.u32(FailoverOption.LEASE_EXPIRATION_TIME, T + 3600))
        options.append(wire.u32(FailoverOption.POTENTIAL_EXPIRATION_TIME, T + 7200))
    options.append(wire.u32(FailoverOption.START_TIME_OF_STATE, T))
    return FailoverMessage(FailoverType.BNDUPD, T, 9, tuple(options))


def encoded(message, named):
    return dialect.encode(message, named, lambda address: ABOUT)


MESSAGES = [
    CONNECT,
    FailoverMessage(FailoverType.CONTACT, T, 7),
    FailoverMessage(FailoverType.STATE, T, 8, (wire.u8(24, ServerState.RECOVER_WAIT),)),
    FailoverMessage(FailoverType.BNDACK, T, 9, (wire.u32(2, ADDRESS), wire.u8(21, 15))),
    update(BindingStatus.ACTIVE),
    update(BindingStatus.EXPIRED),
    update(BindingStatus.RELEASED),
    update(BindingStatus.ABANDONED, hardware=b"", times=False),
    update(BindingStatus.FREE, hardware=b"", times=False),
    update(BindingStatus.BACKUP, hardware=b"", times=False),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: str(m.type))
@pytest.mark.parametrize("named", dialect.DIALECTS)
def test_there_and_back(message, named):
    found = dialect.decode(encoded(message, named), named)
    wanted = message
    if named == "microsoft":  # Microsoft sends no TLS options
        kept = [o for o in message.options if o[0] not in (26, 27)]
        wanted = message._replace(options=tuple(kept))
    assert sorted(found.options) == sorted(wanted.options)
    assert found._replace(options=()) == wanted._replace(options=())


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: str(m.type))
def test_the_draft_is_the_engines_own_form(message):
    assert encoded(message, "draft") == wire.encode(message)


def test_isc_differs_by_the_sense_of_the_bitmap_alone():
    for message in MESSAGES:
        if message is not CONNECT:
            assert encoded(message, "isc") == encoded(message, "draft")
    raw = wire.decode(encoded(CONNECT, "isc"))
    assert raw.get(FailoverOption.HASH_BUCKET_ASSIGNMENT) == b"\xff" * 16 + bytes(16)
    raw = wire.decode(encoded(CONNECT, "draft"))
    assert raw.get(FailoverOption.HASH_BUCKET_ASSIGNMENT) == BUCKETS


@pytest.mark.parametrize(("named", "offset"), [("isc", 12), ("draft", 12), ("microsoft", 8)])
def test_the_payload_offset(named, offset):
    assert all(encoded(message, named)[3] == offset for message in MESSAGES)


def test_an_isc_server_closes_on_microsofts_offset_and_the_draft_reads_from_12():
    octets = encoded(MESSAGES[1], "microsoft")
    with pytest.raises(WireError) as caught:
        dialect.decode(octets, "isc")
    assert caught.value.offset == 3
    assert dialect.decode(octets, "draft").xid == 7


def test_recover_wait_is_254_in_all():
    for named in dialect.DIALECTS:
        assert wire.decode(encoded(MESSAGES[2], named)).u8(FailoverOption.SERVER_STATE) == 254


# -- microsoft


def test_names_are_utf_16():
    raw = wire.decode(encoded(CONNECT, "microsoft"))
    assert raw.get(FailoverOption.RELATIONSHIP_NAME).hex() == "6200fc0072006f00"
    assert raw.get(FailoverOption.VENDOR_CLASS_IDENTIFIER) == "foviz".encode("utf-16-le")
    assert raw.get(FailoverOption.TLS_REQUEST) is None


def test_the_scope_stands_before_the_hardware_address():
    raw = wire.decode(encoded(update(BindingStatus.ACTIVE), "microsoft"))
    assert raw.get(FailoverOption.CLIENT_HARDWARE_ADDRESS).hex() == "0000000a" + "01" + MAC.hex()
    assert hardware_of(raw) == MAC
    assert hardware_of(update(BindingStatus.ACTIVE)) == MAC


def test_microsofts_own_options_of_a_lease():
    raw = wire.decode(encoded(update(BindingStatus.ACTIVE), "microsoft"))
    fields = dict(raw.options)
    # MS-DHCPF §4.1 publishes the mask and the address in network order, the type 1 for DHCP
    assert fields[33].hex() == "ffffff00"
    assert fields[34].hex() == "c0a86301"
    assert fields[35].decode("utf-16-le") == "DHCP1\0"
    assert fields[36] == b"\x01"


STATUSES = [
    # the draft's status, Microsoft's, its IP-flags, whether it names a client
    (BindingStatus.FREE, 1, 0, False),
    (BindingStatus.BACKUP, 2, 0, False),
    (BindingStatus.ACTIVE, 1, 0, True),
    (BindingStatus.EXPIRED, 3, 0, True),
    (BindingStatus.RELEASED, 3, 2, True),
    (BindingStatus.ABANDONED, 2, 0, True),
]


@pytest.mark.parametrize(("status", "number", "flags", "lease"), STATUSES)
def test_microsofts_binding_status(status, number, flags, lease):
    raw = wire.decode(encoded(update(status), "microsoft"))
    fields = dict(raw.options)
    assert fields[FailoverOption.BINDING_STATUS] == bytes((number,))
    assert fields[FailoverOption.IP_FLAGS] == bytes((flags,))
    assert (FailoverOption.CLIENT_HARDWARE_ADDRESS in fields) is lease
    if not lease:
        for code in (FailoverOption.CLIENT_IDENTIFIER, 13, 18, 6):
            assert code not in fields


@pytest.mark.parametrize(
    ("number", "flags", "lease", "status"),
    [
        (1, 0, False, BindingStatus.FREE), (4, 0, False, BindingStatus.FREE),
        (5, 0, False, BindingStatus.FREE), (2, 0, False, BindingStatus.BACKUP),
        (6, 0, False, BindingStatus.BACKUP), (1, 0, True, BindingStatus.ACTIVE),
        (0x41, 0, True, BindingStatus.ACTIVE), (0, 0, True, BindingStatus.ACTIVE),
        (1, 2, True, BindingStatus.RELEASED), (3, 0, True, BindingStatus.EXPIRED),
        (3, 4, True, BindingStatus.EXPIRED), (2, 0, True, BindingStatus.ABANDONED),
        (3, 0, False, 0),
    ],
)  # fmt: skip
def test_what_microsofts_numbers_mean(number, flags, lease, status):
    fields = {3: bytes((number,)), 12: bytes((flags,))}
    if lease:
        fields[5] = b"\0\0\0\x0a\x01" + MAC
    assert dialect.drafts_status(fields) == status


def test_a_batch_keeps_its_order():
    first, second = update(BindingStatus.ACTIVE), update(BindingStatus.FREE, hardware=b"")
    both = first._replace(options=(*first.options, *second.options))
    found = dialect.decode(encoded(both, "microsoft"), "microsoft").transactions()
    assert [dict(options)[3][0] for options in found] == [2, 1]


def test_a_reader_sees_the_dialect_by_the_offset():
    octets = encoded(update(BindingStatus.RELEASED), "microsoft")
    assert summary(octets, "failover") == "BNDUPD .51 RELEASED"
    values = {field.name: field.value for field in leaves((dissect_failover(octets),))}
    assert values["binding-status"] == "3 doomed"
    assert values["IP-flags"] == "0x02 released by the client"
    assert values["server-name"].startswith("DHCP1")
