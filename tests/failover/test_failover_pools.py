"""Sharing free addresses out: Microsoft's, the draft's and ISC's way (PROTOCOL §4.3–4.5)."""

import pytest
from updates_bench import FIRST, HOUR, Bench, clients, hardware

from foviz.failover import pools
from foviz.failover.profile import MICROSOFT, PROFILES
from foviz.failover.relationship import Mode
from foviz.lease.binding import ACTIVE, BACKUP, FREE, Binding
from foviz.wire.failover import BindingStatus, FailoverOption, FailoverType

ISC, DRAFT = PROFILES["isc"], PROFILES["draft"]


def numbers(pair, name, status):
    store = pair.store(name)
    return [address - FIRST for address in store.addresses(store.mask(status))]


def transferred(pair, since=-1.0):
    return [
        sent.message.u32(FailoverOption.ADDRESSES_TRANSFERRED)
        for sent in pair.messages("POOLRESP", since=since)
    ]


# -- the numbers


@pytest.mark.parametrize(
    ("free", "backup", "percent", "target"),
    [
        (200, 0, 5, 10),
        (190, 10, 5, 10),
        (10, 0, 5, 1),  # half up
        (9, 0, 5, 1),  # at least one
        (2, 0, 5, 1),
        (1, 0, 5, 0),  # but not the only one
        (200, 0, 0, 0),
        (5, 0, 50, 3),
        (0, 200, 50, 100),
        (7, 0, 100, 7),
    ],
)
def test_the_secondary_s_share(free, backup, percent, target):
    assert pools.backup_target(free, backup, percent) == target


def test_isc_s_numbers_for_150_and_50():
    """PROTOCOL §4.5: lts 50, thresh 30, hold 20."""
    assert pools.isc_balance(150, 50, 15, 10) == (50, 30, 20)
    assert pools.isc_balance(50, 150, 15, 10) == (-50, 30, 20)


@pytest.mark.parametrize(
    ("mine", "theirs", "panic"),
    [
        (50, 150, False),
        (39, 161, True),
        (40, 160, False),
        (0, 3, False),
        (0, 4, True),
        (3, 0, False),
    ],
)
def test_isc_panics_at_twice_the_threshold(mine, theirs, panic):
    """Below −60 of 200; of so few that the threshold is 0, below −1; C cuts towards zero."""
    misbalance = 15 if mine + theirs > 9 else 0
    assert pools.isc_balance(mine, theirs, misbalance, 10).is_panic is panic


# -- Microsoft


def test_the_team_s_example():
    """.1–.50 leased, half and half: .51–.150 the first server's, .151–.250 the second's."""
    pair = Bench(addresses=250, mode=Mode.LOAD_BALANCE, start=False)
    for name in "AB":
        host = pair.hosts[name]
        for place in range(50):
            lease = Binding(
                FIRST + place,
                ACTIVE,
                hardware=hardware(place + 1),
                granter="A",
                expires=pair.now + 10**12,
                cltt=pair.now,
            )
            host.persist("leases", ("LAN", lease.address), lease)
        pair.boot(name)
    pair.run(5)
    for name in "AB":
        assert numbers(pair, name, FREE) == list(range(50, 150))
        assert numbers(pair, name, BACKUP) == list(range(150, 250))


def test_five_per_cent_of_200_are_the_ten_highest():
    pair = Bench(addresses=200)
    assert numbers(pair, "B", BACKUP) == list(range(190, 200))
    assert pair.counts("A") == pair.counts("B") == (190, 10)


def test_only_the_primary_moves_addresses_and_only_every_five_minutes():
    pair = Bench(addresses=20, mode=Mode.LOAD_BALANCE)
    for number in clients("B", 6):
        pair.lease("B", number)
    pair.run(290)
    assert pair.counts("A") == (10, 4)
    pair.run(11)
    assert pair.counts("A") == pair.counts("B") == (7, 7)
    assert pair.pool("B") == []


def test_too_many_come_back_the_lowest_first_when_the_secondary_agrees():
    pair = Bench(addresses=20, mode=Mode.LOAD_BALANCE)
    for number in clients("A", 6):
        pair.lease("A", number)
    pair.run(301)
    assert numbers(pair, "A", FREE) == numbers(pair, "B", FREE) == [6, 7, 8, 9, 10, 11, 12]
    assert pair.counts("B") == (7, 7)


