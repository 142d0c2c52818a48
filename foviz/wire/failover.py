"""The failover message: octets to options and back, its numbers and their names.

Implements the wire form of draft-ietf-dhc-failover-12 §6.1, §6.2 and §12, with the options
30–41 of MS-DHCPF §2.2. Not here: which options a message must carry
(:mod:`foviz.wire.demands`), how values are shown (:mod:`foviz.wire.values`), digests, TLS,
and any judgement about what a message asks for.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, Literal, NamedTuple, TypeAlias

from foviz.base.errors import WireError
from foviz.base.numbered import Numbered
from foviz.wire.framing import MAXIMUM_LENGTH, MINIMUM_LENGTH, check_length

HEADER_LENGTH: Final = 12

PROTOCOL_VERSION: Final = 1
STARTUP_FLAG: Final = 0x01
"""Bit of server-flags (§12.23)."""

IP_RESERVED: Final = 0x0001
IP_BOOTP: Final = 0x0002
"""Bits of IP-flags (§12.12)."""

NO_TLS: Final = 0
TLS_ACCEPTED: Final = 1
TLS_DESIRED: Final = 1
TLS_REQUIRED: Final = 2
"""TLS-reply is NO_TLS or TLS_ACCEPTED, TLS-request one of the other three (§12.26–12.27)."""


class FailoverType(Numbered):
    """Message types (§6.1). Wireshark 4.0 shows the names of 7 and 9 the other way round."""

    POOLREQ = 1
    POOLRESP = 2
    BNDUPD = 3
    BNDACK = 4
    CONNECT = 5
    CONNECTACK = 6
    UPDREQALL = 7
    UPDDONE = 8
    UPDREQ = 9
    STATE = 10
    CONTACT = 11
    DISCONNECT = 12


class FailoverOption(Numbered):
    """Option codes: 1–29 of the draft (§12), 30–41 of Microsoft (MS-DHCPF §2.2)."""

    ADDRESSES_TRANSFERRED = 1
    ASSIGNED_IP_ADDRESS = 2
    BINDING_STATUS = 3
    CLIENT_IDENTIFIER = 4
    CLIENT_HARDWARE_ADDRESS = 5
    CLIENT_LAST_TRANSACTION_TIME = 6
    CLIENT_REPLY_OPTIONS = 7
    CLIENT_REQUEST_OPTIONS = 8
    DDNS = 9
    DELAYED_SERVICE_PARAMETER = 10
    HASH_BUCKET_ASSIGNMENT = 11
    IP_FLAGS = 12
    LEASE_EXPIRATION_TIME = 13
    MAX_UNACKED_BNDUPD = 14
    MCLT = 15
    MESSAGE = 16
    MESSAGE_DIGEST = 17
    POTENTIAL_EXPIRATION_TIME = 18
    RECEIVE_TIMER = 19
    PROTOCOL_VERSION = 20
    REJECT_REASON = 21
    RELATIONSHIP_NAME = 22
    SERVER_FLAGS = 23
    SERVER_STATE = 24
    START_TIME_OF_STATE = 25
    TLS_REPLY = 26
    TLS_REQUEST = 27
    VENDOR_CLASS_IDENTIFIER = 28
    VENDOR_SPECIFIC_OPTIONS = 29
    SCOPE_ID_LIST = 30
    CLIENT_NAME = 31
    CLIENT_DESCRIPTION = 32
    CLIENT_SUBNET_MASK = 33
    SERVER_IP_ADDRESS = 34
    SERVER_NAME = 35
    CLIENT_TYPE = 36
    CLIENT_NAP_STATUS = 37
    CLIENT_NAP_PROBATION = 38
    CLIENT_NAP_CAPABLE = 39
    CLIENT_MATCHED_POLICY = 40
    CLIENT_ADDRESS_STATE = 41


class BindingStatus(Numbered):
    """Option binding-status (§12.3)."""

    FREE = 1
    ACTIVE = 2
    EXPIRED = 3
    RELEASED = 4
    ABANDONED = 5
    RESET = 6
    BACKUP = 7


class ServerState(Numbered):
    """Option server-state (§12.24). STARTUP is never sent: the flag of that name is.

    RECOVER-WAIT has no number in the draft; 254 is ISC's.
    """

    STARTUP = 1
    NORMAL = 2
    COMMUNICATION_INTERRUPTED = 3
    PARTNER_DOWN = 4
    POTENTIAL_CONFLICT = 5
    RECOVER = 6
    PAUSED = 7
    SHUTDOWN = 8
    RECOVER_DONE = 9
    RESOLUTION_INTERRUPTED = 10
    CONFLICT_DONE = 11
    RECOVER_WAIT = 254


class RejectReason(Numbered):
    """Option reject-reason (§12.21); 0 and 255 are reserved."""

    ILLEGAL_IP_ADDRESS = 1
    FATAL_CONFLICT = 2
    MISSING_BINDING_INFORMATION = 3
    TIME_MISMATCH_TOO_GREAT = 4
    INVALID_MCLT = 5
    UNKNOWN_REASON = 6
    DUPLICATE_CONNECTION = 7
    INVALID_FAILOVER_PARTNER = 8
    TLS_NOT_SUPPORTED = 9
    TLS_NOT_CONFIGURED = 10
    TLS_REQUIRED = 11
    DIGEST_NOT_SUPPORTED = 12
    DIGEST_NOT_CONFIGURED = 13
    PROTOCOL_VERSION_MISMATCH = 14
    OUTDATED = 15
    LESS_CRITICAL = 16
    NO_TRAFFIC = 17
    HASH_BUCKET_CONFLICT = 18
    NOT_RESERVED = 19
    DIGEST_MISMATCH = 20
    MISSING_DIGEST = 21
    OTHER = 254


REJECT_TEXT: Final[dict[int, str]] = {
    RejectReason.ILLEGAL_IP_ADDRESS: "the address is in none of this server's pools",
    RejectReason.FATAL_CONFLICT: "another client uses the address",
    RejectReason.MISSING_BINDING_INFORMATION: "the update lacks what it must say",
    RejectReason.TIME_MISMATCH_TOO_GREAT: "the clocks of the servers differ too much",
    RejectReason.INVALID_MCLT: "the MCLT cannot be used",
    RejectReason.UNKNOWN_REASON: "connection refused without a known reason",
    RejectReason.DUPLICATE_CONNECTION: "there is a connection already",
    RejectReason.INVALID_FAILOVER_PARTNER: "the caller is not a partner of this server",
    RejectReason.TLS_NOT_SUPPORTED: "this server has no TLS",
    RejectReason.TLS_NOT_CONFIGURED: "TLS is not configured here",
    RejectReason.TLS_REQUIRED: "TLS is required and the partner does not offer it",
    RejectReason.DIGEST_NOT_SUPPORTED: "this kind of message digest is not supported",
    RejectReason.DIGEST_NOT_CONFIGURED: "no message digest is configured here",
    RejectReason.PROTOCOL_VERSION_MISMATCH: "the protocol versions differ",
    RejectReason.OUTDATED: "outdated binding information",
    RejectReason.LESS_CRITICAL: "less critical than what this server knows",
    RejectReason.NO_TRAFFIC: "nothing was heard for too long",
    RejectReason.HASH_BUCKET_CONFLICT: "the hash buckets contradict this server's settings",
    RejectReason.NOT_RESERVED: "the address is not reserved on this server",
    RejectReason.DIGEST_MISMATCH: "the message digest is wrong",
    RejectReason.MISSING_DIGEST: "the message digest is missing",
    RejectReason.OTHER: "another error",
}


def reject_text(reason: int) -> str:
    """Return what a reject-reason means, in words."""
    return REJECT_TEXT.get(reason, f"reason {reason}")


_STATE_TEXT: Final = {int(state): state.name.replace("_", "-") for state in ServerState}


def state_text(state: int) -> str:
    """Return ``COMMUNICATION-INTERRUPTED`` for 3, ``state 99`` for a number without a name."""
    return _STATE_TEXT.get(state) or f"state {state}"


def status_text(status: int) -> str:
    """Return ``ACTIVE`` for 2, ``status 9`` for a number without a name."""
    known = BindingStatus._value2member_map_
    return BindingStatus(status).name if status in known else f"status {status}"


def type_text(kind: int) -> str:
    """Return ``BNDUPD`` for 3, ``type 13`` for a number without a name."""
    return FailoverType(kind).name if kind in _KNOWN_TYPES else f"type {kind}"


_KNOWN_TYPES: Final = range(FailoverType.POOLREQ, FailoverType.DISCONNECT + 1)


def unknown_type_closes(kind: int) -> bool:
    """Whether a type forces the connection shut: unknown 0–127; 128–255 are ignored (§6.1)."""
    return kind not in _KNOWN_TYPES and kind < 128


# -- options

OptionKind: TypeAlias = Literal[
    "bits", "bitmap", "count", "ddns", "dhcp", "digest", "duration", "hardware", "ip", "number",
    "octets", "reject", "scopes", "state", "status", "text", "time", "tls", "tlv", "utf16",
]  # fmt: skip
"""How an option's data is read; durations and moments are seconds."""


