"""What a scenario says of scopes and relationships: an administrator's settings, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foviz.base.address import ip_text, ip_to_int, mac_to_bytes, mask_of
from foviz.base.errors import FovizError
from foviz.base.time import DAY, US
from foviz.dhcp.scope import ScopeConfig
from foviz.failover.relationship import Mode

if TYPE_CHECKING:
    from foviz.sim.tables import Table

MOST_ADDRESSES: Final = 1 << 16
LONGEST_NAME: Final = 126
"""Characters in a relationship's name (MS-DHCPM §3.2.4.90)."""
FAILOVER_PORT: Final = 647

OPTION_CODES: Final = {"router": 3, "dns": 6, "domain": 15, "ntp": 42}
"""Options that have a word of their own in a scenario and in the lab language."""
_OF_ADDRESSES: Final = (3, 6, 42)
LONGEST_OPTION: Final = 255


@dataclass(frozen=True)
class ScopePlan:
    """A scope, the servers that have it, and what differs on one of them."""

    config: ScopeConfig
    servers: tuple[str, ...]
    drift: tuple[tuple[str, ScopeConfig], ...] = ()

    def on(self, server: str) -> ScopeConfig:
        """Return the scope as one server has it."""
        return dict(self.drift).get(server, self.config)


@dataclass(frozen=True)
class RelationshipPlan:
    """A failover relationship between two servers."""

    name: str
    mode: Mode
    primary: str
    secondary: str
    scopes: tuple[str, ...]
    mclt_s: int
    reserve_percent: int
    local_percent: int
    switchover_s: int
    secret: str = ""
    port: int = FAILOVER_PORT


# -- scopes


