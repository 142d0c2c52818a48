"""Joining rows of the chart: folds that touch, and piles that say the same."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, cast

from ui.layout.chart_items import CLIENTS, Item, Part, Pile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BLOCK = 256
"""Rows that are told, and kept, together; a multiple of the longest run."""


class _Row:
    """A row to which others may be joined, the lowest first; put together when it is complete.

    A pile may come to stand for hundreds of rows, so nothing is copied for each of them.
    """

    def __init__(self, item: Item) -> None:
        self.items = [item]
        self.last = item.last
        self.shared = _is_shared(item)
        self.says = _says(item)

    def take(self, above: _Row, *, shared: bool) -> bool:
        """Join a row that says the same; *shared* allows other brackets."""
        item, top = above.items[0], self.items[-1]
        if above.says != self.says or not self.says or self.last - item.first > BLOCK:
            return False
        if item.group != top.group and not shared and not above.shared:
            return False  # piles of single hosts keep their own brackets
        self.items.append(item)
        self.last = max(self.last, item.last)
        return True

    def item(self) -> Item:
        """Return the row."""
        if len(self.items) == 1:
            return self.items[0]
        items = self.items[::-1]
        return items[0]._replace(
            last=self.last,
            parts=tuple(_joined(piles) for piles in zip(*(i.parts for i in items), strict=True)),
            records=tuple(chain.from_iterable(item.records for item in items)),
            effects=tuple(chain.from_iterable(item.effects for item in items)),
            text="",
        )


def _is_shared(item: Item) -> bool:
    """Whether a row is a pile on the clients' shared lifeline."""
    return any(isinstance(part, Pile) and CLIENTS in (part.a, part.b) for part in item.parts)


def _says(item: Item) -> tuple[object, ...]:
    """Return what rows have in common that may be joined, nothing for one that stays alone."""
    found: list[object] = []
    for part in item.parts:
        if not isinstance(part, Pile) or not part.base:
            return ()
        found.append((part.a, part.b, part.who, part.base))
    return tuple(found)


def _joined(parts: Sequence[Part]) -> Pile:
    piles = cast("Sequence[Pile]", parts)
    return piles[0]._replace(
        records=tuple(chain.from_iterable(pile.records for pile in piles)),
        units=tuple(chain.from_iterable(pile.units for pile in piles)),
        times=sum(pile.times for pile in piles),
    )


def join_rows(items: Iterable[Item]) -> Iterator[Item]:
    """Join folds that touch and piles that say the same.

    Two rows wait: an exchange and its updates may stand in two, and the next ones alternate.
    """
    fold: Item | None = None
    rows: list[_Row] = []
    for item in items:
        if item.form == "row":
            if fold is not None:
                yield fold
                fold = None
            row = _Row(item)
            if _join(row, rows):
                continue
            rows.append(row)
            if len(rows) > 2:
                yield rows.pop(0).item()
            continue
        for each in rows:
            yield each.item()
        rows = []
        both = join_folds(item, fold) if fold is not None else None
        if both is None and fold is not None:
            yield fold
        fold = both or item
    if fold is not None:
        yield fold
    for each in rows:
        yield each.item()


def _join(row: _Row, rows: Sequence[_Row]) -> bool:
    """Join a row with the one below it, or with the one below that of the same family."""
    if not rows:
        return False
    if rows[-1].take(row, shared=False):
        return True
    return len(rows) > 1 and rows[-1].shared and rows[-2].take(row, shared=True)


def join_folds(above: Item, below: Item) -> Item | None:
    """Return one fold for two that touch, or None."""
    if above.form != "fold" or below.form != "fold":
        return None
    return below._replace(first=above.first, text=above.text or below.text)
