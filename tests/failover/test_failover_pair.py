"""A pair under any history of clients, cuts, crashes and returns keeps its promises.

Left out, because the protocol does not promise it (PROTOCOL §11 F1–F3): partner-down while
the partner lives, and a server that returns while the one that took over cannot be reached.
"""

from typing import NamedTuple

from failover_pair import FIRST, HOUR, OTHER, SERVERS, Pair, client_of
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from foviz.base.time import US
from foviz.failover.relationship import Mode
from foviz.lease.binding import ENDED
from foviz.wire.dhcp import MessageType

MCLT = HOUR
ADDRESSES = 8
clients = st.integers(1, 6)
servers = st.sampled_from("AB")
NORMAL = ("NORMAL", "NORMAL")
ON_THE_WAY = {status.name for status in ENDED}


class Lease(NamedTuple):
    """A lease as its client has it."""

    address: int
    server: str
    expires: int


class PairHistory(RuleBasedStateMachine):
    """Hot standby; clients hear both servers, the wire between these may be cut."""

    mode = Mode.HOT_STANDBY

    def __init__(self):
        super().__init__()
        self.pair = Pair(self.mode, ADDRESSES, reserve_percent=25, mclt_s=MCLT)
        self.leases = {}
        self.took_over = ""

    # -- what clients do

    def running(self, name):
        return self.pair.hosts[name].running

    def lease_of(self, number):
        """The client's lease if it runs."""
        lease = self.leases.get(number)
        return lease if lease and lease.expires > self.pair.now else None

    def about_to_act(self, number):
        """Let a second pass: deeds within one second of the wire cannot be told apart."""
        self.pair.run(1.1)
        return self.lease_of(number)

    def take(self, number, name, answer):
        """A client hears an ACK or a NAK; the ACK must keep the promise of the lead time."""
        if answer is None:
            return
        if answer.message_type == MessageType.NAK:
            self.leases.pop(number, None)
            return
        now, address = self.pair.now, answer.yiaddr
        expires = now + answer.u32(51) * US
        theirs = self.pair.hosts[OTHER[name]].disk.get("leases", {}).get(("LAN", address))
        known = theirs.furthest if theirs and theirs.client == client_of(number) else 0
        assert expires <= max(now, known) + (MCLT + 1) * US
        self.leases[number] = Lease(address, name, expires)

    @rule(number=clients, first=servers)
    def join(self, number, first):
        """DISCOVER and REQUEST; the offer of *first* is taken if there are two."""
        if self.about_to_act(number):
            return
        offers = {name: self.pair.discover(name, number) for name in (first, OTHER[first])}
        offers = {name: offer for name, offer in offers.items() if offer}
        if all(map(self.running, "AB")) and self.pair.states() == NORMAL:
            assert len(offers) <= 1
        for name, offer in offers.items():
            self.take(number, name, self.pair.request(name, number, offer.yiaddr))
            break

    @rule(number=clients)
    def renew(self, number):
        if lease := self.about_to_act(number):
            answer = self.pair.renew(lease.server, number, lease.address)
            self.take(number, lease.server, answer)

    @rule(number=clients, reboot=st.booleans())
    def ask_both(self, number, reboot):
        """REBINDING or INIT-REBOOT; both servers hear it, the first answer counts."""
        lease = self.about_to_act(number)
        if not lease:
            return
        answers = {}
        for name in "AB":
            if reboot:
                options = ((50, lease.address),)
                answers[name] = self.pair.ask(name, MessageType.REQUEST, number, options=options)
            else:
                answers[name] = self.pair.rebind(name, number, lease.address)
        for name, answer in answers.items():
            if answer is not None:
                self.take(number, name, answer)

    @rule(number=clients)
    def release(self, number):
        if lease := self.about_to_act(number):
            self.pair.release(lease.server, number, lease.address)
            del self.leases[number]

    @rule(number=clients)
    def decline(self, number):
        if lease := self.about_to_act(number):
            options = ((50, lease.address), (54, SERVERS[lease.server]))
            for name in "AB":
                self.pair.ask(name, MessageType.DECLINE, number, options=options)
            del self.leases[number]

    @rule(seconds=st.sampled_from([0.0015, 0.0025, 0.1, 10, 70, 350, 1900, 4000]))
    def wait(self, seconds):
        self.pair.run(seconds)

    # -- what befalls the servers

    @precondition(lambda self: self.pair.linked and not self.took_over)
    @rule()
    def cut(self):
        self.pair.cut()

    @precondition(lambda self: not self.pair.linked)
    @rule()
    def mend(self):
        self.pair.mend()

    @rule(name=servers, orderly=st.booleans())
    def go_down(self, name, orderly):
        if self.running(name):
            (self.pair.stop if orderly else self.pair.crash)(name)

    @rule(name=servers)
    def come_back(self, name):
        survivor = self.took_over == OTHER[name]
        if self.running(name) or (survivor and not self.reachable(OTHER[name])):
            return
        self.pair.boot(name)
        if survivor:
            self.pair.run(5)

    def reachable(self, name):
        return self.pair.linked and self.running(name)

    @rule(name=servers)
    def partner_down(self, name):
        if not self.running(name) or self.running(OTHER[name]):
            return
        if self.pair.state(name) == "COMMUNICATION_INTERRUPTED":
            self.pair.run(2)
            self.pair.command(name, "partner-down")
            self.took_over = name

    # -- what holds

    @invariant()
    def no_two_clients_hold_one_address(self):
        held = [lease.address for number in self.leases if (lease := self.lease_of(number))]
        assert len(held) == len(set(held))

    @invariant()
    def in_contact_the_servers_do_not_disagree_about_a_client(self):
        if not all(map(self.running, "AB")) or self.pair.states() != NORMAL:
            return
        self.took_over = ""
        for offset in range(ADDRESSES):
            mine, theirs = (self.pair.binding(name, FIRST + offset) for name in "AB")
            assert not (mine.leased and theirs.leased) or mine.client == theirs.client

    @invariant()
    def no_window_is_exceeded(self):
        for name in filter(self.running, "AB"):
            endpoint = self.pair.endpoint(name)
            assert len(endpoint.outstanding) <= endpoint.partner_max_unacked

    def teardown(self):
        """Everything is mended: the pair must find together and agree."""
        self.pair.mend()
        for name in (self.took_over or "A", "A", "B"):
            if not self.running(name):
                self.pair.boot(name)
        self.pair.run(MCLT + 400)
        assert self.pair.states() == NORMAL
        mine, theirs = self.pair.bindings("A"), self.pair.bindings("B")
        for address in mine.keys() | theirs.keys():
            # Where one has a lease that ended by the other's word, §7.1.3 lets it run out.
            found = mine.get(address), theirs.get(address)
            statuses = {binding[0] for binding in found if isinstance(binding, tuple)}
            assert found[0] == found[1] or ("ACTIVE" in statuses and statuses & ON_THE_WAY)
        for number in self.leases:
            if lease := self.lease_of(number):
                assert client_of(number) in {
                    self.pair.binding(name, lease.address).client for name in "AB"
                }
        self.pair.run(9 * HOUR)
        assert self.pair.bindings("A") == self.pair.bindings("B")
        assert set(self.pair.bindings("A").values()) <= {"BACKUP", ("ABANDONED", b"", 0)}
        for name in "AB":
            assert self.pair.store(name).unknown == 0
            assert self.pair.endpoint(name).queue == self.pair.endpoint(name).outstanding == {}


class BalancedHistory(PairHistory):
    """The same in load balance."""

    mode = Mode.LOAD_BALANCE


bounded = settings(derandomize=True, deadline=None, max_examples=60, stateful_step_count=40)
PairHistory.TestCase.settings = BalancedHistory.TestCase.settings = bounded
TestHotStandby = PairHistory.TestCase
TestLoadBalance = BalancedHistory.TestCase
