"""Clocks that differ: refused, closed, or corrected, by the switch ``clock_check``."""

import pytest
from failover_bench import T_S, Bench, profile_with, state_options

from foviz.base.time import US
from foviz.failover import clock
from foviz.failover.clock import Difference
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverMessage, FailoverOption, FailoverType, ServerState

ADDRESS = 0x0A000033


def update(moment):
    return [
        wire.u32(FailoverOption.ASSIGNED_IP_ADDRESS, ADDRESS),
        wire.u8(FailoverOption.BINDING_STATUS, 2),
        (FailoverOption.CLIENT_HARDWARE_ADDRESS, bytes.fromhex("01020000000001")),
        wire.u32(FailoverOption.LEASE_EXPIRATION_TIME, moment + 3600),
        wire.u32(FailoverOption.POTENTIAL_EXPIRATION_TIME, moment + 7200),
        wire.u32(FailoverOption.START_TIME_OF_STATE, moment),
        wire.u32(FailoverOption.CLIENT_LAST_TRANSACTION_TIME, moment),
    ]


def secondary(name, skew, **switches):
    """A secondary in contact with a primary whose clock is *skew* seconds ahead."""
    bench = Bench(profile_with(name, **switches), primary=False)
    bench.greet(skew=skew)
    bench.say(FailoverType.STATE, state_options(ServerState.NORMAL, T_S + skew - 100), 2, skew=skew)
    return bench


# -- every message (microsoft)


@pytest.mark.parametrize(("skew", "closes"), [(60, False), (61, True), (-60, False), (-61, True)])
def test_microsoft_checks_every_message(skew, closes):
    bench = secondary("microsoft", 0)
    bench.say(FailoverType.CONTACT, [], 5, skew=skew)
    assert bench.endpoint.contact is not closes
    if closes:
        assert bench.rules()[0] == "clocks-differ"
        facts = bench.facts("clocks-differ")
        assert facts["switch"] == "clock_check = every-message"
        assert facts["partner's clock minus ours"] == skew
        assert facts["allowed"] == 60
        assert bench.endpoint.state is ServerState.COMMUNICATION_INTERRUPTED


def test_the_message_that_closes_it_has_no_other_effect():
    bench = secondary("microsoft", 0)
    bench.say(FailoverType.BNDUPD, update(T_S), 5, skew=99)
    assert bench.endpoint.stores["LAN"].get(ADDRESS).status.name == "FREE"
    assert bench.sent("BNDACK") == []


def test_microsoft_does_not_correct_what_it_allows():
    bench = secondary("microsoft", 45)
    bench.say(FailoverType.BNDUPD, update(T_S + 45), 5, skew=45)
    assert bench.endpoint.stores["LAN"].get(ADDRESS).received_pet == (T_S + 45 + 7200) * US


# -- at CONNECT only (isc)


def test_isc_checks_the_greeting_only():
    bench = secondary("isc", 60)
    assert bench.endpoint.contact
    bench.say(FailoverType.CONTACT, [], 5, skew=3600)
    assert bench.endpoint.contact
    bench.say(FailoverType.BNDUPD, update(T_S + 3600), 6, skew=3600)
    assert bench.endpoint.stores["LAN"].get(ADDRESS).received_pet == (T_S + 3600 + 7200) * US


def test_isc_refuses_61_seconds():
    bench = Bench(profile_with("isc"), primary=False)
    bench.greet(skew=61)
    assert bench.last("CONNECTACK").u8(FailoverOption.REJECT_REASON) == 4
    assert bench.facts("clocks-differ")["switch"] == "clock_check = connect"


# -- corrected (draft)


@pytest.mark.parametrize("skew", [90, -90, 86400, 0])
def test_the_draft_corrects_every_moment_it_hears(skew):
    bench = secondary("draft", skew)
    assert bench.endpoint.clock == Difference(skew * US, True)
    assert bench.endpoint.durable.partner_since == (T_S - 100) * US
    bench.say(FailoverType.BNDUPD, update(T_S + skew), 5, skew=skew)
    binding = bench.endpoint.stores["LAN"].get(ADDRESS)
    assert binding.received_pet == (T_S + 7200) * US
    assert binding.expires // US == T_S + 3600
    assert binding.cltt == binding.start == T_S * US


def test_a_transit_across_the_second_is_smoothed_away():
    bench = secondary("draft", 0)
    for xid in range(5, 12):
        bench.say(FailoverType.CONTACT, [], xid, skew=-1 if xid == 8 else 0)
        assert bench.endpoint.clock.seconds == 0
    assert bench.endpoint.clock.us > -US // 8


def test_a_drift_is_followed():
    bench = secondary("draft", 0)
    for xid in range(5, 45):
        bench.say(FailoverType.CONTACT, [], xid, skew=3)
    assert bench.endpoint.clock.seconds == 3
    assert bench.rules() == []


def test_a_jump_is_told_and_holds_at_once():
    bench = secondary("draft", 0)
    bench.say(FailoverType.CONTACT, [], 5, skew=90)
    assert bench.rules() == ["clock-jumped"]
    assert bench.facts("clock-jumped")["difference before"] == 0
    assert bench.facts("clock-jumped")["difference now"] == 90
    assert bench.endpoint.clock.seconds == 90
    assert bench.endpoint.contact
    bench.say(FailoverType.CONTACT, [], 6, skew=90)
    assert bench.rules() == []


def test_a_difference_at_the_first_message_is_told_once():
    bench = Bench(profile_with("draft"), primary=False)
    bench.greet(skew=90)
    assert bench.rules() == ["clock-jumped"]


def test_a_limit_can_be_set_for_the_draft_too():
    bench = Bench(profile_with("draft", clock_limit_s=60), primary=False)
    bench.greet(skew=61)
    assert bench.last("CONNECTACK").u8(FailoverOption.REJECT_REASON) == 4


def test_never_stays_never_and_nothing_leaves_the_wires_range():
    bench = secondary("draft", 90)
    options = (
        wire.u32(FailoverOption.LEASE_EXPIRATION_TIME, 0),
        wire.u32(FailoverOption.POTENTIAL_EXPIRATION_TIME, 50),
        wire.u32(FailoverOption.MCLT, 500),
        wire.u32(FailoverOption.START_TIME_OF_STATE, 0xFFFFFFFF),
    )
    found = clock.corrected(bench.endpoint, FailoverMessage(3, 0, 0, options))
    assert [int.from_bytes(data) for _, data in found.options] == [0, 0, 500, 0xFFFFFFFF - 90]


def test_the_difference_belongs_to_the_connection():
    bench = secondary("draft", 90)
    bench.wait(2)
    bench.greet("in2", skew=0)
    assert bench.endpoint.clock == Difference(0, True)
