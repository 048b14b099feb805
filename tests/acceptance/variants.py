"""Real bodies, and any number of others like them: the same problem under new ids of its vendor."""

import re
import time
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

import msgspec
import parts

from argus_streams import app, explanation
from argus_streams.adapters.contracts import data_folder
from argus_streams.core.events import Origin
from argus_streams.core.normalization import Incoming, read
from argus_streams.settings import Settings

SOURCES = ("alertmanager", "argus", "github", "otlp", "sentry")
PAYLOADS = parts.SHARED / "payloads"
UID = "log.record.uid"
# (the key above, the key) of each vendor's ids of one occurrence
IDS = {
    "alertmanager": {("*", "startsAt")},
    "argus": {(None, "id"), ("events", "id")},
    "github": {(None, "id"), ("workflow_run", "id"), ("workflow_job", "id"), ("check_run", "id")},
    # of spans and of what was logged in them; beside them an attribute, see `_with_holes`
    "otlp": {("*", "traceId"), ("*", "spanId"), ("*", "parentSpanId")},
    "sentry": {("*", "event_id"), ("issue", "id"), ("metric_alert", "id")},
}
_HOLE = re.compile(rb'"@hole(\d+)@"')
_EVENT_ID = re.compile(rb'(?<="event_id":")([0-9a-f]{32})(?=")')  # in an envelope, which is several lines of JSON


class Told(NamedTuple):
    """An event of a body, as the unchanged body tells it."""

    index: int
    fingerprint: str
    closes: bool
    vendor_id: str | None  # without one, every delivery is an occurrence of its own


class Base(NamedTuple):
    """A real body, what is in it, and where its ids stand."""

    name: str
    source: str
    headers: dict[str, str]
    value: bytes
    outcome: str
    letters: int
    events: tuple[Told, ...]
    pieces: tuple[bytes, ...]  # what stands around the ids
    ids: tuple[object, ...]

    def is_object(self):
        """Whether the body is one JSON object: half of it is not, half of an envelope may well be an envelope."""
        try:
            return isinstance(msgspec.json.decode(self.value), dict)
        except msgspec.DecodeError:
            return False

    def renewed(self, salt):
        """The body under other ids; the same ones for the same salt."""
        out = [self.pieces[0]]
        for old, piece in zip(self.ids, self.pieces[1:], strict=True):
            out += (_fresh(old, salt), piece)
        return b"".join(out)


def bases(largest=1_000_000):
    """All real bodies up to a size, and where they come from."""
    norms = app.norms(Settings())
    files = [(file.stem, file) for file in data_folder("samples").glob("*.json")]
    if PAYLOADS.is_dir():
        files += [(source, file) for source in SOURCES for file in (PAYLOADS / source).glob("*.json")]
    given = [
        (file.name, each)
        for source, file in sorted(files)
        if source in SOURCES
        for each in explanation.of_file(file.read_bytes(), source)
    ]
    told = "the real payloads and the samples" if PAYLOADS.is_dir() else "the samples: the real payloads are missing"
    return [_base(name, each, norms) for name, each in given if len(each.value) <= largest], told


def reading(base, value, norms, offset=0):
    """What NORMALIZE makes of a body."""
    return read(
        Incoming(
            value=value,
            headers={name.lower(): text for name, text in base.headers.items()},
            source=base.source,
            project="learnt",
            origin=Origin("learnt", 0, offset),
            received_at=int(time.time() * 1000),
        ),
        norms,
    )


def _base(name, given, norms):
    pieces, ids = _pieces(given.source, given.value)
    unread = Base(name, given.source, dict(given.headers), given.value, "", 0, (), pieces, ids)
    found = reading(unread, given.value, norms)
    events = tuple(
        Told(event.origin.index, fingerprint.value, event.status == "resolved", event.vendor_id)
        for event, fingerprint in found.events
    )
    return unread._replace(outcome=found.outcome, letters=len(found.refusals), events=events)


def _pieces(source, value):
    """The body cut at its ids."""
    try:
        document = msgspec.json.decode(value)
    except msgspec.DecodeError:  # an envelope
        cut = _EVENT_ID.split(value)
        return tuple(cut[::2]), tuple(cut[1::2])
    ids = []
    holed = msgspec.json.encode(_with_holes(document, None, partial(_is_id, IDS[source]), ids))
    cut = _HOLE.split(holed)
    return tuple(cut[::2]), tuple(ids[int(number)] for number in cut[1::2])


def _is_id(known, parent, key):
    return (parent, key) in known or ("*", key) in known


def _with_holes(value, parent, is_id, ids):
    if isinstance(value, list):
        return [_with_holes(each, parent, is_id, ids) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("key") == UID:
        return {**value, "value": {"stringValue": _hole(value["value"]["stringValue"], ids)}}
    return {
        key: _hole(inner, ids)
        if is_id(parent, key) and isinstance(inner, str | int) and not isinstance(inner, bool)
        else _with_holes(inner, key, is_id, ids)
        for key, inner in value.items()
    }


def _hole(old, ids):
    ids.append(old)
    return f"@hole{len(ids) - 1}@"


def _fresh(old, salt):
    """Another id of the same kind, as JSON; inside an envelope without quotes, for they stand there already."""
    digest = blake2b(f"{old}\n{salt}".encode(), digest_size=16).hexdigest()
    number = int(digest, 16)
    if isinstance(old, bytes):
        return digest.encode()
    if isinstance(old, int):
        return b"%d" % (10**14 + number % 10**14)
    if "T" in old and ":" in old:
        moment = time.gmtime(1_750_000_000 + number % 10_000_000)
        return f'"{time.strftime("%Y-%m-%dT%H:%M:%S", moment)}.{number % 999_999_937:09d}Z"'.encode()
    return b'"%d"' % (10**14 + number % 10**14) if old.isdigit() else f'"{digest}"'.encode()
