"""Batches that are written whole or not at all, and what a reader beside all groups sees of them."""

import time

import pytest
from broker import unique
from processes import comes_true, python

from argus_streams.core.records import Spot
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import Outgoing
from argus_streams.streaming.records import Records
from argus_streams.streaming.transactions import Fenced, TransactionalWriter

HALF = """
import sys
from confluent_kafka import Producer
bootstrap, topic, name = sys.argv[1:]
producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": name})
producer.init_transactions()
producer.begin_transaction()
for number in range(5):
    producer.produce(topic, b"half", partition=0)
producer.flush()
print("half", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def records(kafka):
    opened = Records({"bootstrap.servers": kafka}, "look")
    yield opened
    opened.close()


@pytest.fixture
def writer(kafka):
    return lambda name: TransactionalWriter({"bootstrap.servers": kafka}, name)


def everything(records, *tps):
    return [raw.value for raw in records.scan(records.bounds(tps))]


def batch(topic, *values):
    return [Outgoing(topic, None, value, [("a", b"1")], 0) for value in values]


def test_a_writer_that_began_later_fences_the_earlier(topics, records, writer):
    topic, name = topics.make(), unique("writer")
    first = writer(name)
    first.write(batch(topic, b"1"))
    second = writer(name)
    with pytest.raises(Fenced):
        first.write(batch(topic, b"2"))
    second.write(batch(topic, b"3"))
    assert comes_true(lambda: everything(records, Partition(topic, 0)) == [b"1", b"3"], 10)


def test_a_batch_whose_writer_was_killed_is_void_once_the_next_begins(kafka, topics, records, writer):
    topic, name = topics.make(), unique("writer")
    with python(HALF, kafka, topic, name) as running:
        assert running.stdout.readline() == "half\n"
        running.kill()
    writer(name).write(batch(topic, b"whole"))
    assert comes_true(lambda: everything(records, Partition(topic, 0)) == [b"whole"], 10)
    (first, end) = records.bounds([Partition(topic, 0)])[Partition(topic, 0)]
    assert (first, end) == (0, 8), "five void ones, their marker, ours, its marker"


def test_what_is_left_of_a_log_may_be_markers_alone(topics, records, writer):
    topic = topics.make()
    tp = Partition(topic, 0)
    writer(unique("writer")).write(batch(topic, b"1"))
    assert comes_true(lambda: records.bounds([tp]) == {tp: (0, 2)}, 10)
    assert records.holds({tp: (0, 2)})
    assert not records.holds({tp: (1, 2)})
    assert not records.holds({})


def test_single_records_are_found_wherever_they_lie(topics, records):
    topic = topics.make(partitions=2)
    topics.publish(topic, [(number % 2, b"k%d" % number, b"%d" % number) for number in range(600)])
    topics.cut(topic, 0, 5)
    wanted = [Spot(topic, 0, 4), Spot(topic, 0, 5), Spot(topic, 1, 0), Spot(topic, 1, 299), Spot(topic, 1, 300)]
    found = records.fetch(wanted)
    assert {spot.offset: raw.value for spot, raw in found.items() if spot.partition == 0} == {5: b"10"}
    assert {spot.offset: raw.value for spot, raw in found.items() if spot.partition == 1} == {0: b"1", 299: b"599"}


def test_records_since_a_time_are_those_that_kafka_took_then(topics, records):
    topic = topics.make(partitions=2, **{"message.timestamp.type": "LogAppendTime"})
    tp = Partition(topic, 0)
    topics.publish(topic, [(0, None, b"old")])
    time.sleep(0.01)
    now = int(time.time() * 1000)
    topics.publish(topic, [(0, None, b"new")])
    spans = records.bounds([tp, Partition(topic, 1)])
    assert [raw.value for raw in records.scan(records.since(spans, now))] == [b"new"]
    assert list(records.scan(records.since(spans, now + 3_600_000))) == []
