"""The inspector's page of a record: what it says, why it happened, what led to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foviz import (
    BROADCAST,
    DAY,
    KEYS,
    STATES,
    CauseNode,
    End,
    Kind,
    Record,
    Session,
    Why,
    clock_text,
    ip_text,
    short_moment_text,
    state_text,
    status_text,
    weekday_text,
)
from ui.model.selection import NOTHING, Selection
from ui.theme import make_room
from ui.view.inspector_page import (
    Asked,
    Glyph,
    Head,
    Node,
    Page,
    Pair,
    asked_of,
    known_state,
    who_of,
)

if TYPE_CHECKING:
    from ui.theme import Who

_ABOUT_A_MESSAGE: Final = (Kind.RECEIVE, Kind.LOST, Kind.DECISION)
_TOLD_BY_WHY: Final = (Kind.DECISION, Kind.STATE, Kind.BREACH)
_HOST_ICONS: Final = {
    "crash": "crash",
    "off": "stop",
    "boot": "restart",
    "kill": "stop",
    "stop": "stop",
    "lose-disk": "lose-disk",
    "skew": "skew-clock",
}
_OF_FAILOVER: Final = ("failover", "tcp")
_SAID_ABOVE: Final = (
    (Kind.LINK, "link"),
    (Kind.LINK, "what"),
    (Kind.HOST, "what"),
    (Kind.INTERVENTION, "line"),
    (Kind.PERSIST, "table"),
)
"""What the sentence in the head says already."""
_FEW_NAMES: Final = 2
_KEPT: Final = 128
_ANSWERS: Final = ("answered", "ignored", "refused")
_READ_ON: Final = 5_000
"""So many new records are looked through before the whole question is asked again."""


def record_page(session: Session, memory: Memory, index: int) -> Page:
    """Return the page of a record that has happened."""
    record = session.record(index)
    message = _message_of(session, record)
    asked, nodes = memory.explain(session, index)
    if message >= 0:
        head = _message_head(session, record, session.record(message))
        shown = session.record(message).value("protocol") in ("dhcp", "failover")
        return Page("record", head, message if shown else -1, (), asked, nodes)
    rows = () if record.kind in _TOLD_BY_WHY else _data_rows(session, record)
    return Page("record", _plain_head(session, record), -1, rows, asked, nodes)


def _message_of(session: Session, record: Record) -> int:
    """Return the send record that a record is, or is about; else −1."""
    if record.kind is Kind.SEND:
        return record.index
    if record.kind in (Kind.RECEIVE, Kind.LOST):
        return int(record.value("message"))
    if record.kind is Kind.DECISION and record.cause >= 0:
        cause = session.record(record.cause)
        if cause.kind in (Kind.RECEIVE, Kind.LOST):
            return int(cause.value("message"))
    return -1


# -- the head


def _message_head(session: Session, record: Record, sent: Record) -> Head:
    reader = session.reader
    protocol = sent.value("protocol")
    glyph = Glyph("capsule", who_of(session, sent.host), failover=protocol in _OF_FAILOVER)
    outcome = _outcome(session, record, sent)
    return Head(
        title=((reader.name(sent.host), True), (" to ", False), (_target(session, sent), True)),
        capsule=full_name(session, sent),
        glyph=glyph,
        notes=outcome,
        right=clock_text(record.at, 3),
        words=f"{session.sentence(record.index)}\n{outcome[0]}",
    )


def full_name(session: Session, sent: Record) -> str:
    """Return a message's whole name: ``DHCPACK``, ``BNDUPD``, ``TCP connect``."""
    protocol, name = sent.value("protocol"), session.reader.message_name(sent)
    if protocol == "dhcp":
        return name if name.startswith("BOOT") else f"DHCP{name}"
    if protocol == "failover":
        return name
    if protocol == "tcp":
        return "TCP connect" if name == "SYN" else f"TCP {name}"
    return f"{protocol.upper()} {session.reader.message(sent)}"


