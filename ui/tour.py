"""The tour: at most six hints, each beside the thing it speaks of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.layout.area import Area
from ui.layout.callout import Callout, place_callout
from ui.view.painted import Hit, PaintedView
from ui.view.strokes import box, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.window import MainWindow

WIDE = 268
POINT = 9
HALF = 8
RING = 3
_NEXT = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Right)
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Backspace)
_KEYS = (*_NEXT, *_BACK, Qt.Key.Key_Escape)


class Hint(NamedTuple):
    """What is said beside what: ``where`` gives the rectangle in the window, or None."""

    title: str
    text: str
    where: Callable[[], QRect | None]


class Ring(QWidget):
    """A frame around what a hint speaks of; it lets every click through."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.look = window.look
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        painter = QPainter(self)
        prepare(painter)
        theme = self.look.theme
        box(painter, theme, 0, 0, self.width(), self.height(), frame=theme.sel, width=2, radius=6)
        painter.end()


class Tour(QWidget):
    """One hint at a time. Next, Back and Skip; Return, the arrows and Esc do the same."""

    ended = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window_ = window
        self.look = window.look
        self.ring = Ring(window)
        self.hints = [hint for hint in hints_of(window) if hint.where() is not None]
        self.at = -1
        self._place = Callout(Area(0, 0, 1, 1), "top", 0)
        self._before = window.focusWidget()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._build()
        for signal in (window.frame.arranged, self.look.changed):
            # What the hint stands beside is placed by those who hear of it too.
            signal.connect(partial(QTimer.singleShot, 0, self, self._show))

    def _build(self) -> None:
        self.title = QLabel()
        self.title.setProperty("role", "question")
        self.count = QLabel()
        self.count.setProperty("role", "note")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.skip = QPushButton("Skip")
        self.back = QPushButton("Back")
        self.forward = QPushButton("Next")
        for button, role, deed in (
            (self.skip, "frame", self.end),
            (self.back, "frame", lambda: self.go(-1)),
            (self.forward, "primary", lambda: self.go(1)),
        ):
            button.setProperty("role", role)
            button.clicked.connect(deed)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.count)
        foot.addWidget(self.skip)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.forward)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addWidget(self.words)
        self._column.addLayout(foot)

    # -- going

    def begin(self) -> None:
        """Show the first hint."""
        self.go(1)

    def go(self, by: int) -> None:
        """Show the next hint or the one before; after the last one the tour is over."""
        place = max(0, self.at + by)
        if place >= len(self.hints):
            self.end()
            return
        self.at = place
        self._show()
        self.setFocus()

    def end(self) -> None:
        """Take the callout away and give the keyboard back."""
        if self.at == len(self.hints):
            return
        self.at = len(self.hints)
        self.hide()
        self.ring.hide()
        if self._before is not None:
            self._before.setFocus()
        self.ended.emit()
        self.ring.deleteLater()
        self.deleteLater()

    def _show(self) -> None:
        if not 0 <= self.at < len(self.hints):
            return
        hint = self.hints[self.at]
        target = hint.where()
        if target is None:  # another layout lacks it
            self.go(1)
            return
        last = self.at == len(self.hints) - 1
        self.title.setText(hint.title)
        self.count.setText(f"{self.at + 1} of {len(self.hints)}")
        self.words.setText(hint.text)
        self.back.setEnabled(self.at > 0)
        self.skip.setVisible(not last)
        self.forward.setText("Done" if last else "Next")
        self.setAccessibleName(f"{hint.title}. {hint.text}")
        ring = target.adjusted(-RING, -RING, RING, RING) & self.window_.rect()
        self.ring.setGeometry(ring)
        px = self.look.theme.px
        edge = px(12) + POINT
        self._column.setContentsMargins(edge, edge, edge, edge)
        wide = px(WIDE) + 2 * POINT
        self._column.invalidate()
        self._column.activate()
        high = self._column.totalHeightForWidth(wide)
        room = (float(self.window_.width()), float(self.window_.height()))
        size = (float(wide - 2 * POINT), float(high - 2 * POINT))
        self._place = place_callout(Area(*ring.getRect()), size, room)  # type: ignore[misc]
        area = self._place.area
        self.setGeometry(round(area.x) - POINT, round(area.y) - POINT, wide, high)
        for widget in (self.ring, self):
            widget.show()
            widget.raise_()
        self.update()

    # -- the keyboard

    def event(self, event: QEvent) -> bool:
        """Take the keys of the tour before the window's shortcuts do."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in _KEYS:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on, go back, or end."""
        if event.key() in _NEXT:
            self.go(1)
        elif event.key() in _BACK:
            self.go(-1)
        elif event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box and its point."""
        painter = QPainter(self)
        prepare(painter)
        theme = self.look.theme
        w, h = self.width() - 2 * POINT, self.height() - 2 * POINT
        box(painter, theme, POINT, POINT, w, h, ground=theme.raised, frame=theme.sel, width=1.5,
            radius=6)  # fmt: skip
        # The point leaves the middle of the frame's stroke, so that no line crosses it.
        at, tuck, side = self._place.at + POINT, theme.stroke_px(1.5), self._place.side
        far = {"top": 0, "left": 0, "bottom": self.height(), "right": self.width()}[side]
        root = abs(far - POINT - tuck)
        along = ((at - HALF, root), (at, abs(far - 1)), (at + HALF, root))
        level = side in ("top", "bottom")
        ends = [QPointF(x, y) if level else QPointF(y, x) for x, y in along]
        painter.setPen(theme.pen(theme.sel, 1.5))
        painter.setBrush(theme.brush(theme.raised))
        painter.drawPolyline(QPolygonF(ends))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF(ends))
        painter.end()


# -- what is said


def hints_of(window: MainWindow) -> list[Hint]:
    """Return the hints; one whose thing is not on the screen now is left out by the tour."""

    def keys(name: str) -> str:
        """The first shortcut is enough for a hint; without any, the action's own words."""
        shown = window.actions_.shown_keys(name).split(", ")[0]
        return shown or f"“{window.actions_[name].text()}”"

    transport, views = window.transport, window.views

    def button(*names: str) -> Callable[[], QRect | None]:
        return lambda: _around(window, *(transport.buttons[name] for name in names))

    return [
        Hint(
            "Let it happen",
            f"{keys('play')}: the story plays and pauses. It stops by itself where it asks you "
            "something.",
            button("play"),
        ),
        Hint(
            "Step by step, and back",
            f"{keys('next-step')} and {keys('previous-step')} go from step to step, "
            f"{keys('next-event')} and {keys('previous-event')} from event to event.",
            button("previous-step", "previous-event", "play", "next-event", "next-step"),
        ),
        Hint(
            "Break something",
            "Click a server to crash, stop or restart it; click a link to cut it. The story "
            "stays as it is: yours is a branch of its own.",
            lambda: _server(window, views["stage"]),
        ),
        Hint(
            "Ask why",
            "Click a message or a mark: the inspector shows its octets, the rule that decided "
            "and what led to it.",
            lambda: _message(window, views["messages"]),
        ),
        Hint(
            "Be at any moment",
            "Drag along the timeline. Every view shows what was so then.",
            lambda: _around(window, views["timeline"]),
        ),
        Hint(
            "Everything has a name",
            f"{keys('palette')}: find any action, or type a line such as “crash DHCP1”. "
            f"{keys('keys')} shows all keys.",
            lambda: _around(window, transport.command),
        ),
    ]


