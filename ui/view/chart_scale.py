"""The switch of scales in the title row of the chart's dock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar

if TYPE_CHECKING:
    from ui.view.chart import ChartView


class Scale(NamedTuple):
    """A scale: its name, its words, what it is good for."""

    name: str
    text: str
    words: str


SCALES: Final = (
    Scale("story", "Story", "Past exchanges and silences are folded"),
    Scale("events", "Events", "A row for each message; silences are folded"),
)


class ScaleSwitch(QTabBar):
    """Story or events."""

    def __init__(self, view: ChartView) -> None:
        super().__init__(view)
        self.setAccessibleName("Scale of the messages")
        self.setProperty("place", "left")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for place, scale in enumerate(SCALES):
            self.addTab(scale.text)
            self.setTabToolTip(place, scale.words)
        self.currentChanged.connect(lambda place: view.use_scale(SCALES[place].name))
