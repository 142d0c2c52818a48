"""What a client's message asks for, and the form of the answer (RFC 2131 §4.3.1, §4.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.address import mask_of
from foviz.lease.port import Request
from foviz.wire import dhcp as wire
from foviz.wire.dhcp import DhcpMessage, MessageType

if TYPE_CHECKING:
    from foviz.dhcp.scope import ScopeConfig

_SIMPLE = {
    MessageType.DISCOVER: Request.DISCOVER,
    MessageType.DECLINE: Request.DECLINE,
    MessageType.RELEASE: Request.RELEASE,
    MessageType.INFORM: Request.INFORM,
}


def classify(message: DhcpMessage, *, broadcast: bool) -> Request | None:
    """Return what a client's message asks for, or None for a server's message.

    RFC 2131 table 4 tells the four kinds of REQUEST apart by options 50 and 54, ciaddr and
    the way it was sent.
    """
    kind = message.message_type
    if kind != MessageType.REQUEST:
        return _SIMPLE.get(MessageType(kind)) if 1 <= kind <= 8 else None
    if message.option(54) is not None:
        return Request.SELECTING
    if not message.ciaddr:
        return Request.INIT_REBOOT
    return Request.REBINDING if broadcast or message.giaddr else Request.RENEWING


def reply_to(
    message: DhcpMessage,
    kind: MessageType,
    server: int,
    address: int,
    lease_s: int,
    config: ScopeConfig,
) -> DhcpMessage:
    """Return the OFFER, ACK or NAK that answers *message* (RFC 2131 table 3)."""
    options: list[tuple[int, bytes]] = [(53, bytes((kind,))), (54, server.to_bytes(4))]
    flags = message.flags
    if kind is MessageType.NAK:
        if message.giaddr:
            flags |= wire.BROADCAST_FLAG
    else:
        if lease_s:
            options.append((51, lease_s.to_bytes(4)))
            options.append((58, (lease_s // 2).to_bytes(4)))
            options.append((59, (lease_s * 7 // 8).to_bytes(4)))
        options.append((1, mask_of(config.prefix).to_bytes(4)))
        options.extend(config.options)
    return DhcpMessage(
        op=wire.BOOTREPLY,
        htype=message.htype,
        hlen=message.hlen,
        hops=0,
        xid=message.xid,
        secs=0,
        flags=flags,
        ciaddr=message.ciaddr if kind is MessageType.ACK else 0,
        yiaddr=address,
        siaddr=0,
        giaddr=message.giaddr,
        chaddr=message.chaddr,
        sname=b"",
        file=b"",
        options=tuple(options),
    )
