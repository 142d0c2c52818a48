"""From series to plots: which areas, lines and words stand where (loads pyqtgraph)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz import PARTS, RECEIVED, SENT
from ui.layout.charts import (
    ADDRESSES,
    CLIENTS,
    UPDATES,
    Mark,
    Plan,
    PlotPlace,
    beside,
    cut,
    marks,
    spread,
    ticks,
    top_of,
)
from ui.panel.charts_data import Grid, Reducer, layers_of, line_of, parted, runs_of, upper_edge
from ui.panel.charts_plots import Area, Curve, Plot, Scale, Word
from ui.panel.charts_words import part_words
from ui.view import metrics
from ui.view.story_axis import AxisPlace, faded
from ui.view.timeline_rows import who_of

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from foviz import Part, Series, ServerView
    from ui.layout.axis import StoryAxis
    from ui.panel.charts import ChartsView
    from ui.panel.charts_data import Columns, Runs
    from ui.theme import Theme

NOTE: Final = metrics.TYPE_NOTE
THIN: Final = 1.5
THICK: Final = 3.5
"""Server 2's line is broader and lies below server 1's: both show where they coincide."""
DASH: Final = (5.0, 3.0)


class _Line(NamedTuple):
    """A line to draw: its columns, its value at the playhead, its looks and its words."""

    columns: Columns
    value: int
    colour: str
    text: QColor
    width: float
    dash: tuple[float, ...]
    words: str
    sign: int = 1


class _Frame(NamedTuple):
    """What all plots of one drawing share."""

    theme: Theme
    series: Series
    grid: Grid
    axis: StoryAxis
    place: AxisPlace
    now: float
    seen: float
    records: int
    at: int
    servers: list[ServerView]
    names: dict[int, str]

    @property
    def edge(self) -> float:
        """Where words end at the right."""
        return self.place.edge


class Drawer:
    """Owns the plots of the view and fills them."""

    def __init__(self, view: ChartsView) -> None:
        self.view = view
        self.reducer = Reducer()
        self.plots: list[Plot] = []
        self.shown: list[PlotPlace] = []

    def draw(self, plan: Plan, series: Series, place: AxisPlace, axis: StoryAxis) -> None:
        """Draw every plot of a plan."""
        frame = self._frame(series, place, axis)
        theme, left = frame.theme, place.gutter
        self.shown = list(plan.plots)
        while len(self.plots) < len(plan.plots):
            self.plots.append(Plot(self.view))
        for plot in self.plots[len(plan.plots) :]:
            plot.hide()
        tops = self._top_of_addresses(frame)
        for plot, each in zip(self.plots, plan.plots, strict=False):
            plot.setAccessibleName(f"Plot of {each.kind}")
            plot.dress(theme)
            plot.setGeometry(left, each.row.y, self.view.width() - left, each.row.h)
            plot.place(axis, place.gutter, self.view.width(), frame.seen, frame.now)
            if each.kind == ADDRESSES:
                self._addresses(frame, plot, each, tops)
            else:
                self._lines(frame, plot, each)
            plot.show()

    def marks(self, each: PlotPlace) -> list[Mark]:
        """Return the numbers beside a plot."""
        if each not in self.shown:
            return []
        scale = self.plots[self.shown.index(each)].scale
        # The end of a torn plot is no number that anything reaches.
        values = scale.ticks[:-1] if scale.cut else scale.ticks
        return marks(values, scale.low, scale.top, each.row, self.view.theme.px(11))

    def _frame(self, series: Series, place: AxisPlace, axis: StoryAxis) -> _Frame:
        view, session = self.view, self.view.model.session
        age = (id(series), series.age)
        grid = self.reducer.use(axis, place.gutter, self.view.width(), age)
        servers = [s for s in view.servers() if s.index in series.servers]
        return _Frame(
            theme=view.theme,
            series=series,
            grid=grid,
            axis=axis,
            place=place,
            now=axis.x_of(session.playhead),
            seen=axis.x_of(session.seen.playhead),
            records=session.record_count,
            at=session.playhead,
            servers=servers,
            names={server.number: server.name for server in servers},
        )

    # -- addresses

    def _shares(self, frame: _Frame, host: int) -> list[tuple[int, Columns]]:
        """Return the columns of each share of a server's addresses."""
        seen = self.view.series_model.seen
        return [
            (place, self.reducer.steps(("part", host, place), steps, steps.count_until(seen)))
            for place, steps in enumerate(frame.series.parts(host))
        ]

    def _top_of_addresses(self, frame: _Frame) -> tuple[int, bool]:
        """Return the end of the axis, the same for all servers, so that they can be compared."""
        total = used = 0
        for server in frame.servers:
            shares = [columns for _, columns in self._shares(frame, server.index)]
            if not shares or not len(shares[0].after):
                continue
            busy = sum(columns.after for columns in shares[:-1])
            used = max(used, int(busy.max()))
            total = max(total, int((busy + shares[-1].after).max()))
        return cut(total, used)

    def _addresses(
        self, frame: _Frame, plot: Plot, each: PlotPlace, tops: tuple[int, bool]
    ) -> None:
        top, is_cut = tops
        theme, grid = frame.theme, frame.grid
        layers = layers_of(self._shares(frame, each.server))
        areas: list[Area] = []
        curves: list[Curve] = []
        now = min(frame.now, frame.seen)
        for start, end, paint in (
            (float(grid.left), now, theme),
            (now, frame.seen, faded(theme)),
        ):
            for layer in layers:
                runs = runs_of(grid, layer, start, end)
                areas.append(_area(paint, theme, PARTS[layer.place], runs, start >= now))
        for layer in layers:
            part = PARTS[layer.place]
            if part.status not in ("ACTIVE", "FREE"):
                # A wash needs an edge; where a share is empty it has none.
                edge = upper_edge(grid, layer, float(grid.left), now)
                curves.append(Curve(edge, _ink(theme, part), 1.0))
        lines = ticks(0, top, each.row.h, theme.px(12))
        scale = Scale(0, top, lines, is_cut)
        words = self._share_words(frame, each, top, is_cut)
        plot.show_values(scale, areas, curves, words)

    def _share_words(self, frame: _Frame, each: PlotPlace, top: int, is_cut: bool) -> list[Word]:
        """Name the areas at the playhead, each at its middle."""
        counts = frame.series.counts(each.server, frame.records)
        middles: list[float] = []
        texts: list[tuple[str, QColor]] = []
        reached = 0
        for part in PARTS:
            count = counts.get(part, 0)
            if not count:
                continue
            low, high = min(reached, top), min(reached + count, top)
            reached += count
            middles.append(each.row.h * (1 - (low + high) / 2 / top))
            more = " (cut off)" if is_cut and part.status == "FREE" else ""
            text = f"{count} {part_words(part, frame.names)}{more}"
            texts.append((text, _text_of(frame.theme, part.owner)))
        return _words(frame, each.row.h, middles, texts)

    # -- lines

    def _lines(self, frame: _Frame, plot: Plot, each: PlotPlace) -> None:
        lines = self._lines_of(frame, each.kind)
        theme, now = frame.theme, min(frame.now, frame.seen)
        most = max((int(each.columns.most.max(initial=0)) for each in lines), default=0)
        top = top_of(max(1, most))
        low = -top if any(each.sign < 0 for each in lines) else 0
        pale = faded(theme)
        curves: list[Curve] = []
        for each_line in lines:
            points = line_of(frame.grid, each_line.columns, frame.seen)
            points = points._replace(y=points.y * each_line.sign)
            value = each_line.value * each_line.sign
            behind, ahead = parted(points, now, value)
            looks = (each_line.width, each_line.dash)
            curves.append(Curve(behind, getattr(theme, each_line.colour), *looks))
            if frame.seen > now:
                curves.append(Curve(ahead, getattr(pale, each_line.colour), *looks))
        # Room above and below, so that a line at the end of the axis is seen whole.
        room = (top - low) * 0.09
        scale = Scale(low - room, top + room, ticks(low, top, each.row.h, theme.px(12)))
        span = scale.top - scale.low
        middles = [each.row.h * (1 - (line.value * line.sign - scale.low) / span) for line in lines]
        words = _words(frame, each.row.h, middles, [(line.words, line.text) for line in lines])
        plot.show_values(scale, (), curves, words)

    def _lines_of(self, frame: _Frame, kind: str) -> list[_Line]:
        seen, series, theme = self.view.series_model.seen, frame.series, frame.theme
        found: list[_Line] = []
        if kind == CLIENTS:
            for key, steps, width, dash in (
                ("served", series.served, 2.0, ()),
                ("asking", series.asking, THIN, DASH),
            ):
                columns = self.reducer.steps(key, steps, steps.count_until(seen))
                value = steps.after(frame.records)
                word = "served" if key == "served" else "asking, unserved"
                found.append(
                    _Line(columns, value, "cli", theme.ink2, width, dash, f"{value} {word}")
                )
            return found
        # Server 2 first: its line is broader and lies below.
        for server in reversed(frame.servers):
            hue = who_of(server)
            colour = "cli" if hue == "client" else hue
            width = THICK if server.number == 2 else THIN
            looks = (colour, theme.hue(hue).text, width, ())
            if kind == UPDATES:
                steps = series.waiting(server.index)
                waiting = ("waiting", server.index)
                columns = self.reducer.steps(waiting, steps, steps.count_until(seen))
                value = steps.after(frame.records)
                words = f"{value} wait at {server.name}" if value else f"none at {server.name}"
                found.append(_Line(columns, value, *looks, words))
                continue
            found += self._rates(frame, server, looks, seen)
        return found

    def _rates(
        self,
        frame: _Frame,
        server: ServerView,
        looks: tuple[str, QColor, float, tuple[float, ...]],
        seen: int,
    ) -> list[_Line]:
        """Return what a server sent, above zero, and received, below it."""
        found = []
        for way, sign in ((SENT, 1), (RECEIVED, -1)):
            message = (server.index, self.view.message, way)
            moments = frame.series.messages.get(message)
            count = moments.count_until(seen) if moments is not None else 0
            columns = self.reducer.rate(message, moments, count)
            value = moments.in_last_minute(frame.records, frame.at) if moments is not None else 0
            words = f"{server.name} {way} {value}"
            found.append(_Line(columns, value, *looks, words, sign))
        return found


