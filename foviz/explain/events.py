"""What Windows would log: event ids, channels, levels and counters (PROTOCOL §9.4).

The log is read off the trace, a record after the other, as :mod:`foviz.explain.digest` is. It
is the log that a Windows server would write; servers of other profiles are told of in the
same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.kinds import Kind
from foviz.base.time import MINUTE, US, duration_text, moment_text
from foviz.lease.binding import ACTIVE
from foviz.wire import failover
from foviz.wire.failover import FailoverOption, FailoverType, ServerState, reject_text, state_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foviz.explain.reader import Reader
    from foviz.failover.profile import Profile
    from foviz.sim.snapshot import Snapshot
    from foviz.sim.trace import Record

ADMIN, OPERATIONAL, AUDIT, SYSTEM = "Admin", "Operational", "Audit", "System"
AUDIT_FILE = "audit log file"
INFORMATION, WARNING, ERROR = "Information", "Warning", "Error"

NEARLY_FULL: Final = 80
"""Per cent of a scope's addresses that have to be leased for the warning."""


class Entry(NamedTuple):
    """An event of the log: its record, host index, id, channel, level and sentence."""

    record: int
    at: int
    host: int
    id: int
    channel: str
    level: str
    text: str


class Event(NamedTuple):
    """An event that the simulation can produce: its channel, its level, and what it says."""

    channel: str
    level: str
    meaning: str


_STATES: Final = "the state of a server changed"

EVENTS: Final[dict[int, Event]] = {
    20251: Event(ADMIN, WARNING, _STATES),
    20252: Event(ADMIN, ERROR, _STATES),
    20259: Event(ADMIN, WARNING, f"{_STATES}, from one that is not known"),
    20260: Event(ADMIN, ERROR, f"{_STATES}, from one that is not known"),
    20253: Event(ADMIN, ERROR, "the clocks differ"),
    20254: Event(ADMIN, INFORMATION, "contact with the partner is established"),
    20255: Event(ADMIN, ERROR, "contact with the partner is lost"),
    **{
        first + place: Event(ADMIN, ERROR, f"{name}: {what}")
        for first, name in (
            (20256, "BNDUPD"),
            (20261, "BNDACK"),
            (20264, "CONNECT"),
            (20267, "CONNECTACK"),
            (20270, "UPDREQALL"),
            (20273, "UPDDONE"),
            (20276, "UPDREQ"),
            (20279, "STATE"),
            (20282, "CONTACT"),
        )
        for place, what in enumerate(
            (
                "authentication failed",
                "a digest came, but authentication is not configured",
                "the digest is absent",
            )
        )
    },
    20285: Event(ADMIN, ERROR, "the cryptographic algorithm is not the one configured"),
    20287: Event(ADMIN, WARNING, "a client's request was dropped: no address is left"),
    20291: Event(ADMIN, ERROR, "a BNDACK with a reject reason was sent"),
    20292: Event(ADMIN, ERROR, "a BNDACK with a reject reason was received"),
    1020: Event(ADMIN, WARNING, "a scope is nearly full"),
    1063: Event(ADMIN, ERROR, "a scope is full"),
    20240: Event(OPERATIONAL, INFORMATION, "a load-balance relationship was created"),
    20241: Event(OPERATIONAL, INFORMATION, "a hot-standby relationship was created"),
    20242: Event(OPERATIONAL, INFORMATION, "a relationship was deleted"),
    20243: Event(OPERATIONAL, INFORMATION, "a scope was added"),
    20244: Event(OPERATIONAL, INFORMATION, "a scope was removed"),
    20245: Event(OPERATIONAL, INFORMATION, "the MCLT was changed"),
    20246: Event(OPERATIONAL, INFORMATION, "the state switchover interval was changed"),
    20247: Event(OPERATIONAL, INFORMATION, "the reserve was changed"),
    20248: Event(OPERATIONAL, INFORMATION, "the load balance was changed"),
    20249: Event(OPERATIONAL, INFORMATION, "the mode was changed to load balance"),
    20250: Event(OPERATIONAL, INFORMATION, "the mode was changed to hot standby"),
    20311: Event(OPERATIONAL, INFORMATION, "the shared secret was changed"),
    20312: Event(OPERATIONAL, INFORMATION, "message authentication was switched on"),
    20313: Event(OPERATIONAL, INFORMATION, "message authentication was switched off"),
    **{
        first + place: Event(AUDIT, INFORMATION, f"{name} {way}")
        for first, name in (
            (20289, "BNDUPD"),
            (20293, "UPDREQ"),
            (20295, "UPDDONE"),
            (20297, "UPDREQALL"),
            (20299, "CONTACT"),
            (20301, "CONNECT"),
            (20303, "STATE"),
            (20305, "CONNECTACK"),
            (20307, "BNDACK"),
            (20309, "CONNECTACK with a reject reason"),
        )
        for place, way in enumerate(("sent", "received"))
    },
    20161: Event(SYSTEM, INFORMATION, "sharing out of addresses was asked for"),
    36: Event(AUDIT_FILE, INFORMATION, "a packet was dropped: hash mismatch, or standby"),
}
"""Every event that can come of a run. 20286, 20165 cannot: no queue overflows, no scope is lost."""

