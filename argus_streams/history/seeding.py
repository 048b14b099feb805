"""Taking over from the live groups what lies before a new generation's starts, exactly (``core.generations.seed``)."""

import asyncio
from collections.abc import Iterator, Mapping
from time import time
from typing import NamedTuple

import msgspec
from confluent_kafka import Message

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.agents.wire import UNREADABLE, Topics, key_of, outgoing
from argus_streams.core.generations.seed import Seeds, Starts, projects
from argus_streams.core.grouping.spike import project_key
from argus_streams.core.grouping.state import HOUR, GroupState, encode, snapshot
from argus_streams.core.messages import Sighting
from argus_streams.core.moments import moment
from argus_streams.history.site import Refused, Site
from argus_streams.history.stages import lagging
from argus_streams.progress import Advance, progress
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing
from argus_streams.streaming.table import logged, seed

PATIENCE_SECONDS = 30.0  # until the live generation has read what was there
BATCH = 5_000  # seeds that are written at once
_SIGHTING = msgspec.json.Decoder(Sighting)


class _Span(NamedTuple):
    """One partition of the live changelog and of the sightings that were counted into it."""

    changelog: Partition
    sightings: Partition


class Seeding:
    """From one generation's groups into another's, a partition at a time: its groups are held, no others."""

    def __init__(self, site: Site, live: Settings, made: Settings, starts: Starts) -> None:
        self._site = site
        self._live, self._made = app.topics_of(live), app.topics_of(made)
        self._settings = live
        self._starts = starts
        self._reader = site.offsets.reader()
        self._producer = ConfirmedProducer(site.given.kafka())

    async def check(self, since: int) -> None:
        """Raise ``Refused`` where the live groups can not tell all that lies before ``since`` (ms)."""
        oldest = self._oldest()
        if since < oldest:
            told = moment(-(-oldest // HOUR) * HOUR)
            raise Refused(f"what the live groups were at that time is not kept any more: choose --from {told} or later")
        stage = await lagging(self._site, self._settings, PATIENCE_SECONDS)
        if stage is not None:
            raise Refused(
                f"the live generation lags: {stage.role} has {stage.lag:,} records to read, and what they tell of the "
                "time before --from would be missing; wait until it has caught up, and see that its workers run"
            )

    async def run(self) -> int:
        """Write the states before the starts into changelog and snapshots; how many groups have a history there."""
        spans = await self._spans()
        done = 0
        with progress("groups taken over, partitions", len(spans)) as advance:
            for span in spans:
                done += await self._partition(span, advance)
        return done

    def _oldest(self) -> int:
        """Since when (ms) every state that the live groups had, and every sighting, is kept."""
        found = topics.configs(self._site.given.kafka(), (self._live.changelog, self._live.normalized))
        states, sightings = found[self._live.changelog], found[self._live.normalized]
        kept = [int(states["min.compaction.lag.ms"]), int(sightings["retention.ms"])]
        finite = [each for each in kept if each >= 0]
        return int(time() * 1000) - min(finite) + HOUR if finite else 0

    async def _spans(self) -> list[_Span]:
        found = await self._site.offsets.partitions([self._live.changelog])
        return [_Span(tp, Partition(self._live.normalized, tp.partition)) for tp in sorted(found)]

    async def _partition(self, span: _Span, advance: Advance) -> int:
        ends = await self._site.offsets.ends(span)
        seeds = Seeds(self._starts)
        await asyncio.to_thread(self._read_states, seeds, {span.changelog: ends[span.changelog]})
        first, end = ends[span.sightings]
        if seeds.counted_until:  # what was counted is older than all that was seen after it, but for clocks that differ
            places = await self._site.offsets.at([span.sightings], seeds.counted_until - HOUR)
            first = places[span.sightings]
        if any(self._starts.values()):  # else nothing precedes them
            await asyncio.to_thread(self._read_sightings, seeds, {span.sightings: (first, end)})
        count = await self._write(span.changelog.partition, seeds)
        advance(1)
        return count

    def _read_states(self, seeds: Seeds, spans: Mapping[Partition, tuple[int, int]]) -> None:
        for message in self._messages(spans):
            told = logged(message)
            if told is not None:
                seeds.logged(message.key() or b"", *told)

    def _read_sightings(self, seeds: Seeds, spans: Mapping[Partition, tuple[int, int]]) -> None:
        for message in self._messages(spans):
            try:
                sighting = _SIGHTING.decode(message.value() or b"")
            except UNREADABLE:  # GROUP made a letter of it
                continue
            if message.key() == key_of(sighting.project, sighting.fingerprint):
                seeds.seen(message.key() or b"", sighting)

    def _messages(self, spans: Mapping[Partition, tuple[int, int]]) -> Iterator[Message]:
        for batch in self._reader.read_whole(spans):
            yield from batch

    async def _write(self, partition: int, seeds: Seeds) -> int:
        count = 0
        # First of all: what the new workers read of before a purge they know to pass over, whatever they read first.
        batch = [seed(self._made.changelog, partition, key, value) for key, value in seeds.purges.items()]
        for key, state in seeds.states():
            batch += _records(self._made, partition, key, state)
            count += bool(state.count)
            if len(batch) >= BATCH:
                await self._producer.write(batch)
                batch = []
        batch += [
            seed(self._made.changelog, partition, project_key(slug), project.encode())
            for slug, project in projects(seeds.states()).items()
        ]
        await self._producer.write(batch)
        return count


def _records(made: Topics, partition: int, key: bytes, state: GroupState) -> list[Outgoing]:
    """The state, and the snapshot by which STORE and all others know the group."""
    records = [seed(made.changelog, partition, key, encode(state))]
    if state.count:
        project, _, fingerprint = key.decode().partition(":")
        group = snapshot(state, project=project, fingerprint=fingerprint, epoch=0)
        records.append(outgoing(made.groups, key, group))
    return records
