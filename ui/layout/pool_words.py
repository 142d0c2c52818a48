"""Who may give an address now, in words: a function of what each server believes and does.

The rules are those of draft-12 §5.4, §5.11, §7.1.5 and §9.4.2: a FREE address is the
primary's, a BACKUP one the secondary's, a leased one its client's; in PARTNER-DOWN the
partner's addresses are usable one MCLT later, and a leased one only one MCLT after the latest
end that either server can have promised. All moments are true time in µs. No Qt, no session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz import DAY, US, clock_text, date_text, duration_text, weekday_text

if TYPE_CHECKING:
    from collections.abc import Iterable

ENDED: Final = ("EXPIRED", "RELEASED", "RESET")
LEASELESS: Final = ("FREE", "BACKUP")
HOT_STANDBY: Final = "hot standby"


class Side(NamedTuple):
    """One server and its record of one address.

    ``service`` is what its state does for clients (silent, renew, full, alone, takeover), or
    ``""`` for a server without a partner; ``since`` when it entered the state. ``client`` is a
    name or ``""``, ``start`` when the status began, ``furthest`` the latest end that either
    server can have promised. ``longest`` is the longest lease it would give the client on
    record, ``longest_new`` the longest for any other, in µs.
    """

    name: str
    number: int
    on: bool
    primary: bool
    mode: str
    service: str
    state: str
    since: int
    contact: bool
    mclt: int
    status: str
    client: str = ""
    expires: int = 0
    start: int = 0
    furthest: int = 0
    known: bool = True
    longest: int = 0
    longest_new: int = 0
    renews_all: bool = False

    @property
    def own_status(self) -> str:
        """The status of free addresses that are this server's."""
        return "FREE" if self.primary or not self.service else "BACKUP"

    @property
    def stands_by(self) -> bool:
        """Whether it leaves all clients to its partner: the standby in NORMAL."""
        return self.state == "NORMAL" and self.mode == HOT_STANDBY and not self.primary

    @property
    def shares(self) -> bool:
        """Whether it answers its share of the clients only."""
        return self.state == "NORMAL" and self.mode != HOT_STANDBY

    @property
    def takeover_at(self) -> int:
        """From when on the partner's free addresses are usable."""
        return self.since + self.mclt


class Giving(NamedTuple):
    """The answer: a line a server (number, name, words), and what a new client can hope for."""

    servers: tuple[tuple[int, str, str], ...]
    new_client: str


def who_may_give(sides: tuple[Side, ...], now: int) -> Giving:
    """Say who may give an address to whom now."""
    lines = tuple(
        (side.number, side.name, server_words(side, _partner(sides, side), now)) for side in sides
    )
    return Giving(lines, new_client_words(sides, now))


def _partner(sides: tuple[Side, ...], side: Side) -> Side | None:
    return next((each for each in sides if each is not side), None)


# -- one server


def server_words(side: Side, partner: Side | None, now: int) -> str:
    """Say to whom one server may give the address now."""
    thinks = f"thinks it is {side.status}"
    if side.status == "ACTIVE":
        thinks = f"thinks {side.client} has it"
    if not side.on:
        return f"off; {thinks}"
    if side.service == "silent":
        return f"silent in {side.state}; {thinks}"
    if side.status == "ABANDONED":
        return "to nobody: somebody else uses it"
    if side.status == "ACTIVE":
        return _to_holder(side)
    if side.status in ENDED:
        return _after_end(side, partner, now)
    return _free_words(side, partner, now)


def _to_holder(side: Side) -> str:
    if side.stands_by and not side.renews_all:
        return "to nobody: it stands by"
    words = f"to {side.client} only, at most {duration_text(side.longest)}"
    if side.shares and not side.renews_all:
        words += ", if it is of its share"
    return words


def _after_end(side: Side, partner: Side | None, now: int) -> str:
    if side.service == "takeover":
        when = _after_lease(side)
        if now >= when:
            return f"to any client, at most {duration_text(side.longest_new)}"
    if side.client and not side.contact and not side.known:
        return f"to {side.client} only, should it come back"
    name = partner.name if partner is not None else "the partner"
    return f"to nobody until {name} acknowledges"


def _free_words(side: Side, partner: Side | None, now: int) -> str:
    if side.service == "renew":
        return f"to nobody: renewals only in {side.state}"
    longest = f"at most {duration_text(side.longest_new)}"
    if side.status != side.own_status:
        if side.service != "takeover":
            name = partner.name if partner is not None else "the partner"
            return f"to nobody: it is {name}’s"
        if now < side.takeover_at:
            return f"to nobody before {moment(side.takeover_at, now)}"
        return f"to any new client, {longest}"
    if side.stands_by:
        return "to nobody: it stands by"
    if side.shares:
        return f"to new clients of its share, {longest}"
    return f"to any new client, {longest}"


def _after_lease(side: Side) -> int:
    """Return when another client may get what is or was leased, in PARTNER-DOWN (§7.1.5, §9.4.2).

    A lease that the server granted in that state itself ends by its own word; then the MCLT.
    """
    if side.start >= side.since:
        ended = side.expires if side.status == "ACTIVE" else side.start
        return ended + side.mclt
    return max(side.takeover_at, side.furthest + side.mclt)


# -- a new client


