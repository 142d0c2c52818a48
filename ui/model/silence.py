"""Which server did not answer a client because the client is its partner's (RFC 3074)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz import RowKind

if TYPE_CHECKING:
    from foviz import Session

BY_BUCKET: Final = "other-bucket"
"""The rule that keeps a server silent in load balance."""
_FURTHEST: Final = 400
"""So many rows of the story are looked through: what is older than that is no news."""


class Silence(NamedTuple):
    """A server (host index) that heard a client and was silent: the decision, and the exchange."""

    host: int
    at: int
    record: int
    exchange: int


def silence_about(session: Session, client: int) -> Silence | None:
    """Return how a client's bucket kept a server silent, as long as that is the latest word.

    It is no more once the client said something that several servers heard and none passed over.
    """
    digest, count, trace = session.digest, session.record_count, session.branch.trace
    rows = digest.count_until(count)
    for place in range(rows - 1, max(-1, rows - 1 - _FURTHEST), -1):
        row = digest.row(place)
        if row.kind is not RowKind.DHCP or trace.host(row.record) != client:
            continue
        ends = [end for end in digest.ends(row.record) if end.record < count]
        for end in ends:
            if end.detail == BY_BUCKET:
                return Silence(end.host, end.at, end.record, row.exchange)
        if len(ends) > 1:
            return None
    return None
