"""The main window: composes docks, bars and actions, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QWidget

from ui.actions import Actions
from ui.deeds import Deeds
from ui.frame import Frame
from ui.layout.window import Sizes
from ui.look import Look
from ui.model.playback import Playback
from ui.model.run import RunModel
from ui.panel.dock import Dock
from ui.panel.registry import VIEWS, make_view
from ui.panel.transport import Transport
from ui.theme import stylesheet, theme_names

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QShowEvent

    from foviz import Session

DOCKS = ("lesson", "stage", "messages", "leases", "timeline", "inspector", "states", "pool")
SPOKEN_MS = 8000


class StatusBar(QWidget):
    """The last lab line or a message at the left, what is open at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.left = QLabel()
        self.left.setProperty("role", "mono")
        self.right = QLabel()
        self.right.setProperty("role", "note")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(self.left, 1)
        row.addWidget(self.right)

    def say(self, words: str, *, bad: bool = False) -> None:
        """Show words at the left; what went wrong stands in red."""
        self.left.setProperty("role", "bad" if bad else "mono")
        self.left.style().unpolish(self.left)
        self.left.style().polish(self.left)
        self.left.setText(words)


class MainWindow(QMainWindow):
    """The window."""

    def __init__(
        self, session: Session, theme: str = "", font_scale: float = 0.0, *, remember: bool = True
    ) -> None:
        super().__init__()
        self.settings = QSettings() if remember else None
        self.look = Look(
            theme or self._remembered_theme(),
            font_scale or float(str(self._remembered("font-scale", 1.0))),
            self.devicePixelRatioF(),
        )
        self.model = RunModel(session)
        self.playback = Playback(self.model)
        self.frame = Frame(self.look, self)
        self.deeds = Deeds(self)
        self.actions_ = Actions(self, self.look, self.deeds.table())
        self.transport = Transport(self.model, self.playback, self.look, self.actions_)
        self.status = StatusBar()
        self.views: dict[str, QWidget] = {}
        self.docks: dict[str, Dock] = {}
        self._build_docks()
        self.setCentralWidget(self.frame)
        self._connect()
        self._restore()
        self._dress()
        self._refresh()

    # -- building

    def _build_docks(self) -> None:
        self.frame.add("transport", self.transport)
        self.frame.add("status", self.status)
        for spec in VIEWS:
            view = self.views[spec.name] = make_view(spec, self.model, self.look)
            if hasattr(view, "words_changed"):
                view.words_changed.connect(self._refresh_words)
        for name in DOCKS:
            dock = self.docks[name] = Dock(self.look)
            self.frame.add(name, dock)
            dock.tabs.currentChanged.connect(self._refresh_words)
            for control in ("title_control", "title_widget"):
                make = getattr(self.views[name], control, None)
                if make is not None:
                    dock.add_control(make(), name)
        lesson = self.views["lesson"]
        lesson.card.playback = self.playback  # type: ignore[attr-defined]

    def _connect(self) -> None:
        self.frame.arranged.connect(self._fill_docks)
        self.look.changed.connect(self._dress)
        self.model.moved.connect(self._refresh)
        self.model.opened.connect(self._refresh)
        self.model.failed.connect(lambda words: self.status.say(words, bad=True))
        self.model.compare_wanted.connect(self.deeds.show_compare)
        self.playback.changed.connect(self._refresh)
        self.transport.command_wanted.connect(self.deeds.open_palette)
        index = self.views["index"]
        index.lesson_wanted.connect(self.deeds.open_target)  # type: ignore[attr-defined]

    def _fill_docks(self) -> None:
        """Put the views where the layout wants them."""
        plan = self.frame.plan
        assert plan is not None
        titles = {spec.name: spec.title for spec in VIEWS}
        for name, dock in self.docks.items():
            if name in plan.docks:
                names = plan.tabs.get(name, (name,))
                dock.set_views([(view, titles[view], self.views[view]) for view in names])
        self._refresh_words()

    # -- showing

    def _refresh(self) -> None:
        session = self.model.session
        self.setWindowTitle(f"{session.title} – Foviz")
        branches = len(session.branches())
        branch = f"branch {session.branch.name} of {branches} · " if branches > 1 else ""
        self.status.right.setText(
            f"{branch}{session.scenario.name} · profile {session.profile.name} "
            f"· seed {session.seed}"
        )
        if self.model.last_line:
            self.status.say(f"> {self.model.last_line}")
        self._allow()
        self._refresh_words()

    def _refresh_words(self) -> None:
        """Put each shown view's words into its dock's title row."""
        for dock in self.docks.values():
            view = dock.stack.currentWidget()
            words = getattr(view, "status_words", None)
            if not dock.isHidden():
                dock.say(words() if words is not None else "")

    def _allow(self) -> None:
        """Enable what is possible now; what is not says why."""
        session = self.model.session
        one = len(session.branches()) < 2
        off = session.story is not None and not session.on_story
        self.actions_.allow("undo", "" if session.can_undo else "nothing was done yet")
        self.actions_.allow("redo", "" if session.can_redo else "nothing was undone")
        self.actions_.allow("next-branch", "there is one branch only" if one else "")
        self.actions_.allow("previous-branch", "there is one branch only" if one else "")
        self.actions_.allow("compare", "there is one branch only" if one else "")
        self.actions_.allow("delete-branch", "there is one branch only" if one else "")
        for name, way in (("next-bookmark", 1), ("previous-bookmark", -1)):
            there = session.next_bookmark(way) is not None
            self.actions_.allow(name, "" if there else "there is no bookmark that way")
        self.actions_.allow("return-to-story", "" if off else "you are in the story")
        related = bool(self.model.snapshot.relationships)
        for name in ("relationship", "deconfigure", "replicate"):
            self.actions_.allow(name, "" if related else "there is no relationship")
        alone = len(self.model.snapshot.servers) < 2
        self.actions_.allow("configure", "there is one server only" if alone else "")
        for name in theme_names():
            action = self.actions_.by_id.get(f"theme-{name}")
            if action is not None:
                action.setChecked(name == self.look.name)

    def say(self, words: str) -> None:
        """Show some words in the status bar."""
        self.status.say(words)

    def _dress(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setStyleSheet(stylesheet(self.look.theme))
        self._remember("theme", self.look.name)
        self._remember("font-scale", self.look.font_scale)

    # -- remembering

    def _remembered(self, key: str, default: object) -> object:
        return self.settings.value(key, default) if self.settings is not None else default

    def _remembered_theme(self) -> str:
        name = str(self._remembered("theme", "light"))
        return name if name in theme_names() else "light"

    def _remember(self, key: str, value: object) -> None:
        if self.settings is not None:
            self.settings.setValue(key, value)

    def _restore(self) -> None:
        self.resize(1280, 800)
        geometry = self._remembered("geometry", None)
        if geometry is not None:
            self.restoreGeometry(geometry)  # type: ignore[arg-type]
        sizes = {
            name: int(str(self._remembered(f"sizes/{name}", value)))
            for name, value in vars(Sizes()).items()
        }
        self.frame.sizes = Sizes(**sizes)
        self.views["console"].remember(self.settings)  # type: ignore[attr-defined]

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the keyboard in the messages, not on the first button."""
        super().showEvent(event)
        self.views["messages"].setFocus()
        self._refresh_words()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop ticking, remember the window."""
        self.playback.stop_timer()
        self._remember("geometry", self.saveGeometry())
        for name, value in vars(self.frame.sizes).items():
            self._remember(f"sizes/{name}", value)
        super().closeEvent(event)
