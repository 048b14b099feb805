"""What people ask of Postgres: groups, the events kept of one, letters."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from argus_streams.adapters.database import Database
from argus_streams.core.messages import DeadLetter, Group, KeptEvent
from argus_streams.ports import GroupQuery

T = TypeVar("T")


class PostgresReader:
    """``ports.Reader`` over the generation of a database that is to be shown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def groups(self, query: GroupQuery) -> Sequence[Group]:
        return await self._read("groups", wanted_groups(query), Group)

    async def linked(self, keys: Collection[tuple[str, str]]) -> Collection[tuple[str, str]]:
        told = msgspec.json.encode([{"project": project, "fingerprint": print_} for project, print_ in keys])
        rows = await self._rows("linked", {"keys": told.decode()})
        return {(str(project), str(fingerprint)) for project, fingerprint in rows}

    async def events(self, project: str, fingerprint: str, limit: int) -> Sequence[KeptEvent]:
        return await self._read("events", {"project": project, "fingerprint": fingerprint, "limit": limit}, KeptEvent)

    async def letters(self, project: str | None, limit: int) -> Sequence[DeadLetter]:
        return await self._read("letters", {"project": project, "limit": limit}, DeadLetter)

    async def _read(self, statement: str, wanted: Mapping[str, Any], shape: type[T]) -> Sequence[T]:
        return [msgspec.json.decode(text, type=shape) for (text,) in await self._rows(statement, wanted)]

    async def _rows(self, statement: str, wanted: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        async with self._database.transaction() as connection:
            statements = await self._database.shown(connection)
            return await (await connection.execute(statements[statement], wanted)).fetchall()


def wanted_groups(query: GroupQuery) -> Mapping[str, Any]:
    """The parameters of the statement ``groups``."""
    return {
        "project": query.project,
        "statuses": list(query.statuses),
        "prefix": query.prefix,
        "fingerprints": list(query.fingerprints),
        "since_hour": query.since_hour,
        "limit": query.limit,
    }
