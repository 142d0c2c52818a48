"""Random worlds: faults, clients, operators, clock steps; nothing may break, all must heal.

    python -m tests.campaign.worlds --count 10000

A world is a number. Its profile, its laboratory and its deeds follow from that number. Each
world runs under its deeds, is then mended, and has to come back to NORMAL with equal
databases within a bounded virtual time. A world that fails is shrunk to a short script.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from foviz.base.errors import ScriptError
from foviz.base.kinds import Kind
from foviz.base.time import HOUR, US, duration_text
from foviz.failover.profile import NAMES, profile_named
from foviz.failover.states import CONFLICT_DONE, NORMAL, PARTNER_DOWN, STATES, Service
from foviz.lease.binding import ACTIVE
from foviz.script.deeds import intervention_of
from foviz.script.parser import parse
from foviz.script.vocabulary import Vocabulary
from foviz.sim.build import build
from foviz.sim.scenario import parse_scenario
from foviz.sim.trace import Trace

LABORATORY = """
title = "A small pair"
[segments.{left}]
network = "10.0.0.0/24"
{right_segment}
[servers.DHCP1]
{left} = "10.0.0.1"
[servers.DHCP2]
{right} = "10.0.0.2"
[links.{link}]
{link_keys}
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.{last}"
lease = "{lease}"
[relationships.DHCP1-DHCP2]
mode = "{mode}"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
mclt = "10m"
reserve = 30
switchover = "{switchover}"
[client]
fuzz = "{fuzz}"
[clients]
{clients}
"""

MOST_EVENTS = 400_000
"""More events than any of these worlds needs: beyond that it hangs."""
HEALING = 6 * HOUR
"""How long a mended world may take until both are in NORMAL with equal databases."""


@dataclass
class Verdict:
    """What became of a world."""

    number: int
    profile: str
    outcome: str
    """``healed``, ``diverged``, ``not normal``, ``breach``, ``exception``, ``hang``"""
    detail: str = ""
    excuses: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether this must not be."""
        if self.outcome in ("exception", "hang", "breach"):
            return True
        return self.outcome != "healed" and self.profile != "isc"


def laboratory(draw: random.Random, profile: str) -> str:
    """Return a scenario's text."""
    sites = draw.random() < 0.4
    count = draw.choice((4, 6, 8))
    segments = ("SITE-A", "SITE-B") if sites else ("LAN", "LAN")
    clients = "\n".join(f'C{n} = "{segments[n % 2]}"' for n in range(1, count + 1))
    text = LABORATORY.format(
        left=segments[0],
        right=segments[1],
        right_segment='[segments.SITE-B]\nnetwork = "10.0.0.0/24"' if sites else "",
        link="WAN" if sites else "DHCP1-DHCP2",
        link_keys='between = ["SITE-A", "SITE-B"]\nlatency = "10ms"'
        if sites
        else 'network = "192.168.99.0/30"',
        last=draw.choice((54, 58, 62, 70)),
        lease=draw.choice(("20m", "1h", "4h")),
        mode=draw.choice(("hot standby", "load balance")),
        switchover=draw.choice(("0s", "0s", "15m", "1h")),
        fuzz=draw.choice(("0s", "0s", "2s")),
        clients=clients,
    )
    return f'profile = "{profile}"\n{text}'


