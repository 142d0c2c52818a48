"""TCP as far as failover notices it: stalls, retransmission, resets, tries that fail."""

from itertools import pairwise

import pytest
from laboratory import PAIR, Lab

from foviz.base.kinds import Kind
from foviz.base.time import US

SLOW = PAIR.replace(
    "[segments.LAN]", "[switches]\nreceive-timer-s = 900\nclock-limit-s = 0\n\n[segments.LAN]"
)
"""A pair that bears a quarter of an hour of silence, and messages as old as that."""


def seconds(us):
    return us / US


def repeats(lab, first):
    """The moments at which a segment was sent, in seconds after the first."""
    again = [r for r in lab.records(Kind.SEND) if r.cause == first.index and _same(r, first)]
    return [seconds(r.at - first.at) for r in again]


def _same(record, first):
    return record.value("octets") == first.value("octets")


def cut_and_wait(lines="run 8m"):
    lab = Lab(SLOW, lines=f"cut DHCP1-DHCP2\n{lines}")
    start = lab.records(Kind.LINK)[0].index
    return lab, lab.sent("CONTACT", "DHCP1", start)[0]


# -- stalls


def test_a_stalled_segment_is_sent_again_after_1_2_4_up_to_60_seconds():
    lab, contact = cut_and_wait()
    moments = [0, *repeats(lab, contact)]
    gaps = [b - a for a, b in pairwise(moments)]
    assert gaps == [1, 2, 4, 8, 16, 32, *[60] * 6]
    assert lab.why_lost(contact) == "cut"


def test_what_is_written_meanwhile_waits_and_is_not_on_the_wire():
    lab, contact = cut_and_wait()
    later = [r for r in lab.sent("CONTACT", "DHCP1", contact.index + 1) if r.cause != contact.index]
    assert later
    assert [r.value("arrivals") for r in later] == [()] * len(later)
    heard = lab.records(Kind.RECEIVE, "DHCP2", contact.index)
    assert [r for r in heard if r.value("message") in (contact.index, later[0].index)] == []


def test_a_healed_link_resumes_in_order_at_the_next_retransmission():
    lab, contact = cut_and_wait("run 6m")
    waiting = [r for r in lab.sent("CONTACT", "DHCP1", contact.index + 1) if not _arrives(r)]
    lab.run("heal DHCP1-DHCP2\nrun 2m")
    again = [r for r in lab.records(Kind.SEND, start=contact.index) if r.cause == contact.index]
    passed = again[-1]
    assert lab.why_lost(passed) == ""
    assert [lab.why_lost(r) for r in again[:-1]] == ["cut"] * (len(again) - 1)
    followers = [
        next(r for r in lab.records(Kind.SEND, start=passed.index) if r.cause == w.index)
        for w in waiting
    ]
    assert [r.index for r in followers] == sorted(r.index for r in followers)
    assert {r.at for r in followers} == {passed.at}
    arrived = [
        lab.records(Kind.RECEIVE, "DHCP2", r.index, message=r.index) for r in (passed, *followers)
    ]
    assert [len(found) for found in arrived] == [1] * len(arrived)
    assert [found[0].index for found in arrived] == sorted(found[0].index for found in arrived)
    assert lab.records(Kind.CONNECTION, start=contact.index) == [], "nobody noticed anything"
    assert not any(flow.waiting for c in lab.world.connections.values() for flow in c.flows)


def _arrives(record):
    return bool(record.value("arrivals"))


def test_a_short_cut_is_never_noticed():
    lab = Lab(PAIR, lines="cut DHCP1-DHCP2\nrun 20s\nheal DHCP1-DHCP2\nrun 10m")
    assert (lab.state("DHCP1"), lab.state("DHCP2")) == ("NORMAL", "NORMAL")
    assert lab.records(Kind.CONNECTION, what="closed") == []


def test_what_waited_more_than_a_minute_looks_like_a_wrong_clock():
    """Profile microsoft checks the time of every message (MS-DHCPF §3.1.5)."""
    lab = Lab(PAIR, lines="cut DHCP1-DHCP2\nrun 60s\nheal DHCP1-DHCP2\nrun 10s")
    closed = lab.records(Kind.CONNECTION, what="closed")
    assert closed[0].value("why") == "the clocks differ too much"
    lab.run("run 2m")
    assert (lab.state("DHCP1"), lab.state("DHCP2")) == ("NORMAL", "NORMAL")


