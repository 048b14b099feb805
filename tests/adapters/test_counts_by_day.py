"""Counts by hour as Postgres keeps them, in a row a day: what is written, moved and copied."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from stored_rows import HOUR, a_group

from argus_streams.adapters import generations
from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import open_database
from argus_streams.adapters.migrations import migrate, read_migrations
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.core.messages import Version

pytestmark = pytest.mark.postgres

BY_DAY = "20261127150000"
MIDNIGHT = HOUR // 24 * 24
WINDOW = {MIDNIGHT - 24 * 8 + hour: 7 for hour in range(24 * 8 + 1)}
COUNTS = "select extract(epoch from hour)::bigint / 3600, count from {}.group_counts order by 1"


def query(url, text, *parameters):
    with psycopg.connect(url) as connection:
        return connection.execute(text, parameters).fetchall()


def counts(url, generation="argus_live"):
    return {int(hour): count for hour, count in query(url, COUNTS.format(generation))}


def store(url, *groups, generation="argus_live"):
    async def main():
        async with open_database(url, generation) as database:
            for group in groups:
                assert await PostgresStore(database).write([group]) == []

    asyncio.run(main())


def written(url):
    """Which transaction last touched each day."""
    return dict(query(url, "select day, xmin::text || '/' || xmax::text from argus_live.group_days"))


def test_of_a_snapshot_with_all_its_hours_only_the_days_that_changed_are_written(migrated_url):
    store(migrated_url, a_group(hours=WINDOW))
    before = written(migrated_url)

    moved_on = {hour: count for hour, count in WINDOW.items() if hour > MIDNIGHT - 24 * 8 + 5} | {MIDNIGHT: 8}
    store(migrated_url, a_group(version=Version(1, 2), hours=moved_on))

    after = written(migrated_url)
    today = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=MIDNIGHT)).date()
    assert len(before) == 9
    assert {day for day in after if after[day] != before[day]} == {today}
    assert counts(migrated_url) == WINDOW | moved_on


def test_hours_that_were_stored_before_are_moved_in_every_generation(postgres_url, tmp_path):
    former = tmp_path / "former"
    former.mkdir()
    for file in data_folder("migrations").iterdir():
        if file.name < BY_DAY:
            shutil.copy(file, former)
    asyncio.run(migrate(postgres_url, former))
    hours = {MIDNIGHT - 1: 1, MIDNIGHT: 2, MIDNIGHT + 23: 3, MIDNIGHT + 24 * 9: 4}
    with psycopg.connect(postgres_url) as connection:
        connection.execute("set time zone 'America/New_York'")
        connection.execute("select argus.create_generation('argus_g2')")
        connection.execute("insert into argus.projects (slug, name) values ('shop', 'Shop')")
        for generation in ("argus_live", "argus_g2"):
            for hour, count in hours.items():
                connection.execute(
                    f"insert into {generation}.group_counts"  # noqa: S608
                    " select id, 'v1:9f2c', to_timestamp(%s::bigint * 3600), %s from argus.projects",
                    (hour, count),
                )

    assert [file.version for file in asyncio.run(migrate(postgres_url))] == [
        file.version for file in read_migrations(data_folder("migrations")) if file.version >= BY_DAY
    ]

    assert counts(postgres_url) == counts(postgres_url, "argus_g2") == hours
    store(postgres_url, a_group(hours={MIDNIGHT + 1: 9}))
    assert counts(postgres_url) == hours | {MIDNIGHT + 1: 9}


def test_of_the_day_that_a_new_generation_begins_in_the_hours_before_are_copied(migrated_url):
    with psycopg.connect(migrated_url) as connection:
        connection.execute("select argus.create_generation('argus_g2')")
    store(migrated_url, a_group(hours={MIDNIGHT + 1: 1, MIDNIGHT + 2: 2, MIDNIGHT + 5: 5, MIDNIGHT + 6: 6}))
    store(migrated_url, a_group(fingerprint="v1:later", hours={MIDNIGHT + 7: 7}))
    store(migrated_url, a_group(hours={MIDNIGHT + 2: 20, MIDNIGHT + 8: 8}), generation="argus_g2")

    async def copy():
        day, until = generations.day_of(MIDNIGHT * 3_600_000), (MIDNIGHT + 6) * 3_600_000
        return [
            await generations.copy_day(migrated_url, "argus_live", "argus_g2", day=day, until=until) for _ in range(2)
        ]

    assert asyncio.run(copy()) == [1, 0]
    assert counts(migrated_url, "argus_g2") == {
        MIDNIGHT + 1: 1,
        MIDNIGHT + 2: 20,
        MIDNIGHT + 5: 5,
        MIDNIGHT + 8: 8,
    }
