"""A bare loop on librdkafka, what Python can do at best; variants `changelog` and `stateless`.

It holds no more than it must: no recovery, no fencing, no rebalance. What it commits is confirmed, as with us.
"""

import signal
from collections import Counter
from collections.abc import Sequence

import orjson
from confluent_kafka import Consumer, KafkaError, Message, Producer
from work import PRODUCER, Order, Stopwatch, order

BATCH, PATIENCE = 36_000, 0.5  # events, and s to wait for so many: 32 MiB of these events, as in a turn of ours


class Loop:
    """Reads, counts, forwards, confirms, commits."""

    def __init__(self, told: Order) -> None:
        self._told = told
        self._counts: Counter[bytes] = Counter()
        self._producer = Producer({**PRODUCER, "bootstrap.servers": told.bootstrap, "log_level": 3})

    def run(self) -> None:
        """Work until SIGTERM."""
        consumer = Consumer(
            {
                "bootstrap.servers": self._told.bootstrap,
                "group.id": self._told.group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
            }
        )
        consumer.subscribe([self._told.source])
        stopwatch = Stopwatch(self._told.folder)
        while True:
            messages = consumer.consume(BATCH if stopwatch.runs else 1, PATIENCE)
            if messages:
                stopwatch.begin()
                self._turn(messages)
                consumer.commit(asynchronous=False)

    def _turn(self, messages: Sequence[Message]) -> None:
        touched = set()
        for message in messages:
            value = message.value() or b""
            if self._told.variant == "changelog":
                fingerprint = orjson.loads(value)["fingerprint"].encode()
                self._counts[fingerprint] += 1
                touched.add((message.partition() or 0, fingerprint))
            self._send(self._told.sink, message.key(), value)
        self._producer.flush()
        for partition, fingerprint in touched:
            self._send(self._told.changelog, fingerprint, b"%d" % self._counts[fingerprint], partition)
        self._producer.flush()

    def _send(self, topic: str, key: bytes | None, value: bytes, partition: int = -1) -> None:
        while True:
            try:
                self._producer.produce(topic, value, key, partition, on_delivery=_delivered)
            except BufferError:
                self._producer.poll(0.1)
            else:
                return


def _delivered(error: KafkaError | None, _: Message) -> None:
    if error is not None:
        raise SystemExit(f"not delivered: {error}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Loop(order()).run()
