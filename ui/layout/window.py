"""Where the docks of the window stand: rectangles from the window's size (VISUAL §5, §7).

Left is the run, right is what and why. Sizes that the user drags are kept in
:class:`Sizes`; everything is in logical pixels at the user's font scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

TRANSPORT = 48
STATUS = 24
TITLE = 28
LEAST_DOCK = 84
"""No dock is dragged smaller than its title row and a line or two."""
LEAST_INSPECTOR = 140
TABBED_BELOW = (960, 600)
"""Below this effective size: stage, messages, and one dock with all the rest as tabs."""
LESSON_TAB_BELOW = 1280
LESSON_TABS = ("lesson", "index", "glossary")
LEASES_TABS = ("leases", "lease-table", "events", "charts", "console")
"""What stands beside the lease lanes, wherever these stand."""
SHARED_DOCK_BELOW = 800
SHARED_TIME_BELOW = 720
"""Below this effective height leases are a tab beside the timeline: the messages need the room."""


class Rect(NamedTuple):
    """x, y, width, height."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """The first column to the right of it."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.h


@dataclass(frozen=True)
class Sizes:
    """What the user may drag, in logical pixels at 100 %; 0 lets the layout choose."""

    lesson: int = 280
    right: int = 0
    stage: int = 200
    leases: int = 126
    timeline: int = 130
    states: int = 216
    pool: int = 194


class Handle(NamedTuple):
    """A border that can be dragged: its rectangle, the size it changes, and the sense.

    ``sign`` is +1 when dragging right or down makes the size larger.
    """

    rect: Rect
    name: str
    horizontal: bool
    sign: int


class Plan(NamedTuple):
    """Rectangles by dock name, the borders, and which views share a dock as tabs."""

    docks: dict[str, Rect]
    tabs: dict[str, tuple[str, ...]]
    handles: tuple[Handle, ...]


GRIP = 5
"""How wide a border can be grabbed."""


