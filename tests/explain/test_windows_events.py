"""Windows' event log and counters, read off the trace (PROTOCOL §9.4)."""

import pytest

from foviz import cli
from foviz.explain.events import (
    ADMIN,
    AUDIT,
    AUDIT_FILE,
    COUNTERS,
    ERROR,
    EVENTS,
    INFORMATION,
    OPERATIONAL,
    SYSTEM,
    WARNING,
    WindowsLog,
)
from foviz.library import load_scenario
from foviz.session import Session
from foviz.sim.scenario import parse_scenario

PAIR = """
[segments.LAN]
network = "10.0.0.0/24"
[servers.DHCP1]
LAN = "10.0.0.1"
[servers.DHCP2]
LAN = "10.0.0.2"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.60"
lease = "8h"
[relationships.pair]
mode = "{mode}"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
reserve = 20
{more}
[clients]
C1 = "LAN"
C2 = "LAN"
C3 = "LAN"
"""


def played(lines, mode="hot standby", more="", scenario=""):
    found = load_scenario(scenario) if scenario else parse_scenario(
        PAIR.format(mode=mode, more=more), "test"
    )  # fmt: skip
    session = Session(found, 1)
    for line in lines.strip().splitlines():
        session.do(line)
    return session


def log_of(session):
    sizes = {"LAN": len(session.snapshot().pools[0].beliefs[0].store)}
    log = WindowsLog(session.reader, sizes, session.profile.max_unacked)
    log.update(session.record_count)
    return log


def entries(session, *ids):
    return [entry for entry in log_of(session).entries if not ids or entry.id in ids]


def texts(session, *ids):
    return [(entry.id, entry.level, entry.text) for entry in entries(session, *ids)]


# -- states


def test_levels_of_state_changes():
    session = played("crash DHCP1\nrun 5m\npartner-down DHCP2\nrun 1s")
    own = [e for e in texts(session, 20251, 20252) if e[2].startswith("the state of DHCP2")]
    assert own[-3:] == [
        (20251, INFORMATION, "the state of DHCP2 in pair changed from RECOVER-DONE to NORMAL"),
        (
            20252,
            ERROR,
            "the state of DHCP2 in pair changed from NORMAL to COMMUNICATION-INTERRUPTED",
        ),
        (
            20252,
            ERROR,
            "the state of DHCP2 in pair changed from COMMUNICATION-INTERRUPTED to PARTNER-DOWN",
        ),
    ]
    assert own[0] == (20251, WARNING, "the state of DHCP2 in pair changed from STARTUP to RECOVER")


def test_the_first_state_has_no_state_before_it():
    session = played("run 1s")
    first = texts(session, 20259, 20260)
    assert first[0] == (20259, WARNING, "the state of DHCP1 in pair changed to STARTUP")
    partner = "the state of the partner of DHCP1 in pair changed to RECOVER"
    assert (20259, WARNING, partner) in first


def test_the_partners_changes_are_logged_too():
    session = played("cut LAN-DHCP1\nrun 5m\npartner-down DHCP2\nheal LAN-DHCP1\nrun 3m")
    found = [text for _, _, text in texts(session, 20252) if "partner of DHCP1" in text]
    assert found, "DHCP1 hears that DHCP2 went to PARTNER-DOWN"
    assert found[0].endswith("from NORMAL to PARTNER-DOWN")


# -- contact, clocks, secrets


def test_contact_is_lost_once_for_each_time_it_was_made():
    session = played("cut LAN-DHCP1\nrun 10m\nheal LAN-DHCP1\nrun 3m")
    found = [(e.id, e.level) for e in entries(session, 20254, 20255) if "DHCP2" in e.text[:8]]
    assert found == [(20254, INFORMATION), (20255, ERROR), (20254, INFORMATION)]


def test_clocks_that_differ():
    session = played("skew DHCP2 +90s\nrun 5m")
    assert any("differ by 90 seconds" in text for _, _, text in texts(session, 20253))


