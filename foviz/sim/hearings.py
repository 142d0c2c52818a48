"""What servers make of messages, for the monitors: answers, silence, updates and their ends.

A client's message is *heard* from its arrival until the server is done with it: what is
written, kept or sent in between is what became of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.time import US, whole_seconds
from foviz.failover.service import SILENT_IN_SOME
from foviz.failover.startup import FAILED_STATE
from foviz.failover.states import (
    NORMAL,
    POTENTIAL_CONFLICT,
    RECOVER,
    RECOVER_DONE,
    RECOVER_WAIT,
    STARTUP,
    STATES,
    Service,
)
from foviz.failover.table import OPERATOR_STATES
from foviz.sim.host import ServerHost
from foviz.wire.dhcp import BOOTREQUEST, MESSAGE_TYPE, OPTIONS_START, MessageType
from foviz.wire.failover import STARTUP_FLAG, FailoverOption, FailoverType, state_text

if TYPE_CHECKING:
    from foviz.base.action import Fact, Note
    from foviz.failover.endpoint import Endpoint
    from foviz.lease.store import LeaseStore, Mask
    from foviz.sim.world import World

NEVER_ANSWER: Final = (STARTUP, RECOVER, RECOVER_WAIT, POTENTIAL_CONFLICT, *OPERATOR_STATES)
MOST_DISCOVERS: Final = 64
"""How many broadcasts are remembered that only one of the servers has heard yet."""
NOTHING_TO_GIVE: Final = ("no-own-address", "reserved-elsewhere", "no-scope")
"""Rules by which the server whose client it is leaves it unanswered."""

_WATCHED: Final = (
    FailoverType.BNDUPD,
    FailoverType.BNDACK,
    FailoverType.UPDREQ,
    FailoverType.UPDREQALL,
    FailoverType.UPDDONE,
    FailoverType.STATE,
)
_ADDRESS: Final = FailoverOption.ASSIGNED_IP_ADDRESS


class Hearing(NamedTuple):
    """A client's message in a server: which one, whose scope, and what was there before."""

    host: int
    record: int
    kind: int
    key: tuple[bytes, bytes, bytes]
    extends: bool
    address: int
    offers: Mask


class Answer(NamedTuple):
    """What a server in NORMAL did with a DISCOVER."""

    answered: bool
    rule: str
    record: int


