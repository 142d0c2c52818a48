"""A partner that breaks the rules: it says of an address whatever can be said.

Two servers of ours rarely disagree in so many ways: one would have to say that an address is
RESET which the other holds EXPIRED. A foreign server may, and the tables have an answer.
"""

from itertools import product

from failover import states_bench
from failover.updates_bench import FIRST, HOUR, Bench, client_of, hardware

from foviz.base.time import US
from foviz.failover.profile import PROFILES
from foviz.failover.states import CONFLICT_DONE, POTENTIAL_CONFLICT
from foviz.lease.binding import ABANDONED, ACTIVE, BACKUP, EXPIRED, FREE, Binding
from foviz.wire.failover import BindingStatus, RejectReason

PAIRS = tuple(product(BindingStatus, BindingStatus))
"""What the receiver has on record, what the partner says."""


def bench_of(profile, **options):
    return Bench(profile=PROFILES[profile], addresses=100, **options)


def record(bench, name, number, status):
    """Put a record of a client's address into a server's store; return the address."""
    now, address = bench.now, FIRST + number
    client = {"client_id": client_of(number), "hardware": hardware(number)}
    times = {"expires": now + HOUR * US, "start": now - US, "cltt": now - US}
    bench.store(name).put(Binding(address, status, **client, **times))
    return address


def say(bench, name, address, status, number):
    """Tell a server of an address; return the reject reason. What ISC accepts it answers later."""
    named = 0 if status is ABANDONED else number
    at = bench.time
    times = {"expires": at + HOUR, "pet": at + 2 * HOUR, "start": at, "cltt": at}
    return max(bench.tell(name, bench.update(address, status, named, **times)), default=0)


def contradict(bench, name):
    """Tell a server everything of what it holds in every status."""
    for number, (own, told) in enumerate(PAIRS, 1):
        say(bench, name, record(bench, name, number, own), told, number)


def by_the_draft():
    contradict(bench_of("draft"), "B")
    contradict(bench_of("microsoft"), "B")
    bench = bench_of("microsoft", reservations={"B": ((1, FIRST),)})
    reasons = [say(bench, "B", FIRST, status, 1) for status in (FREE, BACKUP)]
    assert reasons == [RejectReason.OUTDATED] * 2


def by_isc():
    contradict(bench_of("isc"), "A")
    contradict(bench_of("isc"), "B")
    alone = bench_of("isc")
    alone.command("A", "partner-down")  # and the partner pretends not to have heard of it
    contradict(alone, "A")


def by_isc_at_odds():
    """What contradicts itself, and updates that cross."""
    bench = bench_of("isc", lease_s=60)  # so short that clocks may differ by more
    named = bench.update(FIRST, ABANDONED, 1, start=bench.time)
    assert bench.tell("B", named) == [RejectReason.UNKNOWN_REASON]
    bench.lease("A")
    bench.run(0.0025)  # its update is out and not answered
    bench.command("A", "partner-down")
    assert say(bench, "A", FIRST, EXPIRED, 1) == 0
    assert bench.status("A") != ACTIVE.name


def a_secondary_that_is_done_first():
    bench = states_bench.put("isc", "PC", partner=POTENTIAL_CONFLICT)
    bench.endpoint.wants_updates = True
    bench.hears(CONFLICT_DONE)
    bench.update_done()
    assert bench.state == "SD"


def play_all():
    by_the_draft()
    by_isc()
    by_isc_at_odds()
    a_secondary_that_is_done_first()
