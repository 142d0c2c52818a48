"""Paint every form with its label into PNG files, to be looked at and compared.

``python -m ui.view.gallery OUTDIR [--theme light]… [--ratio 1] [--font-scale 1]`` writes
``OUTDIR/THEME-PAGE.png`` for the pages *anatomy*, *pool*, *states*, *lanes*, *icons* and
*controls*; without ``--theme`` for every theme. It is a tool for whoever changes a form, and
it shows a view's writer what there is; the product does not use it.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from ui.theme import load_theme, theme_names
from ui.view.forms import prepare
from ui.view.gallery_anatomy import paint_anatomy
from ui.view.gallery_controls import controls_image
from ui.view.gallery_pages import paint_icons, paint_lanes, paint_pool, paint_states

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.theme import Theme

    Page = tuple[int, int, Callable[[QPainter, Theme], None]]

PAGES: dict[str, Page] = {
    "anatomy": (1440, 1136, paint_anatomy),
    "pool": (1440, 560, paint_pool),
    "states": (1440, 600, paint_states),
    "lanes": (1000, 420, paint_lanes),
    "icons": (1092, 700, paint_icons),
}


def page_image(name: str, theme: Theme) -> QImage:
    """Return one page of the gallery, painted with a theme."""
    if name == "controls":
        return controls_image(theme)
    width, height, paint = PAGES[name]
    image = QImage(
        round(width * theme.ratio), round(height * theme.ratio), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(theme.ratio)
    image.fill(theme.panel)
    painter = QPainter(image)
    prepare(painter)
    paint(painter, theme)
    painter.end()
    return image


def main(arguments: list[str]) -> int:
    """Write the gallery; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ui.view.gallery")
    parser.add_argument("outdir", type=Path, help="where the PNG files go")
    parser.add_argument("--theme", action="append", help="a theme's name or file; repeatable")
    parser.add_argument("--page", action="append", choices=[*PAGES, "controls"])
    parser.add_argument("--ratio", type=float, default=1.0, help="device pixels to a pixel")
    parser.add_argument("--font-scale", type=float, default=1.0)
    wanted = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    wanted.outdir.mkdir(parents=True, exist_ok=True)
    for name in wanted.theme or theme_names():
        theme = load_theme(name, wanted.font_scale, wanted.ratio)
        for page in wanted.page or [*PAGES, "controls"]:
            path = wanted.outdir / f"{theme.name}-{page}.png"
            page_image(page, theme).save(str(path))
    application.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
