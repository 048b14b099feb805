"""Writing in transactions: all of a batch or nothing, by one process at a time."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from argus_streams.errors import ArgusError, Unavailable
from argus_streams.streaming.producer import LIBRARY, SETTINGS, Outgoing

TIMEOUT_SECONDS = 60.0
_FENCED = frozenset(
    {
        KafkaError._FENCED,  # noqa: SLF001 - librdkafka's own codes begin with an underscore, and are public
        KafkaError.INVALID_PRODUCER_EPOCH,
        KafkaError.PRODUCER_FENCED,
    }
)


class Fenced(ArgusError):  # noqa: N818 - what happened
    """Another process began under the same transactional id: it goes on, this one may not."""


class TransactionalWriter:
    """Writes batches; from its making on, no earlier writer of this id can write any more."""

    def __init__(self, client: Mapping[str, Any], transactional_id: str) -> None:
        self._producer = Producer(
            {
                **client,
                **SETTINGS,
                "transactional.id": transactional_id,
                "transaction.timeout.ms": int(TIMEOUT_SECONDS * 1000),
            },
            logger=logging.getLogger(LIBRARY),
        )
        try:
            _insisted(lambda: self._producer.init_transactions(TIMEOUT_SECONDS))
        except KafkaException as error:
            raise _named(error.args[0]) from error

    def write(self, records: Sequence[Outgoing]) -> None:
        """Write all of them or, where this raises, none. Raises ``Fenced`` or ``Unavailable``."""
        try:
            self._producer.begin_transaction()
            for record in records:
                self._produce(record)
            # It flushes first, and fails if one record was not taken.
            _insisted(lambda: self._producer.commit_transaction(TIMEOUT_SECONDS))
        except KafkaException as error:
            self._end(error)

    def _produce(self, record: Outgoing) -> None:
        headers: list[Any] = list(record.headers)
        while True:
            try:
                self._producer.produce(record.topic, record.value, record.key, record.partition, headers=headers)
            except BufferError:  # the local queue is full: let it drain
                self._producer.poll(0.1)
            else:
                return

    def _end(self, cause: KafkaException) -> None:
        """Take back what was begun, and say why."""
        error = cause.args[0]
        if error.retriable():  # the commit, tried for minutes
            raise Unavailable(f"Kafka does not say whether it took the last batch: {error.str()}") from cause
        if not error.fatal() and error.code() not in _FENCED:
            try:
                self._producer.abort_transaction(TIMEOUT_SECONDS)
            except KafkaException as failure:
                error = failure.args[0]
        raise _named(error) from cause


def _insisted(call: Callable[[], None]) -> None:
    """Call, and again where librdkafka says that this helps; it keeps to the same transaction."""
    tries = 3
    while True:
        tries -= 1
        try:
            call()
        except KafkaException as error:
            if not (tries and error.args[0].retriable()):
                raise
        else:
            return


def _named(error: KafkaError) -> ArgusError:
    if error.code() in _FENCED:
        return Fenced(f"another process began to write under the same transactional id ({error.str()})")
    return Unavailable(f"Kafka took nothing of this batch: {error.str()}")
