"""Monitors: silent while the engine keeps its promises, first to speak when it breaks one."""

import pytest
from laboratory import PAIR, STORY, Lab

from foviz.base.address import ip_to_int
from foviz.base.kinds import Kind
from foviz.base.rules import RULES
from foviz.base.time import US
from foviz.failover import endpoint, service
from foviz.sim.invariants import EXCUSES
from foviz.sim.monitors import MONITORS
from foviz.wire.failover import BindingStatus

SITES = """
title = "One subnet over two sites"
[segments.NORTH]
network = "10.0.0.0/24"
[segments.SOUTH]
network = "10.0.0.0/24"
[servers.DHCP1]
NORTH = "10.0.0.1"
[servers.DHCP2]
SOUTH = "10.0.0.2"
[links.WAN]
between = ["NORTH", "SOUTH"]
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.54"
lease = "2h"
[relationships.pair]
mode = "hot standby"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
reserve = 25
mclt = "10m"
[clients]
C1 = "NORTH"
C2 = "SOUTH"
C3 = "SOUTH"
"""

TAKEN_OVER_IN_TURN = """
crash DHCP2
run until DHCP1 in COMMUNICATION-INTERRUPTED within 5m
partner-down DHCP1
kill service DHCP1
start DHCP2
run until DHCP2 in COMMUNICATION-INTERRUPTED within 5m
partner-down DHCP2
"""

SHORT = """
title = "Few addresses, short leases"
[segments.LAN]
network = "10.0.0.0/24"
[servers.DHCP1]
LAN = "10.0.0.1"
[servers.DHCP2]
LAN = "10.0.0.2"
[links.DHCP1-DHCP2]
network = "192.168.99.0/30"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.58"
lease = "1h"
[relationships.DHCP1-DHCP2]
mode = "hot standby"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
mclt = "10m"
[clients]
C1 = "LAN"
"""


def breaches(lab):
    return lab.records(Kind.BREACH)


# -- promises kept


@pytest.mark.parametrize(
    "lines",
    [
        STORY,
        "start 12 clients over 1m\nrun 5m\ncrash DHCP1\nrun 1d\nstart DHCP1\nrun 1d",
        "start 12 clients\nrun 5m\ncut DHCP1-DHCP2\nrun 1d\nheal DHCP1-DHCP2\nrun 1d",
        "start 5 clients\nrun 5m\ncrash DHCP1\nlose disk DHCP1\nrun 5m\npartner-down DHCP2\n"
        "run 3h\nstart DHCP1\nrun 4h",
        "skew DHCP2 +50s\nstart 5 clients\nrun 1d\nskew DHCP2 -50s\nrun 5d",
    ],
)
def test_an_engine_that_keeps_its_promises_is_left_alone(lines):
    lab = Lab(PAIR, lines=lines)
    assert lab.sent("ACK"), "promises were made"
    assert breaches(lab) == []


# -- seeded bugs


def test_a_lease_beyond_the_lead_time_is_told_of_first(monkeypatch):
    monkeypatch.setattr(service, "lease_to_give", lambda desired_s, *_: desired_s)
    lab = Lab(PAIR, lines="start C1\nrun 1m")
    first = breaches(lab)[0]
    assert first.value("monitor") == "beyond-lead-time"
    assert first.value("address") == ip_to_int("10.0.0.51")
    ack = lab.sent("ACK", "DHCP1")[0]
    assert first.event == ack.event, "in the event of the very first lease"
    assert first.index < ack.index
    (culprit,) = first.value("culprits")
    written = lab.trace[culprit]
    assert (written.kind, written.value("table"), lab.name(written)) == (
        Kind.PERSIST,
        "leases",
        "DHCP1",
    )
    facts = {name: value for name, value, _ in first.value("facts")}
    assert facts["lease ends"] > facts["latest end allowed"]
    assert facts["MCLT"] == 3600


def test_a_survivor_that_forgets_the_lead_time_is_told_of_first(monkeypatch):
    monkeypatch.setattr(
        service, "_lease", lambda found, desired_s, *_: (desired_s, "scope-lease", "")
    )
    lab = Lab(PAIR, lines="crash DHCP2\nrun 4m\nstart C1\nrun 1m")
    assert [r.value("monitor") for r in breaches(lab)] == ["beyond-lead-time"]


