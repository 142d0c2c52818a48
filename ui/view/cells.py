"""Cells of the pool map: fill and letter are the status, hatch is "the partner does not know".

Draw all cells of a map first and its outlines after them: an outline lies over the
neighbours (VISUAL 6, 7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from ui.view import metrics
from ui.view.bands import draw_frame
from ui.view.strokes import disc, fill_stripes, stamp
from ui.view.text import draw_text

if TYPE_CHECKING:
    from ui.theme import Theme, Who

Status = Literal["FREE", "BACKUP", "ACTIVE", "EXPIRED", "RELEASED", "RESET", "ABANDONED"]

STATUSES: tuple[Status, ...] = (
    "FREE",
    "BACKUP",
    "ACTIVE",
    "EXPIRED",
    "RELEASED",
    "RESET",
    "ABANDONED",
)
LETTERS: dict[Status, str] = {
    "FREE": "",
    "BACKUP": "B",
    "ACTIVE": "A",
    "EXPIRED": "E",
    "RELEASED": "R",
    "RESET": "S",
    "ABANDONED": "×",
}
_FRAMED = ("EXPIRED", "RELEASED", "RESET")


def draw_pool_cell(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    size: int,
    status: Status,
    who: Who,
    *,
    hatched: bool = False,
    differs: bool = False,
    selected: bool = False,
) -> None:
    """Draw one cell with all that lies on it; below 4 px draw :func:`draw_count_bar` instead.

    In a map use *differs* and *selected* of :func:`draw_cell_outline`, after all cells.
    """
    dark = differs and size < metrics.CELL_MARK
    stamp(painter, theme, x, y, size, size, _cell, size, status, who, hatched, dark)
    if (differs and not dark) or selected:
        draw_cell_outline(painter, theme, x, y, size, differs=differs, selected=selected)


def draw_cell_outline(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    size: int,
    *,
    differs: bool = False,
    selected: bool = False,
) -> None:
    """Draw the ink outline of a difference and, outside it, the violet one of the selection."""
    thick = theme.stroke_px(metrics.CELL_OUTLINE, whole=True)
    left, top = theme.snap(x), theme.snap(y)
    if selected:
        out = thick * 2 if differs else thick + 1
        painter.setPen(theme.pen(theme.sel, metrics.STROKE_STRONG, whole=True))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = out - thick / 2
        side = size + 2 * inset
        painter.drawRoundedRect(
            QRectF(left - inset, top - inset, side, side), metrics.RADIUS_TAG, metrics.RADIUS_TAG
        )
        if not differs:
            draw_frame(painter, theme, left - 1, top - 1, size + 2, size + 2, theme.panel)
    if differs and size >= metrics.CELL_MARK:
        wide = size + 2 * thick
        draw_frame(
            painter, theme, left - thick, top - thick, wide, wide, theme.ink, metrics.CELL_OUTLINE
        )


def draw_count_bar(
    painter: QPainter,
    theme: Theme,
    x: float,
    y: float,
    w: float,
    h: float,
    parts: list[tuple[Status, Who, int]],
) -> list[QRectF]:
    """Draw how many addresses a server believes to be what, one part after another.

    Takes the place of a map whose cells would be smaller than 4 px. Returns the parts' boxes;
    a part that is not empty is at least 2 px wide.
    """
    total = sum(count for _, _, count in parts) or 1
    boxes, at, left = [], 0, theme.snap(x)
    for status, who, count in parts:
        at += count
        right = theme.snap(x + w * at / total)
        if count and right - left < 2:
            right = left + 2
        rect = QRectF(left, theme.snap(y), right - left, theme.snap(h))
        boxes.append(rect)
        if count:
            _part(painter, theme, rect, status, who)
        left = right
    return boxes


def _part(painter: QPainter, theme: Theme, rect: QRectF, status: Status, who: Who) -> None:
    ground, ink = _colours(theme, status, who)
    painter.fillRect(rect, ground)
    if status in _FRAMED:
        draw_frame(painter, theme, rect.x(), rect.y(), rect.width(), rect.height(), ink)
    elif status == "BACKUP":
        # The dots of the cells go on in the bar: backup is not told by its hue alone.
        middle, at = rect.center().y(), rect.left() + 4
        while at < rect.right() - 2:
            disc(painter, theme, at, middle, 1.5, ground=ink)
            at += 6


def _colours(theme: Theme, status: Status, who: Who) -> tuple[QColor, QColor]:
    """Return the ground of a cell and the colour of what stands on it."""
    hue = theme.hue(who)
    if status == "ACTIVE":
        return hue.fill, theme.onhue
    if status == "ABANDONED":
        return theme.cliw, theme.ink2
    if status in _FRAMED:
        return theme.panel, hue.stroke
    return hue.wash, hue.stroke


def _cell(
    painter: QPainter,
    theme: Theme,
    size: int,
    status: Status,
    who: Who,
    hatched: bool,
    dark: bool,
) -> None:
    ground, ink = _colours(theme, status, who)
    painter.fillRect(QRectF(0, 0, size, size), theme.ink if dark else ground)
    if dark:
        return
    lettered = size >= metrics.CELL_LETTER
    marked = size >= metrics.CELL_MARK
    if hatched and marked:
        period = max(metrics.STRIPE_PERIOD_CELL_LEAST, size * metrics.STRIPE_PERIOD_CELL)
        width = max(metrics.STRIPE_CELL_LEAST, size * metrics.STRIPE_CELL)
        fill_stripes(painter, theme, 0, 0, size, size, ink, period, width)
    if status in _FRAMED:
        draw_frame(painter, theme, 0, 0, size, size, ink)
    if lettered:
        _letter(painter, theme, size, status, who, hatched, ground)
    elif marked:
        _mark(painter, theme, size, status, ink, hatched, ground)
    elif status == "ABANDONED":
        painter.fillRect(QRectF(size // 2 - 1, size // 2 - 1, 2, 2), ink)


def _letter(
    painter: QPainter,
    theme: Theme,
    size: int,
    status: Status,
    who: Who,
    hatched: bool,
    ground: QColor,
) -> None:
    middle = size / 2
    if status == "ABANDONED":
        _abandoned(painter, theme, size, theme.ink2, hatched, ground)
        return
    letter = LETTERS[status]
    if not letter:
        return
    fitting = (each for each in metrics.TYPE_SIZES if theme.font_px(each) <= size * 0.46)
    px = next(fitting, metrics.TYPE_NOTE)
    colour = theme.onhue if status == "ACTIVE" else theme.hue(who).text
    if hatched:
        wide = theme.width(letter, px, bold=True) + 2
        high = theme.font_px(px)
        left, top = theme.snap(middle - wide / 2), theme.snap(middle - high / 2)
        right = theme.snap(middle + wide / 2)
        painter.fillRect(QRectF(left, top, right - left, high), ground)
    draw_text(painter, theme, middle, middle, letter, colour, px, bold=True, align="centre")


def _mark(
    painter: QPainter,
    theme: Theme,
    size: int,
    status: Status,
    ink: QColor,
    hatched: bool,
    ground: QColor,
) -> None:
    """Paint what stands for the letter below 20 px; a plate keeps it clear of the hatch."""
    middle = size / 2
    if status == "BACKUP":
        radius = max(1.5, size * 0.17)
        if hatched:
            disc(painter, theme, middle, middle, radius + 1.5, ground=ground)
        disc(painter, theme, middle, middle, radius, ground=ink)
    elif status == "ABANDONED":
        _abandoned(painter, theme, size, ink, hatched, ground)
    elif status in ("RELEASED", "RESET"):
        # Given back: a level bar. Freed by the operator: a plus. Expired: an empty frame.
        # Of the cell's own parity, so that they stand in its very middle.
        thick = 2 - size % 2
        long = round(size * 0.22) * 2 + size % 2
        start, at = (size - long) // 2, (size - thick) // 2
        strokes = [QRectF(start, at, long, thick)]
        if status == "RESET":
            strokes.append(QRectF(at, start, thick, long))
        for stroke in strokes if hatched else ():
            painter.fillRect(stroke.adjusted(-1, -1, 1, 1), ground)
        for stroke in strokes:
            painter.fillRect(stroke, ink)


def _abandoned(
    painter: QPainter, theme: Theme, size: int, colour: QColor, hatched: bool, ground: QColor
) -> None:
    half = size * 0.27
    middle = size / 2
    if hatched:
        part = theme.snap(middle - half - 1)
        painter.fillRect(QRectF(part, part, size - 2 * part, size - 2 * part), ground)
    width = metrics.STROKE_STRONG if size >= metrics.CELL_LETTER else metrics.STROKE
    painter.setPen(theme.pen(colour, width))
    painter.drawLine(QLineF(middle - half, middle - half, middle + half, middle + half))
    painter.drawLine(QLineF(middle - half, middle + half, middle + half, middle - half))
