"""Where each input partition stands: our own books, for Faust's pass over what a rebalance dropped.

Faust may drop, repeat or reorder what it fetched: a rebalance clears its queues, pauses partitions, seeks beside the
fetch loop. So each chunk is held against ``next`` where it is processed: what lies before is a repeat, what begins
after it shows a hole, which is asked for again. A hole that is still there in the answer to that very question (the
first fetch after the seek) is real: compaction, transaction markers, retention. Committed is what was confirmed,
nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

STILL_SECONDS = 2.0  # a partition with records ahead that delivers none for this long is asked again ...
STILL_SECONDS_MAX = 60.0  # ... then after twice as long each time: a log may end in a transaction marker


class Partition(NamedTuple):
    """A partition of a topic, by name; equal to Faust's and aiokafka's own tuples."""

    topic: str
    partition: int


class Record(Protocol):
    """One Kafka record as fetched; aiokafka's ``ConsumerRecord`` is one."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Chunk(NamedTuple):
    """What one fetch brought of one partition."""

    records: Sequence[Record]
    size: int  # bytes of keys and values
    fetch: int  # number of the fetch in its partition
    generation: int  # of the consumer group when it was fetched


class Standing(NamedTuple):
    """Where a partition stands, for people and for the watchdog."""

    next: int  # offset to be processed
    done: int  # all before it is processed
    committed: int
    end: int  # of the log, when it was last asked for
    exhausted: bool = False  # the broker was asked again for what comes at `next`, and all up to the end brought none


class Taken(NamedTuple):
    """The records of a chunk to be processed now, and the hole before them that proved real."""

    records: Sequence[Record]
    hole: tuple[int, int] | None = None  # offsets [first, end)


NOTHING = Taken(())


@dataclass(slots=True)
class _Place:
    topic_id: str
    next: int  # offset to be processed
    done: int  # offset to be committed
    committed: int
    seen: float  # when it last moved, brought something or was asked, s
    patience: float = STILL_SECONDS
    wanted: bool = False  # a hole showed: seek back to next
    end: int = 0  # of the log
    start: int | None = None  # of the log, when it was last asked for
    brought: bool = False  # records came since the last question
    asked: tuple[int, int] | None = None  # (next, number of the fetch that answers) of the last question


