"""Failover messages out of a TCP byte stream (draft-12 §6.1).

Not here: connections, timers, and what is inside a message.
"""

from __future__ import annotations

from typing import Final

from foviz.base.errors import WireError

MINIMUM_LENGTH: Final = 12
MAXIMUM_LENGTH: Final = 2048
"""Bounds of the length field, which counts the whole message."""


def check_length(octets: bytes, position: int = 0) -> int:
    """Return the length field that *octets* begin with; raise WireError if it can't be one.

    *position* is where they stand in the stream, for the error.
    """
    if len(octets) < 2:
        raise WireError("the length has two octets", position + len(octets))
    length = octets[0] << 8 | octets[1]
    if not MINIMUM_LENGTH <= length <= MAXIMUM_LENGTH:
        raise WireError(
            f"a failover message has {MINIMUM_LENGTH} to {MAXIMUM_LENGTH} octets, not {length}",
            position,
        )
    return length


class Framer:
    """Cuts one direction of one connection into messages.

    ``rest`` are the octets of a message that is not yet complete, ``position`` is where they
    stand in the stream.
    """

    def __init__(self) -> None:
        self.rest = b""
        self.position = 0

    def feed(self, octets: bytes) -> list[bytes]:
        """Return the messages that *octets* complete.

        Raises WireError, its offset counted from the stream's start, on a length that no
        message has. The stream can't be read on after that, and each further call raises
        again; messages before the fault in the same *octets* are lost with the connection.
        """
        rest = self.rest + octets if self.rest else octets
        messages: list[bytes] = []
        at = 0
        try:
            while len(rest) - at >= 2:
                length = check_length(rest[at : at + 2], self.position + at)
                if len(rest) - at < length:
                    break
                messages.append(rest[at : at + length])
                at += length
        finally:
            self.rest = rest[at:]
            self.position += at
        return messages
