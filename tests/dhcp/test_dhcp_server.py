"""The server: RFC 2131 §4.3, whose client it is being asked of the port."""

import pytest
from dhcp_bench import (
    FIRST,
    FOREIGN,
    LAST,
    LEASE,
    OTHER_SERVER,
    RELAY,
    SERVER,
    Port,
    ServerBench,
    changes,
    datagrams,
    hardware,
    notes,
    replies,
    reply,
    rule,
)

from foviz.base.action import BindingChanged, CancelTimer, Datagram, Note, Persist, SetTimer
from foviz.base.address import BROADCAST, ip_to_int
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.lease.binding import (
    ABANDONED,
    ACTIVE,
    BACKUP,
    EXPIRED,
    FREE,
    RELEASED,
    Binding,
)
from foviz.lease.port import Grant, Request, Verdict
from foviz.wire.dhcp import BOOTREPLY, MessageType

MASK = bytes((255, 255, 255, 0))


def partner(**answers):
    """A port with a partner."""
    return Port(partnered=True, **answers)


# -- who answers


def test_an_offer_says_what_an_offer_has_to_say():
    bench = ServerBench(options=((3, RELAY.to_bytes(4)),))
    actions = bench.discover()
    (offer,) = replies(actions)
    assert (offer.op, offer.message_type, offer.yiaddr) == (BOOTREPLY, MessageType.OFFER, FIRST)
    assert (offer.xid, offer.chaddr, offer.ciaddr) == (77, hardware(1), 0)
    assert [offer.u32(code) for code in (54, 51, 58, 59)] == [SERVER, 3600, 1800, 3150]
    assert (offer.option(1), offer.u32(3)) == (MASK, RELAY)
    assert bench.store.touched() == [], "an offer binds nothing"
    assert not changes(actions)


@pytest.mark.parametrize("kind", [m for m in MessageType if m not in (2, 5, 6)])
def test_a_server_that_may_not_answer_keeps_nothing_of_the_message(kind):
    bench = ServerBench(Port(may_answer=Verdict(False, "standby")))
    actions = bench.tell(kind, ciaddr=FIRST, options=((50, FIRST),))
    assert rule(actions) == ("ignored", "standby")
    assert len(actions) == 1
    assert (bench.store.touched(), bench.scope.offers.mask) == ([], 0)


@pytest.mark.parametrize("kind", [MessageType.OFFER, MessageType.ACK, MessageType.NAK])
def test_a_server_s_message_is_no_request(kind):
    assert rule(ServerBench().tell(kind)) == ("ignored", "not-a-request")


def test_nor_are_replies_and_noise():
    bench = ServerBench()
    assert rule(bench.discover(op=BOOTREPLY)) == ("ignored", "not-a-request")
    noise = bench.server.on_datagram(bench.now, Datagram(0, SERVER, 68, 67, b"?", SERVER))
    assert rule(noise) == ("ignored", "malformed")


@pytest.mark.parametrize(
    ("request_", "sent"),
    [
        (Request.DISCOVER, lambda b: b.discover()),
        (Request.SELECTING, lambda b: b.request()),
        (Request.INIT_REBOOT, lambda b: b.reboot()),
        (Request.RENEWING, lambda b: b.renew()),
        (Request.REBINDING, lambda b: b.renew(to=BROADCAST)),
        (Request.REBINDING, lambda b: b.renew(giaddr=RELAY)),
        (Request.RELEASE, lambda b: b.tell(MessageType.RELEASE, ciaddr=FIRST)),
        (Request.DECLINE, lambda b: b.tell(MessageType.DECLINE)),
        (Request.INFORM, lambda b: b.tell(MessageType.INFORM, ciaddr=FIRST)),
    ],
)
def test_what_the_port_is_asked(request_, sent):
    bench = ServerBench(Port())
    sent(bench)
    query = bench.scope.port.query
    assert (query.request, query.hardware) == (request_, hardware(1))
    assert query.client == b"\x01" + hardware(1)


def test_the_port_hears_who_granted_the_running_lease():
    bench = ServerBench(Port())
    bench.lease()
    bench.renew()
    assert bench.scope.port.query.granter == "DHCP1"
    bench.discover(2)
    assert bench.scope.port.query.granter == ""


# -- the way back (§4.1)


@pytest.mark.parametrize(
    ("fields", "destination", "port", "mac"),
    [
        ({}, FIRST, 68, hardware(1)),
        ({"flags": 0x8000}, BROADCAST, 68, b""),
        ({"giaddr": RELAY}, RELAY, 67, b""),
        ({"giaddr": RELAY, "flags": 0x8000}, RELAY, 67, b""),
    ],
)
def test_where_an_offer_goes(fields, destination, port, mac):
    (datagram,) = datagrams(ServerBench().discover(**fields))
    assert (datagram.destination, datagram.destination_port) == (destination, port)
    assert (datagram.hardware, datagram.source) == (mac, SERVER)


