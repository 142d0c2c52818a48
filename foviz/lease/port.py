"""The narrow port through which a DHCP server asks what failover allows.

The DHCP server knows nothing of failover and the failover endpoint nothing of DHCP
messages. Whoever owns a scope answers a few questions: may I serve this client, which
addresses may I give, for how long, and what becomes of a lease that ended. A scope without
a partner is answered by :class:`StandAlone`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from foviz.base.numbered import Named
from foviz.base.time import DAY, US
from foviz.lease.binding import ENDED, FREE, Binding

if TYPE_CHECKING:
    from foviz.base.action import Fact
    from foviz.lease.store import LeaseStore, Mask
    from foviz.wire.failover import BindingStatus


class Request(Named):
    """What a client's message asks for (RFC 2131 §4.3.2 tells the four REQUESTs apart)."""

    DISCOVER = "discover"
    SELECTING = "selecting"
    INIT_REBOOT = "init-reboot"
    RENEWING = "renewing"
    REBINDING = "rebinding"
    RELEASE = "release"
    DECLINE = "decline"
    INFORM = "inform"


class Query(NamedTuple):
    """A client's message as far as the decision who answers needs it.

    ``chosen`` says that its server identifier names this server.
    """

    request: Request
    client: bytes
    hardware: bytes
    client_id: bytes
    secs: int
    xid: int
    granter: str
    chosen: bool = False


class Verdict(NamedTuple):
    """Whether to answer, by which rule, on which facts.

    ``carried`` are those that the answer's own decision is to show as well.
    """

    answer: bool
    rule: str
    facts: tuple[Fact, ...] = ()
    carried: tuple[Fact, ...] = ()


class Grant(NamedTuple):
    """A lease time in seconds, the potential expiration (µs) for the partner, and the rule."""

    lease_s: int
    pet: int
    rule: str
    facts: tuple[Fact, ...] = ()


class ScopePort(Protocol):
    """What a DHCP server asks about one scope. ``now`` is the host's own clock in µs."""

    def may_answer(self, now: int, query: Query, store: LeaseStore) -> Verdict:
        """Say whether this server answers the message at all."""
        ...

    def allocatable(self, now: int, store: LeaseStore) -> tuple[Mask, ...]:
        """Return the sets of addresses a new client may get, the preferred set first."""
        ...

    def may_reuse(self, now: int, binding: Binding, store: LeaseStore) -> bool:
        """Say whether the client that is named in an ended or free binding may have it again."""
        ...

    def grant(self, now: int, binding: Binding, desired_s: int) -> Grant:
        """Return for how long the address may be leased to the client."""
        ...

    def may_adopt(self, now: int, binding: Binding) -> bool:
        """Say whether to believe a client that renews an address nobody is on record for."""
        ...

    def may_end(self) -> bool:
        """Say whether this server may now end leases whose time is over."""
        ...

    def ended(self, now: int, binding: Binding, status: BindingStatus) -> BindingStatus:
        """Return what a lease becomes that ends as *status* would have it."""
        ...

    def may_give_reserved(self, now: int, binding: Binding, store: LeaseStore) -> bool:
        """Say whether the client that an available address is reserved for may get it here."""
        ...

    def may_recycle(self, now: int, binding: Binding) -> bool:
        """Say whether an ABANDONED address may be tried again, as there is no other left."""
        ...

    @property
    def minds_choice(self) -> bool:
        """Whether a REQUEST that names another server is left to that one."""
        ...

    @property
    def partnered(self) -> bool:
        """Whether a partner has to be told of changes."""
        ...


class StandAlone:
    """The answers for a scope without a partner: an ordinary DHCP server."""

    def may_answer(self, now: int, query: Query, store: LeaseStore) -> Verdict:
        """Answer everybody."""
        return Verdict(True, "no-partner")

    def allocatable(self, now: int, store: LeaseStore) -> tuple[Mask, ...]:
        """Every FREE address."""
        return (store.mask(FREE),)

    def may_reuse(self, now: int, binding: Binding, store: LeaseStore) -> bool:
        """An address that ended is its last client's until somebody else needs it."""
        return binding.status is FREE or binding.status in ENDED

    def grant(self, now: int, binding: Binding, desired_s: int) -> Grant:
        """The scope's lease time."""
        return Grant(desired_s, now + desired_s * US, "scope-lease", (("lease", desired_s, "s"),))

    def may_adopt(self, now: int, binding: Binding) -> bool:
        """RFC 2131 §4.3.2: without a record the server stays silent."""
        return False

    def may_end(self) -> bool:
        """Whenever their time is over."""
        return True

    def ended(self, now: int, binding: Binding, status: BindingStatus) -> BindingStatus:
        """Free at once."""
        return FREE

    def may_give_reserved(self, now: int, binding: Binding, store: LeaseStore) -> bool:
        """Nobody else gives it."""
        return True

    def may_recycle(self, now: int, binding: Binding) -> bool:
        """After a day."""
        return 0 < binding.start <= now - DAY

    @property
    def minds_choice(self) -> bool:
        """The client has chosen (RFC 2131 §4.3.2)."""
        return True

    @property
    def partnered(self) -> bool:
        """Nobody to tell."""
        return False
