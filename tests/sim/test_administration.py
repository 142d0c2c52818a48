"""The administrator's deeds: actions and settings of PROTOCOL §9.1–9.3, and Windows' refusals."""

import pytest
from world_bench import Bench, small_pair

from foviz.base.address import ip_text, ip_to_int
from foviz.base.errors import ScriptError
from foviz.base.kinds import Kind
from foviz.base.time import STORY_START
from foviz.script.deeds import intervention_of
from foviz.script.grammar import DEEDS
from foviz.script.parser import parse
from foviz.script.vocabulary import Vocabulary
from foviz.sim.admin import ERRORS
from foviz.sim.fingerprint import fingerprint
from foviz.sim.snapshot import Snapshot
from foviz.wire import dhcp

ALONE = """
[segments.LAN]
network = "10.0.0.0/24"
[servers.DHCP1]
LAN = "10.0.0.1"
[servers.DHCP2]
LAN = "10.0.0.2"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.70"
lease = "8h"
servers = ["DHCP1"]
[clients]
C1 = "LAN"
C2 = "LAN"
"""
"""Two servers that know nothing of each other; one of them has the scope."""


def reason(bench, line):
    command = parse(line, Vocabulary.of(bench.world, bench.runner.now))
    from foviz.sim.faults import reason_against

    return reason_against(bench.world, intervention_of(command))


def refused(bench, line, error):
    """The line is refused with Windows' error, and nothing has changed."""
    before = fingerprint(bench.world)
    with pytest.raises(ScriptError) as caught:
        bench.run(line)
    assert f"(ERROR_DHCP_{error}, 0x{ERRORS[error]:X})" in caught.value.message
    assert fingerprint(bench.world) == before


def counts(bench, server, scope="LAN"):
    index = bench.host(server).index
    for pool in Snapshot(bench.world).pools:
        for belief in pool.beliefs:
            if pool.scope == scope and belief.server == index:
                return {name: count for name, count in belief.counts().items() if count}
    return None


# -- creating


def test_a_relationship_is_created_and_reaches_normal_at_once():
    bench = Bench(ALONE, "start C1\nrun 10s")
    assert bench.lease("C1").lease_s == 8 * 3600, "without a partner there is no MCLT"
    bench.run("relate DHCP1 DHCP2 as hot standby for LAN\nrun 1s")
    assert bench.states("DHCP1") == bench.states("DHCP2") == {"DHCP1-DHCP2": "NORMAL"}
    side = bench.host("DHCP2").relationships["DHCP1-DHCP2"]
    assert (side.windows_role, side.mclt_s, side.reserve_percent) == ("standby", 3600, 5)
    assert bench.binding("DHCP2", "10.0.0.51").client == bench.binding("DHCP1", "10.0.0.51").client
    assert counts(bench, "DHCP1") == counts(bench, "DHCP2")
    assert counts(bench, "DHCP2")["BACKUP"] == 1
    bench.run("start C2\nrun 10s\nexpect C2 leases from DHCP1 for 1h")
    assert bench.breaches() == []


def test_a_relationship_without_a_scope_may_exist_and_get_one_later():
    bench = Bench(ALONE, "relate DHCP2 DHCP1 as load balance named mine\nrun 1s")
    assert bench.states("DHCP2") == {"mine": "NORMAL"}
    bench.run("start C1\nrun 10s\nadd scope LAN to mine\nrun 1s")
    assert counts(bench, "DHCP1") == counts(bench, "DHCP2") == {
        "FREE": 9,
        "BACKUP": 10,
        "ACTIVE": 1,
    }  # fmt: skip


def test_creation_is_refused_with_windows_words():
    bench = Bench(small_pair())
    refused(bench, "relate DHCP1 DHCP2 as hot standby named pair", "FO_RELATIONSHIP_EXISTS")
    refused(bench, "relate DHCP1 DHCP2 as hot standby for LAN", "FO_SCOPE_ALREADY_IN_RELATIONSHIP")
    long = "x" * 127
    refused(
        bench, f"relate DHCP1 DHCP2 as hot standby named {long}", "FO_RELATIONSHIP_NAME_TOO_LONG"
    )
    bench = Bench(ALONE, "skew DHCP2 +61s")
    refused(bench, "relate DHCP1 DHCP2 as hot standby for LAN", "FO_TIME_OUT_OF_SYNC")
    bench.run("skew DHCP2 +60s\nstop service DHCP2")
    refused(bench, "relate DHCP1 DHCP2 as hot standby for LAN", "SERVER_NOT_RUNNING")
    bench.run("start DHCP2\ncut LAN-DHCP2")
    refused(bench, "relate DHCP1 DHCP2 as hot standby for LAN", "SERVER_NOT_REACHABLE")
    assert "two different servers" in reason(bench, "relate DHCP1 DHCP1 as hot standby")
    assert "DHCP2 has no scope" in reason(Bench(ALONE), "relate DHCP2 DHCP1 as hot standby for LAN")


