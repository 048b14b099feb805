"""Rows a second that `write` stores, beside a bare insert of the same JSON in the same run.

A row is a snapshot of a group, whatever the number of hours that it counts in, or a kept event. What Postgres makes of
it are table rows: a group's own, and one for each day of which a count is new. Those are told, too, as Postgres counts
them. A CPU second is one of this process and of all of Postgres', where it is ours.

    python benchmarks/store.py [--rows N] [postgresql://…/scratch]

Migrates the database it is given (`DATABASE_URL` otherwise), and leaves its rows there: give it one of its own. Without
one, it starts its own.
"""

import argparse
import asyncio
import math
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec
from usage import cpu_seconds

from argus_streams.adapters.database import Database, open_database
from argus_streams.adapters.migrations import migrate
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.core.events import Event, ExceptionInfo, Frame, Origin
from argus_streams.core.messages import Group, KeptEvent, Version
from argus_streams.core.rows import Row
from argus_streams.embedded.choice import postgres_for
from argus_streams.embedded.postgres import Postgres

Write = Callable[[Sequence[Row]], Awaitable[object]]

FINGERPRINTS = 4_000
BAR = 10_000  # rows/s
TICK = 0.01  # s; the system counts CPU time in these
WRITTEN = b"""
select coalesce(sum(n_tup_ins + n_tup_upd), 0)::bigint from pg_stat_user_tables where schemaname = 'argus_live'
"""
FRAMES = tuple(
    Frame(f"handle_{n}", f"shop.views.module_{n}", f"shop/views/module_{n}.py", n, in_app=n % 2 == 0) for n in range(12)
)


def groups(start: int, size: int, writes: int, hours: int) -> Sequence[Group]:
    """Snapshots of ``size`` fingerprints; from write to write the last hour's count alone differs."""
    now = int(time.time() * 1000)
    hour = now // 3_600_000
    return [
        Group(
            project=f"project-{n % 10}",
            fingerprint=f"v1:{n % FINGERPRINTS:032x}",
            parts=(("type", "TypeError"), ("frame", "shop.views.module_1.handle_1")),
            algorithm="v1:none",
            version=Version(1, writes),
            kind="error",
            severity="error",
            status="open",
            title="TypeError: Cannot read properties of undefined (reading 'total')",
            type="TypeError",
            count=writes + hours,
            first_seen=now - 86_400_000,
            last_seen=now,
            environments=("production",),
            sources={"sentry": writes, "rollbar": hours},
            hours={hour - ago: 7 if ago else writes for ago in range(hours)},
        )
        for n in range(start, start + size)
    ]


def events(start: int, size: int) -> Sequence[KeptEvent]:
    """Events of about 2 KB."""
    now = int(time.time() * 1000)
    return [
        KeptEvent(
            project=f"project-{n % 10}",
            fingerprint=f"v1:{n % FINGERPRINTS:032x}",
            reason="doubling",
            event=Event(
                event_id=f"{now:x}{n:020x}",
                project=f"project-{n % 10}",
                source="sentry",
                type="TypeError",
                message="Cannot read properties of undefined (reading 'total')",
                exceptions=(ExceptionInfo("TypeError", "Cannot read properties of undefined", frames=FRAMES),),
                occurred_at=now,
                received_at=now,
                origin=Origin("t", 0, n, 0),
                tags={"browser": "Firefox 144", "os": "Linux"},
            ),
        )
        for n in range(start, start + size)
    ]


class Scene(NamedTuple):
    """Where it is measured."""

    database: Database
    postgres: int | None  # the process, if it is ours

    def cpu(self) -> float:
        """CPU seconds so far of all that works for it; NaN where Postgres' are not to be seen."""
        return time.process_time() + (math.nan if self.postgres is None else cpu_seconds(self.postgres))


class Rates(NamedTuple):
    """What was written in a second."""

    rows: float  # snapshots or events
    table_rows: float
    by_cpu: float  # rows in a CPU second


