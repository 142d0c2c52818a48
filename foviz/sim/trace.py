"""The trace: an append-only list of records, kept in columns.

Times, causes, kinds and hosts are arrays; the data of each record is packed octets, in
compressed blocks, and unpacked on access. A million records so cost tens of megabytes and
nothing for the garbage collector. A branch shares its parent's records up to the fork.
"""

from __future__ import annotations

import marshal
import zlib
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from struct import Struct
from typing import Any, Final, Protocol
from zlib import crc32

from foviz.base.kinds import PLACES, Kind

BLOCK: Final = 1024
"""Records in a compressed block."""

_CACHED_BLOCKS: Final = 64
"""A lease's history is read across as many blocks as it has renewals; this is some 7 MB."""
_KINDS: Final = tuple(Kind)
_HEAD: Final = Struct("<qiBhI")
_PACKING: Final = 2
"""Version 2 of the packing is a function of the values alone; later ones depend on references."""

_dumps, _pack_head = marshal.dumps, _HEAD.pack

_New = tuple[int, int, Kind, int, int, tuple[Any, ...]]
"""(at, host, kind, cause, event, data)"""
_DATA: Final = 5


@dataclass(frozen=True, slots=True)
class Record:
    """One record. ``host`` is an index, −1 for none; ``cause`` is a record's index or −1."""

    index: int
    at: int
    host: int
    kind: Kind
    cause: int
    event: int
    data: tuple[Any, ...]

    def value(self, key: str) -> Any:
        """Return a value of the data by its key; see :data:`foviz.base.kinds.KEYS`."""
        return self.data[PLACES[self.kind][key]]


class Recorder(Protocol):
    """Where a world's records go."""

    def append(
        self, at: int, host: int, kind: Kind, cause: int, event: int, data: tuple[Any, ...]
    ) -> None:
        """Take one record."""
        ...


class NullRecorder:
    """Drops every record: for replaying what is on record already."""

    def append(
        self, at: int, host: int, kind: Kind, cause: int, event: int, data: tuple[Any, ...]
    ) -> None:
        """Drop it."""


