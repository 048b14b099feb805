"""One worker's loop and table over a Kafka in memory, which die and hold where a test tells them to."""

import asyncio
from types import SimpleNamespace

from counting import COUNT, Counting
from memory_kafka import MemoryKafka
from processes import comes_true
from prometheus_client import CollectorRegistry

from argus_streams.errors import Unavailable
from argus_streams.ports.tracing import Nowhere
from argus_streams.streaming.agent import Effects
from argus_streams.streaming.decision import keyed, plain
from argus_streams.streaming.health import Health
from argus_streams.streaming.loop import Engine, Loop
from argus_streams.streaming.meter import Meter
from argus_streams.streaming.position import Chunk, Partition, Position
from argus_streams.streaming.producer import Outgoing
from argus_streams.streaming.store import MemoryStore
from argus_streams.streaming.table import CLAIM, Table

IN, OUT, LOG = "in", "out", "changelog"
TP, OTHER = Partition(IN, 0), Partition(IN, 1)
IDS = {IN: "in-id", LOG: "log-id"}
STEPS = ["decide", "forwards", "changelog", "store", "confirm"]


class Died(Exception):  # noqa: N818 - what happened to the process
    """The process ended here."""


def die(error):
    raise Died from error


class Journal:
    """What was done, in order; dies after a step if told to."""

    def __init__(self, dies_after=None):
        self.steps = []
        self._dies_after = dies_after

    def did(self, step):
        self.steps.append(step)
        if step == self._dies_after:
            raise Died


class Agent(Counting):
    def __init__(self, journal):
        super().__init__(OUT)
        self._journal = journal

    async def turn(self, slices, state):
        effects = await super().turn(slices, state)
        self._journal.did("decide")
        return effects


class Producer:
    """Writes to the memory Kafka; claims are no step of a turn."""

    def __init__(self, kafka, journal):
        self._kafka, self._journal = kafka, journal

    async def write(self, records):
        places = await self._kafka.write(records)
        if records and records[0].key != CLAIM:
            self._journal.did("changelog" if records[0].topic == LOG else "forwards")
        return places


class Store(MemoryStore):
    """A disk: it outlives workers, and their recovery is no step of a turn."""

    journal = Journal()

    def write(self, partition, changes, mark):
        super().write(partition, changes, mark)
        if changes:
            self.journal.did("store")


class Confirmed(Position):
    def __init__(self, journal):
        super().__init__()
        self._journal = journal

    def confirm(self, tp, end):
        super().confirm(tp, end)
        self._journal.did("confirm")


class Rig:
    """One worker over the memory Kafka."""

    def __init__(
        self,
        kafka,
        journal=None,
        *,
        store=None,
        agent=None,
        reader=None,
        stateless=None,
        producer=None,
        metrics=None,
        tracer=None,
    ):
        journal = journal or Journal()
        self.kafka, self.store = kafka, store or MemoryStore()
        kafka.ids = IDS | kafka.ids
        self.position, self.health = Confirmed(journal), Health("role")
        producer, meter = producer or Producer(kafka, journal), Meter(metrics or CollectorRegistry())
        engine = Engine(producer, reader or kafka, self.position, self.health, meter, IDS, tracer or Nowhere())
        self.table = Table(LOG, "log-id", store=self.store, producer=producer, reader=reader or kafka, worker="w")
        decide = plain(stateless) if stateless else keyed(agent or Agent(journal), self.table)
        table = None if stateless else self.table
        self.loop = Loop(engine, decide, table=table, generation=lambda: 1, fatal=die)
        self.numbers = iter(range(10**6))

    async def join(self, *tps):
        """As a rebalance does."""
        tps = tps or (TP,)
        self.loop.assigned(frozenset(tps))
        for tp, (offset, topic_id) in (await self.loop.starts(tps)).items():
            self.position.reset(tp, offset, topic_id, 0.0)
        return self

    async def deliver(self, *chunks, more=lambda: False):
        async def stream():
            for tp, chunk in chunks:
                yield SimpleNamespace(message=SimpleNamespace(topic=tp.topic, partition=tp.partition), value=chunk)

        await self.loop.run(stream(), more)

    async def deliver_rest(self, tp=TP):
        """What lies in the log from the position on."""
        records = self.kafka.log(*tp)[self.position.done()[tp] :]
        if records:
            await self.deliver((tp, self.chunk(records)))

    def chunk(self, records, *, generation=1, size=1):
        return Chunk(records, size=size, fetch=next(self.numbers), generation=generation)

    def commit(self):
        for tp, done in self.position.done().items():
            self.kafka.places[tp] = (done, IDS[tp.topic])

    def count(self, key, partition=0):
        stored = self.table.get((partition, key))
        return COUNT.unpack(stored)[0] if stored else 0


def filled(count, partitions=(0,)):
    kafka = MemoryKafka()
    for partition in partitions:
        for number in range(count):
            kafka.append(IN, b"key-%d" % (number % 3), b"", partition)
    return kafka


async def until(condition):
    assert await asyncio.to_thread(comes_true, condition, 5)


class Taking:
    """A stateless agent that notes what it was given, and forwards what it is told to."""

    name = "taking"

    def __init__(self, *, unavailable=0):
        self.turns = []
        self.unavailable = unavailable

    async def turn(self, slices):
        self.turns.append([(piece.partition, [r.offset for r in piece.records], piece.expired) for piece in slices])
        if len(self.turns) <= self.unavailable:
            raise Unavailable("the database is down")
        return Effects([Outgoing(OUT, b"", b"")])


class Late:
    """A reader whose bounds come when they are let go."""

    def __init__(self, kafka):
        self._kafka = kafka
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def committed(self, tps):
        return await self._kafka.committed(tps)

    async def bounds(self, tps):
        self.asked.set()
        await self.go.wait()
        return await self._kafka.bounds(tps)
