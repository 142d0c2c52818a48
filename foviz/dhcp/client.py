"""The DHCP client (RFC 2131 §4.4, figure 5).

Not here: the network card, whether the host has power. The first DISCOVER waits
``first_delay`` after the start, and the retransmission fuzz is 0 unless set, so that a
story is told in round numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.base.action import (
    Action,
    AnnounceAddress,
    CancelTimer,
    Datagram,
    Note,
    Persist,
    ProbeAddress,
    SendDatagram,
    SetTimer,
)
from foviz.base.address import BROADCAST, UNSPECIFIED, mac_text
from foviz.base.errors import WireError
from foviz.base.kinds import Kind
from foviz.base.numbered import Named
from foviz.base.rng import draw, draw_fraction
from foviz.base.time import US
from foviz.wire import dhcp as wire
from foviz.wire.dhcp import CLIENT_PORT, SERVER_PORT, DhcpMessage, MessageType

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST_WAIT = 4 * US
LONGEST_WAIT = 64 * US
REQUEST_TRIES = 4
RENEW_WAIT_MIN = 60 * US
DECLINE_PAUSE = 10 * US
LONGEST_NAK_PAUSE = 60 * US
PROBE_WAIT = 1 * US
PARAMETERS = bytes((1, 3, 6, 15, 51, 54, 58, 59))


class ClientState(Named):
    """States of RFC 2131 figure 5."""

    INIT = "INIT"
    SELECTING = "SELECTING"
    REQUESTING = "REQUESTING"
    INIT_REBOOT = "INIT-REBOOT"
    REBOOTING = "REBOOTING"
    BOUND = "BOUND"
    RENEWING = "RENEWING"
    REBINDING = "REBINDING"


class ClientConfig(NamedTuple):
    """What does not change while the client runs. Durations in µs."""

    name: str
    hardware: bytes
    seed: int
    client_id: bytes = b""
    first_delay: int = FIRST_WAIT
    fuzz: int = 0
    broadcast: bool = False
    probe: bool = True

    @property
    def identifier(self) -> bytes:
        """The client-identifier (option 61): the one that was set, else its hardware's."""
        return self.client_id or b"\x01" + self.hardware


class ClientLease(NamedTuple):
    """The lease as the client counts it: from the sending of its REQUEST. Moments in µs."""

    address: int
    server: int
    base: int
    lease_s: int
    t1: int
    t2: int
    expires: int


