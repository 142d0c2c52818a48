"""The stage with relays as numbers: nothing overlaps, nothing crosses, whatever is joined."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from foviz import Session, scenario_names
from ui.layout.stage import Join, Topology, arrange_stage
from ui.layout.stage_clients import arrange_clients
from ui.layout.stage_tiers import arrange
from ui.view.stage_scene import topology_of

SIZES = ((543, 171), (870, 213), (1119, 170), (608, 493), (400, 130))
SCENARIOS = {name: topology_of(Session.open_scenario(name).snapshot()) for name in scenario_names()}
BRANCHES = ("HQ", "A", "B", "C", "D")
FIVE = Topology(
    ("S1", "S2"),
    BRANCHES,
    (Join("HQ-S1", "HQ", "S1"), Join("HQ-S2", "HQ", "S2")),
    pairs=(Join("relation", "S1", "S2"),),
    relays=("RA", "RB", "RC", "RD"),
    feet=tuple(
        Join(f"{segment}-R{name}", segment, f"R{name}")
        for name in "ABCD"
        for segment in ("HQ", name)
    ),
)
ONE_FOR_TWO = Topology(
    ("S1",),
    ("HQ", "A", "B"),
    (Join("HQ-S1", "HQ", "S1"),),
    relays=("R",),
    feet=(Join("HQ-R", "HQ", "R"), Join("A-R", "A", "R"), Join("B-R", "B", "R")),
)
TOPOLOGIES = SCENARIOS | {"five": FIVE}


def overlap(a, b) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def inside(rect, width, height) -> bool:
    return rect.x >= 0 and rect.y >= 0 and rect.right <= width and rect.bottom <= height


def meet(p, q, r, s) -> bool:
    """Whether two stretches, each level or upright, have more in common than an end."""
    (px, qx), (py, qy) = sorted((p[0], q[0])), sorted((p[1], q[1]))
    (rx, sx), (ry, sy) = sorted((r[0], s[0])), sorted((r[1], s[1]))
    touching = px <= sx and rx <= qx and py <= sy and ry <= qy
    at_end = {p, q} & {r, s}
    return touching and not at_end


@pytest.mark.parametrize("name", TOPOLOGIES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_hosts_and_words_stand_apart_and_inside(name, size, scale):
    topology = TOPOLOGIES[name]
    stage = arrange(topology, *size, scale)
    hosts = [*stage.boxes.values(), *stage.relays.values()]
    assert len(stage.boxes) == len(topology.servers)
    words = [room for room in (*stage.notes.values(), *stage.labels.values()) if room.w > 0]
    for rect in (*hosts, *words):
        assert inside(rect, *size)
    for one, other in combinations((*hosts, *words), 2):
        assert not overlap(one, other)
    for rect in hosts:
        for bar in stage.bars.values():
            assert not (bar.y and rect.y <= bar.y <= rect.bottom)


@pytest.mark.parametrize("name", ["relay", "hub-and-spoke", "five"])
@pytest.mark.parametrize("size", SIZES[:4])
def test_every_relay_hangs_between_its_segments_and_nothing_crosses(name, size):
    topology = TOPOLOGIES[name]
    stage = arrange(topology, *size)
    assert set(stage.relays) == set(topology.relays)
    for foot in (*topology.feet, *topology.drops):
        begins, points = stage.lines[foot.name]
        rect, bar = {**stage.relays, **stage.boxes}[foot.b], stage.bars[foot.a]
        assert begins == foot.b
        assert rect.x < points[0][0] < rect.right
        assert points[0][1] in (rect.y, rect.bottom)
        assert points[-1][1] == bar.y
        assert bar.x1 <= points[-1][0] <= bar.x2
        assert len(points) == 2
    lines = list(stage.lines.values())
    for (_, one), (_, other) in combinations(lines, 2):
        for p, q in pairwise(one):
            assert not any(meet(p, q, r, s) for r, s in pairwise(other))
    for label in stage.labels.values():
        for _, points in lines:
            for (x1, y1), (x2, y2) in pairwise(points):
                apart = max(x1, x2) <= label.x or min(x1, x2) >= label.right
                assert apart or max(y1, y2) <= label.y or min(y1, y2) >= label.bottom


@pytest.mark.parametrize("size", SIZES[:4])
def test_the_relay_s_helpers_and_a_branch_server_have_room(size):
    stage = arrange(SCENARIOS["hub-and-spoke"], *size)
    assert all(rect.w >= 52 for rect in stage.relays.values())
    assert all(rect.w >= 92 for rect in stage.boxes.values())
    assert stage.boxes["HUB"].bottom < stage.bars["CENTRE"].y < stage.boxes["DHCP-N"].y
    assert stage.boxes["DHCP-N"].bottom < stage.bars["NORTH"].y


@pytest.mark.parametrize("name", ["relay", "hub-and-spoke"])
@pytest.mark.parametrize("size", SIZES[:4])
def test_the_clients_of_a_branch_have_names(name, size):
    stage = arrange(SCENARIOS[name], *size)
    for segment, bar in stage.bars.items():
        count = 0 if segment == "CENTRE" else 2
        clients = arrange_clients(count, bar, size[1])
        assert clients.form in ("words", "rows", "row") if count else clients.form == "none"
        assert all(inside(spot.area, *size) for spot in clients.spots)


def test_a_relay_in_three_segments_reaches_all():
    stage = arrange(ONE_FOR_TWO, 543, 171)
    for foot in ONE_FOR_TWO.feet:
        bar = stage.bars[foot.a]
        end = stage.lines[foot.name][1][-1]
        assert end[1] == bar.y
        assert bar.x1 <= end[0] <= bar.x2


def test_without_room_the_servers_remain():
    stage = arrange(SCENARIOS["relay"], 330, 100)
    assert len(stage.boxes) == 2
    assert not stage.relays
    assert not stage.bars


def test_without_relays_nothing_changes():
    topology = SCENARIOS["two-sites"]
    assert arrange(topology, 543, 171) == arrange_stage(topology, 543, 171)


def test_a_bar_short_of_three_clients_with_words_has_room_for_two():
    bar = arrange(SCENARIOS["relay"], 543, 171).bars["BRANCH1"]
    two = arrange_clients(2, bar, 171)
    assert two.form == "words"
    assert two.spots[0].words.right <= two.spots[1].x - two.spots[1].r
    assert arrange_clients(3, bar, 171).form != "words"
