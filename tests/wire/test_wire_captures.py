"""Recordings of a real ISC dhcpd pair: each message is read, and given back octet for octet."""

from pathlib import Path

import dpkt
import pytest

from foviz.wire import dhcp, failover
from foviz.wire.dissect import dissect_dhcp, dissect_failover
from foviz.wire.failover import BindingStatus, FailoverOption, FailoverType, ServerState
from foviz.wire.framing import Framer

CAPTURES = Path(__file__).parent.parent / "data" / "captures"

# Messages a file holds by tshark's count (4.0.17), retransmissions left out.
COUNTS = {
    "a-startup": 143,
    "b-leases": 238,
    "c-kill": 197,
    "d-partnerdown": 123,
    "e-linkbreak": 170,
    "f-poolreq": 218,
    "g-split64": 780,
    "j-dhclient": 149,
    "k-skew90": 38,
}


def frames(folder, name):
    with (CAPTURES / folder / name).open("rb") as file:
        for _, octets in dpkt.pcap.Reader(file):
            packet = dpkt.ethernet.Ethernet(octets).data
            if isinstance(packet, dpkt.ip.IP):
                yield packet


def streams(folder):
    """The octets of each direction of each connection; a SYN begins a new one."""
    current = {}
    started = []
    for packet in frames(folder, "failover.pcap"):
        tcp = packet.data
        if not isinstance(tcp, dpkt.tcp.TCP):
            continue
        key = (packet.src, tcp.sport, packet.dst, tcp.dport)
        if tcp.flags & dpkt.tcp.TH_SYN:
            if key not in current or current[key][0] != tcp.seq + 1:
                current[key] = (tcp.seq + 1, {})
                started.append(current[key])
        elif tcp.data:
            first, segments = current[key]
            at = (tcp.seq - first) & 0xFFFFFFFF
            segments[at] = max(segments.get(at, b""), bytes(tcp.data), key=len)
    return [joined(segments) for _, segments in started]


def joined(segments):
    stream = b""
    for at in sorted(segments):
        assert at <= len(stream), "a segment is missing in the recording"
        stream += segments[at][len(stream) - at :]
    return stream


def messages(folder):
    found = []
    for stream in streams(folder):
        framer = Framer()
        for at in range(0, len(stream), 100):
            found.extend(framer.feed(stream[at : at + 100]))
        assert framer.rest == b"", "the stream ends inside a message"
    return found


def datagrams(folder):
    found = []
    for packet in frames(folder, "dhcp.pcap"):
        udp = packet.data
        if isinstance(udp, dpkt.udp.UDP) and {udp.sport, udp.dport} <= {67, 68}:
            found.append(bytes(udp.data))
    return found


@pytest.mark.parametrize("folder", COUNTS)
def test_failover_messages_are_given_back_octet_for_octet(folder):
    found = messages(folder)
    for octets in found:
        assert failover.encode(failover.decode(octets)) == octets
    print(f"{folder}/failover.pcap: {len(found)} messages")  # noqa: T201
    assert len(found) == COUNTS[folder] > 0


@pytest.mark.parametrize("folder", COUNTS)
def test_dhcp_messages_are_read(folder):
    found = datagrams(folder)
    for octets in found:
        message = dhcp.decode(octets)
        assert 1 <= message.message_type <= 8
        assert dhcp.decode(dhcp.encode(message)) == message
    print(f"{folder}/dhcp.pcap: {len(found)} messages")  # noqa: T201
    assert found


@pytest.mark.parametrize("folder", COUNTS)
def test_trees_of_real_messages_are_whole(folder):
    failover_roots = [(dissect_failover(octets), octets) for octets in messages(folder)]
    dhcp_roots = [(dissect_dhcp(octets), octets) for octets in datagrams(folder)]
    for root, octets in (*failover_roots, *dhcp_roots):
        at = 0
        for child in root.children:
            assert child.name != "malformed"
            assert child.start == at
            at = child.end
        assert at == len(octets)


def test_what_isc_sends_is_named():
    found = [failover.decode(octets) for folder in COUNTS for octets in messages(folder)]
    for message in found:
        assert message.type in list(FailoverType)
        assert message.payload_offset == 12
        assert all(code in list(FailoverOption) for code, _ in message.options)
        if message.type == FailoverType.STATE:
            assert message.u8(FailoverOption.SERVER_STATE) in list(ServerState)
        if message.type == FailoverType.BNDUPD:
            assert len(message.transactions()) == 1
            assert message.u8(FailoverOption.BINDING_STATUS) in list(BindingStatus)


def test_skewed_clock_is_refused_with_reason_4():
    refusals = [
        message
        for message in map(failover.decode, messages("k-skew90"))
        if message.type == FailoverType.CONNECTACK
    ]
    assert refusals
    for message in refusals:
        assert message.u8(FailoverOption.REJECT_REASON) == 4
        assert message.get(FailoverOption.MESSAGE) == b"time offset too large"


def test_return_to_partner_down_goes_through_recover():
    states = [
        message.u8(FailoverOption.SERVER_STATE)
        for message in map(failover.decode, messages("d-partnerdown"))
        if message.type == FailoverType.STATE
    ]
    after = states[states.index(ServerState.RECOVER_DONE, 8) - 2 :]
    assert states.count(ServerState.PARTNER_DOWN) == 1
    assert after[:4] == [
        ServerState.NORMAL,
        ServerState.RECOVER,
        ServerState.RECOVER_DONE,
        ServerState.NORMAL,
    ]
