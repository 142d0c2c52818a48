"""Where the docks of the window stand: rectangles from the window's size (VISUAL §5, §7).

Left is the run, right is what and why. Sizes that the user drags are kept in
:class:`Sizes`; everything is in logical pixels at the user's font scale. Here are the parts
that every layout is made of, and *Learn*; the others are in :mod:`ui.layout.modes`.

A plan names views; those that are not registered (``views``) are left out, and a dock without
any view leaves its room to its neighbours.
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
MESSAGES_TABS = ("messages", "compare")
LOWER_TABS = ("inspector", "lesson", "states", "pool", "timeline", *LEASES_TABS, "compare")
"""What is left when the window is small: one dock with all of these."""
ALL_VIEWS = frozenset((*LESSON_TABS, *MESSAGES_TABS, *LOWER_TABS, "stage"))
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
    left: int = 0
    right: int = 0
    lower: int = 0
    stage: int = 200
    leases: int = 126
    timeline: int = 130
    states: int = 216
    pool: int = 194


class Handle(NamedTuple):
    """A border that can be dragged: its rectangle, the size it changes, and the sense.

    ``sign`` is +1 when dragging right or down makes the size larger. ``dock`` is the dock that
    has this size now, for a size that was left to the layout.
    """

    rect: Rect
    name: str
    horizontal: bool
    sign: int
    dock: str


class Plan(NamedTuple):
    """Rectangles by dock name, the borders, and which views share a dock as tabs."""

    docks: dict[str, Rect]
    tabs: dict[str, tuple[str, ...]]
    handles: tuple[Handle, ...]


GRIP = 5
"""How wide a border can be grabbed."""


def arrange_learn(
    width: int,
    height: int,
    scale: float,
    sizes: Sizes,
    views: frozenset[str] = ALL_VIEWS,
    side: tuple[str, ...] = LESSON_TABS,
) -> Plan:
    """Return the plan of layout *Learn*; without *side*, there is no lesson in it."""
    unit = Unit(scale)
    docks = bars(width, height, unit)
    if is_small(width, height, scale):
        return narrow(docks, sizes, unit, LOWER_TABS, views)
    top, bottom = docks["transport"].h, docks["status"].y
    lesson_tab = width / scale < LESSON_TAB_BELOW
    left = 0 if lesson_tab or not side else min(unit(sizes.lesson), width // 3)
    right_width = unit(sizes.right) if sizes.right else _right_width(width, scale)
    right_width = max(unit(300), min(right_width, width - left - unit(320)))
    middle = Rect(left, top, width - left - right_width, bottom - top)
    column = Rect(middle.right, top, right_width, bottom - top)
    handles: list[Handle] = []
    tabs: dict[str, tuple[str, ...]] = {"messages": MESSAGES_TABS, "leases": LEASES_TABS}

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
        docks["leases"] = Rect(0, lower, column.x, leases_h[0])
        handles.append(level(docks["leases"], "leases", -1, "leases"))
    docks["timeline"] = Rect(0, bottom - timeline_h, column.x, timeline_h)
    if left:
        docks["lesson"] = Rect(0, top, left, lower - top)
        tabs["lesson"] = side
        handles.append(upright(Rect(left, top, 0, lower - top), "lesson", 1, "lesson"))
    handles.append(upright(column, "right", -1, "inspector"))
    handles.append(level(docks["messages"], "stage", 1, "stage"))
    handles.append(level(docks["timeline"], "timeline", -1, "timeline"))

    tabs["inspector"] = ("inspector", *side[:1]) if lesson_tab else ("inspector",)
    _right_column(docks, handles, tabs, column, height / scale < SHARED_DOCK_BELOW, sizes, unit)
    return only(Plan(docks, tabs, tuple(handles)), views)


def _right_column(
    docks: dict[str, Rect],
    handles: list[Handle],
    tabs: dict[str, tuple[str, ...]],
    column: Rect,
    shared: bool,
    sizes: Sizes,
    unit: Unit,
) -> None:
    """Inspector over states over pool; states and pool as tabs of one dock when *shared*."""
    rest, least = column.h - unit(LEAST_INSPECTOR), unit(LEAST_DOCK)
    pool_h, states_h = fit([unit(sizes.pool), unit(sizes.states)], rest, least)
    if shared:
        tabs["states"] = ("states", "pool")
        states_h, pool_h = max(pool_h, states_h), 0
    else:
        docks["pool"] = Rect(column.x, column.bottom - pool_h, column.w, pool_h)
        handles.append(level(docks["pool"], "pool", -1, "pool"))
    states = Rect(column.x, column.bottom - pool_h - states_h, column.w, states_h)
    docks["states"] = states
    handles.append(level(states, "states", -1, "states"))
    docks["inspector"] = Rect(column.x, column.y, column.w, states.y - column.y)


def bars(width: int, height: int, unit: Unit) -> dict[str, Rect]:
    """Return the transport at the top and the status bar at the foot."""
    foot = height - unit(STATUS)
    return {
        "transport": Rect(0, 0, width, unit(TRANSPORT)),
        "status": Rect(0, foot, width, height - foot),
    }


def is_small(width: int, height: int, scale: float) -> bool:
    """Whether there is only room for stage, messages and one dock of tabs."""
    return width / scale < TABBED_BELOW[0] or height / scale < TABBED_BELOW[1]


def only(plan: Plan, views: frozenset[str]) -> Plan:
    """Return the plan with the views that there are."""
    tabs = {
        name: tuple(view for view in shown if view in views) for name, shown in plan.tabs.items()
    }
    return plan._replace(tabs=tabs)


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


def narrow(
    docks: dict[str, Rect],
    sizes: Sizes,
    unit: Unit,
    names: tuple[str, ...],
    views: frozenset[str],
) -> Plan:
    """Return the plan of a small window: stage, messages, and one dock with tabs."""
    width, top, bottom = docks["transport"].w, docks["transport"].h, docks["status"].y
    stage_h = min(unit(sizes.stage or Sizes().stage), (bottom - top) // 3)
    rest_h = max(unit(LEAST_DOCK), (bottom - top - stage_h) // 2)
    docks["stage"] = Rect(0, top, width, stage_h)
    docks["messages"] = Rect(0, top + stage_h, width, bottom - rest_h - top - stage_h)
    docks["inspector"] = Rect(0, bottom - rest_h, width, rest_h)
    handle = level(docks["messages"], "stage", 1, "stage")
    return only(Plan(docks, {"inspector": names}, (handle,)), views)


def drag(sizes: Sizes, plan: Plan, handle: Handle, by: int, scale: float) -> Sizes:
    """Return the sizes after a border was dragged by some pixels."""
    current = getattr(sizes, handle.name)
    if not current:
        dock = plan.docks[handle.dock]
        current = round((dock.h if handle.horizontal else dock.w) / scale)
    least = LEAST_DOCK if handle.horizontal else 200
    return replace(sizes, **{handle.name: max(least, current + round(handle.sign * by / scale))})


def _right_width(width: int, scale: float) -> int:
    """472 at 1440; it takes a share of what is wider or narrower, within 456 … 520."""
    return round(max(456, min(520, 472 + (width / scale - 1440) / 10)) * scale)


def upright(beside: Rect, name: str, sign: int, dock: str) -> Handle:
    """Return the border at the left edge of a rectangle."""
    return Handle(Rect(beside.x - GRIP // 2, beside.y, GRIP, beside.h), name, False, sign, dock)


def level(below: Rect, name: str, sign: int, dock: str) -> Handle:
    """Return the border at the top edge of a rectangle."""
    return Handle(Rect(below.x, below.y - GRIP // 2, below.w, GRIP), name, True, sign, dock)


class Unit:
    """Scales a size at 100 % to the user's font scale."""

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def __call__(self, size: int) -> int:
        """Return the size in whole pixels."""
        return round(size * self.scale)
