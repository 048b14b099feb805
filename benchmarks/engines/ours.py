"""Our engine with a small agent; variants `memory` and `rocksdb`."""

import asyncio
import logging
import os
import struct
from collections.abc import Sequence

import orjson
from prometheus_client import CollectorRegistry
from work import Order, Stopwatch, order

from argus_streams.streaming.agent import Effects, Slice, State
from argus_streams.streaming.producer import Outgoing
from argus_streams.streaming.worker import Broker, Job, Worker

COUNT = struct.Struct(">qq")  # how many, and the offset of the last that is counted


class Counting:
    """Counts each record once, also after a crash, and forwards it."""

    name = "counting"

    def __init__(self, sink: str, stopwatch: Stopwatch) -> None:
        self._sink = sink
        self._stopwatch = stopwatch

    async def turn(self, slices: Sequence[Slice], state: State) -> Effects:
        """Count by fingerprint."""
        self._stopwatch.begin()
        forwards: list[Outgoing] = []
        for piece in slices:
            self._count(piece, state)
            forwards += [Outgoing(self._sink, record.key, record.value) for record in piece.records]
        return Effects(forwards)

    def _count(self, piece: Slice, state: State) -> None:
        counts: dict[str, tuple[int, int]] = {}
        for record in piece.records:
            fingerprint = orjson.loads(record.value or b"")["fingerprint"]
            count, last = counts.get(fingerprint) or _stored(state, piece.partition, fingerprint)
            if record.offset > last:
                counts[fingerprint] = (count + 1, record.offset)
        for fingerprint, counted in counts.items():
            state.put(piece.partition, fingerprint.encode(), COUNT.pack(*counted))


def _stored(state: State, partition: int, fingerprint: str) -> tuple[int, int]:
    stored = state.get(partition, fingerprint.encode())
    if stored is None:
        return 0, -1
    count, last = COUNT.unpack(stored)
    return count, last


def main(told: Order) -> None:
    """Work until SIGTERM."""
    logging.basicConfig(level=logging.WARNING)
    job = Job(
        role="counting",
        group=told.group,
        topics=[told.source],
        metrics=CollectorRegistry(),
        changelog=told.changelog,
        state=told.folder if told.variant == "rocksdb" else None,
    )
    worker = Worker(Broker({"bootstrap.servers": told.bootstrap}), job)
    code = asyncio.run(worker.run_keyed(Counting(told.sink, Stopwatch(told.folder))))
    os._exit(code)


if __name__ == "__main__":
    main(order())
