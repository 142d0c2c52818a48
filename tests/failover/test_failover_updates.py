"""Telling the partner: answers, rejections, requests, the ends of leases (PROTOCOL §2.4, §4)."""

import pytest
from updates_bench import FIRST, HOUR, Bench, client_of, clients

from foviz.base.time import US
from foviz.failover.profile import MICROSOFT, PROFILES, with_switch
from foviz.failover.relationship import Mode
from foviz.wire import failover
from foviz.wire.failover import BindingStatus, FailoverOption, FailoverType

ISC, DRAFT = PROFILES["isc"], PROFILES["draft"]
ACTIVE, EXPIRED, FREE, RELEASED = (
    BindingStatus[name] for name in ("ACTIVE", "EXPIRED", "FREE", "RELEASED")
)
OUTDATED = 15


def options_of(sent):
    return [code for code, _ in sent.message.options]


def acks(sent):
    return [found.message.xid for found in sent if found.name == "BNDACK"]


def partition(pair):
    """Cut the wire and wait until both have noticed."""
    pair.cut()
    pair.run(300)
    assert pair.states() == ("COMMUNICATION_INTERRUPTED",) * 2


def ended_alone(pair, name="A"):
    """A lease ends at a server that its partner can't hear."""
    pair.lease(name)
    pair.run(5)
    partition(pair)
    pair.release(name)


# -- several in one message


def test_several_transactions_are_answered_in_their_order():
    pair = Bench()
    told = [pair.active(FIRST + n, 10 + n) for n in range(3)]
    stranger = pair.active(FIRST + 99, 9)
    sent = pair.hear("B", FailoverType.BNDUPD, (*told[2], *told[0], *stranger, *told[1]), 7)
    (ack,) = [found.message for found in sent if found.name == "BNDACK"]
    answers = [dict(options) for options in ack.transactions()]
    addresses = [int.from_bytes(a[FailoverOption.ASSIGNED_IP_ADDRESS]) - FIRST for a in answers]
    reasons = [a.get(FailoverOption.REJECT_REASON, b"\0")[0] for a in answers]
    assert (ack.xid, addresses, reasons) == (7, [2, 0, 99, 1], [0, 0, 1, 0])
    assert [pair.status("B", FIRST + n) for n in range(3)] == ["ACTIVE"] * 3


@pytest.mark.parametrize(("profile", "taken"), [(MICROSOFT, 16), (DRAFT, 18)])
def test_microsoft_takes_sixteen_and_leaves_the_rest(profile, taken):
    pair = Bench(addresses=30, profile=profile)
    told = [pair.active(FIRST + n, 10 + n) for n in range(18)]
    assert pair.tell("B", *told) == [0] * taken
    assert pair.status("B", FIRST + 17) == ("FREE" if taken == 16 else "ACTIVE")


def test_an_answer_about_another_address_is_dropped():
    pair = Bench()
    pair.lease("A")
    pair.cut()
    pair.run(0.003)
    (update,) = pair.messages("BNDUPD", sender="A")[-1:]
    other = failover.u32(FailoverOption.ASSIGNED_IP_ADDRESS, FIRST + 1)
    pair.hear("A", FailoverType.BNDACK, (other,), update.message.xid)
    assert pair.why("A") == "ack-of-another"
    assert not pair.binding("A").known
    mine = failover.u32(FailoverOption.ASSIGNED_IP_ADDRESS, FIRST)
    pair.hear("A", FailoverType.BNDACK, (mine,), update.message.xid)
    assert pair.binding("A").known


# -- what an update carries and must carry


