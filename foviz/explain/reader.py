"""A trace with names: who is meant by a host's number, a hardware address, an address."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from foviz.base.address import BROADCAST, ip_text, mac_text
from foviz.base.kinds import KEYS
from foviz.base.rules import RULES
from foviz.base.time import US, duration_text, short_moment_text
from foviz.sim.faults import message_name
from foviz.wire import dhcp
from foviz.wire.dissect import summary

if TYPE_CHECKING:
    from foviz.failover.profile import Profile
    from foviz.sim.trace import Record, Trace
    from foviz.sim.world import World


class Reader:
    """Names and labels for the records of one branch."""

    def __init__(self, trace: Trace, world: World) -> None:
        self.trace = trace
        self.names = [host.name for host in world.hosts]
        self.roles = [host.role for host in world.hosts]
        self._hardware = {host.hardware: host.name for host in world.hosts}
        self._addresses = {
            interface.address: world.hosts[interface.host].name
            for interfaces in world.network.interfaces
            for interface in interfaces
            if interface.address
        }

    def name(self, host: int) -> str:
        """Return a host's name, ``""`` for none."""
        return self.names[host] if 0 <= host < len(self.names) else ""

    def client(self, hardware: bytes) -> str:
        """Return the name of the client with a hardware address, else the address."""
        if not hardware:
            return ""
        return self._hardware.get(hardware) or mac_text(hardware)

    def address(self, address: int) -> str:
        """Return a server's name for its address, else the dotted address."""
        return self._addresses.get(address) or ip_text(address)

    def message(self, record: Record) -> str:
        """Return the short label of a send record's message: ``ACK 1 h``."""
        protocol = record.value("protocol")
        octets = record.value("octets")
        if protocol == "dhcp":
            label = request_label(octets)
            # RFC 2131 table 4: RENEWING is unicast, REBINDING is broadcast, perhaps relayed.
            if label == "REQUEST renew" and (
                record.value("destination") == BROADCAST or any(octets[24:28])
            ):
                return "REQUEST rebind"
            return label
        if protocol == "failover":
            return summary(octets, protocol)
        return "TCP connect" if octets == b"SYN" else str(octets.decode())

    def message_name(self, record: Record) -> str:
        """Return the name of a send record's message without any number: ``ACK``."""
        return message_name(record.value("protocol"), record.value("octets"))

    def receivers(self, record: Record) -> list[int]:
        """Return the hosts for which a send record's message is meant."""
        return [host for host, _ in record.value("arrivals")]

    def as_json(self, record: Record) -> dict[str, Any]:
        """Return the record with the documented fields: index, at, host, kind, cause, data."""
        data: dict[str, Any] = {}
        for key, value in zip(KEYS[record.kind], record.data, strict=True):
            data[key.name] = self._json_value(key.type, value)
        return {
            "index": record.index,
            "at": record.at,
            "event": record.event,
            "host": self.name(record.host) or None,
            "kind": record.kind.word,
            "cause": record.cause if record.cause >= 0 else None,
            "data": data,
        }

    def _json_value(self, kind: str, value: Any) -> Any:
        if kind == "octets":
            return value.hex()
        if kind == "ip":
            return ip_text(value)
        if kind == "arrivals":
            return [{"host": self.name(host), "at": at} for host, at in value]
        if kind == "facts":
            return [{"name": n, "value": v, "unit": u} for n, v, u in value]
        return list(value) if isinstance(value, tuple) else value


@lru_cache(maxsize=1024)
def request_label(octets: bytes) -> str:
    """Return a DHCP message's label; a REQUEST says which of the four it is."""
    label = summary(octets, "dhcp")
    if label != "REQUEST":
        return label
    message = dhcp.decode(octets)
    if message.option(54) is not None:
        return "REQUEST"
    if not message.ciaddr:
        return "REQUEST reboot"
    return "REQUEST renew"


def fact_text(value: Any, unit: str) -> str:
    """Return a fact's value as people read it."""
    if unit == "t":
        return short_moment_text(value) if value else "–"
    if unit == "s":
        return duration_text(value * US)
    if unit == "us":
        return duration_text(value)
    if unit == "ip":
        return ip_text(value)
    if unit == "%":
        return f"{value}\u00a0%"
    return str(value)


def rule_tag(rule: str, profile: Profile, request: str = "") -> str:
    """Return how a rule is named beside an explanation: ``survivor-lease = mclt``.

    A switch is named only for a *request* that it decides about.
    """
    found = RULES.get(rule)
    switch = found.switch if found is not None else ""
    if not switch or (found is not None and found.requests and request not in found.requests):
        return rule
    value = getattr(profile, switch, "")
    return f"{rule} = {value}" if switch.replace("_", "-") == rule else f"{switch} = {value}"
