"""One open run, as a window or a script uses it.

A position is a cursor (number of executed events) and a playhead (virtual µs). What the
user does happens at the position: at the end of what was seen the branch goes on, anywhere
else, and always in a lesson's own branch, it forks. Nothing that was seen is ever lost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from foviz import library, saved
from foviz.base.errors import FovizError, ScriptError
from foviz.base.time import moment_text
from foviz.branching import Branching
from foviz.explain import answers
from foviz.explain.compare import Comparer, comparison_lines
from foviz.explain.digest import Digest
from foviz.explain.history import LeaseGrant, lease_history, moment_to_show
from foviz.explain.reader import Reader
from foviz.explain.sentences import sentence
from foviz.explain.subject import dissected, subject_of
from foviz.explain.why import Why, why
from foviz.position import Position, Reply
from foviz.script.deeds import intervention_of
from foviz.script.facts import is_so, look, watch
from foviz.script.grammar import DEEDS
from foviz.script.parser import Command, completions, parse
from foviz.script.runner import (
    CLOCK_ENDS,
    PATIENCE,
    did_not_happen,
    moment_meant,
    not_met,
)
from foviz.script.tokens import Place
from foviz.script.vocabulary import Vocabulary
from foviz.sim.build import build
from foviz.sim.faults import checks_of, reason_against
from foviz.sim.scenario import parse_scenario
from foviz.sim.snapshot import Snapshot
from foviz.sim.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from foviz.explain.compare import Comparison
    from foviz.failover.profile import Profile
    from foviz.lesson.document import Lesson
    from foviz.script.runner import Step
    from foviz.sim.admin import Check
    from foviz.sim.scenario import Scenario
    from foviz.sim.timeline import Branch
    from foviz.sim.trace import Record
    from foviz.sim.world import World
    from foviz.wire.dissect import Field

SLICE = 256
"""Events of a lesson that are run ahead at once."""

_DEED_FORMS = {form.id: None for form in DEEDS}


class Session(Branching):
    """A run with its branches, a position in it, and all that can be asked about it."""

    def __init__(self, scenario: Scenario, seed: int, lesson: Lesson | None = None) -> None:
        self.scenario = scenario
        self.seed = seed
        self.lesson = lesson
        self.timeline = Timeline(lambda: build(scenario, seed))
        self._begin = self.timeline.frontier.now
        self.timeline.run_until(scenario.story)
        self.story = None
        self._telling: Iterator[None] | None = None
        if lesson is not None:
            from foviz.lesson.story import Story

            self.story = Story(lesson, self.timeline)
            self._telling = self.story.play()
        branch = self.timeline.branch
        branch.title = "story" if lesson is not None else "run"
        self.origin = Position(branch.name, branch.end, scenario.story)
        self._position = self.origin
        self._seen = {branch.name: self.origin}
        self._left = {branch.name: self.origin}
        self._undo, self._redo = [], []
        self._digests = {}
        self._marks, self._marked = [], 0
        self._comparer = Comparer(self.timeline, self.digest_of)
        self._shown = ""
        self._snapshot, self._reader = None, None
        self.version = 0
        """Changes whenever anything a view shows may have changed."""

    @classmethod
    def open(
        cls, target: str = "hot-standby", profile: str = "", switches: Sequence[str] = ()
    ) -> Session:
        """Open a lesson by name or file, or a scenario, perhaps with another profile, switches."""
        if target.endswith(".toml"):
            scenario = library.load_scenario(target)
            return cls(library.chosen(scenario, profile, switches), seed=1)
        lesson = library.load_lesson(target)
        scenario = library.chosen(library.scenario_of(lesson), profile, switches)
        return cls(scenario, lesson.seed, lesson)

    def again(self, profile: Profile) -> Session:
        """Return a new run of this laboratory under another profile, for free play.

        A profile is what a run begins with: changing it is another run (§11.24). A lesson's
        text holds for the lesson's own profile only, so the new run has no story.
        """
        return Session(replace(self.scenario, profile=profile), self.seed)

    @classmethod
    def open_scenario(cls, name: str, seed: int = 1) -> Session:
        """Open a scenario for free play."""
        return cls(library.load_scenario(name), seed)

    @classmethod
    def open_text(cls, text: str, name: str = "lab", file: str = "") -> Session:
        """Open a laboratory from the text of a scenario; raise ScenarioError naming its line."""
        return cls(parse_scenario(text, name, file), seed=1)

    # -- what this is

    @property
    def title(self) -> str:
        """The lesson's or the scenario's title."""
        return self.lesson.title if self.lesson is not None else self.scenario.title

    @property
    def profile(self) -> Profile:
        """The failover profile of this run."""
        return self.scenario.profile

    # -- position

    @property
    def position(self) -> Position:
        """Where the user is."""
        return self._position

    @property
    def cursor(self) -> int:
        """Number of executed events."""
        return self._position.cursor

    @property
    def playhead(self) -> int:
        """Virtual µs."""
        return self._position.playhead

    @property
    def branch(self) -> Branch:
        """The present branch."""
        return self.timeline.branch

    @property
    def seen(self) -> Position:
        """The furthest position the user has been to on this branch."""
        return self._seen[self.branch.name]

    @property
    def record_count(self) -> int:
        """How many records stand at the cursor."""
        return self.branch.trace.count_until_event(self.cursor)

    @property
    def end_at(self) -> int:
        """The moment up to which the present branch has been computed."""
        return self.branch.end_at

    def _move(self, cursor: int, playhead: int) -> None:
        name = self.branch.name
        self._position = self._left[name] = Position(name, cursor, playhead)
        seen = self._seen.get(name)
        # The cursor comes first: silence that was seen is no event that could be lost.
        if seen is None or (cursor, playhead) > (seen.cursor, seen.playhead):
            self._seen[name] = self._position
        self.version += 1

    def seek_event(self, cursor: int) -> None:
        """Go to just after an event; the playhead goes to its moment."""
        cursor = max(0, min(cursor, self.branch.end))
        self._move(cursor, self._world(cursor).now)

    def seek_record(self, index: int) -> None:
        """Go to the event that emitted a record."""
        self.seek_event(self.branch.trace.event(index))

    def seek_time(self, at: int) -> None:
        """Go to a moment that has been computed: every event at or before it has happened."""
        at = max(self._begin, min(at, self.branch.end_at))
        self._move(self._cursor_at(at), at)

    def step(self, events: int = 1) -> bool:
        """Step by events, forward or back; compute the next one if need be."""
        if events < 0:
            self.seek_event(self.cursor + events)
            return True
        for _ in range(events):
            if self.cursor >= self.branch.end and not self._compute_one():
                return False
            self.seek_event(self.cursor + 1)
        return True

    def _cursor_at(self, at: int) -> int:
        trace = self.branch.trace
        count = trace.count_until_time(at)
        cursor = trace.event(count - 1) if count else 0
        world = self._world(cursor)
        while cursor < self.branch.end:
            placed = self.branch.planned(cursor + 1)
            coming = placed.at if placed is not None else world.next_time()
            if coming is None or coming > at:
                break
            cursor += 1
            world = self._world(cursor)
        return cursor

    def _world(self, cursor: int) -> World:
        return self.timeline.world_at(cursor)

    # -- engine work

    @property
    def telling(self) -> bool:
        """Whether the lesson still has to be run ahead."""
        return self._telling is not None

    def work(self, events: int) -> bool:
        """Run the lesson ahead by some events; False when nothing is left to do.

        The window calls this while it is idle, so that stepping through a lesson is seeking.
        """
        telling = self._telling
        if telling is None or self.branch.name != self.origin.branch:
            return False
        for _ in range(events):
            if next(telling, _END) is _END:
                self._telling = None
                break
        self.version += 1
        return self._telling is not None

    def finish_story(self) -> None:
        """Run the lesson to its end now."""
        while self.work(1 << 16):
            pass

    def look_ahead(self, rows: int, events: int) -> bool:
        """In free play, compute until the story has some rows beyond the playhead.

        At most *events* events; True when the rows are there. What was computed and not seen
        is dropped when the user does something.
        """
        if self._is_story_branch:
            return True
        digest = self.digest
        wanted = digest.count_until(self.record_count) + rows
        for _ in range(events):
            if len(digest) >= wanted:
                return True
            if not self.timeline.advance():
                return False
            digest.update()
        return len(digest) >= wanted

    def extend(self, at: int) -> None:
        """Compute up to a moment; a lesson's branch no further than the lesson goes."""
        if self._is_story_branch:
            while at > self.branch.end_at and self.work(SLICE):
                pass
        elif at > self.branch.end_at:
            self.timeline.run_until(at)

    def _compute_one(self) -> bool:
        """Compute the next event of the branch; False when there is none."""
        if not self._is_story_branch:
            return self.timeline.advance()
        end = self.branch.end
        self.work(1)
        return self.branch.end > end

    @property
    def _is_story_branch(self) -> bool:
        return self.story is not None and self.branch.name == self.origin.branch

    @property
    def on_story(self) -> bool:
        """Whether the present branch is the lesson's own."""
        return self._is_story_branch

    # -- deeds

    def vocabulary(self) -> Vocabulary:
        """The names known at the position."""
        return Vocabulary.of(self._world(self.cursor), self.playhead)

    def complete(self, text: str) -> tuple[str, ...]:
        """Return the words that can complete a lab line."""
        return completions(text, self.vocabulary())

    def reason_against(self, line: str) -> str:
        """Return why a deed is impossible now, or ``""``."""
        try:
            command = parse(line, self.vocabulary())
        except FovizError as error:
            return error.message
        if command is None or command.form not in _DEED_FORMS:
            return "this is no deed"
        return reason_against(self._world(self.cursor), intervention_of(command))

    def checks(self, line: str) -> tuple[Check, ...]:
        """Return what is checked before a deed, in order, up to the first check that fails."""
        command = parse(line, self.vocabulary())
        if command is None or command.form not in _DEED_FORMS:
            raise ScriptError("this is no deed")
        return checks_of(self._world(self.cursor), intervention_of(command))

    def do_all(self, lines: Sequence[str]) -> list[Reply]:
        """Carry out deeds as one, undone together; raise ScriptError when one can't be done."""
        done = len(self._undo)
        try:
            replies = [self.do(line) for line in lines]
        except FovizError:
            if len(self._undo) > done:
                self.seek(self._undo[done][0])
                del self._undo[done:]
            raise
        if len(self._undo) > done:
            self._undo[done:] = [(self._undo[done][0], self._undo[-1][1])]
        return replies

    def do(self, line: str, place: Place = Place()) -> Reply:  # noqa: B008
        """Carry out a lab line at the position, or answer it.

        Raises ScriptError or ExpectationError for a line that can't be read, done or met.
        """
        command = parse(line, self.vocabulary(), place)
        if command is None:
            return Reply(())
        if command.form in _DEED_FORMS:
            return self._do_deed(command)
        if command.form.startswith("run"):
            return self._do_run(command)
        if command.form.startswith("expect"):
            return self._do_expect(command)
        if command.form == "bookmark":
            mark = self.add_bookmark(command.get("note", ""))
            return Reply((f"bookmark at {moment_text(mark.at, 3)}",))
        if command.form == "compare":
            return self._do_compare(command)
        try:
            lines = answers.answer_lines(
                command, self.snapshot(), self.reader, self.profile, self.record_count
            )
        except ScriptError as error:
            raise ScriptError(error.message, error.where or place.at()) from None
        return Reply(tuple(lines))

    def _do_deed(self, command: Command) -> Reply:
        intervention = intervention_of(command)
        reason = reason_against(self._world(self.cursor), intervention)
        if reason:
            raise ScriptError(f"can't {command.text}: {reason}", command.place.at())
        before = self._position
        forked = self._make_room(command.text)
        self.timeline.intervene(before.playhead, intervention)
        self._move(self.branch.end, before.playhead)
        self._undo.append((before, self._position))
        self._redo.clear()
        note = (f"this makes branch {self.branch.name}",) if forked else ()
        return Reply(note)

    def do_between(self, first: str, start: int, last: str, end: int) -> Reply:
        """Do a line at one moment and another at a later one; one step back undoes both.

        When something of it is impossible, all is as it was before. Raises FovizError.
        """
        if start < self.origin.playhead or end <= start:
            raise FovizError("the end has to be later than the start, and both after the beginning")
        home, undo, redo = self._position, list(self._undo), list(self._redo)
        self.extend(start)
        if start > self.branch.end_at:
            raise FovizError(self._end_of_run())
        self.seek_time(start)
        before, forked = self._position, False
        try:
            # Before anything is done: without a fork the first deed could not be taken back.
            parse(last, self.vocabulary())
            forked = bool(self.do(first).lines)
            self.do(f"run until {moment_text(end, 6)}")
            self.do(last)
        except FovizError:
            made = self.branch.name
            self.seek(home)
            if forked:
                self.delete_branch(made)
                self._undo, self._redo = undo, redo
            raise
        self._undo[len(undo) :] = [(before, self._position)]
        return Reply((f"this makes branch {self.branch.name}",) if forked else ())

    def _do_compare(self, command: Command) -> Reply:
        try:
            a = self.branch_named(command.values["branch"])
            other = command.get("other")
            b = self.branch_named(other) if other is not None else self.branch.name
        except FovizError as error:
            raise ScriptError(error.message, command.place.at()) from None
        return Reply(tuple(comparison_lines(self.compare(a, b))))

    def _make_room(self, title: str) -> bool:
        """Make the position the end of a branch: cut what was never seen, or fork."""
        cursor, playhead = self.cursor, self.playhead
        unseen = cursor >= self.seen.cursor and not self._holds_silence(cursor, playhead)
        if not self._is_story_branch and unseen:
            self.timeline.cut_back(cursor)
            self._forget_views()
            return False
        branch = self.timeline.fork(cursor)
        branch.title = title
        self._seen[branch.name] = self._left[branch.name] = Position(branch.name, cursor, playhead)
        self._forget_views()
        return True

    # -- runs and expectations

    def _do_run(self, command: Command) -> Reply:
        values = command.values
        if command.form == "run-until-fact":
            self._run_until(command, values["fact"], values.get("span", PATIENCE))
        elif command.form == "run-to" and values["count"] <= self.cursor:
            self.seek_event(values["count"])
        elif command.form in ("run-events", "run-to"):
            count = values["count"]
            if not self.step(count - self.cursor if command.form == "run-to" else count):
                raise ScriptError(self._end_of_run(), command.place.at())
        else:
            until = moment_meant(command, self.playhead)
            self.extend(until)
            if until > self.branch.end_at:
                raise ScriptError(self._end_of_run(), command.place.at())
            self.seek_time(until)
        return Reply((moment_text(self.playhead, 3),))

    def _end_of_run(self) -> str:
        if not self._is_story_branch:
            return "nothing more will happen"
        end = moment_text(self.branch.end_at)
        return f"the story ends on {end}; do something, and a branch goes on from there"

    def _run_until(self, command: Command, fact: Command, patience: int) -> None:
        trace, cursor, seen = self.branch.trace, self.cursor, self.record_count
        limit = min(self.playhead + patience, CLOCK_ENDS)
        found = watch(self._world(cursor), trace, fact)
        while not is_so(found):
            if cursor >= self.branch.end and not self._compute_one():
                raise did_not_happen(command, patience)
            cursor += 1
            found.world = self._world(cursor)
            if found.world.now > limit:
                raise did_not_happen(command, patience)
            count = trace.count_until_event(cursor)
            look(found, trace, seen, count)
            seen = count
        self._move(cursor, max(self.playhead, found.world.now))

    def _do_expect(self, command: Command) -> Reply:
        trace = self.branch.trace
        found = watch(self._world(self.cursor), trace, command.values["fact"])
        look(found, trace, 0, self.record_count)
        if found.met is (command.form == "expect-no"):
            raise not_met(command, self.playhead, met=found.met)
        return Reply(("holds",))

    # -- what views ask

    def snapshot(self) -> Snapshot:
        """Return what the world looks like at the cursor."""
        found = self._snapshot
        if found is None or found.cursor != self.cursor or not found.is_current:
            found = self._snapshot = Snapshot(self._world(self.cursor), self._shown)
        return found

    def show_relationship(self, name: str) -> None:
        """Choose the relationship that snapshots show, when there are several (§11.9)."""
        if name != self._shown:
            self._shown = name
            self._snapshot = None
            self.version += 1

    @property
    def digest(self) -> Digest:
        """The story's rows of the present branch."""
        return self.digest_of(self.branch.name)

    def digest_of(self, name: str) -> Digest:
        """Return the story's rows of a branch."""
        if name not in self._digests:
            self._digests[name] = Digest(self.timeline.branches[name].trace)
        digest = self._digests[name]
        digest.update()
        return digest

    @property
    def reader(self) -> Reader:
        """Names and labels for the records of the present branch."""
        frontier = self.timeline.frontier
        if self._reader is None or len(self._reader.names) != len(frontier.hosts):
            self._reader = Reader(self.branch.trace, frontier)
        return self._reader

    def record(self, index: int) -> Record:
        """Return a record of the present branch."""
        return self.branch.trace[index]

    def sentence(self, index: int) -> str:
        """Return a sentence about a record."""
        return sentence(self.reader, self.record(index))

    def why(self, index: int) -> Why:
        """Explain a record."""
        return why(self.reader, self.record(index), self.profile)

    def lease_history(self, client: int) -> tuple[LeaseGrant, ...]:
        """Return the leases granted to a client (host index) up to the cursor."""
        hardware = self.timeline.frontier.hosts[client].hardware
        return lease_history(self.branch.trace, self.digest, hardware, self.record_count)

    def last_decision(self, host: int) -> int:
        """Return the last decision about a client or of a relay, or a server's change; or −1."""
        hardware = self.timeline.frontier.hosts[host].hardware
        trace = self.branch.trace
        found = answers.last_decision(trace, self.record_count, host, hardware)
        return -1 if found is None else found

    def subject_of(self, index: int) -> tuple[int, int]:
        """Return the address and the client (host index, −1 for none) of a send record."""
        return subject_of(self.reader, self.record(index))

    def step_moment(self, step: Step) -> int:
        """Return where to stand to see a step (DESIGN §11.20)."""
        return moment_to_show(self.timeline.branches[self.origin.branch].trace, step)

    def dissect(self, index: int) -> Field | None:
        """Return the tree of a send record's octets, or None for other records."""
        return dissected(self.record(index))

    def compare(self, a: str, b: str, at: int | None = None) -> Comparison:
        """Compare two branches at a moment, the playhead's unless one is given."""
        moment = self.playhead if at is None else at
        here = self.snapshot() if moment == self.playhead else None
        return self._comparer.compare(a, b, moment, self._shown, here)

    def export_capture(self, path: Path) -> int:
        """Write what crossed the wires of the present branch as pcapng; return the frames.

        Raises FovizError when the file can't be written.
        """
        from foviz.capture.pcapng import write_pcapng

        comments: dict[int, str] = {}
        if self.story is not None and self.on_story:
            comments = {
                witness: f"step {step.number}: {step.words}"
                for step in self.story.steps
                for witness in step.witnesses
            }
        links = tuple(self.timeline.frontier.network.links)
        return write_pcapng(path, self.branch.trace, links, comments)

    def lab_lines(self) -> str:
        """Return the present branch, as far as it was seen, as lines that make it again."""
        seen = self.seen
        marks = [(mark.position.cursor, mark.at, mark.note) for mark in self.bookmarks()]
        return saved.lab_lines(
            self.scenario, self.seed, self.branch, seen.cursor, seen.playhead, marks
        )


_END: Any = object()
