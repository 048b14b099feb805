"""Waiting until every role has committed all that it reads."""

import asyncio
from collections.abc import Callable
from time import monotonic

from argus_streams.auditing.cutting import Cutter
from argus_streams.errors import Unavailable
from argus_streams.settings import Settings
from argus_streams.streaming.reader import Reader

QUIET_SECONDS = 2.5  # nothing in flight for this long: above the commit interval of 1 s
PAUSE_SECONDS = 0.25


async def drained(given: Settings, seconds: float, check: Callable[[], object]) -> bool:
    """Wait until nothing is in flight, and stays so; whether that came true in time. ``check`` may raise meanwhile."""
    cutter = Cutter(given, reader_of(given))
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


def reader_of(given: Settings) -> Reader:
    """What an audit reads through; it joins no group."""
    return Reader(given.kafka(), f"{given.making().prefix}audit")
