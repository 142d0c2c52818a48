"""The life of an endpoint's connection (draft-12 §8): who opens it, greets, and loses it.

Both servers listen, and a server without contact opens a connection and tries again after a
pause. Only the primary sends CONNECT, on a connection of its own (one that the secondary
opened is a nudge) or on whichever stands first, by the switch ``connect_on``. Contact exists
when the connection, the CONNECT exchange and the partner's STATE are all there (§8.3). What
the two say in CONNECT and CONNECTACK is judged in :mod:`foviz.failover.greeting`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.action import (
    Action,
    CancelTimer,
    CloseStream,
    Fact,
    Note,
    OpenStream,
    Persist,
    SetTimer,
)
from foviz.base.errors import WireError
from foviz.base.kinds import Kind
from foviz.base.time import US, whole_seconds
from foviz.failover import clock, digest, machine, messages, startup, updates
from foviz.failover.states import Event
from foviz.wire import dialect
from foviz.wire import failover as wire
from foviz.wire.failover import (
    STARTUP_FLAG,
    FailoverMessage,
    FailoverOption,
    FailoverType,
    RejectReason,
    ServerState,
    reject_text,
    type_text,
    unknown_type_closes,
)
from foviz.wire.framing import Framer

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.failover.endpoint import Endpoint

CLOSED = "closed by the partner"
"""How a FIN of the partner is told to :func:`lose`."""
REFUSED = "refused"
"""How a reset in answer to a SYN is told to :func:`on_failed`."""
SHORTEST_PAUSE = US

ANSWERS = (
    FailoverType.POOLRESP,
    FailoverType.BNDACK,
    FailoverType.CONNECTACK,
    FailoverType.UPDDONE,
)
"""Messages that carry the transaction id of what they answer, not one of their sender's."""


def note(endpoint: Endpoint, what: str, why: str = "") -> Note:
    """Return a record of the connection's life."""
    return Note(Kind.CONNECTION, (endpoint.name, what, why))


def refusal(rule: str, facts: tuple[Fact, ...]) -> Note:
    """Return the record of a decision against the partner's message."""
    return Note(Kind.DECISION, ("refused", rule, b"", 0, facts))


# -- opening


def open_connection(endpoint: Endpoint, now: int) -> list[Action]:
    """Try to reach the partner, and try again later if that fails."""
    if endpoint.halted:
        return []
    if endpoint.relationship.secret and whole_seconds(now) <= endpoint.greeted_at:
        # §11.1: a CONNECT not later than the one before would be taken for a replay.
        return [SetTimer("retry", SHORTEST_PAUSE)]
    actions: list[Action] = []
    if endpoint.opening:
        actions.append(CloseStream(endpoint.opening, reset=True))
    endpoint.attempts += 1
    endpoint.opened_at = now
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


def on_retry(endpoint: Endpoint, now: int) -> list[Action]:
    """The pause is over. What is under way ends by itself, and says when to try again."""
    if endpoint.connection or endpoint.opening or endpoint.nudge:
        return []
    return open_connection(endpoint, now)


def on_opened(endpoint: Endpoint, now: int, handle: str) -> list[Action]:
    """Our own connection stands: the primary greets, the secondary has nudged."""
    assert handle == endpoint.opening, handle
    endpoint.opening = ""
    if endpoint.connection:  # the partner's stood first
        return [CloseStream(handle)]
    if endpoint.is_primary:
        return _greet(endpoint, now, handle)
    endpoint.nudge = handle
    own = endpoint.profile.connect_on == "own"
    return [
        note(endpoint, "opened", "the primary will " + ("open its own" if own else "greet")),
        SetTimer("handshake", endpoint.profile.handshake_s * US),
    ]


def _greet(endpoint: Endpoint, now: int, handle: str) -> list[Action]:
    _begin(endpoint, handle)
    return [
        note(endpoint, "opened"),
        *messages.connect(endpoint, now),
        SetTimer("handshake", endpoint.profile.handshake_s * US),
    ]


