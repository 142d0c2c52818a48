"""CONNECT and CONNECTACK: what is checked, in which order, and what is taken (draft-12 §7.8, §7.9).

The order is that of §7.8.2: version 14, TLS 9 to 11, digest 12, 13, 20 and 21, name and role
8, clocks 4, MCLT 5, hash buckets 18. Which of these are looked at is the switch
``connect_values``: Microsoft ignores the values, ISC only wants name, clock, buckets and MCLT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.action import Action, CancelTimer, CloseStream, Fact, Persist, SetTimer
from foviz.base.time import US
from foviz.failover import clock, connection, messages
from foviz.wire import dialect
from foviz.wire.failover import (
    NO_TLS,
    PROTOCOL_VERSION,
    TLS_ACCEPTED,
    TLS_REQUIRED,
    FailoverMessage,
    FailoverOption,
    RejectReason,
    reject_text,
)

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint
    from foviz.wire.framing import Framer

WITHOUT: Final = "without"
"""This server has no TLS: what every server here is."""
UNCONFIGURED: Final = "unconfigured"
READY: Final = "ready"
DEMANDED: Final = "demanded"


def tls_answer(request: int, ours: str) -> tuple[int, int]:
    """Return (TLS-reply, reject-reason) for a TLS-request, by what this server has (§7.8.2).

    Request 0 with us demanding it: 11. Request 2 and we can't: 9, or 10 when it is only not
    configured. Otherwise TLS follows if both can, else plain TCP.
    """
    can = ours in (READY, DEMANDED)
    if request == NO_TLS:
        return NO_TLS, RejectReason.TLS_REQUIRED if ours == DEMANDED else 0
    if request == TLS_REQUIRED and ours == WITHOUT:
        return NO_TLS, RejectReason.TLS_NOT_SUPPORTED
    if request == TLS_REQUIRED and not can:
        return NO_TLS, RejectReason.TLS_NOT_CONFIGURED
    return (TLS_ACCEPTED if can else NO_TLS), 0


# -- the secondary


def on_connect(
    endpoint: Endpoint, now: int, handle: str, frame: bytes, raw: FailoverMessage, framer: Framer
) -> list[Action]:
    """The primary introduces itself: check, take its connection, answer (§7.8.2)."""
    message = dialect.from_dialect(raw, endpoint.profile.wire_dialect)
    checks = endpoint.profile.connect_values
    other = endpoint.connection not in ("", handle)
    if other and not endpoint.profile.replace_connection:
        facts = (endpoint.profile.fact("replace_connection"),)
        return [connection.refusal("connect-twice", facts), *_close(endpoint, handle)]
    reason, why = _reason_against(endpoint, now, message, frame, raw)
    if reason:
        silent = checks == "present" and reason == RejectReason.INVALID_MCLT
        answer = messages.connect_reject(endpoint, now, message, reason, handle)
        return [
            *why,
            connection.note(endpoint, "rejected", reject_text(reason)),
            *([] if silent else answer),  # dhcpd closes before that CONNECTACK has left
            *_close(endpoint, handle, reset=silent),
        ]
    replaced = connection.take_over(endpoint, now, handle, framer)
    endpoint.heard_xid = message.xid
    endpoint.greeted = True
    endpoint.announce = False  # the STATE below says it
    return [
        *replaced,
        connection.note(endpoint, "opened"),
        *_take_values(endpoint, message),
        *clock.listen(endpoint, now, message),
        *messages.connect_ack(endpoint, now, message),
        *messages.state(endpoint, now),
        SetTimer("handshake", endpoint.profile.handshake_s * US),
    ]


def _close(endpoint: Endpoint, handle: str, *, reset: bool = False) -> list[Action]:
    if endpoint.nudge == handle:
        endpoint.nudge = ""
    return [CloseStream(handle, reset=reset)]


def _reason_against(
    endpoint: Endpoint, now: int, message: FailoverMessage, frame: bytes, raw: FailoverMessage
) -> tuple[int, list[Action]]:
    """Return the first reject-reason in the order of §7.8.2 and its record; 0 for none."""
    checks = endpoint.profile.connect_values
    if checks == "checked":
        reason = _version_or_tls(message)
        if reason:
            return reason, _because(endpoint, reason, "connect_values")
    reason, note = connection.prove(endpoint, frame, raw)
    if note is not None:
        return reason, [note]
    if endpoint.relationship.secret and message.time <= endpoint.durable.newest_connect:
        facts: tuple[Fact, ...] = (
            ("message", "CONNECT", ""),
            ("its time", message.time * US, "t"),
            ("the latest before", endpoint.durable.newest_connect * US, "t"),
        )
        return RejectReason.UNKNOWN_REASON, [connection.refusal("replayed", facts)]
    if endpoint.is_primary and checks != "present":
        return RejectReason.INVALID_FAILOVER_PARTNER, _because(
            endpoint, RejectReason.INVALID_FAILOVER_PARTNER
        )
    if clock.too_far(endpoint, now, message):
        facts = clock.facts(endpoint, now, message)
        return RejectReason.TIME_MISMATCH_TOO_GREAT, [connection.refusal("clocks-differ", facts)]
    if checks == "ignored":
        return 0, []
    reason = _mclt_or_buckets(message, checks)
    return reason, _because(endpoint, reason, "connect_values") if reason else []


def _because(endpoint: Endpoint, reason: int, switch: str = "") -> list[Action]:
    facts: list[Fact] = [endpoint.profile.fact(switch)] if switch else []
    facts.append(("reject reason", int(reason), ""))
    facts.append(("meaning", reject_text(reason), ""))
    return [connection.refusal("connect-refused", tuple(facts))]


def _version_or_tls(message: FailoverMessage) -> int:
    if message.u8(FailoverOption.PROTOCOL_VERSION) != PROTOCOL_VERSION:
        return RejectReason.PROTOCOL_VERSION_MISMATCH
    return tls_answer(message.u8(FailoverOption.TLS_REQUEST) or NO_TLS, WITHOUT)[1]


def _mclt_or_buckets(message: FailoverMessage, checks: str) -> int:
    mclt_s = message.u32(FailoverOption.MCLT)
    no_buckets = message.get(FailoverOption.HASH_BUCKET_ASSIGNMENT) is None
    if checks == "present":  # dhcpd looks at the buckets first, and takes an MCLT of 0
        if no_buckets:
            return RejectReason.HASH_BUCKET_CONFLICT
        return RejectReason.INVALID_MCLT if mclt_s is None else 0
    if not mclt_s:
        return RejectReason.INVALID_MCLT
    return RejectReason.HASH_BUCKET_CONFLICT if no_buckets else 0


def _take_values(endpoint: Endpoint, message: FailoverMessage) -> list[Action]:
    """Use the partner's values; what has to outlive a crash is written first (§7.8.2)."""
    take_limits(endpoint, message)
    durable = endpoint.durable._replace(newest_connect=message.time)
    if endpoint.profile.mclt_source == "connect":
        durable = durable._replace(mclt_s=message.u32(FailoverOption.MCLT) or 0)
    if endpoint.profile.connect_values != "ignored":
        buckets = message.get(FailoverOption.HASH_BUCKET_ASSIGNMENT) or b""
        durable = durable._replace(buckets=buckets)
    endpoint.durable = durable
    return [Persist("failover", endpoint.name, durable, quiet=True)]