def test_a_segment_on_its_way_when_the_link_is_cut_is_sent_again():
    lab = Lab(PAIR, lines="start C1\nrun until BNDUPD from DHCP1\ncut DHCP1-DHCP2")
    update = lab.sent("BNDUPD", "DHCP1")[-1]
    lab.run("run 500ms\nheal DHCP1-DHCP2\nrun 5s")
    assert lab.why_lost(update) == "cut"
    assert repeats(lab, update)[0] == pytest.approx(1, abs=0.01)
    assert len(repeats(lab, update)) == 1
    (decision,) = lab.records(Kind.DECISION, "DHCP2", update.index, rule="update-accepted")
    assert decision.at - update.at < 2 * US


def test_a_dropped_segment_comes_a_second_later():
    lab = Lab(PAIR, lines="drop next BNDACK from DHCP2\nstart C1\nrun until C1 bound\nrun 5s")
    first = lab.sent("BNDACK", "DHCP2")[2]  # two were for the reserve
    assert lab.why_lost(first) == "drop"
    assert repeats(lab, first) == [1]
    assert lab.world.message_faults == []


def test_a_withheld_segment_never_comes_and_holds_nothing_up():
    lines = "withhold next BNDACK from DHCP2\nstart C1\nrun until C1 bound\nrun 5m"
    lab = Lab(PAIR, lines=lines)
    (answer,) = lab.sent("BNDACK", "DHCP2")[2:]  # two were for the reserve
    assert lab.why_lost(answer) == "withhold"
    assert repeats(lab, answer) == []
    contacts = lab.sent("CONTACT", "DHCP2", answer.index)
    assert contacts
    assert all(lab.why_lost(found) == "" for found in contacts)
    assert lab.world.message_faults == []


def test_a_delayed_segment_holds_all_behind_it():
    lab = Lab(PAIR, lines="delay next BNDUPD from DHCP1 90s\nstart C1\nrun until C1 bound")
    update = lab.sent("BNDUPD", "DHCP1")[-1]
    lab.run("run 3m")
    contacts = lab.sent("CONTACT", "DHCP1", update.index)
    arrivals = {
        r.index: lab.records(Kind.RECEIVE, "DHCP2", r.index, message=r.index)[0].at
        for r in (update, contacts[0])
    }
    assert seconds(arrivals[update.index] - update.at) == pytest.approx(90, abs=0.1)
    assert contacts[0].at < arrivals[update.index] <= arrivals[contacts[0].index]
    order = [r.value("message") for r in lab.records(Kind.RECEIVE, "DHCP2", update.index)]
    assert order.index(update.index) < order.index(contacts[0].index)


def test_a_receiver_keeps_nothing_out_of_order():
    """The first of two segments is lost in flight, the second is not: both come again."""
    lab = Lab(PAIR, lines="start C1\nrun 400us\nstart C2\nrun until BNDUPD from DHCP1")
    lab.run("run 900us\ncut DHCP1-DHCP2\nrun 300us\nheal DHCP1-DHCP2")
    first, second = lab.sent("BNDUPD", "DHCP1")[-2:]
    lab.run("run 5s")
    assert (lab.why_lost(first), lab.why_lost(second)) == ("cut", "")
    assert second.at - first.at == 400
    accepted = lab.records(Kind.DECISION, "DHCP2", first.index, rule="update-accepted")
    assert [r.value("client") for r in accepted] == [lab.host(c).hardware for c in ("C1", "C2")]
    assert all(binding.known for binding in lab.host("DHCP1").disk["leases"].values())


# -- one way only


def test_a_half_cut_link_carries_data_but_no_acknowledgement():
    """DHCP1's update reaches DHCP2 and is repeated, for what DHCP2 says does not come back."""
    lab = Lab(SLOW, lines="start C1\nrun until ACK from DHCP1\ncut DHCP2-DHCP1 one-way\nrun 40s")
    update = lab.sent("BNDUPD", "DHCP1")[-1 - len(_repeats_of_update(lab))]
    assert lab.why_lost(update) == ""
    assert repeats(lab, update) == pytest.approx([1, 3, 7, 15, 31], abs=0.01)
    heard = [
        r
        for r in lab.records(Kind.RECEIVE, "DHCP2", update.index)
        if lab.trace[r.value("message")].value("octets") == update.value("octets")
    ]
    assert len(heard) == 6, "each repetition is heard"
    accepted = lab.records(Kind.DECISION, "DHCP2", update.index, rule="update-accepted")
    assert len(accepted) == 1, "and only the first is taken"
    answer = lab.sent("BNDACK", "DHCP2", update.index)[0]
    assert lab.why_lost(answer) == "cut"
    lab.run("heal DHCP1-DHCP2\nrun 2m")
    changed = lab.records(Kind.BINDING, "DHCP1", answer.index, known=True)
    assert len(changed) == 1, "the acknowledgement comes through in the end, once"


