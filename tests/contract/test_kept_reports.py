"""Reports are kept and found again, in memory and in Postgres."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from stored_rows import NOON, a_group

from argus_streams.adapters.database import open_database
from argus_streams.adapters.memory_findings import MemoryReports
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.adapters.reports import PostgresReports
from argus_streams.core.reports.report import Report

MADE = Report(
    id="r-1", project="shop", kind="week", subject="2025-11-17", created_at=NOON, markdown="# 🙂\n", html="<p>"
)


@asynccontextmanager
async def in_memory():
    yield MemoryReports({"shop"})


def in_postgres(url):
    @asynccontextmanager
    async def opened():
        async with open_database(url) as database:
            await PostgresStore(database).write([a_group()])
            yield PostgresReports(database)

    return opened


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def run(request):
    """Run a scenario with no reports, where there is a project "shop"."""
    opened = in_memory if request.param == "memory" else in_postgres(request.getfixturevalue("migrated_url"))

    def run(scenario):
        async def main():
            async with opened() as reports:
                await scenario(reports)

        asyncio.run(main())

    return run


def test_a_report_is_found_under_its_id_as_it_was_made(run):
    async def scenario(reports):
        assert await reports.keep(MADE)
        assert await reports.report("r-1") == MADE
        assert await reports.report("r-2") is None

    run(scenario)


def test_what_is_kept_stays_as_it_is(run):
    async def scenario(reports):
        assert await reports.keep(MADE)
        assert await reports.keep(replace(MADE, markdown="changed"))
        assert await reports.report("r-1") == MADE

    run(scenario)


def test_a_report_of_an_unknown_project_is_not_kept(run):
    async def scenario(reports):
        assert not await reports.keep(replace(MADE, project="nowhere"))
        assert await reports.report("r-1") is None

    run(scenario)
