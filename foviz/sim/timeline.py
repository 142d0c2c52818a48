"""Travel in time: branches, checkpoints, seek, fork.

The truth is scenario + seed + interventions. A branch is a list of interventions, each with
the event after which it stands; a fork copies the list up to the fork and never truncates
its parent. *Cursor* is the number of executed events. Two worlds are kept: the *frontier*,
which makes new events and records, and the *view*, which stands at the cursor and replays.
"""

from __future__ import annotations

import gc
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.sim import checkpoint as checkpoints
from foviz.sim.trace import NullRecorder, Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foviz.sim.checkpoint import Checkpoint
    from foviz.sim.faults import Intervention
    from foviz.sim.world import World

APART: Final = 448
"""Events between two checkpoints of the frontier."""
NEAR_APART: Final = 32
"""Events between two checkpoints close to the cursor, which make stepping back cheap."""
NEAR: Final = 1024
"""Around the cursor so many events are covered by these at most."""
NEAR_BEFORE: Final = 128
"""On the way to a cursor only the last of them are made: a seek from far away costs no more."""


class Placed(NamedTuple):
    """An intervention: its number among the events, its moment, what is done."""

    event: int
    at: int
    intervention: Intervention


class Branch:
    """One course of events."""

    def __init__(self, name: str, parent: Branch | None, fork: int, trace: Trace) -> None:
        self.name = name
        self.parent = parent
        self.fork = fork
        self.trace = trace
        self.title = ""
        self.interventions: list[Placed] = []
        self.checkpoints: list[Checkpoint] = []
        self.end = fork
        """Number of events computed so far."""
        self.end_at = 0
        """The moment up to which the branch has been run."""

    def nearest_checkpoint(self, cursor: int) -> Checkpoint:
        """Return the last checkpoint at or before a cursor."""
        place = bisect_right(self.checkpoints, cursor, key=lambda found: found.executed)
        if place == 0:
            assert self.parent is not None
            return self.parent.nearest_checkpoint(cursor)
        return self.checkpoints[place - 1]

    def planned(self, event: int) -> Placed | None:
        """Return the intervention that is event number *event*, or None."""
        place = bisect_right(self.interventions, event, key=lambda found: found.event)
        if place and self.interventions[place - 1].event == event:
            return self.interventions[place - 1]
        return None


