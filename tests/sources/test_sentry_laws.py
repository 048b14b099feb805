"""Whatever a Sentry body holds, reading it raises nothing but Malformed."""

import json

from hypothesis import given
from hypothesis import strategies as st
from sentry_bodies import CASES

from argus_streams.core.events import Event, Ignored, Rejected
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.sentry import SOURCE

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _places(told, path=()):
    yield path
    entries = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in entries:
        yield from _places(value, (*path, key))


def _replaced(told, path, value):
    if not path:
        return value
    copy = dict(told) if isinstance(told, dict) else list(told)
    copy[path[0]] = _replaced(copy[path[0]], path[1:], value)
    return copy


@st.composite
def mutated(draw):
    case = draw(st.sampled_from([case for case in CASES if isinstance(case["body"], dict)]))
    body = case["body"]
    for _ in range(draw(st.integers(1, 3))):
        body = _replaced(body, draw(st.sampled_from(list(_places(body)))), draw(values))
    return body, case.get("headers", {})


@given(mutated())
def test_whatever_stands_where_a_field_should_nothing_is_raised_but_malformed(told):
    body, headers = told
    try:
        items = SOURCE.read(Body(json.dumps(body).encode(), headers, 0))
    except Malformed:
        return
    assert len(items) == 1


@given(st.integers(0, 2_000), st.binary(max_size=12))
def test_a_broken_envelope_raises_nothing_but_malformed(place, junk):
    envelope = next(case["body"] for case in CASES if isinstance(case["body"], str)).encode()
    try:
        items = SOURCE.read(Body(envelope[:place] + junk + envelope[place + len(junk) :], {}, 0))
    except Malformed:
        return
    assert all(isinstance(item, Event | Ignored | Rejected) for item in items)
