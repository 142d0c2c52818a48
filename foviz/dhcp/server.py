"""The DHCP server (RFC 2131 §4.3): which client gets which address, and when it ends.

Whether to answer at all, from which addresses and for how long is asked of each scope's
:class:`~foviz.lease.port.ScopePort`; this module knows no failover. The order of the deeds
is decision, binding, disk, ACK, partner: an ACK never precedes the write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import (
    Action,
    BindingChanged,
    CancelTimer,
    Datagram,
    Fact,
    Note,
    Persist,
    SendDatagram,
    SetTimer,
)
from foviz.base.address import BROADCAST, UNSPECIFIED
from foviz.base.errors import WireError
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.dhcp.allocation import choose_address, may_have_again
from foviz.dhcp.message import classify, reply_to
from foviz.lease.binding import (
    ABANDONED,
    ACTIVE,
    BACKUP,
    EXPIRED,
    FREE,
    RELEASED,
    Binding,
    binding_note,
)
from foviz.lease.port import Query, Request
from foviz.wire import dhcp as wire
from foviz.wire.dhcp import CLIENT_PORT, SERVER_PORT, DhcpMessage, MessageType

if TYPE_CHECKING:
    from foviz.dhcp.scope import Scope
    from foviz.wire.failover import BindingStatus


class DhcpServer:
    """One server process with all its scopes; each method returns what it wants done."""

    def __init__(self, name: str, scopes: dict[str, Scope]) -> None:
        self.name = name
        self.scopes = scopes
        self.wakeup = 0

    # -- life

    def start(self, now: int) -> list[Action]:
        """Begin; leases that ended while the server was off end now."""
        return self.watch_endings(now)

    def on_timer(self, now: int, name: str) -> list[Action]:
        """End the leases that are over."""
        assert name == "expiry", name
        self.wakeup = 0
        actions: list[Action] = []
        for scope in self.scopes.values():
            if scope.port.may_end():
                for binding in scope.store.pop_ended(now):
                    actions.extend(self._end(now, scope, binding, EXPIRED))
        return [*actions, *self.watch_endings(now)]

    def watch_endings(self, now: int) -> list[Action]:
        """Set the timer for the next lease's end, unless it is set for that already."""
        endings = [
            scope.store.next_ending() for scope in self.scopes.values() if scope.port.may_end()
        ]
        wanted = min((moment for moment in endings if moment), default=0)
        if wanted == self.wakeup:
            return []
        self.wakeup = wanted
        return [SetTimer("expiry", max(0, wanted - now)) if wanted else CancelTimer("expiry")]

    # -- messages

    def on_datagram(self, now: int, datagram: Datagram) -> list[Action]:
        """Answer a client's message, or say by which rule it is left unanswered."""
        try:
            message = wire.decode(datagram.octets)
        except WireError as error:
            return [_decision("ignored", "malformed", b"", 0, (("error", str(error), ""),))]
        hardware = message.chaddr
        request = classify(message, broadcast=datagram.destination == BROADCAST)
        if message.op != wire.BOOTREQUEST or request is None:
            return [_decision("ignored", "not-a-request", hardware, 0, ())]
        scope = self._scope_for(message, datagram)
        if scope is None:
            return [_decision("ignored", "no-scope", hardware, message.giaddr, ())]
        client_id = message.option(61) or b""
        client = client_id or b"\x01" + hardware
        last = scope.store.lease_of(client)
        query = Query(
            request=request,
            client=client,
            hardware=hardware,
            client_id=client_id,
            secs=message.secs,
            xid=message.xid,
            granter=last.granter if last is not None and last.status is ACTIVE else "",
        )
        verdict = scope.port.may_answer(now, query, scope.store)
        if not verdict.answer:
            return [_decision("ignored", verdict.rule, hardware, 0, verdict.facts)]
        handler = _HANDLERS[request]
        actions = handler(self, now, scope, query, message, datagram.interface)
        return [*actions, *self.watch_endings(now)]

    def _scope_for(self, message: DhcpMessage, datagram: Datagram) -> Scope | None:
        """Find the scope by relay, by the client's address, by the interface (§4.3.1)."""
        by = message.giaddr or message.ciaddr or datagram.interface
        for scope in self.scopes.values():
            if scope.config.holds(by):
                return scope
        return None

    # -- DISCOVER

    def _on_discover(
        self, now: int, scope: Scope, query: Query, message: DhcpMessage, own: int
    ) -> list[Action]:
        binding = choose_address(
            now,
            scope.store,
            scope.port,
            scope.offers,
            query.client,
            message.u32(50) or 0,
            scope.reserved_for(query.hardware),
        )
        if binding is None:
            return [self._no_address(now, scope, query)]
        grant = scope.port.grant(now, self._record_for(binding, query), scope.config.lease_s)
        scope.offers.hold(now, query.client, binding.address, scope.store)
        return [
            _decision("answered", grant.rule, query.hardware, binding.address, grant.facts),
            self._reply(scope, message, MessageType.OFFER, own, binding.address, grant.lease_s),
        ]

    def _no_address(self, now: int, scope: Scope, query: Query) -> Note:
        store = scope.store
        mine = sum(mask.bit_count() for mask in scope.port.allocatable(now, store))
        facts: tuple[Fact, ...] = (
            ("addresses this server may give", mine, ""),
            ("FREE", store.count(FREE), ""),
            ("BACKUP", store.count(BACKUP), ""),
            ("ACTIVE", store.count(ACTIVE), ""),
        )
        return _decision("ignored", "no-own-address", query.hardware, 0, facts)

    # -- REQUEST

    def _on_selecting(
        self, now: int, scope: Scope, query: Query, message: DhcpMessage, own: int
    ) -> list[Action]:
        server, address = message.u32(54) or 0, message.u32(50) or 0
        if server != own:
            scope.offers.drop(query.client, scope.store)
            facts: tuple[Fact, ...] = (("chosen server", server, "ip"),)
            return [_decision("ignored", "other-server", query.hardware, address, facts)]
        if not self._may_commit(now, scope, query, address):
            return self._refuse(scope, query, message, own, address, "not-on-offer")
        return self._commit(now, scope, query, message, own, address)

    def _may_commit(self, now: int, scope: Scope, query: Query, address: int) -> bool:
        if address not in scope.store:
            return False
        if may_have_again(now, scope.port, scope.store, scope.store.get(address), query.client):
            return True
        bit = scope.store.bit(address)
        if scope.offers.of(now, query.client) != address:
            bit &= ~scope.offers.mask
        # Asked again now: an address on offer may have gone to the partner meanwhile.
        return any(mask & bit for mask in scope.port.allocatable(now, scope.store))

    def _on_init_reboot(
        self, now: int, scope: Scope, query: Query, message: DhcpMessage, own: int
    ) -> list[Action]:
        address = message.u32(50) or 0
        if not scope.config.holds(address):
            return self._refuse(scope, query, message, own, address, "wrong-subnet")
        binding = scope.store.get(address)
        if may_have_again(now, scope.port, scope.store, binding, query.client):
            return self._commit(now, scope, query, message, own, address)
        known = scope.store.lease_of(query.client)
        if known is not None and known.status is ACTIVE:
            return self._refuse(scope, query, message, own, address, "other-address")
        if known is not None and binding.status is ACTIVE:
            return self._refuse(scope, query, message, own, address, "address-of-another")
        # RFC 2131 §4.3.2: a server without a record must stay silent; the partner may have one.
        return [_decision("ignored", "unknown-client", query.hardware, address, ())]

    def _on_extend(
        self, now: int, scope: Scope, query: Query, message: DhcpMessage, own: int
    ) -> list[Action]:
        """RENEWING and REBINDING: extend a known lease, believe an unknown one if the port does."""
        address = message.ciaddr
        if address not in scope.store:
            return self._refuse(scope, query, message, own, address, "wrong-subnet")
        binding = scope.store.get(address)
        if may_have_again(now, scope.port, scope.store, binding, query.client):
            return self._commit(now, scope, query, message, own, address)
        if binding.status is ACTIVE or binding.status is ABANDONED:
            return self._refuse(scope, query, message, own, address, "address-of-another")
        if not scope.port.may_adopt(now, binding):
            return [_decision("ignored", "unknown-client", query.hardware, address, ())]
        return self._commit(now, scope, query, message, own, address)

    def _commit(
        self,
        now: int,
        scope: Scope,
        query: Query,
        message: DhcpMessage,
        own: int,
        address: int,
    ) -> list[Action]:
        record = self._record_for(scope.store.get(address), query)
        grant = scope.port.grant(now, record, scope.config.lease_s)
        binding = record._replace(
            status=ACTIVE,
            granter=self.name,
            expires=now + grant.lease_s * US,
            start=now,
            cltt=now,
            pet=grant.pet,
            known=not scope.port.partnered,
        )
        scope.offers.drop(query.client, scope.store)
        return [
            _decision("answered", grant.rule, query.hardware, address, grant.facts),
            *self._write(scope, binding),
            self._reply(scope, message, MessageType.ACK, own, address, grant.lease_s),
            BindingChanged(scope.config.name, address),
        ]

    def _refuse(
        self,
        scope: Scope,
        query: Query,
        message: DhcpMessage,
        own: int,
        address: int,
        rule: str,
    ) -> list[Action]:
        scope.offers.drop(query.client, scope.store)
        facts: tuple[Fact, ...] = (("request", query.request.value, ""),)
        return [
            _decision("refused", rule, query.hardware, address, facts),
            self._reply(scope, message, MessageType.NAK, own, 0, 0),
        ]

    # -- RELEASE, DECLINE, INFORM

    def _on_release(
        self, now: int, scope: Scope, query: Query, message: DhcpMessage, own: int
    ) -> list[Action]:
        address = message.ciaddr
        if address not in scope.store or scope.store.get(address).client != query.client:
            return [_decision("ignored", "unknown-client", query.hardware, address, ())]
        binding = scope.store.get(address)._replace(cltt=now)
        return [
            _decision("answered", "released", query.hardware, address, ()),
            *self._end(now, scope, binding, RELEASED),
        ]

    def _on_decline(
        self, now: int, scope: Scope, query: Query, message: DhcpMessage, own: int
    ) -> list[Action]:
        address = message.u32(50) or 0
        if address not in scope.store or scope.store.get(address).client != query.client:
            return [_decision("ignored", "unknown-client", query.hardware, address, ())]
        binding = Binding(address, ABANDONED, start=now, cltt=now, known=not scope.port.partnered)
        return [
            _decision("answered", "declined", query.hardware, address, ()),
            *self._write(scope, binding),
            BindingChanged(scope.config.name, address),
        ]

    def _on_inform(
        self, now: int, scope: Scope, query: Query, message: DhcpMessage, own: int
    ) -> list[Action]:
        return [
            _decision("answered", "inform", query.hardware, message.ciaddr, ()),
            self._reply(scope, message, MessageType.ACK, own, 0, 0),
        ]

    # -- bindings

    def _record_for(self, binding: Binding, query: Query) -> Binding:
        """Return the binding with this client in it; what the partner knows is per client."""
        if binding.client == query.client:
            return binding
        return Binding(binding.address, binding.status, query.client_id, query.hardware)

    def _end(self, now: int, scope: Scope, binding: Binding, status: BindingStatus) -> list[Action]:
        ended = scope.port.ended(status)
        if ended is FREE:
            binding = binding._replace(pet=0, acked_pet=0, received_pet=0)
        binding = binding._replace(
            status=ended, expires=0, start=now, known=not scope.port.partnered
        )
        return [
            *self._write(scope, binding),
            BindingChanged(scope.config.name, binding.address),
        ]

    def _write(self, scope: Scope, binding: Binding) -> list[Action]:
        old = scope.store.put(binding)
        return [
            binding_note(scope.config.name, old, binding),
            Persist("leases", (scope.config.name, binding.address), binding),
        ]

    # -- replies

    def _reply(
        self,
        scope: Scope,
        message: DhcpMessage,
        kind: MessageType,
        own: int,
        address: int,
        lease_s: int,
    ) -> SendDatagram:
        reply = reply_to(message, kind, own, address, lease_s, scope.config)
        octets = wire.encode(reply)
        if message.giaddr:
            return SendDatagram(own, message.giaddr, SERVER_PORT, SERVER_PORT, octets)
        if kind is MessageType.NAK:
            # RFC 2131 §4.3.2: without a relay a NAK is always broadcast.
            return SendDatagram(own, BROADCAST, SERVER_PORT, CLIENT_PORT, octets)
        if message.ciaddr != UNSPECIFIED:
            return SendDatagram(own, message.ciaddr, SERVER_PORT, CLIENT_PORT, octets)
        if message.flags & wire.BROADCAST_FLAG:
            return SendDatagram(own, BROADCAST, SERVER_PORT, CLIENT_PORT, octets)
        return SendDatagram(own, address, SERVER_PORT, CLIENT_PORT, octets, message.chaddr)


_HANDLERS = {
    Request.DISCOVER: DhcpServer._on_discover,
    Request.SELECTING: DhcpServer._on_selecting,
    Request.INIT_REBOOT: DhcpServer._on_init_reboot,
    Request.RENEWING: DhcpServer._on_extend,
    Request.REBINDING: DhcpServer._on_extend,
    Request.RELEASE: DhcpServer._on_release,
    Request.DECLINE: DhcpServer._on_decline,
    Request.INFORM: DhcpServer._on_inform,
}


def _decision(
    outcome: str, rule: str, hardware: bytes, address: int, facts: tuple[Fact, ...]
) -> Note:
    return Note(Kind.DECISION, (outcome, rule, hardware, address, facts))
