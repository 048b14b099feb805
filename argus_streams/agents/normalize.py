"""NORMALIZE: vendors' bodies in, one sighting a problem and chunk out, and an account of every body."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from argus_streams.agents.lookout import Lookout
from argus_streams.agents.streak import Streak
from argus_streams.agents.wire import Topics, key_of, ledger_of, letter_of, outgoing, signal_of
from argus_streams.core import packed
from argus_streams.core.bugs import BUG
from argus_streams.core.events import Event, Origin
from argus_streams.core.grouping.fingerprint import Fingerprint
from argus_streams.core.ledger import Entry, expired
from argus_streams.core.messages import Sighting
from argus_streams.core.normalization import Incoming, Norms, Reading, entries_of, letters_about, read
from argus_streams.core.replay import read_again
from argus_streams.streaming.agent import Effects, Slice
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing

YIELD_EVERY = 200  # bodies between two breaths of the event loop
LARGE = 256 * 1024  # bytes; a body that arrived packed may be of any size

Read = Callable[[Incoming, Norms], Reading]


class Fold(Protocol):
    """How the events of one chunk become sightings."""

    def __call__(
        self, events: Iterable[tuple[Event, Fingerprint]], *, algorithm: str, topic: str, partition: int
    ) -> tuple[Sighting, ...]: ...


class NormalizeAgent:
    """Reads every body by its source; what can not be read becomes a letter."""

    name = "normalize"

    def __init__(
        self,
        topics: Topics,
        norms: Norms,
        *,
        fold: Fold,
        defaults: Mapping[str, tuple[str, str]],
        lookout: Lookout,
        since: int = 0,
    ) -> None:
        self._topics = topics
        self._dead = topics.dead(topics.incoming)
        self._since = since  # ms; when the generation began
        self._norms = norms
        self._fold = fold
        self._defaults = defaults  # source and project of topics whose producers set no headers
        self._lookout = lookout
        self._bugs = Streak()

    async def turn(self, slices: Sequence[Slice]) -> Effects:
        """Read all bodies. Raises ``Unavailable`` when a thousand in a row fail by a bug of ours."""
        out: list[Outgoing] = []
        self._bugs.begin()
        self._lookout.begin()
        for piece in slices:
            incomings = [self._incoming(piece, record) for record in piece.records]
            reader = read_again if piece.topic == self._topics.replayed else read
            readings = await self._readings(incomings, reader)
            self._look_at(incomings, readings)
            out += self._effects(piece, list(zip(incomings, piece.records, readings, strict=True)))
            if piece.expired is not None:
                gone = expired(piece.expired, stage="normalize", topic=piece.topic_id, partition=piece.partition)
                out.append(outgoing(self._topics.ledger, None, gone))
        self._bugs.end()
        return Effects(out)

    def _incoming(self, piece: Slice, record: Record) -> Incoming:
        headers = {name.lower(): (value or b"").decode("utf-8", "replace") for name, value in record.headers}
        source, project = self._defaults.get(piece.topic, ("", ""))
        return Incoming(
            value=record.value or b"",
            headers=headers,
            source=headers.get("ce_source") or source,
            project=headers.get("project") or project,
            origin=Origin(piece.topic_id, piece.partition, record.offset),
            received_at=record.timestamp,
        )

    async def _readings(self, incomings: Sequence[Incoming], reader: Read) -> list[Reading]:
        """What became of each body; those of one sender are read in a row, which the processor's caches reward."""
        found: dict[int, Reading] = {}
        by_sender = sorted(range(len(incomings)), key=lambda at: incomings[at].source)
        for count, at in enumerate(by_sender):
            found[at] = await self._read(incomings[at], reader)
            if count % YIELD_EVERY == 0:
                await asyncio.sleep(0)
        return [found[at] for at in range(len(incomings))]

    async def _read(self, incoming: Incoming, reader: Read) -> Reading:
        """Read a body; a large one, which may take seconds, beside the loop, so that Kafka goes on hearing from us."""
        large = len(incoming.value) > LARGE or packed.HEADER in incoming.headers
        return await asyncio.to_thread(reader, incoming, self._norms) if large else reader(incoming, self._norms)

    def _look_at(self, incomings: Sequence[Incoming], readings: Sequence[Reading]) -> None:
        """Count bugs in a row, in the order of the records, and notice new fields."""
        for incoming, reading in zip(incomings, readings, strict=True):
            if reading.reason == BUG:
                self._bugs.bug(reading.refusals[0].detail)
            else:
                self._bugs.fine()
            self._lookout.look(incoming, reading)

    def _effects(self, piece: Slice, readings: Sequence[tuple[Incoming, Record, Reading]]) -> list[Outgoing]:
        out: list[Outgoing] = []
        events: dict[str, list[tuple[Event, Fingerprint]]] = {}
        entries: dict[str, list[Entry]] = {}
        for incoming, record, reading in readings:
            algorithm = self._norms.algorithm(incoming.project)
            events.setdefault(algorithm, []).extend(reading.events)
            entries.setdefault(algorithm, []).extend(entries_of(incoming, reading))
            out += [signal_of(self._topics, each, self._since) for each in reading.signals]
            out += [outgoing(self._topics.failed, each.project.encode(), each) for each in reading.failures]
            # Letters of mapped topics too: theirs would be topics that nobody declared, and nobody reads.
            out += [letter_of(self._dead, each, record) for each in letters_about(incoming, reading)]
        for algorithm, found in events.items():
            folded = self._fold(found, algorithm=algorithm, topic=piece.topic_id, partition=piece.partition)
            out += [outgoing(self._topics.normalized, key_of(each.project, each.fingerprint), each) for each in folded]
        for algorithm, told in entries.items():
            out += ledger_of(self._topics, "normalize", piece.topic_id, piece.partition, algorithm, told)
        return out
