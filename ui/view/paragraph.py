"""Text of several lines in painted views: broken into lines once, drawn line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.view.text import draw_text

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter

    from ui.theme import Theme


def wrap(
    theme: Theme, text: str, room: float, px: int, *, bold: bool = False, lines: int = 0
) -> list[str]:
    """Break a text into lines no wider than *room*; with *lines*, the last one is elided."""
    broken: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and theme.width(longer, px, bold) > room:
            broken.append(line)
            line = word
        else:
            line = longer
    broken.append(line)
    if lines and len(broken) > lines:
        rest = " ".join(broken[lines - 1 :])
        return [*broken[: lines - 1], theme.elide(rest, room, px, bold)]
    return broken


def draw_paragraph(
    painter: QPainter,
    theme: Theme,
    x: float,
    first: float,
    lines: list[str],
    colour: QColor,
    px: int,
    pitch: float,
    *,
    bold: bool = False,
) -> float:
    """Draw lines, the first centred on *first*; return the centre of the line after the last."""
    for line in lines:
        draw_text(painter, theme, x, first, line, colour, px, bold=bold)
        first += pitch
    return first
