"""The relay agent: RFC 1542 §4.1 and RFC 2131 §4.1, message by message."""

import pytest

from foviz.base.action import Datagram, Note, SendDatagram
from foviz.base.address import BROADCAST, ip_to_int
from foviz.base.rules import RULES
from foviz.dhcp.relay import MOST_HOPS, DhcpRelay, RelayConfig
from foviz.wire import dhcp as wire
from foviz.wire.dhcp import BROADCAST_FLAG, CLIENT_PORT, SERVER_PORT, DhcpMessage

BRANCH, CENTRE = ip_to_int("10.1.0.1"), ip_to_int("10.0.0.11")
SERVERS = (ip_to_int("10.0.0.1"), ip_to_int("10.0.0.2"))
ADDRESS = ip_to_int("10.1.0.51")
HARDWARE = b"\x02\0\0\0\0\x01"


def relay(**settings):
    return DhcpRelay(RelayConfig("R1", SERVERS, **settings), (BRANCH, CENTRE))


def message(op=wire.BOOTREQUEST, kind=1, **fields):
    base = {
        "op": op,
        "htype": 1,
        "hlen": 6,
        "hops": 0,
        "xid": 7,
        "secs": 3,
        "flags": 0,
        "ciaddr": 0,
        "yiaddr": 0,
        "siaddr": 0,
        "giaddr": 0,
        "chaddr": HARDWARE,
        "sname": b"",
        "file": b"",
        "options": ((53, bytes((kind,))), (61, b"\x01" + HARDWARE)),
    }
    return DhcpMessage(**base | fields)


def passed(found, interface=BRANCH, source=0, destination=BROADCAST, agent=None):
    datagram = Datagram(
        source, destination, CLIENT_PORT, SERVER_PORT, wire.encode(found), interface
    )
    actions = (agent or relay()).on_datagram(0, datagram)
    notes = [action for action in actions if isinstance(action, Note)]
    assert len(notes) == 1, "nothing is silent"
    assert notes[0].data[1] in RULES
    return notes[0].data, [action for action in actions if isinstance(action, SendDatagram)]


def test_a_request_goes_to_every_helper_with_giaddr_and_one_more_hop():
    note, sent = passed(message())
    assert note[:3] == ("done", "relayed", HARDWARE)
    assert [action.destination for action in sent] == list(SERVERS)
    for action in sent:
        assert (action.source, action.source_port, action.destination_port) == (BRANCH, 67, 67)
        copy = wire.decode(action.octets)
        assert (copy.giaddr, copy.hops) == (BRANCH, 1)
        assert copy._replace(giaddr=0, hops=0) == message()


def test_a_second_relay_leaves_giaddr_alone():
    first = ip_to_int("10.9.0.1")
    _, sent = passed(message(giaddr=first, hops=1), interface=CENTRE)
    copy = wire.decode(sent[0].octets)
    assert (copy.giaddr, copy.hops) == (first, 2)
    assert sent[0].source == CENTRE


@pytest.mark.parametrize(("limit", "hops", "goes"), [(4, 4, True), (4, 5, False), (0, 1, False)])
def test_the_hop_limit(limit, hops, goes):
    note, sent = passed(message(hops=hops, giaddr=1), agent=relay(hops=limit))
    assert bool(sent) is goes
    assert (note[1] == "relay-hops") is not goes
    assert limit <= MOST_HOPS


def test_its_own_request_is_not_passed_on_again():
    note, sent = passed(message(giaddr=BRANCH, hops=1), interface=CENTRE)
    assert (note[0], note[1], sent) == ("ignored", "relay-loop", [])


def test_a_helper_is_not_sent_its_own_message():
    _, sent = passed(message(), source=SERVERS[0])
    assert [action.destination for action in sent] == [SERVERS[1]]


def test_an_answer_goes_to_the_client_by_its_hardware_address():
    answer = message(wire.BOOTREPLY, 2, giaddr=BRANCH, yiaddr=ADDRESS)
    note, (action,) = passed(answer, CENTRE, SERVERS[0], BRANCH)
    assert note[:2] == ("done", "relayed-back")
    assert (action.source, action.destination, action.hardware) == (BRANCH, ADDRESS, HARDWARE)
    assert (action.source_port, action.destination_port) == (67, 68)
    assert wire.decode(action.octets) == answer, "a relay changes nothing in an answer"


@pytest.mark.parametrize(
    "fields", [{"flags": BROADCAST_FLAG, "yiaddr": ADDRESS}, {"yiaddr": 0}], ids=["flag", "nak"]
)
def test_an_answer_is_broadcast_when_it_asks_for_it_or_has_no_address(fields):
    _, (action,) = passed(message(wire.BOOTREPLY, 6, giaddr=BRANCH, **fields), CENTRE, 1, BRANCH)
    assert (action.destination, action.hardware) == (BROADCAST, b"")


def test_an_answer_for_another_relay_is_dropped():
    note, sent = passed(message(wire.BOOTREPLY, 2, giaddr=ip_to_int("10.7.0.1")), CENTRE, 1, BRANCH)
    assert (note[1], sent) == ("relay-not-ours", [])


def test_nonsense_is_dropped():
    datagram = Datagram(0, BROADCAST, 68, 67, b"nonsense", BRANCH)
    (note,) = relay().on_datagram(0, datagram)
    assert note.data[:2] == ("ignored", "malformed")


def test_it_has_no_timers_and_nothing_to_start():
    assert relay().start(0) == []
    with pytest.raises(AssertionError):
        relay().on_timer(0, "any")
