"""Workers that are added and taken away by the half dozen, as an autoscaler does, or replaced, as an upgrade does."""

import asyncio
import contextlib
import shutil
import signal

from launching import STATE
from waiting import until
from watching import watched

from argus_streams import app

FEW, MANY, MOST = 2, 8, 20
STEADY_SECONDS = 8.0  # between two changes


async def each_role_scales_from_two_to_eight_workers_and_back(play):
    """One role after the other: all of them at eight would be forty processes on the test's two cores."""
    async with _two_of_each(play) as rest:
        for role in app.ROLES:
            await _shrunk(play, await _grown(play, role, MANY - FEW, rest), rest)
            await asyncio.sleep(STEADY_SECONDS)


async def a_role_with_state_scales_to_twenty_workers_and_back(play):
    """Then to eight: half of those find the folder that they left, and half an empty one."""
    async with _two_of_each(play) as rest:
        added = await _grown(play, "correlate", MOST - FEW, rest)
        await _shrunk(play, added, rest)
        for crew in added[::2]:
            shutil.rmtree(crew.logs / STATE)
        await _shrunk(play, await _grown(play, "correlate", MANY - FEW, rest), rest)


async def one_worker_is_frozen_while_more_join_than_there_are_partitions(play):
    """At the moment when they join. It is put out of the group; who has nothing to do says that it is ready."""
    async with _two_of_each(play) as (regulars, second):
        for role in ("normalize", "correlate"):
            added = _joining(play, (role,), play.stage.house.partitions)
            await until(lambda: added[0].health(role), "it does not start")  # noqa: B023 - called at once
            frozen = second.process(role)
            frozen.send_signal(signal.SIGSTOP)
            try:
                await play.mended(*added, regulars)
                await asyncio.sleep(STEADY_SECONDS)
            finally:
                frozen.send_signal(signal.SIGCONT)
            crews = [regulars, second, *added]
            await until(lambda: _idle(crews, role) == FEW, f"not {FEW} of {role} are ready and idle")  # noqa: B023 - called at once
            await _shrunk(play, added, [regulars, second])


async def every_worker_is_replaced_one_by_one(play):
    """As in an upgrade: the next one ends when the one before is ready again."""
    async with _two_of_each(play) as crews:
        for role in app.ROLES:
            for crew in crews:
                before = crew.process(role)
                before.send_signal(signal.SIGTERM)
                await until(lambda: crew.process(role) is not before, f"{role} was not started again")  # noqa: B023 - called at once
                await play.mended(crew)


async def normalize_and_correlate_grow_from_one_to_three_and_shrink_back(play):
    """With no wait for anything but what happens."""
    added = _joining(play, ("normalize", "correlate"), 2)
    await play.mended(*added, play.regulars)
    await _shrunk(play, added, [play.regulars])


@contextlib.asynccontextmanager
async def _two_of_each(play):
    """Watched for pauses."""
    crews = [play.regulars, play.stage.crew("second")]
    await play.mended(*crews)
    async with watched(play) as play.pauses:
        await asyncio.sleep(STEADY_SECONDS)
        yield crews
    await play.stage.dismiss(crews[1])


async def _grown(play, role, more, rest):
    """More workers of a role, all at once, as a step of an autoscaler is."""
    added = _joining(play, (role,), more)
    await play.mended(*added, *rest)
    await asyncio.sleep(STEADY_SECONDS)
    return added


def _joining(play, roles, more):
    play.say(f"  {more} more of {', '.join(roles)}")
    return [play.stage.crew(f"{'-'.join(roles)}-{number}", roles) for number in range(more)]


async def _shrunk(play, added, rest):
    """They leave by SIGTERM, all at once; none of it is a crash."""
    codes = await asyncio.gather(*(play.stage.dismiss(crew) for crew in added))
    ends = {code for told in codes for code in told.values()}
    assert ends == {0}, "\n".join([f"{codes}", *(crew.tails() for crew in added)])
    await play.mended(*rest)


def _idle(crews, role):
    """How many are ready and have no partition, once all are ready."""
    told = [crew.health(role) for crew in crews]
    ready = all(health and health["ready"] for health in told)
    return sum(not health["partitions"] for health in told) if ready else None
