"""The main window: composes docks and actions, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QMainWindow

from ui.frame import Frame
from ui.look import Look
from ui.model.playback import Playback
from ui.model.run import RunModel
from ui.panel.dock import Dock
from ui.panel.registry import VIEWS, make_view
from ui.theme import stylesheet

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QWidget

    from foviz import Session


DOCKS = ("stage", "messages", "leases", "timeline", "inspector", "states", "pool", "lesson")


class MainWindow(QMainWindow):
    """The window."""

    def __init__(
        self, session: Session, theme: str = "", font_scale: float = 0.0, *, remember: bool = True
    ) -> None:
        super().__init__()
        self.look = Look(theme or "light", font_scale or 1.0, self.devicePixelRatioF())
        self.model = RunModel(session)
        self.playback = Playback(self.model)
        self.frame = Frame(self.look, self)
        self.views: dict[str, QWidget] = {}
        self.docks: dict[str, Dock] = {}
        for spec in VIEWS:
            self.views[spec.name] = make_view(spec, self.model, self.look)
        for name in (
            "stage",
            "messages",
            "leases",
            "timeline",
            "inspector",
            "states",
            "pool",
            "lesson",
        ):
            self.docks[name] = Dock(self.look)
            self.frame.add(name, self.docks[name])
        self.frame.arranged.connect(self._fill_docks)
        self.setCentralWidget(self.frame)
        self.look.changed.connect(self._dress)
        self.resize(1280, 800)
        self._dress()

    def _fill_docks(self) -> None:
        plan = self.frame.plan
        assert plan is not None
        titles = {spec.name: spec.title for spec in VIEWS}
        for name, dock in self.docks.items():
            names = plan.tabs.get(name, (name,))
            if name in plan.docks:
                dock.set_views([(view, titles[view], self.views[view]) for view in names])

    def _dress(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setStyleSheet(stylesheet(self.look.theme))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop ticking."""
        self.playback.stop_timer()
        super().closeEvent(event)
