"""A theme: its colours by role, its fonts, and the pens, brushes and widths made from them.

Code names roles, never colours (VISUAL 3.1). A :class:`Theme` is passed to whoever paints;
it never changes, so everything made from it is made once and kept on it. Colours, pens,
brushes and fonts that come from here are shared: use them, never alter them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen, QPixmap, QStaticText

from foviz import ThemeError
from ui.assets import asset_path
from ui.stylesheet import stylesheet
from ui.tokens import MONO, SANS, Tokens, read_tokens, theme_names

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["Hue", "Theme", "Who", "load_theme", "stylesheet", "theme_names"]

Who = Literal["s1", "s2", "client"]
"""Whose hue: server 1, server 2, or a client (and anybody who is neither)."""

CAP = 0.365
"""Half the cap height of a letter, as a share of its size (VISUAL 3.3)."""

# Clock times and addresses are measured once each; a long session must not keep them all.
_KEPT_TEXTS = 8192


@dataclass(frozen=True, slots=True)
class Hue:
    """The colours of one party."""

    stroke: QColor
    fill: QColor
    text: QColor
    memory: QColor
    wash: QColor
    pale: QColor
    """35 % of the stroke on the panel: the outline behind a pile."""


@dataclass(slots=True)
class _Cache:
    """What was made from a theme, by what it was made from."""

    fonts: dict[tuple[int, bool, bool], QFont] = field(default_factory=dict)
    metrics: dict[tuple[int, bool, bool], QFontMetricsF] = field(default_factory=dict)
    widths: dict[tuple[str, int, bool, bool], float] = field(default_factory=dict)
    elided: dict[tuple[str, int, int, bool, bool], str] = field(default_factory=dict)
    statics: dict[tuple[str, int, bool, bool], tuple[QStaticText, float]] = field(
        default_factory=dict
    )
    pens: dict[tuple[int, float, tuple[float, ...], bool, bool], QPen] = field(default_factory=dict)
    brushes: dict[int, QBrush] = field(default_factory=dict)
    mixes: dict[tuple[int, int, float], QColor] = field(default_factory=dict)
    hues: dict[str, Hue] = field(default_factory=dict)
    tiles: dict[Hashable, QBrush] = field(default_factory=dict)
    stamps: dict[Hashable, QPixmap] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Theme:
    """Colours by role, scales, and caches. ``raised`` is the role that files call ``raise``."""

    name: str
    dark: bool
    font_scale: float
    stroke: float
    """Scale of strokes: 1 in light and dark, more for a projector."""

    panel: QColor
    bar: QColor
    sunken: QColor
    raised: QColor
    hair: QColor
    line: QColor
    strong: QColor
    ink: QColor
    ink2: QColor
    ink3: QColor
    inkoff: QColor
    s1: QColor
    s1f: QColor
    s1t: QColor
    s1m: QColor
    s1w: QColor
    s2: QColor
    s2f: QColor
    s2t: QColor
    s2m: QColor
    s2w: QColor
    cli: QColor
    cliw: QColor
    sel: QColor
    selw: QColor
    bad: QColor
    badw: QColor
    lead: QColor
    leadw: QColor
    onhue: QColor
    press: QColor
    onpress: QColor

    present: QColor
    """Ground of the present exchange: 55 % ``selw`` on ``panel``."""
    unequal: QColor
    """Ground of rows that differ between branches: 45 % ``selw`` on ``panel``."""
    faint: QColor
    """Edges that are neither possible now nor the last one: 60 % ``strong`` on ``panel``."""
    dim: QColor
    """The same, one step stronger: 75 % ``strong`` on ``panel``."""
    vacant: QColor
    """Fill of a node nobody is in: 34 % ``ink2`` on ``panel``."""

    ratio: float = 1.0
    """Device pixels to a logical pixel."""
    least_stroke: float = 0.0
    """No stroke is thinner than this many logical pixels (3 in *Lecture*)."""
    stamps: bool = True
    """Whether small forms may be painted once and stamped; False for SVG, PDF and printing."""
    cache: _Cache = field(default_factory=_Cache, init=False, repr=False)

    def variant(
        self,
        *,
        font_scale: float | None = None,
        stroke: float | None = None,
        least_stroke: float | None = None,
        ratio: float | None = None,
        stamps: bool | None = None,
    ) -> Theme:
        """Return the same theme with other scales, and caches of its own."""
        return replace(
            self,
            font_scale=self.font_scale if font_scale is None else font_scale,
            stroke=self.stroke if stroke is None else stroke,
            least_stroke=self.least_stroke if least_stroke is None else least_stroke,
            ratio=self.ratio if ratio is None else ratio,
            stamps=self.stamps if stamps is None else stamps,
        )

    # -- colours -------------------------------------------------------------------------

    def hue(self, who: Who) -> Hue:
        """Return the colours of server 1, server 2, or a client."""
        return self.cache.hues.get(who) or self._make_hue(who)

    def _make_hue(self, who: Who) -> Hue:
        if who == "s1":
            roles = (self.s1, self.s1f, self.s1t, self.s1m, self.s1w)
        elif who == "s2":
            roles = (self.s2, self.s2f, self.s2t, self.s2m, self.s2w)
        else:
            roles = (self.cli, self.cli, self.ink2, self.inkoff, self.cliw)
        hue = Hue(*roles, pale=self.mix(roles[0], self.panel, 0.35))
        self.cache.hues[who] = hue
        return hue

    def mix(self, over: QColor, ground: QColor, share: float) -> QColor:
        """Return *share* of *over* on *ground*: what opacity would give, without opacity."""
        key = (over.rgb(), ground.rgb(), share)
        colour = self.cache.mixes.get(key)
        if colour is None:
            colour = self.cache.mixes[key] = _mixed(over, ground, share)
        return colour

    # -- sizes ---------------------------------------------------------------------------

    def px(self, size: float) -> int:
        """Return a size of a form that holds text, at the user's scale, in whole pixels."""
        return max(1, floor(size * self.font_scale + 0.5))

    def grown(self, size: float) -> float:
        """Return a mark's size: it grows with the text, and never falls below the pictures'."""
        return size * max(1.0, self.font_scale)

    def snap(self, value: float) -> float:
        """Return the edge of a device pixel that is nearest to *value*."""
        if self.ratio == 1.0:
            return floor(value + 0.5)
        return floor(value * self.ratio + 0.5) / self.ratio

    def stroke_px(self, width: float, whole: bool = False) -> float:
        """Return the width a stroke is drawn with.

        Nominal widths (1.25, 1.5) stand as in the pictures. A scaled stroke, and one that
        must look crisp (*whole*), is rounded to whole device pixels, at least one.
        """
        scaled = max(width * self.stroke, self.least_stroke)
        if not whole and scaled == width:
            return width
        return max(1, floor(scaled * self.ratio + 0.5)) / self.ratio

    # -- pens and brushes ----------------------------------------------------------------

    def pen(
        self,
        colour: QColor,
        width: float = 1.0,
        dash: tuple[float, ...] = (),
        *,
        rounded: bool = False,
        whole: bool = False,
    ) -> QPen:
        """Return a pen; *dash* is on, off in pixels; *rounded* gives round caps and joins."""
        key = (colour.rgb(), width, dash, rounded, whole)
        pen = self.cache.pens.get(key)
        if pen is None:
            drawn = self.stroke_px(width, whole)
            pen = QPen(colour, drawn)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap if rounded else Qt.PenCapStyle.FlatCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin if rounded else Qt.PenJoinStyle.MiterJoin)
            if dash:
                # Qt counts dashes in pen widths; a thicker stroke gets longer dashes.
                longer = max(1.0, self.stroke)
                pen.setDashPattern([length * longer / drawn for length in dash])
            self.cache.pens[key] = pen
        return pen

    def brush(self, colour: QColor) -> QBrush:
        """Return a solid brush."""
        brush = self.cache.brushes.get(colour.rgb())
        if brush is None:
            brush = self.cache.brushes[colour.rgb()] = QBrush(colour)
        return brush

    # -- text ----------------------------------------------------------------------------

    def font_px(self, px: int) -> int:
        """Return the pixel size of a font of nominal size *px* at the user's scale."""
        return max(1, floor(px * self.font_scale + 0.5))

    def font(self, px: int, bold: bool = False, mono: bool = False) -> QFont:
        """Return the font of a nominal size (18, 15, 13, 12, 11 or 10)."""
        font = self.cache.fonts.get((px, bold, mono))
        if font is None:
            font = QFont()
            font.setFamilies(list(MONO if mono else SANS))
            font.setStyleHint(QFont.StyleHint.Monospace if mono else QFont.StyleHint.SansSerif)
            font.setPixelSize(self.font_px(px))
            font.setBold(bold)
            self.cache.fonts[px, bold, mono] = font
        return font

    def metrics(self, px: int, bold: bool = False, mono: bool = False) -> QFontMetricsF:
        """Return the metrics of :meth:`font`."""
        metrics = self.cache.metrics.get((px, bold, mono))
        if metrics is None:
            metrics = QFontMetricsF(self.font(px, bold, mono))
            self.cache.metrics[px, bold, mono] = metrics
        return metrics

    def width(self, text: str, px: int = 11, bold: bool = False, mono: bool = False) -> float:
        """Return how wide a text is; measured once."""
        key = (text, px, bold, mono)
        width = self.cache.widths.get(key)
        if width is None:
            make_room(self.cache.widths)
            width = self.metrics(px, bold, mono).horizontalAdvance(text)
            self.cache.widths[key] = width
        return width

    def elide(
        self, text: str, room: float, px: int = 11, bold: bool = False, mono: bool = False
    ) -> str:
        """Return the text, or as much of it as fits into *room* with an ellipsis."""
        if self.width(text, px, bold, mono) <= room:
            return text
        key = (text, int(room), px, bold, mono)
        shorter = self.cache.elided.get(key)
        if shorter is None:
            make_room(self.cache.elided)
            metrics = self.metrics(px, bold, mono)
            shorter = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room))
            self.cache.elided[key] = shorter
        return shorter

    def baseline(self, centre: float, px: int) -> float:
        """Return the baseline that centres capitals of nominal size *px* on *centre*."""
        return self.snap(centre + CAP * self.font_px(px))


