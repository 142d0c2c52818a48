"""How the lesson panel shares its height: the list of steps gives way to text and question."""

from __future__ import annotations

from typing import Final

LEAST_ROWS: Final = 2
MOST_ROWS: Final = 8


def rows_that_fit(height: float, others: float, row: float) -> int:
    """Return how many rows of steps leave all else its height.

    *others* is the height of everything but the list, *row* that of one of its rows. The list
    never goes below the present step and what came before it.
    """
    return max(LEAST_ROWS, min(MOST_ROWS, int((height - others) // max(1.0, row))))


def scroll_to(height: float, whole: float, card_top: float, gap: float) -> int:
    """Return how far to scroll, so that the question is seen whole, or at least from its top.

    *whole* is the height of all there is, of which *height* is seen; *card_top* is where the
    question begins, and *gap* what is left clear above it.
    """
    return round(max(0.0, min(whole - height, card_top - gap)))
