"""A record is confirmed by the broker, or the writer is told; nothing overtakes what failed."""

import asyncio
import re
import time

import pytest
from confluent_kafka import Consumer, TopicPartition
from mock_cluster import INVALID_RECORD, NOT_ENOUGH_REPLICAS, NOT_LEADER, PRODUCE, mock_cluster
from processes import comes_true

from argus_streams.streaming.producer import SETTINGS, ConfirmedProducer, NotDelivered, Outgoing, PlacingProducer


@pytest.fixture(scope="module")
def cluster():
    with mock_cluster() as cluster:
        yield cluster


@pytest.fixture
def topic(cluster, request):
    name = re.sub(r"\W", "_", request.node.name)
    cluster.topic(name, 4)
    return name


@pytest.fixture(params=[ConfirmedProducer, PlacingProducer])
def kind(request):
    """What holds for both."""
    return request.param


@pytest.fixture
def write(cluster, kind):
    """Write with one producer, as a worker does."""
    producer = kind({"bootstrap.servers": cluster.bootstrap})
    return lambda records: asyncio.run(producer.write(records))


@pytest.fixture
def place(cluster):
    """Write, and learn where."""
    producer = PlacingProducer({"bootstrap.servers": cluster.bootstrap})
    return lambda records: asyncio.run(producer.write(records))


def numbers(topic, count, partition=0, start=0):
    return [Outgoing(topic, b"k", b"%d" % n, partition=partition) for n in range(start, start + count)]


def logged(cluster, topic, partition=0):
    """The values of a partition, as a consumer finds them."""
    consumer = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": "look", "enable.auto.commit": False})
    try:
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)
        consumer.assign([TopicPartition(topic, partition, 0)])
        values = []
        while len(values) < end:
            values += [message.value() for message in consumer.consume(1000, timeout=1) if not message.error()]
        return values
    finally:
        consumer.close()


def test_places_come_back_in_the_order_of_the_records(cluster, topic, place):
    places = place([record for n in range(50) for p in (2, 0) for record in numbers(topic, 1, p, n)])
    assert places == [(partition, offset) for offset in range(50) for partition in (2, 0)]
    assert logged(cluster, topic, 2) == [b"%d" % n for n in range(50)]


def test_writing_nothing_asks_nobody(cluster, write):
    cluster.down()
    assert not write([])
    cluster.up()


def test_keys_find_their_partition_as_java_and_aiokafka_do(topic, place):
    from aiokafka.partitioner import murmur2  # noqa: PLC0415 - the other side of the comparison

    keys = [b"shop:v1:%d" % n for n in range(40)]
    places = place([Outgoing(topic, key, b"") for key in keys])
    assert [partition for partition, _ in places] == [(murmur2(key) & 0x7FFFFFFF) % 4 for key in keys]


def test_headers_arrive(cluster, topic, write):
    write([Outgoing(topic, None, None, [("ce_id", b"1"), ("empty", b"")], partition=0)])
    consumer = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": "look"})
    consumer.assign([TopicPartition(topic, 0, 0)])
    message = consumer.poll(10)
    consumer.close()
    assert (message.key(), message.value()) == (None, None)
    assert message.headers() == [("ce_id", b"1"), ("empty", b"")]


def test_a_refused_record_is_told_and_nothing_written_later_overtakes_it(cluster, topic, write):
    write(numbers(topic, 3))
    cluster.refuse(PRODUCE, INVALID_RECORD)
    with pytest.raises(NotDelivered, match="refused a record"):
        write(numbers(topic, 5, start=3))
    with pytest.raises(NotDelivered):
        write(numbers(topic, 5, start=8))
    assert logged(cluster, topic) == [b"0", b"1", b"2"]


def test_one_refused_partition_is_enough_to_be_told(cluster, topic, write):
    cluster.refuse(PRODUCE, INVALID_RECORD)
    with pytest.raises(NotDelivered):
        write([record for partition in range(4) for record in numbers(topic, 5, partition)])


def test_refusals_of_several_partitions_at_once_are_told_as_one_is(cluster, topic, kind):
    for _ in range(20):  # one time in ten confluent-kafka raises a SystemError
        producer = kind({"bootstrap.servers": cluster.bootstrap})
        cluster.refuse(PRODUCE, *[INVALID_RECORD] * 4)
        with pytest.raises(NotDelivered):
            asyncio.run(producer.write([each for partition in range(4) for each in numbers(topic, 50, partition)]))
        cluster.clear(PRODUCE)


def test_a_record_larger_than_the_producer_takes_is_told(topic, write):
    with pytest.raises(NotDelivered, match="refused a record"):
        write([Outgoing(topic, b"k", b"x" * (SETTINGS["message.max.bytes"] + 1), partition=0)])


def test_a_passing_error_is_tried_again_in_order(cluster, topic, write):
    cluster.refuse(PRODUCE, *[NOT_ENOUGH_REPLICAS] * 3)
    write(numbers(topic, 500))
    assert logged(cluster, topic) == [b"%d" % n for n in range(500)]


def test_what_a_partition_refuses_while_it_is_made_is_not_taken_for_written_once_it_takes_the_next(
    cluster, topic, write
):
    large = [Outgoing(topic, b"k", b"%d" % n * 700_000, partition=0) for n in range(4)]  # each a request of its own
    cluster.latency(100)
    cluster.refuse(PRODUCE, NOT_LEADER)
    write(large)
    cluster.latency(0)
    assert logged(cluster, topic) == [record.value for record in large]


def test_a_slow_broker_is_waited_for(cluster, topic, write):
    write(numbers(topic, 1))
    cluster.latency(300)
    started = time.monotonic()
    write(numbers(topic, 10))
    assert time.monotonic() - started >= 0.3
    cluster.latency(0)
    assert logged(cluster, topic) == [*[b"0"], *[b"%d" % n for n in range(10)]]


def test_a_broker_that_comes_back_is_given_everything_once_and_in_order(cluster, topic, write):
    async def outage():
        writing = asyncio.create_task(asyncio.to_thread(write, numbers(topic, 200, start=1)))
        await asyncio.sleep(1)
        assert not writing.done()
        cluster.up()
        return await writing

    write(numbers(topic, 1))
    cluster.down()
    asyncio.run(outage())
    assert logged(cluster, topic) == [b"%d" % n for n in range(201)]


def test_what_the_broker_has_not_acknowledged_is_counted(cluster, topic, kind):
    async def outage():
        producer = kind({"bootstrap.servers": cluster.bootstrap})
        await producer.write(numbers(topic, 1))
        cluster.down()
        writing = asyncio.create_task(producer.write(numbers(topic, 200, start=1)))
        assert await asyncio.to_thread(comes_true, lambda: producer.waiting() == 200, 10)
        cluster.up()
        await writing
        return producer.waiting()

    assert asyncio.run(outage()) == 0


def test_the_settings_that_hold_the_promise_can_not_be_weakened_by_the_broker_s(cluster, topic):
    producer = PlacingProducer(
        {"bootstrap.servers": cluster.bootstrap, "acks": "0", "enable.idempotence": False, "message.timeout.ms": 0}
    )
    assert asyncio.run(producer.write(numbers(topic, 1))) == [(0, 0)]
    assert SETTINGS["message.timeout.ms"] <= 60_000
    assert SETTINGS["enable.gapless.guarantee"]
