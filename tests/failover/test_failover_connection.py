"""Who connects, what is checked in a greeting, when a connection is given up, when tried again."""

import pytest
from failover_bench import (
    NOBODY,
    PARTNER,
    Bench,
    ack_options,
    connect_options,
    facts_of,
    profile_with,
    state_options,
)

from foviz.base.address import ip_to_int
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.greeting import DEMANDED, READY, UNCONFIGURED, WITHOUT, tls_answer
from foviz.lease.binding import ACTIVE, Binding
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverOption, FailoverType, RejectReason, ServerState

MICROSOFT, DRAFT, ISC = (profile_with(name) for name in ("microsoft", "draft", "isc"))
ALL = [MICROSOFT, DRAFT, ISC]


def named(profile):
    return profile.name


# -- who connects (§2.1)


@pytest.mark.parametrize("profile", ALL, ids=named)
def test_the_primary_greets_on_its_own_connection(profile):
    bench = Bench(profile)
    assert [(a.destination, a.port) for a in bench.dialled()] == [(PARTNER, 647)]
    bench.opened()
    (greeting,) = bench.sent()
    assert greeting.type == FailoverType.CONNECT
    assert greeting.get(FailoverOption.RELATIONSHIP_NAME) == b"rel"
    assert bench.due("handshake") == profile.handshake_s


@pytest.mark.parametrize("profile", [MICROSOFT, DRAFT], ids=named)
def test_a_connection_that_the_secondary_opened_only_nudges_the_primary(profile):
    bench = Bench(profile)
    bench.closed(bench.endpoint.opening, "refused")
    bench.accepted("in1")
    assert bench.shut() == ["in1"]
    assert len(bench.dialled()) == 1
    assert bench.sent() == []


def test_isc_greets_on_whichever_connection_stands_first():
    bench = Bench(ISC)
    bench.accepted("in1")
    assert bench.names() == ["CONNECT"]
    assert bench.endpoint.connection == "in1"
    bench.opened()  # its own comes second
    assert bench.shut() == ["rel>1"]
    assert bench.sent() == []


def test_isc_closes_the_second_connection_that_the_partner_opened():
    bench = Bench(ISC)
    bench.opened()
    bench.accepted("in1")
    assert bench.shut() == ["in1"]
    assert bench.endpoint.connection == "rel>1"


def test_isc_secondary_takes_a_connect_on_the_connection_it_opened():
    bench = Bench(ISC, primary=False)
    bench.opened()
    bench.say(FailoverType.CONNECT, connect_options(), handle="rel>1")
    assert bench.names() == ["CONNECTACK", "STATE"]
    assert bench.endpoint.connection == "rel>1"


def test_isc_secondary_waits_15_seconds_for_a_connect_and_tries_again():
    bench = Bench(ISC, primary=False)
    bench.opened()
    assert "handshake" not in bench.wait(14.9)
    bench.timers.pop("rel/startup")
    assert bench.wait(0.2) == ["handshake"]
    assert bench.shut() == ["rel>1"]
    assert bench.notes(Kind.CONNECTION)[0]["what"] == "failed"
    assert bench.wait(1.1) == ["retry"]
    assert bench.endpoint.opening == "rel>2"


def test_a_caller_without_a_relationship_is_hung_up_on():
    bench = Bench(MICROSOFT)
    bench.accepted("in1", NOBODY)
    assert bench.shut() == ["in1"]
    (note,) = bench.notes(Kind.CONNECTION)
    assert note["what"] == "refused"
    assert "192.168.99.9" in note["why"]


def test_a_caller_that_says_nothing_is_hung_up_on_after_the_handshake_time():
    bench = Bench(MICROSOFT, primary=False)
    bench.accepted("in1")
    bench.wait(59)
    assert "in1" in bench.process.strangers
    bench.wait(2)
    assert bench.process.strangers == {}


def test_the_first_message_of_a_caller_has_to_be_a_connect():
    bench = Bench(MICROSOFT, primary=False)
    bench.accepted("in1")
    bench.say(FailoverType.CONTACT, handle="in1")
    assert bench.shut() == ["in1"]
    assert bench.sent() == []


