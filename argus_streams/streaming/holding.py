"""Waiting for something outside, in the open: what it is shows in readiness, and is asked ever more rarely."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from argus_streams.errors import Unavailable
from argus_streams.streaming.health import Health

log = logging.getLogger(__name__)

T = TypeVar("T")
HOLD_SECONDS = (0.5, 30.0)  # first and longest pause while something outside is down


async def insist(health: Health, call: Callable[[], Awaitable[T]]) -> T:
    """Ask until the broker answers."""
    pause = HOLD_SECONDS[0]
    while True:
        try:
            answer = await call()
        except Unavailable as error:
            health.hold("broker", str(error))
            log.warning("waiting for the broker: %s; next try in %.1f s", error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, HOLD_SECONDS[1])
        else:
            health.go_on("broker")
            return answer
