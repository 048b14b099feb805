"""`argus migrate` on a bare Postgres, and the partitions."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from stored_rows import a_decision, a_group, a_kept, a_letter, a_pattern, a_score, an_analysis, an_incident

from argus_streams.adapters import generations
from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import open_database
from argus_streams.adapters.migrations import ensure_partitions, migrate, read_migrations
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.adapters.reading import PostgresReader
from argus_streams.errors import Misconfigured
from argus_streams.ports import GroupQuery

pytestmark = pytest.mark.postgres

ALL_FILES = [name.name for name in read_migrations(data_folder("migrations"))]
PARTITIONS = """
    select c.relname, c.relrowsecurity from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'argus_live.production_events'::regclass order by 1
"""


def query(url, text, *parameters):
    with psycopg.connect(url) as connection:
        return connection.execute(text, parameters).fetchall()


def applied(migrations):
    return [migration.name for migration in migrations]


def day(ahead):
    return datetime.now(UTC).date() + timedelta(days=ahead)


def ms(date):
    return int(datetime(date.year, date.month, date.day, 12, tzinfo=UTC).timestamp() * 1000)


def store(url, batch, generation="argus_live"):
    async def main():
        async with open_database(url, generation) as database:
            return await PostgresStore(database).write(batch)

    return asyncio.run(main())


def test_migrating_again_applies_nothing(postgres_url):
    assert applied(asyncio.run(migrate(postgres_url))) == ALL_FILES
    assert asyncio.run(migrate(postgres_url)) == []


def test_of_two_migrations_at_once_each_file_is_applied_by_one(postgres_url):
    async def main():
        return await asyncio.gather(*(migrate(postgres_url) for _ in range(3)))

    done = [applied(migrations) for migrations in asyncio.run(main())]
    assert sorted(name for names in done for name in names) == sorted(ALL_FILES)


def test_what_was_applied_is_recorded_as_supabase_records_it(postgres_url):
    asyncio.run(migrate(postgres_url))
    rows = query(postgres_url, "select version, name, statements from supabase_migrations.schema_migrations order by 1")
    files = read_migrations(data_folder("migrations"))
    assert rows == [(file.version, file.name, [file.sql]) for file in files]


def test_what_supabase_has_applied_is_not_applied_again(postgres_url):
    first = read_migrations(data_folder("migrations"))[0]
    with psycopg.connect(postgres_url) as connection:
        connection.execute(first.sql)
        connection.execute("create schema supabase_migrations")
        connection.execute("create table supabase_migrations.schema_migrations (version text primary key)")
        connection.execute("insert into supabase_migrations.schema_migrations values (%s)", [first.version])
    assert applied(asyncio.run(migrate(postgres_url))) == ALL_FILES[1:]


def test_a_migration_that_fails_is_named_and_leaves_nothing(postgres_url, tmp_path):
    (tmp_path / "20260101000000_good.sql").write_text("create table good ();")
    (tmp_path / "20260102000000_bad.sql").write_text("create table half (); select 1/0;")
    with pytest.raises(Misconfigured, match="20260102000000_bad"):
        asyncio.run(migrate(postgres_url, tmp_path))
    assert query(postgres_url, "select to_regclass('good')::text, to_regclass('half')::text") == [("good", None)]
    assert query(postgres_url, "select name from supabase_migrations.schema_migrations") == [("good",)]


def test_after_a_migration_that_failed_the_version_that_runs_goes_on(migrated_url, tmp_path):
    (tmp_path / "20991231000000_bad.sql").write_text(
        "alter table argus_live.error_groups drop column title; select 1/0;"
    )
    with pytest.raises(Misconfigured, match="20991231000000_bad"):
        asyncio.run(migrate(migrated_url, tmp_path))
    assert store(migrated_url, [a_group()]) == []


def test_a_first_generation_of_another_name_is_made_once_beside_the_live_one(migrated_url):
    for _ in range(2):
        asyncio.run(generations.provide(migrated_url, "live_shop"))
    assert store(migrated_url, [a_group()], "live_shop") == []
    known = {each.schema: (each.status, each.ready) for each in asyncio.run(generations.every(migrated_url))}
    assert known == {"argus_live": ("live", True), "live_shop": ("building", True)}


def test_a_file_without_a_version_is_refused(postgres_url, tmp_path):
    (tmp_path / "people.sql").write_text("")
    with pytest.raises(Misconfigured, match=r"people\.sql"):
        asyncio.run(migrate(postgres_url, tmp_path))


def test_partitions_are_made_ahead_with_row_security(postgres_url):
    asyncio.run(migrate(postgres_url))  # today
    names = [f"production_events_{day(ahead):%Y%m%d}" for ahead in range(-1, 8)]
    assert query(postgres_url, PARTITIONS) == [(name, True) for name in (*names, "production_events_default")]
    upkeep = asyncio.run(ensure_partitions(postgres_url, "argus_live", days_ahead=9))
    assert upkeep.created == (f"production_events_{day(8):%Y%m%d}", f"production_events_{day(9):%Y%m%d}")
    assert asyncio.run(ensure_partitions(postgres_url, "argus_live", days_ahead=9)) == ((), (), 0)


def test_a_new_partition_takes_its_day_out_of_the_default_one(migrated_url):
    assert store(migrated_url, [a_kept("far", received_at=ms(day(20)))]) == []
    where = "select tableoid::regclass::text, event_id from argus_live.production_events"
    assert query(migrated_url, where) == [("argus_live.production_events_default", "far")]
    asyncio.run(ensure_partitions(migrated_url, "argus_live", days_ahead=20))
    assert query(migrated_url, where) == [(f"argus_live.production_events_{day(20):%Y%m%d}", "far")]


def test_what_is_too_old_is_dropped_and_the_rest_stays(migrated_url):
    old, new = day(-40), day(-10)
    with psycopg.connect(migrated_url) as connection:
        connection.execute("select argus.create_partition('argus_live', %s)", [old])
        connection.execute("select argus.create_partition('argus_live', %s)", [new])
    stray = day(-50)
    batch = [
        a_group(hours={ms(stray) // 3_600_000: 1, ms(new) // 3_600_000: 2}),
        *[a_kept(f"{date}", received_at=ms(date)) for date in (stray, old, new)],
        a_letter(1, at=ms(stray)),
        a_letter(2, at=ms(new)),
    ]
    assert store(migrated_url, batch) == []
    upkeep = asyncio.run(ensure_partitions(migrated_url, "argus_live", keep_days=30))
    assert upkeep.dropped == (f"production_events_{old:%Y%m%d}",)
    assert upkeep.deleted == 3
    assert query(migrated_url, "select event_id from argus_live.production_events") == [(f"{new}",)]
    assert query(migrated_url, "select count from argus_live.group_counts") == [(2,)]
    assert query(migrated_url, 'select "offset" from argus_live.dead_letters') == [(2,)]


def test_a_second_generation_stands_beside_the_live_one(migrated_url):
    with psycopg.connect(migrated_url) as connection:
        connection.execute("select argus.create_generation('argus_g2')")
    asyncio.run(ensure_partitions(migrated_url, "argus_g2", days_ahead=1))
    store(migrated_url, [a_group(count=1)])
    store(migrated_url, [a_group(count=2), a_kept(received_at=ms(day(0)))], "argus_g2")

    async def counts(generation):
        async with open_database(migrated_url, generation) as database:
            return [group.count for group in await PostgresReader(database).groups(GroupQuery())]

    assert asyncio.run(counts("argus_live")) == [1]
    assert asyncio.run(counts("argus_g2")) == [2]
    assert query(migrated_url, "select name, status from argus.generations order by 1") == [
        ("argus_g2", "building"),
        ("argus_live", "live"),
    ]


def test_the_correlation_summary_counts_by_hour(migrated_url):
    hour = ms(day(0)) // 3_600_000 - 24
    groups = [a_group(hours={hour: 3, hour + 1: 1}), a_group(fingerprint="v1:b", hours={hour: 4, hour - 24 * 60: 9})]
    store(migrated_url, groups)
    rows = query(
        migrated_url,
        "select p.slug, extract(epoch from hour)::bigint / 3600, event_count, unique_errors"
        " from argus_live.correlation_summary join argus.projects p on p.id = project_id order by 2",
    )
    assert rows == [("shop", hour, 7, 2), ("shop", hour + 1, 1, 1)]


def test_a_deleted_project_takes_its_rows_along(migrated_url):
    hours = {ms(day(0)) // 3_600_000: 1}
    for slug in ("shop", "blog"):
        found = (a_group(project=slug, hours=hours), a_kept(slug, project=slug))
        healed = (a_pattern(project=slug, fingerprint=slug), a_decision(project=slug))
        found += (an_incident(project=slug), an_analysis(project=slug), a_score(project=slug))
        store(migrated_url, [*found, *healed])
    with psycopg.connect(migrated_url) as connection:
        connection.execute("delete from argus.projects where slug = 'shop'")
    assert asyncio.run(ensure_partitions(migrated_url, "argus_live", keep_days=9_999)).deleted == 1
    tables = ("error_groups", "group_counts", "production_events", "incidents", "analyses", "quality_scores")
    for table in (*tables, "healing_patterns", "healing_decisions"):
        rows = query(migrated_url, f"select slug from argus_live.{table} join argus.projects p on p.id = project_id")  # noqa: S608
        assert rows == [("blog",)]
        assert query(migrated_url, f"select count(*) from argus_live.{table}") == [(1,)]  # noqa: S608