# -- two of a kind, and other names (F24)


@pytest.mark.parametrize("profile", ALL, ids=named)
def test_two_secondaries_wait_for_each_other_and_say_so(profile):
    bench = Bench(profile, primary=False)
    bench.opened()
    bench.accepted("in1")
    said = []
    for _ in range(200):
        bench.wait(1)
        said += [note["why"] for note in bench.notes(Kind.CONNECTION) if note["what"] == "failed"]
        if bench.endpoint.opening:
            bench.opened()
    assert any("secondary as well" in why for why in said)
    assert not bench.endpoint.contact
    assert bench.process.strangers == {}


def test_two_primaries_do_not_call_each_other_without_end():
    bench = Bench(MICROSOFT)
    bench.opened()
    bench.closed("rel>1")  # the other one takes us for a secondary
    assert bench.due("retry") == 60
    for number in range(50):
        bench.accepted(f"in{number}")
        assert bench.shut() == [f"in{number}"]
        assert bench.dialled() == []
    bench.wait(61)
    assert bench.endpoint.opening == "rel>2"


@pytest.mark.parametrize("profile", ALL, ids=named)
def test_another_relationships_name_is_refused_with_8(profile):
    bench = Bench(profile, primary=False)
    bench.greet(name="other")
    (answer,) = bench.sent()
    assert answer.u8(FailoverOption.REJECT_REASON) == RejectReason.INVALID_FAILOVER_PARTNER
    assert answer.get(FailoverOption.RELATIONSHIP_NAME) == b"other"
    assert bench.shut() == ["in1"]
    assert bench.rules() == ["connect-refused"]
    assert bench.facts("connect-refused")["relationship"] == "other"


def test_a_connect_to_a_primary_is_refused_where_it_is_read():
    from failover_bench import endpoint_of

    from foviz.failover.process import FailoverProcess

    profile = DRAFT
    bench = Bench(profile)
    other = endpoint_of(profile, primary=False, name="second")
    bench.process = FailoverProcess({"rel": bench.endpoint, "second": other})
    bench.accepted("in1")  # may be the primary of "second"
    bench.say(FailoverType.CONNECT, connect_options(), handle="in1")
    assert bench.last("CONNECTACK").u8(FailoverOption.REJECT_REASON) == 8


# -- what is checked (§2.2)


def wrong(**changed):
    return changed


CHECKS = [
    # what is wrong, the reasons: microsoft, draft, isc (0 accepts, None closes without a word)
    (wrong(protocol_version=b"\x02"), (0, 14, 0)),
    (wrong(without=("protocol_version",)), (0, 14, 0)),
    (wrong(tls_request=b"\x01"), (0, 0, 0)),
    (wrong(tls_request=b"\x02"), (0, 9, 0)),
    (wrong(without=("tls_request",)), (0, 0, 0)),
    (wrong(skew=61), (4, 0, 4)),
    (wrong(skew=-61), (4, 0, 4)),
    (wrong(skew=60), (0, 0, 0)),
    (wrong(mclt=bytes(4)), (0, 5, 0)),
    (wrong(without=("mclt",)), (0, 5, None)),
    (wrong(without=("hash_bucket_assignment",)), (0, 18, 18)),
    (wrong(without=("max_unacked_bndupd", "receive_timer")), (0, 0, 0)),
    # the order: the first of two faults is named
    (wrong(protocol_version=b"\x02", tls_request=b"\x02", skew=99), (4, 14, 4)),
    (wrong(tls_request=b"\x02", mclt=bytes(4)), (0, 9, 0)),
    (wrong(without=("mclt", "hash_bucket_assignment")), (0, 5, 18)),
]