# -- deleting


@pytest.mark.parametrize(("on", "keeper", "other"), [("", 1, 2), (" on DHCP2", 2, 1)])
def test_a_deleted_relationship_leaves_the_scope_on_one_server(on, keeper, other):
    bench = Bench(small_pair(), f"start C1\nrun 10s\ndelete relationship pair{on}\nrun 1m")
    assert bench.states("DHCP1") == bench.states("DHCP2") == {}
    assert counts(bench, f"DHCP{keeper}") == {"FREE": 19, "ACTIVE": 1}
    assert counts(bench, f"DHCP{other}") is None
    assert not any(key[0] == "LAN" for key in bench.host(f"DHCP{other}").disk["leases"])
    assert bench.host("DHCP1").disk["failover"] == {}
    assert not [t for t in bench.host("DHCP1").timers if t.startswith("failover:pair")]
    bench.run("run 1d\nrestart DHCP1\nrestart DHCP2\nrun 1h")
    assert bench.breaches() == []


def test_deleting_is_refused_while_a_server_is_away():
    bench = Bench(small_pair(), "crash DHCP2")
    refused(bench, "delete relationship pair", "SERVER_NOT_RUNNING")


def test_a_deleted_relationship_can_be_created_again():
    bench = Bench(small_pair(), "start C1\nrun 10s\ndelete relationship pair\nrun 1m")
    bench.run("relate DHCP1 DHCP2 as load balance for LAN named pair\nrun 10s")
    assert bench.states("DHCP2") == {"pair": "NORMAL"}
    assert counts(bench, "DHCP2") == {"FREE": 9, "BACKUP": 10, "ACTIVE": 1}


# -- scopes


def test_a_removed_scope_is_deleted_on_the_partner():
    bench = Bench(small_pair(), "start C1\nrun 10s\nremove scope LAN from pair\nrun 1m")
    assert bench.states("DHCP1") == {"pair": "NORMAL"}, "a relationship without scopes may exist"
    assert counts(bench, "DHCP1") == {"FREE": 19, "ACTIVE": 1}
    assert counts(bench, "DHCP2") is None
    bench.run("renew C1\nrun 1s\nexpect C1 leases from DHCP1 for 8h")
    bench.run("add scope LAN to pair\nrun 10s")
    assert counts(bench, "DHCP1") == counts(bench, "DHCP2")


def test_scopes_are_added_and_removed_in_normal_only_unless_forced():
    bench = Bench(small_pair(), "crash DHCP2\nrun 4m\nstart DHCP2")
    refused(bench, "remove scope LAN from pair", "FO_STATE_NOT_NORMAL")
    bench.run("remove scope LAN from pair force\nrun 5m")
    assert counts(bench, "DHCP2") is None
    bench.run("cut DHCP1-DHCP2\nrun 4m")
    refused(bench, "add scope LAN to pair", "FO_STATE_NOT_NORMAL")
    bench.run("heal DHCP1-DHCP2\nrun 2m\nadd scope LAN to pair\nrun 1s")
    refused(bench, "add scope LAN to pair", "FO_SCOPE_ALREADY_IN_RELATIONSHIP")


# -- settings of a relationship


def test_the_mode_is_switched_and_back():
    bench = Bench(small_pair())
    assert bench.host("DHCP1").relationships["pair"].windows_role == "active"
    bench.run("set mode load balance\nset balance 70%\nrun 6m")
    assert counts(bench, "DHCP2") == {"FREE": 14, "BACKUP": 6}
    assert reason(bench, "set mode load balance") == "the mode is load balance already"
    assert "reserve is a setting of hot standby" in reason(bench, "set reserve 10%")
    bench.run("set mode hot standby in pair\nrun 6m")
    assert counts(bench, "DHCP1") == {"FREE": 18, "BACKUP": 2}


