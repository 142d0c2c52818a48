"""The engine: events, simulated hours, first leases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from figures import Figure, best, spent
from workload import HOUR_S, crowd, run_for

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEASING = 1500
_WARM_S = 65
"""By then each client has its first lease."""


def engine() -> Iterator[Figure]:
    """Renewals with failover: every record traced, every monitor on."""
    rates = []
    for _ in range(3):
        timeline = crowd(250)
        run_for(timeline, _WARM_S)
        before = timeline.branch.end
        seconds = spent(lambda run=timeline: run_for(run, 300))
        rates.append((timeline.branch.end - before) / seconds)
    yield Figure("engine", max(rates), "events/s", 30_000, least=True)


def hours() -> Iterator[Figure]:
    """A simulated hour; four times the clients may cost four times the time."""
    yield Figure("hour of 250 clients", _hour(250), "s", 4)
    yield Figure("hour of 1,000 clients", _hour(1000), "s", 16)


def _hour(clients: int) -> float:
    timeline = crowd(clients)
    return spent(lambda: run_for(timeline, HOUR_S))


def first_leases() -> Iterator[Figure]:
    """Clients that get their first lease, from DISCOVER to the partner's BNDACK."""

    def run() -> None:
        timeline = crowd(_LEASING, over="30s")
        run_for(timeline, 35)
        leased = sum(client.held != 0 for client in timeline.frontier.clients())
        assert leased == _LEASING, leased

    building = best(2, lambda: crowd(_LEASING, over="30s"))
    yield Figure("first leases", _LEASING / (best(3, run) - building), "DORA/s", 2_000, least=True)
