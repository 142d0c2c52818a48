"""Facts: what ``expect`` and ``run until`` ask, answered from the trace and the world.

A fact is a *watch* that is shown records one after the other and collects its witnesses:
the records that make it so. A fact about the present (a client is bound) is asked of the
world, and its witness is the record that made it so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover.states import STATE_NAMES
from foviz.script.vocabulary import CLIENT_STATES, STATUSES
from foviz.sim.faults import message_name
from foviz.sim.host import ClientHost, ServerHost
from foviz.wire import dhcp, failover
from foviz.wire.dialect import hardware_of
from foviz.wire.failover import FailoverOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from foviz.script.parser import Command
    from foviz.sim.trace import Record, Trace
    from foviz.sim.world import World


class Watch:
    """One fact being watched. ``kinds`` are the kinds of record it wants to see."""

    kinds: tuple[Kind, ...] = ()

    def __init__(self, world: World, trace: Trace, fact: Command) -> None:
        self.world = world
        self.trace = trace
        self.fact = fact
        self.witnesses: list[int] = []

    def see(self, record: Record) -> None:
        """Look at a record."""

    @property
    def met(self) -> bool:
        """Whether the fact is so, by what was seen and by the world as it is."""
        return bool(self.witnesses)

    def host(self, slot: str) -> int:
        """Return the index of the host that a slot names, or −1."""
        host = self.world.host_named(self.fact.get(slot, ""))
        return host.index if host is not None else -1

    def is_about(self, hardware: bytes, slot: str = "client") -> bool:
        """Whether a hardware address is that of the client a slot names."""
        host = self.world.host_named(self.fact.get(slot, ""))
        return host is not None and host.hardware == hardware


class _ClientState(Watch):
    kinds = (Kind.CLIENT, Kind.HOST)

    def see(self, record: Record) -> None:
        if record.host == self.host("client"):
            same = record.kind is Kind.CLIENT and record.value("new") == self._wanted()
            self.witnesses = [record.index] if same else []

    def _wanted(self) -> str:
        return CLIENT_STATES[self.fact.values["state"]].value

    @property
    def met(self) -> bool:
        host = self.world.hosts[self.host("client")]
        assert isinstance(host, ClientHost)
        return host.client is not None and host.client.state.value == self._wanted()


class _ServerState(Watch):
    kinds = (Kind.STATE,)

    def see(self, record: Record) -> None:
        if not _is_named(self.fact, record.value("relationship")):
            return
        if record.host == self.host("server") and record.value("new") == self._wanted():
            self.witnesses = [record.index]

    def _wanted(self) -> int:
        return int(STATE_NAMES[self.fact.values["state"]])

    @property
    def met(self) -> bool:
        host = self.world.hosts[self.host("server")]
        assert isinstance(host, ServerHost)
        if host.failover is None:
            return False
        return any(
            endpoint.state == self._wanted()
            for name, endpoint in host.failover.endpoints.items()
            if _is_named(self.fact, name)
        )


def _is_named(fact: Command, relationship: str) -> bool:
    """Whether a fact is about this relationship: it names this one, or none."""
    return fact.get("relationship") in (None, relationship)


class _Leases(Watch):
    """An ACK to the client with the lease asked for; its witness is the sending."""

    kinds = (Kind.RECEIVE,)

    def see(self, record: Record) -> None:
        if record.host != self.host("client"):
            return
        sent = self.trace[record.value("message")]
        if sent.value("protocol") != "dhcp":
            return
        message = dhcp.decode(sent.value("octets"))
        if message.message_type != dhcp.MessageType.ACK or not self._fits(message, sent.host):
            return
        self.witnesses.append(sent.index)

    def _fits(self, message: dhcp.DhcpMessage, sender: int) -> bool:
        values = self.fact.values
        if "address" in values and message.yiaddr != values["address"]:
            return False
        if "server" in values and not self._granted_by(message, sender):
            return False
        return "span" not in values or (message.u32(51) or 0) * US == values["span"]

    def _granted_by(self, message: dhcp.DhcpMessage, sender: int) -> bool:
        """An ACK that a relay delivered names its server in option 54."""
        server = self.host("server")
        feet = self.world.network.interfaces[server] if server >= 0 else []
        named = message.u32(54)
        return sender == server or any(foot.address == named for foot in feet)


class _Unanswered(Watch):
    """Each named server ignored, or never got, a message of the client."""

    kinds = (Kind.DECISION, Kind.LOST)

    def __init__(self, world: World, trace: Trace, fact: Command) -> None:
        super().__init__(world, trace, fact)
        names = [fact.values[slot] for slot in ("server", "other") if slot in fact.values]
        self.missing = {self._index(name): 0 for name in names}

    def _index(self, name: str) -> int:
        host = self.world.host_named(name)
        return host.index if host is not None else -1

    def see(self, record: Record) -> None:
        if record.host not in self.missing:
            return
        reason = self.fact.get("reason")
        if record.kind is Kind.DECISION:
            if record.value("outcome") != "ignored" or not self.is_about(record.value("client")):
                return
            if reason not in (None, record.value("rule")):
                return
        else:
            sent = self.trace[record.value("message")]
            ours = sent.value("protocol") == "dhcp" and self._is_request(sent.value("octets"))
            if not ours or reason not in (None, record.value("why")):
                return
        self.missing[record.host] += 1
        self.witnesses.append(record.index)

    def _is_request(self, octets: bytes) -> bool:
        """Whether a message is the client's, relayed or not."""
        message = dhcp.decode(octets)
        return message.op == dhcp.BOOTREQUEST and self.is_about(message.chaddr)

    @property
    def met(self) -> bool:
        return all(self.missing.values())


