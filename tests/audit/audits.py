"""Audits of worlds."""

import asyncio

from argus_streams.auditing.passes import Reading
from argus_streams.auditing.report import Quiet
from argus_streams.auditing.run import audit


def audited(world, store=None, **cut):
    """The verdict over a world, with its own store or another."""
    reading = Reading(world.cut(**cut), world, Quiet())
    return asyncio.run(audit(reading, store or world.store, {}))


def told(verdict):
    """What is found: stage, what, partition, offset, index."""
    return {(each.stage, each.what, each.partition, each.offset, each.index) for each in verdict.findings}
