"""The client: RFC 2131 §4.4, figure 5, with its times counted out."""

from itertools import pairwise

import pytest
from dhcp_bench import FIRST, LEASE, OTHER_SERVER, SERVER, ClientBench, hardware, notes, rule

from foviz.base.action import AnnounceAddress, Datagram, Persist, ProbeAddress, SendDatagram
from foviz.base.address import BROADCAST
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.wire.dhcp import MessageType

OFFER, ACK, NAK = MessageType.OFFER, MessageType.ACK, MessageType.NAK


def states(actions):
    return [data[1] for data in notes(actions, Kind.CLIENT)]


# -- INIT, SELECTING


def test_the_first_discover_waits_and_says_who_asks():
    bench = ClientBench().run_to(3.9)
    assert bench.sent == []
    bench.run_to(4)
    ((at, discover, destination),) = bench.sent
    assert (at, destination, bench.state) == (4, BROADCAST, "SELECTING")
    assert discover.message_type == MessageType.DISCOVER
    assert (discover.ciaddr, discover.flags, discover.secs) == (0, 0, 0)
    assert discover.chaddr == hardware(1)
    assert discover.option(61) == b"\x01" + hardware(1)


def test_a_client_that_hears_nothing_asks_again_after_4_8_16_32_64_64_seconds():
    bench = ClientBench().run_to(4 + 188)
    assert bench.times() == [4, 8, 16, 32, 64, 128, 192]
    assert [sent.secs for _, sent, _ in bench.sent] == [0, 4, 12, 28, 60, 124, 188]
    assert len({sent.xid for _, sent, _ in bench.sent}) == 1


def test_the_fuzz_moves_each_wait_by_at_most_a_second():
    bench = ClientBench(fuzz=US).run_to(200)
    times = bench.times()
    waits = [later - earlier for earlier, later in pairwise(times)]
    off = [wait - plain for wait, plain in zip(waits, (4, 8, 16, 32, 64), strict=False)]
    assert all(-1 <= shift <= 1 for shift in off)
    assert len({round(shift, 6) for shift in off}) == len(off) == 5


def test_the_broadcast_flag_and_a_client_identifier_of_ones_own():
    bench = ClientBench(broadcast=True, client_id=b"\xffme").run_to(4)
    ((_, discover, _),) = bench.sent
    assert (discover.flags, discover.option(61)) == (0x8000, b"\xffme")


def test_the_first_offer_is_taken():
    bench = ClientBench().run_to(9)
    discover = bench.sent[-1][1]
    bench.hear(OFFER, SERVER, FIRST)
    _, request, destination = bench.sent[-1]
    assert (bench.state, destination) == ("REQUESTING", BROADCAST)
    assert (request.u32(50), request.u32(54), request.ciaddr) == (FIRST, SERVER, 0)
    # RFC 2131 §3.1 step 3: the same secs as in the DISCOVER
    assert (request.xid, request.secs) == (discover.xid, discover.secs)
    late = bench.hear(OFFER, OTHER_SERVER, FIRST + 1)
    assert rule(late) == ("ignored", "not-awaited")
    assert bench.client.offered == FIRST


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"xid": 1}, "other-exchange"),
        ({"chaddr": hardware(2)}, "other-exchange"),
    ],
)
def test_an_offer_for_somebody_else_is_dropped(change, why):
    bench = ClientBench().run_to(4)
    assert rule(bench.hear(OFFER, **change)) == ("ignored", why)
    assert bench.state == "SELECTING"


def test_octets_that_are_no_message_are_dropped():
    bench = ClientBench().run_to(4)
    actions = bench.client.on_datagram(bench.now, Datagram(1, 2, 67, 68, b"\x02" * 30, 0))
    assert rule(actions) == ("ignored", "malformed")


# -- REQUESTING


def test_four_requests_in_a_minute_then_all_over_again():
    bench = ClientBench().run_to(4)
    bench.hear(OFFER)
    bench.sent.clear()
    xid = bench.client.xid
    bench.run_to(4 + 60)
    assert bench.kinds() == [(8, "REQUEST"), (16, "REQUEST"), (32, "REQUEST"), (64, "DISCOVER")]
    assert [sent.xid == xid for _, sent, _ in bench.sent] == [True, True, True, False]
    assert bench.state == "SELECTING"


def test_the_address_is_probed_for_a_second_before_it_is_used():
    bench = ClientBench().run_to(4)
    bench.hear(OFFER)
    actions = bench.hear(ACK)
    assert ProbeAddress(FIRST) in actions
    assert bench.state == "REQUESTING"
    bench.actions.clear()
    bench.run_to(5)
    assert bench.state == "BOUND"
    assert AnnounceAddress(FIRST) in bench.actions


def test_the_lease_is_stored_and_runs_from_the_first_sending_of_the_request():
    bench = ClientBench().run_to(4)
    bench.hear(OFFER)
    bench.run_to(10)  # REQUEST at 4 s and again at 8 s; which one was answered nobody knows
    bench.hear(ACK)
    lease = bench.disk["lease"]
    ends = [(moment - bench.on) / US for moment in (lease.t1, lease.t2, lease.expires)]
    assert ends == [4 + 1800, 4 + 3150, 4 + 3600]
    assert (lease.address, lease.server) == (FIRST, SERVER)


