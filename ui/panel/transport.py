"""The transport: menu, steps, play, pace, the clock, the step of the story, layouts, command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from foviz import MINUTE, clock_text, date_text, duration_text
from ui.actions import ACTIONS
from ui.icons import icon
from ui.layout.modes import MODES, TITLES
from ui.model.playback import PACES, pace_words
from ui.view.forms import draw_step, draw_text, prepare, step_width

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from ui.actions import Actions
    from ui.look import Look
    from ui.model.playback import Playback
    from ui.model.run import RunModel

STEPPERS = ("first", "previous-step", "previous-event", "play", "next-event", "next-step", "last")
SEGMENTS = {0: "first", len(MODES) - 1: "last"}


class StepMark(QWidget):
    """The square with the present step's number, and how many there are."""

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__()
        self.model = model
        self.look = look
        model.moved.connect(self._refresh)
        look.changed.connect(self._refresh)
        self._shown = ("", "")

    def _words(self) -> tuple[str, str]:
        if self.model.session.lesson is None:
            return "", ""
        if not self.model.session.on_story:
            return "–", "off the story"
        step = self.model.present_step()
        total = self.model.session.lesson.step_count
        if not total:  # a lesson may be told in sections alone
            return "", ""
        return (str(step.number) if step else "0"), f"of {total}"

    def _refresh(self) -> None:
        words = self._words()
        if words != self._shown:
            self._shown = words
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the words."""
        number, rest = self._words()
        theme = self.look.theme
        if not number:
            return QSize(0, theme.px(28))
        width = step_width(theme, number) + 7 + theme.width(rest, 11) + 4
        return QSize(round(width), theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the square and the words."""
        number, rest = self._words()
        if not number:
            return
        painter = QPainter(self)
        prepare(painter)
        theme = self.look.theme
        width = step_width(theme, number)
        draw_step(painter, theme, width / 2, self.height() / 2, number, "present")
        draw_text(painter, theme, width + 7, self.height() / 2, rest, theme.ink2, 11)
        painter.end()


def elapsed_text(us: int) -> str:
    """Return how far into the story it is: ``+7 d 0 h 30 min``, ``+4 s``."""
    if us < MINUTE:
        return f"+{duration_text(us)}" if us > 0 else ""
    minutes = us // MINUTE
    days, hours = minutes // 1440, minutes // 60 % 24
    words = f"{minutes % 60}\u00a0min"
    if minutes >= 60:
        words = f"{hours}\u00a0h {words}"
    return f"+{days}\u00a0d {words}" if days else f"+{words}"


