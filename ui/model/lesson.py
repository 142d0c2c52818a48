"""What the lesson panel shows at a position: section, rows of steps, the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foviz import date_text, weekday_text

if TYPE_CHECKING:
    from ui.model.run import RunModel, StepView

ROWS = 8
BEFORE = 5
"""Steps before the present one that keep a row of their own."""
DAY_US = 86_400_000_000


@dataclass(frozen=True)
class SectionView:
    """The section at the playhead. ``after`` is the prose that follows what happened."""

    number: int
    count: int
    title: str
    before: str
    after: str
    done: bool


@dataclass(frozen=True)
class StepRow:
    """A row of the list of steps; a range of long past ones has ``last`` > ``first``."""

    first: int
    last: int
    words: str
    when: str
    at: int
    state: str
    """``done``, ``present`` or ``to come``"""

    @property
    def label(self) -> str:
        """The number or the range of numbers."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True)
class QuestionView:
    """The question of the section: answers are (words, chosen, it happened)."""

    number: int
    count: int
    prompt: str
    answers: tuple[tuple[str, bool, bool], ...]
    answered: bool
    revealed: bool
    explanation: str
    record: int
    """The record that decided, −1 for none"""


def section_view(model: RunModel) -> SectionView | None:
    """Return the section at the cursor, or None without a lesson."""
    story = model.session.story
    if story is None:
        return None
    if not story.sections:  # it is about to begin
        section = story.lesson.sections[0]
        count = len(story.lesson.sections)
        return SectionView(0, count, section.title, section.before, section.after, False)
    on_story = model.session.on_story
    cursor = model.session.cursor if on_story else model.session.branch.fork
    place = 0
    for number, mark in enumerate(story.sections):
        if mark.event <= cursor and (not on_story or mark.at <= model.playhead):
            place = number
    # A section begins with its first event: standing at its start, the text invites to it.
    mark = story.sections[place]
    steps = [story.steps[n] for n in mark.steps]
    last = max((model.session.step_moment(step) for step in steps), default=mark.end_at)
    done = bool(mark.end_event) and model.playhead > last and model.session.on_story
    count = len(story.lesson.sections)
    section = mark.section
    return SectionView(mark.number, count, section.title, section.before, section.after, done)


def step_rows(model: RunModel, count: int = ROWS) -> list[StepRow]:
    """Return at most *count* rows of steps: long past ones merged, one step ahead."""
    steps = model.steps()
    on_story = model.session.on_story
    now = model.playhead if on_story else _left_story_at(model)
    place = sum(step.at <= now for step in steps) - 1
    ahead = 1 if count > 2 else 0
    first = max(0, place - max(0, min(BEFORE, count - 2 - ahead)))
    # Never leave a merged row of one: it would be the same row with less in it.
    if first == 1:
        first = 0
    rows: list[StepRow] = []
    if first:
        rows.append(_merged(model, steps[:first]))
    last = min(len(steps), max(place + 1 + ahead, first + count - bool(first)))
    for number in range(first, last):
        step = steps[number]
        state = "done" if number < place else "present" if number == place else "to come"
        above = steps[number - 1].at if number else -1
        when = _when(step.at, above, model.playhead) if number <= place else ""
        if number == place and on_story:
            when = "now"
        if number == place and not on_story:
            state = "done"
        rows.append(StepRow(step.number, step.number, step.words, when, step.at, state))
    return rows


def _merged(model: RunModel, steps: tuple[StepView, ...]) -> StepRow:
    story = model.session.story
    assert story is not None
    numbers = dict.fromkeys(step.section for step in steps)
    titles = [story.sections[number].section.title for number in numbers]
    words = ", ".join([titles[0], *(_lowered(title) for title in titles[1:])])
    day = date_text(steps[-1].at).rsplit(" ", 1)[0]
    return StepRow(steps[0].number, steps[-1].number, words, day, steps[-1].at, "done")


def _lowered(title: str) -> str:
    """Return a title as it stands in the middle of a list, names kept as they are."""
    second = title[1:2]
    return title if second.isupper() or second.isdigit() else title[:1].lower() + title[1:]


def _left_story_at(model: RunModel) -> int:
    """Return when the present branch, or what it comes from, left the story."""
    branches = {branch.name: branch for branch in model.session.branches()}
    here = branches[model.session.branch.name]
    left = here.fork_at
    while here.parent:
        left, here = min(left, here.fork_at), branches[here.parent]
    return left


def _when(at: int, above: int, now: int) -> str:
    """Return a step's clock time; its day too, unless that is today or stands in the row above."""
    minute = at // 60_000_000 % 1440
    clock = f"{minute // 60:02d}:{minute % 60:02d}"
    if at // DAY_US in (above // DAY_US, now // DAY_US):
        return clock
    return f"{weekday_text(at)} {clock}"


def question_view(model: RunModel) -> QuestionView | None:
    """Return the question to show: of the present section, the first unanswered, else the last."""
    story = model.session.story
    section = section_view(model)
    if story is None or section is None or not model.session.on_story:
        return None
    numbers = [n for n, asked in enumerate(story.questions) if asked.section == section.number]
    if not numbers:
        return None
    open_ones = [n for n in numbers if n not in model.answers]
    number = open_ones[0] if open_ones else numbers[-1]
    asked = story.questions[number]
    chosen = model.answers.get(number, -1)
    deciding = [
        witness
        for witness, holds in zip(asked.witnesses, asked.holds, strict=False)
        if holds and witness >= 0
    ]
    decided = deciding[0] if deciding else -1
    if decided >= 0:
        revealed = model.session.record_count > decided
    else:
        revealed = bool(asked.end_event) and model.session.cursor >= asked.end_event
    answers = tuple(
        (answer.text, place == chosen, revealed and bool(asked.holds) and asked.holds[place])
        for place, answer in enumerate(asked.question.answers)
    )
    total = story.lesson.question_count
    return QuestionView(
        number + 1,
        total,
        asked.question.prompt,
        answers,
        chosen >= 0,
        revealed,
        asked.question.explanation if revealed else "",
        decided if revealed else -1,
    )
