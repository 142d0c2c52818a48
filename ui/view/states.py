"""The state chart: the transition table drawn, both servers as tokens on it (VISUAL §6, §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QTimer
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from foviz import STATES, ServerState, state_text
from ui.layout import states as layout
from ui.layout import states_graph as graph
from ui.layout.area import Area
from ui.model.selection import NOTHING, Selection
from ui.view import forms, metrics
from ui.view.painted import Hit, PaintedView
from ui.view.states_facts import Facts, Standing, facts_of
from ui.view.states_large import LabelCache, draw_label, paint_large
from ui.view.states_nodes import draw_selected, draw_state_badge, draw_tokens

if TYPE_CHECKING:
    from ui.layout.states import Chart, Path
    from ui.layout.states_graph import Edge, EdgeKey
    from ui.look import Look
    from ui.model.run import RunModel

LOAD_AFTER_MS: Final = 300
"""When networkx is loaded, after the first frame."""

_BY_LETTERS: Final = {spec.letters: state for state, spec in STATES.items()}


class StatesView(PaintedView):
    """Both servers on one chart of the twelve states."""

    title = "States"

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(model, look, parent)
        self._known: tuple[object, Facts] | None = None
        self._path_key: object = None
        self._paths: list[tuple[Path, Edge]] = []
        self._pointed: EdgeKey | None = None
        self._labels = LabelCache()
        self._loading = False

    # -- what is shown

    def facts(self) -> Facts:
        """Return what the chart shows at the model's position."""
        session = self.model.session
        key = (session, session.branch.name, session.cursor, self.model.selection,
               len(session.branch.trace))  # fmt: skip
        if self._known is None or self._known[0] != key:
            self._known = (key, facts_of(self.model))
        return self._known[1]

    def status_words(self) -> str:
        """Return words for the title row: none, its legend says all."""
        return ""

    def title_widget(self) -> QWidget:
        """Return the legend for the title row: the last edge, and those possible now."""
        return StatesLegend(self)

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; after the first frame load what answers questions about ways."""
        super().paintEvent(event)
        if not self._loading and not graph.is_loaded():
            self._loading = True
            QTimer.singleShot(LOAD_AFTER_MS, self, self._load)

    def _load(self) -> None:
        graph.load(self.model.session.profile)

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint edges, names, nodes, tokens, and what is pointed at."""
        facts = self.facts()
        chart = layout.arrange(w, h, self.theme.font_scale)
        self._paint_edges(painter, chart, facts)
        if chart.form == "large":
            paint_large(painter, self.theme, chart, facts, self._paths, self._labels)
        else:
            self._paint_names(painter, chart, facts)
            self._paint_nodes(painter, chart, facts)
        self._name_nodes(chart, facts)
        if not chart.crowded:
            self._paint_tokens(painter, chart, facts)
        if self._pointed is not None and chart.form != "large":
            self._paint_pointed(painter, chart)

    def _paint_edges(self, painter: QPainter, chart: Chart, facts: Facts) -> None:
        """Paint the faint edges first, then those possible now, the last one on top."""
        self._paths = self._drawn(chart, facts)
        taken = facts.taken
        for path, edge in self._paths:
            own = taken is not None and taken.key == edge.key
            record = taken.record if taken is not None and own else -1
            selection = Selection("record", record) if record >= 0 else NOTHING
            x, y = path.at(0.5)
            words = edge.words
            if taken is not None and own:
                words += f"\nThe last edge of {taken.standing.name}."
            self.hit(QRectF(x - 6, y - 6, 12, 12), selection, words)
        ranked = sorted(self._paths, key=lambda each: facts.rank(each[1].key))
        for path, edge in ranked:
            if chart.crowded and not facts.rank(edge.key):
                continue
            self._paint_edge(painter, path, edge.key, facts)

    def _drawn(self, chart: Chart, facts: Facts) -> list[tuple[Path, Edge]]:
        """Return the edges with their paths; worked out anew when the size or the edges change."""
        key = (chart.w, chart.h, chart.unit, facts.profile, facts.resumed)
        if self._path_key != key:
            self._path_key = key
            shown = (*graph.edges(facts.profile), *facts.resumed)
            self._paths = [(chart.paths(edge.name), edge) for edge in shown]
        return self._paths

    def _paint_edge(self, painter: QPainter, path: Path, key: EdgeKey, facts: Facts) -> None:
        theme, taken = self.theme, facts.taken
        rank = facts.rank(key)
        colour, width, head = theme.faint, metrics.STROKE_HAIR, metrics.HEAD_SMALL
        if rank == 2 and taken is not None:
            colour = theme.hue(taken.standing.who).stroke
            width, head = metrics.STROKE_HEAVY, metrics.HEAD_LAST_EDGE
        elif rank == 1:
            colour, width, head = theme.ink, metrics.STROKE, metrics.HEAD
        elif key == self._pointed:
            colour, width = theme.ink2, metrics.STROKE
        head *= max(1.0, theme.stroke)
        forms.draw_edge(
            painter, theme, path.start, path.end, colour,
            control=path.control, width=width, head=head,
        )  # fmt: skip

    def _paint_names(self, painter: QPainter, chart: Chart, facts: Facts) -> None:
        whole = Area(0, 0, chart.w, chart.h)
        for letters, state in _BY_LETTERS.items():
            here = bool(facts.at(state))
            if chart.form == "letters" and not here:
                continue
            places = layout.name_places(chart, letters)
            if chart.form == "letters" and not self._fits(chart, places, whole):
                continue
            colour = self._name_colour(state, facts)
            for place in places:
                self._paint_name(painter, place, colour)

    def _paint_name(self, painter: QPainter, place: layout.NamePlace, colour: QColor) -> None:
        theme, px = self.theme, metrics.TYPE_NOTE
        align: forms.Align = "left"
        if place.align != "left":
            align = "centre" if place.align == "centre" else "right"
        # Edges pass below some names, and below more of them when the text is large.
        wide, high = theme.width(place.text, px), theme.px(px)
        x = place.x - {"left": 0.0, "centre": wide / 2, "right": wide}[align]
        forms.fill(painter, theme, x - 1, place.y - high / 2, wide + 2, high, theme.panel)
        forms.draw_text(painter, theme, place.x, place.y, place.text, colour, px, align=align)

    def _fits(self, chart: Chart, places: tuple[layout.NamePlace, ...], whole: Area) -> bool:
        for place in places:
            wide = self.theme.width(place.text, 10)
            shift = {"left": 0.0, "centre": wide / 2, "right": wide}[place.align]
            high = self.theme.px(10)
            own = Area(place.x - shift, place.y - high / 2, wide, high)
            if not whole.holds(own) or any(own.meets(node) for node in chart.nodes.values()):
                return False
        return True

    def _name_colour(self, state: ServerState, facts: Facts) -> QColor:
        theme = self.theme
        if graph.is_absent(state, facts.profile):
            return theme.inkoff
        if facts.at(state):
            return theme.ink
        reachable = any(end == state for _, end in facts.possible)
        return theme.ink2 if reachable else theme.ink3

    def _paint_nodes(self, painter: QPainter, chart: Chart, facts: Facts) -> None:
        for letters, state in _BY_LETTERS.items():
            rect = chart.nodes[letters]
            if facts.state == state:
                draw_selected(painter, self.theme, QRectF(*rect), metrics.RADIUS_BADGE)
            living = tuple(each for each in facts.at(state) if each.on)
            absent = graph.is_absent(state, facts.profile)
            wide = forms.badge_width(self.theme, letters, chart.badge)
            draw_state_badge(
                painter,
                self.theme,
                rect.centre[0] - wide / 2,
                rect.centre[1],
                state,
                living,
                height=chart.badge,
                tone="absent" if absent else "vacant",
            )

    def _name_nodes(self, chart: Chart, facts: Facts) -> None:
        for letters, state in _BY_LETTERS.items():
            area = QRectF(*chart.nodes[letters]).adjusted(-2, -2, 2, 2)
            self.hit(area, Selection("state", int(state)), self.node_words(state, facts))

    def _paint_tokens(self, painter: QPainter, chart: Chart, facts: Facts) -> None:
        for state in dict.fromkeys(each.state for each in facts.standings):
            standings = facts.at(state)
            places = layout.token_places(chart, STATES[state].letters, len(standings))
            large = chart.form == "large"
            boxes = draw_tokens(
                painter, self.theme, places, standings, large=large, host=facts.host
            )
            for box, each in zip(boxes, standings, strict=True):
                area = box.adjusted(-2, -2, 2, 2)
                self.hit(area, Selection("host", each.index), f"{each.words()}.")

    def _paint_pointed(self, painter: QPainter, chart: Chart) -> None:
        """Paint what makes the pointed edge be taken, beside its middle."""
        found = next((each for each in self._paths if each[1].key == self._pointed), None)
        if found is None:
            return
        theme, (path, edge) = self.theme, found
        lines = graph.labels(edge)
        pitch, glyph = theme.px(15), theme.px(20)
        wide = max(theme.width(each.words) for each in lines) + glyph + theme.px(14)
        high = pitch * len(lines) + theme.px(6)
        x, y = path.at(0.5)
        left = theme.snap(max(2.0, min(x - wide / 2, chart.w - wide - 2)))
        above = y - high - theme.px(7)
        top = theme.snap(above if above > 2 else min(y + theme.px(7), chart.h - high - 2))
        forms.box(
            painter, theme, left, top, wide, high,
            ground=theme.raised, frame=theme.strong, radius=metrics.RADIUS_CONTROL,
        )  # fmt: skip
        for row, each in enumerate(lines):
            cy = top + theme.px(3) + pitch * (row + 0.5)
            draw_label(painter, theme, left + theme.px(7), cy, each, theme.ink, bold=False)

    # -- words

    def node_words(self, state: ServerState, facts: Facts) -> str:
        """Return name, meaning and section of a state, and who is in it."""
        spec = STATES[state]
        lines = [f"{state_text(state)}. {spec.meaning} {spec.section}"]
        if graph.is_absent(state, facts.profile):
            lines.append(f"Not in profile {facts.profile.name}.")
        lines.extend(f"{each.words()}." for each in facts.at(state))
        return "\n".join(lines)

    def way_words(self, state: ServerState) -> str:
        """Return the usual way from a state back to NORMAL, or ``""``."""
        if state in (ServerState.STARTUP, ServerState.NORMAL):
            return ""
        found = graph.way(state, ServerState.NORMAL, self.model.session.profile)
        if not found:
            return ""
        return f"Usual way back: {' → '.join(state_text(each) for each in found)}."

    # -- pointing

    def hit_at(self, point: QPointF) -> Hit | None:
        """Return the token or node at a point, else the edge that passes within 5 px."""
        count = len(self._paths)
        for found in reversed(self.hits[count:]):
            if found.area.contains(point):
                return found
        near = [
            (path.distance(point.x(), point.y()), place)
            for place, (path, _) in enumerate(self._paths)
        ]
        distance, place = min(near, default=(metrics.HIT_LINE + 1, -1))
        return self.hits[place] if distance <= metrics.HIT_LINE else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the edge that is pointed at."""
        super().mouseMoveEvent(event)
        found = self.hit_at(event.position())
        place = self.hits.index(found) if found is not None else -1
        self._point(self._paths[place][1].key if 0 <= place < len(self._paths) else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        self._point(None)

    def _point(self, key: EdgeKey | None) -> None:
        if key != self._pointed:
            self._pointed = key
            self.update()

    def event(self, event: QEvent) -> bool:
        """Add the way back to NORMAL to the words of a node."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.hit_at(QPointF(event.pos()))
            if found is not None and found.selection.kind == "state":
                way = self.way_words(ServerState(int(found.selection.value)))
                words = "\n".join(part for part in (found.words, way) if part)
                QToolTip.showText(event.globalPos(), words, self, found.area.toRect())
                return True
        return super().event(event)

    # -- the table twin

    def table(self) -> list[list[str]]:
        """Return a row a state: who is in it, what it does, where it leads."""
        facts = self.facts()
        rows = [["state", "letters", "for clients", "servers", "leads to"]]
        for state, spec in STATES.items():
            leads = [
                f"{state_text(edge.end)} ({'; '.join(each.words for each in graph.labels(edge))})"
                + (", possible now" if edge.key in facts.possible else "")
                for edge in graph.edges(facts.profile)
                if edge.start == state
            ]
            who = ", ".join(_in_words(each) for each in facts.at(state))
            rows.append(
                [state_text(state), spec.letters, spec.service.value, who, "; ".join(leads)]
            )
        return rows


def _in_words(standing: Standing) -> str:
    return standing.name if standing.on else f"{standing.name} (off)"


class StatesLegend(QWidget):
    """The legend in the title row: the last edge in its hue, the edges possible now."""

    def __init__(self, view: StatesView) -> None:
        super().__init__()
        self._view = view
        view.model.moved.connect(self.update)
        view.look.changed.connect(self._resize)
        self._resize()

    def _resize(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of both entries."""
        theme = self._view.theme
        words = theme.width("last") + theme.width("possible now")
        return QSize(round(words + theme.px(2 * 22 + 14)) + 2, theme.px(metrics.CONTROL_SMALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both entries, from the right."""
        theme, facts = self._view.theme, self._view.facts()
        painter = QPainter(self)
        forms.prepare(painter)
        y, dash, gap = self.height() / 2, theme.px(16), theme.px(6)
        x = float(self.width())
        entries: list[tuple[str, QColor, float]] = [("possible now", theme.ink, metrics.STROKE)]
        if facts.taken is not None:
            colour = theme.hue(facts.taken.standing.who).stroke
            entries.append(("last", colour, metrics.STROKE_HEAVY))
        for words, colour, width in entries:
            x -= forms.draw_text(painter, theme, x, y, words, theme.ink3, align="right") + gap
            forms.line(painter, theme, x - dash, y, x, y, colour, width)
            x -= dash + theme.px(14)
        painter.end()
