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
from argus_streams.core.purged import PURGES, Mark, decode_mark, of_another, purge_key

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
        self.purges: dict[bytes, bytes] = {}  # marks by key, of whichever agent
        self._found: dict[bytes, tuple[int, bytes]] = {}  # by key: epoch and state
        self.counted_until = 0  # ms, Kafka's time of the latest body that a base has counted

    def logged(self, key: bytes, epoch: int, value: bytes) -> None:
        """Take a record of the changelog, in its order; of an older owner's late writes none."""
        if value and key.startswith(PURGES):
            self.purges[key] = of_another(value)
        if not is_group(key) or (key in self._found and epoch < self._found[key][0]):
            return
        if not value:  # a purge has taken it: what its mark lets through begins anew
            self._found.pop(key, None)
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
        mark = self._mark(sighting.project)
        fresh = GroupState(writes=mark.writes if mark else 0)
        applied = apply(decode(value) if value else fresh, cut, purged=mark.until if mark else 0)
        if applied.changed:
            self._found[key] = (epoch, encode(applied.state))

    def _mark(self, project: str) -> Mark | None:
        """How far the project's groups were purged."""
        stored = self.purges.get(purge_key("group", project))
        return None if stored is None else decode_mark(stored)

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
