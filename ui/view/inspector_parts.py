"""Painting the inspector's head, *why* and chain of causes (VISUAL 6)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from ui.layout import inspector as layout
from ui.model.selection import NOTHING, Selection
from ui.view import metrics
from ui.view.forms import (
    capsule_width,
    draw_arrow,
    draw_capsule,
    draw_plate,
    draw_tag,
    draw_text,
    line,
    paint_mark_icon,
)
from ui.view.inspector_glyphs import draw_glyph, glyph_width
from ui.view.paragraph import draw_paragraph, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor, QPainter

    from ui.layout.inspector import Plan
    from ui.theme import Theme
    from ui.view.inspector_page import Asked, Head, Node, Pair
    from ui.view.painted import PaintedView
    from ui.view.text import Align

NOTE, BASE, LESSON = metrics.TYPE_NOTE, metrics.TYPE_BASE, metrics.TYPE_LESSON
CAPSULE_AT = 11
AFTER_CAPSULE = 8
BEFORE_NOTE = 12
GLYPH_CENTRE = 20
AFTER_GLYPH = 34
GAP = 8
ARROW_CLEAR = 20
LEAST_OTHERS = 60
HEAD_LINES = 2


class Canvas:
    """Where a part is painted: the view that takes its hits, the painter, theme and width."""

    def __init__(self, view: PaintedView, painter: QPainter, w: int) -> None:
        self.view = view
        self.painter = painter
        self.theme: Theme = view.theme
        self.w = w

    def px(self, size: float) -> int:
        """Return a size at the font scale."""
        return self.theme.px(size)

    def text(
        self,
        x: float,
        cy: float,
        text: str,
        colour: QColor,
        px: int = BASE,
        *,
        bold: bool = False,
        mono: bool = False,
        align: Align = "left",
        room: float | None = None,
    ) -> float:
        """Write one line."""
        return draw_text(
            self.painter,
            self.theme,
            x,
            cy,
            text,
            colour,
            px,
            bold=bold,
            mono=mono,
            align=align,
            room=room,
        )

    def hair(self, y: float) -> None:
        """Draw the line between two groups."""
        line(self.painter, self.theme, 0, y + 0.5, self.w, y + 0.5, self.theme.hair)

    def hit(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        words: str,
        selection: Selection = NOTHING,
        deed: Callable[[], None] | None = None,
    ) -> None:
        """Say what an area stands for."""
        self.view.hit(QRectF(x, y, w, h), selection, words, deed)


@lru_cache(maxsize=64)
def _wrapped(
    theme: Theme, text: str, room: float, px: int, bold: bool, lines: int
) -> tuple[str, ...]:
    return tuple(wrap(theme, text, room, px, bold=bold, lines=lines))


# -- the head


def head_lines(theme: Theme, w: int, head: Head) -> tuple[str, ...]:
    """Return the lines of a head without a capsule; one line for others."""
    if head.capsule or (len(head.title) == 1 and head.title[0][1]):
        return (head.text,)
    right = theme.width(head.right, BASE, mono=True)
    room = w - theme.px(AFTER_GLYPH) - right - theme.px(layout.PADDING + BEFORE_NOTE)
    name = head.title[0][0]
    if theme.width(name, BASE, bold=True) < room:
        room -= theme.width(name, BASE, bold=True) - theme.width(name, BASE)
    return _wrapped(theme, head.text, room, BASE, False, HEAD_LINES)


def draw_head(canvas: Canvas, plan: Plan, head: Head) -> None:
    """Draw the first row."""
    theme, w = canvas.theme, canvas.w
    cy = canvas.px(layout.HEAD_CENTRE)
    edge = w - canvas.px(layout.PADDING)
    room: float = edge
    if head.right:
        width = theme.width(head.right, BASE, mono=True)
        canvas.text(edge, cy, head.right, theme.ink2, mono=True, align="right")
        room = edge - width - canvas.px(BEFORE_NOTE)
    x: float = canvas.px(AFTER_GLYPH)
    if head.capsule and head.glyph is not None:
        wide = capsule_width(theme, head.capsule, "inspector")
        x = canvas.px(CAPSULE_AT) + wide + canvas.px(AFTER_CAPSULE)
        centre = canvas.px(CAPSULE_AT) + wide / 2
        who, failover = head.glyph.who, head.glyph.failover
        draw_capsule(
            canvas.painter,
            theme,
            centre,
            cy,
            head.capsule,
            who,
            failover=failover,
            size="inspector",
        )
    elif head.glyph is not None:
        glyph_x = max(canvas.px(GLYPH_CENTRE), canvas.px(12) + glyph_width(theme, head.glyph) / 2)
        draw_glyph(canvas.painter, theme, glyph_x, cy, head.glyph)
        x = max(x, glyph_x + glyph_width(theme, head.glyph) / 2 + canvas.px(GAP))
    lines = head_lines(theme, w, head)
    if len(lines) > 1:
        _draw_long_head(canvas, x, cy, head, lines)
    else:
        x = _draw_title(canvas, x, cy, head, room)
        _draw_note(canvas, x, cy, head, room)
    canvas.hit(0, 0, w, plan.head.h, head.words)


def _draw_title(canvas: Canvas, x: float, cy: float, head: Head, room: float) -> float:
    for text, bold in head.title:
        if x >= room:
            break
        x += canvas.text(x, cy, text, canvas.theme.ink, bold=bold, room=room - x)
    return x


def _draw_long_head(
    canvas: Canvas, x: float, cy: float, head: Head, lines: tuple[str, ...]
) -> None:
    """A sentence on two lines; the name that begins it is bold if it stands on the first."""
    theme = canvas.theme
    name, first = head.title[0][0], lines[0]
    after = x
    if first.startswith(name):
        after = x + canvas.text(x, cy, name, theme.ink, bold=True)
        first = first[len(name) :]
    canvas.text(after, cy, first, theme.ink)
    canvas.text(x, cy + canvas.px(layout.ROW), lines[1], theme.ink)


def _draw_note(canvas: Canvas, x: float, cy: float, head: Head, room: float) -> None:
    theme = canvas.theme
    x += canvas.px(BEFORE_NOTE)
    fitting = (note for note in head.notes if theme.width(note, BASE) <= room - x)
    note = next(fitting, head.notes[-1] if head.notes else "")
    if note and room - x > canvas.px(GAP * 3):
        canvas.text(x, cy, note, theme.ink3, room=room - x)


# -- why


def question_lines(theme: Theme, w: int, asked: Asked) -> tuple[str, ...]:
    """Return the lines of the question."""
    room = w - theme.px(AFTER_GLYPH) - theme.px(layout.PADDING)
    return _wrapped(theme, asked.question, room, LESSON, True, HEAD_LINES)


def text_lines(theme: Theme, w: int, text: str, most: int = 0) -> tuple[str, ...]:
    """Return the lines of the explanation."""
    return _wrapped(theme, text, w - 2 * theme.px(layout.PADDING), BASE, False, most)


@lru_cache(maxsize=64)
def fact_rows(theme: Theme, w: int, facts: tuple[Pair, ...]) -> tuple[tuple[Pair, ...], ...]:
    """Return the facts in rows; two short ones that follow each other share a row."""
    half = w / 2 - theme.px(layout.PADDING)
    value_x = theme.px(layout.VALUE_AT)
    rows: list[tuple[Pair, ...]] = []
    for fact in facts:
        narrow = theme.width(fact.name, NOTE) < value_x - theme.px(layout.PADDING + 4)
        narrow = narrow and value_x + theme.width(fact.value, BASE) < half
        if narrow and rows and len(rows[-1]) == 1 and _is_narrow(theme, rows[-1][0], half):
            rows[-1] = (*rows[-1], fact)
        else:
            rows.append((fact,))
    return tuple(rows)


def _is_narrow(theme: Theme, fact: Pair, half: float) -> bool:
    value_x = theme.px(layout.VALUE_AT)
    name = theme.width(fact.name, NOTE) < value_x - theme.px(layout.PADDING + 4)
    return name and value_x + theme.width(fact.value, BASE) < half


def draw_why(canvas: Canvas, plan: Plan, asked: Asked) -> None:
    """Draw the question, the answer, and what it rests on."""
    theme, w = canvas.theme, canvas.w
    if plan.why_top < 0 or not plan.question_lines:
        return
    canvas.hair(plan.why_top)
    middle = canvas.px(layout.PADDING) + theme.grown(metrics.GLYPH) / 2
    paint_mark_icon(canvas.painter, theme, "why", middle, plan.question_y, theme.ink)
    x, y = canvas.px(AFTER_GLYPH), float(plan.question_y)
    lines = question_lines(theme, w, asked)
    for each in lines:
        canvas.text(x, y, each, theme.ink, LESSON, bold=True)
        y += canvas.px(layout.QUESTION_LINE)
    end = x + theme.width(lines[0], LESSON, bold=True)
    tagged = len(lines) == 1 and _draw_tag(canvas, plan.question_y, asked, end)
    shown = text_lines(theme, w, asked.text, plan.text_lines)
    left, pitch = canvas.px(layout.PADDING), canvas.px(layout.ROW)
    if plan.text_lines:
        draw_paragraph(
            canvas.painter, theme, left, plan.text_y, list(shown), theme.ink, BASE, pitch
        )
        high = plan.text_lines * pitch
        canvas.hit(left, plan.text_y - pitch / 2, w - 2 * left, high, asked.text)
    _draw_facts(canvas, plan, asked, tagged=tagged)


def _draw_tag(canvas: Canvas, cy: float, asked: Asked, start: float) -> bool:
    """Draw the rule's tag at the right, if there is room for it after *start*."""
    if not asked.tag:
        return True
    theme = canvas.theme
    wide = theme.width(asked.tag, NOTE, mono=True) + 2 * canvas.px(metrics.TAG_PADDING)
    right = canvas.w - canvas.px(layout.PADDING)
    word = theme.width("rule", NOTE)
    if right - wide < start + canvas.px(GAP):
        return False
    area = draw_tag(canvas.painter, theme, right - wide / 2, cy, asked.tag, mono=True)
    if area.left() - canvas.px(GAP) - word >= start + canvas.px(GAP):
        canvas.text(area.left() - canvas.px(GAP), cy, "rule", theme.ink3, NOTE, align="right")
    words = asked.tag_words or asked.tag
    canvas.hit(area.x(), area.y(), area.width(), area.height(), words)
    return True


