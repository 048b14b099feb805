import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core import packed
from argus_streams.core.clip import Limits
from argus_streams.core.events import Ignored, Origin
from argus_streams.core.intake import take
from argus_streams.core.scrub import scrubber
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

LIMIT = 1_000


def refusal(value, encoding="gzip", limit=LIMIT):
    with pytest.raises(Malformed) as refused:
        packed.unpacked(value, encoding, limit)
    return refused.value.reason


@given(st.binary(max_size=LIMIT))
def test_what_was_packed_is_unpacked_whole(body):
    assert packed.unpacked(packed.pack(body), "gzip", LIMIT) == body


@pytest.mark.parametrize("name", ["gzip", " GZIP ", "x-gzip"])
def test_what_any_gzip_packed_is_read_under_each_of_its_names(name):
    assert packed.unpacked(gzip.compress(b"{}"), name, LIMIT) == b"{}"


@pytest.mark.parametrize("name", ["", "identity"])
def test_a_body_that_is_not_packed_is_left_as_it_is(name):
    assert packed.unpacked(b"{}", name, LIMIT) == b"{}"


def test_the_same_bytes_are_packed_alike():
    assert packed.pack(b"one" * 1000) == packed.pack(b"one" * 1000)


@pytest.mark.parametrize("name", ["br", "deflate", "gzip, gzip", "zstd"])
def test_another_encoding_is_refused(name):
    assert refusal(b"{}", name) == "unknown content-encoding"


@pytest.mark.parametrize(
    "value",
    [b"", b"{}", gzip.compress(b"{}")[:-1], gzip.compress(b"{}")[1:], zlib.compress(b"{}")],
    ids=["nothing", "plain", "cut off", "without its beginning", "zlib"],
)
def test_what_is_damaged_is_refused(value):
    assert refusal(value) == "not gzip"


def test_what_follows_the_end_is_not_left_aside():
    assert refusal(gzip.compress(b"[1]") + gzip.compress(b"[2]")) == "not gzip"


def test_the_limit_itself_is_allowed_and_one_byte_more_is_not():
    assert len(packed.unpacked(packed.pack(b"x" * LIMIT), "gzip", LIMIT)) == LIMIT
    assert refusal(packed.pack(b"x" * (LIMIT + 1))) == "too large"


def test_a_bomb_takes_no_more_memory_than_the_limit_allows():
    bomb = packed.pack(bytes(200_000_000))
    tracemalloc.start()
    try:
        assert refusal(bomb, limit=1_000_000) == "too large"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=200))
def test_any_bytes_are_unpacked_or_refused(value):
    assert refusal(b"\x1f\x8b" + value) in {"not gzip", "too large"}


def taken(value, room=0, **headers):
    seen = []
    source = Source("test", "Looks at the body.", lambda body: seen.append(body.value) or [Ignored("seen")], room)
    body = Body(value, headers, 0)
    take(body, source, project="shop", origin=Origin("t", 0, 0), limits=Limits(body=LIMIT), scrubber=scrubber())
    return seen[0]


def test_a_source_sees_the_body_unpacked():
    assert taken(packed.pack(b"{}"), **{packed.HEADER: "gzip"}) == b"{}"


def test_a_source_that_reads_piece_by_piece_may_have_more():
    large = b"x" * (LIMIT + 1)
    assert taken(large, room=2 * LIMIT) == taken(packed.pack(large), room=2 * LIMIT, **{packed.HEADER: "gzip"}) == large
    for value, headers in ((large, {}), (packed.pack(large), {packed.HEADER: "gzip"})):
        with pytest.raises(Malformed, match="too large"):
            taken(value, **headers)
