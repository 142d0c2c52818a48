"""For ``make perf``: say that the first frame is painted, and quit."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

VARIABLE: Final = "FOVIZ_FIRST_FRAME"


class FirstFrame(QObject):
    """Waits for the window's first painting."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """After the painting that begins now comes whatever waits for the event loop."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        sys.stdout.write("first frame\n")
        sys.stdout.flush()
        QCoreApplication.quit()


def watch_first_frame(window: QWidget) -> None:
    """Watch the window when the environment asks for it."""
    if os.environ.get(VARIABLE):
        window.installEventFilter(FirstFrame(window))
