"""What would happen to these bodies, and why: pure, no broker; the same bytes always give the same lines."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from argus_streams.agents.wire import Topics
from argus_streams.core import fields, packed
from argus_streams.core.events import Origin, Told
from argus_streams.core.intake import opened
from argus_streams.core.letters import WHOLE
from argus_streams.core.normalization import Incoming, Norms, Reading, read
from argus_streams.core.source import Body
from argus_streams.errors import ArgusError, Malformed

EXPLAINED = "explained"  # the project, where none is named
_CAPTURE = 16 * 1024 * 1024  # bytes: what is larger is a report, of which no second copy is made to find out
_SANE = range(946_684_800_000, 4_102_444_800_000)  # ms: the years 2000 to 2099


class Given(NamedTuple):
    """A body as the command line was given it."""

    source: str
    headers: Mapping[str, str]
    value: bytes
    case: str = ""  # what it shows, of a sample


def of_file(content: bytes, source: str) -> list[Given]:
    """The bodies of a file: the file itself, the request that it captured, or the cases of a sample file."""
    if content.startswith(packed.MAGIC):
        return [Given(source, {packed.HEADER: packed.GZIP}, content)]
    captured = _captured(content) if len(content) <= _CAPTURE else None
    if captured is None:
        return [Given(source, {}, content)]
    return [_given(each, source) for each in captured]


def of_line(line: bytes, source: str) -> Given:
    """The body of one NDJSON line ``{"source": …, "headers"?: …, "body": …}``; raises ``Malformed``."""
    told = fields.decode(line)
    if not isinstance(told, dict) or "body" not in told:
        raise Malformed("not a line of input", 'each line is {"source": …, "headers"?: {…}, "body": …}')
    return _given(told, source)


def lines(
    given: Given, offset: int, norms: Norms, topics: Topics, project: str = EXPLAINED
) -> Iterator[dict[str, Any]]:
    """One line an event, signal, test failure or refusal; one in all for a body that is ignored or malformed."""
    incoming = Incoming(
        value=given.value,
        headers={name.lower(): value for name, value in given.headers.items()},
        source=given.source,
        project=project,
        origin=Origin("explained", 0, offset),
        received_at=_told_time(given, norms, project),
    )
    reading = read(incoming, norms)
    head = {"source": given.source}
    if reading.outcome == "ignored":
        yield {**head, "ignored": reading.reason}
        return
    yield from _items(reading, head, topics)
    for refusal in reading.refusals:
        at = {} if refusal.index == WHOLE else {"index": refusal.index}
        yield {**head, **at, "malformed": refusal.reason, "detail": refusal.detail}


def _items(reading: Reading, head: Mapping[str, Any], topics: Topics) -> Iterator[dict[str, Any]]:
    found: list[tuple[int, dict[str, Any]]] = []
    for event, fingerprint in reading.events:
        why = {"fingerprint": fingerprint.value, "parts": fingerprint.parts, "how": fingerprint.how}
        found.append((event.origin.index, {"event": event, **why, "route": topics.normalized}))
    found += [(signal.origin.index, {"signal": signal, "route": topics.signals}) for signal in reading.signals]
    found += [(each.origin.index, {"test_failure": each, "route": topics.failed}) for each in reading.failures]
    for index, line in sorted(found, key=lambda item: item[0]):
        yield {**head, "index": index, **line}


def _captured(content: bytes) -> list[dict[str, Any]] | None:
    """The requests that a file captured, ``None`` where it is a plain body."""
    try:
        decoded = fields.decode(content)
    except ArgusError:
        return None
    several = decoded if isinstance(decoded, list) else [decoded]
    if several and all(isinstance(each, dict) and _is_capture(each) for each in several):
        return several
    return None


def _is_capture(told: Mapping[str, Any]) -> bool:
    """A capture has the request's headers and body; a case of a sample file may have none."""
    return "body" in told and (isinstance(told.get("headers"), dict) or set(told) == {"case", "body"})


def _given(told: Mapping[str, Any], source: str) -> Given:
    """A body that is told as text was unpacked before, whatever the headers of its request still say."""
    body = told["body"]
    headers = {str(name): fields.text(value) or "" for name, value in fields.mapping(told.get("headers")).items()}
    headers = {name: value for name, value in headers.items() if name.lower() != packed.HEADER}
    value = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else msgspec.json.encode(body)
    return Given(fields.text(told.get("source")) or source, headers, value, fields.text(told.get("case")) or "")


def _told_time(given: Given, norms: Norms, project: str) -> int:
    """Kafka's time as it would be if the body came at once: the latest that the sender tells, ms."""
    source = norms.sources.get(given.source)
    if source is None:
        return 0
    try:
        body = Body(given.value, given.headers, 0, norms.mappings.get(project, ()))
        items = source.read(opened(body, source, norms.limits))
    except Exception:  # noqa: BLE001 - `read` tells it with its reason
        return 0
    told = [item.occurred_at for item in items if isinstance(item, Told) and item.occurred_at is not None]
    return max((time for time in told if time in _SANE), default=0)


def refused(line: Mapping[str, Any]) -> bool:
    """Whether a line tells of something malformed."""
    return "malformed" in line
