"""Workers that are killed, stand still, come and go."""

import asyncio
import signal

from waiting import until

from argus_streams import app

KILLS = 4  # of each role in each of two crews
FREEZES = 2
FROZEN_SECONDS = 14.0  # above the session time-out of 10 s: the group goes on without the frozen one
SLOW_SECONDS = 0.4  # an acknowledgement takes so long: what is written waits in the frozen one's queue
JOINS = 40


async def all_roles_are_killed_at_once(play):
    """As when the host dies."""
    for role in app.ROLES:
        play.regulars.supervisor.kill(role)
    await ended(play.regulars, *app.ROLES)
    await play.mended(play.regulars)


async def every_role_is_killed_over_and_over(play):
    """`kill -9` as the kernel does when memory is out, in whatever a worker is at, its start among it."""
    others = play.stage.crew("others")
    await others.ready()
    victims = [(crew, role) for crew in (play.regulars, others) for role in app.ROLES] * KILLS
    play.random.shuffle(victims)
    for crew, role in victims:
        await asyncio.sleep(play.random.uniform(0, 3))
        await until(lambda: crew.runs(role), f"{role} was not started again")  # noqa: B023 - called at once
        crew.supervisor.kill(role)
    play.say(f"  {len(victims)} times kill -9; {play.regulars.restarts() + others.restarts()} restarts")
    await play.mended(play.regulars, others)
    await play.stage.dismiss(others)


async def a_worker_with_state_is_frozen_beyond_its_session_and_wakes_with_writes_in_its_queue(play):
    """Rule 4: what a zombie writes late undoes nothing."""
    async with play.stage.house.side_door.opened() as door:
        for number in range(FREEZES):
            zombie = play.stage.beside(f"zombie-{number}", ("correlate",))
            await zombie.ready()
            door.delay(SLOW_SECONDS)
            await asyncio.sleep(play.random.uniform(2, 4))
            process = zombie.process("correlate")
            process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(FROZEN_SECONDS)
            finally:
                process.send_signal(signal.SIGCONT)
            await asyncio.sleep(play.random.uniform(3, 6))
            code = process.poll()
            door.mend()
            await play.mended(play.regulars)
            play.say(f"  SIGSTOP of correlate for {FROZEN_SECONDS:.0f} s; awake, it {_fate(zombie, code)}")
            await play.stage.dismiss(zombie)


def _fate(zombie, code):
    reasons = ("has a newer owner", "its partitions are no longer ours", "were not confirmed")
    told = [reason for reason in reasons if reason in zombie.log("correlate")]
    return f"{'lived' if code is None else f'ended with {code}'} {told}"


async def workers_grow_from_one_to_three_and_back(play):
    """Of each role, under load."""
    more = [play.stage.crew(f"more-{number}", on_disk=bool(number)) for number in range(2)]
    await play.mended(*more)
    await asyncio.sleep(play.random.uniform(4, 6))
    for crew in more:
        await play.stage.dismiss(crew)
        await asyncio.sleep(play.random.uniform(0, 2))
    await play.mended(play.regulars)


async def a_worker_joins_and_leaves_forty_times(play):
    """One of each role in turns, with SIGTERM, its state on disk and in memory."""
    for number in range(JOINS):
        role = list(app.ROLES)[number % len(app.ROLES)]
        guest = play.stage.crew(f"guest-{number % 4}", (role,), on_disk=bool(number % 2))
        await guest.ready()
        await asyncio.sleep(play.random.uniform(0, 1))
        codes = await play.stage.dismiss(guest)
        assert codes == {role: 0}, f"{codes}:\n{guest.tails()}"
    await play.mended(play.regulars)


async def ended(crew, *roles):
    """Wait until the supervisor has noticed, and these were started again."""
    before = {role: crew.process(role) for role in roles}
    await until(lambda: all(crew.process(role) is not before[role] for role in roles), "they were not started again")
