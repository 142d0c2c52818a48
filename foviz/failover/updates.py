"""Telling the partner: BNDUPD and BNDACK, UPDREQ and UPDDONE (draft-12 §7.1–7.5).

An update follows the ACK that caused it and never delays it. What the partner has not
acknowledged is marked in the store (``known`` is false), so nothing is lost with a
connection or a crash; ``queue`` only holds what is to be sent on this connection. No
BNDUPD is ever the answer to a BNDUPD (§5.5), but for ISC's affinity, and what was rejected
is sent again at the partner's next request only (§7.2.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz.base.action import Action, Fact, Note, Persist, SetTimer
from foviz.base.kinds import Kind
from foviz.base.time import US
from foviz.failover import messages
from foviz.failover.conflict import Case, Outcome, decide
from foviz.failover.leadtime import usable_in_partner_down
from foviz.failover.pools import owned_status, status_when_freed
from foviz.failover.states import COMMUNICATION_INTERRUPTED, NORMAL, PARTNER_DOWN
from foviz.lease.binding import ACTIVE, AVAILABLE, BACKUP, ENDED, FREE, RELEASED, Binding, freed
from foviz.lease.transitions import Event, change
from foviz.wire import failover as wire
from foviz.wire.demands import required
from foviz.wire.failover import (
    IP_BOOTP,
    IP_RESERVED,
    BindingStatus,
    FailoverMessage,
    FailoverOption,
    FailoverType,
    RejectReason,
)

if TYPE_CHECKING:
    from foviz.failover.endpoint import Endpoint
    from foviz.lease.store import LeaseStore

Key = tuple[str, int]
"""(scope, address)"""

COLLECTED: Final = 2 * US
"""How long collected acknowledgements wait for more (ISC dhcp_failover_queue_ack)."""

MUCH_LATER: Final = 60 * US
"""The considerable delay after which a server says what an update of its partner's ended."""


def changed(endpoint: Endpoint, now: int, key: Key) -> list[Action]:
    """Queue a binding that a client's message or time changed."""
    if not endpoint.contact:
        return watch_ended(endpoint, now, key)
    endpoint.queue[key] = None
    return [*watch_ended(endpoint, now, key), *pump(endpoint, now)]


def pump(endpoint: Endpoint, now: int) -> list[Action]:
    """Send queued updates while the partner's limit of unacknowledged ones allows (§8.4)."""
    if not endpoint.contact:
        return []
    actions: list[Action] = []
    while endpoint.queue and len(endpoint.outstanding) < endpoint.partner_max_unacked:
        # An address waits for the answer to its last update before the next one goes.
        key = next((key for key in endpoint.queue if key not in endpoint.busy), None)
        if key is None:
            break
        del endpoint.queue[key]
        actions.extend(_send_update(endpoint, now, key))
    if endpoint.request is not None:
        actions.extend(_finish_request(endpoint, now))
    return actions


def push_all(endpoint: Endpoint, now: int, *, everything: bool = False) -> list[Key]:
    """Queue every binding the partner has not acknowledged.

    *everything*: what it rejected as well, since it asks for it; of its own accord a server
    does not send that again (§7.2.1).
    """
    keys = [
        (scope, address)
        for scope, store in endpoint.stores.items()
        for address in store.addresses(store.unknown)
        if everything or not store.get(address).refused
    ]
    for key in keys:
        endpoint.queue[key] = None
    return keys


def forget_connection(endpoint: Endpoint) -> None:
    """Drop what belonged to the connection; nothing is acknowledged on another (§8.6)."""
    endpoint.queue.clear()
    endpoint.outstanding.clear()
    endpoint.busy.clear()
    endpoint.claims.clear()
    endpoint.acks.clear()
    endpoint.late.clear()
    endpoint.request = None
    endpoint.asked = 0
    endpoint.pool_asked = 0


