"""What the pool shows at a moment: every server's belief of a scope, copied off a snapshot.

A snapshot's beliefs are the servers' own stores, which move on when the window looks ahead;
so all that the view needs is read once for each snapshot and kept with it. Cells are octets, a
row of them is a slice: equal rows are painted once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from foviz import US, BindingStatus, clock_text, ip_text
from ui.layout.pool_words import HOT_STANDBY, Side, longest_lease, range_text, runs

if TYPE_CHECKING:
    from foviz import Belief, Binding, EndpointView, PoolView, ServerView, Session, Snapshot
    from ui.theme import Who
    from ui.view.cells import Status

# A cell's octet: the status in the low bits, then whose hue it has, then hatch and darkness.
_WHO_SHIFT: Final = 3
HATCHED: Final = 0x20
DARK: Final = 0x40
NOBODY: Final = 0xFF
"""The octet of an address that is excluded from the range."""

STATUSES: Final[tuple[Status, ...]] = (
    "FREE",
    "BACKUP",
    "ACTIVE",
    "EXPIRED",
    "RELEASED",
    "RESET",
    "ABANDONED",
)
_WHO: Final[tuple[Who, ...]] = ("client", "s1", "s2")


def cell_octet(status: Status, number: int, *, hatched: bool = False) -> int:
    """Return the octet of a cell; *number* is the server's, 0 for nobody."""
    return STATUSES.index(status) | number << _WHO_SHIFT | (HATCHED if hatched else 0)


def cell_form(octet: int) -> tuple[Status, Who, bool, bool]:
    """Return status, hue, hatch and darkness of a cell."""
    who = _WHO[octet >> _WHO_SHIFT & 3]
    return STATUSES[octet & 7], who, bool(octet & HATCHED), bool(octet & DARK)


@dataclass(frozen=True)
class MapFacts:
    """One server's belief. ``bindings`` holds what is not simply FREE."""

    server: ServerView
    until: int
    cells: bytes
    bindings: dict[int, Binding]
    counts: dict[Status, int]
    reserve: int
    """Mask of the BACKUP addresses."""
    side: EndpointView | None = None
    """The server's side of the relationship that the scope belongs to."""

    @property
    def who(self) -> Who:
        """Whose hue."""
        return _WHO[self.server.number] if self.server.number < len(_WHO) else "client"

    @property
    def on(self) -> bool:
        """Whether the server runs."""
        return self.until == 0 and self.server.running

    @property
    def takeover_at(self) -> int:
        """From when on it may use its partner's free addresses; 0 for never."""
        return self.side.takeover_at if self.side is not None and self.on else 0


