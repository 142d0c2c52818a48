"""The invariants that the monitors watch, as data: what must hold, where, and unless what.

The numbers are those of PROTOCOL §14. A breach that one of its ``unless`` explains is
recorded all the same, with the fact ``excused``: what happened is as bad, but no server
broke its rules (§14.4).
"""

from __future__ import annotations

from typing import Final, NamedTuple

ALL: Final = ("microsoft", "draft", "isc")


class Invariant(NamedTuple):
    """One invariant: its number, a sentence, the section, and where it is to hold.

    ``switches`` are (switch, value) of a profile under which it is not promised; ``unless``
    are excuses by their ids.
    """

    number: int
    sentence: str
    section: str
    profiles: tuple[str, ...] = ALL
    switches: tuple[tuple[str, object], ...] = ()
    unless: tuple[str, ...] = ()


EXCUSES: Final[dict[str, str]] = {
    "dual-partner-down": "both servers were in PARTNER-DOWN",
    "living-partner": "a server was in PARTNER-DOWN, and its partner served without knowing",
    "clocks": "a clock was set, or is off",
    "past-its-end": "a client uses its address past the end by true time",
    "storage-lost": "a server lost its storage, or runs on an old copy of it",
    "settings": "the settings of the two servers differ",
    "crossed-updates": "two updates crossed, and by ISC's rules each server took the other's",
}
"""What can make an invariant fail though every server keeps its rules (§14.4)."""

INVARIANTS: Final[dict[str, Invariant]] = {
    "beyond-lead-time": Invariant(
        1,
        "No lease ends later than the partner knows, plus the MCLT.",
        "draft-12 §5.2.1",
        switches=(("partner_down_lease", "unrestricted"),),
        unless=(
            "dual-partner-down",
            "living-partner",
            "clocks",
            "storage-lost",
            "settings",
            "crossed-updates",
        ),
    ),
    "owned-twice": Invariant(
        2,
        "Outside PARTNER-DOWN an address is available to one server at most: FREE to the "
        "primary, BACKUP to the secondary.",
        "draft-12 §5.4",
        unless=(
            "dual-partner-down",
            "living-partner",
            "storage-lost",
            "settings",
            "crossed-updates",
        ),
    ),
    "handed-on": Invariant(
        3,
        "Outside PARTNER-DOWN no address goes to another client before a BNDACK said that "
        "both servers know of the end of the first lease.",
        "draft-12 §5.11",
        switches=(("rewind", True),),
        unless=(
            "dual-partner-down",
            "living-partner",
            "storage-lost",
            "settings",
            "crossed-updates",
        ),
    ),
    "duplicate-address": Invariant(
        4,
        "No two clients hold the same address at the same time.",
        "draft-12 §3.4.1",
        unless=(
            "dual-partner-down",
            "living-partner",
            "clocks",
            "past-its-end",
            "storage-lost",
            "settings",
            "crossed-updates",
        ),
    ),
    "early-update-done": Invariant(
        5,
        "UPDDONE follows the last BNDACK of what was asked for, and carries the request's xid.",
        "draft-12 §7.5",
    ),
    "too-many-unacked": Invariant(
        6,
        "No more updates wait for a BNDACK than the partner allows.",
        "draft-12 §8.4",
    ),
    "state-not-stored": Invariant(
        7,
        "A state and its start are on disk before a STATE message tells of them.",
        "draft-12 §9.2",
    ),
    "trace-of-silence": Invariant(
        8,
        "A server that must be silent remembers nothing of a client's message.",
        "draft-12 §9.2",
    ),
    "silence-broken": Invariant(
        9,
        "STARTUP, RECOVER, RECOVER-WAIT and POTENTIAL-CONFLICT never answer, RECOVER-DONE "
        "answers renewals only.",
        "draft-12 §9.3",
    ),
    "not-one-answer": Invariant(
        10,
        "With both servers in NORMAL exactly one of them answers a DISCOVER, unless no address "
        "is left or a client has been waiting for long.",
        "draft-12 §9.8.2",
        unless=("settings",),
    ),
}
"""Every invariant by the id of its monitor, which is a rule's id too."""


def watched(profile_name: str, switches: dict[str, object]) -> tuple[str, ...]:
    """Return the monitors that hold under a profile's name and the values of its switches."""
    return tuple(
        name
        for name, found in INVARIANTS.items()
        if profile_name in found.profiles
        and all(switches.get(switch) != value for switch, value in found.switches)
    )
