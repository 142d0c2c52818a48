"""All failover endpoints of one server: tells whose connection is whose.

A connection from outside belongs to nobody until its CONNECT names a relationship; one
from a secondary carries no CONNECT at all and nudges the primary (draft-12 §8.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import Action, CancelTimer, CloseStream, SetTimer
from foviz.base.errors import WireError
from foviz.base.time import US
from foviz.failover import connection, machine, messages
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverOption, FailoverType, RejectReason
from foviz.wire.framing import Framer

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.failover.endpoint import Endpoint

GREETING_WAIT = 60 * US


class FailoverProcess:
    """The endpoints of one server process, by the name of their relationship."""

    def __init__(self, endpoints: dict[str, Endpoint]) -> None:
        self.endpoints = endpoints
        self.strangers: dict[str, tuple[int, Framer]] = {}

    def start(self, now: int) -> list[Action]:
        """Start every endpoint."""
        return self._each(lambda endpoint: endpoint.start(now))

    def stop(self, now: int) -> list[Action]:
        """End every endpoint in order."""
        return self._each(lambda endpoint: endpoint.stop(now))

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
            if endpoint.relationship.partner_address == remote
        ]
        if not partners:
            return [CloseStream(handle, reset=True)]
        if all(endpoint.is_primary for endpoint in partners):
            for endpoint in partners:
                if not endpoint.contact:
                    return _own(endpoint.name, connection.on_nudge(endpoint, now, handle))
            return [CloseStream(handle)]
        self.strangers[handle] = (remote, Framer())
        return [SetTimer(f"?/{handle}", GREETING_WAIT)]

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
        if endpoint is None or handle != endpoint.connection:
            return []
        return _own(endpoint.name, endpoint.on_data(now, octets))

    def _greeting(self, now: int, handle: str, octets: bytes) -> list[Action]:
        """The first message of a stranger has to be a CONNECT for a relationship of ours."""
        remote, framer = self.strangers[handle]
        try:
            frames = framer.feed(octets)
            if not frames:
                return []
            message = wire.decode(frames[0])
        except WireError:
            frames = []
            message = None
        del self.strangers[handle]
        done = CancelTimer(f"?/{handle}")
        if message is None or message.type != FailoverType.CONNECT:
            return [done, CloseStream(handle, reset=True)]
        name = (message.get(FailoverOption.RELATIONSHIP_NAME) or b"").decode("utf-8", "replace")
        endpoint = self.endpoints.get(name)
        if endpoint is None or endpoint.relationship.partner_address != remote:
            reason = RejectReason.INVALID_FAILOVER_PARTNER
            refusal = messages.connect_reject(now, name, message.xid, reason, handle)
            return [done, *refusal, CloseStream(handle)]
        actions = connection.on_connect(endpoint, now, handle, message)
        if endpoint.connection == handle:
            endpoint.framer = framer
            actions.extend(endpoint.take_frames(now, frames[1:]))
        return [done, *_own(name, [*actions, *machine.flush(endpoint, now)])]

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


def _own(name: str, actions: list[Action]) -> list[Action]:
    """Prefix the timers of an endpoint with its relationship's name."""
    owned: list[Action] = []
    for action in actions:
        if isinstance(action, SetTimer):
            owned.append(SetTimer(f"{name}/{action.name}", action.after))
        elif isinstance(action, CancelTimer):
            owned.append(CancelTimer(f"{name}/{action.name}"))
        else:
            owned.append(action)
    return owned
