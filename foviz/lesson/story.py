"""Playing a lesson on a timeline: where sections, steps and questions stand in the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foviz.base.errors import ExpectationError, FovizError
from foviz.lesson.document import Lab, Lesson, Question, Section
from foviz.script.facts import PRESENT, look, watch
from foviz.script.parser import Command, parse, parse_fact
from foviz.script.runner import Runner, Step
from foviz.script.tokens import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foviz.sim.timeline import Timeline


@dataclass
class SectionMark:
    """A section in the run: the events and moments at which it begins and ends."""

    section: Section
    number: int
    event: int
    at: int
    end_event: int = 0
    end_at: int = 0
    steps: list[int] = field(default_factory=list)
    """Places in :attr:`Story.steps`."""


@dataclass
class Asked:
    """A question in the run: where it stands, and which answers the engine makes true."""

    question: Question
    section: int
    event: int
    at: int
    holds: tuple[bool, ...] = ()
    end_event: int = 0
    witnesses: tuple[int, ...] = ()
    """For each answer the record that decides it, or −1."""


@dataclass
class Failure:
    """Something in the lesson that is not so."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class Story:
    """A lesson on its way through the engine. Iterate :meth:`play` until it ends."""

    def __init__(self, lesson: Lesson, timeline: Timeline) -> None:
        self.lesson = lesson
        self.timeline = timeline
        self.runner = Runner(timeline)
        self.sections: list[SectionMark] = []
        self.questions: list[Asked] = []
        self.failures: list[Failure] = []
        self.finished = False

    @property
    def steps(self) -> list[Step]:
        """The numbered steps played so far."""
        return self.runner.steps

    def play(self) -> Iterator[None]:
        """Play the lesson, pausing after each event; failures are collected."""
        for number, section in enumerate(self.lesson.sections):
            branch = self.timeline.branch
            mark = SectionMark(section, number, branch.end, self.runner.now)
            self.sections.append(mark)
            self.runner.begin_section()
            self._proves_nothing(section)
            first_step = len(self.steps)
            try:
                yield from self._play_blocks(section, number)
            except FovizError as error:
                self.failures.append(Failure(error.where, error.message))
                return
            finally:
                mark.end_event, mark.end_at = self.timeline.branch.end, self.runner.now
                mark.steps = list(range(first_step, len(self.steps)))
        self._check_witnesses()
        self.finished = True

    def _play_blocks(self, section: Section, number: int) -> Iterator[None]:
        pending: list[Asked] = []
        for block in section.blocks:
            if isinstance(block, Question):
                asked = Asked(block, number, self.timeline.branch.end, self.runner.now)
                self.questions.append(asked)
                pending.append(asked)
                continue
            if not isinstance(block, Lab):
                continue
            start = self.runner.records
            yield from self._play_lab(block)
            for asked in pending:
                self._answer(asked, start)
            pending.clear()
        for asked in pending:
            message = "no lab block follows this question in its section"
            self.failures.append(Failure(self._where(asked.question.line), message))

    def _play_lab(self, block: Lab) -> Iterator[None]:
        for offset, line in enumerate(block.text.splitlines()):
            place = Place(self.lesson.file, block.line + offset)
            command = parse(line, self.runner.vocabulary(), place)
            if command is None:
                continue
            try:
                yield from self.runner.execute_in_slices(command)
            except ExpectationError as error:
                self.failures.append(Failure(error.where, error.message))

    def _answer(self, asked: Asked, start: int) -> None:
        """Let the engine answer: exactly the marked answers must be so after the block."""
        holds: list[bool] = []
        witnesses: list[int] = []
        trace = self.timeline.branch.trace
        for answer in asked.question.answers:
            place = Place(self.lesson.file, answer.line, answer.column)
            command = parse_fact(answer.expect, self.runner.vocabulary(), place)
            found = watch(self.timeline.frontier, trace, command.values["fact"])
            look(found, trace, start, len(trace))
            so = found.met is not (command.form == "expect-no")
            holds.append(so)
            witnesses.append(found.witnesses[0] if found.witnesses else -1)
            if so and not answer.right:
                self._contradict(answer.line, f"the engine makes this answer right: {answer.text}")
            elif answer.right and not so:
                self._contradict(answer.line, f"the engine makes this answer wrong: {answer.text}")
        asked.holds, asked.witnesses = tuple(holds), tuple(witnesses)
        asked.end_event = self.timeline.branch.end

    def _contradict(self, line: int, message: str) -> None:
        self.failures.append(Failure(self._where(line), message))

    # -- expectations that prove nothing

    def _proves_nothing(self, section: Section) -> None:
        """An expectation that holds before the section's first deed is a failure."""
        trace = self.timeline.branch.trace
        for command in self._expectations(section):
            fact: Command = command.values["fact"]
            if fact.form not in PRESENT:
                continue
            if watch(self.timeline.frontier, trace, fact).met:
                message = f"it was so before the section began, so it proves nothing: {fact.text}"
                self.failures.append(Failure(command.place.at(), message))

    def _expectations(self, section: Section) -> Iterator[Command]:
        vocabulary = self.runner.vocabulary()
        for block in section.blocks:
            if not isinstance(block, Lab):
                continue
            for offset, line in enumerate(block.text.splitlines()):
                if not line.lstrip().startswith("expect "):
                    continue
                try:
                    place = Place(self.lesson.file, block.line + offset)
                    command = parse(line, vocabulary, place)
                except FovizError:
                    continue  # reported when the line's turn comes
                if command is not None and command.form == "expect":
                    yield command

    def _check_witnesses(self) -> None:
        for step in self.steps:
            if not step.witnesses:
                message = f"step {step.number} has no record of its own as a witness"
                self.failures.append(Failure(step.place.at(), message))
        numbers = [step.number for step in self.steps]
        for place, number in enumerate(numbers):
            if number in numbers[:place]:
                message = f"step {number} stands twice"
                self.failures.append(Failure(self.steps[place].place.at(), message))

    def _where(self, line: int) -> str:
        return f"{self.lesson.file}:{line}"
