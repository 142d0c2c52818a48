"""Writing pcapng: one interface a link, times in microseconds, steps as packet comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dpkt

from foviz.base.errors import FovizError
from foviz.capture.frames import FrameWriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foviz.sim.trace import Trace

_COMMENT = 1
_IF_NAME = 2


def write_pcapng(
    path: Path, trace: Trace, links: tuple[str, ...], comments: Mapping[int, str]
) -> int:
    """Write every frame of a trace; return how many. Raises FovizError for an unwritable file.

    *comments* maps record indices to words that are put on their packets.
    """
    blocks: list[bytes] = [bytes(dpkt.pcapng.SectionHeaderBlockLE())]
    numbers = {name: place for place, name in enumerate(links)}
    for name in links:
        option = dpkt.pcapng.PcapngOptionLE(code=_IF_NAME, data=name.encode())
        end = dpkt.pcapng.PcapngOptionLE()
        blocks.append(
            bytes(dpkt.pcapng.InterfaceDescriptionBlockLE(snaplen=262144, opts=[option, end]))
        )
    count = 0
    for frame in FrameWriter(trace).frames(0, len(trace)):
        blocks.append(
            _packet(frame.at, numbers[frame.link], frame.octets, comments.get(frame.record))
        )
        count += 1
    try:
        path.write_bytes(b"".join(blocks))
    except OSError as error:
        raise FovizError(f"it can't be written: {error.strerror}", str(path)) from None
    return count


def _packet(at: int, interface: int, octets: bytes, comment: str | None) -> bytes:
    options = []
    if comment:
        options = [
            dpkt.pcapng.PcapngOptionLE(code=_COMMENT, data=comment.encode()),
            dpkt.pcapng.PcapngOptionLE(),
        ]
    block = dpkt.pcapng.EnhancedPacketBlockLE(
        iface_id=interface,
        ts_high=at >> 32,
        ts_low=at & 0xFFFFFFFF,
        caplen=len(octets),
        pkt_len=len(octets),
        pkt_data=octets,
        opts=options,
    )
    return bytes(block)
