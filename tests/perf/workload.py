"""The runs that the benchmarks measure."""

from __future__ import annotations

from functools import cache

from foviz.base.kinds import Kind
from foviz.base.time import STORY_START, US
from foviz.script.deeds import intervention_of
from foviz.script.parser import parse
from foviz.script.vocabulary import Vocabulary
from foviz.session import Session
from foviz.sim.build import build
from foviz.sim.scenario import Scenario, parse_scenario
from foviz.sim.timeline import Timeline

HOUR_S = 3600
LONG_EVENTS = 500_000

CROWD_SCENARIO = """
title = "Many clients with short leases"
[segments.LAN]
network = "10.0.0.0/16"
[servers.DHCP1]
LAN = "10.0.0.1"
[servers.DHCP2]
LAN = "10.0.0.2"
[links.DHCP1-DHCP2]
network = "192.168.99.0/30"
[scopes.LAN]
network = "10.0.0.0/16"
range = "10.0.1.1-10.0.8.255"
lease = "120s"
[relationships.DHCP1-DHCP2]
mode = "hot standby"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
mclt = "1h"
[clients]
C1 = "LAN"
[client]
first-discover = "0s"
"""


@cache
def crowd_scenario() -> Scenario:
    """Return a LAN with room for 1,900 clients and leases of two minutes."""
    return parse_scenario(CROWD_SCENARIO, "crowd")


def crowd(clients: int, over: str = "60s") -> Timeline:
    """Return a timeline on which *clients* are about to start."""
    scenario = crowd_scenario()
    timeline = Timeline(lambda: build(scenario, 1))
    timeline.run_until(STORY_START)
    do(timeline, f"start {clients} clients over {over}")
    return timeline


def do(timeline: Timeline, line: str) -> None:
    """Carry out a lab line at the frontier."""
    now = timeline.branch.end_at
    command = parse(line, Vocabulary.of(timeline.frontier, now))
    assert command is not None
    timeline.intervene(now, intervention_of(command))


def run_for(timeline: Timeline, seconds: float) -> int:
    """Run on for some virtual seconds; return the number of events."""
    before = timeline.branch.end
    timeline.run_until(timeline.branch.end_at + int(seconds * US))
    return timeline.branch.end - before


def count(timeline: Timeline, kind: Kind, start: int = 0) -> int:
    """Return how many records of a kind there are from a place on."""
    trace = timeline.branch.trace
    return sum(trace.kind(index) == kind for index in range(start, len(trace)))


@cache
def long_session() -> Session:
    """Return the long run, at its end."""
    session = Session(crowd_scenario(), 1)
    play_long(session)
    return session


def play_long(session: Session, events: int = LONG_EVENTS) -> None:
    """Let 250 clients renew until there are so many events, and go to the end."""
    session.do("start 250 clients over 60s")
    while session.branch.end < events:
        session.extend(session.end_at + 60 * US)
    session.seek_time(session.end_at)


def lesson(name: str = "hot-standby") -> Session:
    """Return a lesson, played to its end."""
    session = Session.open(name)
    session.finish_story()
    return session
