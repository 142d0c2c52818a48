"""Where the inspector's parts stand: nothing overlaps, nothing leaves the view, room is shared."""

from __future__ import annotations

import itertools

import pytest

from ui.layout.inspector import (
    CAUSES,
    Wants,
    body_columns,
    cause_centres,
    clamp_top,
    fold_chain,
    octet_rows_fitting,
    plan_inspector,
    reveal,
    rows_for_octets,
    thumb,
    value_column,
)
from ui.layout.inspector_octets import Span, octet_at, octet_rows, outlines, spans

SIZES = ((471, 388), (455, 288), (519, 568), (472, 390), (300, 84), (590, 490))
ACK = Wants(
    body=13, tree=True, question=1, text=2, source=True, facts=3, result=True, causes=True, story=5
)
PLAIN = Wants(body=10, tree=True, question=1, text=1, source=True, causes=True, story=2)
SERVER = Wants(body=11, question=1, text=2, source=True, facts=3, result=True, causes=True)
STATE = Wants(body=9, row=18)
ALL = (ACK, PLAIN, SERVER, STATE, ACK._replace(head=2, question=2, text=4, facts=9))


def bands(plan, scale):
    """The bands of a plan from top to bottom: (top, bottom)."""
    line = int(15 * scale + 0.5)
    found = [(plan.head.y, plan.head.bottom)]
    if plan.rows:
        found.append((plan.body.y, plan.body.y + plan.rows * plan.row))
    if plan.question_lines:
        found.append((plan.question_y - 8 * scale, plan.question_y + 8 * scale))
    single = [(plan.text_y, plan.text_lines)]
    single.append((plan.source_y, int(plan.source_y >= 0)))
    single.append((plan.facts_y, plan.facts))
    single.append((plan.result_y, int(plan.result_y >= 0)))
    single.append((plan.story_y, plan.story))
    for y, count in single:
        if count:
            found.append((y - line // 2, y - line // 2 + count * line))
    if plan.causes.h:
        found.append((plan.causes.y, plan.causes.bottom))
    return found


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("wants", ALL)
def test_bands_follow_one_another_inside_the_view(size, scale, wants):
    w, h = (round(side * scale) for side in size)
    plan = plan_inspector(w, h, scale, wants)
    found = bands(plan, scale)
    for above, below in itertools.pairwise(found):
        assert above[1] <= below[0] + 1
    assert found[-1][1] <= h


def test_at_the_size_of_the_pictures_everything_is_there():
    plan = plan_inspector(471, 388, 1.0, ACK)
    assert plan.rows == 9
    assert (plan.source_y >= 0, plan.facts, plan.result_y >= 0) == (True, 3, True)
    assert plan.causes.h == CAUSES


def test_in_the_small_window_facts_come_before_more_of_the_tree():
    """Who asks why has to read the facts; a tree of three rows can be scrolled."""
    plan = plan_inspector(455, 288, 1.0, ACK)
    assert plan.rows == 3
    assert plan.text_lines == 2
    assert plan.result_y >= 0
    assert plan.causes.h
    assert plan.facts >= 2


def test_more_height_never_shows_less():
    shown = []
    for h in range(120, 700, 7):
        plan = plan_inspector(471, h, 1.0, ACK)
        shown.append((plan.rows + plan.facts + plan.story, plan.text_lines, plan.causes.h))
    for before, after in itertools.pairwise(shown):
        assert after[1] >= before[1]
        assert after[2] >= before[2]
    assert shown[-1][0] == 13 + 3 + 5


def test_head_and_question_stand_where_there_is_hardly_any_room():
    plan = plan_inspector(300, 84, 1.0, ACK)
    assert plan.question_lines == 1
    assert plan.text_lines == 1
    assert (plan.rows, plan.causes.h) == (0, 0)


def test_rows_of_a_thing_come_before_the_source():
    plan = plan_inspector(455, 288, 1.0, SERVER)
    assert plan.rows >= 5
    assert plan.facts == 0


def test_columns_are_those_of_the_pictures():
    columns = body_columns(472, 1.0, octets=True)
    assert (columns.code_right, columns.name_x, columns.value_right) == (44, 52, 262)
    assert columns.octets_x + columns.octets_w == 472 - 12
    assert columns.octet_x + 8 * columns.pitch < 472 - 12
    assert columns.mark_right < columns.octets_x


def test_a_narrow_inspector_has_no_octets():
    columns = body_columns(340, 1.0, octets=True)
    assert columns.octets_w == 0
    assert columns.mark_right <= 340


def test_octets_fit_into_the_rows_that_were_asked_for():
    for count in range(1, 40):
        rows = rows_for_octets(count)
        plan = plan_inspector(472, 4000, 1.0, Wants(body=rows, tree=True, question=1, text=1))
        assert octet_rows_fitting(plan, 1.0) >= count


def test_value_column_follows_the_widest_name():
    assert value_column(40, 472, 1.0) == 88
    assert value_column(100, 472, 1.0) == 124
    assert value_column(400, 472, 1.0) == round(472 * 0.45)


def test_reveal_moves_no_further_than_it_must():
    assert reveal(0, 2, 11, 9) == 0
    assert reveal(0, 8, 11, 9) == 1
    assert reveal(0, 10, 11, 9) == 2
    assert reveal(5, 3, 11, 5) == 2
    assert clamp_top(9, 11, 9) == 2
    assert clamp_top(3, 4, 9) == 0


def test_thumb_stays_on_its_track():
    for top in range(12):
        start, long = thumb(10.0, 100.0, top, 20, 9)
        assert start >= 10.0
        assert start + long <= 110.0 + 1e-6


# -- the chain


def test_a_short_chain_is_whole():
    fold = fold_chain((False, True, False, False, False))
    assert fold.shown == (0, 1, 2, 3, 4)
    assert not any(fold.hidden)


def test_minor_nodes_are_left_out_first():
    fold = fold_chain((False, True, False, False, False, False))
    assert fold.shown == (0, 2, 3, 4, 5)
    assert fold.hidden == ((), (1,), (), (), ())


@pytest.mark.parametrize("count", range(1, 40))
def test_a_fold_never_hides_an_end(count):
    fold = fold_chain(tuple(place % 3 == 1 for place in range(count)))
    assert len(fold.shown) <= 5
    assert fold.shown[0] == 0
    assert fold.shown[-1] == count - 1
    every = sorted((*fold.shown, *itertools.chain(*fold.hidden)))
    assert every == list(range(count))


def test_columns_of_the_chain_are_equal():
    column, centres = cause_centres(470, 5)
    assert column == 94
    assert all(b - a == column for a, b in itertools.pairwise(centres))
    assert centres[-1] + column / 2 <= 470
    assert cause_centres(470, 2)[0] == pytest.approx(470 / 3)


# -- octets


def test_runs_of_zero_are_folded():
    octets = bytes(8) + b"\x01" + bytes(7) + bytes(24) + b"\x02"
    rows = octet_rows(octets)
    assert [(row.start, row.end, row.folded) for row in rows] == [
        (0, 8, False),
        (8, 16, False),
        (16, 40, True),
        (40, 41, False),
    ]


def test_every_octet_is_in_one_row():
    octets = bytes(300)
    rows = octet_rows(octets[:240] + b"\x63\x82" + octets[242:])
    assert [row.start for row in rows[1:]] == [row.end for row in rows[:-1]]
    assert (rows[0].start, rows[-1].end) == (0, 300)


def test_octet_at_is_the_inverse_of_spans():
    octets = bytes(range(1, 21))
    rows = octet_rows(octets)
    for offset in range(20):
        (span,) = spans(rows, offset, offset + 1)
        assert octet_at(rows, span.row, span.first) == offset
    assert octet_at(rows, 2, 7) == -1


def test_a_folded_run_is_marked_whole():
    rows = octet_rows(b"\x01" * 8 + bytes(64))
    assert spans(rows, 20, 24) == (Span(1, 0, 7),)


def test_rows_that_touch_share_an_outline():
    rows = octet_rows(bytes(range(1, 41)))
    together = outlines(spans(rows, 4, 24), 0, 0, 10, 10)
    apart = outlines(spans(rows, 6, 10), 0, 0, 10, 10)
    assert len(together) == 1
    assert len(apart) == 2
    assert apart[0][0] == (80, 0)
    assert apart[1][-1] == (0, 10)
