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
        "start <count:count> clients [over <span:duration>]",
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
        "set-time",
        "set <setting:time-setting> <span:duration> [in <name:name>]",
        "Change mclt or switchover of a relationship, or the lease time of a scope.",
        "set mclt 30m",
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
        "show-why",
        "show why <host:host>",
        "Explain the last decision about a host, with rule, source and facts.",
        "show why C2",
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
        "<server:server> in <state:state>",
        "The server is in a failover state.",
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
        "<server:server> loses contact",
        "The connection to the partner was lost.",
        "DHCP2 loses contact",
    ),
    Form(
        "connect-fails",
        "<server:server> fails to connect",
        "A connection to the partner could not be opened.",
        "DHCP2 fails to connect",
    ),
    Form(
        "owns",
        "<server:server> owns <count:count> free addresses",
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