class Timeline:
    """The branches of one run, and the two worlds on the present one."""

    def __init__(self, build: Callable[[], World]) -> None:
        self.branches: dict[str, Branch] = {}
        world = build()
        self._made = 0
        """How many branches were ever made: a deleted one's name is not given again."""
        branch = self._new_branch(None, 0)
        branch.end_at = world.now
        world.recorder = branch.trace
        branch.checkpoints.append(checkpoints.take(world))
        self.branch = branch
        self.frontier = world
        self._view: World | None = None
        self._view_branch = branch
        self._near: dict[int, Checkpoint] = {}
        self._aside: dict[str, World] = {}
        """Worlds that look at branches from aside, each where it was asked for last."""

    def _new_branch(self, parent: Branch | None, fork: int) -> Branch:
        name = _branch_name(self._made)
        self._made += 1
        if parent is None:
            trace = Trace()
        else:
            trace = Trace(parent.trace, parent.trace.count_until_event(fork))
        branch = self.branches[name] = Branch(name, parent, fork, trace)
        if parent is not None:
            branch.interventions = [p for p in parent.interventions if p.event <= fork]
        return branch

    # -- the frontier: new events

    def advance(self) -> bool:
        """Execute the next event of the present branch; False when there is none."""
        world = self.frontier
        if not world.step():
            return False
        self._after_event(world)
        return True

    def next_time(self) -> int | None:
        """Return when the frontier's next event happens."""
        return self.frontier.next_time()

    def run_until(self, at: int) -> None:
        """Execute every event at or before a moment, and let time come up to it."""
        world = self.frontier
        with quiet_collector():
            while (coming := world.next_time()) is not None and coming <= at:
                world.step()
                self._after_event(world)
        self.branch.end_at = max(self.branch.end_at, at)

    def intervene(self, at: int, intervention: Intervention) -> int:
        """Carry out an intervention at the frontier; return its record's index."""
        index = self.frontier.intervene(at, intervention)
        placed = Placed(self.frontier.executed, at, intervention)
        self.branch.interventions.append(placed)
        self._after_event(self.frontier)
        return index

    def _after_event(self, world: World) -> None:
        branch = self.branch
        branch.end = world.executed
        if world.now > branch.end_at:
            branch.end_at = world.now
        last = branch.checkpoints[-1] if branch.checkpoints else None
        since = last.executed if last is not None else branch.fork
        if world.executed - since >= APART:
            branch.checkpoints.append(checkpoints.take(world, last))

    # -- branches

    def fork(self, cursor: int) -> Branch:
        """Make a branch that leaves the present one after event *cursor*, and go there."""
        branch = self._new_branch(self.branch, cursor)
        branch.end_at = self.frontier.now if cursor == self.branch.end else 0
        self._go(branch)
        branch.end_at = max(branch.end_at, self.frontier.now)
        return branch

    def switch(self, name: str) -> None:
        """Make another branch the present one."""
        branch = self.branches[name]
        if branch is not self.branch:
            self._go(branch)

    def delete(self, name: str) -> None:
        """Forget a branch that is not the present one and that no other has left."""
        assert self.branches[name] is not self.branch
        del self.branches[name]
        self._aside.pop(name, None)

    def cut_back(self, cursor: int) -> None:
        """Drop what was computed ahead of the cursor and never seen, silence included."""
        branch = self.branch
        if branch.end == cursor:
            branch.end_at = self.frontier.now
            return
        assert cursor >= branch.fork
        branch.trace.truncate(branch.trace.count_until_event(cursor))
        branch.checkpoints = [c for c in branch.checkpoints if c.executed <= cursor]
        branch.interventions = [p for p in branch.interventions if p.event <= cursor]
        branch.end = cursor
        self._aside.pop(branch.name, None)
        self._near.clear()
        self._view = None
        self._go(branch)
        branch.end_at = self.frontier.now

    def _go(self, branch: Branch) -> None:
        self.branch = branch
        world = self._replayed(branch, branch.end)
        world.recorder = branch.trace
        self.frontier = world
        if not branch.checkpoints:
            branch.checkpoints.append(checkpoints.take(world))
        self._view_branch = branch
        self._view = None
        self._near.clear()

    # -- the view: any moment of the present branch

    def world_at(self, cursor: int) -> World:
        """Return the world after *cursor* events, to be looked at and not touched."""
        assert 0 <= cursor <= self.branch.end, (cursor, self.branch.end)
        if cursor == self.frontier.executed:
            return self.frontier
        view = self._view
        ahead = cursor - view.executed if view is not None else -1
        if view is None or ahead < 0 or self._better_start(cursor, view.executed):
            view = self._restore(cursor)
        with quiet_collector():
            while view.executed < cursor:
                self._replay_one(view, self.branch)
                if not view.executed % NEAR_APART and cursor - view.executed <= NEAR_BEFORE:
                    self._keep_near(view)
        self._view = view
        return view

    def world_aside(self, name: str, at: int) -> World:
        """Return a branch's world after every event at or before a moment, to be looked at.

        Neither the frontier nor the view moves; a branch that ends earlier stands at its end.
        """
        branch = self.branches[name]
        count = branch.trace.count_until_time(at)
        cursor = branch.trace.event(count - 1) if count else 0
        world = self._aside.get(name)
        if world is None or world.now > at or cursor - world.executed > APART:
            world = self._aside[name] = self._replayed(branch, cursor)
        with quiet_collector():
            while world.executed < branch.end:
                placed = branch.planned(world.executed + 1)
                coming = placed.at if placed is not None else world.next_time()
                if coming is None or coming > at:
                    break
                self._replay_one(world, branch)
        return world

    def _better_start(self, cursor: int, standing: int) -> bool:
        return self._nearest(cursor).executed > standing

    def _nearest(self, cursor: int) -> Checkpoint:
        best = self.branch.nearest_checkpoint(cursor)
        place = cursor - cursor % NEAR_APART
        while place > best.executed:
            if place in self._near:
                return self._near[place]
            place -= NEAR_APART
        return best

    def _restore(self, cursor: int) -> World:
        with quiet_collector():
            return checkpoints.restore(self._nearest(cursor), NullRecorder(), self._view)

    def _keep_near(self, view: World) -> None:
        if view.executed in self._near:
            return
        before = self.branch.nearest_checkpoint(view.executed)
        self._near[view.executed] = checkpoints.take(view, before, checkpoints.PASSING)
        while len(self._near) > NEAR // NEAR_APART:
            furthest = max(self._near, key=lambda event: (abs(event - view.executed), event))
            del self._near[furthest]

    def _replayed(self, branch: Branch, cursor: int) -> World:
        world = checkpoints.restore(branch.nearest_checkpoint(cursor), NullRecorder())
        while world.executed < cursor:
            self._replay_one(world, branch)
        return world

    def _replay_one(self, world: World, branch: Branch) -> None:
        placed = branch.planned(world.executed + 1)
        if placed is not None:
            world.intervene(placed.at, placed.intervention)
        else:
            stepped = world.step()
            assert stepped, "the replay has no event where the run had one"


class quiet_collector:  # noqa: N801 - reads as a statement where it is used
    """While inside, the garbage collector does not run: long batches would only feed it."""

    def __enter__(self) -> None:
        self._was = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was:
            gc.enable()


def _branch_name(place: int) -> str:
    """A, B … Z, AA, AB …"""
    name = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        name = chr(65 + letter) + name
    return name


def walk_causes(trace: Trace, index: int) -> Iterator[int]:
    """Yield the chain of causes of a record, the record itself first."""
    while index >= 0:
        yield index
        index = trace.cause(index)