class Hearings:
    """What is remembered of messages."""

    def __init__(self) -> None:
        self._now: Hearing | None = None
        self._verdict: Answer | None = None
        self._discovers: dict[tuple[bytes, bytes, bytes], dict[int, Answer]] = {}
        self._unacked: dict[tuple[int, str], tuple[int, int]] = {}
        self._requests: dict[tuple[int, str], tuple[bytes, int, dict[str, Mask]]] = {}

    # -- clients' messages

    def begin(
        self, world: World, host: ServerHost, record: int, octets: bytes, interface: int
    ) -> None:
        """A client's message reaches a server by an interface; nonsense is no concern."""
        self._now = self._verdict = None
        if not world.monitors.enabled or len(octets) < OPTIONS_START or octets[0] != BOOTREQUEST:
            return
        kind = _message_type(octets)
        ciaddr = int.from_bytes(octets[12:16], "big")
        giaddr = int.from_bytes(octets[24:28], "big")
        self._now = Hearing(
            host.index,
            record,
            kind,
            (octets[28:44], octets[4:8], octets[8:10]),
            kind == MessageType.REQUEST and bool(ciaddr),
            giaddr or ciaddr or interface,
            _offers(host),
        )

    def end(self, world: World, host: ServerHost) -> None:
        """The server is done with it."""
        heard, verdict = self._now, self._verdict
        self._now = self._verdict = None
        if heard is None or host.server is None:
            return
        endpoint = _endpoint_for(host, heard)
        if endpoint is None:
            return
        if _is_silent(endpoint) and _offers(host) != heard.offers:
            facts: tuple[Fact, ...] = (*_state_facts(endpoint), ("what", "an offer is held", ""))
            _breach(world, host, "trace-of-silence", 0, facts, (heard.record,), endpoint)
        if heard.kind == MessageType.DISCOVER and verdict is not None:
            self._on_discover(world, host, endpoint, heard, verdict)

    def extends(self, host: ServerHost) -> bool:
        """Whether the server just hears from a client that says it holds an address."""
        heard = self._now
        return heard is not None and heard.host == host.index and heard.extends

    def on_decision(self, host: ServerHost, index: int, note: Note) -> None:
        """A server decides; the first decision about a message that is heard is about it."""
        heard = self._now
        outcome = note.data[0]
        if heard is None or heard.host != host.index or outcome not in ("answered", "ignored"):
            return
        self._verdict = Answer(outcome == "answered", note.data[1], index)

    def on_change(self, world: World, host: ServerHost, index: int, address: int) -> None:
        """A server writes a binding: not while it hears a client and has to be silent."""
        heard = self._now
        if heard is None or heard.host != host.index:
            return
        endpoint = owner_of(host, address)[1]
        if endpoint is not None and _is_silent(endpoint):
            facts: tuple[Fact, ...] = (*_state_facts(endpoint), ("what", "a binding changes", ""))
            culprits = (index, heard.record)
            _breach(world, host, "trace-of-silence", address, facts, culprits, endpoint)

    def on_answer(self, world: World, host: ServerHost, index: int) -> None:
        """A server sends a DHCP message."""
        heard = self._now
        if heard is None or heard.host != host.index or not world.monitors.enabled:
            return
        endpoint = _endpoint_for(host, heard)
        if endpoint is None:
            return
        state = endpoint.state
        renewals = state is RECOVER_DONE and not heard.extends
        if state not in NEVER_ANSWER and (not renewals or heard.kind == MessageType.INFORM):
            return
        asked = MessageType(heard.kind).name if 1 <= heard.kind <= 8 else "BOOTP"
        facts: tuple[Fact, ...] = (*_state_facts(endpoint), ("answers", asked, ""))
        _breach(world, host, "silence-broken", 0, facts, (index, heard.record), endpoint)

    def _on_discover(
        self, world: World, host: ServerHost, endpoint: Endpoint, heard: Hearing, found: Answer
    ) -> None:
        """§14.10: with both in NORMAL exactly one answers."""
        partner = world.host_named(endpoint.relationship.partner_name)
        other = _side(partner, endpoint.name)
        if other is None or not (_is_normal(endpoint) and _is_normal(other)):
            self._discovers.pop(heard.key, None)
            return
        answers = self._discovers.setdefault(heard.key, {})
        answers[host.index] = found
        if len(answers) < 2:
            while len(self._discovers) > MOST_DISCOVERS:
                del self._discovers[next(iter(self._discovers))]
            return
        del self._discovers[heard.key]
        count = sum(answer.answered for answer in answers.values())
        nothing_left = any(answer.rule in NOTHING_TO_GIVE for answer in answers.values())
        if count == 1 or (count == 0 and nothing_left) or (count > 1 and _may_be_two(endpoint)):
            return
        facts: tuple[Fact, ...] = (
            ("servers that answer", count, ""),
            *((world.hosts[index].name, answer.rule, "") for index, answer in answers.items()),
        )
        culprits = tuple(answer.record for answer in answers.values())
        _breach(world, host, "not-one-answer", 0, facts, culprits, endpoint)

    # -- failover messages

    def on_written(
        self, world: World, host: ServerHost, handle: str, index: int, octets: bytes
    ) -> None:
        """A server writes a failover message."""
        kind = octets[2]
        if kind not in _WATCHED or not world.monitors.enabled:
            return
        if kind == FailoverType.BNDACK:
            for address, rejected in _answers(octets):
                store, _ = owner_of(host, address)
                if store is not None and not rejected:
                    status = store.get(address).status
                    world.monitors.on_ack(world, store.scope, address, status)
            return
        endpoint = _by_handle(host, handle)
        if endpoint is None:
            return
        if kind == FailoverType.BNDUPD:
            self._on_update(world, host, endpoint, handle, index)
        elif kind == FailoverType.UPDDONE:
            self._on_done(world, host, endpoint, index, octets)
        elif kind == FailoverType.STATE:
            _check_state(world, host, endpoint, index, octets)

    def on_heard(
        self, world: World, host: ServerHost, handle: str, index: int, octets: bytes
    ) -> None:
        """A failover message reaches a server, which has not looked at it yet."""
        kind = octets[2]
        if kind not in _WATCHED or not world.monitors.enabled:
            return
        endpoint = _by_handle(host, handle)
        if endpoint is None:
            return
        key = (host.index, endpoint.name)
        if kind == FailoverType.BNDACK:
            number, count = self._unacked.get(key, (0, 0))
            self._unacked[key] = (number, max(0, count - 1))
            request = self._requests.get(key)
            if request is not None:
                for address, _ in _answers(octets):
                    _take_off(endpoint, request[2], address)
        elif kind in (FailoverType.UPDREQ, FailoverType.UPDREQALL):
            everything = kind == FailoverType.UPDREQALL
            masks = {
                scope: _touched(store) if everything else store.unknown
                for scope, store in endpoint.stores.items()
            }
            self._requests[key] = (octets[8:12], index, masks)

    def _on_update(
        self, world: World, host: ServerHost, endpoint: Endpoint, handle: str, index: int
    ) -> None:
        number = world.handles.get((host.index, handle), 0)
        before, count = self._unacked.get((host.index, endpoint.name), (0, 0))
        count = count + 1 if before == number else 1
        self._unacked[host.index, endpoint.name] = (number, count)
        partner = world.host_named(endpoint.relationship.partner_name)
        limit = partner.profile.max_unacked if isinstance(partner, ServerHost) else count
        if count > limit:
            name = endpoint.relationship.partner_name
            facts: tuple[Fact, ...] = (
                ("updates without a BNDACK", count, ""),
                ("max-unacked-bndupd of the partner", limit, ""),
                ("missing", f"BNDACK from {name}", ""),
            )
            _breach(world, host, "too-many-unacked", 0, facts, (index,), endpoint)

    def _on_done(
        self, world: World, host: ServerHost, endpoint: Endpoint, index: int, octets: bytes
    ) -> None:
        xid, record, masks = self._requests.pop((host.index, endpoint.name), (b"", index, {}))
        facts: tuple[Fact, ...] = ()
        address = 0
        for scope, mask in masks.items():
            store = endpoint.stores.get(scope)
            left = mask & store.unknown if store is not None else 0
            if store is not None and left and not address:
                address = store.lowest(left) or 0
                partner = endpoint.relationship.partner_name
                facts = (
                    ("updates without an answer", left.bit_count(), ""),
                    ("missing", f"BNDACK from {partner}", ""),
                )
        if octets[8:12] != xid:
            asked = int.from_bytes(xid, "big") if xid else "none"
            facts = (*facts, ("xid", int.from_bytes(octets[8:12], "big"), ""), ("asked", asked, ""))
        if facts:
            culprits = tuple(dict.fromkeys((index, record)))
            _breach(world, host, "early-update-done", address, facts, culprits, endpoint)


