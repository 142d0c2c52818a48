"""Nodes of the state chart in both forms, and the tokens that stand at them (VISUAL §4, §8).

A node is filled in the hue of the server that is in it; with both in it, half in each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from foviz import STATES, ServerState
from ui.layout.states import NAME_LINES
from ui.view import forms, metrics

if TYPE_CHECKING:
    from ui.layout.area import Area
    from ui.layout.states import Chart
    from ui.theme import Theme, Who
    from ui.view.badges import Service, Tone
    from ui.view.states_facts import Standing

SERVES = {
    "S": "silent, seeks partner",
    "R": "silent, gets updates",
    "RW": "silent for the MCLT",
    "RD": "renewals only",
    "PA": "silent, halted",
    "SD": "silent, halted",
    "PC": "silent, compares",
    "CD": "serves all, own pool",
    "N": "serves its own share",
    "CI": "serves all, own pool",
    "RI": "serves all, own pool",
    "PD": "serves all, both pools",
}
"""What a state does for clients, in the large chart's few words."""

SERVICES: dict[str, Service] = {
    "full": "full",
    "alone": "alone",
    "takeover": "takeover",
    "renew": "renew",
    "silent": "silent",
}


def service_of(state: ServerState) -> Service:
    """Return the form of a state's badge."""
    return SERVICES[STATES[state].service.value]


def draw_state_badge(
    painter: QPainter,
    theme: Theme,
    x: float,
    cy: float,
    state: ServerState,
    living: tuple[Standing, ...],
    *,
    height: int,
    tone: Tone = "vacant",
) -> QRectF:
    """Draw a state's badge in the hue of who is in it; *tone* is for nobody."""
    letters, service = STATES[state].letters, service_of(state)
    if not living:
        return forms.draw_badge(painter, theme, x, cy, letters, service, height=height, tone=tone)
    if len(living) == 1:
        who = living[0].who
        return forms.draw_badge(painter, theme, x, cy, letters, service, who, height=height)
    if not theme.stamps:
        # Printers and SVG lose a clip: there both are drawn as "somebody".
        return forms.draw_badge(painter, theme, x, cy, letters, service, "client", height=height)
    w, h = forms.badge_width(theme, letters, height, service), theme.px(height)
    left, top = theme.snap(x), theme.snap(cy - h / 2)
    forms.stamp(painter, theme, left, top, w, h, _halves, letters, service, height, w, h)
    return QRectF(left, top, w, h)


def _halves(
    painter: QPainter, theme: Theme, letters: str, service: Service, height: int, w: int, h: int
) -> None:
    """Paint the left half as server 1's badge and the right half as server 2's."""
    middle = w // 2
    halves: tuple[tuple[Who, QRectF], ...] = (
        ("s1", QRectF(0, 0, middle, h)),
        ("s2", QRectF(middle, 0, w - middle, h)),
    )
    for who, part in halves:
        painter.setClipRect(part)
        forms.draw_badge(painter, theme, 0, h / 2, letters, service, who, height=height)


def draw_selected(painter: QPainter, theme: Theme, rect: QRectF, radius: float) -> None:
    """Draw the halo of a selected node below it: 3 px out, 2-px violet, on the wash."""
    far = metrics.CAPSULE_HALO + 1
    forms.box(
        painter,
        theme,
        rect.x() - far,
        rect.y() - far,
        rect.width() + 2 * far,
        rect.height() + 2 * far,
        ground=theme.selw,
        frame=theme.sel,
        width=metrics.STROKE_STRONG,
        radius=radius + far,
    )


def draw_tokens(
    painter: QPainter,
    theme: Theme,
    places: tuple[tuple[float, float], ...],
    standings: tuple[Standing, ...],
    *,
    large: bool,
    host: int,
) -> list[QRectF]:
    """Draw the tokens of the servers in one state; the selected one ringed. Return their boxes."""
    boxes = []
    for (x, y), each in zip(places, standings, strict=False):
        digit = str(each.number)
        found = forms.draw_token(painter, theme, x, y, digit, each.who, on=each.on, large=large)
        if each.index == host:
            middle = found.center()
            radius = found.width() / 2 + metrics.CAPSULE_HALO + 1
            stroke = metrics.STROKE_STRONG
            forms.disc(
                painter, theme, middle.x(), middle.y(), radius, frame=theme.sel, width=stroke
            )
        boxes.append(found)
    return boxes


# -- the large form


def draw_large_node(
    painter: QPainter,
    theme: Theme,
    chart: Chart,
    state: ServerState,
    standings: tuple[Standing, ...],
    *,
    absent: bool,
    selected: bool,
) -> None:
    """Draw a box with badge, name and what the state does for clients."""
    letters = STATES[state].letters
    rect = chart.nodes[letters]
    living = tuple(each for each in standings if each.on)
    area = QRectF(*rect)
    if selected:
        draw_selected(painter, theme, area, metrics.RADIUS_CARD)
    _draw_frame(painter, theme, area, living, standings, absent=absent, selected=selected)
    tone: Tone = "absent" if absent else "vacant"
    _draw_inside(painter, theme, rect, state, living, tone)


