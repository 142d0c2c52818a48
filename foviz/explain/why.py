"""Why did this happen? The rule, its source, the facts, the other profiles, the causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.base.kinds import Kind
from foviz.base.rules import RENEWALS, RULES
from foviz.base.time import US, duration_text, short_moment_text
from foviz.explain.reader import fact_text, rule_tag
from foviz.explain.sentences import LOSSES, sentence
from foviz.failover.leadtime import lease_to_give
from foviz.failover.profile import NAMES, PROFILES, SWITCHES, value_text
from foviz.failover.states import STATES
from foviz.failover.table import rows_of
from foviz.sim.timeline import walk_causes
from foviz.wire.dhcp import decode
from foviz.wire.failover import ServerState, state_text

if TYPE_CHECKING:
    from foviz.explain.reader import Reader
    from foviz.failover.profile import Profile
    from foviz.sim.trace import Record

LONGEST_CHAIN = 64


class CauseNode(NamedTuple):
    """One node of a chain of causes: record, glyph, and two lines of words."""

    record: int
    glyph: str
    title: str
    detail: str


class Why(NamedTuple):
    """An explanation. ``facts`` are (name, text); ``result`` is what followed, in bold.

    ``others`` says what the other profiles would have done, ``""`` when the same.
    """

    question: str
    rule: str
    tag: str
    text: str
    source: str
    facts: tuple[tuple[str, str], ...]
    result: str
    others: str
    chain: tuple[CauseNode, ...]


def why(reader: Reader, record: Record, profile: Profile) -> Why:
    """Explain a record."""
    chain = cause_chain(reader, record)
    decided = _decider(reader, record)
    if decided.kind is Kind.DECISION or decided.kind is Kind.BREACH:
        return _by_rule(reader, record, decided, profile, chain)
    if decided.kind is Kind.STATE:
        return _by_row(reader, decided, profile, chain)
    return Why(
        question=_question(reader, record),
        rule="",
        tag="",
        text=_plain(reader, record),
        source=_plain_source(record),
        facts=(),
        result="",
        others="",
        chain=chain,
    )


def _decider(reader: Reader, record: Record) -> Record:
    """Return the record that decided about this one: itself, or its nearest deciding cause."""
    if record.kind in (Kind.DECISION, Kind.STATE, Kind.BREACH):
        return record
    if record.kind in (Kind.SEND, Kind.BINDING, Kind.PERSIST) and record.cause >= 0:
        cause = reader.trace[record.cause]
        if cause.kind in (Kind.DECISION, Kind.STATE) and cause.host == record.host:
            return cause
    return record


def _by_rule(
    reader: Reader,
    record: Record,
    decided: Record,
    profile: Profile,
    chain: tuple[CauseNode, ...],
) -> Why:
    name = decided.value("monitor" if decided.kind is Kind.BREACH else "rule")
    rule = RULES[name]
    facts = tuple(
        (fact, fact_text(value, unit))
        for fact, value, unit in decided.value("facts")
        if fact != "switch"
    )
    result = ""
    if facts and facts[-1][0] == "lease":
        result = f"lease {facts[-1][1]}"
        facts = facts[:-1]
    return Why(
        question=_rule_question(reader, record, decided),
        rule=name,
        tag=_tag(name, decided, profile),
        text=rule.text,
        source=rule.source,
        facts=facts,
        result=result,
        others=_other_profiles(decided, profile),
        chain=chain,
    )


def _switch(decided: Record) -> tuple[str, str]:
    """Return the switch that decided and its value, as the decision's facts name them."""
    named = next((value for fact, value, _ in decided.value("facts") if fact == "switch"), "")
    switch, _, value = named.partition(" = ")
    return switch, value


def _tag(rule: str, decided: Record, profile: Profile) -> str:
    switch, value = _switch(decided)
    if not switch:
        return rule_tag(rule, profile, _request(decided))
    return f"{rule if switch.replace('_', '-') == rule else switch} = {value}"


def _rule_question(reader: Reader, record: Record, decided: Record) -> str:
    who = reader.name(decided.host)
    if decided.kind is Kind.BREACH:
        return "What went wrong?"
    about = reader.client(decided.value("client")) or "this"
    outcome = decided.value("outcome")
    if reader.roles[decided.host] == "relay":
        return f"What did {who} do with the message of {about}?"
    if outcome == "ignored":
        return f"Why did {who} not answer {about}?"
    if outcome == "refused":
        return f"Why did {who} refuse {about}?"
    lease = _fact(decided, "lease")
    if lease is not None and record.kind in (Kind.SEND, Kind.DECISION, Kind.BINDING):
        return f"Why {duration_text(lease * US)}?"
    if outcome in ("accepted", "rejected"):
        return f"Why did {who} {'accept' if outcome == 'accepted' else 'reject'} it?"
    return f"Why did {who} answer {about}?"


def _request(decided: Record) -> str:
    """Return what the client's message asked for, ``""`` where no message was decided about."""
    return next((str(v) for n, v, _ in decided.value("facts") if n == "request"), "")


def _fact(record: Record, name: str) -> int | None:
    for fact, value, _ in record.value("facts"):
        if fact == name:
            return int(value)
    return None


