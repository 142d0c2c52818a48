"""How a server starts (draft-12 §9.3.2), how long it waits, and what old databases do (§5.16)."""

import pytest

from foviz.base.action import Persist
from foviz.base.time import US
from foviz.failover import machine, messages
from foviz.failover.endpoint import Durable, restored
from foviz.failover.profile import NAMES
from foviz.failover.states import (
    COMMUNICATION_INTERRUPTED,
    NORMAL,
    PARTNER_DOWN,
    POTENTIAL_CONFLICT,
    RECOVER,
    RECOVER_DONE,
    RECOVER_WAIT,
)
from foviz.lease.binding import ACTIVE, FREE, Binding
from tests.failover.states_bench import (
    BY_LETTERS,
    HOUR,
    MCLT,
    NOW,
    Bench,
    announced,
    path,
    put,
    requests,
    timers,
)

MINUTE = 60 * US
WENT_DOWN = NOW - 10 * MINUTE
"""When the server of these stories had its last message; NORMAL began five hours before."""


def stored(letters="N", since=NOW - 5 * HOUR, last=WENT_DOWN, partner="N", **more):
    return Durable(BY_LETTERS[letters], since, BY_LETTERS[partner], since, last, **more)


def met(profile, record, partner, *, since=None, switches=(), primary=True, **options):
    """A server that started from a record and met a partner in a state."""
    bench = Bench(profile, record, primary=primary, switches=switches, **options)
    assert bench.state == "S"
    bench.actions = bench.connect(BY_LETTERS[partner], since=since)
    return bench


# -- step 2 and 3: what a starting server says it is


@pytest.mark.parametrize(
    ("profile", "record", "said"),
    [
        ("draft", "N", "CI"),
        ("microsoft", "N", "CI"),
        ("isc", "N", "N"),
        ("draft", "PC", "RI"),
        ("isc", "PC", "PC"),
        *((profile, each, each) for profile in NAMES for each in ("CI", "PD", "R", "RW", "RI")),
    ],
)
def test_a_starting_server_names_its_stored_state_with_the_flag(profile, record, said):
    bench = Bench(profile, stored(record))
    bench.connect()
    assert announced(messages.state(bench.endpoint, bench.now)) == [said]


# -- step 5: the start-up time is over


@pytest.mark.parametrize("profile", NAMES)
@pytest.mark.parametrize(
    ("record", "after"),
    [("N", "CI"), ("PC", "RI"), ("CI", "CI"), ("PD", "PD"), ("RI", "RI"), ("CD", "CD"), ("R", "R")],
)
def test_without_contact_the_stored_state_is_entered_with_its_link_failed(profile, record, after):
    bench = Bench(profile, stored(record))
    assert path(bench.timer("startup")) == [after]


@pytest.mark.parametrize(("profile", "after"), [("microsoft", "CI"), ("draft", "R"), ("isc", "R")])
def test_a_server_that_never_met_its_partner(profile, after):
    bench = Bench(profile)
    assert path(bench.timer("startup")) == [after]


def test_a_new_server_that_crashed_in_startup_is_still_new():
    bench = Bench("microsoft")
    assert bench.disk.virgin, "told to the disk at once"
    bench.restart()
    assert path(bench.timer("startup")) == ["CI"]


def test_a_server_that_lost_its_disk_does_not_serve_when_the_start_up_time_is_over():
    bench = Bench("microsoft", storage_lost=True, told_down=WENT_DOWN)
    assert path(bench.timer("startup")) == ["R"]


def test_waiting_out_the_start_up_is_a_switch_and_the_operator_ends_it():
    switches = [("startup_timeout", "wait")]
    bench = Bench("draft", stored("N"), switches=switches)
    assert path(bench.timer("startup")) == []
    assert bench.state == "S"
    assert path(bench.command("partner-down")) == ["PD"]
    bench = Bench("draft", stored("N"), switches=switches)
    bench.timer("startup")
    bench.connect(COMMUNICATION_INTERRUPTED, since=WENT_DOWN)
    assert bench.state == "N"


# -- step 4: the partner's PARTNER-DOWN against our last operation


@pytest.mark.parametrize("profile", ["draft", "microsoft"])
@pytest.mark.parametrize("record", ["N", "CI", "PD", "RI"])
@pytest.mark.parametrize(
    ("since", "after"),
    [(WENT_DOWN + MINUTE, "R"), (WENT_DOWN, "R"), (WENT_DOWN - MINUTE, "PC")],
    ids=["later", "same second", "earlier"],
)
def test_a_partner_in_partner_down_since(profile, record, since, after):
    bench = met(profile, stored(record), "PD", since=since)
    assert path(bench.actions) == [after]
    assert requests(bench.actions) == ["UPDREQ"]


