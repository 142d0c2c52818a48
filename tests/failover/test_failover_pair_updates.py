"""Telling the partner: BNDUPD and BNDACK, the window, UPDREQ and UPDDONE (draft-12 §7.1–7.5)."""

import pytest
from failover_pair import (
    FIRST,
    HOUR,
    OPTION,
    Pair,
    answers,
    client_of,
    hardware,
    meet,
    parted,
    update,
)

from foviz.base.action import Persist, SendDatagram, SendStream
from foviz.base.time import US
from foviz.failover.profile import MICROSOFT, with_switch
from foviz.lease.binding import ACTIVE, EXPIRED, FREE, RELEASED, Binding
from foviz.wire.failover import (
    FailoverType,
    RejectReason,
)

LAST = FIRST + 19


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


def test_what_the_partner_knows_better_meanwhile_is_not_told():
    pair = parted(profile=with_switch(MICROSOFT, "max_unacked", 1))
    pair.lease("A", 1)
    pair.lease("A", 2)
    pair.run(2)
    assert pair.rebind("B", 2, FIRST + 1).yiaddr == FIRST + 1
    since = meet(pair)
    (told,) = pair.messages("BNDUPD", sender="A", since=since)
    assert told.message.u32(OPTION.ASSIGNED_IP_ADDRESS) == FIRST
    assert len(pair.messages("UPDDONE", sender="A", since=since)) == 1
    assert pair.binding("A", FIRST + 1).granter == "B"


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
