"""Where lessons, scenarios and assets lie: in the source tree, or in the installed package."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from foviz.base.errors import FovizError, LessonError, ScenarioError, nearest
from foviz.failover.profile import profile_named, with_switch
from foviz.sim.scenario import Scenario, parse_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from foviz.lesson.document import Lesson

LONGEST_NAME = 80
TEACHING = (
    "hot-standby",
    "hot-standby-draft",
    "load-balance",
    "partner-down",
    "partner-down-automatic",
    "partner-down-short",
    "partner-down-isc",
    "dual-interrupted",
    "dual-partner-down",
    "dual-partner-down-longer",
)
"""Lessons in the order of teaching; others follow by name."""


@cache
def share_directory() -> Path:
    """Return the directory that holds ``lessons`` and ``assets``."""
    package = Path(__file__).parent
    for candidate in (package.parent, package / "share"):
        if (candidate / "lessons").is_dir():
            return candidate
    raise FovizError("the lessons were not installed with Foviz; install it again")


def lesson_names() -> tuple[str, ...]:
    """Return the names of the lessons that come with Foviz, in the order of teaching."""
    found = [path.stem for path in sorted((share_directory() / "lessons").glob("*.md"))]
    order = [name for name in TEACHING if name in found]
    return (*order, *(name for name in found if name not in order and name != "README"))


def scenario_names() -> tuple[str, ...]:
    """Return the names of the scenarios that come with Foviz."""
    return tuple(
        path.stem for path in sorted((share_directory() / "lessons" / "scenarios").glob("*.toml"))
    )


def load_lesson(target: str) -> Lesson:
    """Return a lesson by its name or its file; raise LessonError when there is none."""
    from foviz.lesson.document import parse_lesson

    path = Path(target)
    if path.suffix != ".md":
        path = share_directory() / "lessons" / f"{target}.md"
    if _exists_as(path.is_dir):
        raise LessonError("this is a directory, not a lesson", _shown(path))
    if not _is_file(path):
        near = nearest(target, lesson_names())
        hint = f"; nearest: {near}" if near else f"; there are: {', '.join(lesson_names())}"
        raise LessonError(f"no lesson is called “{_short(target)}”{hint}")
    return parse_lesson(_read(path), path.stem, _shown(path))


def load_scenario(target: str, beside: str = "") -> Scenario:
    """Return a scenario by name or file; *beside* is the file that asks for it."""
    candidates = [Path(target)] if target.endswith(".toml") else []
    if beside:
        candidates.append(Path(beside).parent / "scenarios" / f"{target}.toml")
        candidates.append(Path(beside).parent / target)
    candidates.append(share_directory() / "lessons" / "scenarios" / f"{target}.toml")
    for path in candidates:
        if _is_file(path):
            return parse_scenario(_read(path), path.stem, _shown(path))
    near = nearest(target, scenario_names())
    hint = f"; nearest: {near}" if near else f"; there are: {', '.join(scenario_names())}"
    raise ScenarioError(f"no scenario is called “{_short(target)}”{hint}")


def scenario_of(lesson: Lesson) -> Scenario:
    """Return the scenario a lesson plays in; raise LessonError naming the lesson's line."""
    try:
        scenario = load_scenario(lesson.scenario, lesson.file)
    except ScenarioError as error:
        raise LessonError(error.message, error.where or lesson.where("scenario")) from None
    if not lesson.profile:
        return scenario
    try:
        return replace(scenario, profile=profile_named(lesson.profile))
    except FovizError as error:
        raise LessonError(error.message, lesson.where("profile")) from None


def chosen(scenario: Scenario, profile: str, switches: Iterable[str]) -> Scenario:
    """Return the scenario under another profile, and with switches written ``name=value``.

    Raises ScenarioError for what there is not. A profile of its own drops the scenario's switches.
    """
    found = profile_named(profile) if profile else scenario.profile
    for text in switches:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise ScenarioError(f"“{text}” is no switch; write it like survivor_lease=mclt")
        found = with_switch(found, name, value)
    return scenario if found == scenario.profile else replace(scenario, profile=found)


def is_bundled(scenario: Scenario) -> bool:
    """Whether a scenario is one of those that come with Foviz, by its file."""
    bundled = share_directory() / "lessons" / "scenarios" / f"{scenario.name}.toml"
    return Path(scenario.file).resolve() == bundled.resolve()


def read_text(path: Path) -> str:
    """Return a file's text; raise FovizError that says what is wrong with it."""
    return _read(path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # editors on Windows write a BOM
    except UnicodeDecodeError as error:
        raise FovizError(f"this is not UTF-8 text (octet {error.start})", str(path)) from None
    except OSError as error:
        raise FovizError(f"it can't be read: {error.strerror}", str(path)) from None


def _is_file(path: Path) -> bool:
    return _exists_as(path.is_file)


def _exists_as(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except OSError:  # such as a name that is too long for the file system
        return False


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "…"


def _shown(path: Path) -> str:
    """Return the path as people like to read it: relative to where they are."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
