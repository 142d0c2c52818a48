"""Mutants: the engine's rules broken one at a time; lessons and tests have to notice each.

    python -m tests.campaign.mutants

Each mutant is a copy of the project with one piece of text replaced. It is first shown to the
test that is most likely to notice, then to the lessons, then to the tests of the engine. One
that nobody notices is a hole in the tests.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .mutant_list import MUTANTS, Mutant

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
PARTS = ("foviz", "lessons", "tests", "assets", "ui", "pyproject.toml")
ENGINE_TESTS = ("tests/failover", "tests/lease", "tests/dhcp", "tests/sim", "tests/script")
PATIENCE_S = 600
"""A mutant that runs for ever counts as noticed: somebody would."""


class Notice(NamedTuple):
    """Who noticed a mutant, how long that took; nobody when it is empty."""

    mutant: str
    who: tuple[str, ...]
    seconds: float


def mutated(root: Path, mutant: Mutant) -> str:
    """Return the text of a mutant's file with its rule broken; raise when it isn't there once."""
    text = (root / mutant.path).read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.id}: {mutant.path} has its text {text.count(mutant.old)} times")
    return text.replace(mutant.old, mutant.new)


def breed(mutant: Mutant | None, nest: Path) -> None:
    """Copy the project into *nest* and break one rule of it, or none."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "captures", "campaign")
            shutil.copytree(source, nest / part, ignore=ignored)
        else:
            shutil.copy(source, nest / part)
    if mutant is not None:
        (nest / mutant.path).write_text(mutated(ROOT, mutant), encoding="utf-8")


def show(mutant: Mutant, *, all_of_them: bool = False) -> Notice:
    """Show a mutant to the test that should notice, else to the lessons, else to the tests."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        nest = Path(name)
        breed(mutant, nest)
        who = _tests(nest, (mutant.hint,))
        if all_of_them or not who:
            who += _lessons(nest)
        if all_of_them or not who:
            who += _tests(nest, ENGINE_TESTS)
    return Notice(mutant.id, tuple(dict.fromkeys(who)), time.monotonic() - began)


def is_noticed(mutant: Mutant) -> bool:
    """Whether the test that is most likely to notice a mutant does."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        breed(mutant, Path(name))
        return bool(_tests(Path(name), (mutant.hint,)))


def false_alarms(mutants: Iterable[Mutant]) -> tuple[str, ...]:
    """Return which of the mutants' own tests fail on a copy in which nothing is broken."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        breed(None, Path(name))
        return _tests(Path(name), tuple(dict.fromkeys(mutant.hint for mutant in mutants)))


def _lessons(nest: Path) -> tuple[str, ...]:
    done = _run([sys.executable, "-m", "foviz", "check"], nest)
    if done is None:
        return ("a lesson that never ends",)
    if done.returncode == 0:
        return ()
    found = re.findall(r"^FAIL (\S+):", done.stdout, re.MULTILINE)
    return tuple(found) or ("the lessons can't be played",)


def _tests(nest: Path, paths: tuple[str, ...]) -> tuple[str, ...]:
    present = [name for name in paths if (nest / name.partition("::")[0]).exists()]
    done = _run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *present], nest
    )
    if done is None:
        return ("a test that never ends",)
    if done.returncode == 0:
        return ()
    return tuple(re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)) or ("a test",)


def _run(command: list[str], nest: Path) -> subprocess.CompletedProcess[str] | None:
    # A mutant may be shown within a test run, of which it must not know.
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = outer | {"PYTHONPATH": str(nest), "QT_QPA_PLATFORM": "offscreen"}
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
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--all", action="store_true", help="show each to all tests and lessons")
    options = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not options.ids or mutant.id in options.ids]
    began = time.monotonic()
    alarms = false_alarms(chosen)
    if alarms:
        print(f"nothing is broken, and yet: {', '.join(alarms)}")
        return 1
    missed: list[str] = []
    with ThreadPoolExecutor(options.jobs) as pool:
        shown = pool.map(lambda mutant: show(mutant, all_of_them=options.all), chosen)
        for mutant, notice in zip(chosen, shown, strict=True):
            who = ", ".join(notice.who[:3]) or "NOBODY"
            print(f"{mutant.id:20} {mutant.words}")
            print(f"{notice.seconds:16.1f} s  noticed by {who}", flush=True)
            missed += [] if notice.who else [mutant.id]
    print(
        f"{len(chosen)} mutants, {len(missed)} unnoticed: {', '.join(missed) or 'none'}; "
        f"{time.monotonic() - began:.0f} s"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
