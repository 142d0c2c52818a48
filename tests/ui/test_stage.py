"""The stage at moments of the story and in free play: what stands where, and what it says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter

from foviz import Session
from ui.look import Look
from ui.model.run import RunModel
from ui.model.selection import NOTHING, Selection
from ui.view.stage import StageView
from ui.view.stage_flights import passings
from ui.view.stage_scene import Scene
from ui.view.stage_words import left_text, link_words, notes_of, role_text, skew_text

SECOND = 1_000_000
SIZE = (687, 170)


@pytest.fixture(scope="module")
def story():
    session = Session.open("hot-standby")
    session.finish_story()
    return session


@pytest.fixture
def stage(story, qapp):
    model = RunModel(story)
    view = StageView(model, Look("light"))
    view.resize(*SIZE)
    return view


def at_step(view: StageView, number: int) -> Scene:
    found = next(step for step in view.model.steps() if step.number == number)
    view.model.select(NOTHING)
    view.model.seek_time(found.at)
    return painted(view)


def painted(view: StageView) -> Scene:
    view.grab()
    return Scene(view.model, view.theme, view.width(), view.height())


def play(*lines: str, scenario: str = "hot-standby", size=SIZE) -> StageView:
    model = RunModel(Session.open_scenario(scenario))
    for line in lines:
        model.session.do(line)
    view = StageView(model, Look("light"))
    view.resize(*size)
    return view


def hits_of(view: StageView, selection: Selection):
    return [hit for hit in view.hits if hit.selection == selection]


def hit_by(view: StageView, x: float, y: float) -> Selection:
    found = view.hit_at(QPointF(x, y))
    return found.selection if found is not None else NOTHING


# -- the story


def test_step_1_a_broadcast_flies_to_both_servers(stage):
    scene = at_step(stage, 1)
    (passing,) = passings(scene)
    assert (passing.text, passing.who, passing.failover) == ("DISCOVER", "client", False)
    assert passing.selected
    ends = [trail.way.points[-1] for trail in passing.trails]
    assert ends == [(643, 62), (44, 62)]  # the longer way first: the capsule rides on it
    halves = [trail.far / trail.way.length for trail in passing.trails]
    assert halves == pytest.approx([0.5, 0.5])


def test_step_16_looks_like_the_mockup(stage):
    scene = at_step(stage, 16)
    (passing,) = passings(scene)
    assert (passing.text, passing.who) == ("ACK 1\u00a0h", "s2")
    assert not passing.dot
    bar = scene.stage.bars["LAN"]
    assert passing.body.center().y() == bar.y
    # Behind the head, which flies to the left, and half of the way done.
    head = passing.trails[0].way.points[1][0] - (passing.trails[0].far - (bar.y - 62))
    assert head < passing.body.left()
    assert hit_by(stage, passing.body.center().x(), bar.y) == Selection(
        "record", passing.flight.record.index
    )


def test_the_head_is_a_function_of_the_playhead(stage):
    at_step(stage, 16)
    moment, places = stage.model.playhead, []
    for offset in (-400, -200, 0, 200, 400):
        stage.model.seek_time(moment + offset)
        (passing,) = passings(painted(stage))
        places.append(passing.trails[0].far)
    apart = [later - earlier for earlier, later in pairwise(places)]
    assert apart == pytest.approx([apart[0]] * 4)
    assert apart[0] > 50


def test_a_failover_message_flies_over_its_own_link(stage):
    scene = at_step(stage, 5)
    found = {passing.text.split()[0]: passing for passing in passings(scene)}
    update = found["BNDUPD"]
    assert update.failover
    assert update.who == "s1"
    left, right = scene.stage.boxes["DHCP1"].right, scene.stage.boxes["DHCP2"].x
    assert left < update.body.left() < update.body.right() < right
    passed = {passing.text.split()[0]: passing for passing in passings(at_step(stage, 4))}
    assert not passed["ACK"].failover


def test_nothing_flies_after_its_arrival(stage):
    at_step(stage, 16)
    stage.model.seek_time(stage.model.playhead + 10_000)
    assert passings(painted(stage)) == []


def test_a_crash_before_it_is_noticed_and_after(stage):
    scene = at_step(stage, 11)
    wire = scene.topology.wires[0]
    assert [side.contact for _, side in scene.ends_of(wire)] == [False, True]
    assert link_words(scene, wire).below[0] == "last heard Tue 14:11:04"
    assert role_text(scene.servers["DHCP1"]) == "was active"
    scene = at_step(stage, 12)
    assert link_words(scene, wire).below[0] == "silent since Tue 14:11:04"
    notes = [note.choices[0] for note in notes_of(scene, scene.servers["DHCP2"])]
    assert notes == ["active now", "10 of 10 reserve addresses left"]
    scene = at_step(stage, 16)
    notes = [note.choices[0] for note in notes_of(scene, scene.servers["DHCP2"])]
    assert notes[1] == "9 of 10 reserve addresses left"
    assert notes_of(at_step(stage, 21), scene.servers["DHCP1"]) == []


def test_hues_tell_who_granted(stage):
    scene = at_step(stage, 16)
    clients = {seat.client.name: seat.client for seat in scene.seats}
    assert scene.hue(clients["C1"].granter) == "s1"
    assert scene.hue(clients["C2"].granter) == "s2"
    assert scene.hue(clients["C3"].granter) == "client"


def test_tooltips_say_what_is_known(stage):
    at_step(stage, 16)
    (server,) = hits_of(stage, Selection("host", 1))
    assert "standby of DHCP1-DHCP2, active now" in server.words
    assert "COMMUNICATION-INTERRUPTED since Tue 2 14:14:04" in server.words
    assert "partner DHCP1: NORMAL, as last heard" in server.words
    assert "tries to connect in" in server.words
    (client,) = hits_of(stage, Selection("host", 2))
    for words in ("lease from DHCP1, 8 d", "T1 Fri 5 09:30:04", "ends Tue 9 09:30:04"):
        assert words.replace(" d", "\u00a0d") in client.words
    assert "latency 1\u00a0ms" in hits_of(stage, Selection("link", "DHCP1-DHCP2"))[0].words


def test_jumping_shows_what_playing_shows(stage):
    at_step(stage, 16)
    jumped = stage.grab().toImage()
    at_step(stage, 3)
    for _ in range(3):
        stage.model.step(1)
    at_step(stage, 16)
    assert stage.grab().toImage() == jumped


def test_the_table_has_a_row_a_host_and_link(stage):
    at_step(stage, 16)
    rows = {row[0]: row for row in stage.table()[1:]}
    assert {"DHCP1", "DHCP2", "C1", "C2", "C3", "LAN-C1", "DHCP1-DHCP2"} <= rows.keys()
    assert rows["DHCP1"][3] == "off, NORMAL in storage"
    assert rows["DHCP1"][5].startswith("crashed Tue 14:12:00")
    assert rows["C2"][2] == "10.0.0.241"
    assert rows["ACK 1\u00a0h"][5] == "from DHCP2 to C1"
    assert {len(row) for row in stage.table()} == {6}


# -- pointing and selecting


def test_everything_can_be_hit(stage):
    scene = at_step(stage, 4)
    for name, box in scene.stage.boxes.items():
        x, y = box.x + box.w / 2, box.y + box.h / 2
        assert hit_by(stage, x, y) == Selection("host", scene.servers[name].index)
    for seat in scene.seats:
        assert hit_by(stage, seat.spot.x, seat.spot.y) == Selection("host", seat.client.index)
    at_step(stage, 14)
    assert hit_by(stage, 340, 36) == Selection("link", "DHCP1-DHCP2")
    assert hit_by(stage, 643, 80) == Selection("link", "LAN-DHCP2")
    assert hit_by(stage, 340, 160) == NOTHING


@pytest.mark.parametrize(
    ("selection", "place"),
    [
        (Selection("host", 1), (551, 7)),
        (Selection("link", "DHCP1-DHCP2"), (340, 30)),
        (Selection("link", "LAN-DHCP2"), (637, 82)),
        (Selection("host", 2), (72, 113)),
    ],
)
def test_what_is_selected_is_outlined_in_violet(stage, selection, place):
    at_step(stage, 14)
    violet = stage.theme.sel
    assert not _near(stage, place, violet)
    stage.model.select(selection)
    assert _near(stage, place, violet)


def _near(view, place, colour) -> bool:
    image = view.grab().toImage()
    x, y = place
    return any(
        image.pixelColor(x + dx, y + dy).rgb() == colour.rgb()
        for dx in range(-3, 4)
        for dy in range(-3, 4)
    )


def test_a_click_selects_and_opens_the_menu(stage, qtbot, monkeypatch):
    at_step(stage, 14)
    opened = []
    monkeypatch.setattr("PySide6.QtWidgets.QMenu.popup", lambda menu, at: opened.append(menu))
    qtbot.mouseClick(stage, Qt.MouseButton.LeftButton, pos=QPointF(340, 36).toPoint())
    assert stage.model.selection == Selection("link", "DHCP1-DHCP2")
    assert [menu.title() for menu in opened] == ["DHCP1-DHCP2"]
    qtbot.mouseClick(stage, Qt.MouseButton.LeftButton, pos=QPointF(340, 160).toPoint())
    assert stage.model.selection == NOTHING
    assert len(opened) == 1


def test_return_does_what_a_click_does(stage, qtbot, monkeypatch):
    at_step(stage, 14)
    opened = []
    monkeypatch.setattr("PySide6.QtWidgets.QMenu.popup", lambda menu, at: opened.append(menu))
    place = next(n for n, hit in enumerate(stage.hits) if hit.selection == Selection("host", 1))
    for _ in range(place + 1):
        qtbot.keyClick(stage, Qt.Key.Key_Down)
    qtbot.keyClick(stage, Qt.Key.Key_Return)
    assert stage.model.selection == Selection("host", 1)
    assert [menu.title() for menu in opened] == ["DHCP2"]


# -- free play


def test_a_cut_link_is_told(qapp):
    view = play("cut DHCP1-DHCP2")
    scene = painted(view)
    wire = scene.topology.wires[0]
    assert link_words(scene, wire) == ("failover link", ("cut, not noticed yet", "cut"), True)
    view.model.session.do("run 10m")
    assert link_words(painted(view), wire).below[0].startswith("cut, silent since ")
    view.model.session.do("heal DHCP1-DHCP2")
    view.model.session.do("run 10m")
    assert link_words(painted(view), wire) == ("failover link", ("in contact", ""), False)
    view.model.session.do("cut DHCP2-DHCP1 one-way")
    assert link_words(painted(view), wire).below[0] == "nothing passes to DHCP1"


def test_a_message_dies_at_the_cut(qapp):
    view = play("drop next BNDUPD from DHCP1", "start C1", "run until C1 requesting")
    session = view.model.session
    for _ in range(200):
        session.step(1)
        flying = [f for f in view.model.flights() if session.reader.message_name(f.record)]
        updates = [f for f in flying if session.reader.message_name(f.record) == "BNDUPD"]
        if updates:
            break
    arrival = updates[0].arrivals[0][1]
    session.extend(arrival)
    for share, lost in ((0.3, False), (0.8, True)):
        session.seek_time(round(updates[0].record.at + share * (arrival - updates[0].record.at)))
        found = {passing.text.split()[0]: passing for passing in passings(painted(view))}
        (trail,) = found["BNDUPD"].trails
        assert trail.lost is lost
    assert trail.far == pytest.approx(trail.way.length / 2)


def test_an_unanswered_client_is_told_when_its_call_has_faded(qapp):
    view = play("crash DHCP1", "crash DHCP2", "start C1", "run 4s")
    tips = []
    for _ in range(2):
        painted(view)
        tips.append(hits_of(view, Selection("host", 2))[0].words)
        view.model.session.do("run 5s")
    assert "no answer" not in tips[0]
    assert "SELECTING · no answer yet" in tips[1]


@pytest.mark.parametrize("count", [0, 1, 14, 60, 300])
def test_any_number_of_clients_can_be_hit(count, qapp):
    lines = [f"start {count} clients over 5s", "run 30s"] if count else []
    view = play(*lines)
    scene = painted(view)
    assert len(scene.seats) == max(3, count)
    last = scene.seats[-1]
    assert hit_by(view, last.spot.x, last.spot.y) == Selection("host", last.client.index)
    if count:
        tip = view.hit_at(QPointF(last.spot.x, last.spot.y)).words
        assert last.client.name in tip
    boxes = painted(play()).stage.boxes
    assert scene.stage.boxes == boxes


def test_hits_stay_inside_the_view(qapp):
    for size in ((687, 170), (543, 170), (608, 493), (330, 100), (300, 40)):
        view = play("start 14 clients over 5s", "run 4100ms", size=size)
        painted(view)
        room = view.rect().adjusted(-16, -16, 16, 16)
        for hit in view.hits:
            assert room.contains(hit.area.toRect())


OFFICES = """
title = "Two offices"
[segments.HEAD]
network = "10.0.0.0/24"
[segments.BRANCH]
network = "10.0.0.0/24"
[servers.DHCP1]
HEAD = "10.0.0.1"
[servers.DHCP2]
BRANCH = "10.0.0.2"
[links.WAN]
between = ["HEAD", "BRANCH"]
latency = "20ms"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.250"
[relationships.DHCP1-DHCP2]
mode = "load balance"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
[clients]
C1 = "HEAD"
C2 = "BRANCH"
"""


def test_two_segments_and_failover_over_their_bridge(qapp, tmp_path):
    scenario = tmp_path / "offices.toml"
    scenario.write_text(OFFICES)
    model = RunModel(Session.open(str(scenario)))
    view = StageView(model, Look("light"))
    view.resize(*SIZE)
    scene = painted(view)
    (pair,) = scene.topology.pairs
    assert link_words(scene, pair).above == "failover over WAN"
    assert scene.stage.bars["HEAD"].x2 < scene.stage.bars["BRANCH"].x1
    bar = scene.stage.bars["HEAD"]
    assert hit_by(view, bar.x2 + 30, bar.y) == Selection("link", "WAN")
    model.session.do("start C2")
    model.session.do("run 4s")
    (passing,) = passings(painted(view))
    (near, far) = sorted(trail.way.length for trail in passing.trails)
    assert far > 400 > near
    model.session.do("cut WAN")
    assert link_words(painted(view), pair).below[0] == "cut, not noticed yet"


def test_it_paints_in_every_theme_and_scale(story, theme, qapp):
    for scale in (1.0, 1.25):
        view = StageView(RunModel(story), Look(theme.name, scale))
        view.resize(696, 213)
        image = QImage(696, 213, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        view.render_view(painter)
        painter.end()
        assert len(view.hits) > 8


def test_the_cost_of_a_frame_does_not_grow_with_the_run(stage):
    """Rows of the digest looked at in a frame: the same early and late in the run."""
    model, counts = stage.model, []
    for number in (4, 21):
        at_step(stage, number)
        seen = []
        row = model.digest.row
        model.digest.row = lambda place, row=row, seen=seen: seen.append(place) or row(place)
        painted(stage)
        del model.digest.row
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 150


# -- words


@pytest.mark.parametrize(
    ("us", "words"),
    [
        (0, "0 s"),
        (59 * SECOND, "59 s"),
        (450 * SECOND, "7 min 30 s"),
        (2519 * SECOND, "42 min"),
        (3599 * SECOND, "1 h"),
        (86_399 * SECOND + 999_999, "24 h"),
        (587_880 * SECOND, "6 d 19 h"),
        (691_200 * SECOND - 1, "8 d"),
    ],
)
def test_what_is_left_is_no_finer_than_it_matters(us, words):
    assert left_text(us).replace("\u00a0", " ") == words


def test_a_wrong_clock():
    assert skew_text(90 * SECOND) == "+90\u00a0s"
    assert skew_text(-3600 * SECOND) == "−1\u00a0h"


def test_a_capsule_below_a_server_keeps_within_the_segment(stage):
    for width in (456, 543, 687):
        stage.resize(width, 170)
        scene = at_step(stage, 4)
        (passing,) = passings(scene)
        bar = scene.stage.bars["LAN"]
        assert bar.x1 <= passing.body.left()
        assert passing.body.right() <= bar.x2
