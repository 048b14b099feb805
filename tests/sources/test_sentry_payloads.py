"""Every published Sentry payload reads to the record that was drafted apart from the source and checked by reading."""

import json
import re
from pathlib import Path

import pytest

from argus_streams.core.events import Event, ExceptionInfo, Ignored, Item
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.sentry import SOURCE

RECORDS = Path(__file__).resolve().parents[1] / "expected" / "sentry"
PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "payloads" / "sentry"
TOLD = ("kind", "severity", "status", "type", "message", "release", "environment", "service", "platform")
TOLD += ("occurred_at", "culprit", "url", "user", "vendor_id", "trace_id")

pytestmark = pytest.mark.shared  # skipped, or failed where it is required, by tests/conftest.py


def names():
    return sorted({path.name for folder in (RECORDS, PAYLOADS) for path in folder.glob("*.json")})


def _place(exception: ExceptionInfo):
    if not exception.frames:
        return None
    frame = exception.frames[-1]
    function = frame.function or "?"
    unit = frame.module or (frame.package and re.split(r"[/\\]", frame.package)[-1].partition(",")[0])
    if unit:
        return f"{unit}.{function}"
    return f"{frame.file}:{function}" if frame.file else function


def _without_nulls(record):
    return {key: value for key, value in record.items() if value not in (None, [])}


def _exception(exception: ExceptionInfo):
    record = {
        "type": exception.type,
        "value": exception.value and exception.value[:60],
        "frames": len(exception.frames),
        "last": _place(exception),
    }
    return _without_nulls(record)


def _record(item: Item):
    if isinstance(item, Ignored):
        return {"ignored": item.reason}
    assert isinstance(item, Event)
    record = {name: getattr(item, name) for name in TOLD}
    record["message"] = item.message and item.message[:60]
    record["exceptions"] = [_exception(exception) for exception in item.exceptions]
    record["fingerprint"] = list(item.fingerprint)
    record["tags"] = len(item.tags)
    return _without_nulls(record)


def _records(value: bytes):
    try:
        return [_record(item) for item in SOURCE.read(Body(value, {}, 0))]
    except Malformed as error:
        return {"malformed": error.reason}


@pytest.mark.parametrize("name", names())
def test_a_published_payload_reads_to_its_record(name):
    assert (PAYLOADS / name).is_file(), "a record without its payload"
    assert (RECORDS / name).is_file(), "a payload without its record"
    expected = json.loads((RECORDS / name).read_text("utf-8"))
    found = _records((PAYLOADS / name).read_bytes())
    for one, other in zip(found, expected, strict=True):
        # the vendor's float of seconds does not hold the last millisecond
        assert abs(one.pop("occurred_at", 0) - other.pop("occurred_at", 0)) <= 1
    assert found == expected
