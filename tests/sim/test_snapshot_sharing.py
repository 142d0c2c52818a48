"""What a snapshot tells of load balance, of PARTNER-DOWN, and of relays."""

from __future__ import annotations

import pytest

from foviz import US, Session

HOUR = 3600 * US


def test_a_client_s_bucket_and_its_server():
    snapshot = Session.open_scenario("load-balance").snapshot()
    names = snapshot.host_names
    found = {c.name: (c.bucket, names[c.bucket_server]) for c in snapshot.clients}
    assert found == {
        "C1": (14, "DHCP1"),
        "C2": (66, "DHCP1"),
        "C3": (222, "DHCP2"),
        "C4": (186, "DHCP2"),
        "C5": (242, "DHCP2"),
    }


def test_the_bucket_stays_while_one_server_serves_for_both():
    session = Session.open_scenario("load-balance")
    before = [(c.bucket, c.bucket_server) for c in session.snapshot().clients]
    session.do("crash DHCP1")
    session.do("run 5m")
    assert [(c.bucket, c.bucket_server) for c in session.snapshot().clients] == before


@pytest.mark.parametrize("scenario", ["hot-standby", "relay", "hub-and-spoke"])
def test_there_are_no_buckets_in_hot_standby(scenario):
    clients = Session.open_scenario(scenario).snapshot().clients
    assert clients
    assert {(c.bucket, c.bucket_server) for c in clients} == {(-1, -1)}


def test_a_change_of_mode_gives_the_clients_buckets():
    session = Session.open_scenario("hot-standby")
    session.do("set mode load balance")
    assert [c.bucket for c in session.snapshot().clients] == [14, 66, 222]


def test_the_takeover_is_one_mclt_after_partner_down():
    session = Session.open_scenario("partner-down")
    for line in ("crash DHCP1", "run 5m"):
        session.do(line)
    server = session.snapshot().servers[1]
    assert server.endpoint.takeover_at == 0
    session.do("partner-down DHCP2")
    server = session.snapshot().servers[1]
    (timer,) = [timer for timer in server.timers if timer.name == "takeover"]
    assert server.endpoint.takeover_at == timer.at == server.endpoint.since + HOUR
    session.do("skew DHCP2 +90s")
    assert session.snapshot().servers[1].endpoint.takeover_at == timer.at - 90 * US


def test_a_relay_is_found_by_its_index_and_says_since_when_it_is_off():
    session = Session.open_scenario("relay")
    relay = session.snapshot().relays[0]
    assert session.snapshot().relay(relay.index) == relay
    assert session.snapshot().relay(0) is None
    session.do("crash R1")
    relay = session.snapshot().relays[0]
    assert (relay.powered, relay.running, relay.ever_started) == (False, False, True)
    assert relay.down_since == session.playhead
    assert relay.down_why == "crash"
