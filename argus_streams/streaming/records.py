"""Reading topics beside all groups, for a person who asks: what is committed, from a time on, or single records."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from confluent_kafka import (
    Consumer,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Message,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # not re-exported explicitly

from argus_streams.core.records import Raw, Spot
from argus_streams.errors import Unavailable
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import LIBRARY

TIMEOUT_SECONDS = 15.0
FETCH = 200  # records a call: each may have 8 MiB, but librdkafka holds 64 MiB at most
FETCH_SECONDS = 0.05  # a call waits this long for so many, also at the end of a log
FETCH_WAIT_MS = 50  # the broker keeps a call at the end of a log for so long, and the next scan behind it
PAUSE_SECONDS = 0.2  # until a question is asked again
NEAR = 100  # offsets between two records that are rather read than sought past
_PASSING = frozenset(
    {
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
    }
)

Span = tuple[int, int]  # first offset, and one past the last


class Records:
    """The records of a cluster; blocking. Every method raises ``Unavailable`` where Kafka does not answer."""

    def __init__(self, client: Mapping[str, Any], group: str) -> None:
        self._admin = AdminClient(dict(client), logger=logging.getLogger(LIBRARY))
        self._consumer = Consumer(
            {
                **client,
                "group.id": group,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": FETCH_WAIT_MS,
            },
            logger=logging.getLogger(LIBRARY),
        )

    def close(self) -> None:
        """Let go of the broker."""
        self._consumer.close()

    def topics(self, patience: float = TIMEOUT_SECONDS) -> Mapping[str, tuple[str, int]]:
        """Id and number of partitions of every topic there is, by name; ``patience`` is in s."""
        with _asking():
            names = list(self._admin.list_topics(timeout=patience).topics)
            answers = self._admin.describe_topics(TopicCollection(names), request_timeout=TIMEOUT_SECONDS)
            found = {}
            for name, answer in answers.items():
                try:
                    described = answer.result()
                except KafkaException as error:
                    if error.args[0].code() not in {
                        KafkaError.UNKNOWN_TOPIC_OR_PART,  # deleted since
                        KafkaError.TOPIC_AUTHORIZATION_FAILED,  # not ours
                    }:
                        raise
                    continue
                found[name] = (str(described.topic_id), len(described.partitions))
            return found

    def bounds(self, tps: Iterable[Partition]) -> dict[Partition, Span]:
        """First offset, and the end of what is committed, of each partition."""
        asked = list(tps)
        if not asked:
            return {}
        firsts = self._offsets(asked, OffsetSpec.earliest())  # type: ignore[no-untyped-call]
        ends = self._offsets(asked, OffsetSpec.latest())  # type: ignore[no-untyped-call]
        return {tp: (firsts[tp], ends[tp]) for tp in asked}

    def _offsets(self, tps: Iterable[Partition], spec: OffsetSpec) -> dict[Partition, int]:
        asked, deadline = {TopicPartition(*tp): spec for tp in tps}, monotonic() + TIMEOUT_SECONDS
        with _asking():
            while True:
                answers = self._admin.list_offsets(
                    asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=TIMEOUT_SECONDS
                )
                try:
                    return {Partition(tp.topic, tp.partition): each.result().offset for tp, each in answers.items()}
                except KafkaException as error:  # a topic that was just made, or moves
                    if error.args[0].code() not in _PASSING or monotonic() > deadline:
                        raise
                    sleep(PAUSE_SECONDS)

    def since(self, spans: Mapping[Partition, Span], time: int) -> dict[Partition, Span]:
        """The part of each span whose records are of this time (ms) or later."""
        if not spans:
            return {}
        asked = [TopicPartition(*tp, time) for tp in spans]
        with _asking():
            answers = self._consumer.offsets_for_times(asked, timeout=TIMEOUT_SECONDS)
        firsts = {Partition(each.topic, each.partition): each.offset for each in answers}
        return {tp: (max(first, firsts[tp]) if firsts[tp] >= 0 else end, end) for tp, (first, end) in spans.items()}

    def scan(self, spans: Mapping[Partition, Span]) -> Iterator[Raw]:
        """The records of each span, those of one partition in their order."""
        left = {tp: end for tp, (first, end) in spans.items() if first < end}
        if not left:
            return
        with _asking():
            for topic in {tp.topic for tp in left}:  # else librdkafka looks for a new one's leaders once a second
                self._consumer.list_topics(topic, timeout=TIMEOUT_SECONDS)
            self._consumer.assign([TopicPartition(*tp, spans[tp][0]) for tp in left])
            heard = monotonic()
            while left:
                for message in self._consumer.consume(FETCH, timeout=FETCH_SECONDS):
                    raw = _take(message, left)
                    if raw is not None:
                        yield raw
                    heard = monotonic()  # the caller's own time is not Kafka's
                if monotonic() - heard > TIMEOUT_SECONDS:
                    raise Unavailable(f"Kafka gives nothing of {', '.join(f'{tp[0]}/{tp[1]}' for tp in left)}")

    def holds(self, spans: Mapping[Partition, Span]) -> bool:
        """Whether any record lies there: a log may end in the marker of a transaction, which nobody confirms."""
        return next(self.scan(spans), None) is not None

    def fetch(self, spots: Iterable[Spot]) -> dict[Spot, Raw]:
        """The records at these places; one that is not there any more is left out."""
        wanted = set(spots)
        waiting: dict[Partition, list[Span]] = {}
        for spot in sorted(wanted, reverse=True):
            spans = waiting.setdefault(Partition(spot.topic, spot.partition), [])
            if spans and spans[-1][0] - spot.offset <= NEAR:
                spans[-1] = (spot.offset, spans[-1][1])
            else:
                spans.append((spot.offset, spot.offset + 1))
        found = {}
        while waiting := {tp: spans for tp, spans in waiting.items() if spans}:
            for raw in self.scan({tp: spans.pop() for tp, spans in waiting.items()}):
                if raw.at in wanted:
                    found[raw.at] = raw
        return found


def _take(message: Message, left: dict[Partition, int]) -> Raw | None:
    """The record if it lies in what is left to read; the partition is struck off at its end."""
    tp, error = Partition(message.topic() or "", message.partition() or 0), message.error()
    if error is not None:
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own codes begin so, and are public
            left.pop(tp, None)
        elif not error.retriable() and not error.name().startswith("_"):
            raise KafkaException(error)
        return None
    offset, end = message.offset() or 0, left.get(tp, 0)
    if offset + 1 >= end:
        left.pop(tp, None)
    if offset >= end:
        return None
    try:
        headers: Any = message.headers() or ()
    except (UnicodeDecodeError, SystemError):  # the name of one is no text: confluent-kafka gives none of them
        headers = ()
    return Raw(Spot(*tp, offset), message.timestamp()[1], message.key(), message.value() or b"", headers)


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except KafkaException as error:
        raise Unavailable(f"Kafka does not answer: {error.args[0].str()}") from error
