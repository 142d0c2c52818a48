"""What a pair does for clients: its pools, the standby's silence, takeover, conflict."""

import pytest
from failover_pair import FIRST, HOUR, INTERRUPTED, Pair, answers, parted

from foviz.base.kinds import Kind
from foviz.failover.balance import backup_target
from foviz.failover.relationship import Mode
from foviz.lease.binding import ACTIVE, BACKUP, FREE
from foviz.wire.dhcp import MessageType
from foviz.wire.failover import (
    FailoverType,
    RejectReason,
    ServerState,
)

LAST = FIRST + 19


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


def test_a_server_that_took_over_comes_back_as_such():
    pair = Pair()
    pair.stop("A")
    pair.run(1)
    pair.command("B", "partner-down")
    pair.crash("B")
    assert pair.hosts["B"].disk["failover"]["pair"].state is ServerState.PARTNER_DOWN
    pair.boot("B")
    pair.run(301)
    assert pair.state("B") == "PARTNER_DOWN"


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
