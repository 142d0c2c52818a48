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
    SendDatagram,
    SetTimer,
)
from foviz.base.address import BROADCAST, UNSPECIFIED
from foviz.base.errors import WireError
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.dhcp.allocation import (
    choose_address,
    may_have_again,
    oldest_abandoned,
    reserved_for_another,
)
from foviz.dhcp.message import classify, reply_to
from foviz.lease.binding import (
    ABANDONED,
    ACTIVE,
    AVAILABLE,
    BACKUP,
    EXPIRED,
    FREE,
    RELEASED,
    RESET,
    Binding,
    freed,
)
from foviz.lease.port import Query, Request
from foviz.lease.transitions import Event, change
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
                    actions.extend(self._end(now, scope, binding, EXPIRED, Event.EXPIRED))
        return [*actions, *self.watch_endings(now)]

    def watch_endings(self, now: int) -> list[Action]:
        """Set the timer for the next lease's end, unless it is set for that already."""
        wanted = 0
        for scope in self.scopes.values():
            ending = scope.store.next_ending()
            if ending and (not wanted or ending < wanted) and scope.port.may_end():
                wanted = ending
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
            chosen=message.u32(54) == datagram.interface,
        )
        verdict = scope.port.may_answer(now, query, scope.store)
        if not verdict.answer:
            return [_decision("ignored", verdict.rule, hardware, 0, verdict.facts)]
        handler = _HANDLERS[request]
        actions = handler(self, now, scope, query, message, datagram.interface)
        if verdict.carried:
            actions = _carrying(actions, verdict.carried)
        actions.extend(self.watch_endings(now))
        return actions

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
        reserved = scope.reserved_for(query.hardware)
        requested = message.u32(50) or 0
        binding = self._choose(now, scope, query, requested, reserved)
        recycled: list[Action] = []
        if binding is None and reserved is None:
            recycled = self._recycle(now, scope)
            binding = self._choose(now, scope, query, requested, None) if recycled else None
        if binding is None:
            return [*recycled, self._no_address(now, scope, query, reserved)]
        grant = scope.port.grant(now, self._record_for(binding, query), scope.config.lease_s)
        scope.offers.hold(now, query.client, binding.address, scope.store)
        return [
            *recycled,
            _decision("answered", grant.rule, query.hardware, binding.address, grant.facts),
            self._reply(scope, message, MessageType.OFFER, own, binding.address, grant.lease_s),
        ]

    def _choose(
        self, now: int, scope: Scope, query: Query, requested: int, reserved: int | None
    ) -> Binding | None:
        return choose_address(
            now, scope.store, scope.port, scope.offers, query.client, requested, reserved
        )

    def _recycle(self, now: int, scope: Scope) -> list[Action]:
        """Try an address that was set aside once more: nothing else is left (§5.11)."""
        binding = oldest_abandoned(now, scope.store, scope.port)
        if binding is None:
            return []
        facts: tuple[Fact, ...] = (("set aside since", binding.start, "t"),)
        return [
            _decision("done", "abandoned-recycled", b"", binding.address, facts),
            *self._end(now, scope, binding, RESET, Event.RECYCLED),
        ]

    def _no_address(self, now: int, scope: Scope, query: Query, reserved: int | None) -> Note:
        store = scope.store
        if reserved is not None:
            binding = store.get(reserved)
            facts: tuple[Fact, ...] = (("its status", binding.status.name, ""),)
            return _decision("ignored", "reserved-elsewhere", query.hardware, reserved, facts)
        mine = sum(mask.bit_count() for mask in scope.port.allocatable(now, store))
        facts = (
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
        if server != own and scope.port.minds_choice:
            scope.offers.drop(query.client, scope.store)
            facts: tuple[Fact, ...] = (("chosen server", server, "ip"),)
            return [_decision("ignored", "other-server", query.hardware, address, facts)]
        if not self._may_commit(now, scope, query, address):
            if not scope.port.minds_choice and self._is_partners(now, scope, address):
                scope.offers.drop(query.client, scope.store)
                return [_decision("ignored", "owned-by-partner", query.hardware, address, ())]
            return self._refuse(scope, query, message, own, address, "not-on-offer")
        return self._commit(now, scope, query, message, own, address)

    def _may_commit(self, now: int, scope: Scope, query: Query, address: int) -> bool:
        if address not in scope.store:
            return False
        if may_have_again(now, scope.port, scope.store, scope.store.get(address), query.client):
            return True
        if address in scope.store.reservations:
            mine = scope.reserved_for(query.hardware) == address
            return mine and self._choose(now, scope, query, 0, address) is not None
        bit = scope.store.bit(address)
        if scope.offers.of(now, query.client) != address:
            bit &= ~scope.offers.mask
        # Asked again now: an address on offer may have gone to the partner meanwhile.
        return any(mask & bit for mask in scope.port.allocatable(now, scope.store))

    def _is_partners(self, now: int, scope: Scope, address: int) -> bool:
        """Whether an available address is not this server's to give."""
        store = scope.store
        if address not in store or store.get(address).status not in AVAILABLE:
            return False
        bit = store.bit(address)
        return not any(mask & bit for mask in scope.port.allocatable(now, store))

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
        another = reserved_for_another(scope.store, address, query.hardware)
        if known is not None and (binding.status is ACTIVE or another):
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
        another = reserved_for_another(scope.store, address, query.hardware)
        if binding.status is ACTIVE or binding.status is ABANDONED or another:
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
            refused=False,
        )
        scope.offers.drop(query.client, scope.store)
        return [
            _decision("answered", grant.rule, query.hardware, address, grant.facts),
            *change(scope.store, binding, Event.LEASED),
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
        binding = scope.store.get(address)
        if binding.status is not ACTIVE:
            facts: tuple[Fact, ...] = (("its status", binding.status.name, ""),)
            return [_decision("ignored", "nothing-to-release", query.hardware, address, facts)]
        binding = binding._replace(cltt=now)
        return [
            _decision("answered", "released", query.hardware, address, ()),
            *self._end(now, scope, binding, RELEASED, Event.RELEASED),
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
            *change(scope.store, binding, Event.DECLINED),
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

    def _end(
        self, now: int, scope: Scope, binding: Binding, status: BindingStatus, event: Event
    ) -> list[Action]:
        partnered = scope.port.partnered
        ended = scope.port.ended(now, binding, status)
        if ended in AVAILABLE:
            event = Event.REWOUND if partnered else event
            binding = freed(binding, now, ended, known=not partnered)
        else:
            binding = binding._replace(
                status=ended, expires=0, start=now, known=not partnered, refused=False
            )
        return [
            *change(scope.store, binding, event),
            BindingChanged(scope.config.name, binding.address),
        ]

    def reset(self, now: int, address: int) -> list[Action]:
        """The operator frees an address, whatever it was (draft-12 §5.11)."""
        scope = next(scope for scope in self.scopes.values() if address in scope.store)
        binding = scope.store.get(address)
        facts: tuple[Fact, ...] = (("its status", binding.status.name, ""),)
        return [
            _decision("done", "reset-by-operator", binding.hardware, address, facts),
            *self._end(now, scope, binding, RESET, Event.RESET),
            *self.watch_endings(now),
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
        informed = message.message_type == MessageType.INFORM
        if message.giaddr and not (informed and message.ciaddr):
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


def _carrying(actions: list[Action], facts: tuple[Fact, ...]) -> list[Action]:
    """Let an answer's decision show why this server is the one that answers, too."""
    found: list[Action] = []
    for action in actions:
        if isinstance(action, Note) and action.kind is Kind.DECISION:
            outcome, rule, hardware, address, own = action.data
            action = _decision(outcome, rule, hardware, address, (*facts, *own))
        found.append(action)
    return found


def _decision(
    outcome: str, rule: str, hardware: bytes, address: int, facts: tuple[Fact, ...]
) -> Note:
    return Note(Kind.DECISION, (outcome, rule, hardware, address, facts))
