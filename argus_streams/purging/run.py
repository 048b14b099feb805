"""A purge from the order to the last row: owners, STORE, what killed workers left, Postgres."""

from collections.abc import AsyncIterator, Sequence
from time import time
from typing import NamedTuple

from argus_streams.adapters import generations, purges, topics
from argus_streams.adapters.purges import Holding
from argus_streams.core.purged import Marks
from argus_streams.history.site import Refused, Say, Site
from argus_streams.purging import leftovers, owners, remains
from argus_streams.purging.remains import Remaining
from argus_streams.settings import Settings


class Idle(NamedTuple):
    """A generation of which no worker runs: its state and topics keep the project until one does, or it is dropped."""

    name: str


class Purged(NamedTuple):
    """What a purge came to."""

    asked: int  # ms, Kafka's time: all that was recorded before is gone
    rows: int  # deleted here; those of snapshots STORE has deleted
    left: Sequence[Holding]  # of after it
    idle: Sequence[Idle]
    remaining: Sequence[Remaining]


async def holdings(site: Site, project: str) -> Sequence[Holding]:
    """What Postgres has of a project, in all generations."""
    records = await generations.every(site.given.database())
    return await purges.holdings(site.given.database(), [each.schema for each in records], project)


async def purge(site: Site, project: str, *, members: bool, patience: float, say: Say) -> Purged:
    """Take out all of a project that was recorded until now; again and again, or after it was cut off, does no harm.

    Raises ``Refused`` where owners do not obey within ``patience`` seconds each.
    """
    url = site.given.database()
    records = await generations.every(url)  # first: without the database nothing is ordered
    ordered = await owners.order(site, project)
    say(f"ordered: {project} is forgotten as far as it was recorded until now")
    idle, rows, asked = [], 0, 0
    for record in sorted(records, key=lambda each: each.status != "live"):
        made = site.of(site.name_of(record))
        reached = await owners.reached(site, made, is_live=record.status == "live")
        if reached is None:
            idle.append(Idle(made.generation))
            rows += await _counted(purges.clear(url, record.schema, project))
            continue
        await owners.obeyed(site, ordered, reached, patience)
        say(f"{made.generation}: {', '.join(reached.roles)} and store have done so")
        marks = await purges.marks(url, record.schema, project)
        asked = max([asked, *(mark.asked for mark in marks.values())])
        rows += await _sweep(site, made, project, marks)
    rows += await _counted(purges.forget_reports(url, project, asked=asked))
    rows += await purges.forget_people(url, project) if members else 0
    left = await holdings(site, project)
    return Purged(asked, rows, left, idle, await remaining(site))


async def remaining(site: Site) -> Sequence[Remaining]:
    """The topics that keep records of any project, and for how long from now on."""
    records = await generations.every(site.given.database())
    prefixes = {each.schema: site.of(site.name_of(each)).making().prefix for each in records}
    names = remains.declared(topics.load(), site.given.topic_prefix, prefixes)
    found = topics.configs(site.given.kafka(), list(names))
    return list(remains.remaining(names, found, int(time() * 1000)))


async def _sweep(site: Site, made: Settings, project: str, marks: Marks) -> int:
    """What the owners could not take: rows by their time, and snapshots that they do not know of."""
    asked = [mark.asked for place, mark in marks.items() if place.kind == "groups"]
    if not asked:
        raise Refused(f"{made.making().schema}.purges does not tell of the purge: has `argus migrate` run?")
    decided = max((mark.until for place, mark in marks.items() if place.kind == "patterns"), default=0)
    schema = made.making().schema
    rows = await _counted(purges.sweep(site.given.database(), schema, project, asked=min(asked), decided=decided))
    return rows + await leftovers.take_back(site, made, project, marks)


async def _counted(parts: AsyncIterator[int]) -> int:
    return sum([rows async for rows in parts])


async def listed(site: Site) -> Sequence[purges.Listed]:
    """All projects, with what the live generation says of them."""
    record = await generations.live(site.given.database())
    return await purges.listed(site.given.database(), record.schema)
