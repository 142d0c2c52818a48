"""The message digest: proof that a message's sender knows the shared secret (draft-12 §11.1).

Where the draft leaves it open we take: the option stands first (§11.1, §12.17; the sketch of
§6.3 has it last); the digest is the HMAC with the secret as the key over the whole message,
its own octets zero. Type 1 is HMAC-MD5 (§12.17), type 2 Microsoft's HMAC-SHA-256 (MS-DHCPF
§2.2, its number seen by Wireshark).
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from foviz.wire import failover as wire
from foviz.wire.failover import HEADER_LENGTH, FailoverMessage, FailoverOption, RejectReason

if TYPE_CHECKING:
    from collections.abc import Callable

MD5: Final = 1
SHA256: Final = 2

_HASH: Final = {MD5: "md5", SHA256: "sha256"}
_LENGTH: Final = {MD5: 16, SHA256: 32}

TYPE_OF_DIALECT: Final = {"isc": MD5, "draft": MD5, "microsoft": SHA256}
"""ISC itself has no digest; with a secret its dialect takes the draft's."""

RULES: Final[dict[int, str]] = {
    RejectReason.DIGEST_NOT_SUPPORTED: "digest-unsupported",
    RejectReason.DIGEST_NOT_CONFIGURED: "digest-not-configured",
    RejectReason.DIGEST_MISMATCH: "digest-wrong",
    RejectReason.MISSING_DIGEST: "digest-missing",
}
"""The rule that each failure is recorded by."""


def digest_of(octets: bytes, at: int, kind: int, secret: str) -> bytes:
    """Return the digest of a message whose own digest stands at *at* and counts as zeros."""
    end = at + _LENGTH[kind]
    zeroed = octets[:at] + bytes(end - at) + octets[end:]
    return hmac.new(secret.encode(), zeroed, _HASH[kind]).digest()


def seal(
    message: FailoverMessage,
    secret: str,
    kind: int,
    encode: Callable[[FailoverMessage], bytes] = wire.encode,
) -> bytes:
    """Return the octets of a message with the digest as its first option."""
    blank = (FailoverOption.MESSAGE_DIGEST, bytes((kind,)) + bytes(_LENGTH[kind]))
    octets = encode(message._replace(options=(blank, *message.options)))
    at = max(message.payload_offset, HEADER_LENGTH) + 5
    found = digest_of(octets, at, kind, secret)
    return octets[:at] + found + octets[at + len(found) :]


def fault(octets: bytes, message: FailoverMessage, secret: str, kind: int) -> int:
    """Return the reject-reason for a message's digest, 0 when it is right (§7.8.2, §11.1).

    *message* is what the octets were decoded to; the digest may stand anywhere in it.
    """
    data = message.get(FailoverOption.MESSAGE_DIGEST)
    if data is None:
        return RejectReason.MISSING_DIGEST if secret else 0
    if not secret:
        return RejectReason.DIGEST_NOT_CONFIGURED
    if not data or data[0] != kind or len(data) != 1 + _LENGTH[kind]:
        return RejectReason.DIGEST_NOT_SUPPORTED
    at = max(message.payload_offset, HEADER_LENGTH)
    for code, value in message.options:
        if code == FailoverOption.MESSAGE_DIGEST:
            break
        at += 4 + len(value)
    found = digest_of(octets, at + 5, kind, secret)
    return 0 if hmac.compare_digest(found, data[1:]) else RejectReason.DIGEST_MISMATCH


def stripped(message: FailoverMessage) -> FailoverMessage:
    """Return the message without its digest: what was proved needs no saying any more."""
    options = tuple(o for o in message.options if o[0] != FailoverOption.MESSAGE_DIGEST)
    return message._replace(options=options)
