"""One failover process on the bench: a test is its partner and its clock, octet by octet."""

import marshal

from foviz.base.action import CancelTimer, CloseStream, Note, OpenStream, SendStream, SetTimer
from foviz.base.address import ip_to_int
from foviz.base.kinds import KEYS, Kind
from foviz.base.time import STORY_START, US
from foviz.failover.endpoint import Durable, Endpoint
from foviz.failover.process import FailoverProcess
from foviz.failover.profile import profile_named, with_switch
from foviz.failover.relationship import Mode, Relationship, Role
from foviz.lease.store import LeaseStore
from foviz.wire import dialect
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverMessage, FailoverOption, FailoverType, ServerState

T = STORY_START
T_S = T // US
FIRST = ip_to_int("10.0.0.51")
LAST = ip_to_int("10.0.0.70")
OWN, PARTNER, NOBODY = (ip_to_int(f"192.168.99.{n}") for n in (1, 2, 9))
BUCKETS = bytes(16) + b"\xff" * 16


def profile_with(name="microsoft", **switches):
    profile = profile_named(name)
    for switch, value in switches.items():
        profile = with_switch(profile, switch, value)
    return profile


def endpoint_of(profile, *, primary=True, durable=None, name="rel", store=None, **settings):
    role = Role.PRIMARY if primary else Role.SECONDARY
    mode = settings.pop("mode", Mode.HOT_STANDBY)
    side = Relationship(
        *(name, mode, role, "DHCP1", OWN, "DHCP2", PARTNER), scopes=("LAN",), **settings
    )
    stores = {"LAN": store or LeaseStore("LAN", FIRST, LAST)}
    networks = {"LAN": (ip_to_int("10.0.0.0"), 24)}
    return Endpoint(side, profile, stores, durable, networks=networks)


def in_state(endpoint, state, since=T, **more):
    """Put an endpoint into a state as if it had come there."""
    endpoint.state = state
    endpoint.durable = endpoint.durable._replace(state=state, since=since, **more)
    return endpoint


