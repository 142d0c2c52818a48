"""The shared secret: who is believed, what is recorded, and how old messages are known."""

import hashlib
import hmac

import pytest
from failover_bench import Bench, ack_options, connect_options, profile_with, state_options

from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import digest
from foviz.failover.digest import MD5, SHA256
from foviz.wire import dialect
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverMessage, FailoverOption, FailoverType, ServerState

DIALECTS = [("isc", MD5, 16), ("draft", MD5, 16), ("microsoft", SHA256, 32)]
SECRET = "open sesame"
CONTACT = FailoverMessage(FailoverType.CONTACT, 0x65000000, 7)


# -- the octets


def by_hand(octets, at, name):
    """HMAC as RFC 2104 writes it down, over the octets with the digest zeroed."""
    size = hashlib.new(name).digest_size
    data = octets[:at] + bytes(size) + octets[at + size :]
    key = SECRET.encode().ljust(64, b"\0")
    inner = hashlib.new(name, bytes(o ^ 0x36 for o in key) + data).digest()
    return hashlib.new(name, bytes(o ^ 0x5C for o in key) + inner).digest()


@pytest.mark.parametrize(("kind", "name"), [(MD5, "md5"), (SHA256, "sha256")])
def test_the_digest_is_the_first_option_and_covers_the_whole_message(kind, name):
    octets = digest.seal(CONTACT, SECRET, kind)
    size = hashlib.new(name).digest_size
    assert octets[:2] == (12 + 5 + size).to_bytes(2)
    assert octets[12:17] == bytes((0, 17, 0, 1 + size, kind))
    assert octets[17:] == by_hand(octets, 17, name)


def test_a_known_digest():
    octets = digest.seal(CONTACT, "k", MD5)
    assert octets.hex() == "00210b0c6500000000000007" + "0011001101" + (
        hmac.new(b"k", bytes.fromhex("00210b0c65000000000000070011001101") + bytes(16), "md5")
        .hexdigest()
    )  # fmt: skip


@pytest.mark.parametrize("kind", [MD5, SHA256])
def test_every_octet_counts(kind):
    octets = digest.seal(CONTACT, SECRET, kind)
    assert digest.fault(octets, wire.decode(octets), SECRET, kind) == 0
    for place in (4, 7, 11, len(octets) - 1):  # time, id, digest
        changed = octets[:place] + bytes((octets[place] ^ 1,)) + octets[place + 1 :]
        assert digest.fault(changed, wire.decode(changed), SECRET, kind) == 20
    assert digest.fault(octets, wire.decode(octets), "another", kind) == 20


def test_a_digest_that_stands_last_is_checked_where_it_stands():
    blank = (FailoverOption.MESSAGE_DIGEST, bytes((MD5,)) + bytes(16))
    state = FailoverMessage(10, 1, 2, (*state_options(ServerState.NORMAL), blank))
    octets = wire.encode(state)
    at = len(octets) - 16
    octets = octets[:at] + digest.digest_of(octets, at, MD5, SECRET)
    assert digest.fault(octets, wire.decode(octets), SECRET, MD5) == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", 12), (b"\x03" + bytes(16), 12), (b"\x02" + bytes(32), 12), (b"\x01" + bytes(8), 12),
     (b"\x01" + bytes(16), 20)],
)  # fmt: skip
def test_other_kinds_of_digest_are_not_supported(data, reason):
    message = CONTACT._replace(options=((17, data),))
    octets = wire.encode(message)
    assert digest.fault(octets, message, SECRET, MD5) == reason


# -- in a conversation


@pytest.mark.parametrize(("named", "kind", "size"), DIALECTS, ids=[d[0] for d in DIALECTS])
@pytest.mark.parametrize("primary", [True, False])
def test_servers_with_one_secret_sign_all_they_say(named, kind, size, primary):
    profile = profile_with("microsoft", wire_dialect=named)
    bench = Bench(profile, primary=primary, secret=SECRET)
    signed = []

    def collect():
        for message in bench.sent():
            data = message.get(FailoverOption.MESSAGE_DIGEST)
            signed.append(data is not None and (data[0], len(data)) == (kind, size + 1))
            assert message.options[0][0] == FailoverOption.MESSAGE_DIGEST

    if primary:
        bench.opened()
        collect()
        bench.say(FailoverType.CONNECTACK, ack_options(), 1)
    else:
        bench.greet()
    collect()
    bench.say(FailoverType.STATE, state_options(ServerState.NORMAL), 2)
    collect()
    assert bench.endpoint.contact
    assert len(signed) >= 3
    assert all(signed)


