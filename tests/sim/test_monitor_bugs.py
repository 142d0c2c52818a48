"""Each monitor, with a bug in the engine that makes it speak, and speak first."""

import pytest
from world_bench import Bench, facts_of, small_pair

from foviz.base.action import Note, Persist, SetTimer
from foviz.base.kinds import Kind
from foviz.base.rules import RULES
from foviz.failover import endpoint, machine, messages, service, updates
from foviz.failover.profile import profile_named
from foviz.lease.binding import BACKUP, FREE
from foviz.lease.port import Verdict
from foviz.script.vocabulary import Vocabulary
from foviz.sim.invariants import ALL, EXCUSES, INVARIANTS, watched
from foviz.sim.monitors import MONITORS
from foviz.wire.failover import FailoverType


def first_breach(bench):
    found = bench.records(Kind.BREACH)
    assert found, "nobody noticed"
    return found[0]


def checked(bench, monitor, missing=""):
    """The first breach is this monitor's; it names culprits, and the missing message."""
    breach = first_breach(bench)
    assert breach.value("monitor") == monitor
    assert all(0 <= index <= breach.index for index in breach.value("culprits"))
    assert breach.cause == breach.value("culprits")[0]
    facts = facts_of(breach)
    assert facts.get("missing", "").startswith(missing)
    assert "excused" not in facts
    bench.run(f"expect breach of {monitor}")
    return breach


# -- 1


def test_a_lease_beyond_the_lead_time(monkeypatch):
    monkeypatch.setattr(service, "lease_to_give", lambda desired_s, *_: desired_s)
    bench = Bench(small_pair(), "start C1\nrun 1m")
    checked(bench, "beyond-lead-time", "BNDUPD from DHCP1 to DHCP2")


# -- 2


def test_a_server_gives_away_what_is_its_partners(monkeypatch):
    monkeypatch.setattr(
        service, "allocatable", lambda found, now, store: (store.mask(FREE) | store.mask(BACKUP),)
    )
    bench = Bench(small_pair(), "crash DHCP1\nrun 4m\nstart C1\nrun 1m")
    breach = checked(bench, "owned-twice", "BNDACK to DHCP1")
    assert facts_of(breach)["whose it is"] == "DHCP1"


def test_a_giver_that_keeps_what_it_gave(monkeypatch):
    """It tells the partner BACKUP and goes on to think FREE."""
    true = updates.pump

    def forgetful(found, now):
        actions = true(found, now)
        for store in found.stores.values():
            for address in store.addresses(store.mask(BACKUP)):
                if found.is_primary:
                    store.put(store.get(address)._replace(status=FREE))
        return actions

    monkeypatch.setattr(updates, "pump", forgetful)
    bench = Bench(small_pair(), "run 1m")
    breach = checked(bench, "owned-twice", "BNDUPD from DHCP")
    assert (facts_of(breach)["DHCP1"], facts_of(breach)["DHCP2"]) == ("FREE", "BACKUP")


# -- 3


def test_an_address_is_handed_on_before_the_partner_knows(monkeypatch):
    """What ended is FREE at once, though the partner has not acknowledged it."""
    monkeypatch.setattr(updates, "ended", lambda found, binding, status: FREE)
    script = "start C1\nrun 5s\ncut DHCP1-DHCP2\nrun 5m\nrelease C1\nrun 1s\n"
    clients = "start 20 clients\nrun 1m"
    bench = Bench(small_pair(), script + clients)
    breach = checked(bench, "handed-on", "BNDACK about the end at 10.0.0.")
    assert facts_of(breach)["first client"] == bench.host("C1").hardware.hex(":")


def test_an_address_that_both_know_to_be_free_is_handed_on_in_peace():
    bench = Bench(small_pair(), "start C1\nrun 5s\nrelease C1\nrun 5s\nstart 18 clients\nrun 1m")
    assert len(bench.sent("ACK")) > 15
    assert bench.breaches() == []


# -- 4


def test_one_address_for_two_clients(monkeypatch):
    """A server that forgets whom it leased to: each client gets the lowest address."""
    true = service.allocatable

    def everything(found, now, store):
        return tuple(mask | store.mask(2) for mask in true(found, now, store))

    monkeypatch.setattr(service, "allocatable", everything)
    bench = Bench("two-sites", "start C1\nrun 10s\ncut SITE-A-C1\nstart C3\nrun 10s")
    breach = checked(bench, "duplicate-address")
    names = [bench.name(bench.trace[index]) for index in breach.value("culprits")]
    assert names == ["C3", "C1"]


# -- 5


