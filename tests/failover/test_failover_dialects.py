"""Whole pairs in the laboratory: each profile, each dialect, with a secret and without."""

import pytest

from foviz.base.errors import ScriptError
from foviz.base.kinds import Kind
from foviz.failover.profile import with_switch
from foviz.session import Session
from foviz.sim.scenario import parse_scenario
from foviz.wire import failover as wire

PAIR = """
title = "A pair"
profile = "{profile}"
[segments.LAN]
network = "10.0.0.0/24"
[servers.DHCP1]
LAN = "10.0.0.1"
[servers.DHCP2]
LAN = "10.0.0.2"
[links.DHCP1-DHCP2]
network = "192.168.99.0/30"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.70"
lease = "8h"
[relationships.rel]
mode = "{mode}"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
mclt = "1h"
[clients]
C1 = "LAN"
C3 = "LAN"
[switches]
{switches}
"""


def session(profile="microsoft", mode="load balance", **switches):
    lines = "\n".join(f'{name} = "{value}"' for name, value in switches.items())
    text = PAIR.format(profile=profile, mode=mode, switches=lines)
    return Session(parse_scenario(text, "test"), seed=1)


def run(lab, lines):
    for line in lines.strip().splitlines():
        lab.do(line.strip())
    return lab


def records(lab, kind, **values):
    found = (lab.record(index) for index in range(lab.record_count))
    return [
        record
        for record in found
        if record.kind is kind and all(record.value(k) == v for k, v in values.items())
    ]


def states(lab):
    return [server.endpoint.state_text for server in lab.snapshot().servers]


@pytest.mark.parametrize("named", ["isc", "draft", "microsoft"])
@pytest.mark.parametrize("profile", ["microsoft", "draft", "isc"])
@pytest.mark.parametrize("secret", ["", "xyz"])
def test_every_pair_meets_and_keeps_its_clients(profile, named, secret):
    lab = session(profile, wire_dialect=named)
    if secret:
        run(lab, f'set secret "{secret}"')
    run(
        lab,
        """
        run 5m
        start C1
        run until C1 bound
        run 10s
        start C3
        run until C3 bound
        run 40m
        expect C1 bound
        """,
    )
    assert states(lab) == ["NORMAL", "NORMAL"]
    assert records(lab, Kind.BREACH) == []
    updates = [
        record
        for record in records(lab, Kind.SEND, protocol="failover")
        if record.value("octets")[2] == wire.FailoverType.BNDUPD
    ]
    offset = 8 if named == "microsoft" else 12
    assert updates
    assert all(record.value("octets")[3] == offset for record in updates)
    for server in lab.snapshot().servers:
        assert server.endpoint.pending == 0


@pytest.mark.parametrize("named", ["isc", "draft", "microsoft"])
def test_a_lesson_finds_messages_about_a_client_in_every_dialect(named):
    lab = session(wire_dialect=named)
    run(lab, "start C1\nrun until C1 bound\nrun 1s\nexpect BNDUPD from DHCP1 to DHCP2 about C1")


def test_both_servers_agree_in_microsofts_encoding_after_a_release():
    lab = session(wire_dialect="microsoft")
    run(
        lab,
        """
        start C1
        run until C1 bound
        run 10s
        expect DHCP2 believes 10.0.0.51 ACTIVE for C1
        release C1
        run 10s
        expect DHCP1 believes 10.0.0.51 FREE
        expect DHCP2 believes 10.0.0.51 FREE
        """,
    )


# -- the lines


def test_another_secret_on_one_side_parts_them_and_the_same_brings_them_back():
    lab = session(mode="hot standby")
    run(lab, 'set secret "abc"\nrun 5m')
    assert states(lab) == ["NORMAL", "NORMAL"]
    run(lab, 'set secret "xyz" on DHCP2\nrun 5m')
    assert states(lab) == ["COMMUNICATION-INTERRUPTED"] * 2
    assert records(lab, Kind.DECISION, rule="digest-wrong")
    run(lab, 'set secret "xyz" on DHCP1 in rel\nrun 5m')
    assert states(lab) == ["NORMAL", "NORMAL"]


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ('set secret "abc" on DHCP1', ("digest-not-configured", "digest-missing")),
        ('set secret "abc" on DHCP2', ("digest-missing", "digest-not-configured")),
    ],
)
def test_a_secret_on_one_side_only(line, rules):
    lab = session(mode="hot standby")
    run(lab, f"{line}\nrun 5m")
    assert states(lab) == ["COMMUNICATION-INTERRUPTED"] * 2
    found = [record.value("rule") for record in records(lab, Kind.DECISION, outcome="refused")]
    assert any(rule in found for rule in rules)
    run(lab, "set secret none\nrun 5m")
    assert states(lab) == ["NORMAL", "NORMAL"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("set secret", "stops too early"),
        ("set secret xyz on DHCP9", "no server is called"),
        ('set secret "xyz" in nowhere', "nowhere"),
        ('set secret "' + "x" * 300 + '"', "at most 255"),
    ],
)
def test_a_secret_that_cannot_be_set(line, words):
    lab = session()
    with pytest.raises(ScriptError) as caught:
        lab.do(line)
    assert words in str(caught.value)


