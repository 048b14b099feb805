"""NORMALIZE: vendors' bodies in, one sighting a problem and chunk out, and an account of every body."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence

from argus_streams.agents.lookout import Lookout
from argus_streams.agents.normalize_turn import NormalizeTurn, Sending
from argus_streams.agents.streak import Streak
from argus_streams.agents.tracing import Begin, Trace, untraced
from argus_streams.core import packed
from argus_streams.core.bugs import BUG
from argus_streams.core.events import Origin
from argus_streams.core.normalization import Incoming, Norms, Reading, arrived, read
from argus_streams.core.replay import read_again
from argus_streams.streaming.agent import Effects, Slice
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing

YIELD_EVERY = 200  # bodies between two breaths of the event loop
BLOCK = 2_000  # bodies whose readings are in memory at a time ...
BLOCK_BYTES = 2 * 1024 * 1024  # ... and how many bytes of them, about: a reading may be as large as its body
LARGE = 256 * 1024  # bytes; a body that arrived packed may be of any size

Read = Callable[[Incoming, Norms], Reading]


class NormalizeAgent:
    """Reads every body by its source; what can not be read becomes a letter."""

    name = "normalize"

    def __init__(
        self,
        sending: Sending,
        norms: Norms,
        *,
        defaults: Mapping[str, tuple[str, str]],
        lookout: Lookout,
        trace: Begin = untraced,
    ) -> None:
        self._sending = sending
        self._norms = norms
        self._defaults = defaults  # source and project of topics whose producers set no headers
        self._lookout = lookout
        self._bugs = Streak()
        self._trace = trace

    async def turn(self, slices: Sequence[Slice]) -> Effects:
        """Read all bodies. Raises ``Unavailable`` when a thousand in a row fail by a bug of ours."""
        out: list[Outgoing] = []
        trace = self._trace()
        self._bugs.begin()
        self._lookout.begin()
        for piece in slices:
            out += await self._gathered(piece, trace)
        self._bugs.end()
        return Effects(out, trace.told())

    async def _gathered(self, piece: Slice, trace: Trace) -> list[Outgoing]:
        """What a slice gives, read a block at a time: the events of no more than a block are in memory."""
        gathered = NormalizeTurn(self._sending, piece, trace)
        reader = read_again if piece.topic == self._sending.topics.replayed else read
        for records in _blocks(piece.records):
            incomings = [self._incoming(piece, record) for record in records]
            readings = await self._readings(incomings, reader)
            self._look_at(incomings, readings)
            for incoming, record, reading in zip(incomings, records, readings, strict=True):
                gathered.add(incoming, record, reading, self._norms.algorithm(incoming.project))
        return gathered.end()

    def _incoming(self, piece: Slice, record: Record) -> Incoming:
        return arrived(
            record.value,
            record.headers,
            defaults=self._defaults.get(piece.topic),
            origin=Origin(piece.topic_id, piece.partition, record.offset),
            received_at=record.timestamp,
        )

    async def _readings(self, incomings: Sequence[Incoming], reader: Read) -> list[Reading]:
        """What became of each body; those of one sender are read in a row, which the processor's caches reward."""
        found: dict[int, Reading] = {}
        by_sender = sorted(range(len(incomings)), key=lambda at: incomings[at].source)
        for count, at in enumerate(by_sender):
            incoming = incomings[at]
            if len(incoming.value) > LARGE or packed.HEADER in incoming.headers:
                # It may take seconds: beside the loop, so that Kafka goes on hearing from us.
                found[at] = await asyncio.to_thread(reader, incoming, self._norms)
            else:
                found[at] = reader(incoming, self._norms)
            if count % YIELD_EVERY == 0:
                await asyncio.sleep(0)
        return [found[at] for at in range(len(incomings))]

    def _look_at(self, incomings: Sequence[Incoming], readings: Sequence[Reading]) -> None:
        """Count bugs in a row, in the order of the records, and notice new fields."""
        for incoming, reading in zip(incomings, readings, strict=True):
            if reading.reason == BUG:
                self._bugs.bug(reading.refusals[0].detail)
            else:
                self._bugs.fine()
            self._lookout.look(incoming, reading)


def _blocks(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """All records in their order, in runs that end at either bound; what came packed, which tells no size, ends one."""
    first = size = 0
    for at, record in enumerate(records):
        size += len(record.value or b"")
        packs = any(name.lower() == packed.HEADER for name, _ in record.headers)
        if at + 1 - first >= BLOCK or size >= BLOCK_BYTES or packs:
            yield records[first : at + 1]
            first, size = at + 1, 0
    if first < len(records):
        yield records[first:]
