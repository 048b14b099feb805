"""Small worlds made by the real agents: what they wrote to every topic, what is committed, and what is stored."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from records import NOW, TOPICS, Memory, normalizer

from argus_streams.adapters.bursts import load_bursts
from argus_streams.adapters.memory import MemoryStore
from argus_streams.agents.group import GroupAgent
from argus_streams.agents.store import StoreAgent
from argus_streams.agents.wire import DEAD
from argus_streams.auditing.evidence import Record as Read
from argus_streams.core.audit.cut import Cut, Extent, Input, Topic
from argus_streams.streaming.agent import Slice, State

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PARTITIONS = 2
QUARTER = 900_000  # ms between two bodies of a partition: a few fall into each hour
DEAD_TOPICS = tuple(
    f"{topic}{DEAD}"
    for topic in (TOPICS.incoming, TOPICS.replayed, TOPICS.normalized, TOPICS.commands, TOPICS.groups, TOPICS.kept)
)
READ = {
    "normalize": (TOPICS.incoming,),
    "group": (TOPICS.normalized,),
    "store": (TOPICS.groups, TOPICS.kept, *DEAD_TOPICS),
}
COUNTED = (TOPICS.ledger, TOPICS.normalized, *READ["store"])


class Kept(NamedTuple):
    """A record as a broker keeps it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple


def _id(topic):
    return f"id-of-{topic}"


@dataclass(repr=False)
class World:
    """Topics in memory. ``topic_id`` names the topics' ids, which records hold."""

    topic_id: object = _id
    logs: dict = field(default_factory=lambda: defaultdict(list))  # (topic, partition) → records
    done: dict = field(default_factory=lambda: defaultdict(int))  # (stage, topic, partition) → offset
    store: MemoryStore = field(default_factory=MemoryStore)
    table: Memory = field(default_factory=Memory)

    def put(self, topic, partition, *, key, value, headers=(), timestamp=NOW):
        log = self.logs[topic, partition]
        log.append(Kept(topic, partition, len(log), timestamp, key, value, tuple(headers)))

    def publish(self, bodies):
        """Bodies are (headers, value)."""
        for number, (headers, value) in enumerate(bodies):
            partition = number % PARTITIONS
            timestamp = NOW + QUARTER * len(self.logs[TOPICS.incoming, partition])
            self.put(TOPICS.incoming, partition, key=None, value=value, headers=headers, timestamp=timestamp)

    def forward(self, answer):
        for each in answer:
            partition = crc32(each.key or b"") % PARTITIONS
            self.put(each.topic, partition, key=each.key, value=each.value, headers=each.headers)

    def slice(self, topic, partition, first, end):
        return Slice(topic, self.topic_id(topic), partition, self.logs[topic, partition][first:end])

    def normalize(self, partition, first, end, *, commit=True):
        """A turn over bodies [first, end); without a commit it died before that."""
        agent = self.__dict__.setdefault("normalizer", normalizer())
        self.forward(asyncio.run(agent.turn([self.slice(TOPICS.incoming, partition, first, end)])).records)
        if commit:
            self._commit("normalize", TOPICS.incoming, partition, end)

    def group(self, partition, end, *, keep=True, commit=True):
        """A turn up to ``end``; without ``keep`` it died before its state was logged."""
        first = self.done["group", TOPICS.normalized, partition]
        state = State(self.table)
        agent = GroupAgent(TOPICS, load_bursts(None))
        answer = asyncio.run(agent.turn([self.slice(TOPICS.normalized, partition, first, end)], state))
        self.forward(answer.records)
        if keep:
            self.table.keep(state.changes())
        if keep and commit:
            self._commit("group", TOPICS.normalized, partition, end)

    def stored(self, into=None, topics=READ["store"]):
        """STORE over all that is left of some topics."""
        for topic in topics:
            for partition in range(PARTITIONS):
                first, end = self.done["store", topic, partition], self.end(topic, partition)
                if first < end:
                    asyncio.run(StoreAgent(TOPICS, into or self.store).turn([self.slice(topic, partition, first, end)]))
                    self._commit("store", topic, partition, end)

    def drain(self):
        """Let all stages do what is left."""
        for partition in range(PARTITIONS):
            first, end = self.done["normalize", TOPICS.incoming, partition], self.end(TOPICS.incoming, partition)
            if first < end:
                self.normalize(partition, first, end)
        for partition in range(PARTITIONS):
            if self.done["group", TOPICS.normalized, partition] < self.end(TOPICS.normalized, partition):
                self.group(partition, self.end(TOPICS.normalized, partition))
        self.stored()
        return self

    def end(self, topic, partition):
        return len(self.logs[topic, partition])

    def _commit(self, stage, topic, partition, end):
        self.done[stage, topic, partition] = max(end, self.done[stage, topic, partition])

    # -- what an audit reads ---------------------------------------------------------------------------------------

    async def read(self, topic, spans):
        for partition, (first, end) in spans.items():
            for each in self.logs[topic, partition]:
                if each is not None and first <= each.offset < end:
                    yield [Read(partition, each.offset, each.value, each.headers)]

    def cut(self, **changes):
        inputs = tuple(
            Input(
                TOPICS.incoming,
                self.topic_id(TOPICS.incoming),
                partition,
                0,
                self.end(TOPICS.incoming, partition),
                self.done["normalize", TOPICS.incoming, partition],
            )
            for partition in range(PARTITIONS)
        )
        named = {name: self._topic(name) for name in COUNTED}
        return Cut(
            inputs,
            named[TOPICS.ledger],
            named[TOPICS.normalized],
            named[TOPICS.groups],
            named[TOPICS.kept],
            tuple(named[name] for name in DEAD_TOPICS),
            hours=range(1 << 30),
        )._replace(**changes)

    def _topic(self, name):
        stage = "group" if name == TOPICS.normalized else "store"
        extents = {
            partition: Extent(0, self.end(name, partition), self.done[stage, name, partition])
            for partition in range(PARTITIONS)
        }
        return Topic(name, self.topic_id(name), extents)


def sample_bodies():
    """(headers, value) of all samples, under the source that their file names."""
    found = []
    for file in sorted(SAMPLES.glob("*.json")):
        for case in json.loads(file.read_text("utf-8")):
            body = case["body"]
            value = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            named = {**(case.get("headers") or {}), "ce_source": file.stem, "project": f"shop-{len(found) % 3}"}
            found.append((tuple((name, text.encode()) for name, text in named.items()), value))
    return found


def own(*events, project="shop"):
    """A body of our own shape with these events, or rubbish where one is no mapping."""
    return (("ce_source", b"argus"), ("project", project.encode())), json.dumps({"events": list(events)}).encode()


def rubbish(project="shop"):
    return (("ce_source", b"argus"), ("project", project.encode())), b"{cut"
