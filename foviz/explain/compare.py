"""Two branches beside each other: where they part, their courses, and how they differ now.

The first difference is found by the traces' fingerprints, first in growing strides, then by
bisection, so a run of a million records costs no more than its way to the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.address import ip_text
from foviz.base.time import moment_text, short_moment_text
from foviz.explain.reader import Reader
from foviz.explain.sentences import sentence
from foviz.sim.snapshot import Snapshot
from foviz.wire.failover import BindingStatus, state_text, status_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foviz.explain.digest import Digest
    from foviz.lease.binding import Binding
    from foviz.sim.snapshot import EndpointView, ServerView
    from foviz.sim.timeline import Branch, Timeline
    from foviz.sim.trace import Trace

STRIDE: Final = 256
ROWS: Final = 120
"""So many rows of each course are told, the last ones."""
SHARED_ROWS: Final = 3
"""Rows before the first difference, so that one sees where the courses part."""
FACTS: Final = 100
"""So many leases that differ are told, and as many that do not."""
_KEPT: Final = 20_000


class Side(NamedTuple):
    """A branch that is compared. ``at`` is earlier than asked for when it ends before that."""

    branch: str
    title: str
    at: int
    ended: bool
    records: int


class FirstDifference(NamedTuple):
    """Where two courses part: the record, the earlier of the two moments, and a sentence each.

    The sentence is empty, and the moment −1, for a course that has ended there.
    """

    record: int
    at: int
    at_a: int
    at_b: int
    a: str
    b: str


class CourseRow(NamedTuple):
    """A row of a course: its record, its moment, its sentence."""

    record: int
    at: int
    words: str


class CourseLine(NamedTuple):
    """A row of each course at one moment, None where one has none; ``same`` if they agree."""

    at: int
    a: CourseRow | None
    b: CourseRow | None
    same: bool


class FactLine(NamedTuple):
    """What two branches say about one thing: ``what`` it is, by ``who`` it is said."""

    what: str
    who: str
    a: str
    b: str

    @property
    def differs(self) -> bool:
        """Whether they say different things."""
        return self.a != self.b


@dataclass(frozen=True)
class Comparison:
    """Two branches at one moment. ``common`` is how many records they share from the start."""

    a: Side
    b: Side
    at: int
    common: int
    first: FirstDifference | None
    course: tuple[CourseLine, ...]
    hidden: int
    """Earlier lines of the course that are not told."""
    states: tuple[FactLine, ...]
    leases: tuple[FactLine, ...]
    same_leases: int
    """Leases that agree, told or not."""
    untold_leases: int
    """Leases that differ and are too many to tell."""
    pools: tuple[FactLine, ...]

    @property
    def same_course(self) -> bool:
        """Whether both went the same way up to the moment."""
        return self.first is None or self.first.at > self.at

    @property
    def differing(self) -> tuple[FactLine, ...]:
        """Every fact that differs."""
        return tuple(
            line for part in (self.states, self.leases, self.pools) for line in part if line.differs
        )


# -- where they part ---------------------------------------------------------------------


def shared_records(a: Trace, b: Trace) -> int:
    """Return how many records two branches have in common by descent."""
    limits: dict[int, int] = {}
    depth = 0
    chain: list[Trace] = []
    trace: Trace | None = a
    limit = len(a)
    while trace is not None:
        chain.append(trace)
        limits[depth] = limit
        limit = min(limit, trace.shared)
        trace, depth = trace.parent, depth + 1
    trace, limit = b, len(b)
    while trace is not None:
        for place, found in enumerate(chain):
            if found is trace:
                return min(limits[place], limit)
        limit = min(limit, trace.shared)
        trace = trace.parent
    return 0


def common_records(a: Trace, b: Trace) -> int:
    """Return how many records two courses have in common from their start."""
    if a is b:
        return len(a)
    same, end = shared_records(a, b), min(len(a), len(b))
    stride = STRIDE
    while same < end:
        reach = min(end, same + stride)
        if a.fingerprint(reach) != b.fingerprint(reach):
            break
        same, stride = reach, stride * 2
    else:
        return end
    different = reach
    while different - same > 1:
        middle = (same + different) // 2
        if a.fingerprint(middle) == b.fingerprint(middle):
            same = middle
        else:
            different = middle
    return same


# -- the courses beside each other -------------------------------------------------------


def aligned(a: Sequence[CourseRow], b: Sequence[CourseRow]) -> Iterator[CourseLine]:
    """Yield the rows of two courses by time; those that agree stand in one line."""
    both = sorted([(row.at, 0, row) for row in a] + [(row.at, 1, row) for row in b])
    for at, group in groupby(both, key=lambda found: found[0]):
        sides: tuple[list[CourseRow], list[CourseRow]] = ([], [])
        for _, side, row in group:
            sides[side].append(row)
        left, right = sides
        while left or right:
            if left and right:
                words = [row.words for row in right]
                if left[0].words in words:
                    place = words.index(left[0].words)
                    yield from (CourseLine(at, None, row, False) for row in right[:place])
                    yield CourseLine(at, left.pop(0), right[place], True)
                    del right[: place + 1]
                    continue
                if right[0].words not in [row.words for row in left]:
                    yield CourseLine(at, left.pop(0), right.pop(0), False)
                    continue
            if left:
                yield CourseLine(at, left.pop(0), None, False)
            else:
                yield CourseLine(at, None, right.pop(0), False)


# -- facts -------------------------------------------------------------------------------


def state_facts(a: Snapshot, b: Snapshot) -> Iterator[FactLine]:
    """Yield a line for each server and relationship."""
    yield from _facts(_states(a), _states(b))


def _states(snapshot: Snapshot) -> dict[tuple[str, str], str]:
    several = len(snapshot.relationships) > 1
    found: dict[tuple[str, str], str] = {}
    for server in snapshot.servers:
        if not server.endpoints:
            found[server.name, ""] = "on" if server.running else "off"
        for side in server.endpoints:
            key = (server.name, side.relationship if several else "")
            found[key] = _state_words(server, side)
    return found


def _state_words(server: ServerView, side: EndpointView) -> str:
    if not server.running:
        return f"off, {side.state_text} in storage"
    contact = "in contact" if side.contact else "no contact"
    partner = state_text(side.partner_state) if side.partner_state else "never heard"
    words = f"{side.state_text}, {contact}, partner {partner}"
    return f"{words}, {side.duty}" if side.duty else words


def pool_facts(a: Snapshot, b: Snapshot) -> Iterator[FactLine]:
    """Yield a line for each scope and server: how many addresses are in each status."""
    yield from _facts(_pools(a), _pools(b))


def _pools(snapshot: Snapshot) -> dict[tuple[str, str], str]:
    names = snapshot.host_names
    return {
        (pool.scope, names[belief.server]): " · ".join(
            f"{count} {name}" for name, count in belief.counts().items() if count
        )
        for pool in snapshot.pools
        for belief in pool.beliefs
    }


_Fact = tuple[BindingStatus, bytes, int]
_NEVER: Final[_Fact] = (BindingStatus.FREE, b"", 0)


def _leases(snapshot: Snapshot) -> dict[tuple[int, str], _Fact]:
    """Return what each server believes of each address that a client ever had."""
    found: dict[tuple[int, str], _Fact] = {}
    for pool in snapshot.pools:
        for belief in pool.beliefs:
            name = snapshot.host_names[belief.server]
            for binding in belief.store.touched():
                if binding.hardware or binding.status is BindingStatus.ABANDONED:
                    found[binding.address, name] = _fact(binding)
    return found


def _fact(binding: Binding) -> _Fact:
    expires = binding.expires if binding.leased else 0
    return (binding.status, binding.hardware, expires)


def _lease_words(fact: _Fact, reader: Reader) -> str:
    status, hardware, expires = fact
    words = status_text(status)
    if hardware:
        words += f" {reader.client(hardware)}"
    return f"{words} until {short_moment_text(expires)}" if expires else words


def lease_facts(
    a: Snapshot, b: Snapshot, readers: tuple[Reader, Reader]
) -> tuple[list[FactLine], int, int]:
    """Return a line for each address and server, how many agree, how many differ untold."""
    left, right = _leases(a), _leases(b)
    lines: list[FactLine] = []
    same = different = 0
    for address, who in sorted({**left, **right}):
        one, other = left.get((address, who), _NEVER), right.get((address, who), _NEVER)
        if one == other:
            same += 1
        else:
            different += 1
        if (same if one == other else different) <= FACTS:
            words = _lease_words(one, readers[0]), _lease_words(other, readers[1])
            lines.append(FactLine(ip_text(address), who, *words))
    return lines, same, max(0, different - FACTS)


def _facts(a: dict[tuple[str, str], str], b: dict[tuple[str, str], str]) -> Iterator[FactLine]:
    for what, who in dict.fromkeys((*a, *b)):
        yield FactLine(what, who, a.get((what, who), "–"), b.get((what, who), "–"))


# -- all of it ---------------------------------------------------------------------------


class Comparer:
    """Compares branches of one run; it moves nothing that anybody else looks at."""

    def __init__(self, timeline: Timeline, digest_of: Callable[[str], Digest]) -> None:
        self.timeline = timeline
        self.digest_of = digest_of
        self._words: dict[tuple[str, int], str] = {}
        self._marks: dict[str, tuple[int, int]] = {}
        self._common: dict[tuple[str, str], int] = {}

    def compare(
        self, a: str, b: str, at: int, shown: str = "", here: Snapshot | None = None
    ) -> Comparison:
        """Compare two branches at a moment.

        *here* is what the present branch looks like then, exact to the event, if it is known.
        """
        branches = self.timeline.branches[a], self.timeline.branches[b]
        looks = tuple(self._snapshot(branch, at, shown, here) for branch in branches)
        readers = (self._reader(branches[0], at), self._reader(branches[1], at))
        for branch in branches:
            self._forget_changed(branch)
        common = self._common_records(*branches)
        rows = [
            self._rows(branch, common, branch.trace.count_until_event(look.cursor), reader)
            for branch, look, reader in zip(branches, looks, readers, strict=True)
        ]
        course = list(aligned(rows[0], rows[1]))
        leases, same, untold = lease_facts(looks[0], looks[1], readers)
        sides = [_side(branch, at, look) for branch, look in zip(branches, looks, strict=True)]
        return Comparison(
            sides[0],
            sides[1],
            at,
            common,
            self._first(branches, common, readers),
            tuple(course[-ROWS:]),
            max(0, len(course) - ROWS),
            tuple(state_facts(looks[0], looks[1])),
            tuple(leases),
            same,
            untold,
            tuple(pool_facts(looks[0], looks[1])),
        )

    def _snapshot(self, branch: Branch, at: int, shown: str, here: Snapshot | None) -> Snapshot:
        if here is not None and branch is self.timeline.branch:
            return here
        return Snapshot(self.timeline.world_aside(branch.name, at), shown)

    def _reader(self, branch: Branch, at: int) -> Reader:
        if branch is self.timeline.branch:
            return Reader(branch.trace, self.timeline.frontier)
        return Reader(branch.trace, self.timeline.world_aside(branch.name, at))

    def _forget_changed(self, branch: Branch) -> None:
        """Forget sentences of a branch that was cut back; the fingerprint tells."""
        length, mark = self._marks.get(branch.name, (0, 0))
        trace = branch.trace
        if length > len(trace) or trace.fingerprint(length) != mark or len(self._words) > _KEPT:
            self._words = {
                key: words for key, words in self._words.items() if key[0] != branch.name
            }
        self._marks[branch.name] = (len(trace), trace.fingerprint(len(trace)))

    def _common_records(self, a: Branch, b: Branch) -> int:
        """Return how many records are common; courses that part stay apart while they grow."""
        kept = self._common.get((a.name, b.name), -1)
        if 0 <= kept < min(len(a.trace), len(b.trace)):
            same = a.trace.fingerprint(kept) == b.trace.fingerprint(kept)
            if same and a.trace.fingerprint(kept + 1) != b.trace.fingerprint(kept + 1):
                return kept
        common = self._common[a.name, b.name] = common_records(a.trace, b.trace)
        return common

    def _rows(self, branch: Branch, common: int, count: int, reader: Reader) -> list[CourseRow]:
        digest = self.digest_of(branch.name)
        last = digest.count_until(count)
        first = max(0, digest.count_until(common) - SHARED_ROWS, last - ROWS)
        found: list[CourseRow] = []
        for place in range(first, last):
            index = digest.row(place).record
            found.append(CourseRow(index, branch.trace.at(index), self._say(branch, index, reader)))
        return found

    def _say(self, branch: Branch, index: int, reader: Reader) -> str:
        key = (branch.name, index)
        words = self._words.get(key)
        if words is None:
            words = self._words[key] = sentence(reader, branch.trace[index])
        return words

    def _first(
        self, branches: tuple[Branch, Branch], common: int, readers: tuple[Reader, Reader]
    ) -> FirstDifference | None:
        traces = branches[0].trace, branches[1].trace
        if traces[0] is traces[1] or common >= max(len(traces[0]), len(traces[1])):
            return None
        ats = [trace.at(common) if common < len(trace) else -1 for trace in traces]
        words = [
            self._say(branch, common, reader) if at >= 0 else ""
            for branch, reader, at in zip(branches, readers, ats, strict=True)
        ]
        return FirstDifference(
            common, min(at for at in ats if at >= 0), ats[0], ats[1], words[0], words[1]
        )


def _side(branch: Branch, at: int, look: Snapshot) -> Side:
    reached = min(at, max(branch.end_at, look.at))
    return Side(branch.name, branch.title, reached, reached < at, look.records)


# -- in words ----------------------------------------------------------------------------


def side_words(side: Side) -> str:
    """Return a branch's name and title."""
    return f"{side.branch} {side.title}".rstrip()