@pytest.mark.parametrize("profile", NAMES)
@pytest.mark.parametrize("record", ["R", "RW", "RD"])
def test_a_server_that_was_recovering_goes_on_recovering(profile, record):
    """It served nobody, so a partner that took over long ago is no conflict."""
    bench = met(profile, stored(record, failed_at=NOW - 5 * MINUTE), "PD", since=NOW - HOUR)
    assert path(bench.actions)[0] == record
    assert "PC" not in path(bench.actions)


def test_leases_granted_alone_count_as_operation():
    granted = Binding(0x0A000033, ACTIVE, hardware=b"\2", granter="own", cltt=NOW - MINUTE)
    for binding, after in ((granted, "PC"), (granted._replace(granter="partner"), "R")):
        bench = Bench("draft", stored("CI"))
        bench.stores["LAN"].put(binding)
        bench.restart()
        bench.connect(PARTNER_DOWN, since=NOW - 5 * MINUTE)
        assert bench.state == after


@pytest.mark.parametrize(
    ("record", "after"), [("N", "R"), ("CI", "PC"), ("PD", "PC"), ("RI", "PC"), ("PC", "PC")]
)
def test_isc_goes_by_what_it_stored_whatever_the_times(record, after):
    for since in (WENT_DOWN - HOUR, WENT_DOWN + MINUTE):
        bench = met("isc", stored(record), "PD", since=since)
        assert bench.state == after


@pytest.mark.parametrize(
    ("profile", "record", "partner", "after"),
    [
        ("draft", "N", "CI", ["CI", "N"]),
        ("draft", "N", "N", ["CI", "N"]),
        ("draft", "N", "R", ["CI"]),
        ("draft", "PC", "RI", ["RI", "PC"]),
        ("draft", "RI", "PC", ["RI", "PC"]),
        ("draft", "CD", "N", ["CD", "N"]),
        ("draft", "RD", "N", ["RD", "N"]),
        ("isc", "N", "CI", ["N"]),
        ("isc", "N", "R", ["N", "PD"]),
        ("isc", "N", "PC", ["N", "SD"]),
        ("isc", "CI", "R", ["CI", "PD"]),
        ("isc", "CI", "RW", ["CI", "N"]),
        ("isc", "R", "N", ["R", "PC"]),
        ("isc", "RI", "N", ["RI", "PC"]),
    ],
)
def test_the_stored_state_is_resumed_and_takes_its_own_edge(profile, record, partner, after):
    bench = met(profile, stored(record), partner, since=WENT_DOWN)
    assert path(bench.actions) == after
    assert announced(bench.actions) == after[-1:], "one event, one STATE message"


def test_a_resumed_state_keeps_its_start():
    bench = Bench("draft", stored("PD"))
    bench.timer("startup")
    assert bench.disk.since == NOW - 5 * HOUR
    assert timers(bench.done)["takeover"] == 0, "the MCLT of PARTNER-DOWN was over before"
    bench = Bench("draft", stored("N"))
    bench.timer("startup")
    assert bench.disk.since == WENT_DOWN, "contact ended when this server did"


# -- new relationships


@pytest.mark.parametrize("profile", NAMES)
def test_a_new_relationship_never_waits(profile):
    bench = met(profile, None, "R")
    assert requests(bench.actions) == ["UPDREQALL" if profile == "isc" else "UPDREQ"]
    assert path(bench.update_done()) == ["RW", "RD"]
    assert path(bench.hears(RECOVER_DONE)) == ["N"]


def test_waiting_in_a_new_relationship_is_a_switch():
    for profile in NAMES:
        bench = met(profile, None, "R", switches=[("new_pair_wait", True)])
        bench.later(MINUTE).update_done()
        assert bench.state == "RW"
        assert timers(bench.done)["recover-wait"] == MCLT - MINUTE


# -- lost storage


@pytest.mark.parametrize("profile", NAMES)
def test_a_lost_disk_asks_for_everything_and_survives_a_crash_in_between(profile):
    bench = met(profile, None, "PD", storage_lost=True, told_down=WENT_DOWN)
    assert bench.state == "R"
    assert requests(bench.actions) == ["UPDREQALL"]
    bench.restart()
    bench.connect()
    assert requests(bench.hears(PARTNER_DOWN)) == ["UPDREQALL"]
    bench.update_done()
    assert not bench.disk.incomplete


def test_a_lost_disk_waits_from_when_the_server_went_down():
    bench = met("draft", None, "PD", storage_lost=True, told_down=WENT_DOWN)
    bench.update_done()
    assert timers(bench.done)["recover-wait"] == WENT_DOWN + MCLT - NOW