def test_options_58_and_59_set_t1_and_t2():
    bench = ClientBench().bind(options=((58, 100), (59, 200)))
    assert bench.run_to(104).kinds() == [(104, "REQUEST")]
    assert bench.state == "RENEWING"
    assert bench.run_to(204).state == "REBINDING"


@pytest.mark.parametrize("lease_s", [0, None])
def test_an_ack_without_a_lease_time_is_dropped(lease_s):
    bench = ClientBench().run_to(4)
    bench.hear(OFFER)
    options = () if lease_s is None else ((51, 0),)
    actions = bench.hear(ACK, lease_s=None, options=options)
    assert rule(actions) == ("ignored", "no-lease-time")
    assert "lease" not in bench.disk


@pytest.mark.parametrize("kind", [ACK, NAK])
def test_while_it_probes_a_client_listens_to_nobody(kind):
    bench = ClientBench().run_to(4)
    bench.hear(OFFER)
    bench.hear(ACK)
    assert rule(bench.hear(kind, OTHER_SERVER)) == ("ignored", "not-awaited")
    assert bench.run_to(5).state == "BOUND"
    assert bench.client.lease.server == SERVER


# -- RENEWING, REBINDING (§4.4.5; PROTOCOL §8.2)


def test_renewals_halve_the_rest_down_to_a_minute():
    bench = ClientBench().bind().run_to(4 + 3149)
    tries = [at - 4 for at in bench.times()]
    assert tries == [1800, 2475, 2812.5, 2981.25, 3065.625, 3125.625]
    assert {destination for _, _, destination in bench.sent} == {SERVER}
    for _, request, _ in bench.sent:
        assert (request.ciaddr, request.u32(50), request.u32(54)) == (FIRST, None, None)


def test_rebinding_is_broadcast_until_the_lease_ends():
    bench = ClientBench().bind().run_to(4 + 3150)
    assert bench.state == "REBINDING"
    bench.sent.clear()
    bench.run_to(4 + 3599)
    assert [at - 4 for at in bench.times()] == [3375, 3487.5, 3547.5]
    assert {destination for _, _, destination in bench.sent} == {BROADCAST}


def test_when_the_lease_ends_the_address_is_given_up_and_a_new_one_sought_at_once():
    bench = ClientBench().bind().run_to(4 + 3599)
    bench.sent.clear()
    bench.run_to(4 + 3600)
    assert bench.kinds() == [(3604, "DISCOVER")]
    assert bench.disk["lease"] is None
    assert bench.sent[0][1].ciaddr == 0


def test_a_renewed_lease_starts_at_its_request_and_needs_no_probe():
    bench = ClientBench().bind().run_to(4 + 1800)
    actions = bench.hear(ACK, lease_s=28800)
    assert bench.state == "BOUND"
    assert not [action for action in actions if isinstance(action, ProbeAddress | AnnounceAddress)]
    bench.sent.clear()
    assert bench.run_to(4 + 1800 + 14399).sent == []
    assert bench.run_to(4 + 1800 + 14400).kinds() == [(16204, "REQUEST")]


def test_after_a_rebinding_the_new_server_is_the_one_to_renew_at():
    bench = ClientBench().bind().run_to(4 + 3150)
    bench.hear(ACK, OTHER_SERVER)
    bench.sent.clear()
    bench.run_to(4 + 3150 + 1800)
    ((_, _, destination),) = bench.sent
    assert destination == OTHER_SERVER


def test_each_try_to_renew_is_an_exchange_of_its_own():
    bench = ClientBench().bind().run_to(4 + 2475)
    assert len({sent.xid for _, sent, _ in bench.sent}) == 2


@pytest.mark.parametrize("at", [1800, 3150])
def test_a_nak_ends_the_lease(at):
    bench = ClientBench().bind().run_to(4 + at)
    bench.sent.clear()
    bench.hear(NAK, lease_s=None)
    assert bench.kinds() == [(4 + at, "DISCOVER")]
    assert bench.disk["lease"] is None
    bench.sent.clear()
    bench.run_to(4 + 3600)
    assert all(kind == "DISCOVER" for _, kind in bench.kinds()), "its timers are gone too"


