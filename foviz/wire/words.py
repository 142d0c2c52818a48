"""How octets are written for people: numbers, text, addresses, moments, domain names.

Not here: which option has which form (:mod:`foviz.wire.options`, :mod:`foviz.wire.values`).
A value and its unit are held together by a no-break space, as in :mod:`foviz.base.time`.
Nothing here raises on any octets.
"""

from __future__ import annotations

from typing import Final

from foviz.base.address import ip_text
from foviz.base.time import US, duration_text, moment_text

INFINITE: Final = 0xFFFFFFFF
"""A lease time without end (RFC 2131 §3.3)."""

_HARDWARE: Final = {0: "none", 1: "Ethernet", 6: "IEEE 802", 32: "InfiniBand"}
_LONGEST_NAME: Final = 255
_UNITS: Final = {"d": 86400, "h": 3600, "min": 60, "s": 1}


def number(octets: bytes) -> int:
    """Return big-endian octets as a number."""
    return int.from_bytes(octets, "big")


def octets_text(octets: bytes) -> str:
    """Return ``01:02:ff``, or ``empty``."""
    return octets.hex(":") if octets else "empty"


def printable(octets: bytes) -> str:
    """Return octets as text, without an ending NUL; what can't be shown becomes ``·`` or ``�``."""
    text = octets.rstrip(b"\0").decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def wide_text(octets: bytes) -> str:
    """Return Microsoft's UTF-16 text, without an ending NUL."""
    text = octets.decode("utf-16-le", "replace").rstrip("\0")
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def is_wide(octets: bytes) -> bool:
    """Whether a text looks like UTF-16LE: every other octet is zero."""
    return len(octets) >= 2 and len(octets) % 2 == 0 and not any(octets[1::2])


def addresses_text(octets: bytes, separator: str = ", ") -> str:
    """Return the dotted addresses in octets whose number is a multiple of four."""
    return separator.join(ip_text(number(octets[at : at + 4])) for at in range(0, len(octets), 4))


def seconds_text(seconds: int) -> str:
    """Return ``3,600 s``, or ``infinite``."""
    return "infinite" if seconds == INFINITE else f"{seconds:,}\u00a0s"


def duration_value(seconds: int) -> str:
    """Return ``3,600 s = 1 h``, ``3,601 s ≈ 1 h``; below a minute the number says enough."""
    text = seconds_text(seconds)
    if seconds < 60 or seconds == INFINITE:
        return text
    words = duration_text(seconds * US, parts=4)
    parts = [part.split("\u00a0") for part in words.split(" ")]
    exact = sum(int(count) * _UNITS[unit] for count, unit in parts) == seconds
    return f"{text} {'=' if exact else '≈'} {words}"


def moment_value(seconds: int) -> str:
    """Return ``Mon 8 Jan 09:30:04 UTC (1704706204)``, or ``0 (none)``."""
    return f"{moment_text(seconds * US)} UTC ({seconds})" if seconds else "0 (none)"


def hardware_type_text(htype: int) -> str:
    """Return ``1 Ethernet``."""
    name = _HARDWARE.get(htype)
    return f"{htype} {name}" if name else str(htype)


def count_text(count: int, one: str, many: str = "") -> str:
    """Return ``1 octet``, ``300 octets``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def bits_text(octets: bytes, names: dict[int, str]) -> str:
    """Return ``0x8000 BROADCAST``: the number, and the names of the bits that are set."""
    value = number(octets)
    known = [name for bit, name in names.items() if value & bit]
    shown = f"0x{octets.hex()}" if octets else "empty"
    return f"{shown} {', '.join(known)}" if known else shown


def ranges_text(bitmap: bytes) -> str:
    """Return ``hashes 0–47, 64–127``: the bits set, the least of an octet first (RFC 3074 §6)."""
    ranges: list[str] = []
    start = -1
    for bit in range(len(bitmap) * 8 + 1):
        is_set = bit < len(bitmap) * 8 and bool(bitmap[bit >> 3] >> (bit & 7) & 1)
        if is_set and start < 0:
            start = bit
        elif not is_set and start >= 0:
            ranges.append(f"{start}–{bit - 1}" if bit - 1 > start else str(start))
            start = -1
    return f"hashes {', '.join(ranges)}" if ranges else "no hashes"


def domain_name(octets: bytes, at: int = 0) -> tuple[str, int] | None:
    """Return the DNS name at *at* and where it ends, or None when it is malformed.

    Understands compression pointers that point backwards (RFC 1035 §4.1.4); a name that
    octets end in the middle of is a partial one (RFC 4702 §2.3).
    """
    labels: list[str] = []
    end = -1
    least = at
    while at < len(octets):
        size = octets[at]
        if size >= 0xC0:
            if at + 1 >= len(octets):
                return None
            target = (size & 0x3F) << 8 | octets[at + 1]
            if target >= least:
                return None
            end = at + 2 if end < 0 else end
            at = least = target
            continue
        if size == 0:
            return ".".join(labels) or ".", at + 1 if end < 0 else end
        if size > 63 or at + 1 + size > len(octets) or len(labels) > _LONGEST_NAME // 2:
            return None
        labels.append(printable(octets[at + 1 : at + 1 + size]))
        at += 1 + size
    return (".".join(labels), at) if labels and end < 0 else None
