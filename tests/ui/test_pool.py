"""The pool as it stands in the story and in free play: two beliefs, differences, the card."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from foviz import Session, ip_to_int
from ui.look import Look
from ui.model.run import RunModel
from ui.model.selection import NOTHING, Selection
from ui.view import pool_paint
from ui.view.pool import PoolView
from ui.view.pool_facts import DARK, HATCHED, cell_form, cell_octet, pool_facts

C1 = ip_to_int("10.0.0.51")
C2 = ip_to_int("10.0.0.241")


@pytest.fixture(scope="module")
def model(qapp) -> RunModel:
    session = Session.open("hot-standby")
    session.finish_story()
    return RunModel(session)


@pytest.fixture
def view(model, qtbot) -> PoolView:
    model.selection = NOTHING
    view = PoolView(model, Look("light"))
    qtbot.addWidget(view)
    view.resize(472, 165)
    return view


def go(model: RunModel, number: int) -> None:
    model.selection = NOTHING
    model.seek_time(next(step.at for step in model.steps() if step.number == number))


def picture(view: PoolView) -> QImage:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view.render_view(painter)
    painter.end()
    return image


def middle(view: PoolView, address: int, slot: int) -> QPointF:
    facts = view.facts()
    assert facts is not None
    cell = view.plan(facts).cell_at(address - facts.first, slot)
    return QPointF(cell.x + cell.w / 2, cell.y + cell.h / 2)


# -- what is known


def test_step_16_the_two_beliefs(model, view):
    go(model, 16)
    facts = view.facts()
    assert facts is not None
    one, two = facts.maps
    assert (one.server.name, one.on, two.server.name, two.on) == ("DHCP1", False, "DHCP2", True)
    assert [one.counts[s] for s in ("FREE", "BACKUP", "ACTIVE")] == [189, 10, 1]
    assert [two.counts[s] for s in ("FREE", "BACKUP", "ACTIVE")] == [189, 9, 2]
    first, reserve = C1 - facts.first, C2 - facts.first
    assert cell_form(one.cells[first]) == ("ACTIVE", "s1", False, True)
    assert cell_form(two.cells[first]) == ("ACTIVE", "s2", True, True)
    assert cell_form(one.cells[reserve]) == ("BACKUP", "s2", False, True)
    assert cell_form(two.cells[reserve]) == ("ACTIVE", "s2", True, True)
    assert cell_form(two.cells[reserve + 1]) == ("BACKUP", "s2", False, False)
    assert cell_form(one.cells[100]) == ("FREE", "s1", False, False)


def test_octets_keep_what_they_hold():
    for status in ("FREE", "ABANDONED"):
        for number in (0, 1, 2):
            octet = cell_octet(status, number, hatched=True) | DARK
            assert cell_form(octet) == (status, ("client", "s1", "s2")[number], True, True)
    assert not cell_octet("RESET", 2) & (HATCHED | DARK)


def test_title_words_name_range_and_reserve(model, view):
    go(model, 16)
    assert view.status_words() == "10.0.0.51–250 · reserve 5\u00a0%: .241–.250"


def test_what_was_computed_ahead_is_not_shown(qapp, qtbot):
    session = Session.open_scenario("hot-standby")
    session.do("start C1")
    session.do("run until C1 bound")
    view = PoolView(RunModel(session), Look("light"))
    qtbot.addWidget(view)
    before = view.facts()
    assert before is not None
    expires = before.maps[0].bindings[C1].expires
    session.look_ahead(30, 20_000)
    after = view.facts()
    assert after is not None
    assert after.maps[0].bindings[C1].expires == expires


# -- what is painted


def test_a_difference_is_outlined_on_both_maps(model, view):
    go(model, 16)
    image = picture(view)
    ink = view.theme.ink.name()
    for slot in (0, 1):
        at = middle(view, C2, slot).toPoint()
        assert image.pixelColor(at.x() - 6, at.y()).name() == ink
        assert image.pixelColor(at.x() - 6 + 50, at.y()).name() != ink


def test_the_selected_address_is_marked_on_both_maps_and_told_in_words(model, view):
    go(model, 16)
    model.select(Selection("address", C2 + 4))
    image = picture(view)
    sel = view.theme.sel.name()
    for slot in (0, 1):
        at = middle(view, C2 + 4, slot).toPoint()
        around = {image.pixelColor(at.x() + dx, at.y()).name() for dx in range(-8, 9)}
        assert sel in around
    model.select(Selection("host", 2))
    assert picture(view) != image


def test_a_picture_depends_on_the_position_alone(model, view):
    go(model, 16)
    first = picture(view)
    go(model, 1)
    other = picture(view)
    go(model, 16)
    assert picture(view) == first
    assert other != first


@pytest.mark.parametrize("theme", ["light", "dark", "projector", "high-contrast"])
@pytest.mark.parametrize(
    ("w", "h"), [(472, 165), (300, 120), (472, 55), (40, 20), (1000, 500), (1500, 700)]
)
def test_every_size_and_theme_can_be_painted(model, qtbot, w, h, theme):
    go(model, 16)
    view = PoolView(model, Look(theme, 1.25))
    qtbot.addWidget(view)
    view.resize(w, h)
    picture(view)


def test_small_cells_show_a_difference_as_a_dark_cell(model, qtbot):
    go(model, 16)
    view = PoolView(model, Look("light"))
    qtbot.addWidget(view)
    view.resize(300, 165)
    image = picture(view)
    at = middle(view, C2, 0).toPoint()
    assert image.pixelColor(at).name() == view.theme.ink.name()


def test_without_stamps_the_same_is_painted(model, view):
    """For SVG and paper the forms are drawn themselves."""
    go(model, 16)
    stamped = picture(view)
    view.look.theme = view.look.theme.variant(stamps=False)
    drawn = picture(view)
    same = sum(
        stamped.pixelColor(x, y) == drawn.pixelColor(x, y)
        for x in range(0, 472, 3)
        for y in range(0, 165, 3)
    )
    assert same >= 0.97 * (158 * 55)


def test_titles_tell_what_was_believed(model, view):
    go(model, 16)
    facts = view.facts()
    assert facts is not None
    one, two = facts.maps
    assert pool_paint.when_words(one, large=False) == "until Tue 14:12"
    assert pool_paint.when_words(one, large=True) == "until it crashed, Tue 14:12:00"
    assert pool_paint.when_words(two, large=False) == "now"
    assert pool_paint.count_words(two) == "free 189 · backup 9 · active 2"


def test_the_key_names_what_occurs_and_nothing_else(model, view):
    def names() -> list[str]:
        facts = view.facts()
        assert facts is not None
        return [name for name, _ in pool_paint.key_entries(facts)]

    go(model, 1)
    assert names() == ["active", "free", "backup", "owner"]
    go(model, 16)
    assert names() == ["active", "free", "backup", "not acked", "beliefs differ", "owner"]


# -- pointing and keys


def test_a_cell_selects_its_address_on_either_map(model, view, qtbot):
    go(model, 16)
    view.show()
    picture(view)
    for slot in (0, 1):
        at = middle(view, C2, slot)
        found = view.hit_at(at)
        assert found is not None
        assert found.selection == Selection("address", C2)
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at.toPoint())
        assert model.selection == Selection("address", C2)
        assert model.session.reader.names[model.focus.client] == "C2"
        model.select(NOTHING)
    assert view.hit_at(QPointF(250, 80)) is None


def test_cells_cost_no_hits(model, view):
    go(model, 16)
    picture(view)
    assert len(view.hits) == 2
    assert {hit.selection for hit in view.hits} == {Selection("host", 0), Selection("host", 1)}


def test_the_keyboard_walks_by_rows_and_addresses_and_selects(model, view, qtbot):
    go(model, 16)
    view.show()
    view.setFocus()
    picture(view)
    qtbot.keyClick(view, Qt.Key.Key_Down)  # stands at the focused address first
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert model.selection == Selection("address", C1 + 21)
    assert "10.0.0.72" in view.accessibleDescription()
    assert "a new client: nobody, while DHCP1 is away" in view.accessibleDescription()
    for _ in range(30):
        qtbot.keyClick(view, Qt.Key.Key_Up)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert model.selection == Selection("address", C1 + 1)


# -- who may give it now?


def test_the_card_of_the_picture(model, view):
    go(model, 16)
    facts = view.facts()
    assert facts is not None
    card = view.card_text(C2 - facts.first, 1)
    assert card is not None
    assert card.words().splitlines() == [
        "10.0.0.241, who may give it now?",
        "DHCP1: off; thinks it is BACKUP",
        "DHCP2: to C2 only, at most 1\u00a0h",
        "a new client: nobody, while DHCP1 is away",
        "C2, until Mon 10:12:03; update queued, not sent",
    ]


def test_the_card_opens_with_the_tooltip_and_closes(model, qtbot):
    go(model, 16)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 400)
    view = PoolView(model, Look("light"), window)
    view.setGeometry(200, 220, 472, 165)
    window.show()
    QApplication.processEvents()
    at = middle(view, C2, 1).toPoint()
    asked = QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at))
    assert view.event(asked)
    card = view._card
    assert card is not None
    assert card.text is not None
    assert card.text.address == "10.0.0.241"
    assert window.rect().contains(card.geometry())
    go(model, 18)
    assert card.text.giving.servers[0][2] == "to C2 only, at most 8\u00a0d"
    qtbot.mouseMove(view, middle(view, C1, 0).toPoint())
    assert card.text is not None
    assert card.text.address == "10.0.0.51"
    qtbot.mouseMove(view, QPoint(250, 80))
    assert card.text is None
    assert card.isHidden()


def test_in_partner_down_the_card_says_from_when(qapp, qtbot):
    session = Session.open_scenario("hot-standby")
    for line in ("crash DHCP1", "run 5m", "partner-down DHCP2"):
        session.do(line)
    view = PoolView(RunModel(session), Look("light"))
    qtbot.addWidget(view)
    card = view.card_text(100, 1)
    assert card is not None
    assert card.giving.servers[1][2] == "to nobody before Mon 10:05"
    assert card.giving.new_client == "DHCP2, from Mon 10:05 on (PARTNER-DOWN + MCLT)"
    session.do("run 61m")
    card = view.card_text(100, 1)
    assert card is not None
    assert card.giving.new_client == "DHCP2 only"


@pytest.mark.parametrize(
    ("lines", "status", "giver"),
    [
        ((), "FREE", "DHCP1"),
        (("cut DHCP1-DHCP2", "cut LAN-DHCP1", "run 5m"), "BACKUP", "DHCP2"),
        (("crash DHCP1", "run 5m"), "BACKUP", "DHCP2"),
        (("crash DHCP2", "run 5m"), "FREE", "DHCP1"),
    ],
)
def test_the_card_agrees_with_what_the_servers_do(qapp, qtbot, lines, status, giver):
    """A new client gets its address from where the card lets it hope, and from nowhere else."""
    session = Session.open_scenario("hot-standby")
    for line in lines:
        session.do(line)
    view = PoolView(RunModel(session), Look("light"))
    qtbot.addWidget(view)
    facts = view.facts()
    assert facts is not None
    texts = {
        cell_form(facts.maps[1].cells[place])[0]: view.card_text(place, 1) for place in (5, 195)
    }
    session.do("start C1")
    session.do("run until C1 bound")
    after = pool_facts(session.snapshot())
    assert after is not None
    (address,) = {
        each.address
        for known in after.maps
        if known.on
        for each in known.bindings.values()
        if each.granter == giver
    }
    assert cell_form(facts.maps[1].cells[address - facts.first])[0] == status
    text = texts[status]
    assert text is not None
    assert text.giving.new_client == f"{giver} only"


# -- the table twin


def test_the_table_twin_folds_what_is_alike(model, view):
    go(model, 16)
    rows = view.table()
    assert rows[0] == ["addresses", "DHCP1", "DHCP2", "a new client may get it from", "beliefs"]
    assert [row[0] for row in rows[1:]] == [
        "10.0.0.51",
        "10.0.0.52–10.0.0.240",
        "10.0.0.241",
        "10.0.0.242–10.0.0.250",
    ]
    assert rows[3][1:] == [
        "BACKUP, DHCP2’s",
        "ACTIVE, C2, until Mon 10:12, not acknowledged",
        "nobody, while DHCP1 is away",
        "differ",
    ]


def test_many_clients_and_bars(qapp, qtbot):
    session = Session.open_scenario("hot-standby")
    session.do("start 60 clients over 30s")
    session.do("run 2m")
    view = PoolView(RunModel(session), Look("light"))
    qtbot.addWidget(view)
    view.resize(200, 60)
    facts = view.facts()
    assert facts is not None
    assert view.plan(facts).pitch == 0
    picture(view)
    parts = pool_paint.bar_parts(facts.maps[0])
    assert parts == [("ACTIVE", "s1", 60), ("FREE", "s1", 130), ("BACKUP", "s2", 10)]
    assert any("60 ACTIVE" in hit.words for hit in view.hits)
