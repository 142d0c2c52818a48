"""From a line to a command, by the grammar's table; errors name the nearest word."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from foviz.base.errors import FovizError, ScriptError, nearest
from foviz.base.time import parse_moment
from foviz.script.grammar import FACTS, LINES, Form
from foviz.script.tokens import Place, Token, strip_comment, tokenize
from foviz.script.vocabulary import Rejected, Vocabulary, read_word

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_SHOWN = 40
MOST_NAMED = 12
"""More possible words than this are not listed in a message."""


class Command(NamedTuple):
    """A line that was understood: the form's id, the slots' values, the text, its place."""

    form: str
    values: dict[str, Any]
    text: str
    place: Place = Place()

    def get(self, name: str, default: Any = None) -> Any:
        """Return a slot's value, or the default when it was left out."""
        return self.values.get(name, default)


class Element(NamedTuple):
    """A piece of a pattern: a word, a slot, or a group that may be left out.

    ``flag`` marks a word that is a group of its own: whether it stands there is a value.
    """

    word: str = ""
    slot: str = ""
    type: str = ""
    group: tuple[Element, ...] = ()
    flag: bool = False


@cache
def compile_pattern(pattern: str) -> tuple[Element, ...]:
    """Return a pattern as elements."""
    elements, rest = _compile(pattern.replace("[", " [ ").replace("]", " ] ").split())
    assert not rest, pattern
    return elements


def _compile(words: list[str]) -> tuple[tuple[Element, ...], list[str]]:
    elements: list[Element] = []
    while words:
        word, words = words[0], words[1:]
        if word == "]":
            break
        if word == "[":
            group, words = _compile(words)
            if len(group) == 1 and group[0].word:
                group = (group[0]._replace(flag=True),)
            elements.append(Element(group=group))
        elif word.startswith("<"):
            slot, _, kind = word[1:-1].partition(":")
            elements.append(Element(slot=slot, type=kind))
        else:
            elements.append(Element(word=word))
    return tuple(elements), words


class _Miss(NamedTuple):
    """How far a line was understood, and what could have stood there."""

    position: int
    expected: tuple[str, ...]
    why: str = ""
    names: tuple[str, ...] = ()
    """What a name could have named: client, server …"""


