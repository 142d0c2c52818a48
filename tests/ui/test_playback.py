"""Playing: messages fly, silence is skipped, questions stop the play."""

from __future__ import annotations

import pytest

from foviz import DAY, Session
from ui.model.playback import FLIGHT_SHARE, PAUSE_SHARE, Playback, pace_words
from ui.model.run import RunModel


@pytest.fixture
def playing(qapp) -> Playback:
    session = Session.open("hot-standby")
    session.finish_story()
    playback = Playback(RunModel(session))
    playback.set_playing(True)
    return playback


def play_through(playback: Playback, seconds: float, tick: float = 0.05) -> list[int]:
    """Let time pass in ticks; answer every question; return the playheads."""
    moments = []
    model = playback.model
    for _ in range(round(seconds / tick)):
        playback.advance(tick)
        moments.append(model.playhead)
        if not playback.playing:
            asked = playback._question_ahead(model.session)
            if asked < 0:
                break
            model.answers[asked] = 0
            playback.resume()
    return moments


def test_a_question_stops_the_play_until_it_is_answered(playing: Playback, qtbot) -> None:
    with qtbot.waitSignal(playing.asked) as asked:
        playing.advance(0.1)
    assert asked.args == [0]
    assert not playing.playing
    start = playing.model.playhead
    playing.advance(1.0)
    assert playing.model.playhead == start
    playing.model.answers[0] = 1
    playing.resume()
    assert playing.playing
    playing.advance(1.0)
    assert playing.model.playhead > start


def test_time_never_goes_back_and_the_story_is_played_to_its_end(playing: Playback) -> None:
    moments = play_through(playing, 200)
    assert moments == sorted(moments)
    assert playing.model.present_step().number == 21
    assert not playing.playing


def test_days_of_silence_take_less_than_a_message(playing: Playback) -> None:
    model = playing.model
    for number in range(8):
        model.answers[number] = 0
    model.seek_time(model.steps()[12].at)
    before = model.playhead
    playing.set_playing(True)
    playing.advance(2.5)
    assert model.playhead - before > 2 * DAY


def test_a_message_is_seen_on_its_way(playing: Playback) -> None:
    model = playing.model
    for number in range(8):
        model.answers[number] = 0
    record = model.session.record(model.steps()[0].records[0])
    model.seek_time(record.at)
    playing.set_playing(True)
    shares = set()
    for _ in range(int(FLIGHT_SHARE / 0.05)):
        playing.advance(0.05)
        for flight in model.flights():
            if flight.record.index == record.index:
                shares.add(round(flight.progress(model.playhead, flight.arrivals[0][1]), 1))
    assert len(shares) >= 6


def test_a_faster_pace_takes_less_time(qapp) -> None:
    ticks = []
    for pace in (1.0, 8.0):
        session = Session.open("hot-standby")
        session.finish_story()
        playback = Playback(RunModel(session))
        playback.set_pace(pace)
        playback.set_playing(True)
        ticks.append(len(play_through(playback, 400)))
    assert ticks[1] * 4 < ticks[0]


def test_free_play_computes_ahead_and_plays_what_it_finds(qapp) -> None:
    session = Session.open_scenario("hot-standby")
    model = RunModel(session)
    model.do("start C1")
    playback = Playback(model)
    playback.set_playing(True)
    for _ in range(200):
        playback.advance(0.05)
    client = model.snapshot.clients[0]
    assert client.state == "BOUND"
    assert session.branch.name == "A"
    model.do("crash DHCP1")
    assert len(session.branches()) == 1


def test_moving_by_hand_after_a_question_does_not_resume(playing: Playback) -> None:
    playing.advance(0.1)
    assert not playing.playing
    playing.set_playing(False)
    playing.resume()
    assert not playing.playing


@pytest.mark.parametrize(
    ("pace", "words"),
    [(1.0, "1 message/s"), (4.0, "4 messages/s"), (0.25, "1 message in 4 s")],
)
def test_the_pace_is_said_in_words(pace: float, words: str) -> None:
    assert pace_words(pace) == words


def test_the_shares_leave_room_for_both() -> None:
    assert 0 < PAUSE_SHARE < FLIGHT_SHARE < 1
