"""One endpoint: one side of one failover relationship (draft-12 §5.1.1).

It holds the state and hands each input to the module of its activity: connection,
machine, updates, balance, service. Each method returns what it wants done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.base.action import Action, CloseStream, Note, Persist, SetTimer
from foviz.base.errors import WireError
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import balance, connection, machine, messages, service, updates
from foviz.failover.machine import FAILED_STATE
from foviz.failover.states import (
    NORMAL,
    PARTNER_DOWN,
    RECOVER,
    STARTUP,
    STATES,
    Event,
    Service,
)
from foviz.lease.binding import Binding
from foviz.wire import failover as wire
from foviz.wire.failover import (
    BindingStatus,
    FailoverMessage,
    FailoverType,
    ServerState,
    unknown_type_closes,
)
from foviz.wire.framing import Framer

if TYPE_CHECKING:
    from foviz.failover.profile import Profile
    from foviz.failover.relationship import Relationship
    from foviz.lease.port import Grant, Query, Verdict
    from foviz.lease.store import LeaseStore, Mask


class Durable(NamedTuple):
    """What survives a crash (§9.2, §9.3). Moments in µs of the server's clock, 0 = never."""

    state: ServerState
    since: int
    partner_state: int = 0
    partner_since: int = 0
    last_operation: int = 0