def test_the_secondary_keeps_what_it_has_leased():
    """It takes the address the primary asks for; the two messages cross."""
    pair = Bench(addresses=20, mode=Mode.LOAD_BALANCE)
    for number in clients("A", 6):
        pair.lease("A", number)
    wanted = FIRST + 10
    pair.run_up_to("A", "rebalance")
    assert pair.lease("B", clients("B", 1)[0]).yiaddr == wanted
    pair.run(1)
    assert pair.status("A", wanted) == pair.status("B", wanted) == "ACTIVE"


def test_a_giver_uses_an_address_no_more_and_a_claimant_not_yet():
    pair = Bench(addresses=4, mode=Mode.LOAD_BALANCE)
    assert pair.counts("A") == (2, 2)
    for number in clients("A", 2):
        pair.lease("A", number)
    pair.run_up_to("A", "rebalance")
    pair.cut()
    pair.run(1)
    assert pair.pool("A", "taken") == [("taken", 1)]
    assert pair.status("A", FIRST + 2) == "BACKUP"  # not back before the secondary agrees
    assert pair.discover("A", 3) is None


@pytest.mark.parametrize("name", ["EXPIRED", "RELEASED", "RESET", "FREE"])
def test_a_gift_outlasts_news_of_the_address_that_it_crosses(name):
    """The giver uses it no more once its update is sent (PROTOCOL §14.2)."""
    pair = Bench(addresses=20, mode=Mode.LOAD_BALANCE, profile=MICROSOFT)
    for number in clients("B", 6):
        pair.lease("B", number)
    pair.run_up_to("A", "rebalance", 0.0005)
    gift = FIRST + 9
    assert (pair.status("A", gift), pair.status("B", gift)) == ("BACKUP", "FREE")
    times = {"start": pair.time, "cltt": pair.time - 60}
    assert pair.tell("A", pair.update(gift, BindingStatus[name], 1, **times)) == [0]
    assert pair.status("A", gift) == "BACKUP"
    assert pair.why("A") == "own-word-holds"
    pair.run(1)
    assert pair.status("A", gift) == pair.status("B", gift) == "BACKUP"
    assert pair.binding("A", gift).known


@pytest.mark.parametrize("profile", [MICROSOFT, DRAFT])
def test_of_two_crossing_beliefs_about_an_owner_the_primary_s_holds(profile):
    """A has lost its database, B runs on a copy: each tells the other of every address."""
    pair = Bench(addresses=4, mode=Mode.LOAD_BALANCE, profile=profile)
    assert pair.counts("A") == pair.counts("B") == (2, 2)
    pair.hosts["B"].back_up()
    for name in "AB":
        pair.crash(name)
    pair.hosts["A"].disk.clear()
    pair.hosts["A"].storage_lost = True
    pair.hosts["B"].restore(pair.clock("B"), told=True)
    for name in "AB":
        pair.boot(name)
    pair.run(2 * HOUR)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert "BACKUP" in pair.told(about=FIRST + 3, sender="B")
    assert pair.status("A", FIRST + 3) == pair.status("B", FIRST + 3)


def test_news_after_the_gift_was_taken_is_believed():
    pair = Bench(addresses=20, mode=Mode.LOAD_BALANCE)
    times = {"start": pair.time, "cltt": pair.time - 60}
    assert pair.tell("A", pair.update(FIRST + 19, BindingStatus.EXPIRED, 1, **times)) == [0]
    assert pair.status("A", FIRST + 19) == "FREE"


def test_what_was_asked_for_is_not_asked_for_twice():
    pair = Bench(addresses=20, mode=Mode.LOAD_BALANCE)
    for number in clients("A", 6):
        pair.lease("A", number)
    pair.run_up_to("A", "rebalance")
    pair.cut()
    pair.run(1)
    pair.fire("A", "failover:pair/rebalance")
    asked = [n for n in range(20) if pair.told(about=FIRST + n, sender="A")[-1:] == ["FREE"]]
    assert asked == [10, 11, 12]
    assert len(pair.endpoint("A").claims) == 3