@pytest.mark.parametrize(
    ("deed", "number"),
    [
        ("set secret other on DHCP2", 20264),
        ("set secret none on DHCP2", 20265),
        ("set secret none on DHCP1", 20266),
    ],
    ids=["wrong", "not configured", "absent"],
)
def test_authentication_failures_by_message_and_kind(deed, number):
    session = played(f"stop service DHCP1\n{deed}\nstart DHCP1\nrun 3m", more='secret = "first"')
    found = texts(session, number)
    assert found, "the CONNECT was refused"
    assert found[0][1] == ERROR
    assert "CONNECT" in found[0][2]


# -- clients


def test_dropped_packets_of_a_standby_and_of_a_wrong_bucket():
    standby = texts(played("start C1\nrun 5s"), 36)
    assert (36, INFORMATION, "DHCP2 dropped a packet of C1: standby") in standby
    bucket = texts(played("start C1\nrun 5s", mode="load balance"), 36)
    assert (36, INFORMATION, "DHCP2 dropped a packet of C1: hash mismatch") in bucket


def test_a_scope_that_fills_up_is_told_twice_and_then_no_address_is_left():
    session = played("crash DHCP1\nrun 5m\npartner-down DHCP2\nrun 61m\nstart 12 clients\nrun 1m")
    found = [e for e in texts(session, 1020, 1063) if "DHCP2" in e[2]]
    assert found == [
        (1020, WARNING, "scope LAN of DHCP2 is 80 % full: 2 are left"),
        (1063, ERROR, "scope LAN of DHCP2 is full: none of 10 addresses is left"),
    ]
    (first, *_) = texts(session, 20287)
    assert first[1:] == (WARNING, "DHCP2 dropped the request of C11: no address is left")


# -- messages


def test_every_message_is_audited_on_both_sides():
    session = played("start C1\nrun 5s\nrun 2m")
    log = log_of(session)
    sent = [e for e in log.entries if e.id == 20289]
    heard = [e for e in log.entries if e.id == 20290]
    assert len(sent) == len(heard) > 0
    audited = {e.id for e in log.entries if e.channel == AUDIT}
    assert {20293, 20294, 20295, 20296, 20299, 20300, 20301, 20302, 20303, 20304} <= audited
    assert {20305, 20306, 20307, 20308} <= audited


def test_rejected_updates_are_errors_at_both_ends():
    session = played(
        """
cut WAN
run 10m
start C1
start C2
start C3
start C4
start C11
start C12
start C13
start C14
run until DHCP1 in PARTNER-DOWN within 2h
run 61m
start C5
start C15
run 30s
heal WAN
run 2m
""",
        scenario="two-sites-automatic",
    )
    rejected = [e for e in texts(session, 20291, 20292) if "with reject reason" in e[2]]
    assert {e[0] for e in rejected} == {20291, 20292}
    assert {e[1] for e in rejected} == {ERROR}


def test_a_message_that_is_sent_again_is_logged_once():
    session = played("drop next BNDUPD from DHCP1\nstart C1\nrun 10s")
    mine = [e for e in entries(session, 20289) if e.text.startswith("DHCP1")]
    again = [e for e in mine if e.at > session.scenario.story]
    assert len(again) == 1


# -- deeds

DEEDS = [
    ("set mclt 30m", 20245, "mclt 30 min in pair"),
    ("set switchover 2h", 20246, "switchover 2 h in pair"),
    ("set reserve 10%", 20247, "reserve 10 in pair"),
    ("set mode load balance", 20249, "load balance in pair"),
    ("set secret abc", 20312, "on in pair"),
    ("remove scope LAN from pair", 20244, "LAN from pair"),
    ("delete relationship pair", 20242, "pair"),
]


