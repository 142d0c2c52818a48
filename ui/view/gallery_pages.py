"""Pages of the gallery: pool cells, states, lease lanes and stage, icons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from ui.icons import icon_names, paint_icon
from ui.view.forms import (
    LETTERS,
    SERVICES,
    STATUSES,
    box,
    draw_badge,
    draw_band,
    draw_band_label,
    draw_bolt,
    draw_bracket,
    draw_capsule,
    draw_capsule_dot,
    draw_cell_outline,
    draw_count_bar,
    draw_cross,
    draw_cut_stroke,
    draw_diamond,
    draw_edge,
    draw_event_glyph,
    draw_focus,
    draw_fold_cut,
    draw_lease_tick,
    draw_level,
    draw_mclt,
    draw_plate,
    draw_playhead,
    draw_pool_cell,
    draw_promise,
    draw_ring,
    draw_server_box,
    draw_server_disc,
    draw_span,
    draw_step,
    draw_tag,
    draw_text,
    draw_tick,
    draw_token,
    draw_unequal,
    fill,
    line,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from ui.theme import Theme, Who
    from ui.view.forms import Service, Status

_OWNER: dict[str, Who] = {"BACKUP": "s2", "RELEASED": "s2", "ABANDONED": "client"}


def _head(p: QPainter, t: Theme, y: float, words: str) -> None:
    draw_text(p, t, 40, y, words, t.ink, 13, bold=True)


def paint_pool(p: QPainter, t: Theme) -> None:
    """Paint each status at each size class, plain, hatched, different, selected."""
    draw_text(p, t, 40, 42, "Pool map", t.ink, 18, bold=True)
    for at, status in enumerate(STATUSES):
        start = 40 + 190 * at
        draw_pool_cell(p, t, start, 70, 40, status, _OWNER.get(status, "s1"))
        draw_text(p, t, start + 52, 80, status, t.ink, bold=True)
        draw_text(p, t, start + 52, 98, LETTERS[status] or "empty", t.ink2, 10)
    wide, small, few = (28, 20, 16, 14), (12, 9, 8, 6, 4), (28, 20, 14, 9)
    _cells(p, t, 132, "plain", wide)
    _cells(p, t, 166, "plain", small)
    _cells(p, t, 190, "hatched", wide, hatched=True)
    _cells(p, t, 224, "hatched", small, hatched=True)
    _cells(p, t, 254, "differs", few, differs=True)
    _cells(p, t, 302, "selected", few, selected=True)
    _cells(p, t, 350, "all", few, hatched=True, differs=True, selected=True)
    _map(p, t, 40, 410, 10, 9)
    _map(p, t, 290, 410, 27, 25)
    draw_span(p, t, 290, 290 + 270, 530, t.s1)
    draw_span(p, t, 290 + 272, 290 + 540, 530, t.s2)
    parts: list[tuple[Status, Who, int]] = [
        ("ACTIVE", "s1", 1),
        ("ACTIVE", "s2", 6),
        ("EXPIRED", "s1", 5),
        ("FREE", "s1", 178),
        ("BACKUP", "s2", 10),
    ]
    draw_count_bar(p, t, 900, 420, 500, 14, parts)
    draw_count_bar(p, t, 900, 444, 500, 14, parts[1:])


def _cells(
    p: QPainter,
    t: Theme,
    y: float,
    words: str,
    sizes: tuple[int, ...],
    *,
    hatched: bool = False,
    differs: bool = False,
    selected: bool = False,
) -> None:
    draw_text(p, t, 40, y + 12, words, t.ink2)
    on_top = {"hatched": hatched, "differs": differs, "selected": selected}
    owners: tuple[Who, ...] = ("s1", "s2")
    x = 110.0
    for size in sizes:
        gap = (1 if size < 20 else 2) + (6 if differs or selected else 0)
        for status in STATUSES:
            for who in owners[:1] if status in ("FREE", "ABANDONED") else owners:
                draw_pool_cell(p, t, x, y, size, status, who, **on_top)
                x += size + gap
        x += 20


def _map(p: QPainter, t: Theme, x: float, y: float, pitch: int, size: int) -> None:
    def place(index: int) -> tuple[float, float]:
        return x + pitch * (index % 20), y + pitch * (index // 20)

    for index in range(80):
        status: Status = "BACKUP" if index >= 70 else "FREE"
        who: Who = "s2" if index >= 70 else "s1"
        if index in (0, 71):
            status, who = "ACTIVE", "s2"
        draw_pool_cell(p, t, *place(index), size, status, who, hatched=index in (0, 71))
    draw_cell_outline(p, t, *place(0), size, differs=True, selected=True)
    draw_cell_outline(p, t, *place(71), size, differs=True)
    draw_cell_outline(p, t, *place(30), size, selected=True)


_NODES: tuple[tuple[str, Service], ...] = (
    ("N", "full"),
    ("CI", "alone"),
    ("PD", "takeover"),
    ("RD", "renew"),
    ("RW", "silent"),
    ("?", "off"),
)


def paint_states(p: QPainter, t: Theme) -> None:
    """Paint the six services as badge, band and lifeline, at every size and tone."""
    draw_text(p, t, 40, 42, "States", t.ink, 18, bold=True)
    for column, (letters, service) in enumerate(_NODES):
        x = 200.0 + 200 * column
        draw_text(p, t, x, 74, service, t.ink, bold=True)
        for row, height in enumerate((16, 20, 26, 44)):
            y = 100.0 + 40 * row + (8 if row == 3 else 0)
            if column == 0:
                draw_text(p, t, 40, y, f"{height} high", t.ink2)
            after = draw_badge(p, t, x, y, letters, service, "s1", height=height).right() + 8
            draw_badge(p, t, after, y, letters, service, "s2", height=height)
        for row, tone in enumerate(("off", "vacant", "absent")):
            y = 290.0 + 32 * row
            if column == 0:
                draw_text(p, t, 40, y, tone, t.ink2)
            at = x
            for height in (16, 20, 26):
                rect = draw_badge(
                    p,
                    t,
                    at,
                    y,
                    letters,
                    service,
                    "s1",
                    height=height,
                    tone=tone,  # type: ignore[arg-type]
                )
                at = rect.right() + 8
    for column, service in enumerate(SERVICES):
        x = 200.0 + 200 * column
        for row, tone in enumerate(("live", "memory", "replaced")):
            y = 390.0 + 20 * row
            if column == 0:
                draw_text(p, t, 40, y + 6, f"band, {tone}", t.ink2)
            draw_band(p, t, x, y, 120, 13, service, "s1", tone=tone)  # type: ignore[arg-type]
        draw_band(p, t, x + 140, 380, 8, 70, service, "s2", upright=True)
        if service != "off":
            draw_band_label(p, t, x + 60, 396.5, _NODES[column][0], "s1")
    _tokens(p, t)


def _tokens(p: QPainter, t: Theme) -> None:
    y = 500.0
    draw_text(p, t, 40, y, "tokens, events, discs", t.ink2)
    x = 210.0
    for large in (False, True):
        for on in (True, False):
            for digit, who in (("1", "s1"), ("2", "s2")):
                draw_token(p, t, x, y, digit, who, on=on, large=large)  # type: ignore[arg-type]
                x += 34
    for event in ("cut", "link", "message", "timer", "operator"):
        draw_event_glyph(p, t, x, y, event)
        x += 28
    for who in ("s1", "s2"):
        draw_server_disc(p, t, x, y, who)  # type: ignore[arg-type]
        draw_server_disc(p, t, x + 16, y, who, on=False)  # type: ignore[arg-type]
        x += 36
    for level in ("error", "warning", "information"):
        draw_level(p, t, x, y, level)
        x += 24
    draw_tick(p, t, x, y)
    draw_unequal(p, t, x + 30, y)
    draw_cross(p, t, x + 60, y)
    draw_bolt(p, t, x + 90, y)
    draw_tag(p, t, x + 190, y, "survivor-lease = mclt", mono=True)
    draw_edge(p, t, (200, 560), (300, 560), t.faint)
    draw_edge(p, t, (320, 560), (420, 560), t.ink, width=1.5, head=7)
    draw_edge(p, t, (440, 560), (540, 560), t.s2, width=3, head=9)
    draw_edge(p, t, (560, 570), (700, 545), t.ink, control=((600, 520), (660, 590)), width=1.5)
    draw_capsule_dot(p, t, 740, 560, "s1")
    draw_capsule_dot(p, t, 760, 560, "s2", failover=True)
    draw_capsule_dot(p, t, 786, 560, "s2", selected=True)
    rect = draw_capsule(p, t, 850, 560, "ACK", "s1", selected=True)
    draw_focus(p, t, rect.x(), rect.y(), rect.width(), rect.height(), rect.height() / 2)


def paint_lanes(p: QPainter, t: Theme) -> None:
    """Paint the forms of lease lanes, timeline and stage."""
    draw_text(p, t, 40, 42, "Leases, timeline, stage", t.ink, 18, bold=True)
    for x in (260, 700):
        fill(p, t, x, 66, 60, 160, t.sunken)
    draw_band(p, t, 112, 86, 600, 10, "full", "s1")
    draw_fold_cut(p, t, 290, 86, 10)
    draw_lease_tick(p, t, 380, 91, "T1")
    draw_lease_tick(p, t, 500, 91, "T2", left=True)
    draw_mclt(p, t, 500, 84, 110, 14)
    box(p, t, 500, 83, 110, 16, frame=t.s2, width=1.5, radius=2, dash=(5, 3))
    draw_plate(p, t, 555, 91, "ACK 1 h", t.s2t, 10, bold=True)
    draw_band(p, t, 112, 116, 500, 10, "full", "s1", tone="memory")
    draw_fold_cut(p, t, 290, 116, 10)
    draw_promise(p, t, 612, 760, 121, "s1")
    draw_mclt(p, t, 760, 114, 110, 14)
    draw_diamond(p, t, 760, 121, "s1")
    draw_plate(p, t, 815, 104, "MCLT 1 h", t.ink2, 10, bold=True)
    draw_band(p, t, 112, 146, 388, 10, "full", "s2")
    draw_fold_cut(p, t, 290, 146, 10)
    draw_band(p, t, 500, 146, 110, 10, "alone", "s2")
    draw_promise(p, t, 610, 760, 151, "s2")
    draw_mclt(p, t, 760, 144, 110, 14, faint=True)
    draw_diamond(p, t, 760, 151, "s2")
    draw_promise(p, t, 872, 930, 151, "s2", acked=False)
    draw_diamond(p, t, 936, 151, "s2", filled=False)
    for y, service, words in ((176, "full", "NORMAL"), (196, "takeover", "PARTNER-DOWN")):
        draw_band(p, t, 112, y, 300, 13, service, "s1")  # type: ignore[arg-type]
        draw_fold_cut(p, t, 290, y, 13)
        draw_band_label(p, t, 200, y + 6.5, words, "s1")
        draw_band(p, t, 412, y, 200, 13, "alone", "s2")
        draw_band_label(p, t, 500, y + 6.5, "CI", "s2")
    draw_step(p, t, 640, 182, "11–13")
    draw_step(p, t, 676, 182, "16", "present")
    draw_playhead(p, t, 500, 66, 226, upright=True)
    draw_bracket(p, t, 960, 80, 200, present=True)
    _stage(p, t)


def _stage(p: QPainter, t: Theme) -> None:
    draw_server_box(p, t, 40, 250, 232, 52, "off", "s1")
    paint_icon(p, "server", QRectF(56, 258, 20, 20), t.ink3, t)
    draw_text(p, t, 84, 268, "DHCP1", t.ink2, 13, bold=True)
    draw_badge(p, t, 57, 288, "N", "full", "s1", tone="off")
    draw_text(p, t, 85, 288, "crashed Tue 14:12:00", t.bad, 11, bold=True)
    line(p, t, 272, 276, 400, 276, t.strong, 1.5, (6, 4))
    draw_cross(p, t, 286, 276, half=5)
    draw_cut_stroke(p, t, 336, 276)
    draw_server_box(p, t, 400, 250, 232, 52, "alone", "s2")
    for at, service in enumerate(SERVICES):
        x, y = 660 + 64 * (at % 5), 250 + 30 * (at // 5)
        draw_server_box(p, t, x, y, 52, 24, service, "s1", selected=at == 4)
    paint_icon(p, "server", QRectF(418, 258, 20, 20), t.s2, t)
    draw_text(p, t, 446, 268, "DHCP2", t.ink, 13, bold=True)
    draw_badge(p, t, 418, 288, "CI", "alone", "s2")
    draw_text(p, t, 450, 288, "COMMUNICATION-INTERRUPTED", t.ink2)
    line(p, t, 40, 340, 632, 340, t.strong, 4, rounded=True)
    line(p, t, 340, 340, 560, 340, t.s2, 3)
    draw_capsule(p, t, 420, 340, "ACK 1 h", "s2", size="stage", selected=True)
    clients = ((0.14, "s1", True, False), (0.7, "s2", True, False), (0, "s1", False, False))
    for at, (share, who, on, lost) in enumerate((*clients, (0, "s1", True, True))):
        x = 90 + 130 * at
        line(p, t, x, 342, x, 360, t.strong, 2)
        draw_ring(p, t, x, 377, share, who, on=on, unanswered=lost)  # type: ignore[arg-type]
        draw_text(p, t, x + 28, 370, f"C{at + 1}", t.ink, 12, bold=True)
    for at in range(12):
        draw_ring(p, t, 640 + 26 * at, 377, at / 11, "s2", radius=8, unanswered=at == 5)


def paint_icons(p: QPainter, t: Theme) -> None:
    """Paint the icons on the drawing grid doubled, then at the sizes of use."""
    _head(p, t, 42, "Icons")
    names = icon_names()
    for at, name in enumerate(names):
        x, y = 40 + 128 * (at % 8), 96 + 112 * (at // 8)
        box(p, t, x, y, 116, 100, frame=t.hair, radius=6)
        paint_icon(p, name, QRectF(x + 34, y + 16, 48, 48), t.ink, t)
        draw_text(p, t, x + 58, y + 84, name.replace("-", " "), t.ink2, align="centre")
    for row, size in enumerate((24, 20, 16, 14)):
        y = 560 + 34 * row
        draw_text(p, t, 40, y, f"{size} px", t.ink2)
        for at, name in enumerate(names):
            x = 138 + 29 * at
            rect = QRectF(x + (24 - size) // 2, y - size // 2, size, size)
            paint_icon(p, name, rect, t.ink if size == 24 else t.ink2, t)
