"""The head of *Lecture*: what is told, when it is, which step; a strip with a cell for each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Signal

from foviz import clock_text, date_text
from ui.view.painted import PaintedView
from ui.view.strokes import fill
from ui.view.text import draw_text

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPainter

CLOCK: Final = 14
WORDS: Final = 11
EDGE: Final = 17
DAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS: Final = (
    "January February March April May June July August September October November December"
)
STRIP: Final = 2.5
"""The height of a cell at 100 %: 6 where the type is 2.4 times as large."""


class HeadView(PaintedView):
    """Title, clock, step. The pointer brings the transport in its place."""

    title = "Head"
    entered = Signal()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Somebody looks for the controls; a cell of the strip is no place for them."""
        super().mouseMoveEvent(event)
        found = self.hit_at(event.position())
        if found is None or found.deed is None:
            self.entered.emit()

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the words, then the strip."""
        theme, model = self.theme, self.model
        strip = max(3, theme.px(STRIP)) if model.session.lesson is not None else 0
        cy, edge = (h - strip) / 2, theme.px(EDGE)
        clock = clock_text(model.playhead)
        clock_w = theme.width(clock, CLOCK, bold=True, mono=True)
        date = long_date(model.playhead)
        date_w = theme.width(date, WORDS)
        left = (w - clock_w - date_w - theme.px(6)) / 2
        draw_text(painter, theme, left, cy, date, theme.ink2, WORDS)
        x = left + date_w + theme.px(6)
        draw_text(painter, theme, x, cy, clock, theme.ink, CLOCK, bold=True, mono=True)
        room = left - edge - theme.px(8)
        draw_text(painter, theme, edge, cy, model.session.title, theme.ink2, WORDS, room=room)
        draw_text(
            painter, theme, w - edge, cy, self._step_words(), theme.ink2, WORDS, align="right"
        )
        self.hit(QRectF(0, 0, w, h), words="Point here for the controls")
        if strip:
            self._paint_strip(painter, w, h, strip)

    def _step_words(self) -> str:
        session = self.model.session
        if session.lesson is None:
            return session.scenario.name
        if not session.on_story:
            return f"branch {session.branch.name}"
        step = self.model.present_step()
        return f"step {step.number if step else 0} of {session.lesson.step_count}"

    def _paint_strip(self, painter: QPainter, w: int, h: int, strip: int) -> None:
        """A cell a step: done, present, to come; grey when the story was left."""
        theme, model = self.theme, self.model
        lesson = model.session.lesson
        assert lesson is not None
        count = max(1, lesson.step_count)
        present = model.present_step() if model.session.on_story else None
        at = present.number if present is not None else 0
        gap = max(1, round(theme.px(1)))
        known = {step.number: step for step in model.steps()}
        for number in range(1, count + 1):
            x, end = w * (number - 1) / count, w * number / count - gap
            colour = theme.cli if number < at else theme.sel if number == at else theme.line
            if number > at and not theme.dark:
                colour = theme.hair
            fill(painter, theme, x, h - strip, end - x, strip, colour)
            step = known.get(number)
            if step is not None:
                area = QRectF(x, h - strip - 4, end - x, strip + 4)
                go = partial(model.seek_time, step.at)
                self.hit(area, words=f"Step {number}: {step.words}", deed=go)


def long_date(us: int) -> str:
    """Return a date with its names written out, for those who sit far away."""
    day, number, month = date_text(us).split(" ")
    return f"{_whole(day, DAYS)} {number} {_whole(month, MONTHS)}"


def _whole(short: str, names: str) -> str:
    return next((name for name in names.split() if name.startswith(short)), short)