FAULTS = [
    # our secret, what the partner signs with ("" nothing), reason, rule
    (SECRET, "another", 20, "digest-wrong"),
    (SECRET, "", 21, "digest-missing"),
    ("", SECRET, 13, "digest-not-configured"),
]


@pytest.mark.parametrize(("ours", "theirs", "reason", "rule"), FAULTS)
def test_a_connect_is_refused_and_the_connection_closed(ours, theirs, reason, rule):
    bench = Bench(profile_with("draft"), primary=False, secret=ours)
    bench.greet(sign=theirs)
    answer = bench.last("CONNECTACK")
    assert answer.u8(FailoverOption.REJECT_REASON) == reason
    assert (answer.get(FailoverOption.MESSAGE_DIGEST) is not None) is bool(ours)
    assert bench.shut() == ["in1"]
    assert bench.rules() == [rule]
    assert bench.facts(rule)["message"] == "CONNECT"
    assert bench.notes(Kind.CONNECTION)[-1]["what"] == "rejected"


@pytest.mark.parametrize(("ours", "theirs", "reason", "rule"), FAULTS)
@pytest.mark.parametrize("name", ["microsoft", "draft", "isc"])
def test_later_a_fault_closes_the_connection(name, ours, theirs, reason, rule):
    bench = Bench(profile_with(name), primary=False, secret=ours)
    bench.connect()
    bench.say(FailoverType.CONTACT, [], 5, sign=theirs)
    assert not bench.endpoint.contact
    assert bench.shut()[0] == "in1"
    assert bench.rules()[0] == rule
    assert bench.facts(rule)["message"] == "CONTACT"
    assert bench.names() == (["DISCONNECT"] if name == "draft" else [])
    assert bench.due("retry") == bench.profile.refused_retry_s


def test_an_unsupported_kind_closes_too():
    bench = Bench(profile_with("draft"), primary=False, secret=SECRET)
    bench.connect()
    octets = digest.seal(CONTACT._replace(xid=9), SECRET, SHA256)
    bench.feed(octets)
    assert bench.rules()[0] == "digest-unsupported"
    assert bench.last("DISCONNECT").u8(FailoverOption.REJECT_REASON) == 12


@pytest.mark.parametrize(("ours", "theirs", "reason", "rule"), FAULTS)
def test_the_primary_checks_the_answer_as_well(ours, theirs, reason, rule):
    bench = Bench(profile_with("microsoft"), secret=ours)
    bench.opened()
    bench.say(FailoverType.CONNECTACK, ack_options(), 1, sign=theirs)
    assert bench.rules()[0] == rule
    assert bench.facts(rule)["message"] == "CONNECTACK"
    assert bench.endpoint.connection == ""
    assert bench.due("retry") == 60


# -- replays (§11.1)


def test_ids_must_rise():
    bench = Bench(profile_with("draft"), primary=False, secret=SECRET)
    bench.connect()
    bench.say(FailoverType.CONTACT, [], 5)
    assert bench.endpoint.contact
    bench.say(FailoverType.CONTACT, [], 5)
    assert bench.rules()[0] == "replayed"
    assert bench.facts("replayed")["the last id"] == 5
    assert not bench.endpoint.contact


def test_an_answer_has_the_id_of_its_request_and_need_not_rise():
    bench = Bench(profile_with("draft"), primary=False, secret=SECRET)
    bench.connect()
    bench.say(FailoverType.CONTACT, [], 500)
    bench.say(FailoverType.BNDACK, [wire.u32(2, 0x0A000033)], 3)
    assert bench.endpoint.contact