def _target(session: Session, sent: Record) -> str:
    reader = session.reader
    destination = sent.value("destination")
    names = [reader.name(host) for host in reader.receivers(sent)]
    if destination == BROADCAST or sent.value("protocol") == "arp":
        return "all"
    if len(names) == 1:
        return names[0]
    return reader.address(destination)


def _outcome(session: Session, record: Record, sent: Record) -> tuple[str, ...]:
    """Return how the message went and what became of it, the longest first."""
    how = _way(session, sent)
    if record.kind is Kind.RECEIVE:
        what = [f"heard by {session.reader.name(record.host)}"]
    elif record.kind is Kind.LOST:
        what = _lost_words(session, record)
    elif record.kind is Kind.DECISION:
        outcome, name = record.value("outcome"), session.reader.name(record.host)
        what = [f"{outcome} by {name}", str(outcome)]
    else:
        ends = [end for end in session.digest.ends(sent.index) if end.at <= session.playhead]
        what = _what_became(session, sent, ends)
    return (*(f"{how}, {words}" for words in what), *what)


def _way(session: Session, sent: Record) -> str:
    protocol = sent.value("protocol")
    if protocol in ("failover", "tcp"):
        return f"TCP connection {sent.value('stream'):,}"
    if protocol == "arp":
        return f"about {ip_text(sent.value('destination'))}"
    destination = sent.value("destination")
    return "broadcast" if destination == BROADCAST else f"unicast to {ip_text(destination)}"


def _what_became(session: Session, sent: Record, ends: list[End]) -> list[str]:
    flying = any(at > session.playhead for _, at in sent.value("arrivals"))
    if not ends:
        # An announcement to nobody in particular arrives nowhere.
        return ["in flight"] if flying else ["sent"]
    if len(ends) == 1 and not flying:
        end = ends[0]
        if end.what == "lost":
            return _lost_words(session, session.record(end.record))
        if end.what == "ignored":
            return [f"left unanswered by {session.reader.name(end.host)}", "unanswered"]
        return [f"heard by {session.reader.name(end.host)}", "heard"]
    groups = {
        word: [session.reader.name(end.host) for end in ends if end.what == what]
        for what, word in (("heard", "heard by"), ("ignored", "ignored by"), ("lost", "lost at"))
    }
    parts, counts = [], []
    for word, names in groups.items():
        if names:
            few = len(names) <= _FEW_NAMES
            parts.append(f"{word} {', '.join(names) if few else f'{len(names)} hosts'}")
            counts.append(f"{len(names)} {word.partition(' ')[0]}")
    if flying:
        parts.append("in flight")
        counts.append("in flight")
    return [", ".join(parts), ", ".join(counts)]


def _lost_words(session: Session, lost: Record) -> list[str]:
    """``lost at DHCP1: the host is off``, and shorter ways to say it."""
    where = lost.value("where")
    rest = session.sentence(lost.index).rpartition(f" is lost at {where}: ")[2]
    return [f"lost at {where}: {rest}", f"lost: {rest}", "lost"]


def _plain_head(session: Session, record: Record) -> Head:
    sentence = session.sentence(record.index)
    name = session.reader.name(record.host)
    if not name or not sentence.startswith(name):
        name = sentence.partition(" ")[0]
    title = ((name, True), (sentence[len(name) :], False))
    glyph = record_glyph(session, record)
    return Head(title, glyph=glyph, right=clock_text(record.at, 3), words=sentence)


# -- the body of a record that is no message


def _data_rows(session: Session, record: Record) -> tuple[Pair, ...]:
    """Return what the record says, key by key."""
    rows: list[Pair] = []
    for key, value in zip(KEYS[record.kind], record.data, strict=True):
        if (record.kind, key.name) in _SAID_ABOVE:
            continue
        text = _value_text(session, record.kind, key.name, key.type, value)
        if text:
            name = key.name[:1].upper() + key.name[1:]
            selection = Selection("address", value) if key.type == "ip" and value else NOTHING
            rows.append(Pair(name, text, key.meaning, selection))
    return tuple(rows)


