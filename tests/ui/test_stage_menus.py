"""What can be done from the stage: entries are lab lines, impossible ones say why."""

from __future__ import annotations

import pytest

from foviz import Session
from ui.look import Look
from ui.model.run import RunModel
from ui.model.selection import NOTHING, Selection
from ui.view.stage import StageView


@pytest.fixture
def stage(qapp):
    view = StageView(RunModel(Session.open_scenario("hot-standby")), Look("light"))
    view.resize(687, 170)
    return view


def entries(menu):
    return {action.data(): action for action in menu.actions() if action.data()}


def test_a_server_can_be_broken_in_every_way(stage):
    found = entries(stage.menu_for(Selection("host", 0)))
    assert list(found) == [
        "crash DHCP1",
        "kill service DHCP1",
        "stop service DHCP1",
        "restart DHCP1",
        "partner-down DHCP1",
        "lose disk DHCP1",
    ]
    assert found["crash DHCP1"].isEnabled()


def test_what_is_impossible_says_why(stage):
    stage.model.session.do("crash DHCP2")
    down = entries(stage.menu_for(Selection("host", 1)))["partner-down DHCP2"]
    assert not down.isEnabled()
    assert down.text() == "Declare DHCP1 down – DHCP2 is off"
    assert down.toolTip() == "DHCP2 is off"


def test_entries_keep_their_place_when_they_become_impossible(stage):
    before = [line.split()[0] for line in entries(stage.menu_for(Selection("host", 0)))]
    entries(stage.menu_for(Selection("host", 0)))["crash DHCP1"].trigger()
    after = entries(stage.menu_for(Selection("host", 0)))
    assert [line.split()[0] for line in after] == [
        "start" if word == "restart" else word for word in before
    ]
    crash = after["crash DHCP1"]
    assert not crash.isEnabled()
    assert crash.text() == "Crash – DHCP1 is off already"
    assert crash.toolTip() == "DHCP1 is off already"
    assert after["start DHCP1"].isEnabled()


def test_an_entry_carries_out_its_line(stage):
    model = stage.model
    entries(stage.menu_for(Selection("link", "DHCP1-DHCP2")))["cut DHCP1-DHCP2"].trigger()
    assert next(link for link in model.snapshot.links if link.kind == "wire").cut == "both"
    found = entries(stage.menu_for(Selection("link", "DHCP1-DHCP2")))
    assert not found["cut DHCP1-DHCP2"].isEnabled()
    found["heal DHCP1-DHCP2"].trigger()
    entries(stage.menu_for(Selection("link", "DHCP1-DHCP2")))["cut DHCP2-DHCP1 one-way"].trigger()
    assert next(link for link in model.snapshot.links if link.kind == "wire").cut == "DHCP1"


def test_a_client_can_be_switched_on_and_off(stage):
    found = entries(stage.menu_for(Selection("host", 2)))
    assert list(found) == ["start C1", "stop C1", "crash C1", "renew C1", "release C1"]
    assert [line for line, action in found.items() if action.isEnabled()] == ["start C1"]
    found["start C1"].trigger()
    stage.model.session.do("run until C1 bound")
    found = entries(stage.menu_for(Selection("host", 2)))
    assert [line for line, action in found.items() if not action.isEnabled()] == ["start C1"]


def test_nothing_can_be_done_to_a_record_or_to_nothing(stage):
    assert stage.menu_for(NOTHING) is None
    assert stage.menu_for(Selection("record", 3)) is None


def test_every_line_is_understood(stage):
    """No entry is disabled because its line is wrong."""
    session = stage.model.session
    everything = [Selection("host", index) for index in range(5)]
    everything += [Selection("link", link.name) for link in stage.model.snapshot.links]
    for selection in everything:
        for line in entries(stage.menu_for(selection)):
            assert "unknown" not in session.reason_against(line)
            assert "no deed" not in session.reason_against(line)


def test_break_something_offers_the_obvious_first(stage):
    control = stage.title_control()
    menu = control.menu()
    menu.aboutToShow.emit()
    found = entries(menu)
    assert list(found) == ["crash DHCP1", "crash DHCP2", "cut DHCP1-DHCP2"]
    parts = {action.text(): action.menu() for action in menu.actions() if action.menu()}
    assert list(parts) == [
        "DHCP1",
        "DHCP2",
        "Link DHCP1-DHCP2",
        "Link LAN-DHCP1",
        "Link LAN-DHCP2",
        "Clients",
    ]
    found["crash DHCP2"].trigger()
    assert not stage.model.snapshot.servers[1].running
    menu.aboutToShow.emit()
    assert not entries(menu)["crash DHCP2"].isEnabled()
    part = next(action.menu() for action in menu.actions() if action.text() == "DHCP2")
    part.aboutToShow.emit()
    clients = next(action.menu() for action in menu.actions() if action.text() == "Clients")
    clients.aboutToShow.emit()
    assert [action.text() for action in clients.actions() if action.text()] == [
        "Start 10 clients over 30 s",
        "C1",
        "C2",
        "C3",
    ]
    assert entries(part)["start DHCP2"].isEnabled()


def test_a_one_way_cut_needs_a_link_named_after_its_ends(qapp, tmp_path):
    scenario = tmp_path / "pair.toml"
    scenario.write_text(
        """
title = "One wire with a name"
[segments.LAN]
network = "10.0.0.0/24"
[servers.A]
LAN = "10.0.0.1"
[servers.B]
LAN = "10.0.0.2"
[links.WIRE]
between = ["A", "B"]
network = "192.168.99.0/30"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.250"
[relationships.A-B]
mode = "hot standby"
primary = "A"
secondary = "B"
scopes = ["LAN"]
"""
    )
    view = StageView(RunModel(Session.open(str(scenario))), Look("light"))
    actions = [each for each in view.menu_for(Selection("link", "WIRE")).actions() if each.data()]
    assert [action.isEnabled() for action in actions] == [True, False, False, False]
    assert "not named after its ends" in actions[1].text()
