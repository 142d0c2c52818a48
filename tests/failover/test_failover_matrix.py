"""Every cell of the three matrices of PROTOCOL §3.5, and every edge of §3.4."""

import pytest

from foviz.base.action import CancelTimer, CloseStream, Persist, SendStream
from foviz.failover.profile import NAMES, SWITCHES, profile_named, with_switch
from foviz.failover.states import (
    NORMAL,
    PARTNER_DOWN,
    PAUSED,
    POTENTIAL_CONFLICT,
    RECOVER,
    SHUTDOWN,
    STARTUP,
    STATES,
    Event,
)
from foviz.failover.table import CONDITIONS, OPERATOR_STATES, TABLE, rows_of
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverOption, FailoverType
from tests.failover.states_bench import (
    BY_LETTERS,
    announced,
    exits,
    path,
    put,
    requests,
    sent,
    timers,
)

# A cell names the states that are entered, one after the other; · none. ? an update request
# is sent, ! the process exits. Row: own state, with 1 or 2 for primary or secondary.

DRAFT = """
       N     CI    PD    PC    RI    CD    R     RW    RD    PA    SD
N      ·     CI>N  CI>PC?CI>PC?CI>PC?CI>PC?CI    CI    CI>N  CI    PD
N2     ·     CI>N  CI>PC CI>PC CI>PC CI>PC?CI    CI    CI>N  CI    PD
CI     N     N     PC?   PC?   PC?   PC?   ·     ·     N     ·     PD
CI2    N     N     PC    PC    PC    PC?   ·     ·     N     ·     PD
PD     PC?   PC?   PC?   PC?   PC?   PC?   ·     ·     N     ·     ·
R      ·?    ·?    ·?    PC?   PC?   PC?   ·?    ·?    ·?    ·?    ·?
R2     ·?    ·?    ·?    PC    PC    PC?   ·?    ·?    ·?    ·?    ·?
RW     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·
RD     N     ·     ·     PC?   ·     ·     CI    CI    N     ·     ·
PC     RI>PC?RI>PC?RI>PC?·     RI>PC?RI>PC?RI>PC?RI>PC?RI>PC?RI>PC?RI>PC?
PC2    RI>PC RI>PC RI>PC ·     RI>PC ·?    RI>PC RI>PC RI>PC RI>PC RI>PC
RI     PC?   PC?   PC?   PC?   PC?   PC?   PC?   PC?   PC?   PC?   PC?
RI2    PC    PC    PC    PC    PC    PC?   PC    PC    PC    PC    PC
CD     N     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·
PA     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·
SD     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·
"""

MICROSOFT = """
       N     CI    PD    PC    RI    CD    R     RW    RD
N      ·     CI>N? CI>PC?CI>PC?CI>PC?CI>PC?CI    CI    CI>N?
CI     N?    N?    PC?   PC?   PC?   PC?   ·     ·     N?
CI2    N?    N?    PC    PC    PC    PC?   ·     ·     N?
PD     PC?   PC?   PC?   PC?   PC?   PC?   ·     ·     N
R      ·?    ·?    ·?    PC?   PC?   PC?   ·?    ·?    ·?
RW     ·     ·     ·     ·     ·     ·     ·     ·     ·
RD     N     ·     ·     PC?   ·     ·     CI    CI    N
PC     RI>PC?RI>PC?RI>PC?·     RI>PC?RI>PC?RI>PC?RI>PC?RI>PC?
PC2    RI>PC RI>PC RI>PC ·     RI>PC ·?    RI>PC RI>PC RI>PC
RI     PC?   PC?   PC?   PC?   PC?   PC?   PC?   PC?   PC?
CD     N     ·     ·     ·     ·     ·     ·     ·     ·
"""

ISC = """
       N     CI    PD    PC    RI    CD    R     RW    RD    PA    SD
N      ·     ·     PC?   SD    SD    SD    PD    ·     ·     CI    PD
CI     N     N     PC?   PC?   PC?   PC?   PD    N     N     ·     PD
PD     PC?   PC?   PC?   PC?   PC?   PC?   ·     ·     N     ·     ·
R      PC?   ·?    ·?    PC?   PC?   PC?   ·?    ·     ·     ·     PD
RW     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·
RD     N     ·     ·     ·     ·     ·     ·     ·     N     ·     PD
PC     SD    ·     ·     ·     ·     ·?    R?    ·     ·     ·     PD
PC2    SD    ·     ·     ·     ·     ·?    R?    ·     ·     ·     PD
RI     PC?   PC?   PC?   PC?   PC?   PC?   PC?   PC?   PC?   ·     PD
CD     N     !     !     ·     ·     !     !     !     !     !     SD
PA     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·
SD     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     ·
"""

