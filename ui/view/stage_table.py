"""The stage as a table: a row a host and a link, with all that the picture shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz import duration_text, short_moment_text
from ui.view.stage_hosts import awaited_clients
from ui.view.stage_relays import helper_words
from ui.view.stage_words import (
    client_lines,
    down_text,
    is_unanswered,
    link_words,
    notes_of,
    role_text,
)

if TYPE_CHECKING:
    from foviz import ClientView, LinkView, RelayView, ServerView
    from ui.layout.stage import Join
    from ui.view.stage_scene import Scene

HEAD = ["Name", "What", "Address", "State", "Since or until", "More"]


def stage_rows(scene: Scene) -> list[list[str]]:
    """Return the heading, then servers, relays, clients, links, messages in flight."""
    awaited = awaited_clients(scene.model, scene.flights)
    wires = {join.name: join for join in (*scene.topology.wires, *scene.topology.pairs)}
    rows = [HEAD]
    rows.extend(_server_row(scene, server) for server in scene.snapshot.servers)
    rows.extend(_relay_row(scene, relay) for relay in scene.snapshot.relays)
    rows.extend(
        _client_row(scene, client, is_unanswered(client, awaited))
        for client in scene.snapshot.clients
    )
    rows.extend(_link_row(link, scene, wires) for link in scene.snapshot.links)
    for join in scene.topology.pairs:
        words = link_words(scene, join)
        rows.append([f"{join.a} – {join.b}", words.above, "", words.below[0], "", ""])
    reader = scene.model.session.reader
    for flight in scene.flights:
        ends = " and ".join(scene.names[host] for host, _ in flight.arrivals)
        name = reader.message(flight.record)
        sent = short_moment_text(flight.record.at)
        way = f"from {scene.names[flight.record.host]} to {ends}"
        rows.append([name, "message", "", "in flight", sent, way])
    return rows


def _server_row(scene: Scene, server: ServerView) -> list[str]:
    side = server.endpoint
    state = side.state_text if side is not None else "no partner"
    since = short_moment_text(side.since) if side is not None and side.since else ""
    notes = [note.choices[0] for note in notes_of(scene, server)]
    if not server.running:
        notes.insert(0, down_text(server))
        state = f"off, {state} in storage" if side is not None else "off"
    what = f"server, {role_text(server)}" if role_text(server) else "server"
    return [server.name, what, server.address, state, since, ", ".join(notes)]


def _relay_row(scene: Scene, relay: RelayView) -> list[str]:
    state = "on" if relay.running else "routes only" if relay.powered else "off"
    helpers = f"{helper_words(scene, relay)[0]}, " if relay.running else ""
    more = f"{helpers}between {' and '.join(relay.segments)}"
    return [relay.name, "relay", relay.address, state, "", more]


def _client_row(scene: Scene, client: ClientView, unanswered: bool) -> list[str]:
    until = short_moment_text(client.expires) if client.address else ""
    granter = scene.snapshot.server(client.granter) if client.address else None
    more = f"lease from {granter.name}" if granter is not None else ""
    state = client_lines(client, scene.at, unanswered)[0]
    return [client.name, "client", client.address_text, state, until, more]


def _link_row(link: LinkView, scene: Scene, wires: dict[str, Join]) -> list[str]:
    what = {"wire": "link", "bridge": "bridge", "drop": "link to the segment"}[link.kind]
    state = {"": "", "both": "cut"}.get(link.cut, f"cut one-way, nothing passes to {link.cut}")
    if link.name in wires:
        words = link_words(scene, wires[link.name])
        what, state = words.above, words.below[0]
    return [link.name, what, "", state or "whole", "", f"latency {duration_text(link.latency)}"]
