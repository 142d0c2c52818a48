"""What an entry of the queue does when its time comes."""

from __future__ import annotations

from typing import Final

TIMER: Final = 0
DATAGRAM: Final = 1
SEGMENT: Final = 2
HANDSHAKE: Final = 3
RETRANSMIT: Final = 4
CONNECT_TIMEOUT: Final = 5
STREAM_END: Final = 6
ARP: Final = 7
SCHEDULED: Final = 8

NOBODY: Final = -1
"""Host index of records that belong to no host, and cause of records without one."""
