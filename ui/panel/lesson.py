"""The lesson panel: where the story stands, its steps, and the prediction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from foviz import GLOSSARY
from ui.icons import icon_pixmap
from ui.layout.lesson import MOST_ROWS, rows_that_fit, scroll_to
from ui.model.lesson import QuestionView, question_view, section_view, step_rows
from ui.model.selection import Selection
from ui.view.forms import box, disc, draw_step, draw_text, draw_tick, prepare
from ui.view.metrics import LINE_LESSON
from ui.view.painted import PaintedView
from ui.view.paragraph import draw_paragraph, wrap

if TYPE_CHECKING:
    from ui.look import Look
    from ui.model.playback import Playback
    from ui.model.run import RunModel
    from ui.theme import Theme

STEP_ROW = 22
NUMBER_AT = 26
WORDS_AT = 50
ANSWER_ROW = 25
CIRCLE = 5.5
INDENT = 6
"""Of a card's words, from the left end of its answers' frames."""


class StepsList(PaintedView):
    """The steps of the story, one row each."""

    title = "Steps of the story"
    rows = MOST_ROWS

    def refresh(self) -> None:
        """Take the height that the rows need, then repaint."""
        height = max(1, len(step_rows(self.model, self.rows))) * self.theme.px(STEP_ROW)
        if height != self.minimumHeight():
            self.setFixedHeight(height)
        super().refresh()

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the rows."""
        theme = self.theme
        row_h = theme.px(STEP_ROW)
        for place, row in enumerate(step_rows(self.model, self.rows)):
            y = place * row_h
            cy = y + row_h / 2
            present = row.state == "present"
            if present:
                box(painter, theme, 4, y, w - 8, row_h, ground=theme.selw, radius=4)
            draw_step(painter, theme, theme.px(NUMBER_AT), cy, row.label, row.state)  # type: ignore[arg-type]
            time_w = theme.width(row.when, 10, present) + 12 if row.when else 12
            ink = theme.ink3 if row.state == "to come" else theme.ink
            x = theme.px(WORDS_AT)
            room = w - x - time_w - 6
            draw_text(painter, theme, x, cy, row.words, ink, 11, bold=present, room=room)
            if row.when:
                tone = theme.sel if present else theme.ink3
                draw_text(
                    painter, theme, w - 12, cy, row.when, tone, 10, bold=present, align="right"
                )
            words = f"Step {row.label}: {row.words}"

            self.hit(QRectF(0, y, w, row_h), words=words, deed=partial(self._go, row.at))

    def _go(self, at: int) -> None:
        if not self.model.session.on_story:
            self.model.session.return_to_story()
        self.model.select(Selection())
        self.model.seek_time(at)


class AnswerRow(QAbstractButton):
    """One answer of a prediction: a circle, its words, what was chosen and what happened."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.chosen = False
        self.happened = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_answer(self, words: str, chosen: bool, happened: bool, open_: bool) -> None:
        """Show an answer's words and what became of it."""
        self.setText(words)
        self.setAccessibleName(
            words + (", your answer" if chosen else "") + (", it happened" if happened else "")
        )
        self.chosen, self.happened = chosen, happened
        self.setChecked(chosen)
        self.setEnabled(open_)
        self.updateGeometry()
        self.update()

    def _lines(self, width: int) -> list[str]:
        theme = self.look.theme
        tail = theme.width("your answer", 10) + 14 if self.chosen else 2
        room = width - theme.px(26) - tail
        return wrap(theme, self.text(), room, 11, bold=self.happened or self.chosen)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Long answers wrap."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """As many lines as the words need."""
        theme = self.look.theme
        lines = self._lines(width)
        return theme.px(ANSWER_ROW) + (len(lines) - 1) * theme.px(15)

    def sizeHint(self) -> QSize:
        """One line unless the layout says how wide."""
        return QSize(200, self.heightForWidth(max(120, self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row."""
        painter = QPainter(self)
        prepare(painter)
        theme = self.look.theme
        w, h = self.width(), self.height()
        cy = theme.px(ANSWER_ROW) / 2
        if self.chosen:
            box(
                painter,
                theme,
                0,
                1,
                w,
                h - 2,
                ground=theme.selw,
                frame=theme.sel,
                width=1.5,
                radius=4,
            )
        elif self.hasFocus():
            box(painter, theme, 0, 1, w, h - 2, frame=theme.ink, width=2, radius=4)
        cx = theme.px(13)
        if self.happened:
            draw_tick(painter, theme, cx, cy)
        else:
            disc(
                painter,
                theme,
                cx,
                cy,
                theme.grown(CIRCLE),
                frame=theme.sel if self.chosen else theme.strong,
                width=1.5,
            )
            if self.chosen:
                disc(painter, theme, cx, cy, theme.grown(3), ground=theme.sel)
        draw_paragraph(
            painter, theme, theme.px(26), cy, self._lines(w), theme.ink, 11, theme.px(15),
            bold=self.happened or self.chosen,
        )  # fmt: skip
        if self.chosen:
            draw_text(painter, theme, w - 8, cy, "your answer", theme.sel, 10, align="right")
        painter.end()


