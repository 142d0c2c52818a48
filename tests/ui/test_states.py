"""The state chart as it stands in the story: tokens, the last edge, what can be pointed at."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QPainter

from foviz import STATES, Kind, ServerState, Session
from ui.layout import states as layout
from ui.layout import states_graph as graph
from ui.layout.area import Area
from ui.look import Look
from ui.model.run import RunModel
from ui.model.selection import NOTHING, Selection
from ui.view.states import StatesView
from ui.view.states_facts import facts_of

N, CI, PD = ServerState.NORMAL, ServerState.COMMUNICATION_INTERRUPTED, ServerState.PARTNER_DOWN


@pytest.fixture(scope="module")
def model(qapp) -> RunModel:
    session = Session.open("hot-standby")
    session.finish_story()
    return RunModel(session)


@pytest.fixture
def view(model, qtbot) -> StatesView:
    model.selection = NOTHING
    view = StatesView(model, Look("light"))
    qtbot.addWidget(view)
    view.resize(472, 188)
    return view


def go(model: RunModel, number: int) -> None:
    model.selection = NOTHING
    model.seek_time(next(step.at for step in model.steps() if step.number == number))


def picture(view: StatesView) -> QImage:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view.render_view(painter)
    painter.end()
    return image


def colours(image: QImage, box: layout.Rect) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(int(box.x), int(box.right))
        for y in range(int(box.y), int(box.bottom))
    }


# -- what is known


def test_step_16_one_server_is_alone_and_the_other_off(model):
    go(model, 16)
    facts = facts_of(model)
    assert [(each.name, each.state, each.on) for each in facts.standings] == [
        ("DHCP1", N, False),
        ("DHCP2", CI, True),
    ]
    assert facts.taken is not None
    assert facts.taken.key == (N, CI)
    assert facts.taken.standing.name == "DHCP2"
    assert {end for _, end in facts.possible} == {N, PD, ServerState.POTENTIAL_CONFLICT}


def test_of_several_changes_in_one_event_it_is_the_last(model):
    """At step 17 DHCP1 goes from STARTUP over COMMUNICATION-INTERRUPTED to NORMAL at once."""
    go(model, 17)
    taken = facts_of(model).taken
    assert taken is not None
    assert (taken.key, taken.standing.name) == ((CI, N), "DHCP1")


def test_a_selected_server_has_its_own_last_edge_and_edges_possible_now(model):
    go(model, 17)
    both = facts_of(model)
    assert {start for start, _ in both.possible} == {N, CI}
    model.selection = Selection("host", 1)
    second = facts_of(model)
    assert second.taken is not None
    assert second.taken.key == (N, CI)
    assert {start for start, _ in second.possible} == {CI}
    model.selection = Selection("host", 2)  # a client
    assert facts_of(model).possible == both.possible


def test_the_last_edge_is_on_record_and_not_after_the_playhead(model):
    for number in (1, 8, 12, 16, 18, 21):
        go(model, number)
        taken = facts_of(model).taken
        assert taken is not None
        assert taken.record < model.session.record_count
        record = model.session.record(taken.record)
        assert record.kind is Kind.STATE
        assert (record.value("old"), record.value("new")) == taken.key
        later = [
            index
            for index in range(taken.record + 1, model.session.record_count)
            if model.session.branch.trace.kind(index) == Kind.STATE
        ]
        assert later == []


def test_a_starting_server_shows_the_edge_to_what_it_has_stored(qapp):
    session = Session.open_scenario("hot-standby")
    for line in ("cut DHCP1-DHCP2", "crash DHCP1", "run 1m", "restart DHCP1", "run 5s"):
        session.do(line)
    model = RunModel(session)
    facts = facts_of(model)
    assert facts.standings[0].state is ServerState.STARTUP
    assert [edge.key for edge in facts.resumed] == [(ServerState.STARTUP, CI)]
    assert (ServerState.STARTUP, CI) in facts.possible
    assert "since" not in facts.standings[0].words()


def test_a_skewed_clock_does_not_hide_the_last_edge(qapp):
    session = Session.open_scenario("hot-standby")
    for line in ("cut DHCP1-DHCP2", "run 5m", "skew DHCP2 +30s"):
        session.do(line)
    model = RunModel(session)
    model.selection = Selection("host", 1)
    taken = facts_of(model).taken
    assert taken is not None
    assert taken.key == (N, CI)


# -- what is painted


def test_nodes_have_the_hue_of_who_is_in_them(model, view):
    theme = view.theme
    chart = layout.arrange(472, 188)
    go(model, 1)
    image = picture(view)
    normal = colours(image, chart.nodes["N"])
    assert {theme.s1f.name(), theme.s2f.name()} <= normal
    go(model, 16)
    image = picture(view)
    right = chart.nodes["N"]._replace(x=chart.nodes["N"].x + 10, w=22, h=12)
    assert not {theme.s1f.name(), theme.s2f.name()} & colours(image, right)
    assert theme.s2.name() in colours(image, chart.nodes["CI"])
    assert theme.vacant.name() in colours(image, right)


def test_the_last_edge_is_wide_and_in_the_servers_hue(model, view):
    go(model, 16)
    image = picture(view)
    path = layout.arrange(472, 188).paths("N>CI")
    x, y = path.at(0.5)
    column = [image.pixelColor(int(x), int(y) + dy).name() for dy in (-2, -1, 0, 1)]
    assert column.count(view.theme.s2.name()) == 3
    other = layout.arrange(472, 188).paths("CI>PD").at(0.5)
    assert image.pixelColor(int(other[0]), int(other[1])).lightness() < 90


def test_a_picture_depends_on_the_position_alone(model, view):
    go(model, 16)
    first = picture(view)
    go(model, 3)
    other = picture(view)
    go(model, 16)
    assert picture(view) == first
    assert other != first


@pytest.mark.parametrize(
    ("w", "h"), [(472, 188), (300, 120), (300, 55), (1000, 400), (1440, 800), (40, 30)]
)
@pytest.mark.parametrize("theme", ["light", "dark", "projector", "high-contrast"])
def test_every_size_and_theme_can_be_painted(model, qtbot, w, h, theme):
    go(model, 16)
    view = StatesView(model, Look(theme, 1.25))
    qtbot.addWidget(view)
    view.resize(w, h)
    picture(view)
    assert len(view.hits) >= len(STATES)


# -- what can be pointed at


def at_node(view: StatesView, letters: str) -> QPointF:
    x, y = layout.arrange(view.width(), view.height()).nodes[letters].centre
    return QPointF(x, y)


def test_a_node_selects_its_state_and_says_what_it_means(model, view, qtbot):
    go(model, 16)
    picture(view)
    found = view.hit_at(at_node(view, "CI"))
    assert found is not None
    assert found.selection == Selection("state", int(CI))
    assert "COMMUNICATION-INTERRUPTED" in found.words
    assert "draft-12 §9.9" in found.words
    assert "DHCP2 is in COMMUNICATION-INTERRUPTED since Tue 2 14:14:04" in found.words
    view.show()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at_node(view, "CI").toPoint())
    assert model.selection == Selection("state", int(CI))
    assert model.focus.state == CI
    halo = layout.arrange(472, 188).nodes["CI"]
    wider = Area(halo.x - 4, halo.y - 4, halo.w + 8, 3)
    assert view.theme.sel.name() in colours(picture(view), wider)


def test_states_that_the_profile_lacks_say_so(model, view):
    go(model, 16)
    picture(view)
    found = view.hit_at(at_node(view, "PA"))
    assert found is not None
    assert "Not in profile microsoft" in found.words


def test_tokens_select_their_servers(model, view):
    go(model, 16)
    picture(view)
    chart = layout.arrange(472, 188)
    for letters, host, words in (("N", 0, "DHCP1 is off"), ("CI", 1, "DHCP2 is in")):
        ((x, y),) = layout.token_places(chart, letters, 1)
        found = view.hit_at(QPointF(x, y))
        assert found is not None
        assert found.selection == Selection("host", host)
        assert words in found.words


def test_edges_answer_along_their_curve_and_not_beside_it(model, view):
    go(model, 16)
    picture(view)
    path = layout.arrange(472, 188).paths("CI>PC")
    for t in (0.2, 0.5, 0.8):
        x, y = path.at(t)
        found = view.hit_at(QPointF(x, y + 3))
        assert found is not None
        assert found.words.startswith("COMMUNICATION-INTERRUPTED → POTENTIAL-CONFLICT")
        assert "draft-12 §9.9.3" in found.words
    assert view.hit_at(QPointF(60, 130)) is None


def test_the_last_edge_leads_to_its_record(model, view):
    go(model, 16)
    picture(view)
    x, y = layout.arrange(472, 188).paths("N>CI").at(0.4)
    found = view.hit_at(QPointF(x, y))
    assert found is not None
    assert found.selection.kind == "record"
    record = model.session.record(int(found.selection.value))
    assert (record.kind, record.value("new")) == (Kind.STATE, CI)


def test_pointing_at_an_edge_shows_its_label_and_leaving_hides_it(model, view, qtbot):
    go(model, 16)
    view.show()
    plain = picture(view)
    x, y = layout.arrange(472, 188).paths("RI>PD").at(0.6)
    qtbot.mouseMove(view, QPointF(x, y).toPoint())
    assert picture(view) != plain
    view.leaveEvent(QEvent(QEvent.Type.Leave))
    assert picture(view) == plain


def test_the_keyboard_reaches_every_state_and_edge(model, view, qtbot):
    go(model, 16)
    view.show()
    view.setFocus()
    picture(view)
    count = len(graph.edges()) + len(STATES) + 2
    assert len(view.hits) == count
    place = next(n for n, hit in enumerate(view.hits) if hit.selection == Selection("state", 4))
    for _ in range(place + 1):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert model.selection == Selection("state", int(PD))


# -- around


def test_the_table_twin_names_each_state_and_where_it_leads(model, view):
    go(model, 16)
    rows = {row[0]: row for row in view.table()}
    assert len(rows) == len(STATES) + 1
    assert rows["NORMAL"][3] == "DHCP1 (off)"
    assert rows["COMMUNICATION-INTERRUPTED"][3] == "DHCP2"
    assert (
        "PARTNER-DOWN (safe period; operator), possible now"
        in (rows["COMMUNICATION-INTERRUPTED"][4])
    )


def test_the_legend_is_shown_with_its_chart_only(view, qtbot):
    from PySide6.QtWidgets import QWidget

    from ui.panel.dock import Dock

    dock, legend = Dock(view.look), view.title_widget()
    qtbot.addWidget(dock)
    views = [("states", "States", view), ("pool", "Pool", QWidget())]
    dock.set_views(views, {"states": [legend]})
    dock.show()
    assert legend.isVisible()
    dock.show_view("pool")
    assert not legend.isVisible()
    dock.show_view("states")
    assert legend.isVisible()
    view.setParent(None)


def test_the_first_frame_does_without_networkx():
    code = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from PySide6.QtWidgets import QApplication; a = QApplication([])\n"
        "from foviz import Session; from ui.look import Look; from ui.model.run import RunModel\n"
        "from ui.view.states import StatesView\n"
        "v = StatesView(RunModel(Session.open_scenario('hot-standby')), Look('light'))\n"
        "v.resize(472, 188); v.show(); v.grab(); assert len(v.hits) > 30\n"
        "sys.exit('networkx' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
