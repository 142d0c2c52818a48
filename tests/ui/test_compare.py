"""The tab Compare, names of branches, bookmarks and spans in the window."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QInputDialog

from foviz import MINUTE, STORY_START, US, Session
from ui.dialog.span import SpanDialog
from ui.layout.compare import compare_columns, compare_lines, default_pair, shown_course
from ui.layout.timeline import timeline_rows
from ui.look import Look
from ui.model.run import RunModel
from ui.model.selection import Selection
from ui.panel.compare import ComparePanel
from ui.view.timeline import TimelineView
from ui.view.timeline_menus import menu_of
from ui.window import MainWindow

T0 = STORY_START


@pytest.fixture
def model(qapp):
    session = Session.open_scenario("hot-standby")
    for line in ("start C1", "run 60s"):
        session.do(line)
    session.seek_time(T0 + 4 * US)
    for line in ("crash DHCP1", "run 40s"):
        session.do(line)
    return RunModel(session)


@pytest.fixture
def window(qtbot, model):
    found = MainWindow(model.session, "light", 1.0, remember=False)
    qtbot.addWidget(found)
    found.resize(1280, 800)
    found.show()
    qtbot.waitExposed(found)
    yield found
    found.playback.stop_timer()


def timeline(qtbot, model, h=160):
    view = TimelineView(model, Look("light", 1.0))
    qtbot.addWidget(view)
    view.resize(900, h)
    view.show()
    paint(view)
    return view


def paint(view):
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view.render_view(painter)
    painter.end()


def entries(menu):
    return {entry.text(): entry for entry in menu.actions() if entry.text()}


# -- numbers


def test_columns_never_overlap_and_lines_follow_one_another():
    for scale in (0.8, 1.0, 2.0):
        for w in range(round(300 * scale), 1600, 37):
            found = compare_columns(w, scale)
            assert found.mark < found.label < found.label + found.label_w < found.a
            assert found.a + found.side_w < found.b
            assert found.b + found.side_w <= w
    lines, height = compare_lines(["names", "head", "first", "course", "fact", "note"], 1.25)
    assert all(one.y + one.h == other.y for one, other in pairwise(lines))
    assert lines[-1].y + lines[-1].h < height


def test_the_present_branch_is_compared_with_its_parent_or_its_latest_child():
    branches = [("A", ""), ("B", "A"), ("C", "B"), ("D", "A")]
    assert default_pair(branches, "C", "A") == ("B", "C")
    assert default_pair(branches, "A", "A") == ("A", "D")
    assert default_pair([("A", "")], "A", "A") is None


def test_the_lines_that_differ_are_among_those_shown():
    for count in range(60):
        for last in range(count):
            differing = [place <= last for place in range(count)]
            shown = shown_course(count, differing, False)
            assert last in shown
            assert shown.start >= 0
            assert shown.stop <= count
            assert len(shown) == min(count, 10)


def test_bookmarks_get_a_row_only_when_there_are_some():
    assert timeline_rows(130, 2, 2).bookmarks is None
    for h in range(70, 300):
        rows = timeline_rows(h, 2, 2, bookmarks=True)
        if rows.bookmarks is not None:
            assert rows.steps.bottom <= rows.bookmarks.y
            assert rows.bookmarks.bottom <= rows.bands[0].y
    assert timeline_rows(130, 2, 2, bookmarks=True).bookmarks is not None


# -- the view


def test_the_tab_tells_where_two_branches_part_and_goes_there(qtbot, model):
    panel = ComparePanel(model, Look("light", 1.0))
    qtbot.addWidget(panel)
    panel.resize(800, 500)
    panel.show()
    assert [side.currentData() for side in panel.sides] == ["A", "B"]
    rows = panel.table()
    assert rows[0] == ["differs", "what", "A run", "B crash DHCP1"]
    assert any(row[0] == "≠" and row[1] == "DHCP1" and "off" in row[3] for row in rows)
    assert "differ" in panel.status_words()
    view = panel.view
    paint(view)
    hit = next(hit for hit in view.hits if "crash DHCP1" in hit.words and hit.deed is not None)
    hit.deed()
    assert model.session.branch.name == "B"
    assert model.playhead == T0 + 4 * US
    assert model.selection == Selection("record", view.comparison().first.record)
    assert view.minimumHeight() > 100


def test_the_same_is_said_in_words(qtbot, model):
    panel = ComparePanel(model, Look("light", 1.0))
    qtbot.addWidget(panel)
    panel.show()
    panel.choose("B", "B")
    assert panel.status_words() == "the same up to here"
    words = " ".join(cell for row in panel.table() for cell in row)
    assert "both went the same way" in words
    assert "≠" not in words
    panel.choose("A", "B")
    model.seek_time(T0 + 2 * US)
    assert panel.status_words() == "the same up to here"


def test_one_branch_alone_says_how_to_get_another(qtbot, qapp):
    panel = ComparePanel(RunModel(Session.open_scenario("hot-standby")), Look("light", 1.0))
    qtbot.addWidget(panel)
    panel.show()
    paint(panel.view)
    assert panel.bar.isHidden()
    assert panel.view.hits[0].words.startswith("There is one branch only.")


def test_the_tab_stands_beside_the_messages_and_comes_to_the_front(window):
    dock = window.docks["messages"]
    window.actions_["compare"].trigger()
    assert dock.stack.currentWidget() is window.views["compare"]
    dock.show_view("messages")
    window.model.switch("A")
    menu = menu_of(window.views["timeline"], window.model, Selection("branch", "B"))
    entries(menu)["Compare with A"].trigger()
    assert dock.stack.currentWidget() is window.views["compare"]
    assert window.views["compare"].view.pair() == ("B", "A")


def test_actions_say_why_they_are_impossible(window):
    actions = window.actions_
    assert not actions["next-bookmark"].isEnabled()
    assert "no bookmark that way" in actions["next-bookmark"].toolTip()
    assert actions["compare"].isEnabled()


# -- names


def test_a_branch_is_renamed_and_deleted_by_its_menu(qtbot, model, monkeypatch):
    view = timeline(qtbot, model)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("night shift", True))
    entries(menu_of(view, model, Selection("branch", "B")))["Rename …"].trigger()
    paint(view)
    assert any("B night shift" in hit.words for hit in view.hits)
    menu = menu_of(view, model, Selection("branch", "B"))
    assert not entries(menu)["Delete – you are on it"].isEnabled()
    model.switch("A")
    entries(menu_of(view, model, Selection("branch", "B")))["Delete"].trigger()
    paint(view)
    assert [branch.name for branch in model.session.branches()] == ["A"]


# -- bookmarks


def test_bookmarks_are_shown_gone_to_renamed_and_removed(window, monkeypatch):
    model, actions = window.model, window.actions_
    notes = iter([("early", True), ("late", True), ("", False), ("first", True)])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: next(notes))
    model.seek_time(T0 + 10 * US)
    actions["bookmark"].trigger()
    model.seek_time(T0 + 30 * US)
    actions["bookmark"].trigger()
    model.seek_time(T0 + 20 * US)
    actions["bookmark"].trigger()  # not taken
    assert [mark.note for mark in model.session.bookmarks()] == ["early", "late"]
    actions["next-bookmark"].trigger()
    assert model.playhead == T0 + 30 * US
    actions["previous-bookmark"].trigger()
    assert model.playhead == T0 + 10 * US
    view = window.views["timeline"]
    paint(view)
    number = model.session.bookmarks()[0].number
    assert any(hit.selection.kind == "bookmark" for hit in view.hits)
    assert ["bookmark", "early"] in [row[1:3] for row in view.table()]
    entries(menu_of(view, model, Selection("bookmark", number)))["Rename …"].trigger()
    assert 'bookmark "first"' in model.session.lab_lines()
    entries(menu_of(view, model, Selection("bookmark", number)))["Remove"].trigger()
    assert [mark.note for mark in model.session.bookmarks()] == ["late"]
    model.undo()
    model.redo()
    model.seek_time(T0 + 35 * US)
    assert [mark.note for mark in model.session.bookmarks()] == ["late"]


# -- a fault over a span


def test_a_drag_with_shift_asks_and_the_fault_is_one_step(qtbot, model):
    view = timeline(qtbot, model)
    session = model.session
    y = 60
    shift = Qt.KeyboardModifier.ShiftModifier
    before = session.position
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, shift, QPoint(180, y))
    qtbot.mouseMove(view, QPoint(260, y))
    paint(view)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, shift, QPoint(260, y))
    assert session.position == before, "a span does not move the playhead"
    assert not view.axis_model.held
    (dialog,) = view.findChildren(SpanDialog)
    dialog.start.setText("Mon 1 Jan 09:00:03")
    dialog.end.setText("09:05:03")
    dialog.what.setCurrentIndex(0)
    dialog.take()
    assert session.branch.name == "C"
    assert session.playhead == T0 + 3 * US + 5 * MINUTE
    lines = session.lab_lines()
    assert "cut DHCP1-DHCP2\n" in lines
    assert lines.rstrip().endswith("heal DHCP1-DHCP2")
    model.undo()
    assert session.branch.name in ("A", "B")
    assert session.playhead == T0 + 3 * US
    model.redo()
    assert session.playhead == T0 + 3 * US + 5 * MINUTE


def test_what_is_wrong_with_a_span_is_said_in_the_dialog(qtbot, model):
    view = timeline(qtbot, model)
    dialog = SpanDialog(model, T0 + 3 * US, 0, view)
    qtbot.addWidget(dialog)
    count = len(model.session.branches())
    dialog.end.setText("soon")
    dialog.take()
    assert "soon" in dialog.words.text()
    assert len(model.session.branches()) == count
