"""Coalescing: what one chunk of one input partition says of one problem, in one record."""

from collections.abc import Iterable

import msgspec

from argus_streams.core.events import Event
from argus_streams.core.grouping.fingerprint import Fingerprint
from argus_streams.core.messages import Occurrence, Sighting

LIMIT = 256 * 1024  # bytes of JSON

Fingerprinted = tuple[Event, Fingerprint]


class _Draft:
    """A sighting that still grows, and its size, for encoding it anew at each event would be quadratic."""

    def __init__(self, first: Sighting) -> None:
        self.first = first
        self.closes = first.event.status == "resolved"
        self.seen: list[Occurrence] = []
        self.size = len(msgspec.json.encode(first))

    def add(self, occurrence: Occurrence, size: int) -> None:
        self.seen.append(occurrence)
        self.size += size

    def sighting(self) -> Sighting:
        return msgspec.structs.replace(self.first, occurrences=tuple(self.seen))


def fold(
    events: Iterable[Fingerprinted], *, algorithm: str, topic: str, partition: int, limit: int = LIMIT
) -> tuple[Sighting, ...]:
    """One sighting of each project's fingerprint, in order of their first events; the events come in order.

    A sighting that would be larger than ``limit`` is split, so are ends from beginnings, for an end describes no
    problem; each piece tells its first event whole. An event that
    is larger by itself stands alone: what bounds an event bounds it.
    """
    drafts: list[_Draft] = []
    growing: dict[tuple[str, str], _Draft] = {}
    for event, fingerprint in events:
        occurrence = _occurrence(event)
        size = len(msgspec.json.encode(occurrence)) + 1  # and its comma
        key = event.project, fingerprint.value
        draft = growing.get(key)
        if draft is None or draft.size + size > limit or draft.closes != occurrence.closes:
            draft = growing[key] = _Draft(_empty(event, fingerprint, algorithm, topic, partition))
            drafts.append(draft)
        draft.add(occurrence, size)
    return tuple([draft.sighting() for draft in drafts])


def each_whole(events: Iterable[Fingerprinted], *, algorithm: str, topic: str, partition: int) -> tuple[Sighting, ...]:
    """One sighting of each event, for the setting that every event is kept whole."""
    return tuple(
        [
            msgspec.structs.replace(
                _empty(event, fingerprint, algorithm, topic, partition), occurrences=(_occurrence(event),)
            )
            for event, fingerprint in events
        ]
    )


def _empty(event: Event, fingerprint: Fingerprint, algorithm: str, topic: str, partition: int) -> Sighting:
    return Sighting(
        project=event.project,
        fingerprint=fingerprint.value,
        parts=fingerprint.parts,
        algorithm=algorithm,
        topic=topic,
        partition=partition,
        occurrences=(),
        event=event,
    )


def _occurrence(event: Event) -> Occurrence:
    return Occurrence(
        event.origin.offset,
        event.origin.index,
        event.received_at,
        event.received_at if event.occurred_at is None else event.occurred_at,
        event.event_id,
        event.source,
        event.status == "resolved",
        event.release,
        event.environment,
        event.severity,
        event.instance,
    )
