"""Numbers of the state chart: every edge is there, nothing overlaps, nothing leaves the view."""

from __future__ import annotations

from itertools import combinations

import pytest

from foviz import STATES, ServerState, profile_named, rows_of
from foviz.failover.profile import with_switch
from ui.layout import states as layout
from ui.layout import states_graph as graph
from ui.layout import states_labels as labels
from ui.layout.area import Area

SIZES = [
    (440, 170, 1.0),
    (455, 187, 1.0),
    (472, 188, 1.0),
    (519, 188, 1.0),
    (570, 235, 1.25),
    (760, 300, 1.0),
    (939, 600, 1.0),
]
LARGE_SIZES = [(940, 330, 1.0), (1000, 520, 1.0), (1440, 800, 1.0), (1920, 1000, 1.25)]
LETTER_SIZES = [(300, 130, 1.0), (430, 188, 1.0), (500, 188, 1.25)]


def text_box(theme, place: layout.NamePlace) -> Area:
    wide, high = theme.width(place.text, 10), theme.px(8)
    left = place.x - {"left": 0.0, "centre": wide / 2, "right": wide}[place.align]
    return Area(left, place.y - high / 2, wide, high)


def from_box(box: Area, x: float, y: float) -> float:
    dx = max(box.x - x, x - box.right, 0)
    dy = max(box.y - y, y - box.bottom, 0)
    return (dx * dx + dy * dy) ** 0.5


MICROSOFT, DRAFT, ISC = map(profile_named, ("microsoft", "draft", "isc"))
OPERATOR = (ServerState.PAUSED, ServerState.SHUTDOWN)


def drawn_rows(profile):
    return [
        row
        for row in rows_of(profile)
        if row.state not in OPERATOR and row.to not in (None, row.state, *OPERATOR)
    ]


def table_edges(profile) -> set[tuple[ServerState, ServerState]]:
    return {(row.state, row.to) for row in drawn_rows(profile)}


# -- the table is the chart


def test_every_edge_of_the_table_is_drawn_and_no_other():
    for profile in (MICROSOFT, DRAFT, ISC):
        assert {edge.key for edge in graph.edges(profile)} == table_edges(profile)
    new = table_edges(ISC) - table_edges(DRAFT)
    assert (ServerState.POTENTIAL_CONFLICT, ServerState.RECOVER) in new
    waiting = with_switch(DRAFT, "startup_timeout", "wait")
    start = (ServerState.STARTUP, ServerState.PARTNER_DOWN)
    assert start in {edge.key for edge in graph.edges(waiting)}
    assert start not in {edge.key for edge in graph.edges(DRAFT)}


def test_every_placed_path_is_an_edge_of_the_table():
    named = {edge.name for edge in graph.edges()}
    assert set(layout.COMPACT_PATHS) == named
    assert set(layout.LARGE_PATHS) == named
    assert set(labels.SPOTS) == named


def test_the_networkx_graph_has_the_same_edges():
    assert set(graph.graph(MICROSOFT).edges) == table_edges(MICROSOFT)
    assert set(graph.graph(ISC).edges) == table_edges(ISC)
    assert set(graph.graph(MICROSOFT).nodes) == set(STATES)


def test_each_row_of_the_table_is_told_by_an_edge():
    told = [row for edge in graph.edges(ISC) for row in edge.rows]
    assert sorted(told, key=str) == sorted(drawn_rows(ISC), key=str)
    for edge in graph.edges(ISC):
        for row in edge.rows:
            assert row.why in edge.words
            assert row.section in edge.words


def test_profile_microsoft_has_no_rows_of_states_that_it_lacks():
    partners = {p for edge in graph.edges(MICROSOFT) for row in edge.rows for p in row.partners}
    assert not partners & {ServerState.PAUSED, ServerState.SHUTDOWN}
    assert graph.is_absent(ServerState.PAUSED, MICROSOFT)
    assert not graph.is_absent(ServerState.PAUSED, DRAFT)


@pytest.mark.parametrize(
    ("stored", "end"),
    [
        (ServerState.NORMAL, ServerState.COMMUNICATION_INTERRUPTED),
        (ServerState.POTENTIAL_CONFLICT, ServerState.RESOLUTION_INTERRUPTED),
        (ServerState.PARTNER_DOWN, ServerState.PARTNER_DOWN),
        (ServerState.RECOVER, ServerState.RECOVER),
    ],
)
def test_a_starting_server_resumes_its_stored_state_with_the_link_taken_as_failed(stored, end):
    assert graph.resumed(stored).key == (ServerState.STARTUP, end)


