"""What of a group lies before a new generation's starts: the state that counting up to there, and no further, left.

The changelog holds each state that a group had in the last days, and each says by its marks what it has counted. The
last one that counted nothing from the starts on is the base; what of the sightings it has not counted, and what lies
before the starts, is counted on it as GROUP does. So the seed is exact in every field, whatever turns GROUP took, but
for the burst that was told last: of one that only the sightings tell, the live generation has told.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from argus_streams.core.grouping.group import apply
from argus_streams.core.grouping.spike import Project
from argus_streams.core.grouping.state import GroupState, decode, encode, is_group
from argus_streams.core.messages import Sighting

Starts = Mapping[tuple[str, int], int]  # (topic id, partition) of an input → the first offset that is read again


def precedes(state: GroupState, starts: Starts) -> bool:
    """Whether a state has counted nothing that is read again."""
    return all(
        offset < starts.get((topic, partition), offset + 1)
        for topic, marks in state.marks.items()
        for partition, (offset, _) in marks.items()
    )


def before(sighting: Sighting, starts: Starts) -> Sighting | None:
    """The sighting without what is read again; what can not be read again, for its topic is no input now, stays."""
    start = starts.get((sighting.topic, sighting.partition))
    if start is None or sighting.occurrences[-1].offset < start:
        return sighting
    kept = tuple([each for each in sighting.occurrences if each.offset < start])
    return msgspec.structs.replace(sighting, occurrences=kept) if kept else None


class Seeds:
    """The seeds of one partition's groups; holds each group's state encoded, some hundred bytes."""

    def __init__(self, starts: Starts) -> None:
        self._starts = starts
        self._found: dict[bytes, tuple[int, bytes]] = {}  # by key: epoch and state
        self.counted_until = 0  # ms, Kafka's time of the latest body that a base has counted

    def logged(self, key: bytes, epoch: int, value: bytes) -> None:
        """Take a record of the changelog, in its order; of an older owner's late writes none."""
        if not value or not is_group(key) or (key in self._found and epoch < self._found[key][0]):
            return
        state = decode(value)
        if precedes(state, self._starts):
            self._found[key] = (epoch, value)
            self.counted_until = max(self.counted_until, state.last_received)

    def seen(self, key: bytes, sighting: Sighting) -> None:
        """Count what of a sighting, in their order, lies before the starts and is not counted yet."""
        cut = before(sighting, self._starts)
        if cut is None:
            return
        epoch, value = self._found.get(key, (0, b""))
        applied = apply(decode(value) if value else None, cut)
        if applied.changed:
            self._found[key] = (epoch, encode(applied.state))

    def states(self) -> Iterator[tuple[bytes, GroupState]]:
        """Each group's key and state before the starts."""
        for key, (_, value) in self._found.items():
            yield key, decode(value)


def projects(states: Iterable[tuple[bytes, GroupState]]) -> Mapping[str, Project]:
    """What one partition knows of each project, of its groups' states."""
    found: dict[str, Project] = {}
    for key, state in states:
        found.setdefault(key.partition(b":")[0].decode(), Project()).add(state.buckets)
    return found