def _other_profiles(decided: Record, profile: Profile) -> str:
    """What the switch that decided would do in the other profiles."""
    if decided.kind is Kind.BREACH:
        return ""
    if profile.name != "microsoft":
        return _other_values(decided, profile)
    rule = decided.value("rule")
    if rule == "survivor-lease":
        desired, mclt = _fact(decided, "scope lease"), _fact(decided, "MCLT")
        acked = _fact(decided, "acknowledged potential expiration") or 0
        received = _fact(decided, "received potential expiration") or 0
        if desired is None or mclt is None:
            return ""
        lease = lease_to_give(desired, decided.at // US, mclt, acked // US, received // US)
        return f"draft and isc: {duration_text(lease * US)}"
    if rule in ("standby", "other-bucket") and _request(decided) in RENEWALS:
        return "draft and isc: answers renewals too"
    return _other_values(decided, profile)


def _other_values(decided: Record, profile: Profile) -> str:
    """What the profiles say that set the switch otherwise."""
    return _others(*_switch(decided), profile)


def _others(switch: str, value: str, profile: Profile) -> str:
    if switch not in SWITCHES:
        return ""
    others: dict[str, list[str]] = {}
    for name in NAMES:
        theirs = value_text(PROFILES[name].value(switch))
        if name != profile.name and theirs != value:
            others.setdefault(theirs, []).append(name)
    return "; ".join(f"{' and '.join(names)}: {theirs}" for theirs, names in others.items())


def _by_row(reader: Reader, record: Record, profile: Profile, chain: tuple[CauseNode, ...]) -> Why:
    old, new = record.value("old"), record.value("new")
    row = next((row for row in rows_of(profile) if row.id == record.value("row")), None)
    conditions = () if row is None else row.when
    name = state_text(new)
    text = row.why if row is not None else "The server has just started and seeks its partner."
    partner = record.value("partner")
    facts = [("before", state_text(old) if old else "off"), ("event", record.value("event"))]
    if partner:
        facts.append(("partner, as last heard", state_text(partner)))
    if row is not None and row.guard:
        facts.append(("condition", row.guard))
    facts.append(("since", short_moment_text(record.at)))
    others = [
        f"{other} ({switch.replace('_', ' ')})"
        for switch, value in conditions
        if (other := _others(switch, value_text(value), profile))
    ]
    return Why(
        question=f"Why is {reader.name(record.host)} in {name}?",
        rule="state",
        tag=record.value("row"),
        text=f"{text} {STATES[ServerState(new)].meaning}",
        source=record.value("section"),
        facts=tuple(facts),
        result=name,
        others="; ".join(others),
        chain=chain,
    )


def _question(reader: Reader, record: Record) -> str:
    if record.kind is Kind.LOST:
        sent = reader.trace[record.value("message")]
        return f"Why did {reader.message(sent)} not arrive?"
    if record.kind is Kind.SEND:
        return f"Why did {reader.name(record.host)} send {reader.message(record)}?"
    return "Why?"


def _plain(reader: Reader, record: Record) -> str:
    if record.kind is Kind.SEND and record.cause >= 0:
        return f"{sentence(reader, reader.trace[record.cause])}."
    if record.kind is Kind.LOST:
        return f"{sentence(reader, record)}. {LOSSES.get(record.value('why'), '').capitalize()}."
    return f"{sentence(reader, record)}."


def _plain_source(record: Record) -> str:
    if record.kind is Kind.SEND and record.value("protocol") == "dhcp":
        return "RFC 2131 §4.4" if decode(record.value("octets")).op == 1 else "RFC 2131 §4.3"
    if record.kind in (Kind.SEND, Kind.CONNECTION):
        return "draft-12 §7, §8"
    return ""


# -- the chain of causes


def cause_chain(reader: Reader, record: Record) -> tuple[CauseNode, ...]:
    """Return the causes of a record, oldest first, the record itself last."""
    nodes: list[CauseNode] = []
    for index in walk_causes(reader.trace, record.index):
        found = reader.trace[index]
        if found.kind is not Kind.PERSIST:
            nodes.append(_node(reader, found))
        if len(nodes) >= LONGEST_CHAIN:
            break
    return tuple(reversed(nodes))


def _node(reader: Reader, record: Record) -> CauseNode:
    who, kind = reader.name(record.host), record.kind
    if kind is Kind.SEND:
        glyph = "failover" if record.value("protocol") == "failover" else "message"
        return CauseNode(record.index, glyph, reader.message(record), who)
    if kind is Kind.RECEIVE:
        return CauseNode(record.index, "heard", "heard", who)
    if kind is Kind.LOST:
        return CauseNode(record.index, "lost", "lost", record.value("where"))
    if kind is Kind.TIMER:
        name = record.value("name")
        title = name.upper() if name in ("t1", "t2") else TIMER_TITLES.get(name, name)
        return CauseNode(record.index, "timer", title, who)
    if kind is Kind.DECISION:
        return CauseNode(record.index, "decision", record.value("outcome"), who)
    if kind is Kind.STATE:
        letters = STATES[ServerState(record.value("new"))].letters
        return CauseNode(record.index, "state", letters, who)
    if kind is Kind.CLIENT:
        return CauseNode(record.index, "client", record.value("new"), who)
    if kind is Kind.INTERVENTION:
        return CauseNode(record.index, "operator", "you", record.value("line"))
    if kind is Kind.HOST:
        return CauseNode(record.index, "host", record.value("what"), who)
    if kind is Kind.BREACH:
        return CauseNode(record.index, "breach", "breach", record.value("monitor"))
    if kind is Kind.POOL:
        return CauseNode(record.index, "pool", record.value("what"), who)
    return CauseNode(record.index, kind.word, kind.word, who)


TIMER_TITLES = {
    "receive": "tReceive",
    "send": "tSend",
    "retry": "retry",
    "expire": "lease end",
    "expiry": "lease end",
    "start": "start",
    "recover-wait": "MCLT over",
    "takeover": "MCLT over",
    "safe-period": "SSI over",
}
"""Short names of timers where room is scarce."""
