"""The inspector's pages of things: a server, a client, an address, a link, a state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foviz import (
    STATES,
    Binding,
    BindingStatus,
    ClientView,
    EndpointView,
    Kind,
    PoolView,
    RelayView,
    ServerView,
    Session,
    TransitionRow,
    clock_text,
    duration_text,
    ip_text,
    mac_text,
    rows_of,
    short_moment_text,
    state_text,
    weekday_text,
)
from ui.model.selection import NOTHING, Selection
from ui.model.silence import silence_about
from ui.view.inspector_page import (
    Asked,
    Caption,
    Glyph,
    Head,
    Move,
    Node,
    Page,
    Pair,
    Row,
    Twin,
    ahead_text,
    known_state,
    span_text,
    who_of,
)
from ui.view.inspector_record import Memory, state_glyph

if TYPE_CHECKING:
    from collections.abc import Callable

_TIMERS: Final = {
    "send": "a CONTACT is due",
    "receive": "the partner counts as silent",
    "retry": "next try to connect",
    "handshake": "the greeting is given up",
    "startup": "the start-up time is over",
    "safe-period": "takes over by itself",
    "recover-wait": "the waiting is over",
    "takeover": "the partner’s addresses become usable",
    "rebalance": "looks at the shares of free addresses",
    "expiry": "a lease ends",
    "t1": "T1",
    "t2": "T2",
    "expire": "the lease ends",
    "start": "begins",
}
_SHOWN_TIMERS: Final = 4
_DOWN: Final = {
    "crash": "it crashed",
    "kill": "its service was killed",
    "stop": "its service was stopped",
    "off": "it was switched off",
}
_NEAR: Final = 64
"""A server goes down within so many records of the moment it is down from."""
_SERVICES: Final = {
    "full": "answers its share of the clients",
    "alone": "answers every client, from its own addresses",
    "takeover": "answers every client, later from both pools",
    "renew": "answers renewals only",
    "silent": "answers no client",
}
_LINKS: Final = {
    "wire": "a line between two hosts",
    "drop": "a host’s connection to its segment",
    "bridge": "a line between two segments",
}


def host_page(
    session: Session, memory: Memory, index: int, last_decision: Callable[[int], int]
) -> Page:
    """Return the page of a server, a relay or a client."""
    snapshot = session.snapshot()
    server = snapshot.server(index)
    relay = None if server is not None else snapshot.relay(index)
    client = None if server is not None or relay is not None else snapshot.client(index)
    if server is not None:
        head, rows = _server_head(session, server), _server_rows(session, server)
    elif relay is not None:
        head, rows = _relay_head(relay), _relay_rows(session, relay)
    elif client is not None:
        head, rows = _client_head(client), _client_rows(session, client)
    else:
        return _unknown("There is no such host here.")
    down = server or relay
    if down is not None and not down.running and down.down_since:
        asked, nodes = _why_off(session, memory, down)
    else:
        asked, nodes = _decided(session, memory, last_decision(index))
    return Page("thing", head, -1, rows, asked, nodes)


def _why_off(
    session: Session, memory: Memory, host: ServerView | RelayView
) -> tuple[Asked | None, tuple[Node, ...]]:
    """Explain why a host is off: what it did last is no longer the question."""
    trace = session.branch.trace
    first = trace.first_at(host.down_since)
    for index in range(first, min(session.record_count, first + _NEAR)):
        if trace.kind(index) == Kind.HOST and trace.host(index) == host.index:
            asked, nodes = memory.explain(session, index)
            return replace(asked, question=f"Why is {host.name} off?"), nodes
    return None, ()


def _decided(
    session: Session, memory: Memory, record: int
) -> tuple[Asked | None, tuple[Node, ...]]:
    return memory.explain(session, record) if record >= 0 else (None, ())


def _deed(line: str, name: str = "Do") -> Pair:
    """A lab line that a click carries out."""
    return Pair(name, line, f"Carry out: {line}", line=line)


def _unknown(words: str) -> Page:
    return Page("nothing", Head(((words, True),)))


# -- a server


def _server_head(session: Session, server: ServerView) -> Head:
    side = server.endpoint
    role = "no partner" if side is None else side.role
    note = f"{role}, {server.duty}" if server.duty else role
    glyph = Glyph("icon", who_of(session, server.index), "server", off=not server.running)
    return Head(((server.name, True),), glyph=glyph, notes=(note,), right=server.address)


def _server_rows(session: Session, server: ServerView) -> tuple[Row, ...]:
    rows: list[Row] = []
    if not server.running:
        rows.append(Pair("Off", _off_text(server)))
        rows.append(_deed(f"restart {server.name}"))
    for side in server.endpoints:
        rows += _side_rows(session, server, side)
    rows.append(Pair("Clock", _clock_text(server.skew), "How far its own clock is off true time."))
    rows += _timer_rows(session, server)
    rows += _reserve_rows(session, server)
    return tuple(rows)


def _off_text(host: ServerView | RelayView) -> str:
    if not host.down_since:
        return "not started yet"
    why = _DOWN.get(host.down_why, host.down_why)
    return f"since {short_moment_text(host.down_since)}{f': {why}' if why else ''}"


def _side_rows(session: Session, server: ServerView, side: EndpointView) -> list[Row]:
    badge = state_glyph(side.state, who_of(session, server.index))
    badge = replace(badge, off=not server.running)
    known = known_state(side.state)
    meaning = STATES[known].meaning if known is not None else ""
    if not server.running:
        return [Pair("Stored", side.state_text, "The state on its disk.", glyph=badge)]
    since = f" since {short_moment_text(side.since)}" if side.since else ""
    servers = session.snapshot().servers
    found = next((each for each in servers if each.name == side.partner), None)
    selection = Selection("host", found.index) if found is not None else NOTHING
    heard = state_text(side.partner_state) if side.partner_state else "never heard"
    starting = ", starting" if side.partner_starting else ""
    rows: list[Row] = [
        Pair("State", f"{side.state_text}{since}", meaning, glyph=badge),
        Pair("Partner", f"{side.partner}, last known in {heard}{starting}", "", selection),
        Pair("Contact", _contact_text(session, side)),
        Pair("Role", f"{side.role} ({side.mode}){f', {server.duty}' if server.duty else ''}"),
        Pair("Updates", _pending_text(side.pending), "Updates the partner has not acknowledged."),
        Pair("MCLT", duration_text(side.mclt_s * 1_000_000), "Maximum client lead time."),
    ]
    return rows


def _contact_text(session: Session, side: EndpointView) -> str:
    if not side.last_heard:
        return "yes" if side.contact else "none yet"
    if side.contact:
        return f"yes, heard {ahead_text(side.last_heard, session.playhead)}"
    return f"none, last heard {short_moment_text(side.last_heard)}"


def _pending_text(count: int) -> str:
    if not count:
        return "none pending: the partner knows all"
    return f"{count:,} not yet acknowledged"


def _clock_text(skew: int) -> str:
    if not skew:
        return "shows true time"
    return f"{span_text(abs(skew))} {'ahead' if skew > 0 else 'behind'}"


def _timer_rows(session: Session, server: ServerView) -> list[Row]:
    now = session.playhead
    running = [timer for timer in server.timers if timer.at > now]
    rows: list[Row] = []
    for place, timer in enumerate(running[:_SHOWN_TIMERS]):
        words = _TIMERS.get(timer.name, timer.name)
        more = len(running) - _SHOWN_TIMERS
        rest = f" · {more:,} more" if place == _SHOWN_TIMERS - 1 and more > 0 else ""
        text = f"{ahead_text(timer.at, now)}: {words}{rest}"
        rows.append(Pair("Timers" if not place else "", text, short_moment_text(timer.at)))
    return rows


def _reserve_rows(session: Session, server: ServerView) -> list[Row]:
    rows: list[Row] = []
    for pool in session.snapshot().pools:
        belief = next((each for each in pool.beliefs if each.server == server.index), None)
        if belief is None or not pool.reserve_percent:
            continue
        count = belief.counts()[BindingStatus.BACKUP.name]
        text = f"{pool.reserve_percent}\u00a0% for the standby, {count:,} addresses of {pool.scope}"
        rows.append(Pair("Reserve", text, "Free addresses that belong to the standby."))
    return rows


# -- a relay


def _relay_head(relay: RelayView) -> Head:
    glyph = Glyph("icon", "client", "relay", off=not relay.running)
    return Head(((relay.name, True),), glyph=glyph, notes=("relay",), right=relay.address)


def _relay_rows(session: Session, relay: RelayView) -> tuple[Row, ...]:
    rows: list[Row] = []
    if not relay.running:
        rows.append(Pair("Off", _off_text(relay)))
        rows.append(_deed(f"restart {relay.name}"))
    else:
        rows.append(Pair("Agent", "running: passes requests on to every helper address"))
    rows.append(Pair("Between", " and ".join(relay.segments), "It routes between them as well."))
    servers = session.snapshot().servers
    for place, helper in enumerate(relay.helpers):
        server = next((each for each in servers if each.address == ip_text(helper)), None)
        name, text = "" if place else "Helpers", ip_text(helper)
        words = "Requests of clients are sent on to this address."
        if server is None:
            rows.append(Pair(name, text, words))
            continue
        glyph = Glyph("disc", who_of(session, server.index))
        selection = Selection("host", server.index)
        rows.append(Pair(name, f"{text}, {server.name}", words, selection, "", glyph))
    if not relay.helpers:
        rows.append(Pair("Helpers", "none: it passes nothing on"))
    return tuple(rows)


# -- a client


def _client_head(client: ClientView) -> Head:
    note = f"client, {client.address_text}" if client.address else "client"
    glyph = Glyph("icon", "client", "client")
    return Head(((client.name, True),), glyph=glyph, notes=(note,), right=mac_text(client.hardware))


def _client_rows(session: Session, client: ClientView) -> tuple[Row, ...]:
    now = session.playhead
    state = client.state if client.ever_started else "off, never started"
    rows: list[Row] = [Pair("State", state)]
    if not client.powered:
        rows.append(_deed(f"start {client.name}"))
    if client.segment:
        rows.append(Pair("Segment", client.segment))
    rows += _bucket_rows(session, client)
    if not client.address:
        rows.append(Pair("Lease", "none"))
        return tuple(rows)
    address = Selection("address", client.address)
    rows.append(Pair("Address", client.address_text, "", address))
    lease = duration_text(client.lease_s * 1_000_000)
    since = short_moment_text(client.base)
    granter = session.reader.name(client.granter)
    if granter:
        glyph = Glyph("heard", who_of(session, client.granter))
        selection = Selection("host", client.granter)
        rows.append(Pair("Lease from", f"{granter}, {lease}, {since}", "", selection, "", glyph))
    else:
        rows.append(Pair("Lease", f"{lease}, {since}"))
    limits = (
        ("T1", client.t1, "Half of the lease: it asks the server that granted it."),
        ("T2", client.t2, "Seven eighths of the lease: it asks every server."),
        ("Until", client.expires, "The end of the lease."),
    )
    for name, at, words in limits:
        text = f"{short_moment_text(at)}, {ahead_text(at, now)}"
        rows.append(Pair(name, text, words, strong=name == "Until"))
    return tuple(rows)


def _bucket_rows(session: Session, client: ClientView) -> list[Row]:
    """Say whose client it is under load balance, and who was silent because of that."""
    owner = session.snapshot().server(client.bucket_server)
    if owner is None:
        return []
    text = f"hash 0x{client.bucket:02X}, bucket {client.bucket}: {owner.name}’s"
    words = "The hash of its identifier; each bucket is one server’s in load balance."
    glyph = Glyph("disc", who_of(session, owner.index))
    rows: list[Row] = [Pair("Bucket", text, words, Selection("host", owner.index), "", glyph)]
    silent = silence_about(session, client.index)
    if silent is not None:
        name, at = session.reader.name(silent.host), short_moment_text(silent.at)
        glyph = Glyph("disc", who_of(session, silent.host))
        selection = Selection("record", silent.record)
        rows.append(Pair("Silent", f"{name}, {at}: other bucket", "Why?", selection, "", glyph))
    return rows


# -- an address


def address_page(
    session: Session,
    memory: Memory,
    address: int,
    client: int,
    last_decision: Callable[[int], int],
) -> Page:
    """Return the page of an address: what each server believes of it."""
    pool = next((p for p in session.snapshot().pools if p.first <= address <= p.last), None)
    asked, nodes = _decided(session, memory, last_decision(client)) if client >= 0 else (None, ())
    if pool is None:
        head = Head(((ip_text(address), True),), notes=("in no pool",))
        return Page("thing", head, -1, (), asked, nodes)
    differ = bool(pool.differing >> (address - pool.first) & 1)
    note = f"scope {pool.scope}, the servers differ" if differ else f"scope {pool.scope}"
    rows: list[Row] = list(_belief_rows(session, pool, address))
    if client >= 0:
        name = session.reader.name(client)
        rows.append(Pair("Held by", name, "By its own belief.", Selection("host", client)))
    head = Head(((ip_text(address), True),), glyph=Glyph("icon", name="segment"), notes=(note,))
    return Page("thing", head, -1, tuple(rows), asked, nodes)


def _belief_rows(session: Session, pool: PoolView, address: int) -> tuple[Twin, ...]:
    beliefs = pool.beliefs
    bindings = tuple(belief.binding(address) for belief in beliefs)
    heads = tuple(
        f"{session.reader.name(belief.server)} "
        + ("now" if belief.present else f"until {_day_text(belief.until)}")
        for belief in beliefs
    )
    discs = tuple(
        Glyph("disc" if belief.present else "ring", who_of(session, belief.server))
        for belief in beliefs
    )

    def client_text(binding: Binding) -> str:
        return session.reader.client(binding.hardware) or "–"

    shown: tuple[tuple[str, Callable[[Binding], str]], ...] = (
        ("Status", lambda binding: binding.status.name),
        ("Client", client_text),
        ("Until", lambda binding: _moment_text(binding.expires)),
        ("Granted by", lambda binding: binding.granter or "–"),
        ("PET", lambda binding: _moment_text(binding.pet)),
        ("Acked PET", lambda binding: _moment_text(binding.acked_pet)),
        ("Received PET", lambda binding: _moment_text(binding.received_pet)),
        ("Partner", lambda binding: "knows" if binding.known else "does not know yet"),
    )
    compared = ("Status", "Client", "Until")
    rows = [Twin("", heads, glyphs=discs, head=True)]
    for name, read in shown:
        values = tuple(read(binding) for binding in bindings)
        differ = name in compared and len(set(values)) > 1
        rows.append(Twin(name, values, differ))
    return tuple(rows)


def _moment_text(at: int) -> str:
    return short_moment_text(at) if at else "–"


def _day_text(at: int) -> str:
    return f"{weekday_text(at)} {clock_text(at)[:5]}"


# -- a link and a state


def link_page(session: Session, name: str) -> Page:
    """Return the page of a link."""
    snapshot = session.snapshot()
    link = next((each for each in snapshot.links if each.name == name), None)
    if link is None:
        return _unknown("There is no such link here.")
    cut = {"": "", "both": "cut: nothing passes"}.get(
        link.cut, f"cut: nothing passes towards {link.cut}"
    )
    glyph = Glyph("icon", name="cut" if cut else "link", bad=bool(cut))
    rows: list[Row] = []
    for place, end in enumerate((link.a, link.b)):
        index = snapshot.host_names.index(end) if end in snapshot.host_names else -1
        selection = Selection("host", index) if index >= 0 else NOTHING
        rows.append(Pair("Between" if not place else "and", end, "", selection))
    rows.append(Pair("Latency", duration_text(link.latency), "How long a message is on its way."))
    rows.append(Pair("Now", cut or "whole"))
    deeds = (f"heal {name}",) if cut else (f"cut {name}", f"cut {name} one-way")
    for place, line in enumerate(deeds):
        rows.append(_deed(line, "Do" if not place else ""))
    head = Head(((name, True),), glyph=glyph, notes=(_LINKS.get(link.kind, link.kind),))
    return Page("thing", head, -1, tuple(rows))


def state_page(session: Session, state: int) -> Page:
    """Return the page of a failover state: what it means, and the ways out of it."""
    known = known_state(state)
    if known is None:
        return _unknown("There is no such state.")
    spec = STATES[known]
    inside = [
        server.name
        for server in session.snapshot().servers
        if server.running and any(side.state == state for side in server.endpoints)
    ]
    rows: list[Row] = [
        Pair("Meaning", spec.meaning),
        Pair("Service", _SERVICES[spec.service.value]),
        Pair("In it now", ", ".join(inside) or "nobody"),
        Pair("Source", spec.section, "Where it is defined."),
    ]
    rows.append(Caption(("on", "partner in", "to", "because")))
    rows += [_move(row) for row in rows_of(session.profile) if _is_way_out(row, state)]
    head = Head(((state_text(state), True),), glyph=state_glyph(state, "client"))
    return Page("thing", head, -1, tuple(rows), badges=True)


def _is_way_out(row: TransitionRow, state: int) -> bool:
    """Whether a row leads out of a state."""
    return row.state == state and row.to != state


def _move(row: TransitionRow) -> Move:
    partners = " ".join(STATES[partner].letters for partner in row.partners) or "any"
    target = state_glyph(row.to, "client") if row.to is not None else Glyph("none", name="stored")
    whole = ", ".join(state_text(partner) for partner in row.partners) or "any state"
    into = state_text(row.to) if row.to is not None else "the stored state"
    guard = f"\nIf {row.guard}." if row.guard else ""
    words = f"{row.event.value}, the partner in {whole} → {into}\n{row.why}{guard}\n{row.section}"
    selection = Selection("state", int(row.to)) if row.to is not None else NOTHING
    text = f"{row.why} ({row.guard})" if row.guard else row.why
    return Move(row.event.value, partners, target, text, words, selection)


# -- nothing


def nothing_page(coming: bool) -> Page:
    """Return the page for when nothing has happened, or when it has not happened yet."""
    title = "That has not happened yet." if coming else "Nothing has happened yet."
    keys = (
        ("Space", "play or pause"),
        ("→", "next event"),
        ("Page Down", "next step"),
        ("Ctrl+Shift+P", "say what to do"),
    )
    text = "Press Space to play, or click anything to ask about it."
    facts = tuple(Pair(name, what) for name, what in keys)
    asked = Asked("How do I begin?" if not coming else "How do I get there?", text, facts=facts)
    return Page("nothing", Head(((title, True),), glyph=Glyph("icon", name="play")), asked=asked)
