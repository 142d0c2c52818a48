"""Where the comparison of two branches stands: lines one below another, in four columns.

Numbers only. The columns are the same for courses and facts, so that the eye keeps its way:
the mark of what differs, what it is about, the one branch, the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

PADDING: Final = 12
MARK: Final = 20
"""Width of the column of marks."""
LABEL: Final = (92, 190)
"""Width of the column that says what a line is about: at least, at most."""
LABEL_SHARE: Final = 0.17
BETWEEN: Final = 12
COURSE_LINES: Final = 10
"""So many lines of the courses are shown unless all are asked for; the tables stay near."""

HEIGHTS: Final = {"names": 22, "head": 27, "first": 24, "course": 18, "fact": 20, "note": 20}
"""Height of a line by what it is, at 100 %."""
FOOT: Final = 12


class Columns(NamedTuple):
    """Left ends of the columns, the width of each branch's, and the right end."""

    mark: float
    label: float
    a: float
    b: float
    label_w: float
    side_w: float
    right: float


class Line(NamedTuple):
    """A line: its top and its height."""

    y: int
    h: int

    @property
    def middle(self) -> float:
        """Its middle."""
        return self.y + self.h / 2


def compare_columns(w: float, scale: float = 1.0) -> Columns:
    """Return the columns in a width."""
    label = (PADDING + MARK) * scale
    least, most = LABEL
    label_w = max(least * scale, min(most * scale, w * LABEL_SHARE))
    a = label + label_w + BETWEEN * scale
    right = w - PADDING * scale
    side_w = max(1.0, (right - a - BETWEEN * scale) / 2)
    b = a + side_w + BETWEEN * scale
    return Columns(PADDING * scale, label, a, b, label_w, side_w, right)


def compare_lines(kinds: Sequence[str], scale: float = 1.0) -> tuple[list[Line], int]:
    """Place lines of some kinds below one another; return them and the height of all."""
    lines: list[Line] = []
    y = 0.0
    for kind in kinds:
        top, foot = round(y * scale), round((y + HEIGHTS[kind]) * scale)
        lines.append(Line(top, foot - top))
        y += HEIGHTS[kind]
    return lines, round((y + FOOT) * scale)


def default_pair(
    branches: Sequence[tuple[str, str]], present: str, story: str
) -> tuple[str, str] | None:
    """Return the two branches that are compared unless others are chosen.

    *branches* are names and parents in the order they were made. The present one and its
    parent; the first one has none, so it is compared with the latest branch that left it.
    """
    names = [name for name, _ in branches]
    parents = dict(branches)
    other = parents.get(present, "")
    if not other:
        children = [name for name, parent in branches if parent == present]
        other = children[-1] if children else story
    if not other or other == present or other not in names:
        return None
    pair = sorted((present, other), key=names.index)
    return pair[0], pair[1]


def shown_course(count: int, differing: Sequence[bool], everything: bool) -> range:
    """Return which lines of the courses are shown: the last ones, or all."""
    if everything or count <= COURSE_LINES:
        return range(count)
    # Rather the lines that differ than those that agree behind them.
    last = max((place for place, differs in enumerate(differing) if differs), default=count - 1)
    end = min(count, max(last + 3, COURSE_LINES))
    return range(end - COURSE_LINES, end)
