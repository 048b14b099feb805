"""What a failing Postgres means to a worker: hold, refuse to start, or refuse one row."""

import asyncio
import time
from urllib.parse import urlsplit

import psycopg
import pytest
from stored_rows import a_group, a_kept

from argus_streams.adapters.database import check_url, connected, load_statements, open_database, translate
from argus_streams.adapters.migrations import migrate
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.adapters.reading import PostgresReader
from argus_streams.core.messages import Version
from argus_streams.errors import Malformed, Misconfigured, Unavailable
from argus_streams.ports import GroupQuery

NOBODY = "postgresql://nobody@127.0.0.1:1/none"


@pytest.mark.parametrize(
    ("state", "family"),
    [
        ("22P02", Malformed),  # invalid text representation
        ("22P05", Malformed),  # untranslatable character: NUL in jsonb
        ("22003", Malformed),  # numeric value out of range
        ("23514", Malformed),  # check violation
        ("54000", Malformed),  # program limit exceeded: index row size
        ("54001", Malformed),  # statement too complex: JSON nested too deeply
        ("08006", Unavailable),  # connection failure
        ("25006", Unavailable),  # read-only: a replica after failover
        ("40001", Unavailable),  # serialization failure
        ("40P01", Unavailable),  # deadlock
        ("53100", Unavailable),  # disk full
        ("53300", Unavailable),  # too many connections
        ("55P03", Unavailable),  # lock not available
        ("57014", Unavailable),  # statement timeout
        ("57P01", Unavailable),  # admin shutdown
        ("57P03", Unavailable),  # cannot connect now
        ("28P01", Misconfigured),  # wrong password
        ("3D000", Misconfigured),  # no such database
        ("42501", Misconfigured),  # insufficient privilege
        ("42P01", Misconfigured),  # undefined table
    ],
)
def test_a_state_of_postgres_has_one_family(state, family):
    assert type(translate(psycopg.errors.lookup(state)("told"))) is family


def test_where_a_table_is_missing_it_is_told_how_to_see_the_generations():
    assert "argus replay status" in str(translate(psycopg.errors.lookup("42P01")("no such table")))
    assert "argus migrate" not in str(translate(psycopg.errors.lookup("28P01")("wrong password")))


def test_what_is_unknown_may_pass():
    assert type(translate(psycopg.OperationalError("the sky fell"))) is Unavailable


@pytest.mark.parametrize("name", ["", "Argus", 'argus"; drop schema argus', "a" * 49, "argus\n"])
def test_a_generation_that_is_no_schema_name_is_refused(name):
    with pytest.raises(Misconfigured):
        load_statements(name)


def test_a_server_that_is_not_there_is_unavailable_soon():
    async def main():
        async with open_database(NOBODY, patience=0.5) as database:
            await PostgresStore(database).write([a_group()])

    started = time.monotonic()
    with pytest.raises(Unavailable):
        asyncio.run(main())
    assert time.monotonic() - started < 5


def test_a_name_that_does_not_resolve_is_unavailable():
    async def main():
        async with connected("postgresql://nobody@host.invalid/none"):
            pass

    with pytest.raises(Unavailable):
        asyncio.run(main())


@pytest.mark.parametrize(
    ("login", "mend"),
    [
        ("me:Tr0ub@dor3", "%40"),
        ("me:Tr0ub@", "%40"),
        ("me@dor3:Tr0ub", "%40"),
        ("me:Tr0ub#@dor3", "%40"),
        ("me:Tr0ub/dor3", "%2F"),
        ("me:1234/dor3", "%2F"),
        ("me:Tr0ub@dor3/1234", "%2F"),
        ("me:1234?dor3/", "no connection string"),
        ("me:Tr0ub@dor3?1234", "no connection string"),
        ("me:Tr0ub%dor3", "no connection string"),
    ],
)
def test_a_login_that_is_not_escaped_is_refused_without_a_word_of_it(login, mend):
    async def main():
        async with connected(f"postgresql://{login}@127.0.0.1:1/db"):
            pass

    with pytest.raises(Misconfigured, match=mend) as caught:
        asyncio.run(main())
    assert not any(part in str(caught.value) for part in ("Tr0ub", "dor3", "1234"))


