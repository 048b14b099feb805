"""Bad input ends in a letter or a defined default, for every sender: each sample, with each thing wrong in turn."""

from functools import cache

import pytest
from bodies import NO_JSON, TYPES, VALUES, distinct, doubled, long_string, missing, replaced, samples, some, truncated
from growth import nested
from hostile import BODIES
from law import SOURCES, hold

from argus_streams.core import packed
from argus_streams.core.bugs import BUG

REASONS = 40  # of a source: they are counted, one by one

every_source = pytest.mark.parametrize("source", SOURCES)


def _checked(bodies):
    """The reasons of all bodies (each with the sample that it was made of), of which none breaks the law."""
    reasons = {reason for sample, value in bodies for reason in _reasons(hold(sample.source, value, sample.headers))}
    assert len(reasons) <= REASONS, reasons
    return reasons


def _reasons(reading):
    return {reading.reason, *(refusal.reason for refusal in reading.refusals)}


def _fields(source):
    """What can be a text, once each."""
    return [(sample, place) for sample, place in distinct(samples(source)) if place.kind != "other"]


def _containers(source):
    return [
        (sample, place)
        for sample, place in distinct(samples(source))
        if place.kind in {"array", "object"} and place.path
    ]


@every_source
def test_a_sample_is_read_and_nothing_of_it_refused(source):
    assert _checked((sample, sample.value) for sample in samples(source)) >= {""}


@every_source
def test_any_other_type_in_the_place_of_a_value(source):
    _checked(
        some(
            (
                (sample, replaced(sample.value, place, other))
                for sample, place in distinct(samples(source))
                for other in TYPES
            ),
            1_000,
        )
    )


@every_source
def test_any_key_missing(source):
    _checked((sample, missing(sample.value, place)) for sample, place in distinct(samples(source)))


@every_source
def test_any_key_twice(source):
    _checked((sample, doubled(sample.value, place, b"null")) for sample, place in distinct(samples(source)))


@every_source
def test_truncated(source):
    shortest = min(samples(source), key=lambda sample: len(sample.value))
    _checked((shortest, value) for value in truncated(shortest.value, 1))
    _checked((sample, value) for sample in samples(source) for value in truncated(sample.value, 23))


@every_source
@pytest.mark.parametrize(("size", "most"), [(20_000, 100), (1_000_000, 10)])
def test_a_long_string_in_any_field(source, size, most):
    _checked(
        (sample, replaced(sample.value, place, long_string(place, size=size)))
        for sample, place in some(_fields(source), most)
    )


@every_source
def test_any_list_or_object_inside_itself(source):
    _checked((sample, nested(sample, place)) for sample, place in some(_containers(source), 30))


@every_source
def test_bodies_that_mean_harm(source):
    headers = samples(source)[0].headers
    for value in BODIES.values():
        assert hold(source, value, headers).reason != BUG


@cache
def _bomb():
    return packed.pack(b"{" + b" " * 70_000_000 + b"}")


@pytest.mark.parametrize("source", ["sentry", "testreports"])
def test_a_body_that_unpacks_to_more_than_is_allowed(source):
    for value in (_bomb(), samples(source)[0].value):
        told = hold(source, value, samples(source)[0].headers | {packed.HEADER: packed.GZIP})
        assert told.reason in {"too large", "not gzip"}


@every_source
def test_what_json_does_not_have_is_a_letter(source):
    for sample in samples(source):
        if sample.value.startswith(b"{") and b"\n" not in sample.value:
            for junk in NO_JSON:
                told = hold(source, replaced(sample.value, sample.places[0], junk), sample.headers)
                assert told.outcome == "dead", junk


@pytest.mark.fuzz
@every_source
def test_any_value_anywhere(source):
    _checked(
        (sample, replaced(sample.value, place, other))
        for sample in samples(source)
        for place in sample.places
        for other in VALUES + NO_JSON
    )


@pytest.mark.fuzz
@every_source
def test_a_string_of_1_mb_in_any_field(source):
    _checked((sample, replaced(sample.value, place, long_string(place))) for sample, place in _fields(source))


@pytest.mark.fuzz
@every_source
def test_every_list_and_object_inside_itself(source):
    _checked((sample, nested(sample, place)) for sample, place in _containers(source))


@pytest.mark.fuzz
@every_source
def test_any_key_twice_with_any_value(source):
    _checked(
        (sample, doubled(sample.value, place, other))
        for sample in samples(source)
        for place in sample.places
        for other in VALUES
    )


@pytest.mark.fuzz
@every_source
def test_truncated_at_every_byte(source):
    _checked((sample, value) for sample in samples(source) for value in truncated(sample.value, 1))


@pytest.mark.fuzz
@every_source
def test_any_pair_of_keys_missing(source):
    """The later one first, for its place does not move then."""
    _checked(
        (sample, missing(missing(sample.value, later), earlier))
        for sample in samples(source)
        for later in sample.places
        for earlier in sample.places
        if earlier.end < later.entry
    )


@pytest.mark.fuzz
@every_source
def test_no_header_or_any_other(source):
    for sample in samples(source):
        for name in sample.headers:
            for told in ("", "\x00", "zqxj", "\ufffd" * 9, "push", "1" * 100_000):
                assert hold(source, sample.value, sample.headers | {name: told}).reason != BUG
            without = {key: value for key, value in sample.headers.items() if key != name}
            assert hold(source, sample.value, without).reason != BUG
