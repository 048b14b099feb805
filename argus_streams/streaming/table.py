"""Keyed state of one agent, kept in a changelog topic and a local store, with one writer a partition.

On assignment the owner writes a claim; the claim's offset is its epoch, and every record it writes carries it.
Recovery reads past the claim and keeps the highest epoch of each key. Delivery reports must come back with consecutive
offsets: a strange record between ours means a second writer. If its epoch is newer, we are the one that was left behind
(a long pause) and must end before the local store is touched; if older, a zombie wrote late, and we write our own
values of those keys again.
"""

import asyncio
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import NamedTuple

from confluent_kafka import Message

from argus_streams.errors import ArgusError
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import Outgoing, PlacingProducer
from argus_streams.streaming.reader import Reader
from argus_streams.streaming.store import Mark, Size, Store

_EPOCH = struct.Struct(">q")
CLAIM = b"\x00claim"  # no key of an agent begins with NUL

Key = tuple[int, bytes]  # partition, key


class Fenced(ArgusError):  # noqa: N818 - what happened to us
    """Another worker owns this partition now: end at once, write nothing more."""


class Logged(NamedTuple):
    """Changes that the changelog has confirmed, ready for the local store."""

    changes: Mapping[int, Mapping[bytes, bytes]]
    marks: Mapping[int, Mark]


@dataclass(slots=True)
class Recovery:
    """How far reading the changelog back has come, in offsets."""

    all: int = 0
    done: int = 0
    began: float = 0.0
    ended: float | None = 0.0  # ``None`` = it runs

    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return (monotonic() if self.ended is None else self.ended) - self.began


