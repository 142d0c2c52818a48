"""What an administrator sets for a failover relationship (the Windows settings)."""

from __future__ import annotations

from typing import NamedTuple

from foviz.base.numbered import Named


class Mode(Named):
    """How the two servers share the clients."""

    HOT_STANDBY = "hot standby"
    LOAD_BALANCE = "load balance"


class Role(Named):
    """Protocol roles. In hot standby the primary is the active server."""

    PRIMARY = "primary"
    SECONDARY = "secondary"

    @property
    def is_primary(self) -> bool:
        """Whether this is the primary."""
        return self is Role.PRIMARY


class Relationship(NamedTuple):
    """One server's side of a relationship. Times in seconds, shares in per cent.

    ``switchover_s`` is the state switchover interval (the draft's safe period), 0 when
    automatic transition is off. ``local_percent`` is the primary's share of the clients in
    load balance, ``reserve_percent`` the standby's share of the free addresses. ``secret`` is
    what both servers sign their messages with, empty for none.
    """

    name: str
    mode: Mode
    role: Role
    own_name: str
    own_address: int
    partner_name: str
    partner_address: int
    mclt_s: int = 3600
    reserve_percent: int = 5
    local_percent: int = 50
    switchover_s: int = 0
    port: int = 647
    scopes: tuple[str, ...] = ()
    secret: str = ""

    @property
    def windows_role(self) -> str:
        """Microsoft's word for this side: active, standby, or the protocol role."""
        if self.mode is Mode.LOAD_BALANCE:
            return self.role.value
        return "active" if self.role.is_primary else "standby"

    @property
    def partner_percent(self) -> int:
        """The secondary's share of the free addresses."""
        if self.mode is Mode.HOT_STANDBY:
            return self.reserve_percent
        return 100 - self.local_percent
