"""A rectangle in a view: fractions of a pixel are meant. Docks have whole ones (window.Rect)."""

from __future__ import annotations

from typing import NamedTuple


class Area(NamedTuple):
    """x, y, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return (self.x + self.w / 2, self.y + self.h / 2)

    def meets(self, other: Area) -> bool:
        """Whether it shares a point with another."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def holds(self, other: Area) -> bool:
        """Whether another one lies wholly inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )
