"""What the chart tells of a run: rows, folds, piles, outcomes, at moments of the story."""

from __future__ import annotations

import pytest

from foviz import Session
from ui.layout.chart_items import Arrow, Change, Item, Mark, Pile
from ui.look import Look
from ui.model.run import RunModel
from ui.view.chart_scene import Ask, Maker

NB = "\u00a0"


@pytest.fixture(scope="module")
def story():
    session = Session.open("hot-standby")
    session.finish_story()
    return session


def scene_of(model: RunModel, maker: Maker | None = None, w=687, h=700, scale="story"):
    look = Look("light")
    return (maker or Maker()).make(Ask(model, look.theme, w, h, scale))


def at_step(session: Session, number: int, **more):
    model = RunModel(session)
    found = next(step for step in model.steps() if step.number == number)
    model.seek_time(found.at)
    return scene_of(model, **more)


def play(*lines: str) -> RunModel:
    session = Session.open_scenario("hot-standby")
    for line in lines:
        assert session.do(line).ok, line
    return RunModel(session)


def told(item: Item) -> str:
    """Return a row in a few words."""
    if item.form == "fold":
        return " / ".join(part for part in (item.day, item.text.replace(NB, " ")) if part)
    return " + ".join(_told_part(part) for part in item.parts).replace(NB, " ")


def _told_part(part) -> str:
    if isinstance(part, Arrow):
        fates = " ".join(sorted(f"{fate.host}:{fate.what}" for fate in part.fates))
        return f"{part.tick} {part.labels[0]} → {fates}".strip()
    if isinstance(part, Pile):
        return f"[{part.shown[0]}]"
    if isinstance(part, Change):
        return " → ".join(letters for letters, _ in part.states)
    return part.text


def parts_of(scene, kind):
    return [p for row in scene.layout.rows for p in row.item.parts if isinstance(p, kind)]


@pytest.mark.usefixtures("qapp")
class TestStory:
    """The lesson of the hot standby (DHCP1 is host 0, DHCP2 1, C1 2, C2 3)."""

    def test_step_16_tells_what_the_mockup_tells(self, story):
        rows = [told(row.item) for row in at_step(story, 16).layout.rows]
        assert rows == [
            "DISCOVER → 0:heard 1:ignored",
            "[OFFER REQUEST ACK] + [BNDUPD BNDACK]",
            "29 min 59 s",
            "[REQUEST ACK] + [BNDUPD BNDACK]",
            "Tue 2 Jan / 1 d 4 h 41 min",
            "crash",
            "CONTACT → 0:lost",
            "N → CI",
            "TCP connect → 0:lost",
            "Fri 5 Jan / 2 d 19 h 15 min",
            "T1 REQUEST renew → 0:lost",
            "Mon 8 Jan / 2 d 23 h, 7 more tries",
            "[DISCOVER OFFER REQUEST ACK]",
            "18 min, 6 more tries",
            "T2 REQUEST rebind → 0:lost 1:heard",
            "ACK 1 h → 2:flying",
        ]

    def test_lifelines_are_the_client_the_pair_and_who_else_is_in_view(self, story):
        scene = at_step(story, 16)
        assert scene.hosts == (2, 0, 1, 3)
        assert scene.hidden == ("C3",)
        assert scene.hidden_count == 1
        assert at_step(story, 4).hosts == (2, 0, 1)

    def test_lifelines_have_the_form_of_what_their_hosts_do(self, story):
        scene = at_step(story, 16)
        forms = {host: scene.layout.last_forms[host] for host in scene.hosts}
        assert (forms[0].form, forms[0].letters) == ("off", "N"), "a crash keeps the stored state"
        assert (forms[1].form, forms[1].letters) == ("alone", "CI")
        assert (forms[2].form, forms[2].who) == ("lease", "s1"), "granted by DHCP1"
        assert (forms[3].form, forms[3].who) == ("lease", "s2")

    def test_the_present_exchange_is_never_folded(self, story):
        scene = at_step(story, 4)
        assert not parts_of(scene, Pile)
        assert [a.labels[0].split()[0] for a in parts_of(scene, Arrow)] == [
            "DISCOVER", "OFFER", "REQUEST", "ACK",
        ]  # fmt: skip

    def test_brackets_say_what_came_of_it(self, story):
        scene = at_step(story, 16)
        maker = Maker()
        model = RunModel(story)
        scene = scene_of(model, maker)
        said = [
            maker.groups.outcome(bracket.group, story.record_count)
            for bracket in scene.layout.brackets
        ]
        titles = [outcome.title for outcome in said]
        assert titles == [
            "First lease", "Renewal", "DHCP1 is gone", "Renewal lost", "First lease", "Rebinding",
        ]  # fmt: skip
        assert said[-1].detail.replace(NB, " ") == "10.0.0.51 for 1 h"
        assert said[1].line.replace(NB, " ") == "Renewal: 8 d"

    def test_marked_is_what_belongs_to_the_present_record(self, story):
        scene = at_step(story, 16)
        assert scene.record == scene.present
        rows = [row for row in scene.layout.rows if row.item.group == scene.group]
        assert [told(row.item).split()[0] for row in rows] == ["T2", "ACK"]

    def test_events_have_a_row_for_each_message(self, story):
        scene = at_step(story, 16, scale="events", h=1200)
        assert not parts_of(scene, Pile)
        names = [arrow.labels[0].split()[0] for arrow in parts_of(scene, Arrow)]
        assert names[:4] == ["DISCOVER", "OFFER", "REQUEST", "ACK"]
        assert [told(r.item) for r in scene.layout.rows if r.item.form == "fold"]

    def test_a_message_was_lost_only_after_it_was_lost(self, story):
        model = RunModel(story)
        step = next(step for step in model.steps() if step.number == 15)
        model.seek_time(step.at)
        before = parts_of(scene_of(model), Arrow)[-1]
        model.seek_time(step.at + 5_000)
        after = next(a for a in parts_of(scene_of(model), Arrow) if a.record == before.record)
        assert {fate.what for fate in before.fates} == {"flying"}
        assert {fate.what for fate in after.fates} == {"lost", "heard"}


