"""The names that a laboratory adds to the grammar, and the types of its slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from foviz.base.address import ip_to_int
from foviz.base.errors import FovizError
from foviz.base.rules import RULES
from foviz.base.time import parse_duration
from foviz.dhcp.client import ClientState
from foviz.failover.states import STATE_NAMES
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


class Vocabulary(NamedTuple):
    """The names of one laboratory."""

    servers: tuple[str, ...]
    clients: tuple[str, ...]
    links: tuple[str, ...]
    segments: tuple[str, ...]
    scopes: tuple[str, ...]
    relationships: tuple[str, ...]
    now: int

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
        )

    def words(self, kind: str) -> tuple[str, ...]:
        """Return the words that a slot of this type can take; empty for free ones."""
        table: dict[str, tuple[str, ...]] = {
            "host": (*self.servers, *self.clients),
            "node": (*self.servers, *self.clients, *self.links),
            "server": self.servers,
            "client": self.clients,
            "link": self.links,
            "relationship": self.relationships,
            "message": MESSAGES,
            "client-state": tuple(CLIENT_STATES),
            "state": tuple(STATE_NAMES),
            "status": tuple(STATUSES),
            "reason": (*RULES, *LOST_REASONS),
            "time-setting": TIME_SETTINGS,
            "percent-setting": PERCENT_SETTINGS,
        }
        return table.get(kind, ())


class Rejected(NamedTuple):
    """Why a word does not fit a slot; ``near`` is the nearest word that would."""

    why: str
    near: str = ""


def read_word(kind: str, text: str, vocabulary: Vocabulary) -> Any:
    """Return a slot's value from its word, or Rejected."""
    reader = _READERS.get(kind)
    if reader is not None:
        try:
            return reader(text)
        except FovizError as error:
            return Rejected(error.message)
    words = vocabulary.words(kind)
    if not words:
        return text
    if kind == "link" and text not in words:
        other_way = "-".join(reversed(text.split("-")))
        if other_way in words:
            return other_way
    folded = {word.lower(): word for word in words}
    return folded.get(text.lower(), Rejected(f"no {kind.replace('-', ' ')} is called “{text}”"))


def _count(text: str) -> int:
    if not text.isdigit():
        raise FovizError(f"“{text}” is not a whole number")
    return int(text)


def _percent(text: str) -> int:
    number = text.removesuffix("%")
    if not number.isdigit() or int(number) > 100:
        raise FovizError(f"“{text}” is not a percentage from 0% to 100%")
    return int(number)


_READERS: dict[str, Callable[[str], Any]] = {
    "count": _count,
    "percent": _percent,
    "duration": parse_duration,
    "address": ip_to_int,
}
