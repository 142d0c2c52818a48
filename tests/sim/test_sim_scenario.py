"""Scenarios: what a TOML file describes, and one sentence with its line for each mistake."""

import pytest
from laboratory import PAIR, Lab

from foviz.base.address import ip_to_int
from foviz.base.errors import ScenarioError
from foviz.base.time import US
from foviz.library import load_scenario, scenario_names
from foviz.sim.build import build
from foviz.sim.scenario import parse_scenario


def parsed(text):
    return parse_scenario(text, "test", "lab.toml")


def line_of(text, needle):
    return next(n for n, line in enumerate(text.splitlines(), 1) if needle in line)


# -- what is read


def test_the_bundled_scenario():
    scenario = load_scenario("hot-standby")
    assert [server.name for server in scenario.servers] == ["DHCP1", "DHCP2"]
    assert [client.hardware.hex() for client in scenario.clients] == [
        f"02000000000{n}" for n in (1, 2, 3)
    ]
    (plan,) = scenario.relationships
    assert (plan.mode.value, plan.mclt_s, plan.reserve_percent) == ("hot standby", 3600, 5)
    (scope,) = scenario.scopes
    assert (scope.config.lease_s, scope.servers) == (8 * 86400, ("DHCP1", "DHCP2"))
    assert scenario.profile.name == "microsoft"


@pytest.mark.parametrize("name", scenario_names())
def test_every_bundled_scenario_runs(name):
    lab = Lab(name)
    assert len(lab.world.servers()) >= 2
    assert lab.records(10), "states were changed before the story began"


def test_what_is_left_out_has_a_sensible_value():
    scenario = parsed(
        '[segments.LAN]\nnetwork = "10.0.0.0/24"\n[servers.A]\nLAN = "10.0.0.1"\n'
        '[scopes.LAN]\nnetwork = "10.0.0.0/24"\nrange = "10.0.0.10-10.0.0.20"\n'
    )
    assert scenario.title == "test"
    assert scenario.first_delay == 4 * US
    assert scenario.scopes[0].config.lease_s == 8 * 86400
    assert scenario.scopes[0].servers == ("A",)
    assert build(scenario, 1).next_time() is not None


def test_switches_of_the_profile():
    scenario = parsed('profile = "microsoft"\n[switches]\nreceive-timer-s = 60\n')
    assert scenario.profile.receive_timer_s == 60
    assert scenario.profile.name == "microsoft"


def test_servers_have_the_addresses_that_are_written():
    world = Lab(PAIR).world
    first, second = world.servers()
    assert [i.address for i in world.network.interfaces[first.index]] == [
        ip_to_int("10.0.0.1"),
        ip_to_int("192.168.99.1"),
    ]
    assert second.relationships["DHCP1-DHCP2"].own_address == ip_to_int("192.168.99.2")
    assert second.relationships["DHCP1-DHCP2"].partner_address == ip_to_int("192.168.99.1")


def test_failover_over_the_lan_when_there_is_no_other_link():
    text = PAIR.replace('[links.DHCP1-DHCP2]\nnetwork = "192.168.99.0/30"\n', "")
    lab = Lab(text)
    assert lab.state("DHCP1") == lab.state("DHCP2") == "NORMAL"
    assert {r.value("link") for r in lab.sent("CONTACT")} == {"LAN-DHCP1", "LAN-DHCP2"}


def test_excluded_addresses_are_given_to_nobody():
    text = PAIR.replace('lease = "8d"', 'lease = "8d"\nexcluded = ["10.0.0.51", "10.0.0.52"]')
    lab = Lab(text, lines="start C1\nrun until C1 bound")
    assert lab.host("C1").client.lease.address == ip_to_int("10.0.0.53")


def test_a_clock_that_is_off_from_the_start():
    text = PAIR.replace('LAN = "10.0.0.2"', 'LAN = "10.0.0.2"\nskew = "-30s"')
    assert Lab(text).host("DHCP2").skew == -30 * US


