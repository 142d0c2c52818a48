"""The message chart: who sent what to whom and what became of it, down to the playhead.

One painted viewport: only the rows in view are made and painted, so a frame costs the same
after ten records and after a million.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt

from foviz import MESSAGES, Kind
from ui.layout.chart_arrows import PlacedArrow, PlacedPile
from ui.layout.chart_items import Outcome
from ui.layout.chart_marks import PlacedChange, PlacedLink
from ui.model.selection import NOTHING, Selection
from ui.view import metrics
from ui.view.chart_find import FindBar
from ui.view.chart_measure import bar_of, measure_words, paint_measure
from ui.view.chart_paint import (
    StepMark,
    paint_bracket,
    paint_folds,
    paint_ground,
    paint_heads,
    paint_lifelines,
    paint_times,
)
from ui.view.chart_parts import (
    Strokes,
    change_box,
    paint_bow,
    paint_capsules,
    paint_lines,
    paint_marks,
)
from ui.view.chart_scale import SCALES, ScaleSwitch
from ui.view.chart_scene import Ask, ChartScene, Maker
from ui.view.chart_table import table_rows
from ui.view.forms import draw_playhead, draw_text, fill
from ui.view.painted import Hit, PaintedView
from ui.view.stage_menus import make_menu

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QMenu, QWidget

    from ui.layout.chart import Row
    from ui.layout.chart_items import Item
    from ui.look import Look
    from ui.model.run import RunModel, StepView

WHEEL_ROWS: Final = 3
NOTCH: Final = 120
"""What one notch of a wheel counts in Qt's eighths of a degree."""