def test_a_lost_isc_disk_waits_from_the_start_of_the_service():
    bench = met("isc", None, "PD", storage_lost=True, told_down=WENT_DOWN)
    bench.later(MINUTE).update_done()
    assert timers(bench.done)["recover-wait"] == MCLT - MINUTE


# -- RECOVER-WAIT: the run of PROTOCOL §5.5

AT = 1_704_067_200 * US
"""Second 0 of that run."""


def returning(profile, at, partner_down_at, **more):
    """A of §5.5: its last operation at 10,000 s, NORMAL since 0; back at a second."""
    record = Durable(NORMAL, AT, NORMAL, AT, AT + 10_000 * US)
    bench = Bench(profile, record, **more)
    bench.now = AT + at * US
    bench.restart()
    bench.connect(PARTNER_DOWN, since=AT + partner_down_at * US)
    assert bench.state == "R"
    bench.update_done()
    return bench


@pytest.mark.parametrize("profile", ["draft", "microsoft"])
def test_back_after_an_mclt_there_is_no_wait(profile):
    assert returning(profile, 20_000, 13_660).state == "RD"


@pytest.mark.parametrize("profile", ["draft", "microsoft"])
def test_back_within_an_mclt_the_wait_ends_one_mclt_after_going_down(profile):
    bench = returning(profile, 12_000, 11_000)
    assert bench.state == "RW"
    assert timers(bench.done)["recover-wait"] == (13_600 - 12_000) * US
    bench.later(1_600 * US)
    assert path(bench.timer("recover-wait")) == ["RD"]


def test_counting_from_entering_recover_is_a_switch():
    bench = returning("draft", 20_000, 13_660, switches=[("recover_wait_base", "entered-recover")])
    assert timers(bench.done)["recover-wait"] == 3_600 * US, "until 23,600"


def test_isc_counts_from_the_start_of_the_saved_state():
    """Measured: NORMAL longer than the MCLT means no wait at all; else MCLT after its start."""
    assert returning("isc", 12_000, 11_000).state == "RD"
    record = Durable(NORMAL, AT + 9_000 * US, NORMAL, AT, AT + 10_000 * US)
    bench = Bench("isc", record)
    bench.now = AT + 11_000 * US
    bench.restart()
    bench.connect(PARTNER_DOWN, since=AT + 10_500 * US)
    bench.update_done()
    assert timers(bench.done)["recover-wait"] == (12_600 - 11_000) * US


@pytest.mark.parametrize(("partner", "state"), [("R", "RD"), ("RD", "RD"), ("CI", "RW")])
def test_isc_skips_the_wait_when_the_partner_recovers_as_well(partner, state):
    bench = put("isc", "R", partner=BY_LETTERS[partner])
    bench.endpoint.durable = bench.endpoint.durable._replace(failed_at=NOW - MINUTE)
    bench.endpoint.asked = 9
    bench.update_done()
    assert bench.state == state


def test_both_lost_their_disks_and_the_draft_waits():
    bench = met("draft", None, "R", storage_lost=True, told_down=WENT_DOWN)
    bench.update_done()
    assert bench.state == "RW"


def test_a_crash_in_recover_or_recover_wait_does_not_begin_the_wait_anew():
    bench = met("draft", stored("N"), "PD", since=WENT_DOWN + MINUTE)
    for _ in range(2):
        bench.later(MINUTE).restart()
        bench.connect(PARTNER_DOWN, since=WENT_DOWN + MINUTE)
        assert bench.state == "R"
    bench.update_done()
    assert bench.state == "RW"
    bench.later(MINUTE).restart()
    bench.timer("startup")
    assert bench.state == "RW"
    assert timers(bench.done)["recover-wait"] == WENT_DOWN + MCLT - bench.now


def test_the_wait_goes_on_without_contact():
    bench = met("draft", stored("N"), "PD", since=WENT_DOWN + MINUTE)
    bench.update_done()
    bench.loses_contact()
    assert bench.state == "RW"
    assert path(bench.later(HOUR).timer("recover-wait")) == ["RD"]


# -- RECOVER without updates (§9.5.2)


@pytest.mark.parametrize(("profile", "patience"), [("draft", 60), ("microsoft", 180)])
def test_recover_loses_patience_and_asks_on_another_connection(profile, patience):
    bench = met(profile, stored("N"), "PD", since=WENT_DOWN + MINUTE)
    assert timers(bench.actions)["updates"] == patience * US
    bench.timer("updates")
    assert not bench.endpoint.connection
    assert bench.endpoint.opening, "it connects again"
    assert bench.state == "R"
    bench.connect()
    assert requests(bench.hears(PARTNER_DOWN)) == ["UPDREQ"]