class Trace:
    """The records of one branch."""

    def __init__(self, parent: Trace | None = None, shared: int = 0) -> None:
        self.parent = parent
        self.shared = shared
        self._at = array("q")
        self._cause = array("i")
        self._kind = array("B")
        self._host = array("h")
        self._event = array("I")
        self._start = array("I")
        self._sealed: list[bytes] = []
        self._fingerprint = array("I")
        """Of as many records as somebody asked about: it is worked out when it is wanted."""
        self._open = bytearray()
        self._new: list[_New] = []
        """Appended and not packed yet: a block is packed at once, or when somebody reads."""
        self._room = BLOCK
        """Records that the open block has room for."""
        self._cache: dict[int, bytes] = {}

    def __len__(self) -> int:
        return self.shared + len(self._at) + len(self._new)

    @property
    def size(self) -> int:
        """Octets that the records of this branch's own take."""
        self._pack()
        columns = sum(len(column) * column.itemsize for column in self._columns())
        return columns + sum(map(len, self._sealed)) + len(self._open)

    def append(
        self, at: int, host: int, kind: Kind, cause: int, event: int, data: tuple[Any, ...]
    ) -> None:
        """Add a record at the end."""
        self._new.append((at, host, kind, cause, event, data))
        if len(self._new) == self._room:
            self._pack()

    def _pack(self) -> None:
        """Put what is new into the columns; it never reaches beyond the open block."""
        new = self._new
        if not new:
            return
        packed = [_dumps(row[_DATA], _PACKING) for row in new]
        starts = accumulate(map(len, packed[:-1]), initial=len(self._open))
        ats, hosts, kinds, causes, events, _ = zip(*new, strict=True)
        added = (ats, causes, kinds, hosts, events, starts)
        for column, values in zip(self._columns(), added, strict=True):
            column.extend(values)
        self._open += b"".join(packed)
        self._new = []
        self._room = BLOCK - len(self._at) % BLOCK
        if self._room == BLOCK:
            self._sealed.append(zlib.compress(self._open, 1))
            self._open = bytearray()

    def _columns(self) -> tuple[array[int], ...]:
        return (
            self._at,
            self._cause,
            self._kind,
            self._host,
            self._event,
            self._start,
        )

    def truncate(self, length: int) -> None:
        """Drop the records from *length* on; only records of this branch's own."""
        self._pack()
        keep = length - self.shared
        assert 0 <= keep <= len(self._at)
        block = keep // BLOCK
        if block < len(self._sealed):
            self._open = bytearray(zlib.decompress(self._sealed[block]))
            del self._sealed[block:]
        if keep < len(self._at):
            del self._open[self._start[keep] :]
        self._cache.clear()
        for column in (*self._columns(), self._fingerprint):
            del column[keep:]
        self._room = BLOCK - keep % BLOCK

    # -- reading

    def __getitem__(self, index: int) -> Record:
        if self._new:
            self._pack()
        if index < 0:
            index += len(self)
        place = index - self.shared
        if place < 0 and self.parent is not None:
            return self.parent[index]
        return Record(
            index,
            self._at[place],
            self._host[place],
            _KINDS[self._kind[place]],
            self._cause[place],
            self._event[place],
            self._data(place),
        )

    def _data(self, place: int) -> tuple[Any, ...]:
        data: tuple[Any, ...] = marshal.loads(self._octets(place, self._block(place // BLOCK)))
        return data

    def _octets(self, place: int, block: bytes | bytearray) -> bytes | bytearray:
        """Return the data of a record, which stands in a *block*."""
        after = place + 1
        end = self._start[after] if after % BLOCK and after < len(self._start) else len(block)
        return block[self._start[place] : end]

    def _block(self, block: int) -> bytes | bytearray:
        if block == len(self._sealed):
            return self._open
        found = self._cache.get(block)
        if found is None:
            if len(self._cache) >= _CACHED_BLOCKS:
                del self._cache[next(iter(self._cache))]
            found = self._cache[block] = zlib.decompress(self._sealed[block])
        return found

    def at(self, index: int) -> int:
        """Return the moment of a record."""
        if self._new:
            self._pack()
        place = index - self.shared
        return self._at[place] if place >= 0 else self._of_parent().at(index)

    def kind(self, index: int) -> int:
        """Return the kind of a record as a number."""
        if self._new:
            self._pack()
        place = index - self.shared
        return self._kind[place] if place >= 0 else self._of_parent().kind(index)

    def host(self, index: int) -> int:
        """Return the host of a record."""
        if self._new:
            self._pack()
        place = index - self.shared
        return self._host[place] if place >= 0 else self._of_parent().host(index)

    def cause(self, index: int) -> int:
        """Return the index of the record that led to this one, or −1."""
        if self._new:
            self._pack()
        place = index - self.shared
        return self._cause[place] if place >= 0 else self._of_parent().cause(index)

    def event(self, index: int) -> int:
        """Return the number of the event that emitted the record."""
        if self._new:
            self._pack()
        place = index - self.shared
        return self._event[place] if place >= 0 else self._of_parent().event(index)

    def fingerprint(self, length: int) -> int:
        """Return the rolling fingerprint of the first *length* records: it tells courses apart."""
        if self._new:
            self._pack()
        place = length - 1 - self.shared
        if place < 0:
            return self.parent.fingerprint(length) if self.parent is not None else 0
        if place >= len(self._fingerprint):
            self._roll_on(place + 1)
        return self._fingerprint[place]

    def _roll_on(self, end: int) -> None:
        """Work the fingerprints of this branch's own records out, up to the place *end*."""
        marks = self._fingerprint
        last = self.fingerprint(self.shared + len(marks))
        while len(marks) < end:
            start = len(marks)
            octets = self._block(start // BLOCK)
            for place in range(start, min(end, start - start % BLOCK + BLOCK)):
                head = _pack_head(
                    self._at[place],
                    self._cause[place],
                    self._kind[place],
                    self._host[place],
                    self._event[place],
                )
                last = crc32(self._octets(place, octets), crc32(head, last))
                marks.append(last)

    def count_until_event(self, event: int) -> int:
        """Return how many records the first *event* events emitted."""
        if self._new:
            self._pack()
        if self._event and event >= self._event[0]:
            return self.shared + bisect_right(self._event, event)
        if self.parent is None:
            return 0
        return min(self.shared, self.parent.count_until_event(event))

    def count_until_time(self, at: int) -> int:
        """Return how many records stand at or before a moment."""
        if self._new:
            self._pack()
        if self._at and at >= self._at[0]:
            return self.shared + bisect_right(self._at, at)
        if self.parent is None:
            return 0
        return min(self.shared, self.parent.count_until_time(at))

    def first_at(self, at: int) -> int:
        """Return the index of the first record at or after a moment, or the length."""
        if self._new:
            self._pack()
        if self.parent is not None and self.shared and self.parent.at(self.shared - 1) >= at:
            return self.parent.first_at(at)
        return self.shared + bisect_left(self._at, at)

    def _of_parent(self) -> Trace:
        assert self.parent is not None
        return self.parent
