"""A database that is gone, that cuts its clients off, and whose disk is full."""

import asyncio

import psycopg
from waiting import until

AWAY_SECONDS = 30.0
_CUT = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()"""
_FULL = """
create function disk_is_full() returns trigger language plpgsql as $$
begin
  raise exception 'could not extend file "base/1/1": No space left on device' using errcode = 'disk_full';
end $$;
create trigger disk_is_full before insert or update on error_groups
  for each statement execute function disk_is_full()"""
_ROOM = "drop function disk_is_full() cascade"


async def postgres_is_stopped_for_thirty_seconds(play):
    """STORE holds, and says so; the others go on."""
    postgres = play.stage.house.postgres
    await asyncio.to_thread(postgres.halt)
    await asyncio.sleep(AWAY_SECONDS)
    works = await asyncio.to_thread(play.regulars.works, "store")
    assert not works, "STORE says that it is ready without a database"
    await asyncio.to_thread(postgres.start)
    await play.mended(play.regulars)


async def all_connections_to_postgres_are_cut(play):
    """Over and over, as a failover or a pooler's restart does."""
    cut = 0
    for _ in range(8):
        await asyncio.sleep(play.random.uniform(0.1, 1.0))
        cut += (await asyncio.to_thread(_execute, play.stage, _CUT))[0][0]
    play.say(f"  {cut} connections cut")
    await play.mended(play.regulars)


async def the_disk_of_postgres_is_full(play):
    """SQLSTATE 53100 from a real server: no fault of any row, so none is given up."""
    await asyncio.to_thread(_execute, play.stage, _FULL)
    try:
        await until(lambda: not play.regulars.works("store"), "STORE says that it is ready while the disk is full")
        await asyncio.sleep(play.random.uniform(0, 4))
    finally:
        await asyncio.to_thread(_execute, play.stage, _ROOM)
    await play.mended(play.regulars)


def _execute(stage, statement):
    with psycopg.connect(stage.settings.database(), autocommit=True) as connection:
        connection.execute("select set_config('search_path', %s, false)", [stage.settings.making().schema])
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []
