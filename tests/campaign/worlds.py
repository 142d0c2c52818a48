"""Random worlds: faults, clients, operators, clock steps; nothing may break, all must heal.

    python -m tests.campaign.worlds --count 10000 --jobs 2 --seed 0 --profile draft

A world is a number. Its profile, its laboratory and its deeds follow from that number. Each
world runs under its deeds, is then mended, and has to come back to NORMAL with equal
databases within a bounded virtual time; an isc pair may end otherwise, in a way that real
dhcpd was seen to, which then has a name. A world that fails is shrunk to a short script.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path

from foviz.base.errors import ScriptError
from foviz.base.time import HOUR, US
from foviz.failover.profile import NAMES
from foviz.failover.states import NORMAL
from foviz.failover.table import OPERATOR_STATES
from foviz.lease.binding import ACTIVE
from foviz.script.deeds import intervention_of
from foviz.script.parser import parse
from foviz.script.vocabulary import Vocabulary
from foviz.sim.build import build
from foviz.sim.scenario import parse_scenario
from foviz.sim.trace import Trace

from .chance import MOST_DEEDS, describe
from .judgement import breaches_of, isc_outcome, situations_of
from .world_figures import Figures

MOST_EVENTS = 100_000
"""Ten times more events than any of these worlds needs: beyond that it hangs."""
HEALING = 6 * HOUR
"""How long a mended world may take until both are in NORMAL with equal databases."""
STARTED = 60 * US
"""How long after its start a server is out of STARTUP in the profiles that have halts."""
LOOK = 30 * US
"""How often a healing world is looked at."""

BAD = ("breach", "exception", "hang", "diverged", "not normal")
"""Outcomes that fail a world; any other is ``healed`` or the name of an outcome of ISC's."""


@dataclass
class Verdict:
    """What became of a world."""

    number: int
    profile: str
    outcome: str = "healed"
    detail: str = ""
    breaches: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each kind once: (monitor, what excuses it)."""
    events: int = 0
    healing: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether this must not be."""
        return self.outcome in BAD


class HangError(Exception):
    """A world made more events than it can need."""


class Run:
    """One world under its lines."""

    def __init__(self, text: str, seed: int) -> None:
        self.scenario = parse_scenario(text, "campaign")
        self.world = build(self.scenario, seed)
        self.trace = Trace()
        self.world.recorder = self.trace
        self.skewed = False
        self.now = self.scenario.story
        self.run_until(self.now)

    def run_until(self, at: int) -> None:
        """Execute every event up to a moment."""
        world = self.world
        while (coming := world.next_time()) is not None and coming <= at:
            world.step()
            if world.executed > MOST_EVENTS:
                raise HangError(f"{world.executed} events until {coming}")
        self.now = at

    def do(self, line: str) -> bool:
        """Carry out a line; False for a deed that is impossible now."""
        vocabulary = Vocabulary.of(self.world, self.now)
        command = parse(line, vocabulary)
        assert command is not None
        if command.form == "run-for":
            self.run_until(self.now + command.values["span"])
            return True
        self.skewed = self.skewed or command.form == "skew"
        try:
            self.world.intervene(self.now, intervention_of(command))
        except ScriptError:
            return False
        return True

    def mend(self) -> None:
        """Undo all faults: messages, links, clocks, power, halts."""
        self.world.message_faults.clear()
        for link in self.world.network.links.values():
            if link.cut:
                self.do(f"heal {link.name}")
        for server in self.world.servers():
            if server.skew:
                self.do(f"skew {server.name} 0s")
            self.do(f"start {server.name}")
        if self.halted():  # ISC's halts outlast a restart, and none is resumed while it starts
            self.run_until(self.now + STARTED)
        for server in self.world.servers():
            self.do(f"resume {server.name}")

    def endpoints(self) -> list:
        """Return the endpoints of the servers that run."""
        return [
            endpoint
            for server in self.world.servers()
            if server.failover is not None
            for endpoint in server.failover.endpoints.values()
        ]

    def missing(self) -> tuple[str, int]:
        """Return what is not as it should be: a kind with its words, and the address."""
        ends = self.endpoints()
        if len(ends) != 2:
            return "not normal: a process ended", 0
        if any(end.state is not NORMAL for end in ends):
            return "not normal: " + ", ".join(end.state.name for end in ends), 0
        if any(end.outstanding or end.queue for end in ends):
            return "diverged: updates outstanding", 0
        one, two = (end.stores["LAN"] for end in ends)
        slack = 200 if self.skewed else 1
        for address in range(one.first, one.last + 1):
            words = difference(one.get(address), two.get(address), slack)
            if words:
                return f"diverged: .{address & 255} {words}", address
        return "", 0

    def heal(self) -> tuple[str, int]:
        """Mend the world and wait; return what is still missing in the end."""
        self.mend()
        limit, found = self.now + HEALING, ("never looked", 0)
        while self.now < limit:
            self.run_until(self.now + LOOK)
            found = self.missing()
            if not found[0]:
                break
        return found

    def halted(self) -> bool:
        """Whether a server is in a state that only an operator ends, or will be once it runs."""
        return any(
            end.state in OPERATOR_STATES or end.durable.state in OPERATOR_STATES
            for end in self.endpoints()
        )


