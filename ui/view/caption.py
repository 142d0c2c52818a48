"""The caption of *Lecture*: the question for the room, or what has just happened."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF

from ui.layout.caption import AnswerBox, plan_caption
from ui.model.lesson import QuestionView, question_view, section_view
from ui.view.painted import PaintedView
from ui.view.paragraph import draw_paragraph, wrap
from ui.view.strokes import box, fill
from ui.view.text import draw_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget

    from ui.look import Look
    from ui.model.playback import Playback
    from ui.model.run import RunModel

TITLE: Final = 20
"""48 px where the smallest type, 10, is 24; the others are 36, 31 and 26."""
LETTER: Final = 15
ANSWER: Final = 13
TEXT: Final = 13
NOTE: Final = 11
SMALLEST_TITLE: Final = 15
SHARE: Final = 2.4
"""VISUAL §5 gives its sizes where the type is grown by this much."""
LETTERS: Final = "ABCDEFGH"


class CaptionView(PaintedView):
    """The question with its answers in large boxes; between questions, the present step."""

    title = "Question"

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(model, look, parent)
        self.playback: Playback | None = None

    def choose(self, place: int) -> bool:
        """Take an answer, as long as nobody knows what happened; return whether it was taken."""
        question = question_view(self.model)
        if question is None or question.revealed or not 0 <= place < len(question.answers):
            return False
        self.model.answers[question.number - 1] = place
        self.model.moved.emit()
        if self.playback is not None:
            self.playback.resume()
        return True

    # -- painting

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the ground with its heavy line, then the question or the present step."""
        theme = self.theme
        fill(painter, theme, 0, 0, w, h, theme.sunken)
        fill(painter, theme, 0, 0, w, theme.stroke_px(1.5, whole=True), theme.ink)
        question = question_view(self.model)
        if question is not None:
            self._paint_question(painter, w, h, question)
        else:
            self._paint_step(painter, w, h)

    def _paint_question(self, painter: QPainter, w: int, h: int, question: QuestionView) -> None:
        theme = self.theme
        plan = plan_caption(w, h, len(question.answers), theme.font_scale / SHARE)
        self._paint_title(painter, question.prompt, plan.x, plan.title_y, plan.title_w)
        for place, at in enumerate(plan.boxes):
            self._paint_answer(painter, place, at, question)

    def _paint_title(self, painter: QPainter, text: str, x: float, y: float, room: float) -> None:
        """Paint the question as large as it fits on one line; a long one takes two."""
        theme = self.theme
        for size in range(TITLE, SMALLEST_TITLE, -1):
            if theme.width(text, size, True) <= room:
                draw_text(painter, theme, x, y, text, theme.ink, size, bold=True)
                return
        lines = wrap(theme, text, room, SMALLEST_TITLE, bold=True, lines=2)
        pitch = theme.font_px(SMALLEST_TITLE) * 1.2
        first = y - pitch * (len(lines) - 1) / 2
        draw_paragraph(painter, theme, x, first, lines, theme.ink, SMALLEST_TITLE, pitch, bold=True)

    def _paint_answer(
        self, painter: QPainter, place: int, at: AnswerBox, question: QuestionView
    ) -> None:
        theme, (words, chosen, happened) = self.theme, question.answers[place]
        around, square = at.box, at.square
        # The reveal keeps the place: what happened is outlined, the others lose their frame.
        frame, width, ground = theme.strong, 1.0, theme.panel
        if question.revealed:
            frame, width = (theme.sel, 2.5) if happened else (theme.panel, 1.0)
            ground = theme.panel if happened else theme.sunken
            frame = frame if happened else theme.sunken
        elif chosen:
            frame, width, ground = theme.sel, 1.5, theme.selw
        radius = theme.px(4)
        box(painter, theme, *around, ground=ground, frame=frame, width=width, radius=radius)
        letter_ground = theme.sel if chosen else theme.press
        box(painter, theme, *square, ground=letter_ground, radius=theme.px(3))
        on = theme.onhue if chosen else theme.onpress
        cx, cy = square.centre
        letter = LETTERS[place % len(LETTERS)]
        draw_text(painter, theme, cx, cy, letter, on, LETTER, bold=True, align="centre")
        size = ANSWER
        while size > 10 and len(wrap(theme, words, at.words_w, size)) > self._lines(around.h, size):
            size -= 1
        room = self._lines(around.h, size)
        lines = wrap(theme, words, at.words_w, size, bold=happened, lines=room)
        pitch = theme.font_px(size) * 1.27
        first = cy - pitch * (len(lines) - 1) / 2
        draw_paragraph(
            painter, theme, at.words_x, first, lines, theme.ink, size, pitch, bold=happened
        )
        told = f"{letter}: {words}" + (", it happened" if happened else "")
        told += ", your answer" if chosen else ""
        deed = None if question.revealed else partial(self.choose, place)
        self.hit(QRectF(*around), words=told, deed=deed)  # type: ignore[arg-type]

    def _lines(self, height: float, size: int) -> int:
        return max(1, int((height - 4) / (self.theme.font_px(size) * 1.27)))

    def _paint_step(self, painter: QPainter, w: int, h: int) -> None:
        """Between questions: the section's title and the words of the present step."""
        theme, model = self.theme, self.model
        section = section_view(model)
        plan = plan_caption(w, h, 0, theme.font_scale / SHARE)
        if section is None:
            return
        title = section.title
        step = model.present_step() if model.session.on_story else None
        if not model.session.on_story:
            title = f"Branch {model.session.branch.name}: {model.session.branch.title}"
        self._paint_title(painter, title, plan.x, plan.title_y, plan.title_w)
        words = step.words if step is not None else plain_words(section.before)
        if not model.session.on_story:
            words = "The story waits where you left it."
        top = plan.title_y + theme.px(30)
        pitch = theme.font_px(TEXT) * 1.35
        room = max(1, int((h - top) / pitch))
        lines = wrap(theme, words, plan.title_w, TEXT, lines=room)
        draw_paragraph(painter, theme, plan.x, top + pitch / 2, lines, theme.ink2, TEXT, pitch)
        self.hit(QRectF(0, 0, w, h), words=f"{title}. {words}")


def plain_words(text: str) -> str:
    """Return the first paragraph of a lesson's text without links and marks."""
    first = text.strip().split("\n\n")[0].replace("\n", " ")
    return re.sub(r"[*`]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", first))
