"""A pair of servers, as the tests of updates and pools ask about it."""

from itertools import count

from failover_pair import FIRST, HOUR, SERVERS, Pair, client_of, hardware

from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.loadbalance import bucket_of
from foviz.wire import failover
from foviz.wire.dhcp import MessageType
from foviz.wire.failover import BindingStatus, FailoverOption, FailoverType

__all__ = ["FIRST", "HOUR", "Bench", "client_of", "clients", "hardware"]

TIMES = {
    "expires": FailoverOption.LEASE_EXPIRATION_TIME,
    "pet": FailoverOption.POTENTIAL_EXPIRATION_TIME,
    "start": FailoverOption.START_TIME_OF_STATE,
    "cltt": FailoverOption.CLIENT_LAST_TRANSACTION_TIME,
}


def clients(name, wanted):
    """The numbers of the first clients that belong to a server when the load is halved."""
    found = (n for n in count(1) if (bucket_of(client_of(n), b"") < 128) is (name == "A"))
    return [next(found) for _ in range(wanted)]


class Bench(Pair):
    """The pair, with reservations and updates that are made up."""

    def status(self, name, address=FIRST):
        return self.binding(name, address).status.name

    def counts(self, name):
        return self.store(name).free_counts()

    def lose(self, name):
        """A server's connection is reset."""
        handle, process = self.endpoint(name).connection, self.hosts[name].failover
        self.do(name, "failover", process.on_closed(self.clock(name), handle, "reset"))

    def decline(self, name, number=1, address=FIRST):
        options = ((50, address), (54, SERVERS[name]))
        return self.ask(name, MessageType.DECLINE, number, options=options)

    def decisions(self, name, *rules):
        """The data of a server's decisions by these rules."""
        return [
            note.data
            for _, host, note in self.notes
            if host == name and note.kind is Kind.DECISION and note.data[1] in rules
        ]

    def reset(self, name, address=FIRST):
        self.do(name, "dhcp", self.hosts[name].server.reset(self.clock(name), address))

    # -- updates

    def update(self, address, status, number=0, reserved=False, **seconds):
        """The options of one transaction; the times are seconds of the bench."""
        options = [
            failover.u32(FailoverOption.ASSIGNED_IP_ADDRESS, address),
            failover.u8(FailoverOption.BINDING_STATUS, status),
        ]
        if number:
            options.append((FailoverOption.CLIENT_IDENTIFIER, client_of(number)))
            octets = b"\x01" + hardware(number)
            options.append((FailoverOption.CLIENT_HARDWARE_ADDRESS, octets))
        began = self.began // US
        options.extend(
            failover.u32(code, began + int(seconds[name]))
            for name, code in TIMES.items()
            if name in seconds
        )
        if reserved:
            options.append(failover.u16(FailoverOption.IP_FLAGS, failover.IP_RESERVED))
        return tuple(options)

    def active(self, address, number, at=None, lease=HOUR):
        """The update about a lease granted *at*."""
        at = self.time if at is None else at
        times = {"expires": at + lease, "pet": at + 9 * HOUR, "start": at, "cltt": at}
        return self.update(address, BindingStatus.ACTIVE, number, **times)

    def tell(self, name, *options, xid=999):
        """Let a server hear a BNDUPD; return the reject reasons of its BNDACK, 0 for none."""
        sent = self.hear(name, FailoverType.BNDUPD, sum(options, ()), xid)
        return [
            dict(answer).get(FailoverOption.REJECT_REASON, b"\0")[0]
            for found in sent
            if found.name == "BNDACK" and found.message.xid == xid
            for answer in found.message.transactions()
        ]

    def told(self, *, about=FIRST, sender="", since=-1.0):
        """The binding statuses of the BNDUPDs about an address, in order."""
        return [
            BindingStatus(sent.message.u8(FailoverOption.BINDING_STATUS)).name
            for sent in self.messages("BNDUPD", sender=sender, since=since)
            if sent.message.u32(FailoverOption.ASSIGNED_IP_ADDRESS) == about
        ]

    def run_up_to(self, name, timer, seconds=0.0):
        """Run up to just before, or some time after, a timer of a server's endpoint fires."""
        at = self.hosts[name].timers[f"failover:pair/{timer}"]
        self.run((at - self.now) / US + (seconds or -0.0001))

    def pool(self, name, what=""):
        """(what, count) of a server's records about its pool."""
        return [
            (note.data[2], note.data[3])
            for _, host, note in self.notes
            if host == name and note.kind is Kind.POOL and what in ("", note.data[2])
        ]
