"""Frames on their way: ways, latency, cuts, loss, who hears a broadcast, who owns an address."""

import pytest
from laboratory import PAIR, Lab

from foviz.base.address import ip_to_int
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.sim.network import Interface, Network

TWO_SITES = """
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
latency = "20ms"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.60"
[relationships.pair]
mode = "hot standby"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
reserve = 20
[clients]
C1 = "NORTH"
C2 = "SOUTH"
"""


def small():
    """A - s1 -- s2 - B, and C on s1."""
    network = Network()
    for segment in ("s1", "s2"):
        network.add_segment(segment)
    for place, (name, segment) in enumerate((("A", "s1"), ("B", "s2"), ("C", "s1"))):
        host = network.add_host(name)
        network.add_link(f"{segment}-{name}", segment, name, 500)
        network.add_interface(
            Interface(host, f"{segment}-{name}", ip_to_int(f"10.0.0.{place + 1}"), 24, bytes(5))
        )
    network.add_link("bridge", "s1", "s2", 20_000)
    return network


# -- ways


def test_a_way_goes_over_every_link_between():
    network = small()
    way = network.way(network.interfaces[0][0], 1)
    assert way == (("s1-A", "s1"), ("bridge", "s2"), ("s2-B", "B"))
    assert network.latency(way) == 21_000
    assert network.back(way, "A") == (("s2-B", "s2"), ("bridge", "s1"), ("s1-A", "A"))


def test_the_shortest_way_on_one_segment():
    network = small()
    assert network.way(network.interfaces[0][0], 2) == (("s1-A", "s1"), ("s1-C", "C"))


def test_no_way_to_an_island():
    network = small()
    network.add_segment("s3")
    far = network.add_host("D")
    network.add_link("s3-D", "s3", "D", 500)
    assert network.way(network.interfaces[0][0], far) is None


def test_a_new_link_opens_a_new_way():
    network = small()
    network.add_segment("s3")
    far = network.add_host("D")
    network.add_link("s3-D", "s3", "D", 500)
    assert network.way(network.interfaces[0][0], far) is None
    network.add_link("s1-s3", "s1", "s3", 1000)
    assert network.latency(network.way(network.interfaces[0][0], far)) == 2000


def test_a_cut_has_directions():
    network = small()
    way = network.way(network.interfaces[0][0], 1)
    back = network.back(way, "A")
    bridge = network.links["bridge"]
    assert network.cut_on(way) == network.cut_on(back) == bridge.cut == ""
    bridge.cut_ab = True
    assert (network.cut_on(way), network.cut_on(back), bridge.cut) == ("bridge", "", "s2")
    bridge.cut_ba = True
    assert (network.cut_on(way), network.cut_on(back), bridge.cut) == ("bridge", "bridge", "both")
    bridge.cut_ab = False
    assert (network.cut_on(way), network.cut_on(back), bridge.cut) == ("", "bridge", "s1")


def test_the_first_cut_on_the_way_is_named():
    network = small()
    network.links["s2-B"].cut_ab = network.links["bridge"].cut_ab = True
    assert network.cut_on(network.way(network.interfaces[0][0], 1)) == "bridge"


# -- addresses


def test_holders_stand_in_order_whoever_came_first():
    network = small()
    address = ip_to_int("10.0.0.99")
    for host in (2, 0, 1, 0):
        network.hold(address, host)
    assert network.holders(address) == (0, 1, 2)
    network.let_go(address, 1)
    network.let_go(address, 1)
    assert network.holders(address) == (0, 2)


def test_a_checkpoint_hears_of_every_change():
    network = small()
    before = network.changes
    network.hold(1, 0)
    network.let_go(1, 0)
    assert network.changes == before + 2
    network.let_go(1, 0)
    assert network.changes == before + 2, "nothing happened"


def test_an_interface_is_chosen_by_source_then_by_subnet():
    lab = Lab(PAIR)
    network, index = lab.world.network, lab.host("DHCP1").index
    lan, wire = network.interfaces[index]
    own, partner = ip_to_int("192.168.99.1"), ip_to_int("192.168.99.2")
    assert network.interface_for(index, own, ip_to_int("10.0.0.9")) == wire
    assert network.interface_for(index, 0, partner) == wire
    assert network.interface_for(index, 0, ip_to_int("10.0.0.9")) == lan
    assert network.interface_for(index, 0, ip_to_int("8.8.8.8")) == lan


# -- datagrams


