"""Who answers a client, by which rule, on which facts, and which switch decided."""

import pytest
from failover_bench import FIRST, T, endpoint_of, facts_of, in_state, profile_with

from foviz.base.time import US
from foviz.failover import service
from foviz.failover.relationship import Mode
from foviz.failover.states import (
    COMMUNICATION_INTERRUPTED,
    CONFLICT_DONE,
    NORMAL,
    PARTNER_DOWN,
    POTENTIAL_CONFLICT,
    RECOVER,
    RECOVER_DONE,
    RECOVER_WAIT,
    RESOLUTION_INTERRUPTED,
    STARTUP,
    Service,
)
from foviz.lease.binding import BACKUP, FREE, Binding
from foviz.lease.port import Query, Request

PROFILES = ("microsoft", "draft", "isc")
MACS = {n: b"\x02" + n.to_bytes(5) for n in range(1, 6)}


def query(request, number=1, *, secs=0, xid=7, granter="", chosen=False, client_id=None):
    hardware = MACS[number]
    identifier = b"\x01" + hardware if client_id is None else client_id
    client = identifier or b"\x01" + hardware
    return Query(request, client, hardware, identifier, secs, xid, granter, chosen)


def server(profile, state=NORMAL, *, primary=True, mode=Mode.LOAD_BALANCE, partner=NORMAL, **more):
    endpoint = endpoint_of(profile, primary=primary, mode=mode, **more)
    return in_state(endpoint, state, partner_state=int(partner))


def verdict(endpoint, asked, now=T):
    return service.may_answer(endpoint, now, asked, endpoint.stores["LAN"])


# -- load balance: what the hash says, on both servers (C1 is in bucket 14, C3 in 222)


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize(("number", "bucket", "owner"), [(1, 14, "DHCP1"), (3, 222, "DHCP2")])
def test_exactly_one_server_answers_a_discover_and_both_know_why(name, number, bucket, owner):
    profile = profile_with(name)
    asked = query(Request.DISCOVER, number)
    first_side, second_side = server(profile), server(profile, primary=False)
    first_side.stores["LAN"].put(Binding(FIRST, BACKUP))  # the partner has an address
    first = verdict(first_side, asked)
    # the bench's endpoint is always DHCP1; as a secondary its partner DHCP2 is the primary
    second = verdict(second_side, asked)
    assert first.answer is (owner == "DHCP1")
    assert second.answer is not first.answer
    for found, names in ((first, ("DHCP1", "DHCP2")), (second, ("DHCP2", "DHCP1"))):
        facts = facts_of(found.facts)
        assert facts["hash key"] == "01:" + MACS[number].hex(":")
        assert facts["hash"] == facts["bucket"] == bucket
        assert facts["buckets of the primary"] == "0–127"
        assert facts["responsible"] == names[owner != "DHCP1"]
        assert found.rule == ("own-bucket" if found.answer else "other-bucket")
    assert facts_of((first if first.answer else second).carried)["hash"] == bucket


def test_the_key_is_a_switch_and_a_fact():
    profile = profile_with("microsoft", hash_key="mac")
    facts = facts_of(verdict(server(profile), query(Request.DISCOVER)).facts)
    assert (facts["hash_key"], facts["hash key"]) == ("mac", "02:00:00:00:00:01")
    assert facts["hash"] == 133


@pytest.mark.parametrize(
    ("name", "answers", "rule"),
    [
        ("microsoft", False, "other-bucket"),
        ("draft", True, "renews-all"),
        ("isc", True, "renews-all"),
    ],
)
@pytest.mark.parametrize("request_", [Request.RENEWING, Request.REBINDING])
def test_row_1_renewals_at_the_other_server(name, answers, rule, request_):
    found = verdict(server(profile_with(name), primary=False), query(request_))
    assert (found.answer, found.rule) == (answers, rule)
    value = "owner-only" if name == "microsoft" else "both"
    assert facts_of(found.facts)["switch"] == f"renew_in_normal = {value}"