class OptionSpec(NamedTuple):
    """One row of the option table; ``length`` is None where it varies."""

    code: FailoverOption
    name: str
    kind: OptionKind
    length: int | None
    meaning: str


def _spec(
    code: int, name: str, kind: OptionKind, length: int | None, meaning: str
) -> tuple[int, OptionSpec]:
    return code, OptionSpec(FailoverOption(code), name, kind, length, meaning)


OPTIONS: Final[dict[int, OptionSpec]] = dict(
    (
        _spec(1, "addresses-transferred", "count", 4, "addresses that change hands"),
        _spec(2, "assigned-IP-address", "ip", 4, "the address a binding is about"),
        _spec(3, "binding-status", "status", 1, "what the sender holds the address to be"),
        _spec(4, "client-identifier", "octets", None, "DHCP option 61 of the client"),
        _spec(5, "client-hardware-address", "hardware", None, "hardware type and chaddr"),
        _spec(6, "client-last-transaction-time", "time", 4, "when the client was last heard"),
        _spec(7, "client-reply-options", "dhcp", None, "DHCP options sent to the client"),
        _spec(8, "client-request-options", "dhcp", None, "DHCP options the client sent"),
        _spec(9, "DDNS", "ddns", None, "state of the client's DNS records, and its name"),
        _spec(10, "delayed-service-parameter", "duration", 1, "after how long either may answer"),
        _spec(11, "hash-bucket-assignment", "bitmap", 32, "who serves which hash"),
        _spec(12, "IP-flags", "bits", 2, "whether the address is reserved, or was BOOTP's"),
        _spec(13, "lease-expiration-time", "time", 4, "end of the lease the client was given"),
        _spec(14, "max-unacked-bndupd", "count", 4, "BNDUPDs its sender takes without BNDACK"),
        _spec(15, "MCLT", "duration", 4, "maximum client lead time"),
        _spec(16, "message", "text", None, "words for the log"),
        _spec(17, "message-digest", "digest", None, "proof that the sender knows the secret"),
        _spec(18, "potential-expiration-time", "time", 4, "how far the lease may be extended"),
        _spec(19, "receive-timer", "duration", 4, "silence after which its sender gives up"),
        _spec(20, "protocol-version", "number", 1, "version of the protocol"),
        _spec(21, "reject-reason", "reject", 1, "why something was refused"),
        _spec(22, "relationship-name", "text", None, "name of the failover relationship"),
        _spec(23, "server-flags", "bits", 1, "whether its sender is starting"),
        _spec(24, "server-state", "state", 1, "state of its sender's endpoint"),
        _spec(25, "start-time-of-state", "time", 4, "when that state or status began"),
        _spec(26, "TLS-reply", "tls", 1, "whether TLS follows"),
        _spec(27, "TLS-request", "tls", 1, "whether the primary wants TLS"),
        _spec(28, "vendor-class-identifier", "text", None, "who made the server"),
        _spec(29, "vendor-specific-options", "tlv", None, "whatever that maker defines"),
        _spec(30, "scope-ID-list", "scopes", None, "scopes an update request is about"),
        _spec(31, "client-name", "utf16", None, "name of the client"),
        _spec(32, "client-description", "utf16", None, "description of the client"),
        _spec(33, "client-subnet-mask", "ip", 4, "subnet mask of the address"),
        _spec(34, "server-IP-address", "ip", 4, "server that granted the lease"),
        _spec(35, "server-name", "utf16", None, "name of that server"),
        _spec(36, "client-type", "number", 1, "1 DHCP, 2 BOOTP, 3 both, 4 reservation"),
        _spec(37, "client-NAP-status", "number", 4, "state of health of the client"),
        _spec(38, "client-NAP-probation", "time", 4, "when its probation ends"),
        _spec(39, "client-NAP-capable", "number", 1, "whether the client knows NAP"),
        _spec(40, "client-matched-policy", "utf16", None, "policy the lease was given by"),
        _spec(41, "client-address-state", "bits", 4, "more about the address"),
    )
)
"""The options by code."""

