"""The card that answers "who may give it now?" for the cell that is pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from ui.layout.area import Area
from ui.layout.pool import near_box
from ui.view import forms, metrics

if TYPE_CHECKING:
    from ui.layout.pool_words import Giving
    from ui.look import Look
    from ui.theme import Theme, Who

QUESTION = "who may give it now?"
_ROW = 20
_HEAD = 31
_TAIL = 12
_PADDING = 13


class CardText(NamedTuple):
    """What a card says."""

    address: str
    giving: Giving
    note: str

    def words(self) -> str:
        """Return all of it as plain text."""
        lines = [f"{name}: {words}" for _, name, words in self.giving.servers]
        return "\n".join(
            (f"{self.address}, {QUESTION}", *lines,
             f"a new client: {self.giving.new_client}", self.note)
        )  # fmt: skip


def card_size(theme: Theme, text: CardText) -> tuple[int, int]:
    """Return how large a card must be."""
    rows = _rows(text)
    words = max(theme.width(words) for _, _, words in rows)
    heading = theme.width(text.address, 12, bold=True, mono=True) + theme.px(24)
    wide = max(
        _names(theme, rows) + words,
        heading + theme.width(QUESTION),
        theme.width(text.note, 10),
    )
    high = theme.px(_HEAD) + theme.px(_ROW) * len(rows) + theme.px(30)
    return round(wide) + 2 * theme.px(_PADDING), high


def _rows(text: CardText) -> list[tuple[int, str, str]]:
    return [*text.giving.servers, (0, "a new client", text.giving.new_client)]


def _names(theme: Theme, rows: list[tuple[int, str, str]]) -> float:
    return max(theme.width(name, bold=True) for _, name, _ in rows) + theme.px(14)


def paint_card(
    painter: QPainter, theme: Theme, area: QRectF, text: CardText, tail: tuple[QPointF, QPointF]
) -> None:
    """Paint a card into a box; the tail leads from a point of its edge to the cell."""
    px = theme.px
    forms.box(
        painter, theme, area.x(), area.y(), area.width(), area.height(),
        ground=theme.raised, frame=theme.strong, radius=metrics.RADIUS_CARD,
    )  # fmt: skip
    _paint_tail(painter, theme, area, *tail)
    left, right = area.x() + px(_PADDING), area.right() - px(_PADDING)
    y = area.y() + px(_HEAD) / 2 + 1
    forms.draw_text(painter, theme, left, y, text.address, theme.ink, 12, bold=True, mono=True)
    forms.draw_text(painter, theme, right, y, QUESTION, theme.ink3, align="right")
    hair = area.y() + px(_HEAD)
    forms.line(painter, theme, area.x() + 1, hair, area.right() - 1, hair, theme.hair)
    rows = _rows(text)
    at = left + _names(theme, rows)
    y = hair + px(4) + px(_ROW) / 2
    for number, name, words in rows:
        who: Who = "s1" if number == 1 else "s2"
        colour = theme.hue(who).text if number in (1, 2) else theme.ink
        forms.draw_text(painter, theme, left, y, name, colour, bold=True)
        forms.draw_text(painter, theme, at, y, words, theme.ink)
        y += px(_ROW)
    forms.draw_text(painter, theme, left, y, text.note, theme.ink3, 10)


def _paint_tail(painter: QPainter, theme: Theme, area: QRectF, root: QPointF, tip: QPointF) -> None:
    half = theme.px(6)
    inwards = -1.5 if root.y() > area.center().y() else 1.5
    corners = [QPointF(root.x() - half, root.y() + inwards), tip]
    corners.append(QPointF(root.x() + half, root.y() + inwards))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.brush(theme.raised))
    painter.drawPolygon(QPolygonF(corners))
    painter.setPen(theme.pen(theme.strong))
    edge = -0.5 if root.y() > area.center().y() else 0.5
    for side in (-half, half):
        painter.drawLine(QPointF(root.x() + side, root.y() + edge), tip)


class GiveCard(QWidget):
    """The card as a widget of the window, above all docks; it takes no part in pointing."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._text: CardText | None = None
        self._area = QRectF()
        self._tail = (QPointF(), QPointF())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def text(self) -> CardText | None:
        """What the card says while it is shown, else None."""
        return self._text if not self.isHidden() else None

    def show_beside(self, cell: QRectF, text: CardText) -> None:
        """Show a text beside a cell, whose box is given in the window's coordinates."""
        theme, window = self._look.theme, self.parentWidget()
        assert window is not None
        w, h = card_size(theme, text)
        bounds = Area(4, 4, window.width() - 8, window.height() - 8)
        box = Area(cell.x(), cell.y(), cell.width(), cell.height())
        place, (tail_x, tail_y) = near_box(box, w, h, bounds, theme.px(_TAIL))
        tip_y = cell.top() - 1 if place.y < cell.y() else cell.bottom() + 1
        tip = QPointF(cell.center().x(), tip_y)
        whole = QRectF(*place).united(QRectF(tip.x() - 1, tip.y() - 1, 2, 2)).toAlignedRect()
        origin = QPointF(whole.topLeft())
        self._text = text
        self._area = QRectF(*place).translated(-origin)
        self._tail = (QPointF(tail_x, tail_y) - origin, tip - origin)
        self.setGeometry(whole)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        if self._text is None:
            return
        painter = QPainter(self)
        forms.prepare(painter)
        paint_card(painter, self._look.theme, self._area, self._text, self._tail)
        painter.end()
