"""The trace: records in columns, blocks, branches, truncation."""

import marshal
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laboratory import PAIR, STORY, Lab

from foviz.base.kinds import KEYS, PLACES, Kind
from foviz.sim.trace import BLOCK, Trace

values = st.recursive(
    st.one_of(
        st.integers(-(2**62), 2**62), st.text(max_size=8), st.binary(max_size=20), st.booleans()
    ),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=5,
)
entries = st.tuples(st.integers(-1, 9), st.sampled_from(Kind), st.lists(values).map(tuple))


def filled(count, parent=None, shared=0, start=0):
    trace = Trace(parent, shared)
    for n in range(start, start + count):
        trace.append(n * 10, n % 3, Kind.PERSIST, n - 1, n // 2, ("leases", f"entry {n}"))
    return trace


def lists(trace):
    return [trace[n] for n in range(len(trace))]


# -- append and read


def test_a_record_comes_back_as_it_was():
    trace = filled(5)
    assert len(trace) == 5
    record = trace[3]
    assert (record.index, record.at, record.host, record.kind) == (3, 30, 0, Kind.PERSIST)
    assert (record.cause, record.event, record.data) == (2, 1, ("leases", "entry 3"))
    assert record.value("key") == "entry 3"
    assert trace[-1].index == 4


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_blocks_are_sealed_and_read_again(count):
    trace = filled(count)
    assert len(trace._sealed) == count // BLOCK
    for n in (0, count // 2, count - 1, min(BLOCK, count - 1)):
        assert trace[n].data == ("leases", f"entry {n}")


def test_many_blocks_read_at_random_stay_right():
    trace = filled(12 * BLOCK)
    for n in range(0, len(trace), 997):
        place = n * 7919 % len(trace)
        assert trace[place].value("key") == f"entry {place}"
    assert len(trace._cache) <= 8


@given(st.lists(entries, max_size=30))
def test_any_data_comes_back(found):
    trace = Trace()
    for n, (host, kind, data) in enumerate(found):
        trace.append(n, host, kind, n - 1, n, data)
    assert [trace[n].data for n in range(len(found))] == [data for _, _, data in found]
    assert [trace.host(n) for n in range(len(found))] == [host for host, _, _ in found]


def test_the_columns_can_be_asked_without_the_data():
    trace = filled(2 * BLOCK)
    for n in (0, 7, BLOCK, 2 * BLOCK - 1):
        record = trace[n]
        assert trace.at(n) == record.at
        assert trace.kind(n) == record.kind
        assert trace.host(n) == record.host
        assert trace.cause(n) == record.cause
        assert trace.event(n) == record.event


# -- finding


def test_counting_by_event_and_by_time():
    trace = filled(20)
    assert [trace.count_until_event(e) for e in (-1, 0, 1, 9, 100)] == [0, 2, 4, 20, 20]
    assert [trace.count_until_time(at) for at in (-1, 0, 9, 10, 190, 9999)] == [0, 1, 1, 2, 20, 20]
    assert [trace.first_at(at) for at in (-5, 0, 1, 190, 191)] == [0, 0, 1, 19, 20]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(-10, 500), st.integers(-2, 60))
def test_a_branch_finds_as_a_whole_trace_does(shared, own, at, event):
    parent = filled(40)
    branch = filled(own, parent, shared, shared)
    whole = filled(shared + own)
    assert branch.count_until_time(at) == whole.count_until_time(at)
    assert branch.count_until_event(event) == whole.count_until_event(event)
    assert branch.first_at(at) == whole.first_at(at)
    assert lists(branch) == lists(whole)
    assert branch.fingerprint(len(branch)) == whole.fingerprint(len(whole))


# -- fingerprints


def test_the_fingerprint_is_of_all_that_stands_before():
    trace, other = filled(30), Trace()
    for n in range(30):
        text = "another" if n == 12 else f"entry {n}"
        other.append(n * 10, n % 3, Kind.PERSIST, n - 1, n // 2, ("leases", text))
    same = [trace.fingerprint(n) == other.fingerprint(n) for n in range(31)]
    assert same == [True] * 13 + [False] * 18


@pytest.mark.parametrize("place", range(6))
def test_each_column_counts(place):
    row = [10, 1, Kind.TIMER, 0, 3, ("client", "T1")]
    other = list(row)
    other[place] = [11, 2, Kind.PERSIST, -1, 4, ("client", "T2")][place]
    one, two = Trace(), Trace()
    one.append(*row)
    two.append(*other)
    assert one.fingerprint(1) != two.fingerprint(1)


def test_packing_is_a_function_of_the_values_alone():
    """CONTRIBUTING: version 2 of marshal; later ones depend on reference counts."""
    shared = "".join(["a", "b"])
    one, two = Trace(), Trace()
    one.append(1, 0, Kind.PERSIST, -1, 1, (shared, shared))
    two.append(1, 0, Kind.PERSIST, -1, 1, ("".join(["a", "b"]), "".join(["ab"])))
    assert one.fingerprint(1) == two.fingerprint(1)
    assert one._open == two._open == marshal.dumps(("ab", "ab"), 2)


def test_the_fingerprint_is_the_same_in_another_process():
    code = (
        "from foviz.sim.trace import Trace\nfrom foviz.base.kinds import Kind\n"
        "t = Trace()\n"
        "for n in range(3): t.append(n, 0, Kind.PERSIST, -1, n, ('leases', 'é', b'x', (1, True)))\n"
        "print(t.fingerprint(3))"
    )
    trace = Trace()
    for n in range(3):
        trace.append(n, 0, Kind.PERSIST, -1, n, ("leases", "é", b"x", (1, True)))
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=dict(os.environ, PYTHONHASHSEED="77"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(result.stdout) == trace.fingerprint(3)


# -- truncation


@settings(max_examples=25)
@given(st.integers(0, 3 * BLOCK + 5), st.integers(0, BLOCK + 5))
def test_truncated_and_continued_is_the_same_as_never_cut(keep, more):
    trace = filled(3 * BLOCK + 5)
    trace.truncate(keep)
    assert len(trace) == keep
    for n in range(keep, keep + more):
        trace.append(n * 10, n % 3, Kind.PERSIST, n - 1, n // 2, ("leases", f"entry {n}"))
    whole = filled(keep + more)
    assert len(trace) == len(whole)
    assert trace.fingerprint(len(trace)) == whole.fingerprint(len(whole))
    for n in {0, keep - 1, keep, len(whole) - 1}:
        if 0 <= n < len(whole):
            assert trace[n] == whole[n]


def test_a_branch_truncates_only_what_is_its_own():
    parent = filled(20)
    branch = filled(10, parent, 15, 15)
    branch.truncate(18)
    assert len(branch) == 18
    with pytest.raises(AssertionError):
        branch.truncate(14)
    assert len(parent) == 20


def test_reading_after_truncation_forgets_old_blocks():
    trace = filled(2 * BLOCK)
    assert trace[5].value("key") == "entry 5"
    trace.truncate(3)
    for n in range(3, BLOCK + 3):
        trace.append(n, 0, Kind.PERSIST, -1, n, ("leases", f"new {n}"))
    assert trace[5].value("key") == "new 5"


# -- what a run writes


@pytest.fixture(scope="module")
def story():
    return Lab(PAIR, lines=STORY)


def test_causes_stand_before_their_effects(story):
    for record in lists(story.trace):
        assert -1 <= record.cause < record.index
        if record.cause >= 0:
            cause = story.trace[record.cause]
            assert cause.at <= record.at
            assert cause.event <= record.event


def test_time_and_events_never_go_back(story):
    at = [story.trace.at(n) for n in range(len(story.trace))]
    events = [story.trace.event(n) for n in range(len(story.trace))]
    assert at == sorted(at)
    assert events == sorted(events)
    assert events[-1] <= story.world.executed


def test_data_has_the_keys_of_its_kind_and_their_types(story):
    types = {
        "text": str, "number": int, "flag": bool, "ip": int, "octets": bytes, "time": int,
        "record": int, "facts": tuple, "arrivals": tuple, "records": tuple,
    }  # fmt: skip
    seen = {}
    for record in lists(story.trace):
        keys = KEYS[record.kind]
        assert len(record.data) == len(keys), record
        for key, value in zip(keys, record.data, strict=True):
            assert isinstance(value, types[key.type]), (record, key)
        seen[record.kind] = True
    assert len(seen) >= 14, "the story shows nearly every kind"


def test_the_table_of_kinds_is_whole():
    assert list(KEYS) == list(PLACES) == list(Kind)
    assert all(key.meaning for keys in KEYS.values() for key in keys)


def test_a_receipt_is_caused_by_its_sending(story):
    for record in story.records(Kind.RECEIVE):
        assert record.cause == record.value("message")
        sent = story.trace[record.cause]
        assert sent.kind is Kind.SEND
        assert (record.host, record.at) in sent.value("arrivals") or sent.value("stream")


def test_every_send_of_a_deciding_engine_has_a_cause(story):
    for record in story.records(Kind.SEND):
        assert record.cause >= 0, record
