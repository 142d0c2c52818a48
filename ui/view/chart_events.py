"""Rows of the chart that are no messages: states, hosts, links, pools, breaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz import RULES, STATES, Kind, RowKind, ServerState, duration_text, ip_text
from ui.layout.chart_items import Change, Effect, Item, LinkMark, Mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz import Record
    from ui.view.chart_facts import Facts

_NBSP = "\u00a0"
_STOPPED = {
    "crash": ("bolt", "crash", True),
    "kill": ("bolt", "service killed", True),
    "stop": ("stop", "stop service", False),
    "off": ("stop", "off", False),
    "lose-disk": ("disk", "disk lost", True),
}
_OFF = ("crash", "kill", "stop", "off")


def is_chained(facts: Facts, place: int) -> bool:
    """Whether a state change stands in the row of the one, or of the start, just before it."""
    if place == 0 or facts.digest.row(place).kind is not RowKind.STATE:
        return False
    return _follows(facts, place - 1, place)


def _follows(facts: Facts, before: int, place: int) -> bool:
    """Whether two rows are of one host in one event, a state change after a state or a start."""
    one, other = facts.digest.row(before), facts.digest.row(place)
    trace = facts.trace
    if other.kind is not RowKind.STATE or one.kind not in (RowKind.STATE, RowKind.HOST):
        return False
    return trace.event(one.record) == trace.event(other.record) and (
        trace.host(one.record) == trace.host(other.record)
    )


def _chain(facts: Facts, place: int, count: int) -> list[int]:
    """Return the places of the state changes that share the row of the one at a place."""
    places = [place]
    while places[-1] + 1 < count and _follows(facts, places[-1], places[-1] + 1):
        places.append(places[-1] + 1)
    return places


def event_item(facts: Facts, place: int, count: int) -> Item | None:
    """Return the item of a row that is no message."""
    row = facts.digest.row(place)
    maker = _MAKERS.get(row.kind)
    if maker is None:
        return None
    return maker(facts, place, count)


def _badge(number: int) -> tuple[str, str]:
    spec = STATES[ServerState(number)] if number else STATES[ServerState.STARTUP]
    return spec.letters, spec.service.value


def _state(facts: Facts, place: int, count: int) -> Item:
    places = _chain(facts, place, count)
    found = [facts.session.record(facts.digest.row(p).record) for p in places]
    first, last = found[0], found[-1]
    states = (_badge(first.value("old")), *(_badge(r.value("new")) for r in found))
    glyph, text = _set_off_by(facts, first)
    change = Change(
        last.index,
        first.host,
        facts.who(first.host),
        states,
        glyph,
        text,
        "\n".join(facts.words(r.index) for r in found),
    )
    return _item(facts, places, change, (_effect(facts, last),))


def _effect(facts: Facts, state: Record) -> Effect:
    letters, service = _badge(state.value("new"))
    return Effect(state.host, "middle", service, facts.who(state.host), letters)


def _set_off_by(facts: Facts, record: Record) -> tuple[str, str]:
    """Return the glyph and the words of what changed a state."""
    cause = record.cause
    if cause < 0:
        return "", ""
    kind = facts.trace.kind(cause)
    if kind == Kind.INTERVENTION:
        return "operator", ""
    if kind != Kind.TIMER:
        return "", ""
    name = facts.session.record(cause).value("name")
    profile = facts.session.profile
    words = {
        "receive": f"tReceive {profile.receive_timer_s}{_NBSP}s",
        "startup": f"tStartup {profile.startup_s}{_NBSP}s",
        "recover-wait": "MCLT over",
        "safe-period": "switchover time over",
    }
    return "timer", words.get(name, name)


def _host(facts: Facts, place: int, count: int) -> Item:
    record = facts.session.record(facts.digest.row(place).record)
    what, who = record.value("what"), facts.who(record.host)
    words = facts.words(record.index)
    if what == "boot":
        return _boot(facts, place, count, record)
    if what == "skew":
        ahead = int(record.value("detail"))
        text = f"{'+' if ahead >= 0 else ''}{duration_text(ahead)}"
        mark = Mark(record.index, record.host, who, "skew", text, True, None, words)
        return _item(facts, [place], mark, ())
    form, text, bad = _STOPPED.get(what, ("stop", what, False))
    if facts.is_client(record.host) and what == "stop":
        text = "off"
    mark = Mark(record.index, record.host, who, form, text, bad, None, words)
    effects = (Effect(record.host, "middle", "off", who),) if what in _OFF else ()
    return _item(facts, [place], mark, effects)


def _boot(facts: Facts, place: int, count: int, record: Record) -> Item:
    """Return a start; a server's first state stands beside it."""
    places = _chain(facts, place, count)
    who = facts.who(record.host)
    states = [facts.session.record(facts.digest.row(p).record) for p in places[1:]]
    again = not facts.is_client(record.host) and place > 8
    badge = _badge(states[-1].value("new")) if states else None
    words = "\n".join(facts.words(r.index) for r in (record, *states))
    mark = Mark(
        record.index,
        record.host,
        who,
        "restart",
        "restart" if again else "start",
        False,
        badge,
        words,
    )
    if facts.is_client(record.host):
        effects: tuple[Effect, ...] = (Effect(record.host, "middle", "awake"),)
    elif states:
        effects = (_effect(facts, states[-1]),)
    else:
        effects = (Effect(record.host, "middle", "full", who),)
    return _item(facts, places, mark, effects)


def _link(facts: Facts, place: int, count: int) -> Item:
    record = facts.session.record(facts.digest.row(place).record)
    link, what, towards = record.value("link"), record.value("what"), record.value("detail")
    a, b = facts.link_hosts(link)
    text = f"{link} {'cut' if what == 'cut' else 'mended'}"
    if towards:
        text += f" towards {towards}"
    mark = LinkMark(record.index, a, b, what == "cut", text, facts.words(record.index))
    return _item(facts, [place], mark, ())


def _pool(facts: Facts, place: int, count: int) -> Item:
    record = facts.session.record(facts.digest.row(place).record)
    words = facts.words(record.index)
    mark = Mark(
        record.index,
        record.host,
        facts.who(record.host),
        "timer",
        "MCLT over: both pools",
        False,
        None,
        words,
    )
    return _item(facts, [place], mark, ())


def _conflict(facts: Facts, place: int, count: int) -> Item:
    record = facts.session.record(facts.digest.row(place).record)
    text = f"{ip_text(record.value('address'))} is in use"
    who = facts.who(record.host)
    mark = Mark(
        record.index, record.host, who, "conflict", text, True, None, facts.words(record.index)
    )
    return _item(facts, [place], mark, ())


def _breach(facts: Facts, place: int, count: int) -> Item:
    record = facts.session.record(facts.digest.row(place).record)
    rule = RULES.get(record.value("monitor"))
    text = rule.short if rule is not None else record.value("monitor")
    words = facts.words(record.index)
    mark = Mark(record.index, -1, "client", "breach", text, True, None, words)
    return _item(facts, [place], mark, ())


def _item(
    facts: Facts, places: list[int], part: Change | Mark | LinkMark, effects: tuple[Effect, ...]
) -> Item:
    records = tuple(facts.digest.row(p).record for p in places)
    at = facts.trace.at(records[0])
    return Item("row", at, places[0], places[-1], (part,), records, -1, effects)


_MAKERS: dict[RowKind, Callable[[Facts, int, int], Item]] = {
    RowKind.STATE: _state,
    RowKind.HOST: _host,
    RowKind.LINK: _link,
    RowKind.POOL: _pool,
    RowKind.CONFLICT: _conflict,
    RowKind.BREACH: _breach,
}
