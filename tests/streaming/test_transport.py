"""Faust's consumer as we made it: a fetch becomes chunks, and a commit is what was confirmed."""

import asyncio
from types import SimpleNamespace

import faust
import pytest
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaConnectionError
from faust.types.tuples import TP
from memory_kafka import Record

from argus_streams.streaming import transport
from argus_streams.streaming.consumer_thread import Dropped
from argus_streams.streaming.position import Partition, Position
from argus_streams.streaming.tenancy import Tenancy
from argus_streams.streaming.transport import install

HERE, THERE = TP("in", 0), TP("in", 1)


class Driver:
    """Stands where aiokafka's consumer does."""

    def __init__(self, *errors):
        self.commits = []
        self._errors = list(errors)

    async def commit(self, offsets):
        if self._errors:
            raise self._errors.pop(0)
        self.commits.append({(tp.partition, place.offset, place.metadata) for tp, place in offsets.items()})


REST = {
    "crowded": lambda: False,
    "delivered": lambda _: None,
    "committed": lambda _: None,
    "state_id": "log-id",
    "asking": lambda: None,
    "refusals": None,
}


def offline(driver, fetched=()):
    """Our consumer in an app that was never started, its fetches and its assignment given."""
    app = faust.App("transport", broker="kafka://127.0.0.1:1", web_enabled=False)
    position = Position()
    install(app, Tenancy(position=position, salvage=None, starts=None, assigned=None, leave=_nothing, **REST))
    consumer = app.transport.Consumer(app.transport, _nothing, on_partitions_revoked=None, on_partitions_assigned=None)
    app._producer = SimpleNamespace(flush=_nothing)  # noqa: SLF001 - Faust's own, which we do not use
    app.consumer_generation_id = 7
    thread = consumer._thread  # noqa: SLF001
    consumer.assignment = thread.assignment = lambda: {HERE, THERE}
    thread._ensure_consumer = lambda: driver  # noqa: SLF001
    consumer._commit = thread._commit  # noqa: SLF001 - no thread of its own here
    fetches = iter(fetched)

    async def wait_next_records(_timeout):
        fetched = next(fetches, {})
        if isinstance(fetched, Exception):
            raise fetched
        return fetched, None

    consumer._wait_next_records = wait_next_records  # noqa: SLF001
    consumer.highwater = lambda _tp: 0
    return consumer, position


async def _nothing(*_):
    return None


def begun(consumer, position, *tps, at=0):
    for tp in tps:
        position.reset(Partition(*tp), at, "topic-id", 0.0)
        consumer._committed_offset[tp] = None  # noqa: SLF001


def records(partition, *offsets):
    return [Record("in", partition, offset, b"key", b"value", timestamp=5) for offset in offsets]


def run(scenario):
    return asyncio.run(scenario())


# -- commit -----------------------------------------------------------------------------------------------------------


def test_a_commit_is_what_was_confirmed_with_the_ids_of_the_topic_and_of_the_state():
    async def scenario():
        driver = Driver()
        consumer, position = offline(driver)
        begun(consumer, position, HERE, THERE)
        position.confirm(Partition(*HERE), 5)
        await consumer.commit()
        await consumer.commit()
        position.confirm(Partition(*THERE), 3)
        await consumer.commit()
        return driver.commits

    assert run(scenario) == [{(0, 5, "topic-id log-id\0")}, {(1, 3, "topic-id log-id\0")}]


@pytest.mark.parametrize(
    "error", [KafkaConnectionError("the broker is away"), CommitFailedError("rebalanced"), IllegalStateError("gone")]
)
def test_a_commit_that_failed_is_tried_again_also_where_no_record_follows(error):
    async def scenario():
        driver = Driver(error)
        consumer, position = offline(driver)
        begun(consumer, position, HERE)
        position.confirm(Partition(*HERE), 5)
        assert not await consumer.commit()
        assert await consumer.commit()
        return driver.commits

    assert run(scenario) == [{(0, 5, "topic-id log-id\0")}]


def test_a_failed_commit_never_goes_behind_one_that_was_made():
    async def scenario():
        driver = Driver()
        consumer, position = offline(driver)
        begun(consumer, position, HERE)
        for end in (5, 9):
            position.confirm(Partition(*HERE), end)
            await consumer.commit()
        driver._errors = [KafkaConnectionError("the broker is away")]  # noqa: SLF001
        position.confirm(Partition(*HERE), 12)
        await consumer.commit()
        return consumer._committed_offset[HERE]  # noqa: SLF001

    assert run(scenario) == 9


def test_partitions_that_were_given_up_are_not_committed():
    async def scenario():
        driver = Driver()
        consumer, position = offline(driver)
        begun(consumer, position, HERE, THERE)
        for tp in (HERE, THERE):
            position.confirm(Partition(*tp), 5)
        position.forget([Partition(*THERE)])
        await consumer.commit()
        return driver.commits

    assert run(scenario) == [{(0, 5, "topic-id log-id\0")}]


