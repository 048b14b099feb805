"""Partitions come and go while turns run and states recover: nothing of one tenure reaches into the next."""

import asyncio

import pytest
from counting import Counting
from rig import IN, LOG, OTHER, OUT, TP, Late, Rig, Taking, filled, until

from argus_streams.errors import Unavailable
from argus_streams.streaming.position import Chunk
from argus_streams.streaming.table import CLAIM


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
        await worker.loop.leave(8.0)
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
        await worker.loop.leave(8.0)
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
        leaving = asyncio.create_task(worker.loop.leave(8.0))
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
        await worker.loop.leave(8.0)
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
        await worker.loop.leave(8.0)
        await worker.join(TP)
        await until(lambda: worker.table.ready([0]))
        await asyncio.sleep(0.8)
        assert worker.table.ready([0])
        assert not worker.table.ready([1])
        assert len(kafka.log(LOG, 1)) == claims
        await worker.deliver_rest()
        assert worker.count(b"key-0") == 1

    asyncio.run(scenario())
