"""Read a theme file (TOML) and refuse one that is incomplete, misspelt or too faint.

No Qt here: what comes out are names, numbers and ``#RRGGBB`` strings (VISUAL 3.1 to 3.3).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from foviz import ThemeError
from ui.assets import asset_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

ROLES = (
    *("panel", "bar", "sunken", "raise", "hair", "line", "strong"),
    *("ink", "ink2", "ink3", "inkoff"),
    *("s1", "s1f", "s1t", "s1m", "s1w"),
    *("s2", "s2f", "s2t", "s2m", "s2w"),
    *("cli", "cliw", "sel", "selw", "bad", "badw", "lead", "leadw"),
    *("onhue", "press", "onpress"),
)
"""Every colour role a theme file must name (VISUAL 3.1)."""

SANS = ("DejaVu Sans", "Verdana", "Noto Sans", "Segoe UI", "sans-serif")
MONO = ("DejaVu Sans Mono", "Menlo", "Noto Sans Mono", "Consolas", "monospace")
"""Families, best first: DejaVu is among the widest, so what fits it fits the others."""

TEXT_LIMIT = 4.5
GRAPHICS_LIMIT = 3.0

TEXT_PAIRS = (
    ("ink", "panel"),
    ("ink2", "panel"),
    ("ink3", "panel"),
    ("ink3", "sunken"),
    ("s1t", "panel"),
    ("s2t", "panel"),
    ("s1t", "s1w"),
    ("s2t", "s2w"),
    ("onhue", "s1f"),
    ("onhue", "s2f"),
    ("onhue", "cli"),
    ("onhue", "sel"),
    ("onhue", "bad"),
    ("sel", "panel"),
    ("sel", "selw"),
    ("ink", "selw"),
    ("bad", "panel"),
    ("bad", "badw"),
    ("onpress", "press"),
)
"""Text and its ground (VISUAL 3.2)."""

GRAPHICS_PAIRS = (
    ("s1", "panel"),
    ("s2", "panel"),
    ("s1", "sunken"),
    ("s2", "sunken"),
    ("strong", "panel"),
    ("lead", "leadw"),
    ("s1f", "s1w"),
    ("s2f", "s2w"),
)
"""Strokes or fills and their ground (VISUAL 3.2)."""

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_TABLES: dict[str, tuple[str, ...]] = {
    "type": ("scale",),
    "stroke": ("scale",),
    "contrast": ("text", "graphics"),
    "colour": ROLES,
}
_TOP = ("name", "dark", *_TABLES)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a theme file says, checked."""

    name: str
    dark: bool
    type_scale: float
    stroke_scale: float
    colours: dict[str, str]


def theme_names() -> list[str]:
    """Return the names of the themes that come with Foviz, in alphabetical order."""
    return sorted(path.stem for path in asset_path("themes").glob("*.toml"))


def read_tokens(path: Path) -> Tokens:
    """Read and check a theme file; raise ThemeError with one sentence about the first fault."""
    where = path.name
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ThemeError(f"the theme file can't be read: {reason}", str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(f"this is not a TOML file: {error}", where) from error
    _refuse_unknown(table, _TOP, "key", where)
    for name, keys in _TABLES.items():
        if not isinstance(table.get(name, {}), dict):
            raise ThemeError(f"“{name}” must be a table, written [{name}]", where)
        kind = "role" if name == "colour" else f"key of [{name}]"
        _refuse_unknown(table.get(name, {}), keys, kind, where)
    colours = _colours(table.get("colour", {}), where)
    text, graphics = _limits(table.get("contrast", {}), where)
    _refuse_faint(colours, TEXT_PAIRS, text, where)
    _refuse_faint(colours, GRAPHICS_PAIRS, graphics, where)
    name, dark = table.get("name", path.stem), table.get("dark", False)
    if not isinstance(name, str) or not isinstance(dark, bool):
        raise ThemeError("“name” must be a text and “dark” must be true or false", where)
    return Tokens(
        name=name,
        dark=dark,
        type_scale=_number(table, "type", "scale", 1.0, where),
        stroke_scale=_number(table, "stroke", "scale", 1.0, where),
        colours=colours,
    )


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#RRGGBB`` colours, 1 to 21 (WCAG 2)."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _refuse_unknown(table: Mapping[str, Any], known: Iterable[str], kind: str, where: str) -> None:
    names = list(known)
    for key in table:
        if key not in names:
            near = get_close_matches(key, names, n=1, cutoff=0.0)
            hint = f"; the nearest is “{near[0]}”" if near else ""
            raise ThemeError(f"“{key}” is no known {kind}{hint}", where)


def _colours(table: Mapping[str, Any], where: str) -> dict[str, str]:
    missing = [role for role in ROLES if role not in table]
    if missing:
        names = ", ".join(f"“{role}”" for role in missing)
        raise ThemeError(f"[colour] lacks {names}", where)
    for role, value in table.items():
        if not isinstance(value, str) or _HEX.fullmatch(value) is None:
            raise ThemeError(
                f"the colour of “{role}” must be written #RRGGBB, not {value!r}", where
            )
    return {role: str(table[role]).upper() for role in ROLES}


def _number(table: Mapping[str, Any], name: str, key: str, default: float, where: str) -> float:
    value = table.get(name, {}).get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.25 <= value <= 4:
        raise ThemeError(f"{key} of [{name}] must be a number from 0.25 to 4", where)
    return float(value)


def _limits(table: Mapping[str, Any], where: str) -> tuple[float, float]:
    limits = []
    for key, least in (("text", TEXT_LIMIT), ("graphics", GRAPHICS_LIMIT)):
        value = table.get(key, least)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            raise ThemeError(f"{key} of [contrast] must be a number, at least {least:g}", where)
        limits.append(float(value))
    return limits[0], limits[1]


def _refuse_faint(
    colours: Mapping[str, str], pairs: Iterable[tuple[str, str]], limit: float, where: str
) -> None:
    for front, ground in pairs:
        ratio = contrast(colours[front], colours[ground])
        if ratio < limit:
            # Cut, not rounded: 4.497 must not read as 4.50.
            measured = int(ratio * 100) / 100
            raise ThemeError(
                f"“{front}” on “{ground}” has a contrast of {measured:.2f} and needs {limit:g}",
                where,
            )
