"""Where times stand in logs, and where consumer groups stand: asked and set for groups of which no worker runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CommitFailedError, KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from confluent_kafka import Consumer, KafkaException
from confluent_kafka import TopicPartition as Place
from confluent_kafka.admin import AdminClient
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from argus_streams.errors import ArgusError, Unavailable
from argus_streams.streaming.credentials import credentials
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import LIBRARY
from argus_streams.streaming.reader import TIMEOUT_SECONDS, Committed, Reader, metadata

T = TypeVar("T")
LEADER_SECONDS = 15.0  # until a topic or group that is new has a broker that answers for it
_ABSENT = frozenset({"GROUP_ID_NOT_FOUND"})


class StillRunning(ArgusError):  # noqa: N818 - what is in the way
    """Workers of a group run while it is to be changed."""


class Offsets:
    """Consumer groups of one cluster. Raises ``Unavailable`` where the broker does not answer."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        self._client = dict(client)
        self._admin = AdminClient(self._client, logger=logging.getLogger(LIBRARY))

    async def partitions(self, topics: Iterable[str]) -> Mapping[Partition, str]:
        """The partitions of those topics that are there, with the topic's id."""
        found = await self.reader().topics(topics)
        return {Partition(name, n): topic_id for name, (topic_id, count) in found.items() for n in range(count)}

    async def ends(self, tps: Collection[Partition]) -> Mapping[Partition, tuple[int, int]]:
        """First offset and end of each partition's log."""
        return await _soon(lambda: self.reader().bounds(list(tps)))

    async def at(self, tps: Collection[Partition], time: int) -> Mapping[Partition, int]:
        """The first offset of each partition at or after a time (ms); its end where there is none."""
        ends = await self.ends(tps)  # asked before: what comes later is after the time too
        return await _in_thread(partial(self._at, ends, time))

    async def committed(self, group: str, tps: Collection[Partition]) -> Mapping[Partition, int]:
        """Where the group stands: what it committed under the topic's present id, else the beginning of the log."""
        reader, tps = self.reader(group), list(tps)
        ids = await reader.topics({tp.topic for tp in tps})
        places, bounds = await _soon(lambda: reader.committed(tps)), await self.ends(tps)
        return {
            tp: at.offset if (at := places[tp]) is not None and at.topic_id == ids[tp.topic][0] else bounds[tp][0]
            for tp in tps
        }

    async def commit(self, group: str, places: Mapping[Partition, Committed]) -> None:
        """Commit positions for a group without members, all of them or none. Raises ``StillRunning``."""
        auth = credentials_to_aiokafka_auth(credentials(self._client))
        servers = str(self._client["bootstrap.servers"])
        consumer = AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, enable_auto_commit=False, **auth)
        try:
            await consumer.start()
            consumer.assign([TopicPartition(*tp) for tp in places])
            await consumer.commit(
                {
                    TopicPartition(*tp): OffsetAndMetadata(at.offset, metadata(at.topic_id, at.state_id))
                    for tp, at in places.items()
                }
            )
        except CommitFailedError as error:
            raise StillRunning(f"workers of {group} run: stop them first") from error
        except KafkaError as error:
            raise Unavailable(f"positions of {group} can not be committed: {error}") from error
        finally:
            await consumer.stop()

    async def readable(self, places: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """How many records a consumer finds from these offsets on, where a log holds transactions' markers too."""
        return await _in_thread(partial(self._readable, places)) if places else {}

    async def running(self, groups: Sequence[str]) -> Sequence[str]:
        """Those of the groups that have members."""
        return await _soon(lambda: _in_thread(partial(self._running, groups)))

    async def delete(self, groups: Sequence[str]) -> Sequence[str]:
        """Delete groups; those that were there. Raises ``StillRunning``."""
        return await _soon(lambda: _in_thread(partial(self._delete, groups)))

    def reader(self, group: str = "argus.offsets") -> Reader:
        """Reads as this group, which it does not join."""
        return Reader(self._client, group)

    def _at(self, ends: Mapping[Partition, tuple[int, int]], time: int) -> Mapping[Partition, int]:
        consumer = Consumer({**self._client, "group.id": "argus.offsets"}, logger=logging.getLogger(LIBRARY))
        try:
            wanted = [Place(*tp, max(time, 0)) for tp in ends]
            answers = consumer.offsets_for_times(wanted, timeout=TIMEOUT_SECONDS) if wanted else []
        except KafkaException as error:
            raise Unavailable(f"the broker does not tell offsets of a time: {error}") from error
        finally:
            consumer.close()
        found = {Partition(each.topic, each.partition): each.offset for each in answers}
        return {tp: max(offset, ends[tp][0]) if offset >= 0 else ends[tp][1] for tp, offset in found.items()}

    def _readable(self, places: Mapping[Partition, int]) -> Mapping[Partition, int]:
        consumer = Consumer(
            {
                **self._client,
                "group.id": "argus.offsets",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
            },
            logger=logging.getLogger(LIBRARY),
        )
        found, waiting = dict.fromkeys(places, 0), set(places)
        deadline = monotonic() + TIMEOUT_SECONDS
        try:
            consumer.assign([Place(*tp, offset) for tp, offset in places.items()])
            while waiting and monotonic() < deadline:
                for message in consumer.consume(1_000, timeout=0.1):
                    tp, error = Partition(message.topic() or "", message.partition() or 0), message.error()
                    if error is None:
                        found[tp] += 1
                    elif error.name() == "_PARTITION_EOF":
                        waiting.discard(tp)
        finally:
            consumer.close()
        return found

    def _running(self, groups: Sequence[str]) -> Sequence[str]:
        try:
            told = self._admin.describe_consumer_groups(list(groups), request_timeout=TIMEOUT_SECONDS)
            return [name for name, answer in told.items() if _members(answer)]
        except KafkaException as error:
            raise Unavailable(f"consumer groups can not be described: {error}") from error

    def _delete(self, groups: Sequence[str]) -> Sequence[str]:
        gone = []
        for name, answer in self._admin.delete_consumer_groups(list(groups), request_timeout=TIMEOUT_SECONDS).items():
            try:
                answer.result()
            except KafkaException as error:
                if error.args[0].name() in _ABSENT:
                    continue
                if error.args[0].name() == "NON_EMPTY_GROUP":
                    raise StillRunning(f"workers of {name} run: stop them first") from error
                raise Unavailable(f"the consumer group {name} can not be deleted: {error}") from error
            gone.append(name)
        return gone


def _members(answer: Any) -> int:
    try:
        return len(answer.result().members)
    except KafkaException as error:
        if error.args[0].name() in _ABSENT:
            return 0
        raise


async def _soon(ask: Callable[[], Awaitable[T]]) -> T:
    deadline = monotonic() + LEADER_SECONDS
    while True:
        try:
            return await ask()
        except Unavailable:
            if monotonic() > deadline:
                raise
        await asyncio.sleep(0.2)


async def _in_thread(call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(None, call)
