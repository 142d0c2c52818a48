"""Mutants: the engine's rules broken one at a time; lessons and tests have to notice each.

    python -m tests.campaign.mutants

Each mutant is a copy of the project with one piece of text replaced. It is first shown the
lessons, then the tests of the engine. One that nobody notices is a hole in the tests.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.campaign.mutant_list import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
PARTS = ("foviz", "lessons", "tests", "assets", "ui", "pyproject.toml")
ENGINE_TESTS = ("tests/failover", "tests/lease", "tests/dhcp", "tests/sim", "tests/scripts")
PATIENCE_S = 600
"""A mutant that runs for ever counts as noticed: somebody would."""


class Notice(NamedTuple):
    """Who noticed a mutant; empty when nobody did."""

    mutant: str
    lessons: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def noticed(self) -> bool:
        """Whether anybody noticed."""
        return bool(self.lessons or self.tests)


def mutated(root: Path, mutant: Mutant) -> str:
    """Return the text of a mutant's file with its rule broken; raise when it isn't there once."""
    text = (root / mutant.path).read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.id}: {mutant.path} has its text {text.count(mutant.old)} times")
    return text.replace(mutant.old, mutant.new)


def breed(mutant: Mutant, nest: Path) -> None:
    """Copy the project into *nest* and break one rule of it."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "captures", "campaign")
            shutil.copytree(source, nest / part, ignore=ignored)
        else:
            shutil.copy(source, nest / part)
    (nest / mutant.path).write_text(mutated(ROOT, mutant), encoding="utf-8")


def show(mutant: Mutant, *, all_of_them: bool = False) -> Notice:
    """Show a mutant to the lessons and, unless they noticed, to the tests."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as nest:
        breed(mutant, Path(nest))
        lessons = _lessons(Path(nest))
        if lessons and not all_of_them:
            return Notice(mutant.id, lessons, ())
        return Notice(mutant.id, lessons, _tests(Path(nest)))


def _lessons(nest: Path) -> tuple[str, ...]:
    done = _run([sys.executable, "-m", "foviz", "check"], nest)
    if done is None:
        return ("a lesson that never ends",)
    if done.returncode == 0:
        return ()
    found = re.findall(r"^FAIL (\S+):", done.stdout, re.MULTILINE)
    return tuple(found) or ("the lessons can't be played",)


def _tests(nest: Path) -> tuple[str, ...]:
    present = [name for name in ENGINE_TESTS if (nest / name).exists()]
    done = _run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *present], nest
    )
    if done is None:
        return ("a test that never ends",)
    if done.returncode == 0:
        return ()
    return tuple(re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)) or ("a test",)


def _run(command: list[str], nest: Path) -> subprocess.CompletedProcess[str] | None:
    environment = os.environ | {"PYTHONPATH": str(nest), "QT_QPA_PLATFORM": "offscreen"}
    try:
        return subprocess.run(
            command, cwd=nest, env=environment, capture_output=True, text=True, timeout=PATIENCE_S,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None


def main() -> int:
    """Breed the mutants and print who noticed them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="*", help="only these")
    parser.add_argument("--all", action="store_true", help="show each to lessons and tests")
    options = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not options.ids or mutant.id in options.ids]
    with ThreadPoolExecutor(2) as pool:
        notices = list(pool.map(lambda mutant: show(mutant, all_of_them=options.all), chosen))
    for mutant, notice in zip(chosen, notices, strict=True):
        who = ", ".join((*notice.lessons, *notice.tests[:2])) or "NOBODY"
        print(f"{mutant.id:32} {mutant.words}\n{'':32} noticed by {who}")
    missed = [notice.mutant for notice in notices if not notice.noticed]
    print(f"{len(notices)} mutants, {len(missed)} unnoticed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
