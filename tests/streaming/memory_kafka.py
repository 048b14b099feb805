"""Kafka as the loop and a table see it, in memory: logs, committed places, and nothing that can be late."""

from typing import NamedTuple

from argus_streams.streaming.position import Partition


class Record(NamedTuple):
    """A record as the fetch gives it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 0
    timestamp_type: int = 0
    headers: tuple = ()


class Message:
    """A record as librdkafka gives it."""

    def __init__(self, record):
        self._record = record

    def partition(self):
        return self._record.partition

    def offset(self):
        return self._record.offset

    def key(self):
        return self._record.key

    def value(self):
        return self._record.value


class MemoryKafka:
    """What outlives every worker; producer and reader at once."""

    def __init__(self):
        self.logs = {}
        self.places = {}  # committed, with the topic's id
        self.first = {}  # where retention has got to
        self.ids = {}  # of topics, by name

    def log(self, topic, partition=0):
        return self.logs.setdefault(Partition(topic, partition), [])

    def append(self, topic, key, value, partition=0):
        log = self.log(topic, partition)
        log.append(Record(topic, partition, len(log), key, value))
        return partition, len(log) - 1

    # -- as a producer ------------------------------------------------------------------------------------------------

    async def write(self, records):
        return [self.append(r.topic, r.key, r.value, max(r.partition, 0)) for r in records]

    # -- as a reader --------------------------------------------------------------------------------------------------

    async def topics(self, names):
        return {name: (self.ids[name], 2) for name in names if name in self.ids}

    async def committed(self, tps):
        return {tp: self.places.get(tp) for tp in tps}

    async def bounds(self, tps):
        return {tp: (self.first.get(tp, 0), len(self.logs.get(tp, ()))) for tp in tps}

    def read(self, spans, stop):
        for tp, (first, end) in spans.items():
            if stop():
                return
            yield [Message(record) for record in self.logs.get(tp, ())[first:end]]