def test_an_update_renews_the_patience_and_isc_has_no_end_of_it():
    bench = met("draft", stored("N"), "PD", since=WENT_DOWN + MINUTE)
    assert timers(machine.update_heard(bench.endpoint)) == {"updates": 60 * US}
    bench = met("isc", stored("N"), "PD", since=WENT_DOWN + MINUTE)
    assert "updates" not in timers(bench.actions)


# -- old copies (§5.16)


@pytest.mark.parametrize("profile", ["draft", "microsoft"])
def test_a_database_from_before_the_last_contact_is_found_out(profile):
    bench = met(profile, stored("N"), "CI", since=WENT_DOWN + 9 * MINUTE)
    assert path(bench.actions) == ["R"]
    assert requests(bench.actions) == ["UPDREQALL"]
    bench.update_done()
    assert timers(bench.done)["recover-wait"] == WENT_DOWN + 9 * MINUTE + MCLT - NOW


@pytest.mark.parametrize("profile", NAMES)
def test_a_partner_that_noticed_by_its_receive_timer_is_no_sign_of_an_old_copy(profile):
    bench = met(profile, stored("N"), "CI", since=WENT_DOWN + 3 * MINUTE)
    assert bench.state == "N"


def test_an_old_copy_that_has_served_alone_is_found_out_at_its_first_contact():
    bench = Bench("draft", stored("N", last=NOW - 3 * HOUR))
    bench.timer("startup")
    assert bench.state == "CI"
    bench.later(HOUR).connect()
    actions = bench.hears(COMMUNICATION_INTERRUPTED, since=NOW - HOUR)
    assert path(actions) == ["R"]
    assert requests(actions) == ["UPDREQALL"]
    assert bench.disk.failed_at == bench.now, "it has served until now"
    bench = Bench("draft", stored("N", last=NOW - 3 * HOUR))
    bench.connect(NORMAL)
    bench.loses_contact()
    bench.connect()
    bench.hears(COMMUNICATION_INTERRUPTED, since=NOW)
    assert bench.state == "N", "the two have met since it started"


def test_isc_does_not_notice_an_old_copy():
    assert met("isc", stored("N"), "CI", since=WENT_DOWN + 9 * MINUTE).state == "N"


def test_a_server_that_never_met_its_partner_has_no_old_copy():
    record = Durable(COMMUNICATION_INTERRUPTED, NOW - HOUR)
    assert met("microsoft", record, "CI", since=NOW - MINUTE).state == "N"


@pytest.mark.parametrize(("profile", "forgets"), [("draft", True), ("isc", False)])
def test_what_a_partner_with_an_old_copy_acknowledged_is_forgotten(profile, forgets):
    bench = put(profile, "CI", partner=NORMAL)
    binding = Binding(0x0A000033, ACTIVE, hardware=b"\2", acked_pet=NOW + HOUR, known=True)
    bench.stores["LAN"].put(binding)
    bench.endpoint.durable = bench.endpoint.durable._replace(partner_since=NOW - HOUR)
    actions = bench.hears(COMMUNICATION_INTERRUPTED, since=NOW - 3 * HOUR)
    now = bench.stores["LAN"].get(0x0A000033)
    assert now.known is not forgets
    assert now.acked_pet == (0 if forgets else NOW + HOUR)
    written = [a for a in actions if isinstance(a, Persist) and a.key == ("LAN", 0x0A000033)]
    assert bool(written) is forgets


def test_later_states_of_the_partner_forget_nothing():
    bench = put("draft", "CI", partner=NORMAL)
    bench.stores["LAN"].put(Binding(0x0A000033, FREE, hardware=b"\2", known=True))
    bench.hears(COMMUNICATION_INTERRUPTED, since=NOW)
    assert bench.stores["LAN"].get(0x0A000033).known


@pytest.mark.parametrize("profile", NAMES)
def test_a_server_told_of_a_restore_recovers_and_asks_for_everything(profile):
    record = restored(stored("N", last=NOW - 9 * HOUR), NOW, WENT_DOWN)
    bench = met(profile, record, "CI", since=NOW - 9 * MINUTE)
    assert bench.state == "R"
    assert requests(bench.actions) == ["UPDREQALL"]
    bench.update_done()
    assert timers(bench.done)["recover-wait"] == WENT_DOWN + MCLT - NOW


# -- both recover (DESIGN 11.15)


def test_recover_done_stays_if_the_partner_has_been_recovering_since_before():
    bench = put("draft", "RW", partner=RECOVER)
    bench.timer("recover-wait")
    assert bench.state == "RD"
    assert path(bench.hears(RECOVER_WAIT)) == []
    assert path(bench.hears(RECOVER_DONE)) == ["N"]
    bench = put("draft", "RD", partner=POTENTIAL_CONFLICT)
    assert path(bench.hears(RECOVER)) == ["CI"]