def test_why_names_the_switch():
    lab = session("draft", mode="hot standby")
    run(lab, "start C1\nrun until C1 bound\ncrash DHCP1\nrun 8h")
    reply = lab.do("show why C1")
    assert any("survivor_lease = pet-plus-mclt" in line for line in reply.lines), reply.lines
    assert any("microsoft: mclt" in line for line in reply.lines), reply.lines


def test_a_changed_mclt_of_the_primary_reaches_the_secondary_with_connect():
    lab = session("draft", mode="hot standby")
    run(lab, "set mclt 30m\nrun 1m")
    sides = {server.name: server.endpoint.mclt_s for server in lab.snapshot().servers}
    assert sides == {"DHCP1": 1800, "DHCP2": 3600}
    run(lab, "cut DHCP1-DHCP2\nrun 3m\nheal DHCP1-DHCP2\nrun 5m")
    assert lab.snapshot().servers[1].endpoint.mclt_s == 1800
    assert states(lab) == ["NORMAL", "NORMAL"]


def test_a_switch_in_the_scenario_reaches_the_wire():
    scenario = session(wire_dialect="draft").scenario
    assert scenario.profile == with_switch(scenario.profile, "wire_dialect", "draft")


# -- who answers, seen from outside


def decisions(lab, server, outcome, client):
    host = lab.reader.names.index(server)
    hardware = b"\x02" + client.to_bytes(5)
    return [
        {name: value for name, value, _ in record.value("facts")} | {"rule": record.value("rule")}
        for record in records(lab, Kind.DECISION, outcome=outcome, client=hardware)
        if record.host == host
    ]


@pytest.mark.parametrize(
    ("client", "owner", "other"), [(1, "DHCP1", "DHCP2"), (3, "DHCP2", "DHCP1")]
)
def test_both_servers_decisions_show_the_hash(client, owner, other):
    lab = session()
    run(lab, f"start C{client}\nrun until C{client} bound")
    answer, silence = decisions(lab, owner, "answered", client)[0], decisions(
        lab, other, "ignored", client
    )[0]  # fmt: skip
    for name in ("hash key", "hash", "bucket", "buckets of the primary", "responsible"):
        assert answer[name] == silence[name]
    assert answer["responsible"] == owner
    assert (answer["rule"], silence["rule"]) == ("first-lease", "other-bucket")
    assert list(answer)[-2] == "lease"  # what "why?" shows as the result stays the last fact


def test_f21_a_partner_that_answers_contact_but_not_clients():
    """Clients of the half that is deaf starve, unless somebody counts the seconds they try."""
    lines = "cut LAN-DHCP2\nstart C3\nrun 2m"
    starving = run(session(), lines)
    assert states(starving) == ["NORMAL", "NORMAL"]
    run(starving, "expect C3 unanswered by DHCP1 because other-bucket\nexpect no C3 bound")
    served = run(session(secs_limit_s=3), lines)
    run(served, "expect C3 bound\nexpect C3 leases from DHCP1")
    first = decisions(served, "DHCP1", "answered", 3)[0]
    assert first["switch"] == "secs_limit_s = 3"
    assert first["trying for"] > 3
    assert first["responsible"] == "DHCP2"


def test_in_isc_the_owner_of_the_address_answers_a_request_and_the_other_is_silent():
    lab = run(session("isc"), "start C1\nrun until C1 bound")
    assert decisions(lab, "DHCP2", "ignored", 1)[-1]["rule"] == "owned-by-partner"
    assert decisions(lab, "DHCP2", "refused", 1) == []
