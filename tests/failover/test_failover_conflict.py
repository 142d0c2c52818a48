"""Whose word about an address counts: the table of draft-12 §7.1.3 (PROTOCOL §6.2)."""

import pytest

from foviz.base.time import US
from foviz.failover.conflict import TABLE, judge
from foviz.lease.binding import ABANDONED, ACTIVE, BACKUP, EXPIRED, FREE, RELEASED, RESET, Binding
from foviz.wire.failover import BindingStatus, RejectReason

COLUMNS = ["ACTIVE", "EXPIRED", "RELEASED", "FREE", "BACKUP", "RESET", "ABANDONED"]
ROWS = """
ACTIVE    clients  over      later     over     over     accept   accept
EXPIRED   later    accept    accept    accept   accept   accept   accept
RELEASED  later    later     accept    accept   accept   accept   accept
FREE      accept   accept    accept    accept   accept   accept   accept
BACKUP    accept   accept    accept    accept   accept   accept   accept
RESET     since    accept    accept    accept   accept   accept   accept
ABANDONED critical critical  critical  critical critical accept   accept
"""
"""time 1 = later, time 2 = over, time 3 = since, (5) = clients, reject 16 = critical.

The draft's last column is "RESET, ABANDONED" and says accept in every row."""

OUTDATED, FATAL = RejectReason.OUTDATED, RejectReason.FATAL_CONFLICT
A, B = b"\x02\0\0\0\0\x0a", b"\x02\0\0\0\0\x0b"


def verdict(own, update, now=0, primary=True):
    return judge(own, update, now * US, primary=primary).reject


def at(status, **seconds):
    return Binding(1, status, hardware=A, **{key: value * US for key, value in seconds.items()})


def test_the_table_is_the_draft_s():
    found = {
        row.split()[0]: dict(zip(COLUMNS, row.split()[1:], strict=True))
        for row in ROWS.strip().splitlines()
    }
    assert found == {
        own.name: {update.name: rule for update, rule in row.items()} for own, row in TABLE.items()
    }


@pytest.mark.parametrize(
    ("own", "update"),
    [(EXPIRED, ACTIVE), (RELEASED, ACTIVE), (RELEASED, EXPIRED), (ACTIVE, RELEASED)],
)
@pytest.mark.parametrize(
    ("ours", "theirs", "reject"),
    [
        (10, 11, 0),
        (10, 10, OUTDATED),
        (10, 9, OUTDATED),
        (10, 0, OUTDATED),  # an update without the time is never later
        (0, 1, 0),  # but beats a record without it
        (0, 0, OUTDATED),
    ],
)
def test_later_contact_with_the_client_wins(own, update, ours, theirs, reject):
    assert verdict(at(own, cltt=ours), at(update, cltt=theirs), now=99) == reject


def test_the_wire_s_whole_second_decides():
    own = Binding(1, EXPIRED, cltt=10 * US)
    assert judge(own, Binding(1, ACTIVE, cltt=10 * US + 999_999), 0, primary=True).reject
    assert not judge(own, Binding(1, ACTIVE, cltt=11 * US), 0, primary=True).reject


@pytest.mark.parametrize("update", [EXPIRED, FREE, BACKUP])
@pytest.mark.parametrize(("now", "reject"), [(49, OUTDATED), (50, 0), (51, 0)])
def test_our_lease_has_to_be_over(update, now, reject):
    assert verdict(at(ACTIVE, expires=50, cltt=1), at(update, cltt=40), now) == reject


def test_an_end_received_as_a_whole_second_is_over_within_that_second():
    copy = Binding(1, ACTIVE, hardware=A, expires=50 * US + 999_999)
    assert judge(copy, at(EXPIRED), 50 * US - 1, primary=False).reject
    assert not judge(copy, at(EXPIRED), 50 * US, primary=False).reject


@pytest.mark.parametrize(("theirs", "reject"), [(10, OUTDATED), (11, 0)])
def test_after_a_reset_only_news_count(theirs, reject):
    assert verdict(at(RESET, start=10, cltt=99), at(ACTIVE, cltt=theirs)) == reject


@pytest.mark.parametrize(
    ("other", "primary", "reject"),
    [(A, True, 0), (A, False, 0), (B, True, FATAL), (B, False, 0)],
)
def test_two_clients_of_one_address(other, primary, reject):
    own = at(ACTIVE, expires=50, cltt=10)
    update = Binding(1, ACTIVE, hardware=other, cltt=99 * US)
    assert verdict(own, update, primary=primary) == reject


@pytest.mark.parametrize(("theirs", "reject"), [(10, OUTDATED), (11, 0)])
def test_a_lease_that_is_over_is_no_claim_though_nobody_ended_it_yet(theirs, reject):
    # a server that recovers is silent and ends nothing; meanwhile the partner gave it to another
    own = at(ACTIVE, expires=50, cltt=10)
    update = Binding(1, ACTIVE, hardware=B, cltt=theirs * US)
    assert verdict(own, update, now=50) == reject
    assert verdict(own, update, now=49) == FATAL
    assert verdict(own, at(ACTIVE, cltt=1), now=50) == 0, "the same client"


@pytest.mark.parametrize("update", BindingStatus)
def test_a_bad_address_stays_bad_until_both_know_or_the_operator_frees_it(update):
    expected = 0 if update in (RESET, ABANDONED) else RejectReason.LESS_CRITICAL
    assert verdict(at(ABANDONED), at(update, cltt=99), now=99) == expected


@pytest.mark.parametrize("own", [status for status in BindingStatus if status is not ABANDONED])
@pytest.mark.parametrize("update", [RESET, ABANDONED])
def test_bad_news_are_always_taken(own, update):
    assert verdict(at(own, expires=50, cltt=99), at(update)) == 0


@pytest.mark.parametrize("own", [FREE, BACKUP])
@pytest.mark.parametrize("update", BindingStatus)
def test_who_has_nobody_on_record_takes_every_word(own, update):
    assert verdict(at(own, cltt=99), at(update)) == 0
