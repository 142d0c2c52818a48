"""The layouts of the window: *Learn*, *Lecture*, *Explore*, *Debug* (VISUAL §5, §10).

*Lecture* is for the back row: stage and messages side by side, everything grown with the
window, so that 24 px is the smallest type at 1920 × 1080 and the picture is the same at
every size. *Explore* is for asking what if: tables and log beside the run. *Debug* is for
octets: every message a row, the inspector large.
"""

from __future__ import annotations

from typing import Final

from ui.layout.window import (
    ALL_VIEWS,
    LEASES_TABS,
    LEAST_DOCK,
    MESSAGES_TABS,
    Handle,
    Plan,
    Rect,
    Sizes,
    Unit,
    arrange_learn,
    bars,
    fit,
    is_small,
    level,
    narrow,
    only,
    upright,
)

MODES: Final = ("learn", "lecture", "explore", "debug")
TITLES: Final = {"learn": "Learn", "lecture": "Lecture", "explore": "Explore", "debug": "Debug"}
FIRST: Final = {
    "learn": Sizes(),
    "lecture": Sizes(),
    "explore": Sizes(stage=0, timeline=150),
    "debug": Sizes(timeline=112),
}
"""The sizes that each layout begins with."""

LECTURE: Final = (1920, 1080)
LECTURE_ZOOM: Final = 2.4
"""At that size 10 px, the smallest type, are 24."""
LECTURE_MOST: Final = 2.5
"""Stage and messages need about 380 px at 100 %, however large the user wants the type."""
HEAD: Final = 76
CAPTION: Final = 280

EXPLORE_WIDE: Final = (1360, 760)
"""From this effective size on tables, log and pool stand in a row of their own."""
CONSOLE_FROM: Final = 1760
CHARTS_FROM: Final = 410
"""In a lower upper row there is no room for charts below the stage."""
TIMELINE_FROM: Final = 840
"""Below this effective height the timeline of *Debug* is a tab: octets need the room."""
SMALL_EXPLORE: Final = ("inspector", "states", "pool", "timeline", *LEASES_TABS, "compare")
SMALL_DEBUG: Final = (
    *("inspector", "events", "console", "states"),
    *("timeline", "leases", "lease-table", "pool", "charts", "compare"),
)

Lower = tuple[str, tuple[str, ...], float]
"""A dock of the lower row: its name, its tabs, its share of the width."""


def arrange(
    mode: str,
    width: int,
    height: int,
    scale: float,
    sizes: Sizes,
    views: frozenset[str] = ALL_VIEWS,
    *,
    story: bool = True,
) -> Plan:
    """Return the plan of a layout for a window's size; *story*: whether a lesson is open."""
    if mode == "lecture":
        return arrange_lecture(width, height, scale, sizes, story=story)
    if mode == "explore":
        return arrange_explore(width, height, scale, sizes, views)
    if mode == "debug":
        return arrange_debug(width, height, scale, sizes, views)
    return arrange_learn(width, height, scale, sizes, views)


# -- Lecture


def lecture_share(width: int, height: int) -> float:
    """Return how large the window is, measured by the one that VISUAL draws."""
    return min(width / LECTURE[0], height / LECTURE[1])


def lecture_zoom(width: int, height: int, scale: float) -> float:
    """Return the scale of all type in *Lecture*: it goes with the window.

    It moves in steps of a twentieth, because each step makes the theme anew.
    """
    share = lecture_share(width, height)
    zoom = min(LECTURE_ZOOM * scale, LECTURE_MOST) * share
    return max(0.8, int(zoom * 20 + 0.001) / 20)


