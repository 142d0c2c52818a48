"""The Qt application: its guard, its style, its window, and the reporter of last resort."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from foviz import FovizError, Session

if TYPE_CHECKING:
    from types import TracebackType

    from PySide6.QtWidgets import QApplication

    from ui.window import MainWindow


FIRST_LESSON = "hot-standby"


def check_versions() -> None:
    """Refuse the one pair of PySide6 and Python that aborts; raise FovizError saying so."""
    import PySide6

    if sys.version_info < (3, 12) and PySide6.__version_info__[:2] >= (6, 12):
        raise FovizError(
            f"PySide6 {PySide6.__version__} aborts Python {sys.version_info.major}."
            f"{sys.version_info.minor}; install PySide6-Essentials older than 6.11"
        )


def make_application() -> QApplication:
    """Return the application; raise FovizError when a system library is missing."""
    try:
        check_versions()
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        raise FovizError(
            f"Qt can't be loaded: {error}. On Debian: apt-get install libgl1 libegl1 "
            "libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0"
        ) from None
    from ui.icons import application_icon

    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Foviz")
    application.setOrganizationName("Foviz")
    application.setStyle("Fusion")
    application.setWindowIcon(application_icon())
    return application


def make_window(target: str, theme: str = "", font_scale: float = 0.0) -> MainWindow:
    """Return the window with a lesson or scenario open; empty values take what is remembered."""
    from ui.memory import open_memory
    from ui.window import MainWindow

    session = None
    if not target:
        target = open_memory().text("lesson")
        try:
            session = Session.open(target) if target else None
        except FovizError:
            # It was moved or has become wrong since: begin as on the first day.
            target = ""
    if session is None:
        target = target or FIRST_LESSON
        session = Session.open(target)
    window = MainWindow(session, theme, font_scale)
    window.target = target
    return window


def run_window(target: str) -> int:
    """Open the window and run until it is closed."""
    application = make_application()
    from ui.first_frame import watch_first_frame

    sys.excepthook = _report
    window = make_window(target)
    watch_first_frame(window)
    window.show()
    window.playback.start()
    return application.exec()


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say on standard error what went wrong inside; the window stays open."""
    traceback.print_exception(kind, error, trace)
    sys.stderr.write("foviz: that is a fault of Foviz; please report the lines above\n")
