"""One real endpoint on a bench: messages of a partner go in as octets, deeds come out."""

from foviz.base.action import ExitProcess, Note, Persist, SendStream, SetTimer
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.endpoint import Durable, Endpoint
from foviz.failover.profile import profile_named, with_switch
from foviz.failover.relationship import Mode, Relationship, Role
from foviz.failover.states import STATES
from foviz.lease.store import LeaseStore
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverMessage, FailoverOption, FailoverType, ServerState
from foviz.wire.framing import Framer

NOW = 1_704_099_600 * US
"""Monday 2024-01-01 09:00."""
HOUR = 3600 * US
MCLT = HOUR

BY_LETTERS = {spec.letters: state for state, spec in STATES.items()}


def relationship(primary=True, switchover_s=0):
    return Relationship(
        name="r",
        mode=Mode.HOT_STANDBY,
        role=Role.PRIMARY if primary else Role.SECONDARY,
        own_name="own",
        own_address=1,
        partner_name="partner",
        partner_address=2,
        mclt_s=MCLT // US,
        switchover_s=switchover_s,
        scopes=("LAN",),
    )


class Bench:
    """An endpoint, the moment, and all that it ever wanted done."""

    def __init__(self, profile="draft", stored=None, primary=True, switches=(), **options):
        self.profile = profile_named(profile)
        for name, value in switches:
            self.profile = with_switch(self.profile, name, value)
        self.primary = primary
        self.switchover_s = options.pop("switchover_s", 0)
        self.stores = {"LAN": LeaseStore("LAN", 0x0A000033, 0x0A000046)}
        self.now = NOW
        self.done = []
        self.disk = stored
        self.restart(**options)

    def restart(self, **options):
        """Start from the disk, as after a crash."""
        sides = relationship(self.primary, self.switchover_s)
        self.endpoint = Endpoint(sides, self.profile, self.stores, self.disk, **options)
        self.xid = 0
        self.do(self.endpoint.start(self.now))
        return self

    def do(self, actions):
        for action in actions:
            if isinstance(action, Persist) and action.table == "failover":
                self.disk = action.value
        self.done.extend(actions)
        return actions

    # -- what the partner does

    def connect(self, state=None, **values):
        """Set the connection and its greeting up, and hear the partner's first STATE."""
        endpoint = self.endpoint
        endpoint.connection, endpoint.opening = "c", ""
        endpoint.greeted = True
        endpoint.framer = Framer()
        endpoint.next_xid = 0
        return self.hears(state, **values) if state is not None else []

    def message(self, kind, *options, xid=None):
        self.xid += 1
        message = FailoverMessage(kind, self.now // US, xid or self.xid, options)
        return self.do(self.endpoint.on_data(self.now, wire.encode(message)))

    def hears(self, state, starting=False, since=None):
        """The partner's STATE message arrives."""
        since = self.now if since is None else since
        return self.message(
            FailoverType.STATE,
            wire.u8(FailoverOption.SERVER_STATE, state),
            wire.u8(FailoverOption.SERVER_FLAGS, int(starting)),
            wire.u32(FailoverOption.START_TIME_OF_STATE, since // US),
        )

    def update_done(self):
        """The partner answers the update request that is out."""
        assert self.endpoint.asked, "nothing was asked"
        return self.message(FailoverType.UPDDONE, xid=self.endpoint.asked)

    def loses_contact(self):
        return self.do(self.endpoint.on_closed(self.now, "c", "reset"))

    # -- time and the operator

    def later(self, us):
        self.now += us
        return self

    def timer(self, name):
        return self.do(self.endpoint.on_timer(self.now, name))

    def command(self, word):
        return self.do(self.endpoint.on_command(self.now, word))

    @property
    def state(self):
        return STATES[self.endpoint.state].letters


def put(profile, letters, *, primary=True, partner=None, switches=()):
    """An endpoint in a state, in contact if *partner* is given: the partner's state so far."""
    bench = Bench(profile, primary=primary, switches=switches)
    state = BY_LETTERS[letters]
    endpoint = bench.endpoint
    endpoint.state = state
    endpoint.durable = Durable(
        state, NOW - 10 * HOUR, int(partner or 0), NOW - 10 * HOUR, NOW, failed_at=0
    )
    bench.disk = endpoint.durable
    endpoint.went_down, endpoint.met_since_start = NOW, True
    bench.connect()
    endpoint.contact = partner is not None
    bench.done.clear()
    return bench


# -- what came out


def path(actions):
    """The letters of the states that were entered."""
    return [
        STATES[ServerState(action.data[2])].letters
        for action in actions
        if isinstance(action, Note) and action.kind is Kind.STATE
    ]


def sent(actions, kind=None):
    """The messages sent, or those of a kind."""
    found = [wire.decode(action.octets) for action in actions if isinstance(action, SendStream)]
    return [each for each in found if kind in (None, each.type)]


def requests(actions):
    kinds = (FailoverType.UPDREQ, FailoverType.UPDREQALL)
    return [FailoverType(each.type).name for each in sent(actions) if each.type in kinds]


def announced(actions):
    """The letters of the states in the STATE messages sent."""
    return [
        STATES[ServerState(each.u8(FailoverOption.SERVER_STATE))].letters
        for each in sent(actions, FailoverType.STATE)
    ]


def timers(actions):
    """How long each timer was set for."""
    return {action.name: action.after for action in actions if isinstance(action, SetTimer)}


def exits(actions):
    return [action.why for action in actions if isinstance(action, ExitProcess)]