def deeds(draw: random.Random, text: str) -> list[str]:
    """Return the lines of a world: runs and deeds; one that is impossible is passed over."""
    clients = [f"C{n}" for n in range(1, text.count("\nC") + 1)]
    link = "WAN" if "WAN" in text else "DHCP1-DHCP2"
    links = [link, f"{link} one-way"]
    servers = ["DHCP1", "DHCP2"]
    kinds = (
        (6, lambda: f"start {draw.choice(clients)}"),
        (2, lambda: f"release {draw.choice(clients)}"),
        (2, lambda: f"renew {draw.choice(clients)}"),
        (1, lambda: f"decline {draw.choice(clients)}"),
        (1, lambda: f"stop {draw.choice(clients)}"),
        (1, lambda: f"crash {draw.choice(clients)}"),
        (3, lambda: f"crash {draw.choice(servers)}"),
        (2, lambda: f"kill service {draw.choice(servers)}"),
        (2, lambda: f"stop service {draw.choice(servers)}"),
        (6, lambda: f"start {draw.choice(servers)}"),
        (2, lambda: f"restart {draw.choice(servers)}"),
        (4, lambda: f"cut {draw.choice(links)}"),
        (5, lambda: f"heal {link}"),
        (1, lambda: f"lose disk {draw.choice(servers)}"),
        (2, lambda: f"partner-down {draw.choice(servers)}"),
        (1, lambda: f"skew {draw.choice(servers)} {draw.choice(('+20s', '-20s', '+90s', '-90s'))}"),
        (2, lambda: f"drop next {draw.choice(_DROPPED)} from {draw.choice(servers)}"),
        (1, lambda: f"delay next {draw.choice(_DROPPED)} from {draw.choice(servers)} 5s"),
        (1, lambda: f"duplicate next {draw.choice(('DISCOVER', 'REQUEST'))}"),
    )
    weights = [weight for weight, _ in kinds]
    lines = ["start C1", "run 10s"]
    for _ in range(draw.randrange(6, 28)):
        lines.append(draw.choices(kinds, weights)[0][1]())
        lines.append(f"run {draw.choice(_SPANS)}")
    return lines


_DROPPED = ("BNDUPD", "BNDACK", "STATE", "UPDREQ", "UPDDONE", "CONNECT", "CONNECTACK", "CONTACT")
_SPANS = ("0s", "3ms", "5s", "40s", "3m", "7m", "20m", "20m", "1h10m")


def describe(number: int, profile: str = "") -> tuple[str, str, list[str]]:
    """Return the profile, the scenario and the lines of a world."""
    draw = random.Random(number)
    chosen = profile or NAMES[number % len(NAMES)]
    text = laboratory(draw, chosen)
    return chosen, text, deeds(draw, text)


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
        """Undo all faults: links, clocks, power, message faults; automatic transition off."""
        self.world.message_faults.clear()
        for link in self.world.network.links.values():
            if link.cut:
                self.do(f"heal {link.name}")
        for server in self.world.servers():
            if server.skew:
                self.do(f"skew {server.name} 0s")
            self.do(f"start {server.name}")

    def endpoints(self) -> list[object]:
        """Return the two endpoints, if both run."""
        found = []
        for server in self.world.servers():
            if server.failover is not None:
                found.extend(server.failover.endpoints.values())
        return found

    def settled(self) -> str:
        """Return ``""`` when both are in NORMAL and believe the same, else what is missing."""
        ends = self.endpoints()
        if len(ends) != 2 or any(end.state is not NORMAL for end in ends):
            return "not normal: " + ", ".join(end.state.name for end in ends)
        if any(end.outstanding or end.queue for end in ends):
            return "diverged: updates outstanding"
        one, two = (end.stores["LAN"] for end in ends)
        for address in range(one.first, one.last + 1):
            a, b = one.get(address), two.get(address)
            if a.status is not b.status:
                return f"diverged: {address & 255} {a.status.name} / {b.status.name}"
            if a.status is ACTIVE and a.client != b.client:
                return f"diverged: {address & 255} clients"
            slack = 200 if self.skewed else 1
            if a.status is ACTIVE and abs(a.expires - b.expires) // US > slack:
                return f"diverged: {address & 255} ends {a.expires} / {b.expires}"
        return ""

    def heal(self) -> str:
        """Mend the world and wait; return what is still missing in the end."""
        self.mend()
        limit, missing = self.now + HEALING, "never looked"
        while self.now < limit:
            self.run_until(self.now + 30 * US)
            missing = self.settled()
            if not missing:
                return ""
        return missing

    def breaches(self) -> list[str]:
        """Return the monitors that fired."""
        trace = self.trace
        return [
            trace[n].value("monitor") for n in range(len(trace)) if trace.kind(n) == Kind.BREACH
        ]

    def excuses(self) -> tuple[str, ...]:
        """Return the conditions of PROTOCOL §14.4 that this run met."""
        return excuses_of(self)


class HangError(Exception):
    """A world made more events than it can need."""