@dataclass(frozen=True)
class PoolFacts:
    """One scope as all its servers see it, at one moment."""

    scope: str
    first: int
    count: int
    lease: int
    reserve_percent: int
    mode: str
    differing: int
    maps: tuple[MapFacts, ...]
    at: int = 0

    @property
    def last(self) -> int:
        """The last address."""
        return self.first + self.count - 1

    def holds(self, address: int) -> bool:
        """Whether an address is in the range."""
        return self.first <= address <= self.last

    def owner_name(self, status: str) -> str:
        """Return the server to which free addresses of a status belong, or ``""``."""
        number = {"FREE": 1, "BACKUP": 2}.get(status, 0)
        return next((m.server.name for m in self.maps if m.server.number == number), "")

    def reserve(self) -> list[tuple[int, int]]:
        """Return the ranges (places) that some server takes for the secondary's."""
        mask = 0
        for each in self.maps:
            mask |= each.reserve
        return runs(_places(mask))

    def label(self, place: int) -> str:
        """Return how an address is called beside its row: ``.51``, or ``1.51``."""
        text = ip_text(self.first + place)
        return text.split(".", 2)[2] if self.wide else f".{text.rpartition('.')[2]}"

    @property
    def wide(self) -> bool:
        """Whether the last octet alone does not name an address."""
        return self.first >> 8 != self.last >> 8

    def title_words(self) -> str:
        """Return range and reserve for the title row."""
        words = range_text(ip_text(self.first), ip_text(self.last))
        if not self.mode:
            return words
        if self.mode != HOT_STANDBY:
            living = next((m for m in self.maps if m.on), self.maps[0])
            free, backup = living.counts["FREE"], living.counts["BACKUP"]
            return f"{words} · load balance: {free} and {backup} free"
        found = self.reserve()
        if not found:
            return f"{words} · no reserve"
        if len(found) <= 2:
            names = ", ".join(
                self.label(a) if a == b else f"{self.label(a)}–{self.label(b)}" for a, b in found
            )
        else:
            names = f"{sum(b - a + 1 for a, b in found)} addresses"
        return f"{words} · reserve {self.reserve_percent}\u00a0%: {names}"

    def takeover_words(self) -> tuple[str, ...]:
        """Return what changes hands, and when, from long to short; nothing while nothing does."""
        taking = [each for each in self.maps if each.takeover_at]
        if len(taking) > 1:
            at = max(each.takeover_at for each in taking)
            word = "since" if at <= self.at else "from"
            return (f"each uses the other’s free addresses {word} {clock_text(at)}",)
        for each in taking:
            side, at = each.side, each.takeover_at
            assert side is not None
            free = each.counts["BACKUP" if side.primary else "FREE"]
            name, clock = each.server.name, clock_text(at)
            word = "since" if at <= self.at else "from"
            many = f"{free:,} free address" + ("es" if free != 1 else "")
            return (
                f"{side.partner}’s {many} usable by {name} {word} {clock}",
                f"{side.partner}’s {free:,} free: {name}’s {word} {clock}",
                f"{name} uses all {word} {clock[:5]}",
            )
        return ()

    def words_of(self, status: Status) -> str:
        """Return a status as the key writes it."""
        return status.lower()


