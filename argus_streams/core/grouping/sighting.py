"""Coalescing: what one chunk of one input partition says of one problem, in one record."""

from typing import NamedTuple

import msgspec

from argus_streams.core.events import Event
from argus_streams.core.grouping.fingerprint import Fingerprint
from argus_streams.core.grouping.users import user_hash
from argus_streams.core.messages import Occurrence, Sighting

LIMIT = 256 * 1024  # bytes of JSON
_ENCODER = msgspec.json.Encoder()


class _Chunk(NamedTuple):
    """Where events stand that are told together."""

    algorithm: str
    topic: str  # its id
    partition: int


class _Draft:
    """A sighting that still grows, and its size, for encoding it anew at each event would be quadratic.

    Most problems are told once a chunk: they are not measured at all.
    """

    def __init__(self, first: Sighting, occurrence: Occurrence) -> None:
        self.first = first
        self.closes = occurrence.closes
        self.seen = [occurrence]
        self._size = 0  # not measured yet

    def takes(self, occurrence: Occurrence, limit: int) -> bool:
        """Whether it holds one more; if so it does now."""
        if self.closes != occurrence.closes:
            return False
        size = self._size or len(_ENCODER.encode(self.first)) + _size(self.seen[0])
        size += _size(occurrence)
        if size > limit:
            return False
        self._size = size
        self.seen.append(occurrence)
        return True

    def sighting(self) -> Sighting:
        return msgspec.structs.replace(self.first, occurrences=tuple(self.seen))


class Coalesced:
    """One sighting of each project's fingerprint, in order of their first events; the events come in order.

    A sighting that would be larger than ``limit`` is split, so are ends from beginnings, for an end describes no
    problem; each piece tells its first event whole. An event that is larger by itself stands alone: what bounds an
    event bounds it. Of all other events only what counting needs is kept.
    """

    def __init__(self, *, algorithm: str, topic: str, partition: int, limit: int = LIMIT) -> None:
        self._chunk = _Chunk(algorithm, topic, partition)
        self._limit = limit
        self._drafts: list[_Draft] = []
        self._growing: dict[tuple[str, str], _Draft] = {}

    def add(self, event: Event, fingerprint: Fingerprint) -> None:
        """The next event of the chunk."""
        occurrence = _occurrence(event)
        key = event.project, fingerprint.value
        draft = self._growing.get(key)
        if draft is None or not draft.takes(occurrence, self._limit):
            draft = self._growing[key] = _Draft(_empty(event, fingerprint, self._chunk), occurrence)
            self._drafts.append(draft)

    def sightings(self) -> tuple[Sighting, ...]:
        """What the events tell."""
        return tuple([draft.sighting() for draft in self._drafts])


class Single:
    """One sighting of each event, for the setting that every event is kept whole."""

    def __init__(self, *, algorithm: str, topic: str, partition: int) -> None:
        self._chunk = _Chunk(algorithm, topic, partition)
        self._found: list[Sighting] = []

    def add(self, event: Event, fingerprint: Fingerprint) -> None:
        """The next event of the chunk."""
        whole = _empty(event, fingerprint, self._chunk)
        self._found.append(msgspec.structs.replace(whole, occurrences=(_occurrence(event),)))

    def sightings(self) -> tuple[Sighting, ...]:
        """What the events tell."""
        return tuple(self._found)


def _empty(event: Event, fingerprint: Fingerprint, chunk: _Chunk) -> Sighting:
    return Sighting(
        project=event.project,
        fingerprint=fingerprint.value,
        parts=fingerprint.parts,
        algorithm=chunk.algorithm,
        topic=chunk.topic,
        partition=chunk.partition,
        occurrences=(),
        event=event,
    )


def _size(occurrence: Occurrence) -> int:
    return len(_ENCODER.encode(occurrence)) + 1  # and its comma


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
        None if event.user is None else user_hash(event.user),
    )
