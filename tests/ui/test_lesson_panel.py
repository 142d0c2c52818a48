"""The lesson panel: the list of steps gives way, so that the question is whole."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from foviz import Session
from ui.layout.lesson import LEAST_ROWS, MOST_ROWS, rows_that_fit, scroll_to
from ui.model.lesson import section_view, step_rows
from ui.window import MainWindow


@pytest.fixture(scope="module")
def played(qapp):
    """One window for all: what it shows depends on size and position alone."""
    session = Session.open("hot-standby")
    session.finish_story()
    window = MainWindow(session, "light", 1.0, remember=False)
    window.show()
    yield window
    window.close()


def at_step(window, width, height, step):
    window.resize(width, height)
    window.model.seek_time(window.model.steps()[step - 1].at)
    for _ in range(4):
        QApplication.processEvents()
    return window


@pytest.mark.parametrize(
    ("height", "others", "rows"), [(500, 200, 8), (300, 200, 4), (300, 290, 2)]
)
def test_the_steps_take_what_the_rest_leaves(height, others, rows):
    assert rows_that_fit(height, others, 22) == rows
    assert LEAST_ROWS <= rows <= MOST_ROWS


def test_scrolling_shows_the_end_but_never_hides_the_questions_first_line():
    assert scroll_to(400, 380, 200, 8) == 0
    assert scroll_to(400, 450, 200, 8) == 50
    assert scroll_to(400, 900, 200, 8) == 192


@pytest.mark.parametrize("size", [(1280, 800), (1440, 900)])
@pytest.mark.parametrize("step", [1, 4, 12, 16, 18, 21])
def test_the_question_is_whole(played, size, step):
    window = at_step(played, *size, step)
    panel = window.views["lesson"]
    card = panel.card
    assert card.isVisible()
    top = card.mapTo(panel, card.rect().topLeft()).y()
    foot = card.mapTo(panel, card.rect().bottomLeft()).y()
    assert top >= 0
    assert foot < panel.height()
    for row in card.rows:
        if row.isVisible():
            assert row.height() >= row.heightForWidth(row.width())


@pytest.mark.parametrize("count", range(LEAST_ROWS, MOST_ROWS + 1))
@pytest.mark.parametrize("step", [1, 2, 3, 8, 16, 21])
def test_the_present_step_is_in_the_list_however_short(played, count, step):
    played.model.seek_time(played.model.steps()[step - 1].at)
    rows = step_rows(played.model, count)
    assert len(rows) <= count
    present = [row for row in rows if row.state == "present"]
    assert [row.first for row in present] == [step]
    assert rows[0].first == 1


def test_a_day_is_said_once(played):
    played.model.seek_time(played.model.steps()[15].at)
    when = {row.first: row.when for row in step_rows(played.model)}
    assert when[11] == "Tue 14:12"
    assert when[12] == "14:14"
    assert when[14] == "Fri 09:30"
    assert when[16] == "now"


def test_steps_before_a_branch_left_the_story_stay_done(qapp):
    session = Session.open("hot-standby")
    session.finish_story()
    window = MainWindow(session, "light", 1.0, remember=False)
    window.model.seek_time(window.model.steps()[3].at)
    window.model.do("crash DHCP1")
    window.model.do("run 10m")
    states = {row.first: row.state for row in step_rows(window.model)}
    assert states[4] == "done"
    assert states[5] == "to come"
    window.close()


def test_before_its_first_event_a_lesson_shows_its_first_section(qapp):
    window = MainWindow(Session.open("hot-standby"), "light", 1.0, remember=False)
    view = section_view(window.model)
    assert view is not None
    assert view.title == "The first lease"
    window.close()