def _value_text(session: Session, kind: Kind, key: str, form: str, value: Any) -> str:
    if kind is Kind.BINDING and key in ("old", "new"):
        return status_text(value)
    if kind is Kind.PARTNER and key == "state":
        return state_text(value)
    if kind is Kind.PERSIST and value.rpartition(" ")[2].isdigit():
        scope, _, address = value.rpartition(" ")
        return f"{ip_text(int(address))} of {scope}"
    if form == "ip":
        return session.reader.address(value) if value else ""
    if form == "octets":
        return session.reader.client(value)
    if form == "time":
        return short_moment_text(value) if value else "none"
    if form == "flag":
        return "yes" if value else "no"
    if form == "record":
        return f"record {value + 1:,}"
    return f"{value:,}" if form == "number" else str(value)


# -- why


class _Decision(NamedTuple):
    """The last decision about a host among the first ``records`` records, or −1."""

    found: int
    records: int
    fingerprint: int


class Memory:
    """What was explained already: pure caches.

    What is on record does not change, and its fingerprint tells a record from another one
    that stands at the same place of another branch.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], tuple[Asked, tuple[Node, ...]]] = {}
        self._decisions: dict[int, _Decision] = {}

    def clear(self) -> None:
        """Forget everything: another session is shown."""
        self._kept.clear()
        self._decisions.clear()

    def last_decision(self, session: Session, host: int) -> int:
        """Return what was decided last about a host at the cursor, or −1.

        Reading the run backwards may be long, so while playing only new records are read.
        """
        trace, records = session.branch.trace, session.record_count
        known = self._decisions.get(host)
        if known is not None and (
            known.records > len(trace) or trace.fingerprint(known.records) != known.fingerprint
        ):
            known = None
        if known is not None and known.found < records <= known.records:
            return known.found
        if known is not None and known.records < records <= known.records + _READ_ON:
            found = _decision_among(session, known.records, records, host)
            found = found if found >= 0 else known.found
        else:
            found = session.last_decision(host)
        self._decisions[host] = _Decision(found, records, trace.fingerprint(records))
        return found

    def explain(self, session: Session, index: int) -> tuple[Asked, tuple[Node, ...]]:
        """Return *why* and the chain of causes of a record."""
        key = (index, session.branch.trace.fingerprint(index + 1))
        found = self._kept.get(key)
        if found is None:
            make_room(self._kept, _KEPT)
            why = session.why(index)
            record = session.record(index)
            found = (_asked(session, record, why), _nodes(session, record, why))
            self._kept[key] = found
        return found


def _decision_among(session: Session, first: int, end: int, host: int) -> int:
    """Return the last decision about a client or of a relay, or a server's change of state."""
    trace = session.branch.trace
    relay = session.snapshot().relay(host) is not None
    client = session.snapshot().client(host)
    for index in range(end - 1, first - 1, -1):
        kind = trace.kind(index)
        if kind == Kind.STATE and trace.host(index) == host:
            return index
        if kind == Kind.DECISION and relay and trace.host(index) == host:
            return index
        if kind == Kind.DECISION and client is not None and trace.host(index) != host:
            record = session.record(index)
            about = record.value("client") == client.hardware
            if about and record.value("outcome") in _ANSWERS:
                return index
    return -1


def _asked(session: Session, record: Record, why: Why) -> Asked:
    if record.kind is Kind.LOST:
        # The reason stands in the sentence already.
        return asked_of(why, f"{session.sentence(record.index)}.")
    if why.rule or record.kind is Kind.SEND:
        return asked_of(why)
    # The head says what happened; here it is better to say what led to it.
    if record.cause >= 0:
        return asked_of(why, f"{session.sentence(record.cause)}.")
    if record.kind is Kind.INTERVENTION:
        return asked_of(why, "You asked for it.")
    if record.kind is Kind.TIMER:
        return asked_of(why, "A timer that had been set is over.")
    return asked_of(why, "Nothing on record led to this.")


# -- the chain


