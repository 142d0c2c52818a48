"""The relay agent: carries clients' broadcasts to servers elsewhere, and the answers back.

RFC 1542 §4.1 and RFC 2131 §4.1. A relay knows its own addresses and the helper addresses
that its administrator gave it; which way a packet takes to a server is the network's concern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.action import Action, Datagram, Fact, Note, SendDatagram
from foviz.base.address import BROADCAST, UNSPECIFIED
from foviz.base.errors import WireError
from foviz.base.kinds import Kind
from foviz.wire import dhcp as wire
from foviz.wire.dhcp import CLIENT_PORT, SERVER_PORT, DhcpMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_HOPS: Final = 16
"""The highest limit that RFC 1542 §4.1.1 allows."""
USUAL_HOPS: Final = 4


class RelayConfig(NamedTuple):
    """What an administrator sets: where requests go, how many relays they may pass."""

    name: str
    helpers: tuple[int, ...]
    hops: int = USUAL_HOPS


class DhcpRelay:
    """One relay agent; it remembers nothing between two messages."""

    def __init__(self, config: RelayConfig, addresses: Sequence[int]) -> None:
        self.config = config
        self.addresses = tuple(addresses)

    def start(self, now: int) -> list[Action]:
        """Begin: there is nothing to do until somebody calls."""
        return []

    def on_timer(self, now: int, name: str) -> list[Action]:
        """There are no timers."""
        raise AssertionError(name)

    def on_datagram(self, now: int, datagram: Datagram) -> list[Action]:
        """Pass a message on, or say by which rule it is dropped."""
        try:
            message = wire.decode(datagram.octets)
        except WireError as error:
            return [_decision("ignored", "malformed", b"", 0, (("error", str(error), ""),))]
        if message.op == wire.BOOTREPLY:
            return self._back(message)
        return self._forth(message, datagram)

    def _forth(self, message: DhcpMessage, datagram: Datagram) -> list[Action]:
        """A request: mark where it came from, and send it to every helper (§4.1.1)."""
        if message.hops > self.config.hops:
            facts: tuple[Fact, ...] = (
                ("relays passed", message.hops, ""),
                ("limit", self.config.hops, ""),
            )
            return [_decision("ignored", "relay-hops", message.chaddr, 0, facts)]
        if message.giaddr in self.addresses:  # a broadcast of our own that came back
            return [_decision("ignored", "relay-loop", message.chaddr, message.giaddr, ())]
        # The first relay says on which of its networks the client is; the others leave it.
        giaddr = message.giaddr or datagram.interface
        passed = message._replace(hops=message.hops + 1, giaddr=giaddr)
        octets, source = wire.encode(passed), datagram.interface
        helpers = [helper for helper in self.config.helpers if helper != datagram.source]
        facts = (
            ("giaddr", giaddr, "ip"),
            ("hops", passed.hops, ""),
            *(("helper", helper, "ip") for helper in helpers),
        )
        return [
            _decision("done", "relayed", message.chaddr, giaddr, facts),
            *(SendDatagram(source, helper, SERVER_PORT, SERVER_PORT, octets) for helper in helpers),
        ]

    def _back(self, message: DhcpMessage) -> list[Action]:
        """An answer: deliver it on the network that it was asked from (§4.1.2)."""
        if message.giaddr not in self.addresses:
            facts: tuple[Fact, ...] = (("giaddr", message.giaddr, "ip"),)
            return [_decision("ignored", "relay-not-ours", message.chaddr, 0, facts)]
        facts = (("giaddr", message.giaddr, "ip"), ("your address", message.yiaddr, "ip"))
        octets = wire.encode(message)
        everybody = message.flags & wire.BROADCAST_FLAG or message.yiaddr == UNSPECIFIED
        target = BROADCAST if everybody else message.yiaddr
        hardware = b"" if everybody else message.chaddr
        return [
            _decision("done", "relayed-back", message.chaddr, message.yiaddr, facts),
            SendDatagram(message.giaddr, target, SERVER_PORT, CLIENT_PORT, octets, hardware),
        ]


def _decision(
    outcome: str, rule: str, hardware: bytes, address: int, facts: tuple[Fact, ...]
) -> Note:
    return Note(Kind.DECISION, (outcome, rule, hardware, address, facts))