def excuses_of(run: Run) -> tuple[str, ...]:
    """Walk the records: dual PARTNER-DOWN, PARTNER-DOWN with a living partner, clocks, storage."""
    found: dict[str, None] = {}
    states = {server.index: 0 for server in run.world.servers()}
    alive = dict.fromkeys(states, True)
    lost = 0
    for place in range(len(run.trace)):
        kind = run.trace.kind(place)
        if kind not in (Kind.STATE, Kind.HOST):
            continue
        record = run.trace[place]
        if record.host not in states:
            if kind == Kind.HOST and record.value("what") == "crash":
                found["client crashed"] = None
            continue
        if kind == Kind.STATE:
            states[record.host] = record.value("new")
        else:
            what = record.value("what")
            alive[record.host] = what == "boot" or (alive[record.host] and what not in _ENDS)
            if what == "skew" and record.value("detail") not in ("0",):
                found["clocks"] = None
            lost += what == "lose-disk"
        if lost:
            found["storage lost"] = None
        down = [host for host, state in states.items() if state == PARTNER_DOWN]
        if len(down) == 2:
            found["dual PARTNER-DOWN"] = None
        for host in down:
            (other,) = [h for h in states if h != host]
            serving = states[other] and STATES[states[other]].service is not Service.SILENT
            if alive[other] and serving and states[other] != CONFLICT_DONE:
                found["PARTNER-DOWN with a living partner"] = None
    return tuple(found)


_ENDS = ("crash", "kill", "stop")


def play(number: int, profile: str = "", lines: list[str] | None = None) -> Verdict:
    """Run one world, perhaps with other lines than its own."""
    chosen, text, own = describe(number, profile)
    verdict = Verdict(number, chosen, "healed", lines=own if lines is None else lines)
    run = None
    try:
        run = Run(text, number)
        for line in verdict.lines:
            run.do(line)
        missing = run.heal()
    except HangError as error:
        return replace(verdict, outcome="hang", detail=str(error))
    except Exception:  # a campaign reports whatever goes wrong
        return replace(verdict, outcome="exception", detail=traceback.format_exc(limit=-4))
    verdict.excuses, verdict.breaches = run.excuses(), tuple(dict.fromkeys(run.breaches()))
    if verdict.breaches and not verdict.excuses:
        return replace(verdict, outcome="breach", detail=", ".join(verdict.breaches))
    if missing:
        return replace(verdict, outcome=missing.partition(":")[0], detail=missing)
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--profile", default="", choices=["", *NAMES])
    parser.add_argument("--keep", type=Path, default=Path("build/worlds"))
    parser.add_argument("--most", type=int, default=10, help="failures to shrink")
    options = parser.parse_args()
    if options.profile:
        profile_named(options.profile)
    counts: Counter[tuple[str, str]] = Counter()
    breaches: Counter[str] = Counter()
    failures: list[Verdict] = []
    jobs = [
        (number, options.profile) for number in range(options.first, options.first + options.count)
    ]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for verdict in pool.imap_unordered(_play, jobs, chunksize=8):
            counts[verdict.profile, verdict.outcome] += 1
            for name in verdict.breaches:
                breaches[f"{name} (excused: {', '.join(verdict.excuses) or 'no'})"] += 1
            if verdict.failed:
                failures.append(verdict)
                print(
                    f"world {verdict.number} {verdict.profile}: {verdict.outcome}: {verdict.detail}"
                )
    for (profile, outcome), count in sorted(counts.items()):
        print(f"{profile:10} {outcome:12} {count}")
    for name, count in breaches.most_common(12):
        print(f"breach {name}: {count}")
    options.keep.mkdir(parents=True, exist_ok=True)
    for failed in sorted(failures, key=lambda verdict: verdict.number)[: options.most]:
        path = options.keep / f"world-{failed.number}-{failed.profile}.lab"
        path.write_text(script_of(shrink(failed)), encoding="utf-8")
        print(f"shrunk: {path}")
    print(
        f"{options.count} worlds, {len(failures)} failed; healing took at most "
        f"{duration_text(HEALING)}"
    )
    return 1 if failures else 0


def _play(job: tuple[int, str]) -> Verdict:
    return play(*job)


if __name__ == "__main__":
    sys.exit(main())
