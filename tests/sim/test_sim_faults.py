"""What the user can do to hosts, links and messages (DESIGN §11.5)."""

import pytest
from laboratory import PAIR, Lab

from foviz.base.address import ip_to_int
from foviz.base.errors import ScriptError
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.sim.faults import Intervention, MessageFault, message_name
from foviz.sim.fingerprint import fingerprint
from foviz.wire.failover import ServerState

ADDRESS = ip_to_int("10.0.0.51")


def bound():
    return Lab(PAIR, lines="start C1\nrun until C1 bound\nrun 5s")


def stored(lab, server="DHCP1", address=ADDRESS):
    return lab.host(server).disk["leases"].get(("LAN", address))


# -- three ways to go down


@pytest.mark.parametrize(
    ("deed", "powered", "what"),
    [
        ("crash DHCP1", False, "crash"),
        ("power off DHCP1", False, "crash"),
        ("kill service DHCP1", True, "kill"),
        ("stop service DHCP1", True, "stop"),
    ],
)
def test_a_server_that_is_down(deed, powered, what):
    lab = bound()
    disk = dict(lab.host("DHCP1").disk["leases"])
    lab.run(deed)
    host = lab.host("DHCP1")
    assert (host.powered, host.running) == (powered, False)
    assert host.server is None
    assert host.failover is None
    assert host.timers == {}, "what is volatile is gone"
    assert host.disk["leases"] == disk, "what was stored stays"
    assert (host.down_why, host.down_since) == (what, lab.now)
    assert [r.value("what") for r in lab.records(Kind.HOST, "DHCP1")] == ["boot", what]


@pytest.mark.parametrize("deed", ["crash", "kill service", "stop service"])
def test_a_server_that_is_down_does_nothing_more(deed):
    lab = bound()
    lab.run(f"{deed} DHCP1")
    start = len(lab.trace)
    lab.run("run 2d")
    mine = [r for r in (lab.trace[n] for n in range(start, len(lab.trace))) if r.host == 0]
    assert {r.kind for r in mine} <= {Kind.LOST, Kind.RECEIVE, Kind.SEND}
    said = {r.value("octets") for r in mine if r.kind is Kind.SEND}
    assert said == (set() if deed == "crash" else {b"RST"}), "only its system refuses calls"


def test_a_stopped_service_stores_its_state_and_a_killed_one_what_it_had():
    lab = bound()
    last = lab.host("DHCP1").failover.endpoints["DHCP1-DHCP2"].durable
    lab.run("stop service DHCP1")
    assert lab.host("DHCP1").disk["failover"]["DHCP1-DHCP2"] == last


@pytest.mark.parametrize("deed", ["crash", "kill service", "stop service"])
def test_a_server_that_is_back_knows_what_it_stored(deed):
    lab = bound()
    lab.run(f"{deed} DHCP1\nrun 10m\nstart DHCP1\nrun 2m")
    assert lab.state("DHCP1") == lab.state("DHCP2") == "NORMAL"
    binding = lab.host("DHCP1").server.scopes["LAN"].store.get(ADDRESS)
    assert binding == stored(lab)
    assert binding.hardware == lab.host("C1").hardware


def test_restart_of_a_running_server_closes_and_begins_again():
    lab = bound()
    start = len(lab.trace)
    lab.run("restart DHCP1\nrun 10s")
    whats = [r.value("what") for r in lab.records(Kind.HOST, "DHCP1", start)]
    assert whats == ["stop", "boot"]
    assert lab.sent("FIN", "DHCP1", start)
    assert lab.state("DHCP1") == "NORMAL"


def test_restart_of_a_crashed_server_only_starts_it():
    lab = bound()
    lab.run("crash DHCP1\nrun 1m")
    start = len(lab.trace)
    lab.run("restart DHCP1")
    assert [r.value("what") for r in lab.records(Kind.HOST, "DHCP1", start)] == ["boot"]
    assert lab.host("DHCP1").powered


def test_an_offer_is_volatile():
    """A crash between OFFER and REQUEST forgets the offer; the client starts again."""
    lab = Lab(PAIR, lines="start C1\nrun until OFFER from DHCP1\nrestart DHCP1\nrun 3m")
    assert lab.host("C1").client.state.value == "BOUND"
    assert stored(lab).hardware == lab.host("C1").hardware


