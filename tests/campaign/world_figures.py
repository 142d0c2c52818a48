"""The figures of a campaign of worlds, as a table."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from foviz.base.time import duration_text
from foviz.failover.profile import NAMES

if TYPE_CHECKING:
    from .worlds import Verdict


class Figures:
    """Counts over the worlds that were played."""

    def __init__(self) -> None:
        self.worlds: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.most_events: Counter[str] = Counter()
        self.longest: Counter[str] = Counter()
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.breaches: Counter[tuple[str, str, str]] = Counter()
        """Worlds by monitor, excuse and profile; the excuse is ``""`` for all of a monitor's."""
        self.failures: list[Verdict] = []

    def add(self, verdict: Verdict) -> None:
        """Count a world."""
        profile = verdict.profile
        self.worlds[profile] += 1
        self.events[profile] += verdict.events
        self.most_events[profile] = max(self.most_events[profile], verdict.events)
        self.outcomes[verdict.outcome, profile] += 1
        if verdict.outcome == "healed":
            self.longest[profile] = max(self.longest[profile], verdict.healing)
        told = {(monitor, "") for monitor, _ in verdict.breaches}
        told |= {(monitor, excuse) for monitor, excuses in verdict.breaches for excuse in excuses}
        for monitor, excuse in told:
            self.breaches[monitor, excuse, profile] += 1
        if verdict.failed:
            self.failures.append(verdict)

    def lines(self, seconds: float) -> list[str]:
        """Return the table: a column a profile, and their sum."""
        names = [name for name in NAMES if self.worlds[name]]
        lines = [_row("", [*names, "all"])]
        for words, counts in (("worlds", self.worlds), ("events", self.events)):
            numbers = [counts[name] for name in names]
            lines.append(_row(words, [f"{n:,}" for n in (*numbers, sum(numbers))]))
        most = [self.most_events[name] for name in names]
        lines.append(_row("events, at most", [f"{n:,}" for n in (*most, max(most))]))
        longest = [self.longest[name] for name in names]
        lines.append(_row("healed after, at most", [duration_text(n) for n in longest]))
        for outcome in sorted({outcome for outcome, _ in self.outcomes}):
            numbers = [self.outcomes[outcome, name] for name in names]
            lines.append(_row(f"ends: {outcome}", [f"{n:,}" for n in (*numbers, sum(numbers))]))
        for monitor, excuse in sorted({key[:2] for key in self.breaches}):
            numbers = [self.breaches[monitor, excuse, name] for name in names]
            words = f"  excused by {excuse}" if excuse else f"breach of {monitor}"
            lines.append(_row(words, [f"{n:,}" for n in (*numbers, sum(numbers))]))
        count = sum(self.worlds.values())
        lines.append(f"{count:,} worlds, {len(self.failures)} failed, {seconds:.0f} s")
        return lines


def _row(words: str, cells: list[str]) -> str:
    return f"{words:50}" + "".join(f"{cell:>12}" for cell in cells)
