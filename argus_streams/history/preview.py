"""``argus replay preview``: the inputs read once more by this process, beside what is live; nothing is written."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from time import time
from typing import Any, NamedTuple

import msgspec
from confluent_kafka import Message

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.adapters.pairing import Pairing, Seen
from argus_streams.agents.wire import UNREADABLE
from argus_streams.core.events import Event, Origin
from argus_streams.core.generations.preview import Change, Summary
from argus_streams.core.grouping.state import HOUR
from argus_streams.core.grouping.tally import title_of
from argus_streams.core.messages import Sighting
from argus_streams.core.moments import moment
from argus_streams.core.normalization import arrived, read
from argus_streams.core.replay import read_again
from argus_streams.history.site import Refused, Say, Site
from argus_streams.progress import Advance, progress
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition

Spans = Mapping[Partition, tuple[int, int]]
BATCH = 5_000  # events that are paired at once
_SIGHTING = msgspec.json.Decoder(Sighting)


class Asked(NamedTuple):
    """The bodies that are looked at: those that came from ``since`` to ``until``, ms; ``None`` = all there are."""

    since: int | None
    until: int | None


class _Bodies(NamedTuple):
    """What is read: spans of the inputs, and each topic's id and number."""

    spans: Spans
    ids: Mapping[str, str]
    numbers: Mapping[str, int]  # by topic id

    @property
    def total(self) -> int:
        return sum(end - first for first, end in self.spans.values())


async def preview(site: Site, asked: Asked, tell: Callable[[Change], None], say: Say) -> Summary:
    """Tell what becomes of each group. Of the bodies those that the live generation has read too, so that both can say.

    Memory is bounded (``adapters.pairing``), whatever the number of bodies and groups.
    """
    live = await site.live()
    since = await _since(site, live, asked, say)
    bodies = await _bodies(site, live, since, asked.until)
    pairing = Pairing()
    try:
        with progress("bodies read again", bodies.total) as advance:
            await asyncio.to_thread(_read_bodies, site, live, bodies, pairing, advance)
        sightings = await _sightings(site, live, since)
        with progress("sightings compared", sum(end - first for first, end in sightings.values())) as advance:
            await asyncio.to_thread(_read_sightings, site, sightings, bodies, pairing, advance)
        now, then = await asyncio.to_thread(pairing.pair)
        fates: dict[str, int] = {}
        for change in pairing.changes():
            fates[change.fate] = fates.get(change.fate, 0) + 1
            tell(change)
        return Summary(bodies.total, now, then, fates)
    finally:
        pairing.close()


async def _since(site: Site, live: Settings, asked: Asked, say: Say) -> int:
    """From when on the live sightings are all there; bodies of before would seem to be in no group."""
    normalized = app.topics_of(live).normalized
    found = await site.offsets.partitions([normalized])
    since = asked.since or 0
    cut = any(first > 0 for first, _ in (await site.offsets.ends(list(found))).values())
    retention = int(topics.configs(site.given.kafka(), [normalized])[normalized]["retention.ms"]) if found else -1
    kept = int(time() * 1000) - retention + HOUR if cut and retention >= 0 else 0
    if since < kept:
        say(f"what is live can be told of bodies from {moment(kept)} on: earlier ones are left out")
    return max(since, kept)


async def _bodies(site: Site, live: Settings, since: int, until: int | None) -> _Bodies:
    ids = await site.offsets.partitions(app.inputs(live, "normalize"))
    first = await site.offsets.at(list(ids), since)
    read_live = await site.offsets.committed(app.group_of(live, "normalize"), list(ids))
    last = read_live if until is None else await site.offsets.at(list(ids), until)
    spans = {tp: (first[tp], max(first[tp], min(last[tp], read_live[tp]))) for tp in ids}
    if not any(start < end for start, end in spans.values()):
        raise Refused("there is no body in that time that the live generation has read")
    by_topic = {tp.topic: topic_id for tp, topic_id in ids.items()}
    return _Bodies(spans, by_topic, {topic_id: number for number, topic_id in enumerate(sorted(by_topic.values()))})


async def _sightings(site: Site, live: Settings, since: int) -> Spans:
    """Where what is live tells of those bodies: never before they came, but for brokers' clocks that differ."""
    tps = list(await site.offsets.partitions([app.topics_of(live).normalized]))
    first = await site.offsets.at(tps, since - HOUR)
    return {tp: (first[tp], end) for tp, (_, end) in (await site.offsets.ends(tps)).items()}


def _read_bodies(site: Site, live: Settings, bodies: _Bodies, pairing: Pairing, advance: Advance) -> None:
    norms, defaults, replayed = app.norms(site.given), live.input_defaults(), app.topics_of(live).replayed
    waiting: list[Seen] = []
    for batch in site.offsets.reader().read_whole(bodies.spans):
        for message in batch:
            topic = message.topic() or ""
            body = arrived(
                message.value(),
                _headers(message),
                defaults=defaults.get(topic),
                origin=Origin(bodies.ids[topic], message.partition() or 0, message.offset() or 0),
                received_at=message.timestamp()[1],
            )
            reading = (read_again if topic == replayed else read)(body, norms)
            waiting += [_read_now(event, found.value, bodies.numbers) for event, found in reading.events]
            if len(waiting) >= BATCH:
                pairing.add("then", waiting)
                waiting = []
        advance(len(batch))
    pairing.add("then", waiting)


def _read_now(event: Event, fingerprint: str, numbers: Mapping[str, int]) -> Seen:
    at = event.origin
    return Seen(numbers[at.topic], at.partition, at.offset, at.index, event.project, fingerprint, title_of(event))


def _read_sightings(site: Site, spans: Spans, bodies: _Bodies, pairing: Pairing, advance: Advance) -> None:
    wanted = {(bodies.ids[tp.topic], tp.partition): span for tp, span in bodies.spans.items()}
    for batch in site.offsets.reader().read_whole(spans):
        pairing.add("now", (each for message in batch for each in _seen(message, wanted, bodies.numbers)))
        advance(len(batch))


def _seen(
    message: Message, wanted: Mapping[tuple[str, int], tuple[int, int]], numbers: Mapping[str, int]
) -> Iterator[Seen]:
    try:
        told = _SIGHTING.decode(message.value() or b"")
    except UNREADABLE:  # GROUP made a letter of it
        return
    first, end = wanted.get((told.topic, told.partition), (0, 0))
    title = title_of(told.event)
    for each in told.occurrences:
        if first <= each.offset < end:
            yield Seen(
                numbers[told.topic], told.partition, each.offset, each.index, told.project, told.fingerprint, title
            )


def _headers(message: Message) -> list[tuple[str, bytes | None]]:
    told: Any = message.headers() or ()  # declared as if they could be a mapping of texts
    return list(told)