# -- mistakes


def changed(old, new):
    assert old in PAIR, old
    return PAIR.replace(old, new, 1)


MISTAKES = [
    ('title = "A pair', 'titles = "A pair', "titles", "“titles” is not known here; nearest: title"),
    ('mode = "hot standby"', 'mod = "hot standby"', "mod =", "“mod” is not known here"),
    ('mode = "hot standby"', 'mode = "hot standbye"', "mode =", "nearest: hot standby"),
    ('network = "10.0.0.0/24"', 'network = "10.0.0.0/33"', "/33", "10.0.0.0/33"),
    ('network = "10.0.0.0/24"', 'network = "10.0.0.0/24"\nnet = 5', "net = 5", "“net”"),
    ('LAN = "10.0.0.1"', 'LAN = "10.0.1.1"', "10.0.1.1", "not in the network of LAN"),
    ('LAN = "10.0.0.2"', 'LAN = "10.0.0.1"', "X", "DHCP1 has this address already"),
    ('LAN = "10.0.0.2"', 'LAN = "10.0.0"', '"10.0.0"', "10.0.0"),
    ('LAN = "10.0.0.2"', 'skew = "5s"', "[servers.DHCP2]", "needs an address on a segment"),
    ('lease = "8d"', 'lease = "8 days"', "lease", "is not a duration"),
    ('lease = "8d"', 'lease = "0s"', "lease", "at least a second"),
    ('lease = "8d"', 'lease = "4000d"', "lease", "longer than ten years"),
    ('lease = "8d"', "lease = 8", "lease", "has to be text in quotation marks"),
    ("reserve = 10", "reserve = 101", "reserve", "whole number from 0 to 100"),
    ("reserve = 10", "reserve = true", "reserve", "whole number from 0 to 100"),
    ("10.0.0.51-10.0.0.70", "10.0.0.70-10.0.0.51", "range", "not within"),
    ("10.0.0.51-10.0.0.70", "10.0.0.51", "range", "is no range"),
    ("10.0.0.51-10.0.0.70", "10.0.0.51-10.0.1.70", "range", "not within"),
    ('scopes = ["LAN"]', 'scopes = ["WAN"]', 'scopes = ["WAN"]', "no scope is called “WAN”"),
    ('scopes = ["LAN"]', 'scopes = "LAN"', 'scopes = "LAN"', "has to be a list of texts"),
    ('primary = "DHCP1"', 'primary = "DHCP3"', "primary", "no server is called “DHCP3”"),
    ('primary = "DHCP1"', 'primary = "DHCP2"', "secondary", "two different servers"),
    ('primary = "DHCP1"\n', "", "[relationships.DHCP1-DHCP2]", "lacks its primary"),
    ('mclt = "1h"', 'mclt = "-1h"', "mclt", "at least a second"),
    ('C1 = "LAN"', 'C1 = "WAN"', "C1", "no segment is called “WAN”"),
    ('C1 = "LAN"', 'PC1 = "LAN"', "PC1", "is no client's name"),
    ('C1 = "LAN"', 'C0 = "LAN"', "C0", "is no client's name"),
    ("[servers.DHCP2]", "[servers.dhcp1]", "[servers.dhcp1]", "taken already, in servers"),
    ("[servers.DHCP2]", '[servers."DHCP 2"]', '"DHCP 2"', "is no name"),
    (
        'network = "192.168.99.0/30"',
        'network = "192.168.99.0/31"',
        "/31",
        "no room for two addresses",
    ),
    (
        'network = "192.168.99.0/30"',
        'between = ["LAN", "DHCP9"]',
        "between",
        "no segment or server is called “DHCP9”; nearest: DHCP",
    ),
    (
        "[segments.LAN]",
        '[switches]\nreceiver-timer-s = 5\n[segments.LAN]',
        "receiver-timer-s",
        "nearest: receive_timer_s",
    ),
    (
        "[segments.LAN]",
        '[switches]\nreceive-timer-s = "soon"\n[segments.LAN]',
        "receive-timer-s",
        "has to be a whole number",
    ),
    (
        "[segments.LAN]",
        "[switches]\nreceive-timer-s = 0\n[segments.LAN]",
        "receive-timer-s",
        "has to be at least 1",
    ),
    (
        "[segments.LAN]",
        'profile = "microsofts"\n[segments.LAN]',
        "profile",
        "no profile is called “microsofts”; nearest: microsoft",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where", "words"), MISTAKES)
def test_a_mistake_is_one_sentence_with_its_line(old, new, where, words):
    text = changed(old, new)
    with pytest.raises(ScenarioError) as caught:
        parsed(text)
    error = caught.value
    assert words in error.message
    assert "\n" not in str(error)
    file, line = error.where.split(":")[:2]
    assert file == "lab.toml"
    wanted = line_of(text, where) if where != "X" else line_of(text, "[servers.DHCP2]") + 1
    if where == "secondary":
        wanted = line_of(text, 'secondary = "DHCP2"')
    assert int(line) == wanted


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[segments.LAN\n", "lab.toml:1:"),
        ('title = "x"\nprofile = \n', "lab.toml:2:"),
        ('title = "x"\ntitle = "y"\n', "lab.toml:2:"),
        ('title = "x', "lab.toml:1:"),
    ],
)
def test_what_is_no_toml_is_told_with_line_and_column(text, place):
    with pytest.raises(ScenarioError) as caught:
        parsed(text)
    assert caught.value.where.startswith(place)
    assert caught.value.where.split(":")[2].isdigit()
    assert caught.value.message.startswith("this is no TOML: ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("segments = 5", "segments has to be a table: [segments]"),
        ("title = 5", "title has to be text"),
        ('[segments]\nLAN = "10.0.0.0/24"', "LAN has to be a table: [segments.LAN]"),
        ("[clients]\nC1 = 5", "C1 has to be text"),
    ],
)
def test_a_table_where_text_stands_and_the_other_way_round(text, words):
    with pytest.raises(ScenarioError) as caught:
        parsed(text)
    assert words in str(caught.value)


