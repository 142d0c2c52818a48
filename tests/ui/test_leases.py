"""The lease lanes: what is told, believed, promised; where words go; what a click selects."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from foviz import HOUR, MINUTE, STORY_START, US, Session
from ui.layout.area import Area
from ui.layout.leases import Placer, lane_rows, tick_sides
from ui.layout.leases_facts import Grant, tenure_start, told_bar
from ui.layout.leases_leisure import leisure_rows
from ui.look import Look
from ui.model.axis import shared_axis
from ui.model.run import RunModel
from ui.model.selection import Selection
from ui.model.tenure import TenureReader
from ui.model.tenure_words import moment_sentence
from ui.view.leases import LeasesView

T0 = STORY_START
C1_ADDRESS = 0x0A000033


def grant(start, minutes, *, who="s1", way="arrived"):
    end = start + minutes * MINUTE
    return Grant(0, start, end, (start + end) // 2, end, minutes * 60, 0, who, way, 1)


# -- geometry ----------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_rows_lie_inside_the_view_and_the_sentence_only_where_there_is_room(scale):
    for h in range(40, 260):
        for parties in (2, 3, 4):
            rows = lane_rows(round(h * scale), parties, scale)
            assert 1 <= len(rows.parties) <= parties
            assert all(a.bottom == b.y for a, b in pairwise(rows.parties))
            last = rows.sentence or rows.parties[-1]
            assert last.bottom <= max(round(h * scale), round(31 * scale)) + 1
            assert all(row.h >= 20 for row in rows.parties)
    assert lane_rows(97, 3).sentence is None
    assert lane_rows(121, 3).sentence is not None


def test_the_compact_rows_are_those_of_the_picture():
    assert [row.h for row in lane_rows(97, 3).parties] == [29, 29, 29]


def test_words_are_placed_only_where_nothing_stands():
    placer = Placer(Area(0, 0, 100, 20))
    placer.keep(Area(40, 0, 20, 20))
    assert placer.place([Area(30, 5, 20, 10), Area(5, 5, 20, 10)]) == Area(5, 5, 20, 10)
    assert placer.place([Area(10, 5, 20, 10), Area(90, 5, 20, 10)]) is None
    assert placer.place([Area(60, 5, 20, 10)]) is not None, "touching edges is no overlap"


def test_letters_of_close_timers_turn_away_from_each_other():
    assert tick_sides(100, 200, 14, 14) == (False, True)
    assert tick_sides(100, 120, 14, 14) == (True, False)


def test_leisure_rows_never_overlap_and_show_the_latest_grants():
    for h in range(270, 700, 7):
        for grants in (0, 1, 4, 30):
            known = [[True] * grants, [n % 2 == 0 for n in range(grants)]]
            rows = leisure_rows(h, grants, known)
            assert rows.sections[-1].bottom <= h
            assert all(a.bottom <= b.y for a, b in pairwise(rows.sections))
            middles = [y for pair in rows.told for y in pair]
            middles += [y for lines in rows.kept for y in lines]
            assert all(b - a >= 10 for a, b in pairwise(middles))
            assert rows.skipped + len(rows.told) == grants


# -- facts -------------------------------------------------------------------------------


def test_each_lease_counts_until_the_next_one_replaces_it():
    bar = told_bar([grant(T0, 60), grant(T0 + HOUR // 2, 600, who="s2")])
    assert [(t.end - t.start) // MINUTE for t in bar] == [30, 600]
    lost = told_bar([grant(T0, 60), grant(T0 + HOUR // 2, 600, way="lost")])
    assert [(t.end - t.start) // MINUTE for t in lost] == [60], "nobody heard of it"
    given_up = told_bar([grant(T0, 60)], until=T0 + 10 * MINUTE)
    assert given_up[0].end == T0 + 10 * MINUTE


def test_a_gap_between_two_leases_begins_another_tenure():
    first, later = grant(T0, 60), grant(T0 + 3 * HOUR, 60)
    assert tenure_start([first, grant(T0 + HOUR // 2, 60)]) == T0
    assert tenure_start([first, later]) == later.start
    assert tenure_start([]) == 0


# -- the lesson --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def session():
    session = Session.open("hot-standby")
    session.finish_story()
    return session


@pytest.fixture
def view(qapp, session):
    session.seek_time(session.origin.playhead)
    view = LeasesView(RunModel(session), Look("light"))
    view.resize(968, 97)
    yield view
    view.deleteLater()


def go(view, number):
    step = next(step for step in view.model.steps() if step.number == number)
    view.model.seek_time(step.at)


def shot(view):
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view.render_view(painter)
    painter.end()
    return image


def words(view):
    shot(view)
    return [hit.words for hit in view.hits]


def tenure(view):
    return shared_axis(view.model).tenure()


def test_before_anything_is_leased_it_says_so(view):
    go(view, 1)
    assert words(view) == []
    assert view.status_words() == ""
    assert len(view.table()) == 1


def test_the_first_lease_is_on_its_way_and_the_partner_knows_nothing(view):
    go(view, 4)
    found = tenure(view)
    assert found.told == ()
    assert found.flying.lease_s == 3600
    one, two = found.beliefs
    assert one.striped == one.start, "all of it is unknown to the partner"
    assert (one.limit, one.pending_word) == (0, "sent PET")
    assert two.note == "free"
    assert "ACK 1\u00a0h, on its way" in words(view)


def test_step_16_is_the_picture(view):
    go(view, 16)
    found = words(view)
    assert view.status_words() == "10.0.0.51, C1"
    for expected in (
        "T1 Fri 5 Jan 09:30:04",
        "T2 Mon 8 Jan 09:30:04",
        "acked PET Sat 13 Jan 09:30:04",
        "received PET Sat 13 Jan 09:30:04",
        "to send Tue 16 Jan 10:00:04",
        "ACK 1\u00a0h, on its way",
        "DHCP2: leased until Mon 8 Jan 10:30:04, the partner does not know",
        "MCLT 1\u00a0h: to Sat 13 Jan 10:30:04",
    ):
        assert expected in found, expected
    one, two = tenure(view).beliefs
    assert (one.running, one.striped) == (False, 0)
    assert two.striped // US == (T0 + 7 * 24 * HOUR + HOUR // 2) // US + 4
    assert {told.grant.who for told in tenure(view).told} == {"s1"}


def test_a_change_of_granter_changes_the_hue_and_both_learn_of_it(view):
    go(view, 18)
    assert [told.grant.who for told in tenure(view).told] == ["s1", "s1", "s2"]
    for belief in tenure(view).beliefs:
        assert belief.striped == 0
        assert belief.pending == 0
    assert {b.limit_word for b in tenure(view).beliefs} == {"acked PET", "received PET"}


def test_a_click_on_a_grant_selects_its_ack_and_its_row_is_marked(view, qtbot):
    go(view, 18)
    plain = shot(view)
    area = next(hit.area for hit in view.hits if hit.words.startswith("ACK 8"))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=area.center().toPoint())
    selected = view.model.selection
    assert selected.kind == "record"
    record = view.model.session.record(selected.value)
    assert view.model.session.reader.message(record) == "ACK 8\u00a0d"
    assert shot(view) != plain


def test_a_selected_address_is_shown_though_another_one_is_present(view):
    go(view, 16)
    view.model.select(Selection("address", 0x0A0000F1))
    assert view.status_words() == "10.0.0.241, C2"
    assert tenure(view).beliefs[0].note == "backup", "DHCP1 still believes it is free"


def test_an_axis_window_holds_the_mclt_in_one_piece(view):
    go(view, 16)
    axis = shared_axis(view.model).axis(120, 960, 58)
    belief = tenure(view).beliefs[1]
    x0, x1 = axis.x_of(belief.limit), axis.x_of(belief.limit + belief.mclt)
    assert x1 - x0 == pytest.approx(60 * axis.scale)
    assert axis.folds_within(x0, x1) == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (8, "DHCP1 may promise C1 until Tue 9 10:30: what DHCP2 knows, plus the MCLT"),
        (16, "DHCP2 may promise C1 until Mon 10:30: alone, it goes no further than the MCLT."),
        (4, "DHCP2 knows of nothing beyond now, so it is the MCLT."),
    ],
)
def test_the_moment_is_read_aloud(view, number, expected):
    go(view, number)
    assert expected in moment_sentence(tenure(view), view.model.session)


def test_the_same_position_gives_the_same_picture_however_it_was_reached(view):
    go(view, 21)
    go(view, 16)
    first = shot(view)
    for number in (4, 18, 1, 16):
        go(view, number)
        shot(view)
    assert shot(view) == first


def test_the_table_has_a_row_for_each_grant_and_each_belief(view):
    go(view, 16)
    table = view.table()
    assert [row[0] for row in table[1:]] == ["C1", "C1", "C1", "DHCP1", "DHCP2"]
    assert table[-1][1:] == [
        "the partner does not know",
        "Mon 1 Jan 09:00:04",
        "Mon 8 Jan 10:30:04",
        "to send Tue 16 Jan 10:00:04",
        "Sat 13 Jan 10:30:04",
    ]


def test_at_leisure_each_grant_has_a_row_and_its_track(view):
    go(view, 16)
    view.resize(968, 330)
    found = words(view)
    assert "grant 3: ACK 1\u00a0h, on its way" in found
    assert "DHCP2 knew of Tue 9 Jan 09:30:04" in found
    assert "1\u00a0h could be told" in found
    entries = shared_axis(view.model).entries()
    assert [entry.counted for entry in entries] == [True, True, False]
    assert [entry.known for entry in entries] == [(0, 1), (0, 1), (1,)]
    for entry in entries:
        reach = max(entry.limit if entry.counted else 0, entry.grant.start) + entry.mclt
        assert entry.grant.end <= reach + US, "no bar ends to the right of its track"


def test_a_tall_view_asks_the_axis_for_every_limit(view, qtbot):
    go(view, 16)
    model = shared_axis(view.model)
    view.resize(968, 97)
    view.show()
    compact = model.axis(120, 960, 58)
    view.resize(968, 330)
    qtbot.waitUntil(lambda: model.every_limit)
    assert model.axis(120, 960, 58) != compact
    view.hide()
    assert not model.every_limit


# -- free play ---------------------------------------------------------------------------


def free(*deeds):
    session = Session.open_scenario("hot-standby")
    for deed in deeds:
        session.do(deed)
    return session


def test_a_released_lease_ends_when_it_was_given_up(qapp):
    session = free("start C1", "run until C1 bound", "run 10m", "release C1", "run 1m")
    view = LeasesView(RunModel(session), Look("light"))
    view.resize(968, 97)
    assert view._empty() == "No lease now."
    view.model.select(Selection("address", C1_ADDRESS))
    told = tenure(view).told[-1]
    assert told.end < told.grant.end
    assert told.end - told.start < 11 * MINUTE
    view.deleteLater()


def test_a_lost_ack_is_no_lease_of_the_client(qapp):
    session = free("drop next ACK", "start C1", "run 5s")
    view = LeasesView(RunModel(session), Look("light"))
    found = tenure(view)
    assert found.grants[0].way == "lost"
    assert not any(told.grant is found.grants[0] for told in found.told)
    view.deleteLater()


def test_a_million_records_make_no_difference_to_the_history(qapp, monkeypatch):
    session = free("start C1", "run until C1 bound", "run 2h")
    model = RunModel(session)
    asked = []
    read = session.lease_history
    monkeypatch.setattr(session, "lease_history", lambda c: asked.append(c) or read(c))
    axis = shared_axis(model)
    for _ in range(20):
        session.seek_time(session.playhead - US)
        assert axis.tenure() is not None
    assert len(asked) == 1, "the grants are read anew only when there is another one"


@pytest.mark.parametrize(
    "lines",
    [
        ("start C1", "run until C1 bound", "run 3h"),
        ("drop next ACK", "start C1", "run 1m", "crash DHCP1", "run 3h"),
        ("start C1", "run until C1 bound", "release C1", "run 1h", "restart C1", "run 1h"),
    ],
)
def test_what_lies_ahead_is_known_from_the_latest_grants(qapp, lines):
    model = RunModel(free(*lines))
    session, every, latest = model.session, TenureReader(), TenureReader(latest=True)
    last, seen = session.cursor, set()
    for event in range(last):
        session.seek_event(event)
        full, brief = every.read(model), latest.read(model)
        assert (full is None) == (brief is None)
        if full is not None and brief is not None:
            ends, found = full.ends(session.playhead), brief.ends(session.playhead)
            assert (full.flying is None) == (brief.flying is None)
            # A client counts from the first of its tries; windows are much wider than that.
            assert len(found) == len(ends)
            assert all(abs(a.start - b.start) < MINUTE for a, b in zip(found, ends, strict=True))
            seen.add((full.flying is not None, bool(ends)))
    assert {(True, True), (False, True)} <= seen


@pytest.mark.parametrize("size", [(60, 20), (200, 60), (640, 97), (1920, 420)])
def test_any_size_and_moment_can_be_painted(view, size):
    view.resize(*size)
    rng = random.Random(4)
    session = view.model.session
    for _ in range(12):
        session.seek_time(rng.randrange(session.origin.playhead, session.end_at))
        shot(view)
        view.table()
