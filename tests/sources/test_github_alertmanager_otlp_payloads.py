"""Every published GitHub, Alertmanager and OTLP payload reads to the record that was worked out by reading it."""

import json
from pathlib import Path

import pytest

from argus_streams.core.events import Event, Ignored, Signal
from argus_streams.core.source import Body
from argus_streams.sources import alertmanager, github, otlp

SOURCES = {source.name: source for source in (alertmanager.SOURCE, github.SOURCE, otlp.SOURCE)}
RECORDS = Path(__file__).resolve().parents[1] / "expected"
PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "payloads"
EVENT = ("kind", "severity", "status", "type", "release", "environment", "service", "occurred_at", "link")
EVENT += ("vendor_id", "delivery_id", "commit", "branch", "repository")
SIGNAL = ("subject", "status", "commit", "branch", "environment", "repository", "link", "occurred_at")
SIGNAL += ("vendor_id", "delivery_id")
RECEIVED_AT = 1_700_000_000_000

pytestmark = pytest.mark.shared  # skipped, or failed where it is required, by tests/conftest.py


def names():
    paths = [path for root in (RECORDS, PAYLOADS) for name in SOURCES for path in (root / name).glob("*.json")]
    return sorted({(path.parent.name, path.name) for path in paths})


def _captured(path):
    """A body and its headers; a capture is an object of both."""
    told = json.loads(path.read_text("utf-8"))
    if isinstance(told, dict) and {"headers", "body"} <= set(told):
        headers = {name.lower(): value for name, value in told["headers"].items()}
        return Body(json.dumps(told["body"]).encode(), headers, RECEIVED_AT)
    return Body(path.read_bytes(), {}, RECEIVED_AT)


def _exception(exception):
    last = exception.frames[-1] if exception.frames else None
    place = last and f"{last.module or last.file}:{last.function}"
    return _told(type=exception.type, value=exception.value, frames=len(exception.frames), last=place)


def _told(**record):
    return {key: value for key, value in record.items() if value is not None and value not in ([], 0)}


def _record(item):
    if isinstance(item, Ignored):
        return {"ignored": item.reason}
    if isinstance(item, Signal):
        told = {name: getattr(item, name) for name in SIGNAL}
        return _told(signal=item.kind, files=len(item.files), **told)
    assert isinstance(item, Event)
    return _told(
        message=item.message and item.message[:60],
        exceptions=[_exception(exception) for exception in item.exceptions],
        identity=list(item.identity),
        **{name: getattr(item, name) for name in EVENT},
    )


@pytest.mark.parametrize(("source", "name"), names())
def test_a_published_payload_reads_to_its_record(source, name):
    assert (PAYLOADS / source / name).is_file(), "a record without its payload"
    assert (RECORDS / source / name).is_file(), "a payload without its record"
    expected = json.loads((RECORDS / source / name).read_text("utf-8"))
    items = SOURCES[source].read(_captured(PAYLOADS / source / name))
    assert [_record(item) for item in items] == expected
