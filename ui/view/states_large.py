"""The state chart at leisure: boxes with names, labels on the edges, and its key (VISUAL §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF

from foviz import STATES
from ui.layout import states_graph as graph
from ui.layout import states_labels as labels
from ui.layout.area import Area
from ui.layout.states import KEY_FROM, KEY_HEIGHT
from ui.view import forms, metrics
from ui.view.states_nodes import draw_large_node

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter

    from ui.layout.states import Chart, Path
    from ui.layout.states_graph import Edge
    from ui.layout.states_labels import Around, Block
    from ui.theme import Theme, Who
    from ui.view.badges import Service
    from ui.view.marks import Event
    from ui.view.states_facts import Facts

_LEGEND: Final[tuple[tuple[str, Service, tuple[str, ...]], ...]] = (
    ("N", "full", ("serves its share, or all",)),
    ("CI", "alone", ("serves all, own pool only",)),
    ("PD", "takeover", ("serves all, the partner’s pool", "too, once the MCLT is over")),
    ("RD", "renew", ("renewals only",)),
    ("S", "silent", ("silent",)),
)
_EVENTS: Final[tuple[tuple[Event, str], ...]] = (
    ("cut", "contact lost"),
    ("link", "contact: link up and the partner’s STATE heard"),
    ("message", "failover message"),
    ("timer", "timer over"),
    ("operator", "operator"),
)
_GLYPHS: Final[dict[str, Event]] = {event: event for event, _ in _EVENTS}


def paint_large(
    painter: QPainter,
    theme: Theme,
    chart: Chart,
    facts: Facts,
    paths: list[tuple[Path, Edge]],
    kept: LabelCache,
) -> None:
    """Paint everything of the large form but its edges and tokens."""
    unit = theme.font_scale
    key = KEY_HEIGHT * unit if chart.h >= KEY_FROM * unit else 0.0
    stub = not facts.resumed
    around = labels.around(chart, key, stub=stub)
    _paint_operator(painter, theme, chart, around.operator, facts)
    _paint_labels(painter, theme, kept.blocks(theme, chart, facts, paths, around))
    _paint_start(painter, theme, chart, around)
    for state in STATES:
        absent = graph.is_absent(state, facts.profile)
        standings, selected = facts.at(state), facts.state == state
        draw_large_node(painter, theme, chart, state, standings, absent=absent, selected=selected)
    x, y, w, h = around.legend
    if w:
        forms.stamp(painter, theme, x, y, w, h, _legend, w, h)
    x, y, w, h = around.key
    if w:
        who = facts.taken.standing.who if facts.taken is not None else "client"
        living = tuple(each.name for each in facts.standings if each.on)
        forms.stamp(painter, theme, x, y, w, h, _key, w, h, who, living)


class LabelCache:
    """The labels as they were last placed: a frame that changes none of them places none."""

    def __init__(self) -> None:
        self._key: object = None
        self._blocks: tuple[Block, ...] = ()

    def blocks(
        self,
        theme: Theme,
        chart: Chart,
        facts: Facts,
        paths: list[tuple[Path, Edge]],
        around: Around,
    ) -> tuple[Block, ...]:
        """Return the labels that have room."""
        taken = facts.taken.key if facts.taken is not None else None
        states = tuple(each.state for each in facts.standings)
        key = (theme, chart.w, chart.h, facts.profile, taken, facts.possible, states, facts.resumed)
        if self._key != key:
            self._key = key
            wanted = [
                labels.Wanted(edge.name, path, graph.labels(edge), facts.rank(edge.key))
                for path, edge in paths
            ]
            boxes = [box for box in around if box.w] + _token_boxes(chart, facts)
            self._blocks = labels.place_labels(
                chart, wanted, boxes, lambda text, bold: theme.width(text, bold=bold)
            )
        return self._blocks


def _paint_labels(painter: QPainter, theme: Theme, blocks: tuple[Block, ...]) -> None:
    pitch = labels.LINE * theme.font_scale
    for block in blocks:
        painter.fillRect(QRectF(*block.area), theme.panel)
        colour = theme.ink if block.bold else theme.ink2
        for row, each in enumerate(block.lines):
            y = block.area.y + labels.PLATE * theme.font_scale / 2 + pitch * (row + 0.5)
            x = block.area.x + block.indent
            forms.draw_text(painter, theme, x, y, each.words, colour, bold=block.bold)
            if each.glyph:
                # The glyph of a label of several lines stands at the middle of its lines.
                after = 1
                while row + after < len(block.lines) and not block.lines[row + after].glyph:
                    after += 1
                middle = y + pitch * (after - 1) / 2
                draw_glyph(painter, theme, x, middle, each.glyph, theme.ink2)


def draw_glyph(
    painter: QPainter, theme: Theme, x: float, cy: float, glyph: str, colour: QColor
) -> None:
    """Draw an event's glyph left of words that start at *x*."""
    forms.draw_event_glyph(painter, theme, x - theme.px(11), cy, _GLYPHS[glyph], colour)


def draw_label(
    painter: QPainter,
    theme: Theme,
    x: float,
    cy: float,
    label: graph.Label,
    colour: QColor,
    *,
    bold: bool,
) -> None:
    """Draw a glyph and its words on one line from *x*."""
    at = x + theme.px(labels.GLYPH)
    draw_glyph(painter, theme, at, cy, label.glyph, theme.ink2)
    forms.draw_text(painter, theme, at, cy, label.words, colour, bold=bold)


