"""The story axis: windows of true time at one scale, silences folded to a fixed width.

An hour is equally wide in every window, so the MCLT can be compared by eye (VISUAL §6, The
story axis). Every instant has a place: time in a fold is spread evenly over it. Numbers
only; moments are µs, places are pixels.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MINUTE: Final = 60_000_000
PAD: Final = 6 * MINUTE
"""An instant is shown with this much true time on both sides."""
JOIN: Final = 20 * MINUTE
"""Windows closer than this become one."""
LEAST_SCALE: Final = 0.9
"""Pixels a minute below which windows that tell nothing are dropped."""
FOLD: Final = 58
"""Width of a fold in *Learn*, at 100 %."""
NARROWEST: Final = 40
"""At most one window in this many pixels."""
FOLDS_SHARE: Final = 0.55
"""The most that all folds together may take of the axis."""


class Span(NamedTuple):
    """A stretch of time: from, to."""

    start: int
    end: int


class Windows:
    """The padded and merged windows of instants, grown an instant at a time.

    Instants are widened to whole minutes first: while a message flies, the windows, and all
    that is computed from them, stay the same. A million instants within an hour are one
    window.
    """

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.version = 0
        """Changes when a window does."""

    def add(self, start: int, end: int | None = None) -> None:
        """Add an instant, or a stretch that must not be folded."""
        first = start - start % MINUTE - PAD
        last = start if end is None else end
        last += -last % MINUTE + PAD
        place = bisect_right(self._starts, first)
        if place and first >= self._starts[place - 1] and last <= self._ends[place - 1]:
            return
        low = place
        while low and first - self._ends[low - 1] < JOIN:
            low -= 1
        high = place
        while high < len(self._starts) and self._starts[high] - last < JOIN:
            high += 1
        if high > low:
            first = min(first, self._starts[low])
            last = max(last, self._ends[high - 1])
        self._starts[low:high] = [first]
        self._ends[low:high] = [last]
        self.version += 1

    def spans(self) -> tuple[Span, ...]:
        """Return the windows in order."""
        return tuple(map(Span, self._starts, self._ends))


def merged(windows: Iterable[Span], more: Iterable[Span]) -> tuple[Span, ...]:
    """Return windows together with further stretches, which are padded here."""
    both = Windows()
    for span in windows:
        # These are padded already: take the padding off again.
        both.add(span.start + PAD, span.end - PAD)
    for span in more:
        both.add(span.start, span.end)
    return both.spans()


class Piece(NamedTuple):
    """A window or a fold: its time and its place."""

    start: int
    end: int
    x0: float
    x1: float
    folded: bool

    @property
    def length(self) -> int:
        """How much time it stands for."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """Its middle, in pixels."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True)