def _begin(endpoint: Endpoint, handle: str) -> None:
    """Use a connection from now on; ids and what was heard belong to it alone."""
    endpoint.connection = handle
    endpoint.framer = Framer()
    endpoint.next_xid = 0
    endpoint.heard_xid = -1
    endpoint.clock = clock.UNKNOWN


def on_failed(endpoint: Endpoint, now: int, handle: str, why: str) -> list[Action]:
    """A try to open came to nothing: the pause counts from when it began."""
    if handle == endpoint.nudge:
        endpoint.nudge = ""
        if endpoint.connection:
            return []
        return [CancelTimer("handshake"), _pause(endpoint, now, endpoint.profile.connect_retry_s)]
    if handle != endpoint.opening:
        return []
    endpoint.opening = ""
    profile = endpoint.profile
    pause_s = profile.connect_retry_s if why == REFUSED else profile.refused_retry_s
    return [note(endpoint, "failed", why), _pause(endpoint, now, pause_s)]


def _pause(endpoint: Endpoint, now: int, pause_s: int) -> SetTimer:
    return SetTimer("retry", max(SHORTEST_PAUSE, endpoint.opened_at + pause_s * US - now))


def on_called(endpoint: Endpoint, now: int, handle: str) -> list[Action]:
    """The secondary opened a connection to this primary (§8.2).

    It is closed and our own opened; or, where that is the custom, greeted if it is the first.
    """
    waits = now < endpoint.refused_until
    if endpoint.profile.connect_on == "either" and not endpoint.connection and not waits:
        return _greet(endpoint, now, handle)
    return [CloseStream(handle), *on_nudged(endpoint, now)]


def on_nudged(endpoint: Endpoint, now: int) -> list[Action]:
    """The partner is alive: open our own connection, unless it has just refused us."""
    busy = endpoint.connection or endpoint.opening or now < endpoint.refused_until
    if busy or endpoint.profile.connect_on == "either":
        return []
    return open_connection(endpoint, now)


def on_handshake_over(endpoint: Endpoint, now: int) -> list[Action]:
    """The partner did not greet, or did not answer our greeting, in time (§7.8.2, §7.9.2)."""
    if endpoint.connection:
        return drop(endpoint, now, "no answer to the greeting", RejectReason.NO_TRAFFIC)
    handle = endpoint.nudge
    if not handle:
        return []
    endpoint.nudge = ""
    why = "nobody sent a CONNECT; is the partner a secondary as well?"
    return [
        CloseStream(handle),
        note(endpoint, "failed", why),
        _pause(endpoint, now, endpoint.profile.connect_retry_s),
    ]


# -- taking messages


def take(endpoint: Endpoint, now: int, frame: bytes) -> list[Action]:
    """Take one whole message of the connection: decode, prove, correct its times, hand on."""
    named = endpoint.profile.wire_dialect
    try:
        raw = wire.decode(frame)
        message = dialect.from_dialect(raw, named)
    except WireError as error:
        return drop(endpoint, now, f"protocol error: {error}")
    reason, note_of_it = prove(endpoint, frame, raw)
    if note_of_it is not None:
        return [note_of_it, *drop(endpoint, now, reject_text(reason), reason, refused=True)]
    message = digest.stripped(message) if endpoint.relationship.secret else message
    if clock.closes(endpoint, now, message):
        facts = clock.facts(endpoint, now, message)
        reason = RejectReason.TIME_MISMATCH_TOO_GREAT
        why = "the clocks differ too much"
        return [refusal("clocks-differ", facts), *drop(endpoint, now, why, reason, refused=True)]
    jumped = clock.listen(endpoint, now, message)
    return [*jumped, *endpoint.on_message(now, clock.corrected(endpoint, message))]