async def rates(scene: Scene, batches: Sequence[Sequence[Row]], write: Write) -> Rates:
    """Write these batches, one after the other."""
    before, cpu = await written(scene.database), scene.cpu()
    started = time.perf_counter()
    for batch in batches:
        await write(batch)
    seconds, cpu = time.perf_counter() - started, scene.cpu() - cpu
    rows = sum(map(len, batches))
    return Rates(rows / seconds, (await written(scene.database) - before) / seconds, rows / max(cpu, TICK))


async def written(database: Database) -> int:
    """Table rows that Postgres has inserted and updated; its only session tells what it counted at once, not later."""
    async with database.transaction() as connection:
        await connection.execute("select pg_stat_force_next_flush()")
    async with database.transaction() as connection:
        found = await (await connection.execute(WRITTEN)).fetchone()
        return found[0] if found else 0


def bare(database: Database) -> Write:
    """The same JSON into a table of two columns, nothing else."""

    async def write(batch: Sequence[Row]) -> object:
        rows = msgspec.json.encode(batch).decode()
        async with database.transaction() as connection:
            return await connection.execute(
                b"insert into public.bare (row) select value from jsonb_array_elements(%s::jsonb)", (rows,)
            )

    return write


async def measure(url: str, postgres: int | None, rows: int) -> None:
    """Print a line for each kind of row and size of batch."""
    await migrate(url)
    async with open_database(url, connections=1) as database:
        async with database.transaction() as connection:
            await connection.execute("drop table if exists public.bare")
            await connection.execute("create table public.bare (id bigserial primary key, row jsonb)")
        more = f"{'table rows/s':>14}{'rows/CPU s':>12}"
        print(f"{'rows':<22}{'batch':>6}{'write/s':>10}{'bare/s':>10}{'ratio':>7}{'bar':>9}{more}")
        scene = Scene(database, postgres)
        for size in (500, 2_000):
            for hours in (2, 24, 192):
                async with database.transaction() as connection:
                    await connection.execute("truncate argus_live.error_groups, argus_live.group_days")
                for writes, name in enumerate(("new", "known", "known again")):
                    batches = [groups(start, min(size, rows), writes, hours) for start in range(0, rows, size)]
                    await report(f"{hours} hours, {name}", size, batches, scene)
            batches = [events(start, min(size, rows)) for start in range(0, 5 * rows, size)]
            await report("events of 2 KB", size, batches, scene)


async def report(name: str, size: int, batches: Sequence[Sequence[Row]], scene: Scene) -> None:
    """Print one line."""
    ours = await rates(scene, batches, PostgresStore(scene.database).write)
    theirs = await rates(scene, batches, bare(scene.database))
    mark = "met" if ours.rows >= BAR else "NOT met"
    beside = f"{theirs.rows:>10,.0f}{ours.rows / theirs.rows:>7.2f}"
    more = f"{ours.table_rows:>14,.0f}{ours.by_cpu:>12,.0f}"
    print(f"{name:<22}{size:>6}{ours.rows:>10,.0f}{beside}{mark:>9}{more}", flush=True)


def main(arguments: Sequence[str]) -> None:
    """Measure on the Postgres that is named, or on one of our own."""
    parser = argparse.ArgumentParser(prog="store", description="Rows a second that `write` stores.")
    parser.add_argument("url", nargs="?", default=os.environ.get("DATABASE_URL"), help="a database to throw away")
    parser.add_argument("--rows", type=int, default=FINGERPRINTS, help="groups of each kind (default: 4,000)")
    plan = parser.parse_args(arguments)
    print(f"the bar is {BAR:,} rows/s on a quiet machine")
    with postgres_for(plan.url, None, print) as server:
        asyncio.run(measure(server.url, server.pid if isinstance(server, Postgres) else None, plan.rows))


if __name__ == "__main__":
    main(sys.argv[1:])
