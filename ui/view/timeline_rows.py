"""Rows of the timeline: steps, interventions, the servers' bands, faults, breaches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF

from foviz import STATES, ServerState, ServerView, moment_text, state_text
from ui.layout.timeline import Band, Row, band, clear_room, fault_lines, flags
from ui.layout.timeline_steps import StepPlace, step_boxes
from ui.model.course import OFF, ON
from ui.model.selection import Selection
from ui.view import metrics
from ui.view.forms import (
    draw_band,
    draw_band_label,
    draw_bolt,
    draw_breach,
    draw_head,
    draw_plate,
    draw_step,
    draw_text,
    line,
    step_width,
)
from ui.view.story_axis import paint_cuts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.layout.axis import StoryAxis
    from ui.model.course import Course, Phase
    from ui.model.run import StepView
    from ui.theme import Who
    from ui.view.badges import Service
    from ui.view.text import StepState
    from ui.view.timeline_strip import Strip

NOTE: Final = metrics.TYPE_NOTE
BREACH: Final = 6.0
_HARM: Final = (
    "crash",
    "kill",
    "cut",
    "power",
    "lose",
    "drop",
    "withhold",
    "delay",
    "duplicate",
    "skew",
)
_BOLTS: Final = ("crash", "kill")
_FAULTS_SHOWN: Final = 64
_FLAGS_SHOWN: Final = 200


# -- steps and interventions -------------------------------------------------------------


def paint_steps(
    strip: Strip, row: Row, steps: Sequence[StepView], present: int, before: float
) -> float:
    """Paint the steps seen so far, all left of *before*; return where the last one ends."""
    theme, axis = strip.theme, strip.axis
    places = [StepPlace(step.number, axis.x_of(step.at)) for step in steps]
    behind = sum(step.at <= strip.now_at for step in steps)
    height = metrics.STEP_HEIGHT if row.h >= theme.px(metrics.STEP_HEIGHT + 2) else 14

    widths: dict[str, float] = {}

    def width(text: str) -> float:
        if text not in widths:
            widths[text] = step_width(theme, text, height)
        return widths[text]

    left = strip.first_x
    limit, right = min(strip.now, before), min(axis.right, before - 3)
    boxes = step_boxes(places, behind, present, limit, left, right, width)
    by_number = {step.number: step for step in steps}
    for box in boxes:
        state: StepState = "present" if box.present else "done" if box.behind else "to come"
        area = draw_step(
            strip.painter, theme, box.x + box.w / 2, row.middle, box.text, state, height=height
        )
        share = area.width() / len(box.numbers)
        for place, number in enumerate(box.numbers):
            step = by_number[number]
            part = QRectF(area.x() + place * share, row.y, share, row.h)
            words = f"step {number}: {step.words}, {moment_text(step.at)}"
            strip.view.hit(part, words=words, deed=partial(strip.view.model.seek_time, step.at))
    return boxes[-1].right if boxes else left


def paint_flags(strip: Strip, row: Row, done: Sequence[tuple[int, str]], left: float) -> None:
    """Paint interventions with their words."""
    theme, painter = strip.theme, strip.painter
    shown = [(at, words) for at, words in done if at <= strip.seen_at][-_FLAGS_SHOWN:]
    places = [strip.axis.x_of(at) for at, _ in shown]
    widths = [strip.width(words, bold=_harms(words)) for _, words in shown]
    pole = theme.px(12)
    top = round(row.middle - pole / 2)
    for flag in flags(places, widths, max(left, strip.first_x), strip.right):
        words = shown[flag.first][1]
        colour = theme.bad if _harms(words) else theme.ink
        if flag.x >= left:
            draw_flag(strip, flag.x, top, pole, harm=_harms(words))
        label, wide = flag.label, widths[flag.first]
        if label - 3 < strip.now < label + wide + 3:
            # The playhead would cross the words: only behind the last flag there is other room.
            last = flag.x >= left and flag.first + flag.size == len(shown)
            label = strip.now + 6 if last and strip.now + 6 + wide <= strip.right else -1
        if label >= 0:
            ink = colour if _harms(words) else theme.ink2
            draw_text(painter, theme, label, row.middle, words, ink, NOTE, bold=_harms(words))
        name_flags(strip, flag.x, row, shown[flag.first : flag.first + flag.size])


def draw_flag(strip: Strip, x: float, top: float, pole: float, *, harm: bool = False) -> None:
    """Draw a flag on its pole: here the user did something."""
    theme = strip.fills
    colour = theme.bad if harm else theme.ink
    line(strip.painter, theme, x, top, x, top + pole, colour, metrics.STROKE_HAIR)
    length = 6.0
    draw_head(strip.painter, theme, x + length, top + 3, 1, 0, colour, length)


def name_flags(strip: Strip, x: float, row: Row, done: Sequence[tuple[int, str]]) -> None:
    """Say what flags that stand as one are; a click goes to the first."""
    if not strip.first:
        return
    words = "\n".join(f"{line_}, {moment_text(at)}" for at, line_ in done)
    area = QRectF(x - 2, row.y, 10, row.h)
    strip.view.hit(area, words=words, deed=partial(strip.view.model.seek_time, done[0][0]))


def _harms(words: str) -> bool:
    return words.split(" ", 1)[0] in _HARM


# -- bands -------------------------------------------------------------------------------


def band_box(strip: Strip, row: Row) -> tuple[int, int]:
    """Return top and height of a band in its row."""
    theme = strip.theme
    high = max(theme.px(10), min(theme.px(18), row.h - theme.px(4)))
    high = min(row.h - 1, max(high, min(theme.px(metrics.BAND_TIMELINE), row.h - 2)))
    return row.y + (row.h - high) // 2, high


class BandKeeper:
    """Keeps where the bands of one server lie: only the last one grows while time runs."""

    def __init__(self) -> None:
        self._axis: StoryAxis | None = None
        self._first = 0.0
        self._read = 0
        self._bands: list[tuple[Band, Phase, str]] = []
        self._bolts: list[float] = []

    def read(
        self, strip: Strip, phases: Sequence[Phase]
    ) -> tuple[list[tuple[Band, Phase, str]], list[float]]:
        """Return bands, each with what ended it, and where the bolts stand."""
        axis, first = strip.axis, strip.first_x
        if axis is not self._axis or first != self._first or len(phases) < self._read:
            self._axis, self._first, self._read = axis, first, 0
            self._bands, self._bolts = [], []
        for phase in phases[self._read :]:
            if phase.why in _BOLTS and phase.at >= axis.start:
                x = axis.x_of(phase.at)
                if not self._bolts or x - self._bolts[-1] >= 1:
                    self._bolts.append(x)
        done = max(0, len(phases) - 1)
        for place in range(max(0, self._read - 1), done):
            phase, after = phases[place], phases[place + 1]
            found = band(axis, phase.state, phase.at, after.at, first)
            if found is not None:
                self._bands.append((found, phase, after.why))
        self._read = len(phases)
        last = None
        if phases:
            last = band(axis, phases[-1].state, phases[-1].at, strip.seen_at, first)
        growing = [(last, phases[-1], "")] if last is not None else []
        return [*self._bands, *growing], self._bolts


def paint_band(
    strip: Strip, row: Row, server: ServerView, phases: Sequence[Phase], keeper: BandKeeper
) -> None:
    """Paint one server's states along time."""
    who = who_of(server)
    top, high = band_box(strip, row)
    bands, bolts = keeper.read(strip, phases)
    for found, phase, why in bands:
        _name_band(strip, row, server, found, phase)
        if not strip.shows(found.x0, found.x1):
            continue
        service = service_of(phase.state)
        wide = found.x1 - found.x0
        draw_band(strip.painter, strip.fills, found.x0, top, wide, high, service, who)
        if service != "off":
            paint_cuts(strip.painter, strip.theme, strip.axis, found.x0, found.x1, top, high)
            _label(strip, found, top + high / 2, who, found.x1 - (10 if why in _BOLTS else 0))
    for x in bolts:
        if strip.shows(x - 9, x + 9):
            draw_bolt(strip.painter, strip.fills, x, top + high / 2)


