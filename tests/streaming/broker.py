"""A test's own topics on the session's broker: made, filled, read, cut and deleted."""

import time
import uuid
from contextlib import suppress
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

_STILL_LOOKING = {
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
}


class Line(NamedTuple):
    """One record as a consumer finds it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


def _committed(consumer, places):
    """What the group has committed; a broker that has just begun may still look for the group's coordinator."""
    for _ in range(50):
        try:
            return consumer.committed(places, timeout=10)
        except KafkaException as error:
            if error.args[0].code() not in _STILL_LOOKING:
                raise
            time.sleep(0.1)
    raise TimeoutError("the group's coordinator")


def unique(stem):
    return f"{stem}.{uuid.uuid4().hex[:12]}"


class Topics:
    """Makes topics on one broker."""

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap
        self._admin = AdminClient({"bootstrap.servers": bootstrap})

    def make(self, stem="topic", partitions=1, **config):
        return self.make_again(unique(stem), partitions, **config)

    def make_again(self, name, partitions=1, **config):
        """Make a topic of this very name; one just deleted may still be going."""
        for _ in range(50):
            try:
                self._admin.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result(10)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise
                time.sleep(0.1)
            else:
                return self._known(name)
        raise TimeoutError(name)

    def _known(self, name):
        """The name, once the broker tells others of the topic too."""
        for _ in range(50):
            with suppress(KafkaException):
                self._admin.describe_topics(TopicCollection([name]))[name].result(10)
                return name
            time.sleep(0.1)
        raise TimeoutError(name)

    def delete(self, name):
        self._admin.delete_topics([name], operation_timeout=10)[name].result(10)

    def cut(self, name, partition, before):
        """Delete the records before an offset, as retention would."""
        place = TopicPartition(name, partition, before)
        self._admin.delete_records([place])[place].result(10)

    def publish(self, name, records):
        """Write (partition, key, value), each confirmed."""
        producer = Producer({"bootstrap.servers": self.bootstrap, "acks": "all", "linger.ms": 5})
        failures = []
        for partition, key, value in records:
            producer.produce(
                name, value, key, partition, on_delivery=lambda error, _: failures.append(error) if error else None
            )
            producer.poll(0)
        assert producer.flush(30) == 0
        assert not failures

    def lines(self, name):
        """All records of a topic, partition by partition."""
        consumer = self._consumer("look")
        try:
            partitions = consumer.list_topics(name, timeout=10).topics[name].partitions
            spans = {p: consumer.get_watermark_offsets(TopicPartition(name, p), timeout=10) for p in partitions}
            left = {p for p, (first, end) in spans.items() if first < end}
            consumer.assign([TopicPartition(name, p, spans[p][0]) for p in left])
            found = []
            while left:
                for message in consumer.consume(10_000, timeout=0.2):
                    assert not message.error(), message.error()
                    found.append(Line(message.partition(), message.offset(), message.key(), message.value()))
                    if message.offset() + 1 >= spans[message.partition()][1]:
                        left.discard(message.partition())
            return sorted(found)
        finally:
            consumer.close()

    def lag(self, group, name, partitions):
        """Records that the group has not committed."""
        consumer, places = self._consumer(group), [TopicPartition(name, p) for p in range(partitions)]
        try:
            ends = [consumer.get_watermark_offsets(place, timeout=10)[1] for place in places]
            return sum(ends) - sum(max(place.offset, 0) for place in _committed(consumer, places))
        finally:
            consumer.close()

    def _consumer(self, group):
        return Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": group,
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 50,
            }
        )