def _draw_facts(canvas: Canvas, plan: Plan, asked: Asked, *, tagged: bool) -> None:
    theme, w = canvas.theme, canvas.w
    rows = fact_rows(theme, w, asked.facts)[: plan.facts]
    names = [pair.name for row in rows for pair in row[:1]]
    if plan.source_y >= 0:
        names.append("Source")
    if plan.result_y >= 0 and asked.result is not None:
        names.append(asked.result.name)
    widest = max((theme.width(name, NOTE) for name in names), default=0.0)
    value_x = layout.value_column(widest, w, theme.font_scale)
    edge = w - canvas.px(layout.PADDING)
    pitch = canvas.px(layout.ROW)
    if plan.source_y >= 0:
        name_x = canvas.px(layout.PADDING)
        canvas.text(name_x, plan.source_y, "Source", theme.ink3, NOTE)
        width = theme.width(asked.source, BASE)
        fits = tagged or _draw_tag(canvas, plan.source_y, asked, value_x + width)
        canvas.text(value_x, plan.source_y, asked.source, theme.sel, room=edge - value_x)
        high = min(width, edge - value_x)
        canvas.hit(value_x, plan.source_y - pitch / 2, high, pitch, asked.source_words)
        tagged = tagged or fits
    y = plan.facts_y
    half = w // 2
    for row in rows:
        draw_pair(canvas, row[0], y, value_x, half if len(row) > 1 else edge)
        if len(row) > 1:
            second = half + canvas.px(layout.VALUE_AT - layout.PADDING)
            draw_pair(canvas, row[1], y, second, edge, name_x=half)
        y += pitch
    if plan.result_y >= 0 and asked.result is not None:
        _draw_result(canvas, plan.result_y, asked, value_x, edge)