_AUDITED: Final = {
    FailoverType.BNDUPD: 20289,
    FailoverType.UPDREQ: 20293,
    FailoverType.UPDDONE: 20295,
    FailoverType.UPDREQALL: 20297,
    FailoverType.CONTACT: 20299,
    FailoverType.CONNECT: 20301,
    FailoverType.STATE: 20303,
    FailoverType.CONNECTACK: 20305,
    FailoverType.BNDACK: 20307,
}
_REJECTED: Final = {FailoverType.CONNECTACK: 20309, FailoverType.BNDACK: 20291}
_AUTHENTICATION: Final = {
    "BNDUPD": 20256,
    "BNDACK": 20261,
    "CONNECT": 20264,
    "CONNECTACK": 20267,
    "UPDREQALL": 20270,
    "UPDDONE": 20273,
    "UPDREQ": 20276,
    "STATE": 20279,
    "CONTACT": 20282,
}
_DIGESTS: Final = {"digest-wrong": 0, "digest-not-configured": 1, "digest-missing": 2}
_DROPPED: Final = ("standby", "other-bucket", "partners-lease")
_SETTINGS: Final = {"mclt": 20245, "switchover": 20246, "reserve": 20247, "balance": 20248}
_DEEDS: Final = {
    "relationship deleted": 20242,
    "scope added": 20243,
    "scope removed": 20244,
    "secret": 20311,
    "rebalance": 20161,
}

COUNTERS: Final = (
    "binding updates sent in the last minute",
    "binding updates received in the last minute",
    "binding acks sent in the last minute",
    "binding acks received in the last minute",
    "binding updates pending",
    "transitions into COMMUNICATION-INTERRUPTED",
    "transitions into PARTNER-DOWN",
    "transitions into RECOVER",
    "times the update queue passed 90 %",
    "binding updates dropped",
)
"""Windows' counters of one server, in the order in which they are shown."""
_ENTERED: Final = (
    ServerState.COMMUNICATION_INTERRUPTED,
    ServerState.PARTNER_DOWN,
    ServerState.RECOVER,
)
_COUNTED: Final = (20289, 20290, 20307, 20308)
_QUEUE_PERCENT: Final = 90
KEEP_ALIVES: Final = (20299, 20300)
"""CONTACT sent and received: most of a long log, and nothing in it."""


