"""What stands between a source and the rest: a body's items bounded, scrubbed and stamped.

Afterwards an event can be encoded, stored and shown whatever its sender put into it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from msgspec import Struct, structs

from argus_streams.core import clip, packed
from argus_streams.core.clip import Limits
from argus_streams.core.events import LAST_TIME, Ignored, Item, Origin, Rejected, Signal, TestFailure, Told
from argus_streams.core.scrub import Scrubber
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

_DAY = 24 * 60 * 60 * 1000  # ms
_EARLIEST = 30 * _DAY  # before Kafka's time: a sender that was offline; further back its clock is wrong
_IDS = {Signal: "signal_id", TestFailure: "failure_id"}
_ROOM = 4  # times the largest body: bytes of its items as JSON before the rest of them is told in short
_LATEST = 10 * 60 * 1000  # after it: clocks differ
SLUG = re.compile(r"[a-z0-9-]{1,64}\Z")  # of a project


class _Stamp(Struct, frozen=True):
    """What the items of one body have in common."""

    project: str
    source: str
    origin: Origin
    received_at: int


def take(body: Body, source: Source, *, project: str, origin: Origin, limits: Limits, scrubber: Scrubber) -> list[Item]:
    """The items of a body, in its order, as every later stage speaks of them, or ``Malformed``.

    ``origin`` is the body's, index 0. A body with too many items is a letter whole: whoever raises the limit can
    replay it, which a part of it could not be.
    """
    whole = opened(body, source, limits)
    if not project:
        raise Malformed("no project", "neither a header `project` nor a mapping of the topic names one")
    if not SLUG.match(project):
        raise Malformed("bad project", f"{clip.clean(project, 80)!r} is not 1 to 64 of a-z, 0-9 and -")
    items: Sequence[Item] = source.read(whole) or (Ignored("nothing in it"),)
    del whole  # of a report, 64 MiB, which are needed for its items now
    if len(items) > limits.items:
        raise Malformed("too many items", f"{len(items):,}; the limit is {limits.items:,}")
    stamp = _Stamp(project, source.name, origin, body.received_at)
    room = _ROOM * largest(source, limits)
    return [
        _taken(item, stamp, index, told)
        for index, (item, told) in enumerate(zip(_within(items, limits, scrubber, room), items, strict=True))
    ]


def opened(body: Body, source: Source, limits: Limits) -> Body:
    """The body as its source reads it: unpacked, and not above the limit, or ``Malformed``."""
    limit = largest(source, limits)
    if len(body.value) > limit:
        raise Malformed("too large", f"{len(body.value):,} bytes; the limit is {limit:,}")
    encoding = body.headers.get(packed.HEADER)
    whole = body if encoding is None else body._replace(value=packed.unpacked(body.value, encoding, limit))
    if len(whole.value) > limits.body and not source.roomy(whole.value):
        raise Malformed("too large", f"{len(whole.value):,} bytes; the limit is {limits.body:,}")
    return whole


def largest(source: Source, limits: Limits) -> int:
    """How many bytes a body of this source may have."""
    return max(limits.body, source.room)


def identify(item: Told, project: str, source: str, origin: Origin) -> str:
    """The same text of a UUID whenever the same thing is told again.

    That is: under the vendor's id, else from the same place in Kafka. What opens and what closes an alert under one
    id are two; so are the steps of one deploy.
    """
    about = (project, source, *_steps(item))
    if item.vendor_id:
        return _uuid("vendor", *about, item.vendor_id)
    return _uuid("origin", *about, origin.topic, str(origin.partition), str(origin.offset), str(origin.index))


def _steps(item: Told) -> tuple[str, ...]:
    """What differs between things that are told under one id."""
    if isinstance(item, Signal):
        return (item.kind, item.subject, item.status or "")
    return ("test", item.status) if isinstance(item, TestFailure) else (item.status,)


def _within(items: Iterable[Item], limits: Limits, scrubber: Scrubber, room: int) -> Iterator[Item]:
    """The items inside the limits and without secrets; after so many bytes of them, each in short.

    What a body says once each of its items may repeat: ten thousand times a long text, or all attributes of a span.
    """
    short: Limits | None = None  # made for a body that needs it: it takes longer than reading most bodies
    for item in items:
        if isinstance(item, Ignored):
            yield item
        elif isinstance(item, Rejected):
            yield Rejected(item.reason, clip.clean(scrubber.text(item.detail[: limits.message]), limits.text))
        elif room > 0:
            encoded = clip.encoded(item)
            room -= limits.encoded if encoded is None else len(encoded)
            yield _presentable(item, encoded, limits, scrubber)
        else:
            short = short or limits.halved().halved().halved()
            brief = clip.clipped(item, short.widened())
            yield _presentable(brief, clip.encoded(brief), short, scrubber)


def _taken(item: Item, stamp: _Stamp, index: int, told: Item) -> Item:
    """The item as it is handed on, stamped; its id is that of all its sender ``told``."""
    if isinstance(item, Ignored | Rejected) or isinstance(told, Ignored | Rejected):
        return item
    origin = stamp.origin if index == 0 else structs.replace(stamp.origin, index=index)
    name = _IDS.get(type(item), "event_id")
    return structs.replace(
        item,
        project=stamp.project,
        source=stamp.source,
        origin=origin,
        received_at=stamp.received_at,
        occurred_at=_inside(item.occurred_at, stamp.received_at),
        **{name: identify(told, stamp.project, stamp.source, origin)},
    )


def _presentable(item: Told, encoded: bytes | None, limits: Limits, scrubber: Scrubber) -> Told:
    """The item without secrets, inside the limits; nearly all are so already, which one look at their JSON tells."""
    fit = encoded is not None and clip.fits(item, encoded, limits)
    if not fit:
        item = clip.clipped(item, limits.widened())
        encoded = clip.encoded(item)
    if encoded is None or scrubber.suspicious(encoded):
        item = scrubber.item(item)
        fit = False  # a replacement may be longer than what it replaces
    return item if fit else clip.bounded(item, limits)


def _inside(occurred_at: int | None, received_at: int) -> int:
    """The sender's time where it can be right, else Kafka's."""
    if occurred_at is not None and received_at - _EARLIEST <= occurred_at <= received_at + _LATEST:
        return min(max(occurred_at, 0), LAST_TIME)
    return received_at


def _uuid(*parts: str) -> str:
    """Of named parts, each with its length before it: no two lists of parts run together to one text."""
    text = "".join([f"{len(part)}:{part}" for part in parts])
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"
