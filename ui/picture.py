"""``foviz export LESSON OUT.png``: the real window at a step, without a display."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foviz import FovizError, Session
from ui.layout.modes import MODES
from ui.tokens import theme_names

if TYPE_CHECKING:
    from ui.window import MainWindow

_SIZE = re.compile(r"(\d{3,5})x(\d{3,5})")


@click.command()
@click.argument("lesson")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--at", "step", default="", help="Number of the step to show.")
@click.option("--theme", default="light", help="light, dark, projector or high-contrast.")
@click.option("--size", default="1280x800", help="Size of the window in pixels.")
@click.option("--font-scale", default=1.0, help="Scale of all text and of the layout.")
@click.option("--layout", default="", help="learn, lecture, explore or debug.")
def export_picture(
    lesson: str, out: Path, step: str, theme: str, size: str, font_scale: float, layout: str
) -> None:
    """Write a picture of the window at a step of a lesson."""
    match = _SIZE.fullmatch(size)
    if match is None:
        raise FovizError(f"“{size}” is not a size; write it like 1280x800")
    if theme not in theme_names():
        raise FovizError(f"no theme is called “{theme}”; there are: {', '.join(theme_names())}")
    if layout and layout not in MODES:
        raise FovizError(f"no layout is called “{layout}”; there are: {', '.join(MODES)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.app import make_application

    make_application()
    window = window_at(lesson, step, theme, font_scale, layout)
    window.resize(int(match[1]), int(match[2]))
    save(window, out)
    click.echo(f"{out}: {size}, {theme}" + (f", step {step}" if step else ""))


def window_at(
    lesson: str, step: str, theme: str, font_scale: float = 1.0, layout: str = ""
) -> MainWindow:
    """Return the window at a step, its lesson played to the end, nothing moving."""
    from ui.window import MainWindow

    session = Session.open(lesson)
    session.finish_story()
    window = MainWindow(session, theme, font_scale, remember=False)
    if layout:
        window.modes.use(layout)
    if step:
        steps = {str(found.number): found for found in window.model.steps()}
        if step not in steps:
            raise FovizError(f"{lesson} has no step {step}; its steps are 1 to {len(steps)}")
        window.model.seek_time(steps[step].at)
    return window


def save(window: MainWindow, out: Path) -> None:
    """Write the window's picture; raise FovizError when the file can't be written."""
    from PySide6.QtWidgets import QApplication

    window.show()
    for _ in range(3):
        QApplication.processEvents()
    for view in window.views.values():
        if view.isVisible() and hasattr(view, "read_all"):
            view.read_all()
    picture = window.grab()
    if not picture.save(str(out)):
        raise FovizError("it can't be written", str(out))
    window.close()
