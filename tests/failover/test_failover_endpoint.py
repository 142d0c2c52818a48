"""Two endpoints and the wire between them: greeting, contact, silence, coming back."""

from itertools import pairwise

import pytest
from failover_pair import (
    FIRST,
    HOUR,
    INTERRUPTED,
    OPTION,
    REMOTE,
    Pair,
    client_of,
    parted,
)

from foviz.base.action import CloseStream, Persist, SendStream
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.profile import MICROSOFT, with_switch
from foviz.wire import failover as wire
from foviz.wire.failover import (
    FailoverMessage,
    FailoverType,
    RejectReason,
    ServerState,
)
from foviz.wire.framing import Framer

LAST = FIRST + 19


def shown_state(sent):
    """The state and the flags that a STATE message tells."""
    state, flags = sent.message.u8(OPTION.SERVER_STATE), sent.message.u8(OPTION.SERVER_FLAGS)
    return ServerState(state).name + ("+" if flags else "")


# -- finding each other


def test_a_new_pair_greets_and_becomes_normal_without_a_wait():
    pair = Pair()
    greeting = pair.messages("CONNECT", "CONNECTACK", "STATE")
    assert [(sent.sender, sent.name) for sent in greeting[:4]] == [
        ("A", "CONNECT"),
        ("B", "CONNECTACK"),
        ("B", "STATE"),
        ("A", "STATE"),
    ]
    assert greeting[0].message.xid == greeting[1].message.xid
    expected = ["STARTUP", "RECOVER", "RECOVER_WAIT", "RECOVER_DONE", "NORMAL"]
    assert pair.story("A") == pair.story("B") == expected
    for name in ("A", "B"):
        said = [shown_state(sent) for sent in pair.messages("STATE", sender=name)]
        # a RECOVER-WAIT of no length is passed without a word
        assert said == ["RECOVER+", "RECOVER", "RECOVER_DONE", "NORMAL"]
    assert pair.time < 10


def test_without_the_partner_s_state_there_is_no_contact():
    pair = Pair(start=False)
    pair.boot("A")
    pair.boot("B")
    pair.run(0.003)  # B has sent its STATE, A has not
    assert pair.endpoint("B").greeted
    assert [pair.endpoint(name).contact for name in ("A", "B")] == [True, False]
    pair.run(0.001)
    assert pair.endpoint("B").contact


def test_whoever_comes_later_calls_and_the_primary_answers_with_its_own_connection():
    pair = Pair(start=False)
    pair.boot("A")
    pair.run(90)  # its tries at 0 and 60 s were refused
    pair.boot("B")
    pair.run(1)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.messages("CONNECT")[0].at < 91
    assert pair.endpoint("B").nudge == ""


def test_an_endpoint_alone_tries_every_minute():
    pair = Pair(start=False)
    pair.boot("B")
    pair.run(185)
    tries = [at for at, _, n in pair.notes if n.kind is Kind.CONNECTION and n.data[1] == "failed"]
    assert [round(at) for at in tries] == [0, 60, 120, 180]


def test_a_caller_that_says_nothing_is_given_a_minute():
    pair = Pair()
    process = pair.hosts["B"].failover
    pair.do("B", "failover", process.on_accepted(pair.now, "x", REMOTE["A"]))
    assert pair.hosts["B"].timers["failover:?/x"] == pair.now + 60 * US
    assert process.on_timer(pair.now, "?/x") == [CloseStream("x")]
    assert "x" not in process.strangers


def connect_options(**changes):
    options = {
        OPTION.RELATIONSHIP_NAME: b"pair",
        OPTION.MAX_UNACKED_BNDUPD: (10).to_bytes(4),
        OPTION.PROTOCOL_VERSION: b"\x01",
        OPTION.MCLT: (3600).to_bytes(4),
    }
    options |= {OPTION[key]: value for key, value in changes.items()}
    return tuple((code, value) for code, value in options.items() if value is not None)


