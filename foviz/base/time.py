"""Virtual time: microseconds since 1970-01-01 00:00 UTC in ``int``, and how people write it.

Nothing here asks the machine what time it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from foviz.base.errors import FovizError

US = 1_000_000
"""Microseconds in a second."""

MINUTE = 60 * US
HOUR = 3600 * US
DAY = 86400 * US

STORY_START = 1_704_099_600 * US
"""Monday 2024-01-01 09:00:00 UTC, when every lesson begins."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {"us": 1, "ms": 1000, "s": US, "m": MINUTE, "h": HOUR, "d": DAY}
_PART = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?")


def whole_seconds(now: int) -> int:
    """Return the seconds a wire field carries for *now* µs (floor)."""
    return now // US


def parse_duration(text: str) -> int:
    """Return the µs that ``90s``, ``1h30m`` or ``8d`` write; raise FovizError for other text."""
    compact = text.replace(" ", "")
    sign = -1 if compact.startswith("-") else 1
    if compact.startswith(("+", "-")):
        compact = compact[1:]
    parts = list(_PART.finditer(compact))
    if not parts or "".join(part.group(0) for part in parts) != compact:
        raise FovizError(f"“{text}” is not a duration; write it like 90s, 1h30m or 8d")
    return sign * sum(round(float(part.group(1)) * _UNITS[part.group(2)]) for part in parts)


def duration_word(us: int) -> str:
    """Return the lab language's form of a duration: ``1h30m``; the inverse of parse_duration."""
    if us == 0:
        return "0s"
    rest = abs(us)
    text = "-" if us < 0 else ""
    for unit in ("d", "h", "m", "s", "ms", "us"):
        count, rest = divmod(rest, _UNITS[unit])
        if count:
            text += f"{count}{unit}"
    return text


def duration_text(us: int, parts: int = 2) -> str:
    """Return a duration as people read it: ``1 d 4 h``, ``42 min``, ``0.5 s``, ``1 ms``.

    At most *parts* units, the finer ones cut off. A value and its unit are held together
    by a no-break space.
    """
    sign = "−" if us < 0 else ""
    rest = abs(us)
    if rest < 1000:
        return f"{sign}{rest}\u00a0µs"
    if rest < US:
        return f"{sign}{rest / 1000:g}\u00a0ms" if parts > 1 else f"{sign}{rest // 1000}\u00a0ms"
    if rest < MINUTE and rest % US:
        step = US // 100 if rest < 10 * US else US // 10
        return f"{sign}{rest // step * step / US:g}\u00a0s"
    words: list[str] = []
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (US, "s")):
        count, rest = divmod(rest, unit)
        if count:
            words.append(f"{count}\u00a0{name}")
        elif words:
            break
        if len(words) == parts:
            break
    return sign + " ".join(words)


def as_datetime(us: int) -> datetime:
    """Return the moment as an aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=us)


def clock_text(us: int, digits: int = 0) -> str:
    """Return ``09:30:04``, with *digits* digits of the second's fraction cut off."""
    seconds, fraction = divmod(us % DAY, US)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:06d}"[: 9 + digits] if digits else text


def weekday_text(us: int) -> str:
    """Return the day of the week: ``Mon``."""
    return _DAYS[(us // DAY + 3) % 7]


def date_text(us: int, year: bool = False) -> str:
    """Return ``Mon 1 Jan`` or, with *year*, ``Mon 1 Jan 2024``."""
    day = as_datetime(us)
    text = f"{weekday_text(us)} {day.day} {_MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if year else text


def moment_text(us: int, digits: int = 0) -> str:
    """Return ``Mon 1 Jan 09:30:04``."""
    return f"{date_text(us)} {clock_text(us, digits)}"


def short_moment_text(us: int) -> str:
    """Return ``Tue 9 09:30:04``: weekday, day of the month, clock."""
    return f"{weekday_text(us)} {as_datetime(us).day} {clock_text(us)}"


def parse_moment(text: str, after: int) -> int:
    """Return the next moment at or after *after* that *text* names.

    Forms: ``09:40``, ``14:12:00.5``, ``Tue 14:12``, ``Tue 2 Jan 14:12``. Raises FovizError
    for other text.
    """
    words = text.split()
    match = _CLOCK.fullmatch(words[-1]) if words else None
    if match is None:
        raise FovizError(f"“{text}” is not a time; write it like 09:40 or Tue 14:12:00")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise FovizError(f"“{text}” is not a time of day")
    of_day = (hour * 3600 + minute * 60 + second) * US + int((match[4] or "0").ljust(6, "0"))
    moment = after - after % DAY + of_day
    if moment < after:
        moment += DAY
    for _ in range(366 if len(words) > 1 else 0):
        if _names_day(words[:-1], moment):
            break
        moment += DAY
    else:
        if len(words) > 1:
            raise FovizError(f"no day within a year is “{' '.join(words[:-1])}”")
    return moment


def _names_day(words: list[str], moment: int) -> bool:
    day = as_datetime(moment)
    names = {_DAYS[(moment // DAY + 3) % 7].lower(), str(day.day), _MONTHS[day.month - 1].lower()}
    return all((word.lower()[:3] if word.isalpha() else word) in names for word in words)
