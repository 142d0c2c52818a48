"""The chart as a table: a row for each row in view, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz import moment_text
from ui.layout.chart_items import CLIENTS, Arrow, Change, LinkMark, Pile

if TYPE_CHECKING:
    from ui.layout.chart_items import Fate, Part
    from ui.model.run import RunModel
    from ui.view.chart_facts import Facts
    from ui.view.chart_groups import Groups
    from ui.view.chart_paint import StepMark
    from ui.view.chart_scene import ChartScene

HEAD = ["Time", "Step", "From", "To", "What", "What became of it", "Exchange"]
_FATES = {"heard": "heard", "ignored": "ignored", "lost": "lost", "flying": "in flight"}


def table_rows(
    scene: ChartScene,
    facts: Facts,
    groups: Groups,
    steps: dict[int, StepMark],
    model: RunModel,
) -> list[list[str]]:
    """Return the heading and the rows in view, the oldest first."""
    records = model.session.record_count
    rows = [HEAD]
    for place, row in enumerate(scene.layout.rows):
        item = row.item
        if item.form == "fold":
            words = ", ".join(part for part in (item.text, item.day) if part)
            rows.append([moment_text(item.at), "", "", "", "silence", words, ""])
            continue
        step = steps[place].text if place in steps else ""
        outcome = groups.outcome(item.group, records) if item.group >= 0 else None
        came = outcome.line or outcome.title if outcome is not None else ""
        moment = moment_text(item.at)
        rows.extend([moment, step, *_part_cells(part, facts), came] for part in item.parts)
    return rows


def _part_cells(part: Part, facts: Facts) -> list[str]:
    """Return from, to, what, and what became of it."""
    if isinstance(part, Arrow):
        ends = ", ".join(_name(facts, fate.host) for fate in part.fates)
        became = ", ".join(_fate_words(facts, fate, len(part.fates) > 1) for fate in part.fates)
        return [_name(facts, part.host), ends, part.labels[0], became]
    if isinstance(part, Pile):
        return [_name(facts, part.a), _name(facts, part.b), part.shown[0], "folded"]
    if isinstance(part, Change):
        return [_name(facts, part.host), "", "state", part.words]
    if isinstance(part, LinkMark):
        return [_name(facts, part.a), _name(facts, part.b), part.text, ""]
    return [_name(facts, part.host), "", part.text, part.words]


def _fate_words(facts: Facts, fate: Fate, named: bool) -> str:
    words = _FATES.get(fate.what, fate.what)
    if fate.words:
        words += f" ({fate.words})"
    return f"{_name(facts, fate.host)}: {words}" if named else words


def _name(facts: Facts, host: int) -> str:
    if host == CLIENTS:
        return "clients"
    return facts.name(host) if host >= 0 else ""