class MapKeeper:
    """Keeps each server's map as long as its books say the same: most events leave them alone."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, MapFacts]] = {}

    def map(
        self,
        pool: PoolView,
        belief: Belief,
        server: ServerView,
        numbers: dict[str, int],
        at: int,
    ) -> MapFacts:
        """Return what a server believes at a moment."""
        store = belief.store
        side = next((e for e in server.endpoints if e.relationship == pool.relationship), None)
        taken = _taken(side, server, at) if belief.present else ""
        books = (
            (pool.scope, pool.first, pool.last, pool.relationship, pool.differing, numbers, taken),
            (store.whole, store.unknown, *(belief.mask(BindingStatus[s]) for s in STATUSES)),
            store.touched(),
        )
        kept = self._kept.get(server.index)
        if kept is None or kept[0] != books:
            facts = _map_facts(pool, belief, server, numbers, taken)
            kept = self._kept[server.index] = (books, facts)
        until = 0 if belief.present else belief.until
        return replace(kept[1], server=server, until=until, side=side)


def pool_facts(
    snapshot: Snapshot, scope: int = 0, keeper: MapKeeper | None = None
) -> PoolFacts | None:
    """Copy a scope off a snapshot; None when there is none."""
    keeper = keeper or MapKeeper()
    if scope >= len(snapshot.pools):
        return None
    pool = snapshot.pools[scope]
    numbers = {server.name: server.number for server in snapshot.servers}
    maps = [
        keeper.map(pool, belief, server, numbers, snapshot.at)
        for belief in pool.beliefs
        if (server := snapshot.server(belief.server)) is not None
    ]
    return PoolFacts(
        scope=pool.scope,
        first=pool.first,
        count=pool.last - pool.first + 1,
        lease=pool.lease_s * US,
        reserve_percent=pool.reserve_percent,
        mode=pool.mode,
        differing=pool.differing,
        maps=tuple(sorted(maps, key=lambda each: each.server.number)),
        at=snapshot.at,
    )


def _map_facts(
    pool: PoolView, belief: Belief, server: ServerView, numbers: dict[str, int], taken: str
) -> MapFacts:
    """Read a server's books; *taken* is the status of the partner's addresses that it may give."""
    store = belief.store
    primary = 1 if pool.relationship else 0
    if taken == "FREE":
        primary = server.number
    cells = bytearray([cell_octet("FREE", primary)]) * (pool.last - pool.first + 1)
    bindings: dict[int, Binding] = {}
    counts: dict[Status, int] = {}
    for status in STATUSES:
        mask = belief.mask(BindingStatus[status])
        counts[status] = mask.bit_count()
        if status == "FREE":
            continue
        octets = {name: cell_octet(status, _owner(status, n)) for name, n in numbers.items()}
        nobodys, own = cell_octet(status, _owner(status, 0)), cell_octet(status, server.number)
        for place in _places(mask):
            binding = belief.binding(pool.first + place)
            bindings[pool.first + place] = binding
            cells[place] = own if status == taken else octets.get(binding.granter, nobodys)
    for place in _places(store.unknown):
        cells[place] |= HATCHED
        bindings.setdefault(pool.first + place, belief.binding(pool.first + place))
    for place in _places(((1 << len(cells)) - 1) & ~store.whole):
        cells[place] = NOBODY
    for place in _places(pool.differing):
        cells[place] |= DARK
    reserve = belief.mask(BindingStatus.BACKUP)
    return MapFacts(server, 0, bytes(cells), bindings, counts, reserve)


def _taken(side: EndpointView | None, server: ServerView, at: int) -> Status | Literal[""]:
    """Return the status of the partner's free addresses, once they are this server's to give."""
    if side is None or not side.takeover_at or at < side.takeover_at or not 0 < server.number < 3:
        return ""
    return "BACKUP" if side.primary else "FREE"


def _owner(status: Status, granter: int) -> int:
    """Return the number of the server whose hue a cell has."""
    if status == "BACKUP":
        return 2
    if status == "ABANDONED":
        return 0
    return granter if granter < len(_WHO) else 0


def _places(mask: int) -> list[int]:
    """Return the numbers of the bits that are set, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def sides_of(session: Session, facts: PoolFacts, address: int) -> tuple[Side, ...]:
    """Return what each server believes and may do about an address."""
    return tuple(_side(session, facts, each, address) for each in facts.maps)


def _side(session: Session, facts: PoolFacts, each: MapFacts, address: int) -> Side:
    server, binding = each.server, each.bindings.get(address)
    endpoint = each.side if facts.mode else None
    skew = server.skew
    profile = session.profile
    now = session.playhead + skew
    mclt = endpoint.mclt_s * US if endpoint is not None else 0
    service = endpoint.service if endpoint is not None else ""
    always = (service == "alone" and profile.survivor_lease == "mclt") or (
        service == "takeover" and profile.partner_down_lease == "mclt"
    )

    def longest(acked: int, received: int) -> int:
        return longest_lease(
            service=service,
            always_mclt=always,
            desired=facts.lease,
            mclt=mclt,
            now=now,
            acked=acked,
            received=received,
        )

    def true_time(own: int) -> int:
        return own - skew if own else 0

    side = Side(
        name=server.name,
        number=server.number,
        on=each.on,
        primary=endpoint.primary if endpoint is not None else True,
        mode=facts.mode,
        service=service,
        state=endpoint.state_text if endpoint is not None else "",
        since=endpoint.since if endpoint is not None else 0,
        contact=endpoint.contact if endpoint is not None else False,
        mclt=mclt,
        status="FREE",
        longest_new=longest(0, 0),
        renews_all=profile.renew_in_normal == "both",
    )
    if binding is None:
        return side
    return side._replace(
        status=binding.status.name,
        client=session.reader.client(binding.hardware),
        expires=true_time(binding.expires),
        start=true_time(binding.start),
        furthest=true_time(binding.furthest),
        known=binding.known,
        longest=longest(binding.acked_pet, binding.received_pet),
    )
