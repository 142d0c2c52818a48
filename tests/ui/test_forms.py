"""Forms: labels fit, the six services and the statuses differ without colour, edges are crisp."""

from __future__ import annotations

import ast
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from ui.theme import Theme, load_theme
from ui.view import metrics
from ui.view.forms import (
    SERVICES,
    STATUSES,
    badge_width,
    capsule_width,
    draw_arrow,
    draw_badge,
    draw_band,
    draw_capsule,
    draw_cell_outline,
    draw_client_line,
    draw_count_bar,
    draw_cross,
    draw_diamond,
    draw_disk,
    draw_head,
    draw_ignored,
    draw_level,
    draw_mclt,
    draw_pile,
    draw_pool_cell,
    draw_ring,
    draw_server_box,
    draw_step,
    draw_text,
    draw_timer,
    draw_token,
    draw_unequal,
    line,
    pile_width,
    prepare,
)
from ui.view.gallery import PAGES, main, page_image

LABELS = (
    """
DISCOVER|OFFER|REQUEST|ACK|NAK|DECLINE|RELEASE|INFORM|REQUEST renew|REQUEST rebind|REQUEST init
REQ|ACK 1 h|ACK 8 d|ACK 5 d 1 h|REQUEST ×2|DISCOVER C12|OFFER 10.0.0.241|ARP probe
BNDUPD|BNDACK|BNDACK reject 15|POOLREQ|POOLRESP|UPDREQ|UPDREQALL|UPDDONE|CONNECT|CONNECTACK
STATE|STATE COMMUNICATION-INTERRUPTED|CONTACT|DISCONNECT|TCP connect|?
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def canvas(theme: Theme, width: int, height: int, paint) -> QImage:
    ratio = theme.ratio
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.panel)
    painter = QPainter(image)
    prepare(painter)
    paint(painter, theme)
    painter.end()
    return image


def colours(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


def distance(one: QColor, other: QColor) -> int:
    """Return the greatest difference of a channel; 2 is what an edge at 3⅓ px may cost."""
    pairs = zip(one.getRgb(), other.getRgb(), strict=True)
    return max(abs(a - b) for a, b in pairs)


def luma(image: QImage) -> list[int]:
    """Return what is left of an image without its colours."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return [grey.pixelColor(x, y).red() for y in range(grey.height()) for x in range(grey.width())]


def differing(first: QImage, second: QImage, least: int = 24) -> int:
    """Return how many pixels differ clearly in grey."""
    return sum(abs(a - b) >= least for a, b in zip(luma(first), luma(second), strict=True))


# -- capsules ----------------------------------------------------------------------------


@pytest.mark.parametrize("size", list(metrics.CAPSULES))
@pytest.mark.parametrize("scale", [0.9, 1.0, 1.25, 1.5, 2.0])
def test_every_label_fits_into_its_capsule(size, scale, qapp):
    theme = load_theme("light", font_scale=scale)
    high, px, padding = metrics.CAPSULES[size]
    for label in filter(None, LABELS):
        wide = capsule_width(theme, label, size)
        assert wide >= theme.width(label, px, bold=True) + 2 * theme.px(padding)
        assert theme.metrics(px, bold=True).capHeight() <= theme.px(high) - 4


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("label", ["DISCOVER", "ACK 5 d 1 h", "STATE COMMUNICATION-INTERRUPTED"])
def test_letters_stay_inside_the_painted_capsule(label, ratio, qapp):
    theme = load_theme("light", ratio=ratio)
    bodies = []

    def paint(painter, theme):
        bodies.append(draw_capsule(painter, theme, 150, 20, label, "s1", failover=True))

    image = canvas(theme, 300, 40, paint)
    body = bodies[0]
    letters = [
        (x / ratio, y / ratio)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).lightness() < theme.s1.lightness() - 5
    ]
    assert letters
    left, right = min(x for x, _ in letters), max(x for x, _ in letters)
    assert left >= body.left() + 5
    assert right <= body.right() - 5
    # Centred, to the pixel.
    assert abs((left - body.left()) - (body.right() - right)) <= 2


