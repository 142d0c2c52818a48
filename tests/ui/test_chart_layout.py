"""The chart as numbers: lifelines, room for words, flights, folds, at every width."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from ui.layout.chart import FOOT, HEADS, arrange, item_height, label_boxes
from ui.layout.chart_arrows import PlacedArrow
from ui.layout.chart_columns import LEAST, capacity, place_columns, step_at
from ui.layout.chart_flight import AHEAD, fly
from ui.layout.chart_folds import place_fold
from ui.layout.chart_items import (
    Arrow,
    Change,
    Effect,
    Fate,
    Form,
    Item,
    LinkMark,
    Mark,
    Pile,
)

WIDTHS = (240, 300, 380, 430, 456, 520, 600, 687, 800, 1200)
S = 1_000_000


class Ruler:
    """Measures as if every letter were equally wide."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def px(self, size: float) -> int:
        return round(size * self.scale)

    def capsule(self, text: str) -> float:
        return self.text(text, True) + 2 * self.px(7)

    def pile(self, text: str) -> float:
        return self.text(text) + self.px(30)

    def badge(self, letters: str, service: str) -> float:
        return max(self.px(20), self.text(letters, True) + 10)

    def text(self, text: str, bold: bool = False) -> float:
        return len(text) * (6.9 if bold else 6.2) * self.scale


def columns_at(width: int, scale: float = 1.0):
    hosts = [(2, "client"), (0, "server"), (1, "server"), (3, "client")]
    return place_columns(hosts, width, Ruler(scale).px)


def arrow(host, *fates, labels=("REQUEST rebind", "REQUEST", "REQ"), **more):
    return Arrow(9, host, "client", False, labels, fates, 0, **more)


def row(*parts, **more):
    return Item("row", 0, 0, 0, parts, (9,), 1, **more)


CASES = (
    row(arrow(2, Fate(0, "heard", 1), Fate(1, "ignored", 1, "standby: silent"))),
    row(arrow(2, Fate(0, "lost", 1, "host is off"), tick="T1")),
    row(arrow(3, Fate(1, "heard", 1), Fate(0, "lost", 1, "host is off"), tick="T2")),
    row(arrow(1, Fate(0, "lost", 1, "host is off"), note="every 60 s")),
    row(arrow(0, Fate(2, "flying", S), labels=("ACK 1 h", "ACK"))),
    row(arrow(0, Fate(1, "heard", 1), form="refused", extra=("reject 15, outdated", "reject 15"))),
    row(arrow(2, Fate(0, "heard", 1), form="held", extra=("held 3 s",))),
    row(arrow(2, Fate(0, "heard", 1), form="twice")),
    row(arrow(1, Fate(2, "lost", 1, "lost on the link", "middle"))),
    row(
        Pile((1, 2), 2, 0, "s1", False, ("OFFER REQUEST ACK", "OFFER +2"), (1,)),
        Pile((3, 4), 0, 1, "s1", True, ("BNDUPD BNDACK", "BNDUPD +1", "UPD +1"), (3,)),
    ),
    row(Change(5, 1, "s2", (("N", "full"), ("CI", "alone")), "timer", "tReceive 180 s")),
    row(Change(5, 1, "s2", (("CI", "alone"), ("PD", "takeover")), "operator")),
    row(Change(5, 0, "s1", (("S", "silent"), ("CI", "alone"), ("N", "full")))),
    row(Mark(5, 0, "s1", "bolt", "crash", True)),
    row(Mark(5, 0, "s1", "restart", "restart", False, ("S", "silent"))),
    row(Mark(5, -1, "client", "breach", "duplicate address", True)),
    row(LinkMark(5, 0, 1, True, "DHCP1-DHCP2 cut")),
    row(LinkMark(5, -1, 1, False, "LAN-DHCP2 mended")),
)


# -- lifelines


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
@pytest.mark.parametrize("width", WIDTHS)
def test_lifelines_stand_in_order_inside_the_view(width, scale):
    columns = columns_at(round(width * scale), scale)
    xs = [column.x for column in columns.columns]
    assert xs == sorted(set(xs))
    assert xs[0] > 0
    assert xs[-1] + columns.columns[-1].half < columns.right
    assert [c.host for c in columns.columns] == [2, 0, 1, 3]