class WindowsLog:
    """The events of one branch, kept up to date by :meth:`update`; sizes are of scopes."""

    def __init__(self, reader: Reader, sizes: dict[str, int], max_unacked: int) -> None:
        self.reader = reader
        self.sizes = sizes
        self.max_unacked = max_unacked
        self.entries: list[Entry] = []
        self._read = 0
        self._partners: dict[tuple[int, str], int] = {}
        self._contact: dict[tuple[int, str], bool] = {}
        self._leased: dict[tuple[int, str], dict[int, None]] = {}
        self._warned: dict[tuple[int, str], int] = {}
        self._unacked: dict[int, int] = {}
        self._passed: dict[int, list[int]] = {}
        self._above: dict[int, bool] = {}
        self._entered: dict[tuple[int, int], list[int]] = {}
        self._texts: dict[str, str] = {}

    @property
    def read(self) -> int:
        """How many records have been read."""
        return self._read

    def update(self, count: int) -> None:
        """Read the records up to *count*."""
        trace = self.reader.trace
        for index in range(self._read, count):
            reader = _READERS.get(trace.kind(index))
            if reader is not None and trace.host(index) >= 0:
                record = trace[index]
                for number, text in reader(self, record):
                    self._log(record, number, text)
        self._read = max(self._read, count)

    def _log(self, record: Record, number: int, text: str) -> None:
        event = EVENTS[number]
        level = event.level
        if number in (20251, 20259) and text.endswith(" to NORMAL"):
            level = INFORMATION
        # The same few sentences are said over and over: each is kept once.
        text = self._texts.setdefault(text, text)
        entry = Entry(record.index, record.at, record.host, number, event.channel, level, text)
        self.entries.append(entry)

    def counters(self, host: int, at: int, snapshot: Snapshot) -> dict[str, int]:
        """Return Windows' counters of a server at a moment, as far as was read."""
        lately = [
            entry.id
            for entry in self.entries
            if entry.host == host and at - MINUTE < entry.at <= at and _is_counted(entry.id)
        ]
        acks_sent = lately.count(20307) + lately.count(20291)
        acks_heard = lately.count(20308) + lately.count(20292)
        server = snapshot.server(host)
        pending = sum(side.pending for side in server.endpoints) if server is not None else 0
        values = (
            lately.count(20289),
            lately.count(20290),
            acks_sent,
            acks_heard,
            pending,
            *(_until(self._entered.get((host, int(state)), []), at) for state in _ENTERED),
            _until(self._passed.get(host, []), at),
            0,
        )
        return dict(zip(COUNTERS, values, strict=True))

    # -- from records to events

    def _state(self, record: Record) -> Iterator[tuple[int, str]]:
        old, new = record.value("old"), record.value("new")
        if new in _ENTERED:
            self._entered.setdefault((record.host, int(new)), []).append(record.at)
        who, whose = self.reader.name(record.host), record.value("relationship")
        yield _change(f"{who} in {whose}", old, new)

    def _partner(self, record: Record) -> Iterator[tuple[int, str]]:
        """The partner's state as it says; that it is starting is no state of its own."""
        whose, new = record.value("relationship"), record.value("state")
        key = (record.host, whose)
        old = self._partners.get(key, 0)
        self._partners[key] = new
        if old != new:
            yield _change(f"the partner of {self.reader.name(record.host)} in {whose}", old, new)

    def _connection(self, record: Record) -> Iterator[tuple[int, str]]:
        whose, what = record.value("relationship"), record.value("what")
        key = (record.host, whose)
        who = self.reader.name(record.host)
        if what == "contact":
            self._contact[key] = True
            yield 20254, f"{who} is in contact with its partner in {whose}"
        elif what == "closed":
            self._unacked[record.host] = 0
            if self._contact.pop(key, False):
                yield 20255, f"{who} lost contact with its partner in {whose}"

    def _decision(self, record: Record) -> Iterator[tuple[int, str]]:
        rule, outcome = record.value("rule"), record.value("outcome")
        who = self.reader.name(record.host)
        if self.reader.roles[record.host] != "server":
            return
        facts = {name: value for name, value, _ in record.value("facts")}
        if rule == "clocks-differ":
            apart = abs(int(facts.get("partner's clock minus ours", 0)))
            yield 20253, f"the clocks of {who} and its partner differ by {apart} seconds"
        elif rule in _DIGESTS:
            first = _AUTHENTICATION.get(str(facts.get("message", "")))
            if first is not None:
                number = first + _DIGESTS[rule]
                yield number, f"{who} rejected {EVENTS[number].meaning}"
        elif rule == "digest-unsupported":
            yield 20285, f"{who}: {EVENTS[20285].meaning}"
        elif outcome == "ignored":
            client = self.reader.client(record.value("client"))
            if rule == "no-own-address":
                yield 20287, f"{who} dropped the request of {client}: no address is left"
            elif rule in _DROPPED:
                why = "standby" if rule == "standby" else "hash mismatch"
                yield 36, f"{who} dropped a packet of {client}: {why}"

    def _send(self, record: Record) -> Iterator[tuple[int, str]]:
        again = record.cause >= 0 and self.reader.trace.kind(record.cause) == Kind.SEND
        if record.value("protocol") == "failover" and not again:
            yield from self._message(record, record.value("octets"), 0)

    def _receive(self, record: Record) -> Iterator[tuple[int, str]]:
        sent = self.reader.trace[record.value("message")]
        if sent.value("protocol") == "failover":
            yield from self._message(record, sent.value("octets"), 1)

    def _message(self, record: Record, octets: bytes, heard: int) -> Iterator[tuple[int, str]]:
        kind = octets[2]
        number = _AUDITED.get(kind)  # type: ignore[call-overload]
        if number is None:
            return
        who = self.reader.name(record.host)
        way = "received" if heard else "sent"
        name = FailoverType(kind).name
        if kind in _REJECTED:
            message = failover.decode(octets)
            reason = message.u8(FailoverOption.REJECT_REASON)
            if reason:
                number = _REJECTED[kind]  # type: ignore[index]
                name = f"{name} with reject reason {reason}, {reject_text(reason)},"
        if kind == FailoverType.BNDACK and heard:
            self._count_queue(record, -1)
        elif kind == FailoverType.BNDUPD and not heard:
            self._count_queue(record, 1)
        yield number + heard, f"{who} {way} {name}"

    def _count_queue(self, record: Record, by: int) -> None:
        host = record.host
        count = self._unacked[host] = max(0, self._unacked.get(host, 0) + by)
        above = count * 100 >= self.max_unacked * _QUEUE_PERCENT
        if above and not self._above.get(host, False):
            self._passed.setdefault(host, []).append(record.at)
        self._above[host] = above

    def _binding(self, record: Record) -> Iterator[tuple[int, str]]:
        """A scope fills up: told once, and again only after it was emptier."""
        scope, key = record.value("scope"), (record.host, record.value("scope"))
        leased = self._leased.setdefault(key, {})
        if record.value("new") == ACTIVE:
            leased[record.value("address")] = None
        else:
            leased.pop(record.value("address"), None)
        size, count = self.sizes.get(scope, 0), len(leased)
        if not size:
            return
        percent = count * 100 // size
        level = 1063 if count >= size else 1020 if percent >= NEARLY_FULL else 0
        before, self._warned[key] = self._warned.get(key, 0), level
        who = self.reader.name(record.host)
        if level == 1063 and before != 1063:
            yield 1063, f"scope {scope} of {who} is full: none of {size} addresses is left"
        elif level == 1020 and not before:
            yield 1020, f"scope {scope} of {who} is {percent} % full: {size - count} are left"

    def _host(self, record: Record) -> Iterator[tuple[int, str]]:
        what, detail = record.value("what"), record.value("detail")
        who = self.reader.name(record.host)
        number = _DEEDS.get(what, 0)
        if what == "relationship created":
            number = 20241 if detail.endswith("hot standby") else 20240
        elif what == "mode":
            number = 20250 if detail.startswith("hot standby") else 20249
        elif what == "authentication":
            number = 20312 if detail.startswith("on") else 20313
        elif what == "setting":
            number = _SETTINGS.get(detail.partition(" ")[0], 0)
        if number:
            yield number, f"{EVENTS[number].meaning} on {who}: {_spelt(detail)}"


