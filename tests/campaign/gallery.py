"""Pictures of the window in every layout, theme, size and size of letters, to be looked at.

    python -m tests.campaign.gallery build/gallery [--only projector]

One file a picture, named by what it shows. ``--only`` takes those that have the word in their name.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from ui.app import make_application
from ui.layout.modes import MODES
from ui.picture import save, window_at
from ui.theme import theme_names

MOMENTS = (("hot-standby", "16"), ("load-balance", "12"), ("partner-down", "20"))
SIZES = ((1280, 800), (1440, 900), (1920, 1080))
SCALES = (1.0, 1.5)


def main() -> int:
    """Write the pictures; 0."""
    parser = argparse.ArgumentParser(description="Pictures of the whole window.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="", help="a word of the names")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    make_application()
    written = 0
    choices = itertools.product(MOMENTS, MODES, theme_names(), SIZES, SCALES)
    for (lesson, step), layout, theme, (wide, high), scale in choices:
        name = f"{lesson}-{step}-{layout}-{theme}-{wide}x{high}-{scale:g}"
        if options.only not in name:
            continue
        window = window_at(lesson, step, theme, scale, layout)
        window.resize(wide, high)
        save(window, options.out / f"{name}.png")
        window.deleteLater()
        written += 1
        sys.stdout.write(f"{name}\n")
    sys.stdout.write(f"{written} pictures in {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