@pytest.mark.parametrize("width", WIDTHS)
def test_as_many_lifelines_as_the_capacity_says_keep_their_distance(width):
    px = Ruler().px
    hosts = [(0, "server"), (1, "server")]
    hosts += [(n, "client") for n in range(2, capacity(width, px))]
    columns = place_columns(hosts, width, px).columns
    if len(hosts) > 2:
        assert all(b.x - a.x >= LEAST - 1 for a, b in pairwise(columns))


@pytest.mark.parametrize("width", [w for w in WIDTHS if w >= 300])
def test_steps_stand_between_the_times_and_the_letters_of_timers(width):
    columns = columns_at(width)
    middle = step_at(columns, Ruler().px)
    assert middle - 8 >= 12 + 8 * 6.2 + 4, "right of 09:30:04"
    assert middle + 8 <= columns.columns[0].x - 10 - 15, "left of T1"


# -- no label covers another, a lifeline, or the edge


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("case", range(len(CASES)))
def test_words_never_overlap(case, width, scale):
    measure = Ruler(scale)
    columns = columns_at(round(width * scale), scale)
    before = {host: Form("full") for host in (0, 1, 2, 3)}
    scene = arrange([CASES[case]], columns, measure, before, HEADS * scale, 400.0)
    (placed,) = scene.rows
    boxes = label_boxes(placed, measure)
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert right <= columns.width
        assert top >= placed.y - 3
        assert bottom <= placed.foot + 2
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("case", range(len(CASES)))
def test_words_and_badges_keep_off_the_lifelines(case, width):
    columns = columns_at(width)
    scene = arrange([CASES[case]], columns, Ruler(), {}, HEADS, 400.0)
    for box in label_boxes(scene.rows[0], Ruler()):
        if box[2] - box[0] <= 8:
            continue  # a dot
        for column in columns.columns:
            edge = column.half
            assert box[2] <= column.x - edge or box[0] >= column.x + edge, column


def test_a_label_gives_way_to_the_short_name_and_that_to_a_dot():
    texts = []
    for width in (800, 430, 240):
        scene = arrange([CASES[1]], columns_at(width), Ruler(), {}, HEADS, 400.0)
        (part,) = scene.rows[0].parts
        assert isinstance(part, PlacedArrow)
        texts.append(part.label.text)
    assert texts == ["REQUEST rebind", "REQ", ""]


# -- rows


def test_rows_follow_one_another_down_to_the_playhead():
    foot = 300.0
    scene = arrange(CASES * 3, columns_at(687), Ruler(), {}, HEADS, foot)
    assert scene.full
    assert scene.rows[-1].foot == foot == scene.foot
    assert all(a.foot == b.y for a, b in pairwise(scene.rows))
    assert scene.rows[0].y >= HEADS


def test_with_little_history_the_playhead_follows_the_rows():
    scene = arrange(CASES[:2], columns_at(687), Ruler(), {}, HEADS, 300.0)
    assert not scene.full
    assert scene.rows[0].y == HEADS + 2
    assert scene.foot == scene.rows[-1].foot < 300


@pytest.mark.parametrize("below", [1, 7, 30, 90])
def test_scrolled_rows_move_by_as_many_pixels(below):
    columns = columns_at(687)
    still = arrange(CASES * 3, columns, Ruler(), {}, HEADS, 300.0)
    moved = arrange(CASES * 3, columns, Ruler(), {}, HEADS, 300.0, below)
    assert moved.rows[-1].foot == still.rows[-1].foot + below
    assert moved.rows[0].y <= HEADS, "rows are cut at the heads"


