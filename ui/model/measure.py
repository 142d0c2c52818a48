"""The measure: the time between a marked start and what is selected now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz import DAY, HOUR, MINUTE, US

if TYPE_CHECKING:
    from ui.model.run import RunModel


class End(NamedTuple):
    """One end of a measure: a moment, and the record that stands for it, or −1."""

    at: int
    record: int = -1


class Measure(NamedTuple):
    """The start, and the other end as soon as there is one."""

    start: End
    end: End | None

    @property
    def us(self) -> int:
        """How long it is, whichever end comes first."""
        return abs(self.end.at - self.start.at) if self.end is not None else 0

    @property
    def texts(self) -> tuple[str, ...]:
        """The length for the bracket, then with its finer units cut off, one after the other."""
        units = self.text.split(" ")
        return tuple(" ".join(units[:count]) for count in range(len(units), 0, -1))

    @property
    def text(self) -> str:
        """The length as it stands at the bracket; without another end only the sign."""
        us = self.us
        if us >= HOUR:  # what is that long is read to the minute or the second
            us -= us % (MINUTE if us >= DAY else US)
        return f"Δ\u00a0{exact_text(us)}" if self.end is not None else "Δ\u00a0…"


def start_here(model: RunModel) -> End:
    """Return the selected record as the start of a measure, or the playhead."""
    selection = model.selection
    if selection.kind == "record" and 0 <= int(selection.value) < len(model.session.branch.trace):
        record = int(selection.value)
        return End(model.session.branch.trace.at(record), record)
    return End(model.playhead)


def measure_of(model: RunModel) -> Measure | None:
    """Return what is measured now: up to the selected record, or else to the playhead."""
    start = model.measured
    if start is None:
        return None
    trace = model.session.branch.trace
    if start.record >= len(trace) or (start.record >= 0 and trace.at(start.record) != start.at):
        start = End(start.at)  # another branch: its record is not here, its moment is
    selection, end = model.selection, None
    if selection.kind == "record" and 0 <= int(selection.value) < len(trace):
        record = int(selection.value)
        if record != start.record:
            end = End(trace.at(record), record)
    elif selection.kind == "none" and model.playhead != start.at:
        end = End(model.playhead)
    return Measure(start, end)


def exact_text(us: int) -> str:
    """Return a length with nothing cut off that a protocol could mean: to the ms, then the µs."""
    if us < 1000:
        return f"{us}\u00a0µs"
    if us < US:
        return f"{us / 1000:g}\u00a0ms"
    if us < MINUTE:
        return f"{us / US:.6f}".rstrip("0").rstrip(".") + "\u00a0s"
    words, rest = [], us
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        count, rest = divmod(rest, unit)
        if count:
            words.append(f"{count}\u00a0{name}")
    seconds = f"{rest // 1000 / 1000:.3f}".rstrip("0").rstrip(".")
    if seconds != "0":
        words.append(f"{seconds}\u00a0s")
    return " ".join(words)
