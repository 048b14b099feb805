"""Counts what a turn did, once a turn."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic, time
from typing import Any, NamedTuple, Protocol

from prometheus_client import CollectorRegistry

from argus_streams.metric import Metric
from argus_streams.streaming import metrics
from argus_streams.streaming.agent import Slice
from argus_streams.streaming.letter_lines import Example, LetterLines
from argus_streams.streaming.position import Chunk
from argus_streams.streaming.producer import Outgoing

REASONS = 60  # told apart
OTHER = "other"

StageAndReason = tuple[str, str]


class Letters(NamedTuple):
    """How a dead letter is known among what is written, and what it tells of itself."""

    suffix: str  # of the topics that hold nothing else
    told: Callable[[Outgoing], StageAndReason]
    example: Callable[[Outgoing], Example]


class Tally(NamedTuple):
    """A counter of what the records of one topic tell, once they are written."""

    metric: Metric
    topic: str
    told: Callable[[Outgoing], Mapping[tuple[str, ...], int]]  # numbers by the metric's labels, few and bounded
    expected: Iterable[tuple[str, ...]] = ()  # labels that begin at 0: of a series that begins at 1 no rate sees the 1


class Meter:
    """The counters and histograms of one worker."""

    def __init__(
        self, registry: CollectorRegistry, letters: Letters | None = None, tallies: Sequence[Tally] = ()
    ) -> None:
        counted = (*metrics.PUSHED, *(tally.metric for tally in tallies))
        self._made: dict[str, Any] = {metric.name: metric.made(registry) for metric in counted}
        self._letters = letters
        self._tallies = {tally.topic: tally for tally in tallies}
        for tally in tallies:
            for labels in tally.expected:
                self._made[tally.metric.name].labels(*labels)
        self._reasons: set[StageAndReason] = set()
        self._lines = LetterLines(monotonic)

    def turn(self) -> "Laps":
        """A turn begins now."""
        return Laps(self._made[metrics.TURN.name], self._made[metrics.STEP.name])

    def taken(self, topic: str, chunk: Chunk) -> None:
        """A chunk is taken into a turn."""
        self._made[metrics.CHUNK_RECORDS.name].observe(len(chunk.records))
        self._made[metrics.CHUNK_BYTES.name].observe(chunk.size)
        self._made[metrics.BYTES_IN.name].labels(topic).inc(chunk.size)

    def processed(self, slices: Sequence[Slice]) -> None:
        """A turn over these is confirmed."""
        now = time()
        for piece in slices:
            self._made[metrics.RECORDS_IN.name].labels(piece.topic).inc(len(piece.records))
            self._made[metrics.DELAY.name].labels(piece.topic).observe(
                max(0.0, now - piece.records[0].timestamp / 1000)
            )

    def written(self, records: Iterable[Outgoing], slices: Sequence[Slice] = ()) -> None:
        """The broker has acknowledged these, which a turn over the slices made."""
        by_topic: dict[str, list[Outgoing]] = {}
        for record in records:
            by_topic.setdefault(record.topic, []).append(record)
        for topic, group in by_topic.items():
            self.logged(topic, len(group), sum([len(record.value or b"") + len(record.key or b"") for record in group]))
            if self._letters is not None and topic.endswith(self._letters.suffix):
                self._count_letters(group, self._letters, {piece.topic_id: piece.topic for piece in slices})
            if topic in self._tallies:
                self._count(group, self._tallies[topic])

    def logged(self, topic: str, count: int, size: int) -> None:
        """The broker has acknowledged so many records of so many bytes."""
        self._made[metrics.RECORDS_OUT.name].labels(topic).inc(count)
        self._made[metrics.BYTES_OUT.name].labels(topic).inc(size)

    def _count(self, records: Iterable[Outgoing], tally: Tally) -> None:
        for record in records:
            for labels, number in tally.told(record).items():
                self._made[tally.metric.name].labels(*labels).inc(number)

    def _count_letters(self, written: Iterable[Outgoing], letters: Letters, names: Mapping[str, str]) -> None:
        kinds: dict[StageAndReason, list[Outgoing]] = {}
        for letter in written:
            kinds.setdefault(self._kind(*letters.told(letter)), []).append(letter)
        for kind, group in kinds.items():
            self._made[metrics.LETTERS.name].labels(*kind).inc(len(group))
            self._lines.tell(kind, len(group), letters.example(group[0]), names)

    def _kind(self, stage: str, reason: str) -> StageAndReason:
        """Of the letter as it is counted and told."""
        if len(self._reasons) < REASONS:
            self._reasons.add((stage, reason))
        return (stage, reason) if (stage, reason) in self._reasons else (stage, OTHER)


class Clock(Protocol):
    """What a turn tells its steps to."""

    def did(self, step: str) -> None:
        """A step has just ended."""
        ...

    def end(self) -> None:
        """The turn is confirmed."""
        ...


class Unmeasured:
    """The clock of a turn over nothing: the many that have nothing to do would hide the others."""

    def did(self, step: str) -> None:
        pass

    def end(self) -> None:
        pass


class Laps:
    """The clock of one turn."""

    def __init__(self, turn: Any, step: Any) -> None:
        self._turn = turn
        self._step = step
        self._began = self._last = monotonic()

    def did(self, step: str) -> None:
        """A step has just ended."""
        now = monotonic()
        self._step.labels(step).observe(now - self._last)
        self._last = now

    def end(self) -> None:
        """The turn is confirmed."""
        self._turn.observe(monotonic() - self._began)
