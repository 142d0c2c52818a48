"""Numbers of the pool: cells from the room, from one address to a /20."""

from __future__ import annotations

from itertools import combinations

import pytest

from ui.layout import pool as layout
from ui.layout.area import Area
from ui.layout.pool import arrange, near_box, place_key

SIZES = [
    (472, 165, 1.0), (455, 165, 1.0), (519, 165, 1.0), (570, 206, 1.25), (300, 165, 1.0),
    (472, 90, 1.0), (472, 56, 1.0), (900, 420, 1.0), (1400, 800, 1.0), (1920, 700, 1.25),
]  # fmt: skip
COUNTS = [1, 2, 5, 20, 100, 200, 254, 500, 1000, 4096]


def test_the_compact_map_stands_as_in_the_picture():
    plan = arrange(472, 165, 1.0, 200, 2)
    assert (plan.columns, plan.rows, plan.pitch, plan.cell) == (20, 10, 10, 9)
    assert [slot.x for slot in plan.slots] == [40, 260]
    assert plan.cell_at(0, 0) == Area(40, 26, 9, 9)
    assert plan.cell_at(190, 1) == Area(360, 116, 9, 9)
    assert plan.words_y == 138
    assert plan.key_y == 155
    assert plan.labels == 2


def test_more_room_makes_larger_cells_with_letters():
    assert arrange(900, 420, 1.0, 200, 2).cell == 19
    large = arrange(1400, 800, 1.0, 200, 2)
    assert large.lettered
    assert large.columns == 20
    assert large.heads_y
    assert large.labels_each


@pytest.mark.parametrize(("w", "h", "unit"), SIZES)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("maps", [1, 2])
def test_everything_stays_inside_and_apart(w, h, unit, count, maps):
    plan = arrange(w, h, unit, count, maps)
    if not plan.pitch:
        bars = [plan.bar(slot, 10, w - 10) for slot in range(maps)]
        assert all(bar.y >= 0 and bar.bottom <= h for bar in bars)
        return
    assert plan.cell >= layout.LEAST_CELL
    assert plan.columns * plan.rows >= count > plan.columns * (plan.rows - 1)
    boxes = []
    for slot in range(maps):
        last = plan.cell_at(count - 1, slot)
        row_end = plan.cell_at(min(count, plan.columns) - 1, slot)
        first = plan.cell_at(0, slot)
        boxes.append(Area(first.x, first.y, row_end.right - first.x, last.bottom - first.y))
        assert row_end.right <= w
        assert plan.title_y + 5 * unit <= first.y
        lower = last.bottom + (34 * unit if plan.spans_y else 0)
        if plan.words_y:
            assert lower <= plan.words_y - 4 * unit
            assert plan.words_y + 5 * unit <= h
        if plan.key_y:
            assert plan.key_y - plan.words_y >= 14 * unit
            assert plan.key_y + 5 * unit <= h
        assert last.bottom <= h
    for one, other in combinations(boxes, 2):
        assert one.right <= other.x or other.right <= one.x
    assert plan.labels * plan.pitch >= 13 * unit


@pytest.mark.parametrize(("w", "h", "unit"), SIZES)
@pytest.mark.parametrize("count", COUNTS)
def test_every_cell_is_found_where_it_is_drawn(w, h, unit, count):
    plan = arrange(w, h, unit, count, 2)
    for place in {0, 1, 19, 20, count // 2, count - 1} & set(range(count)):
        for slot in (0, 1):
            if not plan.pitch:
                assert plan.place_at(50, 50) == (-1, -1)
                continue
            cell = plan.cell_at(place, slot)
            for x, y in ((cell.x, cell.y), (cell.x + cell.w - 0.5, cell.y + cell.h - 0.5)):
                assert plan.place_at(x, y) == (place, slot)
    assert plan.place_at(-1, 40) == (-1, -1)
    assert plan.place_at(w + 1, 40) == (-1, -1)


def test_behind_the_last_address_there_is_nothing():
    plan = arrange(472, 165, 1.0, 195, 2)
    assert plan.place_at(plan.slots[0].x + 15.5 * plan.pitch, plan.top + 9.5 * plan.pitch) == (
        -1,
        -1,
    )


def test_a_20_bit_scope_has_bars_in_little_room_and_cells_in_much():
    assert arrange(472, 165, 1.0, 4096, 2).pitch == 0
    assert arrange(1400, 800, 1.0, 4096, 2).cell >= 8


def test_a_plan_is_the_same_again_and_grows_with_the_room():
    assert arrange(472, 165, 1.0, 200, 2) == arrange(472, 165, 1.0, 200, 2)
    cells = [arrange(w, w * 0.4, 1.0, 200, 2).cell for w in range(300, 1500, 50)]
    assert cells == sorted(cells)


def test_the_key_leaves_out_what_has_no_room():
    entries = [("active", 60.0), ("free", 50.0), ("backup", 70.0)]
    places = place_key(entries, 12, 460, 1.0)
    assert [(p.name, p.x) for p in places] == [("active", 12), ("free", 88), ("backup", 154)]
    assert [p.name for p in place_key(entries, 12, 150, 1.0)] == ["active", "free"]


@pytest.mark.parametrize("x", [4, 200, 480])
@pytest.mark.parametrize("y", [4, 100, 160, 380])
def test_the_card_stays_in_the_window_and_off_its_cell(x, y):
    bounds = Area(4, 4, 492, 392)
    cell = Area(x, y, 9, 9)
    box, (tail, _) = near_box(cell, 260, 120, bounds, 12)
    assert bounds.x <= box.x
    assert box.right <= bounds.right
    assert bounds.y <= box.y
    assert box.bottom <= bounds.bottom
    assert box.bottom <= cell.y or box.y >= cell.bottom
    assert box.x < tail < box.right