def test_a_crash_between_ack_and_update_is_made_up_for():
    """The BNDUPD leaves 2 ms after the ACK: a crash between them can be shown."""
    lab = Lab(PAIR, lines="start C1\nrun until ACK from DHCP1\nrun 1ms\ncrash DHCP1\nrun 4m")
    assert len(lab.sent("BNDUPD", "DHCP1")) == 2, "only the reserve was told"
    assert stored(lab).known is False
    assert stored(lab, "DHCP2") is None
    lab.run("start DHCP1\nrun 1m")
    assert stored(lab).known is True
    assert stored(lab, "DHCP2").hardware == lab.host("C1").hardware


# -- disks


def test_a_lost_disk_of_a_server_that_is_down():
    lab = bound()
    lab.run("crash DHCP2\nlose disk DHCP2\nrun 10m")
    assert lab.host("DHCP2").disk == {}
    assert lab.host("DHCP2").storage_lost
    start = len(lab.trace)
    lab.run("start DHCP2\nrun 2m")
    assert lab.state("DHCP2") == "RECOVER_WAIT", "for one MCLT: it may have promised anything"
    states = [r.value("new") for r in lab.records(Kind.STATE, "DHCP2", start)]
    names = [ServerState(number).name for number in states]
    assert names == ["STARTUP", "RECOVER", "RECOVER_WAIT"]
    assert lab.sent("UPDREQALL", "DHCP2", start), "in every profile (DESIGN §11.16)"
    assert stored(lab, "DHCP2").hardware == lab.host("C1").hardware, "it was told again"
    assert not lab.host("DHCP2").storage_lost


def test_a_running_server_that_loses_its_disk_finds_out_at_its_next_start():
    lab = bound()
    lab.run("lose disk DHCP1")
    host = lab.host("DHCP1")
    assert host.disk == {}
    assert lab.state("DHCP1") == "NORMAL", "it works from memory"
    lab.run("start C2\nrun until C2 bound")
    assert stored(lab, address=ip_to_int("10.0.0.52")) is not None
    start = len(lab.trace)
    lab.run("restart DHCP1")
    store = lab.host("DHCP1").server.scopes["LAN"].store
    assert list(store.touched()) == [], "what it wrote since then is gone as well"
    lab.run("run 1s")
    assert lab.sent("UPDREQALL", "DHCP1", start)


def test_settings_survive_the_loss_of_a_disk():
    lab = bound()
    lab.run("set mclt 30m\ncrash DHCP1\nlose disk DHCP1\nrun 5m\nstart DHCP1\nrun 1m")
    endpoint = lab.host("DHCP1").failover.endpoints["DHCP1-DHCP2"]
    assert endpoint.relationship.mclt_s == 1800


# -- clients


def test_a_client_that_is_off_keeps_its_lease_and_asks_for_it_again():
    lab = bound()
    lab.run("crash C1\nrun 1m")
    assert lab.host("C1").client is None
    start = len(lab.trace)
    lab.run("start C1\nrun 10s")
    assert lab.sent("DISCOVER", "C1", start) == []
    assert len(lab.sent("REQUEST", "C1", start)) == 1
    assert lab.host("C1").client.lease.address == ADDRESS


def test_release_gives_the_lease_back():
    lab = bound()
    lab.run("release C1\nrun 10s")
    assert lab.sent("RELEASE", "C1")
    assert lab.host("C1").client.lease is None
    assert lab.host("C1").held == 0
    assert lab.world.network.holders(ADDRESS) == ()
    assert stored(lab).status.name == "FREE"


def test_decline_sets_the_address_aside():
    lab = bound()
    lab.run("decline C1\nrun 30s")
    assert stored(lab).status.name == "ABANDONED"
    assert lab.host("C1").client.lease.address != ADDRESS


def test_renew_asks_at_once():
    lab = bound()
    start = len(lab.trace)
    lab.run("renew C1\nrun 1s")
    (request,) = lab.sent("REQUEST", "C1", start)
    assert request.value("destination") == ip_to_int("10.0.0.1")


