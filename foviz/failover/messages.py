"""Building and sending the failover messages of one endpoint (draft-12 §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import Action, Persist, SendStream, SetTimer
from foviz.base.address import mask_of
from foviz.base.time import US, whole_seconds
from foviz.failover import digest, startup
from foviz.failover.loadbalance import bitmap
from foviz.failover.states import STARTUP
from foviz.lease.binding import ABANDONED, ACTIVE, Binding
from foviz.wire import dialect
from foviz.wire import failover as wire
from foviz.wire.failover import (
    STARTUP_FLAG,
    BindingStatus,
    FailoverMessage,
    FailoverOption,
    FailoverType,
)

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint

VENDOR_CLASS = "foviz"

Options = tuple[tuple[int, bytes], ...]

_STATUSES = tuple(BindingStatus)
_NAMED = (BindingStatus.ACTIVE, BindingStatus.EXPIRED, BindingStatus.RELEASED)
"""Statuses whose update must name the client (table 7.1-1)."""


def send(
    endpoint: Endpoint,
    now: int,
    kind: FailoverType,
    options: Options = (),
    xid: int | None = None,
    handle: str = "",
) -> list[Action]:
    """Send one message on the connection; an answer takes the xid of its request.

    Any message sent restarts the send timer (§8.3), and the time of last operation is
    written with it.
    """
    if xid is None:
        xid = endpoint.new_xid()
    message = FailoverMessage(kind, whole_seconds(now), xid, options)
    actions: list[Action] = [
        *operating(endpoint, now),
        SendStream(handle or endpoint.connection, seal(endpoint, message)),
        SetTimer("send", endpoint.send_after_s * US),
    ]
    if kind == FailoverType.BNDUPD and not endpoint.unacked_since:
        actions.extend(wait_for_ack(endpoint, now))
    return actions


def operating(endpoint: Endpoint, now: int) -> list[Action]:
    """Write the time of last operation, once an event."""
    if endpoint.durable.last_operation == now:
        return []
    endpoint.durable = endpoint.durable.operating(now)
    return [Persist("failover", endpoint.name, endpoint.durable, quiet=True)]


def seal(endpoint: Endpoint, message: FailoverMessage) -> bytes:
    """Return a message's octets in the endpoint's dialect, with a digest if it has a secret."""
    named = endpoint.profile.wire_dialect

    def encode(plain: FailoverMessage) -> bytes:
        return dialect.encode(plain, named, lambda address: _about(endpoint, address))

    if named == "microsoft" and message.type == FailoverType.UPDREQ:
        message = message._replace(options=(*message.options, _scope_list(endpoint)))
    secret = endpoint.relationship.secret
    if not secret:
        return encode(message)
    return digest.seal(message, secret, digest.TYPE_OF_DIALECT[named], encode)


def _about(endpoint: Endpoint, address: int) -> dialect.About:
    """What Microsoft's encoding says of an address besides: its subnet, who leased it."""
    relationship = endpoint.relationship
    for name, store in endpoint.stores.items():
        if address in store:
            network, prefix = endpoint.networks.get(name, (store.first & 0xFFFFFF00, 24))
            if store.get(address).granter == relationship.partner_name:
                server, named = relationship.partner_address, relationship.partner_name
            else:
                server, named = relationship.own_address, relationship.own_name
            return dialect.About(network, mask_of(prefix), server, named)
    return dialect.About(address, mask_of(32), relationship.own_address, relationship.own_name)


def _scope_list(endpoint: Endpoint) -> tuple[int, bytes]:
    """Microsoft's UPDREQ may name the scopes, in its processor's byte order (MS-DHCPF §2.2.1)."""
    networks = (
        endpoint.networks.get(name, (store.first & 0xFFFFFF00, 24))[0]
        for name, store in endpoint.stores.items()
    )
    octets = b"".join(network.to_bytes(4, "little") for network in networks)
    return FailoverOption.SCOPE_ID_LIST, octets


