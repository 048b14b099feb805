"""What every source promises, shown on its own samples."""

import json
from pathlib import Path

import pytest

from argus_streams.adapters.mappings import load_mappings
from argus_streams.core.events import Event, Ignored, Origin, Rejected, Signal, TestFailure, Told
from argus_streams.core.source import Body
from argus_streams.sources import load

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SOURCES = load()
STAMPED = {Event: "event_id", Signal: "signal_id", TestFailure: "failure_id"}
MAPPINGS = load_mappings(SAMPLES / "mapped.yaml")["shop"]


def _cases(name):
    path = SAMPLES / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


def _body(case):
    told = case["body"]
    value = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    return Body(value.encode(), case.get("headers", {}), 0, MAPPINGS)


def _id(value):
    return value if isinstance(value, str) else value["case"]


every_source = pytest.mark.parametrize("name", SOURCES)
every_case = pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name in SOURCES for case in _cases(name)], ids=_id
)


@every_source
def test_a_source_has_samples_of_its_own(name):
    assert _cases(name), f"samples/{name}.json is missing or empty"


@every_source
def test_a_source_tells_in_one_line_what_its_vendor_sends(name):
    assert SOURCES[name].about
    assert "\n" not in SOURCES[name].about


@every_source
def test_a_sample_of_each_source_tells_an_event_or_a_signal(name):
    items = [item for case in _cases(name) for item in SOURCES[name].read(_body(case))]
    assert any(isinstance(item, Told) for item in items)


@every_case
def test_a_case_is_a_sentence_about_a_body(name, case):
    assert name in SOURCES
    assert set(case) <= {"case", "headers", "body"}
    assert case["case"][:1].isupper()
    assert case["case"].endswith(".")
    assert all(header == header.lower() for header in case.get("headers", {}))


@every_case
def test_a_sample_reads_to_items_and_none_is_rejected(name, case):
    items = SOURCES[name].read(_body(case))
    assert items
    assert all(isinstance(item, Told | Ignored) for item in items), items
    assert not any(isinstance(item, Rejected) for item in items)


@every_case
def test_the_same_bytes_give_the_same_items_in_the_same_places(name, case):
    assert list(SOURCES[name].read(_body(case))) == list(SOURCES[name].read(_body(case)))


@every_case
def test_a_source_fills_no_field_that_is_stamped_later(name, case):
    for item in SOURCES[name].read(_body(case)):
        if isinstance(item, Told):
            stamped = getattr(item, STAMPED[type(item)])
            assert (item.project, item.source, stamped, item.received_at) == ("", "", "", 0)
            assert item.origin == Origin("", 0, 0)
