"""The timeline: the story along its axis, with a playhead that can be dragged anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent

from foviz import clock_text, moment_text
from ui.layout.timeline import Rows, timeline_rows
from ui.layout.timeline_lanes import Density
from ui.model.axis import shared_axis
from ui.model.selection import Selection
from ui.view import metrics
from ui.view.forms import draw_playhead, draw_text, fill, line
from ui.view.painted import PaintedView
from ui.view.story_axis import (
    AxisPlace,
    LabelKeeper,
    axis_at,
    axis_place,
    faded,
    paint_axis_row,
    paint_folds,
    unseen_ground,
)
from ui.view.timeline_branches import lanes_of, paint_lanes, paint_records, record_bars
from ui.view.timeline_marks import paint_bookmarks, paint_span
from ui.view.timeline_menus import ask_span, menu_of, moment_menu
from ui.view.timeline_rows import (
    BandKeeper,
    paint_band,
    paint_breaches,
    paint_faults,
    paint_flags,
    paint_steps,
    state_words,
)
from ui.view.timeline_strip import Strip

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPainter
    from PySide6.QtWidgets import QMenu, QWidget

    from foviz import BranchView
    from ui.layout.axis import StoryAxis
    from ui.layout.timeline import Row
    from ui.look import Look
    from ui.model.run import RunModel, StepView

NOTE: Final = metrics.TYPE_NOTE
PADDING: Final = metrics.PANEL_PADDING
LEAST_SPAN: Final = 4
"""A drag shorter than this was a click."""


class TimelineView(PaintedView):
    """Timeline."""

    title = "Timeline"
    titled = False
    """Whether the axis row carries the view's title, because no title row stands above it."""

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(model, look, parent)
        self.axis_model = shared_axis(model)
        self._labels = LabelKeeper()
        self._density: tuple[object, Density] | None = None
        self._bands: dict[int, BandKeeper] = {}
        self._place: AxisPlace | None = None
        self._wanted = 0
        self._span: tuple[float, float] | None = None
        """The ends of a stretch that is being drawn with Shift, in pixels."""
        self._seeking = QTimer(self)
        self._seeking.setSingleShot(True)
        self._seeking.timeout.connect(self._seek)

    # -- painting

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the view."""
        theme, session = self.theme, self.model.session
        place = self._place = axis_place(theme, w)
        course = self.axis_model.course()
        axis = axis_at(self.axis_model, place)
        branches = self.axis_model.branches()
        marks = session.bookmarks()
        rows = timeline_rows(
            h,
            len(self.model.snapshot.servers),
            len(branches),
            theme.font_scale,
            bookmarks=bool(marks),
        )
        now_at, seen_at = session.playhead, session.seen.playhead
        now, seen = axis.x_of(now_at), axis.x_of(seen_at)
        paint_folds(painter, theme, axis, 0, h)
        top = rows.axis.bottom
        self._paint_unseen(painter, axis, seen, w, top, h)
        strip = Strip(
            self,
            painter,
            theme,
            theme,
            axis,
            rows,
            now,
            seen,
            now_at,
            seen_at,
            place.gutter,
            place.edge,
        )
        if rows.records is not None:
            strip.bars.extend(record_bars(strip, rows.records, self._density_of(axis)))
        if rows.lanes:
            strip.lanes.extend(lanes_of(strip, branches, session.branch.name))
        if now < seen:
            self._clipped(strip, branches, QRectF(0, top, now, h - top))
            later = replace(strip, fills=faded(theme), first=False)
            self._clipped(later, branches, QRectF(now, top, w - now, h - top))
        else:
            self._paint_strip(strip, branches)
        self._paint_marks(strip, branches)
        if rows.bookmarks is not None:
            paint_bookmarks(strip, rows.bookmarks, marks)
        self._paint_gutter(painter, rows, place, branches, w)
        labels = self._labels.labels(theme, axis, place.edge)
        paint_axis_row(painter, theme, labels, top, seen, now)
        if rows.faults is not None and course.breaches:
            paint_breaches(strip, rows.faults, course)
        line(painter, theme, now, 0, now, h, theme.ink, metrics.STROKE)
        if top > metrics.PLAYHEAD_LENGTH:
            tip = top - 1 - metrics.PLAYHEAD_LENGTH
            draw_playhead(painter, theme, now, tip, h, upright=True)
        if self._span is not None:
            paint_span(painter, theme, axis, self._span, h)

    def _clipped(self, strip: Strip, branches: tuple[BranchView, ...], area: QRectF) -> None:
        strip.painter.save()
        strip.painter.setClipRect(area)
        self._paint_strip(strip, branches)
        strip.painter.restore()

    def _paint_strip(self, strip: Strip, branches: tuple[BranchView, ...]) -> None:
        """Paint what is pale after the playhead."""
        rows, course = strip.rows, self.axis_model.course()
        paint_records(strip, strip.bars)
        present = self.model.session.branch.name
        paint_lanes(strip, strip.lanes, branches, present)
        if rows.faults is not None:
            paint_faults(strip, rows.faults, course)
        for row, server in zip(rows.bands, self.model.snapshot.servers, strict=False):
            keeper = self._bands.setdefault(server.index, BandKeeper())
            paint_band(strip, row, server, course.phases.get(server.index, []), keeper)

    def _paint_marks(self, strip: Strip, branches: tuple[BranchView, ...]) -> None:
        """Paint the row of steps and interventions."""
        row = strip.rows.steps
        if row is None:
            return
        steps, done = self._shared_steps(branches), self._interventions(branches)
        end = 0.0
        if steps or self.model.session.on_story:
            present = self.model.present_step()
            number = present.number if present is not None else -1
            flag = strip.axis.x_of(done[0][0]) if done else float("inf")
            end = paint_steps(strip, row, steps, number, flag)
        if done:
            paint_flags(strip, row, done, end)

    def _paint_unseen(
        self, painter: QPainter, axis: StoryAxis, seen: float, w: int, top: int, h: int
    ) -> None:
        """Paint the blank of what was not played yet."""
        theme, session = self.theme, self.model.session
        fill(painter, theme, seen, top, w - seen, h - top, unseen_ground(theme))
        story = session.story
        over = session.on_story and story is not None and story.finished
        over = over and session.seen.playhead >= session.end_at
        text = "the story ends here" if over else "not played yet"
        if theme.width(text, NOTE) + 24 <= w - seen:
            middle = (seen + w) / 2
            draw_text(painter, theme, middle, (top + h) / 2, text, theme.ink3, NOTE, align="centre")

    def _density_of(self, axis: StoryAxis) -> Density:
        key = (axis, self.model.session.branch.trace)
        kept = self._density
        if kept is None or kept[0][0] is not key[0] or kept[0][1] is not key[1]:  # type: ignore[index]
            kept = self._density = (key, Density(axis))
        return kept[1]

    # -- the gutter

    def _paint_gutter(
        self,
        painter: QPainter,
        rows: Rows,
        place: AxisPlace,
        branches: tuple[BranchView, ...],
        w: int,
    ) -> None:
        theme = self.theme
        line(painter, theme, 0, rows.axis.bottom - 0.5, w, rows.axis.bottom - 0.5, theme.line)
        if self.titled:
            self._name(painter, rows.axis, place, self.title, bold=True)
        has_steps = self.model.session.story is not None
        self._name(painter, rows.steps, place, "Steps" if has_steps else "Interventions")
        self._name(painter, rows.bookmarks, place, "Bookmarks")
        for row, server in zip(rows.bands, self.model.snapshot.servers, strict=False):
            self._name(painter, row, place, server.name, bold=True)
            area = QRectF(0, row.y, place.gutter, row.h)
            self.hit(area, Selection("host", server.index), server.name)
        self._name(painter, rows.faults, place, "Faults")
        self._name(painter, rows.records, place, "Records")
        if rows.lanes:
            hidden = len(branches) - len(rows.lanes)
            more = f"  +{hidden}" if hidden > 0 else ""
            self._name(painter, rows.lanes[0], place, f"Branches{more}")

    def _name(
        self, painter: QPainter, row: Row | None, place: AxisPlace, text: str, *, bold: bool = False
    ) -> None:
        if row is None:
            return
        theme = self.theme
        size = metrics.TYPE_BASE if bold else NOTE
        colour = theme.ink if bold else theme.ink2
        room = place.gutter - PADDING - 4
        draw_text(painter, theme, PADDING, row.middle, text, colour, size, bold=bold, room=room)

    # -- what stands in the rows

    def _shared_steps(self, branches: tuple[BranchView, ...]) -> list[StepView]:
        """Return the steps seen on this branch: on a fork those before it left the story."""
        session = self.model.session
        until = session.seen.playhead
        by_name = {branch.name: branch for branch in branches}
        branch = by_name[session.branch.name]
        while not branch.story and branch.parent:
            until = min(until, branch.fork_at)
            branch = by_name[branch.parent]
        return [step for step in self.model.steps() if step.at <= until] if branch.story else []

    def _interventions(self, branches: tuple[BranchView, ...]) -> list[tuple[int, str]]:
        """Return what the user did on the way to here; a lesson's own lines are its steps."""
        by_name = {branch.name: branch for branch in branches}
        branch = by_name[self.model.session.branch.name]
        until, found = self.model.session.seen.playhead, []
        while not branch.story:
            found += [(at, words) for at, words in branch.interventions if at <= until]
            until = min(until, branch.fork_at)
            if not branch.parent:
                break
            branch = by_name[branch.parent]
        return sorted(found)

    # -- the hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take what was clicked; anywhere else on the axis move the playhead there."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self.hit_at(event.position())
        outside = self._place is None or event.position().x() < self._place.gutter
        spanning = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if outside or (not spanning and found is not None and found.deed is not None):
            super().mousePressEvent(event)
            return
        self.axis_model.hold()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._span = (event.position().x(), event.position().x())
            return
        self._scrub(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead or the end of a span, or show what can be clicked."""
        if self._span is not None:
            self._span = (self._span[0], event.position().x())
            self.update()
        elif self.axis_model.held and event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the playhead: the axis may follow again."""
        if self._span is not None:
            self._take_span()
        elif self.axis_model.held:
            self._seek()
            self.axis_model.release()
            self.model.moved.emit()

    def _take_span(self) -> None:
        """Ask which fault holds over the span that was drawn."""
        assert self._span is not None
        assert self._place is not None
        axis = axis_at(self.axis_model, self._place)
        x0, x1 = sorted(self._span)
        self._span = None
        self.axis_model.release()
        self.model.moved.emit()
        start = max(self.model.session.origin.playhead, axis.us_of(x0))
        if x1 - x0 >= LEAST_SPAN:
            ask_span(self, self.model, start, axis.us_of(x1))

    def menu_for(self, selection: Selection) -> QMenu | None:
        """Return the menu of a branch or a bookmark."""
        return menu_of(self, self.model, selection)

    def contextMenuEvent(self, event: object) -> None:
        """Open the menu of what was clicked, else that of the moment."""
        assert isinstance(event, QContextMenuEvent)
        point = QPointF(event.pos())
        found = self.hit_at(point)
        menu = self.menu_for(found.selection) if found is not None else None
        if menu is None and self._place is not None and point.x() >= self._place.gutter:
            session = self.model.session
            at = axis_at(self.axis_model, self._place).us_of(point.x())
            at = max(session.origin.playhead, min(at, session.seen.playhead))
            menu = moment_menu(self, self.model, at)
        if menu is not None:
            menu.exec(event.globalPos())

    def _scrub(self, x: float) -> None:
        """Remember where to go; the seek follows once all of the hand's moves are in."""
        assert self._place is not None
        session = self.model.session
        at = axis_at(self.axis_model, self._place).us_of(x)
        self._wanted = max(session.origin.playhead, min(at, session.seen.playhead))
        if not self._seeking.isActive():
            self._seeking.start(0)

    def _seek(self) -> None:
        self._seeking.stop()
        if self._wanted != self.model.playhead:
            self.model.seek_time(self._wanted)

    # -- the table twin

    def table(self) -> list[list[str]]:
        """Return steps, states, faults and breaches in the order in which they began."""
        course = self.axis_model.course()
        branches = self.axis_model.branches()
        rows = [
            (step.at, "step", f"{step.number} {step.words}", "")
            for step in self._shared_steps(branches)
        ]
        rows += [(m.at, "bookmark", m.note, "") for m in self.model.session.bookmarks()]
        rows += [(at, "intervention", words, "") for at, words in self._interventions(branches)]
        for server in self.model.snapshot.servers:
            phases = course.phases.get(server.index, [])
            for place, phase in enumerate(phases):
                end = phases[place + 1].at if place + 1 < len(phases) else 0
                if end != phase.at and (not end or end > course.origin):
                    until = moment_text(end) if end else ""
                    rows.append((phase.at, server.name, state_words(phase), until))
        for fault in course.faults:
            until = moment_text(fault.end) if fault.end else ""
            rows.append((fault.start, "fault", fault.words, until))
        rows += [(b.at, "breach", b.monitor, "") for b in course.breaches]
        lines = [[moment_text(at), what, words, until] for at, what, words, until in sorted(rows)]
        return [["from", "what", "words", "to"], *lines]

    def status_words(self) -> str:
        """Return what stands at the right of the title row."""
        session = self.model.session
        if session.playhead == session.seen.playhead:
            return ""
        seen = session.seen.playhead
        return f"played to {moment_text(seen)}" if seen else clock_text(session.playhead)
