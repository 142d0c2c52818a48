"""The lead time: the worked tables of PROTOCOL §5.3–5.5, in arithmetic and played."""

import pytest
from failover_pair import FIRST, HOUR, Pair
from hypothesis import given, settings
from hypothesis import strategies as st

from foviz.base.address import BROADCAST
from foviz.failover.leadtime import lease_to_give, potential_expiration, usable_in_partner_down
from foviz.failover.profile import MICROSOFT, with_switch
from foviz.wire.dhcp import MessageType

X, M = 8 * HOUR, HOUR
DAY = 24 * HOUR
BY_THE_DRAFT = with_switch(MICROSOFT, "survivor_lease", "pet-plus-mclt")


# -- arithmetic

# now, desired, acked, received -> lease, potential expiration (seconds, MCLT an hour)
GRANTS = [
    # §5.3
    (0, X, 0, 0, 3600, 30_600),
    (1800, X, 30_600, 0, 28_800, 45_000),
    (16_200, X, 45_000, 0, 28_800, 59_400),
    # the draft's own figures (§5.2.1): three days
    (0, 3 * DAY, 0, 0, HOUR, 3 * DAY + HOUR // 2),
    (1800, 3 * DAY, 3 * DAY + 1800, 0, 3 * DAY, 1800 + 4 * DAY + 12 * HOUR),
    # §5.4, what the survivor may give by what it was told
    (27_000, X, 0, 45_000, 21_600, 27_000 + 10_800 + X),
    (37_800, X, 0, 45_000, 10_800, 37_800 + 5400 + X),
    (43_200, X, 0, 45_000, 5400, 43_200 + 2700 + X),
    (45_900, X, 0, 45_000, 3600, 45_900 + 1800 + X),
    # a lease shorter than the MCLT is given whole
    (0, 600, 0, 0, 600, 900),
    # the later of the two promises counts
    (100, X, 2000, 1000, 1900 + M, 100 + 2750 + X),
    (100, X, 1000, 2000, 1900 + M, 100 + 2750 + X),
    # a promise of the past is none
    (5000, X, 4000, 3000, M, 5000 + 1800 + X),
]


@pytest.mark.parametrize(("now", "desired", "acked", "received", "lease", "pet"), GRANTS)
def test_grants(now, desired, acked, received, lease, pet):
    assert lease_to_give(desired, now, M, acked, received) == lease
    assert potential_expiration(now, lease, desired) == pet


seconds = st.integers(0, 100_000)


@settings(derandomize=True, deadline=None)
@given(seconds, seconds, st.integers(1, 10_000), seconds, seconds)
def test_no_lease_ends_beyond_what_the_partner_knows_plus_mclt(now, desired, mclt, acked, received):
    lease = lease_to_give(desired, now, mclt, acked, received)
    assert now + lease <= max(now, acked, received) + mclt
    assert lease == desired or now + lease == max(now, acked, received) + mclt
    assert potential_expiration(now, lease, desired) >= now + lease


@pytest.mark.parametrize(
    ("entered", "furthest", "usable"),
    [
        (13_660, 0, 17_260),
        (13_660, 45_000, 48_600),
        (13_660, 13_660, 17_260),
        (13_660, 13_661, 17_261),
    ],
)
def test_from_when_another_client_may_have_an_address(entered, furthest, usable):
    # §4.6, §5.5: never before one MCLT after the entry
    assert usable_in_partner_down(entered, M, furthest) == usable


# -- played


def grant(pair, name, ask, at):
    """At a moment: the lease of the answer, its end, and the promise on record."""
    pair.run_to(at)
    ack = ask(name)
    assert ack.message_type == MessageType.ACK
    lease = ack.u32(51)
    pair.run(1)
    return lease, at + lease, pair.since_began(pair.binding(name).pet)


def started(profile=MICROSOFT, **settings_):
    """A pair of X = 8 h, M = 1 h whose time 0 is that of the client's first lease."""
    pair = Pair(profile=profile, lease_s=X, mclt_s=M, **settings_)
    pair.began = pair.now
    return pair


def died(profile=MICROSOFT, **settings_):
    """§5.4: the client has renewed at 1,800, A dies at 10,000."""
    pair = started(profile, **settings_)
    grant(pair, "A", pair.lease, 0)
    grant(pair, "A", pair.renew, 1800)
    pair.run_to(10_000)
    pair.crash("A")
    return pair


@pytest.mark.parametrize("mclt_s", [M, 60])
def test_the_normal_run(mclt_s):
    pair = Pair(lease_s=X, mclt_s=mclt_s)
    pair.began = pair.now
    first = mclt_s
    assert grant(pair, "A", pair.lease, 0) == (first, first, first // 2 + X)
    half = first // 2
    assert grant(pair, "A", pair.renew, half) == (X, half + X, half + X // 2 + X)
    later = half + X // 2
    assert grant(pair, "A", pair.renew, later) == (X, later + X, later + X // 2 + X)


def test_the_table_of_the_normal_run():
    pair = started()
    assert grant(pair, "A", pair.lease, 0) == (3600, 3600, 30_600)
    assert grant(pair, "A", pair.renew, 1800) == (28_800, 30_600, 45_000)
    assert grant(pair, "A", pair.renew, 16_200) == (28_800, 45_000, 59_400)
    assert pair.since_began(pair.binding("B").received_pet) == 59_400
    assert pair.since_began(pair.binding("A").acked_pet) == 59_400


def test_t1_and_t2_are_half_and_seven_eighths():
    ack = started().lease("A")
    assert (ack.u32(58), ack.u32(59)) == (1800, 3150)


def test_an_offer_promises_no_more_than_the_ack():
    pair = started()
    assert pair.discover("A", 1).u32(51) == 3600


def test_without_a_word_from_the_partner_each_renewal_is_a_first_lease():
    pair = started()
    pair.lease("A")
    pair.cut()  # before the BNDUPD arrives
    assert pair.renew("A").u32(51) == 3600


def test_an_unacknowledged_promise_does_not_count():
    pair = started()
    pair.lease("A")
    pair.run(0.0025)
    assert pair.binding("A").pet and not pair.binding("A").acked_pet  # noqa: PT018
    assert pair.renew("A").u32(51) == 3600


@pytest.mark.parametrize(
    ("profile", "table"),
    [
        (
            MICROSOFT,
            [(27_000, 3600, 30_600), (28_800, 3600, 32_400), (30_600, 3600, 34_200)],
        ),
        (
            BY_THE_DRAFT,
            [
                (27_000, 21_600, 48_600),
                (37_800, 10_800, 48_600),
                (43_200, 5400, 48_600),
                (45_900, 3600, 49_500),
                (47_700, 3600, 51_300),
            ],
        ),
    ],
    ids=["microsoft", "pet-plus-mclt"],
)
def test_the_survivor_s_leases(profile, table):
    pair = died(profile)
    pair.run_to(16_200)
    assert pair.renew("A") is None
    assert pair.state("B") == "COMMUNICATION_INTERRUPTED"
    found = []
    for at, _, _ in table:
        ask = pair.rebind if at == 27_000 else pair.renew
        found.append((at, *grant(pair, "B", ask, at)[:2]))
    assert found == table


@pytest.mark.parametrize("profile", [MICROSOFT, BY_THE_DRAFT])
def test_a_client_the_survivor_never_saw_gets_the_mclt(profile):
    pair = died(profile)
    pair.run_to(11_000)
    ack = pair.lease("B", 2)
    assert (ack.yiaddr, ack.u32(51)) == (FIRST + 19, 3600)


# -- going on to PARTNER-DOWN (§5.5)


def test_the_way_to_partner_down():
    pair = died(switchover_s=HOUR)
    # the last word of A came within a minute before it died; silence is noticed 180 s after it
    pair.run_to(10_181)
    assert pair.state("B") == "COMMUNICATION_INTERRUPTED"
    entered = pair.since_began(pair.endpoint("B").durable.since)
    assert 10_120 <= entered <= 10_180
    pair.run_to(entered + HOUR - 0.001)
    assert pair.state("B") == "COMMUNICATION_INTERRUPTED"
    pair.run(0.001)
    assert pair.state("B") == "PARTNER_DOWN"
    leased = pair.lease("B", 2)
    assert (leased.yiaddr, leased.u32(51)) == (FIRST + 19, 3600), "its own address first"
    pair.run_to(entered + 2 * HOUR - 0.001)
    assert pair.lease("B", 3) is None, "the partner's addresses are not its own yet"
    pair.run(0.001)
    assert pair.lease("B", 3).yiaddr == FIRST + 1, "FIRST is still leased to client 1"


def test_a_lease_of_the_dead_partner_goes_to_another_after_its_promise_and_one_mclt():
    pair = died(switchover_s=HOUR, addresses=1, reserve_percent=0)
    pair.run_to(30_601)
    assert (pair.state("B"), pair.binding("B").status.name) == ("PARTNER_DOWN", "EXPIRED")
    pair.run_to(48_599)
    assert pair.discover("B", 7) is None
    pair.run_to(48_600)
    assert pair.lease("B", 7).yiaddr == FIRST


def test_what_ended_is_nobody_s_while_communication_is_interrupted():
    pair = died(addresses=1, reserve_percent=0)
    pair.run_to(200_000)
    assert pair.state("B") == "COMMUNICATION_INTERRUPTED"
    assert pair.binding("B").status.name == "EXPIRED"
    assert pair.discover("B", 7) is None


def test_away_longer_than_the_mclt_means_no_wait():
    pair = died(switchover_s=HOUR)
    pair.run_to(20_000)
    assert pair.state("B") == "PARTNER_DOWN"
    pair.boot("A")
    pair.run(1)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.story("A", since=19_999) == [
        "STARTUP",
        "RECOVER",
        "RECOVER_WAIT",
        "RECOVER_DONE",
        "NORMAL",
    ]


def test_away_less_than_the_mclt_means_silence_until_it_is_over():
    pair = died()
    pair.run_to(11_000)
    pair.command("B", "partner-down")
    pair.run_to(12_000)
    down = pair.since_began(pair.hosts["A"].disk["failover"]["pair"].last_operation)
    assert 9939 <= down <= 10_000
    pair.boot("A")
    pair.run(5)
    assert pair.states() == ("RECOVER_WAIT", "PARTNER_DOWN")
    pair.run_to(down + HOUR - 0.001)
    assert pair.discover("A", 5) is None
    assert pair.rebind("A") is None
    assert pair.states() == ("RECOVER_WAIT", "PARTNER_DOWN")
    pair.run(1)
    assert pair.states() == ("NORMAL", "NORMAL")
    assert pair.rebind("A").yiaddr == FIRST


def test_leases_in_partner_down_are_as_long_as_the_mclt_or_by_the_rule():
    found = []
    for switch in ("mclt", "pet-plus-mclt"):
        pair = died(with_switch(MICROSOFT, "partner_down_lease", switch))
        pair.run_to(11_000)
        pair.command("B", "partner-down")
        found.append(pair.ask("B", MessageType.REQUEST, 1, ciaddr=FIRST, to=BROADCAST).u32(51))
    assert found == [3600, X]
