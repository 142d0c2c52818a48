"""Let the monkey of tests/ui play for minutes.

    QT_QPA_PLATFORM=offscreen python -m tests.campaign.monkeys --minutes 10 --seed 1

It ends with status 1 at the first exception, naming the seed and what was done until then.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1] / "ui"))

import pytest
from monkey import Monkey, tame
from PySide6.QtWidgets import QFileDialog

from foviz import Session
from foviz.library import lesson_names
from ui.app import make_application
from ui.window import MainWindow

ROUND = 200


def main() -> int:
    """Play lesson after lesson until the time is over; 1 when something broke."""
    parser = argparse.ArgumentParser(description="A monkey at the window.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    make_application()
    patch = pytest.MonkeyPatch()
    tame(patch)
    for name in ("getOpenFileName", "getSaveFileName"):
        patch.setattr(QFileDialog, name, lambda *_, **__: ("", ""))
    faults: list[str] = []
    patch.setattr(
        sys, "excepthook", lambda *error: faults.append("".join(traceback.format_exception(*error)))
    )
    end = time.monotonic() + 60 * options.minutes
    deeds, seed = 0, options.seed
    names = lesson_names()
    while time.monotonic() < end and not faults:
        lesson = names[seed % len(names)]
        deeds += _play(lesson, seed, faults)
        sys.stdout.write(f"seed {seed}: {lesson}, {deeds} deeds so far\n")
        sys.stdout.flush()
        seed += 1
    if faults:
        sys.stdout.write(f"seed {seed - 1} broke something:\n{faults[0]}")
    return 1 if faults else 0


def _play(lesson: str, seed: int, faults: list[str]) -> int:
    session = Session.open(lesson)
    session.finish_story()
    trace = session.branch.trace
    before = len(trace), trace.fingerprint(len(trace))
    window = MainWindow(session, "light", 1.0, remember=False)
    window.resize(1280, 800)
    window.show()
    Monkey(window, seed).play(ROUND)
    if (len(trace), trace.fingerprint(len(trace))) != before:
        faults.append("the run that it watched has changed\n")
    window.close()
    window.deleteLater()
    return ROUND


if __name__ == "__main__":
    sys.exit(main())
