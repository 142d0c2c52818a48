"""The measure in the chart: the bracket between its ends, and what the title row says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from foviz import clock_text
from ui.layout.chart_measure import Height, height_of, place_bar
from ui.model.measure import exact_text, measure_of
from ui.view import metrics
from ui.view.forms import draw_measure, draw_plate

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from ui.layout.chart_measure import Bar
    from ui.model.measure import End
    from ui.model.run import RunModel
    from ui.theme import Theme
    from ui.view.chart_facts import Facts
    from ui.view.chart_scene import ChartScene


def bar_of(model: RunModel, facts: Facts, scene: ChartScene) -> tuple[Bar, str] | None:
    """Return where the measure stands in a scene and its words, or None without one."""
    measure = measure_of(model)
    if measure is None:
        return None

    def height(end: End) -> Height:
        row = facts.row_record(end.record) if end.record >= 0 else -1
        return height_of(scene.layout, end.at, row, scrolled=scene.scrolled)

    one = height(measure.start)
    other = height(measure.end) if measure.end is not None else one
    tried = []
    for text in measure.texts:
        width = scene.measure.text(text, True) + 2 * metrics.PLATE_WIDER
        bar = place_bar(scene.layout, scene.measure, one, other, width)
        if not bar.crowded:
            return bar, text
        tried.append((bar, text))
    return tried[-1]


def paint_measure(painter: QPainter, theme: Theme, bar: Bar, text: str) -> QRectF:
    """Paint the bracket and its words; return the area of the words."""
    draw_measure(
        painter, theme, bar.x, bar.top.y, bar.foot.y, above=bar.top.out < 0, below=bar.foot.out > 0
    )
    return draw_plate(
        painter, theme, bar.words_x, bar.words_y, text, theme.sel, metrics.TYPE_NOTE, bold=True,
        ground=theme.panel,
    )  # fmt: skip


def measure_words(model: RunModel) -> str:
    """Return what the title row says of the measure, or nothing."""
    measure = measure_of(model)
    if measure is None:
        return ""
    if measure.end is None:
        return f"Δ from {clock_text(measure.start.at)} to …"
    way = "later" if measure.end.at >= measure.start.at else "earlier"
    return f"Δ\u00a0{exact_text(measure.us)} {way}"