@pytest.mark.parametrize(
    ("place", "profile"), list(enumerate(ALL)), ids=["microsoft", "draft", "isc"]
)
@pytest.mark.parametrize(("fault", "reasons"), CHECKS, ids=[str(n) for n in range(len(CHECKS))])
def test_each_fault_of_a_connect_has_its_reason(fault, reasons, place, profile):
    bench = Bench(profile, primary=False)
    bench.greet(**fault)
    wanted = reasons[place]
    if wanted == 0:
        assert bench.names() == ["CONNECTACK", "STATE"]
        assert bench.endpoint.connection == "in1"
        return
    assert bench.shut() == ["in1"]
    assert bench.endpoint.connection == ""
    assert len(bench.rules()) == 1
    if wanted is None:
        assert bench.sent() == []
    else:
        assert bench.last("CONNECTACK").u8(FailoverOption.REJECT_REASON) == wanted


@pytest.mark.parametrize(
    ("request_", "ours", "answer"),
    [
        (0, WITHOUT, (0, 0)),
        (0, READY, (0, 0)),
        (0, DEMANDED, (0, 11)),
        (1, WITHOUT, (0, 0)),
        (1, UNCONFIGURED, (0, 0)),
        (1, READY, (1, 0)),
        (2, WITHOUT, (0, 9)),
        (2, UNCONFIGURED, (0, 10)),
        (2, READY, (1, 0)),
        (2, DEMANDED, (1, 0)),
    ],
)
def test_the_tls_matrix(request_, ours, answer):
    assert tls_answer(request_, ours) == answer


def codes(message):
    return [int(code) for code, _ in message.options]


@pytest.mark.parametrize(
    ("profile", "wanted"),
    [(MICROSOFT, [22, 20, 26, 21, 16]), (DRAFT, [22, 20, 26, 21, 16]),
     (ISC, [22, 14, 19, 28, 20, 26, 21, 16])],
    ids=["microsoft", "draft", "isc"],
)  # fmt: skip
def test_what_stands_in_a_refusal(profile, wanted):
    bench = Bench(with_limit(profile), primary=False)
    bench.greet(skew=99)
    answer = bench.last("CONNECTACK")
    assert codes(answer) == wanted
    assert answer.xid == 1


def with_limit(profile):
    return profile_with(profile.name, clock_limit_s=60)


def test_an_acceptance_answers_a_tls_request_only():
    bench = Bench(DRAFT, primary=False)
    bench.greet()
    assert codes(bench.last("CONNECTACK")) == [22, 14, 19, 28, 20, 26]
    bench = Bench(DRAFT, primary=False)
    bench.greet(without=("tls_request",))
    assert codes(bench.last("CONNECTACK")) == [22, 14, 19, 28, 20]


# -- the primary and the answer


@pytest.mark.parametrize("profile", ALL, ids=named)
def test_a_refused_primary_waits_and_no_call_makes_it_sooner(profile):
    bench = Bench(profile)
    bench.opened()
    options = [*ack_options(), wire.u8(FailoverOption.REJECT_REASON, 8)]
    bench.say(FailoverType.CONNECTACK, options)
    assert bench.shut() == ["rel>1"]
    assert bench.rules() == ["connect-refused"]
    assert bench.due("retry") == profile.refused_retry_s
    bench.accepted("in1")
    assert bench.shut() == ["in1"]
    assert bench.dialled() == []
    bench.wait(profile.refused_retry_s + 0.1)
    assert bench.endpoint.opening == "rel>2"


@pytest.mark.parametrize(
    ("profile", "says"),
    [(MICROSOFT, False), (DRAFT, True), (ISC, True)],
    ids=["microsoft", "draft", "isc"],
)
def test_an_answer_for_another_relationship_is_not_taken(profile, says):
    bench = Bench(profile)
    bench.opened()
    bench.say(FailoverType.CONNECTACK, ack_options(name="other"))
    assert bench.names() == (["DISCONNECT"] if says else [])
    assert bench.shut() == ["rel>1"]
    if says:
        assert bench.last("DISCONNECT").u8(FailoverOption.REJECT_REASON) == 8


