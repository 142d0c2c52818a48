"""Each row of each conflict table is taken, and says what PROTOCOL §6 says."""

import pytest
from updates_bench import FIRST, HOUR, Bench, client_of, hardware

from foviz.base.time import US
from foviz.failover.conflict import ROWS, Case, decide
from foviz.failover.profile import PROFILES, with_switch
from foviz.lease.binding import ACTIVE, BACKUP, EXPIRED, FREE, RELEASED, Binding
from foviz.wire.failover import BindingStatus

NOW = 1_000 * US
MISSING, CONFLICT, UNKNOWN, OUTDATED, CRITICAL, UNRESERVED = 3, 2, 6, 15, 16, 19

COLUMNS = ("ACTIVE", "EXPIRED", "RELEASED", "FREE", "BACKUP", "RESET", "ABANDONED")
DRAFT = """
ACTIVE     clients   over      later     over      over      accept    accept
EXPIRED    later     accept    accept    accept    accept    accept    accept
RELEASED   later     later     accept    accept    accept    accept    accept
FREE       accept    accept    accept    accept    accept    accept    accept
BACKUP     accept    accept    accept    accept    accept    accept    accept
RESET      since     accept    accept    accept    accept    accept    accept
ABANDONED  critical  critical  critical  critical  critical  accept    accept
"""
FROM_SECONDARY = """
ACTIVE     accept    refuse    accept    refuse    refuse    refuse    accept
EXPIRED    accept    accept    accept    past      past      accept    accept
RELEASED   accept    accept    accept    accept    accept    accept    accept
FREE       accept    accept    accept    accept    accept    accept    accept
BACKUP     accept    accept    accept    accept    accept    accept    accept
RESET      accept    accept    accept    past      past      accept    accept
ABANDONED  accept    accept    accept    accept    accept    accept    accept
"""
FROM_PRIMARY = """
ACTIVE     accept    slack     accept    past      past      accept    accept
EXPIRED    accept    accept    accept    past      past      accept    accept
RELEASED   accept    accept    accept    accept    accept    accept    accept
FREE       accept    accept    accept    accept    accept    accept    accept
BACKUP     accept    accept    accept    accept    accept    accept    accept
RESET      accept    accept    accept    past      past      accept    accept
ABANDONED  accept    accept    accept    accept    accept    accept    accept
"""
ELSEWHERE = """
ACTIVE     accept    slack     accept    refuse    refuse    accept    accept
EXPIRED    accept    accept    accept    accept    accept    accept    accept
RELEASED   accept    accept    accept    accept    accept    accept    accept
FREE       accept    accept    accept    accept    accept    accept    accept
BACKUP     accept    accept    accept    accept    accept    accept    accept
RESET      accept    accept    accept    accept    accept    accept    accept
ABANDONED  accept    accept    accept    accept    accept    accept    accept
"""
ISC = {
    "normal-primary": (FROM_SECONDARY, {"primary": True, "normal": True}),
    "normal-secondary": (FROM_PRIMARY, {"primary": False, "normal": True}),
    "elsewhere": (ELSEWHERE, {"primary": True, "normal": False}),
}

SITUATIONS = {
    # rule: what makes it accept, what makes it refuse and the reason then
    "accept": [({}, {}, {}, 0)],
    "clients": [
        ({}, {}, {}, 0),
        ({"expires": NOW + 1}, {"hardware": hardware(2)}, {"primary": False}, 0),
        ({"expires": NOW + 1}, {"hardware": hardware(2)}, {"primary": True}, CONFLICT),
    ],
    "over": [({"expires": NOW}, {}, {}, 0), ({"expires": NOW + US}, {}, {}, OUTDATED)],
    "later": [
        ({"cltt": 5 * US}, {"cltt": 6 * US}, {}, 0),
        ({"cltt": 5 * US}, {"cltt": 5 * US}, {}, OUTDATED),
        ({"cltt": 5 * US}, {"cltt": 0}, {}, OUTDATED),
        ({"cltt": 0}, {"cltt": 1 * US}, {}, 0),
    ],
    "since": [
        ({"start": 5 * US, "cltt": 9 * US}, {"cltt": 6 * US}, {}, 0),
        ({"start": 5 * US}, {"cltt": 5 * US}, {}, OUTDATED),
    ],
    "critical": [({}, {}, {}, CRITICAL)],
    "refuse": [({}, {}, {}, CONFLICT)],
    "past": [
        ({"expires": NOW * 2}, {"received_pet": NOW}, {}, 0),
        ({}, {"received_pet": NOW + 1}, {}, CONFLICT),
    ],
    "slack": [
        ({"expires": NOW + 65 * US}, {}, {}, 0),
        ({"expires": NOW + 65 * US + 1}, {}, {}, CONFLICT),
    ],
}


