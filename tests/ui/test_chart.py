"""The painted chart: a function of the position, pointed at, scrolled, cheap."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from foviz import Session
from ui.layout.chart_arrows import PlacedArrow, PlacedPile
from ui.look import Look
from ui.model.run import RunModel
from ui.model.selection import NOTHING, Selection
from ui.panel.dock import Dock
from ui.view.chart import ChartView

SIZE = (687, 343)
SIZES = [(687, 343), (430, 300), (300, 260), (1000, 600), (200, 90), (40, 20)]


@pytest.fixture(scope="module")
def story():
    session = Session.open("hot-standby")
    session.finish_story()
    return session


@pytest.fixture
def chart(story, qapp):
    return chart_of(story)


def chart_of(session: Session, theme: str = "light", size=SIZE) -> ChartView:
    view = ChartView(RunModel(session), Look(theme))
    view.resize(*size)
    return view


def at_step(view: ChartView, number: int) -> ChartView:
    found = next(step for step in view.model.steps() if step.number == number)
    view.model.select(NOTHING)
    view.model.seek_time(found.at)
    view.grab()
    return view


def parts_of(view: ChartView, kind):
    return [
        part for row in view.scene().layout.rows for part in row.parts if isinstance(part, kind)
    ]


def click(view: ChartView, x: float, y: float, qtbot) -> None:
    point = QPoint(round(x), round(y))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)


def wheel(view: ChartView, notches: int) -> None:
    event = QWheelEvent(
        QPointF(300, 150), QPointF(300, 150), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


# -- painting


@pytest.mark.parametrize("size", SIZES)
def test_it_paints_in_every_theme_and_size(story, theme, size):
    view = chart_of(story, theme.name, size)
    for number in (1, 12, 16, 21):
        at_step(view, number)
    assert not view.grab().isNull()


def test_jumping_anywhere_shows_what_playing_there_shows(story, qapp):
    rng = random.Random(5)
    first, last = story.origin.playhead, story.end_at
    moments = sorted(rng.randrange(first, last) for _ in range(14))
    moments += [step.at for step in RunModel(story).steps()]
    played = chart_of(story)
    seen = {}
    for at in sorted(moments):
        played.model.seek_time(at)
        seen[at] = played.grab().toImage()
    jumping = chart_of(story)
    rng.shuffle(moments)
    for at in moments:
        jumping.model.seek_time(at)
        assert jumping.grab().toImage() == seen[at], at


def test_a_fresh_run_stepped_there_shows_the_same(qapp):
    def session():
        opened = Session.open_scenario("hot-standby")
        for line in ("start C1", "run 10s", "crash DHCP1", "run 5m"):
            opened.do(line)
        return opened

    one, other = session(), session()
    target = one.cursor - 40
    one.seek_event(target)
    other.seek_event(0)
    view = chart_of(other)
    while other.cursor < target:
        other.step(50 if other.cursor + 50 <= target else 1)
        view.model.moved.emit()
        view.scene()
    assert view.grab().toImage() == chart_of(one).grab().toImage()


def test_a_scene_is_made_once_for_a_position(chart):
    at_step(chart, 16)
    made = chart.scene()
    chart.grab()
    assert chart.scene() is made
    chart.model.step(1)
    assert chart.scene() is not made


def test_another_session_is_shown_from_scratch(chart, qapp):
    at_step(chart, 16)
    chart.model.open(Session.open_scenario("hot-standby"))
    assert chart.scene().layout.rows == []
    assert not chart.grab().isNull()


# -- cost


READS = ("__getitem__", "at", "kind", "host", "cause", "event")


def reads_after(renewals: int, monkeypatch) -> tuple[int, int]:
    """Return how often a frame asks the trace after some renewals, and its length."""
    session = Session.open_scenario("hot-standby")
    session.do("start C1")
    session.do("run 10s")
    for _ in range(renewals):
        session.do("renew C1")
        session.do("run 2m")
    view = chart_of(session)
    assert view.scene().layout.full
    # Nothing is known any more but what the digest keeps: the frame reads all that it needs.
    maker = view.maker
    maker.facts.forget()
    maker.groups.forget()
    maker._kept.clear()
    session.seek_time(session.playhead - 1)
    session.snapshot()
    trace = type(session.branch.trace)
    count = [0]
    with monkeypatch.context() as patched:
        for name in READS:
            real = getattr(trace, name)

            def counting(self, index, real=real):
                count[0] += 1
                return real(self, index)

            patched.setattr(trace, name, counting)
        view.scene()
    return count[0], len(session.branch.trace)


def test_what_a_frame_reads_does_not_grow_with_the_run(qapp, monkeypatch):
    few, short = reads_after(30, monkeypatch)
    many, long = reads_after(240, monkeypatch)
    assert long > 6 * short
    assert few > 50
    assert many <= few * 1.1


def test_only_rows_in_view_are_placed(chart):
    for step in (12, 16, 21):
        at_step(chart, step)
        layout = chart.scene().layout
        assert len(layout.rows) <= 30
        assert all(row.foot > layout.top - 1 for row in layout.rows)


# -- pointing


def test_a_click_on_a_capsule_selects_its_record_everywhere(chart, qtbot):
    at_step(chart, 16)
    renew = next(p for p in parts_of(chart, PlacedArrow) if p.arrow.labels[0] == "REQUEST renew")
    click(chart, renew.label.x, renew.label.y, qtbot)
    assert chart.model.selection == Selection("record", renew.arrow.record)
    scene = chart.scene()
    assert scene.record == renew.arrow.record
    assert not scene.scrolled


def test_a_click_on_a_line_selects_too_and_beside_it_nothing(chart, qtbot):
    at_step(chart, 16)
    rebind = next(p for p in parts_of(chart, PlacedArrow) if p.arrow.labels[0] == "REQUEST rebind")
    x = rebind.label.x + rebind.label.w / 2 + 14
    end = rebind.paths[0][-1]
    y = rebind.y + (end.y - rebind.y) * (x - rebind.x) / (end.x - rebind.x)
    click(chart, x, y, qtbot)
    assert chart.model.selection == Selection("record", rebind.arrow.record)
    found = chart.hit_at(QPointF(x, y + 9))
    assert found is None or found.selection.value != rebind.arrow.record


def test_a_click_on_a_pile_unfolds_it_and_on_its_bracket_folds_it_again(chart, qtbot):
    at_step(chart, 16)
    pile = next(p for p in parts_of(chart, PlacedPile) if p.pile.labels[0] == "REQUEST ACK")
    click(chart, pile.label.x, pile.label.y, qtbot)
    chart.grab()
    rows = [p.arrow.labels[0].split()[0] for p in parts_of(chart, PlacedArrow)]
    assert "BNDUPD" in rows, "its updates unfold with it"
    fold = next(hit for hit in chart.hits if "Click: fold" in hit.words)
    click(chart, fold.area.center().x(), fold.area.center().y(), qtbot)
    chart.grab()
    assert any(p.pile.labels[0] == "REQUEST ACK" for p in parts_of(chart, PlacedPile))


def test_a_click_on_a_head_selects_the_host(chart, qtbot):
    at_step(chart, 16)
    column = chart.scene().layout.columns.columns[2]
    click(chart, column.x, 14, qtbot)
    assert chart.model.selection == Selection("host", 1)


def test_a_selected_client_stands_left_of_the_servers(chart, qtbot):
    at_step(chart, 16)
    assert chart.scene().hosts == (2, 0, 1, 3)
    chart.model.select(Selection("host", 3))
    assert chart.scene().hosts == (3, 0, 1, 2)


def test_a_selected_message_moves_no_lifeline(chart):
    at_step(chart, 16)
    hosts = chart.scene().hosts
    dora = next(p for p in parts_of(chart, PlacedPile) if p.pile.labels[0].startswith("DISCOVER"))
    chart.model.select(Selection("record", dora.pile.records[0]))
    assert chart.scene().hosts == hosts


def test_a_click_on_a_time_goes_there_and_on_a_silence_into_it(chart, qtbot):
    at_step(chart, 16)
    crash = next(row for row in chart.scene().layout.rows if row.item.at % 86_400_000_000 and
                 row.item.form == "row" and "crash" in [getattr(p, "text", "") for p in
                                                        row.item.parts])  # fmt: skip
    click(chart, 30, crash.line, qtbot)
    assert chart.model.playhead == crash.item.at
    at_step(chart, 16)
    fold = next(row for row in chart.scene().layout.rows if row.item.day == "Fri 5 Jan")
    click(chart, 60, fold.line, qtbot)
    assert fold.item.at < chart.model.playhead < fold.item.at + 3 * 86_400_000_000
    assert chart.scene().layout.rows[-1].item.form == "fold", "in the middle of the silence"


def test_a_click_on_a_step_goes_to_the_step(chart, qtbot):
    at_step(chart, 16)
    found = next(hit for hit in chart.hits if hit.words.startswith("Step 12"))
    click(chart, found.area.center().x(), found.area.center().y(), qtbot)
    present = chart.model.present_step()
    assert present is not None
    assert present.number == 12


def test_every_pointed_thing_lies_in_the_view_and_says_what_it_is(chart):
    at_step(chart, 16)
    assert len(chart.hits) > 30
    for hit in chart.hits:
        assert hit.words
        assert hit.area.left() >= 0
        assert hit.area.right() <= SIZE[0] + 1


# -- scrolling


def test_the_wheel_scrolls_back_and_the_playhead_stays(chart):
    at_step(chart, 21)
    playhead, first = chart.model.playhead, chart.scene().layout.rows[0].item
    wheel(chart, 4)
    chart.grab()
    scene = chart.scene()
    assert scene.scrolled
    assert chart.model.playhead == playhead
    assert scene.layout.rows[0].item.at < first.at
    chart.model.step(-1)
    assert not chart.scene().scrolled, "back at the foot when the playhead moves"


def test_scrolling_there_and_back_ends_where_it_began(chart):
    at_step(chart, 21)
    before = chart.grab().toImage()
    for by in (7, 130, 400, 23, 9000):
        chart.scroll(by)
        chart.scene()
    chart.scene()
    for _ in range(200):
        chart.scroll(-60)
        chart.scene()
    assert chart.grab().toImage() == before


def test_scrolled_by_a_few_pixels_rows_stay_the_same(chart):
    at_step(chart, 21)
    rows = {}
    for _ in range(60):
        scene = chart.scene()
        for row in scene.layout.rows:
            known = rows.setdefault((row.item.first, row.item.records), row.item.parts)
            assert known == row.item.parts
        chart.scroll(9)


def test_one_cannot_scroll_beyond_the_beginning(chart):
    at_step(chart, 21)
    chart.scroll(1e6)
    layout = chart.scene().layout
    assert layout.rows[0].item.parts[0].labels[0] == "DISCOVER"  # type: ignore[union-attr]
    assert layout.rows[0].y == pytest.approx(layout.top + 2, abs=1)
    at_step(chart, 4)
    chart.scroll(500)
    assert not chart.scene().scrolled, "everything is in view"


def test_keys_scroll_with_shift_and_leave_plain_keys_to_the_window(chart, qtbot):
    at_step(chart, 21)
    qtbot.keyClick(chart, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ShiftModifier)
    assert chart.scene().scrolled
    qtbot.keyClick(chart, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert not chart.scene().scrolled
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_Space, Qt.Key.Key_Left):
        qtbot.keyClick(chart, key)
        assert not chart.scene().scrolled


# -- title row, table


def test_words_of_the_title_row_name_who_is_hidden(chart):
    at_step(chart, 16)
    assert chart.status_words() == "1 idle host hidden: C3"
    at_step(chart, 4)
    assert chart.status_words() == "2 idle hosts hidden: C2, C3"


def test_the_switch_in_the_title_row_changes_the_scale(chart, qtbot):
    at_step(chart, 16)
    dock = Dock(chart.look)
    qtbot.addWidget(dock)
    switch = chart.title_control()
    dock.add_control(switch)
    assert parts_of(chart, PlacedPile)
    switch.setCurrentIndex(1)  # type: ignore[attr-defined]
    assert not parts_of(chart, PlacedPile)


def test_the_table_twin_tells_every_row(chart):
    at_step(chart, 16)
    head, *rows = chart.table()
    assert all(len(row) == len(head) for row in rows)
    text = [" | ".join(row).replace("\u00a0", " ") for row in rows]
    last = text[-1]
    for words in ("Mon 8 Jan 09:30:04", "16", "DHCP2", "C1", "ACK 1 h", "in flight", "Rebinding"):
        assert words in last
    assert any("DHCP1: lost (host is off)" in row for row in text)
    assert any("silence" in row for row in text)
