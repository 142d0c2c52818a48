"""Pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.view.painted import PaintedView

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter


class PoolView(PaintedView):
    """Pool."""

    title = "Pool"

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the view."""