def _words(
    frame: _Frame, h: int, middles: list[float], texts: list[tuple[str, QColor]]
) -> list[Word]:
    """Place words beside the playhead; all of a plot stand on the same side of it."""
    theme = frame.theme
    line = theme.px(12 if len(texts) * theme.px(12) <= h else 11)
    wide = max((theme.width(text, NOTE) for text, _ in texts), default=0.0) + 6
    x, right = beside(frame.now, wide, frame.place.gutter + 4, frame.edge)
    found = []
    for place, y in enumerate(spread(middles, line, 0, h)):
        if y < 0:
            continue
        text, colour = texts[place]
        start = x if right else frame.now - 8 - theme.width(text, NOTE) - 3
        found.append(Word(max(frame.place.gutter + 4.0, start), y, text, colour))
    return found


def _area(paint: Theme, theme: Theme, part: Part, runs: Runs, ahead: bool) -> Area:
    """Return the look of a share: leased is solid, over is striped, free is a wash."""
    colours = {1: paint.s1, 2: paint.s2}
    stroke = colours.get(part.owner, paint.cli)
    if part.status == "ACTIVE":
        ground, striped = stroke, None
    elif part.status == "ENDED":
        ground, striped = theme.panel, stroke
    elif part.status == "ABANDONED":
        ground, striped = paint.strong, None
    else:
        wash = theme.s2w if part.owner == 2 else theme.s1w
        ground, striped = (theme.mix(wash, theme.panel, 0.42) if ahead else wash), None
    return Area(runs, ground, striped)


def _ink(theme: Theme, part: Part) -> QColor:
    return {1: theme.s1, 2: theme.s2}.get(part.owner, theme.cli)


def _text_of(theme: Theme, owner: int) -> QColor:
    return {1: theme.s1t, 2: theme.s2t}.get(owner, theme.ink2)