def _token_boxes(chart: Chart, facts: Facts) -> list[Area]:
    """Return boxes around the tokens' corner of each node with a server in it."""
    boxes = []
    for each in facts.standings:
        node = chart.nodes[STATES[each.state].letters]
        reach = 16 * chart.unit
        wide = reach * 2 * len(facts.at(each.state))
        boxes.append(Area(node.right + reach - wide, node.y - reach, wide, 2 * reach))
    return boxes


def _paint_operator(
    painter: QPainter, theme: Theme, chart: Chart, area: Area, facts: Facts
) -> None:
    """Paint the frame around PAUSED and SHUTDOWN, which have no edges."""
    absent = not graph.has_operator_states(facts.profile)
    frame = theme.mix(theme.inkoff, theme.panel, 0.6) if absent else theme.strong
    dash = metrics.DASH_HOST_BOX
    forms.box(painter, theme, *area, frame=frame, radius=metrics.RADIUS_CARD, dash=dash)
    room = area.w - theme.px(16)
    note = f"not in profile {facts.profile.name}"
    above = (f"operator states, {note}", note) if absent else ("operator states",)
    below = ("from any state; restart leads to STARTUP", "restart leads to STARTUP")
    node = chart.nodes["PA"]
    for texts, y in (
        (above, (area.y + node.y) / 2),
        (below, (node.bottom + area.bottom) / 2),
    ):
        text = next((each for each in texts if theme.width(each, 10) <= room), "")
        if text and abs(y - area.y) > theme.px(6):
            x = area.x + area.w / 2
            forms.draw_text(painter, theme, x, y, text, theme.ink3, 10, align="centre")


def _paint_start(painter: QPainter, theme: Theme, chart: Chart, around: Around) -> None:
    """Paint where a server comes in, and where it goes when the partner decides nothing."""
    node = chart.nodes["S"]
    x, head = node.centre[0], metrics.HEAD_SMALL
    if around.start.w:
        y = node.y - theme.px(30)
        forms.disc(painter, theme, theme.snap(x), y, theme.px(5), ground=theme.ink2)
        forms.draw_edge(painter, theme, (x, y + theme.px(5)), (x, node.y - 2), theme.faint)
        forms.draw_text(painter, theme, x + theme.px(12), y, "start", theme.ink2)
    if around.stub.w:
        x = node.x + node.w * 0.22
        y = node.bottom + 2
        forms.draw_edge(painter, theme, (x, y), (x, y + theme.px(40)), theme.faint, head=head)
        for row, line in enumerate(("else the stored state,", "link taken as failed")):
            at = y + theme.px(54 + labels.LINE * row)
            forms.draw_text(painter, theme, node.x, at, line, theme.ink2)


def _legend(painter: QPainter, theme: Theme, w: float, h: float) -> None:
    """Paint what the forms of the nodes and the tokens mean."""
    px, x = theme.px, 0.0
    y = float(px(8))
    forms.draw_text(painter, theme, x, y, "What the state does for clients", theme.ink, bold=True)
    y += px(27)
    at = x + px(46)
    for letters, service, lines in _LEGEND:
        forms.draw_badge(painter, theme, x, y, letters, service, height=20, tone="vacant")
        for row, line in enumerate(lines):
            forms.draw_text(painter, theme, at, y + px(labels.LINE) * row, line, theme.ink2)
        y += px(27) + px(11) * (len(lines) - 1)
    y += px(10)
    forms.draw_text(painter, theme, x, y, "Servers", theme.ink, bold=True)
    servers: tuple[tuple[str, Who, bool, str], ...] = (
        ("2", "s2", True, "running"),
        ("1", "s1", False, "off: what it has in storage"),
    )
    for digit, who, on, words in servers:
        y += px(27)
        forms.draw_token(painter, theme, x + px(17), y, digit, who, on=on)
        forms.draw_text(painter, theme, at, y, words, theme.ink2)


def _key(
    painter: QPainter, theme: Theme, w: float, h: float, who: Who, living: tuple[str, ...]
) -> None:
    """Paint what the edges and the glyphs mean, in two rows below the chart."""
    px = theme.px
    forms.line(painter, theme, 0, 1, w, 1, theme.hair)
    first, second, x = px(26), px(54), 0.0
    forms.draw_text(painter, theme, x, first, "Edges", theme.ink, bold=True)
    forms.draw_text(painter, theme, x, second, "Events", theme.ink, bold=True)
    start = x + px(60)
    whose = f" for {' and '.join(living)}" if living else ""
    last = theme.hue(who).stroke
    x = start
    for colour, width, head, words in (
        (last, metrics.STROKE_HEAVY, metrics.HEAD_LAST_EDGE, "the last one taken"),
        (theme.ink, metrics.STROKE, metrics.HEAD, f"possible now{whose}"),
        (theme.faint, metrics.STROKE_HAIR, metrics.HEAD_SMALL, "all others"),
    ):
        end = x + px(34)
        forms.draw_edge(painter, theme, (x, first), (end, first), colour, width=width, head=head)
        x = end + px(8)
        x += forms.draw_text(painter, theme, x, first, words, theme.ink2) + px(26)
    x = start
    for event, words in _EVENTS:
        wide = theme.width(words)
        if x + px(22) + wide > w:
            break
        draw_glyph(painter, theme, x + px(20), second, event, theme.ink2)
        x += px(22)
        x += forms.draw_text(painter, theme, x, second, words, theme.ink2) + px(26)
    source = "draft-ietf-dhc-failover-12, section 9"
    if x + theme.width(source) < w:
        forms.draw_text(painter, theme, w, second, source, theme.ink3, align="right")
