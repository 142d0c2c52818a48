"""What a benchmark says, how it is printed beside its budget, and the clocks it reads."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

MEGABYTE = 1_000_000


class Figure(NamedTuple):
    """A measured value. ``budget`` is None where none is set; ``least`` turns it round."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    least: bool = False

    @property
    def verdict(self) -> str:
        """``ok``, ``over``, or nothing where there is no budget."""
        if self.budget is None:
            return ""
        kept = self.value >= self.budget if self.least else self.value <= self.budget
        return "ok" if kept else "over"

    def line(self) -> str:
        """Return the line that is printed."""
        budget = ""
        if self.budget is not None:
            budget = f"(budget {'≥' if self.least else '≤'} {self.budget:,.10g})"
        return (
            f"{self.name:<24} {number(self.value):>10}  {self.unit:<9} {budget:<19} {self.verdict}"
        ).rstrip()


def number(value: float) -> str:
    """Return a value with three significant digits, and whole when it is large."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def write_json(figures: Iterable[Figure], path: Path) -> None:
    """Write the figures; those of an earlier run that were not measured now stay."""
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for figure in figures:
        found[figure.name] = {
            "value": round(figure.value, 4),
            "unit": figure.unit,
            "budget": figure.budget,
        }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


# -- clocks


def spent(work: Callable[[], object]) -> float:
    """Return the processor's seconds that some work takes.

    The engine is one thread and waits for nothing, so on an idle machine this is what the
    clock on the wall shows; on a busy one it is nearer to the truth.
    """
    before = time.process_time()
    work()
    return time.process_time() - before


def best(times: int, work: Callable[[], object]) -> float:
    """Return the least seconds of several runs."""
    return min(spent(work) for _ in range(times))


def milliseconds(works: Iterator[Callable[[], object]]) -> list[float]:
    """Return the milliseconds of each piece of work, shortest first."""
    return sorted(spent(work) * 1000 for work in works)


def percentile(ordered: list[float], percent: float) -> float:
    """Return the value below which a percentage of the values lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def spread(name: str, ordered: list[float], budget: float, *percents: int) -> list[Figure]:
    """Return figures of the percentiles and of the worst; the budget is the last percentile's."""
    figures = [
        Figure(f"{name} p{percent}", percentile(ordered, percent), "ms") for percent in percents
    ]
    figures[-1] = figures[-1]._replace(budget=budget)
    return [*figures, Figure(f"{name} worst", ordered[-1], "ms")]
