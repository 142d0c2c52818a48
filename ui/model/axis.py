"""The one story axis of the window, shared by all views that show it.

The axis is a function of the branch, of what was seen of it, of the ends known at the
playhead and of the place it has; it is computed anew only when one of these changes. While
the user drags the playhead it is held, so that the time under the pointer does not slip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from ui.layout.axis import MINUTE, Span, StoryAxis, merged, story_axis
from ui.model.course import Course
from ui.model.ledger import LedgerReader, limits
from ui.model.tenure import TenureReader

if TYPE_CHECKING:
    from foviz import BranchView, Session
    from ui.layout.leases_facts import Tenure
    from ui.model.ledger import Entry
    from ui.model.run import RunModel

_KEPT = 4
"""Axes kept: one for each width in which the axis is shown at once."""


class _Place(NamedTuple):
    """Where an axis stands."""

    left: float
    right: float
    fold: float


class _Kept(NamedTuple):
    """An axis, what it was asked for with, and what it shows of that."""

    key: object
    shown: object
    axis: StoryAxis


class AxisModel:
    """The axis and the spans along it, for the position of one run."""

    def __init__(self, model: RunModel) -> None:
        self._model = model
        self._tenures = TenureReader()
        self._ahead = TenureReader(latest=True)
        self._ledger = LedgerReader()
        self.every_limit = False
        """Whether the lanes show every grant, so that each limit needs a window."""
        self._session: Session | None = None
        self._courses: dict[str, Course] = {}
        self._branches: tuple[object, tuple[BranchView, ...]] | None = None
        self._axes: dict[_Place, _Kept] = {}
        self._held: dict[_Place, StoryAxis] = {}

    # -- reading

    def course(self) -> Course:
        """Return the spans of the present branch, up to the furthest moment seen."""
        session = self._model.session
        if session is not self._session:
            self._session = session
            self._courses.clear()
            self._axes.clear()
            self._held.clear()
        name = session.branch.name
        course = self._courses.get(name)
        if course is None:
            servers = frozenset(server.index for server in self._model.snapshot.servers)
            course = self._courses[name] = Course(session, servers)
        course.read()
        return course

    def tenure(self) -> Tenure | None:
        """Return the lease in focus."""
        return self._tenures.read(self._model)

    def entries(self) -> list[Entry]:
        """Return the grants of the lease in focus, each with what was decided on."""
        tenure = self.tenure()
        return self._ledger.read(self._model.session, tenure) if tenure is not None else []

    def branches(self) -> tuple[BranchView, ...]:
        """Return the branches."""
        session = self._model.session
        key = (session, session.version)
        if self._branches is None or self._branches[0] != key:
            self._branches = (key, session.branches())
        return self._branches[1]

    def axis(self, left: float, right: float, fold: float) -> StoryAxis:
        """Return the axis between two places, with folds of a width."""
        place = _Place(left, right, fold)
        if place in self._held:
            return self._held[place]
        course = self.course()
        more, needed = self._more(), self._needed(course)
        key = (self._model.session.branch.name, course.windows.version, more, needed)
        kept = self._axes.get(place)
        if kept is None or kept.key != key:
            windows = merged(course.windows.spans(), more)
            shown = (course.origin, windows, needed)
            if kept is not None and kept.shown == shown:
                axis = kept.axis  # another lease, but its ends lie in the same windows
            else:
                axis = story_axis(windows, needed, left, right, first=course.origin, fold=fold)
            if len(self._axes) >= _KEPT:
                self._axes.clear()
            kept = self._axes[place] = _Kept(key, shown, axis)
        return kept.axis

    # -- dragging

    def hold(self) -> None:
        """Keep the axis as it is until :meth:`release`."""
        self._held = {place: kept.axis for place, kept in self._axes.items()}

    def release(self) -> None:
        """Let the axis follow the run again."""
        self._held = {}

    @property
    def held(self) -> bool:
        """Whether the axis is being held."""
        return bool(self._held)

    # -- what the axis depends on

    def _more(self) -> tuple[Span, ...]:
        """What needs a window besides the story's rows, in whole minutes."""
        session = self._model.session
        origin = session.origin.playhead
        seen = session.seen.playhead
        found = [Span(origin, origin), Span(seen, seen)]
        present = session.branch.name
        for branch in self.branches():
            if branch.parent:
                found.append(Span(branch.fork_at, branch.fork_at))
            if branch.name == present:
                found += [Span(at, at) for at, _ in branch.interventions if at <= seen]
            else:
                found.append(Span(branch.seen, branch.seen))
        found += [Span(mark.at, mark.at) for mark in session.bookmarks() if mark.at <= seen]
        tenure = self._ahead.read(self._model)
        if tenure is not None:
            found += tenure.ends(session.playhead)
        if self.every_limit:
            found += limits(self.entries())
        return tuple(sorted({_in_minutes(span) for span in found}))

    def _needed(self, course: Course) -> tuple[int, ...]:
        """The instants whose windows are never dropped: steps, faults, selection, the present."""
        session = self._model.session
        seen = session.seen.playhead
        found = {seen - seen % MINUTE: None}
        if session.on_story:
            found.update((step.at, None) for step in self._model.steps() if step.at <= seen)
        for fault in course.faults[-64:]:
            found[fault.start] = None
            found[fault.known_end] = None
        selection = self._model.selection
        if selection.kind == "record" and int(selection.value) < session.record_count:
            found[session.branch.trace.at(int(selection.value))] = None
        return tuple(sorted(found))


def _in_minutes(span: Span) -> Span:
    """Round a stretch to whole minutes: it is padded by some anyway, and so it rarely changes."""
    return Span(span.start - span.start % MINUTE, span.end + -span.end % MINUTE)


_SHARED: WeakKeyDictionary[RunModel, AxisModel] = WeakKeyDictionary()


def shared_axis(model: RunModel) -> AxisModel:
    """Return the axis of a run in the window; every view of the run gets the same."""
    found = _SHARED.get(model)
    if found is None:
        found = _SHARED[model] = AxisModel(model)
    return found
