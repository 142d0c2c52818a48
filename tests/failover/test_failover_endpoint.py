"""Two endpoints and the wire between them: connection, updates, pools, silence, takeover."""

from itertools import pairwise

import pytest
from failover_pair import FIRST, HOUR, REMOTE, Pair, client_of, hardware

from foviz.base.action import CloseStream, Persist, SendDatagram, SendStream
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.balance import backup_target
from foviz.failover.loadbalance import bitmap
from foviz.failover.profile import MICROSOFT, with_switch
from foviz.failover.relationship import Mode
from foviz.lease.binding import ACTIVE, BACKUP, EXPIRED, FREE, RELEASED, Binding
from foviz.wire import failover as wire
from foviz.wire.dhcp import MessageType
from foviz.wire.failover import (
    FailoverMessage,
    FailoverOption,
    FailoverType,
    RejectReason,
    ServerState,
    u8,
    u32,
)
from foviz.wire.framing import Framer

OPTION = FailoverOption
INTERRUPTED = "COMMUNICATION_INTERRUPTED"
LAST = FIRST + 19


def options_of(sent):
    return dict(sent.message.options)


def shown_state(sent):
    """The state and the flags that a STATE message tells."""
    state, flags = sent.message.u8(OPTION.SERVER_STATE), sent.message.u8(OPTION.SERVER_FLAGS)
    return ServerState(state).name + ("+" if flags else "")


