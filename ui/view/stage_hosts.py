"""Server boxes and clients of the stage, with what is written in and beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QRectF

from foviz import RowKind
from ui.icons import paint_icon
from ui.layout.stage import BOX_LOW
from ui.model.selection import Selection
from ui.view import metrics
from ui.view.forms import (
    disc,
    draw_badge,
    draw_cell_outline,
    draw_frame,
    draw_pool_cell,
    draw_ring,
    draw_server_box,
    draw_text,
    stamp,
)
from ui.view.stage_scene import cell_rect
from ui.view.stage_words import (
    Note,
    bucket_words,
    client_lines,
    client_tip,
    down_text,
    is_failed,
    is_unanswered,
    notes_of,
    role_text,
    server_tip,
    service_of,
    share_left,
    short_address,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QColor, QPainter

    from foviz import ClientView, ServerView
    from ui.layout.window import Rect
    from ui.model.run import Flight, RunModel
    from ui.theme import Theme, Who
    from ui.view.badges import Service, Tone
    from ui.view.stage_scene import Scene, Seat

    HitFunction = Callable[[QRectF, Selection, str], None]

ICON_AT = 18
NAME_AT = 44
PADDING = 10
SMALL_BOX = 130
"""A box in one line that is narrower has smaller edges: name and badge come first."""
SMALL_AT = 14
SMALL_PADDING = 6
WIDEST_BUCKET = 200
"""A bucket of three digits: those of a row are written alike, whatever their number."""
LINES = (17, 36)
"""Middles of a box's two lines, below its top."""


def paint_servers(
    painter: QPainter, scene: Scene, capsules: Sequence[QRectF], hit: HitFunction
) -> None:
    """Paint the servers' boxes and the words below them."""
    chosen = scene.selected_host()
    for name, rect in scene.stage.boxes.items():
        server = scene.servers[name]
        who = scene.hue(server.index)
        service = cast("Service", service_of(server))
        selected = server.index == chosen
        draw_server_box(painter, scene.theme, *rect, service, who, selected=selected)
        if rect.h > BOX_LOW * scene.scale * 1.5:
            _two_lines(painter, scene, server, rect, who)
        else:
            _one_line(painter, scene, server, rect, who)
        _paint_notes(painter, scene, server, who, capsules)
        selection = Selection("host", server.index)
        hit(QRectF(*rect), selection, server_tip(scene, server))


def _two_lines(painter: QPainter, scene: Scene, server: ServerView, rect: Rect, who: Who) -> None:
    """Icon, name, address, role; then badges and the state's name, or why it is off."""
    theme, px = scene.theme, scene.theme.px
    first, second = rect.y + px(LINES[0]), rect.y + px(LINES[1])
    right = rect.right - px(PADDING)
    start = _paint_name(painter, scene, server, rect, first, right)
    colour = _role_colour(theme, server, who)
    bold = server.running
    address_wide = theme.width(server.address, metrics.TYPE_BASE, mono=True)
    role, beside = _role_beside(theme, server, right - start, address_wide + px(5))
    draw_text(painter, theme, right, first, role, colour, bold=bold, align="right")
    tone = theme.ink2 if server.running else theme.ink3
    if beside:
        draw_text(painter, theme, start, first, server.address, tone, mono=True)
    end = _paint_state(painter, scene, server, rect, second, right, who)
    if not beside and end + px(6) + address_wide <= right:
        draw_text(painter, theme, right, second, server.address, tone, mono=True, align="right")


def _paint_name(
    painter: QPainter, scene: Scene, server: ServerView, rect: Rect, cy: float, right: float
) -> float:
    """Paint icon and name; return where the next words may start."""
    theme, px = scene.theme, scene.theme.px
    alive = server.running
    side = px(20)
    colour = theme.hue(scene.hue(server.index)).stroke if alive else theme.ink3
    x, y = rect.x + px(ICON_AT), theme.snap(cy - side / 2)
    paint_icon(painter, "server", QRectF(x, y, side, side), colour, theme)
    start = rect.x + px(NAME_AT)
    ink = theme.ink if alive else theme.ink2
    room = right - start
    wide = draw_text(
        painter, theme, start, cy, server.name, ink, metrics.TYPE_NAME, bold=True, room=room
    )
    return start + wide + px(8)


