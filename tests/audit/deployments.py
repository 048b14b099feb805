"""Worlds put into a real Kafka and Postgres, as if workers had made them there."""

import asyncio
import uuid
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from commands import argus
from confluent_kafka import Producer
from worlds import COUNTED, PARTITIONS, READ, TOPICS

from argus_streams.adapters import topics
from argus_streams.adapters.database import open_database
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.streaming.reader import Reader, metadata

ROLES = {"normalize": "normalize", "group": "correlate", "store": "store"}
WRITTEN = (TOPICS.incoming, *COUNTED)


class Deployment(NamedTuple):
    """A broker's topics under a prefix of their own, and a database."""

    kafka: str
    prefix: str
    database: str

    @classmethod
    def made(cls, kafka, database):
        made = cls(kafka, f"t{uuid.uuid4().hex[:8]}.", database)
        topics.apply(made._client(), prefix=made.prefix, partitions=PARTITIONS)
        return made

    def _client(self):
        return {"bootstrap.servers": self.kafka}

    def named(self, topic):
        return self.prefix + topic.removeprefix("argus.")

    def ids(self):
        """Topic ids by the names that worlds use."""
        names = {self.named(topic): topic for topic in WRITTEN}
        found = asyncio.run(Reader(self._client(), "ids").topics(names))
        return {names[name]: topic_id for name, (topic_id, _) in found.items()}

    def fill(self, world):
        """Write a world's records, commit what its agents have committed, and store what it has stored."""
        producer = Producer(self._client())
        for (topic, partition), log in world.logs.items():
            for each in log:
                if each is not None and topic in WRITTEN:
                    producer.produce(self.named(topic), each.value, each.key, partition, headers=list(each.headers))
                    producer.poll(0)
        assert producer.flush(30) == 0
        ids = self.ids()
        for stage, read in READ.items():
            done = {
                (topic, partition): self._offset(world, topic, partition, world.done[stage, topic, partition])
                for topic in read
                for partition in range(PARTITIONS)
            }
            asyncio.run(self._commit(ROLES[stage], {at: offset for at, offset in done.items() if offset}, ids))
        asyncio.run(self._store(world.store))
        return self

    def _offset(self, world, topic, partition, end):
        """Where a place of the world's log is in Kafka's: what was removed leaves no hole there."""
        return sum(each is not None for each in world.logs[topic, partition][:end])

    async def _commit(self, role, done, ids):
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, group_id=self.prefix + role, enable_auto_commit=False)
        await consumer.start()
        try:
            places = {TopicPartition(self.named(topic), number): (topic, at) for (topic, number), at in done.items()}
            consumer.assign(list(places))
            await consumer.commit(
                {place: OffsetAndMetadata(at, metadata(ids[topic], "")) for place, (topic, at) in places.items()}
            )
        finally:
            await consumer.stop()

    async def _store(self, held):
        async with open_database(self.database) as opened:
            assert await PostgresStore(opened).write(list(held.rows.values())) == []

    def abort(self, topic, partition):
        """Write a record in a transaction that is given up."""
        producer = Producer({**self._client(), "transactional.id": self.prefix})
        producer.init_transactions(30)
        producer.begin_transaction()
        producer.produce(self.named(topic), b"{}", None, partition)
        producer.flush(30)
        producer.abort_transaction(30)

    def argus(self, *arguments):
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "DATABASE_URL": self.database,
            "ARGUS_TOPIC_PREFIX": self.prefix,
            "ARGUS_TOPIC_PARTITIONS": str(PARTITIONS),
        }
        return argus(*arguments, **environment)
