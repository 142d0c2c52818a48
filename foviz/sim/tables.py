"""TOML tables that know where each key stands, so that a mistake is told with its line."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from foviz.base.address import ip_to_int, network_to_ints
from foviz.base.errors import FovizError, ScenarioError, nearest
from foviz.base.time import DAY, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Value = TypeVar("_Value")
Path = tuple[str, ...]

LONGEST: Final = 3650 * DAY
"""The longest duration: the wire's 32 bits of seconds end in 2106."""
_KEY: Final = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
_DOTTED: Final = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER: Final = re.compile(rf"\s*\[+\s*({_DOTTED})\s*\]")
_ENTRY: Final = re.compile(rf"\s*({_DOTTED})\s*=")
_MISTAKE: Final = re.compile(r"(.+) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def toml_mistake(error: tomllib.TOMLDecodeError, last_line: int) -> tuple[str, int, int]:
    """Return what the TOML reader complains of, and its line and column."""
    match = _MISTAKE.fullmatch(str(error))
    if match is None:
        return str(error), 1, 1
    return match[1], int(match[2] or last_line), int(match[3] or 1)


class Table:
    """One table: reads its values, and raises ScenarioError naming file and line."""

    def __init__(
        self, entries: dict[str, Any], lines: dict[Path, int], file: str, path: Path = ()
    ) -> None:
        self.entries = entries
        self.lines = lines
        self.file = file
        self.path = path

    # -- what it holds

    def only(self, *known: str) -> None:
        """Fail at a key that is not one of these."""
        for key in self.entries:
            if key not in known:
                near = nearest(key, known)
                hint = f"; nearest: {near}" if near else ""
                self.fail(key, f"“{key}” is not known here{hint}")

    def table(self, key: str) -> Table:
        """Return the table under a key; an empty one when there is none."""
        entries = self.entries.get(key, {})
        if not isinstance(entries, dict):
            self.fail(key, f"{key} has to be a table: [{'.'.join((*self.path, key))}]")
        return Table(entries, self.lines, self.file, (*self.path, key))

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """Yield the name and the table of each table under a key."""
        inner = self.table(key)
        for name in inner.entries:
            yield name, inner.table(name)

    def names(self, key: str) -> list[str]:
        """Return the keys of the table under a key."""
        return list(self.table(key).entries)

    # -- values

    def text(self, key: str, default: str = "") -> str:
        """Return text."""
        value = self.entries.get(key, default)
        if not isinstance(value, str):
            self.fail(key, f'{key} has to be text in quotation marks: {key} = "{value}"')
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts."""
        value = self.entries.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(key, f'{key} has to be a list of texts: {key} = ["…", "…"]')
        return value

    def percent(self, key: str, default: int) -> int:
        """Return a percentage."""
        value = self.entries.get(key, default)
        if type(value) is not int or not 0 <= value <= 100:
            self.fail(key, f"{key} is a percentage: a whole number from 0 to 100")
        return value

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number within limits."""
        value = self.entries.get(key, default)
        if type(value) is not int or not least <= value <= most:
            self.fail(key, f"{key} has to be a whole number from {least} to {most}")
        return value

    def duration(self, key: str, default: int, *, least: int = 0) -> int:
        """Return a duration in µs, at least *least*."""
        if key not in self.entries:
            return default
        span = self.checked(key, lambda: parse_duration(self.text(key)))
        if span < least:
            self.fail(key, f"{key} has to be at least {'a second' if least > 0 else '0s'}")
        if span > LONGEST:
            self.fail(key, f"{key} is longer than ten years")
        return span

    def offset(self, key: str) -> int:
        """Return a difference of clocks in µs, which may be negative."""
        return self.duration(key, 0, least=-LONGEST)

    def address(self, key: str) -> int:
        """Return an address."""
        return self.checked(key, lambda: ip_to_int(self.text(key)))

    def addresses(self, key: str) -> tuple[int, ...]:
        """Return a list of addresses."""
        return self.checked(key, lambda: tuple(ip_to_int(text) for text in self.texts(key)))

    def network(self, key: str) -> tuple[int, int]:
        """Return a network and its prefix length."""
        return self.checked(key, lambda: network_to_ints(self.text(key)))

    # -- checks

    def checked(self, key: str, read: Callable[[], _Value]) -> _Value:
        """Return what *read* returns; its complaint gets this key's place."""
        try:
            return read()
        except FovizError as error:
            if error.where:
                raise
            raise ScenarioError(error.message, self.where(key)) from None

    def known(self, key: str, word: str, known: Iterable[str], what: str) -> None:
        """Fail when the word is none of the known ones."""
        words = list(known)
        if word not in words:
            near = nearest(word, words)
            hint = f"; nearest: {near}" if near else ""
            self.fail(key, f"no {what} is called “{word}”{hint}")

    def fail(self, key: str, message: str) -> NoReturn:
        """Raise ScenarioError at a key, or at the table itself for an empty key."""
        raise ScenarioError(message, self.where(key))

    def where(self, key: str) -> str:
        """Return file and line of a key, or of what holds it."""
        path = (*self.path, key) if key else self.path
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.file}:{self.lines.get(path, 1)}"


def read_tables(text: str, file: str) -> Table:
    """Return the outermost table of TOML text; raise ScenarioError when it is no TOML."""
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, line, column = toml_mistake(error, len(text.splitlines()))
        raise ScenarioError(f"this is no TOML: {message}", f"{file}:{line}:{column}") from None
    return Table(entries, _lines_of(text), file)


def _lines_of(text: str) -> dict[Path, int]:
    """Return the line of each table and key that stands on a line of its own."""
    lines: dict[Path, int] = {}
    header: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        opened, entry = _HEADER.match(line), _ENTRY.match(line)
        if opened:
            header = _parts(opened[1])
        path = header if opened else (*header, *_parts(entry[1])) if entry else ()
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], number)
    return lines


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, dotted))
