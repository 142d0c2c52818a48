"""The main window: composes docks, bars and actions, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QWidget

from ui.actions import Actions
from ui.deeds import Deeds
from ui.frame import Frame
from ui.layout.modes import MODES
from ui.look import Look
from ui.memory import Memory, open_memory
from ui.model.playback import Playback
from ui.model.run import RunModel
from ui.modes import Modes
from ui.panel.dock import Dock
from ui.panel.registry import VIEWS, make_view
from ui.panel.transport import Transport
from ui.theme import stylesheet, theme_names

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent

    from foviz import Session
    from ui.tour import Tour

TOUR_AFTER_MS = 600
"""The tour waits until the first frame has been looked at."""
GROWN = ("stage", "messages")
"""What *Lecture* shows larger than the rest."""
NO_SCREEN = ("offscreen", "minimal")


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
        self.memory: Memory = open_memory(remember=remember)
        self.look = Look(
            theme or self.memory.theme,
            font_scale or self.memory.font_scale,
            self.devicePixelRatioF(),
        )
        self.target = ""
        """What was asked for when the present lesson was opened."""
        self.tour: Tour | None = None
        self.model = RunModel(session)
        self.playback = Playback(self.model)
        self.frame = Frame(self.look, self)
        self.deeds = Deeds(self)
        self.actions_ = Actions(self, self.look, self.deeds.table(), self.memory)
        self.transport = Transport(self.model, self.playback, self.look, self.actions_)
        self.status = StatusBar()
        self.views: dict[str, QWidget] = {}
        self.docks: dict[str, Dock] = {}
        self.controls: dict[str, list[QWidget]] = {}
        self.modes = Modes(self)
        self._build_views()
        self.setCentralWidget(self.frame)
        self._connect()
        self._restore()
        self._dress()
        self._refresh()

    # -- building

    def _build_views(self) -> None:
        self.frame.add("transport", self.transport)
        self.frame.add("status", self.status)
        self.frame.views = frozenset(spec.name for spec in VIEWS)
        for spec in VIEWS:
            look = self.modes.big if spec.name in GROWN else self.look
            view = self.views[spec.name] = make_view(spec, self.model, look)
            if hasattr(view, "words_changed"):
                view.words_changed.connect(self._refresh_words)
            if hasattr(view, "remember"):
                view.remember(self.memory.settings)
            makers = (getattr(view, name, None) for name in ("title_control", "title_widget"))
            self.controls[spec.name] = [make() for make in makers if make is not None]
        lesson = self.views["lesson"]
        lesson.card.playback = self.playback  # type: ignore[attr-defined]

    def _dock(self, name: str) -> Dock:
        """Return a dock; each is made when a layout first has it."""
        if name not in self.docks:
            dock = self.docks[name] = Dock(self.look)
            self.frame.add(name, dock)
            dock.tabs.currentChanged.connect(self._refresh_words)
        return self.docks[name]

    def _connect(self) -> None:
        self.frame.arranged.connect(self._fill_docks)
        self.look.changed.connect(self._dress)
        self.model.moved.connect(self._refresh)
        self.model.opened.connect(self._refresh)
        self.model.failed.connect(lambda words: self.status.say(words, bad=True))
        self.model.compare_wanted.connect(self.deeds.show_compare)
        self.playback.changed.connect(self._refresh)
        self.modes.changed.connect(self._refresh)
        self.transport.command_wanted.connect(self.deeds.open_palette)
        index = self.views["index"]
        index.lesson_wanted.connect(self.deeds.open_target)  # type: ignore[attr-defined]

    def _fill_docks(self) -> None:
        """Put the views where the layout wants them."""
        plan = self.frame.plan
        assert plan is not None
        titles = {spec.name: spec.title for spec in VIEWS}
        for name in plan.docks:
            if name in self.docks or name not in self.frame.docks:
                names = plan.tabs.get(name, (name,))
                views = [(view, titles[view], self.views[view]) for view in names]
                self._dock(name).set_views(views, self.controls)
        self.modes.grow()
        self._refresh_words()

    def begin_tour(self) -> None:
        """Show the hints, from the first one on."""
        from ui.tour import Tour

        if self.tour is not None:
            self.tour.end()
        self.tour = Tour(self)
        self.tour.ended.connect(self._end_tour)
        self.tour.begin()

    def _end_tour(self) -> None:
        self.tour = None
        self.memory.put("tour-seen", 1)

    def _begin_first_tour(self) -> None:
        unseen = self.memory.keeps and not self.memory.text("tour-seen") and self.tour is None
        if unseen and self.isVisible() and QGuiApplication.platformName() not in NO_SCREEN:
            self.begin_tour()

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
        for mode in MODES:
            self.actions_[f"layout-{mode}"].setChecked(mode == self.modes.name)

    def say(self, words: str) -> None:
        """Show some words in the status bar."""
        self.status.say(words)

    def _dress(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setStyleSheet(stylesheet(self.look.theme))
        self.memory.put("theme", self.look.name)
        self.memory.put("font-scale", self.look.font_scale)

    # -- remembering

    def _restore(self) -> None:
        self.resize(1280, 800)
        geometry = self.memory.geometry
        if geometry is not None:
            self.restoreGeometry(geometry)
        for mode in MODES:
            self.frame.all_sizes[mode] = self.memory.sizes(mode)
        self.modes.begin(self.memory.mode)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the keyboard in the messages, not on the first button."""
        super().showEvent(event)
        self.views["messages"].setFocus()
        self._refresh_words()
        QTimer.singleShot(TOUR_AFTER_MS, self, self._begin_first_tour)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends a measure, wherever the keyboard is; in *Lecture* a letter answers."""
        if event.key() == Qt.Key.Key_Escape and self.model.stop_measuring():
            return
        place = event.key() - Qt.Key.Key_A
        if self.modes.name != "lecture" or not self.modes.caption.choose(place):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop ticking, remember the window."""
        self.playback.stop_timer()
        memory = self.memory
        memory.put("geometry", self.saveGeometry())
        memory.put("layout", self.modes.name)
        for mode in MODES:
            memory.put_sizes(mode, self.frame.all_sizes[mode])
        if self.target:
            memory.put("lesson", self.target)
        super().closeEvent(event)
