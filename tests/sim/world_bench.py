"""A run that lab lines drive, and short ways to ask about its trace."""

from foviz.base.address import ip_to_int
from foviz.base.kinds import Kind
from foviz.base.time import STORY_START
from foviz.library import load_scenario
from foviz.script.runner import Runner
from foviz.script.tokens import Place
from foviz.sim.build import build
from foviz.sim.faults import message_name
from foviz.sim.scenario import parse_scenario
from foviz.sim.timeline import Timeline

SMALL_PAIR = """
title = "A pair with few addresses"
profile = "{profile}"
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
lease = "8h"
[relationships.pair]
mode = "{mode}"
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


def small_pair(mode="hot standby", profile="microsoft"):
    return SMALL_PAIR.format(mode=mode, profile=profile)


class Bench:
    """A run from a scenario, standing where the story begins."""

    def __init__(self, scenario, lines="", seed=1):
        found = parse_scenario(scenario, "test") if "\n" in scenario else load_scenario(scenario)
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

    def run(self, lines):
        self.runner.run_text(lines, Place("test", 1))
        return self

    def host(self, name):
        found = self.world.host_named(name)
        assert found is not None, name
        return found

    def lease(self, client):
        return self.host(client).client.lease

    def name(self, record):
        return self.world.hosts[record.host].name if record.host >= 0 else ""

    def records(self, kind, host="", **values):
        return [
            record
            for index in range(len(self.trace))
            if self.trace.kind(index) == kind
            for record in [self.trace[index]]
            if host in ("", self.name(record))
            if all(record.value(key) == value for key, value in values.items())
        ]

    def sent(self, message, host=""):
        return [
            record
            for record in self.records(Kind.SEND, host)
            if message_name(record.value("protocol"), record.value("octets")) == message
        ]

    def states(self, server):
        host = self.host(server)
        return {name: side.state.name for name, side in host.failover.endpoints.items()}

    def breaches(self):
        return [record.value("monitor") for record in self.records(Kind.BREACH)]

    def binding(self, server, address, scope="LAN"):
        return self.host(server).server.scopes[scope].store.get(ip_to_int(address))


def facts_of(record):
    return {name: value for name, value, _ in record.value("facts")}
