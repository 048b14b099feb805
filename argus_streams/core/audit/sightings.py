"""What the sightings tell: where each event stands, and how many counted events each project has by hour.

A number and a check by project and hour take the same room for ten million events as for ten: the check is a sum of
the fingerprints' hashes, so that an event which is counted for another group shows, too.
"""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from msgspec import Struct
from pyroaring import BitMap

from argus_streams.core.audit.bodies import Seen
from argus_streams.core.audit.cut import HOUR
from argus_streams.core.audit.places import Place, Places
from argus_streams.core.audit.told import Told
from argus_streams.core.events import Index, Offset, Time, TopicId
from argus_streams.core.events import Partition as Number

_PRIME = (1 << 61) - 1
_PAIR = (1 << 32) - 1

Bucket = tuple[str, int]  # project, and hour since 1970 of Kafka's time
Partition = tuple[str, int]  # topic id and partition of an input


class Occurred(Struct, frozen=True, array_like=True):
    """As much of an occurrence as an audit needs."""

    offset: Offset
    index: Index
    received_at: Time


class Sighted(Struct, frozen=True):
    """As much of a sighting as an audit needs."""

    project: str
    fingerprint: str
    algorithm: str
    topic: TopicId
    partition: Number
    occurrences: tuple[Occurred, ...]

    @property
    def weight(self) -> int:
        """The group's part in a check."""
        return weight(self.project, self.fingerprint)


class State(NamedTuple):
    """How far GROUP is with a sighting."""

    due: bool  # it has committed it
    refused: bool  # it made a letter of it


def weight(project: str, fingerprint: str) -> int:
    """A group's number, by which its events are told from another's."""
    digest = blake2b(f"{project}:{fingerprint}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _PRIME


class Tallies:
    """A count and a check by project and hour."""

    def __init__(self) -> None:
        self.by_bucket: dict[Bucket, list[int]] = {}

    def add(self, bucket: Bucket, number: int, of: int) -> None:
        """So many events of the group that weighs ``of``."""
        tally = self.by_bucket.setdefault(bucket, [0, 0])
        tally[0] += number
        tally[1] = (tally[1] + number * of) % _PRIME

    def differing(self, other: "Tallies") -> list[Bucket]:
        """The buckets that are not the same in the other."""
        nothing = [0, 0]
        keys = self.by_bucket.keys() | other.by_bucket.keys()
        return sorted(key for key in keys if self.by_bucket.get(key, nothing) != other.by_bucket.get(key, nothing))

    def count(self, bucket: Bucket) -> int:
        """Its number of events."""
        return self.by_bucket.get(bucket, [0, 0])[0]


class Sightings:
    """Grows by sightings in any order; needs to know what GROUP told of their events."""

    def __init__(self, told: Mapping[Partition, Told]) -> None:
        self.counted = Tallies()
        self.unsure: set[Bucket] = set()  # hold events of which GROUP does not speak, yet or ever
        self.forked: dict[Partition, Places] = {}  # events that two groups' sightings hold
        self._told = told
        self._nothing = Told()
        self._seen: dict[Partition, Seen] = {}
        # A hash of each event and group: that an event comes twice is ordinary, but not under another group.
        self._pairs = BitMap()

    def enter(self, sighted: Sighted, state: State) -> None:
        """Add what one sighting holds."""
        at = (sighted.topic, sighted.partition)
        told, seen, own = self._told.get(at, self._nothing), self.seen(at), sighted.weight
        for offset, index, hour in [
            (each.offset, each.index, each.received_at // HOUR) for each in sighted.occurrences
        ]:
            place = (offset, index)
            if not state.refused and self._is_new((at, place), own):
                bucket = (sighted.project, hour)
                if place in told.counted:
                    self.counted.add(bucket, 1, own)
                # Before the commit the ledger may tell of an event, and the group's snapshot is still to come.
                if not state.due or place not in told.spoken or (place in seen.all and told.is_divided(place)):
                    self.unsure.add(bucket)
            seen.all.add(offset, index)
            if state.refused:
                seen.refused.add(offset, index)
            elif state.due:
                seen.due.add(offset, index)

    def seen(self, at: Partition) -> Seen:
        """What is told of one input partition."""
        if at not in self._seen:
            self._seen[at] = Seen(Places(), Places(), Places())
        return self._seen[at]

    def unseen(self, at: Partition, known: int) -> Iterator[str]:
        """The projects of counted events from the offset ``known`` on that no sighting holds."""
        seen, told = self.seen(at).all, self._told.get(at, self._nothing)
        if told.counted.without(seen):
            for outcome, project, places in told.events():
                lacking = places.without(seen).offsets() if outcome == "counted" else ()
                if any(offset >= known for offset in lacking):
                    yield project

    def _is_new(self, event: tuple[Partition, Place], own: int) -> bool:
        """Whether this event was not seen under this group before; one of another group's is a fork."""
        at, place = event
        pair = hash((own, event)) & _PAIR
        if place in self._seen[at].all:
            if pair in self._pairs:
                return False
            if place not in self._seen[at].refused:
                self.forked.setdefault(at, Places()).add(*place)
        self._pairs.add(pair)
        return True