def arrange_learn(width: int, height: int, scale: float, sizes: Sizes) -> Plan:
    """Return the plan of layout *Learn* for a window's size."""
    unit = _scaled(scale)
    top, bottom = unit(TRANSPORT), height - unit(STATUS)
    docks = {
        "transport": Rect(0, 0, width, top),
        "status": Rect(0, bottom, width, height - bottom),
    }
    if width / scale < TABBED_BELOW[0] or height / scale < TABBED_BELOW[1]:
        return _narrow(docks, width, top, bottom, sizes, unit)
    lesson_tab = width / scale < LESSON_TAB_BELOW
    shared = height / scale < SHARED_DOCK_BELOW
    left = 0 if lesson_tab else min(unit(sizes.lesson), width // 3)
    right_width = unit(sizes.right) if sizes.right else _right_width(width, scale)
    right_width = max(unit(300), min(right_width, width - left - unit(320)))
    middle = Rect(left, top, width - left - right_width, bottom - top)
    column = Rect(middle.right, top, right_width, bottom - top)
    handles: list[Handle] = []
    tabs: dict[str, tuple[str, ...]] = {"messages": ("messages", "compare")}

    least = unit(LEAST_DOCK)
    wanted = [unit(sizes.stage), unit(sizes.timeline), unit(sizes.leases)]
    if height / scale < SHARED_TIME_BELOW:
        # One dock for both: the timeline, which has no title row of its own, gets one.
        wanted = [wanted[0], max(unit(sizes.timeline) + unit(TITLE), unit(sizes.leases))]
        tabs["timeline"] = ("timeline", *LEASES_TABS)
    stage_h, timeline_h, *leases_h = fit(wanted, middle.h - least, least)
    lower = bottom - timeline_h - sum(leases_h)
    docks["stage"] = Rect(middle.x, top, middle.w, stage_h)
    docks["messages"] = Rect(middle.x, top + stage_h, middle.w, lower - top - stage_h)
    if leases_h:
        tabs["leases"] = LEASES_TABS
        docks["leases"] = Rect(0, lower, column.x, leases_h[0])
        handles.append(_level(0, lower, column.x, "leases", -1))
    docks["timeline"] = Rect(0, bottom - timeline_h, column.x, timeline_h)
    if not lesson_tab:
        docks["lesson"] = Rect(0, top, left, lower - top)
        tabs["lesson"] = LESSON_TABS
        handles.append(_upright(left, top, lower - top, "lesson", 1))
    handles.append(_upright(column.x, top, column.h, "right", -1))
    handles.append(_level(middle.x, docks["messages"].y, middle.w, "stage", 1))
    handles.append(_level(0, docks["timeline"].y, column.x, "timeline", -1))

    tabs["inspector"] = ("inspector", "lesson") if lesson_tab else ("inspector",)
    column_rest = column.h - unit(LEAST_INSPECTOR)
    pool_h, states_h = fit([unit(sizes.pool), unit(sizes.states)], column_rest, least)
    if shared:
        tabs["states"] = ("states", "pool")
        shared_h = max(pool_h, states_h)
        docks["states"] = Rect(column.x, bottom - shared_h, column.w, shared_h)
        handles.append(_level(column.x, docks["states"].y, column.w, "states", -1))
    else:
        docks["pool"] = Rect(column.x, bottom - pool_h, column.w, pool_h)
        docks["states"] = Rect(column.x, bottom - pool_h - states_h, column.w, states_h)
        handles.append(_level(column.x, docks["pool"].y, column.w, "pool", -1))
        handles.append(_level(column.x, docks["states"].y, column.w, "states", -1))
    docks["inspector"] = Rect(column.x, top, column.w, docks["states"].y - top)
    return Plan(docks, tabs, tuple(handles))


def fit(wanted: list[int], room: int, least: int) -> list[int]:
    """Return the sizes, the largest ones made smaller until all fit into the room.

    None becomes smaller than *least*, unless the room is too small for that as well.
    """
    sizes = [max(least, size) for size in wanted]
    while sum(sizes) > room:
        largest = max(range(len(sizes)), key=lambda place: sizes[place])
        rest = sorted(sizes)[-2] if len(sizes) > 1 else 0
        floor = max(min(least, room // len(sizes)), min(rest, sizes[largest] - 1))
        sizes[largest] = max(floor, sizes[largest] - (sum(sizes) - room))
    return sizes


def _narrow(
    docks: dict[str, Rect], width: int, top: int, bottom: int, sizes: Sizes, unit: Unit
) -> Plan:
    """A small window: stage, messages, and one dock whose tabs are all the rest."""
    stage_h = min(unit(sizes.stage), (bottom - top) // 3)
    rest_h = max(unit(LEAST_DOCK), (bottom - top - stage_h) // 2)
    docks["stage"] = Rect(0, top, width, stage_h)
    docks["messages"] = Rect(0, top + stage_h, width, bottom - rest_h - top - stage_h)
    docks["inspector"] = Rect(0, bottom - rest_h, width, rest_h)
    names = ("inspector", "lesson", "states", "pool", *LEASES_TABS, "timeline", "compare")
    tabs: dict[str, tuple[str, ...]] = {"inspector": names}
    handle = _level(0, docks["messages"].y, width, "stage", 1)
    return Plan(docks, tabs, (handle,))


def drag(sizes: Sizes, plan: Plan, handle: Handle, by: int, scale: float) -> Sizes:
    """Return the sizes after a border was dragged by some pixels."""
    current = getattr(sizes, handle.name)
    if not current:
        current = round(plan.docks["inspector"].w / scale)
    least = 200 if handle.name in ("lesson", "right") else LEAST_DOCK
    return replace(sizes, **{handle.name: max(least, current + round(handle.sign * by / scale))})


def _right_width(width: int, scale: float) -> int:
    """472 at 1440; it takes a share of what is wider or narrower, within 456 … 520."""
    return round(max(456, min(520, 472 + (width / scale - 1440) / 10)) * scale)


def _upright(x: int, y: int, h: int, name: str, sign: int) -> Handle:
    return Handle(Rect(x - GRIP // 2, y, GRIP, h), name, False, sign)


def _level(x: int, y: int, w: int, name: str, sign: int) -> Handle:
    return Handle(Rect(x, y - GRIP // 2, w, GRIP), name, True, sign)


class Unit:
    """Scales a size at 100 % to the user's font scale."""

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def __call__(self, size: int) -> int:
        """Return the size in whole pixels."""
        return round(size * self.scale)


def _scaled(scale: float) -> Unit:
    return Unit(scale)
