"""Several relationships and scopes: hub and spoke, two sites that stand by for each other."""

import pytest
from world_bench import Bench

from foviz.base.address import ip_text
from foviz.base.errors import ScenarioError, ScriptError
from foviz.sim.scenario import MOST_RELATIONSHIPS, parse_scenario
from foviz.sim.snapshot import Snapshot

CROSSED = """
[segments.WEST]
network = "10.1.0.0/24"
[segments.EAST]
network = "10.2.0.0/24"
[servers.W]
WEST = "10.1.0.2"
[servers.E]
EAST = "10.2.0.2"
[relays.RW]
WEST = "10.1.0.1"
helpers = ["E"]
[relays.RE]
EAST = "10.2.0.1"
helpers = ["W"]
[links.WAN]
between = ["RW", "RE"]
network = "192.168.1.0/30"
latency = "15ms"
[scopes.WEST]
network = "10.1.0.0/24"
range = "10.1.0.51-10.1.0.70"
lease = "8h"
[scopes.WEST2]
network = "10.1.0.0/24"
range = "10.1.0.80-10.1.0.90"
lease = "8h"
[scopes.EAST]
network = "10.2.0.0/24"
range = "10.2.0.51-10.2.0.70"
lease = "8h"
[relationships.west]
mode = "hot standby"
primary = "W"
secondary = "E"
scopes = ["WEST"]
mclt = "30m"
reserve = 20
secret = "west"
[relationships.east]
mode = "hot standby"
primary = "E"
secondary = "W"
scopes = ["EAST", "WEST2"]
mclt = "1h"
reserve = 10
port = 648
[clients]
C1 = "WEST"
C2 = "EAST"
"""


# -- hub and spoke


def test_each_branch_has_its_own_state_and_pool():
    bench = Bench("hub-and-spoke", "start C1\nstart C2\nstart C3\nrun 10s")
    assert bench.states("HUB") == dict.fromkeys(("HUB-N", "HUB-E", "HUB-W"), "NORMAL")
    granted = [bench.binding("HUB", f"10.{n}.0.51", s).granter for n, s in
               ((1, "NORTH"), (2, "EAST"), (3, "WEST"))]  # fmt: skip
    assert granted == ["DHCP-N", "DHCP-E", "DHCP-W"]
    bench.run("crash DHCP-N\nrun 10m")
    assert bench.states("HUB") == {
        "HUB-N": "COMMUNICATION_INTERRUPTED",
        "HUB-E": "NORMAL",
        "HUB-W": "NORMAL",
    }
    bench.run("start C4\nrun 10s")
    assert ip_text(bench.lease("C4").address) == "10.1.0.141", "the lowest of its reserve"
    assert bench.breaches() == []


def test_an_order_to_a_server_with_several_relationships_has_to_say_which():
    bench = Bench("hub-and-spoke", "crash DHCP-N\nrun 10m")
    with pytest.raises(ScriptError, match="HUB has several relationships; say which"):
        bench.run("partner-down HUB")
    bench.run("partner-down HUB in HUB-N\nrun 1s")
    assert bench.states("HUB")["HUB-N"] == "PARTNER_DOWN"
    assert bench.states("HUB")["HUB-E"] == "NORMAL"
    bench.run("expect HUB in PARTNER-DOWN in HUB-N\nexpect HUB in NORMAL in HUB-E")
    bench.run("expect no HUB in PARTNER-DOWN in HUB-E")


def test_facts_name_their_relationship_and_scope():
    bench = Bench("hub-and-spoke", "cut CENTRE-R-E\nrun 10m")
    bench.run("expect HUB loses contact in HUB-E\nexpect no HUB loses contact in HUB-W")
    bench.run("expect HUB owns 10 free addresses in NORTH\nexpect HUB owns 30 free addresses")


