"""Telling the partner: BNDUPD and BNDACK, UPDREQ and UPDDONE (draft-12 §7.1–7.5).

An update follows the ACK that caused it and never delays it. What the partner has not
acknowledged is marked in the store (``known`` is false), so nothing is lost with a
connection or a crash; ``queue`` only holds what is to be sent on this connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.action import Action, Fact, Note, Persist
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import messages
from foviz.failover.conflict import judge
from foviz.lease.binding import ACTIVE, BACKUP, ENDED, FREE, Binding, binding_note
from foviz.wire import failover as wire
from foviz.wire.failover import FailoverMessage, FailoverOption, FailoverType, RejectReason

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint
    from foviz.lease.store import LeaseStore

Key = tuple[str, int]
"""(scope, address)"""


def changed(endpoint: Endpoint, now: int, key: Key) -> list[Action]:
    """Queue a binding that a client's message or time changed."""
    if not endpoint.contact:
        return []
    endpoint.queue[key] = None
    return pump(endpoint, now)


def pump(endpoint: Endpoint, now: int) -> list[Action]:
    """Send queued updates while the partner's limit of unacknowledged ones allows (§8.4)."""
    if not endpoint.contact:
        return []
    actions: list[Action] = []
    while len(endpoint.outstanding) < endpoint.partner_max_unacked:
        # An address waits for the answer to its last update before the next one goes.
        key = next((key for key in endpoint.queue if key not in endpoint.busy), None)
        if key is None:
            break
        del endpoint.queue[key]
        actions.extend(_send_update(endpoint, now, key))
    return [*actions, *_finish_request(endpoint, now)]


def push_all(endpoint: Endpoint, now: int, *, everything: bool = False) -> list[Key]:
    """Queue every binding the partner has not acknowledged, or every one ever used."""
    keys: list[Key] = []
    for scope in endpoint.relationship.scopes:
        store = endpoint.stores[scope]
        if everything:
            for binding in store.touched():
                store.put(binding._replace(known=False))
                keys.append((scope, binding.address))
        else:
            keys.extend((scope, address) for address in store.addresses(store.unknown))
    for key in keys:
        endpoint.queue[key] = None
    return keys


def forget_connection(endpoint: Endpoint) -> None:
    """Drop what belonged to the connection; nothing is acknowledged on another (§8.6)."""
    endpoint.queue.clear()
    endpoint.outstanding.clear()
    endpoint.busy.clear()
    endpoint.reclaiming.clear()
    endpoint.request = None
    endpoint.asked = 0


def _send_update(endpoint: Endpoint, now: int, key: Key) -> list[Action]:
    scope, address = key
    binding = endpoint.stores[scope].get(address)
    if key in endpoint.reclaiming:
        binding = binding._replace(status=FREE, start=now)
    elif binding.known:
        _settle(endpoint, key)
        return []
    xid = endpoint.new_xid()
    endpoint.outstanding[xid] = (scope, binding)
    endpoint.busy[key] = xid
    options = messages.binding_options(binding)
    return messages.send(endpoint, now, FailoverType.BNDUPD, options, xid)


# -- the partner's answer