def test_an_ack_to_a_renewal_goes_to_the_client_s_address():
    bench = ServerBench()
    bench.lease()
    (datagram,) = datagrams(bench.renew(flags=0x8000))
    assert (datagram.destination, datagram.destination_port) == (FIRST, 68)


@pytest.mark.parametrize(
    ("fields", "destination", "flags"),
    [({}, BROADCAST, 0), ({"giaddr": RELAY}, RELAY, 0x8000)],
)
def test_a_nak_is_broadcast_by_the_server_or_by_the_relay(fields, destination, flags):
    actions = ServerBench().request(address=FOREIGN, **fields)
    (nak,) = replies(actions)
    assert datagrams(actions)[0].destination == destination
    assert (nak.flags, nak.giaddr) == (flags, fields.get("giaddr", 0))
    assert (nak.yiaddr, nak.ciaddr, nak.u32(54)) == (0, 0, SERVER)
    assert (nak.u32(51), nak.option(1)) == (None, None), "table 3: nothing more in a NAK"


def test_the_relay_s_address_chooses_the_scope():
    bench = ServerBench()
    assert reply(bench.discover(giaddr=RELAY)) == ("OFFER", FIRST)
    assert rule(bench.discover(giaddr=FOREIGN)) == ("ignored", "no-scope")


# -- SELECTING


def test_the_ack_comes_after_the_disk_and_before_the_partner():
    bench = ServerBench(partner(grant=Grant(600, 5 * US, "first-lease")))
    bench.discover()
    actions = bench.request()
    deeds = [type(action).__name__ for action in actions]
    assert deeds == ["Note", "Note", "Persist", "SendDatagram", "BindingChanged", "SetTimer"]
    assert [note[0:2] for note in notes(actions)] == [("answered", "first-lease")]
    assert reply(actions) == ("ACK", FIRST)
    assert changes(actions) == [BindingChanged("LAN", FIRST)]
    binding = bench.store.get(FIRST)
    assert actions[2] == Persist("leases", ("LAN", FIRST), binding)
    assert binding == Binding(
        FIRST,
        ACTIVE,
        hardware=hardware(1),
        granter="DHCP1",
        expires=bench.now + 600 * US,
        start=bench.now,
        cltt=bench.now,
        pet=5 * US,
        known=False,
    )


def test_a_client_that_chose_another_server_frees_our_offer():
    bench = ServerBench()
    bench.discover()
    actions = bench.request(server=OTHER_SERVER)
    assert rule(actions) == ("ignored", "other-server")
    assert reply(actions) is None
    assert bench.store.touched() == []
    assert reply(bench.discover(2)) == ("OFFER", FIRST)


def test_a_server_that_restarted_after_its_offer_gives_the_address_if_it_still_may():
    assert reply(ServerBench().request()) == ("ACK", FIRST)


def test_what_is_on_offer_to_another_is_refused():
    bench = ServerBench()
    bench.discover(1)
    actions = bench.request(2, FIRST)
    assert rule(actions) == ("refused", "not-on-offer")
    assert reply(actions) == ("NAK", 0)
    assert bench.store.touched() == []


@pytest.mark.parametrize(
    "binding",
    [
        Binding(FIRST, ACTIVE, hardware=hardware(2)),
        Binding(FIRST, BACKUP),
        Binding(FIRST, ABANDONED),
        Binding(FIRST, EXPIRED, hardware=hardware(2)),
    ],
)
def test_an_address_that_went_elsewhere_between_offer_and_request_is_refused(binding):
    bench = ServerBench()
    bench.discover()
    bench.store.put(binding)
    assert reply(bench.request()) == ("NAK", 0)
    assert bench.store.get(FIRST) == binding


@pytest.mark.parametrize("address", [0, FOREIGN, LAST + 1])
def test_an_address_outside_the_range_is_refused(address):
    assert reply(ServerBench().request(address=address)) == ("NAK", 0)


def test_a_second_lease_forgets_what_the_partner_knew_of_the_first_client():
    bench = ServerBench(partner())
    bench.store.put(Binding(FIRST, FREE, b"", hardware(2), acked_pet=9, received_pet=9, pet=9))
    bench.lease(1)
    binding = bench.store.get(FIRST)
    assert (binding.acked_pet, binding.received_pet) == (0, 0)


def test_the_same_client_keeps_what_the_partner_knows():
    bench = ServerBench(partner())
    bench.lease()
    bench.store.put(bench.store.get(FIRST)._replace(acked_pet=7, received_pet=8))
    bench.renew()
    binding = bench.store.get(FIRST)
    assert (binding.acked_pet, binding.received_pet) == (7, 8)