def service_of(state: int) -> Service:
    """Return the form of a state."""
    if state == OFF:
        return "off"
    if state == ON:
        return "full"
    found: Service = STATES[ServerState(state)].service.value
    return found


def state_words(phase: Phase) -> str:
    """Return a phase in words."""
    if phase.state == OFF:
        return {"crash": "off", "kill": "service killed", "stop": "service stopped"}[phase.why]
    return state_text(phase.state) if phase.state != ON else "on"


def who_of(server: ServerView) -> Who:
    """Return a server's hue."""
    if server.number == 1:
        return "s1"
    return "s2" if server.number == 2 else "client"


def _label(strip: Strip, found: Band, middle: float, who: Who, end: float) -> None:
    """Write the state's name, else its letters, where the band is clear of folds."""
    if found.state == ON or found.x1 - found.x0 < 20:
        return
    x0, x1 = clear_room(strip.axis, found.x0, end, strip.now)
    room = x1 - x0 - 16
    spec = STATES[ServerState(found.state)]
    for text, spare in ((state_text(found.state), 0), (spec.letters, 6)):
        if strip.width(text, bold=True) <= room + spare:
            draw_band_label(strip.painter, strip.theme, (x0 + x1) / 2, middle, text, who)
            return


def _name_band(strip: Strip, row: Row, server: ServerView, found: Band, phase: Phase) -> None:
    if not strip.first:
        return
    until = "" if found.end == strip.seen_at else f" to {moment_text(found.end)}"
    words = f"{server.name}: {state_words(phase)} from {moment_text(phase.at)}{until}"
    strip.view.hit(QRectF(found.x0, row.y, found.x1 - found.x0, row.h), words=words)


