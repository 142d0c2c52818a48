"""Series along a run: equal to what stands in the world at that moment, however one got there."""

from __future__ import annotations

import random

import pytest

from foviz import MINUTE, RECEIVED, SENT, Kind, Moments, Part, Series, Session, Steps, shape_of

DOWN = """
run 5m
back up DHCP1
start C1
run 10m
crash DHCP2
start C2
run 5m
kill service DHCP1
run 1m
start DHCP1
run 1m
stop service DHCP1
lose disk DHCP1
run 1m
start DHCP1
run 5m
start DHCP2
run 3h
restore DHCP1
run 3h
"""


def lesson(name: str) -> Session:
    session = Session.open(name)
    session.finish_story()
    return session


def series_of(session: Session) -> Series:
    found = Series(session.branch.trace, session.snapshot())
    found.update()
    return found


def reading(series: Series, session: Session) -> tuple[object, ...]:
    """Everything that the series say at the position."""
    records, at = session.record_count, session.playhead
    return (
        [series.counts(host, records) for host in series.servers],
        [series.waiting(host).after(records) for host in series.servers],
        series.served.after(records),
        series.asking.after(records),
        {
            key: rate
            for key, moments in sorted(series.messages.items())
            if (rate := moments.in_last_minute(records, at))
        },
    )


def assert_like_the_world(series: Series, session: Session) -> None:
    """What the series say is what the servers have, by the snapshot at the same position."""
    snapshot, records = session.snapshot(), session.record_count
    for belief in snapshot.pools[0].beliefs:
        counts = belief.counts()
        ended = sum(counts.pop(name) for name in ("EXPIRED", "RELEASED", "RESET"))
        want = {name: value for name, value in (*counts.items(), ("ENDED", ended)) if value}
        got: dict[str, int] = {}
        for part, value in series.counts(belief.server, records).items():
            got[part.status] = got.get(part.status, 0) + value
        server = snapshot.server(belief.server)
        assert server is not None
        assert got == want, (server.name, session.cursor)
        if server.endpoint is not None:
            pending = server.endpoint.pending if server.running else 0
            assert series.waiting(belief.server).after(records) == pending, session.cursor
    holding = [c for c in snapshot.clients if c.state in ("BOUND", "RENEWING", "REBINDING")]
    assert series.served.after(records) == len(holding)


