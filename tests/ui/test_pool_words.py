"""Who may give an address now: PROTOCOL.md §4.1, §4.3 and §4.6 as sentences."""

from __future__ import annotations

import pytest

from foviz import DAY, HOUR, MINUTE, STORY_START
from ui.layout import pool_words as words
from ui.layout.pool_words import Side, who_may_give

NOW = STORY_START + 2 * HOUR
"""Monday 1 January, 11:00."""

NORMAL = {"service": "full", "state": "NORMAL", "contact": True}
ALONE = {"service": "alone", "state": "COMMUNICATION-INTERRUPTED", "contact": False}
DOWN = {"service": "takeover", "state": "PARTNER-DOWN", "contact": False}
RECOVERING = {"service": "silent", "state": "RECOVER-WAIT", "contact": True}
READY = {"service": "renew", "state": "RECOVER-DONE", "contact": True}


def side(number: int = 1, status: str = "FREE", **changes) -> Side:
    values = {
        "name": f"DHCP{number}", "number": number, "on": True, "primary": number == 1,
        "mode": words.HOT_STANDBY, "since": NOW - 10 * MINUTE, "mclt": HOUR, "status": status,
        "longest": 8 * DAY, "longest_new": HOUR, **NORMAL,
    }  # fmt: skip
    if status == "ACTIVE":
        values |= {"client": "C1", "expires": NOW + HOUR, "furthest": NOW + 9 * HOUR,
                   "start": NOW - HOUR}  # fmt: skip
    return Side(**(values | changes))


def answer(one: Side, two: Side) -> tuple[str, str, str]:
    giving = who_may_give((one, two), NOW)
    return giving.servers[0][2], giving.servers[1][2], giving.new_client


# -- §4.1: what each status means


def test_free_is_the_primarys():
    first, second, new = answer(side(1), side(2))
    assert first == "to any new client, at most 1\u00a0h"
    assert second == "to nobody: it is DHCP1’s"
    assert new == "DHCP1 only"


def test_backup_is_the_secondarys_which_stands_by_in_normal():
    first, second, new = answer(side(1, "BACKUP"), side(2, "BACKUP"))
    assert first == "to nobody: it is DHCP2’s"
    assert second == "to nobody: it stands by"
    assert new == "nobody yet: kept in reserve for DHCP2"


def test_leased_is_its_clients_at_either_server_but_not_of_the_standby():
    first, second, new = answer(side(1, "ACTIVE"), side(2, "ACTIVE"))
    assert first == "to C1 only, at most 8\u00a0d"
    assert second == "to nobody: it stands by"
    assert new == "nobody, while C1 has it"
    renewing = side(2, "ACTIVE", renews_all=True)
    assert answer(side(1, "ACTIVE"), renewing)[1] == "to C1 only, at most 8\u00a0d"


@pytest.mark.parametrize("status", words.ENDED)
def test_ended_waits_for_the_acknowledgement(status):
    ended = side(1, status, client="C1", known=False)
    first, _, new = answer(ended, side(2))
    assert first == "to nobody until DHCP2 acknowledges"
    assert new == "nobody, until DHCP2 acknowledges its end"


@pytest.mark.parametrize("status", words.ENDED)
def test_ended_while_alone_is_for_the_same_client_only(status):
    ended = side(1, status, client="C1", known=False, **ALONE)
    first, _, new = answer(ended, side(2, "ACTIVE", **ALONE))
    assert first == "to C1 only, should it come back"
    assert new == "nobody, while DHCP2 is away"
    told = side(1, status, client="C1", known=True, **ALONE)
    assert answer(told, side(2, **ALONE))[0] == "to nobody until DHCP2 acknowledges"


def test_abandoned_is_nobodys():
    first, second, new = answer(side(1, "ABANDONED"), side(2, "ABANDONED"))
    assert first == second == "to nobody: somebody else uses it"
    assert new == "nobody: somebody else uses it"


# -- §4.3: own pools serve new clients while alone


def test_alone_each_server_gives_from_its_own():
    assert answer(side(1, **ALONE), side(2, **ALONE))[2] == "DHCP1 only"
    assert answer(side(1, "BACKUP", **ALONE), side(2, "BACKUP", **ALONE))[2] == "DHCP2 only"
    first, second, _ = answer(side(1, "BACKUP", **ALONE), side(2, "BACKUP", **ALONE))
    assert first == "to nobody: it is DHCP2’s"
    assert second == "to any new client, at most 1\u00a0h"


