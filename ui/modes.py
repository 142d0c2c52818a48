"""Switching layouts: what each one needs beside its docks, and when one follows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from ui.layout.modes import MODES, lecture_zoom
from ui.look import Look
from ui.theme import stylesheet
from ui.view.caption import CaptionView
from ui.view.chart_scale import SCALES, ScaleSwitch
from ui.view.head import HeadView

if TYPE_CHECKING:
    from ui.window import MainWindow

LINGER_MS = 700
"""How long the controls of *Lecture* stay when the pointer has left them."""
SPOKEN_MS = 8000


class Modes(QObject):
    """The present layout of a window. Views for the back row look as ``big`` does."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.frame = window.frame
        look = window.look
        self.big = Look(look.name, look.font_scale, look.ratio, look.theme)
        self.head = HeadView(window.model, self.big)
        self.caption = CaptionView(window.model, self.big)
        self.caption.playback = window.playback
        self.frame.add("head", self.head)
        self.frame.add("caption", self.caption)
        self._scale = ""
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._hide_controls)
        self.head.entered.connect(self._show_controls)
        window.model.opened.connect(self._follow)
        window.model.failed.connect(self._tell)

    @property
    def name(self) -> str:
        """The present layout."""
        return self.frame.mode

    def begin(self, remembered: str) -> None:
        """Show the layout of the last time, as far as it suits what is open."""
        self.frame.story = self.window.model.session.lesson is not None
        mode = remembered or "learn"
        # The docks are placed when the window has its size.
        self.frame.mode = "explore" if mode == "learn" and not self.frame.story else mode
        self._use_scale()

    def use(self, mode: str) -> None:
        """Take a layout because somebody wants it."""
        self._take(mode)

    def _follow(self) -> None:
        """A lesson needs its text, free play needs the room: go where there is one or other."""
        story = self.window.model.session.lesson is not None
        self.frame.story = story
        if story and self.name == "explore":
            self._take("learn")
        elif not story and self.name == "learn":
            self._take("explore")
        else:
            self.frame.arrange()

    def _take(self, mode: str) -> None:
        assert mode in MODES, mode
        self.frame.mode = mode
        self._quiet.stop()
        self.frame.arrange()
        self._use_scale()
        self.changed.emit()
        front = self.window.views["messages"]
        if front.isVisible() and self.window.isActiveWindow():
            front.setFocus()

    def _use_scale(self) -> None:
        """Show a row for each message in *Debug*; afterwards what was shown before."""
        wanted = "events" if self.name == "debug" else ""
        switch = self.window.controls["messages"][0]
        assert isinstance(switch, ScaleSwitch)
        names = [scale.name for scale in SCALES]
        present = names[switch.currentIndex()]
        if wanted and not self._scale:
            self._scale = present
            switch.setCurrentIndex(names.index(wanted))
        elif not wanted and self._scale:
            switch.setCurrentIndex(names.index(self._scale))
            self._scale = ""

    # -- Lecture

    @property
    def _lecture(self) -> bool:
        return self.name == "lecture"

    def grow(self) -> None:
        """Grow stage, messages, head and caption with the window, or let them be as the rest."""
        frame, look = self.frame, self.window.look
        zoom = 0.0
        if self._lecture:
            zoom = lecture_zoom(frame.width(), frame.height(), look.font_scale)
        self.big.follow(look, zoom)
        for name, dock in self.window.docks.items():
            dock.set_bare(self._lecture and name in ("stage", "messages"))
        sheet = stylesheet(self.big.theme) if zoom else ""
        for widget in (self.window.views["stage"], self.window.views["messages"]):
            if widget.styleSheet() != sheet:
                widget.setStyleSheet(sheet)

    def _show_controls(self) -> None:
        """Lay the transport over the head as long as the pointer is there."""
        if self._lecture:
            transport = self.window.transport
            height = self.window.look.theme.px(48)
            transport.setGeometry(0, 0, self.frame.width(), max(height, self.head.height()))
            transport.show()
            transport.raise_()
            self._quiet.start(LINGER_MS)

    def _hide_controls(self) -> None:
        if not self._lecture:
            return
        transport = self.window.transport
        inside = transport.rect().contains(transport.mapFromGlobal(QCursor.pos()))
        busy = inside or QApplication.activePopupWidget() is not None
        if busy or transport.isAncestorOf(QApplication.focusWidget() or self.frame):
            self._quiet.start(LINGER_MS)
        else:
            transport.hide()

    def _tell(self) -> None:
        """Show the status bar, which has no place in *Lecture*, while it says what went wrong."""
        if self._lecture:
            status, frame = self.window.status, self.frame
            height = self.window.look.theme.px(24)
            status.setGeometry(0, frame.height() - height, frame.width(), height)
            status.show()
            status.raise_()
            QTimer.singleShot(SPOKEN_MS, self, self._end_telling)

    def _end_telling(self) -> None:
        if self._lecture:
            self.window.status.hide()