ALSO_LENGTH: Final[dict[int, int]] = {
    FailoverOption.IP_FLAGS: 1,  # MS-DHCPF, and the draft's own figure
    FailoverOption.CLIENT_NAP_STATUS: 1,  # the text of MS-DHCPF says 4, its example has 1
}
"""A second length that is accepted."""

_LENGTHS: Final = {code: spec.length for code, spec in OPTIONS.items() if spec.length is not None}


def option_name(code: int) -> str:
    """Return the draft's name of an option: ``assigned-IP-address``."""
    spec = OPTIONS.get(code)
    return spec.name if spec else f"option {code}"


def u8(code: int, value: int) -> tuple[int, bytes]:
    """Return the option *code* with one octet."""
    return code, value.to_bytes(1, "big")


def u16(code: int, value: int) -> tuple[int, bytes]:
    """Return the option *code* with two octets."""
    return code, value.to_bytes(2, "big")


def u32(code: int, value: int) -> tuple[int, bytes]:
    """Return the option *code* with four octets: a count, an address, seconds."""
    return code, value.to_bytes(4, "big")


def octets(code: int, value: bytes) -> tuple[int, bytes]:
    """Return the option *code* with these octets."""
    return code, value


def text(code: int, value: str) -> tuple[int, bytes]:
    """Return the option *code* with a text in UTF-8, without an ending NUL."""
    return code, value.encode()


