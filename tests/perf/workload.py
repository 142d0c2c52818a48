"""The runs that the benchmarks measure."""

from __future__ import annotations

from foviz.base.time import STORY_START
from foviz.library import load_scenario
from foviz.script.deeds import intervention_of
from foviz.script.parser import parse
from foviz.script.vocabulary import Vocabulary
from foviz.session import Session
from foviz.sim.build import build
from foviz.sim.scenario import Scenario, parse_scenario
from foviz.sim.timeline import Timeline

HOUR_SCENARIO = """
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


def crowd_scenario() -> Scenario:
    """Return a LAN with room for 2,000 clients and leases of two minutes."""
    return parse_scenario(HOUR_SCENARIO, "crowd")


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


def lesson() -> Session:
    """Return the hot-standby lesson, played to its end."""
    session = Session.open("hot-standby")
    session.finish_story()
    return session


__all__ = ["crowd", "crowd_scenario", "do", "lesson", "load_scenario"]