def test_an_answer_lost_on_the_way_costs_no_address():
    """The secondary agreed, the primary never heard: the next connection puts it right."""
    pair = Bench(addresses=4, mode=Mode.LOAD_BALANCE)
    for number in clients("A", 2):
        pair.lease("A", number)
    pair.run_up_to("A", "rebalance", 0.0015)
    assert pair.status("B", FIRST + 2) == "FREE"
    pair.cut()
    pair.run(0.0001)
    pair.stalled.clear()
    pair.run(300)
    pair.stalled.clear()
    pair.mend()
    pair.run(400)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.status("A", FIRST + 2) == pair.status("B", FIRST + 2)


@pytest.mark.parametrize("kind", [FailoverType.POOLREQ, FailoverType.POOLRESP])
def test_microsoft_drops_pool_messages_and_says_so(kind):
    pair = Bench()
    for name in "AB":
        assert pair.hear(name, kind) == []
        assert pair.why(name) == "message-not-used"


# -- the draft


def test_the_secondary_asks_until_nothing_comes():
    """Fig. 9.9.3-1: POOLREQ, POOLRESP(10), BNDUPDs BACKUP; POOLREQ, POOLRESP(0)."""
    pair = Bench(profile=DRAFT, mode=Mode.LOAD_BALANCE)
    assert transferred(pair) == [10, 0]
    assert [sender for sender, name in pair.names() if name == "POOLREQ"] == ["B", "B"]
    names = [name for sender, name in pair.names() if sender == "A"]
    assert names.index("POOLRESP") < names.index("BNDUPD")
    assert pair.counts("A") == pair.counts("B") == (10, 10)


def test_the_answer_has_the_request_s_xid():
    pair = Bench(profile=DRAFT)
    (answer,) = pair.hear("A", FailoverType.POOLREQ, xid=4711)
    assert (answer.name, answer.message.xid) == ("POOLRESP", 4711)


def test_a_little_misbalance_is_left_and_more_is_mended_soon():
    """15 % of the 20 are 3."""
    pair = Bench(profile=DRAFT, mode=Mode.LOAD_BALANCE)
    pair.run(10)
    *five, sixth = clients("A", 6)
    for number in five:
        pair.lease("A", number)
    pair.run(10)
    assert pair.counts("A") == (5, 10)
    pair.lease("A", sixth)
    pair.run(5)
    assert pair.counts("A") == pair.counts("B") == (7, 7)


def test_addresses_go_to_the_server_of_their_last_client_first():
    """Buckets: C1 14 and C2 66 are the primary's, C3 222 and C4 186 the secondary's."""
    pair = Bench(profile=DRAFT, mode=Mode.LOAD_BALANCE, addresses=8, start=False)
    for name in "AB":
        for place, number in enumerate((3, 4, 1, 2)):
            old = Binding(FIRST + place, FREE, hardware=hardware(number), start=1)
            pair.hosts[name].persist("leases", ("LAN", old.address), old)
        pair.boot(name)
    pair.run(5)
    mine = [
        place
        for place in range(4)
        if pools.is_secondarys(pair.endpoint("A"), pair.binding("A", FIRST + place))
    ]
    assert mine
    assert numbers(pair, "B", BACKUP)[: len(mine)] == mine
    assert len(numbers(pair, "B", BACKUP)) == 4


def test_the_primary_of_the_draft_asks_for_nothing():
    pair = Bench(profile=DRAFT)
    assert pair.hear("B", FailoverType.POOLREQ) == []
    assert pair.why("B") == "message-not-used"


# -- ISC


def test_isc_s_primary_shares_half_and_half_by_itself_at_the_start():
    pair = Bench(profile=ISC, addresses=20)
    pair.run(5)
    assert pair.counts("A") == pair.counts("B") == (10, 10)
    assert numbers(pair, "B", BACKUP) == list(range(10, 20))
    assert pair.messages("POOLREQ") == []


def test_isc_s_secondary_gives_back_of_its_own_accord():
    pair = Bench(profile=ISC, addresses=20, mode=Mode.LOAD_BALANCE)
    pair.run(5)
    for number in clients("A", 8):
        pair.lease("A", number)
    pair.run(120)
    assert pair.counts("A") == pair.counts("B") == (6, 6)
    assert pair.pool("B", "given") == [("given", 4)]
    given = [n for n in range(10, 20) if "FREE" in pair.told(about=FIRST + n, sender="B", since=10)]
    assert len(given) == 4


