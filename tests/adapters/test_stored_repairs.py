"""Repairs at rest: how long they stay, and what generations have of them."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from stored_rows import a_decision, a_pattern

from argus_streams.adapters import generations
from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import open_database
from argus_streams.adapters.migrations import ensure_partitions, migrate
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.adapters.repairs import PostgresRepairs
from argus_streams.ports.repairs import DecisionQuery, PatternQuery

pytestmark = pytest.mark.postgres

HEALING = "20261128090000"
TODAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def query(url, text):
    with psycopg.connect(url) as connection:
        cursor = connection.execute(text)
        return cursor.fetchall() if cursor.description else []


def ms(days):
    return int((TODAY + timedelta(days=days)).timestamp() * 1000)


def store(url, *rows, generation="argus_live"):
    async def main():
        async with open_database(url, generation) as database:
            assert await PostgresStore(database).write(rows) == []

    asyncio.run(main())


def stored(url, generation="argus_live"):
    """Fingerprints of patterns, ids of decisions."""

    async def main():
        async with open_database(url, generation) as database:
            repairs = PostgresRepairs(database)
            return (
                sorted(each.fingerprint for each in await repairs.patterns(PatternQuery())),
                sorted(each.decision_id for each in await repairs.decisions(DecisionQuery())),
            )

    return asyncio.run(main())


def test_old_decisions_go_and_what_was_learned_stays(migrated_url):
    store(
        migrated_url,
        a_pattern(created_at=ms(-400), last_used_at=ms(-300)),
        a_decision(decision_id="old", at=ms(-40)),
        a_decision(decision_id="new", at=ms(-10)),
    )
    assert asyncio.run(ensure_partitions(migrated_url, "argus_live", keep_days=30)).deleted == 1
    assert stored(migrated_url) == (["7c1e0f5a9d2b4e63"], ["new"])


def test_generations_that_were_there_before_have_repairs_too(postgres_url, tmp_path):
    former = tmp_path / "former"
    former.mkdir()
    for file in data_folder("migrations").iterdir():
        if file.name < HEALING:
            shutil.copy(file, former)
    asyncio.run(migrate(postgres_url, former))
    query(postgres_url, "select argus.create_generation('argus_g2')")
    asyncio.run(migrate(postgres_url))
    query(postgres_url, "select argus.create_generation('argus_g3')")
    for generation in ("argus_live", "argus_g2", "argus_g3"):
        store(postgres_url, a_pattern(), a_decision(), generation=generation)
        assert stored(postgres_url, generation) == (["7c1e0f5a9d2b4e63"], ["pattern-5e0c2a7f9b1d4c38"])


def test_a_new_generation_takes_over_the_decisions_of_before_it_begins(migrated_url):
    query(migrated_url, "select argus.create_generation('argus_g2')")
    store(migrated_url, *(a_decision(decision_id=f"d{n}", at=ms(-n)) for n in range(5)))
    for _ in range(2):
        for day in range(6):
            wanted = (TODAY - timedelta(days=day)).date()
            asyncio.run(generations.copy_day(migrated_url, "argus_live", "argus_g2", day=wanted, until=ms(-2)))
    assert stored(migrated_url, "argus_g2") == ([], ["d3", "d4"])


def test_the_published_ratio_is_made_by_the_database(migrated_url):
    store(migrated_url, a_pattern(successes=3, failures=1), a_pattern(fingerprint="new", successes=0, failures=0))
    rows = query(migrated_url, "select fingerprint, confidence from argus_live.healing_patterns order by confidence")
    assert [(name, float(ratio)) for name, ratio in rows] == [("new", 0.0), ("7c1e0f5a9d2b4e63", 0.75)]
