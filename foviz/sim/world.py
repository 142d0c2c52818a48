"""The world: a queue of events, hosts, a network, and records of all that happens.

One *event* is one executed entry of the queue; it emits zero or more records. The world is
a pure function of (scenario, seed, interventions): nothing here reads a clock, draws
entropy or depends on the order of a set.
"""

from __future__ import annotations

import heapq
from sys import intern
from typing import TYPE_CHECKING, Any

from foviz.base.action import (
    Action,
    AnnounceAddress,
    BindingChanged,
    CancelTimer,
    CloseStream,
    ExitProcess,
    Note,
    OpenStream,
    Persist,
    ProbeAddress,
    SendDatagram,
    SendStream,
    SetTimer,
)
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.sim import arp, datagram, faults, transport
from foviz.sim.events import (
    ARP,
    CONNECT_TIMEOUT,
    DATAGRAM,
    HANDSHAKE,
    NOBODY,
    RETRANSMIT,
    SCHEDULED,
    SEGMENT,
    STREAM_END,
    TIMER,
)
from foviz.sim.host import ClientHost, Host, RelayHost, ServerHost, timer_words
from foviz.sim.monitors import Monitors
from foviz.sim.network import Network
from foviz.sim.trace import NullRecorder, Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.sim.checkpoint import Blob
    from foviz.sim.faults import MessageFault
    from foviz.sim.stream import Connection

_LINK_STRIDE = 1 << 16
"""Ties are broken by link, then by host; timers come before anything that arrives."""

UPDATE_DELAY = US // 500
"""A BNDUPD follows the ACK that caused it after this, in µs: time enough to crash between them."""

Entry = tuple[int, int, int, int, tuple[Any, ...]]
"""(at, order among equals, sequence number, what, arguments)"""


