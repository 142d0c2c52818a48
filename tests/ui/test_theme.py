"""Theme files are read or refused, and become colours, fonts, icons and a style sheet."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QIcon
from PySide6.QtWidgets import QWidget

from foviz import ThemeError
from ui.assets import asset_path
from ui.icons import application_icon, icon, icon_names, icon_pixmap
from ui.theme import load_theme, stylesheet, theme_names
from ui.tokens import GRAPHICS_PAIRS, ROLES, TEXT_PAIRS, contrast, read_tokens

ICONS = [
    "server", "client", "relay", "segment", "link", "cut", "crash", "stop",
    "restart", "partner-down", "lose-disk", "skew-clock", "play", "pause", "step", "back",
    "branch", "breach", "why", "lesson", "search", "heal", "first", "last",
    "previous-step", "next-step", "menu", "measure", "operator", "drop", "delay", "undo",
]  # fmt: skip


@pytest.fixture
def edited(tmp_path):
    """Write the light theme with some of its lines changed, and return where."""

    def write(*changes: tuple[str, str]):
        text = asset_path("themes", "light.toml").read_text(encoding="utf-8")
        for pattern, replacement in changes:
            text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
            assert count == 1, f"{pattern} is not in the file exactly once"
        path = tmp_path / "edited.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refusal(path) -> str:
    with pytest.raises(ThemeError) as caught:
        load_theme(path)
    message = str(caught.value)
    assert message.startswith("edited.toml: ")
    assert "\n" not in message
    return message


# -- files -------------------------------------------------------------------------------


def test_four_themes_come_with_foviz():
    assert theme_names() == ["dark", "high-contrast", "light", "projector"]


def test_each_theme_has_every_role_and_its_name(theme):
    attributes = {"raise": "raised"}
    assert all(getattr(theme, attributes.get(role, role)).isValid() for role in ROLES)
    assert theme.name in theme_names()
    assert theme.dark == (theme.panel.lightness() < 128)


@pytest.mark.parametrize(
    ("name", "front", "ground", "measured"),
    [
        ("light", "ink", "panel", 17.3),
        ("light", "s2", "sunken", 3.5),
        ("dark", "bad", "badw", 5.2),
        ("projector", "s2t", "s2w", 5.2),
    ],
)
def test_contrast_is_measured_as_in_the_visual_target(name, front, ground, measured):
    colours = read_tokens(asset_path("themes", f"{name}.toml")).colours
    assert contrast(colours[front], colours[ground]) == pytest.approx(measured, abs=0.05)


def test_high_contrast_keeps_seven_to_one_for_every_text():
    colours = read_tokens(asset_path("themes", "high-contrast.toml")).colours
    assert min(contrast(colours[a], colours[b]) for a, b in TEXT_PAIRS) >= 7
    assert min(contrast(colours[a], colours[b]) for a, b in GRAPHICS_PAIRS) >= 4.5


# -- refusals ----------------------------------------------------------------------------


def test_unchanged_copy_is_accepted(edited, qapp):
    assert load_theme(edited()).s1 == QColor("#0072B2")


def test_missing_role_is_refused(edited):
    assert "lacks “s2t”" in refusal(edited((r"^s2t = .*\n", "")))


def test_unknown_role_is_refused_with_the_nearest(edited):
    message = refusal(edited((r"^\[colour\]\n", '[colour]\ninc = "#000000"\n')))
    assert "“inc” is no known role; the nearest is “ink”" in message


@pytest.mark.parametrize("value", ['"#12345"', '"blue"', "7", '"#12345678"'])
def test_colour_that_is_no_colour_is_refused(edited, value):
    message = refusal(edited((r"^ink = \S+", f"ink = {value}")))
    assert "“ink” must be written #RRGGBB" in message


def test_text_pair_below_its_limit_is_refused(edited):
    message = refusal(edited((r"^ink3 = \S+", 'ink3 = "#9A9A9A"')))
    assert "“ink3” on “panel” has a contrast of 2.81 and needs 4.5" in message


def test_graphics_pair_below_its_limit_is_refused(edited):
    message = refusal(edited((r"^strong = \S+", 'strong = "#C0C0C0"')))
    assert "“strong” on “panel”" in message
    assert message.endswith("needs 3")


def test_pair_just_above_its_limit_is_accepted(edited, qapp):
    # 4.54 to 1 on white: the faintest grey that still carries text.
    path = edited((r"^bad = \S+", 'bad = "#767676"'), (r"^badw = \S+", 'badw = "#FFFFFF"'))
    assert load_theme(path).bad.name() == "#767676"


def test_theme_may_ask_for_more_contrast_but_not_for_less(edited):
    more = edited((r"^\[colour\]", "[contrast]\ntext = 7.0\n\n[colour]"))
    assert "needs 7" in refusal(more)
    less = edited((r"^\[colour\]", "[contrast]\ntext = 3.0\n\n[colour]"))
    assert "at least 4.5" in refusal(less)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((r"^\[stroke\]", "[strokes]"), "“strokes” is no known key; the nearest is “stroke”"),
        ((r"^\[stroke\]\nscale", "[stroke]\nscales"), "“scales” is no known key of [stroke]"),
        ((r"^\[stroke\]\nscale = 1.0", '[stroke]\nscale = "x"'), "must be a number"),
        ((r"^dark = false", 'dark = "no"'), "true or false"),
        ((r"^dark = false", "dark = "), "not a TOML file"),
    ],
)
def test_other_faults_are_refused_in_a_sentence(edited, change, words):
    assert words in refusal(edited(change))


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ThemeError, match="can't be read"):
        load_theme(tmp_path / "none.toml")


def test_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ThemeError, match="the nearest is “projector”"):
        load_theme("proyector")


# -- what is made from a theme -----------------------------------------------------------


def test_mixes_are_computed_without_opacity(light):
    for channel in ("red", "green", "blue"):
        over, ground = getattr(light.selw, channel)(), getattr(light.panel, channel)()
        assert abs(getattr(light.present, channel)() - (0.55 * over + 0.45 * ground)) <= 0.5
    assert light.faint == light.mix(light.strong, light.panel, 0.6)
    assert light.vacant.alpha() == 255


def test_hue_is_who(light):
    assert light.hue("s1").stroke == light.s1
    assert light.hue("s2").text == light.s2t
    assert light.hue("client").fill == light.cli
    assert light.hue("s1") is light.hue("s1")


def test_fonts_are_real_families_in_whole_pixels(qapp):
    theme = load_theme("light", font_scale=1.25)
    for px, scaled in ((10, 13), (11, 14), (12, 15), (13, 16), (15, 19), (18, 23)):
        for mono in (False, True):
            font = theme.font(px, mono=mono)
            assert font.pixelSize() == scaled
            assert QFontInfo(font).family() in QFontDatabase.families()
    assert QFontInfo(theme.font(10, mono=True)).fixedPitch()
    assert theme.font(10) is theme.font(10)


def test_width_and_elision(light):
    text = "COMMUNICATION-INTERRUPTED"
    wide = light.width(text, 11)
    assert wide == light.metrics(11).horizontalAdvance(text)
    assert light.width(text, 11, bold=True) > wide
    assert light.elide(text, wide, 11) == text
    short = light.elide(text, 80, 11)
    assert short.endswith("…")
    assert light.width(short, 11) <= 80


def test_strokes_stand_as_in_the_pictures_or_in_whole_device_pixels(light):
    assert light.stroke_px(1.5) == 1.5
    assert light.stroke_px(1.5, whole=True) == 2
    thick = load_theme("projector")
    assert [thick.stroke_px(width) for width in (1, 1.25, 1.5, 2, 2.5, 3)] == [1, 2, 2, 3, 3, 4]
    assert load_theme("light", ratio=1.5).stroke_px(1, whole=True) == pytest.approx(4 / 3)
    lecture = thick.variant(stroke=2.2, least_stroke=3)
    assert lecture.stroke_px(1) == 3
    assert lecture.s1 is thick.s1
    assert lecture.cache is not thick.cache


def test_style_sheet_is_complete_and_parsed(theme, qtbot, qtlog):
    sheet = stylesheet(theme)
    assert "$" not in sheet
    assert all((asset_path() / name).is_file() for name in _images(sheet))
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setStyleSheet(sheet)
    widget.ensurePolished()
    assert not [record.message for record in qtlog.records if "stylesheet" in record.message]


def _images(sheet: str) -> list[str]:
    found = re.findall(r'url\("[^"]*/assets/([^"]+)"\)', sheet)
    assert found
    return found


# -- icons -------------------------------------------------------------------------------


def test_the_set_is_complete():
    assert icon_names() == sorted(ICONS)
    assert len(ICONS) == 32


@pytest.mark.parametrize("name", ICONS)
def test_icon_has_ink_and_a_clear_margin(name, qapp):
    image = icon_pixmap(name, 240, QColor("#FF0000")).toImage()
    ink = [(x, y) for x in range(240) for y in range(240) if image.pixelColor(x, y).alpha() > 127]
    # 2 of 24 clear on each side; half a pixel of 240 for the rounding of curves.
    assert min(min(point) for point in ink) >= 19
    assert max(max(point) for point in ink) <= 220
    assert len(ink) > 240
    red = image.pixelColor(*ink[len(ink) // 2])
    assert (red.red(), red.green(), red.blue()) == (255, 0, 0)


@pytest.mark.parametrize("size", [14, 16, 20, 24])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icon_sizes_are_in_device_pixels(size, ratio, qapp):
    pixmap = icon_pixmap("server", size, QColor("#000000"), ratio)
    assert pixmap.width() == round(size * ratio)
    assert pixmap.devicePixelRatio() == ratio
    assert icon_pixmap("server", size, QColor("#000000"), ratio).cacheKey() == pixmap.cacheKey()


def test_icon_of_a_control_greys_when_disabled(light):
    made = icon("crash", light)

    def ink(mode: QIcon.Mode) -> set[str]:
        image = made.pixmap(24, 24, mode).toImage()
        return {
            image.pixelColor(x, y).name()
            for x in range(24)
            for y in range(24)
            if image.pixelColor(x, y).alpha() == 255
        }

    assert light.ink2.name() in ink(QIcon.Mode.Normal)
    assert light.inkoff.name() in ink(QIcon.Mode.Disabled)


def test_application_icon_has_the_usual_sizes(qapp):
    sizes = {size.width() for size in application_icon().availableSizes()}
    assert {16, 32, 48, 256} <= sizes


def test_marks_grow_with_the_text_and_are_never_less_than_in_the_pictures(light):
    assert light.grown(7.0) == 7.0
    assert light.variant(font_scale=1.5).grown(7.0) == 10.5
    assert light.variant(font_scale=0.8).grown(7.0) == 7.0
