"""The DHCP option table, the failover option values, and the tables of demands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foviz.wire import failover, options, values, words
from foviz.wire.demands import ACCEPT, DEMANDS, REJECT, required
from foviz.wire.failover import BindingStatus, FailoverOption, FailoverType
from foviz.wire.options import option_name, sub_option_name, value_text

NB = "\u00a0"
NEEDED = [1, 3, 6, 12, 15, 28, 43, *range(50, 62), 66, 67, 77, 81, 82, 93, 116, 118, 119, 121, 125]


def test_table_is_complete():
    assert [code for code in NEEDED if code not in options.OPTIONS] == []
    names = [entry.name for entry in options.OPTIONS.values()]
    assert len(dict.fromkeys(names)) == len(names)
    assert list(options.OPTIONS) == sorted(options.OPTIONS)


def test_names():
    assert option_name(51) == "IP address lease time"
    assert option_name(61) == "client-identifier"
    assert option_name(200) == "option 200"
    assert sub_option_name(82, 1) == "agent circuit ID"
    assert sub_option_name(82, 77) == "sub-option 77"
    assert sub_option_name(43, 1) == "sub-option 1"


@pytest.mark.parametrize(
    ("code", "data", "text"),
    [
        (1, "ffffff00", "255.255.255.0"),
        (2, "fffff1f0", f"−3,600{NB}s"),
        (3, "0a000001c0a80001", "10.0.0.1, 192.168.0.1"),
        (12, "7063 31", "pc1"),
        (12, "706331 00", "pc1"),
        (12, "80", "80"),
        (13, "0010", "16"),
        (19, "01", "1 on"),
        (33, "0a0000010a0000fe", "10.0.0.1 via 10.0.0.254"),
        (43, "0102abcd", "1: ab:cd"),
        (43, "0105abcd", "01:05:ab:cd"),
        (46, "08", "8 H-node"),
        (50, "0a000033", "10.0.0.51"),
        (50, "0a0000", "0a:00:00"),
        (51, "00000e10", f"3,600{NB}s"),
        (51, "ffffffff", "infinite"),
        (51, "0e10", "0e:10"),
        (52, "03", "3 file and sname"),
        (53, "05", "5 ACK"),
        (53, "0d", "13"),
        (53, "", "empty"),
        (54, "0a000001", "10.0.0.1"),
        (55, "0103fe", "1 subnet mask, 3 router, 254"),
        (57, "05dc", "1,500"),
        (58, "00000708", f"1,800{NB}s"),
        (60, "4d53465420352e30", "MSFT 5.0"),
        (61, "01020000000001", "01:02:00:00:00:00:01"),
        (61, "006369642d702d31", "00:63:69:64:2d:70:2d:31 “cid-p-1”"),
        (77, "0161026263", "a, bc"),
        (77, "5252415300", "RRAS"),
        (81, "050000 0270630161 00", "pc.a; flags 0x05 S server updates A, E encoded"),
        (81, "000000 706331", "pc1; flags 0x00"),
        (82, "0103657468 0506", "01:03:65:74:68:05:06"),
        (82, "0103657468 05040a000100", "agent circuit ID eth; link selection 10.0.1.0"),
        (82, "02020001", "agent remote ID 00:01"),
        (93, "0007", "7"),
        (116, "01", "1 auto-configure"),
        (118, "0a000100", "10.0.1.0"),
        (119, "0161 0162 00 0163 c002", "a.b, c.b"),
        (119, "c000", "c0:00"),
        (121, "180a0001 0a000001", "10.0.1.0/24 via 10.0.0.1"),
        (121, "140a0010 0a000001", "10.0.16.0/20 via 10.0.0.1"),
        (
            121,
            "00 0a000001 20 0a000005 0a000002",
            "0.0.0.0/0 via 10.0.0.1, 10.0.0.5/32 via 10.0.0.2",
        ),
        (121, "21 0a00010a000001 01", "21:0a:00:01:0a:00:00:01:01"),
        (125, "00000de9 02 0102", "enterprise 3561: 01:02"),
        (200, "0102", "01:02"),
    ],
)
def test_values(code, data, text):
    assert value_text(code, bytes.fromhex(data)) == text


@given(st.integers(0, 255), st.binary(max_size=60))
def test_any_value_can_be_shown(code, data):
    shown = value_text(code, data)
    assert shown
    assert shown.isprintable() or NB in shown


@pytest.mark.parametrize(
    ("code", "data", "text"),
    [
        (1, "00000005", "5"),
        (2, "0a000033", "10.0.0.51"),
        (3, "02", "2 ACTIVE"),
        (3, "09", "9 status 9"),
        (5, "01020000000001", "02:00:00:00:00:01 (1 Ethernet)"),
        (6, "659bc02c", "Mon 8 Jan 09:28:12 UTC (1704706092)"),
        (13, "00000000", "0 (none)"),
        (9, "0003 0270630161 00", "pc.a; flags 0x0003 C forward update done, "
         "A server owns the address record"),
        (10, "05", f"5{NB}s"),
        (11, "ff" * 16 + "00" * 16, "hashes 0–127"),
        (11, "ff" * 6 + "0000" + "ff" * 8 + "00" * 16, "hashes 0–47, 64–127"),
        (11, "00" * 31 + "80", "hashes 255"),
        (11, "00" * 32, "no hashes"),
        (11, "ff" * 32, "hashes 0–255"),
        (12, "0001", "0x0001 RESERVED"),
        (12, "0003", "0x0003 RESERVED, BOOTP"),
        (14, "0000000a", "10"),
        (15, "00000e10", f"3,600{NB}s = 1{NB}h"),
        (15, "00000e11", f"3,601{NB}s ≈ 1{NB}h"),
        (15, "00000e4c", f"3,660{NB}s = 1{NB}h 1{NB}min"),
        (16, "6869", "hi"),
        (17, "01" + "00" * 2, "1 HMAC-MD5 00:00"),
        (20, "01", "1"),
        (21, "0f", "15 outdated binding information"),
        (22, "666f", "fo"),
        (22, "66006f00", "fo"),
        (23, "01", "0x01 STARTUP"),
        (23, "00", "0x00"),
        (24, "03", "3 COMMUNICATION-INTERRUPTED"),
        (24, "fe", "254 RECOVER-WAIT"),
        (26, "00", "0 no TLS"),
        (27, "02", "2 TLS required"),
        (27, "03", "03"),
        (30, "0001a8c00002a8c0", "192.168.1.0, 192.168.2.0"),
        (33, "ffffff00", "255.255.255.0"),
        (34, "c0a8010b", "192.168.1.11"),
        (36, "01", "1"),
        (37, "00", "0"),
        (31, "70006300310000 00", "pc1"),
        (200, "0102", "01:02"),
    ],
)  # fmt: skip
def test_failover_values(code, data, text):
    assert values.option_value(code, bytes.fromhex(data)) == text


def test_microsoft_means_other_things():
    hardware = bytes.fromhex("0000000a 01 020000000001")
    assert values.option_value(5, hardware, 8) == ("02:00:00:00:00:01 (1 Ethernet), scope 10.0.0.0")
    assert values.option_value(12, b"\x02", 8) == "0x02 released by the client"
    assert values.option_value(12, b"\x02") == "0x02 BOOTP"


@given(st.integers(0, 45), st.binary(max_size=40), st.sampled_from([8, 12]))
def test_any_failover_value_can_be_shown(code, data, offset):
    assert isinstance(values.option_value(code, data, offset), str)


@given(st.binary(max_size=80), st.integers(0, 80))
def test_any_domain_name_ends(octets, at):
    found = words.domain_name(octets, at)
    assert found is None or at < found[1] <= len(octets)


def test_demands_cover_each_type_and_case():
    kinds = list(dict.fromkeys(kind for kind, _ in DEMANDS))
    assert sorted(kinds) == list(FailoverType)
    cases = [case for kind, case in DEMANDS if kind is FailoverType.BNDUPD]
    assert sorted(cases) == sorted(status.name for status in BindingStatus)


BNDUPD = {
    "ASSIGNED_IP_ADDRESS": "MUST MUST MUST MUST MUST",
    "BINDING_STATUS": "MUST MUST MUST MUST MUST",
    "IP_FLAGS": "MUST MUST MUST MUST MUST",
    "CLIENT_HARDWARE_ADDRESS": "MUST MUST MUST MAY MUST_NOT",
    "CLIENT_IDENTIFIER": "MAY MAY MAY MAY MUST_NOT",
    "LEASE_EXPIRATION_TIME": "MUST MUST_NOT MUST_NOT MUST_NOT MUST_NOT",
    "POTENTIAL_EXPIRATION_TIME": "MUST MUST_NOT MUST_NOT MUST_NOT MUST_NOT",
    "START_TIME_OF_STATE": "SHOULD SHOULD SHOULD SHOULD SHOULD",
    "CLIENT_LAST_TRANSACTION_TIME": "MUST SHOULD MUST MAY MAY",
    "DDNS": "SHOULD SHOULD SHOULD SHOULD SHOULD",
    "CLIENT_REQUEST_OPTIONS": "SHOULD SHOULD_NOT SHOULD SHOULD_NOT SHOULD_NOT",
    "CLIENT_REPLY_OPTIONS": "SHOULD SHOULD_NOT SHOULD_NOT SHOULD_NOT SHOULD_NOT",
}


@pytest.mark.parametrize("option", BNDUPD)
def test_demands_of_bndupd(option):
    columns = "ACTIVE EXPIRED RELEASED FREE ABANDONED"
    tables = [DEMANDS[FailoverType.BNDUPD, column] for column in columns.split()]
    assert " ".join(table[FailoverOption[option]].need.name for table in tables) == BNDUPD[option]
    for same in ("RESET", "BACKUP"):
        assert DEMANDS[FailoverType.BNDUPD, same] == DEMANDS[FailoverType.BNDUPD, "FREE"]
    assert len(tables[0]) == len(BNDUPD)


def test_conditions_are_told():
    active = DEMANDS[FailoverType.BNDUPD, "ACTIVE"]
    assert active[FailoverOption.IP_FLAGS].condition
    assert active[FailoverOption.DDNS].condition
    assert required(FailoverType.BNDUPD, "EXPIRED") == (
        FailoverOption.ASSIGNED_IP_ADDRESS,
        FailoverOption.BINDING_STATUS,
        FailoverOption.CLIENT_HARDWARE_ADDRESS,
    )


def test_required_options():
    assert required(FailoverType.BNDACK, REJECT) == (
        FailoverOption.ASSIGNED_IP_ADDRESS,
        FailoverOption.REJECT_REASON,
    )
    assert required(FailoverType.BNDACK, ACCEPT) == (FailoverOption.ASSIGNED_IP_ADDRESS,)
    assert sorted(required(FailoverType.CONNECT)) == [11, 14, 15, 19, 20, 22, 28]
    assert sorted(required(FailoverType.CONNECTACK, ACCEPT)) == [14, 19, 20, 22, 28]
    assert sorted(required(FailoverType.CONNECTACK, REJECT)) == [20, 21, 22]
    assert sorted(required(FailoverType.STATE)) == [23, 24, 25]
    assert required(FailoverType.CONTACT) == ()


def test_every_option_of_the_draft_but_three_is_demanded_somewhere():
    named = dict.fromkeys(option for table in DEMANDS.values() for option in table)
    missing = [failover.OPTIONS[code].name for code in range(1, 30) if code not in named]
    assert missing == [
        "delayed-service-parameter",
        "message-digest",
        "vendor-specific-options",
    ]
