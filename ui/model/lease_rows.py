"""The rows of the lease table: an address with what its two servers have written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz import US, BindingStatus, ip_text, short_moment_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz import Belief, Binding, PoolView, Session

ADDRESS, CLIENT, FIRST, UNEQUAL, SECOND, GRANTER, EXPIRES, POTENTIAL, ACKED_TO, ACKED = range(10)
EVERY, LEASED, DIFFERING, UNTOLD = "All but FREE", "Leased", "Differing ≠", "Not acknowledged"
KINDS: Final = (EVERY, LEASED, DIFFERING, UNTOLD)


class Side(NamedTuple):
    """What one server has of the address: status, the granter's host index, acknowledged."""

    status: str
    granter: int
    known: bool


class LeaseRow(NamedTuple):
    """One address. Moments are true time in µs, 0 for none; ``texts`` are the cells' words."""

    address: int
    client: str
    sides: tuple[Side, ...]
    differs: bool
    granter: str
    expires: int
    potential: int
    acked_to: int
    known: bool
    texts: tuple[str, ...]

    @property
    def leased(self) -> bool:
        """Whether any server has it as leased."""
        return any(side.status == "ACTIVE" for side in self.sides)

    def key(self, column: int) -> object:
        """Return what a column is sorted by."""
        numbers = {
            ADDRESS: self.address,
            EXPIRES: self.expires,
            POTENTIAL: self.potential,
            ACKED_TO: self.acked_to,
        }
        return numbers.get(column, self.texts[column])


class LeaseReader:
    """Reads the rows of a scope; a row whose bindings are as they were is not made anew."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, LeaseRow]] = {}
        self._of: object = None

    def read(self, session: Session, pool: PoolView) -> list[LeaseRow]:
        """Return a row for each address that is not FREE by every server's word."""
        snapshot = session.snapshot()
        skews = tuple(
            server.skew if (server := snapshot.server(belief.server)) is not None else 0
            for belief in pool.beliefs
        )
        if self._of != (session, pool.scope, skews):
            self._of, self._kept = (session, pool.scope, skews), {}
        rows: list[LeaseRow] = []
        kept: dict[int, tuple[object, LeaseRow]] = {}
        for address in _addresses(pool):
            bindings = tuple(belief.binding(address) for belief in pool.beliefs)
            differs = bool(pool.differing >> (address - pool.first) & 1)
            key = (bindings, differs)
            found = self._kept.get(address)
            if found is None or found[0] != key:
                found = (key, _row(session, pool, bindings, skews, differs))
            kept[address] = found
            rows.append(found[1])
        self._kept = kept
        return rows


def _addresses(pool: PoolView) -> list[int]:
    mask = 0
    for belief in pool.beliefs:
        for status in BindingStatus:
            if status is not BindingStatus.FREE:
                mask |= belief.mask(status)
    found = []
    while mask:
        low = mask & -mask
        found.append(pool.first + low.bit_length() - 1)
        mask ^= low
    return found


def _row(
    session: Session,
    pool: PoolView,
    bindings: tuple[Binding, ...],
    skews: tuple[int, ...],
    differs: bool,
) -> LeaseRow:
    reader = session.reader
    indexes = {name: index for index, name in enumerate(reader.names)}
    place = _witness(pool.beliefs, bindings, reader.names)
    chosen, skew = bindings[place], skews[place]

    def true(moment: int) -> int:
        return moment - skew if moment else 0

    expires = true(chosen.expires) if chosen.leased else 0
    potential = true(chosen.pet) if chosen.leased else 0
    acked_to = true(max(chosen.acked_pet, chosen.received_pet)) if chosen.leased else 0
    client = reader.client(chosen.hardware) if chosen.status.name not in ("FREE", "BACKUP") else ""
    sides = tuple(Side(b.status.name, indexes.get(b.granter, -1), b.known) for b in bindings)
    granter = chosen.granter if chosen.leased else ""
    known = all(binding.known for binding in bindings)
    others = [
        short_moment_text(binding.expires - skews[n])
        for n, binding in enumerate(bindings)
        if n != place and binding.leased and binding.expires // US != chosen.expires // US
    ]
    until = " ≠ ".join([_moment(expires), *others]) if expires else "–"
    statuses = [side.status for side in sides] + ["–", "–"]
    texts = (
        ip_text(chosen.address),
        client or "–",
        statuses[0],
        "≠" if differs else "",
        statuses[1],
        granter or "–",
        until,
        _moment(potential),
        _moment(acked_to),
        "yes" if known else "no",
    )
    return LeaseRow(
        chosen.address, client, sides, differs, granter, expires, potential, acked_to, known, texts
    )


def _witness(beliefs: tuple[Belief, ...], bindings: tuple[Binding, ...], names: list[str]) -> int:
    """Return whose record tells of client and times: who granted it, else who heard last."""

    def weight(place: int) -> tuple[bool, bool, int, int]:
        binding = bindings[place]
        own = binding.granter == names[beliefs[place].server]
        return binding.leased, own, binding.cltt, binding.start

    return max(range(len(bindings)), key=weight)


def _moment(at: int) -> str:
    return short_moment_text(at) if at else "–"


def chosen_rows(
    rows: list[LeaseRow], kind: str, words: str, column: int, *, descending: bool
) -> list[LeaseRow]:
    """Return the rows of a kind that hold some words, in the order of a column."""
    tests: dict[str, Callable[[LeaseRow], bool]] = {
        LEASED: lambda row: row.leased,
        DIFFERING: lambda row: row.differs,
        UNTOLD: lambda row: not row.known,
    }
    test = tests.get(kind)
    found = [
        row
        for row in rows
        if (test is None or test(row)) and (not words or words in " ".join(row.texts).lower())
    ]
    found.sort(key=lambda row: row.key(column), reverse=descending)  # type: ignore[arg-type,return-value]
    return found