def _nodes(session: Session, newest: Record, why: Why) -> tuple[Node, ...]:
    chain = why.chain
    if not chain or chain[-1].record != newest.index:
        # The chain leaves out what is written to disk, unless that is what was asked about.
        name = session.reader.name(newest.host)
        chain = (*chain, CauseNode(newest.index, "", newest.kind.word, name))
    # What decided is the record itself, or the decision right before it.
    ruling = (newest.index, newest.cause) if why.tag else ()
    nodes = []
    for place, node in enumerate(chain):
        record = session.record(node.record)
        title, detail = _node_words(session, node, record, oldest=place == 0)
        if record.kind is Kind.DECISION and record.index in ruling:
            detail = "rule above"
        if node.record == newest.index:
            detail = f"record {node.record + 1:,}"
        nodes.append(
            Node(
                record=node.record,
                glyph=record_glyph(session, record),
                title=title,
                detail=detail,
                when=short_moment_text(record.at),
                clock=_clock(record.at, newest.at),
                sentence=session.sentence(node.record),
                minor=record.kind is Kind.CLIENT,
            )
        )
    return tuple(nodes)


def _node_words(
    session: Session, node: CauseNode, record: Record, *, oldest: bool
) -> tuple[str, str]:
    """Return the two lines under a node."""
    who = session.reader.name(record.host)
    if record.kind is Kind.STATE:
        return f"{who} in {node.title}", _moment(record.at)
    if record.kind is Kind.INTERVENTION:
        return str(record.value("line")), f"you, {_moment(record.at)}"
    if record.kind is Kind.SEND:
        name, _, state = node.title.partition(" ")
        letters = {state_text(known): spec.letters for known, spec in STATES.items()}.get(state)
        title = f"{name} {letters}" if letters else node.title
        if record.value("destination") == BROADCAST:
            return title, f"{who}, broadcast"
        return title, f"{who} to {_target(session, record)}"
    if oldest and who:
        return node.title, f"{who}, {_moment(record.at)}"
    return node.title, node.detail


def _clock(at: int, newest: int) -> str:
    """The clock with ms, as in the head; of another day the day and the clock."""
    return clock_text(at, 3) if at // DAY == newest // DAY else _moment(at)


def _moment(at: int) -> str:
    return f"{weekday_text(at)} {clock_text(at)[:5]}"


def record_glyph(session: Session, record: Record) -> Glyph:
    """Return the small picture of a record."""
    who, kind = who_of(session, record.host), record.kind
    if kind is Kind.SEND:
        return Glyph("capsule", who, failover=record.value("protocol") in _OF_FAILOVER)
    if kind is Kind.STATE:
        return state_glyph(record.value("new"), who)
    if kind is Kind.HOST:
        what = record.value("what")
        return Glyph("icon", who, _HOST_ICONS.get(what, "server"), bad=what == "crash")
    if kind is Kind.LINK:
        cut = record.value("what") == "cut"
        return Glyph("icon", who, "cut" if cut else "heal", bad=cut)
    return replace(_GLYPHS[kind], who=who)


def state_glyph(state: int, who: Who) -> Glyph:
    """Return the badge of a failover state."""
    known = known_state(state)
    if known is None:
        return Glyph("icon", who, "server")
    spec = STATES[known]
    return Glyph("badge", who, spec.letters, spec.service.value)


_GLYPHS: Final = {
    Kind.RECEIVE: Glyph("heard"),
    Kind.LOST: Glyph("lost"),
    Kind.TIMER: Glyph("timer"),
    Kind.DECISION: Glyph("decision"),
    Kind.BREACH: Glyph("breach"),
    Kind.INTERVENTION: Glyph("icon", name="operator"),
    Kind.CLIENT: Glyph("icon", name="client"),
    Kind.BINDING: Glyph("disk"),
    Kind.PERSIST: Glyph("disk"),
    Kind.PARTNER: Glyph("icon", name="server"),
    Kind.CONNECTION: Glyph("icon", name="link"),
    Kind.POOL: Glyph("icon", name="segment"),
    Kind.CONFLICT: Glyph("icon", name="client", bad=True),
}