def test_a_broadcast_to_the_servers_is_heard_by_every_server_and_by_no_client():
    lab = Lab(PAIR, lines="start C2\nstart C1\nrun 5s")
    for discover in lab.sent("DISCOVER"):
        hearers = [lab.world.hosts[host].name for host, _ in discover.value("arrivals")]
        assert hearers == ["DHCP1", "DHCP2"]
        assert [at - discover.at for _, at in discover.value("arrivals")] == [1000, 1000]
        heard = lab.records(Kind.RECEIVE, message=discover.index)
        assert [lab.name(r) for r in heard] == hearers


def test_a_broadcast_to_a_client_reaches_the_owner_of_the_hardware_address_only():
    lab = Lab(PAIR, lines="start C2\nrun 3s\nstart C1\nrun 5s")
    for message in ("OFFER", "ACK"):
        for sent in lab.sent(message):
            (hearer,) = [host for host, _ in sent.value("arrivals")]
            owner = lab.world.network.host_of_hardware(sent.value("octets")[28:34])
            assert hearer == owner


def test_cost_does_not_grow_with_bystanders():
    """DESIGN §11.8: a broadcast is delivered only to hosts that listen on the port."""

    def events(bystanders):
        lab = Lab(PAIR.replace("10.0.0.70", "10.0.0.200"))
        lab.run(f"start {3 + bystanders} clients\nrun 1m")
        before = lab.world.executed
        lab.run("renew C1\nrun 1s")
        return lab.world.executed - before

    assert events(0) == events(60)


def test_two_sites_hear_each_other_over_the_wan():
    lab = Lab(TWO_SITES, lines="start C2\nrun until C2 bound\nrun 1s")
    (discover,) = lab.sent("DISCOVER")
    assert {
        lab.world.hosts[host].name: at - discover.at for host, at in discover.value("arrivals")
    } == {"DHCP1": 21_000, "DHCP2": 1000}
    assert lab.name(lab.sent("OFFER")[0]) == "DHCP1"


def test_a_cut_wan_leaves_each_site_its_own_server():
    lab = Lab(TWO_SITES, lines="cut WAN\nrun 5m\nstart C1\nstart C2\nrun 10s")
    acks = {lab.world.hosts[r.value("arrivals")[0][0]].name: lab.name(r) for r in lab.sent("ACK")}
    assert acks == {"C1": "DHCP1", "C2": "DHCP2"}
    lost = lab.records(Kind.LOST, "DHCP2", why="cut", where="WAN")
    assert lost, "what C1 said to DHCP2 is on record as lost"


def test_a_cut_takes_what_is_on_its_way():
    lab = Lab(TWO_SITES, lines="start C2\nrun until DISCOVER from C2\nrun 5ms\ncut WAN\nrun 1s")
    (discover,) = lab.sent("DISCOVER")
    (lost,) = lab.records(Kind.LOST, "DHCP1", message=discover.index)
    assert (lost.value("why"), lost.value("where")) == ("cut", "WAN")
    assert lost.at - discover.at == 21_000, "it died when it would have arrived"


def test_a_healed_link_carries_what_was_sent_before_it_was_mended_only_if_on_its_way():
    lab = Lab(TWO_SITES, lines="cut WAN\nstart C2\nrun until DISCOVER from C2\nheal WAN\nrun 1s")
    (discover,) = lab.sent("DISCOVER")
    assert lab.records(Kind.RECEIVE, "DHCP1", message=discover.index) == []
    assert len(lab.records(Kind.LOST, "DHCP1", message=discover.index, why="cut")) == 1


@pytest.mark.parametrize(
    ("deed", "why"), [("crash DHCP2", "off"), ("kill service DHCP2", "no-service")]
)
def test_what_reaches_nobody_says_why(deed, why):
    lab = Lab(PAIR, lines=f"{deed}\nstart C1\nrun 5s")
    (discover,) = lab.sent("DISCOVER")
    (lost,) = lab.records(Kind.LOST, "DHCP2", message=discover.index)
    assert (lost.value("why"), lost.value("where")) == (why, "DHCP2")


