"""How costs grow, counted and never timed: in events, deliveries, checkpoints and octets."""

import pytest
from workload import count, crowd, run_for

from foviz.base.address import BROADCAST
from foviz.base.kinds import Kind
from foviz.sim import checkpoint
from foviz.sim.timeline import APART, NEAR, NEAR_APART
from foviz.sim.trace import BLOCK

FEW, MANY = 20, 160
"""Eight times the clients."""


def first_leases(clients):
    """A timeline on which all clients have just got their first lease; its records before."""
    timeline = crowd(clients, over="30s")
    before = len(timeline.branch.trace), timeline.branch.end
    run_for(timeline, 35)
    assert sum(client.held != 0 for client in timeline.frontier.clients()) == clients
    return timeline, *before


@pytest.fixture(scope="module")
def runs():
    """First leases of few and of many clients."""
    return {clients: first_leases(clients) for clients in (FEW, MANY)}


@pytest.fixture(scope="module")
def long_run():
    """Some thousand events of renewals."""
    timeline = crowd(MANY)
    run_for(timeline, 1200)
    assert timeline.branch.end > 16_000
    return timeline


def test_a_broadcast_reaches_as_many_hosts_among_many_clients(runs):
    heard = {}
    for clients, (timeline, start, _) in runs.items():
        trace = timeline.branch.trace
        heard[clients] = {
            len(trace[n].value("arrivals"))
            for n in range(start, len(trace))
            if trace.kind(n) == Kind.SEND and trace[n].value("destination") == BROADCAST
        }
    assert heard[FEW] == heard[MANY]
    assert max(heard[MANY]) == 2, "the two servers, and never the other clients"


def test_a_lease_takes_as_many_events_and_records_among_many_clients(runs):
    def each(clients):
        timeline, records, events = runs[clients]
        new = len(timeline.branch.trace) - records
        return (timeline.branch.end - events) / clients, new / clients

    events, records = each(MANY)
    assert 8 <= events <= 20
    assert records <= 60
    assert each(FEW) == pytest.approx((events, records), rel=0.1)


def test_messages_of_a_lease_do_not_grow_with_the_clients(runs):
    sent = {n: count(timeline, Kind.SEND, start) / n for n, (timeline, start, _) in runs.items()}
    assert sent[FEW] == pytest.approx(sent[MANY], rel=0.1)


def test_the_queue_holds_a_few_entries_for_each_client(long_run):
    """A timer that is moved again and again does not fill it."""
    assert len(long_run.frontier.queue) <= 6 * MANY + 20


def test_checkpoints_are_as_many_as_the_events_want(long_run):
    branch = long_run.branch
    assert len(branch.checkpoints) == branch.end // APART + 1


def test_a_checkpoint_shares_the_hosts_that_nothing_touched(long_run):
    first = checkpoint.take(long_run.frontier)
    for _ in range(NEAR_APART):
        long_run.advance()
    second = checkpoint.take(long_run.frontier, first)
    packed = [b for a, b in zip(first.hosts, second.hosts, strict=True) if a is not b]
    assert 2 < len(packed) <= NEAR_APART, "an event touches a client or two servers"
    assert len({blob.bundle for blob in packed}) == 3, "a server alone, all clients together"


def test_stepping_back_keeps_a_bounded_number_of_near_checkpoints(long_run):
    for cursor in range(long_run.branch.end - 1, long_run.branch.end - 4 * APART, -NEAR_APART // 2):
        long_run.world_at(cursor)
    assert 0 < len(long_run._near) <= NEAR // NEAR_APART


def test_going_back_takes_over_the_hosts_that_are_the_same(long_run):
    middle = long_run.branch.end // 2
    before = long_run.world_at(middle)
    hosts = list(before.hosts)
    after = long_run.world_at(middle - 1)
    assert after is not before
    assert before.executed == checkpoint.NOWHERE, "who holds it notices"
    same = sum(a is b for a, b in zip(hosts, after.hosts, strict=True))
    assert same > MANY / 2


def test_a_record_takes_few_octets(long_run):
    """Columns take 27 and packed data the rest; a live object would take some hundred."""
    trace = long_run.branch.trace
    assert trace.size / len(trace) < 64


def test_records_are_packed_by_the_block(long_run):
    """While nobody reads, the trace holds less than a block as objects."""
    run_for(long_run, 60)
    assert len(long_run.branch.trace._new) < BLOCK
    assert len(long_run.branch.trace._sealed) == len(long_run.branch.trace) // BLOCK
