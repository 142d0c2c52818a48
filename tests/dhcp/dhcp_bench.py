"""A DHCP client and a DHCP server without a network: what goes in, what comes out, and when."""

from foviz.base.action import (
    BindingChanged,
    CancelTimer,
    Datagram,
    Note,
    Persist,
    SendDatagram,
    SetTimer,
)
from foviz.base.address import BROADCAST, ip_to_int
from foviz.base.kinds import Kind
from foviz.base.time import STORY_START, US
from foviz.dhcp.client import ClientConfig, DhcpClient
from foviz.dhcp.scope import Scope, ScopeConfig
from foviz.dhcp.server import DhcpServer
from foviz.lease.port import StandAlone
from foviz.lease.store import LeaseStore
from foviz.wire import dhcp as wire
from foviz.wire.dhcp import DhcpMessage, MessageType

SERVER, OTHER_SERVER, RELAY = (ip_to_int(text) for text in ("10.0.0.1", "10.0.0.2", "10.0.0.254"))
FIRST, LAST = ip_to_int("10.0.0.51"), ip_to_int("10.0.0.60")
FOREIGN = ip_to_int("192.168.1.5")
LEASE = 3600


def hardware(number):
    return b"\x02" + number.to_bytes(5)


def message(kind, number=1, *, op=wire.BOOTREQUEST, options=(), **fields):
    """A message of client *number*, or for it; an option's value may be a number of 4 octets."""
    octets = [(code, v.to_bytes(4) if isinstance(v, int) else v) for code, v in options]
    values = dict.fromkeys(("hops", "secs", "flags", "ciaddr", "yiaddr", "siaddr", "giaddr"), 0)
    values |= {"htype": 1, "hlen": 6, "xid": 77, "chaddr": hardware(number), "sname": b""}
    values |= {"file": b"", "options": ((53, bytes((kind,))), *octets)}
    return DhcpMessage(op=op, **(values | fields))


def notes(actions, kind=Kind.DECISION):
    return [action.data for action in actions if isinstance(action, Note) and action.kind is kind]


def rule(actions):
    """Outcome and rule of the only decision among the actions."""
    (data,) = notes(actions)
    return data[0], data[1]


class ClientBench:
    """One client; times are seconds since it was switched on."""

    def __init__(self, **config):
        self.config = ClientConfig("C1", hardware(1), seed=1, **config)
        self.disk = {}
        self.now = STORY_START
        self.boot()

    def boot(self):
        self.client = DhcpClient(self.config, self.disk)
        self.on = self.now
        self.timers, self.sent, self.actions = {}, [], []
        self.do(self.client.start(self.now))
        return self

    def do(self, actions):
        self.actions.extend(actions)
        for action in actions:
            if isinstance(action, SetTimer):
                self.timers[action.name] = self.now + action.after
            elif isinstance(action, CancelTimer):
                self.timers.pop(action.name, None)
            elif isinstance(action, Persist):
                self.disk[action.key] = action.value
            elif isinstance(action, SendDatagram):
                self.sent.append((self.time, wire.decode(action.octets), action.destination))
        return actions

    @property
    def time(self):
        return (self.now - self.on) / US

    @property
    def state(self):
        return self.client.state.value

    def run_to(self, seconds):
        end = self.on + round(seconds * US)
        while self.timers and min(self.timers.values()) <= end:
            at, name = min((at, name) for name, at in self.timers.items())
            self.now = at
            del self.timers[name]
            self.do(self.client.on_timer(at, name))
        self.now = end
        return self

    def hear(self, kind, server=SERVER, address=FIRST, lease_s=LEASE, **changes):
        """Hear a server's answer to the present exchange."""
        more = changes.pop("options", ())
        options = ((54, server), (51, lease_s), *more) if lease_s else ((54, server), *more)
        fields = {"xid": self.client.xid, "yiaddr": address, **changes}
        answer = message(kind, op=wire.BOOTREPLY, options=options, **fields)
        octets = wire.encode(answer)
        datagram = Datagram(server, address, 67, 68, octets, 0)
        return self.do(self.client.on_datagram(self.now, datagram))

    def bind(self, **lease):
        """Come to BOUND: DISCOVER at 4 s, REQUEST sent at 4 s, BOUND at 5 s."""
        self.run_to(4)
        self.hear(MessageType.OFFER, **lease)
        self.hear(MessageType.ACK, **lease)
        self.run_to(5)
        assert self.state == "BOUND"
        self.sent.clear()
        return self

    def kinds(self):
        return [(at, MessageType(sent.message_type).name) for at, sent, _ in self.sent]

    def times(self):
        return [at for at, _, _ in self.sent]