def prove(endpoint: Endpoint, frame: bytes, raw: FailoverMessage) -> tuple[int, Note | None]:
    """Check the digest and the order of ids; return the reject-reason and its record (§11.1)."""
    secret = endpoint.relationship.secret
    kind = digest.TYPE_OF_DIALECT[endpoint.profile.wire_dialect]
    reason = digest.fault(frame, raw, secret, kind)
    if reason:
        facts = (*_about(endpoint, raw), ("reject reason", int(reason), ""))
        return reason, refusal(digest.RULES[reason], facts)
    if not secret or raw.type in ANSWERS or raw.type == FailoverType.CONNECT:
        return 0, None
    if raw.xid <= endpoint.heard_xid:
        ids: tuple[Fact, ...] = (("its id", raw.xid, ""), ("the last id", endpoint.heard_xid, ""))
        return RejectReason.OTHER, refusal("replayed", (*_about(endpoint, raw), *ids))
    endpoint.heard_xid = raw.xid
    return 0, None


def _about(endpoint: Endpoint, raw: FailoverMessage) -> tuple[Fact, ...]:
    return (
        ("message", type_text(raw.type), ""),
        ("from", endpoint.relationship.partner_name, ""),
    )


def heard(endpoint: Endpoint, now: int) -> list[Action]:
    """Any message restarts the receive timer (§8.3); the last operation is on disk."""
    endpoint.last_heard = now
    return [
        *messages.operating(endpoint, now),
        SetTimer("receive", endpoint.profile.receive_timer_s * US),
    ]


def on_silence(endpoint: Endpoint, now: int) -> list[Action]:
    """Nothing was heard for the receive timer: the partner, or the way to it, is gone (§8.3)."""
    return drop(endpoint, now, "nothing heard in time", RejectReason.NO_TRAFFIC)


def acknowledged(endpoint: Endpoint, now: int) -> list[Action]:
    """After a BNDACK: watch what is still unacknowledged anew, or nothing."""
    if not endpoint.unacked_since:
        return []
    if endpoint.outstanding:
        return messages.wait_for_ack(endpoint, now)
    endpoint.unacked_since = 0
    return [CancelTimer("unacked")]


def on_unacked(endpoint: Endpoint, now: int) -> list[Action]:
    """The partner hangs though its TCP is alive: give the connection up (§9.8.4)."""
    if not endpoint.outstanding:
        return []
    limit = endpoint.profile.unacked_limit_s
    facts: tuple[Fact, ...] = (
        endpoint.profile.fact("unacked_limit_s"),
        ("updates without a BNDACK", len(endpoint.outstanding), ""),
        ("for", limit, "s"),
    )
    why = "the partner acknowledges nothing"
    actions: list[Action] = [refusal("unacknowledged", facts)]
    actions.extend(drop(endpoint, now, why, RejectReason.NO_TRAFFIC, refused=True))
    return actions


