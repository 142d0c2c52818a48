"""Layouts, what is remembered, the tour and the shortcuts, in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from foviz import Session
from ui import app, picture
from ui.dialog.shortcuts import ShortcutDialog
from ui.layout.modes import FIRST, MODES
from ui.memory import Memory
from ui.model.lesson import question_view
from ui.window import MainWindow


@pytest.fixture
def settings(tmp_path, qapp):
    """Settings of this test alone: the user's own are not touched."""
    old = QSettings.defaultFormat()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    qapp.setApplicationName("Foviz")
    qapp.setOrganizationName("Foviz")
    yield QSettings()
    QSettings.setDefaultFormat(old)


def shown(qtbot, session: Session | None = None, *, remember: bool = False) -> MainWindow:
    window = MainWindow(session or Session.open("hot-standby"), remember=remember)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    QApplication.processEvents()
    return window


@pytest.fixture
def window(qtbot):
    session = Session.open("hot-standby")
    session.finish_story()
    return shown(qtbot, session)


def at_step(window: MainWindow, number: int) -> None:
    window.model.seek_time(window.model.steps()[number - 1].at)
    QApplication.processEvents()


# -- layouts


def test_keys_switch_the_layout_and_the_transport_shows_it(window, qtbot):
    for place, mode in enumerate(MODES, 1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + place), Qt.KeyboardModifier.ControlModifier)
        assert window.modes.name == mode
        buttons = window.transport.layouts.items()
        assert [name for name, button in buttons if button.isChecked()] == [mode]
        assert window.actions_[f"layout-{mode}"].isChecked()