# -- faults and breaches -------------------------------------------------------------------


def paint_faults(strip: Strip, row: Row, course: Course) -> None:
    """Paint what was broken on purpose, from its start to its end."""
    theme, axis, painter = strip.fills, strip.axis, strip.painter
    faults = [fault for fault in course.faults if fault.start <= strip.seen_at][-_FAULTS_SHOWN:]
    spans: list[tuple[float, float]] = []
    for fault in faults:
        end = fault.start if fault.at_once else fault.end or strip.seen_at
        spans.append((axis.x_of(fault.start), axis.x_of(min(end, strip.seen_at))))
    widths = [strip.width(fault.words, bold=True) for fault in faults]
    lines = fault_lines(spans, widths, strip.now, strip.first_x, strip.right)
    lanes = max((found.lane for found in lines), default=0) + 1
    pitch = min(row.h / lanes, theme.px(12)) if row.h >= 2 * theme.px(11) else min(4, row.h / lanes)
    for found in lines:
        y = row.middle + (found.lane - (lanes - 1) / 2) * pitch
        line(painter, theme, found.x0, y, found.x1, y, theme.bad, metrics.STROKE)
        line(painter, theme, found.x0, y - 3, found.x0, y + 3, theme.bad, metrics.STROKE)
        fault = faults[found.number]
        if fault.end and fault.end <= strip.seen_at:
            line(painter, theme, found.x1, y - 3, found.x1, y + 3, theme.bad, metrics.STROKE)
    for found in lines:
        fault = faults[found.number]
        if found.label >= 0:
            middle = row.middle
            if pitch >= theme.px(11):
                middle += (found.lane - (lanes - 1) / 2) * pitch
            draw_plate(
                painter,
                strip.theme,
                found.label,
                middle,
                fault.words,
                strip.theme.bad,
                NOTE,
                bold=True,
                align="left",
            )
        if strip.first:
            until = f" to {moment_text(fault.end)}" if fault.end else ""
            words = f"{fault.words}, from {moment_text(fault.start)}{until}"
            area = QRectF(found.x0 - 4, row.y, max(8.0, found.x1 - found.x0 + 8), row.h)
            strip.view.hit(area, words=words)


def paint_breaches(strip: Strip, row: Row, course: Course) -> None:
    """Paint broken invariants; a click goes there."""
    last = float("-inf")
    for breach in course.breaches:
        x = strip.axis.x_of(breach.at)
        if breach.at > strip.seen_at or x - last < 4:
            continue
        last = x
        draw_breach(strip.painter, strip.fills, x, row.middle, radius=BREACH)
        area = QRectF(x - 10, row.middle - 10, 20, 20)
        words = f"breach of {breach.monitor}, {moment_text(breach.at)}"
        deed = partial(strip.view.model.seek_record, breach.record)
        strip.view.hit(area, Selection("record", breach.record), words, deed)
