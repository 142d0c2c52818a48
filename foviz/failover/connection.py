"""The life of an endpoint's connection (draft-12 §8): who opens it, greets, and loses it.

Both servers listen, and a server without contact opens a connection at once and then every
``connect_retry_s``. Only the primary sends CONNECT, on a connection of its own: one that
the secondary opened is a nudge, which the primary closes. Contact exists when the
connection, the CONNECT exchange and the partner's STATE are all there (§8.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import Action, CancelTimer, CloseStream, Note, OpenStream, Persist, SetTimer
from foviz.base.kinds import Kind
from foviz.base.time import US, whole_seconds
from foviz.failover import machine, messages, updates
from foviz.failover.states import Event
from foviz.wire.failover import (
    STARTUP_FLAG,
    FailoverMessage,
    FailoverOption,
    RejectReason,
    ServerState,
    reject_text,
)

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint


def note(endpoint: Endpoint, what: str, why: str = "") -> Note:
    """Return a record of the connection's life."""
    return Note(Kind.CONNECTION, (endpoint.name, what, why))


def open_connection(endpoint: Endpoint, now: int) -> list[Action]:
    """Try to reach the partner, and try again later if that fails."""
    actions: list[Action] = []
    if endpoint.opening:
        actions.append(CloseStream(endpoint.opening, reset=True))
    endpoint.attempts += 1
    endpoint.opening = f"{endpoint.name}>{endpoint.attempts}"
    relationship = endpoint.relationship
    actions.append(
        OpenStream(
            endpoint.opening,
            relationship.own_address,
            relationship.partner_address,
            relationship.port,
        )
    )
    actions.append(SetTimer("retry", endpoint.profile.connect_retry_s * US))
    return actions


def on_opened(endpoint: Endpoint, now: int, handle: str) -> list[Action]:
    """Our own connection stands: the primary greets, the secondary has nudged."""
    assert handle == endpoint.opening, handle
    endpoint.opening = ""
    if not endpoint.is_primary:
        endpoint.nudge = handle
        return [note(endpoint, "opened", "the primary will open its own")]
    endpoint.connection = handle
    endpoint.next_xid = 0
    return [
        note(endpoint, "opened"),
        *messages.connect(endpoint, now),
        SetTimer("handshake", endpoint.profile.handshake_s * US),
    ]


def on_failed(endpoint: Endpoint, now: int, handle: str, why: str) -> list[Action]:
    """A try to open came to nothing; the retry timer runs."""
    if handle != endpoint.opening:
        return []
    endpoint.opening = ""
    return [note(endpoint, "failed", why)]


def on_nudge(endpoint: Endpoint, now: int, handle: str) -> list[Action]:
    """The secondary called: close that connection and open our own (§8.2)."""
    actions: list[Action] = [CloseStream(handle)]
    if not endpoint.connection and not endpoint.opening:
        actions.extend(open_connection(endpoint, now))
    return actions


def on_connect(endpoint: Endpoint, now: int, handle: str, message: FailoverMessage) -> list[Action]:
    """The primary introduces itself: check, take its connection, answer (§7.8.2)."""
    reason = _reason_to_reject(endpoint, now, message)
    if reason:
        return [
            note(endpoint, "rejected", reject_text(reason)),
            *messages.connect_reject(now, endpoint.name, message.xid, reason, handle),
            CloseStream(handle),
        ]
    actions: list[Action] = []
    if endpoint.connection:
        actions.append(CloseStream(endpoint.connection, reset=True))
        actions.extend(lose(endpoint, now, "replaced by a new connection", retry=False))
    endpoint.connection = handle
    endpoint.next_xid = 0
    endpoint.partner_max_unacked = message.u32(FailoverOption.MAX_UNACKED_BNDUPD) or 1
    endpoint.greeted = True
    return [
        *actions,
        note(endpoint, "opened"),
        *messages.connect_ack(endpoint, now, message.xid),
        *messages.state(endpoint, now),
        SetTimer("handshake", endpoint.profile.handshake_s * US),
    ]