def _check_state(
    world: World, host: ServerHost, endpoint: Endpoint, index: int, octets: bytes
) -> None:
    """§14.7: what a STATE message tells is on disk."""
    options = dict(_options(octets))
    state = int.from_bytes(options.get(FailoverOption.SERVER_STATE, b""), "big")
    since = int.from_bytes(options.get(FailoverOption.START_TIME_OF_STATE, b""), "big")
    flags = int.from_bytes(options.get(FailoverOption.SERVER_FLAGS, b""), "big")
    stored = host.disk.get("failover", {}).get(endpoint.name)
    if stored is None:
        right = bool(flags & STARTUP_FLAG) and state == RECOVER
    elif flags & STARTUP_FLAG:
        resumed = (stored.state, FAILED_STATE.get(stored.state), stored.previous or RECOVER)
        right = state in resumed
    else:
        right = state == stored.state and since == whole_seconds(stored.since)
    if right:
        return
    facts: tuple[Fact, ...] = (
        ("told", state_text(state), ""),
        ("since", since * US, "t"),
        ("on disk", state_text(stored.state) if stored is not None else "nothing", ""),
        ("there since", stored.since if stored is not None else 0, "t"),
    )
    _breach(world, host, "state-not-stored", 0, facts, (index,), endpoint)


