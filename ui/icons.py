"""The icons: SVG files in one colour, which is that of the place they stand in (VISUAL 4).

A file says ``currentColor``; the colour is put in before it is drawn. On screen an icon is a
cached pixmap; on paper and in SVG it is drawn as lines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.assets import asset_path

if TYPE_CHECKING:
    from ui.theme import Theme

SIZES = (14, 16, 20, 24)
"""The sizes icons are used at: small buttons, text and boxes, transport, the drawing grid."""


def icon_names() -> list[str]:
    """Return the names of all icons, in alphabetical order."""
    return sorted(path.stem for path in asset_path("icons").glob("*.svg"))


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return asset_path("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    source = _source(name).replace("currentColor", colour)
    return QSvgRenderer(QByteArray(source.encode()))


@lru_cache(maxsize=512)
def _pixmap(name: str, size: int, colour: str, device_ratio: float) -> QPixmap:
    side = max(1, round(size * device_ratio))
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, colour).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(device_ratio)
    return pixmap


def icon_pixmap(name: str, size: int, colour: QColor, device_ratio: float = 1.0) -> QPixmap:
    """Return an icon of *size* logical pixels in one colour; made once. Do not paint on it."""
    return _pixmap(name, size, colour.name(), device_ratio)


def icon(
    name: str, theme: Theme, *, colour: QColor | None = None, on: QColor | None = None
) -> QIcon:
    """Return an icon for a control: ``ink2``, ``inkoff`` when disabled.

    *on* is the colour of a checked control (``onpress`` on a pressed ground).
    """
    normal = theme.ink2 if colour is None else colour
    made = QIcon()
    checked = normal if on is None else on
    states = (
        (QIcon.Mode.Normal, QIcon.State.Off, normal),
        (QIcon.Mode.Active, QIcon.State.Off, normal),
        (QIcon.Mode.Disabled, QIcon.State.Off, theme.inkoff),
        (QIcon.Mode.Normal, QIcon.State.On, checked),
        (QIcon.Mode.Active, QIcon.State.On, checked),
        (QIcon.Mode.Disabled, QIcon.State.On, theme.inkoff),
    )
    for mode, state, tint in states:
        for size in sorted({*SIZES, *map(theme.px, SIZES)}):
            # Twice the size beside it serves screens of a higher device ratio.
            for ratio in sorted({1.0, 2.0, theme.ratio}):
                made.addPixmap(icon_pixmap(name, size, tint, ratio), mode, state)
    return made


def paint_icon(
    painter: QPainter, name: str, rect: QRectF, colour: QColor, theme: Theme | None = None
) -> None:
    """Paint an icon into a square; with a theme whose stamps are off, as lines."""
    if theme is not None and not theme.stamps:
        _renderer(name, colour.name()).render(painter, rect)
        return
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    pixmap = icon_pixmap(name, round(rect.width()), colour, ratio)
    painter.drawPixmap(rect.topLeft(), pixmap)


def application_icon() -> QIcon:
    """Return the icon of the window."""
    made = QIcon()
    renderer = QSvgRenderer(str(asset_path("foviz.svg")))
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0, 0, side, side))
        painter.end()
        made.addPixmap(pixmap)
    return made