def test_isc_disconnects_when_the_answer_shows_another_time():
    bench = Bench(ISC)
    bench.opened()
    bench.say(FailoverType.CONNECTACK, ack_options(), skew=61)
    assert bench.last("DISCONNECT").u8(FailoverOption.REJECT_REASON) == 4
    assert bench.rules() == ["clocks-differ"]


def test_the_draft_looks_at_the_version_of_the_answer():
    bench = Bench(DRAFT)
    bench.opened()
    bench.say(FailoverType.CONNECTACK, ack_options(protocol_version=b"\x03"))
    assert bench.last("DISCONNECT").u8(FailoverOption.REJECT_REASON) == 14
    bench = Bench(ISC)
    bench.opened()
    bench.say(FailoverType.CONNECTACK, ack_options(protocol_version=b"\x03"))
    assert bench.names() == ["STATE"]


# -- timers (§2.3)


@pytest.mark.parametrize(
    ("profile", "after"), [(MICROSOFT, 60), (DRAFT, 7), (ISC, 7)], ids=["microsoft", "draft", "isc"]
)
def test_contact_goes_out_after_a_third_of_the_partners_receive_timer(profile, after):
    bench = Bench(profile, primary=False)
    bench.greet(receive_timer=(21).to_bytes(4))
    bench.say(FailoverType.STATE, state_options(ServerState.NORMAL), 2)
    bench.wait(0.5)
    assert bench.due("send") == after - 0.5
    assert bench.due("receive") == profile.receive_timer_s - 0.5
    assert "send" in bench.wait(after)
    assert bench.names() == ["CONTACT"]


@pytest.mark.parametrize("receive", [0, 1, 2])
def test_a_receive_timer_of_nothing_makes_no_flood(receive):
    bench = Bench(DRAFT, primary=False)
    bench.greet(receive_timer=receive.to_bytes(4))
    assert bench.due("send") == 1


@pytest.mark.parametrize(
    ("profile", "says"),
    [(MICROSOFT, False), (DRAFT, True), (ISC, False)],
    ids=["microsoft", "draft", "isc"],
)
def test_silence_ends_the_connection_and_the_draft_says_why(profile, says):
    bench = Bench(profile)
    bench.connect()
    assert bench.endpoint.contact
    bench.endpoint.partner_receive_s = 10**6  # no CONTACT of ours comes in between
    bench.do(bench.process.on_timer(bench.now, "rel/receive"))
    assert bench.names() == (["DISCONNECT"] if says else [])
    if says:
        assert bench.last("DISCONNECT").u8(FailoverOption.REJECT_REASON) == RejectReason.NO_TRAFFIC
    assert bench.shut()[0] == "rel>1"
    assert not bench.endpoint.contact
    assert bench.endpoint.state is ServerState.COMMUNICATION_INTERRUPTED


@pytest.mark.parametrize(
    ("profile", "after"), [(MICROSOFT, 0), (DRAFT, 0), (ISC, 5)], ids=["microsoft", "draft", "isc"]
)
def test_after_a_break_it_tries_at_once_or_after_the_pause(profile, after):
    bench = Bench(profile)
    bench.connect()
    bench.wait(2)
    bench.closed(bench.endpoint.connection)
    if after:
        assert bench.dialled() == []
        assert bench.due("retry") == after
    else:
        assert len(bench.dialled()) == 1


@pytest.mark.parametrize(
    ("profile", "why", "pause"),
    [
        (MICROSOFT, "refused", 60),
        (MICROSOFT, "timed out", 60),
        (DRAFT, "refused", 60),
        (DRAFT, "timed out", 90),
        (ISC, "refused", 5),
        (ISC, "timed out", 90),
    ],
)
def test_a_failed_try_has_its_pause_from_its_beginning(profile, why, pause):
    bench = Bench(profile)
    bench.timers.pop("rel/startup")
    bench.wait(3)
    bench.closed("rel>1", why)
    assert bench.due("retry") == pause - 3
    bench.wait(pause - 3)
    assert bench.endpoint.opening == "rel>2"