class _Message(Watch):
    """A message from somebody, perhaps to and about somebody, perhaps heard by somebody."""

    kinds = (Kind.SEND, Kind.RECEIVE)

    def __init__(self, world: World, trace: Trace, fact: Command) -> None:
        super().__init__(world, trace, fact)
        self.hearers = [
            host.index
            for slot in ("hearer", "other")
            if (host := world.host_named(fact.get(slot, ""))) is not None
        ]
        self.heard: dict[int, list[int]] = {}

    def see(self, record: Record) -> None:
        if record.kind is Kind.RECEIVE:
            sent = record.value("message")
            if sent in self.heard:
                self.heard[sent].append(record.host)
                if sent not in self.witnesses and self._all_heard(sent):
                    self.witnesses.append(sent)
        elif self._fits(record):
            if self.hearers:
                self.heard[record.index] = []
            else:
                self.witnesses.append(record.index)

    def _all_heard(self, sent: int) -> bool:
        return all(hearer in self.heard[sent] for hearer in self.hearers)

    def _fits(self, record: Record) -> bool:
        values = self.fact.values
        if record.host != self.host("sender"):
            return False
        protocol, octets = record.value("protocol"), record.value("octets")
        if message_name(protocol, octets) != values["message"]:
            return False
        if "receiver" in values:
            receiver = self.host("receiver")
            if all(host != receiver for host, _ in record.value("arrivals")):
                return False
        return "client" not in values or self._concerns(protocol, octets)

    def _concerns(self, protocol: str, octets: bytes) -> bool:
        if protocol == "dhcp":
            return self.is_about(dhcp.decode(octets).chaddr)
        if protocol != "failover":
            return False
        message = failover.decode(octets)
        hardware = hardware_of(message)
        if hardware:
            return self.is_about(hardware)
        address = message.u32(FailoverOption.ASSIGNED_IP_ADDRESS)
        client = self.world.host_named(self.fact.values["client"])
        held = isinstance(client, ClientHost) and client.client is not None and client.client.lease
        return bool(held) and held.address == address  # type: ignore[union-attr]


class _MessageLost(Watch):
    kinds = (Kind.LOST,)

    def see(self, record: Record) -> None:
        sent = self.trace[record.value("message")]
        if sent.host != self.host("sender"):
            return
        name = message_name(sent.value("protocol"), sent.value("octets"))
        where = self.fact.get("where")
        if name == self.fact.values["message"] and where in (None, record.value("where")):
            self.witnesses.append(record.index)


class _Timer(Watch):
    kinds = (Kind.TIMER,)

    def see(self, record: Record) -> None:
        same = record.value("name").lower() == self.fact.values["timer"].lower()
        if same and record.host == self.host("host"):
            self.witnesses.append(record.index)