def comparison_lines(found: Comparison) -> list[str]:
    """Return a comparison as lines of text."""
    a, b = side_words(found.a), side_words(found.b)
    if found.a.branch == found.b.branch:
        return [f"{a} and {b} are the same branch"]
    lines = [f"{a} and {b} at {moment_text(found.at, 3)}"]
    lines.extend(
        f"{side.branch} was played to {moment_text(side.at, 3)} only"
        for side in (found.a, found.b)
        if side.ended
    )
    if found.first is None:
        lines.append("their courses are the same")
    else:
        first = found.first
        lines.append(f"first difference: record {first.record}, {moment_text(first.at, 3)}")
        for side, at, words in ((found.a, first.at_a, first.a), (found.b, first.at_b, first.b)):
            said = f"{moment_text(at, 3)}  {words}" if words else "nothing more on record"
            lines.append(f"  {side.branch}  {said}")
    for title, facts in (
        ("states", found.states),
        ("leases", found.leases),
        ("pool", found.pools),
    ):
        different = [line for line in facts if line.differs]
        if not different:
            lines.append(f"{title}: the same")
        for line in different:
            lines.append(f"{title}: {' at '.join(part for part in line[:2] if part)}")
            lines.append(f"  {found.a.branch}  {line.a}")
            lines.append(f"  {found.b.branch}  {line.b}")
    if found.untold_leases:
        lines.append(f"leases: {found.untold_leases} more differ")
    return lines