def test_capsules_are_snapped_to_whole_pixels(light):
    def paint(painter, theme):
        for shift in (0.0, 0.3, 0.5, 0.9):
            rect = draw_capsule(painter, theme, 60 + shift, 20 + shift, "ACK", "s2")
            assert rect.x() == int(rect.x())
            assert rect.y() == int(rect.y())

    canvas(light, 120, 40, paint)


def test_pile_has_room_for_its_triangle(light):
    label = "OFFER REQUEST ACK"
    room = pile_width(light, label) - light.width(label, 10)
    assert room >= metrics.PILE_TEXT_AT + 8


# -- services ----------------------------------------------------------------------------


@pytest.mark.parametrize("height", [16, 20, 26])
def test_six_service_badges_differ_without_colour(theme, height):
    images = {
        service: canvas(
            theme,
            60,
            34,
            lambda p, t, service=service: draw_badge(
                p, t, 4, 17, "CI", service, "s2", height=height
            ),
        )
        for service in SERVICES
    }
    for first, second in combinations(SERVICES, 2):
        assert differing(images[first], images[second]) >= 16, (first, second)


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("who", ["s1", "s2"])
def test_six_service_bands_differ_without_colour(theme, upright, who):
    w, h = (8, 60) if upright else (60, 13)
    images = {
        service: canvas(
            theme,
            70,
            70,
            lambda p, t, service=service: draw_band(
                p, t, 4, 4, w, h, service, who, upright=upright
            ),
        )
        for service in SERVICES
    }
    for first, second in combinations(SERVICES, 2):
        assert differing(images[first], images[second]) >= 40, (first, second)


@pytest.mark.parametrize("height", [16, 20, 26])
@pytest.mark.parametrize("letters", ["N", "CI", "PD", "RW", "PC", "S"])
def test_badge_letters_are_centred(light, letters, height):
    wide = badge_width(light, letters, height)

    def paint(p, t):
        draw_badge(p, t, 0, height / 2, letters, "silent", "s2", height=height)

    image = canvas(light, wide, height, paint)
    ink = [
        (x, y)
        for x in range(3, wide - 3)
        for y in range(2, height - 2)
        if image.pixelColor(x, y).lightness() < 150
    ]
    left, right = min(x for x, _ in ink), max(x for x, _ in ink)
    top, foot = min(y for _, y in ink), max(y for _, y in ink)
    assert abs(left - (wide - 1 - right)) <= 1
    assert abs(top - (height - 1 - foot)) <= 1


def test_off_and_vacant_badges_have_no_hue(light):
    for tone in ("off", "vacant", "absent"):
        image = canvas(
            light,
            40,
            24,
            lambda p, t, tone=tone: draw_badge(p, t, 4, 12, "N", "full", "s2", tone=tone),
        )
        assert max(QColor(name).hsvSaturation() for name in colours(image)) < 90


# -- pool cells --------------------------------------------------------------------------


def cell(theme: Theme, size: int, status, who="s1", **on_top) -> QImage:
    return canvas(
        theme,
        size + 8,
        size + 8,
        lambda p, t: draw_pool_cell(p, t, 4, 4, size, status, who, **on_top),
    )


@pytest.mark.parametrize("hatched", [False, True])
@pytest.mark.parametrize("size", [12, 14, 16, 19, 20, 28, 40])
def test_statuses_differ_without_colour(theme, size, hatched):
    images = {status: cell(theme, size, status, hatched=hatched) for status in STATUSES}
    for first, second in combinations(STATUSES, 2):
        # A dash beside nothing is the least difference there is: a fifth of the side.
        assert differing(images[first], images[second]) >= size // 5, (first, second)


