"""Several things wrong at once, and bytes that are no body at all."""

import json

import pytest
from bodies import VALUES, doubled, long_string, missing, replaced, samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from law import MARK, SOURCES, hold

from argus_streams.core.bugs import BUG

every_source = pytest.mark.parametrize("source", SOURCES)

# A first example takes long where it imports and remembers; the time of each is another test's matter.
unhurried = settings(
    max_examples=max(20, settings().max_examples // 5),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
values = st.sampled_from(VALUES) | st.recursive(
    scalars | st.sampled_from((2**64, f"{MARK}\ud83d", "\x00", "failed", "2026-11-20 10:00:00 UTC", 1e300)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
).map(lambda told: json.dumps(told).encode())
texts = st.text(max_size=30)


@st.composite
def edited(draw, source):
    """A sample after up to five edits, the last places first, for those before them do not move."""
    sample = draw(st.sampled_from(samples(source)))
    value, untouched = sample.value, len(sample.value) + 1
    places = draw(st.lists(st.sampled_from(sample.places), min_size=1, max_size=5))
    for place in sorted(places, key=lambda place: -place.entry):
        if place.end < untouched:
            value, untouched = draw(one_edit(source, value, place)), place.entry
    headers = draw(
        st.sampled_from((sample.headers, sample.headers, {}))
        | st.dictionaries(st.sampled_from(tuple(sample.headers) or ("x",)), texts)
    )
    return draw(damaged(value)), headers


@st.composite
def one_edit(draw, source, value, place):
    match draw(st.integers(0, 5)):
        case 0:
            return missing(value, place)
        case 1:
            return doubled(value, place, draw(values))
        case 2:
            other = draw(st.sampled_from(samples(source)))
            part = draw(st.sampled_from(other.places))
            return replaced(value, place, other.value[part.start : part.end])
        case 3:
            text = json.dumps(draw(st.text(min_size=1, max_size=6)))[1:-1].encode()
            return replaced(value, place, long_string(place, text, draw(st.sampled_from((300, 1_100, 9_000, 140_000)))))
        case _:
            return replaced(value, place, draw(values))


@st.composite
def damaged(draw, value):
    """Mostly the same; else cut, or with some bytes in the place of others."""
    match draw(st.integers(0, 9)):
        case 0:
            return value[: draw(st.integers(0, len(value)))]
        case 1:
            at = draw(st.integers(0, len(value)))
            return value[:at] + draw(st.binary(max_size=9)) + value[at + draw(st.integers(0, 9)) :]
        case _:
            return value


@every_source
@unhurried
@given(data=st.data())
def test_a_sample_with_several_things_wrong(source, data):
    value, headers = data.draw(edited(source))
    assert hold(source, value, headers).reason != BUG


@every_source
@unhurried
@given(value=st.binary(max_size=60) | values | texts.map(str.encode), headers=st.dictionaries(texts, texts, max_size=3))
def test_any_bytes_with_any_headers(source, value, headers):
    assert hold(source, value, headers).reason != BUG
