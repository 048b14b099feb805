"""The columns of users and links: in every generation, also one that was there before them."""

import asyncio
import shutil

import psycopg
import pytest
from stored_rows import a_group

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import open_database
from argus_streams.adapters.migrations import migrate
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.adapters.reading import PostgresReader
from argus_streams.core.messages import Version
from argus_streams.ports import GroupQuery

pytestmark = pytest.mark.postgres

LINKS = "20261127190000"
COLUMNS = """
select table_schema, column_name, data_type from information_schema.columns
where table_name = 'error_groups' and column_name in ('users', 'linked', 'apart') order by 1, 2"""

A_ROW = """
insert into argus_live.error_groups
select id, 'v1:old', '[]', 'v1', 1, 1, 'error', 'error', 'open', 'old', null, null, null, null, 1, 0, 0, now(), now(),
  null, null, null, null, '{}', '{}'
from argus.projects"""


def as_it_was_before(folder):
    for file in data_folder("migrations").glob("*.sql"):
        if file.name < LINKS:
            shutil.copy(file, folder)
    return folder


def query(url, text):
    with psycopg.connect(url) as connection:
        return connection.execute(text).fetchall()


def columns(generation):
    return [(generation, "apart", "ARRAY"), (generation, "linked", "text"), (generation, "users", "bigint")]


def test_generations_of_before_and_later_ones_have_the_columns(postgres_url, tmp_path):
    asyncio.run(migrate(postgres_url, as_it_was_before(tmp_path)))
    query(postgres_url, "select argus.create_generation('argus_old')")
    assert query(postgres_url, COLUMNS) == []
    asyncio.run(migrate(postgres_url))
    query(postgres_url, "select argus.create_generation('argus_young')")
    assert query(postgres_url, COLUMNS) == [*columns("argus_live"), *columns("argus_old"), *columns("argus_young")]


def test_rows_of_before_are_linked_with_nobody(postgres_url, tmp_path):
    asyncio.run(migrate(postgres_url, as_it_was_before(tmp_path)))
    with psycopg.connect(postgres_url) as connection:
        connection.execute("insert into argus.projects (slug, name) values ('shop', 'shop')")
        connection.execute(A_ROW)
    asyncio.run(migrate(postgres_url))

    async def main():
        async with open_database(postgres_url) as database:
            (before,) = await PostgresReader(database).groups(GroupQuery())
            assert (before.users, before.linked, before.apart) == (0, None, ())
            after = a_group(fingerprint="v1:old", version=Version(1, 2), users=7, linked="v1:b", apart=("v1:c", "v1:d"))
            assert await PostgresStore(database).write([after]) == []
            assert await PostgresReader(database).groups(GroupQuery()) == [after]

    asyncio.run(main())
