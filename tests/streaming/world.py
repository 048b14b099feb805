"""Tables over one changelog of a real broker, as workers that follow each other have them."""

import asyncio
import struct
import threading

from argus_streams.streaming.reader import Reader
from argus_streams.streaming.store import MemoryStore
from argus_streams.streaming.table import Table


class Counted(MemoryStore):
    """A store that counts its writes."""

    def __init__(self):
        super().__init__()
        self.writes = 0

    def write(self, partition, changes, mark):
        self.writes += 1
        super().write(partition, changes, mark)


class Stuck(MemoryStore):
    """A store whose first write hangs until it is let go, as on a disk that stalls."""

    def __init__(self):
        super().__init__()
        self.begun, self.go = threading.Event(), threading.Event()

    def write(self, partition, changes, mark):
        if not self.begun.is_set():
            self.begun.set()
            self.go.wait(10)
        super().write(partition, changes, mark)


class Delayed(Reader):
    """A reader whose first answer about bounds comes when it is let go."""

    def __init__(self, client, group):
        super().__init__(client, group)
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self._waits = iter([self.go])

    async def bounds(self, tps):
        for go in self._waits:
            self.asked.set()
            await go.wait()
            break
        return await super().bounds(tps)


class World:
    """Tables over one changelog, those that follow each other with producers of their own, as workers have."""

    def __init__(self, topics, topic, producers):
        self.topics, self.topic = topics, topic
        self._producers = producers
        self._client = {"bootstrap.servers": topics.bootstrap}

    async def table(self, store=None, reader=None):
        reader = reader or Reader(self._client, "group")
        topic_id, _ = (await reader.topics([self.topic]))[self.topic]
        store, producer = store or MemoryStore(), next(self._producers)
        return Table(self.topic, topic_id, store=store, producer=producer, reader=reader, worker="test")

    async def owner(self, store=None, partitions=(0,)):
        table = await self.table(store)
        await table.assign(partitions)
        return table

    def reader(self):
        return Delayed(self._client, "group")

    def lines(self):
        return self.topics.lines(self.topic)

    def last(self, key, partition=0):
        """Epoch and value of the last record of a key."""
        value = [line.value for line in self.lines() if (line.partition, line.key) == (partition, key)][-1]
        return struct.unpack(">q", value[:8])[0], value[8:]


async def keep(table, *changes, partition=0):
    logged = await table.log({(partition, key): value for key, value in changes})
    table.apply(logged)