class Transport(QWidget):
    """The bar at the top of the window."""

    command_wanted = Signal(str)
    """Somebody clicked the command field or the clock; the text to begin with."""

    def __init__(self, model: RunModel, playback: Playback, look: Look, actions: Actions) -> None:
        super().__init__()
        self.model = model
        self.playback = playback
        self.look = look
        self.actions_ = actions
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 12, 0)
        self._row.setSpacing(0)
        self._build_left()
        self._build_clock()
        self._build_right()
        model.moved.connect(self.refresh)
        playback.changed.connect(self.refresh)
        look.changed.connect(self.refresh)
        self.refresh()

    # -- building

    def _build_left(self) -> None:
        self.menu_button = QToolButton()
        self.menu_button.setProperty("role", "transport")
        self.menu_button.setToolTip("Menu (Alt+M)")
        self.menu_button.setAccessibleName("Menu")
        self.menu_button.setShortcut("Alt+M")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setMenu(self._menu())
        self._row.addWidget(self.menu_button)
        self._row.addSpacing(8)
        self._row.addWidget(self._rule())
        self._row.addSpacing(6)
        self.buttons: dict[str, QToolButton] = {}
        for name in STEPPERS:
            button = QToolButton()
            button.setDefaultAction(self.actions_[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setProperty("role", "play" if name == "play" else "transport")
            button.setAccessibleName(self.actions_[name].text())
            self.buttons[name] = button
            self._row.addWidget(button)
            self._row.addSpacing(4 if name == "play" else 1)
        self._row.addSpacing(8)

    def _build_clock(self) -> None:
        self.pace_rule = self._rule()
        self.pace_name = QLabel("Pace")
        self.pace_name.setProperty("role", "second")
        self.pace = QSlider(Qt.Orientation.Horizontal)
        self.pace.setRange(0, len(PACES) - 1)
        self.pace.setPageStep(1)
        self.pace.setFixedWidth(72)
        self.pace.setAccessibleName("Pace")
        self.pace.setToolTip("How fast the story plays (Ctrl+Up, Ctrl+Down)")
        self.pace.valueChanged.connect(lambda place: self.playback.set_pace(PACES[place]))
        self.pace_words = QLabel()
        self.pace_words.setProperty("role", "second")
        self.date = QLabel()
        self.date.setProperty("role", "date")
        self.clock = QToolButton()
        self.clock.setProperty("role", "clock")
        self.clock.setToolTip("Run until …")
        self.clock.setAccessibleName("Clock")
        self.clock.clicked.connect(lambda: self.command_wanted.emit("run until "))
        self.elapsed = QLabel()
        self.elapsed.setProperty("role", "note")
        self.step_rule = self._rule()
        self.step = StepMark(self.model, self.look)
        for widget, space in (
            (self.pace_rule, 10),
            (self.pace_name, 8),
            (self.pace, 8),
            (self.pace_words, 10),
            (self._rule(), 10),
            (self.date, 4),
            (self.clock, 4),
            (self.elapsed, 10),
            (self.step_rule, 10),
            (self.step, 0),
        ):
            self._row.addWidget(widget)
            self._row.addSpacing(space)
        self._row.addStretch(1)

    def _build_right(self) -> None:
        group = QButtonGroup(self)
        self.layouts: dict[str, QToolButton] = {}
        for place, mode in enumerate(MODES):
            action = self.actions_[f"layout-{mode}"]
            button = QToolButton()
            button.setCheckable(True)
            button.setText(TITLES[mode])
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.text())
            button.setProperty("role", SEGMENTS.get(place, "middle"))
            button.clicked.connect(action.trigger)
            action.toggled.connect(button.setChecked)
            group.addButton(button)
            self.layouts[mode] = button
            self._row.addWidget(button)
        # Where the segments have no room, one button has them all as a menu.
        self.layout_menu = QToolButton()
        self.layout_menu.setProperty("role", "frame")
        self.layout_menu.setAccessibleName("Layout")
        self.layout_menu.setToolTip("Layout")
        self.layout_menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.layout_menu)
        menu.addActions([self.actions_[f"layout-{mode}"] for mode in MODES])
        self.layout_menu.setMenu(menu)
        self._row.addWidget(self.layout_menu)
        self._row.addSpacing(12)
        self.command = QPushButton("Command or search")
        self.command.setProperty("role", "frame")
        self.command.setMinimumWidth(150)
        self.command.setStyleSheet("text-align: left; font-weight: normal;")
        self.command.setToolTip("Command or search (Ctrl+Shift+P)")
        self.command.clicked.connect(lambda: self.command_wanted.emit(""))
        self._row.addWidget(self.command)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        groups: dict[str, QMenu] = {}
        for spec in ACTIONS:
            if spec.group not in groups:
                groups[spec.group] = menu.addMenu(spec.group)
            groups[spec.group].addAction(self.actions_[spec.id])
            if spec.icon:
                groups[spec.group].setProperty("role", "deeds")
        return menu

    def _rule(self) -> QFrame:
        rule = QFrame()
        rule.setProperty("role", "rule")
        rule.setFixedSize(1, 24)
        return rule

    # -- showing

    def refresh(self) -> None:
        """Show the position, the pace and the layout."""
        at = self.model.playhead
        self.date.setText(date_text(at))
        self.clock.setText(clock_text(at, 3))
        self.step_rule.setVisible(bool(self.step.sizeHint().width()))
        self.elapsed.setText(elapsed_text(at - self.model.session.origin.playhead))
        self.pace_words.setText(pace_words(self.playback.pace))
        blocked = self.pace.blockSignals(True)
        if self.playback.pace in PACES:
            self.pace.setValue(PACES.index(self.playback.pace))
        self.pace.blockSignals(blocked)
        theme = self.look.theme
        name = "pause" if self.playback.playing else "play"
        action: QAction = self.actions_["play"]
        # The icon is for the dark disc of the button; a menu's ground would swallow it.
        action.setIconVisibleInMenu(False)
        action.setIcon(icon(name, theme, colour=theme.onpress))
        self.menu_button.setIcon(icon("menu", theme))
        self.command.setIcon(icon("search", theme))
        for mode in MODES:
            if self.actions_[f"layout-{mode}"].isChecked():
                self.layout_menu.setText(f"{TITLES[mode]} ▾")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop what a narrow window has no room for, the least needed first."""
        room = self.width() / self.look.font_scale
        self.elapsed.setVisible(room >= 1360)
        self.pace_words.setVisible(room >= 1250)
        for button in self.layouts.values():
            button.setVisible(room >= 1180)
        self.layout_menu.setVisible(room < 1180)
        self.pace_name.setVisible(room >= 1330)
        for widget in (self.pace_rule, self.pace):
            widget.setVisible(room >= 960)
        self.command.setVisible(room >= 860)
        super().resizeEvent(event)

    def command_area(self) -> QRectF:
        """Return where the command field stands, for the palette to open at."""
        return QRectF(self.command.geometry())
