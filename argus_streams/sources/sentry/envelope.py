"""Envelopes, which SDKs post since 2020: a header, then pairs of item header and payload, a line each.

https://develop.sentry.dev/sdk/data-model/envelopes/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from argus_streams.core.events import Event, Ignored, Item, Rejected
from argus_streams.core.fields import decode, integer, text
from argus_streams.core.source import counted
from argus_streams.errors import Malformed
from argus_streams.sources.sentry.event import read_event

_OCCURRENCES = {"event", "raw_security"}
# https://develop.sentry.dev/sdk/data-model/envelope-items/: an unknown one has no place in the ledger's reasons
_NO_OCCURRENCE = {
    *("attachment", "check_in", "client_report", "feedback", "form_data", "log", "metric_buckets", "nel", "otel_log"),
    *("profile", "profile_chunk", "replay_event", "replay_recording", "replay_video", "session", "sessions", "span"),
    *("statsd", "trace_metric", "transaction", "unreal_report", "user_report"),
}
_CONTENT = re.compile(rb"\S")


def read_envelope(value: bytes, delivery: str | None) -> Sequence[Item] | None:
    """An item for each item of the envelope, ``None`` where the bytes are none."""
    end = value.find(b"\n")
    if end < 0 or not value[:end].endswith((b"}", b"}\r")):  # an event is one line, or its first is a bare brace
        return None
    content = _CONTENT.search(value, end)
    first = None if content is None else _object(_line(value, content.start())[0])
    header = None if first is None or "type" not in first else _object(value[:end])
    if header is None:
        return None
    return [_read_item(kind, payload, header, delivery) for kind, payload in counted(_items(value, end))]


def _items(value: bytes, at: int) -> Iterator[tuple[str | None, bytes]]:
    """Type and payload of each item; a header that can not be read ends the list, for no one knows its length.

    It moves on by positions: to cut off what was read would copy the rest for each item.
    """
    while content := _CONTENT.search(value, at):
        line, at = _line(value, content.start())
        header = _object(line)
        if header is None:
            yield None, line
            return
        length = integer(header.get("length"))
        if length is None or length < 0:
            payload, at = _line(value, at)
        else:
            payload, at = value[at : at + length], min(at + length, len(value))
        yield text(header.get("type")) or "", payload


def _line(value: bytes, at: int) -> tuple[bytes, int]:
    """The line that begins there, and where the next one does."""
    end = value.find(b"\n", at)
    return (value[at:], len(value)) if end < 0 else (value[at:end], end + 1)


def _read_item(kind: str | None, payload: bytes, header: Mapping[str, Any], delivery: str | None) -> Item:
    if kind is None:
        return Rejected("broken envelope", f"no item header: {payload[:80]!r}")
    if kind not in _OCCURRENCES:
        return Ignored(kind.replace("_", " ") if kind in _NO_OCCURRENCE else "unknown envelope item")
    try:
        return _event(decode(payload), header, delivery)
    except Malformed as error:
        return Rejected(error.reason, error.detail)


def _event(told: object, header: Mapping[str, Any], delivery: str | None) -> Event | Ignored:
    if not isinstance(told, dict):
        raise Malformed("not an object", f"an event is a JSON object, this is a {type(told).__name__}")
    item = read_event(told, delivery)
    if isinstance(item, Event) and item.vendor_id is None and "event_id" in header:
        return read_event({**told, "event_id": header["event_id"]}, delivery)
    return item


def _object(line: bytes) -> Mapping[str, Any] | None:
    try:
        found = decode(line)
    except Malformed:
        return None
    return found if isinstance(found, dict) else None
