"""Exact counts for every group, whatever dies meanwhile: against an oracle that only knows what was published."""

import asyncio
import os
import time
from contextlib import asynccontextmanager

import pytest
import variants
import verdict
from havoc import Havoc
from oracle import Maker, Oracle
from stage import stage

from argus_streams.demo.accounting import QUIET_SECONDS, Accountant

BODIES = int(os.environ.get("ARGUS_ACCEPTANCE_BODIES", "100000"))
SEED = int(os.environ.get("ARGUS_ACCEPTANCE_SEED", str(int(time.time()) % 1_000_000)))
FAULT_SECONDS = 14.0  # about what one takes with the pause before it: the rate is set so that bodies last as long
TICK_SECONDS = 0.25
DRAIN_SECONDS = 240.0


@pytest.mark.kafka
@pytest.mark.postgres
def test_a_kill_of_each_role_changes_no_count(kafka, postgres_url, tmp_path, say):
    with stage(kafka, postgres_url, tmp_path, prefix="short.") as scene:
        asyncio.run(_under_faults(scene, _maker(say), 3_000, Havoc.all_at_once, say))


@pytest.mark.acceptance
def test_whatever_dies_every_group_is_exact(new_broker, new_postgres, tmp_path, say):
    broker, database = new_broker(), new_postgres()
    with stage(broker.bootstrap, database.url, tmp_path, broker=broker) as scene:
        asyncio.run(_under_faults(scene, _maker(say), BODIES, Havoc.everything, say))


@pytest.mark.acceptance
def test_a_backlog_is_drained_and_exact(new_broker, new_postgres, tmp_path, say):
    broker, database = new_broker(), new_postgres()
    with stage(broker.bootstrap, database.url, tmp_path, broker=broker) as scene:
        asyncio.run(_backlog(scene, _maker(say, largest=4_096), BODIES // 2, say))


def _maker(say, largest=1_000_000):
    bases, told = variants.bases(largest)
    say(f"bodies are made from {told}, {len(bases)} of at most {largest:,} bytes; ARGUS_ACCEPTANCE_SEED={SEED}")
    return Maker(bases, SEED)


async def _under_faults(scene, maker, bodies, faults, say):
    """Publish at a steady rate while one fault follows the other; then drain and compare."""
    oracle, regulars = Oracle(), scene.crew("regulars")
    havoc = Havoc(scene, regulars, SEED, say)
    await regulars.ready()
    began = time.monotonic()
    async with _watched(regulars):
        havocking = asyncio.create_task(havoc.run(faults(havoc)))
        while oracle.totals["bodies"] < bodies:
            left = bodies - oracle.totals["bodies"]
            pace = left / (max(1, len(havoc.left)) * FAULT_SECONDS)
            await scene.publish([maker.next() for _ in range(min(left, int(pace * TICK_SECONDS) + 1))], oracle)
            await asyncio.sleep(0 if havocking.done() else TICK_SECONDS)
        published, late = time.monotonic() - began, len(havoc.left)
        await havocking
        await _drained(scene, regulars)
    took = time.monotonic() - began
    seen = await verdict.found(scene)
    twice = verdict.doubled(seen)
    say(
        f"{bodies:,} bodies, {len(oracle.groups):,} groups: published in {published:.0f} s, drained and stored after "
        f"{took:.0f} s, {bodies / took:,.0f} bodies/s; {havoc.count} faults, {late} after the last body; "
        f"{regulars.restarts()} restarts; done twice, counted once: {twice[0]:,} bodies, {twice[1]:,} events"
    )
    _judge(oracle, seen, regulars)
    await asyncio.to_thread(regulars.supervisor.stop)


async def _backlog(scene, maker, bodies, say):
    """Publish everything first, then let all roles start: how fast the whole pipeline is."""
    oracle = Oracle()
    await scene.publish([maker.next() for _ in range(bodies)], oracle)
    regulars = scene.crew("regulars")
    await regulars.ready()
    began, before = time.monotonic(), regulars.cpu()
    async with _watched(regulars):
        await _drained(scene, regulars)
    took = time.monotonic() - began - QUIET_SECONDS
    used = ", ".join(f"{role} {seconds - before[role]:.1f}" for role, seconds in regulars.cpu().items())
    _judge(oracle, await verdict.found(scene), regulars)
    say(
        f"a backlog of {bodies:,} bodies, {len(oracle.groups):,} groups: {bodies / took:,.0f} bodies/s into Postgres; "
        f"CPU seconds: {used}; load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    await asyncio.to_thread(regulars.supervisor.stop)


@asynccontextmanager
async def _watched(crew):
    """Restart what ends, as production does."""

    async def watch():
        while True:
            crew.check()
            await asyncio.sleep(0.1)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()


async def _drained(scene, crew):
    drained = await Accountant(scene.settings).drained(DRAIN_SECONDS, lambda: None)
    assert drained, f"not drained in {DRAIN_SECONDS:.0f} s:\n{crew.tails()}"


def _judge(oracle, seen, crew):
    said = verdict.complaints(oracle, seen)
    assert not said, "\n".join([*said, f"the workers' logs: {crew.logs}"])
