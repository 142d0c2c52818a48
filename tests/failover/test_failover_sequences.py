"""The message sequences of PROTOCOL §3.8 between two real servers, and §3.4 in a whole world."""

import pytest

from foviz import saved
from foviz.base.errors import ScriptError
from foviz.base.kinds import Kind
from foviz.failover.states import STATES
from foviz.script.tokens import Place
from foviz.session import Session
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverOption, FailoverType, ServerState

PLACE = Place("test", 1)
QUIET = (FailoverType.CONTACT, FailoverType.CONNECT, FailoverType.CONNECTACK)
BOTH_DOWN = """
start C1
run until C1 bound
run 1s
cut DHCP1-DHCP2
run until DHCP1 in COMMUNICATION-INTERRUPTED within 4m
run until DHCP2 in COMMUNICATION-INTERRUPTED within 4m
partner-down DHCP1
partner-down DHCP2
start C2
run 1m
heal DHCP1-DHCP2
"""


def session_of(profile, lines="", scenario="hot-standby"):
    found, seed, _ = saved.read_lab_line(f"lab {scenario} seed 2 profile {profile}\n", "test")
    session = Session(found, seed)
    play(session, lines)
    return session


def play(session, lines):
    start = session.record_count
    for line in lines.strip().splitlines():
        session.do(line, PLACE)
    return start


def talk(session, start):
    """What the servers said to each other: ``1 UPDREQ``, ``2 STATE N``; repeats once."""
    said = []
    names = {server.index: server.name[-1] for server in session.snapshot().servers}
    for index in range(start, session.record_count):
        record = session.record(index)
        if record.kind is not Kind.SEND or record.value("protocol") != "failover":
            continue
        message = wire.decode(record.value("octets"))
        if message.type in QUIET:
            continue
        text = f"{names[record.host]} {FailoverType(message.type).name}"
        if message.type == FailoverType.STATE:
            state = STATES[ServerState(message.u8(FailoverOption.SERVER_STATE))].letters
            text += f" {state}{'*' if message.u8(FailoverOption.SERVER_FLAGS) else ''}"
        if not said or said[-1] != text:
            said.append(text)
    return said


def in_order(said, *wanted):
    """Whether all of *wanted* were said, in this order."""
    rest = iter(said)
    missing = next((each for each in wanted if each not in rest), "")
    assert not missing, f"{missing} is missing or out of order in {said}"


@pytest.mark.parametrize("profile", ["draft", "microsoft", "isc"])
def test_a_potential_conflict_is_resolved_primary_first(profile):
    session = session_of(profile, BOTH_DOWN)
    start = play(session, "run 3m")
    in_order(
        talk(session, start),
        "1 STATE PC", "1 UPDREQ", "2 UPDDONE", "1 STATE CD", "2 UPDREQ", "1 BNDUPD", "2 BNDACK",
        "1 UPDDONE", "2 STATE N", "1 STATE N",
    )  # fmt: skip


@pytest.mark.parametrize(("profile", "request_"), [("draft", "UPDREQ"), ("isc", "UPDREQALL")])
def test_a_server_returns_after_partner_down(profile, request_):
    session = session_of(profile, "run 2h\ncrash DHCP1\nrun 5m\npartner-down DHCP2\nstart C1\n")
    play(session, "run 2h")
    start = play(session, "restart DHCP1\nrun 3m")
    in_order(
        talk(session, start),
        "1 STATE R", f"1 {request_}", "2 BNDUPD", "1 BNDACK", "2 UPDDONE", "1 STATE RD",
        "2 STATE N", "1 STATE N",
    )  # fmt: skip


def test_contact_after_an_interruption_sends_what_is_unacknowledged():
    session = session_of("draft", "cut DHCP1-DHCP2\nrun 4m\nstart C1\nrun 10s")
    start = play(session, "heal DHCP1-DHCP2\nrun 3m")
    said = talk(session, start)
    in_order(said, "2 STATE CI", "1 STATE N", "1 BNDUPD", "2 BNDACK")
    assert "1 UPDREQ" not in said
    assert "2 UPDREQ" not in said


