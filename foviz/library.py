"""Where lessons, scenarios and assets lie: in the source tree, or in the installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from foviz.base.errors import FovizError, LessonError, ScenarioError, nearest
from foviz.sim.scenario import Scenario, parse_scenario

if TYPE_CHECKING:
    from foviz.lesson.document import Lesson


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
    order = [name for name in ("hot-standby",) if name in found]
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
    if not path.is_file():
        near = nearest(target, lesson_names())
        hint = f"; nearest: {near}" if near else f"; there are: {', '.join(lesson_names())}"
        raise LessonError(f"no lesson is called “{target}”{hint}")
    return parse_lesson(_read(path), path.stem, _shown(path))


def load_scenario(target: str, beside: str = "") -> Scenario:
    """Return a scenario by name or file; *beside* is the file that asks for it."""
    candidates = [Path(target)] if target.endswith(".toml") else []
    if beside:
        candidates.append(Path(beside).parent / "scenarios" / f"{target}.toml")
        candidates.append(Path(beside).parent / target)
    candidates.append(share_directory() / "lessons" / "scenarios" / f"{target}.toml")
    for path in candidates:
        if path.is_file():
            return parse_scenario(_read(path), path.stem, _shown(path))
    near = nearest(target, scenario_names())
    hint = f"; nearest: {near}" if near else f"; there are: {', '.join(scenario_names())}"
    raise ScenarioError(f"no scenario is called “{target}”{hint}")


def read_text(path: Path) -> str:
    """Return a file's text; raise FovizError that says what is wrong with it."""
    return _read(path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FovizError(f"this is not UTF-8 text (octet {error.start})", str(path)) from None
    except OSError as error:
        raise FovizError(f"it can't be read: {error.strerror}", str(path)) from None


def _shown(path: Path) -> str:
    """Return the path as people like to read it: relative to where they are."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
