"""Asking the owners of a project's state to forget it, and waiting until they have, and STORE after them."""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import NamedTuple

from argus_streams import app
from argus_streams.app import Role
from argus_streams.core import purged
from argus_streams.history.site import Refused, Site
from argus_streams.progress import progress
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import Outgoing, PlacingProducer

LOOK_SECONDS = 0.25

Places = Mapping[Partition, int]


class Order(NamedTuple):
    """Where the orders of one purge lie, by the role that reads them."""

    places: Mapping[Role, Places]


class Reached(NamedTuple):
    """A generation whose workers run, and what has to be read by each of its roles."""

    made: Settings
    roles: Sequence[Role]


async def order(site: Site, project: str) -> Order:
    """Ask every owner: of groups in each partition, of all else under the project's key. Raises ``Refused``."""
    topics = app.topics_of(site.given)
    by_group = sorted(await site.offsets.partitions([topics.commands]))
    keyed: Mapping[Role, str] = {
        "correlate": topics.incident_commands,
        "heal": topics.heal_commands,
        "analyze": topics.feedback,
    }
    known = {tp.topic for tp in await site.offsets.partitions([topics.commands, *keyed.values()])}
    missing = sorted({topics.commands, *keyed.values()} - known)
    if missing:
        raise Refused(f"there is no topic {', '.join(missing)}: `argus topics apply` makes it")
    producer, headers = PlacingProducer(site.given.kafka()), purged.order(project)
    records = [Outgoing(tp.topic, f"{project}:".encode(), None, headers, tp.partition) for tp in by_group]
    places: dict[Role, dict[Partition, int]] = {"correlate": {}, "heal": {}, "analyze": {}}
    for partition, offset in await producer.write(records):
        places["correlate"][Partition(topics.commands, partition)] = offset
    for role, topic in keyed.items():
        ((partition, offset),) = await producer.write([Outgoing(topic, project.encode(), None, headers)])
        places[role][Partition(topic, partition)] = offset
    return Order(places)


async def reached(site: Site, made: Settings, *, is_live: bool) -> Reached | None:
    """The roles of a generation that have to obey: those that run, of the live one also those that have state."""
    roles: tuple[Role, ...] = ("correlate", "heal", "analyze")
    running = await site.offsets.running([app.group_of(made, role) for role in (*roles, "store")])
    asked = [
        role
        for role in roles
        if app.group_of(made, role) in running or (is_live and await _has_state(site, made, role))
    ]
    if not asked or not (running or is_live):
        return None
    return Reached(made, asked)


async def obeyed(site: Site, ordered: Order, reached: Reached, patience: float) -> None:
    """Wait until the owners have read the order, and STORE all that they told. Raises ``Refused`` after so long."""
    deadline = monotonic() + patience
    for role in reached.roles:
        ends = {tp: offset + 1 for tp, offset in ordered.places[role].items()}
        await _read(site, reached.made, role, ends, deadline)
    inputs = await site.offsets.partitions(app.inputs(reached.made, "store"))
    ends = {tp: end for tp, (_, end) in (await site.offsets.ends(list(inputs))).items()}
    await _read(site, reached.made, "store", ends, deadline)


async def _read(site: Site, made: Settings, role: Role, ends: Places, deadline: float) -> None:
    """Wait until a role has committed up to these ends."""
    group, total = app.group_of(made, role), len(ends)
    with progress(f"partitions that {group} has read", total) as advance:
        done = 0
        while True:
            committed = await site.offsets.committed(group, list(ends))
            left = [tp for tp, end in ends.items() if committed[tp] < end]
            advance(total - len(left) - done)
            done = total - len(left)
            if not left:
                return
            if monotonic() > deadline:
                raise Refused(
                    f"{group} has not read all of {', '.join(sorted({tp.topic for tp in left}))}: see that its workers "
                    "run and are ready, then purge again; what was ordered stays ordered"
                )
            await asyncio.sleep(LOOK_SECONDS)


async def _has_state(site: Site, made: Settings, role: Role) -> bool:
    topics = app.topics_of(made)
    changelogs = {"correlate": topics.changelog, "heal": topics.heal_changelog, "analyze": topics.analysis_changelog}
    found = await site.offsets.partitions([changelogs[role]])
    return any(end for _, end in (await site.offsets.ends(list(found))).values())
