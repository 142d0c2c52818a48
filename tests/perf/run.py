"""``make perf``: measure, print each figure beside its budget, write build/perf.json.

``make perf ONLY=engine`` measures what has the word in its name. Nothing here is a test:
how long something takes is for people to judge, and no run fails because of it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench_engine import engine, first_leases, hours
from bench_memory import memory
from bench_start import start
from bench_travel import export, lessons, seeks, steps
from bench_window import frames
from figures import Figure, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OUT = Path(__file__).parents[2] / "build" / "perf.json"

BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "start": start,
    "engine": engine,
    "hours": hours,
    "first-leases": first_leases,
    "lessons": lessons,
    "export": export,
    "memory": memory,
    "steps": steps,
    "seeks": seeks,
    "frames": frames,
}


def main(words: list[str]) -> int:
    """Run the benchmarks that are asked for; 2 when no benchmark has such a name."""
    chosen = [name for name in BENCHMARKS if not words or any(word in name for word in words)]
    if not chosen:
        sys.stderr.write(f"no benchmark is called so; there are: {', '.join(BENCHMARKS)}\n")
        return 2
    figures: list[Figure] = []
    for name in chosen:
        for figure in BENCHMARKS[name]():
            figures.append(figure)
            sys.stdout.write(figure.line() + "\n")
            sys.stdout.flush()
    write_json(figures, OUT)
    over = [figure.name for figure in figures if figure.verdict == "over"]
    sys.stdout.write(f"over budget: {', '.join(over) or 'none'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
