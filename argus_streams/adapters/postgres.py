"""The store in Postgres: one jsonb parameter and one statement a table, all in one transaction."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec
import psycopg
from msgspec import Struct

from argus_streams.adapters import purges
from argus_streams.adapters.database import Connection, Database, translate
from argus_streams.core.findings import Analysis, Incident, Score
from argus_streams.core.intake import SLUG
from argus_streams.core.messages import DeadLetter, Group, KeptEvent
from argus_streams.core.purged import Gone, Kind, Marks
from argus_streams.core.repairs import HealingDecision, Pattern
from argus_streams.core.rows import Row, distinct
from argus_streams.errors import Malformed
from argus_streams.ports import Refused

R = TypeVar("R", bound=Row)
UnknownProject = Literal["create", "refuse"]
DAY = 24  # hours

_ADMIT: Mapping[UnknownProject, tuple[str, ...]] = {
    "create": ("create_projects", "known_projects"),
    "refuse": ("known_projects",),
}

# Rows that one statement takes as they are told; those of groups go into two tables.
_AS_TOLD: Mapping[str, type[Row]] = {
    "insert_events": KeptEvent,
    "upsert_incidents": Incident,
    "upsert_analyses": Analysis,
    "upsert_scores": Score,
    "upsert_patterns": Pattern,
    "insert_decisions": HealingDecision,
    "upsert_letters": DeadLetter,
}


class Encoded(NamedTuple):
    """A row and its JSON."""

    row: Row
    json: bytes


class Table(NamedTuple):
    """The rows of one statement."""

    statement: bytes
    rows: Sequence[Encoded]


class Outcome(NamedTuple):
    """What a statement returned, and the rows that it could not store."""

    returned: Sequence[tuple[Any, ...]]
    refused: Sequence[Refused]


class _Counts(Struct, frozen=True):
    """The hours of one snapshot by day."""

    project: str
    fingerprint: str
    since: int  # the first day
    forgotten: int  # hours of it before the first one told
    days: dict[int, str]  # day since 1970 → 24 counts as Postgres writes an array, null where none is told


class _Gone(Struct, frozen=True):
    """What is taken back, as the statements read it."""

    kind: Kind
    project: str
    name: str
    partition: int
    asked: int
    until: int
    epoch: int
    writes: int

    @classmethod
    def of(cls, gone: Gone) -> "_Gone":
        return cls(gone.kind, gone.project, gone.name, gone.partition, *msgspec.structs.astuple(gone.mark))


Execute = Callable[[Connection, Table], Awaitable[Outcome]]


class PostgresStore:
    """``ports.Store`` over one generation of a database."""

    def __init__(self, database: Database, unknown_projects: UnknownProject = "create") -> None:
        self._database = database
        self._admit = _ADMIT[unknown_projects]

    async def write(self, rows: Sequence[Row]) -> Sequence[Refused]:
        """All in one go; only when a value is unstorable is it found by halving."""
        wanted = distinct(rows)
        if not wanted:
            return []
        try:
            return await self._transact(wanted, _together)
        except Malformed:
            return await self._transact(wanted, _halving)

    async def purge(self, gone: Sequence[Gone]) -> None:
        """The marks first, then what they take; in one transaction."""
        rows = [msgspec.json.encode(_Gone.of(each)) for each in gone]
        parameters = {"rows": (b"[" + b",".join(rows) + b"]").decode()}
        async with self._database.transaction() as connection:
            for statement in ("enter_purges", *(f"purge_{kind}" for kind in sorted({each.kind for each in gone}))):
                await connection.execute(self._database.statements[statement], parameters)

    async def purged(self, projects: Collection[str]) -> Marks:
        return await purges.known(self._database, projects)

    async def _transact(self, rows: Sequence[Row], execute: Execute) -> Sequence[Refused]:
        refused: list[Refused] = []
        async with self._database.transaction() as connection:

            async def put(statement: str, encoded: Sequence[Encoded]) -> Sequence[tuple[Any, ...]]:
                if not encoded:
                    return []
                outcome = await execute(connection, Table(self._database.statements[statement], encoded))
                refused.extend(outcome.refused)
                return outcome.returned

            known = await self._known(connection, {row.project for row in rows if not isinstance(row, DeadLetter)})
            admitted = [row for row in rows if _is_admitted(row, known)]
            refused += [Refused(row, "unknown project", row.project) for row in rows if not _is_admitted(row, known)]
            groups = _of(Group, admitted)
            written = set(await put("upsert_groups", _encoded(groups, _without_hours, refused)))
            raised = [group for group in groups if group.hours and (group.project, group.fingerprint) in written]
            await put("upsert_counts", _encoded(raised, _counts, refused))
            for statement, kind in _AS_TOLD.items():
                await put(statement, _encoded(_of(kind, admitted), _whole, refused))
        return refused

    async def _known(self, connection: Connection, slugs: Iterable[str]) -> frozenset[str]:
        """Those of the projects that rows may belong to."""
        wanted = {"slugs": sorted(slug for slug in slugs if SLUG.match(slug))}
        found: list[tuple[str, ...]] = []
        for name in self._admit:
            found = await (await connection.execute(self._database.statements[name], wanted)).fetchall()
        return frozenset(slug for (slug,) in found)


def _is_admitted(row: Row, known: frozenset[str]) -> bool:
    """Whether its project is known; a letter may be of none."""
    return isinstance(row, DeadLetter) or row.project in known


def _of(kind: type[R], rows: Sequence[Row]) -> list[R]:
    return [row for row in rows if isinstance(row, kind)]


def _encoded(rows: Iterable[R], shape: Callable[[R], object], refused: list[Refused]) -> Sequence[Encoded]:
    """The rows that JSON can say."""
    encoded = []
    for row in rows:
        try:
            encoded.append(Encoded(row, msgspec.json.encode(shape(row))))
        except (UnicodeEncodeError, OverflowError, msgspec.MsgspecError) as error:
            refused.append(Refused(row, "unstorable value", str(error)))
    return encoded


def _whole(row: Row) -> object:
    return row


def _without_hours(group: Group) -> object:
    return msgspec.structs.replace(group, hours={})


def _counts(group: Group) -> object:
    since, forgotten = divmod(min(group.hours), DAY)
    days = {day: _array(group.hours, day * DAY) for day in {hour // DAY for hour in group.hours}}
    return _Counts(group.project, group.fingerprint, since, forgotten, days)


def _array(hours: Mapping[int, int], start: int) -> str:
    """A day's counts; as JSON but for the brackets, for its encoder is the fastest way to write them."""
    told = msgspec.json.encode(list(map(hours.get, range(start, start + DAY))))
    return f"{{{told[1:-1].decode()}}}"


async def _together(connection: Connection, table: Table) -> Outcome:
    """Store all rows, or raise."""
    rows = b"[" + b",".join(row.json for row in table.rows) + b"]"
    cursor = await connection.execute(table.statement, {"rows": rows.decode()})
    return Outcome(await cursor.fetchall() if cursor.description else [], [])


async def _halving(connection: Connection, table: Table) -> Outcome:
    """Store all rows but the bad ones, found by halving inside savepoints."""
    try:
        async with connection.transaction():
            return await _together(connection, table)
    except psycopg.Error as error:
        fault = translate(error)
        if not isinstance(fault, Malformed):
            raise
    if len(table.rows) == 1:
        return Outcome([], [Refused(table.rows[0].row, fault.reason, fault.detail)])
    middle = len(table.rows) // 2
    first = await _halving(connection, table._replace(rows=table.rows[:middle]))
    second = await _halving(connection, table._replace(rows=table.rows[middle:]))
    return Outcome([*first.returned, *second.returned], [*first.refused, *second.refused])
