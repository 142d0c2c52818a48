"""What a long run adds to the memory of the empty window; measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from figures import MEGABYTE, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator


def memory() -> Iterator[Figure]:
    """Run 500,000 events under an open window and look at what the process holds."""
    result = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(result.stdout)
    yield Figure("memory, empty window", found["empty"], "MB")
    yield Figure("memory of a long run", found["run"] - found["empty"], "MB", 300)
    yield Figure("octets per record", found["trace"], "octets")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def _measure() -> dict[str, float]:
    import gc

    from PySide6.QtWidgets import QApplication
    from workload import crowd_scenario, play_long

    from foviz.session import Session
    from ui.app import make_application
    from ui.window import MainWindow

    make_application()
    session = Session(crowd_scenario(), 1)
    window = MainWindow(session, "light", 1.0, remember=False)
    window.show()
    QApplication.processEvents()
    gc.collect()
    empty = _resident()
    play_long(session)
    window.model.moved.emit()
    QApplication.processEvents()
    gc.collect()
    trace = session.branch.trace
    return {"empty": empty, "run": _resident(), "trace": trace.size / len(trace)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure()))
