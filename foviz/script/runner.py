"""Carrying lines out on a timeline: deeds, runs, expectations, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.base.errors import ExpectationError, ScriptError
from foviz.base.time import DAY, US, as_datetime, duration_text, moment_text
from foviz.script.deeds import intervention_of
from foviz.script.facts import is_so, look, watch
from foviz.script.grammar import DEEDS
from foviz.script.parser import Command, parse
from foviz.script.tokens import Place
from foviz.script.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foviz.sim.timeline import Timeline

PATIENCE = 30 * DAY
"""How much virtual time ``run until`` waits for a fact unless told otherwise."""

CLOCK_ENDS = 3_471_292_800 * US
"""2080: leases of ten years and clocks ten years ahead still fit the wire's 32 bits."""

_DEED_FORMS = {form.id: None for form in DEEDS}


class Step(NamedTuple):
    """A numbered step of the story: where it begins, and its witnesses (record indices)."""

    number: int
    words: str
    event: int
    at: int
    witnesses: tuple[int, ...]
    place: Place


class Runner:
    """Carries out lines at the frontier of a timeline; remembers steps and windows."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.steps: list[Step] = []
        self.window = 0
        """Index of the first record that an expectation looks at."""
        self._taken: dict[int, int] = {}

    # -- positions

    @property
    def now(self) -> int:
        """The moment up to which the branch has been run."""
        return self.timeline.branch.end_at

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.timeline.branch.trace)

    def vocabulary(self) -> Vocabulary:
        """Return the names known now."""
        return Vocabulary.of(self.timeline.frontier, self.now)

    def begin_section(self) -> None:
        """A section begins: what follows is new, expectations look at nothing earlier."""
        self.window = self.records

    # -- lines

    def run_text(self, text: str, place: Place) -> None:
        """Carry out every line of a text whose first line stands at *place*."""
        for offset, line in enumerate(text.splitlines()):
            where = Place(place.file, place.line + offset)
            command = parse(line, self.vocabulary(), where)
            if command is not None:
                self.execute(command)

    def execute(self, command: Command) -> None:
        """Carry out a command; raise ScriptError or ExpectationError naming its place."""
        for _ in self.execute_in_slices(command):
            pass

    def execute_in_slices(self, command: Command) -> Iterator[None]:
        """Carry out a command and pause after each event, so that a window stays alive."""
        form = command.form
        if form in _DEED_FORMS:
            self.do(command)
        elif form == "step":
            number, words = command.values["count"], command.values["words"]
            event = self.timeline.branch.end
            self.steps.append(Step(number, words, event, self.now, (), command.place))
        elif form.startswith("expect"):
            self.expect(command)
        elif form.startswith("run"):
            yield from self._run(command)
        else:
            raise ScriptError(f"“{command.text}” is a question, not a deed", command.place.at())

    def do(self, command: Command) -> int:
        """Carry out an intervention now; return its record's index."""
        try:
            return self.timeline.intervene(self.now, intervention_of(command))
        except ScriptError as error:
            raise ScriptError(error.message, command.place.at()) from None

    # -- runs

    def _run(self, command: Command) -> Iterator[None]:
        timeline, values = self.timeline, command.values
        if command.form == "run-until-fact":
            yield from self._run_until(command, values["fact"], values.get("span", PATIENCE))
        elif command.form in ("run-events", "run-to"):
            count = values["count"]
            last = count if command.form == "run-to" else timeline.branch.end + count
            if last < timeline.branch.end:
                raise ScriptError(f"event {last} is over already", command.place.at())
            while timeline.branch.end < last and timeline.advance():
                yield
        else:
            until = moment_meant(command, self.now)
            while (coming := timeline.next_time()) is not None and coming <= until:
                timeline.advance()
                yield
            timeline.run_until(until)

    def _run_until(self, command: Command, fact: Command, patience: int) -> Iterator[None]:
        timeline = self.timeline
        trace = timeline.branch.trace
        found = watch(timeline.frontier, trace, fact)
        seen = len(trace)
        limit = self.now + patience
        while not is_so(found):
            coming = timeline.next_time()
            if coming is None or coming > limit:
                raise did_not_happen(command, patience)
            timeline.advance()
            # Between two slices the user may have been on another branch and come back.
            found.world = timeline.frontier
            look(found, trace, seen, len(trace))
            seen = len(trace)
            yield

    # -- expectations

    def expect(self, command: Command) -> tuple[int, ...]:
        """Check an expectation and return its witnesses; raise ExpectationError if it fails."""
        fact: Command = command.values["fact"]
        timeline = self.timeline
        trace = timeline.branch.trace
        found = watch(timeline.frontier, trace, fact)
        look(found, trace, self.window, len(trace))
        if command.form == "expect-no":
            if found.met:
                raise not_met(command, self.now, met=True)
            return ()
        if not found.met:
            raise not_met(command, self.now, met=False)
        if command.form == "expect":
            self._cite(tuple(found.witnesses))
        return tuple(found.witnesses)

    def _cite(self, witnesses: tuple[int, ...]) -> None:
        """Let the present step cite the first witness that no other step has."""
        if not self.steps or not witnesses:
            return
        step = self.steps[-1]
        floor = self._floor()
        free = [
            w for w in witnesses if w >= floor and self._taken.get(w, step.number) == step.number
        ]
        cited = tuple(dict.fromkeys((*step.witnesses, *free[:1])))
        for index in cited:
            self._taken[index] = step.number
        self.steps[-1] = step._replace(witnesses=cited)

    def _floor(self) -> int:
        """Return the previous step's first witness: the story does not go backwards."""
        if len(self.steps) > 1 and self.steps[-2].witnesses:
            return max(self.window, self.steps[-2].witnesses[0])
        return self.window


def did_not_happen(command: Command, patience: int) -> ScriptError:
    """Return the error of a ``run until`` that waited in vain."""
    fact: Command = command.values["fact"]
    message = f"“{fact.text}” did not happen within {duration_text(patience)}"
    return ScriptError(message, command.place.at())


def not_met(command: Command, now: int, *, met: bool) -> ExpectationError:
    """Return the error of an expectation that is not so, or of an ``expect no`` that is."""
    fact: Command = command.values["fact"]
    what = "it is so" if met else "not so"
    return ExpectationError(f"{what}: {fact.text} (at {moment_text(now)})", command.place.at())


def moment_meant(command: Command, now: int) -> int:
    """Return the moment up to which ``run`` lets time pass; raise ScriptError if it is too far."""
    values = command.values
    until: int = values["moment"] if command.form == "run-until" else now + values["span"]
    if until > CLOCK_ENDS:
        year = as_datetime(CLOCK_ENDS).year
        raise ScriptError(f"the laboratory's clock ends in {year}", command.place.at())
    return until
