"""A turn over nothing, so that what is due by time happens although nothing comes."""

import asyncio

from rig import IN, LOG, OUT, TP, Rig, filled, until

from argus_streams.streaming.agent import Effects
from argus_streams.streaming.producer import Outgoing

KEY = b"due"


class Due:
    """Counts the turns over nothing of each partition, in its state; forwards each."""

    name = "due"

    async def turn(self, slices, state):
        if slices:
            return Effects()
        forwards = []
        for partition in state.partitions():
            rests = int(state.get(partition, KEY) or b"0") + 1
            state.put(partition, KEY, b"%d" % rests)
            forwards.append(Outgoing(OUT, KEY, b"%d" % rests))
        return Effects(forwards)


async def ready(kafka, **more):
    worker = await Rig(kafka, agent=Due(), **more).join()
    await until(lambda: not worker.health.recovering)
    return worker


def test_what_is_due_by_time_is_forwarded_logged_and_kept():
    async def scenario():
        kafka = filled(0)
        worker = await ready(kafka)
        assert [await worker.loop.rest(), await worker.loop.rest()] == [True, True]
        assert [record.value for record in kafka.log(OUT)] == [b"1", b"2"]
        assert worker.table.get((0, KEY)) == b"2"
        assert kafka.log(LOG)[-1].key == KEY

    asyncio.run(scenario())


def test_nothing_is_due_while_records_wait():
    async def scenario():
        kafka = filled(3)
        worker = await ready(kafka)
        worker.position.seen({TP: len(kafka.log(IN))})
        assert not await worker.loop.rest()
        assert kafka.log(OUT) == []
        await worker.deliver_rest()
        worker.commit()
        worker.loop.committed(worker.position.done())
        await worker.loop.rest()
        assert [record.value for record in kafka.log(OUT)] == [b"1"]

    asyncio.run(scenario())


def test_nothing_is_due_before_the_state_is_there_nor_after_the_partitions_went():
    async def scenario():
        kafka = filled(0)
        worker = Rig(kafka, agent=Due())
        await worker.loop.rest()
        await worker.join()
        await until(lambda: not worker.health.recovering)
        await worker.loop.leave(1.0)
        await worker.loop.rest()
        assert kafka.log(OUT) == []

    asyncio.run(scenario())


def test_a_turn_over_nothing_and_one_over_records_do_not_run_at_once():
    class Slow(Due):
        running = 0
        most = 0

        async def turn(self, slices, state):
            Slow.running += 1
            Slow.most = max(Slow.most, Slow.running)
            await asyncio.sleep(0.02)
            Slow.running -= 1
            return await super().turn(slices, state)

    async def scenario():
        kafka = filled(3)
        worker = await Rig(kafka, agent=Slow()).join()
        await until(lambda: not worker.health.recovering)
        await asyncio.gather(worker.loop.rest(), worker.deliver_rest(), worker.loop.rest())
        assert Slow.most == 1
        assert worker.position.done() == {TP: 3}

    asyncio.run(scenario())