def on_bndack(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """Take the partner's answer to one of our updates."""
    found = endpoint.outstanding.pop(message.xid, None)
    if found is None:
        return [_decision("ignored", "ack-of-nothing", b"", 0, (("xid", message.xid, ""),))]
    scope, sent = found
    key = (scope, sent.address)
    del endpoint.busy[key]
    _settle(endpoint, key)
    reclaimed = key in endpoint.reclaiming
    endpoint.reclaiming.pop(key, None)
    reason = message.u8(FailoverOption.REJECT_REASON)
    if reason:
        facts: tuple[Fact, ...] = (
            ("reject reason", reason, ""),
            ("meaning", wire.reject_text(reason), ""),
        )
        note = _decision("rejected", "update-rejected", sent.hardware, sent.address, facts)
        return [note, *pump(endpoint, now)]
    store = endpoint.stores[scope]
    acknowledged = _acknowledge(store, sent, now, reclaimed=reclaimed)
    return [*acknowledged, *pump(endpoint, now)]


def _acknowledge(store: LeaseStore, sent: Binding, now: int, *, reclaimed: bool) -> list[Action]:
    current = store.get(sent.address)
    if reclaimed:
        if current.status is not BACKUP:
            return []
        new = sent._replace(known=True)
    elif messages.binding_options(current) == messages.binding_options(sent):
        # What we told still holds, though the partner may have told us something meanwhile.
        # The sender copies what it sent: a BNDACK carries no potential expiration (§7.1.5).
        new = current._replace(known=True, acked_pet=max(current.acked_pet, sent.pet))
        if current.status in ENDED:
            new = freed(new, now)
    elif current.status is ACTIVE and current.client == sent.client:
        new = current._replace(acked_pet=max(current.acked_pet, sent.pet))
    else:
        return []
    store.put(new)
    return [
        binding_note(store.scope, current, new),
        Persist("leases", (store.scope, new.address), new),
    ]


def freed(binding: Binding, now: int) -> Binding:
    """Return the binding as FREE: it goes back to the primary, its client is remembered."""
    return Binding(
        binding.address,
        FREE,
        binding.client_id,
        binding.hardware,
        start=now,
        cltt=binding.cltt,
        reserved=binding.reserved,
    )


# -- the partner's updates


def on_bndupd(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """Judge each transaction of a BNDUPD, write, then answer on the same connection (§7.1.3)."""
    actions: list[Action] = []
    answer: list[tuple[int, bytes]] = []
    for options in message.transactions():
        found, reason = _take(endpoint, now, options)
        actions.extend(found)
        address = dict(options).get(FailoverOption.ASSIGNED_IP_ADDRESS, b"\0\0\0\0")
        answer.append((FailoverOption.ASSIGNED_IP_ADDRESS, address))
        if reason:
            answer.append(wire.u8(FailoverOption.REJECT_REASON, reason))
            answer.append(wire.text(FailoverOption.MESSAGE, wire.reject_text(reason)))
    ack = messages.send(endpoint, now, FailoverType.BNDACK, tuple(answer), message.xid)
    return [*actions, *ack]


def _take(endpoint: Endpoint, now: int, options: messages.Options) -> tuple[list[Action], int]:
    update = messages.parse_binding(options)
    if update is None:
        reason = RejectReason.MISSING_BINDING_INFORMATION
        return [_decision("rejected", "update-incomplete", b"", 0, ())], reason
    scope = next(
        (name for name in endpoint.relationship.scopes if update.address in endpoint.stores[name]),
        "",
    )
    if not scope:
        note = _decision("rejected", "update-no-pool", update.hardware, update.address, ())
        return [note], RejectReason.ILLEGAL_IP_ADDRESS
    store = endpoint.stores[scope]
    own = store.get(update.address)
    outcome = judge(own, update, now, primary=endpoint.is_primary)
    facts: tuple[Fact, ...] = (
        ("own status", own.status.name, ""),
        ("update", update.status.name, ""),
        ("rule of the table", outcome.rule, ""),
        ("own last contact with the client", own.cltt, "t"),
        ("the update's", update.cltt, "t"),
    )
    if outcome.reject:
        note = _decision("rejected", "update-refused", update.hardware, update.address, facts)
        return [note], outcome.reject
    new = merge(own, update, endpoint, now)
    store.put(new)
    return [
        _decision("accepted", "update-accepted", update.hardware, update.address, facts),
        binding_note(scope, own, new),
        Persist("leases", (scope, new.address), new),
    ], 0


def merge(own: Binding, update: Binding, endpoint: Endpoint, now: int) -> Binding:
    """Return what this server believes after accepting *update*."""
    if update.status in ENDED:
        # The server that acknowledges frees at once, the sender on the BNDACK (§5.11).
        return freed(update._replace(reserved=own.reserved), now)
    if update.status is not ACTIVE:
        return update._replace(expires=0, received_pet=0, reserved=own.reserved)
    same = own.status is ACTIVE and own.client == update.client
    if not same:
        return update._replace(granter=endpoint.relationship.partner_name, reserved=own.reserved)
    newer = update.cltt // US > own.cltt // US or not own.granter
    if newer:
        expires = update.expires
    elif update.cltt // US < own.cltt // US:
        expires = own.expires  # the client's last word was to us, as the partner hears too
    else:
        expires = max(own.expires, update.expires)
    return update._replace(
        granter=endpoint.relationship.partner_name if newer else own.granter,
        expires=expires,
        start=update.start if newer else own.start,
        cltt=max(own.cltt, update.cltt),
        pet=own.pet,
        acked_pet=own.acked_pet,
        received_pet=max(own.received_pet, update.received_pet),
        known=newer or own.known,
        reserved=own.reserved,
    )


# -- update requests


def ask(endpoint: Endpoint, now: int, *, everything: bool) -> list[Action]:
    """Ask for what we missed (UPDREQ), or for all (UPDREQALL), once a connection."""
    if endpoint.asked:
        return []
    endpoint.asked = endpoint.new_xid()
    kind = FailoverType.UPDREQALL if everything else FailoverType.UPDREQ
    return messages.send(endpoint, now, kind, (), endpoint.asked)


def on_request(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """Answer UPDREQ or UPDREQALL: every binding present now, then UPDDONE (§7.3, §7.4)."""
    everything = message.type == FailoverType.UPDREQALL
    keys = push_all(endpoint, now, everything=everything)
    endpoint.request = (message.xid, dict.fromkeys(keys))
    return pump(endpoint, now)


def _settle(endpoint: Endpoint, key: Key) -> None:
    """Take the address off the set that the partner's update request waits for."""
    if endpoint.request is not None:
        endpoint.request[1].pop(key, None)


def _finish_request(endpoint: Endpoint, now: int) -> list[Action]:
    """Send UPDDONE when the last of the set was answered; a rejection counts (§7.5)."""
    if endpoint.request is None:
        return []
    xid, waiting = endpoint.request
    if waiting:
        return []
    endpoint.request = None
    return messages.send(endpoint, now, FailoverType.UPDDONE, (), xid)


def _decision(
    outcome: str, rule: str, hardware: bytes, address: int, facts: tuple[Fact, ...]
) -> Note:
    return Note(Kind.DECISION, (outcome, rule, hardware, address, facts))
