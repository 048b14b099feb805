"""What an audit is told of stored rows, by memory and by Postgres alike."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from stored_rows import HOUR, NOON, a_group, a_kept, a_letter

from argus_streams.adapters.database import open_database
from argus_streams.adapters.holdings import PostgresHoldings
from argus_streams.adapters.memory import MemoryStore
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.core.messages import Version
from argus_streams.core.rows import letter_key


@asynccontextmanager
async def in_memory():
    store = MemoryStore()
    yield store, store


def in_postgres(url):
    @asynccontextmanager
    async def opened():
        async with open_database(url) as database:
            yield PostgresStore(database), PostgresHoldings(database)

    return opened


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def held(request):
    """What holdings answer about a batch."""
    opened = in_memory if request.param == "memory" else in_postgres(request.getfixturevalue("migrated_url"))

    def held(batch, ask):
        async def main():
            async with opened() as (store, holdings):
                assert await store.write(batch) == []
                return await ask(holdings)

        return asyncio.run(main())

    return held


def test_of_groups_that_are_there_version_numbers_and_hours_are_told(held):
    here = a_group(version=Version(7, 3), closed=2, duplicates=1)
    asked = [("shop", here.fingerprint), ("shop", "v1:elsewhere"), ("blog", here.fingerprint)]
    ((key, stored),) = held([here], lambda holdings: holdings.stored_groups(asked, 0)).items()
    assert key == ("shop", here.fingerprint)
    assert (stored.version, stored.count, stored.closed, stored.duplicates) == (Version(7, 3), 3, 2, 1)
    assert stored.hours == {HOUR - 1: 1, HOUR: 2}


def test_hours_are_told_from_the_one_that_is_asked_for(held):
    asked = [("shop", a_group().fingerprint)]
    (stored,) = held([a_group()], lambda holdings: holdings.stored_groups(asked, HOUR)).values()
    assert stored.hours == {HOUR: 2}


def test_events_that_lack_are_told_by_id_and_day(held):
    day = 86_400_000
    asked = [("e1", NOON), ("e1", NOON + day), ("e2", NOON)]
    lacking = held([a_kept("e1")], lambda holdings: holdings.lacking_events(asked))
    assert set(lacking) == {("e1", NOON + day), ("e2", NOON)}


def test_letters_that_lack_are_told_by_origin_and_stage(held):
    here, other = a_letter(7), a_letter(8)
    asked = [letter_key(here), letter_key(other), (here.origin, "store")]
    lacking = held([here], lambda holdings: holdings.lacking_letters(asked))
    assert set(lacking) == {letter_key(other), (here.origin, "store")}


def test_nothing_asked_is_nothing_told(held):
    async def ask(holdings):
        return (
            *(await holdings.stored_groups([], 0)),
            *(await holdings.lacking_events([])),
            *(await holdings.lacking_letters([])),
        )

    assert held([], ask) == ()
