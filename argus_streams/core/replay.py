"""A replayed body: what its record says of where it first stood, and how NORMALIZE reads it.

Believed on the topic ``events.replayed`` alone, which only the command line writes: elsewhere anyone could set it.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct, structs

from argus_streams.core.events import Event, Origin, Signal, TestFailure
from argus_streams.core.letters import WHOLE
from argus_streams.core.normalization import Incoming, Norms, Reading, Refusal, read
from argus_streams.errors import Malformed

HEADER = "replay-of"
_ABSENT = "no such item any more"  # the body is read otherwise than when it died

T = TypeVar("T", Event, Signal, TestFailure)
Number = Annotated[int, Meta(ge=0)]


class Place(Struct, frozen=True, array_like=True, order=True):
    """Where a body stands in Kafka."""

    topic: Annotated[str, Meta(min_length=1, max_length=64)]  # the topic's id
    partition: Number
    offset: Number


class Replay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which items of which body are to be read again."""

    first: Place  # where the body was first told: ids are made of it
    last: Place  # where it was read last, and not well: another than ``first`` if that was a replay
    indices: Annotated[tuple[Annotated[int, Meta(ge=WHOLE)], ...], Meta(min_length=1)]  # WHOLE = all items
    received_at: Annotated[
        int, Meta(ge=-1)
    ]  # ms, Kafka's time of ``first``: in what follows, the body is as old as it is


_DECODER = msgspec.json.Decoder(Replay)


def header(replay: Replay) -> tuple[str, bytes]:
    """The header that says so."""
    return HEADER, msgspec.json.encode(replay)


def told(headers: Mapping[str, str]) -> Replay:
    """What the headers (names in lower case) say; ``Malformed`` where they do not."""
    if HEADER not in headers:
        raise Malformed("no replay-of", "a record of events.replayed says in this header what it repeats")
    try:
        return _DECODER.decode(headers[HEADER])
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise Malformed("bad replay-of", str(error)) from error


def read_again(incoming: Incoming, norms: Norms) -> Reading:
    """Read the items that are replayed, and no other, as if the body stood where it first did, and was as old.

    So ids and times are those that it would have had. Its place is the new one: by that it is counted.
    """
    try:
        replay = told(incoming.headers)
    except Malformed as error:
        return Reading("dead", error.reason, refusals=(Refusal(WHOLE, error.reason, error.detail),))
    first = Origin(replay.first.topic, replay.first.partition, replay.first.offset)
    received_at = max(1, min(replay.received_at, incoming.received_at))
    reading = read(structs.replace(incoming, origin=first, received_at=received_at), norms)
    return _placed(_chosen(reading, frozenset(replay.indices)), incoming.origin)


def _chosen(reading: Reading, indices: frozenset[int]) -> Reading:
    """What is left of a reading when only these items are asked for."""
    if WHOLE in indices or reading.outcome == "ignored":
        return reading
    events = tuple([each for each in reading.events if each[0].origin.index in indices])
    signals = tuple([each for each in reading.signals if each.origin.index in indices])
    failures = tuple([each for each in reading.failures if each.origin.index in indices])
    refusals = tuple([each for each in reading.refusals if each.index in indices or each.index == WHOLE])
    if events or signals or failures:
        return Reading("normalised", "", events, signals, failures, refusals)
    if refusals:
        return Reading("dead", refusals[0].reason, refusals=refusals)
    return Reading("ignored", _ABSENT)


def _placed(reading: Reading, origin: Origin) -> Reading:
    """The reading with all items at another place, their indices kept."""
    return structs.replace(
        reading,
        events=tuple([(_moved(event, origin), fingerprint) for event, fingerprint in reading.events]),
        signals=tuple([_moved(each, origin) for each in reading.signals]),
        failures=tuple([_moved(each, origin) for each in reading.failures]),
    )


def _moved(item: T, origin: Origin) -> T:
    return structs.replace(item, origin=structs.replace(origin, index=item.origin.index))
