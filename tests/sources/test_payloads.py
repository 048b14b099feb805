"""Every published payload reads to the record that was worked out by reading it; Sentry's have a test of their own."""

import json
from pathlib import Path

import pytest

from argus_streams.adapters.mappings import load_mappings
from argus_streams.core.events import Event, Ignored, Rejected, Signal, TestFailure
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources import load

SOURCES = load()
RECORDS = Path(__file__).resolve().parents[1] / "expected"
PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "payloads"
SOURCE_OF = {folder: folder for folder in SOURCES if folder not in {"argus", "sentry"}}
SOURCE_OF |= {"other_alerts": "mapped", "other_ci": "mapped"}
MAPPINGS = load_mappings(RECORDS.parent / "fixtures" / "mappings" / "senders.yaml")["senders"]
SOURCE_OF |= {"testreports_generated": "testreports"}
NO_BODIES = {"other_ci/skyhook_buildkite_headers.json"}  # headers of a request, without its body
EVENT = ("kind", "severity", "status", "type", "release", "environment", "service", "platform", "host", "url")
EVENT += ("culprit", "user", "session", "trace_id", "occurred_at", "link", "vendor_id", "delivery_id", "instance")
EVENT += ("commit", "branch", "repository")
SIGNAL = ("subject", "status", "commit", "branch", "service", "environment", "release", "repository", "author", "link")
SIGNAL += ("occurred_at", "vendor_id", "delivery_id")
FAILURE = ("test", "framework", "status", "suite", "file", "line", "type", "attempts", "duration_ms", "browser")
FAILURE += ("repository", "branch", "commit", "link", "occurred_at", "vendor_id")
RECEIVED_AT = 1_700_000_000_000

pytestmark = pytest.mark.shared  # skipped, or failed where it is required, by tests/conftest.py


def names():
    paths = [path for root in (RECORDS, PAYLOADS) for folder in SOURCE_OF for path in (root / folder).glob("*")]
    found = sorted({(path.parent.name, path.name.removesuffix(".json")) for path in paths})
    return [each for each in found if "/".join(each) + ".json" not in NO_BODIES]


def _payload(folder, name):
    path = PAYLOADS / folder / name
    return path if path.is_file() else path.with_name(f"{name}.json")


def _captured(path):
    """A body and its headers; a capture is an object of both."""
    told = json.loads(path.read_text("utf-8")) if path.suffix == ".json" else None
    if isinstance(told, dict) and {"headers", "body"} <= set(told):
        headers = {name.lower(): value for name, value in told["headers"].items()}
        return Body(json.dumps(told["body"]).encode(), headers, RECEIVED_AT, MAPPINGS)
    return Body(path.read_bytes(), {}, RECEIVED_AT, MAPPINGS)


def _exception(exception):
    last = exception.frames[-1] if exception.frames else None
    place = last and f"{last.module or last.file}:{last.function}"
    return _told(type=exception.type, value=exception.value, frames=len(exception.frames), last=place)


def _told(**record):
    return {key: value for key, value in record.items() if value is not None and value not in ([], 0)}


def _record(item):
    if isinstance(item, Ignored):
        return {"ignored": item.reason}
    if isinstance(item, Rejected):
        return {"rejected": item.reason}
    if isinstance(item, Signal):
        told = {name: getattr(item, name) for name in SIGNAL}
        title = item.title if item.kind == "ci" else None
        return _told(signal=item.kind, title=title, files=len(item.files), **told)
    if isinstance(item, TestFailure):
        told = {name: getattr(item, name) for name in FAILURE}
        return _told(message=item.message and item.message[:60], stack=item.stack and item.stack[:60], **told)
    assert isinstance(item, Event)
    return _told(
        message=item.message and item.message[:60],
        exceptions=[_exception(exception) for exception in item.exceptions],
        identity=list(item.identity),
        fingerprint=list(item.fingerprint),
        **{name: getattr(item, name) for name in EVENT},
    )


def _records(source, path):
    try:
        return [_record(item) for item in source.read(_captured(path))]
    except Malformed as error:
        return {"malformed": error.reason}


@pytest.mark.parametrize(("folder", "name"), names())
def test_a_published_payload_reads_to_its_record(folder, name):
    assert _payload(folder, name).is_file(), "a record without its payload"
    record = RECORDS / folder / f"{name}.json"
    assert record.is_file(), "a payload without its record"
    expected = json.loads(record.read_text("utf-8"))
    assert _records(SOURCES[SOURCE_OF[folder]], _payload(folder, name)) == expected