def cells(text):
    for line in text.strip().splitlines():
        own, *rules = line.split()
        for update, rule in zip(COLUMNS, rules, strict=True):
            yield BindingStatus[own], BindingStatus[update], rule


def case(own, update, ours=None, theirs=None, **more):
    given = {"primary": True, "now": NOW} | more
    return Case(
        own=Binding(1, own, hardware=hardware(1))._replace(**(ours or {})),
        update=Binding(1, update, hardware=hardware(1))._replace(**(theirs or {})),
        **given,
    )


def draft_cases():
    for own, update, rule in cells(DRAFT):
        for ours, theirs, more, reject in SITUATIONS[rule]:
            row = f"draft {own.name}/{update.name} {rule}"
            yield row, case(own, update, ours, theirs, **more), reject
    for cltt, reject in ((6, 0), (5, OUTDATED)):  # over, and only nobody ended it yet
        times = {"expires": NOW, "cltt": 5 * US}, {"hardware": hardware(2), "cltt": cltt * US}
        yield "draft EXPIRED/ACTIVE later", case(ACTIVE, ACTIVE, *times), reject
    flagged = {"reserved": True}
    yield "draft BACKUP not-reserved", case(FREE, BACKUP, {}, flagged), UNRESERVED
    for theirs, ours, primary, reject in (
        (6, 5, True, 0),
        (6, 5, False, 0),
        (5, 6, True, OUTDATED),
        (5, 6, False, OUTDATED),
        (5, 5, True, OUTDATED),
        (5, 5, False, 0),
    ):
        other = Binding(2, ACTIVE, hardware=hardware(1), cltt=ours * US)
        told = {"cltt": theirs * US}
        found = case(FREE, ACTIVE, {}, told, primary=primary, other=other)
        yield "draft two-addresses", found, reject


def microsoft_cases():
    yield from draft_cases()
    for status in (FREE, BACKUP):
        row = f"microsoft {status.name} reserved"
        yield row, case(FREE, status, reserved=True), OUTDATED
        yield row, case(FREE, status, {}, {"reserved": True}, reserved=True), OUTDATED


def isc_cases():
    for name, (text, more) in ISC.items():
        for own, update, rule in cells(text):
            for ours, theirs, also, reject in SITUATIONS[rule]:
                row = f"isc {name} {own.name}/{update.name} {rule}"
                yield row, case(own, update, ours, theirs, **{**also, **more}), reject
    bad = BindingStatus.ABANDONED
    yield "isc contradiction", case(FREE, bad, names_client=True), UNKNOWN
    yield "isc contradiction", case(FREE, ACTIVE, bootp=True), UNKNOWN
    yield "isc contradiction", case(FREE, ACTIVE, {}, {"hardware": bytes(21)}), UNKNOWN
    flagged = {"reserved": True}
    yield "isc not-reserved", case(FREE, ACTIVE, {}, flagged, primary=True), UNRESERVED
    yield "isc not-reserved", case(BACKUP, BACKUP, {}, flagged, primary=False), UNRESERVED
    duel = {"duel": True, "normal": False}
    for theirs, ours, primary, reject in (
        (6, 5, True, 0),
        (5, 6, False, CRITICAL),
        (5, 5, True, CRITICAL),
        (5, 5, False, 0),
    ):
        times = {"cltt": ours * US}, {"cltt": theirs * US}
        yield (
            "isc duel ACTIVE/ACTIVE",
            case(ACTIVE, ACTIVE, *times, primary=primary, **duel),
            reject,
        )
    yield "isc duel ACTIVE/EXPIRED", case(ACTIVE, EXPIRED, **duel), 0
    yield "isc duel other/ACTIVE", case(EXPIRED, ACTIVE, **duel), 0
    yield "isc duel other", case(RELEASED, EXPIRED, **duel, primary=True), CRITICAL
    yield "isc duel other", case(RELEASED, EXPIRED, **duel, primary=False), 0


