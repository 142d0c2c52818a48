"""How the binding of an address may change: the one table (draft-12 fig. 5.11-1).

Whoever changes a binding names the event; :func:`change` checks it against the table,
stores the binding and returns the record and the write. Readers: the engines, the glossary
and a coverage test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.action import Persist
from foviz.base.numbered import Named
from foviz.lease.binding import (
    ABANDONED,
    ACTIVE,
    AVAILABLE,
    BACKUP,
    ENDED,
    EXPIRED,
    FREE,
    RELEASED,
    RESET,
    Binding,
    binding_note,
)
from foviz.wire.failover import BindingStatus

if TYPE_CHECKING:
    from foviz.base.action import Action
    from foviz.lease.store import LeaseStore


class Event(Named):
    """What can change a binding."""

    LEASED = "leased"
    EXPIRED = "expired"
    RELEASED = "released"
    REWOUND = "rewound"
    DECLINED = "declined"
    RESET = "reset"
    RECYCLED = "recycled"
    ACKNOWLEDGED = "acknowledged"
    OUTWAITED = "outwaited"
    CONFIRMED = "confirmed"
    GIVEN = "given"
    CLAIMED = "claimed"
    TAKEN_BACK = "taken back"
    TOLD = "told"


class Transition(NamedTuple):
    """From one of ``old``, on ``event``, to one of ``new``."""

    event: Event
    old: tuple[BindingStatus, ...]
    new: tuple[BindingStatus, ...]
    source: str
    why: str


_ALL: Final = tuple(BindingStatus)

TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(
        Event.LEASED,
        AVAILABLE,
        (ACTIVE,),
        "draft-12 §5.11",
        "A server leases an address that is its own to give.",
    ),
    Transition(
        Event.LEASED,
        (ACTIVE,),
        (ACTIVE,),
        "draft-12 §5.11",
        "The client extends its lease.",
    ),
    Transition(
        Event.LEASED,
        ENDED,
        (ACTIVE,),
        "draft-12 §5.11",
        "The same client comes back before the partner was told of the end.",
    ),
    Transition(
        Event.EXPIRED, (ACTIVE,), (EXPIRED,), "draft-12 §5.11", "The time of the lease is over."
    ),
    Transition(
        Event.EXPIRED, (ACTIVE,), (FREE,), "RFC 2131 §4.3", "Without a partner it is free at once."
    ),
    Transition(
        Event.RELEASED,
        (ACTIVE,),
        (RELEASED,),
        "draft-12 §5.11",
        "The client gives the address back, or has another one by now.",
    ),
    Transition(
        Event.RELEASED,
        (ACTIVE,),
        (FREE,),
        "RFC 2131 §4.3.4",
        "Without a partner it is free at once.",
    ),
    Transition(
        Event.REWOUND,
        (ACTIVE,),
        AVAILABLE,
        "ISC mdb.c release_lease",
        "The partner never heard of the lease, so the address goes straight back.",
    ),
    Transition(
        Event.DECLINED,
        _ALL,
        (ABANDONED,),
        "draft-12 §5.11; RFC 2131 §4.3.3",
        "Somebody else uses the address.",
    ),
    Transition(
        Event.RESET,
        (ACTIVE, *ENDED, ABANDONED),
        (RESET,),
        "draft-12 §5.11",
        "The operator frees the address.",
    ),
    Transition(
        Event.RESET,
        (ACTIVE, *ENDED, ABANDONED),
        (FREE,),
        "RFC 2131 §4.3",
        "Without a partner it is free at once.",
    ),
    Transition(
        Event.RECYCLED,
        (ABANDONED,),
        (RESET,),
        "draft-12 §5.11",
        "No other address is left, and this one has been set aside for long.",
    ),
    Transition(
        Event.RECYCLED,
        (ABANDONED,),
        (FREE,),
        "RFC 2131 §4.3",
        "Without a partner it is free at once.",
    ),
    Transition(
        Event.ACKNOWLEDGED,
        ENDED,
        AVAILABLE,
        "draft-12 §5.11, §5.4",
        "The partner acknowledged the end: the address returns to the primary.",
    ),
    Transition(
        Event.OUTWAITED,
        ENDED,
        AVAILABLE,
        "draft-12 §5.11, §9.4.2",
        "The partner is down, and nobody can hold the address any more.",
    ),
    *(
        Transition(
            Event.CONFIRMED,
            (status,),
            (status,),
            "draft-12 §7.2",
            "The partner acknowledged the binding.",
        )
        for status in BindingStatus
    ),
    Transition(
        Event.GIVEN, (FREE,), (BACKUP,), "draft-12 §5.4, §7.6", "The primary gives it away."
    ),
    Transition(Event.GIVEN, (BACKUP,), (FREE,), "ISC dobalance", "The secondary gives it away."),
    Transition(
        Event.CLAIMED, (FREE,), (BACKUP,), "draft-12 §5.11", "It is reserved for the secondary."
    ),
    Transition(
        Event.TAKEN_BACK,
        (BACKUP,),
        (FREE,),
        "draft-12 §5.4",
        "The secondary agreed to give it back.",
    ),
    Transition(Event.TOLD, _ALL, _ALL, "draft-12 §7.1.3", "The partner's update was accepted."),
)
"""Every change that a server may make."""

_BY_CHANGE: Final = {
    (row.event, old, new): row for row in TRANSITIONS for old in row.old for new in row.new
}


class IllegalTransitionError(AssertionError):
    """An engine wanted to change a binding in a way that the table does not have."""


def allowed(event: Event, old: BindingStatus, new: BindingStatus) -> bool:
    """Whether the table has this change."""
    return (event, old, new) in _BY_CHANGE


def change(store: LeaseStore, binding: Binding, event: Event) -> list[Action]:
    """Store a binding that *event* changed; return the record and the write."""
    old = store.get(binding.address)
    if not allowed(event, old.status, binding.status):
        raise IllegalTransitionError(
            f"{event.value}: {old.status.name} to {binding.status.name} is no transition"
        )
    store.put(binding)
    return [
        binding_note(store.scope, old, binding),
        Persist("leases", (store.scope, binding.address), binding),
    ]