IN_CONTACT_ONLY = ("N", "PC")
"""States that lose themselves with contact: they meet a partner only by its next STATE."""


def cells(profile, text):
    head, *rows = text.strip("\n").splitlines()
    columns = head.split()
    for line in rows:
        own = line[:7].split()[0]
        body = [line[7 + 6 * n : 13 + 6 * n].strip() for n in range(len(columns))]
        for partner, cell in zip(columns, body, strict=True):
            letters, primary = own.rstrip("2"), not own.endswith("2")
            yield pytest.param(
                profile, letters, primary, partner, cell, id=f"{profile}-{own}-{partner}"
            )


CELLS = [*cells("draft", DRAFT), *cells("microsoft", MICROSOFT), *cells("isc", ISC)]


def test_the_matrices_are_whole():
    assert len(CELLS) == 16 * 11 + 11 * 9 + 12 * 11


def check(bench, actions, cell, own):
    entered = [] if cell[0] in "·!" else cell.rstrip("?").split(">")
    assert path(actions) == entered
    assert bench.state == (entered[-1] if entered else own)
    assert bool(requests(actions)) is cell.endswith("?")
    assert bool(exits(actions)) is (cell == "!")
    assert announced(actions) == entered[-1:], "one event, one STATE message"
    assert bench.disk.state is bench.endpoint.state


@pytest.mark.parametrize(("profile", "own", "primary", "partner", "cell"), CELLS)
def test_the_partner_changes_its_state_in_contact(profile, own, primary, partner, cell):
    """The partner's earlier state was one in which both could be so, and not the new one."""
    before = POTENTIAL_CONFLICT if own == "PC" else NORMAL
    if before is BY_LETTERS[partner]:
        before = STARTUP  # anything else: it is a change
    bench = put(profile, own, primary=primary, partner=before)
    check(bench, bench.hears(BY_LETTERS[partner]), cell, own)


@pytest.mark.parametrize(("profile", "own", "primary", "partner", "cell"), CELLS)
def test_the_partner_turns_up_in_a_state(profile, own, primary, partner, cell):
    if own in IN_CONTACT_ONLY:
        bench = put(profile, own, primary=primary, partner=POTENTIAL_CONFLICT)
        lost = {"N": "CI", "PC": "RI"}[own]
        assert path(bench.loses_contact()) == [lost]
        return
    bench = put(profile, own, primary=primary)
    check(bench, bench.hears(BY_LETTERS[partner]), cell, own)


@pytest.mark.parametrize(("profile", "own", "primary", "partner", "cell"), CELLS)
def test_the_state_is_stored_before_it_is_told(profile, own, primary, partner, cell):
    bench = put(profile, own, primary=primary, partner=STARTUP)
    stored = None
    for action in bench.hears(BY_LETTERS[partner]):
        if isinstance(action, Persist) and action.table == "failover":
            stored = action.value
        elif isinstance(action, SendStream):
            message = wire.decode(action.octets)
            if message.type == FailoverType.STATE:
                assert message.u8(FailoverOption.SERVER_STATE) == stored.state
                assert message.u32(FailoverOption.START_TIME_OF_STATE) == stored.since // 10**6


@pytest.mark.parametrize("profile", NAMES)
@pytest.mark.parametrize("partner", ["N", "CI", "PD", "PC", "RI", "CD", "R", "RW", "RD"])
def test_partner_down_ignores_a_partner_that_is_starting(profile, partner):
    bench = put(profile, "PD")
    heard = BY_LETTERS[partner]
    assert path(bench.hears(heard, starting=True)) == []
    bench.hears(heard)  # the flag is clear: now it counts
    assert bench.state != "PD" or partner in ("R", "RW")


