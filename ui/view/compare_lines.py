"""What the comparison of two branches says, as lines of words: no painting here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz import clock_text, moment_text
from ui.layout.compare import shown_course

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foviz import Comparison, CourseLine, CourseRow, FactLine, Side


class Told(NamedTuple):
    """One line. ``kind`` is a kind of the layout; ``across`` one text over both columns.

    ``goal`` of a side is the branch and record that a click on it goes to.
    """

    kind: str
    label: str = ""
    a: str = ""
    b: str = ""
    across: str = ""
    differs: bool = False
    goal_a: tuple[str, int] | None = None
    goal_b: tuple[str, int] | None = None
    more: bool = False
    """A click shows all lines of the courses, or the last ones again."""


def side_title(side: Side) -> str:
    """Return a branch's name and title."""
    return f"{side.branch} {side.title}".rstrip()


def told_lines(found: Comparison, *, everything: bool = False) -> list[Told]:
    """Return all lines of a comparison."""
    lines = [_names(found), *_first(found), *_course(found, everything=everything)]
    at = moment_text(found.at, 3)
    lines += _facts(f"States at {at}", found.states, "no servers")
    lines += _facts("Leases", found.leases, "no lease yet", found.untold_leases)
    return lines + _facts("Addresses in the pool", found.pools, "no scopes")


def _names(found: Comparison) -> Told:
    return Told("names", "", _named(found.a), _named(found.b))


def _named(side: Side) -> str:
    return (
        f"{side_title(side)}, played to {clock_text(side.at)}" if side.ended else side_title(side)
    )


def _first(found: Comparison) -> list[Told]:
    first = found.first
    if first is None:
        return [
            Told("head", "First difference"),
            Told("note", across="None: both went the same way as far as they were played."),
        ]
    later = f"record {first.record}"
    if first.at > found.at:
        later += ", later than the playhead: up to here all is the same"
    return [
        Told("head", "First difference", across=later),
        Told(
            "first",
            clock_text(first.at, 3),
            first.a or "nothing more on record",
            first.b or "nothing more on record",
            differs=True,
            goal_a=(found.a.branch, first.record) if first.a else None,
            goal_b=(found.b.branch, first.record) if first.b else None,
        ),
    ]


def _course(found: Comparison, *, everything: bool) -> list[Told]:
    lines: list[Told] = []
    differing = [not line.same for line in found.course]
    shown = shown_course(len(found.course), differing, everything)
    many = sum(differing)
    words = f"{many} of {len(differing)} lines differ" if many else "the same"
    lines.append(Told("head", "Courses", across=words if found.course else "nothing happened yet"))
    if found.hidden:
        lines.append(Told("note", across=f"… {found.hidden} earlier lines are not told"))
    if shown.start:
        lines.append(Told("note", across=f"▸ show {shown.start} earlier lines", more=True))
    elif everything:
        lines.append(Told("note", across="▾ show the last lines only", more=True))
    lines += [_course_line(found, found.course[place]) for place in shown]
    return lines


def _course_line(found: Comparison, line: CourseLine) -> Told:
    return Told(
        "course",
        clock_text(line.at, 3),
        line.a.words if line.a is not None else "",
        line.b.words if line.b is not None else "",
        line.a.words if line.same and line.a is not None else "",
        not line.same,
        _goal(found.a, line.a),
        _goal(found.b, line.b),
    )


def _goal(side: Side, row: CourseRow | None) -> tuple[str, int] | None:
    return (side.branch, row.record) if row is not None else None


def _facts(title: str, facts: Sequence[FactLine], empty: str, untold: int = 0) -> list[Told]:
    many = sum(line.differs for line in facts) + untold
    words = empty if not facts else f"{many} differ" if many > 1 else "1 differs"
    lines = [Told("head", title, across="the same" if facts and not many else words)]
    lines += [
        Told("fact", " · ".join(filter(None, line[:2])), line.a, line.b, differs=line.differs)
        for line in sorted(facts, key=lambda line: not line.differs)
    ]
    if untold:
        lines.append(Told("note", across=f"… {untold} more differ"))
    return lines
