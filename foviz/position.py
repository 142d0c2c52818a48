"""What a session hands out about itself: a position, a branch, a reply."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """Where the user is: branch, executed events, virtual µs."""

    branch: str
    cursor: int
    playhead: int


class BranchView(NamedTuple):
    """A branch for the timeline. ``seen`` is the furthest moment the user has been to."""

    name: str
    title: str
    parent: str
    fork_at: int
    seen: int
    story: bool
    interventions: tuple[tuple[int, str], ...]


class Reply(NamedTuple):
    """What a lab line answered: lines of text, and whether it went well."""

    lines: tuple[str, ...]
    ok: bool = True