def test_possible_edges_leave_out_the_other_role():
    conflict = ServerState.POTENTIAL_CONFLICT
    first = {end for _, end in graph.possible(conflict, primary=True, profile=MICROSOFT)}
    second = {end for _, end in graph.possible(conflict, primary=False, profile=MICROSOFT)}
    assert first == {ServerState.CONFLICT_DONE, ServerState.RESOLUTION_INTERRUPTED}
    assert second == {ServerState.NORMAL, ServerState.RESOLUTION_INTERRUPTED}


def test_the_way_back_goes_round_conflicts_and_the_operator():
    def way(name: str) -> list[str]:
        found = graph.way(ServerState[name], ServerState.NORMAL, MICROSOFT)
        return [graph.letters(state) for state in found]

    assert way("RECOVER") == ["R", "RW", "RD", "N"]
    assert way("COMMUNICATION_INTERRUPTED") == ["CI", "N"]
    assert way("RESOLUTION_INTERRUPTED") == ["RI", "PC", "N"]
    assert way("PAUSED") == []


def test_labels_name_the_event_and_the_partner():
    by_name = {edge.name: graph.labels(edge) for edge in graph.edges()}
    assert by_name["N>CI"] == (graph.Label("cut", "contact lost"),)
    assert by_name["CI>N"] == (graph.Label("link", "contact, partner N, CI or RD"),)
    assert by_name["RW>RD"] == (graph.Label("timer", "MCLT over"),)
    assert [each.glyph for each in by_name["CI>PD"]] == ["timer", "operator"]


# -- places


def test_the_compact_chart_stands_as_drawn_at_its_own_size():
    chart = layout.arrange(472, 188)
    assert chart.form == "compact"
    assert {name: box.centre for name, box in chart.nodes.items()} == layout.COMPACT
    for name, path in layout.COMPACT_PATHS.items():
        assert chart.paths(name) == path


def test_the_large_chart_keeps_its_nodes_apart_as_drawn():
    chart = layout.arrange(1440, 800)
    assert chart.form == "large"
    for name, (x, _) in layout.LARGE.items():
        assert chart.nodes[name].centre[0] == x
    assert (chart.nodes["CI"].w, chart.nodes["CI"].h) == (196, 60)


def test_forms_follow_the_size():
    assert layout.arrange(439, 188).form == "letters"
    assert layout.arrange(440, 188).form == "compact"
    assert layout.arrange(500, 235, 1.25).form == "letters"
    assert layout.arrange(472, 150).form == "letters"
    assert layout.arrange(1200, 240).form == "compact"
    assert layout.arrange(940, 330).form == "large"


@pytest.mark.parametrize(("w", "h", "unit"), SIZES + LARGE_SIZES + LETTER_SIZES)
def test_nodes_stay_inside_and_apart(w, h, unit):
    chart = layout.arrange(w, h, unit)
    whole = Area(0, 0, w, h)
    for box in chart.nodes.values():
        assert whole.holds(box)
    for one, other in combinations(chart.nodes.values(), 2):
        assert not one.meets(other)


@pytest.mark.parametrize(("w", "h", "unit"), SIZES + LARGE_SIZES)
def test_every_edge_ends_at_its_nodes_and_crosses_neither(w, h, unit):
    chart = layout.arrange(w, h, unit)
    for edge in graph.edges():
        path = chart.paths(edge.name)
        for letters, (x, y) in (
            (graph.letters(edge.start), path.start),
            (graph.letters(edge.end), path.end),
        ):
            box = chart.nodes[letters]
            assert from_box(box, x, y) <= 5 * unit, (edge.name, letters)
        passed = [n for n in chart.nodes if n not in edge.name.split(">")]
        for name in passed:
            assert not path.meets(chart.nodes[name]), (edge.name, name)


