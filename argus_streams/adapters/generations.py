"""What Postgres knows of generations: ``argus.generations``, and the schema of each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from argus_streams.adapters.database import Connection, connected
from argus_streams.errors import Misconfigured

Status = Literal["building", "live", "retired"]
Start = tuple[str, str, int, int]  # of an input partition: topic, its id, partition, offset

_ROWS = b"""
select jsonb_build_object(
  'schema', name, 'status', status, 'created_at', (extract(epoch from created_at) * 1000)::bigint,
  'since', (extract(epoch from from_time) * 1000)::bigint, 'starts', starts, 'seeded', seeded,
  'ready', ready_at is not null)::text
from argus.generations order by created_at, name
"""
_LOCK = b"select pg_advisory_xact_lock(hashtextextended('argus generations', 0))"
_CREATE = b"select argus.create_generation(%(schema)s)"
_SINCE = b"update argus.generations set from_time = to_timestamp(%(since)s / 1000.0) where name = %(schema)s"
_STARTS = b"update argus.generations set starts = %(starts)s::jsonb where name = %(schema)s"
_READY = b"""
update argus.generations set seeded = %(seeded)s, ready_at = coalesce(ready_at, now()) where name = %(schema)s
"""
_PROMOTE = b"select argus.promote_generation(%(schema)s)"
_DROP = b"select argus.drop_generation(%(schema)s)"
_PARTITION = b"select argus.create_partition(%(schema)s, %(day)s)"
_OLDEST = b"""
select least(
  (select min(day) from {source}.production_events),
  (select min(day) from {source}.group_days),
  (select (min(at) at time zone 'UTC')::date from {source}.dead_letters),
  (select (min(last_at) at time zone 'UTC')::date from {source}.incidents),
  (select (min(at) at time zone 'UTC')::date from {source}.analyses),
  (select (min(created_at) at time zone 'UTC')::date from {source}.quality_scores))
"""
_COPY = b"select argus.copy_history(%(source)s, %(schema)s, %(day)s, to_timestamp(%(until)s / 1000.0))"


class Record(Struct, frozen=True, kw_only=True):
    """One row; times are ms since 1970."""

    schema: str
    status: Status
    created_at: int
    since: int | None = None  # the inputs are read again from here on; None = the first generation
    starts: tuple[Start, ...] = ()
    seeded: int = 0  # groups whose history was taken over
    ready: bool = False  # its workers may start


async def every(url: str) -> Sequence[Record]:
    """All generations, the oldest first."""
    async with connected(url) as connection:
        return await _rows(connection)


async def live(url: str) -> Record:
    """The one that readers see."""
    for record in await every(url):
        if record.status == "live":
            return record
    raise Misconfigured("no generation is live in argus.generations: `argus replay promote first` makes one so")


async def find(url: str, schema: str) -> Record | None:
    """The one of this schema, if there is one."""
    return next((each for each in await every(url) if each.schema == schema), None)


async def beginning(url: str, schema: str) -> int:
    """When it was begun, ms. Raises ``Misconfigured`` for one whose workers may not start."""
    record = await find(url, schema)
    if record is None or not record.ready:
        name = schema.removeprefix("argus_")
        raise Misconfigured(f"the generation {name} is not ready: `argus replay start {name} --from TIME` makes it so")
    return record.created_at


async def begin(url: str, schema: str, since: int) -> Record:
    """Record a generation and make its schema, or find both; ``since`` is that of a new one alone."""
    async with connected(url) as connection, connection.transaction():
        await connection.execute(_LOCK)
        if not [each for each in await _rows(connection) if each.schema == schema]:
            await connection.execute(_CREATE, {"schema": schema})
            await connection.execute(_SINCE, {"schema": schema, "since": since})
        return next(each for each in await _rows(connection) if each.schema == schema)


async def provide(url: str, schema: str) -> None:
    """Make the schema of a first generation that is not called as the program calls it; one that is there stays."""
    async with connected(url) as connection, connection.transaction():
        await connection.execute(_LOCK)
        if not [each for each in await _rows(connection) if each.schema == schema]:
            await connection.execute(_CREATE, {"schema": schema})
            await connection.execute(_READY, {"schema": schema, "seeded": 0})


async def began_at(url: str, schema: str, starts: Sequence[Start]) -> None:
    """Record from which offsets on it reads."""
    await _run(url, _STARTS, {"schema": schema, "starts": msgspec.json.encode(starts).decode()})


async def make_partitions(url: str, schema: str, days: Sequence[date]) -> None:
    """Make the daily partitions that events of these days go to."""
    async with connected(url) as connection:
        for day in days:
            await connection.execute(_PARTITION, {"schema": schema, "day": day})


async def oldest_day(url: str, schema: str) -> date | None:
    """The first day of which anything is stored."""
    async with connected(url) as connection:
        query = _OLDEST.replace(b"{source}", f'"{schema}"'.encode())
        row = await (await connection.execute(query)).fetchone()
        return row[0] if row else None


async def copy_day(url: str, source: str, schema: str, *, day: date, until: int) -> int:
    """Copy what one generation has of a day before ``until`` into another; how many rows are new there."""
    return int(await _run(url, _COPY, {"source": source, "schema": schema, "day": day, "until": until}))


async def ready(url: str, schema: str, seeded: int) -> None:
    """Record that all is prepared: its workers may start."""
    await _run(url, _READY, {"schema": schema, "seeded": seeded})


async def promote(url: str, schema: str) -> str | None:
    """Make readers see it, in one transaction; the schema that they saw until now, ``None`` where it was this one."""
    former = await _run(url, _PROMOTE, {"schema": schema})
    return None if former is None else str(former)


async def drop(url: str, schema: str) -> None:
    """Drop its schema and its row, if they are there; the live one's are not dropped."""
    await _run(url, _DROP, {"schema": schema})


def day_of(milliseconds: int) -> date:
    """The day in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


async def _rows(connection: Connection) -> Sequence[Record]:
    rows = await (await connection.execute(_ROWS)).fetchall()
    return [msgspec.json.decode(text, type=Record) for (text,) in rows]


async def _run(url: str, query: bytes, parameters: Mapping[str, Any]) -> Any:
    """Run one statement in a transaction of its own; the first value that it returns, if any."""
    async with connected(url) as connection, connection.transaction():
        cursor = await connection.execute(query, parameters)
        row = await cursor.fetchone() if cursor.description else None
        return row[0] if row else None
