"""Waiting for what nobody tells."""

import asyncio
import time

NOTICED_SECONDS = 60.0


async def until(condition, complaint):
    """Wait for what must come."""
    deadline = time.monotonic() + NOTICED_SECONDS
    while not condition():
        assert time.monotonic() < deadline, complaint
        await asyncio.sleep(0.1)