def test_without_a_secret_ids_may_do_what_they_like():
    bench = Bench(profile_with("draft"), primary=False)
    bench.connect()
    bench.say(FailoverType.CONTACT, [], 0)
    bench.say(FailoverType.CONTACT, [], 0)
    assert bench.endpoint.contact


def test_a_connect_that_is_not_later_than_an_earlier_one_is_a_replay():
    bench = Bench(profile_with("draft"), primary=False, secret=SECRET)
    bench.greet("in1")
    assert bench.endpoint.connection == "in1"
    bench.greet("in2")  # within the same second
    assert bench.rules() == ["replayed"]
    assert bench.last("CONNECTACK").u8(FailoverOption.REJECT_REASON) == 6
    assert bench.endpoint.connection == "in1"
    bench.wait(1)
    bench.greet("in3")
    assert bench.endpoint.connection == "in3"
    bench.wait(1)
    bench.greet("in4", skew=-10)
    assert bench.endpoint.connection == "in3"


def test_the_time_of_the_latest_connect_outlives_a_restart():
    from failover_bench import endpoint_of

    from foviz.failover.process import FailoverProcess

    bench = Bench(profile_with("draft"), primary=False, secret=SECRET)
    bench.greet("in1")
    again = endpoint_of(bench.profile, primary=False, durable=bench.endpoint.durable, secret=SECRET)
    bench.endpoint, bench.process = again, FailoverProcess({"rel": again})
    bench.greet("in2")
    assert bench.rules() == ["replayed"]


def test_a_refused_replay_leaves_the_standing_connection_alone():
    bench = Bench(profile_with("draft"), primary=False, secret=SECRET)
    bench.connect()
    bench.say(FailoverType.CONTACT, [], 40)
    bench.greet("in2", sign="another", xid=1)
    assert bench.endpoint.connection == "in1"
    bench.say(FailoverType.CONTACT, [], 39, handle="in1")
    assert bench.rules()[0] == "replayed"  # 40 is still what has to be exceeded


def test_a_primary_does_not_greet_twice_within_a_second():
    bench = Bench(profile_with("draft"), secret=SECRET)
    bench.connect()
    bench.closed(bench.endpoint.connection, "reset by the partner")
    assert bench.dialled() == []
    assert bench.due("retry") == 1
    bench.wait(1)
    assert bench.endpoint.opening == "rel>2"


def test_what_was_proved_does_not_reach_the_engine():
    """A digest in front of the first address must not upset a BNDUPD's transactions."""
    bench = Bench(profile_with("draft"), primary=False, secret=SECRET)
    bench.connect()
    now = bench.now // US
    options = [
        wire.u32(FailoverOption.ASSIGNED_IP_ADDRESS, 0x0A000033),
        wire.u8(FailoverOption.BINDING_STATUS, 2),
        (FailoverOption.CLIENT_HARDWARE_ADDRESS, bytes.fromhex("01020000000001")),
        wire.u32(FailoverOption.LEASE_EXPIRATION_TIME, now + 3600),
        wire.u32(FailoverOption.POTENTIAL_EXPIRATION_TIME, now + 7200),
        wire.u32(FailoverOption.CLIENT_LAST_TRANSACTION_TIME, now),
    ]
    bench.say(FailoverType.BNDUPD, options, 9)
    assert bench.last("BNDACK").u8(FailoverOption.REJECT_REASON) is None
    assert bench.endpoint.stores["LAN"].get(0x0A000033).status.name == "ACTIVE"


def test_microsofts_dialect_signs_what_it_sends():
    profile = profile_with("microsoft", wire_dialect="microsoft")
    bench = Bench(profile, secret=SECRET)
    bench.opened()
    octets = next(a.octets for a in bench.actions if type(a).__name__ == "SendStream")
    raw = wire.decode(octets)
    assert raw.payload_offset == 8
    assert digest.fault(octets, raw, SECRET, SHA256) == 0
    assert dialect.from_dialect(raw, "microsoft").get(FailoverOption.RELATIONSHIP_NAME) == b"rel"
    assert connect_options()[0][1] == b"rel"
