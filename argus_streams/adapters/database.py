"""Connections to Postgres that survive transaction-mode poolers, and its errors in our three families."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from argus_streams.core.generations.naming import FIRST_SCHEMA
from argus_streams.errors import ArgusError, Malformed, Misconfigured, Unavailable

Statements = Mapping[str, bytes]
Connection = AsyncConnection[tuple[Any, ...]]

# Poolers in transaction mode (Supavisor, PgBouncer) hand each transaction another server session.
# https://supabase.com/docs/guides/database/connecting-to-postgres
CONNECT: Mapping[str, Any] = {
    "autocommit": True,  # transactions are opened where they are meant
    "prepare_threshold": None,  # a prepared statement would be looked for in another session
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # ms; a server that vanished is noticed
    "application_name": "argus",
}

_GENERATION = re.compile(r"[a-z][a-z0-9_]{0,47}\Z")
_LIVE = b"select name from argus.generations where status = 'live'"
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
# A URL as libpq reads it: the login ends at the first `@`, where no `/` is before it.
_URL = re.compile(r"postgres(?:ql)?://(?:[^@/]*@)?(?P<host>[^/?]*)(?P<path>[^?]*)")
_PORT = re.compile(r"[0-9]*\Z")
# What a server says before a session exists carries no SQLSTATE for libpq's callers.
_REFUSED_LOGIN = re.compile(r"authentication failed|no pg_hba\.conf entry|(database|role) \"[^\"]*\" does not exist")

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_DATA = frozenset({"22", "23", "54"})  # data exception, integrity constraint, program limit (nesting, index row size)
_WRONG = frozenset({"28", "3D", "3F", "42"})  # login, catalog, schema; syntax, undefined object or privilege
_UNDEFINED_TABLE = "42P01"


class Database(NamedTuple):
    """A pool, and the statements of one generation."""

    url: str
    pool: AsyncConnectionPool[Connection]
    statements: Statements
    shown: Callable[[Connection], Awaitable[Statements]]  # those that readers use in a transaction

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction, bounded in time; errors leave it as ours."""
        with translated():
            try:
                async with self.pool.connection() as connection, connection.transaction():
                    await connection.execute(self.statements["limits"])
                    yield connection
            except PoolTimeout:
                async with await AsyncConnection.connect(self.url, **CONNECT):  # says why, which the pool does not
                    raise

    async def probe(self) -> None:
        """Return when the generation's tables can be read, else raise what hinders."""
        async with self.transaction() as connection:
            await connection.execute((await self.shown(connection))["probe"])


@asynccontextmanager
async def open_database(
    url: str, generation: str | None = FIRST_SCHEMA, *, connections: int = 4, patience: float = 10.0
) -> AsyncIterator[Database]:
    """A pool that needs no server to be up: whoever uses it learns of that after ``patience`` seconds.

    Readers of the generation ``None`` see the one that is live, each transaction anew.
    """
    statements = load_statements(generation or FIRST_SCHEMA)

    async def fixed(_: Connection) -> Statements:
        return statements

    check_url(url)
    pool = AsyncConnectionPool(
        url,
        kwargs=dict(CONNECT),
        connection_class=AsyncConnection[tuple[Any, ...]],
        min_size=1,
        max_size=connections,
        timeout=patience,
        reconnect_timeout=patience,
        check=AsyncConnectionPool.check_connection,
        open=False,
        name="argus",
    )
    await pool.open(wait=False)
    try:
        yield Database(url, pool, statements, _live if generation is None else fixed)
    finally:
        await pool.close()


async def _live(connection: Connection) -> Statements:
    """The statements of the generation that is live now."""
    row = await (await connection.execute(_LIVE)).fetchone()
    if row is None:
        raise Misconfigured("no generation is live: `argus replay promote NAME` makes one so")
    return load_statements(str(row[0]))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """One connection of its own, for the command line; errors leave it as ours."""
    check_url(url)
    with translated():
        async with await AsyncConnection.connect(url, **CONNECT) as connection:
            yield connection


def check_url(url: str) -> None:
    """Raise ``Misconfigured`` for what is no connection string, without a word of it: it may hold the password.

    What of a password libpq takes for a host, port or database would be in its errors.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise Misconfigured(
            "DATABASE_URL is no connection string: postgresql://user:password@host:5432/database"
        ) from None
    read = _URL.match(url)
    if read and "@" in read["path"]:
        raise Misconfigured("DATABASE_URL: `/` in the user's name or password has to be written %2F, and `@` %40")
    if read and "@" in read["host"]:
        raise Misconfigured("DATABASE_URL: `@` in the user's name or password has to be written %40")
    if not all(_PORT.match(each) for each in str(parts.get("port", "")).split(",")):
        raise Misconfigured("DATABASE_URL: its port is no number; `/` in a password has to be written %2F")


@cache
def load_statements(generation: str) -> Statements:
    """The named statements of ``queries.sql`` for one generation's schema."""
    if not _GENERATION.match(generation):
        raise Misconfigured(f"the generation {generation!r} is no name of a schema: a-z, 0-9 and _, at most 48")
    text = (files("argus_streams.adapters") / "queries.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text.replace("{generation}", f'"{generation}"'))
    return {name: body.strip().encode() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


@contextmanager
def translated() -> Iterator[None]:
    """Raise psycopg's errors as ours."""
    try:
        yield
    except psycopg.Error as error:
        raise translate(error) from error
    except OSError as error:  # name resolution and the like
        raise Unavailable(f"Postgres: {error}") from error


def translate(error: psycopg.Error) -> ArgusError:
    """Our error for one of psycopg's; what is unknown may pass, so it is ``Unavailable``."""
    text = (error.diag.message_primary or str(error)).strip()
    hint = f" ({error.diag.message_hint})" if error.diag.message_hint else ""
    state = error.sqlstate
    if (state and state[:2] in _DATA) or (state is None and isinstance(error, psycopg.DataError)):
        return Malformed("unstorable value", text)
    if state and state[:2] in _WRONG:
        return Misconfigured(f"DATABASE_URL: Postgres refuses ({state}): {text}{_advice(state)}")
    if state is None and _REFUSED_LOGIN.search(text):
        return Misconfigured(f"DATABASE_URL: {text}")
    return Unavailable(f"Postgres ({state or 'no connection'}): {text}{hint}")


def _advice(state: str) -> str:
    """What to look at; where the login or the database is wrong, the text says it all."""
    if state[:2] in {"28", "3D"}:
        return ""
    others = " `argus replay status` lists the generations that there are" if state == _UNDEFINED_TABLE else ""
    return f"; has `argus migrate` run?{others}"
