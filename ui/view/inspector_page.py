"""What the inspector shows, as plain values: a head, a body, *why*, and a chain of causes.

A page is words only. It is built from the session (``inspector_record``, ``inspector_things``)
and painted by ``inspector_parts`` and ``inspector_message``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from foviz import RULES, STATES, ServerState, Session, Why, duration_text
from ui.model.selection import NOTHING, Selection

if TYPE_CHECKING:
    from ui.theme import Who


@dataclass(frozen=True)
class Glyph:
    """A small picture. ``name`` is an icon's name, or the letters of a badge.

    ``kind``: capsule, heard, disc, ring, lost, timer, decision, badge, breach, disk, icon or
    none. ``bad``: it is damage; ``off``: it belongs to a host that is off.
    """

    kind: str
    who: Who = "client"
    name: str = ""
    service: str = "silent"
    failover: bool = False
    bad: bool = False
    off: bool = False


@dataclass(frozen=True)
class Head:
    """The first row: a capsule or a glyph, words (bold or not), a note, and what stands right.

    ``notes`` are ways to say the same, the longest first.
    """

    title: tuple[tuple[str, bool], ...]
    capsule: str = ""
    glyph: Glyph | None = None
    notes: tuple[str, ...] = ()
    right: str = ""
    words: str = ""

    @property
    def text(self) -> str:
        """The title as one text."""
        return "".join(part for part, _ in self.title)


@dataclass(frozen=True)
class Pair:
    """A name and a value. ``line`` is a lab line that a click on the value carries out."""

    name: str
    value: str
    words: str = ""
    selection: Selection = NOTHING
    line: str = ""
    glyph: Glyph | None = None
    strong: bool = False


@dataclass(frozen=True)
class Move:
    """A row of the transition table: event, partners' letters, target and why."""

    event: str
    partners: str
    target: Glyph
    why: str
    words: str
    selection: Selection


@dataclass(frozen=True)
class Twin:
    """A row about an address in the eyes of two servers; bold when they differ."""

    name: str
    values: tuple[str, ...]
    differ: bool = False
    glyphs: tuple[Glyph | None, ...] = ()
    head: bool = False


@dataclass(frozen=True)
class Caption:
    """Names of the columns of the moves below."""

    names: tuple[str, ...]


Row = Pair | Move | Twin | Caption


@dataclass(frozen=True)
class Asked:
    """The part *why*: question, rule, text, source, facts, result."""

    question: str
    text: str
    tag: str = ""
    tag_words: str = ""
    source: str = ""
    source_words: str = ""
    facts: tuple[Pair, ...] = ()
    result: Pair | None = None
    others: str = ""


@dataclass(frozen=True)
class Node:
    """A node of the chain of causes. A *minor* one is left out first."""

    record: int
    glyph: Glyph
    title: str
    detail: str
    when: str
    clock: str
    sentence: str
    minor: bool = False

    @property
    def words(self) -> str:
        """All that there is to say about it."""
        return f"{self.sentence}\n{self.when}, record {self.record + 1:,}"


@dataclass(frozen=True)
class Page:
    """All that is shown. ``message`` is the record whose octets are shown, or −1."""

    kind: Literal["record", "thing", "nothing"]
    head: Head
    message: int = -1
    rows: tuple[Row, ...] = ()
    asked: Asked | None = None
    nodes: tuple[Node, ...] = ()
    badges: bool = field(default=False)
    """Whether rows of the body hold badges, and so need more height."""


_FACTS: Final = {
    "acknowledged potential expiration": "Acked PET",
    "received potential expiration": "Received PET",
    "partner, as last heard": "Partner",
    "rule of the table": "Table rule",
    "own last contact with the client": "Own contact",
    "the update's": "Its contact",
    "addresses this server may give": "May give",
    "buckets of the primary": "Primary’s",
    "chosen server": "Chosen",
    "hash_key": "Hashed is",
    "hash key": "The key",
    "latest end allowed": "Latest end",
    "the partner knows of": "Partner knows",
}
"""Names of facts that would push the values away; the whole name is told on pointing."""


def fact_pair(name: str, value: str) -> Pair:
    """Return a fact of an explanation as it is shown."""
    shown = _FACTS.get(name) or name[:1].upper() + name[1:]
    return Pair(shown, value, f"{name}: {value}")


def asked_of(why: Why, text: str = "") -> Asked:
    """Return the part *why* of an explanation; *text* stands for its own."""
    rule = RULES.get(why.rule)
    tag_words = "" if rule is None else f"{rule.short}\n{rule.text}\n{rule.source}"
    if rule is not None and rule.switch:
        tag_words += f"\nThe profile’s switch {rule.switch} decides."
    if rule is None and why.tag:
        tag_words = f"The row of the transition table: {why.tag}\n{why.source}"
    result = None
    if why.result:
        lease = why.result.removeprefix("lease ")
        name = "Lease" if lease != why.result else "Result"
        result = Pair(name, lease, f"{why.result}\n{why.others}".strip(), strong=True)
    return Asked(
        question=why.question,
        text=text or why.text,
        tag=why.tag,
        tag_words=tag_words,
        source=why.source,
        source_words=f"Source: {why.source}" if why.source else "",
        facts=tuple(fact_pair(name, value) for name, value in why.facts),
        result=result,
        others=why.others,
    )


def who_of(session: Session, host: int) -> Who:
    """Return whose hue a host has."""
    server = session.snapshot().server(host)
    if server is None or server.number not in (1, 2):
        return "client"
    return "s1" if server.number == 1 else "s2"


def known_state(state: int) -> ServerState | None:
    """Return the state of a number, None for a number without one."""
    return next((known for known in STATES if known == state), None)


def span_text(us: int) -> str:
    """Return a span in whole seconds, as people read it: ``1 d 4 h``."""
    seconds = us - us % 1_000_000
    return duration_text(seconds) if seconds else "less than 1\u00a0s"


def ahead_text(at: int, now: int) -> str:
    """Return when a moment is, seen from now: ``in 4 min``, ``2 h ago``."""
    return f"in {span_text(at - now)}" if at > now else f"{span_text(now - at)} ago"