def test_update_done_before_the_last_answer(monkeypatch):
    def hasty(found, now):
        if found.request is None:
            return []
        xid, _ = found.request
        found.request = None
        return messages.send(found, now, FailoverType.UPDDONE, (), xid)

    monkeypatch.setattr(updates, "_finish_request", hasty)
    script = "start C1\nrun 5s\ncut DHCP1-DHCP2\nrun 8m\nstart C2\nrun 5s\nheal DHCP1-DHCP2\nrun 3m"
    checked(Bench(small_pair(), script), "early-update-done", "BNDACK from DHCP")


def test_update_done_with_another_id(monkeypatch):
    true = messages.send

    def renumbered(found, now, kind, options=(), xid=None, handle=""):
        xid = xid + 100 if kind == FailoverType.UPDDONE else xid
        return true(found, now, kind, options, xid, handle)

    monkeypatch.setattr(messages, "send", renumbered)
    breach = checked(Bench(small_pair()), "early-update-done")
    assert facts_of(breach)["xid"] == facts_of(breach)["asked"] + 100


# -- 6


def test_more_updates_than_the_partner_allows(monkeypatch):
    true = endpoint.Endpoint.__init__

    def greedy(self, *args, **named):
        true(self, *args, **named)
        self.partner_max_unacked = 11

    monkeypatch.setattr(endpoint.Endpoint, "__init__", greedy)
    bench = Bench("load-balance")
    breach = checked(bench, "too-many-unacked", "BNDACK from DHCP2")
    facts = facts_of(breach)
    assert (facts["updates without a BNDACK"], facts["max-unacked-bndupd of the partner"]) == (
        11,
        10,
    )


# -- 7


def test_a_state_is_told_before_it_is_stored(monkeypatch):
    true = machine.flush

    def told_first(found, now):
        actions = true(found, now)
        return [a for a in actions if not isinstance(a, Persist)]

    def unsaved(actions):
        return [a for a in actions if not (isinstance(a, Persist) and a.table == "failover")]

    monkeypatch.setattr(machine, "flush", told_first)
    enter = machine._enter
    monkeypatch.setattr(machine, "_enter", lambda *given: unsaved(enter(*given)))
    send = messages.send
    monkeypatch.setattr(messages, "send", lambda *given, **named: unsaved(send(*given, **named)))
    bench = Bench(small_pair())
    facts = facts_of(checked(bench, "state-not-stored"))
    assert (facts["told"], facts["since"]) != (facts["on disk"], facts["there since"])


# -- 8 and 9

RECOVERING = """
start C1
run 31m
crash DHCP1
run 4m
partner-down DHCP2
run 1m
restart DHCP1
run 30s
expect DHCP1 in RECOVER-WAIT
"""


def test_a_silent_server_that_answers(monkeypatch):
    true = service.may_answer

    def talkative(found, now, query, store):
        verdict = true(found, now, query, store)
        return verdict._replace(answer=True) if verdict.rule == "silent-state" else verdict

    monkeypatch.setattr(service, "may_answer", talkative)
    bench = Bench(small_pair(), RECOVERING + "renew C1\nrun 1s")
    found = bench.breaches()
    assert found[0] in ("trace-of-silence", "silence-broken")
    assert {"trace-of-silence", "silence-broken"} <= set(found)
    answered = bench.records(Kind.BREACH, monitor="silence-broken")[0]
    assert facts_of(answered)["state"] == "RECOVER-WAIT"
    assert facts_of(answered)["answers"] == "REQUEST"
    bench.run("expect breach of silence-broken")


def test_a_silent_server_that_only_remembers(monkeypatch):
    """It holds an address for a client that it does not answer."""
    from foviz.dhcp.server import DhcpServer

    true = DhcpServer.on_datagram

    def curious(self, now, datagram):
        actions = true(self, now, datagram)
        for scope in self.scopes.values():
            store = scope.store
            address = store.lowest(store.mask(FREE))
            scope.offers.hold(now, b"somebody", address, store)
        return [a for a in actions if isinstance(a, (Note, SetTimer))]

    bench = Bench(small_pair(), RECOVERING)
    monkeypatch.setattr(DhcpServer, "on_datagram", curious)
    bench.run("start C2\nrun 5s")
    breach = checked(bench, "trace-of-silence")
    assert facts_of(breach)["what"] == "an offer is held"


def test_a_recovered_server_that_answers_a_new_client(monkeypatch):
    true = service.may_answer

    def eager(found, now, query, store):
        verdict = true(found, now, query, store)
        return Verdict(True, "alone") if verdict.rule == "renewals-only" else verdict

    monkeypatch.setattr(service, "may_answer", eager)
    monkeypatch.setattr(
        service,
        "allocatable",
        lambda found, now, store: (store.mask(service.own_status(found)[0]),),
    )
    lines = RECOVERING + "drop next STATE from DHCP2\nrun 50m\n"
    bench = Bench(small_pair(), lines)
    if bench.states("DHCP1") != {"pair": "RECOVER_DONE"}:  # DHCP2 answers at once
        bench.host("DHCP1").failover.endpoints["pair"].state = service.RECOVER_DONE
    bench.run("start C2\nrun 5s")
    found = bench.records(Kind.BREACH, monitor="silence-broken")
    assert facts_of(found[0])["answers"] == "DISCOVER"
    assert facts_of(found[0])["state"] == "RECOVER-DONE"


