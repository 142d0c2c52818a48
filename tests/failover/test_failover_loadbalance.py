"""Whose client it is: RFC 3074, with the vectors of PROTOCOL §7 and DESIGN §11.13."""

import pytest
from failover_pair import Pair

from foviz.failover.loadbalance import bitmap, bucket_of, pearson, primary_buckets
from foviz.failover.profile import MICROSOFT, with_switch
from foviz.failover.relationship import Mode, Relationship, Role

SIXTEEN = bytes.fromhex("00112233445566778899aabbccddeeff")
LONG = bytes.fromhex("ff12345678000100011c2d3e4f0200000000aa")


def mac(number):
    return b"\x02" + number.to_bytes(5)


def split(percent, mode=Mode.LOAD_BALANCE):
    names = ("pair", mode, Role.PRIMARY, "A", 1, "B", 2)
    return Relationship(*names, local_percent=percent)


@pytest.mark.parametrize(
    ("key", "bucket"),
    [
        ("00", 175),
        ("ff", 234),
        ("0000", 150),
        ("010203", 9),
        ("000000000000", 254),
        ("ffffffffffff", 79),
        ("000102030405", 161),
        ("010203040506", 179),
        ("020000000001", 133),
        ("020000000002", 45),
        ("020000000003", 182),
        ("020000000004", 150),
        ("01020000000001", 14),
        ("01020000000002", 66),
        ("00155d010203", 210),
        ("00155d010204", 37),
        ("0100155d010203", 94),
    ],
)
def test_the_hash(key, bucket):
    assert pearson(bytes.fromhex(key)) == bucket


def test_sixteen_octets_count_and_no_more():
    assert bucket_of(SIXTEEN, b"") == bucket_of(SIXTEEN + b"\0", b"") == 17
    assert pearson(SIXTEEN + b"\0") == 227, "what ISC would make of all seventeen"
    assert (bucket_of(LONG, b""), pearson(LONG)) == (54, 237)


def test_the_hash_of_nothing_is_its_length():
    assert pearson(b"") == 0


def test_the_client_identifier_counts_before_the_hardware_address():
    # DESIGN §11.13
    found = [bucket_of(b"\x01" + mac(number), mac(number)) for number in range(1, 6)]
    assert found == [14, 66, 222, 186, 242]
    assert bucket_of(b"", mac(1)) == 133


def test_sixteen_macs():
    found = [pearson(mac(number)) for number in range(1, 17)]
    assert found == [133, 45, 182, 150, 13, 166, 26, 62, 79, 249, 139, 190, 60, 0, 102, 134]


@pytest.mark.parametrize(
    ("count", "limit", "below"),
    [(100, 64, 29), (100, 128, 52), (100, 179, 68), (100, 192, 74), (10_000, 128, 4999)],
)
def test_the_split_is_a_matter_of_luck(count, limit, below):
    assert sum(pearson(mac(number)) < limit for number in range(count)) == below


@pytest.mark.parametrize(
    ("percent", "buckets"),
    [(0, 0), (1, 3), (25, 64), (50, 128), (70, 179), (99, 253), (100, 256)],
)
def test_a_percentage_in_buckets_and_in_bits(percent, buckets):
    assert primary_buckets(split(percent)) == buckets
    bits = bitmap(split(percent))
    assert len(bits) == 32
    # draft-12 §12.11: the bit of octet i, least significant first, is bucket 8i…; set = secondary
    of_secondary = [bool(bits[bucket >> 3] >> (bucket & 7) & 1) for bucket in range(256)]
    assert of_secondary == [bucket >= buckets for bucket in range(256)]


def test_the_even_bitmap_is_the_one_of_the_wire_example():
    assert bitmap(split(50)) == bytes(16) + b"\xff" * 16


# -- at work


@pytest.mark.parametrize("percent", [0, 30, 50, 100])
def test_exactly_one_server_answers_each_client_and_it_is_the_hash_that_decides(percent):
    pair = Pair(Mode.LOAD_BALANCE, addresses=200, local_percent=percent)
    for number in range(1, 41):
        answered = [pair.discover(name, number) is not None for name in ("A", "B")]
        mine = bucket_of(b"\x01" + mac(number), mac(number)) < (256 * percent + 50) // 100
        assert answered == [mine, not mine]
        assert pair.why("A" if mine else "B") == "first-lease"
        assert pair.why("B" if mine else "A") == "other-bucket"


@pytest.mark.parametrize(("bucket", "server"), [(127, "A"), (128, "B")])
def test_the_last_bucket_of_the_primary_and_the_first_of_the_secondary(bucket, server):
    number = next(n for n in range(1, 3000) if pearson(b"\x01" + mac(n)) == bucket)
    pair = Pair(Mode.LOAD_BALANCE)
    assert [name for name in ("A", "B") if pair.discover(name, number)] == [server]


def test_the_first_two_clients_belong_to_the_primary():
    pair = Pair(Mode.LOAD_BALANCE, addresses=40)
    answered = [n for n in range(1, 6) if pair.discover("A", n) is not None]
    assert answered == [1, 2]


@pytest.mark.parametrize(("switch", "answered"), [("owner-only", False), ("both", True)])
def test_renewals_at_the_other_server(switch, answered):
    # PROTOCOL §10, row 1
    profile = with_switch(MICROSOFT, "renew_in_normal", switch)
    pair = Pair(Mode.LOAD_BALANCE, profile=profile)
    address = pair.lease("A").yiaddr
    pair.run(1)
    for ask in (pair.renew, pair.rebind):
        assert (ask("B", 1, address) is not None) is answered
    assert pair.discover("B", 1) is None, "the switch is about renewals"


def test_without_contact_both_answer_everybody():
    pair = Pair(Mode.LOAD_BALANCE)
    pair.cut()
    pair.run(400)
    assert pair.states() == ("COMMUNICATION_INTERRUPTED",) * 2
    assert all(pair.discover(name, n) for name in ("A", "B") for n in (1, 3))


@pytest.mark.parametrize(("percent", "backup"), [(0, 20), (50, 10), (70, 6), (100, 0)])
def test_free_addresses_are_split_as_the_clients_are(percent, backup):
    pair = Pair(Mode.LOAD_BALANCE, addresses=20, local_percent=percent)
    assert pair.store("A").free_counts() == pair.store("B").free_counts() == (20 - backup, backup)
