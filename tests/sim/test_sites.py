"""Two sites and one stretched subnet: what crosses the WAN, and what becomes of a duplicate."""

import pytest
from world_bench import Bench, facts_of

from foviz.base.address import ip_text
from foviz.base.kinds import Kind
from foviz.base.time import MINUTE, US

BOTH_TAKE_OVER = """
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
"""


def taken_over():
    return Bench("two-sites-automatic", BOTH_TAKE_OVER)


def test_the_wan_carries_broadcasts_and_failover_until_it_is_cut():
    bench = Bench("two-sites", "start C1\nrun 5s")
    (discover,) = bench.sent("DISCOVER", "C1")
    assert len(discover.value("arrivals")) == 2
    assert bench.states("DHCP2") == {"DHCP1-DHCP2": "NORMAL"}
    bench.run("cut WAN\nstart C3\nrun 5s")
    lost = bench.records(Kind.LOST, where="WAN")
    assert bench.sent("DISCOVER", "C3")[0].index in [r.value("message") for r in lost]


def test_clients_are_started_where_they_are_wanted():
    bench = Bench("two-sites", "start 4 clients at SITE-B over 1m\nrun 2m")
    network = bench.world.network
    started = [client for client in bench.world.clients() if client.ever_started]
    where = [network.links[network.interfaces[c.index][0].link].a for c in started]
    assert where == ["SITE-B"] * 4
    assert [client.name for client in started] == ["C2", "C4", "C5", "C7"]


def test_f1_both_take_over_and_one_address_has_two_clients():
    bench = taken_over()
    assert bench.breaches() == ["duplicate-address"] * 2
    first = bench.records(Kind.BREACH)[0]
    assert first.at == bench.records(Kind.RECEIVE, "C5")[-1].at, "at the second ACK"
    facts = [value for name, value, _ in first.value("facts") if name == "excused"]
    assert facts == [
        "both servers were in PARTNER-DOWN",
        "a server was in PARTNER-DOWN, and its partner served without knowing",
    ]
    assert facts_of(first)["missing"] == "BNDUPD from DHCP2 to DHCP1 about 10.0.0.55"
    states = [bench.trace[n] for n in first.value("culprits") if bench.trace.kind(n) == Kind.STATE]
    assert states, "who went to PARTNER-DOWN is among the culprits"
    assert (bench.world.monitors.breaches, bench.world.monitors.excused) == (0, 2)


def test_when_the_wan_heals_one_of_two_holders_gives_the_address_up():
    bench = taken_over().run("heal WAN\nrun 5s")
    conflicts = bench.records(Kind.CONFLICT)
    assert [(bench.name(r), ip_text(r.value("address"))) for r in conflicts] == [
        ("C15", "10.0.0.51"),
        ("C11", "10.0.0.55"),
    ]
    healed = bench.records(Kind.LINK, what="heal")[0]
    announced = [r for r in bench.sent("announce") if r.at > healed.at]
    assert {r.at - healed.at for r in announced} == {US}
    assert bench.trace[announced[0].cause].index == healed.index
    assert {bench.name(r) for r in bench.sent("DECLINE")} == {"C15", "C11"}
    for client in ("C1", "C5"):
        assert bench.lease(client) is not None, f"{client} spoke first and keeps its address"
    shared = bench.world.network.shared_addresses()
    assert shared == []


def test_a_client_that_gave_its_address_up_begins_anew_after_ten_seconds():
    bench = taken_over().run("heal WAN\nrun 5m")
    declined = bench.sent("DECLINE", "C15")[0]
    again = next(r for r in bench.sent("DISCOVER", "C15") if r.at > declined.at)
    assert again.at - declined.at == 10 * US


def test_hosts_that_share_no_address_say_nothing_when_a_link_heals():
    bench = Bench("two-sites", "start C1\nstart C2\nrun 1m\ncut WAN\nrun 1m")
    before = len(bench.sent("announce"))
    bench.run("heal WAN\nrun 1m")
    assert len(bench.sent("announce")) == before


def test_a_holder_that_is_off_says_nothing():
    bench = taken_over().run("crash C1\ncrash C15\nheal WAN\nrun 5s")
    assert [bench.name(r) for r in bench.records(Kind.CONFLICT)] == ["C11"]


@pytest.mark.parametrize("scenario", ["two-sites", "two-sites-automatic"])
def test_detection_takes_the_receive_timer(scenario):
    bench = Bench(scenario, "cut WAN\nrun 5m")
    cut = bench.records(Kind.LINK)[0].at
    lost = [r.at - cut for r in bench.records(Kind.STATE, "DHCP1") if r.at > cut]
    assert 2 * MINUTE <= lost[0] <= 3 * MINUTE, "F1: SSI + 120 to 180 s"