def _role_beside(theme: Theme, server: ServerView, room: float, address: float) -> tuple[str, bool]:
    """Return the role as it fits, and whether the address fits beside it."""
    choices = (role_text(server), role_text(server).removeprefix("was "))
    for beside in (True, False):
        for role in choices:
            wide = theme.width(role, metrics.TYPE_BASE, server.running)
            if wide + (address if beside else 0) <= room:
                return role, beside
    return "", address <= room


def _role_colour(theme: Theme, server: ServerView, who: Who) -> QColor:
    return theme.hue(who).text if server.running else theme.ink3


def _paint_state(
    painter: QPainter,
    scene: Scene,
    server: ServerView,
    rect: Rect,
    cy: float,
    right: float,
    who: Who,
) -> float:
    """Paint badges and words of the second line; return where the words end."""
    theme, px = scene.theme, scene.theme.px
    x = _paint_badges(painter, scene, server, rect.x + px(ICON_AT), cy, right, who)
    if not server.running:
        bad = is_failed(server)
        colour = theme.bad if bad else theme.ink3
        return _fitting(painter, theme, x, cy, _down_choices(server), colour, right - x, bold=bad)
    if not server.endpoints:
        return _fitting(painter, theme, x, cy, ("no partner",), theme.ink3, right - x)
    if len(server.endpoints) == 1:
        choices: tuple[str, ...] = (server.endpoints[0].state_text,)
        colour = theme.ink2
        if scene.stage.notes[server.name].w <= 0:
            # Without room below the box what it does now comes before its state's name.
            for note in notes_of(scene, server)[:1]:
                choices, colour = (*note.choices, *choices), _note_colour(theme, note, who)
        return _fitting(painter, theme, x, cy, choices, colour, right - x)
    return x


def _paint_badges(
    painter: QPainter,
    scene: Scene,
    server: ServerView,
    x: float,
    cy: float,
    right: float,
    who: Who,
) -> float:
    """Paint a badge a relationship, of several each with its partner; return where they end."""
    theme, px = scene.theme, scene.theme.px
    words = _partner_words(theme, server, right - x)
    for side, (text, colour) in zip(server.endpoints, words, strict=True):
        if x + px(20) > right:
            break
        tone: Tone = "live" if server.running else "off"
        service = cast("Service", service_of(server, side))
        if service == "off":
            service = cast("Service", side.service)
        hue = who if side.relationship == server.endpoints[0].relationship else "client"
        badge = draw_badge(painter, theme, x, cy, side.letters, service, hue, tone=tone)
        x = badge.right() + px(4)
        if text:
            note = metrics.TYPE_NOTE
            x += draw_text(painter, theme, x + px(1), cy, text, colour, note) + px(9)
    return x + (px(4) if server.endpoints else 0)


def _partner_words(theme: Theme, server: ServerView, room: float) -> list[tuple[str, QColor]]:
    """Return what stands beside each badge: the partner and whether it is silent, as it fits."""
    sides = server.endpoints
    nothing = [("", theme.ink3)] * len(sides)
    if len(sides) < 2:
        return nothing
    silent = [server.running and not side.contact for side in sides]
    names = [side.partner for side in sides]
    told = [f"{name} silent" if gone else name for name, gone in zip(names, silent, strict=True)]
    for texts in (told, names):
        wide = sum(theme.width(text, metrics.TYPE_NOTE) + theme.px(34) for text in texts)
        if wide <= room:
            # Red stands with a word: a name alone says nothing of the contact.
            bad = [gone and texts is told for gone in silent]
            tones = [theme.bad if each else theme.ink2 for each in bad]
            return list(zip(texts, tones, strict=True))
    return nothing


def _down_choices(server: ServerView) -> tuple[str, ...]:
    whole = down_text(server)
    return (whole, whole.rsplit(" ", 2)[0]) if is_failed(server) else (whole,)