def test_an_isc_server_asks_at_conflict_done_only_if_the_partner_was_comparing():
    bench = put("isc", "PC", primary=False, partner=BY_LETTERS["RI"])
    assert requests(bench.hears(BY_LETTERS["CD"])) == []
    assert bench.state == "PC"


def test_a_recovering_isc_server_asks_again_for_what_was_broken_off():
    bench = put("isc", "R")
    assert requests(bench.hears(BY_LETTERS["PD"])) == ["UPDREQALL"]
    bench.loses_contact()
    bench.connect()
    assert requests(bench.hears(BY_LETTERS["RW"])) == ["UPDREQALL"]


# -- contact lost, the operator, time (§3.4)

LOST = {"N": "CI", "PC": "RI"}


@pytest.mark.parametrize("profile", NAMES)
@pytest.mark.parametrize("own", ["N", "CI", "PD", "PC", "R", "RW", "RD", "RI", "CD"])
def test_contact_is_lost(profile, own):
    bench = put(profile, own, partner=NORMAL)
    assert path(bench.loses_contact()) == ([LOST[own]] if own in LOST else [])


@pytest.mark.parametrize("profile", NAMES)
@pytest.mark.parametrize("own", [spec.letters for spec in STATES.values()])
def test_the_operator_declares_the_partner_down(profile, own):
    bench = put(profile, own)
    possible = own in ("N", "CI", "RI") or (profile == "isc" and own != "PD")
    assert path(bench.command("partner-down")) == (["PD"] if possible else [])


@pytest.mark.parametrize("profile", ["draft", "isc"])
@pytest.mark.parametrize(("word", "state"), [("pause", "PA"), ("shut down", "SD")])
@pytest.mark.parametrize(
    "own", [s.letters for s in STATES.values() if s.letters not in ("PA", "SD")]
)
def test_the_operator_halts_a_server_from_any_state(profile, word, state, own):
    bench = put(profile, own, partner=NORMAL)
    actions = bench.command(word)
    assert path(actions) == [state]
    assert announced(actions) == [state]


@pytest.mark.parametrize("word", ["pause", "shut down", "resume"])
def test_profile_microsoft_has_no_halt(word):
    bench = put("microsoft", "N", partner=NORMAL)
    assert path(bench.command(word)) == []
    assert not {row.to for row in rows_of(bench.profile)} & set(OPERATOR_STATES)


@pytest.mark.parametrize("partner", ["PA", "SD"])
@pytest.mark.parametrize(("own", "after"), [("N", ["CI"]), ("CI", []), ("PD", [])])
def test_profile_microsoft_makes_nothing_of_a_partners_halt(partner, own, after):
    bench = put("microsoft", own, partner=RECOVER)
    assert path(bench.hears(BY_LETTERS[partner])) == after


def test_the_safe_period_runs_while_communication_is_interrupted():
    bench = put("draft", "N", partner=NORMAL)
    bench.endpoint.relationship = bench.endpoint.relationship._replace(switchover_s=900)
    assert timers(bench.loses_contact())["safe-period"] == 900_000_000
    bench.connect()
    ended = bench.hears(BY_LETTERS["CI"])
    assert any(isinstance(a, CancelTimer) and a.name == "safe-period" for a in ended)
    bench = put("draft", "N", partner=NORMAL)
    assert "safe-period" not in timers(bench.loses_contact()), "off by default"


def test_the_safe_period_ends_in_partner_down_from_communication_interrupted_only():
    for own in ("N", "RI", "PC", "R", "RW", "RD", "CD"):
        assert path(put("draft", own).timer("safe-period")) == []
    assert path(put("draft", "CI").timer("safe-period")) == ["PD"]


# -- the table itself


def test_every_row_has_a_name_of_its_own_in_every_profile():
    for name in NAMES:
        rows = rows_of(profile_named(name))
        assert len({row.id for row in rows}) == len(rows)
        assert len({(r.state, r.event, r.partners, r.guard) for r in rows}) == len(rows)


def test_every_condition_is_a_switch_and_a_value_it_can_have():
    for row in TABLE:
        for name, value in row.when:
            switch = SWITCHES[name]
            assert value in (switch.values or (True, False)), row.id
    assert set(CONDITIONS) <= set(SWITCHES)


