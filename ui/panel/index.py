"""The index: the lesson's sections, to go to, and the other lessons, to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from foviz import lesson_names, load_lesson

if TYPE_CHECKING:
    from ui.look import Look
    from ui.model.run import RunModel

_SECTION, _LESSON = 0, 1


class IndexPanel(QWidget):
    """Sections and lessons as a list."""

    lesson_wanted = Signal(str)
    """Open this lesson."""

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__()
        self.model = model
        self.look = look
        self.list = QListWidget(self)
        self.list.setAccessibleName("Index")
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 6, 4, 6)
        column.addWidget(self.list)
        self._filled: tuple[object, ...] = ()
        model.opened.connect(self.refresh)
        model.moved.connect(self.refresh)

    def showEvent(self, event: object) -> None:
        """Fill the list when it is first seen."""
        self.refresh()

    def refresh(self) -> None:
        """List what has been run of this lesson, then all lessons."""
        story = self.model.session.story
        key = (id(story), len(story.sections) if story is not None else 0)
        if not self.isVisible() or key == self._filled:
            return
        self._filled = key
        self.list.clear()
        if story is not None:
            self._head(story.lesson.title)
            for mark in story.sections:
                steps = [str(story.steps[n].number) for n in mark.steps]
                span = "–".join(dict.fromkeys((steps[0], steps[-1]))) if steps else ""
                words = f"{mark.section.title}  ({span})" if span else mark.section.title
                self._add(words, (_SECTION, mark.at))
        self._head("Lessons")
        for name in lesson_names():
            self._add(load_lesson(name).title, (_LESSON, name))

    def _head(self, words: str) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = self.look.theme.font(11, True)
        item.setFont(font)
        item.setForeground(self.look.theme.ink2)
        self.list.addItem(item)

    def _add(self, words: str, what: tuple[int, object]) -> None:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, what)
        self.list.addItem(item)

    def _take(self, item: QListWidgetItem) -> None:
        what = item.data(Qt.ItemDataRole.UserRole)
        if what is None:
            return
        kind, value = what
        if kind == _LESSON:
            self.lesson_wanted.emit(str(value))
            return
        if not self.model.session.on_story:
            self.model.session.return_to_story()
        self.model.seek_time(int(value))