def _send_update(endpoint: Endpoint, now: int, key: Key) -> list[Action]:
    scope, address = key
    store = endpoint.stores[scope]
    binding = store.get(address)
    if key in endpoint.claims and binding.status not in AVAILABLE:
        del endpoint.claims[key]  # its owner leased it meanwhile
    claimed = endpoint.claims.get(key)
    if binding.known and claimed is None:
        _settle(endpoint, key)
        return []
    marked = _to_send(binding, claims=claimed is not None)
    actions: list[Action] = []
    if marked != binding:
        # A restart has to know what the partner may have heard, answered or not (§7.1.5).
        actions.append(_mark(store, marked))
    sent = marked if claimed is None else freed(marked, now, claimed, known=False)
    actions.extend(_send_acks(endpoint, now))
    xid = endpoint.new_xid()
    endpoint.outstanding[xid] = (scope, sent)
    endpoint.busy[key] = xid
    always = endpoint.profile.update_always_has_expirations
    flagged = sent._replace(reserved=True) if address in store.reservations else sent
    options = messages.binding_options(flagged, always=always)
    return [*actions, *messages.send(endpoint, now, FailoverType.BNDUPD, options, xid)]


def _to_send(binding: Binding, *, claims: bool) -> Binding:
    """Return the binding as it stands once an update about it is on its way.

    The partner has to know of every end that this server may promise without asking again,
    so the potential expiration never falls behind what either has told the other (§7.1.5).
    """
    if claims:
        return binding._replace(known=False)
    pet = binding.pet
    if binding.status is ACTIVE:
        pet = max(pet, binding.acked_pet, binding.received_pet)
    return binding._replace(known=False, told=int(binding.status), pet=pet)


def _mark(store: LeaseStore, binding: Binding) -> Persist:
    """Write what only this server has to remember of a binding: no change of the binding."""
    store.put(binding)
    return Persist("leases", (store.scope, binding.address), binding, quiet=True)


# -- the partner's answer


