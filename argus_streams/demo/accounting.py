"""Waiting until everything published is stored, and adding up the ledger."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from time import monotonic

import msgspec

from argus_streams import app
from argus_streams.agents.wire import Topics
from argus_streams.core.ledger import reconcile
from argus_streams.core.messages import LedgerRecord
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.reader import Reader
from argus_streams.streaming.records import Records

_LEDGER = msgspec.json.Decoder(LedgerRecord)
QUIET_SECONDS = 2.5  # all groups at their ends for this long: above the commit interval of 1 s


class Accountant:
    """Knows where the inputs stood when the demo began, and what became of all that came since."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topics = Topics.under(settings.topic_prefix)
        self._reader = Reader(settings.kafka(), f"{settings.topic_prefix}accounting")
        self._roles = {role: Reader(settings.kafka(), app.group_of(settings, role)) for role in app.ROLES}
        self._first: Mapping[Partition, int] = {}

    async def open(self) -> None:
        """Note where the inputs end now."""
        ends = await self._bounds(self._topics.incoming)
        self._first = {tp: end for tp, (_, end) in ends.items()}

    async def drained(self, seconds: float, check: Callable[[], int | None]) -> bool:
        """Wait until every role has committed all that it reads; whether that came true in time."""
        deadline, quiet_since = monotonic() + seconds, monotonic()
        while monotonic() < deadline:
            check()
            if not await self._all_committed():
                quiet_since = monotonic()
            elif monotonic() - quiet_since >= QUIET_SECONDS:
                return True
            await asyncio.sleep(0.25)
        return False

    async def totals(self) -> dict[str, int]:
        """The ledger's sums over what was published since ``open``."""
        ids = await self._reader.topics([self._topics.incoming])
        topic_id = ids[self._topics.incoming][0]
        ends = await self._bounds(self._topics.incoming)
        spans = {(topic_id, tp.partition): (self._first.get(tp, 0), end) for tp, (_, end) in ends.items()}
        ledger = await self._bounds(self._topics.ledger)
        records = await asyncio.to_thread(self._records, ledger)
        return reconcile(records, spans).summary()

    def _records(self, spans: Mapping[Partition, tuple[int, int]]) -> list[LedgerRecord]:
        fetches = self._reader.read(spans, lambda: False)
        return [_LEDGER.decode(message.value() or b"") for fetch in fetches for message in fetch]

    async def _all_committed(self) -> bool:
        for role, reader in self._roles.items():
            ends: dict[Partition, tuple[int, int]] = {}
            for topic in app.inputs(self._settings, role):
                ends.update(await self._bounds(topic))
            committed = await reader.committed(list(ends))
            left: dict[Partition, tuple[int, int]] = {}
            for tp, (first, end) in ends.items():
                place = committed[tp]
                if (start := place[0] if place is not None else first) < end:
                    left[tp] = (start, end)
            if not left:
                continue
            if await asyncio.to_thread(self._holds, left):
                return False
        return True

    def _holds(self, left: Mapping[Partition, tuple[int, int]]) -> bool:
        """Whether there is a record in what is left: what was replayed ends in the marker of a transaction."""
        if any(tp.topic not in (self._topics.replayed, self._topics.commands) for tp in left):
            return True
        with closing(Records(self._settings.kafka(), f"{self._settings.topic_prefix}accounting")) as records:
            return records.holds(left)

    async def _bounds(self, topic: str) -> Mapping[Partition, tuple[int, int]]:
        found = await self._reader.topics([topic])
        return await self._reader.bounds([Partition(topic, number) for number in range(found[topic][1])])
