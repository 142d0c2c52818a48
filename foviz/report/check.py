"""Does a lesson tell the truth? Plays it without a window and reports what does not hold."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from foviz.base.errors import FovizError
from foviz.explain.glossary import GLOSSARY
from foviz.session import Session

if TYPE_CHECKING:
    from foviz.lesson.story import Story

GLOSSARY_LINK = "glossary:"
NO_LESSON = "{}: this is a scenario; a lesson ends in .md"


@dataclass
class Report:
    """What the check of one lesson found."""

    lesson: str
    title: str = ""
    passed: int = 0
    total: int = 0
    sections: int = 0
    questions: int = 0
    records: int = 0
    fingerprint: str = ""
    failures: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    def as_json(self) -> dict[str, Any]:
        """Return the report for ``--json``."""
        return {
            "lesson": self.lesson,
            "title": self.title,
            "ok": self.ok,
            "steps_passed": self.passed,
            "steps": self.steps,
            "sections": self.sections,
            "questions": self.questions,
            "records": self.records,
            "fingerprint": self.fingerprint,
            "failures": self.failures,
        }


def check(
    target: str, *, other_seed: bool = True, profile: str = "", switches: tuple[str, ...] = ()
) -> Report:
    """Play a lesson and report; with *other_seed* also under another hash seed."""
    report = Report(target)
    try:
        session = Session.open(target, profile, switches)
    except FovizError as error:
        report.failures.append(str(error))
        return report
    story, lesson = session.story, session.lesson
    if story is None or lesson is None:
        report.failures.append(NO_LESSON.format(target))
        return report
    session.finish_story()
    report.lesson, report.title = lesson.name, lesson.title
    report.total = lesson.step_count
    report.sections = len(lesson.sections)
    report.questions = len(story.questions)
    trace = session.timeline.branch.trace
    report.records = len(trace)
    report.fingerprint = f"{trace.fingerprint(len(trace)):08x}"
    report.failures.extend(str(failure) for failure in story.failures)
    report.failures.extend(_dead_links(story))
    _list_steps(report, session, story)
    if other_seed and report.ok:
        choice = [*(("--profile", profile) if profile else ())]
        for switch in switches:
            choice.extend(("--switch", switch))
        _compare_hash_seeds(report, target, choice)
    return report


def _list_steps(report: Report, session: Session, story: Story) -> None:
    lines = [_line_of(failure, story.lesson.file) for failure in report.failures]
    places = [step.place.line for step in story.steps]
    for number, step in enumerate(story.steps):
        end = places[number + 1] if number + 1 < len(places) else 1 << 30
        broken = any(step.place.line <= line < end for line in lines)
        passed = bool(step.witnesses) and not broken
        report.passed += passed
        witnesses = [
            {"record": index, "at": session.record(index).at, "what": session.sentence(index)}
            for index in step.witnesses
        ]
        report.steps.append(
            {"step": step.number, "words": step.words, "passed": passed, "witnesses": witnesses}
        )


def _line_of(failure: str, file: str) -> int:
    number = failure.removeprefix(f"{file}:").partition(":")[0]
    return int(number) if number.isdigit() else -1


def _dead_links(story: Story) -> list[str]:
    lesson = story.lesson
    return [
        f"{lesson.file}:{line}: the glossary has no “{target.removeprefix(GLOSSARY_LINK)}”"
        for target, line in lesson.links
        if target.startswith(GLOSSARY_LINK) and target.removeprefix(GLOSSARY_LINK) not in GLOSSARY
    ]


def _compare_hash_seeds(report: Report, target: str, choice: list[str]) -> None:
    """Play the lesson in another process under another hash seed: the run must be the same."""
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    command = [sys.executable, "-m", "foviz", "check", "--fingerprint", *choice, target]
    environment = dict(os.environ, PYTHONHASHSEED=seed)
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    other = result.stdout.strip()
    if other != report.fingerprint:
        report.failures.append(
            f"{report.lesson}: the run differs under another hash seed: "
            f"{report.fingerprint} and {other or result.stderr.strip()}"
        )