def wait_for_ack(endpoint: Endpoint, now: int) -> list[Action]:
    """A partner that acknowledges nothing for too long is given up (§9.8.4), where that is set."""
    limit = endpoint.profile.unacked_limit_s
    if not limit:
        return []
    endpoint.unacked_since = now
    return [SetTimer("unacked", limit * US)]


def connect(endpoint: Endpoint, now: int) -> list[Action]:
    """CONNECT: introduce this server (§7.8)."""
    relationship = endpoint.relationship
    endpoint.greeted_at = whole_seconds(now)
    options: Options = (
        *_introduction(endpoint),
        wire.u8(FailoverOption.TLS_REQUEST, wire.NO_TLS),
        wire.u32(FailoverOption.MCLT, relationship.mclt_s),
        (FailoverOption.HASH_BUCKET_ASSIGNMENT, bitmap(relationship)),
    )
    return send(endpoint, now, FailoverType.CONNECT, options)


def _introduction(endpoint: Endpoint) -> Options:
    return (
        wire.text(FailoverOption.RELATIONSHIP_NAME, endpoint.relationship.name),
        *_properties(endpoint),
        wire.u8(FailoverOption.PROTOCOL_VERSION, wire.PROTOCOL_VERSION),
    )


def _properties(endpoint: Endpoint) -> Options:
    return (
        wire.u32(FailoverOption.MAX_UNACKED_BNDUPD, endpoint.profile.max_unacked),
        wire.u32(FailoverOption.RECEIVE_TIMER, endpoint.profile.receive_timer_s),
        wire.text(FailoverOption.VENDOR_CLASS_IDENTIFIER, VENDOR_CLASS),
    )


def connect_ack(endpoint: Endpoint, now: int, greeting: FailoverMessage) -> list[Action]:
    """CONNECTACK that accepts (§7.9); TLS-reply only answers a TLS-request."""
    options: Options = (*_introduction(endpoint), *_tls_reply(greeting))
    return send(endpoint, now, FailoverType.CONNECTACK, options, greeting.xid)


def connect_reject(
    endpoint: Endpoint, now: int, greeting: FailoverMessage, reason: int, handle: str
) -> list[Action]:
    """CONNECTACK that rejects; whoever sends it closes the connection afterwards (§7.9).

    The draft forbids the sender's values in it; ISC leaves them there.
    """
    options: Options = (
        wire.text(FailoverOption.RELATIONSHIP_NAME, endpoint.relationship.name),
        *(_properties(endpoint) if endpoint.profile.reject_keeps_values else ()),
        wire.u8(FailoverOption.PROTOCOL_VERSION, wire.PROTOCOL_VERSION),
        *_tls_reply(greeting),
        *_reason(reason),
    )
    message = FailoverMessage(FailoverType.CONNECTACK, whole_seconds(now), greeting.xid, options)
    return [SendStream(handle, seal(endpoint, message))]


def stranger_reject(
    now: int, greeting: FailoverMessage, reason: int, handle: str, named: str
) -> list[Action]:
    """CONNECTACK for a relationship that this server does not have: its name is echoed."""
    name = greeting.get(FailoverOption.RELATIONSHIP_NAME) or b""
    options: Options = (
        (FailoverOption.RELATIONSHIP_NAME, name),
        wire.u8(FailoverOption.PROTOCOL_VERSION, wire.PROTOCOL_VERSION),
        *_tls_reply(greeting),
        *_reason(reason),
    )
    message = FailoverMessage(FailoverType.CONNECTACK, whole_seconds(now), greeting.xid, options)
    return [SendStream(handle, dialect.encode(message, named))]


def _tls_reply(greeting: FailoverMessage) -> Options:
    if greeting.get(FailoverOption.TLS_REQUEST) is None:
        return ()
    return (wire.u8(FailoverOption.TLS_REPLY, wire.NO_TLS),)


def _reason(reason: int) -> Options:
    return (
        wire.u8(FailoverOption.REJECT_REASON, reason),
        wire.text(FailoverOption.MESSAGE, wire.reject_text(reason)),
    )


