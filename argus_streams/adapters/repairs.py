"""Repairs of broken locators and the decisions about them, read from Postgres."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from argus_streams.adapters.database import Database
from argus_streams.core.repairs import HealingDecision, Pattern
from argus_streams.ports.repairs import DecisionQuery, PatternQuery

T = TypeVar("T")


class PostgresRepairs:
    """``ports.Repairs`` over the generation of a database that is to be shown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def patterns(self, query: PatternQuery) -> Sequence[Pattern]:
        wanted = {"project": query.project, "standings": list(query.standings), "prefix": query.fingerprint}
        return await self._read("patterns", {**wanted, "limit": query.limit}, Pattern)

    async def decisions(self, query: DecisionQuery) -> Sequence[HealingDecision]:
        wanted = {"project": query.project, "verdicts": list(query.verdicts), "limit": query.limit}
        return await self._read("decisions", {**wanted, "since": query.since, "until": query.until}, HealingDecision)

    async def _read(self, statement: str, wanted: Mapping[str, Any], shape: type[T]) -> Sequence[T]:
        async with self._database.transaction() as connection:
            statements = await self._database.shown(connection)
            rows = await (await connection.execute(statements[statement], wanted)).fetchall()
        return [msgspec.json.decode(text, type=shape) for (text,) in rows]