def test_a_try_that_is_still_going_on_is_not_given_up_by_the_retry_timer():
    bench = Bench(ISC)
    bench.wait(12)
    assert bench.endpoint.opening == "rel>1"


def test_an_unanswered_greeting_is_given_up():
    bench = Bench(ISC)
    bench.opened()
    assert "handshake" in bench.wait(15.5)
    assert bench.endpoint.connection != "rel>1"


# -- duplicates, disconnects, unknown types


@pytest.mark.parametrize("profile", [MICROSOFT, DRAFT], ids=named)
def test_a_new_connect_replaces_the_old_connection(profile):
    bench = Bench(profile, primary=False)
    bench.connect()
    bench.wait(1)
    bench.greet("in2")
    assert bench.shut() == ["in1"]
    assert bench.endpoint.connection == "in2"
    assert bench.endpoint.state is ServerState.COMMUNICATION_INTERRUPTED
    assert bench.names() == ["CONNECTACK", "STATE"]
    bench.say(FailoverType.STATE, state_options(ServerState.NORMAL), 2)
    assert bench.endpoint.state is ServerState.NORMAL


def test_isc_closes_the_second_connection_without_a_word():
    bench = Bench(ISC, primary=False)
    bench.connect()
    bench.greet("in2")
    assert bench.shut() == ["in2"]
    assert bench.sent() == []
    assert bench.rules() == ["connect-twice"]
    assert bench.facts("connect-twice")["switch"] == "replace_connection = no"
    assert bench.endpoint.contact


@pytest.mark.parametrize("profile", [DRAFT, ISC], ids=named)
def test_a_disconnect_ends_the_connection_and_is_waited_after(profile):
    bench = Bench(profile)
    bench.connect()
    bench.say(FailoverType.DISCONNECT, [wire.u8(FailoverOption.REJECT_REASON, 254)], 3)
    assert not bench.endpoint.contact
    assert bench.due("retry") == 90


def test_microsoft_drops_a_disconnect():
    bench = Bench(MICROSOFT)
    bench.connect()
    bench.say(FailoverType.DISCONNECT, [wire.u8(FailoverOption.REJECT_REASON, 254)], 3)
    assert bench.endpoint.contact
    assert bench.rules() == ["message-not-used"]
    assert bench.facts("message-not-used")["message"] == "DISCONNECT"


@pytest.mark.parametrize(("kind", "closes"), [(13, True), (127, True), (128, False), (255, False)])
def test_unknown_types_below_128_end_the_connection(kind, closes):
    bench = Bench(DRAFT)
    bench.connect()
    bench.say(kind, [], 3)
    assert bench.endpoint.contact is not closes


def test_nonsense_ends_the_connection():
    bench = Bench(DRAFT)
    bench.connect()
    bench.feed(bytes.fromhex("0003 0b0c"))
    assert not bench.endpoint.contact
    assert bench.last("DISCONNECT").u8(FailoverOption.REJECT_REASON) == RejectReason.OTHER


# -- flow control, and a partner that hangs (F22)


def leased(bench, number):
    address = ip_to_int("10.0.0.51") + number
    binding = Binding(
        address, ACTIVE, b"", b"\x02" + number.to_bytes(5), "DHCP1", bench.now + 3600 * US,
        bench.now, bench.now, bench.now + 7200 * US, known=False,
    )  # fmt: skip
    bench.endpoint.stores["LAN"].put(binding)
    return bench.do(bench.process.on_binding(bench.now, "LAN", address))


def acknowledge(bench, update):
    address = update.get(FailoverOption.ASSIGNED_IP_ADDRESS)
    options = [(FailoverOption.ASSIGNED_IP_ADDRESS, address)]
    return bench.say(FailoverType.BNDACK, options, update.xid)


def settled(profile):
    """A secondary in contact that has nothing of its own to say any more."""
    bench = Bench(profile, primary=False)
    bench.connect()
    return bench


