"""Faust's consumer with chunk delivery and a position of our own.

Faust delivers one event per fetched chunk of one partition (a quarter of its cost per event is four tasks a message),
and commits what ``Position`` says was confirmed. What we override of Faust and why is listed in docs/adr/0002; a test
holds each fact.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, cast

import faust
from aiokafka.errors import ConsumerStoppedError, IllegalStateError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.transport.drivers.aiokafka import Consumer as FaustConsumer
from faust.transport.drivers.aiokafka import Transport as FaustTransport
from faust.types.tuples import TP, ConsumerMessage

from argus_streams.streaming.consumer_thread import ConsumerThread, Dropped
from argus_streams.streaming.position import Chunk, Partition
from argus_streams.streaming.tenancy import Tenancy

LEAVE_SECONDS = (8.0, 4.0)  # for the running turn and its commit: below the rebalance time-out of 15 s ...
END_SECONDS = (2.5, 1.0)  # ... and below the time to stop
COMMITS = 3
FETCH_SECONDS = 0.5  # a fetch waits this long for records, and the end of the process for a fetch
CROWDED_SECONDS = 0.02  # between two looks whether there is room again


class ChunkConsumer(FaustConsumer):
    """One Faust event per fetched chunk; seeks and commits go by ``Position``."""

    tenancy: Tenancy  # bound by `install`

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # -- position -------------------------------------------------------------------------------------------------

    async def perform_seek(self) -> None:
        """Seek every assigned partition to where its group stands, and begin our books there."""
        position = self.tenancy.position
        tps = [Partition(*tp) for tp in self.assignment()]
        for tp in tps:
            position.moved(tp)
        starts = await self.tenancy.starts(tps)
        await self._thread.seek_wait({TP(*tp): offset for tp, (offset, _) in starts.items()})
        for tp, (offset, topic_id) in starts.items():
            position.moved(tp)
            position.reset(tp, offset, topic_id, monotonic())
            self._committed_offset[TP(*tp)] = None

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let the running turn end, commit it, give the partitions up."""
        if self.app.should_stop:  # Faust would close the connection under the turn that is just ending
            await self.wait_empty()
        await super().on_partitions_revoked(revoked)
        self.tenancy.position.forget([Partition(*tp) for tp in revoked])

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Tell the loop what is ours before Faust resumes the flow; who is ending takes nothing more."""
        if self.app.should_stop:
            return
        self.tenancy.position.forget(set(self.tenancy.position.held()) - {Partition(*tp) for tp in assigned})
        self.tenancy.assigned(frozenset(Partition(*tp) for tp in assigned))
        await super().on_partitions_assigned(assigned, generation_id)

    async def wait_empty(self) -> None:
        """Wait for the running turn instead of Faust's acks, which we do not use; then commit all that is done."""
        turn, commit = END_SECONDS if self.app.should_stop else LEAVE_SECONDS
        await self.tenancy.leave(turn)
        with suppress(TimeoutError):  # aiokafka tries for ever while the coordinator is away
            await asyncio.wait_for(self._commit_all(), commit)

    async def _commit_all(self) -> None:
        """Commit what is done; where a commit is under way, which knows less, that is all the first try waits for."""
        for _ in range(COMMITS):
            if not self._filter_committable_offsets(self._filter_tps_with_pending_acks()):
                return
            await self.commit_and_end_transactions()

    def close(self) -> None:
        """Leave the connection to the end of the consumer's thread, which also leaves the group."""

    # -- commit: what was confirmed -------------------------------------------------------------------------------

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        tps = [TP(*tp) for tp in self.tenancy.position.done()]
        return (tp for tp in tps if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        done = self.tenancy.position.done().get(Partition(*tp))
        committed = self._committed_offset[tp]
        return done if done and (committed is None or done > committed) else None

    async def _commit_offsets(self, offsets: Mapping[TP, int], start_new_transaction: bool = True) -> bool:  # noqa: FBT001, FBT002 - Faust's
        before = {tp: self._committed_offset[tp] for tp in offsets}
        done = await super()._commit_offsets(offsets, start_new_transaction)
        if not done:  # Faust has booked it as committed: nothing would try again before the next record
            self._committed_offset.update({tp: o for tp, o in before.items() if tp in self._committed_offset})
        else:
            self.tenancy.committed({Partition(*tp): offset for tp, offset in offsets.items()})
        return bool(done)

    # -- fetch ----------------------------------------------------------------------------------------------------

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):  # noqa: SLF001 - Faust's own loop
                await self.sleep(0)
                async for _, message in self.getmany(timeout=FETCH_SECONDS):
                    await self._deliver(message)
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.transport.app.should_stop:
                raise

    async def _deliver(self, message: ConsumerMessage) -> None:
        if self.app.flow_control.is_active() and not self.suspend_flow.is_set():
            await self.callback(message)
        else:
            await self.wait_first(self.callback(message), self.suspend_flow.wait())
        await asyncio.sleep(0)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109 - Faust's
        """Fetch, and give each partition's records as one message."""
        while self.tenancy.crowded() and self.flow_active and not self.should_stop:
            await self.sleep(CROWDED_SECONDS)
        if self.flow_active:
            await self._ask_again()
        numbers = self.tenancy.position.fetches()
        self.tenancy.asking()
        records, active = await self._fetched(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        for tp in records:
            self.tenancy.position.fetched(Partition(*tp), numbers.get(Partition(*tp), 0), monotonic())
        for tp, fetched in records.items():
            if not self._flowing(generation):  # a rebalance began: what was fetched is dropped, and asked for again
                return
            if active is None or tp in active or tp in self._buffered_partitions:
                chunk = Chunk(fetched, _size(fetched), numbers.get(Partition(*tp), 0), generation)
                self.tenancy.delivered(chunk.size)
                yield tp, _message(tp, chunk)

    async def _fetched(self, timeout: float) -> tuple[Any, Any]:  # noqa: ASYNC109 - Faust's
        try:
            return await self._wait_next_records(timeout)
        except Dropped:  # perhaps the answer to a question, too: what comes next answers none
            for tp in self.assignment():
                self.tenancy.position.moved(Partition(*tp))
            return None, None

    def _flowing(self, generation: int) -> bool:
        return self.flow_active and self.app.consumer_generation_id == generation

    async def _ask_again(self) -> None:
        position, now = self.tenancy.position, monotonic()
        for tp, offset in position.questions(self._ends(), now):
            try:
                await self._seek(TP(*tp), offset)
            except (IllegalStateError, AssertionError):  # it has just gone; a rebalance begins anew
                continue
            position.asked(tp, now)

    def _ends(self) -> Mapping[Partition, int]:
        ends = {}
        for tp in self.assignment() & self._get_active_partitions():
            try:
                ends[Partition(*tp)] = int(cast(Any, self.highwater(tp)) or 0)
            except (IllegalStateError, AssertionError):  # aiokafka asserts that it is still assigned
                continue
        return ends


def _size(records: Sequence[Any]) -> int:
    """Bytes of the records; headers count too, for there may be more of them than of the rest."""
    bodies = sum([len(record.value or b"") + len(record.key or b"") for record in records])
    return bodies + sum([len(name) + len(value or b"") for record in records for name, value in record.headers])


def _message(tp: TP, chunk: Chunk) -> ConsumerMessage:
    last: Any = chunk.records[-1]
    value: Any = chunk  # our codec passes it through
    seconds = last.timestamp / 1000.0
    return ConsumerMessage(
        last.topic, last.partition, last.offset, seconds, last.timestamp_type, [], None, value, None, 0, 0, tp,
        generation_id=chunk.generation,
    )  # fmt: skip


def install(app: faust.App, tenancy: Tenancy) -> None:
    """Give the app our consumer instead of Faust's."""
    consumer = type("BoundConsumer", (ChunkConsumer,), {"tenancy": tenancy})
    transport = type("ChunkTransport", (FaustTransport,), {"Consumer": consumer})
    app.transport = transport(app.conf.broker_consumer, app)


def fetched_to(app: faust.App) -> Mapping[Partition, int]:
    """The offsets that aiokafka asks for next, those behind transaction markers among them."""
    consumer: Any = app.consumer
    subscription = consumer._thread._ensure_consumer()._subscription.subscription  # noqa: SLF001 - told nowhere else
    assignment = subscription.assignment if subscription is not None else None
    if assignment is None:
        return {}
    places = {tp: assignment.state_value(tp) for tp in assignment.tps}
    return {Partition(*tp): place.position for tp, place in places.items() if place.has_valid_position}
