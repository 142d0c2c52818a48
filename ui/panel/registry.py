"""The views of the window: one line each. A new view is one module and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.look import Look
    from ui.model.run import RunModel


class ViewSpec(NamedTuple):
    """A view: its name in layouts, its tab's title, the class that paints it."""

    name: str
    title: str
    where: str


VIEWS = (
    ViewSpec("stage", "Stage", "ui.view.stage:StageView"),
    ViewSpec("messages", "Messages", "ui.view.chart:ChartView"),
    ViewSpec("states", "States", "ui.view.states:StatesView"),
    ViewSpec("pool", "Pool", "ui.view.pool:PoolView"),
    ViewSpec("leases", "Leases", "ui.view.leases:LeasesView"),
    ViewSpec("lease-table", "Lease table", "ui.panel.lease_table:LeaseTablePanel"),
    ViewSpec("events", "Event log", "ui.panel.events:EventsPanel"),
    ViewSpec("console", "Console", "ui.panel.console:ConsolePanel"),
    ViewSpec("charts", "Charts", "ui.panel.charts:ChartsView"),
    ViewSpec("compare", "Compare", "ui.panel.compare:ComparePanel"),
    ViewSpec("timeline", "Timeline", "ui.view.timeline:TimelineView"),
    ViewSpec("inspector", "Inspector", "ui.view.inspector:InspectorView"),
    ViewSpec("lesson", "Lesson", "ui.panel.lesson:LessonPanel"),
    ViewSpec("index", "Index", "ui.panel.index:IndexPanel"),
    ViewSpec("glossary", "Glossary", "ui.panel.glossary:GlossaryPanel"),
)


def make_view(spec: ViewSpec, model: RunModel, look: Look) -> QWidget:
    """Return a new view."""
    module, _, name = spec.where.partition(":")
    view: QWidget = getattr(import_module(module), name)(model, look)
    return view