def test_every_planned_arrival_comes_to_one_end():
    """Nothing is silent (DESIGN §2.4): each is heard or lost, once."""
    lab = Lab(
        PAIR,
        lines="start C1\nrun until C1 bound\ncrash DHCP1\nstart C2\nrun 2m\ncut LAN-C1\nrun 40m\n"
        "heal LAN-C1\ndrop next DISCOVER\nstart C3\nrun 20m\nstart DHCP1\nrun 2m",
    )
    for record in lab.records(Kind.SEND):
        for host, at in record.value("arrivals"):
            if at > lab.world.now:
                continue
            ends = [
                lab.trace[n].kind
                for n in range(record.index, min(record.index + 400, len(lab.trace)))
                if lab.trace.host(n) == host
                and lab.trace.kind(n) in (Kind.RECEIVE, Kind.LOST)
                and lab.trace[n].value("message") == record.index
            ]
            assert len(ends) == 1, (record, ends)


# -- chance, which is none


def lossy(seed, **odds):
    lab = Lab(PAIR, seed=seed)
    for name in ("LAN-C1", "LAN-C2"):
        for what, odd in odds.items():
            setattr(lab.world.network.links[name], what, odd)
    lab.run("start C1\nstart C2\nrun 3h")
    return lab


def test_a_link_that_loses_everything_loses_everything():
    lab = lossy(1, loss=1.0)
    assert lab.sent("OFFER") == []
    lost = lab.records(Kind.LOST, why="loss")
    assert len(lost) == 2 * len(lab.sent("DISCOVER"))


def test_loss_is_a_function_of_the_seed():
    one, same, other = (lossy(seed, loss=0.3) for seed in (1, 1, 2))
    assert one.trace.fingerprint(len(one.trace)) == same.trace.fingerprint(len(same.trace))
    lost = [r.value("message") for r in one.records(Kind.LOST, why="loss")]
    assert lost
    assert lost != [r.value("message") for r in other.records(Kind.LOST, why="loss")]
    assert one.host("C1").client.lease is not None, "and clients get through in the end"


def test_a_duplicated_datagram_arrives_twice():
    lab = lossy(1, duplication=1.0)
    discover = lab.sent("DISCOVER", "C1")[0]
    heard = lab.records(Kind.RECEIVE, "DHCP1", message=discover.index)
    assert [r.at - discover.at for r in heard] == [1000, 1001]
    assert lab.host("C1").client.state.value == "BOUND"


def test_a_reordered_datagram_is_late_by_three_latencies():
    lab = lossy(1, reordering=1.0)
    discover = lab.sent("DISCOVER", "C1")[0]
    assert [at - discover.at for _, at in discover.value("arrivals")] == [2500, 2500]


# -- address resolution


def test_a_client_probes_before_it_is_bound_and_announces_itself():
    lab = Lab(PAIR, lines="start C1\nrun until C1 bound")
    ack, probe, announce = lab.sent("ACK")[0], lab.sent("probe")[0], lab.sent("announce")[0]
    assert ack.index < probe.index < announce.index
    assert (probe.value("source"), probe.value("destination")) == (0, ip_to_int("10.0.0.51"))
    assert announce.value("source") == announce.value("destination") == ip_to_int("10.0.0.51")
    assert announce.at - probe.at == US
    assert probe.value("target") == b"\xff" * 6


def test_a_holder_defends_its_address_and_the_client_declines():
    lab = Lab(PAIR, lines="start C3\nrun until C3 bound")
    stolen = ip_to_int("10.0.0.52")  # set by hand on C3, and nobody told a server
    lab.world.network.hold(stolen, lab.host("C3").index)
    lab.run("start C1\nrun 5s")
    (probe,) = lab.sent("probe", "C1")
    (defence,) = lab.sent("defence", "C3")
    assert probe.value("destination") == stolen
    assert lab.trace[defence.cause].value("message") == probe.index
    (conflict,) = lab.records(Kind.CONFLICT, "C1")
    assert conflict.value("hardware") == lab.host("C3").hardware
    assert lab.sent("DECLINE", "C1"), "RFC 2131 §3.1.5"
    lab.run("run until C1 bound")
    assert lab.host("C1").client.lease.address == ip_to_int("10.0.0.53")


def test_a_probe_does_not_cross_a_cut():
    """So a duplicate address is made while two sites are apart (DESIGN §11.7)."""
    lab = Lab(TWO_SITES)
    address = ip_to_int("10.0.0.51")  # set by hand on C2, in the south
    lab.world.network.hold(address, lab.host("C2").index)
    lab.host("C2").powered = True
    lab.run("cut WAN\nstart C1\nrun until C1 bound")
    (probe,) = lab.sent("probe", "C1")
    assert (probe.value("destination"), probe.value("arrivals")) == (address, ())
    assert lab.sent("defence") == []
    assert lab.host("C1").client.lease.address == address
