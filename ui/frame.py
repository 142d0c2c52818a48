"""The frame: docks at computed rectangles, with borders that can be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.layout.modes import FIRST, arrange
from ui.layout.window import ALL_VIEWS, Handle, Plan, Sizes, drag

if TYPE_CHECKING:
    from ui.look import Look


class Frame(QWidget):
    """Places its docks by the layout's plan and lets borders be dragged.

    Each layout (``mode``) has sizes of its own. ``views`` are those that there are, ``story``
    says whether a lesson is open.
    """

    arranged = Signal()
    """The docks are to be placed anew: the plan is made."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.mode = "learn"
        self.all_sizes: dict[str, Sizes] = dict(FIRST)
        self.views = ALL_VIEWS
        self.story = True
        self.docks: dict[str, QWidget] = {}
        self.plan: Plan | None = None
        self._grips: list[Grip] = []
        look.changed.connect(self.arrange)

    def add(self, name: str, dock: QWidget) -> None:
        """Add a dock under the name that the layout knows it by."""
        dock.setParent(self)
        self.docks[name] = dock

    @property
    def sizes(self) -> Sizes:
        """The sizes of the present layout."""
        return self.all_sizes[self.mode]

    def arrange(self) -> None:
        """Place every dock."""
        scale = self.look.font_scale
        plan = arrange(
            self.mode, self.width(), self.height(), scale, self.sizes, self.views, story=self.story
        )
        self.plan = plan
        self.arranged.emit()
        for name, dock in self.docks.items():
            rect = plan.docks.get(name)
            dock.setVisible(rect is not None)
            if rect is not None:
                # One pixel of the frame's own ground shows between docks: the border.
                edge_x, edge_y = (1 if rect.x else 0), (1 if rect.y else 0)
                dock.setGeometry(rect.x + edge_x, rect.y + edge_y, rect.w - edge_x, rect.h - edge_y)
        self._place_grips(plan)

    def _place_grips(self, plan: Plan) -> None:
        while len(self._grips) < len(plan.handles):
            self._grips.append(Grip(self))
        for place, grip in enumerate(self._grips):
            grip.setVisible(place < len(plan.handles))
            if place < len(plan.handles):
                handle = plan.handles[place]
                grip.take(handle)
                grip.setGeometry(*handle.rect)
                grip.raise_()

    def drag(self, handle: Handle, by: int) -> None:
        """Move a border by some pixels."""
        assert self.plan is not None
        scale = self.look.font_scale
        self.all_sizes[self.mode] = drag(self.sizes, self.plan, handle, by, scale)
        self.arrange()

    def reset(self) -> None:
        """Give every dock of the present layout its first size back."""
        self.all_sizes[self.mode] = FIRST[self.mode]
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the docks for the new size."""
        self.arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground shows as the lines between docks."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.theme.line)
        painter.end()


class Grip(QWidget):
    """A border that can be dragged."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._frame = frame
        self._handle: Handle | None = None
        self._from: QPoint | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)

    def take(self, handle: Handle) -> None:
        """Stand for a border."""
        self._handle = handle
        shape = Qt.CursorShape.SplitVCursor if handle.horizontal else Qt.CursorShape.SplitHCursor
        self.setCursor(shape)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing: the border itself is the frame's ground."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag."""
        self._from = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._from is None or self._handle is None:
            return
        here = event.globalPosition().toPoint()
        by = here.y() - self._from.y() if self._handle.horizontal else here.x() - self._from.x()
        if by:
            self._from = here
            self._frame.drag(self._handle, by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._from = None
