"""The lease store against what a plain dict would say."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from foviz.lease.binding import ACTIVE, BACKUP, EXPIRED, FREE, RELEASED, Binding
from foviz.lease.store import LeaseStore
from foviz.wire.failover import BindingStatus

FIRST, LAST = 100, 109
EXCLUDED = 104
ADDRESSES = [address for address in range(FIRST, LAST + 1) if address != EXCLUDED]


def new_store():
    return LeaseStore("LAN", FIRST, LAST, excluded=1 << (EXCLUDED - FIRST))


def active(address, client=b"a", expires=50, **more):
    return Binding(address, ACTIVE, client, expires=expires, **more)


# -- the range


def test_a_new_store_is_all_free_but_for_the_excluded():
    store = new_store()
    assert len(store) == 9
    assert list(store.addresses(store.mask(FREE))) == ADDRESSES
    assert store.free_counts() == (9, 0)
    assert store.touched() == []
    assert store.get(FIRST) == Binding(FIRST)


@pytest.mark.parametrize("stranger", [FIRST - 1, LAST + 1, EXCLUDED, 0, "100", None])
def test_what_is_not_of_the_scope(stranger):
    assert stranger not in new_store()


@pytest.mark.parametrize("stranger", [FIRST - 1, LAST + 1, EXCLUDED])
def test_no_binding_is_kept_for_an_address_of_elsewhere(stranger):
    with pytest.raises(AssertionError, match="not in scope LAN"):
        new_store().put(Binding(stranger))


def test_the_ends_of_a_set():
    store = new_store()
    some = store.bit(102) | store.bit(107)
    assert (store.lowest(some), store.highest(some)) == (102, 107)
    assert (store.lowest(0), store.highest(0)) == (None, None)
    assert list(store.addresses(0)) == []


# -- bindings


def test_put_returns_what_it_replaced_and_moves_the_address_between_the_sets():
    store = new_store()
    lease = active(FIRST)
    assert store.put(lease) == Binding(FIRST)
    assert store.put(Binding(FIRST, BACKUP)) == lease
    assert (store.count(FREE), store.count(ACTIVE), store.count(BACKUP)) == (8, 0, 1)


def test_touched_is_sorted_by_address():
    store = new_store()
    for address in (107, 101, 103):
        store.put(active(address, bytes((address,))))
    assert [binding.address for binding in store.touched()] == [101, 103, 107]


def test_a_store_filled_from_disk_is_the_same_store():
    store, again = new_store(), new_store()
    store.put(active(101, expires=30, known=False))
    store.put(Binding(102, BACKUP))
    again.load(store.touched())
    assert again.touched() == store.touched()
    assert again.unknown == store.unknown == store.bit(101)
    assert again.next_ending() == 30


@pytest.mark.parametrize(
    ("bindings", "found"),
    [
        # a running lease, though an ended one was heard of later
        ([active(101, cltt=1), Binding(102, RELEASED, b"a", cltt=9)], 101),
        # without a running lease the one that was heard of last
        ([Binding(101, EXPIRED, b"a", cltt=1), Binding(102, RELEASED, b"a", cltt=9)], 102),
        ([Binding(101, FREE, b"a", cltt=9), Binding(102, RELEASED, b"a", cltt=1)], 101),
        # heard of at once: the one whose status began later
        ([active(101, cltt=5, start=6), active(102, cltt=5, start=7)], 102),
    ],
)
def test_which_binding_is_the_client_s(bindings, found):
    store = new_store()
    store.load(bindings)
    assert store.lease_of(b"a").address == found


def test_a_client_never_seen_has_no_lease():
    store = new_store()
    assert store.lease_of(b"a") is None
    assert store.lease_of(b"") is None, "addresses without a client belong to nobody"


def test_an_address_that_goes_to_another_client_leaves_the_first():
    store = new_store()
    store.put(active(101, b"a"))
    store.put(active(101, b"b"))
    assert store.of_client(b"a") == ()
    assert store.of_client(b"b") == (store.get(101),)


# -- ends


def test_leases_end_in_the_order_of_time():
    store = new_store()
    for address, expires in ((101, 30), (102, 10), (103, 20), (104 + 1, 40)):
        store.put(active(address, bytes((address,)), expires))
    assert store.next_ending() == 10
    assert [binding.address for binding in store.pop_ended(30)] == [102, 103, 101]
    assert store.next_ending() == 40


def test_a_renewed_lease_ends_at_its_new_time_only():
    store = new_store()
    store.put(active(101, expires=10))
    store.put(active(101, expires=50))
    assert store.pop_ended(49) == []
    assert store.next_ending() == 50


def test_a_released_lease_does_not_end_any_more():
    store = new_store()
    store.put(active(101, expires=10))
    store.put(Binding(101, RELEASED, b"a"))
    assert store.next_ending() == 0
    assert store.pop_ended(99) == []


def test_an_end_that_came_about_twice_is_reported_once():
    store = new_store()
    for expires in (10, 20, 10):
        store.put(active(101, expires=expires))
    assert store.pop_ended(10) == [store.get(101)]


# -- any history

bindings = st.builds(
    Binding,
    address=st.sampled_from(ADDRESSES),
    status=st.sampled_from(BindingStatus),
    client_id=st.sampled_from([b"", b"a", b"b"]),
    hardware=st.sampled_from([b"", b"\x02"]),
    expires=st.integers(0, 12),
    cltt=st.integers(0, 3),
    start=st.integers(0, 3),
    known=st.booleans(),
)


class StoreAgainstDict(RuleBasedStateMachine):
    """A dict of bindings, a dict of ends that are watched, and the clients' addresses."""

    def __init__(self):
        super().__init__()
        self.store = new_store()
        self.model = {}
        self.ends = {}
        self.clients = {}

    def binding(self, address):
        return self.model.get(address, Binding(address))

    @rule(new=bindings)
    def put(self, new):
        address, old = new.address, self.binding(new.address)
        assert self.store.put(new) == old
        self.model[address] = new
        if new.status is not ACTIVE or not new.expires:
            self.ends.pop(address, None)
        elif old.status is not ACTIVE or old.expires != new.expires:
            self.ends[address] = new.expires
        if old.client != new.client:
            if old.client:
                self.clients[old.client].remove(address)
            if new.client:
                self.clients.setdefault(new.client, []).append(address)

    @rule(now=st.integers(0, 12))
    def end(self, now):
        over = {address for address, expires in self.ends.items() if expires <= now}
        ended = self.store.pop_ended(now)
        assert {binding.address for binding in ended} == over
        assert len(ended) == len(over)
        assert [binding.expires for binding in ended] == sorted(b.expires for b in ended)
        for address in over:
            del self.ends[address]

    @rule()
    def restart(self):
        self.store = new_store()
        self.store.load(self.model.values())
        self.ends = {
            address: binding.expires
            for address, binding in self.model.items()
            if binding.status is ACTIVE and binding.expires
        }
        self.clients = {}
        for address, binding in self.model.items():
            if binding.client:
                self.clients.setdefault(binding.client, []).append(address)

    @invariant()
    def same_sets(self):
        for status in BindingStatus:
            expected = [a for a in ADDRESSES if self.binding(a).status is status]
            assert list(self.store.addresses(self.store.mask(status))) == expected
            assert self.store.count(status) == len(expected)
        unknown = [a for a in ADDRESSES if not self.binding(a).known]
        assert list(self.store.addresses(self.store.unknown)) == unknown

    @invariant()
    def same_clients(self):
        for client in (b"a", b"b", b"\x01\x02"):
            found = [self.model[address] for address in self.clients.get(client, [])]
            assert list(self.store.of_client(client)) == found
            best = max(found, key=lambda b: (b.status is ACTIVE, b.cltt, b.start), default=None)
            assert self.store.lease_of(client) == best

    @invariant()
    def same_next_end(self):
        assert self.store.next_ending() == min(self.ends.values(), default=0)


StoreAgainstDict.TestCase.settings = settings(
    derandomize=True, deadline=None, max_examples=60, stateful_step_count=40
)
TestStoreAgainstDict = StoreAgainstDict.TestCase
