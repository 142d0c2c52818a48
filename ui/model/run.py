"""The run in the window: session, position, selection, and one signal for all that moved."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from foviz import (
    MESSAGES,
    Digest,
    FovizError,
    Position,
    Record,
    Reply,
    Row,
    RowKind,
    Session,
    Snapshot,
)
from ui.model.measure import End, start_here
from ui.model.selection import NOTHING, Focus, Selection, focus_of

LOOK_BACK = 64
"""Rows looked at for messages still in flight."""
EFFECT_WITHIN = 100_000
"""How many records an effect is looked for in."""


@dataclass(frozen=True)
class Flight:
    """A message on its way at the playhead; ``arrivals`` are (host, µs)."""

    record: Record
    kind: RowKind
    arrivals: tuple[tuple[int, int], ...]

    def progress(self, at: int, arrival: int) -> float:
        """Return how much of the way is done, 0 … 1."""
        span = max(1, arrival - self.record.at)
        return min(1.0, max(0.0, (at - self.record.at) / span))


@dataclass(frozen=True)
class StepView:
    """A numbered step of the story: where to stand to see it, and whether it lies behind."""

    number: int
    words: str
    section: int
    at: int
    records: tuple[int, ...]


class RunModel(QObject):
    """Everything views read. Views keep nothing of the run; they repaint on ``moved``."""

    moved = Signal()
    """The position, the run or the selection changed."""
    opened = Signal()
    """Another session is shown."""
    failed = Signal(str)
    """Something the user asked for is impossible; one sentence."""

    compare_wanted = Signal(str, str)
    """Show two branches beside each other."""
    carried_out = Signal(str, object)
    """A lab line was carried out, by whatever part of the window: the line and its Reply."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.selection = NOTHING
        self.hover = NOTHING
        self._focus: tuple[object, Focus] | None = None
        self._steps: tuple[object, tuple[StepView, ...]] | None = None
        self.last_line = ""
        self.measured: End | None = None
        """Where the measure starts, while something is measured."""
        self.answers: dict[int, int] = {}
        """Chosen answer by the number of the question."""

    def open(self, session: Session) -> None:
        """Show another session."""
        self.session = session
        self.selection = NOTHING
        self.measured = None
        self.answers = {}
        self.last_line = ""
        self._focus = self._steps = None
        self.opened.emit()
        self.moved.emit()

    # -- reading

    @property
    def playhead(self) -> int:
        """Virtual µs."""
        return self.session.playhead

    @property
    def snapshot(self) -> Snapshot:
        """The world at the cursor."""
        return self.session.snapshot()

    @property
    def digest(self) -> Digest:
        """The story's rows."""
        return self.session.digest

    @property
    def row_count(self) -> int:
        """How many rows of the story stand at the cursor."""
        return self.digest.count_until(self.session.record_count)

    @property
    def first_row(self) -> int:
        """The first row after the pair's own start-up."""
        trace = self.session.branch.trace
        return self.digest.count_until(trace.count_until_event(self.session.origin.cursor))

    @property
    def present_record(self) -> int:
        """The last record of the story at the cursor, or −1."""
        count = self.row_count
        return self.digest.row(count - 1).record if count > self.first_row else -1

    @property
    def focus(self) -> Focus:
        """What every view marks."""
        session = self.session
        key = (session.version, session.cursor, len(session.branch.trace), self.selection)
        if self._focus is None or self._focus[0] != key:
            self._focus = (key, focus_of(session, self.selection, self.present_record))
        return self._focus[1]

    def flights(self) -> list[Flight]:
        """Return the story's messages that are on their way at the playhead, oldest first."""
        found: list[Flight] = []
        count = self.row_count
        for place in range(count - 1, max(-1, count - 1 - LOOK_BACK), -1):
            row = self.digest.row(place)
            if row.kind not in MESSAGES:
                continue
            flight = self._flight(row)
            if flight is not None:
                found.append(flight)
        return found[::-1]

    def _flight(self, row: Row) -> Flight | None:
        record = self.session.record(row.record)
        arrivals = record.value("arrivals")
        if all(at <= self.playhead for _, at in arrivals):
            return None
        return Flight(record, row.kind, arrivals)

    # -- the story

    def steps(self) -> tuple[StepView, ...]:
        """Return the numbered steps that have been run so far, in order."""
        story = self.session.story
        if story is None:
            return ()
        key = (id(story), len(story.steps), len(story.sections), story.finished)
        if self._steps is None or self._steps[0] != key:
            self._steps = (key, tuple(self._step_views()))
        return self._steps[1]

    def _step_views(self) -> list[StepView]:
        story = self.session.story
        assert story is not None
        sections = {place: mark.number for mark in story.sections for place in mark.steps}
        views: list[StepView] = []
        for place, step in enumerate(story.steps):
            if place not in sections:
                continue  # its section is still being run
            at = self.session.step_moment(step)
            views.append(StepView(step.number, step.words, sections[place], at, step.witnesses))
        return views

    def present_step(self) -> StepView | None:
        """Return the last step whose moment has come, on the story's branch."""
        if not self.session.on_story:
            return None
        found = None
        for step in self.steps():
            if step.at <= self.playhead:
                found = step
        return found

    # -- moving

    def seek_time(self, at: int) -> None:
        """Go to a moment."""
        self.session.seek_time(at)
        self.moved.emit()

    def seek_record(self, index: int) -> None:
        """Go to a record's event and select it."""
        self.session.seek_record(index)
        self.select(Selection("record", index))

    def seek(self, position: Position) -> None:
        """Go to a position."""
        self.session.seek(position)
        self.moved.emit()

    def step(self, events: int) -> None:
        """Step by events."""
        self.session.step(events)
        self.moved.emit()

    def go_step(self, direction: int) -> None:
        """Go to the next or previous stop of the story; in free play to the next row."""
        stops = self._stops()
        here = self.playhead
        if direction > 0:
            target = next((at for at in stops if at > here), None)
        else:
            target = next((at for at in reversed(stops) if at < here), None)
        self.selection = NOTHING
        if target is not None:
            self.seek_time(target)
        else:
            self.go_row(direction)

    def _stops(self) -> list[int]:
        if self.session.on_story:
            moments = {self.session.origin.playhead: None}
            moments.update(dict.fromkeys(step.at for step in self.steps()))
            return sorted(moments)
        return []

    def go_row(self, direction: int) -> None:
        """Go to the next or previous row of the story."""
        session = self.session
        count = self.row_count
        if direction > 0:
            session.look_ahead(1, 50_000)
            if count < len(self.digest):
                session.seek_record(self.digest.row(count).record)
        elif count > self.first_row:
            session.seek_event(session.record(self.digest.row(count - 1).record).event - 1)
        self.moved.emit()

    def go_start(self) -> None:
        """Go to the beginning of the story."""
        self.session.seek_time(self.session.origin.playhead)
        self.moved.emit()

    def go_end(self) -> None:
        """Go to the furthest moment seen; in a lesson to its end."""
        session = self.session
        session.seek_time(session.end_at if session.on_story else session.seen.playhead)
        self.moved.emit()

    # -- selecting and doing

    def select(self, selection: Selection) -> None:
        """Select something in every view."""
        self.selection = selection
        self.moved.emit()

    def point_at(self, selection: Selection) -> None:
        """The pointer rests on something."""
        if selection != self.hover:
            self.hover = selection
            self.moved.emit()

    def measure(self) -> None:
        """Begin to measure at the selected record, or at the playhead; or end it."""
        self.measured = start_here(self) if self.measured is None else None
        self.moved.emit()

    def stop_measuring(self) -> bool:
        """End the measure; False when there is none."""
        was = self.measured is not None
        if was:
            self.measure()
        return was

    def do(self, line: str) -> Reply | None:
        """Carry out a lab line; a mistake is told by ``failed`` and changes nothing."""
        try:
            reply = self.session.do(line)
        except FovizError as error:
            self.failed.emit(error.message)
            return None
        self.after_line(line, reply)
        return reply

    def after_line(self, line: str, reply: Reply) -> None:
        """A lab line was carried out elsewhere: show where it led."""
        self.last_line = line
        self.selection = NOTHING
        self.carried_out.emit(line, reply)
        self.moved.emit()

    def go_same_host(self, direction: int) -> None:
        """Go to the next or previous record of the selected record's host."""
        session = self.session
        here = self.focus.record
        if here < 0:
            return
        trace, host = session.branch.trace, session.record(here).host
        last = len(trace) if session.on_story else trace.count_until_event(session.seen.cursor)
        index = here + direction
        while 0 <= index < last:
            if trace.host(index) == host:
                self.seek_record(index)
                return
            index += direction

    def go_along_causes(self, direction: int) -> None:
        """Go to the cause of the selected record, or to what it led to first."""
        session = self.session
        here = self.focus.record
        if here < 0:
            return
        trace = session.branch.trace
        if direction < 0:
            if trace.cause(here) >= 0:
                self.seek_record(trace.cause(here))
            return
        for index in range(here + 1, min(len(trace), here + EFFECT_WITHIN)):
            if trace.cause(index) == here:
                self.seek_record(index)
                return

    def undo(self) -> None:
        """Go to just before the last intervention."""
        self.session.undo()
        self.moved.emit()

    def redo(self) -> None:
        """Return to after the intervention that was undone."""
        self.session.redo()
        self.moved.emit()

    # -- branches and bookmarks

    def rename_branch(self, branch: str, title: str) -> None:
        """Give a branch another title."""
        self.session.rename_branch(branch, title)
        self.moved.emit()

    def delete_branch(self, branch: str) -> None:
        """Delete a branch; one that is needed stays, and the reason is told."""
        try:
            self.session.delete_branch(branch)
        except FovizError as error:
            self.failed.emit(error.message)
        self.moved.emit()

    def add_bookmark(self, note: str) -> None:
        """Mark the playhead."""
        self.session.add_bookmark(note)
        self.moved.emit()

    def note_bookmark(self, number: int, note: str) -> None:
        """Give a bookmark another note."""
        self.session.note_bookmark(number, note)
        self.moved.emit()

    def remove_bookmark(self, number: int) -> None:
        """Remove a bookmark."""
        self.session.remove_bookmark(number)
        self.moved.emit()

    def go_bookmark(self, number: int) -> None:
        """Go to a bookmark."""
        self.session.go_bookmark(number)
        self.moved.emit()

    def next_bookmark(self, direction: int) -> None:
        """Go to the next bookmark, or to the one before (−1)."""
        mark = self.session.next_bookmark(direction)
        if mark is not None:
            self.go_bookmark(mark.number)

    def switch(self, branch: str) -> None:
        """Show another branch."""
        self.session.switch(branch)
        self.moved.emit()
