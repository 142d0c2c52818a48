"""The stage: servers, links, segments, clients, and packets on their way (VISUAL §6).

A click on a server, a client or a link selects it and opens what can be done to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from ui.icons import icon
from ui.layout.stage_clients import has_key
from ui.model.selection import NOTHING
from ui.view import metrics
from ui.view.forms import draw_ring, draw_text, line
from ui.view.painted import PaintedView
from ui.view.stage_flights import paint_passings, paint_trails, passings
from ui.view.stage_hosts import awaited_clients, paint_clients, paint_servers
from ui.view.stage_links import paint_links
from ui.view.stage_menus import fill_break_menu, make_menu
from ui.view.stage_relays import paint_relays
from ui.view.stage_scene import Scene
from ui.view.stage_table import stage_rows
from ui.view.stage_words import client_tip, is_unanswered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPainter
    from PySide6.QtWidgets import QWidget

    from ui.model.selection import Selection
    from ui.view.painted import Hit


class StageView(PaintedView):
    """The topology as it is at the playhead."""

    title = "Stage"
    _pressed: QPoint | None = None

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint structure, ways, hosts, words, then the capsules over all of it."""
        scene = Scene(self.model, self.theme, w, h)
        found = passings(scene)
        capsules = [passing.body.adjusted(-4, -4, 4, 4) for passing in found]
        paint_links(painter, scene, capsules, self.hit)
        paint_trails(painter, scene, found)
        self._paint_labels(painter, scene, capsules)
        paint_clients(painter, scene, self.hit)
        paint_servers(painter, scene, capsules, self.hit)
        paint_relays(painter, scene, self.hit)
        if has_key(h, scene.scale) and scene.seats:
            self._paint_key(painter, scene)
        paint_passings(painter, scene, found, self.hit)

    def _paint_labels(self, painter: QPainter, scene: Scene, capsules: Sequence[QRectF]) -> None:
        """Write each segment's name above its bar, and how its clients are if none has words."""
        theme = scene.theme
        for segment, room in scene.stage.labels.items():
            if room.w <= 0:
                continue
            cy = room.y + room.h / 2
            network = scene.network_of(segment)
            px = metrics.TYPE_NOTE
            name = next(
                (
                    text
                    for text in (f"{segment} {network}".strip(), segment)
                    if theme.width(text, px) <= room.w
                ),
                "",
            )
            area = QRectF(room.x, cy - 4.5, theme.width(name, px), 9)
            if not any(area.intersects(other) for other in capsules):
                draw_text(painter, theme, room.x, cy, name, theme.ink3, px)
            self._paint_summary(painter, scene, segment, area, capsules)

    def _paint_summary(
        self,
        painter: QPainter,
        scene: Scene,
        segment: str,
        label: QRectF,
        capsules: Sequence[QRectF],
    ) -> None:
        plan = scene.groups[segment]
        if plan.form not in ("rings", "cells", "none"):
            return
        theme, px = scene.theme, metrics.TYPE_NOTE
        room = scene.stage.labels[segment]
        gap = theme.width(" · ", px)
        for parts in client_counts(scene, segment):
            wide = sum(theme.width(text, px, bad) + gap for text, bad in parts) - gap
            x, cy = room.right - wide, room.y + room.h / 2
            if parts and x >= label.right() + theme.px(12):
                break
        else:
            return
        area = QRectF(x, cy - 4.5, wide, 9)
        if any(area.intersects(other) for other in capsules):
            return
        for place, (text, bad) in enumerate(parts):
            if place:
                x += draw_text(painter, theme, x, cy, " · ", theme.ink3, px)
            colour = theme.bad if bad else theme.ink2
            x += draw_text(painter, theme, x, cy, text, colour, px, bold=bad)

    def _paint_key(self, painter: QPainter, scene: Scene) -> None:
        """Say at the foot of a high stage what the rings mean."""
        theme, px = scene.theme, scene.theme.px
        y = scene.h - px(20)
        line(
            painter, theme, px(12), scene.h - px(36), scene.w - px(12), scene.h - px(36), theme.hair
        )
        x: float = px(18)
        entries = [
            (f"lease from {server.name}", scene.hue(server.index), False)
            for server in scene.snapshot.servers
        ]
        for text, who, bad in (*entries, ("unanswered", "client", True)):
            wide = theme.width(text, metrics.TYPE_NOTE)
            if x + px(20) + wide > scene.w - px(12):
                return
            radius = px(6)
            draw_ring(painter, theme, x, y, 0.7, who, radius=radius, unanswered=bad)
            x += px(14)
            x += draw_text(painter, theme, x, y, text, theme.ink2, metrics.TYPE_NOTE) + px(24)
        told = "ring: what is left of the lease"
        if x + theme.width(told, metrics.TYPE_NOTE) <= scene.w:
            draw_text(painter, theme, x - px(6), y, told, theme.ink3, metrics.TYPE_NOTE)

    # -- pointing

    def hit_at(self, point: QPointF) -> Hit | None:
        """Return the topmost area at a point; among many clients all is told only of that one."""
        found = super().hit_at(point)
        if found is None or found.selection.kind != "host":
            return found
        client = self.model.snapshot.client(int(found.selection.value))
        if client is None or "\n" in found.words:
            return found
        unanswered = is_unanswered(client, awaited_clients(self.model, self.model.flights()))
        tip = client_tip(self.model.snapshot, self.model.playhead, client, unanswered)
        return found._replace(words=tip)

    # -- deeds

    def menu_for(self, selection: Selection) -> QMenu | None:
        """Return what can be done to a host or a link."""
        if selection is NOTHING:
            return None
        return make_menu(self, selection, self.model, self.look)

    def _take(self, found: Hit) -> None:
        super()._take(found)
        menu = self.menu_for(found.selection)
        if menu is not None:
            here = self._pressed or self.mapToGlobal(found.area.center().toPoint())
            menu.popup(here)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what was clicked and open its menu there."""
        self._pressed = event.globalPosition().toPoint()
        super().mousePressEvent(event)
        self._pressed = None

    def title_control(self) -> QWidget:
        """Return the button *Break something* for the title row of the dock."""
        return BreakButton(self)

    # -- the table twin

    def table(self) -> list[list[str]]:
        """Return a row for each server, relay, client and link."""
        scene = Scene(self.model, self.theme, max(1, self.width()), max(1, self.height()))
        return stage_rows(scene)


def client_counts(scene: Scene, segment: str) -> list[list[tuple[str, bool]]]:
    """Return how the clients of a segment are, counted, in wordings from long to short.

    Each part says whether it is bad; a part too many at the end is left out in the short ones.
    """
    clients = [each for each in scene.snapshot.clients if each.segment == segment]
    if not clients:
        return []
    awaited = awaited_clients(scene.model, scene.flights)
    asking = sum(is_unanswered(each, awaited) for each in clients)
    off = sum(not each.powered for each in clients)
    held = sum(each.powered and bool(each.address) for each in clients)
    hidden = scene.groups[segment].hidden
    rest = [(f"{asking} unanswered", True)] if asking else []
    rest += [(f"{off} off", False)] if off else []
    rest += [(f"{hidden} not shown", False)] if hidden else []
    whole = f"{held} of {len(clients)}"
    short = (f"{whole} leased", False)
    wordings = [[(f"{whole} clients with a lease", False), *rest], [short, *rest]]
    return [*wordings, *([short, *rest[:count]] for count in range(len(rest) - 1, -1, -1))]


class BreakButton(QToolButton):
    """The button *Break something* with the menu of all deeds."""

    def __init__(self, view: StageView) -> None:
        super().__init__(view)
        self.view = view
        self.setProperty("role", "small")
        self.setText("Break something ▾")
        # The words have an arrow of their own: the style's needs no room.
        self.setStyleSheet("QToolButton::menu-indicator { image: none; width: 0; }")
        self.setToolTip("Crash a server, cut a link, stop a client")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        view.look.changed.connect(self._dress)
        self._dress()

    def _fill(self) -> None:
        fill_break_menu(self.menu(), self.view.model, self.view.look)

    def _dress(self) -> None:
        theme = self.view.look.theme
        self.setIcon(icon("crash", theme, colour=theme.bad))
        side = theme.px(14)
        self.setIconSize(self.iconSize().scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio))
