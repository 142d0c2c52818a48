"""One endpoint: one side of one failover relationship (draft-12 §5.1.1).

It holds the state and hands each input to the module of its activity: connection,
machine, updates, balance, service. Each method returns what it wants done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.action import Action, CancelTimer, CloseStream, Note, Persist, SetTimer
from foviz.base.errors import WireError
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import (
    balance,
    clock,
    connection,
    greeting,
    machine,
    messages,
    service,
    startup,
    updates,
)
from foviz.failover.relationship import Role
from foviz.failover.states import (
    PARTNER_DOWN,
    RECOVER,
    STARTUP,
    Event,
    Service,
)
from foviz.failover.table import OPERATOR_STATES
from foviz.lease.binding import Binding
from foviz.wire.failover import (
    BindingStatus,
    FailoverMessage,
    FailoverType,
    RejectReason,
    ServerState,
)
from foviz.wire.framing import Framer

if TYPE_CHECKING:
    from foviz.failover.profile import Profile
    from foviz.failover.relationship import Relationship
    from foviz.lease.port import Grant, Query, Verdict
    from foviz.lease.store import LeaseStore, Mask


COMMANDS: Final = {
    "partner-down": Event.PARTNER_DOWN,
    "pause": Event.PAUSE,
    "shut down": Event.SHUT_DOWN,
    "resume": Event.RESUME,
}
"""What an operator can tell an endpoint."""


class Durable(NamedTuple):
    """What survives a crash (§9.2, §9.3). Moments in µs of the server's clock, 0 = never."""

    state: ServerState
    since: int
    partner_state: int = 0
    partner_since: int = 0
    last_operation: int = 0
    mclt_s: int = 0
    """The primary's MCLT and hash buckets, and the time (s) of its latest CONNECT (§7.8.2)."""
    buckets: bytes = b""
    newest_connect: int = 0
    failed_at: int = startup.UNSET
    """From when RECOVER-WAIT counts; 0: long ago."""
    previous: int = 0
    """The state that PAUSED or SHUTDOWN interrupted."""
    incomplete: bool = False
    """The database was lost, or is an old copy: everything has to be asked for (§5.17)."""
    virgin: bool = False
    """This server has not been beyond recovery yet: the relationship is new."""

    def operating(self, now: int) -> Durable:
        """Return the record with the time of last operation, of which there are many."""
        return tuple.__new__(Durable, (*self[:4], now, *self[5:]))