class World:
    """Everything that exists in a run, at one moment."""

    def __init__(self, seed: int, start: int) -> None:
        self.seed = seed
        self.now = start
        self.executed = 0
        self.queue: list[Entry] = []
        self.sequence = 0
        self.network = Network()
        self.hosts: list[Host] = []
        self.connections: dict[int, Connection] = {}
        self.handles: dict[tuple[int, str], int] = {}
        self.next_connection = 1
        self.records = 0
        self.interventions = 0
        self.monitors = Monitors()
        self.message_faults: list[MessageFault] = []
        self.touched: dict[int, None] = {}
        self.blobs: dict[int, Blob] = {}
        self.first_delay = 0
        self.fuzz = 0
        self.recorder: Recorder = NullRecorder()

    # -- time

    def push(self, at: int, what: int, host: int, args: tuple[Any, ...], link: int = -1) -> None:
        """Put an entry into the queue."""
        assert at >= self.now, (at, self.now)
        self.sequence += 1
        order = (link + 1) * _LINK_STRIDE + host + 1
        heapq.heappush(self.queue, (at, order, self.sequence, what, args))

    def next_time(self) -> int | None:
        """Return the moment of the next event, or None when nothing will ever happen."""
        return self.queue[0][0] if self.queue else None

    def step(self) -> bool:
        """Execute the next event; False when there is none."""
        if not self.queue:
            return False
        self.now, _, _, what, args = heapq.heappop(self.queue)
        self.executed += 1
        _EXECUTE[what](self, *args)
        self.clear_queue()
        return True

    def clear_queue(self) -> None:
        """Let the queue begin with an event: a timer may have been moved or cancelled.

        It does so after every event, so that looking ahead changes nothing.
        """
        queue = self.queue
        while queue:
            at, _, _, what, args = queue[0]
            if what == TIMER:
                live = self._timer_is_due(at, args[0], args[1])
            elif what in (RETRANSMIT, CONNECT_TIMEOUT):
                live = transport.is_pending(self, at, what == RETRANSMIT, *args)
            else:
                return
            if live:
                return
            heapq.heappop(queue)

    # -- records

    def record(self, host: int, kind: Kind, cause: int, data: tuple[Any, ...]) -> int:
        """Add a record and return its index."""
        index = self.records
        self.records = index + 1
        self.recorder.append(self.now, host, kind, cause, self.executed, data)
        return index

    # -- timers

    def set_timer(self, host: Host, name: str, after: int) -> None:
        """Set or move a timer; a later deadline costs no new entry in the queue."""
        deadline = self.now + max(0, after)
        host.timers[name] = deadline
        armed = host.armed.get(name)
        if armed is None or deadline < armed:
            host.armed[name] = deadline
            self.push(deadline, TIMER, host.index, (host.index, name))

    def _timer_is_due(self, at: int, index: int, name: str) -> bool:
        host = self.hosts[index]
        if host.armed.get(name) != at:
            return False
        deadline = host.timers.get(name)
        if deadline == at:
            return True
        self.touched[index] = None
        del host.armed[name]
        if deadline is not None:
            host.armed[name] = deadline
            self.push(deadline, TIMER, index, (index, name))
        return False

    def _on_timer(self, index: int, name: str) -> None:
        host = self.hosts[index]
        self.touched[index] = None
        del host.timers[name]
        del host.armed[name]
        cause = self.record(index, Kind.TIMER, NOBODY, timer_words(name))
        self.carry_out(host, *host.on_timer(host.clock(self.now), name), cause)

    # -- engines

    def carry_out(self, host: Host, engine: str, actions: list[Action], cause: int) -> int:
        """Do what an engine wants done, in order; return the record of the last decision.

        A decision or a change of state is the cause of what follows it.
        """
        self.touched[host.index] = None
        for action in actions:
            if type(action) is Note:
                kind = action.kind
                index = self.record(host.index, kind, cause, action.data)
                if kind in _LEADING:
                    cause = index
                if kind in _WATCHED:
                    self.monitors.on_note(self, host, index, action)
            elif type(action) is Persist:
                self._persist(host, action, cause)
            else:
                _CARRY_OUT[type(action)](self, host, engine, action, cause)
            if not host.running:
                break
        if engine == "failover" and host.running:
            self._after_failover(host, cause)
        return cause

    def _persist(self, host: Host, action: Persist, cause: int) -> None:
        host.persist(action.table, action.key, action.value)
        if not action.quiet:
            key = action.key
            text = key if isinstance(key, str) else f"{key[0]} {key[1]}"
            index = self.record(host.index, Kind.PERSIST, cause, (action.table, text))
            self.monitors.on_persist(self, host, index, action)
            if action.table == "client":
                self.hold_address(host, action.value)

    def hold_address(self, host: Host, lease: Any) -> None:
        """Keep the address index in step with what a client holds."""
        new = lease.address if lease is not None else 0
        if host.held == new:
            return
        if host.held:
            self.network.let_go(host.held, host.index)
        if new:
            self.network.hold(new, host.index)
        host.held = new

    def _after_failover(self, host: Host, cause: int) -> None:
        """The partner's word may have moved the next end of a lease."""
        assert isinstance(host, ServerHost)
        if host.server is not None:
            for action in host.server.watch_endings(host.clock(self.now)):
                _CARRY_OUT[type(action)](self, host, "dhcp", action, cause)

    def _set_timer(self, host: Host, engine: str, action: SetTimer, cause: int) -> None:
        # One text for all timers of a name: checkpoints hold it once.
        self.set_timer(host, intern(f"{engine}:{action.name}"), action.after)

    def _cancel_timer(self, host: Host, engine: str, action: CancelTimer, cause: int) -> None:
        host.timers.pop(f"{engine}:{action.name}", None)

    def _binding_changed(self, host: Host, engine: str, action: BindingChanged, cause: int) -> None:
        """Let the partner be told a little later: the update is lazy (draft-12 §7.1)."""
        assert isinstance(host, ServerHost)
        if host.failover is not None:
            args = (host.index, action.scope, action.address)
            self.schedule(self.now + UPDATE_DELAY, "tell-partner", args, cause)

    def _tell_partner(self, cause: int, index: int, scope: str, address: int) -> None:
        host = self.hosts[index]
        assert isinstance(host, ServerHost)
        if host.failover is None:
            return  # it died meanwhile: what was not persisted is not told either
        self.touched[index] = None
        actions = host.failover.on_binding(host.clock(self.now), scope, address)
        if actions:
            self.carry_out(host, "failover", actions, cause)

    def _scheduled(self, call: str, args: tuple[Any, ...], cause: int) -> None:
        _CALLS[call](self, cause, *args)

    def schedule(self, at: int, call: str, args: tuple[Any, ...], cause: int) -> None:
        """Let a deed of :mod:`foviz.sim.faults` happen later."""
        self.push(at, SCHEDULED, NOBODY, (call, args, cause))

    def intervene(self, at: int, intervention: faults.Intervention) -> int:
        """Carry out what the user does, as an event at a moment; return its record.

        Raises ScriptError, and changes nothing, when it is impossible now.
        """
        coming = self.next_time()
        assert self.now <= at, (self.now, at)
        assert coming is None or at <= coming, (at, coming)
        faults.check(self, intervention)  # before anything changes
        self.now = at
        self.executed += 1
        self.interventions += 1
        data = (intervention.line, self.interventions)
        index = self.record(NOBODY, Kind.INTERVENTION, NOBODY, data)
        faults.carry_out(self, intervention, index)
        self.clear_queue()
        return index

    # -- looking things up

    def host_named(self, name: str) -> Host | None:
        """Return the host with a name, or None."""
        for host in self.hosts:
            if host.name == name:
                return host
        return None

    def servers(self) -> list[ServerHost]:
        """Return the servers in order."""
        return [host for host in self.hosts if isinstance(host, ServerHost)]

    def relays(self) -> list[RelayHost]:
        """Return the relays in order."""
        return [host for host in self.hosts if isinstance(host, RelayHost)]

    def clients(self) -> list[ClientHost]:
        """Return the clients in order."""
        return [host for host in self.hosts if isinstance(host, ClientHost)]


_WATCHED = frozenset((Kind.BINDING, Kind.STATE, Kind.DECISION))
"""Records at which the monitors look."""

_LEADING = frozenset((Kind.DECISION, Kind.STATE, Kind.CLIENT, Kind.POOL, Kind.CONFLICT))
"""Records that are the cause of what the same engine does after them."""

_CARRY_OUT: dict[type, Callable[..., None]] = {
    SetTimer: World._set_timer,
    CancelTimer: World._cancel_timer,
    BindingChanged: World._binding_changed,
    SendDatagram: datagram.send,
    ProbeAddress: arp.probe,
    AnnounceAddress: arp.announce,
    OpenStream: transport.open_stream,
    SendStream: transport.send,
    CloseStream: transport.close,
    ExitProcess: faults.exit_process,
}

_CALLS: dict[str, Callable[..., None]] = {
    "boot": faults.boot,
    "heal": faults.heal_scheduled,
    "meet": arp.meet,
    "tell-partner": World._tell_partner,
}

_EXECUTE: dict[int, Callable[..., None]] = {
    TIMER: World._on_timer,
    DATAGRAM: datagram.arrive,
    SEGMENT: transport.segment_arrives,
    HANDSHAKE: transport.handshake_arrives,
    RETRANSMIT: transport.retransmit,
    CONNECT_TIMEOUT: transport.connect_timeout,
    STREAM_END: transport.end_arrives,
    ARP: arp.arrive,
    SCHEDULED: World._scheduled,
}
