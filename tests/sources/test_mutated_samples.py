"""Whatever a body holds where a sample holds something else, reading it raises nothing but Malformed."""

import json
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argus_streams.adapters.mappings import load_mappings
from argus_streams.core.events import Event, Ignored, Rejected, Signal
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources import load

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SOURCES = {name: load()[name] for name in ("alertmanager", "argus", "github", "mapped", "otlp")}
MAPPINGS = load_mappings(SAMPLES / "mapped.yaml")["shop"]

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
values = st.recursive(
    scalars | st.sampled_from([2**70, -(2**63), 1e300, "completed", "0001-01-01T00:00:00Z", "\ud83d"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


def _places(told, path=()):
    yield path
    entries = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in entries:
        yield from _places(value, (*path, key))


def _replaced(told, path, value):
    if not path:
        return value
    copy = told.copy()
    copy[path[0]] = _replaced(copy[path[0]], path[1:], value)
    return copy


@st.composite
def mutated(draw, name):
    case = draw(st.sampled_from(json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))))
    body = case["body"]
    for _ in range(draw(st.integers(1, 3))):
        body = _replaced(body, draw(st.sampled_from(list(_places(body)))), draw(values))
    headers = case.get("headers", {}) if draw(st.booleans()) else {}
    return Body(json.dumps(body).encode(), headers, 1_795_166_071_000, MAPPINGS)


@pytest.mark.parametrize("name", SOURCES)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_mutated_sample_reads_to_items_that_can_be_sent_on(name, data):
    body = data.draw(mutated(name))
    try:
        items = SOURCES[name].read(body)
    except Malformed:
        return
    assert items
    for item in items:
        assert isinstance(item, Event | Signal | Ignored | Rejected)
        assert type(item)(**msgspec.structs.asdict(item)) == item
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(item), type=type(item)) == item


@pytest.mark.parametrize("name", SOURCES)
@given(value=st.binary(max_size=40))
def test_any_bytes_are_read_or_malformed(name, value):
    with suppress(Malformed):
        assert SOURCES[name].read(Body(value, {}, 0, MAPPINGS))