def test_many_clients_start_one_after_the_other():
    lab = Lab(PAIR)
    lab.run("start 6 clients over 30s\nrun 30s")
    boots = lab.records(Kind.HOST, what="boot")[2:]
    assert [lab.name(r) for r in boots] == ["C1", "C2", "C3", "C4", "C5", "C6"]
    assert [(r.at - boots[0].at) // US for r in boots] == [0, 5, 10, 15, 20, 25]
    hardware = [lab.host(f"C{n}").hardware for n in range(1, 7)]
    assert hardware == [b"\x02\0\0\0\0" + bytes([n]) for n in range(1, 7)]


def test_what_happens_at_one_moment_happens_in_the_order_of_the_hosts():
    lab = Lab(PAIR, lines="start C3\nstart C2\nstart C1\nrun 5s")
    discovers = lab.sent("DISCOVER")
    assert len({r.at for r in discovers}) == 1
    assert [lab.name(r) for r in discovers] == ["C1", "C2", "C3"]


# -- clocks


def test_skew_changes_what_a_host_believes():
    lab = bound()
    lab.run("skew DHCP2 +90s")
    host = lab.host("DHCP2")
    assert host.clock(lab.now) - lab.now == 90 * US
    lab.run("run 2m")
    closed = lab.records(Kind.CONNECTION, what="closed")
    assert closed[0].value("why") == "the clocks differ too much"


def test_servers_whose_clocks_differ_try_again_once_a_minute_and_no_more():
    """Each try is rejected at once; without a pause they would fill the wire."""
    lab = bound()
    lab.run("skew DHCP2 +90s\nrun 61s")
    assert len(lab.sent("SYN", "DHCP1")) < 10
    start = len(lab.trace)
    lab.run("run 1h")
    assert lab.records(Kind.CONNECTION, start=start, what="rejected")
    for server in ("DHCP1", "DHCP2"):
        assert 59 <= len(lab.sent("SYN", server, start)) <= 61
    lab.run("skew DHCP2 0s\nrun 2m")
    assert lab.state("DHCP1") == lab.state("DHCP2") == "NORMAL"


def test_a_small_skew_is_borne():
    lab = bound()
    lab.run("skew DHCP2 +50s\nrun 10m")
    assert lab.state("DHCP1") == lab.state("DHCP2") == "NORMAL"


# -- links


def test_cut_and_heal_are_on_record_with_their_direction():
    lab = Lab(PAIR, lines="cut DHCP1-DHCP2 one-way\nheal DHCP1-DHCP2\ncut DHCP2-DHCP1 one-way")
    assert [r.data for r in lab.records(Kind.LINK)] == [
        ("DHCP1-DHCP2", "cut", "DHCP2"),
        ("DHCP1-DHCP2", "heal", ""),
        ("DHCP1-DHCP2", "cut", "DHCP1"),
    ]
    assert lab.world.network.links["DHCP1-DHCP2"].cut == "DHCP1"


def test_a_half_cut_link_can_be_cut_wholly():
    lab = Lab(PAIR, lines="cut DHCP1-DHCP2 one-way\ncut DHCP1-DHCP2")
    assert lab.world.network.links["DHCP1-DHCP2"].cut == "both"


# -- faults of messages


def test_drop_next_takes_one_message_and_no_other():
    lab = Lab(PAIR, lines="drop next OFFER from DHCP1\nstart C1\nrun until C1 bound")
    offers = lab.sent("OFFER", "DHCP1")
    assert [lab.why_lost(r) for r in offers] == ["drop", ""]
    assert lab.sent("DISCOVER", "C1")[1].at - lab.sent("DISCOVER", "C1")[0].at == 4 * US


def test_drop_next_3_takes_three():
    lab = Lab(PAIR, lines="drop next 3 DISCOVER\nstart C1\nrun until C1 bound")
    discovers = lab.sent("DISCOVER", "C1")
    assert [lab.why_lost(r) for r in discovers] == ["drop"] * 3 + [""]
    lost = lab.records(Kind.LOST, why="drop")
    assert len(lost) == 6, "each of the two hearers missed it three times"


def test_drop_next_waits_for_its_sender():
    lab = Lab(PAIR, lines="drop next DISCOVER from C2\nstart C1\nrun until C1 bound")
    assert lab.records(Kind.LOST, why="drop") == []
    lab.run("start C2\nrun 10s")
    assert lab.why_lost(lab.sent("DISCOVER", "C2")[0]) == "drop"
    assert lab.world.message_faults == []


def test_a_message_that_a_cut_stops_does_not_use_an_order_up():
    lab = Lab(PAIR, lines="cut LAN-C1\ndrop next DISCOVER\nstart C1\nrun 6s")
    assert [lab.why_lost(r) for r in lab.sent("DISCOVER")] == ["cut"]
    assert len(lab.world.message_faults) == 1


def test_delay_next_holds_one_message_back():
    lab = Lab(PAIR, lines="delay next OFFER 3s\nstart C1\nrun until C1 bound")
    (offer,) = lab.sent("OFFER")[:1]
    heard = lab.records(Kind.RECEIVE, "C1", message=offer.index)[0]
    assert heard.at - offer.at == 3 * US + 1000


def test_duplicate_next_delivers_twice():
    lab = Lab(PAIR, lines="duplicate next REQUEST from C1\nstart C1\nrun until C1 bound")
    (request,) = lab.sent("REQUEST", "C1")
    assert len(lab.records(Kind.RECEIVE, "DHCP1", message=request.index)) == 2
    assert len(lab.sent("ACK", "DHCP1")) == 2, "the server answers both, with one lease"
    assert len({r.value("octets")[16:20] for r in lab.sent("ACK", "DHCP1")}) == 1


def test_a_fault_matches_by_name_and_sender():
    contact = b"\x00\x0c\x0b\x0c" + bytes(8)
    assert message_name("failover", contact) == "CONTACT"
    assert message_name("tcp", b"SYN") == "SYN"
    assert MessageFault("drop", "CONTACT", "", 1).matches("DHCP1", "failover", contact)
    assert MessageFault("drop", "", "DHCP1", 1).matches("DHCP1", "failover", contact)
    assert not MessageFault("drop", "CONTACT", "DHCP2", 1).matches("DHCP1", "failover", contact)
    assert not MessageFault("drop", "STATE", "", 1).matches("DHCP1", "failover", contact)


# -- what can't be done


@pytest.mark.parametrize(
    ("before", "line", "why"),
    [
        ("", "start DHCP1", "DHCP1 is running already"),
        ("crash DHCP1", "crash DHCP1", "DHCP1 is off already"),
        ("crash DHCP1", "stop service DHCP1", "DHCP1 is off"),
        ("kill service DHCP1", "kill service DHCP1", "the service of DHCP1 is not running"),
        ("", "release C1", "C1 is off"),
        ("start C1", "release C1", "C1 has no lease"),
        ("start C1", "renew C1", "C1 has no lease"),
        ("cut DHCP1-DHCP2", "cut DHCP2-DHCP1", "DHCP1-DHCP2 is cut already"),
        ("cut DHCP1-DHCP2 one-way", "cut DHCP1-DHCP2 one-way", "DHCP1-DHCP2 is cut already"),
        ("", "heal DHCP1-DHCP2", "DHCP1-DHCP2 is not cut"),
        ("", "start 0 clients", "nobody would start"),
        ("", "start 20000 clients", "more than 10000 hosts are too many"),
        ("", "drop next 0 OFFER", "no message would be meant"),
        ("", "duplicate next BNDUPD", "TCP never delivers a BNDUPD twice"),
        ("", "set mclt 0s", "mclt has to be at least a second"),
        ("", "set balance 40%", "balance is a setting of load balance"),
        ("", "set reserve 5% in DHCP1-DHCP3", "no relationship is called “DHCP1-DHCP3”"),
        (
            "crash DHCP2\nlose disk DHCP2\nrun 10m\nstart DHCP2\nrun 2m",
            "partner-down DHCP2",
            "DHCP2 is in RECOVER-WAIT; it is possible in NORMAL, COMMUNICATION-INTERRUPTED",
        ),
    ],
)
def test_what_is_impossible_is_refused_and_changes_nothing(before, line, why):
    lab = Lab(PAIR, lines=before)
    records, state = len(lab.trace), fingerprint(lab.world)
    with pytest.raises(ScriptError) as caught:
        lab.run(line)
    assert caught.value.message.startswith(f"can't {line}: {why}")
    assert (len(lab.trace), fingerprint(lab.world)) == (records, state)


def test_an_intervention_is_an_event_with_its_line_and_number():
    lab = Lab(PAIR, lines="start C1\nrun 1s\nstart C2")
    first, second = lab.records(Kind.INTERVENTION)
    assert (first.data, second.data) == (("start C1", 1), ("start C2", 2))
    assert second.at - first.at == US
    boot = lab.records(Kind.HOST, "C2", what="boot")[0]
    assert (boot.cause, boot.event) == (second.index, second.event)
    assert first.event < second.event


def test_an_intervention_stands_between_two_events():
    lab = Lab(PAIR)
    at = lab.world.next_time()
    with pytest.raises(AssertionError):
        lab.world.intervene(at + 1, Intervention("crash", ("DHCP1",), "crash DHCP1"))
    assert lab.host("DHCP1").powered
