"""A monkey at the window: clicks, keys, drags, wheels, seeks, sizes and themes by a seed.

It opens menus and dialogs, but chooses nothing in them, so the run that it watches has to stay
as it was, whatever it does.
"""

from __future__ import annotations

import random
from collections import Counter

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from ui.theme import theme_names
from ui.window import MainWindow

SIZES = ((1280, 800), (1440, 900), (1920, 1080), (960, 620), (800, 560), (1366, 768))
KEYS = (
    *(Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_0),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_Return),
    *(Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_F6),
)
MODIFIERS = (
    *(Qt.KeyboardModifier.NoModifier,) * 6,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
UNTOUCHED = {(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Return)}


class Monkey:
    """Does one thing after another to a window. ``done`` counts what it did, by name."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window = window
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.keeper = QTimer()
        """Ends what waits for an answer: a menu that a tool button opens has its own loop."""
        self.keeper.setInterval(20)
        self.keeper.timeout.connect(self.close_popups)
        self.deeds = (
            (self.click, 30),
            (self.key, 25),
            (self.drag, 10),
            (self.wheel, 12),
            (self.seek, 10),
            (self.resize, 3),
            (self.theme, 3),
            (self.tab, 5),
            (self.tick, 8),
        )

    def play(self, count: int) -> None:
        """Do so many things."""
        deeds, weights = zip(*self.deeds, strict=True)
        self.keeper.start()
        for deed in self.chance.choices(deeds, weights, k=count):
            self.done[deed.__name__] += 1
            deed()
            self.close_popups()
            QApplication.processEvents()
        self.keeper.stop()

    # -- deeds

    def click(self) -> None:
        """Click somewhere on some widget that is seen, with any button, once or twice."""
        widget, point = self.somewhere()
        buttons = (Qt.MouseButton.LeftButton,) * 4 + (Qt.MouseButton.RightButton,)
        button = self.chance.choice(buttons)
        if self.chance.random() < 0.1:
            QTest.mouseDClick(widget, button, self.chance.choice(MODIFIERS), point)
        else:
            QTest.mouseClick(widget, button, self.chance.choice(MODIFIERS), point)

    def key(self) -> None:
        """Press a key that changes what is seen, never what happens."""
        key, modifier = self.chance.choice(KEYS), self.chance.choice(MODIFIERS)
        if (modifier, key) not in UNTOUCHED:
            QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def drag(self) -> None:
        """Press, move a few times, let go."""
        widget, point = self.somewhere()
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(widget, left, none, point)
        for _ in range(self.chance.randrange(1, 6)):
            point += QPoint(self.chance.randrange(-90, 91), self.chance.randrange(-60, 61))
            QTest.mouseMove(widget, point)
        QTest.mouseRelease(widget, left, none, point)

    def wheel(self) -> None:
        """Turn the wheel over something."""
        widget, point = self.somewhere()
        turn = QPoint(0, self.chance.choice((-480, -120, -15, 15, 120, 480)))
        where = QPointF(point)
        event = QWheelEvent(
            where,
            QPointF(widget.mapToGlobal(point)),
            turn,
            turn,
            Qt.MouseButton.NoButton,
            self.chance.choice(MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def seek(self) -> None:
        """Go to any moment of the run."""
        session = self.window.model.session
        self.window.model.seek(self.any_position(session))

    def any_position(self, session):
        """A position anywhere between the story's beginning and its end."""
        moment = self.chance.randrange(session.origin.playhead, session.end_at + 1)
        session.seek_time(moment)
        return session.position

    def resize(self) -> None:
        """Another size of the window."""
        self.window.resize(*self.chance.choice(SIZES))

    def theme(self) -> None:
        """Another theme, or another size of the letters."""
        if self.chance.random() < 0.7:
            self.window.actions_[f"theme-{self.chance.choice(theme_names())}"].trigger()
        else:
            name = self.chance.choice(("larger", "smaller", "normal-size"))
            self.window.actions_[name].trigger()

    def tab(self) -> None:
        """Show another view of a dock."""
        docks = [dock for dock in self.window.docks.values() if dock.isVisible()]
        tabs = self.chance.choice(docks).tabs
        if tabs.count():
            tabs.setCurrentIndex(self.chance.randrange(tabs.count()))

    def tick(self) -> None:
        """Let the window's timers fire, as while playing."""
        for timer in self.window.findChildren(QTimer):
            if timer.isActive():
                timer.timeout.emit()

    # -- helping

    def somewhere(self) -> tuple[QWidget, QPoint]:
        """A widget that is seen, and a point in it."""
        size = self.window.size()
        point = QPoint(self.chance.randrange(size.width()), self.chance.randrange(size.height()))
        widget = self.window.childAt(point) or self.window
        return widget, widget.mapFrom(self.window, point)

    def close_popups(self) -> None:
        """Choose nothing: close whatever was opened over the window."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()


def tame(monkeypatch) -> None:
    """Let menus and dialogs open without waiting for somebody who answers them."""
    monkeypatch.setattr(QMenu, "exec", lambda menu, *_: None)
    monkeypatch.setattr(QDialog, "exec", lambda dialog, *_: 0)
