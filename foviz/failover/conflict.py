"""Which of two beliefs about an address wins: the tables of draft-12 §7.1.3, MS-DHCPF and ISC.

Checked on every BNDUPD, not only in POTENTIAL-CONFLICT (§7.1.2). Each row of a table has an
id that the decision's facts name; the switch ``conflict_table`` picks the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.time import US
from foviz.lease.binding import (
    ABANDONED,
    ACTIVE,
    AVAILABLE,
    BACKUP,
    EXPIRED,
    FREE,
    RELEASED,
    RESET,
    Binding,
)
from foviz.wire.failover import BindingStatus, RejectReason

if TYPE_CHECKING:
    from collections.abc import Callable

SLACK: Final = 65 * US
"""How far ahead ISC lets its partner end a lease: the clocks may differ by nearly as much."""

LONGEST_HARDWARE: Final = 20
"""Octets of a hardware address that ISC has room for."""


class Case(NamedTuple):
    """What a judgement looks at. Moments in µs of the receiver's clock.

    ``duel`` says that an update of our own about the address waits for its answer,
    ``reserved`` that the address is reserved here, ``other`` is the same client's running
    lease of another address of the scope. ``names_client`` and ``bootp`` are of the update.
    """

    own: Binding
    update: Binding
    now: int
    primary: bool
    normal: bool = True
    duel: bool = False
    reserved: bool = False
    other: Binding | None = None
    names_client: bool = False
    bootp: bool = False


class Outcome(NamedTuple):
    """``reject`` is 0 for an accepted update; ``row`` is the id of the row that decided.

    ``ends_other`` says that the client's lease of the other address is over.
    """

    reject: int
    row: str
    ends_other: bool = False


class Row(NamedTuple):
    """One row: its id, its rule, the reject reason when the rule fails, source and words."""

    id: str
    rule: str
    reject: int
    source: str


def _later(case: Case) -> bool:
    return case.update.cltt // US > case.own.cltt // US


RULES: Final[dict[str, Callable[[Case], bool]]] = {
    "accept": lambda case: True,
    "refuse": lambda case: False,
    "critical": lambda case: False,
    # An update without the time is never later, one with it beats a record without.
    "later": _later,
    # A received end is kept as the end of its second, and the partner's own may be sooner.
    "over": lambda case: case.now // US >= case.own.expires // US,
    "since": lambda case: case.update.cltt // US > case.own.start // US,
    "clients": lambda case: case.own.client == case.update.client or not case.primary,
    "past": lambda case: case.update.received_pet <= case.now,
    "slack": lambda case: case.own.expires <= case.now + SLACK,
}
"""When a row accepts the update."""

_OUTDATED: Final = RejectReason.OUTDATED
_REASONS: Final = {
    "accept": 0,
    "later": _OUTDATED,
    "over": _OUTDATED,
    "since": _OUTDATED,
    "clients": RejectReason.FATAL_CONFLICT,
    "critical": RejectReason.LESS_CRITICAL,
}

_ALL: Final = dict.fromkeys(BindingStatus, "accept")

TABLE: Final[dict[BindingStatus, dict[BindingStatus, str]]] = {
    ACTIVE: _ALL
    | {ACTIVE: "clients", EXPIRED: "over", RELEASED: "later", FREE: "over", BACKUP: "over"},
    EXPIRED: _ALL | {ACTIVE: "later"},
    RELEASED: _ALL | {ACTIVE: "later", EXPIRED: "later"},
    FREE: _ALL,
    BACKUP: _ALL,
    RESET: _ALL | {ACTIVE: "since"},
    ABANDONED: dict.fromkeys(BindingStatus, "critical") | {RESET: "accept", ABANDONED: "accept"},
}
"""The draft's table. Row: the receiver's status. Column: the status in the BNDUPD."""

_TO_POOL: Final = {FREE: "past", BACKUP: "past"}

ISC_TABLES: Final[dict[str, dict[BindingStatus, dict[BindingStatus, str]]]] = {
    # What the secondary says, at the primary, in NORMAL.
    "normal-primary": dict.fromkeys(BindingStatus, _ALL)
    | {
        ACTIVE: dict.fromkeys(BindingStatus, "refuse")
        | {ACTIVE: "accept", RELEASED: "accept", ABANDONED: "accept"},
        EXPIRED: _ALL | _TO_POOL,
        RESET: _ALL | _TO_POOL,
    },
    "normal-secondary": dict.fromkeys(BindingStatus, _ALL)
    | {
        ACTIVE: _ALL | {EXPIRED: "slack"} | _TO_POOL,
        EXPIRED: _ALL | _TO_POOL,
        RESET: _ALL | _TO_POOL,
    },
    "elsewhere": dict.fromkeys(BindingStatus, _ALL)
    | {ACTIVE: _ALL | {EXPIRED: "slack", FREE: "refuse", BACKUP: "refuse"}},
}
"""ISC's tables: in NORMAL by the receiver's role, and in every other state."""

_DRAFT: Final = "draft-12 §7.1.3"
_MS: Final = "MS-DHCPF §3.1.5.2"
_ISC: Final = "ISC dhcp_failover_process_bind_update"

_NOT_RESERVED: Final = Row("draft BACKUP not-reserved", "refuse", RejectReason.NOT_RESERVED, _DRAFT)
_TWO_ADDRESSES: Final = Row("draft two-addresses", "later", _OUTDATED, "draft-12 §7.1.2")
_RESERVED: Final = {
    status: Row(f"microsoft {status.name} reserved", "refuse", _OUTDATED, _MS)
    for status in AVAILABLE
}
_CELLS: Final = {
    (own, update): Row(f"draft {own.name}/{update.name} {rule}", rule, _REASONS[rule], _DRAFT)
    for own, columns in TABLE.items()
    for update, rule in columns.items()
}

_CONTRADICTION: Final = Row("isc contradiction", "refuse", RejectReason.UNKNOWN_REASON, _ISC)
_ISC_NOT_RESERVED: Final = Row("isc not-reserved", "refuse", RejectReason.NOT_RESERVED, _ISC)
_DUELS: Final = {
    name: Row(f"isc duel {name}", name, RejectReason.LESS_CRITICAL, _ISC)
    for name in ("ACTIVE/ACTIVE", "ACTIVE/EXPIRED", "other/ACTIVE", "other")
}
DUELS: Final = tuple(row.id for row in _DUELS.values())
"""The rows for two updates about one address that crossed; by some both servers can lose."""

_ISC_CELLS: Final = {
    (name, own, update): Row(
        f"isc {name} {own.name}/{update.name} {rule}",
        rule,
        0 if rule == "accept" else RejectReason.FATAL_CONFLICT,
        _ISC,
    )
    for name, table in ISC_TABLES.items()
    for own, columns in table.items()
    for update, rule in columns.items()
}

ROWS: Final[dict[str, tuple[Row, ...]]] = {
    "draft": (_NOT_RESERVED, *_CELLS.values(), _TWO_ADDRESSES),
    "draft-and-reserved": (
        _NOT_RESERVED,
        *_RESERVED.values(),
        *_CELLS.values(),
        _TWO_ADDRESSES,
    ),
    "isc": (_CONTRADICTION, _ISC_NOT_RESERVED, *_DUELS.values(), *_ISC_CELLS.values()),
}
"""Every row of each value of the switch ``conflict_table``, in the order they are tried."""


def judge(own: Binding, update: Binding, now: int, *, primary: bool) -> Outcome:
    """Return what the draft's table alone says of an update (§7.1.3)."""
    return _cell(Case(own, update, now, primary))