def test_what_belongs_to_a_server_that_is_off_nobody_gives():
    first, second, new = answer(side(1, on=False), side(2, **ALONE))
    assert first == "off; thinks it is FREE"
    assert second == "to nobody: it is DHCP1’s"
    assert new == "nobody, while DHCP1 is away"


def test_the_picture_of_the_reserve_address_that_c2_has():
    """The pool-map picture: 10.0.0.241 at step 16."""
    leased = side(2, "ACTIVE", client="C2", longest=HOUR, known=False, **ALONE)
    first, second, new = answer(side(1, "BACKUP", on=False), leased)
    assert first == "off; thinks it is BACKUP"
    assert second == "to C2 only, at most 1\u00a0h"
    assert new == "nobody, while DHCP1 is away"
    expires = NOW + 42 * MINUTE + 3_000_000
    note = words.note_words(leased._replace(expires=expires), "", NOW)
    assert note == "C2, until Mon 11:42:03; update queued, not sent"


def test_in_load_balance_each_answers_its_share():
    shared = {"mode": "load balance"}
    first, second, new = answer(side(1, **shared), side(2, **shared))
    assert first == "to new clients of its share, at most 1\u00a0h"
    assert second == "to nobody: it is DHCP1’s"
    assert new == "DHCP1 only"
    assert answer(side(1, "BACKUP", **shared), side(2, "BACKUP", **shared))[2] == "DHCP2 only"
    leased = answer(side(1, "ACTIVE", **shared), side(2, "ACTIVE", **shared))
    assert leased[0] == leased[1] == "to C1 only, at most 8\u00a0d, if it is of its share"


@pytest.mark.parametrize(
    ("state", "first", "new"),
    [
        (
            RECOVERING,
            "silent in RECOVER-WAIT; thinks it is FREE",
            "nobody, while DHCP1 is silent",
        ),
        (
            READY,
            "to nobody: renewals only in RECOVER-DONE",
            "nobody, while DHCP1 is in RECOVER-DONE",
        ),
    ],
)
def test_a_server_that_comes_back_gives_nothing_new(state, first, new):
    found = answer(side(1, **state), side(2, **(ALONE | {"contact": True})))
    assert found[0] == first
    assert found[2] == new


def test_ready_to_return_it_renews_all_the_same():
    assert answer(side(1, "ACTIVE", **READY), side(2))[0] == "to C1 only, at most 8\u00a0d"


# -- §4.6: the partner's addresses in PARTNER-DOWN


def test_the_partners_free_addresses_are_usable_one_mclt_after_partner_down():
    entered = NOW - 10 * MINUTE
    down = side(2, "FREE", **DOWN)
    first, second, new = answer(side(1, on=False), down)
    assert first == "off; thinks it is FREE"
    assert second == "to nobody before Mon 11:50"
    assert new == "DHCP2, from Mon 11:50 on (PARTNER-DOWN + MCLT)"
    later = side(2, "FREE", **(DOWN | {"since": entered - HOUR}))
    _, second, new = answer(side(1, on=False), later)
    assert second == "to any new client, at most 1\u00a0h"
    assert new == "DHCP2 only"


def test_exactly_one_mclt_after_is_late_enough():
    down = side(2, "FREE", **(DOWN | {"since": NOW - HOUR}))
    assert answer(side(1, on=False), down)[2] == "DHCP2 only"
    down = side(2, "FREE", **(DOWN | {"since": NOW - HOUR + 1}))
    assert answer(side(1, on=False), down)[2].startswith("DHCP2, from")


def test_its_own_free_addresses_are_usable_at_once():
    assert answer(side(1, "BACKUP", on=False), side(2, "BACKUP", **DOWN))[2] == "DHCP2 only"


def test_a_lease_of_before_is_over_one_mclt_after_the_furthest_promise():
    """§7.1.5: the furthest of lease end and the three potential expirations, plus the MCLT."""
    leased = side(2, "ACTIVE", furthest=NOW + 5 * HOUR, **DOWN)
    _, second, new = answer(side(1, on=False), leased)
    assert second == "to C1 only, at most 8\u00a0d"
    assert new == "DHCP2, from Mon 17:00 on (PARTNER-DOWN + MCLT)"


def test_but_never_before_partner_down_plus_the_mclt():
    old = side(2, "EXPIRED", client="C1", start=NOW - 3 * HOUR, furthest=NOW - 3 * HOUR, **DOWN)
    assert answer(side(1, on=False), old)[2] == "DHCP2, from Mon 11:50 on (PARTNER-DOWN + MCLT)"


