"""What a worker asks of the broker before it works: whether it is there, with the topics as declared."""

import asyncio
import logging
from asyncio import FIRST_COMPLETED
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from argus_streams.errors import Misconfigured, Unavailable
from argus_streams.streaming.health import Health
from argus_streams.streaming.holding import HOLD_SECONDS
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Reader

log = logging.getLogger(__name__)

T = TypeVar("T")

SILENCE_SECONDS = 3.0  # of a broker at the start, until a person is told
LOOK_AGAIN = (0.2, 0.5, 1.0, 2.0)  # s, for a topic that was just made: a broker hears of it after its maker


class Beginning:
    """Waits for the broker; while it waits, readiness says so."""

    def __init__(self, reader: Reader, health: Health, servers: Sequence[str]) -> None:
        self._reader = reader
        self._health = health
        self._servers = servers

    async def topic_ids(
        self, topics: Sequence[str], changelog: str | None, stop: asyncio.Event
    ) -> Mapping[str, str] | None:
        """Ids of the topics by name, changelog among them. Raises ``Misconfigured`` where one is not as declared.

        ``None`` when the end was asked for before the broker answered.
        """
        names = [*topics, *([changelog] if changelog else [])]
        found = await self._described(names, stop)
        if found is None:
            return None
        missing = [name for name in names if name not in found]
        if missing:
            raise Misconfigured(
                f"the broker has no topic {', '.join(missing)}: `argus topics apply` creates "
                "those of ours; one that ARGUS_INPUTS names is yours to create"
            )
        counts = {name: found[name][1] for name in names}
        if changelog and len(set(counts.values())) > 1:
            raise Misconfigured(f"topics keyed alike need equal partition counts, the broker has {counts}")
        if changelog:
            await self._bear_out(found, topics, changelog, stop)
        return {name: topic_id for name, (topic_id, _) in found.items()}

    async def _described(self, names: Sequence[str], stop: asyncio.Event) -> Mapping[str, tuple[str, int]] | None:
        """What the broker tells of the topics, without those that it does not know after a while either."""
        for pause in LOOK_AGAIN:
            found = await self._insist(lambda: self._reader.topics(names), stop)
            if found is None or len(found) == len(set(names)):
                return found
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
        return await self._insist(lambda: self._reader.topics(names), stop)

    async def _bear_out(
        self, found: Mapping[str, tuple[str, int]], topics: Sequence[str], changelog: str, stop: asyncio.Event
    ) -> None:
        """Raise ``Misconfigured`` where positions go with a state that went with its changelog.

        Counting on from nothing would tell too little of every group, and nobody would know.
        """
        tps = [Partition(name, number) for name in topics for number in range(found[name][1])]
        committed = await self._insist(lambda: self._reader.committed(tps), stop) or {}
        state_ids = {at.state_id for tp, at in committed.items() if at and at.topic_id == found[tp.topic][0]}
        if state_ids - {"", found[changelog][0]}:
            raise Misconfigured(
                f"{changelog} was deleted or made anew, and the state in it is gone: to count on from nothing would "
                'tell too little. "A changelog that is gone" in docs/operations/README.md says what to do'
            )

    async def _insist(self, ask: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T | None:
        pause, stopped = HOLD_SECONDS[0], asyncio.create_task(stop.wait())
        while not stop.is_set():
            asked = asyncio.ensure_future(ask())
            done, _ = await asyncio.wait({asked, stopped}, timeout=SILENCE_SECONDS, return_when=FIRST_COMPLETED)
            if not done:
                log.warning("waiting for Kafka at %s: no answer yet", self._servers)
                await asyncio.wait({asked, stopped}, return_when=FIRST_COMPLETED)
            if stopped.done():  # a question in a thread may take its time-out: nobody waits for it
                return None
            try:
                return asked.result()
            except Unavailable as error:
                self._health.hold("broker", str(error))
                log.warning("waiting for Kafka at %s: %s; next try in %.1f s", self._servers, error, pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, HOLD_SECONDS[1])
        return None
