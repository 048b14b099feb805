"""A project's rows in Postgres: how many there are, and their deletion in parts that lock nothing for long."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import NamedTuple

from psycopg import sql

from argus_streams.adapters.database import Connection, Database, Statements, connected, load_statements
from argus_streams.core.intake import SLUG
from argus_streams.core.purged import Mark, Marks, Place

BATCH = 5_000  # rows of one statement, each a transaction of its own

# Tables of a generation, and which of their rows are a project's.
_OWN = "project_id = (select id from argus.projects where slug = %(project)s)"
TABLES: Mapping[str, str] = {
    "error_groups": _OWN,
    "group_days": _OWN,
    "production_events": _OWN,
    "dead_letters": "project = %(project)s",
    "incidents": _OWN,
    "analyses": _OWN,
    "quality_scores": _OWN,
    "healing_patterns": _OWN,
    "healing_decisions": _OWN,
}
PEOPLE: Mapping[str, str] = {"projects": "slug = %(project)s", "memberships": _OWN, "api_keys": _OWN, "reports": _OWN}
# Which of them are of before a purge; the owners' snapshots go upon their own word, as STORE reads it.
_OLD: Mapping[str, str] = {
    "production_events": "received_at <= to_timestamp(%(asked)s / 1000.0)",
    "dead_letters": "at <= to_timestamp(%(asked)s / 1000.0)",
    "healing_decisions": "at <= to_timestamp(%(decided)s / 1000.0)",
}
_REPORTS = "created_at <= to_timestamp(%(asked)s / 1000.0)"

_LIST = b"""
select p.slug, p.name, count(g.fingerprint), coalesce(sum(g.count), 0)::bigint,
  (extract(epoch from max(g.last_seen)) * 1000)::bigint
from argus.projects p left join {generation}.error_groups g on g.project_id = p.id
group by p.id order by p.slug
"""


class Listed(NamedTuple):
    """A project, as the list shows it."""

    slug: str
    name: str
    groups: int
    events: int  # counted
    last_seen: int | None  # ms


class Holding(NamedTuple):
    """How many rows of a project a table has."""

    schema: str
    table: str
    rows: int


async def listed(url: str, schema: str) -> list[Listed]:
    """All projects, with the groups of one generation."""
    async with connected(url) as connection:
        query = _LIST.replace(b"{generation}", f'"{schema}"'.encode())
        return [Listed(*row) for row in await (await connection.execute(query)).fetchall()]


async def holdings(url: str, schemas: list[str], project: str) -> list[Holding]:
    """What there is of a project; tables without a row of it are left out."""
    wanted = [("argus", table, where) for table, where in PEOPLE.items()]
    wanted += [(schema, table, where) for schema in schemas for table, where in TABLES.items()]
    found = []
    async with connected(url) as connection:
        for schema, table, where in wanted:
            query = sql.SQL("select count(*) from {} where ").format(sql.Identifier(schema, table)) + sql.SQL(where)
            row = await (await connection.execute(query, {"project": project})).fetchone()
            found.append(Holding(schema, table, int(row[0]) if row else 0))
    return [each for each in found if each.rows]


async def marks(url: str, schema: str, project: str) -> Marks:
    """How far the owners of a generation's state have purged the project."""
    async with connected(url) as connection:
        return await _marks(connection, load_statements(schema), [project])


async def known(database: Database, projects: Collection[str]) -> Marks:
    """The marks of these projects."""
    wanted = sorted(slug for slug in projects if SLUG.match(slug))
    if not wanted:
        return {}
    async with database.transaction() as connection:
        return await _marks(connection, database.statements, wanted)


async def _marks(connection: Connection, statements: Statements, projects: Sequence[str]) -> Marks:
    rows = await (await connection.execute(statements["purges"], {"projects": projects})).fetchall()
    return {Place(kind, project, partition): Mark(*mark) for kind, project, partition, *mark in rows}


async def sweep(url: str, schema: str, project: str, *, asked: int, decided: int) -> AsyncIterator[int]:
    """Delete what of a generation was stored before a purge, in parts; the number of rows of each."""
    for table, old in _OLD.items():
        where = f"{TABLES[table]} and {old}"
        async for rows in _delete(
            url, (schema, table), where, {"project": project, "asked": asked, "decided": decided}
        ):
            yield rows


async def clear(url: str, schema: str, project: str) -> AsyncIterator[int]:
    """Delete all that a generation without workers stores of a project, in parts."""
    for table, where in TABLES.items():
        async for rows in _delete(url, (schema, table), where, {"project": project}):
            yield rows


async def forget_reports(url: str, project: str, *, asked: int) -> AsyncIterator[int]:
    """Delete the reports that were made before a purge."""
    where = f"{PEOPLE['reports']} and {_REPORTS}"
    async for rows in _delete(url, ("argus", "reports"), where, {"project": project, "asked": asked}):
        yield rows


async def forget_people(url: str, project: str) -> int:
    """Delete the project itself, with its name, members and keys; what still belongs to it goes along."""
    async with connected(url) as connection:
        cursor = await connection.execute("delete from argus.projects where slug = %(project)s", {"project": project})
        return cursor.rowcount


async def _delete(url: str, table: tuple[str, str], where: str, parameters: Mapping[str, object]) -> AsyncIterator[int]:
    text = (
        "delete from {table} where (tableoid, ctid) in (select tableoid, ctid from {table} where {where} limit {most})"
    )
    query = sql.SQL(text).format(table=sql.Identifier(*table), where=sql.SQL(where), most=sql.Literal(BATCH))
    async with connected(url) as connection:
        while (deleted := (await connection.execute(query, parameters)).rowcount) > 0:
            yield deleted
