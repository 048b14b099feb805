"""``argus migrate``: the files of ``supabase/migrations`` on any Postgres, recorded as Supabase's own CLI does."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import Connection, connected, translate
from argus_streams.errors import ArgusError, Misconfigured, Unavailable

_FILE = re.compile(r"(\d{14})_(\w+)\.sql\Z")
# Any number that nobody else locks; taken for a transaction, which is what a pooler lets us have.
_LOCK = b"select set_config('lock_timeout', '60s', true), pg_advisory_xact_lock(4122350207)"
# The table of https://github.com/supabase/cli (pkg/migration/history.go), column by column as it grew.
_HISTORY = b"""
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""
_APPLIED = b"select version from supabase_migrations.schema_migrations"
_RECORD = b"insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, array[%s])"
_OLDEST_SERVER = 150_000  # views with security_invoker


class Migration(NamedTuple):
    """One file."""

    version: str
    name: str
    sql: str


class Upkeep(NamedTuple):
    """What a round of upkeep did."""

    created: Sequence[str]  # partitions
    dropped: Sequence[str]
    deleted: int  # rows outside the partitions


async def migrate(url: str, directory: Path | None = None) -> Sequence[Migration]:
    """Apply what is missing, each file in its own transaction, and return what was applied; two at once do no harm."""
    wanted = read_migrations(directory or data_folder("migrations"))
    async with connected(url) as connection:
        if connection.info.server_version < _OLDEST_SERVER:
            raise Misconfigured(f"DATABASE_URL: Postgres 15 or later is needed, not {connection.info.server_version}")
        async with connection.transaction():
            await connection.execute(_LOCK)
            await connection.execute(_HISTORY)
        return [migration for migration in wanted if await _apply(connection, migration)]


def read_migrations(directory: Path) -> Sequence[Migration]:
    """The migrations in the order of their versions."""
    if not directory.is_dir():
        raise Misconfigured(f"no folder of migrations at {directory}")
    found = [(_FILE.match(file.name), file) for file in directory.iterdir() if file.name.endswith(".sql")]
    if strangers := [file.name for name, file in found if name is None]:
        raise Misconfigured(f"a migration is named YYYYMMDDHHMMSS_name.sql, not {', '.join(sorted(strangers))}")
    return sorted(Migration(name[1], name[2], file.read_text(encoding="utf-8")) for name, file in found if name)


async def ensure_partitions(url: str, generation: str, *, days_ahead: int = 7, keep_days: int = 90) -> Upkeep:
    """Make the partitions of the coming days and drop what is older than ``keep_days``; call it daily."""
    async with connected(url) as connection, connection.transaction():
        await connection.execute("select set_config('lock_timeout', '10s', true)")
        wanted = {"ahead": days_ahead, "keep": keep_days, "generation": generation}
        created = await _column(connection, b"select argus.create_partitions(%(ahead)s, %(generation)s)", wanted)
        dropped = await _column(connection, b"select argus.drop_partitions(%(keep)s, %(generation)s)", wanted)
        deleted = await _column(connection, b"select argus.delete_expired(%(keep)s, %(generation)s)", wanted)
    return Upkeep(tuple(map(str, created)), tuple(map(str, dropped)), int(str(deleted[0])))


async def _apply(connection: Connection, migration: Migration) -> bool:
    """Whether it was applied now, not before."""
    async with connection.transaction():
        await connection.execute(_LOCK)  # whoever comes second finds it applied
        if migration.version in await _column(connection, _APPLIED, {}):
            return False
        try:
            await connection.execute(migration.sql.encode())
        except psycopg.Error as error:
            raise _explained(migration, error) from error
        await connection.execute(_RECORD, (migration.version, migration.name, migration.sql))
    return True


def _explained(migration: Migration, error: psycopg.Error) -> ArgusError:
    fault = translate(error)
    if isinstance(fault, Unavailable):
        return fault
    return Misconfigured(f"migration {migration.version}_{migration.name} fails, and is undone: {error}")


async def _column(connection: Connection, query: bytes, parameters: Mapping[str, object]) -> Sequence[object]:
    """The only column of a query."""
    return [value for (value,) in await (await connection.execute(query, parameters)).fetchall()]
