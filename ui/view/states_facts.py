"""What the state chart shows at a moment: where the servers stand, the last edge, the next ones.

Read off the session, without Qt, in time that does not depend on the length of the run: a
server's last change stands at the moment since which it has been in its state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from foviz import RowKind, ServerState, ServerView, short_moment_text, state_text
from ui.layout import states_graph as graph

if TYPE_CHECKING:
    from foviz import EndpointView, Profile, Record, Session
    from ui.layout.states_graph import Edge, EdgeKey
    from ui.model.run import RunModel

LOOK_BACK: Final = 2048
"""Rows of the story looked through for a change whose moment a skewed clock misnames."""

SHOWN: Final = (1, 2)


@dataclass(frozen=True)
class Standing:
    """A server on the chart."""

    number: int
    index: int
    name: str
    on: bool
    state: ServerState
    primary: bool
    since: int

    @property
    def who(self) -> Literal["s1", "s2"]:
        """Whose hue."""
        return "s1" if self.number == 1 else "s2"

    def words(self) -> str:
        """Return a sentence about where the server stands."""
        state = state_text(self.state)
        if not self.on:
            return f"{self.name} is off; {state} is what it has in storage"
        since = f" since {short_moment_text(self.since)}" if self.since and self.moved else ""
        return f"{self.name} is in {state}{since}"

    @property
    def moved(self) -> bool:
        """Whether ``since`` tells of this state; a starting server keeps that of its storage."""
        return self.state != ServerState.STARTUP


@dataclass(frozen=True)
class Taken:
    """The last edge that was taken: its states, the record, and by whom."""

    key: EdgeKey
    record: int
    standing: Standing


@dataclass(frozen=True)
class Facts:
    """All that the chart shows besides the table."""

    profile: Profile
    standings: tuple[Standing, ...]
    taken: Taken | None
    possible: frozenset[EdgeKey]
    resumed: tuple[Edge, ...]
    """Edges from STARTUP to what is stored, while a server is starting."""
    state: int
    """The selected state's number, or 0."""
    host: int
    """The selected host, or −1."""

    def at(self, state: ServerState) -> tuple[Standing, ...]:
        """Return the servers in a state, server 1 first."""
        return tuple(each for each in self.standings if each.state == state)

    def rank(self, key: EdgeKey) -> int:
        """Return 2 for the last edge taken, 1 for one possible now, 0 for any other."""
        if self.taken is not None and self.taken.key == key:
            return 2
        return 1 if key in self.possible else 0


def facts_of(model: RunModel) -> Facts:
    """Return what the chart shows at the model's position."""
    session = model.session
    profile = session.profile
    standings = _standings(session.snapshot().servers)
    changes = {each.number: last_change(session, each) for each in standings}
    chosen = model.selection.value if model.selection.kind == "host" else -1
    focused = next((each for each in standings if each.index == chosen), None)
    resumed = _resumed(standings, changes)
    return Facts(
        profile=profile,
        standings=standings,
        taken=_taken(standings, changes, focused),
        possible=_possible(standings, focused, profile) | {edge.key for edge in resumed},
        resumed=resumed,
        state=model.focus.state,
        host=focused.index if focused is not None else -1,
    )


def _standings(servers: tuple[ServerView, ...]) -> tuple[Standing, ...]:
    found = [
        _standing(server, server.endpoint)
        for server in servers
        if server.endpoint is not None and server.number in SHOWN
    ]
    return tuple(sorted(found, key=lambda each: each.number))


def _standing(server: ServerView, endpoint: EndpointView) -> Standing:
    return Standing(
        number=server.number,
        index=server.index,
        name=server.name,
        on=server.running,
        state=ServerState(endpoint.state),
        primary=endpoint.primary,
        since=endpoint.since,
    )


def _possible(
    standings: tuple[Standing, ...], focused: Standing | None, profile: Profile
) -> frozenset[EdgeKey]:
    """Of the focused server if it lives, else of all that live."""
    living = [each for each in standings if each.on]
    asked = [focused] if focused is not None and focused.on else living
    return frozenset(
        key
        for each in asked
        for key in graph.possible(each.state, primary=each.primary, profile=profile)
    )


def _resumed(
    standings: tuple[Standing, ...], changes: dict[int, Record | None]
) -> tuple[Edge, ...]:
    """Return the edges to the stored states of servers that are starting."""
    found: list[Edge] = []
    for each in standings:
        change = changes[each.number]
        if each.on and each.state == ServerState.STARTUP and change is not None:
            found.append(graph.resumed(ServerState(change.value("new"))))
    return tuple(dict.fromkeys(found))


def _taken(
    standings: tuple[Standing, ...],
    changes: dict[int, Record | None],
    focused: Standing | None,
) -> Taken | None:
    """Return the last edge of the focused server, else of the one that moved last."""
    asked = (focused,) if focused is not None else standings
    taken = [each for number in asked if (each := _edge_of(number, changes[number.number]))]
    return max(taken, key=lambda each: each.record, default=None)


def _edge_of(standing: Standing, change: Record | None) -> Taken | None:
    if change is None or not change.value("old") or change.value("old") == change.value("new"):
        return None
    key = (ServerState(change.value("old")), ServerState(change.value("new")))
    return Taken(key, change.index, standing)


def last_change(session: Session, standing: Standing) -> Record | None:
    """Return the record of a server's last change of state but for its start, or None.

    Of several changes in one event it is the last.
    """
    if not standing.since:
        return None
    digest, count = session.digest, session.record_count
    trace = session.branch.trace
    last = min(count, trace.count_until_time(standing.since))
    place = digest.place_of(last - 1)
    found = _search(session, standing, place, trace.first_at(standing.since))
    if found is None:
        place = digest.count_until(count) - 1
        found = _search(session, standing, place, 0)
    return found


def _search(session: Session, standing: Standing, place: int, first: int) -> Record | None:
    """Look back from a row for the server's last change at or after a record."""
    digest = session.digest
    for at in range(place, max(-1, place - LOOK_BACK), -1):
        row = digest.row(at)
        if row.record < first:
            return None
        if row.kind is RowKind.STATE:
            record = session.record(row.record)
            if record.host == standing.index and record.value("old"):
                return record
    return None