def test_every_row_exists_in_some_profile_or_by_a_switch_of_its_own():
    for row in TABLE:
        found = any(row in rows_of(profile_named(name)) for name in NAMES)
        switched = profile_named("draft")
        for name, value in row.when:
            switched = with_switch(switched, name, value)
        assert found or row in rows_of(switched), row.id


def test_one_changed_switch_changes_the_rows():
    draft = profile_named("draft")
    other = with_switch(draft, "partner_recovering", "partner-down")
    assert rows_of(other) != rows_of(draft)
    bench = put("draft", "CI", switches=[("partner_recovering", "partner-down")])
    assert path(bench.hears(RECOVER)) == ["PD"]


def test_the_table_knows_every_event_in_some_state():
    assert {row.event for row in TABLE} == set(Event) - {Event.START}


# -- PAUSED and SHUTDOWN (§9.13, §9.14)


def closes(actions):
    return [action.handle for action in actions if isinstance(action, CloseStream)]


def test_paused_says_so_and_closes():
    bench = put("draft", "N", partner=NORMAL)
    actions = bench.command("pause")
    assert announced(actions) == ["PA"]
    assert closes(actions) == ["c"]
    assert bench.disk.state is PAUSED
    assert bench.disk.previous == NORMAL
    assert not sent(bench.timer("retry"))
    assert bench.endpoint.opening == "", "as if halted: it connects to nobody"


def test_shutdown_lingers_to_hear_whether_the_partner_takes_over():
    bench = put("draft", "N", partner=NORMAL)
    actions = bench.command("shut down")
    assert closes(actions) == []
    bench.hears(PARTNER_DOWN)
    assert bench.disk.previous == RECOVER
    assert closes(bench.later(3_000_000).timer("linger")) == ["c"]
    assert bench.state == "SD"
    bench.restart()
    assert bench.endpoint.durable.state is RECOVER


def test_a_restart_ends_a_halt_in_the_draft_and_not_in_isc():
    for profile, after in (("draft", NORMAL), ("isc", SHUTDOWN)):
        bench = put(profile, "N", partner=NORMAL)
        bench.command("shut down")
        bench.restart()
        assert bench.state == "S"
        assert bench.endpoint.durable.state is after
        bench.timer("startup")
        assert bench.state == {"draft": "CI", "isc": "SD"}[profile]


def test_isc_keeps_the_connection_while_halted():
    bench = put("isc", "N", partner=NORMAL)
    assert closes(bench.command("pause")) == []
    assert bench.endpoint.contact


@pytest.mark.parametrize("profile", ["draft", "isc"])
def test_resume_starts_from_what_was_before(profile):
    bench = put(profile, "N", partner=NORMAL)
    bench.command("pause")
    bench.later(60_000_000)
    actions = bench.command("resume")
    assert path(actions) == ["S"]
    assert bench.endpoint.opening, "it seeks its partner"
    assert bench.disk.state is NORMAL, "STARTUP is never stored"
    bench.connect()
    bench.hears(BY_LETTERS["CI"])
    assert bench.state == "N"


def test_an_orderly_isc_shutdown_needs_no_wait_on_return():
    for profile, waits in (("isc", False), ("draft", True)):
        bench = put(profile, "N", partner=NORMAL)
        bench.command("shut down")
        bench.later(1_000_000).hears(PARTNER_DOWN)
        bench.later(60_000_000).command("resume")
        bench.connect(PARTNER_DOWN, since=bench.now - 60_000_000)
        assert bench.state == "R"
        bench.update_done()
        assert bench.state == ("RW" if waits else "RD")


def test_a_service_that_is_stopped_says_shutdown_in_the_draft():
    bench = put("draft", "N", partner=NORMAL)
    actions = bench.do(bench.endpoint.stop(bench.now, again=False))
    assert announced(actions) == ["SD"]
    assert (bench.disk.state, bench.disk.previous) == (SHUTDOWN, NORMAL)
    bench = put("draft", "N", partner=NORMAL)
    assert announced(bench.endpoint.stop(bench.now, again=True)) == ["PA"]
    for profile in ("microsoft", "isc"):
        bench = put(profile, "N", partner=NORMAL)
        assert announced(bench.endpoint.stop(bench.now, again=False)) == []
