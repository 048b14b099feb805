"""Topics for engines to work on: made, filled, watched, removed."""

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate

import orjson
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

FINGERPRINTS = 5_000
EXPONENT = 1.1
FRAMES = [
    {"module": f"shop.views.module_{n}", "function": f"handle_{n}", "lineno": 10 * n, "in_app": n % 2 == 0}
    for n in range(6)
]


class RawTopics:
    """What engines read and write on one broker."""

    def __init__(self, bootstrap: str, partitions: int) -> None:
        self._partitions = partitions
        self._client = {"bootstrap.servers": bootstrap, "log_level": 3}
        self._admin = AdminClient(self._client)

    def make(self, names: Sequence[str]) -> None:
        """Create topics."""
        made = self._admin.create_topics([NewTopic(name, self._partitions, 1) for name in names])
        for future in made.values():
            future.result()

    def remove(self, prefix: str) -> None:
        """Delete all topics whose name contains this, those too that an engine made for itself."""
        found = [name for name in self._admin.list_topics(timeout=10).topics if prefix in name]
        for future in (self._admin.delete_topics(found) if found else {}).values():
            try:
                future.result()
            except KafkaException as error:  # a request that is sent once more finds what the first has removed
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise

    def fill(self, name: str, count: int, fingerprints: int) -> None:
        """Write events of about 880 bytes, keyed by fingerprint, which occur by Zipf's law; always the same ones."""
        producer = Producer({**self._client, "compression.type": "lz4", "linger.ms": 5, "partitioner": "murmur2_random",
                             "queue.buffering.max.messages": 1_000_000})  # fmt: skip
        for key, value in events(count, fingerprints):
            producer.produce(name, value, key)
            producer.poll(0)
        if producer.flush(60):
            raise SystemExit(f"{name} could not be filled")

    def records(self, name: str) -> int:
        """How many records a topic has been given; of a part of a name, those of all topics that contain it.

        Raises ``KafkaException`` while a new topic has no leader yet.
        """
        names = [each for each in self._admin.list_topics(timeout=10).topics if name in each]
        tps = [TopicPartition(each, number) for each in names for number in range(self._partitions)]
        if not tps:
            return 0
        ends = self._admin.list_offsets({tp: OffsetSpec.latest() for tp in tps})
        return sum(future.result().offset for future in ends.values())

    def committed(self, group: str, name: str) -> int:
        """How many records of a topic a group has done with."""
        asked = ConsumerGroupTopicPartitions(
            group, [TopicPartition(name, number) for number in range(self._partitions)]
        )
        (future,) = self._admin.list_consumer_group_offsets([asked]).values()
        return sum(max(0, place.offset) for place in future.result().topic_partitions)


def events(count: int, fingerprints: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of each event."""
    choice = random.Random(7)  # noqa: S311 - a repeatable load, no secret
    weights = list(accumulate(1 / rank**EXPONENT for rank in range(1, fingerprints + 1)))
    ranks = choice.choices(range(fingerprints), cum_weights=weights, k=count)
    for number, rank in enumerate(ranks):
        fingerprint = f"v1:{rank * 0x9E3779B97F4A7C15 % 2**128:032x}"
        event = {
            "event_id": f"{choice.getrandbits(128):032x}",
            "fingerprint": fingerprint,
            "project": "shop",
            "type": "TypeError",
            "message": f"order {number}: cannot read properties of undefined (reading 'total')",
            "occurred_at": 1_800_000_000_000 + number,
            "frames": FRAMES,
            "tags": {"browser": "Firefox 144", "os": "Linux", "release": "2026.11.27"},
        }
        yield fingerprint.encode(), orjson.dumps(event)
