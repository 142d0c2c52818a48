"""The grammar of the lab language: one table.

The parser, the help, the completion of the console and the reference page read it. A form
is words; ``<name:type>`` is a slot, ``[…]`` may be left out. A word that may be left out,
like ``[one-way]``, is among the values when it stands there.
Facts are what ``expect`` and ``run until`` take.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Form(NamedTuple):
    """One form of a line: its id, the pattern, what it does, and an example."""

    id: str
    pattern: str
    meaning: str
    example: str


DEEDS: Final[tuple[Form, ...]] = (
    Form("start", "start <host:host>", "Switch a host on; it starts from its disk.", "start C1"),
    Form(
        "start-many",
        "start <count:count> clients [at <segment:segment>] [over <span:duration>]",
        "Switch several clients on, one after the other; new ones are added as needed.",
        "start 20 clients over 30s",
    ),
    Form(
        "stop-service",
        "stop service <host:server>",
        "End the DHCP service in order: everything is stored, connections are closed.",
        "stop service DHCP1",
    ),
    Form("stop", "stop <host:client>", "Switch a client off.", "stop C1"),
    Form(
        "kill-service",
        "kill service <host:server>",
        "The process dies: connections are reset at once, what was not stored is lost.",
        "kill service DHCP1",
    ),
    Form(
        "crash",
        "crash <host:host>",
        "The host dies: nothing more leaves it; the partner finds out by its receive timer.",
        "crash DHCP1",
    ),
    Form("power-off", "power off <host:host>", "The same as crash.", "power off DHCP1"),
    Form("restart", "restart <host:host>", "Start again from the disk.", "restart DHCP1"),
    Form(
        "lose-disk",
        "lose disk <host:server>",
        "All that a server stored is gone; it starts as after a loss of its database.",
        "lose disk DHCP1",
    ),
    Form(
        "cut",
        "cut <link:link> [one-way]",
        "Nothing passes any more; one-way: nothing passes towards the second name.",
        "cut DHCP1-DHCP2",
    ),
    Form("heal", "heal <link:link>", "Mend a link that was cut.", "heal DHCP1-DHCP2"),
    Form(
        "drop",
        "drop next [<count:count>] <message:message> [from <host:host>]",
        "Lose the next message, or the next few, of a kind.",
        "drop next BNDACK from DHCP2",
    ),
    Form(
        "withhold",
        "withhold next [<count:count>] <message:message> [from <host:host>]",
        "The sender hangs: the next message of a kind, or the next few, never leave it.",
        "withhold next 10 BNDACK from DHCP2",
    ),
    Form(
        "delay",
        "delay next <message:message> [from <host:host>] <span:duration>",
        "Hold the next message of a kind back.",
        "delay next OFFER 3s",
    ),
    Form(
        "duplicate",
        "duplicate next <message:message> [from <host:host>]",
        "Deliver the next message of a kind twice.",
        "duplicate next REQUEST from C1",
    ),
    Form(
        "partner-down",
        "partner-down <host:server> [in <relationship:relationship>]",
        "The operator tells a server that its partner is down.",
        "partner-down DHCP2",
    ),
    Form(
        "pause",
        "pause <host:server> [in <relationship:relationship>]",
        "The operator halts a server for a while: it says PAUSED; its partner goes on alone.",
        "pause DHCP1",
    ),
    Form(
        "shut-down",
        "shut down <host:server> [in <relationship:relationship>]",
        "The operator halts a server for long: it says SHUTDOWN; its partner takes over at once.",
        "shut down DHCP1",
    ),
    Form(
        "resume",
        "resume <host:server> [in <relationship:relationship>]",
        "The operator ends PAUSED or SHUTDOWN; the server starts from what it was before.",
        "resume DHCP1",
    ),
    Form(
        "back-up",
        "back up <host:server>",
        "Copy a server's database aside; there is one copy.",
        "back up DHCP1",
    ),
    Form(
        "restore",
        "restore <host:server> [raw]",
        "Put the last copy in the database's place; raw: the files only, telling nobody.",
        "restore DHCP1",
    ),
    Form(
        "skew",
        "skew <host:host> <span:offset>",
        "Set the difference of a host's clock to true time.",
        "skew DHCP2 +90s",
    ),
    Form("release", "release <host:client>", "The client gives its lease back.", "release C1"),
    Form("renew", "renew <host:client>", "The client renews now, before T1.", "renew C1"),
    Form(
        "decline",
        "decline <host:client>",
        "The client declines its address as used by somebody else.",
        "decline C1",
    ),
    Form(
        "reset",
        "reset <address:address> at <host:server>",
        "The operator frees an address on a server, whatever became of it.",
        "reset 10.0.0.51 at DHCP1",
    ),
    Form(
        "set-time",
        "set <setting:time-setting> <span:duration> [in <name:name>] [on <host:server>]",
        "Change mclt or switchover of a relationship, or the lease time of a scope, on one server "
        "or on all.",
        "set mclt 30m",
    ),
    Form(
        "automatic",
        "set automatic transition <on:on-off> [in <relationship:relationship>]",
        "Let a server go to PARTNER-DOWN by itself an hour after it lost contact, or never.",
        "set automatic transition on",
    ),
    Form(
        "set-mode-standby",
        "set mode hot standby [in <relationship:relationship>]",
        "From now on the primary serves and the other stands by.",
        "set mode hot standby",
    ),
    Form(
        "set-mode-balance",
        "set mode load balance [in <relationship:relationship>]",
        "From now on both serve, each its share of the clients.",
        "set mode load balance",
    ),
    Form(
        "relate-standby",
        "relate <host:server> <partner:server> as hot standby [for <scopes:scopes>] "
        "[named <name:name>]",
        "Create a relationship; the first server is the active one. Its scope, or several like "
        "LAN,LAB, are copied to the partner.",
        "relate DHCP1 DHCP2 as hot standby for LAN",
    ),
    Form(
        "relate-balance",
        "relate <host:server> <partner:server> as load balance [for <scopes:scopes>] "
        "[named <name:name>]",
        "Create a relationship in which both serve; the first server is the primary.",
        "relate DHCP1 DHCP2 as load balance for LAN",
    ),
    Form(
        "delete-relationship",
        "delete relationship <relationship:relationship> [on <host:server>]",
        "Delete a relationship on both servers; its scopes stay on this one (the primary, unless "
        "another is named) and vanish from the partner.",
        "delete relationship DHCP1-DHCP2",
    ),
    Form(
        "add-scope",
        "add scope <scope:scope> to <relationship:relationship>",
        "Add a scope that one of the servers has; it is copied to the other. Both are in NORMAL.",
        "add scope LAN to DHCP1-DHCP2",
    ),
    Form(
        "remove-scope",
        "remove scope <scope:scope> from <relationship:relationship> [on <host:server>] [force]",
        "Deconfigure failover for a scope: it stays on this server and is deleted on the partner; "
        "force: also outside NORMAL.",
        "remove scope LAN from DHCP1-DHCP2",
    ),
    Form(
        "reserve",
        "reserve <address:address> for <client:client> on <host:server>",
        "Reserve an address for a client, on one server.",
        "reserve 10.0.0.60 for C1 on DHCP1",
    ),
    Form(
        "unreserve",
        "unreserve <address:address> on <host:server>",
        "Delete a reservation on one server.",
        "unreserve 10.0.0.60 on DHCP1",
    ),
    Form(
        "exclude",
        "exclude <address:address> on <host:server>",
        "Give an address to no new client, on one server.",
        "exclude 10.0.0.60 on DHCP1",
    ),
    Form(
        "include",
        "include <address:address> on <host:server>",
        "End an exclusion on one server.",
        "include 10.0.0.60 on DHCP1",
    ),
    Form(
        "set-option",
        "set option <option:text> <value:text> [in <scope:scope>] on <host:server>",
        "Set what a server tells its clients: router, dns, domain, ntp or a number.",
        "set option router 10.0.0.254 on DHCP1",
    ),
    Form(
        "replicate-scope",
        "replicate <scope:scope> from <host:server>",
        "Overwrite the partner's settings of a scope with this server's.",
        "replicate LAN from DHCP1",
    ),
    Form(
        "replicate-relationship",
        "replicate relationship <relationship:relationship> from <host:server>",
        "Overwrite the partner's settings of every scope of a relationship.",
        "replicate relationship DHCP1-DHCP2 from DHCP1",
    ),
    Form(
        "replicate-all",
        "replicate all from <host:server>",
        "Overwrite every partner's settings of every scope.",
        "replicate all from DHCP1",
    ),
    Form(
        "rebalance",
        "rebalance <host:server> [in <relationship:relationship>]",
        "Share the free addresses out now; the primary does it.",
        "rebalance DHCP1",
    ),
    Form(
        "reconcile",
        "reconcile <scope:scope> on <host:server> [report]",
        "Compare a server's records with its partner's and send what differs again; report: only "
        "say how many differ.",
        "reconcile LAN on DHCP1 report",
    ),
    Form(
        "set-secret-none",
        "set secret none [on <host:server>] [in <relationship:relationship>]",
        "Take the shared secret of a relationship away, from both servers or from one.",
        "set secret none on DHCP2",
    ),
    Form(
        "set-secret",
        "set secret <secret:text> [on <host:server>] [in <relationship:relationship>]",
        "Let the servers of a relationship sign their messages with a secret, or only one.",
        'set secret "xyz" on DHCP1',
    ),
    Form(
        "set-percent",
        "set <setting:percent-setting> <percent:percent> [in <name:name>]",
        "Change the reserve or the balance of a relationship.",
        "set reserve 10%",
    ),
)

RUNS: Final[tuple[Form, ...]] = (
    Form("run-for", "run <span:duration>", "Let time pass.", "run 45m"),
    Form(
        "run-until",
        "run until <moment:moment>",
        "Let time pass up to a moment.",
        "run until Tue 14:12",
    ),
    Form(
        "run-until-fact",
        "run until <fact:fact> [within <span:duration>]",
        "Let time pass until something is so; an error when it does not happen in time.",
        "run until C1 bound",
    ),
    Form("run-events", "run <count:count> events", "Execute some events.", "run 10 events"),
    Form(
        "run-to",
        "run to event <count:count>",
        "Go to just after the event with a number.",
        "run to event 512",
    ),
)

QUESTIONS: Final[tuple[Form, ...]] = (
    Form("expect", "expect <fact:fact>", "Fail unless this is so.", "expect C1 bound"),
    Form("expect-no", "expect no <fact:fact>", "Fail if this is so.", "expect no breach"),
    Form(
        "expect-still",
        "expect still <fact:fact>",
        "Fail unless this is so; it may have been so before.",
        "expect still DHCP2 in NORMAL",
    ),
    Form("show-leases", "show leases", "List the leases as each server has them.", "show leases"),
    Form("show-pool", "show pool", "Count the addresses by owner and status.", "show pool"),
    Form("show-states", "show states", "Show each server's state and partner.", "show states"),
    Form(
        "show-events",
        "show events [of <host:server>] [with <audit:audit>]",
        "List what Windows would log; with audit: every message too.",
        "show events",
    ),
    Form(
        "show-counters",
        "show counters [of <host:server>]",
        "Show Windows' counters of each server.",
        "show counters",
    ),
    Form(
        "show-why",
        "show why <host:host>",
        "Explain the last decision about a host, with rule, source and facts.",
        "show why C2",
    ),
    Form(
        "compare",
        "compare <branch:name> [with <other:name>]",
        "Say how two branches differ now, the present one unless another is named.",
        "compare A with B",
    ),
    Form(
        "bookmark",
        "bookmark [<note:text>]",
        "Mark this moment, with a note; the run is saved with its bookmarks.",
        'bookmark "the lease is doubtful from here"',
    ),
    Form("help", "help [<word:name>]", "List the forms, or those of one verb.", "help run"),
)

STORY: Final[tuple[Form, ...]] = (
    Form(
        "step",
        "step <count:count> <words:text>",
        "Name a step of the story; the expectations up to the next step are its own.",
        'step 1 "C1 broadcasts a DISCOVER"',
    ),
)

FACTS: Final[tuple[Form, ...]] = (
    Form(
        "client-state",
        "<client:client> <state:client-state>",
        "The client is in a state.",
        "C1 bound",
    ),
    Form(
        "server-state",
        "<server:server> in <state:state> [in <relationship:relationship>]",
        "The server is in a failover state, in one of its relationships or the one named.",
        "DHCP2 in NORMAL",
    ),
    Form(
        "leases",
        "<client:client> leases [<address:address>] [from <server:server>] [for <span:duration>]",
        "The client received an ACK with this lease.",
        "C1 leases 10.0.0.51 from DHCP2 for 1h",
    ),
    Form(
        "unanswered",
        "<client:client> unanswered by <server:server> [and <other:server>] "
        "[because <reason:reason>]",
        "Each of the servers left a message of the client unanswered.",
        "C2 unanswered by DHCP2 because standby",
    ),
    Form(
        "message",
        "<message:message> from <sender:host> [to <receiver:host>] [about <client:client>] "
        "[heard by <hearer:host> [and <other:host>]]",
        "A message was sent, and heard where that is said.",
        "BNDUPD from DHCP1 to DHCP2 about C1",
    ),
    Form(
        "message-lost",
        "<message:message> from <sender:host> lost [at <where:node>]",
        "A message was sent and did not arrive.",
        "REQUEST from C1 lost at DHCP1",
    ),
    Form("timer", "<timer:timer> of <host:host> fires", "A timer fired.", "receive of DHCP2 fires"),
    Form("off", "<host:host> off", "The host has no power.", "DHCP1 off"),
    Form(
        "no-contact",
        "<server:server> loses contact [in <relationship:relationship>]",
        "The connection to the partner was lost.",
        "DHCP2 loses contact",
    ),
    Form(
        "connect-fails",
        "<server:server> fails to connect [in <relationship:relationship>]",
        "A connection to the partner could not be opened.",
        "DHCP2 fails to connect",
    ),
    Form(
        "refuses",
        "<server:server> refuses [because <reason:reason>]",
        "The server refused a connection, a message or an update of its partner, or a request.",
        "DHCP2 refuses because clocks-differ",
    ),
    Form(
        "owns",
        "<server:server> owns <count:count> free addresses [in <scope:scope>]",
        "So many free addresses are this server's to give, by its own belief.",
        "DHCP2 owns 10 free addresses",
    ),
    Form(
        "believes",
        "<server:server> believes <address:address> <status:status> [for <client:client>]",
        "The server's record of an address.",
        "DHCP1 believes 10.0.0.51 ACTIVE for C1",
    ),
    Form(
        "duplicate-addresses",
        "duplicate addresses",
        "Two clients held one address.",
        "duplicate addresses",
    ),
    Form(
        "breach",
        "breach [of <monitor:monitor>]",
        "An invariant was broken.",
        "breach of beyond-lead-time",
    ),
)

LINES: Final[tuple[Form, ...]] = (*DEEDS, *RUNS, *QUESTIONS, *STORY)
"""Every form a line can have."""