def take_limits(endpoint: Endpoint, message: FailoverMessage) -> None:
    """Heed the partner's max-unacked-bndupd and receive-timer, where values are heeded."""
    if endpoint.profile.connect_values == "ignored":
        return
    profile = endpoint.profile
    unacked = message.u32(FailoverOption.MAX_UNACKED_BNDUPD)
    endpoint.partner_max_unacked = max(1, profile.max_unacked if unacked is None else unacked)
    silence_s = message.u32(FailoverOption.RECEIVE_TIMER)
    endpoint.partner_receive_s = profile.receive_timer_s if silence_s is None else silence_s


# -- the primary


def on_connect_ack(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """The secondary answers our CONNECT (§7.9.2)."""
    reason = message.u8(FailoverOption.REJECT_REASON)
    if reason:
        return _rejected(endpoint, now, reason)
    found = _fault_of_answer(endpoint, now, message)
    if found:
        return _not_taken(endpoint, now, message, found)
    take_limits(endpoint, message)
    endpoint.greeted = True
    return messages.state(endpoint, now)


def _rejected(endpoint: Endpoint, now: int, reason: int) -> list[Action]:
    handle = endpoint.connection
    endpoint.connection = ""
    return [
        *_because(endpoint, reason),
        connection.note(endpoint, "rejected", reject_text(reason)),
        CloseStream(handle),
        CancelTimer("handshake"),
        CancelTimer("send"),
        CancelTimer("receive"),
        connection.leave_alone(endpoint, now),
    ]


def _fault_of_answer(endpoint: Endpoint, now: int, message: FailoverMessage) -> int:
    name = message.get(FailoverOption.RELATIONSHIP_NAME)
    if name != endpoint.name.encode():
        return RejectReason.INVALID_FAILOVER_PARTNER
    if endpoint.profile.connect_values == "checked":
        if message.u8(FailoverOption.PROTOCOL_VERSION) != PROTOCOL_VERSION:
            return RejectReason.PROTOCOL_VERSION_MISMATCH
        if message.u8(FailoverOption.TLS_REPLY) not in (None, NO_TLS):
            return RejectReason.TLS_NOT_SUPPORTED
    if clock.too_far(endpoint, now, message):
        return RejectReason.TIME_MISMATCH_TOO_GREAT
    return 0


def _not_taken(endpoint: Endpoint, now: int, message: FailoverMessage, reason: int) -> list[Action]:
    if reason == RejectReason.TIME_MISMATCH_TOO_GREAT:
        facts = clock.facts(endpoint, now, message)
        actions: list[Action] = [connection.refusal("clocks-differ", facts)]
    else:
        actions = _because(endpoint, reason)
    if endpoint.profile.disconnect_known:
        actions.extend(messages.disconnect(endpoint, now, reason))
    handle = endpoint.connection
    actions.append(CloseStream(handle))
    actions.extend(connection.lose(endpoint, now, reject_text(reason), refused=True))
    return actions


def is_ours(name: bytes, endpoint: Endpoint, remote: int) -> bool:
    """Whether a CONNECT names this relationship and comes from the partner's address."""
    return name == endpoint.name.encode() and endpoint.relationship.partner_address == remote
