"""The mutants: which rule each breaks, and how."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """A piece of the engine's text (it has to stand there exactly once) and what replaces it."""

    id: str
    words: str
    path: str
    old: str
    new: str
    hint: str
    """The test that is most likely to notice: it is asked first."""


_F = "foviz/failover/"
_T = "tests/failover/test_failover_"

MUTANTS = (
    Mutant(
        "mclt", "a lease may go beyond what the partner knows + MCLT", _F + "leadtime.py",
        "return min(desired_s, max(0, known) + mclt_s)", "return desired_s",
        _T + "leadtime.py",
    ),
    Mutant(
        "mclt-known", "what the partner knows does not count", _F + "leadtime.py",
        "max(0, known) + mclt_s", "mclt_s",
        _T + "leadtime.py",
    ),
    Mutant(
        "pet", "the potential expiration is the lease's own end", _F + "leadtime.py",
        "return now_s + lease_s // 2 + desired_s", "return now_s + lease_s",
        _T + "leadtime.py",
    ),
    Mutant(
        "survivor", "a survivor gives the full lease", _F + "service.py",
        'if value == "mclt":', 'if value == "never":',
        _T + "lead_tables.py",
    ),
    Mutant(
        "standby", "the standby answers in NORMAL", _F + "service.py",
        'return Verdict(False, "standby", (*switch, *facts))',
        'return Verdict(True, "standby", (*switch, *facts))',
        _T + "service.py",
    ),
    Mutant(
        "silent-state", "a silent state answers", _F + "service.py",
        'return Verdict(False, "silent-state", facts)',
        'return Verdict(True, "silent-state", facts)',
        _T + "service.py",
    ),
    Mutant(
        "renewals-only", "RECOVER-DONE answers everything", _F + "service.py",
        'return Verdict(query.request in _EXTENDING, "renewals-only", facts)',
        'return Verdict(True, "renewals-only", facts)',
        _T + "service.py",
    ),
    Mutant(
        "hash", "the wrong half of the clients", _F + "service.py",
        "    mine = loadbalance.is_primarys(endpoint, query.client_id, query.hardware) is "
        "endpoint.is_primary",
        "    mine = loadbalance.is_primarys(endpoint, query.client_id, query.hardware) is not "
        "endpoint.is_primary",
        _T + "service.py",
    ),
    Mutant(
        "pearson", "the hash walks its key from the front", _F + "loadbalance.py",
        "for octet in reversed(key):", "for octet in key:",
        _T + "hash_vectors.py",
    ),
    Mutant(
        "pearson-length", "the hash does not begin with the key's length", _F + "loadbalance.py",
        "bucket = len(key) & 255", "bucket = 0",
        _T + "hash_vectors.py",
    ),
    Mutant(
        "delayed-service", "delayed service one second early", _F + "service.py",
        "if waited > limit:", "if waited >= limit:",
        _T + "service.py",
    ),
    Mutant(
        "owner", "each allocates from the partner's pool", _F + "service.py",
        "    return (FREE, BACKUP) if endpoint.is_primary else (BACKUP, FREE)",
        "    return (BACKUP, FREE) if endpoint.is_primary else (FREE, BACKUP)",
        _T + "service.py",
    ),
    Mutant(
        "takeover", "the partner's addresses are usable at once", _F + "service.py",
        "    return endpoint.durable.since + endpoint.mclt_s * US",
        "    return endpoint.durable.since",
        _T + "service.py",
    ),
    Mutant(
        "reserve", "the reserve is rounded down", _F + "pools.py",
        "return (total * percent + 50) // 100", "return total * percent // 100",
        _T + "pools.py",
    ),
    Mutant(
        "reserve-least", "a small reserve may be empty", _F + "pools.py",
        "target = max(target, 1)", "target = max(target, 0)",
        _T + "pools.py",
    ),
    Mutant(
        "isc-hold", "ISC's pool keeps nothing for its own clients", _F + "pools.py",
        "if to_send <= -hold:", "if to_send <= 0:",
        _T + "pools.py",
    ),
    Mutant(
        "affinity", "a freed address always goes to the primary", _F + "pools.py",
        "return BACKUP if is_secondarys(endpoint, binding) and to_send > -hold else FREE",
        "return FREE",
        _T + "updates.py",
    ),
    Mutant(
        "updreq", "no update request on returning to NORMAL", _F + "machine.py",
        "endpoint.wants_updates = interrupted and endpoint.profile.updreq_on_normal",
        "endpoint.wants_updates = False",
        _T + "pair_updates.py",
    ),
    Mutant(
        "push", "nothing is pushed on entering NORMAL", _F + "machine.py",
        "endpoint.profile.push_unacked_on_normal or not asked", "False",
        _T + "updates.py",
    ),
    Mutant(
        "updreqall", "a lost database asks for the news only", _F + "machine.py",
        "everything=endpoint.durable.incomplete or always", "everything=always",
        _T + "startup.py",
    ),
    Mutant(
        "recover-wait", "RECOVER-WAIT is not waited", _F + "machine.py",
        "    if until <= now or together:", "    if True:",
        _T + "endpoint.py",
    ),
    Mutant(
        "recover-wait-base", "RECOVER-WAIT counts from the return", _F + "startup.py",
        '    return endpoint.durable.since if base == "saved-state" else endpoint.went_down',
        "    return now",
        _T + "startup.py",
    ),
    Mutant(
        "safe-period", "the switchover interval never ends", _F + "machine.py",
        'return [SetTimer("safe-period", period * US)] if period else []', "return []",
        _T + "leadtime.py",
    ),
    Mutant(
        "conflict-order", "both ask at once in POTENTIAL-CONFLICT", _F + "machine.py",
        "endpoint.wants_updates = endpoint.is_primary or done", "endpoint.wants_updates = True",
        _T + "sequences.py",
    ),
    Mutant(
        "table-later", "an older update overrules a younger record", _F + "conflict.py",
        '    "later": _later,', '    "later": lambda case: True,',
        _T + "conflict.py",
    ),
    Mutant(
        "table-over", "a running lease is ended by the partner's word", _F + "conflict.py",
        '"over": lambda case: case.now // US >= case.own.expires // US,',
        '"over": lambda case: True,',
        _T + "conflict.py",
    ),
    Mutant(
        "table-since", "a reset address is taken back by old news", _F + "conflict.py",
        '"since": lambda case: case.update.cltt // US > case.own.start // US,',
        '"since": lambda case: True,',
        _T + "conflict.py",
    ),
    Mutant(
        "table-clients", "the primary gives in when two clients have one address",
        _F + "conflict.py",
        '"clients": lambda case: case.own.client == case.update.client or not case.primary,',
        '"clients": lambda case: True,',
        _T + "conflict.py",
    ),
    Mutant(
        "table-critical", "an abandoned address is used again", _F + "conflict.py",
        '"critical": lambda case: False,', '"critical": lambda case: True,',
        _T + "conflict.py",
    ),
    Mutant(
        "isc-slack", "ISC lets no clock be behind", _F + "conflict.py",
        '"slack": lambda case: case.own.expires <= case.now + SLACK,',
        '"slack": lambda case: case.own.expires <= case.now,',
        _T + "conflict_rows.py",
    ),
    Mutant(
        "isc-past", "ISC frees what is still promised", _F + "conflict.py",
        '"past": lambda case: case.update.received_pet <= case.now,',
        '"past": lambda case: True,',
        _T + "conflict_rows.py",
    ),
    Mutant(
        "isc-duel", "of two crossing updates the partner's always wins", _F + "conflict.py",
        '    return _DUELS["other"], not case.primary', '    return _DUELS["other"], True',
        _T + "conflict_rows.py",
    ),
    Mutant(
        "two-addresses", "a client keeps two addresses", _F + "conflict.py",
        "    if not outcome.reject and update.status is ACTIVE and case.other is not None:",
        "    if False and case.other is not None:",
        _T + "conflict_rows.py",
    ),
    Mutant(
        "max-unacked", "no limit of unacknowledged updates", _F + "updates.py",
        "while endpoint.queue and len(endpoint.outstanding) < endpoint.partner_max_unacked:",
        "while endpoint.queue:",
        _T + "updates.py",
    ),
    Mutant(
        "ack-at-once", "ISC's collected acknowledgements never leave by themselves",
        _F + "updates.py",
        '    return [SetTimer("ack", COLLECTED)]', "    return []",
        _T + "updates.py",
    ),
    Mutant(
        "resend-rejected", "what was rejected is sent again at once", _F + "updates.py",
        "        if everything or not store.get(address).refused", "        if True",
        _T + "updates.py",
    ),
    Mutant(
        "acked-pet", "an acknowledgement is not remembered", _F + "updates.py",
        "acked = max(current.acked_pet, sent.pet)", "acked = current.acked_pet",
        _T + "pair_updates.py",
    ),
    Mutant(
        "crossed-owner", "a gift is undone by older news that it crosses", _F + "updates.py",
        "    if _owner_decides(endpoint, store, own, update):", "    if False:",
        _T + "pools.py",
    ),
    Mutant(
        "whole-database", "a server that lost its database tells only of what it touched since",
        _F + "updates.py",
        "whole = endpoint.durable.incomplete", "whole = False",
        "tests/script/test_script_golden.py",
    ),
    Mutant(
        "nak-pause", "a client that is refused again and again never pauses",
        "foviz/dhcp/client.py",
        "        if self.naks == 1:", "        if True:",
        "tests/dhcp/test_dhcp_client.py",
    ),
)  # fmt: skip
