"""Bindings by key, which are quickly written down again when a few of them have changed."""

from __future__ import annotations

import marshal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foviz.lease.binding import Binding
from foviz.wire.failover import BindingStatus

if TYPE_CHECKING:
    from collections.abc import Callable

_STATUSES: Final = {int(status): status for status in BindingStatus}
_PACKING: Final = 2
_REMEMBERED: Final = 4096
Key = TypeVar("Key")


class Ledger(dict[Key, Binding]):
    """A dictionary of bindings that keeps the octets of each one that was pickled.

    A checkpoint of a thousand leases so costs what became of them since the last one.
    """

    def __init__(self, entries: dict[Key, Binding] | None = None) -> None:
        super().__init__(entries or {})
        self._packed: dict[Key, bytes] = {}

    def __setitem__(self, key: Key, binding: Binding) -> None:
        super().__setitem__(key, binding)
        self._packed.pop(key, None)

    def __delitem__(self, key: Key) -> None:
        super().__delitem__(key)
        self._packed.pop(key, None)

    def pop(self, key: Key, *default: Any) -> Any:
        """Remove a binding and return it."""
        self._packed.pop(key, None)
        return super().pop(key, *default)

    def popitem(self) -> Any:
        """Remove the binding that was put in last."""
        key, binding = super().popitem()
        self._packed.pop(key, None)
        return key, binding

    def clear(self) -> None:
        """Remove every binding."""
        super().clear()
        self._packed.clear()

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        packed = self._packed
        for key, binding in self.items():
            if key not in packed:
                packed[key] = _octets_of(binding)
        return _unpacked, (tuple(self), tuple([packed[key] for key in self]))


@lru_cache(maxsize=_REMEMBERED)
def _octets_of(binding: Binding) -> bytes:
    """Return the octets of a binding; memory and disk, which have the same, share them."""
    return marshal.dumps((binding.address, int(binding.status), *binding[2:]), _PACKING)


@lru_cache(maxsize=_REMEMBERED)
def _binding_of(octets: bytes) -> Binding:
    address, status, *rest = marshal.loads(octets)
    return Binding(address, _STATUSES[status], *rest)


def _unpacked(keys: tuple[Any, ...], octets: tuple[bytes, ...]) -> Ledger[Any]:
    ledger: Ledger[Any] = Ledger(dict(zip(keys, map(_binding_of, octets), strict=True)))
    ledger._packed.update(zip(keys, octets, strict=True))
    return ledger
