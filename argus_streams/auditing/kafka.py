"""Kafka as an audit reads it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from confluent_kafka import Message

from argus_streams import app
from argus_streams.agents.wire import DEAD
from argus_streams.auditing.evidence import Record
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Reader

FETCH, FETCH_LARGE = 5_000, 100  # records a call; those of inputs and their letters may have 8 MiB


class KafkaLog:
    """``Log`` over a cluster."""

    def __init__(self, settings: Settings, reader: Reader) -> None:
        self._reader = reader
        self._inputs = frozenset(app.inputs(settings, "normalize"))

    async def read(self, topic: str, spans: Mapping[int, tuple[int, int]]) -> AsyncIterator[Sequence[Record]]:
        fetch = FETCH_LARGE if topic in self._inputs or topic.endswith(DEAD) else FETCH
        wanted = {Partition(topic, number): bounds for number, bounds in spans.items()}
        fetches = self._reader.read(wanted, lambda: False, fetch=fetch)
        try:
            while (messages := await asyncio.to_thread(next, fetches, None)) is not None:
                yield [_record(message) for message in messages]
        finally:
            await asyncio.to_thread(fetches.close)


def _record(message: Message) -> Record:
    return Record(message.partition() or 0, message.offset() or 0, message.value() or b"", _headers(message))


def _headers(message: Message) -> Sequence[tuple[str, bytes]]:
    """None where a name is no UTF-8, at which confluent-kafka 2.16 raises so: whose such a body is stays unknown."""
    try:
        found: Any = message.headers() or ()
    except SystemError:
        return ()
    return [(name, value or b"") for name, value in found]
