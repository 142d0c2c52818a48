"""The whole window, driven as a person does: clicks and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu

from foviz import Kind, Session
from ui.model.selection import Selection
from ui.window import MainWindow


@pytest.fixture
def window(qtbot):
    session = Session.open("hot-standby")
    session.finish_story()
    window = MainWindow(session, "light", 1.0, remember=False)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    QApplication.processEvents()
    return window


def at_step(window: MainWindow, number: int) -> None:
    window.model.seek_time(window.model.steps()[number - 1].at)
    QApplication.processEvents()


def click(view, qtbot, words: str) -> QPoint:
    """Click on what a painted view shows with some words."""
    view.grab()
    area = next(hit.area for hit in view.hits if words in hit.words)
    point = area.center().toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)
    return point


def menu_of_click(view, qtbot, monkeypatch, words: str) -> QMenu:
    """Click on something that opens a menu, and return the menu instead of waiting for it."""
    shown: list[QMenu] = []
    monkeypatch.setattr(QMenu, "exec", lambda menu, *_: shown.append(menu))
    monkeypatch.setattr(QMenu, "popup", lambda menu, *_: shown.append(menu))
    click(view, qtbot, words)
    assert shown, f"a click on “{words}” opened no menu"
    return shown[-1]


@pytest.mark.parametrize("step", [1, 4, 10, 12, 16, 21])
def test_crashing_dhcp1_by_click_forks_at_any_moment(window, qtbot, monkeypatch, step):
    at_step(window, step)
    session = window.model.session
    told = session.branch.trace
    length = len(told)
    alive = window.model.snapshot.servers[0].powered
    if not alive:
        window.model.do("start DHCP1")
        names = [branch.name for branch in session.branches()]
        assert names == ["A", "B"]
    menu = menu_of_click(window.views["stage"], qtbot, monkeypatch, "DHCP1  10.0.0.1")
    crash = next(action for action in menu.actions() if action.data() == "crash DHCP1")
    crash.trigger()
    names = [branch.name for branch in session.branches()]
    assert names == ["A", "B"]
    assert not window.model.snapshot.servers[0].powered
    window.views["timeline"].grab()
    shown = " ".join(hit.words for hit in window.views["timeline"].hits)
    assert "A" in shown
    assert "B" in shown
    assert len(told) == length, "the old branch is kept whole"
    session.return_to_story()
    assert session.on_story


def test_a_click_on_the_unanswered_broadcast_says_why(window, qtbot):
    at_step(window, 2)
    click(window.views["messages"], qtbot, "DHCP2 leaves C1 unanswered")
    selected = window.model.focus.record
    session = window.model.session
    assert session.record(selected).kind is Kind.DECISION
    why = session.why(selected)
    text = " ".join((why.question, why.rule, why.source, *map(str, why.facts)))
    for word in ("hot standby", "standby", "NORMAL"):
        assert word in text
    assert len(why.chain) >= 2


def test_keys_play_step_and_go_back(window, qtbot):
    at_step(window, 4)
    model = window.model
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    assert model.present_step().number == 5
    qtbot.keyClick(window, Qt.Key.Key_PageUp)
    assert model.present_step().number == 4
    before = model.session.position
    qtbot.keyClick(window, Qt.Key.Key_Right)
    assert model.session.cursor == before.cursor + 1
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert model.session.cursor == before.cursor
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.playback.playing
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert not window.playback.playing


def test_what_is_selected_is_selected_everywhere(window):
    at_step(window, 16)
    plain = {name: window.views[name].grab().toImage() for name in ("pool", "stage", "messages")}
    client = window.model.session.reader.names.index("C2")
    window.model.select(Selection("host", client))
    QApplication.processEvents()
    for name, image in plain.items():
        assert window.views[name].grab().toImage() != image, f"{name} shows nothing of it"


def test_every_theme_paints_the_whole_window(window):
    at_step(window, 16)
    seen = []
    for theme in ("light", "dark", "projector", "high-contrast"):
        window.look.use(theme)
        QApplication.processEvents()
        image = window.grab().toImage()
        assert image not in seen
        seen.append(image)


def test_every_action_can_be_reached_and_has_its_own_keys(window):
    taken: dict[str, str] = {}
    for name, action in window.actions_.by_id.items():
        assert action.text()
        for key in action.shortcuts():
            text = key.toString(QKeySequence.SequenceFormat.PortableText)
            assert text not in taken, f"{name} and {taken.get(text)} share {text}"
            taken[text] = name


@pytest.mark.parametrize("size", [(1280, 800), (1440, 900), (1920, 1080), (1000, 640), (900, 560)])
def test_views_fill_the_window_without_overlap(window, size):
    window.resize(*size)
    QApplication.processEvents()
    plan = window.frame.plan
    rects = [rect for name, rect in plan.docks.items()]
    for place, one in enumerate(rects):
        for other in rects[place + 1 :]:
            apart = (
                one.right <= other.x
                or other.right <= one.x
                or one.bottom <= other.y
                or other.bottom <= one.y
            )
            assert apart, (one, other)
    assert max(rect.right for rect in rects) == window.width()
    assert max(rect.bottom for rect in rects) == window.height()


def test_a_title_alone_is_not_a_tab_to_choose(window):
    assert window.docks["stage"].tabs.property("role") == "title"
    assert window.docks["lesson"].tabs.property("role") == "tabs"


def test_the_icon_of_the_dark_button_is_not_in_the_menu(window):
    assert not window.actions_["play"].isIconVisibleInMenu()
