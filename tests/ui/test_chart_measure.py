"""Measuring in the chart: the bracket, its words, its ends out of view."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from foviz import Session
from ui.layout.chart import arrange, label_boxes
from ui.layout.chart_columns import place_columns
from ui.layout.chart_items import Arrow, Fate, Item
from ui.layout.chart_measure import HIGH, height_of, place_bar
from ui.look import Look
from ui.model.measure import End, Measure, exact_text, measure_of
from ui.model.run import RunModel
from ui.model.selection import NOTHING, Selection
from ui.view.chart import ChartView
from ui.view.chart_measure import bar_of
from ui.window import MainWindow

S = 1_000_000


class Ruler:
    """Measures as if every letter were equally wide."""

    def px(self, size: float) -> int:
        return round(size)

    def capsule(self, text: str) -> float:
        return self.text(text, True) + 14

    def pile(self, text: str) -> float:
        return self.text(text) + 30

    def badge(self, letters: str, service: str) -> float:
        return max(20, self.text(letters, True) + 10)

    def text(self, text: str, bold: bool = False) -> float:
        return len(text) * (6.9 if bold else 6.2)


def scene_of(count: int, height: int = 300, width: int = 687, fold: int = -1, below: float = 0.0):
    """Return rows a second apart, records 0 upwards; one of them may be a fold."""
    items = [
        Item("fold", n * S, n, n, text="1 min")
        if n == fold
        else Item(
            "row", n * S, n, n,
            (Arrow(n, 2, "client", False, ("REQUEST", "REQ"), (Fate(0, "heard", n * S),), n * S),),
            (n,), n,
        )
        for n in range(count)
    ]  # fmt: skip
    columns = place_columns([(2, "client"), (0, "server"), (1, "server")], width, Ruler().px)
    return arrange(items[::-1], columns, Ruler(), {}, 28, height, below)


# -- the layout


def test_an_end_stands_on_the_line_of_its_row():
    scene = scene_of(5)
    for row in scene.rows:
        height = height_of(scene, row.item.at, row.item.records[0], scrolled=False)
        assert height == (row.line, 0)


def test_an_end_out_of_view_points_out_of_it():
    scene = scene_of(60)
    assert height_of(scene, 1 * S, 1, scrolled=False).out == -1
    assert height_of(scene, 1 * S, -1, scrolled=False).out == -1
    assert height_of(scene, 90 * S, 90, scrolled=False) == (scene.foot - 3, 1)
    scrolled = scene_of(60, below=40.0)
    assert height_of(scrolled, 59 * S, 59, scrolled=True).out == 1
    assert height_of(scrolled, 99 * S, -1, scrolled=True).out == 1


def test_a_moment_of_a_silence_stands_in_its_fold_and_the_playhead_at_the_foot():
    scene = scene_of(6, fold=3)
    fold = scene.rows[3]
    assert height_of(scene, 3 * S + 5, -1, scrolled=False) == (fold.line, 0)
    assert height_of(scene, 7 * S, -1, scrolled=False) == (scene.foot, 0)
    assert height_of(scene, 1 * S + 5, -1, scrolled=False) == (scene.rows[1].foot, 0)


@pytest.mark.parametrize("width", [240, 300, 430, 687, 1200])
def test_the_words_stand_inside_and_touch_nothing_when_there_is_room(width):
    scene = scene_of(30, width=width)
    for one, other in ((2, 9), (0, 0), (3, 4)):
        rows = scene.rows
        heights = [
            height_of(scene, rows[n].item.at, rows[n].item.records[0], scrolled=False)
            for n in (one, other)
        ]
        bar = place_bar(scene, Ruler(), *heights, 66)
        assert bar.top.y <= bar.foot.y
        assert bar.words_x - 33 >= 0
        assert bar.words_x + 33 <= width
        assert scene.top <= bar.words_y - HIGH / 2
        assert bar.words_y + HIGH / 2 <= scene.foot
        if width >= 687:
            for row in rows:
                for left, top, right, foot in label_boxes(row, Ruler()):
                    apart = bar.words_x + 33 <= left or bar.words_x - 33 >= right
                    assert apart or bar.words_y + 8 <= top or bar.words_y - 8 >= foot


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0\u00a0µs"),
        (999, "999\u00a0µs"),
        (2_013, "2.013\u00a0ms"),
        (1_003_000, "1.003\u00a0s"),
        (10 * S, "10\u00a0s"),
        (59_999_999, "59.999999\u00a0s"),
        (60 * S, "1\u00a0min"),
        (3_600 * S + 4_200_000, "1\u00a0h 4.2\u00a0s"),
        (3 * 86_400 * S, "3\u00a0d"),
    ],
)
def test_a_length_is_told_exactly(us, text):
    assert exact_text(us) == text


def test_words_that_cover_something_say_so():
    scene = scene_of(30)
    ends = [height_of(scene, row.item.at, -1, scrolled=False) for row in scene.rows[-2:]]
    assert not place_bar(scene, Ruler(), *ends, 40).crowded
    assert place_bar(scene, Ruler(), *ends, 600).crowded


def test_a_length_has_shorter_forms():
    measure = Measure(End(0), End((5 * 86_400 + 19 * 3_600 + 60) * S))
    short = "Δ\u00a05\u00a0d"
    assert measure.texts == (f"{short} 19\u00a0h 1\u00a0min", f"{short} 19\u00a0h", short)
    assert Measure(End(0), End(1_003_000)).texts == ("Δ\u00a01.003\u00a0s",)


# -- the view


@pytest.fixture(scope="module")
def story():
    session = Session.open("hot-standby")
    session.finish_story()
    return session


def chart_of(session: Session, theme: str = "light", size=(687, 343)) -> ChartView:
    view = ChartView(RunModel(session), Look(theme))
    view.resize(*size)
    view.model.seek_time(view.model.steps()[15].at)
    view.grab()
    return view


def rows_of(view: ChartView) -> list[int]:
    return [row.item.records[0] for row in view.scene().layout.rows if row.item.records]


def bar(view: ChartView):
    found = bar_of(view.model, view.maker.facts, view.scene())
    assert found is not None
    return found


def test_measuring_from_one_record_to_another(story, qapp):
    view = chart_of(story)
    model, trace = view.model, story.branch.trace
    first, last = rows_of(view)[-4], rows_of(view)[-1]
    model.select(Selection("record", first))
    model.measure()
    assert " to …" in view.status_words()
    assert measure_of(model).end is None
    model.select(Selection("record", last))
    length = exact_text(trace.at(last) - trace.at(first))
    assert view.status_words() == f"Δ\u00a0{length} later"
    assert bar(view)[1] == "Δ\u00a03\u00a0d", "what is long is told shorter at the bracket"
    assert bar(view)[0].top.y < bar(view)[0].foot.y
    view.grab()
    assert any(hit.words == view.status_words() for hit in view.hits)
    model.select(Selection("record", first))
    model.measure()
    assert measure_of(model) is None
    assert "Δ" not in view.status_words()


def test_measuring_backwards_gives_the_same_length(story, qapp):
    view = chart_of(story)
    one, other = rows_of(view)[-3], rows_of(view)[-1]
    view.model.select(Selection("record", other))
    view.model.measure()
    view.model.select(Selection("record", one))
    assert " earlier" in view.status_words()
    at = story.branch.trace.at
    assert measure_of(view.model).us == at(other) - at(one)


def test_it_holds_after_stepping_and_jumping(story, qapp):
    view, fresh = chart_of(story), chart_of(story)
    start = rows_of(view)[-2]
    view.model.select(Selection("record", start))
    view.model.measure()
    view.model.select(NOTHING)
    for step in (10, 17, 19, 20):
        view.model.seek_time(view.model.steps()[step].at)
        view.grab()
    for step in range(5):
        view.model.step(7 * step)
    fresh.model.measured = End(story.branch.trace.at(start), start)
    fresh.model.moved.emit()
    assert view.grab().toImage() == fresh.grab().toImage()
    assert measure_of(view.model).us == view.model.playhead - story.branch.trace.at(start)


def test_a_record_of_another_branch_leaves_its_moment(qapp):
    session = Session.open_scenario("hot-standby")
    for line in ("start C1", "run 10s"):
        session.do(line)
    view = ChartView(RunModel(session), Look("light"))
    view.model.measured = End(session.playhead - 5, 10**9)
    assert measure_of(view.model).start == End(session.playhead - 5)
    assert not view.grab().isNull()


def test_folds_and_the_edge_of_the_view(story, qapp):
    view = chart_of(story, size=(687, 150))
    digest, model = story.digest, view.model
    first = digest.row(model.first_row).record
    model.select(Selection("record", first))
    model.measure()
    model.select(NOTHING)
    assert bar(view)[0].top.out == -1
    view.scroll(60)
    assert bar(view)[0].foot.out == 1
    assert not view.grab().isNull()


def test_it_paints_in_every_theme_and_size(story, theme):
    for size in ((687, 343), (300, 260), (200, 90), (40, 20), (1400, 700)):
        view = chart_of(story, theme.name, size)
        view.model.measure()
        view.model.step(-40)
        assert not view.grab().isNull()


# -- the window


def test_m_and_escape(story, qtbot):
    window = MainWindow(story, "light", 1.0, remember=False)
    qtbot.addWidget(window)
    window.show()
    model, chart = window.model, window.views["messages"]
    model.seek_time(model.steps()[15].at)
    QApplication.processEvents()
    qtbot.keyClick(chart, Qt.Key.Key_M)
    assert model.measured == End(model.playhead)
    qtbot.keyClick(chart, Qt.Key.Key_M)
    assert model.measured is None
    qtbot.keyClick(chart, Qt.Key.Key_M)
    model.step(-20)
    assert "Δ" in window.docks["messages"].words.text()
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert model.measured is None
    assert "Δ" not in window.docks["messages"].words.text()
    qtbot.keyClick(chart, Qt.Key.Key_M)
    window.views["stage"].setFocus()
    qtbot.keyClick(window.views["stage"], Qt.Key.Key_Escape)
    assert model.measured is None
