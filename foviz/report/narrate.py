"""A lesson told in the terminal: message by message, with times, states and reasons."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from foviz.base.kinds import Kind
from foviz.base.time import clock_text, date_text, duration_text
from foviz.lesson.document import Prose, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foviz.lesson.story import Asked, SectionMark, Story
    from foviz.session import Session

WIDTH = 88
LONG_SILENCE = 60_000_000
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_EMPHASIS = re.compile(r"\*([^*]+)\*")


def narrate(session: Session) -> Iterator[str]:
    """Yield the lines of the story of a session whose lesson has been played."""
    story = session.story
    assert story is not None
    yield story.lesson.title
    yield "=" * len(story.lesson.title)
    yield f"scenario {session.scenario.name} · profile {session.profile.name} · seed {session.seed}"
    for mark in story.sections:
        yield ""
        yield f"── {mark.section.title} " + "─" * max(3, WIDTH - len(mark.section.title) - 4)
        told = False
        questions = iter([asked for asked in story.questions if asked.section == mark.number])
        for block in mark.section.blocks:
            if isinstance(block, Prose):
                yield from _prose(block.text)
            elif isinstance(block, Question):
                asked = next(questions, None)  # none when the lesson broke off before it
                if asked is not None:
                    yield from _question(asked)
            elif not told:
                told = True
                yield from _records(session, story, mark)


def _prose(text: str) -> Iterator[str]:
    plain = _EMPHASIS.sub(r"\1", _LINK.sub(r"\1", text))
    for paragraph in plain.split("\n\n"):
        if paragraph.strip():
            yield ""
            yield from textwrap.wrap(" ".join(paragraph.split()), WIDTH)


def _question(asked: Asked) -> Iterator[str]:
    yield ""
    yield from textwrap.wrap(f"? {asked.question.prompt}", WIDTH, subsequent_indent="  ")
    for answer, holds in zip(asked.question.answers, asked.holds, strict=False):
        yield f"    {'✓' if holds else ' '} {answer.text}"
    if asked.question.explanation:
        yield from textwrap.wrap(
            asked.question.explanation, WIDTH, initial_indent="  ", subsequent_indent="  "
        )


def _records(session: Session, story: Story, mark: SectionMark) -> Iterator[str]:
    trace = session.timeline.branch.trace
    digest = session.digest
    start = trace.count_until_event(mark.event)
    end = trace.count_until_event(mark.end_event)
    steps = {
        witness: story.steps[place]
        for place in mark.steps
        for witness in story.steps[place].witnesses
    }
    told: dict[int, None] = {}
    last = mark.at
    day = ""
    yield ""
    for index in range(start, end):
        if not (
            digest.has(index) or index in steps or _is_silence(trace.kind(index), index, session)
        ):
            continue
        at = trace.at(index)
        if at - last > LONG_SILENCE:
            yield f"{'':14}  ⋯ {duration_text(at - last)}"
        last = at
        if date_text(at) != day:
            day = date_text(at)
            yield f"  {day}"
        step = steps.get(index)
        if step is not None and step.number not in told:
            told[step.number] = None
            yield f"  {'':12}  {step.number:>2}. {step.words}"
        yield f"  {clock_text(at, 3)}      {session.sentence(index)}"


def _is_silence(kind: int, index: int, session: Session) -> bool:
    """Whether a record says that a client's message was left unanswered by a server."""
    if kind != Kind.DECISION:
        return False
    record = session.record(index)
    if record.value("outcome") != "ignored" or session.reader.roles[record.host] == "client":
        return False
    heard = session.record(record.cause)
    return heard.kind is Kind.RECEIVE and session.digest.has(heard.value("message"))
