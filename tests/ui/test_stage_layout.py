"""The stage as numbers: nothing overlaps or leaves the view, and servers stay where they are."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from ui.layout.stage import Join, Topology, arrange_stage, chain_order
from ui.layout.stage_clients import arrange_clients
from ui.layout.stage_wires import find_links, heading, make_way, part_of, point_at

PAIR = Topology(
    ("DHCP1", "DHCP2"),
    ("LAN",),
    (Join("LAN-DHCP1", "LAN", "DHCP1"), Join("LAN-DHCP2", "LAN", "DHCP2")),
    wires=(Join("DHCP1-DHCP2", "DHCP1", "DHCP2"),),
)
OFFICES = Topology(
    ("DHCP1", "DHCP2"),
    ("HEAD", "BRANCH"),
    (Join("HEAD-DHCP1", "HEAD", "DHCP1"), Join("BRANCH-DHCP2", "BRANCH", "DHCP2")),
    bridges=(Join("WAN", "HEAD", "BRANCH"),),
    pairs=(Join("relation", "DHCP1", "DHCP2"),),
)
THREE = Topology(
    ("A", "B", "C"),
    ("LAN",),
    tuple(Join(f"LAN-{name}", "LAN", name) for name in "ABC"),
    wires=(Join("A-B", "A", "B"), Join("A-C", "A", "C")),
)
ONE = Topology(("DHCP1",), ("LAN",), (Join("LAN-DHCP1", "LAN", "DHCP1"),))
BOTH = Topology(
    ("DHCP1", "DHCP2"),
    ("LAN1", "LAN2"),
    tuple(Join(f"{lan}-{name}", lan, name) for lan in ("LAN1", "LAN2") for name in PAIR.servers),
    wires=PAIR.wires,
)
TOPOLOGIES = (PAIR, OFFICES, THREE, ONE, BOTH)
SIZES = ((687, 170), (543, 170), (1119, 170), (608, 493), (870, 213), (400, 130), (330, 100))
COUNTS = (1, 2, 3, 4, 7, 8, 13, 14, 15, 30, 60, 61, 300, 2000)


def overlap(a, b) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def inside(rect, width, height) -> bool:
    return rect.x >= 0 and rect.y >= 0 and rect.right <= width and rect.bottom <= height


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_boxes_and_words_stand_apart_and_inside(topology, size, scale):
    stage = arrange_stage(topology, *size, scale)
    boxes = list(stage.boxes.values())
    assert len(boxes) == len(topology.servers)
    words = [room for room in (*stage.notes.values(), *stage.labels.values()) if room.w]
    for rect in (*boxes, *words):
        assert inside(rect, *size)
    for one, other in combinations((*boxes, *words), 2):
        assert not overlap(one, other)
    for name, room in stage.words.items():
        if name in {join.name for join in (*topology.wires, *topology.pairs)}:
            assert not any(overlap(room, box) for box in boxes if room.w)


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("size", SIZES)
def test_every_link_begins_and_ends_at_what_it_joins(topology, size):
    stage = arrange_stage(topology, *size)
    for link, segment, server in topology.drops:
        begins, points = stage.lines[link]
        box, bar = stage.boxes[server], stage.bars[segment]
        assert begins == server
        assert points[0][1] == box.bottom
        assert box.x < points[0][0] < box.right
        assert points[-1][1] == bar.y
        assert bar.x1 <= points[-1][0] <= bar.x2
    for link, a, b in (*topology.wires, *topology.pairs):
        begins, points = stage.lines[link]
        assert begins == a
        for node, (x, y) in ((a, points[0]), (b, points[-1])):
            box = stage.boxes[node]
            assert box.x <= x <= box.right
            assert box.y <= y <= box.bottom
    for bridge in topology.bridges:
        _, points = stage.lines[bridge.name]
        assert points[0][0] == stage.bars[bridge.a].x2
        assert points[-1][0] == stage.bars[bridge.b].x1


@pytest.mark.parametrize("topology", [PAIR, OFFICES, THREE, ONE])
def test_no_link_crosses_another_or_a_box(topology):
    stage = arrange_stage(topology, 1000, 200)
    lines = {name: points for name, (_, points) in stage.lines.items()}
    for (name, one), (other_name, other) in combinations(lines.items(), 2):
        for p, q in pairwise(one):
            for r, s in pairwise(other):
                assert not _cross(p, q, r, s), (name, other_name)
    for box in stage.boxes.values():
        for points in lines.values():
            for far in range(0, 400, 3):
                x, y = point_at(points, far)
                assert not (box.x < x < box.right and box.y < y < box.bottom)


def _cross(p, q, r, s) -> bool:
    """Whether two stretches, each level or upright, cut each other inside."""
    (px, qx), (py, qy) = sorted((p[0], q[0])), sorted((p[1], q[1]))
    (rx, sx), (ry, sy) = sorted((r[0], s[0])), sorted((r[1], s[1]))
    return (
        px < sx and rx < qx and py <= ry and sy <= qy
        if py != qy
        else (px < rx and sx < qx and ry < py < sy)
    )


def test_the_mockup():
    stage = arrange_stage(PAIR, 688, 172)
    assert stage.boxes["DHCP1"][:] == (20, 10, 232, 52)
    assert stage.boxes["DHCP2"].right == 668
    assert stage.lines["DHCP1-DHCP2"][1] == ((252, 36), (436, 36))
    assert stage.lines["LAN-DHCP1"][1][0] == (44, 62)
    assert abs(stage.bars["LAN"].y - 106) <= 6
    assert stage.bars["LAN"][:2] == (20, 668)


def test_boxes_are_188_wide_below_640():
    assert arrange_stage(PAIR, 640, 170).boxes["DHCP1"].w == 232
    narrow = arrange_stage(PAIR, 639, 170)
    assert narrow.boxes["DHCP1"].w == 188
    assert narrow.narrow
    assert arrange_stage(PAIR, 799, 170, 1.25).boxes["DHCP1"].w == 235  # 188 at this scale


def test_server_one_stands_left_and_partners_are_neighbours():
    stage = arrange_stage(THREE, 900, 170)
    order = sorted(stage.boxes, key=lambda name: stage.boxes[name].x)
    assert order == ["C", "A", "B"]
    assert chain_order(("A", "B", "C"), ()) == ("A", "B", "C")
    assert arrange_stage(OFFICES, 687, 170).bars["HEAD"].x2 < (
        arrange_stage(OFFICES, 687, 170).bars["BRANCH"].x1
    )


def test_what_has_no_room_goes_step_by_step():
    heights = [arrange_stage(PAIR, 687, height).heights for height in (171, 110, 80, 50)]
    assert [found.box for found in heights] == [52, 28, 28, 28]
    assert [bool(found.bar) for found in heights] == [True, True, True, False]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_clients_stand_apart_below_their_bar_and_inside(size, count, scale):
    width, height = size
    stage = arrange_stage(PAIR, width, height, scale)
    bar = stage.bars["LAN"]
    clients = arrange_clients(count, bar, height, scale)
    assert len(clients.spots) + clients.hidden == count
    assert len(clients.drops) == len(clients.spots)
    for spot in clients.spots:
        assert spot.y - spot.r > bar.y
        assert inside(spot.area, width, height)
    few = clients.spots[:150]
    for one, other in combinations(few, 2):
        assert not overlap(one.area, other.area) or clients.form in ("cells", "words")
        reach = one.r + other.r
        assert abs(one.x - other.x) >= reach or abs(one.y - other.y) >= reach
    for drop in clients.drops:
        assert drop[-1][1] == bar.y
        assert bar.x1 <= drop[-1][0] <= bar.x2


def test_words_of_neighbours_stand_apart():
    bar = arrange_stage(PAIR, 687, 170).bars["LAN"]
    spots = arrange_clients(3, bar, 170).spots
    for left, right in pairwise(spots):
        assert left.words.right <= right.x - right.r
    assert spots[-1].words.right <= bar.x2


def test_the_more_the_smaller():
    low = arrange_stage(PAIR, 687, 170).bars["LAN"]
    high = arrange_stage(PAIR, 608, 493).bars["LAN"]
    forms = [arrange_clients(count, low, 170).form for count in (3, 4, 14, 15, 60, 61, 300)]
    assert forms == ["words", "row", "row", "rings", "rings", "cells", "cells"]
    assert arrange_clients(13, high, 493).form == "rows"
    assert len({spot.y for spot in arrange_clients(13, high, 493).spots}) == 2
    assert arrange_clients(0, low, 170).form == "none"


def test_a_client_more_moves_neither_servers_nor_the_clients_before_it():
    bar = arrange_stage(PAIR, 687, 170).bars["LAN"]
    for fewer, more in ((1, 3), (4, 7), (15, 20), (61, 90)):
        before, after = arrange_clients(fewer, bar, 170), arrange_clients(more, bar, 170)
        assert [spot.x for spot in before.spots] == [spot.x for spot in after.spots][:fewer]


def test_a_line_to_the_second_row_passes_between_the_clients_of_the_first():
    bar = arrange_stage(PAIR, 608, 493).bars["LAN"]
    plan = arrange_clients(14, bar, 493)
    assert plan.form == "rows"
    for drop in plan.drops[7:]:
        for p, q in pairwise(drop):
            for spot in plan.spots[:7]:
                x1, x2 = sorted((p[0], q[0]))
                y1, y2 = sorted((p[1], q[1]))
                apart = x2 < spot.x - spot.r or x1 > spot.x + spot.r
                assert apart or y1 > spot.y + spot.r or y2 < spot.y - spot.r


# -- ways


def test_a_way_runs_along_the_bar_and_is_walked_evenly():
    lines = {"a": ("A", ((10, 0), (10, 40))), "b": ("B", ((90, 0), (90, 40)))}
    near = {"A": [("a", "S")], "S": [("a", "A"), ("b", "B")], "B": [("b", "S")]}
    hops = find_links(near, "A", "a", "B")
    assert hops == (("a", "S"), ("b", "B"))
    way = make_way("A", hops, lines)
    assert way.points == ((10, 0), (10, 40), (90, 40), (90, 0))
    assert way.length == 160
    assert point_at(way.points, 80) == (50, 40)
    assert heading(way.points, 80) == (1, 0)
    assert heading(way.points, 150) == (0, -1)
    assert part_of(way.points, 60) == ((10, 0), (10, 40), (30, 40))
    assert way.middle_of("b") == 140
    assert way.middle_of("c") is None


def test_no_way_where_nothing_leads():
    assert find_links({"A": [("a", "S")]}, "A", "a", "B") is None
    assert make_way("A", [("a", "S")], {}) is None