def _draw_frame(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    living: tuple[Standing, ...],
    standings: tuple[Standing, ...],
    *,
    absent: bool,
    selected: bool,
) -> None:
    x, y, w, h = area.x(), area.y(), area.width(), area.height()
    radius = metrics.RADIUS_CARD
    dash: tuple[float, ...] = ()
    if len(living) == 2:
        for half, hue in (("left", theme.hue("s1")), ("right", theme.hue("s2"))):
            _draw_half(painter, theme, area, hue.wash, hue.stroke, half, not selected)
        return
    if living:
        hue = theme.hue(living[0].who)
        if not selected:
            far = metrics.NODE_HALO
            wide, high = w + 2 * far, h + 2 * far
            ground = hue.wash
            forms.box(
                painter, theme, x - far, y - far, wide, high, ground=ground, radius=radius + far
            )
        frame, width = hue.stroke, metrics.STROKE_HEAVY
    elif standings:
        hue = theme.hue(standings[0].who)
        frame, width, dash = hue.stroke, metrics.STROKE_STRONG, metrics.DASH_HOST_BOX
    else:
        colour = theme.mix(theme.inkoff, theme.panel, 0.5) if absent else theme.strong
        frame, width = colour, metrics.STROKE
    ground = theme.raised
    forms.box(
        painter, theme, x, y, w, h,
        ground=ground, frame=frame, width=width, radius=radius, dash=dash,
    )  # fmt: skip


def _draw_half(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    wash: QColor,
    stroke: QColor,
    side: str,
    halo: bool,
) -> None:
    """Draw one half of the box of a node with both servers in it."""
    if halo:
        far = metrics.NODE_HALO
        path = _half_box(area.adjusted(-far, -far, far, far), metrics.RADIUS_CARD + far, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.brush(wash))
        painter.drawPath(path)
    edge = theme.stroke_px(metrics.STROKE_HEAVY) / 2
    inner = area.adjusted(edge, edge, -edge, -edge)
    path = _half_box(inner, metrics.RADIUS_CARD - edge, side)
    painter.fillPath(path, theme.brush(theme.raised))
    painter.setPen(theme.pen(stroke, metrics.STROKE_HEAVY))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def _half_box(area: QRectF, radius: float, side: str) -> QPainterPath:
    """Return the open outline of the left or the right half of a rounded box."""
    middle, top, foot = area.center().x(), area.top(), area.bottom()
    path = QPainterPath(QPointF(middle, top))
    if side == "left":
        x, turn, sweep = area.left(), 90.0, 90.0
        corner = QRectF(x, top, 2 * radius, 2 * radius)
        lower = QRectF(x, foot - 2 * radius, 2 * radius, 2 * radius)
    else:
        x, turn, sweep = area.right(), 90.0, -90.0
        corner = QRectF(x - 2 * radius, top, 2 * radius, 2 * radius)
        lower = QRectF(x - 2 * radius, foot - 2 * radius, 2 * radius, 2 * radius)
    path.arcTo(corner, turn, sweep)
    path.arcTo(lower, turn + sweep, sweep)
    path.lineTo(middle, foot)
    return path


def _draw_inside(
    painter: QPainter,
    theme: Theme,
    rect: Area,
    state: ServerState,
    living: tuple[Standing, ...],
    tone: Tone,
) -> None:
    letters = STATES[state].letters
    absent = tone == "absent"
    unit = theme.font_scale
    first, second = (theme.inkoff, theme.inkoff) if absent else (theme.ink, theme.ink2)
    roomy = rect.w >= 124 * unit and rect.h >= 40 * unit
    lines, middle = NAME_LINES[letters], rect.centre[1]
    if roomy and rect.w < 176 * unit and letters not in ("PA", "SD"):
        roomy = False
    if not roomy:
        _draw_tight(painter, theme, rect, state, living, tone)
        return
    inset = theme.px(12)
    badge = draw_state_badge(
        painter, theme, rect.x + inset, middle, state, living, height=26, tone=tone
    )
    at = badge.right() + theme.px(8 if letters in ("PA", "SD") else 10)
    room = rect.right - at - 4
    if theme.width("".join(lines), 11, bold=True) <= room:
        lines = ("".join(lines),)
    rows = [*((line, 11, True, first) for line in lines), (SERVES[letters], 10, False, second)]
    if rect.h < 18 * len(rows) * unit:
        rows = rows[:-1]
    pitch = theme.px(14)
    top = middle - pitch * (len(rows) - 1) / 2
    for row, (text, px, bold, colour) in enumerate(rows):
        # What the state does stands a little apart from its name.
        extra = 2 if row and not bold else 0
        y = top + row * pitch + extra
        forms.draw_text(painter, theme, at, y, text, colour, px, bold=bold, room=room)


def _draw_tight(
    painter: QPainter,
    theme: Theme,
    rect: Area,
    state: ServerState,
    living: tuple[Standing, ...],
    tone: Tone,
) -> None:
    """Draw a small badge and the name; below it where there is no room beside it."""
    letters = STATES[state].letters
    colour = theme.inkoff if tone == "absent" else theme.ink
    lines = NAME_LINES[letters]
    cx, cy = rect.centre
    wide = forms.badge_width(theme, letters, 20, service_of(state))
    # PAUSED and SHUTDOWN stand side by side: what one has no room for, neither has.
    measured = (*NAME_LINES["PA"], *NAME_LINES["SD"]) if letters in ("PA", "SD") else lines
    name = max(theme.width(line, 10) for line in measured)
    gap = theme.px(6)
    if wide + name + 3 * gap <= rect.w:
        x = rect.x + (rect.w - wide - gap - name) / 2
        draw_state_badge(painter, theme, x, cy, state, living, height=20, tone=tone)
        pitch = theme.px(metrics.CELL + 3)
        for row, line in enumerate(lines):
            y = cy + (row - (len(lines) - 1) / 2) * pitch
            forms.draw_text(painter, theme, x + wide + gap, y, line, colour, 10)
        return
    name_fits = rect.h >= 38 * theme.font_scale and name <= rect.w - 6 and len(lines) == 1
    y = rect.y + rect.h * 0.34 if name_fits else cy
    draw_state_badge(painter, theme, cx - wide / 2, y, state, living, height=20, tone=tone)
    if name_fits:
        y = rect.bottom - theme.px(10)
        forms.draw_text(painter, theme, cx, y, lines[0], colour, 10, align="centre")
