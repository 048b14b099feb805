"""A turn's steps come in one order; a crash after any of them repeats effects, and loses none."""

import asyncio
from types import SimpleNamespace

import pytest
from counting import COUNT, Counting
from memory_kafka import MemoryKafka
from processes import comes_true

from argus_streams.errors import Unavailable
from argus_streams.streaming.agent import Effects
from argus_streams.streaming.health import Health
from argus_streams.streaming.loop import TURN_BYTES, Engine, Loop, keyed, plain
from argus_streams.streaming.position import Chunk, Partition, Position
from argus_streams.streaming.producer import NotDelivered, Outgoing
from argus_streams.streaming.store import MemoryStore
from argus_streams.streaming.table import CLAIM, Fenced, Table

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

    def __init__(self, kafka, journal=None, *, store=None, agent=None, reader=None, stateless=None):
        journal = journal or Journal()
        self.kafka, self.store = kafka, store or MemoryStore()
        self.position, self.health = Confirmed(journal), Health("role")
        producer = Producer(kafka, journal)
        engine = Engine(producer, reader or kafka, self.position, self.health, IDS)
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


# -- order and crashes ------------------------------------------------------------------------------------------------


def test_a_turn_forwards_then_logs_then_stores_then_confirms():
    async def scenario():
        Store.journal = journal = Journal()
        worker = await Rig(filled(6), journal, store=Store()).join()
        await worker.deliver_rest()
        assert journal.steps == STEPS
        assert worker.position.done() == {TP: 6}
        assert (worker.health.turns, worker.health.records) == (1, 6)

    asyncio.run(scenario())


