"""The words of the charts: titles, shares of addresses, kinds of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz import PARTS, RECEIVED, SENT
from ui.layout.charts import ADDRESSES, CLIENTS, MESSAGES, UPDATES

if TYPE_CHECKING:
    from foviz import Part, Series

TITLES: Final = {
    ADDRESSES: "Addresses",
    CLIENTS: "Clients",
    UPDATES: "Updates",
    MESSAGES: "Messages",
}
MESSAGE_NAMES: Final = (
    *("BNDUPD", "BNDACK", "CONTACT", "STATE", "CONNECT", "CONNECTACK"),
    *("UPDREQ", "UPDREQALL", "UPDDONE", "POOLREQ", "POOLRESP", "DISCONNECT"),
    *("DISCOVER", "OFFER", "REQUEST", "ACK", "NAK", "DECLINE", "RELEASE", "INFORM"),
)
"""Kinds that can be counted; Windows counts the first two (PROTOCOL §9.4)."""


def kind_words(kind: str) -> str:
    """Return what stands below a plot's name."""
    return {UPDATES: "not acked", CLIENTS: "", MESSAGES: "a minute", ADDRESSES: ""}[kind]


def part_words(part: Part, names: dict[int, str]) -> str:
    """Return a share's name: ``ACTIVE by DHCP1``, ``BACKUP, DHCP2's``."""
    owner = names.get(part.owner, "")
    if part.status == "ENDED":
        return f"over, by {owner}" if owner else "over"
    if part.status == "ACTIVE":
        return f"ACTIVE by {owner}" if owner else "ACTIVE"
    return f"{part.status}, {owner}’s" if owner else part.status


def share_words(counts: dict[Part, int]) -> str:
    """Return counts in short, the free ones first: ``188 FREE, 10 BACKUP, 2 ACTIVE``."""
    by_status: dict[str, int] = {}
    for part in reversed(PARTS):
        if part in counts:
            by_status[part.status] = by_status.get(part.status, 0) + counts[part]
    words = {"ENDED": "over"}
    return ", ".join(f"{value} {words.get(status, status)}" for status, value in by_status.items())


def rate_words(series: Series, host: int, message: str, records: int, at: int) -> str:
    """Return how many messages of a kind a server sent and received in the last minute."""
    words = []
    for way in (SENT, RECEIVED):
        moments = series.messages.get((host, message, way))
        rate = moments.in_last_minute(records, at) if moments is not None else 0
        words.append(f"{rate} {way}")
    return ", ".join(words)
