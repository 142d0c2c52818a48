"""The worked tables of PROTOCOL §5.3 to §5.5: leases second by second, in all three profiles."""

import pytest
from failover_bench import FIRST, T, endpoint_of, facts_of, in_state, profile_with

from foviz.base.time import US
from foviz.failover import service, updates
from foviz.failover.states import (
    COMMUNICATION_INTERRUPTED,
    NORMAL,
    PARTNER_DOWN,
    RESOLUTION_INTERRUPTED,
)
from foviz.lease.binding import ACTIVE, BACKUP, EXPIRED, FREE, RELEASED, Binding

PROFILES = ("microsoft", "draft", "isc")
X, M = 28_800, 3_600
HARDWARE = b"\x02\0\0\0\0\1"


def lease(endpoint, at, *, acked=0, received=0, desired=X):
    """What is granted at *at* seconds; promises in seconds, 0 for none."""
    binding = Binding(
        FIRST,
        ACTIVE,
        hardware=HARDWARE,
        acked_pet=T + acked * US if acked else 0,
        received_pet=T + received * US if received else 0,
    )
    return service.grant(endpoint, T + at * US, binding, desired)


def in_normal(name):
    return in_state(endpoint_of(profile_with(name), mclt_s=M), NORMAL)


# -- 5.3: normal run


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize(
    ("at", "acked", "given", "expires", "t1", "t2", "pet"),
    [
        (0, 0, 3_600, 3_600, 1_800, 3_150, 30_600),
        (1_800, 30_600, 28_800, 30_600, 16_200, 27_000, 45_000),
        (16_200, 45_000, 28_800, 45_000, 30_600, 41_400, 59_400),
    ],
)
def test_table_5_3_the_normal_run(name, at, acked, given, expires, t1, t2, pet):
    found = lease(in_normal(name), at, acked=acked)
    assert found.lease_s == given
    assert at + found.lease_s == expires
    assert (at + given // 2, at + given * 7 // 8) == (t1, t2)
    assert (found.pet - T) // US == pet


@pytest.mark.parametrize("name", PROFILES)
def test_the_drafts_own_figures(name):
    """§5.2.1: X three days, M an hour: one hour, then three days; PET 3 d + ½ h, then +4½ d."""
    day, half = 86_400, 1_800
    endpoint = in_normal(name)
    first = lease(endpoint, 0, desired=3 * day)
    assert (first.lease_s, (first.pet - T) // US) == (M, 3 * day + half)
    second = lease(endpoint, half, acked=3 * day + half, desired=3 * day)
    assert second.lease_s == 3 * day
    assert (second.pet - T) // US == half + 4 * day + day // 2


@pytest.mark.parametrize("name", PROFILES)
def test_a_desire_below_the_mclt_is_granted_at_once(name):
    assert lease(in_normal(name), 0, desired=600).lease_s == 600


# -- 5.4: A dies, B takes over with a received PET of 45,000

SHRINKING = [(27_000, 21_600), (37_800, 10_800), (43_200, 5_400), (45_900, 3_600), (47_700, 3_600)]
AT_ONCE = [(27_000, 3_600), (28_800, 3_600), (30_600, 3_600), (32_400, 3_600)]


def survivor(name, state=COMMUNICATION_INTERRUPTED):
    endpoint = endpoint_of(profile_with(name), primary=False, mclt_s=M)
    return in_state(endpoint, state, T + 10_060 * US)


@pytest.mark.parametrize("state", [COMMUNICATION_INTERRUPTED, RESOLUTION_INTERRUPTED])
@pytest.mark.parametrize(
    ("name", "steps"), [("microsoft", AT_ONCE), ("draft", SHRINKING), ("isc", SHRINKING)]
)
def test_table_5_4_the_survivors_leases(name, steps, state):
    endpoint = survivor(name, state)
    at = 27_000
    for expected_at, given in steps:
        assert at == expected_at
        found = lease(endpoint, at, received=45_000)
        assert found.lease_s == given
        assert at + given <= max(at, 45_000) + M  # the guarantee
        at += given // 2


@pytest.mark.parametrize("name", PROFILES)
def test_table_5_4_a_client_that_b_never_saw(name):
    assert lease(survivor(name), 20_000).lease_s == M


def test_table_5_4_the_same_client_by_its_profile():
    assert [lease(survivor(name), 27_000, received=45_000).rule for name in PROFILES] == [
        "survivor-lease", "lead-time", "lead-time",
    ]  # fmt: skip
    facts = facts_of(lease(survivor("microsoft"), 27_000, received=45_000).facts)
    assert facts["switch"] == "survivor_lease = mclt"
    facts = facts_of(lease(survivor("draft"), 27_000, received=45_000).facts)
    assert facts["switch"] == "survivor_lease = pet-plus-mclt"
    assert "switch" not in facts_of(lease(in_normal("draft"), 0).facts)


# -- 5.5: on to PARTNER-DOWN, E = 13,660

E = 13_660


def alone_for_good(name, **switches):
    endpoint = endpoint_of(profile_with(name, **switches), primary=False, mclt_s=M)
    return in_state(endpoint, PARTNER_DOWN, T + E * US, last_operation=T + 9_990 * US)


@pytest.mark.parametrize("name", PROFILES)
def test_table_5_5_the_partners_free_addresses_after_one_mclt(name):
    endpoint = alone_for_good(name)
    store = endpoint.stores["LAN"]
    store.put(Binding(FIRST, BACKUP))
    mine, theirs = store.mask(BACKUP), store.mask(FREE)
    before, after = T + (E + M) * US - 1, T + (E + M) * US
    assert E + M == 17_260
    assert service.allocatable(endpoint, before, store) == (mine,)
    assert service.allocatable(endpoint, after, store) == (mine, theirs)  # one's own first


def ended(status, at, *, told=2, pet=0, acked=0, received=0):
    return Binding(
        FIRST, status, hardware=HARDWARE, start=T + at * US, cltt=T + 1_800 * US,
        pet=T + pet * US if pet else 0, acked_pet=T + acked * US if acked else 0,
        received_pet=T + received * US if received else 0, known=False, told=told,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "moment"), [("microsoft", 48_600), ("draft", 48_600), ("isc", 30_600)]
)
def test_table_5_5_an_expired_lease_goes_to_another_client_when_no_promise_is_left(name, moment):
    binding = ended(EXPIRED, 30_600, received=45_000)
    assert updates.reusable_at(alone_for_good(name), binding) == T + moment * US


@pytest.mark.parametrize(
    ("name", "moment"), [("microsoft", 17_260), ("draft", 17_260), ("isc", 17_260)]
)
def test_nothing_is_reused_before_one_mclt_in_partner_down(name, moment):
    binding = ended(RELEASED, 5_000)
    assert updates.reusable_at(alone_for_good(name), binding) == T + moment * US


@pytest.mark.parametrize(
    ("pet", "acked", "received"), [(45_000, 0, 0), (0, 45_000, 0), (0, 0, 45_000)]
)
def test_any_of_the_three_promises_counts(pet, acked, received):
    binding = ended(RELEASED, 14_000, pet=pet, acked=acked, received=received)
    assert updates.reusable_at(alone_for_good("draft"), binding) == T + (45_000 + M) * US


@pytest.mark.parametrize(
    ("name", "switches", "given", "rule"),
    [
        ("microsoft", {}, 3_600, "partner-down-lease"),
        ("draft", {}, 21_600, "lead-time"),
        ("isc", {}, 21_600, "lead-time"),
        ("draft", {"partner_down_lease": "unrestricted"}, 28_800, "partner-down-unrestricted"),
        ("microsoft", {"partner_down_lease": "pet-plus-mclt"}, 21_600, "lead-time"),
    ],
)
def test_table_5_5_leases_in_partner_down(name, switches, given, rule):
    found = lease(alone_for_good(name, **switches), 27_000, received=45_000)
    assert (found.lease_s, found.rule) == (given, rule)
    value = switches.get("partner_down_lease", "mclt" if name == "microsoft" else "pet-plus-mclt")
    assert facts_of(found.facts)["switch"] == f"partner_down_lease = {value}"


# -- whose MCLT (row 16)


@pytest.mark.parametrize(("name", "given"), [("microsoft", 3_600), ("draft", 900), ("isc", 900)])
def test_the_secondary_is_bound_to_the_primarys_mclt(name, given):
    endpoint = survivor(name)
    endpoint.durable = endpoint.durable._replace(mclt_s=900)
    assert lease(endpoint, 20_000).lease_s == given
    assert service.takeover_at(endpoint) == T + (10_060 + given) * US
