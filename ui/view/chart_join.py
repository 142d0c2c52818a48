"""Joining rows of the chart: folds that touch, and piles that say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.layout.chart_items import CLIENTS, Item, Part, Pile

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 256
"""Rows that are told, and kept, together; a multiple of the longest run."""


def join_rows(items: Iterator[Item]) -> Iterator[Item]:
    """Join folds that touch and piles that say the same.

    Two rows wait: an exchange and its updates may stand in two, and the next ones alternate.
    """
    pending: list[Item] = []
    for item in items:
        rows = item.form == "row" and all(each.form == "row" for each in pending)
        if rows:
            if _join_one(item, pending):
                continue
            pending.append(item)
            if len(pending) > 2:
                yield pending.pop(0)
            continue
        both = join_folds(item, pending[-1]) if pending else None
        if both is not None:
            pending[-1] = both
            continue
        yield from pending
        pending = [item]
    yield from pending


def _join_one(item: Item, pending: list[Item]) -> bool:
    """Join a row with the one below it, or with the one below that of the same family."""
    for place in range(len(pending) - 1, -1, -1):
        between = pending[place + 1 :]
        if between and not all(_is_shared(each) for each in between):
            return False
        both = _join_rows(item, pending[place], shared=bool(between))
        if both is not None:
            pending[place] = both
            return True
    return False


def _is_shared(item: Item) -> bool:
    """Whether a row is a pile on the clients' shared lifeline."""
    return any(isinstance(part, Pile) and CLIENTS in (part.a, part.b) for part in item.parts)


def join_folds(above: Item, below: Item) -> Item | None:
    """Return one fold for two that touch, or None."""
    if above.form != "fold" or below.form != "fold":
        return None
    return below._replace(first=above.first, text=above.text or below.text)


def _join_rows(above: Item, below: Item, *, shared: bool) -> Item | None:
    """Return one row for two that say the same, or None; *shared* allows other brackets."""
    if below.last - above.first > BLOCK or len(above.parts) != len(below.parts):
        return None
    joined: list[Part] = []
    for one, other in zip(above.parts, below.parts, strict=True):
        both = _join_piles(one, other)
        if both is None:
            return None
        joined.append(both)
    if above.group != below.group and not shared and not _is_shared(above):
        return None  # piles of single hosts keep their own brackets
    return above._replace(
        last=max(above.last, below.last),
        parts=tuple(joined),
        records=above.records + below.records,
        effects=above.effects + below.effects,
        group=above.group,
        text="",
    )


def _join_piles(one: Part, other: Part) -> Pile | None:
    if not isinstance(one, Pile) or not isinstance(other, Pile) or not one.base:
        return None
    if (one.a, one.b, one.who, one.base) != (other.a, other.b, other.who, other.base):
        return None
    return one._replace(
        records=one.records + other.records,
        units=one.units + other.units,
        times=one.times + other.times,
    )