def update(address, status, number=0, **seconds):
    """The options of a BNDUPD; times are µs."""
    options = [u32(OPTION.ASSIGNED_IP_ADDRESS, address), u8(OPTION.BINDING_STATUS, status)]
    if number:
        options.append((OPTION.CLIENT_HARDWARE_ADDRESS, b"\x01" + hardware(number)))
    codes = {
        "expires": OPTION.LEASE_EXPIRATION_TIME,
        "pet": OPTION.POTENTIAL_EXPIRATION_TIME,
        "start": OPTION.START_TIME_OF_STATE,
        "cltt": OPTION.CLIENT_LAST_TRANSACTION_TIME,
    }
    options.extend(u32(codes[key], moment // US) for key, moment in seconds.items())
    return options


def answers(sent):
    """(address, reject reason) of each transaction of the only BNDACK."""
    (ack,) = [found for found in sent if found.name == "BNDACK"]
    found = []
    for options in ack.message.transactions():
        fields = dict(options)
        address = int.from_bytes(fields[OPTION.ASSIGNED_IP_ADDRESS])
        found.append((address, fields.get(OPTION.REJECT_REASON, b"\0")[0]))
    return found


def parted(**settings):
    """A pair whose wire was cut; both noticed."""
    pair = Pair(**settings)
    pair.cut()
    pair.run(400)
    assert pair.states() == (INTERRUPTED, INTERRUPTED)
    return pair


def meet(pair):
    """Mend the wire; return the moment and when both were in contact again."""
    since = pair.time
    pair.mend()
    pair.run(61)
    assert pair.states() == ("NORMAL", "NORMAL")
    return since


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


def test_what_connect_and_connectack_say():
    pair = Pair(mclt_s=1800)
    connect, ack = (options_of(sent) for sent in pair.messages("CONNECT", "CONNECTACK"))
    common = {
        OPTION.RELATIONSHIP_NAME: b"pair",
        OPTION.MAX_UNACKED_BNDUPD: (10).to_bytes(4),
        OPTION.RECEIVE_TIMER: (180).to_bytes(4),
        OPTION.VENDOR_CLASS_IDENTIFIER: b"foviz",
        OPTION.PROTOCOL_VERSION: b"\x01",
    }
    assert ack == common | {OPTION.TLS_REPLY: b"\0"}
    assert connect == common | {
        OPTION.TLS_REQUEST: b"\0",
        OPTION.MCLT: (1800).to_bytes(4),
        OPTION.HASH_BUCKET_ASSIGNMENT: bitmap(pair.endpoint("A").relationship),
    }


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


def test_a_caller_that_is_no_partner_is_reset():
    pair = Pair()
    process = pair.hosts["B"].failover
    assert process.on_accepted(pair.now, "x", 12345) == [CloseStream("x", reset=True)]


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
        ("B", {"PROTOCOL_VERSION": b"\x02"}, RejectReason.PROTOCOL_VERSION_MISMATCH),
        ("B", {"PROTOCOL_VERSION": None}, RejectReason.PROTOCOL_VERSION_MISMATCH),
        ("A", {}, RejectReason.INVALID_FAILOVER_PARTNER),
        ("B", {"RELATIONSHIP_NAME": b"other"}, RejectReason.INVALID_FAILOVER_PARTNER),
        ("B", {"RELATIONSHIP_NAME": None}, RejectReason.INVALID_FAILOVER_PARTNER),
        ("B", {"time": 61}, RejectReason.TIME_MISMATCH_TOO_GREAT),
        ("B", {"time": -61}, RejectReason.TIME_MISMATCH_TOO_GREAT),
        ("B", {"MCLT": None}, RejectReason.INVALID_MCLT),
        # in the order of §7.8.2: the version before all else
        ("B", {"PROTOCOL_VERSION": b"\x02", "MCLT": None}, RejectReason.PROTOCOL_VERSION_MISMATCH),
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


# -- telling the partner


def test_the_update_follows_the_ack_and_the_disk_comes_before_both_answers():
    pair = Pair()
    pair.deeds.clear()
    since = pair.time
    pair.lease("A")
    assert pair.names(since) == [], "lazy: the client never waits for it"
    pair.run(1)
    sent, ack = pair.messages("BNDUPD", "BNDACK", since=since)
    assert (sent.sender, ack.sender) == ("A", "B")
    assert round(sent.at - since, 4) == 0.002
    assert sent.message.xid == ack.message.xid != 0
    assert answers([ack]) == [(FIRST, 0)]
    deeds = [(name, type(action), getattr(action, "table", "")) for name, action in pair.deeds]
    written = deeds.index(("A", Persist, "leases"))
    answered = deeds.index(("A", SendDatagram, ""), written)
    told = deeds.index(("A", SendStream, ""), answered)
    kept = deeds.index(("B", Persist, "leases"), told)
    assert deeds.index(("B", SendStream, ""), kept)
    assert ("B", SendStream, "") not in deeds[:kept]


def test_what_each_side_knows_of_a_lease():
    pair = Pair()
    ack = pair.lease("A")
    end = pair.now + ack.u32(51) * US
    pair.run(1)
    mine, theirs = pair.binding("A"), pair.binding("B")
    assert (mine.status, mine.granter, mine.expires, mine.known) == (ACTIVE, "A", end, True)
    assert (theirs.status, theirs.granter, theirs.known) == (ACTIVE, "A", True)
    assert theirs.client == mine.client == client_of(1)
    assert mine.pet == mine.acked_pet == theirs.received_pet
    assert end <= theirs.expires < end + US, "never over before the client's is"
    assert pair.hosts["B"].disk["leases"]["LAN", FIRST] == theirs


def test_a_received_update_causes_none():
    pair = Pair()
    since = pair.time
    pair.lease("A")
    pair.run(30)
    assert pair.names(since) == [("A", "BNDUPD"), ("B", "BNDACK")]


@pytest.mark.parametrize("end", ["release", "expiry"])
def test_an_ended_lease_returns_to_the_primary_when_both_know(end):
    pair = Pair()
    pair.lease("A")
    pair.run(10)
    if end == "expiry":
        pair.run(HOUR - 10)
    else:
        pair.release("A")
    assert pair.binding("A").status is (EXPIRED if end == "expiry" else RELEASED)
    assert pair.binding("A").known is False
    pair.run(1)
    for name in ("A", "B"):
        binding = pair.binding(name)
        assert (binding.status, binding.client, binding.known) == (FREE, client_of(1), True)


def test_while_parted_an_ended_lease_is_nobody_s():
    pair = parted(addresses=3)
    pair.lease("A", 1)
    pair.run(HOUR + 1)
    assert pair.binding("A").status is EXPIRED
    assert pair.lease("A", 2).yiaddr == FIRST + 1
    assert pair.lease("A", 3) is None
    assert pair.lease("A", 1).yiaddr == FIRST, "but its last client's, while nobody was told"


@pytest.mark.parametrize(
    ("address", "status", "number", "reason"),
    [
        (FIRST + 20, ACTIVE, 9, RejectReason.ILLEGAL_IP_ADDRESS),
        (FIRST, ACTIVE, 0, RejectReason.MISSING_BINDING_INFORMATION),
        (FIRST, 0, 9, RejectReason.MISSING_BINDING_INFORMATION),
        (FIRST, 8, 9, RejectReason.MISSING_BINDING_INFORMATION),
        (FIRST, EXPIRED, 1, RejectReason.OUTDATED),
        (FIRST, FREE, 0, RejectReason.OUTDATED),
        (FIRST, ACTIVE, 9, RejectReason.FATAL_CONFLICT),
    ],
)
def test_an_update_that_is_rejected_changes_nothing(address, status, number, reason):
    pair = Pair()
    pair.lease("A", 1)
    pair.run(1)
    before = pair.store("A").touched()
    sent = pair.hear("A", FailoverType.BNDUPD, update(address, status, number))
    assert answers(sent) == [(address, reason)]
    assert sent[0].message.xid == 999
    assert options_of(sent[0])[OPTION.MESSAGE]
    assert pair.store("A").touched() == before


def test_a_batch_is_answered_in_its_order():
    pair = Pair()
    batch = [
        *update(FIRST + 2, ACTIVE, 2, expires=pair.now + HOUR * US),
        *update(FIRST + 20, ACTIVE, 3),
        *update(FIRST + 1, ACTIVE, 4, expires=pair.now + HOUR * US),
    ]
    sent = pair.hear("B", FailoverType.BNDUPD, batch)
    assert answers(sent) == [(FIRST + 2, 0), (FIRST + 20, 1), (FIRST + 1, 0)]
    assert [pair.binding("B", FIRST + n).status for n in (1, 2)] == [ACTIVE, ACTIVE]


def test_updates_without_contact_are_not_heard():
    pair = Pair()
    pair.endpoint("B").contact = False
    assert pair.hear("B", FailoverType.BNDUPD, update(FIRST, ACTIVE, 1)) == []
    assert pair.binding("B").status is FREE


def test_an_ack_of_nothing_is_ignored():
    pair = Pair()
    before = pair.store("A").touched()
    pair.hear("A", FailoverType.BNDACK, update(FIRST, FREE)[:1], xid=12345)
    assert pair.store("A").touched() == before


def test_a_rejected_update_is_not_sent_again_until_it_is_asked_for():
    pair = Pair()
    pair.hosts["B"].server.scopes["LAN"].store.put(
        Binding(FIRST, RELEASED, hardware=hardware(1), cltt=pair.now + 3600 * US)
    )
    since = pair.time
    pair.lease("A", 1)
    pair.run(120)
    assert [sent.name for sent in pair.messages("BNDUPD", "BNDACK", since=since)] == [
        "BNDUPD",
        "BNDACK",
    ]
    assert answers(pair.messages("BNDACK", since=since)) == [(FIRST, RejectReason.OUTDATED)]
    assert pair.binding("A").known is False
    assert pair.binding("A").acked_pet == 0
    pair.hear("A", FailoverType.UPDREQ)
    pair.run(1)
    assert len(pair.messages("BNDUPD", since=since)) == 2


def test_the_answer_to_an_old_update_does_not_settle_a_newer_change():
    pair = Pair()
    pair.lease("A")
    pair.run(0.0025)
    pair.cut()  # the update is on its way
    pair.run(2)
    pair.release("A")
    pair.mend()
    pair.run(0.0025)
    assert pair.binding("A").status is RELEASED
    assert pair.binding("A").known is False
    pair.run(1)
    assert pair.binding("A").status is pair.binding("B").status is FREE


# -- flow control (§8.4)


def outstanding(pair, sender):
    """How many BNDUPDs of a sender were unanswered, each time one was sent."""
    waiting, counts = set(), []
    for sent in pair.messages("BNDUPD", "BNDACK"):
        if (sent.name, sent.sender) == ("BNDUPD", sender):
            waiting.add(sent.message.xid)
            counts.append(len(waiting))
        elif sent.name == "BNDACK" and sent.sender != sender:
            waiting.discard(sent.message.xid)
    return counts


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_no_more_updates_wait_for_an_answer_than_the_partner_allows(limit):
    profile = with_switch(MICROSOFT, "max_unacked", limit)
    pair = Pair(profile=profile, addresses=40, reserve_percent=50)
    counts = outstanding(pair, "A")
    assert (len(counts), max(counts)) == (20, limit)
    assert pair.store("B").free_counts() == (20, 20)


def test_the_partner_s_limit_counts_not_ones_own():
    pair = Pair(start=False, addresses=40, reserve_percent=50)
    pair.hosts["B"].profile = with_switch(MICROSOFT, "max_unacked", 2)
    pair.boot("A")
    pair.boot("B")
    pair.run(5)
    assert max(outstanding(pair, "A")) == 2


def test_a_full_window_holds_up_nothing_else():
    profile = with_switch(MICROSOFT, "max_unacked", 1)
    pair = Pair(profile=profile, addresses=10, reserve_percent=0)
    for number in (1, 2, 3):
        pair.lease("A", number)
    pair.cut()
    pair.run(0.5)
    assert len(pair.endpoint("A").outstanding) == 1
    assert len(pair.endpoint("A").queue) == 2
    sent = pair.hear("A", FailoverType.BNDUPD, update(FIRST + 9, ACTIVE, 9))
    assert [found.name for found in sent] == ["BNDACK"]
    pair.fire("A", "failover:pair/send")
    assert pair.sent[-1].name == "CONTACT"


def test_one_address_waits_for_its_answer():
    pair = Pair()
    pair.lease("A")
    pair.cut()
    pair.run(0.01)
    pair.release("A")
    pair.run(0.01)
    assert len(pair.endpoint("A").outstanding) == 1


# -- update requests


def test_after_a_parting_each_asks_and_is_told_before_upddone():
    pair = parted()
    pair.lease("A", 1)
    pair.lease("A", 2)
    pair.lease("B", 3)
    since = meet(pair)
    for asker, teller, count in (("A", "B", 1), ("B", "A", 2)):
        (request,) = pair.messages("UPDREQ", sender=asker, since=since)
        (done,) = pair.messages("UPDDONE", sender=teller, since=since)
        updates = pair.messages("BNDUPD", sender=teller, since=since)
        acks = pair.messages("BNDACK", sender=asker, since=since)
        assert len(updates) == len(acks) == count
        order = [pair.sent.index(sent) for sent in (request, *updates, *acks, done)]
        assert order == sorted(order)
        assert done.message.xid == request.message.xid
    assert pair.bindings("A") == pair.bindings("B")
    assert len(pair.bindings("A")) == 3


def test_nothing_to_tell_is_told_at_once():
    pair = Pair()
    assert [sent.name for sent in pair.hear("B", FailoverType.UPDREQ, xid=44)] == ["UPDDONE"]
    assert pair.sent[-1].message.xid == 44


def test_a_rejected_update_counts_as_answered():
    pair = parted()
    pair.lease("B", 3)
    address = LAST
    pair.store("A").put(Binding(address, ACTIVE, hardware=hardware(9), expires=pair.now + 9**18))
    since = meet(pair)
    acks = pair.messages("BNDACK", sender="A", since=since)
    assert answers(acks[:1]) == [(address, RejectReason.FATAL_CONFLICT)]
    assert len(pair.messages("UPDDONE", sender="B", since=since)) == 1


def test_only_what_was_there_when_the_request_came_is_waited_for():
    pair = parted(profile=with_switch(MICROSOFT, "max_unacked", 1))
    for number in (1, 2):
        pair.lease("A", number)
    pair.mend()
    while not pair.messages("UPDREQ", sender="B", since=5):
        pair.run(0.0005)
    pair.run(0.001)
    pair.lease("A", 3)
    pair.cut()
    pair.run(0.5)
    endpoint = pair.endpoint("A")
    assert endpoint.request is not None
    waiting = [address for _, address in endpoint.request[1]]
    assert set(waiting) <= {FIRST, FIRST + 1}


def test_updreqall_sends_every_binding_ever_used():
    pair = Pair()
    pair.lease("A", 1)
    pair.run(1)
    since = pair.time
    pair.hear("A", FailoverType.UPDREQALL, xid=55)
    pair.run(1)
    told = [sent.message.u32(OPTION.ASSIGNED_IP_ADDRESS) for sent in pair.messages("BNDUPD")]
    assert told[-2:] == [FIRST, LAST]
    assert [s.message.xid for s in pair.messages("UPDDONE", since=since)] == [55]


def test_the_draft_pushes_instead_of_asking():
    profile = with_switch(MICROSOFT, "updreq_on_normal", False)
    profile = with_switch(profile, "push_unacked_on_normal", True)
    pair = parted(profile=profile)
    pair.lease("A", 1)
    pair.lease("B", 2)
    since = meet(pair)
    assert not pair.messages("UPDREQ", "UPDDONE", since=since)
    assert pair.bindings("A") == pair.bindings("B")


def test_what_was_not_acknowledged_is_sent_again_on_the_next_connection():
    pair = Pair()
    pair.lease("A")
    pair.run(0.0025)
    pair.crash("B")  # with the update in the air
    pair.run(400)
    assert pair.binding("A").known is False
    pair.boot("B")
    pair.run(61)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.binding("A").known
    assert pair.binding("B").status is ACTIVE


# -- the pool


@pytest.mark.parametrize(
    ("free", "backup", "percent", "target"),
    [
        (200, 0, 5, 10),
        (190, 10, 5, 10),
        (20, 0, 5, 1),
        (30, 0, 5, 2),  # half up
        (29, 0, 5, 1),
        (10, 0, 5, 1),
        (9, 0, 5, 1),  # at least one
        (2, 0, 5, 1),
        (1, 0, 5, 0),  # not the last one
        (0, 1, 5, 0),
        (1, 0, 100, 1),
        (200, 0, 0, 0),
        (150, 50, 50, 100),
        (3, 0, 50, 2),
        (7, 0, 100, 7),
        (0, 0, 50, 0),
    ],
)
def test_the_share_of_the_secondary(free, backup, percent, target):
    assert backup_target(free, backup, percent) == target


def test_the_highest_free_addresses_go_to_the_partner_on_entering_normal():
    pair = Pair(addresses=200)
    for name in ("A", "B"):
        store = pair.store(name)
        assert list(store.addresses(store.mask(BACKUP))) == list(range(FIRST + 190, FIRST + 200))
    assert all(pair.binding("A", FIRST + 199 - n).known for n in range(10))


def test_a_given_address_is_the_giver_s_no_more_from_the_sending_on():
    pair = Pair(addresses=2, reserve_percent=50, start=False)
    pair.boot("A")
    pair.boot("B")
    while pair.store("A").free_counts() != (1, 1):
        pair.run(0.0005)
    assert pair.store("B").free_counts() == (2, 0), "the taker does not know yet"
    assert pair.lease("A", 1).yiaddr == FIRST
    assert pair.lease("A", 2) is None


def test_every_five_minutes_the_lowest_addresses_are_taken_back():
    pair = Pair(addresses=20, reserve_percent=50)
    for number in range(1, 9):
        pair.lease("A", number)
    pair.run_to(299)
    assert pair.store("A").free_counts() == (2, 10)
    pair.run_to(301)
    # 12 are free; six of them are to be the secondary's
    for name in ("A", "B"):
        store = pair.store(name)
        assert store.free_counts() == (6, 6)
        assert store.lowest(store.mask(BACKUP)) == FIRST + 14


def test_what_the_secondary_has_leased_meanwhile_is_not_given_back():
    pair = Pair(addresses=4, reserve_percent=50, mode=Mode.LOAD_BALANCE)
    pair.endpoint("A").relationship = pair.endpoint("A").relationship._replace(local_percent=100)
    pair.run_to(299.9995)
    leased = pair.lease("B", 3).yiaddr  # B's client by the hash, and an address of B's
    assert leased == FIRST + 2
    pair.fire("A", "failover:pair/rebalance")
    pair.run(10)
    assert pair.binding("B", leased).status is ACTIVE
    assert pair.bindings("A") == pair.bindings("B")


def test_only_the_primary_redistributes():
    pair = Pair()
    assert "failover:pair/rebalance" in pair.hosts["A"].timers
    assert "failover:pair/rebalance" not in pair.hosts["B"].timers
    pair.stop("B")
    pair.run(1)
    assert "failover:pair/rebalance" not in pair.hosts["A"].timers


@pytest.mark.parametrize("kind", [FailoverType.POOLREQ, FailoverType.POOLRESP])
def test_requests_for_addresses_are_dropped(kind):
    # PROTOCOL §10 row 11
    pair = Pair()
    for name in ("A", "B"):
        assert pair.hear(name, kind) == []
        assert pair.state(name) == "NORMAL"


# -- clients: the standby's silence, and what the states allow


def test_in_normal_the_standby_answers_nobody():
    pair = Pair()
    pair.lease("A")
    pair.run(1)
    before = pair.store("B").touched()
    for ask in (
        lambda: pair.discover("B", 2),
        lambda: pair.request("B", 2, LAST),
        lambda: pair.renew("B"),
        lambda: pair.rebind("B"),
        lambda: pair.ask("B", MessageType.REQUEST, 1, options=((50, FIRST),)),
    ):
        assert ask() is None
        assert pair.why("B") == "standby"
    assert pair.store("B").touched() == before
    assert pair.renew("A").yiaddr == FIRST


def test_what_a_client_gives_back_the_standby_takes():
    pair = Pair()
    pair.lease("A")
    pair.run(1)
    pair.release("B")
    assert pair.why("B") == "released"
    pair.run(1)
    assert pair.binding("A").status is FREE


def test_when_the_active_server_is_gone_the_standby_serves_and_falls_silent_again():
    pair = Pair()
    pair.lease("A")
    pair.run(1)
    pair.stop("A")
    pair.run(1)
    assert pair.rebind("B").yiaddr == FIRST
    assert pair.lease("B", 2).yiaddr == LAST
    pair.boot("A")
    pair.run(61)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.rebind("B") is None
    assert pair.rebind("A").yiaddr == FIRST
    assert pair.renew("A", 2, LAST).yiaddr == LAST


def test_the_reserve_is_all_that_the_standby_has_while_interrupted():
    pair = parted(addresses=20, reserve_percent=10)
    assert [pair.lease("B", n).yiaddr for n in (1, 2)] == [LAST - 1, LAST]
    assert pair.lease("B", 3) is None
    assert pair.why("B") == "no-own-address"
    assert [pair.lease("A", n).yiaddr for n in range(11, 29)] == list(range(FIRST, FIRST + 18))
    assert pair.lease("A", 29) is None
    pair.run(10 * HOUR)
    assert pair.lease("B", 4) is None, "time alone gives it nothing"


@pytest.mark.parametrize("name", ["A", "B"])
def test_after_partner_down_and_one_mclt_the_partner_s_addresses_are_usable(name):
    pair = Pair(addresses=4, reserve_percent=50)
    other = {"A": "B", "B": "A"}[name]
    pair.stop(other)
    pair.run(1)
    own, partners = ([0, 1], [2, 3]) if name == "A" else ([2, 3], [0, 1])
    pair.command(name, "partner-down")
    entered = pair.time
    assert [pair.lease(name, n).yiaddr - FIRST for n in (1, 2)] == own
    pair.run_to(entered + HOUR - 0.001)
    assert pair.lease(name, 3) is None
    pair.run_to(entered + HOUR)
    assert [pair.lease(name, n).yiaddr - FIRST for n in (3, 4)] == partners
    usable = [n.data for _, _, n in pair.notes if n.kind is Kind.POOL and n.data[2] == "usable"]
    assert [data[3] for data in usable] == [2]


def test_automatic_transition_can_be_off():
    pair = Pair()
    pair.stop("A")
    pair.run(100 * HOUR)
    assert pair.state("B") == INTERRUPTED


def test_the_switchover_interval_ends_with_the_interruption():
    pair = Pair(switchover_s=600)
    pair.cut()
    pair.run(500)
    pair.mend()
    pair.run(61)
    assert pair.states() == ("NORMAL", "NORMAL")
    pair.run(1000)
    assert pair.states() == ("NORMAL", "NORMAL")


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
    ("switch", "state"), [("communication-interrupted", INTERRUPTED), ("previous", "RECOVER")]
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


# -- potential conflict (§3.8, figure 9.10.3-1)


def test_two_servers_that_both_took_over_compare_and_the_primary_asks_first():
    pair = parted(addresses=20, switchover_s=600)
    pair.run(700)
    assert pair.states() == ("PARTNER_DOWN", "PARTNER_DOWN")
    pair.run(HOUR)
    for number in range(1, 20):
        pair.lease("A", number)
    assert pair.lease("B", 21).yiaddr == LAST
    doubly = pair.lease("B", 22).yiaddr
    assert pair.binding("A", doubly).status is ACTIVE
    since = pair.time
    pair.mend()
    pair.run(61)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.story("A", since) == ["POTENTIAL_CONFLICT", "CONFLICT_DONE", "NORMAL"]
    assert pair.story("B", since) == ["POTENTIAL_CONFLICT", "NORMAL"]
    order = [(sent.sender, sent.name) for sent in pair.messages("UPDREQ", "UPDDONE", since=since)]
    assert order == [("A", "UPDREQ"), ("B", "UPDDONE"), ("B", "UPDREQ"), ("A", "UPDDONE")]
    reasons = [
        reason
        for ack in pair.messages("BNDACK", sender="A", since=since)
        for _, reason in answers([ack])
    ]
    assert reasons.count(RejectReason.FATAL_CONFLICT) == 1
    assert pair.bindings("A") == pair.bindings("B")
    assert pair.binding("B", doubly).client == pair.binding("A", doubly).client


def test_comparing_is_silent_and_an_interruption_of_it_is_not():
    pair = parted(switchover_s=600)
    pair.run(700)
    pair.mend()
    while pair.states() != ("POTENTIAL_CONFLICT", "POTENTIAL_CONFLICT"):
        pair.run(0.0005)
    pair.cut()
    assert [pair.discover(name, 1) for name in ("A", "B")] == [None, None]
    assert pair.why("A") == "silent-state"
    pair.run(200)
    assert pair.states() == ("RESOLUTION_INTERRUPTED", "RESOLUTION_INTERRUPTED")
    assert pair.discover("A", 1)
    pair.run(10 * HOUR)
    assert pair.states() == ("RESOLUTION_INTERRUPTED", "RESOLUTION_INTERRUPTED")
    pair.mend()
    pair.run(61)
    assert pair.states() == ("NORMAL", "NORMAL")


# -- what a server that was taken over brings back


def taken_over(addresses=4):
    """A leased FIRST to client 1 and died before it told; B took over all of the pool."""
    pair = Pair(addresses=addresses, reserve_percent=0)
    pair.lease("A", 1)
    pair.crash("A")
    pair.run(200)
    pair.command("B", "partner-down")
    pair.run(HOUR)
    return pair


def test_what_only_the_dead_server_knew_is_told_when_both_are_normal_again():
    pair = parted()
    pair.lease("A", 1)
    pair.run(HOUR + 1)
    pair.crash("A")
    pair.command("B", "partner-down")
    pair.run(HOUR)
    assert pair.hosts["A"].disk["leases"]["LAN", FIRST].status is EXPIRED
    pair.mend()
    pair.boot("A")
    pair.run(5)
    assert pair.states() == ("NORMAL", "NORMAL")
    pair.run(60)
    assert pair.binding("A").status is pair.binding("B").status is FREE
    assert pair.store("A").unknown == 0


def test_an_address_that_went_to_another_client_meanwhile_is_that_client_s():
    pair = taken_over()
    assert pair.lease("B", 2).yiaddr == FIRST
    pair.boot("A")
    pair.run(5)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.binding("A").client == pair.binding("B").client == client_of(2)
    assert pair.binding("B").known


def test_two_renewals_that_crossed_leave_both_servers_with_the_last_one():
    pair = Pair()
    pair.lease("A")
    pair.run(10)
    assert pair.renew("A").u32(51) == 8 * HOUR
    pair.stop("A")  # before it told
    pair.run(10)
    ends = pair.now + pair.rebind("B").u32(51) * US
    pair.boot("A")
    pair.run(5)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert [pair.binding(name).expires // US for name in ("A", "B")] == [ends // US] * 2
    assert [pair.binding(name).granter for name in ("A", "B")] == ["B", "B"]
    assert not pair.store("A").unknown | pair.store("B").unknown