class Slow(Driver):
    """A broker that takes its time for the first commit."""

    def __init__(self):
        super().__init__()
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def commit(self, offsets):
        self.asked.set()
        await self.go.wait()
        await super().commit(offsets)


def test_what_a_turn_did_while_another_commit_was_under_way_is_committed_before_partitions_go():
    """Faust takes the commit that is under way for ours: those records came twice."""

    async def scenario():
        driver = Slow()
        consumer, position = offline(driver)
        begun(consumer, position, HERE)
        position.confirm(Partition(*HERE), 5)
        under_way = asyncio.create_task(consumer.commit())
        await driver.asked.wait()
        position.confirm(Partition(*HERE), 8)
        leaving = asyncio.create_task(consumer.wait_empty())
        await asyncio.sleep(0)
        driver.go.set()
        await asyncio.gather(under_way, leaving)
        return driver.commits

    assert run(scenario) == [{(0, 5, "topic-id log-id\0")}, {(0, 8, "topic-id log-id\0")}]


def test_a_coordinator_that_never_answers_does_not_hold_a_rebalance_for_ever(monkeypatch):
    async def scenario():
        monkeypatch.setattr(transport, "LEAVE_SECONDS", (1.0, 0.05))
        driver = Slow()
        consumer, position = offline(driver)
        begun(consumer, position, HERE)
        position.confirm(Partition(*HERE), 5)
        ended, _ = await asyncio.wait({asyncio.create_task(consumer.wait_empty())}, timeout=10)
        return driver.asked.is_set(), driver.commits, len(ended)

    assert run(scenario) == (True, [], 1)


# -- fetch ------------------------------------------------------------------------------------------------------------


async def delivered(consumer):
    return [(tp, message) async for tp, message in consumer.getmany(1.0)]


def test_what_a_fetch_brought_of_a_partition_is_one_message():
    async def scenario():
        consumer, position = offline(Driver(), [{HERE: records(0, 3, 4, 5), THERE: records(1, 8)}])
        begun(consumer, position, HERE, THERE)
        return await delivered(consumer)

    (here, first), (there, second) = run(scenario)
    assert (here, there) == (HERE, THERE)
    assert [record.offset for record in first.value.records] == [3, 4, 5]
    assert (first.offset, first.generation_id, first.value.generation, first.value.size) == (5, 7, 7, 24)
    assert [record.offset for record in second.value.records] == [8]


def test_fetches_of_a_partition_are_numbered_also_those_that_a_stopped_flow_drops():
    async def scenario():
        consumer, position = offline(Driver(), [{HERE: records(0, 0)}, {HERE: records(0, 1)}, {HERE: records(0, 2)}])
        begun(consumer, position, HERE)
        first = await delivered(consumer)
        consumer.flow_active = False
        assert await delivered(consumer) == []
        consumer.flow_active = True
        return [message.value.fetch for _, message in first + await delivered(consumer)]

    assert run(scenario) == [0, 2]


def test_a_hole_is_sought_before_the_next_fetch_and_what_comes_answers_it():
    async def scenario():
        consumer, position = offline(Driver(), [{HERE: records(0, 4)}, {HERE: records(0, 0, 1, 2, 3, 4)}])
        sought = []

        async def seek(tp, offset):
            sought.append((tp, offset))

        consumer._seek = seek  # noqa: SLF001
        begun(consumer, position, HERE)
        for expected in ([], [0, 1, 2, 3, 4]):
            for tp, message in await delivered(consumer):
                taken = position.take(Partition(*tp), message.value, 0.0)
                assert [record.offset for record in taken.records] == expected
        return sought

    assert run(scenario) == [(HERE, 0)]


def test_a_fetch_that_could_not_be_decoded_takes_the_answer_to_a_question_with_it():
    async def scenario():
        consumer, position = offline(Driver(), [{HERE: records(0, 4)}, Dropped(), {HERE: records(0, 6)}])
        sought = []

        async def seek(tp, offset):
            sought.append((tp, offset))

        consumer._seek = seek  # noqa: SLF001
        begun(consumer, position, HERE)
        for _ in range(4):
            for tp, message in await delivered(consumer):
                assert not position.take(Partition(*tp), message.value, 0.0).records  # a hole that nobody answered for
        return sought

    assert run(scenario) == [(HERE, 0), (HERE, 0)]


def test_a_partition_that_has_just_gone_does_not_end_the_fetch():
    async def scenario():
        consumer, position = offline(Driver(), [{HERE: records(0, 4)}, {HERE: records(0, 5)}])

        async def seek(_tp, _offset):
            raise IllegalStateError

        consumer._seek = seek  # noqa: SLF001
        begun(consumer, position, HERE)
        for tp, message in await delivered(consumer):
            position.take(Partition(*tp), message.value, 0.0)
        return await delivered(consumer)

    assert len(run(scenario)) == 1