def _reason_to_reject(endpoint: Endpoint, now: int, message: FailoverMessage) -> int:
    """The secondary's checks in the order of §7.8.2; 0 when all are passed."""
    if message.u8(FailoverOption.PROTOCOL_VERSION) != 1:
        return RejectReason.PROTOCOL_VERSION_MISMATCH
    if endpoint.is_primary:
        return RejectReason.INVALID_FAILOVER_PARTNER
    if clock_too_far(endpoint, now, message):
        return RejectReason.TIME_MISMATCH_TOO_GREAT
    if message.u32(FailoverOption.MCLT) is None:
        return RejectReason.INVALID_MCLT
    return 0


def clock_too_far(endpoint: Endpoint, now: int, message: FailoverMessage) -> bool:
    """Whether the partner's clock differs by more than the profile allows."""
    limit = endpoint.profile.clock_limit_s
    return bool(limit) and abs(message.time - whole_seconds(now)) > limit


def on_connect_ack(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """The secondary answers our CONNECT."""
    reason = message.u8(FailoverOption.REJECT_REASON)
    if reason:
        handle = endpoint.connection
        endpoint.connection = ""
        return [
            note(endpoint, "rejected", reject_text(reason)),
            CloseStream(handle),
            CancelTimer("handshake"),
            CancelTimer("send"),
            CancelTimer("receive"),
        ]
    endpoint.partner_max_unacked = message.u32(FailoverOption.MAX_UNACKED_BNDUPD) or 1
    endpoint.greeted = True
    return messages.state(endpoint, now)


def on_state(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """The partner's STATE: the first one makes contact, another may change our state."""
    number = message.u8(FailoverOption.SERVER_STATE) or 0
    if number not in ServerState._value2member_map_:
        return []
    starting = bool((message.u8(FailoverOption.SERVER_FLAGS) or 0) & STARTUP_FLAG)
    since = (message.u32(FailoverOption.START_TIME_OF_STATE) or 0) * US
    before = (endpoint.durable.partner_state, endpoint.partner_starting)
    recovering = endpoint.partner_recovering and number in (
        ServerState.RECOVER,
        ServerState.RECOVER_WAIT,
    )
    endpoint.partner_recovering = recovering
    endpoint.durable = endpoint.durable._replace(partner_state=number, partner_since=since)
    endpoint.partner_starting = starting
    actions: list[Action] = [
        Note(Kind.PARTNER, (endpoint.name, number, starting)),
        Persist("failover", endpoint.name, endpoint.durable),
    ]
    if not endpoint.contact:
        endpoint.contact = True
        return [
            *actions,
            note(endpoint, "contact"),
            CancelTimer("handshake"),
            CancelTimer("retry"),
            *machine.fire(endpoint, now, Event.CONTACT),
        ]
    if before != (number, starting):
        actions.extend(machine.partner_changed(endpoint, now))
    return actions


def lose(endpoint: Endpoint, now: int, why: str, *, retry: bool = True) -> list[Action]:
    """The connection is gone: forget what hung on it, take the failed edge, try again."""
    had_contact = endpoint.contact
    endpoint.connection = ""
    endpoint.greeted = False
    endpoint.contact = False
    endpoint.partner_starting = False
    endpoint.partner_recovering = False
    updates.forget_connection(endpoint)
    actions: list[Action] = [
        note(endpoint, "closed", why),
        CancelTimer("receive"),
        CancelTimer("send"),
        CancelTimer("handshake"),
    ]
    if had_contact:
        actions.extend(machine.fire(endpoint, now, Event.FAILED))
    if not retry or endpoint.opening:
        return actions
    if not had_contact:
        # At once only after contact: a partner that rejects us would be called without a pause.
        return [*actions, SetTimer("retry", endpoint.profile.connect_retry_s * US)]
    return [*actions, *open_connection(endpoint, now)]