# -- INIT-REBOOT (§4.3.2)


def test_a_client_that_comes_back_to_its_address():
    bench = ServerBench()
    bench.lease()
    assert reply(bench.reboot()) == ("ACK", FIRST)


def test_on_the_wrong_subnet_it_is_told_so():
    actions = ServerBench().reboot(address=FOREIGN)
    assert (rule(actions), reply(actions)) == (("refused", "wrong-subnet"), ("NAK", 0))


def test_a_known_client_with_a_wrong_address_is_told_so():
    bench = ServerBench()
    bench.lease()
    actions = bench.reboot(address=FIRST + 1)
    assert (rule(actions), reply(actions)) == (("refused", "other-address"), ("NAK", 0))


def test_a_client_whose_address_went_to_another_is_told_so():
    bench = ServerBench()
    bench.lease(1)
    bench.tell(MessageType.RELEASE, ciaddr=FIRST)
    bench.store.put(Binding(FIRST + 1, ACTIVE, hardware=hardware(2)))
    actions = bench.reboot(1, FIRST + 1)
    assert (rule(actions), reply(actions)) == (("refused", "address-of-another"), ("NAK", 0))


@pytest.mark.parametrize(
    "binding",
    [
        Binding(FIRST),
        Binding(FIRST, BACKUP),
        Binding(FIRST, ACTIVE, hardware=hardware(2)),
        Binding(FIRST, EXPIRED, hardware=hardware(2)),
    ],
)
def test_to_an_unknown_client_it_says_nothing(binding):
    """A server without a record MUST remain silent: another server may have one."""
    bench = ServerBench()
    bench.store.put(binding)
    actions = bench.reboot(1)
    assert (rule(actions), reply(actions)) == (("ignored", "unknown-client"), None)
    assert bench.store.get(FIRST) == binding


def test_nor_about_an_address_that_another_server_of_the_subnet_may_have_given():
    assert reply(ServerBench().reboot(address=ip_to_int("10.0.0.200"))) is None


# -- RENEWING, REBINDING


@pytest.mark.parametrize("to", [SERVER, BROADCAST])
def test_a_lease_is_extended(to):
    bench = ServerBench()
    bench.lease()
    bench.now += 1000 * US
    assert reply(bench.renew(to=to)) == ("ACK", FIRST)
    assert bench.store.get(FIRST).expires == bench.now + LEASE * US


def test_an_unknown_client_s_renewal_is_believed_if_the_port_believes_it():
    assert rule(ServerBench().renew()) == ("ignored", "unknown-client")
    bench = ServerBench(Port(may_adopt=True))
    assert reply(bench.renew()) == ("ACK", FIRST)
    assert bench.store.get(FIRST).client == b"\x01" + hardware(1)


@pytest.mark.parametrize("status", [ACTIVE, ABANDONED])
def test_the_renewal_of_an_address_of_another_or_a_bad_one_is_refused(status):
    bench = ServerBench(Port(may_adopt=True))
    binding = Binding(FIRST, status, hardware=hardware(2) if status is ACTIVE else b"")
    bench.store.put(binding)
    actions = bench.renew(1)
    assert (rule(actions), reply(actions)) == (("refused", "address-of-another"), ("NAK", 0))
    assert bench.store.get(FIRST) == binding


@pytest.mark.parametrize(("may_reuse", "kind"), [(True, "ACK"), (False, None)])
def test_an_ended_lease_goes_on_if_the_port_lets_it(may_reuse, kind):
    bench = ServerBench(partner(may_reuse=may_reuse))
    bench.store.put(Binding(FIRST, EXPIRED, hardware=hardware(1)))
    found = reply(bench.renew())
    assert (found and found[0]) == kind


# -- RELEASE, DECLINE, INFORM


def test_release_frees_the_address_and_remembers_the_client():
    bench = ServerBench()
    bench.lease()
    actions = bench.tell(MessageType.RELEASE, ciaddr=FIRST, to=SERVER)
    assert (rule(actions), reply(actions)) == (("answered", "released"), None)
    binding = bench.store.get(FIRST)
    assert (binding.status, binding.hardware, binding.expires) == (FREE, hardware(1), 0)
    assert changes(actions) == [BindingChanged("LAN", FIRST)]
    assert actions[-1] == CancelTimer("expiry")
    bench.lease(2)
    assert reply(bench.discover(1)) == ("OFFER", FIRST + 1)