@pytest.mark.usefixtures("qapp")
class TestFaults:
    """Free play: what befalls messages, links and hosts."""

    def test_a_duplicate_and_a_late_message(self):
        model = play(
            "duplicate next REQUEST from C1", "start C1", "run 6s",
            "delay next OFFER 3s", "start C2", "run 10s",
        )  # fmt: skip
        arrows = parts_of(scene_of(model), Arrow)
        twice = next(a for a in arrows if a.form == "twice")
        assert twice.labels[0] == "REQUEST ×2"
        held = next(a for a in arrows if a.form == "held")
        assert held.extra == (f"held 3{NB}s",)
        assert held.labels[0].startswith("OFFER")

    def test_a_cut_link_and_the_operator(self):
        model = play("start C1", "run 10s", "cut DHCP1-DHCP2", "run 5m", "partner-down DHCP2")
        scene = scene_of(model)
        rows = [told(row.item) for row in scene.layout.rows]
        assert "DHCP1-DHCP2 cut" in rows
        change = parts_of(scene, Change)[-1]
        assert change.glyph == "operator"
        assert [letters for letters, _ in change.states] == ["CI", "PD"]
        assert scene.layout.last_forms[1].form == "takeover"

    def test_a_refused_update_says_why(self):
        model = play(
            "start C1", "run 10s", "cut DHCP1-DHCP2", "run 10m", "partner-down DHCP2", "run 2h",
            "heal DHCP1-DHCP2", "run 2m",
        )  # fmt: skip
        refused = [a for a in parts_of(scene_of(model), Arrow) if a.form == "refused"]
        assert refused
        assert refused[0].extra[0].startswith("reject 15")

    def test_many_clients_share_a_lifeline_and_their_piles_are_counted(self):
        model = play("start 12 clients over 5m", "run 6m")
        scene = scene_of(model)
        assert len(scene.hosts) == 4
        assert scene.hosts[-1] == -2
        assert any(pile.times > 3 for pile in parts_of(scene, Pile))
        assert scene.hidden_count == 0

    def test_a_host_that_stops_and_returns(self):
        model = play("start C1", "run 10s", "stop service DHCP1", "run 1m", "restart DHCP1")
        marks = parts_of(scene_of(model), Mark)
        assert [mark.form for mark in marks] == ["stop", "restart"]
        assert marks[-1].state == ("S", "silent")