def test_a_lease_granted_in_partner_down_ends_by_its_own_word():
    granted = side(
        2, "ACTIVE", start=NOW - MINUTE, expires=NOW + HOUR, furthest=NOW + 9 * DAY, **DOWN
    )
    assert answer(side(1, on=False), granted)[2] == "DHCP2, from Mon 13:00 on (PARTNER-DOWN + MCLT)"


def test_both_in_partner_down_may_give_the_same_address():
    """The duplicate of dual PARTNER-DOWN: that is why the operator must be sure."""
    long_ago = DOWN | {"since": NOW - 2 * HOUR}
    assert answer(side(1, **long_ago), side(2, **long_ago))[2] == "DHCP1 or DHCP2"


def test_nobody_is_left():
    assert answer(side(1, on=False), side(2, on=False))[2] == "nobody: both servers are off"


def test_a_server_without_partner_gives_what_is_free():
    alone = side(1, mode="", service="", state="", longest_new=8 * DAY)
    giving = who_may_give((alone,), NOW)
    assert giving.servers == ((1, "DHCP1", "to any new client, at most 8\u00a0d"),)
    assert giving.new_client == "DHCP1 only"
    assert words.note_words(alone, "", NOW) == "FREE"


def test_one_server_may_know_more_than_the_other():
    """Between the ACK and the BNDUPD the partner takes the address for FREE still."""
    leased = side(1, "ACTIVE", known=False)
    first, second, new = answer(leased, side(2))
    assert first == "to C1 only, at most 8\u00a0d"
    assert second == "to nobody: it is DHCP1’s"
    assert new == "nobody, while C1 has it"
    assert words.note_words(leased, "", NOW).endswith("; update not acknowledged")


# -- §5.2: how long at most


@pytest.mark.parametrize(
    ("acked", "received", "lease"),
    [(0, 0, HOUR), (NOW + 3 * HOUR, 0, 4 * HOUR), (0, NOW + 9 * DAY, 8 * DAY), (NOW - 1, 0, HOUR)],
)
def test_longest_lease(acked, received, lease):
    found = words.longest_lease(
        service="full", always_mclt=False, desired=8 * DAY, mclt=HOUR, now=NOW,
        acked=acked, received=received,
    )  # fmt: skip
    assert found == lease


def test_the_longest_lease_of_profile_microsoft_while_alone_is_the_mclt():
    known = {"desired": 8 * DAY, "mclt": HOUR, "now": NOW, "received": NOW + 9 * DAY}
    assert words.longest_lease(service="alone", always_mclt=True, **known) == HOUR
    assert words.longest_lease(service="", always_mclt=False, **known) == 8 * DAY
    short = known | {"desired": 10 * MINUTE}
    assert words.longest_lease(service="alone", always_mclt=True, **short) == 10 * MINUTE


# -- words


def test_records_in_words_the_longest_first():
    leased = side(1, "ACTIVE", expires=NOW + 8 * DAY)
    assert words.record_words(leased, "", NOW) == ("ACTIVE, C1, until Tue 9 Jan 11:00",)
    unknown = side(1, "ACTIVE", known=False)
    assert words.record_words(unknown, "", NOW) == (
        "ACTIVE, C1, until Mon 12:00, not acknowledged",
        "ACTIVE, C1, until Mon 12:00, not acked",
        "ACTIVE, C1, Mon 12:00, not acked",
        "ACTIVE, C1, not acked",
    )
    later = side(1, "ACTIVE", expires=NOW + 8 * DAY, known=False)
    assert words.record_words(later, "", NOW)[2:] == (
        "ACTIVE, C1, Tue 9 Jan 11:00, not acked",
        "ACTIVE, C1, 9 Jan 11:00, not acked",
        "ACTIVE, C1, not acked",
    )
    assert words.record_words(side(1), "DHCP1", NOW) == ("FREE, DHCP1’s", "FREE")
    endless = side(1, "ACTIVE", expires=0)
    assert words.record_words(endless, "", NOW) == ("ACTIVE, C1, for ever",)


def test_moments_name_the_date_when_it_is_another_day():
    assert words.moment(NOW, NOW) == "Mon 11:00"
    assert words.moment(NOW + 3_000_000, NOW, seconds=True) == "Mon 11:00:03"
    assert words.moment(NOW + DAY, NOW) == "Tue 2 Jan 11:00"


def test_ranges():
    assert words.range_text("10.0.0.51", "10.0.0.250") == "10.0.0.51–250"
    assert words.range_text("10.0.0.51", "10.0.1.250") == "10.0.0.51–10.0.1.250"
    assert words.range_text("10.0.0.51", "10.0.0.51") == "10.0.0.51"
    assert words.runs([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