def test_an_edge_without_a_place_is_a_straight_line_between_borders():
    chart = layout.arrange(472, 188)
    path = chart.paths("S>PD")
    assert path.control is None
    start, end = chart.nodes["S"], chart.nodes["PD"]
    assert not start.holds(Area(*path.start, 0, 0))
    assert not end.holds(Area(*path.end, 0, 0))
    assert path.distance(*start.centre) < start.w
    assert path.distance(*end.centre) < end.w


def test_distance_follows_the_curve():
    path = layout.COMPACT_PATHS["CI>PC"]
    x, y = path.at(0.5)
    assert path.distance(x, y) < 0.5
    assert path.distance(x, y + 9) > 7
    straight = layout.COMPACT_PATHS["N>CI"]
    assert straight.distance(350, 99) == pytest.approx(3)


@pytest.mark.parametrize(("w", "h", "unit"), SIZES)
def test_names_stay_inside_and_clear_of_nodes_and_of_each_other(qapp, w, h, unit):
    from ui.theme import load_theme

    theme = load_theme("light", unit)
    chart = layout.arrange(w, h, unit)
    whole = Area(0, 0, w, h)
    boxes = [text_box(theme, p) for name in chart.nodes for p in layout.name_places(chart, name)]
    for box in boxes:
        assert whole.holds(box)
        assert not any(box.meets(node) for node in chart.nodes.values())
    for one, other in combinations(boxes, 2):
        assert not one.meets(other)


@pytest.mark.parametrize(("w", "h", "unit"), SIZES)
@pytest.mark.parametrize("count", [1, 2])
def test_tokens_stay_inside_apart_and_clear_of_names_and_letters(qapp, w, h, unit, count):
    from ui.theme import load_theme

    theme = load_theme("light", unit)
    chart = layout.arrange(w, h, unit)
    whole = Area(0, 0, w, h)
    names = {n: [text_box(theme, p) for p in layout.name_places(chart, n)] for n in chart.nodes}
    reach = 7.5 * unit
    for name in chart.nodes:
        places = layout.token_places(chart, name, count)
        assert len(places) == count
        others = [box for other, box in chart.nodes.items() if other != name]
        texts = [box for each in names.values() for box in each]
        middle = chart.nodes[name].centre
        letters = Area(middle[0] - 8 * unit, middle[1] - 4 * unit, 16 * unit, 8 * unit)
        for x, y in places:
            assert whole.holds(Area(x - reach, y - reach, 2 * reach, 2 * reach)), name
            for box in (*texts, *others, letters):
                assert from_box(box, x, y) >= reach, (name, box)
        for (x, y), (u, v) in combinations(places, 2):
            assert (x - u) ** 2 + (y - v) ** 2 >= (2 * reach) ** 2, name


# -- labels of the large form


@pytest.mark.parametrize(("w", "h", "unit"), LARGE_SIZES)
def test_labels_lie_on_nothing_and_inside(w, h, unit):
    chart = layout.arrange(w, h, unit)
    wanted = [
        labels.Wanted(edge.name, chart.paths(edge.name), graph.labels(edge), 0)
        for edge in graph.edges()
    ]
    around = labels.around(chart, 0.0, stub=True)
    taken = [box for box in around if box.w]
    blocks = labels.place_labels(chart, wanted, taken, lambda text, bold: 6.3 * unit * len(text))
    assert len(blocks) >= (20 if w >= 1440 else 10)
    whole = Area(0, 0, w, h)
    for block in blocks:
        assert whole.holds(block.area)
        assert not any(block.area.meets(box) for box in (*chart.nodes.values(), *taken))
    for one, other in combinations(blocks, 2):
        assert not one.area.meets(other.area)


def test_labels_that_matter_now_are_placed_first():
    chart = layout.arrange(960, 340)
    edges = graph.edges()
    for chosen in ("CI>PD", "CI>PC"):
        wanted = [
            labels.Wanted(e.name, chart.paths(e.name), graph.labels(e), int(e.name == chosen))
            for e in edges
        ]
        blocks = labels.place_labels(chart, wanted, [], lambda text, bold: 6.3 * len(text))
        assert blocks[0].name == chosen
        assert blocks[0].bold


def test_words_break_where_they_may():
    assert labels.wrapped("partner took over", 60, len) == ["partner took over"]
    assert labels.wrapped("partner took over", 12, len) == ["partner took", "over"]
    assert labels.wrapped("unbreakable", 3, len) == ["unbreakable"]
