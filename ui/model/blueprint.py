"""Parts of a laboratory as TOML, with sensible defaults: what the buttons of *New lab* add."""

from __future__ import annotations

import tomllib

EMPTY = """title = "My lab"
profile = "microsoft"

[segments.LAN]
network = "10.0.0.0/24"
"""
PARTS = ("server", "client", "relay", "segment", "link", "scope", "relationship")


def added(text: str, part: str) -> str:
    """Return the text with one more part; it stays as it is when it is no TOML or lacks ends."""
    try:
        root = tomllib.loads(text)
        block = _client(text, root) if part == "client" else _BLOCKS[part](root)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError):
        return text  # half typed: the note under the text says what is wrong with it
    if part == "client":
        return block
    return f"{text.rstrip()}\n\n{block}" if block else text


def _free(root: dict[str, dict[str, object]], kind: str, stem: str) -> str:
    names = root.get(kind, {})
    return next(f"{stem}{n}" for n in range(1, 1000) if f"{stem}{n}" not in names)


def _networks(root: dict[str, dict[str, dict[str, str]]]) -> dict[str, str]:
    """Return each segment's network without its last octet: ``10.0.0``."""
    segments = root.get("segments", {})
    return {name: each["network"].rpartition(".")[0] for name, each in segments.items()}


def _server(root: dict) -> str:
    name, networks = _free(root, "servers", "DHCP"), _networks(root)
    if not networks:
        return ""
    segment, network = next(iter(networks.items()))
    return f'[servers.{name}]\n{segment} = "{network}.{len(root.get("servers", {})) + 1}"\n'


def _client(text: str, root: dict) -> str:
    """Clients share one table: a new one goes below its head, for a table stands once only."""
    networks = _networks(root)
    if not networks:
        return text
    line = f'{_free(root, "clients", "C")} = "{next(iter(networks))}"\n'
    if "clients" not in root:
        return f"{text.rstrip()}\n\n[clients]\n{line}"
    if "[clients]\n" not in text:
        return text
    head, table, rest = text.partition("[clients]\n")
    entries, blank, below = rest.partition("\n\n")
    return f"{head}{table}{entries.rstrip()}\n{line}{blank and chr(10)}{below}"


def _relay(root: dict) -> str:
    name, networks = _free(root, "relays", "R"), _networks(root)
    place = len(root.get("relays", {})) + 11
    lines = [f'{segment} = "{net}.{place}"' for segment, net in list(networks.items())[:2]]
    helpers = ", ".join(f'"{server}"' for server in root.get("servers", {}))
    return f"[relays.{name}]\n" + "\n".join(lines) + f"\nhelpers = [{helpers}]\n"


def _segment(root: dict) -> str:
    name = _free(root, "segments", "LAN")
    return f'[segments.{name}]\nnetwork = "10.{len(root.get("segments", {}))}.0.0/24"\n'


def _link(root: dict) -> str:
    ends = list(root.get("servers", {}))[:2]
    if len(ends) < 2 or "-".join(ends) in root.get("links", {}):
        return ""
    return f'[links.{"-".join(ends)}]\nnetwork = "192.168.99.0/30"\n'


def _scope(root: dict) -> str:
    free = [name for name in _networks(root) if name not in root.get("scopes", {})]
    if not free:
        return ""
    net = _networks(root)[free[0]]
    return (
        f'[scopes.{free[0]}]\nnetwork = "{net}.0/24"\nrange = "{net}.51-{net}.250"\nlease = "8d"\n'
    )


def _relationship(root: dict) -> str:
    pair = list(root.get("servers", {}))[:2]
    if len(pair) < 2 or "-".join(pair) in root.get("relationships", {}):
        return ""
    scopes = ", ".join(f'"{scope}"' for scope in root.get("scopes", {}))
    return (
        f'[relationships.{"-".join(pair)}]\nmode = "load balance"\nprimary = "{pair[0]}"\n'
        f'secondary = "{pair[1]}"\nscopes = [{scopes}]\nmclt = "1h"\nbalance = 50\n'
    )


_BLOCKS = {
    "server": _server,
    "relay": _relay,
    "segment": _segment,
    "link": _link,
    "scope": _scope,
    "relationship": _relationship,
}
