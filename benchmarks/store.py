"""Rows a second that `write` stores, beside a bare insert of the same JSON in the same run.

    python benchmarks/store.py [--rows N] [postgresql://…/scratch]

Migrates the database it is given (`DATABASE_URL` otherwise), and leaves its rows there: give it one of its own. Without
one, it starts its own.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from argus_streams.adapters.database import Database, open_database
from argus_streams.adapters.migrations import migrate
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.core.events import Event, ExceptionInfo, Frame, Origin
from argus_streams.core.messages import Group, KeptEvent, Version
from argus_streams.embedded.choice import postgres_for
from argus_streams.ports import Batch

FINGERPRINTS = 4_000
BAR = 10_000  # rows/s
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


async def rate(batches: Sequence[Batch], write: Callable[[Batch], Awaitable[object]]) -> float:
    """Rows a second over these batches."""
    rows = sum(len(batch.groups) + len(batch.events) for batch in batches)
    started = time.perf_counter()
    for batch in batches:
        await write(batch)
    return rows / (time.perf_counter() - started)


def bare(database: Database) -> Callable[[Batch], Awaitable[object]]:
    """The same JSON into a table of two columns, nothing else."""

    async def write(batch: Batch) -> object:
        rows = msgspec.json.encode([*batch.groups, *batch.events]).decode()
        async with database.transaction() as connection:
            return await connection.execute(
                b"insert into public.bare (row) select value from jsonb_array_elements(%s::jsonb)", (rows,)
            )

    return write


async def measure(url: str, rows: int) -> None:
    """Print a line for each kind of row and size of batch."""
    await migrate(url)
    async with open_database(url) as database:
        async with database.transaction() as connection:
            await connection.execute("drop table if exists public.bare")
            await connection.execute("create table public.bare (id bigserial primary key, row jsonb)")
        store = PostgresStore(database)
        print(f"{'rows':<22}{'batch':>6}{'write/s':>10}{'bare/s':>10}{'ratio':>7}{'bar':>9}")
        for size in (500, 2_000):
            for hours in (2, 24, 192):
                async with database.transaction() as connection:
                    await connection.execute("truncate argus_live.error_groups, argus_live.group_counts")
                for writes, name in enumerate(("new", "known", "known again")):
                    batches = [Batch(groups(start, min(size, rows), writes, hours)) for start in range(0, rows, size)]
                    await report(f"{hours} hours, {name}", size, batches, store, bare(database))
            batches = [Batch((), events(start, min(size, rows))) for start in range(0, 5 * rows, size)]
            await report("events of 2 KB", size, batches, store, bare(database))


async def report(
    name: str, size: int, batches: Sequence[Batch], store: PostgresStore, plain: Callable[[Batch], Awaitable[object]]
) -> None:
    """Print one line."""
    ours, theirs = await rate(batches, store.write), await rate(batches, plain)
    mark = "met" if ours >= BAR else "NOT met"
    print(f"{name:<22}{size:>6}{ours:>10,.0f}{theirs:>10,.0f}{ours / theirs:>7.2f}{mark:>9}", flush=True)


def main(arguments: Sequence[str]) -> None:
    """Measure on the Postgres that is named, or on one of our own."""
    parser = argparse.ArgumentParser(prog="store", description="Rows a second that `write` stores.")
    parser.add_argument("url", nargs="?", default=os.environ.get("DATABASE_URL"), help="a database to throw away")
    parser.add_argument("--rows", type=int, default=FINGERPRINTS, help="groups of each kind (default: 4,000)")
    plan = parser.parse_args(arguments)
    print(f"the bar is {BAR:,} rows/s on a quiet machine")
    with postgres_for(plan.url, None, print) as server:
        asyncio.run(measure(server.url, plan.rows))


if __name__ == "__main__":
    main(sys.argv[1:])
