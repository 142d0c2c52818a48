"""Frames of the real window, painted off screen, on a run of a million records and more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from figures import Figure, milliseconds, spread
from workload import long_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ui.window import MainWindow

_VIEWS = ("stage", "messages", "pool", "timeline")
_FRAMES = 150
_SIZE = (1680, 1050)
_MS = 1000


def frames() -> Iterator[Figure]:
    """Paint the views at one position after another, as while stepping."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    from ui.app import make_application
    from ui.window import MainWindow

    make_application()
    session = long_session()
    session.seek_event(session.branch.end - _FRAMES * 3)
    window = MainWindow(session, "light", 1.0, remember=False)
    window.resize(*_SIZE)
    window.show()
    for _ in range(3):
        QApplication.processEvents()
    views = [window.views[name] for name in _VIEWS]
    images = [QImage(view.size(), QImage.Format.Format_ARGB32_Premultiplied) for view in views]

    def paint() -> None:
        for view, image in zip(views, images, strict=True):
            view.render(image)

    yield Figure("records shown", session.record_count, "records")
    paint()  # what is read once a run is read here
    yield from spread("frame", milliseconds(_stepping(window, paint)), 8, 50, 95)
    for name, view, image in zip(_VIEWS, views, images, strict=True):
        one = milliseconds(_stepping(window, lambda v=view, i=image: v.render(i), 40))
        yield Figure(f"frame of {name}", one[len(one) // 2], "ms")
    window.close()


def _stepping(
    window: MainWindow, paint: Callable[[], None], times: int = _FRAMES
) -> Iterator[Callable[[], None]]:
    """Yield the painting of a frame after each of some steps; the steps are not in it."""
    for _ in range(times):
        window.model.session.step(1)
        yield paint
