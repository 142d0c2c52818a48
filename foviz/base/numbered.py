"""Enumerations that are quick keys of dictionaries."""

from __future__ import annotations

from enum import Enum, IntEnum


class Numbered(IntEnum):
    """Numbers with names. As a key a member is its number; ``Enum`` would hash its name."""

    __hash__ = int.__hash__


class Named(Enum):
    """Names. There is one object a member, so it is hashed, and compared, as that object."""

    __hash__ = object.__hash__
