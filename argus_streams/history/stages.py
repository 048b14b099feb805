"""How far the stages of a generation have read."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import NamedTuple

from argus_streams import app
from argus_streams.app import Role
from argus_streams.history.site import Site
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition

LOOK_SECONDS = 0.25  # between two looks
STALL_SECONDS = 5.0  # without a commit, which comes every second: nobody works on it


class Stand(NamedTuple):
    """Where one stage stands, in records of its inputs since it began."""

    role: Role
    done: int
    lag: int  # not committed yet


async def stands(site: Site, made: Settings, starts: Mapping[Partition, int]) -> list[Stand]:
    """Where each stage of a generation stands; ``starts`` says where the inputs are read from, else their beginning."""
    return [await _stand(site, made, role, starts) for role in app.MAKING]


async def lagging(site: Site, made: Settings, patience: float) -> Stand | None:
    """Wait until each stage in turn has committed all that its inputs held when it was asked.

    Then all that was there at the beginning has gone through all of them. The first stage that has not after
    ``patience`` seconds in all, or that makes no headway, else ``None``.
    """
    deadline = monotonic() + patience
    for role in app.MAKING:
        tps = list(await site.offsets.partitions(app.inputs(made, role)))
        ends = {tp: end for tp, (_, end) in (await site.offsets.ends(tps)).items()}
        least, moved = sum(ends.values()) + 1, monotonic()
        while lag := sum((await _left(site, made, role, ends)).values()):
            now = monotonic()
            if lag < least:
                least, moved = lag, now
            if now > deadline or now - moved > min(patience, STALL_SECONDS):
                return Stand(role, sum(ends.values()) - lag, lag)
            await asyncio.sleep(LOOK_SECONDS)
    return None


async def _stand(site: Site, made: Settings, role: Role, starts: Mapping[Partition, int]) -> Stand:
    tps = list(await site.offsets.partitions(app.inputs(made, role)))
    bounds = await site.offsets.ends(tps)
    left = await _left(site, made, role, {tp: end for tp, (_, end) in bounds.items()})
    total = sum(end - starts.get(tp, first) for tp, (first, end) in bounds.items())
    return Stand(role, total - sum(left.values()), sum(left.values()))


async def _left(site: Site, made: Settings, role: Role, ends: Mapping[Partition, int]) -> Mapping[Partition, int]:
    """How many records before each end are not committed."""
    committed = await site.offsets.committed(app.group_of(made, role), list(ends))
    left = {tp: end - committed[tp] for tp, end in ends.items() if committed[tp] < end}
    # A log that is written in transactions ends in a marker, which is no record, and which nobody commits.
    written = (app.topics_of(made).replayed, app.topics_of(made).commands)
    marked = {tp: committed[tp] for tp in left if tp.topic in written}
    return {**left, **(await site.offsets.readable(marked))}
