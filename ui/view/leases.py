"""Leases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.view.painted import PaintedView

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter


class LeasesView(PaintedView):
    """Leases."""

    title = "Leases"

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the view."""