def test_with_a_partner_a_released_address_waits_for_it():
    bench = ServerBench(partner())
    bench.lease()
    actions = bench.tell(MessageType.RELEASE, ciaddr=FIRST)
    binding = bench.store.get(FIRST)
    assert (binding.status, binding.known, binding.cltt) == (RELEASED, False, bench.now)
    assert Persist("leases", ("LAN", FIRST), binding) in actions
    assert reply(bench.discover(2)) == ("OFFER", FIRST + 1)


def test_a_declined_address_is_nobody_s_any_more():
    bench = ServerBench(partner())
    bench.lease()
    actions = bench.tell(MessageType.DECLINE, options=((50, FIRST), (54, SERVER)))
    binding = bench.store.get(FIRST)
    assert (binding.status, binding.client, binding.known) == (ABANDONED, b"", False)
    assert Persist("leases", ("LAN", FIRST), binding) in actions
    assert changes(actions) == [BindingChanged("LAN", FIRST)]
    assert reply(bench.discover(1)) == ("OFFER", FIRST + 1)


@pytest.mark.parametrize(
    "sent",
    [
        lambda b: b.tell(MessageType.RELEASE, 2, ciaddr=FIRST),
        lambda b: b.tell(MessageType.RELEASE, 1, ciaddr=FIRST + 1),
        lambda b: b.tell(MessageType.DECLINE, 2, options=((50, FIRST),)),
        lambda b: b.tell(MessageType.DECLINE, 1, options=((50, FOREIGN),)),
    ],
)
def test_nobody_gives_back_what_he_has_not(sent):
    bench = ServerBench()
    bench.lease()
    before = bench.store.get(FIRST)
    assert rule(sent(bench)) == ("ignored", "unknown-client")
    assert bench.store.touched() == [before]


def test_inform_gets_options_and_no_lease():
    bench = ServerBench()
    address = ip_to_int("10.0.0.9")
    actions = bench.tell(MessageType.INFORM, ciaddr=address)
    (ack,) = replies(actions)
    assert (ack.message_type, ack.yiaddr, ack.option(1)) == (MessageType.ACK, 0, MASK)
    assert [ack.option(code) for code in (51, 58, 59)] == [None] * 3
    assert datagrams(actions)[0].destination == address
    assert bench.store.touched() == []


# -- ends


def test_the_timer_stands_at_the_next_end():
    bench = ServerBench()
    bench.discover()
    assert SetTimer("expiry", LEASE * US) in bench.request()
    bench.now += 100 * US
    bench.discover(2)
    assert not [a for a in bench.request(2, FIRST + 1) if isinstance(a, SetTimer)]
    bench.now += 100 * US
    assert SetTimer("expiry", (LEASE - 100) * US) in bench.renew()


@pytest.mark.parametrize(("port", "status"), [(None, FREE), (partner(), EXPIRED)])
def test_a_lease_ends_when_its_time_is_over(port, status):
    bench = ServerBench(port)
    bench.lease()
    bench.now += 10 * US
    bench.lease(2)
    bench.now += (LEASE - 10) * US
    actions = bench.server.on_timer(bench.now, "expiry")
    ended, other = bench.store.touched()
    assert (ended.status, ended.expires, ended.known) == (status, 0, port is None)
    assert ended.hardware == hardware(1), "its last client is remembered"
    assert other.status is ACTIVE
    assert Persist("leases", ("LAN", FIRST), ended) in actions
    assert changes(actions) == [BindingChanged("LAN", FIRST)]
    assert actions[-1] == SetTimer("expiry", 10 * US)


def test_leases_that_ended_while_the_server_was_off_end_at_its_start():
    bench = ServerBench()
    bench.store.put(Binding(FIRST, ACTIVE, hardware=hardware(1), expires=bench.now - 5))
    assert bench.server.start(bench.now) == [SetTimer("expiry", 0)]
    bench.server.on_timer(bench.now, "expiry")
    assert bench.store.get(FIRST).status is FREE


def test_no_lease_ends_while_the_port_forbids_it():
    port = partner(may_end=False)
    bench = ServerBench(port)
    bench.store.put(Binding(FIRST, ACTIVE, hardware=hardware(1), expires=bench.now))
    assert bench.server.start(bench.now) == []
    port.answers["may_end"] = True
    assert bench.server.watch_endings(bench.now) == [SetTimer("expiry", 0)]
    port.answers["may_end"] = False
    actions = bench.server.on_timer(bench.now, "expiry")
    assert not [action for action in actions if isinstance(action, Note | Persist)]
    assert bench.store.get(FIRST).status is ACTIVE


def test_the_record_of_a_lease_names_old_and_new():
    bench = ServerBench()
    bench.discover()
    ((scope, address, old, new, *_),) = notes(bench.request(), Kind.BINDING)
    assert (scope, address, old, new) == ("LAN", FIRST, FREE, ACTIVE)