def test_a_snapshot_shows_one_relationship_and_leaves_the_others_neutral():
    world = Bench("hub-and-spoke").world
    snapshot = Snapshot(world, "HUB-E")
    assert {s.name: s.number for s in snapshot.servers} == {
        "HUB": 2,
        "DHCP-N": 0,
        "DHCP-E": 1,
        "DHCP-W": 0,
    }
    assert [pool.scope for pool in snapshot.pools] == ["EAST", "NORTH", "WEST"]
    hub = snapshot.servers[0]
    assert [side.relationship for side in hub.endpoints] == ["HUB-E", "HUB-N", "HUB-W"]
    assert Snapshot(world).shown == "HUB-N"
    assert snapshot.relationships == ("HUB-N", "HUB-E", "HUB-W")


def test_duty_is_said_for_each_relationship():
    bench = Bench("hub-and-spoke", "crash DHCP-W\nrun 10m")
    hub = Snapshot(bench.world).servers[0]
    duties = {side.relationship: side.duty for side in hub.endpoints}
    assert duties == {"HUB-N": "", "HUB-E": "", "HUB-W": "active now"}


# -- two sites that stand by for each other


def test_crossed_hot_standby_over_one_wan():
    bench = Bench(CROSSED, "start C1\nstart C2\nrun 10s")
    assert bench.states("W") == bench.states("E") == {"west": "NORMAL", "east": "NORMAL"}
    assert ip_text(bench.lease("C1").server) == "10.1.0.2"
    assert ip_text(bench.lease("C2").server) == "10.2.0.2"
    bench.run("crash W\nrun 10m")
    assert set(bench.states("E").values()) == {"COMMUNICATION_INTERRUPTED"}
    bench.run("run 2h")
    assert ip_text(bench.lease("C1").server) == "10.2.0.2", "E stands by for the west"
    assert bench.lease("C1").lease_s == 1800, "by the MCLT of that relationship"
    assert bench.breaches() == []


def test_keys_of_a_relationship():
    west, east = (
        Bench(CROSSED).host("W").relationships[name] for name in ("west", "east")
    )  # fmt: skip
    assert (west.secret, west.port) == ("west", 647)
    assert (east.secret, east.port, east.scopes) == ("", 648, ("EAST", "WEST2"))
    opened = {r.value("destination_port") for r in Bench(CROSSED).sent("SYN")}
    assert opened == {647, 648}


def test_several_scopes_in_a_relationship_are_shared_out_each():
    bench = Bench(CROSSED)
    pools = {pool.scope: pool for pool in Snapshot(bench.world).pools}
    backups = {name: pool.beliefs[0].counts()["BACKUP"] for name, pool in pools.items()}
    assert backups == {"WEST": 4, "EAST": 2, "WEST2": 1}


# -- limits


def many(count):
    servers = "".join(f'[servers.S{n}]\nLAN = "10.0.{n}.1"\n' for n in range(count + 1))
    pairs = "".join(
        f'[relationships.R{n}]\nprimary = "S{n}"\nsecondary = "S0"\n' for n in range(1, count + 1)
    )
    return f'[segments.LAN]\nnetwork = "10.0.0.0/16"\n{servers}{pairs}'


def test_a_server_has_at_most_31_relationships():
    assert MOST_RELATIONSHIPS == 31
    bench = Bench(many(31), "run 1s")
    assert set(bench.states("S0").values()) == {"NORMAL"}
    with pytest.raises(ScenarioError, match="S0 has more than 31 relationships"):
        parse_scenario(many(32), "test")
    with pytest.raises(ScriptError, match="FO_MAX_RELATIONSHIPS, 0x4EA0"):
        Bench(many(31) + '[servers.X]\nLAN = "10.0.99.1"\n').run("relate X S0 as load balance")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("port = 648", "port = 0", "port has to be a whole number from 1 to 65535"),
        ("[relationships.east]", f"[relationships.{'e' * 127}]", "at most 126 characters"),
        ('scopes = ["EAST", "WEST2"]', 'scopes = ["EAST", "WEST"]', "is in two relationships"),
    ],
)
def test_mistakes(old, new, complaint):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(CROSSED.replace(old, new), "test", "lab.toml")
    assert complaint in caught.value.message