class _Matcher:
    """Tries forms on the tokens of one line and remembers the furthest failure."""

    def __init__(self, tokens: list[Token], vocabulary: Vocabulary) -> None:
        self.tokens = tokens
        self.vocabulary = vocabulary
        self.furthest = _Miss(-1, ())

    def miss(
        self, position: int, expected: tuple[str, ...], why: str = "", names: tuple[str, ...] = ()
    ) -> None:
        """Remember a failure if it is further along than the ones before."""
        before = self.furthest
        if position > before.position:
            self.furthest = _Miss(position, expected, why, names)
        elif position == before.position:
            self.furthest = _Miss(
                position,
                tuple(dict.fromkeys((*before.expected, *expected))),
                before.why or why,
                tuple(dict.fromkeys((*before.names, *names))),
            )

    def match(
        self, elements: tuple[Element, ...], position: int
    ) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield every way in which the elements fit from a position on: (values, position)."""
        if not elements:
            yield {}, position
            return
        first, rest = elements[0], elements[1:]
        if first.group:
            yield from self._chain(self.match(first.group, position), rest)
            yield from self.match(rest, position)
        elif first.slot:
            yield from self._chain(self._slot(first, position), rest)
        elif position < len(self.tokens) and self._is_word(position, first.word):
            found = {first.word: True} if first.flag else {}
            yield from self._chain(iter([(found, position + 1)]), rest)
        else:
            self.miss(position, (first.word,))

    def _chain(
        self, found: Iterator[tuple[dict[str, Any], int]], rest: tuple[Element, ...]
    ) -> Iterator[tuple[dict[str, Any], int]]:
        for values, position in found:
            for more, end in self.match(rest, position):
                yield values | more, end

    def _is_word(self, position: int, word: str) -> bool:
        token = self.tokens[position]
        return not token.quoted and token.text == word

    def _slot(self, element: Element, position: int) -> Iterator[tuple[dict[str, Any], int]]:
        if element.type == "fact":
            yield from self._fact(element, position)
            return
        if position >= len(self.tokens):
            words = self.vocabulary.words(element.type)
            self.miss(position, words or (f"<{element.slot}>",))
            return
        if element.type == "moment":
            yield from self._moment(element, position)
            return
        token = self.tokens[position]
        value: Any = token.text
        if element.type != "text" and not (element.type == "name" and token.quoted):
            value = read_word(element.type, token.text, self.vocabulary)
        if isinstance(value, Rejected):
            words = self.vocabulary.words(element.type)
            kind = "scope" if element.type == "scopes" else element.type.replace("-", " ")
            names = (kind,) if words else ()
            self.miss(position, words or (f"<{element.slot}>",), value.why, names)
            return
        yield {element.slot: value}, position + 1

    def _moment(self, element: Element, position: int) -> Iterator[tuple[dict[str, Any], int]]:
        text = " ".join(token.text for token in self.tokens[position:])
        try:
            yield {element.slot: parse_moment(text, self.vocabulary.now)}, len(self.tokens)
        except FovizError as error:
            if ":" in text:
                self.miss(position, (), error.message)

    def _fact(self, element: Element, position: int) -> Iterator[tuple[dict[str, Any], int]]:
        for form in FACTS:
            for values, end in self.match(compile_pattern(form.pattern), position):
                text = " ".join(token.text for token in self.tokens[position:end])
                yield {element.slot: Command(form.id, values, text)}, end


def parse(line: str, vocabulary: Vocabulary, place: Place = Place()) -> Command | None:  # noqa: B008
    """Return the command of a line, or None for an empty line or a comment.

    Raises ScriptError that names file, line and column, what was expected there, and the
    nearest known word.
    """
    tokens = tokenize(line, place)
    if not tokens:
        return None
    matcher = _Matcher(tokens, vocabulary)
    for form in LINES:
        for values, end in matcher.match(compile_pattern(form.pattern), 0):
            if end == len(tokens):
                return Command(form.id, values, strip_comment(line).strip(), place)
            matcher.miss(end, (), "")
    raise _error(matcher, tokens, place)


def parse_fact(text: str, vocabulary: Vocabulary, place: Place = Place()) -> Command:  # noqa: B008
    """Return the command of an ``expect …`` line's text (an answer of a question)."""
    command = parse(text, vocabulary, place)
    if command is None or not command.form.startswith("expect"):
        raise ScriptError("an answer has to be an expect line", place.at())
    return command


def _error(matcher: _Matcher, tokens: list[Token], place: Place) -> ScriptError:
    position, expected, why, names = matcher.furthest
    if position >= len(tokens):
        end = tokens[-1].column + len(tokens[-1].text)
        hint = f"; expected {_list(expected)}" if len(expected) <= MOST_NAMED else ""
        return ScriptError(f"the line stops too early{hint}", place.at(end))
    token = tokens[position]
    text = token.text if len(token.text) <= LONGEST_SHOWN else token.text[:LONGEST_SHOWN] + "…"
    message = why.replace(token.text, text) if why else f"unknown word “{text}”"
    if not expected and not why:
        message = f"“{text}” is one word too many"
    elif not why and 0 < len(names) <= 2:
        message = f"no {' or '.join(names)} is called “{text}”"
    near = nearest(token.text, expected)
    if near:
        message += f". Nearest: {near}"
    elif expected and len(expected) <= MOST_NAMED:
        message += f". Expected {_list(expected)}"
    return ScriptError(message, place.at(token.column))


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else "".join(words)


def completions(line: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words that can follow, or complete, what was typed so far."""
    try:
        tokens = tokenize(line, Place())
    except ScriptError:
        return ()
    prefix = ""
    if tokens and not line.endswith(" "):
        prefix = tokens.pop().text
    matcher = _Matcher(tokens, vocabulary)
    for form in LINES:
        for _, end in matcher.match(compile_pattern(form.pattern), 0):
            if end < len(tokens):
                matcher.miss(end, ())
    if matcher.furthest.position < len(tokens):
        return ()
    words = matcher.furthest.expected
    return tuple(word for word in words if word.lower().startswith(prefix.lower()))


def forms_of(verb: str) -> tuple[Form, ...]:
    """Return the forms whose pattern begins with a word, or all for ``""``."""
    return tuple(form for form in LINES if not verb or form.pattern.split()[0] == verb)