def restored(copy: Durable | None, now: int, went_down: int) -> Durable:
    """Return the record of a server that was told that its database is a backup (§5.16)."""
    record = copy or Durable(RECOVER, now)
    return record._replace(
        state=RECOVER, since=now, failed_at=went_down, incomplete=True, virgin=False, previous=0
    )


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
        told_down: int = 0,
        networks: dict[str, tuple[int, int]] | None = None,
    ) -> None:
        self.relationship: Relationship = relationship
        self.name: str = relationship.name
        self.is_primary: bool = relationship.role is Role.PRIMARY
        self.profile: Profile = profile
        self.stores: dict[str, LeaseStore] = {name: stores[name] for name in relationship.scopes}
        self.fresh: bool = durable is None
        self.told_down: int = told_down
        new = Durable(RECOVER, 0, incomplete=storage_lost, virgin=not storage_lost)
        self.durable: Durable = startup.loaded(durable, profile) if durable else new
        self.went_down: int = self.durable.last_operation
        self.state: ServerState = STARTUP
        self.partner_starting: bool = False
        self.partner_recovering: bool = False
        self.partner_before: int = self.durable.partner_state
        self.met_since_start: bool = False

        self.connection = ""
        self.opening = ""
        self.nudge = ""
        self.attempts = 0
        self.opened_at = 0
        self.greeted_at = -1
        self.refused_until = 0
        self.next_xid = 0
        self.heard_xid = -1
        self.greeted = False
        self.contact = False
        self.partner_max_unacked = profile.max_unacked
        self.partner_receive_s = profile.receive_timer_s
        self.unacked_since = 0
        self.clock = clock.UNKNOWN
        self.last_heard = 0
        self.framer = Framer()
        self.networks = networks or {}
        self.sightings: dict[bytes, tuple[int, int]] = {}

        self.queue: dict[updates.Key, None] = {}
        self.busy: dict[updates.Key, int] = {}
        self.outstanding: dict[int, tuple[str, Binding]] = {}
        self.claims: dict[updates.Key, BindingStatus] = {}
        self.request: tuple[int, dict[updates.Key, None]] | None = None
        self.acks: list[tuple[int, messages.Options]] = []
        self.late: dict[updates.Key, None] = {}
        self.freeing_at = 0
        self.balance_at = 0
        self.balanced: tuple[tuple[int, int], ...] = ()
        self.last_balance = 0
        self.pool_asked = 0
        self.asked = 0

        self.unanswered: bool = False

        self.announce = False
        self.hangs_up = False
        self.wants_updates = False
        self.wants_push = False
        self.wants_balance = False

    @property
    def mclt_s(self) -> int:
        """The MCLT in force: the primary's of CONNECT, where that is heeded, else our own."""
        if not self.is_primary and self.profile.mclt_source == "connect":
            return self.durable.mclt_s or self.relationship.mclt_s
        return self.relationship.mclt_s

    @property
    def send_after_s(self) -> int:
        """Idle seconds before a CONTACT: a third of the partner's receive timer (§8.3)."""
        return max(1, int(self.partner_receive_s) // 3)

    @property
    def service(self) -> Service:
        """What the present state does for clients."""
        return service.service_of(self)

    def new_xid(self) -> int:
        """Return the next transaction id of this connection; never 0 (ISC dislikes it)."""
        self.next_xid += 1
        return self.next_xid

    # -- life

    def start(self, now: int) -> list[Action]:
        """Begin in STARTUP, silent, and look for the partner (§9.3.2)."""
        begun = startup.begin(self, now, told_down=self.told_down)
        data = (self.name, 0, int(STARTUP), Event.START.value, 0, "draft-12 §9.3.2", "start")
        return [
            *begun,
            Note(Kind.STATE, data),
            SetTimer("startup", self.profile.startup_s * US),
            *connection.open_connection(self, now),
        ]

    def begin_again(self, now: int) -> list[Action]:
        """A halt is over: start as from the disk, on a new connection (§9.13.2)."""
        self.fresh = False
        return [
            *self.hang_up(now),
            *startup.begin(self, now, told_down=0),
            SetTimer("startup", self.profile.startup_s * US),
            *connection.open_connection(self, now),
        ]

    def hang_up(self, now: int) -> list[Action]:
        """Close every connection of ours and let the partner be."""
        actions: list[Action] = [
            CloseStream(handle) for handle in (self.connection, self.opening, self.nudge) if handle
        ]
        self.opening = self.nudge = ""
        if self.connection:
            actions.extend(connection.lose(self, now, "halted by the operator", retry=False))
        return [*actions, CancelTimer("handshake"), CancelTimer("retry")]

    @property
    def halted(self) -> bool:
        """Whether the operator's halt keeps this side from connecting (§9.13, §9.14)."""
        return self.state in OPERATOR_STATES and self.profile.halted_link == "close"

    def stop(self, now: int, *, again: bool) -> list[Action]:
        """End in order: tell the partner where that is the custom, persist, close (§9.14).

        One that comes back *again* at once says PAUSED, one that goes away SHUTDOWN.
        """
        actions: list[Action] = []
        if self.profile.service_stop == "shutdown" and self.greeted:
            halt = Event.PAUSE if again else Event.SHUT_DOWN
            actions.extend(machine.fire(self, now, halt))
            self.hangs_up = False
            actions.extend(machine.flush(self, now))
        actions.append(Persist("failover", self.name, self.durable))
        actions.extend(
            CloseStream(handle) for handle in (self.connection, self.opening, self.nudge) if handle
        )
        return actions

    def on_timer(self, now: int, name: str) -> list[Action]:
        """Carry on with what the named timer stands for."""
        actions = self._timer(now, name)
        return [*actions, *machine.flush(self, now)]

    def _timer(self, now: int, name: str) -> list[Action]:
        if name in connection.TIMERS:
            return connection.TIMERS[name](self, now)
        if name == "send":
            return messages.send(self, now, FailoverType.CONTACT) if self.connection else []
        if name == "startup":
            return machine.fire(self, now, Event.STARTUP_OVER)
        if name == "safe-period":
            return machine.fire(self, now, Event.SAFE_PERIOD)
        if name == "recover-wait":
            return machine.fire(self, now, Event.WAIT_OVER)
        if name == "updates":
            return self._no_updates(now)
        if name == "linger":
            return self.hang_up(now)
        if name == "takeover":
            return self._note_takeover()
        if name == "ack":
            return updates.on_ack_timer(self, now)
        if name == "late":
            return updates.on_late_timer(self, now)
        if name == "free":
            return updates.free_ended(self, now)
        assert name == "rebalance", name
        return balance.on_timer(self, now)

    def on_command(self, now: int, command: str) -> list[Action]:
        """Carry out the operator's word, one of :data:`COMMANDS`."""
        actions = machine.fire(self, now, COMMANDS[command])
        return [*actions, *machine.flush(self, now)]

    def on_binding(self, now: int, scope: str, address: int) -> list[Action]:
        """A client's message or time changed a binding: tell the partner."""
        return [*updates.changed(self, now, (scope, address)), *balance.look(self, now)]

    # -- the stream

    def on_opened(self, now: int, handle: str) -> list[Action]:
        """Our own connection stands."""
        return [*connection.on_opened(self, now, handle), *machine.flush(self, now)]

    def on_closed(self, now: int, handle: str, why: str) -> list[Action]:
        """A stream ended, was refused or reset."""
        if handle == self.connection:
            actions = connection.lose(self, now, why)
        else:
            actions = connection.on_failed(self, now, handle, why)
        return [*actions, *machine.flush(self, now)]

    def on_data(self, now: int, octets: bytes) -> list[Action]:
        """Octets of the connection: take each whole message, drop the connection on nonsense."""
        try:
            frames = self.framer.feed(octets)
        except WireError as error:
            dropped = connection.drop(self, now, f"protocol error: {error}")
            return [*dropped, *machine.flush(self, now)]
        actions = self.take_frames(now, frames)
        actions.extend(machine.flush(self, now))
        return actions

    def take_frames(self, now: int, frames: list[bytes]) -> list[Action]:
        """Take whole messages; the first one that is nonsense ends the connection."""
        actions: list[Action] = []
        for frame in frames:
            actions.extend(connection.take(self, now, frame))
            if not self.connection:
                break
        return actions

    def on_message(self, now: int, message: FailoverMessage) -> list[Action]:
        """Take one message of the partner that was proved and decoded."""
        actions = connection.heard(self, now)
        actions.extend(self._dispatch(now, message))
        return actions

    def _dispatch(self, now: int, message: FailoverMessage) -> list[Action]:
        kind = message.type
        if kind == FailoverType.CONNECTACK and not self.greeted:
            return greeting.on_connect_ack(self, now, message)
        if kind == FailoverType.STATE and self.greeted:
            return connection.on_state(self, now, message)
        if kind == FailoverType.BNDUPD and self.contact:
            actions = updates.on_bndupd(self, now, message)
            actions.extend(machine.update_heard(self))
            actions.extend(balance.look(self, now))
            return actions
        if kind == FailoverType.BNDACK and self.contact:
            actions = updates.on_bndack(self, now, message)
            actions.extend(connection.acknowledged(self, now))
            actions.extend(balance.look(self, now))
            return actions
        if kind in (FailoverType.POOLREQ, FailoverType.POOLRESP) and self.contact:
            return balance.on_message(self, now, message)
        if kind in (FailoverType.UPDREQ, FailoverType.UPDREQALL) and self.contact:
            return updates.on_request(self, now, message)
        if kind == FailoverType.UPDDONE and self.asked and message.xid == self.asked:
            return machine.update_done(self, now)
        return connection.on_other(self, now, message)

    def _no_updates(self, now: int) -> list[Action]:
        """The partner neither sends updates nor says that it is done (§9.5.2)."""
        if self.state is not RECOVER or not self.asked:
            return []
        return connection.drop(self, now, "no updates came", RejectReason.NO_TRAFFIC)

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
        return service.may_answer(self, now, query, store)

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
        silent = self.service is Service.SILENT
        return not silent and not self.asked and updates.may_end(self)

    def ended(self, now: int, binding: Binding, status: BindingStatus) -> BindingStatus:
        """See :func:`foviz.failover.updates.ended`."""
        return updates.ended(self, binding, status)

    def may_give_reserved(self, now: int, binding: Binding, store: LeaseStore) -> bool:
        """See :func:`foviz.failover.balance.may_give_reserved`."""
        return balance.may_give_reserved(self, now, binding, store)

    def may_recycle(self, now: int, binding: Binding) -> bool:
        """An address that turned out bad is left alone for long."""
        rested = 0 < binding.start <= now - self.profile.abandoned_s * US
        return rested and self.service is not Service.SILENT

    @property
    def minds_choice(self) -> bool:
        """See :func:`foviz.failover.service.minds_choice`."""
        return service.minds_choice(self)

    @property
    def partnered(self) -> bool:
        """There is a partner to tell."""
        return True
