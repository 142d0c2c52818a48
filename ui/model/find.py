"""Finding rows of the story by words: message, client, address, server, rule, sentence.

Rows are read a few at a time, so that a long run can be searched while the window lives;
what was read is kept as long as the branch stands.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from foviz import MESSAGES, RULES, Kind, RowKind, ip_text

if TYPE_CHECKING:
    from collections.abc import Set

    from foviz import Row
    from ui.model.run import RunModel

DHCP = frozenset({RowKind.DHCP, RowKind.ARP})
FAILOVER = frozenset({RowKind.FAILOVER, RowKind.CONNECT})
UNSETTLED = 64
"""What became of the last messages may still change: so many rows are read again."""


class Finder:
    """Finds rows whose words hold every word of a query."""

    def __init__(self, model: RunModel) -> None:
        self.model = model
        self.query = ""
        self.matches: list[int] = []
        """The records found so far, oldest first."""
        self._words: list[str] = []
        self._texts: list[str] = []
        self._rows: list[Row] = []
        self._without: Set[RowKind] = frozenset()
        self._looked = 0
        self._key: tuple[object, ...] = ()
        self._length = self._print = 0

    @property
    def wanted(self) -> int:
        """How many rows there are to read: all of a story, in free play those that were seen."""
        model = self.model
        session, trace = model.session, model.session.branch.trace
        records = len(trace)
        if not session.on_story:
            records = trace.count_until_event(session.seen.cursor)
        return max(0, model.digest.count_until(records) - model.first_row)

    @property
    def done(self) -> bool:
        """Whether every row was looked at."""
        return self._looked >= self.wanted

    def ask(self, query: str, without: Set[RowKind] = frozenset()) -> None:
        """Search for other words, from the beginning; rows *without* some kinds."""
        self._without = without
        self.query = query.strip()
        self._words = query.lower().split()
        self.matches, self._looked = [], 0

    def sync(self) -> None:
        """Take the present branch; forget what no longer stands."""
        session = self.model.session
        trace = session.branch.trace
        key = (session, session.branch.name, self.model.first_row)
        stands = key == self._key and len(trace) >= self._length
        stands = stands and trace.fingerprint(self._length) == self._print
        keep = 0
        if stands:
            keep = len(self._texts)
            if len(trace) > self._length:
                keep = max(0, keep - UNSETTLED)
            keep = min(keep, self.wanted)
        del self._texts[keep:], self._rows[keep:]
        if self._looked > keep:
            self._looked = keep
            last = self._rows[-1].record if keep else -1
            del self.matches[bisect_right(self.matches, last) :]
        self._key, self._length = key, len(trace)
        self._print = trace.fingerprint(self._length)

    def read(self, rows: int) -> bool:
        """Look at some more rows; True when every row was looked at."""
        first, digest, wanted = self.model.first_row, self.model.digest, self.wanted
        end = min(wanted, self._looked + rows)
        while self._looked < end:
            place = self._looked
            if place >= len(self._texts):
                row = digest.row(first + place)
                self._texts.append(self._text(row))
                self._rows.append(row)
            text, row = self._texts[place], self._rows[place]
            asked = bool(self._words) and row.kind not in self._without
            if asked and all(word in text for word in self._words):
                self.matches.append(row.record)
            self._looked += 1
        return self._looked >= wanted

    def number(self) -> int:
        """Return which of the matches is selected or at the playhead, from 1; else 0."""
        here = self.model.focus.record
        place = bisect_left(self.matches, here)
        found = place < len(self.matches) and self.matches[place] == here
        return place + 1 if found else 0

    def next(self, direction: int) -> int | None:
        """Return the next match after where the user is, or before; None while none is known.

        After the last comes the first, as soon as all rows were looked at.
        """
        here = self.model.focus.record
        if direction > 0:
            place = bisect_right(self.matches, here)
            if place < len(self.matches):
                return self.matches[place]
        else:
            place = bisect_left(self.matches, here) - 1
            if place >= 0:
                return self.matches[place]
        if not self.done or not self.matches:
            return None
        return self.matches[0 if direction > 0 else -1]

    def words(self) -> str:
        """Return what was found, as the bar says it."""
        if not self._words:
            return ""
        count = len(self.matches)
        if not count:
            return f"nothing found for “{self.query}”" if self.done else "searching …"
        more = "" if self.done else " …"
        number = self.number()
        return f"{number:,} of {count:,}{more}" if number else f"{count:,} found{more}"

    # -- the words of a row

    def _text(self, row: Row) -> str:
        """Return all that a row can be found by, in small letters."""
        session = self.model.session
        record = session.record(row.record)
        names = session.reader.names
        found = [session.sentence(row.record)]
        if record.host >= 0:
            found.append(session.reader.name(record.host))
        if row.kind in MESSAGES:
            found.append(session.reader.message(record))
            found += [session.reader.name(host) for host, _ in record.value("arrivals")]
            address, client = session.subject_of(row.record)
            found.append(ip_text(address) if address else "")
            found.append(names[client] if 0 <= client < len(names) else "")
            for end in self.model.digest.ends(row.record):
                found += [end.detail, _short(end.detail)]
        if record.cause >= 0 and session.branch.trace.kind(record.cause) == Kind.DECISION:
            rule = session.record(record.cause).value("rule")
            found += [rule, _short(rule)]
        return "\n".join(found).replace("\u00a0", " ").lower()


def _short(rule: str) -> str:
    """Return a rule's words."""
    known = RULES.get(rule)
    return known.short if known is not None else ""
