"""One address and what a server knows about it (draft-12 §5.11, §7.1.5).

All moments are µs of the server's own clock; those that cross the wire are whole seconds,
kept as multiples of a million.
"""

from __future__ import annotations

from typing import NamedTuple

from foviz.base.action import Note
from foviz.base.kinds import Kind
from foviz.wire.failover import BindingStatus

FREE = BindingStatus.FREE
ACTIVE = BindingStatus.ACTIVE
EXPIRED = BindingStatus.EXPIRED
RELEASED = BindingStatus.RELEASED
ABANDONED = BindingStatus.ABANDONED
RESET = BindingStatus.RESET
BACKUP = BindingStatus.BACKUP

ENDED = (EXPIRED, RELEASED, RESET)
"""On the way to FREE: waiting for the partner's BNDACK."""

AVAILABLE = (FREE, BACKUP)
"""Leased to nobody: the primary's and the secondary's."""


class Binding(NamedTuple):
    """What one server remembers of one address.

    ``client_id`` is empty for a client that sent none;
    ``granter`` is the server that granted the lease as far as this server can tell.
    ``pet`` is the potential expiration that the partner is told, ``acked_pet`` what it has
    acknowledged, ``received_pet`` what it told us. ``known`` says that the partner has
    acknowledged the binding as it stands. ``start`` is when the present status began (stos),
    ``cltt`` when the client was last heard. ``told`` is the status in the last update about
    this client that was sent to the partner, 0 when none was; ``refused`` says that the
    partner rejected the binding as it stands. ``reserved`` is the R flag of an update.
    """

    address: int
    status: BindingStatus = FREE
    client_id: bytes = b""
    hardware: bytes = b""
    granter: str = ""
    expires: int = 0
    start: int = 0
    cltt: int = 0
    pet: int = 0
    acked_pet: int = 0
    received_pet: int = 0
    known: bool = True
    reserved: bool = False
    told: int = 0
    refused: bool = False

    @property
    def client(self) -> bytes:
        """What identifies the client: client-identifier, else type and hardware; or empty."""
        return self.client_id or (b"\x01" + self.hardware if self.hardware else b"")

    @property
    def leased(self) -> bool:
        """Whether a client may be using the address by this server's record."""
        return self.status is ACTIVE

    @property
    def furthest(self) -> int:
        """The latest end that either server can have promised a client, without the MCLT.

        draft-12 §7.1.5: the maximum of lease-expiration and the three potential expirations.
        """
        return max(self.expires, self.pet, self.acked_pet, self.received_pet)


def freed(binding: Binding, now: int, status: BindingStatus = FREE, *, known: bool) -> Binding:
    """Return the binding as available: its client is remembered, promises are not."""
    return Binding(
        binding.address,
        status,
        binding.client_id,
        binding.hardware,
        start=now,
        cltt=binding.cltt,
        known=known,
    )


def binding_note(scope: str, old: Binding, new: Binding) -> Note:
    """Return the record of a binding change."""
    data = (
        scope,
        new.address,
        int(old.status),
        int(new.status),
        new.hardware,
        new.granter,
        new.expires,
        new.pet,
        new.known,
    )
    return Note(Kind.BINDING, data)
