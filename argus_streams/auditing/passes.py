"""The passes of an audit, each over one topic, none holding more than sets of places and a batch of groups."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from argus_streams.agents.wire import UNREADABLE
from argus_streams.auditing.evidence import Log, Progress, Record
from argus_streams.core import letters
from argus_streams.core.audit import bodies
from argus_streams.core.audit.cut import Cut, Extent, Input, Topic
from argus_streams.core.audit.groups import Snapshots
from argus_streams.core.audit.groups import Told as ToldGroup
from argus_streams.core.audit.places import Places
from argus_streams.core.audit.sightings import Partition, Sighted, Sightings, State
from argus_streams.core.audit.told import Told
from argus_streams.core.ledger import is_ours
from argus_streams.core.letters import WHOLE, Letter
from argus_streams.core.messages import LedgerRecord
from argus_streams.core.purged import gone

BATCH = 100_000  # records of `groups` whose groups are held at once
_LEDGER = msgspec.json.Decoder(LedgerRecord)
_SIGHTED = msgspec.json.Decoder(Sighted)
_GROUP = msgspec.json.Decoder(ToldGroup)


class Reading(NamedTuple):
    """Where the passes read, and whom they tell."""

    cut: Cut
    log: Log
    progress: Progress

    async def records(self, what: str, topic: Topic, partitions: Iterable[int] = ()) -> AsyncIterator[Sequence[Record]]:
        """All of a topic in the cut, or of some partitions."""
        chosen = {number: topic.extents[number] for number in partitions} or topic.extents
        self.progress.begin(what, sum(each.end - each.first for each in chosen.values()))
        spans = {number: (each.first, each.end) for number, each in chosen.items()}
        async for records in self.log.read(topic.name, spans):
            self.progress.advance(len(records))
            yield records


class Lettered(NamedTuple):
    """What stands in letters, by topic id and partition."""

    bodies: Mapping[Partition, Places]  # and items, of which NORMALIZE made letters
    refused: Mapping[Partition, Places]  # records that GROUP or STORE made letters of


class LetterAt(NamedTuple):
    """A letter, and whether STORE has committed it."""

    topic: str
    record: Record
    letter: Letter
    due: bool


async def ledger(reading: Reading) -> Mapping[Partition, Told]:
    """What the ledger tells, by input partition."""
    told: defaultdict[Partition, Told] = defaultdict(Told)
    async for records in reading.records("the ledger", reading.cut.ledger):
        for record in records:
            with suppress(*UNREADABLE):
                read = _LEDGER.decode(record.value)
                if is_ours(read):
                    told[read.topic, read.partition].enter(read)
    return told


async def letters_of(reading: Reading) -> AsyncIterator[Sequence[LetterAt]]:
    """All dead letters, a fetch at a time."""
    for topic in reading.cut.letters:
        async for records in reading.records(f"letters of {topic.name}", topic):
            found = []
            for record in records:
                with suppress(*UNREADABLE):
                    due = record.offset < topic.extents[record.partition].done
                    found.append(LetterAt(topic.name, record, letters.read(record.headers), due))
            yield found


async def sightings(reading: Reading, told: Mapping[Partition, Told], lettered: Lettered) -> Sightings:
    """What the sightings hold; which of them GROUP has committed, and which it refused."""
    found = Sightings(told)
    async for record, sighted in sighted_records(reading, "sightings"):
        found.enter(sighted, state_of(reading.cut.normalized, record, lettered))
    return found


async def sighted_records(reading: Reading, what: str) -> AsyncIterator[tuple[Record, Sighted]]:
    """The sightings with the records that hold them; those of other spans, too, for they are in the counts."""
    async for records in reading.records(what, reading.cut.normalized):
        for record in records:
            with suppress(*UNREADABLE):
                yield record, _SIGHTED.decode(record.value)


def state_of(normalized: Topic, record: Record, lettered: Lettered) -> State:
    """How far GROUP is with the sighting in a record."""
    refused = lettered.refused.get((normalized.id, record.partition))
    return State(
        due=record.offset < normalized.extents[record.partition].done,
        refused=refused is not None and (record.offset, WHOLE) in refused,
    )


async def read_back(reading: Reading, audited: Input, told: Told, project: str) -> AsyncIterator[Mapping[int, str]]:
    """Where there are bodies among which are all that the ledger does not speak of: offset → project."""
    for first, end in bodies.silent(audited, told):
        reading.progress.begin(f"{audited.topic}/{audited.partition} again", end - first)
        async for records in reading.log.read(audited.topic, {audited.partition: (first, end)}):
            reading.progress.advance(len(records))
            yield {record.offset: _project(record) or project for record in records}


def _project(record: Record) -> str:
    named = {name.lower(): value for name, value in record.headers}
    return named.get("project", b"").decode("utf-8", "replace")


async def snapshots(reading: Reading) -> AsyncIterator[Snapshots]:
    """The groups, all versions of each in one batch."""
    topic = reading.cut.groups
    for partitions in batches(topic.extents):
        found = Snapshots()
        async for records in reading.records("groups", topic, partitions):
            for record in records:
                with suppress(*UNREADABLE):
                    if not record.value:
                        found.take_back(gone("groups", record.key or b"", record.headers, record.partition))
                        continue
                    told = _GROUP.decode(record.value)
                    found.enter(told, (record.partition, record.offset), topic.extents[record.partition])
        yield found


def batches(extents: Mapping[int, Extent]) -> Sequence[Sequence[int]]:
    """Partitions to read at once: as many as hold so many records, at least one."""
    found: list[list[int]] = []
    room = 0
    for number, extent in sorted(extents.items()):
        size = extent.end - extent.first
        if not found or size > room:
            found.append([])
            room = BATCH
        found[-1].append(number)
        room -= size
    return found
