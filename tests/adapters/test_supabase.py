"""Migrating where Supabase has been before: its auth schema, its roles, and no superuser."""

import asyncio
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from argus_streams.adapters.migrations import ensure_partitions, migrate

pytestmark = pytest.mark.postgres

AUTH = """
create schema auth;
create table auth.users (id uuid primary key);
create function auth.uid() returns uuid language sql stable as
  $$ select '00000000-0000-0000-0000-00000000000a'::uuid $$;
"""


@pytest.fixture
def role():
    """A name that no other test has."""
    return f"argus_test_{uuid.uuid4().hex}"


@contextmanager
def plain_role(url, name):
    """The address for a role that may make schemas and refer to users, no more."""
    password = uuid.uuid4().hex
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(AUTH)
        who = {"role": sql.Identifier(name), "database": sql.Identifier(urlsplit(url).path[1:])}
        for grant in (
            f"create role {{role}} login password '{password}'",
            "grant create on database {database} to {role}",
            "grant usage on schema auth to {role}",
            "grant references on auth.users to {role}",
        ):
            connection.execute(sql.SQL(grant).format(**who))
        try:
            netloc = urlsplit(url).netloc.rpartition("@")[2]
            yield urlsplit(url)._replace(netloc=f"{name}:{password}@{netloc}").geturl()
        finally:
            connection.execute(sql.SQL("drop owned by {role} cascade").format(**who))
            connection.execute(sql.SQL("drop role {role}").format(**who))


def test_a_plain_role_migrates_and_keeps_partitions_beside_supabase_auth(postgres_url, role):
    with plain_role(postgres_url, role) as url:
        assert asyncio.run(migrate(url))
        assert asyncio.run(ensure_partitions(url, "argus_live", days_ahead=8)).created
        with psycopg.connect(postgres_url) as connection:
            assert connection.execute("select auth.uid()::text").fetchone()[0].endswith("a")
            user = uuid.UUID(int=10)
            connection.execute("insert into argus.projects (slug, name) values ('shop', 'Shop')")
            connection.execute("insert into auth.users values (%s)", [user])
            connection.execute("insert into argus.memberships select id, %s from argus.projects", [user])
            connection.execute("delete from auth.users")
            assert connection.execute("select * from argus.memberships").fetchall() == []