def greet(pair, name, time=0, kind=FailoverType.CONNECT, **changes):
    """Call a server and say CONNECT; return its first answer and whether it hung up."""
    process = pair.hosts[name].failover
    partner = {"A": "B", "B": "A"}[name]
    process.strangers["x"] = (REMOTE[partner], Framer())
    message = FailoverMessage(kind, pair.now // US + time, 5, connect_options(**changes))
    actions = process.on_data(pair.now, "x", wire.encode(message))
    sent = [wire.decode(a.octets) for a in actions if isinstance(a, SendStream)]
    closed = any(isinstance(a, CloseStream) and a.handle == "x" for a in actions)
    return (sent[0] if sent else None), closed


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("A", {}, RejectReason.INVALID_FAILOVER_PARTNER),
        ("B", {"RELATIONSHIP_NAME": b"other"}, RejectReason.INVALID_FAILOVER_PARTNER),
        ("B", {"RELATIONSHIP_NAME": None}, RejectReason.INVALID_FAILOVER_PARTNER),
        ("B", {"time": 61}, RejectReason.TIME_MISMATCH_TOO_GREAT),
        ("B", {"time": -61}, RejectReason.TIME_MISMATCH_TOO_GREAT),
        ("B", {"time": 61, "MCLT": None}, RejectReason.TIME_MISMATCH_TOO_GREAT),
    ],
)
def test_a_greeting_that_is_rejected(name, changes, reason):
    pair = parted()
    answer, closed = greet(pair, name, **changes)
    assert (answer.type, answer.xid) == (FailoverType.CONNECTACK, 5)
    fields = dict(answer.options)
    assert fields[OPTION.REJECT_REASON] == bytes((reason,))
    assert {OPTION.RELATIONSHIP_NAME, OPTION.PROTOCOL_VERSION} <= set(fields)
    assert not {OPTION.MAX_UNACKED_BNDUPD, OPTION.RECEIVE_TIMER, OPTION.MCLT} & set(fields)
    assert closed
    assert pair.endpoint(name).connection != "x"


@pytest.mark.parametrize("time", [60, -60, 0])
def test_a_greeting_that_is_accepted(time):
    pair = parted()
    answer, closed = greet(pair, "B", time=time)
    assert (answer.type, answer.u8(OPTION.REJECT_REASON), closed) == (6, None, False)
    assert pair.endpoint("B").connection == "x"


def test_a_first_message_that_is_no_connect_is_cut_off():
    assert greet(parted(), "B", kind=FailoverType.CONTACT) == (None, True)


def test_a_rejected_primary_tries_again_after_a_minute():
    pair = Pair()
    pair.hosts["B"].skew = 300 * US
    pair.run(200)
    assert pair.states() == (INTERRUPTED, INTERRUPTED)
    rejected = [sent.at for sent in pair.messages("CONNECTACK", since=5)]
    pauses = {round(later - before) for before, later in pairwise(rejected)}
    assert pauses == {60}
    pair.hosts["B"].skew = 0
    pair.run(61)
    assert pair.states() == ("NORMAL", "NORMAL")


def test_a_partner_that_calls_again_replaces_its_old_connection():
    # DESIGN §11.10: the failed edge, then the OK edge
    pair = Pair()
    since = pair.time
    pair.run(1)
    pair.crash("A")
    pair.boot("A")
    pair.run(1)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.story("B", since) == [INTERRUPTED, "NORMAL"]


def test_a_greeting_without_an_answer_is_given_up():
    pair = Pair(start=False)
    pair.boot("B")
    pair.boot("A")
    pair.run(0.0015)  # A has said CONNECT
    pair.cut()
    assert pair.endpoint("A").connection
    pair.run(60)
    assert pair.endpoint("A").connection == ""


# -- keeping contact


def test_an_idle_server_sends_contact_every_minute():
    pair = Pair()
    start = pair.messages("BNDUPD", "BNDACK")[-1].at
    pair.run_to(200)
    found = [round(sent.at - start) for sent in pair.messages("CONTACT", sender="B")]
    assert found == [60, 120, 180]


def test_any_message_sent_puts_contact_off():
    pair = Pair()
    pair.run_to(50)
    pair.lease("A")  # a BNDUPD from A, a BNDACK from B
    pair.run_to(115)
    for name in ("A", "B"):
        assert [round(sent.at) for sent in pair.messages("CONTACT", sender=name)] == [110]


def test_silence_of_three_minutes_breaks_contact():
    pair = Pair()
    pair.run_to(100)
    pair.cut()
    heard = pair.since_began(pair.endpoint("B").last_heard)
    pair.run_to(heard + 179.999)
    assert pair.state("B") == "NORMAL"
    pair.run(0.001)
    assert pair.state("B") == INTERRUPTED
    assert not pair.endpoint("B").connection


