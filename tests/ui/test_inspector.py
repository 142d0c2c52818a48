"""The inspector: what is shown of records and things, what is hit where, what a key does."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent

from foviz import Kind, Session, ip_to_int
from ui.look import Look
from ui.model.run import RunModel
from ui.model.selection import NOTHING, Selection
from ui.view.inspector import InspectorView
from ui.view.inspector_fields import field_rows, matters, place_of
from ui.view.inspector_page import Asked, Glyph, Head, Node, Page, Pair, Twin
from ui.view.inspector_parts import Canvas


@pytest.fixture(scope="module")
def session() -> Session:
    found = Session.open("hot-standby")
    found.finish_story()
    return found


@pytest.fixture
def view(qapp, session):
    """A view at the size it has in the pictures."""
    made = InspectorView(RunModel(session), Look("light"))
    made.resize(471, 388)
    yield made
    made.deleteLater()


def at_step(view, number, selection=NOTHING):
    """Stand at a step of the story with something selected, and paint."""
    model = view.model
    step = next(step for step in model.steps() if step.number == number)
    model.session.seek_time(step.at)
    model.selection = selection
    view.grab()
    return view._painted


def host(session, name):
    return Selection("host", session.snapshot().host_names.index(name))


def texts(painted):
    return {row.name: row.value for row in painted.page.rows}


# -- a message


def test_step_16_is_the_picture(view):
    painted = at_step(view, 16)
    page = painted.page
    assert page.head.capsule == "DHCPACK"
    assert page.head.text == "DHCP2 to C1"
    assert page.head.notes[0] == "unicast to 10.0.0.51, in flight"
    assert page.head.right == "09:30:04.003"
    assert page.asked.tag == "survivor-lease = mclt"
    assert page.asked.result.value == "1 h".replace(" ", "\u00a0")
    assert [node.glyph.kind for node in page.nodes][-1] == "capsule"
    assert page.nodes[-1].detail == view.status_words().partition(" of ")[0]


def test_the_lease_time_is_marked_in_tree_and_octets(view):
    shown = at_step(view, 16).shown
    row = shown.rows[shown.marked_row]
    assert (row.code, row.name) == ("51", "lease time")
    assert shown.octets[shown.marked.start : shown.marked.end].hex() == "330400000e10"


@pytest.mark.parametrize(
    ("step", "name"),
    [(1, "message type"), (3, "requested address"), (4, "lease time"), (14, "ciaddr")],
)
def test_the_field_that_matters_is_marked_first(view, step, name):
    shown = at_step(view, step).shown
    assert shown.rows[shown.marked_row].name == name


def test_a_state_message_is_about_the_state(session):
    trace = session.branch.trace
    reader = session.reader
    index = next(
        i
        for i in range(len(trace))
        if trace.kind(i) == Kind.SEND and reader.message_name(trace[i]) == "STATE"
    )
    assert matters(session.dissect(index)).name == "server-state"


def test_an_outcome_is_told_only_when_it_has_happened(view, session):
    painted = at_step(view, 15)
    assert painted.page.head.notes[0] == "broadcast, in flight"
    record = painted.page.message
    session.seek_time(session.record(record).value("arrivals")[0][1])
    view.model.selection = Selection("record", record)
    view.grab()
    assert view._painted.page.head.notes[0] == "broadcast, heard by DHCP2, lost at DHCP1"


def test_loss_and_decision_show_their_message(view, session):
    at_step(view, 16)
    trace = session.branch.trace
    for kind in (Kind.LOST, Kind.DECISION, Kind.RECEIVE):
        index = next(i for i in range(44000, session.record_count) if trace.kind(i) == kind)
        painted = at_step(view, 16, Selection("record", index))
        assert painted.page.head.capsule, kind
        assert painted.page.nodes[-1].record == index
    assert painted.page.message >= 0


def test_what_is_no_message_has_a_sentence(view):
    painted = at_step(view, 11)
    assert painted.page.head.text == "DHCP1 crashes"
    assert painted.message is None
    assert painted.page.nodes[0].title == "crash DHCP1"


def test_a_record_to_come_is_not_told(view, session):
    painted = at_step(view, 1, Selection("record", 44000))
    assert painted.page.head.text == "That has not happened yet."
    assert view.status_words() == ""


def test_before_the_beginning_there_is_advice(qapp):
    fresh = InspectorView(RunModel(Session.open_scenario("hot-standby")), Look("light"))
    fresh.resize(471, 388)
    fresh.grab()
    assert "Press Space" in fresh._painted.page.asked.text


# -- the tree


def test_folded_header_shows_what_tells_something(view, session):
    message = at_step(view, 16).message
    few = [row.name for row in field_rows(message.tree, frozenset(), False)]
    every = [row.name for row in field_rows(message.tree, frozenset(), True)]
    assert few[:4] == ["BOOTREPLY", "xid", "ciaddr, yiaddr", "chaddr"]
    assert {"siaddr", "sname", "file", "magic cookie", "padding"} <= set(every)
    closed = [row.name for row in field_rows(message.tree, frozenset({"Options"}), False)]
    assert closed[-1] == "Options"


def test_every_leaf_has_a_row_when_everything_is_shown(view):
    tree = at_step(view, 16).message.tree
    rows = field_rows(tree, frozenset({"chaddr"}), True)
    covered = set()
    for row in rows:
        if row.depth and not row.group:
            covered.update(range(row.key.start, row.key.end))
    assert covered == set(range(tree.end))


def test_the_words_for_more_say_how_many(view):
    tree = at_step(view, 16).message.tree
    few, every = field_rows(tree, frozenset(), False), field_rows(tree, frozenset(), True)
    header = [row for row in every if row.depth == 1 and not row.code]
    shown = sum(row.name.count(",") + 1 for row in few if row.depth == 1 and not row.code)
    assert few[0].more == f"{len(header) - shown} more"
    assert every[0].more == "fewer"


def test_a_click_on_a_row_marks_its_octets(view, qtbot):
    painted = at_step(view, 16)
    place = next(i for i, row in enumerate(painted.shown.rows) if row.code == "54")
    y = painted.plan.body.y + (place - painted.shown.top + 0.5) * painted.plan.row
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, int(y)))
    view.grab()
    marked = view._painted.shown.marked
    assert view._painted.message.octets[marked.start : marked.end].hex() == "36040a000002"
    assert view.model.selection is NOTHING


def test_a_click_on_an_octet_marks_its_field(view, qtbot):
    painted = at_step(view, 16)
    area = next(hit.area for hit in view.hits if hit.words.startswith("IP address lease"))
    point = QPointF(420, area.center().y() + 3)
    field = view._field_under(point)
    assert field is not None
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point.toPoint())
    view.grab()
    shown = view._painted.shown
    assert shown.marked.start == field.start
    assert place_of(shown.rows, shown.marked) == shown.marked_row
    assert painted.message.octets == view._painted.message.octets


def test_a_hidden_field_is_shown_when_its_octet_is_clicked(view):
    painted = at_step(view, 1)
    view._pick(next(key for key in _leaf_keys(painted.message.tree) if key.name == "secs"))
    view.grab()
    shown = view._painted.shown
    assert shown.rows[shown.marked_row].name == "secs"


def _leaf_keys(field):
    from ui.view.inspector_fields import key_of

    for child in field.children:
        yield from _leaf_keys(child) if child.children else (key_of(child),)


def test_pointing_outlines_in_both(view, qtbot):
    painted = at_step(view, 16)
    y = painted.plan.body.y + 1.5 * painted.plan.row
    qtbot.mouseMove(view, QPoint(100, int(y)))
    view._point(view._key_at(QPointF(100, y)))
    view.grab()
    shown = view._painted.shown
    assert shown.hovered_row == shown.top + 1
    assert shown.marked_row != shown.hovered_row


def test_up_and_down_walk_over_the_fields_and_beyond(view, qtbot):
    painted = at_step(view, 16)
    first = painted.shown.marked_row
    qtbot.keyClick(view, Qt.Key.Key_Down)
    view.grab()
    assert view._painted.shown.marked_row == first + 1
    qtbot.keyClick(view, Qt.Key.Key_Up)
    view.grab()
    assert view._painted.shown.marked_row == first
    for _ in range(len(painted.shown.rows) - first):
        qtbot.keyClick(view, Qt.Key.Key_Down)
        view.grab()
    assert view._at >= 0
    assert view.hits[view._at].area.top() >= view._painted.plan.body.bottom


def test_the_mark_ends_with_the_message(view, qtbot):
    at_step(view, 16)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    painted = at_step(view, 2)
    assert painted.shown.rows[painted.shown.marked_row].name == "lease time"


def test_the_wheel_scrolls_tree_and_octets_apart(view):
    view.resize(455, 288)
    painted = at_step(view, 16)
    before = (painted.shown.top, painted.shown.octets_top)
    y = painted.plan.body.y + 10
    _wheel(view, QPointF(100, y), 120)
    view.grab()
    tree = view._painted.shown
    assert tree.top < before[0]
    assert tree.octets_top == before[1]
    _wheel(view, QPointF(400, y), 120)
    view.grab()
    assert view._painted.shown.octets_top < before[1]
    assert view._painted.shown.top == tree.top


def _wheel(view, point, delta):
    event = QWheelEvent(
        point,
        point,
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    view.wheelEvent(event)


def test_rows_at_rest_are_whole(view):
    for size in ((471, 388), (455, 288), (519, 568)):
        view.resize(*size)
        painted = at_step(view, 16)
        assert painted.plan.rows >= 3
        assert painted.plan.rows * painted.plan.row <= painted.plan.body.h
        marked = painted.shown.marked_row - painted.shown.top
        assert 0 <= marked < painted.plan.rows


def test_copying_takes_octets_or_the_picked_value(view, qtbot):
    painted = at_step(view, 16)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == painted.message.octets.hex(" ")
    view._pick(painted.shown.marked)
    view.grab()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().replace("\u00a0", " ") == "3,600 s = 1 h"


# -- why and the chain


def test_a_click_on_a_cause_selects_without_seeking(view, qtbot, session):
    painted = at_step(view, 16)
    here = session.playhead
    node = painted.page.nodes[0]
    hit = next(hit for hit in view.hits if hit.selection == Selection("record", node.record))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=hit.area.center().toPoint())
    assert view.model.selection == Selection("record", node.record)
    assert session.playhead == here
    view.grab()
    assert view._painted.page.nodes[-1].record == node.record


def test_a_long_chain_keeps_its_ends(view):
    painted = at_step(view, 18)
    nodes = painted.page.nodes
    assert len(nodes) > 5
    shown = {hit.selection.value for hit in view.hits if hit.selection.kind == "record"}
    assert {nodes[0].record, nodes[-1].record} <= shown


def test_rule_and_source_tell_more(view):
    at_step(view, 16)
    words = [hit.words for hit in view.hits]
    assert any("survivor_lease" in each and "further" in each for each in words)
    assert any(each.startswith("Source: DHCP Failover Examples") for each in words)


def test_a_click_beside_everything_keeps_the_selection(view, qtbot, session):
    at_step(view, 16, host(session, "C1"))
    before = view.model.selection
    assert view.hit_at(QPointF(300, view.height() - 62)) is None
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(300, view.height() - 62))
    assert view.model.selection == before


# -- things


def test_a_server(view, session):
    at_step(view, 16)
    painted = at_step(view, 16, host(session, "DHCP2"))
    rows = texts(painted)
    assert rows["State"].startswith("COMMUNICATION-INTERRUPTED since Tue 2 14:14:04")
    assert rows["Partner"] == "DHCP1, last known in NORMAL"
    assert rows["Updates"] == "2 not yet acknowledged"
    assert rows["Role"] == "standby (hot standby), active now"
    assert painted.page.asked.question == "Why is DHCP2 in COMMUNICATION-INTERRUPTED?"


def test_a_server_that_is_off(view, session):
    at_step(view, 16)
    painted = at_step(view, 16, host(session, "DHCP1"))
    assert texts(painted)["Off"] == "since Tue 2 14:12:00: it crashed"
    assert painted.page.asked.question == "Why is DHCP1 off?"
    assert painted.page.nodes[0].title == "crash DHCP1"


def test_a_client(view, session):
    at_step(view, 16)
    painted = at_step(view, 16, host(session, "C1"))
    rows = texts(painted)
    assert rows["State"] == "REBINDING"
    assert rows["Lease from"].startswith("DHCP1, 8")
    assert rows["Until"].startswith("Tue 9 09:30:04")
    assert painted.page.asked.tag == "survivor-lease = mclt"


def test_the_last_decision_is_the_sessions(view, session):
    for number in (2, 16, 19, 8, 21, 14):
        at_step(view, number)
        for name in ("C1", "C2", "DHCP1", "DHCP2"):
            index = session.snapshot().host_names.index(name)
            assert view._last_decision(index) == session.last_decision(index), (number, name)


def test_an_address_in_the_eyes_of_both(view):
    painted = at_step(view, 16, Selection("address", ip_to_int("10.0.0.51")))
    until = next(row for row in painted.page.rows if row.name == "Until")
    assert until.differ
    assert until.values == ("Tue 9 09:30:04", "Mon 8 10:30:04")


def test_a_link_can_be_cut_and_healed(qapp, qtbot):
    session = Session.open_scenario("hot-standby")
    view = InspectorView(RunModel(session), Look("light"))
    view.resize(471, 388)
    view.model.select(Selection("link", "DHCP1-DHCP2"))
    view.grab()
    line = next(hit for hit in view.hits if hit.words == "Carry out: cut DHCP1-DHCP2")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=line.area.center().toPoint())
    assert any(link.cut for link in session.snapshot().links)
    view.model.select(Selection("link", "DHCP1-DHCP2"))
    view.grab()
    assert any(hit.words == "Carry out: heal DHCP1-DHCP2" for hit in view.hits)


def test_a_state_shows_the_ways_out(view):
    at_step(view, 16)
    painted = at_step(view, 16, Selection("state", 3))
    moves = [row for row in painted.page.rows if hasattr(row, "event")]
    assert [move.target.name for move in moves] == ["R", "N", "PC", "PD", "PD"]
    assert all(move.why for move in moves)


# -- every step, every size, every theme


@pytest.mark.parametrize("size", [(471, 388), (455, 288), (519, 568), (300, 200)])
def test_nothing_leaves_the_view(view, size):
    view.resize(*size)
    for step in view.model.steps():
        at_step(view, step.number)
        for hit in view.hits:
            assert hit.area.left() >= -1, hit.words
            assert hit.area.right() <= size[0] + 1, hit.words
            assert hit.area.bottom() <= size[1] + 1, hit.words


@pytest.fixture
def written(monkeypatch):
    """What is written: (centre, left, right, text)."""
    found = []
    original = Canvas.text

    def noted(canvas, x, cy, text, colour, px=11, **how):
        width = original(canvas, x, cy, text, colour, px, **how)
        share = {"left": 0.0, "centre": 0.5, "right": 1.0}[how.get("align", "left")]
        if text:
            found.append((round(cy), x - share * width, x + (1 - share) * width, text))
        return width

    monkeypatch.setattr(Canvas, "text", noted)
    return found


def check(written, w, h):
    """No text leaves the view, none meets its neighbour on the line."""
    written.sort()
    for y, left, right, text in written:
        assert left >= -0.5, text
        assert right <= w + 0.5, text
        assert 0 < y < h, text
    for one, other in itertools.pairwise(written):
        assert one[0] != other[0] or one[2] <= other[1] + 0.5, (one, other)


@pytest.mark.parametrize("scale", [1.0, 1.25])
@pytest.mark.parametrize("size", [(471, 388), (455, 288), (519, 568)])
def test_texts_neither_meet_nor_leave(view, session, written, size, scale):
    view.look.use("light", scale)
    w, h = round(size[0] * scale), round(size[1] * scale)
    view.resize(w, h)
    for step in view.model.steps():
        things = [host(session, "DHCP1"), host(session, "C1"), Selection("state", step.number % 12)]
        for selection in (NOTHING, Selection("address", ip_to_int("10.0.0.51")), *things):
            written.clear()
            at_step(view, step.number, selection)
            check(written, w, h)


LONG = "a server-of-the-branch-office with a long name and more to tell than there is room for"


@pytest.mark.parametrize("w", [471, 300])
def test_long_words_are_elided(view, written, monkeypatch, w):
    asked = Asked(
        question=f"Why {LONG}?",
        text=LONG * 3,
        tag=LONG.replace(" ", "-")[:40],
        source=LONG * 2,
        facts=(Pair("a", "b"), Pair(LONG, LONG), Pair("c", "d" * 30), Pair("e", "f")),
        result=Pair("Result", LONG[:30], strong=True),
        others=LONG,
    )
    badge = Glyph("badge", "s1", "CI", "alone")
    rows = (Pair(LONG, LONG, glyph=badge), Pair("x", LONG * 2), Twin("t", (LONG, LONG)))
    nodes = tuple(Node(n, badge, LONG, LONG, "Mon", "09:00:00.000", LONG) for n in range(9))
    for head in (
        Head(((LONG, True), (LONG, False)), glyph=badge, right="09:00:00.000"),
        Head((("A", True), (" to ", False), ("B", True)), "DHCPACK", badge, (LONG, LONG), "09:00"),
        Head(((LONG, True),), glyph=badge, notes=(LONG,), right=LONG[:12]),
    ):
        page = Page("thing", head, -1, rows, asked, nodes)
        monkeypatch.setattr(view, "page", lambda page=page: page)
        view.resize(w, 600)
        written.clear()
        view.grab()
        check(written, w, 600)


def test_long_fields_are_elided(view, written, monkeypatch):
    painted = at_step(view, 16)
    tree, octets, rows = view._messages.get(view.model.session, painted.page.message)
    group = next(field for field in tree.children if field.name == "Options")
    options = tuple(field._replace(name=LONG, value=LONG) for field in group.children)
    longer = tree._replace(children=(*tree.children[:9], group._replace(children=options)))
    monkeypatch.setattr(view._messages, "get", lambda *_: (longer, octets, rows))
    written.clear()
    view.grab()
    check(written, 471, 388)


def test_themes_and_scales_paint(view, theme, session):
    for scale in (1.0, 1.25):
        view.look.use(theme.name, scale)
        for selection in (NOTHING, host(session, "DHCP2"), Selection("state", 2)):
            assert at_step(view, 16, selection).page.head.text


def test_painting_depends_on_nothing_but_the_position(view):
    at_step(view, 16)
    direct = view.grab().toImage()
    for number in (3, 11, 18, 1):
        at_step(view, number)
    at_step(view, 16)
    assert view.grab().toImage() == direct


def test_table_twin(view):
    at_step(view, 16)
    rows = view.table()
    assert ["field", "51 lease time", "3,600\u00a0s = 1\u00a0h"] in rows
    assert any(row[0] == "why" and row[1] == "rule" for row in rows)
    assert {len(row) for row in rows} == {3}


@pytest.mark.parametrize("kind", [Kind.BREACH, Kind.CONFLICT])
def test_damage_is_told(qapp, written, kind):
    session = Session.open_scenario("hot-standby")
    session.do("start C1")
    session.do("run until C1 bound")
    trace, last = session.branch.trace, session.record_count - 1
    address = ip_to_int("10.0.0.51")
    facts = (("first holder", "C1", ""), ("its lease ends", session.playhead, "t"))
    data = {
        Kind.BREACH: ("duplicate-address", address, facts, (last,)),
        Kind.CONFLICT: (address, session.snapshot().clients[1].hardware),
    }[kind]
    # The scenario has no damage, so one record stands for it; the event is the present one.
    trace.append(session.playhead, 2, kind, last, session.cursor, data)
    view = InspectorView(RunModel(session), Look("light"))
    view.resize(471, 388)
    view.model.selection = Selection("record", last + 1)
    view.grab()
    page = view._painted.page
    assert "10.0.0.51" in page.head.text
    assert page.nodes[-1].record == last + 1
    if kind is Kind.BREACH:
        assert page.asked.tag == "duplicate-address"
        assert [fact.name for fact in page.asked.facts] == ["First holder", "Its lease ends"]
    check(written, 471, 388)
