"""The leases a client was granted, one after the other, as its ACKs say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.sim.timeline import walk_causes
from foviz.wire import dhcp

if TYPE_CHECKING:
    from foviz.explain.digest import Digest
    from foviz.script.runner import Step
    from foviz.sim.trace import Trace


class LeaseGrant(NamedTuple):
    """One ACK to a client. Moments in true µs, counted from the sending of the REQUEST.

    ``server`` is the host index of the granter; ``arrived`` is false while the ACK is on its
    way and for one that was lost.
    """

    record: int
    at: int
    server: int
    address: int
    base: int
    lease_s: int
    t1: int
    t2: int
    expires: int
    arrived: bool


def lease_history(
    trace: Trace, digest: Digest, hardware: bytes, records: int
) -> tuple[LeaseGrant, ...]:
    """Return the leases granted to a client among the first *records* records."""
    return tuple(
        _grant(trace, digest, index, records) for index in digest.acks_to(hardware, records)
    )


def _grant(trace: Trace, digest: Digest, index: int, records: int) -> LeaseGrant:
    """Return the grant of an ACK; what arrived never changes and is read once."""
    heard, kept = digest.heard_grants.get(index, (records, None))
    if kept is not None and heard < records:
        return kept
    granted = digest.granted(index)
    lease_s = granted.lease_s or 0
    base = _asked_at(trace, index)
    t1, t2 = granted.t1_s, granted.t2_s
    hearing = [e.record for e in digest.ends(index) if e.what == "heard" and e.record < records]
    grant = LeaseGrant(
        record=index,
        at=trace.at(index),
        server=_granter(trace, index),
        address=granted.address,
        base=base,
        lease_s=lease_s,
        t1=base + (lease_s // 2 if t1 is None else t1) * US,
        t2=base + (lease_s * 7 // 8 if t2 is None else t2) * US,
        expires=base + lease_s * US,
        arrived=bool(hearing),
    )
    if hearing:
        digest.heard_grants[index] = (min(hearing), grant)
    return grant


def _asked_at(trace: Trace, index: int) -> int:
    """Return when the REQUEST was sent that an ACK answers."""
    return trace.at(_message_before(trace, index, dhcp.BOOTREQUEST) or index)


def _granter(trace: Trace, index: int) -> int:
    """Return the server that sent an ACK, which a relay may have delivered."""
    return trace.host(_message_before(trace, index, dhcp.BOOTREPLY) or index)


def _message_before(trace: Trace, index: int, op: int) -> int:
    """Return the last client's or server's message that led to a message, as its sender sent it.

    A relay's copy has a message of the same kind among its causes; 0 when there is none.
    """
    found = 0
    for cause in walk_causes(trace, trace.cause(index)):
        if trace.kind(cause) != Kind.SEND or trace[cause].value("protocol") != "dhcp":
            continue
        if trace[cause].value("octets")[0] == op:
            found = cause
        elif found:
            break
    return found


def moment_to_show(trace: Trace, step: Step) -> int:
    """Return where to stand to see a step: its last message half-way, else after its witness."""
    sends = [witness for witness in step.witnesses if trace.kind(witness) == Kind.SEND]
    for index in sorted(sends, reverse=True):
        record = trace[index]
        arrivals = [at for _, at in record.value("arrivals")]
        if arrivals:
            return (record.at + int(min(arrivals))) // 2
    return max((trace.at(witness) for witness in step.witnesses), default=step.at)