# -- messages


class FailoverMessage(NamedTuple):
    """One failover message, in a form that gives back the very octets it was read from.

    ``payload_offset`` is what stands in the header (Microsoft writes 8 and means 12);
    ``gap`` are the octets between the header and a greater offset.
    """

    type: int
    time: int
    xid: int
    options: tuple[tuple[int, bytes], ...] = ()
    payload_offset: int = HEADER_LENGTH
    gap: bytes = b""

    def get(self, code: int) -> bytes | None:
        """The data of the first option *code*, or None."""
        for found, data in self.options:
            if found == code:
                return data
        return None

    def u8(self, code: int) -> int | None:
        """An option of one octet as a number; None when absent or of another length."""
        return self._number(code, 1)

    def u16(self, code: int) -> int | None:
        """An option of two octets as a number; None when absent or of another length."""
        return self._number(code, 2)

    def u32(self, code: int) -> int | None:
        """An option of four octets as a number; None when absent or of another length."""
        return self._number(code, 4)

    def _number(self, code: int, length: int) -> int | None:
        data = self.get(code)
        return int.from_bytes(data, "big") if data is not None and len(data) == length else None

    def transactions(self) -> list[tuple[tuple[int, bytes], ...]]:
        """The options of a BNDUPD or BNDACK, one tuple a binding (§6.3).

        A new one starts at each assigned-IP-address but the first: what stands before that
        belongs to the first binding, for the order inside a transaction is free.
        """
        if [code for code, _ in self.options].count(FailoverOption.ASSIGNED_IP_ADDRESS) == 1:
            return [self.options]
        groups: list[list[tuple[int, bytes]]] = []
        named = True
        for option in self.options:
            starts = option[0] == FailoverOption.ASSIGNED_IP_ADDRESS
            if not groups or (starts and named):
                groups.append([])
                named = False
            named = named or starts
            groups[-1].append(option)
        return [tuple(group) for group in groups]


