"""The inspector's small pictures, each from the forms of the other views."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ui.view import metrics
from ui.view.forms import (
    badge_width,
    box,
    capsule_width,
    disc,
    draw_badge,
    draw_bolt,
    draw_breach,
    draw_capsule,
    draw_cross,
    draw_disk,
    draw_server_disc,
    draw_timer,
    paint_mark_icon,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from ui.theme import Theme
    from ui.view.badges import Service, Tone
    from ui.view.inspector_page import Glyph

HEARD_RADIUS = 5.0
HALO_RADIUS = 11.0
BREACH_RADIUS = 8.0


def glyph_width(theme: Theme, glyph: Glyph) -> float:
    """Return how wide a glyph is."""
    if glyph.kind == "badge":
        return badge_width(theme, glyph.name, 16, cast("Service", glyph.service))
    if glyph.kind == "capsule":
        return capsule_width(theme, "", "chain")
    if glyph.kind in ("heard", "disc", "ring"):
        return 2 * theme.grown(HEARD_RADIUS)
    return 0.0 if glyph.kind == "none" else theme.grown(metrics.GLYPH)


def draw_glyph(
    painter: QPainter, theme: Theme, cx: float, cy: float, glyph: Glyph, *, selected: bool = False
) -> None:
    """Draw a glyph about its centre; a selected one has a violet halo."""
    who = glyph.who
    if glyph.kind == "capsule":
        failover = glyph.failover
        draw_capsule(
            painter, theme, cx, cy, "", who, failover=failover, selected=selected, size="chain"
        )
        return
    if selected:
        _draw_halo(painter, theme, cx, cy, glyph)
    ground = theme.selw if selected else theme.panel
    if glyph.kind == "heard":
        cx, cy = theme.snap(cx), theme.snap(cy)
        disc(painter, theme, cx, cy, theme.grown(HEARD_RADIUS), ground=theme.hue(who).fill)
    elif glyph.kind in ("disc", "ring"):
        draw_server_disc(painter, theme, cx, cy, who, on=glyph.kind == "disc")
    elif glyph.kind == "lost":
        draw_cross(painter, theme, theme.snap(cx), theme.snap(cy), disc_ground=ground)
    elif glyph.kind == "timer":
        draw_timer(painter, theme, cx, cy, colour=theme.ink2)
    elif glyph.kind == "badge":
        service = cast("Service", glyph.service)
        wide = badge_width(theme, glyph.name, 16, service)
        left, tone = cx - wide / 2, "off" if glyph.off else "live"
        draw_badge(painter, theme, left, cy, glyph.name, service, who, tone=cast("Tone", tone))
    elif glyph.kind == "breach":
        draw_breach(painter, theme, cx, cy, radius=BREACH_RADIUS)
    elif glyph.kind == "disk":
        draw_disk(painter, theme, cx, cy)
    elif glyph.kind == "icon" and glyph.name == "crash" and not selected:
        draw_bolt(painter, theme, cx, cy)
    elif glyph.kind != "none":
        _draw_icon(painter, theme, cx, cy, glyph)


def _draw_icon(painter: QPainter, theme: Theme, cx: float, cy: float, glyph: Glyph) -> None:
    name = "why" if glyph.kind == "decision" else glyph.name
    colour = theme.bad if glyph.bad else theme.ink3 if glyph.off else theme.hue(glyph.who).text
    paint_mark_icon(painter, theme, name, cx, cy, colour)


def _draw_halo(painter: QPainter, theme: Theme, cx: float, cy: float, glyph: Glyph) -> None:
    """The halo fits what it surrounds: round, or 3 px beyond a badge."""
    if glyph.kind != "badge":
        radius = theme.grown(HALO_RADIUS)
        disc(
            painter,
            theme,
            theme.snap(cx),
            theme.snap(cy),
            radius,
            ground=theme.selw,
            frame=theme.sel,
            width=metrics.STROKE_STRONG,
        )
        return
    far = metrics.CAPSULE_HALO
    wide = glyph_width(theme, glyph) + 2 * far
    high = theme.px(16) + 2 * far
    box(
        painter,
        theme,
        cx - wide / 2,
        cy - high / 2,
        wide,
        high,
        ground=theme.selw,
        frame=theme.sel,
        width=metrics.STROKE_STRONG,
        radius=metrics.RADIUS_BADGE + far,
    )