def test_a_click_on_the_present_layout_leaves_it_chosen(window, qtbot):
    button = window.transport.layouts["learn"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked()
    assert window.modes.name == "learn"


@pytest.mark.parametrize("size", [(1440, 900), (1280, 800), (900, 580)])
def test_views_and_their_controls_come_back_from_every_layout(window, size):
    window.resize(*size)
    QApplication.processEvents()

    def what() -> dict[str, tuple[bool, bool]]:
        found = {}
        for name, view in window.views.items():
            controls = window.controls[name]
            found[name] = (view.isVisible(), all(each.isVisible() for each in controls))
        return found

    first = what()
    assert first["stage"] == first["messages"] == (True, True)
    for mode in ("explore", "lecture", "debug", "explore"):
        window.modes.use(mode)
        QApplication.processEvents()
        assert window.views["messages"].isVisible()
        window.modes.use("learn")
        QApplication.processEvents()
        assert what() == first, mode


def test_a_dock_that_was_empty_meanwhile_gets_its_view_back(window):
    window.resize(900, 580)
    QApplication.processEvents()
    window.resize(1440, 900)
    QApplication.processEvents()
    assert window.views["leases"].isVisible()
    assert window.views["pool"].isVisible()


def test_each_layout_has_sizes_of_its_own_and_a_reset_touches_one(window):
    window.frame.drag(window.frame.plan.handles[0], -30)
    learn = window.frame.sizes
    assert learn != FIRST["learn"]
    window.modes.use("debug")
    window.frame.drag(window.frame.plan.handles[0], -30)
    assert window.frame.sizes != FIRST["debug"]
    window.actions_["reset-layout"].trigger()
    assert window.frame.sizes == FIRST["debug"]
    window.modes.use("learn")
    assert window.frame.sizes == learn


def test_debug_shows_every_message_and_gives_the_scale_back(window):
    chart = window.views["messages"]
    window.modes.use("debug")
    assert chart.scale == "events"
    window.modes.use("explore")
    assert chart.scale == "story"


def test_lecture_grows_the_views_for_the_back_row_and_nothing_else(window):
    window.resize(1920, 1080)
    QApplication.processEvents()
    window.modes.use("lecture")
    QApplication.processEvents()
    assert window.views["stage"].theme.font_px(10) == 24
    assert window.views["stage"].theme.stroke >= 2
    assert window.look.font_scale == 1.0
    assert not window.transport.isVisible()
    window.modes.use("learn")
    QApplication.processEvents()
    assert window.views["stage"].theme is window.look.theme
    assert window.transport.isVisible()


def test_in_lecture_a_letter_answers_and_the_reveal_marks_what_happened(window, qtbot):
    window.modes.use("lecture")
    at_step(window, 15)
    question = question_view(window.model)
    assert not question.revealed
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert question_view(window.model).answers[1][1]
    at_step(window, 16)
    caption = window.modes.caption
    caption.grab()
    told = [hit.words for hit in caption.hits]
    assert any("it happened" in words and "your answer" in words for words in told)
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert question_view(window.model).answers[1][1], "nobody changes it when all is known"


def test_the_pointer_brings_the_controls_of_lecture(window, qtbot):
    window.modes.use("lecture")
    QApplication.processEvents()
    window.modes.head.entered.emit()
    assert window.transport.isVisible()
    window.model.failed.emit("that can't be")
    assert window.status.isVisible()
    window.modes.use("learn")
    assert window.frame.docks["status"].y() > 800


def test_free_play_opens_in_explore_and_a_lesson_in_learn(window):
    window.model.open(Session.open_scenario("hot-standby"))
    assert window.modes.name == "explore"
    window.model.open(Session.open("hot-standby"))
    assert window.modes.name == "learn"
    window.modes.use("debug")
    window.model.open(Session.open_scenario("hot-standby"))
    assert window.modes.name == "debug", "what somebody chose for octets stays"


def test_pictures_choose_their_layout(qapp, qtbot, tmp_path):
    window = picture.window_at("hot-standby", "12", "dark", 1.0, "lecture")
    qtbot.addWidget(window)
    window.resize(1280, 800)
    picture.save(window, tmp_path / "out.png")
    assert window.modes.name == "lecture"
    assert window.tour is None


def test_between_questions_the_caption_says_what_is_told(window):
    played = window.model.session
    window.modes.use("lecture")
    window.model.open(Session.open("hot-standby"))
    window.modes.caption.grab()
    told = " ".join(hit.words for hit in window.modes.caption.hits)
    assert "The first lease" in told
    assert "glossary:" not in told
    window.model.open(played)
    at_step(window, 16)
    window.model.do("crash DHCP2")
    window.modes.caption.grab()
    told = " ".join(hit.words for hit in window.modes.caption.hits)
    assert "Branch B: crash DHCP2" in told


# -- remembering


def test_lecture_is_itself_from_the_first_frame_on(qtbot, settings):
    settings.setValue("layout", "lecture")
    window = shown(qtbot, remember=True)
    assert not window.transport.isVisible()
    assert window.views["stage"].theme.font_scale > 1
    assert window.views["stage"].height() == window.docks["stage"].height()


def test_a_tour_outlives_a_change_of_layout(window, qtbot):
    window.begin_tour()
    window.tour.go(2)
    window.modes.use("debug")
    QApplication.processEvents()
    assert window.tour is None or window.rect().contains(window.tour.ring.geometry())
    window.modes.use("lecture")
    QApplication.processEvents()
    assert window.tour is None or window.tour.isVisible()


def test_layout_sizes_and_lesson_are_remembered(qtbot, settings):
    window = shown(qtbot, remember=True)
    window.target = "partner-down"
    window.frame.drag(window.frame.plan.handles[0], 33)
    window.modes.use("debug")
    window.frame.drag(window.frame.plan.handles[0], -44)
    kept = dict(window.frame.all_sizes)
    window.close()
    again = shown(qtbot, remember=True)
    assert again.modes.name == "debug"
    assert again.frame.all_sizes == kept
    assert Memory(QSettings()).text("lesson") == "partner-down"


def test_the_program_opens_the_last_lesson_at_its_beginning(qtbot, settings, monkeypatch):
    settings.setValue("lesson", "partner-down")
    window = app.make_window("")
    qtbot.addWidget(window)
    session = window.model.session
    assert session.lesson.name == "partner-down"
    assert session.position == session.origin
    assert window.target == "partner-down"


def test_a_lesson_that_is_gone_gives_way_to_the_first_one(qtbot, settings):
    settings.setValue("lesson", "/nowhere/lost.md")
    window = app.make_window("")
    qtbot.addWidget(window)
    assert window.model.session.lesson.name == "hot-standby"


def test_damaged_settings_are_as_good_as_none(qtbot, settings):
    settings.setValue("layout", "upside-down")
    settings.setValue("sizes/learn/right", "wide")
    settings.setValue("sizes/learn/stage", "-5")
    settings.setValue("font-scale", "huge")
    window = shown(qtbot, remember=True)
    assert window.modes.name == "learn"
    assert window.look.font_scale == 1.0
    assert window.frame.sizes.right == FIRST["learn"].right


def test_a_window_that_remembers_nothing_leaves_nothing(qtbot, settings):
    window = shown(qtbot)
    window.modes.use("debug")
    window.close()
    assert not settings.allKeys()


# -- the tour


def test_the_tour_has_at_most_six_hints_each_beside_something_that_is_there(window, qtbot):
    window.actions_["tour"].trigger()
    tour = window.tour
    assert 4 <= len(tour.hints) <= 6
    seen = []
    while window.tour is not None:
        QApplication.processEvents()
        assert window.rect().contains(tour.ring.geometry())
        assert tour.words.height() >= tour.words.heightForWidth(tour.words.width())
        seen.append(tour.title.text())
        qtbot.keyClick(tour, Qt.Key.Key_Return)
    assert len(seen) == len(set(seen)) == len(tour.hints)


def test_the_keys_of_the_tour_do_not_play(window, qtbot):
    window.begin_tour()
    tour = window.tour
    qtbot.keyClick(tour, Qt.Key.Key_Space)
    assert tour.at == 1
    assert not window.playback.playing
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.at == 0
    qtbot.keyClick(tour, Qt.Key.Key_Escape)
    assert window.tour is None
    assert not tour.ring.isVisible()


def test_the_tour_points_to_a_server(window):
    at_step(window, 16)
    window.begin_tour()
    window.tour.go(2)
    QApplication.processEvents()
    stage = window.views["stage"]
    centre = stage.mapFrom(window, window.tour.ring.geometry().center())
    assert stage.hit_at(centre.toPointF()).words.startswith("DHCP2")


def test_the_tour_is_shown_once_and_never_off_screen(qtbot, settings, monkeypatch):
    window = shown(qtbot, remember=True)
    window._begin_first_tour()
    assert window.tour is None, "there is no screen here"
    monkeypatch.setattr("ui.window.NO_SCREEN", ())
    window._begin_first_tour()
    assert window.tour is not None
    window.tour.end()
    window._begin_first_tour()
    assert window.tour is None
    other = shown(qtbot)
    other._begin_first_tour()
    assert other.tour is None, "it remembers nothing, so it would come each time"


# -- shortcuts


def dialog_of(window: MainWindow, qtbot) -> ShortcutDialog:
    window.actions_["shortcuts"].trigger()
    dialog = window.findChild(ShortcutDialog)
    qtbot.addWidget(dialog)
    return dialog


def test_a_shortcut_that_is_taken_is_refused_in_a_sentence(window, qtbot):
    dialog = dialog_of(window, qtbot)
    dialog.choose("next-theme")
    assert not dialog.give("next-theme", "Ctrl+O")
    assert "Ctrl+O already means “Open lesson”" in dialog.note.text()
    assert window.actions_.keys("next-theme") == ("Ctrl+T",)
    assert not dialog.give("next-theme", "Up")
    assert "walks over what a view shows" in dialog.note.text()


def test_keys_typed_into_the_field_take_effect(window, qtbot):
    dialog = dialog_of(window, qtbot)
    dialog.choose("layout-debug")
    dialog.edit.setKeySequence(QKeySequence("Ctrl+D"))
    dialog.edit.editingFinished.emit()
    assert window.actions_.keys("layout-debug") == ("Ctrl+D",)
    dialog.close()
    qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert window.modes.name == "debug"


def test_shortcuts_are_remembered_and_can_be_given_back(qtbot, settings):
    window = shown(qtbot, remember=True)
    dialog = dialog_of(window, qtbot)
    assert dialog.give("next-theme", "Ctrl+Shift+T")
    dialog.choose("palette")
    dialog.none.click()
    again = shown(qtbot, remember=True)
    assert again.actions_.keys("next-theme") == ("Ctrl+Shift+T",)
    assert again.actions_.keys("palette") == ()
    dialog = dialog_of(again, qtbot)
    dialog.choose("next-theme")
    dialog.one.click()
    assert again.actions_.keys("next-theme") == ("Ctrl+T",)
    dialog.all.click()
    assert again.actions_.keys("palette") == ("Ctrl+Shift+P",)
    assert not [key for key in QSettings().allKeys() if key.startswith("shortcuts/")]


def test_all_come_back_even_when_two_have_swapped_their_keys(window, qtbot):
    actions = window.actions_
    actions.give("faster", ())
    actions.give("slower", ("Ctrl+Up",))
    actions.give("faster", ("Ctrl+Down",))
    dialog = dialog_of(window, qtbot)
    dialog.choose("slower")
    dialog.one.click()
    assert actions.keys("slower") == (), "the other one has it, and that is said"
    assert "Play faster" in dialog.note.text()
    dialog.all.click()
    assert (actions.keys("faster"), actions.keys("slower")) == (("Ctrl+Up",), ("Ctrl+Down",))
