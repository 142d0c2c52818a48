"""Random numbers that depend on nothing but their key.

A stream is keyed (seed, host, purpose) and counted: drawing for one host never moves the
numbers of another, so a branch differs from its parent only by cause.
"""

from __future__ import annotations

from hashlib import blake2b


def draw(seed: int, host: str, purpose: str, n: int) -> int:
    """Return the *n*-th number, 0 … 2⁶⁴−1, of the stream (seed, host, purpose)."""
    key = f"{seed}\x1f{host}\x1f{purpose}\x1f{n}".encode()
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big")


def draw_fraction(seed: int, host: str, purpose: str, n: int) -> float:
    """Return the *n*-th number of the stream as a fraction, 0 ≤ x < 1."""
    return (draw(seed, host, purpose, n) >> 11) / (1 << 53)