_HEAD: Final = Struct("!HBBII")
_OPTION: Final = Struct("!HH")


def encode(message: FailoverMessage) -> bytes:
    """Return the octets of *message*; the time is taken modulo 2³² (it wraps in 2106)."""
    kind, time, xid, options, payload_offset, gap = message
    assert len(gap) == max(0, payload_offset - HEADER_LENGTH), "the gap does not fit the offset"
    parts = [b"", gap]
    length = HEADER_LENGTH + len(gap)
    for code, data in options:
        parts.append(_OPTION.pack(code, len(data)))
        parts.append(data)
        length += 4 + len(data)
    assert length <= MAXIMUM_LENGTH, "the message is too long"
    parts[0] = _HEAD.pack(length, kind, payload_offset, time & 0xFFFFFFFF, xid)
    return b"".join(parts)


def decode(octets: bytes) -> FailoverMessage:
    """Return the message that *octets* are; raise WireError when they are none.

    Options and types without a name are kept: ignoring them is the endpoint's business.
    """
    size = len(octets)
    check_length(octets)
    if size < MINIMUM_LENGTH:
        raise WireError(f"the header has 12 octets, {size} are there", size)
    length, kind, payload_offset, time, xid = _HEAD.unpack_from(octets)
    if length != size:
        raise WireError(f"the length says {length} octets, {size} are there", 0)
    at = max(payload_offset, HEADER_LENGTH)
    if at > size:
        raise WireError(f"payload offset {payload_offset} is beyond the message of {size}", 3)
    options = _read_options(octets, at, kind)
    return FailoverMessage(kind, time, xid, options, payload_offset, octets[HEADER_LENGTH:at])


def _read_options(octets: bytes, at: int, kind: int) -> tuple[tuple[int, bytes], ...]:
    """Read the options from *at* to the end; no option twice, save in several bindings (§6.2)."""
    end = len(octets)
    batched = kind in (FailoverType.BNDUPD, FailoverType.BNDACK)
    options: list[tuple[int, bytes]] = []
    seen: dict[int, int] = {}
    while at < end:
        if at + 4 > end:
            raise WireError(f"{end - at} octets are left, too few for an option", at)
        code, size = _OPTION.unpack_from(octets, at)
        stop = at + 4 + size
        if stop > end:
            raise WireError(
                f"{option_name(code)} is said to have {size} octets, {end - at - 4} are left",
                at + 2,
            )
        wanted = _LENGTHS.get(code, size)
        if size != wanted and size != ALSO_LENGTH.get(code):
            raise WireError(f"{option_name(code)} has {size} octets instead of {wanted}", at + 2)
        if code in seen and kind in _KNOWN_TYPES:
            if not (batched and code == FailoverOption.ASSIGNED_IP_ADDRESS):
                raise WireError(f"{option_name(code)} appears twice", at)
            seen = {}
        seen[code] = at
        options.append((code, octets[at + 4 : stop]))
        at = stop
    return tuple(options)