def test_automatic_transition_is_switched_on_and_off():
    bench = Bench(small_pair(), "set automatic transition on")
    assert bench.host("DHCP2").relationships["pair"].switchover_s == 3600
    bench.run("crash DHCP1\nrun 70m\nexpect DHCP2 in PARTNER-DOWN")
    bench = Bench(small_pair(), "set switchover 30m\nset automatic transition off in pair")
    bench.run("crash DHCP1\nrun 70m\nexpect DHCP2 in COMMUNICATION-INTERRUPTED")


def test_what_belongs_to_the_relationship_is_not_set_on_one_server():
    assert "set on both servers" in reason(Bench(small_pair()), "set mclt 30m on DHCP1")


# -- drift and replication (F16)


def test_settings_drift_apart_and_are_replicated_from_either_side():
    bench = Bench(small_pair(), "set lease 4h in LAN on DHCP1")
    lease_s = [bench.host(name).scopes["LAN"].lease_s for name in ("DHCP1", "DHCP2")]
    assert lease_s == [4 * 3600, 8 * 3600]
    bench.run("start C1\nrun 31m\nexpect C1 leases from DHCP1 for 4h")
    bench.run("replicate LAN from DHCP2\nstart C2\nrun 31m\nexpect C2 leases from DHCP1 for 8h")
    assert bench.host("DHCP1").scopes == bench.host("DHCP2").scopes


@pytest.mark.parametrize(
    "line", ["replicate relationship pair from DHCP1", "replicate all from DHCP1"]
)
def test_replication_at_every_level_overwrites_the_partner(line):
    bench = Bench(small_pair(), "reserve 10.0.0.60 for C3 on DHCP1\nexclude 10.0.0.51 on DHCP2")
    bench.run(line)
    theirs = bench.host("DHCP2").scopes["LAN"]
    assert theirs.reservations == ((bench.host("C3").hardware, ip_to_int("10.0.0.60")),)
    assert theirs.excluded == (), "what was set there is gone"


def test_replication_needs_a_partner_that_can_be_reached():
    bench = Bench(small_pair(), "crash DHCP2")
    refused(bench, "replicate LAN from DHCP1", "SERVER_NOT_RUNNING")
    bench.run("start DHCP2\ncut DHCP1-DHCP2")
    refused(bench, "replicate LAN from DHCP1", "SERVER_NOT_REACHABLE")
    refused(Bench(ALONE), "replicate all from DHCP1", "FO_RELATIONSHIP_DOES_NOT_EXIST")
    refused(Bench(ALONE), "replicate LAN from DHCP1", "FO_SCOPE_NOT_IN_RELATIONSHIP")


def test_a_reservation_and_an_exclusion_on_one_server():
    bench = Bench(small_pair(), "reserve 10.0.0.60 for C3 on DHCP1\nexclude 10.0.0.51 on DHCP1")
    bench.run("start C1\nstart C3\nrun 10s")
    assert [ip_text(bench.lease(c).address) for c in ("C1", "C3")] == ["10.0.0.52", "10.0.0.60"]
    bench.run("include 10.0.0.51 on DHCP1\nunreserve 10.0.0.60 on DHCP1\nstart C2\nrun 10s")
    assert ip_text(bench.lease("C2").address) == "10.0.0.51"
    assert bench.breaches() == []


def test_exclusions_outlive_a_restart_and_leases_outlive_exclusions():
    bench = Bench(small_pair(), "start C1\nrun 10s\nexclude 10.0.0.51 on DHCP1\nrestart DHCP1")
    bench.run("run 1m\nrenew C1\nrun 1s\nexpect C1 bound")
    assert ip_text(bench.lease("C1").address) == "10.0.0.51"
    assert bench.binding("DHCP1", "10.0.0.51").status.name == "ACTIVE"


