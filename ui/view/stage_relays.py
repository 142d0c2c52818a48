"""Relays on the stage: a box between two segments, with the addresses requests are sent on to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from foviz import ip_text
from ui.icons import paint_icon
from ui.model.selection import Selection
from ui.view import metrics
from ui.view.forms import box, draw_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from foviz import RelayView
    from ui.layout.window import Rect
    from ui.view.stage_scene import Scene

    HitFunction = Callable[[QRectF, Selection, str], None]

PADDING = 8
ICON = 14
ICON_FROM = 76
"""A narrower box has no icon."""
TWO_LINES = 26
WHOLE = 2
"""So many of the wordings of helpers have every address in full."""


def paint_relays(painter: QPainter, scene: Scene, hit: HitFunction) -> None:
    """Paint the boxes of relays, in grey: a relay is nobody's."""
    chosen = scene.selected_host()
    for name, rect in scene.stage.relays.items():
        relay = scene.relays[name]
        _paint_box(painter, scene, rect, relay, selected=relay.index == chosen)
        _paint_words(painter, scene, rect, relay)
        hit(QRectF(*rect), Selection("host", relay.index), relay_tip(scene, relay))


def _paint_box(
    painter: QPainter, scene: Scene, rect: Rect, relay: RelayView, *, selected: bool
) -> None:
    theme, radius, edge = scene.theme, metrics.RADIUS_CARD, metrics.STROKE
    ground = theme.raised if relay.powered else theme.panel
    dash = () if relay.running else metrics.DASH_HOST_BOX
    box(
        painter, theme, *rect, ground=ground, frame=theme.strong,
        width=edge, radius=radius, dash=dash,
    )  # fmt: skip
    if selected:
        far = metrics.CAPSULE_HALO
        halo = (rect.x - far, rect.y - far, rect.w + 2 * far, rect.h + 2 * far)
        box(painter, theme, *halo, frame=theme.sel, width=2, radius=radius + far)


def _paint_words(painter: QPainter, scene: Scene, rect: Rect, relay: RelayView) -> None:
    """Write name and helpers: beside each other, or below each other in a narrow box."""
    theme, px = scene.theme, scene.theme.px
    ink = theme.ink if relay.running else theme.ink2
    x: float = rect.x + px(PADDING)
    right = rect.right - px(PADDING)
    cy = rect.y + rect.h / 2
    if rect.w >= px(ICON_FROM):
        side = px(ICON)
        icon = QRectF(theme.snap(x), theme.snap(cy - side / 2), side, side)
        paint_icon(painter, "relay", icon, theme.cli if relay.running else theme.ink3, theme)
        x += side + px(6)
    choices, bad = helper_words(scene, relay), not relay.running and relay.ever_started
    colour = theme.bad if bad else theme.ink2 if relay.running else theme.ink3
    base, note = metrics.TYPE_BASE, metrics.TYPE_NOTE
    wide = theme.width(relay.name, base, True)
    beside = right - x - wide - px(8)
    # What would be shortened beside the name has more room below it.
    low = rect.h < px(TWO_LINES)
    level = choices if low else choices[:WHOLE]
    text = next((t for t in level if theme.width(t, note, bad) <= beside), "")
    if text or low:
        draw_text(painter, theme, x, cy, relay.name, ink, base, bold=True, room=right - x)
        draw_text(painter, theme, right, cy, text, colour, note, bold=bad, align="right")
        return
    far = 6 * scene.scale
    draw_text(painter, theme, x, cy - far, relay.name, ink, base, bold=True, room=right - x)
    text = next((t for t in choices if theme.width(t, note, bad) <= right - x + px(4)), "")
    draw_text(painter, theme, x, cy + far, text, colour, note, bold=bad)


def helper_words(scene: Scene, relay: RelayView) -> tuple[str, ...]:
    """Return where a relay sends requests, or that it is off, from long to short."""
    if not relay.running:
        return ("crashed", "off") if relay.ever_started else ("off",)
    if not relay.helpers:
        return ("no helper address", "no helper")
    addresses = [ip_text(helper) for helper in relay.helpers]
    first, *rest = addresses
    alike = [
        "." + each.rpartition(".")[2]
        if each.rpartition(".")[0] == first.rpartition(".")[0]
        else each
        for each in rest
    ]
    names = [helper_name(scene, helper) for helper in relay.helpers]
    word = "helper" if len(addresses) == 1 else "helpers"
    return (
        f"{word} {', '.join(addresses)}",
        f"→ {', '.join(addresses)}",
        f"→ {', '.join((first, *alike))}",
        f"→ {', '.join(names)}",
        "→ " + ", ".join("." + each.rpartition(".")[2] for each in addresses),
        f"→ {len(addresses)}",
    )


def helper_name(scene: Scene, helper: int) -> str:
    """Return the server at a helper address, or the address."""
    text = ip_text(helper)
    return next((s.name for s in scene.snapshot.servers if s.address == text), text)


def relay_tip(scene: Scene, relay: RelayView) -> str:
    """Return all that is known of a relay, a fact a line."""
    lines = [f"{relay.name}  relay", f"between {' and '.join(relay.segments)}"]
    if not relay.powered:
        lines.append("off: nothing passes" if relay.ever_started else "off")
    elif not relay.running:
        lines.append("its agent is not running; it still routes")
    for helper in relay.helpers:
        name = helper_name(scene, helper)
        lines.append(f"helper address {ip_text(helper)}" + (f", {name}" if "." not in name else ""))
    if not relay.helpers:
        lines.append("no helper address: it passes nothing on")
    return "\n".join(lines)
