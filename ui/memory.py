"""What the window remembers from one start to the next, or nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from ui.layout.modes import FIRST, MODES
from ui.layout.window import Sizes
from ui.tokens import theme_names

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST = 4000
"""No size that is remembered can be larger: the file may have been edited or be damaged."""


class Memory:
    """The settings by what they mean; without *settings* everything is forgotten at once.

    A value that makes no sense is as good as none: settings are a file that anybody can edit.
    """

    def __init__(self, settings: QSettings | None) -> None:
        self.settings = settings

    @property
    def keeps(self) -> bool:
        """Whether anything is kept: pictures and tests have a window without a past."""
        return self.settings is not None

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self.settings.value(key, default) if self.settings is not None else default
        return str(value)

    def number(self, key: str, default: float) -> float:
        """Return a number."""
        try:
            return float(self.text(key, str(default)))
        except ValueError:
            return default

    def put(self, key: str, value: object) -> None:
        """Remember a value."""
        if self.settings is not None:
            self.settings.setValue(key, value)

    def forget(self, key: str) -> None:
        """Forget a value."""
        if self.settings is not None:
            self.settings.remove(key)

    # -- what is kept

    @property
    def theme(self) -> str:
        """The theme's name."""
        name = self.text("theme", "light")
        return name if name in theme_names() else "light"

    @property
    def font_scale(self) -> float:
        """The scale of all text."""
        return max(0.8, min(2.0, self.number("font-scale", 1.0)))

    @property
    def geometry(self) -> QByteArray | None:
        """Where the window stood."""
        value = self.settings.value("geometry") if self.settings is not None else None
        return value if isinstance(value, QByteArray) else None

    @property
    def mode(self) -> str:
        """The layout, or nothing."""
        name = self.text("layout")
        return name if name in MODES else ""

    def sizes(self, mode: str) -> Sizes:
        """Return the sizes of a layout."""
        first = vars(FIRST[mode])
        return Sizes(
            **{
                name: max(0, min(_LARGEST, int(self.number(f"sizes/{mode}/{name}", value))))
                for name, value in first.items()
            }
        )

    def put_sizes(self, mode: str, sizes: Sizes) -> None:
        """Remember the sizes of a layout that differ from the first ones."""
        first = vars(FIRST[mode])
        for name, value in vars(sizes).items():
            if value == first[name]:
                self.forget(f"sizes/{mode}/{name}")
            else:
                self.put(f"sizes/{mode}/{name}", value)

    def keys(self, action: str) -> tuple[str, ...] | None:
        """Return the shortcuts given to an action, or None for those that it has of itself."""
        key = f"shortcuts/{action}"
        if self.settings is None or not self.settings.contains(key):
            return None
        return tuple(part for part in self.text(key).split("\n") if part)

    def put_keys(self, action: str, keys: Sequence[str] | None) -> None:
        """Remember an action's shortcuts; None forgets them."""
        if keys is None:
            self.forget(f"shortcuts/{action}")
        else:
            self.put(f"shortcuts/{action}", "\n".join(keys))


def open_memory(*, remember: bool = True) -> Memory:
    """Return the user's memory, or one that keeps nothing."""
    return Memory(QSettings() if remember else None)
