"""Reserved, excluded, bad and freed addresses, and which scope: a server without a partner."""

import pytest

from foviz.base.action import Datagram, Note, SendDatagram
from foviz.base.address import BROADCAST, ip_to_int
from foviz.base.kinds import Kind
from foviz.base.time import DAY, STORY_START
from foviz.dhcp.scope import Scope, ScopeConfig
from foviz.dhcp.server import DhcpServer
from foviz.lease.binding import ABANDONED, ACTIVE, FREE
from foviz.lease.port import StandAlone
from foviz.lease.store import LeaseStore
from foviz.wire import dhcp as wire
from foviz.wire.dhcp import DhcpMessage, MessageType

OWN, RELAY, FAR_RELAY = (ip_to_int(text) for text in ("10.0.0.1", "10.0.0.254", "10.9.0.254"))
FIRST, FAR = ip_to_int("10.0.0.51"), ip_to_int("10.9.0.51")


def hardware(number):
    return b"\x02" + number.to_bytes(5)


class Desk:
    """A server and what it says."""

    def __init__(self, addresses=3, reservations=(), excluded=()):
        self.now = STORY_START
        pairs = tuple((hardware(number), address) for number, address in reservations)
        near = ScopeConfig("near", ip_to_int("10.0.0.0"), 24, FIRST, FIRST + addresses - 1, 3600)
        far = ScopeConfig("far", ip_to_int("10.9.0.0"), 24, FAR, FAR + 9, 7200)
        configs = near._replace(reservations=pairs, excluded=excluded), far
        scopes = {}
        for config in configs:
            away = sum(1 << (address - config.first) for address in config.excluded)
            store = LeaseStore(config.name, config.first, config.last, away)
            scopes[config.name] = Scope(config, store, StandAlone())
        self.server = DhcpServer("DHCP1", scopes)

    def status(self, address=FIRST):
        return self.server.scopes["near"].store.get(address).status

    def tell(self, kind, number, *options, ciaddr=0, giaddr=0, to=BROADCAST):
        octets = [(code, value.to_bytes(4)) for code, value in options]
        message = DhcpMessage(
            *(1, 1, 6, 0, 77, 0, 0, ciaddr, 0, 0, giaddr, hardware(number), b"", b""),
            ((53, bytes((kind,))), *octets),
        )
        datagram = Datagram(ciaddr, to, 68, 67, wire.encode(message), OWN)
        self.actions = self.server.on_datagram(self.now, datagram)
        self.rules = [a.data[1] for a in self.actions if _is_decision(a)]
        sent = [a for a in self.actions if isinstance(a, SendDatagram)]
        self.sent_to = [a.destination for a in sent]
        return wire.decode(sent[0].octets) if sent else None

    def offered(self, number, requested=0, giaddr=0):
        options = [(50, requested)] if requested else []
        offer = self.tell(MessageType.DISCOVER, number, *options, giaddr=giaddr)
        return offer.yiaddr if offer else None

    def request(self, number, address):
        answer = self.tell(MessageType.REQUEST, number, (50, address), (54, OWN))
        return MessageType(answer.message_type).name if answer else None

    def lease(self, number):
        assert self.request(number, self.offered(number)) == "ACK"

    def decline(self, number, address):
        self.tell(MessageType.DECLINE, number, (50, address), (54, OWN))


def _is_decision(action):
    return isinstance(action, Note) and action.kind is Kind.DECISION


def test_a_reserved_address_is_its_client_s_alone():
    desk = Desk(reservations=[(9, FIRST)])
    assert desk.offered(1, requested=FIRST) == FIRST + 1
    assert desk.request(1, FIRST) == "NAK"
    assert desk.offered(9, requested=FIRST + 2) == FIRST
    assert desk.request(9, FIRST) == "ACK"


def test_a_client_with_a_reservation_gets_that_address_or_none():
    desk = Desk()
    desk.lease(1)
    scope = desk.server.scopes["near"]
    scope.configure(scope.config._replace(reservations=((hardware(9), FIRST),)))
    assert desk.offered(9) is None
    assert desk.rules == ["reserved-elsewhere"]
    # Whom it was leased to before can't extend it any more.
    answer = desk.tell(MessageType.REQUEST, 1, ciaddr=FIRST, to=OWN)
    assert answer.message_type == MessageType.NAK