@pytest.mark.parametrize(("profile", "carried"), [(MICROSOFT, False), (DRAFT, False), (ISC, True)])
def test_only_isc_sends_the_ends_of_what_has_ended(profile, carried):
    pair = Bench(profile=profile)
    pair.lease("A")
    pair.run(5)
    pair.release("A")
    pair.run(5)
    both = [FailoverOption.LEASE_EXPIRATION_TIME, FailoverOption.POTENTIAL_EXPIRATION_TIME]
    found = {
        BindingStatus(sent.message.u8(FailoverOption.BINDING_STATUS)): sent
        for sent in pair.messages("BNDUPD", sender="A")
        if sent.message.u32(FailoverOption.ASSIGNED_IP_ADDRESS) == FIRST
    }
    assert all(option in options_of(found[ACTIVE]) for option in both)
    assert [option in options_of(found[RELEASED]) for option in both] == [carried] * 2


NEEDED = {
    "ACTIVE": "hardware expires pet cltt",
    "EXPIRED": "hardware",
    "RELEASED": "hardware cltt",
    "FREE": "",
    "BACKUP": "",
    "RESET": "",
    "ABANDONED": "",
}
CODES = {
    "hardware": FailoverOption.CLIENT_HARDWARE_ADDRESS,
    "expires": FailoverOption.LEASE_EXPIRATION_TIME,
    "pet": FailoverOption.POTENTIAL_EXPIRATION_TIME,
    "cltt": FailoverOption.CLIENT_LAST_TRANSACTION_TIME,
}


@pytest.mark.parametrize("left_out", CODES)
@pytest.mark.parametrize("status", NEEDED)
def test_what_is_missing_is_rejected_with_3(status, left_out):
    pair = Bench()
    full = pair.update(FIRST, BindingStatus[status], 1, expires=99, pet=99, cltt=5)
    less = [option for option in full if option[0] != CODES[left_out]]
    reject = 3 if left_out in NEEDED[status].split() else 0
    assert pair.tell("B", tuple(less)) == [reject]


def test_isc_is_content_without_the_times():
    pair = Bench(profile=ISC)
    pair.hear("B", FailoverType.BNDUPD, pair.update(FIRST, ACTIVE, 1))
    assert pair.status("B") == "ACTIVE"
    nameless = pair.update(FIRST + 1, ACTIVE, 0, expires=99, pet=99, cltt=5)
    assert pair.tell("B", nameless) == [3]


def test_what_either_may_promise_is_told_with_a_lease_that_the_other_granted():
    """A server that lost its disk has to know the furthest end that the survivor may give."""
    pair = Bench()
    pair.lease("A")
    pair.run(5)
    promised = pair.binding("B").received_pet
    assert promised
    pair.hear("B", FailoverType.UPDREQALL)
    (update,) = [
        sent.message
        for sent in pair.messages("BNDUPD", sender="B")
        if sent.message.u32(FailoverOption.ASSIGNED_IP_ADDRESS) == FIRST
    ]
    assert update.u32(FailoverOption.POTENTIAL_EXPIRATION_TIME) == promised // US


# -- rejections


def rejected(profile=DRAFT):
    """A pair whose B believes FIRST to be client 2's, later than A's client 1 was heard."""
    pair = Bench(profile=profile)
    pair.lease("A", 1)
    pair.run(1)
    pair.release("A", 1)
    pair.tell("B", pair.active(FIRST, 2, at=pair.time + 50))
    pair.run(1)
    assert pair.decisions("A", "update-rejected")
    return pair


def test_a_rejected_update_is_not_sent_again_by_itself():
    """PROTOCOL §6.3, F18: no ping-pong, whatever happens but a request."""
    pair = rejected()
    before = pair.time
    assert pair.binding("A").refused
    pair.run(30)
    partition(pair)
    pair.mend()
    pair.run(120)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.told(sender="A", since=before) == []
    assert pair.status("A") == "RELEASED"


def test_a_rejected_update_is_sent_again_when_it_is_asked_for():
    pair = rejected()
    before = pair.time - 0.0005
    pair.hear("A", FailoverType.UPDREQ, xid=77)
    pair.run(1)
    assert pair.told(sender="A", since=before) == ["RELEASED"]
    done = pair.messages("UPDDONE", sender="A", since=before)
    assert [sent.message.xid for sent in done] == [77]  # a rejection is an answer too