def _repeats_of_update(lab):
    last = lab.sent("BNDUPD", "DHCP1")[-1]
    return [r for r in lab.sent("BNDUPD", "DHCP1") if _same(r, last)][1:]


def test_a_half_cut_link_is_found_out_by_the_side_that_hears_nothing():
    lab = Lab(PAIR, lines="cut DHCP1-DHCP2 one-way\nrun 4m")
    first = lab.records(Kind.STATE, start=lab.records(Kind.LINK)[0].index)[0]
    assert (lab.name(first), first.value("event")) == ("DHCP2", "failed")
    fins = lab.sent("FIN", "DHCP2", first.index - 5)
    assert lab.why_lost(fins[0]) == "", "its goodbye is heard at once"
    second = lab.records(Kind.STATE, "DHCP1", first.index)[0]
    assert seconds(second.at - first.at) < 0.01


# -- ends


def noticed(lab, after):
    """When DHCP2 left NORMAL, in seconds after a record."""
    (state,) = lab.records(Kind.STATE, "DHCP2", after.index)[:1]
    return seconds(state.at - after.at)


def down(lines):
    lab = Lab(PAIR, lines=f"run 30s\n{lines}\nrun 4m")
    return lab, lab.records(Kind.INTERVENTION)[-1]


def test_a_crashed_host_says_nothing_and_is_missed_by_the_receive_timer():
    lab, deed = down("crash DHCP1")
    assert lab.records(Kind.SEND, "DHCP1", deed.index) == []
    last = lab.records(Kind.RECEIVE, "DHCP2")
    last = [r for r in last if lab.name(lab.trace[r.value("message")]) == "DHCP1"][-1]
    timer = lab.records(Kind.TIMER, "DHCP2", name="receive")[0]
    assert seconds(timer.at - last.at) == 180
    assert noticed(lab, deed) == pytest.approx(seconds(timer.at - deed.at))
    (closed,) = lab.records(Kind.CONNECTION, "DHCP2", what="closed")
    assert closed.value("why") == "nothing heard in time"


def test_a_killed_service_resets_at_once():
    lab, deed = down("kill service DHCP1")
    (sign,) = [r for r in lab.records(Kind.SEND, "DHCP1", deed.index) if r.cause == deed.index + 1]
    assert sign.value("octets") == b"RST"
    assert noticed(lab, deed) == 0.001
    (closed,) = lab.records(Kind.CONNECTION, "DHCP2", what="closed")
    assert closed.value("why") == "reset by the partner"


def test_a_stopped_service_closes_in_order():
    lab, deed = down("stop service DHCP1")
    first = lab.records(Kind.SEND, "DHCP1", deed.index)[0]
    assert first.value("octets") == b"FIN"
    assert noticed(lab, deed) == 0.001
    (closed,) = lab.records(Kind.CONNECTION, "DHCP2", what="closed")
    assert closed.value("why") == "closed by the partner"


def test_a_fin_stands_behind_what_was_sent_before():
    lab = Lab(
        PAIR,
        lines="delay next BNDUPD from DHCP1 10s\nstart C1\nrun until C1 bound\n"
        "stop service DHCP1\nrun 20s",
    )
    update = lab.sent("BNDUPD", "DHCP1")[-1]
    fin = lab.sent("FIN", "DHCP1", update.index)[0]
    heard = [r.value("message") for r in lab.records(Kind.RECEIVE, "DHCP2", update.index)]
    assert heard.index(update.index) < heard.index(fin.index)
    assert len(lab.records(Kind.DECISION, "DHCP2", update.index, rule="update-accepted")) == 1