def test_options_of_a_server():
    bench = Bench(
        small_pair(), "set option router 10.0.0.254 on DHCP1\nset option 15 example on DHCP1"
    )
    bench.run("start C1\nrun 10s")
    ack = dhcp.decode(bench.sent("ACK")[-1].value("octets"))
    assert (ack.u32(3), ack.option(15)) == (ip_to_int("10.0.0.254"), b"example")
    assert bench.host("DHCP2").scopes["LAN"].options == ()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("reserve 10.9.0.60 for C3 on DHCP1", "10.9.0.60 is in no range of DHCP1"),
        ("reserve 10.0.0.55 for C2 on DHCP1", "DHCP1 has a reservation for 10.0.0.55 already"),
        ("reserve 10.0.0.56 for C1 on DHCP1", "DHCP1 has a reservation for 10.0.0.55 already"),
        ("unreserve 10.0.0.56 on DHCP1", "10.0.0.56 is not reserved on DHCP1"),
        ("include 10.0.0.56 on DHCP1", "10.0.0.56 is not excluded on DHCP1"),
        ("exclude 10.0.0.57 on DHCP1", "10.0.0.57 is excluded on DHCP1 already"),
        ("set option colour red on DHCP1", "“colour” is no option"),
        ("set option router there on DHCP1", "is not an IPv4 address"),
        ("set lease 0s in LAN on DHCP1", "lease has to be at least a second"),
        ("rebalance DHCP2", "ERROR_DHCP_FO_RELATION_IS_SECONDARY, 0x4E94"),
    ],
)
def test_what_cannot_be_done_is_said(line, complaint):
    bench = Bench(small_pair(), "reserve 10.0.0.55 for C1 on DHCP1\nexclude 10.0.0.57 on DHCP1")
    assert complaint in reason(bench, line)


def test_drift_written_in_a_scenario():
    text = small_pair().replace(
        "[clients]",
        '[scopes.LAN.reservations]\nC3 = "10.0.0.60"\n"02:00:00:00:00:09" = "10.0.0.61"\n'
        '[scopes.LAN.options]\nrouter = "10.0.0.254"\ndns = ["10.0.0.5", "10.0.0.6"]\n'
        '[scopes.LAN.on.DHCP2]\nlease = "4h"\nreservations = {}\n[clients]',
    )
    bench = Bench(text)
    one, two = (bench.host(name).scopes["LAN"] for name in ("DHCP1", "DHCP2"))
    assert [ip_text(address) for _, address in one.reservations] == ["10.0.0.60", "10.0.0.61"]
    assert one.options == ((3, b"\x0a\0\0\xfe"), (6, b"\x0a\0\0\x05\x0a\0\0\x06"))
    assert (two.lease_s, two.reservations, two.options) == (4 * 3600, (), one.options)


# -- addresses and records


def test_addresses_are_shared_out_on_request():
    bench = Bench(small_pair(), "set reserve 50%")
    assert counts(bench, "DHCP1")["BACKUP"] == 2
    bench.run("rebalance DHCP1 in pair")
    assert counts(bench, "DHCP1")["BACKUP"] == 10, "before any time has passed"
    bench.run("run 1s")
    assert counts(bench, "DHCP2")["BACKUP"] == 10
    bench.run("crash DHCP2\nrun 5m")
    refused(bench, "rebalance DHCP1", "FO_STATE_NOT_NORMAL")


def test_reconcile_reports_and_repairs():
    bench = Bench(small_pair(), "start C1\nrun 10s")
    store = bench.host("DHCP2").server.scopes["LAN"].store
    address = ip_to_int("10.0.0.51")
    store.put(store.get(address)._replace(expires=STORY_START))
    bench.run("reconcile LAN on DHCP1 report\nrun 1s")
    (note,) = bench.records(Kind.HOST, what="reconciled")
    assert note.value("detail") == "LAN: 1 differ, reported only"
    sent = len(bench.sent("BNDUPD"))
    bench.run("reconcile LAN on DHCP1\nrun 1s")
    assert len(bench.sent("BNDUPD")) == sent + 1
    assert store.get(address).expires > STORY_START
    assert Snapshot(bench.world).pools[0].differing == 0


# -- the language


@pytest.mark.parametrize("form", DEEDS, ids=lambda form: form.id)
def test_every_deed_has_an_example_that_is_understood(form):
    bench = Bench(small_pair() if "DHCP1-DHCP2" not in form.example else "hot-standby")
    command = parse(form.example, Vocabulary.of(bench.world, bench.runner.now))
    assert command is not None
    assert command.form == form.id
    assert intervention_of(command).line == form.example
    assert form.meaning.endswith(".")


def test_a_run_with_administration_can_be_travelled():
    """A replay from a checkpoint makes the same world."""
    bench = Bench(
        small_pair(),
        "start C1\nrun 10s\nset lease 4h on DHCP1\nreplicate all from DHCP1\n"
        "delete relationship pair\nrun 1m\nrelate DHCP2 DHCP1 as load balance named other\n"
        "run 10m\nadd scope LAN to other\nrun 1h",
    )
    end = bench.timeline.branch.end
    frontier = fingerprint(bench.world)
    bench.timeline.world_at(end // 2)
    fork = bench.timeline.fork(end)
    assert fork.end == end
    assert fingerprint(bench.world) == frontier
