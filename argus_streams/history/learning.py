"""Taking over what the live generation has learned of repairs: it outlives the outcomes that taught it.

It is copied as it is now, with the marks of what was counted: an outcome that the new generation reads again changes
nothing.
"""

import asyncio
from collections.abc import Mapping

from argus_streams import app
from argus_streams.adapters.healing_terms import load_knowledge_limits
from argus_streams.agents.wire import key_of, outgoing
from argus_streams.core.healing.book import patterns_of
from argus_streams.core.purged import PURGES, of_another
from argus_streams.history.site import Site
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing
from argus_streams.streaming.table import logged, seed

BATCH = 2_000  # records that are written at once


async def take_over(site: Site, live: Settings, made: Settings, *, marks_alone: bool = False) -> int:
    """Write the live states into the new generation's changelog, and a snapshot of each pattern; how many patterns.

    Where nothing precedes the new generation, it takes over what was purged, and learns the rest itself.
    """
    source, target, limits = app.topics_of(live), app.topics_of(made), load_knowledge_limits()
    producer, done = ConfirmedProducer(site.given.kafka()), 0
    for place in sorted(await site.offsets.partitions([source.heal_changelog])):
        ends = await site.offsets.ends([place])
        states = await asyncio.to_thread(_states, site, ends)
        marks = {key: of_another(value) for key, value in states.items() if key.startswith(PURGES)}
        states = marks if marks_alone else states | marks
        batch: list[Outgoing] = []
        for key, value in states.items():
            batch.append(seed(target.heal_changelog, place.partition, key, value))
            patterns = patterns_of(key, value, limits)
            batch += [outgoing(target.patterns, key_of(each.project, each.fingerprint), each) for each in patterns]
            done += len(patterns)
            if len(batch) >= BATCH:
                await producer.write(batch)
                batch = []
        await producer.write(batch)
    return done


def _states(site: Site, spans: Mapping[Partition, tuple[int, int]]) -> dict[bytes, bytes]:
    """The last value of each key; of an older owner's late writes none."""
    found: dict[bytes, tuple[int, bytes]] = {}
    for batch in site.offsets.reader().read_whole(spans):
        for message in batch:
            told, key = logged(message), message.key() or b""
            if told is not None and told[0] >= found.get(key, (0, b""))[0]:
                found[key] = told
    return {key: value for key, (_, value) in found.items() if value}
