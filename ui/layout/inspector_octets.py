"""The octets of a message as rows of eight, runs of zero rows folded: numbers only."""

from __future__ import annotations

from typing import NamedTuple

from ui.layout.inspector import OCTETS_IN_ROW

FOLDED_FROM = 2
"""So many rows of zero in a run become one row."""

Point = tuple[float, float]


class OctetRow(NamedTuple):
    """``octets[start:end]``; a folded one stands for a run of zero."""

    start: int
    end: int
    folded: bool


class Span(NamedTuple):
    """Part of a row, by its columns."""

    row: int
    first: int
    last: int


def octet_rows(octets: bytes) -> tuple[OctetRow, ...]:
    """Return the rows; a run of at least two whole rows of zero is folded."""
    rows: list[OctetRow] = []
    at, size = 0, len(octets)
    while at < size:
        end = at
        while end + OCTETS_IN_ROW <= size and not any(octets[end : end + OCTETS_IN_ROW]):
            end += OCTETS_IN_ROW
        if end - at >= FOLDED_FROM * OCTETS_IN_ROW:
            rows.append(OctetRow(at, end, True))
            at = end
        else:
            end = min(size, at + OCTETS_IN_ROW)
            rows.append(OctetRow(at, end, False))
            at = end
    return tuple(rows)


def spans(rows: tuple[OctetRow, ...], start: int, end: int) -> tuple[Span, ...]:
    """Return the parts of rows that ``octets[start:end]`` covers; of a folded row, all."""
    found: list[Span] = []
    for place, row in enumerate(rows):
        first, last = max(start, row.start), min(end, row.end)
        if first >= last:
            continue
        if row.folded:
            found.append(Span(place, 0, OCTETS_IN_ROW - 1))
        else:
            found.append(Span(place, first - row.start, last - 1 - row.start))
    return tuple(found)


def octet_at(rows: tuple[OctetRow, ...], place: int, column: int) -> int:
    """Return the offset of the octet in a row and column, or −1; of a folded row its first."""
    if not 0 <= place < len(rows) or not 0 <= column < OCTETS_IN_ROW:
        return -1
    row = rows[place]
    if row.folded:
        return row.start
    offset = row.start + column
    return offset if offset < row.end else -1


def outlines(
    found: tuple[Span, ...], x: float, y: float, pitch: float, row_h: float
) -> list[list[Point]]:
    """Return closed outlines around spans; *x*, *y* is the corner of the first row's first cell.

    Rows that touch make one outline: down their right ends, and up their left ends.
    """
    groups: list[list[Span]] = []
    for span in found:
        last = groups[-1][-1] if groups else None
        touches = last is not None and span.row == last.row + 1
        if touches and last is not None and span.first <= last.last and last.first <= span.last:
            groups[-1].append(span)
        else:
            groups.append([span])
    shapes: list[list[Point]] = []
    for group in groups:
        shape: list[Point] = []
        for span in group:
            right = x + (span.last + 1) * pitch
            shape += [(right, y + span.row * row_h), (right, y + (span.row + 1) * row_h)]
        for span in reversed(group):
            left = x + span.first * pitch
            shape += [(left, y + (span.row + 1) * row_h), (left, y + span.row * row_h)]
        shapes.append(shape)
    return shapes
