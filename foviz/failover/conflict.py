"""Which of two beliefs about an address wins: the table of draft-12 §7.1.3.

Checked on every BNDUPD, not only in POTENTIAL-CONFLICT (§7.1.2).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from foviz.base.time import US
from foviz.lease.binding import (
    ABANDONED,
    ACTIVE,
    BACKUP,
    EXPIRED,
    FREE,
    RELEASED,
    RESET,
    Binding,
)
from foviz.wire.failover import BindingStatus, RejectReason

ACCEPT: Final = "accept"
LATER: Final = "later"
"""Accept when the update's client-last-transaction-time is later than ours, else 15."""
OVER: Final = "over"
"""Accept when our lease is over, else 15."""
SINCE: Final = "since"
"""Accept when the update's client-last-transaction-time is after our status began, else 15."""
CLIENTS: Final = "clients"
"""The same client, or this server is the secondary: accept; else 2."""
CRITICAL: Final = "critical"
"""Refuse: ours matters more (16)."""

_ALL: Final = dict.fromkeys(BindingStatus, ACCEPT)

TABLE: Final[dict[BindingStatus, dict[BindingStatus, str]]] = {
    ACTIVE: _ALL | {ACTIVE: CLIENTS, EXPIRED: OVER, RELEASED: LATER, FREE: OVER, BACKUP: OVER},
    EXPIRED: _ALL | {ACTIVE: LATER},
    RELEASED: _ALL | {ACTIVE: LATER, EXPIRED: LATER},
    FREE: _ALL,
    BACKUP: _ALL,
    RESET: _ALL | {ACTIVE: SINCE},
    ABANDONED: dict.fromkeys(BindingStatus, CRITICAL) | {RESET: ACCEPT, ABANDONED: ACCEPT},
}
"""Row: the receiver's status. Column: the status in the BNDUPD."""


class Outcome(NamedTuple):
    """``reject`` is 0 for an accepted update; ``rule`` names the cell's rule."""

    reject: int
    rule: str


def judge(own: Binding, update: Binding, now: int, *, primary: bool) -> Outcome:
    """Return whether the receiver of *update* takes it; times in µs of the receiver's clock."""
    rule = TABLE[own.status][update.status]
    if rule == CLIENTS and own.client != update.client and now >= own.expires:
        # Over, and not ended only because this server was silent: the row of EXPIRED.
        rule = TABLE[EXPIRED][update.status]
    if rule == CLIENTS:
        accepted = own.client == update.client or not primary
        return Outcome(0 if accepted else RejectReason.FATAL_CONFLICT, rule)
    if rule == CRITICAL:
        return Outcome(RejectReason.LESS_CRITICAL, rule)
    accepted = {
        ACCEPT: True,
        LATER: update.cltt // US > own.cltt // US,
        # A received end is kept as the end of its second, and the partner's own may be sooner.
        OVER: now // US >= own.expires // US,
        SINCE: update.cltt // US > own.start // US,
    }[rule]
    return Outcome(0 if accepted else RejectReason.OUTDATED, rule)
