"""What the message chart shows, before it has places: items from the foot upwards.

A producer reads the run and makes items; the layout gives them rows, columns and room for
their words. Hosts are host indices, moments are µs; ``who`` is a hue: s1, s2 or client.
Nothing here knows a pixel.
"""

from __future__ import annotations

from typing import NamedTuple

CLIENTS = -2
"""Stands for every client that has no lifeline of its own."""


class Fate(NamedTuple):
    """What became of a message at one host: ``heard``, ``ignored``, ``lost`` or ``flying``.

    ``near`` says where a lost one died: at the ``sender``, in the ``middle``, at the
    ``receiver``. ``at`` is the moment of arrival, ``record`` the decision or the loss.
    """

    host: int
    what: str
    at: int
    words: str = ""
    near: str = "receiver"
    record: int = -1


class Arrow(NamedTuple):
    """One message. ``labels`` from the fullest to the shortest.

    ``form`` is plain, twice, held or refused; ``extra`` its words, fullest first. ``tick`` is T1
    or T2, when the timer made the client send; ``note`` stands beside the sender.
    """

    record: int
    host: int
    who: str
    failover: bool
    labels: tuple[str, ...]
    fates: tuple[Fate, ...]
    sent: int
    words: str = ""
    tick: str = ""
    note: str = ""
    form: str = "plain"
    extra: tuple[str, ...] = ()

    @property
    def flying(self) -> bool:
        """Whether it is still on its way to somebody."""
        return any(fate.what == "flying" for fate in self.fates)


class Pile(NamedTuple):
    """Messages between two hosts in one row; ``units`` are what a click unfolds.

    Piles with the same ``base`` may be joined; ``times`` says how many were.
    """

    records: tuple[int, ...]
    a: int
    b: int
    who: str
    failover: bool
    labels: tuple[str, ...]
    units: tuple[int, ...]
    words: str = ""
    times: int = 1
    base: str = ""
    suffix: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        """The labels with the client's name or, when several were joined, their number."""
        tail = f" ×{self.times}" if self.times > 1 else self.suffix
        return tuple(label + tail for label in self.labels)


class Change(NamedTuple):
    """State changes of one host in one event: (letters, service) from old to new.

    ``glyph`` is what made it: timer, operator or nothing; ``text`` the timer's name and length.
    """

    record: int
    host: int
    who: str
    states: tuple[tuple[str, str], ...]
    glyph: str = ""
    text: str = ""
    words: str = ""


class Mark(NamedTuple):
    """Something that happened at one lifeline, or (host −1) to the pair as a whole.

    ``form``: bolt, stop, restart, timer, skew, disk, conflict, breach. ``state`` is a badge
    beside it. ``bad`` words are red.
    """

    record: int
    host: int
    who: str
    form: str
    text: str
    bad: bool = False
    state: tuple[str, str] | None = None
    words: str = ""


class LinkMark(NamedTuple):
    """A link was cut or mended; −1 for an end that is no host but a segment."""

    record: int
    a: int
    b: int
    cut: bool
    text: str
    words: str = ""


Part = Arrow | Pile | Change | Mark | LinkMark


class Effect(NamedTuple):
    """How an item changes a lifeline below a point of its row (start, middle or end).

    ``form`` is a server's service, or ``off``, ``on`` or ``lease`` of a client, until
    ``expires`` (0: no end).
    """

    host: int
    where: str
    form: str
    who: str = "client"
    letters: str = ""
    expires: int = 0


class Item(NamedTuple):
    """One row of the chart (``row``): its parts; or a folded silence (``fold``).

    ``first`` … ``last`` are the places of the digest it stands for, ``records`` its records,
    ``group`` the record that its bracket is known by. A fold's words are ``text``, a new day
    ``day``.
    """

    form: str
    at: int
    first: int
    last: int
    parts: tuple[Part, ...] = ()
    records: tuple[int, ...] = ()
    group: int = -1
    effects: tuple[Effect, ...] = ()
    text: str = ""
    day: str = ""


class Form(NamedTuple):
    """What a lifeline is like along a stretch; see :class:`Effect`."""

    form: str
    who: str = "client"
    letters: str = ""
    expires: int = 0


class Outcome(NamedTuple):
    """What stands at a bracket: in one line, or as title and detail; red when ``bad``."""

    title: str
    detail: str = ""
    line: str = ""
    bad: bool = False