def test_isc_asks_in_need_and_takes_no_for_an_answer():
    """A partner that does not give: lts −5 < −2 × 2; POOLRESP 0 is the end of it."""
    pair = Bench(profile=ISC, addresses=20, mode=Mode.LOAD_BALANCE)
    pair.run(5)
    for place in range(10):
        pair.hear("A", FailoverType.BNDUPD, pair.active(FIRST + place, 30 + place))
    assert pair.counts("A") == (0, 10)
    before = pair.time
    pair.run(70)
    asked = pair.messages("POOLREQ", sender="A", since=before)
    assert asked
    assert asked[0].at - before <= 61
    assert transferred(pair, before) == [0] * len(asked)


def test_isc_answers_before_it_gives():
    pair = Bench(profile=ISC, addresses=20, mode=Mode.LOAD_BALANCE)
    pair.run(5)
    for number in clients("A", 8):
        pair.lease("A", number)
    pair.run(3)
    before = pair.time - 0.0005
    sent = pair.hear("B", FailoverType.POOLREQ, xid=4711)
    assert [found.name for found in sent if found.name != "BNDACK"] == ["POOLRESP"] + ["BNDUPD"] * 4
    assert transferred(pair, before) == [4]
    assert sent[0].message.xid == 4711 or sent[0].name == "BNDACK"


def picks(used, fresh):
    """ISC's choice at a primary with *used* (client, age) and *fresh* FREE addresses, no BACKUP."""
    pair = Bench(profile=ISC, mode=Mode.LOAD_BALANCE, addresses=len(used) + fresh, start=False)
    pair.boot("A")
    store = pair.store("A")
    for place, (number, age) in enumerate(used):
        store.put(Binding(FIRST + place, FREE, hardware=hardware(number), start=1000 - age))
    return [address - FIRST for address in pools.isc_picks(pair.endpoint("A"), store)]


def of_whom(*numbers):
    pair = Bench(profile=ISC, mode=Mode.LOAD_BALANCE, start=False)
    pair.boot("A")
    found = [Binding(FIRST, hardware=hardware(n)) for n in numbers]
    return [pools.is_secondarys(pair.endpoint("A"), binding) for binding in found]


def test_isc_s_two_passes():
    """MACs 1, 3, 4 hash to 133, 182, 150: the secondary's; 2, 5 to 45, 13: the primary's."""
    assert of_whom(1, 3, 4, 2, 5) == [True, True, True, False, False]
    # 10 addresses: to send 5, hold 1. Pass 1: theirs, oldest first. Pass 2: never used ones,
    # the highest first, until it is even.
    assert picks([(2, 9), (3, 1), (4, 5), (5, 2)], fresh=6) == [2, 1, 9, 8, 7]
    # Theirs go up to one more than half.
    assert picks([(n, 50 - n) for n in (1, 3, 4)] * 3, fresh=1) == [0, 3, 6, 1, 4, 7]
    # Used ones that are nobody's but ours: one fewer than half.
    assert picks([(2, n) for n in range(10)], fresh=0) == [9, 8, 7, 6]


def test_isc_looks_again_after_an_hour_when_nothing_was_ever_used():
    """After a minute at first: the secondary's pool was empty when it was looked at."""
    pair = Bench(profile=ISC, addresses=20)
    pair.run(70)
    for name in "AB":
        left = pair.hosts[name].timers["failover:pair/rebalance"] - pair.now
        assert (name, 3590 - 70 < left / 1e6 <= 3600) == (name, True)


def test_isc_looks_again_when_a_share_of_the_oldest_address_s_age_has_passed():
    """Own queue: 15 % of the age twice; never sooner than a minute after the last run."""
    pair = Bench(profile=ISC, addresses=2, mode=Mode.LOAD_BALANCE)
    pair.run(5)
    pair.lease("A", 1)
    pair.run(5)
    ran = pair.endpoint("A").last_balance
    assert pair.hosts["A"].timers["failover:pair/rebalance"] == ran + 60 * 10**6