def _fitting(
    painter: QPainter,
    theme: Theme,
    x: float,
    cy: float,
    choices: Sequence[str],
    colour: QColor,
    room: float,
    *,
    bold: bool = False,
) -> float:
    """Write the first of the choices that fits; return where it ends."""
    text = _first_fit(theme, choices, room, bold)
    return x + draw_text(painter, theme, x, cy, text, colour, metrics.TYPE_NOTE, bold=bold)


def _one_line(painter: QPainter, scene: Scene, server: ServerView, rect: Rect, who: Who) -> None:
    """A low box: name, badges, and role, or why it is off, if there is room."""
    theme, px = scene.theme, scene.theme.px
    cy = rect.y + rect.h / 2
    small = rect.w < px(SMALL_BOX)
    x: float = rect.x + px(SMALL_AT if small else ICON_AT)
    right = rect.right - px(SMALL_PADDING if small else PADDING)
    ink = theme.ink if server.running else theme.ink2
    size = metrics.TYPE_BASE if small else metrics.TYPE_LESSON
    x += draw_text(painter, theme, x, cy, server.name, ink, size, bold=True, room=right - x) + px(
        5 if small else 8
    )
    role, note = role_text(server), metrics.TYPE_NOTE
    role_wide = theme.width(role, note)
    x = _paint_badges(painter, scene, server, x, cy, right, who)
    told, bad = "", False
    if is_failed(server):
        told, bad = _first_fit(theme, (*_down_choices(server), "off"), right - x, True), True
    else:
        told = role if x + role_wide <= right else ""
        if scene.stage.notes[server.name].w <= 0:
            choices = [text for note in notes_of(scene, server)[:1] for text in note.choices]
            told = _first_fit(theme, choices, right - x) or told
    if told:
        colour = theme.bad if bad else _role_colour(theme, server, who)
        draw_text(painter, theme, right, cy, told, colour, note, bold=bad, align="right")


def _paint_notes(
    painter: QPainter, scene: Scene, server: ServerView, who: Who, capsules: Sequence[QRectF]
) -> None:
    """Write below a box what it does now, as much as fits, and not under a capsule."""
    room = scene.stage.notes[server.name]
    if room.w <= 0:
        return
    theme, px = scene.theme, scene.theme.px
    x: float = room.x
    if x - scene.stage.boxes[server.name].x < px(4):
        x += px(2)
    start, cy = x, room.y + room.h / 2
    for note in notes_of(scene, server):
        glyph = px(16) if note.tone == "skew" else 0
        before = theme.width(" · ", metrics.TYPE_NOTE) if x > start else 0.0
        bold = note.tone != "plain"
        text = _first_fit(theme, note.choices, room.right - x - before - glyph, bold)
        area = QRectF(x, room.y, before + glyph + theme.width(text, 10, bold), room.h)
        if not text or any(area.intersects(other) for other in capsules):
            continue
        if before:
            x += draw_text(painter, theme, x, cy, " · ", theme.ink3, metrics.TYPE_NOTE)
        if glyph:
            side = px(14)
            icon = QRectF(theme.snap(x), theme.snap(cy - side / 2), side, side)
            paint_icon(painter, "skew-clock", icon, theme.bad, theme)
            x += glyph
        colour = _note_colour(theme, note, who)
        x += draw_text(painter, theme, x, cy, text, colour, metrics.TYPE_NOTE, bold=bold)


def _first_fit(theme: Theme, choices: Sequence[str], room: float, bold: bool = False) -> str:
    """Return the first of the choices that fits, or nothing."""
    fitting = (text for text in choices if theme.width(text, metrics.TYPE_NOTE, bold) <= room)
    return next(fitting, "")


def _note_colour(theme: Theme, note: Note, who: Who) -> QColor:
    if note.tone == "hue":
        return theme.hue(who).text
    return theme.bad if note.tone in ("bad", "skew") else theme.ink2


# -- clients