class Position:
    """``next`` and ``done`` of every partition held; times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._places: dict[Partition, _Place] = {}
        self._fetches: dict[Partition, int] = {}  # number of the next fetch
        self._sought: dict[Partition, int] = {}  # number of the first fetch after the last seek
        self.repaired = 0  # holes asked for again
        self.gaps = 0  # holes that proved real
        self.expired: Counter[str] = Counter()  # offsets that retention deleted before they were read, by topic

    def reset(self, tp: Partition, offset: int, topic_id: str, now: float) -> None:
        """Begin at ``offset`` under this topic's id."""
        self._places[tp] = _Place(topic_id=topic_id, next=offset, done=offset, committed=offset, seen=now)

    def forget(self, tps: Iterable[Partition]) -> None:
        """Give partitions up: what still arrives of them is nobody's."""
        for tp in tps:
            self._places.pop(tp, None)

    def moved(self, tp: Partition) -> None:
        """Note a seek: chunks fetched before it answer no later question."""
        self._fetches[tp] = self._sought[tp] = self._fetches.get(tp, 0) + 1

    def fetches(self) -> Mapping[Partition, int]:
        """The numbers of the fetches to come, to be stamped on what they bring."""
        return dict(self._fetches)

    def fetched(self, tp: Partition, fetch: int, now: float) -> None:
        """Note that this fetch brought something, be it dropped later: none after it answers in its stead."""
        self._fetches[tp] = max(self._fetches.get(tp, 0), fetch + 1)
        place = self._places.get(tp)
        if place is not None:  # it may wait for a long turn: that is not standing still
            place.seen, place.brought = now, True

    def held(self) -> Mapping[Partition, str]:
        """The partitions held, with the id of their topic."""
        return {tp: place.topic_id for tp, place in self._places.items()}

    def doubtful(self, tp: Partition, chunk: Chunk) -> bool:
        """Whether a fetch went back though nobody sought: it may be another log under the same name."""
        place = self._places.get(tp)
        went_back = place is not None and chunk.records[0].offset < place.next
        return went_back and chunk.fetch >= self._sought.get(tp, 0)

    def take(self, tp: Partition, chunk: Chunk, now: float) -> Taken:
        """The records of the chunk that are to be processed now; ``next`` moves past them."""
        place = self._places.get(tp)
        if place is None or chunk.records[-1].offset < place.next:
            return NOTHING
        records, first, expected = chunk.records, chunk.records[0].offset, place.next
        if first > expected and place.asked != (expected, chunk.fetch):
            if chunk.fetch >= self._sought.get(tp, 0) and not place.wanted:
                place.wanted = True
                self.repaired += 1
            return NOTHING
        if first < expected:
            records = [record for record in records if record.offset >= expected]
        place.next, place.seen, place.patience = records[-1].offset + 1, now, STILL_SECONDS
        if first <= expected:
            return Taken(records)
        self.gaps += 1
        return Taken(records, (expected, first))

    def confirm(self, tp: Partition, end: int) -> None:
        """All effects of what lies before ``end`` are durable: it may be committed."""
        place = self._places.get(tp)
        if place is not None and end > place.done:
            place.done = end

    def done(self) -> Mapping[Partition, int]:
        """What may be committed, by partition."""
        return {tp: place.done for tp, place in self._places.items()}

    def committed(self, offsets: Mapping[Partition, int]) -> None:
        """The broker has these commits."""
        for tp, offset in offsets.items():
            if tp in self._places:
                self._places[tp].committed = offset

    def seen(self, ends: Mapping[Partition, int]) -> None:
        """The logs end there now."""
        for tp, end in ends.items():
            if tp in self._places:
                self._places[tp].end = end

    def begun(self, starts: Mapping[Partition, int]) -> None:
        """The logs begin there now."""
        for tp, start in starts.items():
            if tp in self._places:
                self._places[tp].start = start

    def headroom(self) -> Mapping[Partition, int]:
        """Offsets between beginning and commit, where the beginning is known; below 0, some were deleted unread."""
        return {tp: place.committed - place.start for tp, place in self._places.items() if place.start is not None}

    def lag(self) -> Mapping[Partition, int]:
        """Offsets between commit and end."""
        return {tp: max(0, place.end - place.committed) for tp, place in self._places.items()}

    def behind(self) -> bool:
        """Whether something waits that was there when the logs' ends were last asked for.

        A log may end in a marker of a transaction, which is no record: it was asked for, and brought nothing.
        """
        return any(
            place.end > place.committed and (place.asked is None or place.asked[0] != place.next or place.brought)
            for place in self._places.values()
        )

    def standing(self, fetched_to: Mapping[Partition, int]) -> Mapping[Partition, Standing]:
        """Where every partition stands; ``fetched_to`` is the offset that the client asks for next."""
        return {
            tp: Standing(place.next, place.done, place.committed, place.end, _exhausted(place, fetched_to.get(tp, 0)))
            for tp, place in self._places.items()
        }

    def questions(self, ends: Mapping[Partition, int], now: float) -> Sequence[tuple[Partition, int]]:
        """Where to seek and ask again: partitions with a hole, or standing still with records ahead of ``next``.

        ``ends`` are the known ends of the logs of partitions that are being fetched.
        """
        asked = []
        for tp, place in self._places.items():
            still = now - place.seen > place.patience and ends.get(tp, 0) > place.next
            if still:
                place.patience = min(place.patience * 2, STILL_SECONDS_MAX)
            if still or place.wanted:
                asked.append((tp, place.next))
        return asked

    def asked(self, tp: Partition, now: float) -> None:
        """The fetch loop has sought back to ``next`` of this partition."""
        self.moved(tp)
        place = self._places.get(tp)
        if place is not None:
            place.wanted, place.seen, place.asked = False, now, (place.next, self._fetches[tp])
            place.brought = False


def _exhausted(place: _Place, fetched_to: int) -> bool:
    asked = place.asked is not None and place.asked[0] == place.next
    return asked and not place.brought and fetched_to >= place.end
