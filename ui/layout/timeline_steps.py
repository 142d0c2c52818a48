"""The squares of the steps on the timeline: merged where they stand close (VISUAL §4, §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GAP: Final = 2
"""Pixels between two squares."""
CLEAR: Final = 3
"""Pixels between a square and the playhead."""


class StepPlace(NamedTuple):
    """A step: its number and where its moment stands."""

    number: int
    x: float


class StepBox(NamedTuple):
    """A square, or a range of steps: its left end, its width, the steps it stands for."""

    x: float
    w: float
    text: str
    numbers: tuple[int, ...]
    behind: bool
    """Its moment has come."""
    present: bool

    @property
    def right(self) -> float:
        """Its right end."""
        return self.x + self.w


class _Group(NamedTuple):
    """Steps shown as one square."""

    steps: tuple[StepPlace, ...]
    present: bool

    @property
    def text(self) -> str:
        """A number, or a range."""
        first, last = self.steps[0].number, self.steps[-1].number
        return str(first) if first == last else f"{first}–{last}"

    @property
    def middle(self) -> float:
        """Where its moments stand in the middle."""
        return (self.steps[0].x + self.steps[-1].x) / 2


def step_boxes(
    steps: Sequence[StepPlace],
    count_behind: int,
    present: int,
    playhead: float,
    left: float,
    right: float,
    width: Callable[[str], float],
) -> list[StepBox]:
    """Return the squares of steps in order; *count_behind* of them have come.

    The present step keeps a square of its own. Squares of what has come end left of the
    playhead, if they have room there; all lie between *left* and *right*.
    """
    behind = _merged(steps[:count_behind], present, width)
    ahead = _merged(steps[count_behind:], -1, width)
    boxes = _before(behind, playhead - CLEAR, left, width)
    while boxes is None and len(behind) > 1 and not behind[1].present:
        behind[:2] = [_Group((*behind[0].steps, *behind[1].steps), present=False)]
        boxes = _before(behind, playhead - CLEAR, left, width)
    if boxes is None:
        start = max(playhead + CLEAR, left)
        boxes = _after(behind, start, width, behind=True)
    start = max(playhead + CLEAR, boxes[-1].right + GAP if boxes else left)
    boxes += _after(ahead, start, width, behind=False)
    return _kept_inside(boxes, right, width)


def _kept_inside(
    boxes: list[StepBox], right: float, width: Callable[[str], float]
) -> list[StepBox]:
    """Make ranges of the last squares until they end inside and touch no other."""
    while len(boxes) > 1 and (
        boxes[-1].right > right or boxes[-1].x < boxes[-2].right + GAP - 0.01
    ):
        before, last = boxes[-2:]
        numbers = (*before.numbers, *last.numbers)
        text = f"{numbers[0]}–{numbers[-1]}"
        w = width(text)
        behind, present = before.behind and last.behind, before.present or last.present
        boxes[-2:] = [StepBox(min(before.x, right - w), w, text, numbers, behind, present)]
    return boxes


def _merged(
    steps: Sequence[StepPlace], present: int, width: Callable[[str], float]
) -> list[_Group]:
    """Group steps whose squares would touch; the present one stays alone."""
    groups: list[_Group] = []
    for step in steps:
        group = _Group((step,), step.number == present)
        while groups and not group.present and not groups[-1].present:
            before = groups[-1]
            near = (width(before.text) + width(group.text)) / 2 + GAP
            if group.middle - before.middle >= near:
                break
            group = _Group((*before.steps, *group.steps), present=False)
            groups.pop()
        groups.append(group)
    return groups


def _before(
    groups: Sequence[_Group], limit: float, left: float, width: Callable[[str], float]
) -> list[StepBox] | None:
    """Place squares left of a limit, each at its moment or pushed left; None without room."""
    boxes: list[StepBox] = []
    end = limit
    for group in reversed(groups):
        w = width(group.text)
        x = min(group.middle - w / 2, end - w)
        boxes.append(_box(group, x, w, behind=True))
        end = x - GAP
    boxes.reverse()
    # What was pushed beyond the left end is pushed back, up to the playhead.
    start = left
    for place, box in enumerate(boxes):
        if box.x >= start:
            break
        boxes[place] = box._replace(x=start)
        start = boxes[place].right + GAP
    return None if boxes and boxes[-1].right > limit + 0.01 else boxes


def _after(
    groups: Sequence[_Group], start: float, width: Callable[[str], float], *, behind: bool
) -> list[StepBox]:
    """Place squares from a start on, each at its moment or pushed right."""
    boxes: list[StepBox] = []
    for group in groups:
        w = width(group.text)
        x = max(start, group.middle - w / 2)
        boxes.append(_box(group, x, w, behind=behind))
        start = x + w + GAP
    return boxes


def _box(group: _Group, x: float, w: float, *, behind: bool) -> StepBox:
    numbers = tuple(step.number for step in group.steps)
    return StepBox(x, w, group.text, numbers, behind, group.present)
