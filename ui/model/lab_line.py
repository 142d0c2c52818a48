"""Lab lines as they are typed: what can complete one, and where a mistake stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

if TYPE_CHECKING:
    from foviz import FovizError, Session

MOST_KEPT = 200
"""So many lines of the history are kept."""
_COLUMN = re.compile(r"column (\d+)")
_KEY = "console/history"


def completed_lines(session: Session, text: str) -> list[str]:
    """Return the lines that the text can become by its last word, likeliest first."""
    if not text:
        return []
    begun = text.rpartition(" ")[0]
    return [f"{begun} {word}".strip() for word in session.complete(text)]


def column_of(error: FovizError) -> int:
    """Return the column, from 1, at which a line is wrong; 0 when no column is."""
    found = _COLUMN.search(error.where)
    return int(found[1]) if found else 0


def is_slot(line: str) -> bool:
    """Whether a completion says what belongs there instead of a word: ``<moment>``."""
    return line.endswith(">")


def _agreed(lines: list[str]) -> str:
    """Return what all lines begin with."""
    first, last = min(lines, default=""), max(lines, default="")
    length = next((n for n, letter in enumerate(first) if letter != last[n]), len(first))
    return first[:length]


class Completer:
    """Tab by Tab: first as far as all candidates agree, then one candidate after the other."""

    def __init__(self) -> None:
        self._candidates: list[str] = []
        self._at = -1
        self._given = ""

    def next(self, session: Session, text: str, step: int = 1) -> str:
        """Return the text after one more Tab; the same text when there is nothing to add."""
        if text != self._given or not self._candidates:
            lines = [line for line in completed_lines(session, text) if not is_slot(line)]
            self._candidates, self._at = lines, -1
            if len(lines) == 1:
                self._candidates = []
                return lines[0] + " "
            agreed = _agreed(lines)
            if len(agreed) > len(text):
                self._given = agreed
                return agreed
        if not self._candidates:
            return text
        if self._at < 0 and step < 0:
            self._at = 0
        self._at = (self._at + step) % len(self._candidates)
        self._given = self._candidates[self._at]
        return self._given


class History:
    """The lines that were typed, newest last; a settings file keeps them over sessions."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._settings: QSettings | None = None
        self._at = 0
        self._draft = ""

    def remember(self, settings: QSettings | None) -> None:
        """Take what was kept, and keep what comes; None forgets with the window."""
        self._settings = settings
        if settings is not None:
            kept = settings.value(_KEY, [])
            # A list of one comes back from some files as the bare text.
            lines = [kept] if isinstance(kept, str) else [str(line) for line in kept or ()]  # type: ignore[attr-defined]
            self.lines = [*lines, *self.lines][-MOST_KEPT:]
        self._at = len(self.lines)

    def add(self, line: str) -> None:
        """Keep a line; the same line twice in a row is kept once."""
        if not self.lines or self.lines[-1] != line:
            self.lines = [*self.lines, line][-MOST_KEPT:]
            if self._settings is not None:
                self._settings.setValue(_KEY, self.lines)
        self._at = len(self.lines)
        self._draft = ""

    def go(self, step: int, text: str) -> str:
        """Return the line *step* further; below the newest is what was being typed."""
        if self._at == len(self.lines):
            self._draft = text
        self._at = max(0, min(len(self.lines), self._at + step))
        return self._draft if self._at == len(self.lines) else self.lines[self._at]