class DhcpClient:
    """One client; each method returns what it wants done."""

    def __init__(self, config: ClientConfig, disk: Mapping[str, ClientLease]) -> None:
        self.config = config
        self.state = ClientState.INIT
        self.lease: ClientLease | None = disk.get("lease")
        self.exchange = 0
        self.xid = 0
        self.tries = 0
        self.began = 0
        self.sent_at = 0
        self.secs = 0
        self.offered = 0
        self.server = 0
        self.checking = False
        self.held_before = False
        self.naks = 0

    # -- life

    def start(self, now: int) -> list[Action]:
        """Switch on: ask for the remembered address again, or for any."""
        self.exchange = now  # xids of two lives of one host must differ
        if self.lease is not None and self.lease.expires > now:
            return [
                *self._enter(ClientState.INIT_REBOOT),
                SetTimer("start", self.config.first_delay),
            ]
        self.lease = None
        return [SetTimer("start", self.config.first_delay)]

    def on_timer(self, now: int, name: str) -> list[Action]:
        """Carry on with what the named timer stands for."""
        if name == "start":
            if self.state is not ClientState.INIT_REBOOT:
                return self._discover(now)
            return self._reboot(now) if self._lease_runs(now) else self._lose_lease(now)
        if name == "retry":
            return self._retry(now)
        if name == "probe":
            return self._bind(now)
        if name == "t1":
            return [*self._enter(ClientState.RENEWING), *self._ask_again(now)]
        if name == "t2":
            return [*self._enter(ClientState.REBINDING), *self._ask_again(now)]
        assert name == "expire", name
        return self._lose_lease(now)

    def on_command(self, now: int, command: str) -> list[Action]:
        """Carry out what the user asks for: ``release``, ``renew``, ``decline``."""
        if command == "release":
            return self._release(now)
        if command == "decline":
            return self._decline(now) if self.lease else []
        assert command == "renew", command
        if self.state is not ClientState.BOUND:
            return []
        return [
            CancelTimer("t1"),
            *self._enter(ClientState.RENEWING),
            *self._ask_again(now),
        ]

    def on_conflict(self, now: int, address: int, hardware: bytes) -> list[Action]:
        """Hear by ARP that somebody else uses the address (RFC 5227 §2.1.1, §2.4)."""
        if self.lease is None or self.lease.address != address:
            return []
        return [Note(Kind.CONFLICT, (address, hardware)), *self._decline(now)]

    # -- messages

    def on_datagram(self, now: int, datagram: Datagram) -> list[Action]:
        """Take an OFFER, ACK or NAK that answers the present exchange; drop all else."""
        try:
            message = wire.decode(datagram.octets)
        except WireError as error:
            return [self._ignored("malformed", (("error", str(error), ""),))]
        if message.xid != self.xid or message.chaddr != self.config.hardware:
            return [self._ignored("other-exchange", (("xid", message.xid, ""),))]
        kind = message.message_type
        if kind == MessageType.OFFER and self.state is ClientState.SELECTING:
            return self._on_offer(now, message)
        waiting = self.state in (
            ClientState.REQUESTING,
            ClientState.REBOOTING,
            ClientState.RENEWING,
            ClientState.REBINDING,
        )
        # After its ACK a client only checks the address: figure 5, BOUND discards the rest.
        waiting = waiting and not self.checking
        if kind == MessageType.ACK and waiting:
            return self._on_ack(now, message)
        if kind == MessageType.NAK and waiting:
            return self._on_nak(now)
        return [self._ignored("not-awaited", (("state", self.state.value, ""),))]

    def _on_offer(self, now: int, message: DhcpMessage) -> list[Action]:
        server = message.u32(54)
        if server is None:
            return [self._ignored("no-server-id", ())]
        self.offered, self.server = message.yiaddr, server
        self.tries = 0
        return [
            self._decided("first-offer", self.offered, (("server", server, "ip"),)),
            *self._enter(ClientState.REQUESTING),
            *self._send_request(now),
            self._retry_timer(),
        ]

    def _on_ack(self, now: int, message: DhcpMessage) -> list[Action]:
        lease_s = message.u32(51)
        if not lease_s:
            return [self._ignored("no-lease-time", ())]
        server = message.u32(54) or self.server
        t1, t2 = message.u32(58), message.u32(59)
        base = self.sent_at
        renewed = self.lease is not None and self.lease.address == message.yiaddr
        self.lease = ClientLease(
            address=message.yiaddr,
            server=server,
            base=base,
            lease_s=lease_s,
            t1=base + (lease_s * US // 2 if t1 is None else t1 * US),
            t2=base + (lease_s * US * 7 // 8 if t2 is None else t2 * US),
            expires=base + lease_s * US,
        )
        actions: list[Action] = [
            CancelTimer("retry"),
            CancelTimer("t2"),
            Persist("client", "lease", self.lease),
        ]
        fresh = self.state in (ClientState.REQUESTING, ClientState.REBOOTING)
        if fresh and self.config.probe and not (renewed and self.held_before):
            # RFC 2131 §3.1 step 5: the last check before the address is used.
            self.checking = True
            return [*actions, ProbeAddress(message.yiaddr), SetTimer("probe", PROBE_WAIT)]
        return [*actions, *self._bind(now)]

    def _on_nak(self, now: int) -> list[Action]:
        """Begin anew (figure 5): at once, but after further NAKs in 1, 2, 4 … 60 s.

        Where one server offers what another refuses, a client would go round for ever. RFC
        2131 §4.4.1 wants a pause in INIT; that it grows is dhcpcd's way.
        """
        actions: list[Action] = [
            self._decided("nak", self.offered, (("state", self.state.value, ""),)),
            *self._drop_lease(),
        ]
        self.naks += 1
        if self.naks == 1:
            return [*actions, *self._discover(now)]
        pause = min(US << min(self.naks - 2, 6), LONGEST_NAK_PAUSE)
        return [*actions, *self._enter(ClientState.INIT), SetTimer("start", pause)]

    # -- states

    def _bind(self, now: int) -> list[Action]:
        lease = self.lease
        assert lease is not None
        actions: list[Action] = []
        if self.checking:
            actions.append(AnnounceAddress(lease.address))
        self.checking = False
        self.held_before = True
        self.naks = 0
        actions.extend(self._enter(ClientState.BOUND))
        for name, moment in (("t1", lease.t1), ("t2", lease.t2), ("expire", lease.expires)):
            if name == "t1" and lease.t2 <= now:
                continue  # a lease kept after a reboot may be past T2 already
            actions.append(SetTimer(name, max(0, moment - now)))
        return actions

    def _discover(self, now: int) -> list[Action]:
        self._new_exchange(now)
        self.began, self.tries, self.offered = now, 0, 0
        return [
            *self._enter(ClientState.SELECTING),
            *self._send_discover(now),
            self._retry_timer(),
        ]

    def _reboot(self, now: int) -> list[Action]:
        assert self.lease is not None
        self._new_exchange(now)
        self.began, self.tries, self.offered = now, 0, self.lease.address
        return [
            *self._enter(ClientState.REBOOTING),
            *self._send_request(now),
            self._retry_timer(),
        ]

    def _ask_again(self, now: int) -> list[Action]:
        """Send the REQUEST of RENEWING or REBINDING and set the next try (§4.4.5)."""
        lease = self.lease
        assert lease is not None
        self._new_exchange(now)
        limit = lease.t2 if self.state is ClientState.RENEWING else lease.expires
        wait = max(RENEW_WAIT_MIN, (limit - now) // 2)
        actions = self._send_request(now)
        actions.append(SetTimer("retry", wait) if now + wait < limit else CancelTimer("retry"))
        return actions

    def _retry(self, now: int) -> list[Action]:
        if self.state in (ClientState.RENEWING, ClientState.REBINDING):
            return self._ask_again(now)
        self.tries += 1
        if self.state is ClientState.SELECTING:
            return [*self._send_discover(now), self._retry_timer()]
        if self.tries < REQUEST_TRIES:
            return [*self._send_request(now, again=True), self._retry_timer()]
        if self.state is ClientState.REBOOTING:
            # §3.2 step 3 with §4.4.2: the remembered lease may be used until it ends.
            return self._bind(now) if self._lease_runs(now) else self._lose_lease(now)
        return self._discover(now)

    def _lease_runs(self, now: int) -> bool:
        return self.lease is not None and self.lease.expires > now

    def _lose_lease(self, now: int) -> list[Action]:
        return [*self._drop_lease(), *self._discover(now)]

    def _release(self, now: int) -> list[Action]:
        lease = self.lease
        if lease is None:
            return []
        self._new_exchange(now)
        message = self._message(
            MessageType.RELEASE, ciaddr=lease.address, options=((54, lease.server.to_bytes(4)),)
        )
        return [
            self._datagram(message, lease.address, lease.server),
            *self._drop_lease(),
            *self._enter(ClientState.INIT),
        ]

    def _decline(self, now: int) -> list[Action]:
        lease = self.lease
        assert lease is not None
        self._new_exchange(now)
        options = ((50, lease.address.to_bytes(4)), (54, lease.server.to_bytes(4)))
        message = self._message(MessageType.DECLINE, options=options)
        self.checking = False
        return [
            CancelTimer("probe"),
            self._datagram(message, UNSPECIFIED, BROADCAST),
            *self._drop_lease(),
            *self._enter(ClientState.INIT),
            SetTimer("start", DECLINE_PAUSE),
        ]

    def _drop_lease(self) -> list[Action]:
        self.lease = None
        self.checking = False
        self.held_before = False
        timers = ("start", "t1", "t2", "expire", "retry", "probe")
        return [*(CancelTimer(name) for name in timers), Persist("client", "lease", None)]

    def _enter(self, state: ClientState) -> list[Action]:
        old, self.state = self.state, state
        if old is state:
            return []
        lease = self.lease
        held = lease is not None and state is not ClientState.INIT
        data = (
            old.value,
            state.value,
            lease.address if lease and held else self.offered,
            lease.server if lease and held else self.server,
            lease.expires if lease and held else 0,
        )
        return [Note(Kind.CLIENT, data)]

    # -- sending

    def _send_discover(self, now: int) -> list[Action]:
        self.secs = self._secs(now)
        message = self._message(MessageType.DISCOVER, ((55, PARAMETERS),), secs=self.secs)
        return [self._datagram(message, UNSPECIFIED, BROADCAST)]

    def _send_request(self, now: int, again: bool = False) -> list[Action]:
        """Send the REQUEST that the present state calls for (RFC 2131 table 4)."""
        if not again:
            self.sent_at = now
        requested = (50, self.offered.to_bytes(4))
        options: tuple[tuple[int, bytes], ...] = ((55, PARAMETERS),)
        lease = self.lease
        if self.state is ClientState.REQUESTING:
            options = (requested, (54, self.server.to_bytes(4)), *options)
        elif self.state is ClientState.REBOOTING:
            options = (requested, *options)
        if self.state in (ClientState.REQUESTING, ClientState.REBOOTING) or lease is None:
            # §3.1 step 3: the REQUEST for an offer repeats the secs of its DISCOVER.
            secs = self.secs if self.state is ClientState.REQUESTING else self._secs(now)
            message = self._message(MessageType.REQUEST, options, secs=secs)
            return [self._datagram(message, UNSPECIFIED, BROADCAST)]
        message = self._message(MessageType.REQUEST, options, ciaddr=lease.address)
        unicast = self.state is ClientState.RENEWING
        return [self._datagram(message, lease.address, lease.server if unicast else BROADCAST)]

    def _message(
        self,
        kind: MessageType,
        options: tuple[tuple[int, bytes], ...],
        ciaddr: int = 0,
        secs: int = 0,
    ) -> DhcpMessage:
        identifier = self.config.identifier
        return DhcpMessage(
            op=wire.BOOTREQUEST,
            htype=1,
            hlen=len(self.config.hardware),
            hops=0,
            xid=self.xid,
            secs=secs,
            flags=wire.BROADCAST_FLAG if self.config.broadcast else 0,
            ciaddr=ciaddr,
            yiaddr=0,
            siaddr=0,
            giaddr=0,
            chaddr=self.config.hardware,
            sname=b"",
            file=b"",
            options=((53, bytes((kind,))), (61, identifier), *options),
        )

    def _datagram(self, message: DhcpMessage, source: int, destination: int) -> SendDatagram:
        return SendDatagram(source, destination, CLIENT_PORT, SERVER_PORT, wire.encode(message))

    def _secs(self, now: int) -> int:
        return min((now - self.began) // US, 0xFFFF)

    def _new_exchange(self, now: int) -> None:
        self.exchange += 1
        self.xid = draw(self.config.seed, self.config.name, "xid", self.exchange) & 0xFFFFFFFF
        self.sent_at = now

    def _retry_timer(self) -> SetTimer:
        """4, 8, 16, 32, 64, 64 … s, each ± the fuzz (§4.1)."""
        wait = min(FIRST_WAIT << self.tries, LONGEST_WAIT)
        if self.config.fuzz:
            fraction = draw_fraction(
                self.config.seed, self.config.name, "fuzz", self.exchange * 64 + self.tries
            )
            wait += round((2 * fraction - 1) * self.config.fuzz)
        return SetTimer("retry", wait)

    # -- records

    def _decided(self, rule: str, address: int, facts: tuple[tuple[str, object, str], ...]) -> Note:
        return Note(Kind.DECISION, ("accepted", rule, self.config.hardware, address, facts))

    def _ignored(self, rule: str, facts: tuple[tuple[str, object, str], ...]) -> Note:
        return Note(Kind.DECISION, ("ignored", rule, self.config.hardware, 0, facts))

    def __repr__(self) -> str:
        return (
            f"<DhcpClient {self.config.name} {mac_text(self.config.hardware)} {self.state.value}>"
        )
