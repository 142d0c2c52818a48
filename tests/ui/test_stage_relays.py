"""Relays, buckets and the takeover on the stage: what is written, and what a click does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from foviz import STORY_START, US, Session
from ui.look import Look
from ui.model.run import RunModel
from ui.model.selection import NOTHING, Selection
from ui.model.silence import silence_about
from ui.view.inspector import InspectorView
from ui.view.pool import PoolView
from ui.view.pool_facts import cell_form, pool_facts
from ui.view.stage import StageView
from ui.view.stage_flights import passings
from ui.view.stage_relays import helper_words
from ui.view.stage_scene import Scene
from ui.view.stage_words import bucket_words, notes_of

SIZES = ((543, 171), (687, 170), (1119, 170))
DAY, HOUR, MINUTE = 86_400 * US, 3600 * US, 60 * US


def play(scenario: str, *lines: str, size=SIZES[0]) -> StageView:
    model = RunModel(Session.open_scenario(scenario))
    for line in lines:
        model.session.do(line)
    view = StageView(model, Look("light"))
    view.resize(*size)
    view.grab()
    return view


def scene_of(view: StageView) -> Scene:
    return Scene(view.model, view.theme, view.width(), view.height())


def entries(menu):
    return {action.data(): action for action in menu.actions() if action.data()}


# -- relays


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scenario", ["relay", "hub-and-spoke"])
def test_every_relay_can_be_hit_and_tells_its_helpers(scenario, size, qapp):
    view = play(scenario, size=size)
    scene = scene_of(view)
    assert scene.relays
    for name, rect in scene.stage.relays.items():
        found = view.hit_at(QPointF(rect.x + rect.w / 2, rect.y + rect.h / 2))
        assert found.selection == Selection("host", scene.relays[name].index)
        assert "helper address 10.0.0.1" in found.words


def test_a_relay_s_helpers_from_long_to_short(qapp):
    scene = scene_of(play("relay"))
    assert helper_words(scene, scene.relays["R1"]) == (
        "helpers 10.0.0.1, 10.0.0.2",
        "→ 10.0.0.1, 10.0.0.2",
        "→ 10.0.0.1, .2",
        "→ DHCP1, DHCP2",
        "→ .1, .2",
        "→ 2",
    )
    assert helper_words(scene, scene.relays["R2"])[0] == "helper 10.0.0.1"


def test_a_click_on_a_relay_selects_it_and_its_menu_crashes_it(qtbot, monkeypatch):
    view = play("relay")
    opened = []
    monkeypatch.setattr("PySide6.QtWidgets.QMenu.popup", lambda menu, at: opened.append(menu))
    rect = scene_of(view).stage.relays["R1"]
    middle = QPointF(rect.x + rect.w / 2, rect.y + rect.h / 2).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    assert view.model.selection == Selection("host", 2)
    (menu,) = opened
    assert list(entries(menu)) == ["crash R1", "restart R1"]
    entries(menu)["crash R1"].trigger()
    view.grab()
    relay = scene_of(view).relays["R1"]
    assert not relay.powered
    again = entries(view.menu_for(Selection("host", 2)))
    assert list(again) == ["crash R1", "start R1"]
    again["start R1"].trigger()
    assert scene_of(view).relays["R1"].running


def test_the_inspector_tells_why_of_a_relay_s_decision(qapp):
    view = play("relay", "start C1", "run 10s")
    view.model.select(Selection("host", 2))
    inspector = InspectorView(view.model, Look("light"))
    page = inspector.page()
    assert page.head.notes == ("relay",)
    rows = [(row.name, row.value) for row in page.rows]
    assert ("Helpers", "10.0.0.1, DHCP1") in rows
    assert ("Between", "CENTRE and BRANCH1") in rows
    assert page.asked.question == "What did R1 do with the message of C1?"
    view.model.session.do("crash R1")
    assert inspector.page().asked.question == "Why is R1 off?"


def test_a_request_passes_through_the_relay_and_the_client_is_not_unanswered(qapp):
    view = play("relay", "start C1", "run 4001ms")
    scene = scene_of(view)
    relayed = [passing for passing in passings(scene) if passing.flight.record.host == 2]
    assert relayed
    bars, rect = scene.stage.bars, scene.stage.relays["R1"]
    for passing in relayed:
        first = passing.trails[0].way.points[0]
        assert first == (rect.x + rect.w // 2, rect.y)
        assert passing.trails[0].way.points[1][1] == bars["CENTRE"].y
    view.grab()
    assert "no answer" not in next(h.words for h in view.hits if h.words.startswith("C1"))


def test_the_table_has_a_row_a_relay(qapp):
    rows = {row[0]: row for row in play("relay", "crash R2").table()[1:]}
    assert rows["R1"][1:4] == ["relay", "10.0.0.11", "on"]
    assert rows["R1"][5] == "helpers 10.0.0.1, 10.0.0.2, between CENTRE and BRANCH1"
    assert rows["R2"][3] == "off"


def test_relays_stand_in_the_menu_of_the_title_row(qapp):
    view = play("relay")
    button = view.title_control()
    button.menu().aboutToShow.emit()
    assert {"crash R1", "crash R2"} <= entries(button.menu()).keys()


# -- buckets


def test_the_stage_says_whose_client_it_is_only_in_load_balance(qapp):
    scene = scene_of(play("load-balance"))
    third = scene.snapshot.clients[2]
    assert bucket_words(scene.snapshot, third)[:3] == (
        "hash 0xDE · bucket 222 → DHCP2",
        "bucket 222 → DHCP2",
        "222 → DHCP2",
    )
    scene = scene_of(play("hot-standby"))
    assert bucket_words(scene.snapshot, scene.snapshot.clients[2]) == ()


@pytest.fixture(scope="module")
def balanced():
    session = Session.open("load-balance")
    session.finish_story()
    return session


def test_a_silent_server_says_that_the_client_is_its_partner_s(balanced, qapp):
    model = RunModel(balanced)
    step = next(step for step in model.steps() if step.number == 2)
    model.seek_time(step.at)
    view = StageView(model, Look("light"))
    view.resize(*SIZES[1])
    one, two = scene_of(view).servers.values()
    assert [n.choices[0] for n in notes_of(scene_of(view), two)] == [
        "silent: bucket 14 of C1 is DHCP1’s"
    ]
    assert notes_of(scene_of(view), one) == []
    model.select(Selection("host", two.index))
    assert notes_of(scene_of(view), two) == []
    model.select(NOTHING)


def test_a_selected_client_leads_to_the_decision_that_passed_it_over(balanced, qapp):
    model = RunModel(balanced)
    step = next(step for step in model.steps() if step.number == 4)
    model.seek_time(step.at)
    client = model.snapshot.clients[0].index
    model.select(Selection("host", client))
    inspector = InspectorView(model, Look("light"))
    rows = {row.name: row for row in inspector.page().rows}
    assert rows["Bucket"].value == "hash 0x0E, bucket 14: DHCP1’s"
    assert rows["Silent"].value.startswith("DHCP2, Mon 1 09:00:04")
    model.select(rows["Silent"].selection)
    assert inspector.page().asked.question == "Why did DHCP2 not answer C1?"
    model.select(NOTHING)


def test_silence_is_no_news_when_both_servers_take_a_message(balanced):
    session = balanced
    session.seek_time(session.end_at)
    client = session.snapshot().clients[0].index
    assert silence_about(session, client) is not None  # its last broadcast was DHCP1's
    session.seek_time(STORY_START + 7 * DAY + 31 * MINUTE)  # served by DHCP2, alone
    assert silence_about(session, client) is None


# -- the takeover


@pytest.fixture(scope="module")
def downed():
    session = Session.open("partner-down")
    session.finish_story()
    return session


@pytest.mark.parametrize(
    ("minutes", "note", "words", "hue"),
    [
        (10 * 60 + 38, "DHCP1’s 9 free addresses usable in 2\u00a0min, at 10:40", "from", "s1"),
        (10 * 60 + 41, "uses DHCP1’s free addresses since 10:40", "since", "s2"),
    ],
)
def test_the_partner_s_addresses_change_hands(downed, qapp, minutes, note, words, hue):
    model = RunModel(downed)
    model.seek_time(STORY_START + 7 * DAY + (minutes - 9 * 60) * MINUTE)
    view = StageView(model, Look("light"))
    view.resize(*SIZES[1])
    scene = scene_of(view)
    assert [n.choices[0] for n in notes_of(scene, scene.servers["DHCP2"])] == [note]
    facts = pool_facts(model.snapshot)
    free = facts.maps[1].counts["FREE"]
    told = f"DHCP1’s {free} free addresses usable by DHCP2 {words} 10:40:00"
    assert facts.takeover_words()[0] == told
    pool = PoolView(model, Look("light"))
    pool.resize(455, 190)
    assert pool.status_words() == told
    status, who, _, _ = cell_form(facts.maps[1].cells[9])
    assert (status, who) == ("FREE", hue)
    assert cell_form(facts.maps[0].cells[9])[:2] == ("FREE", "s1"), "what DHCP1 believed stays"


def test_the_switchover_interval_counts_below_the_server(qapp):
    session = Session.open("partner-down-automatic")
    session.finish_story()
    model = RunModel(session)
    view = StageView(model, Look("light"))
    for minutes, words in (
        (100, "PARTNER-DOWN in 22\u00a0min"),
        (110, "PARTNER-DOWN in 12\u00a0min"),
    ):
        model.seek_time(STORY_START + minutes * MINUTE)
        scene = scene_of(view)
        assert [n.choices[0] for n in notes_of(scene, scene.servers["DHCP2"])] == [words]


def test_both_servers_take_over(qapp):
    session = Session.open("dual-partner-down")
    session.finish_story()
    session.seek_time(STORY_START + 3 * HOUR + 10 * MINUTE)
    facts = pool_facts(session.snapshot())
    assert facts.takeover_words() == ("each uses the other’s free addresses since 12:02:00",)