@pytest.mark.parametrize("size", [8, 9, 12, 20, 28])
@pytest.mark.parametrize("status", STATUSES)
def test_hatch_difference_and_selection_are_seen(theme, size, status):
    plain = cell(theme, size, status)
    assert differing(plain, cell(theme, size, status, hatched=True), 12) >= size // 3
    assert differing(plain, cell(theme, size, status, differs=True)) >= 4 * size
    assert differing(plain, cell(theme, size, status, selected=True)) >= 4 * size


@pytest.mark.parametrize("size", [4, 5, 6, 7])
def test_smallest_cells_turn_dark_where_beliefs_differ(theme, size):
    dark = cell(theme, size, "FREE", differs=True)
    assert dark.pixelColor(4 + size // 2, 4 + size // 2) == theme.ink
    assert colours(dark) == {theme.ink.name(), theme.panel.name()}


def test_outline_of_a_difference_is_two_pixels_of_ink_around_the_cell(light):
    image = canvas(light, 20, 20, lambda p, t: draw_cell_outline(p, t, 5, 5, 9, differs=True))
    ring = {3, 4, 14, 15}
    for at in range(20):
        inside = at in ring
        assert (image.pixelColor(at, 9) == light.ink) == inside
        assert (image.pixelColor(9, at) == light.ink) == inside


def test_count_bar_shows_even_one_address(light):
    parts = [("ACTIVE", "s1", 1), ("FREE", "s1", 1000), ("BACKUP", "s2", 0)]
    boxes = []
    canvas(light, 220, 20, lambda p, t: boxes.extend(draw_count_bar(p, t, 10, 4, 200, 10, parts)))
    assert [box.width() for box in boxes] == [2, 198, 0]


# -- crispness ---------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 0.75])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_fills_and_straight_lines_have_no_half_tones(shift, ratio, qapp):
    theme = load_theme("light", ratio=ratio)

    def paint(p, t):
        draw_band(p, t, 4 + shift, 3 + shift, 8, 30, "full", "s1", upright=True)
        draw_band(p, t, 16 + shift, 3, 40, 10 + shift, "takeover", "s1")
        draw_band(p, t, 16 + shift, 18, 40, 10 + shift, "silent", "s1")
        line(p, t, 16, 34 + shift, 50, 34 + shift, t.s1)
        line(p, t, 60 + shift, 2, 60 + shift, 40, t.s1, 1.5)
        draw_client_line(p, t, 66 + shift, 2, 36, "lease", "s1")

    image = canvas(theme, 80, 44, paint)
    pure = (theme.panel, theme.s1)
    assert all(min(distance(QColor(each), one) for one in pure) <= 2 for each in colours(image))


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_stripes_begin_at_the_corner_of_their_band(ratio, qapp):
    theme = load_theme("light", ratio=ratio)

    def at(y: int) -> QImage:
        image = canvas(
            theme,
            20,
            60,
            lambda p, t: draw_band(p, t, 4, y, 8, 30, "alone", "s2", upright=True),
        )
        return image.copy(0, round(y * ratio), image.width(), round(30 * ratio))

    # 4 and 12 are whole device pixels at each of these ratios.
    first, second = at(4), at(12)
    assert all(
        distance(first.pixelColor(x, y), second.pixelColor(x, y)) <= 2
        for x in range(first.width())
        for y in range(first.height())
    )


def test_mclt_bars_stand_upright_every_four_pixels(light):
    image = canvas(light, 60, 20, lambda p, t: draw_mclt(p, t, 4, 3, 40, 14, closed=False))
    columns = [x for x in range(60) if image.pixelColor(x, 10) == light.lead]
    assert {b - a for a, b in pairwise(columns)} == {4}
    for x in columns:
        assert {image.pixelColor(x, y).name() for y in range(3, 17)} == {light.lead.name()}


def test_head_points_to_its_end(light):
    image = canvas(light, 40, 20, lambda p, t: draw_head(p, t, 30, 10, 1, 0, t.s1, 10))
    dark = [x for x in range(40) if image.pixelColor(x, 9) != light.panel]
    assert (min(dark), max(dark)) == (20, 29)


def test_arrow_does_not_reach_beyond_its_ends(light):
    image = canvas(light, 80, 40, lambda p, t: draw_arrow(p, t, 10, 10, 70, 30, t.s1, both=True))
    dark = [
        (x, y) for x in range(80) for y in range(40) if image.pixelColor(x, y).lightness() < 200
    ]
    assert min(x for x, _ in dark) >= 10
    assert max(x for x, _ in dark) <= 70
    assert min(y for _, y in dark) >= 8
    assert max(y for _, y in dark) <= 31


# -- others ------------------------------------------------------------------------------


def test_ring_runs_clockwise_from_twelve(light):
    image = canvas(light, 44, 44, lambda p, t: draw_ring(p, t, 22, 22, 0.25, "s1"))
    assert image.pixelColor(33, 10) == light.s1
    for x, y in ((33, 33), (10, 33), (10, 10)):
        assert image.pixelColor(x, y) == light.cliw


def test_unanswered_and_answered_clients_differ_without_colour(theme):
    def client(**form) -> QImage:
        return canvas(theme, 44, 44, lambda p, t: draw_ring(p, t, 22, 22, 0.0, "s1", **form))

    assert differing(client(), client(unanswered=True)) > 20


def test_text_is_drawn_once_and_measured_once(light):
    def paint(painter, theme):
        for _ in range(3):
            draw_text(painter, theme, 2, 10, "09:30:04", theme.ink, 10, mono=True)

    canvas(light, 80, 20, paint)
    assert len(light.cache.statics) == 1
    assert len(light.cache.widths) == 1


def every_small_form(p: QPainter, t: Theme) -> None:
    draw_capsule(p, t, 60, 14, "ACK 1 h", "s1", selected=True)
    draw_capsule(p, t, 60, 40, "BNDUPD", "s2", failover=True)
    draw_pile(p, t, 60, 64, "DORA", "s2")
    for at, service in enumerate(SERVICES):
        draw_badge(p, t, 120 + 30 * (at % 3), 14 + 24 * (at // 3), "RD", service, "s1")
    draw_token(p, t, 130, 64, "1", "s1", on=False)
    draw_step(p, t, 160, 64, "7–10")
    for at, mark in enumerate((draw_cross, draw_ignored, draw_timer, draw_disk, draw_unequal)):
        mark(p, t, 230 + 20 * at, 14)
    draw_diamond(p, t, 230, 40, "s1")
    draw_level(p, t, 250, 40, "error")
    draw_pool_cell(p, t, 270, 34, 28, "ACTIVE", "s2", hatched=True, differs=True)


def test_what_is_stamped_looks_like_what_is_drawn(theme):
    stamped = canvas(theme, 330, 80, every_small_form)
    again = canvas(theme, 330, 80, every_small_form)
    assert stamped == again
    drawn = canvas(theme.variant(stamps=False), 330, 80, every_small_form)
    # Stripes are a whole tile on screen and lines on paper, so a few edge pixels may differ.
    assert differing(stamped, drawn) <= 330 * 80 * 0.005


def test_server_box_shows_its_service_without_colour(theme):
    images = {
        service: canvas(
            theme,
            100,
            60,
            lambda p, t, service=service: draw_server_box(p, t, 4, 4, 92, 52, service, "s1"),
        )
        for service in SERVICES
    }
    for first, second in combinations(SERVICES, 2):
        assert differing(images[first], images[second]) >= 40, (first, second)


def test_sizes_know_nothing_of_qt():
    tree = ast.parse(Path(metrics.__file__).read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or node.names[0].name]
    }
    assert imported <= {"__future__", "typing"}


@pytest.mark.parametrize("page", [*PAGES, "controls"])
def test_gallery_paints_each_page(theme, page):
    image = page_image(page, theme)
    assert len(colours(image.scaled(300, 200))) > 20


def test_gallery_writes_files(tmp_path, qapp):
    assert main([str(tmp_path), "--theme", "light", "--page", "icons"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["light-icons.png"]
