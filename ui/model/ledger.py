"""Why each grant was as long as it was: what the server knew when it decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz import US, Kind
from ui.layout.axis import Span
from ui.layout.leases_facts import SHOWN_WHOLE

if TYPE_CHECKING:
    from foviz import Session
    from ui.layout.leases_facts import Grant, Tenure


class Entry(NamedTuple):
    """A grant with its number, and what was decided on.

    ``limit`` is the furthest end that the partner knew of then, ``counted`` whether it was
    counted or only the MCLT; ``pet`` is the potential expiration that went with the grant.
    ``acked`` says that it is acknowledged by now; ``known`` lists the servers (host indexes)
    that have the grant on their books.
    """

    number: int
    grant: Grant
    replaced: int
    limit: int
    counted: bool
    mclt: int
    pet: int
    acked: bool
    known: tuple[int, ...]


def limits(entries: list[Entry]) -> list[Span]:
    """Return each limit with the MCLT behind it, for the axis."""
    return [
        Span(entry.limit, entry.limit + min(entry.mclt, SHOWN_WHOLE))
        for entry in entries
        if entry.limit
    ]


class LedgerReader:
    """Reads the entries of a tenure; what was decided never changes and is read once."""

    def __init__(self) -> None:
        self._session: Session | None = None
        self._kept: dict[tuple[str, int, int], tuple[int, bool, int, int]] = {}

    def read(self, session: Session, tenure: Tenure) -> list[Entry]:
        """Return an entry for each grant, oldest first."""
        if session is not self._session:
            self._session, self._kept = session, {}
        decided = [_in_true_time(session, g, self._decided(session, g)) for g in tenure.grants]
        acked = _acked(tenure, [found[3] for found in decided])
        entries: list[Entry] = []
        ends = {told.grant.record: told.end for told in tenure.told}
        for place, grant in enumerate(tenure.grants):
            limit, counted, mclt, pet = decided[place]
            end = ends.get(grant.record, grant.end)
            known = tuple(
                belief.server
                for belief in tenure.beliefs
                if belief.leased and _has(belief.server, grant, pet, tenure, acked[place])
            )
            entries.append(
                Entry(
                    place + 1,
                    grant,
                    end if end < grant.end else 0,
                    limit,
                    counted,
                    mclt,
                    pet,
                    acked[place],
                    known,
                )
            )
        return entries

    def _decided(self, session: Session, grant: Grant) -> tuple[int, bool, int, int]:
        """Return limit, counted, MCLT and PET of a grant from the records that led to it."""
        trace = session.branch.trace
        key = (session.branch.name, grant.record, trace.fingerprint(grant.record + 1))
        if key not in self._kept:
            self._kept[key] = _read_decision(session, grant)
        return self._kept[key]


def _read_decision(session: Session, grant: Grant) -> tuple[int, bool, int, int]:
    cause = session.record(grant.record).cause
    limit, mclt, pet, counted = 0, 0, 0, True
    decision = session.record(cause) if cause >= 0 else None
    if decision is not None and decision.kind is Kind.DECISION:
        facts = {name: value for name, value, _ in decision.value("facts")}
        known = [
            facts.get(f"{how} potential expiration", 0) for how in ("acknowledged", "received")
        ]
        limit = max(known)
        mclt = facts.get("MCLT", 0) * US
        counted = decision.value("rule") != "survivor-lease" or grant.lease_s * US != mclt
    for index in range(max(0, cause + 1), grant.record):
        record = session.record(index)
        if record.kind is Kind.BINDING and record.value("address") == grant.address:
            pet = record.value("pet")
    return limit, counted, mclt, pet


def _in_true_time(
    session: Session, grant: Grant, decided: tuple[int, bool, int, int]
) -> tuple[int, bool, int, int]:
    """Take the difference of the server's clock off its moments."""
    server = session.snapshot().server(grant.server)
    skew = server.skew if server is not None else 0
    limit, counted, mclt, pet = decided
    return limit - skew if limit else 0, counted, mclt, pet - skew if pet else 0


def _acked(tenure: Tenure, pets: list[int]) -> list[bool]:
    """Return for each grant whether its potential expiration is acknowledged by now."""
    found: list[bool] = []
    for grant, pet in zip(tenure.grants, pets, strict=True):
        own = next((b for b in tenure.beliefs if b.server == grant.server), None)
        waits = own is not None and own.pending and pet >= own.pending
        others = [b.limit for b in tenure.beliefs if b.leased]
        found.append(bool(pet) and not waits and pet <= max(others, default=0))
    return found


def _has(server: int, grant: Grant, pet: int, tenure: Tenure, acked: bool) -> bool:
    """Whether a server has a grant on its books: its own, or one that it was told of."""
    if server == grant.server or acked:
        return True
    belief = next(b for b in tenure.beliefs if b.server == server)
    return bool(pet) and belief.limit >= pet