class Bench:
    """A process with one relationship; ``actions`` is what it wanted last."""

    def __init__(self, profile, *, primary=True, stored=ServerState.NORMAL, **settings):
        durable = Durable(stored, T, last_operation=T) if stored else None
        self.endpoint = endpoint_of(profile, primary=primary, durable=durable, **settings)
        self.process = FailoverProcess({self.endpoint.name: self.endpoint})
        self.now = T
        self.timers = {}
        self.actions = []
        self.do(self.process.start(self.now))

    @property
    def profile(self):
        return self.endpoint.profile

    @property
    def secret(self):
        return self.endpoint.relationship.secret

    def do(self, actions):
        self.actions = actions
        for action in actions:
            if isinstance(action, SetTimer):
                self.timers[action.name] = self.now + action.after
            elif isinstance(action, Note):
                marshal.dumps(action.data, 2)  # what a trace can't keep is no record
            elif isinstance(action, CancelTimer):
                self.timers.pop(action.name, None)
        return actions

    # -- what happens to it

    def wait(self, seconds):
        """Let time pass; whatever timer is due fires at its moment."""
        end = self.now + int(seconds * US)
        fired = []
        while self.timers:
            name = min(self.timers, key=lambda timer: (self.timers[timer], timer))
            if self.timers[name] > end:
                break
            self.now = max(self.now, self.timers.pop(name))
            fired.append(name.partition("/")[2])
            self.do(self.process.on_timer(self.now, name))
        self.now = end
        return fired

    def accepted(self, handle="in1", remote=PARTNER):
        return self.do(self.process.on_accepted(self.now, handle, remote))

    def opened(self):
        return self.do(self.process.on_opened(self.now, self.endpoint.opening))

    def closed(self, handle, why="closed by the partner"):
        return self.do(self.process.on_closed(self.now, handle, why))

    def feed(self, octets, handle=""):
        return self.do(self.process.on_data(self.now, handle or self.endpoint.connection, octets))

    def say(self, kind, options=(), xid=1, handle="", skew=0, sign=None):
        """Let the partner say something, signed as it should be unless told otherwise."""
        from foviz.failover import digest

        message = FailoverMessage(kind, self.now // US + skew, xid, tuple(options))
        named = self.profile.wire_dialect
        secret = self.secret if sign is None else sign
        if secret:
            kind_of_digest = digest.TYPE_OF_DIALECT[named]
            octets = digest.seal(
                message, secret, kind_of_digest, lambda plain: dialect.encode(plain, named)
            )
        else:
            octets = dialect.encode(message, named)
        return self.feed(octets, handle)

    # -- longer ways

    def greet(self, handle="in1", xid=1, **changed):
        """The primary's CONNECT on a connection that it opened."""
        more = {key: changed.pop(key) for key in ("skew", "sign") if key in changed}
        self.accepted(handle)
        return self.say(FailoverType.CONNECT, connect_options(**changed), xid, handle, **more)

    def connect(self):
        """Contact: the partner is in NORMAL."""
        if self.endpoint.is_primary:
            self.opened()
            self.say(FailoverType.CONNECTACK, ack_options(), self.last("CONNECT").xid)
        else:
            self.greet()
        return self.say(FailoverType.STATE, state_options(ServerState.NORMAL), 2)

    # -- what it wanted

    def sent(self, name="", handle=""):
        """The messages in the last actions, as the engines have them."""
        found = [
            dialect.decode(action.octets, self.profile.wire_dialect)
            for action in self.actions
            if isinstance(action, SendStream) and handle in ("", action.handle)
        ]
        return [message for message in found if name in ("", wire.type_text(message.type))]

    def last(self, name):
        return self.sent(name)[-1]

    def names(self):
        return [wire.type_text(message.type) for message in self.sent()]

    def shut(self):
        return [action.handle for action in self.actions if isinstance(action, CloseStream)]

    def dialled(self):
        return [action for action in self.actions if isinstance(action, OpenStream)]

    def rules(self):
        return [note["rule"] for note in self.notes(Kind.DECISION)]

    def facts(self, rule):
        found = [note for note in self.notes(Kind.DECISION) if note["rule"] == rule]
        return facts_of(found[-1]["facts"])

    def notes(self, kind):
        keys = [key.name for key in KEYS[kind]]
        return [
            dict(zip(keys, action.data, strict=True))
            for action in self.actions
            if isinstance(action, Note) and action.kind is kind
        ]

    def due(self, timer):
        """Seconds until a timer of the relationship fires, or None."""
        at = self.timers.get(f"{self.endpoint.name}/{timer}")
        return None if at is None else (at - self.now) / US


def facts_of(facts):
    return {name: value for name, value, _ in facts}


def connect_options(name="rel", without=(), **changed):
    """CONNECT as a primary sends it; ``without`` names options to leave out."""
    values = {
        "relationship_name": name.encode(),
        "max_unacked_bndupd": (10).to_bytes(4),
        "receive_timer": (60).to_bytes(4),
        "vendor_class_identifier": b"test",
        "protocol_version": b"\x01",
        "tls_request": b"\x00",
        "mclt": (3600).to_bytes(4),
        "hash_bucket_assignment": BUCKETS,
    } | changed
    return [
        (FailoverOption[key.upper()], data) for key, data in values.items() if key not in without
    ]


def ack_options(name="rel", **changed):
    values = {
        "relationship_name": name.encode(),
        "max_unacked_bndupd": (10).to_bytes(4),
        "receive_timer": (60).to_bytes(4),
        "vendor_class_identifier": b"test",
        "protocol_version": b"\x01",
        "tls_reply": b"\x00",
    } | changed
    return [(FailoverOption[key.upper()], data) for key, data in values.items()]


def state_options(state, since=T_S, flags=0):
    return [
        wire.u8(FailoverOption.SERVER_STATE, state),
        wire.u8(FailoverOption.SERVER_FLAGS, flags),
        wire.u32(FailoverOption.START_TIME_OF_STATE, since),
    ]
