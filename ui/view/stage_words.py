"""The words on the stage: what is written beside a host or a link, and what pointing adds.

Functions of frozen values; nothing is painted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz import (
    DAY,
    HOUR,
    MINUTE,
    US,
    BindingStatus,
    clock_text,
    duration_text,
    short_moment_text,
    state_text,
    weekday_text,
)
from ui.view.stage_scene import RELATION

if TYPE_CHECKING:
    from foviz import (
        ClientView,
        EndpointView,
        LinkView,
        PoolView,
        ServerView,
        Snapshot,
        TimerView,
    )
    from ui.layout.stage import Join
    from ui.view.stage_scene import Scene

HOT_STANDBY = "hot standby"
ALONE = "alone"
ASKING = ("SELECTING", "REQUESTING")
"""States in which a client without a lease waits for an answer."""

_DOWN = {"crash": "crashed", "kill": "service killed", "stop": "service stopped"}
_TIMERS = {
    "safe-period": "PARTNER-DOWN by itself in {}",
    "takeover": "may use the partner’s addresses in {}",
    "recover-wait": "waits another {}",
    "startup": "STARTUP ends in {} at the latest",
    "receive": "takes the partner for silent in {}",
    "retry": "tries to connect in {}",
}
_NOTED_TIMERS = {
    "safe-period": "PARTNER-DOWN in {}",
    "takeover": "all addresses in {}",
    "recover-wait": "waits {}",
}
"""Timers worth words on the stage itself; they change what the server does."""


class Note(NamedTuple):
    """A few words below a server, from long to short; their tone: hue, plain, bad or skew."""

    choices: tuple[str, ...]
    tone: str


class LinkWords(NamedTuple):
    """The words of a failover link: above and below it, the latter from long to short."""

    above: str
    below: tuple[str, ...]
    bad: bool


# -- time


def when(at: int) -> str:
    """Return a moment of the last days: ``Tue 14:11:04``."""
    return f"{weekday_text(at)} {clock_text(at)}"


def left_text(us: int) -> str:
    """Return what is left, no finer than it matters: ``6 d 19 h``, ``24 h``, ``42 min``."""
    grain = US if us < 10 * MINUTE else MINUTE if us < 10 * HOUR else HOUR
    rounded = max(0, (us + grain // 2) // grain * grain)
    if DAY <= rounded < 2 * DAY:
        return f"{rounded // HOUR}\u00a0h"
    return duration_text(rounded) if rounded else "0\u00a0s"


def skew_text(skew: int) -> str:
    """Return how far a clock is off: ``+90 s``."""
    text = f"{abs(skew) // US}\u00a0s" if abs(skew) < 10 * MINUTE else duration_text(abs(skew))
    return ("+" if skew > 0 else "−") + text


# -- servers


def role_text(server: ServerView) -> str:
    """Return a server's role; that of one that is off lies in the past (§11.17)."""
    side = server.endpoint
    if side is None:
        return ""
    if not server.running and side.mode == HOT_STANDBY and is_failed(server):
        return f"was {side.role}"
    return side.role


def down_text(server: ServerView) -> str:
    """Return why a server is off, and since when."""
    if server.down_why not in _DOWN or not server.down_since:
        return "never started"
    return f"{_DOWN[server.down_why]} {when(server.down_since)}"


def is_failed(server: ServerView) -> bool:
    """Whether something put a server out of service; one never started is merely off."""
    return not server.running and server.down_why in _DOWN


def service_of(server: ServerView, side: EndpointView | None = None) -> str:
    """Return what a server does for clients: the form of its band and its badge."""
    if not server.running:
        return "off"
    side = side or server.endpoint
    return side.service if side is not None else "full"


def notes_of(scene: Scene, server: ServerView) -> list[Note]:
    """Return the words below a server, the most urgent first."""
    notes: list[Note] = []
    if server.skew:
        notes.append(Note((f"clock {skew_text(server.skew)}", skew_text(server.skew)), "skew"))
    if not server.running:
        return notes
    if server.duty:
        notes.append(Note((server.duty,), "hue"))
    silent = scene.silence()
    if silent is not None and silent.host == server.index:
        notes.append(_silent_note(scene))
    reserve = reserve_left(scene, server)
    if reserve is not None:
        left = f"{reserve[0]} of {reserve[1]}"
        choices = (f"{left} reserve addresses left", f"reserve: {left} left", f"reserve {left}")
        notes.append(Note(choices, "plain" if reserve[0] else "bad"))
    notes.extend(
        _timer_note(scene, server, timer) for timer in server.timers if timer.name in _NOTED_TIMERS
    )
    for side in server.endpoints:
        if 0 < side.takeover_at <= scene.at:
            since = clock_text(side.takeover_at)[:5]
            free = f"uses {side.partner}’s free addresses"
            notes.append(Note((f"{free} since {since}", free, "uses all addresses"), "hue"))
    return notes