def disconnect(endpoint: Endpoint, now: int, reason: int) -> list[Action]:
    """DISCONNECT: why the connection ends now (§7.12)."""
    return send(endpoint, now, FailoverType.DISCONNECT, _reason(reason))


def state(endpoint: Endpoint, now: int) -> list[Action]:
    """STATE: while starting, the stored state with the STARTUP flag (§9.3.2)."""
    starting = endpoint.state is STARTUP
    shown = startup.shown(endpoint)
    options: Options = (
        wire.u8(FailoverOption.SERVER_STATE, shown),
        wire.u8(FailoverOption.SERVER_FLAGS, STARTUP_FLAG if starting else 0),
        wire.u32(FailoverOption.START_TIME_OF_STATE, whole_seconds(endpoint.durable.since)),
    )
    return send(endpoint, now, FailoverType.STATE, options)


def binding_options(binding: Binding, *, always: bool = False) -> Options:
    """The options of a BNDUPD about one address, in the order an ISC server sends them.

    The two expiration times belong to ACTIVE (table 7.1-1); *always*: ISC never omits them.
    """
    options: list[tuple[int, bytes]] = [
        wire.u32(FailoverOption.ASSIGNED_IP_ADDRESS, binding.address),
        wire.u8(FailoverOption.BINDING_STATUS, binding.status),
    ]
    named = binding.hardware and binding.status is not ABANDONED
    if named:
        if binding.client_id:
            options.append((FailoverOption.CLIENT_IDENTIFIER, binding.client_id))
        options.append((FailoverOption.CLIENT_HARDWARE_ADDRESS, b"\x01" + binding.hardware))
    if always or binding.status is ACTIVE:
        expires, pet = whole_seconds(binding.expires), whole_seconds(binding.pet)
        options.append(wire.u32(FailoverOption.LEASE_EXPIRATION_TIME, expires))
        options.append(wire.u32(FailoverOption.POTENTIAL_EXPIRATION_TIME, pet))
    options.append(wire.u32(FailoverOption.START_TIME_OF_STATE, whole_seconds(binding.start)))
    if binding.cltt:
        options.append(
            wire.u32(FailoverOption.CLIENT_LAST_TRANSACTION_TIME, whole_seconds(binding.cltt))
        )
    if binding.reserved:
        options.append(wire.u16(FailoverOption.IP_FLAGS, wire.IP_RESERVED))
    return tuple(options)


def parse_binding(options: Options) -> Binding | None:
    """Return what one transaction of a BNDUPD says, or None when it lacks what it must have.

    The client may use its lease up to the end of the whole second that the wire carries, so
    a received end is taken as the end of that second.
    """
    fields = dict(options)
    address = fields.get(FailoverOption.ASSIGNED_IP_ADDRESS)
    status = fields.get(FailoverOption.BINDING_STATUS)
    if address is None or status is None or not 1 <= status[0] <= 7:
        return None
    hardware = fields.get(FailoverOption.CLIENT_HARDWARE_ADDRESS, b"")[1:]
    kind = _STATUSES[status[0] - 1]
    if kind in _NAMED and not hardware:
        return None
    expires = _moment(fields, FailoverOption.LEASE_EXPIRATION_TIME)
    return Binding(
        address=int.from_bytes(address, "big"),
        status=kind,
        client_id=fields.get(FailoverOption.CLIENT_IDENTIFIER, b""),
        hardware=hardware,
        expires=expires + US - 1 if expires else 0,
        start=_moment(fields, FailoverOption.START_TIME_OF_STATE),
        cltt=_moment(fields, FailoverOption.CLIENT_LAST_TRANSACTION_TIME),
        received_pet=_moment(fields, FailoverOption.POTENTIAL_EXPIRATION_TIME),
    )


def _moment(fields: dict[int, bytes], code: int) -> int:
    return int.from_bytes(fields.get(code, b""), "big") * US
