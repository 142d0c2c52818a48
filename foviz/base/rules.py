"""The registry of rules: what each decision's rule id means and where it stands.

Engines name a rule by its id; views, ``because`` and the explanations read the rest here.
``switch`` names the profile switch that decides, when the sources disagree.
"""

from __future__ import annotations

from typing import Final, NamedTuple

RENEWALS: Final = ("renewing", "rebinding")
"""Requests to extend a lease, as the fact ``request`` of a decision names them."""


class Rule(NamedTuple):
    """A rule: a few words for the chart, a sentence or two, the source, the deciding switch.

    ``requests`` are the client's requests about which the switch decides; empty: about all.
    """

    short: str
    text: str
    source: str
    switch: str = ""
    requests: tuple[str, ...] = ()


RULES: Final[dict[str, Rule]] = {
    # -- who answers
    "standby": Rule(
        "standby: silent",
        "A standby hears every client but answers none as long as its active partner is in "
        "contact. It notes why and stays silent.",
        "DHCP Failover Examples, hot standby, steps 2, 19 and 21",
        "renew_in_normal",
        RENEWALS,
    ),
    "active": Rule(
        "active: answers",
        "In hot standby the active server answers every client while both are in NORMAL.",
        "DHCP Failover Examples, hot standby, step 2",
    ),
    "own-bucket": Rule(
        "own bucket: answers",
        "The hash of the client's identifier falls into a bucket of this server.",
        "RFC 3074 §6; draft-12 §9.8.2",
    ),
    "other-bucket": Rule(
        "other bucket: silent",
        "The hash of the client's identifier falls into a bucket of the partner, which is in "
        "contact and answers.",
        "RFC 3074 §6; draft-12 §9.8.2",
        "renew_in_normal",
        RENEWALS,
    ),
    "renews-all": Rule(
        "renews all",
        "In NORMAL both servers answer every renewal and every rebinding.",
        "draft-12 §9.8.2",
        "renew_in_normal",
    ),
    "alone": Rule(
        "alone: answers all",
        "Without contact a server answers every client, whoever granted the lease, because the "
        "partner may be unable to.",
        "draft-12 §9.9.2",
    ),
    "partner-down": Rule(
        "partner down: answers all",
        "In PARTNER-DOWN the partner is known to be silent, so this server answers everybody.",
        "draft-12 §9.4.2",
    ),
    "silent-state": Rule(
        "silent state",
        "In this state a server answers no client, because what it knows may be out of date.",
        "draft-12 §9.3–9.14",
    ),
    "renewals-only": Rule(
        "renewals only",
        "In RECOVER-DONE a server answers renewals and rebindings and nothing else.",
        "draft-12 §9.7.2",
    ),
    "conflict-done": Rule(
        "conflict done: answers all",
        "The primary has every binding of its partner and answers until the partner is done too.",
        "draft-12 §9.12.2",
    ),
    "own-word": Rule(
        "taken in",
        "What a client says of its own lease (release, decline, inform) is taken in by every "
        "server that is not silent.",
        "draft-12 §3.2",
    ),
    "partners-lease": Rule(
        "the partner's lease: silent",
        "Alone, a server leaves a renewal that was sent to its partner's lease to the partner; "
        "the client will rebind, and then it is answered.",
        "DHCP Failover Examples, dual communication interrupted; draft-12 §9.9.2",
        "interrupted_renewals",
    ),
    "partner-in-conflict": Rule(
        "partner in conflict: silent",
        "The partner was last heard in PARTNER-DOWN or in a conflict: it may serve on its own, so "
        "this server does not.",
        "ISC dhcp_failover_set_service_state",
        "silent_with_partner_in_conflict",
    ),
    "delayed-service": Rule(
        "tried for long: answers",
        "The client is the partner's, but it has been trying for longer than the limit: whoever "
        "hears it may answer.",
        "RFC 3074 §4, §5.3",
        "secs_limit_s",
    ),
    "partner-empty": Rule(
        "partner is empty: answers",
        "The client is the partner's, but the partner has no free address left for it.",
        "ISC dhcpdiscover, load_balance_mine",
        "answer_when_partner_is_empty",
    ),
    "chosen": Rule(
        "chosen: answers",
        "The client took this server's offer, so this server answers, whatever the hash says.",
        "RFC 2131 §4.3.2",
    ),
    "by-ownership": Rule(
        "whoever owns it answers",
        "Only a DISCOVER is balanced. Who owns the address answers the REQUEST for it.",
        "ISC dhcp.c dhcprequest",
        "server_identifier",
    ),
    "owned-by-partner": Rule(
        "owned by the partner",
        "The address is the partner's to give, so the partner answers.",
        "ISC dhcp.c dhcprequest",
        "server_identifier",
    ),
    "no-partner": Rule(
        "no partner", "The scope has no failover partner: the server answers.", "RFC 2131 §4.3"
    ),
    # -- for how long
    "first-lease": Rule(
        "MCLT first",
        "The partner knows nothing of this client yet, so the lease is no longer than the MCLT.",
        "draft-12 §5.2.1; DHCP Failover Examples, step 4",
    ),
    "full-lease": Rule(
        "full lease",
        "The partner has acknowledged an end far enough ahead, so the client gets the scope's "
        "whole lease time.",
        "draft-12 §7.1.5; DHCP Failover Examples, step 8",
    ),
    "lead-time": Rule(
        "known + MCLT",
        "The lease ends where the partner's knowledge ends, plus the MCLT.",
        "draft-12 §7.1.5",
    ),
    "survivor-lease": Rule(
        "alone: MCLT",
        "Alone, a server cannot tell its partner about a new end of lease. So it goes no further "
        "ahead of the partner than the MCLT.",
        "DHCP Failover Examples, hot standby, step 16",
        "survivor_lease",
    ),
    "partner-down-lease": Rule(
        "partner down: MCLT",
        "In PARTNER-DOWN every lease is granted for the MCLT, so that the partner can take over "
        "again soon after its return.",
        "DHCP Failover Examples, partner down, step 19",
        "partner_down_lease",
    ),
    "partner-down-unrestricted": Rule(
        "partner down: full lease",
        "In PARTNER-DOWN leases may be as long as the scope's: nobody else could have promised "
        "anything else. It gives up the protection against the loss of this server's own disk.",
        "draft-12 §9.4.2; RFC 8156 §8.4.1",
        "partner_down_lease",
    ),
    "scope-lease": Rule("scope's lease", "The scope's lease time.", "RFC 2131 §4.3.1"),
    # -- which address, which message
    "reserved-elsewhere": Rule(
        "reserved address not to give",
        "The address reserved for this client is leased to somebody else, set aside, or not in "
        "a pool that this server may give from; it gives the client no other.",
        "RFC 2131 §4.3.1; draft-12 §5.11",
        "reserved_lease",
    ),
    "abandoned-recycled": Rule(
        "bad address tried again",
        "No other address is left, so one that was set aside long ago is freed and tried again.",
        "draft-12 §5.11",
        "abandoned_s",
    ),
    "reset-by-operator": Rule(
        "freed by the operator",
        "The operator frees the address, whoever had it. It waits for the partner's word before "
        "it is FREE.",
        "draft-12 §5.11",
    ),
    "nothing-to-release": Rule(
        "nothing to release", "The lease is over already.", "RFC 2131 §4.3.4"
    ),
    "no-own-address": Rule(
        "no address left",
        "A server gives a new client only addresses that are its own to give; it has none left.",
        "draft-12 §5.4",
    ),
    "other-server": Rule(
        "other server chosen",
        "The client took another server's offer; this server's own offer is withdrawn.",
        "RFC 2131 §4.3.2",
    ),
    "not-on-offer": Rule(
        "not on offer",
        "The client asks for an address that this server can't give it, so it is refused and "
        "starts again.",
        "RFC 2131 §4.3.2",
    ),
    "wrong-subnet": Rule(
        "wrong subnet",
        "The address does not belong to the client's subnet.",
        "RFC 2131 §4.3.2",
    ),
    "other-address": Rule(
        "has another address",
        "The server has a lease on record for this client, for another address.",
        "RFC 2131 §4.3.2",
    ),
    "address-of-another": Rule(
        "address of another",
        "The address is on record for another client, or as bad.",
        "RFC 2131 §4.3.2",
    ),
    "unknown-client": Rule(
        "unknown client",
        "Without a record of this lease a server stays silent: its partner may have one.",
        "RFC 2131 §4.3.2; draft-12 §3.1.2",
        "adopt_renewing",
    ),
    "no-scope": Rule(
        "no scope", "No scope of this server fits the client's subnet.", "RFC 2131 §4.3.1"
    ),
    "released": Rule(
        "released", "The client gives its lease back.", "RFC 2131 §4.3.4; draft-12 §5.11"
    ),
    "declined": Rule(
        "declined",
        "The client found its address in use: it is set aside as bad.",
        "RFC 2131 §4.3.3",
    ),
    "inform": Rule(
        "inform", "The client asks for options only; no lease changes.", "RFC 2131 §4.3.5"
    ),
    "not-a-request": Rule(
        "no request", "This is no message that a server answers.", "RFC 2131 §4.3"
    ),
    "malformed": Rule("malformed", "The octets are no message.", "RFC 2131 §2"),
    # -- the relay
    "relayed": Rule(
        "passed on",
        "A relay writes its own address on the client's network into giaddr, counts one hop, and "
        "sends the request to each of its helper addresses.",
        "RFC 1542 §4.1.1; RFC 2131 §4.1",
    ),
    "relayed-back": Rule(
        "passed back",
        "An answer goes to the relay named in giaddr, which delivers it on that network.",
        "RFC 1542 §4.1.2; RFC 2131 §4.1",
    ),
    "relay-hops": Rule(
        "too many hops",
        "The request has passed as many relays as this one allows, so it is dropped.",
        "RFC 1542 §4.1.1",
    ),
    "relay-loop": Rule(
        "own request again",
        "The request has passed this relay before.",
        "RFC 1542 §4.1.1",
    ),
    "relay-not-ours": Rule(
        "not this relay's",
        "The answer names another relay in giaddr.",
        "RFC 1542 §4.1.2",
    ),
    # -- the client
    "first-offer": Rule(
        "first offer", "The client takes the first offer that arrives.", "RFC 2131 §4.4.1"
    ),
    "nak": Rule(
        "refused by a server",
        "A server refused the address: the client gives it up and starts again.",
        "RFC 2131 §3.1",
    ),
    "other-exchange": Rule(
        "other exchange",
        "The message answers another exchange than the client's present one.",
        "RFC 2131 §4.4.1",
    ),
    "not-awaited": Rule(
        "not awaited", "The client does not wait for this message now.", "RFC 2131 §4.4"
    ),
    "no-lease-time": Rule(
        "no lease time", "An ACK without a lease time grants nothing.", "RFC 2131 §4.3.1, table 3"
    ),
    "no-server-id": Rule(
        "no server id", "An OFFER without a server identifier can't be taken.", "RFC 2131 §4.3.1"
    ),
    # -- updates between the servers
    "update-accepted": Rule(
        "update accepted",
        "The update agrees with, or outranks, what this server has on record.",
        "draft-12 §7.1.3",
    ),
    "own-word-holds": Rule(
        "own word holds",
        "Two updates about an unused address crossed. The primary shares addresses out: it "
        "acknowledges the secondary's and keeps its own, which the secondary takes in its turn.",
        "draft-12 §5.4, §7.6",
    ),
    "update-refused": Rule(
        "update refused",
        "What this server has on record is newer or weighs more than the update.",
        "draft-12 §7.1.3",
    ),
    "update-incomplete": Rule(
        "update incomplete",
        "The update lacks something it must have: reject reason 3.",
        "draft-12 §7.1.1",
    ),
    "update-no-pool": Rule(
        "no pool of ours",
        "The address is in no pool of this relationship: reject reason 1.",
        "draft-12 §7.1.3",
    ),
    "update-rejected": Rule(
        "rejected by the partner",
        "The partner keeps its own record. The update is not sent again until it asks.",
        "draft-12 §7.2.1",
    ),
    "ack-of-another": Rule(
        "answers another update",
        "A BNDACK has to name the addresses of its BNDUPD in the same order; this one is dropped.",
        "draft-12 §7.2; MS-DHCPF §3.1.5.3",
    ),
    "ack-of-nothing": Rule(
        "answers nothing", "No update with this transaction id is waiting.", "draft-12 §7.2"
    ),
    "message-not-used": Rule(
        "no use for it",
        "This server has no use for such a message now, and drops it.",
        "draft-12 §6.1; MS-DHCPF §3.1.5.8, §3.2.5.2",
    ),
    # -- the connection
    "connect-refused": Rule(
        "greeting refused",
        "What the primary says in CONNECT, or the secondary in CONNECTACK, does not fit.",
        "draft-12 §7.8.2, §7.9.2",
    ),
    "connect-twice": Rule(
        "second connection",
        "There is a connection to this partner; another one is closed without an answer.",
        "draft-12 §8.2; ISC dhcp_failover_link_signal",
        "replace_connection",
    ),
    "clocks-differ": Rule(
        "clocks differ",
        "The clocks of the two servers differ by more than is allowed, and every end of a lease "
        "would be wrong by that much.",
        "MS-DHCPF §3.1.5; draft-12 §5.10, §7.8.2",
        "clock_check",
    ),
    "clock-jumped": Rule(
        "clock was set",
        "The difference of the clocks changed at once: somebody set a clock. The new difference "
        "holds from now on.",
        "draft-12 §5.10",
        "clock_check",
    ),
    "digest-wrong": Rule(
        "wrong digest",
        "The message is not signed with this server's secret: reject reason 20.",
        "draft-12 §11.1; MS-DHCPF §3.1.5",
    ),
    "digest-missing": Rule(
        "no digest",
        "This server has a secret, and the message is not signed: reject reason 21.",
        "draft-12 §11.1",
    ),
    "digest-not-configured": Rule(
        "digest not configured",
        "The message is signed, and this server has no secret: reject reason 13.",
        "draft-12 §7.8.2",
    ),
    "digest-unsupported": Rule(
        "digest not supported",
        "The message is signed in a way that this server does not know: reject reason 12.",
        "draft-12 §7.8.2, §12.17",
    ),
    "replayed": Rule(
        "replayed",
        "With a secret, ids must rise and each CONNECT must be later than the ones before: this "
        "message may be an old one, sent again.",
        "draft-12 §11.1",
    ),
    "unacknowledged": Rule(
        "nothing acknowledged",
        "The partner's connection is alive, but it has acknowledged no update for too long.",
        "draft-12 §9.8.4",
        "unacked_limit_s",
    ),
    # -- invariants
    "duplicate-address": Rule(
        "duplicate address",
        "Two clients hold the same address at the same time.",
        "draft-12 §3.4.1",
    ),
    "beyond-lead-time": Rule(
        "beyond the lead time",
        "A client was promised more than the partner knows plus the MCLT.",
        "draft-12 §5.2.1",
    ),
    "owned-twice": Rule(
        "owned by both",
        "An address may be given by both servers, or by the one that does not own it.",
        "draft-12 §5.4, §7.6",
    ),
    "handed-on": Rule(
        "handed on too early",
        "An address went to another client before a BNDACK said that both servers know of the "
        "end of the first lease.",
        "draft-12 §5.11",
    ),
    "early-update-done": Rule(
        "UPDDONE too early",
        "UPDDONE was sent though something of what was asked for has no answer yet, or with "
        "another xid than the request's.",
        "draft-12 §7.5",
    ),
    "too-many-unacked": Rule(
        "too many unacknowledged",
        "More updates wait for a BNDACK than the partner allows.",
        "draft-12 §8.4",
    ),
    "state-not-stored": Rule(
        "told before it was stored",
        "A STATE message tells of a state that is not on disk: a crash now would contradict it.",
        "draft-12 §9.2",
    ),
    "trace-of-silence": Rule(
        "remembers in silence",
        "A server that must be silent kept something of a client's message.",
        "draft-12 §9.2",
    ),
    "silence-broken": Rule(
        "answers in silence",
        "A server answered a client in a state in which it must not.",
        "draft-12 §9.3–9.10",
    ),
    "not-one-answer": Rule(
        "not one answer",
        "Both servers are in NORMAL, and not exactly one of them answered a DISCOVER.",
        "draft-12 §9.8.2",
    ),
}