def _timer_note(scene: Scene, server: ServerView, timer: TimerView) -> Note:
    """Say what changes when a timer ends, and how long that is from now."""
    text = _NOTED_TIMERS[timer.name].format(left_text(timer.at - scene.at))
    side = next((each for each in server.endpoints if each.relationship == timer.engine), None)
    if timer.name != "takeover" or side is None:
        return Note((text,), "plain")
    free = partners_free(scene, server, side)
    left, clock = left_text(timer.at - scene.at), clock_text(timer.at)[:5]
    theirs = f"{side.partner}’s {free} free address" + ("es" if free != 1 else "")
    long = f"{theirs} usable in {left}, at {clock}"
    return Note((long, f"{theirs} in {left}", f"{side.partner}’s {free} free in {left}", text),
                "plain")  # fmt: skip


def partners_free(scene: Scene, server: ServerView, side: EndpointView) -> int:
    """Return how many free addresses a server takes for a partner's."""
    status = BindingStatus.BACKUP if side.primary else BindingStatus.FREE
    return sum(
        belief.counts()[status.name]
        for pool in scene.snapshot.pools
        if pool.relationship == side.relationship
        for belief in pool.beliefs
        if belief.server == server.index
    )


def _silent_note(scene: Scene) -> Note:
    """Say why a server does not answer the client that the window is about."""
    client = scene.snapshot.client(scene.model.focus.client)
    if client is None:
        return Note(("silent",), "plain")
    owner = scene.names[client.bucket_server]
    return Note(
        (
            f"silent: bucket {client.bucket} of {client.name} is {owner}’s",
            f"silent: bucket {client.bucket} is {owner}’s",
            f"silent: {client.name} is {owner}’s",
            "silent: other bucket",
            "silent",
        ),
        "plain",
    )


def reserve_left(scene: Scene, server: ServerView) -> tuple[int, int] | None:
    """Return how many addresses of its reserve a standby that serves alone still has."""
    side = server.endpoint
    if side is None or side.primary or side.mode != HOT_STANDBY or side.service != ALONE:
        return None
    left = whole = 0
    for pool in scene.snapshot.pools:
        if pool.relationship == side.relationship:
            left += _backup(pool, server.index)
            whole += (pool.last - pool.first + 1) * pool.reserve_percent // 100
    return (left, max(left, whole)) if whole else None


def _backup(pool: PoolView, server: int) -> int:
    for belief in pool.beliefs:
        if belief.server == server:
            return belief.mask(BindingStatus.BACKUP).bit_count()
    return 0


def server_tip(scene: Scene, server: ServerView) -> str:
    """Return all that is known of a server, a fact a line."""
    lines = [f"{server.name}  {server.address}".strip()]
    if not server.running:
        lines.append(down_text(server))
    if server.skew:
        ahead = "ahead" if server.skew > 0 else "behind"
        lines.append(f"its clock is {duration_text(abs(server.skew))} {ahead}")
    for side in server.endpoints:
        lines.extend(_side_lines(scene, server, side))
    lines.extend(
        _TIMERS[timer.name].format(duration_text(timer.at - scene.at))
        for timer in server.timers
        if timer.name in _TIMERS
    )
    if not server.endpoints:
        lines.append("no partner: an ordinary DHCP server")
    return "\n".join(lines)


def _side_lines(scene: Scene, server: ServerView, side: EndpointView) -> list[str]:
    role = f"{role_text(server)} of {side.relationship}"
    stored = "" if server.running else ", in storage"
    since = f" since {short_moment_text(side.since)}" if side.since else ""
    lines = [f"{role}, {server.duty}" if server.duty else role]
    lines.append(f"{side.state_text}{since}{stored}")
    if side.partner_state:
        lines.append(f"partner {side.partner}: {state_text(side.partner_state)}, as last heard")
    if server.running:
        contact = "in contact" if side.contact else "no contact"
        heard = f", last heard {when(side.last_heard)}" if side.last_heard else ""
        lines.append(contact + heard)
    if side.pending:
        many = "update" if side.pending == 1 else "updates"
        lines.append(f"{side.pending} {many} the partner has not acknowledged")
    reserve = reserve_left(scene, server)
    if reserve is not None:
        lines.append(f"{reserve[0]} of {reserve[1]} reserve addresses left")
    return lines


# -- links


def link_words(scene: Scene, join: Join) -> LinkWords:
    """Return the words of a failover link or of a connection without a wire of its own."""
    relation = join.name.startswith(RELATION)
    above = f"failover over {_carrier(scene, join)}" if relation else "failover link"
    ends = scene.ends_of(join)
    contacts = [side is not None and side.contact for _, side in ends]
    heard = max((side.last_heard for _, side in ends if side is not None), default=0)
    cut = _cut_towards(scene, join)
    if cut:
        return LinkWords(above, _cut_words(cut, any(contacts), heard), True)
    if all(contacts):
        return LinkWords(above, ("in contact", ""), False)
    if not any(contacts):
        silent = (f"silent since {when(heard)}", "silent") if heard else ("no contact", "")
        return LinkWords(above, silent, False)
    if any(not server.running for server, _ in ends):
        return LinkWords(above, (f"last heard {when(heard)}", "last heard"), False)
    one = next(server for (server, _), contact in zip(ends, contacts, strict=True) if contact)
    return LinkWords(above, (f"contact at {one.name} only", "one-sided"), False)


