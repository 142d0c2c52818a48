"""Charts: what the servers count along the run, over the axis that the timeline has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from foviz import PARTS, moment_text
from ui.layout.charts import (
    ADDRESSES,
    CLIENTS,
    KINDS,
    MESSAGES,
    SCALE,
    UPDATES,
    Plan,
    PlotPlace,
    charts_plan,
)
from ui.layout.timeline import Row, band
from ui.model.axis import shared_axis
from ui.model.course import OFF
from ui.model.selection import NOTHING, Selection
from ui.model.series import SeriesModel
from ui.panel.charts_words import (
    MESSAGE_NAMES,
    TITLES,
    kind_words,
    part_words,
    rate_words,
    share_words,
)
from ui.view import metrics
from ui.view.forms import draw_band, draw_playhead, draw_text, fill, line
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
from ui.view.timeline_rows import service_of, state_words, who_of

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPainter, QResizeEvent, QShowEvent

    from foviz import Series, ServerView
    from ui.layout.axis import StoryAxis
    from ui.look import Look
    from ui.model.run import RunModel
    from ui.panel.charts_draw import Drawer

PACE_MS: Final = 100
NOTE: Final = metrics.TYPE_NOTE
PADDING: Final = metrics.PANEL_PADDING


class ChartsView(PaintedView):
    """Charts."""

    title = "Charts"

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(model, look, parent)
        self.axis_model = shared_axis(model)
        self.series_model = SeriesModel(model)
        self.chosen: dict[str, bool] = {ADDRESSES: True, CLIENTS: True, UPDATES: True}
        self.front = ADDRESSES
        self.message = MESSAGE_NAMES[0]
        self.drawer: Drawer | None = None
        self.drawn = 0
        """How many times the plots were drawn."""
        self._labels = LabelKeeper()
        self._due = False
        self._wanted = 0
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._draw_if_due)
        self._seeking = QTimer(self)
        self._seeking.setSingleShot(True)
        self._seeking.timeout.connect(self._seek)
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.timeout.connect(self._read_on)
        self._make_choosers()

    # -- choosing

    def _make_choosers(self) -> None:
        self._tools = QWidget(self)
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.toggles: dict[str, QToolButton] = {}
        for kind in KINDS:
            button = QToolButton()
            button.setText(TITLES[kind])
            button.setProperty("role", "small")
            button.setCheckable(True)
            button.setChecked(kind in self.chosen)
            button.setAccessibleName(f"Show {TITLES[kind].lower()}")
            button.toggled.connect(lambda on, kind=kind: self.choose(kind, on))
            row.addWidget(button)
            self.toggles[kind] = button
        row.addStretch(1)
        self.one = _chooser(self, [TITLES[kind] for kind in KINDS], "Plot")
        self.one.activated.connect(lambda place: self.bring(KINDS[place]))
        self.messages = _chooser(self, MESSAGE_NAMES, "Kind of message")
        self.messages.activated.connect(lambda place: self.count(MESSAGE_NAMES[place]))

    def choose(self, kind: str, on: bool) -> None:
        """Show a kind of plot or hide it; one at least is shown."""
        chosen = [each for each in KINDS if (on if each == kind else each in self.chosen)]
        if not chosen:
            self.toggles[kind].setChecked(True)
            return
        self.chosen = dict.fromkeys(chosen, True)
        if on:
            self.front = kind
        self.one.setCurrentIndex(KINDS.index(self.front))
        self.redraw()

    def bring(self, kind: str) -> None:
        """Show a kind of plot where there is room for one only."""
        self.front = kind
        self.one.setCurrentIndex(KINDS.index(kind))
        self.toggles[kind].setChecked(True)
        self.redraw()

    def count(self, message: str) -> None:
        """Count messages of another kind."""
        self.message = message
        self.messages.setCurrentIndex(MESSAGE_NAMES.index(message))
        self.redraw()

    # -- when to draw

    def refresh(self) -> None:
        """Draw soon: at most ten times a second, and only when anybody can see it."""
        if not self.isVisible():
            return
        if self._pace.isActive():
            self._due = True
        else:
            self.redraw()

    def _draw_if_due(self) -> None:
        if self._due and self.isVisible():
            self.redraw()

    def showEvent(self, event: QShowEvent) -> None:
        """Only now are the plots needed: pyqtgraph takes longer to load than the window."""
        super().showEvent(event)
        if self.drawer is None:
            from ui.panel.charts_draw import Drawer

            self.drawer = Drawer(self)
        self.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size is another plan."""
        super().resizeEvent(event)
        if self.isVisible():
            self.redraw()

    def redraw(self) -> None:
        """Draw the plots now, from as much of the run as was read; read on if need be."""
        if self.drawer is None or not self.isVisible():
            return
        self._due = False
        series = self.series_model.read()
        plan = self.plan()
        self._place_choosers(plan)
        self.drawer.draw(plan, series, self.place, self.axis())
        self.drawn += 1
        self._pace.start()
        self.update()
        if not self.series_model.done:
            self._reading.start(0)

    def _read_on(self) -> None:
        """Read a long run in slices, between which the window answers."""
        if self.isVisible():
            self.series_model.read()
            self.refresh()
            if not self.series_model.done:
                self._reading.start(0)

    def read_all(self) -> None:
        """Read the whole run at once and draw it: for pictures."""
        self.series_model.read(1 << 30)
        self.redraw()

    # -- where things stand

    @property
    def place(self) -> AxisPlace:
        """Where the axis stands."""
        return axis_place(self.theme, self.width())

    def axis(self) -> StoryAxis:
        """Return the axis, the timeline's own."""
        return axis_at(self.axis_model, self.place)

    def servers(self) -> list[ServerView]:
        """Return the servers that have a part in the relationship shown, the primary first."""
        found = [server for server in self.model.snapshot.servers if server.number]
        found.sort(key=lambda server: server.number)
        return found or list(self.model.snapshot.servers)

    def plan(self) -> Plan:
        """Return where everything stands."""
        servers = [server.index for server in self.servers()]
        scale = self.theme.font_scale
        return charts_plan(self.height(), scale, tuple(self.chosen), self.front, servers)

    def _place_choosers(self, plan: Plan) -> None:
        theme, gutter = self.theme, self.place.gutter
        self._tools.setVisible(not plan.low)
        self.one.setVisible(plan.low)
        high = theme.px(20)
        if plan.tools is not None:
            self._tools.setGeometry(PADDING, 2, self.width() - 2 * PADDING, plan.tools.h - 4)
        self.one.setGeometry(4, 1, gutter - theme.px(12), high)
        shown = [each for each in plan.plots if each.kind == MESSAGES]
        self.messages.setVisible(bool(shown))
        if shown and plan.low:
            # Below the chooser of the plot; the numbers beside it are short.
            self.messages.setGeometry(4, shown[0].row.y + 2, gutter - theme.px(24), high)
        elif shown:
            last = self.toggles[KINDS[-1]]
            right = self._tools.x() + last.x() + last.sizeHint().width()
            self.messages.setGeometry(right + 6, theme.px(4), theme.px(120), high)
        for box in (self.one, self.messages):
            box.setFont(theme.font(NOTE))

    # -- painting

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint what surrounds the plots: axis, bands of states, names."""
        theme, session = self.theme, self.model.session
        place, plan, axis = self.place, self.plan(), self.axis()
        now, seen = axis.x_of(session.playhead), axis.x_of(session.seen.playhead)
        foot = plan.plots[0].row.y if plan.plots else h
        top = plan.axis.y if plan.axis is not None else 0
        paint_folds(painter, theme, axis, top, h - top)
        below = plan.axis.bottom if plan.axis is not None else 0
        fill(painter, theme, seen, below, w - seen, h - below, unseen_ground(theme))
        if plan.axis is not None:
            painter.save()
            painter.translate(0, plan.axis.y)
            labels = self._labels.labels(theme, axis, place.edge)
            paint_axis_row(painter, theme, labels, plan.axis.h, seen, now)
            painter.restore()
            line(painter, theme, 0, below - 0.5, w, below - 0.5, theme.line)
        for row, server in zip(plan.bands, self.servers(), strict=False):
            self._paint_states(painter, row, server, axis, now)
            if not plan.low:
                self._name(painter, row.middle, server.name, theme.ink2, bold=True)
        for each in plan.plots:
            self._paint_name(painter, plan, each)
        draw_playhead(painter, theme, now, below, h, upright=True)
        if foot < h:
            line(painter, theme, 0, foot - 0.5, place.gutter, foot - 0.5, theme.panel)

    def _paint_states(
        self, painter: QPainter, row: Row, server: ServerView, axis: StoryAxis, now: float
    ) -> None:
        """Paint a server's states thinly: they say why a curve bends."""
        course = self.axis_model.course()
        phases = course.phases.get(server.index, [])
        seen_at = self.model.session.seen.playhead
        who = who_of(server)
        for place, phase in enumerate(phases):
            end = phases[place + 1].at if place + 1 < len(phases) else seen_at
            found = band(axis, phase.state, phase.at, end, self.place.gutter)
            if found is None:
                continue
            area = QRectF(found.x0, row.y, found.x1 - found.x0, row.h)
            words = f"{server.name}: {state_words(phase)} from {moment_text(phase.at)}"
            self.hit(area, Selection("record", phase.record), words)
            service = service_of(phase.state) if phase.state != OFF else "off"
            for x0, x1, theme in (
                (found.x0, min(now, found.x1), self.theme),
                (max(now, found.x0), found.x1, faded(self.theme)),
            ):
                if x1 > x0:
                    draw_band(painter, theme, x0, row.y, x1 - x0, row.h, service, who)

    def _paint_name(self, painter: QPainter, plan: Plan, each: PlotPlace) -> None:
        """Write the plot's name into the gutter, with the words of what it shows as a hint."""
        theme, row = self.theme, each.row
        server = next((s for s in self.servers() if s.index == each.server), None)
        if plan.low and each.kind == MESSAGES:
            self._name(painter, row.bottom - theme.px(21), kind_words(each.kind), theme.ink3)
            self._name(painter, row.bottom - theme.px(8), "sent above", theme.ink3)
        elif server is not None:
            first = min(row.middle, row.y + theme.px(9))
            hue = theme.hue(who_of(server))
            self._name(painter, first, server.name, hue.text, bold=True)
            if row.h >= theme.px(30):
                self._name(painter, first + theme.px(13), "believes", theme.ink3)
        elif not plan.low:
            self._name(painter, row.y + theme.px(9), TITLES[each.kind], theme.ink, bold=True)
            note = kind_words(each.kind)
            if row.h >= theme.px(30) and note:
                self._name(painter, row.y + theme.px(22), note, theme.ink3)
            if row.h >= theme.px(44) and each.kind == MESSAGES:
                self._name(painter, row.y + theme.px(35), "sent above", theme.ink3)
        if self.drawer is not None:
            for mark in self.drawer.marks(each):
                right = self.place.gutter - 4
                draw_text(painter, theme, right, mark.y, mark.text, theme.ink3, NOTE, align="right")
        area = QRectF(0, row.y, self.width(), row.h)
        self.hit(area, words="\n".join(self.readings(each)))

    def _name(
        self, painter: QPainter, y: float, text: str, colour: object, *, bold: bool = False
    ) -> None:
        theme = self.theme
        size = metrics.TYPE_BASE if bold else NOTE
        room = self.place.gutter - theme.px(SCALE) - PADDING
        draw_text(painter, theme, PADDING, y, text, colour, size, bold=bold, room=room)  # type: ignore[arg-type]

    # -- the hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the moment that was clicked; in the gutter, and on a band, do as elsewhere."""
        found = self.hit_at(event.position())
        taken = found is not None and found.selection is not NOTHING
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if taken or event.position().x() < self.place.gutter:
            super().mousePressEvent(event)
            return
        self.axis_model.hold()
        self._scrub(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead, or show what can be clicked."""
        if self.axis_model.held and event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the playhead: the axis may follow again."""
        if self.axis_model.held:
            self._seek()
            self.axis_model.release()
            self.model.moved.emit()

    def _scrub(self, x: float) -> None:
        """Remember where to go; the seek follows once all of the hand's moves are in."""
        session = self.model.session
        at = self.axis().us_of(x)
        self._wanted = max(session.origin.playhead, min(at, session.seen.playhead))
        if not self._seeking.isActive():
            self._seeking.start(0)

    def _seek(self) -> None:
        self._seeking.stop()
        if self._wanted != self.model.playhead:
            self.model.seek_time(self._wanted)

    # -- words

    def readings(self, each: PlotPlace) -> list[str]:
        """Return what a plot says at the playhead, a line for each of its curves."""
        series = self.series_model.series()
        return [f"{who}: {value}" for who, value in self._values(series, each.kind, each.server)]

    def _values(self, series: Series, kind: str, only: int = -1) -> list[tuple[str, str]]:
        """Return who and what, for a kind of plot, at the playhead."""
        records, at = self.model.session.record_count, self.model.playhead
        servers = [s for s in self.servers() if s.index in series.servers]
        if kind == ADDRESSES:
            shown = [s for s in servers if only in (-1, s.index)]
            return [(s.name, share_words(series.counts(s.index, records))) for s in shown]
        if kind == CLIENTS:
            return [
                ("served", f"{series.served.after(records)}"),
                ("asking", f"{series.asking.after(records)}"),
            ]
        if kind == UPDATES:
            return [(s.name, f"{series.waiting(s.index).after(records)}") for s in servers]
        return [
            (server.name, rate_words(series, server.index, self.message, records, at))
            for server in servers
        ]

    def status_words(self) -> str:
        """Return what stands at the right of the title row: the values at the playhead."""
        if not self.isVisible():
            return ""
        series = self.series_model.read()
        if series.read < self.model.session.record_count:
            return "reading the run …"
        kind = self.front if self.front in self.chosen else next(iter(self.chosen))
        words = [f"{who}: {value}" for who, value in self._values(series, kind)]
        return " · ".join(words)

    def table(self) -> list[list[str]]:
        """Return every value at the playhead, whether its plot is shown or not."""
        series = self.series_model.read(1 << 30)
        rows = [["plot", "who", "at the playhead"]]
        records = self.model.session.record_count
        for server in self.servers():
            counts = series.counts(server.index, records) if server.index in series.servers else {}
            names = {s.number: s.name for s in self.servers()}
            for part in PARTS:
                if part in counts:
                    value = f"{counts[part]} {part_words(part, names)}"
                    rows.append([TITLES[ADDRESSES], server.name, value])
        for kind in (CLIENTS, UPDATES, MESSAGES):
            rows += [[TITLES[kind], who, value] for who, value in self._values(series, kind)]
        return rows

    def minimumSizeHint(self) -> QSize:
        """The dock decides."""
        return QSize(0, 0)


def _chooser(parent: QWidget, words: list[str] | tuple[str, ...], name: str) -> QComboBox:
    box = QComboBox(parent)
    box.addItems(list(words))
    box.setProperty("role", "small")
    box.setAccessibleName(name)
    box.hide()
    return box
