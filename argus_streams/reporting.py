"""What the command line does for a person who wants a report: read, write a page, keep it."""

from time import time

from argus_streams import asking, inquiry
from argus_streams.adapters.findings import PostgresFindings
from argus_streams.adapters.reading import PostgresReader
from argus_streams.adapters.reports import PostgresReports
from argus_streams.asking import NotFound
from argus_streams.core.analysis.dossier import NO_HOURS
from argus_streams.core.moments import moment
from argus_streams.core.reports import incident, week
from argus_streams.core.reports.report import Report, report
from argus_streams.ports import AnalysisQuery, GroupQuery, IncidentQuery
from argus_streams.settings import Settings

INCIDENTS = 500  # of a week that are read; GROUPS of it, those that were seen last
GROUPS = 5_000


async def of_incident(given: Settings, incident_id: str, *, project: str | None) -> Report:
    """Make and keep the report about the incident whose id begins so. Raises ``NotFound`` as ``inquiry.incident``."""
    found = await inquiry.incident(given, incident_id, project=project)
    subjects = (found.incident, *found.groups)
    now = int(time() * 1000)
    async with asking.reading(given) as database:
        groups = GroupQuery(project=found.project, fingerprints=subjects, since_hour=NO_HOURS, limit=len(subjects))
        material = incident.Material(
            incident=found,
            groups=await PostgresReader(database).groups(groups),
            analyses=await PostgresFindings(database).analyses(
                AnalysisQuery(project=found.project, subjects=subjects, limit=len(subjects))
            ),
            at=now,
        )
    page = incident.page(material)
    return await _kept(given, report(page, project=found.project, kind="incident", subject=found.incident, at=now))


async def of_week(given: Settings, project: str, until: int | None) -> Report:
    """Make and keep the report about the seven days before ``until`` (ms; ``None`` = now)."""
    now = int(time() * 1000)
    end = now if until is None else until
    since = max(0, end - week.WEEK_MS)
    async with asking.reading(given) as database:
        findings = PostgresFindings(database)
        material = week.Material(
            project=project,
            since=since,
            until=end,
            incidents=await findings.incidents(IncidentQuery(project=project, since=since, until=end, limit=INCIDENTS)),
            groups=await PostgresReader(database).groups(
                GroupQuery(project=project, since_hour=since // week.HOUR_MS, limit=GROUPS)
            ),
            before=await findings.scores(project, since),
            after=await findings.scores(project, end),
            spending=await findings.spending(project, since, end),
        )
    page = week.page(material)
    return await _kept(given, report(page, project=project, kind="week", subject=moment(since)[:10], at=now))


async def again(given: Settings, report_id: str) -> Report:
    """The report of this id, as it was made. Raises ``NotFound``."""
    async with asking.reading(given) as database:
        found = await PostgresReports(database).report(report_id)
    if found is None:
        raise NotFound(f"there is no report {report_id!r}")
    return found


async def _kept(given: Settings, made: Report) -> Report:
    async with asking.reading(given) as database:
        if not await PostgresReports(database).keep(made):
            raise NotFound(f"there is no project {made.project!r}")
    return made
