"""The administrator's dialogs: limits, checks, exact lab lines, undo, and a lab of one's own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLabel, QWidget

from foviz import ScriptError, Session
from ui.dialog.configure import ConfigureDialog
from ui.dialog.lab import OWN, LabDialog
from ui.dialog.order import OrderDialog
from ui.dialog.relationship import RelationshipDialog
from ui.model.blueprint import PARTS, added
from ui.model.orders import Settings, creation_lines, settings_lines
from ui.model.run import RunModel
from ui.model.selection import Selection
from ui.window import MainWindow

ALONE = """
[segments.LAN]
network = "10.0.0.0/24"
[servers.DHCP1]
LAN = "10.0.0.1"
[servers.DHCP2]
LAN = "10.0.0.2"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.100"
servers = ["DHCP1"]
[scopes.LAB]
network = "10.0.0.0/24"
range = "10.0.0.151-10.0.0.200"
servers = ["DHCP1"]
[clients]
C1 = "LAN"
"""


@pytest.fixture
def parent(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def related(qapp):
    return RunModel(Session.open_scenario("load-balance"))


@pytest.fixture
def alone(qapp):
    return RunModel(Session.open_text(ALONE))


def summary(model, parent):
    """The assistant on its last page, all checks made."""
    dialog = ConfigureDialog(model, parent, interval=0)
    for _ in range(3):
        dialog.next.click()
    dialog.checks.finish()
    return dialog


# -- settings


def test_settings_become_lines_in_an_order_that_can_be_carried_out():
    after = Settings("hot standby", "30m", True, "45m", 60, 10, "top secret")
    assert settings_lines(Settings(), after, "local partner") == [
        'set mode hot standby in "local partner"',
        'set mclt 30m in "local partner"',
        'set reserve 10% in "local partner"',
        'set switchover 45m in "local partner"',
        'set secret "top secret" in "local partner"',
    ]
    back = settings_lines(after, Settings(), "X")
    assert "set automatic transition off in X" in back
    assert back[-1] == "set secret none in X"


def test_the_interval_is_not_read_while_it_is_off():
    before = Settings(automatic=True)
    assert settings_lines(before, Settings(switchover="junk"), "X") == [
        "set automatic transition off in X"
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(mclt="soon"), "not a duration"),
        (Settings(mclt="0s"), "at least a second"),
        (Settings(mclt="5000d"), "ten years"),
        (Settings(automatic=True, switchover="-1h"), "at least a second"),
        (Settings(secret="x" * 256), "255 octets"),
        (Settings(secret='"'), "quotation mark"),
    ],
)
def test_a_setting_beyond_its_limit_is_told_in_one_sentence(settings, words):
    assert words in settings.mistake()
    assert settings.mistake().count(".") == 1


def test_ok_carries_out_what_it_shows_and_one_undo_takes_all_back(related, parent):
    dialog = RelationshipDialog(related, parent)
    assert not dialog.ok.isEnabled()
    dialog.form.mclt.setText("30m")
    dialog.form.balance.setValue(70)
    assert dialog.lines.text.toPlainText() == (
        "set mclt 30m in DHCP1-DHCP2\nset balance 70% in DHCP1-DHCP2"
    )
    dialog.ok.click()
    (view,) = related.snapshot.console[0]
    assert (view.mclt_s, view.local_percent) == (1800, 70)
    related.undo()
    (view,) = related.snapshot.console[0]
    assert (view.mclt_s, view.local_percent) == (3600, 50)
    assert not related.session.can_undo


def test_in_the_past_ok_makes_one_branch(related, parent):
    related.session.do("start C1")
    related.session.do("run 2h")
    related.session.seek_time(related.session.origin.playhead)
    dialog = RelationshipDialog(related, parent)
    dialog.form.mclt.setText("10m")
    dialog.form.automatic.setChecked(True)
    dialog.ok.click()
    assert [branch.name for branch in related.session.branches()] == ["A", "B"]
    assert related.playhead == related.session.origin.playhead


def test_a_share_of_the_other_mode_is_disabled_and_says_why(related, parent):
    form = RelationshipDialog(related, parent).form
    assert not form.reserve.isEnabled()
    assert "Only hot standby" in form.reserve.toolTip()
    form.mode.setCurrentText("hot standby")
    assert form.reserve.isEnabled()
    assert "Only load balance" in form.balance.toolTip()


def test_a_wrong_value_holds_ok_back(related, parent):
    dialog = RelationshipDialog(related, parent)
    dialog.form.mclt.setText("never")
    assert not dialog.ok.isEnabled()
    assert "not a duration" in dialog.note.text()


def test_a_scope_that_can_not_leave_now_says_why(related, parent):
    related.session.do("crash DHCP2")
    item = RelationshipDialog(related, parent).scopes.item(0)
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    assert "0x4E9B" in item.toolTip()


# -- configuring


def test_the_assistant_relates_all_scopes_and_both_reach_normal(alone, parent):
    dialog = ConfigureDialog(alone, parent, interval=0)
    dialog.next.click()
    dialog.next.click()
    dialog.name.setText("local partner")
    dialog.form.mode.setCurrentText("hot standby")
    dialog.form.mclt.setText("10m")
    dialog.next.click()
    assert not dialog.next.isEnabled()
    dialog.checks.finish()
    assert dialog.lines.text.toPlainText() == (
        'relate DHCP1 DHCP2 as hot standby for LAN,LAB named "local partner"\n'
        'set mclt 10m in "local partner"'
    )
    assert all(words.startswith("✓") for words in dialog.checks.words())
    dialog.next.click()
    session = alone.session
    session.do("run until DHCP1 in NORMAL within 10m")
    session.do("run until DHCP2 in NORMAL within 10m")
    (view,) = alone.snapshot.console[0]
    assert (view.scopes, view.mclt_s) == (("LAN", "LAB"), 600)
    alone.undo()
    assert alone.snapshot.console[0] == ()


def test_an_unmet_page_says_what_is_missing(alone, parent):
    dialog = ConfigureDialog(alone, parent, interval=0)
    for row in range(dialog.scopes.count()):
        dialog.scopes.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.next.isEnabled()
    assert dialog.note.text() == "Choose at least one scope."


@pytest.mark.parametrize(
    ("before", "word"),
    [
        (("stop service DHCP2",), "SERVER_NOT_RUNNING, 0x4E9B"),
        (("cut LAN-DHCP2",), "SERVER_NOT_REACHABLE, 0x4E9A"),
        (("skew DHCP2 +90s",), "FO_TIME_OUT_OF_SYNC, 0x4E96"),
        (("relate DHCP1 DHCP2 as load balance",), "FO_RELATIONSHIP_EXISTS, 0x4E91"),
        (
            tuple(f"relate DHCP1 DHCP2 as load balance named R{n}" for n in range(31)),
            "FO_MAX_RELATIONSHIPS, 0x4EA0",
        ),
    ],
)
def test_what_windows_refuses_stands_last_with_its_number(alone, parent, before, word):
    for line in before:
        alone.session.do(line)
    dialog = summary(alone, parent)
    assert word in dialog.checks.words()[-1]
    assert dialog.checks.words()[-1].startswith("✗")
    assert not dialog.next.isEnabled()


def test_a_name_too_long_is_refused_by_its_number(alone, parent):
    dialog = ConfigureDialog(alone, parent, interval=0)
    dialog.next.click()
    dialog.next.click()
    dialog.name.setText("x" * 127)
    dialog.next.click()
    dialog.checks.finish()
    assert "FO_RELATIONSHIP_NAME_TOO_LONG, 0x4E9D" in dialog.checks.words()[-1]


def test_an_existing_relationship_takes_a_scope_only_in_normal(alone, parent):
    alone.session.do("relate DHCP1 DHCP2 as load balance for LAN named pair")
    dialog = ConfigureDialog(alone, parent, interval=0)
    assert "0x4E90" in dialog.scopes.item(0).text()
    dialog.next.click()
    dialog.next.click()
    dialog.existing.setCurrentText("pair")
    assert not dialog.form.isEnabled()
    dialog.next.click()
    dialog.checks.finish()
    assert dialog.lab_lines() == ["add scope LAB to pair"]
    assert "FO_STATE_NOT_NORMAL, 0x4E98" in dialog.checks.words()[-1]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("relate DHCP1 DHCP2 as load balance for LAN named other", "0x4E90"),
        ("remove scope LAB from pair", "0x4E93"),
        ("replicate LAB from DHCP1", "0x4E93"),
        ("replicate all from DHCP3", "0x4E92"),
        ("rebalance DHCP2 in pair", "0x4E94"),
    ],
)
def test_the_other_errors_have_their_numbers_too(qapp, line, word):
    text = ALONE + '[servers.DHCP3]\nLAN = "10.0.0.3"\n'
    session = Session.open_text(text)
    session.do("relate DHCP1 DHCP2 as load balance for LAN named pair")
    session.do("run 1m")
    assert word in session.checks(line)[-1].reason


# -- deconfiguring and replicating


@pytest.mark.parametrize(
    ("deed", "place", "line"),
    [
        ("deconfigure", 0, "remove scope LAN from DHCP1-DHCP2 on DHCP1"),
        ("deconfigure", 1, "delete relationship DHCP1-DHCP2 on DHCP1"),
        ("replicate", 0, "replicate LAN from DHCP1"),
        ("replicate", 1, "replicate relationship DHCP1-DHCP2 from DHCP1"),
    ],
)
def test_an_order_is_checked_and_carried_out(related, parent, deed, place, line):
    dialog = OrderDialog(related, deed, parent, interval=0)
    dialog.what.setCurrentIndex(place)
    dialog.checks.finish()
    assert dialog.lines.text.toPlainText() == line
    dialog.ok.click()
    assert related.last_line == line


def test_an_order_that_can_not_be_done_says_why(related, parent):
    related.session.do("stop service DHCP2")
    dialog = OrderDialog(related, "replicate", parent, interval=0)
    dialog.checks.finish()
    assert "SERVER_NOT_RUNNING" in dialog.checks.words()[-1]
    assert not dialog.ok.isEnabled()


def test_deeds_are_all_done_or_none(alone):
    with pytest.raises(ScriptError, match="is excluded"):
        alone.session.do_all(["exclude 10.0.0.60 on DHCP1", "exclude 10.0.0.60 on DHCP1"])
    assert not alone.session.can_undo
    alone.session.do_all(["exclude 10.0.0.60 on DHCP1"])


def test_names_with_blanks_are_quoted():
    lines = creation_lines("A", "B", ("LAN 1", "LAB"), "my pair", Settings())
    assert lines == ['relate A B as load balance for "LAN 1,LAB" named "my pair"']


# -- a new lab


def test_a_lab_of_parts_opens_and_both_servers_reach_normal(parent):
    opened: list[Session] = []
    dialog = LabDialog(opened.append, parent)
    dialog.start.setCurrentText(OWN)
    assert not dialog.ok.isEnabled()
    for part in ("server", "server", "client", "client", "scope", "link", "relationship"):
        dialog.add_buttons[part].click()
    dialog.ok.click()
    (session,) = opened
    states = [server.endpoint.state_text for server in session.snapshot().servers]
    assert states == ["NORMAL", "NORMAL"]
    assert [client.name for client in session.snapshot().clients] == ["C1", "C2"]


def test_every_part_can_be_added(parent):
    dialog = LabDialog(print, parent)
    dialog.start.setCurrentText(OWN)
    for part in ("segment", "server", "server", "relay", "client", "scope", "scope", "link"):
        before = dialog.text.toPlainText()
        dialog.add(part)
        assert dialog.text.toPlainText() != before, part
        assert dialog.ok.isEnabled() or part == "segment", dialog.note.text()
    dialog.add("link")
    assert "No link can be added" in dialog.note.text()


def test_a_mistake_is_told_with_its_line(parent):
    dialog = LabDialog(print, parent)
    text = dialog.text.toPlainText().replace('"DHCP1"', '"DHCP9"', 1)
    dialog.text.setPlainText(text)
    assert dialog.note.text().startswith("line:")
    assert "no server is called “DHCP9”" in dialog.note.text()
    assert not dialog.ok.isEnabled()


def test_a_scenario_as_it_is_opens_under_its_name(parent):
    opened: list[Session] = []
    dialog = LabDialog(opened.append, parent)
    dialog.start.setCurrentText("relay")
    dialog.ok.click()
    assert opened[0].scenario.name == "relay"


@pytest.mark.parametrize("text", ["[segments", "segments = 3", "[segments.LAN]\nnet = 1"])
def test_nothing_is_added_to_what_is_half_typed(text):
    assert [added(text, part) for part in PARTS if part not in ("segment",)] == [text] * 6


# -- in the window


@pytest.fixture
def window(qtbot):
    made = MainWindow(Session.open_scenario("load-balance"), remember=False)
    qtbot.addWidget(made)
    made.show()
    yield made
    for dialog in made.findChildren(QDialog):
        dialog.close()  # a modal one that is left open keeps the keys from the next test's window


@pytest.mark.parametrize(
    "action", ["new-lab", "relationship", "configure", "deconfigure", "replicate"]
)
def test_a_dialog_stops_time_and_its_letters_are_unique(window, action):
    window.playback.set_playing(True)
    window.actions_[action].trigger()
    assert not window.playback.playing
    dialog = next(each for each in window.findChildren(QDialog) if each.isVisible())
    assert dialog.isModal()
    shown = [w for w in dialog.findChildren(QWidget) if w.isVisible() and hasattr(w, "text")]
    words = [w.text() for w in shown if isinstance(w, QLabel | QAbstractButton)]
    letters = [text[text.index("&") + 1].lower() for text in words if "&" in text]
    assert sorted(set(letters)) == sorted(letters)
    fields = dialog.findChildren(QComboBox)
    assert all(field.accessibleName() for field in fields)


def test_without_a_relationship_there_is_nothing_to_set(window):
    window.model.open(Session.open_text(ALONE))
    for action in ("relationship", "deconfigure", "replicate"):
        assert not window.actions_[action].isEnabled()
        assert "there is no relationship" in window.actions_[action].toolTip()
    assert window.actions_["configure"].isEnabled()


def test_the_failover_link_leads_to_its_settings(window):
    stage = window.views["stage"]
    settings = window.actions_["relationship"]
    assert settings in stage.menu_for(Selection("link", "DHCP1-DHCP2")).actions()
    assert settings not in stage.menu_for(Selection("link", "LAN-DHCP1")).actions()


def test_a_scope_of_a_list_that_does_not_exist_is_named(alone):
    with pytest.raises(ScriptError, match="no scope is called “LAN,LAX”"):
        alone.session.do("relate DHCP1 DHCP2 as load balance for LAN,LAX")
