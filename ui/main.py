"""The program: commands without a window go to ``foviz.cli`` before Qt is loaded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NO_DISPLAY = "there is no display here; telling the first lesson in the terminal instead"


def main(arguments: list[str] | None = None) -> int:
    """Run Foviz; return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    from foviz.cli import COMMANDS, cli, guarded
    from foviz.cli import main as run_command

    if words and words[0] == "export" and _wants_picture(words[1:]):
        from ui.picture import export_picture

        cli.add_command(export_picture, "export")
        return run_command(words)
    if words and words[0] in COMMANDS:
        return run_command(words)
    if not _has_display():
        sys.stderr.write(f"foviz: {NO_DISPLAY}\n")
        return run_command(["play", *words[:1]])
    return guarded(lambda: _open_window(words))


def _wants_picture(words: list[str]) -> bool:
    return any(Path(word).suffix in (".png", ".svg") for word in words)


def _has_display() -> bool:
    """Whether a window can be shown: always on Windows and macOS, else by the environment."""
    if sys.platform in ("win32", "darwin"):
        return True
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_window(words: list[str]) -> None:
    from ui.app import run_window

    status = run_window(words[0] if words else "")
    if status:
        raise SystemExit(status)


if __name__ == "__main__":
    sys.exit(main())