def paint_clients(painter: QPainter, scene: Scene, hit: HitFunction) -> None:
    """Paint the clients in the form that their number asks for."""
    awaited = awaited_clients(scene.model, scene.flights)
    chosen = scene.selected_host()
    for seat in scene.seats:
        client = seat.client
        form = scene.groups[client.segment].form
        unanswered = is_unanswered(client, awaited)
        selected = client.index == chosen
        if form == "cells":
            area = QRectF(*cell_rect(seat.spot))
            _paint_cell(painter, scene, seat, unanswered, selected)
        else:
            area = QRectF(*seat.spot.area)
            _paint_ring(painter, scene, seat, unanswered, selected)
        words = client.name  # the rest is told when it is pointed at
        if form == "words":
            words = client_tip(scene.snapshot, scene.at, client, unanswered)
            area.setWidth(_paint_words_of(painter, scene, seat, unanswered) - area.x())
        elif form in ("rows", "row"):
            _paint_lines_below(painter, scene, seat, unanswered)
        hit(area, Selection("host", client.index), words)


def awaited_clients(model: RunModel, flights: Sequence[Flight]) -> frozenset[int]:
    """Return the hosts from which or to which something is on its way, perhaps by a relay."""
    hosts: dict[int, None] = {}
    relays = {relay.index for relay in model.snapshot.relays}
    for flight in flights:
        ends = [flight.record.host, *(host for host, _ in flight.arrivals)]
        hosts.update(dict.fromkeys(ends))
        # Whose message a relay carries stands in its octets: read only where there are relays.
        if flight.kind is RowKind.DHCP and not relays.isdisjoint(ends):
            hosts[model.session.subject_of(flight.record.index)[1]] = None
    return frozenset(hosts)


def _paint_ring(
    painter: QPainter, scene: Scene, seat: Seat, unanswered: bool, selected: bool
) -> None:
    theme, (x, y, r, _) = scene.theme, seat.spot
    client = seat.client
    if selected:
        far = r + 5
        disc(painter, theme, theme.snap(x), theme.snap(y), far, frame=theme.sel, width=2.0)
    draw_ring(
        painter,
        theme,
        x,
        y,
        share_left(client, scene.at),
        scene.hue(client.granter),
        radius=r,
        on=client.powered,
        unanswered=unanswered,
    )


def _paint_cell(
    painter: QPainter, scene: Scene, seat: Seat, unanswered: bool, selected: bool
) -> None:
    """One cell a client, in the fills of the pool map; hollow and red without an answer."""
    theme, rect, client = scene.theme, cell_rect(seat.spot), seat.client
    if unanswered:
        stamp(painter, theme, *rect, _hollow_cell, rect.w)
    elif client.powered and client.address:
        draw_pool_cell(painter, theme, rect.x, rect.y, rect.w, "ACTIVE", scene.hue(client.granter))
    elif client.powered:
        draw_pool_cell(painter, theme, rect.x, rect.y, rect.w, "EXPIRED", "client")
    else:
        draw_pool_cell(painter, theme, rect.x, rect.y, rect.w, "FREE", "client")
    if selected:
        draw_cell_outline(painter, theme, rect.x, rect.y, rect.w, selected=True)


def _hollow_cell(painter: QPainter, theme: Theme, size: int) -> None:
    painter.fillRect(QRectF(0, 0, size, size), theme.panel)
    draw_frame(painter, theme, 0, 0, size, size, theme.bad)


def _paint_words_of(painter: QPainter, scene: Scene, seat: Seat, unanswered: bool) -> float:
    """Write name and address, and below them state and what is left; return where they end."""
    theme, client, room = scene.theme, seat.client, seat.spot.words
    middle = room.y + room.h / 2
    shared = bucket_words(scene.snapshot, client)
    up, apart = (14, 13) if shared else (7, 15)
    first = middle - up * scene.scale
    second = first + apart * scene.scale
    ink = theme.ink if client.powered else theme.ink3
    x: float = room.x
    px = metrics.TYPE_LESSON
    x += draw_text(painter, theme, x, first, client.name, ink, px, bold=True, room=room.w)
    tone = theme.ink2 if client.powered else theme.ink3
    gap = theme.px(9)
    for address in (client.address_text, short_address(client)):
        if x + gap + theme.width(address, mono=True) <= room.right:
            x += gap + draw_text(painter, theme, x + gap, first, address, tone, mono=True)
            break
    colour = theme.bad if unanswered else tone
    lines = client_lines(client, scene.at, unanswered)
    end = _fitting(painter, theme, room.x, second, lines, colour, room.w)
    third = second + apart * scene.scale
    hue = _bucket_colour(scene, client)
    return max(x, end, _fitting(painter, theme, room.x, third, shared, hue, room.w))


