# ruff: noqa: SLF001 - the private names of others are what this file is about
"""Why Faust's producer is not used, and what we work around in confluent-kafka: a fact that changes fails here."""

import asyncio
import inspect

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from broker import unique
from confluent_kafka import Consumer as ConfluentConsumer
from confluent_kafka import TopicPartition as ConfluentPlace
from faust.topics import Topic

from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Reader, metadata


def test_a_failed_send_is_only_logged():
    source = inspect.getsource(Topic._on_published)
    assert "logger.warning" in source
    assert "raise" not in source


def test_the_flush_of_faust_s_producer_gives_up_on_what_it_has_not_sent():
    async def fact():
        app = faust.App("facts", broker="kafka://127.0.0.1:1", web_enabled=False)
        buffer = app.producer.buffer
        buffer.app = app
        buffer.pending.put_nowait("never sent")
        buffer._started.set()
        await buffer.flush()
        return buffer.size

    assert asyncio.run(fact()) == 1


@pytest.mark.kafka
def test_commit_metadata_is_read_past_its_end_and_our_terminator_ends_it(kafka, topics):
    """Where this fails, `METADATA_END` can go."""
    partitions = 32
    topic, bare, ended = topics.make("metadata", partitions), unique("bare"), unique("ended")

    async def commit(group, told):
        consumer = AIOKafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)
        await consumer.start()
        consumer.assign([TopicPartition(topic, p) for p in range(partitions)])
        await consumer.commit({TopicPartition(topic, p): OffsetAndMetadata(1, told) for p in range(partitions)})
        await consumer.stop()

    def read(group):
        consumer = ConfluentConsumer({"bootstrap.servers": kafka, "group.id": group})
        places = consumer.committed([ConfluentPlace(topic, p) for p in range(partitions)], timeout=10)
        consumer.close()
        return {_metadata(place) for place in places}

    asyncio.run(commit(bare, "id"))
    asyncio.run(commit(ended, metadata("id", "")))
    assert read(bare) != {"id"}
    assert {offset for offset, *_ in _places(kafka, bare, topic, partitions)} == {1}
    assert set(_places(kafka, ended, topic, partitions)) == {(1, "id", "")}


def _metadata(place):
    try:
        return place.metadata
    except UnicodeDecodeError as error:
        return error.object


def _places(kafka, group, topic, partitions):
    reader = Reader({"bootstrap.servers": kafka}, group)
    return asyncio.run(reader.committed([Partition(topic, p) for p in range(partitions)])).values()