def _around(window: MainWindow, *widgets: QWidget) -> QRect | None:
    """Return the rectangle around widgets that can be seen."""
    found = QRect()
    for widget in widgets:
        if widget.isVisible():
            found |= QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return None if found.isEmpty() else found


def _message(window: MainWindow, chart: QWidget) -> QRect | None:
    """Return where the chart shows a message, or the chart while nothing was sent yet."""
    found = _hit(window, chart, lambda hit: hit.selection.kind == "record")
    return found or _around(window, chart)


def _server(window: MainWindow, stage: QWidget) -> QRect | None:
    """Return where the stage shows a server, one that runs if there is one."""
    servers = sorted(window.model.snapshot.servers, key=lambda server: not server.powered)
    for server in servers:
        found = _hit(window, stage, partial(_names, server.name))
        if found is not None:
            return found
    return None


def _names(name: str, hit: Hit) -> bool:
    return hit.words.split(" ")[0] == name


def _hit(window: MainWindow, view: QWidget, wanted: Callable[[Hit], bool]) -> QRect | None:
    """Return where a painted view shows the first thing that is wanted."""
    if not view.isVisible() or not isinstance(view, PaintedView):
        return None
    view.grab()  # what can be pointed at is known after painting
    whole = QRectF(view.rect())
    for hit in view.hits:
        if wanted(hit) and whole.contains(hit.area):
            return QRect(view.mapTo(window, hit.area.topLeft().toPoint()), hit.area.size().toSize())
    return None
