"""Two servers of a pair joined by a wire in memory, and clients that are bare messages.

The servers are the hosts of the laboratory without its network: engines, a disk, timers.
Times are seconds since the pair was made; a message takes a millisecond; octets sent while
the wire is cut arrive, in order, when it is mended.
"""

import heapq
from itertools import count
from typing import NamedTuple

from foviz.base.action import (
    BindingChanged,
    CancelTimer,
    CloseStream,
    Datagram,
    Note,
    OpenStream,
    Persist,
    SendDatagram,
    SendStream,
    SetTimer,
)
from foviz.base.address import BROADCAST, ip_to_int
from foviz.base.kinds import PLACES, Kind
from foviz.base.time import STORY_START, US
from foviz.dhcp.scope import ScopeConfig
from foviz.failover.profile import MICROSOFT
from foviz.failover.relationship import Mode, Relationship, Role
from foviz.lease.binding import AVAILABLE, FREE
from foviz.sim.host import ServerHost
from foviz.wire import dhcp, failover
from foviz.wire.dhcp import DhcpMessage, MessageType
from foviz.wire.failover import FailoverMessage, FailoverOption, FailoverType, u8, u32

FIRST = ip_to_int("10.0.0.51")
HOUR = 3600
OPTION = FailoverOption
INTERRUPTED = "COMMUNICATION_INTERRUPTED"
LATENCY = US // 1000
UPDATE_DELAY = US // 500
"""How long after the ACK the partner is told, as in the laboratory."""
SYN_GIVEN_UP = 21 * US
SERVERS = {"A": ip_to_int("10.0.0.1"), "B": ip_to_int("10.0.0.2")}
REMOTE = {"A": ip_to_int("192.168.99.1"), "B": ip_to_int("192.168.99.2")}
OTHER = {"A": "B", "B": "A"}


class Sent(NamedTuple):
    """A failover message as it left its sender."""

    at: float
    sender: str
    name: str
    message: FailoverMessage


class End:
    """One end of a stream."""

    def __init__(self, owner, handle):
        self.owner, self.handle, self.peer, self.open = owner, handle, None, True


def hardware(number):
    return b"\x02" + number.to_bytes(5)


def client_of(number):
    return b"\x01" + hardware(number)


def question(kind, number, ciaddr=0, options=()):
    """A message of client *number*."""
    octets = [(code, value.to_bytes(4)) for code, value in options]
    return DhcpMessage(
        *(1, 1, 6, 0, 77, 0, 0, ciaddr, 0, 0, 0, hardware(number), b"", b""),
        ((53, bytes((kind,))), (61, client_of(number)), *octets),
    )


