"""What the chart keeps of the rows that it told: told once, shown as long as they stand."""

from __future__ import annotations

from dataclasses import dataclass, field

from ui.layout.chart_items import Item

FOREVER = 1 << 62
KEPT_BLOCKS, KEPT_ROWS = 256, 8192

_Told = tuple[int, tuple[Item, ...]]
_Block = tuple[int, int, tuple[Item, ...]]
_Row = tuple[int, int, int, list[Item]]


@dataclass
class Kept:
    """What was told of rows that stay as they are, for one arrangement of lifelines.

    Blocks go by the places and records of their first and last rows, families by their
    exchange and its place, and ``tells`` says which messages have a row of their own. Each
    stands for a playhead after the moment that is kept with it, and a block for a story of
    at least as many rows as are kept with it. ``rows`` are single rows by their record: place,
    the moment and the length of the story from which on they stand, and what they tell.
    """

    blocks: dict[tuple[int, int, int, int], _Block] = field(default_factory=dict)
    families: dict[tuple[int, int], _Told] = field(default_factory=dict)
    tells: dict[int, tuple[int, bool]] = field(default_factory=dict)
    rows: dict[int, _Row] = field(default_factory=dict)

    def limit(self) -> None:
        """Forget what is too much."""
        if len(self.blocks) > KEPT_BLOCKS:
            self.blocks.clear()
        if len(self.rows) > KEPT_ROWS:
            self.rows.clear()
        if len(self.tells) > KEPT_ROWS:
            self.families.clear()
            self.tells.clear()