def test_a_lease_two_seconds_too_long_is_found_and_one_within_the_grain_is_not(monkeypatch):
    true = service.lease_to_give

    def longer(by):
        monkeypatch.setattr(service, "lease_to_give", lambda *given: true(*given) + by)
        return breaches(Lab(PAIR, lines="start C1\nrun 1m"))

    assert len(longer(2)) == 1
    assert longer(0) == []


def both_own_everything(found, now, store):
    return (store.mask(BindingStatus.FREE), store.mask(BindingStatus.BACKUP))


def test_two_partner_downs_make_a_duplicate_that_no_bug_is_to_blame_for():
    """DESIGN §11.7: both operators declare the other down while only the WAN is cut."""
    lab = Lab(
        SITES,
        lines="cut WAN\nrun 4m\npartner-down DHCP1\npartner-down DHCP2\nrun 11m\n"
        "start C1\nrun until C1 bound\nstart 4 clients\nrun 1m",
    )
    assert "duplicate-address" in [r.value("monitor") for r in breaches(lab)]


def test_a_lease_that_is_over_is_no_duplicate():
    lab = Lab(SITES, lines="start C1\nrun until C1 bound\ncut NORTH-C1\nrun 3h\nstart C2\nrun 1m")
    assert lab.host("C2").client.lease is not None
    assert breaches(lab) == []


ISC_PAIR = 'profile = "isc"' + SHORT


def excuses(lab):
    return [
        {words for name, words, _ in record.value("facts") if name == "excused"}
        for record in breaches(lab)
    ]


def test_isc_s_crossing_updates_excuse_what_comes_of_them():
    """Each takes the other's: the survivor forgets what it has promised the client."""
    lab = Lab(
        ISC_PAIR,
        lines="start C1\nrun 40s\ncrash DHCP1\nrun 87m\ncrash DHCP2\nrun 7m40s\n"
        "start DHCP1\nstart DHCP2\nrun 5m",
    )
    accepted = lab.records(Kind.DECISION, rule="update-accepted")
    assert len([found for found in accepted if "isc duel" in str(found.value("facts"))]) == 2
    assert [r.value("monitor") for r in breaches(lab)] == ["beyond-lead-time"]
    assert excuses(lab) == [{EXCUSES["crossed-updates"]}]


def test_a_halt_hides_that_the_partner_was_in_partner_down():
    """DHCP1 returns to a partner that says PAUSED, and serves without knowing its leases."""
    lab = Lab(
        ISC_PAIR,
        lines="crash DHCP1\nrun 2m\npartner-down DHCP2\nrun 11m\nstart 3 clients\nrun 1m\n"
        "start DHCP1\npause DHCP2\nrun 20m",
    )
    lab.run("expect DHCP1 in COMMUNICATION-INTERRUPTED\nexpect DHCP2 in PAUSED")
    assert "living-partner" in lab.world.monitors.situations["DHCP1-DHCP2"]
    assert all(EXCUSES["living-partner"] in found for found in excuses(lab))


def test_monitors_can_be_switched_off(monkeypatch):
    monkeypatch.setattr(service, "lease_to_give", lambda desired_s, *_: desired_s)
    lab = Lab(PAIR)
    lab.world.monitors.enabled = False
    lab.run("start C1\nrun 1m")
    assert breaches(lab) == []


def test_monitors_are_rules_with_a_source():
    for monitor in MONITORS:
        assert RULES[monitor].source.startswith("draft-12 §")


def test_a_breach_is_counted_and_changes_nothing(monkeypatch):
    def leases():
        lab = Lab(PAIR, lines="start C1\nrun 2h")
        ends = [(r.at, r.value("octets")) for r in lab.sent("ACK")]
        return ends, lab.world.monitors.breaches

    healthy, none = leases()
    monkeypatch.setattr("foviz.sim.monitors.GRAIN", -10_000 * US)
    watched, many = leases()
    assert none == 0
    assert many > 0
    assert watched == healthy


def test_the_engine_asks_the_module_that_the_bugs_are_seeded_in():
    """Else the tests above would prove nothing."""
    assert endpoint.service is service


def test_both_taking_over_in_turn_is_an_excuse_too():
    lab = Lab(PAIR, lines=TAKEN_OVER_IN_TURN)
    (excuses,) = [found for name, found in lab.world.monitors.situations.items() if name]
    assert "dual-partner-down" in excuses
