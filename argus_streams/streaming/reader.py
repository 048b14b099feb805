"""Looking things up on the broker beside the group: committed positions, log bounds, topic ids, spans of records.

Blocking calls of librdkafka; each async method runs one in a thread. Nothing here joins the consumer group.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from confluent_kafka import (
    Consumer,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Message,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka import admin as kafka_admin
from confluent_kafka.admin import AdminClient

from argus_streams.errors import Unavailable
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import LIBRARY
from argus_streams.streaming.refusals import no_group, no_topic

T = TypeVar("T")
TIMEOUT_SECONDS = 15.0
SILENCE_SECONDS = 30.0
FETCH = 10_000  # records a call
# What is fetched ahead. With librdkafka's own 64 MiB, and 50 MiB of compressed records an answer, a process that did
# nothing but read the changelog of a million groups took 590 MiB; with these 280, in the same time.
AHEAD: Mapping[str, int] = {"queued.max.messages.kbytes": 16_384, "fetch.max.bytes": 9_437_184}
# An admin client goes with its questions to the broker that it was told of last. Where that one is lost it looks for
# another at the next refresh alone: after librdkafka's own five minutes, in which the worker is not ready.
WHOM_TO_ASK: Mapping[str, int] = {"topic.metadata.refresh.interval.ms": 5_000}
FETCH_SECONDS = 0.1  # a call waits this long for so many, also at the end of a log
# confluent-kafka 2.16 reads commit metadata as a C string that nobody ended: without this it returns what lies behind.
METADATA_END = "\0"


class Committed(NamedTuple):
    """A position of the group, and the ids of the logs that it is a position of."""

    offset: int
    topic_id: str
    state_id: str = ""  # of the changelog that holds what was made of the records before it; a stateless agent has none


class Reader:
    """Reads of one consumer group's view of the broker."""

    def __init__(self, client: Mapping[str, Any], group: str) -> None:
        self._client = dict(client)
        self._group = group
        self._admin = AdminClient({**self._client, **WHOM_TO_ASK}, logger=logging.getLogger(LIBRARY))

    async def topics(self, names: Iterable[str]) -> Mapping[str, tuple[str, int]]:
        """Id and partition count by name; a topic that is not there is left out. Raises ``Unavailable``."""
        return await _in_thread(partial(self._topics, sorted(set(names))))

    async def committed(self, tps: Sequence[Partition]) -> Mapping[Partition, Committed | None]:
        """The group's committed positions; ``None`` where there is none."""
        return await _in_thread(partial(self._committed, tps))

    async def bounds(self, tps: Sequence[Partition]) -> Mapping[Partition, tuple[int, int]]:
        """First offset and end of each partition's log; two requests a broker."""
        return await _in_thread(partial(self._bounds, tps))

    async def ends(self, tps: Sequence[Partition]) -> Mapping[Partition, int]:
        """End of each partition's log, as one who reads only what is committed sees it; one request a broker."""
        return await _in_thread(partial(self._listed, tps, "latest", "ends"))

    async def starts(self, tps: Sequence[Partition]) -> Mapping[Partition, int]:
        """First offset of each partition's log; one request a broker."""
        return await _in_thread(partial(self._listed, tps, "earliest", "beginnings"))

    def read(self, spans: Mapping[Partition, tuple[int, int]], stop: Callable[[], bool]) -> Iterator[list[Message]]:
        """The records of [first, end) of each partition, a fetch at a time; blocking, so call it in a thread.

        Ends early when ``stop`` says so. Raises ``Unavailable`` when the broker is away for longer than a time-out.
        """
        left = {tp: end for tp, (first, end) in spans.items() if first < end}
        if not left:
            return
        consumer = self._consumer()
        try:
            consumer.assign([TopicPartition(*tp, spans[tp][0]) for tp in left])
            while left and not stop():
                messages = consumer.consume(FETCH, timeout=FETCH_SECONDS)
                yield [message for message in messages if _wanted(message, left)]
                left = _unread(consumer, left, messages)
        except KafkaException as error:
            raise Unavailable(f"the broker can not be read: {error}") from error
        finally:
            consumer.close()

    def read_whole(self, spans: Mapping[Partition, tuple[int, int]]) -> Iterator[list[Message]]:
        """As ``read``, for a person who waits: raises ``Unavailable`` when nothing has come for a while."""
        heard = monotonic()
        for batch in self.read(spans, lambda: False):
            if batch:
                yield batch
                heard = monotonic()  # the caller's own time is not the broker's
            elif monotonic() - heard > SILENCE_SECONDS:
                raise Unavailable(f"the broker gives nothing of {', '.join(sorted({tp.topic for tp in spans}))}")

    def _consumer(self) -> Consumer:
        return Consumer(
            {
                **self._client,
                "group.id": self._group,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "isolation.level": "read_uncommitted",  # else an open transaction is where a log seems to end
                **AHEAD,
            },
            logger=logging.getLogger(LIBRARY),
        )

    def _topics(self, names: Sequence[str]) -> Mapping[str, tuple[str, int]]:
        found: dict[str, tuple[str, int]] = {}
        futures = self._admin.describe_topics(TopicCollection(list(names)), request_timeout=TIMEOUT_SECONDS)
        for name, future in futures.items():
            try:
                described = future.result()
            except KafkaException as error:
                if error.args[0].name() == "UNKNOWN_TOPIC_OR_PART":
                    continue
                if error.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                    raise Unavailable(no_topic(name)) from error
                raise Unavailable(f"the broker does not answer: {error.args[0].str()}") from error
            found[name] = (str(described.topic_id), len(described.partitions))
        return found

    def _committed(self, tps: Sequence[Partition]) -> Mapping[Partition, Committed | None]:
        consumer = self._consumer()
        try:
            answers = consumer.committed([TopicPartition(*tp) for tp in tps], timeout=TIMEOUT_SECONDS)
        except KafkaException as error:
            raise Unavailable(self._why_not() or f"committed positions can not be read: {error}") from error
        finally:
            consumer.close()
        return {
            Partition(answer.topic, answer.partition): Committed(answer.offset, *logs_of(answer))
            if answer.offset >= 0
            else None
            for answer in answers
        }

    def _listed(
        self,
        tps: Sequence[Partition],
        which: str,
        told: str,
        isolation: IsolationLevel = IsolationLevel.READ_COMMITTED,
    ) -> Mapping[Partition, int]:
        if not tps:
            return {}
        spec: Any = kafka_admin  # whose types leave OffsetSpec out
        futures = self._admin.list_offsets(
            {TopicPartition(*tp): getattr(spec.OffsetSpec, which)() for tp in tps},
            isolation_level=isolation,
            request_timeout=TIMEOUT_SECONDS,
        )
        try:
            return {Partition(tp.topic, tp.partition): future.result().offset for tp, future in futures.items()}
        except KafkaException as error:
            raise Unavailable(f"{told} of logs can not be read: {error.args[0].str()}") from error

    def _why_not(self) -> str | None:
        """Whether the group is refused to us: librdkafka's consumer only tells that it got no answer."""
        asked: Any = self._admin  # whose types leave this out
        try:
            asked.describe_consumer_groups([self._group], request_timeout=TIMEOUT_SECONDS)[self._group].result()
        except KafkaException as error:
            if error.args[0].code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
                return no_group(self._group)
        return None

    def _bounds(self, tps: Sequence[Partition]) -> Mapping[Partition, tuple[int, int]]:
        firsts = self._listed(tps, "earliest", "beginnings")
        ends = self._listed(tps, "latest", "ends", IsolationLevel.READ_UNCOMMITTED)
        return {tp: (first, ends[tp]) for tp, first in firsts.items()}


