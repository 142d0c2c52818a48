"""Hosts: what has power, a clock, a disk, timers, and engines that run on it.

A host knows nothing of the network or of other hosts; the world carries out what its
engines return.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foviz.dhcp.client import ClientConfig, DhcpClient
from foviz.dhcp.relay import DhcpRelay, RelayConfig
from foviz.dhcp.scope import Scope, ScopeConfig
from foviz.dhcp.server import DhcpServer
from foviz.failover.endpoint import Endpoint, restored
from foviz.failover.process import FailoverProcess
from foviz.lease.ledger import Ledger
from foviz.lease.port import ScopePort, StandAlone
from foviz.lease.store import LeaseStore
from foviz.wire.dhcp import CLIENT_PORT, SERVER_PORT

if TYPE_CHECKING:
    from foviz.base.action import Action, Datagram
    from foviz.failover.profile import Profile
    from foviz.failover.relationship import Relationship


def timer_words(name: str) -> tuple[str, str]:
    """Return whose timer this is and what it is called: ``client``, ``t1``."""
    engine, _, short = name.partition(":")
    owner, _, timer = short.rpartition("/")
    if owner == "?":
        return engine, "greeting"  # of a caller that has not said who it is
    return owner or engine, timer


class Host:
    """What all hosts have. ``skew`` is own clock minus true time, in µs."""

    role = "host"
    port = 0

    def __init__(self, index: int, name: str, hardware: bytes) -> None:
        self.index = index
        self.name = name
        self.hardware = hardware
        self.powered = False
        self.running = False
        self.ever_started = False
        self.skew = 0
        self.held = 0
        self.disk: dict[str, dict[Any, Any]] = {}
        self.timers: dict[str, int] = {}
        self.armed: dict[str, int] = {}
        self.down_since = 0
        self.down_why = "never started"

    def clock(self, now: int) -> int:
        """Return what the host's own clock shows at a true moment."""
        return now + self.skew

    def persist(self, table: str, key: Any, value: Any) -> None:
        """Write durably; None deletes."""
        entries = self.disk.get(table)
        if entries is None:
            entries = self.disk[table] = Ledger() if table == "leases" else {}
        if value is None:
            entries.pop(key, None)
        else:
            entries[key] = value

    def boot(self, now: int) -> list[tuple[str, list[Action]]]:
        """Load the engines from disk and start them; (engine, actions) in order."""
        raise NotImplementedError

    def stop(self, now: int, *, again: bool = False) -> list[tuple[str, list[Action]]]:
        """End the engines in order; they may be started *again* at once."""
        return []

    def forget(self) -> None:
        """Lose everything volatile."""
        self.timers.clear()
        self.armed.clear()

    def on_timer(self, now: int, name: str) -> tuple[str, list[Action]]:
        """Let a timer fire."""
        raise NotImplementedError

    def on_datagram(self, now: int, datagram: Datagram) -> tuple[str, list[Action]]:
        """Take a datagram."""
        raise NotImplementedError


class ClientHost(Host):
    """A host that runs a DHCP client."""

    role = "client"
    port = CLIENT_PORT

    def __init__(self, index: int, config: ClientConfig) -> None:
        super().__init__(index, config.name, config.hardware)
        self.config = config
        self.client: DhcpClient | None = None

    def boot(self, now: int) -> list[tuple[str, list[Action]]]:
        """Start the client; it remembers its lease."""
        self.client = DhcpClient(self.config, self.disk.get("client", {}))
        return [("client", self.client.start(now))]

    def forget(self) -> None:
        """Lose the running client."""
        super().forget()
        self.client = None

    def on_timer(self, now: int, name: str) -> tuple[str, list[Action]]:
        """All timers are the client's."""
        assert self.client is not None
        return "client", self.client.on_timer(now, name.removeprefix("client:"))

    def on_datagram(self, now: int, datagram: Datagram) -> tuple[str, list[Action]]:
        """All datagrams are the client's."""
        assert self.client is not None
        return "client", self.client.on_datagram(now, datagram)


class RelayHost(Host):
    """A router that runs a relay agent. It routes as long as it has power."""

    role = "relay"
    port = SERVER_PORT

    def __init__(
        self, index: int, hardware: bytes, config: RelayConfig, addresses: tuple[int, ...]
    ) -> None:
        super().__init__(index, config.name, hardware)
        self.config = config
        self.addresses = addresses
        self.relay: DhcpRelay | None = None

    def boot(self, now: int) -> list[tuple[str, list[Action]]]:
        """Start the relay agent."""
        self.relay = DhcpRelay(self.config, self.addresses)
        return [("relay", self.relay.start(now))]

    def forget(self) -> None:
        """Lose the running agent."""
        super().forget()
        self.relay = None

    def on_datagram(self, now: int, datagram: Datagram) -> tuple[str, list[Action]]:
        """Datagrams are for the relay agent."""
        assert self.relay is not None
        return "relay", self.relay.on_datagram(now, datagram)