class QuestionCard(QFrame):
    """The prediction of the section."""

    def __init__(self, model: RunModel, playback: Playback | None, look: Look) -> None:
        super().__init__()
        self.model = model
        self.playback = playback
        self.look = look
        self.setProperty("role", "card")
        self._shown: QuestionView | None = None
        column = QVBoxLayout(self)
        # An answer's frame reaches further out than the words above it, its circle does not.
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(INDENT, 0, INDENT, 0)
        self.picture = QLabel()
        self.kind = QLabel("Predict")
        self.kind.setProperty("role", "second")
        self.count = QLabel()
        self.count.setProperty("role", "note")
        head.addWidget(self.picture)
        head.addWidget(self.kind)
        head.addStretch(1)
        head.addWidget(self.count)
        column.addLayout(head)
        self.prompt = QLabel()
        self.prompt.setProperty("role", "question")
        self.prompt.setWordWrap(True)
        column.addWidget(self.prompt)
        self.rows: list[AnswerRow] = []
        self._answers = QVBoxLayout()
        self._answers.setSpacing(0)
        column.addLayout(self._answers)
        self.explanation = QLabel()
        self.explanation.setProperty("role", "second")
        self.explanation.setWordWrap(True)
        column.addWidget(self.explanation)
        self.verdict = QPushButton()
        self.verdict.setProperty("role", "link")
        self.verdict.setCursor(Qt.CursorShape.PointingHandCursor)
        self.verdict.clicked.connect(self._show_record)
        foot = QHBoxLayout()
        foot.setContentsMargins(INDENT - 3, 0, INDENT, 0)
        foot.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(foot)
        for label in (self.prompt, self.explanation):
            label.setContentsMargins(INDENT, 0, INDENT, 0)

    def refresh(self, view: QuestionView | None) -> None:
        """Show a question, or nothing."""
        self.setVisible(view is not None)
        if view is None or view == self._shown:
            return
        self._shown = view
        theme = self.look.theme
        self.picture.setPixmap(
            icon_pixmap("why", theme.px(14), theme.ink2, self.devicePixelRatioF())
        )
        self.count.setText(f"question {view.number} of {view.count}")
        self.prompt.setText(view.prompt)
        while len(self.rows) < len(view.answers):
            row = AnswerRow(self.look)
            place = len(self.rows)
            row.clicked.connect(lambda _checked=False, place=place: self._choose(place))
            self.rows.append(row)
            self._answers.addWidget(row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(view.answers))
            if place < len(view.answers):
                words, chosen, happened = view.answers[place]
                row.show_answer(words, chosen, happened, not view.revealed)
        self.explanation.setText(view.explanation)
        self.explanation.setVisible(bool(view.explanation))
        self.verdict.setVisible(view.record >= 0)
        self.verdict.setText(f"✓ It happened: record {view.record + 1:,}")

    def dress(self) -> None:
        """Take the theme's colours."""
        shown, self._shown = self._shown, None
        self.refresh(shown)

    def _choose(self, place: int) -> None:
        view = self._shown
        if view is None or view.revealed:
            return
        self.model.answers[view.number - 1] = place
        self.model.moved.emit()
        if self.playback is not None:
            self.playback.resume()

    def _show_record(self) -> None:
        if self._shown is not None and self._shown.record >= 0:
            self.model.select(Selection("record", self._shown.record))


def prose_html(theme: Theme, text: str) -> str:
    """Return Markdown as the HTML of the panel: 17 px a line, links in violet."""
    from markdown_it import MarkdownIt

    html = str(MarkdownIt("commonmark").render(text))
    line, gap = theme.px(LINE_LESSON), theme.px(6)
    paragraph = f'<p style="line-height: {line}px; margin-top: 0; margin-bottom: {gap}px">'
    link = f'<a style="color: {theme.sel.name()}; text-decoration: none" '
    return html.replace("<p>", paragraph).replace("<a ", link)


