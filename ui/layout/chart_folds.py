"""Where the words of a folded silence stand: between lifelines, never across one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.layout.chart_columns import Columns
    from ui.layout.chart_room import Measure

SPARE = 6
MARK = "⋯ "


class FoldWords(NamedTuple):
    """The words of a fold, ``⋯`` included, by their middle."""

    text: str
    x: float
    w: float


def place_fold(text: str, columns: Columns, measure: Measure) -> FoldWords | None:
    """Place the words between the servers, else in the widest gap, else in fewer words.

    All folds of one chart stand under one another as long as their words fit.
    """
    if not text:
        return None
    gaps = fold_gaps(columns)
    for words in _shorter(text):
        width = measure.text(MARK + words)
        for a, b in gaps:
            if width + measure.px(SPARE) <= b - a:
                return FoldWords(MARK + words, (a + b) / 2, width)
    return None


def _shorter(text: str) -> list[str]:
    """Return the words, without what follows the length, and with its finer units cut off."""
    units = text.partition(",")[0].split(" ")
    return list(dict.fromkeys((text, *(" ".join(units[:n]) for n in range(len(units), 0, -1)))))


def fold_gaps(columns: Columns) -> Sequence[tuple[float, float]]:
    """Return the gaps that may hold words: between two servers first, then the widest."""
    placed = columns.columns
    inner = [
        (a.kind == b.kind == "server", a.x + a.half, b.x - b.half) for a, b in pairwise(placed)
    ]
    inner.sort(key=lambda gap: (not gap[0], gap[1] - gap[2]))
    outer = (placed[-1].x + placed[-1].half, columns.right) if placed else (0.0, columns.right)
    return [*((a, b) for _, a, b in inner), outer]
