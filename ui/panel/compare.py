"""The tab that compares two branches: which ones, and below them what the view paints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.view.compare import CompareView

if TYPE_CHECKING:
    from ui.look import Look
    from ui.model.run import RunModel


class ComparePanel(QWidget):
    """Two branches to choose, and their comparison."""

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__()
        self.model = model
        self.view = CompareView(model, look)
        self.sides = (QComboBox(), QComboBox())
        for side, name in zip(self.sides, ("One branch", "The other branch"), strict=True):
            side.setAccessibleName(name)
            side.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            side.setMinimumContentsLength(12)
            side.activated.connect(self._choose)
        self.words = QLabel("with")
        self.words.setProperty("role", "second")
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 4)
        row.addWidget(self.sides[0], 1)
        row.addWidget(self.words)
        row.addWidget(self.sides[1], 1)
        self.bar = QWidget()
        self.bar.setLayout(row)
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QScrollArea.Shape.NoFrame)
        self.scroller.setWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.scroller, 1)
        self._filled: tuple[object, ...] = ()
        model.moved.connect(self.refresh)
        model.opened.connect(self._forget)
        model.compare_wanted.connect(self.choose)

    def showEvent(self, event: object) -> None:
        """Name the branches that there are by now."""
        self.refresh()

    def _forget(self) -> None:
        self.view.chosen = None
        self.refresh()

    def refresh(self) -> None:
        """Name the branches, and show which two are compared."""
        if not self.isVisible():
            return
        branches = self.model.session.branches()
        pair = self.view.pair()
        key = (tuple((branch.name, branch.title) for branch in branches), pair)
        self.bar.setVisible(pair is not None)
        if key == self._filled:
            return
        self._filled = key
        for place, side in enumerate(self.sides):
            side.clear()
            for branch in branches:
                side.addItem(f"{branch.name} {branch.title}".rstrip(), branch.name)
            if pair is not None:
                side.setCurrentIndex(side.findData(pair[place]))

    def _choose(self) -> None:
        self.view.choose(str(self.sides[0].currentData()), str(self.sides[1].currentData()))

    def choose(self, a: str, b: str) -> None:
        """Compare two branches."""
        self.view.choose(a, b)
        self.refresh()

    def status_words(self) -> str:
        """Return what stands at the right of the title row."""
        return self.view.status_words()

    def table(self) -> list[list[str]]:
        """Return every line in words."""
        return self.view.table()
