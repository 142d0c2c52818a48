"""The lesson panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ui.look import Look
    from ui.model.run import RunModel


class LessonPanel(QWidget):
    """The lesson: story, steps, predictions."""

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__()
        self.model = model
        self.look = look
