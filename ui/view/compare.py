"""Two branches beside each other: where they part, their courses, how they differ now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from foviz import moment_text
from ui.layout.compare import compare_columns, compare_lines, default_pair
from ui.model.selection import Selection
from ui.view import metrics
from ui.view.compare_lines import side_title, told_lines
from ui.view.forms import draw_text, draw_unequal, fill, line
from ui.view.painted import PaintedView

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget

    from foviz import Comparison
    from ui.layout.compare import Columns, Line
    from ui.look import Look
    from ui.model.run import RunModel
    from ui.view.compare_lines import Told

NOTE = metrics.TYPE_NOTE
BASE = metrics.TYPE_BASE
ALONE = "There is one branch only. Go back in time and do something: a second one leaves there."
DISC = 5.0


class CompareView(PaintedView):
    """Compare."""

    title = "Compare"

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(model, look, parent)
        self.chosen: tuple[str, str] | None = None
        """The branches the user chose; None lets the present branch decide."""
        self.everything = False
        """Whether all lines of the courses are shown."""
        self._kept: tuple[object, Comparison | None] | None = None
        self.refresh()

    # -- what is compared

    def pair(self) -> tuple[str, str] | None:
        """Return the branches to compare, None when there is one only."""
        session = self.model.session
        branches = [(branch.name, branch.parent) for branch in session.branches()]
        names = [name for name, _ in branches]
        if self.chosen is not None and all(name in names for name in self.chosen):
            return self.chosen
        return default_pair(branches, session.branch.name, session.origin.branch)

    def comparison(self) -> Comparison | None:
        """Return the comparison at the playhead."""
        session, pair = self.model.session, self.pair()
        key = (session, session.version, session.position, pair)
        if self._kept is None or self._kept[0] != key:
            found = session.compare(*pair) if pair is not None else None
            self._kept = (key, found)
        return self._kept[1]

    def lines(self) -> list[Told]:
        """Return what is shown, in words."""
        found = self.comparison()
        return told_lines(found, everything=self.everything) if found is not None else []

    def refresh(self) -> None:
        """Take the height that the lines need, and repaint."""
        if self.isVisible():
            kinds = [told.kind for told in self.lines()]
            _, height = compare_lines(kinds, self.theme.font_scale)
            self.setMinimumHeight(height)
        super().refresh()

    def showEvent(self, event: object) -> None:
        """Catch up with what happened while nobody looked."""
        self.refresh()

    def choose(self, a: str, b: str) -> None:
        """Compare two branches from now on."""
        self.chosen = (a, b)
        self.refresh()

    def _show_everything(self) -> None:
        self.everything = not self.everything
        self.refresh()

    def _go(self, goal: tuple[str, int]) -> None:
        """Go to a record, on its branch."""
        self.model.session.switch(goal[0])
        self.model.seek_record(goal[1])

    # -- painting

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the lines."""
        theme, told = self.theme, self.lines()
        if not told:
            room = w - 2 * metrics.PANEL_PADDING
            x, y = metrics.PANEL_PADDING, theme.px(20)
            draw_text(painter, theme, x, y, ALONE, theme.ink3, BASE, room=room)
            self.hit(QRectF(0, 0, w, 2 * y), words=ALONE)
            return
        columns = compare_columns(w, theme.font_scale)
        places, _ = compare_lines([one.kind for one in told], theme.font_scale)
        seam = columns.b - theme.px(6)
        for one, place in zip(told, places, strict=True):
            if one.kind == "head":
                self._paint_head(painter, columns, one, place)
            elif one.kind == "note":
                self._paint_note(painter, columns, one, place)
            else:
                self._paint_line(painter, columns, one, place)
                if not one.across:
                    line(painter, theme, seam, place.y, seam, place.y + place.h, theme.hair)

    def _paint_head(self, painter: QPainter, columns: Columns, one: Told, place: Line) -> None:
        theme = self.theme
        y = place.y + place.h - theme.px(11)
        wide = draw_text(painter, theme, columns.mark, y, one.label, theme.ink, BASE, bold=True)
        if one.across:
            x = columns.mark + wide + theme.px(10)
            room = columns.right - x
            draw_text(painter, theme, x, y, one.across, theme.ink2, BASE, room=room)
        foot = place.y + place.h - 1
        line(painter, theme, columns.mark, foot, columns.right, foot, theme.line)

    def _paint_note(self, painter: QPainter, columns: Columns, one: Told, place: Line) -> None:
        theme = self.theme
        colour = theme.ink2 if one.more else theme.ink3
        room = columns.right - columns.label
        draw_text(painter, theme, columns.label, place.middle, one.across, colour, NOTE, room=room)
        area = QRectF(columns.label, place.y, min(room, theme.px(240)), place.h)
        self.hit(area, words=one.across, deed=self._show_everything if one.more else None)

    def _paint_line(self, painter: QPainter, columns: Columns, one: Told, place: Line) -> None:
        theme, y = self.theme, place.middle
        if one.kind == "first":
            fill(
                painter, theme, columns.mark, place.y + 1,
                columns.right - columns.mark, place.h - 1, theme.unequal,
            )  # fmt: skip
        if one.differs:
            x = columns.mark + theme.px(8)
            draw_unequal(painter, theme, x, y, radius=DISC)
        strong = one.differs or one.kind == "names"
        size = NOTE if one.kind == "course" else BASE
        ink = theme.ink if strong else theme.ink2
        mono = one.kind in ("course", "first")
        label = theme.ink2 if mono else ink
        draw_text(
            painter, theme, columns.label, y, one.label, label, size,
            bold=strong and not mono, mono=mono, room=columns.label_w,
        )  # fmt: skip
        if one.across:
            room = columns.right - columns.a
            draw_text(painter, theme, columns.a, y, one.across, ink, size, room=room)
            self._name(QRectF(columns.a, place.y, room, place.h), one.across, one.goal_a)
            return
        for x, words, goal in (
            (columns.a, one.a, one.goal_a),
            (columns.b, one.b, one.goal_b),
        ):
            bold = strong and bool(words)
            shown, colour = (words, ink) if words else ("–", theme.ink3)
            draw_text(painter, theme, x, y, shown, colour, size, bold=bold, room=columns.side_w)
            if words:
                self._name(QRectF(x, place.y, columns.side_w, place.h), words, goal)

    def _name(self, area: QRectF, words: str, goal: tuple[str, int] | None) -> None:
        if goal is None:
            self.hit(area, words=words)
            return
        at = self.model.session.timeline.branches[goal[0]].trace.at(goal[1])
        where = f"{words}\n{moment_text(at, 6)} on branch {goal[0]}"
        here = goal[0] == self.model.session.branch.name
        selection = Selection("record", goal[1]) if here else Selection()
        self.hit(area, selection, where, partial(self._go, goal))

    # -- in words

    def status_words(self) -> str:
        """Return what stands at the right of the title row."""
        found = self.comparison()
        if found is None:
            return ""
        if found.same_course and not found.differing:
            return "the same up to here"
        many = len(found.differing) + found.untold_leases
        return f"{many} facts differ" if many != 1 else "1 fact differs"

    def table(self) -> list[list[str]]:
        """Return every line in words."""
        found = self.comparison()
        if found is None:
            return [["differs", "what", "", ""], ["", ALONE, "", ""]]
        head = ["differs", "what", side_title(found.a), side_title(found.b)]
        rows = [head]
        for one in told_lines(found, everything=True):
            if one.kind == "names" or one.more:
                continue
            words = (one.across, one.across) if one.across else (one.a, one.b)
            rows.append(["≠" if one.differs else "", one.label, *words])
        return rows