def _draw_result(canvas: Canvas, y: float, asked: Asked, value_x: int, edge: int) -> None:
    assert asked.result is not None
    theme = canvas.theme
    draw_pair(canvas, asked.result, y, value_x, edge)
    end = value_x + theme.width(asked.result.value, BASE, bold=True) + 2 * canvas.px(GAP)
    if asked.others and edge - end > canvas.px(LEAST_OTHERS):
        text = theme.elide(asked.others, edge - end, NOTE)
        canvas.text(edge, y, text, theme.ink3, NOTE, align="right")


def draw_pair(
    canvas: Canvas,
    pair: Pair,
    y: float,
    value_x: float,
    edge: float,
    *,
    name_x: float | None = None,
    pitch: float = 0.0,
) -> None:
    """Draw a name and its value; a value that leads somewhere is a link."""
    theme = canvas.theme
    left = canvas.px(layout.PADDING) if name_x is None else name_x
    canvas.text(left, y, pair.name, theme.ink3, NOTE, room=value_x - left - canvas.px(4))
    x = value_x
    if pair.glyph is not None:
        wide = glyph_width(theme, pair.glyph)
        draw_glyph(canvas.painter, theme, x + wide / 2, y, pair.glyph)
        x += wide + canvas.px(6)
    links = pair.selection is not NOTHING or bool(pair.line)
    colour = theme.sel if links else theme.ink
    mono = bool(pair.line)
    width = canvas.text(
        x, y, pair.value, colour, bold=pair.strong, mono=mono, room=max(0.0, edge - x)
    )
    high = pitch or canvas.px(layout.ROW)
    words = pair.words or f"{pair.name}: {pair.value}".removeprefix(": ")
    if links:
        model, lab_line = canvas.view.model, pair.line
        deed = (lambda: (model.do(lab_line), None)[1]) if lab_line else None
        canvas.hit(value_x, y - high / 2, x - value_x + width, high, words, pair.selection, deed)
    else:
        canvas.hit(left, y - high / 2, edge - left, high, words)


