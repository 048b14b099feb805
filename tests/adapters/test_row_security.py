"""Who may read what, as Supabase's API asks: role `authenticated` and the request's claims."""

import asyncio
import json
import uuid
from contextlib import contextmanager

import psycopg
import pytest
from databases import database_on
from psycopg import errors
from stored_rows import a_decision, a_group, a_kept, a_letter, a_pattern, a_score, an_analysis, an_incident

from argus_streams.adapters.database import open_database
from argus_streams.adapters.migrations import migrate
from argus_streams.adapters.postgres import PostgresStore

pytestmark = pytest.mark.postgres

ANA, BEN, EVE = (str(uuid.uuid5(uuid.NAMESPACE_DNS, name)) for name in ("ana", "ben", "eve"))
READABLE = (
    "argus.projects",
    "argus_live.error_groups",
    "argus_live.group_counts",
    "argus_live.production_events",
    "argus_live.dead_letters",
    "argus_live.correlation_summary",
    "argus_live.incidents",
    "argus_live.analyses",
    "argus_live.quality_scores",
    "argus_live.healing_patterns",
    "argus_live.healing_decisions",
    "argus.reports",
)


@contextmanager
def supabase_role(server):
    """Bring it along where the server has none."""
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("select from pg_roles where rolname = 'authenticated'").fetchall()
        if not found:
            connection.execute("create role authenticated nologin")
        yield
        if not found:
            connection.execute("drop role authenticated")


@pytest.fixture(scope="module")
def filled(postgres_server):
    """The address of a database where Ana has a shop and Ben a blog; nobody here changes it."""
    with supabase_role(postgres_server), database_on(postgres_server) as url:
        asyncio.run(fill(url))
        with psycopg.connect(url) as connection:
            for user, slug in ((ANA, "shop"), (BEN, "blog")):
                connection.execute(
                    "insert into argus.memberships (project_id, user_id)"
                    " select id, %s from argus.projects where slug = %s",
                    (user, slug),
                )
        yield url


@pytest.fixture
def ask(filled):
    """A question by a user."""

    def ask(user, text):
        with psycopg.connect(filled) as connection, connection.transaction(force_rollback=True):
            connection.execute("set local role authenticated")
            claims = json.dumps({"sub": user, "role": "authenticated"}) if user else ""
            connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
            return connection.execute(text).fetchall()

    return ask


async def fill(url):
    await migrate(url)
    async with open_database(url) as database:
        for slug in ("shop", "blog"):
            batch = [
                a_group(project=slug, hours={490_000: 1}),
                a_kept(f"{slug}-1", project=slug),
                a_letter(ord(slug[0]), project=slug),
                an_incident(project=slug),
                an_analysis(project=slug),
                a_score(project=slug),
                a_pattern(project=slug, fingerprint=slug),
                a_decision(project=slug),
            ]
            assert await PostgresStore(database).write(batch) == []
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("update argus_live.group_days set day = (now() at time zone 'UTC')::date")
        await connection.execute(
            "insert into argus.reports select slug, id, 'week', '2026-11-23', now(), '', '' from argus.projects"
        )


def test_without_the_role_claims_alone_decide(postgres_url):  # before others bring the role along
    with psycopg.connect(postgres_url) as connection:
        if connection.execute("select from pg_roles where rolname = 'authenticated'").fetchall():
            pytest.skip("this server has the role authenticated")
    asyncio.run(migrate(postgres_url))
    with psycopg.connect(postgres_url) as connection:
        roles = connection.execute(
            "select distinct roles from pg_policies where schemaname in ('argus', 'argus_live')"
        ).fetchall()
    assert roles == [(["public"],)]


@pytest.mark.parametrize("table", READABLE)
@pytest.mark.parametrize(("user", "rows"), [(ANA, 1), (BEN, 1), (EVE, 0), (None, 0)])
def test_a_member_reads_the_rows_of_the_own_project_alone(ask, table, user, rows):
    assert len(ask(user, f"select * from {table}")) == rows  # noqa: S608


def test_the_rows_read_are_those_of_the_project(ask):
    assert ask(ANA, "select slug from argus.projects") == [("shop",)]
    assert ask(BEN, "select event_id from argus_live.production_events") == [("blog-1",)]
    assert ask(BEN, "select project from argus_live.dead_letters") == [("blog",)]


def test_a_member_sees_the_own_memberships_alone(ask):
    assert ask(ANA, "select user_id::text from argus.memberships") == [(ANA,)]


@pytest.mark.parametrize("table", ["argus.api_keys", "argus.generations", "argus_live.production_events_default"])
def test_keys_generations_and_partitions_are_not_for_members(ask, table):
    with pytest.raises(errors.InsufficientPrivilege):
        ask(ANA, f"select * from {table}")  # noqa: S608


@pytest.mark.parametrize(
    "text",
    [
        "update argus.projects set name = 'mine'",
        "insert into argus.memberships (project_id, user_id) select id, auth.uid() from argus.projects",
        "delete from argus_live.error_groups",
        "delete from argus_live.incidents",
        "update argus_live.healing_patterns set standing = 'pinned'",
        "update argus.reports set html = ''",
        "select argus.create_partitions(1)",
        "select argus.drop_partitions(0)",
    ],
)
def test_a_member_changes_nothing(ask, text):
    with pytest.raises(errors.InsufficientPrivilege):
        ask(ANA, text)


def test_every_table_has_row_security_and_every_policy_asks_for_the_user_once(filled):
    with psycopg.connect(filled) as connection:
        bare = connection.execute(
            "select relname from pg_class where relnamespace::regnamespace::text in ('argus', 'argus_live')"
            " and relkind in ('r', 'p') and not relrowsecurity"
        ).fetchall()
        policies = connection.execute(
            "select roles, qual from pg_policies where schemaname in ('argus', 'argus_live')"
        ).fetchall()
    assert bare == []
    assert len(policies) == 12
    assert {tuple(roles) for roles, _ in policies} == {("authenticated",)}
    for _, condition in policies:
        assert condition.count("auth.uid()") == condition.count("( SELECT auth.uid() AS uid)")
