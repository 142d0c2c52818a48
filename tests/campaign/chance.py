"""What a random world is made of: its laboratory and its deeds, both drawn from its number."""

from __future__ import annotations

import random

from foviz.failover.profile import NAMES, PROFILES

LABORATORY = """
title = "A small pair"
[segments.{left}]
network = "10.0.0.0/24"
{right_segment}
[servers.DHCP1]
{left} = "10.0.0.1"
[servers.DHCP2]
{right} = "10.0.0.2"
[links.{link}]
{link_keys}
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.{last}"
lease = "{lease}"
[relationships.DHCP1-DHCP2]
mode = "{mode}"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
mclt = "10m"
reserve = 30
switchover = "{switchover}"
[client]
fuzz = "{fuzz}"
[clients]
{clients}
"""


def laboratory(draw: random.Random, profile: str) -> str:
    """Return a scenario's text."""
    sites = draw.random() < 0.4
    count = draw.choice((4, 6, 8))
    segments = ("SITE-A", "SITE-B") if sites else ("LAN", "LAN")
    clients = "\n".join(f'C{n} = "{segments[n % 2]}"' for n in range(1, count + 1))
    text = LABORATORY.format(
        left=segments[0],
        right=segments[1],
        right_segment='[segments.SITE-B]\nnetwork = "10.0.0.0/24"' if sites else "",
        link="WAN" if sites else "DHCP1-DHCP2",
        link_keys='between = ["SITE-A", "SITE-B"]\nlatency = "10ms"'
        if sites
        else 'network = "192.168.99.0/30"',
        last=draw.choice((54, 58, 62, 70)),
        lease=draw.choice(("20m", "1h", "4h")),
        mode=draw.choice(("hot standby", "load balance")),
        switchover=draw.choice(("0s", "0s", "15m", "1h")),
        fuzz=draw.choice(("0s", "0s", "2s")),
        clients=clients,
    )
    return f'profile = "{profile}"\n{text}'


def deeds(draw: random.Random, text: str, profile: str, most: int) -> list[str]:
    """Return the lines of a world: runs and deeds; one that is impossible is passed over."""
    clients = [f"C{n}" for n in range(1, text.count("\nC") + 1)]
    link = "WAN" if "WAN" in text else "DHCP1-DHCP2"
    links = [link, f"{link} one-way"]
    servers = ["DHCP1", "DHCP2"]
    kinds = (
        (6, lambda: f"start {draw.choice(clients)}"),
        (2, lambda: f"release {draw.choice(clients)}"),
        (2, lambda: f"renew {draw.choice(clients)}"),
        (1, lambda: f"decline {draw.choice(clients)}"),
        (1, lambda: f"stop {draw.choice(clients)}"),
        (1, lambda: f"crash {draw.choice(clients)}"),
        (3, lambda: f"crash {draw.choice(servers)}"),
        (2, lambda: f"kill service {draw.choice(servers)}"),
        (2, lambda: f"stop service {draw.choice(servers)}"),
        (6, lambda: f"start {draw.choice(servers)}"),
        (2, lambda: f"restart {draw.choice(servers)}"),
        (4, lambda: f"cut {draw.choice(links)}"),
        (5, lambda: f"heal {link}"),
        (1, lambda: f"lose disk {draw.choice(servers)}"),
        (2, lambda: f"back up {draw.choice(servers)}"),
        (1, lambda: f"restore {draw.choice(servers)}"),
        (2, lambda: f"partner-down {draw.choice(servers)}"),
        (1, lambda: f"skew {draw.choice(servers)} {draw.choice(('+20s', '-20s', '+90s', '-90s'))}"),
        (2, lambda: f"drop next {draw.choice(_DROPPED)} from {draw.choice(servers)}"),
        (1, lambda: f"delay next {draw.choice(_DROPPED)} from {draw.choice(servers)} 5s"),
        (1, lambda: f"duplicate next {draw.choice(('DISCOVER', 'REQUEST'))}"),
    )
    if PROFILES[profile].operator_states:
        kinds += (
            (1, lambda: f"pause {draw.choice(servers)}"),
            (1, lambda: f"shut down {draw.choice(servers)}"),
            (3, lambda: f"resume {draw.choice(servers)}"),
        )
    weights = [weight for weight, _ in kinds]
    lines = ["start C1", "run 10s"]
    for _ in range(draw.randrange(6, most)):
        lines.append(draw.choices(kinds, weights)[0][1]())
        lines.append(f"run {draw.choice(_SPANS)}")
    return lines


_DROPPED = ("BNDUPD", "BNDACK", "STATE", "UPDREQ", "UPDDONE", "CONNECT", "CONNECTACK", "CONTACT")
_SPANS = ("0s", "3ms", "5s", "40s", "3m", "7m", "20m", "20m", "1h10m")


MOST_DEEDS = 28


def describe(number: int, profile: str = "", most: int = MOST_DEEDS) -> tuple[str, str, list[str]]:
    """Return the profile, the scenario and the lines of a world; *most* bounds its deeds."""
    draw = random.Random(number)
    chosen = profile or NAMES[number % len(NAMES)]
    text = laboratory(draw, chosen)
    return chosen, text, deeds(draw, text, chosen, most)
