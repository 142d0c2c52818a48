"""TCP connections between hosts, as far as failover can notice (DESIGN §11.8).

One segment a message. On a cut link a stream stalls: the first segment is sent again after
1, 2, 4 … 60 s, what is written meanwhile waits behind it. A crashed host says nothing; a
restarted one answers an old connection with a reset.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from foviz.base.time import US

RETRANSMIT_FIRST: Final = 1 * US
RETRANSMIT_LONGEST: Final = 60 * US
CONNECT_WAIT: Final = 21 * US
"""How long an unanswered SYN is waited for: what Windows waits."""


Way = tuple[tuple[str, str], ...]
"""Hops of :mod:`foviz.sim.network`."""


class End:
    """One end of a connection: which host, the engine's handle, its address and port."""

    def __init__(self, host: int, handle: str, address: int, port: int) -> None:
        self.host = host
        self.handle = handle
        self.address = address
        self.port = port
        self.alive = True


class Segment(NamedTuple):
    """One message on a stream. ``first`` is the record of its first sending, or of its writing
    to a stalled stream; the segments of a flow are in the order of it.
    """

    octets: bytes
    first: int
    sent: bool = True


class Flow:
    """One direction: segments not yet acknowledged, and whether it stalls."""

    def __init__(self) -> None:
        self.waiting: list[Segment] = []
        """The oldest first."""
        self.got = -1
        """``first`` of the last segment that the other end took."""
        self.stalled = False
        self.timeout = RETRANSMIT_FIRST
        self.due = 0
        self.not_before = 0
        """A held segment holds all behind it: nothing arrives before this."""


class Connection:
    """A connection. ``ends[0]`` opened it. ``flows[n]`` is what ``ends[n]`` sends."""

    def __init__(self, number: int, opener: End, acceptor: End) -> None:
        self.number = number
        self.ends = (opener, acceptor)
        self.flows = (Flow(), Flow())
        self.open = False
        self.ways: tuple[Way, Way] = ((), ())
        """Links from the opener to the acceptor, and back."""
