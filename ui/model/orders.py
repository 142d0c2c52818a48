"""From what a dialog's fields say to lab lines: settings, a new relationship, quoting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foviz import (
    LONGEST_NAME,
    LONGEST_SECRET,
    US,
    FovizError,
    duration_word,
    parse_duration,
)

if TYPE_CHECKING:
    from foviz import RelationshipView

MODES = ("load balance", "hot standby")
TEN_YEARS = 3650 * 86400


@dataclass(frozen=True)
class Settings:
    """What an administrator sets for a relationship. Times are as people write them: ``1h30m``."""

    mode: str = "load balance"
    mclt: str = "1h"
    automatic: bool = False
    switchover: str = "1h"
    balance: int = 50
    reserve: int = 5
    secret: str = ""

    @classmethod
    def of(cls, view: RelationshipView) -> Settings:
        """Return the settings that a relationship has; with two secrets, the primary's."""
        return cls(
            view.mode,
            duration_word(view.mclt_s * US),
            view.switchover_s > 0,
            duration_word((view.switchover_s or 3600) * US),
            view.local_percent,
            view.reserve_percent,
            view.secrets[0],
        )

    def mistake(self) -> str:
        """Return the first setting that can't be so, in one sentence, or ``""``."""
        return (
            _time_mistake("The maximum client lead time", self.mclt)
            or (self.automatic and _time_mistake("The state switchover interval", self.switchover))
            or _secret_mistake(self.secret)
            or ""
        )


def _time_mistake(what: str, text: str) -> str:
    try:
        span = parse_duration(text)
    except FovizError:
        return f"{what} is not a duration: write it like 90s, 1h30m or 8d."
    if span < US:
        return f"{what} has to be at least a second."
    return f"{what} is longer than ten years." if span > TEN_YEARS * US else ""


def _secret_mistake(secret: str) -> str:
    if '"' in secret:
        return "A shared secret can't hold a quotation mark."
    if len(secret.encode()) > LONGEST_SECRET:
        return f"A shared secret has at most {LONGEST_SECRET} octets."
    return ""


def name_mistake(name: str) -> str:
    """Return why a relationship can't be called so, or ``""``; its length Windows refuses later."""
    if not name.strip():
        return f"The relationship needs a name, of at most {LONGEST_NAME} characters."
    return "A name can't hold a quotation mark." if '"' in name else ""


def quoted(word: str) -> str:
    """Return a name as a lab line writes it."""
    plain = word and not any(letter.isspace() or letter == "#" for letter in word)
    return word if plain else f'"{word}"'


def _span(text: str) -> int:
    return parse_duration(text) // US


def settings_lines(before: Settings, after: Settings, name: str) -> list[str]:
    """Return the lab lines that turn a relationship's settings into others; mode comes first."""
    where = f"in {quoted(name)}"
    lines: list[str] = []
    if after.mode != before.mode:
        lines.append(f"set mode {after.mode} {where}")
    if _span(after.mclt) != _span(before.mclt):
        lines.append(f"set mclt {after.mclt.replace(' ', '')} {where}")
    if after.mode == "hot standby" and after.reserve != before.reserve:
        lines.append(f"set reserve {after.reserve}% {where}")
    if after.mode == "load balance" and after.balance != before.balance:
        lines.append(f"set balance {after.balance}% {where}")
    if not after.automatic and before.automatic:
        lines.append(f"set automatic transition off {where}")
    # What stands in the field of an interval that is off is never read: it may be anything.
    if after.automatic and (
        not before.automatic or _span(after.switchover) != _span(before.switchover)
    ):
        lines.append(f"set switchover {after.switchover.replace(' ', '')} {where}")
    if after.secret != before.secret:
        secret = f'"{after.secret}"' if after.secret else "none"
        lines.append(f"set secret {secret} {where}")
    return lines


def creation_lines(
    one: str, other: str, scopes: tuple[str, ...], name: str, settings: Settings
) -> list[str]:
    """Return the lab lines that create a relationship; *one* is the primary, or active."""
    scope = f" for {quoted(','.join(scopes))}" if scopes else ""
    line = f"relate {one} {other} as {settings.mode}{scope} named {quoted(name)}"
    made = Settings(mode=settings.mode)
    return [line, *settings_lines(made, settings, name)]