class ServerHost(Host):
    """A host that runs a DHCP server and its failover endpoints.

    ``scopes`` and ``relationships`` are settings: they are on disk and survive everything.
    """

    role = "server"
    port = SERVER_PORT

    def __init__(
        self,
        index: int,
        name: str,
        hardware: bytes,
        profile: Profile,
        scopes: dict[str, ScopeConfig],
        relationships: dict[str, Relationship],
    ) -> None:
        super().__init__(index, name, hardware)
        self.profile = profile
        self.scopes = scopes
        self.relationships = relationships
        self.storage_lost = False
        self.ever_lost_storage = False
        self.backup: dict[str, dict[Any, Any]] | None = None
        self.server: DhcpServer | None = None
        self.failover: FailoverProcess | None = None

    def boot(self, now: int) -> list[tuple[str, list[Action]]]:
        """Build stores and engines from settings and disk, then start them."""
        if self.storage_lost:
            self.disk.clear()  # what a running process wrote to the lost disk is lost as well
        leases = self.disk.get("leases", {})
        states = self.disk.get("failover", {})
        stores: dict[str, LeaseStore] = {}
        for name, config in self.scopes.items():
            store = stores[name] = new_store(config)
            store.load(binding for (scope, _), binding in leases.items() if scope == name)
        endpoints = {
            name: Endpoint(
                relationship,
                self.profile,
                stores,
                states.get(name),
                storage_lost=self.storage_lost,
                told_down=self.clock(self.down_since) if self.down_since else 0,
                networks={
                    name: (config.network, config.prefix) for name, config in self.scopes.items()
                },
            )
            for name, relationship in self.relationships.items()
        }
        self.storage_lost = False
        self.failover = FailoverProcess(endpoints)
        self.server = DhcpServer(
            self.name,
            {
                name: Scope(config, stores[name], self._port_of(name, endpoints))
                for name, config in self.scopes.items()
            },
        )
        return [("failover", self.failover.start(now)), ("dhcp", self.server.start(now))]

    def stop(self, now: int, *, again: bool = False) -> list[tuple[str, list[Action]]]:
        """Close the connections in order; everything is on disk already."""
        assert self.failover is not None
        return [("failover", self.failover.stop(now, again=again))]

    # -- the operator's backups

    def back_up(self) -> None:
        """Copy the server's database aside."""
        self.backup = {name: dict(entries) for name, entries in self.disk.items()}

    def restore(self, now: int, *, told: bool) -> None:
        """Put the copy in the database's place; a server that is *told* recovers.

        MS-DHCPF §3.1.7.2: after a restore every relationship is in RECOVER and asks for all.
        """
        assert self.backup is not None
        self.disk = {name: type(entries)(entries) for name, entries in self.backup.items()}
        if not told:
            return
        copied = self.disk.setdefault("failover", {})
        for name in self.relationships:
            copied[name] = restored(copied.get(name), now, self.clock(self.down_since))

    def forget(self) -> None:
        """Lose the running process."""
        super().forget()
        self.server = None
        self.failover = None

    def on_timer(self, now: int, name: str) -> tuple[str, list[Action]]:
        """Timers are named ``dhcp:…`` or ``failover:…``."""
        engine, _, timer = name.partition(":")
        if engine == "dhcp":
            assert self.server is not None
            return engine, self.server.on_timer(now, timer)
        assert self.failover is not None
        return engine, self.failover.on_timer(now, timer)

    def on_datagram(self, now: int, datagram: Datagram) -> tuple[str, list[Action]]:
        """Datagrams are for the DHCP server."""
        assert self.server is not None
        return "dhcp", self.server.on_datagram(now, datagram)

    def _port_of(self, scope: str, endpoints: dict[str, Endpoint]) -> ScopePort:
        for endpoint in endpoints.values():
            if scope in endpoint.stores:
                return endpoint
        return StandAlone()


def new_store(config: ScopeConfig) -> LeaseStore:
    """Return an empty store for a scope."""
    excluded = 0
    for address in config.excluded:
        if config.first <= address <= config.last:
            excluded |= 1 << (address - config.first)
    return LeaseStore(config.name, config.first, config.last, excluded)
