"""What was found out, read from Postgres; and what is to be explained, with all that is stored of it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import structs

from argus_streams.adapters.database import Connection, Database
from argus_streams.adapters.reading import wanted_groups
from argus_streams.core.analysis import dossier
from argus_streams.core.analysis.dossier import Material, Similar
from argus_streams.core.events import LAST_TIME
from argus_streams.core.findings import Analysis, Incident, Score
from argus_streams.core.messages import Group, KeptEvent
from argus_streams.core.money import Spending
from argus_streams.ports import AnalysisQuery, GroupQuery, IncidentQuery

T = TypeVar("T")


class PostgresFindings:
    """``ports.Findings`` over the generation of a database that is to be shown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def incidents(self, query: IncidentQuery) -> Sequence[Incident]:
        return await self._read("incidents", _wanted_incidents(query), Incident)

    async def analyses(self, query: AnalysisQuery) -> Sequence[Analysis]:
        return await self._read("analyses", _wanted_analyses(query), Analysis)

    async def scores(self, project: str, until: int = LAST_TIME) -> Sequence[Score]:
        return await self._read("scores", {"project": project, "until": until}, Score)

    async def spending(self, project: str, since: int, until: int) -> Sequence[Spending]:
        return await self._read("spending", {"project": project, "since": since, "until": until}, Spending)

    async def _read(self, statement: str, wanted: Mapping[str, Any], shape: type[T]) -> Sequence[T]:
        async with self._database.transaction() as connection:
            return await _Asking(self._database, connection).rows(statement, wanted, shape)


class PostgresEvidence:
    """``ports.Evidence`` over the generation of a database that is to be shown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def gather(self, project: str, fingerprints: Sequence[str]) -> Material:
        async with self._database.transaction() as connection:
            return await _Gathering(_Asking(self._database, connection), project, fingerprints).material()

    async def incident(self, project: str, identity: str) -> Incident | None:
        wanted = _wanted_incidents(IncidentQuery(project=project, incident=identity, limit=1))
        async with self._database.transaction() as connection:
            found = await _Asking(self._database, connection).rows("incidents", wanted, Incident)
        return found[0] if found else None


class _Asking:
    """Questions inside one transaction."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self._database = database
        self._connection = connection

    async def rows(self, statement: str, wanted: Mapping[str, Any], shape: type[T]) -> Sequence[T]:
        """What a statement returns as JSON."""
        return [msgspec.json.decode(text, type=shape) for text in await self.column(statement, wanted)]

    async def column(self, statement: str, wanted: Mapping[str, Any]) -> list[str]:
        """The only column that a statement returns."""
        statements = await self._database.shown(self._connection)
        return [value for (value,) in await (await self._connection.execute(statements[statement], wanted)).fetchall()]


class _Gathering:
    """One question for material."""

    def __init__(self, asking: _Asking, project: str, fingerprints: Sequence[str]) -> None:
        self._asking = asking
        self._project = project
        self._fingerprints = tuple(fingerprints)
        self._about = {"project": project, "fingerprints": list(fingerprints)}

    async def material(self) -> Material:
        each = dossier.events_of_each(len(self._fingerprints))
        events = await self._asking.rows("evidence_events", {**self._about, "each": each}, KeptEvent)
        groups = await self._groups(self._fingerprints, dossier.since_hour(events))
        common = {name: list(texts) for name, texts in structs.asdict(dossier.likeness(groups)).items()}
        alike = {**self._about, **common, "among": dossier.AMONG}
        similar = await self._groups(await self._asking.column("evidence_similar", {**alike, "limit": dossier.SIMILAR}))
        candidates = await self._groups(
            await self._asking.column("evidence_candidates", {**alike, "limit": dossier.CANDIDATES})
        )
        others = {**self._about, "days": [str(day) for day in dossier.days(events)], "limit": dossier.OTHERS}
        return Material(
            groups=groups,
            events=tuple(events),
            others=tuple(await self._asking.rows("evidence_others", others, KeptEvent)),
            similar=await self._explained(similar),
            candidates=candidates,
        )

    async def _groups(self, fingerprints: Sequence[str], since_hour: int = dossier.NO_HOURS) -> tuple[Group, ...]:
        """Those that are stored, in the order in which they are named."""
        if not fingerprints:
            return ()
        query = GroupQuery(
            project=self._project,
            fingerprints=tuple(fingerprints),
            since_hour=since_hour,
            limit=len(fingerprints),
        )
        found = {group.fingerprint: group for group in await self._asking.rows("groups", wanted_groups(query), Group)}
        return tuple(found[each] for each in dict.fromkeys(fingerprints) if each in found)

    async def _explained(self, groups: Sequence[Group]) -> tuple[Similar, ...]:
        if not groups:
            return ()
        subjects = tuple(group.fingerprint for group in groups)
        query = AnalysisQuery(project=self._project, subjects=subjects, limit=len(subjects))
        found = await self._asking.rows("analyses", _wanted_analyses(query), Analysis)
        analyses = {analysis.subject: analysis for analysis in found}
        return tuple(Similar(group, analyses.get(group.fingerprint)) for group in groups)


def _wanted_incidents(query: IncidentQuery) -> Mapping[str, Any]:
    return {
        "project": query.project,
        "statuses": list(query.statuses),
        "prefix": query.prefix,
        "since": query.since,
        "until": query.until,
        "limit": query.limit,
    }


def _wanted_analyses(query: AnalysisQuery) -> Mapping[str, Any]:
    return {
        "project": query.project,
        "subjects": list(query.subjects),
        "prefixes": list(query.prefixes),
        "limit": query.limit,
    }