# -- the chain of causes


def draw_story(canvas: Canvas, plan: Plan, nodes: tuple[Node, ...]) -> None:
    """Tell the last causes in words, where there is room for it."""
    theme = canvas.theme
    left, pitch = canvas.px(layout.PADDING), canvas.px(layout.ROW)
    shown = nodes[:-1][-plan.story :] if plan.story else ()
    clocks = max((theme.width(node.clock, NOTE, mono=True) for node in shown), default=0.0)
    value_x = max(canvas.px(layout.VALUE_AT), left + clocks + canvas.px(GAP))
    edge = canvas.w - left
    y = float(plan.story_y)
    for node in shown:
        canvas.text(left, y, node.clock, theme.ink3, NOTE, mono=True)
        canvas.text(value_x, y, node.sentence, theme.ink2, room=edge - value_x)
        area = (left, y - pitch / 2, edge - left, pitch)
        canvas.hit(*area, node.words, Selection("record", node.record))
        y += pitch


def draw_causes(canvas: Canvas, plan: Plan, nodes: tuple[Node, ...]) -> None:
    """Draw the chain: oldest left, a fold in its middle, the present one last."""
    if not plan.causes.h or not nodes:
        return
    canvas.hair(plan.causes.y)
    fold = layout.fold_chain(tuple(node.minor for node in nodes))
    column, centres = layout.cause_centres(canvas.w, len(fold.shown))
    for place, index in enumerate(fold.shown):
        if place:
            left_out = tuple(nodes[each] for each in fold.hidden[place])
            _draw_step(canvas, plan, centres[place - 1], centres[place], left_out)
        last = place == len(fold.shown) - 1
        _draw_node(canvas, plan, nodes[index], centres[place], column, last=last)


def _draw_node(
    canvas: Canvas, plan: Plan, node: Node, cx: float, column: float, *, last: bool
) -> None:
    theme, top = canvas.theme, plan.causes.y
    glyph_y = top + canvas.px(layout.CAUSE_GLYPH)
    draw_glyph(canvas.painter, theme, cx, glyph_y, node.glyph, selected=last)
    room = column - canvas.px(4)
    title = _shorter(theme, node.title, room)
    title_y, detail_y = top + canvas.px(layout.CAUSE_TITLE), top + canvas.px(layout.CAUSE_DETAIL)
    canvas.text(cx, title_y, title, theme.ink, NOTE, bold=True, align="centre")
    detail = node.detail
    if theme.width(detail, NOTE) > room:
        detail = theme.elide(detail.rpartition(", ")[2], room, NOTE)
    canvas.text(cx, detail_y, detail, theme.ink3, NOTE, align="centre")
    area = (cx - column / 2 + 2, top + 4, column - 4, plan.causes.h - 8)
    canvas.hit(*area, node.words, Selection("record", node.record))


def _shorter(theme: Theme, title: str, room: float) -> str:
    """Leave out the last words of a title that is too long; its first word is elided."""
    while theme.width(title, NOTE, bold=True) > room and " " in title:
        title = title.rpartition(" ")[0]
    return theme.elide(title, room, NOTE, bold=True)


def _draw_step(
    canvas: Canvas, plan: Plan, x1: float, x2: float, left_out: tuple[Node, ...]
) -> None:
    """Draw the arrow between two nodes, with the number of nodes that it stands for."""
    theme, painter = canvas.theme, canvas.painter
    clear = canvas.px(ARROW_CLEAR)
    y = theme.snap(plan.causes.y + canvas.px(layout.CAUSE_GLYPH)) + 0.5
    width, head = metrics.STROKE_FOLDED, metrics.HEAD_SMALL
    draw_arrow(painter, theme, x1 + clear, y, x2 - clear, y, theme.strong, width=width, head=head)
    if not left_out:
        return
    middle = (x1 + x2) / 2 - canvas.px(3)
    area = draw_plate(painter, theme, middle, y, f"+{len(left_out)}", theme.sel, bold=True)
    words = "\n".join(node.sentence for node in left_out)
    area = area.adjusted(-4, -6, 4, 6)
    target = Selection("record", left_out[-1].record)
    canvas.hit(area.x(), area.y(), area.width(), area.height(), words, target)
