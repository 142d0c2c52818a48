"""Relays and routes: broadcasts carried across subnets, unicasts and failover routed (F20)."""

import pytest
from world_bench import Bench

from foviz.base.address import ip_text, ip_to_int
from foviz.base.errors import ScenarioError
from foviz.base.kinds import Kind
from foviz.explain.digest import Digest
from foviz.explain.history import lease_history
from foviz.sim.scenario import parse_scenario
from foviz.sim.snapshot import Snapshot
from foviz.wire import dhcp


def bound(lines="start C1\nstart C2\nrun 10s"):
    return Bench("relay", lines)


def test_a_client_behind_a_relay_gets_an_address_of_its_own_subnet():
    bench = bound()
    assert [ip_text(bench.lease(c).address) for c in ("C1", "C2")] == ["10.1.0.51", "10.2.0.51"]
    assert bench.breaches() == []


def test_relayed_messages_carry_giaddr_and_the_answer_comes_back_the_same_way():
    bench = bound("start C1\nrun 10s")
    copies = [dhcp.decode(r.value("octets")) for r in bench.sent("DISCOVER", "R1")]
    assert [(ip_text(m.giaddr), m.hops) for m in copies] == [("10.1.0.1", 1)] * 2
    (offer,) = bench.sent("OFFER", "DHCP1")
    assert ip_text(offer.value("destination")) == "10.1.0.1"
    assert (offer.value("source_port"), offer.value("destination_port")) == (67, 67)
    (passed,) = bench.sent("OFFER", "R1")
    assert passed.value("target") == bench.host("C1").hardware
    assert passed.value("link") == "BRANCH1-R1"


def test_a_broadcast_is_not_heard_beyond_the_relay():
    bench = bound("start C1\nrun 10s")
    (discover,) = bench.sent("DISCOVER", "C1")
    assert [bench.world.hosts[host].name for host, _ in discover.value("arrivals")] == ["R1"]


def test_a_renewal_is_routed_past_the_relay_agent():
    bench = bound("start C1\nrun 31m")
    renewal = bench.sent("REQUEST", "C1")[-1]
    assert bench.world.hosts[renewal.value("arrivals")[0][0]].name == "DHCP1"
    assert (
        renewal.value("target")
        == bench.world.network.interfaces[bench.host("R1").index][1].hardware
    )
    assert bench.lease("C1").lease_s == 8 * 3600


@pytest.mark.parametrize("deed", ["crash R1", "power off R1", "cut CENTRE-R1"])
def test_a_dead_relay_takes_broadcasts_and_renewals_with_it(deed):
    bench = bound("start C1\nrun 10s")
    bench.run(f"{deed}\nrun 2h")
    assert bench.host("C1").client.lease is None, "it was renewed by nobody"
    where = "R1" if deed != "cut CENTRE-R1" else "CENTRE-R1"
    why = "off" if where == "R1" else "cut"
    lost = bench.records(Kind.LOST, where=where)
    assert {record.value("why") for record in lost} == {why}


def test_a_relay_that_returns_carries_again():
    bench = bound("crash R1\nstart C1\nrun 1m")
    assert bench.host("C1").client.lease is None
    bench.run("start R1\nrun 2m")
    assert ip_text(bench.lease("C1").address) == "10.1.0.51"


def test_f20_a_relay_to_one_server_only_loses_its_clients():
    """The partner is well, and yet a client of R2 loses its lease; one of R1 does not."""
    bench = bound("start C1\nstart C2\nrun 31m")
    bench.run("crash DHCP1\nrun 9h")
    assert bench.lease("C1").server == ip_to_int("10.0.0.2")
    assert bench.host("C2").client.lease is None
    heard = [r for r in bench.records(Kind.DECISION, "DHCP2") if r.at > bench.sent("SYN")[-1].at]
    assert bench.host("C2").hardware not in [r.value("client") for r in heard]


def test_the_leases_of_a_relayed_client_are_told_once_and_of_the_server():
    bench = bound("start C1\nrun 31m")
    digest = Digest(bench.trace)
    digest.update()
    grants = lease_history(bench.trace, digest, bench.host("C1").hardware, len(bench.trace))
    assert [grant.lease_s for grant in grants] == [3600, 8 * 3600]
    assert {bench.world.hosts[grant.server].name for grant in grants} == {"DHCP1"}
    first, second = grants
    assert first.base == bench.sent("REQUEST", "C1")[0].at
    assert second.base == bench.sent("REQUEST", "C1")[1].at


def test_snapshot_shows_relays():
    found = Snapshot(bound("crash R2").world).relays
    assert [(r.name, r.segments, r.powered) for r in found] == [
        ("R1", ("CENTRE", "BRANCH1"), True),
        ("R2", ("CENTRE", "BRANCH2"), False),
    ]
    assert [ip_text(helper) for helper in found[0].helpers] == ["10.0.0.1", "10.0.0.2"]


# -- scenarios

ROUTED = """
[segments.A]
network = "10.1.0.0/24"
[segments.B]
network = "10.2.0.0/24"
[servers.DHCP1]
A = "10.1.0.2"
[servers.DHCP2]
B = "10.2.0.2"
[relays.R]
A = "10.1.0.1"
{second}
helpers = {helpers}
{hops}
[scopes.A]
network = "10.1.0.0/24"
range = "10.1.0.50-10.1.0.60"
[relationships.pair]
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["A"]
[clients]
C1 = "A"
"""


def routed(second='B = "10.2.0.1"', helpers='["DHCP2"]', hops=""):
    return ROUTED.format(second=second, helpers=helpers, hops=hops)


def test_failover_is_routed_through_a_relay():
    bench = Bench(routed(), "run 1m")
    assert bench.states("DHCP1") == bench.states("DHCP2") == {"pair": "NORMAL"}
    contact = bench.sent("CONNECT")[0]
    assert ip_text(contact.value("destination")) == "10.2.0.2"
    bench.run("crash R\nrun 10m")
    assert bench.states("DHCP1") == {"pair": "COMMUNICATION_INTERRUPTED"}
    bench.run("start R\nrun 10m")
    assert bench.states("DHCP2") == {"pair": "NORMAL"}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"second": ""}, "have no network in common"),
        ({"helpers": '["DHCP3"]'}, "no server is called “DHCP3”; nearest"),
        ({"helpers": '["10.2.0"]'}, "no server is called “10.2.0”"),
        ({"hops": "hops = 17"}, "hops has to be a whole number from 0 to 16"),
        ({"second": 'B = "10.1.0.9"'}, "the address of R is not in the network of B"),
        ({"second": 'B = "10.2.0.2"'}, "DHCP2 has this address already"),
    ],
)
def test_mistakes_in_relays(changes, complaint):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(routed(**changes), "test", "lab.toml")
    assert complaint in caught.value.message
    assert caught.value.where.startswith("lab.toml:")
