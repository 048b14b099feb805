"""Waiting until every role has committed all that it reads."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from time import monotonic

from argus_streams.auditing.cutting import Cutter
from argus_streams.errors import Unavailable
from argus_streams.settings import Settings
from argus_streams.streaming.records import Records

QUIET_SECONDS = 2.5  # nothing in flight for this long: above the commit interval of 1 s
PAUSE_SECONDS = 0.25


async def drained(given: Settings, seconds: float, check: Callable[[], object]) -> bool:
    """Wait until nothing is in flight, and stays so; whether that came true in time. ``check`` may raise meanwhile."""
    with records_of(given) as records:
        return await _settled(Cutter(given, records), seconds, check)


async def _settled(cutter: Cutter, seconds: float, check: Callable[[], object]) -> bool:
    deadline = monotonic() + seconds
    quiet_since = None
    while monotonic() < deadline:
        check()
        if await _is_quiet(cutter):
            quiet_since = quiet_since or monotonic()
            if monotonic() - quiet_since >= QUIET_SECONDS:
                return True
        else:
            quiet_since = None
        await asyncio.sleep(PAUSE_SECONDS)
    return False


async def _is_quiet(cutter: Cutter) -> bool:
    try:
        return not await cutter.in_flight()
    except Unavailable:  # a broker that has just started looks for its coordinators
        return False


@contextmanager
def records_of(given: Settings) -> Iterator[Records]:
    """What an audit reads through; it joins no group."""
    with closing(Records(given.kafka(), f"{given.making().prefix}audit")) as records:
        yield records
