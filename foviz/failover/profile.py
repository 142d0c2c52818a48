"""The dialects of failover as data: each switch with its values and its source.

PROTOCOL.md of the design lists where the sources disagree; a profile picks one value per
switch. The engine asks the switch by name and never asks which profile it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from foviz.base.errors import ScenarioError, nearest


@dataclass(frozen=True, slots=True)
class Profile:
    """One value for every switch. Times in seconds."""

    name: str
    renew_in_normal: str = "owner-only"
    survivor_lease: str = "mclt"
    partner_down_lease: str = "mclt"
    updreq_on_normal: bool = True
    push_unacked_on_normal: bool = False
    recover_request: str = "updreq"
    recover_wait_base: str = "went-down"
    startup_timeout: str = "communication-interrupted"
    adopt_renewing: bool = True
    pool_rule: str = "ratio"
    clock_check: str = "every-message"
    clock_limit_s: int = 60
    receive_timer_s: int = 180
    send_timer_s: int = 60
    connect_retry_s: int = 60
    handshake_s: int = 60
    startup_s: int = 300
    rebalance_s: int = 300
    max_unacked: int = 10


SOURCES: Final[dict[str, str]] = {
    "renew_in_normal": "DHCP Failover Examples, steps 19–20; draft-12 §5.5, §9.8.2",
    "survivor_lease": "DHCP Failover Examples, step 16; draft-12 §7.1.5",
    "partner_down_lease": "DHCP Failover Examples, partner down, step 19; draft-12 §9.4.2",
    "updreq_on_normal": "DHCP Failover Examples, step 17; draft-12 §9.8.1",
    "push_unacked_on_normal": "draft-12 §9.8.1",
    "recover_request": "draft-12 §9.5.2; MS-DHCPF §3.1.7",
    "recover_wait_base": "draft-12 §9.6.2",
    "startup_timeout": "MS-DHCPF §3.1.6.3; draft-12 §9.3.2",
    "adopt_renewing": "draft-12 §3.1.2",
    "pool_rule": "MS-DHCPF §3.2.2.1; draft-12 §5.4",
    "clock_check": "MS-DHCPF §3.1.5; draft-12 §5.10",
    "clock_limit_s": "MS-DHCPF §6",
    "receive_timer_s": "MS-DHCPF §3.1.2.4",
    "send_timer_s": "MS-DHCPF §3.1.2.5",
    "connect_retry_s": "MS-DHCPF §3.1.2.2",
    "handshake_s": "draft-12 §7.8.2",
    "startup_s": "MS-DHCPF §3.1.2.3",
    "rebalance_s": "MS-DHCPF §3.2.2.1",
    "max_unacked": "draft-12 §7.8.1",
}
"""Where each switch's values come from."""

MICROSOFT: Final = Profile("microsoft")

PROFILES: Final[dict[str, Profile]] = {profile.name: profile for profile in (MICROSOFT,)}


def profile_named(name: str) -> Profile:
    """Return a profile; raise ScenarioError with the nearest name for an unknown one."""
    if name not in PROFILES:
        near = nearest(name, PROFILES)
        hint = f"; nearest: {near}" if near else ""
        raise ScenarioError(f"no profile is called “{name}”{hint}")
    return PROFILES[name]


def with_switch(profile: Profile, switch: str, value: Any) -> Profile:
    """Return the profile with one switch set; raise ScenarioError for an unknown switch."""
    known = {field.name for field in fields(Profile)} - {"name"}
    if switch not in known:
        near = nearest(switch, sorted(known))
        hint = f"; nearest: {near}" if near else ""
        raise ScenarioError(f"no switch is called “{switch}”{hint}")
    return replace(profile, **{switch: value})
