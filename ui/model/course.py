"""The course of one branch as spans: windows of the story, states, faults, breaches.

Everything is read off the story's rows, each row once, up to the furthest moment that the
user has seen. So it is a function of the branch and of what was seen, never of how far the
engine has run ahead, and a frame costs nothing for the length of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from foviz import RowKind
from ui.layout.axis import Windows

if TYPE_CHECKING:
    from foviz import Record, Row, Session

LOOK_BACK: Final = 64
"""Rows read again: a lost keep-alive gets its row after later ones have theirs."""

OFF: Final = -1
ON: Final = 0
"""States of a server that is off, and of one that has none to show."""

_DOWN: Final = {"crash": "crash", "kill": "kill service", "stop": "stop service"}
_AT_ONCE: Final = {"lose-disk": "lose disk", "skew": "skew"}


class Phase(NamedTuple):
    """From *at* on a server is in a state (as numbered on the wire), ``ON`` or ``OFF``.

    ``why`` is what ended its service: crash, kill or stop. ``record`` is the record that
    says so.
    """

    at: int
    state: int
    record: int
    why: str = ""


@dataclass
class Fault:
    """Something broken on purpose, from its start to its end (0: it still is)."""

    words: str
    start: int
    record: int
    end: int = 0
    at_once: bool = False
    """It has no length: a disk lost, a clock set."""

    @property
    def known_end(self) -> int:
        """Its end, or its start for what has no length."""
        return self.end or self.start


class Breach(NamedTuple):
    """An invariant was broken: when, its record, which."""

    at: int
    record: int
    monitor: str


class Course:
    """What the story's rows say of one branch."""

    def __init__(self, session: Session, servers: frozenset[int]) -> None:
        self._session = session
        self._servers = servers
        self.windows = Windows()
        self.phases: dict[int, list[Phase]] = {server: [] for server in servers}
        self.faults: list[Fault] = []
        self.breaches: list[Breach] = []
        self._open: dict[object, Fault] = {}
        self._done = 0
        self._last = -1
        self.origin = session.origin.playhead

    def read(self) -> None:
        """Read the rows that were seen since the last call."""
        session = self._session
        digest, trace = session.digest, session.branch.trace
        seen = digest.count_until(trace.count_until_event(session.seen.cursor))
        if seen == self._done:
            return
        for place in range(max(0, min(seen, self._done) - LOOK_BACK), seen):
            row = digest.row(place)
            at = trace.at(row.record)
            if at >= self.origin:
                self.windows.add(at)
            if row.record > self._last and row.kind in _READERS:
                self._read_row(row)
        self._done = seen
        self._last = max(self._last, digest.row(seen - 1).record if seen else -1)

    # -- reading

    def _read_row(self, row: Row) -> None:
        _READERS[row.kind](self, self._session.record(row.record))

    def _state(self, record: Record) -> None:
        phases = self.phases.get(record.host)
        if phases is not None:
            phases.append(Phase(record.at, record.value("new"), record.index))

    def _host(self, record: Record) -> None:
        what = record.value("what")
        server = record.host in self._servers
        if what == "boot":
            self._end(record.host, record.at)
            if server:
                self.phases[record.host].append(Phase(record.at, ON, record.index))
            return
        name = self._session.reader.name(record.host)
        if what in _AT_ONCE:
            detail = record.value("detail") if what == "skew" else ""
            words = f"{_AT_ONCE[what]} {name} {detail}".rstrip()
            self.faults.append(Fault(words, record.at, record.index, at_once=True))
        elif server or what == "crash":
            self._begin(record.host, f"{_DOWN[what]} {name}", record)
            if server:
                self.phases[record.host].append(Phase(record.at, OFF, record.index, what))

    def _link(self, record: Record) -> None:
        link, what = record.value("link"), record.value("what")
        if what == "cut":
            one_way = " one-way" if record.value("detail") else ""
            self._begin(link, f"cut {link}{one_way}", record)
        elif what == "heal":
            self._end(link, record.at)

    def _breach(self, record: Record) -> None:
        self.breaches.append(Breach(record.at, record.index, record.value("monitor")))

    def _begin(self, subject: object, words: str, record: Record) -> None:
        self._end(subject, record.at)
        fault = Fault(words, record.at, record.index)
        self._open[subject] = fault
        self.faults.append(fault)

    def _end(self, subject: object, at: int) -> None:
        fault = self._open.pop(subject, None)
        if fault is not None:
            fault.end = at


_READERS: Final = {
    RowKind.STATE: Course._state,
    RowKind.HOST: Course._host,
    RowKind.LINK: Course._link,
    RowKind.BREACH: Course._breach,
}