def load_theme(name: str | Path, font_scale: float = 1.0, ratio: float = 1.0) -> Theme:
    """Return the theme of a name (``light``) or of a file; raise ThemeError for a bad one."""
    path = Path(name)
    if isinstance(name, str) and path.suffix != ".toml" and len(path.parts) <= 1:
        path = asset_path("themes", f"{name}.toml")
        if not path.is_file():
            known = theme_names()
            near = get_close_matches(name, known, n=1, cutoff=0.0)
            hint = f"; the nearest is “{near[0]}”" if near else ""
            raise ThemeError(f"“{name}” is no known theme{hint}")
    return make_theme(read_tokens(path), font_scale, ratio)


def make_theme(tokens: Tokens, font_scale: float = 1.0, ratio: float = 1.0) -> Theme:
    """Return the theme of checked tokens."""
    roles: dict[str, Any] = {role: QColor(value) for role, value in tokens.colours.items()}
    roles["raised"] = roles.pop("raise")
    panel, selw, strong = roles["panel"], roles["selw"], roles["strong"]
    return Theme(
        name=tokens.name,
        dark=tokens.dark,
        font_scale=font_scale * tokens.type_scale,
        stroke=tokens.stroke_scale,
        ratio=ratio,
        present=_mixed(selw, panel, 0.55),
        unequal=_mixed(selw, panel, 0.45),
        faint=_mixed(strong, panel, 0.60),
        dim=_mixed(strong, panel, 0.75),
        vacant=_mixed(roles["ink2"], panel, 0.34),
        **roles,
    )


def make_room(cache: dict[Any, Any], limit: int = _KEPT_TEXTS) -> None:
    """Empty a cache that has grown to its limit; what is in use comes back within a frame."""
    if len(cache) >= limit:
        cache.clear()


def _mixed(over: QColor, ground: QColor, share: float) -> QColor:
    def channel(above: int, below: int) -> int:
        return floor(above * share + below * (1 - share) + 0.5)

    return QColor(
        channel(over.red(), ground.red()),
        channel(over.green(), ground.green()),
        channel(over.blue(), ground.blue()),
    )
