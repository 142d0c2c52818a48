"""The dialog that chooses a profile and its switches."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from foviz import SWITCHES, Session, profile_named
from ui.dialog.profile import ProfileDialog


@pytest.fixture
def opened(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    chosen: list[object] = []
    dialog = ProfileDialog(profile_named("microsoft"), chosen.append, parent)
    dialog.show()
    yield dialog, chosen
    parent.close()


def test_every_switch_has_a_row_with_its_words_and_source(opened):
    dialog, _ = opened
    assert dialog.table.rowCount() == len(SWITCHES)
    shown = [dialog.table.item(row, 0).text() for row in range(len(SWITCHES))]
    assert shown == [name.replace("_", "-") for name in SWITCHES]
    assert all(dialog.table.item(row, 3).text() for row in range(len(SWITCHES)))


def test_another_profile_fills_its_values(opened):
    dialog, _ = opened
    dialog.names.setCurrentText("isc")
    assert dialog.profile() == profile_named("isc")


def test_a_changed_switch_is_chosen(opened):
    dialog, chosen = opened
    field = dialog.fields["survivor_lease"]
    assert isinstance(field, QComboBox)
    field.setCurrentText("pet-plus-mclt")
    number = dialog.fields["receive_timer_s"]
    assert isinstance(number, QLineEdit)
    number.setText("30")
    dialog.start.click()
    (profile,) = chosen
    assert profile.changed() == {"survivor_lease": "pet-plus-mclt", "receive_timer_s": 30}
    assert not dialog.isVisible()


def test_nonsense_is_told_and_nothing_is_chosen(opened):
    dialog, chosen = opened
    dialog.fields["receive_timer_s"].setText("soon")
    dialog.start.click()
    assert "whole number" in dialog.note.text()
    assert chosen == []
    assert dialog.isVisible()


def test_finding_hides_the_others(opened):
    dialog, _ = opened
    dialog.filter.setText("survivor")
    visible = [name for row, name in enumerate(SWITCHES) if not dialog.table.isRowHidden(row)]
    assert visible == ["survivor_lease"]


def test_a_run_again_has_the_profile_and_no_story(qapp):
    session = Session.open("hot-standby")
    again = session.again(profile_named("isc"))
    assert again.profile.name == "isc"
    assert again.story is None
    assert again.scenario.name == session.scenario.name
