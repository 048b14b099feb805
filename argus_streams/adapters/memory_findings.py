"""Findings and evidence in memory: the same promises as Postgres, for tests of what stands on them."""

from collections.abc import Callable, Collection, Sequence
from itertools import groupby

from msgspec import structs

from argus_streams.adapters.memory import MemoryStore
from argus_streams.core.analysis import dossier
from argus_streams.core.analysis.dossier import Likeness, Material, Similar
from argus_streams.core.events import LAST_TIME
from argus_streams.core.findings import Analysis, Incident, Score
from argus_streams.core.messages import Group, KeptEvent
from argus_streams.core.money import Spending
from argus_streams.core.reports.report import Report
from argus_streams.ports import AnalysisQuery, GroupQuery, IncidentQuery


class MemoryFindings:
    """``ports.Findings`` and ``ports.Evidence`` over a store in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def incidents(self, query: IncidentQuery) -> Sequence[Incident]:
        found = [incident for incident in self._store.all(Incident) if _asked(incident, query)]
        return sorted(found, key=lambda each: (-each.last_at, each.project, each.incident))[: query.limit]

    async def analyses(self, query: AnalysisQuery) -> Sequence[Analysis]:
        found = [
            analysis
            for analysis in self._store.all(Analysis)
            if query.project in {None, analysis.project}
            and (not query.subjects or analysis.subject in query.subjects)
            and (not query.prefixes or analysis.subject.startswith(query.prefixes))
        ]
        return sorted(found, key=lambda each: (-each.at, each.project, each.subject))[: query.limit]

    async def scores(self, project: str, until: int = LAST_TIME) -> Sequence[Score]:
        found = [score for score in self._store.all(Score) if score.project == project and score.at < until]
        latest = {score.score_type: score for score in sorted(found, key=lambda score: score.at)}
        return [latest[kind] for kind in sorted(latest)]

    async def spending(self, project: str, since: int, until: int) -> Sequence[Spending]:
        def kind(analysis: Analysis) -> tuple[str, ...]:
            return analysis.by, analysis.reason, analysis.tier or "~", analysis.verdict or "~"  # nulls come last

        found = [each for each in self._store.all(Analysis) if each.project == project and since <= each.at < until]
        found.sort(key=kind)
        kinds = [_summed(list(alike)) for _, alike in groupby(found, kind)]
        return sorted(kinds, key=lambda each: (-each.cost, -each.analyses))

    async def incident(self, project: str, identity: str) -> Incident | None:
        found = await self.incidents(IncidentQuery(project=project, incident=identity, limit=1))
        return found[0] if found else None

    async def gather(self, project: str, fingerprints: Sequence[str]) -> Material:
        events = self._events(project, fingerprints)
        every = [group for group in self._store.all(Group) if group.project == project]
        by_fingerprint = {group.fingerprint: group for group in every}
        asked = [by_fingerprint[each] for each in dict.fromkeys(fingerprints) if each in by_fingerprint]
        query = GroupQuery(
            project=project,
            fingerprints=tuple(each.fingerprint for each in asked) or ("",),
            since_hour=dossier.since_hour(events),
            limit=len(asked),
        )
        told = {group.fingerprint: group for group in await self._store.groups(query)}
        likeness = dossier.likeness(asked)
        rest = [structs.replace(group, hours={}) for group in every if group.fingerprint not in fingerprints]
        resolved = [group for group in rest if group.status == "resolved"]
        heeded = [group for group in rest if group.status != "ignored"]
        analyses = {each.subject: each for each in self._store.all(Analysis) if each.project == project}
        similar = _likest(resolved, lambda group: _similar(group, likeness))[: dossier.SIMILAR]
        return Material(
            groups=tuple(told[group.fingerprint] for group in asked),
            events=tuple(events),
            others=self._others(project, fingerprints, events),
            similar=tuple(Similar(group, analyses.get(group.fingerprint)) for group in similar),
            candidates=tuple(_likest(heeded, lambda group: _candidate(group, likeness))[: dossier.CANDIDATES]),
        )

    def _events(self, project: str, fingerprints: Sequence[str]) -> list[KeptEvent]:
        each = dossier.events_of_each(len(fingerprints))
        found: list[KeptEvent] = []
        for fingerprint in fingerprints:
            mine = [
                kept
                for kept in self._store.all(KeptEvent)
                if (kept.project, kept.fingerprint) == (project, fingerprint)
            ]
            mine.sort(key=lambda kept: (-kept.event.received_at, kept.event.event_id))
            found += mine if len(mine) <= each else [*mine[: each - 1], mine[-1]]
        return found

    def _others(self, project: str, fingerprints: Sequence[str], events: Sequence[KeptEvent]) -> tuple[KeptEvent, ...]:
        days = dossier.days(events)
        found = [
            kept
            for kept in self._store.all(KeptEvent)
            if kept.project == project and kept.fingerprint not in fingerprints and dossier.days([kept])[0] in days
        ]
        return tuple(sorted(found, key=lambda kept: (kept.event.event_id, kept.event.received_at))[: dossier.OTHERS])


def _asked(incident: Incident, query: IncidentQuery) -> bool:
    return (
        query.project in {None, incident.project}
        and (not query.statuses or incident.status in query.statuses)
        and incident.incident.startswith(query.prefix or "")
        and incident.last_at >= query.since
        and incident.opened_at < query.until
    )


def _summed(alike: Sequence[Analysis]) -> Spending:
    one = alike[0]
    return Spending(
        by=one.by,
        reason=one.reason,
        tier=one.tier,
        verdict=one.verdict,
        analyses=len(alike),
        cost=sum(each.cost for each in alike),
    )


def _likest(groups: Sequence[Group], points: Callable[[Group], int]) -> list[Group]:
    """Those that have anything in common, the likest first."""
    among = sorted(groups, key=lambda group: -group.last_seen)[: dossier.AMONG]
    found = [group for group in among if points(group)]
    return sorted(found, key=lambda group: (-points(group), -group.last_seen, group.fingerprint))


def _similar(group: Group, to: Likeness) -> int:
    return 2 * (group.type in to.types) + 2 * (group.culprit in to.culprits) + (group.service in to.services)


def _candidate(group: Group, to: Likeness) -> int:
    said = any(name == "message" and text in to.messages for name, text in group.parts)
    return (group.type in to.types) + 2 * said


class MemoryReports:
    """``ports.Reports`` that end with the process."""

    def __init__(self, projects: Collection[str]) -> None:
        """Know these projects alone."""
        self._projects = projects
        self._reports: dict[str, Report] = {}

    async def keep(self, report: Report) -> bool:
        if report.project in self._projects:
            self._reports.setdefault(report.id, report)
        return report.project in self._projects

    async def report(self, report_id: str) -> Report | None:
        return self._reports.get(report_id)
