"""Playing: how wall-clock time becomes virtual time.

DHCP is milliseconds of talk and hours of silence. A message takes its share of a second to
fly, silence is skipped after a moment's pause, and a question of the lesson stops the play.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from foviz import DAY, Session
from ui.model.run import RunModel

TICK_MS = 16
SLICE_MS = 8.0
SLICE_EVENTS = 64
"""Events computed between two looks at the clock."""

LOOK_AHEAD_EVENTS = 400
"""Events computed at most in one tick to find the story's next row."""
LONGEST_SILENCE = 60 * DAY

PACES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Messages a second."""

FLIGHT_SHARE = 0.8
"""How much of a message's time it is in the air."""
PAUSE_SHARE = 0.35
"""How long a silence is shown, in shares of a message's time."""


def pace_words(pace: float) -> str:
    """Return a pace in words: ``1 message/s``."""
    if pace < 1:
        return f"1 message in {round(1 / pace)} s"
    return "1 message/s" if pace == 1 else f"{pace:g} messages/s"


class Leg(NamedTuple):
    """A stretch of virtual time and the seconds it takes to play it."""

    start: int
    target: int
    flying: bool
    lasts: float


class Playback(QObject):
    """Moves the playhead while playing, and lets the engine work while nothing else does."""

    changed = Signal()
    """Playing, pausing, or the pace changed."""
    asked = Signal(int)
    """Play stopped at a question (its number)."""

    def __init__(self, model: RunModel) -> None:
        super().__init__()
        self.model = model
        self.playing = False
        self.pace = 1.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()
        self._leg: Leg | None = None
        self._spent = 0.0
        self._waiting = False
        model.opened.connect(self._on_opened)

    # -- control

    def start(self) -> None:
        """Begin to tick: idle work first, playing when asked."""
        self._clock.start()
        self._timer.start()

    def stop_timer(self) -> None:
        """Stop ticking for good."""
        self._timer.stop()

    def toggle(self) -> None:
        """Play or pause."""
        self.set_playing(not self.playing)

    def resume(self) -> None:
        """Play on, if it was a question that stopped the play."""
        if self._waiting:
            self.set_playing(True)

    def set_playing(self, playing: bool) -> None:
        """Play or pause."""
        self._waiting = False
        if playing != self.playing:
            self.playing = playing
            self._leg = None
            self.changed.emit()

    def set_pace(self, pace: float) -> None:
        """Set the pace in messages a second."""
        self.pace = pace
        self._leg = None
        self.changed.emit()

    def _on_opened(self) -> None:
        self.set_playing(False)

    # -- ticking

    def _tick(self) -> None:
        elapsed = self._clock.restart() / 1000
        if self.playing:
            self.advance(min(elapsed, 0.1))
        self._work()

    def _work(self) -> None:
        """Run the lesson ahead for the rest of the slice, so that stepping is seeking."""
        session = self.model.session
        if not session.telling:
            return
        spent = QElapsedTimer()
        spent.start()
        steps = len(session.story.steps) if session.story is not None else 0
        while spent.nsecsElapsed() / 1e6 < SLICE_MS and session.work(SLICE_EVENTS):
            pass
        story = session.story
        if story is not None and (len(story.steps) != steps or not session.telling):
            self.model.moved.emit()

    def advance(self, seconds: float) -> None:
        """Let some seconds of wall-clock time pass on the playhead."""
        model = self.model
        budget = seconds
        for _ in range(32):
            if budget <= 0 or not self.playing:
                break
            if self._leg is None and not self._aim():
                break
            budget = self._move(budget)
        model.moved.emit()

    def _move(self, budget: float) -> float:
        """Move along the present leg; return what is left of the time."""
        leg = self._leg
        assert leg is not None
        session = self.model.session
        spent = min(budget, leg.lasts - self._spent)
        self._spent += spent
        if self._spent >= leg.lasts:
            session.seek_time(leg.target)
            self._leg = None
        elif leg.flying:
            share = self._spent / leg.lasts
            session.seek_time(leg.start + int((leg.target - leg.start) * share))
        return budget - spent

    def _aim(self) -> bool:
        """Choose the next instant of the story and how long it takes to get there."""
        session = self.model.session
        question = self._question_ahead(session)
        if question >= 0:
            self.set_playing(False)
            self._waiting = True
            self.asked.emit(question)
            return False
        found = session.look_ahead(1, LOOK_AHEAD_EVENTS)
        flights = [
            (at, flight.record.at)
            for flight in self.model.flights()
            for _, at in flight.arrivals
            if at > session.playhead
        ]
        digest, count = session.digest, self.model.row_count
        coming = [at for at, _ in flights]
        if count < len(digest):
            coming.append(session.record(digest.row(count).record).at)
        coming.extend(self._questions_in_silence(session))
        if not coming:
            return self._nothing_found(found)
        start, target = session.playhead, max(min(coming), session.playhead + 1)
        lasts = PAUSE_SHARE / self.pace
        if flights:
            arrival, departed = min(flights)
            share = (target - start) / max(1, arrival - departed)
            lasts = FLIGHT_SHARE / self.pace * max(0.05, min(1.0, share))
        self._leg = Leg(start, target, bool(flights), lasts)
        self._spent = 0.0
        return True

    def _nothing_found(self, found: bool) -> bool:
        """The story has no next row yet: go on searching, unless it is over."""
        session = self.model.session
        over = session.on_story and not session.telling
        if over or (not found and session.end_at - session.playhead > LONGEST_SILENCE):
            self.set_playing(False)
        return False

    def _question_ahead(self, session: Session) -> int:
        """Return the number of an unanswered question at which the playhead stands, or −1."""
        story = session.story
        if story is None or not session.on_story:
            return -1
        for number, asked in enumerate(story.questions):
            here = asked.event <= session.cursor < max(asked.end_event, asked.event + 1)
            open_one = asked.holds and number not in self.model.answers
            if here and open_one and asked.at <= session.playhead:
                return number
        return -1

    def _questions_in_silence(self, session: Session) -> list[int]:
        """Return the moments of questions that stand between the playhead and the next event."""
        if session.story is None or not session.on_story:
            return []
        return [
            asked.at
            for asked in session.story.questions
            if asked.event == session.cursor and asked.at > session.playhead
        ]