@pytest.mark.parametrize("kind", [FailoverType.CONTACT, FailoverType.POOLREQ, 200])
def test_any_message_heard_restarts_the_receive_timer(kind):
    pair = Pair()
    pair.cut()
    pair.run_to(150)
    pair.hear("B", kind)
    pair.run_to(150 + 179)
    assert pair.state("B") == "NORMAL"
    pair.run_to(150 + 181)
    assert pair.state("B") == INTERRUPTED


def test_a_service_that_ends_is_noticed_at_once():
    pair = Pair()
    pair.stop("A")
    pair.run(0.002)
    assert pair.state("B") == INTERRUPTED


def test_clocks_that_drift_apart_end_the_connection():
    pair = Pair()
    assert pair.hear("B", FailoverType.CONTACT, time=pair.now // US + 60) == []
    assert pair.state("B") == "NORMAL"
    pair.hear("B", FailoverType.CONTACT, time=pair.now // US + 61)
    assert pair.state("B") == INTERRUPTED


@pytest.mark.parametrize(
    ("octets", "state"),
    [
        (bytes.fromhex("000c0d0c0000000000000001"), INTERRUPTED),  # type 13
        (bytes.fromhex("000cc80c0000000000000001"), "NORMAL"),  # type 200 is to be ignored
        (bytes.fromhex("0008"), INTERRUPTED),  # shorter than a header
        (bytes.fromhex("000e0b0c0000000000000001") + b"\0\x02", INTERRUPTED),  # half an option
    ],
)
def test_octets_that_are_no_message_end_the_connection(octets, state):
    pair = Pair(profile=with_switch(MICROSOFT, "clock_check", "connect"))
    endpoint = pair.endpoint("B")
    pair.do(
        "B", "failover", pair.hosts["B"].failover.on_data(pair.now, endpoint.connection, octets)
    )
    assert pair.state("B") == state


def test_state_is_stored_before_it_is_told():
    pair = Pair(start=False)
    pair.boot("A")
    pair.boot("B")
    pair.run(5)
    stored = {}
    for name, action in pair.deeds:
        if isinstance(action, Persist) and action.table == "failover":
            stored[name] = action.value
        if isinstance(action, SendStream):
            message = wire.decode(action.octets)
            if message.type == FailoverType.STATE and not message.u8(OPTION.SERVER_FLAGS):
                assert message.u8(OPTION.SERVER_STATE) == stored[name].state
                assert message.u32(OPTION.START_TIME_OF_STATE) == stored[name].since // US


# -- starting


def test_a_starting_server_is_silent_and_after_five_minutes_goes_on_alone():
    pair = Pair()
    pair.lease("A")
    pair.run(1)
    pair.crash("A")
    pair.crash("B")
    pair.boot("A")
    pair.run(299.9)
    assert (pair.state("A"), pair.rebind("A")) == ("STARTUP", None)
    pair.run(0.1)
    assert pair.state("A") == INTERRUPTED, "NORMAL was stored; its link counts as failed"
    assert pair.rebind("A").yiaddr == FIRST


@pytest.mark.parametrize(
    ("switch", "state"), [("communication-interrupted", INTERRUPTED), ("stored", "RECOVER")]
)
def test_a_server_that_never_met_its_partner(switch, state):
    pair = Pair(start=False, profile=with_switch(MICROSOFT, "startup_timeout", switch))
    pair.boot("A")
    pair.run(300)
    assert pair.state("A") == state


def test_a_server_that_lost_its_disk_asks_for_all_and_waits_one_mclt():
    pair = Pair()
    pair.lease("A", 1)
    pair.run(1)
    pair.crash("A")
    pair.run(10)
    pair.hosts["A"].storage_lost = True
    since = pair.time
    pair.boot("A")
    pair.run(5)
    assert pair.messages("UPDREQALL", sender="A", since=since)
    assert pair.binding("A").client == client_of(1)
    assert pair.state("A") == "RECOVER_WAIT"
    pair.run(HOUR - 5 - 0.001)
    assert (pair.state("A"), pair.rebind("A")) == ("RECOVER_WAIT", None)
    pair.run(1)
    assert pair.states() == ("NORMAL", "NORMAL")


def test_recover_done_answers_renewals_of_leases_on_record_only():
    pair = Pair()
    pair.lease("A", 1)
    pair.run(1)
    pair.endpoint("A").state = ServerState.RECOVER_DONE
    assert pair.renew("A", 1).yiaddr == FIRST
    assert pair.discover("A", 2) is None
    assert pair.why("A") == "renewals-only"
    assert pair.rebind("A", 2, FIRST + 5) is None
    assert pair.why("A") == "unknown-client"
