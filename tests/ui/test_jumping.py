"""What views keep from one frame to the next shows what painting from scratch shows."""

from __future__ import annotations

import random

import pytest
from PySide6.QtGui import QImage

from foviz import Session
from foviz.sim.scenario import parse_scenario
from ui.layout.chart_items import CLIENTS
from ui.look import Look
from ui.model.run import RunModel
from ui.view.chart import ChartView
from ui.view.pool import PoolView
from ui.view.timeline import TimelineView

CROWD = """
title = "Many clients with short leases"
[segments.LAN]
network = "10.0.0.0/24"
[servers.DHCP1]
LAN = "10.0.0.1"
[servers.DHCP2]
LAN = "10.0.0.2"
[links.DHCP1-DHCP2]
network = "192.168.99.0/30"
[scopes.LAN]
network = "10.0.0.0/24"
range = "10.0.0.51-10.0.0.200"
lease = "120s"
[relationships.DHCP1-DHCP2]
mode = "hot standby"
primary = "DHCP1"
secondary = "DHCP2"
scopes = ["LAN"]
mclt = "1h"
[clients]
C1 = "LAN"
"""


@pytest.fixture(scope="module", params=["1m", "20ms"])
def crowd(request):
    """More clients than lifelines, more rows than a block, and a server that is lost.

    Exchanges of clients that start within a minute join, those within milliseconds overlap.
    """
    session = Session(parse_scenario(CROWD, "crowd"), 1)
    for line in (
        f"start 40 clients over {request.param}",
        "run 8m",
        "crash DHCP1",
        "run 6m",
        "restart DHCP1",
    ):
        session.do(line)
    session.do("run 6m")
    return session


def view_of(kind, session):
    view = kind(RunModel(session), Look("light"))
    view.resize(700, 700)
    return view


def shot(view):
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    return image


@pytest.mark.parametrize("kind", [ChartView, PoolView, TimelineView])
def test_jumping_in_a_crowd_shows_what_playing_and_what_painting_anew_show(qapp, crowd, kind):
    rng = random.Random(8)
    last = crowd.branch.end
    first = crowd.origin.cursor + 120
    starts = [first, first + 300, last // 3, 2 * last // 3, last - 60]
    played, seen = view_of(kind, crowd), {}
    for start in starts:
        crowd.seek_event(start)
        for _ in range(20):
            crowd.step(1)
            seen[crowd.cursor] = shot(played)
    events = sorted(seen)
    rng.shuffle(events)
    jumping = view_of(kind, crowd)
    for event in events:
        crowd.seek_event(event)
        assert shot(jumping) == seen[event], event
    for event in events[:8]:
        crowd.seek_event(event)
        assert shot(view_of(kind, crowd)) == seen[event], event


@pytest.mark.parametrize("crowd", ["1m"], indirect=True)
def test_blocks_of_the_crowd_are_kept_close_to_the_playhead_too(qapp, crowd):
    view = view_of(ChartView, crowd)
    near = shared = 0
    for event in range(crowd.origin.cursor + 120, crowd.branch.end, 40):
        crowd.seek_event(event)
        shared += CLIENTS in view.scene().hosts
        rows = view.model.row_count
        for kept in view.maker._kept.values():
            near += any(rows - 272 < end <= rows for _, end, _, _ in kept.blocks)
    assert near
    assert shared