def test_a_scope_in_two_relationships():
    text = PAIR + (
        '[relationships.other]\nprimary = "DHCP2"\nsecondary = "DHCP1"\nscopes = ["LAN"]\n'
    )
    with pytest.raises(ScenarioError, match="scope LAN is in two relationships"):
        parsed(text)


def test_partners_that_could_never_meet():
    text = (
        '[segments.A]\nnetwork = "10.0.0.0/24"\n[segments.B]\nnetwork = "10.0.1.0/24"\n'
        '[servers.DHCP1]\nA = "10.0.0.1"\n[servers.DHCP2]\nB = "10.0.1.1"\n'
        '[relationships.pair]\nprimary = "DHCP1"\nsecondary = "DHCP2"\n'
    )
    with pytest.raises(ScenarioError) as caught:
        parsed(text)
    assert str(caught.value) == "lab.toml:9: DHCP1 and DHCP2 have no network in common"


def test_too_many_servers_and_too_large_a_range():
    servers = "".join(f'[servers.S{n}]\nLAN = "10.0.0.{n}"\n' for n in range(1, 70))
    with pytest.raises(ScenarioError, match="more than 64 servers"):
        parsed('[segments.LAN]\nnetwork = "10.0.0.0/24"\n' + servers)
    with pytest.raises(ScenarioError, match="more than 65536 addresses"):
        parsed('[scopes.X]\nnetwork = "10.0.0.0/8"\nrange = "10.0.0.1-10.9.0.0"\n')


def test_an_unknown_scenario_names_the_nearest():
    with pytest.raises(ScenarioError, match="no scenario is called “hot-stanby”; nearest: hot-st"):
        load_scenario("hot-stanby")
