"""The leases a client was granted, one after the other, as its ACKs say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.sim.timeline import walk_causes

if TYPE_CHECKING:
    from foviz.explain.digest import Digest
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
        server=trace.host(index),
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
    for cause in walk_causes(trace, trace.cause(index)):
        if trace.kind(cause) == Kind.SEND:
            return trace.at(cause)
    return trace.at(index)
