"""A turn whose records a broker refuses, or acknowledges late: nothing is confirmed that the broker did not confirm."""

import asyncio

import pytest
from confluent_kafka import Consumer, TopicPartition
from memory_kafka import MemoryKafka
from mock_cluster import INVALID_RECORD, NOT_ENOUGH_REPLICAS, PRODUCE, mock_cluster
from rig import IN, OUT, TP, Died, Rig

from argus_streams.streaming.agent import Effects
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing


class Passing:
    """Forwards what it is given."""

    name = "passing"

    async def turn(self, slices):
        return Effects([Outgoing(OUT, None, record.value, partition=0) for piece in slices for record in piece.records])


@pytest.fixture
def cluster():
    with mock_cluster() as cluster:
        cluster.topic(OUT, 1)
        yield cluster


def worker(cluster, kafka):
    """One that reads from memory and writes to the mock cluster; another one is another process."""
    return Rig(kafka, stateless=Passing(), producer=ConfirmedProducer({"bootstrap.servers": cluster.bootstrap}))


def numbered(count):
    kafka = MemoryKafka()
    for number in range(count):
        kafka.append(IN, b"key", b"%d" % number)
    return kafka


def written(cluster):
    consumer = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": "look", "enable.auto.commit": False})
    try:
        _, end = consumer.get_watermark_offsets(TopicPartition(OUT, 0), timeout=10)
        consumer.assign([TopicPartition(OUT, 0, 0)])
        values = []
        while len(values) < end:
            values += [int(message.value()) for message in consumer.consume(100, timeout=1) if not message.error()]
        return values
    finally:
        consumer.close()


def test_no_turn_overtakes_one_that_was_refused_and_a_new_process_writes_both_in_order(cluster):
    async def scenario():
        kafka = numbered(9)
        log = kafka.log(IN)
        refused = await worker(cluster, kafka).join()
        await refused.deliver((TP, refused.chunk(log[:3])))
        cluster.refuse(PRODUCE, INVALID_RECORD)
        for turn in (log[3:6], log[6:]):  # the second would be the successor, did the process live on
            with pytest.raises(Died):
                await refused.deliver((TP, refused.chunk(turn)))
            assert refused.position.done() == {TP: 3}
        assert written(cluster) == [0, 1, 2]

        kafka.places[TP] = (3, "in-id")
        heir = await worker(cluster, kafka).join()
        await heir.deliver_rest()
        assert heir.position.done() == {TP: 9}
        assert written(cluster) == list(range(9))

    asyncio.run(scenario())


def test_errors_that_pass_and_late_acknowledgements_hold_the_turn_and_keep_its_order(cluster):
    async def scenario():
        kafka = numbered(300)
        slow = await worker(cluster, kafka).join()
        cluster.latency(300)
        cluster.refuse(PRODUCE, *[NOT_ENOUGH_REPLICAS] * 3)
        turn = asyncio.create_task(slow.deliver_rest())
        await asyncio.sleep(0.1)
        assert slow.position.done() == {TP: 0}
        await turn
        assert slow.position.done() == {TP: 300}
        assert written(cluster) == list(range(300))

    asyncio.run(scenario())
