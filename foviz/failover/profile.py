"""The dialects of failover as data: each switch, its value in each profile, its source.

Where the sources disagree, and for each constant, there is one named switch. A profile
picks one value per switch. The engine asks a switch by name and never asks which profile
it runs; "why?" names the switch that decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foviz.base.errors import ScenarioError, nearest

if TYPE_CHECKING:
    from foviz.base.action import Fact

NAMES: Final = ("microsoft", "draft", "isc")
"""The profiles, in the order of the columns below."""


class Switch(NamedTuple):
    """One question on which the sources disagree, or one constant.

    ``usual`` are the values of the profiles in the order of :data:`NAMES`; ``values`` what
    else it may be (empty for numbers); numbers are in ``unit``; ``least`` is the smallest
    number that makes sense. ``words`` finish the sentence "This switch says …".
    """

    usual: tuple[Any, Any, Any]
    words: str
    source: str
    values: tuple[str, ...] = ()
    unit: str = ""
    least: int = 1


SWITCHES: Final[dict[str, Switch]] = {
    # -- who answers
    "renew_in_normal": Switch(
        ("owner-only", "both", "both"),
        "whether in NORMAL both servers answer a renewal, or only the one whose client it is",
        "DHCP Failover Examples, steps 19–20; draft-12 §5.5, §9.8.2; ISC dhcp.c dhcprequest",
        ("owner-only", "both"),
    ),
    "interrupted_renewals": Switch(
        ("rebinding-only", "all", "all"),
        "whether a server alone answers a unicast renewal of a lease that its partner granted",
        "DHCP Failover Examples, dual communication interrupted; draft-12 §9.9.2",
        ("rebinding-only", "all"),
    ),
    "conflict_service": Switch(
        ("serve", "serve", "silent"),
        "whether RESOLUTION-INTERRUPTED, CONFLICT-DONE and RECOVER-DONE serve clients",
        "draft-12 §9.7.2, §9.11.2, §9.12.2; MS-Settings; ISC dhcp_failover_set_service_state",
        ("serve", "silent"),
    ),
    "silent_with_partner_in_conflict": Switch(
        (False, False, True),
        "whether a server is silent while its partner was last heard in PARTNER-DOWN or a conflict",
        "ISC dhcp_failover_set_service_state",
    ),
    "hash_key": Switch(
        ("client-id", "rfc", "rfc-full"),
        "what is hashed: the client identifier, else the hardware address; 16 octets of it or all",
        "DHCP Failover Examples; RFC 3074 §4; ISC load_balance_mine",
        ("client-id", "mac", "rfc", "rfc-full"),
    ),
    "secs_limit_s": Switch(
        (0, 0, 3),
        "after how many seconds of trying a client of the partner's is answered; 0: never",
        "RFC 3074 §4, §5.3; ISC load balance max seconds",
        unit="s",
        least=0,
    ),
    "answer_when_partner_is_empty": Switch(
        (False, False, True),
        "whether a client of the partner's is answered when the partner has no free address",
        "ISC dhcpdiscover, load_balance_mine",
    ),
    "server_identifier": Switch(
        ("respect", "respect", "ownership"),
        "whether a REQUEST for another server is left alone, or whoever owns the address answers",
        "RFC 2131 §4.3.2; ISC dhcprequest, server-id-check",
        ("respect", "ownership"),
    ),
    "adopt_renewing": Switch(
        (True, True, False),
        "whether a renewal of an address that nobody is on record for is believed",
        "draft-12 §3.1.2; ISC dhcprequest",
    ),
    # -- for how long
    "survivor_lease": Switch(
        ("mclt", "pet-plus-mclt", "pet-plus-mclt"),
        "how long the survivor's leases are: the MCLT, or up to the MCLT beyond what is known",
        "DHCP Failover Examples, step 16; draft-12 §7.1.5; ISC ack_lease",
        ("mclt", "pet-plus-mclt"),
    ),
    "partner_down_lease": Switch(
        ("mclt", "pet-plus-mclt", "pet-plus-mclt"),
        "how long leases in PARTNER-DOWN are",
        "DHCP Failover Examples, partner down, step 19; draft-12 §9.4.2; RFC 8156 §8.4.1",
        ("mclt", "pet-plus-mclt", "unrestricted"),
    ),
    "mclt_source": Switch(
        ("own", "connect", "connect"),
        "whether the secondary uses the MCLT of its own settings or the primary's in CONNECT",
        "MS-DHCPF §3.3.5.1; draft-12 §7.8.2; dhcpd.conf(5)",
        ("own", "connect"),
    ),
    # -- synchronising
    "updreq_on_normal": Switch(
        (True, False, False),
        "whether a server asks for updates when it comes back from COMMUNICATION-INTERRUPTED",
        "DHCP Failover Examples, step 17; draft-12 §9.8.1",
    ),
    "push_unacked_on_normal": Switch(
        (False, True, True),
        "whether a server sends what is unacknowledged of its own accord on entering NORMAL",
        "draft-12 §9.8.1; ISC dhcp_failover_set_state",
    ),
    "recover_request": Switch(
        ("updreq", "updreq", "updreqall"),
        "what a recovering server with a database asks for",
        "draft-12 §9.5.2; MS-DHCPF §3.1.7; ISC dhcp_failover_set_state",
        ("updreq", "updreqall"),
    ),
    "recover_wait_base": Switch(
        ("went-down", "went-down", "saved-state"),
        "from when RECOVER-WAIT counts one MCLT",
        "draft-12 §9.6.2; measured on ISC dhcpd 4.4.3",
        ("went-down", "saved-state", "entered-recover"),
    ),
    "recover_wait_with_recovering_partner": Switch(
        (True, True, False),
        "whether RECOVER-WAIT is waited although the partner recovers as well",
        "ISC dhcp_failover_process_update_done",
    ),
    "new_pair_wait": Switch(
        (False, False, False),
        "whether a new relationship waits one MCLT before its first NORMAL",
        "MS-DHCPF §3.1.3; draft-12 §9.6.3; dhcpd.conf(5)",
    ),
    "startup_timeout": Switch(
        ("communication-interrupted", "stored", "stored"),
        "where a server that never met its partner goes when the start-up time is over",
        "MS-DHCPF §3.1.6.3; draft-12 §9.3.2; ISC",
        ("communication-interrupted", "stored", "wait"),
    ),
    "return_to_partner_down": Switch(
        ("compare", "compare", "stored"),
        "how a starting server meets a partner in PARTNER-DOWN: it compares that state's start "
        "with its own last operation, or goes by what it stored",
        "draft-12 §9.3.2; MS-DHCPF §3.1.3; ISC dhcp_failover_peer_state_changed",
        ("compare", "stored"),
    ),
    "compare_last_contact": Switch(
        (True, True, False),
        "whether a database that is older than the last contact of the two is found out",
        "draft-12 §5.16, §9.3.2; ISC has no such check",
    ),
    "updates_patience_s": Switch(
        (180, 60, 0),
        "after how long without an update RECOVER drops the connection and asks anew; 0: never",
        "draft-12 §9.5.2; not in ISC",
        unit="s",
        least=0,
    ),
    # -- the state machine
    "partner_change": Switch(
        ("failed-first", "failed-first", "direct"),
        "how a new state of the partner acts in contact: as contact lost and found, or by itself",
        "draft-12 §9.2; ISC dhcp_failover_peer_state_changed",
        ("failed-first", "direct"),
    ),
    "partner_recovering": Switch(
        ("wait", "wait", "partner-down"),
        "what a server does whose partner turns up in RECOVER",
        "MS-DHCPF fig. 7; draft-12 §9.9.3; ISC dhcp_failover_peer_state_changed",
        ("wait", "partner-down"),
    ),
    "partner_in_recover_wait": Switch(
        ("stay", "stay", "normal"),
        "what COMMUNICATION-INTERRUPTED does whose partner turns up in RECOVER-WAIT",
        "draft-12 fig. 9.2-1; ISC dhcp_failover_peer_state_changed",
        ("stay", "normal"),
    ),
    "recover_meets_normal": Switch(
        ("synchronise", "synchronise", "conflict"),
        "what RECOVER does whose partner is in NORMAL",
        "draft-12 §9.5.2; ISC dhcp_failover_peer_state_changed",
        ("synchronise", "conflict"),
    ),
    "recover_meets_recovered": Switch(
        ("synchronise", "synchronise", "stay"),
        "what RECOVER does whose partner is in RECOVER-WAIT or RECOVER-DONE",
        "draft-12 §9.5.2; ISC dhcp_failover_peer_state_changed",
        ("synchronise", "stay"),
    ),
    "recover_done_meets_conflict": Switch(
        ("conflict", "conflict", "stay"),
        "what RECOVER-DONE does whose partner is in POTENTIAL-CONFLICT",
        "draft-12 fig. 9.2-1; RFC 8156 §8.7.2; ISC dhcp_failover_peer_state_changed",
        ("conflict", "stay"),
    ),
    "conflict_meets_recover": Switch(
        ("compare", "compare", "recover"),
        "what POTENTIAL-CONFLICT does whose partner goes to RECOVER",
        "draft-12 §9.10.3; ISC dhcp_failover_peer_state_changed",
        ("compare", "recover"),
    ),
    "recover_done_meets_recovering": Switch(
        ("communication-interrupted", "communication-interrupted", "stay"),
        "what RECOVER-DONE does whose partner is in RECOVER or RECOVER-WAIT",
        "draft-12 fig. 9.2-1; RFC 8156 §8.7.2; ISC",
        ("communication-interrupted", "stay"),
    ),
    "unexpected_partner_state": Switch(
        ("resolve", "resolve", "shutdown"),
        "what a server does whose partner is in a state that it can't be in",
        "draft-12 §9.2, §9.8.3; ISC dhcp_failover_peer_state_changed",
        ("resolve", "shutdown"),
    ),
    "partner_halted": Switch(
        ("as-any", "as-any", "apart"),
        "whether silent and conflicting states treat the partner's PAUSED and SHUTDOWN like any "
        "state, or stay at the one and go to PARTNER-DOWN at the other",
        "draft-12 §9.5.2, §9.11.3; ISC dhcp_failover_peer_state_changed",
        ("as-any", "apart"),
    ),
    "partner_down_from": Switch(
        ("serving", "serving", "any"),
        "from which states the operator can declare the partner down: some that serve, or any",
        "MS-DHCPF fig. 7; draft-12 §9.8.3, §9.9.3, §9.11.3; ISC omshell, local-state",
        ("serving", "any"),
    ),
    "operator_states": Switch(
        (False, True, True),
        "whether PAUSED and SHUTDOWN exist",
        "MS-DHCPM §2.2.1.1.20; draft-12 §9.13, §9.14; ISC",
    ),
    "service_stop": Switch(
        ("close", "shutdown", "close"),
        "what stopping the service tells the partner: nothing but the end of TCP, or SHUTDOWN",
        "MS-Examples; draft-12 §9.14; measured on ISC dhcpd 4.4.3",
        ("close", "shutdown"),
    ),
    "operator_states_last": Switch(
        (False, False, True),
        "whether PAUSED and SHUTDOWN outlast a restart",
        "draft-12 §9.13.2; measured on ISC dhcpd 4.4.3",
    ),
    "halted_link": Switch(
        ("close", "close", "keep"),
        "whether a server that is PAUSED or SHUTDOWN closes its connection",
        "draft-12 §9.13, §9.14; ISC dhcp_failover_set_state",
        ("close", "keep"),
    ),
    "wait_after_shutdown": Switch(
        (True, True, False),
        "whether RECOVER-WAIT is waited after a SHUTDOWN that left no update behind",
        "draft-12 §9.6.2, §9.14; ISC dhcp_failover_set_state",
    ),
    # -- addresses
    "pool_rule": Switch(
        ("ratio", "ratio", "isc"),
        "how free addresses are shared: by the configured ratio, or half and half with slack",
        "MS-DHCPF §3.2.2.1; draft-12 §5.4; ISC dhcp_failover_pool_dobalance",
        ("ratio", "isc"),
    ),
    "pool_messages": Switch(
        ("unused", "secondary", "both"),
        "who sends POOLREQ",
        "MS-DHCPF §3.2.5.2; draft-12 §7.6; ISC",
        ("unused", "secondary", "both"),
    ),
    "rewind": Switch(
        (False, False, True),
        "whether a lease of which the partner never heard goes straight back when it ends",
        "ISC mdb.c release_lease",
    ),
    "affinity": Switch(
        (False, False, True),
        "whether a freed address whose last client hashes to the secondary becomes BACKUP at once",
        "ISC dhcp_failover_process_bind_update",
    ),
    "expiry_in_normal": Switch(
        ("both", "both", "primary"),
        "who ends leases whose time is over while both are in NORMAL",
        "draft-12 §5.11; ISC mdb.c pool_timer",
        ("both", "primary"),
    ),
    "ended_reuse": Switch(
        ("furthest-promise", "furthest-promise", "end"),
        "from when PARTNER-DOWN reuses a lease: MCLT after any promise, or after its end",
        "draft-12 §7.1.5, §9.4.2; ISC lease_mine_to_reallocate",
        ("furthest-promise", "end"),
    ),
    "pool_preference": Switch(
        ("none", "clients", "clients"),
        "whether addresses go first to the server that their last client belongs to",
        "MS-DHCPF §3.2.2.1; draft-12 §5.4; ISC dhcp_failover_pool_dobalance",
        ("none", "clients"),
    ),
    "reserved_lease": Switch(
        ("either", "owner", "owner"),
        "who leases a reserved address: either server, or the one in whose pool it is",
        "MS-DHCPM §3.2.4.126; draft-12 §5.11; ISC dhcp_failover_process_bind_update",
        ("either", "owner"),
    ),
    "conflict_table": Switch(
        ("draft-and-reserved", "draft", "isc"),
        "which table decides between two beliefs about an address",
        "MS-DHCPF §3.1.5.2; draft-12 §7.1.3; ISC dhcp_failover_process_bind_update",
        ("draft-and-reserved", "draft", "isc"),
    ),
    "update_demands": Switch(
        ("table", "table", "client"),
        "what a BNDUPD must carry: all that the draft's table says, or just status and client",
        "draft-12 table 7.1-1; MS-DHCPF §3.1.5.2; ISC dhcp_failover_process_bind_update",
        ("table", "client"),
    ),
    "batch_limit": Switch(
        (16, 0, 0),
        "how many updates of one BNDUPD are taken; 0: all",
        "MS-DHCPF §3.1.5.2; draft-12 §6.3",
        least=0,
    ),
    "update_always_has_expirations": Switch(
        (False, False, True),
        "whether a BNDUPD carries both expiration times in every binding status",
        "draft-12 table 7.1-1; ISC dhcp_failover_send_bind_update",
    ),
    # -- the connection
    "connect_on": Switch(
        ("own", "own", "either"),
        "whether the primary sends CONNECT on its own connection only, or on whichever stands",
        "draft-12 §8.2; ISC dhcp_failover_link_signal",
        ("own", "either"),
    ),
    "disconnect": Switch(
        (False, True, False),
        "whether a server says DISCONNECT before it drops the connection",
        "MS-DHCPF §3.1.5.8; draft-12 §8.3; measured on ISC dhcpd 4.4.3",
    ),
    "acknowledge": Switch(
        ("at-once", "at-once", "collected"),
        "whether a BNDACK leaves at once or is collected with others for up to 2 s",
        "draft-12 §7.2; ISC dhcp_failover_queue_ack",
        ("at-once", "collected"),
    ),
    "clock_check": Switch(
        ("every-message", "corrected", "connect"),
        "what a difference of the clocks does: closes the connection, is corrected, or is refused",
        "MS-DHCPF §3.1.5; draft-12 §5.10; ISC dhcp_failover_link_signal",
        ("every-message", "corrected", "connect"),
    ),
    "clock_limit_s": Switch(
        (60, 0, 60),
        "how far the clocks may differ; 0: any",
        "MS-DHCPF §6; draft-12 §5.10; ISC",
        unit="s",
        least=0,
    ),
    "unacked_limit_s": Switch(
        (0, 0, 0),
        "after how long without a BNDACK a server gives the connection up; 0: never",
        "draft-12 §9.8.4",
        unit="s",
        least=0,
    ),
    "replace_connection": Switch(
        (True, True, False),
        "whether a CONNECT of the known partner replaces an older connection",
        "draft-12 §8.2; ISC dhcp_failover_link_signal",
    ),
    "connect_values": Switch(
        ("ignored", "checked", "present"),
        "what becomes of the values in CONNECT: ignored, checked, or only missed if not there",
        "MS-DHCPF §3.3.5.1; draft-12 §7.8.2; measured on ISC dhcpd 4.4.3",
        ("ignored", "checked", "present"),
    ),
    "reject_keeps_values": Switch(
        (False, False, True),
        "whether a CONNECTACK that rejects carries its sender's values all the same",
        "draft-12 table 7.9-1; measured on ISC dhcpd 4.4.3",
    ),
    "disconnect_known": Switch(
        (False, True, True),
        "whether DISCONNECT is understood, and said to a CONNECTACK that can't be taken",
        "MS-DHCPF §3.1.5.8; draft-12 §7.9.2, §7.12; measured on ISC dhcpd 4.4.3",
    ),
    "reconnect_at_once": Switch(
        (True, True, False),
        "whether a server whose connection broke tries again at once, or after a pause",
        "draft-12 §8.2; ISC dhcp_failover_reconnect",
    ),
    "wire_dialect": Switch(
        ("isc", "isc", "isc"),
        "how messages are encoded",
        "draft-12 §6, §12; ISC failover.c; MS-DHCPF §2.2",
        ("isc", "draft", "microsoft"),
    ),
    # -- constants
    "receive_timer_s": Switch(
        (180, 60, 60),
        "after how much silence the connection is lost",
        "MS-DHCPF §3.1.2.4; draft-12 §8.3; dhcpd.conf(5) max-response-delay",
        unit="s",
    ),
    "connect_retry_s": Switch(
        (60, 60, 5),
        "how long a server waits between two tries to connect",
        "MS-DHCPF §3.1.2.2; draft-12 §8.2; ISC dhcp_failover_reconnect",
        unit="s",
    ),
    "refused_retry_s": Switch(
        (60, 90, 90),
        "how long a server waits after a refused CONNECT or a failed try",
        "MS-DHCPF §3.1.2.2; draft-12 §7.9; ISC dhcp_failover_reconnect",
        unit="s",
    ),
    "handshake_s": Switch(
        (60, 60, 15),
        "how long a server waits for CONNECT, CONNECTACK and STATE",
        "draft-12 §7.8.2, §7.9.2; ISC",
        unit="s",
    ),
    "startup_s": Switch(
        (300, 30, 15),
        "how long a starting server waits for its partner",
        "MS-DHCPF §3.1.2.3; draft-12 §5.9; ISC",
        unit="s",
    ),
    "rebalance_s": Switch(
        (300, 300, 60),
        "how often free addresses are shared out anew",
        "MS-DHCPF §3.2.2.1; draft-12 §5.4; dhcpd.conf(5) min-balance",
        unit="s",
    ),
    "rebalance_longest_s": Switch(
        (300, 300, 3600),
        "the longest pause between two looks at the balance",
        "MS-DHCPF §3.2.2.1; dhcpd.conf(5) max-balance",
        unit="s",
    ),
    "abandoned_s": Switch(
        (86400, 86400, 86400),
        "for how long a bad address is left alone, even if no other is left",
        "draft-12 §5.11; dhcpd.conf(5) abandon-lease-time",
        unit="s",
    ),
    "misbalance_percent": Switch(
        (0, 15, 15),
        "how far from balance a pool may be before addresses move",
        "draft-12 §5.4; dhcpd.conf(5) max-lease-misbalance",
        unit="%",
        least=0,
    ),
    "ownership_percent": Switch(
        (0, 0, 10),
        "how many more addresses a server may hold because their last clients are its own",
        "dhcpd.conf(5) max-lease-ownership",
        unit="%",
        least=0,
    ),
    "max_unacked": Switch(
        (10, 20, 10),
        "how many updates may wait for the partner's BNDACK",
        "draft-12 §7.8.1; dhcpd.conf(5) max-unacked-updates",
    ),
}
"""Every switch by its name."""


class Profile:
    """One value for every switch, read as attributes; never changes, compares by value."""

    name: str

    def __init__(self, name: str, values: dict[str, Any]) -> None:
        self.__dict__.update(values, name=name)

    def __getattr__(self, switch: str) -> Any:  # what is no attribute is no switch either
        raise AttributeError(f"no switch is called {switch}")

    def __setattr__(self, switch: str, value: Any) -> None:
        raise AttributeError("a profile never changes; with_switch makes another")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        raise TypeError("a profile is no key")

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.name, self.changed())

    def value(self, switch: str) -> Any:
        """Return the value of a switch by its name."""
        return self.__dict__[switch]

    def fact(self, switch: str) -> Fact:
        """Return the fact that a switch decided: its name and value, as written in scenarios."""
        return ("switch", f"{switch} = {value_text(self.value(switch))}", "")

    def changed(self) -> dict[str, Any]:
        """Return the switches that differ from what is usual in the profile of this name."""
        usual = NAMES.index(self.name)
        return {
            name: self.value(name)
            for name, switch in SWITCHES.items()
            if self.value(name) != switch.usual[usual]
        }

    def having(self, changed: dict[str, Any]) -> Profile:
        """Return this profile with some switches set to values that were checked before."""
        return Profile(self.name, {name: self.value(name) for name in SWITCHES} | changed)


def value_text(value: Any) -> str:
    """Return a switch's value as people write it: ``yes``, ``60``, ``owner-only``."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _restored(name: str, changed: dict[str, Any]) -> Profile:
    return PROFILES[name].having(changed) if changed else PROFILES[name]