def read_scope(
    root: Table, name: str, table: Table, relationships: tuple[RelationshipPlan, ...]
) -> ScopePlan:
    """Return the scope that a table describes."""
    table.only("network", "range", "lease", "servers", "excluded", "reservations", "options", "on")
    network, prefix = table.network("network")
    first, last = _range(table)
    if not network < first <= last < network | ~mask_of(prefix) & 0xFFFFFFFF:
        table.fail("range", f"the range of scope {name} is not within {table.text('network')}")
    if last - first >= MOST_ADDRESSES:
        table.fail("range", f"the range of scope {name} has more than {MOST_ADDRESSES} addresses")
    servers, given = root.names("servers"), table.texts("servers")
    for server in given:
        table.known("servers", server, servers, "server")
    owners = [plan for plan in relationships if name in plan.scopes]
    if len(owners) > 1:
        table.fail("", f"scope {name} is in two relationships; it can be in one only")
    pair = (owners[0].primary, owners[0].secondary) if owners else tuple(given or servers)
    config = _settings(root, table, ScopeConfig(name, network, prefix, first, last, 8 * DAY // US))
    drift: list[tuple[str, ScopeConfig]] = []
    for server, own in table.tables("on"):
        table.table("on").known(server, server, pair, "server of this scope")
        own.only("lease", "excluded", "reservations", "options")
        drift.append((server, _settings(root, own, config)))
    return ScopePlan(config, pair, tuple(drift))


def _settings(root: Table, table: Table, config: ScopeConfig) -> ScopeConfig:
    """Return the scope with the settings that a table has."""
    if "lease" in table.entries:
        config = config._replace(lease_s=table.duration("lease", 0, least=US) // US)
    if "excluded" in table.entries:
        config = config._replace(excluded=table.addresses("excluded"))
    if "reservations" in table.entries:
        config = config._replace(reservations=_reservations(root, table, config))
    if "options" in table.entries:
        options = table.table("options")
        config = config._replace(
            options=tuple(sorted(_option(options, key) for key in options.entries))
        )
    return config


def _range(table: Table) -> tuple[int, int]:
    text = table.text("range")
    first, dash, last = text.replace("–", "-").partition("-")
    if not dash:
        table.fail("range", f"“{text}” is no range; write it like 10.0.0.51-10.0.0.250")
    return table.checked("range", lambda: (ip_to_int(first), ip_to_int(last)))


def _reservations(root: Table, table: Table, config: ScopeConfig) -> tuple[tuple[bytes, int], ...]:
    """Read ``C3 = "10.0.0.60"`` or ``"02:00:00:00:00:03" = "10.0.0.60"``."""
    found: dict[bytes, int] = {}
    reserved = table.table("reservations")
    for key in reserved.entries:
        hardware = _hardware(root, reserved, key)
        address = reserved.address(key)
        if not config.first <= address <= config.last:
            reserved.fail(key, f"{ip_text(address)} is not in the range of scope {config.name}")
        if hardware in found or address in found.values():
            reserved.fail(key, f"a reservation for {key} or {ip_text(address)} stands twice")
        found[hardware] = address
    return tuple(found.items())


def _hardware(root: Table, table: Table, key: str) -> bytes:
    if key.startswith("C") and key[1:].isascii() and key[1:].isdigit() and len(key) < 9:
        return client_hardware(int(key[1:]))
    return table.checked(key, lambda: mac_to_bytes(key))


def client_hardware(number: int) -> bytes:
    """Return the hardware address of client C*number*: 02:00:00:00:00:01 for C1."""
    return b"\x02" + number.to_bytes(5)


def _option(table: Table, key: str) -> tuple[int, bytes]:
    value = table.entries[key]
    text = ", ".join(table.texts(key)) if isinstance(value, list) else table.text(key)
    return table.checked(key, lambda: option_value(key, text))


def option_value(key: str, text: str) -> tuple[int, bytes]:
    """Return code and data of an option by its word or number; raise FovizError for others.

    Addresses are separated by commas; what a number stands for is written as text, or as
    hexadecimal digits after ``0x``.
    """
    code = OPTION_CODES.get(key)
    if code is None:
        if not (key.isascii() and key.isdigit() and 1 <= int(key) <= 254):
            words = ", ".join(OPTION_CODES)
            raise FovizError(f"“{key}” is no option: {words}, or a number from 1 to 254")
        code = int(key)
    if code in _OF_ADDRESSES:
        parts = [part.strip() for part in text.split(",")]
        data = b"".join(ip_to_int(part).to_bytes(4) for part in parts)
    elif text.startswith("0x"):
        try:
            data = bytes.fromhex(text[2:])
        except ValueError:
            raise FovizError(f"“{text}” is not written in hexadecimal digits") from None
    else:
        data = text.encode()
    if not 0 < len(data) <= LONGEST_OPTION:
        raise FovizError(f"an option has 1 to {LONGEST_OPTION} octets")
    return code, data


# -- relationships


def read_relationship(root: Table, name: str, table: Table) -> RelationshipPlan:
    """Return the relationship that a table describes."""
    table.only(
        "mode", "primary", "secondary", "scopes", "mclt", "reserve", "balance", "switchover",
        "secret", "port",
    )  # fmt: skip
    if len(name) > LONGEST_NAME:
        table.fail("", f"the name of a relationship has at most {LONGEST_NAME} characters")
    modes = {mode.value: mode for mode in Mode}
    mode = table.text("mode", "load balance").replace("-", " ")
    table.known("mode", mode, modes, "mode")
    pair = table.text("primary"), table.text("secondary")
    for role, server in zip(("primary", "secondary"), pair, strict=True):
        if not server:
            table.fail(role, f"relationship {name} lacks its {role}")
        table.known(role, server, root.names("servers"), "server")
    if pair[0] == pair[1]:
        table.fail("secondary", f"relationship {name} needs two different servers")
    scopes = tuple(table.texts("scopes"))
    for scope in scopes:
        table.known("scopes", scope, root.names("scopes"), "scope")
    return RelationshipPlan(
        name,
        modes[mode],
        *pair,
        scopes,
        table.duration("mclt", 3600 * US, least=US) // US,
        table.percent("reserve", 5),
        table.percent("balance", 50),
        table.duration("switchover", 0) // US,
        table.text("secret"),
        table.number("port", FAILOVER_PORT, least=1, most=65535),
    )
