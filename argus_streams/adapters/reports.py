"""Reports in Postgres."""

import msgspec
from msgspec import structs

from argus_streams.adapters.database import Database
from argus_streams.core.reports.report import Report


class PostgresReports:
    """``ports.Reports`` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, report: Report) -> bool:
        statement = self._database.statements["keep_report"]
        async with self._database.transaction() as connection:
            return bool(await (await connection.execute(statement, structs.asdict(report))).fetchall())

    async def report(self, report_id: str) -> Report | None:
        async with self._database.transaction() as connection:
            statement = self._database.statements["report"]
            row = await (await connection.execute(statement, {"id": report_id})).fetchone()
        return msgspec.json.decode(row[0], type=Report) if row else None
