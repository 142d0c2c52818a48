"""Building and sending the failover messages of one endpoint (draft-12 §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import Action, Persist, SendStream, SetTimer
from foviz.base.time import US, whole_seconds
from foviz.failover.loadbalance import bitmap
from foviz.failover.states import STARTUP
from foviz.lease.binding import ABANDONED, Binding
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
    endpoint.durable = endpoint.durable._replace(last_operation=now)
    return [
        Persist("failover", endpoint.name, endpoint.durable, quiet=True),
        SendStream(handle or endpoint.connection, wire.encode(message)),
        SetTimer("send", endpoint.profile.send_timer_s * US),
    ]


def connect(endpoint: Endpoint, now: int) -> list[Action]:
    """CONNECT: introduce this server (§7.8)."""
    relationship = endpoint.relationship
    options: Options = (
        wire.text(FailoverOption.RELATIONSHIP_NAME, relationship.name),
        wire.u32(FailoverOption.MAX_UNACKED_BNDUPD, endpoint.profile.max_unacked),
        wire.u32(FailoverOption.RECEIVE_TIMER, endpoint.profile.receive_timer_s),
        wire.text(FailoverOption.VENDOR_CLASS_IDENTIFIER, VENDOR_CLASS),
        wire.u8(FailoverOption.PROTOCOL_VERSION, 1),
        wire.u8(FailoverOption.TLS_REQUEST, 0),
        wire.u32(FailoverOption.MCLT, relationship.mclt_s),
        (FailoverOption.HASH_BUCKET_ASSIGNMENT, bitmap(relationship)),
    )
    return send(endpoint, now, FailoverType.CONNECT, options)


def connect_ack(endpoint: Endpoint, now: int, xid: int) -> list[Action]:
    """CONNECTACK that accepts (§7.9)."""
    options: Options = (
        wire.text(FailoverOption.RELATIONSHIP_NAME, endpoint.relationship.name),
        wire.u32(FailoverOption.MAX_UNACKED_BNDUPD, endpoint.profile.max_unacked),
        wire.u32(FailoverOption.RECEIVE_TIMER, endpoint.profile.receive_timer_s),
        wire.text(FailoverOption.VENDOR_CLASS_IDENTIFIER, VENDOR_CLASS),
        wire.u8(FailoverOption.PROTOCOL_VERSION, 1),
        wire.u8(FailoverOption.TLS_REPLY, 0),
    )
    return send(endpoint, now, FailoverType.CONNECTACK, options, xid)


def connect_reject(now: int, name: str, xid: int, reason: int, handle: str) -> list[Action]:
    """CONNECTACK that rejects; whoever sends it closes the connection afterwards (§7.9)."""
    options: Options = (
        wire.text(FailoverOption.RELATIONSHIP_NAME, name),
        wire.u8(FailoverOption.PROTOCOL_VERSION, 1),
        wire.u8(FailoverOption.REJECT_REASON, reason),
        wire.text(FailoverOption.MESSAGE, wire.reject_text(reason)),
    )
    message = FailoverMessage(FailoverType.CONNECTACK, whole_seconds(now), xid, options)
    return [SendStream(handle, wire.encode(message))]


def state(endpoint: Endpoint, now: int) -> list[Action]:
    """STATE: while starting, the stored state with the STARTUP flag (§9.3.2)."""
    starting = endpoint.state is STARTUP
    shown = endpoint.stored if starting else endpoint.state
    options: Options = (
        wire.u8(FailoverOption.SERVER_STATE, shown),
        wire.u8(FailoverOption.SERVER_FLAGS, STARTUP_FLAG if starting else 0),
        wire.u32(FailoverOption.START_TIME_OF_STATE, whole_seconds(endpoint.durable.since)),
    )
    return send(endpoint, now, FailoverType.STATE, options)


def binding_options(binding: Binding) -> Options:
    """The options of a BNDUPD about one address, in the order an ISC server sends them."""
    options: list[tuple[int, bytes]] = [
        wire.u32(FailoverOption.ASSIGNED_IP_ADDRESS, binding.address),
        wire.u8(FailoverOption.BINDING_STATUS, binding.status),
    ]
    named = binding.hardware and binding.status is not ABANDONED
    if named:
        if binding.client_id:
            options.append((FailoverOption.CLIENT_IDENTIFIER, binding.client_id))
        options.append((FailoverOption.CLIENT_HARDWARE_ADDRESS, b"\x01" + binding.hardware))
    options.append(wire.u32(FailoverOption.LEASE_EXPIRATION_TIME, whole_seconds(binding.expires)))
    options.append(wire.u32(FailoverOption.POTENTIAL_EXPIRATION_TIME, whole_seconds(binding.pet)))
    options.append(wire.u32(FailoverOption.START_TIME_OF_STATE, whole_seconds(binding.start)))
    if binding.cltt:
        options.append(
            wire.u32(FailoverOption.CLIENT_LAST_TRANSACTION_TIME, whole_seconds(binding.cltt))
        )
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
    kind = BindingStatus(status[0])
    if kind in _NAMED and not hardware:
        return None
    moments = {
        code: int.from_bytes(fields[code], "big") * US
        for code in (
            FailoverOption.LEASE_EXPIRATION_TIME,
            FailoverOption.POTENTIAL_EXPIRATION_TIME,
            FailoverOption.START_TIME_OF_STATE,
            FailoverOption.CLIENT_LAST_TRANSACTION_TIME,
        )
        if code in fields
    }
    expires = moments.get(FailoverOption.LEASE_EXPIRATION_TIME, 0)
    return Binding(
        address=int.from_bytes(address, "big"),
        status=kind,
        client_id=fields.get(FailoverOption.CLIENT_IDENTIFIER, b""),
        hardware=hardware,
        expires=expires + US - 1 if expires else 0,
        start=moments.get(FailoverOption.START_TIME_OF_STATE, 0),
        cltt=moments.get(FailoverOption.CLIENT_LAST_TRANSACTION_TIME, 0),
        received_pet=moments.get(FailoverOption.POTENTIAL_EXPIRATION_TIME, 0),
    )