class Endpoint:
    """The state of one endpoint. Modules of this package are its only writers."""

    def __init__(
        self,
        relationship: Relationship,
        profile: Profile,
        stores: dict[str, LeaseStore],
        durable: Durable | None,
        *,
        storage_lost: bool = False,
    ) -> None:
        self.relationship: Relationship = relationship
        self.profile: Profile = profile
        self.stores: dict[str, LeaseStore] = {name: stores[name] for name in relationship.scopes}
        self.had_stored_state: bool = durable is not None
        self.storage_lost: bool = storage_lost
        self.durable: Durable = durable or Durable(RECOVER, 0)
        self.stored: ServerState = FAILED_STATE.get(self.durable.state, self.durable.state)
        self.went_down: int = self.durable.last_operation
        self.state: ServerState = STARTUP
        self.partner_starting: bool = False
        self.partner_recovering: bool = False

        self.connection = ""
        self.opening = ""
        self.nudge = ""
        self.attempts = 0
        self.next_xid = 0
        self.greeted = False
        self.contact = False
        self.partner_max_unacked = profile.max_unacked
        self.last_heard = 0
        self.framer = Framer()

        self.queue: dict[updates.Key, None] = {}
        self.busy: dict[updates.Key, int] = {}
        self.outstanding: dict[int, tuple[str, Binding]] = {}
        self.reclaiming: dict[updates.Key, None] = {}
        self.request: tuple[int, dict[updates.Key, None]] | None = None
        self.asked = 0

        self.announce = False
        self.wants_updates = False
        self.wants_push = False
        self.wants_balance = False

    @property
    def name(self) -> str:
        """The relationship's name."""
        return self.relationship.name

    @property
    def is_primary(self) -> bool:
        """Whether this side is the primary."""
        return self.relationship.role.is_primary

    @property
    def service(self) -> Service:
        """What the present state does for clients."""
        return STATES[self.state].service

    def new_xid(self) -> int:
        """Return the next transaction id of this connection; never 0 (ISC dislikes it)."""
        self.next_xid += 1
        return self.next_xid

    # -- life

    def start(self, now: int) -> list[Action]:
        """Begin in STARTUP, silent, and look for the partner (§9.3.2)."""
        if self.storage_lost:
            self.went_down = now
        data = (self.name, 0, int(STARTUP), Event.START.value, 0, "draft-12 §9.3.2")
        return [
            Note(Kind.STATE, data),
            SetTimer("startup", self.profile.startup_s * US),
            *connection.open_connection(self, now),
        ]

    def stop(self, now: int) -> list[Action]:
        """End in order: everything is persisted, the connection is closed."""
        actions: list[Action] = [Persist("failover", self.name, self.durable)]
        actions.extend(
            CloseStream(handle) for handle in (self.connection, self.opening, self.nudge) if handle
        )
        return actions

    def on_timer(self, now: int, name: str) -> list[Action]:
        """Carry on with what the named timer stands for."""
        actions = self._timer(now, name)
        return [*actions, *machine.flush(self, now)]

    def _timer(self, now: int, name: str) -> list[Action]:
        if name == "retry":
            if self.connection:
                return [SetTimer("retry", self.profile.connect_retry_s * US)]
            return connection.open_connection(self, now)
        if name == "send":
            return messages.send(self, now, FailoverType.CONTACT) if self.connection else []
        if name in ("receive", "handshake"):
            why = "nothing heard in time" if name == "receive" else "no answer to the greeting"
            return self._drop(now, why)
        if name == "startup":
            return machine.fire(self, now, Event.STARTUP_OVER)
        if name == "safe-period":
            return machine.fire(self, now, Event.SAFE_PERIOD)
        if name == "recover-wait":
            return machine.fire(self, now, Event.WAIT_OVER)
        if name == "takeover":
            return self._note_takeover()
        assert name == "rebalance", name
        again = SetTimer("rebalance", self.profile.rebalance_s * US)
        return [*balance.redistribute(self, now), again] if self.state is NORMAL else []

    def on_command(self, now: int, command: str) -> list[Action]:
        """Carry out the operator's word: ``partner-down``."""
        assert command == "partner-down", command
        actions = machine.fire(self, now, Event.PARTNER_DOWN)
        return [*actions, *machine.flush(self, now)]

    def on_binding(self, now: int, scope: str, address: int) -> list[Action]:
        """A client's message or time changed a binding: tell the partner."""
        return updates.changed(self, now, (scope, address))

    # -- the stream

    def on_opened(self, now: int, handle: str) -> list[Action]:
        """Our own connection stands."""
        self.framer = Framer()
        return [*connection.on_opened(self, now, handle), *machine.flush(self, now)]

    def on_closed(self, now: int, handle: str, why: str) -> list[Action]:
        """A stream ended, was refused or reset."""
        if handle == self.connection:
            actions = connection.lose(self, now, why)
        else:
            if handle == self.nudge:
                self.nudge = ""
            actions = connection.on_failed(self, now, handle, why)
        return [*actions, *machine.flush(self, now)]

    def on_data(self, now: int, octets: bytes) -> list[Action]:
        """Octets of the connection: take each whole message, drop the connection on nonsense."""
        try:
            frames = self.framer.feed(octets)
        except WireError as error:
            return [*self._drop(now, f"protocol error: {error}"), *machine.flush(self, now)]
        return [*self.take_frames(now, frames), *machine.flush(self, now)]

    def take_frames(self, now: int, frames: list[bytes]) -> list[Action]:
        """Take whole messages; the first one that is nonsense ends the connection."""
        actions: list[Action] = []
        for frame in frames:
            try:
                message = wire.decode(frame)
            except WireError as error:
                return [*actions, *self._drop(now, f"protocol error: {error}")]
            actions.extend(self.on_message(now, message))
            if not self.connection:
                break
        return actions

    def on_message(self, now: int, message: FailoverMessage) -> list[Action]:
        """Take one message of the partner; any message restarts the receive timer (§8.3)."""
        if self.profile.clock_check == "every-message" and connection.clock_too_far(
            self, now, message
        ):
            return self._drop(now, "the clocks differ too much")
        self.last_heard = now
        self.durable = self.durable._replace(last_operation=now)
        actions: list[Action] = [
            Persist("failover", self.name, self.durable, quiet=True),
            SetTimer("receive", self.profile.receive_timer_s * US),
        ]
        return [*actions, *self._dispatch(now, message)]

    def _dispatch(self, now: int, message: FailoverMessage) -> list[Action]:
        kind = message.type
        if kind == FailoverType.CONNECTACK and not self.greeted:
            return connection.on_connect_ack(self, now, message)
        if kind == FailoverType.STATE and self.greeted:
            return connection.on_state(self, now, message)
        if kind == FailoverType.BNDUPD and self.contact:
            return updates.on_bndupd(self, now, message)
        if kind == FailoverType.BNDACK and self.contact:
            return updates.on_bndack(self, now, message)
        if kind in (FailoverType.UPDREQ, FailoverType.UPDREQALL) and self.contact:
            return updates.on_request(self, now, message)
        if kind == FailoverType.UPDDONE and self.asked and message.xid == self.asked:
            self.asked = 0
            self.storage_lost = False
            return machine.fire(self, now, Event.UPDATE_DONE)
        if unknown_type_closes(kind):
            return self._drop(now, f"message type {kind} is unknown")
        return []

    def _drop(self, now: int, why: str) -> list[Action]:
        handle = self.connection
        if not handle:
            return []
        return [CloseStream(handle), *connection.lose(self, now, why)]

    def _note_takeover(self) -> list[Action]:
        """Say that the partner's free addresses are usable from now on."""
        if self.state is not PARTNER_DOWN:
            return []
        notes: list[Action] = []
        for scope, store in self.stores.items():
            free, backup = store.free_counts()
            count = backup if self.is_primary else free
            notes.append(Note(Kind.POOL, (self.name, scope, "usable", count, free, backup)))
        return notes

    # -- the port to the DHCP server (foviz.lease.port.ScopePort)

    def may_answer(self, now: int, query: Query, store: LeaseStore) -> Verdict:
        """See :func:`foviz.failover.service.may_answer`."""
        return service.may_answer(self, now, query)

    def allocatable(self, now: int, store: LeaseStore) -> tuple[Mask, ...]:
        """See :func:`foviz.failover.service.allocatable`."""
        return service.allocatable(self, now, store)

    def may_reuse(self, now: int, binding: Binding, store: LeaseStore) -> bool:
        """See :func:`foviz.failover.service.may_reuse`."""
        return service.may_reuse(self, now, binding, store)

    def grant(self, now: int, binding: Binding, desired_s: int) -> Grant:
        """See :func:`foviz.failover.service.grant`."""
        return service.grant(self, now, binding, desired_s)

    def may_adopt(self, now: int, binding: Binding) -> bool:
        """See :func:`foviz.failover.service.may_adopt`."""
        return service.may_adopt(self, binding)

    def may_end(self) -> bool:
        """Not while silent, nor while the partner still has to tell what we missed."""
        return self.service is not Service.SILENT and not self.asked

    def ended(self, status: BindingStatus) -> BindingStatus:
        """It waits for the partner's acknowledgement before it is FREE."""
        return status

    @property
    def partnered(self) -> bool:
        """There is a partner to tell."""
        return True
