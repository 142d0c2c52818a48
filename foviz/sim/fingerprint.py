"""Fingerprints: is this world the same as that one? Walks fields, never pickle octets.

Octets of two equal worlds differ (what is shared is written once), so equality is asked of
the values: numbers, text, octets, containers, and the attributes of objects by name.
"""

from __future__ import annotations

from enum import Enum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foviz.sim.world import World

_APART = ("recorder", "touched", "blobs", "_ways", "_routes", "_packed")
"""Caches and outlets: not part of what the world is."""


def fingerprint(world: World) -> str:
    """Return 16 hexadecimal digits that name the state of a world."""
    digest = blake2b(digest_size=8)
    for octets in _walk(world):
        digest.update(octets)
    return digest.hexdigest()


def first_difference(one: Any, other: Any, path: str = "world") -> str:
    """Return where two worlds differ first, as a path with both values, or ``""``."""
    if type(one) is not type(other):
        return f"{path}: {type(one).__name__} and {type(other).__name__}"
    if isinstance(one, dict):
        keys = sorted(dict.fromkeys((*one, *other)), key=repr)
        for key in keys:
            if key not in one or key not in other:
                return f"{path}[{key!r}]: only in one of them"
            found = first_difference(one[key], other[key], f"{path}[{key!r}]")
            if found:
                return found
        return "" if list(one) == list(other) else f"{path}: the same keys in another order"
    if isinstance(one, (list, tuple)):
        if len(one) != len(other):
            return f"{path}: {len(one)} and {len(other)} items"
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            found = first_difference(a, b, f"{path}[{place}]")
            if found:
                return found
        return ""
    if isinstance(one, (int, str, bytes, float, Enum)) or one is None:
        return "" if one == other else f"{path}: {one!r} and {other!r}"
    return first_difference(_attributes(one), _attributes(other), path)


def _walk(value: Any) -> Iterator[bytes]:
    if value is None or isinstance(value, (bool, int, str, float)):
        yield f"{type(value).__name__}:{value!s};".encode()
    elif isinstance(value, (bytes, bytearray)):
        yield b"b%d:" % len(value) + bytes(value)
    elif isinstance(value, Enum):
        yield f"e:{value.name};".encode()
    elif isinstance(value, dict):
        yield b"{"  # in its own order, which decides what is done first
        for key, item in value.items():
            yield from _walk(key)
            yield from _walk(item)
        yield b"}"
    elif isinstance(value, (list, tuple)):
        yield b"["
        for item in value:
            yield from _walk(item)
        yield b"]"
    else:
        yield f"<{type(value).__name__}>".encode()
        yield from _walk(_attributes(value))


def _attributes(value: Any) -> dict[str, Any]:
    if hasattr(value, "__slots__") and not hasattr(value, "__dict__"):
        return {name: getattr(value, name) for name in value.__slots__}
    # By name: a world that was restored got its attributes in another order.
    return {name: item for name, item in sorted(vars(value).items()) if name not in _APART}
