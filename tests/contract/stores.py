"""A store and what reads it, in memory and in Postgres: what one suite says of both."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from argus_streams.adapters.database import open_database
from argus_streams.adapters.memory import MemoryStore
from argus_streams.adapters.postgres import PostgresStore

BOTH = ["memory", pytest.param("postgres", marks=pytest.mark.postgres)]


def runner(request, memory, postgres):
    """Runs a scenario on an empty store and its reader: ``memory`` of the store, or ``postgres`` of the database."""
    if request.param == "memory":
        opened = _in_memory(memory)
    else:
        opened = _in_postgres(request.getfixturevalue("migrated_url"), postgres)

    def run(scenario):
        async def main():
            async with opened() as (store, reader):
                await scenario(store, reader)

        asyncio.run(main())

    return run


def _in_memory(reader):
    @asynccontextmanager
    async def opened():
        store = MemoryStore()
        yield store, reader(store)

    return opened


def _in_postgres(url, reader):
    @asynccontextmanager
    async def opened():
        async with open_database(url) as database:
            yield PostgresStore(database), reader(database)

    return opened
