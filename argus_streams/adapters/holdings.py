"""What an audit asks of Postgres: which rows are there, and what they count."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from argus_streams.adapters import purges
from argus_streams.adapters.database import Database
from argus_streams.core.audit.groups import Stored
from argus_streams.core.events import Origin
from argus_streams.core.messages import Stage, Version
from argus_streams.core.purged import Marks


class PostgresHoldings:
    """``ports.Holdings`` over one generation of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stored_groups(self, keys: Sequence[tuple[str, str]], since_hour: int) -> Mapping[tuple[str, str], Stored]:
        wanted = [{"project": project, "fingerprint": fingerprint} for project, fingerprint in keys]
        rows = await self._rows("stored_groups", wanted, since_hour=since_hour)
        return {
            (project, fingerprint): Stored(
                Version(epoch, writes), count, closed, duplicates, msgspec.json.decode(hours, type=dict[int, int])
            )
            for project, fingerprint, epoch, writes, count, closed, duplicates, hours in rows
        }

    async def lacking_events(self, keys: Sequence[tuple[str, int]]) -> Collection[tuple[str, int]]:
        wanted = [{"event_id": event_id, "at": at} for event_id, at in keys]
        return {(event_id, at) for event_id, at in await self._rows("lacking_events", wanted)}

    async def lacking_letters(self, keys: Sequence[tuple[Origin, Stage]]) -> Collection[tuple[Origin, Stage]]:
        wanted = [{**msgspec.structs.asdict(origin), "stage": stage} for origin, stage in keys]
        return {(Origin(*place), stage) for *place, stage in await self._rows("lacking_letters", wanted)}

    async def purged(self, projects: Collection[str]) -> Marks:
        return await purges.known(self._database, projects)

    async def _rows(self, statement: str, keys: Iterable[object], **more: int) -> Sequence[tuple[Any, ...]]:
        wanted = {"keys": msgspec.json.encode(list(keys)).decode(), **more}
        async with self._database.transaction() as connection:
            return await (await connection.execute(self._database.statements[statement], wanted)).fetchall()