class Table:
    """State by (partition, key); values are bytes, ``None`` = deleted."""

    def __init__(
        self, topic: str, topic_id: str, *, store: Store, producer: PlacingProducer, reader: Reader, worker: str
    ) -> None:
        self.topic = topic
        self._topic_id = topic_id
        self._store = store
        self._producer = producer
        self._reader = reader
        self._worker = worker.encode()
        self._epochs: dict[int, int] = {}
        self._expected: dict[int, int] = {}  # offset of our next changelog record
        self._recovering = 0  # number of the running recovery: an older one stops
        self.recovery = Recovery()
        self.overwritten = 0  # records of earlier owners that came late
        self._replaying = asyncio.Lock()  # ... and has stopped before the next touches the store

    # -- ownership ------------------------------------------------------------------------------------------------

    async def assign(self, partitions: Iterable[int]) -> None:
        """Claim partitions and bring the local store up to the claim; returns when they are ready."""
        mine = sorted(partitions)
        self._recovering += 1
        number = self._recovering
        self._epochs.clear()
        places = await self._producer.write(
            [Outgoing(self.topic, CLAIM, _EPOCH.pack(0) + self._worker, partition=partition) for partition in mine]
        )
        claims = dict(places)
        bounds = await self._reader.bounds([Partition(self.topic, partition) for partition in mine])
        async with self._replaying:
            if number != self._recovering:  # a later assignment has begun: what the store holds is its business
                return
            spans = self._spans(claims, bounds)
            self.recovery = Recovery(sum(end - first for first, end in spans.values()), 0, monotonic(), None)
            await asyncio.get_running_loop().run_in_executor(None, partial(self._replay, spans, number))
        if number == self._recovering:
            self.recovery.ended = monotonic()
            self._epochs.update(claims)
            self._expected = {partition: offset + 1 for partition, offset in claims.items()}

    def release(self) -> None:
        """Give all partitions up; what the local store holds stays, true up to its marks."""
        self._recovering += 1
        self._epochs.clear()

    def ready(self, partitions: Iterable[int]) -> bool:
        """Whether these are ours and recovered."""
        return all(partition in self._epochs for partition in partitions)

    def epoch(self, partition: int) -> int:
        """The epoch under which this worker writes the partition."""
        return self._epochs[partition]

    def partitions(self) -> Sequence[int]:
        """The partitions that are ours and recovered."""
        return sorted(self._epochs)

    def get(self, key: Key) -> bytes | None:
        """The value, or ``None``."""
        stored = self._store.get(*key)
        return stored[_EPOCH.size :] or None if stored is not None else None

    def scan(self, partition: int, prefix: bytes) -> Iterator[bytes]:
        """The keys of a partition that begin so and have a value, in their order."""
        return (key for key, stored in self._store.scan(partition, prefix) if len(stored) > _EPOCH.size)

    def waiting(self) -> int:
        """Changelog records that the broker has not acknowledged yet."""
        return self._producer.waiting()

    def size(self) -> Size:
        """How large the local store is."""
        return self._store.size()

    def close(self) -> None:
        """Release the local store."""
        self._store.close()

    # -- writing --------------------------------------------------------------------------------------------------

    async def log(self, changes: Mapping[Key, bytes | None]) -> Logged:
        """Write changes to the changelog and wait for the broker. Raises ``Fenced`` or ``NotDelivered``."""
        stamped = {
            (partition, key): _EPOCH.pack(self._epochs[partition]) + (value or b"")
            for (partition, key), value in changes.items()
        }
        await self._write(stamped)
        by_partition: dict[int, dict[bytes, bytes]] = {}
        for (partition, key), value in stamped.items():
            by_partition.setdefault(partition, {})[key] = value
        marks = {partition: Mark(self._topic_id, self._expected[partition] - 1) for partition in by_partition}
        return Logged(by_partition, marks)

    def apply(self, logged: Logged) -> None:
        """Write confirmed changes to the local store, data and mark in one batch a partition."""
        for partition, changes in logged.changes.items():
            self._store.write(partition, changes, logged.marks[partition])

    async def verify(self) -> None:
        """Look for records of another writer behind ours, also where nothing was written. Raises ``Fenced``."""
        ends = await self._reader.bounds([Partition(self.topic, partition) for partition in self._epochs])
        behind = {tp.partition: end for tp, (_, end) in ends.items() if end > self._expected[tp.partition]}
        if behind:
            await self._answer(await self._strangers(behind, ()), {})
            self._expected.update({p: max(end, self._expected[p]) for p, end in behind.items()})

    async def _write(self, stamped: Mapping[Key, bytes]) -> None:
        records = [Outgoing(self.topic, key, value, partition=p) for (p, key), value in stamped.items()]
        places = await self._producer.write(records)
        ours: dict[int, list[int]] = {}
        for partition, offset in places:
            ours.setdefault(partition, []).append(offset)
        gaps = {p: max(o) + 1 for p, o in ours.items() if max(o) + 1 - self._expected[p] != len(o)}
        strange = await self._strangers(gaps, places) if gaps else []
        self._expected.update({p: max(offsets) + 1 for p, offsets in ours.items()})
        await self._answer(strange, stamped)

    async def _strangers(self, ends: Mapping[int, int], ours: Sequence[tuple[int, int]]) -> list[Message]:
        """The records between what we expected and ``ends`` that are not ours."""
        spans = {Partition(self.topic, p): (self._expected[p], end) for p, end in ends.items()}
        known = set(ours)
        batches = await asyncio.get_running_loop().run_in_executor(
            None, lambda: list(self._reader.read(spans, lambda: False))
        )
        return [m for batch in batches for m in batch if (m.partition(), m.offset()) not in known]

    async def _answer(self, strange: Sequence[Message], ours: Mapping[Key, bytes]) -> None:
        """End if a newer owner wrote; write our own values of the keys again if an older one did."""
        again: dict[Key, bytes] = {}
        for message in strange:
            partition, key, epoch = message.partition() or 0, message.key() or b"", _epoch(message)
            if epoch > self._epochs[partition]:
                raise Fenced(f"{self.topic}/{partition} has a newer owner (epoch {epoch} > {self._epochs[partition]})")
            value = ours.get((partition, key)) or self._store.get(partition, key)
            if key != CLAIM:
                again[partition, key] = value or _EPOCH.pack(self._epochs[partition])
        if again:
            self.overwritten += len(again)
            epochs = self._epochs
            await self._write({k: _EPOCH.pack(epochs[k[0]]) + v[_EPOCH.size :] for k, v in again.items()})

    # -- recovery -------------------------------------------------------------------------------------------------

    def _spans(
        self, claims: Mapping[int, int], bounds: Mapping[Partition, tuple[int, int]]
    ) -> Mapping[Partition, tuple[int, int]]:
        """What to read of each partition; a local copy that the changelog does not bear out is dropped."""
        spans = {}
        for partition, claim in claims.items():
            tp = Partition(self.topic, partition)
            mark = self._store.mark(partition)
            first = bounds[tp][0]
            if mark is not None and mark.topic_id == self._topic_id and first <= mark.offset + 1 <= claim + 1:
                first = mark.offset + 1
            elif mark is not None:  # another topic of that name, or one that was cut: our copy is void
                self._store.drop(partition)
            spans[tp] = (first, claim + 1)
        return spans

    def _replay(self, spans: Mapping[Partition, tuple[int, int]], number: int) -> None:
        """Apply the changelog to the local store, a fetch at a time."""
        reached: dict[int, int] = {}
        for batch in self._reader.read(spans, lambda: number != self._recovering):
            changes: dict[int, dict[bytes, bytes]] = {}
            last: dict[int, int] = {}
            for message in batch:
                partition = message.partition() or 0
                last[partition] = message.offset() or 0
                self._keep(changes.setdefault(partition, {}), message, partition)
            if number != self._recovering:
                return
            for partition, offset in last.items():
                self._store.write(partition, changes[partition], Mark(self._topic_id, offset))
                reached[partition] = offset + 1 - spans[Partition(self.topic, partition)][0]
            self.recovery.done = sum(reached.values())

    def _keep(self, changes: dict[bytes, bytes], message: Message, partition: int) -> None:
        key, value = message.key() or b"", message.value() or b""
        if key == CLAIM or len(value) < _EPOCH.size:
            return
        known = changes.get(key) or self._store.get(partition, key)
        if known is None or value[: _EPOCH.size] >= known[: _EPOCH.size]:
            changes[key] = value


def logged(message: Message) -> tuple[int, bytes] | None:
    """Epoch and value of a changelog record; ``None`` for an owner's claim."""
    value = message.value() or b""
    if message.key() == CLAIM or len(value) < _EPOCH.size:
        return None
    return int(_EPOCH.unpack(value[: _EPOCH.size])[0]), value[_EPOCH.size :]


def seed(topic: str, partition: int, key: bytes, value: bytes) -> Outgoing:
    """A changelog record of before the first owner: whatever an owner writes goes before it."""
    return Outgoing(topic, key, _EPOCH.pack(0) + value, partition=partition)


def _epoch(message: Message) -> int:
    """The epoch of a record; a claim's own offset is the epoch that it opens."""
    value = message.value() or b""
    if message.key() == CLAIM or len(value) < _EPOCH.size:
        return message.offset() or 0
    return int(_EPOCH.unpack(value[: _EPOCH.size])[0])
