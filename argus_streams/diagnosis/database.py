"""Postgres as a doctor asks it: one connection, one question after the other, nothing is written."""

import ipaddress
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import Connection

from argus_streams.adapters import migrations
from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.database import CONNECT, check_url, translate
from argus_streams.core.doctor.database import (
    Connections,
    Database,
    Generation,
    Letters,
    Migrations,
    Partitions,
    Refused,
    Server,
    Tables,
)
from argus_streams.core.doctor.finding import Unseen
from argus_streams.core.doctor.machine import Skew
from argus_streams.errors import Misconfigured
from argus_streams.settings import Settings

T = TypeVar("T")
Link = Connection[tuple[Any, ...]]

CONNECT_SECONDS = 4
QUESTION_MS = 3_000
STRAYS = 1_000  # rows counted, at most
_NEEDED = ("SELECT", "INSERT", "UPDATE", "DELETE")

_SIZE = "select pg_database_size(current_database())"
_PROCESS = "select pg_backend_pid()"
_USER = "select current_user"
_CLOCK = "select extract(epoch from clock_timestamp())::float8 * 1000"
_APPLIED = "select version, coalesce(statements::text, '') ~ '\\margus\\.' from supabase_migrations.schema_migrations"
_HISTORY = "select to_regclass('supabase_migrations.schema_migrations') is not null"
_KNOWN = "select to_regclass('argus.generations') is not null"
_GENERATIONS = "select name, status, ready_at is not null from argus.generations order by created_at, name"
_DAYS = """
select (now() at time zone 'UTC')::date,
  array(select to_date(right(c.relname, 8), 'YYYYMMDD') from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass(%(parent)s) and c.relname ~ '^production_events_[0-9]{8}$' order by 1)
"""
_STRAYS = "select count(*) from (select from {schema}.production_events_default limit %(most)s) strays"
# Views read as their caller; what is written are tables.
_TABLES = """
select format('%%s.%%s', n.nspname, c.relname), c.relrowsecurity, row_security_active(c.oid),
  pg_has_role(current_user, c.relowner, 'USAGE'), c.relkind = 'p',
  array(select privilege from unnest(%(needed)s::text[]) privilege
        where not has_table_privilege(c.oid, privilege) or not has_schema_privilege(n.oid, 'USAGE'))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('argus', %(schema)s) and c.relkind in ('r', 'p')
  and not (n.nspname = 'argus' and c.relname in ('memberships', 'api_keys'))
order by 1
"""
_CONNECTIONS = """
select (select count(*) from pg_stat_activity where backend_type = 'client backend'),
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
"""
_LETTERS = "select reason, count(*) from {schema}.dead_letters where at > now() - interval '1 day' group by reason"


_BOUNDS = "select set_config('statement_timeout', %(most)s, true), set_config('transaction_read_only', 'on', true)"


class Seen(NamedTuple):
    """The database, and its clock against ours."""

    database: Database | Refused
    clock: Skew | Unseen


def look(given: Settings, clock: Callable[[], int]) -> Seen:
    """All about the database; ``clock`` is ours, ms. Raises ``Misconfigured`` where none is named."""
    url = given.database()
    check_url(url)
    try:
        with psycopg.connect(url, **{**CONNECT, "connect_timeout": CONNECT_SECONDS}) as link:
            return Seen(_database(link, given.making().schema), _or_unseen(lambda: _skew(link, clock)))
    except psycopg.Error as error:
        told = translate(error)
        return _refused(_line(str(told)), setting=isinstance(told, Misconfigured))
    except OSError as error:  # name resolution and the like
        return _refused(f"Postgres: {error}", setting=False)


def _refused(why: str, *, setting: bool) -> Seen:
    return Seen(Refused(why, setting), Unseen("Postgres was not asked for the time"))


def _database(link: Link, schema: str) -> Database:
    return Database(
        server=_server(link),
        schema=schema,
        migrations=_or_unseen(lambda: _migrations(link)),
        generations=_or_unseen(lambda: _generations(link)),
        partitions=_or_unseen(lambda: _partitions(link, schema)),
        tables=_or_unseen(lambda: _tables(link, schema)),
        connections=_or_unseen(lambda: Connections(*_rows(link, _CONNECTIONS)[0])),
        letters=_or_unseen(lambda: Letters(dict(_rows(link, _in(_LETTERS, schema))))),
    )