@pytest.mark.parametrize("disk", ["kept", "lost"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_repeats_effects_and_counts_each_record_once(step, disk):
    async def scenario():
        kafka, store = filled(6), Store()
        Store.journal = journal = Journal(dies_after=step)
        worker = await Rig(kafka, journal, store=store).join()
        with pytest.raises(Died):
            await worker.deliver_rest()
        assert (worker.position.done()[TP] == 6) == (step == "confirm")
        worker.commit()

        Store.journal = Journal()
        again = await Rig(kafka, store=store if disk == "kept" else MemoryStore()).join()
        for number in range(6, 9):
            kafka.append(IN, b"key-%d" % (number % 3), b"")
        await until(lambda: not again.health.recovering)
        await again.deliver_rest()
        assert [again.count(b"key-%d" % n) for n in range(3)] == [3, 3, 3]
        told = {int(record.value.split()[2]) for record in kafka.log(OUT)}
        assert told == set(range(9))
        assert again.position.done() == {TP: 9}

    asyncio.run(scenario())


@pytest.mark.parametrize("error", [NotDelivered("refused"), RuntimeError("unforeseen")])
def test_an_error_in_a_step_ends_the_process_and_confirms_nothing(error):
    async def fails(_slices):
        raise error

    async def scenario():
        worker = await Rig(filled(3), stateless=SimpleNamespace(turn=fails)).join()
        with pytest.raises(Died):
            await worker.deliver_rest()
        assert worker.position.done() == {TP: 0}

    asyncio.run(scenario())


def test_a_newer_owner_ends_the_process_before_its_store_is_touched():
    async def scenario():
        kafka = filled(3)
        zombie = await Rig(kafka).join()
        await until(lambda: not zombie.health.recovering)
        owner = await Rig(kafka).join()
        await until(lambda: not owner.health.recovering)
        with pytest.raises(Died) as died:
            await zombie.deliver_rest()
        assert isinstance(died.value.__cause__, Fenced)
        assert zombie.count(b"key-0") == 0
        assert zombie.position.done() == {TP: 0}

    asyncio.run(scenario())


# -- what makes a turn ------------------------------------------------------------------------------------------------


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


def test_chunks_that_wait_together_are_one_turn():
    async def scenario():
        agent, kafka = Taking(), filled(4, (0, 1))
        worker = await Rig(kafka, stateless=agent).join(TP, OTHER)
        waiting = iter([True, True, False])
        chunks = [(TP, kafka.log(IN)[:2]), (OTHER, kafka.log(IN, 1)), (TP, kafka.log(IN)[2:])]
        await worker.deliver(*((tp, worker.chunk(r)) for tp, r in chunks), more=lambda: next(waiting))
        assert agent.turns == [[(0, [0, 1], None), (1, [0, 1, 2, 3], None), (0, [2, 3], None)]]

    asyncio.run(scenario())


def test_a_turn_is_not_larger_than_memory_allows_however_much_waits():
    async def scenario():
        agent, kafka = Taking(), filled(4)
        worker = await Rig(kafka, stateless=agent).join()
        chunks = [(TP, worker.chunk([record], size=TURN_BYTES // 2)) for record in kafka.log(IN)]
        await worker.deliver(*chunks, more=lambda: True)
        assert [turn[0][1] + turn[1][1] for turn in agent.turns] == [[0, 1], [2, 3]]

    asyncio.run(scenario())


def test_a_chunk_of_another_generation_is_nobodys():
    async def scenario():
        agent, kafka = Taking(), filled(2)
        worker = await Rig(kafka, stateless=agent).join()
        await worker.deliver((TP, worker.chunk(kafka.log(IN), generation=0)))
        assert agent.turns == []
        await worker.deliver_rest()
        assert agent.turns == [[(0, [0, 1], None)]]

    asyncio.run(scenario())


@pytest.mark.parametrize(("first", "expired"), [(3, (0, 3)), (0, None)], ids=["retention", "compaction"])
def test_only_a_hole_that_ends_where_the_log_begins_is_told_as_expired(first, expired):
    async def scenario():
        agent, kafka = Taking(), filled(5)
        kafka.first[TP] = first
        worker = await Rig(kafka, stateless=agent).join()
        worker.position.reset(TP, 0, "in-id", 0.0)
        await worker.deliver((TP, worker.chunk(kafka.log(IN)[3:])))
        worker.position.asked(TP, 0.0)
        answer = Chunk(kafka.log(IN)[3:], size=1, fetch=worker.position.fetches()[TP], generation=1)
        await worker.deliver((TP, answer))
        assert agent.turns == [[(0, [3, 4], expired)]]

    asyncio.run(scenario())


# -- something outside is down ----------------------------------------------------------------------------------------


def test_while_something_is_down_the_turn_is_held_declared_and_then_made_with_the_same_records():
    async def scenario():
        agent, kafka = Taking(unavailable=1), filled(3)
        worker = await Rig(kafka, stateless=agent).join()
        turn = asyncio.create_task(worker.deliver_rest())
        await until(lambda: worker.health.holding)
        assert worker.health.obstacles() == ["holding: the database is down"]
        assert worker.position.done() == {TP: 0}
        await turn
        assert agent.turns[0] == agent.turns[1] == [(0, [0, 1, 2], None)]
        assert worker.position.done() == {TP: 3}
        assert worker.health.obstacles() == []

    asyncio.run(scenario())


class Hesitating(Counting):
    """Changes state, and only then finds that something is down."""

    def __init__(self):
        super().__init__(OUT)
        self.down = True

    async def turn(self, slices, state):
        effects = await super().turn(slices, state)
        if self.down:
            raise Unavailable("the database is down")
        return effects


def test_a_turn_whose_partitions_leave_is_dropped_with_what_it_had_changed():
    async def scenario():
        kafka, agent = filled(3), Hesitating()
        worker = await Rig(kafka, agent=agent).join()
        turn = asyncio.create_task(worker.deliver_rest())
        await until(lambda: worker.health.holding)
        await worker.loop.leave()
        await turn
        assert worker.position.done() == {TP: 0}
        assert kafka.log(OUT) == []
        assert [record.key for record in kafka.log(LOG)] == [CLAIM]

        agent.down = False
        await worker.join()
        await worker.deliver_rest()
        assert worker.count(b"key-0") == 1

    asyncio.run(scenario())


def test_a_worker_whose_held_partitions_left_for_others_is_ready():
    async def scenario():
        worker = await Rig(filled(3), agent=Hesitating()).join()
        turn = asyncio.create_task(worker.deliver_rest())
        await until(lambda: worker.health.holding)
        await worker.loop.leave()
        await turn
        worker.loop.assigned(frozenset())
        assert worker.health.obstacles() == []

    asyncio.run(scenario())


class Slow(Counting):
    """Decides only when it is let go."""

    def __init__(self):
        super().__init__(OUT)
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def turn(self, slices, state):
        effects = await super().turn(slices, state)
        self.begun.set()
        await self.go.wait()
        return effects


def test_a_rebalance_waits_for_the_running_turn():
    async def scenario():
        agent = Slow()
        worker = await Rig(filled(3), agent=agent).join()
        turn = asyncio.create_task(worker.deliver_rest())
        await agent.begun.wait()
        leaving = asyncio.create_task(worker.loop.leave())
        await asyncio.sleep(0.05)
        assert not leaving.done()
        agent.go.set()
        await asyncio.gather(leaving, turn)
        assert worker.position.done() == {TP: 3}

    asyncio.run(scenario())


def test_a_turn_that_outlasts_its_tenure_writes_nothing():
    async def scenario():
        agent, kafka = Slow(), filled(3)
        worker = await Rig(kafka, agent=agent).join()
        turn = asyncio.create_task(worker.deliver_rest())
        await agent.begun.wait()
        await worker.join()
        agent.go.set()
        await turn
        assert worker.position.done() == {TP: 0}
        assert kafka.log(OUT) == []
        assert {record.key for record in kafka.log(LOG)} == {CLAIM}

    asyncio.run(scenario())


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


def test_a_turn_whose_partitions_left_before_it_was_decided_is_not_decided():
    async def scenario():
        agent, kafka = Taking(), filled(5)
        kafka.first[TP] = 3
        reader = Late(kafka)
        worker = await Rig(kafka, stateless=agent, reader=reader).join()
        worker.position.reset(TP, 0, "in-id", 0.0)
        worker.position.asked(TP, 0.0)
        answer = Chunk(kafka.log(IN)[3:], size=1, fetch=worker.position.fetches()[TP], generation=1)
        reader.asked.clear()
        reader.go.clear()
        turn = asyncio.create_task(worker.deliver((TP, answer)))
        await reader.asked.wait()
        worker.loop.assigned(frozenset())
        worker.position.forget([TP])
        reader.go.set()
        await turn
        assert agent.turns == []

    asyncio.run(scenario())


def test_what_arrives_while_partitions_leave_is_not_begun():
    async def scenario():
        agent = Taking()
        worker = await Rig(filled(3), stateless=agent).join()
        await worker.loop.leave()
        await worker.deliver_rest()
        assert agent.turns == []

    asyncio.run(scenario())


# -- start and recovery -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("committed", "start"),
    [
        ((4, "in-id"), 4),
        (None, 2),
        ((4, "id of a deleted topic"), 2),
        ((4, ""), 2),
        ((7, "in-id"), 2),
        ((1, "in-id"), 1),
    ],
    ids=["ours", "none", "another topic's", "nobody's", "behind the end", "before the beginning"],
)
def test_reading_begins_at_what_was_committed_under_the_topic_s_id_else_at_the_beginning(committed, start):
    async def scenario():
        kafka = filled(6)
        kafka.first[TP] = 2
        kafka.places[TP] = committed
        assert await Rig(kafka).loop.starts([TP]) == {TP: (start, "in-id")}

    asyncio.run(scenario())


class Away:
    """A reader that answers only once the broker is back."""

    def __init__(self, kafka, away):
        self._kafka, self._away = kafka, away

    async def committed(self, tps):
        return await self._kafka.committed(tps)

    async def bounds(self, tps):
        self._away -= any(tp.topic == LOG for tp in tps)
        if self._away >= 0 and any(tp.topic == LOG for tp in tps):
            raise Unavailable("the broker does not answer")
        return await self._kafka.bounds(tps)

    def read(self, spans, stop):
        return self._kafka.read(spans, stop)


def test_no_turn_begins_before_the_state_is_recovered():
    async def scenario():
        kafka = filled(3)
        worker = await Rig(kafka, reader=Away(kafka, 1)).join()
        turn = asyncio.create_task(worker.deliver_rest())
        await asyncio.sleep(0.1)
        assert worker.health.recovering
        assert not kafka.log(OUT)
        await turn
        assert len(kafka.log(OUT)) == 3
        assert worker.health.obstacles() == []

    asyncio.run(scenario())


def test_a_recovery_that_was_put_off_is_not_taken_up_for_partitions_that_left():
    """It would claim what belongs to others, and take from us what we own."""

    async def scenario():
        kafka = filled(3, (0, 1))
        worker = await Rig(kafka, reader=Away(kafka, 1)).join(TP, OTHER)
        await until(lambda: worker.health.holding)
        claims = len(kafka.log(LOG, 1))
        await worker.loop.leave()
        await worker.join(TP)
        await until(lambda: worker.table.ready([0]))
        await asyncio.sleep(0.8)
        assert worker.table.ready([0])
        assert not worker.table.ready([1])
        assert len(kafka.log(LOG, 1)) == claims
        await worker.deliver_rest()
        assert worker.count(b"key-0") == 1

    asyncio.run(scenario())