def _bucket_colour(scene: Scene, client: ClientView) -> QColor:
    """A client's bucket has the hue of the server that owns it."""
    theme = scene.theme
    return theme.hue(scene.hue(client.bucket_server)).text if client.powered else theme.ink3


def _paint_lines_below(painter: QPainter, scene: Scene, seat: Seat, unanswered: bool) -> None:
    """Write name and last octet below a ring, each centred on it; the bucket, if it has one."""
    theme, client, (x, _, _, room) = scene.theme, seat.client, seat.spot
    shared = bucket_words(scene.snapshot, client)
    if shared and room.h >= 22 * scene.scale:
        _paint_shared_below(painter, scene, seat, unanswered, shared)
        return
    ink = theme.ink if client.powered else theme.ink3
    px = metrics.TYPE_NOTE
    first = room.y + 7 * scene.scale
    name = theme.elide(client.name, room.w, px, True)
    draw_text(painter, theme, x, first, name, ink, px, bold=True, align="centre")
    if room.h < 22 * scene.scale:
        return
    second = first + 11 * scene.scale
    choices = _short_state(client, unanswered)
    mono = bool(client.address and client.powered)
    colour = theme.bad if unanswered else theme.ink2 if client.powered else theme.ink3
    for text in choices:
        if theme.width(text, px, mono=mono) <= room.w - 6 * scene.scale:
            draw_text(painter, theme, x, second, text, colour, px, mono=mono, align="centre")
            return


def _short_state(client: ClientView, unanswered: bool) -> tuple[str, ...]:
    """Return the last octet of a client's address, or how it is without one."""
    if unanswered:
        return ("no lease", "none")
    if not client.powered:
        return ("off",)
    if not client.address:
        return (client.state, "asks" if client.state != "INIT" else "INIT")
    return (short_address(client),)


def _paint_shared_below(
    painter: QPainter, scene: Scene, seat: Seat, unanswered: bool, shared: tuple[str, ...]
) -> None:
    """Write name and last octet in one line, and below them whose bucket the client's is."""
    theme, client, (x, _, _, room) = scene.theme, seat.client, seat.spot
    px = metrics.TYPE_NOTE
    most = room.w
    first = room.y + 7 * scene.scale
    ink = theme.ink if client.powered else theme.ink3
    wide = theme.width(client.name, px, True)
    mono = bool(client.address and client.powered)
    tone = theme.bad if unanswered else theme.ink2 if client.powered else theme.ink3
    # Where it is tight the dot of ".70" is gap enough.
    fitting = (
        (text, gap)
        for gap in (theme.px(4), 1)
        for text in _short_state(client, unanswered)
        if (gap > 1 or text.startswith("."))
        and wide + gap + theme.width(text, px, mono=mono) <= most
    )
    beside, gap = next(fitting, ("", 0))
    left = x - (wide + (gap + theme.width(beside, px, mono=mono) if beside else 0)) / 2
    name = theme.elide(client.name, room.w, px, True)
    left += draw_text(painter, theme, left, first, name, ink, px, bold=True) + gap
    draw_text(painter, theme, left, first, beside, tone, px, mono=mono)
    text = shared[_bucket_form(scene, client, room.w)]
    hue = _bucket_colour(scene, client)
    draw_text(painter, theme, x, first + 11 * scene.scale, text, hue, px, align="centre")


def _bucket_form(scene: Scene, client: ClientView, room: float) -> int:
    """Return which wording of the bucket fits, one for all clients of a row: by the widest."""
    theme = scene.theme
    most = room - (8 if room >= theme.px(60) else 2) * scene.scale
    widest = bucket_words(scene.snapshot, replace(client, bucket=WIDEST_BUCKET))
    fitting = (n for n, text in enumerate(widest) if theme.width(text, metrics.TYPE_NOTE) <= most)
    return next(fitting, len(widest) - 1)
