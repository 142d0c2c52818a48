"""Windows' log in the window: read a little at a time, filtered, cut off at the playhead."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

from foviz import ERROR, KEEP_ALIVES, WARNING, LogEntry, windows_log

if TYPE_CHECKING:
    from foviz import Session, WindowsLog

SLICE = 512
"""Records read between two looks at the clock."""
BUDGET_S = 0.02
"""A refresh reads no longer than this, so that a long run does not stop the window."""
LOGS_KEPT = 4

EVERY_EVENT: Final = "All channels"
NO_KEEP_ALIVES: Final = "No keep-alives"
LEVELS: Final = {
    "All levels": (),
    "Warnings, errors": (WARNING, ERROR),
    "Errors": (ERROR,),
}


class LogFilter(NamedTuple):
    """Which events to show: of one host (−1 for all), levels (none for all), channel, words."""

    host: int = -1
    levels: tuple[str, ...] = ()
    channel: str = NO_KEEP_ALIVES
    words: str = ""

    def passes(self, entry: LogEntry) -> bool:
        """Whether an event is to be shown."""
        if self.host not in (-1, entry.host) or (self.levels and entry.level not in self.levels):
            return False
        if self.channel == NO_KEEP_ALIVES:
            if entry.id in KEEP_ALIVES:
                return False
        elif self.channel not in (EVERY_EVENT, entry.channel):
            return False
        return not self.words or self.words in f"{entry.id} {entry.text}".lower()


class LogReader:
    """The log of the shown branch at the cursor, by a filter.

    Only records up to the cursor are read, so what a branch drops was never read. ``shown``
    are the places, in the log, of the events that pass; they only ever grow at the end
    until the filter or the branch is another.
    """

    def __init__(self) -> None:
        self._logs: dict[int, tuple[object, WindowsLog]] = {}
        self._log: WindowsLog | None = None
        self._filtered = 0
        self.shown = array("I")
        self.filter = LogFilter()
        self.behind = 0
        """Records up to the cursor that are still to be read."""

    def use(self, chosen: LogFilter) -> None:
        """Show other events."""
        self.filter = chosen
        self._begin()

    def _begin(self) -> None:
        self.shown = array("I")
        self._filtered = 0

    def forget(self) -> None:
        """Another run is open: no log of the one before is wanted any more."""
        self._logs.clear()
        self._log = None
        self._begin()

    def read(self, session: Session) -> bool:
        """Read on for a moment; True when the rows are of another branch than before."""
        log = self._log_of(session)
        other = log is not self._log
        if other:
            self._log = log
            self._begin()
        log.reader = session.reader
        count = session.record_count
        end = perf_counter() + BUDGET_S
        while log.read < count and perf_counter() < end:
            log.update(min(count, log.read + SLICE))
        self.behind = max(0, count - log.read)
        self._sift(log)
        return other

    def _log_of(self, session: Session) -> WindowsLog:
        trace = session.branch.trace
        kept = self._logs.get(id(trace))
        if kept is not None and kept[0] is trace and kept[1].read <= len(trace):
            return kept[1]
        while len(self._logs) >= LOGS_KEPT:
            del self._logs[next(iter(self._logs))]
        log = windows_log(session.reader, session.snapshot(), session.profile)
        self._logs[id(trace)] = (trace, log)
        return log

    def _sift(self, log: WindowsLog) -> None:
        passes, entries = self.filter.passes, log.entries
        self.shown.extend(
            place for place in range(self._filtered, len(entries)) if passes(entries[place])
        )
        self._filtered = len(entries)

    # -- what stands at the cursor

    def entry(self, row: int) -> LogEntry:
        """Return the event of a row."""
        assert self._log is not None
        return self._log.entries[self.shown[row]]

    def rows_until(self, records: int) -> int:
        """Return how many rows are of the first *records* records."""
        entries = self._log.entries if self._log is not None else []
        return bisect_left(self.shown, records, key=lambda place: entries[place].record)

    def row_of(self, record: int) -> int:
        """Return the row of a record, or −1 when it has none that is shown."""
        row = self.rows_until(record)
        return row if row < len(self.shown) and self.entry(row).record == record else -1

    def has(self, record: int) -> bool:
        """Whether a record is an event, shown or not."""
        entries = self._log.entries if self._log is not None else []
        place = bisect_left(entries, record, key=lambda entry: entry.record)
        return place < len(entries) and entries[place].record == record
