"""Databases of the tests' own on the session's Postgres."""

import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def database_on(server, copied=None):
    """The address of a new database, empty or a copy of another that nobody is connected to; dropped at the end."""
    name, template = f"argus_test_{uuid.uuid4().hex}", urlsplit(copied).path[1:] if copied else "template1"
    named = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {name} template {template}").format(**named))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {name} with (force)").format(**named))
