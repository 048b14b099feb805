"""``argus replay start``: everything that a generation's workers need, each step the same when it is taken again."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from time import time
from typing import NamedTuple

from argus_streams import app
from argus_streams.adapters import generations, topics
from argus_streams.adapters.generations import Record, day_of
from argus_streams.core.generations.naming import FIRST
from argus_streams.core.moments import moment
from argus_streams.core.regions import everywhere
from argus_streams.core.topology import Refuse
from argus_streams.history.learning import take_over
from argus_streams.history.seeding import Seeding
from argus_streams.history.site import Refused, Say, Site
from argus_streams.progress import progress
from argus_streams.settings import Settings
from argus_streams.streaming.offsets import StillRunning
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Committed

OWN = ("derived", "changelog")  # kinds of topics that each generation has


class Started(NamedTuple):
    """A generation whose workers may start."""

    record: Record
    commands: tuple[str, ...]  # that start them


async def start(site: Site, name: str, since: int, say: Say) -> Started:
    """Prepare a generation that reads the inputs again from ``since`` (ms) on; a second time it finishes the first.

    Raises ``Refused`` and changes nothing where that can not be.
    """
    if name == FIRST:
        raise Refused("the first generation reads everything as it comes: name another one")
    if since > time() * 1000:
        raise Refused("--from lies ahead")
    made, url = site.of(name), site.given.database()
    schema = made.making().schema
    await _refuse_running(site, made)
    record = await generations.find(url, schema)
    if record is not None and record.since != since:
        told = moment(record.since or 0)
        raise Refused(f"{name} was begun from {told}: give that, or `argus replay drop {name}` first")
    if record is None or not record.ready:
        await _prepare(site, made, since, say)
    return Started(await site.record(name), tuple(f"argus worker {role} --generation {name}" for role in app.MAKING))


async def _prepare(site: Site, made: Settings, since: int, say: Say) -> None:
    url, schema, live = site.given.database(), made.making().schema, await site.live()
    inputs = await site.offsets.partitions(app.inputs(made, "normalize"))
    places = await site.offsets.at(list(inputs), since)
    seeding = Seeding(site, live, made, {(inputs[tp], tp.partition): offset for tp, offset in places.items()})
    has_history = any(places.values())
    if has_history:
        await seeding.check(since)
    await generations.begin(url, schema, since)
    await _make_topics(site, made)
    await generations.began_at(url, schema, [(tp.topic, inputs[tp], tp.partition, places[tp]) for tp in sorted(places)])
    first = max(day_of(since), _kept_since(site))  # what is older would be dropped at once, and is in no partition
    await generations.make_partitions(url, schema, _days(first, site.given.partition_days_ahead))
    say("topics and tables are made")
    seeded, repairs = await seeding.run(), await take_over(site, live, made, marks_alone=not has_history)
    if has_history:
        say(f"{seeded:,} groups were there before {moment(since)}: they are taken over as they were then")
        say(f"{repairs:,} repairs are known: they are taken over as they are now")
        await _copy(site, live, schema, since)
    await _commit(site, made, {tp: Committed(places[tp], topic_id) for tp, topic_id in inputs.items()})
    await generations.ready(url, schema, seeded)


async def _refuse_running(site: Site, made: Settings) -> None:
    running = await site.offsets.running([app.group_of(made, role) for role in app.ROLES])
    record = await generations.find(site.given.database(), made.making().schema)
    if running and not (record and record.ready):
        raise StillRunning(f"workers of {', '.join(running)} run: stop them first")


async def _make_topics(site: Site, made: Settings) -> None:
    """Its own topics, with as many partitions as the commands that all generations read."""
    names = app.topics_of(made)
    shared = await site.offsets.partitions([names.commands])
    if not shared:
        raise Refused(f"there is no topic {names.commands}: `argus topics apply` makes it")
    decisions = topics.apply(
        site.given.kafka(),
        prefix=site.given.topic_prefix,
        derived=made.making().prefix,
        partitions=len(shared),
        replication=site.given.topic_replication,
        kinds=OWN,
    )
    refused = [f"{each.topic}: {each.reason}" for each in decisions if isinstance(each, Refuse)]
    if refused:
        raise Refused("; ".join(refused))


async def _copy(site: Site, live: Settings, schema: str, since: int) -> None:
    """What Postgres alone holds of the time before: kept events, counts by hour of long ago, letters."""
    url, source = site.given.database(), live.making().schema
    oldest = await generations.oldest_day(url, source) or day_of(since)
    days = _days(max(oldest, _kept_since(site)), 0)
    with progress("days of what was stored, copied", len(days)) as advance:
        for day in days:
            await generations.copy_day(url, source, schema, day=day, until=since)
            advance(1)


def _kept_since(site: Site) -> date:
    """The first day of which STORE keeps events."""
    return day_of(int(time() * 1000)) - timedelta(days=site.given.keep_days)


def _days(first: date, ahead: int) -> Sequence[date]:
    """The days from one to so many after today."""
    last = day_of(int(time() * 1000)) + timedelta(days=ahead)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


async def _commit(site: Site, made: Settings, places: Mapping[Partition, Committed]) -> None:
    """Where its workers begin: the inputs at their starts, the commands, which are kept for ever, at the first."""
    names = app.topics_of(made)
    commands = await site.offsets.partitions(everywhere([names.commands], made.regions))
    (state_id,) = set((await site.offsets.partitions([names.changelog])).values())
    bounds = await site.offsets.ends(list(commands))
    await site.offsets.commit(app.group_of(made, "normalize"), places)
    await site.offsets.commit(
        app.group_of(made, "correlate"),
        {tp: Committed(bounds[tp][0], topic_id, state_id) for tp, topic_id in commands.items()},
    )
