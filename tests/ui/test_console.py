"""The console: lines are typed, completed, carried out, answered, and brought back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication

from foviz import Session
from ui.model.lab_line import MOST_KEPT, Completer, History
from ui.window import MainWindow


@pytest.fixture
def console(qtbot):
    session = Session.open("hot-standby")
    session.finish_story()
    window = MainWindow(session, "light", 1.0, remember=False)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    window.model.seek_time(window.model.steps()[3].at)
    window.docks["leases"].show_view("console")
    QApplication.processEvents()
    return window.views["console"]


def type_line(qtbot, console, line: str) -> None:
    console.field.setFocus()
    qtbot.keyClicks(console.field, line)
    qtbot.keyClick(console.field, Qt.Key.Key_Return)


def shown(console) -> list[str]:
    return console.output.toPlainText().splitlines()


def test_an_empty_console_says_what_to_type(console):
    assert "show leases" in console.output.toPlainText()


def test_a_question_is_answered(console, qtbot):
    type_line(qtbot, console, "show states")
    lines = shown(console)
    assert lines[0].startswith("> show states   Mon 1 ")
    assert lines[1].startswith("  DHCP1  NORMAL since")
    assert console.field.text() == ""


def test_a_deed_at_a_past_moment_makes_a_branch(console, qtbot):
    at = console.model.playhead
    type_line(qtbot, console, "crash DHCP1")
    session = console.model.session
    assert session.branch.name == "B"
    assert session.playhead == at
    assert shown(console)[-1] == "  this makes branch B"
    assert not console.model.snapshot.servers[0].powered


def test_a_wrong_word_is_marked_under_its_column(console, qtbot):
    position = console.model.session.position
    type_line(qtbot, console, "crash DHCP9")
    line, mistake = shown(console)[-2:]
    assert mistake.index("^") == line.index("DHCP9")
    assert "no host is called" in mistake
    assert console.model.session.position == position


def test_an_impossible_deed_says_why(console, qtbot):
    type_line(qtbot, console, "start DHCP1")
    assert "can't start DHCP1" in shown(console)[-1]
    assert "^" not in shown(console)[-1]


def test_expectations_say_ok_or_why_not(console, qtbot):
    type_line(qtbot, console, "expect DHCP1 in NORMAL")
    assert shown(console)[-1] == "  ok: holds"
    type_line(qtbot, console, "expect DHCP1 off")
    assert "not so: DHCP1 off" in shown(console)[-1]


def test_what_is_done_elsewhere_is_shown_as_its_line(console, qtbot):
    console.model.do("crash DHCP1")
    assert shown(console)[0].startswith("» crash DHCP1")
    assert console.history.lines == []
    type_line(qtbot, console, "show states")
    assert sum("show states" in line for line in shown(console)) == 1


def test_up_and_down_bring_lines_back_and_keep_what_was_begun(console, qtbot):
    for line in ("show states", "show leases", "show leases"):
        type_line(qtbot, console, line)
    qtbot.keyClicks(console.field, "cra")
    qtbot.keyClick(console.field, Qt.Key.Key_Up)
    assert console.field.text() == "show leases"
    qtbot.keyClick(console.field, Qt.Key.Key_Up)
    qtbot.keyClick(console.field, Qt.Key.Key_Up)
    assert console.field.text() == "show states"
    qtbot.keyClick(console.field, Qt.Key.Key_Down)
    qtbot.keyClick(console.field, Qt.Key.Key_Down)
    assert console.field.text() == "cra"


def test_tab_completes_and_the_hint_says_what_can_come_next(console, qtbot):
    qtbot.keyClicks(console.field, "cra")
    assert console.hint.toolTip() == "crash"
    qtbot.keyClick(console.field, Qt.Key.Key_Tab)
    assert console.field.text() == "crash "
    qtbot.keyClick(console.field, Qt.Key.Key_Tab)
    assert console.field.text() == "crash DHCP1"
    qtbot.keyClick(console.field, Qt.Key.Key_Tab)
    assert console.field.text() == "crash DHCP2"
    qtbot.keyClick(console.field, Qt.Key.Key_Backtab)
    assert console.field.text() == "crash DHCP1"


def test_a_tab_in_an_empty_field_moves_the_focus_on(console, qtbot):
    console.field.setFocus()
    qtbot.keyClick(console.field, Qt.Key.Key_Tab)
    assert not console.field.hasFocus()


def test_what_all_candidates_share_is_completed_first():
    session = Session.open_scenario("hot-standby")
    assert Completer().next(session, "crash D") == "crash DHCP"
    assert Completer().next(session, "crash X") == "crash X"


def test_the_console_of_another_run_is_empty(console, qtbot):
    type_line(qtbot, console, "show states")
    console.model.open(Session.open_scenario("two-sites"))
    assert "NORMAL" not in console.output.toPlainText()


def test_another_theme_keeps_the_lines(console, qtbot):
    type_line(qtbot, console, "show states")
    before = console.output.toPlainText()
    console.look.use("dark")
    assert console.output.toPlainText() == before


def test_the_history_is_kept_over_sessions(tmp_path):
    path = str(tmp_path / "kept.ini")
    first = History()
    first.remember(QSettings(path, QSettings.Format.IniFormat))
    first.add("show leases")
    second = History()
    second.remember(QSettings(path, QSettings.Format.IniFormat))
    assert second.lines == ["show leases"]
    assert second.go(-1, "") == "show leases"
    for number in range(MOST_KEPT + 5):
        second.add(f"run {number}s")
    assert len(second.lines) == MOST_KEPT
