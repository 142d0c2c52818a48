"""Travel in time, lessons, and what is written out."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from figures import Figure, best, milliseconds, spent, spread
from workload import lesson, long_session

from foviz.library import lesson_names
from foviz.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STEPS = 300
_SEEKS = 120
_MS = 1000


def steps() -> Iterator[Figure]:
    """Single steps, forward and then back, in a lesson and amid 250 clients."""
    for name, session in (("lesson", lesson()), ("long run", long_session())):
        session.seek_event(session.branch.end // 2)
        ordered = milliseconds(_there_and_back(session))
        yield from spread(f"step, {name}", ordered, 16, 50, 95)


def _there_and_back(session: Session) -> Iterator[Callable[[], object]]:
    for direction in (1, -1):
        for _ in range(_STEPS):
            yield partial(session.step, direction)


def seeks() -> Iterator[Figure]:
    """Seeks to anywhere in a run of 500,000 events."""
    session, chance = long_session(), Random(1)
    targets = [chance.randrange(session.branch.end) for _ in range(_SEEKS)]
    ordered = milliseconds(partial(session.seek_event, target) for target in targets)
    yield from spread("seek", ordered, 50, 50, 95)


def lessons() -> Iterator[Figure]:
    """Opening a lesson, and telling all of them to the end."""
    Session.open("hot-standby")  # what is imported once is measured with the window's start
    opening = best(5, lambda: Session.open("hot-standby"))
    yield Figure("load a lesson", opening * _MS, "ms", 200)
    told = spent(lambda: [lesson(name) for name in lesson_names()])
    yield Figure("all lessons", told, "s", 60)


def export() -> Iterator[Figure]:
    """What crossed the wires of a lesson, as pcapng."""
    session = lesson()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.pcapng"
        frames = session.export_capture(path)
        seconds = best(3, lambda: session.export_capture(path))
    yield Figure("pcapng export", frames / seconds, "frames/s")