class StoryAxis:
    """Where each instant stands between *left* and *right*."""

    pieces: tuple[Piece, ...]
    left: float
    right: float
    scale: float
    """Pixels a minute in the windows."""
    _starts: tuple[int, ...] = field(init=False, repr=False)
    _places: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(piece.start for piece in self.pieces))
        object.__setattr__(self, "_places", tuple(piece.x0 for piece in self.pieces))

    @property
    def start(self) -> int:
        """The first instant."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """The last instant."""
        return self.pieces[-1].end

    @property
    def windows(self) -> list[Piece]:
        """The windows of true time."""
        return [piece for piece in self.pieces if not piece.folded]

    @property
    def folds(self) -> list[Piece]:
        """The folded silences."""
        return [piece for piece in self.pieces if piece.folded]

    def x_of(self, at: int) -> float:
        """Return where an instant stands; before and after the axis its ends."""
        if at <= self.pieces[0].start:
            return self.left
        piece = self.pieces[bisect_right(self._starts, at) - 1]
        if at >= piece.end:
            return piece.x1
        return piece.x0 + (piece.x1 - piece.x0) * (at - piece.start) / (piece.end - piece.start)

    def us_of(self, x: float) -> int:
        """Return the instant at a place; left and right of the axis its first and last."""
        if x <= self.left:
            return self.pieces[0].start
        piece = self.pieces[bisect_right(self._places, x) - 1]
        if x >= piece.x1:
            return piece.end
        share = (x - piece.x0) / (piece.x1 - piece.x0)
        return piece.start + round((piece.end - piece.start) * share)

    def folds_within(self, x0: float, x1: float) -> list[Piece]:
        """Return the folds that lie wholly between two places."""
        return [p for p in self.pieces if p.folded and p.x0 >= x0 - 0.5 and p.x1 <= x1 + 0.5]

    def clear_within(self, x0: float, x1: float) -> list[tuple[float, float]]:
        """Return the parts between two places that lie in windows."""
        return [
            (max(p.x0, x0), min(p.x1, x1))
            for p in self.pieces
            if not p.folded and p.x1 > x0 and p.x0 < x1
        ]


def story_axis(
    windows: Sequence[Span],
    needed: Iterable[int],
    left: float,
    right: float,
    *,
    first: int,
    fold: float = FOLD,
) -> StoryAxis:
    """Return the axis that shows some windows between two places.

    *needed* are instants whose windows stay (steps, faults, the selection); the axis begins
    at *first*. When the windows are too many, others are dropped, oldest first.
    """
    width = max(1.0, right - left)
    spans = [Span(max(span.start, first), span.end) for span in windows if span.end > first]
    if not spans:
        spans = [Span(first, first + 2 * PAD)]
    if spans[0].start > first:
        spans.insert(0, Span(first, first + PAD))
    spans = _thinned(spans, set(_holding(spans, needed)), width, fold)
    folds = len(spans) - 1
    wide = min(fold, width * FOLDS_SHARE / folds) if folds else 0.0
    minutes = sum(span.end - span.start for span in spans) / MINUTE
    scale = (width - folds * wide) / minutes
    pieces: list[Piece] = []
    x, last = left, first
    for span in spans:
        if pieces:
            pieces.append(Piece(last, span.start, x, x + wide, folded=True))
            x += wide
        far = x + (span.end - span.start) / MINUTE * scale
        pieces.append(Piece(span.start, span.end, x, far, folded=False))
        x, last = far, span.end
    return StoryAxis(tuple(pieces), left, x, scale)


def _holding(spans: Sequence[Span], instants: Iterable[int]) -> Iterable[int]:
    """Yield the place of the window of each instant."""
    starts = [span.start for span in spans]
    for at in instants:
        place = bisect_right(starts, at) - 1
        if place >= 0 and at <= spans[place].end:
            yield place


def _thinned(spans: list[Span], needed: set[int], width: float, fold: float) -> list[Span]:
    """Drop windows, oldest first, until the rest has room; the first and the last stay."""
    needed |= {0, len(spans) - 1}
    lengths = [(span.end - span.start) / MINUTE for span in spans]

    def scale(minutes: float, count: int) -> float:
        return (width - (count - 1) * fold) / minutes

    # When even what is needed has no room, nothing else stays beside it.
    best = scale(sum(lengths[n] for n in needed), len(needed))
    least = min(LEAST_SCALE, 0.8 * best) if best > 0 else float("inf")
    minutes, count = sum(lengths), len(spans)
    most = max(2, int(width // NARROWEST))
    dropped: set[int] = set()
    for place in range(len(spans)):
        if scale(minutes, count) >= least and count <= most:
            break
        if place not in needed:
            dropped.add(place)
            minutes -= lengths[place]
            count -= 1
    # More windows than can be told apart: even those with steps go, oldest first.
    for place in range(1, len(spans) - 1):
        if count <= most:
            break
        if place not in dropped:
            dropped.add(place)
            count -= 1
    return [span for place, span in enumerate(spans) if place not in dropped]
