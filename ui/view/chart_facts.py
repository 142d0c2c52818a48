"""What the chart says about single records: read once, kept while the record stands.

A record never changes, but a branch can be cut back and go on otherwise; :meth:`Facts.sync`
notices that by the trace's fingerprint and forgets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from foviz import (
    RULES,
    STATES,
    US,
    Kind,
    ServerState,
    duration_text,
    ip_text,
    state_text,
)
from ui.layout.chart_items import Arrow, Fate

if TYPE_CHECKING:
    from foviz import Digest, End, Field, Record, Session

HELD = US // 2
"""A message that takes longer than this was held back by a fault."""

LEASE_TIME, REJECT_REASON = 51, 21
_KEPT = 20_000
_NUMBER = re.compile(r"[\d,]+")

SHORT = {
    "DISCOVER": "DISC",
    "REQUEST": "REQ",
    "DECLINE": "DECL",
    "RELEASE": "REL",
    "CONNECT": "CONN",
    "CONNECTACK": "CACK",
    "CONTACT": "CONT",
    "BNDUPD": "UPD",
    "BNDACK": "UACK",
    "TCP": "TCP",
}
LOSSES = {
    "off": "host is off",
    "cut": "link is cut",
    "loss": "lost on the link",
    "drop": "dropped",
    "withhold": "withheld",
    "no-service": "no service",
    "no-route": "nobody there",
    "closed": "connection closed",
}
_LETTERS = {state_text(state): STATES[state].letters for state in ServerState}


class Sent(NamedTuple):
    """What never changes about a message."""

    record: int
    at: int
    host: int
    name: str
    labels: tuple[str, ...]
    failover: bool
    hardware: bytes
    arrivals: tuple[tuple[int, int], ...]
    tick: str
    held: int
    reject: str


class Facts:
    """Reads records of the present branch for the chart."""

    session: Session

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._length = self._print = 0
        self.forget()

    def forget(self) -> None:
        """Forget everything."""
        self._sent: dict[int, Sent] = {}
        self._ends: dict[int, tuple[End, ...]] = {}
        self._twice: dict[int, bool] = {}
        self._words: dict[int, str] = {}
        self._leases: dict[int, int] = {}
        self.who_of: dict[int, str] = {}
        self._links: dict[str, tuple[str, str]] = {}

    def sync(self, session: Session) -> bool:
        """Take the session's present branch; True when what was known no longer stands."""
        trace = session.branch.trace
        key = (session, session.branch.name)
        stands = key == self._key and len(trace) >= self._length
        stands = stands and trace.fingerprint(self._length) == self._print
        if not stands or len(self._sent) > _KEPT:
            self.forget()
        self.session, self.trace, self.digest = session, trace, session.digest
        self.reader = session.reader
        self._key, self._length = key, len(trace)
        self._print = trace.fingerprint(self._length)
        if not self.who_of:
            snapshot = session.snapshot()
            self.who_of = {s.index: f"s{s.number}" for s in snapshot.servers if s.number in (1, 2)}
            self._links = {link.name: (link.a, link.b) for link in snapshot.links}
        return not stands

    digest: Digest

    # -- hosts

    def who(self, host: int) -> str:
        """Return the hue of a host."""
        return self.who_of.get(host, "client")

    def is_client(self, host: int) -> bool:
        """Whether a host is a client."""
        return 0 <= host < len(self.reader.roles) and self.reader.roles[host] == "client"

    def name(self, host: int) -> str:
        """Return a host's name."""
        return self.reader.name(host)

    def link_hosts(self, link: str) -> tuple[int, int]:
        """Return the hosts at the ends of a link; −1 for a segment."""
        names = self.reader.names
        a, b = self._links.get(link, ("", ""))
        return (
            names.index(a) if a in names else -1,
            names.index(b) if b in names else -1,
        )

    # -- messages

    def sent(self, index: int) -> Sent:
        """Return what never changes about a message."""
        found = self._sent.get(index)
        if found is None:
            found = self._sent[index] = self._read(self.session.record(index))
        return found

    def _read(self, record: Record) -> Sent:
        label = self.reader.message(record)
        name = label if label == "TCP connect" else self.reader.message_name(record)
        arrivals = record.value("arrivals")
        delay = max((at for _, at in arrivals), default=record.at) - record.at
        failover = record.value("protocol") != "dhcp"
        reject = ""
        if name == "NAK":
            reject = self._rule_short(record.cause)
        elif " reject " in label:
            label = label.partition(" reject ")[0]
            reason = _value_of(self.session.dissect(record.index), REJECT_REASON)
            reject = f"reject {reason.replace(' ', ', ', 1)}"
        return Sent(
            record.index,
            record.at,
            record.host,
            name,
            _shorter(label, name),
            failover,
            record.value("hardware"),
            arrivals,
            "" if failover else self._tick(record),
            delay if delay > HELD else 0,
            reject,
        )

    def _rule_short(self, cause: int) -> str:
        if cause < 0 or self.trace.kind(cause) != Kind.DECISION:
            return "refused"
        rule = RULES.get(self.session.record(cause).value("rule"))
        return rule.short if rule is not None else "refused"

    def _tick(self, record: Record) -> str:
        """Return T1 or T2 when that timer made the client send: SEND ← CLIENT ← TIMER."""
        trace, cause = self.trace, record.cause
        if cause >= 0 and trace.kind(cause) == Kind.CLIENT:
            cause = trace.cause(cause)
        if cause < 0 or trace.kind(cause) != Kind.TIMER:
            return ""
        name = self.session.record(cause).value("name")
        return {"t1": "T1", "t2": "T2"}.get(name, "")

    def ends(self, index: int) -> tuple[End, ...]:
        """Return what becomes of a message, as far as the branch has been computed."""
        found = self._ends.get(index)
        if found is None:
            found = self.digest.ends(index)
            if self._complete(index):
                self._ends[index] = found
        return found

    def _complete(self, index: int) -> bool:
        """Whether all that can become of a message is on record."""
        sent, trace = self.sent(index), self.trace
        last = max((at for _, at in sent.arrivals), default=sent.at)
        return trace.at(len(trace) - 1) > last + 1

    def fates(self, index: int, records: int) -> tuple[Fate, ...]:
        """Return what has become of a message among the first *records* records."""
        sent = self.sent(index)
        known = {end.host: end for end in self.ends(index) if end.record < records}
        found: list[Fate] = []
        for host, at in sent.arrivals:
            end = known.pop(host, None)
            found.append(Fate(host, "flying", at) if end is None else self._fate(sent, end))
        found.extend(self._fate(sent, end) for end in known.values())
        return tuple(found)

    def _fate(self, sent: Sent, end: End) -> Fate:
        if end.what == "ignored":
            rule = RULES.get(end.detail)
            words = rule.short if rule is not None else end.detail
            return Fate(end.host, "ignored", end.at, words, record=end.record)
        if end.what == "lost":
            near = self._near(sent.host, end)
            words = LOSSES.get(end.detail, end.detail)
            return Fate(end.host, "lost", end.at, words, near, end.record)
        return Fate(end.host, "heard", end.at)

    def _near(self, sender: int, end: End) -> str:
        """Return where on its way a message died: its place is a host or a link."""
        if end.where == self.name(end.host):
            return "receiver"
        ends = self._links.get(end.where, ())
        here, there = self.name(sender) in ends, self.name(end.host) in ends
        if here == there:
            return "middle"
        return "sender" if here else "receiver"

    def is_twice(self, index: int, records: int) -> bool:
        """Whether somebody heard the same message a second time."""
        found = self._twice.get(index)
        if found is None:
            found = self._heard_twice(index, records)
            if self._complete(index):
                self._twice[index] = found
        return found

    def _heard_twice(self, index: int, records: int) -> bool:
        """A copy arrives a microsecond after the message, and names it as its cause too."""
        heard = [end for end in self.ends(index) if end.what != "lost" and end.record < records]
        trace = self.trace
        for end in heard:
            for at in range(end.record + 1, min(records, end.record + 64)):
                if trace.at(at) > end.at + 1:
                    break
                again = trace.at(at) > end.at and trace.kind(at) == Kind.RECEIVE
                if again and trace.cause(at) == index and trace.host(at) == end.host:
                    return True
        return False

    def arrow(self, index: int, records: int, note: str = "", suffix: str = "") -> Arrow:
        """Return a message as the chart draws it; *suffix* is put behind its labels."""
        sent = self.sent(index)
        fates = self.fates(index, records)
        form, extra = "plain", tuple[str, ...]()
        if sent.reject:
            form, extra = "refused", _fewer_words(sent.reject)
        elif sent.held:
            form, extra = "held", (f"held {duration_text(sent.held)}",)
        elif self.is_twice(index, records):
            form = "twice"
        labels = sent.labels
        if suffix or form == "twice":
            times = " ×2" if form == "twice" else ""
            labels = tuple(label + suffix + times for label in labels)
        return Arrow(
            index,
            sent.host,
            self.who(sent.host),
            sent.failover,
            labels,
            fates,
            sent.at,
            self.words(index),
            sent.tick,
            note,
            form,
            extra,
        )

    # -- words

    def words(self, index: int) -> str:
        """Return the sentence about a record."""
        found = self._words.get(index)
        if found is None:
            found = self._words[index] = self.session.sentence(index)
        return found

    def lease_s(self, index: int) -> int:
        """Return the lease of an ACK in seconds."""
        found = self._leases.get(index)
        if found is None:
            text = _value_of(self.session.dissect(index), LEASE_TIME)
            number = _NUMBER.match(text)
            found = self._leases[index] = int(number[0].replace(",", "")) if number else 0
        return found

    def address(self, index: int) -> str:
        """Return the address that a message is about, or ``""``."""
        address = self.session.subject_of(index)[0]
        return ip_text(address) if address else ""

    # -- from any record to a row

    def row_record(self, index: int) -> int:
        """Return the record of the row that tells of a record, or −1."""
        trace, digest = self.trace, self.digest
        if trace.kind(index) == Kind.TIMER:
            return self._row_of_timer(index)
        seen = index
        for _ in range(8):
            if digest.has(seen):
                return seen
            seen = trace.cause(seen)
            if seen < 0:
                break
        place = digest.place_of(index)
        return digest.row(place).record if place >= 0 else -1

    def _row_of_timer(self, index: int) -> int:
        """A timer is told by the first row that it caused at its moment."""
        trace, digest = self.trace, self.digest
        first = digest.place_of(index) + 1
        for place in range(first, min(len(digest), first + 4)):
            record = digest.row(place).record
            cause = record
            for _ in range(3):
                cause = trace.cause(cause)
                if cause <= index:
                    break
            if cause == index:
                return record
        return -1


def _shorter(label: str, name: str) -> tuple[str, ...]:
    """Return a label's forms from the fullest to the shortest."""
    if name == "STATE":
        letters = _LETTERS.get(label.removeprefix("STATE "), "")
        return (label, f"STATE {letters}", "STATE") if letters else (label, "STATE")
    words = label.split(" ")
    forms = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    short = SHORT.get(words[0])
    if short is not None and short != forms[-1]:
        forms.append(short)
    return tuple(forms)


def _fewer_words(text: str) -> tuple[str, ...]:
    """Return a refusal's words, then the number and one word, then the number."""
    if not text.startswith("reject "):
        return (text,)
    words = text.split(" ")
    counts = dict.fromkeys((len(words), 3, 2))
    return tuple(" ".join(words[:count]).rstrip(",") for count in counts if count <= len(words))


def _value_of(field: Field | None, code: int) -> str:
    """Return the value of the first option with a code in a tree, or ``""``."""
    if field is None:
        return ""
    if field.code == code:
        return field.value
    for child in field.children:
        found = _value_of(child, code)
        if found:
            return found
    return ""
