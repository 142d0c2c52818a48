"""The glossary: the field's words in a sentence or two, each with its source."""

from __future__ import annotations

from typing import Final, NamedTuple

from foviz.failover.states import STATES
from foviz.wire.failover import BindingStatus, state_text


class Term(NamedTuple):
    """A word, what it means, and where it is defined."""

    word: str
    meaning: str
    source: str


_STATUS_MEANINGS: Final = {
    BindingStatus.FREE: "Leased to nobody; the primary may give it away.",
    BindingStatus.BACKUP: "Leased to nobody; the secondary may give it away.",
    BindingStatus.ACTIVE: "Leased to a client.",
    BindingStatus.EXPIRED: "The lease is over; waits for the partner's acknowledgement.",
    BindingStatus.RELEASED: "Given back by the client; waits for the partner's acknowledgement.",
    BindingStatus.ABANDONED: "Set aside as bad: somebody uses it without a lease.",
    BindingStatus.RESET: "Freed by the operator; waits for the partner's acknowledgement.",
}

GLOSSARY: Final[dict[str, Term]] = {
    "mclt": Term(
        "MCLT",
        "Maximum client lead time: how far a server may promise a client a lease beyond what "
        "its partner knows. The first lease of a new client is no longer than that.",
        "draft-12 §5.2",
    ),
    "pet": Term(
        "potential expiration",
        "The end of lease that a server tells its partner to be prepared for: later than the "
        "one it told the client, so that the next renewal can be longer.",
        "draft-12 §5.2.1",
    ),
    "t1": Term(
        "T1", "Half of the lease: the client asks the server that granted it.", "RFC 2131 §4.4.5"
    ),
    "t2": Term(
        "T2", "Seven eighths of the lease: the client asks every server.", "RFC 2131 §4.4.5"
    ),
    "reserve": Term(
        "reserve",
        "The share of the free addresses that the standby owns, so that it can serve new "
        "clients while its partner is away. Windows' default is 5 %.",
        "DHCP Failover Settings",
    ),
    "active": Term(
        "active", "In hot standby the server that serves the clients.", "DHCP Failover Modes"
    ),
    "standby": Term(
        "standby",
        "In hot standby the server that hears everything and answers only while alone.",
        "DHCP Failover Modes",
    ),
    "primary": Term(
        "primary",
        "The side that opens the connection and shares out the addresses.",
        "draft-12 §5.1",
    ),
    "secondary": Term("secondary", "The primary's partner.", "draft-12 §5.1"),
    "contact": Term(
        "CONTACT",
        "A message that says nothing but “I am here”, sent when nothing else was sent for a while.",
        "draft-12 §7.11",
    ),
    "bndupd": Term("BNDUPD", "Binding update: what changed about an address.", "draft-12 §7.1"),
    "bndack": Term(
        "BNDACK",
        "The answer to a binding update: taken, or rejected with a reason.",
        "draft-12 §7.2",
    ),
    "updreq": Term(
        "UPDREQ", "Asks the partner for every update it has not had acknowledged.", "draft-12 §7.3"
    ),
    "upddone": Term("UPDDONE", "Says that an update request is answered in full.", "draft-12 §7.5"),
    "switchover": Term(
        "state switchover interval",
        "How long a server stays alone before it takes its partner for down by itself; the "
        "draft calls it the safe period. Off by default.",
        "draft-12 §10; DHCP Failover Settings",
    ),
    "hash": Term(
        "hash",
        "A number from 0 to 255 that both servers work out from the client's identifier.",
        "RFC 3074 §6",
    ),
    "bucket": Term(
        "bucket",
        "All clients with the same hash. In load balance each bucket is one server's.",
        "RFC 3074 §5",
    ),
    "rebinding": Term(
        "REBINDING", "The client broadcasts to every server, from T2 on.", "RFC 2131 §4.4.5"
    ),
    **{
        state_text(state).lower(): Term(state_text(state), spec.meaning, spec.section)
        for state, spec in STATES.items()
    },
    **{
        status.name.lower(): Term(status.name, meaning, "draft-12 §5.11")
        for status, meaning in _STATUS_MEANINGS.items()
    },
}
