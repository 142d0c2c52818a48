"""What the actions of the window do."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog

from foviz import FovizError, Session, lesson_names, load_lesson
from ui.dialog.configure import ConfigureDialog
from ui.dialog.lab import LabDialog
from ui.dialog.order import OrderDialog
from ui.dialog.pages import ABOUT, Page, keys_html, words_html
from ui.dialog.palette import Palette
from ui.dialog.profile import ProfileDialog
from ui.dialog.relationship import RelationshipDialog
from ui.dialog.shortcuts import ShortcutDialog
from ui.layout.modes import MODES
from ui.model.playback import PACES
from ui.view.timeline_menus import add_bookmark, ask_span, rename_branch

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog

    from foviz import Profile
    from ui.window import MainWindow

LARGEST, SMALLEST = 2.0, 0.8


class Deeds:
    """The window's actions by their id."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.model = window.model
        self.playback = window.playback
        self.look = window.look

    def table(self) -> dict[str, Callable[[], object]]:
        """Return what each action does."""
        model, playback, look = self.model, self.playback, self.look
        return {
            "open-lesson": self.choose_lesson,
            "new-lab": self.choose_scenario,
            "profile": self.choose_profile,
            "save-run": self.save_run,
            "export-capture": self.export_capture,
            "quit": self.window.close,
            "play": playback.toggle,
            "next-event": lambda: self._still(lambda: model.step(1)),
            "previous-event": lambda: self._still(lambda: model.step(-1)),
            "next-step": lambda: self._still(lambda: model.go_step(1)),
            "previous-step": lambda: self._still(lambda: model.go_step(-1)),
            "next-same-host": lambda: self._still(lambda: model.go_same_host(1)),
            "previous-same-host": lambda: self._still(lambda: model.go_same_host(-1)),
            "go-effect": lambda: self._still(lambda: model.go_along_causes(1)),
            "go-cause": lambda: self._still(lambda: model.go_along_causes(-1)),
            "first": lambda: self._still(model.go_start),
            "last": lambda: self._still(model.go_end),
            "faster": lambda: self._pace(1),
            "slower": lambda: self._pace(-1),
            "measure": model.measure,
            "undo": model.undo,
            "redo": model.redo,
            "next-branch": lambda: self._branch(1),
            "previous-branch": lambda: self._branch(-1),
            "return-to-story": self._return_to_story,
            "rename-branch": lambda: rename_branch(self.window, model),
            "delete-branch": self.choose_branch_to_delete,
            "compare": self.show_compare,
            "span-fault": lambda: ask_span(self.window, model, model.playhead, 0),
            "bookmark": lambda: self._still(lambda: add_bookmark(self.window, model)),
            "next-bookmark": lambda: self._still(lambda: model.next_bookmark(1)),
            "previous-bookmark": lambda: self._still(lambda: model.next_bookmark(-1)),
            "relationship": lambda: self._ask(RelationshipDialog(model, self.window)),
            "configure": lambda: self._ask(ConfigureDialog(model, self.window)),
            "deconfigure": lambda: self._order("deconfigure"),
            "replicate": lambda: self._order("replicate"),
            "find": self.find,
            "find-next": lambda: self.find(1),
            "find-previous": lambda: self.find(-1),
            "palette": lambda: self.open_palette(""),
            "theme-light": lambda: look.use("light"),
            "theme-dark": lambda: look.use("dark"),
            "theme-projector": lambda: look.use("projector"),
            "theme-high-contrast": lambda: look.use("high-contrast"),
            "next-theme": look.next_theme,
            "larger": lambda: self._scale(0.1),
            "smaller": lambda: self._scale(-0.1),
            "normal-size": lambda: look.use(font_scale=1.0),
            **{f"layout-{mode}": partial(self.take_layout, mode) for mode in MODES},
            "reset-layout": self.window.frame.reset,
            "keys": lambda: self._page("Keys", keys_html(self.window.actions_)),
            "shortcuts": lambda: ShortcutDialog(self.window.actions_, self.window).show(),
            "tour": self.window.begin_tour,
            "words": lambda: self._page("The lab language", words_html()),
            "about": lambda: self._page("About Foviz", ABOUT),
        }

    # -- files

    def open_target(self, target: str) -> None:
        """Open a lesson or scenario; a mistake is told and nothing changes."""
        try:
            session = Session.open(target)
        except FovizError as error:
            self.model.failed.emit(str(error))
            return
        self.window.target = target
        self.model.open(session)

    def choose_lesson(self) -> None:
        """Ask which lesson to open."""
        titles = {load_lesson(name).title: name for name in lesson_names()}
        chosen, taken = QInputDialog.getItem(
            self.window, "Open lesson", "Lesson", list(titles), 0, False
        )
        if taken:
            self.open_target(titles[chosen])

    def choose_scenario(self) -> None:
        """Start a lab for free play from a scenario, or build one."""
        self._ask(LabDialog(self.model.open, self.window))

    def _order(self, deed: str) -> None:
        self._ask(OrderDialog(self.model, deed, self.window))

    def _ask(self, dialog: QDialog) -> None:
        """Show a dialog about the present moment: meanwhile nothing moves on."""
        self.playback.set_playing(False)
        dialog.setModal(True)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def choose_profile(self) -> None:
        """Show the profile and its switches; another choice is a new run."""
        session = self.model.session

        def take(profile: Profile) -> None:
            self.model.open(session.again(profile))

        ProfileDialog(session.profile, take, self.window).show()

    def save_run(self) -> None:
        """Write the run as lab lines."""
        name, _ = QFileDialog.getSaveFileName(self.window, "Save the run", "run.lab")
        if name:
            self._write(Path(name), self.model.session.lab_lines())

    def export_capture(self) -> None:
        """Write what crossed the wires of this branch as pcapng."""
        name, _ = QFileDialog.getSaveFileName(self.window, "Export capture", "run.pcapng")
        if name:
            try:
                count = self.model.session.export_capture(Path(name))
            except FovizError as error:
                self.model.failed.emit(str(error))
            else:
                self.window.say(f"{count:,} frames written to {name}")

    def _write(self, path: Path, text: str) -> None:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            self.model.failed.emit(f"{path} can't be written: {error.strerror}")
        else:
            self.window.say(f"written to {path}")

    # -- time

    def _still(self, move: Callable[[], object]) -> None:
        """Move by hand: playing stops."""
        self.playback.set_playing(False)
        move()

    def _pace(self, direction: int) -> None:
        place = PACES.index(self.playback.pace) if self.playback.pace in PACES else 2
        self.playback.set_pace(PACES[max(0, min(len(PACES) - 1, place + direction))])

    def _branch(self, direction: int) -> None:
        names = [branch.name for branch in self.model.session.branches()]
        place = names.index(self.model.session.branch.name)
        self.model.switch(names[(place + direction) % len(names)])

    def _return_to_story(self) -> None:
        self.model.session.return_to_story()
        self.model.moved.emit()

    # -- branches

    def choose_branch_to_delete(self) -> None:
        """Ask which of the branches that nobody needs to delete."""
        session = self.model.session
        free = {
            f"{branch.name} {branch.title}": branch.name
            for branch in session.branches()
            if not session.reason_to_keep(branch.name)
        }
        if not free:
            self.model.failed.emit("every branch is needed: you are on it, or another one left it")
            return
        chosen, taken = QInputDialog.getItem(
            self.window, "Delete a branch", "Branch", list(free), 0, False
        )
        if taken:
            self.model.delete_branch(free[chosen])

    def show_compare(self, *_: str) -> None:
        """Bring the comparison of branches to the front."""
        for dock in self.window.docks.values():
            if not dock.isHidden():
                dock.show_view("compare")

    # -- the rest

    def find(self, direction: int = 0) -> None:
        """Bring the messages to the front with their find bar, or go to the next match."""
        bar = self.window.views["messages"].find_bar  # type: ignore[attr-defined]
        docks = self.window.docks.values()
        shown = [dock for dock in docks if "messages" in dock.names and not dock.isHidden()]
        if not shown:
            self.model.failed.emit("the messages are not in this layout; make the window larger")
            return
        shown[0].show_view("messages")
        if direction and bar.field.text():
            self._still(lambda: bar.go(direction))
        else:
            bar.open_bar()

    def open_palette(self, text: str) -> None:
        """Open the palette below the command field."""
        window = self.window
        area = window.transport.command_area()
        corner = window.transport.mapToGlobal(QPoint(round(area.right()) - 520, 44))
        palette = Palette(self.model, window.actions_, window)
        palette.open_at(corner, text)

    def take_layout(self, mode: str) -> None:
        """Show the window in a layout."""
        self.window.modes.use(mode)

    def _scale(self, by: float) -> None:
        scale = round(self.look.font_scale + by, 1)
        self.look.use(font_scale=max(SMALLEST, min(LARGEST, scale)))

    def _page(self, title: str, html: str) -> None:
        Page(title, html, self.window).show()
