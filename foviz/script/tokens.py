"""Words of a lab line with their columns."""

from __future__ import annotations

import re
from typing import NamedTuple

from foviz.base.errors import ScriptError

_TOKEN = re.compile(r'\s*(?:"([^"]*)"|(\S+))')


class Token(NamedTuple):
    """A word; ``column`` counts from 1; ``quoted`` text is never a word of the grammar."""

    text: str
    column: int
    quoted: bool


class Place(NamedTuple):
    """Where a line stands: file, line, and how many columns stand before it, for messages."""

    file: str = ""
    line: int = 0
    before: int = 0

    def at(self, column: int = 0) -> str:
        """Return ``file:line:column`` as far as it is known."""
        parts = [self.file] if self.file else []
        if self.line:
            parts.append(str(self.line))
        if column:
            column += self.before
            parts.append(str(column) if self.line else f"column {column}")
        return ":".join(parts)


def tokenize(line: str, place: Place) -> list[Token]:
    """Split a line into words; raise ScriptError for a quotation mark without its partner."""
    line = strip_comment(line).rstrip()
    tokens: list[Token] = []
    position = 0
    while position < len(line):
        match = _TOKEN.match(line, position)
        assert match is not None
        start = match.start(1) - 1 if match.group(1) is not None else match.start(2)
        if match.group(1) is None and match.group(2).startswith('"'):
            raise ScriptError("this quotation mark has no partner", place.at(start + 1))
        tokens.append(
            Token(match.group(1) or match.group(2) or "", start + 1, match[1] is not None)
        )
        position = match.end()
    return tokens


def strip_comment(line: str) -> str:
    """Return the line without its comment: from a ``#`` at a word's start to the end."""
    quoted = False
    for place, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == "#" and not quoted and (place == 0 or line[place - 1].isspace()):
            return line[:place]
    return line