def _cut_words(cut: str, contact: bool, heard: int) -> tuple[str, ...]:
    """Return what is cut and whether that was noticed, from long to short."""
    if cut != "both":
        return (f"nothing passes to {cut}", "cut one-way", "cut")
    if contact:
        return ("cut, not noticed yet", "cut")
    longer = (f"cut, silent since {when(heard)}",) if heard else ()
    return (*longer, "cut, no contact", "cut")


def _cut_towards(scene: Scene, join: Join) -> str:
    """Return how the way between two partners is cut: ``both``, the end cut off, or ``""``."""
    there, back = scene.hops_between(join.a, join.b), scene.hops_between(join.b, join.a)
    ends = [
        node
        for hops, node in ((there, join.b), (back, join.a))
        if any(scene.links[name].cut in ("both", towards) for name, towards in hops)
    ]
    return "both" if len(ends) == 2 else ends[0] if ends else ""


def _carrier(scene: Scene, join: Join) -> str:
    """Return what carries a connection without a wire: a bridge, else the segment."""
    hops = [name for name, _ in scene.hops_between(join.a, join.b)]
    bridges = [bridge.name for bridge in scene.topology.bridges if bridge.name in hops]
    feet = [drop.a for drop in scene.topology.drops if drop.name in hops[:1]]
    return next(iter((*bridges, *feet)), "the network")


def bridge_words(link: LinkView) -> tuple[str, ...]:
    """Return the words of a bridge, from long to short."""
    if link.cut:
        told = "cut" if link.cut == "both" else f"nothing passes to {link.cut}"
        return (f"{link.name}: {told}", told, "cut")
    return (f"{link.name} {duration_text(link.latency)}", link.name, "")


def link_tip(scene: Scene, link: LinkView) -> str:
    """Return all that is known of a link, a fact a line."""
    lines = [f"{link.a} – {link.b}", f"latency {duration_text(link.latency)}"]
    if link.cut:
        lines.append("cut" if link.cut == "both" else f"cut one-way: nothing passes to {link.cut}")
    join = next((each for each in scene.topology.wires if each.name == link.name), None)
    if join is not None:
        lines[0] = f"failover link {lines[0]}"
        below = link_words(scene, join).below[0]
        if below not in lines:
            lines.append(below)
    return "\n".join(lines)


# -- clients


def is_unanswered(client: ClientView, awaited: frozenset[int]) -> bool:
    """Whether a client asks in vain: nothing it sent, and nothing for it, is on its way."""
    asks = client.powered and not client.address and client.state in ASKING
    return asks and client.index not in awaited


def share_left(client: ClientView, at: int) -> float:
    """Return what is left of a client's lease, 0 … 1."""
    if not client.address or not client.lease_s:
        return 0.0
    return min(1.0, max(0.0, (client.expires - at) / (client.lease_s * US)))


def client_lines(client: ClientView, at: int, unanswered: bool) -> tuple[str, ...]:
    """Return how a client is, in words from long to short."""
    left = client.expires - at
    if not client.powered:
        if client.address and left > 0:
            return (f"off · {left_text(left)} left", "off")
        return ("off",)
    if unanswered:
        return (f"{client.state} · no answer yet", f"{client.state} · no answer", client.state)
    if not client.address:
        return (client.state,)
    if client.state == "REQUESTING":
        return ("checks the address by ARP", "checks the address", "checks")
    whole = duration_text(client.lease_s * US)
    return (
        f"{client.state} · {left_text(left)} of {whole} left",
        f"{client.state} · {left_text(left)} of {whole}",
        f"{client.state} · {left_text(left)}",
        client.state,
    )


def bucket_words(snapshot: Snapshot, client: ClientView) -> tuple[str, ...]:
    """Return whose client it is under load balance, in words from long to short."""
    owner = snapshot.server(client.bucket_server)
    if owner is None:
        return ()
    bucket = client.bucket
    return (
        f"hash 0x{bucket:02X} · bucket {bucket} → {owner.name}",
        f"bucket {bucket} → {owner.name}",
        f"{bucket} → {owner.name}",
        f"{bucket}→{owner.name}",
        f"{bucket}→{owner.number}",
    )


def client_tip(snapshot: Snapshot, at: int, client: ClientView, unanswered: bool) -> str:
    """Return all that is known of a client, a fact a line."""
    lines = [f"{client.name}  {client.address_text}".strip()]
    lines.append(client_lines(client, at, unanswered)[0])
    lines.extend(bucket_words(snapshot, client)[:1])
    if client.address:
        granter = snapshot.server(client.granter)
        if granter is not None:
            lines.append(f"lease from {granter.name}, {duration_text(client.lease_s * US)}")
        lines.append(f"asked for at {short_moment_text(client.base)}")
        lines.append(f"T1 {short_moment_text(client.t1)}")
        lines.append(f"T2 {short_moment_text(client.t2)}")
        lines.append(f"ends {short_moment_text(client.expires)}")
    return "\n".join(lines)


def short_address(client: ClientView) -> str:
    """Return the last octet of a client's address: ``.247``."""
    return "." + client.address_text.rpartition(".")[2] if client.address else ""
