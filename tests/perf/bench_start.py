"""From the start of the process to the first frame on the (off-screen) window."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[2]
_FOVIZ = Path(sys.executable).with_name("foviz")
_TIMES = 5


def start() -> Iterator[Figure]:
    """Cold is with the program's files dropped from the page cache, if nobody else uses them."""
    _first_frame()
    warm = [_first_frame() for _ in range(_TIMES)]
    cold = []
    for _ in range(2):
        _drop_from_cache()
        cold.append(_first_frame())
    yield Figure("start, warm", min(wall for wall, _ in warm), "s", 0.6)
    yield Figure("start, cold", min(wall for wall, _ in cold), "s", 1.0)
    yield Figure("start, processor", min(busy for _, busy in warm), "s")


def _first_frame() -> tuple[float, float]:
    """Return the seconds until the program says that it has painted, and the processor's."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "FOVIZ_FIRST_FRAME": "quit"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # who uses Foviz has it compiled
    before, began = _children(), time.perf_counter()
    with subprocess.Popen(
        [_FOVIZ], env=environment, stdout=subprocess.PIPE, text=True, cwd=_ROOT
    ) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        took = time.perf_counter() - began
    assert line == "first frame\n", line
    return took, _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _drop_from_cache() -> None:
    """Ask the system to forget the files that a start reads."""
    import PySide6

    folders = [_ROOT / "foviz", _ROOT / "ui", _ROOT / "assets", _ROOT / "lessons"]
    folders += [Path(os.__file__).parent, Path(PySide6.__file__).parent]
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix in (".py", ".pyc", ".so", ".6", ".toml", ".svg"):
                _drop(path)


def _drop(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