class ChartView(PaintedView):
    """Messages."""

    title = "Messages"

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(model, look, parent)
        self.scale = SCALES[0].name
        self.maker = Maker()
        self._kept: tuple[object, ChartScene] | None = None
        self._lines: list[tuple[QLineF, Hit]] = []
        self._steps: tuple[object, dict[int, list[StepView]]] | None = None
        self.find_bar = FindBar(self)
        model.opened.connect(self._forget)
        look.changed.connect(self._scroll_to_foot)

    def _forget(self) -> None:
        """Another session is shown."""
        self.maker = Maker()
        self._kept = self._steps = None

    # -- what is shown

    def scene(self) -> ChartScene:
        """Return what the chart shows now; the same one as long as nothing changed."""
        session, maker = self.model.session, self.maker
        size = (max(1, self.width()), max(1, self.height() - self.room_below()))
        key = (
            session, session.version, session.branch.name, len(session.branch.trace),
            self.model.selection, size, self.theme, self.scale, maker.below, len(maker.cuts),
            frozenset(maker.open),
        )  # fmt: skip
        kept = self._kept
        if kept is None or kept[0] != key:
            made = maker.make(Ask(self.model, self.theme, *size, self.scale))
            # Making a scene may limit how far it is scrolled.
            key = (*key[:8], maker.below, len(maker.cuts), frozenset(maker.open))
            kept = self._kept = (key, made)
        return kept[1]

    def room_below(self) -> int:
        """Return how much of the view the find bar takes at its foot."""
        bar = self.find_bar
        return 0 if bar.isHidden() else bar.height()

    def steps_of(self, item: Item) -> list[StepView]:
        """Return the steps of the story that a row tells, oldest first."""
        if not self.model.session.on_story:
            return []
        steps = self.model.steps()
        trace = self.model.session.branch.trace
        key = (steps, trace)
        if self._steps is None or self._steps[0] != key:
            rows: dict[int, list[StepView]] = {}
            for step in steps:
                if step.records:
                    row = self.maker.facts.row_record(step.records[-1])
                    rows.setdefault(row, []).append(step)
            self._steps = (key, rows)
        found = [step for record in item.records for step in self._steps[1].get(record, ())]
        here = self.model.playhead
        return sorted((s for s in found if s.at <= here), key=lambda step: step.number)

    def step_marks(self, rows: list[Row]) -> dict[int, StepMark]:
        """Return what stands in the squares of rows, by the rows' places."""
        present = self.model.present_step()
        found: dict[int, StepMark] = {}
        for place, row in enumerate(rows):
            steps = self.steps_of(row.item)
            if not steps:
                continue
            first, last = steps[0].number, steps[-1].number
            text = f"{first}–{last}" if last > first else str(first)
            words = "\n".join(f"Step {step.number}: {step.words}" for step in steps)
            found[place] = StepMark(text, present in steps, words, steps[-1].at)
        return found

    def status_words(self) -> str:
        """Return what is measured, or else which hosts have nothing to say in this view."""
        scene = self.scene()
        measured = measure_words(self.model)
        if measured:
            return measured
        count = scene.hidden_count
        if not count:
            return ""
        words = f"{count:,} idle host{'' if count == 1 else 's'} hidden"
        return f"{words}: {', '.join(scene.hidden)}" if scene.hidden else words

    # -- painting

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint ground, lifelines, folds, heads, lines, capsules, marks, brackets, playhead."""
        h -= self.room_below()
        scene = self.scene()
        layout = scene.layout
        strokes = Strokes(painter, self.theme, scene)
        self._lines.clear()
        painter.save()
        painter.setClipRect(QRectF(0, layout.top, w, layout.foot - layout.top + 2))
        paint_ground(strokes)
        paint_lifelines(strokes)
        paint_folds(strokes)
        self._name_folds(scene)
        rows = layout.visible()
        for row in rows:
            paint_lines(strokes, row)
        self._name_lines(strokes)
        for row in rows:
            for part, area in paint_capsules(strokes, row):
                self._name_capsule(part, area)
        for row in rows:
            paint_marks(strokes, row)
            self._name_marks(strokes, row)
        self._paint_cause(strokes, rows)
        self._paint_gutters(strokes)
        bar = bar_of(self.model, self.maker.facts, scene)
        if bar is not None:
            words = measure_words(self.model)
            self.hit(paint_measure(painter, self.theme, *bar), words=words, deed=self.model.measure)
        painter.restore()
        names = {host: self.maker.facts.name(host) for host in scene.hosts if host >= 0}
        for column, area in paint_heads(strokes, names):
            if column.host >= 0:
                self.hit(area, Selection("host", column.host), self._head_words(column.host))
        if scene.scrolled:
            self._paint_way_back(painter, scene, w, h)
        else:
            draw_playhead(painter, self.theme, layout.foot, 0, w)

    def _paint_gutters(self, strokes: Strokes) -> None:
        scene, layout = strokes.scene, strokes.scene.layout
        for row, area, step, square in paint_times(strokes, self.step_marks(layout.rows)):
            go = partial(self.model.seek_record, row.item.records[-1])
            self.hit(area, words="Go there", deed=go)
            if step is not None and square is not None:
                to_step = partial(self.model.seek_time, step.at)
                self.hit(square.adjusted(-4, -4, 4, 4), words=step.words, deed=to_step)
        for bracket in layout.brackets:
            outcome = self._outcome_of(bracket.group, layout.rows)
            units = self._units_of(bracket.group, layout.rows)
            opened = bool(units & scene.open_units)
            shown = paint_bracket(strokes, bracket, outcome, opened=opened)
            if shown is None:
                continue
            words = "\n".join(part for part in (outcome.title, outcome.detail) if part)
            if opened:
                fold = partial(self.toggle, tuple(units))
                self.hit(shown, words=f"{words}\nClick: fold", deed=fold)
            else:
                self.hit(shown, Selection("record", bracket.group), words)

    def _outcome_of(self, group: int, rows: list[Row]) -> Outcome:
        """Return what came of a group; several joined in one pile are counted."""
        piles = [
            part.pile.times
            for row in rows
            if row.item.group == group
            for part in row.parts
            if isinstance(part, PlacedPile)
        ]
        times = max(piles, default=1)
        if times > 1:
            return Outcome(f"{times:,} exchanges")
        return self.maker.groups.outcome(group, self.model.session.record_count)

    def _paint_cause(self, strokes: Strokes, rows: list[Row]) -> None:
        """Paint the bow to the cause of a message that the user has selected."""
        if self.model.selection.kind != "record" or strokes.scene.record < 0:
            return
        trace = self.maker.facts.trace
        arrows = {
            part.arrow.record: part
            for row in rows
            for part in row.parts
            if isinstance(part, PlacedArrow)
        }
        effect = arrows.get(strokes.scene.record)
        if effect is None:
            return
        cause = trace.cause(effect.arrow.record)
        while cause >= 0 and trace.kind(cause) != Kind.SEND:
            cause = trace.cause(cause)
        if cause in arrows:
            paint_bow(strokes, effect, arrows[cause])

    def _paint_way_back(self, painter: QPainter, scene: ChartScene, w: int, h: int) -> None:
        """Say below rows that are scrolled that the playhead lies further down."""
        theme, foot = self.theme, scene.layout.foot
        fill(painter, theme, 0, foot, w, h - foot, theme.sunken)
        middle = (foot + h) / 2
        text = "▾ back to the playhead"
        draw_text(painter, theme, w / 2, middle, text, theme.sel, metrics.TYPE_NOTE, align="centre")
        self.hit(QRectF(0, foot, w, h - foot), words="Back (Shift+End)", deed=self._scroll_to_foot)

    # -- what is pointed at

    def _name_folds(self, scene: ChartScene) -> None:
        for row in scene.layout.rows:
            if row.item.form == "fold":
                area = QRectF(0, row.y, scene.layout.columns.width, row.h)
                words = "\n".join(part for part in (row.item.text, row.item.day) if part)
                self.hit(area, words=words, deed=partial(self._go_into, row.item))

    def _name_lines(self, strokes: Strokes) -> None:
        for line, placed in strokes.lines:
            words = _words_of(placed)
            selection = Selection("record", placed.arrow.record)
            self._lines.append((line, Hit(QRectF(), selection, words, None)))

    def _name_capsule(self, part: PlacedArrow | PlacedPile, area: QRectF) -> None:
        far = metrics.HIT_CAPSULE
        around = area.adjusted(-far, -far, far, far)
        if isinstance(part, PlacedArrow):
            self.hit(around, Selection("record", part.arrow.record), _words_of(part))
            self._name_ends(part)
        else:
            words = f"{part.pile.words}\nClick: unfold"
            deed = partial(self.toggle, part.pile.units)
            self.hit(around, Selection("record", part.pile.records[0]), words, deed)

    def _name_ends(self, part: PlacedArrow) -> None:
        """A message that was ignored or lost: its mark and its words are what decided it."""
        far = self.theme.px(9)
        for path in part.paths:
            for stop in path:
                if stop.fate.record >= 0:
                    area = QRectF(stop.x - far, stop.y - far, 2 * far, 2 * far)
                    self._name_record(area, stop.fate.record)
        for note in part.notes:
            if note.record >= 0:
                high = self.theme.px(14)
                self._name_record(QRectF(note.x, note.y - high / 2, note.w, high), note.record)

    def _name_record(self, area: QRectF, record: int) -> None:
        self.hit(area, Selection("record", record), self.model.session.sentence(record))

    def _name_marks(self, strokes: Strokes, row: Row) -> None:
        for part in row.parts:
            if isinstance(part, PlacedArrow | PlacedPile):
                continue
            if isinstance(part, PlacedChange):
                record, words, area = part.change.record, part.change.words, change_box(
                    strokes, part
                )  # fmt: skip
            elif isinstance(part, PlacedLink):
                left, right = min(part.x1, part.x2), max(part.x1, part.x2)
                record, words = part.link.record, part.link.words
                area = QRectF(left, part.y - 6, right - left, 12)
            else:
                far = self.theme.grown(metrics.BOLT_DISC)
                record, words = part.mark.record, part.mark.words
                area = QRectF(part.x - far, part.y - far, 2 * far, 2 * far)
            if part.note is not None:
                note, high = part.note, self.theme.px(12)
                area = area.united(QRectF(note.x, note.y - high / 2, note.w, high))
            self.hit(area.adjusted(-2, -2, 2, 2), Selection("record", record), words)

    def _head_words(self, host: int) -> str:
        return f"{self.maker.facts.name(host)}: select"

    def hit_at(self, point: QPointF) -> Hit | None:
        """Return the topmost area at a point; a line of a message comes before a fold."""
        found = super().hit_at(point)
        if found is not None:
            return found
        near = [(_distance(line, point), place) for place, (line, _) in enumerate(self._lines)]
        distance, place = min(near, default=(metrics.HIT_LINE + 1.0, -1))
        return self._lines[place][1] if distance <= metrics.HIT_LINE else None

    def menu_for(self, selection: Selection) -> QMenu | None:
        """Return what can be done to a host."""
        if selection is NOTHING or selection.kind != "host":
            return None
        return make_menu(self, selection, self.model, self.look)

    # -- folding and going

    def toggle(self, units: tuple[int, ...]) -> None:
        """Unfold exchanges, or fold them again when they are unfolded."""
        opened = self.maker.open
        if opened.intersection(units):
            opened.difference_update(units)
        else:
            opened.update(units)
        self.update()

    def _units_of(self, group: int, rows: list[Row]) -> set[int]:
        """Return the units of the messages that have rows of their own in a group."""
        facts, groups = self.maker.facts, self.maker.groups
        found: set[int] = set()
        for row in rows:
            if row.item.group != group or row.item.form != "row":
                continue
            for part in row.parts:
                if isinstance(part, PlacedArrow):
                    digest_row = facts.digest.row(facts.digest.place_of(part.arrow.record))
                    if digest_row.kind in MESSAGES:
                        found.add(groups.unit(digest_row))
        return found

    def _go_into(self, item: Item) -> None:
        """Go to the middle of a silence."""
        facts = self.maker.facts
        after = self.model.playhead
        if item.last + 1 < self.model.row_count:
            after = facts.trace.at(facts.digest.row(item.last + 1).record)
        self.model.select(NOTHING)
        self.model.seek_time((item.at + after) // 2)

    # -- scrolling

    def use_scale(self, scale: str) -> None:
        """Show another scale."""
        if scale != self.scale:
            self.scale = scale
            self._scroll_to_foot()
            self.model.moved.emit()

    def _scroll_to_foot(self) -> None:
        self.maker.to_foot()
        self.update()

    def scroll(self, by: float) -> None:  # type: ignore[override]
        """Scroll back by some pixels, or forth when *by* is negative."""
        self.maker.below += by
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The find bar keeps to the foot."""
        super().resizeEvent(event)
        self.find_bar.place()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll: the playhead stays where it is."""
        pixels = event.pixelDelta().y()
        notches = event.angleDelta().y() / NOTCH
        self.scroll(pixels or notches * WHEEL_ROWS * self.theme.px(23))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift with Up, Down and the page keys scrolls; Shift+End goes back to the playhead."""
        page = max(20.0, self.height() - self.theme.px(72))
        moves = {
            Qt.Key.Key_Up: float(self.theme.px(23)),
            Qt.Key.Key_Down: -float(self.theme.px(23)),
            Qt.Key.Key_PageUp: page,
            Qt.Key.Key_PageDown: -page,
        }
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            key = Qt.Key(event.key())
            if key in moves:
                self.scroll(moves[key])
                return
            if key == Qt.Key.Key_End:
                self._scroll_to_foot()
                return
        if event.key() == Qt.Key.Key_Escape and self.model.stop_measuring():
            return
        super().keyPressEvent(event)

    # -- the title row, the table twin

    def title_control(self) -> QWidget:
        """Return the switch of scales for the title row of the dock."""
        return ScaleSwitch(self)

    def table(self) -> list[list[str]]:
        """Return the rows in view: when, what, between whom, what became of it."""
        scene = self.scene()
        steps = self.step_marks(scene.layout.rows)
        return table_rows(scene, self.maker.facts, self.maker.groups, steps, self.model)


def _words_of(placed: PlacedArrow) -> str:
    """Return the sentence of a message and what became of it."""
    arrow = placed.arrow
    told = dict.fromkeys(fate.words for fate in arrow.fates if fate.words)
    extra = [arrow.extra[0]] if arrow.extra else []
    return "\n".join([arrow.words, *told, *extra, *([arrow.note] if arrow.note else [])])


def _distance(line: QLineF, point: QPointF) -> float:
    """Return how far a point is from a line."""
    dx, dy = line.dx(), line.dy()
    far = dx * dx + dy * dy
    along = ((point.x() - line.x1()) * dx + (point.y() - line.y1()) * dy) / far if far else 0.0
    near = line.pointAt(min(1.0, max(0.0, along)))
    return QLineF(near, point).length()
