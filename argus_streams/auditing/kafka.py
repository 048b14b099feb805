"""Kafka as an audit reads it: what is committed, as the workers do."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import islice

from argus_streams.auditing.evidence import Record
from argus_streams.core.records import Raw
from argus_streams.streaming.position import Partition
from argus_streams.streaming.records import Records

FETCH_BYTES = 4 * 1024 * 1024  # that are handed over at once ...
FETCH = 2_000  # ... and records, at most


class KafkaLog:
    """``Log`` over a cluster."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def read(self, topic: str, spans: Mapping[int, tuple[int, int]]) -> AsyncIterator[Sequence[Record]]:
        found = self._records.scan({Partition(topic, number): bounds for number, bounds in spans.items()})
        while fetched := await asyncio.to_thread(_some, found):
            yield fetched


def _some(found: Iterator[Raw]) -> list[Record]:
    fetched, size = [], 0
    for raw in islice(found, FETCH):
        fetched.append(_record(raw))
        size += len(raw.value)
        if size > FETCH_BYTES:
            break
    return fetched


def _record(raw: Raw) -> Record:
    headers = [(name, content or b"") for name, content in raw.headers]
    return Record(raw.at.partition, raw.at.offset, raw.value, headers, raw.key)
