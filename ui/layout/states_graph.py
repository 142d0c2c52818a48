"""The transition table as a graph: which edges the state chart has, and what they say.

An edge is what leads from one state to another, whatever the number of the table's rows. The
chart needs no more than that and must stand in the first frame, so edges are a plain grouping
of the table. Questions about ways (how does a server come back to NORMAL?) are asked of a
networkx graph of the same edges; networkx takes longer to load than the window does to
appear, so it is loaded when it is first asked, or by :func:`load` after the first frame.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from foviz import STATES, Event, ServerState, TransitionRow, profile_named, rows_of, state_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from networkx import DiGraph

    from foviz import Profile

OPERATOR_STATES: Final = (ServerState.PAUSED, ServerState.SHUTDOWN)
"""States into which only the operator leads; their frame says so in place of edges."""

_IN_CONTACT: Final = (
    ServerState.RECOVER,
    ServerState.RECOVER_DONE,
    ServerState.CONFLICT_DONE,
)
"""States that are in contact already: a CONTACT row there is the partner's next STATE message."""

_GLYPHS: Final = {
    Event.CONTACT: "link",
    Event.PARTNER: "message",
    Event.FAILED: "cut",
    Event.UPDATE_DONE: "message",
    Event.WAIT_OVER: "timer",
    Event.SAFE_PERIOD: "timer",
    Event.STARTUP_OVER: "timer",
    Event.PARTNER_DOWN: "operator",
    Event.PAUSE: "operator",
    Event.SHUT_DOWN: "operator",
    Event.RESUME: "operator",
}

_WORDS: Final = {
    Event.CONTACT: "contact",
    Event.FAILED: "contact lost",
    Event.UPDATE_DONE: "UPDDONE",
    Event.WAIT_OVER: "MCLT over",
    Event.SAFE_PERIOD: "safe period",
    Event.STARTUP_OVER: "start-up over",
    Event.PARTNER_DOWN: "operator",
    Event.PAUSE: "operator",
    Event.SHUT_DOWN: "operator",
    Event.RESUME: "operator",
}

_OLD_DATABASE: Final = "the partner heard us long after our last operation"

_GUARDS: Final = {
    "partner took over after our last operation": "took over since",
    "partner took over before our last operation": "took over before",
    "no stored state": "nothing stored",
    "NORMAL is stored": "NORMAL stored",
    _OLD_DATABASE: "old database",
}

EdgeKey = tuple[ServerState, ServerState]


class Edge(NamedTuple):
    """What leads from one state to another: the table's rows for it.

    ``name`` are the letters of both states: ``CI>N``.
    """

    start: ServerState
    end: ServerState
    rows: tuple[TransitionRow, ...]
    name: str
    words: str

    @property
    def key(self) -> EdgeKey:
        """The two states."""
        return (self.start, self.end)


class Label(NamedTuple):
    """What an edge says on the chart: the glyph of its event, and a few words."""

    glyph: str
    words: str


def letters(state: ServerState) -> str:
    """Return a state's letters."""
    return STATES[state].letters


def is_absent(state: ServerState, profile: Profile) -> bool:
    """Whether a profile lacks a state."""
    return state in OPERATOR_STATES and not has_operator_states(profile)


def has_operator_states(profile: Profile) -> bool:
    """Whether a profile knows PAUSED and SHUTDOWN."""
    return bool(profile.operator_states)


_USUAL: Final = profile_named("microsoft")
_known: dict[tuple[object, ...], tuple[Edge, ...]] = {}
_MOST_KNOWN: Final = 32


def _key(profile: Profile) -> tuple[object, ...]:
    return (profile.name, *profile.changed().items())


def edges(profile: Profile = _USUAL) -> tuple[Edge, ...]:
    """Return the edges of the chart in the order of the table, with a profile's switches.

    Left out: rows that change nothing, those into and out of PAUSED and SHUTDOWN, and the row
    that leads to the stored state (see :func:`resumed`), whose end the table does not name.
    """
    key = _key(profile)
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found: dict[EdgeKey, list[TransitionRow]] = {}
        for row in rows_of(profile):
            apart = row.state in OPERATOR_STATES or row.to in (row.state, *OPERATOR_STATES)
            if row.to is not None and not apart:
                found.setdefault((row.state, row.to), []).append(row)
        _known[key] = tuple(_edge(*ends, tuple(rows)) for ends, rows in found.items())
    return _known[key]


