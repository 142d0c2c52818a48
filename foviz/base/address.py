"""IPv4 and hardware addresses.

Engines keep an IPv4 address as ``int`` (0 … 2³²−1) and a hardware address as ``bytes``;
text appears only where people or TOML write it.
"""

from __future__ import annotations

import re

from foviz.base.errors import FovizError

BROADCAST = 0xFFFFFFFF
UNSPECIFIED = 0

_OCTET = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
_IPV4 = re.compile(rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}")


def ip_to_int(text: str) -> int:
    """Return the address that ``10.0.0.51`` writes; raise FovizError for other text."""
    match = _IPV4.fullmatch(text.strip())
    if match is None:
        raise FovizError(f"“{text}” is not an IPv4 address; write it like 10.0.0.51")
    a, b, c, d = (int(part) for part in match.groups())
    return a << 24 | b << 16 | c << 8 | d


def ip_text(address: int) -> str:
    """Return the dotted form of an address."""
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def network_to_ints(text: str) -> tuple[int, int]:
    """Return (network, prefix length) of ``10.0.0.0/24``; raise FovizError for other text."""
    base, slash, length = text.partition("/")
    if not slash or not length.isdecimal() or int(length) > 32:
        raise FovizError(f"“{text}” is not a network; write it like 10.0.0.0/24")
    prefix = int(length)
    network = ip_to_int(base)
    if network & ~mask_of(prefix) & BROADCAST:
        raise FovizError(f"“{text}” has host bits set; write the network address")
    return network, prefix


def mask_of(prefix: int) -> int:
    """Return the subnet mask of a prefix length."""
    return BROADCAST << (32 - prefix) & BROADCAST


def mac_text(hardware: bytes) -> str:
    """Return ``02:00:00:00:00:01`` for a hardware address."""
    return hardware.hex(":")


def mac_to_bytes(text: str) -> bytes:
    """Return the hardware address that ``02:00:00:00:00:01`` writes; raise FovizError else."""
    try:
        hardware = bytes.fromhex(text.replace(":", "").replace("-", ""))
    except ValueError:
        hardware = b""
    if len(hardware) != 6:
        raise FovizError(f"“{text}” is not a hardware address; write it like 02:00:00:00:00:01")
    return hardware
