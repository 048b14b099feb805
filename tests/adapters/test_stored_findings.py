"""Incidents, analyses, scores and reports at rest: how long they stay, and what a new generation takes over."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from stored_rows import a_group, a_score, an_analysis, an_incident

from argus_streams.adapters import generations
from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import open_database
from argus_streams.adapters.findings import PostgresFindings
from argus_streams.adapters.migrations import ensure_partitions, migrate
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.core.messages import Version
from argus_streams.ports import AnalysisQuery, IncidentQuery

pytestmark = pytest.mark.postgres

FINDINGS = "20261127200000"
TODAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def query(url, text, *parameters):
    with psycopg.connect(url) as connection:
        cursor = connection.execute(text, parameters)
        return cursor.fetchall() if cursor.description else []


def ms(days):
    return int((TODAY + timedelta(days=days)).timestamp() * 1000)


def store(url, *rows, generation="argus_live"):
    async def main():
        async with open_database(url, generation) as database:
            assert await PostgresStore(database).write(rows) == []

    asyncio.run(main())


def stored(url, generation="argus_live"):
    async def main():
        async with open_database(url, generation) as database:
            findings = PostgresFindings(database)
            return (
                sorted(each.incident for each in await findings.incidents(IncidentQuery())),
                sorted(each.subject for each in await findings.analyses(AnalysisQuery())),
                [each.value for each in await findings.scores("shop")],
            )

    return asyncio.run(main())


def test_what_is_too_old_goes_but_for_incidents_that_are_open_or_were_decided_since(migrated_url):
    old, new = {"opened_at": ms(-50), "last_at": ms(-40)}, {"opened_at": ms(-50), "last_at": ms(-10)}
    store(
        migrated_url,
        an_incident(incident="i-old", status="resolved", status_at=ms(-39), **old),
        an_incident(incident="i-open", **old),
        an_incident(incident="i-decided", status="merged", status_at=ms(-10), **old),
        an_incident(incident="i-new", status="resolved", **new),
        an_analysis(subject="old", at=ms(-40)),
        an_analysis(subject="new", at=ms(-10)),
        a_score(at=ms(-40), value=1.0),
        a_score(at=ms(-10), value=2.0),
    )
    for name, days in (("r-old", -40), ("r-new", -10)):
        query(
            migrated_url,
            "insert into argus.reports select %s, id, 'week', '', to_timestamp(%s / 1e3), '', '' from argus.projects",
            name,
            ms(days),
        )
    assert asyncio.run(ensure_partitions(migrated_url, "argus_live", keep_days=30)).deleted == 4
    assert stored(migrated_url) == (["i-decided", "i-new", "i-open"], ["new"], [2.0])
    assert query(migrated_url, "select count(*) from argus_live.quality_scores") == [(1,)]
    assert query(migrated_url, "select id from argus.reports") == [("r-new",)]


def test_generations_that_were_there_before_have_findings_too(postgres_url, tmp_path):
    former = tmp_path / "former"
    former.mkdir()
    for file in data_folder("migrations").iterdir():
        if file.name < FINDINGS:
            shutil.copy(file, former)
    asyncio.run(migrate(postgres_url, former))
    query(postgres_url, "select argus.create_generation('argus_g2')")
    asyncio.run(migrate(postgres_url))
    query(postgres_url, "select argus.create_generation('argus_g3')")
    for generation in ("argus_live", "argus_g2", "argus_g3"):
        store(postgres_url, a_group(), an_incident(), an_analysis(), a_score(), generation=generation)
        assert stored(postgres_url, generation) == (["i-00000000000000a1"], ["v1:9f2c"], [82.5])
    asyncio.run(generations.drop(postgres_url, "argus_g2"))
    assert stored(postgres_url)[1] == ["v1:9f2c"]


@pytest.fixture
def made_anew(migrated_url):
    """A generation that begins two days ago, beside a live one with findings."""
    query(migrated_url, "select argus.create_generation('argus_g2')")
    before, since = {"opened_at": ms(-4), "last_at": ms(-3)}, {"opened_at": ms(-3), "last_at": ms(-1)}
    store(
        migrated_url,
        an_incident(incident="i-over", status="resolved", version=Version(70, 9), **before),
        an_incident(incident="i-open", **before),
        an_incident(incident="i-later", status="resolved", **since),
        an_analysis(subject="before", at=ms(-3), version=Version(70, 9)),
        an_analysis(subject="after", at=ms(-1)),
        a_score(at=ms(-3), value=1.0, version=Version(70, 9)),
        a_score(at=ms(-1), value=2.0),
    )
    days = [(TODAY - timedelta(days=n)).date() for n in range(6)]
    for _ in range(2):
        for day in days:
            asyncio.run(generations.copy_day(migrated_url, "argus_live", "argus_g2", day=day, until=ms(-2)))
    return migrated_url


def test_a_new_generation_takes_over_what_was_over_before_it_begins(made_anew):
    assert stored(made_anew, "argus_g2") == (["i-over"], ["before"], [1.0])
    assert asyncio.run(generations.oldest_day(made_anew, "argus_live")) == (TODAY - timedelta(days=3)).date()


def test_what_a_new_generation_finds_itself_takes_the_place_of_what_it_took_over(made_anew):
    store(
        made_anew,
        an_incident(incident="i-over", version=Version(0, 1), title="found anew", last_at=ms(-3)),
        an_analysis(subject="before", at=ms(-1), version=Version(0, 1)),
        a_score(at=ms(-3), value=9.0, version=Version(0, 1)),
        generation="argus_g2",
    )
    assert query(made_anew, "select title, writes from argus_g2.incidents") == [("found anew", 1)]
    assert query(made_anew, "select writes from argus_g2.analyses") == [(1,)]
    assert query(made_anew, "select value from argus_g2.quality_scores") == [(9.0,)]
