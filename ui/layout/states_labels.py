"""Where the labels of the large state chart stand: beside or on their edges, never on each other.

Labels that matter now are placed first; one that finds no room is left out, and shows on
pointing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ui.layout.area import Area
from ui.layout.states import Chart

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.layout.states import Path

LINE: Final = 14
GLYPH: Final = 20
APART: Final = 8
PLATE: Final = 3


class Spot(NamedTuple):
    """How far along its edge a label stands, on which side, how wide its words may be."""

    t: float = 0.5
    side: str = "on"
    wrap: int = 400
    glyph: bool = True


SPOTS: Final[dict[str, Spot]] = {
    "S>R": Spot(0.42, "above", 64, glyph=False),
    "R>RW": Spot(0.48, "above", 64, glyph=False),
    "RW>RD": Spot(0.48, "above", 66, glyph=False),
    "R>PC": Spot(0.57, "right"),
    "RD>N": Spot(0.55, "right", 124),
    "RD>CI": Spot(0.5, "on", 124),
    "RD>PC": Spot(0.45, "on"),
    "PC>N": Spot(0.5, "on"),
    "PC>CD": Spot(0.48, "above", 64, glyph=False),
    "CD>N": Spot(0.48, "above", 64, glyph=False),
    "PC>RI": Spot(0.5, "left"),
    "RI>PC": Spot(0.25, "right"),
    "RI>PD": Spot(0.5, "on"),
    "PD>PC": Spot(0.52, "on"),
    "CI>PC": Spot(0.5, "on"),
    "N>PD": Spot(0.4, "right"),
    "PD>N": Spot(0.2, "left"),
    "CI>N": Spot(0.5, "below", 130),
    "CI>PD": Spot(0.57, "right", 110),
    "N>CI": Spot(0.5, "above", 130),
    "S>CI": Spot(0.57, "on"),
    "S>PC": Spot(0.45, "right", 110),
    "CI>R": Spot(0.7, "on", 120),
}
_TRIES: Final = (0.0, 0.08, -0.08, 0.16, -0.16)
_OPPOSITE: Final = {"left": ("right",), "right": ("left",)}


class Line(NamedTuple):
    """One line of a label: the glyph before it (only its first line has one), and words."""

    glyph: str
    words: str


class Block(NamedTuple):
    """A label that was placed: its lines from the top, its box, whether it is bold."""

    name: str
    lines: tuple[Line, ...]
    area: Area
    bold: bool
    indent: float
    """How far the words stand from the left edge."""


class Wanted(NamedTuple):
    """A label to be placed: its edge, (glyph, words) an event, and how much it matters."""

    name: str
    path: Path
    labels: tuple[tuple[str, str], ...]
    rank: int


def place_labels(
    chart: Chart,
    wanted: list[Wanted],
    taken: list[Area],
    measure: Callable[[str, bool], float],
) -> tuple[Block, ...]:
    """Return the labels that have room, those that matter most placed first.

    *taken* are boxes besides the nodes that labels must stay clear of.
    """
    whole = Area(2, 2, chart.w - 4, chart.h - 4)
    held = [*chart.nodes.values(), *taken]
    placed: list[Block] = []
    for each in sorted(wanted, key=lambda found: -found.rank):
        spot = SPOTS.get(each.name, Spot())
        sides = (spot.side, *_OPPOSITE.get(spot.side, ()))
        for side, shift in ((side, shift) for side in sides for shift in _TRIES):
            block = _block(chart, each, spot._replace(side=side, t=spot.t + shift), measure)
            if whole.holds(block.area) and not any(block.area.meets(box) for box in held):
                placed.append(block)
                held.append(block.area)
                break
    return tuple(placed)


def _block(
    chart: Chart, wanted: Wanted, spot: Spot, measure: Callable[[str, bool], float]
) -> Block:
    unit, bold = chart.unit, wanted.rank > 0
    lines: list[Line] = []
    for glyph, words in wanted.labels:
        rows = wrapped(words, spot.wrap * unit, lambda text: measure(text, bold))
        shown = glyph if spot.glyph else ""
        lines.extend(Line(shown if not row else "", text) for row, text in enumerate(rows))
    indent = GLYPH * unit if spot.glyph else 0.0
    w = max(measure(each.words, bold) for each in lines) + indent + 2 * PLATE * unit
    h = LINE * unit * len(lines) + PLATE * unit
    x, y = wanted.path.at(spot.t)
    far = APART * unit
    left, top = {
        "on": (x - w / 2, y - h / 2),
        "above": (x - w / 2, y - h - far * 0.6),
        "below": (x - w / 2, y + far * 0.6),
        "right": (x + far, y - h / 2),
        "left": (x - w - far, y - h / 2),
    }[spot.side]
    area = Area(round(left), round(top), round(w), round(h))
    return Block(wanted.name, tuple(lines), area, bold, indent + PLATE * unit)


def wrapped(words: str, room: float, measure: Callable[[str], float]) -> list[str]:
    """Return words broken into lines no wider than *room*, if the words allow it."""
    lines: list[str] = []
    for word in words.split(" "):
        if lines and measure(f"{lines[-1]} {word}") <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


# -- what stands around the chart


class Around(NamedTuple):
    """Boxes of the large form besides nodes; a box of no width is left out."""

    operator: Area
    legend: Area
    key: Area
    start: Area
    stub: Area


NONE: Final = Area(0, 0, 0, 0)
LEGEND_SIZE: Final = (222, 268)


def around(chart: Chart, key_height: float, *, stub: bool) -> Around:
    """Return where the frame of the operator's states, the legend and the key stand."""
    u = chart.unit
    paused, shutdown, startup = chart.nodes["PA"], chart.nodes["SD"], chart.nodes["S"]
    above = min(30 * u, paused.y - 3)
    below = 32 * u
    operator = Area(
        round(paused.x - 10 * u),
        round(paused.y - above),
        round(shutdown.right - paused.x + 20 * u),
        round(paused.h + above + below),
    )
    foot = chart.h - key_height
    wide, high = LEGEND_SIZE[0] * u, LEGEND_SIZE[1] * u
    top = chart.nodes["PC"].y - 14 * u
    fits = chart.nodes["PC"].x - startup.x >= wide + 12 * u and top + high <= foot - 4 * u
    legend = Area(round(startup.x), round(top), round(wide), round(high)) if fits else NONE
    key = Area(24 * u, foot, chart.w - 48 * u, key_height) if key_height else NONE
    entry = Area(startup.centre[0] - 6 * u, startup.y - 36 * u, 60 * u, 34 * u)
    reach = Area(startup.x, startup.bottom + 2, 130 * u, 84 * u)
    roomy = reach.bottom < top - 4 * u and stub
    return Around(operator, legend, key, entry if entry.y > 2 else NONE, reach if roomy else NONE)