def difference(one, two, slack_s: int) -> str:
    """Return in what two beliefs about an address differ: status, client, owner, expiry."""
    if one.status is not two.status:
        return f"{one.status.name} / {two.status.name}"
    if one.status is not ACTIVE:
        return ""
    if one.client != two.client:
        return "clients"
    apart = abs(one.expires - two.expires) // US
    return f"ends {one.expires} / {two.expires}" if apart > slack_s else ""


def play(
    number: int, profile: str = "", lines: list[str] | None = None, most: int = MOST_DEEDS
) -> Verdict:
    """Run one world, perhaps with other lines than its own."""
    chosen, text, own = describe(number, profile, most)
    verdict = Verdict(number, chosen, lines=own if lines is None else lines)
    try:
        run = Run(text, number)
        for line in verdict.lines:
            run.do(line)
        mended = run.now
        missing, address = run.heal()
    except HangError as error:
        return replace(verdict, outcome="hang", detail=str(error))
    except Exception:  # a campaign reports whatever goes wrong
        return replace(verdict, outcome="exception", detail=traceback.format_exc(limit=-4))
    verdict.events, verdict.healing = run.world.executed, run.now - mended
    breaches = breaches_of(run.trace)
    situations = situations_of(run.world, run.trace) if breaches else ()
    verdict.breaches = tuple(dict.fromkeys((found.monitor, found.excuses) for found in breaches))
    unexcused = [found.monitor for found in breaches if not found.is_excused(situations)]
    if unexcused:
        return replace(verdict, outcome="breach", detail=", ".join(dict.fromkeys(unexcused)))
    if missing:
        outcome = missing.partition(":")[0]
        if chosen == "isc":
            outcome = isc_outcome(run.world, run.trace, address) or outcome
        return replace(verdict, outcome=outcome, detail=missing)
    return verdict


def shrink(failed: Verdict) -> Verdict:
    """Leave lines out as long as the world still fails in the same way."""
    best = failed
    size = max(1, len(best.lines) // 2)
    while size:
        place = 0
        while place < len(best.lines):
            lines = best.lines[:place] + best.lines[place + size :]
            tried = play(failed.number, failed.profile, lines)
            if tried.failed and tried.outcome == failed.outcome:
                best = tried
            else:
                place += size
        size //= 2
    return best


def script_of(verdict: Verdict) -> str:
    """Return a failed world as a script with its laboratory."""
    _, text, _ = describe(verdict.number, verdict.profile)
    head = "\n".join(f"# {line}" for line in text.strip().splitlines())
    return (
        f"# world {verdict.number}, profile {verdict.profile}: {verdict.outcome}\n{head}\n"
        + "\n".join(verdict.lines)
        + "\n"
    )


def main() -> int:
    """Run the campaign and print its figures."""
    parser = argparse.ArgumentParser(description="Random worlds: nothing may break, all must heal.")
    parser.add_argument("--count", type=int, default=10_000, help="how many worlds")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first world")
    parser.add_argument("--profile", default="", choices=["", *NAMES], help="all worlds in this")
    parser.add_argument("--keep", type=Path, default=Path("build/worlds"), help="for scripts")
    parser.add_argument("--most", type=int, default=10, help="failures to shrink")
    options = parser.parse_args()
    began = time.monotonic()
    figures = Figures()
    jobs = [(options.seed + n, options.profile) for n in range(options.count)]
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for verdict in pool.imap_unordered(_play, jobs, chunksize=8):
            figures.add(verdict)
            if verdict.failed:
                print(f"world {verdict.number} {verdict.profile}: {verdict.outcome}:", end=" ")
                print(verdict.detail)
    for failed in sorted(figures.failures, key=lambda verdict: verdict.number)[: options.most]:
        options.keep.mkdir(parents=True, exist_ok=True)
        path = options.keep / f"world-{failed.number}-{failed.profile}.lab"
        short = failed if failed.outcome == "hang" else shrink(failed)
        path.write_text(script_of(short), encoding="utf-8")
        print(f"shrunk: {path}")
    print("\n".join(figures.lines(time.monotonic() - began)))
    return 1 if figures.failures else 0


def _play(job: tuple[int, str]) -> Verdict:
    return play(*job)


if __name__ == "__main__":
    sys.exit(main())