@pytest.mark.parametrize(
    ("name", "answers"), [("microsoft", False), ("draft", True), ("isc", True)]
)
def test_row_1_in_hot_standby(name, answers):
    standby = server(profile_with(name), primary=False, mode=Mode.HOT_STANDBY)
    assert verdict(standby, query(Request.REBINDING)).answer is answers
    found = verdict(standby, query(Request.DISCOVER))
    assert (found.answer, found.rule) == (False, "standby")
    assert "switch" not in facts_of(found.facts)  # no switch decides about a DISCOVER


# -- delayed service (§7.4): DISCOVER only, load balance only

LIMITED = profile_with("microsoft", secs_limit_s=3)


@pytest.mark.parametrize(("secs", "answers"), [(1, False), (3, False), (4, True), (65535, True)])
def test_a_client_that_has_tried_for_long_is_answered(secs, answers):
    found = verdict(server(LIMITED), query(Request.DISCOVER, 3, secs=secs))
    assert found.answer is answers
    facts = facts_of(found.facts)
    assert facts["switch"] == "secs_limit_s = 3"
    assert facts["trying for"] == secs
    assert found.rule == ("delayed-service" if answers else "other-bucket")


def test_without_the_limit_nobody_waits_long_enough():
    found = verdict(server(profile_with("microsoft")), query(Request.DISCOVER, 3, secs=65535))
    assert found.rule == "other-bucket"
    assert "switch" not in facts_of(found.facts)


def test_a_client_without_secs_is_timed_by_the_servers_own_clock():
    endpoint = server(LIMITED)
    asked = query(Request.DISCOVER, 3)
    answers = [verdict(endpoint, asked, T + at * US).answer for at in (0, 2, 3, 4)]
    assert answers == [False, False, False, True]


def test_another_xid_begins_anew():
    endpoint = server(LIMITED)
    verdict(endpoint, query(Request.DISCOVER, 3), T)
    assert not verdict(endpoint, query(Request.DISCOVER, 3, xid=8), T + 10 * US).answer
    assert verdict(endpoint, query(Request.DISCOVER, 3, xid=8), T + 14 * US).answer


def test_what_is_remembered_of_strangers_is_bounded():
    endpoint = server(LIMITED)
    for number in range(service.MOST_SIGHTINGS + 100):
        hardware = b"\x06" + number.to_bytes(5)
        asked = Query(Request.DISCOVER, hardware, hardware, b"", 0, 1, "")
        verdict(endpoint, asked, T + number)
    assert len(endpoint.sightings) <= service.MOST_SIGHTINGS


def test_nothing_is_remembered_without_the_limit():
    endpoint = server(profile_with("microsoft"))
    verdict(endpoint, query(Request.DISCOVER, 3))
    assert endpoint.sightings == {}


@pytest.mark.parametrize("request_", [Request.SELECTING, Request.INIT_REBOOT])
def test_a_request_is_never_delayed_service(request_):
    assert verdict(server(LIMITED), query(request_, 3, secs=99)).rule == "other-bucket"


def test_a_standby_has_no_delayed_service():
    standby = server(LIMITED, primary=False, mode=Mode.HOT_STANDBY)
    assert not verdict(standby, query(Request.DISCOVER, 1, secs=99)).answer


def test_the_request_that_follows_an_offer_of_ours_is_answered():
    found = verdict(server(LIMITED), query(Request.SELECTING, 3, chosen=True))
    assert (found.answer, found.rule) == (True, "chosen")


# -- an empty partner


@pytest.mark.parametrize(
    ("name", "answers"), [("microsoft", False), ("draft", False), ("isc", True)]
)
def test_a_client_of_an_empty_partners(name, answers):
    endpoint = server(profile_with(name, secs_limit_s=0))
    found = verdict(endpoint, query(Request.DISCOVER, 3))  # nothing is BACKUP
    assert found.answer is answers
    if answers:
        assert found.rule == "partner-empty"
        assert facts_of(found.facts)["switch"] == "answer_when_partner_is_empty = yes"
    endpoint.stores["LAN"].put(Binding(FIRST, BACKUP))
    assert not verdict(endpoint, query(Request.DISCOVER, 3)).answer


# -- alone (row 4)


