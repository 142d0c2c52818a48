"""What a message is about: the address and the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.wire import dhcp, failover
from foviz.wire.dialect import hardware_of
from foviz.wire.dissect import dissect_dhcp, dissect_failover
from foviz.wire.failover import FailoverOption

if TYPE_CHECKING:
    from foviz.explain.reader import Reader
    from foviz.sim.trace import Record
    from foviz.wire.dissect import Field


def subject_of(reader: Reader, record: Record) -> tuple[int, int]:
    """Return (address, host index of the client) of a send record; 0 and −1 for none."""
    protocol, octets = record.value("protocol"), record.value("octets")
    if protocol == "dhcp":
        message = dhcp.decode(octets)
        address = message.yiaddr or message.ciaddr or message.u32(50) or 0
        return address, _index(reader, message.chaddr)
    if protocol == "failover":
        update = failover.decode(octets)
        hardware = hardware_of(update)
        return update.u32(FailoverOption.ASSIGNED_IP_ADDRESS) or 0, _index(reader, hardware)
    return 0, -1


def _index(reader: Reader, hardware: bytes) -> int:
    name = reader.client(hardware)
    return reader.names.index(name) if name in reader.names else -1


def dissected(record: Record) -> Field | None:
    """Return the tree of a send record's octets, or None for other records."""
    protocol = record.value("protocol")
    if protocol == "dhcp":
        return dissect_dhcp(record.value("octets"))
    return dissect_failover(record.value("octets")) if protocol == "failover" else None
