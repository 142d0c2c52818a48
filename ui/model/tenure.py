"""The lease in focus, read off the session: what the client was told, what servers believe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz import US, BindingStatus, ClientView, Kind, ServerView, clock_text, weekday_text
from ui.layout.leases_facts import Belief, Grant, Tenure, tenure_start, told_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foviz import Belief as Books
    from foviz import Binding, LeaseGrant, PoolView, Session, Snapshot
    from ui.model.run import RunModel

_WHO: Final = {1: "s1", 2: "s2"}
_GIVEN_UP: Final = (BindingStatus.FREE, BindingStatus.RELEASED, BindingStatus.EXPIRED)


def who_of(server: ServerView | None) -> str:
    """Return the hue of a server: ``s1``, ``s2``, or ``client`` for one of no relationship."""
    return _WHO.get(server.number, "client") if server is not None else "client"


class TenureReader:
    """Reads the lease in focus; remembers a client's history as long as nothing is added.

    With *latest* only the grants are read by which the client goes, or may go next: of what
    lies ahead they tell as much as a history of a million records.
    """

    def __init__(self, *, latest: bool = False) -> None:
        self.latest = latest
        self._key: object = None
        self._tenure: Tenure | None = None
        self._history: tuple[object, int, tuple[Grant, ...]] | None = None

    def read(self, model: RunModel) -> Tenure | None:
        """Return what there is to show, or None when nothing is leased."""
        session = model.session
        key = (
            session,
            session.version,
            session.position,
            len(session.branch.trace),
            model.selection,
        )
        if key != self._key:
            self._tenure = self._read(model)
            self._key = key
        return self._tenure

    def _read(self, model: RunModel) -> Tenure | None:
        session, snapshot, focus = model.session, model.snapshot, model.focus
        chosen = model.selection.kind != "none"
        if focus.address:
            tenure = self._tenure_of(session, snapshot, focus.address, focus.client)
            if tenure is not None and (chosen or tenure.told or _leased(tenure)):
                return tenure
        first = _first_leased(snapshot)
        return self._tenure_of(session, snapshot, first, -1) if first else None

    def _tenure_of(
        self, session: Session, snapshot: Snapshot, address: int, client: int
    ) -> Tenure | None:
        pool = next((p for p in snapshot.pools if p.first <= address <= p.last), None)
        if pool is None:
            return None
        found = _client_of(snapshot, pool, address, client)
        grants: tuple[Grant, ...] = ()
        if found is not None:
            if self.latest and found.address == address:
                grants = _latest(session, snapshot, found)
            else:
                grants = self._grants(session, snapshot, found)
            grants = tuple(grant for grant in grants if grant.address == address)
        beliefs = tuple(_belief(snapshot, pool, books, address, grants) for books in pool.beliefs)
        until = _given_up(snapshot, pool, address, found, session.playhead)
        return Tenure(
            address=address,
            client=found.index if found is not None else -1,
            client_name=found.name if found is not None else "",
            grants=grants,
            told=told_bar(grants, until),
            beliefs=beliefs,
            mclt=max((belief.mclt for belief in beliefs), default=0),
        )

    def _grants(
        self, session: Session, snapshot: Snapshot, client: ClientView
    ) -> tuple[Grant, ...]:
        """Return the grants to a client; computed anew only when one was added or arrived."""
        trace = session.branch.trace
        acks = session.digest.acks_to(client.hardware, session.record_count)
        if not acks:
            return ()
        key = (trace, client.index, len(acks), trace.fingerprint(acks[-1] + 1))
        kept = self._history
        if kept is not None and kept[0] == key and session.playhead > kept[1]:
            return kept[2]
        history = session.lease_history(client.index)
        grants = tuple(_grant(session, snapshot, grant) for grant in history)
        # The same grants look otherwise while the last one is on its way.
        arrivals = session.record(acks[-1]).value("arrivals")
        settled = max((at for _, at in arrivals), default=session.record(acks[-1]).at)
        if session.playhead > settled:
            self._history = (key, settled, grants)
        return grants


def _grant(session: Session, snapshot: Snapshot, grant: LeaseGrant) -> Grant:
    way = "arrived" if grant.arrived else "flying"
    if not grant.arrived:
        ends = session.digest.ends(grant.record)
        if any(end.what != "heard" and end.at <= session.playhead for end in ends):
            way = "lost"
    who = who_of(snapshot.server(grant.server))
    return Grant(
        grant.record,
        grant.base,
        grant.expires,
        grant.t1,
        grant.t2,
        grant.lease_s,
        grant.server,
        who,
        way,
        grant.address,
    )


def _latest(session: Session, snapshot: Snapshot, client: ClientView) -> tuple[Grant, ...]:
    """Return the grant that a client goes by, and the one that is on its way to it."""
    granter = snapshot.server(client.granter)
    held = Grant(
        -1,
        client.base,
        client.expires,
        client.t1,
        client.t2,
        client.lease_s,
        client.granter,
        who_of(granter),
        "arrived",
        client.address,
    )
    acks = session.digest.acks_to(client.hardware, session.record_count)
    flying = _flying(session, snapshot, client, acks[-1]) if acks else None
    return (held, flying) if flying is not None else (held,)


def _flying(session: Session, snapshot: Snapshot, client: ClientView, ack: int) -> Grant | None:
    """Return what an ACK grants that is still on its way."""
    for end in session.digest.ends(ack):
        heard = end.what == "heard" and end.record < session.record_count
        if heard or (end.what != "heard" and end.at <= session.playhead):
            return None
    trace, granted = session.branch.trace, session.digest.granted(ack)
    cause = ack
    while cause >= 0 and not (trace.kind(cause) == Kind.SEND and trace.host(cause) == client.index):
        cause = trace.cause(cause)
    base = trace.at(max(cause, 0))
    lease_s, server = granted.lease_s or 0, trace.host(ack)
    return Grant(
        ack,
        base,
        base + lease_s * US,
        base + (lease_s // 2 if granted.t1_s is None else granted.t1_s) * US,
        base + (lease_s * 7 // 8 if granted.t2_s is None else granted.t2_s) * US,
        lease_s,
        server,
        who_of(snapshot.server(server)),
        "flying",
        granted.address,
    )


def _leased(tenure: Tenure) -> bool:
    return any(belief.leased for belief in tenure.beliefs)


def _first_leased(snapshot: Snapshot) -> int:
    """Return the lowest address that any server believes leased, or 0."""
    for pool in snapshot.pools:
        mask = 0
        for books in pool.beliefs:
            mask |= books.mask(BindingStatus.ACTIVE)
        if mask:
            return pool.first + (mask & -mask).bit_length() - 1
    return 0


def _client_of(snapshot: Snapshot, pool: PoolView, address: int, client: int) -> ClientView | None:
    """Return the client of an address: the one asked for, who holds it, or whom books name."""
    found = snapshot.client(client) if client >= 0 else None
    if found is not None:
        return found
    holder = next((c for c in snapshot.clients if c.address == address), None)
    if holder is not None:
        return holder
    named = [books.binding(address).hardware for books in pool.beliefs]
    return next((c for c in snapshot.clients if c.hardware in named), None)


def _given_up(
    snapshot: Snapshot, pool: PoolView, address: int, client: ClientView | None, now: int
) -> int:
    """Return when a client that no longer holds an address gave it up, else 0."""
    if client is None or client.address == address:
        return 0
    ended: list[int] = []
    for books in pool.beliefs:
        binding = books.binding(address)
        if binding.hardware == client.hardware and binding.status in _GIVEN_UP:
            ended.append(binding.start - _skew(snapshot, books))
    return min(ended, default=now)


def _skew(snapshot: Snapshot, books: Books) -> int:
    server = snapshot.server(books.server)
    return server.skew if server is not None else 0


def _belief(
    snapshot: Snapshot, pool: PoolView, books: Books, address: int, grants: Sequence[Grant]
) -> Belief:
    server = snapshot.server(books.server)
    assert server is not None
    binding = books.binding(address)
    blank = Belief(server.index, server.name, who_of(server), server.running)
    if not binding.leased:
        return blank._replace(note=_note(binding, server.skew))
    return _lease_on_books(blank, server, pool, binding, grants)


def _lease_on_books(
    blank: Belief,
    server: ServerView,
    pool: PoolView,
    binding: Binding,
    grants: Sequence[Grant],
) -> Belief:
    def true(moment: int) -> int:
        return moment - server.skew if moment else 0

    endpoint = next((e for e in server.endpoints if e.relationship == pool.relationship), None)
    renewed = true(binding.start)
    told = [grant for grant in grants if grant.start <= renewed + US]
    start = tenure_start(told) or renewed
    acked, received = true(binding.acked_pet), true(binding.received_pet)
    limit, pet = max(acked, received), true(binding.pet)
    striped = 0
    if not binding.known:
        # What was acknowledged before reaches up to the renewal that was not.
        striped = max(start, renewed) if limit else start
    pending = pet if not binding.known and pet > limit else 0
    reachable = endpoint is not None and endpoint.contact and server.running
    return blank._replace(
        start=start,
        end=true(binding.expires),
        striped=striped,
        limit=limit,
        limit_word="acked PET" if acked >= received else "received PET",
        pending=pending,
        pending_word="sent PET" if reachable else "to send",
        mclt=endpoint.mclt_s * US if endpoint is not None else 0,
        record=told[-1].record if told else -1,
    )


def _note(binding: Binding, skew: int) -> str:
    """Return what books say of an address without a lease: ``released Mon 09:24``."""
    word = binding.status.name.lower()
    if binding.status in (BindingStatus.FREE, BindingStatus.BACKUP) or not binding.start:
        return word
    at = binding.start - skew
    return f"{word} {weekday_text(at)} {clock_text(at)[:5]}"
