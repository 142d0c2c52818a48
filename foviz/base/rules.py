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
    "scope-lease": Rule("scope's lease", "The scope's lease time.", "RFC 2131 §4.3.1"),
    # -- which address, which message
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
    "ack-of-nothing": Rule(
        "answers nothing", "No update with this transaction id is waiting.", "draft-12 §7.2"
    ),
    "message-not-used": Rule(
        "no use for it",
        "This server has no use for such a message now, and drops it.",
        "draft-12 §6.1; MS-DHCPF §3.1.5.8, §3.2.5.2",
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
}
