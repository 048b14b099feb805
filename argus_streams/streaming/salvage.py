"""Fetching around what aiokafka can not decode, so that one such record stops nobody (docs/adr/0015).

aiokafka throws away all that a fetch brought, of every partition, when one record of it can not be decoded, and does so
again at each try. After the first such error records are taken one by one, until it is known where it stands; that
record's batch is then fetched alone and read by ``batches``. What can not be read there either (a wrong checksum: bytes
that no longer are what was sent) is told to people and asked for again, while the other partitions go on.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from time import monotonic
from typing import Any

from aiokafka.consumer.fetcher import READ_COMMITTED
from aiokafka.errors import ConsumerStoppedError, KafkaError, for_code
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.structs import TopicPartition

from argus_streams import logs
from argus_streams.streaming import batches
from argus_streams.streaming.aside import Aside

log = logging.getLogger(__name__)

Fetched = dict[TopicPartition, list[Any]]

CAREFUL_SECONDS = 60.0  # after an error nobody can place: longer than any fetch
AGAIN_SECONDS = 10.0  # until a partition that can not be read is asked again: another replica may hold sound bytes
PAUSE_SECONDS = 0.05  # until something is fetched
FETCH_BYTES = 1024 * 1024  # a broker sends the first batch whole, be it larger


class Salvage:
    """Lives in the consumer's thread; ``report`` is told what can not be read, ``None`` = all can."""

    def __init__(self, report: Callable[[str | None], None]) -> None:
        self._report = report
        self._careful_until = 0.0
        self._aside = Aside()
        self._why: dict[TopicPartition, str] = {}
        self.salvaged = 0  # batches

    @property
    def careful(self) -> bool:
        """Whether records are to be taken one by one now."""
        return monotonic() < self._careful_until

    @property
    def aside(self) -> frozenset[TopicPartition]:
        """The partitions whose next records can not be read."""
        return self._aside.partitions()

    def stumbled(self, error: Exception) -> None:
        """A fetch failed, nobody knows where: look closely from now on."""
        log.warning("a fetch can not be decoded (%r): looking for the record", error)
        self._careful_until = monotonic() + CAREFUL_SECONDS

    def resume(self, consumer: Any) -> None:
        """Ask again for what could not be read a while ago."""
        for tp in self._aside.back(consumer):
            self._careful_until = monotonic() + CAREFUL_SECONDS
            del self._why[tp]
            self._tell()

    async def fetch(self, consumer: Any, partitions: Collection[TopicPartition], limit: int) -> Fetched:
        """What waits of each partition, up to the first record that can not be decoded."""
        found: Fetched = {}
        for tp in partitions:
            if tp not in self._aside:
                records = await self._some(consumer, TopicPartition(*tp), limit)
                if records:
                    found[tp] = records
        if not found:
            await asyncio.sleep(PAUSE_SECONDS)
        return found

    async def _some(self, consumer: Any, tp: TopicPartition, limit: int) -> list[Any]:
        records: list[Any] = []
        try:
            while len(records) < limit:
                one: Mapping[Any, Sequence[Any]] = await consumer._fetcher.fetched_records([tp], 0, 1)  # noqa: SLF001
                if not one:
                    break
                records += one[tp]
        except ConsumerStoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - decoders of any codec raise what they like
            if not records:
                return await self._salvaged(consumer, tp, error)
        return records  # the next call meets the error first, and at its very place

    async def _salvaged(self, consumer: Any, tp: TopicPartition, error: Exception) -> list[Any]:
        assignment = consumer._subscription.subscription.assignment  # noqa: SLF001
        place = assignment.state_value(tp).position
        try:
            data = await _fetched(consumer, tp, place)
        except KafkaError as away:
            told = "%s/%s can not be fetched at offset %s, it will be tried again: %r"
            log.warning(told, *tp, place, away, extra=logs.about(tp.topic, tp.partition, place))
            return []
        if not assignment.active or assignment.state_value(tp).position != place:
            return []  # a rebalance or a seek came between
        try:
            batch = batches.batch_at(data, place)
            records = [record for record in batches.records(batch, tp) if record.offset >= place]
        except Exception as unreadable:  # noqa: BLE001 - see above
            self._set_aside(consumer, tp, place, unreadable)
            return []
        consumer.seek(tp, batch.next_offset)
        told = "%s/%s: read around aiokafka from offset %s on, where it finds %r"
        log.warning(told, *tp, place, error, extra=logs.about(tp.topic, tp.partition, place))
        self._careful_until, self.salvaged = 0.0, self.salvaged + 1
        return records

    def _set_aside(self, consumer: Any, tp: TopicPartition, place: int, error: Exception) -> None:
        self._aside.put(consumer, tp, AGAIN_SECONDS)
        self._why[tp] = f"{tp.topic}/{tp.partition} at offset {place}: {error}"
        self._careful_until = 0.0
        told = "%s; asked for again in %s s, its neighbours go on"
        log.error(told, self._why[tp], AGAIN_SECONDS, extra=logs.about(tp.topic, tp.partition, place))
        self._tell()

    def _tell(self) -> None:
        self._report("; ".join(sorted(self._why.values())) or None)


async def _fetched(consumer: Any, tp: TopicPartition, offset: int) -> bytes:
    """The bytes of one fetch of one partition."""
    client = consumer._client  # noqa: SLF001 - the consumer decodes all that it gives out itself
    leader = client.cluster.leader_for_partition(tp)
    request = FetchRequest(0, 1, FETCH_BYTES, READ_COMMITTED, [(tp.topic, [(tp.partition, offset, FETCH_BYTES)])])
    answer = await client.send(leader, request)
    _, partitions = answer.topics[0]
    _, code, *_, data = partitions[0]
    if code:
        error: KafkaError = for_code(code)()
        raise error
    return bytes(data)