def on_other(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """A message that changes nothing, ends the connection, or has no place here (§6.1)."""
    if message.type == FailoverType.CONTACT:
        return []
    if message.type == FailoverType.DISCONNECT:
        return on_disconnect(endpoint, now, message)
    if unknown_type_closes(message.type):
        return drop(endpoint, now, f"message type {message.type} is unknown")
    return unused(endpoint, message)


def on_disconnect(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """The partner says why it goes; some dialects drop the message (§7.12)."""
    if not endpoint.profile.disconnect_known:
        return unused(endpoint, message, "disconnect_known")
    reason = message.u8(FailoverOption.REJECT_REASON) or 0
    why = f"the partner disconnects: {reject_text(reason)}" if reason else "the partner disconnects"
    handle = endpoint.connection
    return [CloseStream(handle), *lose(endpoint, now, why, refused=True)]


def unused(endpoint: Endpoint, message: FailoverMessage, switch: str = "") -> list[Action]:
    """A message that this server has no use for now: it is dropped, and that is on record."""
    facts: list[Fact] = [endpoint.profile.fact(switch)] if switch else []
    facts.append(("message", type_text(message.type), ""))
    return [Note(Kind.DECISION, ("ignored", "message-not-used", b"", 0, tuple(facts)))]


def on_state(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """The partner's STATE: the first one makes contact, another may change our state."""
    number = message.u8(FailoverOption.SERVER_STATE) or 0
    if number not in ServerState._value2member_map_:
        return []
    starting = bool((message.u8(FailoverOption.SERVER_FLAGS) or 0) & STARTUP_FLAG)
    since = (message.u32(FailoverOption.START_TIME_OF_STATE) or 0) * US
    before = (endpoint.durable.partner_state, endpoint.partner_starting)
    endpoint.partner_before = endpoint.durable.partner_state
    recovering = endpoint.partner_recovering and number in (
        ServerState.RECOVER,
        ServerState.RECOVER_WAIT,
    )
    endpoint.partner_recovering = recovering
    forgotten = startup.partner_went_back(endpoint, since)
    endpoint.durable = endpoint.durable._replace(partner_state=number, partner_since=since)
    endpoint.partner_starting = starting
    actions: list[Action] = [
        *forgotten,
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


# -- ending


def drop(
    endpoint: Endpoint,
    now: int,
    why: str,
    reason: int = RejectReason.OTHER,
    *,
    refused: bool = False,
) -> list[Action]:
    """Give the connection up, with a DISCONNECT where that is the custom (§8.3)."""
    handle = endpoint.connection
    if not handle:
        return []
    actions: list[Action] = []
    if endpoint.profile.disconnect:
        actions.extend(messages.disconnect(endpoint, now, reason))
    return [*actions, CloseStream(handle), *lose(endpoint, now, why, refused=refused)]


def lose(
    endpoint: Endpoint, now: int, why: str, *, retry: bool = True, refused: bool = False
) -> list[Action]:
    """The connection is gone: forget what hung on it, take the failed edge, try again.

    A partner that *refused*, or closed before it answered the greeting, is left alone for
    longer, and its calls are no reason to try sooner (§7.9, §7.12).
    """
    had_contact, was_greeted = endpoint.contact, endpoint.greeted
    refused = refused or (why == CLOSED and not endpoint.greeted)
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
    if endpoint.unacked_since:
        endpoint.unacked_since = 0
        actions.append(CancelTimer("unacked"))
    if had_contact:
        actions.extend(machine.fire(endpoint, now, Event.FAILED))
    if refused:
        actions.append(leave_alone(endpoint, now))
    elif retry and not endpoint.opening:
        actions.extend(_try_again(endpoint, now, at_once=was_greeted))
    return actions


def leave_alone(endpoint: Endpoint, now: int) -> SetTimer:
    """The partner refused: wait "a minute or two" (§7.9)."""
    pause = endpoint.profile.refused_retry_s * US
    endpoint.refused_until = now + pause
    return SetTimer("retry", pause)


def _try_again(endpoint: Endpoint, now: int, *, at_once: bool) -> list[Action]:
    """Whoever resets a connection before it greeted, as a halted server does, would do it again."""
    if at_once and endpoint.profile.reconnect_at_once:
        return open_connection(endpoint, now)
    return [SetTimer("retry", endpoint.profile.connect_retry_s * US)]


def take_over(endpoint: Endpoint, now: int, handle: str, framer: Framer) -> list[Action]:
    """Use the connection on which the primary's CONNECT came, instead of an older one."""
    actions: list[Action] = []
    if endpoint.connection:
        actions.append(CloseStream(endpoint.connection, reset=True))
        actions.extend(lose(endpoint, now, "replaced by a new connection", retry=False))
    if endpoint.nudge == handle:
        endpoint.nudge = ""
    elif endpoint.nudge:
        actions.append(CloseStream(endpoint.nudge))
        endpoint.nudge = ""
    _begin(endpoint, handle)
    endpoint.framer = framer
    return actions


TIMERS: Final[dict[str, Callable[[Endpoint, int], list[Action]]]] = {
    "retry": on_retry,
    "handshake": on_handshake_over,
    "receive": on_silence,
    "unacked": on_unacked,
}
"""The timers of the connection's life and what they bring about; ``send`` is the endpoint's."""