def test_a_change_after_the_rejection_is_told():
    pair = rejected()
    before = pair.time
    pair.reset("A")
    assert not pair.binding("A").refused
    pair.run(1)
    assert pair.told(sender="A", since=before) == ["RESET"]


def test_what_was_given_and_rejected_stays_unsettled():
    """Microsoft's partner has it reserved (15): the giver uses it no more, and remembers."""
    pair = Bench(reservations={"B": ((40, FIRST + 19),)})
    given = pair.binding("A", FIRST + 19)
    assert (given.status.name, given.known, given.refused) == ("BACKUP", False, True)
    assert pair.status("B", FIRST + 19) == "FREE"
    assert pair.decisions("A", "update-rejected")


def test_the_answer_to_an_older_update_leaves_the_newer_one_to_be_told():
    pair = Bench(profile=DRAFT)
    pair.lease("A")
    pair.run(0.0025)
    pair.cut()
    pair.renew("A")
    pair.run(0.003)
    (first,) = pair.messages("BNDUPD", sender="A")[-1:]
    promised = first.message.u32(FailoverOption.POTENTIAL_EXPIRATION_TIME)
    mine = failover.u32(FailoverOption.ASSIGNED_IP_ADDRESS, FIRST)
    sent = pair.hear("A", FailoverType.BNDACK, (mine,), first.message.xid)
    binding = pair.binding("A")
    assert (binding.acked_pet // US, binding.known) == (promised, False)
    assert [found.name for found in sent] == ["BNDUPD"]


# -- collected acknowledgements (ISC)


def test_isc_collects_acknowledgements():
    """OBSERVED-ISC §4: six at once: five acknowledged as soon as half is full, one after 2 s."""
    pair = Bench(profile=ISC, addresses=40)
    pair.run(30)
    before = pair.time
    found = [
        acks(pair.hear("B", FailoverType.BNDUPD, pair.active(FIRST + n, 20 + n), 100 + n))
        for n in range(6)
    ]
    assert found == [[], [], [], [], [100, 101, 102, 103, 104], []]
    pair.run(5)
    late = [s for s in pair.messages("BNDACK", sender="B", since=before) if s.message.xid == 105]
    assert [round(sent.at - before, 3) for sent in late] == [2.0]


def test_the_two_seconds_count_from_the_last_one():
    pair = Bench(profile=ISC, addresses=40)
    pair.run(30)
    before = pair.time
    pair.hear("B", FailoverType.BNDUPD, pair.active(FIRST, 20), 100)
    pair.run(1.5)
    pair.hear("B", FailoverType.BNDUPD, pair.active(FIRST + 1, 21), 101)
    pair.run(5)
    sent = pair.messages("BNDACK", sender="B", since=before)
    assert [round(found.at - before, 3) for found in sent] == [3.5, 3.5]


def test_isc_says_at_once_what_it_rejects_and_what_an_own_update_takes_along():
    pair = Bench(profile=ISC, addresses=40, mode=Mode.LOAD_BALANCE)
    pair.run(30)
    assert acks(pair.hear("B", FailoverType.BNDUPD, pair.active(FIRST, 20), 100)) == []
    assert acks(pair.hear("B", FailoverType.BNDUPD, pair.active(1, 20), 101)) == [101]
    before = pair.time
    before = pair.time
    pair.lease("B", clients("B", 1)[0])
    pair.run(0.003)
    first, second = pair.messages("BNDACK", "BNDUPD", sender="B", since=before)
    assert (first.name, first.message.xid, second.name) == ("BNDACK", 100, "BNDUPD")


def test_what_was_collected_is_not_said_on_another_connection():
    pair = Bench(profile=ISC, addresses=40)
    pair.run(30)
    pair.hear("B", FailoverType.BNDUPD, pair.active(FIRST, 20), 100)
    before = pair.time
    pair.crash("A")
    pair.lose("B")
    pair.boot("A")
    pair.run(200)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert 100 not in acks(pair.messages("BNDACK", sender="B", since=before))


# -- connections come and go


def test_what_was_not_acknowledged_is_sent_again_with_a_new_xid():
    pair = Bench(profile=DRAFT)
    pair.run(5)
    pair.lease("A")
    pair.cut()
    pair.run(1)
    partition(pair)
    before = pair.time
    pair.stalled.clear()
    pair.mend()
    pair.run(120)
    assert pair.told(sender="A", since=before) == ["ACTIVE"]
    assert pair.binding("A").known
    assert pair.binding("B").client == client_of(1)


@pytest.mark.parametrize("name", PROFILES)
def test_who_recovered_tells_what_only_it_knows(name):
    pair = Bench(profile=PROFILES[name], mclt_s=600)
    partition(pair)
    pair.lease("A")
    pair.run(1)
    pair.crash("A")
    pair.command("B", "partner-down")
    pair.run(1000)
    pair.mend()
    pair.boot("A")
    pair.run(1300)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.status("A") == pair.status("B") == "FREE"


def test_the_answer_to_updreqall_survives_the_connection():
    """What was taken back is sent at the next request, even if that is but an UPDREQ."""
    pair = Bench(profile=DRAFT)
    for number in range(3):
        pair.lease("A", number + 1)
    pair.run(5)
    pair.cut()
    pair.hear("A", FailoverType.UPDREQALL)
    pair.stalled.clear()
    pair.crash("A")
    pair.mend()
    pair.boot("A")
    before = pair.time
    pair.run(100)
    assert [pair.told(about=FIRST + n, sender="A", since=before) for n in range(3)] == [
        ["ACTIVE"]
    ] * 3


def test_updreq_counts_only_what_was_there_when_it_came():
    pair = Bench(profile=DRAFT)
    pair.lease("A", 1)
    pair.cut()
    pair.run(0.003)
    pair.hear("A", FailoverType.UPDREQ, xid=55)
    pair.lease("A", 2)
    pair.run(0.003)
    (first, second) = pair.messages("BNDUPD", sender="A")[-2:]
    mine = failover.u32(FailoverOption.ASSIGNED_IP_ADDRESS, FIRST)
    sent = pair.hear("A", FailoverType.BNDACK, (mine,), first.message.xid)
    assert [(found.name, found.message.xid) for found in sent] == [("UPDDONE", 55)]
    assert second.message.u32(FailoverOption.ASSIGNED_IP_ADDRESS) == FIRST + 1


@pytest.mark.parametrize("profile", [MICROSOFT, DRAFT], ids=lambda profile: profile.name)
def test_a_bndupd_never_answers_a_bndupd(profile):
    pair = Bench(profile=profile, mode=Mode.LOAD_BALANCE)
    pair.lease("A")
    pair.run(5)
    statuses = [EXPIRED, RELEASED, FREE, BindingStatus.BACKUP, BindingStatus.RESET, ACTIVE]
    for place, status in enumerate(statuses):
        options = pair.update(FIRST + place, status, 1, expires=99, pet=99, cltt=pair.time)
        for name in ("A", "B"):
            sent = pair.hear(name, FailoverType.BNDUPD, options)
            assert [found.name for found in sent] == ["BNDACK"]


def test_no_more_updates_are_out_than_the_partner_allows():
    pair = Bench(addresses=60, profile=DRAFT)
    pair.run(5)
    pair.cut()
    for number in range(25):
        pair.lease("A", number + 1)
    before = pair.time
    pair.run(1)
    assert len(pair.messages("BNDUPD", sender="A", since=before)) == DRAFT.max_unacked


# -- how a lease ends


def test_an_ended_lease_waits_for_the_partner():
    pair = Bench(mclt_s=60)
    pair.lease("A")
    pair.run(5)
    pair.cut()
    pair.release("A")
    pair.run(1)
    assert pair.status("A") == "RELEASED"
    pair.mend()
    pair.run(1)
    assert (pair.status("A"), pair.status("B")) == ("FREE", "FREE")


def test_without_contact_nothing_becomes_free():
    pair = Bench(mclt_s=HOUR)
    ended_alone(pair)
    pair.run(30 * HOUR)
    assert pair.status("A") == "RELEASED"


def test_in_partner_down_it_is_free_when_no_promise_can_hold_it():
    """PROTOCOL §4.6: never before entry + MCLT, nor MCLT after the furthest promise."""
    pair = Bench(mclt_s=HOUR)
    ended_alone(pair)
    promised = pair.binding("A").acked_pet
    pair.command("A", "partner-down")
    pair.run((promised - pair.now) / US + HOUR - 1)
    assert pair.status("A") == "RELEASED"
    pair.run(2)
    assert pair.status("A") == "FREE"
    assert not pair.binding("A").known


def test_isc_reuses_it_one_mclt_after_partner_down():
    pair = Bench(mclt_s=HOUR, profile=with_switch(MICROSOFT, "ended-reuse", "end"))
    ended_alone(pair)
    pair.command("A", "partner-down")
    pair.run(HOUR - 1)
    assert pair.status("A") == "RELEASED"
    pair.run(2)
    assert pair.status("A") == "FREE"


def test_what_ends_in_partner_down_waits_one_mclt():
    pair = Bench(mclt_s=600, lease_s=600)
    partition(pair)
    pair.command("A", "partner-down")
    pair.run(1000)
    pair.lease("A", 5)
    pair.release("A", 5)
    pair.run(599)
    assert pair.status("A") == "RELEASED"
    pair.run(2)
    assert pair.status("A") == "FREE"


def test_the_same_client_has_it_again_before_the_partner_heard_of_the_end():
    pair = Bench()
    ended_alone(pair)
    assert pair.lease("A").yiaddr == FIRST


def test_but_not_after_an_update_left():
    """The partner may have heard it, and given the address to somebody else."""
    pair = Bench()
    pair.lease("A")
    pair.run(5)
    pair.cut()
    pair.release("A")
    pair.run(300)
    assert pair.state("A") == "COMMUNICATION_INTERRUPTED"
    assert pair.binding("A").told == RELEASED
    assert pair.lease("A").yiaddr != FIRST


def test_what_left_is_remembered_over_a_crash():
    pair = Bench()
    pair.lease("A")
    pair.run(5)
    pair.cut()
    pair.release("A")
    pair.run(1)
    pair.crash("A")
    pair.boot("A")
    assert pair.binding("A").told == RELEASED


def test_isc_rewinds_what_the_partner_never_heard_of():
    pair = Bench(profile=ISC, mclt_s=600)
    partition(pair)
    assert pair.lease("A").yiaddr == FIRST
    pair.release("A")
    assert pair.status("A") == "FREE"
    address = pair.lease("B", 2).yiaddr
    pair.run(601)
    assert pair.status("B", address) == "BACKUP"
    pair.mend()
    pair.run(200)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.bindings("A") == pair.bindings("B")


@pytest.mark.parametrize("profile", [ISC, DRAFT])
def test_what_the_partner_knows_is_not_rewound(profile):
    pair = Bench(profile=profile)
    pair.lease("A")
    pair.run(5)
    partition(pair)
    pair.release("A")
    assert pair.status("A") == "RELEASED"


def test_in_normal_only_isc_s_primary_ends_leases():
    pair = Bench(profile=ISC, mclt_s=600, mode=Mode.LOAD_BALANCE)
    pair.run(90)
    address = pair.lease("B", 3).yiaddr
    pair.run(590)
    before = pair.time
    pair.run(60)
    assert pair.told(about=address, sender="B", since=before) == []
    assert pair.told(about=address, sender="A", since=before)[0] == "EXPIRED"
    assert pair.status("B", address) != "ACTIVE"


def test_alone_isc_s_secondary_ends_them_itself():
    pair = Bench(profile=ISC, mclt_s=1200, mode=Mode.LOAD_BALANCE)
    pair.run(90)
    address = pair.lease("B", 3).yiaddr
    pair.run(5)
    partition(pair)
    pair.run(1200)
    assert pair.status("B", address) == "EXPIRED"


@pytest.mark.parametrize(("name", "number", "status"), [("B", 3, "BACKUP"), ("A", 1, "FREE")])
def test_isc_leaves_an_address_with_the_server_of_its_last_client(name, number, status):
    """Buckets: C1 14, the primary's; C3 222, the secondary's."""
    pair = Bench(profile=ISC, mode=Mode.LOAD_BALANCE)
    pair.run(90)
    address = pair.lease(name, number).yiaddr
    pair.run(5)
    pair.release("A", number, address)
    pair.run(5)
    assert (pair.status("A", address), pair.status("B", address)) == (status, status)
    assert pair.binding("A", address).known


# -- bad and freed addresses


def test_a_declined_address_is_nobody_s():
    pair = Bench()
    pair.lease("A")
    pair.run(5)
    pair.decline("A")
    pair.run(1)
    assert (pair.status("A"), pair.status("B")) == ("ABANDONED", "ABANDONED")
    assert pair.lease("A").yiaddr == FIRST + 1


def test_the_operator_frees_it_and_the_partner_agrees():
    pair = Bench()
    pair.lease("A")
    pair.run(5)
    pair.decline("A")
    pair.run(1)
    pair.reset("A")
    assert pair.status("A") == "RESET"
    pair.run(1)
    assert (pair.status("A"), pair.status("B")) == ("FREE", "FREE")


def test_as_a_last_resort_a_bad_address_is_tried_again_after_a_day():
    pair = Bench(addresses=3, reserve_percent=0, lease_s=90 * HOUR)
    for number in (1, 2, 3):
        pair.lease("A", number)
        pair.run(1)
    pair.decline("A", 1, FIRST)
    pair.run(1)
    assert pair.discover("A", 9) is None
    assert pair.why("A") == "no-own-address"
    for _ in range(49):
        pair.run(1800)
        for number in (2, 3):
            pair.renew("A", number, FIRST + number - 1)
    assert pair.discover("A", 9) is None  # RESET first: the partner has to agree
    assert pair.decisions("A", "abandoned-recycled")
    pair.run(1)
    assert pair.discover("A", 9).yiaddr == FIRST


# -- reservations


def test_either_of_microsoft_s_servers_leases_a_reserved_address_to_its_client_alone():
    both = dict.fromkeys("AB", ((4, FIRST + 3),))
    for name in "AB":
        pair = Bench(reservations=both, mode=Mode.LOAD_BALANCE)
        partition(pair)
        assert pair.lease(name, 4).yiaddr == FIRST + 3
    pair = Bench(reservations=both, addresses=5, reserve_percent=0)
    given = [pair.lease("A", number) for number in (11, 12, 13, 14, 15)]
    assert [ack and ack.yiaddr - FIRST for ack in given] == [0, 1, 2, 4, None]
    assert pair.lease("A", 4).yiaddr == FIRST + 3


def test_in_the_draft_the_secondary_claims_what_it_will_lease():
    """F16: a reservation on the secondary alone never works; the primary rejects it with 19."""
    address = FIRST + 3
    for names, status in (("AB", "BACKUP"), ("B", "FREE")):
        pair = Bench(
            profile=DRAFT,
            mode=Mode.LOAD_BALANCE,
            reservations=dict.fromkeys(names, ((3, address),)),
        )
        pair.run(5)
        assert (pair.status("A", address), pair.status("B", address)) == (status, status)
        (update,) = [
            sent.message
            for sent in pair.messages("BNDUPD", sender="B")
            if sent.message.u32(FailoverOption.ASSIGNED_IP_ADDRESS) == address
        ]
        assert update.u16(FailoverOption.IP_FLAGS) == failover.IP_RESERVED
        reasons = [{f[0]: f[1] for f in d[4]} for d in pair.decisions("B", "update-rejected")]
        assert [found["reject reason"] for found in reasons] == ([] if names == "AB" else [19])