def turning_points(session: Session, most: int) -> list[int]:
    trace = session.branch.trace
    kinds = (Kind.BINDING, Kind.HOST, Kind.STATE, Kind.CLIENT, Kind.CONNECTION)
    events = {trace.event(n) for n in range(len(trace)) if trace.kind(n) in kinds}
    found = sorted(events | {event + 1 for event in events})
    return found[:: max(1, len(found) // most)]


@pytest.mark.parametrize("name", ["hot-standby", "load-balance", "partner-down-automatic"])
def test_the_series_say_what_the_servers_have(name):
    session = lesson(name)
    series = series_of(session)
    for event in turning_points(session, 120):
        session.seek_event(event)
        assert_like_the_world(series, session)


def test_what_a_crash_a_lost_disk_and_a_restored_copy_leave_is_counted():
    session = Session.open_scenario("hot-standby")
    for line in DOWN.strip().splitlines():
        session.do(line)
    series = series_of(session)
    whats = {
        session.record(n).value("what")
        for n in range(len(session.branch.trace))
        if session.branch.trace.kind(n) == Kind.HOST
    }
    assert {"crash", "kill", "stop", "lose-disk", "back-up", "restore"} <= whats
    for event in turning_points(session, 200):
        session.seek_event(event)
        assert_like_the_world(series, session)


def test_hot_standby_counts_leases_by_who_granted_them_and_updates_while_apart():
    session = lesson("hot-standby")
    series = series_of(session)
    steps = {step.number: step for step in session.story.steps}

    def at(number: int) -> tuple[dict[Part, int], dict[Part, int], int, int]:
        session.seek_time(session.step_moment(steps[number]))
        records = session.record_count
        one, two = (series.counts(host, records) for host in (0, 1))
        return one, two, series.waiting(0).after(records), series.waiting(1).after(records)

    one, two, waits_1, waits_2 = at(11)
    assert one[Part("ACTIVE", 1)] == two[Part("ACTIVE", 1)] == 1
    assert (one[Part("BACKUP", 2)], waits_1, waits_2) == (10, 0, 0)
    # DHCP1 has crashed: DHCP2 serves from its reserve and takes C1 over.
    one, two, waits_1, waits_2 = at(16)
    assert one == {Part("ACTIVE", 1): 1, Part("BACKUP", 2): 10, Part("FREE", 1): 189}
    assert two == {Part("ACTIVE", 2): 2, Part("BACKUP", 2): 9, Part("FREE", 1): 189}
    assert (waits_1, waits_2) == (0, 2), "two updates wait while the servers are apart"
    session.seek_time(session.end_at)
    records = session.record_count
    assert series.counts(0, records) == series.counts(1, records), "they agree again"
    assert [series.waiting(host).after(records) for host in (0, 1)] == [0, 0]


def test_going_back_and_forth_reads_what_playing_there_reads():
    session = Session.open_scenario("hot-standby")
    start = session.playhead
    for line in ("start C1", "run 5m", "crash DHCP1", "start C2", "run 20m"):
        session.do(line)
    series = Series(session.branch.trace, session.snapshot())
    rng = random.Random(5)
    moments = sorted(start + rng.randrange(25 * MINUTE) for _ in range(8))
    for at in [*moments, *reversed(moments)]:
        session.seek_time(at)
        series.update(session.record_count)
        there = Series(session.branch.trace, session.snapshot())
        there.update(session.record_count)
        assert reading(series, session) == reading(there, session)


def test_reading_in_slices_is_reading_at_once():
    session = lesson("partner-down-automatic")
    at_once, sliced = series_of(session), Series(session.branch.trace, session.snapshot())
    rounds = 1
    while not sliced.update(most=100):
        rounds += 1
    assert rounds == -(-len(session.branch.trace) // 100)
    session.seek_time(session.end_at)
    assert reading(at_once, session) == reading(sliced, session)
    assert sliced.age == 1


def test_another_course_of_the_same_branch_is_noticed():
    session = Session.open_scenario("hot-standby")
    session.do("start C1")
    session.do("run 2m")
    series = series_of(session)
    session.look_ahead(40, 100)  # computed, never seen: a deed cuts it off
    series.update()
    read, age = series.read, series.age
    session.do("start C2")
    session.do("run 30m")
    assert len(session.branch.trace) >= read
    series.update()
    assert series.age == age + 1, "the trace grew beyond its old length and yet differs"
    assert reading(series, session) == reading(series_of(session), session)


def test_a_fork_has_series_of_its_own_and_leaves_those_of_the_story_alone():
    session = lesson("hot-standby")
    told = series_of(session)
    session.seek_time(session.step_moment(session.story.steps[6]))
    before = reading(told, session)
    session.do("crash DHCP2")
    session.do("run 10m")
    forked = series_of(session)
    session.seek_time(session.branch.trace.at(session.branch.trace.shared - 1))
    session.return_to_story()
    assert told.update()
    assert told.age == 1
    session.seek_time(session.step_moment(session.story.steps[6]))
    assert reading(told, session) == before
    assert forked.trace is not told.trace


def test_messages_are_counted_over_the_minute_before():
    moments = Moments()
    for n, at in enumerate((0, 10, 59, 60, 61)):
        moments.add(n, at * MINUTE // 60)
    second = MINUTE // 60
    assert moments.in_last_minute(3, 59 * second) == 3
    assert moments.in_last_minute(5, 70 * second) == 3, "just a minute ago is no longer in it"
    assert moments.in_last_minute(5, 300 * second) == 0


def test_every_bndupd_is_sent_once_and_received_once():
    session = lesson("hot-standby")
    series = series_of(session)
    sent = len(series.messages[0, "BNDUPD", SENT]) + len(series.messages[1, "BNDUPD", SENT])
    heard = sum(len(series.messages[host, "BNDACK", RECEIVED]) for host in (0, 1))
    assert sent == heard > 4


def test_steps_that_change_nothing_are_none():
    steps = Steps(4)
    steps.set(0, 10, 4)
    steps.set(1, 20, 5)
    steps.set(2, 30, 5)
    assert len(steps) == 2
    assert [steps.after(records) for records in (0, 1, 2, 9)] == [4, 4, 5, 5]


def test_the_relationship_that_is_shown_decides_what_is_counted():
    session = Session.open_scenario("hub-and-spoke")
    first = series_of(session)
    session.show_relationship(session.snapshot().relationships[1])
    second = series_of(session)
    assert first.key != second.key == shape_of(session.snapshot())
    total = [sum(first.counts(host, 0).values()) for host in first.servers]
    assert sorted(total) == [0, 0, 100, 100], "only the two partners have that scope"
