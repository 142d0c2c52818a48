"""The caption of *Lecture*: a question and its answers as equal boxes, or what is going on.

Numbers are those of VISUAL §5 at 1920 × 1080, times the window's share of that.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ui.layout.area import Area

EDGE: Final = 40
GAP: Final = 25
BOX: Final = 122
SQUARE: Final = 62
TITLE_AT: Final = 68
BOX_AT: Final = 122
INSET: Final = 19
MOST_IN_ROW: Final = 4


class AnswerBox(NamedTuple):
    """An answer: its box, the square with its letter, and where its words begin."""

    box: Area
    square: Area
    words_x: float
    words_w: float


class CaptionPlan(NamedTuple):
    """Where the title stands and how much room it has, and the boxes."""

    x: float
    title_y: float
    title_w: float
    boxes: tuple[AnswerBox, ...]


def plan_caption(w: float, h: float, count: int, share: float) -> CaptionPlan:
    """Return the places for *count* answers.

    More than four answers stand in two rows, half as high; their squares shrink with them.
    """
    edge, gap = EDGE * share, GAP * share
    title_y = TITLE_AT * share
    rows = 1 if count <= MOST_IN_ROW else 2
    columns = max(1, -(-count // rows))
    top, foot = BOX_AT * share, h - 36 * share
    pitch = (foot - top + gap / 2) / rows if rows > 1 else BOX * share
    box_h = min(BOX * share, foot - top) if rows == 1 else pitch - gap / 2
    box_w = (w - 2 * edge - (columns - 1) * gap) / columns
    square = min(SQUARE * share, box_h - 10 * share)
    boxes = []
    for place in range(count):
        row, column = divmod(place, columns)
        x, y = edge + column * (box_w + gap), top + row * pitch
        inset = min(INSET * share, (box_h - square) / 2)
        letter = Area(x + inset, y + (box_h - square) / 2, square, square)
        words_x = letter.x + square + 22 * share
        words_w = max(0.0, x + box_w - words_x - 12 * share)
        boxes.append(AnswerBox(Area(x, y, box_w, box_h), letter, words_x, words_w))
    return CaptionPlan(edge, title_y, w - 2 * edge, tuple(boxes))
