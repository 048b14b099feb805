"""One fault, or several, while bodies are published; then everything is drained and compared."""

import asyncio
import contextlib
import copy
import time
from random import Random

import verdict
from oracle import BROKEN, Maker, Oracle

from argus_streams.auditing.drain import drained

RATE = 300  # bodies/s: what all workers, a broker and a database keep up with on two cores, restarts included
TICK_SECONDS = 0.2
BEHIND_SECONDS = 2.0  # of the load, which is made good; what is beyond is not, or a hiccup would end in a flood
WARM_SECONDS = 2.0  # until the first bodies have come through
DRAIN_SECONDS = 240.0


class Play:
    """A stage with a crew called the regulars, a load, and what must come of it."""

    def __init__(self, stage, bases, seed, say, *, broken=BROKEN, rate=RATE):
        self.stage, self.say = stage, say
        self.random = Random(f"{seed} faults")  # noqa: S311 - a repeatable plot, no secret
        self.maker, self.oracle = Maker(bases, f"{seed} bodies", broken), Oracle()
        self.rate = rate
        self.recovery = 0.0  # s until ready again after the worst of what happened
        self.pauses = None  # of a play that watches for them
        self.audited = True  # whether `argus audit` can compare all; it needs the topics between
        self.refused = set()  # crews that could not run, where a fault expects so
        self.regulars = stage.crew("regulars")
        self._flows, self._paused, self._over = asyncio.Event(), asyncio.Event(), False

    async def run(self, fault, *, restored=False):
        """Let it happen under load, and a fresh worker restore the state afterwards; what came out at the end."""
        async with self._watched():
            await self.regulars.ready()
            async with self._load():
                await asyncio.sleep(WARM_SECONDS)
                await fault(self)
                await self.mended(self.regulars)
            await self.drained()
            if restored:
                await self.restored()
            return await verdict.found(self.stage), await self.stage.audit() if self.audited else []

    @contextlib.contextmanager
    def apart(self, name):
        """The same play for faults that come beside others: with dice of its own, so that a seed repeats both."""
        beside = copy.copy(self)
        beside.random = Random(f"{self.random.random()} {name}")  # noqa: S311 - as above
        yield beside
        self.recovery = max(self.recovery, beside.recovery)

    async def mended(self, *crews):
        """Wait until they are ready, and note how long that took."""
        began = time.monotonic()
        for crew in crews:
            await crew.ready()
        seconds = time.monotonic() - began
        self.recovery = max(self.recovery, seconds)
        self.say(f"  ready again after {seconds:.1f} s")

    async def drained(self):
        done = await drained(self.stage.settings, DRAIN_SECONDS, lambda: None)
        assert done, f"not drained in {DRAIN_SECONDS:.0f} s:\n{self.regulars.tails()}"

    @contextlib.asynccontextmanager
    async def quiet(self):
        """Nothing is published, and all that was is stored."""
        self._flows.clear()
        await self._paused.wait()
        await self.drained()
        try:
            yield
        finally:
            self._flows.set()

    async def replaced(self, **changed):
        """End the regulars in good order, and take others on in their place, who find their state again."""
        await self.stage.dismiss(self.regulars)
        self.regulars = self.stage.crew("regulars", **changed)
        await self.regulars.ready()

    async def restored(self, bodies=600):
        """Others begin with an empty folder, from the changelog alone, and go on counting."""
        await self.stage.dismiss(self.regulars)
        self.regulars = self.stage.crew("heirs")
        await self.regulars.ready()
        await self.stage.publish([self.maker.next() for _ in range(bodies)], self.oracle)
        await self.drained()

    @contextlib.asynccontextmanager
    async def _load(self):
        """Publish at a steady rate."""
        self._flows.set()
        publishing = asyncio.create_task(self._publish())
        try:
            yield
        finally:
            self._over = True
            self._flows.set()
            await publishing

    async def _publish(self):
        due = time.monotonic()
        while not self._over:
            if not self._flows.is_set():
                self._paused.set()
                await self._flows.wait()
                self._paused.clear()
            await self.stage.publish([self.maker.next() for _ in range(int(self.rate * TICK_SECONDS))], self.oracle)
            due = max(due + TICK_SECONDS, time.monotonic() - BEHIND_SECONDS)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    @contextlib.asynccontextmanager
    async def _watched(self):
        """Restart what ends, as production does; what can not run ends the play, but where a fault is about that."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self):
        while True:
            for crew in self.stage.crews:
                if not crew.watch():
                    self.refused.add(crew.logs.name)
            await asyncio.sleep(0.1)