def metadata(topic_id: str, state_id: str) -> str:
    """What is committed with an offset."""
    return f"{topic_id} {state_id}".rstrip() + METADATA_END


def logs_of(answer: TopicPartition) -> tuple[str, str]:
    """Topic id and state id; what another program committed, not ended as ours is, may not even be text."""
    try:
        topic_id, _, state_id = (answer.metadata or "").split(METADATA_END)[0].partition(" ")
    except UnicodeDecodeError:
        return "", ""
    return topic_id, state_id


def _wanted(message: Message, left: Mapping[Partition, int]) -> bool:
    error = message.error()
    if error is None:
        return (message.offset() or 0) < left.get(_partition(message), 0)
    if error.retriable() or error.name().startswith("_"):  # the end of a log, or librdkafka's own: it goes on by itself
        return False
    raise KafkaException(error)


def _unread(consumer: Consumer, left: Mapping[Partition, int], messages: Sequence[Message]) -> dict[Partition, int]:
    """The partitions whose span is not read yet; a log may end in markers that are no records."""
    ended = {_partition(message) for message in messages if _ends(message.error())}
    places = consumer.position([TopicPartition(*tp) for tp in left if tp not in ended])
    unread = {Partition(place.topic, place.partition): place.offset for place in places}
    return {tp: left[tp] for tp, offset in unread.items() if offset < left[tp]}


def _ends(error: KafkaError | None) -> bool:
    return error is not None and error.name() == "_PARTITION_EOF"


def _partition(message: Message) -> Partition:
    return Partition(message.topic() or "", message.partition() or 0)


async def _in_thread(call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(None, call)
