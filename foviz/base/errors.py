"""Errors that a person can mend: one clear sentence, and the place where to mend it.

Mistakes of ours are assertions; bytes of a peer that make no sense are
:class:`WireError` and never leave the engine that received them.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class FovizError(Exception):
    """One sentence that says what is wrong and, where it can, what to do.

    ``where`` names the place as people write it: ``lesson.md:12:5``, ``octet 17``.
    """

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def __reduce__(self) -> tuple[type[FovizError], tuple[str, str]]:
        return (type(self), (self.message, self.where))


class WireError(FovizError):
    """Octets that are no message; ``offset`` is the first octet that is wrong."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message, f"octet {offset}")
        self.offset = offset

    def __reduce__(self) -> tuple[type[WireError], tuple[str, int]]:  # type: ignore[override]
        return (type(self), (self.message, self.offset))


class ScenarioError(FovizError):
    """A scenario file that can't be built."""


class ScriptError(FovizError):
    """A lab line that can't be read or can't be carried out now."""


class ExpectationError(FovizError):
    """A lab line that was read and carried out, and what it expects is not so."""


class LessonError(FovizError):
    """A lesson file that can't be read."""


class ThemeError(FovizError):
    """A theme file that can't be used."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to *word*, or ``""`` when none is near."""
    candidates = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), list(candidates), n=1, cutoff=0.6)
    return candidates[found[0]] if found else ""
