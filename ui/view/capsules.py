"""Capsules: a message on its line, and the pile of a folded exchange (VISUAL 4)."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from ui.view import metrics
from ui.view.strokes import box, disc, stamp
from ui.view.text import draw_text

if TYPE_CHECKING:
    from ui.theme import Theme, Who

CapsuleName = Literal["chart", "chain", "inspector", "stage", "lecture-chart", "lecture-stage"]
"""Where a capsule stands; *chain* is the small one without a label in a chain of causes."""


def _size_of(name: CapsuleName) -> metrics.CapsuleSize:
    return metrics.CAPSULE_CHAIN if name == "chain" else metrics.CAPSULES[name]


def capsule_width(theme: Theme, text: str, size: CapsuleName = "chart") -> int:
    """Return the width of a capsule without its ring."""
    _, px, padding = _size_of(size)
    return ceil(theme.width(text, px, bold=True) + 2 * theme.px(padding))


def draw_capsule(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    text: str,
    who: Who,
    *,
    failover: bool = False,
    selected: bool = False,
    size: CapsuleName = "chart",
) -> QRectF:
    """Draw the capsule of a message, solid (DHCP) or outlined (failover); return its body."""
    w, h = capsule_width(theme, text, size), theme.px(_size_of(size).height)
    left, top = theme.snap(cx - w / 2), theme.snap(cy - h / 2)
    room = _room(theme)
    wide, high = w + 2 * room, h + 2 * room
    args = (text, who, failover, selected, size, w, h)
    stamp(painter, theme, left - room, top - room, wide, high, _capsule, *args)
    return QRectF(left, top, w, h)


def _halo(theme: Theme) -> float:
    """Return how far the halo reaches: 3 px, and more by what its stroke is thicker than 2."""
    thicker = theme.stroke_px(metrics.STROKE_STRONG) - metrics.STROKE_STRONG
    return metrics.CAPSULE_HALO + max(0.0, thicker)


def _room(theme: Theme) -> int:
    """Return how far ring or halo reach beyond the body, in whole pixels."""
    return ceil(_halo(theme)) + 1


def _paint_halo(painter: QPainter, theme: Theme, x: float, y: float, w: int, h: int) -> None:
    far = _halo(theme)
    box(
        painter,
        theme,
        x - far,
        y - far,
        w + 2 * far,
        h + 2 * far,
        ground=theme.selw,
        frame=theme.sel,
        width=metrics.STROKE_STRONG,
        radius=h / 2 + far,
    )


def _paint_ring(painter: QPainter, theme: Theme, x: float, y: float, w: int, h: int) -> None:
    """Paint the ring of the panel, so that a line never touches the letters."""
    ring = metrics.CAPSULE_RING
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.brush(theme.panel))
    around = QRectF(x - ring, y - ring, w + 2 * ring, h + 2 * ring)
    painter.drawRoundedRect(around, h / 2 + ring, h / 2 + ring)


def _capsule(
    painter: QPainter,
    theme: Theme,
    text: str,
    who: Who,
    failover: bool,
    selected: bool,
    size: CapsuleName,
    w: int,
    h: int,
) -> None:
    hue = theme.hue(who)
    room = _room(theme)
    if selected:
        _paint_halo(painter, theme, room, room, w, h)
    else:
        _paint_ring(painter, theme, room, room, w, h)
    ground = theme.panel if failover else hue.fill
    frame = hue.stroke if failover else None
    colour = hue.text if failover else theme.onhue
    box(
        painter,
        theme,
        room,
        room,
        w,
        h,
        ground=ground,
        frame=frame,
        width=metrics.STROKE,
        radius=h / 2,
    )
    px = _size_of(size).type
    draw_text(
        painter, theme, room + w / 2, room + h / 2, text, colour, px, bold=True, align="centre"
    )


def draw_capsule_dot(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    who: Who,
    *,
    failover: bool = False,
    selected: bool = False,
) -> QRectF:
    """Draw what a capsule becomes where its label has no room: a dot of 8 px."""
    r = metrics.CAPSULE_DOT / 2
    cx, cy = theme.snap(cx), theme.snap(cy)
    hue = theme.hue(who)
    if selected:
        frame = theme.sel
        disc(painter, theme, cx, cy, r + 4, ground=theme.selw, frame=frame, width=2.0)
    else:
        disc(painter, theme, cx, cy, r + metrics.CAPSULE_RING, ground=theme.panel)
    if failover:
        disc(
            painter,
            theme,
            cx,
            cy,
            r,
            ground=theme.panel,
            frame=hue.stroke,
            width=metrics.STROKE,
        )
    else:
        disc(painter, theme, cx, cy, r, ground=hue.fill)
    return QRectF(cx - r, cy - r, 2 * r, 2 * r)


def pile_width(theme: Theme, text: str) -> int:
    """Return the width of a pile, without the outline behind it."""
    spare = theme.px(metrics.PILE_TEXT_AT) + theme.px(metrics.PILE_PADDING)
    return ceil(theme.width(text, metrics.TYPE_NOTE) + spare)


def draw_pile(
    painter: QPainter,
    theme: Theme,
    cx: float,
    cy: float,
    text: str,
    who: Who,
    *,
    failover: bool = False,
    selected: bool = False,
) -> QRectF:
    """Draw a folded exchange: a pile of capsules with the triangle that unfolds it."""
    w, h = pile_width(theme, text), theme.px(metrics.CAPSULES["chart"].height)
    left, top = theme.snap(cx - w / 2), theme.snap(cy - h / 2)
    room = _room(theme)
    args = (text, who, failover, selected, w, h)
    wide, high = w + 2 * room, h + 2 * room
    stamp(painter, theme, left - room, top - room, wide, high, _pile, *args)
    return QRectF(left, top, w, h)


def _pile(
    painter: QPainter,
    theme: Theme,
    text: str,
    who: Who,
    failover: bool,
    selected: bool,
    w: int,
    h: int,
) -> None:
    hue = theme.hue(who)
    room, behind = _room(theme), metrics.PILE_BEHIND
    if selected:
        _paint_halo(painter, theme, room, room, w, h)
    else:
        _paint_ring(painter, theme, room, room, w, h)
        _pile_body(painter, theme, room + behind, w, h, theme.panel, hue.pale)
        # A gap of one pixel, so that the two outlines stay two.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.brush(theme.panel))
        painter.drawRoundedRect(QRectF(room, room, w + 1, h + 1), h / 2 + 0.5, h / 2 + 0.5)
    _pile_body(painter, theme, room, w, h, theme.panel if failover else hue.wash, hue.stroke)
    middle, at = room + h / 2, room + theme.px(metrics.PILE_TRIANGLE_AT)
    long = theme.px(metrics.PILE_TRIANGLE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.brush(hue.text))
    corners = ((at, middle - long * 0.6), (at + long, middle), (at, middle + long * 0.6))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    start = room + theme.px(metrics.PILE_TEXT_AT)
    draw_text(painter, theme, start, middle, text, hue.text, metrics.TYPE_NOTE)


def _pile_body(
    painter: QPainter, theme: Theme, at: float, w: int, h: int, ground: QColor, frame: QColor
) -> None:
    box(
        painter,
        theme,
        at,
        at,
        w,
        h,
        ground=ground,
        frame=frame,
        width=metrics.STROKE_FOLDED,
        radius=h / 2,
    )
