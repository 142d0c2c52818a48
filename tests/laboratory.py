"""A laboratory for tests: a run that lab lines drive, and short ways to ask about its trace."""

from foviz.base.kinds import Kind
from foviz.base.time import STORY_START
from foviz.library import load_scenario
from foviz.script.runner import Runner
from foviz.script.tokens import Place
from foviz.sim.build import build
from foviz.sim.faults import message_name
from foviz.sim.scenario import parse_scenario
from foviz.sim.timeline import Timeline

PAIR = """
title = "A pair with few addresses"
[segments.LAN]
network = "10.0.0.0/24"
[servers.DHCP1]
LAN = "10.0.0.1"
[servers.DHCP2]
LAN = "10.0.0.2"
[links.DHCP1-DHCP2]
network = "192.168.99.0/30"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.70"
lease = "8d"
[relationships.DHCP1-DHCP2]
mode = "hot standby"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
mclt = "1h"
reserve = 10
[clients]
C1 = "LAN"
C2 = "LAN"
C3 = "LAN"
"""

STORY = """
start C1
run until C1 bound
cut DHCP1-DHCP2
run 8m
start C2
run until C2 bound
heal DHCP1-DHCP2
run 3m
crash DHCP1
run 4m
restart DHCP1
drop next BNDACK from DHCP1
run 2m
kill service DHCP2
run 30s
start DHCP2
run 3m
"""
"""A short story in which much happens: a cut, a survivor, a crash, a kill, two returns."""


class Lab:
    """A run from a scenario, standing where the story begins."""

    def __init__(self, scenario="hot-standby", seed=1, lines=""):
        found = parse_scenario(scenario, "test") if "\n" in scenario else load_scenario(scenario)
        self.scenario = found
        self.timeline = Timeline(lambda: build(found, seed))
        self.timeline.run_until(STORY_START)
        self.runner = Runner(self.timeline)
        self.run(lines)

    @property
    def world(self):
        return self.timeline.frontier

    @property
    def trace(self):
        return self.timeline.branch.trace

    @property
    def now(self):
        return self.runner.now

    def run(self, lines):
        """Carry lines out; return the records that this made."""
        start = len(self.trace)
        self.runner.run_text(lines, Place("test", 1))
        return [self.trace[index] for index in range(start, len(self.trace))]

    def host(self, name):
        found = self.world.host_named(name)
        assert found is not None, name
        return found

    def name(self, record):
        return self.world.hosts[record.host].name if record.host >= 0 else ""

    def records(self, kind, host="", start=0, **values):
        """The records of a kind, perhaps of one host, whose data has these values."""
        return [
            record
            for index in range(start, len(self.trace))
            if self.trace.kind(index) == kind
            for record in [self.trace[index]]
            if host in ("", self.name(record))
            if all(record.value(key) == value for key, value in values.items())
        ]

    def sent(self, message, host="", start=0):
        """The send records of a message by its name: ``BNDUPD``, ``SYN``."""
        return [
            record
            for record in self.records(Kind.SEND, host, start)
            if message_name(record.value("protocol"), record.value("octets")) == message
        ]

    def why_lost(self, record):
        """Why a sent message did not arrive, or "" when it did."""
        lost = self.records(Kind.LOST, start=record.index, message=record.index)
        return lost[0].value("why") if lost else ""

    def state(self, server):
        """A server's failover state by its name."""
        (endpoint,) = self.host(server).failover.endpoints.values()
        return endpoint.state.name
