"""The series of the branch that is shown, read on as far as the user has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz import Series, shape_of

if TYPE_CHECKING:
    from foviz import Session
    from ui.model.run import RunModel

_KEPT = 6
SLICE = 4_000
"""Records read at once: some 30 ms, so that a long run does not stop the window."""


class SeriesModel:
    """Finds the series for the present branch and relationship."""

    def __init__(self, model: RunModel) -> None:
        self._model = model
        self._session: Session | None = None
        self._series: dict[object, Series] = {}
        self.done = True
        """Whether all that was seen is read."""

    def series(self) -> Series:
        """Return the series, as far as they were read."""
        session = self._model.session
        if session is not self._session:
            self._session = session
            self._series.clear()
        snapshot = self._model.snapshot
        key = (session.branch.name, shape_of(snapshot))
        found = self._series.get(key)
        if found is None:
            if len(self._series) >= _KEPT:
                self._series.clear()
            found = self._series[key] = Series(session.branch.trace, snapshot)
        return found

    @property
    def seen(self) -> int:
        """How many records the user has seen."""
        session = self._model.session
        return session.branch.trace.count_until_event(session.seen.cursor)

    def read(self, most: int = SLICE) -> Series:
        """Read on, at most some records, and return the series."""
        found = self.series()
        self.done = found.update(self.seen, most)
        return found
