"""Which address is offered: RFC 2131 §4.3.1 in its order, and offers held for a while."""

import pytest
from dhcp_bench import FIRST, LAST, Port, ServerBench, hardware, reply, rule

from foviz.base.time import US
from foviz.dhcp.allocation import OFFER_HELD, Offers
from foviz.lease.binding import ABANDONED, ACTIVE, BACKUP, EXPIRED, FREE, RELEASED, Binding

CLIENT = b"\x01" + hardware(1)


def offered(bench, number=1, requested=0):
    found = reply(bench.discover(number, options=((50, requested),) if requested else ()))
    assert found is None or found[0] == "OFFER"
    return found and found[1]


# -- the order of preference


def test_the_lowest_address_of_the_first_set_that_has_any():
    bench = ServerBench(Port(allocatable=lambda store: (store.mask(BACKUP), store.mask(FREE))))
    bench.store.put(Binding(LAST, BACKUP))
    assert [offered(bench, number) for number in (1, 2, 3)] == [LAST, FIRST, FIRST + 1]


def test_the_running_lease_comes_before_all_else():
    bench = ServerBench()
    address = FIRST + 3
    bench.store.put(Binding(address, ACTIVE, hardware=hardware(1), expires=bench.now + US))
    assert offered(bench, requested=FIRST + 5) == address


@pytest.mark.parametrize("status", [FREE, EXPIRED, RELEASED])
def test_then_the_address_the_client_had_last(status):
    bench = ServerBench()
    bench.store.put(Binding(FIRST + 3, status, hardware=hardware(1)))
    assert offered(bench, requested=FIRST + 5) == FIRST + 3


@pytest.mark.parametrize("status", [FREE, BACKUP, EXPIRED])
def test_unless_the_port_says_that_it_is_not_to_be_had(status):
    bench = ServerBench(Port(may_reuse=False, allocatable=lambda store: (store.mask(RELEASED),)))
    bench.store.put(Binding(FIRST + 3, status, hardware=hardware(1)))
    bench.store.put(Binding(FIRST + 4, RELEASED))
    assert offered(bench) == FIRST + 4


def test_an_address_that_went_to_another_client_is_lost():
    bench = ServerBench()
    bench.store.put(Binding(FIRST, ACTIVE, hardware=hardware(2), expires=bench.now + US))
    assert offered(bench) == FIRST + 1


def test_then_the_address_it_asks_for_if_that_is_free():
    bench = ServerBench()
    assert offered(bench, 1, requested=FIRST + 5) == FIRST + 5
    assert offered(bench, 2, requested=FIRST + 5) == FIRST, "on offer to the first"
    assert offered(bench, 3, requested=LAST + 1) == FIRST + 1, "not of this scope"


def test_a_reservation_comes_before_wish_and_lowest():
    bench = ServerBench(reservations=((hardware(1), FIRST + 7),))
    assert offered(bench, requested=FIRST + 5) == FIRST + 7


@pytest.mark.parametrize("status", [ACTIVE, EXPIRED, RELEASED, ABANDONED, BACKUP])
def test_a_server_without_an_address_is_silent(status):
    bench = ServerBench()
    for address in range(FIRST, LAST + 1):
        bench.store.put(Binding(address, status, hardware=hardware(9)))
    assert rule(bench.discover()) == ("ignored", "no-own-address")


# -- offers


def test_every_client_is_offered_another_address_until_none_is_left():
    bench = ServerBench()
    assert [offered(bench, n) for n in range(1, 11)] == list(range(FIRST, LAST + 1))
    assert offered(bench, 11) is None
    assert offered(bench, 4) == FIRST + 3, "the same client, the same offer"


def test_an_offer_is_held_for_two_minutes():
    bench = ServerBench()
    assert offered(bench, 1) == FIRST
    bench.now += OFFER_HELD - 1
    assert offered(bench, 2) == FIRST + 1
    bench.now += 1
    assert offered(bench, 3) == FIRST


def test_an_offer_repeated_is_held_anew():
    bench = ServerBench()
    offered(bench, 1)
    offered(bench, 2)
    bench.now += OFFER_HELD - 1
    offered(bench, 1)
    bench.now += 1
    assert offered(bench, 3) == FIRST + 1, "the second client's offer is over, not the first's"


@pytest.mark.parametrize(
    "binding",
    [Binding(FIRST, BACKUP), Binding(FIRST, ACTIVE, hardware=hardware(2)), Binding(FIRST, EXPIRED)],
)
def test_what_is_not_ours_any_more_is_not_offered_again(binding):
    bench = ServerBench()
    assert offered(bench) == FIRST
    bench.store.put(binding)
    assert offered(bench) == FIRST + 1


def test_the_offers_book():
    store, offers = ServerBench().store, Offers()
    offers.hold(0, CLIENT, FIRST, store)
    offers.hold(0, CLIENT, FIRST + 1, store)
    assert offers.mask == store.bit(FIRST + 1), "a client holds one offer"
    assert offers.of(OFFER_HELD - 1, CLIENT) == FIRST + 1
    assert offers.of(OFFER_HELD, CLIENT) is None
    offers.drop(CLIENT, store)
    offers.drop(CLIENT, store)
    assert (offers.mask, offers.of(0, CLIENT)) == (0, None)
