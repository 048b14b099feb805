"""The law of the pure step: any bytes end in an outcome, a reason out of few, and records that can be sent on."""

import re
from pathlib import Path

import msgspec

from argus_streams import sources
from argus_streams.adapters.mappings import load_mappings
from argus_streams.core import clip, letters
from argus_streams.core.bugs import BUG
from argus_streams.core.clip import Limits
from argus_streams.core.events import Event, Origin, Rejected, Signal, TestFailure
from argus_streams.core.grouping.fingerprint import Fingerprint
from argus_streams.core.grouping.sighting import LIMIT, Coalesced
from argus_streams.core.intake import opened
from argus_streams.core.messages import Sighting
from argus_streams.core.normalization import Incoming, Norms, entries_of, letters_about, read
from argus_streams.core.scrub import scrubber
from argus_streams.core.source import Body
from argus_streams.errors import Malformed

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SOURCES = sources.load()
MARK = "zqxj"  # in all that a test puts into a body: it is in no reason
# Bodies above the default limit are a letter at once: here they are read, for what is behind that limit is the matter.
NORMS = Norms(
    sources=SOURCES,
    limits=Limits(body=16 * 1024 * 1024, items=1_000_000),
    scrubber=scrubber(),
    mappings=load_mappings(SAMPLES / "mapped.yaml"),
)
_PROJECT = "shop"
_ORIGIN = Origin("topic-id", 3, 7)
_RECEIVED_AT = 1_795_166_071_000  # 2026-11-20
_OUTCOMES = {"normalised", "ignored", "dead"}
_FINGERPRINT = re.compile(r"v1:[0-9a-f]{32}")
_SHORT = 60  # characters of a reason
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def arrived(source, value, headers):
    return Incoming(
        value=value, headers=headers, source=source, project=_PROJECT, origin=_ORIGIN, received_at=_RECEIVED_AT
    )


def hold(source, value, headers):
    """Read a body, and raise where the law is broken; give the reading."""
    incoming = arrived(source, value, headers)
    reading = read(incoming, NORMS)
    try:
        _judge(incoming, reading)
    except AssertionError as error:
        error.add_note(f"{source} {headers} {len(value):,} bytes: {value[:3000]!r}")
        raise
    return reading


def _judge(incoming, reading):
    assert reading.outcome in _OUTCOMES, reading.outcome
    assert reading.reason != BUG, reading.refusals[0].detail
    assert reading == read(incoming, NORMS), "the same bytes gave two readings"
    assert (reading.outcome == "normalised") == bool(reading.events or reading.signals or reading.failures)
    assert (reading.outcome == "normalised") == (reading.reason == "")
    for item, fingerprint in reading.events:
        _sendable(item)
        _sendable_fingerprint(fingerprint)
    for item in (*reading.signals, *reading.failures):
        _sendable(item)
    _folded(reading)
    _accounted(incoming, reading)
    _in_order(incoming, reading)


def _sendable(item):
    """Inside the limits, nothing that can not be stored, and the types that the schema says."""
    assert "None" not in (item.vendor_id or "").split(":"), f"two things without an id have one: {item.vendor_id}"
    as_json = msgspec.json.encode(item)
    assert len(as_json) <= NORMS.limits.encoded, f"{len(as_json):,} bytes"
    assert clip.clipped(item, NORMS.limits) == item, "larger than the limits allow, or not storable"
    assert msgspec.json.decode(as_json, type=type(item)) == item
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(item), type=type(item)) == item


def _sendable_fingerprint(found):
    assert _FINGERPRINT.fullmatch(found.value), found.value
    assert found.parts, "an empty identity"
    assert not any(_UNSTORABLE.search(text) for part in found.parts for text in part), found.parts
    assert msgspec.json.decode(msgspec.json.encode(found), type=Fingerprint) == found


def _folded(reading):
    folding = Coalesced(algorithm="v1", topic=_ORIGIN.topic, partition=_ORIGIN.partition)
    for event, fingerprint in reading.events:
        folding.add(event, fingerprint)
    sightings = folding.sightings()
    for sighting in sightings:
        as_json = msgspec.json.encode(sighting)
        assert len(as_json) <= LIMIT, f"a sighting of {len(as_json):,} bytes"
        assert msgspec.json.decode(as_json, type=Sighting) == sighting
    assert sum(len(each.occurrences) for each in sightings) == len(reading.events)


def _accounted(incoming, reading):
    """Letters and ledger tell short fixed reasons, and can be written."""
    for entry in entries_of(incoming, reading):
        _short_and_fixed(entry.reason)
    for letter in letters_about(incoming, reading):
        _short_and_fixed(letter.reason)
        assert not _UNSTORABLE.search(letter.detail), letter.detail
        assert letters.read(letters.headers(letter)).origins == letter.origins


def _short_and_fixed(reason):
    assert len(reason) <= _SHORT, reason
    assert MARK not in reason, reason


def _in_order(incoming, reading):
    """An item's index is its place in what its source reads."""
    items = _items(incoming)
    if items is None:
        assert reading.outcome == "dead"
        return
    for ignored in items:
        _short_and_fixed(getattr(ignored, "reason", ""))
    assert _places(items, Event) == [event.origin.index for event, _ in reading.events]
    assert _places(items, Signal) == [signal.origin.index for signal in reading.signals]
    assert _places(items, TestFailure) == [failure.origin.index for failure in reading.failures]
    assert _places(items, Rejected) == [refusal.index for refusal in reading.refusals]


def _places(items, kind):
    return [index for index, item in enumerate(items) if isinstance(item, kind)]


def _items(incoming):
    body = Body(incoming.value, incoming.headers, incoming.received_at, NORMS.mappings[_PROJECT])
    source = SOURCES[incoming.source]
    try:
        return source.read(opened(body, source, NORMS.limits))
    except Malformed:
        return None