@lru_cache(maxsize=16)
def resumed(stored: ServerState) -> Edge:
    """Return the edge from STARTUP to the stored state, its link taken as failed (§9.3.2)."""
    table = rows_of(_USUAL)  # what this asks for is the same in every profile
    failed = (r.to for r in table if r.state == stored and r.event is Event.FAILED)
    end = next((to for to in failed if to is not None), stored)
    rows = tuple(r for r in table if r.state == ServerState.STARTUP and r.to is None)
    return _edge(ServerState.STARTUP, end, rows)


def possible(state: ServerState, *, primary: bool, profile: Profile) -> tuple[EdgeKey, ...]:
    """Return the edges that a server can take from a state, leaving out the other role's rows.

    Nor an old database, which is found out at the first contact after a start and never later.
    """
    apart = ("secondary" if primary else "primary", _OLD_DATABASE)
    return tuple(
        edge.key
        for edge in edges(profile)
        if edge.start == state and any(row.guard not in apart for row in edge.rows)
    )


# -- words


def labels(edge: Edge) -> tuple[Label, ...]:
    """Return what an edge says, one label an event; each partner's state once."""
    grouped: dict[tuple[str, str, str], list[ServerState]] = {}
    for row in edge.rows:
        glyph, words = _event_of(row)
        guard = _GUARDS.get(row.guard, row.guard)
        grouped.setdefault((glyph, words, guard), []).extend(row.partners)
    return tuple(
        Label(glyph, _phrase(words, guard, dict.fromkeys(partners)))
        for (glyph, words, guard), partners in grouped.items()
    )


def _event_of(row: TransitionRow) -> tuple[str, str]:
    """Return glyph and words of a row's event."""
    if row.event is Event.PARTNER or (row.event is Event.CONTACT and row.state in _IN_CONTACT):
        return "message", ""
    return _GLYPHS[row.event], _WORDS[row.event]


def _phrase(words: str, guard: str, partners: Iterable[ServerState]) -> str:
    states = list(partners)
    names = [state_text(each) if len(states) <= 2 else letters(each) for each in states]
    if guard in ("primary", "secondary"):
        return f"{guard}: {words}"
    if guard.startswith("took over"):
        return f"partner {guard}"
    who = f"partner {joined(names)}" if names else ""
    return ", ".join(part for part in (words, who, guard) if part)


def joined(names: list[str]) -> str:
    """Return ``A, B or C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _edge(start: ServerState, end: ServerState, rows: tuple[TransitionRow, ...]) -> Edge:
    """Return an edge with what there is to say of it: a line for each of its rows."""
    heading = f"{state_text(start)} → {state_text(end)}"
    words = "\n".join([heading, *(row_words(row) for row in rows)])
    return Edge(start, end, rows, f"{letters(start)}>{letters(end)}", words)


def row_words(row: TransitionRow) -> str:
    """Return ``contact (partner NORMAL): why. Section``."""
    event = _WORDS.get(row.event, "the partner announces a state")
    partners = joined([state_text(each) for each in row.partners])
    conditions = "; ".join(
        part for part in (f"partner {partners}" if partners else "", row.guard) if part
    )
    return f"{event}{f' ({conditions})' if conditions else ''}: {row.why} {row.section}"


# -- ways


def graph(profile: Profile = _USUAL) -> DiGraph:
    """Return the chart as a networkx graph: states with their service, edges with their rows."""
    return _graph(edges(profile))


@lru_cache(maxsize=8)
def _graph(drawn: tuple[Edge, ...]) -> DiGraph:
    import networkx

    chart = networkx.DiGraph()
    for state, spec in STATES.items():
        chart.add_node(state, letters=spec.letters, service=spec.service.value)
    for edge in drawn:
        chart.add_edge(edge.start, edge.end, rows=edge.rows, effort=_effort(edge))
    return chart


def _effort(edge: Edge) -> int:
    """Return how much an edge is worth avoiding: a conflict and the operator's word count most."""
    if edge.end == ServerState.POTENTIAL_CONFLICT:
        return 4
    return 5 if all(row.event is Event.PARTNER_DOWN for row in edge.rows) else 1


def load(profile: Profile) -> None:
    """Load networkx and build the graph; for the time after the first frame."""
    graph(profile)


def is_loaded() -> bool:
    """Whether asking for a way costs no loading."""
    return "networkx" in sys.modules


def way(start: ServerState, end: ServerState, profile: Profile) -> tuple[ServerState, ...]:
    """Return the states on the easiest way, both ends included; empty when there is none."""
    return _way(start, end, edges(profile))


@lru_cache(maxsize=64)
def _way(start: ServerState, end: ServerState, drawn: tuple[Edge, ...]) -> tuple[ServerState, ...]:
    import networkx

    chart = _graph(drawn)
    if not networkx.has_path(chart, start, end):
        return ()
    return tuple(networkx.shortest_path(chart, start, end, weight="effort"))
