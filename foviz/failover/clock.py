"""The difference of the two servers' clocks (draft-12 §5.10; switch ``clock_check``).

``every-message`` closes the connection when it is too great, ``connect`` refuses the greeting
only, ``corrected`` moves every moment that the partner names by the difference. Nothing but
``corrected`` changes a received time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.action import Note
from foviz.base.kinds import Kind
from foviz.base.time import US, whole_seconds
from foviz.wire.failover import OPTIONS

if TYPE_CHECKING:
    from foviz.base.action import Action, Fact
    from foviz.failover.endpoint import Endpoint
    from foviz.wire.failover import FailoverMessage

SMOOTHING: Final = 8
"""Each message moves the estimate by an eighth of what it is off."""
JUMP_S: Final = 5
"""More than this at once is no drift: somebody set a clock. RFC 8156 wants them within 5 s."""

MOMENTS: Final = tuple(code for code, spec in OPTIONS.items() if spec.kind == "time")


class Difference(NamedTuple):
    """The partner's clock minus ours in µs, smoothed; ``heard`` is false before any message."""

    us: int = 0
    heard: bool = False

    @property
    def seconds(self) -> int:
        """In whole seconds, half up: what a wire time is corrected by."""
        return (self.us + US // 2) // US


UNKNOWN: Final = Difference()


def difference_s(now: int, message: FailoverMessage) -> int:
    """Return the partner's clock minus ours as this message shows it; transit counts as none."""
    return message.time - whole_seconds(now)


def too_far(endpoint: Endpoint, now: int, message: FailoverMessage) -> bool:
    """Whether the partner's clock differs by more than the profile allows."""
    limit = endpoint.profile.clock_limit_s
    return bool(limit) and abs(difference_s(now, message)) > limit


def closes(endpoint: Endpoint, now: int, message: FailoverMessage) -> bool:
    """Whether the difference ends the connection on any message (MS-DHCPF §3.1.5)."""
    return endpoint.profile.clock_check == "every-message" and too_far(endpoint, now, message)


def facts(endpoint: Endpoint, now: int, message: FailoverMessage) -> tuple[Fact, ...]:
    """What a decision about the clocks looks at."""
    return (
        endpoint.profile.fact("clock_check"),
        ("partner's clock minus ours", difference_s(now, message), "s"),
        ("allowed", endpoint.profile.clock_limit_s, "s"),
    )


def listen(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """Learn from a message's time; say so when the difference jumps (§5.10)."""
    if endpoint.profile.clock_check != "corrected":
        return []
    sample, before = difference_s(now, message) * US, endpoint.clock
    off = sample - before.us
    if before.heard and abs(off) <= JUMP_S * US:
        endpoint.clock = Difference(before.us + off // SMOOTHING, True)
        return []
    endpoint.clock = Difference(sample, True)
    if abs(off) <= JUMP_S * US:
        return []
    about: tuple[Fact, ...] = (
        endpoint.profile.fact("clock_check"),
        ("difference before", before.seconds, "s"),
        ("difference now", sample // US, "s"),
    )
    return [Note(Kind.DECISION, ("done", "clock-jumped", b"", 0, about))]


def corrected(endpoint: Endpoint, message: FailoverMessage) -> FailoverMessage:
    """Return the message with each of its absolute times moved to our clock."""
    off_s = endpoint.clock.seconds
    if not off_s or endpoint.profile.clock_check != "corrected":
        return message
    options = tuple(
        (code, _moved(data, off_s)) if code in MOMENTS and len(data) == 4 else (code, data)
        for code, data in message.options
    )
    return message._replace(options=options)


def _moved(data: bytes, off_s: int) -> bytes:
    moment = int.from_bytes(data, "big")
    if not moment:  # never
        return data
    return max(0, min(moment - off_s, 0xFFFFFFFF)).to_bytes(4, "big")
