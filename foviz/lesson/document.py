"""Reading a lesson: front matter, sections, lab blocks, questions; errors name the line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt

from foviz.base.errors import LessonError, nearest
from foviz.sim.tables import toml_mistake

if TYPE_CHECKING:
    from markdown_it.token import Token

FENCE: Final = "+++"
FIELDS: Final = {"title": str, "scenario": str, "seed": int, "source": str, "profile": str}
REQUIRED: Final = ("title", "scenario")
_ANSWER = re.compile(r"- \[([ x])\] (.+?)\s*`(expect [^`]+)`\s*$")
_STEP = re.compile(r"^\s*step\s+\d+\b")


@dataclass(frozen=True)
class Answer:
    """One answer of a question, and the expectation that decides whether it is right."""

    text: str
    right: bool
    expect: str
    line: int
    column: int = 0
    """How many columns stand before the expectation."""


@dataclass(frozen=True)
class Question:
    """A prediction that is asked before the next lab block plays."""

    prompt: str
    answers: tuple[Answer, ...]
    explanation: str
    line: int


@dataclass(frozen=True)
class Lab:
    """A block of lab lines; ``line`` is the line of its first line in the file."""

    text: str
    line: int


@dataclass(frozen=True)
class Prose:
    """Paragraphs of Markdown between other blocks."""

    text: str
    line: int


Block = Prose | Lab | Question


@dataclass(frozen=True)
class Section:
    """A stop of the story: a title, and prose, questions and lab blocks in order."""

    title: str
    blocks: tuple[Block, ...]
    line: int

    @property
    def before(self) -> str:
        """The prose before the first lab block."""
        return self._prose(played=False)

    @property
    def after(self) -> str:
        """The prose after the first lab block: what is said of what happened."""
        return self._prose(played=True)

    def _prose(self, *, played: bool) -> str:
        first = next((n for n, block in enumerate(self.blocks) if isinstance(block, Lab)), 0)
        chosen = self.blocks[first:] if played else self.blocks[:first]
        return "\n\n".join(block.text for block in chosen if isinstance(block, Prose))


@dataclass(frozen=True)
class Lesson:
    """A lesson as it was written."""

    name: str
    file: str
    title: str
    scenario: str
    seed: int
    source: str
    profile: str
    sections: tuple[Section, ...]
    links: tuple[tuple[str, int], ...]
    lines: tuple[tuple[str, int], ...] = ()
    """The line of each field of the front matter."""

    def where(self, field: str) -> str:
        """Return the place of a field of the front matter, for messages."""
        return f"{self.file}:{dict(self.lines).get(field, 1)}"

    @property
    def question_count(self) -> int:
        """How many predictions the lesson asks for."""
        return sum(
            isinstance(block, Question) for section in self.sections for block in section.blocks
        )

    @property
    def step_count(self) -> int:
        """How many numbered steps the lab blocks hold."""
        return sum(
            bool(_STEP.match(line))
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Lab)
            for line in block.text.splitlines()
        )


def parse_lesson(text: str, name: str, file: str) -> Lesson:
    """Return a lesson; raise LessonError naming file and line."""
    fields, body, offset = _front_matter(text, file)
    tokens = MarkdownIt("commonmark").parse(body)
    sections = _sections(tokens, body.splitlines(), offset, file)
    if not sections:
        raise LessonError("a lesson needs at least one section: ## Title", f"{file}:{offset + 1}")
    for token in tokens:
        if token.type == "fence" and token.map and offset + token.map[0] + 1 < sections[0].line:
            message = "a block has to stand in a section, below a line ## Title"
            raise LessonError(message, f"{file}:{offset + token.map[0] + 1}")
    front = text.splitlines()[:offset]
    return Lesson(
        name=name,
        file=file,
        title=fields["title"],
        scenario=fields["scenario"],
        seed=fields.get("seed", 1),
        source=fields.get("source", ""),
        profile=fields.get("profile", ""),
        sections=sections,
        links=_links(tokens, offset),
        lines=tuple((key, _line_of(front, key)) for key in fields),
    )


def _front_matter(text: str, file: str) -> tuple[dict[str, Any], str, int]:
    lines = text.splitlines()
    if not lines or lines[0].strip() != FENCE:
        raise LessonError("a lesson begins with front matter between two lines of +++", f"{file}:1")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == FENCE), 0)
    if not end:
        raise LessonError("the front matter has no closing +++", f"{file}:1")
    try:
        fields = tomllib.loads("\n".join(lines[1:end]))
    except tomllib.TOMLDecodeError as error:
        message, line, column = toml_mistake(error, end - 1)
        where = f"{file}:{line + 1}:{column}"
        raise LessonError(f"the front matter is no TOML: {message}", where) from None
    for key, value in fields.items():
        line = _line_of(lines[:end], key)
        if key not in FIELDS:
            near = nearest(key, FIELDS)
            hint = f"; nearest: {near}" if near else ""
            raise LessonError(f"“{key}” is not known here{hint}", f"{file}:{line}")
        if not isinstance(value, FIELDS[key]) or isinstance(value, bool):
            kind = "a number" if FIELDS[key] is int else "text"
            raise LessonError(f"{key} has to be {kind}", f"{file}:{line}")
    for key in REQUIRED:
        if key not in fields:
            raise LessonError(f"the front matter lacks {key}", f"{file}:1")
    return fields, "\n".join(lines[end + 1 :]), end + 1


def _line_of(front: list[str], key: str) -> int:
    return next((n for n, found in enumerate(front, 1) if found.lstrip().startswith(key)), 1)


def _sections(tokens: list[Token], lines: list[str], offset: int, file: str) -> tuple[Section, ...]:
    starts: list[tuple[int, str]] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2" and token.map:
            starts.append((token.map[0], tokens[place + 1].content))
    sections: list[Section] = []
    for number, (start, title) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
        sections.append(
            Section(title, _blocks(tokens, lines, start + 1, end, offset, file), offset + start + 1)
        )
    return tuple(sections)


def _blocks(
    tokens: list[Token], lines: list[str], start: int, end: int, offset: int, file: str
) -> tuple[Block, ...]:
    """Return what stands between two lines: lab blocks, questions, and the prose around them."""
    blocks: list[Block] = []
    place = start
    for token in tokens:
        if token.type != "fence" or not token.map or not start <= token.map[0] < end:
            continue
        block = _block(token, offset, file)
        if block is not None:
            blocks.extend(_prose(lines, place, token.map[0], offset))
            blocks.append(block)
            place = token.map[1]
    blocks.extend(_prose(lines, place, end, offset))
    return tuple(blocks)


def _block(token: Token, offset: int, file: str) -> Lab | Question | None:
    assert token.map is not None
    line = offset + token.map[0] + 2
    kind = token.info.strip()
    if kind == "lab":
        return Lab(token.content, line)
    if kind == "ask":
        return _question(token.content, line, file)
    if kind in ("", "text"):
        return None
    near = nearest(kind, ("lab", "ask", "text"))
    hint = f"; nearest: {near}" if near else ""
    raise LessonError(
        f"a block is “lab”, “ask” or “text”, not “{kind}”{hint}", f"{file}:{line - 1}"
    )


def _question(text: str, line: int, file: str) -> Question:
    prompt: list[str] = []
    answers: list[Answer] = []
    explanation: list[str] = []
    for offset, raw in enumerate(text.splitlines()):
        where = f"{file}:{line + offset}"
        if raw.startswith(">"):
            explanation.append(raw[1:].strip())
        elif raw.startswith("- "):
            match = _ANSWER.match(raw)
            if match is None:
                raise LessonError("an answer looks like: - [x] words `expect …`", where)
            answers.append(
                Answer(match[2], match[1] == "x", match[3], line + offset, match.start(3))
            )
        elif raw.strip():
            if answers:
                raise LessonError("the question stands before its answers", where)
            prompt.append(raw.strip())
    if not prompt:
        raise LessonError("the question has no words", f"{file}:{line}")
    if len(answers) < 2 or not any(answer.right for answer in answers):
        message = "a question needs at least two answers, one of them marked [x]"
        raise LessonError(message, f"{file}:{line}")
    return Question(" ".join(prompt), tuple(answers), " ".join(explanation), line)


def _prose(lines: list[str], start: int, end: int, offset: int) -> list[Prose]:
    text = "\n".join(lines[start:end]).strip()
    return [Prose(text, offset + start + 1)] if text else []


def _links(tokens: list[Token], offset: int) -> tuple[tuple[str, int], ...]:
    """Return every link's target with its line."""
    found: list[tuple[str, int]] = []
    for token in tokens:
        line = offset + (token.map[0] if token.map else 0) + 1
        for child in token.children or ():
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            elif child.type == "link_open":
                found.append((str(child.attrGet("href") or ""), line))
    return tuple(found)
