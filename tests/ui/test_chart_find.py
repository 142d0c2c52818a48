"""Finding in the chart: by what, forth and back, while a run goes on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from foviz import MESSAGES, RowKind, Session
from ui.model.find import Finder
from ui.model.run import RunModel
from ui.window import MainWindow


@pytest.fixture(scope="module")
def story():
    session = Session.open("hot-standby")
    session.finish_story()
    return session


def found(model: RunModel, query: str) -> list[int]:
    finder = Finder(model)
    finder.ask(query)
    finder.sync()
    while not finder.read(7):
        pass
    return finder.matches


@pytest.mark.parametrize(
    ("query", "held"),
    [
        ("bndupd", "BNDUPD"),
        ("Decline", None),
        ("10.0.0.241", ".241"),
        ("dhcp2 standby silent", "DHCP2"),
        ("COMMUNICATION-INTERRUPTED", "COMMUNICATION-INTERRUPTED"),
        ("crash", "crash"),
    ],
)
def test_rows_are_found_by_what_they_tell(story, query, held):
    model = RunModel(story)
    matches = found(model, query)
    if held is None:
        assert matches == []
        return
    assert matches == sorted(set(matches))
    assert matches
    assert all(model.digest.has(record) for record in matches)
    told = [story.sentence(record) for record in matches]
    assert any(held.lower() in words.lower() for words in told), told


def test_a_rule_is_found_by_its_id_and_by_its_words(story):
    model = RunModel(story)
    rows = [model.digest.row(place) for place in range(model.first_row, len(model.digest))]
    ends = [
        (row.record, end.detail)
        for row in rows
        if row.kind in MESSAGES
        for end in model.digest.ends(row.record)
        if end.what == "ignored"
    ]
    assert ends
    for record, rule in ends:
        assert record in found(model, rule)


def test_all_words_must_be_there(story):
    model = RunModel(story)
    both = set(found(model, "C2 ACK"))
    assert both == set(found(model, "c2")) & set(found(model, "ack"))
    assert both < set(found(model, "ack"))


def test_free_play_finds_nothing_that_was_not_seen(qapp):
    session = Session.open_scenario("hot-standby")
    model = RunModel(session)
    session.do("start C1")
    session.do("run 10s")
    finder = Finder(model)
    finder.ask("dhcp")
    finder.sync()
    finder.read(10_000)
    before = list(finder.matches)
    assert before
    session.look_ahead(40, 50_000)
    finder.sync()
    finder.read(10_000)
    assert finder.matches == before
    session.do("run 1h")
    session.do("crash DHCP1")
    finder.sync()
    assert not finder.done
    finder.read(10_000)
    assert finder.matches == found(model, "dhcp")
    assert len(finder.matches) > len(before)


def test_another_branch_is_searched_from_scratch(qapp):
    session = Session.open_scenario("hot-standby")
    for line in ("start C1", "run 10s", "crash DHCP1", "run 5m"):
        session.do(line)
    model = RunModel(session)
    finder = Finder(model)
    finder.ask("crash")
    finder.sync()
    finder.read(10_000)
    assert len(finder.matches) == 1
    session.undo()
    session.do("stop service DHCP2")
    finder.sync()
    finder.read(10_000)
    assert finder.matches == found(model, "crash")


# -- the bar


@pytest.fixture
def window(story, qtbot):
    window = MainWindow(story, "light", 1.0, remember=False)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.model.seek_time(window.model.steps()[0].at)
    QApplication.processEvents()
    return window


def type_in(window: MainWindow, qtbot, text: str):
    bar = window.views["messages"].find_bar
    qtbot.keyClick(window.views["messages"], Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert bar.isVisible()
    qtbot.keyClicks(bar.field, text)
    qtbot.waitUntil(lambda: bar.finder.done)
    return bar


def test_enter_and_f3_go_on_and_round(window, qtbot):
    bar = type_in(window, qtbot, "bndupd")
    matches, model = bar.finder.matches, window.model
    assert bar.words.text() == f"{len(matches)} found"
    before = [record for record in matches if record <= model.focus.record]
    seen = []
    for _ in matches:
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
        seen.append(model.focus.record)
        assert model.session.record_count > model.focus.record
    assert seen == [*matches[len(before) :], *before]
    number = matches.index(seen[-1]) + 1
    assert bar.words.text() == f"{number} of {len(matches)}"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert model.focus.record == seen[-2]
    qtbot.keyClick(bar.field, Qt.Key.Key_F3)
    assert model.focus.record == seen[-1]
    qtbot.keyClick(bar.field, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert model.focus.record == seen[-2]


def test_what_was_found_stands_in_the_chart(window, qtbot):
    bar = type_in(window, qtbot, "10.0.0.241")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    scene = window.views["messages"].scene()
    assert scene.record == window.model.focus.record
    assert any(scene.record in row.item.records for row in scene.layout.rows)


def test_nothing_found_is_said_and_escape_closes(window, qtbot):
    bar = type_in(window, qtbot, "quux")
    assert bar.words.text() == "nothing found for “quux”"
    position = window.model.session.position
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert window.model.session.position == position
    window.model.measure()
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert window.model.measured is not None, "the first Escape closes the bar alone"
    window.model.measure()
    assert window.views["messages"].hasFocus()


def test_the_bar_stays_inside_and_spaces_can_be_typed(window, qtbot):
    bar = type_in(window, qtbot, "c1 request")
    assert bar.field.text() == "c1 request"
    assert bar.finder.matches
    for size in ((1100, 700), (1920, 1080)):
        window.resize(*size)
        QApplication.processEvents()
        chart = window.views["messages"]
        assert chart.rect().contains(bar.geometry())
        assert chart.scene().layout.foot < bar.geometry().top(), "it covers no row"
    foot = bar.geometry().top()
    bar.close_bar()
    assert chart.scene().layout.foot > 0
    assert chart.room_below() == 0
    assert foot < chart.height()


def test_protocols_can_be_left_out(window, qtbot):
    bar = type_in(window, qtbot, "dhcp2")
    every = list(bar.finder.matches)
    dhcp, failover = bar.kinds.values()
    failover.click()
    qtbot.waitUntil(lambda: bar.finder.done)
    digest = window.model.digest
    kinds = {digest.row(digest.place_of(record)).kind for record in bar.finder.matches}
    assert RowKind.DHCP in kinds
    assert not kinds & {RowKind.FAILOVER, RowKind.CONNECT}
    dhcp.click()
    qtbot.waitUntil(lambda: bar.finder.done)
    kinds = {digest.row(digest.place_of(record)).kind for record in bar.finder.matches}
    assert kinds
    assert not kinds & set(MESSAGES)
    window.views["messages"].resize(300, 200)
    qtbot.waitUntil(lambda: bar.finder.done)
    assert bar.finder.matches == every, "what can't be seen leaves nothing out"


def test_the_palette_keeps_its_own_keys(window, qtbot):
    keys = [key.toString() for key in window.actions_["palette"].shortcuts()]
    assert keys == ["Ctrl+Shift+P"]
    assert [key.toString() for key in window.actions_["find"].shortcuts()] == ["Ctrl+F"]