def test_no_more_updates_are_on_the_way_than_the_partner_takes():
    bench = Bench(DRAFT, primary=False)
    bench.greet(max_unacked_bndupd=(3).to_bytes(4))
    bench.say(FailoverType.STATE, state_options(ServerState.NORMAL), 2)
    updates = []
    for number in range(5):
        leased(bench, number)
        updates += bench.sent("BNDUPD")
    assert len(updates) == 3
    acknowledge(bench, updates[0])
    assert len(bench.sent("BNDUPD")) == 1
    bench.say(FailoverType.UPDREQ, [], 9)  # everything else is taken at once
    assert bench.endpoint.contact


def test_a_partner_that_acknowledges_nothing_is_given_up():
    bench = settled(profile_with("draft", unacked_limit_s=30))
    leased(bench, 1)
    (first,) = bench.sent("BNDUPD")
    bench.wait(20)
    leased(bench, 2)
    (second,) = bench.sent("BNDUPD")
    acknowledge(bench, first)
    assert bench.due("unacked") == 30  # one was acknowledged: the other has its full time
    bench.endpoint.partner_receive_s = 10**6
    bench.say(FailoverType.CONTACT, [], 3)
    assert "unacked" in bench.wait(31)
    assert bench.endpoint.state is ServerState.COMMUNICATION_INTERRUPTED
    assert second.xid not in bench.endpoint.outstanding


def test_what_is_said_when_a_partner_acknowledges_nothing():
    bench = settled(profile_with("draft", unacked_limit_s=30))
    leased(bench, 1)
    bench.do(bench.process.on_timer(bench.now, "rel/unacked"))
    assert "unacknowledged" in bench.rules()
    facts = bench.facts("unacknowledged")
    assert facts["switch"] == "unacked_limit_s = 30"
    assert facts["updates without a BNDACK"] == 1
    assert bench.due("retry") == 90


def test_all_acknowledged_means_nothing_is_watched():
    bench = settled(profile_with("draft", unacked_limit_s=30))
    leased(bench, 1)
    (update,) = bench.sent("BNDUPD")
    assert bench.due("unacked") == 30
    acknowledge(bench, update)
    assert bench.due("unacked") is None


def test_without_the_limit_nobody_watches():
    bench = settled(DRAFT)
    leased(bench, 1)
    assert bench.due("unacked") is None


# -- the MCLT and the buckets of CONNECT (row 16, row 13)


@pytest.mark.parametrize(
    ("profile", "mclt"),
    [(MICROSOFT, 3600), (DRAFT, 900), (ISC, 900)],
    ids=["microsoft", "draft", "isc"],
)
def test_whose_mclt_the_secondary_uses(profile, mclt):
    bench = Bench(profile, primary=False)
    bench.greet(mclt=(900).to_bytes(4))
    assert bench.endpoint.mclt_s == mclt
    stored = [a.value for a in bench.actions if getattr(a, "table", "") == "failover"]
    assert stored[-1].mclt_s == (900 if mclt == 900 else 0)
    first_ack = next(i for i, a in enumerate(bench.actions) if type(a).__name__ == "SendStream")
    first_write = next(i for i, a in enumerate(bench.actions) if type(a).__name__ == "Persist")
    assert first_write < first_ack  # stable storage before CONNECTACK


def test_what_the_primary_said_outlives_a_restart_and_its_own_setting():
    from failover_bench import endpoint_of

    bench = Bench(DRAFT, primary=False)
    bench.greet(mclt=(900).to_bytes(4), hash_bucket_assignment=bytes(8) + b"\xff" * 24)
    again = endpoint_of(DRAFT, primary=False, durable=bench.endpoint.durable)
    assert again.mclt_s == 900
    assert again.durable.buckets == bytes(8) + b"\xff" * 24


def test_refusals_carry_the_switch_that_decided():
    bench = Bench(DRAFT, primary=False)
    bench.greet(protocol_version=b"\x02")
    (note,) = bench.notes(Kind.DECISION)
    assert facts_of(note["facts"])["switch"] == "connect_values = checked"
    assert note["outcome"] == "refused"
