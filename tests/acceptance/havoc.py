"""What goes wrong while bodies are published, one after the other, in an order that the seed decides."""

import asyncio
import signal
import time
from random import Random

from argus_streams import app

WARM_SECONDS = 2.0  # until the first bodies have come through
FROZEN_SECONDS = 14.0  # above the session time-out of 10 s: the group goes on without the frozen one
KILLS, FREEZES, GUESTS = 3, 2, 10  # a kill hits something only now and then: most of a worker's time is between turns


class Havoc:
    """Faults of a stage with a crew called the regulars."""

    def __init__(self, stage, regulars, seed, say):
        self._stage = stage
        self._regulars = regulars
        self._random = Random(seed)  # noqa: S311 - a repeatable plot, no secret
        self._say = say
        self.left = []  # faults still to come, each a coroutine function with its arguments
        self.count = 0

    def everything(self):
        """Kills of each role, a frozen GROUP, a crash of the broker, guests of each role ten times."""
        faults = [(self.kill, role) for role in app.ROLES] * KILLS
        faults += [(self.freeze,)] * FREEZES + [(self.crash,)]
        faults += [(self.guests, number) for number in range(GUESTS)]
        self._random.shuffle(faults)
        return faults

    def all_at_once(self):
        """A kill of each role in one moment."""
        return [(self.kill, *app.ROLES)]

    async def run(self, faults):
        """Let them all happen."""
        self.left = list(faults)
        await asyncio.sleep(WARM_SECONDS)
        while self.left:
            await asyncio.sleep(self._random.uniform(0, 3))
            fault, *arguments = self.left[0]
            began = time.monotonic()
            what = await fault(*arguments)
            self._say(f"  {what}; {time.monotonic() - began:.1f} s")
            self.left.pop(0)
            self.count += 1

    async def kill(self, *roles):
        """As the kernel does when memory is out."""
        for role in roles:
            child = self._regulars.supervisor.children[role]
            before = child.restarts
            self._regulars.supervisor.kill(role)
            while child.restarts == before:  # noqa: ASYNC110 - the supervisor is asked, it does not tell
                await asyncio.sleep(0.1)
        seconds = await self._regulars.ready()
        return f"kill -9 of {' and '.join(roles)}, ready again after {seconds:.1f} s"

    async def freeze(self):
        """GROUP stands still beyond the session time-out while another takes over; then it wakes, left behind."""
        heir = self._stage.crew("heir", ("correlate",))
        await heir.ready()
        process = self._regulars.process("correlate")
        process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(FROZEN_SECONDS)
            share = heir.health("correlate")["partitions"]
        finally:
            process.send_signal(signal.SIGCONT)
        await asyncio.sleep(self._random.uniform(3, 6))
        ended = process.poll()
        await self._regulars.ready()
        code = await self._dismissed(heir)
        fate = "lived" if ended is None else f"ended with {ended}"
        return (
            f"SIGSTOP of correlate for {FROZEN_SECONDS:.0f} s, its heir got {share} partitions, it {fate}, heir {code}"
        )

    async def crash(self):
        """The broker, as in a power cut of its process."""
        self._stage.broker.kill()
        await asyncio.sleep(self._random.uniform(2, 6))
        await asyncio.to_thread(self._stage.broker.restart)
        seconds = await self._regulars.ready()
        return f"kill -9 of the broker, ready {seconds:.1f} s after it was up"

    async def guests(self, number):
        """One more worker of each role joins and leaves; with state on disk and without in turns."""
        guests = self._stage.crew(f"guests-{'disk' if number % 2 else 'memory'}", on_disk=bool(number % 2))
        seconds = await guests.ready()
        await asyncio.sleep(self._random.uniform(1, 4))
        return f"guests joined in {seconds:.1f} s, left with {await self._dismissed(guests)}"

    async def _dismissed(self, crew):
        """Exit codes after SIGTERM."""
        await asyncio.to_thread(crew.supervisor.stop)
        return " ".join(str(child.process.returncode) for child in crew.supervisor.children.values())
