"""How many free addresses each server should own (draft-12 §5.4, MS-DHCPF §3.2.2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import Action, Note, Persist
from foviz.base.kinds import Kind
from foviz.failover import updates
from foviz.lease.binding import BACKUP, FREE, Binding, binding_note

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint
    from foviz.lease.store import LeaseStore


def backup_target(free: int, backup: int, percent: int) -> int:
    """Return how many of the available addresses the secondary should own.

    Half up, and at least one when it is to have any and there is more than one.
    """
    total = free + backup
    target = (total * percent + 50) // 100
    if percent > 0 and total > 1:
        target = max(target, 1)
    return target


def redistribute(endpoint: Endpoint, now: int) -> list[Action]:
    """Give addresses to the secondary or take them back; the primary's deed, in NORMAL.

    The highest FREE addresses go, the lowest BACKUP ones come back.
    """
    actions: list[Action] = []
    for scope in endpoint.relationship.scopes:
        store = endpoint.stores[scope]
        free, backup = store.free_counts()
        missing = backup_target(free, backup, endpoint.relationship.partner_percent) - backup
        if missing > 0:
            actions.extend(_give(endpoint, now, store, missing))
        elif missing < 0:
            actions.extend(_take_back(endpoint, store, -missing))
    return [*actions, *updates.pump(endpoint, now)]


def _give(endpoint: Endpoint, now: int, store: LeaseStore, count: int) -> list[Action]:
    """From the moment the update is sent the giver must not use the address (§7.6)."""
    actions: list[Action] = []
    mask = store.mask(FREE)
    for _ in range(count):
        address = store.highest(mask)
        assert address is not None
        mask &= ~store.bit(address)
        old = store.get(address)
        new = Binding(
            address, BACKUP, old.client_id, old.hardware, start=now, cltt=old.cltt, known=False
        )
        store.put(new)
        actions.append(binding_note(store.scope, old, new))
        actions.append(Persist("leases", (store.scope, address), new))
        endpoint.queue[store.scope, address] = None
    free, backup = store.free_counts()
    data = (endpoint.name, store.scope, "given", count, free, backup)
    return [Note(Kind.POOL, data), *actions]


def _take_back(endpoint: Endpoint, store: LeaseStore, count: int) -> list[Action]:
    """Ask for addresses; they are ours again only when the secondary has agreed (§4.2)."""
    mask = store.mask(BACKUP)
    asked = 0
    while asked < count and mask:
        address = store.lowest(mask)
        assert address is not None
        mask &= ~store.bit(address)
        key = (store.scope, address)
        if key not in endpoint.reclaiming:
            endpoint.reclaiming[key] = None
            endpoint.queue[key] = None
        asked += 1
    free, backup = store.free_counts()
    return [Note(Kind.POOL, (endpoint.name, store.scope, "taken", asked, free, backup))]
