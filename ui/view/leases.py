"""Lease lanes: what a client was told, and how far each server's promise goes beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz import ip_text, moment_text
from ui.layout.area import Area
from ui.layout.leases import LEISURE_FROM, Placer, lane_rows
from ui.model.axis import shared_axis
from ui.model.tenure_words import belief_words, moment_sentence
from ui.view import metrics
from ui.view.forms import draw_plate, draw_playhead, draw_text, fill, line
from ui.view.leases_leisure import leisure_of, paint_discs, paint_leisure
from ui.view.leases_rows import (
    NOTE,
    Lanes,
    grant_words,
    paint_belief_bars,
    paint_belief_words,
    paint_name,
    paint_told,
)
from ui.view.painted import PaintedView
from ui.view.story_axis import (
    LabelKeeper,
    axis_at,
    axis_place,
    paint_axis_row,
    paint_folds,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QPainter, QResizeEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from ui.layout.leases_facts import Tenure
    from ui.layout.timeline import Row
    from ui.look import Look
    from ui.model.run import RunModel


class LeasesView(PaintedView):
    """Leases."""

    title = "Leases"

    def __init__(self, model: RunModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(model, look, parent)
        self.axis_model = shared_axis(model)
        self._labels = LabelKeeper()

    def paint(self, painter: QPainter, w: int, h: int) -> None:
        """Paint the view."""
        theme = self.theme
        place = axis_place(theme, w)
        axis = axis_at(self.axis_model, place)
        paint_folds(painter, theme, axis, 0, h)
        tenure = self.axis_model.tenure()
        now_at = self.model.playhead
        now = axis.x_of(now_at)
        placer = Placer(Area(place.gutter, 0, place.edge - place.gutter, h))
        placer.keep(Area(now - 3, 0, 6, h))
        lanes = Lanes(
            self,
            painter,
            theme,
            axis,
            place,
            placer,
            now,
            now_at,
            tenure.address if tenure is not None else 0,
        )
        sentence: Row | None = None
        if tenure is None:
            draw_text(
                painter, theme, metrics.PANEL_PADDING, h / 2, self._empty(), theme.ink3, NOTE,
                room=max(0.0, now - metrics.PANEL_PADDING - 8) if now > w / 2 else place.gutter,
            )  # fmt: skip
        elif h >= theme.px(LEISURE_FROM):
            sentence = self._paint_leisure(lanes, tenure, w, h)
        else:
            sentence = self._paint_rows(lanes, tenure, w, h)
        if tenure is None or h < theme.px(LEISURE_FROM):
            draw_playhead(painter, theme, now, 0, h, upright=True)
        if tenure is not None and sentence is not None:
            words = moment_sentence(tenure, self.model.session)
            x, room = metrics.PANEL_PADDING, w - 2 * metrics.PANEL_PADDING
            words = theme.elide(words, room, metrics.TYPE_BASE)
            draw_plate(
                painter, theme, x, sentence.middle, words, theme.ink2, metrics.TYPE_BASE,
                align="left",
            )  # fmt: skip

    def _paint_rows(self, lanes: Lanes, tenure: Tenure, w: int, h: int) -> Row | None:
        """Paint a row a party; return the row of the sentence."""
        painter, theme = lanes.painter, lanes.theme
        rows = lane_rows(h, 1 + len(tenure.beliefs), theme.font_scale)
        for row in rows.parties:
            if row.bottom < h - 1:
                line(painter, theme, 0, row.bottom - 0.5, w, row.bottom - 0.5, theme.hair)
        client = tenure.client_name or "client"
        paint_name(lanes, rows.parties[0], client, "was told")
        paint_told(lanes, rows.parties[0].middle, tenure)
        shown = list(zip(rows.parties[1:], tenure.beliefs, strict=False))
        for row, belief in shown:
            paint_name(lanes, row, belief.name, belief_words(belief))
            paint_belief_bars(lanes, row.middle, belief)
        banded = False
        for row, belief in shown:
            banded |= paint_belief_words(lanes, row.middle, belief, banded)
        _clear(lanes, rows.sentence, w, h)
        return rows.sentence

    def _paint_leisure(self, lanes: Lanes, tenure: Tenure, w: int, h: int) -> Row | None:
        """Paint each grant in a row of its own, below an axis if there is room for one."""
        painter, theme, now = lanes.painter, lanes.theme, lanes.now
        entries = self.axis_model.entries()
        rows = leisure_of(entries, tenure, h, theme.font_scale)
        discs = paint_leisure(lanes, tenure, entries, rows, w)
        if rows.axis is not None:
            foot = rows.axis.bottom - 0.5
            line(painter, theme, 0, foot, w, foot, theme.hair)
            labels = self._labels.labels(theme, lanes.axis, lanes.place.edge)
            paint_axis_row(painter, theme, labels, rows.axis.h, now, now)
        _clear(lanes, rows.sentence, w, h)
        draw_playhead(painter, theme, now, 0, h, upright=True)
        paint_discs(lanes, discs)
        return rows.sentence

    # -- the form

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A tall view shows each grant; then the axis has a window for every limit."""
        super().resizeEvent(event)
        self._tell_form()

    def showEvent(self, event: QShowEvent) -> None:
        """Say which form is shown."""
        super().showEvent(event)
        self._tell_form()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is shown: the axis needs no more than the story."""
        super().hideEvent(event)
        self._tell_form()

    def _tell_form(self) -> None:
        tall = self.isVisible() and self.height() >= self.theme.px(LEISURE_FROM)
        if tall != self.axis_model.every_limit:
            self.axis_model.every_limit = tall
            self.model.moved.emit()

    def _empty(self) -> str:
        session = self.model.session
        digest, count = session.digest, session.record_count
        ever = any(digest.acks_to(c.hardware, count) for c in self.model.snapshot.clients)
        return "No lease now." if ever else "No lease yet."

    # -- words

    def status_words(self) -> str:
        """Return what stands at the right of the title row: the address and its client."""
        tenure = self.axis_model.tenure()
        if tenure is None:
            return ""
        return f"{ip_text(tenure.address)}, {tenure.client_name}".removesuffix(", ")

    def table(self) -> list[list[str]]:
        """Return a row for each grant, and one for each server's belief."""
        head = ["who", "what", "from", "to", "potential expiration", "plus MCLT"]
        tenure = self.axis_model.tenure()
        if tenure is None:
            return [head]
        names = {belief.server: belief.name for belief in tenure.beliefs}
        ends = {told.grant.record: told.end for told in tenure.told}
        rows = []
        for grant in tenure.grants:
            what = f"{names.get(grant.server, '')}: {grant_words(grant)}"
            end = ends.get(grant.record, grant.end)
            rows.append(
                [tenure.client_name, what, moment_text(grant.start), moment_text(end), "", ""]
            )
        for belief in tenure.beliefs:
            if not belief.leased:
                rows.append([belief.name, belief.note, "", "", "", ""])
                continue
            far = max(belief.limit, belief.pending)
            word = belief.pending_word if belief.pending else belief.limit_word
            rows.append(
                [
                    belief.name,
                    "the partner does not know" if belief.striped else belief_words(belief),
                    moment_text(belief.start),
                    moment_text(belief.end),
                    f"{word} {moment_text(far)}" if far else "",
                    moment_text(belief.limit + belief.mclt) if belief.limit else "",
                ]
            )
        return [head, *rows]


def _clear(lanes: Lanes, row: Row | None, w: int, h: int) -> None:
    """Words have no folds behind them."""
    if row is not None:
        fill(lanes.painter, lanes.theme, 0, row.y, w, h - row.y, lanes.theme.panel)