class Port(StandAlone):
    """A port whose answers a test sets; it stands for the failover endpoint."""

    def __init__(self, **answers):
        self.answers = answers

    def may_answer(self, now, query, store):
        self.query = query
        return self.answers.get("may_answer") or super().may_answer(now, query, store)

    def allocatable(self, now, store):
        sets = self.answers.get("allocatable")
        return sets(store) if sets else super().allocatable(now, store)

    def may_reuse(self, now, binding, store):
        return self.answers.get("may_reuse", super().may_reuse(now, binding, store))

    def grant(self, now, binding, desired_s):
        return self.answers.get("grant") or super().grant(now, binding, desired_s)

    def may_adopt(self, now, binding):
        return self.answers.get("may_adopt", False)

    def may_end(self):
        return self.answers.get("may_end", True)

    def ended(self, now, binding, status):
        return status if self.partnered else super().ended(now, binding, status)

    @property
    def partnered(self):
        return self.answers.get("partnered", False)


class ServerBench:
    """One server with one scope of ten addresses."""

    def __init__(self, port=None, reservations=(), **scope):
        config = ScopeConfig(
            "LAN", ip_to_int("10.0.0.0"), 24, FIRST, LAST, LEASE, reservations=reservations
        )._replace(**scope)
        self.now = STORY_START
        self.store = LeaseStore("LAN", FIRST, LAST)
        self.scope = Scope(config, self.store, port or StandAlone())
        self.server = DhcpServer("DHCP1", {"LAN": self.scope})

    def tell(self, kind, number=1, *, to=BROADCAST, options=(), **fields):
        """Hand a client's message over; return the actions."""
        octets = wire.encode(message(kind, number, options=options, **fields))
        return self.server.on_datagram(self.now, Datagram(0, to, 68, 67, octets, SERVER))

    def discover(self, number=1, **fields):
        return self.tell(MessageType.DISCOVER, number, **fields)

    def request(self, number=1, address=FIRST, server=SERVER, **fields):
        """The REQUEST of SELECTING."""
        options = ((50, address), (54, server))
        return self.tell(MessageType.REQUEST, number, options=options, **fields)

    def reboot(self, number=1, address=FIRST, **fields):
        return self.tell(MessageType.REQUEST, number, options=((50, address),), **fields)

    def renew(self, number=1, address=FIRST, to=SERVER, **fields):
        return self.tell(MessageType.REQUEST, number, to=to, ciaddr=address, **fields)

    def lease(self, number=1):
        """Four messages; return the address."""
        (offer,) = replies(self.discover(number))
        (ack,) = replies(self.request(number, offer.yiaddr))
        assert ack.message_type == MessageType.ACK
        return ack.yiaddr


def datagrams(actions):
    return [action for action in actions if isinstance(action, SendDatagram)]


def replies(actions):
    return [wire.decode(action.octets) for action in datagrams(actions)]


def reply(actions):
    """The name of the only answer's kind and the address in it, or None."""
    found = replies(actions)
    assert len(found) <= 1
    return (MessageType(found[0].message_type).name, found[0].yiaddr) if found else None


def changes(actions):
    return [action for action in actions if isinstance(action, BindingChanged)]
