"""A run as text: the ``lab`` line that says which laboratory, and the lines that make it again.

The text is the saved run, the bug report and the draft of a lesson.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz import library
from foviz.base.errors import FovizError, ScriptError, nearest
from foviz.base.time import moment_text
from foviz.failover.profile import value_text
from foviz.script.tokens import Place, tokenize
from foviz.script.vocabulary import whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foviz.script.tokens import Token
    from foviz.sim.scenario import Scenario
    from foviz.sim.timeline import Branch

SHAPE = "lab SCENARIO seed N profile NAME switch NAME=VALUE"
OPTIONS = ("seed", "profile", "switch")
REPEATED = ("switch",)
"""Options that may stand more than once."""
FREE_PLAY = "hot-standby"
"""The scenario of a script without a ``lab`` line."""


def lab_line(scenario: Scenario, seed: int) -> str:
    """Return the first line of a saved run."""
    name = scenario.name
    if scenario.file and not library.is_bundled(scenario):
        name = scenario.file
    name = f'"{name}"' if any(letter.isspace() or letter == "#" for letter in name) else name
    profile = scenario.profile
    switches = [
        f" switch {switch}={value_text(value)}" for switch, value in profile.changed().items()
    ]
    return f"lab {name} seed {seed} profile {profile.name}{''.join(switches)}"


def lab_lines(
    scenario: Scenario,
    seed: int,
    branch: Branch,
    cursor: int,
    playhead: int,
    marks: Sequence[tuple[int, int, str]] = (),
) -> str:
    """Return the lines that make a branch again, up to a position.

    *marks* are bookmarks: executed events, moment, note.
    """
    lines = [lab_line(scenario, seed)]
    # A bookmark at a deed's own event stands after the deed.
    stops = [(p.event - 1, p.at, 1, p.event, p.intervention.line) for p in branch.interventions]
    for event, at, note in marks:
        stops.append((event, at, 0, event, f'bookmark "{note}"' if note else "bookmark"))
    last, reached = 0, -1
    for event, at, _, after, line in sorted(stops):
        lines.extend(_way_to(branch, last, event, at, reached))
        lines.append(line)
        last, reached = max(last, after), at
    lines.extend(_way_to(branch, last, cursor, playhead, reached))
    return "\n".join(lines) + "\n"


def _way_to(branch: Branch, last: int, event: int, at: int, reached: int) -> list[str]:
    """Return the lines that lead from an event to another, and through silence to a moment.

    *reached* is the moment at which the lines before have arrived.
    """
    lines = [f"run to event {event}"] if event > last else []
    records = branch.trace.count_until_event(event)
    if records and max(branch.trace.at(records - 1), reached) < at:
        lines.append(f"run until {moment_text(at, 6)}")
    return lines


def read_lab_line(text: str, file: str) -> tuple[Scenario, int, int]:
    """Return the scenario and seed that a script asks for, and where its other lines begin.

    Raises FovizError for a ``lab`` line with a mistake, and for a script without any line.
    """
    empty = True
    for number, line in enumerate(text.splitlines()):
        place = Place(file, number + 1)
        tokens = tokenize(line, place)
        if not tokens:
            continue
        if tokens[0].text == "lab" and not tokens[0].quoted:
            return (*_read_words(tokens[1:], place), number + 1)
        empty = False
        break
    if empty:
        raise ScriptError("this script has no lines", file)
    return library.load_scenario(FREE_PLAY), 1, 0


def _read_words(tokens: list[Token], place: Place) -> tuple[Scenario, int]:
    if not tokens or len(tokens) % 2 == 0:
        raise ScriptError(f"the line reads: {SHAPE}", place.at())
    try:
        scenario = library.load_scenario(tokens[0].text)
    except FovizError as error:
        raise ScriptError(error.message, error.where or place.at(tokens[0].column)) from None
    seed, profile = 1, ""
    switches: list[str] = []
    found: dict[str, None] = {}
    for key, value in zip(tokens[1::2], tokens[2::2], strict=True):
        again = key.text in found and key.text not in REPEATED
        if key.text not in OPTIONS or again:
            near = nearest(key.text, [option for option in OPTIONS if option not in found])
            hint = f". Nearest: {near}" if near else f"; the line reads: {SHAPE}"
            what = "stands twice" if again else "is not known here"
            raise ScriptError(f"“{key.text}” {what}{hint}", place.at(key.column))
        found[key.text] = None
        try:
            if key.text == "seed":
                seed = whole_number(value.text)
            elif key.text == "profile":
                profile = value.text
            else:
                switches.append(value.text)
            library.chosen(scenario, profile, switches)  # so that a mistake gets its place
        except FovizError as error:
            raise ScriptError(error.message, place.at(value.column)) from None
    return library.chosen(scenario, profile, switches), seed
