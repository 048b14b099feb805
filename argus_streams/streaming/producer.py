"""What leaves a worker, with every delivery checked.

Faust's own producer only logs an error, and its flush gives up after 0.1 s: both lose records whose source offset is
then committed. There are two here: one that is told of failures alone, for a report of each record takes a third of the
time that writing takes, and one that is told where each record lies, for the changelog.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from msgspec import Struct

from argus_streams.errors import ArgusError


class Outgoing(Struct, frozen=True, gc=False):
    """One record to be written."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    partition: int = -1  # -1 = by key


class NotDelivered(ArgusError):  # noqa: N818 - what happened, as the other errors say
    """A record was refused or not acknowledged in time: the process must end, for its successors may have passed."""


LIBRARY = "librdkafka"  # logger: through Python's logging its repeats can be quieted
SETTINGS: Mapping[str, Any] = {
    "acks": "all",
    "enable.idempotence": True,
    "enable.gapless.guarantee": True,  # a failed record must not be overtaken: its successor would vouch for it
    # A partition that is being made, or changes its leader, may refuse a request and take the next: librdkafka then has
    # both as delivered. https://github.com/confluentinc/confluent-kafka-go/issues/921, docs/adr/0045
    "max.in.flight.requests.per.connection": 1,
    "partitioner": "murmur2_random",  # as Java and aiokafka do, so that any producer's keys meet
    "log_level": 3,  # errors: librdkafka warns of the gapless guarantee at every start
    "message.timeout.ms": 60_000,
    "linger.ms": 5,
    "compression.type": "lz4",
    "queue.buffering.max.messages": 1_000_000,
    "queue.buffering.max.kbytes": 16_384,  # a copy of what is written: two of the largest records, most turns whole
    "message.max.bytes": 9_437_184,  # 8 MiB bodies and their headers
}


# confluent-kafka 2.16 calls delivery reports with its error of the refusal set already: to CPython a SystemError
REFUSALS = (KafkaException, SystemError)


Report = Callable[[KafkaError | None, Message], None]


class ConfirmedProducer:
    """Writes batches of records and returns only when the broker has acknowledged every one of them."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        self._producer = _producer({**client, "delivery.report.only.error": True})

    def waiting(self) -> int:
        """Records that the broker has not acknowledged yet."""
        return len(self._producer)

    async def write(self, records: Sequence[Outgoing]) -> None:
        """Write all and wait. Raises ``NotDelivered``."""
        if records:
            await asyncio.get_running_loop().run_in_executor(None, self._write, records)

    def _write(self, records: Sequence[Outgoing]) -> None:
        errors: list[KafkaError | None] = []

        def failed(error: KafkaError | None, _: Message) -> None:
            errors.append(error)

        for record in records:
            _produce(self._producer, record, failed)
        _flush(self._producer)
        if errors:
            raise _unconfirmed(len(errors), len(records), errors)


class PlacingProducer:
    """As ``ConfirmedProducer``, and tells where each record lies."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        self._producer = _producer(client)

    def waiting(self) -> int:
        """Records that the broker has not acknowledged yet."""
        return len(self._producer)

    async def write(self, records: Sequence[Outgoing]) -> list[tuple[int, int]]:
        """Write all and wait; (partition, offset) of each in the given order. Raises ``NotDelivered``."""
        if not records:
            return []
        return await asyncio.get_running_loop().run_in_executor(None, self._write, records)

    def _write(self, records: Sequence[Outgoing]) -> list[tuple[int, int]]:
        places: list[tuple[int, int]] = [(-1, -1)] * len(records)
        errors: list[KafkaError | None] = []

        def delivered(index: int, error: KafkaError | None, message: Message) -> None:
            if error is not None:
                errors.append(error)
            else:
                places[index] = (message.partition() or 0, message.offset() or 0)

        for index, record in enumerate(records):
            _produce(self._producer, record, partial(delivered, index))
        _flush(self._producer)
        unconfirmed = sum(1 for place in places if place[1] < 0)
        if errors or unconfirmed:
            raise _unconfirmed(unconfirmed, len(records), errors)
        return places


def _producer(client: Mapping[str, Any]) -> Producer:
    return Producer({**client, **SETTINGS}, logger=logging.getLogger(LIBRARY))


def _produce(producer: Producer, record: Outgoing, report: Report) -> None:
    headers: list[Any] = list(record.headers)  # confluent's type wants a union inside an invariant list
    patience = 0.0  # s
    while True:
        try:
            producer.poll(patience)  # takes the reports that are there, which hold their records
            producer.produce(
                record.topic, record.value, record.key, record.partition, on_delivery=report, headers=headers
            )
        except BufferError:  # the local queue is full: let it drain
            patience = 0.01
        except REFUSALS as error:
            raise NotDelivered(f"{record.topic} refused a record: {_told(error)}") from error
        else:
            return


def _flush(producer: Producer) -> None:
    try:
        producer.flush()
    except REFUSALS as error:  # after a refusal the gapless producer is dead, and says so here
        raise NotDelivered(f"the broker refused a record: {_told(error)}") from error


def _unconfirmed(count: int, total: int, errors: Sequence[KafkaError | None]) -> NotDelivered:
    cause = errors[0].str() if errors and errors[0] is not None else "no report came"
    return NotDelivered(f"{count} of {total} records were not confirmed by the broker: {cause}")


def _told(error: BaseException) -> BaseException:
    """What the broker said."""
    return error.__cause__ or error