def test_a_lifeline_changes_where_its_item_says():
    change = row(
        Change(5, 1, "s2", (("N", "full"), ("CI", "alone"))),
        effects=(Effect(1, "middle", "alone", "s2", "CI"),),
    )
    fold = Item("fold", 0, 0, 0, text="3 d")
    scene = arrange([fold, change], columns_at(687), Ruler(), {1: Form("full", "s2")}, 28, 300.0)
    strands = [s for s in scene.strands if s.column.host == 1]
    assert [(s.form.form, s.folded) for s in strands] == [
        ("full", False), ("alone", False), ("alone", True),
    ]  # fmt: skip
    assert strands[0].y + strands[0].h == strands[1].y == scene.rows[0].line
    assert scene.last_forms[1].letters == "CI"


def test_a_lease_ends_on_the_lifeline_when_it_is_over():
    ack = row(arrow(0, Fate(2, "heard", 1)), effects=(Effect(2, "end", "lease", "s1", "", 5 * S),))
    later = row(arrow(2, Fate(0, "lost", 1)))._replace(at=6 * S)
    scene = arrange([later, ack], columns_at(687), Ruler(), {2: Form("on")}, 28, 300.0)
    assert [s.form.form for s in scene.strands if s.column.host == 2] == ["on", "lease", "on"]


def test_brackets_join_rows_of_a_group_and_end_at_folds():
    fold = Item("fold", 0, 0, 0, text="3 d")
    items = [CASES[0], CASES[1], fold, CASES[2]]
    scene = arrange(items, columns_at(687), Ruler(), {}, 28, 300.0)
    assert [bracket.rows for bracket in scene.brackets] == [1, 2]
    for bracket in scene.brackets:
        assert bracket.y1 < bracket.y2


def test_a_fold_is_lower_than_a_message_and_a_refusal_higher():
    px = Ruler().px
    heights = [item_height(item, px) for item in (Item("fold", 0, 0, 0), CASES[0], CASES[5])]
    assert heights == sorted(set(heights))
    assert heights[0] == 14
    assert 22 <= heights[1] <= 24


# -- folds and flights


@pytest.mark.parametrize("width", WIDTHS)
def test_words_of_a_fold_stand_between_lifelines(width):
    columns = columns_at(width)
    for text in ("30_min", "1_d 4_h 41_min", "2_d 23_h, 13 more tries"):
        words = place_fold(text, columns, Ruler())
        if words is None:
            assert width <= 300
            continue
        assert words.text.startswith(f"⋯ {text[:3]}")
        left, right = words.x - words.w / 2, words.x + words.w / 2
        for column in columns.columns:
            assert right <= column.x - column.half or left >= column.x + column.half
        assert right <= columns.right


def placed_flight(now, width=687):
    scene = arrange([CASES[4]], columns_at(width), Ruler(), {}, HEADS, 300.0)
    (part,) = scene.rows[0].parts
    assert isinstance(part, PlacedArrow)
    return part, fly(part, part.paths[0], now, scene.foot), scene


def test_a_message_in_flight_ends_exactly_on_the_playhead():
    for now in (0, S // 2, S):
        _, flight, scene = placed_flight(now)
        assert flight.head[1] == scene.foot


def test_its_head_moves_evenly_from_the_capsule_to_the_receiver():
    heads = [placed_flight(n * S // 4)[1].head[0] for n in range(5)]
    steps = [b - a for a, b in pairwise(heads)]
    assert steps == pytest.approx([steps[0]] * 4)
    part, _, scene = placed_flight(0)
    assert heads[0] == part.label.x - part.label.w / 2 - AHEAD, "clear of its own capsule"
    client = scene.columns.of(2)
    assert heads[-1] == client.x + client.half + 1


def test_its_bend_lies_under_the_capsule():
    part, flight, _ = placed_flight(S // 2)
    assert flight.points[1] == (part.label.x, part.label.y)
    assert flight.y_at(part.label.x) == part.label.y
    assert flight.has_passed(part.label.x)
    assert not flight.has_passed(flight.head[0] - 30)


def test_nothing_of_a_capsule_in_flight_lies_below_the_playhead():
    part, _, scene = placed_flight(S // 2)
    halo = 4
    assert part.label.box[3] + halo <= scene.foot
    assert scene.foot <= 300 - FOOT or not scene.full