# -- 10


def test_two_answers_to_one_discover(monkeypatch):
    monkeypatch.setattr(
        service, "may_answer", lambda found, now, query, store: Verdict(True, "active")
    )
    bench = Bench(small_pair("load balance"), "start C1\nrun 10s")
    breach = checked(bench, "not-one-answer")
    assert facts_of(breach)["servers that answer"] == 2


def test_no_answer_to_a_discover(monkeypatch):
    monkeypatch.setattr(
        service, "may_answer", lambda found, now, query, store: Verdict(False, "standby")
    )
    bench = Bench(small_pair(), "start C1\nrun 10s")
    breach = checked(bench, "not-one-answer")
    assert facts_of(breach)["servers that answer"] == 0
    assert len(breach.value("culprits")) == 2


def test_an_empty_pool_is_no_breach():
    bench = Bench(small_pair(), "start 25 clients\nrun 2m")
    assert "no-own-address" in [r.value("rule") for r in bench.records(Kind.DECISION)]
    assert bench.breaches() == []


# -- the table


def test_every_invariant_is_a_rule_with_a_number_and_a_section():
    assert [found.number for found in INVARIANTS.values()] == list(range(1, 11))
    for name, found in INVARIANTS.items():
        assert name in MONITORS
        assert RULES[name].source.startswith("draft-12 §")
        assert found.section.startswith("draft-12 §")
        assert found.sentence.endswith(".")
        assert all(excuse in EXCUSES for excuse in found.unless)
        assert set(found.profiles) <= set(ALL)
    bench = Bench(small_pair())
    assert Vocabulary.of(bench.world, 0).words("monitor") == MONITORS


@pytest.mark.parametrize(("profile", "switch"), [("isc", "handed-on"), ("microsoft", "")])
def test_where_an_invariant_is_not_promised(profile, switch):
    found = watched(profile, vars(profile_named(profile)))
    assert set(MONITORS) - set(found) == ({switch} if switch else set())


STORIES = [
    "start 12 clients over 1m\nrun 5m\ncrash DHCP1\nrun 1d\nstart DHCP1\nrun 1d",
    "start 12 clients\nrun 5m\ncut DHCP1-DHCP2\nrun 1d\nheal DHCP1-DHCP2\nrun 1d",
    "start 9 clients\nrun 5m\ncrash DHCP1\nrun 5m\npartner-down DHCP2\nrun 3h\nstart DHCP1\nrun 4h",
    "start 9 clients\nrun 2h\nrelease C1\nrelease C2\nrun 1m\nkill service DHCP2\nrun 2h\n"
    "start DHCP2\nrun 1h\nstart 9 clients\nrun 1h\nlose disk DHCP1\nrestart DHCP1\nrun 4h",
]


@pytest.mark.parametrize("profile", ALL)
@pytest.mark.parametrize("mode", ["hot standby", "load balance"])
@pytest.mark.parametrize("story", STORIES, ids=["crash", "cut", "partner-down", "disk"])
def test_an_engine_that_keeps_its_promises_is_left_alone(profile, mode, story):
    bench = Bench(small_pair(mode, profile), story)
    assert len(bench.sent("ACK")) > 20
    assert bench.breaches() == []


def test_the_modules_that_bugs_are_seeded_in_are_the_ones_that_work():
    """Else the tests above would prove nothing."""
    assert endpoint.service is service
    assert endpoint.updates is updates


def test_f3_a_server_that_returns_and_serves_without_knowing_is_excused():
    """The survivor took over and died: no server breaks a rule, and yet there is a duplicate."""
    story = (
        "crash DHCP1\nrun 4m\npartner-down DHCP2\nrun 61m\nstart 12 clients\nrun 1m\n"
        "crash DHCP2\nstart DHCP1\nrun 6m\nstart 1 clients\nrun 30s"
    )
    bench = Bench("partner-down", story)
    breach = bench.records(Kind.BREACH, monitor="duplicate-address")[0]
    assert "excused" in facts_of(breach)
    returned = [
        bench.trace[n] for n in breach.value("culprits") if bench.trace.kind(n) == Kind.STATE
    ]
    assert [bench.name(record) for record in returned] == ["DHCP1"]
    assert bench.world.monitors.breaches == 0
