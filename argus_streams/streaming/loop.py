"""The turn: take all that waits, decide, make it durable step by step, confirm.

The order of steps is the promise (docs/adr/0003): forwards and ledger, then the changelog, then the local store, then
the position; each checked before the next begins. A crash at any point repeats effects from the old state, it loses
none. Each step first looks whether the partitions are still ours.
"""

import asyncio
import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any, NamedTuple

from argus_streams import logs
from argus_streams.errors import Misconfigured, Unavailable
from argus_streams.ports.tracing import Nowhere, Tracer
from argus_streams.streaming.agent import Slice, joined
from argus_streams.streaming.decision import Decide, Decided
from argus_streams.streaming.health import Health
from argus_streams.streaming.holding import HOLD_SECONDS, insist
from argus_streams.streaming.meter import Clock, Meter, Unmeasured
from argus_streams.streaming.position import Chunk, Partition, Position
from argus_streams.streaming.producer import ConfirmedProducer
from argus_streams.streaming.reader import Reader
from argus_streams.streaming.restoring import Restoring
from argus_streams.streaming.table import Table

log = logging.getLogger(__name__)

TURN_BYTES = 8 * 1024 * 1024  # of records; as objects they take about three times as much, and as many wait
VERIFY_SECONDS = 60.0


def made_anew(topics: Sequence[str]) -> Unavailable:
    """What ends a worker whose topic is another one now under the same name: all positions in it are void."""
    return Unavailable(f"{', '.join(topics)} was made anew under another id: starting over")


class Left(Exception):  # noqa: N818 - what happened: the partitions went while a turn ran
    """The turn's partitions are no longer ours: drop the rest of it."""


class Engine(NamedTuple):
    """What the loop works with."""

    producer: ConfirmedProducer
    reader: Reader
    position: Position
    health: Health
    meter: Meter
    topic_ids: Mapping[str, str]  # by topic name, as of the start
    tracer: Tracer = Nowhere()