class LessonPanel(QWidget):
    """The lesson: section, steps, prediction; off the story, the way back."""

    def __init__(self, model: RunModel, look: Look) -> None:
        super().__init__()
        self.model = model
        self.look = look
        self._text = ""
        self._shared: object = None
        self.card = QuestionCard(model, None, look)
        self.steps = StepsList(model, look)
        self._build()
        model.moved.connect(self.refresh)
        model.opened.connect(self.refresh)
        look.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        self.lesson_title = QLabel()
        self.lesson_title.setProperty("role", "second")
        self.section_title = QLabel()
        self.section_title.setProperty("role", "section")
        self.prose = QLabel()
        self.prose.setTextFormat(Qt.TextFormat.RichText)
        self.prose.linkActivated.connect(self._explain)
        self.off_story = QFrame()
        self.off_story.setProperty("role", "card")
        away = QVBoxLayout(self.off_story)
        self.away_words = QLabel()
        self.away_words.setWordWrap(True)
        back = QPushButton("Return to the story")
        back.setProperty("role", "frame")
        back.clicked.connect(self._return)
        away.addWidget(self.away_words)
        away.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        for label in (self.lesson_title, self.section_title, self.prose):
            label.setWordWrap(True)
            label.setContentsMargins(12, 0, 12, 0)
            column.addWidget(label)
        column.addSpacing(2)
        column.addWidget(self.steps)
        column.addSpacing(4)
        for card in (self.off_story, self.card):
            holder = QHBoxLayout()
            holder.setContentsMargins(12, 0, 12, 0)
            holder.addWidget(card)
            column.addLayout(holder)
        column.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self._inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        self._build_bar()

    def _build_bar(self) -> None:
        """Lay the scroll bar over the text: it takes no room, so nothing wraps anew for it."""
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        inner = self.area.verticalScrollBar()
        inner.valueChanged.connect(self.bar.setValue)
        inner.rangeChanged.connect(self._range_changed)
        self.bar.valueChanged.connect(inner.setValue)
        self.bar.hide()

    def _range_changed(self, least: int, most: int) -> None:
        self.bar.setRange(least, most)
        self.bar.setPageStep(self.area.verticalScrollBar().pageStep())
        self.bar.setVisible(most > least)
        if self.card.isVisible():
            top, gap = self.card.geometry().top(), self.look.theme.px(8)
            height = self.area.viewport().height()
            self.bar.setValue(scroll_to(height, height + most, top, gap))

    def status_words(self) -> str:
        """Which section of how many."""
        view = section_view(self.model)
        return f"{view.number + 1} of {view.count}" if view is not None else ""

    def refresh(self) -> None:
        """Show the section at the position."""
        if not self.isVisible():
            return
        view = section_view(self.model)
        session = self.model.session
        if view is None:
            self.section_title.setText(session.title)
            self._set_prose("Free play: break something, or type a line of the lab language.")
        else:
            self.lesson_title.setText(session.title)
            self.section_title.setText(view.title)
            self._set_prose(view.after if view.done and view.after else view.before)
        self.off_story.setVisible(session.story is not None and not session.on_story)
        self.away_words.setText(
            f"You are on branch {session.branch.name}: {session.branch.title}. "
            "The story waits where you left it."
        )
        question = question_view(self.model)
        self.card.refresh(question)
        self._share((view, question, self.away_words.text(), self.off_story.isHidden()))

    def _share(self, shown: object) -> None:
        """Give the steps what the text and the question leave; the title of the window too."""
        key = (shown, self.size(), self.look.font_scale)
        if key == self._shared:
            return
        self._shared = key
        titled = section_view(self.model) is not None
        self.lesson_title.setVisible(titled)
        others = self._height_of_others()
        row = self.look.theme.px(STEP_ROW)
        rows = rows_that_fit(self.height(), others, row)
        # The window's title says it too: it goes before the question is cut.
        self.lesson_title.setVisible(titled and others + rows * row <= self.height())
        if rows != self.steps.rows:
            self.steps.rows = rows
            self.steps.refresh()

    def _height_of_others(self) -> int:
        """Return the height of all but the list of steps, as it is now."""
        column = self._inside.layout()
        for layout in (self.card.layout(), self.off_story.layout(), column):
            assert layout is not None
            layout.invalidate()
            layout.activate()
        assert column is not None
        return column.totalHeightForWidth(self.width()) - self.steps.minimumHeight()

    def showEvent(self, event: object) -> None:
        """Catch up with what happened while hidden."""
        self.refresh()
        self.steps.refresh()

    def resizeEvent(self, event: object) -> None:
        """Put the scroll bar at the edge, share the height anew."""
        wide = self.bar.sizeHint().width()
        self.bar.setGeometry(self.width() - wide, 0, wide, self.height())
        self.refresh()

    def _set_prose(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.prose.setText(prose_html(self.look.theme, text))

    def _explain(self, target: str) -> None:
        """Show a glossary entry where the link was clicked."""
        term = GLOSSARY.get(target.removeprefix("glossary:"))
        if term is not None:
            words = f"<b>{term.word}</b><br>{term.meaning}<br><i>{term.source}</i>"
            QToolTip.showText(self.prose.mapToGlobal(QPoint(20, 20)), words, self.prose)

    def _return(self) -> None:
        self.model.session.return_to_story()
        self.model.moved.emit()

    def _dress(self) -> None:
        theme = self.look.theme
        self.prose.setFont(theme.font(12))
        self._text, text = "", self._text
        self._set_prose(text)
        self.card.dress()
        self.refresh()