def test_naks_that_follow_each_other_make_it_wait_longer_and_longer():
    """One server offers what the other refuses: at once, then after 1, 2, 4 … 60 s."""
    bench = ClientBench().run_to(4)
    waits = []
    for _ in range(10):
        bench.hear(OFFER)
        at = bench.now
        bench.sent.clear()
        bench.hear(NAK, lease_s=None)
        while not bench.sent:
            bench.run_to(bench.time + 1)
        waits.append((bench.now - at) // US)
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    bench.hear(OFFER)
    bench.hear(ACK)
    bench.run_to(bench.time + 2)
    assert bench.state == "BOUND"
    bench.do(bench.client.on_command(bench.now, "renew"))
    bench.hear(NAK, lease_s=None)
    assert bench.state == "SELECTING", "a lease between them begins the count anew"


def test_renew_now():
    bench = ClientBench().bind().run_to(100)
    bench.do(bench.client.on_command(bench.now, "renew"))
    assert (bench.state, bench.kinds()) == ("RENEWING", [(100, "REQUEST")])
    bench.hear(ACK)
    assert bench.run_to(100 + 1799).state == "BOUND", "the old T1 is gone"
    assert bench.client.on_command(bench.now, "renew") != []
    assert bench.client.on_command(bench.now, "renew") == [], "it does so already"


# -- INIT-REBOOT


def rebooted(after=100):
    return ClientBench().bind().run_to(after).boot()


def test_a_remembered_lease_is_asked_for_again():
    bench = rebooted().run_to(4)
    ((_, request, destination),) = bench.sent
    assert (bench.state, destination) == ("REBOOTING", BROADCAST)
    assert (request.u32(50), request.option(54), request.ciaddr) == (FIRST, None, 0)


def test_two_lives_of_a_client_have_different_transactions():
    bench = ClientBench().run_to(4)
    xid = bench.client.xid
    assert bench.boot().run_to(4).client.xid != xid


def test_the_old_lease_confirmed_is_probed_again():
    bench = rebooted().run_to(4)
    assert ProbeAddress(FIRST) in bench.hear(ACK, OTHER_SERVER)
    bench.run_to(5)
    assert (bench.state, bench.client.lease.server) == ("BOUND", OTHER_SERVER)


def test_without_an_answer_the_old_lease_goes_on_to_its_own_end():
    bench = rebooted(after=100)
    bench.run_to(64)
    assert bench.kinds() == [(4, "REQUEST"), (8, "REQUEST"), (16, "REQUEST"), (32, "REQUEST")]
    assert bench.state == "BOUND"
    bench.run_to(4 + 1800 - 100)
    assert bench.state == "RENEWING"
    assert bench.run_to(4 + 3600 - 100).disk["lease"] is None


def test_a_lease_past_t2_is_rebound_at_once_after_a_reboot():
    bench = rebooted(after=3300).run_to(64)
    assert bench.state == "REBINDING"
    assert states(bench.actions)[-2:] == ["BOUND", "REBINDING"]


def test_a_nak_to_the_old_address():
    bench = rebooted().run_to(4)
    bench.hear(NAK, lease_s=None)
    assert bench.kinds()[-1] == (4, "DISCOVER")
    assert bench.disk["lease"] is None


@pytest.mark.parametrize("after", [3604, 3602])
def test_a_lease_that_ended_meanwhile_is_forgotten(after):
    # the second one ends while the client waits to send
    bench = rebooted(after).run_to(4)
    assert bench.kinds() == [(4, "DISCOVER")]
    assert bench.client.lease is None


# -- RELEASE, DECLINE


def test_release_is_unicast_and_ends_everything():
    bench = ClientBench().bind().run_to(100)
    bench.do(bench.client.on_command(bench.now, "release"))
    ((_, release, destination),) = bench.sent
    assert (release.message_type, destination) == (MessageType.RELEASE, SERVER)
    assert (release.ciaddr, release.u32(54), release.u32(50)) == (FIRST, SERVER, None)
    assert (bench.state, bench.disk["lease"], bench.timers) == ("INIT", None, {})
    assert bench.client.on_command(bench.now, "release") == []


@pytest.mark.parametrize("at", [4.5, 100])
def test_an_address_in_use_by_another_is_declined(at):
    bench = ClientBench().run_to(4)
    bench.hear(OFFER)
    bench.hear(ACK)
    bench.run_to(at)
    bench.sent.clear()
    bench.do(bench.client.on_conflict(bench.now, FIRST, hardware(9)))
    ((_, decline, destination),) = bench.sent
    assert (decline.message_type, destination) == (MessageType.DECLINE, BROADCAST)
    assert (decline.u32(50), decline.u32(54), decline.ciaddr) == (FIRST, SERVER, 0)
    assert (bench.state, bench.disk["lease"]) == ("INIT", None)
    bench.sent.clear()
    bench.run_to(at + 9.9)
    assert bench.sent == [], "RFC 2131 §3.1 step 5: at least ten seconds"
    assert bench.run_to(at + 10).kinds() == [(at + 10, "DISCOVER")]


def test_a_conflict_about_another_address_is_nobody_s_concern():
    bench = ClientBench().bind()
    assert bench.client.on_conflict(bench.now, FIRST + 1, hardware(9)) == []
    assert bench.state == "BOUND"


def test_what_is_written_comes_before_what_is_used():
    bench = ClientBench(probe=False).run_to(4)
    bench.hear(OFFER)
    actions = bench.hear(ACK)
    assert isinstance(actions[2], Persist)
    assert states(actions[3:]) == ["BOUND"]
    assert not [action for action in actions if isinstance(action, SendDatagram)]
    assert bench.client.lease.lease_s == LEASE
