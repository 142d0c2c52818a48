"""The page of the gallery that shows the message chart's forms, one a row, with their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from ui.icons import paint_icon
from ui.view.forms import (
    box,
    draw_arrow,
    draw_badge,
    draw_band,
    draw_bolt,
    draw_bow,
    draw_bracket,
    draw_breach,
    draw_broadcast,
    draw_capsule,
    draw_client_line,
    draw_connection,
    draw_cross,
    draw_disk,
    draw_fold,
    draw_folded_lifeline,
    draw_ignored,
    draw_link_event,
    draw_measure,
    draw_off_line,
    draw_pile,
    draw_playhead,
    draw_state_change,
    draw_step,
    draw_tag,
    draw_text,
    draw_timer,
    draw_timer_tick,
    fill,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from ui.theme import Theme, Who
    from ui.view.forms import Service

    Sample = tuple[str, str, Callable[[QPainter, Theme, float], None]]

_CLIENT = 54
_SERVER = 200
_ROW = 76
_TOP = 128
_HIGH = 56


def _server(p: QPainter, t: Theme, cx: float, y: float, who: Who, h: float = _HIGH) -> None:
    draw_band(p, t, cx - 4, y, 8, h, "full", who, upright=True)


def _idle(p: QPainter, t: Theme, y: float, h: float = _HIGH) -> None:
    draw_client_line(p, t, _CLIENT, y, h, "on")


def _note(p: QPainter, t: Theme, x: float, y: float, text: str) -> None:
    draw_text(p, t, x, y, text, t.ink2, 10, align="right")


def _dhcp(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y)
    _server(p, t, _SERVER, y, "s1")
    draw_arrow(p, t, 55, y + 12, 195, y + 20, t.cli)
    draw_capsule(p, t, 125, y + 15, "DISCOVER", "client")
    draw_arrow(p, t, 196, y + 38, 56, y + 46, t.s1)
    draw_capsule(p, t, 125, y + 41.5, "OFFER", "s1")


def _failover(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, _CLIENT, y, "s1")
    _server(p, t, _SERVER, y, "s2")
    draw_arrow(p, t, 58, y + 12, 195, y + 20, t.s1)
    draw_capsule(p, t, 127, y + 15, "BNDUPD", "s1", failover=True)
    draw_arrow(p, t, 196, y + 38, 59, y + 46, t.s2)
    draw_capsule(p, t, 127, y + 41.5, "BNDACK", "s2", failover=True)


def _broadcast(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y)
    _server(p, t, 158, y, "s1")
    _server(p, t, _SERVER, y, "s2")
    draw_broadcast(p, t, 55, y + 16, [(153, y + 26.8), (195, y + 31.5)], t.cli)
    draw_capsule(p, t, 103, y + 21, "DISCOVER", "client")


def _in_flight(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y, 40)
    _server(p, t, _SERVER, y, "s1", 40)
    draw_arrow(p, t, 196, y + 10, 107, y + 40, t.s1, in_flight=True)
    draw_capsule(p, t, 160, y + 21, "ACK", "s1")
    fill(p, t, 40, y + 39, 174, 2, t.ink)


def _lost(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y)
    draw_off_line(p, t, _SERVER, y, _SERVER, y + _HIGH)
    draw_arrow(p, t, 55, y + 18, 179, y + 28, t.cli, head=0.01)
    draw_capsule(p, t, 115, y + 23, "REQUEST", "client")
    draw_cross(p, t, 179, y + 28)
    _note(p, t, 188, y + 46, "host is off")


def _ignored(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y)
    _server(p, t, _SERVER, y, "s2")
    draw_arrow(p, t, 55, y + 16, 190, y + 27, t.cli, head=0.01)
    draw_capsule(p, t, 118, y + 21, "DISCOVER", "client")
    draw_ignored(p, t, 196, y + 28)
    _note(p, t, 188, y + 46, "standby: silent")


def _refused(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, _CLIENT, y, "s1")
    _server(p, t, _SERVER, y, "s2")
    draw_arrow(p, t, 196, y + 16, 59, y + 27, t.s2)
    draw_capsule(p, t, 127, y + 21, "BNDACK", "s2", failover=True)
    draw_tag(p, t, 126, y + 44, "reject 15, outdated", bad=True, width=124)


def _duplicated(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y)
    _server(p, t, _SERVER, y, "s1")
    draw_arrow(p, t, 55, y + 15, 195, y + 26, t.cli)
    draw_arrow(p, t, 55, y + 19, 195, y + 44, t.cli)
    draw_capsule(p, t, 117, y + 20, "REQUEST ×2", "client")


def _held(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y)
    _server(p, t, _SERVER, y, "s1")
    p.setPen(t.pen(t.cli, 1.5))
    for a, b in (((55, 10), (94, 12)), ((94, 12), (94, 34))):
        p.drawLine(a[0], int(y) + a[1], b[0], int(y) + b[1])
    draw_arrow(p, t, 94, y + 34, 195, y + 44, t.cli)
    draw_timer(p, t, 94, y + 23, radius=6)
    draw_text(p, t, 106, y + 22, "held 3 s", t.ink2, 10)
    draw_capsule(p, t, 141, y + 39, "REQUEST", "client")


def _repeated(p: QPainter, t: Theme, y: float) -> None:
    draw_off_line(p, t, _CLIENT, y, _CLIENT, y + _HIGH)
    draw_band(p, t, 196, y, 8, _HIGH, "alone", "s2", upright=True)
    draw_arrow(p, t, 196, y + 14, 76, y + 25, t.s2, head=0.01)
    draw_capsule(p, t, 131, y + 19, "TCP connect", "s2", failover=True)
    draw_cross(p, t, 74, y + 25)
    _note(p, t, 188, y + 45, "every 60 s, 8,355 times")


def _pile(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y)
    _server(p, t, _SERVER, y, "s1")
    draw_arrow(p, t, 60, y + 18, 193, y + 18, t.s1, width=1.25, head=6, both=True)
    draw_pile(p, t, 127, y + 17.5, "REQUEST ACK", "s1")
    draw_pile(p, t, 127, y + 42, "BNDUPD BNDACK", "s1", failover=True)


def _selected(p: QPainter, t: Theme, y: float) -> None:
    fill(p, t, 40, y + 4, 174, 48, t.present)
    _idle(p, t, y)
    _server(p, t, _SERVER, y, "s2")
    draw_arrow(p, t, 196, y + 20, 56, y + 36, t.s2)
    draw_capsule(p, t, 125, y + 27.5, "ACK 1 h", "s2", selected=True)


def _cause(p: QPainter, t: Theme, y: float) -> None:
    _idle(p, t, y)
    _server(p, t, _SERVER, y, "s2")
    draw_arrow(p, t, 55, y + 10, 195, y + 18, t.cli)
    draw_capsule(p, t, 125, y + 13, "REQUEST", "client")
    draw_arrow(p, t, 196, y + 38, 56, y + 46, t.s2)
    draw_capsule(p, t, 125, y + 41.5, "ACK", "s2", selected=True)
    draw_bow(p, t, 206, y + 38, y + 18)


def _service(service: Service, *letters: str) -> Callable[[QPainter, Theme, float], None]:
    def paint(p: QPainter, t: Theme, y: float) -> None:
        wide = 10 if service == "takeover" else 8
        draw_band(p, t, 524 - wide / 2, y, wide, 52, service, "s2", upright=True)
        draw_band(p, t, 548, y + 6, 80, 10 if service != "takeover" else 12, service, "s2")
        x = 548.0
        for each in letters:
            x = draw_badge(p, t, x, y + 38, each, service, "s2").right() + 6

    return paint


def _off(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, 524, y, "s1", 12)
    draw_off_line(p, t, 524, y + 30, 524, y + 52)
    draw_bolt(p, t, 524, y + 20)
    draw_band(p, t, 548, y + 15, 30, 10, "full", "s1")
    draw_off_line(p, t, 594, y + 20, 648, y + 20)
    draw_bolt(p, t, 584, y + 20)
    draw_badge(p, t, 548, y + 44, "N", "full", "s1", tone="off")
    draw_badge(p, t, 576, y + 44, "CI", "alone", "s1", tone="off")
    draw_badge(p, t, 606, y + 44, "?", "off", "s1")


def _client(p: QPainter, t: Theme, y: float) -> None:
    rows = (
        ("off", "off", "client"),
        ("on, no lease", "on", "client"),
        ("lease from DHCP1", "lease", "s1"),
        ("lease from DHCP2", "lease", "s2"),
    )
    for at, (words, form, who) in enumerate(rows):
        top = y + 14 * at
        draw_client_line(p, t, 524, top, 14, form, who)  # type: ignore[arg-type]
        draw_text(p, t, 536, top + 7, words, t.ink2, 10)


def _change(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, 524, y, "s2", 26)
    draw_band(p, t, 520, y + 26, 8, 26, "alone", "s2", upright=True)
    draw_state_change(p, t, 540, y + 26, ("N", "full"), ("CI", "alone"), "s2")


def _timer(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, 524, y, "s2", 52)
    draw_timer(p, t, 524, y + 26)
    draw_text(p, t, 540, y + 26, "tReceive 180 s", t.ink2, 10)


def _ticks(p: QPainter, t: Theme, y: float) -> None:
    draw_client_line(p, t, 534, y, 52, "lease", "s1")
    draw_timer_tick(p, t, 534, y + 14, "T1")
    draw_timer_tick(p, t, 534, y + 38, "T2")


def _written(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, 524, y, "s2", 52)
    draw_arrow(p, t, 528, y + 34, 640, y + 43, t.s2)
    draw_disk(p, t, 524, y + 24)
    draw_text(p, t, 538, y + 20, "written", t.ink2, 10)
    draw_capsule(p, t, 584, y + 39, "ACK", "s2")


def _connection(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, 514, y, "s1")
    _server(p, t, 660, y, "s2")
    draw_connection(p, t, 514, 660, y + 14, "TCP 647 up", opened=True)
    draw_connection(p, t, 514, 660, y + 42, "closed", opened=False)


def _skew(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, 524, y, "s2", 52)
    paint_icon(p, "skew-clock", QRectF(540, y + 18, 16, 16), t.bad)
    draw_text(p, t, 562, y + 26, "+90 s", t.bad, 10, bold=True)
    draw_text(p, t, 562, y + 42, "its own 09:31:34", t.ink3, 10)


def _faults(p: QPainter, t: Theme, y: float) -> None:
    draw_bolt(p, t, 984, y + 9)
    draw_text(p, t, 1000, y + 9, "crash", t.ink2, 10)
    for at, (name, words) in enumerate((("stop", "stop service"), ("restart", "restart"))):
        rect = _square(984, y + 28 + 19 * at)
        paint_icon(p, name, rect, t.ink)
        draw_text(p, t, 1000, y + 28 + 19 * at, words, t.ink2, 10)


def _square(cx: float, cy: float) -> QRectF:
    return QRectF(cx - 8, cy - 8, 16, 16)


def _link(p: QPainter, t: Theme, y: float) -> None:
    _server(p, t, 974, y, "s1")
    _server(p, t, 1120, y, "s2")
    draw_link_event(p, t, 982, 1112, y + 14, cut=True)
    draw_link_event(p, t, 982, 1112, y + 42, cut=False)


def _breach(p: QPainter, t: Theme, y: float) -> None:
    draw_band(p, t, 969, y, 10, _HIGH, "takeover", "s1", upright=True)
    draw_band(p, t, 1115, y, 10, _HIGH, "takeover", "s2", upright=True)
    draw_breach(p, t, 1047, y + 20)
    draw_text(p, t, 1047, y + 44, "duplicate address", t.bad, 10, bold=True, align="centre")


def _steps(p: QPainter, t: Theme, y: float) -> None:
    draw_step(p, t, 986, y + 28, "15", "done")
    draw_step(p, t, 1022, y + 28, "16", "present")
    draw_step(p, t, 1058, y + 28, "17", "to come")
    draw_step(p, t, 1102, y + 28, "7–10", "done")


def _exchange(p: QPainter, t: Theme, y: float) -> None:
    draw_bracket(p, t, 985, y + 6, y + 50, present=True)
    draw_bracket(p, t, 1110, y + 6, y + 50)
    draw_text(p, t, 992, y + 22, "Rebinding", t.ink, 10, bold=True)
    draw_text(p, t, 992, y + 35, "10.0.0.51 for 1 h", t.ink3, 10)


def _day(p: QPainter, t: Theme, y: float) -> None:
    draw_text(p, t, 972, y + 17, "Mon 8 Jan", t.ink, 10, bold=True)
    draw_text(p, t, 972, y + 37, "09:30:04", t.ink3, 10, mono=True)


def _fold(p: QPainter, t: Theme, y: float) -> None:
    draw_client_line(p, t, 974, y, _HIGH, "on")
    _server(p, t, 1120, y, "s1")
    draw_fold(p, t, 960, y + 20, 178, 16, "1 d 4 h 41 min")
    draw_folded_lifeline(p, t, 974, y + 20, 16, t.strong)
    draw_folded_lifeline(p, t, 1120, y + 20, 16, t.s1)


def _playhead(p: QPainter, t: Theme, y: float) -> None:
    draw_text(p, t, 976, y + 18, "before: history", t.ink2, 10)
    draw_text(p, t, 976, y + 40, "after: not played", t.ink3, 10)
    draw_playhead(p, t, y + 28, 960, 1134)


def _measure(p: QPainter, t: Theme, y: float) -> None:
    draw_measure(p, t, 990, y + 8, y + 48, "Δ 3 d 0 h 0 min")


def _dense(p: QPainter, t: Theme, y: float) -> None:
    draw_client_line(p, t, 974, y, _HIGH, "on")
    _server(p, t, 1120, y, "s1")
    counts = (4, 11, 30, 81, 129, 99, 54, 30, 19, 40, 113, 134, 70, 14)
    for at, count in enumerate(counts):
        tone = t.mix(t.strong, t.panel, min(1.0, 0.4 + count / 134 * 0.6))
        fill(p, t, 980, y + 4 * at, count, 3, tone)


_COLUMNS: tuple[tuple[str, int, int, tuple[Sample, ...]], ...] = (
    (
        "Messages",
        40,
        228,
        (
            ("DHCP message", "Solid, in the sender’s hue; grey\nwhen a client sends.", _dhcp),
            ("Failover message", "Outlined capsule. The same hues.", _failover),
            ("Broadcast", "One line through all that hear it,\na head at each.", _broadcast),
            ("In flight", "Dashed; the head is on the playhead.", _in_flight),
            ("Lost", "Ends in a cross where it died.", _lost),
            ("Ignored", "Heard, and left unanswered by a rule.", _ignored),
            ("Refused", "Answered with a no.", _refused),
            ("Duplicated", "Two lines, one capsule with ×2.", _duplicated),
            ("Held back", "A step in the line: a fault delays it.", _held),
            ("Repeated", "First try drawn, the others counted.", _repeated),
            ("Folded exchange", "A pile: several messages in one row.", _pile),
            ("Selected", "Violet halo and wash.", _selected),
            ("Cause", "A violet bow from effect to cause.", _cause),
        ),
    ),
    (
        "Lifelines",
        500,
        688,
        (
            ("Serves its share, or all", "Solid.", _service("full", "N", "CD")),
            ("Serves all, own pool only", "Striped.", _service("alone", "CI", "RI")),
            ("Serves all, takes over", "A double bar.", _service("takeover", "PD")),
            ("Renewals only", "Half a bar.", _service("renew", "RD")),
            ("Silent", "Hollow.", _service("silent", "S", "R", "RW", "PC")),
            ("Host off", "Dotted grey; badges in grey.", _off),
            ("Client", "Hue of the server that granted.", _client),
            ("State change", "Old and new badge.", _change),
            ("Timer fired", "Clock on the lifeline.", _timer),
            ("T1 and T2", "Ticks on the client’s lifeline.", _ticks),
            ("Written to disk", "A small store on the lifeline.", _written),
            ("Failover connection", "Filled ends mean open.", _connection),
            ("Wrong clock", "The difference to true time.", _skew),
        ),
    ),
    (
        "Marks",
        960,
        1148,
        (
            ("Faults on a host", "Crash is red; stop and restart\nare orders.", _faults),
            ("Link cut, link healed", "Across both ends of the link.", _link),
            ("Breach", "A filled octagon: only here red fills.", _breach),
            ("Step of the story", "Done, present, to come, several.", _steps),
            ("Exchange", "A bracket and what came of it.", _exchange),
            ("Day and time", "The day only when it changes.", _day),
            ("Folded silence", "No record here for that long.", _fold),
            ("Playhead", "Below it the chart is empty.", _playhead),
            ("Measure", "Time between two selections.", _measure),
            ("Too many to draw", "Above 800 arrows: bars of records.", _dense),
        ),
    ),
)  # fmt: skip


def paint_anatomy(p: QPainter, t: Theme) -> None:
    """Paint every form of the message chart, in the places of ``chart-anatomy.png``."""
    draw_text(p, t, 40, 42, "Anatomy of the message chart", t.ink, 18, bold=True)
    draw_text(p, t, 40, 68, f"Theme {t.name}. Time runs down.", t.ink2, 11)
    for head, x, words_at, samples in _COLUMNS:
        draw_text(p, t, x, 99, head, t.ink, 13, bold=True)
        fill(p, t, x, 114, 422, 1, t.line)
        for row, (title, words, paint) in enumerate(samples):
            y = _TOP + _ROW * row + (2 if x == 500 else 0)
            paint(p, t, y)
            draw_text(p, t, words_at, y + 12, title, t.ink, 11, bold=True)
            for at, each in enumerate(words.split("\n")):
                draw_text(p, t, words_at, y + 28 + 15 * at, each, t.ink2)
    box(p, t, 960, 900, 422, 60, ground=t.sunken, radius=6)
    draw_text(p, t, 976, 920, "Capsules: chart 15, inspector 18, stage 20", t.ink2)
    at_x = 1030.0
    for size in ("chart", "inspector", "stage"):
        rect = draw_capsule(p, t, at_x, 942, "ACK 1 h", "s1", size=size)
        at_x = rect.right() + 56