@pytest.mark.parametrize("profile", ["draft", "isc"])
def test_the_partners_shutdown_makes_partner_down_and_its_pause_an_interruption(profile):
    for word, after in (("shut down", "PARTNER-DOWN"), ("pause", "COMMUNICATION-INTERRUPTED")):
        session = session_of(profile, f"run 1m\n{word} DHCP1\nrun 1s")
        play(session, f"expect DHCP2 in {after}")


def test_an_isc_process_that_ends_itself_resets_its_connections():
    text = BOTH_DOWN.replace("heal", "delay next UPDREQ from DHCP2 5m\nheal")
    session = session_of("isc", text)
    play(session, "run until DHCP1 in CONFLICT-DONE within 3m\ncut DHCP1-DHCP2")
    play(session, "run until DHCP2 in RESOLUTION-INTERRUPTED within 3m\npartner-down DHCP2")
    start = play(session, "heal DHCP1-DHCP2\nrun 2m")
    records = [session.record(index) for index in range(start, session.record_count)]
    ends = [r for r in records if r.kind is Kind.HOST and r.value("what") == "kill"]
    assert [r.value("detail") for r in ends] == ["its partner can't be in PARTNER-DOWN now"]
    after = [r for r in records if r.index > ends[0].index and r.host == ends[0].host]
    sent = [r.value("octets") for r in after if r.kind is Kind.SEND]
    assert b"RST" in sent
    assert {b"RST"} == set(sent), "a dead process says no more"


# -- what can't be done is said in one sentence


@pytest.mark.parametrize(
    ("profile", "before", "line", "why"),
    [
        ("microsoft", "", "pause DHCP1", "profile microsoft has no state for it"),
        ("microsoft", "", "shut down DHCP1", "“stop service DHCP1”"),
        ("microsoft", "", "resume DHCP1", "has no state for it"),
        ("draft", "pause DHCP1", "pause DHCP1", "is in PAUSED already; “resume DHCP1” ends it"),
        ("draft", "pause DHCP1", "shut down DHCP1", "is in PAUSED already"),
        ("draft", "", "resume DHCP1", "in NORMAL; it is possible in PAUSED, SHUTDOWN"),
        ("draft", "crash DHCP1", "pause DHCP1", "DHCP1 is off"),
        ("draft", "stop service DHCP1", "pause DHCP1", "the service of DHCP1 is not running"),
        ("draft", "", "restore DHCP1", "has no backup; first: back up DHCP1"),
        ("draft", "pause DHCP1", "partner-down DHCP1", "DHCP1 is in PAUSED; it is possible in"),
    ],
)
def test_what_is_impossible_says_why_and_changes_nothing(profile, before, line, why):
    session = session_of(profile, f"run 1s\n{before}")
    records = session.record_count
    with pytest.raises(ScriptError) as caught:
        session.do(line, PLACE)
    assert why in caught.value.message
    assert session.record_count == records


def test_a_restore_brings_back_the_database_of_the_copy():
    session = session_of("draft", "start C1\nrun until C1 bound\nback up DHCP1\nrun 1s")
    play(session, "start C2\nrun until C2 bound\ncrash DHCP1\nrestore DHCP1 raw")
    (belief, _) = session.snapshot().pools[0].beliefs
    assert belief.counts()["ACTIVE"] == 1
    play(session, "restore DHCP1 raw")  # the copy is still there
    assert session.snapshot().servers[0].powered is False


def test_a_run_with_a_halt_and_a_restore_replays_to_the_same_end():
    lines = """
    start C1
    back up DHCP2
    run 1m
    pause DHCP2
    run 10m
    resume DHCP2
    run 3m
    restore DHCP2
    run 2h
    """
    lines = "\n".join(line.strip() for line in lines.strip().splitlines())
    prints = []
    for _ in range(2):
        session = session_of("draft", lines)
        prints.append(session.branch.trace.fingerprint(session.record_count))
    assert prints[0] == prints[1]
    end = session.position
    session.seek(end._replace(cursor=end.cursor // 2))
    session.seek(end)
    assert session.branch.trace.fingerprint(session.record_count) == prints[0]
