"""The names that a laboratory adds to the grammar, and the types of its slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from foviz.base.address import ip_to_int
from foviz.base.errors import FovizError
from foviz.base.rules import RULES
from foviz.base.time import DAY, parse_duration
from foviz.dhcp.client import ClientState
from foviz.failover.states import STATE_NAMES
from foviz.sim.monitors import MONITORS
from foviz.wire.dhcp import MessageType
from foviz.wire.failover import BindingStatus, FailoverType

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.sim.world import World

MESSAGES = (
    *(kind.name for kind in MessageType),
    *(kind.name for kind in FailoverType),
    "SYN",
)
CLIENT_STATES = {state.value.lower(): state for state in ClientState}
STATUSES = {status.name: status for status in BindingStatus}
TIME_SETTINGS = ("mclt", "switchover", "lease")
PERCENT_SETTINGS = ("reserve", "balance")
LOST_REASONS = ("off", "cut", "no-service")
TIMERS = (
    *("start", "retry", "probe", "T1", "T2", "expire"),
    "expiry",
    *(
        "receive",
        "send",
        "greeting",
        "handshake",
        "unacked",
        "startup",
        "safe-period",
        "recover-wait",
        "takeover",
        "updates",
        "linger",
    ),
    *("rebalance", "ack", "late", "free"),
)
"""Timers of the client, of the DHCP server, of the failover endpoint."""

LONGEST = 3650 * DAY
"""The longest duration a line can name: the wire's 32 bits of seconds end in 2106."""
MOST_DIGITS = 9


class LinkWord(NamedTuple):
    """A link as a line names it, and the end that the line names second."""

    name: str
    towards: str


class Vocabulary(NamedTuple):
    """The names of one laboratory."""

    servers: tuple[str, ...]
    clients: tuple[str, ...]
    links: tuple[str, ...]
    segments: tuple[str, ...]
    scopes: tuple[str, ...]
    relationships: tuple[str, ...]
    now: int
    ends: tuple[tuple[str, str], ...] = ()
    """The two ends of each of :attr:`links`."""
    relays: tuple[str, ...] = ()

    @classmethod
    def of(cls, world: World, now: int) -> Vocabulary:
        """Return the names of a world."""
        servers = world.servers()
        scopes = dict.fromkeys(name for server in servers for name in server.scopes)
        related = dict.fromkeys(name for server in servers for name in server.relationships)
        return cls(
            tuple(server.name for server in servers),
            tuple(client.name for client in world.clients()),
            tuple(world.network.links),
            tuple(world.network.segments),
            tuple(scopes),
            tuple(related),
            now,
            tuple((link.a, link.b) for link in world.network.links.values()),
            tuple(relay.name for relay in world.relays()),
        )

    def words(self, kind: str) -> tuple[str, ...]:
        """Return the words that a slot of this type can take; empty for free ones."""
        table: dict[str, tuple[str, ...]] = {
            "host": (*self.servers, *self.relays, *self.clients),
            "node": (*self.servers, *self.relays, *self.clients, *self.links),
            "server": self.servers,
            "client": self.clients,
            "link": self.links,
            "relationship": self.relationships,
            "segment": self.segments,
            "on-off": ("on", "off"),
            "audit": ("audit",),
            "scope": self.scopes,
            "scopes": self.scopes,
            "message": MESSAGES,
            "client-state": tuple(CLIENT_STATES),
            "state": tuple(STATE_NAMES),
            "status": tuple(STATUSES),
            "reason": (*RULES, *LOST_REASONS),
            "time-setting": TIME_SETTINGS,
            "percent-setting": PERCENT_SETTINGS,
            "monitor": MONITORS,
            "timer": TIMERS,
        }
        return table.get(kind, ())


class Rejected(NamedTuple):
    """Why a word does not fit a slot; ``why`` is empty when it simply is no such name."""

    why: str = ""


def read_word(kind: str, text: str, vocabulary: Vocabulary) -> Any:
    """Return a slot's value from its word, or Rejected."""
    reader = _READERS.get(kind)
    if reader is not None:
        try:
            return reader(text)
        except FovizError as error:
            # A word that is no number at all was meant for another slot.
            return Rejected(error.message if text[:1] in "+-0123456789" else "")
    words = vocabulary.words(kind)
    if not words:
        return text
    folded = {word.lower(): word for word in words}
    if kind == "scopes":
        named = [folded.get(part.strip().lower(), "") for part in text.split(",")]
        return tuple(dict.fromkeys(named)) if all(named) else Rejected()
    found = _link(text, vocabulary) if kind == "link" else folded.get(text.lower())
    return found or Rejected()


def _link(text: str, vocabulary: Vocabulary) -> LinkWord | None:
    """Find a link by its name or by its two ends, in either order."""
    wanted = text.lower()
    for name, (a, b) in zip(vocabulary.links, vocabulary.ends, strict=True):
        forwards, backwards = f"{a}-{b}".lower(), f"{b}-{a}".lower()
        if wanted == backwards:
            return LinkWord(name, a)
        if wanted in (forwards, name.lower()):
            return LinkWord(name, b)
    return None


def whole_number(text: str) -> int:
    """Return the number that decimal digits write; raise FovizError for other text."""
    if not (text.isascii() and text.isdigit()):
        raise FovizError(f"“{text}” is not a whole number")
    if len(text) > MOST_DIGITS:
        raise FovizError(f"“{text[:MOST_DIGITS]}…” is too large a number")
    return int(text)


def _percent(text: str) -> int:
    number = text.removesuffix("%")
    if not (number.isascii() and number.isdigit()) or len(number) > 3 or int(number) > 100:
        raise FovizError(f"“{text}” is not a percentage from 0% to 100%")
    return int(number)


def _offset(text: str) -> int:
    """A difference of clocks: it may be negative."""
    span = parse_duration(text)
    if abs(span) > LONGEST:
        raise FovizError(f"“{text}” is longer than ten years")
    return span


def _duration(text: str) -> int:
    span = _offset(text)
    if span < 0:
        raise FovizError(f"“{text}” is negative, and time runs forwards only")
    return span


_READERS: dict[str, Callable[[str], Any]] = {
    "count": whole_number,
    "percent": _percent,
    "duration": _duration,
    "offset": _offset,
    "address": ip_to_int,
}