class Pair:
    """A is the primary (the active server in hot standby), B the secondary."""

    def __init__(
        self,
        mode=Mode.HOT_STANDBY,
        addresses=20,
        lease_s=8 * HOUR,
        profile=MICROSOFT,
        start=True,
        reservations=None,
        **settings,
    ):
        self.now = self.began = STORY_START
        self.queue, self.order = [], count()
        self.linked, self.stalled = True, []
        self.ends, self.dialing = {}, {}
        self.sent, self.notes, self.deeds = [], [], []
        self.hosts = {}
        config = ScopeConfig(
            "LAN", ip_to_int("10.0.0.0"), 24, FIRST, FIRST + addresses - 1, lease_s
        )
        for index, (name, role) in enumerate((("A", Role.PRIMARY), ("B", Role.SECONDARY))):
            partner = OTHER[name]
            side = Relationship(
                *("pair", mode, role, name, REMOTE[name], partner, REMOTE[partner]),
                scopes=("LAN",),
                **settings,
            )
            pairs = tuple((hardware(n), a) for n, a in (reservations or {}).get(name, ()))
            scopes = {"LAN": config._replace(reservations=pairs)}
            args = (hardware(250 + index), profile, scopes, {"pair": side})
            self.hosts[name] = ServerHost(index, name, *args)
        if start:
            self.boot("A")
            self.boot("B")
            self.run(5)
            assert self.states() == ("NORMAL", "NORMAL")

    # -- looking

    @property
    def time(self):
        return (self.now - self.began) / US

    def endpoint(self, name):
        return self.hosts[name].failover.endpoints["pair"]

    def state(self, name):
        return self.endpoint(name).state.name

    def states(self):
        return self.state("A"), self.state("B")

    def store(self, name):
        return self.hosts[name].server.scopes["LAN"].store

    def binding(self, name, address=FIRST):
        return self.store(name).get(address)

    def since_began(self, moment):
        return (moment - self.began) / US

    def messages(self, *names, sender="", since=-1.0):
        """The failover messages of these names, in the order in which they were sent."""
        return [
            sent
            for sent in self.sent
            if sent.name in names and sender in ("", sent.sender) and sent.at > since
        ]

    def names(self, since=-1.0):
        return [(sent.sender, sent.name) for sent in self.sent if sent.at > since]

    def story(self, name, since=-1.0):
        """The states that a server entered."""
        place = PLACES[Kind.STATE]["new"]
        return [
            failover.ServerState(note.data[place]).name
            for at, host, note in self.notes
            if host == name and note.kind is Kind.STATE and at > since
        ]

    def bindings(self, name):
        """What a server knows of each address, as far as both have to agree on it."""
        return {
            binding.address: (binding.status.name, binding.client, binding.expires // US)
            if binding.status not in AVAILABLE
            else binding.status.name
            for binding in self.store(name).touched()
            if binding.status is not FREE
        }

    # -- servers

    def boot(self, name):
        host = self.hosts[name]
        host.running = True
        for engine, actions in host.boot(self.clock(name)):
            self.do(name, engine, actions)

    def crash(self, name):
        """The host dies; nobody is told."""
        for book in (self.ends, self.dialing):
            for key in [key for key in book if key[0] == name]:
                book.pop(key).open = False
        self.hosts[name].running = False
        self.hosts[name].forget()

    def stop(self, name):
        """The service ends in order."""
        for engine, actions in self.hosts[name].stop(self.clock(name)):
            self.do(name, engine, actions)
        self.crash(name)

    def command(self, name, command):
        process = self.hosts[name].failover
        self.do(name, "failover", process.on_command(self.clock(name), "pair", command))

    def clock(self, name):
        return self.hosts[name].clock(self.now)

    def fire(self, name, timer):
        host = self.hosts[name]
        host.timers.pop(timer, None)
        self.do(name, *host.on_timer(self.clock(name), timer))

    def hear(self, name, kind, options=(), xid=999, time=None):
        """Let a server hear a message on its connection; return what it sends at once."""
        before = len(self.sent)
        seconds = self.clock(name) // US if time is None else time
        octets = failover.encode(FailoverMessage(kind, seconds, xid, tuple(options)))
        handle = self.endpoint(name).connection
        process = self.hosts[name].failover
        self.do(name, "failover", process.on_data(self.clock(name), handle, octets))
        return self.sent[before:]

    # -- time

    def run(self, seconds):
        end = self.now + round(seconds * US)
        while self._step(end):
            pass
        self.now = end

    def run_to(self, seconds):
        self.run(seconds - self.time)

    def _step(self, end):
        timers = [
            (at, name, timer)
            for name, host in self.hosts.items()
            for timer, at in host.timers.items()
        ]
        due = min(timers, default=(end + 1, "", ""))
        if self.queue and self.queue[0][0] <= min(due[0], end):
            self.now, _, call, args = heapq.heappop(self.queue)
            call(*args)
            return True
        if due[0] > end:
            return False
        self.now = due[0]
        self.fire(*due[1:])
        return True

    def later(self, after, call, *args):
        heapq.heappush(self.queue, (self.now + after, next(self.order), call, args))

    # -- what engines want done

    def do(self, name, engine, actions):
        host = self.hosts[name]
        self.deeds.extend((name, action) for action in actions)
        for action in actions:
            match action:
                case Note():
                    self.notes.append((self.time, name, action))
                case Persist():
                    host.persist(action.table, action.key, action.value)
                case SetTimer():
                    host.timers[f"{engine}:{action.name}"] = self.now + max(0, action.after)
                case CancelTimer():
                    host.timers.pop(f"{engine}:{action.name}", None)
                case BindingChanged():
                    self.later(UPDATE_DELAY, self._tell, name, action)
                case OpenStream() | SendStream() | CloseStream():
                    self._stream(name, action)
        if engine == "failover" and host.server is not None:
            self.do(name, "dhcp", host.server.watch_endings(self.clock(name)))
        return [dhcp.decode(a.octets) for a in actions if isinstance(a, SendDatagram)]

    def _tell(self, name, change):
        process = self.hosts[name].failover
        if process is not None:
            actions = process.on_binding(self.clock(name), change.scope, change.address)
            self.do(name, "failover", actions)

    # -- the wire

    def cut(self):
        self.linked = False

    def mend(self):
        self.linked = True
        stalled, self.stalled = self.stalled, []
        for call, args in stalled:
            self.later(LATENCY, call, *args)

    def _stream(self, name, action):
        key = name, action.handle
        if isinstance(action, OpenStream):
            end = self.dialing[key] = End(*key)
            if self.linked:
                self.later(LATENCY, self._dial, end)
            else:
                self.later(SYN_GIVEN_UP, self._fail, end)
        elif isinstance(action, SendStream):
            message = failover.decode(action.octets)
            kind = FailoverType(message.type).name
            self.sent.append(Sent(self.time, name, kind, message))
            if key in self.ends:
                self.later(LATENCY, self._arrive, self.ends[key].peer, action.octets)
        else:
            self.dialing.pop(key, None)
            if key in self.ends:
                end = self.ends.pop(key)
                end.open = False
                self.later(LATENCY, self._end, end.peer, "reset" if action.reset else "closed")

    def _dial(self, end):
        name, handle = end.owner, end.handle
        if not self.linked or self.hosts[OTHER[name]].failover is None:
            self._fail(end)
        elif self.dialing.get((name, handle)) is end:
            del self.dialing[name, handle]
            called = End(OTHER[name], f"<{next(self.order)}")
            end.peer, called.peer = called, end
            self.ends[name, handle] = end
            self.ends[called.owner, called.handle] = called
            self.later(LATENCY, self._accept, called)
            process = self.hosts[name].failover
            self.do(name, "failover", process.on_opened(self.clock(name), handle))

    def _fail(self, end):
        name, handle = end.owner, end.handle
        if self.dialing.get((name, handle)) is end:
            del self.dialing[name, handle]
            process = self.hosts[name].failover
            self.do(name, "failover", process.on_closed(self.clock(name), handle, "refused"))

    def _accept(self, end):
        if end.open:
            process = self.hosts[end.owner].failover
            remote = REMOTE[end.peer.owner]
            actions = process.on_accepted(self.clock(end.owner), end.handle, remote)
            self.do(end.owner, "failover", actions)

    def _arrive(self, end, octets):
        if not self.linked:
            self.stalled.append((self._arrive, (end, octets)))
        elif end.open:
            process = self.hosts[end.owner].failover
            actions = process.on_data(self.clock(end.owner), end.handle, octets)
            self.do(end.owner, "failover", actions)
        elif self.hosts[end.owner].running:
            self.later(LATENCY, self._end, end.peer, "reset")

    def _end(self, end, why):
        if not self.linked:
            self.stalled.append((self._end, (end, why)))
        elif end.open:
            end.open = False
            self.ends.pop((end.owner, end.handle), None)
            process = self.hosts[end.owner].failover
            actions = process.on_closed(self.clock(end.owner), end.handle, why)
            self.do(end.owner, "failover", actions)

    # -- clients

    def ask(self, name, kind, number, *, ciaddr=0, options=(), to=BROADCAST):
        """Let a server hear a client's message; return its answer, or None."""
        host = self.hosts[name]
        if host.server is None:
            return None
        octets = dhcp.encode(question(kind, number, ciaddr, options))
        datagram = Datagram(ciaddr, to, 68, 67, octets, SERVERS[name])
        answers = self.do(name, *host.on_datagram(self.clock(name), datagram))
        return answers[0] if answers else None

    def discover(self, name, number):
        return self.ask(name, MessageType.DISCOVER, number)

    def request(self, name, number, address):
        options = ((50, address), (54, SERVERS[name]))
        return self.ask(name, MessageType.REQUEST, number, options=options)

    def lease(self, name, number=1):
        """DISCOVER to ACK at one server; return the ACK, or None without an offer."""
        offer = self.discover(name, number)
        return offer and self.request(name, number, offer.yiaddr)

    def renew(self, name, number=1, address=FIRST):
        return self.ask(name, MessageType.REQUEST, number, ciaddr=address, to=SERVERS[name])

    def rebind(self, name, number=1, address=FIRST):
        return self.ask(name, MessageType.REQUEST, number, ciaddr=address)

    def release(self, name, number=1, address=FIRST):
        return self.ask(name, MessageType.RELEASE, number, ciaddr=address, to=SERVERS[name])

    def why(self, name):
        """The rule of the server's last decision about a client's message."""
        return next(
            note.data[1]
            for _, host, note in reversed(self.notes)
            if host == name and note.kind is Kind.DECISION
        )


# -- what tests say about messages


def options_of(sent):
    return dict(sent.message.options)


def update(address, status, number=0, **seconds):
    """The options of a BNDUPD; times are µs."""
    options = [u32(OPTION.ASSIGNED_IP_ADDRESS, address), u8(OPTION.BINDING_STATUS, status)]
    if number:
        options.append((OPTION.CLIENT_HARDWARE_ADDRESS, b"\x01" + hardware(number)))
    codes = {
        "expires": OPTION.LEASE_EXPIRATION_TIME,
        "pet": OPTION.POTENTIAL_EXPIRATION_TIME,
        "start": OPTION.START_TIME_OF_STATE,
        "cltt": OPTION.CLIENT_LAST_TRANSACTION_TIME,
    }
    options.extend(u32(codes[key], moment // US) for key, moment in seconds.items())
    return options


def answers(sent):
    """(address, reject reason) of each transaction of the only BNDACK."""
    (ack,) = [found for found in sent if found.name == "BNDACK"]
    found = []
    for options in ack.message.transactions():
        fields = dict(options)
        address = int.from_bytes(fields[OPTION.ASSIGNED_IP_ADDRESS])
        found.append((address, fields.get(OPTION.REJECT_REASON, b"\0")[0]))
    return found


def parted(**settings):
    """A pair whose wire was cut; both noticed."""
    pair = Pair(**settings)
    pair.cut()
    pair.run(400)
    assert pair.states() == (INTERRUPTED, INTERRUPTED)
    return pair


def meet(pair):
    """Mend the wire; return the moment and when both were in contact again."""
    since = pair.time
    pair.mend()
    pair.run(61)
    assert pair.states() == ("NORMAL", "NORMAL")
    return since