def new_client_words(sides: tuple[Side, ...], now: int) -> str:
    """Say who may give the address to a client that is not on record for it."""
    living = [side for side in sides if side.on]
    if not living:
        return "nobody: " + ("both servers are off" if len(sides) > 1 else "the server is off")
    moments = [(side, when) for side in living if (when := _gives_at(side)) >= 0]
    ready = [side.name for side, when in moments if when <= now]
    held = [side for side in living if side.status == "ACTIVE" and side.service != "takeover"]
    if ready and not held:
        return f"{ready[0]} only" if len(ready) == 1 else " or ".join(ready)
    coming = [(when, side.name) for side, when in moments if when > now]
    if coming and not held:
        when, name = min(coming)
        return f"{name}, from {moment(when, now)} on (PARTNER-DOWN + MCLT)"
    return _nobody(sides, living)


def _gives_at(side: Side) -> int:
    """Return from when on a server gives the address to a new client, −1 for never."""
    if side.service in ("silent", "renew") or side.stands_by or side.status == "ABANDONED":
        return -1
    if side.status in LEASELESS:
        if side.status == side.own_status:
            return 0
        return side.takeover_at if side.service == "takeover" else -1
    if side.service == "takeover":
        return _after_lease(side)
    return -1


def _nobody(sides: tuple[Side, ...], living: list[Side]) -> str:
    """Say why nobody may give it: whose it is, and what keeps that one from it."""
    for side in living:
        if side.status == "ABANDONED":
            return "nobody: somebody else uses it"
    for side in living:
        partner = _partner(sides, side)
        if side.status == "ACTIVE" or side.status in ENDED:
            # Without contact it can't come back: nobody acknowledges its end (§4.2).
            if partner is not None and not side.contact:
                return f"nobody, while {partner.name} is away"
            if side.status == "ACTIVE":
                return f"nobody, while {side.client} has it"
            name = partner.name if partner is not None else "the partner"
            return f"nobody, until {name} acknowledges its end"
    owner = next((side for side in sides if living[0].status == side.own_status), None)
    if owner is None:
        return "nobody"
    if not owner.on:
        return f"nobody, while {owner.name} is away"
    if owner.stands_by:
        return f"nobody yet: kept in reserve for {owner.name}"
    if owner.service == "renew":
        return f"nobody, while {owner.name} is in {owner.state}"
    return f"nobody, while {owner.name} is silent"


# -- one record


def record_words(side: Side, owner: str, now: int) -> tuple[str, ...]:
    """Return a server's record of an address in words, the longest form first."""
    if side.status in LEASELESS:
        whole = f"{side.status}, {owner}’s" if owner else side.status
        forms = [whole, side.status]
    else:
        parts = [side.status, side.client]
        if side.expires:
            parts.append(f"until {moment(side.expires, now)}")
        elif side.status == "ACTIVE":
            parts.append("for ever")
        forms = [", ".join(part for part in parts if part)]
    if side.known:
        return tuple(dict.fromkeys(forms))
    bare = forms[-1].replace(", until ", ", ")
    date = date_text(side.expires)
    # A date is one without its weekday too.
    shorter = dict.fromkeys((*forms, bare, bare.replace(date, date.partition(" ")[2])))
    least = f"{side.status}, {side.client}" if side.client else side.status
    shorter[least] = None
    return (f"{forms[0]}, not acknowledged", *(f"{form}, not acked" for form in shorter))


def note_words(side: Side, owner: str, now: int) -> str:
    """Return the last line of the card: client, end, and what the partner knows of it."""
    if side.status in LEASELESS:
        words = f"{side.status}: {owner}’s to give" if owner else side.status
    elif side.status == "ABANDONED":
        words = "ABANDONED"
    elif side.status == "ACTIVE":
        until = f"until {moment(side.expires, now, seconds=True)}" if side.expires else "for ever"
        words = f"{side.client}, {until}"
    else:
        words = f"{side.status}; last {side.client}’s" if side.client else side.status
    if not side.service:
        return words
    if side.known:
        return words if side.status in LEASELESS else f"{words}; acknowledged"
    return words + ("; update not acknowledged" if side.contact else "; update queued, not sent")


def moment(at: int, now: int, *, seconds: bool = False) -> str:
    """Return ``Mon 10:30`` for a moment of today, ``Tue 9 Jan 09:30`` for any other."""
    clock = clock_text(at) if seconds else clock_text(at)[:5]
    day = weekday_text(at) if at // DAY == now // DAY else date_text(at)
    return f"{day} {clock}"


def longest_lease(
    *,
    service: str,
    always_mclt: bool,
    desired: int,
    mclt: int,
    now: int,
    acked: int = 0,
    received: int = 0,
) -> int:
    """Return the longest lease a server would give, in µs (draft-12 §7.1.5, §5.2.1).

    *always_mclt*: the profile gives the MCLT in this state whatever the partner knows.
    """
    if not service:
        return desired
    if always_mclt:
        return min(desired, mclt)
    return min(desired, max(0, max(acked, received) - now) + mclt) // US * US


# -- a range


def range_text(first: str, last: str) -> str:
    """Return ``10.0.0.51–250``, or both in full when they differ in more than the last octet."""
    if first == last:
        return first
    same = first.rpartition(".")[0] == last.rpartition(".")[0]
    return f"{first}–{last.rpartition('.')[2] if same else last}"


def runs(places: Iterable[int]) -> list[tuple[int, int]]:
    """Return the runs of neighbours in ascending numbers, as (first, last)."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