@pytest.mark.parametrize(("line", "number", "words"), DEEDS, ids=lambda value: str(value))
def test_what_an_administrator_does_is_logged_on_both_servers(line, number, words):
    found = entries(played(line), number)
    assert [e.channel for e in found] == [OPERATIONAL] * 2
    said = [e.text.replace("\u00a0", " ") for e in found]
    assert ["on DHCP1: " in said[0], "on DHCP2: " in said[1]] == [True, True]
    assert all(text.endswith(words) for text in said)


def test_the_other_deeds():
    session = played(
        "set mode load balance\nset balance 60%\nset mode hot standby\nset secret a\nset secret b\n"
        "set secret none\nrebalance DHCP1\nremove scope LAN from pair\nadd scope LAN to pair\n"
        "run 1s\ndelete relationship pair\nrelate DHCP1 DHCP2 as load balance for LAN\n"
        "delete relationship DHCP1-DHCP2\nrelate DHCP1 DHCP2 as hot standby for LAN"
    )
    found = [e.id for e in log_of(session).entries if e.channel in (OPERATIONAL, SYSTEM)]
    wanted = [20249, 20248, 20250, 20312, 20311, 20313, 20161, 20244, 20243, 20242, 20240, 20241]
    assert list(dict.fromkeys(found)) == wanted


# -- counters


def counters(session, name="DHCP1"):
    server = next(s for s in session.snapshot().servers if s.name == name)
    return log_of(session).counters(server.index, session.playhead, session.snapshot())


def test_counters_of_the_last_minute_and_of_all_time():
    session = played("start C1\nstart C2\nrun 10s")
    found = counters(session)
    assert tuple(found) == COUNTERS
    assert found["binding updates sent in the last minute"] == 2
    assert found["binding acks received in the last minute"] == 2
    assert counters(session, "DHCP2")["binding updates received in the last minute"] == 2
    assert counters(session, "DHCP2")["binding acks sent in the last minute"] == 2
    session.do("run 1m")
    assert counters(session)["binding updates sent in the last minute"] == 0


def test_counters_of_transitions_and_of_what_is_pending():
    session = played("start C1\nrun 5s\ncut LAN-DHCP1\nrun 10m\nstart C2\nrun 5s")
    found = counters(session, "DHCP2")
    assert found["transitions into COMMUNICATION-INTERRUPTED"] == 1
    assert found["transitions into PARTNER-DOWN"] == 0
    assert found["transitions into RECOVER"] == 1
    assert found["binding updates pending"] == 1


def test_the_queue_passes_ninety_per_cent():
    found = counters(played("run 1s", scenario="load-balance"))
    assert found["times the update queue passed 90 %"] >= 1


# -- the table, and the language


def test_the_table_of_events():
    assert len(EVENTS) == 4 + 3 + 27 + 4 + 2 + 14 + 20 + 2
    for number, event in EVENTS.items():
        assert event.channel in (ADMIN, OPERATIONAL, AUDIT, SYSTEM, AUDIT_FILE)
        assert event.level in (INFORMATION, WARNING, ERROR)
        assert event.meaning
        assert number < 20314
    assert EVENTS[20258].meaning == "BNDUPD: the digest is absent"
    assert EVENTS[20283].meaning.startswith("CONTACT: a digest came")


def test_the_log_can_be_asked_for():
    session = played("start C1\nrun 5s")
    lines = session.do("show events of DHCP2").lines
    assert all("DHCP1 in pair" not in line for line in lines)
    assert not any("Audit" in line for line in lines)
    assert any("20290" in line for line in session.do("show events with audit").lines)
    shown = session.do("show counters of DHCP1").lines
    assert len(shown) == len(COUNTERS)
    assert "DHCP1  binding updates sent in the last minute: 1" in shown


def test_the_command_line_prints_the_log(tmp_path, capsys):
    script = tmp_path / "a.lab"
    script.write_text("lab hot-standby seed 1\nstart C1\nrun 5s\n")
    assert cli.main(["run", str(script), "--events"]) == 0
    assert " 20254  Admin " in capsys.readouterr().out
