"""Messages come out of the stream the same, however it is cut."""

import pickle
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_strategies import failover_octets, outcome

from foviz.base.errors import WireError
from foviz.wire.failover import FailoverMessage, encode, u32
from foviz.wire.framing import Framer

MESSAGES = [
    encode(FailoverMessage(11, 0x65000000, 1)),
    encode(FailoverMessage(2, 0x65000000, 2, (u32(1, 5),))),
    encode(FailoverMessage(11, 0x65000000, 3)),
]
STREAM = b"".join(MESSAGES)


def test_split_at_every_pair_of_boundaries():
    for first in range(len(STREAM) + 1):
        for second in range(first, len(STREAM) + 1):
            framer = Framer()
            parts = (STREAM[:first], STREAM[first:second], STREAM[second:])
            assert [frame for part in parts for frame in framer.feed(part)] == MESSAGES
            assert framer.rest == b""


def test_octet_by_octet_each_message_comes_with_its_last_one():
    framer = Framer()
    complete = [at for at in range(len(STREAM)) if framer.feed(STREAM[at : at + 1])]
    assert complete == [11, 31, 43]


@given(st.lists(failover_octets, max_size=5), st.lists(st.integers(0, 3000), max_size=8))
def test_any_split(messages, cuts):
    stream = b"".join(messages)
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    framer = Framer()
    found = []
    for start, end in pairwise(edges):
        found.extend(framer.feed(stream[start:end]))
        framer = pickle.loads(pickle.dumps(framer))
    assert found == messages


@pytest.mark.parametrize("length", [0, 11, 2049, 65535])
def test_a_bad_length_is_refused_at_once_and_for_good(length):
    framer = Framer()
    bad = length.to_bytes(2, "big")
    assert framer.feed(STREAM + bad[:1]) == MESSAGES
    with pytest.raises(WireError) as caught:
        framer.feed(bad[1:])
    assert caught.value.offset == len(STREAM)
    with pytest.raises(WireError):
        framer.feed(MESSAGES[0])


@pytest.mark.parametrize("length", [12, 2048])
def test_the_bounds_are_lengths(length):
    octets = length.to_bytes(2, "big") + bytes(length - 2)
    assert Framer().feed(octets) == [octets]


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_garbage_raises_nothing_but_wire_error(parts):
    framer = Framer()
    fed = b""
    found = b""
    for part in parts:
        fed += part
        frames, offset = outcome(framer.feed, part)
        if frames is None:
            assert 0 <= offset < len(fed)
            break
        found += b"".join(frames)
        assert found + framer.rest == fed
