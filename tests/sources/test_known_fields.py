"""Each sender's fields are known: neither our samples nor the published payloads hold any that would be told as new."""

from pathlib import Path

import pytest

from argus_streams import explanation
from argus_streams.adapters.known_fields import known_fields
from argus_streams.core import drift
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources import load

ROOT = Path(__file__).resolve().parents[2]
PAYLOADS = ROOT.parent / "shared" / "payloads"
SOURCES = load()
KNOWN = known_fields()
every_source = pytest.mark.parametrize("source", SOURCES)
every_known = pytest.mark.parametrize("source", [source for source in SOURCES if source in KNOWN])


def bodies(file, source):
    """Of a file of samples or a payload: what is read and JSON, as agents look at no other; each with its place."""
    for place, given in enumerate(explanation.of_file(file.read_bytes(), source)):
        try:
            SOURCES[source].read(Body(given.value, given.headers, 0))
        except Malformed:
            continue
        for document in drift.documents(given.value):
            yield f"{file.name}[{place}]", document


def news(file, source):
    told = [(place, drift.unknown(body, KNOWN[source])) for place, body in bodies(file, source)]
    return [(place, paths) for place, paths in told if paths]


@every_source
def test_a_source_has_a_file_of_known_fields(source):
    assert source in KNOWN, f"samples/{source}.fields is missing: `make fields ARGS={source}`"


@every_known
def test_a_file_of_known_fields_is_sorted_and_has_no_line_that_says_nothing(source):
    lines = (ROOT / "samples" / f"{source}.fields").read_text("utf-8").splitlines()
    assert lines == drift.closed(lines)


@every_known
def test_a_sample_tells_no_new_field(source):
    assert news(ROOT / "samples" / f"{source}.json", source) == [], f"`make fields ARGS={source}`, then curate"


@pytest.mark.shared
@every_known
def test_a_published_payload_tells_no_new_field(source):
    told = [news(file, source) for file in sorted((PAYLOADS / source).glob("*.json"))]
    assert [each for each in told if each] == [], f"`make fields ARGS={source}`, then curate"


@pytest.mark.parametrize("source", [source for source in SOURCES if "*" not in KNOWN.get(source, "*")])
def test_an_invented_field_beside_those_of_a_sample_is_told(source):
    (body, *_) = [body for _, body in bodies(ROOT / "samples" / f"{source}.json", source)]
    holder = body[0] if isinstance(body, list) else body
    holder["invented_by_a_test"] = 1
    prefix = "[]." if isinstance(body, list) else ""
    assert drift.unknown(body, KNOWN[source]) == (f"{prefix}invented_by_a_test",)