class Loop:
    """Runs the turns of one agent over the chunks that Faust delivers."""

    def __init__(
        self,
        engine: Engine,
        decide: Decide,
        *,
        table: Table | None,
        generation: Callable[[], int],
        fatal: Callable[[BaseException], None],
    ) -> None:
        self._engine = engine
        self._decide = decide
        self._table = table
        self._generation = generation  # of the consumer group, now
        self._fatal = fatal  # ends the process: an error that escapes a turn would let Faust skip what it held
        self._inbox: list[tuple[Partition, Chunk]] = []
        self._waiting = 0  # bytes fetched and not yet taken into a turn
        self._tenure = 0  # moves with every loss and gain of partitions
        self._leaving = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._turns = asyncio.Lock()
        self._restoring = Restoring(table, engine.health, fatal)
        self._verified = monotonic()
        self._stirred = 0  # turns over nothing that changed something
        self.began: float | None = None  # when the running turn did; one that waits for its state has not

    # -- tenancy: called by the transport -------------------------------------------------------------------------

    async def starts(self, tps: Iterable[Partition]) -> Mapping[Partition, tuple[int, str]]:
        """Where to begin: what the group committed under the topic's present id, else the log's beginning."""
        tps, reader = list(tps), self._engine.reader
        committed = await insist(self._engine.health, lambda: reader.committed(tps))
        bounds = await insist(self._engine.health, lambda: reader.bounds(tps))
        starts = {}
        for tp in tps:
            topic_id, place = self._engine.topic_ids[tp.topic], committed[tp]
            valid = place is not None and place[1] == topic_id and place[0] <= bounds[tp][1]
            starts[tp] = (place[0] if place is not None and valid else bounds[tp][0], topic_id)
        self._engine.health.rebalancing = False
        return starts

    def assigned(self, tps: frozenset[Partition]) -> None:
        """Partitions are ours: recover their state in the background, turns wait for it."""
        self._tenure += 1
        self._leaving.clear()
        self._inbox.clear()
        self._waiting = 0
        health = self._engine.health
        health.joined, health.rebalancing, health.partitions = True, bool(tps), len(tps)
        health.go_on("broker", "outside", "setting")  # whatever it was about: it is another tenure now
        health.recovering, health.rebalances = False, health.rebalances + 1
        tenure = self._tenure
        self._restoring.begin({tp.partition for tp in tps}, lambda: tenure == self._tenure)

    async def leave(self, patience: float) -> None:
        """Let the running turn end; after so many seconds its remaining steps are dropped."""
        self._leaving.set()
        self._engine.health.rebalancing = True
        try:
            await asyncio.wait_for(self._idle.wait(), patience)
        except TimeoutError:
            log.warning("a turn did not end within %s s: its remaining steps are dropped", patience)
        self._tenure += 1
        self._restoring.give_up()

    def crowded(self) -> bool:
        """Whether a turn's worth of bytes waits already."""
        return self._waiting >= TURN_BYTES

    def delivered(self, size: int) -> None:
        """So many bytes more wait for a turn."""
        self._waiting += size

    def committed(self, offsets: Mapping[Partition, int]) -> None:
        """The broker has these commits."""
        self._engine.position.committed(offsets)
        self._engine.health.committed = monotonic()

    # -- turns ----------------------------------------------------------------------------------------------------

    async def run(self, chunks: AsyncIterable[Any], more: Callable[[], bool]) -> None:
        """Process chunks for ever; ``more`` says whether another one waits already."""
        async for event in chunks:
            message = event.message
            self._waiting = max(0, self._waiting - event.value.size)
            self._inbox.append((Partition(message.topic, message.partition), event.value))
            if self._leaving.is_set():
                self._inbox.clear()
            elif not more() or sum(chunk.size for _, chunk in self._inbox) >= TURN_BYTES:
                await self._alone(self._over_inbox)

    async def rest(self) -> bool:
        """A turn over nothing, so that what is due by time happens; whether anything did.

        None while records wait that were there a while ago: what is late by the clock may have come in time.
        """
        before = self._stirred
        if self._table is not None and self._restoring.done.is_set() and not self._engine.position.behind():
            await self._alone(self._over_nothing)
        return self._stirred > before

    async def _alone(self, turn: Callable[[int], Awaitable[None]]) -> None:
        """Run a turn beside no other; an error that escapes it ends the process."""
        async with self._turns:
            if self._leaving.is_set():
                self._inbox.clear()
                return
            self._idle.clear()
            try:
                await turn(self._tenure)
            except Left:
                log.info("a turn was dropped: its partitions are no longer ours")
            except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be skipped
                self._fatal(error)
            finally:
                self.began = None
                self._idle.set()

    async def _over_inbox(self, tenure: int) -> None:
        await self._ready(tenure)
        self.began, laps = monotonic(), self._engine.meter.turn()
        slices = await self._take()
        laps.did("take")
        if slices:
            await self._steps(slices, tenure, laps)

    async def _over_nothing(self, tenure: int) -> None:
        await self._ready(tenure)
        self.began = monotonic()
        await self._steps((), tenure, Unmeasured())

    async def _ready(self, tenure: int) -> None:
        while not self._restoring.done.is_set():
            self._still_ours(tenure)
            if self._leaving.is_set():
                raise Left
            try:
                await asyncio.wait_for(self._restoring.done.wait(), 0.2)
            except TimeoutError:
                continue

    async def _take(self) -> list[Slice]:
        position, generation = self._engine.position, self._generation()
        inbox, self._inbox = self._inbox, []
        slices = []
        for tp, chunk in inbox:
            if chunk.generation != generation:
                continue
            self._engine.meter.taken(tp.topic, chunk)
            if position.doubtful(tp, chunk):
                await self._same(tp.topic)
            taken = position.take(tp, chunk, monotonic())
            if taken.records:
                topic_id = position.held()[tp]
                expired = await self._expired(tp, taken.hole) if taken.hole else None
                slices.append(Slice(tp.topic, topic_id, tp.partition, taken.records, expired))
        return joined(slices)

    async def _same(self, topic: str) -> None:
        """End if the topic was made anew: its first records would be taken for repeats of the old one's."""
        found = await insist(self._engine.health, lambda: self._engine.reader.topics([topic]))
        if topic not in found or found[topic][0] != self._engine.topic_ids[topic]:
            raise made_anew([topic])

    async def _expired(self, tp: Partition, hole: tuple[int, int]) -> tuple[int, int] | None:
        """A hole that ends where the log begins was deleted by retention before we read it."""
        bounds = await insist(self._engine.health, lambda: self._engine.reader.bounds([tp]))
        if bounds[tp][0] < hole[1]:
            return None
        self._engine.position.expired[tp.topic] += hole[1] - hole[0]
        told = "%s/%s: offsets %s to %s were deleted by retention before they were read"
        log.error(told, *tp, hole[0], hole[1] - 1, extra=logs.about(*tp, hole[0]))
        return hole

    async def _steps(self, slices: Sequence[Slice], tenure: int, laps: Clock) -> None:
        self._still_ours(tenure)
        effects, changes = await self._held(lambda: self._decide(slices), tenure)
        self._stirred += not slices and bool(effects.records or changes)
        laps.did("decide")
        self._still_ours(tenure)
        await self._engine.producer.write(effects.records)
        laps.did("forward")
        if self._table is not None:
            self._still_ours(tenure)
            await self._keep(self._table, changes, tenure, laps)
        self._still_ours(tenure)
        for piece in slices:
            self._engine.position.confirm(Partition(piece.topic, piece.partition), piece.records[-1].offset + 1)
        health = self._engine.health
        health.turns += 1
        health.records += sum(len(piece.records) for piece in slices)
        laps.end()
        self._engine.meter.written(effects.records, slices)
        self._engine.meter.processed(slices)
        if effects.spans:
            self._engine.tracer.record(effects.spans, monotonic() - (self.began or monotonic()))

    async def _keep(
        self, table: Table, changes: Mapping[tuple[int, bytes], bytes | None], tenure: int, laps: Clock
    ) -> None:
        if changes:
            logged = await table.log(changes)
            laps.did("changelog")
            self._still_ours(tenure)
            table.apply(logged)
            laps.did("store")
            size = sum(len(key) + len(value) for of in logged.changes.values() for key, value in of.items())
            self._engine.meter.logged(table.topic, len(changes), size)
        if monotonic() - self._verified > VERIFY_SECONDS:
            self._verified = monotonic()
            await table.verify()

    async def _held(self, decide: Callable[[], Awaitable[Decided]], tenure: int) -> Decided:
        """Decide; while something outside is down, hold with back-off and say so."""
        pause, health = HOLD_SECONDS[0], self._engine.health
        while True:
            try:
                decided = await decide()
            except (Unavailable, Misconfigured) as error:  # what was right at the start may be mended as it broke
                health.hold("setting" if isinstance(error, Misconfigured) else "outside", str(error))
                log.warning("holding, nothing is skipped: %s; next try in %.1f s", error, pause)
                await self._pause(pause)
                self._still_ours(tenure)
                pause = min(pause * 2, HOLD_SECONDS[1])
            else:
                if {"outside", "setting"} & health.waits.keys():
                    log.info("going on: what was down answers again")
                    health.go_on("outside", "setting")
                return decided

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._leaving.wait(), seconds)
        except TimeoutError:
            return
        raise Left

    def _still_ours(self, tenure: int) -> None:
        if tenure != self._tenure:
            raise Left