def on_bndack(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """Take the partner's answer to one of our updates."""
    found = endpoint.outstanding.get(message.xid)
    if found is None:
        return [_decision("ignored", "ack-of-nothing", b"", 0, (("xid", message.xid, ""),))]
    scope, sent = found
    answers = message.transactions()
    address = message.u32(FailoverOption.ASSIGNED_IP_ADDRESS) or 0
    if len(answers) != 1 or address != sent.address:
        facts: tuple[Fact, ...] = (("addresses answered", len(answers), ""),)
        return [_decision("ignored", "ack-of-another", sent.hardware, sent.address, facts)]
    key = (scope, sent.address)
    del endpoint.outstanding[message.xid]
    del endpoint.busy[key]
    _settle(endpoint, key)
    claimed = endpoint.claims.pop(key, None) is not None
    reason = message.u8(FailoverOption.REJECT_REASON)
    if reason:
        actions = _rejected(endpoint.stores[scope], sent, reason, claimed=claimed)
    else:
        actions = _acknowledged(endpoint, scope, sent, now, claimed=claimed)
    return [*actions, *pump(endpoint, now)]


def _rejected(store: LeaseStore, sent: Binding, reason: int, *, claimed: bool) -> list[Action]:
    facts: tuple[Fact, ...] = (
        ("reject reason", reason, ""),
        ("meaning", wire.reject_text(reason), ""),
    )
    actions: list[Action] = [
        _decision("rejected", "update-rejected", sent.hardware, sent.address, facts)
    ]
    current = store.get(sent.address)
    if claimed and current.status in AVAILABLE:
        actions.append(_mark(store, current._replace(known=True)))
    elif current == sent:
        actions.append(_mark(store, current._replace(refused=True)))
    return actions


def _acknowledged(
    endpoint: Endpoint, scope: str, sent: Binding, now: int, *, claimed: bool
) -> list[Action]:
    store = endpoint.stores[scope]
    current = store.get(sent.address)
    if claimed:
        if current.status not in AVAILABLE:
            return []
        event = Event.TAKEN_BACK if sent.status is FREE else Event.CLAIMED
        if current.status is sent.status:
            event = Event.CONFIRMED
        return change(store, sent._replace(known=True), event)
    # What we told still holds, though the partner may have told us something meanwhile.
    holds = current is sent or sent == current._replace(
        cltt=sent.cltt, received_pet=sent.received_pet
    )
    if holds and current.status in ENDED:
        return _make_available(endpoint, store, current, now, Event.ACKNOWLEDGED)
    renewed = current.status is ACTIVE and sent.status is ACTIVE and current.client == sent.client
    if not holds and not renewed:
        return []
    # The sender copies what it sent: a BNDACK carries no potential expiration (§7.1.5).
    acked = max(current.acked_pet, sent.pet)
    known = holds or current.known
    return change(
        store, current._replace(acked_pet=acked, refused=False, known=known), Event.CONFIRMED
    )


def _make_available(
    endpoint: Endpoint, store: LeaseStore, binding: Binding, now: int, event: Event
) -> list[Action]:
    """The end of a lease is known to both: the address goes to the primary's pool (§5.4)."""
    status = status_when_freed(endpoint, store, binding)
    new = freed(binding, now, status, known=status is FREE)
    if not new.known:
        endpoint.queue[store.scope, binding.address] = None
    return change(store, new, event)


# -- the partner's updates


def on_bndupd(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """Judge each transaction of a BNDUPD, write, then answer on the same connection (§7.1.3)."""
    actions: list[Action] = []
    answer: list[tuple[int, bytes]] = []
    refused = False
    limit = endpoint.profile.batch_limit
    transactions = message.transactions()
    for options in transactions[:limit] if limit else transactions:
        found, reason = _take(endpoint, now, options)
        actions.extend(found)
        address = dict(options).get(FailoverOption.ASSIGNED_IP_ADDRESS, b"\0\0\0\0")
        answer.append((FailoverOption.ASSIGNED_IP_ADDRESS, address))
        if reason:
            refused = True
            answer.append(wire.u8(FailoverOption.REJECT_REASON, reason))
            answer.append(wire.text(FailoverOption.MESSAGE, wire.reject_text(reason)))
    ack = (message.xid, tuple(answer))
    actions.extend(_answer(endpoint, now, ack, at_once=refused))
    # Only ISC's affinity puts something into the queue here.
    return [*actions, *pump(endpoint, now)] if endpoint.profile.affinity else actions


def _answer(
    endpoint: Endpoint, now: int, ack: tuple[int, messages.Options], *, at_once: bool
) -> list[Action]:
    """Send a BNDACK, or keep it with others; a rejection never waits."""
    if at_once or endpoint.profile.acknowledge == "at-once":
        return messages.send(endpoint, now, FailoverType.BNDACK, ack[1], ack[0])
    endpoint.acks.append(ack)
    if len(endpoint.acks) >= max(1, endpoint.partner_max_unacked // 2):
        return _send_acks(endpoint, now)
    return [SetTimer("ack", COLLECTED)]


def _send_acks(endpoint: Endpoint, now: int) -> list[Action]:
    actions: list[Action] = []
    for xid, options in endpoint.acks:
        actions.extend(messages.send(endpoint, now, FailoverType.BNDACK, options, xid))
    endpoint.acks.clear()
    return actions


def on_ack_timer(endpoint: Endpoint, now: int) -> list[Action]:
    """Send the acknowledgements that were collected."""
    return _send_acks(endpoint, now) if endpoint.contact else []


def on_late_timer(endpoint: Endpoint, now: int) -> list[Action]:
    """Send what a while ago an update of the partner's brought to an end."""
    if not endpoint.contact:
        return []
    endpoint.queue.update(endpoint.late)
    endpoint.late.clear()
    return pump(endpoint, now)


def _take(endpoint: Endpoint, now: int, options: messages.Options) -> tuple[list[Action], int]:
    update = _read(endpoint, options)
    if update is None:
        reason = RejectReason.MISSING_BINDING_INFORMATION
        return [_decision("rejected", "update-incomplete", b"", 0, ())], reason
    scope = next((name for name, store in endpoint.stores.items() if update.address in store), "")
    if not scope:
        note = _decision("rejected", "update-no-pool", update.hardware, update.address, ())
        return [note], RejectReason.ILLEGAL_IP_ADDRESS
    store = endpoint.stores[scope]
    case = _case(endpoint, now, scope, update, options)
    outcome = decide(endpoint.profile.conflict_table, case)
    own = case.own
    facts: tuple[Fact, ...] = (
        ("own status", own.status.name, ""),
        ("update", update.status.name, ""),
        ("rule of the table", outcome.row, ""),
        ("own last contact with the client", own.cltt, "t"),
        ("the update's", update.cltt, "t"),
    )
    if outcome.reject:
        note = _decision("rejected", "update-refused", update.hardware, update.address, facts)
        return [note], outcome.reject
    rule = "own-word-holds" if _owner_decides(endpoint, store, own, update) else "update-accepted"
    note = _decision("accepted", rule, update.hardware, update.address, facts)
    return [note, *_accept(endpoint, now, store, case, outcome)], 0


def _read(endpoint: Endpoint, options: messages.Options) -> Binding | None:
    """Return what a transaction says, or None when it lacks what it must have."""
    update = messages.parse_binding(options)
    if update is None:
        return None
    fields = dict(options)
    if endpoint.profile.update_demands == "table":
        needed = required(FailoverType.BNDUPD, update.status.name)
        if not all(map(fields.__contains__, needed)):
            return None
    return update._replace(reserved=True) if _flags(fields) & IP_RESERVED else update


def _flags(fields: dict[int, bytes]) -> int:
    data = fields.get(FailoverOption.IP_FLAGS)
    return int.from_bytes(data, "big") if data else 0


def _case(
    endpoint: Endpoint, now: int, scope: str, update: Binding, options: messages.Options
) -> Case:
    store = endpoint.stores[scope]
    fields = dict(options)
    others = [
        found
        for found in store.of_client(update.client)
        if found.address != update.address and found.status is ACTIVE and found.expires > now
    ]
    named = (FailoverOption.CLIENT_HARDWARE_ADDRESS, FailoverOption.CLIENT_IDENTIFIER)
    return Case(
        own=store.get(update.address),
        update=update,
        now=now,
        primary=endpoint.is_primary,
        normal=endpoint.state is NORMAL,
        duel=(scope, update.address) in endpoint.busy,
        reserved=update.address in store.reservations,
        other=max(others, key=lambda found: found.cltt, default=None),
        names_client=any(option in fields for option in named),
        bootp=bool(_flags(fields) & IP_BOOTP),
    )


def _accept(
    endpoint: Endpoint, now: int, store: LeaseStore, case: Case, outcome: Outcome
) -> list[Action]:
    own, update = case.own, case.update
    new = merge(endpoint, now, store, own, update)
    actions = change(store, new, Event.TOLD)
    if not new.known and new.status is BACKUP:
        endpoint.queue[store.scope, new.address] = None
    if outcome.ends_other and case.other is not None:
        seen = update.cltt  # by taking another address there the client left this one
        ended = case.other._replace(
            status=RELEASED, expires=0, start=now, cltt=seen, known=False, refused=False
        )
        actions.extend(change(store, ended, Event.RELEASED))
        endpoint.late[store.scope, ended.address] = None
        actions.append(SetTimer("late", MUCH_LATER))
    return actions


def merge(
    endpoint: Endpoint, now: int, store: LeaseStore, own: Binding, update: Binding
) -> Binding:
    """Return what this server believes after accepting *update*."""
    if _owner_decides(endpoint, store, own, update):
        return own
    if update.reserved:
        update = update._replace(reserved=False)
    if update.status in ENDED:
        # The server that acknowledges frees at once, the sender on the BNDACK (§5.11).
        status = status_when_freed(endpoint, store, update)
        return freed(update, now, status, known=status is FREE)
    if update.status is not ACTIVE:
        return update._replace(expires=0, received_pet=0)
    same = own.status is ACTIVE and own.client == update.client
    if not same:
        return update._replace(granter=endpoint.relationship.partner_name)
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
        told=own.told,
        refused=own.refused and not newer,
    )


def _owner_decides(endpoint: Endpoint, store: LeaseStore, own: Binding, update: Binding) -> bool:
    """Whether two updates about an unused address crossed, at the primary: its own holds.

    It is the primary that shares addresses out (§5.4). The secondary, which spoke before it
    heard, will take our update as the later word; so a gift is not undone, whose giver must
    not use the address from the moment that it is sent (§7.6). What the secondary claims
    because it is reserved is another matter.
    """
    crossed = (store.scope, own.address) in endpoint.busy and own.status in AVAILABLE
    unused = update.status in ENDED or update.status in AVAILABLE
    return endpoint.is_primary and crossed and unused and not update.reserved


# -- how a lease ends


def ended(endpoint: Endpoint, binding: Binding, status: BindingStatus) -> BindingStatus:
    """Return what a lease becomes that ends: it waits for the partner's acknowledgement (§5.11).

    ISC's rewind: one that was granted and ended without contact, of which the partner never
    heard, goes straight back to this server's own addresses.
    """
    heard = binding.told or binding.acked_pet or binding.received_pet
    alone = endpoint.state is COMMUNICATION_INTERRUPTED and not endpoint.contact
    if endpoint.profile.rewind and alone and binding.status is ACTIVE and not heard:
        return owned_status(primary=endpoint.is_primary)
    return status


def may_end(endpoint: Endpoint) -> bool:
    """Whether this server may end leases whose time is over; at ISC's secondary not in NORMAL."""
    both = endpoint.profile.expiry_in_normal == "both"
    return both or endpoint.is_primary or endpoint.state is not NORMAL


def reusable_at(endpoint: Endpoint, binding: Binding) -> int:
    """From when PARTNER-DOWN gives an ended address to others (§7.1.5, §9.4.2)."""
    entered, mclt = endpoint.durable.since, endpoint.mclt_s * US
    if endpoint.profile.ended_reuse == "end":
        return max(entered + mclt, binding.start)
    sent = binding.pet if binding.told else 0
    promised = max(binding.start, sent, binding.acked_pet, binding.received_pet)
    return usable_in_partner_down(entered, mclt, promised)


def watch_ended(endpoint: Endpoint, now: int, key: Key) -> list[Action]:
    """In PARTNER-DOWN look after an address that just ended, sooner than the timer would."""
    if endpoint.state is not PARTNER_DOWN:
        return []
    binding = endpoint.stores[key[0]].get(key[1])
    at = reusable_at(endpoint, binding)
    if binding.status not in ENDED or 0 < endpoint.freeing_at <= at:
        return []
    endpoint.freeing_at = at
    return [SetTimer("free", max(0, at - now))]


def free_ended(endpoint: Endpoint, now: int) -> list[Action]:
    """In PARTNER-DOWN free what nobody can hold any more, and see when the next is due."""
    endpoint.freeing_at = 0
    if endpoint.state is not PARTNER_DOWN:
        return []
    actions: list[Action] = []
    for scope, store in endpoint.stores.items():
        mask = 0
        for status in ENDED:
            mask |= store.mask(status)
        for address in store.addresses(mask):
            binding = store.get(address)
            at = reusable_at(endpoint, binding)
            if at <= now:
                actions.extend(change(store, freed(binding, now, known=False), Event.OUTWAITED))
                if endpoint.contact:
                    endpoint.queue[scope, address] = None
            elif not endpoint.freeing_at or at < endpoint.freeing_at:
                endpoint.freeing_at = at
    if endpoint.freeing_at:
        actions.append(SetTimer("free", endpoint.freeing_at - now))
    return [*actions, *pump(endpoint, now)]


def may_reuse_ended(binding: Binding) -> bool:
    """The same client may have it again as long as no update said that it ended (§5.11)."""
    return binding.status in ENDED and binding.told != binding.status and not binding.known


# -- update requests


def ask(endpoint: Endpoint, now: int, *, everything: bool) -> list[Action]:
    """Ask for what we missed (UPDREQ), or for all (UPDREQALL), once a connection."""
    if endpoint.asked:
        return []
    endpoint.asked = endpoint.new_xid()
    kind = FailoverType.UPDREQALL if everything else FailoverType.UPDREQ
    return messages.send(endpoint, now, kind, (), endpoint.asked)


def on_request(endpoint: Endpoint, now: int, message: FailoverMessage) -> list[Action]:
    """Answer UPDREQ or UPDREQALL: every binding present now, then UPDDONE (§7.3, §7.4).

    UPDREQALL takes every acknowledgement back, for good: whatever becomes of this
    connection, what was not acknowledged anew will be sent (§5.17). Addresses that were
    never touched go without saying, unless this server lost its database: then the partner
    may remember otherwise.
    """
    actions: list[Action] = []
    if message.type == FailoverType.UPDREQALL:
        for store in endpoint.stores.values():
            whole = endpoint.durable.incomplete
            told = map(store.get, store.addresses(store.whole)) if whole else store.touched()
            actions.extend(
                _mark(store, binding._replace(known=False, refused=False))
                for binding in list(told)
                if binding.known or binding.refused
            )
    keys = push_all(endpoint, now, everything=True)
    endpoint.request = (message.xid, dict.fromkeys(keys))
    return [*actions, *pump(endpoint, now)]


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