class _Off(Watch):
    kinds = (Kind.HOST,)

    def see(self, record: Record) -> None:
        if record.host == self.host("host") and record.value("what") in ("crash", "stop", "kill"):
            self.witnesses = [record.index]

    @property
    def met(self) -> bool:
        return not self.world.hosts[self.host("host")].powered


class _Connection(Watch):
    """The connection of a server's endpoint: ``closed`` or ``failed``."""

    kinds = (Kind.CONNECTION,)
    what = ""

    def see(self, record: Record) -> None:
        named = _is_named(self.fact, record.value("relationship"))
        if named and record.host == self.host("server") and record.value("what") == self.what:
            self.witnesses.append(record.index)


class _LosesContact(_Connection):
    what = "closed"


class _ConnectFails(_Connection):
    what = "failed"


class _Refuses(Watch):
    """The server said no; that its partner did so to an update of its own is no refusal."""

    kinds = (Kind.DECISION,)

    def see(self, record: Record) -> None:
        rule = record.value("rule")
        refusal = record.value("outcome") in ("refused", "rejected") and rule != "update-rejected"
        asked = record.host == self.host("server") and self.fact.get("reason") in (None, rule)
        if refusal and asked:
            self.witnesses.append(record.index)


class _Owns(Watch):
    kinds = (Kind.POOL, Kind.BINDING)

    def see(self, record: Record) -> None:
        moved = record.kind is Kind.POOL or record.value("old") != record.value("new")
        if record.host == self.host("server") and moved:
            self.witnesses = [record.index]

    @property
    def met(self) -> bool:
        host = self.world.hosts[self.host("server")]
        assert isinstance(host, ServerHost)
        if host.failover is None:
            return False
        owned = 0
        for endpoint in host.failover.endpoints.values():
            for scope, store in endpoint.stores.items():
                if self.fact.get("scope") not in (None, scope):
                    continue
                free, backup = store.free_counts()
                owned += free if endpoint.is_primary else backup
        return bool(owned == self.fact.values["count"])


class _Believes(Watch):
    kinds = (Kind.BINDING,)

    def see(self, record: Record) -> None:
        values = self.fact.values
        if record.host == self.host("server") and record.value("address") == values["address"]:
            self.witnesses = [record.index]

    @property
    def met(self) -> bool:
        values = self.fact.values
        host = self.world.hosts[self.host("server")]
        assert isinstance(host, ServerHost)
        if host.server is None:
            return False
        for scope in host.server.scopes.values():
            if values["address"] in scope.store:
                binding = scope.store.get(values["address"])
                same = binding.status is STATUSES[values["status"]]
                return same and ("client" not in values or self.is_about(binding.hardware))
        return False


class _Breach(Watch):
    kinds = (Kind.BREACH,)

    def see(self, record: Record) -> None:
        if self.fact.get("monitor") in (None, record.value("monitor")):
            self.witnesses.append(record.index)


class _DuplicateAddresses(_Breach):
    def see(self, record: Record) -> None:
        if record.value("monitor") == "duplicate-address":
            self.witnesses.append(record.index)


_WATCHES: Final[dict[str, Callable[[World, Trace, Any], Watch]]] = {
    "client-state": _ClientState,
    "server-state": _ServerState,
    "leases": _Leases,
    "unanswered": _Unanswered,
    "message": _Message,
    "message-lost": _MessageLost,
    "timer": _Timer,
    "off": _Off,
    "no-contact": _LosesContact,
    "connect-fails": _ConnectFails,
    "refuses": _Refuses,
    "owns": _Owns,
    "believes": _Believes,
    "breach": _Breach,
    "duplicate-addresses": _DuplicateAddresses,
}

PRESENT: Final = ("client-state", "server-state", "off", "owns", "believes")
"""Facts about the present, which the world is asked."""


def watch(world: World, trace: Trace, fact: Command) -> Watch:
    """Return a watch for a fact."""
    return _WATCHES[fact.form](world, trace, fact)


def is_so(found: Watch) -> bool:
    """Whether what was watched for is so: a fact about the present needs no witness."""
    return found.met and bool(found.witnesses or found.fact.form in PRESENT)


def look(found: Watch, trace: Trace, start: int, end: int) -> None:
    """Show a watch the records from *start* up to *end*."""
    kinds = found.kinds
    for index in range(start, end):
        if trace.kind(index) in kinds:
            found.see(trace[index])