def _cell(case: Case) -> Outcome:
    own = case.own
    row = _CELLS[own.status, case.update.status]
    if row.rule == "clients" and own.client != case.update.client and case.now >= own.expires:
        # Over, and not ended only because this server was silent: the row of EXPIRED.
        row = _CELLS[EXPIRED, case.update.status]
    return Outcome(0 if RULES[row.rule](case) else row.reject, row.id)


def decide(table: str, case: Case) -> Outcome:
    """Return whether the receiver of an update takes it, by the table of that name."""
    if table == "isc":
        return _decide_by_isc(case)
    update = case.update
    if update.reserved and update.status is BACKUP and not case.reserved:
        return Outcome(_NOT_RESERVED.reject, _NOT_RESERVED.id)
    if table == "draft-and-reserved" and case.reserved and update.status in _RESERVED:
        # A reserved address is in neither server's pool.
        row = _RESERVED[update.status]
        return Outcome(row.reject, row.id)
    outcome = _cell(case)
    if not outcome.reject and update.status is ACTIVE and case.other is not None:
        return _of_two_addresses(case, case.other)
    return outcome


def _of_two_addresses(case: Case, other: Binding) -> Outcome:
    """One client, two addresses: the one that it used last is kept; of equals the primary's."""
    theirs, ours = case.update.cltt // US, other.cltt // US
    if theirs > ours or (theirs == ours and not case.primary):
        return Outcome(0, _TWO_ADDRESSES.id, ends_other=True)
    return Outcome(_TWO_ADDRESSES.reject, _TWO_ADDRESSES.id)


def _decide_by_isc(case: Case) -> Outcome:
    own, update = case.own, case.update
    too_long = len(update.hardware) > LONGEST_HARDWARE
    if (update.status is ABANDONED and case.names_client) or case.bootp or too_long:
        return Outcome(_CONTRADICTION.reject, _CONTRADICTION.id)
    ours = FREE if case.primary else BACKUP
    if update.reserved and own.status is ours and not case.reserved:
        return Outcome(_ISC_NOT_RESERVED.reject, _ISC_NOT_RESERVED.id)
    if case.duel:
        row, won = _duel(case)
        if not won:
            return Outcome(row.reject, row.id)
    name = "elsewhere"
    if case.normal:
        name = "normal-primary" if case.primary else "normal-secondary"
    cell = _ISC_CELLS[name, own.status, update.status]
    if not RULES[cell.rule](case):
        return Outcome(cell.reject, cell.id)
    return Outcome(0, row.id if case.duel else cell.id)


def _duel(case: Case) -> tuple[Row, bool]:
    """Two updates about one address crossed: the row, and whether the partner's wins."""
    own, update = case.own, case.update
    if own.status is ACTIVE and update.status is ACTIVE:
        theirs, ours = update.cltt // US, own.cltt // US
        won = not case.primary if theirs == ours else theirs > ours
        return _DUELS["ACTIVE/ACTIVE"], won
    if own.status is ACTIVE and update.status is EXPIRED:
        return _DUELS["ACTIVE/EXPIRED"], True
    if update.status is ACTIVE:
        return _DUELS["other/ACTIVE"], True
    return _DUELS["other"], not case.primary
