"""Leaving a consumer group that is still being joined.

aiokafka leaves once it was let in, and to be let in it waits for the slowest of the others. Who is ended meanwhile and
leaves without a word stays a member until its session runs out, and its partitions wait as long.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from aiokafka.client import ConnectionGroup
from aiokafka.errors import KafkaError
from aiokafka.protocol.group import LeaveGroupRequest

AGAIN_SECONDS = 0.5  # a join may have been sent, or a member's name given, since the last look


async def closed(coordinator: Any, closing: Awaitable[None]) -> None:
    """Let ``closing`` close the coordinator; a join that is under way then is given up."""
    task = asyncio.ensure_future(closing)
    await asyncio.wait({task, coordinator._closing}, return_when=asyncio.FIRST_COMPLETED)  # noqa: SLF001 - or it joins anew
    while not task.done():
        await _withdraw(coordinator)
        await asyncio.wait({task}, timeout=AGAIN_SECONDS)
    await task


async def _withdraw(coordinator: Any) -> None:
    joining = coordinator._performed_join_prepare and coordinator.member_id  # noqa: SLF001 - told nowhere else
    if joining and coordinator.coordinator_id is not None:
        leave = LeaveGroupRequest(coordinator.group_id, coordinator.member_id)
        with suppress(KafkaError):  # then its session runs out
            # not through the coordinator's own connection, where the answer to the join is waited for
            await coordinator._client.send(coordinator.coordinator_id, leave, group=ConnectionGroup.DEFAULT)  # noqa: SLF001
