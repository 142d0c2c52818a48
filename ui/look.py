"""The look of the window: the theme in use, and a signal when it changes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from ui.theme import Theme, load_theme, theme_names


class Look(QObject):
    """Holds the theme; every view reads it when it paints and repaints on ``changed``."""

    changed = Signal()

    def __init__(
        self,
        name: str = "light",
        font_scale: float = 1.0,
        ratio: float = 1.0,
        theme: Theme | None = None,
    ) -> None:
        super().__init__()
        self.name = name
        self.font_scale = font_scale
        self.ratio = ratio
        self.motion = True
        self.theme: Theme = theme or load_theme(name, font_scale, ratio)

    def use(self, name: str | None = None, font_scale: float | None = None) -> None:
        """Take another theme or font scale; raise ThemeError for a bad theme file."""
        name = name or self.name
        scale = self.font_scale if font_scale is None else font_scale
        self.theme = load_theme(name, scale, self.ratio)
        self.name, self.font_scale = name, scale
        self.changed.emit()

    def next_theme(self) -> None:
        """Take the next theme in turn."""
        names = theme_names()
        place = names.index(self.name) + 1 if self.name in names else 0
        self.use(names[place % len(names)])

    def follow(self, other: Look, zoom: float = 0.0) -> None:
        """Look as another one does, at another scale of type if *zoom* is given.

        Grown type needs grown strokes (VISUAL 3.3): twice as thick where the type is twice as
        large, and no thinner than 3 where the smallest type is 24.
        """
        theme = other.theme
        if zoom:
            theme = load_theme(other.name, zoom, other.ratio)
            stroke = max(theme.stroke, min(2.4, 0.9 * zoom))
            theme = replace(theme, stroke=stroke, least_stroke=zoom * 3 / 2.4)
        if (theme.name, theme.font_scale, theme.stroke) == (
            self.theme.name,
            self.theme.font_scale,
            self.theme.stroke,
        ):
            return
        self.theme, self.name = theme, other.name
        self.font_scale = zoom or other.font_scale
        self.changed.emit()
