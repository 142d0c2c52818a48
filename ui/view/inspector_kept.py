"""What the inspector keeps between two paintings: settings of the user, and pure caches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ui.layout.inspector_octets import OctetRow, octet_rows
from ui.theme import make_room

if TYPE_CHECKING:
    from foviz import Field, Session
    from ui.layout.inspector import Plan
    from ui.view.inspector_fields import FieldRow, Key
    from ui.view.inspector_message import Shown
    from ui.view.inspector_page import Page, Row

_KEPT = 64


@dataclass(frozen=True)
class Settings:
    """What the user did to the page of one thing: field picked, parts scrolled."""

    about: object = None
    picked: Key | None = None
    top: int | None = None
    octets_top: int | None = None


class Message(NamedTuple):
    """A message's tree and octets, as they are shown."""

    record: int
    tree: Field
    octets: bytes
    rows: tuple[FieldRow, ...]
    octet_rows: tuple[OctetRow, ...]


class Painted(NamedTuple):
    """What was painted last: for pointing, keys and scrolling."""

    page: Page
    plan: Plan
    message: Message | None
    shown: Shown | None
    rows: tuple[Row, ...]
    top: int


Dissected = tuple["Field", bytes, tuple[OctetRow, ...]]


class Messages:
    """Messages that were taken apart already; the fingerprint tells branches apart."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], Dissected] = {}

    def clear(self) -> None:
        """Forget everything: another session is shown."""
        self._kept.clear()

    def get(self, session: Session, record: int) -> Dissected | None:
        """Return tree, octets and rows of octets of a send record, None if it has no tree."""
        key = (record, session.branch.trace.fingerprint(record + 1))
        found = self._kept.get(key)
        if found is None:
            tree = session.dissect(record)
            if tree is None:
                return None
            octets: bytes = session.record(record).value("octets")
            make_room(self._kept, _KEPT)
            found = self._kept[key] = (tree, octets, octet_rows(octets))
        return found