# -- helpers


def _may_be_two(endpoint: Endpoint) -> bool:
    """Where a client's waiting, or an empty partner, counts, two may answer it."""
    profile = endpoint.profile
    return bool(profile.secs_limit_s or profile.answer_when_partner_is_empty)


def owner_of(host: ServerHost, address: int) -> tuple[LeaseStore | None, Endpoint | None]:
    """Return a server's store that has an address, and the endpoint that answers for it."""
    if host.failover is None:
        return None, None
    for endpoint in host.failover.endpoints.values():
        for store in endpoint.stores.values():
            if address in store:
                return store, endpoint
    return None, None


def _endpoint_for(host: ServerHost, heard: Hearing) -> Endpoint | None:
    """Return the endpoint of the scope that a client's message is about."""
    if host.server is None or host.failover is None:
        return None
    for name, scope in host.server.scopes.items():
        if scope.config.holds(heard.address):
            endpoints = host.failover.endpoints.values()
            return next((found for found in endpoints if name in found.stores), None)
    return None


def _side(partner: object, name: str) -> Endpoint | None:
    if isinstance(partner, ServerHost) and partner.failover is not None:
        return partner.failover.endpoints.get(name)
    return None


def _is_normal(endpoint: Endpoint) -> bool:
    return endpoint.state is NORMAL and endpoint.contact


def _is_silent(endpoint: Endpoint) -> bool:
    """Whether the state alone demands silence, whatever the engine makes of it."""
    if endpoint.state in SILENT_IN_SOME and endpoint.profile.conflict_service == "silent":
        return True
    return STATES[endpoint.state].service is Service.SILENT


def _state_facts(endpoint: Endpoint) -> tuple[Fact, ...]:
    return (("state", state_text(endpoint.state), ""), ("since", endpoint.durable.since, "t"))


def _breach(
    world: World,
    host: ServerHost,
    monitor: str,
    address: int,
    facts: tuple[Fact, ...],
    culprits: tuple[int, ...],
    endpoint: Endpoint,
) -> None:
    world.monitors.breach(world, host, monitor, address, facts, culprits, endpoint.name)


def _offers(host: ServerHost) -> Mask:
    """Return the addresses on offer, of all scopes, as a number that changes with them."""
    if host.server is None:
        return 0
    return sum(scope.offers.mask for scope in host.server.scopes.values())


def _message_type(octets: bytes) -> int:
    """Return option 53; in our own messages it stands first."""
    if octets[OPTIONS_START] == MESSAGE_TYPE:
        return octets[OPTIONS_START + 2]
    return 0


def _by_handle(host: ServerHost, handle: str) -> Endpoint | None:
    if host.failover is None:
        return None
    for endpoint in host.failover.endpoints.values():
        if endpoint.connection == handle:
            return endpoint
    return None


def _options(octets: bytes) -> list[tuple[int, bytes]]:
    """Return the options of a failover message of ours: no check, since we wrote them."""
    found: list[tuple[int, bytes]] = []
    at = max(octets[3], 12)
    while at + 4 <= len(octets):
        code = octets[at] << 8 | octets[at + 1]
        end = at + 4 + (octets[at + 2] << 8 | octets[at + 3])
        found.append((code, octets[at + 4 : end]))
        at = end
    return found


def _answers(octets: bytes) -> list[tuple[int, bool]]:
    """Return the addresses that a BNDACK answers, and whether each was rejected."""
    found: list[tuple[int, bool]] = []
    for code, data in _options(octets):
        if code == _ADDRESS:
            found.append((int.from_bytes(data, "big"), False))
        elif code == FailoverOption.REJECT_REASON and found:
            found[-1] = (found[-1][0], True)
    return found


def _take_off(endpoint: Endpoint, masks: dict[str, Mask], address: int) -> None:
    for scope, store in endpoint.stores.items():
        if address in store and scope in masks:
            masks[scope] &= ~store.bit(address)


def _touched(store: LeaseStore) -> Mask:
    mask = 0
    for binding in store.touched():
        mask |= store.bit(binding.address)
    return mask