def test_a_restarted_host_resets_an_old_connection():
    lab = Lab(PAIR, lines="run 50s\ncrash DHCP1\nrun 15s\ndrop next SYN from DHCP1\nstart DHCP1")
    lab.run("run 10s")
    boot = lab.records(Kind.HOST, "DHCP1", what="boot")[-1]
    resets = lab.sent("RST", "DHCP1", boot.index)
    assert resets, "a segment of the old connection is answered by a reset"
    asked = lab.trace[lab.trace[resets[0].cause].value("message")]
    assert lab.name(asked) == "DHCP2"
    assert asked.value("stream") == resets[0].value("stream")
    (closed,) = lab.records(Kind.CONNECTION, "DHCP2", boot.index, what="closed")
    assert closed.value("why") == "reset by the partner"
    lab.run("run 2m")
    assert (lab.state("DHCP1"), lab.state("DHCP2")) == ("NORMAL", "NORMAL")


def test_unsent_messages_die_with_their_connection():
    lab = Lab(PAIR, lines="cut DHCP1-DHCP2\nrun 4m")
    lost = lab.records(Kind.LOST, why="closed")
    assert lost
    for record in lost:
        assert lab.trace[record.value("message")].value("arrivals") == ()


# -- opening


def test_an_unanswered_syn_is_given_up_after_21_seconds():
    lab, deed = down("crash DHCP1")
    syns = lab.sent("SYN", "DHCP2", deed.index)
    failed = lab.records(Kind.CONNECTION, "DHCP2", deed.index, what="failed")
    assert seconds(failed[0].at - syns[0].at) == 21
    assert failed[0].value("why") == "no answer"
    assert lab.why_lost(syns[0]) == "off"


def test_a_try_follows_every_60_seconds_and_no_syn_is_repeated():
    lab, deed = down("crash DHCP1\nrun 10m")
    syns = lab.sent("SYN", "DHCP2", deed.index)
    assert len(syns) > 5
    assert {seconds(b.at - a.at) for a, b in pairwise(syns)} == {60}
    failed = lab.records(Kind.CONNECTION, "DHCP2", deed.index, what="failed")
    assert [seconds(f.at - s.at) for s, f in zip(syns, failed, strict=False)] == [21] * len(failed)


def test_a_syn_to_a_host_without_the_service_is_refused_at_once():
    lab, deed = down("kill service DHCP1")
    syn = lab.sent("SYN", "DHCP2", deed.index)[0]
    failed = lab.records(Kind.CONNECTION, "DHCP2", deed.index, what="failed")[0]
    assert failed.value("why") == "refused"
    assert seconds(failed.at - syn.at) == 0.002
    answer = lab.trace[lab.trace[failed.cause].value("message")]
    assert (lab.name(answer), answer.value("octets")) == ("DHCP1", b"RST")


def test_a_syn_over_a_cut_link_is_lost():
    lab = Lab(PAIR, lines="cut DHCP1-DHCP2\nrun 5m")
    syn = lab.sent("SYN", "DHCP1", lab.records(Kind.LINK)[0].index)[0]
    assert lab.why_lost(syn) == "cut"
    (first, *_) = lab.records(Kind.CONNECTION, "DHCP1", syn.index, what="failed")
    assert (first.value("why"), seconds(first.at - syn.at)) == ("no answer", 21)


def test_the_secondarys_own_connection_is_a_nudge_that_the_primary_closes():
    lab = Lab(PAIR)
    nudge = lab.sent("SYN", "DHCP2")[0]
    fin = lab.sent("FIN", "DHCP1")[0]
    assert fin.value("stream") == nudge.value("stream")
    connect = lab.sent("CONNECT", "DHCP1")[0]
    assert connect.value("stream") != nudge.value("stream")
    assert lab.sent("CONNECT", "DHCP2") == []


def test_connections_do_not_pile_up():
    lab = Lab(PAIR, lines="crash DHCP1\nrun 6h")
    assert len(lab.sent("SYN", "DHCP2")) > 300
    assert len(lab.world.connections) <= 1
    assert len(lab.world.handles) <= 1
    lab.run("start DHCP1\nrun 5m")
    assert lab.state("DHCP2") == "NORMAL"
    assert len(lab.world.connections) == 1
    assert sorted(host for host, _ in lab.world.handles) == [0, 1]


def test_every_stream_has_a_port_of_its_own():
    lab = Lab(PAIR, lines="crash DHCP1\nrun 30m")
    ports = [r.value("source_port") for r in lab.sent("SYN")]
    assert len(dict.fromkeys(ports)) == len(ports)
    assert {r.value("destination_port") for r in lab.sent("SYN")} == {647}
