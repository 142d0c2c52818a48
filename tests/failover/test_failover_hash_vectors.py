"""The published and computed numbers of load balancing: hashes, buckets, bitmaps (PROTOCOL §7)."""

import pytest
from failover_bench import Bench, endpoint_of, profile_with

from foviz.failover import loadbalance
from foviz.failover.loadbalance import (
    assignment_of,
    bitmap_from,
    bucket_of,
    buckets_for,
    hash_key,
    holds,
    is_primarys,
    pearson,
    ranges_of_primary,
)
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverOption

SIXTEEN = "00112233445566778899aabbccddeeff"
DUID = "ff12345678000100011c2d3e4f0200000000aa"

VECTORS = [
    ("00", 175), ("ff", 234), ("0000", 150), ("010203", 9), ("000000000000", 254),
    ("ffffffffffff", 79), ("000102030405", 161), ("010203040506", 179), (SIXTEEN, 17),
    ("020000000001", 133), ("020000000002", 45), ("020000000003", 182), ("020000000004", 150),
    ("01020000000001", 14), ("01020000000002", 66), ("01020000000003", 222),
    ("01020000000004", 186), ("01020000000005", 242),
    ("00155d010203", 210), ("00155d010204", 37), ("0100155d010203", 94),
]  # fmt: skip


@pytest.mark.parametrize(("key", "bucket"), VECTORS)
def test_the_hash_of_a_key(key, bucket):
    assert pearson(bytes.fromhex(key)) == bucket


@pytest.mark.parametrize(
    ("key", "rfc", "full"), [(SIXTEEN + "00", 17, 227), (DUID, 54, 237), (SIXTEEN, 17, 17)]
)
def test_sixteen_octets_count_or_all(key, rfc, full):
    octets = bytes.fromhex(key)
    assert bucket_of(octets, b"", "rfc") == rfc
    assert bucket_of(octets, b"", "client-id") == rfc
    assert bucket_of(octets, b"", "rfc-full") == full


MAC = bytes.fromhex("020000000001")
ID = b"\x01" + MAC


@pytest.mark.parametrize(
    ("kind", "with_id", "without"),
    [("client-id", ID, MAC), ("rfc", ID, MAC), ("rfc-full", ID, MAC), ("mac", MAC, MAC)],
)
def test_what_is_hashed_of_a_client(kind, with_id, without):
    assert hash_key(ID, MAC, kind) == with_id
    assert hash_key(b"", MAC, kind) == without


def macs(count):
    return [b"\x02" + number.to_bytes(5) for number in range(count)]


def test_sequential_addresses_are_shared_about_half_and_half():
    first = [pearson(mac) for mac in macs(17)[1:]]
    assert first == [133, 45, 182, 150, 13, 166, 26, 62, 79, 249, 139, 190, 60, 0, 102, 134]
    assert sum(bucket < 128 for bucket in first) == 8
    hundred = [pearson(mac) for mac in macs(100)]
    shares = [sum(bucket < limit for bucket in hundred) for limit in (64, 128, 179, 192)]
    assert shares == [29, 52, 68, 74]
    assert sum(pearson(mac) < 128 for mac in macs(10_000)) == 4999


@pytest.mark.parametrize(
    ("percent", "count"), [(0, 0), (1, 3), (25, 64), (50, 128), (70, 179), (75, 192), (100, 256)]
)
def test_a_percentage_in_buckets(percent, count):
    assert buckets_for(percent) == count


@pytest.mark.parametrize(
    ("count", "octets", "primary"),
    [
        (128, "00" * 16 + "ff" * 16, "0–127"),
        (64, "00" * 8 + "ff" * 24, "0–63"),
        (179, "00" * 22 + "f8" + "ff" * 9, "0–178"),
        (0, "ff" * 32, "none"),
        (256, "00" * 32, "0–255"),
    ],
)
def test_the_bitmap_of_the_draft_marks_the_secondarys_buckets(count, octets, primary):
    assert bitmap_from(count).hex() == octets
    assert ranges_of_primary(bitmap_from(count)) == primary
    assert [holds(bitmap_from(count), b) for b in range(256)] == [b >= count for b in range(256)]


def test_the_published_bitmap():
    """RFC 3074 §6: FF×6 00 00 FF×8 00×16 serves 0–47 and 64–127."""
    example = bytes.fromhex("ff" * 6 + "0000" + "ff" * 8 + "00" * 16)
    served = [bucket for bucket in range(256) if holds(example, bucket)]
    assert served == [*range(48), *range(64, 128)]


@pytest.mark.parametrize(
    ("named", "octets"),
    [("draft", "00" * 8 + "ff" * 24), ("isc", "ff" * 8 + "00" * 24)],
)
def test_the_two_meanings_on_the_wire(named, octets):
    """The capture of a real ``split 64``: FF×8 00×24, the primary serves 0–63."""
    bench = Bench(profile_with("draft", wire_dialect=named), local_percent=25)
    bench.opened()
    sent = next(a.octets for a in bench.actions if type(a).__name__ == "SendStream")
    assert wire.decode(sent).get(FailoverOption.HASH_BUCKET_ASSIGNMENT).hex() == octets
    # and as the engines have it, the same
    assert bench.last("CONNECT").get(FailoverOption.HASH_BUCKET_ASSIGNMENT).hex() == (
        "00" * 8 + "ff" * 24
    )


@pytest.mark.parametrize(("name", "heeded"), [("microsoft", False), ("draft", True), ("isc", True)])
def test_whose_buckets_the_secondary_goes_by(name, heeded):
    bench = Bench(profile_with(name), primary=False, local_percent=50)
    bench.greet(hash_bucket_assignment=bitmap_from(10))
    assert assignment_of(bench.endpoint) == bitmap_from(10 if heeded else 128)
    assert is_primarys(bench.endpoint, ID, MAC) is not heeded  # its bucket is 14


def test_the_primary_goes_by_its_own_setting():
    endpoint = endpoint_of(profile_with("draft"), local_percent=25)
    endpoint.durable = endpoint.durable._replace(buckets=bytes(32))
    assert assignment_of(endpoint) == bitmap_from(64)
    assert loadbalance.bitmap(endpoint.relationship) == bitmap_from(64)
