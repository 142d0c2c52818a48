"""Branches of an open run, ways between them, and bookmarks: what a session does with courses.

Nothing that was seen is ever lost unless the user deletes its branch. A bookmark holds on to
the moment it stands at like anything that was seen, silence included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.errors import FovizError
from foviz.position import BranchView, Position

if TYPE_CHECKING:
    from foviz.explain.digest import Digest
    from foviz.explain.reader import Reader
    from foviz.lesson.story import Story
    from foviz.sim.snapshot import Snapshot
    from foviz.sim.timeline import Branch, Timeline

LONGEST_NOTE: Final = 200


class Bookmark(NamedTuple):
    """A moment that the user marked, with a note; ``number`` names it for as long as it is."""

    number: int
    position: Position
    note: str

    @property
    def at(self) -> int:
        """Its moment."""
        return self.position.playhead


class Branching:
    """The part of a session that goes between branches; :class:`foviz.session.Session` is one."""

    timeline: Timeline
    story: Story | None
    origin: Position
    version: int
    _begin: int
    _position: Position
    _seen: dict[str, Position]
    _left: dict[str, Position]
    _digests: dict[str, Digest]
    _undo: list[tuple[Position, Position]]
    _redo: list[tuple[Position, Position]]
    _snapshot: Snapshot | None
    _reader: Reader | None
    _marks: list[Bookmark]
    _marked: int
    """How many bookmarks were ever made."""

    def _move(self, cursor: int, playhead: int) -> None:
        raise NotImplementedError

    def _forget_views(self) -> None:
        self._snapshot = None
        self._reader = None

    # -- from branch to branch

    def switch(self, name: str) -> None:
        """Go to another branch, where it was left."""
        if name == self.timeline.branch.name:
            return
        self.timeline.switch(name)
        self._forget_views()
        self._position = self._left[name]
        self.version += 1

    def seek(self, position: Position) -> None:
        """Go to a position, perhaps on another branch."""
        self.switch(position.branch)
        self._move(position.cursor, position.playhead)

    def return_to_story(self) -> None:
        """Go back to the lesson's branch, to where it was left."""
        self.switch(self.origin.branch)

    def undo(self) -> bool:
        """Go to just before the last intervention; nothing is deleted."""
        if not self._undo:
            return False
        pair = self._undo.pop()
        self._redo.append(pair)
        self.seek(pair[0])
        return True

    def redo(self) -> bool:
        """Return to just after the intervention that was undone."""
        if not self._redo:
            return False
        pair = self._redo.pop()
        self._undo.append(pair)
        self.seek(pair[1])
        return True

    @property
    def can_undo(self) -> bool:
        """Whether there is an intervention to undo."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is an intervention to redo."""
        return bool(self._redo)

    # -- what there is

    def branches(self) -> tuple[BranchView, ...]:
        """Return the branches in the order in which they were made."""
        return tuple(self._branch_view(branch) for branch in self.timeline.branches.values())

    def _branch_view(self, branch: Branch) -> BranchView:
        parent = branch.parent
        fork_at = branch.trace.at(branch.trace.shared - 1) if branch.trace.shared else self._begin
        own = [p for p in branch.interventions if p.event > branch.fork]
        if parent is not None and own:
            fork_at = own[0].at
        seen = self._seen[branch.name]
        return BranchView(
            branch.name,
            branch.title,
            parent.name if parent is not None else "",
            fork_at,
            seen.playhead,
            self.story is not None and branch.name == self.origin.branch,
            tuple((placed.at, placed.intervention.line) for placed in own),
        )

    def branch_named(self, word: str) -> str:
        """Return the name of the branch that a word means: a letter, or a title.

        Raises FovizError when there is none.
        """
        wanted = word.strip().lower()
        for branch in self.timeline.branches.values():
            if wanted == branch.name.lower():
                return branch.name
        for branch in self.timeline.branches.values():
            if wanted and wanted == branch.title.lower():
                return branch.name
        names = ", ".join(self.timeline.branches)
        raise FovizError(f"no branch is called “{word}”; there are: {names}")

    def rename_branch(self, name: str, title: str) -> None:
        """Give a branch another title."""
        self.timeline.branches[name].title = _one_line(title)
        self.version += 1

    # -- deleting

    def reason_to_keep(self, name: str) -> str:
        """Return why a branch can't be deleted, or ``""``."""
        if name == self.timeline.branch.name:
            return "you are on it"
        if name == self.origin.branch:
            return "the run began with it"
        ancestor = self.timeline.branch.parent
        while ancestor is not None:
            if ancestor.name == name:
                return "the present branch left it"
            ancestor = ancestor.parent
        for branch in self.timeline.branches.values():
            if branch.parent is not None and branch.parent.name == name:
                return f"branch {branch.name} left it"
        return ""

    def delete_branch(self, name: str) -> None:
        """Forget a branch, with what was done and marked on it.

        Raises FovizError for one that is needed.
        """
        reason = self.reason_to_keep(name)
        if reason:
            raise FovizError(f"branch {name} can't be deleted: {reason}")
        self.timeline.delete(name)
        del self._seen[name], self._left[name]
        self._digests.pop(name, None)
        self._undo = _without(self._undo, name)
        self._redo = _without(self._redo, name)
        self._marks = [mark for mark in self._marks if mark.position.branch != name]
        self.version += 1

    # -- bookmarks

    def add_bookmark(self, note: str = "") -> Bookmark:
        """Mark the position; a position has one bookmark, and its note is replaced."""
        here, note = self._position, _one_line(note)
        self.version += 1
        for mark in self.bookmarks():
            if mark.position[1:] == here[1:]:
                return self.note_bookmark(mark.number, note)
        self._marked += 1
        mark = Bookmark(self._marked, here, note)
        self._marks.append(mark)
        return mark

    def bookmarks(self) -> tuple[Bookmark, ...]:
        """Return the bookmarks on the way to and along the present branch, oldest moment first."""
        found: list[Bookmark] = []
        branch: Branch | None = self.timeline.branch
        until: tuple[int, int] | None = None
        while branch is not None:
            for mark in self._marks:
                place = (mark.position.cursor, mark.position.playhead)
                if mark.position.branch == branch.name and (until is None or place <= until):
                    found.append(mark)
            fork = (branch.fork, self._branch_view(branch).fork_at)
            until = fork if until is None else min(until, fork)
            branch = branch.parent
        return tuple(sorted(found, key=lambda mark: (mark.at, mark.position.cursor, mark.number)))

    def note_bookmark(self, number: int, note: str) -> Bookmark:
        """Give a bookmark another note."""
        place = next(n for n, mark in enumerate(self._marks) if mark.number == number)
        self._marks[place] = self._marks[place]._replace(note=_one_line(note))
        self.version += 1
        return self._marks[place]

    def remove_bookmark(self, number: int) -> None:
        """Remove a bookmark."""
        self._marks = [mark for mark in self._marks if mark.number != number]
        self.version += 1

    def go_bookmark(self, number: int) -> bool:
        """Go to a bookmark, without leaving the present branch if it passes there."""
        mark = next((mark for mark in self._marks if mark.number == number), None)
        if mark is None:
            return False
        position = mark.position
        if mark in self.bookmarks():
            position = position._replace(branch=self.timeline.branch.name)
        self.seek(position)
        return True

    def next_bookmark(self, direction: int = 1) -> Bookmark | None:
        """Return the next bookmark after the position, or the last one before it (−1)."""
        here = (self._position.playhead, self._position.cursor)
        marks = [(mark.at, mark.position.cursor, mark) for mark in self.bookmarks()]
        if direction > 0:
            return next((mark for at, cursor, mark in marks if (at, cursor) > here), None)
        return next((mark for at, cursor, mark in reversed(marks) if (at, cursor) < here), None)

    def _holds_silence(self, cursor: int, playhead: int) -> bool:
        """Whether a bookmark stands in the silence after a position of the present branch."""
        name = self.timeline.branch.name
        return any(
            mark.position.branch == name and mark.position[1:] > (cursor, playhead)
            for mark in self._marks
        )


def _without(pairs: list[tuple[Position, Position]], name: str) -> list[tuple[Position, Position]]:
    return [pair for pair in pairs if name not in (pair[0].branch, pair[1].branch)]


def _one_line(text: str) -> str:
    """Return words that a lab line can carry between quotation marks."""
    return " ".join(text.replace('"', "'").split())[:LONGEST_NOTE]