PROFILES: Final[dict[str, Profile]] = {
    name: Profile(name, {key: switch.usual[place] for key, switch in SWITCHES.items()})
    for place, name in enumerate(NAMES)
}

MICROSOFT: Final = PROFILES["microsoft"]


def profile_named(name: str) -> Profile:
    """Return a profile; raise ScenarioError with the nearest name for an unknown one."""
    if name not in PROFILES:
        near = nearest(name, PROFILES)
        hint = f"; nearest: {near}" if near else ""
        raise ScenarioError(f"no profile is called “{name}”{hint}")
    return PROFILES[name]


def with_switch(profile: Profile, name: str, value: Any) -> Profile:
    """Return the profile with one switch set; raise ScenarioError for what can't be.

    *name* may be written with hyphens; a truth may be given as ``yes`` or ``no``, a number
    as its digits.
    """
    key = name.replace("-", "_")
    switch = SWITCHES.get(key)
    if switch is None:
        near = nearest(key, sorted(SWITCHES))
        hint = f"; nearest: {near}" if near else ""
        raise ScenarioError(f"no switch is called “{name}”{hint}")
    return profile.having({key: _read(name, switch, value)})


def _read(name: str, switch: Switch, value: Any) -> Any:
    usual = switch.usual[0]
    if isinstance(usual, bool):
        words = {"yes": True, "no": False, "true": True, "false": False, True: True, False: False}
        if type(value) in (bool, str) and value in words:
            return words[value]
        raise ScenarioError(f"{name} has to be yes or no")
    if isinstance(usual, int):
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        if type(value) is not int:
            raise ScenarioError(f"{name} has to be a whole number")
        if value < switch.least:
            raise ScenarioError(f"{name} has to be at least {switch.least}")
        return value
    if value not in switch.values:
        raise ScenarioError(f"{name} has to be one of {', '.join(switch.values)}")
    return value