CASES = {"draft": draft_cases, "draft-and-reserved": microsoft_cases, "isc": isc_cases}


@pytest.mark.parametrize(
    ("table", "row", "given", "reject"),
    [
        pytest.param(table, *found, id=f"{table}: {found[0]} {number}")
        for table, cases in CASES.items()
        for number, found in enumerate(cases())
    ],
)
def test_the_row_decides(table, row, given, reject):
    outcome = decide(table, given)
    assert (outcome.row, outcome.reject) == (row, reject)


@pytest.mark.parametrize("table", CASES)
def test_every_row_is_taken_and_no_other(table):
    taken = dict.fromkeys(row for row, _, _ in CASES[table]())
    assert sorted(taken) == sorted(row.id for row in ROWS[table])


@pytest.mark.parametrize("table", CASES)
def test_a_row_that_can_refuse_says_with_what(table):
    refusing = dict.fromkeys(row for row, _, reject in CASES[table]() if reject)
    reasons = {row.id: row.reject for row in ROWS[table]}
    assert all(reasons[row] for row in refusing)
    assert all(row.source for row in ROWS[table])


def test_what_the_partner_says_of_other_addresses_is_no_end_of_ours():
    """The draft keeps reserved addresses in the pools, Microsoft does not."""
    given = case(FREE, BACKUP, reserved=True)
    assert decide("draft", given).reject == 0
    assert decide("draft-and-reserved", given).reject == OUTDATED


# -- at work


@pytest.mark.parametrize("name", PROFILES)
def test_the_decision_names_the_row(name):
    pair = Bench(profile=PROFILES[name])
    assert pair.tell("B", pair.active(FIRST, 7)) == ([] if name == "isc" else [0])
    (data,) = pair.decisions("B", "update-accepted")[-1:]
    assert {fact[0]: fact[1] for fact in data[4]}["rule of the table"] in (
        "draft FREE/ACTIVE accept",
        "isc normal-secondary FREE/ACTIVE accept",
    )
    assert pair.status("B") == "ACTIVE"


def test_a_primary_keeps_its_client_and_a_secondary_gives_way():
    pair = Bench()
    assert pair.lease("A").yiaddr == FIRST
    pair.run(1)
    assert pair.tell("A", pair.active(FIRST, 2)) == [CONFLICT]
    assert pair.tell("B", pair.active(FIRST, 2)) == [0]
    assert pair.binding("A").client == client_of(1)
    assert pair.binding("B").client == client_of(2)


def test_one_client_two_addresses_the_later_contact_is_kept():
    """draft-12 §7.1.2: the lease that the client left is told to be over, much later."""
    pair = Bench(mclt_s=HOUR)
    pair.lease("A")
    pair.run(10)
    before = pair.time
    assert pair.tell("A", pair.active(FIRST + 5, 1, at=pair.time - 60)) == [OUTDATED]
    assert pair.status("A") == "ACTIVE"
    assert pair.tell("A", pair.active(FIRST + 5, 1)) == [0]
    assert (pair.status("A"), pair.status("A", FIRST + 5)) == ("RELEASED", "ACTIVE")
    pair.run(50)
    assert pair.told(since=before) == []
    pair.run(20)
    assert pair.told(since=before, sender="A") == ["RELEASED"]
    assert (pair.status("A"), pair.status("B")) == ("FREE", "FREE")


def test_the_switch_picks_the_table():
    profile = with_switch(PROFILES["microsoft"], "conflict-table", "isc")
    pair = Bench(profile=profile)
    pair.lease("A")
    pair.run(1)
    options = pair.update(FIRST, EXPIRED, 1, cltt=pair.time)
    assert pair.tell("A", options) == [CONFLICT]
    (data,) = pair.decisions("A", "update-refused")
    assert ("rule of the table", "isc normal-primary ACTIVE/EXPIRED refuse", "") in data[4]
