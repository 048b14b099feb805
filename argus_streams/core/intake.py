"""What stands between a source and the rest: a body's items bounded, scrubbed and stamped.

Afterwards an event can be encoded, stored and shown whatever its sender put into it.
"""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from msgspec import structs

from argus_streams.core import clip, packed
from argus_streams.core.clip import Limits
from argus_streams.core.events import Ignored, Item, Origin, Rejected, Signal, TestFailure, Told
from argus_streams.core.scrub import Scrubber
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

_DAY = 24 * 60 * 60 * 1000  # ms
_EARLIEST = 30 * _DAY  # before Kafka's time: a sender that was offline; further back its clock is wrong
_IDS = {Signal: "signal_id", TestFailure: "failure_id"}
_LATEST = 10 * 60 * 1000  # after it: clocks differ
SLUG = re.compile(r"[a-z0-9-]{1,64}\Z")  # of a project


class Intake(NamedTuple):
    """What a body holds, each item with its place in it."""

    items: tuple[tuple[int, Item], ...]


class _Stamp(NamedTuple):
    """What the items of one body have in common."""

    project: str
    source: str
    origin: Origin
    received_at: int


def take(body: Body, source: Source, *, project: str, origin: Origin, limits: Limits, scrubber: Scrubber) -> Intake:
    """The items of a body as every later stage speaks of them, or ``Malformed``.

    ``origin`` is the body's, index 0. A body with too many items is a letter whole: whoever raises the limit can
    replay it, which a part of it could not be.
    """
    whole = opened(body, source, limits)
    if not project:
        raise Malformed("no project", "neither a header `project` nor a mapping of the topic names one")
    if not SLUG.match(project):
        raise Malformed("bad project", f"{clip.clean(project, 80)!r} is not 1 to 64 of a-z, 0-9 and -")
    items: Sequence[Item] = source.read(whole) or (Ignored("nothing in it"),)
    if len(items) > limits.items:
        raise Malformed("too many items", f"{len(items):,}; the limit is {limits.items:,}")
    stamp = _Stamp(project, source.name, origin, body.received_at)
    return Intake(tuple((index, _taken(item, stamp, index, limits, scrubber)) for index, item in enumerate(items)))


def opened(body: Body, source: Source, limits: Limits) -> Body:
    """The body as its source reads it: unpacked, and not above the limit, or ``Malformed``."""
    limit = largest(source, limits)
    if len(body.value) > limit:
        raise Malformed("too large", f"{len(body.value):,} bytes; the limit is {limit:,}")
    encoding = body.headers.get(packed.HEADER)
    return body if encoding is None else body._replace(value=packed.unpacked(body.value, encoding, limit))


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


def _taken(item: Item, stamp: _Stamp, index: int, limits: Limits, scrubber: Scrubber) -> Item:
    if isinstance(item, Ignored):
        return item
    if isinstance(item, Rejected):
        return Rejected(item.reason, clip.clean(scrubber.text(item.detail[: limits.message]), limits.text))
    origin = stamp.origin if index == 0 else structs.replace(stamp.origin, index=index)
    name = _IDS.get(type(item), "event_id")
    return structs.replace(
        _presentable(item, limits, scrubber),
        project=stamp.project,
        source=stamp.source,
        origin=origin,
        received_at=stamp.received_at,
        occurred_at=_inside(item.occurred_at, stamp.received_at),
        **{name: identify(item, stamp.project, stamp.source, origin)},
    )


def _presentable(item: Told, limits: Limits, scrubber: Scrubber) -> Told:
    """The item without secrets, inside the limits; nearly all are so already, which one look at their JSON tells."""
    encoded = clip.encoded(item)
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
        return occurred_at
    return received_at


def _uuid(*parts: str) -> str:
    """Of named parts, each with its length before it: no two lists of parts run together to one text."""
    text = "".join([f"{len(part)}:{part}" for part in parts])
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"