_READERS: Final[dict[int, Callable[[WindowsLog, Record], Iterator[tuple[int, str]]]]] = {
    Kind.STATE: WindowsLog._state,
    Kind.PARTNER: WindowsLog._partner,
    Kind.CONNECTION: WindowsLog._connection,
    Kind.DECISION: WindowsLog._decision,
    Kind.SEND: WindowsLog._send,
    Kind.RECEIVE: WindowsLog._receive,
    Kind.BINDING: WindowsLog._binding,
    Kind.HOST: WindowsLog._host,
}


def _change(whose: str, old: int, new: int) -> tuple[int, str]:
    """Error when NORMAL is left or PARTNER-DOWN entered, Information when NORMAL is entered."""
    bad = old == ServerState.NORMAL or new == ServerState.PARTNER_DOWN
    if not old:
        return 20260 if bad else 20259, f"the state of {whose} changed to {state_text(new)}"
    text = f"the state of {whose} changed from {state_text(old)} to {state_text(new)}"
    return 20252 if bad else 20251, text


def _spelt(detail: str) -> str:
    """Write the seconds of a setting as people do: ``mclt 30 min in …``."""
    word, _, rest = detail.partition(" ")
    number, _, where = rest.partition(" ")
    if word in ("mclt", "switchover") and number.isdigit():
        return f"{word} {duration_text(int(number) * US)} {where}"
    return detail


def _is_counted(number: int) -> bool:
    return number in _COUNTED or number in (20291, 20292)


def _until(moments: list[int], at: int) -> int:
    return sum(moment <= at for moment in moments)


def windows_log(reader: Reader, snapshot: Snapshot, profile: Profile) -> WindowsLog:
    """Return the log of the reader's branch, nothing read yet."""
    sizes = {pool.scope: len(belief.store) for pool in snapshot.pools for belief in pool.beliefs}
    return WindowsLog(reader, sizes, profile.max_unacked)


def event_lines(log: WindowsLog, host: int | None = None, audit: bool = False) -> list[str]:
    """Return the log as lines: what is audited only when asked for."""
    return [
        f"{moment_text(entry.at, 3)}  {entry.id:5}  {entry.channel:11}  {entry.level:11}  "
        f"{entry.text}"
        for entry in log.entries
        if host in (None, entry.host) and (audit or entry.channel not in (AUDIT, AUDIT_FILE))
    ] or ["no events"]
