"""All failover endpoints of one server: tells whose connection is whose.

A connection from outside belongs to nobody until its CONNECT names a relationship; one
from a secondary carries no CONNECT at all and nudges the primary (draft-12 §8.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import Action, CancelTimer, CloseStream, Note, SetTimer
from foviz.base.address import ip_text
from foviz.base.errors import WireError
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import connection, greeting, machine, messages
from foviz.wire import dialect
from foviz.wire import failover as wire
from foviz.wire.failover import (
    PROTOCOL_VERSION,
    FailoverMessage,
    FailoverOption,
    FailoverType,
    RejectReason,
    reject_text,
)
from foviz.wire.framing import Framer

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.failover.endpoint import Endpoint


class FailoverProcess:
    """The endpoints of one server process, by the name of their relationship."""

    def __init__(self, endpoints: dict[str, Endpoint]) -> None:
        self.endpoints = endpoints
        self.strangers: dict[str, tuple[int, Framer]] = {}

    def start(self, now: int) -> list[Action]:
        """Start every endpoint."""
        return self._each(lambda endpoint: endpoint.start(now))

    def stop(self, now: int, *, again: bool) -> list[Action]:
        """End every endpoint in order; it may be started *again* at once."""
        return self._each(lambda endpoint: endpoint.stop(now, again=again))

    def begin(self, now: int, endpoint: Endpoint) -> list[Action]:
        """A relationship is added while the process runs: start its endpoint."""
        self.endpoints[endpoint.name] = endpoint
        return _own(endpoint.name, endpoint.start(now))

    def end(self, now: int, name: str) -> list[Action]:
        """A relationship is deleted: end its endpoint; the last one takes all callers along."""
        actions = _own(name, self.endpoints.pop(name).stop(now, again=True))
        if not self.endpoints:
            for handle in self.strangers:
                actions.extend([CancelTimer(f"?/{handle}"), CloseStream(handle, reset=True)])
            self.strangers.clear()
        return actions

    def on_timer(self, now: int, name: str) -> list[Action]:
        """Timers are named ``relationship/timer``; a stranger's is ``?/handle``."""
        owner, _, timer = name.rpartition("/")
        if owner == "?":
            self.strangers.pop(timer, None)
            return [CloseStream(timer)]
        return _own(owner, self.endpoints[owner].on_timer(now, timer))

    def on_command(self, now: int, relationship: str, command: str) -> list[Action]:
        """Carry out an operator's word for one relationship."""
        return _own(relationship, self.endpoints[relationship].on_command(now, command))

    def on_binding(self, now: int, scope: str, address: int) -> list[Action]:
        """A binding changed: the relationship that owns the scope tells its partner."""
        for name, endpoint in self.endpoints.items():
            if scope in endpoint.stores:
                return _own(name, endpoint.on_binding(now, scope, address))
        return []

    # -- streams

    def on_accepted(self, now: int, handle: str, remote: int) -> list[Action]:
        """Somebody opened a connection to us."""
        partners = [
            endpoint
            for endpoint in self.endpoints.values()
            if endpoint.relationship.partner_address == remote and not endpoint.halted
        ]
        if not partners:
            why = f"no relationship with {ip_text(remote)}"
            return [Note(Kind.CONNECTION, ("", "refused", why)), CloseStream(handle, reset=True)]
        actions: list[Action] = []
        if all(endpoint.is_primary for endpoint in partners):
            lonely = [endpoint for endpoint in partners if not endpoint.contact]
            free = [endpoint for endpoint in lonely if not endpoint.connection] or lonely
            if not free:
                return [CloseStream(handle)]
            called = connection.on_called(free[0], now, handle)
            return _own(free[0].name, [*called, *machine.flush(free[0], now)])
        self.strangers[handle] = (remote, Framer())
        wait = partners[0].profile.handshake_s * US
        for endpoint in partners:
            if endpoint.is_primary:  # whoever calls, the partner is alive
                actions.extend(_own(endpoint.name, connection.on_nudged(endpoint, now)))
        return [*actions, SetTimer(f"?/{handle}", wait)]

    def on_opened(self, now: int, handle: str) -> list[Action]:
        """A connection that an endpoint opened stands."""
        endpoint = self._owner(handle)
        return _own(endpoint.name, endpoint.on_opened(now, handle)) if endpoint else []

    def on_closed(self, now: int, handle: str, why: str) -> list[Action]:
        """A connection ended, was refused or reset."""
        if handle in self.strangers:
            del self.strangers[handle]
            return [CancelTimer(f"?/{handle}")]
        endpoint = self._owner(handle)
        return _own(endpoint.name, endpoint.on_closed(now, handle, why)) if endpoint else []

    def on_data(self, now: int, handle: str, octets: bytes) -> list[Action]:
        """Octets of a connection."""
        if handle in self.strangers:
            return self._greeting(now, handle, octets)
        endpoint = self._owner(handle)
        if endpoint is None:
            return []
        if handle == endpoint.nudge and not endpoint.connection:
            return self._greeting_on_nudge(endpoint, now, handle, octets)
        if handle != endpoint.connection:
            return []
        return _own(endpoint.name, endpoint.on_data(now, octets))

    def _greeting(self, now: int, handle: str, octets: bytes) -> list[Action]:
        """The first message of a stranger has to be a CONNECT for a relationship of ours."""
        remote, framer = self.strangers[handle]
        first = _first(framer, octets)
        if first is None:
            return []
        del self.strangers[handle]
        done = CancelTimer(f"?/{handle}")
        frames, raw = first
        if raw is None or raw.type != FailoverType.CONNECT:
            return [done, CloseStream(handle, reset=True)]
        return [done, *self._connect(now, handle, frames, raw, framer, remote)]

    def _greeting_on_nudge(
        self, endpoint: Endpoint, now: int, handle: str, octets: bytes
    ) -> list[Action]:
        """The primary greets on the connection that the secondary opened (ISC's custom)."""
        first = _first(endpoint.framer, octets)
        if first is None:
            return []
        frames, raw = first
        remote = endpoint.relationship.partner_address
        if raw is None or raw.type != FailoverType.CONNECT:
            endpoint.nudge = ""
            return [CloseStream(handle, reset=True)]
        return self._connect(now, handle, frames, raw, endpoint.framer, remote)

    def _connect(
        self,
        now: int,
        handle: str,
        frames: list[bytes],
        raw: FailoverMessage,
        framer: Framer,
        remote: int,
    ) -> list[Action]:
        named = next(iter(self.endpoints.values())).profile.wire_dialect
        try:
            message = dialect.from_dialect(raw, named)
        except WireError:
            return [CloseStream(handle, reset=True)]
        name = message.get(FailoverOption.RELATIONSHIP_NAME) or b""
        for endpoint in self.endpoints.values():
            if greeting.is_ours(name, endpoint, remote):
                break
        else:
            return self._refuse(now, handle, message, named, remote)
        actions = greeting.on_connect(endpoint, now, handle, frames[0], raw, framer)
        if endpoint.connection == handle:
            actions.extend(endpoint.take_frames(now, frames[1:]))
        return _own(endpoint.name, [*actions, *machine.flush(endpoint, now)])

    def _refuse(
        self, now: int, handle: str, message: FailoverMessage, named: str, remote: int
    ) -> list[Action]:
        """No relationship of ours: reason 8, after the version where that is looked at."""
        reason: int = RejectReason.INVALID_FAILOVER_PARTNER
        profile = next(iter(self.endpoints.values())).profile
        version = message.u8(FailoverOption.PROTOCOL_VERSION)
        if profile.connect_values == "checked" and version != PROTOCOL_VERSION:
            reason = RejectReason.PROTOCOL_VERSION_MISMATCH
        name = (message.get(FailoverOption.RELATIONSHIP_NAME) or b"").decode("utf-8", "replace")
        facts = (
            ("reject reason", int(reason), ""),
            ("meaning", reject_text(reason), ""),
            ("relationship", name, ""),
            ("from", remote, "ip"),
        )
        return [
            connection.refusal("connect-refused", facts),
            Note(Kind.CONNECTION, (name, "rejected", reject_text(reason))),
            *messages.stranger_reject(now, message, reason, handle, named),
            CloseStream(handle),
        ]

    def _owner(self, handle: str) -> Endpoint | None:
        for endpoint in self.endpoints.values():
            if handle in (endpoint.connection, endpoint.opening, endpoint.nudge):
                return endpoint
        return None

    def _each(self, call: Callable[[Endpoint], list[Action]]) -> list[Action]:
        actions: list[Action] = []
        for name, endpoint in self.endpoints.items():
            actions.extend(_own(name, call(endpoint)))
        return actions


def _first(framer: Framer, octets: bytes) -> tuple[list[bytes], FailoverMessage | None] | None:
    """Return the messages that arrived and the first one decoded; None while it is incomplete.

    The message is None when the octets are nonsense.
    """
    try:
        frames = framer.feed(octets)
        return (frames, wire.decode(frames[0])) if frames else None
    except WireError:
        return [], None


def _own(name: str, actions: list[Action]) -> list[Action]:
    """Prefix the timers of an endpoint with its relationship's name."""
    for place, action in enumerate(actions):
        if type(action) is SetTimer:
            actions[place] = SetTimer(f"{name}/{action.name}", action.after)
        elif type(action) is CancelTimer:
            actions[place] = CancelTimer(f"{name}/{action.name}")
    return actions
