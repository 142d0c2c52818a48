"""TCP for the failover messages: opening, segments, stalls, resets (DESIGN §11.8).

The handshake's last ACK and pure ACKs are not simulated; the capture writes them.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from foviz.base.action import CloseStream, OpenStream, SendStream
from foviz.base.kinds import Kind
from foviz.sim.events import CONNECT_TIMEOUT, HANDSHAKE, NOBODY, RETRANSMIT, SEGMENT, STREAM_END
from foviz.sim.host import ServerHost
from foviz.sim.passage import CLEAR, WITHHELD, Passage, ordered, passage
from foviz.sim.stream import (
    CONNECT_WAIT,
    RETRANSMIT_FIRST,
    RETRANSMIT_LONGEST,
    Connection,
    End,
    Segment,
)

if TYPE_CHECKING:
    from foviz.sim.host import Host
    from foviz.sim.world import World

EPHEMERAL_PORT = 49152
"""First port that an opener uses (RFC 6335 §6)."""


# -- opening


def open_stream(world: World, host: Host, engine: str, action: OpenStream, cause: int) -> None:
    """Send a SYN to the partner."""
    network = world.network
    interface = network.interface_for(host.index, action.source, action.destination)
    number = world.next_connection
    world.next_connection += 1
    holders = network.holders(action.destination)
    acceptor = holders[0] if holders else NOBODY
    connection = Connection(
        number,
        End(host.index, action.handle, action.source, EPHEMERAL_PORT + number % 16000),
        End(acceptor, f"<{number}", action.destination, action.port),
    )
    connection.ends[1].alive = False
    way = network.route(interface, acceptor) if interface and acceptor >= 0 else None
    if way:
        connection.ways = (way, network.back(way, host.name))
    world.connections[number] = connection
    world.handles[host.index, action.handle] = number
    _send_sign(world, connection, 0, b"SYN", cause)
    args = (number,)
    world.push(world.now + CONNECT_WAIT, CONNECT_TIMEOUT, host.index, args)


def handshake_arrives(
    world: World, number: int, side: int, sign: bytes, record: int, target: int
) -> None:
    """A SYN, SYN-ACK or RST arrives."""
    found = _receiver(world, number, side, record, target)
    if found is None:
        return
    connection, host = found
    received = world.record(target, Kind.RECEIVE, record, (record,))
    if sign == b"SYN":
        _accept(world, connection, host, received)
    elif sign == b"RST":
        _notify_end(world, connection, 0, "refused", received)
    elif not connection.ends[0].alive:
        connection.open = True
        _send_sign(world, connection, 0, b"RST", received)
    else:
        connection.open = True
        assert isinstance(host, ServerHost)
        if host.failover is not None:
            now = host.clock(world.now)
            actions = host.failover.on_opened(now, connection.ends[0].handle)
            world.carry_out(host, "failover", actions, received)


def _accept(world: World, connection: Connection, target: Host, received: int) -> None:
    if not isinstance(target, ServerHost) or not target.running or target.failover is None:
        _send_sign(world, connection, 1, b"RST", received)
        return
    end = connection.ends[1]
    end.alive = True
    world.handles[target.index, end.handle] = connection.number
    _send_sign(world, connection, 1, b"SYN-ACK", received)
    remote = connection.ends[0].address
    actions = target.failover.on_accepted(target.clock(world.now), end.handle, remote)
    world.carry_out(target, "failover", actions, received)


def connect_timeout(world: World, number: int) -> None:
    """Nobody answered the SYN."""
    connection = world.connections[number]
    _notify_end(world, connection, 0, "no answer", NOBODY)


def is_pending(world: World, at: int, retransmit: bool, number: int, *rest: int) -> bool:
    """Whether a connect timeout or a retransmission still has something to wait for."""
    connection = world.connections.get(number)
    if connection is None:
        return False
    if not retransmit:
        return not connection.open and connection.ends[0].alive
    flow = connection.flows[rest[0]]
    return flow.due == at and bool(flow.waiting) and connection.ends[rest[0]].alive


# -- segments


def send(world: World, host: Host, engine: str, action: SendStream, cause: int) -> None:
    """Write one message to a stream; on a stalled stream it waits its turn."""
    number = world.handles.get((host.index, action.handle))
    connection = world.connections.get(number) if number is not None else None
    if connection is None:
        return
    side = _side_of(connection, host, action.handle)
    flow = connection.flows[side]
    if flow.stalled:
        record = _record_segment(world, connection, side, action.octets, (), cause)
        flow.waiting.append(Segment(action.octets, record, sent=False))
    else:
        record = _transmit(world, connection, side, Segment(action.octets, -1), cause)
    if isinstance(host, ServerHost):
        world.monitors.hearings.on_written(world, host, action.handle, record, action.octets)


def _transmit(world: World, connection: Connection, side: int, segment: Segment, cause: int) -> int:
    """Send a segment and return its record; what is lost is kept to be sent again."""
    way = connection.ways[side]
    host = world.hosts[connection.ends[side].host]
    order = CLEAR
    if world.message_faults:
        order = ordered(world, host, [way], "failover", segment.octets)
    found = passage(world, way, order)
    flow = connection.flows[side]
    at = max(world.now + world.network.latency(way) + found.delay, flow.not_before)
    if found.delay:
        flow.not_before = at
    target = connection.ends[1 - side].host
    record = _record_segment(world, connection, side, segment.octets, ((target, at),), cause)
    segment = segment._replace(first=record if segment.first < 0 else segment.first, sent=True)
    if found.lost_at:
        world.record(target, Kind.LOST, record, (record, found.why, found.lost_at))
        if found.why != WITHHELD:
            _stall(world, connection, side, segment)
        return record
    _push_segment(world, connection, side, segment, record, at)
    return record


def _push_segment(
    world: World, connection: Connection, side: int, segment: Segment, record: int, at: int
) -> None:
    way = connection.ways[side]
    target = connection.ends[1 - side].host
    link = world.network.links[way[0][0]].index if way else -1
    world.push(at, SEGMENT, target, (connection.number, side, segment, record, target), link)


def _stall(world: World, connection: Connection, side: int, segment: Segment) -> None:
    """Keep a segment until it is acknowledged; in its place among those that wait already."""
    flow = connection.flows[side]
    place = bisect_left(flow.waiting, segment.first, key=lambda found: found.first)
    if place < len(flow.waiting) and flow.waiting[place].first == segment.first:
        flow.waiting[place] = segment
    else:
        flow.waiting.insert(place, segment)
    if not flow.stalled:
        flow.stalled = True
        flow.timeout = RETRANSMIT_FIRST
        _arm_retransmission(world, connection, side)


def _arm_retransmission(world: World, connection: Connection, side: int) -> None:
    flow = connection.flows[side]
    at = flow.due = world.now + flow.timeout
    host = connection.ends[side].host
    world.push(at, RETRANSMIT, host, (connection.number, side))


def retransmit(world: World, number: int, side: int) -> None:
    """Send the oldest unacknowledged segment again; when it passes, all that waited follows."""
    connection = world.connections[number]
    flow = connection.flows[side]
    segment = flow.waiting[0]
    way = connection.ways[side]
    target = connection.ends[1 - side].host
    at = max(world.now + world.network.latency(way), flow.not_before)
    arrivals = ((target, at),)
    record = _record_segment(world, connection, side, segment.octets, arrivals, segment.first)
    cut = world.network.stopped_on(way)
    passes = not cut[0] and world.hosts[target].powered
    if passes:
        _push_segment(world, connection, side, segment, record, at)
    else:
        where, why = cut if cut[0] else (world.hosts[target].name, "off")
        world.record(target, Kind.LOST, record, (record, why, where))
    if not passes or world.network.cut_on(connection.ways[1 - side]):
        flow.timeout = min(flow.timeout * 2, RETRANSMIT_LONGEST)
        _arm_retransmission(world, connection, side)
        return
    rest = flow.waiting[1:]
    flow.waiting.clear()
    flow.stalled = False
    flow.due = 0
    for waiting in rest:
        if flow.stalled:  # one of them was lost again: what follows keeps waiting
            flow.waiting.append(waiting)
        else:
            _transmit(world, connection, side, waiting, waiting.first)


def segment_arrives(
    world: World, number: int, side: int, segment: Segment, record: int, target: int
) -> None:
    """A segment reaches the other end, or what is left of it."""
    found = _receiver(world, number, side, record, target)
    if found is None:
        connection = world.connections.get(number)
        if connection is not None and connection.ends[side].alive:
            _stall(world, connection, side, segment)
        return
    connection, host = found
    end, flow = connection.ends[1 - side], connection.flows[side]
    received = world.record(target, Kind.RECEIVE, record, (record,))
    if not end.alive:
        _send_sign(world, connection, 1 - side, b"RST", received)
        return
    if any(flow.got < waiting.first < segment.first for waiting in flow.waiting):
        # An earlier one is missing. The receiver keeps nothing out of order: both come again.
        _stall(world, connection, side, segment)
        return
    back = connection.ways[1 - side]
    if connection.ends[side].alive and world.network.cut_on(back):
        # It arrived, but its acknowledgement will not: the sender repeats it.
        _stall(world, connection, side, segment)
    if segment.first <= flow.got:
        return
    flow.got = segment.first
    assert isinstance(host, ServerHost)
    if host.failover is not None:
        world.monitors.hearings.on_heard(world, host, end.handle, received, segment.octets)
        actions = host.failover.on_data(host.clock(world.now), end.handle, segment.octets)
        world.carry_out(host, "failover", actions, received)


# -- closing


def close(world: World, host: Host, engine: str, action: CloseStream, cause: int) -> None:
    """Close a stream with FIN, or with RST."""
    number = world.handles.pop((host.index, action.handle), None)
    connection = world.connections.get(number) if number is not None else None
    if connection is None:
        return
    side = _side_of(connection, host, action.handle)
    end_side(world, connection, side, b"RST" if action.reset else b"FIN", cause)


def end_side(world: World, connection: Connection, side: int, sign: bytes, cause: int) -> None:
    """One end goes away and says so."""
    end = connection.ends[side]
    if not end.alive:
        return
    end.alive = False
    _give_up(world, connection, side)
    if connection.ends[1 - side].alive:
        _send_sign(world, connection, side, sign, cause)
    else:
        _forget(world, connection)


def vanish(world: World, host: int) -> None:
    """A host loses power: its ends are gone and nothing is said."""
    for connection in list(world.connections.values()):
        for side, end in enumerate(connection.ends):
            if end.host == host and end.alive:
                end.alive = False
                world.handles.pop((host, end.handle), None)
                _give_up(world, connection, side)
        if not any(end.alive for end in connection.ends):
            _forget(world, connection)


def reset_all(world: World, host: int, cause: int) -> None:
    """A process dies: the system resets its connections at once."""
    for connection in list(world.connections.values()):
        for side, end in enumerate(connection.ends):
            if end.host == host and end.alive:
                world.handles.pop((host, end.handle), None)
                end_side(world, connection, side, b"RST", cause)


def end_arrives(
    world: World, number: int, side: int, sign: bytes, record: int, target: int
) -> None:
    """A FIN or RST reaches the other end."""
    found = _receiver(world, number, side, record, target)
    if found is None:
        return
    received = world.record(target, Kind.RECEIVE, record, (record,))
    why = "closed by the partner" if sign == b"FIN" else "reset by the partner"
    _notify_end(world, found[0], 1 - side, why, received)


def _notify_end(world: World, connection: Connection, side: int, why: str, cause: int) -> None:
    """Tell an engine that its stream is over."""
    end = connection.ends[side]
    if end.alive:
        end.alive = False
        world.handles.pop((end.host, end.handle), None)
        _give_up(world, connection, side)
        _forget(world, connection)
        host = world.hosts[end.host]
        if isinstance(host, ServerHost) and host.failover is not None:
            now = host.clock(world.now)
            actions = host.failover.on_closed(now, end.handle, why)
            world.carry_out(host, "failover", actions, cause)


def _give_up(world: World, connection: Connection, side: int) -> None:
    """What still waits to be sent never will be; what was never sent at all is lost here."""
    flow, end = connection.flows[side], connection.ends[side]
    for waiting in flow.waiting:
        if not waiting.sent:
            data = (waiting.first, "closed", world.hosts[end.host].name)
            world.record(connection.ends[1 - side].host, Kind.LOST, waiting.first, data)
    flow.waiting.clear()
    flow.stalled = False


def _forget(world: World, connection: Connection) -> None:
    if not any(end.alive for end in connection.ends):
        world.connections.pop(connection.number, None)


# -- helpers


def _send_sign(world: World, connection: Connection, side: int, sign: bytes, cause: int) -> None:
    """Send a SYN, SYN-ACK, FIN or RST: no retransmission, a lost one is on record."""
    way = connection.ways[side]
    target = connection.ends[1 - side].host
    host = world.hosts[connection.ends[side].host]
    order = ordered(world, host, [way], "tcp", sign) if sign == b"SYN" and way else CLEAR
    found = passage(world, way, order) if way else Passage("", "no-route")
    at = world.now + world.network.latency(way) + found.delay
    if sign == b"FIN":
        at = max(at, connection.flows[side].not_before)  # it stands behind what was sent
    arrivals = ((target, at),) if target >= 0 else ()
    record = _record_segment(world, connection, side, sign, arrivals, cause, "tcp")
    if found.why:
        world.record(target, Kind.LOST, record, (record, found.why, found.lost_at))
        return
    link = world.network.links[way[0][0]].index
    refusal = sign == b"RST" and side == 1 and not connection.open
    greeting = refusal or sign in (b"SYN", b"SYN-ACK")
    args = (connection.number, side, sign, record, target)
    world.push(at, HANDSHAKE if greeting else STREAM_END, target, args, link)


def _receiver(
    world: World, number: int, side: int, record: int, target: int
) -> tuple[Connection, Host] | None:
    """Return who hears what arrives, or None when connection, way or host is dead by now."""
    connection = world.connections.get(number)
    host = world.hosts[target]
    if connection is None:
        world.record(target, Kind.LOST, record, (record, "closed", host.name))
        return None
    where, why = world.network.stopped_on(connection.ways[side])
    if where:
        world.record(target, Kind.LOST, record, (record, why, where))
        return None
    if not host.powered:
        world.record(target, Kind.LOST, record, (record, "off", host.name))
        return None
    return connection, host


def _side_of(connection: Connection, host: Host, handle: str) -> int:
    opener = connection.ends[0]
    return 0 if opener.host == host.index and opener.handle == handle else 1


def _record_segment(
    world: World,
    connection: Connection,
    side: int,
    octets: bytes,
    arrivals: tuple[tuple[int, int], ...],
    cause: int,
    protocol: str = "failover",
) -> int:
    own, other = connection.ends[side], connection.ends[1 - side]
    way = connection.ways[side]
    data = (
        protocol,
        way[0][0] if way else "",
        own.address,
        other.address,
        own.port,
        other.port,
        octets,
        arrivals,
        connection.number,
        world.hosts[own.host].hardware,
        world.hosts[other.host].hardware if other.host >= 0 else b"\0" * 6,
    )
    return world.record(own.host, Kind.SEND, cause, data)