def test_a_port_that_is_no_number_is_refused_without_a_word_of_it():
    with pytest.raises(Misconfigured, match="port") as caught:
        check_url("postgresql://me:Tr0ub")
    assert "Tr0ub" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:a%40b%2Fc@h:5432/db",
        "postgres://me:a?b#c:d@h/db",
        "postgresql://one:1,two:2/db?user=me@there",
        "postgresql:///db?host=/var/run/me@there",
        "postgresql://me:pw@[::1]:5432/db",
        "host=/tmp port=5432 password=a@b/c",
        "host=@abstract",
        "",
    ],
)
def test_what_libpq_reads_as_it_is_meant_is_let_pass(url):
    check_url(url)


@pytest.mark.postgres
def test_a_database_without_tables_is_misconfigured(postgres_url):
    async def main():
        async with open_database(postgres_url) as database:
            with pytest.raises(Misconfigured, match="argus migrate"):
                await database.probe()
            with pytest.raises(Misconfigured, match="argus migrate"):
                await PostgresStore(database).write([a_group()])

    asyncio.run(main())


@pytest.mark.postgres
def test_a_missing_database_is_misconfigured(postgres_url):
    with pytest.raises(Misconfigured, match="does not exist"):
        asyncio.run(migrate(postgres_url + "_missing"))


@pytest.mark.postgres
def test_a_cut_connection_is_unavailable_and_the_same_batch_is_stored_once_later(migrated_url):
    async def main():
        async with open_database(migrated_url) as database:
            store, reader = PostgresStore(database), PostgresReader(database)
            batch = [a_group(), a_kept()]
            async with connected(migrated_url) as other, other.transaction():
                await other.execute("lock table argus_live.production_events")
                writing = asyncio.create_task(store.write(batch))
                await until_waiting(other)
                await other.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and wait_event_type = 'Lock'"
                )
                with pytest.raises(Unavailable, match="57P01"):
                    await writing
            assert await reader.groups(GroupQuery()) == []
            assert await store.write(batch) == []
            assert await store.write(batch) == []
            assert await reader.groups(GroupQuery()) == [a_group()]
            assert await reader.events("shop", "v1:9f2c", 10) == [a_kept()]

    asyncio.run(main())


async def until_waiting(connection):
    """Return when another session of the database waits for a lock."""
    waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    for _ in range(200):
        if await (await connection.execute(waiting)).fetchall():
            return
        await connection.execute("select pg_stat_clear_snapshot()")
        await asyncio.sleep(0.02)
    pytest.fail("no session waits for the lock")


@pytest.mark.postgres
def test_many_writers_of_the_same_rows_end_at_the_highest_version(migrated_url):
    async def main():
        async with open_database(migrated_url, connections=4) as database:
            store = PostgresStore(database)
            batches = [versions(writes) for writes in range(1, 13)]
            await asyncio.gather(*(store.write(batch) for batch in batches))
            found = await PostgresReader(database).groups(GroupQuery(limit=100))
            assert {(group.count, *group.hours.values()) for group in found} == {(12, 12)}
            assert len(found) == 30

    asyncio.run(main())


def versions(writes):
    """Thirty groups at one version, in an order of its own."""
    numbers = sorted(range(30), key=lambda n: (n * writes) % 31)
    return [
        a_group(fingerprint=f"v1:{n}", version=Version(1, writes), count=writes, hours={490_000: writes})
        for n in numbers
    ]


@pytest.mark.postgres
def test_a_stopped_server_is_unavailable_and_the_store_goes_on_when_it_is_back(new_postgres):
    server = new_postgres()

    async def main():
        await migrate(server.url)
        async with open_database(server.url, patience=2.0) as database:
            store = PostgresStore(database)
            assert await store.write([a_group()]) == []
            server.kill()
            with pytest.raises(Unavailable):
                await store.write([a_kept()])
            with pytest.raises(Unavailable):
                await migrate(server.url)
            server.restart()
            assert await until_available(store, [a_kept()]) == []
            assert await PostgresReader(database).groups(GroupQuery()) == [a_group()]
            assert await PostgresReader(database).events("shop", "v1:9f2c", 10) == [a_kept()]

    asyncio.run(main())


async def until_available(store, batch):
    """Try as an agent would that holds its partition."""
    for _ in range(20):
        try:
            return await store.write(batch)
        except Unavailable:
            await asyncio.sleep(0.2)
    return await store.write(batch)


def test_a_pool_that_gives_no_connection_says_why(postgres_url):
    parts = urlsplit(postgres_url)
    wrong = parts._replace(netloc=f"{parts.username}:wrong@{parts.hostname}:{parts.port}").geturl()

    async def ask():
        async with open_database(wrong, patience=1) as database:
            await database.probe()

    with pytest.raises(Misconfigured, match="password authentication failed"):
        asyncio.run(ask())