def arrange_lecture(
    width: int, height: int, scale: float, sizes: Sizes, *, story: bool = True
) -> Plan:
    """Return the plan of layout *Lecture*: head, stage, messages, caption."""
    share = lecture_share(width, height)
    head = max(36, round(HEAD * share))
    caption = round(CAPTION * share) if story else 0
    foot = height - caption
    left = round(sizes.left * scale) if sizes.left else round(width * 952 / 1920)
    left = max(width // 3, min(left, width - width // 3))
    docks = {
        "head": Rect(0, 0, width, head),
        "stage": Rect(0, head, left, foot - head),
        "messages": Rect(left, head, width - left, foot - head),
    }
    if caption:
        docks["caption"] = Rect(0, foot, width, caption)
    return Plan(docks, {}, (upright(docks["messages"], "left", 1, "stage"),))


# -- Explore


def arrange_explore(
    width: int, height: int, scale: float, sizes: Sizes, views: frozenset[str] = ALL_VIEWS
) -> Plan:
    """Return the plan of layout *Explore*: no lesson; tables, log and charts beside the run."""
    unit = Unit(scale)
    if is_small(width, height, scale):
        return narrow(bars(width, height, unit), sizes, unit, SMALL_EXPLORE, views)
    if width / scale < EXPLORE_WIDE[0] or height / scale < EXPLORE_WIDE[1]:
        first = Sizes()
        given = {name: value or getattr(first, name) for name, value in vars(sizes).items()}
        given["right"] = sizes.right
        return arrange_learn(width, height, scale, Sizes(**given), views, side=())
    return _explore_wide(width, height, scale, sizes, views)


def _explore_wide(
    width: int, height: int, scale: float, sizes: Sizes, views: frozenset[str]
) -> Plan:
    unit = Unit(scale)
    docks = bars(width, height, unit)
    top, bottom = docks["transport"].h, docks["status"].y
    least = unit(LEAST_DOCK)
    lower_w = unit(sizes.lower) or round((bottom - top - unit(sizes.timeline)) * 0.375)
    timeline_h, lower_h = fit(
        [unit(sizes.timeline), lower_w], bottom - top - max(unit(300), 3 * least), least
    )
    upper = Rect(0, top, width, bottom - top - timeline_h - lower_h)
    row = Rect(0, upper.bottom, width, lower_h)
    docks["timeline"] = Rect(0, row.bottom, width, timeline_h)
    column = _share(sizes.right, width, scale, 0.319, 456, 612)
    # What is wider than 1440 goes to the stage in part; below it the messages need their room.
    left = round((sizes.left or max(420, min(608, 420 + (width / scale - 1440) * 0.39))) * scale)
    column, left = fit([column, left], width - unit(360), unit(200))
    docks["messages"] = Rect(left, top, width - left - column, upper.h)
    docks["inspector"] = Rect(width - column, top, column, upper.h)
    handles = [
        upright(docks["messages"], "left", 1, "stage"),
        upright(docks["inspector"], "right", -1, "inspector"),
        level(row, "lower", -1, "leases"),
        level(docks["timeline"], "timeline", -1, "timeline"),
    ]
    tabs: dict[str, tuple[str, ...]] = {
        "messages": MESSAGES_TABS,
        "inspector": ("inspector",),
    }
    stage_h = upper.h
    pool: tuple[str, ...] = ("pool", "states")
    if upper.h >= unit(CHARTS_FROM):
        stage_h = unit(sizes.stage) or round(upper.h * 0.55)
        stage_h = max(least, min(stage_h, upper.h - least))
        docks["charts"] = Rect(0, top + stage_h, left, upper.h - stage_h)
        handles.append(level(docks["charts"], "stage", 1, "stage"))
        tabs["charts"], pool = ("charts", "states"), ("pool",)
    else:
        tabs["inspector"] = ("inspector", "charts")
    docks["stage"] = Rect(0, top, left, stage_h)
    wide = width / scale >= CONSOLE_FROM and "console" in views
    pool_w = unit(460) if wide else column
    log = ("events",) if wide else ("events", "console")
    lower: list[Lower] = [("leases", ("lease-table", "leases"), 1.1), ("events", log, 1.1)]
    if wide:
        lower.append(("console", ("console",), 0.65))
    _row(docks, tabs, row, lower, ("pool", pool, pool_w), views)
    return only(Plan(docks, tabs, tuple(handles)), views)


# -- Debug


def arrange_debug(
    width: int, height: int, scale: float, sizes: Sizes, views: frozenset[str] = ALL_VIEWS
) -> Plan:
    """Return the plan of layout *Debug*: messages, a large inspector, log, console, states."""
    unit = Unit(scale)
    docks = bars(width, height, unit)
    if is_small(width, height, scale):
        return narrow(docks, sizes, unit, SMALL_DEBUG, views)
    top, bottom = docks["transport"].h, docks["status"].y
    least = unit(LEAST_DOCK)
    lower = unit(sizes.lower) or round(
        min(max(unit(216), (bottom - top) * 0.27), (bottom - top) * 0.4)
    )
    wanted = [lower]
    timeline = height / scale >= TIMELINE_FROM
    if timeline:
        wanted.append(unit(sizes.timeline))
    lower_h, *timeline_h = fit(wanted, bottom - top - 3 * least, least)
    upper = Rect(0, top, width, bottom - top - lower_h - sum(timeline_h))
    row = Rect(0, upper.bottom, width, lower_h)
    column = _share(sizes.right, width, scale, 0.46, 456, 860)
    column = min(column, width - unit(360))
    docks["messages"] = Rect(0, top, width - column, upper.h)
    docks["inspector"] = Rect(width - column, top, column, upper.h)
    handles: list[Handle] = [
        upright(docks["inspector"], "right", -1, "inspector"),
        level(row, "lower", -1, "states"),
    ]
    tabs: dict[str, tuple[str, ...]] = {"messages": MESSAGES_TABS}
    rest: tuple[str, ...] = ("leases", "lease-table", "charts")
    if timeline:
        docks["timeline"] = Rect(0, row.bottom, width, timeline_h[0])
        handles.append(level(docks["timeline"], "timeline", -1, "timeline"))
    else:
        rest = (*rest, "timeline")
    if width / scale >= EXPLORE_WIDE[0]:
        docks_in_row: list[Lower] = [
            ("events", ("events", *rest), 1.4),
            ("console", ("console",), 0.8),
        ]
    else:
        docks_in_row = [("events", ("events", "console", *rest), 1.0)]
    states = min(max(unit(440), column if width / scale < 1600 else unit(520)), width // 2)
    _row(docks, tabs, row, docks_in_row, ("states", ("states", "pool", "stage"), states), views)
    return only(Plan(docks, tabs, tuple(handles)), views)


# -- parts


def _share(wanted: int, width: int, scale: float, share: float, least: int, most: int) -> int:
    """Return a column's width: what was dragged, else its share of the window within limits."""
    return round((wanted or max(least, min(most, width / scale * share))) * scale)


def _row(
    docks: dict[str, Rect],
    tabs: dict[str, tuple[str, ...]],
    row: Rect,
    shared: list[Lower],
    last: tuple[str, tuple[str, ...], int],
    views: frozenset[str],
) -> None:
    """Place docks side by side; the last one has a width of its own, the others share the rest.

    Docks none of whose views is there give their room to the others.
    """
    name, names, own = last
    there = [dock for dock in shared if any(view in views for view in dock[1])]
    edge, weights = row.w - own, sum(weight for *_, weight in there)
    x, done = row.x, 0.0
    for dock, shown, weight in there:
        done += weight
        end = row.x + round(edge * done / weights)
        docks[dock] = Rect(x, row.y, end - x, row.h)
        tabs[dock] = shown
        x = end
    docks[name] = Rect(x, row.y, row.right - x, row.h)
    tabs[name] = names