def _server(link: Link) -> Server:
    size = _or_unseen(lambda: int(_rows(link, _SIZE)[0][0]))
    return Server(
        version=link.info.server_version,
        tls=bool(link.pgconn.ssl_in_use),
        local=_is_local(link.info.hostaddr, link.info.host),
        pooled=int(_rows(link, _PROCESS)[0][0]) != link.info.backend_pid,  # a pooler answers in its own name
        user=str(_rows(link, _USER)[0][0]),
        size=None if isinstance(size, Unseen) else size,
    )


def _is_local(address: str, host: str) -> bool:
    return host.startswith("/") or (bool(address) and ipaddress.ip_address(address).is_loopback)


def _migrations(link: Link) -> Migrations:
    brought = {each.version: each.name for each in migrations.read_migrations(data_folder("migrations"))}
    recorded = _rows(link, _APPLIED) if _rows(link, _HISTORY)[0][0] else []
    applied = tuple(str(version) for version, _ in recorded)
    newest = max(brought)
    strangers = [str(version) for version, ours in recorded if ours and version not in brought and version > newest]
    return Migrations(brought, applied, tuple(sorted(strangers)))


def _generations(link: Link) -> tuple[Generation, ...] | Unseen:
    if not _rows(link, _KNOWN)[0][0]:
        return Unseen("there is no argus.generations: `argus migrate` makes it")
    return tuple(Generation(*row) for row in _rows(link, _GENERATIONS))


def _partitions(link: Link, schema: str) -> Partitions | Unseen:
    parent = f'"{schema}".production_events'
    if _rows(link, "select to_regclass(%(parent)s) is null", parent=parent)[0][0]:
        return Unseen(f"there is no {schema}.production_events: `argus migrate` makes it")
    today, days = _rows(link, _DAYS, parent=parent)[0]
    return Partitions(today, tuple(days), int(_rows(link, _in(_STRAYS, schema), most=STRAYS)[0][0]))


def _tables(link: Link, schema: str) -> Tables | Unseen:
    rows = _rows(link, _TABLES, schema=schema, needed=list(_NEEDED))
    if not rows:
        return Unseen(f"there are no tables in {schema}: `argus migrate` makes them")
    denied: dict[str, list[str]] = {}
    for name, _, _, _, _, lacking in rows:
        for privilege in lacking:
            denied.setdefault(privilege, []).append(name)
    return Tables(
        denied={privilege: tuple(names) for privilege, names in denied.items()},
        unowned=tuple(name for name, _, _, owned, parted, _ in rows if parted and not owned),
        hidden=tuple(name for name, _, hidden, _, _, _ in rows if hidden),
        insecure=tuple(name for name, secure, _, _, _, _ in rows if not secure),
    )


def _skew(link: Link, clock: Callable[[], int]) -> Skew:
    """Its time lies between the question and the answer."""
    before = clock()
    at = float(_rows(link, _CLOCK)[0][0])
    return Skew(whose="Postgres", least=at - clock(), most=at - before)


def _rows(link: Link, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """One question in a transaction of its own, which reads only, and not for long."""
    with link.transaction():
        link.execute(_BOUNDS, {"most": str(QUESTION_MS)})
        return link.execute(query.encode(), parameters).fetchall()


def _in(query: str, schema: str) -> str:
    return query.replace("{schema}", f'"{schema}"')


def _or_unseen(ask: Callable[[], T]) -> T | Unseen:
    """What a question brought; one that is refused hides no other."""
    try:
        return ask()
    except psycopg.OperationalError as error:
        if error.sqlstate is None:  # the connection is gone, and all that would be asked with it
            raise
        return Unseen(_line(str(translate(error))))
    except psycopg.Error as error:
        return Unseen(_line(str(translate(error))))


def _line(told: str) -> str:
    return " ".join(told.split())
