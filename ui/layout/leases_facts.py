"""What a lane shows of a lease: who was told what, and how far each server's promise goes.

Plain values with moments in true µs (0 = never); built by ``ui/model/tenure.py``, placed by
``ui/layout/leases.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz import HOUR
from ui.layout.axis import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN_WHOLE: Final = 2 * HOUR
"""An MCLT up to this long is never folded: it is there to be compared by eye."""


class Grant(NamedTuple):
    """One ACK to the client. ``way``: arrived, flying or lost; ``who`` is the sender's hue."""

    record: int
    start: int
    end: int
    t1: int
    t2: int
    lease_s: int
    server: int
    who: str
    way: str
    address: int = 0


class Told(NamedTuple):
    """A stretch for which the client held the address by one grant."""

    start: int
    end: int
    grant: Grant


class Belief(NamedTuple):
    """A server's books on one address.

    ``striped`` is from when on the partner does not know (0: it knows). ``limit`` is the
    furthest potential expiration that both know, ``pending`` one that only this server knows.
    ``note`` says what stands there instead of a lease.
    """

    server: int
    name: str
    who: str
    running: bool
    start: int = 0
    end: int = 0
    striped: int = 0
    limit: int = 0
    limit_word: str = ""
    pending: int = 0
    pending_word: str = ""
    mclt: int = 0
    record: int = -1
    note: str = ""

    @property
    def leased(self) -> bool:
        """Whether it has a lease on its books."""
        return self.end > 0


class Tenure(NamedTuple):
    """All there is to show of one address."""

    address: int
    client: int
    client_name: str
    grants: tuple[Grant, ...]
    told: tuple[Told, ...]
    beliefs: tuple[Belief, ...]
    mclt: int

    @property
    def present(self) -> Grant | None:
        """The grant that the client goes by, or went by last."""
        return self.told[-1].grant if self.told else None

    @property
    def flying(self) -> Grant | None:
        """The grant on its way to the client, or None."""
        last = self.grants[-1] if self.grants else None
        return last if last is not None and last.way == "flying" else None

    def ends(self, now: int) -> list[Span]:
        """Return the instants still to come that are known now, for the axis."""
        found: list[Span] = []
        for grant in (self.present if self._running(now) else None, self.flying):
            if grant is not None:
                found += [Span(at, at) for at in (grant.t1, grant.t2, grant.end)]
        for belief in self.beliefs:
            if not belief.leased:
                continue
            found += [Span(at, at) for at in (belief.end, belief.pending) if at]
            far = belief.limit + belief.mclt
            if belief.limit and belief.mclt <= SHOWN_WHOLE and far > now:
                found.append(Span(belief.limit, far))
            elif belief.limit:
                found += [Span(belief.limit, belief.limit), Span(far, far)]
        return [span for span in found if span.end > now]

    def _running(self, now: int) -> bool:
        return bool(self.told) and self.told[-1].end > now


def told_bar(grants: Sequence[Grant], until: int = 0) -> tuple[Told, ...]:
    """Return the stretches of the leases that arrived, each up to the one that replaced it.

    *until* is when the client gave the last one up, 0 if it did not.
    """
    arrived = [grant for grant in grants if grant.way == "arrived"]
    bar: list[Told] = []
    for place, grant in enumerate(arrived):
        end = grant.end
        if place + 1 < len(arrived):
            end = min(end, arrived[place + 1].start)
        elif until:
            end = min(end, max(until, grant.start))
        bar.append(Told(grant.start, end, grant))
    return tuple(bar)


def tenure_start(grants: Iterable[Grant]) -> int:
    """Return since when the leases follow one another without a gap, 0 without any."""
    start = 0
    for grant in sorted(grants, key=lambda found: found.start, reverse=True):
        if start and grant.end < start:
            break
        start = grant.start
    return start
