"""The thread in which aiokafka's consumer runs: fetches that survive what can not be decoded, commits that may fail."""

from collections.abc import Mapping
from time import monotonic
from typing import Any, cast

from aiokafka.errors import (
    CommitFailedError,
    ConsumerStoppedError,
    CorruptRecordException,
    IllegalStateError,
    KafkaError,
    UnsupportedCodecError,
)
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types.tuples import TP
from mode import Service

from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import metadata
from argus_streams.streaming.refusals import REFUSED
from argus_streams.streaming.taking import taken
from argus_streams.streaming.tenancy import Tenancy
from argus_streams.streaming.withdrawing import closed

UNDECODABLE = (CorruptRecordException, UnsupportedCodecError)  # or what is no Kafka error at all, from any decoder
HEED_SECONDS = 1.0
# Of a broker's answer to a fetch, compressed; aiokafka asks for 50 MiB, and again after 0.1 s, in the midst of a turn.
ANSWER_BYTES = 4 * 1024 * 1024
ANSWERED_SECONDS = 30.0  # a slow worker's turn is over by then: else it would hold an answer of every partition


class Dropped(Exception):  # noqa: N818 - what happened
    """What a fetch brought is lost, of any partition; it has to be asked for again."""


class ConsumerThread(AIOKafkaConsumerThread):
    """Commits with the topic's id as metadata, survives a broker that is away, and records that can not be decoded."""

    @property
    def _tenancy(self) -> Tenancy:
        consumer: Any = self.consumer  # a `ChunkConsumer`
        return cast(Tenancy, consumer.tenancy)

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust reads what is committed only in its own transactions; an aborted record was never said.
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - no setting of Faust's reaches it
        consumer._fetch_max_bytes = ANSWER_BYTES  # noqa: SLF001 - the same
        return consumer

    async def on_start(self) -> None:
        """Begin, and hold one answer to a fetch at a time."""
        await super().on_start()
        self._ensure_consumer()._fetcher._prefetch_backoff = ANSWERED_SECONDS  # noqa: SLF001 - told nowhere else

    async def on_thread_stop(self) -> None:
        """End, and leave the group, also one that is being joined."""
        ending = super().on_thread_stop()
        if self._consumer is None:
            await ending
        else:
            await closed(self._consumer._coordinator, ending)  # noqa: SLF001 - told nowhere else

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's
        max_records: int | None = None,
    ) -> Any:
        salvage = self._tenancy.salvage
        salvage.resume(consumer)
        self._tenancy.refusals.resume(consumer)
        if salvage.careful and self.consumer.flow_active:
            return await salvage.fetch(consumer, active_partitions, max_records or 1)
        if not self.consumer.flow_active:
            return {}
        fetcher = consumer._fetcher  # noqa: SLF001 - as Faust takes from it
        if consumer._closed or fetcher._closed:  # noqa: SLF001
            raise ConsumerStoppedError
        try:
            with fetcher._subscriptions.fetch_context():  # noqa: SLF001
                return await taken(fetcher, active_partitions, timeout, max_records or 1)
        except REFUSED as error:
            self._tenancy.refusals.pause(consumer, error)
            raise Dropped from error
        except Exception as error:
            if isinstance(error, KafkaError) and not isinstance(error, UNDECODABLE):
                raise
            salvage.stumbled(error)
            raise Dropped from error

    @Service.task
    async def _heed(self) -> None:
        """Take aiokafka's coordinator the errors that it waits for somebody to take, for ever; Faust takes none."""
        refusals = self._tenancy.refusals
        while not self.should_stop:
            await self.sleep(HEED_SECONDS)
            coordinator = self._ensure_consumer()._coordinator  # noqa: SLF001 - asked for by its own getmany alone
            try:
                coordinator.check_errors()
            except KafkaError as error:
                if coordinator._coordination_task.done():  # noqa: SLF001 - nobody is left
                    raise
                if isinstance(error, REFUSED):
                    await self.sleep(refusals.met(error) - HEED_SECONDS)
                else:
                    self.log.warning("the coordinator met an error, we join again: %r", error)
                coordinator.request_rejoin()  # else a heartbeat that met it once is never begun again
            refusals.settle()

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        held, state_id = self._tenancy.position.held(), self._tenancy.state_id
        mine = self.assignment()
        commit = {
            TopicPartition(tp.topic, tp.partition): OffsetAndMetadata(offset, metadata(held[Partition(*tp)], state_id))
            for tp, offset in offsets.items()
            if tp in mine and Partition(*tp) in held
        }
        if not commit:
            return False
        self.tp_last_committed_at.update(dict.fromkeys(offsets, monotonic()))  # else Faust warns that we never commit
        try:
            await self._ensure_consumer().commit(commit)
        except (CommitFailedError, IllegalStateError):  # rebalanced: the next owner starts where we last committed
            return False
        except REFUSED as error:
            self._tenancy.refusals.met(error)
            return False
        except KafkaError as error:  # Faust crashes the app here; the next interval tries again
            self.log.warning("commit failed, it will be tried again: %s", error)
            return False
        return True
