"""What NORMALIZE gathers of one slice: sightings, signals, test failures, letters, and an account of every body."""

from typing import NamedTuple, Protocol

from argus_streams.agents.followed import Followed
from argus_streams.agents.tracing import Trace
from argus_streams.agents.wire import Topics, key_of, ledger_of, letter_of, outgoing, signal_of
from argus_streams.core.events import Event
from argus_streams.core.grouping.fingerprint import Fingerprint
from argus_streams.core.ledger import Entry, expired
from argus_streams.core.messages import Sighting
from argus_streams.core.normalization import Incoming, Reading, entries_of, letters_about
from argus_streams.core.tracing import HEADER
from argus_streams.streaming.agent import Slice
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing


class Folding(Protocol):
    """How the events of one slice become sightings."""

    def add(self, event: Event, fingerprint: Fingerprint) -> None: ...

    def sightings(self) -> tuple[Sighting, ...]: ...


class Fold(Protocol):
    """Begins a folding."""

    def __call__(self, *, algorithm: str, topic: str, partition: int) -> Folding: ...


class Sending(NamedTuple):
    """Where to, and how, a deployment sends what it has read."""

    topics: Topics
    fold: Fold
    since: int = 0  # ms; when the generation began


class NormalizeTurn:
    """What one slice gives; of a body that was added nothing is kept but what leaves."""

    def __init__(self, sending: Sending, piece: Slice, trace: Trace) -> None:
        self._sending = sending
        self._followed = Followed(trace, piece)
        self._piece = piece
        self._dead = sending.topics.dead(sending.topics.incoming)
        self._foldings: dict[str, Folding] = {}  # by algorithm
        self._entries: dict[str, list[Entry]] = {}
        self._out: list[Outgoing] = []

    def add(self, incoming: Incoming, record: Record, reading: Reading, algorithm: str) -> None:
        """What became of the slice's next body."""
        topics, since = self._sending.topics, self._sending.since
        cause = self._followed.add(incoming, record, reading) if HEADER in incoming.headers else None
        if reading.events:
            folding = self._folding(algorithm)
            for event, fingerprint in reading.events:
                folding.add(event, fingerprint)
        self._entries.setdefault(algorithm, []).extend(entries_of(incoming, reading))
        if reading.signals:
            self._out += [signal_of(topics, each, since, cause) for each in reading.signals]
        if reading.failures:
            self._out += [outgoing(topics.failed, each.project.encode(), each, cause) for each in reading.failures]
        if reading.refusals:  # letters of mapped topics too: theirs would be topics that nobody declared or reads
            self._out += [letter_of(self._dead, each, record) for each in letters_about(incoming, reading)]

    def end(self) -> list[Outgoing]:
        """Everything that leaves."""
        piece, topics = self._piece, self._sending.topics
        for folding in self._foldings.values():
            self._out += [
                outgoing(topics.normalized, key_of(each.project, each.fingerprint), each, self._followed.cause(each))
                for each in folding.sightings()
            ]
        for algorithm, told in self._entries.items():
            self._out += ledger_of(topics, "normalize", piece.topic_id, piece.partition, algorithm, told)
        if piece.expired is not None:
            gone = expired(piece.expired, stage="normalize", topic=piece.topic_id, partition=piece.partition)
            self._out.append(outgoing(topics.ledger, None, gone))
        return self._out

    def _folding(self, algorithm: str) -> Folding:
        found = self._foldings.get(algorithm)
        if found is None:
            found = self._foldings[algorithm] = self._sending.fold(
                algorithm=algorithm, topic=self._piece.topic_id, partition=self._piece.partition
            )
        return found
