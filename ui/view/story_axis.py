"""The story axis on screen: where it stands, its grounds, its words, and what lies ahead.

Shared by all views that show the axis, so that they agree to the pixel.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from ui.layout.axis import FOLD, StoryAxis
from ui.layout.axis_labels import AxisLabels, Label, axis_labels
from ui.layout.timeline import GUTTER, INSET
from ui.theme import Theme
from ui.view import metrics
from ui.view.forms import draw_fold_cut, draw_text, fill, line

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter

    from ui.model.axis import AxisModel

TICK: Final = 4
CLEAR: Final = 4
"""Pixels between the playhead and a word."""


class AxisPlace(NamedTuple):
    """Where the axis stands in a view: the gutter's width, the axis, the view's right end."""

    gutter: int
    left: int
    right: int
    fold: int
    edge: int


def axis_place(theme: Theme, w: int) -> AxisPlace:
    """Return where the axis stands in a view of some width; in a narrow one the gutter gives."""
    gutter = min(theme.px(GUTTER), w // 3)
    left = gutter + theme.px(INSET)
    right = max(left + 1, w - theme.px(INSET))
    return AxisPlace(gutter, left, right, theme.px(FOLD), w - 4)


def axis_at(model: AxisModel, place: AxisPlace) -> StoryAxis:
    """Return the axis for a place."""
    return model.axis(place.left, place.right, place.fold)


# -- grounds -----------------------------------------------------------------------------


def paint_folds(painter: QPainter, theme: Theme, axis: StoryAxis, y: float, h: float) -> None:
    """Paint the ground of the folds."""
    for fold in axis.folds:
        fill(painter, theme, fold.x0, y, fold.x1 - fold.x0, h, theme.sunken)


def paint_cuts(
    painter: QPainter, theme: Theme, axis: StoryAxis, x0: float, x1: float, y: float, h: float
) -> None:
    """Paint the oblique cuts where a bar crosses a whole fold."""
    for fold in axis.folds_within(x0, x1):
        draw_fold_cut(painter, theme, fold.middle, y, h)


def unseen_ground(theme: Theme) -> QColor:
    """Return the ground of what was not played yet."""
    return theme.mix(theme.sunken, theme.panel, 0.5)


# -- words -------------------------------------------------------------------------------


class LabelKeeper:
    """Keeps the words of the last axis: they change only with the axis and the theme."""

    def __init__(self) -> None:
        self._kept: tuple[object, object, AxisLabels] | None = None

    def labels(self, theme: Theme, axis: StoryAxis, right: float) -> AxisLabels:
        """Return the words along an axis."""
        kept = self._kept
        if kept is not None and kept[0] is axis and kept[1] is theme:
            return kept[2]

        def measure(text: str, bold: bool) -> float:
            return theme.width(text, metrics.TYPE_NOTE, bold)

        found = axis_labels(axis, measure, right)
        self._kept = (axis, theme, found)
        return found


def paint_axis_row(
    painter: QPainter,
    theme: Theme,
    labels: AxisLabels,
    h: float,
    seen: float,
    playhead: float,
) -> None:
    """Paint days, clock times, lengths and ticks into a row at the top of a view."""
    foot = h - 1
    for x in labels.ticks:
        line(painter, theme, x, foot - TICK, x, foot, theme.strong)
    size, middle = metrics.TYPE_NOTE, (h - 1) / 2
    row = labels.labels
    for place, label in enumerate(row):
        found = _beside(row, place, playhead)
        if found is None:
            continue
        x = found
        day = label.kind == "day"
        bold = day and label.x <= seen
        colour = theme.ink if bold else theme.ink3
        if day and not bold:
            x += (label.w - theme.width(label.text, size)) / 2
        draw_text(painter, theme, x, middle, label.text, colour, size, bold=bold)


def _beside(row: tuple[Label, ...], place: int, playhead: float) -> float | None:
    """Return where a label stands so that the playhead leaves it free; None: nowhere."""
    label = row[place]
    if not label.x - CLEAR < playhead < label.right + CLEAR:
        return label.x
    if label.kind != "day":
        return None
    after = row[place + 1].x if place + 1 < len(row) else float("inf")
    before = row[place - 1].right if place else 0.0
    right = playhead + CLEAR
    if right + label.w + CLEAR <= after:
        return right
    left = playhead - CLEAR - label.w
    return left if left >= before + CLEAR else None


# -- what was seen and lies after the playhead -----------------------------------------------

_FADED: WeakKeyDictionary[Theme, Theme] = WeakKeyDictionary()
_FILLS: Final = ("s1", "s2", "s1f", "s2f", "bad", "strong", "ink", "cli")


def faded(theme: Theme) -> Theme:
    """Return the theme for strokes and fills of what lies after the playhead.

    Words are painted with the theme itself: they stay as clear as they were.
    """
    found = _FADED.get(theme)
    if found is None:
        roles: dict[str, Any] = {
            role: theme.mix(getattr(theme, role), theme.panel, 0.42) for role in _FILLS
        }
        found = _FADED[theme] = replace(theme, **roles)
    return found
