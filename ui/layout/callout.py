"""Where a callout of the tour stands: beside what it speaks of, wholly inside the window."""

from __future__ import annotations

from typing import Final, NamedTuple

from ui.layout.area import Area

GAP: Final = 14
"""From the thing to the callout: the length of its point, and a little air."""
MARGIN: Final = 8


class Callout(NamedTuple):
    """The callout's rectangle, the side of it that has the point, and the point's place there.

    ``side`` is ``top``, ``bottom``, ``left`` or ``right``; ``at`` counts from the rectangle's
    left or upper end.
    """

    area: Area
    side: str
    at: float


def place_callout(target: Area, size: tuple[float, float], room: tuple[float, float]) -> Callout:
    """Return where a callout of a size stands: below, above, right or left, where it fits.

    Where it fits nowhere it stands below and is moved into the window.
    """
    w, h = size
    cx, cy = target.centre
    spaces = {
        "top": room[1] - target.bottom - GAP - h,
        "bottom": target.y - GAP - h,
        "left": room[0] - target.right - GAP - w,
        "right": target.x - GAP - w,
    }
    fitting = [side for side, space in spaces.items() if space >= MARGIN]
    side = fitting[0] if fitting else max(spaces, key=lambda side: spaces[side])
    if side in ("top", "bottom"):
        x, y = cx - w / 2, target.bottom + GAP if side == "top" else target.y - GAP - h
    else:
        x, y = target.right + GAP if side == "left" else target.x - GAP - w, cy - h / 2
    x = max(MARGIN, min(x, room[0] - w - MARGIN))
    y = max(MARGIN, min(y, room[1] - h - MARGIN))
    along = cx - x if side in ("top", "bottom") else cy - y
    length = w if side in ("top", "bottom") else h
    return Callout(Area(x, y, w, h), side, max(16.0, min(along, length - 16)))
