"""The state of the partitions that are ours is recovered in the background; turns wait for it."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from argus_streams.streaming.health import Health
from argus_streams.streaming.holding import insist
from argus_streams.streaming.table import Table

log = logging.getLogger(__name__)


class NoLonger(Exception):  # noqa: N818 - what happened: the partitions went before their state was there
    """A late try would claim what is another's now."""


class Restoring:
    """Recovers one assignment after the other; without a table there is nothing to wait for."""

    def __init__(self, table: Table | None, health: Health, fatal: Callable[[BaseException], None]) -> None:
        self._table = table
        self._health = health
        self._fatal = fatal
        self._task: asyncio.Task[None] | None = None
        self.done = asyncio.Event()

    def begin(self, partitions: set[int], ours: Callable[[], bool]) -> None:
        """Recover these, as long as they are ours."""
        if self._table is None or not partitions:
            self.done.set()
            return
        self.done.clear()
        self._health.recovering = True
        self._task = asyncio.create_task(self._recover(self._table, partitions, ours))

    def give_up(self) -> None:
        """The partitions are another's now."""
        self.done.clear()
        if self._table is not None:
            self._table.release()

    async def _recover(self, table: Table, partitions: set[int], ours: Callable[[], bool]) -> None:
        async def assign() -> None:
            if not ours():
                raise NoLonger
            await table.assign(partitions)

        started = monotonic()
        try:
            await insist(self._health, assign)
        except NoLonger:
            return
        except Exception as error:  # noqa: BLE001 - without its state an agent may not work
            if ours():  # else it may be the end, and the store is closed
                self._fatal(error)
        if not ours():
            return
        log.info("state of %s partitions recovered in %.1f s", len(partitions), monotonic() - started)
        self._health.recovering = False
        self.done.set()