def test_reserved_though_excluded():
    """F17: it is leased to its client and offered to nobody else, not even when freed."""
    desk = Desk(addresses=2, reservations=[(9, FIRST)], excluded=(FIRST,))
    assert desk.offered(9) == FIRST
    assert desk.request(9, FIRST) == "ACK"
    desk.tell(MessageType.RELEASE, 9, ciaddr=FIRST, to=OWN)
    assert desk.status() is FREE
    assert desk.offered(1, requested=FIRST) == FIRST + 1
    assert desk.offered(2) is None


def test_a_reservation_that_is_taken_back_leaves_an_excluded_address_alone():
    desk = Desk(addresses=1, reservations=[(9, FIRST)], excluded=(FIRST,))
    scope = desk.server.scopes["near"]
    scope.configure(scope.config._replace(reservations=()))
    assert desk.offered(9) is None


@pytest.mark.parametrize(("waited", "again"), [(DAY - 1, None), (DAY, FIRST)])
def test_a_bad_address_is_the_last_resort_after_a_day(waited, again):
    desk = Desk(addresses=1)
    desk.lease(1)
    desk.decline(1, FIRST)
    assert desk.status() is ABANDONED
    desk.now += waited
    assert desk.offered(2) == again
    assert ("abandoned-recycled" in desk.rules) is (again is not None)


def test_the_bad_address_that_rested_longest_comes_first_and_good_ones_before_it():
    desk = Desk(addresses=3)
    for number in (1, 2):
        desk.lease(number)
    desk.decline(2, FIRST + 1)
    desk.now += 1
    desk.decline(1, FIRST)
    desk.now += 2 * DAY
    assert [desk.offered(number) for number in (5, 6, 7)] == [FIRST + 2, FIRST + 1, FIRST]


def test_only_who_has_an_address_can_decline_or_release_it():
    desk = Desk()
    desk.lease(1)
    desk.decline(2, FIRST)
    assert desk.rules == ["unknown-client"]
    desk.tell(MessageType.RELEASE, 2, ciaddr=FIRST, to=OWN)
    assert (desk.rules, desk.status()) == (["unknown-client"], ACTIVE)
    desk.tell(MessageType.RELEASE, 1, ciaddr=FIRST, to=OWN)
    desk.tell(MessageType.RELEASE, 1, ciaddr=FIRST, to=OWN)
    assert desk.rules == ["nothing-to-release"]


@pytest.mark.parametrize("bad", [False, True])
def test_the_operator_frees_an_address(bad):
    desk = Desk()
    desk.lease(1)
    if bad:
        desk.decline(1, FIRST)
    actions = desk.server.reset(desk.now, FIRST)
    assert desk.status() is FREE
    assert [a.data[1] for a in actions if _is_decision(a)] == ["reset-by-operator"]
    assert desk.offered(2) == FIRST


def test_the_relay_s_network_picks_the_scope():
    desk = Desk()
    assert desk.offered(1, giaddr=RELAY) == FIRST
    assert desk.sent_to == [RELAY]
    assert desk.offered(1, giaddr=FAR_RELAY) == FAR
    assert desk.sent_to == [FAR_RELAY]
    assert desk.offered(2, giaddr=ip_to_int("172.16.0.1")) is None
    assert desk.rules == ["no-scope"]


def test_a_client_s_own_network_picks_the_scope_of_its_renewal():
    desk = Desk()
    desk.offered(1, giaddr=FAR_RELAY)
    options = ((50, FAR), (54, OWN))
    assert desk.tell(MessageType.REQUEST, 1, *options, giaddr=FAR_RELAY).yiaddr == FAR
    answer = desk.tell(MessageType.REQUEST, 1, ciaddr=FAR, to=OWN)
    assert (answer.yiaddr, answer.u32(51)) == (FAR, 7200)
    assert desk.sent_to == [FAR]


def test_inform_is_answered_to_the_client_and_changes_nothing():
    desk = Desk()
    for giaddr in (0, RELAY):
        asked = FIRST + 99
        answer = desk.tell(MessageType.INFORM, 1, ciaddr=asked, giaddr=giaddr)
        assert (answer.message_type, answer.yiaddr, answer.u32(51)) == (MessageType.ACK, 0, None)
        assert desk.sent_to == [asked]
    assert desk.server.scopes["near"].store.touched() == []