@pytest.mark.parametrize(
    ("name", "answers"), [("microsoft", False), ("draft", True), ("isc", True)]
)
def test_row_4_a_unicast_renewal_of_the_partners_lease(name, answers):
    endpoint = server(profile_with(name), COMMUNICATION_INTERRUPTED)
    found = verdict(endpoint, query(Request.RENEWING, granter="DHCP2"))
    assert found.answer is answers
    assert found.rule == ("alone" if answers else "partners-lease")
    assert facts_of(found.facts)["switch"].startswith("interrupted_renewals = ")


@pytest.mark.parametrize(
    ("request_", "granter"),
    [(Request.REBINDING, "DHCP2"), (Request.RENEWING, "DHCP1"), (Request.RENEWING, ""),
     (Request.DISCOVER, "DHCP2")],
)  # fmt: skip
def test_alone_everybody_else_is_answered(request_, granter):
    endpoint = server(profile_with("microsoft"), COMMUNICATION_INTERRUPTED)
    assert verdict(endpoint, query(request_, granter=granter)).rule == "alone"


def test_in_partner_down_nobody_is_left_to_the_partner():
    endpoint = server(profile_with("microsoft"), PARTNER_DOWN)
    assert verdict(endpoint, query(Request.RENEWING, granter="DHCP2")).rule == "partner-down"


# -- states and their silence


@pytest.mark.parametrize("state", [STARTUP, RECOVER, RECOVER_WAIT, POTENTIAL_CONFLICT])
@pytest.mark.parametrize("name", PROFILES)
def test_silent_states_hear_nothing(name, state):
    for request_ in Request:
        found = verdict(server(profile_with(name), state), query(request_))
        assert (found.answer, found.rule) == (False, "silent-state")
        assert "switch" not in facts_of(found.facts)


@pytest.mark.parametrize("state", [RESOLUTION_INTERRUPTED, CONFLICT_DONE, RECOVER_DONE])
@pytest.mark.parametrize("name", PROFILES)
def test_states_that_isc_keeps_silent(name, state):
    endpoint = server(profile_with(name), state)
    found = verdict(endpoint, query(Request.REBINDING))
    assert found.answer is (name != "isc")
    if name == "isc":
        assert facts_of(found.facts)["switch"] == "conflict_service = silent"
        assert endpoint.service is Service.SILENT
        assert service.allocatable(endpoint, T, endpoint.stores["LAN"]) == ()


def test_recover_done_renews_and_no_more():
    endpoint = server(profile_with("draft"), RECOVER_DONE)
    assert verdict(endpoint, query(Request.RENEWING)).answer
    assert not verdict(endpoint, query(Request.DISCOVER)).answer
    assert not service.may_adopt(endpoint, Binding(FIRST, FREE))


@pytest.mark.parametrize(
    "partner", [PARTNER_DOWN, POTENTIAL_CONFLICT, CONFLICT_DONE, RESOLUTION_INTERRUPTED]
)
def test_isc_is_silent_while_its_partner_was_last_heard_in_a_conflict(partner):
    for name, silent in (("microsoft", False), ("draft", False), ("isc", True)):
        endpoint = server(profile_with(name), COMMUNICATION_INTERRUPTED, partner=partner)
        found = verdict(endpoint, query(Request.DISCOVER))
        assert found.answer is not silent
        if silent:
            assert found.rule == "partner-in-conflict"
            switch = "silent_with_partner_in_conflict = yes"
            assert facts_of(found.facts)["switch"] == switch


# -- a REQUEST for another server


@pytest.mark.parametrize(("name", "minds"), [("microsoft", True), ("draft", True), ("isc", False)])
def test_whose_request_it_is(name, minds):
    endpoint = server(profile_with(name))
    assert endpoint.minds_choice is minds
    found = verdict(endpoint, query(Request.SELECTING, 3))
    assert found.answer is not minds
    if not minds:
        assert found.rule == "by-ownership"
        assert facts_of(found.facts)["switch"] == "server_identifier = ownership"


@pytest.mark.parametrize(
    ("name", "believes"), [("microsoft", True), ("draft", True), ("isc", False)]
)
def test_a_renewal_that_nobody_is_on_record_for(name, believes):
    assert service.may_adopt(server(profile_with(name)), Binding(FIRST, FREE)) is believes
