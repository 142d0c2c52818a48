"""The charts: plots that stand over the timeline's axis and follow the session."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from foviz import Part, Session
from ui.layout.charts import ADDRESSES, CLIENTS, KINDS, MESSAGES, UPDATES
from ui.look import Look
from ui.model.run import RunModel
from ui.panel.charts import ChartsView
from ui.theme import theme_names
from ui.view.timeline import TimelineView
from ui.window import MainWindow

TALL, LOW = (900, 500), (824, 96)


def told(name: str = "hot-standby") -> Session:
    session = Session.open(name)
    session.finish_story()
    session.seek_time(session.end_at)
    return session


@pytest.fixture(scope="module")
def story() -> Session:
    """Played once for all tests that only look at it."""
    return told()


@pytest.fixture
def view(qtbot, story):
    story.seek_time(story.end_at)
    return shown(qtbot, story)


def shown(qtbot, session: Session, size=TALL, theme="light", scale=1.0) -> ChartsView:
    view = ChartsView(RunModel(session), Look(theme, scale))
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.read_all()
    view.grab()  # what is pointed at comes from painting
    return view


def at_step(view: ChartsView, number: int) -> None:
    view.model.seek_time(view.model.steps()[number - 1].at)
    view._pace.timeout.emit()
    view.redraw()


def x_now(view: ChartsView) -> float:
    return view.axis().x_of(view.model.playhead)


def areas_of(view: ChartsView, place: int):
    return view.drawer.plots[place].areas


# -- the session -------------------------------------------------------------------------


def test_the_playhead_of_every_plot_moves_with_the_session(view):
    places = set()
    for step in (3, 16, 21):
        at_step(view, step)
        places.add(round(x_now(view)))
        assert len(view.drawer.shown) == 4
        for plot in view.drawer.plots:
            assert plot.playhead.value() == x_now(view)
    assert len(places) == 3


def test_a_plot_stands_over_the_timelines_axis_to_the_pixel(view, qtbot):
    timeline = TimelineView(view.model, view.look)
    qtbot.addWidget(timeline)
    timeline.resize(view.width(), 130)
    timeline.grab()
    at_step(view, 16)
    plot = view.drawer.plots[0]
    corner = plot.mapTo(view, plot.mapFromScene(plot.box.mapViewToScene(plot.playhead.pos())))
    assert timeline._place is not None
    assert timeline._place.left == view.place.left
    assert corner.x() == pytest.approx(x_now(view), abs=1)


def test_a_click_in_a_plot_goes_to_that_moment_and_a_drag_goes_on(view, qtbot):
    y = view.drawer.shown[0].row.y + 5
    point = QPoint(round(view.axis().x_of(view.model.steps()[10].at)), y)
    wanted = view.axis().us_of(point.x())
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)
    assert view.model.playhead == wanted
    wanted, first = view.axis().us_of(point.x() + 60), view.axis()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=point)
    assert view.axis_model.held
    further = point + QPoint(60, 0)
    qtbot.mouseMove(view, further)
    assert view.axis() is first, "time does not slip under the pointer"
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=further)
    assert not view.axis_model.held
    assert view.model.playhead == wanted


def test_plots_let_the_mouse_through_to_the_view(view):
    point = view.drawer.plots[1].geometry().center()
    assert view.childAt(point) is None


def test_nobody_gets_beyond_what_was_seen(qtbot):
    session = Session.open("hot-standby")
    session.finish_story()
    first = session.origin.playhead
    session.seek_time(first + 60_000_000)
    view = shown(qtbot, session)
    point = QPoint(view.width() - 5, view.drawer.shown[0].row.y + 5)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)
    assert session.playhead == first + 60_000_000
    assert view.series_model.series().read == view.series_model.seen < len(session.branch.trace)


def test_a_click_on_a_band_of_states_selects_its_record(view, qtbot):
    at_step(view, 16)
    view.grab()
    hit = next(h for h in view.hits if "DHCP2: COMMUNICATION-INTERRUPTED" in h.words)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=hit.area.center().toPoint())
    assert view.model.selection.kind == "record"


def test_what_lies_after_the_playhead_is_pale_and_nothing_lies_beyond_what_was_seen(view):
    at_step(view, 16)
    solid = view.theme.s2.rgb()
    now = x_now(view)
    seen = view.axis().x_of(view.model.session.seen.playhead)
    leased = [a for a in areas_of(view, 1) if a.striped is None and len(a.runs.x0)]
    behind = [a for a in leased if a.runs.x1.max() <= now]
    ahead = [a for a in leased if a.runs.x0.min() >= now]
    assert any(a.ground.rgb() == solid for a in behind)
    assert ahead
    assert all(a.ground.rgb() != solid for a in ahead)
    assert max(a.runs.x1.max() for a in leased) <= seen


def test_areas_stand_for_what_a_server_believes(view):
    at_step(view, 16)
    counts = view.series_model.series().counts(1, view.model.session.record_count)
    assert counts[Part("ACTIVE", 2)] == 2
    words = [word.text for word in view.drawer.plots[1].words]
    assert words == ["2 ACTIVE by DHCP2", "9 BACKUP, DHCP2’s", "189 FREE, DHCP1’s (cut off)"]
    assert view.drawer.plots[1].scale.cut
    assert view.drawer.plots[0].scale.top == view.drawer.plots[1].scale.top, "to be compared"


def test_updates_wait_while_the_servers_are_apart(view):
    at_step(view, 16)
    place = [plot.kind for plot in view.drawer.shown].index(UPDATES)
    assert {word.text for word in view.drawer.plots[place].words} == {
        "none at DHCP1",
        "2 wait at DHCP2",
    }


def test_a_branch_has_its_own_curves_and_the_story_keeps_its_own(qtbot):
    view = shown(qtbot, told())
    at_step(view, 8)
    before = view.table()
    view.model.do("start C3")
    view.model.do("run 1h")
    view.redraw()
    assert view.model.session.branch.name == "B"
    assert ["Clients", "served", "2"] in view.table()
    assert view.drawer.plots[0].playhead.value() == x_now(view)
    view.model.session.return_to_story()
    at_step(view, 8)
    assert view.table() == before


def test_another_session_is_drawn_from_its_own_trace(view):
    view.model.open(told("partner-down-automatic"))
    view.read_all()
    assert view.series_model.series().trace is view.model.session.branch.trace
    assert view.drawer.plots[0].playhead.value() == x_now(view)


# -- choosing ----------------------------------------------------------------------------


def test_toggles_choose_the_plots_and_one_is_always_left(view):
    assert [p.kind for p in view.drawer.shown] == [ADDRESSES, ADDRESSES, CLIENTS, UPDATES]
    view.toggles[ADDRESSES].click()
    view.toggles[CLIENTS].click()
    assert [p.kind for p in view.drawer.shown] == [UPDATES]
    view.toggles[UPDATES].click()
    assert [p.kind for p in view.drawer.shown] == [UPDATES]
    assert view.toggles[UPDATES].isChecked()
    view.toggles[MESSAGES].click()
    assert [p.kind for p in view.drawer.shown] == [UPDATES, MESSAGES]
    assert view.messages.isVisible()
    assert sum(plot.isVisible() for plot in view.drawer.plots) == 2


def test_a_low_view_shows_one_kind_chosen_in_a_box(view):
    view.resize(*LOW)
    assert view.one.isVisible()
    assert not view._tools.isVisible()
    for place, kind in enumerate(KINDS):
        view.one.setCurrentIndex(place)
        view.one.activated.emit(place)
        assert {p.kind for p in view.drawer.shown} == {kind}
    names = [view.messages.itemText(n) for n in range(view.messages.count())]
    view.messages.activated.emit(names.index("CONTACT"))
    assert view.message == "CONTACT"
    at_step(view, 10)
    words = [word.text for word in view.drawer.plots[0].words]
    assert "DHCP2 sent 1" in words, "a CONTACT goes each minute while nothing else does"


# -- themes ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", theme_names())
def test_a_theme_is_taken_over_at_once(view, name):
    view.look.use("dark" if name == "light" else "light")
    view.look.use(name)
    view.redraw()
    for plot in view.drawer.plots:
        assert plot.theme is view.theme
        assert plot.backgroundBrush().color().rgb() == view.theme.panel.rgb()
        assert plot.playhead.pen.color().rgb() == view.theme.ink.rgb()
    image = view.grab().toImage()
    edge = view.drawer.shown[2].row
    assert image.pixelColor(view.place.gutter + 2, edge.y + 3).rgb() == view.theme.panel.rgb()


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
def test_words_grow_with_the_font_and_never_overlap(qtbot, scale):
    view = shown(qtbot, told("partner-down"), (900, 640), scale=scale)
    for plot in view.drawer.plots:
        ys = sorted(word.y for word in plot.words)
        assert all(b - a >= 11 * scale - 1 for a, b in pairwise(ys))
        for word in plot.words:
            assert view.place.gutter <= word.x
            assert word.x + view.theme.width(word.text, 10) <= view.width()


# -- words -------------------------------------------------------------------------------


def test_the_values_at_the_playhead_stand_in_words(view):
    at_step(view, 16)
    assert view.accessibleName() == "Charts"
    assert view.status_words() == (
        "DHCP1: 189 FREE, 10 BACKUP, 1 ACTIVE · DHCP2: 189 FREE, 9 BACKUP, 2 ACTIVE"
    )
    table = view.table()
    assert ["Addresses", "DHCP2", "2 ACTIVE by DHCP2"] in table
    assert ["Clients", "served", "2"] in table
    assert ["Updates", "DHCP2", "2"] in table
    assert ["Messages", "DHCP1", "0 sent, 0 received"] in table
    assert all(len(row) == 3 for row in table)


# -- when it draws -----------------------------------------------------------------------


def test_it_draws_at_most_ten_times_a_second_and_only_when_seen(view):
    assert view._pace.interval() == 100
    view._pace.timeout.emit()
    view.redraw()
    drawn = view.drawn
    for _ in range(20):
        view.model.step(-1)
    assert view.drawn == drawn, "it was drawn just now"
    view._pace.timeout.emit()
    assert view.drawn == drawn + 1, "the moves are drawn together"
    assert view.drawer.plots[0].playhead.value() == x_now(view)
    view._pace.stop()
    view.hide()
    view.model.step(-1)
    view.look.changed.emit()
    view.redraw()
    assert view.drawn == drawn + 1
    view.show()
    assert view.drawn > drawn + 1
    assert view.drawer.plots[0].playhead.value() == x_now(view)


def test_a_long_run_is_read_in_slices_between_which_the_window_answers(qtbot, story):
    story.seek_time(story.end_at)
    view = ChartsView(RunModel(story), Look("light"))
    qtbot.addWidget(view)
    view.resize(*TALL)
    view.show()
    assert not view.series_model.done
    assert view.status_words() == "reading the run …"
    rounds = 0
    while not view.series_model.done:
        view._read_on()
        rounds += 1
    assert rounds > 3
    assert "FREE" in view.status_words()


def test_a_window_starts_without_the_plots_and_has_them_once_they_are_shown():
    code = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from PySide6.QtWidgets import QApplication; a = QApplication([])\n"
        "from foviz import Session; from ui.window import MainWindow\n"
        "w = MainWindow(Session.open_scenario('hot-standby'), 'light', 1.0, remember=False)\n"
        "w.show(); a.processEvents(); w.grab()\n"
        "early = [m for m in ('pyqtgraph', 'numpy') if m in sys.modules]\n"
        "assert not early, early\n"
        "w.docks['leases'].show_view('charts'); a.processEvents()\n"
        "assert 'pyqtgraph' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("size", [(1280, 800), (1024, 680), (760, 560)])
def test_the_tab_stands_beside_leases_in_every_size(qtbot, story, size):
    window = MainWindow(story, "light", 1.0, remember=False)
    qtbot.addWidget(window)
    window.resize(*size)
    window.show()
    QApplication.processEvents()
    dock = next(d for d in window.docks.values() if "charts" in d.names and not d.isHidden())
    assert "leases" in dock.names
    dock.show_view("charts")
    QApplication.processEvents()
    view = window.views["charts"]
    assert view.isVisible()
    view.read_all()
    window._refresh_words()
    assert "BACKUP" in dock.words.text()
    view.grab()
